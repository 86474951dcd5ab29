"""pdf_page: what one page of a PDF shows, through PDFium: its characters and rules with their places, and how
much of it is pictures.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, repeat
from typing import Any, NamedTuple

import pypdfium2_raw as pdfium

from assets.model import Box, Refusal
from schemas.words import say

MOST_OBJECTS = 40_000  # drawn things on a page; a page of tables has some hundreds
MOST_CHARACTERS = 60_000  # on a page
UNREADABLE = "\ufffd"  # for a glyph of which the file does not say what character it is
_THIN = 4.0  # points: a drawn thing no thicker is a rule
_SHORT = 3.0  # points: a rule no longer is a dot
_DOTS = 4  # dots make a rule, at the least
_DOT_GAP = 3.0  # points: dots of one rule are no farther apart
_DEEPEST = 8  # forms within forms
_INVISIBLE = 3  # text render mode of what is not painted
_SEGMENT_LINE = 0
_HYPHEN = 2  # what PDFium makes of a hyphen at the end of a line
_TO_ASK = re.compile(
    r"[^ \n\u3001-\u9fff]"
)  # for other characters PDFium never takes the number of a glyph for the character
_WRITTEN = str.maketrans(
    dict.fromkeys("\xa0\u3000\u2002\u2003\u2009", " ") | {"\r": "\n", chr(_HYPHEN): "-", "\ufffe": "-"}
)
_NO_TEXT = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\uf8ff\U000f0001-\U0010ffff]")
_TIGHT = 0.15  # of their height: characters that are no farther apart stand side by side
_FIGURES = frozenset("0123456789０１２３４５６７８９")
_MIDDLE = 0.2  # of their height: how far from the middle of characters a rule may be that strikes them out
_HUGE = 60.0  # points: no character of a report is as high; boxes of fonts for vertical writing may be
_LEANING = 8.0  # degrees that a character may lean
_PICTURE_OF_TEXT = 0.3  # the share of a page that a picture of its text takes at the least

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class Run(NamedTuple):
    """Printed characters that stand side by side, or one alone, with their box, in points from the upper left
    corner of the page as it is read.

    `turn` is how they stand: 0 upright, 90, 180 or 270 degrees against the clock, or -1 for anything between;
    characters that do not stand upright are alone. `lefts` and `rights` are the edges of each of several
    characters. Spaces are alone.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    page: int
    turn: int
    lefts: Sequence[float] = ()
    rights: Sequence[float] = ()

    def characters(self) -> list[Run]:
        """Each character alone."""
        if len(self.text) == 1:
            return [self]
        _, _, top, _, bottom, page, turn, lefts, rights = self
        return [
            Run(char, left, top, right, bottom, page, turn)
            for char, left, right in zip(self.text, lefts, rights, strict=True)
        ]


class Rule(NamedTuple):
    """A horizontal or vertical line: `at` its distance from the top or the left, from `start` to `end`."""

    at: float
    start: float
    end: float


@dataclass(slots=True)
class Page:
    """One page as it is read. `turned` quarters it was turned, against the clock, from how it is displayed,
    so that its text is upright.
    """

    number: int
    width: float
    height: float
    runs: list[Run] = field(default_factory=list)
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


def _often(name: str, result: Any, *arguments: Any) -> Any:
    """A function of PDFium for many short calls: pointers are numbers, and no other thread gets a turn
    meanwhile, which takes longer than the call.
    """
    address: Any = ctypes.cast(getattr(pdfium, name), ctypes.c_void_p).value
    return ctypes.PYFUNCTYPE(result, *arguments)(address)


_POINTER, _INT = ctypes.c_void_p, ctypes.c_int
_object_of = _often("FPDFPage_GetObject", _POINTER, _POINTER, _INT)
_objects_in_form = _often("FPDFFormObj_CountObjects", _INT, _POINTER)
_object_in_form = _often("FPDFFormObj_GetObject", _POINTER, _POINTER, ctypes.c_ulong)
_kind_of = _often("FPDFPageObj_GetType", _INT, _POINTER)
_mode_of = _often("FPDFTextObj_GetTextRenderMode", _INT, _POINTER)
_bounds_of = _often("FPDFPageObj_GetBounds", _INT, _POINTER, _POINTER, _POINTER, _POINTER, _POINTER)
_matrix_into = _often("FPDFPageObj_GetMatrix", _INT, _POINTER, _POINTER)
_draw_mode_of = _often("FPDFPath_GetDrawMode", _INT, _POINTER, _POINTER, _POINTER)
_segments_of = _often("FPDFPath_CountSegments", _INT, _POINTER)
_segment_of = _often("FPDFPath_GetPathSegment", _POINTER, _POINTER, _INT)
_point_into = _often("FPDFPathSegment_GetPoint", _INT, _POINTER, _POINTER, _POINTER)
_segment_kind = _often("FPDFPathSegment_GetType", _INT, _POINTER)
_is_closed = _often("FPDFPathSegment_GetClose", _INT, _POINTER)
_unicode_of = _often("FPDFText_GetUnicode", ctypes.c_uint, _POINTER, _INT)
_text_of = _often("FPDFText_GetText", _INT, _POINTER, _INT, _INT, _POINTER)
_box_of = _often("FPDFText_GetLooseCharBox", _INT)
_tight_box_of = _often("FPDFText_GetCharBox", _INT, _POINTER, _INT, _POINTER, _POINTER, _POINTER, _POINTER)
_angle_of = _often("FPDFText_GetCharAngle", ctypes.c_float, _POINTER, _INT)
_is_no_unicode = _often("FPDFText_HasUnicodeMapError", _INT, _POINTER, _INT)
_object_of_character = _often("FPDFText_GetTextObject", _POINTER, _POINTER, _INT)


class _Reader:
    """Reads one loaded page. Places in the file are turned into places on the page as displayed: cropped, and
    rotated as the page says.
    """

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
        self.dots: list[Box] = []
        self.hidden = False  # some text is not painted
        self.turn = (-90 * self.rotation) % 360  # of a character that is drawn upright
        self.bounds = (ctypes.c_float * 4)()
        self.mode = ctypes.cast(self.bounds, ctypes.POINTER(ctypes.c_int * 2)).contents
        self.edges = tuple(ctypes.addressof(self.bounds) + 4 * i for i in range(4))

    def read(self) -> Page:
        page = self.page
        if pdfium.FPDFPage_CountObjects(self.handle) > MOST_OBJECTS:
            raise Refusal(say("refused.pdf_things", page=page.number, most=MOST_OBJECTS))
        objects = map(
            _object_of, repeat(_number(self.handle)), range(pdfium.FPDFPage_CountObjects(self.handle))
        )
        self._objects(list(objects), _IDENTITY, 0)
        self._dotted()
        text = pdfium.FPDFText_LoadPage(self.handle)
        if text:
            try:
                self._characters(text)
            finally:
                pdfium.FPDFText_ClosePage(text)
        self._make_upright()
        if page.across:
            page.runs = _with_struck(page.runs, page.across)
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

    def _objects(self, objects: list[int], matrix: Matrix, depth: int) -> None:
        kinds = list(map(_kind_of, objects))
        texts = [
            drawn for drawn, kind in zip(objects, kinds, strict=True) if kind == pdfium.FPDF_PAGEOBJ_TEXT
        ]
        self.hidden = self.hidden or _INVISIBLE in map(_mode_of, texts)
        if len(texts) == len(objects):
            return
        for drawn, kind in zip(objects, kinds, strict=True):
            if kind == pdfium.FPDF_PAGEOBJ_TEXT:
                continue
            self.page.drawn += 1
            if self.page.drawn > MOST_OBJECTS:
                raise Refusal(say("refused.pdf_things", page=self.page.number, most=MOST_OBJECTS))
            if kind == pdfium.FPDF_PAGEOBJ_PATH:
                self._path(drawn, matrix)
            elif kind in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING):
                self._picture(drawn, matrix)
            elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
                inside = _times(_matrix_of(drawn), matrix)
                within = min(_objects_in_form(drawn), MOST_OBJECTS)
                self._objects(list(map(_object_in_form, repeat(drawn), range(within))), inside, depth + 1)

    def _bounds(self, drawn: Any, matrix: Matrix) -> Box:
        if not _bounds_of(drawn, *self.edges):
            return 0.0, 0.0, 0.0, 0.0
        left, bottom, right, top = self.bounds
        if matrix is _IDENTITY:
            return self._display(left, bottom, right, top)
        (x0, y0), (x1, y1) = _point(matrix, left, bottom), _point(matrix, right, top)
        return self._display(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))

    def _picture(self, drawn: Any, matrix: Matrix) -> None:
        box = self._bounds(drawn, matrix)
        left, top, right, bottom = (
            max(box[0], 0.0),
            max(box[1], 0.0),
            min(box[2], self.page.width),
            min(box[3], self.page.height),
        )
        if self._rule(box):  # some writers draw rules as pictures
            return
        if right > left and bottom > top:
            self.page.pictures += (
                (right - left) * (bottom - top) / max(1.0, self.page.width * self.page.height)
            )

    def _rule(self, box: Box) -> bool:
        """Take a thin box as a rule. False where it is not thin."""
        left, top, right, bottom = box
        wide, high = right - left, bottom - top
        if high <= _THIN and wide > max(_SHORT, 2 * high):
            self.page.across.append(Rule((top + bottom) / 2, left, right))
        elif wide <= _THIN and high > max(_SHORT, 2 * wide):
            self.page.down.append(Rule((left + right) / 2, top, bottom))
        elif high <= _THIN and wide <= _THIN:
            self.dots.append(box)
        else:
            return False
        return True

    def _dotted(self) -> None:
        """Take dots that stand in a row as rules."""
        if len(self.dots) < _DOTS:
            return
        self.page.across += [
            Rule(*chain)
            for chain in _chains(
                [((top + bottom) / 2, left, right) for left, top, right, bottom in self.dots]
            )
        ]
        self.page.down += [
            Rule(*chain)
            for chain in _chains(
                [((left + right) / 2, top, bottom) for left, top, right, bottom in self.dots]
            )
        ]

    def _path(self, path: Any, matrix: Matrix) -> None:
        if self._rule(self._bounds(path, matrix)):
            return
        _draw_mode_of(path, *self.edges[:2])
        fill, stroke = self.mode
        if not fill and not stroke:
            return
        own = _matrix_of(path)
        if own != _IDENTITY:
            matrix = _times(own, matrix)
        for figure in self._figures(path, matrix):
            if stroke:
                for (x0, y0), (x1, y1) in pairwise(figure):
                    self._rule(self._display(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))
            else:
                xs, ys = [x for x, _ in figure], [y for _, y in figure]
                self._rule(self._display(min(xs), min(ys), max(xs), max(ys)))

    def _figures(self, path: Any, matrix: Matrix) -> Iterator[list[tuple[float, float]]]:
        """The corners of each figure that a path draws; of what has curves only the straight parts."""
        corners: list[tuple[float, float]] = []
        x, y = self.edges[:2]
        for segment in map(_segment_of, repeat(path), range(min(_segments_of(path), MOST_OBJECTS))):
            if _segment_kind(segment) != _SEGMENT_LINE and corners:
                yield corners
                corners = []
            _point_into(segment, x, y)
            corners.append(_point(matrix, *self.bounds[:2]))
            if len(corners) > 1 and _is_closed(segment):
                yield [*corners, corners[0]]
                corners = []
        if corners:
            yield corners

    # Characters

    def _characters(self, text: Any) -> None:
        count = pdfium.FPDFText_CountChars(text)
        if count > MOST_CHARACTERS:
            raise Refusal(say("refused.pdf_characters", page=self.page.number, count=count))
        shown, hidden = self._runs(_number(text), count)
        # Invisible characters over a picture are what a machine recognised in it; without a picture nobody
        # sees them.
        if (
            sum(len(run.text) for run in hidden) > sum(len(run.text) for run in shown)
            and self.page.pictures > _PICTURE_OF_TEXT
        ):
            self.page.recognised = True
            shown += hidden
        self.page.runs = shown

    def _runs(self, text: int, count: int) -> tuple[list[Run], list[Run]]:
        """The characters that are painted within the page, and those that are not painted."""
        shown: list[Run] = []
        hidden: list[Run] = []
        lefts, tops, rights, bottoms, found = self._boxes(text, count)
        chars = self._chars(text, count, found)
        painted = self._painted(text, count) if self.hidden else [True] * count
        turn, above, below, end, last = 0, math.inf, math.inf, math.inf, 0
        for i, char in enumerate(chars):
            if i < last or char == "\n":
                continue
            left, top, right, bottom, last = lefts[i], tops[i], rights[i], bottoms[i], i + 1
            if bottom - top > _HUGE and right - left > _HUGE:
                left, top, right, bottom = self._tight(text, i) or (left, top, right, bottom)
                lefts[i], tops[i], rights[i], bottoms[i] = left, top, right, bottom
            # What goes on along the same line stands as the character before it.
            if top != above or bottom != below or not -1.0 < left - end < 1.0:
                angle = _angle_of(text, i)
                turn = self.turn if angle == 0.0 else self._turn(angle)
            if turn == 0 and char != " ":
                slack = _TIGHT * (bottom - top)
                while (
                    last < count
                    and -slack < lefts[last] - right < slack
                    and tops[last] == top
                    and bottoms[last] == bottom
                ):
                    if chars[last] in " \n" or painted[last] != painted[i]:
                        break
                    right, last = rights[last], last + 1
            above, below, end = top, bottom, right
            run = Run(
                chars[i:last], left, top, right, bottom, self.page.number, turn, lefts[i:last], rights[i:last]
            )
            (shown if painted[i] else hidden).extend(self._within(run))
        return shown, hidden

    def _tight(self, text: int, i: int) -> Box | None:
        """The box of the ink of a character; None if it has none."""
        box = [ctypes.c_double() for _ in range(4)]  # left, right, bottom, top
        if not _tight_box_of(text, i, *map(ctypes.addressof, box)):
            return None
        left, right, bottom, top = (edge.value for edge in box)
        return self._display(left, bottom, right, top) if right > left and top > bottom else None

    def _within(self, run: Run) -> list[Run]:
        """What of a run is on the page."""
        width, height = self.page.width, self.page.height
        if not 0 <= (run.top + run.bottom) / 2 <= height:
            return []
        if run.left >= 0 and run.right <= width:
            return [run]
        return [one for one in run.characters() if 0 <= (one.left + one.right) / 2 <= width]

    def _boxes(
        self, text: int, count: int
    ) -> tuple[list[float], list[float], list[float], list[float], list[int]]:
        """The left, top, right and bottom edges of all characters on the page as displayed, and which of them
        have a box.
        """
        boxes = (ctypes.c_float * (4 * count))()
        page = ctypes.byref(
            ctypes.c_char.from_address(text)
        )  # what is a reference already is passed on without a check
        found = list(
            map(
                _box_of,
                repeat(page),
                range(count),
                map(ctypes.byref, repeat(boxes), range(0, 16 * count, 16)),
            )
        )
        edges: Any = memoryview(boxes).cast("B").cast("f")
        left, top, right, bottom = (edges[i::4].tolist() for i in range(4))
        x, y, far, high = self.left, self.bottom, self.right, self.top
        if self.rotation == 1:
            return _less(bottom, y), _less(left, x), _less(top, y), _less(right, x), found
        if self.rotation == 2:
            return _from(far, right), _less(bottom, y), _from(far, left), _less(top, y), found
        if self.rotation == 3:
            return _from(high, top), _from(far, right), _from(high, bottom), _from(far, left), found
        return _less(left, x), _from(high, top), _less(right, x), _from(high, bottom), found

    @staticmethod
    def _chars(text: int, count: int, found: list[int]) -> str:
        """What the characters are, as they are written: all kinds of space as one, breaks of lines and what
        has no place as a line break.
        """
        buffer = ctypes.create_string_buffer(4 * count + 4)
        length = _text_of(text, 0, count, buffer)
        written = buffer.raw[: 2 * max(0, length - 1)].decode("utf-16-le", "replace")
        if len(written) != count or "\ufffd" in written:  # some have no character, or more than one
            written = "".join(
                chr(code) if code < 0x110000 else UNREADABLE
                for code in map(_unicode_of, repeat(text), range(count))
            )
        chars = written.translate(_WRITTEN)
        lost = [
            m.start()
            for m in _TO_ASK.finditer(chars)
            if _NO_TEXT.match(m[0]) or _is_no_unicode(text, m.start())
        ]
        if lost or 0 in found:
            pieces = list(chars)
            for i in lost:
                pieces[i] = UNREADABLE
            chars = "".join(char if there else "\n" for char, there in zip(pieces, found, strict=True))
        return chars

    @staticmethod
    def _painted(text: int, count: int) -> list[bool]:
        drawn = map(_object_of_character, repeat(text), range(count))
        return [not one or _mode_of(one) != _INVISIBLE for one in drawn]

    def _turn(self, angle: float) -> int:
        """How a character drawn at this angle, clockwise, stands on the page as displayed, which is turned
        clockwise by its rotation.
        """
        degrees = (-math.degrees(angle) - 90 * self.rotation) % 360
        if not math.isfinite(degrees):  # a matrix may hold anything
            return -1
        quarter = round(degrees / 90) * 90
        return quarter % 360 if abs(degrees - quarter) < _LEANING else -1

    def _make_upright(self) -> None:
        """Turn the page so that most of its characters stand upright."""
        page = self.page
        turns: Counter[int] = Counter()
        for run in page.runs:
            turns[run.turn] += len(run.text)
        most = max(turns, key=lambda turn: (turns[turn], turn == 0), default=0)
        if most <= 0:
            return
        # A page whose characters stand turned by 90 against the clock has to be turned by 270 against it.
        page.turned = (360 - most) // 90
        width, height, quarters = page.width, page.height, page.turned
        page.runs = [
            Run(
                g.text,
                *_turned(g[1:5], width, height, quarters),
                g.page,
                (g.turn - most) % 360 if g.turn >= 0 else -1,
            )
            for run in page.runs
            for g in run.characters()
        ]
        across = [
            Rule((box[1] + box[3]) / 2, box[0], box[2]) for box in self._turned_rules(across=quarters == 2)
        ]
        down = [
            Rule((box[0] + box[2]) / 2, box[1], box[3]) for box in self._turned_rules(across=quarters != 2)
        ]
        page.across, page.down = across, down
        if quarters % 2:
            page.width, page.height = height, width

    def _turned_rules(self, across: bool) -> list[Box]:
        """The rules across (or down) of the page as displayed, after turning."""
        page = self.page
        boxes = (
            [(r.start, r.at, r.end, r.at) for r in page.across]
            if across
            else [(r.at, r.start, r.at, r.end) for r in page.down]
        )
        return [_turned(box, page.width, page.height, page.turned) for box in boxes]


def _with_struck(runs: list[Run], across: list[Rule]) -> list[Run]:
    """Runs with the digits told apart through the middle of which a rule is drawn, and no farther than they
    reach.
    """
    digits: dict[int, list[Run]] = {}  # by the place of their middle, in points
    for run in runs:
        if run.text[0] in _FIGURES and run.turn == 0:
            digits.setdefault(round((run.top + run.bottom) / 2), []).append(run)
    reach = round(
        max((run.bottom - run.top for here in digits.values() for run in here), default=0.0) * _MIDDLE
    )
    through: dict[int, Rule] = {}
    for rule in across:
        for place in range(round(rule.at) - reach, round(rule.at) + reach + 1):
            for run in digits.get(place, ()):
                height = run.bottom - run.top
                if (
                    abs(rule.at - (run.top + run.bottom) / 2) <= _MIDDLE * height
                    and min(run.right, rule.end) - max(run.left, rule.start) > 1.0
                    and rule.end - rule.start < run.right - run.left + height
                ):
                    through[id(run)] = rule
    if not through:
        return runs
    return [one for run in runs for one in _struck_within(run, through.get(id(run)))]


def _struck_within(run: Run, rule: Rule | None) -> list[Run]:
    """The characters of a run, those under a rule as struck out."""
    if rule is None:
        return [run]
    return [
        one._replace(text=text, lefts=[one.left] * len(text), rights=[one.right] * len(text))
        if rule.start < (one.left + one.right) / 2 < rule.end and (text := f"~~{one.text}~~")
        else one
        for one in run.characters()
    ]


def _chains(dots: list[tuple[float, float, float]]) -> Iterator[tuple[float, float, float]]:
    """Where dots, each with its place across, its start and its end, follow each other closely at the same
    place.
    """
    count, at, start, end = 0, math.inf, 0.0, 0.0
    for place, first, last in [
        *sorted((round(2 * place) / 2, first, last) for place, first, last in dots),
        (math.inf, 0.0, 0.0),
    ]:
        if place == at and first - end <= _DOT_GAP:
            count, end = count + 1, max(end, last)
            continue
        if count >= _DOTS and end - start > _THIN:
            yield at, start, end
        count, at, start, end = 1, place, first, last


def _less(values: list[float], by: float) -> list[float]:
    return [value - by for value in values] if by else values


def _from(edge: float, values: list[float]) -> list[float]:
    return [edge - value for value in values]


def _number(handle: Any) -> int:
    """The pointer that a handle is, as the functions called often take it."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0


def _matrix_of(drawn: Any) -> Matrix:
    matrix = pdfium.FS_MATRIX()
    _matrix_into(drawn, ctypes.addressof(matrix))
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
