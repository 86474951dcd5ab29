"""Bounds with reasons: what each cell may hold, which printed figures say so, and which sets of them
contradict each other.

For tables with blanks. Sets of cells are whole numbers, a bit for each position, so that they are joined and
cut quickly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, floor, inf
from typing import TYPE_CHECKING, TypeAlias

from schemas.rules import Rules

if TYPE_CHECKING:
    from fractions import Fraction  # a figure that is no whole number is rare, and its import is slow

Exact: TypeAlias = "int | Fraction"
_MAX_STEPS = 2000  # equations looked at in one go: bounds that creep on without end are left where they are


def bits(mask: int) -> Iterator[int]:
    """The positions in a set."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


class Bounds:
    """The least and the greatest value of each cell, with the printed figures from which each bound follows.

    A conflict is a set of printed figures that cannot all be right: every repair changes one of them. No
    conflict found is no proof that there is none; one that is found is certain.
    """

    __slots__ = ("_equations", "_of", "conflicts", "high", "high_why", "low", "low_why", "steps")

    def __init__(self, judge: Rules, values: Sequence[Exact | None]) -> None:
        self._equations = judge.equations
        self._of = [
            [number for number, _ in reached] for reached in judge.reach
        ]  # the equations of each cell
        self.low: list[Exact] = [0 if value is None else value for value in values]
        self.high: list[Exact | float] = [inf if value is None else value for value in values]
        # A printed zero cannot become less: it is no reason for the lower bound of anything.
        self.low_why = [0 if not value else 1 << i for i, value in enumerate(values)]
        self.high_why = [0 if value is None else 1 << i for i, value in enumerate(values)]
        self.conflicts: dict[int, int] = {}
        self.steps = 0  # equations that were looked at to find them
        self._settle(list(range(len(judge.equations))))

    def copy(self) -> Bounds:
        """The same bounds, to be changed apart."""
        twin = object.__new__(Bounds)
        twin._equations, twin._of = self._equations, self._of
        twin.low, twin.high = self.low.copy(), self.high.copy()
        twin.low_why, twin.high_why = self.low_why.copy(), self.high_why.copy()
        twin.conflicts = self.conflicts.copy()
        twin.steps = 0
        return twin

    def freed(self, position: int) -> Bounds:
        """The bounds as if nothing were printed at one position. What follows without it stays."""
        twin, own = self.copy(), 1 << position
        twin.low[position], twin.low_why[position] = 0, own
        twin.high[position], twin.high_why[position] = inf, own
        touched = set(self._of[position])
        for i, why in enumerate(twin.low_why):
            if why & own:
                twin.low[i], twin.low_why[i] = 0, 0
                touched.update(self._of[i])
        for i, why in enumerate(twin.high_why):
            if why & own:
                twin.high[i], twin.high_why[i] = inf, 0
                touched.update(self._of[i])
        for number, why in self.conflicts.items():
            if why & own:
                del twin.conflicts[number]
                touched.add(number)
        twin._settle(sorted(touched))
        return twin

    def fixed(self, position: int, value: Exact) -> Bounds:
        """The bounds if a blank held that value."""
        twin = self.copy()
        twin.low[position] = twin.high[position] = value
        twin._settle(list(self._of[position]))
        return twin

    def open(self) -> list[int]:
        """The positions that may hold more than one value."""
        return [i for i, low in enumerate(self.low) if low != self.high[i]]

    def _settle(self, queue: list[int]) -> None:
        waiting = set(queue)
        for _ in range(_MAX_STEPS):
            if not queue:
                return
            self.steps += 1
            number = queue.pop(0)
            waiting.discard(number)
            if number in self.conflicts:
                continue
            for i in self._tighten(number):
                for other in self._of[i]:
                    if other not in waiting and other != number:
                        waiting.add(other)
                        queue.append(other)

    def _tighten(self, number: int) -> list[int]:
        """Tighten the bounds of the cells of one equation by each other; returns those that changed."""
        equation = self._equations[number]
        changed: list[int] = []
        for ours, theirs in ((equation.left, equation.right), (equation.right, equation.left)):
            least, greatest, endless = self._sums(theirs)
            if self._contradicts(number, ours, theirs, greatest, endless):
                return changed
            for i in ours:
                if self.low[i] != self.high[i]:
                    if not endless:
                        self._lower_ceiling(i, ours, theirs, greatest, changed)
                    self._raise_floor(i, ours, theirs, least, changed)
                    if self.low[i] > self.high[i]:
                        self.conflicts[number] = self.low_why[i] | self.high_why[i]
                        return changed
        return changed

    def _sums(self, cells: Sequence[int]) -> tuple[Exact, Exact, bool]:
        """The least and the greatest sum, and whether there is no greatest."""
        low: Exact = 0
        high: Exact = 0
        endless = False
        for i in cells:
            low += self.low[i]
            top = self.high[i]
            if isinstance(top, float):
                endless = True
            else:
                high += top
        return low, high, endless

    def _contradicts(
        self, number: int, ours: Sequence[int], theirs: Sequence[int], greatest: Exact, endless: bool
    ) -> bool:
        if endless or sum(self.low[i] for i in ours) <= greatest:
            return False
        why = 0
        for i in ours:
            why |= self.low_why[i]
        for i in theirs:
            why |= self.high_why[i]
        self.conflicts[number] = why
        return True

    def _lower_ceiling(
        self, i: int, ours: Sequence[int], theirs: Sequence[int], greatest: Exact, changed: list[int]
    ) -> None:
        top = floor(greatest - sum(self.low[k] for k in ours if k != i))
        if top >= self.high[i]:
            return
        why = 0
        for k in ours:
            if k != i:
                why |= self.low_why[k]
        for k in theirs:
            why |= self.high_why[k]
        self.high[i], self.high_why[i] = top, why
        changed.append(i)

    def _raise_floor(
        self, i: int, ours: Sequence[int], theirs: Sequence[int], least: Exact, changed: list[int]
    ) -> None:
        rest: Exact = 0
        for k in ours:
            if k != i:
                top = self.high[k]
                if isinstance(top, float):
                    return
                rest += top
        bottom = ceil(least - rest)
        if bottom <= self.low[i]:
            return
        why = 0
        for k in ours:
            if k != i:
                why |= self.high_why[k]
        for k in theirs:
            why |= self.low_why[k]
        self.low[i], self.low_why[i] = bottom, why
        changed.append(i)
