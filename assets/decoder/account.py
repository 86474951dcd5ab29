"""The account of a table: what is printed in its region beside its figures, and in which units they are given."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from assets.decoder.axes import header_above
from assets.decoder.draft import Draft
from assets.decoder.headers import check_period, check_units
from assets.decoder.ink import Around, before_prose, leftover
from assets.decoder.items import BLANK, FIGURE, WORDS
from assets.decoder.labels import Lexicon
from assets.model import Span
from schemas.rules import rules
from schemas.words import say

_NOTES = re.compile(r"^[^\w\n]*+(?:注|备注|说明|单位).*", re.MULTILINE)


def account(found: Draft, words: Lexicon, spans: dict[str, Span], pages: Collection[int]) -> None:
    """Doubt a table in whose region something is printed that nothing accounts for."""
    table, items = found.table, found.items
    rows = [row for row, _ in table.cells]
    row_of = {place: row for row, place in zip(rows, found.places, strict=True) if place is not None}
    figures = sorted({*row_of, *found.others, *(i for line in found.added for i in line.items.values())})
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
    own = "".join(line.label for line in found.added)
    units = _units_of(found)
    order = {row: i for i, row in enumerate(dict.fromkeys(rows))}
    starts = [start - 1 for start, _ in spans.values()] if table.layout == "rows" else []
    first = min([figures[0] - 1, *starts])
    at = 0
    for a, b in pairwise([first, *figures, len(items)]):
        before, at = at, order.get(row_of.get(b, ""), at)
        if b - a < 2:
            continue
        inside: Sequence[int] = range(a + 1, b)
        if b == len(items):
            inside = before_prose(items, range(a + 1, b), beside, guarded and not is_open)
        inside = [i for i in inside if items.types[i] != WORDS or not own or items.texts[i] not in own]
        open_ = any(row in is_open for row, i in order.items() if min(before, at) <= i <= max(before, at))
        found.loose = found.loose or next((items.texts[i] for i in inside if items.types[i] == FIGURE), None)
        text = leftover(words, items, inside, beside, Around(open_, guarded, pages, units.get(a, ())))
        if text is not None:
            found.doubts.append(say("doubt.leftover", text=text))
            return


def look_at_units(found: Draft, spans: dict[str, Span], text: str) -> None:
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
