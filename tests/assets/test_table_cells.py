"""The three tables out of small documents made by hand: every flavour, every difficulty, and what is doubted
instead of guessed.
"""

import pytest

from assets.document import judge
from assets.model import TableReading
from schemas.forms import CellKey, forms

TITLE = "云泽市水务局2023年政府信息公开工作年度报告\n一、总体情况\n全年平稳。\n"
HEADINGS = {
    "active_disclosure": ("二、主动公开政府信息情况\n", "\n三、收到和处理政府信息公开申请情况\n"),
    "applications": ("三、收到和处理政府信息公开申请情况\n", "\n四、政府信息公开行政复议、行政诉讼情况\n"),
    "review_litigation": (
        "四、政府信息公开行政复议、行政诉讼情况\n",
        "\n五、存在的主要问题及改进情况\n更新偏慢。\n六、其他需要报告的事项\n无。\n",
    ),
}


def read(key: str, table: str) -> TableReading:
    """The reading of one table in a report that has only this one. Every figure has to be where its span
    says.
    """
    before, after = HEADINGS[key]
    text = f"{TITLE}{before}{table}{after}"
    judgement = judge(text.encode())
    assert [t.key for t in judgement.tables] == ["active_disclosure", "applications", "review_litigation"]
    assert [t.key for t in judgement.tables if t.status != "absent"] in ([key], [])
    reading = next(t for t in judgement.tables if t.key == key)
    for cell in reading.cells:
        assert cell.start is None or text[cell.start : cell.end] == cell.raw
        assert (cell.kind == "number") == (cell.value is not None)
        assert cell.kind in ("number", "blank") or cell.raw
    return reading


def values(reading: TableReading) -> list[int | float | None]:
    return [cell.value for cell in reading.cells]


# review_litigation, in every flavour

REVIEW = [3, 1, 0, 0, 4, 0, 2, 0, 1, 3, 0, 0, 0, 0, 0]
OUTCOMES = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
SHORT = ["结果", "结果", "其他", "尚未", "总计"]


def review(figures: list, separator: str = " | ", outcomes: list[str] = OUTCOMES, end: str = "") -> str:
    """The table as four rows of cells, merged cells printed once."""
    rows = [
        ["行政复议", "行政诉讼"],
        [*outcomes, "未经复议直接起诉", "复议后起诉"],
        outcomes * 2,
        [str(figure) for figure in figures],
    ]
    return "\n".join(separator.join(row) + end for row in rows)


WIDE = "\n".join(
    [
        "                行政复议                                            行政诉讼",
        "                                          未经复议直接起诉                    复议后起诉",
        " 结果    结果    其他    尚未    总计    结果    结果    其他    尚未    总计    结果    结果    其他    尚未    总计",
        " 维持    纠正    结果    审结            维持    纠正    结果    审结            维持    纠正    结果    审结",
        "  3       1       0       0       4       0       2       0       1       3       0       0 "
        "      0       0       0",
    ]
)
REPEATED = "\n".join(
    " | ".join(row) + " |"
    for row in (
        ["行政复议"] * 5 + ["行政诉讼"] * 10,
        OUTCOMES + ["未经复议直接起诉"] * 5 + ["复议后起诉"] * 5,
        OUTCOMES * 3,
        [str(figure) for figure in REVIEW],
    )
)
MARKDOWN = (
    "| 行政复议 | | | | | 行政诉讼 | | | | | | | | | |\n|" + " --- |" * 15 + "\n"
    "| 结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计 | 未经复议直接起诉 | | | | | 复议后起诉 | | | | |\n"
    "| | | | | | " + " | ".join(OUTCOMES * 2) + " |\n| " + " | ".join(map(str, REVIEW)) + " |\n"
)
ROWWISE = "\n\n".join(
    "| "
    + " | ".join(f"列{i}" for i in range(len(row)))
    + " |\n|"
    + " --- |" * len(row)
    + "\n| "
    + " | ".join(row)
    + " |"
    for row in (
        ["行政复议", "行政诉讼"],
        [*OUTCOMES, "未经复议直接起诉", "复议后起诉"],
        OUTCOMES * 2,
        [str(figure) for figure in REVIEW],
    )
)
NUMBERED = ROWWISE
for i in range(15):
    NUMBERED = NUMBERED.replace(f"列{i} ", f"{i} ")
BOX = "┌" + "─┬" * 14 + "─┐\n" + review(REVIEW, "│", end="│").replace("\n", "\n│") + "\n└" + "─┴" * 14 + "─┘"
FLAVOURS = {
    "pipes": review(REVIEW),
    "pipes that end each row": review(REVIEW, end=" |"),
    "tight pipes": review(REVIEW, "|", end="||"),
    "tabs": review(REVIEW, "\t"),
    "tabs that end each row": review(REVIEW, "\t", end="\t\t"),
    "spaces": review(REVIEW, " "),
    "one cell a line": review(REVIEW, "\n"),
    "one cell every other line": review(REVIEW, "\n\n").replace("总计\n行政", "总计\n\n行政"),
    "columns held by spaces": WIDE,
    "merged cells repeated": REPEATED,
    "markdown": MARKDOWN,
    "a markdown table a row": ROWWISE,
    "markdown with numbered heads": NUMBERED,
    "a drawn box": BOX,
    "one line": review(REVIEW, " ").replace("\n", " "),
    "one line of pipes": review(REVIEW, " | ").replace("\n", " | "),
    "one line of pipes, rows joined by a space": review(REVIEW, " | ").replace("\n", " "),
    "truncated heads": review(REVIEW, outcomes=SHORT),
    "heads with spaces": review(
        REVIEW, outcomes=["结果 维持", "结果 纠正", "其他 结果", "尚未 审结", "总 计"]
    ),
    "traditional script": review(REVIEW).replace("行政复议", "行政複議").replace("行政诉讼", "行政訴訟"),
    "after prose with figures": "全年发生行政复议4件，行政诉讼3件。\n" + review(REVIEW),
    "before prose with figures": review(REVIEW) + "\n注：以上共7件，其中2件纠正。",
    "a page number below": review(REVIEW) + "\n- 12 -\n",
    "full-width figures": review(
        [str(figure).translate(str.maketrans("01234", "０１２３４")) for figure in REVIEW]
    ),
    "units": review([f"{figure}件" for figure in REVIEW]),
    "no-break spaces": review(REVIEW).replace(" 3 ", "\xa03\xa0").replace(" 0 ", " \u3000 0 "),
}


@pytest.mark.parametrize("table", FLAVOURS.values(), ids=FLAVOURS.keys())
def test_a_small_table_in_every_flavour(table: str) -> None:
    reading = read("review_litigation", table)
    assert (reading.status, reading.reasons, values(reading)) == ("validated", [], REVIEW)
    assert {cell.unit for cell in reading.cells} == {"件"}
    assert {cell.kind for cell in reading.cells} == {"number"}


@pytest.mark.parametrize("prose", ["下一步，将按季度通报。", "2024年，我局将继续努力。"])
@pytest.mark.parametrize("pad", ["", "||||"])
def test_prose_that_runs_on_after_the_last_figure_takes_nothing_with_it(prose: str, pad: str) -> None:
    """On one line the last cell and the prose behind it may share a cell; no figure may shift or get lost for
    that.
    """
    for figures in (REVIEW, [0] * 15, [1, 1, 0, 0, 2, *[0] * 6, 1, 0, 0, 1]):
        line = (
            review(figures, outcomes=SHORT, end=f" | {pad}" if pad else " |").replace("\n", " ").rstrip(" |")
            + " "
            + prose
        )
        text = TITLE.replace("\n", " ") + HEADINGS["review_litigation"][0].strip() + " " + line
        reading = judge(text.encode()).tables[2]
        assert reading.status in ("validated", "uncertain")
        if reading.status == "validated":
            assert values(reading) == figures


# Kinds, units, signs

BLANKS = [3, "", 1, "", 4]
OLD = forms()["2019"].tables["active_disclosure"]
NEW = forms()["2021"].tables["active_disclosure"]


def disclosure(edition: str, figures: dict[CellKey, object], separator: str = " | ", extra: str = "") -> str:
    """The table of section two with zeros where `figures` says nothing else: a head and its rows for each run
    of rows with the same columns.
    """
    table = forms()[edition].tables["active_disclosure"]
    lines, last = [], None
    for row in table.rows:
        if row.cells != last:
            lines += [
                row.item or "",
                separator.join(["信息内容", *(table.column(column).label for column in row.cells)]),
            ]
            last = row.cells
        lines.append(
            separator.join([row.label, *(str(figures.get((row.key, column), 0)) for column in row.cells)])
        )
        if row.key == "normative_documents" and extra:
            lines.append(extra)
    return "\n".join(lines)


PRINTED: list[tuple[str, str, tuple]] = [
    # edition, what is printed for fees or procurement.amount or licensing.change, (kind, value, raw, unit)
    ("fees", "96171.6", ("number", 96171.6, "96171.6", "万元")),
    ("fees", "1,234.50", ("number", 1234.5, "1,234.50", "万元")),
    ("fees", "１２，３４５．６", ("number", 12345.6, "１２，３４５．６", "万元")),
    ("fees", "0.3万元", ("number", 0.3, "0.3", "万元")),
    ("fees", "12 345", ("number", 12345, "12 345", "万元")),
    ("fees", "/", ("slash", None, "/", "万元")),
    ("fees", "-", ("dash", None, "-", "万元")),
    ("fees", "—", ("dash", None, "—", "万元")),
    ("fees", "——", ("dash", None, "——", "万元")),
    ("fees", "无", ("text", None, "无", "万元")),
    ("fees", "", ("blank", None, "", "万元")),
    ("fees", "&nbsp;", ("blank", None, "", "万元")),
    ("licensing", "43件", ("number", 43, "43", "件")),
    ("licensing", "43宗", ("number", 43, "43", "件")),
    ("licensing", "1,043", ("number", 1043, "1,043", "件")),
    ("licensing", "1 043 件", ("number", 1043, "1 043", "件")),
    ("change", "+1036", ("number", 1036, "+1036", "项")),
    ("change", "＋1036", ("number", 1036, "＋1036", "项")),
    ("change", "-2", ("number", -2, "-2", "项")),
    ("change", "－2", ("number", -2, "－2", "项")),
    ("change", "−2", ("number", -2, "−2", "项")),
    ("change", "- 2", ("number", -2, "- 2", "项")),
    ("change", "-2项", ("number", -2, "-2", "项")),
    ("amount", "251000元", ("number", 251000, "251000", "元")),
    ("amount", "12.5万元", ("number", 12.5, "12.5", "万元")),
    ("amount", "12.5", ("number", 12.5, "12.5", None)),
]
CELLS = {
    "fees": ("2021", ("fees", "amount_10k_yuan")),
    "licensing": ("2021", ("licensing", "decisions")),
    "change": ("2019", ("licensing", "change")),
}
CELLS["amount"] = ("2019", ("procurement", "amount"))


@pytest.mark.parametrize(
    ("cell", "text", "expected"), PRINTED, ids=[f"{cell} {text}" for cell, text, _ in PRINTED]
)
@pytest.mark.parametrize("separator", [" | ", "\t"], ids=["pipes", "tabs"])
def test_what_is_printed_in_a_cell_and_what_it_is(
    cell: str, text: str, expected: tuple, separator: str
) -> None:
    edition, key = CELLS[cell]
    reading = read("active_disclosure", disclosure(edition, {key: text}, separator))
    found = next(c for c in reading.cells if (c.row, c.column) == key)
    assert (found.kind, found.value, found.raw, found.unit) == expected
    assert (reading.edition, reading.status) == (
        edition,
        "validated" if expected[0] == "number" else "incomplete",
    )
    assert [c.value for c in reading.cells if (c.row, c.column) != key] == [0] * (len(reading.cells) - 1)
    assert found.implied is None


@pytest.mark.parametrize("text", ["1,23", "1.2.3", "2023年", "约30", "9" * 100_000, "9" * 40, "12/13"])
def test_what_is_no_figure_is_doubted(text: str) -> None:
    reading = read("active_disclosure", disclosure("2021", {("licensing", "decisions"): text}))
    assert reading.status == "uncertain"
    assert next(cell.value for cell in reading.cells if cell.row == "licensing") is None
    assert all(len(reason) < 300 for reason in reading.reasons)
    assert reading.reasons


@pytest.mark.parametrize("text", ["251000元", "251,000 元", "2.51亿元"])
def test_an_amount_in_another_unit_than_the_column_is_shown_with_it_and_doubted(text: str) -> None:
    reading = read("active_disclosure", disclosure("2021", {("fees", "amount_10k_yuan"): text}))
    fee = reading.cells[-1]
    assert reading.status == "uncertain"
    assert any("元" in reason for reason in reading.reasons)
    assert (fee.kind, fee.unit, f"{fee.raw}{fee.unit}") == (
        "number",
        text.lstrip("0123456789., "),
        text.replace(" ", ""),
    )


@pytest.mark.parametrize(("text", "row"), [("-1", "licensing"), ("2.5", "licensing"), ("-0.5", "fees")])
def test_a_figure_of_the_wrong_type_breaks_the_table(text: str, row: str) -> None:
    key = next(cell for cell in NEW.cells if cell[0] == row)
    reading = read("active_disclosure", disclosure("2021", {key: text}))
    assert (reading.status, [(v.rule, v.cells, v.reported) for v in reading.violations]) == (
        "inconsistent",
        [("active_disclosure.count", [key], float(text))],
    )


@pytest.mark.parametrize(
    "separator",
    [" | ", "\t", "  ", "\n", "\n\n"],
    ids=["pipes", "tabs", "spaces", "lines", "every other line"],
)
@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_the_table_of_section_two_in_either_edition(edition: str, separator: str) -> None:
    table = forms()[edition].tables["active_disclosure"]
    figures = {cell: 7 + 3 * i for i, cell in enumerate(table.cells)}
    reading = read("active_disclosure", disclosure(edition, figures, separator))
    assert (reading.status, reading.edition, reading.reasons) == ("validated", edition, [])
    assert {(cell.row, cell.column): cell.value for cell in reading.cells} == figures


@pytest.mark.parametrize("label", ["其他主动公开文件", "党内法规汇编目录"])
def test_a_row_that_the_organ_added_is_kept_out_of_the_figures_of_the_form(label: str) -> None:
    table = disclosure("2021", {("regulations", "issued"): 2}, extra=f"{label} | 8 | 9 | 10")
    reading = read("active_disclosure", table)
    assert (reading.status, values(reading)) == ("validated", [2, *[0] * 9])


def test_an_added_row_of_other_width_is_doubted() -> None:
    reading = read("active_disclosure", disclosure("2021", {}, extra="党内法规汇编目录 | 8 | 9"))
    assert reading.status == "uncertain"
    assert "'8' stands in the table" in reading.reasons[0]


# applications


def applications(
    edition: str,
    figures: dict[CellKey, object],
    separator: str = " | ",
    without: str = "",
    swap: tuple[str, str] = ("", ""),
) -> str:
    """The table of section three, merged cells printed once; zeros where `figures` says nothing else."""
    table = forms()[edition].tables["applications"]
    heads = [column.label for column in table.columns]
    if swap[0]:
        i, k = heads.index(swap[0]), heads.index(swap[1])
        heads[i], heads[k] = heads[k], heads[i]
    lines = [
        separator.join(["申请人情况"]),
        separator.join([heads[0], "法人或其他组织", heads[6]]),
        separator.join(heads[1:6]),
    ]
    above: tuple[str, ...] = ()
    for row in table.rows:
        new = [label for depth, label in enumerate(row.under) if above[: depth + 1] != row.under[: depth + 1]]
        above = row.under
        if row.key != without:
            lines.append(
                separator.join(
                    [*new, row.label, *(str(figures.get((row.key, column), 0)) for column in row.cells)]
                )
            )
    return "\n".join(lines)


SEVEN = ("natural_person", "business", "research", "social_welfare", "legal_service", "other_org", "total")


def row_of(key: str, *figures: object) -> dict[CellKey, object]:
    return dict(zip(((key, column) for column in SEVEN), figures, strict=True))


BALANCED = (
    row_of("received", 20, 4, 0, 0, 1, 0, 25)
    | row_of("carried_in", 2, 0, 0, 0, 0, 0, 2)
    | row_of("granted", 11, 3, 0, 0, 1, 0, 15)
    | row_of("refused_state_secret", 1, 0, 0, 0, 0, 0, 1)
    | row_of("unavailable_not_held", 8, 0, 0, 0, 0, 0, 8)
    | row_of("total_handled", 20, 3, 0, 0, 1, 0, 24)
    | row_of("carried_out", 2, 1, 0, 0, 0, 0, 3)
)


def expected(edition: str, figures: dict[CellKey, object]) -> list[object]:
    return [figures.get(cell, 0) for cell in forms()[edition].tables["applications"].cells]


@pytest.mark.parametrize(
    "separator",
    [" | ", "|", "\t", "   ", " ", "\n", "\n\n"],
    ids=["pipes", "tight", "tabs", "spaces", "flat", "lines", "every other line"],
)
@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_the_table_of_section_three_in_either_edition(edition: str, separator: str) -> None:
    reading = read("applications", applications(edition, BALANCED, separator))
    assert (reading.status, reading.edition, reading.reasons) == ("validated", edition, [])
    assert values(reading) == expected(edition, BALANCED)
    assert reading.violations == []


LABELS = {
    "1、": ("1.", "1、"),
    "half-width brackets": ("（", "("),
    "straight quotes": ("“三安全一稳定”", '"三安全一稳定"'),
    "no quotes": ("“三安全一稳定”", "三安全一稳定"),
    "a typo": ("属于三类内部事务信息", "属于三类内容事务信息"),
    "a character doubled": ("属于四类过程性信息", "属于四类过程性性信息"),
    "characters dropped": ("其他法律行政法规禁止公开", "其他法律行政止公开"),
    "a typo of another kind": ("没有现成信息需要另行制作", "没有现成信息须要另行制作"),
    "bare total": ("（七）总计", "总计"),
    "a filling note": ("（一）予以公开", "（一）予以公开（含视频）"),
    "a note with a figure in it": ("（一）予以公开", "（一）予以公开（截至12月31日）"),
    "spaces inside": ("重复申请", "重 复 申 请"),
    "the short form of part": ("（区分处理的，只计这一情形，不计其他情形）", ""),
    "a page number within": ("要求行政机关确认或重新出具", "要求行政机关确认 - 4 - 或重新出具"),
    "a worded page number within": ("要求行政机关确认或重新出具", "要求行政机关确认 第4页 共9页 或重新出具"),
    "a page number between rows": ("\n2.重复申请", "\n- 4 -\n2.重复申请"),
    "a page number of words between rows": ("\n2.重复申请", "\n第 4 页\n2.重复申请"),
    "商业 企业": ("商业企业", "商业 企业"),
    "a zero-width space": ("重复申请", "重复\u200b申请"),
}


@pytest.mark.parametrize(("old", "new"), LABELS.values(), ids=LABELS.keys())
@pytest.mark.parametrize("separator", [" | ", "\t", "\n", "   "], ids=["pipes", "tabs", "lines", "spaces"])
def test_labels_as_people_and_machines_print_them(old: str, new: str, separator: str) -> None:
    table = applications("2021", BALANCED, separator)
    assert old in table
    if separator == "   ":
        new = new.replace(" ", "  ") if old != "商业企业" else new
    reading = read("applications", table.replace(old, new))
    assert (reading.status, reading.reasons) == ("validated", [])
    assert values(reading) == expected("2021", BALANCED)


def test_rows_shifted_by_a_cell() -> None:
    lines = applications("2021", BALANCED, " | ").split("\n")
    for i, move in ((5, " | "), (9, " |  | "), (14, " | ")):
        lines[i] = move.lstrip(" ") + lines[i]
    reading = read("applications", "\n".join(lines))
    assert (reading.status, values(reading)) == ("validated", expected("2021", BALANCED))


def test_a_label_wrapped_above_and_below_its_figures() -> None:
    lines = applications("2021", BALANCED, "   ").split("\n")
    at = next(i for i, line in enumerate(lines) if "5.要求行政机关" in line)
    figures = lines[at].split("已获取信息")[1]
    lines[at : at + 1] = ["5.要求行政机关确认或", " " * 20 + figures, "重新出具已获取信息"]
    reading = read("applications", "\n".join(lines))
    assert (reading.status, values(reading)) == ("validated", expected("2021", BALANCED))


def test_a_table_cut_over_two_pages_that_prints_its_head_again() -> None:
    lines = applications("2021", BALANCED, " | ").split("\n")
    reading = read("applications", "\n".join([*lines[:14], "第 4 页", "", *lines[:3], *lines[14:]]))
    assert (reading.status, values(reading)) == ("validated", expected("2021", BALANCED))


# Doubt

DOUBTS = {
    "a header in another order than its figures": (
        applications("2021", BALANCED, swap=("自然人", "总计")),
        "another order",
    ),
    "a row with figures is missing": (applications("2021", BALANCED, without="granted"), "granted"),
    "a figure too many": (
        applications("2021", BALANCED).replace("2.重复申请 | 0", "2.重复申请 | 0 | 5"),
        "unprocessed_repeat",
    ),
    "an added row that breaks the sums": (
        applications("2021", BALANCED).replace(
            "\n2.重复申请 | 0 | 0 | 0 | 0 | 0 | 0 | 0",
            "\n9.属于工作秘密 | 1 | 0 | 0 | 0 | 0 | 0 | 1\n2.重复申请 | 1 | 0 | 0 | 0 | 0 | 0 | 1",
        ),
        "9.属于工作秘密",
    ),
    "labels without figures": (
        "\n".join(line.split(" | 0")[0] for line in applications("2021", {}).split("\n")),
        "no figure",
    ),
    "a figure that is none": (
        applications("2021", BALANCED).replace("2.重复申请 | 0", "2.重复申请 | 1,00"),
        "1,00",
    ),
}


@pytest.mark.parametrize(("table", "words"), DOUBTS.values(), ids=DOUBTS.keys())
def test_where_it_is_not_sure_the_table_is_uncertain_and_says_why(table: str, words: str) -> None:
    reading = read("applications", table)
    assert reading.status == "uncertain"
    assert any(words in reason for reason in reading.reasons), reading.reasons


def test_the_columns_are_those_that_the_header_names() -> None:
    reading = read("applications", applications("2021", BALANCED, swap=("商业企业", "科研机构")))
    right = read("applications", applications("2021", BALANCED))
    other = {"business": "research", "research": "business"}
    swapped = {(cell.row, other.get(cell.column, cell.column)): cell.value for cell in right.cells}
    assert (reading.status, {(cell.row, cell.column): cell.value for cell in reading.cells}) == (
        "validated",
        swapped,
    )


def test_a_row_that_the_organ_left_out_is_blank() -> None:
    reading = read("applications", applications("2021", BALANCED, without="refused_admin_query"))
    left_out = [(cell.value, cell.implied) for cell in reading.cells if cell.row == "refused_admin_query"]
    assert (reading.status, left_out) == ("validated", [(None, 0)] * 7)


def test_a_row_of_which_is_added_need_not_be_in_the_sums() -> None:
    row = "其中：网络申请数量 | 1 | 0 | 0 | 0 | 0 | 0 | 1"
    table = applications("2021", BALANCED)
    reading = read("applications", table.replace("\n二、上年结转", f"\n{row}\n二、上年结转"))
    assert (reading.status, values(reading)) == ("validated", values(read("applications", table)))


def flat_row(*figures: int) -> str:
    return (
        "行政复议 行政诉讼 "
        + " ".join([*OUTCOMES, "未经复议直接起诉", "复议后起诉", *OUTCOMES * 2])
        + " "
        + " ".join(map(str, figures))
    )


def test_dropped_blanks_are_placed_where_the_sums_leave_one_way() -> None:
    table = applications("2021", BALANCED, " ").replace("carried", "")
    line = next(line for line in table.split("\n") if "予以公开" in line)
    reading = read("applications", table.replace(line, line.replace("11 3 0 0 1 0 15", "11 3 1 15")))
    granted = [cell for cell in reading.cells if cell.row == "granted"]
    assert reading.status in ("validated", "uncertain")
    assert [(cell.value, cell.implied) for cell in granted] == [
        (11, None),
        (3, None),
        (None, 0),
        (None, 0),
        (1, None),
        (None, 0),
        (15, None),
    ]
    assert [cell.value for cell in reading.cells if cell.row != "granted"] == [
        value
        for cell, value in zip(
            forms()["2021"].tables["applications"].cells, expected("2021", BALANCED), strict=True
        )
        if cell[0] != "granted"
    ]


@pytest.mark.parametrize("figures", [(1, 1), (5, 5, 2, 2), (1, 2, 3), (4,), (0, 0, 0, 1, 1), (0,) * 14])
def test_dropped_blanks_are_doubted_where_there_are_several_ways(figures: tuple[int, ...]) -> None:
    reading = read("review_litigation", flat_row(*figures))
    assert reading.status == "uncertain"
    assert reading.reasons


def test_blank_cells_that_a_grid_shows_stay_in_their_columns() -> None:
    reading = read("review_litigation", review([3, "", 1, "", 4, *[""] * 5, 0, 0, 0, 0, 0], end=" |"))
    assert values(reading) == [3, None, 1, None, 4, *[None] * 5, 0, 0, 0, 0, 0]
    assert [(cell.column, cell.implied) for cell in reading.cells if cell.implied is not None] == [
        ("corrected", 0),
        ("pending", 0),
    ]
    assert reading.status == "incomplete"
    assert [(v.rule, v.outcome, v.cells[0]) for v in reading.violations] == [
        ("review_litigation.total", "undecided", ("litigation_direct", "upheld"))
    ]


def test_a_total_whose_parts_are_blank_and_parts_whose_total_is() -> None:
    reading = read(
        "review_litigation", review([1, 2, "", "", "", "", "", "", "", 0, 0, 0, 0, 0, 0], end=" |")
    )
    assert (reading.status, [cell.implied for cell in reading.cells[5:9]]) == ("incomplete", [0, 0, 0, 0])
    reading = read(
        "review_litigation", review([1, 2, 0, 0, "", "-", "-", "/", "/", 0, 0, 0, 0, 0, "无"], end=" |")
    )
    assert (reading.status, [cell.implied for cell in reading.cells if cell.value is None]) == (
        "validated",
        [3, 0, 0, 0, 0, 0],
    )
    assert [cell.kind for cell in reading.cells] == ["number"] * 4 + [
        "blank",
        "dash",
        "dash",
        "slash",
        "slash",
    ] + ["number"] * 5 + ["text"]


# Rules, absence, editions


def test_a_published_table_that_prints_a_total_of_zero_over_ten_and_one() -> None:
    reading = read("review_litigation", review([10, 1, 0, 0, 0, *[0] * 10]))
    assert (reading.status, values(reading)) == ("inconsistent", [10, 1, 0, 0, 0, *[0] * 10])
    assert reading.reasons == ["复议诉讼 行政复议: 结果维持 10 + 结果纠正 1 = 11; but 总计 0"]
    violation = reading.violations[0]
    assert (violation.rule, violation.expected, violation.reported) == ("review_litigation.total", 11, 0)


def test_a_table_that_does_not_add_up_says_which_sums() -> None:
    reading = read(
        "applications", applications("2021", BALANCED | row_of("carried_out", 3, 1, 0, 0, 0, 0, 3))
    )
    assert (reading.status, reading.reasons) == (
        "inconsistent",
        [
            "申请情况 自然人: 一、本年新收政府信息公开申请数量 20 + 二、上年结转政府信息公开申请数量 2 = 22; "
            "but （七）总计 20 + 四、结转下年度继续办理 3 = 23",
            "申请情况 四、结转下年度继续办理: 自然人 3 + 商业企业 1 = 4; but 总计 3",
        ],
    )
    assert {violation.suspect for violation in reading.violations} == {("carried_out", "natural_person", 2)}


@pytest.mark.parametrize("key", list(HEADINGS))
@pytest.mark.parametrize(
    "between", ["", "见附件。", "全年主动公开规范性文件9件，收到申请3件，行政复议0件。", "（表格略）"]
)
def test_a_lost_table_is_absent_not_zero(key: str, between: str) -> None:
    reading = read(key, between)
    assert (reading.status, reading.edition, list(reading.cells), reading.violations) == (
        "absent",
        None,
        [],
        [],
    )


def test_headings_that_follow_each_other_have_no_tables() -> None:
    text = TITLE + "".join(HEADINGS[key][0] for key in HEADINGS) + HEADINGS["review_litigation"][1]
    assert [table.status for table in judge(text.encode()).tables] == ["absent"] * 3


@pytest.mark.parametrize(
    ("two", "three"), [("2019", "2019"), ("2021", "2021"), ("2021", "2019"), ("2019", "2021")]
)
def test_the_edition_is_told_table_by_table(two: str, three: str) -> None:
    text = (
        TITLE
        + HEADINGS["active_disclosure"][0]
        + disclosure(two, {})
        + "\n"
        + HEADINGS["applications"][0]
        + applications(three, BALANCED)
    )
    text += "\n" + HEADINGS["review_litigation"][0] + review(REVIEW) + HEADINGS["review_litigation"][1]
    tables = judge(text.replace("全年平稳", "依据国办公开办函〔2019〕60号编制").encode()).tables
    assert [(table.status, table.edition, len(table.cells)) for table in tables] == [
        ("validated", two, 22 if two == "2019" else 10),
        ("validated", three, 161 if three == "2019" else 175),
        ("validated", None, 15),
    ]


def test_a_table_under_the_wrong_heading_or_none_is_found() -> None:
    text = (
        TITLE
        + applications("2021", BALANCED)
        + "\n"
        + HEADINGS["review_litigation"][0]
        + review(REVIEW)
        + HEADINGS["review_litigation"][1]
    )
    tables = judge(text.encode()).tables
    assert [table.status for table in tables] == ["absent", "validated", "validated"]
    assert values(tables[1]) == expected("2021", BALANCED)


SPACED = (
    "信息内容 本年制发件数 本年废止件数 现行有效件数 规章 {regulations} 行政规范性文件 {documents} 信息内容 本年处理决定数量 行政许可 43 "
    "行政处罚 1 行政强制 2 信息内容 本年收费金额（单位：万元） 行政事业性收费 1.74"
)


@pytest.mark.parametrize("dash", ["-", "—", "－"])
@pytest.mark.parametrize("extra", ["", " 其他主动公开文件 18 18 18"])
def test_three_cells_that_look_like_a_page_number_are_no_other_figures(dash: str, extra: str) -> None:
    """`- 3 -` amid words may be a page number. Where the row has no other figures it is not; in doubt nothing
    is published.
    """
    reading = read(
        "active_disclosure", SPACED.format(regulations="0 0 0", documents=f"{dash} 3 {dash}{extra}")
    )
    assert reading.status in ("incomplete", "uncertain")
    if reading.status == "incomplete":
        assert [(cell.kind, cell.value) for cell in reading.cells[3:6]] == [
            ("dash", None),
            ("number", 3),
            ("dash", None),
        ]


def test_a_page_number_between_a_label_and_its_figures_is_none_of_them() -> None:
    reading = read("active_disclosure", SPACED.format(regulations="0 0 0", documents="第 3 页 7 8 9"))
    assert (reading.status, values(reading)[3:6]) == ("validated", [7, 8, 9])


@pytest.mark.parametrize("separator", [" ", "\n", "\t", " | "], ids=["flat", "lines", "tabs", "pipes"])
def test_the_figures_of_an_extra_row_are_not_those_of_a_blank_row_above_it(separator: str) -> None:
    table = SPACED.format(regulations="0 0 0", documents="其他主动公开文件 18 18 18").replace(" ", separator)
    reading = read("active_disclosure", table)
    assert reading.status in ("incomplete", "uncertain")
    assert {cell.value for cell in reading.cells[3:6]} == {None} or reading.status == "uncertain"


# active_disclosure, printed in two pieces

DECISIONS = """一、主动公开政府信息情况
第二十条第(五)项
信息内容 本年处理决定数量
行政许可 97
第二十条第(六)项
信息内容 本年处理决定数量
行政处罚 4
行政强制 0
第二十条第(八)项
信息内容 本年收费金额（单位：万元）
行政事业性收费 0
"""
FILES = """## 表二：主动公开政府信息情况
| 信息内容 | 本年制发件数 | 本年废止件数 | 现行有效件数 |
|---|---|---|---|
| 规章 | 0 | 0 | 0 |
| 行政规范性文件 | 13 | 0 | 55 |
"""


def in_pieces(first: str, second: str) -> TableReading:
    """A report in which the one piece stands below prose that has figures, too, the other in its section."""
    prose = "三、主动公开工作情况\n全年发布信息393件，其中：规范性文件13件；规划2件；行政许可事项5件。\n"
    text = f"{TITLE}{prose}{first}{second}\n三、收到和处理政府信息公开申请情况\n无。\n"
    return judge(text.encode()).tables[0]


@pytest.mark.parametrize("heading", ["一、主动公开政府信息情况\n", ""])
def test_a_table_in_two_pieces_is_read_as_one(heading: str) -> None:
    reading = in_pieces(heading + DECISIONS.partition("\n")[2], FILES)
    assert (reading.status, values(reading)) == ("validated", [0, 0, 0, 13, 0, 55, 97, 4, 0, 0])


@pytest.mark.parametrize(
    "first",
    [
        DECISIONS.replace("行政许可 97", "行政许可 97\n行政规范性文件 1"),
        DECISIONS.replace("行政许可 97", "行政许可").replace("行政强制 0\n", ""),
    ],
    ids=["a row twice", "a row in neither"],
)
def test_pieces_that_do_not_make_the_table_are_not_published(first: str) -> None:
    assert in_pieces(first, FILES).status in ("uncertain", "incomplete")
