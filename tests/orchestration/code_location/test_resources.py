"""A run that failed or was killed is repeated from where it was: what it had made is gone on with."""

from __future__ import annotations

import shutil
from pathlib import Path

import dagster as dg
import pytest

from assets import quality
from orchestration.code_location import resources
from orchestration.code_location.definitions import BUILD_YEAR, defs
from orchestration.store.warehouse import Warehouse

ROOT = Path(__file__).parents[3]
YEAR = "2020"


def test_what_a_run_made_is_published_by_the_run_that_repeats_its_last_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OGI_COMPUTE", "serial")
    monkeypatch.setattr(resources, "_dropped", lambda launched: False)  # as of a run that a daemon launched
    shutil.copytree(ROOT / "examples" / "reports" / YEAR, tmp_path / "raw" / YEAR)
    warehouse = tmp_path / "warehouse"
    store = {"config": {"raw": str(tmp_path / "raw"), "warehouse": str(warehouse)}}
    config = {"resources": {"store": store}, "loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    job = defs.resolve_job_def(BUILD_YEAR)
    with dg.DagsterInstance.ephemeral() as instance:
        with monkeypatch.context() as patch:
            bad = quality.Verdict(False, "the check fails")
            patch.setattr(quality, "facts_complete", lambda *_: bad)
            patch.setattr(quality, "require", lambda verdict: None)
            failed = job.execute_in_process(
                run_config=config, partition_key=YEAR, instance=instance, raise_on_error=False
            )
        assert not failed.success and not list(warehouse.glob("*/year=*"))
        assert Warehouse(warehouse).was_making(YEAR, failed.run_id)
        for path in (warehouse / ".made").glob("checks-*"):
            path.unlink()
        again = dg.ReexecutionOptions(failed.run_id, step_selection=["validated_facts_checks"])
        result = dg.execute_job(
            dg.reconstructable(build_year),
            instance=instance,
            run_config=config,
            reexecution_options=again,
            tags={"dagster/partition": YEAR},
        )
        assert result.success, [event.message for event in result.all_events if event.is_failure]
    assert Warehouse(warehouse).build_of(YEAR) and not Warehouse(warehouse).was_making(YEAR, failed.run_id)


def build_year() -> dg.JobDefinition:
    return defs.resolve_job_def(BUILD_YEAR)
