"""reports: what a document is (title, issuer, year, date), read from its own words, each judged by its
witnesses, and whether it is a report at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assets.model import Description, Normalized, Refusal, Section, TableReading
from assets.normalized_text import normalize
from assets.organ_names import same_organ
from assets.page_fields import fields_of
from assets.report_dates import TAIL, hinted_date, published, report_year
from assets.report_organs import issuer
from assets.report_titles import REPORT, Title, best_titles, organ_of_title, titles, years_in
from assets.section_splits import split_sections
from assets.several_reports import Report, several_reports
from schemas.words import say

# What the markup of a page may say of its document without printing it: names of `RawText.hints`.
# `pictures` and `recognised` are of PDFs: the numbers of the pages that hold pictures, and of those whose
# text is what a machine recognised in them.
HINTS = (
    "title",
    "publisher",
    "published",
    "index_number",
    "document_number",
    "topic",
    "url",
    "pictures",
    "recognised",
)
NO_HINTS: Mapping[str, str] = {}

_OPENING = 600  # characters after the first heading in which the organ may still name itself
_HEAD = 4000  # characters before the first heading in which the title stands
# How a sentence of the opening names the report itself; a notice on reports is named likewise.
_OWN_REPORT = re.compile(
    r"(?<!做好)(?<!主动公开)(20[0-4]\d)年度?[^。,;:《》\n]{0,30}(?:信息|政务)公开[^。,;:《》\n]{0,12}(?:报告|年报)(?!编|有关|"
    r"的通知|格式|工作的|、|》《)"
)


def describe(
    raw: str, normalized: Normalized, sections: Sequence[Section], hints: Mapping[str, str] = NO_HINTS
) -> Description:
    """What the report says of itself; what it does not say is None. Nothing is taken from a file name.

    The title is as printed, in one line; the issuer is the fullest name that the document prints for its
    organ, in simplified script. `doubts` has a sentence for each of title, organ, year and date on which
    its witnesses disagree, or that only a weak one gives. Of several reports in a document the first is
    described. `hints` tell only what the text itself does not print.
    """
    text = normalized.text
    reports = several_reports(text)
    if reports:
        text = text[: reports[0].end]
        sections = split_sections(text)
    body = sections[0].start if sections else min(len(text), 3000)
    opening, rest = text[: body + _OPENING], text[body + _OPENING :].replace(" ", "")
    opening = _unwrapped(opening)
    squeezed = opening + rest
    found = best_titles(titles(text, max(min(body, _HEAD), 200)))
    title = found[-1] if found else None
    date, doubts = published(text, body, title.end if title else None)
    if len({title.words for title in found}) > 1:
        title, unsure = _chosen(found, issuer("", text, body, squeezed, len(opening), None), squeezed, date)
        doubts = unsure + doubts
    words = title.words if title else ""
    if not words and (hinted := _hinted_title(hints)):
        words = hinted
    organ, unsure = issuer(words, text, body, squeezed, len(opening), hints.get("publisher"))
    doubts += unsure
    date = date or hinted_date(hints.get("published", ""))
    year, unsure = report_year(next(iter(years_in(words)), None), _own_year(opening), squeezed, date)
    doubts += unsure + _against_markup(words, hints) + _several(reports)
    known = Description(
        _printed(raw[slice(*normalized.raw_span(title.start, title.end))]) if title else None,
        organ,
        year,
        date,
        **fields_of(raw, normalized, max(body, 400), TAIL),
        doubts=doubts,
    )
    return _with_hints(known, hints) if hints else known


def _chosen(
    found: Sequence[Title], issuer: tuple[str | None, list[str]], squeezed: str, date: str | None
) -> tuple[Title, list[str]]:
    """The title of the report itself among those that say as much: a page may list other reports. `issuer` is
    the organ that all others name, and what is in doubt of it.
    """
    year, _ = report_year(None, _own_year(squeezed), squeezed[len(found[-1].words) :], date)
    fitting = [title for title in found if year in years_in(title.words)] or list(found)
    organ, unsure = issuer
    if organ is not None and not unsure:
        own = [title for title in fitting if same_organ(organ, organ_of_title(title.words) or organ)]
        fitting = own or fitting
    first, last = fitting[0], fitting[-1]
    if _alike(first, last):
        return first, []
    return last, [say("doubt.titles", one=first.words, other=last.words)]


def _alike(one: Title, other: Title) -> bool:
    """Whether two titles name one year and one organ."""
    organs = [organ_of_title(title.words) for title in (one, other)]
    return years_in(one.words)[:1] == years_in(other.words)[:1] and (
        organs[0] is None or organs[1] is None or same_organ(organs[0], organs[1])
    )


def _own_year(opening: str) -> int | None:
    """The year of the report as a sentence of the opening names it."""
    for own in _OWN_REPORT.finditer(opening, 0, _HEAD):
        line = opening[opening.rfind("\n", 0, own.start()) + 1 : own.end() + _HEAD].partition("\n")[0]
        if "," in line or "。" in line:  # not a title, which is a witness of its own
            return int(own[1])
    return None


def _printed(words: str) -> str:
    """A title as printed, in one line, without the marks of markdown."""
    return " ".join(words.replace("**", "").replace("__", "").replace("|", " ").split()).strip("#* ")


def _unwrapped(text: str) -> str:
    """The text without spaces; lines that only wrapped (long, not ended by a mark) are joined, so that names
    over two lines are whole.
    """
    lines = ["".join(line.split()) for line in text.split("\n")]
    return "".join(
        line
        if len(line) >= 16 and line[-1] not in "。;:)]|" and ("," in line or "。" in line)
        else line + "\n"
        for line in lines
        if line
    )


def _hinted_title(hints: Mapping[str, str]) -> str | None:
    """The title in the markup, without spaces, if it is one of a report."""
    title = "".join(normalize(hints["title"]).text.split()) if hints.get("title") else ""
    return title if REPORT.search(title) else None


def _against_markup(words: str, hints: Mapping[str, str]) -> list[str]:
    """The doubt that the markup has another title than the page prints."""
    hinted = _hinted_title(hints)
    if hinted is None or not words:
        return []
    one, other = (Title(0, 0, title, 0) for title in (words, hinted))
    if _alike(one, other) or not (years_in(words) and years_in(hinted)):
        return []
    return [say("doubt.markup_title", one=words, other=hinted)]


def _several(reports: Sequence[Report]) -> list[str]:
    if not reports:
        return []
    titled = [report.title or say("report.untitled") for report in reports]
    return [say("doubt.several_reports", count=len(reports), titles=titled)]


def _with_hints(known: Description, hints: Mapping[str, str]) -> Description:
    """What a document says of itself, and of the rest what its markup says."""
    if known.title is None and _hinted_title(hints):
        known.title = hints["title"]
    known.index_number = known.index_number or hints.get("index_number")
    known.document_number = known.document_number or hints.get("document_number")
    known.publisher = known.publisher or hints.get("publisher")
    known.topic = known.topic or hints.get("topic")
    known.source_url = known.source_url or hints.get("url")
    return known


_TELLS_OF_2014 = ("回应解读", "依申请公开政府信息情况", "申请办结数", "网络申请数", "收到申请数")


def refuse_if_no_report(
    text: str, sections: Sequence[Section], tables: Sequence[TableReading], title: str | None
) -> None:
    """Raise Refusal for a document that is no report on a form that is known."""
    found = [table for table in tables if table.status != "absent"]
    read = [table for table in found if table.status != "uncertain"]
    if not read and sum(tell in text for tell in _TELLS_OF_2014) >= 3:
        raise Refusal(say("refused.form_of_2014"))
    if found or len(sections) >= 3 or (title is not None and sections):
        return
    if title is not None:
        raise Refusal(say("refused.title_alone"))
    raise Refusal(say("refused.no_report"))
