"""The smallest repairs of any table, blanks and all: a search over the sets of printed figures that cannot
all be right, with a budget counted in steps.

Every such set (a conflict, `bounds.py`) needs one of its cells changed, and conflicts without a cell in
common need a cell each: this says early how many cells are needed at least. Figures are exact throughout.
"""

from __future__ import annotations

from collections.abc import Sequence

from schemas.bounds import Bounds, Exact, bits
from schemas.rules import Rules

Needed = dict[int, int | None]  # position -> the value that the cell needs; None: more than one would do

MOST_CELLS = 12  # sets of more are not looked for: who would read them?
_LOOKED_AT = 6  # conflicts of which the one with the fewest cells in question is taken


def solve(
    judge: Rules, values: Sequence[Exact | None], invalid: Sequence[int], effort: int, most: int
) -> tuple[list[Needed], bool]:
    """All smallest sets of cells to change, up to `most`, with the values they need, and whether these are
    all there are.

    None at all if no set is proved to be a smallest one. The search ends once it has looked at `effort`
    equations: not after a time, which would make what is found depend on what else the machine does.
    """
    start = Bounds(judge, values)
    for position in invalid:
        start = start.freed(position)
    search = _Search(judge, effort, most)
    forced = sum(1 << position for position in invalid)
    least = max(search.needed_at_least(_by_size(start, forced)), 0 if invalid else 1)
    for more in range(least, MOST_CELLS + 1 - len(invalid)):
        search.go_on(start, forced, more)
        if search.sets or search.doubtful or search.steps > effort:
            break
        search.seen.clear()
    found = list(search.sets.values())
    return found, not search.doubtful and search.steps <= effort and len(found) < most


def _by_size(bounds: Bounds, freed: int = 0) -> list[int]:
    """The conflicts, without the cells that may hold anything already, those of few cells first."""
    conflicts = {conflict & ~freed for conflict in bounds.conflicts.values()}
    return sorted(conflicts, key=lambda conflict: (conflict.bit_count(), conflict))


class _Search:
    """Frees a cell of a conflict, looks what still contradicts, and goes on with that."""

    def __init__(self, judge: Rules, effort: int, most: int) -> None:
        self.judge, self.effort, self.most = judge, effort, most
        self.sets: dict[int, Needed] = {}
        self.seen: set[int] = set()
        self.steps = 0
        self.doubtful = False  # a set was met of which it is not clear whether it is a repair

    def needed_at_least(self, conflicts: Sequence[int], without: int = 0) -> int:
        """How many cells have to change to end all conflicts but those with a cell of `without`."""
        apart = taken = 0
        for conflict in conflicts:
            if not conflict & (taken | without):
                apart, taken = apart + 1, taken | conflict
        return apart

    def go_on(self, bounds: Bounds, freed: int, more: int) -> None:
        """Note every set of `more` further cells without which nothing contradicts."""
        if not bounds.conflicts:
            self._note(bounds, freed)
            return
        conflicts = _by_size(bounds, freed)
        if more == 0 or self.needed_at_least(conflicts) > more:
            return
        for position in self._in_question(conflicts, more - 1):
            if self.steps > self.effort or len(self.sets) >= self.most:
                return
            both = freed | 1 << position
            if both not in self.seen:
                self.seen.add(both)
                next_bounds = bounds.freed(position)
                self.steps += next_bounds.steps
                self.go_on(next_bounds, both, more - 1)

    def _in_question(self, conflicts: Sequence[int], more: int) -> list[int]:
        """The cells of the conflict with the fewest, without which `more` cells could end the rest."""
        fewest: list[int] | None = None
        for conflict in conflicts[:_LOOKED_AT]:
            cells = [
                position
                for position in bits(conflict)
                if self.needed_at_least(conflicts, 1 << position) <= more
            ]
            if fewest is None or len(cells) < len(fewest):
                fewest = cells
        return fewest or []

    def _note(self, bounds: Bounds, freed: int) -> None:
        if self._is_possible(bounds):
            self.sets[freed] = {
                i: int(bounds.low[i]) if bounds.low[i] == bounds.high[i] else None for i in bits(freed)
            }
        else:
            self.doubtful = True

    def _is_possible(self, bounds: Bounds) -> bool:
        """Whether figures that satisfy every equation are found within the bounds: the least or else the
        greatest of each blank, one after the other.
        """
        for position in bounds.open():
            if bounds.low[position] == bounds.high[position]:
                continue
            for value in (bounds.low[position], bounds.high[position]):
                if isinstance(value, float):  # there is no greatest
                    return False
                fixed = bounds.fixed(position, value)
                self.steps += fixed.steps
                if not fixed.conflicts:
                    break
            else:
                return False
            bounds = fixed
        figures = bounds.low
        return all(
            sum(figures[i] for i in e.left) == sum(figures[i] for i in e.right) for e in self.judge.equations
        )
