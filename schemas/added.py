"""Rows and columns that organs add to a table of the form, and the identities of a table whose sums count
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from schemas.forms import CellKey, Column, Equation, Row, Table

# The keys of added rows, and of added columns, in the order in which a table prints them.
ADDED_KEYS = tuple(f"added_{number}" for number in range(1, 10))


class Counted(NamedTuple):
    """An added row or column that the sums of one identity count. `rule` is the id of that identity; `label`
    is what is printed, or the key where that does not matter.
    """

    axis: Literal["row", "column"]
    key: str
    rule: str
    label: str


@lru_cache(maxsize=256)
def with_added(table: Table, added: tuple[Counted, ...]) -> Table:
    """Return a table with rows and columns of counts behind its own cells, which its identities take in: each
    in the longer side of its rule, and in the rules that hold along it as they do along the others.
    """
    rows, columns = list(table.rows), list(table.columns)
    equations, cells = list(table.equations), list(table.cells)
    per = {identity.id: identity.per for identity in table.identities}
    for one in added:
        if one.axis == "row":
            own = [(one.key, column.key) for column in table.columns]
            rows.append(Row(one.key, one.label, "", (), (), None, None, tuple(key for _, key in own), ()))
        else:
            own = [(row.key, one.key) for row in table.rows]
            columns.append(Column(one.key, one.label, "", (), (), table.columns[0].unit, "count", None))
        cells += own
        like = [e for e in table.equations if per[e.rule] == one.axis and e.where == _first(table, one)]
        equations = [_counting(e, one, own) for e in equations] + [_along(e, one) for e in like]
    made = replace(table, rows=tuple(rows), columns=tuple(columns), equations=tuple(equations))
    object.__setattr__(made, "cells", tuple(cells))  # those of the form come first, whatever was added
    return made


def _first(table: Table, one: Counted) -> str:
    """Return the first row or column of a table, whatever was added: the pattern for added ones."""
    return (table.rows if one.axis == "row" else table.columns)[0].key


def _counting(equation: Equation, one: Counted, own: Sequence[CellKey]) -> Equation:
    """Return an equation with the added cell that its longer side counts, if it is one of the rule."""
    across = 1 if one.axis == "row" else 0
    cell = next((cell for cell in own if cell[across] == equation.where), None)
    if equation.rule != one.rule or cell is None:
        return equation
    if len(equation.left) >= len(equation.right):
        return replace(equation, left=(*equation.left, cell))
    return replace(equation, right=(*equation.right, cell))


def _along(equation: Equation, one: Counted) -> Equation:
    """Return the equation of another row or column as that of the added one."""

    def moved(side: tuple[CellKey, ...]) -> tuple[CellKey, ...]:
        return tuple((one.key, c) if one.axis == "row" else (r, one.key) for r, c in side)

    return replace(equation, where=one.key, left=moved(equation.left), right=moved(equation.right))


def rule_beside(table: Table, axis: Literal["row", "column"], key: str) -> str | None:
    """Return the id of the identity whose sum would count a row (column) that stands beside row (column)
    `key`: the one that sums it up together with at least two others; None if there is none.
    """
    at, wanted = (0, "column") if axis == "row" else (1, "row")
    per = {identity.id: identity.per for identity in table.identities}
    for equation in table.equations:
        longer = max(equation.left, equation.right, key=len)
        if per[equation.rule] == wanted and len(longer) > 2 and any(cell[at] == key for cell in longer):
            return equation.rule
    return None


def signature(cells: Iterable[tuple[str, str, str | None]]) -> tuple[Counted, ...]:
    """Return which added rows and columns the sums of a table count, told from cells of it: row, column and
    `counted_in`. Labels, which no sum needs, are the keys.
    """
    found = {
        Counted(axis, key, rule, key)
        for row, column, rule in cells
        if rule is not None
        for axis, key in _added_by(row, column)
    }
    return tuple(sorted(found))


def _added_by(row: str, column: str) -> Iterator[tuple[Literal["row", "column"], str]]:
    """Yield the axis and the key of what is added of a cell."""
    if row in ADDED_KEYS:
        yield "row", row
    if column in ADDED_KEYS:
        yield "column", column


def signatures(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], tuple[Counted, ...]]:
    """Return what the sums of each table count beside the form's own cells, by report and table. Takes rows
    of `table_cells` or `validated_facts` that have `counted_in`: report_id, table, row, column, counted_in.
    """
    found: dict[tuple[str, str], list[tuple[str, str, str | None]]] = {}
    for row in rows:
        cell = (row["row"], row["column"], row["counted_in"])
        found.setdefault((row["report_id"], row["table"]), []).append(cell)
    return {place: signature(own) for place, own in found.items()}
