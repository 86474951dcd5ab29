"""Items: a stretch of normalized text cut into figures, blank cells and words, as the lines and separators of the extraction show them."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from assets.decoder.figures import WORDS_FOR_NONE, Figure, parse

FIGURE, BLANK, WORDS, HEAD = 0, 1, 2, 3  # HEAD: words in the head of a markdown table, which a machine may have made up


class Item(NamedTuple):
    """One figure, blank cell or piece of words; `start` is its offset in its line, `ruled`: separators show the cells of that line."""

    text: str
    start: int
    ruled: bool
    figure: Figure | None


class _Line(NamedTuple):
    """The items of one line; the same line again has the same, so they are kept. `types` has a byte for each item."""

    types: bytes | bytearray
    items: tuple[Item, ...]
    paged: bool = False  # what looks like a page number amid its words was left out


_NO_LINE = _Line(b"", ())  # a page number: as if it were not there


class Items:
    """The items of a text in reading order. What is asked of one is asked by its index."""

    __slots__ = ("items", "lines", "offsets", "paged", "types")

    def __init__(self) -> None:
        self.paged = False
        self.types = bytearray()
        self.items: list[Item] = []
        self.lines: list[int] = []  # the line of each item
        self.offsets: list[int] = []  # the normalized offset at which each line begins; lines with a page number do not count

    def __len__(self) -> int:
        return len(self.items)

    def text(self, index: int) -> str:
        return self.items[index].text

    def figure(self, index: int) -> Figure | None:
        return self.items[index].figure

    def start(self, index: int) -> int:
        """The normalized offset of an item."""
        return self.offsets[self.lines[index]] + self.items[index].start

    def set_unreadable(self, index: int) -> None:
        """Take words for a figure that cannot be read."""
        text = self.items[index].text
        self.types[index] = FIGURE
        self.items[index] = self.items[index]._replace(figure=Figure("text", None, None, 0, len(text)))

    def _add(self, number: int, line: _Line) -> None:
        self.types += line.types
        self.items += line.items
        self.lines += [number] * len(line.items)
        self.paged = self.paged or line.paged

    def _cut(self, first: int) -> None:
        del self.types[first:], self.items[first:], self.lines[first:]


_PAGE = r"第[ \t]*\d{1,3}[ \t]*页(?:[ \t,/]*共[ \t]*\d{1,3}[ \t]*页)?"
_DASHED = r"-{1,2}[ \t]*\d{1,3}[ \t]*-{1,2}"
# On a line of its own anything that looks like a page number is one. Within a line only words say so, or dashes amid words: 1 - 0 - may be figures.
_PAGE_NUMBER = re.compile(
    rf"[ \t|]*(?:{_DASHED}|{_PAGE}|[Pp]age[ \t]*\d{{1,3}}(?:[ \t]*of[ \t]*\d+)?|\d{{1,3}}[ \t]*/[ \t]*\d{{1,3}}|·[ \t]*\d{{1,3}}[ \t]*·)[ \t|]*"
)
_DASHED_WITHIN = re.compile(rf"(?<=[\u4e00-\u9fff,、()\"])[ \t]*{_DASHED}[ \t]*(?=[\u4e00-\u9fff,、()\"])")
_FIRST_OF_PAGE = frozenset("-第Pp·|0123456789")
_PAGE_WITHIN = re.compile(rf"{_PAGE}|(?<!\S)-{{1,2}}\d{{1,3}}-{{1,2}}(?!\S)|{_DASHED_WITHIN.pattern}")
# Lines that draw a table: markdown delimiter rows, box rules.
_RULE = re.compile(r"[\s|+:=\-─━═┌┬┐├┼┤└┴┘╔╦╗╠╬╣╚╩╝╞╪╡╟╫╢┏┳┓┣╋┫┗┻┛╭╮╰╯┄┈]+")
_DELIMITER = re.compile(r"[\s|:-]+")  # of the two, that of markdown
_DRAWN = re.compile(r"--|[─━═┌┬┐├┼┤└┴┘╔╦╗╠╬╣╚╩╝╞╪╡╟╫╢┏┳┓┣╋┫┗┻┛]|:-|-:|^\|?-\|")
_AROUND = " \t;"  # around the words of a cell; a semicolon is what is left of a line break
_BREAK = re.compile(r"<br[ \t]*/?>", re.IGNORECASE)
_TAG = re.compile(r"&nbsp;|\*\*|\\(?=[-*|.+])", re.IGNORECASE)
_TOKEN = re.compile(r"\S+")
_MANY_CELLS = 18  # cells on one line: no row of a form has as many
_MIN_ALONE = 4  # figures on lines of their own before lines are taken for cells

_NUMERAL_ALONE = re.compile(r"[(\[]?[一二三四五六七八][)\]]?[、.,]?|[(\[]\d[)\]]|\d[、.,]")
_MOST_TORN = 4  # spaces inside one figure; more of them separate figures

_PLAIN, _BORDERED = 0, 1
_kept: tuple[dict[str, _Line | None], dict[str, _Line | None]] = ({}, {})
_MOST_KEPT, _LONGEST_KEPT = 50_000, 200


def _blanked(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _masked(line: str) -> str:
    """The line without inline markup and page numbers, in the same length."""
    if "页" in line or "-" in line:
        line = _PAGE_WITHIN.sub(_blanked, line)
    if "<" in line:
        line = _BREAK.sub(lambda match: ";" * len(match.group()), line)  # what stands on two lines is not one figure
    return _TAG.sub(_blanked, line) if ("&" in line or "**" in line or "\\" in line) else line


def _type(text: str, figure: Figure | None) -> int:
    if figure is None:
        return WORDS if text else BLANK
    return BLANK if figure.kind == "blank" else FIGURE


def _made(items: list[Item]) -> _Line:
    return _Line(bytes([_type(item.text, item.figure) for item in items]), tuple(items))


@lru_cache(maxsize=50_000)
def _cell(cell: str) -> tuple[int, str, int, Figure | None]:
    """A cell between two separators: its type, its words, how many spaces stand before them, its figure. The same cells come again and again."""
    text = cell.strip(_AROUND)
    figure = parse(text, True) if text else None
    return _type(text, figure), text, cell.index(text), figure


def _ruled(line: str, separator: str, bordered: int) -> _Line:
    cells = line.split(separator)
    first, last, offset = 0, len(cells), 0
    if separator == "|":
        if bordered and not cells[0].strip():  # the outer pipes of a row are its border, not cells
            first, offset = 1, len(cells[0]) + 1
        if last > first and not cells[-1].strip():  # also without a border a row of an extraction ends with a separator
            last -= 1
    types = bytearray()
    items: list[Item] = []
    for cell in cells[first:last]:
        kind, text, lead, figure = _cell(cell)
        if kind == WORDS and len(cells) > _MANY_CELLS:  # rows on one line: the end of one and the beginning of the next share a cell
            tokens = _tokens(text, offset + lead, True)
            types += bytes(_type(item.text, item.figure) for item in tokens)
            items += tokens
        else:
            types.append(kind)
            items.append(Item(text, offset + lead, True, figure))
        offset += len(cell) + 1
    return _Line(bytes(types), tuple(items))


def _tokens(line: str, offset: int, ruled: bool) -> list[Item]:
    return [Item(token.group(), offset + token.start(), ruled, parse(token.group(), False)) for token in _TOKEN.finditer(line)]


def _unruled(line: str) -> _Line:
    items = _tokens(line, 0, False)
    for i, item in enumerate(items):
        if item.figure is not None and item.figure.kind == "text" and _is_of_words(items, i):
            items[i] = item._replace(figure=None)
    return _made(items)


def _is_of_words(items: list[Item], i: int) -> bool:
    """Whether 无 and the like are a part of words: at the start of a line, behind a numeral (（四） 无), amid words that go on (4. 无 正当理由)."""
    if i == 0:
        return len(items) == 1 or items[1].figure is None
    if _NUMERAL_ALONE.fullmatch(items[i - 1].text):
        return True
    goes_on = i + 1 < len(items) and items[i + 1].figure is None and items[i + 1].start == items[i].start + len(items[i].text) + 1
    return goes_on and items[i - 1].figure is None


def _is_rule(line: str) -> bool:
    return _RULE.fullmatch(line) is not None and _DRAWN.search(line.strip()) is not None and ("|" in line or len(line.strip()) > 4)


def _cut_line(line: str, bordered: int) -> _Line | None:
    """The items of a line; None for a rule. A page number leaves no items."""
    first = line.lstrip()[0]
    if not first.isalnum() and _is_rule(line):
        return None
    if first in _FIRST_OF_PAGE and len(line) <= _LONGEST_KEPT and _PAGE_NUMBER.fullmatch(line):
        return _NO_LINE
    masked = _masked(line)
    cut = _ruled(masked, "|", bordered) if "|" in line else _ruled(masked, "\t", _PLAIN) if "\t" in line else _unruled(masked)
    return cut._replace(paged=_DASHED_WITHIN.search(line) is not None) if "-" in line else cut


def _remembered(line: str, bordered: int) -> _Line | None:
    kept = _kept[bordered]
    cut = _cut_line(line, bordered)
    if len(line) <= _LONGEST_KEPT:
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        kept[line] = cut
    return cut


def _is_bordered(lines: list[str]) -> int:
    """Whether rows begin with a pipe because tables have a border, not because a first cell here and there is blank."""
    first = [stripped[0] for line in lines if "|" in line and (stripped := line.lstrip())]
    return _BORDERED if first.count("|") * 4 >= len(first) * 3 else _PLAIN


def itemize(text: str, start: int, end: int) -> Items:
    """Cut text[start:end] into items. Page numbers, rules and numbered markdown headers are left out."""
    items = Items()
    types, every, numbers, offsets = items.types, items.items, items.lines, items.offsets
    lines = text[start:end].split("\n")
    bordered = _is_bordered(lines) if "|" in text else _PLAIN
    kept = _kept[bordered]
    offset = start
    alone = beside = 0
    for line in lines:
        offsets.append(offset)
        offset += len(line) + 1
        if not line or line.isspace():
            continue
        cut = kept[line] if line in kept else _remembered(line, bordered)
        if cut is None:
            if _DELIMITER.fullmatch(line):
                _mark_header(items, len(offsets) - 1)
            continue
        if cut is _NO_LINE:
            offsets.pop()
            continue
        types += cut.types
        every += cut.items
        numbers += [len(offsets) - 1] * len(cut.items)
        if cut.paged:
            items.paged = True
        if cut.types == b"\x00" or line.strip() in WORDS_FOR_NONE:
            alone += 1
        elif len(cut.types) > 2 and FIGURE in cut.types:
            beside += 1
    if alone >= _MIN_ALONE and not any(item.ruled for item in every):
        return _cell_per_line(items, text, alone, beside)
    return items


def _mark_header(items: Items, number: int) -> None:
    """Look at the line above a markdown delimiter row: words are a head, and 0 | 1 | 2 alone are column numbers that a machine put there."""
    first = len(items)
    while first and items.lines[first - 1] == number - 1:
        first -= 1
    types = items.types[first:]
    if FIGURE not in types:
        items.types[first:] = types.replace(bytes([WORDS]), bytes([HEAD]))
    elif WORDS not in types:
        figures = [item.figure.value for item in items.items[first:] if item.figure is not None]
        if figures in (list(range(len(figures))), list(range(1, len(figures) + 1))):
            items._cut(first)


def _cell_per_line(items: Items, text: str, alone: int, beside: int) -> Items:
    """If most figures have a line of their own, each line is one cell: put together what spaces inside cells tore apart."""
    numbers = items.lines
    torn = {a for a, b in pairwise(numbers) if a == b} | {numbers[i] for i, item in enumerate(items.items) if item.text in WORDS_FOR_NONE}
    wholes = {number: _whole(_line_at(items, number, text)) for number in torn}
    figures = [whole for whole in wholes.values() if whole.figure is not None and 0 < whole.text.count(" ") <= _MOST_TORN]
    if not torn or (beside - len(figures)) * 2 > alone:
        return items
    joined = Items()
    joined.offsets, joined.paged = items.offsets, items.paged
    previous = -1
    for i, number in enumerate(numbers):
        whole = wholes.get(number)
        if whole is None or (whole.figure is not None and whole.text.count(" ") > _MOST_TORN):  # several figures, and no torn one
            joined._add(number, _Line(items.types[i : i + 1], (items.items[i],)))
        elif number != previous:
            joined._add(number, _made([whole]))
        previous = number
    return joined


@lru_cache(maxsize=50_000)
def _whole(line: str) -> Item:
    """A line as one cell."""
    whole = line.strip()
    return Item(whole, line.index(whole), False, parse(whole, True))


def _line_at(items: Items, number: int, text: str) -> str:
    start = items.offsets[number]
    end = text.find("\n", start)
    return _masked(text[start : end if end >= 0 else len(text)])
