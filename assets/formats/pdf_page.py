"""pdf_page: what one page of a PDF shows, through PDFium: its characters and rules with their places, and how much of it is pictures."""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import pypdfium2_raw as pdfium

from assets.model import Box, Refusal

MOST_OBJECTS = 40_000  # drawn things on a page; a page of tables has some hundreds
MOST_CHARACTERS = 60_000  # on a page
UNREADABLE = "\ufffd"  # for a glyph of which the file does not say what character it is
_THIN = 4.0  # points: a drawn thing no thicker is a rule
_SHORT = 3.0  # points: a rule no longer is a dot
_DEEPEST = 8  # forms within forms
_INVISIBLE = 3  # text render mode of what is not painted
_HYPHEN = 2  # what PDFium makes of a hyphen at the end of a line
_SEGMENT_LINE = 0
_PLAIN_HAN = (0x3001, 0xA000)  # characters of which PDFium never takes the number of a glyph for the character
_SPACES = frozenset((0x20, 0xA0, 0x3000, 0x2002, 0x2003, 0x2009))
_LEANING = 8.0  # degrees that a character may lean
_PICTURE_OF_TEXT = 0.3  # the share of a page that a picture of its text takes at the least

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class Glyph(NamedTuple):
    """One printed character with its box, in points from the upper left corner of the page as it is read.

    `turn` is how the character stands: 0 upright, 90, 180 or 270 degrees against the clock, or -1 for anything between.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    page: int
    turn: int


class Rule(NamedTuple):
    """A horizontal or vertical line: `at` its distance from the top or the left, from `start` to `end`."""

    at: float
    start: float
    end: float


@dataclass(slots=True)
class Page:
    """One page as it is read. `turned` quarters it was turned, against the clock, from how it is displayed, so that its text is upright."""

    number: int
    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    across: list[Rule] = field(default_factory=list)
    down: list[Rule] = field(default_factory=list)
    pictures: float = 0.0  # the share of the page that its pictures take
    drawn: int = 0  # things drawn that are no text
    turned: int = 0
    recognised: bool = False  # its text is invisible, over a picture: an OCR layer

    def displayed(self, box: Box) -> Box:
        """A box of the page as it is read, on the page as it is displayed."""
        left, top, right, bottom = box
        if self.turned == 1:
            return self.height - bottom, left, self.height - top, right
        if self.turned == 2:
            return self.width - right, self.height - bottom, self.width - left, self.height - top
        if self.turned == 3:
            return top, self.width - right, bottom, self.width - left
        return box


def _turned(box: Box, width: float, height: float, quarters: int) -> Box:
    """A box on a page of this size after the page was turned by quarters against the clock."""
    left, top, right, bottom = box
    if quarters == 1:
        return top, width - right, bottom, width - left
    if quarters == 2:
        return width - right, height - bottom, width - left, height - top
    if quarters == 3:
        return height - bottom, left, height - top, right
    return box


def read_page(document: Any, index: int) -> Page:
    """Read one page of an open document. A page that cannot be loaded is empty."""
    handle = pdfium.FPDF_LoadPage(document, index)
    if not handle:
        return Page(index + 1, 0.0, 0.0)
    try:
        return _Reader(handle, index + 1).read()
    finally:
        pdfium.FPDF_ClosePage(handle)


class _Reader:
    """Reads one loaded page. Places in the file are turned into places on the page as displayed: cropped, and rotated as the page says."""

    def __init__(self, handle: Any, number: int) -> None:
        self.handle = handle
        area = pdfium.FS_RECTF()
        pdfium.FPDF_GetPageBoundingBox(handle, area)
        self.left, self.bottom, self.right, self.top = area.left, area.bottom, area.right, area.top
        self.rotation = pdfium.FPDFPage_GetRotation(handle)
        width, height = self.right - self.left, self.top - self.bottom
        if self.rotation % 2:
            width, height = height, width
        self.page = Page(number, width, height)
        self.hidden = False  # some text is not painted
        self.turn = (-90 * self.rotation) % 360  # of a character that is drawn upright
        self.bounds = tuple(ctypes.c_float() for _ in range(4))

    def read(self) -> Page:
        page = self.page
        if pdfium.FPDFPage_CountObjects(self.handle) > MOST_OBJECTS:
            raise Refusal(f"page {page.number} of the file draws more than {MOST_OBJECTS:,} things: print the document to a new PDF")
        self._objects(pdfium.FPDFPage_CountObjects(self.handle), partial(pdfium.FPDFPage_GetObject, self.handle), _IDENTITY, 0)
        text = pdfium.FPDFText_LoadPage(self.handle)
        if text:
            try:
                self._characters(text)
            finally:
                pdfium.FPDFText_ClosePage(text)
        self._make_upright()
        return page

    # Places

    def _display(self, left: float, bottom: float, right: float, top: float) -> Box:
        """A box of the file on the page as displayed."""
        if self.rotation == 1:
            return bottom - self.bottom, left - self.left, top - self.bottom, right - self.left
        if self.rotation == 2:
            return self.right - right, bottom - self.bottom, self.right - left, top - self.bottom
        if self.rotation == 3:
            return self.top - top, self.right - right, self.top - bottom, self.right - left
        return left - self.left, self.top - top, right - self.left, self.top - bottom

    # Drawn things

    def _objects(self, count: int, at: Callable[[int], Any], matrix: Matrix, depth: int) -> None:
        kind_of = pdfium.FPDFPageObj_GetType
        for i in range(count):
            drawn = at(i)
            kind = kind_of(drawn)
            if kind == pdfium.FPDF_PAGEOBJ_TEXT:
                self.hidden = self.hidden or pdfium.FPDFTextObj_GetTextRenderMode(drawn) == _INVISIBLE
                continue
            self.page.drawn += 1
            if self.page.drawn > MOST_OBJECTS:
                raise Refusal(
                    f"page {self.page.number} of the file draws more than {MOST_OBJECTS:,} things: print the document to a new PDF"
                )
            if kind == pdfium.FPDF_PAGEOBJ_PATH:
                self._path(drawn, matrix)
            elif kind in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING):
                self._picture(drawn, matrix)
            elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
                inside = _times(_matrix_of(drawn), matrix)
                self._objects(pdfium.FPDFFormObj_CountObjects(drawn), partial(pdfium.FPDFFormObj_GetObject, drawn), inside, depth + 1)

    def _bounds(self, drawn: Any, matrix: Matrix) -> Box:
        left, bottom, right, top = self.bounds
        if not pdfium.FPDFPageObj_GetBounds(drawn, left, bottom, right, top):
            return 0.0, 0.0, 0.0, 0.0
        if matrix is _IDENTITY:
            return self._display(left.value, bottom.value, right.value, top.value)
        (x0, y0), (x1, y1) = _point(matrix, left.value, bottom.value), _point(matrix, right.value, top.value)
        return self._display(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))

    def _picture(self, drawn: Any, matrix: Matrix) -> None:
        box = self._bounds(drawn, matrix)
        left, top, right, bottom = max(box[0], 0.0), max(box[1], 0.0), min(box[2], self.page.width), min(box[3], self.page.height)
        if self._rule(box):  # some writers draw rules as pictures
            return
        if right > left and bottom > top:
            self.page.pictures += (right - left) * (bottom - top) / max(1.0, self.page.width * self.page.height)

    def _rule(self, box: Box) -> bool:
        """Take a thin box as a rule. False where it is not thin."""
        left, top, right, bottom = box
        wide, high = right - left, bottom - top
        if high <= _THIN and wide > max(_SHORT, 2 * high):
            self.page.across.append(Rule((top + bottom) / 2, left, right))
        elif wide <= _THIN and high > max(_SHORT, 2 * wide):
            self.page.down.append(Rule((left + right) / 2, top, bottom))
        else:
            return high <= _THIN and wide <= _THIN
        return True

    def _path(self, path: Any, matrix: Matrix) -> None:
        if self._rule(self._bounds(path, matrix)):
            return
        fill, stroke = ctypes.c_int(), pdfium.FPDF_BOOL()
        pdfium.FPDFPath_GetDrawMode(path, fill, stroke)
        if not fill.value and not stroke.value:
            return
        matrix = _times(_matrix_of(path), matrix)
        for figure in self._figures(path, matrix):
            if stroke.value:
                for (x0, y0), (x1, y1) in pairwise(figure):
                    self._rule(self._display(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))
            else:
                xs, ys = [x for x, _ in figure], [y for _, y in figure]
                self._rule(self._display(min(xs), min(ys), max(xs), max(ys)))

    def _figures(self, path: Any, matrix: Matrix) -> Iterator[list[tuple[float, float]]]:
        """The corners of each figure that a path draws; of what has curves only the straight parts."""
        x, y = ctypes.c_float(), ctypes.c_float()
        corners: list[tuple[float, float]] = []
        for i in range(min(pdfium.FPDFPath_CountSegments(path), MOST_OBJECTS)):
            segment = pdfium.FPDFPath_GetPathSegment(path, i)
            kind = pdfium.FPDFPathSegment_GetType(segment)
            pdfium.FPDFPathSegment_GetPoint(segment, x, y)
            if kind != _SEGMENT_LINE and corners:
                yield corners
                corners = []
            corners.append(_point(matrix, x.value, y.value))
            if pdfium.FPDFPathSegment_GetClose(segment) and len(corners) > 1:
                yield [*corners, corners[0]]
                corners = []
        if corners:
            yield corners

    # Characters

    def _characters(self, text: Any) -> None:
        count = pdfium.FPDFText_CountChars(text)
        if count > MOST_CHARACTERS:
            raise Refusal(f"page {self.page.number} of the file has {count:,} characters: print the document to a new PDF")
        shown, hidden = self._glyphs(text, count)
        # Invisible characters over a picture are what a machine recognised in it; without a picture nobody sees them.
        if len(hidden) > len(shown) and self.page.pictures > _PICTURE_OF_TEXT:
            self.page.recognised = True
            shown += hidden
        self.page.glyphs = shown

    def _glyphs(self, text: Any, count: int) -> tuple[list[Glyph], list[Glyph]]:
        """The characters that are painted within the page, and those that are not painted."""
        shown: list[Glyph] = []
        hidden: list[Glyph] = []
        number, width, height = self.page.number, self.page.width, self.page.height
        unicode_of, box_of, angle_of = pdfium.FPDFText_GetUnicode, pdfium.FPDFText_GetLooseCharBox, pdfium.FPDFText_GetCharAngle
        box = pdfium.FS_RECTF()
        pointer = ctypes.byref(box)
        turn, above, below, end = 0, math.inf, math.inf, math.inf
        for i in range(count):
            code = unicode_of(text, i)
            if code in (10, 13) or not box_of(text, i, pointer):
                continue
            left, top, right, bottom = self._display(box.left, box.bottom, box.right, box.top)
            x, y = (left + right) / 2, (top + bottom) / 2
            if not (0 <= x <= width and 0 <= y <= height):
                continue
            # What goes on along the same line stands as the character before it.
            if box.top != above or box.bottom != below or not -1.0 < box.left - end < 1.0:
                angle = angle_of(text, i)
                turn = self.turn if angle == 0.0 else self._turn(angle)
            above, below, end = box.top, box.bottom, box.right
            glyph = Glyph(self._printed(text, i, code), left, top, right, bottom, number, turn)
            (hidden if self.hidden and self._is_hidden(text, i) else shown).append(glyph)
        return shown, hidden

    def _printed(self, text: Any, i: int, code: int) -> str:
        if _PLAIN_HAN[0] <= code < _PLAIN_HAN[1]:
            return chr(code)
        if code in _SPACES:
            return " "
        if code == _HYPHEN:
            return "-"
        if code < 32 or 0xD800 <= code < 0xF900 or code > 0xF0000 or pdfium.FPDFText_HasUnicodeMapError(text, i):
            return UNREADABLE
        return chr(code)

    @staticmethod
    def _is_hidden(text: Any, i: int) -> bool:
        drawn = pdfium.FPDFText_GetTextObject(text, i)
        return bool(drawn) and pdfium.FPDFTextObj_GetTextRenderMode(drawn) == _INVISIBLE

    def _turn(self, angle: float) -> int:
        """How a character drawn at this angle, clockwise, stands on the page as displayed, which is turned clockwise by its rotation."""
        degrees = (-math.degrees(angle) - 90 * self.rotation) % 360
        quarter = round(degrees / 90) * 90
        return quarter % 360 if abs(degrees - quarter) < _LEANING else -1

    def _make_upright(self) -> None:
        """Turn the page so that most of its characters stand upright."""
        page = self.page
        turns = Counter(glyph.turn for glyph in page.glyphs)
        most = max(turns, key=lambda turn: (turns[turn], turn == 0), default=0)
        if most <= 0:
            return
        # A page whose characters stand turned by 90 against the clock has to be turned by 270 against it.
        page.turned = (360 - most) // 90
        width, height, quarters = page.width, page.height, page.turned
        page.glyphs = [
            Glyph(g.text, *_turned(g[1:5], width, height, quarters), g.page, (g.turn - most) % 360 if g.turn >= 0 else -1)
            for g in page.glyphs
        ]
        across = [Rule((box[1] + box[3]) / 2, box[0], box[2]) for box in self._turned_rules(across=quarters == 2)]
        down = [Rule((box[0] + box[2]) / 2, box[1], box[3]) for box in self._turned_rules(across=quarters != 2)]
        page.across, page.down = across, down
        if quarters % 2:
            page.width, page.height = height, width

    def _turned_rules(self, across: bool) -> list[Box]:
        """The rules across (or down) of the page as displayed, after turning."""
        page = self.page
        boxes = [(r.start, r.at, r.end, r.at) for r in page.across] if across else [(r.at, r.start, r.at, r.end) for r in page.down]
        return [_turned(box, page.width, page.height, page.turned) for box in boxes]


def _matrix_of(drawn: Any) -> Matrix:
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(drawn, matrix)
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _times(m: Matrix, n: Matrix) -> Matrix:
    """First m, then n."""
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def _point(m: Matrix, x: float, y: float) -> tuple[float, float]:
    return m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]
