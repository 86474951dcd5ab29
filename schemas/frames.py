"""pandera schemas of what is published: facts as a long frame, and a table as a wide one, a row a report,
with its identities.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pyarrow

from schemas.added import ADDED_KEYS, signatures, with_added
from schemas.datasets import BASES, EDITIONS, VALIDATED_FACTS, tables_by_edition
from schemas.forms import TABLE_KEYS, CellKey, Equation, Table, ValueType
from schemas.matrix import HOLDS, Matrix, in_domain, matrix_of, spread

_SHOWN = 10


class FactsError(ValueError):
    """Rows that break the schema of what may be published; the message names the rules, and the reports that
    break them.
    """


def distinct(facts: pd.DataFrame, names: tuple[str, ...]) -> tuple[Any, list[tuple[Any, ...]]]:
    """For each row the place of what it has in some columns in the list of all that occurs there: much
    quicker than joining strings.
    """
    levels: list[list[Any]] = []
    codes: Any = np.zeros(len(facts), np.int64)
    for name in names:
        found, level = pd.factorize(facts[name], use_na_sentinel=False)
        levels.append(pd.Series(level, dtype=object).where(pd.notna(level), None).tolist())
        codes = codes * len(level) + found
    codes, combined = pd.factorize(codes)
    places: Any = np.unravel_index(combined, [len(level) for level in levels])
    return codes, list(
        zip(*([level[i] for i in at] for level, at in zip(levels, places, strict=True)), strict=True)
    )


# --- the wide frame: one column a cell, named "row.column"; one row a report; index report_id


def cell_name(cell: CellKey) -> str:
    return ".".join(cell)


@cache
def wide_schema(table: Table) -> pa.DataFrameSchema:
    """The schema of one table of one edition: types, ranges, and every hard identity as a check that is named
    after the rule.

    Null policy: this is the schema of validated tables, in which nothing is open. A null is an error in its
    column, it is of no type, and it fails every identity that it takes part in, where pandas would skip it
    and call the rest of the sum right.
    """
    texts = {identity.id: identity.text for identity in table.identities}
    types = next(identity.id for identity in table.identities if identity.per is None)
    return pa.DataFrameSchema(
        {cell_name(cell): pa.Column(float) for cell in table.cells},
        checks=[
            # One check over all columns: pandera takes a millisecond for each that is called, and a table has
            # up to 175.
            _check(
                partial(_wide_in_domain, tuple(table.column(column).type for _, column in table.cells)),
                types,
                texts[types],
            ),
            *(
                _check(
                    partial(_holds, *_placed(table, equation)),
                    f"{equation.rule}[{equation.where}]",
                    texts[equation.rule],
                )
                for equation in table.equations
                if equation.severity == "hard"
            ),
        ],
        index=pa.Index(str, name="report_id", unique=True),
        strict=True,
        ordered=True,  # the checks find a cell by its place
        name=f"{table.edition} {table.key}",
    )


@cache
def wide_basis_schema(table: Table) -> pa.DataFrameSchema:
    """The schema of where the figures of one table come from: one column a cell, of places in BASES; -1 where
    there is no fact.

    Which bases a cell may have follows from the form: what no identity reaches, no identity can imply.
    """
    reached = {
        cell
        for equation in table.equations
        if equation.severity == "hard"
        for cell in (*equation.left, *equation.right)
    }
    may_be_implied = np.array([cell in reached for cell in table.cells])
    text = f"a figure is one of {', '.join(BASES)}, and only one that an identity reaches is implied"
    return pa.DataFrameSchema(
        checks=[_check(partial(_wide_basis, may_be_implied), "basis", text)],
        index=pa.Index(str, name="report_id", unique=True),
        name=f"{table.edition} {table.key}",
    )


def _check(function: Callable[..., Any], rule: str, text: str) -> pa.Check:
    # pandera leaves rows with a null out of a check unless it is told otherwise, and would call them right.
    return pa.Check(
        function, name=rule, title=rule, description=text, error=f"{rule}: {text}", ignore_na=False
    )


def _placed(table: Table, equation: Equation) -> tuple[Matrix, list[int]]:
    """An equation, and where its cells are among those of the table."""
    alone = matrix_of(table, equation)
    return alone, [table.cells.index(cell) for cell in alone.cells]


def _holds(equation: Matrix, places: list[int], frame: pd.DataFrame) -> pd.Series[bool]:
    """Which rows satisfy an equation. One with a null is undecided, which is not enough."""
    figures = frame.to_numpy()[:, places]
    return pd.Series(equation.judge(figures).outcomes[:, 0] == HOLDS, index=frame.index)


# The two checks over all columns answer for rows. Asked for cells, pandera leaves those that are null out of
# its list of failures.
def _wide_in_domain(types: tuple[ValueType, ...], frame: pd.DataFrame) -> pd.Series[bool]:
    return pd.Series(in_domain(frame.to_numpy(), types).all(axis=1), index=frame.index)


def _wide_basis(may_be_implied: Any, frame: pd.DataFrame) -> pd.Series[bool]:
    codes = frame.to_numpy()
    allowed = (codes >= 0) & ((codes != BASES.index("implied")) | may_be_implied)
    return pd.Series(allowed.all(axis=1), index=frame.index)


def widen(facts: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The wide frame of one table of one edition from facts (long) that hold no other. A cell without a fact
    is null.
    """
    return _widened(facts, table, facts["value"].to_numpy(dtype=float))


def widen_basis(facts: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The same frame with the basis of each figure, as its place in BASES, in the place of the figure."""
    return _widened(facts, table, pd.Index(BASES).get_indexer(pd.Index(facts["basis"]))).fillna(-1)


def _widened(facts: pd.DataFrame, table: Table, values: Any) -> pd.DataFrame:
    reports, ids = pd.factorize(facts["report_id"])
    codes, cells = distinct(facts, ("row", "column"))
    position = {cell: i for i, cell in enumerate(table.cells)}
    if unknown := [cell for cell in cells if cell not in position]:
        raise FactsError(f"{table.edition} {table.key} has no cell {unknown[0]}")
    places = np.array([position[cell] for cell in cells], np.intp)[codes]
    wide = spread(reports, places, values, (len(ids), len(table.cells)))
    return pd.DataFrame(
        wide,
        columns=[cell_name(cell) for cell in table.cells],
        index=pd.Index(ids, dtype=str, name="report_id"),
    )


# --- the long frame: the dataset validated_facts


_KIND = ("edition", "table")
_CELL = (*_KIND, "row", "column")
_WIDENED = ("row", "column", "value", "basis", "counted_in")


@cache
def _cell_types() -> Mapping[tuple[str | None, ...], ValueType]:
    """The type of every cell that any form prints, by edition, table, row and column; no edition where the
    labels tell none.
    """
    return {
        (edition, key, *cell): table.column(cell[1]).type
        for (edition, key), table in tables_by_edition().items()
        for cell in table.cells
    }


def _known_cells(facts: pd.DataFrame) -> pd.Series[bool]:
    codes, cells = distinct(facts, _CELL)
    return pd.Series(np.array([_type_of(cell) != "" for cell in cells])[codes], index=facts.index)


def _type_of(cell: tuple[Any, ...]) -> str:
    """The type of a cell (edition, table, row, column); added ones hold counts. "" for one of no form."""
    if not {*cell[2:]}.isdisjoint(ADDED_KEYS) and cell[:2] in tables_by_edition():
        return "count"
    return _cell_types().get(cell, "")


def _counted(facts: pd.DataFrame) -> pd.Series[bool]:
    """Whether what is added, and nothing else, has its label and the rule whose sums count it."""
    codes, cells = distinct(facts, ("row", "column"))
    added = np.array([not {*cell}.isdisjoint(ADDED_KEYS) for cell in cells])[codes]
    right = (facts["label"].notna() == added) & (facts["counted_in"].notna() == added)
    return pd.Series(right, index=facts.index)


def _values_in_domain(facts: pd.DataFrame) -> pd.Series[bool]:
    codes, cells = distinct(facts, _CELL)
    types = np.array([_type_of(cell) for cell in cells])[codes]
    return pd.Series(
        in_domain(facts["value"].to_numpy(dtype=float), types) & (types != ""), index=facts.index
    )


def _complete(facts: pd.DataFrame) -> pd.Series[bool]:
    """Whether each table of each report has as many cells as its form prints, whatever was added."""
    codes, tables = distinct(facts, ("report_id", *_KIND))
    forms = tables_by_edition()
    expected = np.array(
        [len(forms[kind].cells) if (kind := (edition, key)) in forms else -1 for _, edition, key in tables]
    )
    own = np.bincount(codes[facts["label"].isna().to_numpy()], minlength=len(tables))
    return pd.Series((own == expected)[codes], index=facts.index)


def _paired(facts: pd.DataFrame) -> pd.Series[bool]:
    """Evidence is a span or nothing: both ends, in order, for whatever is printed."""
    both = (
        facts["start"].notna() & facts["end"].notna() & (facts["start"].fillna(0) <= facts["end"].fillna(-1))
    )
    # A blank may have no place of its own: it is then implied, or a person has filled it in.
    unprinted = (facts["basis"] == "implied") | ((facts["basis"] == "corrected") & (facts["raw"] == ""))
    return both | (facts["start"].isna() & facts["end"].isna() & unprinted)


def _printed(facts: pd.DataFrame) -> pd.Series[bool]:
    """What is printed agrees with the basis: a figure for `printed`, none for `implied`."""
    codes, raws = distinct(facts, ("raw",))
    figure = np.array([any(char.isnumeric() for char in raw) for (raw,) in raws])[codes]
    # 零 and 〇 are numerals, but some print them for "does not apply": what is implied shows no digit, of
    # whatever script.
    digit = np.array([any(char.isdecimal() for char in raw) for (raw,) in raws])[codes]
    right = np.where(facts["basis"] == "printed", figure, ~digit | (facts["basis"] == "corrected"))
    return pd.Series(right, index=facts.index)


_DTYPES: Mapping[str, Any] = {
    "string": str,
    "float32": np.dtype("float32"),
    "float64": float,
    "bool": bool,
    "int16": pd.Int16Dtype(),
    "int32": pd.Int32Dtype(),
}
# Few distinct strings: what a check asks of each row, it then asks of each of them once.
_REPEATING = tuple(
    column.name for column in VALIDATED_FACTS.columns if column.type == "string" and column.repeats
)
_WHOLE: Mapping[Any, Any] = {pyarrow.int16(): pd.Int16Dtype(), pyarrow.int32(): pd.Int32Dtype()}


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
        {
            c.name: pa.Column(
                pa.Category if c.name in _REPEATING else _DTYPES[c.type],
                checks.get(c.name, []),
                nullable=c.nullable,
            )
            for c in VALIDATED_FACTS.columns
        },
        checks=[
            _check(_known_cells, "known_cell", "the form of this edition prints no such cell"),
            _check(_counted, "added", "what is added has a label, and is counted by a rule"),
            _check(_values_in_domain, "domain", "a count is a whole number of zero or more"),
            _check(_complete, "complete", "a validated table has every cell of its form"),
            _check(_paired, "evidence", "a printed figure has a span of the raw text"),
            _check(
                _printed,
                "raw",
                "where the basis is printed a figure is printed, and where it is implied none is",
            ),
        ],
        unique=["report_id", "table", "row", "column"],
        strict=True,
        name="validated_facts",
    )


def facts_frame(facts: pyarrow.Table) -> pd.DataFrame:
    """Facts as the frame that the schema describes: offsets and pages stay whole numbers though some are
    null, strings that repeat are categories.
    """
    for name in _REPEATING:
        facts = facts.set_column(
            facts.schema.get_field_index(name), name, facts.column(name).dictionary_encode()
        )
    return facts.to_pandas(types_mapper=lambda type_: _WHOLE.get(type_))


def validate_facts(facts: pd.DataFrame) -> None:
    """Raise FactsError unless every row, and every table that the rows make up, may be published."""
    if facts.empty:
        return
    problems = list(_problems(facts_schema(), facts, facts["report_id"]))
    if not problems:  # widening takes a frame whose keys are sound
        codes, kinds = distinct(facts, _KIND)
        for code, (edition, key) in enumerate(kinds):
            own = facts.loc[codes == code, ["report_id", "table", *_WIDENED]]
            for table, rows in _by_what_is_added(tables_by_edition()[edition, key], own):
                for schema, wide in (
                    (wide_schema(table), widen(rows, table)),
                    (wide_basis_schema(table), widen_basis(rows, table)),
                ):
                    problems += _problems(schema, wide, wide.index.to_series())
    if problems:
        raise FactsError("nothing was published: " + "; ".join(problems[:_SHOWN]))


def _by_what_is_added(table: Table, facts: pd.DataFrame) -> Iterator[tuple[Table, pd.DataFrame]]:
    """Facts of one table of one edition by what its sums count beside the cells of the form."""
    rows: Any = facts.loc[facts["counted_in"].notna()].to_dict("records")
    added = signatures(rows)
    if not added:
        yield table, facts
        return
    of_report = {report_id: own for (report_id, _), own in added.items()}
    signs = [of_report.get(report_id, ()) for report_id in facts["report_id"]]
    for own in set(signs):
        yield with_added(table, own) if own else table, facts.loc[[sign == own for sign in signs]]


def _problems(schema: pa.DataFrameSchema, frame: pd.DataFrame, report_ids: pd.Series[str]) -> Iterator[str]:
    """What breaks a schema: one sentence a check, with the first of the reports that break it."""
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        # A check of the whole frame lists a case for every column: the columns say something only where the
        # check is one of a column.
        cases = errors.failure_cases
        places = cases["column"].where(cases["schema_context"] == "Column", "")
        for (place, check), group in cases.groupby([places, "check"], sort=False, dropna=False):
            rows = [index for index in group["index"].dropna().unique() if index in report_ids.index]
            reports = ", ".join(dict.fromkeys(report_ids.loc[rows].astype(str))) if rows else "every report"
            yield f"{schema.name}{place and f' {place}'}: {check} ({reports[:200]})"
