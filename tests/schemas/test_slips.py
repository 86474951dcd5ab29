"""The names of slips: each one where it fits, none where nothing does."""

import pytest

from schemas.rules import Number, rules
from schemas.slips import SLIPS, name_slip

JUDGE = rules("2021", "applications")
PLACES = {cell: i for i, cell in enumerate(JUDGE.cells)}
HERE = ("granted", "business")

# printed, needed -> the slip
TYPED: list[tuple[Number, int | None, str | None]] = [
    (2392, 2932, "two digits swapped"),
    (19, 91, "two digits swapped"),
    (103, 301, "two digits swapped"),
    (22, 2, "a digit doubled"),
    (1336, 136, "a digit doubled"),
    (12, 132, "a digit dropped"),
    (0, 10, "a digit dropped"),
    (5, 105, None),
    (-34, 34, "the sign is wrong"),
    (1.234, 1234, "a thousands separator taken for a decimal point"),
    (3.5, 3500, "a thousands separator taken for a decimal point"),
    (1.234567, 1234567, "a thousands separator taken for a decimal point"),
    (3.5, 36, None),
    (7, 3, None),
    (0, 3, None),
    (7, None, None),
]


@pytest.mark.parametrize(("printed", "needed", "slip"), TYPED)
def test_slips_of_the_keyboard(printed: Number, needed: int | None, slip: str | None) -> None:
    values: list[Number | None] = [99999] * len(JUDGE.cells)
    values[PLACES[HERE]] = printed
    assert name_slip(JUDGE, values, {PLACES[HERE]: needed}, PLACES[HERE]) == slip


def test_a_total_left_at_zero() -> None:
    values: list[Number | None] = [0] * len(JUDGE.cells)
    for cell, slip in (
        (("granted", "total"), "a total left at zero"),
        (("total_handled", "business"), "a total left at zero"),
        (HERE, None),
    ):
        assert name_slip(JUDGE, values, {PLACES[cell]: 3}, PLACES[cell]) == slip


NEIGHBOURS = [
    (("granted", "natural_person"), "column"),
    (("granted", "research"), "column"),
    (("carried_in", "business"), "row"),
    (("granted_in_part", "business"), "row"),
    (("granted", "other_org"), None),
    (("received", "business"), None),
    (("granted_in_part", "research"), None),
]


@pytest.mark.parametrize(("beside", "which"), NEIGHBOURS)
def test_the_figure_of_a_neighbour(beside: tuple[str, str], which: str | None) -> None:
    values: list[Number | None] = [0] * len(JUDGE.cells)
    here, there = PLACES[HERE], PLACES[beside]
    values[here] = values[there] = 58
    assert name_slip(JUDGE, values, {here: 7}, here) == (which and f"the figure of the neighbouring {which}")
    values[there] = 7
    both = {here: 7, there: 58}
    assert {name_slip(JUDGE, values, both, place) for place in both} == {
        which and f"exchanged with the neighbouring {which}"
    }


def test_neighbours_in_a_table_whose_rows_have_cells_of_their_own() -> None:
    judge = rules("2021", "active_disclosure")
    places = {cell: i for i, cell in enumerate(judge.cells)}
    values: list[Number | None] = [0] * len(judge.cells)
    here, above = places["penalties", "decisions"], places["licensing", "decisions"]
    values[here] = values[above] = 40
    assert name_slip(judge, values, {here: 7}, here) == "the figure of the neighbouring row"
    fees = places["fees", "amount_10k_yuan"]
    assert name_slip(judge, values, {fees: 7}, fees) is None


def test_every_name_is_tried() -> None:
    tried = {slip for _, _, slip in TYPED} | {"a total left at zero"}
    tried |= {
        f"{what} the neighbouring {which}"
        for what in ("exchanged with", "the figure of")
        for which in ("row", "column")
    }
    assert tried - {None} == set(SLIPS)
