"""One document judged in a process of its own, which may crash, hang or grow: what became of it, and what it
took.
"""

from __future__ import annotations

import os
import pickle
import resource
import select
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assets.model import Refusal
from assets.stages import internal_error, is_internal

SECONDS = 10.0  # of the processor
MEMORY = 1 << 30  # bytes that the process may take
Outcome = Literal["read", "refused", "crashed", "ended"]


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of a document: `seconds` of the processor, `memory` in bytes at the most beside what the
    process was forked with, and why it was refused, crashed or ended.
    """

    outcome: Outcome
    seconds: float
    memory: int
    why: str = ""

    @property
    def failure(self) -> str:
        """What is wrong; nothing if the document was answered within the bounds."""
        if self.outcome in ("crashed", "ended"):
            return self.why
        if self.seconds > SECONDS:
            return f"took {self.seconds:.1f} seconds of the processor"
        return f"took {self.memory >> 20} MB" if self.memory > MEMORY else ""


def judged(data: bytes) -> tuple[Outcome, str]:
    """Judge a document in this process: what became of it, and why. Never raises: a bug is an outcome."""
    from assets.document import judge

    try:
        judge(data)
    except Refusal as refusal:
        return ("crashed" if is_internal(str(refusal)) else "refused"), str(refusal)
    except Exception as bug:
        return "crashed", internal_error("judge", bug)
    return "read", ""


def try_out(
    data: bytes, function: Callable[[bytes], tuple[Outcome, str]] = judged, seconds: float = SECONDS
) -> Trial:
    """The trial of `function(data)` in a child of this process, which is ended once it has taken twice
    `seconds` of the processor, four times the memory, or some minutes.
    """
    receiver, sender = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(receiver)
        _work(function, data, sender, seconds)
    os.close(sender)
    try:
        answer = _received(receiver, time.monotonic() + 30 * seconds)
    finally:
        os.close(receiver)
        if answer is None:
            os.kill(child, signal.SIGKILL)
        _, status, used = os.wait4(child, 0)
    took, memory = used.ru_utime + used.ru_stime, used.ru_maxrss << 10
    if not answer:
        return Trial("ended", took, memory, f"the process ended ({_cause(status)}) after {took:.1f} seconds")
    outcome, why, forked_with, of_children = pickle.loads(answer)
    return Trial(outcome, took, max(memory - forked_with, of_children), why)


def _cause(status: int) -> str:
    return signal.strsignal(os.WTERMSIG(status)) or "?" if os.WIFSIGNALED(status) else f"status {status >> 8}"


def _work(function: Callable[[bytes], tuple[Outcome, str]], data: bytes, sender: int, seconds: float) -> None:
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (int(2 * seconds) + 1, int(2 * seconds) + 2))
        addresses, forked_with = _addresses_and_memory()
        resource.setrlimit(resource.RLIMIT_AS, (addresses + 4 * MEMORY, addresses + 4 * MEMORY))
        outcome, why = function(data)
        of_children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10
        with os.fdopen(sender, "wb") as file:
            pickle.dump((outcome, why, forked_with, of_children), file)
    finally:
        os._exit(0)


def _addresses_and_memory() -> tuple[int, int]:
    """The bytes of address space and of memory that this process has already from its parent."""
    pages = Path("/proc/self/statm").read_text().split()
    return int(pages[0]) * resource.getpagesize(), int(pages[1]) * resource.getpagesize()


def _received(receiver: int, deadline: float) -> bytes | None:
    parts: list[bytes] = []
    while (left := deadline - time.monotonic()) > 0 and select.select([receiver], [], [], left)[0]:
        part = os.read(receiver, 1 << 20)
        if not part:
            return b"".join(parts)
        parts.append(part)
    return None
