"""What a year was last made of, as its runs took it down, against what there is now: documents, corrections,
code.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa

from orchestration.corrections import corrections_of
from orchestration.folders import objects
from orchestration.resources import Store
from orchestration.sources import code_version
from orchestration.storage import Warehouse, raw_names, readable, source_of
from schemas.datasets import DATASETS

DOCUMENTS = "documents_digest"  # in the metadata of validated_facts
Entry = tuple[
    str, int | None, datetime | None
]  # a document: its name, size and time; None where it cannot be looked at

_EPOCH = datetime.fromtimestamp(0, UTC)
_LAST = "validated_facts"
_PARTITION = "dagster/partition"
_UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


# --- documents


def digest(entries: Iterable[Entry]) -> str:
    """A digest of names, sizes and times: no document is opened for it."""
    lines = sorted(
        f"{source}\0{size}\0{modified.isoformat() if modified else None}"
        for source, size, modified in entries
    )
    return hashlib.sha256("\n".join(lines).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def documents_there(store: Store, year: str) -> tuple[int, str]:
    """How many documents of a year the raw store holds now, and their digest."""
    entries = list(_entries(store, year))
    return len(entries), digest(entries)


def documents_read(files: Warehouse, year: str) -> str:
    """The digest of the documents that the year's partition of raw_text was made of."""
    found: list[Entry] = []
    for rows in files.tables("raw_text", year, ["source", "size", "modified"]):
        sources: list[Any] = rows.column("source").to_pylist()
        plain = (
            rows.column("modified").cast(pa.int64()).to_pylist()
        )  # what Arrow makes of a time takes ten times as long
        times = [None if time is None else _EPOCH + timedelta(microseconds=time) for time in plain]
        found += zip(sources, rows.column("size").to_pylist(), times, strict=True)
    return digest(found)


def _entries(store: Store, year: str) -> Iterable[Entry]:
    raw = store.raw_folder
    if not isinstance(raw, Path):
        yield from ((source_of(raw, found.path), found.size, found.modified) for found in objects(raw / year))
        return
    for name in raw_names(raw, year):
        path = os.path.join(raw, name)
        try:
            info = os.stat(path)
        except OSError:
            info = None
        # What the pipeline will not open has neither size nor time in raw_text.
        if info is None or not stat.S_ISREG(info.st_mode) or not os.access(path, os.R_OK):
            yield readable(name), None, None
        else:
            yield readable(name), info.st_size, datetime.fromtimestamp(int(info.st_mtime), UTC)


# --- runs


def unfinished(instance: dg.DagsterInstance, year: str) -> bool:
    """Whether a run of the year waits or is under way."""
    return bool(instance.get_run_ids(dg.RunsFilter(statuses=_UNFINISHED, tags={_PARTITION: year}), limit=1))


def last_documents(instance: dg.DagsterInstance, year: str) -> str | None:
    """The digest of the documents that the year was last published from; None if it never was."""
    facts = _latest(instance, _LAST, year)
    return str(_metadata(facts).get(DOCUMENTS)) if facts else None


def why_again(instance: dg.DagsterInstance, store: Store, year: str) -> str | None:
    """Why a year that the raw store has is to be made again: what changed since its last good run; None if
    nothing did.
    """
    latest = {name: _latest(instance, name, year) for name in DATASETS}
    made = {name: record for name, record in latest.items() if record is not None}
    if len(made) < len(DATASETS):
        return "never made"
    run = instance.get_run_by_id(made[_LAST].run_id)
    if run is not None and run.status != dg.DagsterRunStatus.SUCCESS:  # one that was deleted says nothing
        return "the last run did not end well"
    if any(record.storage_id > made[_LAST].storage_id for record in made.values()):
        return f"stages before {_LAST} were made after it"
    return "; ".join(_changed(store, year, made)) or None


def _changed(store: Store, year: str, made: Mapping[str, dg.EventLogRecord]) -> Iterable[str]:
    metadata = _metadata(made[_LAST])
    if metadata.get(DOCUMENTS) != documents_there(store, year)[1]:
        yield "documents changed"
    versions = {
        name: (record.asset_materialization.tags or {}).get("dagster/code_version")
        for name, record in made.items()
        if record.asset_materialization
    }
    if stale := [name for name in DATASETS if versions.get(name) != code_version(name)]:
        yield f"code changed: {', '.join(stale)}"
    if _corrections_changed(store, year, metadata):
        yield "corrections changed"


def _corrections_changed(store: Store, year: str, metadata: Mapping[str, Any]) -> bool:
    """The file concerns all years; what counts is whether it would do something else to this one."""
    from orchestration.pipeline import of_corrections  # it imports the rest of the pipeline

    try:
        now = of_corrections(corrections_of(store, year))
    except FileNotFoundError:
        return True  # the datasets are gone
    file = "corrections_sha256"
    if now.get(file) == metadata.get(file):
        return False
    return any(
        now.get(name, []) != metadata.get(name, [])
        for name in ("corrections_applied", "corrections_not_applied")
    )


def _latest(instance: dg.DagsterInstance, dataset: str, year: str) -> dg.EventLogRecord | None:
    wanted = dg.AssetRecordsFilter(dg.AssetKey(dataset), asset_partitions=[year])
    return next(iter(instance.fetch_materializations(wanted, limit=1).records), None)


def _metadata(record: dg.EventLogRecord) -> dict[str, Any]:
    materialization = record.asset_materialization
    return {name: value.value for name, value in materialization.metadata.items()} if materialization else {}
