"""Renders invented reports as PDFs with reportlab, in the ways that word processors and converters lay them
out; says where each figure is.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

from examples.figures import Key, table_of
from examples.grids import Box, Grid, applications, disclosure, review
from examples.noise import OFFICIAL_HEADINGS, Noise, Printer, Wording
from examples.render import SECTION
from examples.report import Report
from schemas.forms import TABLE_KEYS

FONT = "STSong-Light"
_PAGE_NUMBERS = ("- {} -", "第{}页", "{}", "— {} —", "第 {} 页 共 9 页", "{}/9", "")
Rules = Literal["lines", "rects", "borders", "dots", "double", "level", "open", "filled", "none"]


@dataclass(frozen=True, slots=True)
class Style:
    """How a PDF is laid out. The seed decides where what is on falls.

    `rules`: drawn as lines from edge to edge, as thin filled boxes, as a stroked box for each cell, as small
    dots, as two lines, as lines across alone, without those at the sides of the table, with the cells filled,
    or not at all. `split_rows`: a row may be cut by the end of a page, between the lines of its label.
    """

    seed: int = 0
    rules: Rules = "lines"
    landscape: bool = False
    rotated: int = 0  # degrees by which pages are to be displayed turned
    size: float = 10.0
    margin: float = 60.0
    page_number: str = "- {} -"
    running_head: bool = False
    upright: bool = True  # tall merged labels run downwards, a character a line
    turned: bool = False  # or are turned by 90 degrees
    doubled: bool = False  # labels are bold: drawn twice
    scattered: bool = False  # every glyph alone, in any order
    spread: float = 0.0  # points between the characters of labels
    align: str = "centre"
    split_rows: bool = False
    repeat_head: bool = False
    radicals: bool = False  # labels with characters of the Kangxi radicals block
    crop: float = 0.0
    underlined: bool = False  # figures have a line below them, nearly as wide as their cell


def make_style(rng: Random) -> Style:
    """A style in which each kind of trouble is as likely as in published documents, or likelier."""
    return Style(
        seed=rng.randrange(1 << 30),
        rules=rng.choice(("lines", "rects", "borders", "lines", "rects")),
        landscape=rng.random() < 0.2,
        rotated=rng.choice((0, 0, 0, 0, 90, 270)),
        size=rng.choice((8.0, 9.0, 10.0, 10.5, 12.0)),
        margin=rng.choice((40.0, 60.0, 72.0)),
        page_number=rng.choice(_PAGE_NUMBERS),
        running_head=rng.random() < 0.3,
        upright=rng.random() < 0.6,
        turned=rng.random() < 0.15,
        doubled=rng.random() < 0.2,
        scattered=rng.random() < 0.25,
        spread=rng.choice((0.0, 0.0, 0.0, 1.0)),
        align=rng.choice(("left", "centre", "right")),
        split_rows=rng.random() < 0.5,
        repeat_head=rng.random() < 0.3,
        radicals=rng.random() < 0.15,
        crop=rng.choice((0.0, 0.0, 0.0, 12.0)),
    )


@dataclass(slots=True)
class Rendered:
    """A PDF, and for each printed figure its page and its place there: left, top, right, bottom of its
    characters as displayed.
    """

    data: bytes
    places: dict[Key, tuple[int, tuple[float, float, float, float]]] = field(default_factory=dict)


_Glyph = tuple[str, float, float, float, int]  # a character, its place (from the top), its size, degrees


@dataclass(slots=True)
class _Cell:
    box: Box
    table: str
    left: float
    right: float
    top: float
    bottom: float


class _Writer:
    """Lays out one report on pages. Places count from the upper left corner, as on screen."""

    def __init__(self, report: Report, style: Style, noise: Noise) -> None:
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.cidfonts import UnicodeCIDFont
        from reportlab.pdfgen.canvas import Canvas

        if FONT not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(UnicodeCIDFont(FONT))
        self.measure = pdfmetrics.stringWidth
        self.report, self.style, self.noise = report, style, noise
        self.rng = Random(f"{style.seed}/pdf")
        self.width, self.height = (842.0, 595.0) if style.landscape else (595.0, 842.0)
        self.stream = io.BytesIO()
        self.canvas: Any = Canvas(
            self.stream, pagesize=(self.width, self.height), pageCompression=1, invariant=1
        )
        self.glyphs: list[_Glyph] = []
        self.page, self.y = 1, style.margin
        self.taken = 0.0  # points of the next row that the page before shows
        self.rendered = Rendered(b"")

    def _sheet(self) -> tuple[float, float]:
        """The size of the page before it is turned for display; reportlab makes it of the size as displayed."""
        return (self.height, self.width) if self.style.rotated % 180 else (self.width, self.height)

    # Pages

    def _begin(self) -> None:
        """Turn the page's own places so that it is upright once it is displayed as it says."""
        canvas, style = self.canvas, self.style
        if style.rotated:
            canvas.setPageRotation(style.rotated)
            wide, high = self._sheet()
            if style.rotated == 90:
                canvas.transform(0, 1, -1, 0, wide, 0)
            else:
                canvas.transform(0, -1, 1, 0, 0, high)
        if style.crop:
            wide, high = self._sheet()
            canvas.setCropBox((style.crop, style.crop, wide - style.crop, high - style.crop))
        canvas.setLineWidth(0.5)

    def _end(self) -> None:
        style = self.style
        if style.running_head:
            self._text(f"{self.report.issuer}政府信息公开", style.margin, style.margin * 0.4, 8.0)
        if style.page_number:
            number = style.page_number.format(self.page)
            self._text(
                number, (self.width - self._length(number, 9.0)) / 2, self.height - style.margin * 0.6, 9.0
            )
        if style.scattered:
            self.rng.shuffle(self.glyphs)
        self._draw()
        self.canvas.showPage()
        self.page, self.y, self.glyphs = self.page + 1, style.margin, []

    def _draw(self) -> None:
        canvas = self.canvas
        run: list[_Glyph] = []
        for glyph in [*self.glyphs, ("", 0.0, 0.0, 0.0, 0)]:
            if run and (self.style.scattered or not self._follows(run[-1], glyph)):
                text, (_, x, top, size, turn) = "".join(one[0] for one in run), run[0]
                canvas.saveState()
                canvas.setFont(FONT, size)
                canvas.translate(x, self.height - top - size * 0.76)
                if turn:
                    canvas.rotate(turn)
                canvas.drawString(0, 0, text)
                canvas.restoreState()
                run = []
            run.append(glyph)

    def _follows(self, one: _Glyph, other: _Glyph) -> bool:
        near = abs(one[1] + self._length(one[0], one[3]) - other[1]) < 0.01
        return bool(other[0]) and one[2:] == other[2:] and one[4] == 0 and near

    def _length(self, text: str, size: float) -> float:
        return float(self.measure(text, FONT, size))

    def _room(self, height: float) -> bool:
        return self.y + height <= self.height - self.style.margin

    # Text

    def _text(
        self, text: str, x: float, top: float, size: float, spread: float = 0.0, doubled: bool = False
    ) -> float:
        for char in text:
            if char != "\u3000" and (char != " " or not self.style.scattered):
                self.glyphs.append((char, x, top, size, 0))
                if doubled:
                    self.glyphs.append((char, x + 0.3, top, size, 0))
            x += self._length(char, size) + spread
        return x

    def _wrapped(self, text: str, size: float, room: float, spread: float = 0.0) -> list[str]:
        lines, line = [], ""
        for char in text:
            if (
                line
                and self._length(line + char, size) + spread * len(line) > room
                and not (char.isascii() and line[-1].isdigit())
            ):
                lines.append(line)
                line = ""
            line += char
        return [*lines, line] if line or not lines else lines

    def paragraph(self, text: str, size: float = 12.0, centred: bool = False) -> None:
        room = self.width - 2 * self.style.margin
        lines = self._wrapped(("" if centred else "　　") + text, size, room)
        for line in lines:
            if not self._room(size * 1.5):
                self._finish_page()
            x = self.style.margin + ((room - self._length(line, size)) / 2 if centred else 0.0)
            self._text(line, x, self.y, size)
            self.y += size * 1.6
        self.y += 2

    def _finish_page(self) -> None:
        self._end()
        self._begin()

    # Tables

    def table(self, key: str, grid: Grid) -> None:
        style = self.style
        size = min(style.size, 9.0) if grid.width == 15 else style.size
        edges = self._edges(grid, size)
        rows = self._rows(grid, edges, size)
        head = (
            sum(not any(box.role == "figure" for box in row) for row in grid.rows[:4])
            if grid.width == 10
            else 0
        )
        placed = grid.placed()
        start = 0
        self.y += 4
        while start < len(grid.rows):
            start = self._part(key, grid, placed, edges, rows, size, start, head)

    def _edges(self, grid: Grid, size: float) -> list[float]:
        room = self.width - 2 * self.style.margin
        if grid.width == 10:
            shares = [0.07, 0.09, 0.24] + [0.6 / 7] * 7
        elif grid.width == 15:
            shares = [1 / 15] * 15
        else:
            shares = [0.31] + [0.69 / (grid.width - 1)] * (grid.width - 1)
        edges = [self.style.margin]
        for share in shares:
            edges.append(edges[-1] + share * room)
        return edges

    def _lines(self, box: Box, room: float, size: float) -> list[str]:
        if self._is_upright(box):
            return list(box.text)
        return self._wrapped(box.text, size, room - 4, self.style.spread if box.role != "figure" else 0.0)

    def _is_upright(self, box: Box) -> bool:
        return self.style.upright and box.role == "label" and box.width == 1 and box.height > 8

    def _rows(self, grid: Grid, edges: list[float], size: float) -> list[float]:
        """The height of each row: of its highest cell that ends in it."""
        heights = [size * 1.5 + 4] * len(grid.rows)
        placed = grid.placed()
        for tall in sorted({box.height for row in grid.rows for box in row}):
            for y, row in enumerate(placed):
                for x, (box, across, down) in enumerate(row):
                    if across and down and box.height == tall and not (self.style.turned and box.height > 8):
                        lines = self._lines(box, edges[x + box.width] - edges[x], size)
                        lacking = len(lines) * size * 1.25 + 5 - sum(heights[y : y + tall])
                        heights[y + tall - 1] += max(0.0, lacking)
        return heights

    def _part(
        self,
        key: str,
        grid: Grid,
        placed: Any,
        edges: list[float],
        heights: list[float],
        size: float,
        start: int,
        head: int,
    ) -> int:
        """Draw the rows that the page has room for, from `start`; the first row of the next page."""
        repeat = head if self.style.repeat_head and start > head else 0
        space = self.height - self.style.margin - self.y - sum(heights[:repeat])
        end = start
        while end < len(heights) and sum(heights[start : end + 1]) <= space:
            end += 1
        split = 0.0
        if end < len(heights) and self.style.split_rows and end >= max(head, 1):
            left = space - sum(heights[start:end])
            line = size * 1.25
            if heights[end] > 2 * line + 4 and left > line + 4:
                split = int((left - 3) / line) * line + 2.5
                split = min(split, int((heights[end] - 5) / line) * line - line + 2.5)
        if end == start and not split:
            self._finish_page()
            return start
        if repeat:
            self._band(key, grid, placed, edges, heights, size, 0, repeat, 0.0, 0.0, figures=False)
        taken = self.taken
        self._band(key, grid, placed, edges, heights, size, start, end, taken, split)
        self.taken = split
        if end < len(heights):
            self._finish_page()
        return end

    def _band(
        self,
        key: str,
        grid: Grid,
        placed: Any,
        edges: list[float],
        heights: list[float],
        size: float,
        start: int,
        end: int,
        taken: float,
        split: float,
        figures: bool = True,
    ) -> None:
        """Draw rows start..end, the first without the `taken` points that the page before shows, and `split`
        points of the row `end`.
        """
        own = list(heights[start:end])
        if own and taken:
            own[0] -= taken
        if split:
            own.append(split)
        tops = [self.y]
        for height in own:
            tops.append(tops[-1] + height)
        last = start + len(own)
        for y in range(start, last):
            for x, (box, across, _) in enumerate(placed[y]):
                begins = across and (y == start or placed[y - 1][x][0] is not box)
                if not begins:
                    continue
                until = y
                while until < last and placed[until][x][0] is box:
                    until += 1
                cell = _Cell(box, key, edges[x], edges[x + box.width], tops[y - start], tops[until - start])
                first = y
                while first and placed[first - 1][x][0] is box:
                    first -= 1
                before = sum(heights[first:y]) + (taken if y == start else 0.0)
                self._cell(cell, size, before, sum(heights[first : first + box.height]), figures)
                self._border(cell)
        self.y = tops[-1]

    def _cell(self, cell: _Cell, size: float, before: float, whole: float, figures: bool) -> None:
        """The part of a cell's text that its part of the cell has room for: `before` points of `whole` are on
        pages before.
        """
        box, style = cell.box, self.style
        room = cell.right - cell.left
        shown = cell.bottom - cell.top
        if style.turned and box.role == "label" and box.height > 8:
            if before == 0.0:
                self._turned(cell, size)
            return
        lines = self._lines(box, room, size)
        line = size * 1.25
        cut = shown < whole - 0.01
        # A cell that a page break cuts shows its lines from the top, one that is whole has them in its
        # middle.
        top = 2.5 if cut else max(2.5, (whole - len(lines) * line) / 2)
        for i, text in enumerate(lines):
            at = top + i * line - before
            if at < 0 or at + line > shown + 0.5:
                continue
            wide = self._length(text, size) + (style.spread if box.role != "figure" else 0.0) * (
                len(text) - 1
            )
            align = (
                style.align
                if box.role in ("figure", "other")
                else ("left" if box.role == "label" else "centre")
            )
            x = cell.left + {"left": 2.5, "centre": (room - wide) / 2, "right": room - wide - 2.5}[align]
            is_figure = box.role == "figure"
            spread = 0.0 if is_figure or self._is_upright(box) else style.spread
            words = self._dirty(text) if box.role == "label" and style.radicals else text
            self._text(words, x, cell.top + at, size, spread, doubled=style.doubled and not is_figure)
            if is_figure and figures and box.key and text.strip():
                self._note((cell.table, *box.key), x, cell.top + at, wide, size)

    def _dirty(self, text: str) -> str:
        return text.translate({ord("无"): "⽆", ord("一"): "⼀", ord("行"): "⾏", ord("人"): "⼈"})

    def _turned(self, cell: _Cell, size: float) -> None:
        y = cell.top + min(cell.bottom - cell.top, len(cell.box.text) * size + 6) - 3
        for char in cell.box.text:
            self.glyphs.append((char, (cell.left + cell.right) / 2 + size * 0.38, y - size * 0.76, size, 90))
            y -= size

    def _note(self, key: Key, x: float, top: float, wide: float, size: float) -> None:
        crop = self.style.crop
        self.rendered.places[key] = (self.page, (x - crop, top - crop, x + wide - crop, top + size - crop))

    def _border(self, cell: _Cell) -> None:
        canvas, rules = self.canvas, self.style.rules
        left, right, top, bottom = cell.left, cell.right, self.height - cell.top, self.height - cell.bottom
        wide, high = right - left, top - bottom
        if self.style.underlined and cell.box.role == "figure":
            canvas.line(left + 4, (top + bottom) / 2 - 5, right - 4, (top + bottom) / 2 - 5)
        if rules in ("borders", "double"):
            canvas.rect(left, bottom, wide, high, stroke=1, fill=0)
        if rules == "double":
            canvas.rect(left + 2, bottom + 2, wide - 4, high - 4, stroke=1, fill=0)
        if rules == "filled":
            canvas.setFillGray(0.9)
            canvas.rect(left + 0.5, bottom + 0.5, wide - 1, high - 1, stroke=0, fill=1)
            canvas.setFillGray(0.0)
        for x0, y0, x1, y1 in (
            (left, top, right, top),
            (left, bottom, right, bottom),
            (left, top, left, bottom),
            (right, top, right, bottom),
        ):
            at_side = x0 == x1 and not self.style.margin + 1 < x0 < self.width - self.style.margin - 1
            if rules == "rects":
                canvas.rect(x0, y1, max(x1 - x0, 0.5), max(y0 - y1, 0.5), stroke=0, fill=1)
            elif rules == "dots":
                self._dots(x0, y0, x1, y1)
            elif rules == "lines" or (rules == "level" and y0 == y1) or (rules == "open" and not at_side):
                canvas.line(x0, y0, x1, y1)

    def _dots(self, x0: float, y0: float, x1: float, y1: float) -> None:
        path = self.canvas.beginPath()
        count = int(max(x1 - x0, y0 - y1) / 1.5)
        for i in range(count):
            path.rect(x0 + (x1 - x0) * i / count, y0 + (y1 - y0) * i / count, 0.5, 0.5)
        self.canvas.drawPath(path, stroke=0, fill=1)

    # The whole

    def write(self) -> Rendered:
        report = self.report
        self._begin()
        for line in (
            (report.header, (report.title or "",))
            if report.header_first
            else ((report.title or "",), report.header)
        ):
            for text in line:
                if text:
                    self.paragraph(text, 16.0 if text == report.title else 10.5, centred=text == report.title)
        for text in report.opening:
            self.paragraph(text)
        grids = dict(_grids(report, self.noise))
        for number, heading in OFFICIAL_HEADINGS.items():
            self.paragraph(heading, 13.0)
            for text in report.sections.get(number, ()):
                self.paragraph(text)
            for key, section in SECTION.items():
                if section == number and key in grids:
                    self.table(key, grids[key])
                    self.y += 8
        for text in report.signature:
            self.paragraph(text)
        self._end()
        self.canvas.save()
        self.rendered.data = self.stream.getvalue()
        return self.rendered


def _grids(report: Report, noise: Noise) -> Iterator[tuple[str, Grid]]:
    """The tables with the labels and figures as an author prints them."""
    for key in TABLE_KEYS:
        if key not in report.editions or key in report.lost:
            continue
        edition = report.editions[key]
        form = table_of(edition, key)
        rng = Random(f"{noise.seed}/{key}")
        labels = [row.label for row in form.rows]
        wording, printer = Wording(noise, rng, labels, delimited=True), Printer(noise, rng, delimited=True)
        texts: Mapping[tuple[str, str], str] = {
            (row, column): printer(report.figures[key, row, column], form.column(column).unit or "元")
            for row, column in form.cells
        }
        if key == "active_disclosure":
            yield key, disclosure(edition, texts, wording, skewed=edition == "2019")
        elif key == "review_litigation":
            yield key, review(edition, texts, wording, truncated=noise.truncated_heads)
        else:
            note = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
            yield key, applications(edition, texts, wording, note=note)


def render_pdf(report: Report, style: Style | None = None, noise: Noise | None = None) -> Rendered:
    """The report as a PDF. Deterministic but for what reportlab writes of the time."""
    return _Writer(report, style or Style(), noise or Noise()).write()
