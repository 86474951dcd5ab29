"""violations: every identity that a table breaks or leaves undecided, as a sentence with both sides of the
sum, and the cells to suspect.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from assets.model import Number, Violation
from schemas.forms import Table
from schemas.rules import Compiled, Outcome, Rules

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


def _plain(label: str) -> str:
    """A label without the part that tells of filling in the form."""
    return label.split("（区分")[0].split("（单位")[0]


def _place(table: Table, row: str, column: str) -> str:
    return f"{table.short_title} {_plain(table.row(row).label)} {_plain(table.column(column).label)}"


def _sum(values: Sequence[Number | None]) -> str:
    """A side of an equation as it is added up: without the noughts, unless there is nothing else."""
    shown = [value for value in values if value != 0] or values[:1]
    text = " + ".join(
        "?" if value is None else f"{value:g}" if isinstance(value, float) else str(value) for value in shown
    )
    return (
        text
        if len(shown) == 1 or None in shown
        else f"{text} = {_number(sum(value for value in shown if value is not None))}"
    )


def _number(value: Number) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _total(values: Sequence[Number | None]) -> Number | None:
    return None if None in values else sum(value for value in values if value is not None)


def _equation(
    judge: Rules, compiled: Compiled, values: Values, outcome: Literal["broken", "undecided"]
) -> Violation:
    table, equation = judge.table, compiled.equation
    left, right = compiled.take_left(values), compiled.take_right(values)
    is_row = any(row.key == equation.where for row in table.rows) and equation.left[0][0] == equation.where
    where = _plain(table.row(equation.where).label if is_row else table.column(equation.where).label)
    link = ", " if outcome == "broken" and _total(left) is not None and _total(right) is not None else "; "
    text = f"{table.short_title} {where}: {_sum(left)}{link}{_sum(right)}"
    if outcome == "undecided":
        text += " (blank cells leave it undecided)"
    return Violation(
        equation.rule, outcome, text, _total(left), _total(right), [*equation.left, *equation.right]
    )


def _invalid(judge: Rules, position: int, value: Number | None) -> Violation:
    row, column = judge.cells[position]
    wanted = {
        "count": "a whole number of zero or more",
        "signed": "a whole number",
        "decimal": "an amount of zero or more",
    }
    text = f"{_place(judge.table, row, column)}: {value} is not {wanted[judge.types[position]]}"
    return Violation(f"{judge.table.key}.count", "broken", text, None, value, [(row, column)])


def _open(judge: Rules, position: int) -> Violation:
    row, column = judge.cells[position]
    text = f"{_place(judge.table, row, column)}: no figure is printed, and no identity says what it would be"
    return Violation(f"{judge.table.key}.count", "undecided", text, None, None, [(row, column)])
