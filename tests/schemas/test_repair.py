"""Which cells are wrong: every identity broken, one cell, several ways, blanks, many cells, and how often the
truth is found.
"""

import subprocess
import sys
from collections import Counter
from itertools import combinations, product
from random import Random
from statistics import median
from time import perf_counter, process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples.figures import (
    APPLICANTS,
    OUTCOMES,
    SCALES,
    Figures,
    break_cells,
    complete_applications,
    complete_review,
    make_figures,
    mark_zeros,
    number_of,
    result_rows,
    shift_to_neighbour,
    zero_a_total,
)
from schemas.forms import CellKey, forms
from schemas.repair import EFFORT, MAX_SETS, UNKNOWN, Repairs, repairs
from schemas.rules import Number, Rules, rules
from schemas.solver import solve
from tests import strategies

Cells = dict[CellKey, Number | None]
SUMMED = [(edition, key) for edition in forms() for key in ("applications", "review_litigation")]


def values_of(judge: Rules, figures: Figures) -> list[Number | None]:
    return [number_of(figures[judge.table.key, row, column]) for row, column in judge.cells]


def repaired(judge: Rules, values: list[Number | None], **options: float) -> Repairs:
    """The repairs of a table; each of them is tried."""
    outcome = judge.judge(values)
    assert outcome.broken
    found = repairs(judge, values, outcome, **options)
    assert all(len(changes) == found.size for changes in found.sets)
    assert (
        len({tuple(change.cell for change in changes) for changes in found.sets})
        == len(found.sets)
        <= MAX_SETS
    )
    for changes in found.sets:
        needed = {change.cell: change.value for change in changes}
        after = [needed.get(cell, value) for cell, value in zip(judge.cells, values, strict=True)]
        again = judge.judge(after)
        assert (again.broken, again.invalid) == ([], [])
        for change in changes:
            assert change.printed == values[judge.cells.index(change.cell)] != change.value
    return found


def ways(found: Repairs) -> list[dict[CellKey, int | None]]:
    return [{change.cell: change.value for change in changes} for changes in found.sets]


def applications(edition: str = "2021") -> Figures:
    """A table in which every figure is above zero."""
    rows = (*result_rows(edition), "carried_in", "carried_out")
    return complete_applications(
        edition, {(row, c): 2 + i + 3 * k for i, row in enumerate(rows) for k, c in enumerate(APPLICANTS)}
    )


def review(**outcomes: int) -> Cells:
    figures = complete_review({("review", column): value for column, value in outcomes.items()})
    return {(row, column): number_of(value) for (_, row, column), value in figures.items()}


# One wrong figure


@pytest.mark.parametrize("edition", list(forms()))
def test_any_one_wrong_figure_of_section_three_is_named_with_its_true_value(edition: str) -> None:
    judge, figures = rules(edition, "applications"), applications(edition)
    right = values_of(judge, figures)
    broken = set()
    for i, true in enumerate(right):
        for wrong in (true + 1, 0, true * 10 + 7):
            values = [*right[:i], wrong, *right[i + 1 :]]
            suspect = repaired(judge, values).suspect
            assert suspect is not None and (suspect.cell, suspect.printed, suspect.value) == (
                judge.cells[i],
                wrong,
                true,
            )
        broken |= {compiled.equation for compiled in judge.judge(values).broken}
    assert broken == {compiled.equation for compiled in judge.equations}


@pytest.mark.parametrize("place", range(5))
def test_in_section_four_any_cell_of_the_row_may_be_wrong(place: int) -> None:
    judge = rules("2021", "review_litigation")
    cells = review(upheld=4, corrected=5, other=6, pending=7)
    column = (*OUTCOMES, "total")[place]
    cells["review", column] += 1  # type: ignore[operator]
    found = repaired(judge, list(cells.values()))
    assert (found.size, found.complete, found.suspect) == (1, True, None)
    step = 1 if column == "total" else -1
    assert ways(found) == [
        *({("review", name): cells["review", name] + step} for name in OUTCOMES),  # type: ignore[operator]
        {("review", "total"): cells["review", "total"] - step},  # type: ignore[operator]
    ]


ONE_ROW: dict[str, tuple[list[Number | None], list[dict[str, int | None]], str | None]] = {
    # upheld, corrected, other, pending, total -> the ways to repair, the slip of the suspect
    "a total left at zero, as published once": ([10, 1, 0, 0, 0], [{"total": 11}], "a total left at zero"),
    "a total too small for all but one part": ([10, 1, 0, 0, 5], [{"upheld": 4}, {"total": 11}], None),
    "a sign": ([-5, 0, 0, 0, 5], [{"upheld": 5}], "the sign is wrong"),
    "a thousands separator": (
        [1.234, 0, 0, 0, 1234],
        [{"upheld": 1234}],
        "a thousands separator taken for a decimal point",
    ),
    "half a case": ([2.5, 1, 0, 0, 5], [{"upheld": 4}], None),
    "a fraction that is none in binary": ([0.1, 0.2, 0, 0, 5], [{"upheld": None, "corrected": None}], None),
    "a float that is whole": (
        [3.0, 0, 0, 0, 4],
        [{"upheld": 4}, {"corrected": 1}, {"other": 1}, {"pending": 1}, {"total": 3}],
        None,
    ),
    "blank parts, a part above the total": ([7, None, None, 0, 5], [{"upheld": None}, {"total": None}], None),
    "a blank that the others fix": ([None, 6, 0, 0, 5], [{"corrected": None}, {"total": None}], None),
}


@pytest.mark.parametrize(("row", "expected", "slip"), ONE_ROW.values(), ids=ONE_ROW.keys())
def test_the_repairs_of_one_row(
    row: list[Number | None], expected: list[dict[str, int | None]], slip: str | None
) -> None:
    judge = rules("2021", "review_litigation")
    found = repaired(judge, [*row, *[0] * 10])
    assert ways(found) == [{("review", column): value for column, value in way.items()} for way in expected]
    assert (found.complete, found.determined) == (True, True)
    assert (found.suspect.slip if found.suspect else None) == slip


# Two and more


def test_rows_of_section_four_are_repaired_apart_in_every_combination() -> None:
    judge = rules("2021", "review_litigation")
    row = [4, 5, 6, 7, 23]
    assert len(repaired(judge, [*row, *row, 0, 0, 0, 0, 0]).sets) == 25
    many = repaired(judge, [*row, *row, *row])
    assert (many.size, len(many.sets), many.complete, many.determined) == (3, MAX_SETS, False, True)


def test_figures_exchanged_between_neighbours_are_one_of_several_ways() -> None:
    judge, figures = rules("2021", "applications"), applications()
    left, right = ("granted", "natural_person"), ("granted", "business")
    a, b = figures["applications", *left], figures["applications", *right]
    found = repaired(
        judge, values_of(judge, figures | {("applications", *left): b, ("applications", *right): a})
    )
    assert found.size == 2 and found.suspect is None
    assert {left: a, right: b} in ways(found)
    exchanged = [changes for changes in found.sets if any(change.slip for change in changes)]
    assert [[change.cell for change in changes] for changes in exchanged] == [[left, right]]
    assert {change.slip for change in exchanged[0]} == {"exchanged with the neighbouring column"}
    # Any other result row could hold the difference as well: a rectangle of cells leaves every sum as it is.
    assert {frozenset(row for row, _ in way) for way in ways(found)} >= {
        frozenset({row}) for row in result_rows("2021")
    }


def slips(count: int, seed: int = 1) -> tuple[Rules, list[Number | None], dict[CellKey, Number]]:
    """A table of section three with that many figures mistyped, and the truth about them."""
    figures = applications()
    broken, changed = break_cells(Random(seed), figures, "applications", count)
    judge = rules("2021", "applications")
    return (
        judge,
        values_of(judge, broken),
        {(row, column): figures[table, row, column] for table, row, column in changed},
    )  # type: ignore[misc]


@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_several_slips_in_rows_and_columns_of_their_own_are_found(count: int) -> None:
    judge, values, true = slips(count)
    found = repaired(judge, values)
    assert (found.size, found.complete) == (count, True)
    assert true in ways(found)


def test_without_effort_of_the_search_nothing_is_determined() -> None:
    judge, values, _ = slips(4)
    assert repairs(judge, values, judge.judge(values), effort=0) == UNKNOWN
    assert not UNKNOWN.determined and UNKNOWN.suspect is None


def test_figures_of_any_size_are_repaired() -> None:
    judge, values, true = slips(4)
    values = [None if value is None else value * 10**30 for value in values]
    found = repaired(judge, values)
    assert {cell: value * 10**30 for cell, value in true.items()} in ways(found)


def test_the_search_is_given_up_and_always_at_the_same_point() -> None:
    judge = rules("2021", "applications")
    rng = Random(5)
    values: list[Number | None] = [rng.randrange(50) if rng.random() < 0.8 else None for _ in judge.cells]
    found = repairs(judge, values, judge.judge(values))
    assert not found.complete
    figures = applications()
    row = [("granted", column) for column in (*APPLICANTS, "total")]
    shifted = {("applications", *cell): figures["applications", *row[k - 1]] for k, cell in enumerate(row)}
    values = values_of(judge, figures | shifted)
    outcome = judge.judge(values)
    for effort in (100, 1000, 10**6):
        assert repairs(judge, values, outcome, effort) == repairs(judge, values, outcome, effort)


@pytest.mark.parametrize("seed", range(40))
def test_figures_at_random_are_answered_within_the_bound(seed: int) -> None:
    """A report of such figures once took nine minutes."""
    rng = Random(seed)
    judge = rules(("2021", "2019")[seed % 2], "applications")
    blank, largest = rng.random() * 0.6, rng.choice((2, 9, 60, 1000, 40_000))
    values: list[Number | None] = [
        None if rng.random() < blank else rng.randrange(largest) for _ in judge.cells
    ]
    start = process_time()
    repairs(judge, values, judge.judge(values))
    assert process_time() - start < 8


# Blanks


def test_a_blank_takes_any_value_and_is_no_change() -> None:
    judge, figures = rules("2021", "applications"), applications()
    right = figures["applications", "granted", "business"]
    blanked = figures | {("applications", "granted", column): "" for column in (*APPLICANTS[2:], "total")}
    found = repaired(judge, values_of(judge, blanked | {("applications", "granted", "business"): 999}))
    assert found.suspect is not None and (found.suspect.cell, found.suspect.value) == (
        ("granted", "business"),
        right,
    )


@pytest.mark.parametrize("seed", range(12))
def test_the_closed_form_and_the_search_find_the_same(seed: int) -> None:
    rng = Random(seed)
    edition, key = SUMMED[seed % len(SUMMED)]
    judge = rules(edition, key)
    figures, _ = break_cells(rng, make_figures(rng, {key: edition}, "bureau"), key, 1 + seed % 3)
    values = values_of(judge, figures)
    outcome = judge.judge(values)
    closed = repaired(judge, values)
    by_search, complete = solve(judge, values, outcome.invalid, EFFORT, 51)  # type: ignore[arg-type]
    assert complete and closed.complete
    assert {frozenset(way) for way in ways(closed)} == {
        frozenset(judge.cells[i] for i in way) for way in by_search
    }


def can_hold(row: list[Number | None]) -> bool:
    """Whether outcomes and their total, with blanks, can add up."""
    *outcomes, total = row
    least = sum(value for value in outcomes if value is not None)
    return total is None or least == total or (least < total and None in outcomes)


@pytest.mark.parametrize("seed", range(60))
def test_with_blanks_all_smallest_sets_are_found_as_trying_each_set_finds_them(seed: int) -> None:
    rng = Random(seed)
    judge = rules("2021", "review_litigation")
    rows: list[list[Number | None]] = [
        [None if rng.random() < 0.3 else rng.randrange(4) for _ in range(5)] for _ in range(3)
    ]
    values = [value for row in rows for value in row]
    if not judge.judge(values).broken:
        return
    apart = []  # no identity joins the rows
    for r, row in enumerate(rows):
        printed = [i for i, value in enumerate(row) if value is not None]
        for size in range(len(printed) + 1):
            sets = [
                {5 * r + i for i in chosen}
                for chosen in combinations(printed, size)
                if can_hold([None if i in chosen else value for i, value in enumerate(row)])
            ]
            if sets:
                apart.append(sets)
                break
    expected = {frozenset[int]().union(*chosen) for chosen in product(*apart)}
    found = repaired(judge, values)
    assert found.complete == (len(expected) <= MAX_SETS)
    sets = {frozenset(judge.cells.index(cell) for cell in way) for way in ways(found)}
    assert sets == expected if found.complete else sets < expected


# Any table


@given(st.data())
@settings(max_examples=120)
def test_one_changed_cell_is_among_the_smallest_sets_with_its_true_value(data: st.DataObject) -> None:
    edition = data.draw(st.sampled_from(list(forms())))
    key = data.draw(st.sampled_from(("applications", "review_litigation")))
    figures = data.draw(strategies.applications(edition) if key == "applications" else strategies.review())
    judge = rules(edition, key)
    values = values_of(judge, figures)
    place = data.draw(st.integers(0, len(values) - 1))
    wrong = data.draw(strategies.counts.filter(lambda count: count != values[place]))
    found = repaired(judge, [*values[:place], wrong, *values[place + 1 :]])
    assert (found.size, found.complete, found.determined) == (1, True, True)
    assert {judge.cells[place]: values[place]} in ways(found)
    assert found.suspect is not None or key == "review_litigation"


@given(st.data())
@settings(max_examples=60)
def test_any_wrong_figures_beside_blanks_are_repaired_by_no_more_than_were_changed(
    data: st.DataObject,
) -> None:
    edition = data.draw(st.sampled_from(list(forms())))
    judge = rules(edition, "applications")
    values = values_of(judge, data.draw(strategies.applications(edition)))
    places = data.draw(st.lists(st.integers(0, len(values) - 1), min_size=1, max_size=3, unique=True))
    blanks = data.draw(st.sets(st.integers(0, len(values) - 1), max_size=30)) - set(places)
    for place in places:
        values[place] = data.draw(st.integers(0, 40))
    values = [None if i in blanks else value for i, value in enumerate(values)]
    if judge.judge(values).broken:
        found = repaired(judge, values)
        assert not found.determined or 1 <= found.size <= len(places)


# How often the truth is found


def corpus(count: int) -> list[tuple[Random, str, Figures]]:
    made = []
    for seed in range(count):
        rng = Random(f"repair/{seed}")
        edition = rng.choice(list(forms()))
        made.append((rng, edition, make_figures(rng, {"applications": edition}, rng.choice(SCALES))))
    return made


def test_one_changed_figure_of_section_three_is_named() -> None:
    times = []
    for rng, edition, figures in corpus(200):
        judge = rules(edition, "applications")
        broken, changed = break_cells(rng, figures, "applications")
        values = values_of(judge, broken)
        start = perf_counter()
        suspect = repaired(judge, values).suspect
        times.append(perf_counter() - start)
        # Without blanks a single cell is certain: not in 95 of 100 reports, as the issue asks, but in all of
        # them.
        assert suspect is not None and {("applications", *suspect.cell): suspect.value} == {
            key: figures[key] for key in changed
        }
    assert median(times) < 0.02


def test_among_noughts_left_blank_one_changed_figure_is_in_the_smallest_sets_and_mostly_the_only_one() -> (
    None
):
    named: Counter[bool] = Counter()
    for rng, edition, figures in corpus(200):
        judge = rules(edition, "applications")
        broken, changed = break_cells(rng, figures, "applications")
        values = values_of(judge, mark_zeros(broken, "") | {key: broken[key] for key in changed})
        if judge.judge(values).broken:  # else the blanks may hold what makes up for it
            found = repaired(judge, values)
            true = {key[1:]: figures[key] for key in changed}
            assert any(
                way.keys() == true.keys() and (way == true or None in way.values()) for way in ways(found)
            )
            named[found.suspect is not None and ways(found) == [true]] += 1
    assert named.total() > 120 and named[True] / named.total() >= 0.75


def test_two_changed_figures_are_among_the_smallest_sets() -> None:
    among = 0
    made = corpus(150)
    for rng, edition, figures in made:
        judge = rules(edition, "applications")
        broken, changed = break_cells(rng, figures, "applications", 2)
        among += {(row, column): figures[table, row, column] for table, row, column in changed} in ways(
            repaired(judge, values_of(judge, broken))
        )
    assert among == len(made)


def test_two_changed_figures_of_one_row_or_column_are_too() -> None:
    among, tried = 0, 0
    for rng, edition, figures in corpus(150):
        judge = rules(edition, "applications")
        row, column = rng.choice(judge.cells)
        line = [cell for cell in judge.cells if (cell[0] == row) != (cell[1] == column)]
        cells = [(row, column), rng.choice(line)]
        true = {cell: figures["applications", *cell] for cell in cells}
        broken = figures | {("applications", *cell): true[cell] + rng.choice((1, 3, 10)) for cell in cells}
        values = values_of(judge, broken)
        if judge.judge(values).broken:
            tried += 1
            among += true in ways(repaired(judge, values))
    assert tried > 140 and among / tried >= 0.95


def test_real_slips_are_found() -> None:
    for rng, edition, figures in corpus(80):
        judge = rules(edition, "applications")
        broken, changed = zero_a_total(rng, figures, "applications")
        if changed:
            suspect = repaired(judge, values_of(judge, broken)).suspect
            assert suspect is not None and ("applications", *suspect.cell) == changed[0]
            assert suspect.slip in ("a total left at zero", "exchanged with the neighbouring row")
        broken, changed = shift_to_neighbour(rng, figures)
        if changed:
            true = {(row, column): figures[table, row, column] for table, row, column in changed}
            assert true in ways(repaired(judge, values_of(judge, broken)))


# What it costs


def test_the_repair_of_a_broken_table_imports_nothing_large() -> None:
    program = (
        "import sys; from schemas.rules import rules; from schemas.repair import repairs;"
        "judge = rules('2021', 'review_litigation'); values = [10, 1, 0, 0, 0] + [0] * 10;"
        "assert repairs(judge, values, judge.judge(values)).suspect;"
        "assert not {'numpy', 'fractions', 'assets', 'dagster'} & sys.modules.keys(), "
        "sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
