"""Processes that are killed: at a point in time, or at the n-th operation that changes a file system. What a
power cut does to it is in `power.py`.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

# What changes names, or brings them to the disk: between two of these a kill shows nothing new.
OPERATIONS = (
    "rename", "replace", "link", "symlink", "unlink", "remove", "mkdir", "rmdir", "fsync",
)  # fmt: skip


def forked(work: Callable[[], object], silent: bool = True) -> int:
    """Let a child process do some work; return its process id."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        if silent:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 1)
            os.dup2(null, 2)
        work()
        status = 0
    finally:
        os._exit(status)


def ended(pid: int) -> int:
    """Wait for a child; return its exit code, negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def killed_after(work: Callable[[], object], seconds: float) -> bool:
    """Let a child do some work and kill it after a while; return whether it was still at it."""
    pid = forked(work)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status) < 0
        time.sleep(0.002)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return ended(pid) == -signal.SIGKILL


def killed_at(work: Callable[[], object], number: int) -> bool:
    """Let a child do some work and kill it before its operation of that number, counted from 0; return
    whether it had as many.
    """

    def counted() -> None:
        count_operations(lambda done: os.kill(os.getpid(), signal.SIGKILL) if done == number else None)
        work()

    code = ended(forked(counted))
    if code not in (0, -signal.SIGKILL):
        raise RuntimeError(f"what was to be killed at operation {number} ended by itself with {code}")
    return code == -signal.SIGKILL


def count_operations(each: Callable[[int], object]) -> None:
    """Have a function called before every operation of this process from now on, with its number."""
    done = iter(range(1 << 60))

    def before(call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **options: Any) -> Any:
            each(next(done))
            return call(*arguments, **options)

        return counted

    for name in OPERATIONS:
        setattr(os, name, before(getattr(os, name)))
