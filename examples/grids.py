"""The three tables as grids of cells with spans, the way an author lays them out, before any extraction
spoils them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from examples.figures import table_of
from schemas.forms import Row

Role = Literal["head", "label", "figure", "other"]
CellKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Box:
    """One printed cell: its text, how many columns and rows it spans, and what it is: a head, a row's label,
    a figure, or else.
    """

    text: str
    width: int = 1
    height: int = 1
    role: Role = "head"
    key: CellKey | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """One table: rows of the cells that begin in them, and its width in columns."""

    width: int
    rows: tuple[tuple[Box, ...], ...]

    def placed(self) -> list[list[tuple[Box, bool, bool]]]:
        """Every place of the grid: the cell that covers it, whether it begins in this column, and whether in
        this row.
        """
        out: list[list[tuple[Box, bool, bool] | None]] = [[None] * self.width for _ in self.rows]
        for y, row in enumerate(self.rows):
            x = 0
            for box in row:
                while out[y][x] is not None:
                    x += 1
                for down in range(box.height):
                    for across in range(box.width):
                        out[y + down][x + across] = (box, across == 0, down == 0)
                x += box.width
        return [[place for place in row if place is not None] for row in out]


# A wording turns a label of the form into what the author prints; the flag says whether it labels a row.
Wording = Callable[[str, bool], str]
Texts = Mapping[CellKey, str]


def _spans(count: int, width: int) -> tuple[int, ...]:
    """How `count` figures share `width` columns: the first one wide where they do not share evenly."""
    return (width - count + 1, *([1] * (count - 1)))


def _skewed(count: int, width: int) -> tuple[int, ...]:
    """Another way to share: the last one wide. Published tables mix both, so that the spans of figures differ
    from those of their heads.
    """
    return (*([1] * (count - 1)), width - count + 1)


def disclosure(
    edition: str, texts: Texts, wording: Wording, *, skewed: bool = False, extra: str | None = None
) -> Grid:
    """Section two: item after item of article 20, each with its own heads. `extra` is the figure of a row the
    form does not know.
    """
    form = table_of(edition, "active_disclosure")
    across = 4 if skewed else 3
    rows: list[tuple[Box, ...]] = []
    for (item, cells), members in groupby(form.rows, key=lambda row: (row.item, row.cells)):
        rows.append((Box(wording(item or "", False), across + 1),))
        heads = zip(cells, _spans(len(cells), across), strict=True)
        rows.append(
            (
                Box(wording("信息内容", False)),
                *(Box(wording(form.column(key).label, False), span) for key, span in heads),
            )
        )
        spans = (_skewed if skewed else _spans)(len(cells), across)
        for row in members:
            figures = (
                Box(texts[row.key, key], span, 1, "figure", (row.key, key))
                for key, span in zip(cells, spans, strict=True)
            )
            rows.append((Box(wording(row.label, True), role="label"), *figures))
            if row.key == "normative_documents" and extra is not None:
                rows.append(
                    (
                        Box(wording("其他主动公开文件", True), role="label"),
                        *(Box(extra, span, 1, "other") for span in spans),
                    )
                )
    return Grid(across + 1, tuple(rows))


def _begins(members: list[Row], i: int, depth: int) -> int:
    """How many rows the group at this depth spans if it begins with row i, else 0."""
    under = members[i].under
    if len(under) <= depth or (i and members[i - 1].under[: depth + 1] == under[: depth + 1]):
        return 0
    return sum(row.under[: depth + 1] == under[: depth + 1] for row in members[i:])


def applications(
    edition: str, texts: Texts, wording: Wording, *, note: str, unit_row: str | None = None
) -> Grid:
    """Section three: three columns of labels, seven of figures; `note` is the corner, `unit_row` a line such
    as 单位：件 on top.
    """
    form = table_of(edition, "applications")
    organisations = [column for column in form.columns if len(column.under) == 2]
    rows: list[tuple[Box, ...]] = [(Box(unit_row, 10),)] if unit_row else []
    rows.append((Box(note, 3, 3), Box(wording("申请人情况", False), 7)))
    rows.append(
        (
            Box(wording("自然人", False), 1, 2),
            Box(wording("法人或其他组织", False), 5),
            Box(wording("总计", False), 1, 2),
        )
    )
    rows.append(tuple(Box(wording(column.label, False)) for column in organisations))
    members = list(form.rows)
    for i, row in enumerate(members):
        groups = [
            Box(wording(row.under[depth], True), 1, height, "label")
            for depth in range(len(row.under))
            if (height := _begins(members, i, depth))
        ]
        label = Box(wording(row.label, True), 3 - len(row.under), 1, "label")
        figures = (Box(texts[row.key, key], role="figure", key=(row.key, key)) for key in row.cells)
        rows.append((*groups, label, *figures))
    return Grid(10, tuple(rows))


def review(edition: str, texts: Texts, wording: Wording, *, truncated: bool = False) -> Grid:
    """Section four: fifteen figures on one line under three blocks. `truncated` heads are cut to 结果, 其他, 尚未,
    as real ones are.
    """
    form = table_of(edition, "review_litigation")
    labels = [wording(column.label, False) for column in form.columns]
    cut = [label[:2] for label in labels] if truncated else labels
    blocks = [wording(row.label, False) for row in form.rows]
    return Grid(
        15,
        (
            (Box(blocks[0], 5), Box(wording("行政诉讼", False), 10)),
            (*(Box(label, 1, 2) for label in (labels[:1] + cut[1:])), Box(blocks[1], 5), Box(blocks[2], 5)),
            tuple(Box(label) for label in cut * 2),
            tuple(
                Box(texts[row.key, key], role="figure", key=(row.key, key))
                for row in form.rows
                for key in row.cells
            ),
        ),
    )
