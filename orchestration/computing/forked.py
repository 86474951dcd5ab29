"""forked: one function over many items by several forked processes, results in order; an item that ends its
process harms no other.
"""

from __future__ import annotations

import marshal
import os
import select
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, NoReturn

Function = Callable[[str], Any]
Turn = tuple[int, int]  # items[start:end]

_LONGEST_TURN = 8
_ORDERED = 2  # turns a process: so that none has to wait until this one comes to give it the next
_NUMBER = 8  # bytes of a number on its way between processes
_PART = 1 << 18  # bytes that are read at a time


def in_order(function: Function, items: Sequence[str], processes: int) -> Iterator[Any]:
    """function(item) for each item, in order, worked out by so many processes; None for an item that ends the
    process that works on it.

    A result is what `marshal` can write. This process only hands out and collects, so that no item can end
    it. concurrent.futures does as much, and takes as long to begin as twenty documents to judge.
    """
    known: dict[int, Any] = {}
    at = 0
    for i, result in _as_they_come(function, items, processes):
        known[i] = result
        while at in known:
            yield known.pop(at)
            at += 1


def _turns(length: int, processes: int) -> Iterator[Turn]:
    """Stretches of so many items, shorter towards the end, so that all processes end at about the same time."""
    start = 0
    while start < length:
        end = start + max(1, min(_LONGEST_TURN, (length - start) // (4 * processes)))
        yield start, end
        start = end


def _as_they_come(function: Function, items: Sequence[str], processes: int) -> Iterator[tuple[int, Any]]:
    """The number of each item and its result."""
    turns = _turns(len(items), processes)
    crew: list[_Worker] = []
    try:
        for _ in range(min(processes, len(items))):
            crew.append(_Worker(function, items, crew))
        for worker, turn in zip(crew * _ORDERED, turns, strict=False):
            worker.order(turn)
        while crew:
            for worker in select.select(crew, (), ())[0]:
                results = worker.results()
                if results is None:
                    crew.remove(worker)
                    yield from _instead(function, items, worker, crew, turns)
                    continue
                first, _ = worker.ordered.pop(0)
                if (another := next(turns, None)) is not None:
                    worker.order(another)
                elif not worker.ordered:
                    crew.remove(worker)
                    worker.end()
                yield from enumerate(results, first)
    finally:
        for worker in crew:
            worker.end()


def _instead(
    function: Function, items: Sequence[str], ended: _Worker, crew: list[_Worker], turns: Iterator[Turn]
) -> Iterator[tuple[int, Any]]:
    """Hire another process in place of one that an item has ended. That item shows itself where each has a
    process of its own.
    """
    ended.end()
    for first, end in ended.ordered:
        yield from ((i, _alone(function, items[i], crew)) for i in range(first, end))
    if left := list(islice(turns, _ORDERED)):
        crew.append(_Worker(function, items, crew))
        for turn in left:
            crew[-1].order(turn)


def _alone(function: Function, item: str, others: Sequence[_Worker]) -> Any:
    """The result of an item by a process of its own; None if it ends that."""
    worker = _Worker(function, [item], others)
    try:
        worker.order((0, 1))
        results = worker.results()
        return None if results is None else results[0]
    finally:
        worker.end()


class _Worker:
    """A process that works out the turns that it is ordered to, one after the other, until its orders end."""

    def __init__(self, function: Function, items: Sequence[str], others: Sequence[_Worker]) -> None:
        orders, self._orders = os.pipe()
        self._results, results = os.pipe()
        self.ordered: list[Turn] = []  # whose results are not here yet
        self._child = os.fork()
        if self._child == 0:
            for worker in (self, *others):  # a pipe ends with the last copy of its end
                worker._close()
            _work(function, items, orders, results)
        os.close(orders)
        os.close(results)

    def fileno(self) -> int:
        """What becomes readable with the results of a turn, or when the process has ended."""
        return self._results

    def order(self, turn: Turn) -> None:
        self.ordered.append(turn)
        with suppress(BrokenPipeError):  # it has ended, which shows where its results are asked for
            os.write(self._orders, b"".join(number.to_bytes(_NUMBER, "little") for number in turn))

    def results(self) -> list[Any] | None:
        """The results of the first turn ordered, waited for; None: the process has ended before."""
        length = int.from_bytes(_read(self._results, _NUMBER), "little")
        written = _read(self._results, length)
        return marshal.loads(written) if written and len(written) == length else None

    def end(self) -> None:
        """Let it end, after the item that it is at, and wait for that."""
        self._close()
        os.waitpid(self._child, 0)

    def _close(self) -> None:
        os.close(self._orders)
        os.close(self._results)


def _read(pipe: int, length: int) -> bytes:
    """So many bytes, or fewer where the pipe ends."""
    parts: list[bytes] = []
    while length > 0 and (part := os.read(pipe, min(length, _PART))):
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _work(function: Function, items: Sequence[str], orders: int, results: int) -> NoReturn:
    """In the child: work and end, whatever happens, without what the parent would do at its end."""
    try:
        signal.signal(
            signal.SIGINT, signal.SIG_DFL
        )  # the parent says what there is to say of an interruption
        with os.fdopen(results, "wb") as pipe:
            while turn := _read(orders, 2 * _NUMBER):
                start, end = (int.from_bytes(number, "little") for number in (turn[:_NUMBER], turn[_NUMBER:]))
                written = marshal.dumps([function(item) for item in items[start:end]])
                pipe.write(len(written).to_bytes(_NUMBER, "little") + written)
                pipe.flush()
    except BrokenPipeError:  # the parent has ended, or wants no more
        pass
    except BaseException:  # a bug of the function's: like a process that ended by itself
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(0)
