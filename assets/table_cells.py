"""table_cells: the three tables of a report, every cell with its kind, value and evidence, and each table
with what it was judged to be.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from itertools import pairwise
from operator import add

from assets.decoder.added import counted, figures_of
from assets.decoder.draft import Draft, values_at
from assets.decoder.figures import COUNT_UNITS, FOOTNOTES, WORDS_FOR_NONE, Figure
from assets.decoder.items import BLANK, FIGURE, Items, itemize
from assets.decoder.labels import (
    Lexicon,
    Located,
    Occurrence,
    copies,
    lexicon,
    locate,
    occurrences_of,
    split_labels,
)
from assets.decoder.reading import draft
from assets.decoder.regular import Regular, read_regular
from assets.model import Cell, Cells, Normalized, Number, Places, Section, Span, Status, TableReading
from assets.section_splits import last_heading
from assets.several_reports import several_reports
from assets.violations import violations
from schemas.added import ADDED_KEYS, Counted
from schemas.forms import TABLE_KEYS, Table, forms, label_core
from schemas.rules import Rules, rules, rules_with
from schemas.words import say

_DIGITS = re.compile(r"\d+")
_SHORTEST_RUNNING = 8  # characters of a header or footer
_MIN_PAGES = 3
_NUMBER_ALONE = re.compile(r"\n[ \t]*+([1-9]\d?)(?=[ \t]*+\n)")
_PAGES_OF_TABLES = 4  # that the tables take at the most
_ROW, _NEAR = bytes([FIGURE]) * 4, 12  # figures in a row, and how many items behind a torn label they stand
_MOST_COPIES = 3  # of a table in one document, beside the first; a page may hold one for each size of screen
_TWICE = re.compile(r"(\d[\d,.]*)\s+\1\D*")
# Spaces within a figure, but for those of thousands: 12 345.
_SPACE = re.compile(r"(?!\d{1,3}(?: \d{3})+\b)\d+\s+\d.*|.*(?:\s{2,}|[\t\u3000]).*", re.DOTALL)
_BLANK = Figure("blank", None, None, 0, 0)
_UNDECIDED = ("undecided",)
_NO_HINTS: Mapping[str, str] = {}


def read_tables(
    raw: str,
    normalized: Normalized,
    sections: Sequence[Section],
    places: Places | None = None,
    hints: Mapping[str, str] = _NO_HINTS,
) -> list[TableReading]:
    """Read and judge the three tables of a report, always all three in this order: active_disclosure,
    applications, review_litigation.

    Spans of the cells are offsets into the raw text. A table that the document does not have is `absent`.
    With the places of a text on its pages, each figure gets its page and box. With the hints `pictures` and
    `recognised` (see `assets.reports.HINTS`) an absent table says that it may be a picture, and one whose
    figures a machine recognised is uncertain.
    """
    tables = [_read_table(key, raw, normalized, sections) for key in TABLE_KEYS]
    if several := several_reports(normalized.text):
        titles = "、".join(report.title or "(no title)" for report in several)
        reason = f"the document holds {len(several)} reports, file each as a document of its own: {titles}"
        tables = [table if table.status == "absent" else _doubted(table, reason) for table in tables]
    if places is not None:
        for table in tables:
            table.cells = Cells(_on_page(cell, places) for cell in table.cells)
            table.added = Cells(_on_page(cell, places) for cell in table.added)
    if "pictures" in hints or "recognised" in hints:
        tables = [_of_pictures(table, hints) for table in tables]
    return tables


def _of_pictures(table: TableReading, hints: Mapping[str, str]) -> TableReading:
    """What pictures of text mean for a table: it may be one of them, or have been recognised in one."""
    recognised = {int(page) for page in hints.get("recognised", "").split(",") if page}
    if table.status == "absent" and "pictures" in hints:
        pages = hints["pictures"]
        reason = f"page {pages} of the document holds pictures: if the table is one of them, have its text recognised first (OCR)"
        return TableReading(table.key, "absent", reasons=[reason])
    if recognised.isdisjoint(table.cells.column("page")):
        return table
    reason = (
        f"the text of page {hints['recognised']} was recognised in a picture (OCR): check the figures by eye"
    )
    return _doubted(table, reason)


def _doubted(table: TableReading, reason: str) -> TableReading:
    """A table of which no figure is published, for a reason that does not lie in the table."""
    table.cells.put("implied", [None] * len(table.cells))
    table.cells.put("check", _UNDECIDED * len(table.cells))
    reasons = [reason, *table.reasons]
    return TableReading(table.key, "uncertain", table.edition, reasons, table.cells, added=table.added)


def _on_page(cell: Cell, places: Places) -> Cell:
    place = None if cell.start is None or cell.end is None else places.of(cell.start, cell.end)
    return cell if place is None else cell._replace(page=place[0], box=place[1])


@cache
def _section(key: str) -> int:
    """The section in which the forms print a table."""
    return next(form.tables[key].section for form in forms().values() if key in form.tables)


def _region(key: str, text: str, sections: Sequence[Section]) -> Span:
    """Where the table has to be: its section, or what lies between the sections around it if its heading is
    missing.
    """
    wanted = _section(key)
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
    """The text with blanks, in the same length, for lines that stand on several pages: headers and footers,
    whatever their page number.
    """
    lines = text.split("\n")
    forms = ["".join(_DIGITS.sub("#", line).split()) for line in lines]
    counts = Counter(form for form in forms if len(form) >= _SHORTEST_RUNNING and "信息公开" in form)
    running = {form for form, count in counts.items() if count >= _MIN_PAGES}
    if not running:
        return None
    return "\n".join(
        " " * len(line) if form in running else line for line, form in zip(lines, forms, strict=True)
    )


def _read_from(
    key: str, text: str, raw: str, normalized: Normalized, sections: Sequence[Section]
) -> TableReading:
    words = lexicon(key)
    start, end = _region(key, text, sections)
    elsewhere = _mentions(words, text, start, end)
    if not elsewhere and (regular := _regular(key, text, start, end, sections)):
        return _finish(regular.table, regular.figures, regular.starts, [], raw, normalized)
    pages = _pages_within(text, sections)
    drafts = _drafts(key, words, text, start, end, pages)
    if elsewhere:
        if drafts:
            # A piece of the table that is printed before stands below a heading of its own.
            piece = last_heading(text, _section(key), start) if drafts[0].left_out else None
            drafts += _drafts(key, words, text, piece or 0, start, pages)
            drafts += _drafts(key, words, text, end, len(text), pages)
        else:
            drafts = _drafts(key, words, text, 0, len(text), pages)
    if not drafts:
        return _run_together(key, words, text) or TableReading(
            key, "absent", reasons=_heading_alone(key, sections)
        )
    first, *others = drafts
    if len(others) == 1 and (united := _united(first, others[0])) is not None:
        return _finish(first.table, *united, first.doubts + others[0].doubts, raw, normalized, None)
    others = [other for other in others if len(other.left_out) * 4 <= len(other.table.rows) * 3]
    if not rules(first.table.edition, key).equations:
        first.doubts += _could_be_pages(first, pages, text)
    if any(values_at(other.items, other.places) != values_at(first.items, first.places) for other in others):
        first.doubts.append(say("doubt.printed_twice"))
    figures, starts = _printed(first)
    return _finish(first.table, figures, starts, first.doubts, raw, normalized, first)


def _united(one: Draft, other: Draft) -> tuple[list[Figure], list[int | None]] | None:
    """The figures of a table that is printed in two pieces with other rows each, and where they stand; None if
    they are no such pieces.
    """
    rows = {row.key for row in one.table.rows}
    if one.table is not other.table or not one.left_out or rows - set(one.left_out) != set(other.left_out):
        return None
    (figures, starts), (others, elsewhere) = _printed(one), _printed(other)
    mine = [row not in one.left_out for row, _ in one.table.cells]
    return (
        [a if own else b for a, b, own in zip(figures, others, mine, strict=True)],
        [a if own else b for a, b, own in zip(starts, elsewhere, mine, strict=True)],
    )


def _heading_alone(key: str, sections: Sequence[Section]) -> list[str]:
    """Why a table is absent whose section is there."""
    heading = next((section.heading for section in sections if section.number == _section(key)), None)
    return [] if heading is None else [say("absent.heading_alone", heading=heading)]


def _regular(key: str, text: str, start: int, end: int, sections: Sequence[Section]) -> Regular | None:
    """A regular table. Where no identity guards it, a figure alone on its line may be the number of a page."""
    found = read_regular(key, text, start, end)
    if found is None or (
        found.apart and not rules(found.table.edition, key).equations and _pages_within(text, sections)
    ):
        return None
    return found


def _run_together(key: str, words: Lexicon, text: str) -> TableReading | None:
    """A table whose labels nearly all stand in the text, though none as a label: the extraction lost the
    bounds of its cells.
    """
    squeezed = "".join(text.split())
    if sum(head in squeezed for head in words.heads) * 4 < len(words.heads) * 3:
        return None
    columns = [{label_core(column.label) for column in form.tables[key].columns} for form in forms().values()]
    if not any(sum(label in squeezed for label in labels) * 4 >= len(labels) * 3 for labels in columns):
        return None
    return TableReading(key, "uncertain", reasons=[say("doubt.labels_run_together")])


def _pages_within(text: str, sections: Sequence[Section]) -> set[int]:
    """Page numbers that have to stand among the tables, where those before and behind stand alone on their
    lines, without dashes.
    """
    begin = next((section.start for section in sections if section.number >= 2), 0)
    end = next((section.start for section in sections if section.number >= 5), len(text))
    before, behind = (
        [int(match.group(1)) for match in _NUMBER_ALONE.finditer(text, *part)]
        for part in ((0, begin), (end, len(text)))
    )
    pages = before + behind
    if not pages or any(b <= a for a, b in pairwise(pages)):
        return set()
    last = behind[0] if behind else before[-1] + _PAGES_OF_TABLES
    return set(range(before[-1] + 1 if before else 1, last))


def _could_be_pages(found: Draft, pages: set[int], text: str) -> list[str]:
    """Figures alone on their line that may be a page number below a blank cell: one of the pages of the document,
    or the first on a new page. Where identities guard a figure, they tell.
    """
    items = found.items
    for place in found.places:
        figure = items.figures[place] if place is not None else None
        if place is None or figure is None or items.count_on_line(items.lines[place]) > 1:
            continue
        begins = items.offsets[items.lines[place]]
        if figure.value in pages or "\f" in text[begins : begins + items.starts[place]]:
            return [say("doubt.could_be_page", figure=items.texts[place])]
    return []


def _drafts(key: str, words: Lexicon, text: str, start: int, end: int, pages: Collection[int]) -> list[Draft]:
    """Each copy of the table that stands in text[start:end]; mostly one, or none."""
    items = itemize(text, start, end)
    split_labels(words, items)
    occurrences = occurrences_of(words, items)
    begins = copies(words, items, occurrences)[:_MOST_COPIES]
    if not begins:
        return _drafts_of(key, words, items, occurrences, text, pages)
    cuts = sorted({start, *(items.offsets[items.lines[begin]] for begin in begins), end})
    parts = [itemize(text, *part) for part in pairwise(cuts)]
    for part in parts:
        split_labels(words, part)
    return [
        draft
        for part in parts
        for draft in _drafts_of(key, words, part, occurrences_of(words, part), text, pages)
    ]


def _drafts_of(
    key: str,
    words: Lexicon,
    items: Items,
    occurrences: Sequence[Occurrence],
    text: str,
    pages: Collection[int],
) -> list[Draft]:
    located = locate(words, items, occurrences)
    return [draft(key, words, located, items, text, pages)] if _is_there(words, located, items) else []


def _mentions(words: Lexicon, text: str, start: int, end: int) -> bool:
    """Whether text outside the region speaks of most of the table's rows, so that the table may stand there."""

    def found(heads: Sequence[str]) -> int:
        return sum(text.find(head, 0, start) >= 0 or text.find(head, end) >= 0 for head in heads)

    few = words.heads[:: max(1, len(words.heads) // 3)]
    return found(few) * 2 > len(few) and found(words.heads) * 2 > len(words.heads)


def _is_there(words: Lexicon, located: Located, items: Items) -> bool:
    """Whether this is the table at all: a label with figures behind it, or half of its labels."""
    places = set(located.places.values())
    if len(places) * 2 >= len(words.rows):
        return True
    if not words.rows_apart:
        return bool(places) and FIGURE in items.types[min(places) :]
    for i in places:
        behind = items.types[i + 1 : i + _NEAR].lstrip(bytes([BLANK]))
        known = words.classify(items.texts[i])[0] >= 0
        if behind.startswith(bytes([FIGURE])) if known else _ROW in behind:
            return True
    return False


def _printed(found: Draft) -> tuple[list[Figure], list[int | None]]:
    """The figures of a draft in the order of its cells, and the normalized offset at which each of their
    items begins; None: it has no place.
    """
    items = found.items
    figures = [_BLANK if place is None else items.figures[place] or _BLANK for place in found.places]
    return figures, [
        None if place is None else items.offsets[items.lines[place]] + items.starts[place]
        for place in found.places
    ]


def _finish(
    table: Table,
    figures: Sequence[Figure],
    starts: Sequence[int | None],
    doubts: list[str],
    raw: str,
    normalized: Normalized,
    found: Draft | None = None,
) -> TableReading:
    """Judge a table that has been read, and give its cells their spans in the raw text. `starts`: where in
    the normalized text each is printed; `found`: what is known of a table that is not regular.
    """
    judge = rules(table.edition, table.key)
    cells = _cells(judge, figures, starts, raw, normalized, doubts)
    own: tuple[Counted, ...] = ()
    added = Cells()
    if found is not None and found.added:
        own, unsure = counted(judge, found, [figure.value for figure in figures])
        doubts += [unsure] if unsure else []
        added = _added(found, own, raw, normalized, doubts)
    reading = _judged(judge, cells, [figure.value for figure in figures], starts, doubts, found, own)
    reading.added = added
    return reading


def _added(
    found: Draft, own: Sequence[Counted], raw: str, normalized: Normalized, doubts: list[str]
) -> Cells:
    """The cells of the rows and columns that the organ added."""
    in_sums = {(one.axis, one.key): one.rule for one in own}
    cells: list[Cell] = []
    units = {column.key: column.unit for column in found.table.columns}
    for key, line in zip(ADDED_KEYS, found.added, strict=False):
        rule = in_sums.get((line.axis, key))
        for across, i in line.items.items():
            place = (key, across) if line.axis == "row" else (across, key)
            figure, start = found.items.figures[i] or _BLANK, found.items.start(i)
            span = normalized.raw_span(start + figure.start, start + figure.end)
            unit = figure.unit or units.get(place[1])
            printed = raw[slice(*span)]
            if rule and figure.kind == "text" and printed not in WORDS_FOR_NONE:
                doubts.append(say("doubt.no_plain_figure", cell=line.label, text=printed))
            cell = Cell(*place, figure.kind, figure.value, printed, unit, *span)
            cells.append(cell._replace(label=line.label, counted_in=rule))
    return Cells(cells)


def _judged(
    judge: Rules,
    cells: Cells,
    values: list[Number | None],
    starts: Sequence[int | None],
    doubts: list[str],
    found: Draft | None,
    own: tuple[Counted, ...],
) -> TableReading:
    """What the identities make of a table, with the added rows and columns that its sums count."""
    table = judge.table
    if not judge.equations:
        doubts += _torn_figures(cells)
    if not doubts and all(start is None for start in starts):
        doubts.append(say("doubt.no_figure"))
    edition = None if table.layout == "blocks" else table.edition

    def uncertain(reasons: list[str]) -> TableReading:
        return TableReading(table.key, "uncertain", edition, reasons, cells)

    if doubts:
        return uncertain(list(dict.fromkeys(doubts)))
    if own and found is not None:
        judge = rules_with(table.edition, table.key, own)
        values += figures_of(table, found, own)
    outcome = judge.judge(values)
    if outcome.broken and (why := _why_broken(_torn_figures(cells), found)):
        return uncertain([say("doubt.sums_and", why=why)])
    for i, value in outcome.implied.items():
        if value and found is not None and cells[i].row in found.left_out:
            row = table.row(cells[i].row)
            return uncertain([say("doubt.row_needed", row=row.key, label=row.label)])
    kinds = cells.column("kind")
    denied = [cells[i] for i, value in outcome.implied.items() if value and kinds[i] != "blank"]
    if denied:
        return uncertain(
            [say("doubt.sums_need", cell=f"{cell.row}.{cell.column}", text=cell.raw) for cell in denied]
        )
    if outcome.implied:
        cells.put("implied", list(map(outcome.implied.get, range(len(cells)))))
    cells.put("check", judge.checks(outcome)[: len(cells)])
    broken_or_open = violations(judge, values, outcome)
    status: Status = "validated"
    if outcome.broken or outcome.invalid:
        status = "inconsistent"
    elif outcome.undecided or outcome.open:
        status = "incomplete"
    wanted = "broken" if status == "inconsistent" else "undecided"
    reasons = [violation.message for violation in broken_or_open if violation.outcome == wanted]
    return TableReading(table.key, status, edition, reasons, cells, broken_or_open)


def _why_broken(torn: list[str], found: Draft | None) -> str | None:
    """What else than wrong figures may have broken the sums."""
    if torn:
        return torn[0]
    if found is not None and found.reordered:
        return say("why.reordered")
    if found is not None and found.added:
        first = found.added[0]
        if first.axis == "row":
            return say("why.added", label=first.label)
        return say("why.added_column", label=first.label)
    marked = [found.items.texts[i] for i in found.places if i is not None] if found is not None else []
    if noted := next((text for text in marked if text[-1:] in FOOTNOTES and text), None):
        return say("why.note", figure=noted)
    if found is not None and found.loose is not None:
        return say("why.loose", figure=found.loose)
    return None


def _torn_figures(cells: Cells) -> list[str]:
    """Figures with spaces between their digits, or printed twice, where no identity tells whether they are one figure
    or two.
    """
    return [
        say("doubt.torn_cell", cell=f"{cell.row}.{cell.column}", text=cell.raw)
        for cell in cells
        if cell.value is not None and (_SPACE.fullmatch(cell.raw) or _TWICE.fullmatch(cell.raw))
    ]


def _cells(
    judge: Rules,
    figures: Sequence[Figure],
    places: Sequence[int | None],
    raw: str,
    normalized: Normalized,
    doubts: list[str],
) -> Cells:
    """The cells of a table with their places in the raw text; doubts about what single cells print. In
    columns: there are many cells.
    """
    kinds, values, printed_units, firsts, lasts = zip(*figures, strict=True)
    known: Sequence[int] = [place or 0 for place in places] if None in places else places  # type: ignore[assignment]
    starts: Sequence[int] = list(map(add, known, firsts)) if any(firsts) else known
    ends: Sequence[int] = list(map(add, known, lasts))
    if len(normalized.breaks[0]) > 1:  # else raw and normalized offsets are the same
        starts, ends = zip(*map(normalized.raw_span, starts, ends), strict=True)
    printed = [raw[start:end] for start, end in zip(starts, ends, strict=True)]
    nothing = [None] * len(figures)  # of what identities imply, of pages, and of added rows
    undecided = _UNDECIDED * len(figures)  # until the table is judged
    where = (starts, ends, nothing, undecided, *[nothing] * 4)
    cells = Cells.of(judge.rows, judge.columns, kinds, values, printed, judge.units, *where)
    if None in places or "text" in kinds or any(printed_units):
        return Cells(
            Cell(cell.row, cell.column, "blank", None, "", cell.unit, None, None)
            if place is None
            else _looked_at(cell, unit, doubts)
            if unit is not None or cell.kind == "text"
            else cell
            for cell, place, unit in zip(cells, places, printed_units, strict=True)
        )
    return cells


def _looked_at(cell: Cell, printed_unit: str | None, doubts: list[str]) -> Cell:
    """A cell with more than a plain figure."""
    if cell.kind == "text" and cell.raw not in WORDS_FOR_NONE:
        doubts.append(say("doubt.no_plain_figure", cell=f"{cell.row}.{cell.column}", text=cell.raw[:40]))
    if printed_unit is None or (printed_unit in COUNT_UNITS and cell.unit in COUNT_UNITS):
        return cell
    if cell.unit is not None and printed_unit != cell.unit and cell.value != 0:
        doubts.append(
            say(
                "doubt.unit_of_cell",
                cell=f"{cell.row}.{cell.column}",
                text=cell.raw,
                unit=printed_unit,
                asked=cell.unit,
            )
        )
    return cell if cell.value == 0 else cell._replace(unit=printed_unit)
