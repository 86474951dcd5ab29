"""Gaps: what stands between two figures of a table, and whether it is what the form has there.

Within a row that is a separator, between rows the end of one and the label of the next. What a gap says is
found out once, by the same functions that read every table, and remembered: the same gaps come again in other
reports.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import accumulate, pairwise
from typing import Any

from assets.decoder.axes import Contradiction, columns_of, header_above, header_of, printed_order
from assets.decoder.figures import parse
from assets.decoder.headers import edition_of
from assets.decoder.ink import Around, before_prose, leftover
from assets.decoder.items import BLANK, FIGURE, HEAD, WORDS, Items, is_delimiter, is_rule, itemize
from assets.decoder.labels import EXTRA, FURNITURE, Lexicon, Located, lexicon, locate, occurrences_of, search
from assets.decoder.memory import remember
from assets.decoder.reading import draft
from assets.decoder.rows import collect, is_repeated
from schemas.forms import Table, forms
from schemas.rules import rules, taker

_SPECIMENS = {
    "pipe": " | ",
    "tab": "\t",
    "line": "\n",
    "space": "  ",
}  # how cells are set apart: all those of a table in one way
_FOREIGN = {
    kind: frozenset("|\t") - {separator.strip(" ")} for kind, separator in _SPECIMENS.items()
}  # what makes cells in another way
_NO_SEPARATOR = "none"
_CELL_END = re.compile(r"[|\t\n]")
_MARKED, _DRAWN = frozenset("<&*\\"), frozenset("-─━═")  # what may be markup; a rule, or a page number
_STARTLESS = frozenset(
    ".,、"
)  # with which words begin whose numeral, or a figure whose digits, went to the cell before
_SPACES, _RULE = re.compile(r" {2,}"), re.compile(r"([-─━═])\1{5,}")
_WITHIN_WORDS = re.compile(r"(?<=[()\"\u0080-\uffff]) (?=[()\"\u0080-\uffff])")
_SENTENCE = re.compile(r"^[^\s|]*。[^\s|]*\n", re.MULTILINE)
_MOST_KEPT, _LONGEST_KEPT, _LONGEST_SEPARATOR = 2_000, 2_000, 200


@dataclass(frozen=True, slots=True)
class Shape:
    """The gaps between the figures of one table of one edition.

    `firsts` takes those before the first figure of each row, `inner` the others between figures. `cells` is
    None where each printed figure is a cell of the table. Where rows of one figure are printed as wide as the
    others, their figure in each column, it holds the places of the cells.
    """

    table: Table
    words: Lexicon
    codes: tuple[int, ...]
    figures: int  # that are printed
    firsts: Any
    inner: Any
    guarded: bool  # by identities
    below: tuple[
        bool, ...
    ]  # for each row whether it stands below one with the same columns: its header is then that row's
    width: int  # figures of the widest row
    known: tuple[
        dict[str, dict[str, bool]], ...
    ]  # for each row, by how cells are set apart, whether a gap leads to its first figure
    ends: dict[str, dict[str, bool]]  # the same for what stands behind the last figure
    cells: tuple[int, ...] | None

    @property
    def spread(self) -> bool:
        return self.cells is not None


@cache
def shapes(key: str) -> tuple[Shape, ...]:
    tables = [form.tables[key] for form in forms().values() if key in form.tables]
    tables = tables if any(table.tells for table in tables) else tables[-1:]
    wide = [
        table
        for table in tables
        if table.layout == "rows" and {len(row.cells) for row in table.rows} == {1, _wide(table)}
    ]
    return (*(_shape(table, False) for table in tables), *(_shape(table, True) for table in wide))


def _wide(table: Table) -> int:
    return max(len(row.cells) for row in table.rows)


def _shape(table: Table, spread: bool) -> Shape:
    words = lexicon(table.key)
    blocks = table.layout == "blocks"
    widths = (
        [len(table.cells)] if blocks else [_wide(table) if spread else len(row.cells) for row in table.rows]
    )
    firsts = [0, *accumulate(widths)][:-1]
    inner = [i for i in range(sum(widths)) if i not in firsts]
    cells = (
        tuple(first + i for first, row in zip(firsts, table.rows, strict=True) for i in range(len(row.cells)))
        if spread
        else None
    )
    codes = tuple(words.rows.index(row.key) for row in table.rows)
    *known, ends = [{kind: dict[str, bool]() for kind in _SPECIMENS} for _ in (*firsts, "end")]
    return Shape(
        table=table,
        words=words,
        codes=codes,
        figures=sum(widths),
        firsts=taker(tuple(firsts)),
        inner=taker(tuple(inner)),
        guarded=bool(rules(table.edition, table.key).equations),
        below=tuple(
            row.cells in [other.cells for other in table.rows[:i]] for i, row in enumerate(table.rows)
        ),
        width=max(widths),
        known=tuple(known),
        ends=ends,
        cells=cells,
    )


def kind_of(shape: Shape, gaps: list[str]) -> str:
    """How the cells of a regular table are set apart; nothing if it is not one."""
    kinds = {_separators.get(gap) or _separator(gap) for gap in set(shape.inner(gaps))}
    kind = kinds.pop()
    if kinds or kind == _NO_SEPARATOR:
        return ""
    for i, (gap, known) in enumerate(zip(shape.firsts(gaps), shape.known, strict=True)):
        leads = known[kind].get(gap)
        if leads is None:
            leads = _learn(known[kind], gap, kind, partial(_leads, shape, i, kind))
        if not leads:
            return ""
    ends = shape.ends[kind].get(gaps[-1])
    if ends is None:
        ends = _learn(shape.ends[kind], gaps[-1], kind, partial(_ends, shape, kind))
    return kind if ends else ""


def _learn(known: dict[str, bool], gap: str, kind: str, says: Callable[[str], bool]) -> bool:
    """What a gap says; the same whatever its width is, what spaces are in the words of a cell, and what
    sentences on lines of their own.
    """
    narrow = _RULE.sub(r"\1\1\1\1\1", _SPACES.sub(" ", gap))
    if kind != "space":
        narrow = _WITHIN_WORDS.sub("", narrow)
    if "。" in narrow:
        narrow = _SENTENCE.sub("", narrow)
    answer = known.get(narrow)
    if answer is None:
        answer = says(narrow)
    if len(gap) <= _LONGEST_KEPT:
        remember(known, narrow, answer, _MOST_KEPT)
        remember(known, gap, answer, _MOST_KEPT)
    return answer


_separators: dict[str, str] = {}


def _separator(gap: str) -> str:
    """How a gap sets two cells apart."""
    bare = gap.strip(" ")
    kind = _NO_SEPARATOR
    if not bare:
        kind = "space"
    elif bare == "|":
        kind = "pipe"
    elif bare == "\t":
        kind = "tab"
    elif not gap.strip(" \n"):
        kind = "line"
    return remember(_separators, gap, kind, _MOST_KEPT) if len(gap) <= _LONGEST_SEPARATOR else kind


# --- between rows


def _leads(shape: Shape, i: int, kind: str, gap: str) -> bool:
    """Whether a gap ends with the label of row `i`, and besides says nothing but what the form prints above
    that row.
    """
    if not _FOREIGN[kind].isdisjoint(gap):
        return False
    if kind != "space":  # words that share a cell with a figure may be a part of it
        behind, *others = _CELL_END.split(gap)
        if not others:  # nothing sets the figures apart
            return False
        if others[-1].strip() or (i > 0 and behind.strip()):
            return False
    if shape.spread and not _is_narrow(i, kind, gap):
        return False
    if shape.table.layout == "blocks":
        return _is_header(shape, kind, gap)
    if i > 0 and not _is_accounted(shape, f"0{gap}0"):
        return False
    if shape.below[i] and _leads_plainly(shape, i, kind, gap):
        return True
    return _leads_exactly(shape, i, kind, gap) or (shape.guarded and _leads_roughly(shape, i, kind, gap))


def _is_accounted(shape: Shape, text: str) -> bool:
    """Whether between two figures, or behind the last one, nothing is printed that nothing accounts for."""
    items = itemize(text, 0, len(text))
    figures = {0, len(items) - 1} if text[-1] == "0" else {0}
    if any(items.texts[k] != "0" for k in figures):  # what stands beside a figure is a part of it
        return False
    beside = {items.lines[k] for k in figures}
    inside: Sequence[int] = range(1, len(items) - len(figures) + 1)
    if len(figures) == 1:
        inside = before_prose(items, range(1, len(items)), beside)
    return leftover(shape.words, items, inside, beside, Around(False, shape.guarded)) is None


def _is_narrow(i: int, kind: str, gap: str) -> bool:
    """Whether a gap has no blank cell before the figures of row `i`, or behind those of the row above: merged
    cells would not tell from it.
    """
    before, own = gap.split("\n", 1)[0].strip(" "), gap.rsplit("\n", 1)[-1].replace(" ", "")
    if kind == "pipe":
        return (i == 0 or before in ("", "|")) and not own.endswith("||")
    return kind == "tab" and (i == 0 or not before) and own.count("\t") == 1


def _leads_plainly(shape: Shape, i: int, kind: str, gap: str) -> bool:
    """The same, seen quickly: nothing but cells of words, of which the last is the label of the row, below a
    header that was looked at.
    """
    if not _MARKED.isdisjoint(gap):
        return False
    if not _DRAWN.isdisjoint(gap):
        gap = _undrawn(shape, gap)
    cells = (
        gap.split() if kind == "space" else [bare for cell in _CELL_END.split(gap) if (bare := cell.strip())]
    )
    if (
        not cells
        or not _DRAWN.isdisjoint(gap)
        or any(cell[0] in _STARTLESS for cell in cells)
        or not _sets_apart(gap[gap.rindex(cells[-1]) + len(cells[-1]) :], kind)
        or any(parse(cell, True) for cell in cells)
    ):
        return False
    once = [cell for cell, following in pairwise([*cells, ""]) if cell != following]
    if len(once) < len(cells) and not shape.guarded and not shape.spread:
        return False
    *others, code = [shape.words.classify(cell)[0] for cell in once]
    return code == shape.codes[i] and all(other == FURNITURE or _is_merged(shape, other) for other in others)


def _undrawn(shape: Shape, gap: str) -> str:
    """A gap without the lines that draw the table, and without the heads that markdown has above them, if
    these are no labels.
    """
    lines = gap.split("\n")
    rules_ = {k for k, line in enumerate(lines) if is_rule(line)}
    heads = {k - 1 for k in rules_ if k and is_delimiter(lines[k])}
    if any(shape.words.classify(cell.strip())[0] >= 0 for k in heads for cell in lines[k].split("|")):
        return gap
    return "\n".join(line for k, line in enumerate(lines) if k not in rules_ and k not in heads)


def _leads_exactly(shape: Shape, i: int, kind: str, gap: str) -> bool:
    """The same where the label is whole; other words may be misspelt."""
    items = itemize(gap + "0", 0, len(gap) + 1)
    words, code = shape.words, shape.codes[i]
    if (label := _label(items)) is None or words.classify(items.texts[label[0]])[0] != code:
        return False
    if not _sets_apart(gap[items.start(label[1]) + len(items.texts[label[1]]) :], kind):
        return False
    if not shape.guarded and not shape.spread and is_repeated(items):
        return False
    others = [k for k in range(label[0]) if items.types[k] >= WORDS]
    return _has_header(shape, i, items, label[0]) and all(_belongs(shape, i, items, k) for k in others)


def _has_header(shape: Shape, i: int, items: Items, label: int) -> bool:
    """Whether the header above a row is that of the table, as far as there is one."""
    if shape.below[i]:  # it was looked at above
        return True
    doubts: list[str] = []
    keys = shape.table.rows[i].cells
    axis = columns_of(shape.table.edition, shape.table.key)
    try:
        order = printed_order(
            axis,
            keys,
            header_of(axis, items, header_above(items, label)),
            bool(items.ruled) and items.ruled[label],
        )
    except Contradiction:
        return False
    if order not in (None, keys):
        return False
    if (
        i == 0
        and edition_of(shape.table.key, shape.words, Located(dict.fromkeys(shape.codes, 0)), items, doubts)
        is not shape.table
    ):
        return False
    return not doubts


def _belongs(shape: Shape, i: int, items: Items, k: int) -> bool:
    """Whether words above a label may stand there: before the table any, between two rows those of the form."""
    text, row = items.texts[k], shape.codes[i]
    code = shape.words.classify(text)[0]
    if i == 0:
        return code not in (row, EXTRA)
    return (
        code < 0
        if items.types[k] == HEAD
        else code == FURNITURE or _is_merged(shape, code) or shape.words.is_noise(text, row)
    )


def _leads_roughly(shape: Shape, i: int, kind: str, gap: str) -> bool:
    """The same where the label of the row is torn or misspelt, or has words around it, in a table whose sums
    will tell.
    """
    words, code, row = shape.words, shape.codes[i], shape.table.rows[i]
    text = gap + _SPECIMENS[kind].join("0" * len(row.cells))
    items = itemize(text, 0, len(text))
    codes = [
        words.classify(text)[0]
        for text, type_ in zip(items.texts, items.types, strict=True)
        if type_ >= WORDS
    ]
    if items.paged or (
        i > 0 and any((other in shape.codes and other != code) or other == EXTRA for other in codes)
    ):
        return False
    end = len(items)
    located = Located(
        {other: -1 if other < code else end for other in range(len(words.rows)) if other != code}
    )
    exact = [k for k in range(end) if items.types[k] == WORDS and words.classify(items.texts[k])[0] == code]
    if exact:
        located.places[code] = exact[-1]
    search(words, items, located)
    place = located.places.get(code)
    if (
        place is None
        or located.doubts
        or any(text[:1] in _STARTLESS for text in items.texts)
        or not _has_header(shape, i, items, place)
    ):
        return False
    found = collect(items, place, end, row.key, len(row.cells), partial(words.is_noise, row=code), False)
    return found.figures == list(range(end - len(row.cells), end)) and not found.strays


def _label(items: Items) -> tuple[int, int] | None:
    """The first and the last item of the label before the one figure; there are several where it is printed
    for each column it spans.
    """
    types, texts = items.types, items.texts
    if (
        types.count(FIGURE) != 1
        or types[-1] != FIGURE
        or items.paged
        or any(text[:1] in _STARTLESS for text in texts)
    ):
        return None
    last = len(types) - 2
    while last >= 0 and types[last] == BLANK:
        last -= 1
    if last < 0 or types[last] != WORDS:
        return None
    first = last
    while first > 0 and types[first - 1] == WORDS and texts[first - 1] == texts[last]:
        first -= 1
    return first, last


def _sets_apart(gap: str, kind: str) -> bool:
    """Whether what stands between a label and its first figure sets them apart as the cells of the table are."""
    if kind == "pipe":
        return "|" in gap and not gap.strip(" |")
    if kind == "tab":
        return "\t" in gap and not gap.strip(" \t")
    return _separator(gap) == kind


def _is_merged(shape: Shape, code: int) -> bool:
    """Whether the label of a row is, in this edition, that of a merged cell."""
    return code >= 0 and code not in shape.codes


def _is_header(shape: Shape, kind: str, gap: str) -> bool:
    """Whether a gap is the header of a table that has all its figures below one header: shown by reading it
    with noughts for figures.
    """
    count = shape.figures
    text = gap + _SPECIMENS[kind].join("0" * count)
    items = itemize(text, 0, len(text))
    if items.types.count(FIGURE) != count:
        return False
    axis = columns_of(shape.table.edition, shape.table.key)
    if not any(axis.names(text) or shape.words.classify(text)[0] >= 0 for text in items.texts[:-count]):
        return False
    found = draft(
        shape.table.key,
        shape.words,
        locate(shape.words, items, occurrences_of(shape.words, items)),
        items,
        text,
    )
    return (
        found.table is shape.table
        and not found.doubts
        and list(found.places) == list(range(len(items) - count, len(items)))
    )


def _ends(shape: Shape, kind: str, gap: str) -> bool:
    """Whether nothing stands behind the last figure that could be a part of it or of the table."""
    first = gap.split("\n", 1)[0]
    if not _FOREIGN[kind].isdisjoint(first) or (shape.spread and first.strip(" ") not in ("", "|")):
        return False
    items = itemize("0" + gap, 0, len(gap) + 1)
    types, texts = items.types, items.texts
    if types.count(FIGURE) != 1 or texts[0] != "0" or items.paged or not _is_accounted(shape, "0" + gap):
        return False
    codes = [
        shape.words.classify(text)[0] for text, type_ in zip(texts, types, strict=True) if type_ >= WORDS
    ]
    if any(code >= 0 or code == EXTRA for code in codes):
        return False
    following = types.find(WORDS)
    return following < 0 or (
        items.lines[following] > items.lines[0] and texts[following][0] not in _STARTLESS
    )
