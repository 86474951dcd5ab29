"""normalized_text: one way of writing every character (width, spaces, quotes, dashes, script), with the way
back to the raw text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import accumulate, count
from operator import add
from typing import Any

import opencc

from assets.limits import MAX_CHARACTERS
from assets.model import Document, Normalized, Refusal, Script
from assets.stages import DocumentStage, Output, Row
from schemas.words import say

# Marks that NFKC leaves apart though they mean the same here. One character each: offsets stay.
_MARKS = {
    '"': "“”„‟«»「」『』〝〞＂",
    "'": "‘’‚‛`´′＇",
    "-": "‐‑‒–—―−⁃─━﹣",
    "[": "〔【〖",
    "]": "〕】〗",
    "|": "│┃║∣￨",
    "~": "〜～∼",
    "\n": "\x0b\x0c\x85\u2028\u2029",
    " ": "\x00\x1c\x1d\x1e\x1f\u1680\u180e\u3164",
}
_REPLACEMENTS = tuple((mark, plain) for plain, marks in _MARKS.items() for mark in marks)
# Full-width forms and spaces that fill every report. Replacing these few first mostly leaves nothing for
# NFKC, which is slow, to do.
_FREQUENT = tuple(
    (wide, unicodedata.normalize("NFKC", wide))
    for wide in "，（）：；！？／－．％　\xa0\u2002\u2003\u2009０１２３４５６７８９"
)
# Numbers that mark a footnote or an item: NFKC would make them digits, and 7① the figure 71. They stay what
# they are.
_KEPT = re.compile("([²³¹⁰⁴-⁹₀-₉①-⑳㉑-㉟㊱-㊿⓪-⓿❶-➓]+)")
_ZERO_WIDTH = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff"
_HAN = re.compile("[\u3400-\u9fff]+")
_IN_BOTH = "乾"  # simplified 干, but itself in names: 乾县
_TRADITIONAL_SHARE = 0.12
_MOST_WRITTEN_OUT = 2 * MAX_CHARACTERS
# Where characters that NFKC lengthens, deletes or joins with a neighbour can be looked for without walking
# through all of Unicode; what lies outside (a mathematical letter, say) is found by its length afterwards.
_COMMON_BLOCKS = ((0xA0, 0x3400), (0xF900, 0x10000))


@cache
def _uneven_characters() -> tuple[str, str]:
    """The characters that join the one before, and those that become several or none, for a pattern."""
    combining, expanding = [], []
    for first, last in _COMMON_BLOCKS:
        for code in range(first, last):
            char = chr(code)
            if unicodedata.combining(char) or 0x1160 <= code < 0x1200:
                combining.append(re.escape(char))
            elif len(unicodedata.normalize("NFKC", char)) != 1 and not _KEPT.match(char):
                expanding.append(re.escape(char))
    return "".join(combining), "".join(expanding)


@cache
def _uneven() -> re.Pattern[str]:
    """Finds out fast whether a text has anything that does not normalize one to one."""
    return re.compile(rf"[\r{_ZERO_WIDTH}{''.join(_uneven_characters())}]")


@cache
def _combining() -> re.Pattern[str]:
    return re.compile(f"[{_uneven_characters()[0]}]")


@cache
def _pieces(combining: bool) -> re.Pattern[str]:
    """What does not normalize one to one: \\r\\n, zero-width characters, characters that expand, a character
    with its combining marks.

    Where no mark combines, the pattern begins with one of some characters: the engine is then many times as
    fast.
    """
    marks, expand = _uneven_characters()
    if combining:
        return re.compile(rf"\r\n?|[{_ZERO_WIDTH}]|.[{marks}]+|[{expand}]", re.DOTALL)
    return re.compile(rf"[\r{_ZERO_WIDTH}{expand}](?:(?<=\r)\n)?")


_ZERO = re.compile(f"[{_ZERO_WIDTH}]")


@lru_cache(maxsize=4096)
def _plain(piece: str) -> str:
    """What one uneven piece of raw text becomes."""
    if piece[0] == "\r":
        return "\n"
    if len(piece) == 1 and _ZERO.match(piece):
        return ""
    return unicodedata.normalize("NFKC", _ZERO.sub("", piece))


def _nfkc(text: str) -> str:
    """The text with each character in the form of NFKC, but for numbers that mark a footnote or an item."""
    if unicodedata.is_normalized("NFKC", text):
        return text
    if "\n" in text:  # nothing joins across a line end, and most lines need nothing done
        return "\n".join(map(_nfkc, text.split("\n")))
    return "".join(
        part if i % 2 else unicodedata.normalize("NFKC", part) for i, part in enumerate(_KEPT.split(text))
    )


def _fold(text: str) -> str:
    folded = text
    for wide, plain in _FREQUENT:
        folded = folded.replace(wide, plain)
    folded = _nfkc(folded)
    for mark, plain in _REPLACEMENTS:
        folded = folded.replace(mark, plain)
    return folded


def _line_breaks(raw: str) -> tuple[list[int], list[int]]:
    """The breaks of a text in which only line ends of two characters are uneven."""
    ours = list(accumulate((len(line) + 1 for line in raw.split("\r\n")[:-1]), initial=0))
    return ours, list(map(add, ours, count()))


def _fold_with_breaks(raw: str) -> tuple[str, tuple[list[int], list[int]]]:
    """Fold text that has uneven places: the result, and the offsets at which both texts go on together."""
    parts: list[str] = []
    ours, theirs, length, done = [0], [0], 0, 0
    for match in _pieces(_combining().search(raw) is not None).finditer(raw):
        start, end = match.span()
        plain = _plain(match.group())
        parts += (raw[done:start], plain)
        length += start - done
        done = end
        for k in range(1, len(plain)):  # every character of an uneven piece points at a place in it
            ours.append(length + k)
            theirs.append(min(start + k, end - 1))
        length += len(plain)
        _check_length(length)
        if ours[-1] == length:  # nothing was left of the piece
            theirs[-1] = end
        elif end - start != len(plain) or len(plain) > 1:
            ours.append(length)
            theirs.append(end)
    parts.append(raw[done:])
    even = "".join(parts)
    folded = _fold(even)
    if len(folded) != len(even):  # a character outside the common blocks
        return _fold_by_character(raw)
    return folded, (ours, theirs)


def _check_length(length: int) -> None:
    """Raise Refusal for a text that is far longer with its characters written out: one may stand for 18."""
    if length > _MOST_WRITTEN_OUT:
        raise Refusal(say("refused.written_out", most=_MOST_WRITTEN_OUT))


def _fold_by_character(raw: str) -> tuple[str, tuple[list[int], list[int]]]:
    """The same for text with rare characters that expand: slowly, one by one."""
    parts: list[str] = []
    ours, theirs, length = [0], [0], 0
    for start, char in enumerate(raw):
        part = _fold(_ZERO.sub("", char))
        ours += range(length, length + len(part) + 1)
        theirs += [start] * len(part)
        theirs.append(start + 1)
        parts.append(part)
        length += len(part)
        _check_length(length)
    return "".join(parts), _compact(ours, theirs)


def _compact(ours: list[int], theirs: list[int]) -> tuple[list[int], list[int]]:
    """Drop breaks that say nothing new: equal places (the last one counts), and places at which the texts go
    on in step anyway.
    """
    kept: tuple[list[int], list[int]] = ([], [])
    for our, their in zip(ours, theirs, strict=True):
        if kept[0] and kept[0][-1] == our:
            kept[1][-1] = their
        elif not kept[0] or their - our != kept[1][-1] - kept[0][-1]:
            kept[0].append(our)
            kept[1].append(their)
    return kept


@cache
def _converter(name: str) -> Any:
    # hk2s knows the character variants (衞, 敍) that t2s leaves alone, and all that t2s knows.
    return opencc.OpenCC(name)


@cache
def _traditional() -> re.Pattern[str]:
    """Characters that a conversion to simplified script changes."""
    every = [chr(code) for code in range(0x3400, 0xA000)]
    others = _converter("hk2s").convert("\n".join(every)).split("\n")
    return re.compile(
        f"[{''.join(one for one, other in zip(every, others, strict=True) if one not in (other, *_IN_BOTH))}]"
    )


def _simplify(text: str) -> str:
    """Traditional to simplified, in the same number of characters."""
    converted = str(_converter("hk2s").convert(text))
    if len(converted) == len(text):
        return converted
    return "".join(one if len(one := str(_converter("hk2s").convert(char))) == 1 else char for char in text)


def _is_traditional(text: str) -> bool:
    """Whether the script is traditional: a third of its characters are then of that script alone, and hardly
    any in simplified text.
    """
    found = len(_traditional().findall(text))
    if found < 2 or found > _TRADITIONAL_SHARE * len(
        text
    ):  # a share of all characters is one of the Chinese ones all the more
        return found > 1
    return found > _TRADITIONAL_SHARE * len("".join(_HAN.findall(text)))


def _script(folded: str) -> tuple[str, Script]:
    """The text in simplified script, and the script that it was in.

    Text in simplified script keeps its characters, even those that are traditional elsewhere (乾县), except in
    lines that are traditional.
    """
    if not _traditional().search(folded):
        return folded, "hans"
    if _is_traditional(folded):
        return _simplify(folded), "hant"
    lines = folded.split("\n")
    return "\n".join(_simplify(line) if _is_traditional(line) else line for line in lines), "hans"


def normalize(raw: str) -> Normalized:
    """Normalize a raw text. Its `breaks` lead every character of the result back to its place in the raw
    text.
    """
    even = raw.replace("\r\n", "\n")
    if _uneven().search(even):
        folded, breaks = _fold_with_breaks(raw)
    else:
        folded, breaks = _fold(even), _line_breaks(raw)
        if len(folded) != len(even):  # a character outside the common blocks
            folded, breaks = _fold_with_breaks(raw)
    text, script = _script(folded)
    return Normalized(text, script, breaks)


# --- the stage


def _normalize_document(document: Document) -> None:
    document.normalized = normalize(document.raw.text)


def _rows(document: Document) -> Iterator[Row]:
    row: Row = {"report_id": document.report_id, "error": document.failure}
    if document.failure is None:
        ours, raw = document.normalized.breaks
        row |= {"text": document.normalized.text, "script": document.normalized.script}
        row |= {"offsets_normalized": ours, "offsets_raw": raw}
    yield row


def _restore(document: Document, rows: list[Row]) -> None:
    for row in rows:
        breaks = row["offsets_normalized"], row["offsets_raw"]
        document.normalized = Normalized(row["text"], row["script"], breaks)


STAGE = DocumentStage(
    name="normalized_text",
    module=__name__,
    group="text",
    before=("raw_text",),
    run=_normalize_document,
    outputs=(Output(dataset="normalized_text", rows=_rows, restore=_restore),),
)
