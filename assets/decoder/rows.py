"""Rows: which items belong to which row of a table, from its label to the next one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

from assets.decoder.figures import FIRST, LIST_NUMBER
from assets.decoder.items import BLANK, FIGURE, WORDS, Items
from assets.decoder.labels import FURNITURE, Lexicon
from assets.model import Span
from schemas.forms import Table

_NUMERAL_ALONE = re.compile(r"[(\[]?[一二三四五六七八\d][)\]]?[、.,]")
SHORT_ROW = 4  # columns: no identity guards a row of so few
_LONGEST_PAGE_NUMBER = 3  # digits
_LONGEST_LABEL = 1000  # characters of unknown words that are kept: no label of a row has as many
_LONGEST_FIGURE = 16  # characters of what is alone on a line and begins like a figure


@dataclass(slots=True)
class RowItems:
    """What belongs to one row of a table; figures and cells by the index of their item.

    `cells` is its line of cells, blanks included, if separators show them, and `at` the place of the first of
    them in the line. `label_end` is the last item of the label before the figures. `strays` are figures under
    words that are not the row's.
    """

    name: str
    width: int
    figures: list[int]
    cells: list[int] = field(default_factory=list)
    at: int = 0
    label_end: int = 0
    label_line: int = 0
    next_line: int | None = None
    strays: list[tuple[str, int]] = field(default_factory=list)

    def windows(self) -> list[int]:
        """Where in `cells` the row's columns may begin: every window of its width that takes in all of its
        figures.
        """
        last = len(self.cells) - self.width
        if not self.figures:
            return list(range(last + 1))
        return [
            i
            for i in range(last + 1)
            if self.cells[i] <= self.figures[0] and self.figures[-1] <= self.cells[i + self.width - 1]
        ]


def spans_of(table: Table, places: dict[str, int], items: Items) -> dict[str, Span]:
    """For each row that was found its items: from its label to the next one, without the numeral that the
    next label lost to it (2 .重复申请).
    """
    found = sorted(
        (_with_numeral(items, places[row.key]), row.key) for row in table.rows if row.key in places
    )
    found_spans: dict[str, Span] = {}
    for (first, name), (last, _) in pairwise([*found, (len(items), "")]):
        if (
            last < len(items)
            and last - 1 > first
            and items.types[last - 1] == FIGURE
            and not items.ruled[last]
            and items.texts[last][0] in ".、,"
        ):
            last -= 1
        found_spans[name] = (first, last)
    return found_spans


def _with_numeral(items: Items, place: int) -> int:
    """Where a label begins whose numeral stands on the line before, with the figures: `2.  0 0 0` above
    `重复申请`.
    """
    line = items.lines[place]
    if (
        place == 0
        or items.types[place - 1] != FIGURE
        or items.lines[place - 1] != line - 1
        or items.ruled[place]
    ):
        return place
    first = place - 1
    while first > 0 and items.lines[first - 1] == line - 1:
        first -= 1
    alone = (
        _NUMERAL_ALONE.fullmatch(items.texts[first])
        and FIGURE not in items.types[place + 1 : _line_end(items, place)]
    )
    return first if alone and items.types[first] == WORDS else place


def _line_end(items: Items, index: int) -> int:
    """The index behind the last item of a line."""
    end = index
    while end < len(items) and items.lines[end] == items.lines[index]:
        end += 1
    return end


def is_repeated(items: Items) -> bool:
    """Whether a merged cell is printed in every column that it spans: the same words twice in a row of one
    line.
    """
    types, lines = items.types, items.lines
    for i, (a, b) in enumerate(pairwise(items.texts)):
        if a == b and types[i] == types[i + 1] == WORDS and items.ruled[i] and lines[i] == lines[i + 1]:
            return True
    return False


def plain_row(
    words: Lexicon, items: Items, first: int, last: int, width: int, below_header: bool = False
) -> range | None:
    """The figures of a row that needs no thought: behind its label (printed again, or blank, where it spans
    columns) exactly its figures.

    `below_header`: the label is the last of a header, and the figures stand on another line.
    """
    types, texts, lines = items.types, items.texts, items.lines
    start = first + 1
    while start < last and types[start] == WORDS and texts[start] == texts[first]:
        start += 1
    while start < last and types[start] == BLANK:
        start += 1
    end = start + width
    if end > last or types[start:end] != bytes(width) or FIGURE in types[end:last]:
        return None
    if items.ruled[first] and not (
        items.ruled[start]
        and lines[start] == lines[end - 1]
        and (below_header or lines[start] == lines[first])
    ):
        return None
    if end < last and types[end] == WORDS:
        text = texts[end]
        remark = lines[end] == lines[end - 1] and words.classify(text)[0] != FURNITURE
        if (
            remark or text[0] in ".,"
        ):  # behind the figures on their line, or the rest of a figure that is broken
            return None
    return range(start, end)


def collect(
    items: Items,
    first: int,
    last: int,
    name: str,
    width: int,
    is_noise: Callable[[str], bool],
    below_header: bool,
) -> RowItems:
    """What belongs to a row whose label begins at item `first` and ends before item `last`.

    `is_noise` tells words that may stand between a label and its figures. Other words in the place of a
    figure are one that cannot be read: they become a figure of kind text, so that nobody takes the cell for
    blank. `below_header`: the label is one of a header, with more of it to come before the figures.
    """
    row = RowItems(name, width, [], label_end=first, label_line=items.lines[first])
    unknown = ""
    opened = _opened(items.texts[first])  # brackets of the label and its words, less those that were closed
    foreign: dict[int, int] = {}
    end = _ruled_end(items, first, last, width)
    for i in range(first + 1, last):
        if i >= end:  # its cells are all there, and blank
            if items.types[i] == FIGURE:
                row.strays.append((unknown, i))
            elif items.types[i] == WORDS:
                unknown = items.texts[i] if row.strays else unknown[:_LONGEST_LABEL] + items.texts[i]
            continue
        if items.types[i] >= WORDS:
            if items.types[i] != WORDS:
                continue
            in_bracket = opened > 0
            opened_here = _opened(items.texts[i])
            opened += opened_here
            at_label = not row.strays and not unknown
            in_place = at_label and _is_numeral_in_place(items, first, i, row)
            if at_label and not in_place and (in_bracket or is_noise(items.texts[i])):
                if not row.figures:
                    row.label_end, row.label_line = i, items.lines[i]
                continue
            if not in_place and (
                not at_label or (below_header and not row.figures) or not _in_cell(items, i, row)
            ):
                unknown = items.texts[i] if row.strays else unknown[:_LONGEST_LABEL] + items.texts[i]
                continue
            items.set_unreadable(i)
            opened -= opened_here
        if items.types[i] == FIGURE:
            if _is_page_number(items, first, i) and not _could_go_on(items, i, row):
                continue
            beyond = len(row.figures) >= width and items.lines[i] != items.lines[row.figures[-1]]
            if unknown or beyond or _is_apart(items, first, i, row, foreign, is_noise):
                row.strays.append((unknown, i))
            else:
                row.figures.append(i)
    row.cells, row.at = _cells(items, row.label_end, last, row.figures)
    row.next_line = _next_words(items, row.figures[-1] if row.figures else last - 1)
    return row


def _is_numeral_in_place(items: Items, first: int, i: int, row: RowItems) -> bool:
    """Whether a numeral that looks like one of a list (3. or 一) stands behind a label, where figures belong."""
    if (
        row.figures
        or not LIST_NUMBER.fullmatch(items.texts[i])
        or items.lines[i] == items.lines[i - 1] != row.label_line
    ):
        return False
    alone = items.lines[i] != row.label_line and items.lines[i - 1] == row.label_line
    following = items.types[i + 1] if i + 1 < len(items) and items.lines[i + 1] == items.lines[i] else BLANK
    return following != WORDS and (
        items.lines[i] == row.label_line or (alone and items.types[i + 1 : i + 2] != bytes([FIGURE]))
    )


def _ruled_end(items: Items, first: int, last: int, width: int) -> int:
    """The end of a row that prints all of its cells, blank, on the line of its label; else `last`."""
    if not items.ruled[first]:
        return last
    end = _line_end(items, first)
    blank = end - first - 1 >= width and items.types[end - width : end] == bytes([BLANK]) * width
    return min(end, last) if blank and FIGURE not in items.types[first:end] else last


def _opened(text: str) -> int:
    """How many more brackets words open than they close."""
    return text.count("(") - text.count(")")


def _in_cell(items: Items, i: int, row: RowItems) -> bool:
    """Whether unknown words stand in the place of a figure: on the line of the row, or alone on a line and
    like a figure.
    """
    if len(row.figures) >= row.width:
        return False
    line = items.lines[i]
    if line in (row.label_line, items.lines[row.figures[-1]] if row.figures else None):
        return True
    alone = items.count_on_line(line) == 1
    return (
        alone and not items.ruled[i] and len(items.texts[i]) <= _LONGEST_FIGURE and items.texts[i][0] in FIRST
    )


def _is_page_number(items: Items, first: int, i: int) -> bool:
    """Whether a figure is a small number alone on a line amid lines with separators."""
    apart = items.ruled[first] and not items.ruled[i]
    return apart and len(items.texts[i]) <= _LONGEST_PAGE_NUMBER and items.count_on_line(items.lines[i]) == 1


def _could_go_on(items: Items, i: int, row: RowItems) -> bool:
    """Whether a number on the line below a short row could be the rest of its last figure; no identity would
    tell.
    """
    return row.width < SHORT_ROW and bool(row.figures) and items.lines[i] == items.lines[row.figures[-1]] + 1


def _is_apart(
    items: Items, first: int, i: int, row: RowItems, foreign: dict[int, int], is_noise: Callable[[str], bool]
) -> bool:
    """Whether a figure is on a line that is not the row's: without separators where the row has them, or with
    words that are not its own. `foreign` keeps for each line the last of these.
    """
    line = items.lines[i]
    if items.ruled[first] and not items.ruled[i]:
        return True
    if line in (row.label_line, items.lines[first]) or (row.figures and line == items.lines[row.figures[-1]]):
        return False
    if items.ruled[i] or items.types[i + 1 : i + 2] != bytes([WORDS]) or items.lines[i + 1] != line:
        return False
    if line not in foreign:
        own = (k for k in reversed(items.on_line(line)) if items.types[k] == WORDS)
        foreign[line] = next((k for k in own if not is_noise(items.texts[k])), -1)
    return foreign[line] > i


def _next_words(items: Items, index: int) -> int | None:
    """The line of the next words behind an item."""
    following = next((i for i in range(index + 1, len(items)) if items.types[i] == WORDS), None)
    return None if following is None else items.lines[following]


def _cells(items: Items, last_words: int, last: int, figures: list[int]) -> tuple[list[int], int]:
    """The ruled cells after the label on the line of the first figure (or of the label, if all are blank);
    the place of the first in its line.
    """
    shown = figures[0] if figures else last_words
    if not items.ruled[shown]:
        return [], 0
    line = items.lines[shown]
    first = last_words
    while first > 0 and items.lines[first - 1] >= line:
        first -= 1
    place = last_words + 1 - first if items.lines[last_words] == line else 0
    cells: list[int] = []
    at = place
    for i in range(last_words + 1, last):
        if items.lines[i] != line or not items.ruled[i]:
            continue
        place += 1
        if items.types[i] in (FIGURE, BLANK):
            cells.append(i)
        elif any(items.types[cell] == FIGURE for cell in cells):
            break
        else:
            cells, at = [], place
    return cells, at
