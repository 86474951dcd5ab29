"""What is in doubt of a report: title, organ, year and date on which the witnesses disagree, or that only a
weak one gives.
"""

import pytest

from assets.document import judge
from assets.model import Description

SECTIONS = """
一、总体情况
2023年，我单位平稳有序。2023年新增栏目3个，比2022年增加1个。
二、主动公开政府信息情况
三、收到和处理政府信息公开申请情况
四、政府信息公开行政复议、行政诉讼情况
五、存在的主要问题及改进情况
2024年，我单位将加强公开。
六、其他需要报告的事项
无。
"""
TITLE = "云泽市水务局2023年政府信息公开工作年度报告\n"
PERIOD = "本报告所列数据的统计期限自2023年1月1日起至2023年12月31日止。"
SIGNED = "云泽市水务局\n2024年1月20日"


def about(text: str) -> Description:
    return judge(text.encode()).description


DOUBTED = {
    "the text is on the year behind the title's": (
        TITLE + SECTIONS.replace("2023", "2024") + SIGNED.replace("2024", "2025"),
        2023,
        "year: the title says 2023, the text speaks most of 2024, published 2025-01-20: "
        "see which year is reported on",
    ),
    "without a date": (
        TITLE + SECTIONS.replace("2023", "2024"),
        2023,
        "year: the title says 2023, the text speaks most of 2024: see which year is reported on",
    ),
    "the period and the text are on another year": (
        TITLE.replace("2023", "2022") + PERIOD + SECTIONS,
        2023,
        "year: the title says 2022, the reporting period 2023, the text speaks most of 2023: "
        "see which year is reported on",
    ),
    "the period is last year's": (
        TITLE + PERIOD.replace("2023", "2022") + SECTIONS,
        2023,
        "year: the title says 2023, the reporting period 2022, the text speaks most of 2023: "
        "see which year is reported on",
    ),
    "the period ends in another year": (
        TITLE + PERIOD.replace("2023年12月", "2024年12月") + SECTIONS,
        2023,
        "year: the title says 2023, the reporting period 2023-2024, the text speaks most of 2023: "
        "see which year is reported on",
    ),
    "the opening quotes another year": (
        f"{TITLE}我局编制了《云泽市水务局2022年政府信息公开工作年度报告》。{PERIOD}{SECTIONS}",
        2023,
        "year: the title says 2023, the opening 2022, the reporting period 2023, the text speaks "
        "most of 2023: "
        "see which year is reported on",
    ),
    "it was published before the year was over": (
        "发布日期：2023-05-06\n" + TITLE + SECTIONS,
        2023,
        "year: the title says 2023, published 2023-05-06: see which year is reported on",
    ),
    "two witnesses of equal weight": (
        "发布日期：2025-01-20\n" + TITLE.replace("2023年", "") + PERIOD.replace("2023", "2022") + SECTIONS,
        2022,
        "year: the reporting period 2022, the text speaks most of 2023, published 2025-01-20: "
        "see which year is reported on",
    ),
    "only the text speaks of a year": (
        "\n一、总体情况\n2023年平稳有序。\n二、主动公开政府信息情况\n三、收到和处理政府信息公开申请情况\n",
        2023,
        "year: the text speaks most of 2023: see which year is reported on",
    ),
    "another organ signed": (
        TITLE + SECTIONS + SIGNED.replace("云泽市水务局", "松砚县教育局"),
        2023,
        "organ: the title names 云泽市水务局, but the signature 松砚县教育局: see which organ reports",
    ),
    "the opening publishes another organ's report": (
        f"{TITLE}现公布松砚县教育局2023年政府信息公开工作年度报告。{SECTIONS}",
        2023,
        "organ: the title names 云泽市水务局, but the opening 松砚县教育局: see which organ reports",
    ),
    "the area signed for its department": (
        TITLE.replace("云泽市水务局", "云泽市") + SECTIONS + SIGNED,
        2023,
        "organ: the title names 云泽市, but the signature 云泽市水务局: see which organ reports",
    ),
    "only a contact names an organ": (
        f"{PERIOD}如有疑问，请与云泽市水务局办公室联系（电话：1）。{SECTIONS}",
        2023,
        "organ: only the contact names 云泽市水务局: see whether this organ reports",
    ),
    "only the page names an organ": (
        f"发布机构：云泽市水务局 公开方式：主动公开\n{PERIOD}{SECTIONS}",
        2023,
        "organ: only the head of the page names 云泽市水务局: see whether this organ reports",
    ),
    "the page gives a date long before the signature": (
        "发布日期：2024-01-20\n" + TITLE + SECTIONS + "2024年9月1日",
        2023,
        "date: the page gives 2024-01-20, the signature 2024-09-01: see when the report was published",
    ),
    "the page gives a date years behind the signature": (
        "发布日期：2029-01-20\n" + TITLE + PERIOD + SECTIONS + SIGNED,
        2023,
        "date: the page gives 2029-01-20, the signature 2024-01-20: see when the report was published",
    ),
    "titles of several organs, and nothing tells which": (
        TITLE + "松砚县教育局2023年政府信息公开工作年度报告\n" + SECTIONS,
        2023,
        "title: the page prints 云泽市水务局2023年政府信息公开工作年度报告 and 松砚县教育局2023年政府信息公开工作年度报告: "
        "see which report this is",
    ),
}


@pytest.mark.parametrize(("text", "year", "doubt"), DOUBTED.values(), ids=DOUBTED.keys())
def test_what_is_in_doubt_is_said_beside_what_the_best_witness_has(text: str, year: int, doubt: str) -> None:
    description = about(text)
    assert (description.doubts, description.year) == ([doubt], year)


AGREED = {
    "all witnesses": f"发布日期：2024-01-20 来源：市水务局\n{TITLE}{PERIOD}{SECTIONS}{SIGNED}",
    "a title alone": TITLE + SECTIONS,
    "the publisher is another organ": f"发布机构：云泽市政务服务中心\n{TITLE}{PERIOD}{SECTIONS}",
    "the contact is another organ": f"{TITLE}如有疑问，请与云泽市档案馆联系。{SECTIONS}",
    "a page that moved years later": f"发布日期：2027-03-07\n{TITLE}{PERIOD}{SECTIONS}",
    "a report published in December": f"{TITLE}{PERIOD}{SECTIONS}云泽市水务局\n2023年12月25日",
    "a name in the text often": PERIOD
    + SECTIONS.replace("我单位", "云泽市水务局")
    + "云泽市水务局网站由云泽市水务局维护。",
}


@pytest.mark.parametrize("text", AGREED.values(), ids=AGREED.keys())
def test_a_document_whose_witnesses_agree_has_no_doubts(text: str) -> None:
    assert about(text).doubts == []


def test_markup_with_another_title_is_in_doubt() -> None:
    page = (
        '<html><head><meta name="ArticleTitle" '
        'content="松砚县教育局2022年政府信息公开工作年度报告"></head><body>{}</body></html>'
    )
    description = about(
        page.format("".join(f"<p>{line}</p>" for line in (TITLE + SECTIONS).split("\n") if line))
    )
    assert (description.title, description.doubts) == (
        TITLE.strip(),
        [
            "title: the page prints 云泽市水务局2023年政府信息公开工作年度报告, its markup has "
            "松砚县教育局2022年政府信息公开工作年度报告: see which report this is"
        ],
    )


def test_of_several_reports_the_first_is_described_and_all_are_named() -> None:
    other = "松砚县教育局2022年政府信息公开工作年度报告\n"
    description = about(f"{TITLE}{SECTIONS}{SIGNED}\n{other}{SECTIONS.replace('2023', '2022')}2023年1月9日")
    assert description == Description(
        TITLE.strip(),
        "云泽市水务局",
        2023,
        "2024-01-20",
        doubts=[
            "title: the document holds 2 reports (云泽市水务局2023年政府信息公开工作年度报告; "
            "松砚县教育局2022年政府信息公开工作年度报告): file each as a document of its own"
        ],
    )
