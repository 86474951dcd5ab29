"""Tables whose labels are torn off their rows, or shortened: read by the form's order, with the sums as proof."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from assets.decoder.axes import Contradiction, columns_of, header_above, header_of, printed_order
from assets.decoder.items import BLANK, FIGURE, WORDS, Items
from assets.decoder.labels import Lexicon
from schemas.forms import Table, forms
from schemas.rules import rules


def by_order(key: str, words: Lexicon, items: Items) -> tuple[Table, list[int]] | None:
    """Return the edition and the item of each cell, if the figures are just as many as a form has, every
    identity holds over them, and no label that stands beside figures says otherwise; else None.
    """
    for form in forms().values():
        table = form.tables[key]
        judge = rules(form.edition, key)
        if not judge.equations or table.layout != "rows":
            continue
        for places in _layouts(table, words, items):
            if _contradicts(table, items, places[0]):
                continue
            figures = [items.figures[i] for i in places]
            outcome = judge.judge([None if figure is None else figure.value for figure in figures])
            if not (outcome.broken or outcome.undecided or outcome.invalid or outcome.open):
                return table, places
    return None


def _layouts(table: Table, words: Lexicon, items: Items) -> Iterator[list[int]]:
    """Yield the items of all cells: lines that each hold a row, or all figures of the text."""
    width = len(table.columns)
    lines = [list(line) for _, line in groupby(range(len(items)), key=items.lines.__getitem__)]
    rows = [row for line in lines if len(row := _amid_words(items, line, width)) == width]
    if len(rows) == len(table.rows) and all(
        _agrees(table, words, items, row, number) for number, row in enumerate(rows)
    ):
        yield [i for row in rows for i in row]
    figures = [i for i in range(len(items)) if items.types[i] == FIGURE]
    if len(figures) == len(table.cells) and not rows:
        yield figures


def _amid_words(items: Items, line: Sequence[int], width: int) -> list[int]:
    """Return the figures and blanks of a line that stand beside each other, behind its words or amid the pieces
    of a label that is wrapped around them, without blanks too many at their end; none where all are blank, or
    where there are more figures on the line.
    """
    figures = [i for i in line if items.types[i] == FIGURE]
    words = [i for i in line if items.types[i] >= WORDS]
    if not figures or any(figures[0] < i < figures[-1] for i in words):
        return []
    first = max((i for i in words if i < figures[0]), default=line[0] - 1) + 1
    last = min((i for i in words if i > figures[-1]), default=line[-1] + 1)
    while last - first > width and items.types[last - 1] == BLANK:
        last -= 1
    return list(range(first, last))


def _agrees(table: Table, words: Lexicon, items: Items, row: Sequence[int], number: int) -> bool:
    """Return whether the words on the line of a row name no other row, as a whole or in a piece."""
    wanted = words.rows.index(table.rows[number].key)
    beside, i = [], row[0] - 1
    while i >= 0 and items.lines[i] == items.lines[row[0]]:
        beside.append(i)
        i -= 1
    i = row[-1] + 1
    while i < len(items) and items.lines[i] == items.lines[row[0]]:
        beside.append(i)
        i += 1
    return not any(items.types[k] >= WORDS and words.names_another(items.texts[k], wanted) for k in beside)


def _contradicts(table: Table, items: Items, first: int) -> bool:
    """Return whether the header above the first figure prints the columns in another order."""
    axis, keys = columns_of(table.edition, table.key), tuple(column.key for column in table.columns)
    try:
        return printed_order(axis, keys, header_of(axis, items, header_above(items, first)), False) not in (
            None,
            keys,
        )
    except Contradiction:
        return True
