"""Items: a stretch of normalized text cut into figures, blank cells and words, as the lines and separators of the extraction show them."""

from __future__ import annotations

import re
from typing import NamedTuple

from assets.decoder.figures import Figure, parse

FIGURE, BLANK, WORDS = 0, 1, 2


class Item(NamedTuple):
    """One figure, blank cell or piece of words. Offsets are normalized; `ruled`: separators show the cells of its line."""

    type: int
    text: str
    start: int
    end: int
    line: int
    ruled: bool
    figure: Figure | None


_PAGE_NUMBER = re.compile(
    r"[ \t]*(?:-{1,2}[ \t]*\d{1,3}[ \t]*-{1,2}|第[ \t]*\d{1,3}[ \t]*页(?:[ \t,/]*共[ \t]*\d{1,3}[ \t]*页)?|[Pp]age[ \t]*\d{1,3}(?:[ \t]*of[ \t]*\d+)?"
    r"|\d{1,3}[ \t]*/[ \t]*\d{1,3}|·[ \t]*\d{1,3}[ \t]*·)[ \t]*"
)
# Lines that draw a table: markdown delimiter rows, box rules.
_RULE = re.compile(r"[\s|+:=\-─━═┌┬┐├┼┤└┴┘╔╦╗╠╬╣╚╩╝╞╪╡╟╫╢┏┳┓┣╋┫┗┻┛╭╮╰╯┄┈]+")
_DRAWN = re.compile(r"--|[─━═┌┬┐├┼┤└┴┘╔╦╗╠╬╣╚╩╝╞╪╡╟╫╢┏┳┓┣╋┫┗┻┛]|:-|-:|^\|?-\|")
_TAG = re.compile(r"<br[ \t]*/?>|&nbsp;|\*\*|\\(?=[-*|.+])", re.IGNORECASE)
_TOKEN = re.compile(r"\S+")


def _masked(line: str) -> str:
    """The line without inline markup, in the same length."""
    return _TAG.sub(lambda match: " " * len(match.group()), line) if ("<" in line or "&" in line or "**" in line or "\\" in line) else line


def _ruled(line: str, separator: str, offset: int, number: int, items: list[Item]) -> None:
    cells = line.split(separator)
    first, last = 0, len(cells)
    if separator == "|":  # the outer pipes of a row are its border, not cells
        if not cells[0].strip():
            first, offset = 1, offset + len(cells[0]) + 1
        if last > first and not cells[-1].strip():
            last -= 1
    for cell in cells[first:last]:
        text = cell.strip()
        if not text:
            items.append(Item(BLANK, "", offset, offset, number, True, None))
        else:
            start = offset + cell.index(text)
            figure = parse(text, True)
            kind = WORDS if figure is None else BLANK if figure.kind == "blank" else FIGURE
            items.append(Item(kind, text, start, start + len(text), number, True, figure))
        offset += len(cell) + 1


def _unruled(line: str, offset: int, number: int, items: list[Item]) -> None:
    for token in _TOKEN.finditer(line):
        text = token.group()
        figure = parse(text, False)
        kind = WORDS if figure is None else BLANK if figure.kind == "blank" else FIGURE
        items.append(Item(kind, text, offset + token.start(), offset + token.end(), number, False, figure))


def _is_rule(line: str) -> bool:
    return _RULE.fullmatch(line) is not None and _DRAWN.search(line.strip()) is not None


def itemize(text: str, start: int, end: int) -> list[Item]:
    """Cut text[start:end] into items. Page numbers, rules and numbered markdown headers are left out."""
    items: list[Item] = []
    offset = start
    for number, line in enumerate(text[start:end].split("\n")):
        length = len(line) + 1
        if line and not line.isspace():
            if not line.strip()[0].isalnum() and _is_rule(line):
                _drop_meaningless_header(items, number)
            elif not _PAGE_NUMBER.fullmatch(line):
                line = _masked(line)
                if "|" in line:
                    _ruled(line, "|", offset, number, items)
                elif "\t" in line:
                    _ruled(line, "\t", offset, number, items)
                else:
                    _unruled(line, offset, number, items)
        offset += length
    return items


def _drop_meaningless_header(items: list[Item], number: int) -> None:
    """Drop the line above a markdown delimiter row if it has figures but no words: 0 | 1 | 2 are column numbers that a machine put there."""
    first = len(items)
    while first and items[first - 1].line == number - 1:
        first -= 1
    header = items[first:]
    figures = [item.figure.value for item in header if item.figure is not None]
    if figures and all(item.type != WORDS for item in header) and figures in (list(range(len(figures))), list(range(1, len(figures) + 1))):
        del items[first:]
