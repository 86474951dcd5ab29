"""table_cells: the three tables of a report, every cell with its kind, value and evidence, and each table with what it was judged to be."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import pairwise

from assets.decoder.figures import WORDS_FOR_NONE
from assets.decoder.items import FIGURE, WORDS, Items, itemize
from assets.decoder.labels import Lexicon, Located, Occurrence, copies, lexicon, locate, occurrences_of
from assets.decoder.placement import Placed, RowItems, collect, is_repeated, placements, plain_row, settle, study
from assets.model import Cell, Normalized, Number, Section, Span, Status, TableReading
from assets.violations import violations
from schemas.forms import TABLE_KEYS, Table, forms, label_core
from schemas.rules import Rules, rules

_SECTION = {"active_disclosure": 2, "applications": 3, "review_litigation": 4}
_MOST_COPIES = 3  # of a table in one document, beside the first; a page may hold one for each size of screen
_DIGITS = re.compile(r"\d+")
_SHORTEST_RUNNING = 8  # characters of a header or footer
_MIN_PAGES = 3
_NUMERAL_ALONE = re.compile(r"[(\[]?[一二三四五六七八\d][)\]]?[、.,]")
_TOTAL = "总计"
_SHORT_ROW = 4  # columns: no identity guards a row of so few
_HEADER_ITEMS = 60  # how far above its first row the header of a table may begin
_SEPARATORS = re.compile(r"[ \t|]+")
_UNIT = re.compile(r"收费金额\n?[(\[]?单位[\s:]*([^\s)\];]+)")
_WIDE_SPACE = re.compile(r"\s{2,}|[\t\u3000]")
_OTHER_PERIOD = re.compile(r"(?:上年|上一年|去年|累计|历年)[^\n\d]{0,4}(?:处理决定|制发|废止|收费)[^\n\d]{0,4}")
_UNITS_OF_COUNT = frozenset("件条份宗起次项个篇")


@dataclass(slots=True)
class _Draft:
    """A table on its way: for each of its cells the item that it was read from (None: a blank without a place), and every doubt about it."""

    table: Table
    items: Items
    places: Sequence[int | None]
    doubts: list[str]
    loose: str | None = None  # a figure without words behind the last row: a page number, or a part of a figure


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
    reading = _read_from(key, normalized.text, raw, normalized, sections)
    if reading.status == "uncertain" and (without := _without_running_lines(normalized.text)) is not None:
        again = _read_from(key, without, raw, normalized, sections)
        if again.status != "uncertain":
            return again
    return reading


def _without_running_lines(text: str) -> str | None:
    """The text with blanks, in the same length, for lines that stand on several pages: headers and footers, whatever their page number."""
    lines = text.split("\n")
    forms = ["".join(_DIGITS.sub("#", line).split()) for line in lines]
    counts = Counter(form for form in forms if len(form) >= _SHORTEST_RUNNING and "信息公开" in form)
    running = {form for form, count in counts.items() if count >= _MIN_PAGES}
    if not running:
        return None
    return "\n".join(" " * len(line) if form in running else line for line, form in zip(lines, forms, strict=True))


def _read_from(key: str, text: str, raw: str, normalized: Normalized, sections: Sequence[Section]) -> TableReading:
    words = lexicon(key)
    start, end = _region(key, text, sections)
    drafts = _drafts(key, words, text, start, end)
    if _mentions(words, text, start, end):
        if drafts:
            drafts += _drafts(key, words, text, 0, start) + _drafts(key, words, text, end, len(text))
        else:
            drafts = _drafts(key, words, text, 0, len(text))
    if not drafts:
        return TableReading(key, "absent")
    first, *others = drafts
    if any(_values(other.items, other.places) != _values(first.items, first.places) for other in others):
        first.doubts.append("the table is printed more than once, with different figures")
    return _finish(first, raw, normalized)


def _drafts(key: str, words: Lexicon, text: str, start: int, end: int) -> list[_Draft]:
    """Each copy of the table that stands in text[start:end]; mostly one, or none."""
    items = itemize(text, start, end)
    occurrences = occurrences_of(words, items)
    begins = copies(occurrences)[:_MOST_COPIES]
    if not begins:
        return _drafts_of(key, words, items, occurrences, text)
    cuts = sorted({start, *(items.offsets[items.lines[begin]] for begin in begins), end})
    parts = [itemize(text, *part) for part in pairwise(cuts)]
    return [draft for part in parts for draft in _drafts_of(key, words, part, occurrences_of(words, part), text)]


def _drafts_of(key: str, words: Lexicon, items: Items, occurrences: Sequence[Occurrence], text: str) -> list[_Draft]:
    located = locate(words, items, occurrences)
    return [_draft(key, words, located, items, text)] if _is_there(words, located, items) else []


def _mentions(words: Lexicon, text: str, start: int, end: int) -> bool:
    """Whether text outside the region speaks of most of the table's rows, so that the table may stand there."""

    def found(heads: Sequence[str]) -> int:
        return sum(text.find(head, 0, start) >= 0 or text.find(head, end) >= 0 for head in heads)

    few = words.heads[:: max(1, len(words.heads) // 3)]
    return found(few) * 2 > len(few) and found(words.heads) * 2 > len(words.heads)


def _is_there(words: Lexicon, located: Located, items: Items) -> bool:
    """Whether this is the table at all: a good part of its labels, or a label with figures behind it."""
    places = located.places
    if not places:
        return False
    figures = FIGURE in items.types[min(places.values()) :]
    return len(places) * 4 >= len(words.rows) and (figures or len(places) * 2 >= len(words.rows))


def _edition(key: str, words: Lexicon, located: Located, items: Items, doubts: list[str]) -> Table:
    """Tell the edition from the table's own labels: rows that only one edition has, column labels that only one edition prints."""
    found = {words.rows[code] for code in located.places}
    tables = [form.tables[key] for form in forms().values()]
    if not any(table.tells for table in tables):  # the same in every edition
        return tables[-1]
    # The label of a merged cell in one edition may be a row in another: （六）其他处理. It tells nothing; rows under it do.
    scores = [3 * len(found & own) for own in _own_rows(key)]
    if max(scores) == 0 or scores.count(max(scores)) > 1:
        head = enumerate(items.items[: _HEADER_ITEMS * 2])
        printed = "".join(words.classify(item.text)[1] for i, item in head if items.types[i] >= WORDS)
        scores = [score + sum(label_core(tell) in printed for tell in table.tells) for score, table in zip(scores, tables, strict=True)]
    best = max(scores)
    if scores.count(best) > 1 and key == "active_disclosure":
        doubts.append("the labels do not tell the edition of the form")
    return tables[max(range(len(tables)), key=lambda i: (scores[i], -i))]


@cache
def _own_rows(key: str) -> list[frozenset[str]]:
    """For each edition the rows that no other edition has, but for those whose label is that of a merged cell in another."""
    tables = [form.tables[key] for form in forms().values()]
    furniture = {label_core(label) for table in tables for label in table.furniture}
    own = []
    for table in tables:
        others = {row.key for other in tables if other is not table for row in other.rows}
        own.append(frozenset(row.key for row in table.rows if row.key not in others and label_core(row.label) not in furniture))
    return own


def _draft(key: str, words: Lexicon, located: Located, items: Items, text: str) -> _Draft:
    doubts = list(located.doubts)
    table = _edition(key, words, located, items, doubts)
    codes = {words.rows[code]: code for code in located.places}
    places = {name: located.places[code] for name, code in codes.items()}
    _check_columns(table, words, items, places, doubts)
    spans = _spans(table, places, items)
    _check_units(table, items, text, doubts)
    if (plain := _all_plain(table, words, codes, spans, items)) is not None:
        _check_lines(table, items, [(first, plain[at]) for (first, _), at in zip(spans.values(), _slots(table), strict=True)], doubts)
        return _Draft(table, items, plain, doubts)
    rows: dict[str, RowItems] = {}
    blocks = table.layout == "blocks"
    for row in table.rows:
        if row.key in spans:
            most = len(table.cells) if blocks else len(row.cells)
            rows[row.key] = collect(items, *spans[row.key], row.key, most, partial(words.is_noise, row=codes[row.key]), blocks)
    if blocks:
        line = _one_line(table, rows)
        if line is not None:
            return _place(table, words, items, [line], text, doubts)
        for row in table.rows:
            if row.key in rows:
                rows[row.key].width = len(row.cells)
    _check_lines(table, items, [(spans[name][0], row.figures[0]) for name, row in rows.items() if row.figures], doubts)
    for row in table.rows:
        if row.key not in rows:
            doubts.append(f"the row {row.label} ({row.key}) was not found")
    return _place(table, words, items, [rows[row.key] for row in table.rows if row.key in rows], text, doubts)


def _spans(table: Table, places: dict[str, int], items: Items) -> dict[str, Span]:
    """For each row that was found its items: from its label to the next one, without the numeral that the next label lost to it (2 .重复申请)."""
    found = [(_with_numeral(items, places[row.key]), row.key) for row in table.rows if row.key in places]
    spans: dict[str, Span] = {}
    for (first, name), (last, _) in pairwise([*found, (len(items), "")]):
        if last < len(items) and last - 1 > first and items.types[last - 1] == FIGURE and items.text(last)[0] in ".、,":
            last -= 1
        spans[name] = (first, last)
    return spans


def _with_numeral(items: Items, place: int) -> int:
    """Where a label begins whose numeral stands on the line before, with the figures: `2.  0 0 0` above `重复申请`."""
    line = items.lines[place]
    if place == 0 or items.types[place - 1] != FIGURE or items.lines[place - 1] != line - 1 or items.items[place].ruled:
        return place
    first = place - 1
    while first > 0 and items.lines[first - 1] == line - 1:
        first -= 1
    alone = _NUMERAL_ALONE.fullmatch(items.text(first)) and FIGURE not in items.types[place + 1 : _line_end(items, place)]
    return first if alone and items.types[first] == WORDS else place


def _line_end(items: Items, index: int) -> int:
    """The index behind the last item of a line."""
    end = index
    while end < len(items) and items.lines[end] == items.lines[index]:
        end += 1
    return end


def _all_plain(table: Table, words: Lexicon, codes: dict[str, int], spans: dict[str, Span], items: Items) -> list[int] | None:
    """The places of all cells of a table in which each row has its label, behind it its figures, and nothing that needs thought."""
    if len(spans) != len(table.rows) or (table.key == "active_disclosure" and is_repeated(items)):
        return None
    places: list[int] = []
    if table.layout == "blocks":
        last = table.rows[-1].key
        first, end = spans[last]
        figure = items.types.find(FIGURE, spans[table.rows[0].key][0])
        header = range(first + 1, figure)
        if figure <= first or any(items.types[i] == WORDS and not words.is_noise(items.text(i), codes[last]) for i in header):
            return None
        plain = plain_row(words, items, figure - 1, end, len(table.cells), below_header=True)
        return None if plain is None else list(plain)
    for row in table.rows:
        plain = plain_row(words, items, *spans[row.key], len(row.cells))
        if plain is None:
            return None
        places += plain
    return places


def _one_line(table: Table, rows: dict[str, RowItems]) -> RowItems | None:
    """The one row of a table whose blocks of columns are printed side by side; None if each block has a line of its own."""
    present = [rows[row.key] for row in table.rows if row.key in rows]
    if len(present) < 2 or any(row.figures for row in present[:-1]):
        return None
    return replace(present[-1], name=table.key, width=len(table.cells))


def _check_units(table: Table, items: Items, text: str, doubts: list[str]) -> None:
    """The header has to name the unit and the period that the form asks for: a figure of another kind may stand below another header."""
    amounts = [column for column in table.columns if column.type == "decimal" and column.unit]
    if not amounts or not items.offsets:
        return
    header = _SEPARATORS.sub("", text[items.offsets[0] : items.offsets[-1]])
    for column in amounts:
        named = _UNIT.search(header)
        if named is not None and named.group(1) != column.unit:
            doubts.append(f"the header gives the unit of {column.key} as {named.group(1)}, the form as {column.unit}")
    if other := _OTHER_PERIOD.search(header):
        doubts.append(f"a header speaks of another period than the form: {other.group()!r}")


def _check_lines(table: Table, items: Items, rows: list[tuple[int, int]], doubts: list[str]) -> None:
    """In a table whose figures stand on the line of their label, one that does not may be a page number below a blank."""
    if table.key != "active_disclosure":  # elsewhere labels are long, and the identities would tell
        return
    apart = [(label, figure) for label, figure in rows if items.lines[label] != items.lines[figure]]
    if apart and len(apart) * 2 <= len(rows):
        label, figure = apart[0]
        doubts.append(f"the figure {items.text(figure)} does not stand on the line of {items.text(label)!r}, as the others do")


def _check_columns(table: Table, words: Lexicon, items: Items, places: dict[str, int], doubts: list[str]) -> None:
    """The header above a row has to name its columns in the form's order, as far as it can be read."""
    checked: set[tuple[str, ...]] = set()
    for row in table.rows:
        if row.key in places and row.cells not in checked and len(row.cells) > 1:
            checked.add(row.cells)
            marks = [column.mark for column in table.columns if column.key in row.cells and column.mark]
            last = len(items) if table.layout == "blocks" else places[row.key]
            seen = _header(words, items, [*marks, _TOTAL], last)
            total, first = seen.get(_TOTAL), seen.get(marks[0])
            # A merged 总计 is read before the columns that stand under another merged cell, but never before the first column.
            ahead = total is not None and first is not None and total[0] == first[0] and total < first
            if ahead or not _in_order([seen[mark] for mark in marks if mark in seen]):
                doubts.append("the columns stand in an order that the form does not have")
                return


def _header(words: Lexicon, items: Items, marks: list[str], last: int) -> dict[str, tuple[int, int]]:
    """For each mark that the header above item `last` has: the line and the item where it stands nearest."""
    seen: dict[str, tuple[int, int]] = {}
    for i in range(last - 1, max(-1, last - _HEADER_ITEMS), -1):
        if items.types[i] < WORDS:
            continue
        core = words.classify(items.text(i))[1]
        for mark in marks:
            if mark in core:
                seen.setdefault(mark, (items.lines[i], i))
        if len(seen) == len(marks):
            break
    return seen


def _in_order(found: list[tuple[int, int]]) -> bool:
    """Whether labels are in order: along each line, or down the lines of a header of one cell a line."""
    if all(a < b for a, b in pairwise(found)):
        return True
    along = len({line for line, _ in found}) < len(found)  # some share a line, so one line above another says nothing of their order
    return not any((a[0] == b[0] or not along) and a > b for k, a in enumerate(found) for b in found[k + 1 :])


def _place(table: Table, words: Lexicon, items: Items, rows: list[RowItems], text: str, doubts: list[str]) -> _Draft:
    """Give every figure its column, or say why not."""
    layout = study(rows, items, [column.label for column in table.columns])
    starts = dict(zip((row.key for row in table.rows), _slots(table), strict=True))
    slots = [starts.get(row.name, 0) for row in rows]
    choices: list[list[Placed]] = []
    for i, row in enumerate(rows):
        _doubt_strays(row, words, items, i == len(rows) - 1, doubts)
        if row.glued:
            doubts.append(f"label and figure run together in {row.glued!r}")
        ways = placements(row, layout, items, text)
        if not ways:
            doubts.append(f"row {row.name}: {len(row.figures)} figures for {row.width} columns")
            ways = [tuple(row.figures[: row.width]) + (None,) * (row.width - len(row.figures))]
        choices.append(ways)
    if items.paged and any(len(row.figures) < row.width and not row.cells for row in rows):
        doubts.append("what looks like a page number amid the words may be the figures that a row lacks")
    chosen = _choose(table, rows, choices, slots, items, doubts)
    loose = next((items.text(i) for row in rows[-1:] for label, i in row.strays if not label), None)
    return _Draft(table, items, _spread(table, slots, chosen), doubts, loose)


def _choose(
    table: Table, rows: list[RowItems], choices: list[list[Placed]], slots: list[int], items: Items, doubts: list[str]
) -> Sequence[Placed]:
    """One placement for each row: the only one, or the one that the identities leave; a doubt where they do not decide."""
    judge = rules(table.edition, table.key)

    def possible(ways: Sequence[Placed]) -> bool:
        return judge.possible(_values(items, _spread(table, slots, ways)))

    first = [ways[0] for ways in choices]
    if all(len(ways) == 1 for ways in choices):
        blanks = [row for row in rows if len(row.figures) < row.width]
        if any(len(row.windows()) > 1 for row in blanks) and not possible(first):
            doubts.append("blank cells leave open in which columns some figures stand, and as read the sums do not hold")
        return first
    settled = settle(choices, possible)
    if settled is None:
        for row, ways in zip(rows, choices, strict=True):
            if len(ways) > 1:
                doubts.append(f"row {row.name}: {len(row.figures)} figures for {row.width} columns, and which are blank is not clear")
    return settled or first


def _doubt_strays(row: RowItems, words: Lexicon, items: Items, is_last: bool, doubts: list[str]) -> None:
    """Figures that are no row's: under words that are no label of the form, or on a line of their own.

    Prose may follow the last row; but what follows it at once may be the rest of its figure, or a page number below a blank.
    """
    for label, index in row.strays:
        if words.is_extra(label) or (is_last and (label or not row.width < _SHORT_ROW)):
            continue
        under = f"under {label!r}, which is no row of the form" if label else f"in a line without a label below the row {row.name}"
        doubts.append(f"the figure {items.text(index)} stands {under}")
        return


def _slots(table: Table) -> list[int]:
    """For each row its first position among the table's cells."""
    starts, position = [], 0
    for row in table.rows:
        starts.append(position)
        position += len(row.cells)
    return starts


def _spread(table: Table, slots: list[int], chosen: Sequence[Placed]) -> list[int | None]:
    places: list[int | None] = [None] * len(table.cells)
    for start, placed in zip(slots, chosen, strict=True):
        places[start : start + len(placed)] = placed
    return places


def _values(items: Items, places: Sequence[int | None]) -> list[Number | None]:
    every = items.items
    return [None if i is None or (figure := every[i].figure) is None else figure.value for i in places]


def _finish(draft: _Draft, raw: str, normalized: Normalized) -> TableReading:
    """Judge a table that has been read, and give its cells their spans in the raw text."""
    table = draft.table
    judge = rules(table.edition, table.key)
    values = _values(draft.items, draft.places)
    doubts = list(draft.doubts)
    cells = _cells(judge, draft, raw, normalized, doubts)
    if not judge.equations:
        doubts += _torn_figures(cells)
    if not doubts and all(place is None for place in draft.places):
        doubts.append("the labels are there but no figure: the extraction may have lost them")
    edition = None if table.layout == "blocks" else table.edition
    if doubts:
        return TableReading(table.key, "uncertain", edition, list(dict.fromkeys(doubts)), cells)
    outcome = judge.judge(values)
    if outcome.broken and draft.loose is not None:
        reasons = [f"the sums do not hold, and the figure {draft.loose} stands without words behind the table"]
        return TableReading(table.key, "uncertain", edition, reasons, cells)
    denied = [cells[i] for i, value in outcome.implied.items() if value and cells[i].kind != "blank"]
    if denied:
        reasons = [f"{cell.row}.{cell.column} prints {cell.raw!r}, where the sums need a figure" for cell in denied]
        return TableReading(table.key, "uncertain", edition, reasons, cells)
    for i, value in outcome.implied.items():
        cells[i].implied = value
    found = violations(judge, values, outcome)
    status: Status = "validated"
    if outcome.broken or outcome.invalid:
        status = "inconsistent"
    elif outcome.undecided or outcome.open:
        status = "incomplete"
    wanted = "broken" if status == "inconsistent" else "undecided"
    return TableReading(table.key, status, edition, [violation.message for violation in found if violation.outcome == wanted], cells, found)


def _torn_figures(cells: list[Cell]) -> list[str]:
    """Figures with wide spaces inside, where no identity tells whether they are one figure or two."""
    return [
        f"{cell.row}.{cell.column} prints {cell.raw!r}: one figure or two?"
        for cell in cells
        if cell.value is not None and _WIDE_SPACE.search(cell.raw)
    ]


def _cells(judge: Rules, draft: _Draft, raw: str, normalized: Normalized, doubts: list[str]) -> list[Cell]:
    """The cells of a table with their places in the raw text; doubts about what single cells print."""
    cells = []
    every, lines, offsets = draft.items.items, draft.items.lines, draft.items.offsets
    span = normalized.raw_span
    in_step = len(normalized.breaks[0]) == 1  # raw and normalized offsets are the same
    for (row, column), unit, place in zip(judge.cells, judge.units, draft.places, strict=True):
        if place is None:
            cells.append(Cell(row, column, "blank", None, "", unit, None, None))
            continue
        _, start, _, figure = every[place]
        start += offsets[lines[place]]
        if figure is None:
            start = normalized.raw_offset(start)
            cells.append(Cell(row, column, "blank", None, "", unit, start, start))
            continue
        kind, value, printed_unit, first, last = figure
        end = start + last
        start += first
        if not in_step:
            start, end = span(start, end)
        printed = raw[start:end]
        if printed_unit is not None and not (printed_unit in _UNITS_OF_COUNT and unit in _UNITS_OF_COUNT):
            if unit is not None and printed_unit != unit:
                doubts.append(f"{row}.{column} prints {printed} {printed_unit}, the form asks for {unit}")
            unit = printed_unit
        if kind == "text" and printed not in WORDS_FOR_NONE:
            doubts.append(f"{row}.{column} prints {printed[:40]!r}, which is no plain figure")
        cells.append(Cell(row, column, kind, value, printed, unit, start, end))
    return cells
