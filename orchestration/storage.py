"""Where files are: lists the raw store, writes and reads the partitions of the warehouse. Knows paths, Parquet and nothing of reports."""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import os
import shutil
import stat
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assets.batches import Columns, Incoming
from schemas.datasets import DATASETS, Dataset, arrow_schema

_HASH_BYTES = 1 << 20
# Statistics over long texts are useless, and as large as the texts.
_NO_STATISTICS = frozenset({"text", "reason", "message", "raw"})


class BusyError(RuntimeError):
    """Another process is writing the same partition."""


# --- the raw store


def raw_years(raw: Path) -> list[str]:
    """The years that the raw store has a folder for, ascending."""
    if not raw.is_dir():
        return []
    return sorted(entry.name for entry in raw.iterdir() if entry.is_dir() and len(entry.name) == 4 and entry.name.isdecimal())


def raw_paths(raw: Path, year: str) -> Iterator[Path]:
    """Every entry in a year's folder that stands for a document. Hidden files and folders (.gitkeep, .DS_Store) are none."""

    def unreadable(error: OSError) -> None:
        # A folder that cannot be listed would lose its documents in silence.
        raise error

    for folder, folders, names in os.walk(raw / year, onerror=unreadable):
        links = [name for name in folders if Path(folder, name).is_symlink()]  # not followed: they could lead in a circle
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names + links):
            if not name.startswith("."):
                yield Path(folder, name)


def list_raw(raw: Path, year: str) -> list[Incoming]:
    """The documents of a year, hashed one by one, in the order of the datasets: report_id, then source; what cannot be read comes last."""
    files = [_incoming(raw, path) for path in raw_paths(raw, year)]
    return sorted(files, key=lambda file: (file.sha256 is None, file.sha256 or "", file.source))


def source_of(raw: Path, path: Path) -> str:
    """What the datasets call a document. A name that is no valid UTF-8 is kept readable: Parquet could not hold it otherwise."""
    return path.relative_to(raw).as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _incoming(raw: Path, path: Path) -> Incoming:
    source = source_of(raw, path)
    try:
        info = path.stat()
        if not stat.S_ISREG(info.st_mode):
            return Incoming(source, path, problem="this is no regular file: put the document itself here")
        digest = hashlib.sha256()
        with path.open("rb") as stream:
            while block := stream.read(_HASH_BYTES):
                digest.update(block)
    except OSError as error:
        return Incoming(source, path, problem=f"the file cannot be opened ({error.strerror}): check that it is there and may be read")
    return Incoming(source, path, info.st_size, datetime.fromtimestamp(int(info.st_mtime), UTC), digest.hexdigest())


# --- the warehouse


class Warehouse:
    """The Parquet files below one folder: `<dataset>/year=<year>/data-<digest of the content>.parquet`, one file a partition.

    The name changes with the content because some readers open a file twice, first for its schema and then for its rows. Under one name
    they would take the two from different files, and mix old rows with new ones; so they find the old file gone, and say so.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, dataset: str, year: str) -> Path:
        return self.root / dataset / f"year={year}"

    def path(self, dataset: str, year: str) -> Path:
        """The file of a partition."""
        for path in self.folder(dataset, year).glob("*.parquet"):
            return path
        raise FileNotFoundError(f"{self.folder(dataset, year)} holds no data: run `ogi build --year {year}`")

    def tables(self, dataset: str, year: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """The rows of a partition in order, one batch of those that were written at a time."""
        with pq.ParquetFile(self.path(dataset, year)) as file:
            for index in range(file.num_row_groups):
                yield file.read_row_group(index, columns=list(columns) if columns else None)

    def records(self, dataset: str, year: str, columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
        """The rows of a partition in order, as dictionaries."""
        for table in self.tables(dataset, year, columns):
            yield from table.to_pylist()

    def groups(self, dataset: str, year: str, columns: Sequence[str] | None = None) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """The rows of a partition, report by report."""
        for report_id, rows in groupby(self.records(dataset, year, columns), lambda row: str(row["report_id"])):
            yield report_id, list(rows)

    def rows_of(self, dataset: str, year: str, report_ids: Collection[str], columns: Sequence[str]) -> list[dict[str, Any]]:
        """The rows of a few reports. Of the partition only the batches that they are in are read."""
        if not report_ids:
            return []
        chosen = pc.field("report_id").isin(sorted(report_ids))
        return pq.read_table(self.path(dataset, year), columns=list(columns), filters=chosen, partitioning=None).to_pylist()

    def column(self, dataset: str, year: str, name: str) -> list[Any]:
        """One column of a whole partition. For short ones only: it is held in memory."""
        return [value for table in self.tables(dataset, year, [name]) for value in table.column(name).to_pylist()]

    def rows(self, dataset: str, year: str) -> int:
        return int(pq.read_metadata(self.path(dataset, year)).num_rows)

    @contextmanager
    def replace(self, year: str, *datasets: str) -> Iterator[list[PartitionWriter]]:
        """Write the year's partition of some datasets: all are put in place when the block ends well, none when it raises."""
        with ExitStack() as stack:
            writers = []
            for name in datasets:
                # In the same file system, so that the last step is one rename, but where no reader looks.
                scratch = self.root / ".writing" / f"{name}-{year}"
                stack.enter_context(_alone(scratch.with_suffix(".lock")))
                writers.append(PartitionWriter(DATASETS[name], self.folder(name, year), scratch))
                stack.callback(writers[-1].discard)
            yield writers
            for writer in writers:
                writer.finish()
            for writer in writers:
                writer.publish()


class PartitionWriter:
    """A partition that is being written, a row group for each batch, in a folder that becomes the partition's in the end."""

    def __init__(self, dataset: Dataset, folder: Path, scratch: Path) -> None:
        self.dataset, self.rows = dataset, 0
        self.schema = arrow_schema(dataset)
        self._folder, self._scratch = folder, scratch
        shutil.rmtree(scratch, ignore_errors=True)  # what a process that was killed has left
        scratch.mkdir(parents=True)
        self._file = (scratch / "unfinished").open("wb")
        self._name = ""
        self._writer = pq.ParquetWriter(
            self._file,
            self.schema,
            compression="zstd",
            use_dictionary=[column.name for column in dataset.columns if column.repeats],  # type: ignore[arg-type]
            write_statistics=[column.name for column in dataset.columns if column.name not in _NO_STATISTICS],
        )

    @property
    def path(self) -> Path:
        """Where the rows are once they are published."""
        return self._folder / self._name

    def write(self, columns: Columns) -> None:
        """Add rows given as columns of Python values."""
        self.write_table(pa.Table.from_arrays([pa.array(columns[field.name], field.type) for field in self.schema], schema=self.schema))

    def write_table(self, table: pa.Table) -> None:
        """Add rows given as an Arrow table with the columns of the dataset."""
        if not table.num_rows:
            return
        for field in self.schema:
            if not field.nullable and table.column(field.name).null_count:
                raise ValueError(f"{self.dataset.name}.{field.name} must not be null")
        self._writer.write_table(table.select(self.schema.names).cast(self.schema), row_group_size=table.num_rows)
        self.rows += table.num_rows

    def finish(self) -> None:
        """Complete the file, have it on the disk, and name it after its content."""
        self._writer.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        with (self._scratch / "unfinished").open("rb") as file:
            self._name = f"data-{hashlib.file_digest(file, 'sha256').hexdigest()[:16]}.parquet"
        os.rename(self._scratch / "unfinished", self._scratch / self._name)

    def publish(self) -> None:
        """Put the folder in the place of the old one, in one step: a reader finds the old rows or the new ones."""
        if self._folder.is_dir() and os.listdir(self._folder) == [self._name]:
            return  # the same rows are there
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        if not self._folder.exists():
            os.rename(self._scratch, self._folder)
        elif not _exchanged(self._scratch, self._folder):
            old = self._scratch.with_suffix(".old")
            shutil.rmtree(old, ignore_errors=True)
            os.rename(self._folder, old)
            os.rename(self._scratch, self._folder)
            shutil.rmtree(old)

    def discard(self) -> None:
        """Drop what is not, or no longer, in use."""
        self._writer.close()
        self._file.close()
        shutil.rmtree(self._scratch, ignore_errors=True)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a lock within the block. It goes with the process, so one that is killed leaves nothing locked."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(f"another process is writing {path.stem}: wait for it to end, then run again") from None
        yield


def _exchanged(one: Path, other: Path) -> bool:
    """Let two folders change places in one step, where the system can (Linux, on most file systems)."""
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    at_working_directory, exchange = -100, 2
    return renameat2 is not None and (
        renameat2(at_working_directory, os.fsencode(one), at_working_directory, os.fsencode(other), exchange) == 0
    )


def aligned(rows: Iterable[tuple[str, Any]], *others: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any, list[Any]]]:
    """For each (report_id, value) the values that the others have for it, None where they have none. All are sorted by report_id."""
    iterators = [iter(other) for other in others]
    heads: list[tuple[str, Any] | None] = [next(iterator, None) for iterator in iterators]
    for report_id, value in rows:
        found: list[Any] = []
        for index, iterator in enumerate(iterators):
            while (head := heads[index]) is not None and head[0] < report_id:
                heads[index] = next(iterator, None)
            found.append(head[1] if head is not None and head[0] == report_id else None)
        yield report_id, value, found
