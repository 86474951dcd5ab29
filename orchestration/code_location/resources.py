"""Where a deployment keeps its files: the raw store and the warehouse, as a Dagster resource."""

from __future__ import annotations

from typing import Any

import dagster as dg
from pydantic import PrivateAttr

from assets.pipeline import STAGES
from orchestration import settings
from orchestration.store.paths import Folder, folder
from orchestration.store.warehouse import Warehouse
from schemas.datasets import DATASETS

# The steps that a year is published after, as far as a run has them. No dataset is published before the
# checks of it that block have passed.
_STEPS = {stage.name for stage in STAGES} | {f"{name}_checks" for name in DATASETS}


class Store(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The two folders that the pipeline reads and writes: local, or addresses of an object store. Lives as
    long as a run, all of whose steps run in its process.
    """

    raw: str
    warehouse: str
    _files: Warehouse | None = PrivateAttr(None)
    _done: set[str] = PrivateAttr(default_factory=set)
    _launched: bool = PrivateAttr(False)

    @classmethod
    def from_environment(cls) -> Store:
        return cls(raw=settings.raw(), warehouse=settings.warehouse())

    @property
    def raw_folder(self) -> Folder:
        return folder(self.raw)

    @property
    def files(self) -> Warehouse:
        if self._files is None:
            self._files = Warehouse(folder(self.warehouse))
        return self._files

    def begin(self, context: Any) -> None:
        """Begin to make the year of a step, if its run has not yet. A run that repeats another, whose
        process died, goes on with what that has made.
        """
        self._launched = context.run.remote_job_origin is not None
        self.files.begin(context.partition_key, _first_run(context))

    def resume(self, context: Any) -> None:
        """Do the same for a step that only looks, if its run repeats what a run was about to publish."""
        if self.files.was_making(context.partition_key, _first_run(context)):
            self.begin(context)

    def done(self, context: Any) -> None:
        """Publish the year if this was the last step of the run that it waits for."""
        self._done.add(dg.OpExecutionContext.get().op_handle.name)
        year = context.partition_key
        wanted = set(context.run.step_keys_to_execute or (node.name for node in context.job_def.nodes))
        if wanted & _STEPS <= self._done and self.files.is_making(year):
            self.files.publish(year)
            self.files.end(year)

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        """Let others make the year. What a run that failed has made stays only where its failure may be
        repeated from.
        """
        if self._files is not None:
            self._files.close(drop=_dropped(self._launched))


def _dropped(launched: bool) -> bool:
    """Whether what a run has made goes when it fails: `ogi build` repeats no steps, a daemon may."""
    return not launched


def _first_run(context: Any) -> str:
    """The run of which that of a step is a repetition; itself, if it is none."""
    return str(context.run.root_run_id or context.run.run_id)
