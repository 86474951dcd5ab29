"""What Dagster loads: the assets, their checks, the job that builds a year, and where the files are."""

from __future__ import annotations

import dagster as dg

from orchestration.checks import CHECKS
from orchestration.pipeline import ASSETS
from orchestration.resources import Store

BUILD_YEAR = "build_year"

# In process: a step of its own process would pay its imports again, which takes longer than a small year.
build_year = dg.define_asset_job(
    BUILD_YEAR,
    selection=dg.AssetSelection.all(),
    executor_def=dg.in_process_executor,
    description="Everything for one report year, from the documents to the validated facts, with all checks.",
)

defs = dg.Definitions(
    assets=ASSETS,
    asset_checks=CHECKS,
    jobs=[build_year],
    resources={"store": Store.from_environment()},
    executor=dg.in_process_executor,
)
