"""What a report says of itself (title, issuer, year, date), by its own words alone; and the documents that
are no report.
"""

import re

import pytest

from assets.document import judge
from assets.model import Description, Refusal

SECTIONS = """
一、总体情况
全年平稳有序。
二、主动公开政府信息情况
三、收到和处理政府信息公开申请情况
四、政府信息公开行政复议、行政诉讼情况
五、存在的主要问题及改进情况
更新偏慢。
六、其他需要报告的事项
无。
"""
PERIOD = "本报告所列数据的统计期限自2023年1月1日起至2023年12月31日止。"


def about(head: str, tail: str = "", sections: str = SECTIONS) -> Description:
    return judge(f"{head}{sections}{tail}".encode()).description


# head, tail, (title, issuer, year, published)
CASES: dict[str, tuple[str, str, tuple[str | None, str | None, int | None, str | None]]] = {
    "the usual title": (
        "云泽市水务局2023年政府信息公开工作年度报告",
        "",
        ("云泽市水务局2023年政府信息公开工作年度报告", "云泽市水务局", 2023, None),
    ),
    "the year first": (
        "2023年云泽市水务局政府信息公开年度报告",
        "",
        ("2023年云泽市水务局政府信息公开年度报告", "云泽市水务局", 2023, None),
    ),
    "spaces around the year": (
        "云泽市水务局 2023 年度政府信息公开工作年度报告",
        "",
        ("云泽市水务局 2023 年度政府信息公开工作年度报告", "云泽市水务局", 2023, None),
    ),
    "关于": (
        "云泽市水务局关于2023年度政府信息公开工作情况的报告",
        "",
        ("云泽市水务局关于2023年度政府信息公开工作情况的报告", "云泽市水务局", 2023, None),
    ),
    "a title over two lines": (
        "云泽市水务局\n2023年政府信息公开工作年度报告",
        "",
        ("云泽市水务局 2023年政府信息公开工作年度报告", "云泽市水务局", 2023, None),
    ),
    "a markdown title": (
        "# 云泽市水务局2023年政府信息公开工作年度报告",
        "",
        ("云泽市水务局2023年政府信息公开工作年度报告", "云泽市水务局", 2023, None),
    ),
    "a named title": (
        "标题：云泽市水务局2023年政府信息公开工作年度报告",
        "",
        ("云泽市水务局2023年政府信息公开工作年度报告", "云泽市水务局", 2023, None),
    ),
    "full-width digits in the title": (
        "云泽市水务局２０２３年政府信息公开工作年度报告",
        "",
        ("云泽市水务局２０２３年政府信息公开工作年度报告", "云泽市水务局", 2023, None),
    ),
    "a traditional title stays as printed": (
        "雲澤市投資促進局2023年度政府信息公開工作年度報告\n我局按照條例的規定編製本報告，公開製度逐步健全。",
        "",
        ("雲澤市投資促進局2023年度政府信息公開工作年度報告", "云泽市投资促进局", 2023, None),
    ),
    "the fullest name is in the text": (
        "青柳区水务局2023年政府信息公开工作年度报告\n现将云泽市青柳区水务局2023年政府信息公开工作情况报告如下：",
        "",
        ("青柳区水务局2023年政府信息公开工作年度报告", "云泽市青柳区水务局", 2023, None),
    ),
    "the fullest name is in the signature": (
        "青柳区水务局2023年政府信息公开工作年度报告",
        "云泽市青柳区水务局\n2024年1月17日",
        ("青柳区水务局2023年政府信息公开工作年度报告", "云泽市青柳区水务局", 2023, "2024-01-17"),
    ),
    "the fullest name is in the page header": (
        "发布机构：云泽市青柳区水务局 主题分类：其他\n青柳区水务局2023年政府信息公开工作年度报告",
        "",
        ("青柳区水务局2023年政府信息公开工作年度报告", "云泽市青柳区水务局", 2023, None),
    ),
    "a title without an organ": (
        "2023年政府信息公开工作年度报告\n按照有关规定，云泽市水务局编制了本报告。" + PERIOD,
        "",
        ("2023年政府信息公开工作年度报告", "云泽市水务局", 2023, None),
    ),
    "no organ but in the signature": (
        "关于2023年度政府信息公开情况的报告",
        "云泽市水务局\n2024年1月17日",
        ("关于2023年度政府信息公开情况的报告", "云泽市水务局", 2023, "2024-01-17"),
    ),
    "no organ but in the page header": (
        "发布日期：2024-01-22 10:00 信息来源：云泽市水务局 浏览次数：9\n关于2023年度政府信息公开情况的报告",
        "",
        ("关于2023年度政府信息公开情况的报告", "云泽市水务局", 2023, "2024-01-22"),
    ),
    "no organ at all": (
        "2023年政府信息公开工作年度报告\n我局按照条例的要求编制本报告。",
        "",
        ("2023年政府信息公开工作年度报告", None, 2023, None),
    ),
    "no title": (
        f"按照《中华人民共和国政府信息公开条例》的规定，云泽市水务局编制了本报告。{PERIOD}",
        "",
        (None, "云泽市水务局", 2023, None),
    ),
    "nothing but sections": ("", "", (None, None, None, None)),
    "a date alone tells no year": ("", "2024年1月17日", (None, None, None, "2024-01-17")),
    "a wrong year in the title is outvoted": (
        f"云泽市水务局2022年政府信息公开工作年度报告\n{PERIOD}2023年，我局平稳有序。2023年新增栏目。",
        "云泽市水务局\n2024年1月17日",
        ("云泽市水务局2022年政府信息公开工作年度报告", "云泽市水务局", 2023, "2024-01-17"),
    ),
    "a wrong period is outvoted": (
        "云泽市水务局2023年政府信息公开工作年度报告\n"
        + PERIOD.replace("2023", "2022")
        + "2023年，我局平稳有序。2023年新增栏目。",
        "",
        ("云泽市水务局2023年政府信息公开工作年度报告", "云泽市水务局", 2023, None),
    ),
    "a year in Chinese numerals": (
        "云泽市水务局二〇二三年政府信息公开工作年度报告",
        "",
        ("云泽市水务局二〇二三年政府信息公开工作年度报告", "云泽市水务局", 2023, None),
    ),
    "a date in Chinese numerals": (
        "云泽市水务局2023年政府信息公开工作年度报告",
        "云泽市水务局\n二〇二四年一月十七日",
        ("云泽市水务局2023年政府信息公开工作年度报告", "云泽市水务局", 2023, "2024-01-17"),
    ),
    "a late date in Chinese numerals": (
        "云泽市水务局2023年政府信息公开工作年度报告",
        "二○二四年十二月三十一日",
        ("云泽市水务局2023年政府信息公开工作年度报告", "云泽市水务局", 2023, "2024-12-31"),
    ),
    "the date of publication before that of the signature": (
        "发布时间：2024-01-22\n云泽市水务局2023年政府信息公开工作年度报告",
        "云泽市水务局\n2024年1月17日",
        ("云泽市水务局2023年政府信息公开工作年度报告", "云泽市水务局", 2023, "2024-01-22"),
    ),
    "the date of publication before that of making": (
        "生成日期：2024-01-20\n发布日期：2024-01-22\n云泽市水务局2023年政府信息公开工作年度报告",
        "",
        ("云泽市水务局2023年政府信息公开工作年度报告", "云泽市水务局", 2023, "2024-01-22"),
    ),
    "时间": (
        "时间:2024-01-22\n云泽市水务局2023年政府信息公开工作年度报告",
        "",
        ("云泽市水务局2023年政府信息公开工作年度报告", "云泽市水务局", 2023, "2024-01-22"),
    ),
    "a day that no month has": (
        "发布日期：2024-02-30\n云泽市水务局2023年政府信息公开工作年度报告",
        "云泽市水务局\n2024年1月17日",
        ("云泽市水务局2023年政府信息公开工作年度报告", "云泽市水务局", 2023, "2024-01-17"),
    ),
    "a month that no year has": (
        "发布日期：2024-13-02\n云泽市水务局2023年政府信息公开工作年度报告",
        "",
        ("云泽市水务局2023年政府信息公开工作年度报告", "云泽市水务局", 2023, None),
    ),
    "dates within the text are none of publication": (
        f"云泽市水务局2023年政府信息公开工作年度报告\n{PERIOD}2023年5月1日起新栏目上线。",
        "",
        ("云泽市水务局2023年政府信息公开工作年度报告", "云泽市水务局", 2023, None),
    ),
    "a bracketed organ": (
        "云泽市经济和信息化局（云泽市中小企业局）2023年政府信息公开工作年度报告",
        "",
        (
            "云泽市经济和信息化局（云泽市中小企业局）2023年政府信息公开工作年度报告",
            "云泽市经济和信息化局(云泽市中小企业局)",
            2023,
            None,
        ),
    ),
    "one line": (
        "发布日期：2024-01-22 云泽市水务局2023年政府信息公开工作年度报告 现将我局工作报告如下，本报告由六个部分组成，全文可在网站查阅，如有疑问请来电来函询问。",
        "",
        ("云泽市水务局2023年政府信息公开工作年度报告", "云泽市水务局", 2023, "2024-01-22"),
    ),
}


@pytest.mark.parametrize(("head", "tail", "expected"), CASES.values(), ids=CASES.keys())
def test_what_the_report_says_of_itself(
    head: str, tail: str, expected: tuple[str | None, str | None, int | None, str | None]
) -> None:
    description = about(head, tail)
    assert (description.title, description.issuer, description.year, description.published) == expected


def test_the_sections_do_not_change_what_the_report_is() -> None:
    head = "云泽市水务局2023年政府信息公开工作年度报告"
    expected = Description(head, "云泽市水务局", 2023, None)
    assert about(head) == about(head, sections=SECTIONS.replace("\n", "\r\n")) == expected
    assert about(head, sections=SECTIONS.replace("一、总体情况\n", "")) == expected


TABLE_OF_2014 = """云泽市水务局2016年政府信息公开工作年度报告
政府信息公开情况统计表
一、主动公开情况 | 件 | 12
二、回应解读情况 | 次 | 3
三、依申请公开政府信息情况
（一）收到申请数 | 件 | 4
2.网络申请数 | 件 | 1
（二）申请办结数 | 件 | 4
"""
REFUSED = {
    "no report": (
        "关于召开全市防汛工作会议的通知\n各有关单位：定于2023年5月8日召开会议，请准时参加。\n",
        "is no 政府信息公开工作年度报告",
    ),
    "another report": (
        "云泽市水务局2023年度部门决算\n一、收入情况\n收入 | 12.5\n二、支出情况\n支出 | 12.5\n",
        "is no 政府信息公开工作年度报告",
    ),
    "figures without a word": ("1 2 3 4\n5 6 7 8\n" * 20, "is no 政府信息公开工作年度报告"),
    "words about reports": (
        "关于做好2023年政府信息公开工作年度报告编制工作的通知\n请各单位于1月31日前报送。\n",
        "no",
    ),
    "a title alone": (
        "云泽市水务局2023年政府信息公开工作年度报告\n点击下载附件\n",
        "none of its six sections",
    ),
    "the form of 2014": (TABLE_OF_2014, "the form of 2014-2018"),
}


@pytest.mark.parametrize(("text", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_report_is_refused_in_one_sentence_that_says_what_to_do(text: str, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        judge(text.encode())
    assert words in str(refused.value)
    assert re.fullmatch(
        r"the (?:report|document) [^\n]{10,160}[:;] [a-z][^\n]{10,80}[^.\n]", str(refused.value)
    )


def test_a_report_that_lost_its_tables_is_a_report() -> None:
    judgement = judge(("云泽市水务局2023年政府信息公开工作年度报告" + SECTIONS).encode())
    assert {table.status for table in judgement.tables} == {"absent"}


# --- the page around a report

FIELDS = ("index_number", "document_number", "publisher", "topic", "source_url")
PAGES: dict[str, tuple[str, tuple[str | None, ...]]] = {
    "lines": (
        "索引号：K12345678/2024-00001 公开方式：主动公开\n文号： 公开日期：2024-01-22\n发布机构：云泽市水务局 主题分类：其他\n",
        ("K12345678/2024-00001", None, "云泽市水务局", "其他", None),
    ),
    "spaces within names": (
        "索 引 号：K1/2024\n发布单位：云泽市水务局\n",
        ("K1/2024", None, "云泽市水务局", None, None),
    ),
    "cells": (
        "| 索引号 | K1/2024 | 分类 | 年报   其他 |\n| 文号 |  | 关键词 |  |\n| 发布机构 | 云泽市水务局 | 公开日期 | 2024-01-17 |\n",
        ("K1/2024", None, "云泽市水务局", "年报 其他", None),
    ),
    "cells with colons": (
        "| 索引号： | K1/2024 | 文号： | 云水〔2024〕3号 |\n",
        ("K1/2024", "云水〔2024〕3号", None, None, None),
    ),
    "values on lines of their own": (
        "索引号：\nK1/2024\n文号：\n发布机构：\n云泽市水务局\n",
        ("K1/2024", None, "云泽市水务局", None, None),
    ),
    "in brackets": ("【索引号】K1【发布机构】云泽市水务局\n", ("K1", None, "云泽市水务局", None, None)),
    "traditional": (
        "索引號: K1/2024 公開方式: 主動公開\n發布單位: 雲澤市水務局 主題分類: 其他\n",
        ("K1/2024", None, "雲澤市水務局", "其他", None),
    ),
    "an address for a source": (
        "来源：http://www.x.example/a.html\n采集时间：2025-12-30\n",
        (None, None, None, None, "http://www.x.example/a.html"),
    ),
    "a source and an address": (
        "来源：云泽市水务局\n原文链接：https://www.x.example/a.html\n",
        (None, None, "云泽市水务局", None, "https://www.x.example/a.html"),
    ),
    "words that are no names": ("资金来源：财政\n一号文号外\n", (None, None, None, None, None)),
}


@pytest.mark.parametrize(("page", "expected"), PAGES.values(), ids=PAGES.keys())
def test_what_the_page_says_of_the_document(page: str, expected: tuple[str | None, ...]) -> None:
    description = about(f"{page}云泽市水务局2023年政府信息公开工作年度报告\n")
    assert tuple(getattr(description, name) for name in FIELDS) == expected
    assert description.title == "云泽市水务局2023年政府信息公开工作年度报告"


def test_the_name_of_the_site_is_no_part_of_the_title() -> None:
    head = "标题：云泽市水务局2023年政府信息公开年度报告-云泽门户\n云泽市水务局2023年政府信息公开年度报告\n"
    assert about(head).title == "云泽市水务局2023年政府信息公开年度报告"


@pytest.mark.parametrize("name", ["采集时间", "抓取时间", "页面生成时间", "下载时间"])
def test_the_time_of_fetching_is_no_date_of_publication(name: str) -> None:
    assert about(f"云泽市水务局2023年政府信息公开年度报告\n{name}：2025-12-30 10:00\n").published is None


METAS = (
    '<html><head><meta name="ArticleTitle" content="云泽市水务局2023年政府信息公开年度报告"><meta name="PubDate" '
    'content="2024-01-20 10:00">'
    '<meta name="ContentSource" content="云泽市水务局"><meta name="Url" '
    'content="http://www.x.example/a.html"></head><body>{}</body></html>'
)


def in_page(words: str) -> Description:
    return judge(
        METAS.format("".join(f"<p>{line}</p>" for line in f"{words}{SECTIONS}".split("\n") if line)).encode()
    ).description


def test_markup_tells_what_the_page_does_not_print() -> None:
    expected = Description(
        "云泽市水务局2023年政府信息公开年度报告",
        "云泽市水务局",
        2023,
        "2024-01-20",
        publisher="云泽市水务局",
        source_url="http://www.x.example/a.html",
    )
    assert in_page("") == expected


def test_what_is_printed_is_believed_before_markup() -> None:
    description = in_page(
        "青柳区教育局2022年政府信息公开年度报告\n发布日期：2023-01-11 发布机构：青柳区教育局\n"
    )
    assert (
        description.title,
        description.issuer,
        description.year,
        description.published,
        description.publisher,
    ) == ("青柳区教育局2022年政府信息公开年度报告", "青柳区教育局", 2022, "2023-01-11", "青柳区教育局")
