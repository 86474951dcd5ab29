"""year_over_year: the reports of a year held against those of the same organs for the year before, figure by
figure. A break is to be looked at; that a correction or another version explains it is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets import year_rules
from assets.corrections import Corrected
from assets.counted import reports_with_organs
from assets.identities import positions
from assets.model import Number
from assets.stages import Beside, RowsOfYear, YearStage
from assets.year_rules import OUTCOMES, Figures, Judged, judge, message, place_of, why
from schemas.datasets import EDITIONS, STATUSES, YEAR_OVER_YEAR, arrow_schema
from schemas.forms import TABLE_KEYS, CellKey
from schemas.matrix import BROKEN
from schemas.words import say
from schemas.years import YearEquation, year_cells, year_equations

CELL_COLUMNS = ("report_id", "table", "row", "column", "value", "implied", "start", "end", "page")
REPORT_COLUMNS = tuple(f"{table}_{what}" for table in TABLE_KEYS for what in ("status", "edition"))
ORGAN_COLUMNS = ("source", "printed_year", "organ_id", "is_current", "scope")
SCOPES = ("organ", "area")  # that are known; reports of which one says nothing are compared
_MOST = 1024  # reports that are judged at a time


@dataclass(frozen=True)
class YearReports:
    """The reports of a year that were read, by report_id: their organs and what they speak for, and the
    figures that rules across years compare.
    """

    ids: Any  # Arrow arrays
    sources: Any
    organs: Any
    current: Any  # NumPy arrays
    with_year: Any
    scopes: Any
    figures: Figures

    @classmethod
    def of(cls, rows: RowsOfYear) -> YearReports:
        """Read those of a year. What is kept of each takes about 500 bytes."""
        reports = reports_with_organs(rows, REPORT_COLUMNS, ORGAN_COLUMNS)
        figures = Figures.blank(len(reports))
        for at, table in enumerate(TABLE_KEYS):
            figures.statuses[:, at] = positions(reports.column(f"{table}_status"), STATUSES)
            figures.editions[:, at] = positions(reports.column(f"{table}_edition"), EDITIONS)
        ids = reports.column("report_id").combine_chunks()
        for cells in rows("table_cells", CELL_COLUMNS):
            _fill(figures, ids, cells)
        return cls(
            ids,
            reports.column("source").combine_chunks(),
            reports.column("organ_id").combine_chunks(),
            reports.column("is_current").to_numpy(),
            reports.column("printed_year").is_valid().to_numpy(),
            positions(reports.column("scope"), SCOPES),
            figures,
        )

    def __len__(self) -> int:
        return len(self.ids)


def _fill(figures: Figures, ids: Any, cells: pa.Table) -> None:
    """Put the figures of some cells where they belong. Cells that no rule across years reads are passed over
    by their rows and columns, of which there are few.
    """
    keys = [dict.fromkeys(key[i] for _, key in year_cells()) for i in (0, 1)]
    tables = list(dict.fromkeys(table for table, _ in year_cells()))
    place = np.full((len(tables) + 1, len(keys[0]) + 1, len(keys[1]) + 1), -1)
    for i, (table, (row, column)) in enumerate(year_cells()):
        place[tables.index(table), list(keys[0]).index(row), list(keys[1]).index(column)] = i
    at = [
        positions(cells.column(name), list(known))
        for name, known in (("table", tables), ("row", keys[0]), ("column", keys[1]))
    ]
    places = place[at[0], at[1], at[2]]
    wanted = np.flatnonzero(places >= 0)
    chosen, places = cells.take(wanted), places[wanted]
    encoded = chosen.column("report_id").combine_chunks().dictionary_encode()
    of_distinct: Any = pc.index_in(encoded.dictionary, value_set=ids)
    of_distinct = of_distinct.fill_null(-1).to_numpy()
    reports = of_distinct[encoded.indices.to_numpy()] if len(chosen) else np.array([], np.intp)
    known = reports >= 0
    where = reports[known], places[known]
    values: Any = pc.coalesce(chosen.column("value"), chosen.column("implied"))
    figures.values[where] = values.to_numpy()[known]
    for name, target, nothing in (
        ("start", figures.starts, -1),
        ("end", figures.ends, -1),
        ("page", figures.pages, 0),
    ):
        printed: Any = chosen.column(name)
        target[where] = printed.fill_null(nothing).to_numpy()[known]


# --- which reports belong together


class _Before:
    """The reports of the year before, by organ."""

    def __init__(self, reports: YearReports) -> None:
        self.reports = reports
        self._organs: Any = reports.organs.unique().drop_null()
        codes: Any = pc.index_in(reports.organs, value_set=self._organs).fill_null(-1).to_numpy()
        # current ones first, so that the first of an organ is the one that counts
        self._order = np.lexsort((~reports.current, codes))
        self._sorted = codes[self._order]

    def of(self, organs: Any) -> tuple[Any, Any, Any]:
        """For each organ of an Arrow array: the first and the end of its reports in `at`, and how many of
        them count.
        """
        codes: Any = pc.index_in(organs, value_set=self._organs).fill_null(-2).to_numpy()
        first, end = (np.searchsorted(self._sorted, codes, side) for side in ("left", "right"))
        current = np.concatenate([[0], np.cumsum(self.reports.current[self._order])])
        return first, end, current[end] - current[first]

    def alike(self, places: Any, scope: int) -> Any:
        """Of several reports of an organ those that speak for the same; all, where none is sure to."""
        rows = self._order[places]
        same = rows[(self.reports.scopes[rows] == scope) | (self.reports.scopes[rows] < 0) | (scope < 0)]
        return same if len(same) else rows

    def at(self, places: Any) -> Any:
        """The rows of reports by their places in the order of organs."""
        return self._order[places]


def year_over_year(
    now: RowsOfYear, last: RowsOfYear | None, year: int, corrected: Iterable[Corrected] = ()
) -> Iterator[pa.Table]:
    """The rows of the dataset for a year: for each report that counts, each rule in each row or column.

    `last` is the year before, None where it was never made; `corrected` are the tables of both years that
    corrections make valid.
    """
    reports = YearReports.of(now)
    before = _Before(YearReports.of(last or _nothing))
    figures = {(table.report_id, table.table): table.figures for table in corrected}
    chosen = np.flatnonzero(reports.current)
    for first in range(0, len(chosen), _MOST):
        yield _judged(reports, chosen[first : first + _MOST], before, year, figures)


def _nothing(dataset: str, columns: Sequence[str]) -> Iterator[pa.Table]:
    yield from ()


ByTable = Mapping[tuple[str, str], Mapping[CellKey, Number]]


def _judged(reports: YearReports, rows: Any, before: _Before, year: int, corrected: ByTable) -> pa.Table:
    organs = reports.organs.take(rows)
    first, end, counting = before.of(organs)
    partner = np.full(len(rows), -1)
    found = counting > 0
    partner[found] = before.at(first[found])
    several: dict[int, Any] = {}
    for i in np.flatnonzero(counting > 1).tolist():
        several[i] = before.alike(np.arange(first[i], first[i] + counting[i]), reports.scopes[rows[i]])
        partner[i] = several[i][0]
    scopes = reports.scopes[rows], _taken(before.reports.scopes, partner, -1)
    other_scope = (scopes[0] >= 0) & (scopes[1] >= 0) & (scopes[0] != scopes[1])
    known = np.select(
        [~reports.with_year[rows], ~found, other_scope],
        [year_rules.NO_YEAR, year_rules.NO_LAST, year_rules.OTHER_SCOPE],
        year_rules.DECIDED,
    )
    now = reports.figures.take(rows)
    judged = judge(now, before.reports.figures.take(partner), known)
    for i, others in several.items():
        if known[i] == year_rules.DECIDED and len(others) > 1:
            _where_they_differ(judged, i, now, before, others)
    explained = _explained(judged, reports, rows, before, partner, (first, end), corrected, year)
    return _rows(judged, reports, rows, before.reports, partner, year, explained)


def _taken(values: Any, rows: Any, nothing: int) -> Any:
    return np.where(rows >= 0, values[rows], nothing) if len(values) else np.full(len(rows), nothing)


def _where_they_differ(judged: Judged, i: int, now: Figures, before: _Before, others: Any) -> None:
    """Where several reports count for the year before, a rule is decided only if it is the same by each."""
    same = now.take(np.full(len(others), i))
    by_each = judge(same, before.reports.figures.take(others), np.zeros(len(others), int))
    differ = (by_each.outcomes != by_each.outcomes[0]).any(axis=0)
    differ |= (by_each.expected != by_each.expected[0]).any(axis=0) & ~np.isnan(by_each.expected).all(axis=0)
    judged.outcomes[i, differ] = OUTCOMES.index("undecided")
    judged.reasons[i, differ] = year_rules.SEVERAL
    judged.expected[i, differ] = np.nan


# --- what explains a break


Explained = dict[tuple[int, int], tuple[str, str]]  # (report, rule) -> by what, and the sentence


def _explained(
    judged: Judged,
    reports: YearReports,
    rows: Any,
    before: _Before,
    partner: Any,
    bounds: tuple[Any, Any],
    corrected: ByTable,
    year: int,
) -> Explained:
    found: Explained = {}
    for i, k in np.argwhere(judged.applies & (judged.outcomes == BROKEN)).tolist():
        equation = year_equations()[k]
        table = equation.rule.table
        now, last = int(rows[i]), int(partner[i])
        own = corrected.get((reports.ids[now].as_py(), table), {})
        theirs = corrected.get((before.reports.ids[last].as_py(), table), {})
        if not own and not theirs and bounds[1][i] - bounds[0][i] == 1:
            continue  # nothing that could explain it
        figures = [_figures(reports, now, equation, own), _figures(before.reports, last, equation, theirs)]
        if (own or theirs) and _holds(equation, *figures):
            found[i, k] = "correction", say("years.correction", year=year if own else year - 1)
            continue
        versions = before.alike(np.arange(bounds[0][i], bounds[1][i]), reports.scopes[now])
        for other in versions.tolist():
            if other != last and _holds(equation, figures[0], _figures(before.reports, other, equation, {})):
                source = before.reports.sources[other].as_py()
                found[i, k] = "version", say("years.version", last=year - 1, source=source)
                break
    return found


def _figures(
    reports: YearReports, row: int, equation: YearEquation, corrected: Mapping[CellKey, Number]
) -> Mapping[CellKey, float]:
    """The figures of one report in the table of a rule, corrected ones in the place of those printed."""
    table = equation.rule.table
    printed = {
        cell: float(reports.figures.values[row, i])
        for i, (key, cell) in enumerate(year_cells())
        if key == table
    }
    return printed | {cell: float(value) for cell, value in corrected.items() if cell in printed}


def _holds(equation: YearEquation, now: Mapping[CellKey, float], last: Mapping[CellKey, float]) -> bool:
    expected = sum(sign * now[cell] for sign, cell in equation.now)
    return now[equation.cell] == expected + sum(sign * last[cell] for sign, cell in equation.last)


# --- rows


def _rows(
    judged: Judged,
    reports: YearReports,
    rows: Any,
    last: YearReports,
    partner: Any,
    year: int,
    explained: Explained,
) -> pa.Table:
    at, k = np.nonzero(judged.applies)
    now_rows, last_rows = rows[at], partner[at]
    names = [(one.rule.id, one.rule.table, *one.cell) for one in year_equations()]
    told = [_told(judged, i, j, year, explained) for i, j in zip(at.tolist(), k.tolist(), strict=True)]
    values: dict[str, Any] = {
        "report_id": reports.ids.take(now_rows),
        "organ_id": reports.organs.take(now_rows),
        "report_year": pa.array(np.full(len(at), year), pa.int16()),
        "last_report_id": last.ids.take(_optional(last_rows)),
        "rule": _by_code(names, 0, k),
        "table": _by_code(names, 1, k),
        "row": _by_code(names, 2, k),
        "column": _by_code(names, 3, k),
        "outcome": pa.array(OUTCOMES).take(judged.outcomes[at, k]),
        "expected": pa.array(judged.expected[at, k], from_pandas=True),
        "reported": pa.array(judged.reported[at, k], from_pandas=True),
        "message": pa.array([message for message, _, _ in told], pa.string()),
        "explained_by": pa.array([by for _, by, _ in told], pa.string()),
        "explanation": pa.array([words for _, _, words in told], pa.string()),
    }
    for prefix, figures, which, is_last in (
        ("", reports.figures, now_rows, False),
        ("last_", last.figures, last_rows, True),
    ):
        place = np.array([place_of(equation, is_last) for equation in year_equations()])[k]
        for name, source, nothing in (
            ("start", figures.starts, -1),
            ("end", figures.ends, -1),
            ("page", figures.pages, 0),
        ):
            there = _taken_at(source, which, place, nothing)
            values[prefix + name] = pa.array(there, mask=there == nothing)
    fields = arrow_schema(YEAR_OVER_YEAR)
    return pa.Table.from_arrays([values[field.name].cast(field.type) for field in fields], schema=fields)


def _optional(rows: Any) -> Any:
    """Places of rows as Arrow takes them; none for one of -1."""
    return pa.array(rows, mask=rows < 0)


def _by_code(names: Sequence[tuple[str, ...]], part: int, codes: Any) -> Any:
    return pa.array([name[part] for name in names]).take(codes)


def _taken_at(source: Any, rows: Any, places: Any, nothing: int) -> Any:
    return np.where(rows >= 0, source[rows, places], nothing) if len(source) else np.full(len(rows), nothing)


def _told(
    judged: Judged, i: int, k: int, year: int, explained: Explained
) -> tuple[str | None, str | None, str | None]:
    """What is said of one rule in one report: the sentence, and what explains a break."""
    if reason := int(judged.reasons[i, k]):
        return _why(reason, year - 1), None, None
    if judged.outcomes[i, k] != BROKEN:
        return None, None, None
    words = str(message(year_equations()[k], judged.expected[i, k], judged.reported[i, k], year - 1))
    return words, *explained.get((i, k), (None, None))


def _why(reason: int, last: int) -> str:
    return str(why(reason, last))


def _make(
    now: RowsOfYear, last: RowsOfYear | None, year: int, beside: Beside
) -> Iterator[Mapping[str, pa.Table]]:
    for rows in year_over_year(now, last, year, beside.corrected):
        yield {"year_over_year": rows}


STAGE = YearStage(
    name="year_over_year",
    module=__name__,
    group="years",
    before=("reports", "organ_reports", "table_cells"),
    last=("reports", "organ_reports", "table_cells"),
    makes=("year_over_year",),
    corrections=True,
    make=_make,
)
