"""The smallest repairs of a table by mixed-integer programming (HiGHS), for what `repair` cannot settle in
closed form.

Slow to import (numpy): only a broken table that needs it may come here.
"""

from __future__ import annotations

from collections.abc import Sequence

import highspy
import numpy as np

from schemas.bounds import Bounds, Exact, bits
from schemas.rules import Rules

_LARGEST = 10**7  # beyond it, floating point could not tell a change of one from none
_INF = highspy.kHighsInf
# One thread, and a limit in nodes: what is found is then always the same.
_OPTIONS = {
    "output_flag": False,
    "threads": 1,
    "mip_feasibility_tolerance": 1e-9,
    "mip_rel_gap": 0.0,
    "mip_max_nodes": 20,
}


def solve(
    judge: Rules, values: Sequence[Exact | None], invalid: Sequence[int], effort: int, most: int
) -> tuple[list[dict[int, int | None]], bool]:
    """All smallest sets of cells to change, up to `most`, with the values they need, and whether these are
    all there are.

    None at all if the first is not found, and proved to be the smallest. No further set is looked for once
    the solver has taken `effort` iterations: not a time, which would make what is found depend on what else
    the machine does.
    """
    program = _Program(judge, values, invalid)
    found: list[dict[int, int | None]] = []
    while len(found) < most and program.usable and program.iterations < effort:
        cells = program.smallest()
        if cells is None:
            return found, bool(found) and program.exhausted
        found.append(program.needed(cells))
        program.exclude(cells)
    return found, False


class _Program:
    """Cell i holds x[i] >= 0; z[i] is 1 where that may differ from what is printed. Least sum of z such that
    every equation holds.
    """

    def __init__(self, judge: Rules, values: Sequence[Exact | None], invalid: Sequence[int]) -> None:
        self.judge, self.values, self.count = judge, values, len(values)
        self.start = Bounds(judge, values)
        for position in invalid:
            self.start = self.start.freed(position)
        self.exhausted = False
        self.iterations = 0
        self._size: int | None = None
        printed = [i for i, value in enumerate(values) if value is not None]
        # No figure of a smallest repair is larger than all that is printed, and all that the sums differ by,
        # together.
        known = [0.0 if value is None else float(value) for value in values]
        gaps = [sum(known[i] for i in e.left) - sum(known[i] for i in e.right) for e in judge.equations]
        most = sum(map(abs, [*known, *gaps]))
        self.usable = most <= _LARGEST
        if not self.usable:
            return
        self._highs = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, setting in _OPTIONS.items():
            self._highs.setOptionValue(option, setting)
        self._add_cells(printed, set(invalid))
        for equation in judge.equations:
            self._row(0, 0, {**dict.fromkeys(equation.left, 1), **dict.fromkeys(equation.right, -1)})
        for i in printed:
            value = values[i]
            if value is not None and i not in invalid:
                self._row(-_INF, float(value), {i: 1, self.count + i: -most})
                self._row(float(value), _INF, {i: 1, self.count + i: float(value)})
        for conflict in self.start.conflicts.values():  # what is known already makes the search short
            self._row(1, _INF, {self.count + i: 1 for i in bits(conflict)})

    def _add_cells(self, printed: list[int], invalid: set[int]) -> None:
        n, none = self.count, np.array([], dtype=np.int32)
        cost = np.zeros(2 * n)
        cost[[n + i for i in printed]] = 1
        low, high = np.zeros(2 * n), np.full(2 * n, _INF)
        high[n:] = 0
        high[[n + i for i in printed]] = 1
        low[[n + i for i in invalid]] = 1
        self._highs.addCols(2 * n, cost, low, high, 0, none, none, np.array([], dtype=np.float64))
        self._highs.changeColsIntegrality(
            2 * n, np.arange(2 * n, dtype=np.int32), np.full(2 * n, highspy.HighsVarType.kInteger)
        )

    def _row(self, low: float, high: float, terms: dict[int, float]) -> None:
        columns = np.fromiter(terms, dtype=np.int32)
        self._highs.addRow(low, high, len(terms), columns, np.fromiter(terms.values(), dtype=np.float64))

    def smallest(self) -> list[int] | None:
        """The cells of a smallest set that is not excluded; None where there is none (`exhausted`) or it is
        not proved within the limits.
        """
        self._highs.run()
        self.iterations += max(0, self._highs.getInfo().simplex_iteration_count)
        status = self._highs.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            self.exhausted = True
        if status != highspy.HighsModelStatus.kOptimal:
            return None
        solution = list(self._highs.getSolution().col_value)
        figures = [round(value) for value in solution[: self.count]]
        changed = [
            i for i, value in enumerate(self.values) if value is not None and solution[self.count + i] > 0.5
        ]
        holds = not self.judge.judge(figures).broken
        kept = all(
            figures[i] == value
            for i, value in enumerate(self.values)
            if value is not None and i not in changed
        )
        if not (holds and kept and min(figures) >= 0):  # floating point deceived the solver
            return None
        if self._size is None:
            self._size = len(changed)
            self._row(-_INF, self._size, {self.count + i: 1 for i in range(self.count)})
        return changed

    def exclude(self, cells: list[int]) -> None:
        """Look for other sets from now on."""
        self._row(-_INF, len(cells) - 1, {self.count + i: 1 for i in cells})

    def needed(self, cells: list[int]) -> dict[int, int | None]:
        """The value that each cell needs; None where bounds leave more than one."""
        bounds = self.start
        for i in cells:
            bounds = bounds.freed(i)
        return {i: int(bounds.low[i]) if bounds.low[i] == bounds.high[i] else None for i in cells}
