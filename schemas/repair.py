"""Which figures of a broken table are wrong: all smallest sets of cells whose change satisfies every hard
identity (Fellegi and Holt).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from schemas.bounds import Exact
from schemas.forms import CellKey
from schemas.rules import Compiled, Number, Outcome, Rules, Values
from schemas.slips import Slip, name_slip
from schemas.solver import Needed, solve

MAX_SETS = 50  # more alternatives than that help nobody
EFFORT = 60_000  # equations that the search looks at before it gives up: about a second

# In the forms no cycle of cells runs through fewer than four of them. So among up to three wrong cells there
# is always one that stands alone in an equation, and that equation says what it would have to be.
_MAX_CLOSED = 3


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that would have to change. `value` is None where the blanks of the table leave more than one."""

    cell: CellKey
    printed: Number
    value: int | None
    slip: Slip | None = None


@dataclass(frozen=True, slots=True)
class Repairs:
    """The smallest sets of cells whose change satisfies every identity: none is better than another.

    `determined`: whether they are known at all within the effort allowed; `complete`: whether `sets` holds
    all of them.
    """

    size: int
    sets: tuple[tuple[Change, ...], ...]
    complete: bool
    determined: bool

    @property
    def suspect(self) -> Change | None:
        """The one cell that explains everything, where there is one and one value for it."""
        alone = (
            self.determined
            and self.complete
            and self.size == len(self.sets) == 1
            and self.sets[0][0].value is not None
        )
        return self.sets[0][0] if alone else None


UNKNOWN = Repairs(0, (), complete=False, determined=False)


def repairs(judge: Rules, values: Values, outcome: Outcome, effort: int = EFFORT) -> Repairs:
    """The repairs of a table that breaks an equation, of which `outcome` is the judgement. A blank may take
    any value and is no change.
    """
    exact = [value if value is None or isinstance(value, int) else _exact(value) for value in values]
    complete = True
    found = None if None in exact else _without_blanks(judge, exact, outcome)
    if found is None:
        found, complete = solve(judge, exact, outcome.invalid, effort, MAX_SETS + 1)
    if not found:
        return UNKNOWN
    sets = tuple(_changes(judge, values, needed) for needed in sorted(found, key=sorted)[:MAX_SETS])
    return Repairs(len(sets[0]), sets, complete and len(found) <= MAX_SETS, determined=True)


def _exact(value: float) -> Exact:
    if value.is_integer():
        return int(value)
    from fractions import Fraction

    return Fraction(repr(value))


def _changes(judge: Rules, values: Values, needed: Needed) -> tuple[Change, ...]:
    changes = []
    for position in sorted(needed):
        printed = values[position]
        assert printed is not None
        changes.append(
            Change(
                judge.cells[position], printed, needed[position], name_slip(judge, values, needed, position)
            )
        )
    return tuple(changes)


# --- Tables without blanks: by the amounts that the two sides of each equation differ


def _without_blanks(judge: Rules, values: Sequence[Exact | None], outcome: Outcome) -> list[Needed] | None:
    """All smallest sets, if they have no more than three cells; else None."""
    figures = [value for value in values if value is not None]
    gaps = {e: gap for e, compiled in enumerate(judge.equations) if (gap := _gap(compiled, figures))}
    search = _Peeling(judge, figures)
    for size in range(search.least(gaps), _MAX_CLOSED + 1):
        search.sets.clear()
        search.peel(gaps, size, {})
        found = [needed for needed in search.sets.values() if needed.keys() >= set(outcome.invalid)]
        if found:
            return found
    return None


def _gap(compiled: Compiled, figures: Sequence[Exact]) -> Exact:
    """What the left side would have to grow by."""
    return sum(figures[i] for i in compiled.right) - sum(figures[i] for i in compiled.left)


class _Peeling:
    """Takes the cell that stands alone in a broken equation, gives it the value that this equation needs, and
    goes on with what is left.
    """

    def __init__(self, judge: Rules, figures: Sequence[Exact]) -> None:
        self.judge, self.figures = judge, figures
        self.sets: dict[frozenset[int], Needed] = {}
        self._seen: set[frozenset[tuple[int, Exact]]] = set()

    def least(self, gaps: Mapping[int, Exact]) -> int:
        """How many cells are needed at least: a cell is in no more than one equation of each identity."""
        return max(Counter(self.judge.equations[e].equation.rule for e in gaps).values(), default=1)

    def peel(self, gaps: Mapping[int, Exact], size: int, chosen: dict[int, Exact]) -> None:
        """Note every set of `size` more cells that closes all gaps."""
        if self.least(gaps) > size or not gaps:
            return
        if size == 1:
            for i, value in self._alone(gaps):
                if i not in chosen:
                    needed: Needed = {k: int(v) for k, v in (*chosen.items(), (i, value))}
                    self.sets.setdefault(frozenset(needed), needed)
            return
        for e, gap in gaps.items():
            compiled = self.judge.equations[e]
            for sign, side in ((1, compiled.left), (-1, compiled.right)):
                for i in side:
                    value = self.figures[i] + sign * gap
                    if i in chosen or value < 0 or value != int(value) or len(self.sets) > MAX_SETS:
                        continue
                    more = chosen | {i: value}
                    state = frozenset(more.items())
                    if state not in self._seen:
                        self._seen.add(state)
                        self.peel(self._left(gaps, i, sign * gap), size - 1, more)

    def _left(self, gaps: Mapping[int, Exact], position: int, change: Exact) -> dict[int, Exact]:
        """The gaps after a change of one cell."""
        left = dict(gaps)
        for e, sign in self.judge.reach[position]:
            gap = left.get(e, 0) - sign * change
            if gap:
                left[e] = gap
            else:
                left.pop(e, None)
        return left

    def _alone(self, gaps: Mapping[int, Exact]) -> Iterator[tuple[int, Exact]]:
        """The cells whose change alone closes all gaps: they are in the broken equations and in no other, and
        by one amount.
        """
        ordered = sorted(gaps)
        first = gaps[ordered[0]]
        if any(abs(gap) != abs(first) for gap in gaps.values()):
            return
        pattern = tuple((e, 1 if gaps[e] == first else -1) for e in ordered)
        for i in self.judge.alike.get(pattern, ()):
            value = self.figures[i] + self.judge.reach[i][0][1] * first
            if value >= 0 and value == int(value):
                yield i, value
