"""The DuckDB file of a release: every table and view, with a comment on each and on each column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb

from orchestration.releasing.views import VIEWS, View, plain_views
from schemas.datasets import Dataset, arrow_schema
from schemas.labels import column_label, dataset_label
from schemas.release import PLAIN_NAMES, RELEASED

_MEMORY = "2GB"  # of DuckDB's own; what is more goes to the disk


def connect(path: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Return a connection to a database, by default to one in memory, of bounded memory."""
    connection = duckdb.connect(str(path) if path else ":memory:", config={"memory_limit": _MEMORY})
    connection.execute("SET enable_progress_bar = false")
    return connection


def table_of(connection: duckdb.DuckDBPyConnection, dataset: Dataset, files: list[Path]) -> str:
    """Return what stands for the rows of a dataset behind FROM: those of its files, or none."""
    if files:
        listed = ", ".join(f"'{str(file).replace(chr(39), chr(39) * 2)}'" for file in files)
        return f"read_parquet([{listed}], hive_partitioning = false)"
    name = f"no_{dataset.name}"
    connection.register(name, arrow_schema(dataset).empty_table())
    return name


def write_database(path: Path, files: Mapping[str, list[Path]]) -> None:
    """Write a database with the tables that lie in some Parquet files, by the name of each, and the views."""
    with connect(path) as database:
        for name, dataset in RELEASED.items():
            database.execute(f"CREATE TABLE {name} AS FROM {table_of(database, dataset, files[name])}")
            _comment(database, "TABLE", name, _about(dataset))
            for own in dataset.names:
                _comment(database, "COLUMN", f'{name}."{own}"', _about_column(dataset, own))
        for view in VIEWS:
            database.execute(f"CREATE VIEW {view.name} AS {view.sql}")
            _comment(database, "VIEW", view.name, f"{view.about.zh} · {view.about.en}")
            for column, about in _columns_of(database, view):
                _comment(database, "COLUMN", f"{view.name}.{column}", about)
        database.execute("CREATE SCHEMA plain")
        for name, query in plain_views():
            database.execute(f"CREATE VIEW plain.{name} AS {query}")
            _comment(database, "VIEW", f"plain.{name}", _about(RELEASED[name]))
            for own in RELEASED[name].names:
                plain = f"plain.{name}.{PLAIN_NAMES.get(own, own)}"
                _comment(database, "COLUMN", plain, _about_column(RELEASED[name], own))


def _comment(database: duckdb.DuckDBPyConnection, kind: str, what: str, words: str) -> None:
    quoted = words.replace("'", "''")
    database.execute(f"COMMENT ON {kind} {what} IS '{quoted}'")


def _about(dataset: Dataset) -> str:
    label = dataset_label(dataset.name)
    return f"{label.zh} · {label.en}: {dataset.description} A row is {dataset.row}."


def _about_column(dataset: Dataset, name: str) -> str:
    label, column = column_label(dataset.name, name), dataset.column(name)
    unit = f" (unit: {column.unit})" if column.unit else ""
    return f"{label.zh} · {label.en}: {column.description}{unit}"


def _columns_of(database: duckdb.DuckDBPyConnection, view: View) -> Iterator[tuple[str, str]]:
    """Each column of a view and what it is: told by the view, or as in the first dataset that has it."""
    names = [row[0] for row in database.execute(f"DESCRIBE {view.name}").fetchall()]
    for name in names:
        if label := view.columns.get(name):
            yield name, f"{label.zh} · {label.en}"
            continue
        original = next((old for old, plain in PLAIN_NAMES.items() if plain == name), name)
        yield (
            name,
            next(
                _about_column(dataset, known)
                for known in (name, original)
                for dataset in RELEASED.values()
                if known in dataset.names
            ),
        )
