"""What is said to people of a judged document, as sentences of the catalogue: the same in the terminal, on
the page and in the table of results.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Literal

from assets.claims import Claim, place_of, witness_of
from assets.model import Cell, Document, Number, TableReading
from schemas.added import ADDED_KEYS
from schemas.forms import Table, forms
from schemas.rules import rules
from schemas.words import Said, say

_SHOWN_SETS = 5  # of alternatives: JSON has them all
_AROUND = 24  # characters of the prose that are shown before a figure, and half as many behind it

Verdict = Literal["sound", "look", "undecided", "unreadable"]


def verdict_of(judgement: Document | None) -> Verdict:
    """Return whether a report can be published as it is: sound (all three tables validated, nothing in
    doubt, no sentence contradicts), look (something contradicts itself), undecided (nothing is known to be
    wrong, but not all could be read), unreadable.
    """
    if judgement is None:
        return "unreadable"
    statuses = {table.status for table in judgement.tables}
    if "inconsistent" in statuses or any(claim.outcome == "contradicts" for claim in judgement.claims):
        return "look"
    if judgement.description.doubts or any(one.outcome == "broken" for one in judgement.findings):
        return "look"
    return "sound" if statuses == {"validated"} else "undecided"


def form_of(table: TableReading) -> Table:
    """Return the form that a table is printed on; the newest where it does not tell."""
    return forms()[table.edition or max(forms())].tables[table.key]


def shown(cell: Cell) -> str:
    """Return a cell as printed; (n) is a figure that the other figures imply, · a blank."""
    if cell.value is None and cell.implied is not None:
        return f"{cell.raw}({cell.implied})"
    return cell.raw or "·"


def broken_lines(table: TableReading) -> tuple[set[str], set[str]]:
    """Return the rows and the columns in which an identity is broken."""
    rows: set[str] = set()
    columns: set[str] = set()
    per = {identity.id: identity.per for identity in form_of(table).identities}
    for violation in table.violations:
        if violation.outcome != "broken":
            continue
        if per.get(violation.rule) != "column":
            rows.add(violation.cells[0][0])
        if per.get(violation.rule) != "row":
            columns.add(violation.cells[0][1])
    return rows, columns


def described(judgement: Document) -> list[str]:
    """Return what the report says of itself: title, issuer, year and date, each or that it was not found."""
    known = judgement.description
    return [
        known.title or say("check.no_title"),
        say("check.issuer", issuer=known.issuer) if known.issuer else say("check.no_issuer"),
        say("check.year", year=known.year) if known.year else say("check.no_year"),
        say("check.published", date=known.published) if known.published else say("check.no_date"),
    ]


def missing_sections(judgement: Document) -> Said | None:
    """Return which of the six sections have no heading; None where none is missing."""
    there = {section.number for section in judgement.sections}
    missing = [number for number in range(1, 7) if number not in there]
    return say("check.no_heading", numbers=missing) if missing else None


def implied(table: TableReading) -> Iterator[Said]:
    """Say how many figures of a validated table are not printed, and which rows print none at all."""
    count = sum(cell.implied is not None for cell in table.cells)
    if count:
        yield say("check.implied", count=count, all=len(table.cells))
    printed = {cell.row for cell in table.cells if cell.value is not None}
    blank = [row.label for row in form_of(table).rows if row.key not in printed]
    if blank:
        yield say("check.blank_rows", rows=blank)


def added(table: TableReading) -> Iterator[Said]:
    """Say what the organ added to a table: its label, its figures, and whether the sums count it."""
    for _, own in groupby(table.added, lambda cell: cell.row if cell.row in ADDED_KEYS else cell.column):
        cells = list(own)
        label, figures = cells[0].label or "?", " ".join(map(shown, cells))
        if cells[0].counted_in:
            yield say("check.added_counted", label=label, figures=figures)
        else:
            yield say("check.added", label=label, figures=figures)


def explanation(table: TableReading) -> Iterator[Said]:
    """Say which figure of a table is wrong, as far as the sums tell: one sentence, or one and the ways."""
    form = form_of(table)
    explained = next(
        (violation for violation in table.violations if violation.suspect or violation.alternatives), None
    )
    if explained is None:
        if any(violation.outcome == "broken" and len(violation.cells) > 1 for violation in table.violations):
            yield say("check.not_determined")
        return
    if explained.suspect:
        row, column, value = explained.suspect
        printed = next(cell.raw for cell in table.cells if (cell.row, cell.column) == (row, column))
        yield say(
            "check.suspect",
            row=form.row(row).label,
            column=form.column(column).label,
            printed=printed,
            value=value,
            slip=say("check.slip", slip=say(explained.suspect_slip)) if explained.suspect_slip else "",
        )
        return
    from schemas.repair import MAX_SETS  # imported where a table is broken, which few are

    sets = explained.alternatives
    yield say(f"check.changed{'_ways' * (len(sets) > 1)}", count=len(sets[0]))
    for i, changes in enumerate(sets[:_SHOWN_SETS]):
        needed = _needed(table, form, changes)
        yield needed if not sets[1:] else say("check.or" if i else "check.either", change=needed)
    if len(sets) > _SHOWN_SETS:
        key = "check.more_ways" if len(sets) == MAX_SETS else "check.other_ways"
        yield say(key, count=len(sets) - _SHOWN_SETS)


def _needed(table: TableReading, form: Table, changes: list[tuple[str, str, Number | None]]) -> Said:
    """Cells that would have to change together, each with the figure that it would need, and the slip that
    would have led to it.
    """
    from schemas.slips import name_slip

    judge = rules(form.edition, form.key)
    places = {cell: i for i, cell in enumerate(judge.cells)}
    needed = {places[row, column]: None if value is None else int(value) for row, column, value in changes}
    told = []
    for position, value in needed.items():
        row, column = judge.cells[position]
        slip = name_slip(judge, [cell.value for cell in table.cells], needed, position)
        told.append(
            say(
                "check.needed",
                row=form.row(row).label,
                column=form.column(column).label,
                printed=shown(table.cells[position]),
                value=say("check.another_figure") if value is None else value,
                slip=say("check.slip", slip=say(slip)) if slip else "",
            )
        )
    return say("check.changes", changes=told)


def words_around(text: str, claim: Claim) -> str:
    """Return the words around a figure of the prose, in one line."""
    return " ".join(text[max(0, claim.start - _AROUND) : claim.end + _AROUND // 2].split())


def contradictions(judgement: Document) -> Iterator[tuple[Claim, Said]]:
    """Yield every claim that contradicts a table, with both figures and both places."""
    text = judgement.raw.text
    for claim in judgement.claims:
        if claim.outcome == "contradicts" and claim.printed is not None:
            line = text.count("\n", 0, claim.start) + 1
            yield (
                claim,
                say(
                    "check.contradicts",
                    value=claim.value,
                    where=say("check.line", line=line)
                    if claim.page is None
                    else say("check.line_page", line=line, page=claim.page),
                    words=words_around(text, claim),
                    printed=claim.printed,
                    place=place_of(claim),
                ),
            )


def witnesses(judgement: Document) -> Iterator[Said]:
    """Yield for each table with a suspect the sentence of the prose that states what it would need."""
    for table in judgement.tables:
        for violation in table.violations[:1]:
            if (claim := witness_of(table, violation, judgement.claims)) is not None:
                words = words_around(judgement.raw.text, claim)
                yield say("check.witness", value=claim.value, words=words)


def counted_claims(judgement: Document) -> Said | None:
    """Return how many figures of the prose agree, contradict, cannot be compared; None where there are
    none.
    """
    counts = Counter(claim.outcome for claim in judgement.claims)
    return (
        say(
            "check.claims",
            agree=counts["agrees"],
            contradict=counts["contradicts"],
            rest=counts["not_comparable"],
        )
        if counts
        else None
    )
