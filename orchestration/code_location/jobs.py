"""The job that makes a year, and what everything that starts it has in common."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any, TypeVar

import dagster as dg

from assets.pipeline import OF_DOCUMENTS, OVER_YEARS
from assets.stages import Stage
from orchestration import settings
from orchestration.code_location.metadata import OWNER

# Owners of jobs, schedules and sensors are new in Dagster, and it says so each time that they are loaded.
warnings.filterwarnings("ignore", message="Parameter `owners`", category=dg.BetaWarning)

BUILD_YEAR = "build_year"
BUILD_ORGANS = "build_organs"
BUILD_PANEL = "build_panel"
OWNERS = [OWNER]
REASON = "ogi/reason"  # the tag of a run that says why it was started


def _job(name: str, stages: Iterable[Stage], description: str) -> Any:
    # In process: a step of its own process would pay its imports again, which takes longer than a small year.
    return dg.define_asset_job(
        name,
        selection=dg.AssetSelection.assets(*(dataset for stage in stages for dataset in stage.datasets)),
        executor_def=dg.in_process_executor,
        description=description,
        tags={"kind": "build"},
        owners=OWNERS,
    )


build_year = _job(
    BUILD_YEAR,
    OF_DOCUMENTS,
    "Everything for one report year, from the documents to the validated facts, with all checks.",
)
build_organs = _job(
    BUILD_ORGANS,
    (stage for stage in OVER_YEARS if not stage.by_year),
    "What is made of all years together: the organs, and who is missing.",
)
build_panel = _job(
    BUILD_PANEL,
    (stage for stage in OVER_YEARS if stage.by_year),
    "What is made of a report year once the organs of all years are known.",
)
JOBS = [build_year, build_organs, build_panel]

Status = TypeVar("Status", dg.DefaultScheduleStatus, dg.DefaultSensorStatus)


def automation_status(status: type[Status]) -> Status:
    """Return whether schedules and sensors run before anybody switches them on: with OGI_AUTOMATION=on, as
    in `deploy/`.
    """
    return status.RUNNING if settings.automation() else status.STOPPED


# --- its runs, as the instance took them down

_UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def unfinished(instance: dg.DagsterInstance, year: str | None = None) -> bool:
    """Return whether a run of the year, or of any, is queued or under way."""
    tags = {"dagster/partition": year} if year else {}
    wanted = dg.RunsFilter(statuses=_UNFINISHED, tags=tags)
    return bool(instance.get_run_ids(wanted, limit=1))


def failed_last(instance: dg.DagsterInstance, year: str) -> bool:
    """Return whether the last run that published figures of the year failed afterwards, as when a check
    fails.
    """
    wanted = dg.AssetRecordsFilter(dg.AssetKey("validated_facts"), asset_partitions=[year])
    records = instance.fetch_materializations(wanted, limit=1).records
    run = instance.get_run_by_id(records[0].run_id) if records else None
    return run is not None and run.status != dg.DagsterRunStatus.SUCCESS  # one that was deleted says nothing
