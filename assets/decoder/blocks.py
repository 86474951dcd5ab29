"""Blocks: the table of section four however its figures are laid out: all on one line, a line a case, a line
an outcome, or a table a case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from assets.decoder.axes import (
    GROUP,
    Axis,
    Contradiction,
    blocks_of,
    columns_of,
    header_of,
    in_order,
    printed_order,
)
from assets.decoder.draft import AddedLine
from assets.decoder.items import BLANK, FIGURE, Items
from schemas.added import rule_beside
from schemas.forms import Table

_PROSE = 4  # characters
Placed = dict[tuple[str, str], int]  # the item of each cell (row, column) of the table


@dataclass(slots=True)
class _Run:
    """Figures and visible blanks beside or below each other with no words between, and the words before."""

    words: list[int]
    cells: list[int]


def place_blocks(table: Table, items: Items, together: bool = False) -> Placed | None:
    """Return the item of every cell, if the figures and blanks are laid out in a way in which nothing is
    missing; None if not. `together`: the lines on which figures stand say nothing. Raises Contradiction where the words say that the order is another.
    """
    rows, columns = [row.key for row in table.rows], [column.key for column in table.columns]
    blocks, outcomes = blocks_of(table.edition, table.key), columns_of(table.edition, table.key)
    runs = _runs(items, blocks, outcomes, together)
    if len(runs) == 1:
        return _on_one_line(table, items, runs[0], blocks, outcomes)
    labels = [_label(blocks, items, run.words) for run in runs]
    if len(runs) == len(rows) and sorted(label or "" for label in labels) == sorted(rows):
        return _lines_of_cases(items, runs, labels, outcomes, columns)
    if len(runs) == len(table.cells):
        return _cell_by_cell(table, items, runs, blocks, outcomes)
    labels = [_label(outcomes, items, run.words) for run in runs]
    if len(runs) == len(columns) and sorted(label or "" for label in labels) == sorted(columns):
        return _lines_of_outcomes(items, runs, labels, blocks, rows)
    return None


def place_with_added(table: Table, items: Items) -> tuple[Placed, AddedLine] | None:
    """Return the item of every cell, and the column that was added, of a table that prints one outcome more
    for each case than the form has, and names it among those of the form; None of any other.
    """
    rows, columns = [row.key for row in table.rows], [column.key for column in table.columns]
    blocks, outcomes = blocks_of(table.edition, table.key), columns_of(table.edition, table.key)
    runs, width = _runs(items, blocks, outcomes), len(columns) + 1
    labels: Sequence[str | None] = [_label(blocks, items, run.words) for run in runs]
    if len(runs) == 1:
        cells = _trimmed(items, runs[0].cells, len(rows) * width) or []
        labels = _cases(blocks, items, runs[0].words, rows)
        cases = [cells[i : i + width] for i in range(0, len(cells), width)]
    else:
        cases = [_trimmed(items, run.cells, width) or [] for run in runs]
    if sorted(label or "" for label in labels) != sorted(rows) or any(len(case) != width for case in cases):
        return None
    heads = _heads_with_added(outcomes, items, runs[0].words, columns, len(rows) if len(runs) == 1 else 1)
    if heads is None:
        return None
    order, label = heads
    placed = {
        (row or "", column): i
        for row, case in zip(labels, cases, strict=True)
        for column, i in zip(order, case, strict=True)
    }
    own = {row: placed.pop((row, "")) for row in rows}
    return placed, AddedLine("column", label, own, rule_beside(table, "column", columns[0]))


def _heads_with_added(
    axis: Axis, items: Items, words: Sequence[int], columns: Sequence[str], times: int
) -> tuple[list[str], str] | None:
    """Return the columns in the order of a header line that names all of them so many times, "" for one that
    the form does not have; and what this is called.
    """
    width = len(columns) + 1
    for _, own in groupby(words, key=items.lines.__getitem__):
        texts = [items.texts[i] for i in own][-times * width :]
        block = texts[:width]
        if len(texts) != times * width or texts != block * times or not all(map(axis.is_whole, block)):
            continue
        names = [axis.names(text) for text in block]
        order = [name[0] if len(name) == 1 else "" for name in names]
        if sorted(order) == sorted(["", *columns]) and not names[order.index("")]:
            return order, block[order.index("")]
    return None


def is_as_the_form(table: Table, items: Items, words: Sequence[int]) -> bool:
    """Return whether a header above a line of all figures, as far as it says, prints the form's order."""
    rows, columns = [row.key for row in table.rows], [column.key for column in table.columns]
    try:
        order = _outcomes(columns_of(table.edition, table.key), items, words, columns)
        return (
            order in (None, columns)
            and _cases(blocks_of(table.edition, table.key), items, words, rows) == rows
        )
    except Contradiction:
        return False


def _runs(items: Items, blocks: Axis, outcomes: Axis, together: bool = False) -> list[_Run]:
    """Return the runs of figures. Where lines hold several figures each line is a run of its own. Blanks alone
    are a run behind a label on their line.
    """
    figures = [i for i in range(len(items)) if items.types[i] == FIGURE]
    lined = not together and len({items.lines[i] for i in figures}) < len(figures)
    runs: list[_Run] = []
    run = _Run([], [])
    for i in range(len(items) + 1):
        is_cell = i < len(items) and items.types[i] in (FIGURE, BLANK)
        if run.cells and (not is_cell or (lined and items.lines[run.cells[-1]] != items.lines[i])):
            if any(items.types[k] == FIGURE for k in run.cells) or _are_of_label(
                items, run, (blocks, outcomes)
            ):
                if not _is_prose(items, run.words, (blocks, outcomes)):
                    runs.append(run)
                elif runs:  # what comes after the table
                    return runs
                run = _Run([], [])
            run.cells = []
        if i < len(items):
            (run.cells if is_cell else run.words).append(i)
    return runs


def _is_prose(items: Items, words: Sequence[int], axes: Sequence[Axis]) -> bool:
    """Return whether words behind a table lead to figures of another kind."""
    said = "".join(items.texts[i] for i in words)
    return len(said) >= _PROSE and not any(axis.names(items.texts[i]) for axis in axes for i in words)


def _are_of_label(items: Items, run: _Run, axes: Sequence[Axis]) -> bool:
    """Return whether blanks stand behind one label on their line."""
    line = items.lines[run.cells[0]]
    own = [i for i in run.words if items.lines[i] == line]
    ends = items.lines[run.cells[-1] + 1 : run.cells[-1] + 2] != [line]
    widths = (len(axes[0].under), len(axes[1].under))
    return (
        ends
        and len(own) == 1
        and len(run.cells) in widths
        and any(_label(axis, items, own) is not None for axis in axes)
    )


def _label(axis: Axis, items: Items, words: Sequence[int]) -> str | None:
    """Return what the words before some figures name, if it is one thing: on the line before them, else above."""
    if not words:
        return None
    line = items.lines[words[-1]]
    for own in ([i for i in words if items.lines[i] == line], words):
        keys = {key for i in own for key in axis.names(items.texts[i]) if not key.startswith(GROUP)}
        if keys:
            return keys.pop() if len(keys) == 1 else None
    return None


def _trimmed(items: Items, cells: list[int], width: int) -> list[int] | None:
    """Return so many cells without the blanks of other columns before or behind them; None if there are more
    or fewer, or if a blank beside those may as well be one of them.
    """
    kinds = [items.types[i] for i in cells]
    first, last = 0, len(cells)
    while last - first > width and kinds[last - 1] == BLANK:
        last -= 1
    while last - first > width and kinds[first] == BLANK:
        first += 1
    if last - first != width:
        return None
    unsure = (first > 0 and kinds[first] == BLANK) or (last < len(cells) and kinds[last - 1] == BLANK)
    return None if unsure else cells[first:last]


def _outcomes(axis: Axis, items: Items, words: Sequence[int], columns: Sequence[str]) -> Sequence[str] | None:
    """Return the order in which a header prints the outcomes of each case; None where it does not say."""
    header = header_of(axis, items, words)
    flat = [key for line in header.lines for named in line for key in named]
    width = len(columns)
    cases = [flat[i : i + width] for i in range(0, len(flat), width)]
    if flat and all(sorted(case) == sorted(columns) for case in cases):
        if any(case != cases[0] for case in cases):
            raise Contradiction
        if cases[0] != list(columns) and not header.whole:
            raise Contradiction
        return cases[0]
    # The last, 总计, is shorter than the others, and may stand between the lines that they take.
    spelled = [[key for named in line for key in named] for line in header.lines]
    spelled += [header.joined] if len({*header.joined} - {columns[-1]}) == width - 1 else []
    if not all(in_order(line, columns[:-1]) for line in spelled):
        raise Contradiction
    return None


def _cases(axis: Axis, items: Items, words: Sequence[int], rows: Sequence[str]) -> Sequence[str]:
    """Return the order in which a header prints the cases: that of the form where it does not say."""
    header = header_of(axis, items, words)
    lines = [[cell for cell in line if cell] for line in header.lines]
    order = printed_order(axis, rows, replace(header, lines=lines), False)
    return rows if order is None else [key for key in order if key is not None]


def _on_one_line(table: Table, items: Items, run: _Run, blocks: Axis, outcomes: Axis) -> Placed | None:
    """Return the cells of a table that prints the cases side by side."""
    rows, columns = [row.key for row in table.rows], [column.key for column in table.columns]
    cells = _trimmed(items, run.cells, len(table.cells))
    if cells is None or (
        items.types[cells[-1]] == BLANK and BLANK not in [items.types[i] for i in cells[:-1]]
    ):
        return None  # a figure may have been lost, and the others have moved up
    order = _outcomes(outcomes, items, run.words, columns) or columns
    names = [(case, outcome) for case in _cases(blocks, items, run.words, rows) for outcome in order]
    return dict(zip(names, cells, strict=True))


def _lines_of_cases(
    items: Items, runs: list[_Run], labels: Sequence[str | None], outcomes: Axis, columns: Sequence[str]
) -> Placed | None:
    """Return the cells of a table that prints a line, or a table, for each case."""
    placed: Placed = {}
    order: Sequence[str] = columns
    for run, label in zip(runs, labels, strict=True):
        cells = _trimmed(items, run.cells, len(columns))
        if cells is None or label is None:
            return None
        order = _outcomes(outcomes, items, run.words, columns) or order
        placed |= {(label, outcome): cell for outcome, cell in zip(order, cells, strict=True)}
    return placed


def _cell_by_cell(
    table: Table, items: Items, runs: list[_Run], blocks: Axis, outcomes: Axis
) -> Placed | None:
    """Return the cells of a list that names the outcome before each figure, and the case before its first."""
    placed: Placed = {}
    case = None
    for run in runs:
        case = _label(blocks, items, run.words) or case
        outcome = _label(outcomes, items, run.words)
        if case is None or outcome is None or len(run.cells) > 1:
            return None
        placed[case, outcome] = run.cells[0]
    return placed if len(placed) == len(table.cells) else None


def _lines_of_outcomes(
    items: Items, runs: list[_Run], labels: Sequence[str | None], blocks: Axis, rows: Sequence[str]
) -> Placed | None:
    """Return the cells of a table that prints a line for each outcome, with the cases side by side."""
    placed: Placed = {}
    cases = _cases(blocks, items, runs[0].words, rows)
    for run, label in zip(runs, labels, strict=True):
        cells = _trimmed(items, run.cells, len(rows))
        if cells is None or label is None:
            return None
        placed |= {(case, label): cell for case, cell in zip(cases, cells, strict=True)}
    return placed
