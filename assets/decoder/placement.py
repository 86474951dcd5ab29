"""Placement: which of a row's columns each of its figures stands in; what the layout shows first, what the
identities leave possible last.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise, product
from math import comb

from assets.decoder.items import BLANK, FIGURE, WORDS, Items
from assets.decoder.rows import SHORT_ROW, RowItems, is_repeated

Placed = tuple[
    int | None, ...
]  # for each column the item that stands in it; None is a blank that shows no place
_MOST_SPANNED = 3  # columns of the widest row of the table of section two, which its other rows' cells span
_MAX_CHOICES = (
    400  # placements of a row, and of all doubtful rows together, that are tried against the identities
)
_NEAREST_ROWS = (
    4  # complete rows that show where the columns are: near ones, as columns shift from page to page
)
_CLEAR = 0.25  # of the gap between columns: how far from its column a figure may stand
_HEADER_LINES = 12  # how far above its figures the header of a row stands
_MIN_GAP = 4  # characters between columns: what stands closer is words separated by spaces


@dataclass(slots=True)
class Layout:
    """What the rows of a table tell of each other.

    `length`: cells in most rows; a row of another length is shifted, and says nothing of the others.
    `starts`: places in the line at which the columns of all rows may begin; `leads`: numbers of blank cells
    that all rows may have between label and columns. One of the two holds where the grid is regular; both are
    empty where rows are shifted. `repeated`: merged cells are printed in every column that they span. `step`:
    lines from one cell to the next.
    """

    starts: frozenset[int]
    leads: frozenset[int]
    length: int
    repeated: bool
    rows: Sequence[RowItems]
    step: int | None
    heads: Sequence[str]
    begins: dict[tuple[int, bool], int] = field(
        default_factory=dict
    )  # of figures in their lines, as they are asked for
    _heads: dict[int, int | None] = field(default_factory=dict)

    def head_above(self, index: int, items: Items) -> int | None:
        """See _head_above: looked for once a row, though every row is compared with every other."""
        if index not in self._heads:
            self._heads[index] = _head_above(index, items)
        return self._heads[index]


def study(rows: Sequence[RowItems], items: Items, heads: Sequence[str]) -> Layout:
    """Learn the layout of a table from all of its rows. `heads` are the labels of its columns."""
    ruled = [row for row in rows if row.figures and len(row.cells) >= row.width]
    lengths = Counter(row.at + len(row.cells) for row in ruled)
    length = lengths.most_common(1)[0][0] if lengths else 0
    ruled = [row for row in ruled if row.at + len(row.cells) == length or len(lengths) * 2 > len(ruled)]
    windows = [frozenset(row.windows()) for row in ruled]
    starts = [frozenset(row.at + start for start in own) for row, own in zip(ruled, windows, strict=True)]
    complete = [row for row in rows if len(row.figures) == row.width and row.width > 1]
    steps = Counter(step for row in complete if (step := _step(row, items)) is not None)
    step = steps.most_common(1)[0][0] if steps else None
    return Layout(_common(starts), _common(windows), length, is_repeated(items), rows, step, heads)


def _common(sets: list[frozenset[int]]) -> frozenset[int]:
    return frozenset.intersection(*sets) if sets else frozenset()


def _step(row: RowItems, items: Items) -> int | None:
    """Lines from one cell to the next, where each cell has its line and the first follows the label by the
    same step.
    """
    lines = [row.label_line, *(items.lines[i] for i in row.figures)]
    steps = {b - a for a, b in pairwise(lines)}
    step = steps.pop() if len(steps) == 1 else 0
    return step if step > 0 and not row.cells else None


def placements(row: RowItems, layout: Layout, items: Items, text: str) -> list[Placed] | None:
    """Every way in which the row's figures may stand in its columns; one way where the layout leaves no
    doubt.

    An empty list: no way; None: too many ways.
    """
    figures, width = row.figures, row.width
    if (
        layout.repeated
        and len(row.cells) > width
        and (width < _MOST_SPANNED or len(figures) == len(row.cells))
    ):
        return _in_repeated_cells(row, layout, items)
    if len(figures) > width:
        figures = _without_surplus(row, items)
        if len(figures) != width:
            return []
    if len(figures) == width:
        return [tuple(figures)]
    if row.cells:
        return _in_cells(row, layout, items)
    if width == 1 or not figures:
        return [(None,) * width]
    by_position = _by_columns(row, layout, items, text) or _by_lines(row, layout, items)
    return [by_position] if by_position else _any_order(figures, width)


def _any_order(figures: Sequence[int], width: int) -> list[Placed] | None:
    ways: list[Placed] = []
    for columns in combinations(range(width), len(figures)):
        ways.append(_at(columns, figures, width))
        if len(ways) > _MAX_CHOICES:
            return None
    return ways


def _at(columns: Sequence[int], figures: Sequence[int], width: int) -> Placed:
    placed: list[int | None] = [None] * width
    for column, figure in zip(columns, figures, strict=True):
        placed[column] = figure
    return tuple(placed)


def _in_cells(row: RowItems, layout: Layout, items: Items) -> list[Placed] | None:
    """Blank cells are shown: find the window of cells that are the row's columns among blanks before and
    after them.
    """
    cells, width = row.cells, row.width
    if not row.figures:
        return [tuple(cells) if len(cells) == width else (None,) * width]
    if len(cells) < width:  # cells are missing, and nothing shows which
        return _any_order(row.figures, width)
    windows = row.windows()
    if len(windows) > 1 and row.at + len(cells) <= layout.length:
        # That blanks before a row's first figure are its own, and not a shift, is to be believed of a regular
        # grid only.
        leads = [start for start in windows if start in layout.leads and items.types[cells[start]] == FIGURE]
        windows = [start for start in windows if row.at + start in layout.starts or start in leads] or windows
    if len(layout.rows) == 1 and windows and windows[0] > 0 and items.types[cells[windows[0]]] == BLANK:
        # No other row shows where the columns begin: the first of some blanks is the row's own, or another
        # cell is lost.
        return _any_order(row.figures, width)
    return [tuple(cells[start : start + width]) for start in windows]


def _head_above(index: int, items: Items) -> int | None:
    """The nearest line above whose cells are all words, as many as on the item's line: where it begins."""
    first = _line_start(index, items)
    count = items.count_on_line(items.lines[index])
    end = first
    while end > 0 and items.lines[first] - items.lines[end - 1] <= _HEADER_LINES:
        start = _line_start(end - 1, items)
        if end - start == count and all(kind >= WORDS for kind in items.types[start:end]):
            return start
        end = start
    return None


def _line_start(index: int, items: Items) -> int:
    """The first item on the line of an item."""
    while index > 0 and items.lines[index - 1] == items.lines[index]:
        index -= 1
    return index


def _in_repeated_cells(row: RowItems, layout: Layout, items: Items) -> list[Placed]:
    """Merged cells are printed in every column that they span: equal cells side by side may be one. Rows
    below one header span alike.
    """
    cells = _spanned(row, items)
    own = _spans(cells, row.width, items)
    like = [
        other
        for other in layout.rows
        if other.width == row.width and len(_spanned(other, items)) == len(cells)
    ]
    head = layout.head_above(cells[0], items)
    together = [
        _spans(_spanned(other, items), row.width, items)
        for other in like
        if layout.head_above(other.cells[0], items) == head
    ]
    ways = own.intersection(*together) or own
    placed = [tuple(cells[start] for start in starts) for starts in sorted(ways)]
    return [*placed[:1]] if len({tuple(_value(items, cell) for cell in way) for way in placed}) == 1 else []


def _spanned(row: RowItems, items: Items) -> list[int]:
    """The cells of a row, of a narrow one without a blank too many before or behind."""
    if row.width >= _MOST_SPANNED or len(row.cells) <= _MOST_SPANNED:
        return row.cells
    return row.cells[:_MOST_SPANNED] if items.types[row.cells[0]] == FIGURE else row.cells[-_MOST_SPANNED:]


def _spans(cells: list[int], width: int, items: Items) -> set[tuple[int, ...]]:
    """Every way in which runs of equal cells may be `width` cells: where these begin. None where there are
    too many ways.
    """
    values = [_value(items, cell) for cell in cells]
    begins = [i for i in range(1, len(cells)) if values[i] != values[i - 1]]
    others = [i for i in range(1, len(cells)) if values[i] == values[i - 1]]
    more = width - 1 - len(begins)
    if more < 0 or comb(len(others), more) > _MAX_CHOICES:
        return set()
    return {(0, *sorted((*begins, *chosen))) for chosen in combinations(others, more)}


def _value(items: Items, index: int) -> object:
    figure = items.figures[index]
    return (figure.kind, figure.value) if figure else None


def _without_surplus(row: RowItems, items: Items) -> list[int]:
    """A row with more figures than columns: the figures without a page number that stands among them."""
    figures, width = row.figures, row.width
    if (paged := _without_page_number(figures, width, items)) is not None:
        return paged
    if row.cells:
        return figures
    if width < SHORT_ROW:  # it could be a figure that is broken over two lines, and no identity would tell
        return figures
    by_line: dict[int, list[int]] = {}
    for i in figures:
        by_line.setdefault(items.lines[i], []).append(i)
    full = [line for line in by_line.values() if len(line) == width]
    if len(full) == 1 and all(len(line) == 1 for line in by_line.values() if line is not full[0]):
        return full[0]
    return figures


def _without_page_number(figures: list[int], width: int, items: Items) -> list[int] | None:
    """The figures without a page number - 4 - on their line, if the row has no other dash."""
    kinds = [figure.kind for i in figures if (figure := items.figures[i])]
    dashes = [k for k, kind in enumerate(kinds) if kind == "dash"]
    if len(figures) != width + 3 or len(dashes) != 2 or dashes[1] - dashes[0] != 2:
        return None
    return figures[: dashes[0]] + figures[dashes[1] + 1 :]


class _Widths(dict[str, int]):
    """How many display columns a character takes."""

    def __missing__(self, char: str) -> int:
        width = self[char] = 2 if unicodedata.east_asian_width(char) in "WF" else 1
        return width


_width_of = _Widths().__getitem__


def _begin(index: int, items: Items, text: str, wide: bool) -> int:
    """Where a figure begins in its line, counting characters, or display columns (`wide`)."""
    start = items.starts[index]
    if not wide:
        return start
    line = items.offsets[items.lines[index]]
    return sum(map(_width_of, text[line : line + start]))


def _by_columns(row: RowItems, layout: Layout, items: Items, text: str) -> Placed | None:
    """Columns aligned by spaces: place each figure in the column nearest to it.

    Where the columns are shows in the nearest complete rows, or in all rows together, or in the header of a
    table of one row. Columns may be aligned to the left, the middle or the right, counting characters or
    display columns: the ways in which they are straightest have to agree.
    """
    if not _on_one_line(row.figures, items):
        return None
    like = [
        other
        for other in layout.rows
        if other.width == row.width and other.figures and _on_one_line(other.figures, items)
    ]
    complete = [other for other in like if len(other.figures) == row.width]
    complete.sort(key=lambda other: abs(other.label_line - row.label_line))
    ways: list[tuple[float, Placed | None]] = []
    for wide, anchor in product((False, True), (0.0, 0.5, 1.0)):

        def position(i: int, wide: bool = wide, anchor: float = anchor) -> float:
            begin = layout.begins.get((i, wide))
            if begin is None:
                begin = layout.begins[i, wide] = _begin(i, items, text, wide)
            return begin + anchor * len(items.texts[i])

        if complete:
            versions = [[position(i) for i in other.figures] for other in complete[:_NEAREST_ROWS]]
            bend = sum(max(column) - min(column) for column in zip(*versions, strict=True))
            columns = [sum(column) / len(column) for column in zip(*versions, strict=True)]
        else:
            columns, bend = _found_columns(row, like, layout, items, position)
        if len(columns) == row.width:
            nearest = _nearest([position(i) for i in row.figures], columns)
            ways.append((bend, None if nearest is None else _at(nearest, row.figures, row.width)))
    least = min((bend for bend, _ in ways), default=0.0)
    straightest = {placed for bend, placed in ways if placed is not None and bend <= least + 0.5}
    return straightest.pop() if len(straightest) == 1 else None


def _found_columns(
    row: RowItems, like: list[RowItems], layout: Layout, items: Items, position: Callable[[int], float]
) -> tuple[list[float], float]:
    """Columns that no complete row shows: groups of positions of all figures, or of the words in the header
    of a table of one row.
    """
    of_figures = _clusters([position(i) for other in like for i in other.figures])
    if len(of_figures[0]) == row.width or len(layout.rows) > 1:
        return of_figures
    line = items.lines[row.figures[0]]
    header = [
        i
        for i, number in enumerate(items.lines)
        if line - _HEADER_LINES <= number < line and items.types[i] >= WORDS
    ]
    return _clusters([position(i) for i in header if any(items.texts[i] in head for head in layout.heads)])


def _clusters(positions: list[float]) -> tuple[list[float], float]:
    """The means of groups of positions with gaps between the groups, and how wide the groups are together."""
    groups: list[list[float]] = []
    for place in sorted(positions):
        if groups and place - groups[-1][-1] < _MIN_GAP / 2:
            groups[-1].append(place)
        else:
            groups.append([place])
    return [sum(group) / len(group) for group in groups], sum(group[-1] - group[0] for group in groups)


def _on_one_line(indexes: list[int], items: Items) -> bool:
    return len({items.lines[i] for i in indexes}) == 1


def _nearest(places: list[float], columns: list[float]) -> list[int] | None:
    """The column nearest to each place; None if columns are too close to tell apart, or a place is between
    two of them.
    """
    gap = min(b - a for a, b in pairwise(columns))
    found = [min(range(len(columns)), key=lambda k: abs(columns[k] - place)) for place in places]
    clear = all(
        abs(columns[column] - place) <= gap * _CLEAR for column, place in zip(found, places, strict=True)
    )
    return found if gap >= _MIN_GAP and clear and len(set(found)) == len(found) else None


def _by_lines(row: RowItems, layout: Layout, items: Items) -> Placed | None:
    """One cell a line and blank cells as empty lines: the line tells the column, if it shows that empty lines
    are cells.

    It does where the row has as many lines as columns, where its last column is printed in its place, or
    where only some figures have an empty line before them.
    """
    lines = [items.lines[i] for i in row.figures]
    end = len(items.offsets) if row.next_line is None else row.next_line
    for step in (1, 2) if layout.step is None else (layout.step,):
        fits = row.next_line is not None and end - row.label_line == step * (row.width + 1)
        ends = lines[-1] - row.label_line == step * row.width
        gaps = {b - a for a, b in pairwise([row.label_line, *lines])}
        uneven = step == 1 and len(gaps) > 1 and 1 in gaps and end - row.label_line > row.width
        columns = [divmod(line - row.label_line, step) for line in lines]
        regular = all(rest == 0 and 1 <= column <= row.width for column, rest in columns) and len(
            set(lines)
        ) == len(lines)
        if (fits or ends or uneven) and regular:
            return _at([column - 1 for column, _ in columns], row.figures, row.width)
    return None


def settle(choices: list[list[Placed]], possible: Callable[[Sequence[Placed]], bool]) -> list[Placed] | None:
    """Of several placements a row, the one combination that the identities allow; None if they allow none or
    more than one.
    """
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
