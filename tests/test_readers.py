"""The datasets as strangers open them: DuckDB, pandas, Polars and pyarrow see the same columns and get the
same sums.
"""

import threading
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from examples.make import REPORTS
from orchestration.commands import build
from orchestration.store.warehouse import Warehouse
from schemas.datasets import DATASETS, arrow_schema

YEARS = ("2019", "2023")
Sums = dict[tuple[int, str], float]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two years of the examples."""
    root = tmp_path_factory.mktemp("warehouse")
    assert build.build(REPORTS, root, YEARS).status == 0
    return root


def with_duckdb(facts: Path) -> Sums:
    source = f"read_parquet('{facts}/*/*.parquet', hive_partitioning = true)"
    query = f'select year, "table", sum(value) from {source} group by all'
    return {(int(year), table): total for year, table, total in duckdb.sql(query).fetchall()}


def with_pandas(facts: Path) -> Sums:
    sums = pd.read_parquet(facts).groupby(["year", "table"], observed=True)["value"].sum()
    return {(int(year), table): total for (year, table), total in sums.items()}


def with_polars(facts: Path) -> Sums:
    sums = (
        pl.scan_parquet(facts, hive_partitioning=True)
        .group_by("year", "table")
        .agg(pl.col("value").sum())
        .collect()
    )
    return {(int(year), table): total for year, table, total in sums.iter_rows()}


def with_pyarrow(facts: Path) -> Sums:
    table = ds.dataset(facts, partitioning="hive").to_table(columns=["year", "table", "value"])
    sums = table.group_by(["year", "table"]).aggregate([("value", "sum")]).to_pylist()
    return {(row["year"], row["table"]): row["value_sum"] for row in sums}


READERS: dict[str, Callable[[Path], Sums]] = {
    "duckdb": with_duckdb,
    "pandas": with_pandas,
    "polars": with_polars,
    "pyarrow": with_pyarrow,
}
each_reader = pytest.mark.parametrize("read", READERS.values(), ids=READERS.keys())


@each_reader
def test_the_sums_are_those_of_the_rows(warehouse: Path, read: Callable[[Path], Sums]) -> None:
    sums: Sums = {}
    for year in YEARS:
        for row in Warehouse(warehouse).records("validated_facts", year):
            sums[int(year), row["table"]] = sums.get((int(year), row["table"]), 0.0) + row["value"]
    assert read(warehouse / "validated_facts") == pytest.approx(sums)
    assert len(sums) == 6 and min(sums.values()) > 0


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_reader_finds_every_column_of_every_dataset(warehouse: Path, dataset: str) -> None:
    by_year = DATASETS[dataset].by_year
    names = [*DATASETS[dataset].names, *(["year"] if by_year else [])]
    folder = warehouse / dataset
    files = f"{folder}/*/*.parquet" if by_year else f"{folder}/*.parquet"
    relation = duckdb.sql(f"select * from read_parquet('{files}', hive_partitioning = {by_year})")
    assert relation.columns == names
    assert pl.read_parquet(folder, hive_partitioning=True).columns == names
    assert list(pd.read_parquet(folder).columns) == names
    assert ds.dataset(folder, partitioning="hive").schema.names == names
    rows = {
        len(relation),
        len(pl.read_parquet(folder)),
        len(pd.read_parquet(folder)),
        ds.dataset(folder, partitioning="hive").count_rows(),
    }
    assert rows == {sum(Warehouse(warehouse).rows(dataset, year) for year in (YEARS if by_year else [""]))}


def test_columns_say_what_they_are(warehouse: Path) -> None:
    for dataset in DATASETS.values():
        for year in YEARS if dataset.by_year else [""]:
            schema = pq.read_schema(Warehouse(warehouse).path(dataset.name, year))
            assert schema.equals(arrow_schema(dataset))
            assert {field.name: field.metadata[b"description"].decode() for field in schema} == {
                column.name: column.description for column in dataset.columns
            }


# --- a partition that is replaced while it is read


def numbered(value: float, rows: int) -> pa.Table:
    """Facts that all have one value, so that a mixture of two partitions shows."""
    filled = {
        "report_id": "0" * 16,
        "report_year": 2023,
        "table": "applications",
        "row": "granted",
        "column": "total",
        "value": value,
    }
    filled |= {"basis": "printed", "raw": "1", "is_current": True}
    schema = arrow_schema(DATASETS["validated_facts"])
    return pa.Table.from_pylist([{name: filled.get(name) for name in schema.names}] * rows, schema)


def publish(files: Warehouse, value: float, batches: int) -> None:
    with files.replace("2023", "validated_facts") as [writer]:
        for _ in range(batches):
            writer.write_table(numbered(value, 1000))


def test_an_open_reader_keeps_the_old_rows(tmp_path: Path) -> None:
    files = Warehouse(tmp_path)
    publish(files, 1.0, 4)
    reader = files.tables("validated_facts", "2023", ["value"])
    seen = [next(reader)]
    publish(files, 2.0, 7)
    seen += reader
    assert [pc.sum(table["value"]).as_py() for table in seen] == [1000.0] * 4
    assert files.column("validated_facts", "2023", "value") == [2.0] * 7000


def found(read: Callable[[Path], Sums], facts: Path) -> float | None:
    """The one sum; None where the reader says that a file has gone between two looks at it, or that it found
    none and so no column.

    Arrow lists names, then looks at each file, and leaves out one that has gone in between.
    """
    try:
        [total] = read(facts).values()
    except (FileNotFoundError, duckdb.IOException, pa.ArrowInvalid, KeyError) as error:
        gone = ("No such file", "No files found", "does not exist", "No match for FieldRef", "'year'")
        assert any(words in str(error) for words in gone), error
        return None
    return total


@each_reader
def test_a_reader_sees_the_old_rows_or_the_new_and_never_a_mixture(
    tmp_path: Path, read: Callable[[Path], Sums]
) -> None:
    files = Warehouse(tmp_path)
    publish(files, 1.0, 4)
    stop = threading.Event()

    def keep_replacing() -> None:
        for turn in range(10_000):
            if stop.is_set():
                return
            publish(files, *((1.0, 4), (2.0, 7))[turn % 2])

    writer = threading.Thread(target=keep_replacing)
    writer.start()
    try:
        seen = [total for _ in range(40) if (total := found(read, tmp_path / "validated_facts")) is not None]
    finally:
        stop.set()
        writer.join()
    assert seen and set(seen) <= {4000.0, 14000.0}
