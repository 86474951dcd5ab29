"""The prose of a report, sentence by sentence: what stands outside its tables, with wrapped lines joined."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from assets.claims.claim import Sentence
from assets.model import Normalized, Section, Span, TableReading

_LONG_LINE = 18  # characters: a shorter line ends where its author ended it
_LONGEST = 10_000  # characters of a sentence; what is longer is cut
_ENDS = re.compile(r"[。;:!?)\]|]\s*$")
_BEGINS = re.compile(
    r"\s*(?:[#*>|]|[(\[]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[、.)\]]|第[一二三四五六七八九十]|[一二三四五六七八九十]是|$)"
)
_SPACE = re.compile(r"\s+")
_SENTENCE = re.compile(r"[^。!?]+[。!?]?")
# What may state a figure: a digit with a counter near, a numeral with one, or a word that denies.
_STATES = re.compile(
    r"\d|[〇零一二两三四五六七八九十百千][余多]?[件份起例宗条项次篇期场元]|未|没有|不存在|无|申请|均|规范性文件"
)


def _normalized_offset(normalized: Normalized, raw: int) -> int:
    """The normalized offset at which the text of a raw offset stands."""
    ours, theirs = normalized.breaks
    i = bisect_right(theirs, raw) - 1
    return min(ours[i] + raw - theirs[i], ours[i + 1] if i + 1 < len(ours) else len(normalized.text))


def _tables(normalized: Normalized, tables: Sequence[TableReading]) -> list[Span]:
    """Where the tables stand, from their first figure to the last, ascending and apart."""
    spans = []
    for table in tables:
        starts = [start for start in table.cells.column("start") if start is not None]
        if starts:
            ends = [end for end in table.cells.column("end") if end is not None]
            spans.append(
                (_normalized_offset(normalized, min(starts)), _normalized_offset(normalized, max(ends)))
            )
    return sorted(spans)


def _pieces(normalized: Normalized, tables: Sequence[TableReading]) -> Iterator[Span]:
    """The stretches of text between the tables."""
    done = 0
    for start, end in _tables(normalized, tables):
        if start > done:
            yield done, start
        done = max(done, end)
    yield done, len(normalized.text)


def _paragraphs(text: str, start: int, end: int) -> Iterator[Span]:
    """Lines of text[start:end], joined where a line is only wrapped; rows of tables left out."""
    begin = start
    while begin < end:
        stop = text.find("\n", begin, end)
        if stop < 0:
            stop = end
        line_start, line = begin, text[begin:stop]
        while stop < end and len(line) >= _LONG_LINE and not _ENDS.search(line[-12:]) and "|" not in line:
            after = text.find("\n", stop + 1, end)
            following = text[stop + 1 : after if after >= 0 else end]
            if _BEGINS.match(following) or "|" in following or "\t" in following:
                break
            stop, line = (after if after >= 0 else end), following
        if "|" not in text[line_start:stop]:
            yield line_start, stop
        begin = stop + 1


def _squeezed(text: str, start: int, end: int) -> tuple[str, list[int] | None]:
    """text[start:end] without spaces, and where each character stood; a space between digits stays, one."""
    piece = text[start:end]
    if not _SPACE.search(piece):
        return piece, None
    parts: list[str] = []
    places: list[int] = []
    done = 0
    for match in _SPACE.finditer(piece):
        first, last = match.span()
        parts.append(piece[done:first])
        places.extend(range(start + done, start + first))
        if first and last < len(piece) and piece[first - 1].isdigit() and piece[last].isdigit():
            parts.append(" ")
            places.append(start + first)
        done = last
    parts.append(piece[done:])
    places.extend(range(start + done, end))
    return "".join(parts), places


def sentences(
    normalized: Normalized, sections: Sequence[Section], tables: Sequence[TableReading]
) -> Iterator[Sentence]:
    """The sentences of the prose that may state a figure, or say what the next ones speak of, as printed."""
    text = normalized.text
    bounds = sorted((section.start, section.number) for section in sections)
    starts = [start for start, _ in bounds]
    for piece in _pieces(normalized, tables):
        for begin, stop in _paragraphs(text, *piece):
            if not _STATES.search(text, begin, stop):
                continue
            for sentence in _within(text, begin, stop):
                i = bisect_right(starts, sentence.start) - 1
                yield sentence if i < 0 else sentence._replace(section=bounds[i][1])


def _within(text: str, begin: int, stop: int) -> Iterator[Sentence]:
    """The sentences of one paragraph."""
    opens = True
    for match in _SENTENCE.finditer(text, begin, stop):
        start, end = match.span()
        if _STATES.search(text, start, end):
            for first in range(start, end, _LONGEST):
                last = min(first + _LONGEST, end)
                yield Sentence(*_squeezed_at(text, first, last), 0, opens)
                opens = False


def _squeezed_at(text: str, start: int, end: int) -> tuple[str, int, int, list[int] | None]:
    squeezed, places = _squeezed(text, start, end)
    return squeezed, start, end, places
