"""The asset that makes a release. Nothing starts it by itself: to hand figures to strangers is an act of a
person.
"""

from pathlib import Path
from typing import Any

import dagster as dg

from orchestration import settings
from orchestration.code_location.metadata import OWNER
from orchestration.code_location.resources import Store
from orchestration.releasing.release import make_release
from orchestration.store.paths import StoreError
from schemas.datasets import DATASETS

VERSION = "ogi/version"  # the tag of a run that names the version; else it is the date


def _dep(name: str) -> dg.AssetDep:
    mapping = dg.AllPartitionMapping() if DATASETS[name].by_year else None
    return dg.AssetDep(name, partition_mapping=mapping)


@dg.asset(
    name="release",
    deps=[_dep(name) for name in DATASETS],
    group_name="release",
    owners=[OWNER],
    kinds={"parquet", "duckdb"},
    description="A folder for strangers: all datasets as Parquet and as one database, the panel as CSV, "
    "codebook, checksums, how it was made, and what changed since the release before. See docs/release.md.",
)
def release(context: dg.AssetExecutionContext, store: Store) -> dg.MaterializeResult[Any]:
    version = context.run.tags.get(VERSION)
    try:
        made = make_release(store.files, Path(settings.release()), version)
    except StoreError as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    return dg.MaterializeResult(
        metadata={
            "path": dg.MetadataValue.path(str(made.root)),
            "version": made.version,
            "years": ", ".join(made.years),
            "since": made.since or "no release before",
            "changes": dict(made.changes or {}),
        }
    )
