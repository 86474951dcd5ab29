"""The values that pass from stage to stage: what is more than a plain record."""

import pytest

from assets.model import Cell, Cells

ONE, TWO = (
    Cell("review", column, "number", value, str(value), "件", value, value + 1)
    for value, column in enumerate(("a", "b"))
)


def test_cells_are_a_sequence() -> None:
    cells = Cells([ONE, TWO])
    assert (list(cells), len(cells), cells[-1], cells[:1], TWO in cells, bool(Cells())) == (
        [ONE, TWO],
        2,
        TWO,
        [ONE],
        True,
        False,
    )
    assert cells == Cells([ONE, TWO]) and cells not in (Cells([TWO, ONE]), [ONE, TWO])
    with pytest.raises(IndexError):
        cells[2]


def test_cells_are_looked_at_and_set_by_column() -> None:
    cells = Cells([ONE, TWO])
    assert list(cells.column("value")) == [0, 1]
    cells.put("implied", [None, 7])
    assert list(cells) == [ONE, TWO._replace(implied=7)]
    assert Cells.of(*cells.columns) == cells
