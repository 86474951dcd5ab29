"""The figures of the panel: every cell that any edition of the form prints, each with the name of its column.
Statistical programs take names of at most 32 characters, and a flag stands beside each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from schemas.forms import TABLE_KEYS, CellKey, forms

FLAG = "f_"  # how the name of a flag begins, before that of its figure
LONGEST = 32

# In the place of the keys, where a name would be too long, or longer than it need be.
_ROWS = {
    "normative_documents": "normative",
    "litigation_direct": "lit_direct",
    "litigation_after_review": "lit_after",
}
_COLUMNS = {
    "natural_person": "nat",
    "business": "bus",
    "research": "res",
    "social_welfare": "soc",
    "legal_service": "leg",
    "other_org": "oth",
}


@dataclass(frozen=True, slots=True)
class PanelFigure:
    """One figure: the name of its column, its cell, the editions that print it, and what it is by the labels
    of the newest of them.
    """

    name: str
    table: str
    cell: CellKey
    editions: tuple[str, ...]
    label: str
    unit: str | None

    @property
    def flag(self) -> str:
        """The name of the column that says what the figure is worth."""
        return FLAG + self.name


@cache
def panel_figures() -> tuple[PanelFigure, ...]:
    """Every figure, table by table, in the order of the newest form, then those of older ones only."""
    return tuple(_figure(table, cell) for table in TABLE_KEYS for cell in _cells(table))


@cache
def figure_named() -> Mapping[str, PanelFigure]:
    """Every figure by its name."""
    return {figure.name: figure for figure in panel_figures()}


def panel_name(table: str, row: str, column: str) -> str:
    """The name of the column that holds the figures of a cell: of applications, a total bears the name of its
    row alone.
    """
    if table == "applications":
        return row if column == "total" else f"{row}_{_COLUMNS[column]}"
    return f"{_ROWS.get(row, row)}_{column}"


def _cells(table: str) -> list[CellKey]:
    newest_first = [form for _, form in sorted(forms().items(), reverse=True)]
    return list(dict.fromkeys(cell for form in newest_first for cell in form.tables[table].cells))


def _figure(key: str, cell: CellKey) -> PanelFigure:
    printing = {
        edition: form.tables[key] for edition, form in forms().items() if cell in form.tables[key].cells
    }
    table = list(printing.values())[-1]
    row, column = table.row(cell[0]), table.column(cell[1])
    label = " ".join((table.short_title, *row.under, row.label, column.label))
    return PanelFigure(panel_name(key, *cell), key, cell, tuple(printing), label, column.unit)
