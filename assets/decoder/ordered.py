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
    rows = [row for line in lines if len(row := _behind_words(items, line, width)) == width]
    if len(rows) == len(table.rows) and all(
        _agrees(table, words, items, row, number) for number, row in enumerate(rows)
    ):
        yield [i for row in rows for i in row]
    figures = [i for i in range(len(items)) if items.types[i] == FIGURE]
    if len(figures) == len(table.cells) and not rows:
        yield figures


def _behind_words(items: Items, line: Sequence[int], width: int) -> list[int]:
    """Return the figures and blanks behind the last words of a line, without blanks too many at its end; none
    where all are blank.
    """
    last = max((k for k, i in enumerate(line) if items.types[i] >= WORDS), default=-1)
    cells = [i for i in line[last + 1 :] if items.types[i] in (FIGURE, BLANK)]
    while len(cells) > width and items.types[cells[-1]] == BLANK:
        cells.pop()
    return cells if any(items.types[i] == FIGURE for i in cells) else []


def _agrees(table: Table, words: Lexicon, items: Items, row: Sequence[int], number: int) -> bool:
    """Return whether the words on the line of a row name no other row."""
    wanted = words.rows.index(table.rows[number].key)
    i, codes = row[0] - 1, []
    while i >= 0 and items.lines[i] == items.lines[row[0]]:
        codes.append(words.classify(items.texts[i])[0] if items.types[i] >= WORDS else -1)
        i -= 1
    return all(code < 0 or code == wanted for code in codes)


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
