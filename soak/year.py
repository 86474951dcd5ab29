"""A small year to kill: datasets of rows that all say which turn wrote them, and what readers find of it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.store.warehouse import Warehouse
from schemas.datasets import DATASETS, arrow_schema

YEAR = "2023"
WRITTEN = ("raw_text", "normalized_text", "validated_facts")


def rows(dataset: str, value: str, count: int = 3) -> pa.Table:
    """Rows of a dataset, each with the value as its report_id."""
    schema = arrow_schema(DATASETS[dataset])
    return pa.table([_column(field, value, count) for field in schema], schema=schema)


def _column(field: Any, value: str, count: int) -> Any:
    if pa.types.is_string(field.type):
        return pa.array([value] * count, field.type)
    if field.nullable:
        return pa.nulls(count, field.type)
    many = pa.types.is_list(field.type) or pa.types.is_map(field.type)
    filler: Any = [] if many else False if pa.types.is_boolean(field.type) else 0
    return pa.array([filler] * count, field.type)


def write(root: Path, value: str, datasets: Iterable[str] = WRITTEN, year: str = YEAR) -> None:
    """Make a year whose every row says the value."""
    files = Warehouse(root)
    with files.made(year):
        for name in datasets:
            with files.replace(year, name) as [writer]:
                writer.write_table(rows(name, value))
        files.publish(year)


def found(root: Path, year: str = YEAR) -> dict[str, set[str]]:
    """Return the values that readers find in each dataset."""
    return {
        path.parent.parent.name: set[Any](pq.read_table(path, columns=["report_id"], partitioning=None)[0].to_pylist())
        for path in sorted(root.glob(f"*/year={year}/*.parquet"))
    }  # fmt: skip


def leftovers(root: Path) -> list[str]:
    """Return what lies in the warehouse that belongs to no build and is no lock."""
    writing = [name for name in os.listdir(root / ".writing") if not name.endswith(".lock")]
    made = os.listdir(root / ".made") if (root / ".made").is_dir() else []
    number = os.path.basename(os.readlink(root / ".current")) if (root / ".current").is_symlink() else "9" * 6
    builds = [name for name in os.listdir(root / ".builds") if name[:1].isdigit() and len(name) == 6]
    return [
        *writing,
        *(name for name in made if name.rpartition(".")[2].isdecimal()),
        *(name for name in builds if name > number),
    ]
