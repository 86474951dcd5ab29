"""panel: a row an organ and year, a column a figure, and beside each figure what it is worth. For people who
want one table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.corrections import Corrected
from assets.counted import reports_with_organs
from assets.identities import positions
from assets.stages import Beside, RowsOfYear, YearStage
from schemas.datasets import CHECKS, FLAGS, PANEL, STATUSES, arrow_schema
from schemas.forms import TABLE_KEYS
from schemas.panel_figures import panel_figures

CELL_COLUMNS = ("report_id", "table", "row", "column", "value", "implied", "unit", "check")
REPORT_COLUMNS = (
    "issuer",
    "published",
    "source_url",
    *(f"{table}_{what}" for table in TABLE_KEYS for what in ("status", "edition")),
)
ORGAN_COLUMNS = (
    "source",
    "printed_year",
    "organ_id",
    "is_current",
    "region_code",
    "province",
    "prefecture",
    "county",
    "level",
    "kind",
    "scope",
    "scope_words",
    "versions",
)
_MOST = 4096  # reports in a batch of rows: a file of 500 columns is slow to read in small pieces
_NO_FLAG = -1
_PRINTED, _IMPLIED, _BLANK = range(3)


@cache
def _flag_of() -> Any:
    """The flag of a cell, by the status of its table, its check, and whether it is printed, implied or
    blank.
    """
    flags = np.full((len(STATUSES) + 1, len(CHECKS) + 1, 3), FLAGS.index("not_read"), np.int8)
    for status in ("validated", "inconsistent", "incomplete"):
        at, is_valid = STATUSES.index(status), status == "validated"
        flags[at, :, _PRINTED] = FLAGS.index("validated" if is_valid else "unchecked")
        flags[at, :, _IMPLIED] = FLAGS.index("implied" if is_valid else "unchecked")
        flags[at, :, _BLANK] = FLAGS.index("blank")
        if not is_valid:
            flags[at, CHECKS.index("holds"), :_BLANK] = FLAGS.index("sound")
            flags[at, CHECKS.index("broken"), _PRINTED] = FLAGS.index("contradicted")
            # what follows from a sum that does not hold is nothing
            flags[at, CHECKS.index("broken"), _IMPLIED] = FLAGS.index("blank")
    return flags


def panel(now: RowsOfYear, year: int, corrected: Iterable[Corrected] = ()) -> Iterator[pa.Table]:
    """The rows of the panel for a year: one for each report that counts for its organ, by report_id.

    `corrected` are the tables that corrections make valid.
    """
    by_hand = {(table.report_id, table.table): table for table in corrected}
    reports = reports_with_organs(now, REPORT_COLUMNS, ORGAN_COLUMNS)
    reports = reports.filter(reports.column("is_current")).combine_chunks()
    first = 0
    for last, cells in _in_pieces(now, reports.column("report_id")):
        yield _rows(reports.slice(first, last - first), cells, year, by_hand)
        first = last


def _in_pieces(rows: RowsOfYear, ids: Any) -> Iterator[tuple[int, list[pa.Table]]]:
    """The cells of the reports with these ids (ascending), of some thousand reports at a time: how many of
    the reports have come by then, and their cells.
    """
    known, held, first = ids.combine_chunks(), [], 0
    for cells in rows("table_cells", CELL_COLUMNS):
        held.append(cells)
        done = _until(known, cells.column("report_id")[len(cells) - 1].as_py()) if len(cells) else first
        if done - first >= _MOST:
            yield done, held
            held, first = [], done
    if first < len(known):
        yield len(known), held


def _until(ids: Any, last: str) -> int:
    """How many of the ids, which ascend, are not behind `last`."""
    low, high = 0, len(ids)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if ids[middle].as_py() <= last else (low, middle)
    return low


def _rows(
    reports: pa.Table, cells: Sequence[pa.Table], year: int, by_hand: dict[tuple[str, str], Corrected]
) -> pa.Table:
    figures = panel_figures()
    values = np.full((len(figures), len(reports)), np.nan)
    flags = _without_cells(reports)
    units: list[str | None] = [None] * len(reports)
    ids: Any = reports.column("report_id").combine_chunks()
    statuses = np.stack([positions(reports.column(f"{table}_status"), STATUSES) for table in TABLE_KEYS])
    for some in cells:
        _place(some, ids, statuses, values, flags, units)
    places = {report_id: i for i, report_id in enumerate(ids.to_pylist())} if by_hand else {}
    for (report_id, table), corrected in by_hand.items():
        if report_id in places:
            _correct(table, corrected, places[report_id], values, flags)
    columns = _of_report(reports, year)
    columns["procurement_amount_unit"] = pa.array(units, pa.string())
    names: Any = pa.array(FLAGS)
    for i, figure in enumerate(figures):
        columns[figure.name] = pa.array(values[i], from_pandas=True)
        columns[figure.flag] = names.take(pa.array(flags[i], mask=flags[i] == _NO_FLAG))
    fields = arrow_schema(PANEL)
    return pa.Table.from_arrays([columns[field.name].cast(field.type) for field in fields], schema=fields)


def _without_cells(reports: pa.Table) -> Any:
    """The flag of each figure (a row) in each report (a column) as far as its table alone tells: none where
    the edition of the table has no such figure.
    """
    flags = np.full((len(panel_figures()), len(reports)), _NO_FLAG, np.int8)
    known: dict[tuple[str, tuple[str, ...]], Any] = {}  # few, of the many figures
    for i, figure in enumerate(panel_figures()):
        key = figure.table, figure.editions
        if key not in known:
            known[key] = _of_table(reports, *key)
        flags[i] = known[key]
    return flags


def _of_table(reports: pa.Table, table: str, editions: tuple[str, ...]) -> Any:
    """The flag of figures that these editions print, in each report, before its cells are looked at."""
    status = positions(reports.column(f"{table}_status"), STATUSES)
    edition: Any = reports.column(f"{table}_edition")
    absent = (status == STATUSES.index("absent")) | (status < 0)
    prints = (positions(edition, editions) >= 0) | ~edition.is_valid().to_numpy()
    not_there = np.where(prints, FLAGS.index("not_read"), _NO_FLAG)
    return np.where(absent, FLAGS.index("absent"), not_there)


@cache
def _places() -> Any:
    """The place of each cell among the figures, by its table, row and column as places in `_keys`."""
    keys = _keys()
    place = np.full([len(key) + 1 for key in keys], -1)
    for i, figure in enumerate(panel_figures()):
        place[
            tuple(key.index(part) for key, part in zip(keys, (figure.table, *figure.cell), strict=True))
        ] = i
    return place


@cache
def _keys() -> tuple[tuple[str, ...], ...]:
    cells = [(figure.table, *figure.cell) for figure in panel_figures()]
    return tuple(tuple(dict.fromkeys(part)) for part in zip(*cells, strict=True))


def _place(
    cells: pa.Table, ids: Any, statuses: Any, values: Any, flags: Any, units: list[str | None]
) -> None:
    """Put the figures of some cells where they belong, with their flags."""
    encoded = cells.column("report_id").combine_chunks().dictionary_encode()
    found: Any = pc.index_in(encoded.dictionary, value_set=ids)
    reports = found.fill_null(-1).to_numpy()[encoded.indices.to_numpy()] if len(cells) else np.array([], int)
    at = [
        positions(cells.column(name), key)
        for name, key in zip(("table", "row", "column"), _keys(), strict=True)
    ]
    figure = _places()[at[0], at[1], at[2]]
    known = (reports >= 0) & (figure >= 0)
    reports, figure, table = reports[known], figure[known], at[0][known]
    printed, implied = (cells.column(name).to_numpy()[known] for name in ("value", "implied"))
    kind = np.where(~np.isnan(printed), _PRINTED, np.where(~np.isnan(implied), _IMPLIED, _BLANK))
    check = positions(cells.column("check"), CHECKS)[known]
    order = [_keys()[0].index(key) for key in TABLE_KEYS]
    flag = _flag_of()[statuses[np.argsort(order)][table, reports], check, kind]
    shown = np.isin(flag, [FLAGS.index(name) for name in ("not_read", "blank")], invert=True)
    values[figure, reports] = np.where(shown, np.where(kind == _PRINTED, printed, implied), np.nan)
    flags[figure, reports] = flag
    amount = next(i for i, one in enumerate(panel_figures()) if one.name == "procurement_amount")
    printed_units = cells.column("unit").combine_chunks()
    for place in np.flatnonzero(known)[figure == amount].tolist():
        units[found[encoded.indices[place].as_py()].as_py()] = printed_units[place].as_py()


def _correct(table: str, corrected: Corrected, report: int, values: Any, flags: Any) -> None:
    """A table that corrections make valid: what they say in the place of what is printed."""
    for i, figure in enumerate(panel_figures()):
        if figure.table != table or flags[i, report] == _NO_FLAG:
            continue
        if figure.cell in corrected.figures:
            values[i, report], flags[i, report] = corrected.figures[figure.cell], FLAGS.index("corrected")
        elif figure.cell in corrected.implied:
            values[i, report], flags[i, report] = corrected.implied[figure.cell], FLAGS.index("implied")
        else:
            flags[i, report] = FLAGS.index("validated")


def _of_report(reports: pa.Table, year: int) -> dict[str, Any]:
    """The columns that are no figures."""
    columns: dict[str, Any] = {
        name: reports.column(name) for name in PANEL.names if name in reports.column_names
    }
    columns["report_year"] = pa.array([year] * len(reports), pa.int16())
    columns["year_is_printed"] = reports.column("printed_year").is_valid()
    return columns


# --- the stage


def _make(
    now: RowsOfYear, last: RowsOfYear | None, year: int, beside: Beside
) -> Iterator[Mapping[str, pa.Table]]:
    for rows in panel(now, year, beside.corrected):
        yield {"panel": rows}


STAGE = YearStage(
    name="panel",
    module=__name__,
    group="years",
    before=("reports", "organ_reports", "table_cells"),
    makes=("panel",),
    corrections=True,
    make=_make,
)
