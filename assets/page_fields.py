"""page_fields: what a page prints of its document beside names, in pairs: 索引号：…, 文号：…, 发布机构：…, 主题分类：…,
原文链接：….
"""

from __future__ import annotations

import re

from assets.model import Normalized

_MOST = 3000  # characters before the first section; what stands further on is prose
_LONGEST = 120
_NOTHING = frozenset(("", "-", "--", "/", "无", "暂无"))
# Each field by the names that pages give it, the one that is believed first in front.
_NAMES: dict[str, tuple[str, ...]] = {
    "index_number": ("索引号", "信息索引号", "索取号", "信息索取号", "索引编号"),
    "document_number": ("文号", "发文字号", "文件编号", "发文文号"),
    "publisher": (
        *(
            "发布机构",
            "发布单位",
            "发布部门",
            "公开机构",
            "公开单位",
            "公开主体",
            "制发机关",
            "发文机关",
            "发文单位",
            "编制单位",
        ),
        *("信息来源", "来源"),
    ),
    "topic": ("主题分类", "信息分类", "组配分类", "分类", "主题"),
    "source_url": (
        "原文链接",
        "原文地址",
        "来源网址",
        "来源链接",
        "网页地址",
        "URL",
        "url",
        "来源",
        "信息来源",
    ),
}
# Names beside which a value ends.
_OTHERS = (
    "信息名称 文件名称 名称 信息标题 标题 公开方式 公开形式 公开日期 公开时间 公开时限 公开范围 公开属性 发布日期 发布时间 公布日期 公布时间 生成日期 生成时间 "
    "成文日期 发文日期 印发日期 生效日期 废止日期 有效性 时效性 时效 有效期 状态 关键词 关键字 主题词 内容概述 概述 摘要 浏览次数 浏览量 点击数 点击率 点击次数 访问量 "
    "阅读次数 阅读量 字号 字体大小 字体 打印 分享 文件下载 责任编辑 编辑 作者 采集时间 抓取时间 更新时间 时间 日期 体裁分类 体裁 服务对象 语种 单位 视力保护色"
)
_EVERY = sorted(
    {*(name for names in _NAMES.values() for name in names), *_OTHERS.split()}, key=len, reverse=True
)
# Not behind a word: that is looked at afterwards, since the engine is many times as fast where a pattern
# begins with one of some characters.
_LABEL = re.compile(
    rf"(?P<name>{'|'.join(' {0,4}'.join(name) for name in _EVERY)})"
    r"[])]?(?P<mark>[ ]*:[ ]*(?:[|\t][ ]*)?|[ ]*[|\t][ ]*|(?<=\])[ ]*)"
)
_WORD = re.compile("[\u4e00-\u9fffA-Za-z]")
_URL = re.compile(r"https?://[^\s|]+")


def fields_of(raw: str, normalized: Normalized, head: int, tail: int) -> dict[str, str]:
    """The fields printed in the first `head` characters of the normalized text, or its last `tail` ones: by
    their names in `Description`.
    """
    text = normalized.text
    head = min(head, _MOST)
    found: dict[str, tuple[int, int]] = {}
    for start, end in ((0, head), (max(head, len(text) - tail), len(text))):
        for name, span in _pairs(text, start, end).items():
            found.setdefault(name, span)
    fields = {}
    for field, names in _NAMES.items():
        for name in names:
            if name in found:
                value = " ".join(raw[slice(*normalized.raw_span(*found[name]))].split())
                if (_URL.fullmatch(value) is not None) == (field == "source_url"):
                    fields[field] = value
                    break
    return fields


def _pairs(text: str, start: int, end: int) -> dict[str, tuple[int, int]]:
    """For each name the span of the value behind it, if there is one."""
    labels = [
        label
        for label in _LABEL.finditer(text, start, end)
        if not _WORD.match(text[label.start() - 1 : label.start()])
    ]
    pairs: dict[str, tuple[int, int]] = {}
    for i, label in enumerate(labels):
        begin = label.end()
        until = labels[i + 1].start() if i + 1 < len(labels) else end
        span = _value(text, begin, until)
        if (
            span is None and ":" in label.group("mark") and text[begin : begin + 1] == "\n"
        ):  # the value has a line of its own
            span = _value(text, begin + 1, until)
            if span is not None and ":" in text[slice(*span)].replace("://", ""):
                span = None
        if span is not None:
            pairs.setdefault("".join(label.group("name").split()), span)
    return pairs


def _value(text: str, begin: int, until: int) -> tuple[int, int] | None:
    """The words from `begin` to the end of their cell or line, without the marks around them."""
    words = re.split(r"[|\t\n]", text[begin:until], maxsplit=1)[0].rstrip(" [(;,。")
    bare = words.lstrip(" ")
    if bare in _NOTHING or len(bare) > _LONGEST:
        return None
    return begin + len(words) - len(bare), begin + len(words)
