"""A pool of processes on this machine: each applies one function to one batch at a time, and may die or be
ended. Light: `ogi check` imports it.

Items come to a process pickled, results go back as parts of bytes, each with its length before it. How a
process is started is the only difference between pools: forked from this process, which takes milliseconds;
or by a server that forks, where each of many shall begin small.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from mmap import mmap
from typing import Any, NoReturn

from orchestration.computing import bounds
from orchestration.computing.tasks import Function, How, Item, Parts, Refuse, Task, WorkerDied, computed

_NUMBER = 8  # bytes of a number on its way between processes
_FAILED = (1 << 64) - 1  # instead of the number of parts, where the function raised
_LOOK = 1.0  # seconds between two looks at processes that have not answered
_STALLED = 30.0  # seconds in which a process got no processor at all: it is ended, and its batch tried again
_STARTS = 5  # times that a server is asked for a process until it is given up
_KILLED = frozenset(
    (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)
    if hasattr(signal, "SIGKILL")
    else ()
)
_forking = threading.Lock()  # so that no process holds the pipes of another open
_ENDS: set[int] = set()  # of the pipes to the workers of this process, on its own side


def can_fork() -> bool:
    """Return whether this system can work on a document in a process of its own."""
    return hasattr(os, "fork")


def apart(
    function: Callable[[Item], Parts],
    batches: Iterable[list[Item]],
    refuse: Refuse[Item],
    name: Callable[[Item], str],
    workers: int = 1,
) -> Iterator[Any]:
    """Yield the parts that a function makes of each item, in the order of the items, worked out in processes
    forked from this one, see `computed`. Where no process can be forked, in this one.

    The function must make as many parts of each item.
    """
    if not can_fork():
        yield from (part for batch in batches for item in batch for part in function(item))
        return
    pool = Pool(partial(_each, function), workers)
    for results in computed(pool, batches, refuse, name):
        for parts in results:
            yield from parts


def _each(function: Callable[[Item], Parts], items: list[Item]) -> Parts:
    return [part for item in bounds.within(items) for part in function(item)]


class Pool:
    """Processes that live as long as one stage or command: what it has left in their memory goes with them.

    `preload` names a module that a server imports before it forks the processes; without it they are forked
    from this process, and the function need not pickle. `allocate` makes a buffer of so many bytes.
    """

    def __init__(
        self,
        function: Function[Any],
        slots: int,
        preload: str | None = None,
        allocate: Callable[[int], Any] = bytearray,
    ) -> None:
        self.slots = slots
        self._start = partial(_Worker, function, preload, allocate)
        self._workers: list[_Worker] = []

    def submit(self, task: Task[Any]) -> None:
        worker = next((worker for worker in self._workers if worker.task is None), None)
        if worker is None:
            worker = self._start()
            self._workers.append(worker)
        worker.take(task)

    def next(self) -> tuple[Task[Any], Parts | WorkerDied]:
        busy = [worker for worker in self._workers if worker.task is not None]
        while not (ready := select.select(busy, (), (), _LOOK)[0]):
            for worker in busy:
                worker.look()
        worker = ready[0]
        task, worker.task = worker.task, None
        assert task is not None
        try:
            return task, worker.answer()
        except EOFError:
            self._workers.remove(worker)
            return task, worker.death()

    def close(self) -> None:
        for worker in self._workers:
            worker.end()


class _Worker:
    """A process of the pool, the ends of the pipes to it and from it, and the place where it says at which item
    it is.
    """

    def __init__(self, function: Function[Any], preload: str | None, allocate: Callable[[int], Any]) -> None:
        self._allocate = allocate
        self.task: Task[Any] | None = None
        self._tasks, self._stalled = 0, False
        self._served: Any = None
        with _forking:
            orders, self.orders = os.pipe()
            self._results, results = os.pipe()
            shared = _shared()
            self._place = memoryview(mmap(shared, bounds.SIZE)).cast("q")
            try:
                if preload is None:
                    self._pid = os.fork()
                    if self._pid == 0:
                        # Else it would wait for ever for orders that nobody can give when this process is
                        # killed: a pipe ends when all have closed its other end.
                        for handle in (*_ENDS, self.orders, self._results):
                            os.close(handle)
                        _work(function, orders, results, shared)
                else:
                    passed = _Passed(orders), _Passed(results), _Passed(shared)
                    self._served = _served((function, *passed), preload)
                    self._pid = self._served.pid
            finally:
                for handle in (orders, results, shared):
                    os.close(handle)
        _ENDS.update((self.orders, self._results))
        os.set_blocking(self.orders, False)
        self._seen = self._state()

    def take(self, task: Task[Any]) -> None:
        """Give the process a batch."""
        self.task = task
        self._tasks += 1
        self._place[0] = bounds.NOTHING
        self._seen = self._state()
        with suppress(BrokenPipeError):  # it died while it had nothing to do: `answer` will find that out
            content = pickle.dumps(task.items, pickle.HIGHEST_PROTOCOL)
            for part in (len(content).to_bytes(_NUMBER, "little"), content):
                left = memoryview(part)
                while left:
                    try:
                        left = left[os.write(self.orders, left) :]
                    except BlockingIOError:
                        while not select.select((), (self.orders,), (), _LOOK)[1]:
                            self.look()

    def fileno(self) -> int:
        """What becomes readable with an answer, or when the process has ended."""
        return self._results

    def look(self) -> None:
        """End the process if it has had no processor for too long."""
        state = self._state()
        if state[:2] != self._seen[:2]:
            self._seen = state
        elif state[2] - self._seen[2] > _STALLED:
            self._stalled = True
            self._kill()

    def _state(self) -> tuple[int, float, float]:
        """The item that the process is at, the processor time that it has had, and when that was."""
        return self._place[0], _processor_time(self._pid), time.monotonic()

    def answer(self) -> Parts:
        """What the process made of its task. Raises what its function raised, or EOFError if it has ended."""
        count = int.from_bytes(self._read(_NUMBER, bytearray), "little")
        if count != _FAILED:
            return [self._received(self._allocate) for _ in range(count)]
        error, told = pickle.loads(self._received(bytearray))
        if error is None:
            raise RuntimeError(told)
        error.add_note(told)
        raise error

    def _received(self, allocate: Callable[[int], Any]) -> Any:
        return self._read(int.from_bytes(self._read(_NUMBER, bytearray), "little"), allocate)

    def _read(self, size: int, allocate: Callable[[int], Any]) -> Any:
        return _read(self._results, size, allocate, self._await)

    def _await(self) -> None:
        while not select.select((self,), (), (), _LOOK)[0]:
            self.look()

    def death(self) -> WorkerDied:
        """End what is left of the process; how it ended, and at which item."""
        place = self._place[0]
        code = self.end()
        how: How = "crash"
        if self._stalled or -code in _KILLED:
            how = "stall"
        elif code == bounds.NO_MEMORY:
            how = "memory"
        elif -code == signal.SIGPROF:
            how = "time"
        at = None if place == bounds.NOTHING else place
        # What others have left in its memory is not to blame where there were no others.
        sure = how in ("memory", "crash") and at == 0 and self._tasks == 1
        return WorkerDied(f"signal {-code}" if code < 0 else f"exit status {code}", how, at, sure)

    def end(self) -> int:
        """End the process; its exit status, or the number of the signal that ended it, below nought."""
        for handle in (self.orders, self._results):
            _ENDS.discard(handle)
            os.close(handle)
        self._kill()
        if self._served is not None:
            self._served.join()
            return self._served.exitcode or 0
        try:
            return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        except ChildProcessError:  # somebody else has waited for it
            return -signal.SIGKILL

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)


def _shared() -> int:
    """Return an open file in memory for the place of a worker."""
    if hasattr(os, "memfd_create"):
        handle = os.memfd_create("ogi")
    else:
        from tempfile import TemporaryFile

        with TemporaryFile() as file:
            handle = os.dup(file.fileno())
    os.truncate(handle, bounds.SIZE)
    return handle


def _processor_time(pid: int) -> float:
    """Return the seconds that the processor has worked for a process; 0 where the system does not say."""
    try:
        return time.clock_gettime(~pid << 3 | 2)  # the clock of another process, as Linux numbers them
    except (OSError, AttributeError, OverflowError):
        return 0.0


def _served(arguments: tuple[Any, ...], preload: str) -> Any:
    """Return a process that a server has forked; the server is started anew where it has died. Raises
    WorkerDied where that does not help.
    """
    from multiprocessing import get_context  # slow to import, and only a server needs it

    context = get_context("forkserver")
    context.set_forkserver_preload([preload])
    for tried in range(1, _STARTS + 1):
        served: Any = context.Process(target=_work, args=arguments, daemon=True)
        try:
            served.start()
        except (EOFError, OSError) as error:
            if tried == _STARTS:
                raise WorkerDied(
                    f"the server that starts processes was ended {_STARTS} times ({error}): look what kills it, "
                    "and run again"
                ) from error
            time.sleep(0.1 * tried)
        else:
            return served
    raise AssertionError


class _Passed:
    """An open file on its way to a process that the server forks."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def __reduce__(self) -> Any:
        from multiprocessing.reduction import DupFd

        return _opened, (DupFd(self._handle),)


def _opened(passed: Any) -> int:
    handle: int = passed.detach()
    return handle


# --- in the process


def _work(function: Function[Any], orders: int, results: int, shared: int) -> NoReturn:
    """Answer until the orders end; then end, without what the parent would do at its end."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # the parent says what there is to say of it
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        bounds.hold(shared)
        while True:
            items = pickle.loads(_received(orders))
            bounds.begin()
            try:
                parts = function(items)
            except MemoryError:
                os._exit(bounds.NO_MEMORY)
            except Exception as error:
                import traceback  # slow to import, and bugs are few

                told = f"{type(error).__name__}: {error}\nin a worker:\n{traceback.format_exc()}"
                _write(results, _FAILED.to_bytes(_NUMBER, "little"))
                _send(results, pickle.dumps((_sendable(error), told)))
                continue
            _write(results, len(parts).to_bytes(_NUMBER, "little"))
            for part in parts:
                _send(results, part)
    except (EOFError, BrokenPipeError):  # the parent has ended, or wants no more
        pass
    except MemoryError:
        os._exit(bounds.NO_MEMORY)
    except BaseException:  # a bug of this module
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(0)


def _sendable(error: Exception) -> Exception | None:
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return None
    return error


# --- on the way


def _send(pipe: int, content: Any) -> None:
    view = memoryview(content)
    _write(pipe, view.nbytes.to_bytes(_NUMBER, "little"))
    _write(pipe, view)


def _write(pipe: int, content: Any) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(pipe, left) :]


def _received(pipe: int) -> Any:
    return _read(pipe, int.from_bytes(_read(pipe, _NUMBER, bytearray), "little"), bytearray)


def _read(
    pipe: int, size: int, allocate: Callable[[int], Any], wait: Callable[[], None] | None = None
) -> Any:
    """So many bytes as they come, in a buffer. Raises EOFError where the pipe ends before."""
    buffer = allocate(size)
    left = memoryview(buffer)
    while left:
        if wait is not None:
            wait()
        count = os.readv(pipe, [left])
        if not count:
            raise EOFError
        left = left[count:]
    return buffer
