"""Section four in every layout that organs print: read to the same figures, or not at all."""

import pytest

from assets.document import judge
from assets.model import TableReading

CASES = ("行政复议", "未经复议直接起诉", "复议后起诉")
OUTCOMES = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
FIGURES = ((2, 0, 1, 0, 3), (0, 1, 0, 0, 1), (5, 0, 0, 2, 7))
VALUES = [value for case in FIGURES for value in case]


def read(table: str) -> TableReading:
    text = f"四、政府信息公开行政复议、行政诉讼情况\n{table}\n五、存在的主要问题及改进情况\n更新偏慢。\n"
    text = f"云泽市水务局2023年政府信息公开工作年度报告\n一、总体情况\n平稳。\n{text}"
    return next(table for table in judge(text.encode()).tables if table.key == "review_litigation")


def line(*cells: object) -> str:
    return " | ".join(map(str, cells))


def table_of(cases: tuple[int, ...] = (0, 1, 2), outcomes: tuple[int, ...] = (0, 1, 2, 3, 4)) -> str:
    heads = [OUTCOMES[i] for i in outcomes]
    figures = [FIGURES[case][i] for case in cases for i in outcomes]
    return "\n".join((line(*(CASES[i] for i in cases)), line(*heads * 3), line(*figures)))


LAYOUTS = {
    "all on one line": table_of(),
    "cases in another order": table_of(cases=(2, 0, 1)),
    "outcomes in another order": table_of(outcomes=(1, 0, 2, 4, 3)),
    "a line a case": "\n".join(
        (line("类别", *OUTCOMES), *(line(case, *own) for case, own in zip(CASES, FIGURES, strict=True)))
    ),
    "a line an outcome": "\n".join(
        (line("结果", *CASES), *(line(name, *(own[i] for own in FIGURES)) for i, name in enumerate(OUTCOMES)))
    ),
    "a table a case": "\n".join(
        f"{case}\n{line(*OUTCOMES)}\n{line(*own)}" for case, own in zip(CASES, FIGURES, strict=True)
    ),
    "a list": "\n".join(
        f"- {case}\n" + "\n".join(f"  - {name}：{value}" for name, value in zip(OUTCOMES, own, strict=True))
        for case, own in zip(CASES, FIGURES, strict=True)
    ),
    "cases in brackets": "\n".join(
        (
            line("类别", *OUTCOMES),
            line("行政复议", *FIGURES[0]),
            line("行政诉讼（未经复议直接起诉）", *FIGURES[1]),
            line("行政诉讼（复议后起诉）", *FIGURES[2]),
        )
    ),
}


@pytest.mark.parametrize("table", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_every_layout_is_read_to_the_same_figures(table: str) -> None:
    reading = read(table)
    assert (reading.status, [cell.value for cell in reading.cells]) == ("validated", VALUES)


DOUBTED = {
    "a figure is lost": table_of().replace("2 | 0 | 1 | 0 | 3 |", "2 | 0 | 1 | 3 |", 1).replace(" | ", "  "),
    "the last cell is blank": table_of()[: -len(" | 7")] + " | ",
    "digits below the figures": table_of() + "\n3 3",
    "two tables of figures": table_of() + "\n" + line(*VALUES),
}


@pytest.mark.parametrize("table", DOUBTED.values(), ids=DOUBTED.keys())
def test_what_does_not_tell_is_doubted(table: str) -> None:
    reading = read(table)
    assert reading.status == "uncertain" and reading.reasons


def test_a_wrong_sum_is_the_organs_whatever_the_layout() -> None:
    for table in LAYOUTS.values():
        assert read(table.replace("7", "8")).status == "inconsistent"
