"""The result for one document as a few plain values: a row of a table (Excel, CSV) and a line of a list."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assets.escaping import in_sheet
from assets.model import Document
from orchestration.pages import explained
from orchestration.pages.report_page import points_of
from schemas.forms import TABLE_KEYS
from schemas.translation import Language, translated, word
from schemas.words import say

_LONGEST = 32_000  # characters of a cell of Excel


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one document: the verdict (see `explained.verdict_of`), it as a heading, what the report
    says of itself, the status of each table, and what needs a look; all as it is shown.
    """

    source: str
    verdict: str
    heading: str
    title: str
    issuer: str
    year: int | None
    published: str
    statuses: tuple[str, ...]
    points: tuple[str, ...]


def result_of(source: str, judgement: Document | None, error: str | None, language: Language) -> Result:
    """Return the result for a document, or for one that could not be read, which `error` says why."""
    verdict = explained.verdict_of(judgement)
    if judgement is None:
        points = [translated(error or "", language)]
        heading = translated(say("page.unreadable"), language)
        return Result(source, verdict, heading, "", "", None, "", ("",) * len(TABLE_KEYS), tuple(points))
    points = [translated(point.said, language) for point in points_of(judgement)]
    heading = translated(say(f"page.{verdict}", count=len(points)), language)
    known = judgement.description
    return Result(
        source,
        verdict,
        heading,
        known.title or "",
        known.issuer or "",
        known.year,
        known.published or "",
        tuple(word(f"status.{table.status}", language) for table in judgement.tables),
        tuple(points),
    )


def _header(language: Language) -> list[str]:
    from schemas.forms import forms

    newest = forms()[max(forms())].tables
    columns = ("source", "verdict", "title", "issuer", "year", "published")
    names = [word(f"results.{name}", language) for name in columns]
    return [*names, *(newest[key].short_title for key in TABLE_KEYS), word("results.points", language)]


def _row(result: Result) -> list[str | int | None]:
    known = (result.title, result.issuer, result.year, result.published)
    return [result.source, result.heading, *known, *result.statuses, "\n".join(result.points)]


def as_csv(results: Iterable[Result], language: Language) -> bytes:
    """Return a table of results as CSV in UTF-8 with the mark that Excel knows it by. What would be a formula
    in a spreadsheet is put behind an apostrophe.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_header(language))
    for result in results:
        writer.writerow(in_sheet(cell) if isinstance(cell, str) else cell for cell in _row(result))
    return text.getvalue().encode("utf-8-sig", "replace")


def as_xlsx(results: Iterable[Result], language: Language) -> bytes:
    """Return a table of results as an Excel workbook of one sheet; every cell is text or a number."""
    from xlsxwriter import Workbook  # type: ignore[import-untyped]  # only where it is asked for

    file = io.BytesIO()
    book = Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(word("results.sheet", language))
    header = _header(language)
    sheet.write_row(0, 0, header, bold)
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, len(header) - 2, 18)
    sheet.set_column(len(header) - 1, len(header) - 1, 80)
    for i, result in enumerate(results, 1):
        for k, cell in enumerate(_row(result)):
            if isinstance(cell, str):
                sheet.write_string(i, k, cell[:_LONGEST], wrapped)
            elif cell is not None:
                sheet.write_number(i, k, cell, wrapped)
    book.close()
    return file.getvalue()


def summary(results: Sequence[Result], language: Language) -> list[str]:
    """Return how many documents have each verdict, as sentences, the gravest first."""
    counts = dict.fromkeys(("look", "undecided", "unreadable", "sound"), 0)
    for result in results:
        counts[result.verdict] += 1
    told = (
        say("results.count", verdict=say(f"verdict.{name}"), count=count) for name, count in counts.items()
    )
    return [translated(one, language) for one in told]
