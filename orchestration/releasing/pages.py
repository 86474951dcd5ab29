"""The pages of a release, which need no server: figures by year, region and kind, reasons of refusal, broken
rules, coverage, a table to filter and download; and the codebook. In Chinese and English.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from markupsafe import Markup

from orchestration.pages.markup import joined, tag
from orchestration.releasing.summary import Summary, shown_figures
from schemas.catalogue import CATALOGUE
from schemas.labels import Label, figure_label, list_labels
from schemas.panel_figures import PanelFigure
from schemas.release import CODEBOOK, codebook_rows
from schemas.translation import LANGUAGES, word

_HERE = Path(__file__).parent
_WORDS = tuple(key.removeprefix("release.") for key in CATALOGUE if key.startswith("release."))
# The codes that the page shows.
_LISTS = {"scope": "scope", "level": "level", "kind": "organ_kind", "reason": "change_reason"}


def write_pages(root: Path, summary: Summary) -> None:
    """Write `index.html` and `codebook.html`, each complete in itself."""
    content = _data(summary)
    # Within a script nothing may end it.
    data = Markup(json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"))
    script = Markup((_HERE / "page.js").read_text(encoding="utf-8"))
    body = [
        tag("main", id="page"),
        tag("script", data, type="application/json", id="data"),
        tag("script", script),
    ]
    (root / "index.html").write_text(_page(word("release.title", "zh"), body), encoding="utf-8")
    (root / "codebook.html").write_text(_codebook(), encoding="utf-8")


def _page(title: str, body: list[Markup]) -> str:
    style = Markup((_HERE / "page.css").read_text(encoding="utf-8"))
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width"),
        tag("title", title),
        tag("style", style),
    )
    return f"<!doctype html>\n{tag('html', head, tag('body', *body), lang='zh')}\n"


def _short(figure: PanelFigure) -> Label:
    """What a total is called on the page: of applications by its row alone."""
    if figure.table == "applications":
        return list_labels("row")[f"applications.{figure.cell[0]}"]
    return figure_label(figure)


def _data(summary: Summary) -> dict[str, Any]:
    """What the script of the page shows."""
    words = {name: {language: word(f"release.{name}", language) for language in LANGUAGES} for name in _WORDS}
    figures = [
        {
            "name": one.name,
            "refusal": one.table == "applications" and one.cell[0].startswith("refused_"),
            **_short(one)._asdict(),
        }
        for one in shown_figures()
    ]
    columns = list(summary.groups[0]) if summary.groups else []
    codes = {
        column: {code: label._asdict() for code, label in list_labels(name).items()}
        for column, name in _LISTS.items()
    }
    return {
        "words": words,
        "version": summary.version,
        "changes": summary.changes,
        "figures": figures,
        "codes": codes,
        "columns": columns,
        "groups": [list(group.values()) for group in summary.groups],
        "coverage": summary.coverage,
        "broken": summary.broken,
    }


def _codebook() -> str:
    """Every figure with its labels, as one table."""
    names = [name for name in CODEBOOK.names if name not in ("type", "section")]
    head = tag("tr", *(tag("th", name) for name in names))
    rows = [
        tag("tr", *(tag("td", _cell(row[name])) for name in names), id=f"{row['edition']}-{row['figure']}")
        for row in codebook_rows()
    ]
    title = word("release.codebook", "zh") + " · " + word("release.codebook", "en")
    table = tag("table", tag("thead", head), tag("tbody", joined(rows)))
    return _page(title, [tag("h1", title), tag("div", table, class_="scroll")])


def _cell(value: Any) -> str:
    return "; ".join(value) if isinstance(value, tuple | list) else "" if value is None else str(value)
