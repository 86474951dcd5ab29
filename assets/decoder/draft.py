"""A draft: one table on its way from its labels to its cells, with every doubt about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from assets.decoder.headers import check_columns, check_lines, check_units, edition_of
from assets.decoder.items import FIGURE, WORDS, Items
from assets.decoder.labels import Lexicon, Located
from assets.decoder.placement import Layout, Placed, placements, settle, study
from assets.decoder.rows import SHORT_ROW, RowItems, collect, is_repeated, plain_row, spans_of
from assets.model import Number, Span
from schemas.forms import Table
from schemas.rules import Rules, rules

_MOST_RUN_TOGETHER = 2  # figures that a row lacks, if two of them run together
_TORN = re.compile(r"\d\s+[\d,]")  # spaces within a figure, or between two


@dataclass(slots=True)
class Draft:
    """A table on its way: for each of its cells the item that it was read from (None: a blank without a
    place), and every doubt about it.
    """

    table: Table
    items: Items
    places: Sequence[int | None]
    doubts: list[str]
    loose: str | None = (
        None  # a figure without words behind the last row: a page number, or a part of a figure
    )


def draft(key: str, words: Lexicon, located: Located, items: Items, text: str) -> Draft:
    doubts = list(located.doubts)
    table = edition_of(key, words, located, items, doubts)
    codes = {words.rows[code]: code for code in located.places}
    places = {name: located.places[code] for name, code in codes.items()}
    check_columns(table, words, items, places, doubts)
    spans = spans_of(table, places, items)
    if items.offsets:
        check_units(table, text[items.offsets[0] : items.offsets[-1]], doubts)
    if (plain := _all_plain(table, words, codes, spans, items)) is not None:
        check_lines(
            table,
            items,
            [(first, plain[at]) for (first, _), at in zip(spans.values(), _slots(table), strict=True)],
            doubts,
        )
        return Draft(table, items, plain, doubts)
    rows: dict[str, RowItems] = {}
    blocks = table.layout == "blocks"
    for row in table.rows:
        if row.key in spans:
            most = len(table.cells) if blocks else len(row.cells)
            rows[row.key] = collect(
                items, *spans[row.key], row.key, most, partial(words.is_noise, row=codes[row.key]), blocks
            )
    if blocks:
        line = _one_line(table, rows)
        if line is not None:
            return _place(table, words, items, [line], text, doubts)
        for row in table.rows:
            if row.key in rows:
                rows[row.key].width = len(row.cells)
    check_lines(
        table, items, [(row.label_end, row.figures[0]) for row in rows.values() if row.figures], doubts
    )
    for row in table.rows:
        if row.key not in rows:
            doubts.append(f"the row {row.label} ({row.key}) was not found")
    return _place(table, words, items, [rows[row.key] for row in table.rows if row.key in rows], text, doubts)


def _all_plain(
    table: Table, words: Lexicon, codes: dict[str, int], spans: dict[str, Span], items: Items
) -> list[int] | None:
    """The places of all cells of a table in which each row has its label, behind it its figures, and nothing
    that needs thought.
    """
    if len(spans) != len(table.rows) or (table.key == "active_disclosure" and is_repeated(items)):
        return None
    places: list[int] = []
    if table.layout == "blocks":
        last = table.rows[-1].key
        first, end = spans[last]
        figure = items.types.find(FIGURE, spans[table.rows[0].key][0])
        header = range(first + 1, figure)
        if figure <= first or any(
            items.types[i] == WORDS and not words.is_noise(items.texts[i], codes[last]) for i in header
        ):
            return None
        plain = plain_row(words, items, figure - 1, end, len(table.cells), below_header=True)
        return None if plain is None else list(plain)
    for row in table.rows:
        plain = plain_row(words, items, *spans[row.key], len(row.cells))
        if plain is None:
            return None
        places += plain
    return places


def _one_line(table: Table, rows: dict[str, RowItems]) -> RowItems | None:
    """The one row of a table whose blocks of columns are printed side by side; None if each block has a line
    of its own.
    """
    present = [rows[row.key] for row in table.rows if row.key in rows]
    if len(present) < 2 or any(row.figures for row in present[:-1]):
        return None
    return replace(present[-1], name=table.key, width=len(table.cells))


def _place(
    table: Table, words: Lexicon, items: Items, rows: list[RowItems], text: str, doubts: list[str]
) -> Draft:
    """Give every figure its column, or say why not."""
    layout = study(rows, items, [column.label for column in table.columns])
    starts = dict(zip((row.key for row in table.rows), _slots(table), strict=True))
    slots = [starts.get(row.name, 0) for row in rows]
    choices: list[list[Placed]] = []
    for i, row in enumerate(rows):
        _doubt_strays(row, words, items, i == len(rows) - 1, doubts)
        if row.remark and layout.repeated and row.width < SHORT_ROW:
            doubts.append(f"the words {row.remark!r} stand where a figure of row {row.name} could be")
        _doubt_lacking(row, rows, layout, slots[i], rules(table.edition, table.key), items, doubts)
        if row.glued:
            doubts.append(f"label and figure run together in {row.glued!r}")
        ways = placements(row, layout, items, text)
        if not ways:
            doubts.append(f"row {row.name}: {len(row.figures)} figures for {row.width} columns")
            ways = [tuple(row.figures[: row.width]) + (None,) * (row.width - len(row.figures))]
        choices.append(ways)
    if items.paged and any(len(row.figures) < row.width and not row.cells for row in rows):
        doubts.append("what looks like a page number amid the words may be the figures that a row lacks")
    chosen = _choose(table, rows, choices, slots, items, doubts)
    loose = next((items.texts[i] for row in rows[-1:] for label, i in row.strays if not label), None)
    return Draft(table, items, _spread(table, slots, chosen), doubts, loose)


def _doubt_lacking(
    row: RowItems,
    rows: Sequence[RowItems],
    layout: Layout,
    slot: int,
    judge: Rules,
    items: Items,
    doubts: list[str],
) -> None:
    """A row that lacks figures, and prints one that may be two of them."""
    # No identity guards a narrow row: where merged cells are printed in every column, it has to have as many
    # cells as the others.
    repeated = row.width < SHORT_ROW and layout.repeated
    narrower = repeated and len(row.cells) < max(len(other.cells) for other in rows)
    short = len(row.figures) < row.width or narrower
    if short and (torn := next((items.texts[i] for i in row.figures if _TORN.search(items.texts[i])), None)):
        doubts.append(f"row {row.name} prints {torn!r}, and lacks a figure: one figure or two?")
    elif _could_be_run_together(row, slot, judge, items):
        doubts.append(
            f"row {row.name} lacks figures, and its sums hold, too, if two of them run together: which is right?"
        )
    elif repeated and len(row.figures) < max(
        len(other.figures) for other in rows if other.width == row.width
    ):
        doubts.append(
            f"row {row.name} repeats its figures less often than the like rows: two of them may have run together"
        )


def _could_be_run_together(row: RowItems, first: int, judge: Rules, items: Items) -> bool:
    """Whether a row that lacks figures would be complete, and hold, if one that is printed were two without a
    space: 83164 for 83 and 164.
    """
    lacking = row.width - len(row.figures)
    if not 0 < lacking <= _MOST_RUN_TOGETHER:
        return False
    last = first + row.width
    equations = [
        e for e in judge.equations if first <= min(*e.left, *e.right) and max(*e.left, *e.right) < last
    ]
    if not equations:
        return False
    figures = (items.figures[i] for i in row.figures)
    ways: Iterable[list[Number]] = [[(figure.value or 0) if figure is not None else 0 for figure in figures]]
    for _ in range(lacking):
        ways = [cut for way in ways for cut in _cuts(way)]
    return any(
        all(sum(way[i - first] for i in e.left) == sum(way[i - first] for i in e.right) for e in equations)
        for way in ways
    )


def _cuts(figures: list[Number]) -> Iterator[list[Number]]:
    """The figures with one of them cut in two, in every way."""
    for k, figure in enumerate(figures):
        digits = str(figure)
        for at in range(1, len(digits)) if digits.isdecimal() else ():
            if digits[at] != "0" or at == len(digits) - 1:
                yield [*figures[:k], int(digits[:at]), int(digits[at:]), *figures[k + 1 :]]


def _choose(
    table: Table,
    rows: list[RowItems],
    choices: list[list[Placed]],
    slots: list[int],
    items: Items,
    doubts: list[str],
) -> Sequence[Placed]:
    """One placement for each row: the only one, or the one that the identities leave; a doubt where they do
    not decide.
    """
    judge = rules(table.edition, table.key)

    def possible(ways: Sequence[Placed]) -> bool:
        return judge.possible(values_at(items, _spread(table, slots, ways)))

    first = [ways[0] for ways in choices]
    if all(len(ways) == 1 for ways in choices):
        blanks = [row for row in rows if len(row.figures) < row.width]
        if any(len(row.windows()) > 1 for row in blanks) and not possible(first):
            doubts.append(
                "blank cells leave open in which columns some figures stand, and as read the sums do not hold"
            )
        return first
    # What the row alone does not allow need not be tried with the other rows.
    figures = [value if value is None else value.value for value in items.figures]
    narrowed = [
        [way for way in ways if judge.possible_in_row(slot, [None if i is None else figures[i] for i in way])]
        if len(ways) > 1
        else ways
        for ways, slot in zip(choices, slots, strict=True)
    ]
    settled = settle(narrowed, possible)
    if settled is None:
        for row, ways in zip(rows, choices, strict=True):
            if len(ways) > 1:
                doubts.append(
                    f"row {row.name}: {len(row.figures)} figures for {row.width} columns, and which are blank is not clear"
                )
    return settled or first


def _doubt_strays(row: RowItems, words: Lexicon, items: Items, is_last: bool, doubts: list[str]) -> None:
    """Figures that are no row's: under words that are no label of the form, or on a line of their own.

    Prose may follow the last row; but what follows it at once may be the rest of its figure, or a page number
    below a blank.
    """
    for label, index in row.strays:
        if words.is_extra(label) or (is_last and (label or not row.width < SHORT_ROW)):
            continue
        under = (
            f"under {label!r}, which is no row of the form"
            if label
            else f"in a line without a label below the row {row.name}"
        )
        doubts.append(f"the figure {items.texts[index]} stands {under}")
        return


def _slots(table: Table) -> list[int]:
    """For each row its first position among the table's cells."""
    starts, position = [], 0
    for row in table.rows:
        starts.append(position)
        position += len(row.cells)
    return starts


def _spread(table: Table, slots: list[int], chosen: Sequence[Placed]) -> list[int | None]:
    places: list[int | None] = [None] * len(table.cells)
    for start, placed in zip(slots, chosen, strict=True):
        places[start : start + len(placed)] = placed
    return places


def values_at(items: Items, places: Sequence[int | None]) -> list[Number | None]:
    figures = items.figures
    return [None if i is None or (figure := figures[i]) is None else figure.value for i in places]
