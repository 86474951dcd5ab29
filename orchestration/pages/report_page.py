"""The page of one judged document: one file that needs nothing else. At the top whether it can be published,
then what needs a look, the document at the left, its tables at the right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markupsafe import Markup

from assets.model import Document, TableReading
from orchestration.pages import explained
from orchestration.pages.document_view import document_view
from orchestration.pages.marks import marks_of
from orchestration.pages.markup import joined, tag
from orchestration.pages.tables_view import table_view
from schemas.translation import Language, translated, word
from schemas.words import say

_LANG = {"en": "en", "zh": "zh-CN"}
_MOST_DETAILS = 5  # reasons of a table that are listed at the top
_SIGNS = {"sound": "✓", "look": "!", "undecided": "?", "unreadable": "×"}


@dataclass(frozen=True, slots=True)
class Point:
    """Something that needs a look: a sentence, the name of its place on the page, what stands below it."""

    said: str
    place: str | None = None
    details: Sequence[str] = ()


@cache
def style() -> str:
    """Return the style sheet of every page."""
    return (Path(__file__).parent / "report.css").read_text(encoding="utf-8")


def report_page(source: str, judgement: Document | None, error: str | None, language: Language) -> str:
    """Return the page of a document, or of one that could not be read, which `error` says why."""
    points = [Point(error or "")] if judgement is None else points_of(judgement)
    body: list[Markup] = [_head(source, judgement, points, language)]
    if judgement is not None:
        body.insert(0, tag("a", word("page.skip", language), href="#tables", class_="skip"))
        marks = marks_of(judgement)
        document = tag(
            "section",
            tag("h2", word("page.document", language)),
            document_view(judgement, marks, language),
            class_="document",
            aria_label=word("page.document", language),
        )
        tables = tag(
            "section",
            tag("h2", word("page.tables", language)),
            *(table_view(table, language) for table in judgement.tables),
            _legend(language),
            class_="tables",
            id="tables",
            aria_label=word("page.tables", language),
        )
        body.append(tag("main", tables, document))
    title = word(f"verdict.{explained.verdict_of(judgement)}", language) + " · " + source
    return html_of(title, joined(body), language)


def html_of(title: str, body: Markup, language: Language) -> str:
    """Return a whole page with the style sheet in it."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="same-origin"),
        tag("title", title),
        tag("style", Markup(style())),
    )
    return f"<!DOCTYPE html>\n{tag('html', head, tag('body', body), lang=_LANG[language])}\n"


def _head(source: str, judgement: Document | None, points: list[Point], language: Language) -> Markup:
    """Whether it can be published, what the report says of itself, and what needs a look."""
    verdict = explained.verdict_of(judgement)
    told = say(f"page.{verdict}", count=len(points))
    parts: list[Markup | None] = [
        tag("p", source, class_="source"),
        tag(
            "h1",
            tag("span", _SIGNS[verdict], class_="sign", aria_hidden="true"),
            " ",
            translated(told, language),
        ),
        tag("p", word(f"todo.{verdict}", language), class_="todo"),
    ]
    if judgement is not None:
        known = [translated(one, language) for one in explained.described(judgement)]
        parts.append(tag("p", *(tag("span", one) for one in known), class_="known"))
    if points:
        parts.append(tag("ol", *(_point(point, language) for point in points), class_="points"))
    if judgement is not None and (counted := explained.counted_claims(judgement)) is not None:
        parts.append(tag("p", translated(counted, language), class_="counted"))
    return tag("header", *parts, class_=verdict)


def _point(point: Point, language: Language) -> Markup:
    said = translated(point.said, language)
    linked = said if point.place is None else tag("a", said, href=f"#{point.place}")
    details = [tag("li", translated(one, language)) for one in point.details]
    return tag("li", linked, tag("ul", *details) if details else None)


def points_of(judgement: Document) -> list[Point]:
    """Return what of a report needs a look, the gravest first."""
    found = [
        Point(say("page.contradiction", said=said), f"d-claim-{judgement.claims.index(claim)}")
        for claim, said in explained.contradictions(judgement)
    ]
    found += [_broken(table) for table in judgement.tables if table.status == "inconsistent"]
    claims = {claim.start: f"d-claim-{i}" for i, claim in enumerate(judgement.claims)}
    for finding in judgement.findings:
        if finding.outcome == "broken":
            place = next((claims[start] for start, _ in finding.spans if start in claims), None)
            found.append(Point(finding.message, place))
    found += [Point(doubt) for doubt in judgement.description.doubts]
    found += [
        _open(table) for table in judgement.tables if table.status in ("uncertain", "incomplete", "absent")
    ]
    missing = explained.missing_sections(judgement)
    return found if missing is None else [*found, Point(missing)]


def _broken(table: TableReading) -> Point:
    """A table whose sums do not hold: what is likely wrong, then each sum."""
    broken = [violation.message for violation in table.violations if violation.outcome == "broken"]
    said: list[str] = [*explained.explanation(table)]
    first, *others = said + broken
    return Point(first, _suspect_place(table), others)


def _open(table: TableReading) -> Point:
    """A table that was not read for sure, or not filled in."""
    reasons: list[str] = list(table.reasons) or [say(f"meaning.{table.status}")]
    title, status = explained.form_of(table).title, say(f"status.{table.status}")
    said = say("page.of_table", table=title, status=status, reason=reasons[0])
    details = reasons[1:_MOST_DETAILS]
    if len(reasons) > _MOST_DETAILS:
        details.append(say("page.more_reasons", count=len(reasons) - _MOST_DETAILS))
    return Point(said, f"table-{table.key}", details)


def _suspect_place(table: TableReading) -> str:
    suspect = next((one.suspect for one in table.violations if one.suspect is not None), None)
    return f"table-{table.key}" if suspect is None else f"t-{table.key}-{suspect[0]}-{suspect[1]}"


def _legend(language: Language) -> Markup:
    """What the colours and signs mean."""
    kinds = ("read", "implied", "broken", "suspect", "doubtful", "agrees", "contradicts", "told")
    return tag(
        "dl",
        *(
            joined(
                [
                    tag("dt", tag("span", "12", class_=f"mark {kind}")),
                    tag("dd", word(f"legend.{kind}", language)),
                ]
            )
            for kind in kinds
        ),
        class_="legend",
    )
