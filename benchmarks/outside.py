"""A command measured from outside: its time, and the memory of every process that it has."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil  # type: ignore[import-untyped]

_EVERY = 0.25  # seconds between two looks


@dataclass(slots=True)
class Run:
    """What a command took: seconds by the clock; seconds of processors, of all its processes; MB that each
    process had for itself at most.
    """

    wall: float
    cpu: float
    peaks: list[float] = field(default_factory=list)
    output: str = ""

    @property
    def peak(self) -> float:
        return max(self.peaks, default=0.0)


def measured(command: list[str], environment: Mapping[str, str] | None = None) -> Run:
    """Run a command to its end. Raises CalledProcessError where it fails.

    Memory is the unique set size: what would be free if the process ended. Pages that processes share are in
    it for none of them.
    """
    peaks: dict[int, float] = {}
    cpu = 0.0
    environment_ = os.environ | dict(environment or {})
    started = time.perf_counter()
    with (
        tempfile.TemporaryFile("w+") as output,
        subprocess.Popen(command, stdout=output, stderr=output, env=environment_) as run,
    ):
        root = psutil.Process(run.pid)
        while run.poll() is None:
            cpu = max(cpu, _look(root, peaks))
            time.sleep(_EVERY)
        wall = time.perf_counter() - started
        output.seek(0)
        told = output.read()
    if run.returncode:
        raise subprocess.CalledProcessError(run.returncode, command, told)
    return Run(wall, cpu, sorted((round(peak, 1) for peak in peaks.values()), reverse=True), told)


def _look(root: psutil.Process, peaks: dict[int, float]) -> float:
    """Note what memory each process has; the seconds of processors so far. A process that has ended is in
    what its parent says of its children.
    """
    cpu = 0.0
    with suppress(psutil.Error):
        for process in (root, *root.children(recursive=True)):
            with suppress(psutil.Error):
                spent = process.cpu_times()
                cpu += spent.user + spent.system + spent.children_user + spent.children_system
                peaks[process.pid] = max(peaks.get(process.pid, 0.0), process.memory_full_info().uss / 1e6)
    return cpu


def ogi(*arguments: str | Path, environment: Mapping[str, str] | None = None) -> Run:
    """Run `ogi` with some arguments in this environment."""
    command = [
        sys.executable,
        "-c",
        "import sys; from orchestration.commands.cli import main; sys.exit(main(sys.argv[1:]))",
        *map(str, arguments),
    ]
    return measured(command, environment)
