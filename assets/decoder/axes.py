"""Axes: which columns and blocks the words of a header name, and in which order they are printed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby, pairwise

from assets.decoder.items import FIGURE, WORDS, Items
from assets.decoder.memory import remember
from schemas.forms import Column, Row, forms, label_cores

Order = tuple[str | None, ...]  # of columns as they are printed; None: a column that the form does not have
Line = list[tuple[str, ...]]  # of a header: what each of its cells names, nothing for other words
_SIBLINGS = 3  # names below one merged cell that words run together have to give, to tell their order

_NEUTRAL = re.compile(
    r"^表?[\d一二三](?=\D)|(?:案件)?(?:数量|件数|情况)?$"
)  # words that name nothing beside those that do
_HEADER_ITEMS = 60  # how far above its figures the header of a row may begin
GROUP = "group:"  # how the name of a merged cell above several columns begins
_MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Axis:
    """The names along one side of a table.

    `pattern` finds them in words without spaces and marks, `spelled` those that are whole labels, `keys` says what each found name is, `labels` holds
    the whole labels of each key, `under` the merged cells above it, the nearest first.
    """

    pattern: re.Pattern[str]
    spelled: re.Pattern[str]
    keys: dict[str, str]
    labels: dict[str, tuple[str, ...]]
    under: dict[str, tuple[str, ...]]
    memo: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def is_whole(self, words: str) -> bool:
        """Return whether a cell of a header is one whole label, or several."""
        return not self.names(words) or not self.spelled.sub("", label_cores(words)[0])

    def names(self, words: str) -> tuple[str, ...]:
        """Return the keys that a cell of a header names, in order; none if the cell says anything else, too."""
        known = self.memo.get(words)
        return remember(self.memo, words, self._names(words), _MOST_KEPT) if known is None else known

    def _names(self, words: str) -> tuple[str, ...]:
        for core in label_cores(words):
            found = tuple(self.keys[name] for name in self.pattern.findall(core))
            if not self.pattern.sub(
                "", _NEUTRAL.sub("", core)
            ):  # 行政诉讼(复议后起诉) is what it names within brackets
                within = {over for key in found for over in self.under.get(key, ())}
                return tuple(key for key in found if key not in within)
            if len(set(found)) == 1 and any(core in label for label in self.labels[found[0]]):
                return found[:1]  # torn: 社会公益
        return ()


def _axis(entries: Sequence[Column | Row], marks: Sequence[tuple[str, str]]) -> Axis:
    groups = [tuple(GROUP + label for label in entry.under) for entry in entries]
    labelled = [(label, GROUP + label) for entry in entries for label in entry.under]
    labelled += [(label, entry.key) for entry in entries for label in (entry.label, *entry.variants)]
    keys = {core: key for label, key in (*marks, *labelled) for core in label_cores(label)}
    labels: dict[str, tuple[str, ...]] = {}
    for core, key in keys.items():
        labels[key] = (*labels.get(key, ()), core)
    under = {entry.key: own[::-1] for entry, own in zip(entries, groups, strict=True)}
    under |= {label: own[:i][::-1] for own in groups for i, label in enumerate(own) if i}
    spelled = {core for label, _ in labelled for core in label_cores(label)}
    return Axis(_any_of(keys), _any_of(spelled), keys, labels, under)


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Return the pattern of any of some words, the longest first."""
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))


@cache
def columns_of(edition: str, key: str) -> Axis:
    """Return the names of a table's columns, and of the merged cells above them."""
    columns = forms()[edition].tables[key].columns
    return _axis(columns, [(column.mark, column.key) for column in columns if column.mark])


@cache
def blocks_of(edition: str, key: str) -> Axis:
    """Return the names of the blocks of a table, and of the merged cells above them."""
    return _axis(forms()[edition].tables[key].rows, ())


def header_above(items: Items, last: int) -> list[int]:
    """Return the words between item `last` and the figures above it, of at most 60 items, as printed."""
    first = last
    while first > max(0, last - _HEADER_ITEMS) and items.types[first - 1] != FIGURE:
        first -= 1
    return [i for i in range(first, last) if items.types[i] >= WORDS]


@dataclass(frozen=True, slots=True)
class Header:
    """What the words above some figures name: line by line, and `joined`, the names that all words together
    spell where labels are torn over lines. `whole`: no label is torn.
    """

    lines: list[Line]
    joined: list[str]
    whole: bool


def header_of(axis: Axis, items: Items, words: Sequence[int]) -> Header:
    """Return what each cell of each line names, of those lines that name anything. A merged cell that is
    printed in every column that it spans counts once.
    """
    lines: list[Line] = []
    whole, said = True, ""
    for _, cells in groupby(words, key=items.lines.__getitem__):
        texts = [items.texts[i] for i in cells]
        named = [
            axis.names(text) for text, before in zip(texts, [None, *texts], strict=False) if text != before
        ]
        said += "".join(label_cores(text)[0] for text in texts)
        if any(named):
            lines.append(named)
            whole = whole and all(map(axis.is_whole, texts))
    return Header(lines, [axis.keys[name] for name in axis.spelled.findall(said)], whole)


class Contradiction(Exception):
    """A header names its columns in another order than the form does."""


def printed_order(axis: Axis, keys: Sequence[str], header: Header, ruled: bool) -> Order | None:
    """Return the order in which a header prints the columns `keys`; None where it does not say, which is no
    contradiction. Raises Contradiction where it prints another order than the form, and not all of it.

    Another order than the form's is believed only of whole labels: the pieces of torn ones may have changed
    places. `ruled`: the header shows its cells, so that one which names none of the columns is a column of its
    own.
    """
    lines = header.lines
    order = next((found for line in reversed(lines) if (found := _whole(keys, line, ruled))), None)
    order = order or _whole(keys, _expanded(lines), ruled) or grown(axis, keys, lines)
    if order is not None:
        if not header.whole and [key for key in order if key is not None] != list(keys):
            raise Contradiction
        return order
    single = [key for line in lines for cell in line for key in cell] if _one_a_line(lines) else []
    spelled = [[key for cell in line for key in cell] for line in lines]
    groups = [group for names in (*spelled, single) for group in _by_parent(axis, names)]
    if not all(in_order(names, keys) for names in (*groups, *_by_parent(axis, header.joined, _SIBLINGS))):
        raise Contradiction
    return None


def _one_a_line(lines: Sequence[Line]) -> bool:
    """Return whether no line of a header names more than one thing."""
    return all(sum(map(len, line)) == 1 for line in lines)


def _by_parent(axis: Axis, found: Sequence[str], least: int = 1) -> list[list[str]]:
    """Return names in their order, those below one merged cell together, if they are as many."""
    parents = dict.fromkeys(axis.under.get(key, ()) for key in found)
    groups = [[key for key in found if axis.under.get(key, ()) == parent] for parent in parents]
    return [group for group in groups if len(set(group)) >= least]


def _whole(keys: Sequence[str], line: Line, ruled: bool) -> Order | None:
    """Return the order in which one line names all of the columns; None if it does not."""
    named = [key for cell in line for key in cell]
    if sorted(named) != sorted(keys):
        return None
    if not ruled:
        return tuple(named)
    own = line if line[0] else line[1:]  # the first cell is that of the labels
    return tuple(key for cell in own for key in (cell or (None,)))


def _expanded(lines: Sequence[Line]) -> Line:
    """Return the innermost names of a header in which the names below a merged cell stand on the next line."""
    line: Line = []
    for cell in lines[0] if lines else ():
        below = _expanded(lines[1:]) if len(cell) == 1 and cell[0].startswith(GROUP) else []
        line += below or [cell]
    return line


def grown(axis: Axis, keys: Sequence[str], lines: Sequence[Line]) -> Order | None:
    """Return the order of `keys` by what each name stands under, which must all be there once; None if the
    header does not tell. Names below the same merged cell have to stand on one line, or on a line each: one
    line above another says nothing of the order of columns.
    """
    found: dict[str, tuple[int, int]] = {}  # for each name its line, and its place in the header
    for number, line in enumerate(lines):
        for cell in line:
            for key in cell:
                if key in keys and key in found:
                    return None
                if key in found and found[key][0] == number and found[key][1] < len(found) - 1:
                    raise Contradiction  # a merged cell that stands at two places
                found.setdefault(key, (number, len(found)))
    if any(key not in found for key in keys):
        return None
    below: dict[str, list[str]] = {}
    for name in sorted(found, key=lambda name: found[name][1]):
        if name in keys or name.startswith(GROUP):
            parent = next((over for over in axis.under.get(name, ()) if over in found), "")
            below.setdefault(parent, []).append(name)
    apart = _one_a_line(lines)
    if not apart and any(len({found[name][0] for name in siblings}) > 1 for siblings in below.values()):
        return None

    def leaves(name: str) -> list[str]:
        own = [leaf for child in below.get(name, ()) for leaf in leaves(child)]
        return own if name.startswith(GROUP) or not name else [name]

    order = tuple(leaves(""))
    return order if sorted(order) == sorted(keys) else None


def in_order(found: Sequence[str], keys: Sequence[str]) -> bool:
    """Return whether names are in the order of `keys`, which begins anew as often as names are repeated."""
    known = [keys.index(key) for key in found if key in keys]
    return not known or sum(b < a for a, b in pairwise(known)) < max(Counter(known).values())
