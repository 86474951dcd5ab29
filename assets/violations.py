"""violations: every identity that a table breaks or leaves undecided, as a sentence with both sides of the sum, and the cell to suspect."""

from __future__ import annotations

from collections.abc import Sequence

from assets.model import Number, Violation
from schemas.forms import Table
from schemas.rules import Compiled, Outcome, Rules, valid

Values = Sequence[Number | None]


def violations(judge: Rules, values: Values, outcome: Outcome) -> list[Violation]:
    """One violation for each broken or undecided equation, and for each figure that is of the wrong type or blank where no identity reaches."""
    if not (outcome.broken or outcome.undecided or outcome.invalid or outcome.open):
        return []
    complete: list[Number | None] = list(values)
    for i, value in outcome.implied.items():
        complete[i] = value
    suspect = _suspect(judge, complete, outcome.broken) if outcome.broken and not outcome.invalid else None
    found = [_equation(judge, equation, complete, "broken", suspect) for equation in outcome.broken]
    found += [_equation(judge, equation, complete, "undecided", None) for equation in outcome.undecided]
    found += [_invalid(judge, position, values[position]) for position in outcome.invalid]
    reached = {position for equation in judge.equations for position in (*equation.left, *equation.right)}
    found += [_open(judge, position) for position in outcome.open if position not in reached]
    return found


def _plain(label: str) -> str:
    """A label without the part that tells of filling in the form."""
    return label.split("（区分")[0].split("（单位")[0]


def _place(table: Table, row: str, column: str) -> str:
    return f"{table.short_title} {_plain(table.row(row).label)} {_plain(table.column(column).label)}"


def _sum(values: Sequence[Number | None]) -> str:
    """A side of an equation as it is added up: without the noughts, unless there is nothing else."""
    shown = [value for value in values if value != 0] or values[:1]
    text = " + ".join("?" if value is None else f"{value:g}" if isinstance(value, float) else str(value) for value in shown)
    return text if len(shown) == 1 or None in shown else f"{text} = {_number(sum(value for value in shown if value is not None))}"


def _number(value: Number) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _total(values: Sequence[Number | None]) -> Number | None:
    return None if None in values else sum(value for value in values if value is not None)


def _equation(judge: Rules, compiled: Compiled, values: Values, outcome: str, suspect: tuple[str, str, Number] | None) -> Violation:
    table, equation = judge.table, compiled.equation
    left, right = compiled.take_left(values), compiled.take_right(values)
    is_row = any(row.key == equation.where for row in table.rows) and equation.left[0][0] == equation.where
    where = _plain(table.row(equation.where).label if is_row else table.column(equation.where).label)
    link = ", " if outcome == "broken" and _total(left) is not None and _total(right) is not None else "; "
    text = f"{table.short_title} {where}: {_sum(left)}{link}{_sum(right)}"
    if outcome == "undecided":
        text += " (blank cells leave it undecided)"
    kind = "broken" if outcome == "broken" else "undecided"
    cells = [*equation.left, *equation.right]
    return Violation(equation.rule, "broken" if kind == "broken" else "undecided", text, _total(left), _total(right), cells, suspect)


def _invalid(judge: Rules, position: int, value: Number | None) -> Violation:
    row, column = judge.cells[position]
    wanted = {"count": "a whole number of zero or more", "signed": "a whole number", "decimal": "an amount of zero or more"}
    text = f"{_place(judge.table, row, column)}: {value} is not {wanted[judge.types[position]]}"
    return Violation(f"{judge.table.key}.count", "broken", text, None, value, [(row, column)])


def _open(judge: Rules, position: int) -> Violation:
    row, column = judge.cells[position]
    text = f"{_place(judge.table, row, column)}: no figure is printed, and no identity says what it would be"
    return Violation(f"{judge.table.key}.count", "undecided", text, None, None, [(row, column)])


def _suspect(judge: Rules, values: Values, broken: list[Compiled]) -> tuple[str, str, Number] | None:
    """The only cell whose change would satisfy every identity, with the value it would need; None if there is none, or more than one.

    The cell has to be in every broken equation and in no other, with one value that satisfies all of them.
    """
    candidates = set(broken[0].left) | set(broken[0].right)
    for equation in broken[1:]:
        candidates &= set(equation.left) | set(equation.right)
    found: list[tuple[int, Number]] = []
    for position in sorted(candidates):
        present = values[position]
        if present is None or any(position in e.left or position in e.right for e in judge.equations if e not in broken):
            continue
        needed = {_needed(equation, position, values, present) for equation in broken}
        value = needed.pop()
        if not needed and value is not None and valid(value, judge.types[position]):
            found.append((position, value))
    if len(found) != 1:
        return None
    position, value = found[0]
    return (*judge.cells[position], value)


def _needed(equation: Compiled, position: int, values: Values, present: Number) -> Number | None:
    left, right = _total(equation.take_left(values)), _total(equation.take_right(values))
    if left is None or right is None:
        return None
    return present + (right - left if position in equation.left else left - right)
