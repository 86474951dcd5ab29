"""indicators: the rates that people compute, from the panel: for each organ, region, kind, and all of a year,
within one scope, with numerator, denominator, and from how many of how many reports.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.stages import Beside, RowsOfYear, YearStage
from schemas.datasets import GROUPINGS, INDICATORS, arrow_schema
from schemas.indicators import Indicator, components, indicators
from schemas.panel_figures import FLAG

SURE = ("validated", "corrected", "implied")  # flags of figures that a rate is made of
PANEL_COLUMNS = (
    "report_id",
    "organ_id",
    "province",
    "region_code",
    "kind",
    "scope",
    *components(),
    *(FLAG + name for name in components()),
)
_UNKNOWN = "unknown"
_OF = {"organ": "report_id", "region": "region_code", "province": "province", "kind": "kind", "all": None}
Group = tuple[str, str, str]  # the grouping, the group, the scope


@dataclass
class _Sums:
    """Of one group numerators, denominators and numbers of reports, for each rate; and of all reports."""

    numerators: Any = field(default_factory=lambda: np.zeros(len(indicators())))
    denominators: Any = field(default_factory=lambda: np.zeros(len(indicators())))
    counted: Any = field(default_factory=lambda: np.zeros(len(indicators()), np.int64))
    reports: int = 0


def indicators_of(now: RowsOfYear, year: int) -> Iterator[pa.Table]:
    """The rows of the dataset for a year, from the rows of the panel. Only figures that are sure count, and a
    report only where all that a rate needs is.
    """
    sums: dict[Group, _Sums] = {}
    for table in now("panel", PANEL_COLUMNS):
        sides = _sides(table)
        yield _of_organs(table, sides, year)
        for by, column in _OF.items():
            if by != "organ":
                _add(sums, by, _labels(table, column), _labels(table, "scope"), sides)
    yield _of_groups(sums, year)


def _sides(table: pa.Table) -> tuple[Any, Any]:
    """Numerators and denominators (reports, indicators); NaN in both where a figure is not sure."""
    sure: Any = pa.array(SURE)
    figures = {
        name: np.where(
            pc.is_in(table.column(FLAG + name), value_set=sure).to_numpy(),
            table.column(name).to_numpy(),
            np.nan,
        )
        for name in components()
    }
    above, below = (
        np.column_stack([_sum(figures, one, side) for one in indicators()])
        for side in ("numerator", "denominator")
    )
    missing = np.isnan(above) | np.isnan(below)
    return np.where(missing, np.nan, above), np.where(missing, np.nan, below)


def _sum(figures: Mapping[str, Any], indicator: Indicator, side: str) -> Any:
    return np.sum([figures[name] for name in getattr(indicator, side)], axis=0)


def _labels(table: pa.Table, column: str | None) -> Any:
    """The group of each report, as an Arrow array without nulls."""
    if column is None:
        return pa.array([""] * len(table), pa.string())
    labels: Any = table.column(column).cast(pa.string())
    return labels.fill_null(_UNKNOWN).combine_chunks()


def _add(sums: dict[Group, _Sums], by: str, groups: Any, scopes: Any, sides: tuple[Any, Any]) -> None:
    """Add the reports of a batch to the sums of their groups."""
    encoded = groups.dictionary_encode(), scopes.dictionary_encode()
    codes = encoded[0].indices.to_numpy() * len(encoded[1].dictionary) + encoded[1].indices.to_numpy()
    for code in np.unique(codes).tolist():
        group, scope = divmod(code, len(encoded[1].dictionary))
        key = by, encoded[0].dictionary[group].as_py(), encoded[1].dictionary[scope].as_py()
        own, rows = sums.setdefault(key, _Sums()), codes == code
        own.numerators += np.nansum(sides[0][rows], axis=0)
        own.denominators += np.nansum(sides[1][rows], axis=0)
        own.counted += (~np.isnan(sides[0][rows])).sum(axis=0)
        own.reports += int(rows.sum())


def _of_organs(table: pa.Table, sides: tuple[Any, Any], year: int) -> pa.Table:
    """A row a report and rate: those that the report has the figures of."""
    rows, which = np.nonzero(~np.isnan(sides[0]))
    columns = {
        "report_id": table.column("report_id").take(rows),
        "organ_id": table.column("organ_id").take(rows),
        "group": _labels(table, "organ_id").take(rows),
        "scope": _labels(table, "scope").take(rows),
        "n": np.ones(len(rows), np.int64),
        "reports": np.ones(len(rows), np.int64),
    }
    return _table("organ", columns, which, sides[0][rows, which], sides[1][rows, which], year)


def _of_groups(sums: Mapping[Group, _Sums], year: int) -> pa.Table:
    keys = sorted(sums)
    rates = len(indicators())
    tables = []
    for by in GROUPINGS:
        own = [key for key in keys if key[0] == by]
        if not own:
            continue
        columns = {
            "report_id": pa.nulls(len(own) * rates, pa.string()),
            "organ_id": pa.nulls(len(own) * rates, pa.string()),
            "group": [group for _, group, _ in own for _ in range(rates)],
            "scope": [scope for _, _, scope in own for _ in range(rates)],
            "n": np.concatenate([sums[key].counted for key in own]),
            "reports": np.repeat([sums[key].reports for key in own], rates),
        }
        above, below = (
            np.concatenate([getattr(sums[key], side) for key in own])
            for side in ("numerators", "denominators")
        )
        tables.append(_table(by, columns, np.tile(np.arange(rates), len(own)), above, below, year))
    return pa.concat_tables(tables) if tables else arrow_schema(INDICATORS).empty_table()


def _table(by: str, columns: Mapping[str, Any], which: Any, above: Any, below: Any, year: int) -> pa.Table:
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(below > 0, above / below, np.nan)
    made = dict(columns) | {
        "report_year": np.full(len(which), year),
        "by": [by] * len(which),
        "indicator": pa.array([one.id for one in indicators()]).take(which),
        "variant": pa.array([one.variant for one in indicators()]).take(which),
        "numerator": above,
        "denominator": below,
        "rate": pa.array(rate, from_pandas=True),
    }
    fields = arrow_schema(INDICATORS)
    return pa.table({one.name: _cast(made[one.name], one.type) for one in fields}, schema=fields)


def _cast(values: Any, type_: Any) -> Any:
    array = values if isinstance(values, (pa.Array, pa.ChunkedArray)) else pa.array(values)
    return array.cast(type_)


# --- the stage


def _make(
    now: RowsOfYear, last: RowsOfYear | None, year: int, beside: Beside
) -> Iterator[Mapping[str, pa.Table]]:
    for rows in indicators_of(now, year):
        yield {"indicators": rows}


STAGE = YearStage(
    name="indicators", module=__name__, group="years", before=("panel",), makes=("indicators",), make=_make
)
