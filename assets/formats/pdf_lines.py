"""pdf_lines: characters put together to lines, and lines to the text of a cell or of a page; every character
keeps its place.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assets.formats.marks import raised
from assets.formats.pdf_page import Run

Piece = tuple[
    str, Run | None
]  # characters of the text, and the run that shows them (None: a space put there between others)
Pieces = list[Piece]

_SAME_LINE = (
    0.4  # of a character's height: how far the middles of characters of one line are apart at the most
)
_COMMON = 0.6  # of the height of small characters: what raised ones share with those that they stand beside
_FLAT = 0.4  # of the height of another character: what is no higher is a character without height of its own
_SMALLER, _RAISE = (
    0.85,
    0.15,
)  # of the height of the digits before: what is smaller and so much higher is raised
_SAME_PLACE = 0.3  # of a character's size: a copy that is no farther makes it bold
_COPIES = 3  # characters back in a line that may be at the same place
_GAP = 0.45  # of a character's height: a gap that is a space
_ASCII_GAP = 0.2  # the same between digits or letters
_LEAST_GAP = 0.3  # of a character's height: between a label and its figure
_OF_FIGURES = frozenset("0123456789.,+-/%")
WIDE_GAP = 1.3  # of a character's height: a gap between columns


@dataclass(slots=True)
class Line:
    """One printed line: `parts` are its stretches between wide gaps, each with the glyphs of its
    characters.
    """

    left: float
    top: float
    right: float
    bottom: float
    parts: list[Pieces]

    @property
    def text(self) -> str:
        return " ".join(plain(part) for part in self.parts)

    @property
    def height(self) -> float:
        return self.bottom - self.top


def plain(pieces: Iterable[Piece]) -> str:
    return "".join(char for char, _ in pieces)


def lines_of(runs: Sequence[Run]) -> list[Line]:
    """Upright characters as lines, from top to bottom. Copies of a character in its place are left out."""
    lines: list[Line] = []
    row: list[Run] = []
    middle = before = 0.0
    if len(runs) == 1:
        return _line(list(runs))
    for run in sorted(runs, key=_twice_the_middle):
        top, bottom = run.top, run.bottom
        own, height = (top + bottom) / 2, bottom - top
        near = (own - middle) / _SAME_LINE
        if (
            row
            and (near > height or near > before)
            and not ((near <= height or near <= before) and _is_beside(run, row[-1], before))
        ):
            lines += _line(row)
            row = []
        middle = own if not row else middle + (own - middle) / (len(row) + 1)
        if not row or height > _FLAT * before:
            before = height
        row.append(run)
    return lines + _line(row)


def _is_beside(run: Run, other: Run, before: float) -> bool:
    """Whether characters of two heights stand in one line though their middles are apart: one is flat (一,
    -), as some fonts give it no height beyond its ink; or most of the height of the small one is common, as
    that of a raised one is.
    """
    height = run.bottom - run.top
    low, high = (height, before) if height < before else (before, height)
    common = min(run.bottom, other.bottom) - max(run.top, other.top)
    return low <= _FLAT * high or common > _COMMON * low


def _twice_the_middle(run: Run) -> float:
    return run.top + run.bottom


def _line(row: list[Run]) -> list[Line]:
    """The line that these characters make; none if they are spaces."""
    if len(row) == 1:
        text, left, top, right, bottom = row[0][:5]
        return [] if text == " " else [Line(left, top, right, bottom, [[(text, row[0])]])]
    row.sort(key=_left)
    if _overlap(row):
        row = sorted((character for run in row for character in run.characters()), key=_left)
    parts: list[Pieces] = []
    before: list[Run] = []  # what is printed so far
    space = False
    edge, top, bottom = 0.0, math.inf, 0.0  # how far it reaches
    size = 0.0  # the height of the character before
    for run in row:
        text = run.text
        if text == " ":
            space = space or run.right - run.left > 0.5
            continue
        if text in [other.text for other in before[-_COPIES:]] and any(
            _is_copy(run, other) for other in before[-_COPIES:]
        ):
            continue
        height, gap = run.bottom - run.top, run.left - edge
        if height >= _SMALLER * size:
            size = height
        elif height <= _FLAT * size:
            height = size
        elif before and _is_raised(run, before[-1]):
            text = raised(text)
        if not before or gap > WIDE_GAP * height:
            parts.append([])
        elif space or (
            gap > _ASCII_GAP * height
            and (gap > _GAP * height or (text[0].isascii() and before[-1].text[-1].isascii()))
        ):
            parts[-1].append((" ", None))
        parts[-1].append((text, run))
        before.append(run)
        edge, top, bottom = max(edge, run.right), min(top, run.top), max(bottom, run.bottom)
        space = False
    if not before:
        return []
    if len(parts) > 1 and sum(_is_figure(part) for part in parts) > 1:
        parts = [piece for part in parts for piece in _apart(part)]
    return [Line(before[0].left, top, edge, bottom, parts)]


def _overlap(row: list[Run]) -> bool:
    """Whether something is printed over what stands side by side, so that each character has to be looked at
    alone.
    """
    edge = -math.inf
    for run in row:
        text, left, top, right, bottom = run[:5]
        if edge - left > _SAME_PLACE * (bottom - top):
            return True
        if text != " " and right > edge:
            edge = right
    return False


def _left(run: Run) -> float:
    return run.left


def _is_figure(part: Pieces) -> bool:
    return all(_OF_FIGURES.issuperset(text) for text, _ in part)


def _apart(part: Pieces) -> list[Pieces]:
    """A stretch of a line of figures, cut where a figure stands close behind the words of its label."""
    at = len(part)
    while at and _OF_FIGURES.issuperset(part[at - 1][0]):
        at -= 1
    if not 0 < at < len(part):
        return [part]
    label, figure = part[at - 1][1] or part[at - 2][1], part[at][1]
    if (
        label is None
        or figure is None
        or label.text[-1].isascii()
        or figure.left - label.right < _LEAST_GAP * (figure.bottom - figure.top)
    ):
        return [part]
    return [part[:at] if part[at - 1][1] else part[: at - 1], part[at:]]


def _is_raised(run: Run, before: Run) -> bool:
    """Whether small digits stand higher than those before: the mark of a footnote, no part of it."""
    return (
        run.text.isdecimal()
        and before.text[-1].isdecimal()
        and before.bottom - run.bottom > _RAISE * (before.bottom - before.top)
    )


def _is_copy(run: Run, other: Run) -> bool:
    near = _SAME_PLACE * min(run.bottom - run.top, (run.right - run.left) / len(run.text))
    return run.text == other.text and abs(run.left - other.left) < near and abs(run.top - other.top) < near


def cell_text(lines: Sequence[Line], turned: Sequence[Run], right: float, wrapped: bool = False) -> Pieces:
    """The text of a cell that reaches to `right`: its lines joined, then the characters that are turned in
    it.

    Digits on two lines are one figure only if the cell is `wrapped`, or where the first line of some words
    had no room for another.
    """
    pieces: Pieces = []
    before: Line | None = None
    for line in lines:
        inner = sentence(line)
        if pieces and before is not None:
            last, first = pieces[-1][0][-1], inner[0][0][0]
            if last.isalnum() and first.isalnum() and last.isascii() and first.isascii():
                full = wrapped or (
                    0 <= right - before.right < before.height and last.isdigit() and first.isdigit()
                )
                pieces += [] if full else [(" ", None), (" ", None)]
        pieces += inner
        before = line
    for turn, key in _TURNS if turned else ():
        pieces += [
            (run.text, run)
            for run in sorted((g for g in turned if g.turn == turn and g.text != " "), key=key)
        ]
    return pieces


def sentence(line: Line) -> Pieces:
    """A line as it reads: its stretches, wide spaces between them."""
    pieces: Pieces = []
    for part in line.parts:
        pieces += [(" ", None), (" ", None), *part] if pieces else part
    return pieces


# Reading order of turned characters: lines from left to right (or right to left), within a line upwards (or
# downwards).
_TURNS = (
    (90, lambda g: (round(g.left / (g.right - g.left + 0.1)), -g.top)),
    (270, lambda g: (-round(g.left / (g.right - g.left + 0.1)), g.top)),
    (180, lambda g: (-g.top, -g.left)),
)
