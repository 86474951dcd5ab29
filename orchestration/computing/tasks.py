"""Batches on their way through workers that may die: results in order, and an item that ends its worker harms
no other. Light: `ogi check` imports it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, Protocol, TypeAlias, TypeVar

from assets.limits import ended

_AHEAD = 2  # batches a worker that are begun, or done and waiting for their turn

Item = TypeVar("Item")
Parts: TypeAlias = "Sequence[Any]"  # what is made of a batch, as bytes or whatever has their buffer
Function = Callable[[list[Item]], Parts]
Refuse = Callable[[Item, str], Item]
How = Literal["time", "memory", "crash", "stall"]
# How many workers must die with an item, at last in one way, until it is given up. What somebody kills from
# outside is hardly to blame; processor time is counted for the item alone.
_DEATHS: dict[How, int] = {"time": 1, "memory": 2, "crash": 2, "stall": 5}


class WorkerDied(Exception):
    """The process that worked on a batch ended without an answer, for a reason of `How`: it took too much
    time or memory, crashed, or was killed. `at` is the number of the item that it was at, where that is
    known; `sure`, whether that item alone can have been the cause.
    """

    def __init__(self, told: str, how: How = "crash", at: int | None = None, sure: bool = False) -> None:
        super().__init__(told)
        self.how, self.at, self.sure = how, at, sure


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
    """A batch on its way; `parts` are there where it had to be cut."""

    items: list[Item]
    result: Parts | None = None
    parts: list[Task[Item]] = field(default_factory=list)
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
        return self.result is not None or (bool(self.parts) and all(part.done for part in self.parts))

    def results(self) -> Iterator[Parts]:
        """Yield what was made of it, or of its parts one after the other."""
        if self.result is not None:
            yield self.result
        for part in self.parts:
            yield from part.results()


def computed(
    backend: Backend, batches: Iterable[list[Item]], refuse: Refuse[Item], name: Callable[[Item], str]
) -> Iterator[list[Parts]]:
    """Yield what the backend makes of each batch, in the order of the batches: one result, or several where
    the batch had to be cut.

    Of a batch on which a worker died the rest is tried again, without the item that it was at, or, where that
    is not known, in halves, and so on. An item that ends its worker again while nothing else is computed is
    given to the function as `refuse(item, why)` instead. Only so many batches are taken ahead that memory
    does not grow with their number. `name` tells people of an item.
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
    items = task.items
    if len(items) > 1:
        cut, at = len(items) // 2, death.at
        parts = (
            [items[:cut], items[cut:]] if at is None else [items[:at], items[at : at + 1], items[at + 1 :]]
        )
        first = name(items[at or 0])
        log.info("a worker died (%s) on %d documents, at %s: trying parts", death, len(items), first)
        task.parts = [Task(part) for part in parts if part]
        if at is not None:
            _blame(task.parts[1 if at else 0], death, refuse, name)
        return task.parts
    _blame(task, death, refuse, name)
    return [task]


def _blame(task: Task[Item], death: WorkerDied, refuse: Refuse[Item], name: Callable[[Item], str]) -> None:
    """Count the death of a worker against the one item that it was at, and refuse that in the end."""
    import logging

    task.deaths += 1
    if task.refused and task.deaths > 2 * _DEATHS["stall"]:
        first = name(task.items[0])
        raise RuntimeError(
            f"workers died again and again, even on a document that was refused ({first}): {death}"
        )
    if not task.refused and (death.sure or task.deaths >= _DEATHS[death.how]):
        told = "%s ended its worker (%s), and is refused: %s"
        logging.getLogger(__name__).info(told, name(task.items[0]), death, ended(death.how))
        task.items, task.refused = [refuse(task.items[0], ended(death.how))], True
