"""Placement: which of a row's columns each of its figures stands in; what the layout shows first, what the identities leave possible last."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product

from assets.decoder.items import FIGURE, WORDS, Item

Placed = tuple[Item | None, ...]  # one entry a column; None is a blank that shows no place

_MAX_CHOICES = 400  # placements of a row, and of all doubtful rows together, that are tried against the identities


@dataclass(slots=True)
class RowItems:
    """What belongs to one row. `cells`: the line of cells, blanks included, if separators show them. `strays`: figures under words unknown."""

    name: str
    width: int
    figures: list[Item]
    cells: list[Item]
    label_line: int
    next_line: int | None
    strays: list[tuple[str, Item]] = field(default_factory=list)


@dataclass(slots=True)
class Layout:
    """What the rows that are complete tell of the others: blank cells before the figures, columns, and the lines from one cell to the next."""

    leads: set[int]
    complete: list[RowItems]
    step: int | None


def study(rows: Sequence[RowItems], text: str) -> Layout:
    """Learn the layout from the complete rows of a table."""
    complete = [row for row in rows if len(row.figures) == row.width and row.width > 1]
    leads = set()
    for row in rows:
        shown = [i for i, cell in enumerate(row.cells) if cell.type == FIGURE]
        if shown and len(shown) == row.width and shown[-1] - shown[0] == row.width - 1:
            leads.add(shown[0])
    steps = {step for row in complete for step in [_step(row)]}
    return Layout(leads, complete, steps.pop() if len(steps) == 1 else None)


def _step(row: RowItems) -> int | None:
    """Lines from one cell to the next, where each cell has its line and the first follows the label by the same step."""
    lines = [row.label_line, *(item.line for item in row.figures)]
    steps = {b - a for a, b in zip(lines, lines[1:], strict=False)}
    step = steps.pop() if len(steps) == 1 else 0
    return step if step > 0 and not row.cells else None


def _pad(figures: Sequence[Item | None], width: int) -> Placed:
    return tuple(figures) + (None,) * (width - len(figures))


def placements(row: RowItems, layout: Layout, text: str) -> list[Placed] | None:
    """Every way in which the row's figures may stand in its columns; one way where the layout leaves no doubt. None: there are too many."""
    figures, width = row.figures, row.width
    if len(figures) > width:
        figures = _without_surplus(row, text)
        if len(figures) != width:
            return []
    if len(figures) == width:
        return [tuple(figures)]
    if row.cells:
        return _in_cells(row, layout)
    if width == 1:
        return [(None,)]
    by_position = _by_columns(row, layout, text) or _by_lines(row, layout)
    return [by_position] if by_position else _any_order(figures, width)


def _any_order(figures: Sequence[Item], width: int) -> list[Placed] | None:
    ways: list[Placed] = []
    for columns in combinations(range(width), len(figures)):
        placed: list[Item | None] = [None] * width
        for column, item in zip(columns, figures, strict=True):
            placed[column] = item
        ways.append(tuple(placed))
        if len(ways) > _MAX_CHOICES:
            return None
    return ways


def _in_cells(row: RowItems, layout: Layout) -> list[Placed] | None:
    """Blank cells are shown: find the window of cells that are the row's columns among blanks before and after them."""
    cells, width = row.cells, row.width
    shown = [i for i, cell in enumerate(cells) if cell.type == FIGURE]
    if not shown:
        return [_pad(cells[:width] if len(cells) == width else [], width)]
    if len(cells) < width:  # cells are missing, and nothing shows which
        return _any_order(row.figures, width)
    windows = [s for s in range(len(cells) - width + 1) if s <= shown[0] and shown[-1] < s + width]
    if len(windows) > 1 and layout.leads:
        windows = [s for s in windows if s in layout.leads] or windows
    return [tuple(cells[s : s + width]) for s in windows]


def _without_surplus(row: RowItems, text: str) -> list[Item]:
    """A row with more figures than columns: the figures without those that cannot be the row's own."""
    figures, width = row.figures, row.width
    runs = [item for i, item in enumerate(figures) if i == 0 or _value(item) != _value(figures[i - 1])]
    if row.cells and (len(runs) == width or len(runs) == 1) and len(figures) <= 7:  # a merged cell, printed in every column that it spans
        return runs if len(runs) == width else figures[:width]
    by_line: dict[int, list[Item]] = {}
    for item in figures:
        by_line.setdefault(item.line, []).append(item)
    full = [items for items in by_line.values() if len(items) == width]
    if width > 1 and len(full) == 1 and all(len(items) == 1 for items in by_line.values() if items is not full[0]):
        return full[0]  # a page number on a line of its own
    if not row.cells:
        return _joined(figures, width, text)
    return figures


def _joined(figures: list[Item], width: int, text: str) -> list[Item]:
    """Figures torn by a space inside, where each cell has a line of its own."""
    lines: dict[int, list[Item]] = {}
    for item in figures:
        lines.setdefault(item.line, []).append(item)
    if len(lines) != width:
        return figures
    joined = []
    for items in lines.values():
        if len(items) == 1:
            joined.append(items[0])
            continue
        whole = text[items[0].start : items[-1].end]
        digits = "".join(whole.split())
        if not digits.isdecimal() or len(digits) > 15:
            return figures
        figure = items[0].figure
        assert figure is not None
        joined.append(items[0]._replace(text=whole, end=items[-1].end, figure=figure._replace(value=int(digits), end=len(whole))))
    return joined


def _value(item: Item) -> object:
    return (item.figure.kind, item.figure.value) if item.figure else None


def _centre(item: Item, text: str, wide: bool) -> float:
    line_start = text.rfind("\n", 0, item.start) + 1
    if not wide:
        return (item.start + item.end) / 2 - line_start
    before = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text[line_start : item.start])
    return before + (item.end - item.start) / 2


def _by_columns(row: RowItems, layout: Layout, text: str) -> Placed | None:
    """Columns aligned by spaces: place each figure under those of the nearest complete row, counting characters or display columns."""
    if len({item.line for item in row.figures}) > 1:
        return None
    answers = set()
    templates = [other for other in layout.complete if len({item.line for item in other.figures}) == 1 and other.width == row.width]
    templates.sort(key=lambda other: abs(other.label_line - row.label_line))
    for wide in (False, True):
        for template in templates[:2]:
            columns = [_centre(item, text, wide) for item in template.figures]
            nearest = min(b - a for a, b in zip(columns, columns[1:], strict=False))
            if nearest < 4:  # too close to tell columns apart: words separated by single spaces
                continue
            placed: list[Item | None] = [None] * row.width
            for item in row.figures:
                centre = _centre(item, text, wide)
                column = min(range(row.width), key=lambda k: abs(columns[k] - centre))
                if placed[column] is not None or abs(columns[column] - centre) > nearest * 0.4:
                    break
                placed[column] = item
            else:
                answers.add(tuple(placed))
    return answers.pop() if len(answers) == 1 else None


def _by_lines(row: RowItems, layout: Layout) -> Placed | None:
    """One cell a line and blank cells as empty lines: the line tells the column, if the row has as many lines as columns."""
    step = layout.step
    if step is None or row.next_line is None or row.next_line - row.label_line != step * (row.width + 1):
        return None
    placed: list[Item | None] = [None] * row.width
    for item in row.figures:
        column, rest = divmod(item.line - row.label_line, step)
        if rest or not 1 <= column <= row.width:
            return None
        placed[column - 1] = item
    return tuple(placed)


def settle(choices: list[list[Placed]], possible: Callable[[Sequence[Placed]], bool]) -> list[Placed] | None:
    """Of several placements a row, the one combination that the identities allow; None if they allow none or more than one."""
    total = 1
    for ways in choices:
        total *= len(ways)
        if total > _MAX_CHOICES:
            return None
    found: Sequence[Placed] | None = None
    for combination in product(*choices):
        if possible(combination):
            if found is not None:
                return None
            found = combination
    return list(found) if found is not None else None


def collect(
    items: list[Item], first: int, last: int, name: str, width: int, is_noise: Callable[[str], bool], limit: int | None
) -> RowItems:
    """What belongs to a row whose label begins at item `first` and ends before item `last`.

    `limit` is the line on which the next words stand, for rows whose cells have a line each.
    """
    figures: list[Item] = []
    strays: list[tuple[str, Item]] = []
    unknown: str | None = None
    label_line = items[first].line
    last_words = first
    for i in range(first + 1, last):
        item = items[i]
        if item.type == FIGURE:
            if unknown is None:
                figures.append(item)
            else:
                strays.append((unknown, item))
        elif item.type == WORDS:
            if is_noise(item.text):
                if not figures:
                    last_words, label_line = i, item.line
            elif figures or not _continues(items, i, first):
                unknown = item.text
    return RowItems(name, width, figures, _cells(items, last_words, last, figures), label_line, limit, strays)


def _continues(items: list[Item], i: int, first: int) -> bool:
    """Whether unknown words before any figure stand right behind the label, on its line: an addition to the label, not another row."""
    return items[i].line == items[first].line


def _cells(items: list[Item], last_words: int, last: int, figures: list[Item]) -> list[Item]:
    """The ruled cells after the label, on the line of the first figure (or of the label, if all are blank)."""
    line = figures[0].line if figures else items[last_words].line
    cells: list[Item] = []
    for item in items[last_words + 1 : last]:
        if item.line != line or not item.ruled:
            continue
        if item.type != WORDS:
            cells.append(item)
        elif any(cell.type == FIGURE for cell in cells):
            break
        else:
            cells = []
    return cells
