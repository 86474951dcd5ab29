"""What Dagster's UI shows of the assets: descriptions, columns, code versions, and the figures of each materialization."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration import progress
from orchestration.partitions import YEARS
from orchestration.storage import PartitionWriter, Warehouse
from schemas.datasets import DATASETS, Dataset

Result = dg.MaterializeResult[Any]

OWNER = "team:disclosure"
_CHECKOUT = Path(__file__).resolve().parents[1]
_GROUPS = {
    "text": ("raw_text", "normalized_text", "section_splits"),
    "tables": ("table_cells", "table_status", "violations"),
    "published": ("reports", "validated_facts"),
}
# What the rows of a dataset depend on beside the rows before it: a change of these files makes it out of date.
_SOURCES = {
    "raw_text": ("assets/raw_text.py", "assets/formats/*.py"),
    "normalized_text": ("assets/normalized_text.py",),
    "section_splits": ("assets/section_splits.py",),
    "table_cells": (
        "assets/table_cells.py",
        "assets/violations.py",
        "assets/decoder/*.py",
        "schemas/rules.py",
        "schemas/repair.py",
        "schemas/bounds.py",
        "schemas/slips.py",
        "schemas/solver.py",
        "schemas/forms/*.toml",
    ),
    "reports": ("assets/reports.py",),
    "validated_facts": (
        "assets/validated_facts.py",
        "assets/corrections.py",
        "assets/evidence.py",
        "schemas/frames.py",
        "schemas/matrix.py",
        "schemas/rules.py",
        "schemas/forms/*.toml",
    ),
}
_COMMON_SOURCES = ("assets/batches.py", "assets/model.py", "schemas/datasets.py", "schemas/forms.py")


def table_schema(dataset: Dataset) -> dg.TableSchema:
    """The columns of a dataset for Dagster's UI."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                column.name,
                column.type,
                column.description + (f" (unit: {column.unit})" if column.unit else ""),
                dg.TableColumnConstraints(nullable=column.nullable, unique=dataset.key == (column.name,)),
            )
            for column in dataset.columns
        ]
    )


def code_version(dataset: str) -> str:
    """A digest of the files that decide what the rows of a dataset are."""
    patterns = (*_SOURCES.get(dataset, _SOURCES["table_cells"]), *_COMMON_SOURCES)
    paths = sorted(path for pattern in patterns for path in _CHECKOUT.glob(pattern))
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def about(name: str) -> dict[str, Any]:
    """What `@dg.asset` and `dg.AssetSpec` take to describe a dataset."""
    dataset = DATASETS[name]
    return {
        "description": f"{dataset.description}\n\nA row is {dataset.row}.",
        "group_name": next(group for group, names in _GROUPS.items() if name in names),
        "kinds": {"python", "parquet"},
        "owners": [OWNER],
        "tags": {"published": "yes" if name == "validated_facts" else "no"},
        "code_version": code_version(name),
        "metadata": {"dagster/column_schema": table_schema(dataset)},
    }


def stage(name: str, deps: Sequence[str] = ()) -> Callable[[Callable[..., Result]], dg.AssetsDefinition]:
    """Decorate the function that makes a dataset: an asset of the same name, a partition a year."""
    decorate: Callable[[Callable[..., Result]], dg.AssetsDefinition] = dg.asset(name=name, deps=deps, partitions_def=YEARS, **about(name))
    return decorate


@dataclass
class Publication:
    """The partitions that a step writes; once the block has ended, what there is to say of them."""

    writers: list[PartitionWriter]
    metadata: dict[str, Any] = field(default_factory=dict)  # what the step has to say beyond what every one says
    results: list[Result] = field(default_factory=list)


@contextmanager
def publishing(files: Warehouse, year: str, *datasets: str) -> Iterator[Publication]:
    """Write partitions whole or not at all, and take down what the UI shows of them."""
    started = time.perf_counter()
    progress.doing(f"{year} {datasets[0]}")
    with files.replace(year, *datasets) as writers:
        publication = Publication(writers)
        yield publication
    seconds = time.perf_counter() - started
    progress.done(len(datasets))
    for writer in writers:
        publication.results.append(
            dg.MaterializeResult(
                asset_key=writer.dataset.name,
                metadata={
                    "dagster/partition_row_count": writer.rows,
                    "path": dg.MetadataValue.path(str(writer.path.resolve())),
                    "size_bytes": writer.path.stat().st_size,
                    "seconds": round(seconds, 3),
                    **publication.metadata,
                },
            )
        )
