"""Layouts that people read at a glance: labels wrapped around their figures, figures of several cells on a
line, notes torn over lines. Each is read, and none that says something else is.
"""

from random import Random

import pytest

from assets.document import judge
from assets.model import TableReading
from examples.figures import make_figures
from schemas.forms import forms

TITLE = "云泽市水务局2023年政府信息公开工作年度报告\n"
THREE, FOUR = "三、收到和处理政府信息公开申请情况\n", "四、政府信息公开行政复议、行政诉讼情况\n"
FORM = forms()["2021"].tables["applications"]
FIGURES = {
    key[1:]: value for key, value in make_figures(Random(3), {"applications": "2021"}, "bureau").items()
}
HEAD = "申请人情况\n自然人 法人或其他组织 总计\n商业企业 科研机构 社会公益组织 法律服务机构 其他\n"


def figures_of(row: str) -> str:
    return " ".join(str(FIGURES[row, column.key]) for column in FORM.columns)


def applications(lines: list[str], head: str = HEAD, after: str = "") -> TableReading:
    return judge((TITLE + THREE + head + "\n".join(lines) + after).encode()).tables[1]


def assert_read(table: TableReading) -> None:
    assert (table.status, table.reasons) == ("validated", [])
    assert {(cell.row, cell.column): cell.value for cell in table.cells} == FIGURES


def test_labels_in_two_pieces_before_and_behind_their_figures() -> None:
    assert_read(
        applications(
            [f"{row.label[:5]}\n{row.label[5:9]} {figures_of(row.key)} {row.label[9:]}" for row in FORM.rows]
        )
    )


def test_rows_that_changed_places_are_not_read_by_the_order_of_the_form() -> None:
    order = [row.key for row in FORM.rows]
    order[2], order[3] = order[3], order[2]  # no sum sees it
    labels = {row.key: row.label for row in FORM.rows}
    table = applications([f"{labels[key][:3]}\n{labels[key][3:7]} {figures_of(key)}" for key in order])
    read = {(cell.row, cell.column): cell.value for cell in table.cells}
    assert table.status == "uncertain" or read == FIGURES


def test_a_note_with_a_date_torn_over_lines() -> None:
    lines = [f"{row.label} {figures_of(row.key)}" for row in FORM.rows]
    lines[2] = f"三、本年度办理结果（截\n至12月3\n1日）（一）予以公开 {figures_of('granted')}"
    assert_read(applications(lines))


def test_line_breaks_within_the_cells_of_labels() -> None:
    lines = []
    for row in FORM.rows:
        label = "<br>".join(row.label[i : i + 3] for i in range(0, len(row.label), 3))
        lines.append("|" + "|".join([label, *figures_of(row.key).split()]) + "|")
    head = "|" + HEAD.strip().replace("\n", "|\n|").replace(" ", "|") + "|\n"
    assert_read(applications(lines, head))


def test_a_total_under_another_name() -> None:
    labels = {row.key: row.label for row in FORM.rows} | {"total_handled": "合计"}
    assert_read(applications([f"{labels[row.key]} {figures_of(row.key)}" for row in FORM.rows]))


def test_a_short_line_behind_a_table_that_is_whole() -> None:
    lines = [f"{row.label} {figures_of(row.key)}" for row in FORM.rows]
    assert_read(applications(lines, after="\n\n共计12件\n五、存在的主要问题及改进情况\n无。\n"))


OUTCOMES = "结果\n维持\n结果\n纠正\n其他\n结果\n尚未\n审结\n总计\n"
REVIEW = [4, 95, 5, 94, 198, 89, 67, 30, 11, 197, 26, 95, 43, 81, 245]


def review(figures: str, first: str = "行政复议\n行政诉讼\n") -> TableReading:
    head = f"{first}{OUTCOMES}未经复议直接起诉\n复议后起诉\n{OUTCOMES}{OUTCOMES}"
    return judge((TITLE + FOUR + head + figures).encode()).tables[2]


def test_figures_of_several_cells_on_a_line() -> None:
    table = review("4\n95\n5\n94 198 89\n67\n30\n11 197 26\n95\n43\n81 245\n")
    assert (table.status, [cell.value for cell in table.cells]) == ("validated", REVIEW)


@pytest.mark.parametrize(
    "figures",
    [
        "4\n95\n5\n94 199 89\n67\n30\n11 197 26\n95\n43\n81 245\n",  # no sum
        "4\n95\n5\n94 198 89\n67\n30\n11 197 26\n95\n43\n81\n",  # one figure less
    ],
)
def test_figures_of_several_cells_over_which_no_sum_holds(figures: str) -> None:
    assert review(figures).status == "uncertain"


def test_separated_values_without_a_nought() -> None:
    header = "类别,未经复议直接起诉,复议后起诉,行政复议"
    rows = [
        "结果维持,50,84,66",
        "结果纠正,73,85,80",
        "其他结果,13,90,47",
        "尚未审结,51,83,51",
        "总计,187,342,244",
    ]
    table = judge((TITLE + FOUR + "\n".join([header, *rows])).encode()).tables[2]
    assert table.status == "validated"
    assert [cell.value for cell in table.cells] == [
        66,
        80,
        47,
        51,
        244,
        50,
        73,
        13,
        51,
        187,
        84,
        85,
        90,
        83,
        342,
    ]
