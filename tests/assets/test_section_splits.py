"""The six sections: each wording of a heading, and everything that looks like a heading and is none."""

import pytest

from assets.normalized_text import normalize
from assets.section_splits import split_sections

TITLES = [
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
]
BODIES = ["全年公开信息9条。", "规章 | 0 | 0 | 0", "重复申请 | 0", "维持 纠正 0", "更新偏慢。", "无。"]
WHOLE = "\n".join(f"{title}\n{body}" for title, body in zip(TITLES, BODIES, strict=True))


def found(text: str) -> list[tuple[int, str, str]]:
    """Number, heading and body of each section, of a text that is normalized first."""
    normalized = normalize(text).text
    return [
        (section.number, section.heading, normalized[section.body : section.end].strip())
        for section in split_sections(normalized)
    ]


def numbers(text: str) -> list[int]:
    return [number for number, _, _ in found(text)]


def test_the_official_headings() -> None:
    assert found("云泽市水务局年度报告\n" + WHOLE) == list(zip(range(1, 7), TITLES, BODIES, strict=True))


def test_offsets_are_those_of_the_text_and_leave_no_gap() -> None:
    text = "前言\n" + WHOLE
    sections = split_sections(text)
    assert [text[section.start : section.body] for section in sections] == TITLES
    assert [section.end for section in sections] == [*(section.start for section in sections[1:]), len(text)]


VARIANTS = [
    (1, "一.总体情况"),
    (1, "一．总体情况"),
    (1, "一 总体情况"),
    (1, "“一.总体情况”"),
    (1, "一、 总 体 情 况"),
    (1, "一、政府信息公开工作总体情况"),
    (1, "一、概述"),
    (1, "## 一、总体情况"),
    (1, "**一、总体情况**"),
    (1, "    一、总体情况："),
    (1, "一、總體情況"),
    (2, "二、主动公开信息情况"),
    (2, "二、政府信息主动公开情况"),
    (2, "二、主动公开政府信息的情况"),
    (3, "三、收到和处理政府信息公开申请的情况"),
    (3, "三、政府信息公开申请的收到和处理情况"),
    (3, "三、办理政府信息公开申请情况"),
    (3, "三、收到和處理政府信息公開申請情況"),
    (4, "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况"),
    (4, "四、政府信息公开行政复议和行政诉讼情况"),
    (4, "四、行政复议、行政诉讼情况"),
    (4, "四、政府信息公開行政複議、行政訴訟情況"),
    (5, "五、存在问题及改进情况"),
    (5, "五、政府信息公开工作存在的主要问题及改进情况"),
    (5, "五、存在的主要问题及整改措施"),
    (5, "五、存在的问题和改进措施"),
    (6, "六、其它需要报告的事项"),
    (6, "六、其他需报告的事项"),
    (6, "六、需要报告的其他事项"),
    (6, "六、其他需要报告事项"),
    (6, "| 六、其他需要报告的事项 | |"),
    # lost or wrong numerals, typos
    (1, "总体情况"),
    (3, "收到和处理政府信息公开申请情况"),
    (4, "三、政府信息公开行政复议、行政诉讼情况"),
    (2, "二、主动公开政府信息请况"),
    (5, "五、存在的主要问题及改进请况"),
]


@pytest.mark.parametrize(("number", "heading"), VARIANTS, ids=[heading for _, heading in VARIANTS])
def test_a_heading_in_other_words_is_found_in_its_place(number: int, heading: str) -> None:
    titles = [heading if i == number else title for i, title in enumerate(TITLES, 1)]
    text = "\n".join(f"{title}\n{body}" for title, body in zip(titles, BODIES, strict=True))
    # Marks around a heading, and the end of one that is misspelt, may stay with the body.
    assert [(n, body.strip('请况"*:| \n')) for n, _, body in found(text)] == list(
        zip(range(1, 7), BODIES, strict=True)
    )


def test_a_whole_report_on_one_line() -> None:
    text = " ".join(f"{title} {body}" for title, body in zip(TITLES, BODIES, strict=True))
    assert found(text) == list(zip(range(1, 7), TITLES, BODIES, strict=True))


def test_a_whole_report_on_one_line_without_spaces() -> None:
    text = "云泽市水务局年度报告。" + "".join(
        f"{title}{body}"
        for title, body in zip(
            TITLES, ["全年平稳。", "见表。", "见表。", "见表。", "偏慢。", "无。"], strict=True
        )
    )
    assert numbers(text) == [1, 2, 3, 4, 5, 6]


def test_a_report_whose_lines_end_otherwise_has_the_same_sections() -> None:
    assert found(WHOLE.replace("\n", "\r\n")) == found(WHOLE)


@pytest.mark.parametrize("number", range(1, 7))
def test_a_heading_printed_twice_begins_one_section(number: int) -> None:
    title = TITLES[number - 1]
    text = WHOLE.replace(title, f"{title}\n{title}")
    assert numbers(text) == [1, 2, 3, 4, 5, 6]
    assert all(body in found(text)[i][2] for i, body in enumerate(BODIES))


@pytest.mark.parametrize("missing", [(1,), (3,), (6,), (2, 3, 4), (1, 2, 3, 4, 5), (1, 2, 3, 4, 5, 6)])
def test_what_is_missing_is_not_there(missing: tuple[int, ...]) -> None:
    lines = [
        f"{title}\n{body}"
        for i, (title, body) in enumerate(zip(TITLES, BODIES, strict=True), 1)
        if i not in missing
    ]
    assert numbers("\n".join(lines)) == [number for number in range(1, 7) if number not in missing]


NO_HEADINGS = {
    "a sentence that lists them": "全文由总体情况、主动公开政府信息情况、收到和处理政府信息公开申请情况、政府信息公开行政复议和行政诉讼情况、存在问题和改进情况六部分组成。\n",
    "a sentence that numbers them": "本报告由一、总体情况，二、主动公开政府信息情况，三、收到和处理政府信息公开申请情况等六部分组成。\n",
    "rows of the table": "一、本年新收政府信息公开申请数量 | 0\n二、上年结转政府信息公开申请数量 | "
    "0\n三、本年度办理结果 | （一）予以公开 | 0\n四、结转下年度继续办理 | 0\n",
    "sub-headings": "（一）主动公开。全年9条。\n（二）依申请公开。\n（三）政府信息管理。\n（四）平台建设。\n",
    "the form's title above its table": "收到和处理政府信息公开申请情况见下表。\n",
}


@pytest.mark.parametrize("text", NO_HEADINGS.values(), ids=NO_HEADINGS.keys())
def test_what_only_looks_like_a_heading_is_none(text: str) -> None:
    for whole in (text + WHOLE, WHOLE.replace(BODIES[0], text + BODIES[0])):
        sections = found(whole)
        assert [(number, heading) for number, heading, _ in sections] == list(enumerate(TITLES, 1))
        assert sections[0][2].endswith(BODIES[0])


def test_rows_of_the_applications_table_stay_in_section_three() -> None:
    rows = NO_HEADINGS["rows of the table"].strip("\n")
    text = WHOLE.replace(BODIES[2], rows)
    assert found(text)[2] == (3, TITLES[2], normalize(rows).text)
    assert numbers(text) == [1, 2, 3, 4, 5, 6]


def test_a_table_of_contents_gives_way_to_the_headings_themselves() -> None:
    assert [
        body
        for _, _, body in found(
            "目录\n" + "\n".join(f"{title}…………{i}" for i, title in enumerate(TITLES, 1)) + "\n" + WHOLE
        )
    ] == BODIES


def test_an_empty_text_has_no_sections() -> None:
    assert split_sections("") == []
