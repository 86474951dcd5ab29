"""Labels: which items of a table are the labels of which rows; by exact wording, by wording torn over items,
by likeness, in this order.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from assets.decoder.figures import parse
from assets.decoder.items import FIGURE, WORDS, Items
from assets.decoder.memory import remember
from schemas.forms import Row, Table, enumerator, forms, label_core, label_cores, without_notes
from schemas.words import say

# Codes of words that are no row label; row labels have codes >= 0, their place in `Lexicon.rows`.
FURNITURE, EXTRA, PROSE, UNKNOWN = -1, -2, -3, -4

Occurrence = tuple[
    int, int, int
]  # of a row's label: the item, the row's code, how likely it is the one before the figures

_WORDS_TYPE = bytes([WORDS])
_BEFORE_FIGURES = 3  # the weight of a label that figures follow
_SHORT = 4  # a label of fewer characters may be a part of anything
_HEAD = 6  # characters of a label that are looked for when the rest of it is torn off
_ENDS_IN_FIGURE = re.compile(r"(?<=[\u4e00-\u9fff)\"])[ :]*([-+]?\d[\d,.]*(?: ?[\u4e00-\u9fff]{1,2})?)$")
_BREAKS = re.compile(r";;+")
_SENTENCE_MARKS = frozenset(";。")
_NARROW = "active_disclosure"  # the table whose rows may have one figure
_LIKE = 72.0  # of 100: how alike a misspelt label has to be to the official one
_MARGIN = 8.0  # and how much more alike than to any other row's
_LONGEST_LABEL = 70
_LONGEST_NOTED = 500  # the same with a filling note
_MOST_KEPT = 10_000  # words of which is remembered what they are
_LONGEST_GAP = 2000  # characters in which a misspelt label is looked for


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The labels of one table in all editions: rows in the order in which any edition prints them.

    `columns`: the cores of column labels. `rows_apart`: each row has its label and its figures; otherwise all labels are in one header.
    """

    key: str
    rows: tuple[str, ...]
    cores: tuple[tuple[str, ...], ...]
    heads: tuple[str, ...]
    codes: dict[str, int]
    numerals: tuple[str | None, ...]
    furniture: str
    rows_apart: bool
    columns: frozenset[str]
    memo: dict[str, tuple[int, str]] = field(default_factory=dict)
    noise: dict[tuple[str, int], bool] = field(default_factory=dict)
    parts: dict[str, bool] = field(default_factory=dict)

    def classify(self, text: str) -> tuple[int, str]:
        """The code of some words and their core. Remembered: the same words come again in every report."""
        known = self.memo.get(text)
        if known is None and ";;" in text:  # what is left of line breaks within a cell
            return remember(self.memo, text, self.classify(_BREAKS.sub("", text)), _MOST_KEPT)
        if known is None and len(text) > _LONGEST_LABEL:
            text = without_notes(text[:_LONGEST_NOTED])
            if len(text) > _LONGEST_LABEL:
                return PROSE, ""
        if known is None:
            known = remember(self.memo, text, self._classify(text), _MOST_KEPT)
        return known

    def _classify(self, text: str) -> tuple[int, str]:
        if "。" in text and "。" in (text := without_notes(text)):
            return PROSE, ""
        cores = label_cores(text)
        for core in cores:
            if (code := self.codes.get(core)) is not None and not self._numbered_otherwise(text, code):
                return code, core
        if not cores[0]:
            return FURNITURE, ""
        return UNKNOWN, cores[-1]

    def _numbered_otherwise(self, text: str, code: int) -> bool:
        return (
            code >= 0
            and (ours := self.numerals[code]) is not None
            and (theirs := enumerator(text)) is not None
            and ours != theirs
        )

    def is_part(self, text: str) -> bool:
        """Whether words are a label of the table, of a row or other, or a part of one, or are like one."""
        known = self.parts.get(text)
        return remember(self.parts, text, self._is_part(text), _MOST_KEPT) if known is None else known

    def is_piece(self, text: str) -> bool:
        """Return whether words are a piece of a label of the table, without its notes."""
        wholes = (self.furniture, *(own for cores in self.cores for own in cores))
        return any(part in whole for part in label_cores(text) for whole in wholes)

    def _is_part(self, text: str) -> bool:
        code, core = self.classify(text)
        if code not in (PROSE, UNKNOWN) or self.is_piece(text):
            return True
        wholes = (self.furniture, *(own for cores in self.cores for own in cores))
        from rapidfuzz.fuzz import partial_ratio

        return len(core) >= _SHORT and max(partial_ratio(core, whole) for whole in wholes) >= _LIKE

    def names_another(self, text: str, row: int) -> bool:
        """Return whether words are the label of another row than `row`, or a piece of such a label only."""
        code, core = self.classify(text)
        if (
            code >= 0
            or len(core) < 2
            or core in self.furniture
            or any(core in own for own in self.cores[row])
        ):
            return code >= 0 and code != row
        return any(core in whole for own in self.cores for whole in own)

    def is_noise(self, text: str, row: int) -> bool:
        """Whether words between a row's label and its figures may stand there: a part of the label, of the
        header, of a merged cell's label.
        """
        known = self.noise.get((text, row))
        if known is None:
            known = remember(self.noise, (text, row), self._is_noise(text, row), _MOST_KEPT)
        return known

    def _is_noise(self, text: str, row: int) -> bool:
        code, core = self.classify(text)
        if code in (FURNITURE, row) or (code >= 0 and not self.rows_apart):
            return True
        if code in (EXTRA, PROSE) or code >= 0:
            return False
        cores = self.cores[row] if self.rows_apart else tuple(own for every in self.cores for own in every)
        if any(part in self.furniture or any(part in own for own in cores) for part in label_cores(text)):
            return True
        if text.startswith("(") and text.endswith(")"):  # a filling note
            return True
        from rapidfuzz.fuzz import partial_ratio

        return (
            len(core) >= 2 and max(partial_ratio(core, whole) for whole in (*cores, self.furniture)) >= _LIKE
        )


def _merged_rows(tables: list[Table]) -> list[Row]:
    """The rows of all editions in one order that agrees with each edition's."""
    merged: list[Row] = []
    for table in tables:
        place = 0
        for row in table.rows:
            found = next((i for i, known in enumerate(merged) if known.key == row.key), None)
            if found is None:
                merged.insert(place, row)
                place += 1
            else:
                place = found + 1
    return merged


def _head(core: str, others: list[str]) -> str:
    """The beginning of a label that no other label of the table contains."""
    for length in range(min(_HEAD, len(core)), len(core)):
        if not any(core[:length] in other for other in others):
            return core[:length]
    return core


@cache
def lexicon(table_key: str) -> Lexicon:
    """The lexicon of one table, over all editions."""
    tables = [form.tables[table_key] for form in forms().values() if table_key in form.tables]
    rows = _merged_rows(tables)
    wording: dict[str, list[str]] = {row.key: [] for row in rows}
    for table in tables:
        for row in table.rows:
            for label in (row.label, *row.variants):
                wording[row.key] += [core for core in label_cores(label) if core not in wording[row.key]]
    codes: dict[str, int] = {}
    furniture: list[str] = []
    for table in tables:
        labels = [
            *table.furniture,
            *(label for column in table.columns for label in (column.label, *column.variants, *column.under)),
        ]
        labels += [label for row in table.rows for label in row.under]
        for label in labels:
            furniture += [core for core in label_cores(label) if core not in furniture]
        codes |= {label_core(label): EXTRA for label in table.extra_rows}
    codes |= {core: FURNITURE for core in furniture if core}
    for i, row in enumerate(rows):
        codes |= dict.fromkeys(wording[row.key], i)
    columns = frozenset(
        core for table in tables for column in table.columns for core in label_cores(column.label)
    )
    cores = tuple(tuple(wording[row.key]) for row in rows)
    everything = [core for own in cores for core in own] + furniture
    heads = tuple(_head(own[0], [other for other in everything if other not in own]) for own in cores)
    numerals = tuple(enumerator(row.label) for row in rows)
    return Lexicon(
        table_key,
        tuple(row.key for row in rows),
        cores,
        heads,
        codes,
        numerals,
        " ".join(furniture),
        tables[0].layout == "rows",
        columns,
    )


@dataclass(slots=True)
class Located:
    """Where the rows of a table are: `places` maps a row's code to the index of the item with which its label
    begins.
    """

    places: dict[int, int]
    doubts: list[str] = field(default_factory=list)


def _heaviest_ascent(occurrences: Sequence[Occurrence]) -> list[tuple[int, int]]:
    """Of (item, code, weight) in item order, the heaviest run whose codes ascend, as (item, code)."""
    if all(a[1] < b[1] for a, b in pairwise(occurrences)):
        return [(item, code) for item, code, _ in occurrences]
    best: dict[
        int, tuple[int, int]
    ] = {}  # for each code the heaviest run that ends with it: its weight, and its last occurrence
    before: list[int] = []
    for i, (_, code, weight) in enumerate(occurrences):
        heaviest = max(((run, last) for other, (run, last) in best.items() if other < code), default=(0, -1))
        before.append(heaviest[1])
        # Of equally heavy runs the later: a label is nearest to its figures where it is printed last.
        if heaviest[0] + weight >= best.get(code, (0, -1))[0]:
            best[code] = (heaviest[0] + weight, i)
    i = max(best.values(), default=(0, -1))[1]
    chain = []
    while i >= 0:
        chain.append(occurrences[i][:2])
        i = before[i]
    return chain[::-1]


def occurrences_of(words: Lexicon, items: Items) -> list[Occurrence]:
    """Items that are, as a whole, a row's label."""
    occurrences: list[Occurrence] = []
    previous = -1
    line, sentence = -1, -1  # of the line of a label the last item that is of a sentence
    types, texts, memo = items.types, items.texts, words.memo
    for i, kind in enumerate(types):
        if kind < WORDS:
            previous = -1
            continue
        code = (memo.get(texts[i]) or words.classify(texts[i]))[0]
        if code >= 0:
            if not items.ruled[i] and items.lines[i] != line:
                line, sentence = items.lines[i], _last_of_sentence(items, items.lines[i])
            if code != previous and (
                items.ruled[i] or i >= sentence
            ):  # a merged cell may be printed once for each row or column that it spans
                occurrences.append((i, code, _BEFORE_FIGURES if types[i + 1 : i + 2] < _WORDS_TYPE else 2))
            previous = code
    return occurrences


def _last_of_sentence(items: Items, line: int) -> int:
    """The last item of a line with a mark of a sentence; -1 if it has none. A label before it is no label."""
    for k in reversed(items.on_line(line)):
        if not _SENTENCE_MARKS.isdisjoint(items.texts[k]):
            return k
    return -1


def split_labels(words: Lexicon, items: Items) -> None:
    """Cut items in two that are a label and, behind it, a figure: 行政许可：889, 行政许可5249件, 结果维持：0.
    Where another figure stands on the line, one of the two is not the row's, unless it has several columns.
    """
    for i in range(len(items) - 1, -1, -1):
        if (
            items.types[i] != WORDS
            or not items.texts[i][-1].isalnum()
            or not _ENDS_IN_FIGURE.search(items.texts[i])
        ):
            continue
        match = _ENDS_IN_FIGURE.search(items.texts[i])
        label = items.texts[i][: match.start()] if match else ""
        code, core = words.classify(label)
        if match is None or ((code < 0 or not words.rows_apart) and core not in words.columns):
            continue
        beside = items.lines[i + 1 : i + 2] == [items.lines[i]] and items.types[i + 1] == FIGURE
        if not (beside and words.key == _NARROW) and (figure := parse(match.group(1), True)) is not None:
            items.split(i, label.rstrip(" :"), match.start(1), figure)


def copies(words: Lexicon, items: Items, occurrences: Sequence[Occurrence]) -> list[int]:
    """The items with which the copies of a table begin, the first excepted; none if it is there once. 其他 and
    总计, which are columns too, say nothing of it.
    """
    if words.rows_apart:
        occurrences = [
            one for one in occurrences if words.classify(items.texts[one[0]])[1] not in words.columns
        ]
    codes = [code for _, code, _ in occurrences]
    if len(codes) < max(2, 2 * len(set(codes)) - 1):
        return []
    first = min(codes)
    return [item for item, code, _ in occurrences if code == first][1:]


class _Chain:
    """The words of some items run together, so that a label torn over several of them is in one piece again."""

    def __init__(self, words: Lexicon, items: Items, first: int, last: int, unknown_only: bool) -> None:
        self.places: list[int] = []
        self.offsets: list[int] = []
        parts: list[str] = []
        length = 0
        for i in range(first, last):
            if items.types[i] < WORDS or (unknown_only and items.types[i] != WORDS):
                continue
            code, core = words.classify(items.texts[i])
            if code == PROSE or not core or (unknown_only and (code != UNKNOWN or core in words.furniture)):
                continue
            self.places.append(i)
            self.offsets.append(length)
            parts.append(core)
            length += len(core)
        self.text = "".join(parts)

        self.ends = {*self.offsets, length}

    def item_at(self, offset: int) -> int:
        return self.places[bisect_right(self.offsets, offset) - 1]

    def find(self, core: str, start: int) -> int | None:
        """The offset from `start` on at which `core` begins: where it begins an item if it does so anywhere.

        A short one has to be made up of whole items.
        """
        first = at = self.text.find(core, start)
        while at >= 0 and (at not in self.ends or (len(core) < _SHORT and at + len(core) not in self.ends)):
            at = self.text.find(core, at + 1)
        if at < 0 and len(core) >= _SHORT:
            at = first
        return at if at >= 0 else None

    def behind(self, offset: int) -> int:
        """The offset at which the next item begins."""
        following = bisect_right(self.offsets, offset)
        return self.offsets[following] if following < len(self.offsets) else len(self.text)


def _gaps(places: dict[int, int], count: int, end: int) -> list[tuple[list[int], int, int]]:
    """Runs of rows not found yet, each with the range of items in which they have to be."""
    gaps: list[tuple[list[int], int, int]] = []
    first = 0
    run: list[int] = []
    for code in range(count + 1):
        place = places.get(code) if code < count else end
        if place is None:
            run.append(code)
            continue
        if run:
            gaps.append((run, first, place))
            run = []
        first = place + 1
    return gaps


def _torn(words: Lexicon, items: Items, places: dict[int, int], unknown_only: bool) -> None:
    """Find rows whose label is torn over several items, or begins an item that goes on differently."""
    for run, first, last in _gaps(places, len(words.rows), len(items)):
        chain = _Chain(words, items, first, last, unknown_only)
        start = 0
        for code in run:
            for core in (*words.cores[code], words.heads[code]):
                if (found := chain.find(core, start)) is not None:
                    places[code] = chain.item_at(found)
                    start = chain.behind(found)
                    break


def _alike(words: Lexicon, items: Items, places: dict[int, int], doubts: list[str]) -> None:
    """Find rows whose label is misspelt: the words in the gap have to be like this row's label, and less like
    any other's.
    """
    for run, first, last in _gaps(places, len(words.rows), len(items)):
        chain = _Chain(words, items, first, last, unknown_only=True)
        start = 0
        for code in run:
            score, at = _most_alike(words.cores[code], chain.text[start : start + _LONGEST_GAP])
            if score < _LIKE:
                continue
            at += start
            place = chain.item_at(at)
            seen = chain.text[at : at + len(words.cores[code][0]) + 2]
            rivals = [other for other in range(len(words.rows)) if other != code and other not in places]
            rival = max((_likeness(words.cores[other][0], seen) for other in rivals), default=0.0)
            if rival > score - _MARGIN:
                doubts.append(say("doubt.label_alike", label=items.texts[place], row=words.rows[code]))
            places[code] = place
            start = chain.behind(at)


def _most_alike(wordings: tuple[str, ...], seen: str) -> tuple[float, int]:
    """How alike the most alike stretch of `seen` is to one of the wordings, and where it begins."""
    from rapidfuzz.fuzz import partial_ratio_alignment

    best = (0.0, 0)
    for wording in wordings:
        if len(wording) >= _SHORT and len(seen) >= len(wording) * 0.6:
            alignment = partial_ratio_alignment(wording, seen)
            if alignment is not None and alignment.score > best[0]:
                best = (alignment.score, alignment.dest_start)
    return best


def _likeness(core: str, seen: str) -> float:
    from rapidfuzz.fuzz import ratio

    return float(ratio(core, seen[: len(core) + 2]))


def locate(words: Lexicon, items: Items, occurrences: Sequence[Occurrence]) -> Located:
    """Find the labels of a table's rows among its items, of which `occurrences` are labels as a whole."""
    if words.rows_apart:  # 其他 and 总计 above all figures are columns
        figure = items.types.find(FIGURE)
        occurrences = [
            one
            for one in occurrences
            if one[0] > figure or words.classify(items.texts[one[0]])[1] not in words.columns
        ]
    first = next((k for k, (_, code, _) in enumerate(occurrences) if code == 0), 0)
    located = Located({code: item for item, code in _heaviest_ascent(occurrences[first:])})
    counts = Counter(code for _, code, _ in occurrences)
    # A row that stands elsewhere than in the form, with figures behind a label that is there once.
    located.places |= {
        code: item
        for item, code, weight in occurrences
        if code not in located.places and counts[code] == 1 and weight == _BEFORE_FIGURES
    }
    if list(located.places.values()) == sorted(located.places.values()):
        search(words, items, located)
    located.places = dict(sorted(located.places.items()))
    return located


def search(words: Lexicon, items: Items, located: Located) -> None:
    """Find the rows that are not found yet, between those that are: their labels are torn, or misspelt."""
    places = located.places
    if len(places) < len(words.rows):
        _torn(words, items, places, unknown_only=False)
    if len(places) < len(words.rows):
        _torn(words, items, places, unknown_only=True)
    if len(places) < len(words.rows):
        _alike(words, items, places, located.doubts)
