"""The document as it reads, with its figures marked: its text, or pictures of its pages."""

from __future__ import annotations

import base64
import ctypes
import io
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from markupsafe import Markup

from assets.model import Document
from orchestration.pages.marks import Mark
from orchestration.pages.markup import joined, tag
from schemas.translation import Language, translated
from schemas.words import say

# The fonts that need not be in a PDF, by the beginnings of their names.
_STANDARD = ("Helvetica", "Times", "Courier", "Symbol", "ZapfDingbats", "Arial")
_LONGEST_NAME = 128  # bytes of the name of a font
_MOST_PIXELS = 1400  # of the longer side of a picture
_SCALE = 1.6  # pixels a point: letters of ten points can be read, a page takes some 60 KB
_MOST_PAGES = 40  # that are shown as pictures; of longer documents those on which figures were read
_MOST_CHARACTERS = 400_000  # of the text that is shown
_RULE = re.compile(r"[|\s:+=-]+")  # a line of a text table that has no words


def document_view(judgement: Document, marks: Sequence[Mark], language: Language) -> Markup:
    """Return the document with its marks: a PDF that holds its fonts as pictures of its pages, any other as
    its text.
    """
    if judgement.raw.format == "pdf":
        import pypdfium2  # type: ignore[import-untyped]  # only PDFs need it

        document = pypdfium2.PdfDocument(judgement.data)
        try:
            if all(map(_holds_its_fonts, document)):
                return joined(_pages(document, judgement.raw.text, marks, language))
        finally:
            document.close()
    return joined(_blocks(judgement.raw.text, marks, language))


def _holds_its_fonts(page: Any) -> bool:
    """Whether a page can be drawn as its author saw it: each of its fonts is in the file, or one of the
    fourteen that every reader has.
    """
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

    name = ctypes.create_string_buffer(_LONGEST_NAME)
    for thing in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
        font = pdfium.FPDFTextObj_GetFont(thing)
        if pdfium.FPDFFont_GetIsEmbedded(font):
            continue
        pdfium.FPDFFont_GetBaseFontName(font, name, _LONGEST_NAME)
        if not name.value.decode("utf-8", "replace").startswith(_STANDARD):
            return False
    return True


def _mark(mark: Mark, words: str) -> Markup:
    return tag("a", words, id=mark.here, href=f"#{mark.there}", class_=f"mark {mark.kind}")


def _marked(text: str, start: int, end: int, marks: Sequence[Mark]) -> Markup:
    """text[start:end] with what is marked in it."""
    parts: list[str | Markup] = []
    at = start
    for i in range(bisect_left(marks, start, key=lambda mark: mark.start), len(marks)):
        mark = marks[i]
        if mark.start >= end:
            break
        parts += [text[at : mark.start], _mark(mark, text[mark.start : min(mark.end, end)])]
        at = min(mark.end, end)
    return joined([*parts, text[at:end]])


def _blocks(text: str, marks: Sequence[Mark], language: Language) -> Iterator[Markup]:
    """Yield paragraphs, and tables where cells stand between pipes."""
    lines: list[tuple[int, int]] = []
    at = 0
    for line in text[:_MOST_CHARACTERS].split("\n"):
        lines.append((at, at + len(line)))
        at += len(line) + 1
    for is_table, group in groupby(lines, lambda span: text.count("|", *span) > 1):
        if is_table:
            rows = [span for span in group if _RULE.fullmatch(text, *span) is None]
            yield tag(
                "div",
                tag("table", tag("tbody", *(_row(text, *span, marks) for span in rows))),
                class_="scroll",
            )
        else:
            yield from (tag("p", _marked(text, *span, marks)) for span in group if text[slice(*span)].strip())
    if len(text) > _MOST_CHARACTERS:
        told = say("page.cut", count=len(text) - _MOST_CHARACTERS)
        yield tag("p", translated(told, language), class_="note")


def _row(text: str, start: int, end: int, marks: Sequence[Mark]) -> Markup:
    """A row of a table: what stands between its pipes."""
    first = start + (len(text[start:end]) - len(text[start:end].lstrip()))
    if text[first : first + 1] == "|":
        start = first + 1
    stripped = start + len(text[start:end].rstrip())
    if text[stripped - 1 : stripped] == "|":
        end = stripped - 1
    cells, at = [], start
    for words in text[start:end].split("|"):
        cells.append(tag("td", _marked(text, at, at + len(words), marks)))
        at += len(words) + 1
    return tag("tr", *cells)


def _pages(document: Any, text: str, marks: Sequence[Mark], language: Language) -> Iterator[Markup]:
    """Yield each page as a picture, with a link over each figure."""
    placed: dict[int, list[Mark]] = {}
    for mark in marks:
        if mark.page is not None and mark.box is not None:
            placed.setdefault(mark.page, []).append(mark)
    count = len(document)
    shown = range(1, count + 1) if count <= _MOST_PAGES else sorted(placed)[:_MOST_PAGES]
    for number in shown:
        page = document[number - 1]
        width, height = page.get_size()
        name = translated(say("page.page", number=number), language)
        picture = tag("image", href=_picture(page, max(width, height)), width=width, height=height)
        links = (_over(mark, text) for mark in placed.get(number, ()))
        sheet = tag(
            "svg", picture, *links, viewBox=f"0 0 {width:g} {height:g}", role="group", aria_label=name
        )
        yield tag("figure", sheet, tag("figcaption", name), class_="sheet")
    if len(shown) < count:
        left = translated(say("page.pages_left", count=count - len(shown)), language)
        yield tag("p", left, class_="note")


def _picture(page: Any, longer: float) -> str:
    """A page, whose longer side is given in points, as the address of a picture that is within it."""
    scale = min(_SCALE, _MOST_PIXELS / max(longer, 1))
    picture = io.BytesIO()
    page.render(scale=scale, grayscale=True).to_pil().save(picture, "PNG")
    return "data:image/png;base64," + base64.b64encode(picture.getvalue()).decode("ascii")


def _over(mark: Mark, text: str) -> Markup:
    """The link over a figure on its page."""
    assert mark.box is not None
    left, top, right, bottom = (round(edge, 1) for edge in mark.box)
    box = tag("rect", x=left, y=top, width=round(right - left, 1), height=round(bottom - top, 1))
    words = text[mark.start : mark.end]
    return tag("a", box, id=mark.here, href=f"#{mark.there}", class_=f"box {mark.kind}", aria_label=words)
