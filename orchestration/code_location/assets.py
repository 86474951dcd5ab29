"""The stages as Dagster assets, a partition a report year: each is made of the declaration of its stage."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import pyarrow as pa
import pyarrow.compute as pc

from assets.escaping import in_line
from assets.pipeline import STAGES
from assets.stages import Stage, is_internal
from orchestration.code_location.metadata import about, passing_failures_retried, told
from orchestration.code_location.partitions import YEARS
from orchestration.code_location.resources import Store
from orchestration.running.run import run

_LOGGED = 20  # internal errors; all are in `reports`


def asset_of(stage: Stage) -> dg.AssetsDefinition:
    """Return the assets of the datasets of a stage; one step makes them together."""
    specs = [dg.AssetSpec(name, deps=stage.before, **about(name, stage)) for name in stage.datasets]

    @dg.multi_asset(name=stage.name, specs=specs, partitions_def=YEARS)
    def made(context: dg.AssetExecutionContext, store: Store) -> Iterator[dg.MaterializeResult[Any]]:
        log = _Log(context)
        with passing_failures_retried():
            store.begin(context)
            result = run(stage, store.raw_folder, store.files, context.partition_key, log.take)
        log.end()
        yield from told(store.files, context.partition_key, result)
        with passing_failures_retried():
            store.done(context)

    return made


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
