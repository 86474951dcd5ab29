"""The documents of a year, hashed and in the order of the datasets. A row in Arrow takes few bytes, so that a whole year can be held."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets.batches import Incoming
from orchestration.compute import Tables, map_batches
from orchestration.paths import Folder
from orchestration.storage import examined, list_raw, raw_paths, readable

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

_PLAIN = {"modified": pa.int64()}  # what takes long to become an object of Python
Entry = tuple[bytes, str | None]  # a path below the raw store, and why it is not to be opened


def listed(raw: Folder, year: str) -> pa.Table:
    """The documents of a year in _SCHEMA, by content, then source; what cannot be read comes last. Files here are hashed by all workers."""
    if isinstance(raw, Path):
        found = map_batches(partial(hashed, raw), _entries(raw, year), _not_opened, lambda entry: os.fsdecode(entry[0]))
        tables = [made["files"] for made in found]
    else:
        tables = [_table(_stored(raw, year))]
    table = pa.concat_tables([_SCHEMA.empty_table(), *tables])
    return table.sort_by([("sha256", "ascending"), ("source", "ascending")])


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


def _entries(raw: Path, year: str) -> Iterator[list[Entry]]:
    paths = raw_paths(raw, year)
    top = len(str(raw)) + 1
    while group := list(islice(paths, _FILES)):
        yield [(os.fsencode(str(path)[top:]), None) for path in group]


def _not_opened(entry: Entry, why: str) -> Entry:
    return entry[0], why


def hashed(raw: Path, entries: Sequence[Entry]) -> Tables:
    """Files with their size, time and hash, or why they cannot be opened, in _SCHEMA."""
    rows = []
    for place, why in entries:
        name = os.fsdecode(place)
        found = examined(os.path.join(raw, name)) if why is None else (None, None, None, why)
        rows.append((place, readable(name.replace(os.sep, "/")), *found))
    return {"files": _table(rows)}


def _stored(raw: Folder, year: str) -> Iterator[tuple[Any, ...]]:
    top = len(str(raw)) + 1
    for file in list_raw(raw, year):
        yield os.fsencode(str(file.path)[top:]), file.source, file.size, file.modified, file.sha256, file.problem


def _table(rows: Iterable[tuple[Any, ...]]) -> pa.Table:
    cells = list(rows)
    columns = list(zip(*cells, strict=True)) if cells else [()] * len(_SCHEMA)
    return pa.table([pa.array(list(column), field.type) for column, field in zip(columns, _SCHEMA, strict=True)], schema=_SCHEMA)
