"""The seam between what is computed and where: `map_batches` applies a function to batches in this process,
in a pool, or on a cluster.

`OGI_COMPUTE` chooses: unset, a pool of as many processes as there are cores, for more than a few batches;
`serial`, one batch after the other; `processes://N`, a pool of N; `dask://host:port`, the workers of a Dask
scheduler, which must see the same folders and run the same code. Documents are never opened in this process,
nor in one that a cluster needs: what reads them is forked, and may die.
"""

from __future__ import annotations

import gc
import os
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice
from typing import Any, TypeVar

import pyarrow as pa

from orchestration import settings
from orchestration.computing.cluster import cluster
from orchestration.computing.pool import Pool, can_fork
from orchestration.computing.tasks import Backend, Parts, Refuse, computed

# What a function makes of a batch: rows of some datasets, or whatever else is a table.
Tables = Mapping[str, pa.Table]
Item = TypeVar("Item")
Function = Callable[[list[Item]], Tables]

_SMALL = 2  # batches that are done before a pool has started
# What every process of a pool begins with; named, as the functions are that come to this room to be computed.
_PRELOAD = "orchestration.running.settled"

# Of Arrow's allocators the one that gives memory back soonest: with the usual one processes of a large year
# grow by a quarter.
if "jemalloc" in pa.supported_memory_backends() and "ARROW_DEFAULT_MEMORY_POOL" not in os.environ:
    pa.set_memory_pool(pa.jemalloc_memory_pool())

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


class ConfigurationError(ValueError):
    """OGI_COMPUTE does not say where to compute."""


def map_batches(
    function: Function[Item],
    batches: Iterable[list[Item]],
    refuse: Refuse[Item],
    name: Callable[[Item], str],
    documents: bool = False,
) -> Iterator[Tables]:
    """Yield what the function makes of each batch, in the order of the batches, wherever and by however
    many it is computed.

    The function and its items must pickle, and what it makes of a batch must be the rows that it makes of
    each item, one after the other: `orchestration.computing.tasks.computed` says what becomes of an item
    that ends its worker. `name` tells people of an item. `documents`: it opens documents, and goes through
    them by `bounds.within`, so that each is bounded; few or many, that is done by processes that may die.
    """
    batches = iter(batches)
    first = list(islice(batches, _SMALL + 1))
    documents = documents and can_fork()
    packed = partial(_packed_result, function)
    backend = _backend(packed, first, partial(_packed_apart, packed, refuse, name) if documents else None)
    batches = chain(first, batches)
    del first
    if backend is None:
        yield from map(function, batches)
    else:
        for results in computed(backend, batches, refuse, name):
            yield _joined([unpacked(parts) for parts in results])


def _joined(results: list[Tables]) -> Tables:
    """Return the tables of the parts of a batch as those of the whole batch."""
    if len(results) == 1:
        return results[0]
    names = results[0]
    return {name: pa.concat_tables([one[name] for one in results]).combine_chunks() for name in names}


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _backend(
    function: Callable[[list[Any]], Parts],
    first: Sequence[object],
    apart: Callable[[list[Any]], Parts] | None = None,
) -> Backend | None:
    """Where to compute, by configuration; nowhere else than here where there is too little to do. `apart`
    does what the function does, in a process forked from the one that it is called in; it is there where
    nothing else will do.
    """
    where = settings.compute()
    if not first:
        return None
    kind, _, rest = where.partition("://")
    if kind == "dask" and rest:
        return cluster(rest, apart or function)
    beside = Pool(_Anew(function), 1, allocate=pa.allocate_buffer) if apart else None
    if where == "serial":
        return beside
    if kind == "processes" and rest.isdecimal() and int(rest) > 0:
        slots = int(rest)
    elif not where:
        slots = cores()
        if slots == 1 or len(first) <= _SMALL:
            return beside
    else:
        raise ConfigurationError(
            f"OGI_COMPUTE is {where!r}: leave it out, or set it to serial, processes://N or dask://host:port"
        )
    return Pool(function, slots, _PRELOAD, pa.allocate_buffer)


class _Anew:
    """A function that is made anew in the process that calls it: what it holds open, such as the connection
    to an object store, does not survive a fork.
    """

    def __init__(self, function: Callable[[list[Any]], Parts]) -> None:
        self._pickled = pickle.dumps(function)
        self._made: Callable[[list[Any]], Parts] | None = None

    def __call__(self, items: list[Any]) -> Parts:
        if self._made is None:
            self._made = pickle.loads(self._pickled)
        return self._made(items)


def _packed_apart(
    function: Callable[[list[Any]], Parts], refuse: Refuse[Any], name: Callable[[Any], str], items: list[Any]
) -> Parts:
    """What the function makes of a batch, worked out in a process forked from this one."""
    pool = Pool(_Anew(function), 1, allocate=pa.allocate_buffer)
    [results] = computed(pool, [items], refuse, name)
    return results[0] if len(results) == 1 else _packed(_joined([unpacked(parts) for parts in results]))


def _packed_result(function: Function[Any], items: list[Any]) -> Parts:
    return _packed(function(items))


def _packed(tables: Tables) -> Parts:
    """Tables as Arrow's own bytes, which need no pickling: a name and a table in turn."""
    parts: list[bytes | pa.Buffer] = []
    for name, table in tables.items():
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        parts += [name.encode(), sink.getvalue()]
    return parts


def unpacked(parts: Parts) -> Tables:
    """Return the tables that `_packed` packed."""
    return {
        bytes(name).decode(): pa.ipc.open_stream(pa.py_buffer(table)).read_all()
        for name, table in zip(parts[::2], parts[1::2], strict=True)
    }


def settle() -> None:
    """Prepare a process that will do nothing but compute, once it has imported all it needs: a batch that
    leaves no cycles is not searched for them.

    It lives for one stage, and does not give memory back that the next batch takes again.
    """
    pa.set_memory_pool(pa.system_memory_pool())
    pa.set_cpu_count(1)
    gc.collect()
    gc.freeze()
    gc.set_threshold(500_000)
