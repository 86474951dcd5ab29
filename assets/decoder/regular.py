"""Regular tables: one in which every label stands where the form has it, and every figure in its place, is
read in one step.

Most tables are so. Their text, cut at the figures, has the form's gaps between them (see `gaps`). Whatever is
not exactly so is left to the reading of any table, which begins with `items`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, repeat

from assets.decoder.figures import Figure, parse
from assets.decoder.gaps import Shape, kind_of, shapes
from assets.decoder.headers import check_period, check_units
from assets.decoder.items import PAGE_NUMBER, PAGE_WITHIN, blanked
from schemas.forms import Table

# A figure by itself, or the one mark for none that is no part of a rule. The engine is many times as fast
# where a pattern begins with a character.
_UNIT, _END = r"(?:[件条份宗起次项个篇元]|万元)", r"(?![^\s|])"
_FIGURE = re.compile(rf"([-+/0-9](?<![^\s|].)\d*+(?:[,.]\d++)*+{_UNIT}?{_END})")
# The same with spaces inside: right where separators show the cells, of others it makes one.
_SPACED_FIGURE = re.compile(rf"([-+/0-9](?<![^\s|].)\d*+(?:[,.]? ?\d++)*+(?: ?{_UNIT})?{_END})")
_PAGE_LINE = re.compile(rf"^(?:{PAGE_NUMBER.pattern})$", re.MULTILINE)
_PRINTED = re.compile(r"\S")
# Of markdown, by a machine that knew no other: 0 | 1 | 2.
_DIGITS_OF_COLUMN = 3
_NUMBERED_HEAD = re.compile(r"Unnamed: \d+|^[ |]*[01][ |][\d |]*\n[ |:-]*--[ |:-]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Regular:
    """A table and its figures in the order of its cells, with the normalized offsets at which these begin.
    `apart`: each has its own line.
    """

    table: Table
    figures: Sequence[Figure]
    starts: Sequence[int]
    apart: bool


def read_regular(key: str, text: str, start: int, end: int) -> Regular | None:
    """The table in text[start:end], if nothing else than it and prose is there, and nothing of it needs
    thought.
    """
    stretch, every = text[start:end], shapes(key)
    parts = _FIGURE.split(stretch)
    shape = _of_as_many(every, parts)
    if (
        shape is None
        and "--" in stretch
        and (without := _NUMBERED_HEAD.sub(lambda head: _unnumbered(head.group()), stretch)) != stretch
    ):
        stretch, parts = without, _FIGURE.split(without)
        shape = _of_as_many(every, parts)
    guarded = [shape for shape in every if shape.guarded]
    # Where at least half of the figures are there, spaces within some, or numbers of pages, may make the
    # difference.
    if shape is None and guarded and len(parts) > guarded[0].figures:
        stretch = PAGE_WITHIN.sub(blanked, _PAGE_LINE.sub(blanked, stretch))
        parts = _SPACED_FIGURE.split(stretch)
        shape = _of_as_many(guarded, parts)
    return None if shape is None else _as_shaped(shape, stretch, parts, start)


@lru_cache(maxsize=1_000)
def _unnumbered(printed: str) -> str:
    """Spaces for the head of a markdown table that only counts its columns; another stays."""
    words = [word for word in printed.split("\n")[0].replace("|", " ").split() if word.isdecimal()]
    if max(map(len, words)) > _DIGITS_OF_COLUMN:
        return printed
    numbers = [int(word) for word in words]
    counts = numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return _PRINTED.sub(" ", printed) if counts else printed


def _of_as_many(every: Sequence[Shape], parts: Sequence[str]) -> Shape | None:
    """The shape that has as many figures as a text that was cut at them."""
    return next((shape for shape in every if len(parts) == 2 * shape.figures + 1), None)


def _as_shaped(shape: Shape, stretch: str, parts: list[str], start: int) -> Regular | None:
    """The table, if the gaps before its figures, all but the last of which are followed by one in `parts`,
    are those of the shape.
    """
    if not (kind := kind_of(shape, parts[::2])):
        return None
    if kind == "line" and not shape.guarded and _are_uneven(shape.firsts(parts[::2])):
        return None
    printed = parts[1::2]
    figures = list(map(parse, printed, repeat(True)))
    if not _are_plain(figures, kind, stretch) or _has_doubts(shape.table, stretch):
        return None
    starts = list(accumulate(map(len, parts), initial=start))[1:-1:2]
    if shape.cells is not None:
        if not _are_spread(shape, printed):
            return None
        figures, starts = [figures[i] for i in shape.cells], [starts[i] for i in shape.cells]
    return Regular(shape.table, figures, starts, kind == "line")  # type: ignore[arg-type]


def _are_uneven(gaps: Sequence[str]) -> bool:
    """Whether figures of one cell a line stand at different distances below their labels, or on a new page."""
    ends = [gap[len(gap.rstrip()) :] for gap in gaps]
    return len({end.count("\n") for end in ends}) > 1 or any("\f" in end for end in ends)


def _are_spread(shape: Shape, printed: list[str]) -> bool:
    """Whether rows of one figure print it in every column."""
    wide = shape.width
    return all(
        len(row.cells) > 1 or len(set(printed[wide * i : wide * (i + 1)])) == 1
        for i, row in enumerate(shape.table.rows)
    )


def _are_plain(figures: Sequence[Figure | None], kind: str, stretch: str) -> bool:
    """Whether all are figures or marks for none; amid spaces such marks may be those of a page number."""
    kinds = {figure.kind if figure is not None else "text" for figure in figures}
    if kinds == {"number"}:
        return True
    return kinds <= {"number", "dash", "slash"} and (
        kind != "space" or not (PAGE_WITHIN.search(stretch) or _PAGE_LINE.search(stretch))
    )


def _has_doubts(table: Table, stretch: str) -> bool:
    doubts: list[str] = []
    check_units(table, stretch, doubts)
    check_period(stretch, doubts)
    return bool(doubts)
