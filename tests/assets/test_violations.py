"""What is wrong with a table, in words: both sides of each sum, and the one cell to suspect if there is
one.
"""

import pytest

from assets.model import Number, Violation
from assets.violations import violations
from examples.figures import APPLICANTS, complete_applications, complete_review, result_rows
from schemas.forms import CellKey, forms
from schemas.rules import rules

Cells = dict[CellKey, Number | None]


def applications(edition: str = "2021", **leaves: int) -> Cells:
    """A right table; `leaves` names results of natural persons, and rows of others as row__column."""
    named = {
        (name.split("__")[0], name.split("__")[1] if "__" in name else "natural_person"): value
        for name, value in leaves.items()
    }
    return {(row, column): value for (_, row, column), value in complete_applications(edition, named).items()}


def review(**outcomes: int) -> Cells:
    return {
        (row, column): value
        for (_, row, column), value in complete_review(
            {("review", k): v for k, v in outcomes.items()}
        ).items()
    }  # type: ignore[misc]


def disclosure() -> Cells:
    return dict.fromkeys(forms()["2021"].tables["active_disclosure"].cells, 0)


def found(key: str, cells: Cells, edition: str = "2021") -> list[Violation]:
    judge = rules(edition, key)
    printed = [cells[cell] for cell in judge.cells]
    return violations(judge, printed, judge.judge(printed))


CITY = applications(granted=2900, granted_in_part=32, carried_in=34, carried_out=104, granted__business=70)
ONE_WRONG = CITY | {("received", "natural_person"): 3001}


def test_nothing_is_wrong_with_a_right_table() -> None:
    assert found("applications", CITY) == []
    assert found("review_litigation", review(upheld=3, pending=1)) == []
    assert found("active_disclosure", disclosure()) == []


def test_the_message_shows_both_sides_of_the_sum_without_noughts() -> None:
    cells = CITY | {("received", "natural_person"): 3001}
    assert [(v.rule, v.outcome, v.message, v.expected, v.reported) for v in found("applications", cells)] == [
        (
            "applications.balance",
            "broken",
            "申请情况 自然人: 一、本年新收政府信息公开申请数量 3001 + 二、上年结转政府信息公开申请数量 34 = "
            "3035; but （七）总计 2932 + 四、结转下年度继续办理 104 = 3036",
            3035,
            3036,
        ),
        (
            "applications.row_total",
            "broken",
            "申请情况 一、本年新收政府信息公开申请数量: 自然人 3001 + 商业企业 70 = 3071; but 总计 3072",
            3071,
            3072,
        ),
    ]


MESSAGES: dict[str, tuple[str, Cells, list[str]]] = {
    "a total of zero": (
        "review_litigation",
        review(upheld=10, corrected=1) | {("review", "total"): 0},
        ["复议诉讼 行政复议: 结果维持 10 + 结果纠正 1 = 11; but 总计 0"],
    ),
    "a total over noughts": (
        "review_litigation",
        review() | {("review", "total"): 2},
        ["复议诉讼 行政复议: every addend 0; but 总计 2"],
    ),
    "one part": (
        "review_litigation",
        review(other=5) | {("review", "total"): 6},
        ["复议诉讼 行政复议: 其他结果 5 = 5; but 总计 6"],
    ),
    "a label without what it tells of filling in": (
        "applications",
        applications(granted_in_part=3, granted=1) | {("granted_in_part", "total"): 4},
        [
            "申请情况 总计: （一）予以公开 1 + （二）部分公开 4 = 5; but （七）总计 4",
            "申请情况 （二）部分公开: 自然人 3 = 3; but 总计 4",
        ],
    ),
    "blanks that leave it open": (
        "review_litigation",
        review(upheld=2, other=3) | {("review", "upheld"): None, ("review", "corrected"): None},
        ["复议诉讼 行政复议: 结果维持 ? + 结果纠正 ? + 其他结果 3; 总计 5 (blank cells leave it undecided)"],
    ),
    "blanks that cannot be filled": (
        "review_litigation",
        review(upheld=7) | {("review", "total"): 5, ("review", "pending"): None, ("review", "other"): None},
        ["复议诉讼 行政复议: 结果维持 7 + 其他结果 ? + 尚未审结 ?; but 总计 5"],
    ),
    "a count below zero": (
        "active_disclosure",
        disclosure() | {("licensing", "decisions"): -1},
        ["主动公开 行政许可 本年处理决定数量: -1 is not a whole number of zero or more"],
    ),
    "half a document": (
        "active_disclosure",
        disclosure() | {("regulations", "in_force"): 2.5},
        ["主动公开 规章 现行有效件数: 2.5 is not a whole number of zero or more"],
    ),
    "money below zero": (
        "active_disclosure",
        disclosure() | {("fees", "amount_10k_yuan"): -0.5},
        ["主动公开 行政事业性收费 本年收费金额: -0.5 is not an amount of zero or more"],
    ),
    "a blank that no sum reaches": (
        "active_disclosure",
        disclosure() | {("coercion", "decisions"): None},
        ["主动公开 行政强制 本年处理决定数量: no figure is printed, and no identity says what it would be"],
    ),
}


@pytest.mark.parametrize(("key", "cells", "messages"), MESSAGES.values(), ids=MESSAGES.keys())
def test_the_message_is_a_sentence_for_people(key: str, cells: Cells, messages: list[str]) -> None:
    assert [violation.message for violation in found(key, cells)] == messages


def test_a_change_that_is_half_an_item_is_named_too() -> None:
    cells: Cells = dict.fromkeys(forms()["2019"].tables["active_disclosure"].cells, 0)
    assert [
        v.message for v in found("active_disclosure", cells | {("licensing", "change"): -0.5}, "2019")
    ] == ["主动公开 行政许可 本年增/减: -0.5 is not a whole number"]


def test_the_cells_of_a_violation_are_those_of_its_identity() -> None:
    violation = found("review_litigation", review(upheld=1) | {("review", "total"): 3})[0]
    assert violation.cells == [
        ("review", column) for column in ("upheld", "corrected", "other", "pending", "total")
    ]
    assert found("active_disclosure", disclosure() | {("fees", "amount_10k_yuan"): -1})[0].cells == [
        ("fees", "amount_10k_yuan")
    ]


# The suspect


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_each_wrong_leaf_is_found_out_with_its_right_value(edition: str) -> None:
    rows = (*result_rows(edition), "received", "carried_in", "carried_out")
    right = applications(
        edition,
        **{
            f"{row}__{column}": 3 + i
            for i, row in enumerate(rows)
            for column in APPLICANTS
            if row != "received"
        },
    )
    for row in rows:
        for column in (*APPLICANTS, "total"):
            broken = found("applications", right | {(row, column): right[row, column] + 9}, edition)
            assert len(broken) == 2
            assert {violation.suspect for violation in broken} == {(row, column, right[row, column])}


def test_a_wrong_total_handled_breaks_three_sums_and_is_found_out() -> None:
    broken = found("applications", CITY | {("total_handled", "natural_person"): 2392})
    assert [v.rule for v in broken] == [
        "applications.balance",
        "applications.handled",
        "applications.row_total",
    ]
    assert {v.suspect for v in broken} == {("total_handled", "natural_person", 2932)}


NO_SUSPECT: dict[str, tuple[str, Cells]] = {
    "any of five cells": ("review_litigation", review(upheld=10, corrected=1) | {("review", "total"): 30}),
    "two slips": ("applications", CITY | {("granted", "natural_person"): 1, ("carried_in", "business"): 5}),
    "neighbours exchanged": (
        "applications",
        CITY
        | {
            ("granted", "natural_person"): CITY["granted", "business"],
            ("granted", "business"): CITY["granted", "natural_person"],
        },
    ),
}


@pytest.mark.parametrize(("key", "cells"), NO_SUSPECT.values(), ids=NO_SUSPECT.keys())
def test_no_cell_is_suspected_where_more_than_one_may_be_wrong(key: str, cells: Cells) -> None:
    broken = found(key, cells)
    assert broken
    assert {violation.suspect for violation in broken} == {None}


def test_a_value_that_no_count_may_have_is_its_own_suspect_or_nobody_is() -> None:
    broken = found("review_litigation", review(upheld=1) | {("review", "upheld"): -1})
    assert [violation.rule for violation in broken] == ["review_litigation.total", "review_litigation.count"]
    assert {violation.suspect for violation in broken} <= {None, ("review", "upheld", 1)}


def test_what_is_undecided_suspects_nobody() -> None:
    cells = review(upheld=2, other=3) | {
        ("review", "upheld"): None,
        ("review", "corrected"): None,
        ("litigation_direct", "total"): 4,
    }
    assert [(v.outcome, v.suspect is None) for v in found("review_litigation", cells)] == [
        ("broken", True),
        ("undecided", True),
    ]


def test_only_a_total_can_be_wrong_where_a_part_would_fall_below_zero() -> None:
    """A total of 0 over 10 + 1: no part can be brought down to it, so the total is the one to suspect."""
    broken = found("review_litigation", review(upheld=10, corrected=1) | {("review", "total"): 0})
    assert broken[0].suspect == ("review", "total", 11)
