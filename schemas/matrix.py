"""The hard identities of a table as one sparse matrix of whole numbers: judges a batch of reports at once,
each rule with three outcomes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from schemas.datasets import EXACT
from schemas.forms import CellKey, Equation, Table, ValueType

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Outcomes = npt.NDArray[np.int8]
Truth = npt.NDArray[np.bool_]

HOLDS, BROKEN, UNDECIDED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of each rule (a column) in each report (a row): its outcome, and by how much the printed
    left side exceeds the right.
    """

    outcomes: Outcomes
    excess: Whole


@dataclass(frozen=True)
class Matrix:
    """Equations over `cells`, compressed by rows: equation k has the signs `signs[starts[k]:starts[k + 1]]`
    at the cells of `columns` there.

    A sign is 1 on the left side and -1 on the right, so an equation holds where its row times the figures is
    0. Decimals have no place in it: their sums are not exact.
    """

    cells: tuple[CellKey, ...]
    equations: tuple[Equation, ...]
    starts: npt.NDArray[np.intp]
    columns: npt.NDArray[np.intp]
    signs: Whole
    signed: Truth

    def judge(self, figures: Floats) -> Judged:
        """Judge reports given as rows of figures in the order of `cells`, a blank as NaN. Nulls are never
        zeros.

        A rule holds only if all its figures are there. With blanks it is undecided, unless the figures that
        are there already exceed what they have to add up to, which no blank of zero or more can mend: then it
        is broken. So is a sum with a figure that is no whole number.
        """
        reports = len(figures)
        if not self.equations:
            return Judged(np.zeros((reports, 0), np.int8), np.zeros((reports, 0), np.int64))
        blank = np.isnan(figures)
        whole = is_whole(figures)
        counts = np.where(whole, figures, 0).astype(np.int64)
        excess = np.add.reduceat(counts.T[self.columns] * self.signs[:, None], self.starts, axis=0)
        left, right = (self._any(blank, (self.signs == sign) | self.signed[self.columns]) for sign in (1, -1))
        broken = ((excess > 0) & ~right) | ((excess < 0) & ~left) | self._any(~blank & ~whole)
        outcomes = np.where(broken, BROKEN, np.where(left | right, UNDECIDED, HOLDS)).astype(np.int8)
        return Judged(outcomes.T, excess.T)

    def _any(self, flags: Truth, where: Truth | None = None) -> Truth:
        """For each equation and report: whether a cell of the equation is flagged, of those places in the
        matrix that `where` picks.
        """
        taken = flags.T[self.columns]
        if where is not None:
            taken = taken & where[:, None]
        return np.logical_or.reduceat(taken, self.starts, axis=0)


def compile_matrix(table: Table, equations: Sequence[Equation], cells: Sequence[CellKey]) -> Matrix:
    """The matrix of some equations of a table over some of its cells."""
    position = {cell: i for i, cell in enumerate(cells)}
    starts: list[int] = []
    columns: list[int] = []
    signs: list[int] = []
    for equation in equations:
        starts.append(len(columns))
        columns += [position[cell] for cell in (*equation.left, *equation.right)]
        signs += [1] * len(equation.left) + [-1] * len(equation.right)
        if any(table.column(column).type == "decimal" for _, column in (*equation.left, *equation.right)):
            raise ValueError(
                f"{equation.rule} of {table.edition} adds up decimals, which only a judge with a "
                "tolerance could compare"
            )
    signed = [table.column(column).type == "signed" for _, column in cells]
    return Matrix(
        tuple(cells),
        tuple(equations),
        np.array(starts, np.intp),
        np.array(columns, np.intp),
        np.array(signs, np.int64),
        np.array(signed, np.bool_),
    )


@cache
def matrix(table: Table) -> Matrix:
    """All hard equations of a table over all its cells in printed order."""
    return compile_matrix(
        table, [equation for equation in table.equations if equation.severity == "hard"], table.cells
    )


@cache
def matrix_of(table: Table, equation: Equation) -> Matrix:
    """One equation over its own cells only: left side, then right side."""
    return compile_matrix(table, [equation], (*equation.left, *equation.right))


def is_whole(figures: Floats) -> Truth:
    """Where a whole number stands that is small enough to be exact. A blank is none."""
    whole: Truth = (np.abs(figures) <= EXACT) & (np.floor(figures) == figures)
    return whole


def in_domain(figures: Floats, types: Sequence[ValueType]) -> Truth:
    """Where a figure is of the type of its column: counts are whole numbers >= 0, signed ones whole numbers,
    decimals >= 0. A blank is not.
    """
    kinds = np.asarray(types)
    inside: Truth = (
        (np.abs(figures) <= EXACT)
        & ((figures >= 0) | (kinds == "signed"))
        & (is_whole(figures) | (kinds == "decimal"))
    )
    return inside


def domain(table: Table, figures: Floats) -> Outcomes:
    """For each report and cell whether the figure is of the type that the form asks for; a blank leaves it
    undecided.
    """
    inside = in_domain(figures, [table.column(column).type for _, column in table.cells])
    return np.where(np.isnan(figures), UNDECIDED, np.where(inside, HOLDS, BROKEN)).astype(np.int8)


def spread(reports: Any, cells: Any, values: Any, shape: tuple[int, int]) -> Floats:
    """Figures given one by one (row of the batch, position of the cell, figure) as rows of figures. What is
    not given is blank.
    """
    figures = np.full(shape, np.nan)
    figures[reports, cells] = values
    return figures
