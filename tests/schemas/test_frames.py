"""What may be published: each rule is tried on facts that it lets pass and on facts that break it, and nulls
never pass.
"""

from collections.abc import Callable
from random import Random

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pytest

from examples.figures import make_figures, number_of
from schemas.datasets import BOX_FIELDS, VALIDATED_FACTS, tables_by_edition
from schemas.forms import TABLE_KEYS, Table, forms
from schemas.frames import (
    FactsError,
    cell_name,
    validate_facts,
    wide_basis_schema,
    wide_schema,
    widen,
    widen_basis,
)

IDS = ("00000000000000aa", "00000000000000bb")
EDITIONS = tuple(forms())
each_table = pytest.mark.parametrize(
    "table",
    [table for form in forms().values() for table in form.tables.values()],
    ids=lambda table: f"{table.edition}-{table.key}",
)


def facts(edition: str = "2021") -> pd.DataFrame:
    """All facts of two reports that are right."""
    rows = []
    for seed, report_id in enumerate(IDS):
        figures = make_figures(Random(seed), dict.fromkeys(TABLE_KEYS, edition), "bureau")
        for (table, row, column), value in figures.items():
            told = None if table == "review_litigation" else edition
            rows.append(
                (
                    report_id,
                    2023,
                    "某局",
                    table,
                    told,
                    row,
                    column,
                    number_of(value),
                    "件",
                    "printed",
                    str(value),
                    10,
                    12,
                    3,
                    70.5,
                    80.0,
                    76.5,
                    90.0,
                    True,
                    None,
                    None,
                )
            )
    frame = pd.DataFrame(rows, columns=list(VALIDATED_FACTS.names))
    return frame.astype(
        {
            "value": float,
            "report_year": "Int16",
            "start": "Int32",
            "end": "Int32",
            "page": "Int16",
            **dict.fromkeys(BOX_FIELDS, "float32"),
            "edition": "str",
        }
    )


def validated(frame: pd.DataFrame) -> None:
    """Validate what was changed as strings: as categories, as facts come."""
    repeating = [
        column.name for column in VALIDATED_FACTS.columns if column.type == "string" and column.repeats
    ]
    validate_facts(frame.astype(dict.fromkeys(repeating, "category")))


def at(frame: pd.DataFrame, row: str, column: str, table: str = "applications") -> "pd.Index[int]":
    """Where the first report has a cell."""
    return frame.index[(frame["table"] == table) & (frame["row"] == row) & (frame["column"] == column)][:1]


def changed(
    column: str, value: object, row: str = "granted", of: str = "business", table: str = "applications"
) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        frame.loc[at(frame, row, of, table), column] = value
        return frame

    return change


BROKEN = {
    "a cell is missing": (lambda frame: frame.drop(at(frame, "granted", "business")), "complete"),
    "a table is missing its last cell": (
        lambda frame: frame.drop(at(frame, "carried_out", "total")),
        "complete",
    ),
    "a cell is there twice": (lambda frame: pd.concat([frame, frame.head(1)], ignore_index=True), "unique"),
    "no value": (changed("value", np.nan), "not_nullable"),
    "an infinite value": (changed("value", np.inf), "domain"),
    "a negative count": (changed("value", -1.0), "domain"),
    "half a count": (changed("value", 0.5), "domain"),
    "a negative amount": (changed("value", -0.5, "fees", "amount_10k_yuan", "active_disclosure"), "domain"),
    "a count beyond exact numbers": (changed("value", 2.0**60), "domain"),
    "a row that no form has": (changed("row", "gifts"), "known_cell"),
    "a row of the other edition": (changed("row", "other"), "known_cell"),
    "no edition where the labels tell it": (changed("edition", None), "known_cell"),
    "an edition that does not exist": (changed("edition", "2099"), "isin"),
    "a basis that does not exist": (changed("basis", "guessed"), "isin"),
    "no id": (changed("report_id", "x"), "str_matches"),
    "half a span": (changed("end", pd.NA), "evidence"),
    "a span that ends before it starts": (changed("end", 3), "evidence"),
    "a printed figure without a span": (
        lambda frame: changed("start", pd.NA)(changed("end", pd.NA)(frame)),
        "evidence",
    ),
    "a corrected figure that is printed nowhere": (
        lambda frame: changed("start", pd.NA)(changed("end", pd.NA)(changed("basis", "corrected")(frame))),
        "evidence",
    ),
    "a printed figure that is a blank": (changed("raw", "-"), "raw"),
    "an implied figure where one is printed": (
        lambda frame: changed("raw", "７")(changed("basis", "implied")(frame)),
        "raw",
    ),
    "an implied figure that no identity reaches": (
        lambda frame: changed("raw", "", "fees", "amount_10k_yuan", "active_disclosure")(
            changed("basis", "implied", "fees", "amount_10k_yuan", "active_disclosure")(frame)
        ),
        "basis: a figure is one of printed, implied, corrected",
    ),
    "a sum that is wrong": (
        changed("value", 10_001.0, "received", "business"),
        "applications.balance[business]",
    ),
    "a total that is wrong": (
        changed("value", 10_001.0, "review", "total", "review_litigation"),
        "review_litigation.total[review]",
    ),
}


@pytest.mark.parametrize("edition", EDITIONS)
def test_right_facts_pass(edition: str) -> None:
    validated(facts(edition))
    validated(facts(edition).head(0))


def test_a_change_may_be_negative() -> None:
    validated(changed("value", -7.0, "licensing", "change", "active_disclosure")(facts("2019")))


def test_an_implied_figure_needs_no_span() -> None:
    frame = facts()
    cell = at(frame, "granted", "business")
    frame.loc[cell, "basis"], frame.loc[cell, "raw"], frame.loc[cell, ["start", "end"]] = "implied", "", pd.NA
    validated(frame)


@pytest.mark.parametrize("raw", ["27", "", "/"], ids=["for another", "for a blank", "for a mark"])
def test_a_corrected_figure_stands_beside_what_is_printed(raw: str) -> None:
    frame = facts()
    cell = at(frame, "granted", "business")
    frame.loc[cell, "basis"], frame.loc[cell, "raw"] = "corrected", raw
    if not raw:
        frame.loc[cell, ["start", "end"]] = pd.NA
    validated(frame)


@pytest.mark.parametrize(("change", "rule"), BROKEN.values(), ids=BROKEN.keys())
def test_a_fact_that_breaks_a_rule_is_refused(
    change: Callable[[pd.DataFrame], pd.DataFrame], rule: str
) -> None:
    with pytest.raises(FactsError, match=rule.replace(".", r"\.").replace("[", r"\[")) as refused:
        validated(change(facts()))
    assert IDS[1] not in str(refused.value), "only the report that breaks the rule is named"


def wide(table: Table, rows: int) -> pd.DataFrame:
    """Consistent figures of one table, a row a report."""
    figures = [
        make_figures(Random(seed), dict.fromkeys(TABLE_KEYS, table.edition), "bureau") for seed in range(rows)
    ]
    values = [[number_of(drawn[table.key, *cell]) for cell in table.cells] for drawn in figures]
    ids = pd.Index([f"{seed:016x}" for seed in range(rows)], name="report_id")
    return pd.DataFrame(values, columns=[cell_name(cell) for cell in table.cells], index=ids, dtype=float)


def failures(table: Table, frame: pd.DataFrame) -> set[tuple[str, str]]:
    """(rule, report_id) of what a wide frame breaks."""
    try:
        wide_schema(table).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        return {
            (str(check).split(":")[0], index)
            for check, index in zip(errors.failure_cases["check"], errors.failure_cases["index"], strict=True)
        }
    return set()


@each_table
@pytest.mark.parametrize(
    "spoil", [lambda value: np.nan, lambda value: value + 1], ids=["null", "one too many"]
)
def test_every_identity_fails_where_one_of_its_cells_is_null_or_wrong(
    table: Table, spoil: Callable[[float], float]
) -> None:
    equations = table.equations
    frame = wide(table, len(equations) + 1)  # the last row stays right
    for index, equation in enumerate(equations):
        cell = cell_name(Random(index).choice((*equation.left, *equation.right)))
        frame.iloc[index, frame.columns.get_loc(cell)] = spoil(frame[cell].iloc[index])
    found = failures(table, frame)
    assert {
        (f"{equation.rule}[{equation.where}]", frame.index[index]) for index, equation in enumerate(equations)
    } <= found
    assert frame.index[-1] not in {report_id for _, report_id in found}


@each_table
def test_a_null_that_plain_pandera_lets_pass_fails_here(table: Table) -> None:
    """The trap that the null policy is for: pandas calls a nullable sum with a null addend null, and pandera
    calls null right.
    """
    frame = wide(table, 2)
    for equation in table.equations:
        whole = frame.astype("Int64")
        whole.loc[frame.index[0], cell_name(equation.left[0])] = pd.NA
        left, right = ([cell_name(cell) for cell in side] for side in (equation.left, equation.right))
        plain = pa.DataFrameSchema(
            {name: pa.Column("Int64", nullable=True) for name in frame.columns},
            checks=pa.Check(
                lambda rows, left=left, right=right: (
                    sum(rows[name] for name in left) == sum(rows[name] for name in right)
                )
            ),
        )
        plain.validate(whole, lazy=True)
        found = failures(table, whole.astype(float))
        assert {
            (f"{equation.rule}[{equation.where}]", frame.index[0]),
            ("not_nullable", frame.index[0]),
        } <= found
        assert frame.index[1] not in {report_id for _, report_id in found}


@each_table
def test_every_check_says_which_rule_it_is_and_in_words(table: Table) -> None:
    texts = {identity.id: identity.text for identity in table.identities}
    checks = {check.name: check for check in wide_schema(table).checks}
    assert list(checks) == [
        f"{table.key}.count",
        *(f"{equation.rule}[{equation.where}]" for equation in table.equations),
    ]
    for name, check in checks.items():
        assert (check.title, check.description) == (name, texts[str(name).split("[")[0]])


@each_table
def test_only_what_an_identity_reaches_may_be_implied(table: Table) -> None:
    reached = {cell for equation in table.equations for cell in (*equation.left, *equation.right)}
    for cell in table.cells:
        rows = [("0" * 16, *other, "implied" if other == cell else "corrected") for other in table.cells]
        frame = widen_basis(pd.DataFrame(rows, columns=["report_id", "row", "column", "basis"]), table)
        if cell in reached:
            wide_basis_schema(table).validate(frame)
        else:
            with pytest.raises(pa.errors.SchemaError, match="basis"):
                wide_basis_schema(table).validate(frame)
    without = widen_basis(pd.DataFrame(rows[1:], columns=["report_id", "row", "column", "basis"]), table)
    with pytest.raises(pa.errors.SchemaError, match="basis"):
        wide_basis_schema(table).validate(without)


@each_table
def test_every_cell_has_a_domain_and_must_not_be_null(table: Table) -> None:
    frame = wide(table, 2 * len(table.cells) + 1)
    expected = set()
    for index, cell in enumerate(table.cells):
        kind = table.column(cell[1]).type
        for row, value in ((2 * index, np.nan), (2 * index + 1, 0.5 if kind == "signed" else -1.0)):
            frame.iloc[row, frame.columns.get_loc(cell_name(cell))] = value
            expected.add((f"{table.key}.count", frame.index[row]))
        expected.add(("not_nullable", frame.index[2 * index]))
    found = failures(table, frame)
    assert expected <= found
    assert frame.index[-1] not in {report_id for _, report_id in found}


@each_table
def test_widening_puts_every_fact_in_its_column(table: Table) -> None:
    frame = wide(table, 3)
    long = frame.stack().rename("value").reset_index()
    long[["row", "column"]] = long["level_1"].str.split(".", expand=True)
    pd.testing.assert_frame_equal(widen(long.sample(frac=1, random_state=1), table).loc[frame.index], frame)
    assert tables_by_edition()[table.edition, table.key] is table
