"""The codebook: every figure of every edition, and its counterpart in the other."""

import pytest

from schemas.codebook import codebook
from schemas.forms import forms
from schemas.panel_figures import figure_named

BY_NAME = {(one.edition, one.name): one for one in codebook()}


def test_every_cell_of_every_edition_has_one_entry() -> None:
    cells = {
        (edition, table.key, *cell)
        for edition, form in forms().items()
        for table in form.tables.values()
        for cell in table.cells
    }
    found = [(one.edition, one.table, one.row, one.column) for one in codebook()]
    assert len(found) == len(cells) == 398 and set(found) == cells
    assert {one.name for one in codebook()} == set(figure_named())


def test_an_entry_says_what_the_form_prints() -> None:
    one = BY_NAME["2021", "refused_process_nat"]
    assert (one.table_zh, one.group_zh, one.row_zh, one.column_group_zh, one.column_zh) == (
        "收到和处理政府信息公开申请情况",
        "三、本年度办理结果 / （三）不予公开",
        "6.属于四类过程性信息",
        "申请人情况",
        "自然人",
    )
    assert (one.group_en, one.row_en, one.column_en, one.unit, one.type, one.section) == (
        "Results of the year / Refused",
        "Refused: information of deliberation",
        "Natural persons",
        "件",
        "count",
        3,
    )
    assert one.identities == ("applications.handled", "applications.row_total", "applications.count")


@pytest.mark.parametrize(
    ("edition", "name", "counterpart", "other", "relation"),
    [
        ("2021", "received", ("received",), "2019", "same"),
        ("2019", "received", ("received",), "2021", "same"),
        ("2019", "other", ("other_no_correction", "other_unpaid_fee", "other_other"), "2021", "sum_of"),
        (
            "2019",
            "other_bus",
            ("other_no_correction_bus", "other_unpaid_fee_bus", "other_other_bus"),
            "2021",
            "sum_of",
        ),
        ("2021", "other_unpaid_fee", ("other",), "2019", "part_of"),
        ("2021", "regulations_issued", (), "2019", None),
        ("2019", "fees_prior_items", (), "2021", None),
        ("2021", "fees_amount_10k_yuan", (), "2019", None),
        ("2021", "licensing_decisions", ("licensing_decisions",), "2019", "same"),
    ],
)
def test_the_counterpart_in_the_other_edition(
    edition: str, name: str, counterpart: tuple[str, ...], other: str, relation: str | None
) -> None:
    one = BY_NAME[edition, name]
    assert (one.counterpart, one.counterpart_edition, one.relation) == (counterpart, other, relation)


def test_a_figure_and_its_counterpart_name_each_other() -> None:
    for one in codebook():
        for name in one.counterpart:
            assert one.name in BY_NAME[str(one.counterpart_edition), name].counterpart
