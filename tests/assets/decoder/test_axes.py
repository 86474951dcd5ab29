"""The order of columns that a header prints: whole labels are obeyed, torn ones never overrule the form."""

import pytest

from assets.decoder.axes import Contradiction, columns_of, header_above, header_of, printed_order
from assets.decoder.items import itemize
from schemas.forms import forms

BLOCKS = ["upheld", "corrected", "other", "pending", "total"]
PEOPLE = ["natural_person", "business", "research", "social_welfare", "legal_service", "other_org", "total"]


def order(key: str, keys: list[str], text: str) -> object:
    """The order that a header prints; "contradiction" where it is another one, and cannot be told."""
    items = itemize(text, 0, len(text))
    axis = columns_of("2021", key)
    words = header_above(items, len(items))
    try:
        return printed_order(axis, tuple(keys), header_of(axis, items, words), bool(items.ruled[-1]))
    except Contradiction:
        return "contradiction"


OUTCOMES = {
    "as the form has them": ("结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计", tuple(BLOCKS)),
    "two exchanged": (
        "结果维持 | 结果纠正 | 尚未审结 | 其他结果 | 总计",
        ("upheld", "corrected", "pending", "other", "total"),
    ),
    "run together": ("结果维持结果纠正其他结果尚未审结总计", tuple(BLOCKS)),
    "with a column of the organ": (
        "类别 | 结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计 | 备注",
        (*BLOCKS, None),
    ),
    "torn over two lines": ("结果 结果 其他 尚未 总计\n维持 纠正 结果 审结", None),
    "torn, and two exchanged": ("结果 结果 尚未 其他 总计\n维持 纠正 审结 结果", "contradiction"),
    "nothing said": ("见附件", None),
}


@pytest.mark.parametrize(("text", "expected"), OUTCOMES.values(), ids=OUTCOMES.keys())
def test_the_order_of_outcomes(text: str, expected: object) -> None:
    assert order("review_litigation", BLOCKS, text) == expected


APPLICANTS = {
    "merged cells printed once": (
        "申请人情况\n自然人 | 法人或其他组织 | 总计\n商业企业 | 科研机构 | 社会公益组织 | 法律服务机构 | 其他",
        tuple(PEOPLE),
    ),
    "the total first": (
        "申请人情况\n总计 | 自然人 | 法人或其他组织\n商业企业 | 科研机构 | 社会公益组织 | 法律服务机构 | 其他",
        ("total", *PEOPLE[:-1]),
    ),
    "last year's total beside": (
        "勾稽关系 | 申请人情况 | 上年总计\n自然人 | 法人或其他组织 | 总计\n"
        "商业企业 | 科研机构 | 社会公益组织 | 法律服务机构 | 其他",
        (*PEOPLE, None),
    ),
    "one a line": (
        "自然人\n法人或其他组织\n总计\n商业企业\n科研机构\n社会公益组织\n法律服务机构\n其他",
        tuple(PEOPLE),
    ),
    "one a line, the organisations first": (
        "法人或其他组织\n自然人\n总计\n商业企业\n科研机构\n社会公益组织\n法律服务机构\n其他",
        (*PEOPLE[1:-1], "natural_person", "total"),
    ),
    "torn, and two exchanged": (
        "自然\n人\n法人或其他组织\n总计\n科研机\n构\n商业企\n业\n社会公\n益组织\n法律服\n务机构\n其他",
        "contradiction",
    ),
}


@pytest.mark.parametrize(("text", "expected"), APPLICANTS.values(), ids=APPLICANTS.keys())
def test_the_order_of_applicants(text: str, expected: object) -> None:
    assert order("applications", PEOPLE, text) == expected


@pytest.mark.parametrize("edition", sorted(forms()))
def test_every_label_of_the_form_names_its_column(edition: str) -> None:
    for table in forms()[edition].tables.values():
        axis = columns_of(edition, table.key)
        assert {column.label: axis.names(column.label) for column in table.columns} == {
            column.label: (column.key,) for column in table.columns
        }
