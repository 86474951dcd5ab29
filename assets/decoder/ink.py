"""Ink: every printed mark in the region of a table is a label, a figure, furniture of the form, a page number or
a sentence; what is left over is a doubt. The rules on what may stand beside the figures are here and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from assets.decoder.figures import COUNT_UNITS, COUNTED, LIST_NUMBER
from assets.decoder.items import BLANK, FIGURE, HEAD, WORDS, Items
from assets.decoder.labels import Lexicon

_DIGIT = re.compile(r"\d")
_HAN = re.compile(r"[\u4e00-\u9fff]")
# A list number before a label, or where two labels run together.
_ENUMERATOR = re.compile(r"^\W*\d{1,2}\s*[]、.,:)]\s*(?!\d)|(?<!\d)\d{1,2}[.、](?=[\u4e00-\u9fff])")
_BARE_NUMERAL = re.compile(r"^\d(?=[\u4e00-\u9fff])")  # of a list whose mark was lost
# Digits that are no figures of a table: years, articles, notes in brackets with words in them.
_NAMES = re.compile(
    r"\d{1,2}月(?:\d{1,2}日?)?|(?<!\d)[0-3]?\d日|20\d\d\s*年度?|(?<![表附件])[表附件]++\s*+\d+|第\s*\d+\s*[条项款号页]"
    r"|[(\[](?=[^()\[\]]*[\u4e00-\u9fff]{2})[^()\[\]]*+[)\]]"
)
_NUMERALS = re.compile(r"[\s.,、:()\[\]一二三四五六七八九十百千万亿零〇两\d]+")  # in which a figure may hide
_FOOTNOTE = re.compile(r"[\u2460-\u24ff\u2776-\u2793¹²³⁰-⁹₀-₉]+")
_MARKS = " .,、:;()[]\"'《》-·"  # of a text, in which nothing is said
# What machines write: heads of columns, times of printing, numbers of pages behind them.
_MACHINE = re.compile(
    r"Col\d+|Unnamed:.*|20\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?,?|\d{1,2}:\d\d(?::\d\d)?|https?://\S+|\d{1,3}/\d{1,3}"
)
# Words that change what a figure beside them says.
_UNITS = re.compile(
    rf"[(\[]?(?:单位:?)?(?:余|多|约|近|超|逾|[十百千万亿]+)?(?:美?元|[十百千万亿]|余|多|%|{COUNTED})[)\]]?"
)
_MACHINE_HEAD = re.compile(r"(?:[A-Za-z]+|第?列)[ _.]?\d*列?|Unnamed:.*")
_WIDEST = 20  # cells of a line
_NOTE_BEGINS = re.compile(r"\([^()]*[^()\d.、,\s一二三四五六七八九十][^()]*$")
_NOTE_ENDS = re.compile(r"[^()\d]{1,8}\)")
_LONGEST_NOTE = 12  # items
_SIGNS = ("增", "减", "正", "负")  # of a change, before its figure
_LONGEST_PAGE = 999
_PROSE = 4  # Chinese characters of words that are a heading or prose
_WORDS = 2  # that say something
_SENTENCE = 20  # characters of a line that is prose though it has no full stop


@dataclass(frozen=True, slots=True)
class Around:
    """What is known of the figures around some words.

    `open`: a row beside them lacks a figure, so that what stands there may be one; `guarded`: identities would
    tell a wrong figure; `pages`: numbers that pages of the document may bear alone on a line; `units`: in which
    the figure before them may be given.
    """

    open: bool
    guarded: bool
    pages: Collection[int] = ()
    units: Collection[str] = ()


def leftover(
    words: Lexicon, items: Items, inside: Sequence[int], beside: Collection[int], around: Around
) -> str | None:
    """Return the first of some items that nothing accounts for; None if all are accounted for.

    `inside` are items that are no figures of the table, `beside` the lines on which such figures stand.
    """
    paged = 0
    notes = _in_notes(items, inside)
    followed = _followed(items, inside)
    for at, i in enumerate(inside):
        if items.types[i] == BLANK or i in notes:
            continue
        alone = items.lines[i] not in beside
        following = followed[at]
        if items.types[i] == FIGURE:
            if _is_repeated_in_head(items, i) or _is_amid_words(items, i):
                continue
            paged += 1
            if paged > 1 or not (alone and _is_page(items, i, around)):
                return items.texts[i]
        elif items.types[i] == HEAD and _MACHINE_HEAD.fullmatch(items.texts[i]):
            continue
        elif not _says_nothing(words, items, i, following, alone, around):
            return items.texts[i]
    return None


def _followed(items: Items, inside: Sequence[int]) -> list[int | None]:
    """Return for each of some items the next one that is not blank."""
    followed: list[int | None] = []
    following: int | None = None
    for i in reversed(inside):
        followed.append(following)
        if items.types[i] != BLANK:
            following = i
    return followed[::-1]


def _in_notes(items: Items, inside: Sequence[int]) -> set[int]:
    """Return the items of filling notes in brackets that are torn over several: (截 / 至12月31日)."""
    notes: set[int] = set()
    begun: list[int] = []
    for i in inside:
        text = items.texts[i]
        if begun:
            begun.append(i)
            if ")" in text:
                notes.update(begun[1:])
                begun = []
            elif len(begun) > _LONGEST_NOTE:
                begun = []
        elif items.types[i] >= WORDS and _NOTE_BEGINS.search(text):
            begun = [i]
    return notes


def _is_amid_words(items: Items, i: int) -> bool:
    """Return whether a slash stands between words on its line: 本年增 / 减."""
    figure = items.figures[i]
    around = [k for k in (i - 1, i + 1) if 0 <= k < len(items) and items.lines[k] == items.lines[i]]
    return (
        figure is not None and figure.kind == "slash" and [items.types[k] for k in around] == [WORDS, WORDS]
    )


def _is_repeated_in_head(items: Items, i: int) -> bool:
    """Return whether a figure stands in the head of a markdown table that repeats the figures of the row above."""
    if items.lines[i] not in items.heads:
        return False
    line = [
        k
        for k in range(max(0, i - _WIDEST), min(len(items), i + _WIDEST))
        if items.lines[k] == items.lines[i]
    ]
    above = range(line[0] - len(line), line[0])
    return above.start >= 0 and [items.texts[k] for k in above] == [items.texts[k] for k in line]


def _is_page(items: Items, i: int, around: Around) -> bool:
    """Return whether a number alone on its line is that of a page."""
    figure = items.figures[i]
    if figure is None or not isinstance(figure.value, int) or items.count_on_line(items.lines[i]) > 1:
        return False
    return figure.value in around.pages or (
        around.guarded and not around.open and 0 < figure.value <= _LONGEST_PAGE
    )


def _says_nothing(
    words: Lexicon, items: Items, i: int, following: int | None, alone: bool, around: Around
) -> bool:
    """Return whether words are a label, or a part of one, or others in which no figure or unit can hide."""
    text = items.texts[i]
    bare = _NAMES.sub("", text)
    if "。" in text or (alone and len(bare) >= _SENTENCE):
        return True
    if _FOOTNOTE.fullmatch(bare):  # alone it may be a figure
        return not around.open
    if not bare.strip(_MARKS) or _MACHINE.fullmatch(bare):
        return True
    if bare.strip(_MARKS) in COUNT_UNITS or bare.strip(_MARKS) in around.units:
        return True
    if bare.startswith("单位:"):  # what it names is looked at with the other units of the table
        return True
    if _UNITS.fullmatch(bare.replace(" ", "")) and not (
        alone and bare.endswith(")") and not bare.startswith("(")
    ):
        return False
    if _NUMERALS.fullmatch(bare):
        return _is_list_number(items, i, bare, following, around)
    if _DIGIT.search(_ENUMERATOR.sub("", bare)):
        return words.classify(_BARE_NUMERAL.sub("", bare))[0] >= 0
    if bare.strip(_MARKS) in _SIGNS and following is None:
        return False
    if words.is_part(text) or _NOTE_ENDS.fullmatch(bare):
        return True
    return alone and len(_HAN.findall(text)) > 1 if around.open or not around.guarded else True


def _is_list_number(items: Items, i: int, text: str, following: int | None, around: Around) -> bool:
    """Return whether a numeral is that of a label, not of a row that lacks a figure: then it stands at the
    beginning of its line and before words on it. Where nothing is missing and the sums guard all figures, it may
    be torn off its label.
    """
    if not LIST_NUMBER.fullmatch(text.replace(" ", "")):
        return False
    if around.guarded and not around.open:
        return True
    if following is None or items.types[following] == FIGURE:
        return False
    first = i == 0 or items.lines[i - 1] != items.lines[i]
    on_line = items.lines[following] == items.lines[i]
    return first and on_line if around.open else first or on_line


def before_prose(items: Items, inside: range, beside: Collection[int], whole: bool = False) -> Sequence[int]:
    """Return those of some items behind a table that stand before the next line of prose, or the next heading.
    Behind a table that is whole, and guarded by its sums, any words are prose.
    """
    least = _WORDS if whole else _PROSE
    for i in inside:
        if (
            items.types[i] >= WORDS
            and items.lines[i] not in beside
            and len(_HAN.findall(items.texts[i])) >= least
        ):
            return range(inside.start, i)
    return inside
