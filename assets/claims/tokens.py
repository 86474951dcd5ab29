"""The tokens of a sentence: figures with their counters, the words of schemas/claims.toml, marks."""

from __future__ import annotations

import re
from functools import cache, partial
from operator import itemgetter
from typing import NamedTuple

from assets.model import Number
from schemas.claim_terms import Meaning, claim_terms, trie_pattern

# Counters that are of no subject: what they count is none of ours, but they end a figure.
_OTHER_COUNTERS = (
    "年度", "年", "月", "日", "号", "天", "个工作日", "工作日", "个月", "小时", "时", "分", "人", "名", "家", "户", "位",
    "%", "个百分点", "人次", "万人", "个部门", "个方面", "个单位", "个科室", "个自然人", "个街道", "个镇", "类", "楼", "层",
    "个工作", "室", "倍", "字", "页", "版", "周", "季度", "种", "级", "方面", "部门",
)  # fmt: skip
_MULTIPLIERS = {"万": 10_000, "亿": 100_000_000}
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_ABOUT = re.compile(r"(?:约|近|逾|超过?|大约|将近|接近|突破|不少于|不足|至少|达到?近|上)$")
_LARGEST = 10**12  # a figure beyond it is none
_CLAUSE_ENDS = ",;:()"
# Marks that make a figure a part of something else: 第20条, 〔2021〕30号, 3-5件, 四项之和.
_NO_FIGURE_BEHIND = frozenset("第[.-~/每任同逐半零")
_NO_FIGURE_BEFORE = frozenset("-~/之")
_BLANKED = re.compile(r"《[^《》]{1,80}》")


class Figure(NamedTuple):
    """A figure: its value, counter ("" where none is printed), and whether it is only about that."""

    value: Number
    counter: str
    approximate: bool


class Token(NamedTuple):
    """A piece of a sentence: a word with its meaning, a figure, or a mark (neither). `end` of a figure is
    before its counter, `behind` after it.
    """

    start: int
    end: int
    behind: int
    meaning: Meaning | None
    figure: Figure | None


_make_token = partial(tuple.__new__, Token)  # what Token._make does, in half the time
_make_figure = partial(tuple.__new__, Figure)
# A figure that cannot be told (490 / 7件 on two lines): it states nothing, and ends what a list counts on.
_UNCLEAR = Figure(0, "?", False)


def _chinese(text: str) -> int | None:
    """The value of a Chinese numeral; None where it is none (一二, 百千)."""
    if all(char in _DIGITS for char in text):
        return _DIGITS[text] if len(text) == 1 else None
    total, section, digit = 0, 0, None
    for char in text:
        if char in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[char]
        elif char in _UNITS:
            section += (1 if digit is None else digit) * _UNITS[char]
            digit = None
        else:
            total += (section + (digit or 0)) * _MULTIPLIERS[char]
            section, digit = 0, None
    return total + section + (digit or 0)


class _Patterns(NamedTuple):
    """Patterns that each begin with one of some characters, which the engine looks for fast."""

    words: re.Pattern[str]
    arabic: re.Pattern[str]
    chinese: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    terms = claim_terms()
    counters = {counter for subject in terms.subjects.values() for counter in subject.counters}
    counter = trie_pattern(sorted({*counters, *_OTHER_COUNTERS} - {""}))
    about = r"(?P<about>以上|左右|上下|以内)?"
    return _Patterns(
        re.compile(trie_pattern([*terms.words, *_CLAUSE_ENDS])),
        re.compile(
            r"\d(?P<rest>(?<!\d\d)(?:\d{0,2}(?:,\d{3})+(?!\d)|\d*)(?:\.\d+)?)(?P<many>[万亿])?(?P<more>[余多几来])?"
            rf"(?P<many2>[万亿])?(?P<counter>{counter})?{about}"
        ),
        re.compile(
            r"[〇零一二两三四五六七八九十百千](?P<rest>[〇零一二两三四五六七八九十百千万]{0,8})"
            rf"(?:(?P<more>[余多几来])?(?P<counter>{counter}){about}|(?<=为零)|(?<=零)(?=(?:行政)?(?:复议|诉讼)))"
        ),
    )


def _value(match: re.Match[str], chinese: bool) -> tuple[Number | None, int]:
    """The value of a figure and where it ends."""
    start, end = match.start(), match.end("rest")
    text = match.string[start:end]
    if chinese:
        return _chinese(text), end
    digits = text.replace(",", "")
    value: Number | None = float(digits) if "." in digits else int(digits) if len(digits) < 16 else None
    for many in (match["many"], match["many2"]):
        if many and value is not None:
            value = round(value * _MULTIPLIERS[many], 4)
            end = match.end("many2") if match["many2"] else match.end("many")
    return int(value) if isinstance(value, float) and value.is_integer() else value, end


def _of_figure(match: re.Match[str], chinese: bool) -> Token | None:
    """The token of a figure; None where it is part of something else (第20条, 3-5件)."""
    start, behind = match.span()
    text = match.string
    if (start and text[start - 1] in _NO_FIGURE_BEHIND) or text[behind : behind + 1] in _NO_FIGURE_BEFORE:
        return None
    value, end = _value(match, chinese)
    torn = (start and text[start - 1] == " ") or text[behind : behind + 1] == " "
    torn = torn or (behind == len(text) and not match["counter"])  # the page or the line ends here
    if value is None or value >= _LARGEST or torn:
        return _make_token((start, end, behind, None, _UNCLEAR))
    about = bool(match["more"] or match["about"] or _ABOUT.search(text, max(0, start - 3), start))
    counter = match["counter"] or ""
    return _make_token((start, end, behind, None, _make_figure((value, counter, about))))


def blanked(text: str) -> str:
    """The text with the names of documents in 《》 blanked out, but for those of gazettes: they are names."""
    if "《" not in text:
        return text
    return _BLANKED.sub(
        lambda match: (
            match.group() if match.group().endswith(("公报》", "政报》")) else "□" * len(match.group())
        ),
        text,
    )


def tokens(text: str) -> list[Token]:
    """The tokens of a sentence in order; words that mean nothing are left out."""
    meanings = claim_terms().words
    patterns = _patterns()
    found: list[tuple[int, int, re.Match[str] | None, bool]] = [
        (*match.span(), None, False) for match in patterns.words.finditer(text)
    ]
    found += [(*match.span(), match, False) for match in patterns.arabic.finditer(text)]
    found += [(*match.span(), match, True) for match in patterns.chinese.finditer(text)]
    found.sort(key=itemgetter(0))
    made: list[Token] = []
    done = 0
    for start, end, figure, chinese in found:
        if start < done:
            continue
        if figure is not None:
            if (token := _of_figure(figure, chinese)) is not None:
                made.append(token)
                done = end
            continue
        done = end
        meaning = meanings.get(text[start:end])
        if meaning is None or meaning.mark != "nothing":
            made.append(_make_token((start, end, end, meaning, None)))
    return made
