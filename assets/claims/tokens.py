"""The tokens of a sentence: figures with their counters, the words of schemas/claims.toml, marks that part it."""

from __future__ import annotations

import re
from functools import cache
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
_BLANKED = re.compile(r"《[^《》]{1,80}》")


class Figure(NamedTuple):
    """A figure: its value, counter ("" where none is printed), and whether the words say that it is not exact."""

    value: Number
    counter: str
    approximate: bool


class Token(NamedTuple):
    """A piece of a sentence: a word with its meaning, a figure, or a mark (then neither); `end` of a figure is
    before its counter, `behind` after it.
    """

    start: int
    end: int
    behind: int
    meaning: Meaning | None
    figure: Figure | None


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


@cache
def _pattern() -> re.Pattern[str]:
    terms = claim_terms()
    counters = {counter for subject in terms.subjects.values() for counter in subject.counters}
    counter = trie_pattern(sorted({*counters, *_OTHER_COUNTERS} - {""}))
    arabic = r"(?P<arabic>\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)"
    chinese = r"(?P<chinese>[〇零一二两三四五六七八九十百千][〇零一二两三四五六七八九十百千万]{0,8})"
    many = r"(?P<many>[万亿])?(?P<more>[余多几来])?(?P<many2>[万亿])?"
    return re.compile(
        rf"(?:{terms.pattern.pattern})|(?P<mark>[,;:()])|"
        rf"(?:{arabic}{many}(?P<counter>{counter})?|{chinese}(?P<more2>[余多几来])?(?P<counter2>{counter})"
        rf"|(?<=为)(?P<nought>零))(?P<about>以上|左右|上下|以内)?"
    )


def _of_figure(text: str, match: re.Match[str]) -> Token | None:
    """The token of a figure; None where it is part of something else (第20条, 3-5件, 20 21件)."""
    start = match.start()
    before = text[start - 1] if start else ""
    if before in tuple("第〔[.-~/每任同逐半零") and before or (before == " "):
        return None
    group = match.group
    if group("nought"):
        return Token(start, match.end("nought"), match.end(), None, Figure(0, "", False))
    if group("chinese"):
        value: Number | None = _chinese(group("chinese"))
        end, counter, more = match.end("chinese"), group("counter2"), group("more2")
    else:
        digits = group("arabic").replace(",", "")
        value = float(digits) if "." in digits else int(digits) if len(digits) < 16 else None
        end, counter, more = match.end("arabic"), group("counter") or "", group("more")
        for many in filter(None, (group("many"), group("many2"))):
            end = match.end("many2") if group("many2") else match.end("many")
            value = None if value is None else round(value * _MULTIPLIERS[many], 4)
    if value is None or value >= _LARGEST or text[match.end() : match.end() + 1] in ("-", "~", "/", " "):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    about = bool(more or group("about") or _ABOUT.search(text, max(0, start - 3), start))
    return Token(start, end, match.end(), None, Figure(value, counter, about))


def blanked(text: str) -> str:
    """The text with the names of documents in 《》 blanked out, but for those of gazettes: they are names."""
    if "《" not in text:
        return text
    return _BLANKED.sub(
        lambda match: match.group() if match.group().endswith(("公报》", "政报》")) else "□" * len(match.group()),
        text,
    )


def tokens(text: str) -> list[Token]:
    """The tokens of a sentence in order; words that mean nothing are left out."""
    words = claim_terms().words
    found: list[Token] = []
    for match in _pattern().finditer(text):
        group = match.lastgroup
        if group is None:
            meaning = words[match.group()]
            if meaning.mark != "nothing":
                found.append(Token(match.start(), match.end(), match.end(), meaning, None))
        elif group == "mark":
            found.append(Token(match.start(), match.end(), match.end(), None, None))
        elif (token := _of_figure(text, match)) is not None:
            found.append(token)
    return found
