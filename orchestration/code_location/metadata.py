"""What Dagster's UI shows of the assets: descriptions, columns, code versions, and the figures of each
materialization.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dagster as dg

from assets import quality
from assets.stages import Stage
from orchestration.code import code_of
from orchestration.code_location import look, plots
from orchestration.code_location.lineage import column_lineage
from orchestration.code_location.partitions import POLICY
from orchestration.running.run import Made
from orchestration.store.paths import StoreError
from orchestration.store.warehouse import Warehouse
from schemas.datasets import BOX_FIELDS, DATASETS, Column, Dataset
from schemas.labels import column_label, dataset_label

Result = dg.MaterializeResult[Any]

OWNER = "team:disclosure"
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
    """Return the columns of a dataset as Dagster's UI shows them."""
    return dg.TableSchema(columns=[_column(dataset, column) for column in dataset.columns])


def _column(dataset: Dataset, column: Column) -> dg.TableColumn:
    label = column_label(dataset.name, column.name)
    unit = f" (unit: {column.unit})" if column.unit else ""
    return dg.TableColumn(
        column.name,
        column.type,
        f"{label.en} · {label.zh}: {column.description}{unit}",
        dg.TableColumnConstraints(nullable=column.nullable, unique=dataset.key == (column.name,)),
    )


def about(name: str, stage: Stage) -> dict[str, Any]:
    """Return the arguments of `dg.AssetSpec` that describe a dataset of a stage."""
    dataset, label = DATASETS[name], dataset_label(name)
    return {
        "description": f"{label.zh}. {dataset.description}\n\nA row is {dataset.row}.",
        "group_name": stage.group,
        "kinds": {"python", "parquet"},
        "owners": [OWNER],
        "tags": {"published": "yes" if name == "validated_facts" else "no"},
        "code_version": code_of(name),
        "metadata": {"dagster/column_schema": table_schema(dataset)},
        "freshness_policy": POLICY if stage.group == "published" else None,
    }


def told(files: Warehouse, year: str, made: Made) -> Iterator[Result]:
    """Yield a MaterializeResult for each partition that a stage has just made."""
    context = dg.AssetExecutionContext.get()
    for writer in made.writers:
        name = writer.dataset.name
        before = {key.to_user_string() for key in context.assets_def.asset_deps[dg.AssetKey(name)]}
        rows = "dagster/partition_row_count" if year else "dagster/row_count"
        metadata = {
            rows: writer.rows,
            **look.of(name, files, year),
            "dagster/column_lineage": column_lineage(name, [one for one in DATASETS if one in before]),
            "path": dg.MetadataValue.path(str(files.folder(name, year))),
            "size_bytes": files.path(name, year).stat().st_size,
            "seconds": round(made.seconds, 3),
            "first_rows": dg.MetadataValue.md(preview(files, name, year)),
            **plots.of(name, files, year),
            **({"reused": True} if made.reused else {}),
            **({"damaged": "was damaged, and is made anew"} if name in made.damaged else {}),
            **made.metadata,
        }
        yield dg.MaterializeResult(asset_key=name, metadata=metadata)


def preview(files: Warehouse, dataset: str, year: str) -> str:
    """Return the first rows of a partition as a table in markdown: keys, figures and outcomes, and no text
    of a document.
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
    """Within the block turn a failure that may pass (a busy disk, network or lock) into a request to repeat
    the step, in runs that a daemon launched. Whoever waits for `ogi build` gets the failure itself.
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
