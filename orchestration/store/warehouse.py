"""The warehouse: Parquet files, one a partition, here or in an object store. All datasets of a year are
published together, see `publishing.py`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.store.folders import Lease, alone, names, put, sha256_of, told
from orchestration.store.partitions import DIGITS, PartitionWriter, build_in, digest_in, fingerprint_of
from orchestration.store.paths import Folder, StoreError, folder
from orchestration.store.publishing import (
    BUILDS,
    WRITING,
    clear_builds,
    finish_each,
    links_work,
    publish_by_links,
    publish_each,
)
from schemas.datasets import DATASETS


@dataclass
class _Build:
    """A year that is being made: where its new partitions wait until all of them are published together."""

    run: str
    folder: Folder
    lock: ExitStack
    lease: Lease | None
    staged: set[str] = field(default_factory=set)


class Warehouse:
    """The Parquet files below one folder, here or in an object store, one file a partition,
    `<dataset>/year=<year>/*.parquet`; of a dataset that is not by year `<dataset>/*.parquet`: its year is "".

    Between `begin` and `publish` of a year only one process makes it, another gets a BusyError; what it
    writes waits in `.writing/`, where this object reads it already, and readers find the year as it was.
    `publish` puts all of it in place at once. A process that is killed leaves what it wrote to the next
    `begin`, which removes it, or goes on with it where it is the same run.
    """

    def __init__(self, root: str | Folder) -> None:
        self.root = folder(root)
        self._builds: dict[str, _Build] = {}
        self._sound: dict[str, bool] = {}  # by fingerprint: whether a file is what was written

    # --- where things are

    def folder(self, dataset: str, year: str) -> Folder:
        """The folder in which readers find a partition."""
        return _within(self.root / dataset, year)

    def path(self, dataset: str, year: str) -> Folder:
        """The file of a partition: of the year that is being made, where it has been made again."""
        build = self._builds.get(year)
        where = self.folder(dataset, year)
        if build and dataset in build.staged:
            where = _within(build.folder / dataset, year)
        found = [name for name in names(where) if name.endswith(".parquet")]
        if len(found) > 1:
            raise StoreError(
                f"{where} holds several Parquet files, and a partition is one: remove those that do "
                "not belong there"
            )
        if not found:
            raise FileNotFoundError(f"{where} holds no data: run `ogi build --year {year}`")
        return where / found[0]

    def note(self, dataset: str, year: str) -> Folder:
        """Where it is noted what a partition was made of."""
        build = self._builds.get(year)
        top = build.folder if build and dataset in build.staged else self.root
        return top / ".made" / f"{dataset}-{_group(year)}.json"

    def build_of(self, year: str) -> str | None:
        """Return the build that a year is of, as readers find it; None where there is none, or its datasets
        are of several.
        """
        with suppress(FileNotFoundError, ValueError):
            said = json.loads((self.root / BUILDS / f"{_group(year)}.json").read_bytes())
            return str(said["build"]) if said["state"] == "published" else None
        found = {
            build_in(name)
            for dataset in self._datasets(year)
            for name in names(self.folder(dataset, year))
            if name.endswith(".parquet")
        }
        return found.pop() if len(found) == 1 else None

    def _datasets(self, year: str) -> list[str]:
        """The datasets that readers find of a year."""
        there = [name for name, is_folder in names(self.root).items() if is_folder and name[0] != "."]
        if year:
            return [name for name in there if f"year={year}" in names(self.root / name)]
        return [name for name in there if any(one.endswith(".parquet") for one in names(self.root / name))]

    # --- whether a file is what was written

    def digest(self, dataset: str, year: str) -> str:
        """Return a digest of the content of a partition, without reading it."""
        path = self.path(dataset, year)
        return self._digest(dataset, year, path) or fingerprint_of(path)

    def _digest(self, dataset: str, year: str, path: Folder) -> str | None:
        if known := digest_in(path.name):
            return known
        with suppress(FileNotFoundError, ValueError, KeyError, TypeError):
            note = json.loads(self.note(dataset, year).read_bytes())
            return str(note["digest"]) if note["file"] == fingerprint_of(path) else None
        return None

    def is_sound(self, dataset: str, year: str) -> bool:
        """Return whether a partition holds what was written, by the digest of its content. Each file is read
        for that once. Of an object the store keeps a digest itself: that it is the same object is enough.
        One that was never made is sound.
        """
        try:
            path = self.path(dataset, year)
        except FileNotFoundError:
            return True
        key = fingerprint_of(path)
        if key not in self._sound:
            known = self._digest(dataset, year, path) if isinstance(path, Path) else None
            self._sound[key] = known is None or sha256_of(path)[:DIGITS] == known
        return self._sound[key]

    # --- reading

    @contextmanager
    def open(self, dataset: str, year: str) -> Iterator[pq.ParquetFile]:
        """Open the file of a partition for reading, within the block."""
        path = self.path(dataset, year)
        if isinstance(path, Path):
            with pq.ParquetFile(path) as file:
                yield file
        else:
            with told(self.root), path.open("rb") as stream, pq.ParquetFile(stream, pre_buffer=True) as file:
                yield file

    def years(self) -> list[str]:
        """Return the years of which there is a partition of any dataset, ascending."""
        found = {name for dataset in DATASETS for name in names(self.root / dataset)}
        return sorted(name.removeprefix("year=") for name in found if name.startswith("year="))

    def tables(self, dataset: str, year: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Yield the rows of a partition in order, one batch of those that were written at a time."""
        with self.open(dataset, year) as file:
            for index in range(file.num_row_groups):
                yield file.read_row_group(index, columns=list(columns) if columns else None)

    def records(
        self, dataset: str, year: str, columns: Sequence[str] | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield the rows of a partition in order, as dictionaries."""
        for table in self.tables(dataset, year, columns):
            yield from table.to_pylist()

    def groups(
        self, dataset: str, year: str, columns: Sequence[str] | None = None
    ) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Yield the rows of a partition, report by report."""
        for report_id, rows in groupby(
            self.records(dataset, year, columns), lambda row: str(row["report_id"])
        ):
            yield report_id, list(rows)

    def rows_of(
        self, dataset: str, year: str, report_ids: Collection[str], columns: Sequence[str]
    ) -> list[dict[str, Any]]:
        """Return the rows of a few reports. Of the partition only the batches that they are in are read."""
        if not report_ids:
            return []
        chosen = pc.field("report_id").isin(sorted(report_ids))
        path = self.path(dataset, year)
        with nullcontext(path) if isinstance(path, Path) else path.open("rb") as source:
            return pq.read_table(source, columns=list(columns), filters=chosen, partitioning=None).to_pylist()

    def column(self, dataset: str, year: str, name: str) -> list[Any]:
        """Return one column of a whole partition. For short ones only: it is held in memory."""
        return [
            value for table in self.tables(dataset, year, [name]) for value in table.column(name).to_pylist()
        ]

    def rows(self, dataset: str, year: str) -> int:
        with self.open(dataset, year) as file:
            return int(file.metadata.num_rows)

    # --- making a year

    @contextmanager
    def replace(self, year: str, *datasets: str) -> Iterator[list[PartitionWriter]]:
        """Write the year's partition of some datasets. When the block ends well they are part of the year
        that is being made, or, where none was begun, are published; none is when it raises.

        Raises BusyError where another process makes the year, StoreError where the warehouse cannot be
        written.
        """
        if year not in self._builds:
            with self.made(year):
                with self.replace(year, *datasets) as writers:
                    yield writers
                self.publish(year)
            return
        build = self._builds[year]
        with ExitStack() as stack:
            writers = []
            for name in datasets:
                where = _within(build.folder / name, year)
                writers.append(PartitionWriter(DATASETS[name], where, self.root))
                stack.callback(writers[-1].discard)
            build.staged.difference_update(datasets)
            yield writers
            for writer in writers:
                if writer.kept:
                    _remove(build.folder / writer.dataset.name)
                else:
                    self._sound[fingerprint_of(writer.finish())] = True
                    build.staged.add(writer.dataset.name)

    def begin(self, year: str, run: str = "alone") -> None:
        """Begin to make a year, or go on with it. What another run left is removed; what the same run left
        when it was killed is taken up.
        """
        if year in self._builds:
            return
        lock, group = ExitStack(), _group(year)
        with told(self.root, "written"):
            lease = lock.enter_context(alone(self.root / WRITING / f"{group}.lock"))
            try:
                finish_each(self.root, group)
                left = self.root / WRITING / f"{group}-{run}"
                for name, is_folder in names(self.root / WRITING).items():
                    if is_folder and name.startswith(f"{group}-") and name != left.name:
                        _remove(self.root / WRITING / name)
                self._builds[year] = build = _Build(run, left, lock, lease)
                for name in names(left):
                    files = names(_within(left / name, year))
                    if [one for one in files if digest_in(one)] == list(files) and name[0] != ".":
                        build.staged.add(name)
                if isinstance(self.root, Path):
                    _remove_scratch(self.root / ".made", group)
                    clear_builds(self.root)
            except BaseException:
                self._builds.pop(year, None)
                lock.close()
                raise

    def was_making(self, year: str, run: str) -> bool:
        """Return whether a run has made something of the year that was not published."""
        return bool(names(self.root / WRITING / f"{_group(year)}-{run}"))

    def is_making(self, year: str) -> bool:
        """Return whether this object makes the year."""
        return year in self._builds

    @contextmanager
    def made(self, year: str, run: str = "alone") -> Iterator[None]:
        """Make a year within the block; what was not published when it ends is dropped."""
        self.begin(year, run)
        try:
            yield
        finally:
            self.end(year, drop=True)

    def end(self, year: str, drop: bool = False) -> None:
        """Let another process make the year."""
        if build := self._builds.pop(year, None):
            with build.lock:
                if drop:
                    with suppress(OSError):
                        _remove(build.folder)

    def close(self, drop: bool = False) -> None:
        for year in list(self._builds):
            self.end(year, drop)

    def publish(self, year: str) -> None:
        """Publish all that was made of a year at once; all of it is on the disk when this returns. Where it
        is what is there already, nothing changes. Raises StoreError where a dataset that was not made again
        is damaged.
        """
        build = self._builds[year]
        with told(self.root, "written"):
            if any(self._is_new(build, dataset, year) for dataset in build.staged):
                if build.lease:
                    build.lease.require()
                self._publish(build, year)
            for dataset in sorted(build.staged):
                self._move_note(build, dataset, year)
            build.staged.clear()
            _remove(build.folder)

    def _is_new(self, build: _Build, dataset: str, year: str) -> bool:
        new = self.digest(dataset, year)
        build.staged.remove(dataset)
        try:
            return self.digest(dataset, year) != new or not self.is_sound(dataset, year)
        except FileNotFoundError:
            return True
        finally:
            build.staged.add(dataset)

    def _publish(self, build: _Build, year: str) -> None:
        digests, files = {}, {}
        for dataset in sorted({*build.staged, *self._datasets(year)}, key=_place):
            if dataset not in build.staged and not self.is_sound(dataset, year):
                raise StoreError(
                    f"{self.path(dataset, year)} is damaged: run `ogi build --year {year}`, which makes it "
                    "anew"
                )
            files[dataset] = self.path(dataset, year)
            digests[dataset] = self.digest(dataset, year)
        listed = "\0".join(f"{name} {digest}" for name, digest in sorted(digests.items()))
        number = hashlib.sha256(listed.encode()).hexdigest()[:DIGITS]
        part = f"year={year}" if year else ""
        if isinstance(self.root, Path) and links_work(self.root):
            placed = {
                (dataset, part): (cast(Path, path), f"data-{self._named(path)}-{number}.parquet")
                for dataset, path in files.items()
            }
            publish_by_links(self.root, placed)
            (self.root / BUILDS / f"{_group(year)}.json").unlink(
                missing_ok=True
            )  # there were no links before
        else:
            staged = {(name, part): path for name, path in files.items() if name in build.staged}
            publish_each(self.root, _group(year), number, staged)

    def _named(self, path: Folder) -> str:
        return digest_in(path.name) or sha256_of(path)[:DIGITS]

    def _move_note(self, build: _Build, dataset: str, year: str) -> None:
        """What a partition was made of is noted beside the published one, with its file as it is there."""
        old = self.note(dataset, year)
        build.staged.remove(dataset)
        with suppress(FileNotFoundError, ValueError):
            note = json.loads(old.read_bytes())
            note["file"] = fingerprint_of(self.path(dataset, year))
            put(self.note(dataset, year), json.dumps(note, indent=1).encode())
        build.staged.add(dataset)


def _group(year: str) -> str:
    return year or "all"


def _within(folder: Folder, year: str) -> Folder:
    return folder / f"year={year}" if year else folder


def _place(dataset: str) -> int:
    """The order in which datasets are published where that is not at once: that in which they are made."""
    return list(DATASETS).index(dataset) if dataset in DATASETS else -1


def _remove(folder: Folder) -> None:
    if isinstance(folder, Path):
        shutil.rmtree(folder, ignore_errors=True)
    elif found := folder.fs.find(folder.path):
        folder.fs.rm(found)


def _remove_scratch(folder: Path, group: str) -> None:
    """What `put` left of a process that was killed while it made this year."""
    for name in names(folder):
        stem, _, process = name.rpartition(".")
        if stem.endswith(f"-{group}") and process.isdecimal() and not _is_alive(int(process)):
            (folder / name).unlink(missing_ok=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        pass
    return True
