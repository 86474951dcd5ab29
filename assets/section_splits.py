"""section_splits: the six sections of a report, found by their headings wherever these stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from assets.model import Document, Section
from assets.stages import DocumentStage, Output, Row

_NUMERALS = "一二三四五六"
# What a heading says, section by section. Wording varies; spaces may stand anywhere (see `_spaced`).
_WORDING = (
    r"(?:政府信息公开)?(?:工作)?(?:的)?(?:总体|总的|基本)(?:工作)?(?:情况|概况)|概述|总体(?=\s|$)",
    r"(?:行政机关)?主动公开(?:政府)?信息(?:工作)?(?:的)?(?:情况|统计)|(?:政府)?信息主动公开(?:工作)?(?:的)?情况",
    r"(?:行政机关)?(?:收到和|收到及|收到与|收到、|受理和)?(?:办理|处理)(?:的)?政府信息公开(?:的)?申请(?:的)?(?:情况|统计)|"
    r"政府信息公开申请(?:的)?(?:收到|受理)?(?:和|及|与)?(?:处理|办理)(?:的)?情况|依申请公开(?:政府信息)?(?:工作)?(?:的)?(?:办理)?情况",
    r"(?:因)?(?:政府信息公开|信息公开)?(?:工作)?(?:被)?(?:申请|提起)?(?:的)?(?:行政复议|复议)(?:和|及|与|以及|、|"
    r",)?(?:被)?(?:提起)?(?:的)?(?:行政诉讼|诉讼)(?:的)?(?:情况|统计)",
    r"(?:政府信息公开(?:工作)?)?(?:中)?(?:存在)?(?:的)?(?:主要)?(?:存在)?(?:的)?(?:问题|困难)(?:和困难|和不足)?(?:及|和|与|以及|、|"
    r",)(?:下一?步)?(?:的)?(?:工作)?(?:改进|整改|措施|打算)(?:的)?(?:工作)?(?:情况|措施|方向|打算|意见|举措|计划)?",
    r"(?:其他|其它)(?:需要|需|应当|须)(?:要)?报告(?:的)?(?:事项|情况|内容)|(?:需要|需|应当|须)(?:要)?报告的(?:其他|其它)(?:事项|情况|内容)",
)
_TITLES = (
    "总体情况",
    "主动公开政府信息情况",
    "收到和处理政府信息公开申请情况",
    "政府信息公开行政复议、行政诉讼情况",
    "存在的主要问题及改进情况",
    "其他需要报告的事项",
)
_TYPO_SCORE = 75.0  # of 100: how alike a line with the right numeral has to be to its heading


def _spaced(wording: str) -> str:
    """The pattern with spaces and line ends allowed after every character, as justified and broken headings
    have them.
    """
    return re.sub(r"([\u4e00-\u9fff、](?![\]]))(?!\?)", r"\1\\s*", wording)


_HEADING = re.compile(
    "|".join(f"(?P<s{number}>{_spaced(wording)})" for number, wording in enumerate(_WORDING, 1))
)
# Begins with one of some characters, which the engine looks for fast; what stands before a digit is looked at
# behind it.
_NUMERAL = re.compile(
    r"[一二三四五六1-6](?:(?<=[一二三四五六])(?:(?:部分)?[ \t]*+[、.,:)][ \t]*+|(?:部分)?[ \t]++)|(?<=[1-6])(?<![\d.].)[ "
    r"\t]*+[、.][ \t]*+(?:(?<=[ \t])|(?!\d)))"
)
# The same before a character with which the wording of a heading begins: most numerals are those of labels.
_NUMERAL_OF_HEADING = re.compile(
    rf"(?P<numeral>{_NUMERAL.pattern})\s*+(?=[总基概政主信行收受办处依因被复工存问困其需应须中的])"
)
_MARKUP = " \t|#*>"
# The engine looks for the line end, a fixed first character, many times as fast as for ^.
_AT_START = re.compile(rf"\n[{_MARKUP}]*+[(\[]?第?{_NUMERAL_OF_HEADING.pattern}")
_CLOSING = _MARKUP + ":。.;"
_NEAR = 400  # characters of a line around a heading that are looked at: markup may be long, but not longer


class _Candidate(NamedTuple):
    start: int
    end: int
    number: int
    weight: int


def _leads(text: str, start: int) -> bool:
    """Whether nothing but markup stands before `start` on its line."""
    near = max(0, start - _NEAR)
    line_end = text.rfind("\n", near, start)
    line = text[line_end + 1 if line_end >= 0 else near : start]
    return not line.strip(_MARKUP) and (line_end >= 0 or start <= _NEAR)


def _ends(text: str, end: int) -> bool:
    """Whether nothing but markup stands behind `end` on its line."""
    line_end = text.find("\n", end, end + _NEAR)
    line = text[end : line_end if line_end >= 0 else end + _NEAR]
    return not line.strip(_CLOSING) and (line_end >= 0 or end + _NEAR >= len(text))


def _at_starts(text: str) -> list[_Candidate]:
    """Headings with their numeral at the start of a line: where nearly all of them stand."""
    return [candidate for mark in _AT_START.finditer(text) for candidate in _headed(text, mark)]


def _anywhere(text: str) -> list[_Candidate]:
    """Headings with their numeral, at the start of a line or within one."""
    return [candidate for mark in _NUMERAL_OF_HEADING.finditer(text) for candidate in _headed(text, mark)]


def _headed(text: str, mark: re.Match[str]) -> list[_Candidate]:
    """The heading behind a numeral, if it is one."""
    heading = _HEADING.match(text, mark.end())
    if heading is None:
        return []
    candidate = _weighed(
        text, mark, mark.end() + len(heading.group().rstrip()), int(str(heading.lastgroup)[1:])
    )
    return [candidate] if candidate.weight else []


def _weighed(text: str, mark: re.Match[str], end: int, number: int) -> _Candidate:
    """A numeral with a heading's wording behind it, and how likely it is the heading of a section; 0: it is
    not.
    """
    start, numeral = mark.start("numeral"), mark.group("numeral")
    bracketed = numeral.rstrip(" \t").endswith(")")
    if bracketed and text[start - 1 : start] == "(":
        start -= 1
    if text[start - 1 : start] == "第":
        start -= 1
    leads, alone = _leads(text, start), _ends(text, end)
    if numeral[0].isdigit():  # 1. is how items are numbered, if a heading stands there then alone
        weight = 2 if leads and alone and int(numeral[0]) == number else 0
    elif _NUMERALS[number - 1] != numeral[0]:  # misnumbered: only where it can be nothing but a heading
        weight = 2 if leads and alone and not bracketed else 0
    elif numeral[1:].isspace() and not leads:  # a numeral without its mark says little within a line
        weight = int(text[start - 1].isspace() and text[end : end + 1].isspace())
    elif bracketed:  # (一)… is how sub-headings are numbered
        weight = 1 if leads and alone else 0
    else:
        weight = (4 if leads else 2) + alone
    return _Candidate(start, end, number, weight)


def _unnumbered(text: str, missing: set[int]) -> list[_Candidate]:
    """Headings of the missing sections that lost their numeral, or that are misspelt: whole lines only."""
    from rapidfuzz.fuzz import ratio  # only a report with a missing heading pays for the import

    found, position = [], 0
    for line in text.split("\n"):
        body = line.strip(_MARKUP)
        if 4 <= len(body) <= 40:
            start = position + line.index(body)
            end = start + len(body)
            heading = _HEADING.match(body)
            if heading is not None and not body[heading.end() :].strip(_CLOSING):
                found.append(_Candidate(start, end, int(str(heading.lastgroup)[1:]), 3))
            elif (mark := _NUMERAL.match(body)) and body[0] in _NUMERALS:
                number = _NUMERALS.index(body[0]) + 1
                words = body[mark.end() :].replace(" ", "").rstrip(":。")
                if number in missing and ratio(words, _TITLES[number - 1]) >= _TYPO_SCORE:
                    found.append(_Candidate(start, end, number, 3))
        position += len(line) + 1
    return [candidate for candidate in found if candidate.number in missing]


def _best_chain(candidates: list[_Candidate]) -> list[_Candidate]:
    """The heaviest run of candidates whose numbers ascend; of equal runs the one that comes first."""
    if all(one.number < other.number and one.end <= other.start for one, other in pairwise(candidates)):
        return candidates
    best: dict[
        int, tuple[int, int]
    ] = {}  # for each number the heaviest run that ends with it: its weight, and its last candidate negated
    before: list[int] = []
    for i, candidate in enumerate(candidates):
        runs = (
            run
            for number, run in best.items()
            if number < candidate.number and candidates[-run[1]].end <= candidate.start
        )
        heaviest = max(runs, default=(0, 1))
        before.append(-heaviest[1])
        if heaviest[0] + candidate.weight > best.get(candidate.number, (0, 0))[0]:
            best[candidate.number] = (heaviest[0] + candidate.weight, -i)
    chain = []
    i = -max(best.values(), default=(0, 1))[1]
    while i >= 0:
        chain.append(candidates[i])
        i = before[i]
    return chain[::-1]


def split_sections(text: str) -> list[Section]:
    """The sections of a normalized text in printed order: each at most once, only those whose heading is
    there.
    """
    text = "\n" + text  # so that a line end stands before every line
    candidates = _at_starts(text)
    chain = _best_chain(candidates)
    if len(chain) < len(_TITLES):
        candidates = _anywhere(text)
        chain = _best_chain(candidates)
    if len(chain) < len(_TITLES):
        missing = set(range(1, len(_TITLES) + 1)) - {candidate.number for candidate in chain}
        chain = _best_chain(sorted(candidates + _unnumbered(text, missing)))
    ends = [candidate.start for candidate in chain[1:]] + [len(text)] * bool(chain)
    return [
        Section(
            candidate.number,
            text[candidate.start : candidate.end].strip(),
            candidate.start - 1,
            candidate.end - 1,
            end - 1,
        )
        for candidate, end in zip(chain, ends, strict=True)
    ]


def last_heading(text: str, number: int, end: int) -> int | None:
    """Where the last heading of a section that begins a line before `end` starts, whichever numeral it has;
    None if there is none.
    """
    found = [one.start - 1 for one in _at_starts("\n" + text[:end]) if one.number == number]
    return found[-1] if found else None


# --- the stage

_NOWHERE = dict.fromkeys(("start", "body", "end", "raw_start", "raw_end"), 0)


def _split_document(document: Document) -> None:
    document.sections = split_sections(document.normalized.text)


def _rows(document: Document) -> Iterator[Row]:
    if document.failure is not None:
        if document.failed_in == STAGE.name:  # of what failed before there is nothing to say here
            yield {"report_id": document.report_id, "error": document.failure} | _NOWHERE
        return
    for section in document.sections:
        raw_start, raw_end = document.normalized.raw_span(section.start, section.end)
        yield {
            "report_id": document.report_id,
            "section": section.number,
            "heading": section.heading,
            "start": section.start,
            "body": section.body,
            "end": section.end,
            "raw_start": raw_start,
            "raw_end": raw_end,
        }


def _restore(document: Document, rows: list[Row]) -> None:
    document.sections = [
        Section(row["section"], row["heading"], row["start"], row["body"], row["end"]) for row in rows
    ]


STAGE = DocumentStage(
    name="section_splits",
    module=__name__,
    group="text",
    before=("normalized_text",),
    run=_split_document,
    outputs=(
        Output(
            dataset="section_splits",
            rows=_rows,
            restore=_restore,
            reads=("section", "heading", "start", "body", "end", "error"),
        ),
    ),
)
