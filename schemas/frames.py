"""pandera schemas of what is published: facts as a long frame, and a table as a wide one, a row a report, with its identities."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pyarrow

from schemas.datasets import BASES, EDITIONS, VALIDATED_FACTS, tables_by_edition
from schemas.forms import TABLE_KEYS, CellKey, Equation, Table, ValueType

_EXACT = 2.0**53
_SHOWN = 10


class FactsError(ValueError):
    """Rows that break the schema of what may be published; the message names the rules, and the reports that break them."""


# --- the wide frame: one column a cell, named "row.column"; one row a report; index report_id


def cell_name(cell: CellKey) -> str:
    return ".".join(cell)


@cache
def wide_schema(table: Table) -> pa.DataFrameSchema:
    """The schema of one table of one edition: types, ranges, and every hard identity as a check that is named after the rule.

    Null policy: this is the schema of validated tables, in which nothing is open. A null is an error in its column, and it fails every
    identity that it takes part in, where pandas would skip it and call the rest of the sum right.
    """
    texts = {identity.id: identity.text for identity in table.identities}
    domain = next(identity.id for identity in table.identities if identity.per is None)
    return pa.DataFrameSchema(
        {
            cell_name(cell): pa.Column(float, _check(partial(_in_domain, table.column(cell[1]).type), domain, texts[domain]))
            for cell in table.cells
        },
        checks=[
            _check(partial(_holds, equation), f"{equation.rule}[{equation.where}]", texts[equation.rule])
            for equation in table.equations
            if equation.severity == "hard"
        ],
        index=pa.Index(str, name="report_id", unique=True),
        strict=True,
        name=f"{table.edition} {table.key}",
    )


def _check(function: Callable[..., Any], rule: str, text: str) -> pa.Check:
    # pandera leaves rows with a null out of a check unless it is told otherwise, and would call them right.
    return pa.Check(function, name=rule, error=f"{rule}: {text}", ignore_na=False)


def _holds(equation: Equation, frame: pd.DataFrame) -> pd.Series[bool]:
    """Which rows satisfy an equation. numpy's sum of a null is null, and null equals nothing: a null addend fails."""
    left, right = (frame[[cell_name(cell) for cell in side]].to_numpy().sum(axis=1) for side in (equation.left, equation.right))
    return pd.Series(left == right, index=frame.index)


def _in_domain(type_: ValueType, values: pd.Series[float]) -> pd.Series[bool]:
    """Counts are whole numbers >= 0, signed counts whole numbers, decimals >= 0; all small enough to be exact. Null is none of these."""
    inside = values.abs() <= _EXACT
    if type_ != "signed":
        inside &= values >= 0
    if type_ != "decimal":
        inside &= values % 1 == 0
    return inside


def widen(facts: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The wide frame of one table of one edition from facts (long) that hold no other. A cell without a fact is null."""
    names = [cell_name(cell) for cell in table.cells]
    reports, ids = pd.factorize(facts["report_id"])
    cells = pd.Index(names).get_indexer(pd.Index(facts["row"] + "." + facts["column"]))
    values = np.full((len(ids), len(names)), np.nan)
    values[reports, cells] = facts["value"].to_numpy(dtype=float)
    return pd.DataFrame(values, columns=names, index=pd.Index(ids, dtype=str, name="report_id"))


# --- the long frame: the dataset validated_facts


@cache
def _cell_types() -> Mapping[str, ValueType]:
    """The type of every cell that any form prints, by "edition table row column"; the edition is empty where the labels tell none."""
    return {
        " ".join((edition or "", key, *cell)): table.column(cell[1]).type
        for (edition, key), table in tables_by_edition().items()
        for cell in table.cells
    }


def _kinds(facts: pd.DataFrame) -> pd.Series[str]:
    return facts["edition"].fillna("") + " " + facts["table"]


def _cells(facts: pd.DataFrame) -> pd.Series[str]:
    return _kinds(facts) + " " + facts["row"] + " " + facts["column"]


def _known_cells(facts: pd.DataFrame) -> pd.Series[bool]:
    return _cells(facts).isin(list(_cell_types()))


def _values_in_domain(facts: pd.DataFrame) -> pd.Series[bool]:
    types = _cells(facts).map(_cell_types())
    inside = pd.Series(False, index=facts.index)
    for type_ in ("count", "signed", "decimal"):
        rows = types == type_
        inside[rows] = _in_domain(type_, facts.loc[rows, "value"])
    return inside


def _complete(facts: pd.DataFrame) -> pd.Series[bool]:
    """Whether each table of each report has as many cells as its form prints."""
    cells = {f"{edition or ''} {key}": len(table.cells) for (edition, key), table in tables_by_edition().items()}
    expected = _kinds(facts).map(cells)
    return facts.groupby(["report_id", "table"], sort=False)["value"].transform("size") == expected


def _paired(facts: pd.DataFrame) -> pd.Series[bool]:
    """Evidence is a span or nothing: both ends, in order, for whatever is printed."""
    both = facts["start"].notna() & facts["end"].notna() & (facts["start"].fillna(0) <= facts["end"].fillna(-1))
    neither = facts["start"].isna() & facts["end"].isna() & (facts["basis"] == "implied")
    return both | neither


_DTYPES: Mapping[str, Any] = {"string": str, "float64": float, "bool": bool, "int64": pd.Int64Dtype()}


@cache
def facts_schema() -> pa.DataFrameSchema:
    """The schema of validated_facts as a long frame, a row a cell."""
    checks: dict[str, list[pa.Check]] = {
        "report_id": [pa.Check.str_matches(r"^[0-9a-f]{16}$")],
        "table": [pa.Check.isin(TABLE_KEYS)],
        "edition": [pa.Check.isin(EDITIONS)],
        "basis": [pa.Check.isin(BASES)],
    }
    return pa.DataFrameSchema(
        {c.name: pa.Column(_DTYPES[c.type], checks.get(c.name, []), nullable=c.nullable) for c in VALIDATED_FACTS.columns},
        checks=[
            _check(_known_cells, "known_cell", "the form of this edition prints no such cell"),
            _check(_values_in_domain, "domain", "a count is a whole number of zero or more"),
            _check(_complete, "complete", "a validated table has every cell of its form"),
            _check(_paired, "evidence", "a printed figure has a span of the raw text"),
        ],
        unique=["report_id", "table", "row", "column"],
        strict=True,
        name="validated_facts",
    )


def facts_frame(facts: pyarrow.Table) -> pd.DataFrame:
    """Facts as the frame that the schema describes: offsets stay whole numbers though some are null."""
    return facts.to_pandas(types_mapper=lambda type_: pd.Int64Dtype() if type_ == pyarrow.int64() else None)


def validate_facts(facts: pd.DataFrame) -> None:
    """Raise FactsError unless every row, and every table that the rows make up, may be published."""
    if facts.empty:
        return
    problems = list(_problems(facts_schema(), facts, facts["report_id"]))
    if not problems:  # widening takes a frame whose keys are sound
        for kind, rows in facts.groupby(_kinds(facts), sort=False):
            edition, _, key = str(kind).partition(" ")
            table = tables_by_edition()[edition or None, key]
            wide = widen(rows, table)
            problems += _problems(wide_schema(table), wide, wide.index.to_series())
    if problems:
        raise FactsError("nothing was published: " + "; ".join(problems[:_SHOWN]))


def _problems(schema: pa.DataFrameSchema, frame: pd.DataFrame, report_ids: pd.Series[str]) -> Iterator[str]:
    """What breaks a schema: one sentence a check, with the first of the reports that break it."""
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        # A check of the whole frame lists a case for every column: the columns say something only where the check is one of a column.
        cases = errors.failure_cases
        places = cases["column"].where(cases["schema_context"] == "Column", "")
        for (place, check), group in cases.groupby([places, "check"], sort=False, dropna=False):
            rows = [index for index in group["index"].dropna().unique() if index in report_ids.index]
            reports = ", ".join(dict.fromkeys(report_ids.loc[rows].astype(str))) if rows else "every report"
            yield f"{schema.name}{place and f' {place}'}: {check} ({reports[:200]})"
