"""The stages as Dagster assets, a partition a report year: each is made of the declaration of its stage."""

import warnings
from collections.abc import Iterator
from typing import Any

import dagster as dg
import pyarrow as pa
import pyarrow.compute as pc

from assets.escaping import in_line
from assets.pipeline import STAGES
from assets.stages import Stage, YearStage, is_internal
from orchestration.code_location.metadata import about, passing_failures_retried, told
from orchestration.code_location.partitions import YEARS
from orchestration.code_location.resources import Store
from orchestration.running.run import run
from schemas.datasets import DATASETS

warnings.filterwarnings("ignore", message="Parameter `allow_nonexistent", category=dg.BetaWarning)

_LOGGED = 20  # internal errors; all are in `reports`


def asset_of(stage: Stage) -> dg.AssetsDefinition:
    """Return the assets of the datasets of a stage; one step makes them together."""
    specs = [dg.AssetSpec(name, deps=_deps(stage), **about(name, stage)) for name in stage.datasets]

    @dg.multi_asset(name=stage.name, specs=specs, partitions_def=YEARS if stage.by_year else None)
    def made(context: dg.AssetExecutionContext, store: Store) -> Iterator[dg.MaterializeResult[Any]]:
        log, year = _Log(context), year_of(context, stage)
        accept = context.run.tags.get("ogi/accept")  # why a collapsed year may be published
        with passing_failures_retried():
            store.begin(context, year)
            result = run(stage, store.raw_folder, store.files, year, log.take, accept)
        log.end()
        yield from told(store.files, year, result)
        with passing_failures_retried():
            store.done(context, year)

    return made


def _deps(stage: Stage) -> list[dg.AssetDep]:
    """What the datasets of a stage are made of: the same year, all years, or the year before too."""
    last = stage.last if isinstance(stage, YearStage) else ()
    both = dg.TimeWindowPartitionMapping(start_offset=-1, allow_nonexistent_upstream_partitions=True)
    return [
        dg.AssetDep(name, partition_mapping=both if name in last else _mapping(name, stage))
        for name in dict.fromkeys((*stage.before, *last))
    ]


def _mapping(name: str, stage: Stage) -> dg.PartitionMapping | None:
    """How years of a dataset and of a stage belong together; None where both are by year."""
    return None if stage.by_year and DATASETS[name].by_year else dg.AllPartitionMapping()


def year_of(context: dg.AssetExecutionContext, stage: Stage) -> str:
    """The year that a step is to make; "" where the stage is over all years."""
    return str(context.partition_key) if stage.by_year else ""


class _Log:
    """Says on which documents the program failed. An event of Dagster takes a millisecond: so the first of
    them, and how many there were.
    """

    def __init__(self, context: dg.AssetExecutionContext) -> None:
        self._context, self._failed = context, 0

    def take(self, table: pa.Table) -> None:
        """Look through some rows of a stage; only those of `reports` tell of all failures."""
        if "source" not in table.column_names or "notes" not in table.column_names:
            return
        for row in table.filter(pc.is_valid(table.column("reason"))).select(["source", "reason"]).to_pylist():
            if is_internal(row["reason"]):
                self._failed += 1
                if self._failed <= _LOGGED:
                    self._context.log.error(in_line(f"{row['source']}: {row['reason']}"))

    def end(self) -> None:
        if self._failed > _LOGGED:
            self._context.log.error(f"and {self._failed - _LOGGED} more: see the dataset reports")


ASSETS = [asset_of(stage) for stage in STAGES]
