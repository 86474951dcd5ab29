"""Tables as `pdftotext -layout` leaves them: columns held by spaces, labels wrapped around their figures,
pages cut anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from examples.grids import Box, Grid
from examples.noise import Noise, page_number


@dataclass(slots=True)
class _Word:
    """A piece of text at a place: `y` counts half lines, as a figure beside a label of two lines stands
    between them.
    """

    y: int
    x: int
    text: str


def _wrap(text: str, width: int) -> list[str]:
    return [text[i : i + width].strip() for i in range(0, len(text), width)] or [""]


def _compose(words: list[_Word]) -> str:
    """One line with every word at its place, or as near to it as the words before it allow."""
    line = ""
    for word in sorted(words, key=lambda word: word.x):
        gap = 0 if not line else 2
        line += " " * max(word.x - len(line), gap) + word.text
    return line.rstrip()


def wrapped_paragraph(text: str, width: int) -> list[str]:
    """Prose as a PDF breaks it: the first line indented, the others not."""
    if len(text) <= width or text.startswith("\f"):
        return ["      " + text] if text and not text.startswith("\f") else [text]
    return ["      " + text[: width - 4], *(text[i : i + width] for i in range(width - 4, len(text), width))]


def _column_edges(rng: Random, grid: Grid) -> list[int]:
    """Where each column begins. Columns of figures are as wide as their widest figure, those of labels as
    wide as pages allow.
    """
    figure_columns = [0] * grid.width
    for row in grid.placed():
        for x, (box, across, _) in enumerate(row):
            if across and box.role in ("figure", "other"):
                figure_columns[x] = max(figure_columns[x], len(box.text))
    if grid.width == 10:
        widths = [5, rng.choice([7, 8]), rng.choice([16, 18, 20])]
    elif grid.width == 15:
        widths = []
    else:
        widths = [rng.choice([16, 20])]
    least = rng.choice([7, 8, 9]) if grid.width >= 10 else rng.choice([11, 13])
    widths += [max(least, width + 3) for width in figure_columns[len(widths) :]]
    edges = [0]
    for width in widths:
        edges.append(edges[-1] + width)
    return edges


def _row_lines(grid: Grid, y: int, edges: list[int]) -> int:
    """How many lines the highest cell of a row needs that ends in this row."""
    most, placed = 1, grid.placed()
    for x, (box, across, down) in enumerate(placed[y]):
        if across and down and box.height == 1:
            room = max(2, edges[min(x + box.width, len(edges) - 1)] - edges[x] - 2)
            most = max(most, len(_wrap(box.text, room)))
    return most


def _words_of(
    box: Box, x: int, top: int, bottom: int, edges: list[int], align: str, upright: bool
) -> list[_Word]:
    """The words of one cell that reaches over the half lines top..bottom, centred between them. `upright`:
    tall labels run downwards.
    """
    right = edges[min(x + box.width, len(edges) - 1)]
    room = max(2, right - edges[x] - 2)
    if upright and box.role == "label" and box.width == 1 and box.height > 8:
        # 三、本年度办理结果 in a narrow column: one character a line.
        lines = [box.text[:2], *box.text[2:]] if "、" in box.text[:2] else list(box.text)
        step = 4 if (bottom - top) >= 4 * len(lines) else 2
    else:
        lines, step = _wrap(box.text, room), 2
    start = (top + bottom - step * (len(lines) - 1)) // 2
    words = []
    for i, line in enumerate(lines):
        place = edges[x]
        if align == "centre" and box.role != "label":
            place += max(0, (room - len(line)) // 2)
        elif align == "right" and box.role in ("figure", "other"):
            place += max(0, room - len(line))
        if line:
            words.append(_Word(start + i * step, place, line))
    return words


def _place(rng: Random, grid: Grid, edges: list[int]) -> tuple[list[_Word], list[int]]:
    """All words of the table, and the half lines at which its rows end."""
    tops, ends, y = [], [], 0
    spread = rng.choice([0, 0, 1, 2])
    for i in range(len(grid.rows)):
        lines = _row_lines(grid, i, edges)
        tops.append(y)
        ends.append(y + 2 * (lines - 1))
        y = ends[-1] + 2 + rng.randint(0, spread) * 2
    align, upright = rng.choice(["left", "centre", "centre", "right"]), rng.random() < 0.7
    words: list[_Word] = []
    for i, row in enumerate(grid.placed()):
        for x, (box, across, down) in enumerate(row):
            if across and down and box.text.strip():
                last = min(i + box.height - 1, len(ends) - 1)
                words += _words_of(box, x, tops[i], ends[last], edges, align, upright)
    return words, ends


def _cut(rng: Random, lines: list[str], page: int, dashes: bool) -> list[str]:
    """The lines with one or two page breaks in them; what follows a break stands a little to the left or
    right.
    """
    out = list(lines)
    for _ in range(rng.randint(1, 2)):
        if len(out) < 12:
            break
        at = rng.randrange(8, len(out) - 2)
        shift = rng.randint(0, 3)
        mark = " " * rng.choice([0, 43, 60]) + page_number(rng, page, 9, dashes=dashes)
        after = [(" " * shift + line) if line else line for line in out[at:]]
        after[0] = ("\f" if rng.random() < 0.5 else "") + after[0]
        out = [*out[:at], *[""] * rng.randint(0, 2), mark, *after]
        page += 1
    return out


def _shown(rng: Random, grid: Grid) -> list[list[tuple[int, Box]]]:
    """What each line shows: the column and the cell. Merged cells at their first row, or in the middle of
    their rows.
    """
    middle = rng.random() < 0.4
    lines: list[list[tuple[int, Box]]] = [[] for _ in grid.rows]
    for y, row in enumerate(grid.placed()):
        for x, (box, across, down) in enumerate(row):
            if across and down and box.text.strip():
                lines[y + (box.height // 2 if middle else 0)].append((x, box))
    return [sorted(line, key=lambda place: place[0]) for line in lines]


def _simple(rng: Random, grid: Grid) -> list[str]:
    """One row a line."""
    wide = rng.random() < 0.5

    def room(text: str) -> int:
        # Some tools count a Chinese character as two columns, others as one.
        return sum(2 if wide and ord(character) > 0x2000 else 1 for character in text)

    shown = _shown(rng, grid)
    edges = [0] * (grid.width + 1)
    for span in range(1, grid.width + 1):
        # Narrow cells first; then merged ones, for which the last column that they cover gives what is
        # lacking.
        for x, box in (place for line in shown for place in line if place[1].width == span):
            lacking = max(room(box.text), 4 * span) + 2 - (edges[x + span] - edges[x])
            if lacking > 0:
                edges = [edge + lacking if i >= x + span else edge for i, edge in enumerate(edges)]
    lines = []
    for line in shown:
        text = ""
        for x, box in line:
            text += " " * (edges[x] - room(text)) + box.text
        lines.append(text)
    return lines


def aligned_table(rng: Random, grid: Grid, noise: Noise, *, simple: bool, dashes: bool) -> list[str]:
    """The lines of the table. `dashes`: page numbers may have dashes, as no figure is one."""
    if simple:
        return _simple(rng, grid)
    edges = _column_edges(rng, grid)
    words, _ = _place(rng, grid, edges)
    lines, last = list[str](), 0
    for y in sorted({word.y for word in words}):
        # A gap of a line and a half or more shows as a blank line.
        lines += [""] if lines and y - last >= 3 else []
        lines.append(_compose([word for word in words if word.y == y]))
        last = y
    return _cut(rng, lines, rng.randint(2, 6), dashes) if noise.page_numbers else lines
