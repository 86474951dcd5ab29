"""Columns: gives each figure of the rows of a table its column, or says why that is not sure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from assets.decoder.added import added_columns, added_row
from assets.decoder.draft import AddedLine, Draft, Targets, slots_of, values_at
from assets.decoder.items import FIGURE, Items
from assets.decoder.labels import EXTRA, Lexicon
from assets.decoder.placement import Layout, Placed, placements, settle, study
from assets.decoder.rows import SHORT_ROW, RowItems
from assets.model import Number
from schemas.forms import Table, enumerator
from schemas.rules import Rules, rules
from schemas.words import say

_MOST_RUN_TOGETHER = 2  # figures that a row lacks, if two of them run together
_TORN = re.compile(r"\d\s+[\d,]")  # spaces within a figure, or between two
_HAN = re.compile(r"[\u4e00-\u9fff]")


def place_figures(
    table: Table,
    words: Lexicon,
    items: Items,
    rows: list[RowItems],
    targets: Sequence[Targets],
    text: str,
    doubts: list[str],
) -> Draft:
    """Give every figure its column, or say why not."""
    layout = study(rows, items, [column.label for column in table.columns])
    judge = rules(table.edition, table.key)
    choices: list[list[Placed]] = []
    added: list[AddedLine] = []
    for row, target in zip(rows, targets, strict=True):
        added += [
            added_row(table, label, own, row.name, target)
            for label, own in _added_rows(words, table, row, items).items()
        ]
        _doubt_lacking(row, rows, layout, target, judge, items, doubts)
        ways = placements(row, layout, items, text)
        if not ways:
            doubts.append(say("doubt.figures", row=row.name, figures=len(row.figures), columns=row.width))
            ways = [tuple(row.figures[: row.width]) + (None,) * (row.width - len(row.figures))]
        choices.append(ways)
    if items.paged and any(len(row.figures) < row.width and not row.cells for row in rows):
        doubts.append(say("doubt.page_amid_words"))
    chosen = _choose(table, rows, choices, targets, items, doubts)
    added += added_columns(table, items, targets, chosen)
    others = [i for row in rows for i in row.figures] if layout.repeated else []
    loose = next((items.texts[i] for row in rows[-1:] for label, i in row.strays if not label), None)
    return Draft(table, items, _spread(table, targets, chosen), doubts, loose, added, others=others)


def _is_added(label: str, words: Lexicon, table: Table) -> bool:
    """Whether words are the label of a row that the form does not have: of another edition, or the organ's own."""
    code = words.classify(label)[0]
    if code == EXTRA:
        return True
    if code >= 0:
        return words.rows[code] not in {row.key for row in table.rows}
    if len(_HAN.findall(label)) < 2:
        return False
    # A number of its own sets a label apart from the form's that it is like: 9.属于其他不予公开情形.
    return not words.is_part(label) or (enumerator(label) == "arabic" and not words.is_piece(label))


def _added_rows(words: Lexicon, table: Table, row: RowItems, items: Items) -> dict[str, list[int]]:
    """Rows that the organ added below a row: words of their own, and as many figures as the row has columns."""
    if len(row.figures) < row.width and not row.cells:
        return {}  # the words may be a part of its label
    added: dict[str, list[int]] = {}
    for label, i in row.strays:
        added.setdefault(label, []).append(i)
    return {
        label: own
        for label, own in added.items()
        if _is_added(label, words, table) and len(own) == row.width and _is_line(own, items)
    }


def _is_line(figures: Sequence[int], items: Items) -> bool:
    """Whether figures are all of one line behind its words, or each alone on its line below words."""
    lines = [items.lines[i] for i in figures]
    if len(lines) > 1 and len(set(lines)) == len(lines):
        return all(items.count_on_line(line) == 1 for line in lines)
    return len(set(lines)) == 1 and [i for i in items.on_line(lines[0]) if items.types[i] == FIGURE] == list(
        figures
    )


def _doubt_lacking(
    row: RowItems,
    rows: Sequence[RowItems],
    layout: Layout,
    target: Targets,
    judge: Rules,
    items: Items,
    doubts: list[str],
) -> None:
    """A row that lacks figures, and prints one that may be two of them."""
    # No identity guards a narrow row: where merged cells are printed in every column, it has to have as many
    # cells as the others.
    repeated = row.width < SHORT_ROW and layout.repeated
    narrower = repeated and len(row.cells) < max(len(other.cells) for other in rows)
    short = len(row.figures) < row.width or narrower
    if short and (torn := next((items.texts[i] for i in row.figures if _TORN.search(items.texts[i])), None)):
        doubts.append(say("doubt.torn_row", row=row.name, text=torn))
    elif _could_be_run_together(row, target, judge, items):
        doubts.append(say("doubt.run_together", row=row.name))
    elif repeated and len(row.figures) < max(
        len(other.figures) for other in rows if other.width == row.width
    ):
        doubts.append(say("doubt.repeats_less", row=row.name))


def _could_be_run_together(row: RowItems, target: Targets, judge: Rules, items: Items) -> bool:
    """Whether a row that lacks figures would be complete, and hold, if one that is printed were two without a
    space: 83164 for 83 and 164.
    """
    lacking = row.width - len(row.figures)
    if not 0 < lacking <= _MOST_RUN_TOGETHER:
        return False
    at = {place: i for i, place in enumerate(target)}
    equations = [e for e in judge.equations if all(place in at for place in (*e.left, *e.right))]
    if not equations:
        return False
    figures = (items.figures[i] for i in row.figures)
    ways: Iterable[list[Number]] = [[(figure.value or 0) if figure is not None else 0 for figure in figures]]
    for _ in range(lacking):
        ways = [cut for way in ways for cut in _cuts(way)]
    return any(
        all(sum(way[at[i]] for i in e.left) == sum(way[at[i]] for i in e.right) for e in equations)
        for way in ways
    )


def _cuts(figures: list[Number]) -> Iterator[list[Number]]:
    """The figures with one of them cut in two, in every way."""
    for k, figure in enumerate(figures):
        digits = str(figure)
        for at in range(1, len(digits)) if digits.isdecimal() else ():
            if digits[at] != "0" or at == len(digits) - 1:
                yield [*figures[:k], int(digits[:at]), int(digits[at:]), *figures[k + 1 :]]


def _choose(
    table: Table,
    rows: list[RowItems],
    choices: list[list[Placed]],
    targets: Sequence[Targets],
    items: Items,
    doubts: list[str],
) -> Sequence[Placed]:
    """One placement for each row: the only one, or the one that the identities leave; a doubt where they do
    not decide.
    """
    judge = rules(table.edition, table.key)

    def possible(ways: Sequence[Placed]) -> bool:
        return judge.possible(values_at(items, _spread(table, targets, ways)))

    first = [ways[0] for ways in choices]
    if all(len(ways) == 1 for ways in choices):
        blanks = [row for row in rows if len(row.figures) < row.width]
        if any(len(row.windows()) > 1 for row in blanks) and not possible(first):
            doubts.append(say("doubt.blanks_open"))
        return first
    # What the row alone does not allow need not be tried with the other rows.
    narrowed = [
        [way for way in ways if _possible_in_row(judge, target, way, items)] if len(ways) > 1 else ways
        for ways, target in zip(choices, targets, strict=True)
    ]
    settled = settle(narrowed, possible)
    if settled is None:
        for row, ways in zip(rows, choices, strict=True):
            if len(ways) > 1:
                doubts.append(
                    say("doubt.which_blank", row=row.name, figures=len(row.figures), columns=row.width)
                )
    return settled or first


def _possible_in_row(judge: Rules, target: Targets, way: Placed, items: Items) -> bool:
    """Whether the identities within a row may hold if its figures stand so."""
    own = {place: item for place, item in zip(target, way, strict=True) if place is not None}
    first = min(own)
    return judge.possible_in_row(first, values_at(items, [own.get(first + i) for i in range(len(own))]))


def _spread(table: Table, targets: Sequence[Targets], chosen: Sequence[Placed]) -> list[int | None]:
    """For each cell of the table the item that stands in it."""
    places: list[int | None] = [None] * len(table.cells)
    for target, placed in zip(targets, chosen, strict=True):
        for place, item in zip(target, placed, strict=True):
            if place is not None:
                places[place] = item
    return places


def doubt_run_together(found: Draft) -> None:
    """Doubt a case that lacks figures, and would be complete if one that is printed were two."""
    table, items = found.table, found.items
    for row, slot in zip(table.rows, slots_of(table), strict=True):
        places = sorted(i for i in found.places[slot : slot + len(row.cells)] if i is not None)
        figures = [i for i in places if items.types[i] == FIGURE]
        if len(figures) < len(places):
            target = tuple(range(slot, slot + len(row.cells)))
            own = RowItems(row.key, len(row.cells), figures)
            if _could_be_run_together(own, target, rules(table.edition, table.key), items):
                found.doubts.append(say("doubt.run_together", row=row.key))
