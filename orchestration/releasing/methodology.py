"""What people read first in a release, in English and Chinese: how to begin, how it was made, what each
status means, what is covered, what changed, how to cite.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from assets.escaping import in_markdown
from orchestration.releasing.summary import Summary
from schemas.labels import list_labels
from schemas.translation import LANGUAGES, Language, word

_HERE = Path(__file__).parent
_NAMES: dict[Language, str] = {"en": "README.md", "zh": "README.zh-CN.md"}
_SINCE = {
    "en": "Since version {version}; figure by figure in `changes.csv`:",
    "zh": "与版本 {version} 相比；逐项见 `changes.csv`：",
}


def write_methodology(root: Path, summary: Summary) -> None:
    """Write README.md and README.zh-CN.md."""
    for language in LANGUAGES:
        text = (_HERE / f"readme.{language}.md").read_text(encoding="utf-8")
        (root / _NAMES[language]).write_text(text.format(**_values(summary, language)), encoding="utf-8")


def _values(summary: Summary, language: Language) -> dict[str, Any]:
    years = sorted({row["report_year"] for row in summary.documents})
    of_table: Counter[tuple[int, str]] = Counter()
    for row in summary.statuses:
        of_table[row["report_year"], row["table_key"]] += row["tables"]
    return {
        "version": summary.version,
        "years": f"{years[0]}–{years[-1]}" if years else "",
        "facts": f"{summary.facts:,}",
        "reports": f"{sum(row['reports'] for row in summary.coverage):,}",
        "contradictions": summary.contradictions,
        "statuses": _rows(
            (f"`{key}` {label[LANGUAGES.index(language)]}", word(f"meaning.{key}", language))
            for key, label in list_labels("status").items()
        ),
        "documents": _rows(
            (row["report_year"], _code("document_outcome", row["outcome"], language), row["documents"])
            for row in summary.documents
        ),
        "tables": _rows(
            (
                row["report_year"],
                _code("table", row["table_key"], language),
                _code("status", row["status"], language),
                row["tables"],
                f"{row['tables'] / of_table[row['report_year'], row['table_key']]:.1%}",
            )
            for row in summary.statuses
        ),
        "broken": _rows(
            (row["report_year"], row[f"rule_{language}"] or row["rule"], row["reports"])
            for row in summary.broken
        ),
        "coverage": _rows(
            (
                row["report_year"],
                row["province"] or word("release.unknown", language),
                row["reports"],
                row["organs_missing"],
                row["tables_validated"],
                sum(row[f"tables_{one}"] for one in ("inconsistent", "incomplete", "uncertain", "absent")),
            )
            for row in summary.coverage
        ),
        "changes": _changes(summary, language),
    }


def _changes(summary: Summary, language: Language) -> str:
    if summary.changes is None:
        return word("release.first", language)
    lines = [
        f"- {_code('change_reason', reason, language)}: {count}" for reason, count in summary.changes.items()
    ]
    return "\n".join(
        (_SINCE[language].format(version=summary.since), "", *(lines or [word("release.none", language)]))
    )


def _code(name: str, code: str, language: Language) -> str:
    return list_labels(name)[code][LANGUAGES.index(language)]


def _rows(rows: Iterable[tuple[Any, ...]]) -> str:
    return "\n".join("| " + " | ".join(_cell(value) for value in row) + " |" for row in rows)


def _cell(value: Any) -> str:
    text = str(value)
    return text if text.startswith("`") else in_markdown(text)
