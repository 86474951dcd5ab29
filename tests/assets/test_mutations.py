"""Good reports, damaged or laid out in known ways: what is validated is what was printed. Nothing torn,
moved, glued, numbered or told in another unit is published as another figure.
"""

import re
import unicodedata
from dataclasses import replace
from random import Random

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from assets.document import judge
from assets.model import Number, TableReading
from examples.figures import Figures, Key, number_of
from examples.noise import Noise
from examples.render import FLAVOURS, RARE_FLAVOURS, render
from examples.report import Report, make_report
from examples.shapes import SHAPES, with_own_outcome
from schemas.forms import CellKey


def some(examples: int) -> settings:
    """Settings of a property: so many examples, the same in every run. A smaller seed is no simpler report,
    so that nothing is shrunk.
    """
    phases = (Phase.explicit, Phase.generate)
    return settings(max_examples=examples, derandomize=True, deadline=None, database=None, phases=phases)


seeds = st.integers(0, 10**6)
TWO, THREE, FOUR = "active_disclosure", "applications", "review_litigation"
editions = st.sampled_from(("2021", "2019"))
RUNNING = ("cell_per_line", "cell_per_line_tight", "flat", "wrapped")  # a line may end within a cell


def report_on(key: str, seed: int, edition: str = "2021") -> Report:
    """A report with one table, in which no cell is blank."""
    return make_report(Random(seed), 2022, {key: edition}, "bureau")


def reading(text: str, key: str) -> TableReading:
    """What is read of one table. Every figure has to be where its span says."""
    document = judge(text.encode())
    table = next(table for table in document.tables if table.key == key)
    for cell in table.cells:
        assert cell.start is None or document.raw.text[cell.start : cell.end] == cell.raw
    return table


def figures(table: TableReading) -> dict[CellKey, Number | None]:
    """The figures of a table, printed or implied."""
    return {(c.row, c.column): c.implied if c.value is None else c.value for c in table.cells}


def said(figures: Figures) -> dict[CellKey, Number | None]:
    """What the figures of the one table of a report say, by cell."""
    return {key[1:]: number_of(value) for key, value in figures.items()}


def differing(table: TableReading, expected: dict[CellKey, Number | None]) -> dict[CellKey, object]:
    """The cells of a validated table whose figure is not the one that the document says; of another, none."""
    if table.status != "validated":
        return {}
    read = figures(table)
    return {cell: (read[cell], value) for cell, value in expected.items() if read[cell] != value}


def digits_of_spans(table: TableReading) -> list[str]:
    """Figures whose span holds other digits than the figure."""
    return [
        f"{cell.row}.{cell.column}: {cell.value} from {cell.raw!r}"
        for cell in table.cells
        if cell.value is not None
        and re.sub(r"\D", "", unicodedata.normalize("NFKC", cell.raw)).strip("0")
        != re.sub(r"\D", "", f"{cell.value:.9f}").strip("0")
    ]


# --- rows and columns that the organ added, moved or turned


def shaped_report(shape: str, seed: int, edition: str) -> tuple[Report, Noise]:
    report = report_on(SHAPES[shape].table, seed, edition)
    if shape == "own_outcome":
        report = replace(report, figures=with_own_outcome(Random(seed), report.figures))
    return report, Noise(seed=seed, shapes=(shape,))


@pytest.mark.parametrize("shape", SHAPES)
@some(20)
@given(seeds, editions, st.sampled_from(FLAVOURS))
def test_no_shape_leads_to_a_wrong_figure(shape: str, seed: int, edition: str, flavour: str) -> None:
    report, noise = shaped_report(shape, seed, edition)
    table = reading(render(report, flavour, noise), SHAPES[shape].table)
    assert table.status in ("validated", "uncertain")
    assert differing(table, said(report.figures)) == {}
    assert digits_of_spans(table) == []


@pytest.mark.parametrize("flavour", ["pipes", "tabs", "markdown"])
@pytest.mark.parametrize("shape", SHAPES)
def test_each_shape_is_read_where_cells_are_marked(shape: str, flavour: str) -> None:
    for seed in range(2):
        report, noise = shaped_report(shape, seed, "2021")
        table = reading(render(report, flavour, noise), SHAPES[shape].table)
        assert (table.status, table.reasons) == ("validated", [])
        if shape == "own_outcome":  # no sum of the form holds without the organ's own row
            assert {cell.counted_in for cell in table.added} == {"applications.handled"}
        assert differing(table, said(report.figures)) == {}


@pytest.mark.parametrize("key", [TWO, THREE, FOUR])
@pytest.mark.parametrize("flavour", RARE_FLAVOURS)
@some(8)
@given(seeds, editions)
def test_rare_layouts_are_read_or_doubted(flavour: str, key: str, seed: int, edition: str) -> None:
    report = report_on(key, seed, edition)
    table = reading(render(report, flavour, Noise(seed=seed)), key)
    assert table.status in ("validated", "uncertain")
    assert differing(table, said(report.figures)) == {}


@pytest.mark.parametrize(
    ("flavour", "key"),
    [
        *(("csv", key) for key in (TWO, THREE, FOUR)),
        *(("nested_list", key) for key in (TWO, FOUR)),
        ("heads_together", FOUR),
        ("labels_apart", THREE),
    ],
)
def test_rare_layouts_that_leave_no_doubt_are_read(flavour: str, key: str) -> None:
    for seed in range(3):
        report = report_on(key, seed)
        table = reading(render(report, flavour, Noise(seed=seed)), key)
        assert (table.status, differing(table, said(report.figures))) == ("validated", {})


# --- one figure damaged


def whole_numbers(report: Report, least: int) -> list[Key]:
    return [key for key, value in report.figures.items() if isinstance(value, int) and value >= least]


def printed(report: Report, key: Key, text: str) -> Report:
    """The report with one figure printed as `text`."""
    return replace(report, figures=report.figures | {key: text})


@pytest.mark.parametrize("key", [TWO, THREE, FOUR])
@pytest.mark.parametrize("flavour", RUNNING)
@some(20)
@given(seeds, st.data())
def test_a_figure_torn_over_two_lines_is_whole_or_doubted(
    flavour: str, key: str, seed: int, data: st.DataObject
) -> None:
    report = report_on(key, seed)
    candidates = whole_numbers(report, 10)
    assume(candidates)
    place = data.draw(st.sampled_from(candidates))
    text = f"{report.figures[place]:,}" if data.draw(st.booleans()) else str(report.figures[place])
    at = data.draw(st.integers(1, len(text) - 1))
    torn = printed(report, place, text[:at] + "\n" + text[at:])
    table = reading(render(torn, flavour, Noise(seed=seed)), key)
    assert table.status in ("validated", "uncertain")
    assert differing(table, said(report.figures)) == {}


LIST_NUMBERS = (
    "{}.",
    "{}、",
    "{})",
    "({})",
    "（{}）",
    "{}:",
    "{}：",
    "[{}]",
    "【{}】",
    "第{}",
    "{}．",
    "#{}",
)


@pytest.mark.parametrize("mark", LIST_NUMBERS)
@some(12)
@given(
    seeds,
    st.sampled_from((THREE, FOUR)),
    st.sampled_from(("pipes", "flat", "markdown", "cell_per_line")),
    st.data(),
)
def test_a_list_number_in_a_figures_place_is_never_replaced_by_what_sums_imply(
    mark: str, seed: int, key: str, flavour: str, data: st.DataObject
) -> None:
    report = report_on(key, seed)
    place = data.draw(st.sampled_from(whole_numbers(report, 0)))
    value = report.figures[place]
    assert isinstance(value, int)
    other = printed(report, place, mark.format(value + data.draw(st.integers(1, 9))))
    assert reading(render(other, flavour, Noise(seed=seed)), key).status != "validated"


@pytest.mark.parametrize(
    "mark", [*LIST_NUMBERS, "{}①", "{}*", "{}注", "约{}", "{}余", "近{}", "{}%", "{}以上"]
)
@some(6)
@given(seeds, st.sampled_from(("pipes", "flat", "markdown", "cell_per_line")), st.data())
def test_marks_at_a_figure_that_no_sum_guards(
    mark: str, seed: int, flavour: str, data: st.DataObject
) -> None:
    report = report_on(TWO, seed)
    place = data.draw(st.sampled_from(whole_numbers(report, 0)))
    value = data.draw(st.integers(2, 99))
    table = reading(render(printed(report, place, mark.format(value)), flavour, Noise(seed=seed)), TWO)
    assert differing(table, said(report.figures) | {place[1:]: value}) == {}
    assert table.status != "validated" or (mark[0] not in "约近" and mark[-1] not in "余%上")


@pytest.mark.parametrize("mark", LIST_NUMBERS)
@pytest.mark.parametrize("flavour", ["pipes", "tabs", "markdown", "flat", "aligned_simple", "csv"])
def test_a_list_number_at_a_rows_end_is_none_of_the_next_label(flavour: str, mark: str) -> None:
    rows = ("received", "granted", "refused_process", "unprocessed_publication", "other_other")
    for seed, row in enumerate(rows):
        report = report_on(THREE, seed)
        value = number_of(report.figures[THREE, row, "total"])
        assert value is not None, "no cell is blank"
        other = printed(report, (THREE, row, "total"), mark.format(value + 2))
        assert reading(render(other, flavour, Noise(seed=seed)), THREE).status != "validated"


@pytest.mark.parametrize("key", [THREE, FOUR])
@pytest.mark.parametrize("flavour", ["flat", "cell_per_line", "one_line"])
@some(15)
@given(seeds, st.data())
def test_neighbours_run_together_are_apart_or_doubted(
    flavour: str, key: str, seed: int, data: st.DataObject
) -> None:
    report = report_on(key, seed)
    places = list(report.figures)
    at = data.draw(st.integers(0, len(places) - 2))
    left, right = places[at], places[at + 1]
    assume(left[1] == right[1])
    glued = printed(report, left, f"{report.figures[left]}{report.figures[right]}")
    table = reading(render(printed(glued, right, ""), flavour, Noise(seed=seed)), key)
    assert table.status != "absent"
    assert differing(table, said(report.figures)) == {}


@pytest.mark.parametrize("flavour", ["flat", "cell_per_line", "one_line"])
@some(15)
@given(seeds, st.integers(0, 14))
def test_fourteen_figures_for_fifteen_columns_are_not_placed(flavour: str, seed: int, at: int) -> None:
    report = report_on(FOUR, seed)
    lost = printed(report, list(report.figures)[at], "")
    assert reading(render(lost, flavour, Noise(seed=seed)), FOUR).status == "uncertain"


@pytest.mark.parametrize("pair", ["{}/{}", "{}、{}", "{}；{}", "{}→{}", "{}（{}）", "{}\t{}"])
@some(8)
@given(seeds, st.sampled_from(("pipes", "flat", "markdown", "aligned_simple")), st.data())
def test_two_figures_in_one_cell_are_doubted(pair: str, seed: int, flavour: str, data: st.DataObject) -> None:
    report = report_on(TWO, seed)
    place = data.draw(st.sampled_from(whole_numbers(report, 0)))
    both = printed(report, place, pair.format(data.draw(st.integers(2, 99)), data.draw(st.integers(2, 99))))
    assert reading(render(both, flavour, Noise(seed=seed)), TWO).status == "uncertain"


# --- units

FEE = (TWO, "fees", "amount_10k_yuan")
HEAD = "本年收费金额（单位：万元）"
# What replaces the head of the column, the label of the row, and the figure.
IN_YUAN = [
    (HEAD, "行政事业性收费", "{}元"),
    (HEAD, "行政事业性收费", "{} 元"),
    (HEAD, "行政事业性收费", "{}\n元"),
    (HEAD, "行政事业性收费", "￥{}"),
    (HEAD, "行政事业性收费（元）", "{}"),
    (HEAD, "行政事业性收费（单位：元）", "{}"),
    ("本年收费金额（单位：元）", "行政事业性收费", "{}"),
    ("本年收费金额（元）", "行政事业性收费", "{}"),
    ("本年收费金额\n单位：元", "行政事业性收费", "{}"),
]


@pytest.mark.parametrize(("head", "label", "figure"), IN_YUAN)
@some(12)
@given(
    seeds,
    st.integers(1, 10**7),
    st.sampled_from(("pipes", "flat", "markdown", "cell_per_line", "aligned_simple")),
)
def test_a_fee_in_yuan_is_not_published_in_units_of_ten_thousand(
    head: str, label: str, figure: str, seed: int, yuan: int, flavour: str
) -> None:
    assume("\n" not in figure + head or flavour in RUNNING)
    text = render(printed(report_on(TWO, seed), FEE, figure.format(yuan)), flavour, Noise(seed=seed))
    table = reading(text.replace(HEAD, head).replace("行政事业性收费", label), TWO)
    fee = next((cell for cell in table.cells if cell.row == "fees"), None)
    assert table.status != "validated" or (fee is not None and (fee.value, fee.unit) == (yuan, "元"))


@pytest.mark.parametrize("figure", ["{}万件", "{}万", "{} 万", "{} 万件", "{}千件", "{}\n万件"])
@some(8)
@given(seeds, st.integers(1, 99), st.sampled_from(("flat", "pipes", "cell_per_line", "aligned_simple")))
def test_a_count_in_units_of_ten_thousand_is_not_published_bare(
    figure: str, seed: int, count: int, flavour: str
) -> None:
    assume("\n" not in figure or flavour in RUNNING)
    place = (TWO, "licensing", "decisions")
    text = render(printed(report_on(TWO, seed), place, figure.format(count)), flavour, Noise(seed=seed))
    table = reading(text, TWO)
    times = 1000 if "千" in figure else 10000
    assert table.status != "validated" or figures(table)["licensing", "decisions"] == count * times


# --- what stands between rows

FURNITURE = (
    "- 4 -",
    "第4页 共9页",
    "— 4 —",
    "云泽市水务局2022年政府信息公开工作年度报告",
    "政府信息公开工作年度报告",
    "内部资料",
    "2023/1/22 15:26  云泽市水务局",
    "http://www.example.invalid/art/2023/1/20/art_3.html  3/7",
    "4",
)


@pytest.mark.parametrize("words", FURNITURE)
@pytest.mark.parametrize("key", [TWO, THREE])
@some(10)
@given(seeds, st.sampled_from(("pipes", "tabs", "aligned_simple", "wrapped")), st.data())
def test_furniture_of_pages_between_rows_changes_no_figure(
    key: str, words: str, seed: int, flavour: str, data: st.DataObject
) -> None:
    report = report_on(key, seed)
    lines = render(report, flavour, Noise(seed=seed)).split("\n")
    heading = {TWO: "二、", THREE: "三、收到"}[key]
    start = next(i for i, line in enumerate(lines) if line.lstrip().startswith(heading))
    end = next(i for i, line in enumerate(lines) if line.lstrip().startswith("五、"))
    lines.insert(data.draw(st.integers(start + 4, end - 2)), words)
    table = reading("\n".join(lines), key)
    assert table.status in ("validated", "uncertain")
    assert differing(table, said(report.figures)) == {}


# --- small documents

SECTION_TWO = """云泽市水务局2022年政府信息公开工作年度报告
一、总体情况
全年平稳。
二、主动公开政府信息情况
第二十条第（一）项
信息内容 | 本年制发件数 | 本年废止件数 | 现行有效件数
规章 | 0 | 0 | 0
行政规范性文件 | 3 | 1 | 28
第二十条第（五）项
信息内容 | 本年处理决定数量
行政许可 | 512
第二十条第（六）项
信息内容 | 本年处理决定数量
行政处罚 | 7
行政强制 | 9
第二十条第（八）项
信息内容 | 本年收费金额（单位：万元）
行政事业性收费 | 12.5

五、存在的主要问题及改进情况
更新偏慢。
六、其他需要报告的事项
无。
"""
WHOLE = [0, 0, 0, 3, 1, 28, 512, 7, 9, 12.5]
LINES = SECTION_TWO.replace(" | ", "\n")
# What is changed, and the figures that are then published; None: the document does not tell.
SMALL = {
    "as it is": (SECTION_TWO, [], WHOLE),
    "one cell a line": (LINES, [], WHOLE),
    "a page number below a blank": (SECTION_TWO, [("行政处罚 | 7", "行政处罚 |\n7")], None),
    "a page number below a blank, one cell a line": (LINES, [("行政处罚\n7", "行政处罚\n\n\f4")], None),
    "a number after a blank fee": (LINES, [("收费\n12.5", "收费"), ("五、存在", "12\n五、存在")], None),
    "a number alone that may be the rest of a figure": (SECTION_TWO, [("行政强制", "4\n行政强制")], None),
    "a figure torn at the point": (LINES, [("12.5", "12.\n5")], WHOLE),
    "a figure torn before the point": (LINES, [("12.5", "12\n.5")], None),
    "a figure torn at the comma": (LINES, [("512", "21,\n512")], [*WHOLE[:6], 21512, *WHOLE[7:]]),
    "a rest that begins with nought": (LINES, [("512", "5\n012")], None),
    "a space behind the comma": (SECTION_TWO, [("512", "21, 512")], [*WHOLE[:6], 21512, *WHOLE[7:]]),
    "a space before the point": (SECTION_TWO, [("12.5", "12 .5")], WHOLE),
    "items in another order": (
        SECTION_TWO,
        [("第二十条第（五）项\n信息内容 | 本年处理决定数量\n行政许可 | 512\n", ""),
         ("第二十条第（一）项", "第二十条第（五）项\n信息内容 | 本年处理决定数量\n行政许可 | 512\n第二十条第（一）项")],
        WHOLE,
    ),
    "columns in another order": (
        SECTION_TWO,
        [("本年制发件数 | 本年废止件数", "本年废止件数 | 本年制发件数")],
        [0, 0, 0, 1, 3, 28, 512, 7, 9, 12.5],
    ),
    "two figures for three columns": (SECTION_TWO.replace(" | ", " "), [("文件 3 1 28", "文件 3 28")], None),
    "a figure in the label's cell, too": (SECTION_TWO, [("行政处罚 |", "行政处罚 45 |")], None),
    "a row left out": (SECTION_TWO, [("行政强制 | 9\n", "")], None),
    "a fee of nought yuan": (SECTION_TWO, [("12.5", "0元")], [*WHOLE[:-1], 0]),
    "a fee of nought in yuan": (SECTION_TWO, [("12.5", "￥0.00")], [*WHOLE[:-1], 0]),
    "batches": (SECTION_TWO, [("512", "512批次"), ("罚 | 7", "罚 | 7家")], WHOLE),
    "a watermark within a figure": (SECTION_TWO, [("512", "5 水印2023 12")], None),
    "a column of units": (SECTION_TWO, [("12.5", "125000 | 元")], None),
    "a row of the organ's own": (SECTION_TWO, [("行政强制 |", "行政检查 | 44\n行政强制 |")], WHOLE),
    "a unit for the table's foot": (SECTION_TWO, [("| 12.5", "| 125000\n注：收费的单位为元。")], None),
}  # fmt: skip


@pytest.mark.parametrize(("text", "changes", "expected"), SMALL.values(), ids=SMALL.keys())
def test_small_documents(
    text: str, changes: list[tuple[str, str]], expected: list[Number | None] | None
) -> None:
    for old, new in changes:
        assert text.count(old) == 1 or new == "", f"{old} has one place"
        text = text.replace(old, new)
    table = reading(text, TWO)
    if expected is None:
        assert table.status in ("uncertain", "incomplete")
    else:
        assert (table.status, [cell.value for cell in table.cells]) == ("validated", expected)


REVIEW = """四、政府信息公开行政复议、行政诉讼情况
行政复议 | 行政诉讼
结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计 | 未经复议直接起诉 | 复议后起诉
结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计 | 结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计
3 | 1 | 0 | 0 | 4 | 0 | 2 | 0 | 1 | 3 | 5 | 0 | 6 | 0 | 11
"""


def test_of_two_reports_in_one_file_none_lends_its_figures_to_the_other() -> None:
    """The first has no table of section four, the second has."""
    second = SECTION_TWO.replace("水务局", "民政局").replace("五、存在", f"{REVIEW}五、存在")
    tables = judge((SECTION_TWO + second).encode()).tables
    assert [table.key for table in tables if table.status == "validated"] in ([], [TWO])
    assert next(table.status for table in tables if table.key == FOUR) != "validated"


@pytest.mark.parametrize("rows", [1, 2, 3])
@pytest.mark.parametrize("flavour", ["pipes", "tabs", "aligned_simple", "markdown", "cell_per_line"])
def test_a_table_cut_after_its_first_rows_is_not_absent(flavour: str, rows: int) -> None:
    text = render(report_on(THREE, 3), flavour, Noise())
    labels = ("上年结转政府信息公开申请数量", "予以公开", "部分公开")
    cut = text[: text.rindex("\n", 0, text.index(labels[rows - 1], text.index("自然人")))]
    assert reading(cut + "\n", THREE).status in ("uncertain", "incomplete")
