"""The rules across years: which cells of which report each compares, in every edition."""

from schemas.forms import forms
from schemas.years import year_cells, year_equations, year_rules


def test_every_rule_is_read_in_each_row_or_column_in_which_a_form_prints_its_cells() -> None:
    columns = [column.key for column in forms()["2021"].tables["applications"].columns]
    both = (("2019", "2021"), ("2019", "2021"))
    items = ("licensing", "other_services", "penalties", "coercion", "fees")
    assert [
        (one.rule.id, one.cell, one.now, one.last, one.editions, one.last_editions)
        for one in year_equations()
    ] == [
        *(
            ("year.carry", ("carried_in", column), (), ((1, ("carried_out", column)),), *both)
            for column in columns
        ),
        *(
            (
                "year.stock",
                (row, "in_force"),
                ((1, (row, "issued")), (-1, (row, "repealed"))),
                ((1, (row, "in_force")),),
                ("2021",),
                ("2021",),
            )
            for row in ("regulations", "normative_documents")
        ),
        *(
            (
                "year.items",
                (row, "prior_items"),
                (),
                ((1, (row, "prior_items")), (1, (row, "change"))),
                ("2019",),
                ("2019",),
            )
            for row in items
        ),
    ]


def test_no_rule_across_years_is_a_fault_of_the_report() -> None:
    assert {rule.severity for rule in year_rules()} == {"expect"}
    assert all(rule.text and rule.text_zh and rule.source for rule in year_rules())


def test_the_cells_that_the_rules_read_are_cells_of_a_form() -> None:
    printed = {
        (key, cell) for form in forms().values() for key, table in form.tables.items() for cell in table.cells
    }
    assert set(year_cells()) <= printed and len(set(year_cells())) == len(year_cells()) == 30
