"""pdf_tables: grids of cells from the rules of a page, and one table of what page breaks cut."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from assets.decoder.labels import FURNITURE, lexicon
from assets.formats.pdf_lines import Line, Pieces, cell_text, lines_of, plain
from assets.formats.pdf_page import Page, Rule, Run
from assets.normalized_text import normalize
from schemas.forms import TABLE_KEYS

_NEAR = 2.6  # points: rules no farther apart are one
_TOUCH = 4.0  # points: rules that come as near as this meet
_REACH = 1.5  # points that a rule of a table may end before the rule that it comes to
_SAME_EDGE = 6.0  # points that the edge of a table may move from page to page
_WITHIN = 0.15  # of their height: the most that digits of one figure are apart
_DIGITS = frozenset("0123456789.,")
_OF_FIGURES = _DIGITS | frozenset("０１２３４５６７８９．，")
_PADDING = 11.5  # points: the most that is left free on both sides of a narrow cell; Word's tables have 10.8
_FIGURE = re.compile(r"[+\-－—]?[\d０-９][\d０-９,，.．\s]*(?:[件条份宗起次项个篇]|万元|元)?|[-－—/／]{1,2}")
_ENUMERATED = re.compile(r"[(（〔]?(?:[一二三四五六七八九十]{1,2}|\d)[)）〕、.．,，]")


@dataclass(slots=True)
class Cell:
    """One cell: where it begins among the rows of its table, how many rows it spans, its edges, what it
    prints.
    """

    row: int
    rows: int
    left: float
    right: float
    pieces: Pieces = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    wrapped: bool = False  # its lines are those of one figure, for which the cell is too narrow

    @property
    def text(self) -> str:
        return plain(self.pieces).strip()


@dataclass(slots=True)
class Table:
    """A ruled table: its place on the page on which it begins, its number of rows, its cells in reading
    order.
    """

    left: float
    top: float
    right: float
    bottom: float
    rows: int
    cells: list[Cell]

    def row(self, number: int) -> list[Cell]:
        return [cell for cell in self.cells if cell.row == number]


# Rules to cells


def tables_of(page: Page) -> tuple[list[Table], list[Run]]:
    """The ruled tables of a page, from top to bottom, and the characters that stand in none of them."""
    if not page.across or not page.down:
        return [], page.runs
    rest = page.runs
    tables: list[Table] = []
    level, upright = _merged(page.across), _merged(page.down)
    for across, down in _groups(_without_underlines(level, upright), upright):
        table, grid = _grid(across, down)
        if len(table.cells) < 2:
            continue
        inside, outside = _split(rest, table)
        if not any(run.text != " " for run in inside):
            continue
        _fill(table, grid, inside)
        if _is_sound(table, grid[0]):
            tables.append(table)
            rest = outside
    return sorted(tables, key=lambda table: table.top), rest


def _merged(rules: Sequence[Rule]) -> list[Rule]:
    """Rules that continue or cover each other as one, all at the same place in the mean."""
    merged: list[Rule] = []
    group: list[Rule] = []
    for rule in [*sorted(rules), Rule(float("inf"), 0.0, 0.0)]:
        if group and rule.at - group[-1].at > _NEAR:
            at = sum(other.at for other in group) / len(group)
            start, end = float("inf"), float("-inf")
            for one in sorted(group, key=lambda r: r.start):
                if end != float("-inf") and one.start > end + _TOUCH:
                    merged.append(Rule(at, start, end))
                    start, end = float("inf"), float("-inf")
                start, end = min(start, one.start), max(end, one.end)
            merged.append(Rule(at, start, end))
            group = []
        group.append(rule)
    return merged


def _without_underlines(across: list[Rule], down: list[Rule]) -> list[Rule]:
    """Rules across without those that come to no rule that stands: the lines below words, within a cell."""
    down = sorted(down)
    places = [rule.at for rule in down]
    kept = []
    for rule in across:
        met = down[bisect_left(places, rule.start - _REACH) : bisect_right(places, rule.end + _REACH)]
        if any(other.start - _TOUCH <= rule.at <= other.end + _TOUCH for other in met):
            kept.append(rule)
    return kept


def _groups(across: list[Rule], down: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Rules that meet each other, directly or through others, table by table; small tables first, as they may
    stand in large ones.
    """
    parent = list(range(len(across) + len(down)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for j, upright in enumerate(down, len(across)):
        for i, level in enumerate(across):
            meets = (
                level.start - _TOUCH <= upright.at <= level.end + _TOUCH
                and upright.start - _TOUCH <= level.at <= upright.end + _TOUCH
            )
            if meets:
                parent[root(i)] = root(j)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = defaultdict(lambda: ([], []))
    for i in range(len(parent)):
        side = groups[root(i)]
        (side[0] if i < len(across) else side[1]).append(
            across[i] if i < len(across) else down[i - len(across)]
        )
    found = [group for group in groups.values() if group[0] and group[1]]
    return sorted(found, key=lambda group: max(r.end for r in group[0]) - min(r.start for r in group[0]))


Grid = tuple[
    list[float], list[float], list[list[Cell]]
]  # the edges of the columns and of the rows, and the cell at each place


def _edges(rules: list[Rule], crossing: list[Rule]) -> list[float]:
    """Where rules stand, and the outer edges that the rules across them reach, if no rule is drawn there."""
    edges = sorted({rule.at for rule in rules})
    first, last = min(rule.start for rule in crossing), max(rule.end for rule in crossing)
    if edges[0] - first > 2 * _TOUCH:
        edges.insert(0, first)
    if last - edges[-1] > 2 * _TOUCH:
        edges.append(last)
    return edges


def _grid(across: list[Rule], down: list[Rule]) -> tuple[Table, Grid]:
    xs, ys = _edges(down, across), _edges(across, down)
    columns, rows = len(xs) - 1, len(ys) - 1
    places: list[list[Cell]] = []
    table = Table(xs[0], ys[0], xs[-1], ys[-1], max(rows, 0), [])
    if columns < 1 or rows < 1:
        return table, (xs, ys, places)
    walls = _walls(down, xs, ys)  # walls[x][y]: a rule stands left of column x in row y
    floors = _walls(across, ys, xs)  # floors[y][x]: a rule lies above row y in column x
    owner: list[list[Cell | None]] = [[None] * columns for _ in range(rows)]
    for y in range(rows):
        for x in range(columns):
            if owner[y][x] is not None:
                continue
            wide = 1
            while x + wide < columns and owner[y][x + wide] is None and not walls[x + wide][y]:
                wide += 1
            high = 1
            while y + high < rows and _goes_on(owner[y + high], walls, floors[y + high], x, wide, y + high):
                high += 1
            cell = Cell(y, high, xs[x], xs[x + wide])
            table.cells.append(cell)
            for below in range(y, y + high):
                owner[below][x : x + wide] = [cell] * wide
    places = [[cell for cell in line if cell is not None] for line in owner]
    return table, (xs, ys, places)


def _goes_on(
    owned: list[Cell | None], walls: list[list[bool]], floor: list[bool], x: int, wide: int, y: int
) -> bool:
    """Whether the cell above goes on in row y: no rule lies between, none stands within."""
    columns = range(x, x + wide)
    return not any(floor[i] or owned[i] is not None for i in columns) and not any(
        walls[i][y] for i in columns[1:]
    )


def _walls(rules: list[Rule], at: list[float], along: list[float]) -> list[list[bool]]:
    """For each edge and each stretch along it, whether a rule is drawn there."""
    walls = [[False] * (len(along) - 1) for _ in at]
    place = {edge: i for i, edge in enumerate(at)}
    for rule in rules:
        edge = walls[place[rule.at]]
        for i, (first, last) in enumerate(pairwise(along)):
            if rule.start - _NEAR <= (first + last) / 2 <= rule.end + _NEAR:
                edge[i] = True
    return walls


def _split(runs: list[Run], table: Table) -> tuple[list[Run], list[Run]]:
    inside: list[Run] = []
    outside: list[Run] = []
    left, top, right, bottom = table.left, table.top, table.right, table.bottom
    for run in runs:
        if not top <= (run.top + run.bottom) / 2 < bottom:
            outside.append(run)
        elif len(run.text) > 1 and (run.left < left < run.right or run.left < right < run.right):
            for one in run.characters():
                (inside if left <= (one.left + one.right) / 2 < right else outside).append(one)
        else:
            (inside if left <= (run.left + run.right) / 2 < right else outside).append(run)
    return inside, outside


def _fill(table: Table, grid: Grid, runs: list[Run]) -> None:
    """Give each cell its characters."""
    xs, ys, places = grid
    last = len(xs) - 2
    middles = _middles(runs)
    for run in runs:
        line = places[bisect_right(ys, (run.top + run.bottom) / 2) - 1]
        first = min(max(bisect_right(xs, run.left) - 1, 0), last)
        if id(run) not in middles and (
            run.right <= xs[first + 1] or line[first] is line[min(bisect_right(xs, run.right) - 1, last)]
        ):
            line[first].runs.append(run)
            continue
        for one in [run] if id(run) in middles else run.characters():
            x = bisect_right(xs, middles.get(id(run), (one.left + one.right) / 2)) - 1
            line[min(max(x, 0), last)].runs.append(one)
    filled = [cell for cell in table.cells if cell.runs]
    turned: dict[int, list[Run]] = {}
    for cell in filled:
        askew = [run for run in cell.runs if run.turn]
        if askew:
            turned[id(cell)] = askew
        cell.lines = lines_of([run for run in cell.runs if not run.turn] if askew else cell.runs)
    torn = _find_wrapped(filled)
    for cell in filled:
        right = cell.left if torn and id(cell) in torn else cell.right
        cell.pieces = cell_text(cell.lines, turned.get(id(cell), ()), right, cell.wrapped)


def _find_wrapped(cells: list[Cell]) -> set[int]:
    """Find the cells in which one figure takes several lines: each line but the last one is full, it has no
    room for another digit, and no line of a figure in a cell as wide has more. Else they may be figures of
    two rows between which the rule is lacking: the ids of those are returned.
    """
    several = [
        cell
        for cell in cells
        if len(cell.lines) > 1 and cell.runs[0].text[0] in _OF_FIGURES and _is_digits(cell)
    ]
    if not several:
        return set()
    widest: dict[int, float] = defaultdict(float)  # of the lines of figures in cells of a width
    for cell in cells:
        if cell.lines and _is_digits(cell):
            lines = widest[round(cell.right - cell.left)], *(line.right - line.left for line in cell.lines)
            widest[round(cell.right - cell.left)] = max(lines)
    for cell in several:
        width = cell.right - cell.left
        digit = max((run.right - run.left) / len(run.text) for run in cell.runs if run.text != " ")
        full = max(width - digit - _PADDING, widest[round(width)] - digit / 2)
        cell.wrapped = all(
            line.right - line.left > full and below.top - line.bottom < line.height / 2
            for line, below in pairwise(cell.lines)
        )
    return {id(cell) for cell in several if not cell.wrapped}


def _is_digits(cell: Cell) -> bool:
    """Whether a cell holds digits and points alone, in lines without gaps."""
    return all(len(line.parts) == 1 and _OF_FIGURES.issuperset(plain(line.parts[0])) for line in cell.lines)


def _middles(runs: list[Run]) -> dict[int, float]:
    """For the digits of each figure the middle of the whole figure: one too long for its cell reaches over
    the rules beside it.
    """
    middles: dict[int, float] = {}
    figure: list[Run] = []
    digits = [run for run in runs if _DIGITS.issuperset(run.text) and not run.turn]
    for run in [*sorted(digits, key=lambda r: (round(r.bottom), r.left)), None]:
        last = figure[-1] if figure else None
        if last and (
            run is None
            or round(run.bottom) != round(last.bottom)
            or run.left - last.right > _WITHIN * (last.bottom - last.top)
        ):
            if len(figure) > 1 or len(last.text) > 1:
                middles |= dict.fromkeys(map(id, figure), (figure[0].left + figure[-1].right) / 2)
            figure = []
        if run is not None:
            figure.append(run)
    return middles


def _is_sound(table: Table, edges: list[float]) -> bool:
    """Whether its cells hold one figure at the most: where rules are lacking between rows or columns, several
    stand in one, or one beside a label.
    """
    for cell in table.cells:
        if _is_two(cell):
            return False
        figures = 0
        for line in cell.lines if len(cell.runs) > 1 else ():
            parts = sum(_FIGURE.fullmatch(plain(part)) is not None for part in line.parts)
            if parts > 1:
                return False
            figures += parts if len(line.parts) > 1 or parts else 0
            if figures > 1 and not cell.wrapped:
                return False
        if figures and any(_is_parted(cell, edge) for edge in edges if cell.left < edge < cell.right):
            return False
    return True


def _is_two(cell: Cell) -> bool:
    """Whether digits reach over one side of a cell that has room for them, and two of them meet at that rule:
    they may be two figures.
    """
    runs = [run for run in cell.runs if not run.turn and _DIGITS.issuperset(run.text)]
    left, right = (
        min((run.left for run in runs), default=cell.left),
        max((run.right for run in runs), default=cell.right),
    )
    if (left < cell.left) == (right > cell.right) or right - left > cell.right - cell.left:
        return False
    edge, near = cell.left if left < cell.left else cell.right, _WITHIN * (runs[0].bottom - runs[0].top)
    within = [
        place
        for run in runs
        for one in run.characters()
        for place in (one.left, one.right)
        if left < place < right
    ]
    return any(abs(place - edge) < near for place in within)


def _is_parted(cell: Cell, edge: float) -> bool:
    """Whether a cell of several columns has words in one and a figure in the next one, so that the rule
    between them is lacking.
    """
    parts = [part for line in cell.lines for part in line.parts]
    before: list[Pieces] = []
    behind: list[Pieces] = []
    for part in parts:
        runs = [run for _, run in part if run is not None]
        (before if runs[-1].right <= edge else behind).append(part)
        if runs[0].left < edge < runs[-1].right:
            return False
    return len(behind) == 1 and bool(before) and _FIGURE.fullmatch(plain(behind[0])) is not None


# Page breaks


def is_continued(above: Table, below: Table) -> bool:
    """Whether a table at the top of a page may be the rest of the one at the foot of the page before: it is
    as wide.
    """
    return abs((above.right - above.left) - (below.right - below.left)) <= _SAME_EDGE


def join(above: Table, below: Table) -> Table:
    """One table of two parts on two pages: without a header that is printed again, and with what the break
    cut in one piece.
    """
    shift = above.left - below.left
    for cell in below.cells:
        cell.left, cell.right = cell.left + shift, cell.right + shift
    cells = _without_header(above, below)
    first = min((cell.row for cell in cells), default=0)
    last = above.rows - 1
    foot = [cell for cell in above.cells if cell.row + cell.rows == above.rows]
    head = [cell for cell in cells if cell.row == first]
    pairs = [
        (a, b)
        for b in head
        for a in foot
        if abs(a.left - b.left) < _SAME_EDGE and abs(a.right - b.right) < _SAME_EDGE
    ]
    dropped: list[Cell] = []
    if len(pairs) == len(head) == len(foot):
        tall = [(a, b) for a, b in pairs if a.row < last or b.rows > 1]
        dropped += [b for a, b in tall if _absorb(a, b)]
        flat = [pair for pair in pairs if pair not in tall]
        if flat and _is_one_row(flat):
            for a, b in flat:
                a.pieces = a.pieces + b.pieces
            dropped += [b for _, b in flat]
    for cell in cells:
        cell.row += above.rows - first
    kept = [cell for cell in cells if not any(cell is other for other in dropped)]
    return Table(
        above.left, above.top, above.right, above.bottom, above.rows + below.rows - first, above.cells + kept
    )


def _without_header(above: Table, below: Table) -> list[Cell]:
    """The cells of the lower part without the rows of the head that it prints again."""
    repeated = 0
    while repeated < min(above.rows, below.rows) - 1:
        ours, theirs = above.row(repeated), below.row(repeated)
        words = [cell.text for cell in ours]
        if (
            not any(words)
            or words != [cell.text for cell in theirs]
            or any(_FIGURE.fullmatch(word) for word in words if word)
        ):
            break
        repeated += 1
    if any(cell.row < repeated < cell.row + cell.rows for cell in below.cells):
        repeated = 0
    return [cell for cell in below.cells if cell.row >= repeated]


def _absorb(above: Cell, below: Cell) -> bool:
    """Take the rest of a merged cell to its first part, unless it is a cell of its own. True where the rest
    is then to be dropped.
    """
    if not below.text or below.text == above.text:
        return True
    if (
        not above.text
        or _FIGURE.fullmatch(below.text)
        or _FIGURE.fullmatch(above.text)
        or not _goes_together(above.text, below.text)
    ):
        return False
    above.pieces = above.pieces + below.pieces
    return True


def _is_one_row(pairs: list[tuple[Cell, Cell]]) -> bool:
    """Whether the last row of a page and the first of the next are one row that the break cut: figures in one
    of them, a label in both or in one.
    """
    words = [(a.text, b.text) for a, b in pairs]
    above, below = (any(_FIGURE.fullmatch(pair[i]) for pair in words) for i in (0, 1))
    mixed = any(
        a and b and (_FIGURE.fullmatch(a) or _FIGURE.fullmatch(b)) for a, b in words
    )  # a figure below a head
    if mixed or (above and below):
        return False
    if not any(b for _, b in words):
        return True
    labels = [(a, b) for a, b in words if not _FIGURE.fullmatch(a) and not _FIGURE.fullmatch(b) and (a or b)]
    both = [(a, b) for a, b in labels if a and b]
    if not both:
        return above or below
    return all(_goes_together(a, b) for a, b in both)


def _goes_together(first: str, second: str) -> bool:
    """Whether two pieces of words are one label that a page break cut."""
    if _is_label(second) or _ENUMERATED.match(second):
        return False
    return _is_label(first + second) or not _is_label(first)


@cache
def _is_label(text: str) -> bool:
    words = normalize(text).text
    return any(
        lexicon(key).classify(words)[0] >= FURNITURE and lexicon(key).classify(words)[1] != ""
        for key in TABLE_KEYS
    )
