"""violations: every identity that a table breaks or leaves undecided, as a sentence with both sides of the
sum, and the cells to suspect.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from assets.model import Number, Violation
from schemas.forms import CellKey, Table, plain_label
from schemas.rules import Compiled, Outcome, Rules
from schemas.words import Said, say

Values = Sequence[Number | None]


def violations(judge: Rules, values: Values, outcome: Outcome) -> list[Violation]:
    """One violation for each broken or undecided equation, and for each figure that is of the wrong type or
    blank where no identity reaches.
    """
    if not (outcome.broken or outcome.undecided or outcome.invalid or outcome.open):
        return []
    complete: list[Number | None] = list(values)
    for i, value in outcome.implied.items():
        complete[i] = value
    broken = [_equation(judge, equation, complete, "broken") for equation in outcome.broken]
    invalid = [_invalid(judge, position, values[position]) for position in outcome.invalid]
    if broken:
        _explain(judge, values, outcome, broken + invalid)
    found = [
        *broken,
        *(_equation(judge, equation, complete, "undecided") for equation in outcome.undecided),
        *invalid,
    ]
    reached = {position for equation in judge.equations for position in (*equation.left, *equation.right)}
    found += [_open(judge, position) for position in outcome.open if position not in reached]
    return found


def _explain(judge: Rules, values: Values, outcome: Outcome, found: list[Violation]) -> None:
    """Say of each violation which cells explain it: all that is broken in a table is explained together."""
    from schemas.repair import repairs  # most tables are right and need none of it

    explained = repairs(judge, values, outcome)
    if (suspect := explained.suspect) is not None and suspect.value is not None:
        for violation in found:
            violation.suspect, violation.suspect_slip = (*suspect.cell, suspect.value), suspect.slip
    else:
        for violation in found:
            violation.alternatives = [
                [(*change.cell, change.value) for change in changes] for changes in explained.sets
            ]


def _place(table: Table, row: str, column: str) -> Said:
    labels = plain_label(table.row(row).label), plain_label(table.column(column).label)
    return say("cell.place", table=table.short_title, row=labels[0], column=labels[1])


def _side(table: Table, cells: Sequence[CellKey], values: Sequence[Number | None], is_row: bool) -> Said:
    """A side of an equation as it is added up: each addend that is not nought with its label."""
    shown = [(cell, value) for cell, value in zip(cells, values, strict=True) if value != 0]
    if not shown and len(cells) > 1:
        return say("sum.noughts")
    addends = [
        say(
            "sum.addend" if value is not None else "sum.blank",
            label=plain_label(table.column(column).label if is_row else table.row(row).label),
            value=value,
        )
        for (row, column), value in shown or zip(cells, values, strict=True)
    ]
    total = _total(values)
    if len(cells) == 1:
        return addends[0]
    joined = say("sum.addends", addends=addends)
    return joined if total is None else say("sum.total", addends=joined, total=total)


def _total(values: Sequence[Number | None]) -> Number | None:
    return None if None in values else sum(value for value in values if value is not None)


def _equation(
    judge: Rules, compiled: Compiled, values: Values, outcome: Literal["broken", "undecided"]
) -> Violation:
    table, equation = judge.table, compiled.equation
    left, right = compiled.take_left(values), compiled.take_right(values)
    is_row = any(row.key == equation.where for row in table.rows) and equation.left[0][0] == equation.where
    text = say(
        f"sum.{outcome}",
        table=table.short_title,
        where=plain_label(table.row(equation.where).label if is_row else table.column(equation.where).label),
        left=_side(table, equation.left, left, is_row),
        right=_side(table, equation.right, right, is_row),
    )
    return Violation(
        equation.rule, outcome, text, _total(left), _total(right), [*equation.left, *equation.right]
    )


def _invalid(judge: Rules, position: int, value: Number | None) -> Violation:
    row, column = judge.cells[position]
    text = say(f"cell.not_{judge.types[position]}", place=_place(judge.table, row, column), value=value)
    return Violation(f"{judge.table.key}.count", "broken", text, None, value, [(row, column)])


def _open(judge: Rules, position: int) -> Violation:
    row, column = judge.cells[position]
    text = say("cell.open", place=_place(judge.table, row, column))
    return Violation(f"{judge.table.key}.count", "undecided", text, None, None, [(row, column)])
