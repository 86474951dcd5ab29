"""Which words of a document are marked on its page: the figures of the tables and those of the prose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assets.model import Box, Cell, Document, TableReading


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the raw text that is linked to what was made of it.

    `here` and `there` are the names of the two ends of the link; `kind` is broken, suspect, doubtful, read,
    agrees, contradicts or told.
    """

    start: int
    end: int
    here: str
    there: str
    kind: str
    page: int | None
    box: Box | None


def cell_id(table: TableReading, cell: Cell) -> str:
    """Return the name of a cell in the tables of the page."""
    return f"{table.key}-{cell.row}-{cell.column}"


def kinds_of(table: TableReading) -> dict[tuple[str, str], str]:
    """Return for each cell whether it is read, doubtful (its table is uncertain), stands in a broken sum, or
    is the suspect.
    """
    plain = "doubtful" if table.status == "uncertain" else "read"
    kinds = {(cell.row, cell.column): plain for cell in table.cells}
    for violation in table.violations:
        if violation.outcome == "broken":
            kinds.update((cell, "broken") for cell in violation.cells if cell in kinds)
    for violation in table.violations:
        if violation.suspect is not None:
            kinds[violation.suspect[:2]] = "suspect"
        for changes in violation.alternatives:
            kinds.update(((row, column), "suspect") for row, column, _ in changes)
    return kinds


def marks_of(judgement: Document) -> list[Mark]:
    """Return what is marked in the text of a document, in its order, none over another."""
    marks: list[Mark] = []
    end = 0
    for mark in sorted((*_of_tables(judgement), *_of_claims(judgement)), key=lambda mark: mark.start):
        if mark.start >= end:
            marks.append(mark)
            end = mark.end
    return marks


def _of_tables(judgement: Document) -> Iterator[Mark]:
    for table in judgement.tables:
        kinds = kinds_of(table)
        for cell in table.cells:
            if cell.start is not None and cell.end is not None and cell.end > cell.start:
                name = cell_id(table, cell)
                kind = kinds[cell.row, cell.column]
                yield Mark(cell.start, cell.end, f"d-{name}", f"t-{name}", kind, cell.page, cell.box)


def _of_claims(judgement: Document) -> Iterator[Mark]:
    shown = {table.key for table in judgement.tables if table.cells}
    for i, claim in enumerate(judgement.claims):
        if claim.end <= claim.start:
            continue
        kind = {"agrees": "agrees", "contradicts": "contradicts"}.get(claim.outcome, "told")
        there = "tables"
        if claim.table in shown and claim.row is not None and claim.column is not None:
            there = f"t-{claim.table}-{claim.row}-{claim.column}"
        yield Mark(claim.start, claim.end, f"d-claim-{i}", there, kind, claim.page, claim.box)
