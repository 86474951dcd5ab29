"""pdf: from the bytes of a PDF to its RawText: its pages read one by one, put together to one text without
what belongs to pages alone.
"""

from __future__ import annotations

import re
import threading
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from statistics import median
from typing import Any

import pypdfium2_raw as pdfium

from assets.formats.pdf_font import stand_in
from assets.formats.pdf_lines import Line, Pieces, lines_of, plain, sentence
from assets.formats.pdf_page import Page, Run, read_page
from assets.formats.pdf_tables import Cell, Table, is_continued, join, tables_of
from assets.model import Box, Places, RawText, Refusal, WithoutText
from schemas.words import say

MAX_PAGES = 300  # a report has some ten; with what organs bind to it at the most some sixty
_MOST_CHARACTERS = 600_000  # of all pages; the longest reports, of provinces, have some fifty thousand
_FEW_CHARACTERS = 30  # a document with no more of them is one without text
_PICTURE = 0.08  # the share of a page that a picture takes which may be one of a table
_INDENT = 0.8  # of the height of a line: what begins so much further right begins a paragraph
_PLACED = re.compile(r"[^\s|\u2e80-\u9fff\uf900-\ufaff\u3001-\u301f\uff08\uff09\uff0c\uff1a\uff1b]+")
_NUMBERED = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}|\d{1,2})[、.．]|[(（](?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）]|第[一二三四五六七八九十]+[章条]"
)
_HAN = "\u3400"  # Chinese letters begin there
_LARGER = 1.2  # times: letters that are so much larger are of another size
_ENDS = frozenset("。：；！？:;")
_GUTTER = 0.015  # of the width of a page that shows two: what is empty on each side of its middle
_AMID = 0.25  # of the width of a page: what is not amid it
_LEAST_COLUMN = 36.0  # points: three lines, the least height of two columns
_FULL, _FULL_LINES = 0.6, 3  # prose has lines that take so much of the width of its page, and so many of them
_lock = threading.Lock()  # PDFium is for one thread at a time
_started = False

Block = Line | Table


def read_pdf(data: bytes) -> RawText:
    """What a PDF prints, with the page and box of every figure. Raises Refusal where it cannot be opened, or
    has no text.

    `hints` says which pages hold pictures ("pictures") and which hold text that a machine recognised in a
    picture ("recognised").
    """
    with _lock:
        pages = _pages(data)
    if sum(len(run.text) for page in pages for run in page.runs if run.text != " ") <= _FEW_CHARACTERS:
        raise WithoutText(_without_text(pages))
    sheets = [_sheet(half) for page in pages for half in _halves(page)]
    _drop_furniture(sheets)
    text, places = _printed(_joined(sheets), {page.number: page for page in pages})
    hints = {
        "pictures": [page.number for page in pages if page.pictures >= _PICTURE and not page.recognised],
        "recognised": [page.number for page in pages if page.recognised],
    }
    return RawText(
        text,
        "pdf",
        None,
        {name: ", ".join(map(str, numbers)) for name, numbers in hints.items() if numbers},
        places,
    )


# Opening


def _pages(data: bytes) -> list[Page]:
    global _started
    if not _started:
        pdfium.FPDF_InitLibraryWithConfig(pdfium.FPDF_LIBRARY_CONFIG(2, None, None, 0))
        stand_in()
        _started = True
    document = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
    if not document:
        raise Refusal(_not_opened(pdfium.FPDF_GetLastError()))
    try:
        return _read(document)
    finally:
        pdfium.FPDF_CloseDocument(document)


def _not_opened(error: int) -> str:
    if error == pdfium.FPDF_ERR_PASSWORD:
        return say("refused.pdf_password")
    if error == pdfium.FPDF_ERR_SECURITY:
        return say("refused.pdf_encrypted")
    return say("refused.pdf_damaged")


def _read(document: Any) -> list[Page]:
    count = pdfium.FPDF_GetPageCount(document)
    if count == 0:
        raise Refusal(say("refused.pdf_no_pages"))
    if count > MAX_PAGES:
        raise Refusal(say("refused.pages", count=count, most=MAX_PAGES))
    pages: list[Page] = []
    characters = 0
    for index in range(count):
        pages.append(read_page(document, index))
        characters += sum(len(run.text) for run in pages[-1].runs)
        if characters > _MOST_CHARACTERS:
            raise Refusal(say("refused.more_characters", most=_MOST_CHARACTERS))
    if not any(page.width for page in pages):
        raise Refusal(say("refused.pdf_no_page"))
    return pages


def _without_text(pages: Sequence[Page]) -> str:
    if any(page.pictures >= _PICTURE for page in pages):
        return say("refused.pdf_pictures")
    if any(page.drawn for page in pages):
        return say("refused.pdf_shapes")
    return say("refused.pdf_empty")


# Pages


@dataclass(slots=True)
class _Sheet:
    """One page on its way to text: its blocks from top to bottom, and between which edges its text stands."""

    page: Page
    blocks: list[Block] = field(default_factory=list)
    left: float = 0.0
    right: float = 0.0
    height: float = 0.0  # of most of its lines


def _halves(page: Page) -> list[Page]:
    """The two pages that are printed side by side on one wide page: prose fills both halves, and nothing lies
    between; else the parts of the page, of which it mostly has one.
    """
    middle = page.width / 2
    if page.width < page.height:
        return _columns_apart(page)
    if any(rule.start < middle < rule.end for rule in page.across):
        return [page]
    gutter = _GUTTER * page.width
    if any(
        run.right > middle - gutter and run.left < middle + gutter for run in page.runs if run.text != " "
    ):
        return [page]
    halves = []
    for low, high in ((0.0, middle), (middle, page.width)):
        runs = [run for run in page.runs if low <= run.left < high]
        if not _is_prose(runs, middle):
            return [page]
        across = [rule for rule in page.across if low <= rule.start < high]
        halves.append(
            replace(
                page, runs=runs, across=across, down=[rule for rule in page.down if low <= rule.at < high]
            )
        )
    return halves


def _is_prose(runs: list[Run], width: float) -> bool:
    """Whether some characters make lines that fill a column of this width."""
    full = [
        line for line in lines_of(runs) if len(line.parts) == 1 and line.right - line.left > _FULL * width
    ]
    return len(full) >= _FULL_LINES


def _columns_apart(page: Page) -> list[Page]:
    """The parts of a page in reading order: where prose is set in two columns, first the left one, then the
    right one. Mostly the page itself: its lines cross its middle.
    """
    begin = _second_column(page)
    if begin is None:
        return [page]
    inked = [run for run in page.runs if run.text != " "]
    left, right = min(run.left for run in inked), max(run.right for run in inked)
    gutter = _GUTTER * page.width / 2
    middle = begin - gutter
    crossing = [(r.top, r.bottom) for r in inked if r.right > middle - gutter and r.left < middle + gutter]
    crossing += [(rule.at, rule.at) for rule in page.across if rule.start < middle < rule.end]
    crossing += [(rule.start, rule.end) for rule in page.down]  # tables stand apart
    parts: list[Page] = []
    done = above = 0.0
    for top, bottom in [*sorted(crossing), (page.height, page.height)]:
        if top - above > _LEAST_COLUMN:
            here = [run for run in inked if above <= (run.top + run.bottom) / 2 < top]
            sides = [run for run in here if run.left < middle], [run for run in here if run.left >= middle]
            if _is_prose(sides[0], middle - left) and _is_prose(sides[1], min(middle - left, right - middle)):
                parts.append(_between(page, done, above))
                parts += [replace(page, runs=side, across=[], down=[]) for side in sides]
                done = top
        above = max(above, bottom)
    return [*parts, _between(page, done, page.height)] if parts else [page]


def _second_column(page: Page) -> float | None:
    """Where a second column would begin: where most lines of words do that begin amid the page, not in
    tables.
    """
    low, high = page.width * _AMID, page.width * (1 - _AMID)
    edges = Counter([int(run.left) for run in page.runs if low < run.left < high and run.text > _HAN])
    edge, count = edges.most_common(1)[0] if edges else (0, 0)
    if count < _FULL_LINES:
        return None
    rules = [rule.at for rule in page.across if rule.start < edge < rule.end]
    top, bottom = min(rules, default=0.0), max(rules, default=0.0)
    outside = [run for run in page.runs if int(run.left) == edge and not top < run.top < bottom]
    return float(edge) if len(outside) >= _FULL_LINES else None


def _between(page: Page, top: float, bottom: float) -> Page:
    """What a page shows between two heights."""
    return replace(
        page,
        runs=[run for run in page.runs if top <= (run.top + run.bottom) / 2 < bottom],
        across=[rule for rule in page.across if top <= rule.at < bottom],
        down=[rule for rule in page.down if top <= (rule.start + rule.end) / 2 < bottom],
    )


def _sheet(page: Page) -> _Sheet:
    tables, rest = tables_of(page)
    lines = lines_of([run for run in rest if run.turn == 0])
    blocks: list[Block] = sorted([*tables, *lines], key=lambda block: block.top)
    return _Sheet(
        page,
        blocks,
        min((b.left for b in blocks), default=0.0),
        max((b.right for b in blocks), default=0.0),
        median([line.height for line in lines]) if lines else 0.0,
    )


_PAGE_WORDS = re.compile(
    r"[-－–—―·~.]*第?#[-－–—―·~.]*页?|第#页[,，/]?共#页|#[/／]#|共#页[,，/]?第#页|[Pp](?:age|\.)?#(?:of#)?|"
    r"[-－–—―·]{1,2}#[-－–—―·]{1,2}|第#页/共#页|[|｜]#[|｜]?"
)
_DIGITS = re.compile(r"[0-9０-９]+")
_MOST_DIGITS = 9  # of a number that may be that of a page
_EDGE_LINES = 2  # from the top and from the foot of a page in which a running line or a page number stands
_SAME_PLACE = 8.0  # points


def _drop_furniture(sheets: list[_Sheet]) -> None:
    """Leave out page numbers and what runs along the top or the foot of the pages; a running line of words is
    printed once.
    """
    found: dict[tuple[str, int], list[tuple[_Sheet, Line]]] = defaultdict(list)
    for sheet in sheets:
        for line in _edge_lines(sheet):
            form = _DIGITS.sub("#", "".join(line.text.split()))
            found[form, round(line.top / _SAME_PLACE)].append((sheet, line))
    for (form, place), here in found.items():
        near = here + [other for step in (-1, 1) for other in found.get((form, place + step), [])]
        if form.count("#") > 2:
            continue
        if _PAGE_WORDS.fullmatch(form):
            dropped = [
                (sheet, line) for sheet, line in here if form != "#" or _is_page_number(sheet, line, near)
            ]
        else:
            repeated = len(near) >= min(3, len(sheets)) and len(near) > 1
            first = min(sheet.page.number for sheet, _ in near)
            dropped = [(sheet, line) for sheet, line in here if repeated and sheet.page.number != first]
        for sheet, line in dropped:
            sheet.blocks = [block for block in sheet.blocks if block is not line]


def _edge_lines(sheet: _Sheet) -> list[Line]:
    edges = sheet.blocks[:_EDGE_LINES] + sheet.blocks[max(_EDGE_LINES, len(sheet.blocks) - _EDGE_LINES) :]
    return [block for block in edges if isinstance(block, Line)]


def _bare_number(line: Line) -> int:
    """The number that a line of nothing but digits prints; of more digits than any page has, the first."""
    return int("".join(line.text.split())[:_MOST_DIGITS])


def _is_page_number(sheet: _Sheet, line: Line, near: list[tuple[_Sheet, Line]]) -> bool:
    """Whether a bare number is one of a page: it counts the pages, or those of the same place go up with the
    pages.
    """
    number = _bare_number(line)
    offsets = {_bare_number(other) - other_sheet.page.number for other_sheet, other in near}
    if number == sheet.page.number or (len(near) > 1 and len(offsets) == 1):
        return True
    return len(near) > 1 and number - sheet.page.number in offsets and len(offsets) < len(near)


# Blocks to text


def _joined(sheets: list[_Sheet]) -> Iterator[tuple[_Sheet, Block]]:
    """All blocks in reading order, a table that goes on over pages as one."""
    open_table: tuple[_Sheet, Table] | None = None
    for sheet in sheets:
        for i, block in enumerate(sheet.blocks):
            if isinstance(block, Table):
                if open_table is not None and i == 0 and is_continued(open_table[1], block):
                    open_table = (open_table[0], join(open_table[1], block))
                    continue
                if open_table is not None:
                    yield open_table
                open_table = (sheet, block)
            else:
                if open_table is not None:
                    yield open_table
                open_table = None
                yield sheet, block
    if open_table is not None:
        yield open_table


def _printed(blocks: Iterator[tuple[_Sheet, Block]], pages: dict[int, Page]) -> tuple[str, Places]:
    """The text of all blocks and the places of what may be figures in it."""
    everything = list(blocks)
    heights = [block.height for _, block in everything if isinstance(block, Line)]
    unit = median(heights) / 2 if heights else 5.0
    columned = {id(sheet) for sheet, block in everything if isinstance(block, Line) and _is_columned(block)}
    pieces: Pieces = []
    before: tuple[_Sheet, Line] | None = None
    for sheet, block in everything:
        if isinstance(block, Table):
            for row in _rows(block):
                pieces += row
            before = None
        elif id(sheet) in columned:
            pieces += [*_columns(block, sheet.left, unit), ("\n", None)]
            before = None
        else:
            if before is not None and _runs_on(*before, sheet, block):
                pieces.pop()
                last = pieces[-1][0][-1]
                if last.isascii() and last.isalnum() and block.parts[0][0][0][0].isascii():
                    pieces.append((" ", None))
            pieces += [*sentence(block), ("\n", None)]
            before = (sheet, block)
    return plain(pieces), _places(pieces, pages)


def _is_columned(line: Line) -> bool:
    """Whether a line stands in columns held by space alone: three stretches, or a figure apart from its
    label.
    """
    figures = sum(part[0][0][0] in "0123456789-/" and len(plain(part)) <= 15 for part in line.parts)
    return figures > 0 and len(line.parts) > 1


def _rows(table: Table) -> Iterator[Pieces]:
    cells: list[list[Cell]] = [[] for _ in range(table.rows)]
    for cell in table.cells:
        cells[cell.row].append(cell)
    for number, row in enumerate(cells):
        if not row or (number == table.rows - 1 and not any(cell.text for cell in row)):
            continue
        pieces: Pieces = []
        for cell in sorted(row, key=lambda cell: cell.left):
            pieces += [("| ", None), *cell.pieces, (" ", None)]
        yield [*pieces, ("|\n", None)]


def _columns(line: Line, left: float, unit: float) -> Pieces:
    """A line with each of its stretches at its place, as `pdftotext -layout` prints it."""
    pieces: Pieces = []
    width = 0
    for part in line.parts:
        run = part[0][1]
        column = round(((run.left if run else line.left) - left) / unit)
        gap = max(column - width, 2 if pieces else 0)
        pieces += [(" " * gap, None), *part]
        width += gap + len(plain(part))
    return pieces


def _runs_on(above_sheet: _Sheet, above: Line, sheet: _Sheet, line: Line) -> bool:
    """Whether a line goes on in the next one: it is full, and the next begins neither further right nor with
    a number of its own.
    """
    height = above.height
    if _is_title(above_sheet, above) or _is_title(sheet, line) or not _is_of_one_size(above, line):
        return False
    if above.right < above_sheet.right - 2 * height or above.left > above_sheet.left + 6 * height:
        return False
    if above_sheet is sheet and line.top - above.bottom > 2 * height:
        return False
    indented = line.left - sheet.left > _INDENT * height
    text = line.text
    return not (
        indented
        or _NUMBERED.match(text)
        or (above.text[-1] in _ENDS and line.right < sheet.right - 2 * height)
    )


def _is_title(sheet: _Sheet, line: Line) -> bool:
    """Whether a line is larger than most on its page: a title, each of whose lines stays one."""
    return line.height > 1.15 * sheet.height


def _is_of_one_size(line: Line, other: Line) -> bool:
    """Whether two lines are set in letters of one size, as far as they hold Chinese ones, which are as wide
    as they are large.
    """
    sizes = [
        max(
            (
                (run.right - run.left) / len(text)
                for part in one.parts
                for text, run in part
                if run and text > _HAN
            ),
            default=0.0,
        )
        for one in (line, other)
    ]
    return min(sizes) == 0.0 or max(sizes) < _LARGER * min(sizes)


def _places(pieces: Pieces, pages: dict[int, Page]) -> Places:
    """The page and box of each stretch of digits, marks and letters: of all that may be a figure."""
    places = Places()
    starts = list(accumulate((len(text) for text, _ in pieces), initial=0))
    for match in _PLACED.finditer(plain(pieces)):
        start, end = match.span()
        some = range(bisect_right(starts, start) - 1, bisect_left(starts, end))
        here = [(run, starts[i]) for i in some if (run := pieces[i][1]) is not None]
        if not here:
            continue
        number = here[0][0].page
        boxes = [_box_within(run, start - at, end - at) for run, at in here if run.page == number]
        lefts, tops, rights, bottoms = zip(*boxes, strict=True)
        places.starts.append(start)
        places.ends.append(end)
        places.pages.append(number)
        places.boxes += [
            round(edge, 1)
            for edge in pages[number].displayed((min(lefts), min(tops), max(rights), max(bottoms)))
        ]
    return places


def _box_within(run: Run, start: int, end: int) -> Box:
    """The box of the characters from start to end of a run, as far as it has them."""
    if len(run.text) == 1:
        return run[1:5]
    return run.lefts[max(0, start)], run.top, run.rights[min(end, len(run.text)) - 1], run.bottom
