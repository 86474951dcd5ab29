"""Several whole reports in one document are told apart; what only looks like several is one."""

import pytest

from assets.several_reports import Report, several_reports

ONE = "云泽市水务局2023年政府信息公开工作年度报告"
OTHER = "松砚县教育局2023年政府信息公开工作年度报告"
EARLIER = "云泽市水务局2022年政府信息公开工作年度报告"
FRONT = """
一、总体情况
全年平稳有序。
二、主动公开政府信息情况
规章 | 0 | 0 | 0
三、收到和处理政府信息公开申请情况
本年新收政府信息公开申请数量 | 1 | 0 | 0 | 0 | 0 | 0 | 1
"""
BACK = """
四、政府信息公开行政复议、行政诉讼情况
全年没有发生行政复议和行政诉讼，也没有收到举报，信访和投诉均已办结。
五、存在的主要问题及改进情况
更新偏慢，今后加强培训，明确责任，定期检查，及时通报，不断提高公开的质量和水平。
六、其他需要报告的事项
无。
"""
WHOLE = FRONT + BACK
ANOTHER = WHOLE.replace("全年平稳有序", "本年任务繁重")
CONTENTS = (
    "\n目录\n" + "\n".join(line for line in WHOLE.split("\n") if "、" in line and "，" not in line) + "\n"
)

SEVERAL = {
    "of two organs": (ONE + WHOLE + OTHER + WHOLE, [ONE, OTHER]),
    "of two years": (ONE + WHOLE + EARLIER + WHOLE, [ONE, EARLIER]),
    "of three": (ONE + WHOLE + OTHER + WHOLE + EARLIER + WHOLE, [ONE, OTHER, EARLIER]),
    "the first lost its end": (ONE + FRONT + OTHER + WHOLE, [ONE, OTHER]),
    "the second lost its beginning": (
        ONE + WHOLE + OTHER + "\n二、主动公开政府信息情况\n" + BACK,
        [ONE, OTHER],
    ),
    "titles over several lines": (
        f"{ONE}{WHOLE}松砚县教育局\n2023年政府信息公开\n工作年度报告{WHOLE}",
        [ONE, OTHER],
    ),
    "titles in markdown": (f"# {ONE}{WHOLE}# **{OTHER}**{WHOLE}", [ONE, OTHER]),
    "the second without a title": (ONE + WHOLE + "松砚县教育局" + ANOTHER, [ONE, ""]),
    "both without a title": (WHOLE + ANOTHER, ["", ""]),
    "other words under one title": (ONE + WHOLE + ONE + ANOTHER, [ONE, ""]),
}
SINGLE = {
    "one": ONE + WHOLE,
    "printed twice": ONE + WHOLE + ONE + WHOLE,
    "its title printed twice": f"{ONE}\n{ONE}{WHOLE}",
    "its title at the head of each page": ONE + FRONT + ONE + BACK,
    "another year at the head of a page": ONE + FRONT + EARLIER + BACK,
    "a list of reports before": f"{EARLIER}\n{OTHER}\n{ONE}{WHOLE}",
    "a list of reports behind": f"{ONE}{WHOLE}{EARLIER}\n{OTHER}\n",
    "its neighbours": f"{ONE}{WHOLE}上一篇：{EARLIER}\n下一篇：{OTHER}\n",
    "a table of contents": ONE + CONTENTS + ONE + WHOLE,
    "a table of contents without a title": CONTENTS + WHOLE,
    "no report": "关于召开会议的通知\n" * 40,
    "a list of a thousand": "".join(f"云泽市第{i}中学2023年政府信息公开工作年度报告\n" for i in range(1000)),
}


@pytest.mark.parametrize(("text", "reported"), SEVERAL.values(), ids=SEVERAL.keys())
def test_several_reports_are_told_apart(text: str, reported: list[str]) -> None:
    found = several_reports(text)
    assert [report.title for report in found] == reported
    assert "".join(text[report.start : report.end] for report in found) == text


@pytest.mark.parametrize("text", SINGLE.values(), ids=SINGLE.keys())
def test_one_report_is_one(text: str) -> None:
    assert several_reports(text) == []


def test_each_report_begins_with_its_title() -> None:
    text = ONE + WHOLE + OTHER + WHOLE
    cut = text.index(OTHER)
    assert several_reports(text) == [Report(0, cut, ONE), Report(cut, len(text), OTHER)]
