"""Labels: everything that datasets hold codes of is called something in English and in Chinese, as the forms
print it.
"""

import re

import pytest

from schemas.added import ADDED_KEYS
from schemas.claim_terms import claim_terms
from schemas.datasets import DATASETS, Dataset
from schemas.forms import FormError, forms
from schemas.labels import (
    Label,
    column_label,
    dataset_label,
    heading_label,
    list_labels,
    list_names,
    list_of,
    quantity_label,
)
from schemas.panel_figures import figure_named

CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Chinese names of formats and the like are those of everybody.
SAME_IN_BOTH = {"Markdown", "PDF"}


def sound(label: Label) -> bool:
    is_chinese = bool(CHINESE.search(label.zh)) or label.zh in SAME_IN_BOTH
    return is_chinese and bool(re.search("[A-Za-z]", label.en)) and label.en == label.en.strip()


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASETS.keys())
def test_a_dataset_and_its_columns_have_labels_that_differ(dataset: Dataset) -> None:
    assert sound(dataset_label(dataset.name))
    labels = {name: column_label(dataset.name, name) for name in dataset.names}
    assert [name for name, label in labels.items() if not sound(label) and label.zh != "SHA-256 校验值"] == []
    for language in (0, 1):
        shown = [label[language] for label in labels.values()]
        assert [one for one in shown if shown.count(one) > 1] == []


@pytest.mark.parametrize("name", list_names())
def test_every_code_of_a_list_has_labels(name: str) -> None:
    labels = list_labels(name)
    assert labels
    of_forms = name == "edition"  # 国办公开办函〔2021〕30号 has no English
    assert [key for key, label in labels.items() if not sound(label) and not of_forms] == []


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASETS.keys())
def test_whatever_may_stand_in_a_closed_column_is_in_its_list(dataset: Dataset) -> None:
    for column in dataset.columns:
        name = list_of(dataset.name, column.name)
        assert name is not None or not column.values, column.name
        known = set(list_labels(name)) if name else set()
        if name in ("row", "column"):  # added ones bear the label that the document prints
            known = {key.partition(".")[2] for key in known} | set(ADDED_KEYS)
        assert set(column.values) <= known, column.name


def test_rows_and_columns_bear_the_labels_that_the_form_prints() -> None:
    for form in forms().values():
        for table in form.tables.values():
            assert all(re.search("[A-Za-z]", item.en) for item in (*table.rows, *table.columns))
    assert list_labels("row")["applications.refused_process"] == (
        "Refused: information of deliberation",
        "6.属于四类过程性信息",
    )
    assert list_labels("row")["applications.other"] == ("Otherwise handled", "（六）其他处理")
    assert list_labels("column")["review_litigation.upheld"] == ("Upheld", "结果维持")
    assert list_labels("table")["applications"].zh == "收到和处理政府信息公开申请情况"


def test_every_heading_of_the_forms_is_said_in_english() -> None:
    for form in forms().values():
        for table in form.tables.values():
            for item in (*table.rows, *table.columns):
                assert len(heading_label(item.under).en.split(" / ")) == max(1, len(item.under))
    assert heading_label(("三、本年度办理结果", "（三）不予公开")).en == "Results of the year / Refused"
    with pytest.raises(FormError, match="lacks '没有的'"):
        heading_label(("没有的",))


RECEIVED = Label(
    "Applications received and handled: Applications newly received this year; Total",
    "申请情况 一、本年新收政府信息公开申请数量 总计",
)


@pytest.mark.parametrize(
    ("dataset", "column", "label"),
    [
        ("panel", "received", RECEIVED),
        ("panel", "f_received", (f"Worth of the figure: {RECEIVED.en}", f"{RECEIVED.zh}：数值可靠程度")),
        (
            "panel",
            "applications_status",
            (
                "Applications received and handled: Status of the table",
                "收到和处理政府信息公开申请情况：表的状态",
            ),
        ),
        ("table_cells", "kind", ("What is printed", "单元格内容类型")),
        ("organs", "kind", ("Kind of organ", "机关类型")),
    ],
)
def test_the_label_of_a_column(dataset: str, column: str, label: tuple[str, str]) -> None:
    assert column_label(dataset, column) == label


def test_a_column_without_a_label_is_told() -> None:
    with pytest.raises(FormError, match="lacks 'no_such_column'"):
        column_label("reports", "no_such_column")


@pytest.mark.parametrize(
    ("quantity", "label"),
    [
        ("disclosed_items", ("pieces of information disclosed", "公开的信息条数")),
        (
            "disclosed_items.part",
            ("pieces of information disclosed, a part of them", "公开的信息条数（其中一部分）"),
        ),
        (
            "applications.received.total + applications.carried_in.total",
            (
                "Applications received and handled: Applications newly received this year; Total + "
                "Applications received and handled: Applications carried over from last year; Total",
                "收到和处理政府信息公开申请情况 一、本年新收政府信息公开申请数量 总计 + "
                "收到和处理政府信息公开申请情况 二、上年结转政府信息公开申请数量 总计",
            ),
        ),
    ],
)
def test_the_label_of_a_quantity(quantity: str, label: tuple[str, str]) -> None:
    assert quantity_label(quantity) == label


def test_every_quantity_and_channel_of_the_prose_has_a_label() -> None:
    terms = claim_terms()
    assert {one.quantity for one in terms.subjects.values() if one.quantity} == set(list_labels("quantity"))
    channels = {meaning.channel for meaning in terms.words.values() if meaning.channel}
    assert channels | {"part"} == set(list_labels("channel"))


def test_every_figure_of_the_panel_has_its_own_label() -> None:
    labels = [column_label("panel", name) for name in figure_named()]
    assert len({label.en for label in labels}) == len({label.zh for label in labels}) == len(labels)
