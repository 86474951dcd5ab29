"""The reading of one table: the first hypothesis that leaves no doubt, or the reading by labels with its doubts."""

from __future__ import annotations

from collections.abc import Collection

from assets.decoder.account import account, look_at_units
from assets.decoder.block_tables import read_blocks
from assets.decoder.draft import Draft
from assets.decoder.headers import edition_of
from assets.decoder.items import Items
from assets.decoder.labels import Lexicon, Located
from assets.decoder.ordered import by_order
from assets.decoder.row_tables import read_rows
from assets.decoder.rows import spans_of


def draft(
    key: str, words: Lexicon, located: Located, items: Items, text: str, pages: Collection[int] = ()
) -> Draft:
    """Read one table. `pages`: numbers that pages of the document may bear alone on a line."""
    doubts = list(located.doubts)
    table = edition_of(key, words, located, items, doubts)
    codes = {words.rows[code]: code for code in located.places}
    spans = spans_of(table, {name: located.places[code] for name, code in codes.items()}, items)
    read = read_blocks if table.layout == "blocks" else read_rows
    types, figures = items.types[:], items.figures[:]  # as cut, whatever reading rows makes of words
    found = read(table, words, codes, spans, items, text, doubts)
    look_at_units(found, spans, text)
    account(found, words, spans, pages)
    if found.doubts and table.layout == "rows":
        read_types, read_figures = items.types, items.figures
        items.types, items.figures = types, figures
        if (ordered := by_order(key, words, items)) is not None:
            other = Draft(ordered[0], items, ordered[1], [])
            account(other, words, {}, pages)
            if not other.doubts:
                return other
        items.types, items.figures = read_types, read_figures
    return found
