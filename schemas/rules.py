"""The identities of one table, compiled: which hold, which are broken, which blanks leave undecided, and what
the identities imply.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from math import gcd, inf
from operator import itemgetter
from typing import Any, NamedTuple

from schemas.added import Counted, with_added
from schemas.forms import CellKey, Equation, Table, forms

Number = int | float
Values = Sequence[Number | None]

_MAX_ROUNDS = 60
_MOST_OPEN = 60  # blanks that are looked at together: beyond that too much is missing for anything to follow


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """One equation over the positions of a table's cells: the sum at `left` equals the sum at `right`."""

    equation: Equation
    left: tuple[int, ...]
    right: tuple[int, ...]
    take_left: Any
    take_right: Any


@dataclass(slots=True)
class Outcome:
    """What the hard identities make of the figures of one table.

    `broken` and `undecided` are equations; `invalid` are positions whose figure is of the wrong type (a count
    of -1 or 2.5); `open` are positions of blanks that nothing implies; `implied` gives position and value of
    those that the identities leave exactly one value.
    """

    broken: list[Compiled] = field(default_factory=list)
    undecided: list[Compiled] = field(default_factory=list)
    invalid: list[int] = field(default_factory=list)
    open: list[int] = field(default_factory=list)
    implied: dict[int, int] = field(default_factory=dict)


def taker(positions: tuple[int, ...]) -> Any:
    """What takes the values at some positions. In the forms they are evenly apart, and a slice is taken more
    quickly than each.
    """
    step = positions[1] - positions[0] if len(positions) > 1 else 1
    if step > 0 and positions == tuple(range(positions[0], positions[-1] + 1, step)):
        return itemgetter(slice(positions[0], positions[-1] + 1, step))
    return itemgetter(*positions)


@dataclass(frozen=True)
class Rules:
    """The hard identities of one table of one edition over its cells in printed order."""

    table: Table
    cells: tuple[CellKey, ...]
    rows: tuple[str, ...]  # of the cells
    columns: tuple[str, ...]
    equations: tuple[Compiled, ...]
    types: tuple[str, ...]
    units: tuple[str | None, ...]
    counts_only: bool
    within: dict[
        int, list[Compiled]
    ]  # by the position of a row's first cell: the equations that take in cells of that row only

    @cached_property
    def reach(self) -> list[list[tuple[int, int]]]:
        """For each cell its equations, with +1 where it is on the left side and -1 where it is on the
        right.
        """
        reach: list[list[tuple[int, int]]] = [[] for _ in self.cells]
        for e, compiled in enumerate(self.equations):
            for sign, side in ((1, compiled.left), (-1, compiled.right)):
                for i in side:
                    reach[i].append((e, sign))
        return reach

    @cached_property
    def alike(self) -> dict[tuple[tuple[int, int], ...], list[int]]:
        """Cells by their equations and signs, the first sign made +1: those of one list can stand in for each
        other.
        """
        alike: dict[tuple[tuple[int, int], ...], list[int]] = {}
        for i, reached in enumerate(self.reach):
            if reached:
                alike.setdefault(tuple((e, sign * reached[0][1]) for e, sign in reached), []).append(i)
        return alike

    def judge(self, values: Values) -> Outcome:
        """Judge figures given in the order of `cells`; None is a blank. Exact: no tolerance."""
        outcome = Outcome()
        if None not in values:
            if not self._are_counts(values):
                outcome.invalid = [
                    i
                    for i, value in enumerate(values)
                    if value is not None and not valid(value, self.types[i])
                ]
            outcome.broken = [
                e for e in self.equations if sum(e.take_left(values)) != sum(e.take_right(values))
            ]
            return outcome
        if self._are_noughts(values):
            outcome.implied = {i: 0 for i, value in enumerate(values) if value is None}
            return outcome
        outcome.invalid = [
            i for i, value in enumerate(values) if value is not None and not valid(value, self.types[i])
        ]
        complete = list(values)
        contradicted = _imply(self.equations, complete)
        if contradicted:
            complete = list(values)
        else:
            outcome.implied = {
                i: int(value) for i, value in enumerate(complete) if value is not None and values[i] is None
            }
        for equation in self.equations:
            sides = equation.take_left(complete), equation.take_right(complete)
            if None in sides[0] or None in sides[1]:
                (outcome.broken if equation in contradicted else outcome.undecided).append(equation)
            elif sum(sides[0]) != sum(sides[1]):
                outcome.broken.append(equation)
        outcome.open = [i for i, value in enumerate(complete) if value is None]
        return outcome

    def _are_counts(self, values: Values) -> bool:
        """Whether all are whole numbers of zero or more, in a table of counts."""
        if not self.counts_only or set(map(type, values)) != {int}:
            return False
        return min(values) >= 0  # type: ignore[operator, type-var]

    def _are_noughts(self, values: Values) -> bool:
        """Whether all is right and every blank has to be nought, as mostly where people print a dash for it.
        Seen quickly; no is no answer.
        """
        complete = [0 if value is None else value for value in values]
        if not self._are_counts(complete):
            return False
        if any(sum(e.take_left(complete)) != sum(e.take_right(complete)) for e in self.equations):
            return False
        # Where what is printed on both sides is the same, blanks on one side only are nought; with these,
        # others may be.
        left, pending = list(values), self.equations
        while None in left and pending:
            both = []
            for e in pending:
                ours, theirs = None in e.take_left(left), None in e.take_right(left)
                if ours and theirs:
                    both.append(e)
                elif ours or theirs:
                    for i in e.left if ours else e.right:
                        left[i] = left[i] or 0
            pending = tuple(both) if len(both) < len(pending) else ()
        return None not in left

    def possible(self, values: Values) -> bool:
        """Whether no identity is broken, whatever the blanks hold."""
        # Most of what is tried breaks one by itself.
        return (
            all(_may_hold(e.take_left(values), e.take_right(values)) for e in self.equations)
            and not self.judge(values).broken
        )

    def possible_in_row(self, first: int, values: Values) -> bool:
        """Whether the identities within a row, whose cells begin at position `first`, may hold, whatever its
        blanks hold.
        """
        return all(
            _may_hold([values[i - first] for i in equation.left], [values[i - first] for i in equation.right])
            for equation in self.within.get(first, ())
        )


def _may_hold(left: Values, right: Values) -> bool:
    """Whether the two sides may be equal, whatever their blanks hold."""
    more = sum(value for value in left if value is not None) - sum(
        value for value in right if value is not None
    )
    return (more <= 0 or None in right) and (more >= 0 or None in left)


def valid(value: Number, kind: str) -> bool:
    """Whether a figure is of its cell's type: a count is a whole number >= 0, a signed one a whole number, a
    decimal an amount >= 0.
    """
    return (value >= 0 or kind == "signed") and (kind == "decimal" or value == int(value))


def _imply(equations: Sequence[Compiled], complete: list[Number | None]) -> list[Compiled]:
    """Fill in the blanks that the equations and non-negativity leave one value; the equations that allow none
    at all.
    """
    while True:
        low, high, contradicted = _bounds(equations, complete)
        if contradicted:
            return contradicted
        for i, value in enumerate(complete):
            if value is None and low[i] == high[i]:
                complete[i] = int(low[i])
        together = _solved(equations, complete) if complete.count(None) <= _MOST_OPEN else {}
        if not together:
            return []
        for i, found in together.items():
            complete[i] = found


def _solved(equations: Sequence[Compiled], values: Values) -> dict[int, int]:
    """Blanks that only several equations together leave one value: elimination over the blanks in whole
    numbers, then non-negativity in each row.
    """
    reduced: dict[
        int, tuple[dict[int, int], Number]
    ] = {}  # by pivot: the coefficients of the blanks, and what they add up to
    for equation in equations:
        row, total = _open_row(equation, values)
        for pivot in [i for i in row if i in reduced]:
            row, total = _eliminated(row, total, pivot, *reduced[pivot])
        if not row:
            continue
        pivot = next(iter(row))
        for other, (coefficients, sum_) in reduced.items():
            if pivot in coefficients:
                reduced[other] = _eliminated(coefficients, sum_, pivot, row, total)
        reduced[pivot] = row, total
    found: dict[int, int] = {}
    for row, total in reduced.values():
        if len(row) == 1:
            [(place, coefficient)] = row.items()
            if total % coefficient == 0 and total // coefficient >= 0:
                found[place] = int(total // coefficient)
        elif total == 0 and (min(row.values()) > 0 or max(row.values()) < 0):
            found |= dict.fromkeys(row, 0)
    return found


def _open_row(equation: Compiled, values: Values) -> tuple[dict[int, int], Number]:
    """An equation over its blanks: their coefficients, and what they have to add up to."""
    row: dict[int, int] = {}
    total: Number = 0
    for side, sign in ((equation.left, 1), (equation.right, -1)):
        for i in side:
            value = values[i]
            if value is None:
                row[i] = sign
            else:
                total -= sign * value
    return row, total


def _eliminated(
    row: dict[int, int], total: Number, pivot: int, other: dict[int, int], other_total: Number
) -> tuple[dict[int, int], Number]:
    """A multiple of a row less a multiple of another, so that `pivot` is gone from it."""
    ours, theirs = other[pivot], row[pivot]
    left = {i: ours * coefficient for i, coefficient in row.items()}
    for i, coefficient in other.items():
        left[i] = left.get(i, 0) - theirs * coefficient
    left = {i: coefficient for i, coefficient in left.items() if coefficient}
    total = ours * total - theirs * other_total
    common = gcd(*left.values()) if left else 1
    if common > 1 and total % common == 0:
        return {i: coefficient // common for i, coefficient in left.items()}, total // common
    return left, total


class _Side(NamedTuple):
    """One side of an equation that has blanks: what its figures add up to, and where its blanks are."""

    known: Number
    blanks: list[int]


def _side(positions: tuple[int, ...], values: Values) -> _Side:
    return _Side(
        sum([value for i in positions if (value := values[i]) is not None]),
        [i for i in positions if values[i] is None],
    )


def _bounds(equations: Sequence[Compiled], values: Values) -> tuple[list[float], list[float], list[Compiled]]:
    """The least and the greatest value of each cell that the equations and non-negativity allow, and the
    equations that allow none.
    """
    low = [0 if value is None else value for value in values]
    high = [inf if value is None else value for value in values]
    contradicted: list[Compiled] = []
    pending = [
        (e, _side(e.left, values), _side(e.right, values))
        for e in equations
        if None in e.take_left(values) or None in e.take_right(values)
    ]
    concerned: dict[int, list[int]] = {}  # by blank: the places in `pending` of its equations
    for k, (_, left, right) in enumerate(pending):
        for i in (*left.blanks, *right.blanks):
            concerned.setdefault(i, []).append(k)
    stale = set(range(len(pending)))  # those of which a bound has changed since they were looked at
    settled: set[int] = set()
    for _ in range(_MAX_ROUNDS):
        for k, (equation, left, right) in enumerate(pending):
            if k not in stale:
                continue
            stale.remove(k)
            for ours, theirs in ((left, right), (right, left)):
                changed = _tighten(ours, theirs, low, high)
                if changed is None:
                    contradicted.append(equation)
                    settled.add(k)
                    break
                for i in changed:
                    stale.update(concerned[i])
        stale -= settled
        if not stale:
            break
    return low, high, contradicted


def _tighten(ours: _Side, theirs: _Side, low: list[float], high: list[float]) -> list[int] | None:
    """Tighten the bounds of the blanks on one side by those on the other: the blanks that changed; None if no
    value is left.
    """
    least = theirs.known + sum([low[i] for i in theirs.blanks])
    greatest = theirs.known + sum([high[i] for i in theirs.blanks])
    floor = ours.known + sum([low[i] for i in ours.blanks])
    if floor > greatest:
        return None
    if floor == greatest:  # often: what is printed is all, and the blanks are nought
        changed = [i for i in ours.blanks if high[i] > low[i]]
        for i in changed:
            high[i] = low[i]
        return changed
    ceilings = [high[i] for i in ours.blanks]
    endless = ceilings.count(inf)
    ceiling = ours.known + sum([top for top in ceilings if top < inf])  # of those that have one
    if not endless and ceiling < least:
        return None
    changed = []
    for i in ours.blanks:
        bottom, top = low[i], high[i]
        if bottom == top:
            continue
        most = greatest - (floor - bottom)
        if most < top:
            ceiling += most - (top if top < inf else 0)
            endless -= top == inf
            high[i] = top = most
            changed.append(i)
        if endless - (top == inf) == 0:  # all others have a greatest value
            fewest = least - (ceiling - (top if top < inf else 0))
            if fewest > bottom:
                floor += fewest - bottom
                low[i] = bottom = fewest
                changed.append(i)
        if bottom > top:
            return None
    return changed


def compile_rules(table: Table) -> Rules:
    """Compile the hard identities of a table."""
    cells = table.cells
    position = {cell: i for i, cell in enumerate(cells)}
    equations = []
    for equation in table.equations:
        if equation.severity == "hard":
            left, right = (tuple(position[cell] for cell in side) for side in (equation.left, equation.right))
            equations.append(Compiled(equation, left, right, taker(left), taker(right)))
    kinds = {column.key: column.type for column in table.columns}
    types = tuple(kinds[column] for _, column in cells)
    units = {column.key: column.unit for column in table.columns}
    rows, columns = zip(*cells, strict=True)
    counts_only = all(kind == "count" for kind in types)
    within: dict[int, list[Compiled]] = {}
    for compiled in equations:
        own = {rows[i] for i in (*compiled.left, *compiled.right)}
        if len(own) == 1:
            within.setdefault(rows.index(own.pop()), []).append(compiled)
    return Rules(
        table,
        cells,
        rows,
        columns,
        tuple(equations),
        types,
        tuple(units[column] for column in columns),
        counts_only,
        within,
    )


@cache
def rules(edition: str, table_key: str) -> Rules:
    """The compiled rules of one table of one edition."""
    return compile_rules(forms()[edition].tables[table_key])


@lru_cache(maxsize=256)
def rules_with(edition: str, table_key: str, added: tuple[Counted, ...]) -> Rules:
    """The compiled rules of one table of one edition whose sums count rows and columns that were added."""
    if not added:
        return rules(edition, table_key)
    return compile_rules(with_added(forms()[edition].tables[table_key], added))
