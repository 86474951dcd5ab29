"""report_titles: the lines that can be the title of a report, and what a title says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from assets.organ_names import HAN, organ_in

REPORT = re.compile(
    r"(?:政府|政务)?(?:信息|政务)(?:主动)?公开(?:工作)?(?:情况)?的?(?:20\d\d年?度?)?(?:年度)?(?:工作)?(?:情况)?的?(?:年度)?"
    r"(?:工作)?(?:情况)?的?(?:报告|年报)"
)
_YEAR = re.compile(
    r"(?<!\d)(20[0-4]\d)(?!\d)|(二[〇○零oOＯ0][〇○零oO0一二三四][〇○零oO0一二三四五六七八九])年?|(二[〇○零0]?一?十[一二三四五六七八九]?)年"
)
_BETWEEN = re.compile(r"(?:20\d\d|二[〇○零oOＯ0][〇○零oO0一二三四五六七八九]{2})年?度?(?:\(\d{0,4}\))?")
_NAMED = re.compile(r"^(?:标题|名称|信息名称|文件名称|题名|公文名称|Title)(?::[:\t]*|[:\t]+)(?=.{6})")
_TAG = re.compile(r"^(?:\[[^\[\]]{1,8}\]|\([^()]{1,6}\))+(?=.{8})")
_NO_TITLE = re.compile(
    r"[。;>!?]|http|如下|根据|按照|依据|现将|本报告|本年度报告|以下简称|:$|通知|解读|编制|公告$"
)
_SITE = re.compile(r"(?<=报告|年报)[-_|].*$")
_ENDS = re.compile(r"(?:报告|年报)(?:\((?:20\d\d年?度?|全文)\))?$")
_LONGEST = 70  # characters of a title
_LONGEST_PART = 36  # characters of a line that is a part of one
_MOST_LINES = 4
_BEHIND = 12  # characters behind a title on its line: the name of the site, a year in brackets
_TAIL = re.compile(r"(?:报?告)?\(20\d\d年?度?\)|\d{0,4}年?度?\)")
_BEGINS_NAME = re.compile(rf"[{HAN}]{{3,34}}")
_PLACE_FIRST = re.compile(rf"[{HAN}]{{1,8}}?[省市县区旗州盟镇乡]|国家|中国")
_OF_PAGE = re.compile(r"[网栏]|门户|公开|首页|平台|频道|信息|专题|导航|欢迎|浏览")
_MARKS = " \t#*>_•·◆■●"
# A title that begins its line, and what a converter has joined with it.
_JOINED = re.compile(
    rf"(?P<title>[{HAN}()]{{0,30}} ?(?:20\d\d ?年度? ?)?[{HAN}()]{{0,30}}信息公开[{HAN}\d ]{{0,14}}?(?:报告|年报))\s*"
    r"(?=发布|来源|日期|时间|信息来源|索引号|根据|按照|依据|为|本报告|本年度报告|现将|作者|浏览|字号|字体|一、|[\[(]?20\d\d[-年])"
)
# A title within a line that runs on: it begins after a space and ends before one.
_WITHIN = re.compile(
    rf"(?<![^\s|])(?:[{HAN}()]{{3,30}} ?20\d\d ?年度? ?|20\d\d ?年度? ?[{HAN}()]{{0,30}}|关于20\d\d年度?)"
    rf"[{HAN}]{{0,4}}信息公开[{HAN}]{{0,10}}(?:报告|年报)(?![^\s|])"
)


class Title(NamedTuple):
    """A line, or lines, that can be a title: its span in the normalized text, its words without spaces, and
    how much it says, at most 7: 4 for a year, 2 for an organ, 1 where nothing stands behind it.
    """

    start: int
    end: int
    words: str
    score: int


@lru_cache(maxsize=256)
def years_in(words: str) -> list[int]:
    """The years that a title names, in digits or Chinese numerals."""
    found = []
    for match in _YEAR.finditer(words):
        year = int(match[1]) if match[1] else chinese_year(match[2]) if match[2] else None
        if year is not None and 2008 <= year <= 2049:
            found.append(year)
    return found


def chinese_year(words: str) -> int | None:
    """二〇二三 as a number; None where a character is no digit."""
    values = {char: i for i, char in enumerate("零一二三四五六七八九")} | dict.fromkeys("〇○oOＯ0", 0)
    digits = [values.get(char) for char in words]
    return None if None in digits else int("".join(map(str, digits)))


@lru_cache(maxsize=256)
def organ_of_title(title: str) -> str | None:
    """The organ that a title names (without spaces): a department, or a place for its government."""
    report = REPORT.search(title)
    if report is None:
        return None
    front = title[: report.start()]
    for piece in _BETWEEN.split(front):
        piece = _TAG.sub("", piece.strip("《》<>\"'[]:,-"))
        if piece.endswith("人民") and report.group().startswith("政府"):
            piece += "政府"  # 云泽市人民政府信息公开年度报告
        piece = re.sub(r"(?:关于|的|发布|公布|印发|行政机关)+$", "", piece)
        piece = re.sub(r"^(?:关于|发布|公布|印发)+", "", piece)
        if (name := organ_in(piece, places=True, shortest=2, whole=True)) is not None:
            return name
    return None


def titles(text: str, end: int) -> list[Title]:
    """All that can be the title of a report before `end`, in printed order."""
    lines = list(_lines(text, end))
    found: list[Title] = []
    for i, (start, stop) in enumerate(lines):
        if stop - start > _LONGEST:
            found += _within(text, start, stop)
        elif _can_be_title(text[start:stop]):
            best = max(_read(text, lines, i), key=lambda title: title.score, default=None)
            if best is not None:
                found.append(best)
    if found and all(title.score <= 1 for title in found) and found[0].start > lines[0][0]:
        return []  # neither year nor organ: a title only as the first line of all
    return found


def best_titles(found: list[Title]) -> list[Title]:
    """Those of the titles that say most."""
    most = max((title.score for title in found), default=0)
    return [title for title in found if title.score == most]


def _can_be_title(line: str) -> bool:
    """Whether a line can be a title, or the end of one over several lines."""
    if "公" not in line and "报" not in line and line[-1] != ")":
        return False
    words = squeezed(line)
    return "公开" in words or _ENDS.search(words) is not None or _TAIL.fullmatch(words) is not None


def _lines(text: str, end: int) -> Iterator[tuple[int, int]]:
    """The spans of the printed lines before `end` without markup, of a table cell by cell."""
    offset = 0
    for line in text[:end].split("\n"):
        for cell in line.split("|") if "|" in line else (line,):
            words = cell.strip(_MARKS)
            if words:
                start = offset + line.index(cell) + cell.index(words)
                yield start, start + len(words)
        offset += len(line) + 1


def squeezed(words: str) -> str:
    """Words without spaces and without the marks of markdown."""
    return "".join(words.split()).replace("**", "").replace("__", "")


def _read(text: str, lines: list[tuple[int, int]], i: int) -> Iterator[Title]:
    """The title that ends with line i: alone, or with the lines above it if these say more."""
    start, stop = lines[i]
    words = squeezed(text[start:stop])
    if (named := _NAMED.match(words)) or (named := _TAG.match(words)):
        words = words[named.end() :]
        start = _at(text, start, stop, named.end())
    cut = _SITE.search(words)
    if cut is not None:
        stop = _at(text, start, stop, cut.start())
        words = words[: cut.start()]
    title = _judged(start, stop, words)
    if title is not None:
        yield _without_neighbour(text, title)
    elif (joined := _JOINED.match(text, start, stop)) and (
        title := _judged(start, joined.end("title"), None, text)
    ):
        yield title
        return
    tail = _TAIL.fullmatch(words) is not None
    if named or cut or not (tail or _ENDS.search(words)) or len(words) > _LONGEST_PART:
        return
    whole = bool(title and title.score >= 6)
    for above, above_end in reversed(lines[max(0, i - _MOST_LINES + 1) : i]):
        part = squeezed(text[above:above_end])
        if len(part) > _LONGEST_PART or _NO_TITLE.search(part) or ":" in part:
            return
        if (_ENDS.search(part) and not tail) or (whole and not _torn(part)):
            return
        below, words, tail = words, part + words, False
        several = _judged(above, stop, words)
        if several is not None and _belongs(part, below, several, text):
            yield several._replace(score=several.score + whole)  # the whole name before its end
            whole = several.score >= 7


def _without_neighbour(text: str, title: Title) -> Title:
    """A title without the words that stand apart behind it on its line: a button, the name of the site."""
    report = REPORT.search(title.words)
    if report is None or report.end() == len(title.words):
        return title
    words = text[title.start : title.end]
    for gap in re.finditer(" +", words):
        if squeezed(words[: gap.start()]) == title.words[: report.end()]:
            return _judged(title.start, title.start + gap.start(), None, text) or title
    return title


def _torn(part: str) -> bool:
    """Whether a line can be the beginning of an organ's name, and is no link of the page."""
    return _BEGINS_NAME.fullmatch(part) is not None and not _OF_PAGE.search(part)


def _belongs(part: str, below: str, title: Title, text: str) -> bool:
    """Whether the uppermost line of a title in several lines is a part of it: it is an organ's name, has the
    year, or breaks off amid one of them or amid the words for the report.
    """
    if title.score < 4:
        return False
    if part[-1].isdigit() and below[0].isdigit():
        return not years_in(below)
    if years_in(part) or _TAIL.fullmatch(below):
        return True
    organ = organ_of_title(title.words)
    if organ is not None and organ.startswith(part) and _torn(part):
        # The text has the whole name elsewhere, or only the upper line begins with a place.
        lower = organ_of_title(below) or ""
        return text.find(organ, title.end) >= 0 or (
            _PLACE_FIRST.match(part) is not None and _PLACE_FIRST.match(lower) is None
        )
    if organ_in(part, places=True, shortest=2, whole=True) == part.strip("《》"):
        return True
    report = REPORT.search(title.words)
    return report is not None and report.start() < len(part) < report.end() and organ is not None


def _judged(start: int, stop: int, words: str | None, text: str = "") -> Title | None:
    """A title with what it says; None where the words are none."""
    words = squeezed(text[start:stop]) if words is None else words
    if not 8 <= len(words) <= _LONGEST or _NO_TITLE.search(words):
        return None
    found = REPORT.search(words)
    if found is None or len(words) - found.end() > _BEHIND:
        return None
    score = 4 * bool(years_in(words)) + 2 * bool(organ_of_title(words))
    score += (score > 0 or found.start() == 0) * bool(_ENDS.search(words) or found.end() == len(words))
    return Title(start, stop, words, score)


def _within(text: str, start: int, stop: int) -> Iterator[Title]:
    """The titles in a long line."""
    if text.find("信息公开", start, stop) < 0:
        return
    if (joined := _JOINED.match(text, start, stop)) and (
        title := _judged(start, joined.end("title"), None, text)
    ):
        yield title
        return
    for match in _WITHIN.finditer(text, start, stop):
        if (title := _judged(match.start(), match.end(), None, text)) is not None:
            yield title


def _at(text: str, start: int, stop: int, count: int) -> int:
    """Where in text[start:stop] the word behind its first `count` printed characters begins."""
    at = start
    while at < stop and (count or text[at].isspace()):
        if not text[at].isspace():
            count -= 1
        at += 1
    return at
