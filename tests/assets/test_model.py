"""The values that pass from stage to stage: what is more than a plain record."""

from collections.abc import Callable
from typing import Any

import pytest

from assets.model import Cell, Cells

ONE, TWO, THREE = (
    Cell("review", column, "number", value, str(value), "件", value, value + 1) for value, column in enumerate(("a", "b", "c"))
)
CHANGES: dict[str, Callable[[Any], object]] = {
    "append": lambda cells: cells.append(THREE),
    "insert": lambda cells: cells.insert(1, THREE),
    "set": lambda cells: cells.__setitem__(0, THREE),
    "delete": lambda cells: cells.__delitem__(0),
    "clear": lambda cells: cells.clear(),
    "reverse": lambda cells: cells.reverse(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_cells_change_as_a_list_does(change: Callable[[Any], object]) -> None:
    cells, listed = Cells([ONE, TWO]), [ONE, TWO]
    change(cells)
    change(listed)
    assert (list(cells), len(cells), cells[:1], cells) == (listed, len(listed), listed[:1], Cells(listed))


def test_cells_are_looked_at_by_column() -> None:
    cells = Cells([ONE, TWO])
    assert (list(cells.column("value")), cells[-1], TWO in cells, bool(Cells())) == ([0, 1], TWO, True, False)
    cells.put("implied", [None, 7])
    assert list(cells) == [ONE, TWO._replace(implied=7)]
    assert cells != Cells([ONE, TWO]) and cells != [ONE, TWO]
    with pytest.raises(IndexError):
        cells[2]
