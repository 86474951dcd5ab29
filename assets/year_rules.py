"""The rules across years over the figures of many reports at once: which hold, which are broken, which nobody
can tell, and why. What the pipeline and `ogi check --previous` both judge by.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from assets.model import Cell, Number, TableReading
from schemas.datasets import EDITIONS, STATUSES
from schemas.forms import TABLE_KEYS, CellKey, forms
from schemas.matrix import BROKEN, HOLDS, UNDECIDED, Floats, Outcomes
from schemas.words import Said, say
from schemas.years import Term, YearEquation, year_cells, year_equations

# Why a rule is undecided, the first that fits: keys of the catalogue behind `years.why.`; `judge` gives their
# places.
REASONS = (
    "",
    "no_year",
    "no_last",
    "several",
    "other_scope",
    "table",
    "last_table",
    "other_edition",
    "blank",
    "last_blank",
)
DECIDED, NO_YEAR, NO_LAST, SEVERAL, OTHER_SCOPE = range(5)
_NOT_READ, _LAST_NOT_READ, _OTHER_EDITION, _BLANK, _LAST_BLANK = range(5, 10)
OUTCOMES = ("holds", "broken", "undecided")  # by the numbers of schemas.matrix
_READ = tuple(STATUSES.index(status) for status in ("validated", "inconsistent", "incomplete"))


@dataclass(frozen=True)
class Figures:
    """The figures of N reports at the C cells that rules across years read: printed or implied, NaN for none;
    where each is printed (-1: nowhere; pages from 1, 0: none); of each of the T tables its status and edition
    as places in STATUSES and EDITIONS (-1: none).
    """

    values: Floats
    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]
    pages: npt.NDArray[np.int16]
    statuses: npt.NDArray[np.int8]
    editions: npt.NDArray[np.int8]

    @classmethod
    def blank(cls, reports: int) -> Figures:
        """Figures of so many reports, of which nothing is known yet."""
        cells, tables = (reports, len(year_cells())), (reports, len(TABLE_KEYS))
        return cls(
            np.full(cells, np.nan),
            np.full(cells, -1, np.int32),
            np.full(cells, -1, np.int32),
            np.zeros(cells, np.int16),
            np.full(tables, -1, np.int8),
            np.full(tables, -1, np.int8),
        )

    def take(self, rows: Any) -> Figures:
        """The figures of some of the reports, by their places; a place of -1 gives a report without any."""
        if not len(self.values):
            return Figures.blank(len(rows))
        taken = Figures(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))
        for name, nothing in (
            ("values", np.nan),
            ("starts", -1),
            ("pages", 0),
            ("statuses", -1),
            ("editions", -1),
        ):
            getattr(taken, name)[rows < 0] = nothing
        return taken


@dataclass(frozen=True)
class Judged:
    """What became of the rules (columns, as year_equations) in each report (rows): `applies`, whether the
    form of the report has the rule at all; the outcome, why it is undecided (a place in REASONS), and both
    sides.
    """

    applies: npt.NDArray[np.bool_]
    outcomes: Outcomes
    reasons: npt.NDArray[np.int8]
    expected: Floats
    reported: Floats


def judge(now: Figures, last: Figures, known: Any) -> Judged:
    """Hold reports (N) against those of the year before, row by row. `known` (N) is a place in REASONS:
    DECIDED where the two reports are to be compared, else why they are not.
    """
    equations = year_equations()
    shape = (len(now.values), len(equations))
    applies, reasons = np.zeros(shape, bool), np.zeros(shape, np.int8)
    expected, reported = np.full(shape, np.nan), np.full(shape, np.nan)
    for k, equation in enumerate(equations):
        table = TABLE_KEYS.index(equation.rule.table)
        place = _places()[equation.rule.table, equation.cell]
        own, before = _sum(equation, equation.now, now), _sum(equation, equation.last, last)
        reported[:, k], expected[:, k] = now.values[:, place], own + before
        applies[:, k] = _has(now.editions[:, table], equation.editions)
        reasons[:, k] = np.select(
            [
                known > 0,
                ~np.isin(now.statuses[:, table], _READ),
                ~np.isin(last.statuses[:, table], _READ),
                ~_has(last.editions[:, table], equation.last_editions),
                np.isnan(reported[:, k]) | np.isnan(own),
                np.isnan(before),
            ],
            [known, _NOT_READ, _LAST_NOT_READ, _OTHER_EDITION, _BLANK, _LAST_BLANK],
            DECIDED,
        )
    outcomes = np.where(reasons > 0, UNDECIDED, np.where(expected == reported, HOLDS, BROKEN))
    expected[reasons > 0] = np.nan
    return Judged(applies, outcomes.astype(np.int8), reasons, expected, reported)


def _has(editions: Any, wanted: Sequence[str]) -> Any:
    """Where a table is of one of these editions. One that is not there is of any that all forms share."""
    there: Any = np.isin(editions, [EDITIONS.index(edition) for edition in wanted])
    return there | ((editions < 0) & (len(wanted) == len(EDITIONS)))


def _sum(equation: YearEquation, terms: Sequence[Term], figures: Figures) -> Any:
    """A part of the right side, for each report; NaN where a figure of it is missing."""
    places = [_places()[equation.rule.table, cell] for _, cell in terms]
    signs = np.array([sign for sign, _ in terms], float)
    return (figures.values[:, places] * signs).sum(axis=1)


@cache
def _places() -> Mapping[tuple[str, CellKey], int]:
    """The place of each cell among those that rules across years read."""
    return {cell: i for i, cell in enumerate(year_cells())}


def place_of(equation: YearEquation, last: bool) -> int:
    """The place among year_cells of the figure that a rule compares in this report, or in last year's."""
    return _places()[equation.rule.table, equation.last[0][1] if last else equation.cell]


def name_of(equation: YearEquation) -> Said:
    """The figure that a rule is about, by the labels of the form."""
    table = forms()[equation.editions[-1]].tables[equation.rule.table]
    row, column = equation.cell
    label = table.row(row).label.split("、")[-1]
    return say("years.place", table=table.short_title, row=label, column=table.column(column).label)


def why(reason: int, last: int) -> Said:
    """Why a rule is undecided, by its place in REASONS; `last` is the year before."""
    return say(f"years.why.{REASONS[reason]}", last=last)


def message(equation: YearEquation, expected: float, reported: float, last: int) -> Said:
    """Both sides of a broken rule, as a sentence."""
    sides = {"expected": f"{expected:g}", "reported": f"{reported:g}"}
    return say("years.broken", place=name_of(equation), last=last, **sides)


# --- of single documents


def figures_of(tables: Sequence[TableReading]) -> Figures:
    """The figures of one report."""
    figures = Figures.blank(1)
    for table in tables:
        at = TABLE_KEYS.index(table.key)
        figures.statuses[0, at] = STATUSES.index(table.status)
        if table.edition is not None:
            figures.editions[0, at] = EDITIONS.index(table.edition)
        for cell in table.cells:
            place = _places().get((table.key, (cell.row, cell.column)))
            value = cell.value if cell.value is not None else cell.implied
            if place is not None and value is not None:
                figures.values[0, place] = float(value)
    return figures


@dataclass(frozen=True, slots=True)
class YearFinding:
    """What one rule across years says of two reports. `cell` is the figure of this report, `last_cell` that
    of last year's, each None where it is not printed.
    """

    rule: str
    table: str
    row: str
    column: str
    outcome: str
    message: str
    expected: Number | None
    reported: Number | None
    cell: Cell | None
    last_cell: Cell | None


def findings(now: Sequence[TableReading], last: Sequence[TableReading], year: int) -> list[YearFinding]:
    """What the rules say of two reports, that of `year` and that of the year before."""
    judged = judge(figures_of(now), figures_of(last), np.array([DECIDED]))
    found = []
    for k, equation in enumerate(year_equations()):
        if not judged.applies[0, k]:
            continue
        expected, reported = judged.expected[0, k], judged.reported[0, k]
        outcome = OUTCOMES[judged.outcomes[0, k]]
        words: str = ""
        if outcome == "broken":
            words = message(equation, expected, reported, year - 1)
        elif outcome == "undecided":
            reason = why(judged.reasons[0, k], year - 1)
            words = say("years.undecided", place=name_of(equation), why=reason)
        cells = _cell(now, equation, equation.cell), _cell(last, equation, equation.last[0][1])
        sides = _number(expected), _number(reported)
        found.append(
            YearFinding(equation.rule.id, equation.rule.table, *equation.cell, outcome, words, *sides, *cells)
        )
    return found


def _number(value: float) -> Number | None:
    return None if np.isnan(value) else int(value) if value == int(value) else float(value)


def _cell(tables: Sequence[TableReading], equation: YearEquation, key: CellKey) -> Cell | None:
    cells = (cell for table in tables if table.key == equation.rule.table for cell in table.cells)
    return next((cell for cell in cells if (cell.row, cell.column) == key and cell.start is not None), None)
