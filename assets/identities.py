"""The identities over a year: in how many reports each holds, is broken or undecided, and where it is broken
worst. By matrix, in batches.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.added import Counted, signatures, with_added
from schemas.datasets import tables_by_edition
from schemas.forms import Identity, Table, forms
from schemas.matrix import BROKEN, UNDECIDED, Floats, domain, matrix, spread

COLUMNS = ("report_id", "table", "edition", "status", "row", "column", "value", "implied", "counted_in")
JUDGED = (
    "validated",
    "inconsistent",
    "incomplete",
)  # read without doubt; of the others the figures are not sure
_WORST = 10


@dataclass(frozen=True, slots=True)
class Broken:
    """A report that breaks an identity: in how many of its columns or rows, and by how much in all."""

    report_id: str
    times: int
    gap: int


@dataclass(slots=True)
class Tally:
    """One identity over a year, in numbers of reports; `worst` are those that break it most, ten at most."""

    holds: int = 0
    broken: int = 0
    undecided: int = 0
    worst: list[Broken] = field(default_factory=list)

    @property
    def judged(self) -> int:
        return self.holds + self.broken + self.undecided

    def add(self, ids: Any, outcomes: Any, gaps: Any) -> None:
        """Count a batch: outcomes of each instance of the identity (columns) in each report (rows), and by
        how much each is missed.
        """
        broken = outcomes == BROKEN
        times = broken.sum(axis=1)
        undecided = (times == 0) & (outcomes == UNDECIDED).any(axis=1)
        self.broken += int((times > 0).sum())
        self.undecided += int(undecided.sum())
        self.holds += int(((times == 0) & ~undecided).sum())
        gap = np.where(broken, np.abs(gaps), 0).sum(axis=1)
        self._keep_worst([Broken(str(ids[i]), int(times[i]), int(gap[i])) for i in np.flatnonzero(times)])

    def merge(self, other: Tally) -> None:
        """Count what another tally has counted."""
        self.holds, self.broken, self.undecided = (
            self.holds + other.holds,
            self.broken + other.broken,
            self.undecided + other.undecided,
        )
        self._keep_worst(other.worst)

    def _keep_worst(self, more: list[Broken]) -> None:
        self.worst = sorted([*self.worst, *more], key=lambda one: (-one.times, -one.gap, one.report_id))[
            :_WORST
        ]


@cache
def hard_identities() -> Mapping[str, tuple[str, Identity]]:
    """Every hard identity of any edition by its id, with the key of its table; the newest wording."""
    return {
        identity.id: (key, identity)
        for form in forms().values()
        for key, table in form.tables.items()
        for identity in table.identities
        if identity.severity == "hard"
    }


def tally(batches: Iterable[pa.Table]) -> dict[str, Tally]:
    """Judge every table that was read without doubt, over printed and implied figures. Takes batches of
    table_cells with COLUMNS.
    """
    tallies = {name: Tally() for name in hard_identities()}
    for batch in batches:
        batch = batch.filter(pc.is_in(batch.column("status"), value_set=pa.array(JUDGED)))
        for table, rows in _by_form(batch):
            for judged, own in _by_what_is_added(table, rows):
                ids, figures = figures_of(own, judged)
                _count(tallies, judged, ids, figures)
    return tallies


def _count(tallies: Mapping[str, Tally], table: Table, ids: Any, figures: Floats) -> None:
    judged = matrix(table).judge(figures)
    for identity in table.identities:
        if identity.severity != "hard":
            continue
        if identity.per is None:
            types = domain(table, figures)
            tallies[identity.id].add(ids, types, np.ones_like(types))
        else:
            own = [i for i, equation in enumerate(matrix(table).equations) if equation.rule == identity.id]
            tallies[identity.id].add(ids, judged.outcomes[:, own], judged.excess[:, own])


def _by_form(cells: pa.Table) -> Iterator[tuple[Table, pa.Table]]:
    """Cells by the form that they are of."""
    for (edition, key), table in tables_by_edition().items():
        rows = cells.filter(
            pa.array(
                (_positions(cells.column("edition"), [edition]) == 0)
                & (_positions(cells.column("table"), [key]) == 0)
            )
        )
        if len(rows):
            yield table, rows


def _by_what_is_added(table: Table, rows: pa.Table) -> Iterator[tuple[Table, pa.Table]]:
    """Cells by the rows and columns that the sums of their tables count beside those of the form."""
    added = signatures(
        rows.filter(pc.is_valid(rows.column("counted_in")))
        .select(["report_id", "table", "row", "column", "counted_in"])
        .to_pylist()
    )
    by_signature: dict[tuple[Counted, ...], list[str]] = {}
    for (report_id, _), own in added.items():
        by_signature.setdefault(own, []).append(report_id)
    ids = rows.column("report_id")
    for own, reports in by_signature.items():
        yield with_added(table, own), rows.filter(pc.is_in(ids, value_set=pa.array(reports)))
    if added:
        some = pa.array([report_id for report_id, _ in added])
        rows = rows.filter(pc.invert(pc.is_in(ids, value_set=some)))
    if len(rows):
        yield table, rows


def figures_of(cells: pa.Table, table: Table) -> tuple[Any, Floats]:
    """The reports, and their figures in the order of the form's cells: printed, implied, or blank (NaN)."""
    ids: Any = cells.column("report_id").combine_chunks().dictionary_encode()
    rows, columns = [row.key for row in table.rows], [column.key for column in table.columns]
    position = np.full((len(rows) + 1, len(columns) + 1), -1)
    for i, (row, column) in enumerate(table.cells):
        position[rows.index(row), columns.index(column)] = i
    at = [_positions(cells.column("row"), rows), _positions(cells.column("column"), columns)]
    places = position[at[0], at[1]]
    values = pc.coalesce(cells.column("value"), cells.column("implied")).to_numpy()
    known = places >= 0
    # Of ids that came as a dictionary, not all need be of rows that are still there.
    used, reports = np.unique(ids.indices.to_numpy(), return_inverse=True)
    figures = spread(reports[known], places[known], values[known], (len(used), len(table.cells)))
    return ids.dictionary.take(pa.array(used)).to_pylist(), figures


def _positions(column: Any, keys: Sequence[str | None]) -> Any:
    """The place of each value among the keys; -1 for one that is none of them. Asked once of each distinct
    value, of which there are few.
    """
    encoded = column.combine_chunks().dictionary_encode()
    of_distinct: Any = pc.index_in(encoded.dictionary, value_set=pa.array(keys, pa.string()))
    places = np.append(of_distinct.fill_null(-1).to_numpy(), keys.index(None) if None in keys else -1)
    return places[encoded.indices.fill_null(len(encoded.dictionary)).to_numpy()]
