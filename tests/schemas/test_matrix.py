"""The matrix says of a batch what the judge says of one table, and of blanks that they decide nothing."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.forms import Column, Equation, Row, Table, forms
from schemas.matrix import (
    BROKEN,
    EXACT,
    HOLDS,
    UNDECIDED,
    compile_matrix,
    domain,
    in_domain,
    matrix,
    matrix_of,
)
from schemas.rules import rules
from tests.strategies import applications, review

Numbers = list[int | float | None]
TABLES = [table for form in forms().values() for table in form.tables.values()]
SUMS = [table for table in TABLES if table.equations]
each_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: f"{table.edition}-{table.key}")


def figures(*reports: Sequence[int | float | None]) -> np.ndarray:
    return np.array([[np.nan if value is None else value for value in report] for report in reports], float)


def tables(kind: str) -> Table:
    """A small table with one sum: a + b = c, all of one type."""
    columns = tuple(Column(key, key, "", (), (), None, kind, None) for key in "abc")  # type: ignore[arg-type]
    row = Row("r", "r", "", (), (), None, None, tuple("abc"), ())
    equation = Equation("t.sum", "hard", "r", (("r", "a"), ("r", "b")), (("r", "c"),))
    return Table("9999", "t", 1, "t", "t", "t", "rows", (), (), (), (row,), columns, (), (equation,))


ABC = {
    "it adds up": ("count", (1, 2, 3), HOLDS),
    "nothing but noughts": ("count", (0, 0, 0), HOLDS),
    "too much": ("count", (1, 2, 2), BROKEN),
    "too little": ("count", (1, 2, 4), BROKEN),
    "all blank": ("count", (None, None, None), UNDECIDED),
    "a blank part": ("count", (1, None, 3), UNDECIDED),
    "a blank part that could only be nought": ("count", (3, None, 3), UNDECIDED),
    "a blank total": ("count", (1, 2, None), UNDECIDED),
    "a part that is more than the total": ("count", (4, None, 3), BROKEN),
    "a signed part may be less than nothing": ("signed", (4, None, 3), UNDECIDED),
    "a signed total may be anything": ("signed", (-4, 1, None), UNDECIDED),
    "signed figures add up": ("signed", (-4, 1, -3), HOLDS),
    "signed figures do not add up": ("signed", (-4, 1, 3), BROKEN),
    "half a count": ("count", (0.5, 0.5, 1), BROKEN),
    "half a count beside a blank": ("count", (0.5, None, 1), BROKEN),
    "a count too large to be exact": ("count", (2.0**60, 1, 2.0**60), BROKEN),
    "an infinite count": ("count", (np.inf, 1, np.inf), BROKEN),
    # Added up as floats, the 1 would be lost.
    "sums beyond the exact floats": ("count", (EXACT, EXACT, EXACT), BROKEN),
    "one too much among the largest": ("count", (EXACT, 1, EXACT), BROKEN),
}


@pytest.mark.parametrize(("kind", "values", "outcome"), ABC.values(), ids=ABC.keys())
def test_one_sum(kind: str, values: Sequence[int | float | None], outcome: int) -> None:
    table = tables(kind)
    for compiled in (matrix(table), matrix_of(table, table.equations[0])):
        assert compiled.judge(figures(values)).outcomes.tolist() == [[outcome]]


def test_a_batch_is_judged_report_by_report() -> None:
    judged = matrix(tables("count")).judge(figures((1, 2, 3), (1, 2, 9), (None, 2, 3)))
    assert judged.outcomes.tolist() == [[HOLDS], [BROKEN], [UNDECIDED]]
    assert judged.excess.tolist() == [[0], [-6], [-1]]
    assert matrix(tables("count")).judge(np.zeros((0, 3))).outcomes.shape == (0, 1)


def test_a_sum_of_decimals_is_refused_where_it_is_compiled() -> None:
    with pytest.raises(ValueError, match=r"t\.sum of 9999 adds up decimals"):
        matrix(tables("decimal"))


@each_table
def test_the_matrix_is_the_equations(table: Table) -> None:
    compiled = matrix(table)
    dense = np.zeros((len(compiled.equations), len(table.cells)), int)
    for k, equation in enumerate(table.equations):
        for sign, side in ((1, equation.left), (-1, equation.right)):
            for cell in side:
                dense[k, table.cells.index(cell)] += sign
    bounds = [*compiled.starts, len(compiled.columns)]
    sparse = np.zeros_like(dense)
    for k in range(len(compiled.equations)):
        at = slice(bounds[k], bounds[k + 1])
        sparse[k, compiled.columns[at]] = compiled.signs[at]
    assert (sparse == dense).all()
    assert {(0, 0), (39, 39), (37, 37), (3, 3)} >= {(len(compiled.equations), len(table.equations))}


def test_the_ranks_are_those_of_the_forms() -> None:
    def rank(edition: str) -> int:
        compiled = matrix(forms()[edition].tables["applications"])
        identity = np.eye(len(compiled.cells))
        noughts = compiled.judge(identity)
        return int(np.linalg.matrix_rank(noughts.excess))

    assert (rank("2021"), rank("2019")) == (37, 35)


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[Table, list[Numbers]]:
    """Reports of one table: consistent ones, of which some figures are changed."""
    table = draw(st.sampled_from(SUMS))
    consistent = applications(table.edition) if table.key == "applications" else review()
    batch = []
    for _ in range(draw(st.integers(1, 3))):
        drawn = draw(consistent)
        values: Numbers = [drawn[table.key, *cell] for cell in table.cells]  # type: ignore[misc]
        for at in draw(st.lists(st.integers(0, len(values) - 1), max_size=3)):
            values[at] = draw(st.integers(0, 10**15))
        batch.append(values)
    return table, batch


@settings(max_examples=200)
@given(spoiled())
def test_on_complete_tables_it_says_what_the_judge_says(case: tuple[Table, list[Numbers]]) -> None:
    table, batch = case
    outcomes = matrix(table).judge(figures(*batch)).outcomes
    for values, found in zip(batch, outcomes, strict=True):
        broken = {one.equation for one in rules(table.edition, table.key).judge(values).broken}
        assert [
            HOLDS if equation not in broken else BROKEN for equation in matrix(table).equations
        ] == found.tolist()


@settings(max_examples=200)
@given(spoiled(), st.data())
def test_with_blanks_it_never_says_more_than_the_judge(
    case: tuple[Table, list[Numbers]], data: st.DataObject
) -> None:
    table, batch = case
    for values in batch:
        for at in data.draw(st.sets(st.integers(0, len(values) - 1), max_size=60)):
            values[at] = None
    equations = matrix(table).equations
    for values, found in zip(batch, matrix(table).judge(figures(*batch)).outcomes, strict=True):
        judged = rules(table.edition, table.key).judge(values)
        broken = {one.equation for one in judged.broken}
        for equation, outcome in zip(equations, found, strict=True):
            blank = any(values[table.cells.index(cell)] is None for cell in (*equation.left, *equation.right))
            assert outcome != HOLDS if blank else outcome != UNDECIDED
            assert equation in broken if outcome == BROKEN else True
            assert equation not in broken if outcome == HOLDS else True


def test_a_domain_is_that_of_the_type() -> None:
    values = np.array([0.0, 7.0, -1.0, 0.5, -0.5, np.nan, np.inf, 2.0**60])
    wanted = {
        "count": [True, True, False, False, False, False, False, False],
        "signed": [True, True, True, False, False, False, False, False],
        "decimal": [True, True, False, True, False, False, False, False],
    }
    for kind, inside in wanted.items():
        assert in_domain(values, [kind] * len(values)).tolist() == inside, kind  # type: ignore[list-item]


@each_table
def test_the_domain_of_a_table_has_three_outcomes_too(table: Table) -> None:
    good, bad, blank = (
        np.zeros(len(table.cells)),
        np.full(len(table.cells), -0.5),
        np.full(len(table.cells), np.nan),
    )
    assert (domain(table, np.array([good, bad, blank])) == [[HOLDS], [BROKEN], [UNDECIDED]]).all()


def test_some_equations_over_their_own_cells_are_judged_alike() -> None:
    table = forms()["2021"].tables["review_litigation"]
    values = np.arange(45.0).reshape(3, 15)
    whole = matrix(table).judge(values).outcomes
    for k, equation in enumerate(table.equations):
        part = matrix_of(table, equation)
        own = values[:, [table.cells.index(cell) for cell in part.cells]]
        assert (part.judge(own).outcomes[:, 0] == whole[:, k]).all()
    assert compile_matrix(table, [], table.cells).judge(values).outcomes.shape == (3, 0)
