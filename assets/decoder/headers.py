"""Headers: what the labels above the figures tell of a table: its edition, the order of its columns, their
unit and period.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import pairwise

from assets.decoder.figures import COUNT_UNITS
from assets.decoder.items import FIGURE, WORDS, Items
from assets.decoder.labels import Lexicon, Located
from schemas.forms import Table, forms, label_core

_TOTAL = "总计"
_HEADER_ITEMS = 60  # how far above its first row the header of a table may begin
_UNIT_WORD = rf"[十百千万亿]*(?:元|{'|'.join(sorted(COUNT_UNITS, key=len, reverse=True))})|[百千万亿]"
# A unit that is named as one: 单位：件, or alone in brackets.
_UNIT = re.compile(rf"单位[:为是]?[(\[]?({_UNIT_WORD})|[(\[]({_UNIT_WORD})[)\]]")
_SPACES = re.compile(r"[\s|]+")
_OTHER_PERIOD = re.compile(
    r"(?:上年|上一年|去年|累计|历年)(?!项目)[^\n\d]{0,4}(?:处理决定|制发|废止|收费)[^\n\d]{0,4}"
)


def edition_of(key: str, words: Lexicon, located: Located, items: Items, doubts: list[str]) -> Table:
    """Tell the edition from the table's own labels: rows that only one edition has, column labels that only
    one edition prints.
    """
    found = {words.rows[code] for code in located.places}
    tables = [form.tables[key] for form in forms().values()]
    if not any(table.tells for table in tables):  # the same in every edition
        return tables[-1]
    # The label of a merged cell in one edition may be a row in another: （六）其他处理. It tells nothing; rows under
    # it do.
    scores = [len(found & own) for own in _own_rows(key)]
    if max(scores) == 0 or scores.count(max(scores)) > 1 or key == "active_disclosure":
        first = max(0, min(located.places.values(), default=0) - _HEADER_ITEMS)
        head = enumerate(items.texts[first : first + _HEADER_ITEMS * 2], first)
        printed = "".join(words.classify(text)[1] for i, text in head if items.types[i] >= WORDS)
        told = [sum(label_core(tell) in printed for tell in table.tells) for table in tables]
        # A row of another edition may be added to the form; its columns are not.
        scores = [2 * tells + score for tells, score in zip(told, scores, strict=True)]
    best = max(scores)
    if scores.count(best) > 1 and key == "active_disclosure":
        doubts.append("the labels do not tell the edition of the form")
    return tables[max(range(len(tables)), key=lambda i: (scores[i], -i))]


@cache
def _own_rows(key: str) -> list[frozenset[str]]:
    """For each edition the rows that no other edition has, but for those whose label is that of a merged cell
    in another.
    """
    tables = [form.tables[key] for form in forms().values()]
    furniture = {label_core(label) for table in tables for label in table.furniture}
    own = []
    for table in tables:
        others = {row.key for other in tables if other is not table for row in other.rows}
        own.append(
            frozenset(
                row.key
                for row in table.rows
                if row.key not in others and label_core(row.label) not in furniture
            )
        )
    return own


def check_columns(
    table: Table, words: Lexicon, items: Items, places: dict[str, int], doubts: list[str]
) -> None:
    """The header above a row has to name its columns in the form's order, as far as it can be read."""
    checked: set[tuple[str, ...]] = set()
    for row in table.rows:
        if row.key in places and row.cells not in checked and len(row.cells) > 1:
            checked.add(row.cells)
            marks = [column.mark for column in table.columns if column.key in row.cells and column.mark]
            last = items.types.find(FIGURE, places[row.key]) if table.layout == "blocks" else places[row.key]
            seen = _header(words, items, (*marks, _TOTAL), last)
            total, first = seen.get(_TOTAL), seen.get(marks[0])
            # A merged 总计 is read before the columns that stand under another merged cell, but never before
            # the first column.
            ahead = total is not None and first is not None and total[0] == first[0] and total < first
            if ahead or not _in_order([seen[mark] for mark in marks if mark in seen], items):
                doubts.append("the columns stand in an order that the form does not have")
                return


@lru_cache(maxsize=20_000)
def _marks_in(core: str, marks: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(mark for mark in marks if mark in core)


def _header(words: Lexicon, items: Items, marks: tuple[str, ...], last: int) -> dict[str, tuple[int, int]]:
    """For each mark that the header above item `last` has: the line and the item where it stands nearest."""
    seen: dict[str, tuple[int, int]] = {}
    for i in range(last - 1, max(-1, last - _HEADER_ITEMS), -1):
        if items.types[i] == FIGURE:  # of the rows above
            break
        if items.types[i] < WORDS:
            continue
        for mark in _marks_in(words.classify(items.texts[i])[1], marks):
            seen.setdefault(mark, (items.lines[i], i))
        if len(seen) == len(marks):
            break
    return seen


def _in_order(found: list[tuple[int, int]], items: Items) -> bool:
    """Whether labels are in order: along each line, or down the lines of a header of one cell a line."""
    if all(a < b for a, b in pairwise(found)):
        return True
    # Where a line has several labels, one line above another says nothing of their order.
    along = any(items.lines.count(line) > 1 for line, _ in found)
    return not any((a[0] == b[0] or not along) and a > b for k, a in enumerate(found) for b in found[k + 1 :])


def check_units(table: Table, printed: str, doubts: list[str]) -> None:
    """Doubt a table that as printed names another unit than the form's, or another period: a figure of another
    kind may stand below its header.
    """
    plain = _SPACES.sub("", printed)
    known = {column.unit for column in table.columns if column.unit} | COUNT_UNITS
    if any(
        column.unit is None for column in table.columns
    ):  # the form leaves the unit open: any amount of money
        known |= {"元", "亿元"}
    for named in _UNIT.finditer(plain):
        unit = next(group for group in named.groups() if group)
        if unit not in known:
            doubts.append(f"the table gives a unit as {unit}, the form as {'、'.join(_units(table))}")
            break
    if other := _OTHER_PERIOD.search(plain):
        doubts.append(f"a header speaks of another period than the form: {other.group()!r}")


def _units(table: Table) -> list[str]:
    return list(dict.fromkeys(column.unit for column in table.columns if column.unit))


def check_lines(table: Table, items: Items, rows: list[tuple[int, int]], doubts: list[str]) -> None:
    """In a table whose figures stand on the line of their label, one that does not may be a page number below
    a blank.
    """
    if table.key != "active_disclosure":  # elsewhere labels are long, and the identities would tell
        return
    # A label that is still within a bracket goes on behind its figures.
    ended = [
        (label, figure)
        for label, figure in rows
        if items.texts[label].count("(") <= items.texts[label].count(")")
    ]
    apart = [
        (label, figure)
        for label, figure in ended
        if items.lines[label] != items.lines[figure] and items.lines.count(items.lines[figure]) == 1
    ]
    if apart and len(apart) * 2 <= len(rows):
        label, figure = apart[0]
        doubts.append(
            f"the figure {items.texts[figure]} does not stand on the line of {items.texts[label]!r}, as the others do"
        )
