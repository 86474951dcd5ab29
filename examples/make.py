"""The example corpus: its invented reports, their flavours, what is wrong with each. `python -m
examples.make` rewrites it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from itertools import count
from pathlib import Path
from random import Random
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from assets.raw_text import report_id
from examples.docx import docx_truth, render_docx
from examples.docx import make_style as make_docx_style
from examples.figures import (
    Figures,
    Scale,
    blank_row,
    blank_totals,
    break_cells,
    make_figures,
    mark_zeros,
    shift_to_neighbour,
    table_of,
    zero_a_total,
)
from examples.html import make_page_noise, page_truth, render_html
from examples.noise import Noise, encode
from examples.pdf import make_style as make_pdf_style
from examples.pdf import render_pdf
from examples.render import Truth, render, truth
from examples.report import Organ, Report, make_report
from schemas.forms import TABLE_KEYS

REPORTS = Path(__file__).parent / "reports"
EXPECTED = REPORTS / "expected.json"
WHOLE = frozenset(TABLE_KEYS)
OLD, NEW, HYBRID = (
    dict.fromkeys(TABLE_KEYS, "2019"),
    dict.fromkeys(TABLE_KEYS, "2021"),
    dict.fromkeys(TABLE_KEYS, "2019"),
)
HYBRID = HYBRID | {"active_disclosure": "2021"}

WATER = Organ("云泽市", "青柳区", "水务局")
TRANSPORT = Organ("云泽市", "", "交通运输局")
CITY = Organ("云泽市", "", "人民政府")
CULTURE = Organ("临汐市", "鹭溪县", "文化广电和旅游局")
HEALTH = Organ("临汐市", "石砚区", "卫生健康委员会")
INVEST = Organ("砚江市", "榆亭区", "投资促进中心")
JUSTICE = Organ("砚江市", "望榆县", "司法局")
OFFICE = Organ("霖州市", "松砚县", "人民政府办公室")
SCHOOLS = Organ("霖州市", "松砚县", "教育局")
LABOUR = Organ("临汐市", "石砚区", "人力资源和社会保障局")
MARKET = Organ("砚江市", "", "市场监督管理局")

Change = Callable[[Random, Figures], Figures]


def _as_made(rng: Random, figures: Figures) -> Figures:
    return figures


def _one_slip(rng: Random, figures: Figures) -> Figures:
    return break_cells(rng, figures, "applications")[0]


def _two_slips(rng: Random, figures: Figures) -> Figures:
    return break_cells(rng, figures, "applications", 2)[0]


def _total_left_zero(rng: Random, figures: Figures) -> Figures:
    return zero_a_total(rng, figures, "review_litigation")[0]


def _wrong_column(rng: Random, figures: Figures) -> Figures:
    return shift_to_neighbour(rng, figures)[0]


def _zeros_as(mark: str, table: str | None = None) -> Change:
    def change(rng: Random, figures: Figures) -> Figures:
        return mark_zeros(figures, mark, table)

    return change


def _no_totals(rng: Random, figures: Figures) -> Figures:
    return blank_totals(figures, "review_litigation")


def _row_forgotten(rng: Random, figures: Figures) -> Figures:
    return blank_row(figures, "applications", "granted")


@dataclass(frozen=True, slots=True)
class Example:
    """One document of the corpus: the folder (year) it is filed under, and how it is made."""

    organ: Organ
    year: int
    flavour: str
    scale: Scale
    noise: Noise = field(default_factory=Noise)
    change: Change = _as_made
    editions: dict[str, str] | None = None
    lost: frozenset[str] = frozenset()
    encoding: str = "utf-8"
    name: str | None = None
    folder: int | None = None
    remark: str = ""
    short_name: bool = False  # the organ's full name is nowhere in the text


def _n(seed: int, **kinds: Any) -> Noise:
    return Noise(seed=seed, **kinds)


EXAMPLES = (
    Example(WATER, 2019, "pipes", "few"),
    Example(
        TRANSPORT, 2019, "tabs", "bureau", _n(1, brackets="half", enumerator="dot_space", shifted_rows=True)
    ),
    Example(CITY, 2019, "aligned", "city", _n(2, page_numbers=True)),
    Example(CULTURE, 2019, "markdown", "zero", _n(3, extra_row=True)),
    Example(
        HEALTH,
        2019,
        "cell_per_line",
        "bureau",
        _n(4, units=True, split_heads=True),
        _one_slip,
        remark="one figure of section three mistyped",
    ),
    Example(INVEST, 2019, "tabs_repeated", "few", _n(5), _zeros_as("-"), remark="zeros printed as dashes"),
    Example(
        JUSTICE,
        2019,
        "one_line",
        "few",
        _n(6),
        lost=WHOLE,
        remark="the tables were lost, their headings remain",
    ),
    Example(WATER, 2020, "pipes_repeated", "few", _n(7, headings="variants")),
    Example(TRANSPORT, 2020, "markdown_rows", "bureau", _n(8, leads=True, short_rows=True)),
    Example(CITY, 2020, "flat", "city", _n(9, full_width_digits=True)),
    Example(
        CULTURE,
        2020,
        "aligned_simple",
        "few",
        _n(10, bare_total=True),
        encoding="gb18030",
        short_name=True,
        remark="the organ's name without its city",
    ),
    Example(HEALTH, 2020, "box", "bureau", _n(11, label_notes=True)),
    Example(
        INVEST,
        2020,
        "cell_per_line_tight",
        "few",
        _n(12),
        _zeros_as("", "review_litigation"),
        remark="zeros of section four left blank",
    ),
    Example(
        OFFICE,
        2020,
        "markdown_repeated",
        "bureau",
        _n(13),
        _total_left_zero,
        remark="a total of section four left at zero",
    ),
    Example(WATER, 2022, "tabs", "few", _n(14, brackets="half", leads=True, short_rows=True)),
    Example(
        TRANSPORT,
        2022,
        "pipes",
        "bureau",
        _n(15, thousands=True, headings="duplicated"),
        editions=OLD,
        remark="the old form, two years late",
    ),
    Example(CITY, 2022, "aligned", "city", _n(16, page_numbers=True, headings="spaced"), encoding="utf-16"),
    Example(CULTURE, 2022, "cell_per_line", "zero", _n(18, traditional=True, wrong_characters=True)),
    Example(
        HEALTH,
        2022,
        "pipes",
        "bureau",
        _n(19, truncated_heads=True),
        _two_slips,
        remark="two figures of section three mistyped",
    ),
    Example(
        INVEST,
        2022,
        "flat",
        "few",
        _n(20),
        _row_forgotten,
        remark="a row left blank in a text that shows no blanks",
    ),
    Example(
        JUSTICE,
        2022,
        "one_line_pipes",
        "few",
        _n(21),
        editions=HYBRID,
        remark="section two on the new form, section three on the old",
    ),
    Example(WATER, 2023, "box", "few", _n(22, typos=2)),
    Example(
        TRANSPORT, 2023, "pipes_repeated", "bureau", _n(23, odd_spaces=True, crlf=True), encoding="utf-8-sig"
    ),
    Example(CITY, 2023, "markdown", "city", _n(24, thousands=True, label_spaces=True)),
    Example(CULTURE, 2023, "one_line", "few", _n(25)),
    Example(
        HEALTH,
        2023,
        "tabs",
        "bureau",
        _n(26, units=True),
        _wrong_column,
        remark="a figure under the wrong kind of applicant",
    ),
    Example(INVEST, 2023, "pipes", "few", _n(27), _zeros_as("/"), remark="zeros printed as slashes"),
    Example(
        OFFICE, 2023, "tabs_repeated", "bureau", _n(38, traditional=True, headings="dots"), encoding="big5"
    ),
    Example(WATER, 2024, "cell_per_line_tight", "few", _n(29, enumerator="comma", quotes="straight")),
    Example(TRANSPORT, 2024, "aligned_simple", "bureau", _n(30)),
    Example(CITY, 2024, "aligned", "city", _n(31, page_numbers=True, leads=True)),
    Example(
        CULTURE,
        2024,
        "markdown_rows",
        "few",
        _n(32, shifted_rows=True),
        short_name=True,
        remark="the organ's name without its city",
    ),
    Example(
        HEALTH,
        2024,
        "markdown_repeated",
        "bureau",
        _n(33),
        _no_totals,
        remark="the totals of section four left blank",
    ),
    Example(JUSTICE, 2024, "pipes", "few", _n(34, headings="missing", dropped_separators=True)),
    Example(
        INVEST,
        2024,
        "aligned",
        "zero",
        _n(35),
        lost=frozenset({"review_litigation"}),
        remark="the table of section four was lost",
    ),
    # What organs publish: web pages, PDFs, Word files.
    Example(SCHOOLS, 2020, "html", "bureau", _n(40), encoding="gb18030"),
    Example(LABOUR, 2020, "pdf", "few", _n(41)),
    Example(SCHOOLS, 2022, "docx", "few", _n(42)),
    Example(
        LABOUR,
        2022,
        "html",
        "city",
        _n(43),
        _one_slip,
        remark="one figure of section three mistyped, on a web page",
    ),
    Example(
        MARKET,
        2022,
        "pdf",
        "bureau",
        _n(44),
        editions=HYBRID,
        remark="section two on the new form, section three on the old",
    ),
    Example(
        SCHOOLS,
        2023,
        "pdf",
        "bureau",
        _n(45, typos=2),
        _two_slips,
        remark="two figures of section three mistyped, in a PDF",
    ),
    Example(
        LABOUR,
        2023,
        "docx",
        "bureau",
        _n(46),
        _total_left_zero,
        remark="a total of section four left at zero, in a Word file",
    ),
    Example(MARKET, 2023, "html", "few", _n(47, traditional=True)),
    Example(
        SCHOOLS,
        2024,
        "html",
        "few",
        _n(48),
        _zeros_as("", "review_litigation"),
        remark="blank cells on a web page",
    ),
    Example(LABOUR, 2024, "pdf", "bureau", _n(49)),
    Example(MARKET, 2024, "docx", "city", _n(50, thousands=True)),
    # Documents that do not belong where they are, or are one too many.
    Example(
        JUSTICE,
        2023,
        "pipes",
        "few",
        _n(36),
        folder=2022,
        name="砚江市望榆县司法局2022（误）",
        remark="the report on 2023, filed under 2022",
    ),
    Example(
        WATER,
        2023,
        "pipes",
        "bureau",
        _n(37),
        name="云泽市青柳区水务局2023（旧版）",
        remark="a second report of one organ and year",
    ),
)


def report_of(example: Example) -> Report:
    """The report that the example prints. Seeded by organ and year, so that an added example changes no
    other.
    """
    seed = f"{example.organ.full}/{example.year}/{example.noise.seed}"
    rng = Random(seed)
    editions = example.editions or (OLD if example.year <= 2020 else NEW)
    figures = example.change(rng, make_figures(rng, editions, example.scale))
    for attempt in count():
        # Drawn anew until the wording names the organ as the example wants it.
        wording = Random(f"{seed}/{attempt}")
        report = make_report(
            wording, example.year, editions, figures=figures, lost=example.lost, organ=example.organ
        )
        if (report.issuer != example.organ.full) == example.short_name:
            return report
    raise AssertionError("count() does not end")


def path_of(example: Example) -> str:
    """Where the example lies, relative to the folder of reports."""
    ending = (
        example.flavour
        if example.flavour in _FORMATS
        else "md"
        if example.flavour.startswith("markdown")
        else "txt"
    )
    return (
        f"{example.folder or example.year}/{example.name or f'{example.organ.full}{example.year}'}.{ending}"
    )


_FORMATS = ("html", "pdf", "docx")


def content_of(example: Example) -> bytes:
    """The bytes of the document: the same each time."""
    report, noise = report_of(example), example.noise
    rng = Random(f"{example.organ.full}/{example.year}/{example.flavour}")
    if example.flavour == "html":
        page = replace(
            make_page_noise(rng), encoding=example.encoding, wrong_charset=False, frame=True, fragment=False
        )
        return render_html(report, noise, page)
    if example.flavour == "pdf":
        return render_pdf(report, replace(make_pdf_style(rng), rotated=0), noise).data
    if example.flavour == "docx":
        return _without_times(render_docx(report, noise, replace(make_docx_style(rng), strict=False)))
    return encode(render(report, example.flavour, noise), example.encoding)


def _without_times(archive: bytes) -> bytes:
    """A ZIP archive with the same members, and no time at which it was made."""
    out = BytesIO()
    with ZipFile(BytesIO(archive)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(ZipInfo(name), old.read(name), ZIP_DEFLATED)
    return out.getvalue()


def _truth_of(example: Example) -> Truth:
    report, noise = report_of(example), example.noise
    if example.flavour == "html":
        return replace(page_truth(report, noise), format="html")
    if example.flavour == "docx":
        return docx_truth(report, noise)
    if example.flavour == "pdf":
        return replace(truth(report, "pipes", noise), format="pdf")
    return truth(report, example.flavour, noise)


def _values(true: Truth) -> dict[str, list[int | float | None]]:
    """The values of each table in the order of its form."""
    return {
        table: [true.values[table, row, column] for row, column in table_of(edition, table).cells]
        for table, edition in true.editions.items()
    }


def _entry(example: Example) -> dict[str, Any]:
    true = _truth_of(example)
    return {
        "flavour": example.flavour,
        "encoding": None if example.flavour in ("pdf", "docx") else example.encoding,
        "remark": example.remark,
        "report": {
            "title": true.title,
            "issuer": true.issuer,
            "year": true.year,
            "published": true.published,
            "script": true.script,
            "format": true.format,
        },
        "sections": list(true.sections),
        "editions": dict(true.editions),
        # Any of these statuses is right.
        "statuses": {table: sorted(allowed) for table, allowed in true.statuses.items()},
        "values": _values(true),
    }


_NO_REPORT = """关于召开全市防汛工作会议的通知

各县区人民政府：
    经研究，定于6月3日下午召开全市防汛工作会议，会期半天，请各单位主要负责人参加，并于6月1日前报名。

序号	单位	名额
1	青柳区	3
2	鹭溪县	2

云泽市防汛指挥部办公室
2023年5月28日
"""


def documents() -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    """Every document of the corpus: its path, its bytes, and what is expected of it."""
    for example in EXAMPLES:
        yield path_of(example), content_of(example), _entry(example)
    twin = next(example for example in EXAMPLES if example.organ == INVEST and example.year == 2023)
    yield (
        "2023/转载-投资促进中心年报.txt",
        content_of(twin),
        {"remark": "the same document again", "same_as": path_of(twin)},
    )
    yield "2022/空文件.txt", b"", {"remark": "an empty file", "refused": True}
    yield (
        "2023/防汛会议通知.txt",
        encode(_NO_REPORT, "utf-8"),
        {"remark": "no report at all", "refused": True},
    )
    yield (
        "2024/乱码.txt",
        bytes(Random(0).randrange(256) for _ in range(3000)),
        {"remark": "binary noise", "refused": True},
    )


# Path, place, printed, corrected, reason: one that fits, and one that speaks of another figure than the
# document prints.
_CORRECTIONS = (
    (
        "2020/霖州市松砚县人民政府办公室2020.md",
        "review_litigation,litigation_after_review,total,0,3",
        "the total was left at zero; asked by telephone",
    ),
    (
        "2019/临汐市石砚区卫生健康委员会2019.txt",
        "applications,total_handled,social_welfare,21,2",
        "read from a draft of the report",
    ),
)


def corrections(made: dict[str, bytes]) -> str:
    """The reviewed file of corrections that lies beside the documents."""
    lines = ["report_id,table,row,column,printed,corrected,reason,who,when"]
    lines += [
        f"{report_id(made[path])},{change},{reason},steward,2024-05-20"
        for path, change, reason in _CORRECTIONS
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the corpus anew."""
    made = list(documents())
    if len({path for path, _, _ in made}) < len(made):
        raise ValueError("two examples would lie at one path; give one a name")
    shutil.rmtree(REPORTS, ignore_errors=True)
    for path, content, _ in made:
        target = REPORTS / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    (REPORTS / "corrections.csv").write_text(
        corrections({path: content for path, content, _ in made}), encoding="utf-8"
    )
    expected = {path: entry for path, _, entry in made}
    lines = (
        f"{json.dumps(path, ensure_ascii=False)}: {json.dumps(entry, ensure_ascii=False)}"
        for path, entry in expected.items()
    )
    EXPECTED.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    size = sum(path.stat().st_size for path in REPORTS.rglob("*") if path.is_file())
    print(f"{len(expected)} documents, {size // 1000} kB, in {REPORTS}")


if __name__ == "__main__":
    main()
