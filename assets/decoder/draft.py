"""A draft: one table on its way from its labels to its cells, with every doubt about it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise

from assets.decoder.axes import (
    GROUP,
    Contradiction,
    Order,
    columns_of,
    header_above,
    header_of,
    printed_order,
)
from assets.decoder.blocks import is_as_the_form, place_blocks
from assets.decoder.headers import check_lines, check_period, check_units, edition_of
from assets.decoder.ink import Around, before_prose, leftover
from assets.decoder.items import BLANK, FIGURE, WORDS, Items
from assets.decoder.labels import EXTRA, Lexicon, Located
from assets.decoder.ordered import by_order
from assets.decoder.placement import Layout, Placed, placements, settle, study
from assets.decoder.rows import SHORT_ROW, RowItems, collect, is_repeated, plain_row, spans_of
from assets.model import Number, Span
from schemas.forms import Row, Table
from schemas.rules import Rules, rules

_MOST_RUN_TOGETHER = 2  # figures that a row lacks, if two of them run together
_TORN = re.compile(r"\d\s+[\d,]")  # spaces within a figure, or between two
_NOTES = re.compile(r"^\W*(?:注|备注|说明|单位).*", re.MULTILINE)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_RUN_TOGETHER = "row {} lacks figures, and its sums hold, too, if two of them run together: which is right?"
_OTHER_ORDER = "the header prints the columns in an order that cannot be told for each figure"

Targets = tuple[
    int | None, ...
]  # for each printed column of a row the place of its cell; None: no column of the form


@dataclass(slots=True)
class Draft:
    """A table on its way.

    `places`: for each of its cells the item that it was read from (None: a blank without a place). `added`: the
    labels of rows that the organ added; `left_out`: keys of rows that it left out. `loose`: a figure without
    words behind the last row, a page number or a part of a figure.
    """

    table: Table
    items: Items
    places: Sequence[int | None]
    doubts: list[str]
    loose: str | None = None
    added: dict[str, list[int]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    widened: bool = False  # the header names columns that the form does not have
    reordered: bool = False  # the header prints another order of columns than the form
    others: list[int] = field(default_factory=list)  # figures of columns that the form does not have


def draft(
    key: str, words: Lexicon, located: Located, items: Items, text: str, pages: Collection[int] = ()
) -> Draft:
    """Read one table. `pages`: numbers that pages of the document may bear alone on a line."""
    doubts = list(located.doubts)
    table = edition_of(key, words, located, items, doubts)
    codes = {words.rows[code]: code for code in located.places}
    spans = spans_of(table, {name: located.places[code] for name, code in codes.items()}, items)
    read = _read_blocks if table.layout == "blocks" else _read_rows
    types, figures = items.types[:], items.figures[:]  # as cut, whatever reading rows makes of words
    found = read(table, words, codes, spans, items, text, doubts)
    _check_units(found, spans, text)
    _account(found, words, spans, pages)
    if found.doubts and table.layout == "rows":
        read_types, read_figures = items.types, items.figures
        items.types, items.figures = types, figures
        if (ordered := by_order(key, words, items)) is not None:
            other = Draft(ordered[0], items, ordered[1], [])
            _account(other, words, {}, pages)
            if not other.doubts:
                return other
        items.types, items.figures = read_types, read_figures
    return found


# --- a table of rows


def _read_rows(
    table: Table,
    words: Lexicon,
    codes: dict[str, int],
    spans: dict[str, Span],
    items: Items,
    text: str,
    doubts: list[str],
) -> Draft:
    orders = _orders(table, items, spans, doubts)
    regular = all(order is None or order == cells for cells, order in orders.items())
    if regular and (plain := _all_plain(table, words, spans, items)) is not None:
        lines = [(spans[row.key][0], plain[at]) for row, at in zip(table.rows, _slots(table), strict=True)]
        check_lines(table, items, lines, doubts)
        return Draft(table, items, plain, doubts)
    slots = dict(zip((row.key for row in table.rows), _slots(table), strict=True))
    rows: list[RowItems] = []
    targets: list[Targets] = []
    left_out: list[str] = []
    for row in table.rows:
        if row.key not in spans:
            left_out.append(row.key)
            continue
        order = orders.get(row.cells) or row.cells
        is_noise = partial(words.is_noise, row=codes[row.key])
        rows.append(collect(items, *spans[row.key], row.key, len(order), is_noise, False))
        if len(rows[-1].figures) == len(row.cells) < len(order):  # its added cells are not there
            order = tuple(key for key in order if key is not None)
            rows[-1].width = len(order)
        if not rules(table.edition, table.key).equations:
            _doubt_columns(row, rows[-1], table, items, spans[row.key][0], doubts)
        targets.append(tuple(None if c is None else slots[row.key] + row.cells.index(c) for c in order))
    check_lines(table, items, [(row.label_end, row.figures[0]) for row in rows if row.figures], doubts)
    if regular:
        targets = _with_added_column(table, rows, targets, items)
    found = _place(table, words, items, rows, targets, text, doubts)
    found.left_out, found.reordered = left_out, not regular
    found.widened = any(order is not None and None in order for order in orders.values())
    return found


def _doubt_columns(
    row: Row, read: RowItems, table: Table, items: Items, first: int, doubts: list[str]
) -> None:
    """Doubt a row of which words before a figure name another column than the one in which it stands."""
    axis = columns_of(table.edition, table.key)
    before = first
    for column, figure in zip(row.cells, read.figures, strict=False):
        for i in range(before + 1, figure):
            named = axis.names(items.texts[i]) if items.types[i] == WORDS else ()
            if any(key != column for key in named if not key.startswith(GROUP)):
                doubts.append(f"the column {items.texts[i]!r} is named before a figure of row {row.key}")
                return
        before = figure


def _with_added_column(
    table: Table, rows: Sequence[RowItems], targets: list[Targets], items: Items
) -> list[Targets]:
    """The targets of rows that may have a column that the organ added. Makes those rows as wide as they are."""
    column = _added_column(table, rows, targets, items)
    for k, row in enumerate(rows) if column is not None else ():
        if len(row.figures) > row.width:
            row.width += 1
            targets[k] = (*targets[k][:column], None, *targets[k][column:])
    return targets


def _added_column(
    table: Table, rows: Sequence[RowItems], targets: Sequence[Targets], items: Items
) -> int | None:
    """The place of a column that the organ added, if nearly all rows have a figure more than the form, and if
    the sums hold without that one; None if they hold without none, or tell too little.
    """
    judge = rules(table.edition, table.key)
    wide = [row for row in rows if len(row.figures) == row.width + 1]
    if not judge.equations or len(wide) * 5 < len(rows) * 4:
        return None
    found: dict[tuple[Number | None, ...], int] = {}
    for column in range(len(table.columns) + 1):
        places: list[int | None] = [None] * len(table.cells)
        for row, target in zip(rows, targets, strict=True):
            own = row.figures
            own = own[:column] + own[column + 1 :] if len(own) > len(target) else own
            for place, i in zip(target, own, strict=False):
                if place is not None:
                    places[place] = i
        values = values_at(items, places)
        if not judge.judge(values).broken:
            found.setdefault(tuple(values), column)
    return next(iter(found.values())) if len(found) == 1 else None


def _orders(
    table: Table, items: Items, spans: dict[str, Span], doubts: list[str]
) -> dict[tuple[str, ...], Order | None]:
    """The order in which the headers print the columns of each kind of row; None where they do not say."""
    orders: dict[tuple[str, ...], Order | None] = {}
    axis = columns_of(table.edition, table.key)
    for row in table.rows:
        if row.key not in spans or row.cells in orders:
            continue
        above = header_above(items, spans[row.key][0])
        ruled = bool(above) and items.ruled[above[-1]] and not is_repeated(items)
        try:
            orders[row.cells] = printed_order(axis, row.cells, header_of(axis, items, above), ruled)
        except Contradiction:
            orders[row.cells] = None
            doubts.append(_OTHER_ORDER)
    return orders


def _all_plain(table: Table, words: Lexicon, spans: dict[str, Span], items: Items) -> list[int] | None:
    """The places of all cells of a table in which each row has its label, behind it its figures, and nothing
    that needs thought.
    """
    if len(spans) != len(table.rows) or (table.key == "active_disclosure" and is_repeated(items)):
        return None
    places: list[int] = []
    for row in table.rows:
        plain = plain_row(words, items, *spans[row.key], len(row.cells))
        if plain is None:
            return None
        places += plain
    return places


# --- a table of blocks


def _read_blocks(
    table: Table,
    words: Lexicon,
    codes: dict[str, int],
    spans: dict[str, Span],
    items: Items,
    text: str,
    doubts: list[str],
) -> Draft:
    try:
        placed = place_blocks(table, items)
    except Contradiction:
        doubts.append(_OTHER_ORDER)
        placed = None
    if placed is not None:
        found = Draft(table, items, [placed[cell] for cell in table.cells], doubts)
        _doubt_run_together(found)
        return found
    figure = items.types.find(FIGURE)
    if not doubts and not is_as_the_form(table, items, header_above(items, max(figure, 0))):
        doubts.append(_OTHER_ORDER)
    rows: dict[str, RowItems] = {}
    for row in table.rows:
        if row.key in spans:
            is_noise = partial(words.is_noise, row=codes[row.key])
            rows[row.key] = collect(items, *spans[row.key], row.key, len(table.cells), is_noise, True)
    line = _one_line(table, rows)
    if line is not None:
        return _without_lost_total(
            _place(table, words, items, [line], [tuple(range(len(table.cells)))], text, doubts)
        )
    slots = dict(zip((row.key for row in table.rows), _slots(table), strict=True))
    for row in table.rows:
        if row.key in rows:
            rows[row.key].width = len(row.cells)
        else:
            doubts.append(f"the row {row.label} ({row.key}) was not found")
    targets = [tuple(range(slots[name], slots[name] + len(table.row(name).cells))) for name in rows]
    return _without_lost_total(_place(table, words, items, list(rows.values()), targets, text, doubts))


def _doubt_run_together(found: Draft) -> None:
    """Doubt a case that lacks figures, and would be complete if one that is printed were two."""
    table, items = found.table, found.items
    for row, slot in zip(table.rows, _slots(table), strict=True):
        places = sorted(i for i in found.places[slot : slot + len(row.cells)] if i is not None)
        figures = [i for i in places if items.types[i] == FIGURE]
        if len(figures) < len(places):
            target = tuple(range(slot, slot + len(row.cells)))
            own = RowItems(row.key, len(row.cells), figures)
            if _could_be_run_together(own, target, rules(table.edition, table.key), items):
                found.doubts.append(_RUN_TOGETHER.format(row.key))


def _without_lost_total(found: Draft) -> Draft:
    """Doubt a table of which a total is a blank that nothing shows: its one sum would prove nothing."""
    for e in rules(found.table.edition, found.table.key).equations:
        lost = [i for i in e.right if found.places[i] is None]
        if lost and any(found.places[i] is not None for i in e.left):
            found.doubts.append(
                f"the total of row {found.table.cells[lost[0]][0]} is not there: a figure may be lost"
            )
    figures = sorted(i for i in found.places if i is not None)
    axis = columns_of(found.table.edition, found.table.key)
    if figures and any(
        found.items.types[i] == WORDS and axis.names(found.items.texts[i])
        for i in range(figures[0], figures[-1])
    ):
        found.doubts.append(
            "words of the header stand between the figures: in which order was the text extracted?"
        )
    last = found.places[-1]
    blanks = [i for i in found.places if i is None or found.items.types[i] == BLANK]
    if last is not None and blanks == [last]:
        found.doubts.append("the last cell is blank: a figure may be lost, and the others have moved up")
    return found


def _one_line(table: Table, rows: dict[str, RowItems]) -> RowItems | None:
    """The one row of a table whose blocks of columns are printed side by side; None if each block has a line
    of its own.
    """
    present = [rows[row.key] for row in table.rows if row.key in rows]
    if len(present) < 2 or any(row.figures for row in present[:-1]):
        return None
    return replace(present[-1], name=table.key, width=len(table.cells))


# --- what is left over


def _account(found: Draft, words: Lexicon, spans: dict[str, Span], pages: Collection[int]) -> None:
    """Doubt a table in whose region something is printed that nothing accounts for."""
    table, items = found.table, found.items
    rows = [row for row, _ in table.cells]
    row_of = {place: row for row, place in zip(rows, found.places, strict=True) if place is not None}
    figures = sorted({*row_of, *found.others, *(i for own in found.added.values() for i in own)})
    if not figures:
        return
    is_open = {
        row
        for row, place in zip(rows, found.places, strict=True)
        if place is None or items.types[place] == BLANK
    }
    if table.layout == "blocks" and is_open:
        is_open = set(rows)
    guarded = bool(rules(table.edition, table.key).equations)
    beside = {items.lines[i] for i in figures}
    own = "".join(found.added)
    units = _units_of(found)
    order = {row: i for i, row in enumerate(dict.fromkeys(rows))}
    starts = [start - 1 for start, _ in spans.values()] if table.layout == "rows" else []
    first = min([figures[0] - 1, *starts])
    at = 0
    for a, b in pairwise([first, *figures, len(items)]):
        before, at = at, order.get(row_of.get(b, ""), at)
        if b - a < 2:
            continue
        inside = before_prose(items, range(a + 1, b), beside) if b == len(items) else range(a + 1, b)
        inside = [i for i in inside if items.types[i] != WORDS or not own or items.texts[i] not in own]
        open_ = any(row in is_open for row, i in order.items() if min(before, at) <= i <= max(before, at))
        found.loose = found.loose or next((items.texts[i] for i in inside if items.types[i] == FIGURE), None)
        text = leftover(words, items, inside, beside, Around(open_, guarded, pages, units.get(a, ())))
        if text is not None:
            found.doubts.append(f"{text!r} stands in the table, and is neither label nor figure of the form")
            return


def _check_units(found: Draft, spans: dict[str, Span], text: str) -> None:
    """Look at the units that the table names, from its header to the end of the line of its last figure, and in
    the notes below it.
    """
    items = found.items
    figures = [i for i in found.places if i is not None]
    if figures and items.offsets:
        above = header_above(items, min([span[0] for span in spans.values()] or figures))
        first, last = items.start(min([*above, *figures])), items.start(max(figures))
        end = text.find("\n", last)
        end = end if end >= 0 else len(text)
        notes = _NOTES.findall(text[end : items.offsets[-1]])
        check_units(found.table, "\n".join([text[first:end], *notes]), found.doubts)
        if not found.widened:
            check_period(text[first:end], found.doubts)


def _units_of(found: Draft) -> dict[int, tuple[str, ...]]:
    """For the item of each amount the units that may stand beside it: that of the form; any, if it is nought."""
    table, items = found.table, found.items
    kinds = {column.key: column for column in table.columns if column.type == "decimal"}
    units: dict[int, tuple[str, ...]] = {}
    for (_, column), i in zip(table.cells, found.places, strict=True):
        if column in kinds and i is not None:
            figure = items.figures[i]
            nought = figure is not None and figure.value == 0
            units[i] = ("元", "万元") if nought or kinds[column].unit is None else (kinds[column].unit or "",)
    return units


# --- columns


def _place(
    table: Table,
    words: Lexicon,
    items: Items,
    rows: list[RowItems],
    targets: Sequence[Targets],
    text: str,
    doubts: list[str],
) -> Draft:
    """Give every figure its column, or say why not."""
    layout = study(rows, items, [column.label for column in table.columns])
    judge = rules(table.edition, table.key)
    choices: list[list[Placed]] = []
    added: dict[str, list[int]] = {}
    for row, target in zip(rows, targets, strict=True):
        added |= _added_rows(words, table, row, items)
        _doubt_lacking(row, rows, layout, target, judge, items, doubts)
        ways = placements(row, layout, items, text)
        if not ways:
            doubts.append(f"row {row.name}: {len(row.figures)} figures for {row.width} columns")
            ways = [tuple(row.figures[: row.width]) + (None,) * (row.width - len(row.figures))]
        choices.append(ways)
    if items.paged and any(len(row.figures) < row.width and not row.cells for row in rows):
        doubts.append("what looks like a page number amid the words may be the figures that a row lacks")
    chosen = _choose(table, rows, choices, targets, items, doubts)
    others = [
        i
        for t, way in zip(targets, chosen, strict=True)
        for k, i in zip(t, way, strict=True)
        if k is None and i is not None
    ]
    if layout.repeated:
        others += [i for row in rows for i in row.figures]
    loose = next((items.texts[i] for row in rows[-1:] for label, i in row.strays if not label), None)
    return Draft(table, items, _spread(table, targets, chosen), doubts, loose, added, others=others)


def _is_added(label: str, words: Lexicon, table: Table) -> bool:
    """Whether words are the label of a row that the form does not have: of another edition, or the organ's own."""
    code = words.classify(label)[0]
    if code == EXTRA:
        return True
    if code >= 0:
        return words.rows[code] not in {row.key for row in table.rows}
    return len(_HAN.findall(label)) > 1 and not words.is_part(label)


def _added_rows(words: Lexicon, table: Table, row: RowItems, items: Items) -> dict[str, list[int]]:
    """Rows that the organ added below a row: words of their own, and as many figures as the row has columns."""
    if len(row.figures) < row.width and not row.cells:
        return {}  # the words may be a part of its label
    added: dict[str, list[int]] = {}
    for label, i in row.strays:
        added.setdefault(label, []).append(i)
    return {
        label: own
        for label, own in added.items()
        if _is_added(label, words, table) and len(own) == row.width and _is_line(own, items)
    }


def _is_line(figures: Sequence[int], items: Items) -> bool:
    """Whether figures are all of one line behind its words, or each alone on its line below words."""
    lines = [items.lines[i] for i in figures]
    if len(lines) > 1 and len(set(lines)) == len(lines):
        return all(items.lines.count(line) == 1 for line in lines)
    same = [i for i in range(len(items)) if items.lines[i] == lines[0] and items.types[i] != BLANK]
    return len(set(lines)) == 1 and [i for i in same if items.types[i] == FIGURE] == list(figures)


def _doubt_lacking(
    row: RowItems,
    rows: Sequence[RowItems],
    layout: Layout,
    target: Targets,
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
    elif _could_be_run_together(row, target, judge, items):
        doubts.append(_RUN_TOGETHER.format(row.name))
    elif repeated and len(row.figures) < max(
        len(other.figures) for other in rows if other.width == row.width
    ):
        doubts.append(
            f"row {row.name} repeats its figures less often than the like rows: two of them may have run together"
        )


def _could_be_run_together(row: RowItems, target: Targets, judge: Rules, items: Items) -> bool:
    """Whether a row that lacks figures would be complete, and hold, if one that is printed were two without a
    space: 83164 for 83 and 164.
    """
    lacking = row.width - len(row.figures)
    if not 0 < lacking <= _MOST_RUN_TOGETHER:
        return False
    at = {place: i for i, place in enumerate(target)}
    equations = [e for e in judge.equations if all(place in at for place in (*e.left, *e.right))]
    if not equations:
        return False
    figures = (items.figures[i] for i in row.figures)
    ways: Iterable[list[Number]] = [[(figure.value or 0) if figure is not None else 0 for figure in figures]]
    for _ in range(lacking):
        ways = [cut for way in ways for cut in _cuts(way)]
    return any(
        all(sum(way[at[i]] for i in e.left) == sum(way[at[i]] for i in e.right) for e in equations)
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
    targets: Sequence[Targets],
    items: Items,
    doubts: list[str],
) -> Sequence[Placed]:
    """One placement for each row: the only one, or the one that the identities leave; a doubt where they do
    not decide.
    """
    judge = rules(table.edition, table.key)

    def possible(ways: Sequence[Placed]) -> bool:
        return judge.possible(values_at(items, _spread(table, targets, ways)))

    first = [ways[0] for ways in choices]
    if all(len(ways) == 1 for ways in choices):
        blanks = [row for row in rows if len(row.figures) < row.width]
        if any(len(row.windows()) > 1 for row in blanks) and not possible(first):
            doubts.append(
                "blank cells leave open in which columns some figures stand, and as read the sums do not hold"
            )
        return first
    # What the row alone does not allow need not be tried with the other rows.
    narrowed = [
        [way for way in ways if _possible_in_row(judge, target, way, items)] if len(ways) > 1 else ways
        for ways, target in zip(choices, targets, strict=True)
    ]
    settled = settle(narrowed, possible)
    if settled is None:
        for row, ways in zip(rows, choices, strict=True):
            if len(ways) > 1:
                doubts.append(
                    f"row {row.name}: {len(row.figures)} figures for {row.width} columns, and which are blank is not clear"
                )
    return settled or first


def _possible_in_row(judge: Rules, target: Targets, way: Placed, items: Items) -> bool:
    """Whether the identities within a row may hold if its figures stand so."""
    own = {place: item for place, item in zip(target, way, strict=True) if place is not None}
    first = min(own)
    return judge.possible_in_row(first, values_at(items, [own.get(first + i) for i in range(len(own))]))


def _slots(table: Table) -> list[int]:
    """For each row its first position among the table's cells."""
    starts, position = [], 0
    for row in table.rows:
        starts.append(position)
        position += len(row.cells)
    return starts


def _spread(table: Table, targets: Sequence[Targets], chosen: Sequence[Placed]) -> list[int | None]:
    """For each cell of the table the item that stands in it."""
    places: list[int | None] = [None] * len(table.cells)
    for target, placed in zip(targets, chosen, strict=True):
        for place, item in zip(target, placed, strict=True):
            if place is not None:
                places[place] = item
    return places


def values_at(items: Items, places: Sequence[int | None]) -> list[Number | None]:
    """The values of some items; None for a blank, and for none."""
    figures = items.figures
    return [None if i is None or (figure := figures[i]) is None else figure.value for i in places]
