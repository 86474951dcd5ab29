"""A pool of processes on this machine: each applies one function to one batch at a time. Light: `ogi check`
imports it.

Items come to a process pickled, results go back as parts of bytes, each with its length before it. How a
process is started is the only difference between pools: forked from this process, which takes a millisecond
where it is small and single-threaded; or by a server that forks, where this process has grown, or has
threads.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, NoReturn

from orchestration.computing.tasks import Function, Parts, Task, WorkerDied

_NUMBER = 8  # bytes of a number on its way between processes
_FAILED = (1 << 64) - 1  # instead of the number of parts, where the function raised


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
        self._workers = [self._start() for _ in range(slots)]

    def submit(self, task: Task[Any]) -> None:
        worker = next(worker for worker in self._workers if worker.task is None)
        worker.task = task
        with suppress(BrokenPipeError):  # it died while it had nothing to do: `next` will find that out
            _send(worker.orders, pickle.dumps(task.items))

    def next(self) -> tuple[Task[Any], Parts | WorkerDied]:
        busy = [worker for worker in self._workers if worker.task is not None]
        worker = select.select(busy, (), ())[0][0]
        task, worker.task = worker.task, None
        assert task is not None
        try:
            return task, worker.answer()
        except EOFError:
            self._workers.remove(worker)
            death = WorkerDied(worker.end())
            self._workers.append(self._start())
            return task, death

    def close(self) -> None:
        for worker in self._workers:
            worker.end()


class _Worker:
    """A process of the pool and the ends of the pipes to it and from it."""

    def __init__(self, function: Function[Any], preload: str | None, allocate: Callable[[int], Any]) -> None:
        orders, self.orders = os.pipe()
        self._results, results = os.pipe()
        self._allocate = allocate
        self.task: Task[Any] | None = None
        self._served: Any = None
        if preload is None:
            self._pid = os.fork()
            if self._pid == 0:
                _work(function, orders, results)
        else:
            from multiprocessing import get_context  # slow to import, and only a server needs it

            context = get_context("forkserver")
            context.set_forkserver_preload([preload])
            served: Any = context.Process(
                target=_work, args=(function, _Passed(orders), _Passed(results)), daemon=True
            )
            served.start()
            self._served, self._pid = served, served.pid
        os.close(orders)
        os.close(results)

    def fileno(self) -> int:
        """What becomes readable with an answer, or when the process has ended."""
        return self._results

    def answer(self) -> Parts:
        """What the process made of its task. Raises what its function raised, or EOFError if it has ended."""
        count = int.from_bytes(_read(self._results, _NUMBER, bytearray), "little")
        if count != _FAILED:
            return [_received(self._results, self._allocate) for _ in range(count)]
        error, told = pickle.loads(_received(self._results, bytearray))
        if error is None:
            raise RuntimeError(told)
        error.add_note(told)
        raise error

    def end(self) -> str:
        """End the process; the words for how it ended."""
        os.close(self.orders)
        os.close(self._results)
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        if self._served is not None:
            self._served.join()
            code = self._served.exitcode or 0
        else:
            code = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        return f"signal {-code}" if code < 0 else f"exit status {code}"


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


def _work(function: Function[Any], orders: int, results: int) -> NoReturn:
    """Answer until the orders end; then end, without what the parent would do at its end."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # the parent says what there is to say of it
        while True:
            items = pickle.loads(_received(orders, bytearray))
            try:
                parts = function(items)
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


def _received(pipe: int, allocate: Callable[[int], Any]) -> Any:
    return _read(pipe, int.from_bytes(_read(pipe, _NUMBER, bytearray), "little"), allocate)


def _read(pipe: int, size: int, allocate: Callable[[int], Any]) -> Any:
    """So many bytes as they come, in a buffer. Raises EOFError where the pipe ends before."""
    buffer = allocate(size)
    left = memoryview(buffer)
    while left:
        count = os.readv(pipe, [left])
        if not count:
            raise EOFError
        left = left[count:]
    return buffer
