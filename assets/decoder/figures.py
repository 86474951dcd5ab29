"""What one printed cell says: its kind, its value, its unit, and which characters of it are the figure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from assets.model import Kind, Number

# What a label is numbered with; where a figure belongs it may be one: 3. or （三）.
LIST_NUMBER = re.compile(r"[(\[]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)\]]?[、.,:]?")
FIRST = frozenset("+-0123456789")  # with which a figure begins
_LONGEST = 60  # characters; what is longer is prose, or digits that are no figure
_UNREADABLE = "\ufffd"  # what a decoder leaves of a character that it cannot tell
_LOST = re.compile(rf"[{_UNREADABLE}\d.,+-]+")  # a figure that has lost some of its digits, or all of them
MAX_DIGITS = 15  # a count beyond this is no count, and a float would no longer hold it exactly


class Figure(NamedTuple):
    """A figure, or a mark that stands for none. `start` and `end` are offsets of the figure itself, without
    its unit, in the cell's text.
    """

    kind: Kind
    value: Number | None
    unit: str | None
    start: int
    end: int


# What is counted: units of counts that organs print beside a figure.
COUNT_UNITS = frozenset(
    [
        "件",
        "条",
        "份",
        "宗",
        "起",
        "次",
        "项",
        "个",
        "篇",
        "批",
        "批次",
        "台",
        "单",
        "笔",
        "户",
        "家",
        "人",
        "人次",
        "例",
        "部",
        "件次",
    ]
)
COUNTED = "|".join(sorted(COUNT_UNITS, key=len, reverse=True))
_UNITS = f"{COUNTED}|万元|亿元|元"
_BARE_UNITS = frozenset(_UNITS.split("|"))  # what is left of a cell whose figure was lost
_NUMBER = re.compile(
    rf"([+-]?[ \t]*(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?)[ \t]*(?:({_UNITS})|\(({_UNITS})\))?"
)
_SPACED = re.compile(
    rf"([+-]?[ \t]*\d[\d, \t\n]*(?:\.[ \t\n]*\d[\d \t]*)?)[ \t]*(?:({_UNITS})|\(({_UNITS})\))?"
)
# Marks for a figure that nobody printed, as words. Any other words in a figure's place are a figure that
# could not be read.
WORDS_FOR_NONE = frozenset(("无", "無", "零", "〇", "○", "*", "N/A", "n/a", "x", "X", "×"))
# Marks that people print for a figure that is nought or does not apply. What they meant is for the identities
# to say.
_MARKS: dict[str, Kind] = {
    **dict.fromkeys(("-", "--", "---", "----"), "dash"),
    **dict.fromkeys(("/", "//", "\\"), "slash"),
    **dict.fromkeys(WORDS_FOR_NONE, "text"),
    # What a machine writes for a cell that was empty.
    **dict.fromkeys(("nan", "NaN", "None", "null", "&nbsp;"), "blank"),
}


# Marks of footnotes behind a figure: raised digits, digits in a circle.
FOOTNOTES = "¹²³⁰⁴⁵⁶⁷⁸⁹" + "".join(map(chr, range(0x2460, 0x2474)))
_RUN_TOGETHER = re.compile(r"[+-]?0\d")  # 00 and 012 are no figures, but may be two


def _number(digits: str) -> Number | None:
    plain = "".join(digits.replace(",", "").split())
    if len(plain) > MAX_DIGITS or _RUN_TOGETHER.match(plain):
        return None
    return float(plain) if "." in plain else int(plain)


@lru_cache(maxsize=10_000)
def parse(cell: str, whole_cell: bool) -> Figure | None:
    """Read the text of a cell (no surrounding space); None if it is no figure and no mark for one.

    `whole_cell`: the text is known to be one cell, so that spaces inside it are spaces inside a figure.
    """
    if len(cell) > _LONGEST:
        return Figure("text", None, None, 0, len(cell)) if cell.isdecimal() else None
    if cell.isdecimal() and len(cell) <= MAX_DIGITS and (cell[0] != "0" or len(cell) == 1):
        return Figure("number", int(cell), None, 0, len(cell))
    if cell[-1:] in FOOTNOTES and (bare := cell.rstrip(FOOTNOTES).rstrip()):  # the mark of a note: 1417¹
        figure = parse(bare, whole_cell)
        return figure if figure is not None and figure.kind == "number" else None
    if (kind := _MARKS.get(cell)) is not None:
        return Figure(kind, None, None, 0, len(cell))
    if whole_cell and cell in _BARE_UNITS:
        return Figure("text", None, None, 0, len(cell))
    if cell[:1] == "¥" and len(cell) > 1 and (figure := parse(cell[1:].lstrip(), whole_cell)) is not None:
        shift = len(cell) - len(cell[1:].lstrip())
        unit = figure.unit or "元"
        return figure._replace(unit=unit, start=figure.start + shift, end=figure.end + shift)
    if cell[:1] not in FIRST:
        return (
            Figure("text", None, None, 0, len(cell))
            if _UNREADABLE in cell and _LOST.fullmatch(cell)
            else None
        )
    if _UNREADABLE in cell and _LOST.fullmatch(cell):
        return Figure("text", None, None, 0, len(cell))
    match = _NUMBER.fullmatch(cell) or (_SPACED.fullmatch(cell) if whole_cell else None)
    if match is None:
        return None
    value = _number(match.group(1)) if _well_grouped(match.group(1)) else None
    if value is None:
        return Figure("text", None, None, 0, len(cell))
    return Figure(
        "number", value, match.group(2), match.start(1), match.start(1) + len(match.group(1).rstrip())
    )


def _well_grouped(digits: str) -> bool:
    """Whether commas, if there are any, set off thousands; 1,23 is a slip, not a figure."""
    return (
        "," not in digits
        or re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.sub(r"\s", "", digits)) is not None
    )
