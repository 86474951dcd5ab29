"""Comma-separated values within a text: rows become cells, sentences and figures with commas stay."""

from random import Random

import pytest

from assets.document import judge
from assets.raw_text import read
from examples.render import render
from examples.report import make_report

ROWS = "规章,0,1,2\n文件,3,,4\n总计,3,1,6\n"
CELLS = "| 规章 | 0 | 1 | 2 |\n| 文件 | 3 |  | 4 |\n| 总计 | 3 | 1 | 6 |\n"
TEXTS = {
    "rows": (ROWS, CELLS),
    "rows set apart by semicolons": (ROWS.replace(",", ";"), CELLS),
    "lines of two characters at their ends": (ROWS.replace("\n", "\r\n"), CELLS.replace("\n", "\r\n")),
    "a head and a row of two cells": (
        ROWS + "信息内容,数量\n许可,5\n",
        CELLS + "| 信息内容 | 数量 |\n| 许可 | 5 |\n",
    ),
    "quoted cells": (ROWS + '"甲,乙","1,234",5\n', CELLS + "| 甲,乙 | 1,234 | 5 |\n"),
    "a quoted cell of two lines": (ROWS + '"商业\n企业",1\n', CELLS + "| 商业企业 | 1 |\n"),
    "a quotation mark that is none": (ROWS + '5" 管\n甲\n' + "乙\n" * 5, CELLS + '5" 管\n甲\n' + "乙\n" * 5),
    "lines filled up": (
        ROWS + '一、总体情况,,,\n"2023年,公开。",,,\n',
        CELLS + "一、总体情况\n2023年,公开。\n",
    ),
    "a sentence": (ROWS + "2023年,本机关公开,并答复。\n", CELLS + "2023年,本机关公开,并答复。\n"),
    "a pipe": (ROWS + "甲|乙,5\n", CELLS + "甲|乙,5\n"),
    "too few rows": ("规章,0,1,2\n文件,3,4,5\n", "规章,0,1,2\n文件,3,4,5\n"),
    "sentences alone": ("甲,乙,丙,丁\n" * 9, "甲,乙,丙,丁\n" * 9),
    "thousands": ("甲 1,234,567 8\n" * 9, "甲 1,234,567 8\n" * 9),
}


@pytest.mark.parametrize(("text", "printed"), TEXTS.values(), ids=TEXTS.keys())
def test_rows_of_separated_values(text: str, printed: str) -> None:
    assert read(text.encode()).text == printed


@pytest.mark.parametrize("seed", range(6))
def test_a_report_of_separated_values_is_read_as_one_of_cells(seed: int) -> None:
    text = render(make_report(Random(seed), 2023), "tabs")
    lines = [
        ",".join(f'"{cell}"' if "," in cell else cell for cell in line.split("\t")) if "\t" in line else line
        for line in text.split("\n")
    ]
    tables, expected = (judge(one.encode()).tables for one in ("\n".join(lines), text))
    assert [(table.status, [cell.value for cell in table.cells]) for table in tables] == [
        (table.status, [cell.value for cell in table.cells]) for table in expected
    ]
