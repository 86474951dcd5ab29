"""What notices runs that ended without a word: their machine was restarted, or their process killed with
everything beside it.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

import dagster as dg

from orchestration.code_location.metadata import OWNER

HOST = "ogi/host"  # the tag of a run that no daemon launched: the machine that it is on
GONE = (
    "the process of the run is gone: it was killed, or the machine was restarted. What was published stays "
    "as it was; the run is started again if the settings say so (run_retries in dagster.yaml)"
)
_SLACK = 60.0  # seconds by which a clock of the system may differ from that of the events


@dg.sensor(
    name="runs_alive",
    default_status=dg.DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=30,
    tags={"kind": "recovery"},
    metadata={"owner": OWNER},
    description="Marks as failed a run whose process is gone, so that it is repeated, alerts, and holds no "
    "place in the queue. Dagster itself does so only where runs are launched into containers.",
)
def runs_alive(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Fail the runs on this machine that are under way by their status, and by nothing else."""
    instance = context.instance
    if instance.run_launcher.supports_check_run_worker_health:
        return dg.SkipReason("the run launcher looks after its runs itself")
    gone = 0
    for run in instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])):
        if _is_here(run) and _is_gone(instance, run.run_id):
            instance.report_run_failed(run, GONE)
            context.log.error(f"run {run.run_id}: {GONE}")
            gone += 1
    return dg.SkipReason(f"{gone} runs were gone" if gone else "every run that is under way is alive")


def _is_here(run: dg.DagsterRun) -> bool:
    """Whether a run is on this machine: the daemon launches all of its runs beside this code."""
    return run.remote_job_origin is not None or run.tags.get(HOST) == socket.gethostname()


def _is_gone(instance: dg.DagsterInstance, run_id: str) -> bool:
    """Whether the process that started a run has ended; not, if the run does not say which that is."""
    for log in instance.all_logs(run_id, of_type=dg.DagsterEventType.RUN_START):
        event = log.dagster_event
        if event is not None and event.pid is not None:
            began = _began(event.pid)
            return began is None or began > log.timestamp + _SLACK
    return False


def _began(pid: int) -> float | None:
    """When a process began, in seconds since the epoch; 0 where the system does not say; None if it is not
    there.
    """
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        return 0.0
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        boot = next(
            line.split()[1]
            for line in Path("/proc/stat").read_text().splitlines()
            if line.startswith("btime")
        )
    except (OSError, StopIteration):
        return 0.0
    if fields[0] == "Z":
        return None
    return float(boot) + int(fields[19]) / os.sysconf("SC_CLK_TCK")


RECOVERY = [runs_alive]
