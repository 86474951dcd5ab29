"""Tables of blocks, of which figures may be missing: cases side by side, below the outcomes of each."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from assets.decoder.axes import Contradiction, columns_of, header_above
from assets.decoder.blocks import is_as_the_form, place_blocks, place_with_added
from assets.decoder.columns import doubt_run_together, place_figures
from assets.decoder.draft import OTHER_ORDER, Draft, slots_of
from assets.decoder.figures import parse
from assets.decoder.items import BLANK, FIGURE, WORDS, Items
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
    parted = _part_figures(table, items)
    try:
        placed = place_blocks(table, items, parted)
        if placed is None and (widened := place_with_added(table, items)) is not None:
            places = [widened[0][cell] for cell in table.cells]
            return Draft(table, items, places, doubts, added=[widened[1]])
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


def _part_figures(table: Table, items: Items) -> bool:
    """Part figures that stand beside each other on lines of one cell each elsewhere (94 198 89), if all figures
    are then as many as the form has, and every sum holds over them. Return whether it was done.
    """
    figures = [i for i in range(len(items)) if items.types[i] == FIGURE]
    spaced = [i for i in figures if len(items.texts[i].split()) > 1 and not items.ruled[i]]
    words = [word for i in figures for word in items.texts[i].split()]
    if not spaced or len(words) != len(table.cells):
        return False
    parsed = {word: parse(word, False) for word in words}
    values = [None if (figure := parsed[word]) is None else figure.value for word in words]
    outcome = rules(table.edition, table.key).judge(values)
    if None in values or outcome.broken or outcome.invalid:
        return False
    for i in reversed(spaced):
        own = [figure for word in items.texts[i].split() if (figure := parsed[word]) is not None]
        items.part(i, own)
    return True


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
