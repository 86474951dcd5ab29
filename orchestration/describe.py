"""What Dagster's UI shows of the assets: descriptions, columns, code versions, and the figures of each
materialization.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import dagster as dg

from assets import quality
from orchestration import changes, plots, progress
from orchestration.freshness import POLICY
from orchestration.lineage import column_lineage
from orchestration.partitions import YEARS
from orchestration.paths import StoreError
from orchestration.sources import code_version
from orchestration.storage import PartitionWriter, Warehouse
from schemas.datasets import BOX_FIELDS, DATASETS, Dataset

Result = dg.MaterializeResult[Any]

OWNER = "team:disclosure"
_GROUPS = {
    "text": ("raw_text", "normalized_text", "section_splits"),
    "tables": ("table_cells", "table_status", "violations"),
    "published": ("reports", "validated_facts"),
}
# A preview shows figures, keys and what became of documents; no free text, no lists, no places.
_NOT_PREVIEWED = {
    "text",
    "heading",
    "reason",
    "message",
    "error",
    "title",
    "raw",
    "sha256",
    "modified",
    "suspect_slip",
    "start",
    "end",
    "page",
}
_PREVIEWED = 5  # rows


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
        "freshness_policy": POLICY if name in _GROUPS["published"] else None,
    }


def stage(name: str, deps: Sequence[str] = ()) -> Callable[[Callable[..., Result]], dg.AssetsDefinition]:
    """Decorate the function that makes a dataset: an asset of the same name, a partition a year."""

    def decorate(make: Callable[..., Result]) -> dg.AssetsDefinition:
        # Dagster reads the annotations and the name of the function that it is given.
        made: dg.AssetsDefinition = dg.asset(name=name, deps=deps, partitions_def=YEARS, **about(name))(
            wraps(make)(passing_failures_retried()(make))
        )
        return made

    return decorate


@dataclass
class Publication:
    """The partitions that a step writes; once the block has ended, what there is to say of them."""

    writers: list[PartitionWriter]
    metadata: dict[str, Any] = field(
        default_factory=dict
    )  # what the step has to say beyond what every one says
    results: list[Result] = field(default_factory=list)


@contextmanager
def publishing(files: Warehouse, year: str, *datasets: str) -> Iterator[Publication]:
    """Write partitions whole or not at all, and take down what the UI shows of them."""
    started = time.perf_counter()
    progress.doing(f"{year} {datasets[0]}")
    with passing_failures_retried(), files.replace(year, *datasets) as writers:
        publication = Publication(writers)
        yield publication
    seconds = time.perf_counter() - started
    progress.done(len(datasets))
    for writer in writers:
        metadata = {**_told(files, year, writer, seconds), **publication.metadata}
        publication.results.append(dg.MaterializeResult(asset_key=writer.dataset.name, metadata=metadata))


def _told(files: Warehouse, year: str, writer: PartitionWriter, seconds: float) -> dict[str, Any]:
    """What there is to say of a partition that has just been published."""
    name = writer.dataset.name
    context = dg.AssetExecutionContext.get()
    before = {key.to_user_string() for key in context.assets_def.asset_deps[dg.AssetKey(name)]}
    documents = {changes.DOCUMENTS: changes.documents_read(files, year)} if name == "validated_facts" else {}
    return {
        "dagster/partition_row_count": writer.rows,
        "dagster/column_lineage": column_lineage(name, [one for one in DATASETS if one in before]),
        "path": dg.MetadataValue.path(str(writer.path.resolve())),
        "size_bytes": writer.path.stat().st_size,
        "seconds": round(seconds, 3),
        "first_rows": dg.MetadataValue.md(preview(files, name, year)),
        **plots.of(name, files, year),
        **documents,
    }


def preview(files: Warehouse, dataset: str, year: str) -> str:
    """The first rows of a partition as a table in markdown: keys, figures and outcomes, and no text of a
    document.
    """
    columns = [
        column.name
        for column in DATASETS[dataset].columns
        if column.name not in (*_NOT_PREVIEWED, *BOX_FIELDS) and not column.type.startswith(("list", "map"))
    ]
    rows = next(
        (table.slice(0, _PREVIEWED).to_pylist() for table in files.tables(dataset, year, columns)), []
    )
    return quality.markdown(
        columns, [["" if row[name] is None else row[name] for name in columns] for row in rows]
    )


# What is over after a while: a network or a disk that was busy. A file that is missing or may not be read
# stays so.
_LASTING = (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError, FileExistsError)
_RETRIES, _WAIT = 3, 20  # seconds


@contextmanager
def passing_failures_retried() -> Iterator[None]:
    """Have the step of a run that a daemon launched repeated, where it failed for a reason that may pass;
    whoever waits for `ogi build` is told.
    """
    try:
        yield
    except (StoreError, OSError) as error:
        launched = dg.OpExecutionContext.get().run.remote_job_origin is not None
        if (
            launched
            and not isinstance(error, _LASTING)
            and getattr(error, "errno", None) not in (errno.ENOSPC, errno.EROFS)
        ):
            raise dg.RetryRequested(max_retries=_RETRIES, seconds_to_wait=_WAIT) from error
        raise
