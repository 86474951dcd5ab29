"""Added: rows and columns that the organ added to a table, kept as what they are, and whether its sums
count them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from assets.decoder.draft import AddedLine, Draft, Targets, values_at
from assets.decoder.items import FIGURE, WORDS, Items
from assets.decoder.placement import Placed
from assets.model import Number
from schemas.added import ADDED_KEYS, Counted, rule_beside
from schemas.forms import Table
from schemas.rules import Rules, rules_with
from schemas.words import say

_WITHIN = "其中"  # a row that says of what it is a part is no part of the sum
_MOST_TRIED = 4  # added rows or columns that may be counted, and of which each choice is tried
_HEADER_LINES = 12  # how far above a figure the head of its column stands


def added_row(table: Table, label: str, figures: Sequence[int], above: str, targets: Targets) -> AddedLine:
    """Return the row that was added below row `above`, whose columns stand as there."""
    columns = {table.cells[at][1]: i for at, i in zip(targets, figures, strict=True) if at is not None}
    return AddedLine("row", label, columns, rule_beside(table, "row", above))


def added_columns(
    table: Table, items: Items, targets: Sequence[Targets], chosen: Sequence[Placed]
) -> Iterator[AddedLine]:
    """Yield the columns that were added, by their place: what stands in each row where the form has none."""
    found: dict[tuple[int, int], dict[str, int]] = {}
    beside: dict[tuple[int, int], str] = {}
    for target, way in zip(targets, chosen, strict=True):
        own = next((table.cells[at] for at in target if at is not None), None)
        for k, (at, i) in enumerate(zip(target, way, strict=True)):
            if at is None and i is not None and own is not None:
                found.setdefault((len(target), k), {})[own[0]] = i
                beside[len(target), k] = own[1]
    for place, by_row in found.items():
        label = _head_of(items, next(iter(by_row.values())))
        whole = len(by_row) == len(table.rows)
        yield AddedLine(
            "column", label, by_row, rule_beside(table, "column", beside[place]) if whole else None
        )


def _head_of(items: Items, index: int) -> str:
    """Return the words above an item in the nearest line of words with as many cells as its own; "" if none."""
    first = index
    while first > 0 and items.lines[first - 1] == items.lines[index]:
        first -= 1
    count = items.count_on_line(items.lines[index])
    end = first
    while end > 0 and items.lines[first] - items.lines[end - 1] <= _HEADER_LINES:
        start = end - 1
        while start > 0 and items.lines[start - 1] == items.lines[end - 1]:
            start -= 1
        if end - start == count and all(kind != FIGURE for kind in items.types[start:end]):
            head = start + index - first
            return items.texts[head] if items.types[head] >= WORDS else ""
        end = start
    return ""


def counted(
    judge: Rules, found: Draft, values: Sequence[Number | None]
) -> tuple[tuple[Counted, ...], str | None]:
    """Return which added rows (or columns) the sums of a table count, or why that is not sure.

    Of all choices over which no identity is broken it is the one that counts fewest: nothing is counted that
    need not be. `values` are the figures of the form's own cells.
    """
    table = judge.table
    numbered = list(zip(ADDED_KEYS, found.added, strict=False))
    candidates = [
        (Counted(line.axis, key, line.rule, line.label), line)
        for key, line in numbered
        if line.rule is not None and not line.label.startswith(_WITHIN)
    ]
    if len(candidates) > _MOST_TRIED:
        return (), None
    fitting: list[tuple[tuple[Counted, ...], dict[int, int]]] = []
    for size in range(len(candidates) + 1):
        for choice in combinations(candidates, size):
            own = tuple(one for one, _ in choice)
            if len({one.axis for one in own}) > 1:
                continue
            with_them = rules_with(table.edition, table.key, own) if own else judge
            figures = [*values, *figures_of(table, found, own)]
            if size and None in figures[len(values) :]:
                continue
            outcome = with_them.judge(figures)
            if not (outcome.broken or outcome.invalid):
                fitting.append((own, outcome.implied))
    if not fitting:
        return (), None
    chosen, implied = fitting[0]
    same = [{i: v for i, v in other.items() if i < len(values)} == implied for _, other in fitting]
    if not all(same):
        return (), say("doubt.added_unclear", label=candidates[0][1].label)
    return chosen, None


def figures_of(table: Table, found: Draft, own: Sequence[Counted]) -> list[Number | None]:
    """Return the figures of added rows and columns, in the order of the cells that `with_added` makes of them."""
    return values_at(found.items, [item for one in own for item in items_of(table, found, one)])


def items_of(table: Table, found: Draft, one: Counted) -> list[int | None]:
    """Return the item of each cell of an added row or column, in the form's order of the others."""
    line = found.added[ADDED_KEYS.index(one.key)]
    across = [other.key for other in (table.columns if line.axis == "row" else table.rows)]
    return [line.items.get(key) for key in across]
