"""The seam between what is computed and where: `map_batches` applies a function to batches in this process,
in a pool, or on a cluster.

`OGI_COMPUTE` chooses: unset, a pool of as many processes as there are cores, for more than a few batches;
`serial`, this process; `processes://N`, a pool of N; `dask://host:port`, the workers of a Dask scheduler,
which must see the same folders and run the same code.
"""

from __future__ import annotations

import gc
import logging
import os
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from itertools import chain, islice
from multiprocessing import connection, get_context
from multiprocessing.connection import Connection
from typing import Any, Generic, Protocol, TypeVar

import pyarrow as pa

from orchestration import settings

VARIABLE = "OGI_COMPUTE"
Tables = Mapping[
    str, pa.Table
]  # what a function makes of a batch: rows of some datasets, or whatever else is a table

_SMALL = 2  # batches that are done before a pool has started
_AHEAD = 2  # batches a worker that are begun, or done and waiting for their turn
_DEATHS = 2  # of workers, each with one and the same document, until it is given up

_log = logging.getLogger(__name__)

# Of Arrow's allocators the one that gives memory back soonest: with the usual one processes of a large year
# grow by a quarter.
if "jemalloc" in pa.supported_memory_backends() and "ARROW_DEFAULT_MEMORY_POOL" not in os.environ:
    pa.set_memory_pool(pa.jemalloc_memory_pool())

Item = TypeVar("Item")
Function = Callable[[list[Item]], Tables]
Refuse = Callable[[Item, str], Item]


BATCH_DOCUMENTS = 256
BATCH_BYTES = 16 * 1024 * 1024  # of documents; so that a few huge ones do not fill the memory


def batched(items: Iterable[Item], size_of: Callable[[Item], int]) -> Iterator[list[Item]]:
    """Cut a stream of documents into batches, bounded in number and in size (bytes)."""
    batch: list[Item] = []
    size = 0
    for item in items:
        batch.append(item)
        size += size_of(item)
        if len(batch) >= BATCH_DOCUMENTS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


class WorkerDied(Exception):
    """The process that worked on a batch ended without an answer: it was killed, or the documents are more
    than it can bear.
    """


class ConfigurationError(ValueError):
    """OGI_COMPUTE does not say where to compute."""


class Backend(Protocol):
    """Where batches are computed. `submit` takes as many as `slots` at a time, `next` gives any that is done,
    or raises WorkerDied for it.
    """

    slots: int

    def submit(self, task: Task[Any], function: Function[Any]) -> None: ...

    def next(self) -> tuple[Task[Any], Tables | WorkerDied]: ...

    def close(self) -> None:
        """Drop whatever is being computed, and all that was only there for computing."""


def map_batches(
    function: Function[Item], batches: Iterable[list[Item]], refuse: Refuse[Item], name: Callable[[Item], str]
) -> Iterator[Tables]:
    """What the function makes of each batch, in the order of the batches, wherever and by however many it is
    computed.

    The function and its items must pickle, and what it makes of a batch must be the rows that it makes of
    each item, one after the other. Of a batch on which a worker died the halves are tried again, and so on:
    an item that ends its worker even while nothing else is computed is given to the function as `refuse(item,
    why)` instead. Only so many batches are taken ahead that memory does not grow with their number.
    """
    batches = iter(batches)
    backend = _backend(first := list(islice(batches, _SMALL + 1)))
    batches = chain(first, batches)
    del first
    if backend is None:
        yield from map(function, batches)
    else:
        yield from _computed(backend, function, batches, refuse, name)


@dataclass(slots=True)
class Task(Generic[Item]):
    """A batch on its way; `parts` are its halves, where it had to be cut."""

    items: list[Item]
    result: Tables | None = None
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

    def joined(self) -> Tables:
        if not self.parts:
            assert self.result is not None
            return self.result
        results = [part.joined() for part in self.parts]
        return {
            name: pa.concat_tables([result[name] for result in results]).combine_chunks()
            for name in results[0]
        }


def _computed(
    backend: Backend,
    function: Function[Item],
    batches: Iterator[list[Item]],
    refuse: Refuse[Item],
    name: Callable[[Item], str],
) -> Iterator[Tables]:
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
                yield begun.popleft().joined()
            while waiting and not alone and running < (1 if waiting[0].suspect else backend.slots):
                alone = waiting[0].suspect
                backend.submit(waiting.popleft(), function)
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
    """What to try next of a batch on which a worker died."""
    if task.refused:
        raise RuntimeError(
            f"a worker died even on a document that was refused ({name(task.items[0])}): {death}"
        )
    if len(task.items) > 1:
        middle = len(task.items) // 2
        _log.warning(
            "a worker died (%s) on %d documents from %s on: they are tried again in halves",
            death,
            len(task.items),
            name(task.items[0]),
        )
        task.parts = [Task(task.items[:middle]), Task(task.items[middle:])]
        return task.parts
    task.deaths += 1
    if task.deaths >= _DEATHS:
        _log.error(
            "%s ended its worker %d times (%s), and is refused", name(task.items[0]), task.deaths, death
        )
        why = f"internal error, please report it with this document: it ended the process that read it, {task.deaths} times ({death})"
        task.items, task.refused = [refuse(task.items[0], why)], True
    return [task]


# --- where to compute


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _backend(first: Sequence[object]) -> Backend | None:
    """Where to compute, by configuration; nowhere else than here where there is too little to do."""
    where = settings.compute()
    if where == "serial" or not first:
        return None
    if not where:
        if cores() == 1 or len(first) <= _SMALL:
            return None
        return _Pool(cores())
    kind, _, rest = where.partition("://")
    if kind == "processes" and rest.isdecimal() and int(rest) > 0:
        return _Pool(int(rest))
    if kind == "dask" and rest:
        from orchestration.computing.cluster import cluster  # an optional extra

        return cluster(rest)
    raise ConfigurationError(
        f"{VARIABLE} is {where!r}: leave it out, or set it to serial, processes://N or dask://host:port"
    )


# --- a pool of processes


def packed(tables: Tables) -> list[bytes | pa.Buffer]:
    """Tables as Arrow's own bytes, which need no pickling: a name and a table in turn."""
    parts: list[bytes | pa.Buffer] = []
    for name, table in tables.items():
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        parts += [name.encode(), sink.getvalue()]
    return parts


def unpacked(parts: Sequence[bytes | pa.Buffer]) -> Tables:
    return {
        bytes(name).decode(): pa.ipc.open_stream(pa.py_buffer(table)).read_all()
        for name, table in zip(parts[::2], parts[1::2], strict=True)
    }


def settle(*modules: str) -> None:
    """Prepare this process for nothing but computing: what it imports stays, and a batch that leaves no
    cycles is not searched for them.

    It lives for one stage, and does not give memory back that the next batch takes again.
    """
    pa.set_memory_pool(pa.system_memory_pool())
    gc.disable()
    for module in modules:
        import_module(module)
    gc.freeze()
    gc.set_threshold(500_000)
    gc.enable()


def _work(pipe: Connection) -> None:
    """The life of a worker: a function and items come in, tables or what went wrong go out, until the pipe is
    closed.
    """
    pa.set_cpu_count(1)
    while True:
        try:
            function, items = pipe.recv()
        except (EOFError, OSError, KeyboardInterrupt):
            return
        try:
            parts = packed(function(items))
        except Exception as error:
            pipe.send((None, f"{type(error).__name__}: {error}", traceback.format_exc(), _sendable(error)))
            continue
        pipe.send(([len(part) for part in parts], None, None, None))
        for part in parts:
            _write(pipe, part)


def _write(pipe: Connection, part: bytes | pa.Buffer) -> None:
    left = memoryview(part)
    while left:
        left = left[os.write(pipe.fileno(), left) :]


def _read(pipe: Connection, size: int) -> pa.Buffer:
    """So many bytes as they come: `recv_bytes` would copy them twice more."""
    buffer = pa.allocate_buffer(size)
    left = memoryview(buffer)
    while left:
        count = os.readv(pipe.fileno(), [left])
        if not count:
            raise EOFError
        left = left[count:]
    return buffer


def _sendable(error: Exception) -> Exception | None:
    import pickle

    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return None
    return error


class _Worker:
    """A process of the pool and the end of the pipe to it."""

    def __init__(self) -> None:
        context = get_context("forkserver")
        context.set_forkserver_preload(["orchestration.computing.settled"])
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()
        self.task: Task[Any] | None = None

    def answer(self) -> Tables:
        """What the worker made of its task. Raises what its function raised, or WorkerDied."""
        try:
            sizes, told, trace, error = self.pipe.recv()
            if sizes is not None:
                return unpacked([_read(self.pipe, size) for size in sizes])
        except (EOFError, OSError) as gone:
            self.process.join()
            code = self.process.exitcode or 0
            raise WorkerDied(f"signal {-code}" if code < 0 else f"exit status {code}") from gone
        if error is not None:
            error.add_note(f"in a worker:\n{trace}")
            raise error
        raise RuntimeError(f"{told}\nin a worker:\n{trace}")

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


class _Pool:
    """Processes on this machine, started for one stage: what it has left in their memory goes with them. Each
    takes one batch at a time.
    """

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self._workers = [_Worker() for _ in range(slots)]

    def submit(self, task: Task[Any], function: Function[Any]) -> None:
        worker = next(worker for worker in self._workers if worker.task is None)
        worker.task = task
        with suppress(OSError):  # it died while it had nothing to do: `next` will find that out
            worker.pipe.send((function, task.items))

    def next(self) -> tuple[Task[Any], Tables | WorkerDied]:
        busy = {worker.pipe: worker for worker in self._workers if worker.task is not None}
        worker = busy[connection.wait(list(busy))[0]]  # type: ignore[index]
        task, worker.task = worker.task, None
        assert task is not None
        try:
            return task, worker.answer()
        except WorkerDied as death:
            worker.end()
            self._workers[self._workers.index(worker)] = _Worker()
            return task, death

    def close(self) -> None:
        for worker in self._workers:
            worker.end()
