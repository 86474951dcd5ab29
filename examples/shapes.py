"""Other shapes in which organs print the three tables: rows and columns that they add, move or leave out, and
section four turned.

Each shape changes the grid of one table. What the table says of the form's own cells stays the same, so the
truth of a report does not depend on its shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import NamedTuple

from examples.figures import APPLICANTS, OUTCOMES, Figures, number_of
from examples.grids import Box, Grid

Shaper = Callable[[Random, Grid], Grid]
CASES = {
    "review": "行政复议",
    "litigation_direct": "行政诉讼（未经复议直接起诉）",
    "litigation_after_review": "行政诉讼（复议后起诉）",
}
_COUNTED = ("批次", "批", "台", "单", "笔", "户", "家", "人", "件次", "宗", "例")
_LONG_NOTE = (
    "（同一申请涉及多项内容的，按主要内容计入本项，不重复计算；区分处理的，只计这一情形，不计其他情形）"
)


class Shape(NamedTuple):
    """A shape: the table that it changes, and how."""

    table: str
    change: Shaper


# What rows are made of


def figures_of(row: Sequence[Box]) -> list[Box]:
    """The figures of the form's own cells in a row."""
    return [box for box in row if box.role == "figure"]


def _is_items_head(row: Sequence[Box]) -> bool:
    return len(row) > 1 and all(box.role == "head" for box in row)


def _row_of(grid: Grid, key: str) -> int:
    """Where the row of figures with this key stands."""
    return next(
        i for i, row in enumerate(grid.rows) if any(box.key and box.key[0] == key for box in figures_of(row))
    )


def _head_of_applications(grid: Grid) -> int:
    """Where the three rows of heads of section three begin: at their corner."""
    return next(i for i, row in enumerate(grid.rows) if row[0].height == 3)


def _inserted(grid: Grid, at: int, row: tuple[Box, ...]) -> Grid:
    """The grid with one more row; merged cells that reach over the place grow by it."""
    rows = [
        tuple(replace(box, height=box.height + 1) if y < at < y + box.height else box for box in line)
        for y, line in enumerate(grid.rows)
    ]
    return Grid(grid.width, (*rows[:at], row, *rows[at:]))


def _others(texts: Sequence[object], width: int = 1) -> tuple[Box, ...]:
    return tuple(Box(str(text), width, role="other") for text in texts)


def _count(box: Box) -> int:
    """The count that a box prints; 0 where it prints none."""
    return int(number_of(box.text) or 0)


# Section two


def _disordered(rng: Random, grid: Grid) -> Grid:
    """The items of article 20 in another order, each with its own head."""
    items: list[list[tuple[Box, ...]]] = []
    for row in grid.rows:
        if len(row) == 1:
            items.append([])
        items[-1].append(row)
    first = items[0]
    while items[0] is first:
        rng.shuffle(items)
    return replace(grid, rows=tuple(row for item in items for row in item))


def _own_rows(rng: Random, grid: Grid) -> Grid:
    """A row that the form does not know below licences or penalties."""
    at = _row_of(grid, rng.choice(("licensing", "coercion")))
    label = rng.choice(("行政检查", "其中：本级", "行政确认", "其他行政权力", "合计"))
    row = (
        Box(label, role="label"),
        *(
            replace(box, text=str(rng.randint(1, 99)), role="other", key=None)
            for box in figures_of(grid.rows[at])
        ),
    )
    return _inserted(grid, at + 1, row)


def _counted(rng: Random, grid: Grid) -> Grid:
    """What is counted behind every count: 3批次, 12家."""
    words = rng.sample(_COUNTED, 3)

    def counted(box: Box) -> Box:
        if box.key is None or box.key[1] != "decisions" or not box.text.isdigit():
            return box
        return replace(box, text=box.text + rng.choice(words))

    return replace(grid, rows=tuple(tuple(map(counted, row)) for row in grid.rows))


def _one_cell(rng: Random, grid: Grid) -> Grid:
    """Label and figure in one cell, where a row has one figure."""
    mark = rng.choice(("", " ", "："))

    def joined(row: tuple[Box, ...]) -> tuple[Box, ...]:
        if len(figures_of(row)) != 1 or len(row) != 2:
            return row
        label, figure = row
        return (replace(figure, text=f"{label.text}{mark}{figure.text}", width=grid.width),)

    return replace(grid, rows=tuple(map(joined, grid.rows)))


def _last_year_of_decisions(rng: Random, grid: Grid) -> Grid:
    """The decisions of the year before in a column of their own, to the right."""
    rows = list[tuple[Box, ...]]()
    for row in grid.rows:
        keys = [box.key for box in figures_of(row) if box.key]
        if len(keys) == 1 and keys[0][1] == "decisions":
            rows[-1:] = [_beside(rows[-1], "上年处理决定数量")] if _is_items_head(rows[-1]) else rows[-1:]
            row = _beside(row, str(rng.randint(1, 99)))
        rows.append(row)
    return replace(grid, rows=tuple(rows))


def _beside(row: tuple[Box, ...], text: str) -> tuple[Box, ...]:
    """The row with its last cell parted in two, the new text in the right one."""
    *left, last = row
    return (*left, replace(last, width=1), Box(text, last.width - 1, role="other"))


# Section three


def with_own_outcome(rng: Random, figures: Figures) -> Figures:
    """Figures of a report of which some applications had an outcome that the form does not know: its totals
    count them, its own results do not.
    """
    out, more = dict(figures), {column: rng.randint(0, 9) for column in APPLICANTS}
    more |= {"natural_person": rng.randint(1, 9)}
    more["total"] = sum(more.values())
    for column, count in more.items():
        for row in ("received", "total_handled"):
            before = number_of(out["applications", row, column])
            assert before is not None, "these figures leave no cell blank"
            out["applications", row, column] = before + count
    return out


def _own_outcome(rng: Random, grid: Grid) -> Grid:
    """A ninth reason to refuse. It counts what the total has above the form's own results, see
    `with_own_outcome`.
    """
    total = figures_of(grid.rows[_row_of(grid, "total_handled")])
    results = grid.rows[_row_of(grid, "granted") : _row_of(grid, "total_handled")]
    rest = [_count(box) - sum(_count(figures_of(row)[i]) for row in results) for i, box in enumerate(total)]
    row = (Box("9.属于工作秘密", role="label"), *_others(rest))
    return _inserted(grid, _row_of(grid, "refused_admin_query") + 1, row)


def _of_which(rng: Random, grid: Grid) -> Grid:
    """A row 其中 that tells a part of the row above it."""
    at = _row_of(grid, rng.choice(("received", "granted")))
    parts = [_count(box) // 2 for box in figures_of(grid.rows[at])[:-1]]
    labels = sum(box.width for box in grid.rows[at] if box.role == "label" and box.height == 1)
    row = (
        Box(rng.choice(("其中：网上申请", "其中：当面申请")), labels, role="label"),
        *_others([*parts, sum(parts)]),
    )
    return _inserted(grid, at + 1, row)


def _with_column(grid: Grid, at: int, head: str, texts: Callable[[list[Box]], str], under: bool) -> Grid:
    """Section three with one more column before its figure `at` (7: behind all). `under`: its head is one of
    organisations.
    """
    top = _head_of_applications(grid)
    rows = list(grid.rows)
    rows[top] = (*rows[top][:-1], replace(rows[top][-1], width=rows[top][-1].width + 1))
    if under:
        person, organisations, total = rows[top + 1]
        rows[top + 1] = (person, replace(organisations, width=organisations.width + 1), total)
        rows[top + 2] = (*rows[top + 2], Box(head))
    else:
        rows[top + 1] = (*rows[top + 1], Box(head, 1, 2))
    for i in range(top + 3, len(rows)):
        figures = figures_of(rows[i])
        labels = rows[i][: len(rows[i]) - len(figures)]
        rows[i] = (*labels, *figures[:at], *_others([texts(figures)]), *figures[at:])
    return Grid(grid.width + 1, tuple(rows))


def _subtotal(rng: Random, grid: Grid) -> Grid:
    """A column with the sum of the organisations."""
    return _with_column(
        grid, 6, rng.choice(("合计", "小计")), lambda row: str(sum(map(_count, row[1:6]))), True
    )


def _last_year(rng: Random, grid: Grid) -> Grid:
    """The total of the year before, to the right of this year's."""
    return _with_column(grid, 7, "上年总计", lambda row: str(rng.randint(0, 99)), False)


def _remarks(rng: Random, grid: Grid) -> Grid:
    """A column for remarks, mostly empty."""
    return _with_column(grid, 7, "备注", lambda row: rng.choice(("", "", "网络申请")), False)


def _numbered(rng: Random, grid: Grid) -> Grid:
    """A column 序号 at the left."""
    top = _head_of_applications(grid)
    rows = list(grid.rows)
    rows[top] = (Box("序号", 1, 3), *rows[top])
    for i in range(top + 3, len(rows)):
        rows[i] = (Box(str(i - top - 2), role="other"), *rows[i])
    return Grid(grid.width + 1, tuple(rows))


def _total_first(rng: Random, grid: Grid) -> Grid:
    """The totals before the applicants, under their own head."""
    top = _head_of_applications(grid)
    rows = list(grid.rows)
    person, organisations, total = rows[top + 1]
    rows[top + 1] = (total, person, organisations)
    for i in range(top + 3, len(rows)):
        figures = figures_of(rows[i])
        rows[i] = (*rows[i][: len(rows[i]) - len(figures)], figures[-1], *figures[:-1])
    return replace(grid, rows=tuple(rows))


def _exchanged_organisations(rng: Random, grid: Grid) -> Grid:
    """Two kinds of organisations exchanged, with their heads."""
    top = _head_of_applications(grid)
    left, right = sorted(rng.sample(range(5), 2))
    rows = list(grid.rows)
    rows[top + 2] = _swapped(rows[top + 2], left, right)
    for i in range(top + 3, len(rows)):
        before = len(rows[i]) - 7
        rows[i] = _swapped(rows[i], before + 1 + left, before + 1 + right)
    return replace(grid, rows=tuple(rows))


def _swapped(row: tuple[Box, ...], left: int, right: int) -> tuple[Box, ...]:
    boxes = list(row)
    boxes[left], boxes[right] = boxes[right], boxes[left]
    return tuple(boxes)


def _repeated_head(rng: Random, grid: Grid) -> Grid:
    """The heads again where a page ends; merged labels that the page cuts go on without words."""
    top = _head_of_applications(grid)
    at = rng.randrange(top + 5, len(grid.rows))
    going_on = list[Box]()
    rows = list(grid.rows)
    for y, row in enumerate(rows[:at]):
        cut = [box for box in row if y + box.height > at]
        going_on += (Box("", box.width, y + box.height - at, "label") for box in cut)
        rows[y] = tuple(replace(box, height=at - y) if box in cut else box for box in row)
    rows[at] = (*going_on, *rows[at])
    return Grid(grid.width, (*rows[:at], *grid.rows[top : top + 3], *rows[at:]))


def _long_notes(rng: Random, grid: Grid) -> Grid:
    """A filling note of a whole sentence behind some labels."""
    rows = [
        tuple(
            replace(box, text=box.text + _LONG_NOTE) if box.role == "label" and rng.random() < 0.2 else box
            for box in row
        )
        for row in grid.rows
    ]
    return replace(grid, rows=tuple(rows))


# Section four


def _figures_by_case(grid: Grid) -> dict[str, list[Box]]:
    figures = figures_of(grid.rows[3])
    return {case: figures[5 * i : 5 * i + 5] for i, case in enumerate(CASES)}


def _outcomes(grid: Grid) -> tuple[Box, ...]:
    """The heads of the five columns, as this table words them."""
    return tuple(replace(box, height=1) for box in grid.rows[1][:5])


def _bracket_blocks(rng: Random, grid: Grid) -> Grid:
    """One row of blocks: 行政诉讼（未经复议直接起诉）."""
    blocks = tuple(Box(name, 5) for name in CASES.values())
    return Grid(15, (blocks, _outcomes(grid) * 3, grid.rows[3]))


def _exchanged_blocks(rng: Random, grid: Grid) -> Grid:
    """The same with the blocks in another order."""
    order = rng.choice([(1, 2, 0), (0, 2, 1), (2, 1, 0), (1, 0, 2)])
    names, figures = list(CASES.values()), list(_figures_by_case(grid).values())
    blocks = tuple(Box(names[i], 5) for i in order)
    return Grid(15, (blocks, _outcomes(grid) * 3, tuple(box for i in order for box in figures[i])))


def _exchanged_outcomes(rng: Random, grid: Grid) -> Grid:
    """Two outcomes exchanged in every block, with their heads."""
    left, right = rng.sample(range(len(OUTCOMES)), 2)
    top, second, third, figures = grid.rows
    second = _swapped(second, left, right)
    for start in (0, 5):
        third = _swapped(third, start + left, start + right)
    for start in (0, 5, 10):
        figures = _swapped(figures, start + left, start + right)
    return replace(grid, rows=(top, second, third, figures))


def _case_rows(rng: Random, grid: Grid) -> Grid:
    """The three cases as rows, in any order."""
    cases = list(_figures_by_case(grid).items())
    rng.shuffle(cases)
    head = (Box(rng.choice(("", "类型", "案件类型"))), *_outcomes(grid))
    return Grid(6, (head, *((Box(CASES[case], role="label"), *figures) for case, figures in cases)))


def _outcome_rows(rng: Random, grid: Grid) -> Grid:
    """The outcomes as rows, the cases as columns."""
    cases = list(_figures_by_case(grid).items())
    rng.shuffle(cases)
    head = (Box(rng.choice(("结果", "类别"))), *(Box(CASES[case]) for case, _ in cases))
    rows = (
        (replace(label, role="label"), *(figures[i] for _, figures in cases))
        for i, label in enumerate(_outcomes(grid))
    )
    return Grid(4, (head, *rows))


def _case_tables(rng: Random, grid: Grid) -> Grid:
    """A small table for each case, below its name."""
    rows = [
        row
        for case, figures in _figures_by_case(grid).items()
        for row in ((Box(CASES[case], 5),), _outcomes(grid), tuple(figures))
    ]
    return Grid(5, tuple(rows))


SHAPES = {
    "disordered": Shape("active_disclosure", _disordered),
    "own_rows": Shape("active_disclosure", _own_rows),
    "counted": Shape("active_disclosure", _counted),
    "one_cell": Shape("active_disclosure", _one_cell),
    "last_year_of_decisions": Shape("active_disclosure", _last_year_of_decisions),
    "own_outcome": Shape("applications", _own_outcome),
    "of_which": Shape("applications", _of_which),
    "subtotal": Shape("applications", _subtotal),
    "last_year": Shape("applications", _last_year),
    "remarks": Shape("applications", _remarks),
    "numbered": Shape("applications", _numbered),
    "total_first": Shape("applications", _total_first),
    "exchanged_organisations": Shape("applications", _exchanged_organisations),
    "repeated_head": Shape("applications", _repeated_head),
    "long_notes": Shape("applications", _long_notes),
    "bracket_blocks": Shape("review_litigation", _bracket_blocks),
    "exchanged_blocks": Shape("review_litigation", _exchanged_blocks),
    "exchanged_outcomes": Shape("review_litigation", _exchanged_outcomes),
    "case_rows": Shape("review_litigation", _case_rows),
    "outcome_rows": Shape("review_litigation", _outcome_rows),
    "case_tables": Shape("review_litigation", _case_tables),
}


def shaped(rng: Random, key: str, grid: Grid, names: Sequence[str]) -> Grid:
    """The grid of table `key` with those of the named shapes that are for this table."""
    for name in names:
        if SHAPES[name].table == key:
            grid = SHAPES[name].change(rng, grid)
    return grid
