"""The rules of every form: each hard identity tried on figures that keep it, that break it and that leave it
open; what blanks imply.
"""

from collections.abc import Iterator
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples.figures import (
    APPLICANTS,
    OUTCOMES,
    Figures,
    complete_applications,
    complete_review,
    make_figures,
    result_rows,
)
from schemas.forms import CellKey, Equation, forms
from schemas.rules import Number, Outcome, Rules, rules, valid
from tests import strategies

TABLES = [(edition, key) for edition, form in forms().items() for key in form.tables]
SUMMED = [(edition, key) for edition, key in TABLES if forms()[edition].tables[key].equations]
EQUATIONS = [
    pytest.param(edition, key, equation, id=f"{edition} {equation.rule} {equation.where}")
    for edition, key in TABLES
    for equation in forms()[edition].tables[key].equations
    if equation.severity == "hard"
]


def full(edition: str, key: str) -> dict[CellKey, Number]:
    """A table in which every count is above zero and every identity holds."""
    if key == "applications":
        rows = (*result_rows(edition), "carried_in", "carried_out")
        figures = complete_applications(
            edition,
            {
                (row, column): 2 + i + 3 * k
                for i, row in enumerate(rows)
                for k, column in enumerate(APPLICANTS)
            },
        )
    elif key == "review_litigation":
        blocks = ("review", "litigation_direct", "litigation_after_review")
        figures = complete_review(
            {
                (row, column): 1 + i + 4 * k
                for i, row in enumerate(blocks)
                for k, column in enumerate(OUTCOMES)
            }
        )
    else:
        figures = make_figures(Random(7), {key: edition}, "city")
        figures = {cell: 5 if isinstance(value, str) else value for cell, value in figures.items()}
    return {(row, column): value for (_, row, column), value in figures.items()}  # type: ignore[misc]


def other(edition: str, key: str, leaf: CellKey) -> dict[CellKey, Number]:
    """The same table with one application, or one case, more: as right as the first."""
    cells = full(edition, key)
    cells[leaf] += 1
    for equation in rules(edition, key).equations:  # totals follow from their parts
        if len(equation.right) == 1:
            cells[equation.equation.right[0]] = sum(cells[cell] for cell in equation.equation.left)
    if key == "applications":
        for column in (leaf[1], "total"):
            cells["received", column] = (
                cells["total_handled", column] + cells["carried_out", column] - cells["carried_in", column]
            )
    return cells


def judge(edition: str, key: str, cells: dict[CellKey, Number | None]) -> Outcome:
    judge = rules(edition, key)
    return judge.judge([cells[cell] for cell in judge.cells])


def names(equations: list) -> set[Equation]:
    return {compiled.equation for compiled in equations}


def leaves(edition: str, key: str) -> Iterator[CellKey]:
    """Cells that no other cell of the table adds up to."""
    if key == "applications":
        yield from product((*result_rows(edition), "carried_in", "carried_out"), APPLICANTS)
    else:
        yield from product(("review", "litigation_direct", "litigation_after_review"), OUTCOMES)


# Every identity, kept, broken and undecided


@pytest.mark.parametrize(("edition", "key"), TABLES)
def test_figures_that_keep_every_identity(edition: str, key: str) -> None:
    cells = full(edition, key)
    assert judge(edition, key, cells) == Outcome()
    if (edition, key) in SUMMED:
        assert min(cells.values()) > 0  # else a rule could hold because nothing is there


@pytest.mark.parametrize(("edition", "key", "equation"), EQUATIONS)
def test_each_identity_is_broken_by_either_of_its_sides(edition: str, key: str, equation: Equation) -> None:
    for side in (equation.left, equation.right):
        for cell in side:
            outcome = judge(edition, key, full(edition, key) | {cell: full(edition, key)[cell] + 1})
            assert equation in names(outcome.broken), cell
            assert names(outcome.broken) == {
                e for e in forms()[edition].tables[key].equations if cell in e.left + e.right
            }
            assert (outcome.undecided, outcome.invalid, outcome.open, outcome.implied) == ([], [], [], {})


@pytest.mark.parametrize(("edition", "key", "equation"), EQUATIONS)
def test_each_identity_is_undecided_where_the_blanks_leave_two_tables_possible(
    edition: str, key: str, equation: Equation
) -> None:
    one, reach = full(edition, key), set(equation.left + equation.right)
    for leaf in leaves(edition, key):
        another = other(edition, key, leaf)
        differ = {cell for cell in one if one[cell] != another[cell]}
        if not differ & reach:
            continue
        assert judge(edition, key, another) == Outcome()
        blanked = {cell: None if cell in differ else value for cell, value in one.items()}
        outcome = judge(edition, key, blanked)
        assert equation in names(outcome.undecided)
        assert (outcome.broken, outcome.invalid, outcome.implied) == ([], [], {})
        assert {rules(edition, key).cells[i] for i in outcome.open} == differ
        return
    pytest.fail("no leaf moves this identity")


DOMAINS = [
    (edition, key, column.type, (row.key, column.key))
    for edition, key in TABLES
    for identity in forms()[edition].tables[key].identities
    if identity.severity == "hard" and identity.per is None
    for column in forms()[edition].tables[key].columns
    for row in [next(row for row in forms()[edition].tables[key].rows if column.key in row.cells)]
]


@pytest.mark.parametrize(("edition", "key", "kind", "cell"), DOMAINS)
def test_each_type_of_figure_is_kept_broken_and_left_open(
    edition: str, key: str, kind: str, cell: CellKey
) -> None:
    kept: dict[str, list[Number]] = {
        "count": [0, 7, 7.0],
        "signed": [0, 7, -7],
        "decimal": [0, 7, 0.01, 96171.6],
    }
    broken: dict[str, list[Number]] = {
        "count": [-1, 2.5, -0.5],
        "signed": [0.5, -2.5],
        "decimal": [-1, -0.01],
    }
    position = rules(edition, key).cells.index(cell)
    for value in kept[kind]:
        assert judge(edition, key, full(edition, key) | {cell: value}).invalid == []
    for value in broken[kind]:
        assert judge(edition, key, full(edition, key) | {cell: value}).invalid == [position]
        row = {other: None for other in full(edition, key) if other != cell}
        assert judge(edition, key, row | {cell: value}).invalid == [position]
        outcome = judge(edition, key, full(edition, key) | {cell: value})
        assert rules(edition, key).checks(outcome)[position] == "broken"
    every = judge(edition, key, dict.fromkeys(full(edition, key)))
    assert (every.open, every.invalid, every.broken) == (list(range(len(rules(edition, key).cells))), [], [])
    assert names(every.undecided) == set(forms()[edition].tables[key].equations)
    assert set(rules(edition, key).checks(every)) == {"undecided"}


def test_a_cell_is_broken_with_one_of_its_identities_and_none_where_no_identity_reaches_it() -> None:
    cells: dict[CellKey, Number | None] = dict(full("2021", "applications"))
    cells["granted", "business"] = (cells["granted", "business"] or 0) + 1
    table = rules("2021", "applications")
    checks = dict(zip(table.cells, table.checks(judge("2021", "applications", cells)), strict=True))
    row = {("granted", column.key) for column in table.table.columns}
    results = {row.key for row in table.table.rows if row.group == "results"} | {"total_handled"}
    column = {(row, "business") for row in results}
    assert {cell for cell, check in checks.items() if check == "broken"} == row | column
    assert set(checks.values()) == {"broken", "holds"}
    assert set(rules("2021", "active_disclosure").unbroken) == {"none"}


def test_every_identity_of_every_form_has_its_fixtures() -> None:
    tried = {(param.values[0], param.values[2].rule) for param in EQUATIONS} | {
        (edition, f"{key}.count") for edition, key, _, _ in DOMAINS
    }  # type: ignore[union-attr]
    written = {
        (edition, identity.id)
        for edition, key in TABLES
        for identity in forms()[edition].tables[key].identities
        if identity.severity == "hard"
    }
    assert tried == written


@pytest.mark.parametrize(
    ("value", "kind", "is_valid"),
    [
        (0, "count", True),
        (-1, "count", False),
        (1.0, "count", True),
        (1.5, "count", False),
        (-3, "signed", True),
        (-3.5, "signed", False),
        (3.5, "decimal", True),
        (-3.5, "decimal", False),
    ],
)
def test_a_figure_and_its_type(value: Number, kind: str, is_valid: bool) -> None:
    assert valid(value, kind) is is_valid


# What blanks imply


@pytest.mark.parametrize(
    ("printed", "implied", "state"),
    [
        ((26, None, None, None, 26), {1: 0, 2: 0, 3: 0}, "holds"),
        ((10, 1, 0, 0, None), {4: 11}, "holds"),
        ((10, None, 0, 0, 11), {1: 1}, "holds"),
        ((None, None, None, None, 0), {0: 0, 1: 0, 2: 0, 3: 0}, "holds"),
        ((None, None, 0, 0, 3), {}, "undecided"),
        ((3, None, 0, 0, None), {}, "undecided"),
        ((None, None, None, None, None), {}, "undecided"),
        ((None, None, None, None, 26), {}, "undecided"),
        ((10, 1, 0, 0, 0), {}, "broken"),
        ((30, None, None, None, 26), {}, "broken"),
        ((10, 17, None, 0, 26), {}, "broken"),
        ((0, 0, 0, 0, 0), {}, "holds"),
    ],
)
def test_what_a_row_with_blanks_implies(
    printed: tuple[int | None, ...], implied: dict[int, int], state: str
) -> None:
    judge = rules("2021", "review_litigation")
    outcome = judge.judge([*printed, *[0] * 10])
    found = "broken" if outcome.broken else "undecided" if outcome.undecided else "holds"
    assert (outcome.implied, found) == (implied, state)
    assert list(judge.checks(outcome)) == [state] * 5 + ["holds"] * 10
    assert outcome.open == (
        [i for i, value in enumerate(printed) if value is None] if state != "holds" else []
    )


def test_a_row_settles_exactly_as_much_as_its_sum_does() -> None:
    """All rows of small figures and blanks, held against the number of ways in which their blanks can be
    filled.
    """
    judge = rules("2021", "review_litigation")
    for printed in product((None, 0, 1, 3), repeat=5):
        parts, total = printed[:4], printed[4]
        blanks = [i for i, value in enumerate(parts) if value is None]
        known = sum(value for value in parts if value is not None)
        rest = None if total is None else total - known
        outcome = judge.judge([*printed, *[0] * 10])
        if (rest is not None and rest < 0) or (not blanks and rest not in (None, 0)):
            expected: tuple[str, dict[int, int]] = ("broken", {})
        elif rest is None:
            expected = ("undecided", {}) if blanks else ("holds", {4: known})
        elif len(blanks) > 1 and rest:
            expected = ("undecided", {})
        else:
            expected = ("holds", dict.fromkeys(blanks, rest))
        state = "broken" if outcome.broken else "undecided" if outcome.undecided else "holds"
        assert (state, outcome.implied) == expected, printed


def test_what_one_identity_implies_another_goes_on_from() -> None:
    cells: dict[CellKey, Number | None] = dict(full("2021", "applications"))
    blanks = {
        ("granted", "business"),
        ("granted", "total"),
        ("total_handled", "total"),
        ("total_handled", "business"),
    }
    # granted.total follows from the column of no applicant alone: received + carried_in - carried_out gives
    # the totals handled first.
    outcome = judge("2021", "applications", cells | dict.fromkeys(blanks))
    order = rules("2021", "applications").cells
    assert {order[i]: value for i, value in outcome.implied.items()} == {cell: cells[cell] for cell in blanks}
    assert (outcome.broken, outcome.undecided, outcome.open) == ([], [], [])


def test_what_only_several_identities_together_imply() -> None:
    """Rows and columns that share blanks may leave one of them a single value when they are added up, though
    none of them does alone.
    """
    cells = full("2021", "applications")
    settled = {("unavailable_unclear", "other_org"), ("unavailable_unclear", "total")}
    # Two blocks of two rows and two columns, open in themselves, meet the row that is settled in the columns
    # other_org and total.
    open_ = {
        (row, column) for row in ("granted", "granted_in_part") for column in ("legal_service", "other_org")
    }
    open_ |= {
        (row, column)
        for row in ("unprocessed_repeat", "unprocessed_publication")
        for column in ("research", "total")
    }
    outcome = judge("2021", "applications", {**cells, **dict.fromkeys(settled | open_)})
    order = rules("2021", "applications").cells
    assert {order[i]: value for i, value in outcome.implied.items()} == {
        cell: cells[cell] for cell in settled
    }
    assert {order[i] for i in outcome.open} == open_


def test_a_printed_total_of_zero_says_that_the_whole_column_is_zero() -> None:
    cells: dict[CellKey, Number | None] = dict.fromkeys(full("2021", "applications"))
    cells |= {("received", "total"): 0, ("carried_in", "total"): 0}
    outcome = judge("2021", "applications", cells)
    assert set(outcome.implied.values()) == {0}
    assert len(outcome.implied) == 175 - 2
    assert (outcome.broken, outcome.undecided, outcome.open) == ([], [], [])


def test_figures_of_a_table_without_sums_are_never_implied() -> None:
    for edition in forms():
        cells: dict[CellKey, Number | None] = dict(full(edition, "active_disclosure"))
        cells["regulations", "in_force" if edition == "2021" else "total_public"] = None
        outcome = judge(edition, "active_disclosure", cells)
        assert (outcome.implied, outcome.open, outcome.undecided) == ({}, [2], [])


# Properties


def _values(figures: Figures, edition: str, key: str) -> list[Number | None]:
    return [figures[key, row, column] for row, column in rules(edition, key).cells]  # type: ignore[misc]


@st.composite
def consistent(draw: st.DrawFn) -> tuple[str, str, list[Number | None]]:
    edition, key = draw(st.sampled_from(SUMMED))
    figures = draw(strategies.applications(edition) if key == "applications" else strategies.review())
    return edition, key, _values(figures, edition, key)


@st.composite
def holed(draw: st.DrawFn) -> tuple[str, str, list[Number | None], list[Number | None]]:
    edition, key, values = draw(consistent())
    share = draw(st.sampled_from((0.05, 0.3, 0.7, 0.95)))
    rng = Random(draw(st.integers(0, 10**6)))
    return edition, key, values, [None if rng.random() < share else value for value in values]


@settings(max_examples=120)
@given(holed())
def test_what_is_implied_is_what_stood_there(
    case: tuple[str, str, list[Number | None], list[Number | None]],
) -> None:
    edition, key, values, printed = case
    outcome = rules(edition, key).judge(printed)
    assert {i: values[i] for i in outcome.implied} == outcome.implied
    assert (outcome.broken, outcome.invalid) == ([], [])
    assert {i for i, value in enumerate(printed) if value is None} == set(outcome.implied) | set(outcome.open)


@settings(max_examples=150)
@given(consistent(), st.integers(0, 10**6), st.sampled_from((0.3, 0.9, 1.0)), st.booleans())
def test_noughts_are_implied_as_any_blank_is(
    case: tuple[str, str, list[Number | None]], seed: int, share: float, is_broken: bool
) -> None:
    """What is seen quickly of a table with marks for nought is what the identities imply; blanks that hold
    more are among them, too.
    """
    edition, key, values = case
    rng = Random(seed)
    printed = [None if value == 0 and rng.random() < share else value for value in values]
    for _ in range(is_broken):
        printed[rng.randrange(len(printed))] = rng.choice((None, 1, 10**6))
    quickly = rules(edition, key).judge(printed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rules, "_are_noughts", lambda *_: False)
        assert rules(edition, key).judge(printed) == quickly


@settings(max_examples=80)
@given(holed(), st.integers(0, 10**6))
def test_what_another_table_holds_differently_is_never_implied(
    case: tuple[str, str, list[Number | None], list[Number | None]], seed: int
) -> None:
    """Blank wherever two right tables differ: nothing there may be implied, and no identity over it may
    hold.
    """
    edition, key, values, printed = case
    rng = Random(seed)
    figures = make_figures(rng, {key: edition}, rng.choice(["few", "bureau"])) if seed % 2 else None
    another = (
        _values(figures, edition, key)
        if figures
        else [None if value is None else value * 2 for value in values]
    )
    differ = {i for i, (a, b) in enumerate(zip(values, another, strict=True)) if a != b}
    outcome = rules(edition, key).judge([None if i in differ else value for i, value in enumerate(printed)])
    assert not differ & set(outcome.implied)
    assert differ <= set(outcome.open)
    assert outcome.broken == []
    assert {e.equation for e in outcome.undecided} >= {
        e.equation for e in rules(edition, key).equations if differ & {*e.left, *e.right}
    }


@settings(max_examples=80)
@given(holed(), st.integers(0, 10**6), st.integers(-50, 50).filter(bool))
def test_an_identity_never_holds_over_a_blank_that_is_not_implied(
    case: tuple[str, str, list[Number | None], list[Number | None]], at: int, slip: int
) -> None:
    """Also where the printed figures are wrong: what is neither broken nor undecided adds up over printed and
    implied figures.
    """
    edition, key, _, printed = case
    printed = list(printed)
    at %= len(printed)
    printed[at] = max(0, (printed[at] or 0) + slip)
    outcome = rules(edition, key).judge(printed)
    complete = [outcome.implied.get(i, value) for i, value in enumerate(printed)]
    settled = [
        e for e in rules(edition, key).equations if e not in outcome.broken and e not in outcome.undecided
    ]
    for equation in settled:
        left, right = [complete[i] for i in equation.left], [complete[i] for i in equation.right]
        assert None not in left + right
        assert sum(left) == sum(right)  # type: ignore[arg-type]
    assert min(outcome.implied.values(), default=0) >= 0


@settings(max_examples=150)
@given(consistent(), st.integers(0, 10**6), st.integers(-(10**4), 10**4).filter(bool))
def test_any_single_changed_figure_breaks_an_identity(
    case: tuple[str, str, list[Number | None]], at: int, slip: int
) -> None:
    edition, key, values = case
    at %= len(values)
    changed = [value + slip if i == at and value is not None else value for i, value in enumerate(values)]
    outcome = rules(edition, key).judge(changed)
    assert {e.equation for e in outcome.broken} == {
        e.equation for e in rules(edition, key).equations if at in (*e.left, *e.right)
    }
    assert len(outcome.broken) >= (2 if key == "applications" else 1)
    assert not rules(edition, key).possible(changed)
