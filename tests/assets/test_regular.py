"""Regular tables: reading one in one step gives what the reading of any table gives, and leaves alone
whatever is not exactly as the form is.
"""

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import table_cells
from assets.decoder.regular import read_regular
from assets.model import TableReading
from assets.normalized_text import normalize
from assets.section_splits import split_sections
from examples.figures import break_cells, make_figures
from examples.noise import Noise
from examples.render import FLAVOURS, render
from examples.report import Report, make_report
from schemas.forms import TABLE_KEYS, forms
from tests import strategies

REGULAR = ("pipes", "tabs", "cell_per_line", "markdown")  # flavours in which a table without noise is regular


def both(text: str) -> tuple[list[TableReading], list[TableReading], set[str]]:
    """The tables of a text, the same by the general reading alone, and which of the first were regular."""
    normalized = normalize(text)
    sections = split_sections(normalized.text)
    regular: set[str] = set()

    def noted(key: str, *where: object) -> object:
        found = read_regular(key, *where)  # type: ignore[arg-type]
        regular.update([key] if found else [])
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table_cells, "read_regular", noted)
        readings = table_cells.read_tables(text, normalized, sections)
        patch.setattr(table_cells, "read_regular", lambda *_: None)
        general = table_cells.read_tables(text, normalized, sections)
    return readings, general, regular


@pytest.mark.parametrize("edition", sorted(forms()))
@pytest.mark.parametrize("flavour", REGULAR)
def test_a_table_as_the_form_prints_it_is_regular(flavour: str, edition: str) -> None:
    report = make_report(Random(7), 2022, dict.fromkeys(TABLE_KEYS, edition))
    readings, general, regular = both(render(report, flavour, Noise()))
    assert readings == general
    assert [table.status for table in readings] == ["validated"] * 3
    assert regular >= {"applications", "review_litigation"}


@settings(max_examples=60)
@given(strategies.renderings)
def test_a_regular_table_is_read_as_any_table_is(rendering: tuple[Report, str, Noise]) -> None:
    """Or the other way leaves a doubt, and this one, which knows where each label has to be, none."""
    report, flavour, noise = rendering
    readings, general, regular = both(render(report, flavour, noise))
    for table, other in zip(readings, general, strict=True):
        assert table == other or (table.key in regular and other.status == "uncertain")


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.sampled_from(FLAVOURS))
def test_so_is_one_with_wrong_sums(seed: int, flavour: str) -> None:
    rng = Random(seed)
    editions = dict.fromkeys(TABLE_KEYS, rng.choice(sorted(forms())))
    broken, _ = break_cells(rng, make_figures(rng, editions, "bureau"), "applications", 1)
    readings, general, _ = both(render(make_report(rng, 2022, editions, figures=broken), flavour, Noise()))
    assert readings == general


HEADER = (
    "(本列数据的勾稽关系为:第一项加第二项之和,等于第三项加第四项之和)|申请人情况\n自然人|法人或其他组织|总计\n"
    "商业企业|科研机构|社会公益组织|法律服务机构|其他\n"
)


def applications() -> str:
    """The table of section three, all noughts, its cells between pipes."""
    rows = [row.label for row in forms()["2021"].tables["applications"].rows]
    return HEADER + "".join(f"{label}|0|0|0|0|0|0|0\n" for label in rows)


COUNTS, RULE = "|".join("01234567"), "|".join(["---"] * 8)
# What is done to the table, and whether it is still regular.
CASES = {
    "as it is": (lambda text: text, True),
    "spaces around the cells": (lambda text: text.replace("|", "  |   "), True),
    "a label with a note": (lambda text: text.replace("2.重复申请", "2.重复申请（含电话）"), True),
    "a label torn": (lambda text: text.replace("2.重复申请", "2.重复|申请"), True),
    "a label misspelt": (lambda text: text.replace("属于国家秘密", "属于国家秘蜜"), True),
    "dashes for nought": (lambda text: text.replace("2.重复申请|0|0", "2.重复申请|-|/"), True),
    "a figure with its unit": (lambda text: text.replace("2.重复申请|0", "2.重复申请|0件"), True),
    "prose before and behind": (lambda text: f"本年度平稳。\n{text}以上数据均已核对。\n", True),
    "a row lost": (lambda text: re.sub("2.重复申请.*\n", "", text), False),
    "a figure lost": (lambda text: text.replace("2.重复申请|0", "2.重复申请|"), False),
    "a figure too many": (lambda text: text.replace("2.重复申请|0", "2.重复申请|0|0"), False),
    "a figure torn": (lambda text: text.replace("2.重复申请|0", "2.重复申请|0\n1"), False),
    "the number of a page": (lambda text: text.replace("2.重复申请", "- 12 -\n2.重复申请"), True),
    "the number of a page amid words": (
        lambda text: text.replace("3.要求提供公开出版物", "3.要求提供 - 12 - 公开出版物"),
        True,
    ),
    "spaces within words": (lambda text: text.replace("2.重复申请", "2.重复 申  请"), True),
    "dashes for all": (lambda text: text.replace("|0", "|-"), True),
    "dashes amid spaces": (
        lambda text: text.replace("2.重复申请|0|0", "2.重复申请|-|0").replace("|", "  "),
        True,
    ),
    "a head that counts columns": (
        lambda text: text.replace("2.重复申请", f"{COUNTS}\n{RULE}\n2.重复申请"),
        True,
    ),
    "a head of a machine": (
        lambda text: text.replace("2.重复申请", f"Unnamed: 0|Unnamed: 1\n{RULE}\n2.重复申请"),
        True,
    ),
    "a head of figures": (
        lambda text: text.replace("2.重复申请", f"{COUNTS.replace('7', '9')}\n{RULE}\n2.重复申请"),
        False,
    ),
    "a figure that begins with nought": (lambda text: text.replace("2.重复申请|0", "2.重复申请|01"), False),
    "two rows exchanged": (
        lambda text: text.replace("2.重复申请", "3.").replace("3.要求提供公开出版物", "2.重复申请"),
        False,
    ),
    "two columns exchanged": (
        lambda text: text.replace("科研机构|社会公益组织", "社会公益组织|科研机构"),
        False,
    ),
    "another separator": (lambda text: text.replace("2.重复申请|0|0", "2.重复申请|0\t0"), False),
    "a figure and a label in one cell": (lambda text: text.replace("0\n2.重复申请", "0 2.重复申请"), False),
    "a word and a figure in one cell": (lambda text: text.replace("2.重复申请|0", "2.重复申请|3. 0"), False),
    "a label without its numeral's digit": (lambda text: text.replace("2.重复申请", ".重复申请"), False),
    "a row that no form has": (
        lambda text: text.replace("2.重复申请", "1.其他|0|0|0|0|0|0|0\n2.重复申请"),
        False,
    ),
    "a figure behind the table": (lambda text: text + "3\n", False),
    "the table a second time": (lambda text: text + text, False),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_regular(name: str) -> None:
    change, regular = CASES[name]
    text = normalize(change(applications())).text
    found = read_regular("applications", text, 0, len(text))
    assert (found is not None) == regular
    if found is not None:
        assert found.table is forms()["2021"].tables["applications"]
        shown = {"number": "0", "dash": "-", "slash": "/"}
        assert [text[start] for start in found.starts] == [shown[figure.kind] for figure in found.figures]


@pytest.mark.parametrize("name", CASES)
def test_each_of_them_is_read_as_any_table_is(name: str) -> None:
    change, _ = CASES[name]
    text = f"二、主动公开政府信息情况\n三、收到和处理政府信息公开申请情况\n{change(applications())}四、政府信息公开行政复议、行政诉讼情况\n"
    readings, general, _ = both(text)
    assert readings == general


def test_spaces_within_a_figure_are_read_where_separators_show_the_cells() -> None:
    text = applications().replace("2.重复申请|0|0", "2.重复申请|1 0|2 345件")
    found = read_regular("applications", text, 0, len(text))
    assert found is not None
    assert [
        (figure.value, text[start : start + figure.end])
        for figure, start in zip(found.figures, found.starts, strict=True)
        if figure.value
    ] == [(10, "1 0"), (2345, "2 345")]
    assert read_regular("applications", text.replace("|", " "), 0, len(text)) is None


SPREAD = (
    "第二十条第(一)项|第二十条第(一)项|第二十条第(一)项|第二十条第(一)项|\n信息内容|本年制发件数|本年废止件数|现行有效件数|\n"
    "规章|1|2|3|\n行政规范性文件|4|5|6|\n信息内容|本年处理决定数量|本年处理决定数量|本年处理决定数量|\n行政许可|7|7|7|\n"
    "行政处罚|8|8|8|\n行政强制|9|9|9|\n信息内容|本年收费金额(单位:万元)|本年收费金额(单位:万元)|本年收费金额(单位:万元)|\n行政事业性收费|1.5|1.5|1.5|\n"
)


@pytest.mark.parametrize(
    ("printed", "changed", "values"),
    [
        ("", "", [1, 2, 3, 4, 5, 6, 7, 8, 9, 1.5]),
        ("7|7|7", "7|7|8", None),
        ("行政许可|7", "行政许可||7", None),
        ("8|8|8|", "8|8|8||", None),
        ("单位:万元", "单位:元", None),
    ],
)
def test_rows_of_one_figure_may_print_it_in_every_column(
    printed: str, changed: str, values: list[float] | None
) -> None:
    text = SPREAD.replace(printed, changed)
    found = read_regular("active_disclosure", text, 0, len(text))
    assert (None if found is None else [figure.value for figure in found.figures]) == values
    readings, general, _ = both(f"二、主动公开政府信息情况\n{text}三、收到和处理政府信息公开申请情况\n")
    assert readings == general


@pytest.mark.parametrize(
    ("printed", "regular"), [("- 1 2", True), ("/ 1 /", True), ("- 1 -", False), ("3 1 2", True)]
)
def test_dashes_amid_spaces_may_be_those_of_a_page(printed: str, regular: bool) -> None:
    rows = f"规章 {printed} 行政规范性文件 5 100 43 行政许可 7 行政处罚 8 行政强制 9 行政事业性收费 -"
    text = f" 信息内容 本年制发件数 本年废止件数 现行有效件数 {rows} "
    assert (read_regular("active_disclosure", text, 0, len(text)) is not None) == regular
    readings, general, _ = both(f"二、主动公开政府信息情况\n{text}\n三、收到和处理政府信息公开申请情况\n")
    assert readings == general


def test_a_column_of_figures_may_hold_the_number_of_a_page() -> None:
    """Where no identity guards a figure, and pages are numbered by bare numbers, one alone on its line is
    doubted.
    """
    rows = (
        "规章\n0\n0\n3\n行政规范性文件\n0\n0\n4\n行政许可\n5\n行政处罚\n0\n行政强制\n0\n行政事业性收费\n0\n"
    )
    head = "信息内容\n本年制发件数\n本年废止件数\n现行有效件数\n"
    text = f"一、总体情况\n平稳。\n2\n二、主动公开政府信息情况\n{head}{rows}三、收到和处理政府信息公开申请情况\n五、存在的主要问题及改进情况\n略。\n6\n"
    readings, general, _ = both(text)
    assert readings == general
    assert readings[0].status == "uncertain" and "could be the number of a page" in readings[0].reasons[0]
