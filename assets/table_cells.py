"""table_cells: the three tables of a report, every cell with its kind, value and evidence, and each table with what it was judged to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from assets.decoder.items import FIGURE, WORDS, Item, itemize
from assets.decoder.labels import Lexicon, Located, lexicon, locate
from assets.decoder.placement import Layout, Placed, RowItems, collect, placements, settle, study
from assets.model import Cell, Normalized, Number, Section, Span, TableReading
from assets.violations import violations
from schemas.forms import TABLE_KEYS, Table, forms
from schemas.rules import Rules, rules

_SECTION = {"active_disclosure": 2, "applications": 3, "review_litigation": 4}
_UNITS_OF_COUNT = frozenset("件条份宗起次项个篇")


@dataclass(slots=True)
class _Draft:
    """A table on its way: what was read of it, and every doubt about it."""

    table: Table
    items: list[Item]
    values: list[Item | None]
    doubts: list[str] = field(default_factory=list)


def read_tables(raw: str, normalized: Normalized, sections: Sequence[Section]) -> list[TableReading]:
    """Read and judge the three tables of a report, always all three in this order: active_disclosure, applications, review_litigation.

    Spans of the cells are offsets into the raw text. A table that the document does not have is `absent`.
    """
    return [_read_table(key, raw, normalized, sections) for key in TABLE_KEYS]


def _region(key: str, text: str, sections: Sequence[Section]) -> Span:
    """Where the table has to be: its section, or what lies between the sections around it if its heading is missing."""
    wanted = _SECTION[key]
    start, end = 0, len(text)
    for section in sections:
        if section.number == wanted:
            return section.body, section.end
        if section.number < wanted:
            start = section.body
        else:
            end = section.start
            break
    return start, end


def _read_table(key: str, raw: str, normalized: Normalized, sections: Sequence[Section]) -> TableReading:
    text = normalized.text
    words = lexicon(key)
    start, end = _region(key, text, sections)
    for region in ((start, end), (0, len(text))):
        items = itemize(text, *region)
        located = locate(words, items, _required(key))
        if _is_there(words, located, items):
            return _finish(_draft(key, words, located, items, text), raw, normalized)
        if region == (0, len(text)) or not _mentions(words, text, start, end):
            break
    return TableReading(key, "absent")


@cache
def _required(key: str) -> frozenset[int]:
    """The rows that every edition has, by code."""
    words = lexicon(key)
    tables = [form.tables[key] for form in forms().values()]
    return frozenset(i for i, row in enumerate(words.rows) if all(any(row == own.key for own in table.rows) for table in tables))


def _mentions(words: Lexicon, text: str, start: int, end: int) -> bool:
    """Whether text outside the region speaks of most of the table's rows, so that the table may stand there."""
    outside = text[:start] + text[end:]
    return sum(head in outside for head in words.heads) * 2 > len(words.heads)


def _is_there(words: Lexicon, located: Located, items: list[Item]) -> bool:
    """Whether this is the table at all: a good part of its labels, or a label with figures behind it."""
    places = located.places
    if not places:
        return False
    first = min(places.values())
    figures = any(item.type == FIGURE for item in items[first:])
    return len(places) * 4 >= len(words.rows) and (figures or len(places) * 2 >= len(words.rows))


def _edition(key: str, words: Lexicon, located: Located, items: list[Item], doubts: list[str]) -> Table:
    """Tell the edition from the table's own labels: rows that only one edition has, column labels that only one edition prints."""
    tables = [form.tables[key] for form in forms().values()]
    found = {words.rows[code] for code in located.places}
    printed = "".join(words.classify(item.text)[1] for item in items if item.type == WORDS)
    scores = []
    for table in tables:
        own = {row.key for row in table.rows}
        others = {row.key for other in tables if other is not table for row in other.rows}
        score = 3 * len(found & (own - others)) + sum(_squeeze(tell) in printed for tell in table.tells)
        scores.append(score)
    if key == "applications":  # （六）其他处理 is a row in one edition and the label of a merged cell in the other
        sub_rows = {"other_no_correction", "other_unpaid_fee"} & found
        return forms()["2021" if sub_rows else "2019"].tables[key]
    best = max(scores)
    if key == "active_disclosure" and (best == 0 or scores.count(best) > 1):
        doubts.append("the labels do not tell the edition of the form")
    return tables[max(range(len(tables)), key=lambda i: (scores[i], i))]


def _squeeze(label: str) -> str:
    return "".join(char for char in label if char.isalnum())


def _draft(key: str, words: Lexicon, located: Located, items: list[Item], text: str) -> _Draft:
    doubts = list(located.doubts)
    table = _edition(key, words, located, items, doubts)
    places = {words.rows[code]: (code, place) for code, place in located.places.items()}
    printed = {row.key for row in table.rows}
    starts = sorted(place for name, (_, place) in places.items() if name in printed)
    rows: dict[str, RowItems] = {}
    for row in table.rows:
        if row.key in places:
            code, first = places[row.key]
            last = next((place for place in starts if place > first), len(items))
            rows[row.key] = _collect(words, items, first, last, row.key, code, len(row.cells))
    _check_columns(table, words, items, doubts)
    if table.layout == "blocks":
        blocks = _one_line(table, rows)
        if blocks is not None:
            return _place(table, items, [blocks], text, doubts)
    for row in table.rows:
        if row.key not in rows:
            doubts.append(f"the row {row.label} ({row.key}) was not found")
    return _place(table, items, [rows[row.key] for row in table.rows if row.key in rows], text, doubts)


def _collect(words: Lexicon, items: list[Item], first: int, last: int, name: str, code: int, width: int) -> RowItems:
    """A row's items, without what the next label lost to it: the numeral of `2 .重复申请`."""
    if last < len(items) and last - 1 > first and items[last].text[:1] in ".、," and items[last - 1].type == FIGURE:
        last -= 1
    next_line = next((item.line for item in items[last:] if item.type == WORDS), None)
    between = [item.line for item in items[first + 1 : last] if item.type == WORDS]
    figure_lines = [item.line for item in items[first + 1 : last] if item.type == FIGURE]
    if figure_lines and (later := [line for line in between if line > figure_lines[-1]]):
        next_line = later[0]
    return collect(items, first, last, name, width, lambda text: words.is_noise(text, code), next_line)


def _one_line(table: Table, rows: dict[str, RowItems]) -> RowItems | None:
    """The one row of a table whose blocks of columns are printed side by side; None if each block has a line of its own."""
    present = [rows[row.key] for row in table.rows if row.key in rows]
    if len(present) < 2 or any(row.figures for row in present[:-1]):
        return None
    last = present[-1]
    return RowItems(table.key, len(table.cells), last.figures, last.cells, last.label_line, last.next_line, last.strays)


def _check_columns(table: Table, words: Lexicon, items: list[Item], doubts: list[str]) -> None:
    """The header has to name the columns in the form's order, as far as it can be read: compared along a line, or down a header of one cell a line."""
    marks = [(column.key, column.mark) for column in table.columns if column.mark]
    seen: dict[str, tuple[int, int]] = {}
    for i, item in enumerate(items):
        if item.type == WORDS and len(item.text) < 40:
            core = words.classify(item.text)[1]
            for key, mark in marks:
                if mark in core and key not in seen:
                    seen[key] = (item.line, i)
    for cells in {row.cells for row in table.rows}:
        found = [seen[column] for column in cells if column in seen]
        lines = [line for line, _ in found]
        along = len(set(lines)) < len(lines)  # labels share lines, so one line above another says nothing of their order
        if any((a[0] == b[0] or not along) and a > b for k, a in enumerate(found) for b in found[k + 1 :]):
            doubts.append("the columns stand in an order that the form does not have")
            return


def _place(table: Table, items: list[Item], rows: list[RowItems], text: str, doubts: list[str]) -> _Draft:
    """Give every figure its column, or say why not."""
    layout = study(rows, text)
    slots = _slots(table, rows)
    choices: list[list[Placed]] = []
    for i, row in enumerate(rows):
        _doubt_strays(row, i == len(rows) - 1, doubts)
        ways = placements(row, layout, text)
        if not ways:
            doubts.append(_misfit(row))
            ways = [tuple(row.figures[: row.width]) + (None,) * (row.width - len(row.figures))]
        choices.append(ways)
    chosen = [ways[0] for ways in choices]
    if any(len(ways) > 1 for ways in choices):
        judge = rules(table.edition, table.key)
        settled = settle(choices, lambda ways: judge.possible(_values(_spread(table, slots, ways))))
        if settled is None:
            for row, ways in zip(rows, choices, strict=True):
                if len(ways) > 1:
                    doubts.append(f"row {row.name}: {len(row.figures)} figures for {row.width} columns, and which are blank is not clear")
        chosen = settled or chosen
    return _Draft(table, items, _spread(table, slots, chosen), doubts)


def _misfit(row: RowItems) -> str:
    return f"row {row.name}: {len(row.figures)} figures for {row.width} columns"


def _doubt_strays(row: RowItems, is_last: bool, doubts: list[str]) -> None:
    """Figures under words that are no label: another row, unless they follow the last row, as prose may."""
    if row.strays and not is_last:
        words, item = row.strays[0]
        if words not in _known_extras():
            doubts.append(f"the figure {item.text} stands under {words!r}, which is no row of the form")


@cache
def _known_extras() -> frozenset[str]:
    return frozenset(label for form in forms().values() for table in form.tables.values() for label in table.extra_rows)


def _slots(table: Table, rows: list[RowItems]) -> list[int]:
    """For each row its first position among the table's cells."""
    starts: dict[str, int] = {table.key: 0}
    position = 0
    for row in table.rows:
        starts[row.key] = position
        position += len(row.cells)
    return [starts[row.name] for row in rows]


def _spread(table: Table, slots: list[int], chosen: Sequence[Placed]) -> list[Item | None]:
    values: list[Item | None] = [None] * len(table.cells)
    for start, placed in zip(slots, chosen, strict=True):
        values[start : start + len(placed)] = placed
    return values


def _values(items: Sequence[Item | None]) -> list[Number | None]:
    return [item.figure.value if item is not None and item.figure is not None else None for item in items]


def _finish(draft: _Draft, raw: str, normalized: Normalized) -> TableReading:
    """Judge a table that has been read, and give its cells their spans in the raw text."""
    table = draft.table
    judge = rules(table.edition, table.key)
    values = _values(draft.values)
    cells = [_cell(judge, i, item, raw, normalized) for i, item in enumerate(draft.values)]
    doubts = draft.doubts + _unreadable(cells)
    if not any(item is not None for item in draft.values) and not doubts:
        doubts.append("the labels are there but no figure: the extraction may have lost them")
    edition = None if table.layout == "blocks" else table.edition
    if doubts:
        return TableReading(table.key, "uncertain", edition, list(dict.fromkeys(doubts)), cells)
    outcome = judge.judge(values)
    for i, value in outcome.implied.items():
        cells[i].implied = value
    found = violations(judge, values, outcome)
    status: Any = (
        "inconsistent" if outcome.broken or outcome.invalid else "incomplete" if outcome.undecided or outcome.open else "validated"
    )
    return TableReading(table.key, status, edition, _reasons(status, found), cells, found)


def _reasons(status: str, found: list[Any]) -> list[str]:
    if status == "validated":
        return []
    wanted = "broken" if status == "inconsistent" else "undecided"
    return [violation.message for violation in found if violation.outcome == wanted]


def _unreadable(cells: list[Cell]) -> list[str]:
    return [
        f"{cell.row}.{cell.column} prints {cell.raw[:40]!r}, which is no figure"
        for cell in cells
        if cell.kind == "text" and any(char.isdigit() for char in cell.raw)
    ]


def _cell(judge: Rules, position: int, item: Item | None, raw: str, normalized: Normalized) -> Cell:
    row, column = judge.cells[position]
    unit = judge.units[position]
    if item is None:
        return Cell(row, column, "blank", None, "", unit, None, None)
    figure = item.figure
    if figure is None:
        place = normalized.raw_offset(item.start)
        return Cell(row, column, "blank", None, "", unit, place, place)
    start, end = normalized.raw_span(item.start + figure.start, item.start + figure.end)
    if figure.unit is not None and not (figure.unit in _UNITS_OF_COUNT and unit in _UNITS_OF_COUNT):
        unit = figure.unit
    return Cell(row, column, figure.kind, figure.value, raw[start:end], unit, start, end)
