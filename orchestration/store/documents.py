"""The documents in the raw store: the years and files that there are, and the listing of a year, hashed and
in the order of the datasets. A row in Arrow takes few bytes, so that a whole year can be held.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial, reduce
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa
import pyarrow.compute as pc

from assets.limits import check_size
from assets.model import Document, File, Refusal
from assets.raw_text import id_of
from orchestration.computing.mapping import Tables, batched, map_batches
from orchestration.store.folders import names, objects, put, sha256_of, told
from orchestration.store.paths import Folder, why

if TYPE_CHECKING:
    from upath import UPath

_HASH_BYTES = 1 << 20
_UNOPENED = "the file cannot be opened ({}): check that it is there and may be read"
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
        # in nanoseconds; ctime, when content or name or owner last changed, is the system's own
        ("mtime", pa.int64()),
        ("ctime", pa.int64()),
        ("inode", pa.uint64()),
    ]
)
_SETTLING = 2 * 10**9  # nanoseconds; clocks of file systems are that coarse

_PLAIN = {"modified": pa.int64()}  # what takes long to become an object of Python
_EPOCH = datetime.fromtimestamp(0, UTC)
_FIRST, _LAST = (
    -62_135_596_800,
    253_402_300_799,
)  # seconds from then to the first and the last that Python knows
Unhashed = tuple[bytes, str | None]  # a path below the raw store, and why it is not to be opened
# A document: its name, size in bytes and time of last change; None where it cannot be opened.
State = tuple[str, int | None, datetime | None]


# --- what is there


def raw_years(raw: Folder) -> list[str]:
    """Return the years that the raw store has a folder for, ascending."""
    return sorted(
        name for name, is_folder in names(raw).items() if is_folder and len(name) == 4 and name.isdecimal()
    )


def raw_paths(raw: Folder, year: str) -> Iterator[Folder]:
    """Yield every entry in a year's folder that stands for a document. Hidden files and folders (.gitkeep,
    .DS_Store) are none.
    """
    if isinstance(raw, Path):
        yield from (raw / name for name in raw_names(raw, year))
    else:
        yield from (found.path for found in objects(raw / year))


def raw_names(raw: Path, year: str) -> Iterator[str]:
    """Yield the same of a raw store here, as names below it: a path object for each of many files takes
    long.
    """

    def unreadable(error: OSError) -> None:
        # A folder that cannot be listed would lose its documents in silence.
        raise error

    for where, folders, files in os.walk(raw / year, onerror=unreadable):
        inside = os.path.relpath(where, raw)
        links = [
            name for name in folders if os.path.islink(os.path.join(where, name))
        ]  # not followed: they could lead in a circle
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files + links):
            if not name.startswith("."):
                yield os.path.join(inside, name)


def source_of(raw: Folder, path: Folder) -> str:
    """Return what the datasets call a document. A name that is no valid UTF-8 is kept readable: Parquet
    could not hold it otherwise.
    """
    return readable(
        str(path.relative_to(str(raw)) if isinstance(path, Path) else path.relative_to(cast("UPath", raw)))
    )


def readable(name: str) -> str:
    """Return the same, of a name below the raw store."""
    name = name.replace(os.sep, "/")
    return (
        name
        if name.isascii()
        else name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    )


def examined(path: str) -> tuple[int | None, datetime | None, str | None, str | None]:
    """Return size (bytes), time and SHA-256 of a file, or else the problem that it has."""
    try:
        info = os.stat(path)
        if not stat.S_ISREG(info.st_mode):
            return None, None, None, "this is no regular file: put the document itself here"
        if problem := too_large(info.st_size):
            return info.st_size, _time_of(info), None, problem
        digest = _sha256_of_file(path, info.st_size)
    except OSError as error:
        return None, None, None, _UNOPENED.format(error.strerror)
    return info.st_size, _time_of(info), digest, None


def too_large(size: int) -> str | None:
    """Return why a file of so many bytes is not opened at all; None if it is."""
    try:
        check_size(size)
    except Refusal as refusal:
        return refusal.reason
    return None


def _time_of(info: os.stat_result) -> datetime:
    """When a file was last changed, in whole seconds; a disk may say any time, Python knows those of the
    years 1 to 9999.
    """
    return _EPOCH + timedelta(seconds=min(max(int(info.st_mtime), _FIRST), _LAST))


def _held(nanoseconds: int) -> int:
    """The time as far as 64 bits hold it: to the year 2262."""
    return min(max(nanoseconds, -(1 << 63)), (1 << 63) - 1)


def _sha256_of_file(path: str, size: int) -> str:
    """Do the same as `sha256_of` in as few calls of the system as can be: there are as many files as
    documents.
    """
    digest = hashlib.sha256()
    handle = os.open(path, os.O_RDONLY)
    try:
        while size > 0 and (block := os.read(handle, min(size, _HASH_BYTES))):
            digest.update(block)
            size -= len(block)
    finally:
        os.close(handle)
    return digest.hexdigest()


def sources(raw: Folder, year: str) -> list[str]:
    """Return the documents of a year, as the datasets name them."""
    if not isinstance(raw, Path):
        return [source_of(raw, path) for path in raw_paths(raw, year)]
    return list(map(readable, raw_names(raw, year)))


# --- a listing of a year


def listed(raw: Folder, year: str, memory: Folder) -> pa.Table:
    """Return the documents of a year in _SCHEMA, sorted by content, then source; what cannot be read comes
    last.

    Files here are hashed by all workers; those that are as they were when last hashed, which `memory`
    tells, are not opened.
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
    """Yield what tells whether each file has changed, in _STATES; nulls where it cannot be looked at."""
    names = raw_names(raw, year)
    while group := list(islice(names, _FILES)):
        rows = []
        for name in group:
            try:
                info = os.stat(os.path.join(raw, name))
            except OSError:
                info = None
            state = (
                (info.st_size, _time_of(info), _held(info.st_mtime_ns), _held(info.st_ctime_ns), info.st_ino)
                if info
                else (None,) * 5
            )
            rows.append((os.fsencode(name), *state))
        yield _table(rows, _STATES)


def _remembered(memory: Folder, there: pa.Table) -> Any:
    """Return the hash of each file that is as it was when last hashed; null of the others."""
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
    """Return files whose hashes are remembered, in _SCHEMA."""
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


def incoming(raw: Folder, listing: pa.Table, year: int) -> Iterator[Document]:
    """Yield the listed documents of a year one by one. Of files with one content all but the first name the
    first in `copy_of`.
    """
    first: dict[str, Any] = {"sha256": None}
    for start in range(0, len(listing), _LISTED):
        for row in listing.slice(start, _LISTED).to_pylist():
            copy_of = first["source"] if row["sha256"] and row["sha256"] == first["sha256"] else None
            first = first if copy_of else row
            path = raw / os.fsdecode(row["path"])
            file = File(**row | {"path": path, "copy_of": copy_of})
            yield Document(id_of(file.sha256 or ""), file, year)


def digest_of(listing: pa.Table) -> str:
    """Return a digest of all that `incoming` yields."""
    digest = hashlib.sha256()
    plain = listing.cast(pa.schema([(field.name, _PLAIN.get(field.name, field.type)) for field in _SCHEMA]))
    for first in range(0, len(listing), _LISTED):
        digest.update(repr([column.to_pylist() for column in plain.slice(first, _LISTED).columns]).encode())
    return digest.hexdigest()


def states_of(listing: pa.Table) -> Iterator[State]:
    """Yield name, size and time of each listed document."""
    for first in range(0, len(listing), _LISTED):
        part = listing.slice(first, _LISTED)
        # what Arrow makes of a time takes ten times as long
        plain = part.column("modified").cast(pa.int64()).to_pylist()
        times = [None if time is None else _EPOCH + timedelta(microseconds=time) for time in plain]
        sources, sizes = part.column("source").to_pylist(), part.column("size").to_pylist()
        yield from zip(sources, sizes, times, strict=True)


def states(raw: Folder, year: str) -> Iterator[State]:
    """Yield the same of the documents of a year that the raw store holds now. No document is opened."""
    if not isinstance(raw, Path):
        yield from ((source_of(raw, found.path), found.size, found.modified) for found in objects(raw / year))
        return
    for name in raw_names(raw, year):
        path = os.path.join(raw, name)
        try:
            info = os.stat(path)
        except OSError:
            info = None
        # What will not be opened is listed with neither size nor time.
        if info is None or not stat.S_ISREG(info.st_mode) or not os.access(path, os.R_OK):
            yield readable(name), None, None
        else:
            yield readable(name), info.st_size, _time_of(info)


def _entries(paths: Any) -> Iterator[list[Unhashed]]:
    for first in range(0, len(paths), _FILES):
        yield [(path, None) for path in paths.slice(first, _FILES).to_pylist()]


def _not_opened(entry: Unhashed, problem: str) -> Unhashed:
    return entry[0], problem


def hashed(raw: Path, entries: Sequence[Unhashed]) -> Tables:
    """Return files with their size, time and hash, or why they cannot be opened, in _SCHEMA."""
    rows = []
    for place, problem in entries:
        name = os.fsdecode(place)
        found = examined(os.path.join(raw, name)) if problem is None else (None, None, None, problem)
        rows.append((place, readable(name), *found))
    return {"files": _table(rows)}


def _stored(raw: UPath, year: str) -> Iterator[tuple[Any, ...]]:
    """Yield the documents of a year in an object store, each hashed, as rows of _SCHEMA. They are read many
    at a time: each takes long to come, but many come at once.
    """
    top = len(str(raw)) + 1
    for group in batched(objects(raw / year), lambda one: one.size):
        small = [one for one in group if one.size <= _HASH_BYTES]
        with told(raw):
            contents = raw.fs.cat_ranges([one.path.path for one in small], None, None, on_error="return")
        read = dict(zip((one.path for one in small), contents, strict=True))
        for one in group:
            if problem := too_large(one.size):
                own = os.fsencode(str(one.path)[top:]), source_of(raw, one.path)
                yield *own, one.size, one.modified, None, problem
                continue
            name = os.fsencode(str(one.path)[top:]), source_of(raw, one.path)
            content = read.get(one.path)
            try:
                if isinstance(content, Exception):
                    raise content
                digest = hashlib.sha256(content).hexdigest() if content is not None else sha256_of(one.path)
            except OSError as error:
                yield *name, None, None, None, _UNOPENED.format(why(error))
            else:
                yield *name, one.size, one.modified, digest, None


def _table(rows: Iterable[tuple[Any, ...]], schema: pa.Schema = _SCHEMA) -> pa.Table:
    cells = list(rows)
    columns = list(zip(*cells, strict=True)) if cells else [()] * len(schema)
    return pa.table(
        [pa.array(list(column), field.type) for column, field in zip(columns, schema, strict=True)],
        schema=schema,
    )
