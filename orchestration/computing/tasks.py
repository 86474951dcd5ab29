"""Batches on their way through workers that may die: results in order, and an item that ends its worker harms
no other. Light: `ogi check` imports it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

_AHEAD = 2  # batches a worker that are begun, or done and waiting for their turn
_DEATHS = 2  # of workers, each with one and the same item, until it is given up

Item = TypeVar("Item")
Parts: TypeAlias = "Sequence[Any]"  # what is made of a batch, as bytes or whatever has their buffer
Function = Callable[[list[Item]], Parts]
Refuse = Callable[[Item, str], Item]


class WorkerDied(Exception):
    """The process that worked on a batch ended without an answer: it was killed, or the documents are more
    than it can bear.
    """


class Backend(Protocol):
    """Where a function is applied to batches. `submit` takes as many as `slots` at a time, `next` gives any
    that is done, or WorkerDied for it.
    """

    slots: int

    def submit(self, task: Task[Any]) -> None: ...

    def next(self) -> tuple[Task[Any], Parts | WorkerDied]: ...

    def close(self) -> None:
        """Drop whatever is being computed, and all that was only there for computing."""


@dataclass(slots=True)
class Task(Generic[Item]):
    """A batch on its way; `halves` are there where it had to be cut."""

    items: list[Item]
    result: Parts | None = None
    halves: list[Task[Item]] = field(default_factory=list)
    deaths: int = 0
    refused: bool = False

    @property
    def suspect(self) -> bool:
        """Whether it has to be tried with nothing beside it: on a cluster a worker takes down all that it was
        given.
        """
        return self.deaths > 0 and not self.refused

    @property
    def done(self) -> bool:
        return self.result is not None or (bool(self.halves) and all(half.done for half in self.halves))

    def results(self) -> Iterator[Parts]:
        """Yield what was made of it, or of its halves one after the other."""
        if self.result is not None:
            yield self.result
        for half in self.halves:
            yield from half.results()


def computed(
    backend: Backend, batches: Iterable[list[Item]], refuse: Refuse[Item], name: Callable[[Item], str]
) -> Iterator[list[Parts]]:
    """Yield what the backend makes of each batch, in the order of the batches: one result, or several where
    the batch had to be cut.

    Of a batch on which a worker died the halves are tried again, and so on: an item that ends its worker
    even while nothing else is computed is given to the function as `refuse(item, why)` instead. Only so
    many batches are taken ahead that memory does not grow with their number. `name` tells people of an
    item.
    """
    batches = iter(batches)
    begun: deque[Task[Item]] = deque()  # in the order of the batches
    waiting: deque[Task[Item]] = deque()
    running, alone = 0, False
    try:
        while True:
            while len(begun) < _AHEAD * backend.slots and (batch := next(batches, None)) is not None:
                waiting.append(Task(batch))
                begun.append(waiting[-1])
            if not begun:
                return
            while begun and begun[0].done:
                yield list(begun.popleft().results())
            while waiting and not alone and running < (1 if waiting[0].suspect else backend.slots):
                alone = waiting[0].suspect
                backend.submit(waiting.popleft())
                running += 1
            if running:
                task, result = backend.next()
                running, alone = running - 1, False
                if isinstance(result, WorkerDied):
                    waiting.extendleft(reversed(_after_death(task, result, refuse, name)))
                else:
                    task.result = result
    finally:
        backend.close()


def _after_death(
    task: Task[Item], death: WorkerDied, refuse: Refuse[Item], name: Callable[[Item], str]
) -> list[Task[Item]]:
    """Return what to try next of a batch on which a worker died."""
    import logging  # a worker that dies is rare

    log = logging.getLogger(__name__)
    first, count = name(task.items[0]), len(task.items)
    if task.refused:
        raise RuntimeError(f"a worker died even on a document that was refused ({first}): {death}")
    if count > 1:
        log.warning("a worker died (%s) on %d documents, first %s: trying halves", death, count, first)
        task.halves = [Task(task.items[: count // 2]), Task(task.items[count // 2 :])]
        return task.halves
    task.deaths += 1
    if task.deaths >= _DEATHS:
        log.error("%s ended its worker %d times (%s), and is refused", first, task.deaths, death)
        why = (
            "internal error, please report it with this document: "
            f"it ended the process that read it, {task.deaths} times ({death})"
        )
        task.items, task.refused = [refuse(task.items[0], why)], True
    return [task]
