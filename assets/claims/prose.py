"""The prose of a report, sentence by sentence: what stands outside its tables, with wrapped lines joined."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from assets.claims.claim import Sentence
from assets.model import Normalized, Section, Span, TableReading

_LONG_LINE = 18  # characters: a shorter line ends where its author ended it
_LONGEST = 10_000  # characters of a sentence; what is longer is cut
_ENDS = frozenset("。;:!?)]|")
_BEGINS = re.compile(
    r"\s*(?:[#*>|]|[(\[]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[、.)\]]|第[一二三四五六七八九十]|[一二三四五六七八九十]是|$)"
)
_SPACE = re.compile(r"\s+")
_SENTENCE = re.compile(r"[^。!?]+[。!?]?")
_COUNTERS = "件份起例宗条项次个篇期场封笔批部则元%"
# What states a figure: digits or a numeral with a counter, or a denial of what reports count. Every pattern
# begins with one of some characters, which the engine looks for fast.
_COUNTED = re.compile(
    rf"[\d〇零一二两三四五六七八九十百千](?:[\d,.〇零一二三四五六七八九十百千]{{0,12}}[万亿余多几 ]{{0,4}}[{_COUNTERS}万])"
    rf"|[\d零](?:(?=[。,;、)])|(?<=零)(?=(?:行政)?(?:复议|诉讼)))"
)
_DENIED = re.compile(
    r"[未无没不](?:(?<=:无)(?=[,;。])|[^。\n]{0,60}?"
    r"(?:申请|复议|诉讼|费|结转|许可|处罚|强制|规范性文件|规章|追究|通知))"
)
_WITH_TABLES = frozenset({2, 3, 4})  # sections in which words without punctuation are labels
_PUNCTUATED = re.compile("[,;。]")
# A heading that says what the paragraphs below it speak of: （二）依申请公开情况.
_HEADING = re.compile(r"\s*[(\[]?[一二三四五六七八九十\d]{1,2}[、.)\]]")


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


def _pieces(
    normalized: Normalized, sections: Sequence[Section], tables: Sequence[TableReading]
) -> Iterator[Span]:
    """The stretches of text between the tables and the headings of sections."""
    done = 0
    headings = [(section.start, section.body) for section in sections]
    for start, end in sorted(_tables(normalized, tables) + headings):
        if start > done:
            yield done, start
        done = max(done, end)
    yield done, len(normalized.text)


def _paragraphs(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the lines of text[start:end], joined where one is only wrapped; of table rows the sentences."""
    lines = text[start:end].split("\n")
    begin, stop, i = start, start, 0
    while i < len(lines):
        line = lines[i]
        begin, stop = stop, stop + len(line)
        i += 1
        while len(line) >= _LONG_LINE and i < len(lines) and _goes_on(line, lines[i]):
            line = lines[i]
            stop += 1 + len(line)
            i += 1
        if stop > begin:
            yield from ((begin, stop),) if text.find("|", begin, stop) < 0 else _cells(text, begin, stop)
        stop += 1


def _goes_on(line: str, following: str) -> bool:
    """Whether a line is only wrapped, and goes on in the one that follows."""
    if line.rstrip()[-1:] in _ENDS or "|" in line:
        return False
    return not (_BEGINS.match(following) or "|" in following or "\t" in following)


def _cells(text: str, start: int, end: int) -> Iterator[Span]:
    """The cells of a row that hold sentences: a line may run on from the prose into a table."""
    for cell in text[start:end].split("|"):
        if "。" in cell:
            yield start, start + len(cell)
        start += len(cell) + 1


def _squeezed(text: str, start: int, end: int) -> tuple[str, tuple[list[int], list[int]] | None]:
    """text[start:end] without spaces, and where its pieces stood; a space between digits stays, one."""
    ours, theirs = [0], [start]
    parts: list[str] = []
    length, done = 0, start
    for match in _SPACE.finditer(text, start, end):
        first, last = match.span()
        parts.append(text[done:first])
        length += first - done
        if start < first and last < end and text[first - 1].isdigit() and text[last].isdigit():
            parts.append(" ")
            length += 1
        ours.append(length)
        theirs.append(last)
        done = last
    if not parts:
        return text[start:end], None
    parts.append(text[done:end])
    return "".join(parts), (ours, theirs)


def sentences(
    normalized: Normalized, sections: Sequence[Section], tables: Sequence[TableReading]
) -> Iterator[Sentence]:
    """The sentences of the prose that may state a figure, and those before them in their paragraphs, as
    printed.
    """
    text = normalized.text
    bounds = sorted((section.start, section.number) for section in sections)
    starts = [start for start, _ in bounds]
    headed = False
    for piece in _pieces(normalized, sections, tables):
        for begin, stop in _paragraphs(text, *piece):
            short = stop - begin <= _LONG_LINE
            if short and _HEADING.match(text, begin, stop):
                headed = text.find("申请", begin, stop) >= 0
                continue
            counted = _COUNTED.search(text, begin, stop)
            if counted or _DENIED.search(text, begin, stop):
                i = bisect_right(starts, begin) - 1
                section = 0 if i < 0 else bounds[i][1]
                figure = counted.start() if counted else stop
                yield from _within(text, begin, stop, figure, section, headed or section == 3)


def _within(
    text: str, begin: int, stop: int, figure: int, section: int, applications: bool
) -> Iterator[Sentence]:
    """The sentences of one paragraph, up to the last that may state a figure. `figure` is where the first
    figure of the paragraph stands; none goes beyond the end of its sentence.
    """
    opens = True
    waiting: list[Span] = []
    for match in _SENTENCE.finditer(text, begin, stop):
        start, end = match.span()
        if section in _WITH_TABLES and not _PUNCTUATED.search(text, start, end):
            continue  # labels of a table
        waiting.append((start, end))
        if figure < start:
            figure = counted.start() if (counted := _COUNTED.search(text, start, stop)) else stop
        if figure < end or _DENIED.search(text, start, end):
            for start, end in waiting:
                for first in range(start, end, _LONGEST):
                    last = min(first + _LONGEST, end)
                    yield Sentence(*_squeezed_at(text, first, last), section, opens, applications)
                    opens = False
            waiting = []


def _squeezed_at(text: str, start: int, end: int) -> tuple[str, int, int, tuple[list[int], list[int]] | None]:
    squeezed, places = _squeezed(text, start, end)
    return squeezed, start, end, places
