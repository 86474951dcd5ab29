"""Headers: what the words above and beside the figures tell of a table: its edition, units and period."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from assets.decoder.figures import COUNT_UNITS, COUNTED
from assets.decoder.items import WORDS, Items
from assets.decoder.labels import Lexicon, Located
from schemas.forms import Table, forms, label_core
from schemas.words import say

_HEADER_ITEMS = 60  # how far above its first row the header of a table may begin
_MOST_ROWS = 100  # more than a table has
_UNIT_WORD = rf"[十百千万亿]*(?:元|{COUNTED})|[百千万亿]"
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
    if key != "active_disclosure":  # its rows are told by their labels, of which a form lacks none
        lacking = [sum(row.key not in found for row in table.rows) for table in tables]
        scores = [score - _MOST_ROWS * lacks for score, lacks in zip(scores, lacking, strict=True)]
    best = max(scores)
    if scores.count(best) > 1 and key == "active_disclosure":
        doubts.append(say("doubt.edition"))
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


def check_units(table: Table, printed: str, doubts: list[str]) -> None:
    """Doubt a table that as printed names another unit than the form's."""
    plain = _SPACES.sub("", printed)
    known = {column.unit for column in table.columns if column.unit} | COUNT_UNITS
    if any(
        column.unit is None for column in table.columns
    ):  # the form leaves the unit open: any amount of money
        known |= {"元", "亿元"}
    for named in _UNIT.finditer(plain):
        unit = next(group for group in named.groups() if group)
        if unit not in known:
            doubts.append(say("doubt.unit_of_table", unit=unit, units=_units(table)))
            break


def check_period(printed: str, doubts: list[str]) -> None:
    """Doubt a table in which a column is of another period than the year reported on."""
    if other := _OTHER_PERIOD.search(_SPACES.sub("", printed)):
        doubts.append(say("doubt.period", words=other.group()))


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
    steps = Counter(items.lines[figure] - items.lines[label] for label, figure in ended)
    farthest = max(ended, key=lambda one: items.lines[one[1]] - items.lines[one[0]], default=None)
    if (
        farthest is not None
        and len(steps) > 1
        and min(steps) > 0
        and items.count_on_line(items.lines[farthest[1]]) == 1
    ):
        label, figure = farthest
        doubts.append(say("doubt.farther", figure=items.texts[figure], label=items.texts[label]))
    apart = [
        (label, figure)
        for label, figure in ended
        if items.lines[label] != items.lines[figure] and items.count_on_line(items.lines[figure]) == 1
    ]
    if apart and len(apart) * 2 <= len(rows):
        label, figure = apart[0]
        doubts.append(say("doubt.other_line", figure=items.texts[figure], label=items.texts[label]))
