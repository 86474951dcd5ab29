"""The job that makes a year, and what everything that starts it has in common."""

from __future__ import annotations

import os
import warnings
from typing import TypeVar

import dagster as dg

from orchestration.describe import OWNER

# Owners of jobs, schedules and sensors are new in Dagster, and it says so each time that they are loaded.
warnings.filterwarnings("ignore", message="Parameter `owners`", category=dg.BetaWarning)

BUILD_YEAR = "build_year"
OWNERS = [OWNER]
REASON = "ogi/reason"  # the tag of a run that says why it was started

# In process: a step of its own process would pay its imports again, which takes longer than a small year.
build_year = dg.define_asset_job(
    BUILD_YEAR,
    selection=dg.AssetSelection.all(),
    executor_def=dg.in_process_executor,
    description="Everything for one report year, from the documents to the validated facts, with all checks.",
    tags={"kind": "build"},
    owners=OWNERS,
)

Status = TypeVar("Status", dg.DefaultScheduleStatus, dg.DefaultSensorStatus)


def automation_status(status: type[Status]) -> Status:
    """Whether schedules and sensors run before anybody switches them on: with OGI_AUTOMATION=on, as in
    `deploy/`. `make ui` waits to be told.
    """
    return status.RUNNING if os.environ.get("OGI_AUTOMATION") == "on" else status.STOPPED
