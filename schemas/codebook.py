"""The codebook: every figure of every edition of the form, with its labels, where it stands, and which figure
of the other edition is the same. Made of the form files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from schemas.forms import TABLE_KEYS, CellKey, Form, Row, Table, forms
from schemas.labels import heading_label
from schemas.panel_figures import panel_name

# How a figure belongs to its counterpart: the same; the sum of several; one of several that add up to it.
Relation = Literal["same", "sum_of", "part_of"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A figure in one edition of the form.

    `name` is its column in the panel. Labels are those that the form prints, and the same in English; `group`
    the merged cells that the row stands under, or the item of article 20. `counterpart` are figures of
    `counterpart_edition`, the edition before or after, by their names; none where that edition asks for no
    such figure. `identities` are the rules that the figure stands in.
    """

    name: str
    edition: str
    table: str
    row: str
    column: str
    table_zh: str
    table_en: str
    group_zh: str
    group_en: str
    row_zh: str
    row_en: str
    column_group_zh: str
    column_group_en: str
    column_zh: str
    column_en: str
    unit: str | None
    type: str
    section: int
    counterpart: tuple[str, ...]
    counterpart_edition: str | None
    relation: Relation | None
    identities: tuple[str, ...]


@cache
def codebook() -> tuple[Entry, ...]:
    """Return every figure, edition by edition, the newest first, in the order of the form."""
    return tuple(
        entry
        for form in [*forms().values()][::-1]
        for key in TABLE_KEYS
        for entry in _entries(form, form.tables[key])
    )


def _entries(form: Form, table: Table) -> Iterator[Entry]:
    rules: dict[CellKey, list[str]] = {cell: [] for cell in table.cells}
    for equation in table.equations:
        for cell in (*equation.left, *equation.right):
            rules[cell].append(equation.rule)
    domain = [identity.id for identity in table.identities if identity.per is None]
    other = _beside(form)
    for cell in table.cells:
        row, column = table.row(cell[0]), table.column(cell[1])
        group = heading_label(row.under or ((row.item,) if row.item else ()))
        across = heading_label(column.under)
        counterpart, relation = _counterpart(table, other.tables[table.key], cell) if other else ((), None)
        yield Entry(
            name=panel_name(table.key, *cell),
            edition=form.edition,
            table=table.key,
            row=row.key,
            column=column.key,
            table_zh=table.title,
            table_en=table.en,
            group_zh=group.zh,
            group_en=group.en,
            row_zh=row.label,
            row_en=row.en,
            column_group_zh=across.zh,
            column_group_en=across.en,
            column_zh=column.label,
            column_en=column.en,
            unit=column.unit,
            type=column.type,
            section=table.section,
            counterpart=tuple(panel_name(table.key, *one) for one in counterpart),
            counterpart_edition=other.edition if other else None,
            relation=relation,
            identities=tuple(dict.fromkeys((*rules[cell], *domain))),
        )


def _beside(form: Form) -> Form | None:
    """The edition after this one, or that before the newest; None where there is one edition only."""
    every = list(forms().values())
    place = every.index(form)
    return every[place + 1] if place + 1 < len(every) else every[place - 1] if place else None


def _counterpart(table: Table, other: Table, cell: CellKey) -> tuple[tuple[CellKey, ...], Relation | None]:
    """Which cells of another edition a cell is, and how."""
    if cell in other.cells:
        return (cell,), "same"
    of_row = {row.key: row for row in (*table.rows, *other.rows)}
    there = tuple((key, cell[1]) for key in of_row[cell[0]].split if (key, cell[1]) in other.cells)
    if there:
        return there, "sum_of"
    whole = next((row.key for row in other.rows if _splits(row, cell, other)), None)
    return (((whole, cell[1]),), "part_of") if whole else ((), None)


def _splits(row: Row, cell: CellKey, table: Table) -> bool:
    return cell[0] in row.split and (row.key, cell[1]) in table.cells
