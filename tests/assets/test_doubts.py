"""What looks like a figure and is none, or like a blank and is none: each is read right, or marked with a
reason; never published in silence.
"""

import pytest

from assets.document import judge
from assets.model import TableReading

REPORT = """{head}云泽市水务局2023年政府信息公开工作年度报告
一、总体情况
我局逐月核对目录，全年平稳。{page_one}
二、主动公开政府信息情况
{two}
三、收到和处理政府信息公开申请情况
见附件。
四、政府信息公开行政复议、行政诉讼情况
{four}
五、存在的主要问题及改进情况
更新偏慢。{page_two}
六、其他需要报告的事项
无。
"""
PIPES = """信息内容 | 本年制发件数 | 本年废止件数 | 现行有效件数
规章 | {0} | {1} | {2}
行政规范性文件 | 0 | 1 | 2
信息内容 | {period}处理决定数量
行政许可 | {3}
行政处罚 | 13
行政强制 | 14
信息内容 | 本年收费金额（单位：{unit}）
行政事业性收费 | {4}"""
LINES = PIPES.replace(" | ", "\n")
SPACES = PIPES.replace(" | ", "  ")
FIGURES = ["5", "6", "7", "12", "0.3"]
VALUES = [5, 6, 7, 0, 1, 2, 12, 13, 14, 0.3]


def read(
    table: str = PIPES,
    figures: list[str] = FIGURES,
    unit: str = "万元",
    period: str = "本年",
    pages: tuple[str, str] = ("", ""),
) -> TableReading:
    two = table.format(*figures, unit=unit, period=period)
    text = REPORT.format(head="", two=two, four="见附件。", page_one=pages[0], page_two=pages[1])
    reading = next(reading for reading in judge(text.encode()).tables if reading.key == "active_disclosure")
    assert all(cell.start is None or text[cell.start : cell.end] == cell.raw for cell in reading.cells)
    return reading


@pytest.mark.parametrize("table", [PIPES, LINES, SPACES], ids=["pipes", "lines", "spaces"])
def test_the_table_itself_is_read(table: str) -> None:
    reading = read(table)
    assert (reading.status, [cell.value for cell in reading.cells]) == ("validated", VALUES)


UNREADABLE = [
    "12*",
    "12（其中网上5件）",
    "12万",
    "12[1]",
    "12余",
    "12?",
    "①12",
    "见附件2",
    "1.2E+05",
    "十二",
    "1<br>2",
    "12\\*x",
    "件",
    "012",
]


def test_a_figure_that_is_printed_twice_in_one_cell_is_in_doubt() -> None:
    reading = read(figures=["5", "6", "7", "12 12", "0.3"])
    assert (reading.status, reading.reasons) == (
        "uncertain",
        ["licensing.decisions prints '12 12': one figure or two?"],
    )


@pytest.mark.parametrize("printed", UNREADABLE)
def test_a_printed_cell_that_is_no_plain_figure_is_neither_a_blank_nor_another_figure(printed: str) -> None:
    reading = read(figures=["5", "6", "7", printed, "0.3"])
    cell = next(cell for cell in reading.cells if cell.row == "licensing")
    assert (reading.status, cell.kind, cell.value, cell.implied) == ("uncertain", "text", None, None)
    assert "licensing.decisions" in reading.reasons[0]


MARKED = {
    "a header in another unit": (lambda: read(unit="元"), "gives a unit as 元"),
    "a figure in another unit": (lambda: read(figures=[*FIGURES[:4], "3000元"]), "the form asks for 万元"),
    "a header of another period": (lambda: read(period="上年"), "another period"),
    "label and figure run together, and another figure beside them": (
        lambda: read(SPACES.replace("行政许可  ", "行政许可4 ")),
        "'行政许可4' stands in the table",
    ),
    "a figure broken over two lines": (lambda: read(SPACES, [*FIGURES[:4], "0\n.3"]), "'.3' stands"),
    "a figure wrapped to the next line": (
        lambda: read(SPACES, [*FIGURES[:4], "30\n7"]),
        "'7' stands in the table",
    ),
    "two figures in a cell": (lambda: read(figures=["5", "6", "7", "1  2", "0.3"]), "one figure or two?"),
    "a number below a blank": (lambda: read(SPACES, [*FIGURES[:4], "\n4"]), "does not stand on the line"),
    "a number that a page could have": (
        lambda: read(LINES, [*FIGURES[:4], "2"], pages=("\n1", "\n3")),
        "number of a page",
    ),
}


@pytest.mark.parametrize(("made", "reason"), MARKED.values(), ids=MARKED.keys())
def test_it_is_marked_with_the_reason(made, reason: str) -> None:
    reading = made()
    assert reading.status == "uncertain"
    assert any(reason in one for one in reading.reasons), reading.reasons


def test_a_figure_that_sticks_to_its_label_is_read() -> None:
    reading = read(SPACES.replace("行政许可  ", "行政许可"))
    assert (reading.status, [cell.value for cell in reading.cells]) == ("validated", VALUES)


def test_a_page_number_below_a_row_with_separators_is_not_its_figure() -> None:
    reading = read(figures=[*FIGURES[:4], "\n4"])
    assert (reading.status, reading.cells[-1].kind, reading.cells[-1].value) == ("incomplete", "blank", None)


REVIEW = """行政复议 | 行政诉讼
结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计 | 未经复议直接起诉 | 复议后起诉
结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计 | 结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计
{}"""


def review(figures: list[str], separator: str = " | ", head: str = "", tail: str = "") -> TableReading:
    table = REVIEW.replace(" | ", separator).format(separator.join(figures)) + tail
    text = REPORT.format(head=head, two="见附件。", four=table, page_one="", page_two="")
    return next(reading for reading in judge(text.encode()).tables if reading.key == "review_litigation")


SOUND = ["1", "0", "0", "0", "1", *["0"] * 10]


@pytest.mark.parametrize("mark", ["-", "—", "/", "无"])
def test_a_mark_for_none_where_the_sums_need_a_figure_is_not_overruled(mark: str) -> None:
    reading = review([mark, *SOUND[1:]])
    assert (reading.status, reading.cells[0].implied) == ("uncertain", None)
    assert "where the sums need a figure" in reading.reasons[0]


def test_a_mark_for_none_where_the_sums_need_nought_is_nought() -> None:
    reading = review(["1", "-", "/", "无", "1", *["0"] * 10])
    assert (reading.status, [cell.implied for cell in reading.cells[1:4]]) == ("validated", [0, 0, 0])


# A row that lacks a figure is completed by its sums. If one that is printed may be two, that is no more than
# a guess.
RUN_TOGETHER = {
    "without a space": ["83164", "89", "1", "337", *["0"] * 10],
    "with a space": ["72 64", "178", "37", "351", *["0"] * 10],
    "with nought": ["00", "0", "0", "0", *["0"] * 10],
    "twice": ["1020", "3", "4", *["0"] * 10],
    "before a blank": ["83164", "89", "1", "337", "", *["0"] * 10],
}


@pytest.mark.parametrize("separator", [" | ", "\n"], ids=["cells", "lines"])
@pytest.mark.parametrize("name", RUN_TOGETHER)
def test_figures_that_may_have_run_together_are_in_doubt(name: str, separator: str) -> None:
    """Two figures on a line of their own, where cells are lines, are two: all fifteen are there, every sum
    holds.
    """
    reading = review(RUN_TOGETHER[name], separator)
    if (name, separator) == ("with a space", "\n"):
        assert [cell.value for cell in reading.cells[:5]] == [72, 64, 178, 37, 351]
        assert reading.status == "validated"
    else:
        assert reading.status == "uncertain"


def test_a_blank_total_is_implied_where_no_figure_can_be_two() -> None:
    reading = review(["83", "164", "89", "1", "", *["0"] * 10])
    assert (reading.status, reading.cells[4].implied) == ("validated", 337)


def test_a_page_number_among_lines_is_not_called_a_slip_of_the_organ() -> None:
    reading = review([*SOUND[:5], "4", *SOUND[5:]], separator="\n")
    assert reading.status == "uncertain"


@pytest.mark.parametrize(
    ("leading", "status"), [(0, "validated"), (3, "uncertain")], ids=["the first is blank", "some more are"]
)
def test_a_blank_that_may_stand_for_a_cell_lost_elsewhere_is_in_doubt(leading: int, status: str) -> None:
    """15 | 5 | 123 | 0 | 143 without its third cell, behind blanks: the first of them would make up for it,
    and each figure be a column too far.
    """
    figures = ["", "15", "5", "0", "143", *["0"] * 10]
    reading = review([*[""] * leading, *figures])
    assert reading.status == status
    if status == "validated":
        assert [cell.value for cell in reading.cells][:5] == [None, 15, 5, 0, 143]


@pytest.mark.parametrize("second", [SOUND, ["2", *SOUND[1:4], "2", *SOUND[5:]]], ids=["the same", "another"])
def test_a_table_that_is_printed_twice(second: list[str]) -> None:
    reading = review(SOUND, tail="\n" + REVIEW.format(" | ".join(second)))
    assert reading.status == ("validated" if second == SOUND else "uncertain")


def test_a_running_header_between_head_and_figures_is_left_out() -> None:
    running = "云泽市水务局政府信息公开工作年度报告  {}\n"
    table = REVIEW.format(running.format(2) + " | ".join(SOUND)) + "\n" + running.format(3)
    text = REPORT.format(head=running.format(1), two="见附件。", four=table, page_one="", page_two="")
    assert judge(text.encode()).tables[2].status == "validated"


REPEATED = PIPES.replace("行政许可 | {3}", "行政许可 | {3} | {3} | {3}").replace(
    "规章 | {0}", "规章 | 规章 | {0}"
)


@pytest.mark.parametrize("last", ["1①", "约1", "l", "见附件", "1.2.3"])
def test_a_cell_that_is_no_figure_is_not_made_up_from_the_merged_cell_before_it(last: str) -> None:
    table = REPEATED.replace("行政许可 | {3} | {3} | {3}", f"行政许可 | 12 | 12 | {last}")
    assert read(table).status == "uncertain"


MERGED_2019 = """第二十条第（八）项 | 第二十条第（八）项 | 第二十条第（八）项 | 第二十条第（八）项
信息内容 | 本年新制作数量 | 本年新公开数量 | 对外公开总数量
规章 | 1 | 2 | 3
规范性文件 | 0 | 1 | 2
信息内容 | 上一年项目数量 | 本年增/减 | 处理决定数量
行政许可 | 4 | 5 | 6
其他对外管理服务事项 | 4 | 5 | 6
行政处罚 | 4 | 5 | 6
行政强制 | 4 | 5 | 6
信息内容 | 上一年项目数量 | 上一年项目数量 | 本年增/减
行政事业性收费 | {fees}
信息内容 | 采购项目数量 | 采购项目数量 | 采购总金额
政府集中采购 | 9 | 9 | 7"""


@pytest.mark.parametrize(
    ("fees", "status", "values"),
    [("8 | 8 | 0", "validated", [8, 0]), ("88 | 0", "uncertain", [88, 0])],
    ids=["in each column", "run together"],
)
def test_a_merged_cell_that_may_have_run_together_with_itself_is_in_doubt(
    fees: str, status: str, values: list[int]
) -> None:
    reading = read(MERGED_2019.replace("{fees}", fees))
    assert (reading.status, [cell.value for cell in reading.cells if cell.row == "fees"]) == (status, values)


@pytest.mark.parametrize("table", [PIPES, SPACES, LINES], ids=["pipes", "spaces", "lines"])
def test_the_rest_of_a_figure_on_the_next_line_is_not_dropped(table: str) -> None:
    assert read(table, [*FIGURES[:4], "6689.2\n3"]).status == "uncertain"
    assert read(table, ["5", "6", "7\n1", "12", "0.3"]).status == "uncertain"


ALIGNED = """信息内容              本年制发件数      本年废止件数      现行有效件数
规章                       5                 6                 7
行政规范性文件{blanks}9
信息内容              本年处理决定数量
行政许可                  12
行政处罚                  13
行政强制                  14
信息内容              本年收费金额（单位：万元）
行政事业性收费             0.3"""
PLACES = {
    "below the first column": (20, [9, None, None], "incomplete"),
    "below the second": (38, [None, 9, None], "incomplete"),
    "between the two": (24, None, "uncertain"),
}


@pytest.mark.parametrize(("blanks", "figures", "status"), PLACES.values(), ids=PLACES.keys())
def test_a_figure_amid_blanks_stands_below_a_column_or_in_doubt(
    blanks: int, figures: list[int | None] | None, status: str
) -> None:
    reading = read(ALIGNED.replace("{blanks}", " " * blanks))
    assert reading.status == status
    if figures is not None:
        assert [cell.value for cell in reading.cells if cell.row == "normative_documents"] == figures
