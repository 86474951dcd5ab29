"""Last year's report beside those that `ogi check --previous` judges: whether it is one of the same organ for
the year before, and what the rules across years say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from assets.model import Cell, Description, TableReading
from assets.organ_names import same_organ
from assets.year_rules import YearFinding, findings
from schemas.words import Said, say


@dataclass(frozen=True)
class Previous:
    """Last year's report as it was judged. `error` says why it could not be read at all."""

    source: str
    error: str | None = None
    description: Description | None = None
    tables: list[TableReading] = field(default_factory=list)


@dataclass(frozen=True)
class Compared:
    """A report against last year's: `problem` says why that is none of the same organ for the year before,
    and there are no findings then. `last` is the year before.
    """

    source: str
    last: int | None
    problem: Said | None
    findings: list[YearFinding]


def compared(now: Description, tables: list[TableReading], previous: Previous) -> Compared:
    """Hold a report against last year's."""
    last = None if now.year is None else now.year - 1
    problem = _problem(now, previous)
    found = [] if problem or now.year is None else findings(tables, previous.tables, now.year)
    return Compared(previous.source, last, problem, found)


def _problem(now: Description, previous: Previous) -> Said | None:
    """Why two reports are not to be compared. What one of them does not say is no reason, but for the year
    of this report.
    """
    before = previous.description
    if before is None:
        return say("years.not_read", why=previous.error or "")
    if now.year is None:
        return say("years.why.no_year")
    if before.year not in (None, now.year - 1):
        return say("years.other_year", year=before.year, last=now.year - 1)
    if now.issuer and before.issuer and not same_organ(now.issuer, before.issuer):
        return say("years.other_organ", organ=before.issuer, own=now.issuer)
    return None


def as_fields(found: Compared) -> dict[str, Any]:
    """Return what the JSON object of a document says of last year's report."""
    return {
        "previous": {"source": found.source, "year": found.last, "problem": found.problem},
        "year_over_year": [
            {
                "rule": one.rule,
                "table": one.table,
                "row": one.row,
                "column": one.column,
                "outcome": one.outcome,
                "message": one.message,
                "expected": one.expected,
                "reported": one.reported,
                "severity": "expect",
                "place": _place(one.cell),
                "previous_place": _place(one.last_cell),
            }
            for one in found.findings
        ],
    }


def _place(cell: Cell | None) -> dict[str, Any] | None:
    """Where a figure is printed in its own document, and what is printed there."""
    if cell is None:
        return None
    place = {"raw": cell.raw, "start": cell.start, "end": cell.end}
    return place if cell.page is None else place | {"page": cell.page, "box": cell.box}


def sentences(found: Compared) -> Iterator[tuple[Said, Said]]:
    """Yield what people are told: what is said, and of what. The first is of all, the others of single
    figures.
    """
    where = say("years.against", last=found.last or "?", source=found.source)
    if found.problem is not None:
        yield where, say("years.none", why=found.problem)
        return
    counts = Counter(one.outcome for one in found.findings)
    yield where, say("years.counts", **{name: counts[name] for name in ("holds", "broken", "undecided")})
    for one in found.findings:
        if one.outcome != "holds" and isinstance(one.message, Said):
            yield say("years.rule", rule=one.rule), one.message
