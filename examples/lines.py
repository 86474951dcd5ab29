"""Tables as lines of text that show no grid: comma-separated, nested lists, cells wrapped in narrow columns, heads
run together, labels apart from their figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from examples.grids import Box, Grid
from examples.shapes import CASES, figures_of
from schemas.forms import Table


def comma_separated(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows as a spreadsheet saves them: what holds a comma or a quotation mark stands in quotation marks."""
    return [",".join(map(_quoted, cells)) for cells in rows]


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if "," in text or '"' in text else text


def nested_list(rng: Random, grid: Grid, form: Table) -> list[str]:
    """Each row an item, each of its figures an item below it, behind the head of its column."""
    mark = rng.choice(("- ", "* ", "• "))
    lines, above = list[str](), ""
    for row in grid.rows:
        if len(row) == 1 and not figures_of(row):
            lines.append(mark + row[0].text)
        labels = [box.text for box in row if box.role == "label"]
        for box in figures_of(row):
            assert box.key is not None, "every figure has the key of its cell"
            item = labels[-1] if labels else CASES[box.key[0]]
            if item != above:
                lines += [f"  {mark}{label}" for label in labels or [item]]
                above = item
            lines.append(f"    {mark}{form.column(box.key[1]).label}：{box.text}")
    return lines


def wrapped(rng: Random, grid: Grid) -> list[str]:
    """Cells wrapped in narrow columns and read cell by cell: the figures of a row follow its label's last
    line, or stand on a line of their own amid those of the label.
    """
    room, amid = rng.choice((6, 8, 10)), rng.random() < 0.4
    lines: list[str] = []
    for row in grid.rows:
        words = [piece for box in row if box.role not in ("figure", "other") for piece in _pieces(box, room)]
        figures = " ".join(box.text for box in row if box.role in ("figure", "other") and box.text.strip())
        if not figures:
            lines += words
        elif amid and len(words) > 1:
            lines += [*words[: len(words) // 2], figures, *words[len(words) // 2 :]]
        else:
            lines += [*words[:-1], " ".join([*words[-1:], figures])]
    return lines


def _pieces(box: Box, room: int) -> list[str]:
    room *= min(box.width, 3)
    return [box.text[i : i + room] for i in range(0, len(box.text), room)]


def heads_together(grid: Grid) -> list[str]:
    """The head words of a line without a space between them, as MuPDF and narrow columns leave them."""
    return [
        ("" if all(box.role == "head" for box in row) else " ").join(
            box.text for box in row if box.text.strip()
        )
        for row in grid.rows
    ]


def labels_apart(grid: Grid) -> list[str]:
    """All heads and labels, then all figures, a row a line: what is left where a page was read column by column."""
    words = [
        box.text for row in grid.rows for box in row if box.role in ("head", "label") and box.text.strip()
    ]
    figures = [
        " ".join(box.text for box in row if box.role in ("figure", "other") and box.text.strip())
        for row in grid.rows
    ]
    return [*words, *filter(None, figures)]
