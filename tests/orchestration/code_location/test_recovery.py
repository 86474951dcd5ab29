"""A run whose process is gone is failed, so that it is repeated and holds no place in the queue."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import dagster as dg
import pytest
from dagster._core.events import DagsterEvent, DagsterEventType
from dagster._core.test_utils import create_run_for_test

from orchestration.code_location.recovery import GONE, HOST, runs_alive

HERE = {HOST: socket.gethostname()}


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def started(instance: dg.DagsterInstance, pid: int | None, tags: dict[str, str]) -> dg.DagsterRun:
    """A run that is under way in a process, as the instance knows it."""
    run = create_run_for_test(instance, job_name="build_year", tags=tags, status=dg.DagsterRunStatus.STARTING)
    event = DagsterEvent(DagsterEventType.RUN_START.value, "build_year", pid=pid)
    instance.report_dagster_event(event, run.run_id)
    return run


def ended_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.mark.parametrize(
    ("pid", "tags", "status"),
    [
        (ended_process, HERE, dg.DagsterRunStatus.FAILURE),
        (os.getpid, HERE, dg.DagsterRunStatus.STARTED),
        (ended_process, {HOST: "elsewhere"}, dg.DagsterRunStatus.STARTED),
        (ended_process, {}, dg.DagsterRunStatus.STARTED),
        (lambda: None, HERE, dg.DagsterRunStatus.STARTED),
    ],
    ids=["gone", "alive", "on another machine", "nobody knows where", "nobody knows which"],
)
def test_a_run_is_failed_only_if_its_process_is_gone(
    instance: dg.DagsterInstance, pid: object, tags: dict[str, str], status: dg.DagsterRunStatus
) -> None:
    run = started(instance, pid(), tags)  # type: ignore[operator]
    tick = runs_alive(dg.build_sensor_context(instance))
    now = instance.get_run_by_id(run.run_id)
    assert now is not None and now.status == status
    gone = status == dg.DagsterRunStatus.FAILURE
    assert tick.skip_message == ("1 runs were gone" if gone else "every run that is under way is alive")
    failures = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.RUN_FAILURE)
    assert [log.dagster_event.message for log in failures if log.dagster_event] == [GONE] * gone


def test_another_process_with_the_same_number_is_not_the_run(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = started(instance, os.getpid(), HERE)
    monkeypatch.setattr("orchestration.code_location.recovery._SLACK", -1e9)
    runs_alive(dg.build_sensor_context(instance))
    now = instance.get_run_by_id(run.run_id)
    assert now is not None and now.status == dg.DagsterRunStatus.FAILURE
