"""The documents of a year, hashed and in the order of the datasets. A row in Arrow takes few bytes, so that a
whole year can be held.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import partial, reduce
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from assets.batches import Incoming
from orchestration.compute import Tables, map_batches
from orchestration.paths import Folder
from orchestration.reuse import put
from orchestration.storage import examined, fetched, raw_names, readable

if TYPE_CHECKING:
    from upath import UPath

_FILES = 2000  # hashed at a time
_LISTED = 1000  # given out at a time
_SCHEMA: pa.Schema = pa.schema(
    [  # type: ignore[arg-type]
        ("path", pa.binary()),
        ("source", pa.string()),
        ("size", pa.int64()),
        ("modified", pa.timestamp("us", "UTC")),
        ("sha256", pa.string()),
        ("problem", pa.string()),
    ]
)

_STATES: pa.Schema = pa.schema(
    [  # type: ignore[arg-type]
        ("path", pa.binary()),
        ("size", pa.int64()),
        ("modified", pa.timestamp("s", "UTC")),
        (
            "mtime",
            pa.int64(),
        ),  # in nanoseconds; ctime, when content or name or owner last changed, is the system's own
        ("ctime", pa.int64()),
        ("inode", pa.uint64()),
    ]
)
_SETTLING = 2 * 10**9  # nanoseconds; clocks of file systems are that coarse

_PLAIN = {"modified": pa.int64()}  # what takes long to become an object of Python
Entry = tuple[bytes, str | None]  # a path below the raw store, and why it is not to be opened


def listed(raw: Folder, year: str, memory: Folder) -> pa.Table:
    """The documents of a year in _SCHEMA, by content, then source; what cannot be read comes last.

    Files here are hashed by all workers; those that are as they were when last hashed, which `memory` tells,
    are not opened.
    """
    tables = _here(raw, year, memory) if isinstance(raw, Path) else [_table(_stored(raw, year))]
    table = pa.concat_tables([_SCHEMA.empty_table(), *tables])
    return table.sort_by([("sha256", "ascending"), ("source", "ascending")])


def _here(raw: Path, year: str, memory: Folder) -> list[pa.Table]:
    settled = time.time_ns() - _SETTLING
    there = pa.concat_tables([_STATES.empty_table(), *_states(raw, year)]).combine_chunks()
    sha256 = _remembered(memory, there)
    known, others = (
        there.append_column("sha256", sha256).filter(pc.is_valid(sha256)),
        there.column("path").filter(pc.is_null(sha256)),
    )
    found = map_batches(
        partial(hashed, raw), _entries(others), _not_opened, lambda entry: os.fsdecode(entry[0])
    )
    tables = [_as_it_was(known), *(made["files"] for made in found)]
    if len(others):
        _remember(memory, there, pa.concat_tables(tables), settled)
    return tables


def _states(raw: Path, year: str) -> Iterator[pa.Table]:
    """What tells of each file whether it has changed, in _STATES; nulls where it cannot be looked at."""
    names = raw_names(raw, year)
    while group := list(islice(names, _FILES)):
        rows = []
        for name in group:
            try:
                info = os.stat(os.path.join(raw, name))
            except OSError:
                info = None
            state = (
                (info.st_size, int(info.st_mtime), info.st_mtime_ns, info.st_ctime_ns, info.st_ino)
                if info
                else (None,) * 5
            )
            rows.append((os.fsencode(name), *state))
        yield _table(rows, _STATES)


def _remembered(memory: Folder, there: pa.Table) -> Any:
    """The hash of each file that is as it was when last hashed; null of the others."""
    try:
        with pa.ipc.open_file(memory.read_bytes()) as file:
            old = file.read_all().combine_chunks()
        rows = pc.index_in(there.column("path"), value_set=old.column("path").combine_chunks())
        same = [pc.equal(there.column(name), old.column(name).take(rows)) for name in _STATES.names]
        return pc.if_else(
            reduce(pc.and_, same), old.column("sha256").take(rows), pa.scalar(None, pa.string())
        )
    except (FileNotFoundError, ValueError, KeyError):
        return pa.nulls(len(there), pa.string())


def _remember(memory: Folder, there: pa.Table, files: pa.Table, settled: int) -> None:
    """Take down the hashes of files, but of those that were changed a moment ago: a clock may not tell a
    change from the next.
    """
    rows = pc.index_in(there.column("path"), value_set=files.column("path").combine_chunks())
    known = there.append_column("sha256", files.column("sha256").take(rows))
    last = pc.max_element_wise(known.column("mtime"), known.column("ctime"))
    known = known.filter(pc.and_(pc.is_valid(known.column("sha256")), pc.less(last, pa.scalar(settled))))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, known.schema) as stream:
        stream.write_table(known)
    put(memory, sink.getvalue().to_pybytes())


def _as_it_was(known: pa.Table) -> pa.Table:
    """Files whose hashes are remembered, in _SCHEMA."""
    paths: list[Any] = known.column("path").to_pylist()
    columns: dict[str, Any] = {
        "path": known.column("path"),
        "source": pa.array([readable(os.fsdecode(path)) for path in paths], pa.string()),
        "size": known.column("size"),
        "modified": known.column("modified").cast(_SCHEMA.field("modified").type),
        "sha256": known.column("sha256"),
        "problem": pa.nulls(len(known), pa.string()),
    }
    return pa.table(columns, schema=_SCHEMA)


def incoming(raw: Folder, table: pa.Table) -> Iterator[Incoming]:
    """The same one by one."""
    for first in range(0, len(table), _LISTED):
        for row in table.slice(first, _LISTED).to_pylist():
            yield Incoming(**row | {"path": raw / os.fsdecode(row["path"])})


def digest_of(table: pa.Table) -> str:
    """A digest of all that `incoming` gives."""
    digest = hashlib.sha256()
    plain = table.cast(pa.schema([(field.name, _PLAIN.get(field.name, field.type)) for field in _SCHEMA]))
    for first in range(0, len(table), _LISTED):
        digest.update(repr([column.to_pylist() for column in plain.slice(first, _LISTED).columns]).encode())
    return digest.hexdigest()


def _entries(paths: Any) -> Iterator[list[Entry]]:
    for first in range(0, len(paths), _FILES):
        yield [(path, None) for path in paths.slice(first, _FILES).to_pylist()]


def _not_opened(entry: Entry, why: str) -> Entry:
    return entry[0], why


def hashed(raw: Path, entries: Sequence[Entry]) -> Tables:
    """Files with their size, time and hash, or why they cannot be opened, in _SCHEMA."""
    rows = []
    for place, why in entries:
        name = os.fsdecode(place)
        found = examined(os.path.join(raw, name)) if why is None else (None, None, None, why)
        rows.append((place, readable(name), *found))
    return {"files": _table(rows)}


def _stored(raw: UPath, year: str) -> Iterator[tuple[Any, ...]]:
    top = len(str(raw)) + 1
    for file in fetched(raw, year):
        yield (
            os.fsencode(str(file.path)[top:]),
            file.source,
            file.size,
            file.modified,
            file.sha256,
            file.problem,
        )


def _table(rows: Iterable[tuple[Any, ...]], schema: pa.Schema = _SCHEMA) -> pa.Table:
    cells = list(rows)
    columns = list(zip(*cells, strict=True)) if cells else [()] * len(schema)
    return pa.table(
        [pa.array(list(column), field.type) for column, field in zip(columns, schema, strict=True)],
        schema=schema,
    )
