"""Tables of rows: a label and its figures a row, below the header that names the columns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from assets.decoder.axes import (
    GROUP,
    Contradiction,
    Order,
    columns_of,
    header_above,
    header_of,
    printed_order,
)
from assets.decoder.columns import place_figures
from assets.decoder.draft import OTHER_ORDER, Draft, Targets, slots_of, values_at
from assets.decoder.headers import check_lines
from assets.decoder.items import WORDS, Items
from assets.decoder.labels import Lexicon
from assets.decoder.rows import RowItems, collect, is_repeated, plain_row
from assets.model import Number, Span
from schemas.forms import Row, Table
from schemas.rules import rules
from schemas.words import say


def read_rows(
    table: Table,
    words: Lexicon,
    codes: dict[str, int],
    spans: dict[str, Span],
    items: Items,
    text: str,
    doubts: list[str],
) -> Draft:
    """Return the draft of a table of rows. `codes` and `spans` say of each row that was found its code and its
    items; what is not sure is added to `doubts`.
    """
    orders = _orders(table, items, spans, doubts)
    regular = all(order is None or order == cells for cells, order in orders.items())
    if regular and (plain := _all_plain(table, words, spans, items)) is not None:
        lines = [(spans[row.key][0], plain[at]) for row, at in zip(table.rows, slots_of(table), strict=True)]
        check_lines(table, items, lines, doubts)
        return Draft(table, items, plain, doubts)
    slots = dict(zip((row.key for row in table.rows), slots_of(table), strict=True))
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
    found = place_figures(table, words, items, rows, targets, text, doubts)
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
                doubts.append(say("doubt.column_named", column=items.texts[i], row=row.key))
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
            doubts.append(OTHER_ORDER)
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
