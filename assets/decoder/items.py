"""Items: a stretch of normalized text cut into figures, blank cells and words, as the lines and separators of
the extraction show them.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, repeat
from typing import NamedTuple

from assets.decoder.figures import WORDS_FOR_NONE, Figure, parse
from assets.decoder.memory import remember

FIGURE, BLANK, WORDS, HEAD = (
    0,
    1,
    2,
    3,
)  # HEAD: words in the head of a markdown table, which a machine may have made up


class _Line(NamedTuple):
    """The items of one line, as columns; the same line again has the same, so they are kept. `types` has a
    byte for each item.
    """

    types: bytes | bytearray
    texts: Sequence[str]
    figures: Sequence[Figure | None]
    starts: Sequence[int]  # offsets in the line
    ruled: bool = False  # separators show the cells
    paged: bool = False  # what looks like a page number amid its words was left out


_NO_LINE = _Line(b"", (), (), ())  # a page number: as if it were not there
_EMPTY = _Line(b"", (), (), ())  # a line that is there, without items
_DRAWN_LINE = _Line(b"", (), (), ())  # a rule: no items, but it may mark the line above as a header


class Items:
    """The items of a text in reading order, as columns: what is asked of one is asked by its index."""

    __slots__ = ("figures", "heads", "lines", "offsets", "paged", "ruled", "starts", "texts", "types")

    def __init__(
        self, offsets: list[int], lines: Sequence[tuple[int, _Line]], heads: frozenset[int] = frozenset()
    ) -> None:
        """`offsets`: the normalized offset at which each line begins, page numbers left out; `lines`: those
        with items, by their number.
        """
        self.offsets = offsets
        self.heads = heads  # the lines that are heads of markdown tables
        counts = [len(line.types) for _, line in lines]
        flat = chain.from_iterable
        self.types = bytearray(b"".join([line.types for _, line in lines]))
        self.texts = list(flat([line.texts for _, line in lines]))
        self.figures = list(flat([line.figures for _, line in lines]))
        self.starts = list(flat([line.starts for _, line in lines]))  # in their lines
        self.ruled = list(
            flat(map(repeat, [line.ruled for _, line in lines], counts))
        )  # whether separators show the cells of its line
        self.lines = list(flat(map(repeat, [number for number, _ in lines], counts)))  # the line of each item
        self.paged = True in [line.paged for _, line in lines]

    def __len__(self) -> int:
        return len(self.types)

    def start(self, index: int) -> int:
        """The normalized offset of an item."""
        return self.offsets[self.lines[index]] + self.starts[index]

    def on_line(self, line: int) -> range:
        """The items of a line."""
        return range(bisect_left(self.lines, line), bisect_right(self.lines, line))

    def count_on_line(self, line: int) -> int:
        """How many items a line has."""
        return len(self.on_line(line))

    def join(self, index: int, text: str, figure: Figure) -> None:
        """Take an item and the next one for one figure."""
        self.texts[index], self.figures[index], self.types[index] = text, figure, FIGURE
        for column in (self.types, self.texts, self.figures, self.starts, self.ruled, self.lines):
            del column[index + 1]

    def split(self, index: int, words: str, at: int, figure: Figure) -> None:
        """Cut an item into words and, from the character `at` on, a figure."""
        rest = (
            FIGURE,
            self.texts[index][at:],
            figure,
            self.starts[index] + at,
            self.ruled[index],
            self.lines[index],
        )
        columns = (self.types, self.texts, self.figures, self.starts, self.ruled, self.lines)
        for column, value in zip(columns, rest, strict=True):
            column.insert(index + 1, value)  # type: ignore[attr-defined]
        self.texts[index] = words

    def part(self, index: int, figures: Sequence[Figure]) -> None:
        """Take a figure with spaces in it for several, as many as its words."""
        words = self.texts[index].split()
        starts = [self.starts[index] + match.start() for match in _TOKEN.finditer(self.texts[index])]
        self.types[index : index + 1] = bytes([FIGURE]) * len(words)
        self.texts[index : index + 1] = words
        self.figures[index : index + 1] = figures
        self.starts[index : index + 1] = starts
        self.ruled[index : index + 1] = [self.ruled[index]] * len(words)
        self.lines[index : index + 1] = [self.lines[index]] * len(words)

    def set_unreadable(self, index: int) -> None:
        """Take words for a figure that cannot be read."""
        self.types[index] = FIGURE
        self.figures[index] = Figure("text", None, None, 0, len(self.texts[index]))


_PAGE = r"第[ \t]*\d{1,3}[ \t]*页(?:[ \t,/]*共[ \t]*\d{1,3}[ \t]*页)?"
_DASHED = r"-{1,2}[ \t]*\d{1,3}[ \t]*-{1,2}"
# On a line of its own anything that looks like a page number is one. Within a line only words say so, or
# dashes amid words: 1 - 0 - may be figures.
PAGE_NUMBER = re.compile(
    rf"[ \t|]*(?:{_DASHED}|{_PAGE}|[Pp]age[ \t]*\d{{1,3}}(?:[ \t]*of[ \t]*\d+)?|\d{{1,3}}[ \t]*/[ \t]*\d{{1,3}}|·[ \t]*\d{{1,3}}[ \t]*·)[ \t|]*"
)
_DASHED_WITHIN = re.compile(rf"(?<=[\u4e00-\u9fff,、()\"])[ \t]*{_DASHED}[ \t]*(?=[\u4e00-\u9fff,、()\"])")
_FIRST_OF_PAGE = frozenset("-第Pp·|0123456789")
PAGE_WITHIN = re.compile(rf"{_PAGE}|(?<!\S)-{{1,2}}\d{{1,3}}-{{1,2}}(?!\S)|{_DASHED_WITHIN.pattern}")
# Lines that draw a table: markdown delimiter rows, box rules.
_RULE = re.compile(r"[\s|+:=\-─━═┌┬┐├┼┤└┴┘╔╦╗╠╬╣╚╩╝╞╪╡╟╫╢┏┳┓┣╋┫┗┻┛╭╮╰╯┄┈]+")
_DELIMITER = re.compile(r"[\s|:-]+")  # of the two, that of markdown
_DRAWN = re.compile(r"--|[─━═┌┬┐├┼┤└┴┘╔╦╗╠╬╣╚╩╝╞╪╡╟╫╢┏┳┓┣╋┫┗┻┛]|:-|-:|^\|?-\|")
_AROUND = " \t;"  # around the words of a cell; a semicolon is what is left of a line break
_BREAK = re.compile(r"<br[ \t]*/?>", re.IGNORECASE)
_TAG = re.compile(r"&nbsp;|\*\*|\\(?=[-*|.+])", re.IGNORECASE)
_TOKEN = re.compile(r"\S+")
_MANY_CELLS = 18  # cells on one line: no row of a form has as many
_BULLETS = frozenset("-*+")  # before the words of a line
_FIGURE_ALONE = bytes([FIGURE])
_NUMBERED = bytes([FIGURE, WORDS])
_MIN_NUMBERED, _MOST_SKIPPED = (
    3,
    3,
)  # rows that are numbered, and how far their numbers may leap over rows of another kind
_MIN_ALONE = 4  # figures on lines of their own before lines are taken for cells

_NUMERAL_ALONE = re.compile(r"[(\[]?[一二三四五六七八][)\]]?[、.,]?|[(\[]\d[)\]]|\d[、.,]")
_MOST_TORN = 4  # spaces inside one figure; more of them separate figures

_PLAIN, _BORDERED = 0, 1
_kept: tuple[dict[str, _Line], dict[str, _Line]] = ({}, {})
# A figure that goes on behind its point, or behind the comma of its thousands.
_UNFINISHED = re.compile(r"[+-]?\d[\d,]*(?:,|\d\.)")  # 5. is a list number
_REST = {".": re.compile(r"\d{1,6}"), ",": re.compile(r"\d{3}(?:,\d{3})*(?:\.\d+)?")}
_MOST_KEPT, _LONGEST_KEPT = 10_000, 200


def blanked(match: re.Match[str]) -> str:
    """What takes the place of a match that is left out: spaces, so that offsets stay."""
    return " " * len(match.group())


def _masked(line: str) -> str:
    """The line without inline markup and page numbers, in the same length."""
    if "页" in line or "-" in line:
        line = PAGE_WITHIN.sub(blanked, line)
    if "<" in line:
        line = _BREAK.sub(
            lambda match: ";" * len(match.group()), line
        )  # what stands on two lines is not one figure
    return _TAG.sub(blanked, line) if ("&" in line or "**" in line or "\\" in line) else line


def _type(text: str, figure: Figure | None) -> int:
    if figure is None:
        return WORDS if text else BLANK
    return BLANK if figure.kind == "blank" else FIGURE


# The same cells and tokens come again and again; what they are is kept.
_Known = tuple[int, str, int, Figure | None]  # type, words, spaces before them, figure
_cells: dict[str, _Known] = {}
_tokens: dict[str, tuple[int, Figure | None]] = {}
_textual: set[str] = set()  # tokens that are a figure of kind text: 无
_MOST_WORDS = 10_000


def _cell(cell: str) -> _Known:
    """What stands between two separators."""
    text = cell.strip(_AROUND)
    figure = parse(text, True) if text else None
    return remember(_cells, cell, (_type(text, figure), text, cell.index(text), figure), _MOST_WORDS)


def _token(token: str) -> tuple[int, Figure | None]:
    """What a word between spaces is."""
    figure = parse(token, False)
    if figure is not None and token in WORDS_FOR_NONE:
        _textual.add(token)
    return remember(_tokens, token, (_type(token, figure), figure), _MOST_WORDS)


def _ruled(line: str, separator: str, bordered: int) -> _Line:
    cells = line.split(separator)
    many = len(cells) > _MANY_CELLS
    offset = 0
    if separator == "|":
        if bordered and not cells[0].strip():  # the outer pipes of a row are its border, not cells
            offset = len(cells.pop(0)) + 1
        if (
            cells and not cells[-1].strip()
        ):  # also without a border a row of an extraction ends with a separator
            cells.pop()
    if not cells:
        return _EMPTY
    known = [_cells.get(cell) or _cell(cell) for cell in cells]
    types, texts, leads, figures = zip(*known, strict=True)
    starts = []
    for cell, lead in zip(cells, leads, strict=True):
        starts.append(offset + lead)
        offset += len(cell) + 1
    return (
        _split_cells(types, texts, figures, starts)
        if many
        else _Line(bytes(types), texts, figures, starts, True)
    )


def _split_cells(
    types: Sequence[int], texts: Sequence[str], figures: Sequence[Figure | None], starts: Sequence[int]
) -> _Line:
    """Rows on one line: the end of one and the beginning of the next share a cell, so the words of a cell are
    items each.
    """
    parts = [
        _split(text, start) if kind == WORDS else _Line(bytes([kind]), (text,), (figure,), (start,))
        for kind, text, figure, start in zip(types, texts, figures, starts, strict=True)
    ]
    return _Line(
        b"".join(part.types for part in parts),
        [text for part in parts for text in part.texts],
        [figure for part in parts for figure in part.figures],
        [start for part in parts for start in part.starts],
        True,
    )


def _split(line: str, offset: int = 0) -> _Line:
    """The words between spaces, each an item."""
    texts = line.split()
    if len(texts) == 1:
        kind, figure = _tokens.get(texts[0]) or _token(texts[0])
        return _Line(bytes([kind]), texts, (figure,), (offset + line.index(texts[0]),))
    types, figures = zip(*[_tokens.get(token) or _token(token) for token in texts], strict=True)
    return _Line(bytes(types), texts, figures, [offset + match.start() for match in _TOKEN.finditer(line)])


def _unruled(line: str) -> _Line:
    if not line or line.isspace():
        return _EMPTY
    cut = _split(line)
    if cut.texts[0] in _BULLETS and cut.types[1:2] == bytes([WORDS]):
        cut = _without_first(cut)
    if _textual.isdisjoint(cut.texts):
        return cut
    types, figures = bytearray(cut.types), list(cut.figures)
    for i, text in enumerate(cut.texts):
        if text in _textual and _is_of_words(cut, figures, i):
            types[i], figures[i] = WORDS, None
    return cut._replace(types=bytes(types), figures=figures)


def _is_of_words(line: _Line, figures: list[Figure | None], i: int) -> bool:
    """Whether 无 and the like are a part of words: at the start of a line, behind a numeral (（四） 无), amid
    words that go on (4. 无 正当理由).
    """
    if i == 0:
        return len(figures) == 1 or figures[1] is None
    if _NUMERAL_ALONE.fullmatch(line.texts[i - 1]):
        return True
    goes_on = (
        i + 1 < len(figures)
        and figures[i + 1] is None
        and line.starts[i + 1] == line.starts[i] + len(line.texts[i]) + 1
    )
    return goes_on and figures[i - 1] is None


def is_rule(line: str) -> bool:
    """Whether a line draws a table, and says nothing."""
    return (
        _RULE.fullmatch(line) is not None
        and _DRAWN.search(line.strip()) is not None
        and ("|" in line or len(line.strip()) > 4)
    )


def is_delimiter(line: str) -> bool:
    """Whether a line that draws a table is the one of markdown, below its head."""
    return _DELIMITER.fullmatch(line) is not None


def _cut_line(line: str, bordered: int) -> _Line:
    """The items of a line; a rule and a page number have none."""
    first = line.lstrip()[:1]
    if not first:
        return _EMPTY
    if not first.isalnum() and is_rule(line):
        return _DRAWN_LINE
    if first in _FIRST_OF_PAGE and len(line) <= _LONGEST_KEPT and PAGE_NUMBER.fullmatch(line):
        return _NO_LINE
    masked = _masked(line)
    cut = (
        _ruled(masked, "|", bordered)
        if "|" in line
        else _ruled(masked, "\t", _PLAIN)
        if "\t" in line
        else _unruled(masked)
    )
    return cut._replace(paged=True) if "-" in line and _DASHED_WITHIN.search(line) else cut


def _remembered(line: str, bordered: int) -> _Line:
    kept = _kept[bordered]
    cut = _cut_line(line, bordered)
    return remember(kept, line, cut, _MOST_KEPT) if len(line) <= _LONGEST_KEPT else cut


def _is_bordered(lines: list[str]) -> int:
    """Whether rows begin with a pipe because tables have a border, not because a first cell here and there is
    blank.
    """
    first = [stripped[0] for line in lines if "|" in line and (stripped := line.lstrip())]
    return _BORDERED if first.count("|") * 4 >= len(first) * 3 else _PLAIN


def itemize(text: str, start: int, end: int) -> Items:
    """Cut text[start:end] into items. Page numbers, rules and numbered markdown headers are left out."""
    offsets: list[int] = []
    cuts: list[tuple[int, _Line]] = []
    heads: set[int] = set()
    lines = text[start:end].split("\n")
    bordered = _is_bordered(lines) if "|" in text else _PLAIN
    kept = _kept[bordered]
    offset = start
    for i, line in enumerate(lines):
        offsets.append(offset)
        offset += len(line) + 1
        if not line:
            continue
        cut = kept.get(line) or _remembered(line, bordered)
        if cut is _DRAWN_LINE:
            if is_delimiter(line):
                heads.add(len(offsets) - 2)
                _mark_header(cuts, len(offsets) - 1, lines[i - 1 : i + 2])
        elif cut is _NO_LINE:
            offsets.pop()
        elif cut.types:
            cuts.append((len(offsets) - 1, cut))
    cuts = _without_index(cuts)
    items = _whole_cells(Items(offsets, cuts, frozenset(heads)), cuts, text)
    for i in range(len(items) - 2, -1, -1):
        if items.texts[i][-1:] in _REST and _UNFINISHED.fullmatch(items.texts[i]):
            _join(items, i, text)
    return items


def _join(items: Items, i: int, text: str) -> None:
    """Put a figure in one piece that broke behind its point, or behind the comma of its thousands, at a space
    or over two lines. On a line with several commas they set cells apart.
    """
    line, following, first = items.lines[i], items.lines[i + 1], items.texts[i]
    on_line = [
        k for k in range(max(0, i - _MANY_CELLS), min(len(items), i + _MANY_CELLS)) if items.lines[k] == line
    ]
    if items.ruled[i] or sum(_UNFINISHED.fullmatch(items.texts[k]) is not None for k in on_line) > 1:
        return
    apart = following != line + 1 or i != on_line[-1] or items.count_on_line(following) > 1
    if (following != line and apart) or not _REST[first[-1]].fullmatch(items.texts[i + 1]):
        return
    whole = text[items.start(i) : items.start(i + 1) + len(items.texts[i + 1])]
    if (figure := parse(whole, True)) is not None:
        items.join(i, whole, figure)


def _without_index(cuts: list[tuple[int, _Line]]) -> list[tuple[int, _Line]]:
    """Without the index that a machine puts around a table: first cells that count the rows (0, 1, 2 before
    labels), a head that counts columns.
    """
    ruled = [
        i
        for i, (_, cut) in enumerate(cuts)
        if cut.types.startswith(_NUMBERED) or (cut.ruled and cut.types[0] == FIGURE)
    ]
    heads = {
        i
        for i, (_, cut) in enumerate(cuts)
        if cut.ruled and cut.types[0] == BLANK and _counts(cut.figures[1:])
    }
    runs: list[list[int]] = [[]]
    for i in ruled:
        if runs[-1] and not _goes_on(cuts[runs[-1][-1]][1], cuts[i][1]):
            runs.append([])
        runs[-1].append(i)
    numbered = {
        i
        for run in runs
        if len(run) >= _MIN_NUMBERED and cuts[run[0]][1].types.startswith(_NUMBERED)
        for i in run
    }
    return [
        (number, _without_first(cut) if i in numbered else cut)
        for i, (number, cut) in enumerate(cuts)
        if i not in heads
    ]


def _counts(figures: Sequence[Figure | None]) -> bool:
    """Whether figures are 0, 1, 2, 3 and so on."""
    values = [figure.value if figure is not None else None for figure in figures]
    return len(values) > _MIN_NUMBERED and values == list(range(len(values)))


def _goes_on(one: _Line, other: _Line) -> bool:
    """Whether the first cell of a row counts on from that of a row before. Without a label in the row, only
    from the row of as many cells.
    """
    before, after = (line.figures[0].value if line.figures[0] is not None else None for line in (one, other))
    if before is None or after is None:
        return False
    counted = 0 < after - before <= _MOST_SKIPPED
    return counted and (
        other.types.startswith(_NUMBERED) or (after - before == 1 and len(other.types) == len(one.types))
    )


def _without_first(line: _Line) -> _Line:
    return line._replace(
        types=line.types[1:], texts=line.texts[1:], figures=line.figures[1:], starts=line.starts[1:]
    )


def _mark_header(cuts: list[tuple[int, _Line]], number: int, around: list[str]) -> None:
    """Look at the line above a markdown delimiter row: words are a head; column numbers 0 | 1 | 2 alone were
    put there by a machine.

    So was a whole row, label and figures, that is that of the row before or of the row below once more.
    `around`: the lines above, at and below.
    """
    if not cuts or cuts[-1][0] != number - 1:
        return
    head = cuts[-1][1]
    if FIGURE not in head.types:
        cuts[-1] = number - 1, head._replace(types=head.types.replace(bytes([WORDS]), bytes([HEAD])))
    elif WORDS not in head.types:
        figures = [figure.value for figure in head.figures if figure is not None]
        if figures in (list(range(len(figures))), list(range(1, len(figures) + 1))):
            cuts.pop()
    elif (len(cuts) > 1 and tuple(cuts[-2][1].texts) == tuple(head.texts)) or around[0].strip() == around[
        -1
    ].strip():
        cuts.pop()


def _whole_cells(items: Items, cuts: list[tuple[int, _Line]], text: str) -> Items:
    """If most figures have a line of their own, each line is one cell: put together what spaces inside cells
    tore apart.
    """
    alone = sum(
        [
            cut.types == _FIGURE_ALONE or (len(cut.texts) == 1 and cut.texts[0] in WORDS_FOR_NONE)
            for _, cut in cuts
        ]
    )
    if alone < _MIN_ALONE or True in items.ruled:
        return items
    torn = [len(cut.types) > 1 or not WORDS_FOR_NONE.isdisjoint(cut.texts) for _, cut in cuts]
    if True not in torn:
        return items
    beside = sum(len(cut.types) > 2 and FIGURE in cut.types for _, cut in cuts)
    wholes = [
        _whole(_line_at(items, number, text)) if is_torn else cut
        for (number, cut), is_torn in zip(cuts, torn, strict=True)
    ]
    spaces = [
        whole.texts[0].count(" ") if is_torn and whole.figures[0] is not None else 0
        for whole, is_torn in zip(wholes, torn, strict=True)
    ]
    if (beside - sum([0 < count <= _MOST_TORN for count in spaces])) * 2 > alone:
        return items
    # With more spaces they are several figures beside each other.
    lines = [
        (number, whole if count <= _MOST_TORN else cut)
        for (number, cut), whole, count in zip(cuts, wholes, spaces, strict=True)
    ]
    return Items(items.offsets, lines, items.heads)


@lru_cache(maxsize=5_000)
def _whole(line: str) -> _Line:
    """A line as one cell."""
    whole = line.strip()
    figure = parse(whole, True)
    return _Line(bytes([_type(whole, figure)]), (whole,), (figure,), (line.index(whole),))


def _line_at(items: Items, number: int, text: str) -> str:
    start = items.offsets[number]
    end = text.find("\n", start)
    return _masked(text[start : end if end >= 0 else len(text)])
