"""A draft: one table on its way from its labels to its cells, with every doubt about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from assets.decoder.items import Items
from assets.model import Number
from schemas.forms import Table
from schemas.words import say

OTHER_ORDER = say("doubt.other_order")

# For each printed column of a row the place of its cell; None: no column of the form.
Targets = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class AddedLine:
    """A row (column) that the form does not have: what is printed as its label, and by the key of each column
    (row) the item that stands there. `rule`: the identity whose sums may count it.
    """

    axis: Literal["row", "column"]
    label: str
    items: Mapping[str, int]
    rule: str | None = None


@dataclass(slots=True)
class Draft:
    """A table on its way.

    `places`: for each of its cells the item that it was read from (None: a blank without a place). `added`: rows
    and columns that the organ added; `left_out`: keys of rows that it left out. `loose`: a figure without
    words behind the last row, a page number or a part of a figure.
    """

    table: Table
    items: Items
    places: Sequence[int | None]
    doubts: list[str]
    loose: str | None = None
    added: list[AddedLine] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    widened: bool = False  # the header names columns that the form does not have
    reordered: bool = False  # the header prints another order of columns than the form
    others: list[int] = field(default_factory=list)  # figures that are printed once more


def slots_of(table: Table) -> list[int]:
    """For each row its first position among the table's cells."""
    starts, position = [], 0
    for row in table.rows:
        starts.append(position)
        position += len(row.cells)
    return starts


def values_at(items: Items, places: Sequence[int | None]) -> list[Number | None]:
    """The values of some items; None for a blank, and for none."""
    figures = items.figures
    return [None if i is None or (figure := figures[i]) is None else figure.value for i in places]
