"""Layouts in which title, organ, year and date of a report are printed: each is read, and nothing is in
doubt.
"""

import pytest

from assets.model import Description
from assets.normalized_text import normalize
from assets.reports import describe
from assets.section_splits import split_sections

SECTIONS = """
一、总体情况
2023年，我单位平稳有序，全年公开信息120条，比2022年增加12条。2023年新增栏目3个。
二、主动公开政府信息情况
三、收到和处理政府信息公开申请情况
四、政府信息公开行政复议、行政诉讼情况
五、存在的主要问题及改进情况
2024年，我单位将加强公开。
六、其他需要报告的事项
无。
"""
PERIOD = "本报告所列数据的统计期限自2023年1月1日起至2023年12月31日止。"
BY_LAW = "根据《中华人民共和国政府信息公开条例》（以下简称《条例》）的规定，"


def about(text: str) -> Description:
    normalized = normalize(text)
    return describe(text, normalized, split_sections(normalized.text))


def told(description: Description) -> tuple[str | None, str | None, int | None, str | None]:
    return description.title, description.issuer, description.year, description.published


TITLES = {
    "organ, year and the rest on lines of their own": (
        "云泽市水务局\n2023年\n政府信息公开工作\n年度报告",
        "云泽市水务局 2023年 政府信息公开工作 年度报告",
    ),
    "wrapped behind the year": (
        "云泽市水务局2023年\n政府信息公开工作年度报告",
        "云泽市水务局2023年 政府信息公开工作年度报告",
    ),
    "wrapped within the words": (
        "云泽市水务局2023年政府\n信息公开工作年度报告",
        "云泽市水务局2023年政府 信息公开工作年度报告",
    ),
    "wrapped before the last word": (
        "云泽市水务局2023年政府信息公开工作年度\n报告",
        "云泽市水务局2023年政府信息公开工作年度 报告",
    ),
    "wrapped within the organ": (
        "云泽市水\n务局2023年政府信息公开工作年度报告",
        "云泽市水 务局2023年政府信息公开工作年度报告",
    ),
    "wrapped within the year": (
        "云泽市水务局20\n23年政府信息公开工作年度报告",
        "云泽市水务局20 23年政府信息公开工作年度报告",
    ),
    "the year in brackets": (
        "云泽市水务局政府信息公开工作年度报告（2023）",
        "云泽市水务局政府信息公开工作年度报告（2023）",
    ),
    "the year amid the rest": (
        "云泽市水务局政府信息公开工作2023年度报告",
        "云泽市水务局政府信息公开工作2023年度报告",
    ),
    "a year in bold": (
        "## 云泽市水务局 **2023** 年政府信息公开工作年度报告",
        "云泽市水务局 2023 年政府信息公开工作年度报告",
    ),
    "all of it in bold": (
        "__云泽市水务局2023年政府信息公开工作年度报告__",
        "云泽市水务局2023年政府信息公开工作年度报告",
    ),
    "the name of the field in English, and the name of the site": (
        "Title: 云泽市水务局2023年政府信息公开工作年度报告-云泽门户",
        "云泽市水务局2023年政府信息公开工作年度报告",
    ),
    "a field whose name is torn": (
        "名 称: 云泽市水务局2023年政府信息公开工作年度报告",
        "云泽市水务局2023年政府信息公开工作年度报告",
    ),
    "a mark before it": (
        "【图文】云泽市水务局2023年政府信息公开工作年度报告",
        "云泽市水务局2023年政府信息公开工作年度报告",
    ),
    "a button behind it": (
        "云泽市水务局2023年政府信息公开工作年度报告 二维码",
        "云泽市水务局2023年政府信息公开工作年度报告",
    ),
    "joined with the next line": (
        "云泽市水务局2023年政府信息公开工作年度报告来源：云泽市水务局 浏览次数：12 字体：【大中小】 打印本页 关闭窗口",
        "云泽市水务局2023年政府信息公开工作年度报告",
    ),
    "joined with the text": (
        f"云泽市水务局2023年政府信息公开工作年度报告{BY_LAW}编制本报告，由总体情况等六个部分组成，电子版可在网站下载。",
        "云泽市水务局2023年政府信息公开工作年度报告",
    ),
    "behind the list of other years": (
        "云泽市水务局2021年政府信息公开工作年度报告\n云泽市水务局2022年政府信息公开工作年度报告\n"
        f"云泽市水务局2023年政府信息公开工作年度报告\n{PERIOD}",
        "云泽市水务局2023年政府信息公开工作年度报告",
    ),
    "before the list of other years": (
        "云泽市水务局2023年政府信息公开工作年度报告\n云泽市水务局2022年政府信息公开工作年度报告\n"
        f"云泽市水务局2021年政府信息公开工作年度报告\n{PERIOD}",
        "云泽市水务局2023年政府信息公开工作年度报告",
    ),
    "amid the reports of other organs": (
        "松砚县教育局2023年政府信息公开工作年度报告\n云泽市水务局2023年政府信息公开工作年度报告\n"
        "松砚县民政局2023年政府信息公开工作年度报告\n现将云泽市水务局2023年政府信息公开工作情况报告如下：\n",
        "云泽市水务局2023年政府信息公开工作年度报告",
    ),
}


@pytest.mark.parametrize(("head", "title"), TITLES.values(), ids=TITLES.keys())
def test_the_title_is_read_as_printed_in_one_line(head: str, title: str) -> None:
    description = about(head + SECTIONS)
    assert told(description) == (title, "云泽市水务局", 2023, None)
    assert description.doubts == []


NAMES = {
    "a town": ("柳塘镇", "柳塘镇"),
    "a town whose government the text names": (
        "柳塘镇",
        "柳塘镇人民政府",
        f"{BY_LAW}由柳塘镇人民政府编制本报告。",
    ),
    "a township": ("松砚县青溪乡", "松砚县青溪乡"),
    "a sub-district": ("柳塘街道", "柳塘街道办事处", f"{BY_LAW}现将柳塘街道办事处的工作报告如下。"),
    "a city": ("云泽市", "云泽市人民政府", "电子版可在云泽市人民政府网站下载。"),
    "a government": ("松砚县人民政府", "松砚县人民政府"),
    "an office that discloses": ("云泽市政务公开办公室", "云泽市政务公开办公室"),
    "a branch": ("云泽市公安局青柳分局", "云泽市公安局青柳分局"),
    "a zone": ("云泽经济技术开发区管理委员会", "云泽经济技术开发区管理委员会"),
    "a name in short": ("云泽市科委", "云泽市科委"),
    "a name that is in full elsewhere": (
        "云泽市卫生健康委",
        "云泽市卫生健康委员会",
        f"{BY_LAW}由云泽市卫生健康委员会编制本报告。",
    ),
    "a note in brackets": ("云泽市水务局（本级）", "云泽市水务局"),
    "characters with which sentences begin": ("云泽市向阳区为民服务中心", "云泽市向阳区为民服务中心"),
    "signed by its office": ("松砚县人民政府", "松砚县人民政府", "", "松砚县人民政府办公室\n2024年1月20日"),
    "signed in short": ("云泽市住房和城乡建设局", "云泽市住房和城乡建设局", "", "市住建局\n2024年1月20日"),
}


@pytest.mark.parametrize("case", NAMES.values(), ids=NAMES.keys())
def test_an_organ_is_told_by_the_title_and_by_its_fullest_name(case: tuple[str, ...]) -> None:
    name, issuer, opening, end = (*case, "", "")[:4]
    description = about(f"{name}2023年政府信息公开工作年度报告\n{opening}{SECTIONS}{end}")
    assert (description.issuer, description.doubts) == (issuer, [])


SENTENCES = {
    "现公布": (f"{BY_LAW}现公布区统计局2023年政府信息公开工作年度报告。{PERIOD}", "区统计局"),
    "向社会公布": (f"{BY_LAW}现向社会公布区统计局2023年度政府信息公开年度报告。{PERIOD}", "区统计局"),
    "in quotation marks": (
        f"{BY_LAW}现公布《松砚县统计局2023年政府信息公开工作年度报告》。{PERIOD}",
        "松砚县统计局",
    ),
    "the year first": (f"{BY_LAW}特公布2023年松砚县统计局信息公开工作年度报告。{PERIOD}", "松砚县统计局"),
    "以 its own work": (
        f"为做好松砚县统计局政府信息公开工作，编制本报告。{PERIOD}如有疑问，请与松砚县统计局办公室联系。",
        "松砚县统计局",
    ),
    "an office that wrote": (f"{BY_LAW}由松砚县统计局党政办公室综合科编制。{PERIOD}", "松砚县统计局"),
    "not its superior": (
        f"按照《松砚县人民政府办公室关于做好2023年政府信息公开工作年度报告编制工作的通知》要求，"
        f"由松砚县统计局编制本报告。{PERIOD}",
        "松砚县统计局",
    ),
}


@pytest.mark.parametrize(("opening", "issuer"), SENTENCES.values(), ids=SENTENCES.keys())
def test_without_a_title_sentences_tell_the_organ(opening: str, issuer: str) -> None:
    description = about(opening + SECTIONS)
    assert told(description) == (None, issuer, 2023, None)
    assert description.doubts == []


NO_ORGAN = {
    "authorities in general": "有关政府和单位认真落实。各级政府高度重视。",
    "a superior": "在国务院办公厅的指导下，在县政府的领导下，编制本报告。",
    "the public": "现向社会公布2023年政府信息公开工作年度报告。",
    "the template": "《中华人民共和国政府信息公开工作年度报告格式》的要求，编制本报告。",
    "our office": "如有疑问，请与我局办公室联系。",
}


@pytest.mark.parametrize("opening", NO_ORGAN.values(), ids=NO_ORGAN.keys())
def test_words_that_name_no_organ(opening: str) -> None:
    description = about(f"2023年政府信息公开工作年度报告\n{opening}{SECTIONS}")
    assert (description.issuer, description.doubts) == (None, [])


TITLE = "云泽市水务局2023年政府信息公开工作年度报告\n"
DATES = {
    "alone below the title": (f"{TITLE}2024-01-20 15:26:33\n", ""),
    "in brackets below the title": (f"{TITLE}（2024年1月20日）\n", ""),
    "behind a bullet": (f"{TITLE}  • 2024-01-20\n  • 来源：市水务局\n", ""),
    "before the source": (f"{TITLE}2024年01月20日 来源： 云泽市水务局\n", ""),
    "its name on the line before": (f"{TITLE}发布时间：\n2024-01-20 10:36\n来源：\n云泽市水务局\n", ""),
    "its name in English": (f"Published Time: 2024-01-20T08:00:00+08:00\n\n{TITLE}", ""),
    "the first month by its name": (TITLE, "云泽市水务局\n二〇二四年元月二十日"),
    "slashes": (f"{TITLE}发布日期:2024/01/20 11:34:01\n", ""),
    "published before it was signed, by days": (f"发布日期：2024-01-20\n{TITLE}", "2024年1月22日"),
}


@pytest.mark.parametrize(("head", "end"), DATES.values(), ids=DATES.keys())
def test_the_date_of_publication(head: str, end: str) -> None:
    description = about(head + SECTIONS + end)
    assert told(description) == (TITLE.strip(), "云泽市水务局", 2023, "2024-01-20")
    assert description.doubts == []


YEARS = {
    "another year is spoken of as often": (
        SECTIONS.replace("2023年新增栏目3个。", "") + "云泽市水务局\n2024年1月20日",
        2023,
    ),
    "since when the law is in force": ("\n自2008年1月1日起我局按照县的统一部署公开信息。" + SECTIONS, 2023),
    "years in the names of documents": (
        "\n按照《2022年政务公开工作要点》《2022年任务分解表》《2022年考核办法》编制。" + SECTIONS,
        2023,
    ),
    "plans": (SECTIONS + "2024年将加强培训。2024年拟新增栏目。2024年我局将公开更多。2024年计划开会。", 2023),
}


@pytest.mark.parametrize(("text", "year"), YEARS.values(), ids=YEARS.keys())
def test_the_year_is_that_of_the_report(text: str, year: int) -> None:
    assert about(text).year == year
    assert about(TITLE + text).doubts == []


def test_the_year_before_the_publication_settles_a_tie() -> None:
    text = "\n一、总体情况\n2023年公开120条，2022年公开108条。\n二、主动公开政府信息情况\n"
    assert about(text + "云泽市水务局\n2024年1月20日").year == 2023


@pytest.mark.parametrize(
    "line",
    ["信息公开工作\n年度报告\n", "由云泽市局编制", "某局在认真\n", "《", "2023年1月1日", "(", "工作年报\n"],
)
def test_any_text_is_described(line: str) -> None:
    text = line * (100_000 // len(line))
    assert about(text + SECTIONS).year == 2023
