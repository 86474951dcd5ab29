"""What Dagster loads: the assets, their checks, the job that builds a year, what starts it, and where the
files are.
"""

from __future__ import annotations

import dagster as dg

from orchestration.alerts import ALERTS
from orchestration.checks import CHECKS
from orchestration.jobs import BUILD_YEAR as BUILD_YEAR
from orchestration.jobs import build_year
from orchestration.pipeline import ASSETS
from orchestration.resources import Store
from orchestration.schedules import SCHEDULES
from orchestration.sensors import SENSORS

defs = dg.Definitions(
    assets=ASSETS,
    asset_checks=CHECKS,
    jobs=[build_year],
    schedules=SCHEDULES,
    sensors=[*SENSORS, *ALERTS],
    resources={"store": Store.from_environment()},
    executor=dg.in_process_executor,
)
