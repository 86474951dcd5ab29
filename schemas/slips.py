"""Slips of the pen: what may have happened where one figure is printed and another would be right. A name
only, never a reason to prefer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from schemas.rules import Number, Rules

Slip = Literal[
    "exchanged with the neighbouring column",
    "exchanged with the neighbouring row",
    "the sign is wrong",
    "a thousands separator taken for a decimal point",
    "a total left at zero",
    "two digits swapped",
    "a digit doubled",
    "a digit dropped",
    "the figure of the neighbouring column",
    "the figure of the neighbouring row",
]
SLIPS: tuple[Slip, ...] = get_args(Slip)


def name_slip(
    judge: Rules, values: Sequence[Number | None], needed: Mapping[int, int | None], position: int
) -> Slip | None:
    """The slip that leads from the figure needed at `position` to the one printed there; None where none
    fits.

    `needed` holds the figures of all cells that would change together, by position: two of them may have been
    exchanged.
    """
    printed, wanted = values[position], needed[position]
    if printed is None or wanted is None:
        return None
    beside = _neighbours(judge, position)
    for other, exchanged, _ in beside:
        if needed.get(other) == printed and values[other] == wanted:
            return exchanged
    if printed == -wanted:
        return "the sign is wrong"
    if (
        isinstance(printed, float)
        and wanted in (round(printed * 1000), round(printed * 1_000_000))
        and not printed.is_integer()
    ):
        return "a thousands separator taken for a decimal point"
    if printed == 0 and any(
        side == (position,) for equation in judge.equations for side in (equation.left, equation.right)
    ):
        return "a total left at zero"
    if printed == int(printed) >= 0 and (slip := _typing(str(int(printed)), str(wanted))):
        return slip
    return next((same for other, _, same in beside if printed and values[other] == printed), None)


def _typing(printed: str, wanted: str) -> Slip | None:
    """The slip of the keyboard between two figures."""
    if len(printed) == len(wanted):
        differ = [i for i, (a, b) in enumerate(zip(printed, wanted, strict=True)) if a != b]
        if len(differ) == 2 and all(printed[i] == wanted[k] for i, k in (differ, differ[::-1])):
            return "two digits swapped"
    if any(wanted[:i] + wanted[i + 1 :] == printed for i in range(len(wanted))):
        return "a digit dropped"
    if any(wanted[: i + 1] + wanted[i:] == printed for i in range(len(wanted))):
        return "a digit doubled"
    return None


def _neighbours(judge: Rules, position: int) -> list[tuple[int, Slip, Slip]]:
    """The cells beside, above and below one, with the names of the slips that reach them."""
    table, (row, column) = judge.table, judge.cells[position]
    rows, columns = [each.key for each in table.rows], list(table.row(row).cells)
    r, c = rows.index(row), columns.index(column)
    places = {cell: i for i, cell in enumerate(judge.cells)}
    found: list[tuple[int, Slip, Slip]] = []
    for k in (c - 1, c + 1):
        if 0 <= k < len(columns):
            found.append(
                (
                    places[row, columns[k]],
                    "exchanged with the neighbouring column",
                    "the figure of the neighbouring column",
                )
            )
    for k in (r - 1, r + 1):
        if 0 <= k < len(rows) and (rows[k], column) in places:
            found.append(
                (
                    places[rows[k], column],
                    "exchanged with the neighbouring row",
                    "the figure of the neighbouring row",
                )
            )
    return found
