"""Tables of blocks, of which figures may be missing: cases side by side, below the outcomes of each."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from assets.decoder.axes import Contradiction, columns_of, header_above
from assets.decoder.blocks import is_as_the_form, place_blocks
from assets.decoder.columns import doubt_run_together, place_figures
from assets.decoder.draft import OTHER_ORDER, Draft, slots_of
from assets.decoder.items import BLANK, WORDS, Items
from assets.decoder.labels import Lexicon
from assets.decoder.rows import RowItems, collect
from assets.model import Span
from schemas.forms import Table
from schemas.rules import rules
from schemas.words import say


def read_blocks(
    table: Table,
    words: Lexicon,
    codes: dict[str, int],
    spans: dict[str, Span],
    items: Items,
    text: str,
    doubts: list[str],
) -> Draft:
    """Return the draft of the table of section four. `codes` and `spans` say of each case that was found its
    code and its items; what is not sure is added to `doubts`.
    """
    try:
        placed = place_blocks(table, items)
    except Contradiction:
        doubts.append(OTHER_ORDER)
        placed = None
    if placed is not None:
        found = Draft(table, items, [placed[cell] for cell in table.cells], doubts)
        doubt_run_together(found)
        return found
    rows: dict[str, RowItems] = {}
    for row in table.rows:
        if row.key in spans:
            is_noise = partial(words.is_noise, row=codes[row.key])
            rows[row.key] = collect(items, *spans[row.key], row.key, len(table.cells), is_noise, True)
    line = _one_line(table, rows)
    if line is not None:
        return _looked_at(
            place_figures(table, words, items, [line], [tuple(range(len(table.cells)))], text, doubts)
        )
    slots = dict(zip((row.key for row in table.rows), slots_of(table), strict=True))
    for row in table.rows:
        if row.key in rows:
            rows[row.key].width = len(row.cells)
        else:
            doubts.append(say("doubt.row_not_found", row=row.key, label=row.label))
    targets = [tuple(range(slots[name], slots[name] + len(table.row(name).cells))) for name in rows]
    return _looked_at(place_figures(table, words, items, list(rows.values()), targets, text, doubts))


def _looked_at(found: Draft) -> Draft:
    """Doubt a table whose header prints another order; of which a total is a blank that nothing shows, since its one
    sum would prove nothing; or whose figures may have moved up.
    """
    for e in rules(found.table.edition, found.table.key).equations:
        lost = [i for i in e.right if found.places[i] is None]
        if lost and any(found.places[i] is not None for i in e.left):
            found.doubts.append(say("doubt.no_total", row=found.table.cells[lost[0]][0]))
    figures = sorted(i for i in found.places if i is not None)
    if figures and not is_as_the_form(found.table, found.items, header_above(found.items, figures[0])):
        found.doubts.append(OTHER_ORDER)
    axis = columns_of(found.table.edition, found.table.key)
    if figures and any(
        found.items.types[i] == WORDS and axis.names(found.items.texts[i])
        for i in range(figures[0], figures[-1])
    ):
        found.doubts.append(say("doubt.words_between"))
    last = found.places[-1]
    blanks = [i for i in found.places if i is None or found.items.types[i] == BLANK]
    if last is not None and blanks == [last]:
        found.doubts.append(say("doubt.last_blank"))
    return found


def _one_line(table: Table, rows: dict[str, RowItems]) -> RowItems | None:
    """The one row of a table whose blocks of columns are printed side by side; None if each block has a line
    of its own.
    """
    present = [rows[row.key] for row in table.rows if row.key in rows]
    if len(present) < 2 or any(row.figures for row in present[:-1]):
        return None
    return replace(present[-1], name=table.key, width=len(table.cells))
