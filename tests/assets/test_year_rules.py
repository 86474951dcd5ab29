"""What the rules across years say of two reports: each holds, is broken, or nobody can tell, and why."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from assets.model import Cell, Cells, Number, TableReading
from assets.year_rules import DECIDED, NO_LAST, OUTCOMES, REASONS, Figures, figures_of, findings, judge
from schemas.forms import TABLE_KEYS, CellKey, forms
from schemas.years import year_equations

Printed = Mapping[CellKey, Number | None]


def report(edition: str, printed: Printed = {}, **statuses: Any) -> list[TableReading]:  # noqa: B006
    """Three tables of an edition: 1 in every cell but those that are given."""
    tables = []
    for key in TABLE_KEYS:
        status = statuses.get(key, "validated")
        table = TableReading(key, status, None if status == "absent" else edition)
        if status != "absent":
            table.cells = Cells(
                Cell(row, column, "number" if value is not None else "blank", value, "", None, i, i + 1)
                for i, (row, column) in enumerate(forms()[edition].tables[key].cells)
                for value in (printed.get((row, column), 1),)
            )
        tables.append(table)
    return tables


def outcomes(now: list[TableReading], last: list[TableReading]) -> dict[tuple[str, str, str], str]:
    """What is not as expected: of each rule and cell that is broken or undecided, the words."""
    return {
        (one.rule, one.row, one.column): f"{one.outcome}: {one.message.split(': ', 1)[-1]}"
        for one in findings(now, last, 2023)
        if one.outcome != "holds"
    }


STOCK = {("regulations", "in_force"): 6, ("regulations", "issued"): 3, ("regulations", "repealed"): 2}
BEFORE = {("regulations", "in_force"): 5}
CARRY, RULE, ITEMS = ("year.carry", "carried_in"), ("year.stock", "regulations", "in_force"), "year.items"
CASES: dict[str, tuple[Any, Any, dict[tuple[str, ...], str]]] = {
    "all holds on the form of 2021": (report("2021", STOCK), report("2021", BEFORE), {}),
    "what is carried in is not what was carried out": (
        report("2021", {("carried_in", "business"): 4}),
        report("2021", {("carried_out", "total"): 7}),
        {
            (*CARRY, "business"): "broken: prints 4, but by the report for 2022 it would be 1",
            (*CARRY, "total"): "broken: prints 1, but by the report for 2022 it would be 7",
        },
    ),
    "a blank here leaves it undecided": (
        report("2021", {("carried_in", "business"): None}),
        report("2021"),
        {(*CARRY, "business"): "undecided: this report prints no figure for it"},
    ),
    "a blank last year leaves it undecided": (
        report("2021"),
        report("2021", {("carried_out", "business"): None}),
        {(*CARRY, "business"): "undecided: the report for 2022 prints no figure for it"},
    ),
    "what is in force is not what follows": (
        report("2021", STOCK),
        report("2021", {("regulations", "in_force"): 4}),
        {RULE: "broken: prints 6, but by the report for 2022 it would be 5"},
    ),
    "a blank among what was issued": (
        report("2021", STOCK | {("regulations", "issued"): None}),
        report("2021", BEFORE),
        {RULE: "undecided: this report prints no figure for it"},
    ),
    "last year on the form of 2019: it has no stock": (
        report("2021"),
        report("2019"),
        {
            ("year.stock", row, "in_force"): "undecided: the report for 2022 is on another edition of the "
            "form, which has no such figure"
            for row in ("regulations", "normative_documents")
        },
    ),
    "the items of the form of 2019, with a change that is negative": (
        report("2019", {(row, "prior_items"): 2 for row in ("licensing", "penalties", "coercion", "fees")}),
        report("2019", {("other_services", "change"): 0, ("fees", "change"): -1}),
        {(ITEMS, "fees", "prior_items"): "broken: prints 2, but by the report for 2022 it would be 0"},
    ),
    "a table that is not sure decides nothing": (
        report("2021", {("carried_in", "total"): 9}, applications="uncertain"),
        report("2021"),
        {
            (*CARRY, column.key): "undecided: the table of this report was not read without doubt"
            for column in forms()["2021"].tables["applications"].columns
        },
    ),
    "nor does one that was absent last year": (
        report("2021"),
        report("2021", active_disclosure="absent"),
        {
            ("year.stock", row, "in_force"): "undecided: the table of the report for 2022 was not read "
            "without doubt"
            for row in ("regulations", "normative_documents")
        },
    ),
    "an inconsistent table is judged by what it prints": (
        report("2021", {("carried_in", "total"): 9}, applications="inconsistent"),
        report("2021"),
        {(*CARRY, "total"): "broken: prints 9, but by the report for 2022 it would be 1"},
    ),
}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_two_reports_make_of_the_rules(case: str) -> None:
    now, last, expected = CASES[case]
    assert outcomes(now, last) == expected


def test_a_rule_is_judged_only_where_the_form_of_the_report_has_it() -> None:
    assert {one.rule for one in findings(report("2021"), report("2021"), 2023)} == {
        "year.carry",
        "year.stock",
    }
    assert {one.rule for one in findings(report("2019"), report("2019"), 2020)} == {
        "year.carry",
        "year.items",
    }
    without = report("2021", active_disclosure="absent")
    assert {one.rule for one in findings(without, report("2021"), 2023)} == {"year.carry"}


def test_an_implied_figure_counts_as_one() -> None:
    last = report("2021", {("carried_out", "business"): None})
    at = next(
        i for i, cell in enumerate(last[1].cells) if (cell.row, cell.column) == ("carried_out", "business")
    )
    last[1].cells.put("implied", [1 if i == at else None for i in range(len(last[1].cells))])
    assert outcomes(report("2021"), last) == {}


def test_both_sides_are_given_with_the_places_of_both_figures() -> None:
    found = findings(report("2021", {("carried_in", "total"): 9}), report("2021"), 2023)
    total = next(one for one in found if (one.row, one.column) == ("carried_in", "total"))
    assert (total.expected, total.reported) == (1, 9)
    assert total.cell is not None and total.last_cell is not None
    assert (total.cell.row, total.last_cell.row) == ("carried_in", "carried_out")


def test_many_reports_are_judged_at_once_as_each_alone() -> None:
    pairs = [(now, last) for now, last, _ in CASES.values()]
    now, last = (
        Figures(
            *(
                np.concatenate([getattr(figures_of(pair[side]), name) for pair in pairs])
                for name in Figures.__dataclass_fields__
            )
        )
        for side in (0, 1)
    )
    many = judge(now, last, np.full(len(pairs), DECIDED))
    for i, (one, other) in enumerate(pairs):
        alone = [(found.rule, found.row, found.column, found.outcome) for found in findings(one, other, 2023)]
        assert alone == [
            (equation.rule.id, *equation.cell, OUTCOMES[many.outcomes[i, k]])
            for k, equation in enumerate(year_equations())
            if many.applies[i, k]
        ]


def test_reports_that_are_not_to_be_compared_are_undecided_for_that_reason() -> None:
    one = figures_of(report("2021"))
    judged = judge(one, one.take(np.array([-1])), np.array([NO_LAST]))
    assert set(judged.outcomes[judged.applies]) == {OUTCOMES.index("undecided")}
    assert {REASONS[code] for code in judged.reasons[judged.applies]} == {"no_last"}
