"""What Dagster loads: the assets, their checks, the job that builds a year, what starts it, and where the
files are.
"""

from __future__ import annotations

import dagster as dg

from orchestration.code_location.alerts import ALERTS
from orchestration.code_location.assets import ASSETS
from orchestration.code_location.checks import CHECKS
from orchestration.code_location.jobs import BUILD_ORGANS as BUILD_ORGANS
from orchestration.code_location.jobs import BUILD_PANEL as BUILD_PANEL
from orchestration.code_location.jobs import BUILD_YEAR as BUILD_YEAR
from orchestration.code_location.jobs import JOBS
from orchestration.code_location.recovery import RECOVERY
from orchestration.code_location.release import release
from orchestration.code_location.resources import Store
from orchestration.code_location.schedules import SCHEDULES
from orchestration.code_location.sensors import SENSORS

defs = dg.Definitions(
    assets=[*ASSETS, release],
    asset_checks=CHECKS,
    jobs=JOBS,
    schedules=SCHEDULES,
    sensors=[*SENSORS, *ALERTS, *RECOVERY],
    resources={"store": Store.from_environment()},
    executor=dg.in_process_executor,
)
