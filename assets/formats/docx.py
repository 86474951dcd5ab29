"""docx: from the bytes of a Word document to its RawText: what it prints once every tracked change is
accepted.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple
from xml.etree.ElementTree import Element

from assets.formats import marks
from assets.formats.docx_numbering import (
    VAL,
    Numbering,
    Style,
    Styles,
    W,
    child_value,
    is_on,
    is_struck,
    vertical_place,
    whole_number,
)
from assets.formats.docx_package import Package
from assets.model import RawText, Refusal
from schemas.words import say

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_PICTURES = (
    "{http://schemas.openxmlformats.org/drawingml/2006/main}blip",
    "{urn:schemas-microsoft-com:vml}imagedata",
    "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart",
    "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds",
)
_ALTERNATE, _CHOICE, _FALLBACK = _MC + "AlternateContent", _MC + "Choice", _MC + "Fallback"
_MATH, _MATH_TEXT, _MATH_RUNS = _M + "oMath", _M + "t", frozenset((_M + "r", _M + "oMathParaPr"))
# Properties of a run that matter here.
_TELLING = frozenset(W + name for name in ("rStyle", "vanish", "vertAlign", "position", "strike", "dstrike"))
_GONE = (W + "del", W + "moveFrom")
_ENDS = frozenset((*_GONE, W + "vanish"))
_MERGES = frozenset(W + name for name in ("gridSpan", "vMerge", "hMerge", "cellMerge", "cellDel"))
_INLINE = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}inline"
_PARAGRAPH, _RUN, _TEXT, _TABLE, _ROW, _CELL, _BOX = (
    W + name for name in ("p", "r", "t", "tbl", "tr", "tc", "txbxContent")
)
_RUN_PROPERTIES, _PARAGRAPH_PROPERTIES = W + "rPr", W + "pPr"
_FIELD = W + "fldChar"
_MARKS = {  # elements of a run that print one character
    **dict.fromkeys((W + "tab", W + "ptab"), "\t"),
    **dict.fromkeys((W + "br", W + "cr"), "\n"),
    W + "noBreakHyphen": "-",
}
_ELSEWHERE = frozenset((W + "altChunk", W + "subDoc"))
_NOTES = frozenset((W + "footnoteReference", W + "endnoteReference"))
_DRAWN = frozenset((W + "drawing", W + "pict", W + "object"))
# What only wraps other things: what stands inside is printed.
_WRAPPERS = frozenset(
    W + name
    for name in (
        "ins",
        "moveTo",
        "sdt",
        "sdtContent",
        "smartTag",
        "customXml",
        "hyperlink",
        "fldSimple",
        "dir",
        "bdo",
        "rubyBase",
    )
) | {_CHOICE, _FALLBACK, _M + "oMathPara"}
_NO_TEXT = re.compile(f"[\n\x0b\x0c\x85\u2028\u2029{marks.OF_CELLS}]")
_PIPES = re.compile("[|│┃║∣￨｜]")  # inside a cell they would end it
_BREAK = re.compile(r"[\n\t]+")
_OF_FIGURES = r"\d.,+\-−—－．，％%/"
# A break inside a cell between figures: neither one figure (12 over 3 is not 123) nor a space inside of one.
_BROKEN_FIGURE = re.compile(rf"(?<=[{_OF_FIGURES}])[ \u3000\xa0]*[\n\t][ \u3000\xa0\n\t]*(?=[{_OF_FIGURES}])")
# The bulk of what some programs write into a document, and nothing of it tells what is printed.
_STYLES_OF_TABLES = re.compile(rb'<w:style [^>]*w:type="table".*?</w:style>', re.DOTALL)
_FIRST = itemgetter(0)
_DEEPEST = 60  # boxes, tables and wrappers inside each other
# Characters of a cell of several lines; what is longer is text laid out in a table, the sooner if the cell is
# a whole row.
_LONGEST_CELL, _LONGEST_LABEL = 300, 60
_LONGEST = 600_000  # characters of a report


def read_docx(data: bytes) -> RawText:
    """The text of a DOCX, paragraphs and rows as they are printed, without headers, footers and notes. Raises
    Refusal for other files.
    """
    package = Package(data)
    main = package.related("").get("officeDocument", "word/document.xml")
    document = package.xml(main)
    body = None if document is None else document.find(W + "body")
    if body is None:
        raise package.refuse()
    if package.is_doubled:
        raise Refusal(say("refused.docx_twice"))
    others = package.related(main)
    styles = Styles(package.xml(others.get("styles", "word/styles.xml"), without=_STYLES_OF_TABLES))
    reader = _Reader(styles, Numbering(package.xml(others.get("numbering", "word/numbering.xml")), styles))
    lines = map(marks.of_text, reader.blocks(body, 0).lines)
    text = "".join(f"{line}\n" for line in lines if line and not line.isspace())
    if len(text) > _LONGEST:
        raise Refusal(say("refused.characters", count=len(text), most=_LONGEST))
    return RawText(text, "docx")


class _Blocks(NamedTuple):
    """Lines of text in order, and whether rows of a table are among them."""

    lines: list[str]
    has_rows: bool


class _Row(NamedTuple):
    """The cells that begin in a row; `whole`: the row is one cell."""

    cells: list[_Blocks]
    whole: bool

    def is_layout(self) -> bool:
        """Whether the row only lays out text, of several lines or much of it, or other tables."""
        longest = _LONGEST_LABEL if self.whole else _LONGEST_CELL
        return any(
            cell.has_rows or (len(cell.lines) > 1 and sum(map(len, cell.lines)) > longest)
            for cell in self.cells
        )


@dataclass(slots=True)
class _Words:
    """What a paragraph prints: its words as they come, and what the text boxes anchored in it print."""

    parts: list[str] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)
    has_rows: bool = False


def _deeper(depth: int) -> int:
    if depth >= _DEEPEST:
        raise Refusal(say("refused.docx_deep"))
    return depth + 1


def _alternative(element: Element) -> Element | None:
    """The one branch of several renderings of a thing: the first that prints anything."""
    for branch in element:
        if any(next(branch.iter(tag), None) is not None for tag in (_TEXT, *_PICTURES)):
            return branch
    return None


@dataclass(slots=True)
class _Reader:
    """Reads a document in order.

    `fields` says of every field that is open whether its result has begun: only results are printed.
    `pictures` are counted, and those that stand in a line of text.
    """

    styles: Styles
    numbering: Numbering
    fields: list[bool] = field(default_factory=list)
    pictures: int = 0
    in_lines: int = 0

    # Blocks: paragraphs and tables

    def blocks(self, parent: Element, depth: int) -> _Blocks:
        """What the paragraphs and tables inside an element print, line by line."""
        lines: list[str] = []
        has_rows = False
        pending = ""  # a paragraph whose end is gone: it goes on in the next one
        for child in self._block_elements(parent, depth):
            if child.tag == _TABLE:
                table = self._table(child, _deeper(depth))
                lines += [pending, *table.lines]
                has_rows, pending = has_rows or table.has_rows, ""
                continue
            properties = child.find(_PARAGRAPH_PROPERTIES)
            goes_on = properties is not None and _goes_on(properties)
            words = _Words()
            pending += self._paragraph(child, properties, words, depth)
            if not goes_on:
                lines += (self._number(properties, pending) + pending).split("\n")
                pending = ""
            lines += words.boxes
            has_rows = has_rows or words.has_rows
        return _Blocks([line for line in (*lines, pending) if line and not line.isspace()], has_rows)

    def _block_elements(self, parent: Element, depth: int) -> Iterator[Element]:
        for child in parent:
            tag = child.tag
            if tag in (_PARAGRAPH, _TABLE):
                yield child
            elif tag in _WRAPPERS:
                yield from self._block_elements(child, _deeper(depth))
            elif tag == _ALTERNATE:
                if (branch := _alternative(child)) is not None:
                    yield from self._block_elements(branch, _deeper(depth))
            elif tag in _ELSEWHERE:
                raise Refusal(say("refused.docx_chunks"))

    def _paragraph(self, paragraph: Element, properties: Element | None, words: _Words, depth: int) -> str:
        style = child_value(properties, "pStyle") or self.styles.default
        self._inline(paragraph, words, self.styles.of_paragraph(style), depth)
        if self.fields:  # the rest of a broken document is not lost with a field that never ends
            self.fields = [result for result in self.fields if result]
        return "".join(words.parts)

    def _number(self, properties: Element | None, words: str) -> str:
        """The number that is printed before some words, with a gap only where both would run together."""
        number = self.numbering.before(properties, child_value(properties, "pStyle") or self.styles.default)
        return (
            number[:-1]
            if number.endswith("\t") and not (words[:1].isdigit() or number[-2:-1].isalnum())
            else number
        )

    # Tables

    def _table(self, table: Element, depth: int) -> _Blocks:
        """The rows of a table, each on a line between pipes; but text that is only laid out in a table as it
        is.
        """
        rows = list(self._rows(table, depth))
        frame = all(row.whole for row in rows)  # around text
        lines: list[str] = []
        has_rows = False
        for row in rows:
            if frame or row.is_layout():
                lines += [line for cell in row.cells for line in cell.lines]
                has_rows = has_rows or any(cell.has_rows for cell in row.cells)
            else:
                lines.append("| " + " | ".join([_cell_text(cell) for cell in row.cells]) + " |")
                has_rows = True
        return _Blocks(lines, has_rows)

    def _rows(self, table: Element, depth: int) -> Iterator[_Row]:
        above: list[tuple[int, int]] = []  # columns that a merged cell of the row before may go on to cover
        for row in self._wrapped(table, _ROW, depth):
            properties = row.find(W + "trPr")
            if properties is not None and (
                properties.find(W + "del") is not None or is_on(properties, "hidden")
            ):
                continue
            every = list(self._wrapped(row, _CELL, depth))
            begun, above = _begun(every, whole_number(child_value(properties, "gridBefore"), 0), above)
            yield _Row([self._cell(cell, depth) for cell in begun], len(every) == 1)

    def _cell(self, cell: Element, depth: int) -> _Blocks:
        pictures, in_lines = self.pictures, self.in_lines
        read = self.blocks(cell, depth)
        if not read.lines:  # what a picture shows could be a figure: the cell is not blank
            return read if self.pictures == pictures else _Blocks(["[picture]"], False)
        if self.in_lines == in_lines:
            return read
        return read._replace(lines=[*read.lines[:-1], read.lines[-1] + marks.PICTURE])

    def _wrapped(self, parent: Element, tag: str, depth: int) -> Iterator[Element]:
        """The rows of a table or the cells of a row, through what wraps them."""
        for child in parent:
            if child.tag == tag:
                yield child
            elif child.tag in _WRAPPERS:
                yield from self._wrapped(child, tag, _deeper(depth))

    # What stands in a line

    def _inline(self, parent: Element, words: _Words, style: Style, depth: int) -> None:
        for child in parent:
            tag = child.tag
            if tag == _RUN:
                self._run(child, words, style, depth)
            elif tag in _WRAPPERS:
                self._inline(child, words, style, _deeper(depth))
            elif tag == _ALTERNATE:
                if (branch := _alternative(child)) is not None:
                    self._inline(branch, words, style, _deeper(depth))
            elif tag == _MATH and all(self.fields):
                between = "" if all(part.tag in _MATH_RUNS for part in child) else "\n"  # 1 over 2 is not 12
                words.parts.append(between.join(text.text or "" for text in child.iter(_MATH_TEXT)))

    def _run(self, run: Element, words: _Words, style: Style, depth: int) -> None:
        properties = run.find(_RUN_PROPERTIES)
        hidden, raised, struck = style.hidden, style.raised, style.struck
        if properties is not None and _has_any(properties, _TELLING):
            own = self.styles.of(child_value(properties, "rStyle"))
            said = is_on(properties, "vanish")
            hidden = (own.hidden or hidden) if said is None else said
            raised = vertical_place(properties) or own.raised or raised
            said = is_struck(properties)
            struck = (own.struck or struck) if said is None else said
        before = len(words.parts)
        self._printed(run, words, hidden, depth)
        if raised in ("superscript", "subscript") or (
            len(run) > 1 and _has_own_mark(run)
        ):  # 7 with the mark 1 is not 71
            write = marks.lowered if raised == "subscript" else marks.raised
            words.parts[before:] = map(write, words.parts[before:])
        if struck:
            words.parts[before:] = map(marks.struck, words.parts[before:])

    def _printed(self, run: Element, words: _Words, hidden: bool, depth: int) -> None:
        """What the elements of a run print."""
        for child in run:
            tag = child.tag
            if tag == _FIELD:
                if not hidden and all(self.fields):
                    words.parts += _choices(child)
                self._field(child.get(W + "fldCharType"))
            elif hidden or not all(self.fields):
                continue
            elif tag == _TEXT:
                words.parts.append(_NO_TEXT.sub(_no_text, child.text or ""))
            elif (mark := _MARKS.get(tag)) is not None:
                words.parts.append(mark)
            elif tag == W + "sym":
                words.parts.append(_symbol(child.get(W + "char", "")))
            elif tag == _ALTERNATE:
                if (branch := _alternative(child)) is not None:
                    self._printed(branch, words, hidden, _deeper(depth))
            elif tag in _DRAWN:
                self._drawn(child, words, depth)
            elif tag == W + "ruby":
                for base in child.findall(W + "rubyBase"):
                    self._inline(base, words, Style(), _deeper(depth))

    def _field(self, kind: str | None) -> None:
        if kind == "begin":
            self.fields.append(False)
        elif kind == "separate" and self.fields:
            self.fields[-1] = True
        elif kind == "end" and self.fields:
            self.fields.pop()

    def _drawn(self, drawing: Element, words: _Words, depth: int) -> None:
        """What the text boxes of a drawing print."""
        boxes = list(_boxes(drawing, depth))
        for box in boxes:
            outside, self.fields = self.fields, []
            printed = self.blocks(box, _deeper(depth))
            self.fields = outside
            words.boxes += printed.lines
            words.has_rows = words.has_rows or printed.has_rows
        if not boxes and any(next(drawing.iter(tag), None) is not None for tag in _PICTURES):
            self.pictures += 1
            self.in_lines += drawing.find(_INLINE) is not None


def _has_any(element: Element, tags: frozenset[str]) -> bool:
    return not tags.isdisjoint([child.tag for child in element])


def _goes_on(properties: Element) -> bool:
    """Whether the end of a paragraph with these properties is deleted or hidden, so that the next one goes on
    in its line.
    """
    mark = properties.find(_RUN_PROPERTIES)
    if mark is None or not _has_any(mark, _ENDS):
        return False
    return mark.find(_GONE[0]) is not None or mark.find(_GONE[1]) is not None or bool(is_on(mark, "vanish"))


def _begun(
    cells: list[Element], column: int, above: list[tuple[int, int]]
) -> tuple[list[Element], list[tuple[int, int]]]:
    """Of the cells of a row, of which the first stands in `column`, those that begin in it; and the columns
    that are merged downwards.
    """
    begun: list[Element] = []
    merged: list[tuple[int, int]] = []
    for cell in cells:
        how = cell.find(W + "tcPr")
        if how is None or not _has_any(how, _MERGES):
            begun.append(cell)
            column += 1
            continue
        if how.find(W + "cellDel") is not None:
            continue
        end = column + max(1, whole_number(child_value(how, "gridSpan"), 1))
        vertical = _vertical_merge(how)
        over = bisect_right(above, column, key=_FIRST) - 1 if vertical == "continue" else -1
        covered = over >= 0 and column < above[over][1]
        if vertical is not None:
            merged.append((column, end))
        across = how.find(W + "hMerge")
        if not covered and (across is None or across.get(VAL) == "restart"):
            begun.append(cell)
        column = end
    return begun, merged


def _boxes(element: Element, depth: int) -> Iterator[Element]:
    """The outermost text boxes inside a drawing."""
    for child in element:
        if child.tag == _BOX:
            yield child
        elif child.tag == _ALTERNATE:
            if (branch := _alternative(child)) is not None:
                yield from _boxes(branch, _deeper(depth))
        else:
            yield from _boxes(child, _deeper(depth))


def _vertical_merge(properties: Element) -> str | None:
    """Whether a cell begins ("restart") or continues a vertical merge, as a tracked change may have it."""
    tracked = properties.find(W + "cellMerge")
    if tracked is not None and (said := tracked.get(W + "vMerge")) is not None:
        return "continue" if said == "cont" else "restart"
    merge = properties.find(W + "vMerge")
    return None if merge is None else merge.get(VAL, "continue")


def _has_own_mark(run: Element) -> bool:
    return any(
        child.tag in _NOTES and child.get(W + "customMarkFollows", "0") not in ("0", "false", "off")
        for child in run
    )


def _no_text(match: re.Match[str]) -> str:
    return marks.UNREADABLE if match.group() in marks.OF_CELLS else " "


def _choices(field: Element) -> list[str]:
    """What a field with a list to choose from shows, at its beginning."""
    choices = field.find(f"{W}ffData/{W}ddList")
    entries = [] if choices is None else [entry.get(VAL, "") for entry in choices.findall(W + "listEntry")]
    number = whole_number(child_value(choices, "result") or child_value(choices, "default"), 0)
    return entries[number : number + 1]


def _symbol(code: str) -> str:
    """A character of a symbol font: in the range of private use what its picture shows cannot be told, and it
    stays there.
    """
    number = int(code, 16) if re.fullmatch(r"[0-9A-Fa-f]{4}", code) else 0xFFFD
    return chr(number) if not 0xD800 <= number < 0xE000 and number >= 0x20 else "\ufffd"


def _cell_text(cell: _Blocks) -> str:
    """The lines of a cell on one: broken figures stay broken, everything else is put together by a space."""
    text = cell.lines[0] if len(cell.lines) == 1 else "\n".join(cell.lines)
    if "\n" in text or "\t" in text:
        text = _BREAK.sub(" ", _BROKEN_FIGURE.sub("↵", text))
    return _PIPES.sub("¦", marks.of_cell(text)).strip()
