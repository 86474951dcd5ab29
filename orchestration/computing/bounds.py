"""What a process that works on documents may take, held by the system also inside native code: processor time
for each document, memory for the whole process. Light: `ogi check` imports it.

Time is what the processor worked for the process, not what passed: a machine that stands still refuses
nothing.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from mmap import mmap
from typing import TypeVar

from assets.limits import MEMORY, SECONDS

NO_MEMORY = 77  # the exit status of a process that asked for more memory than it may have
NOTHING = -1  # in the place for the number of the item that a process is at
SIZE = 8  # bytes of that place
# The seconds that a process may take for all that it does with a batch beside its documents: reading and
# writing their rows.
_BESIDE = 120.0

T = TypeVar("T")
_place: memoryview | None = None  # where this process, if it is a worker, says which item it is at


def hold(shared: int) -> None:
    """Bound this process from now on: it is a worker, and ends when it takes too much. `shared` is an open
    file of SIZE bytes, in which its parent reads which item it is at.
    """
    global _place
    _place = memoryview(mmap(shared, SIZE)).cast("q")
    os.close(shared)
    gc.freeze()  # what was there before the fork stays in the memory that both share
    faulthandler = sys.modules.get("faulthandler")
    if faulthandler is not None:
        faulthandler.disable()  # the parent says in a sentence how it ended
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # which ends the process
    bound_memory()


def bound_memory() -> None:
    """Bound the memory that this process may take beside what it has by now, where the system can do that."""
    try:
        import resource  # not everywhere
    except ImportError:
        return
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with open("/proc/self/statm", encoding="ascii") as file:
            there = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (there + MEMORY, there + MEMORY))


def bound_time(seconds: float = SECONDS) -> None:
    """Have the system end this process after so many further seconds of a processor, where it can."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def is_worker() -> bool:
    """Return whether this process is bounded: whoever needs too much in it may let it end."""
    return _place is not None


def begin() -> None:
    """Begin a batch of items."""
    _at(NOTHING, _BESIDE)


def within(items: Iterable[T]) -> Iterator[T]:
    """Yield the items of a batch one after the other, all of them: in a worker each has its own bound of
    time, and its parent sees which of them it is that ends the process.
    """
    if _place is None:
        yield from items
        return
    for number, item in enumerate(items):
        _at(number, SECONDS)
        yield item
    begin()


def _at(number: int, seconds: float) -> None:
    assert _place is not None
    _place[0] = number
    bound_time(seconds)
