"""Rows of Arrow tables as Python's values."""

import pyarrow as pa
import pytest

from orchestration.running.inputs import records

ROWS = pa.table(
    {
        "id": pa.array(["a", "b", None, "d"]),
        "offsets": pa.array([[0, 7], [], [1], [2, 3, 4]], pa.list_(pa.int32())),
        "boxes": pa.array([[1.5, 2.25], [], [], [0.1]], pa.list_(pa.float32())),
        "reasons": pa.array([["x"], [], ["y", "z"], []], pa.list_(pa.string())),
        "gaps": pa.array([[1, None], None, [], [2]], pa.list_(pa.int32())),
        "hints": pa.array([[("title", "t")], [], [], []], pa.map_(pa.string(), pa.string())),
        "few": pa.array(["p", "q", "p", None]).dictionary_encode(),
    }
)


@pytest.mark.parametrize(
    "table",
    [
        ROWS,
        ROWS.slice(1),
        ROWS.slice(1, 2),
        ROWS.slice(4),
        ROWS.filter(pa.array([False, True, False, True])),
        pa.concat_tables([ROWS.slice(2), ROWS]),
        ROWS.take([3, 0]),
    ],
)
def test_records_are_what_arrow_itself_makes_of_rows(table: pa.Table) -> None:
    assert list(records(table)) == table.to_pylist()
