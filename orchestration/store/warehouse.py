"""The warehouse: Parquet files, one a partition, here or in an object store; written whole or not at all."""

from __future__ import annotations

import ctypes
import os
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.store.folders import Lease, alone, names, sha256_of, told
from orchestration.store.paths import Folder, StoreError, folder
from schemas.datasets import DATASETS, Dataset, arrow_schema

if TYPE_CHECKING:
    from upath import UPath

# Rows are in this order. Of any other column each row group holds all values, and statistics would only make
# the footers long.
_SORTED = "report_id"


class Warehouse:
    """The Parquet files below one folder, here or in an object store, one file a partition,
    `<dataset>/year=<year>/...parquet`; `<dataset>/...parquet` of a dataset without years (its year is "").

    A partition is replaced whole or not at all, and only one process at a time writes it; another gets a
    BusyError.

    Here the file is `data-<digest of the content>.parquet`, in a folder that changes places with the old one
    in one step (flock, renameat2). The name changes with the content because some readers open a file twice,
    first for its schema and then for its rows. Under one name they would take the two from different files,
    and mix old rows with new ones; so they find the old file gone, and say so. (Arrow, which looks at each
    file after it has listed them, leaves out one that went in between.)

    In an object store there is no such exchange, and whoever lists a folder while old and new are both there
    would read both. So the object is always `data.parquet`, and one PUT (of a large file: the completion of
    its upload) replaces it. Whoever is reading it at that moment is told by clients that hold on to the
    version that they began with, by its ETag (s3fs, and so pandas and this class; DuckDB); others should read
    it in one go. An upload that was cut off shows nowhere, though the store may keep its parts until a rule
    of the bucket clears them away.
    """

    def __init__(self, root: str | Folder) -> None:
        self.root = folder(root)

    def folder(self, dataset: str, year: str) -> Folder:
        return self.root / dataset / f"year={year}" if year else self.root / dataset

    def path(self, dataset: str, year: str) -> Folder:
        """The file of a partition."""
        where = self.folder(dataset, year)
        found = [name for name in names(where) if name.endswith(".parquet")]
        if len(found) > 1:
            raise StoreError(
                f"{where} holds several Parquet files, and a partition is one: remove those that do "
                "not belong there"
            )
        if not found:
            again = f"ogi build --year {year}" if year else "ogi build"
            raise FileNotFoundError(f"{where} holds no data: run `{again}`")
        return where / found[0]

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

    @contextmanager
    def replace(self, year: str, *datasets: str) -> Iterator[list[PartitionWriter]]:
        """Write the year's partition of some datasets: all are put in place when the block ends well, none
        when it raises.

        Raises BusyError where another process writes one of them, StoreError where the warehouse cannot be
        written.
        """
        with ExitStack() as stack:
            writers = [self._writer(stack, name, year) for name in datasets]
            yield writers
            written = [writer for writer in writers if not writer.kept]
            for writer in written:
                writer.finish()
            for writer in written:
                writer.publish()

    def _writer(self, stack: ExitStack, dataset: str, year: str) -> PartitionWriter:
        # In the same file system, so that the last step is one rename, but where no reader looks.
        scratch = self.root / ".writing" / f"{dataset}-{year or 'all'}"
        with told(self.root, "written"):
            lease = stack.enter_context(alone(scratch.with_suffix(".lock")))
        writer: PartitionWriter
        if isinstance(scratch, Path):
            writer = FolderWriter(DATASETS[dataset], self.folder(dataset, year), self.root, scratch)
        else:
            writer = ObjectWriter(
                DATASETS[dataset],
                self.folder(dataset, year),
                self.root,
                Path(tempfile.mkdtemp(prefix="ogi-")),
                cast(Lease, lease),
            )
        stack.callback(writer.discard)
        return writer


def fingerprint_of(path: Folder) -> str:
    """Return what tells a file from another that is or was in its place: here its name, which is made of
    its content, size and time; else what the store says.
    """
    if not isinstance(path, Path):
        return str(path.fs.checksum(path.path))
    info = path.stat()
    return f"{path.name} {info.st_size} {info.st_mtime_ns}"


class PartitionWriter(ABC):
    """A partition that is being written, a row group for each batch, to a local file that becomes the
    partition's in the end.
    """

    def __init__(self, dataset: Dataset, folder: Folder, root: Folder, scratch: Path) -> None:
        self.dataset, self.rows, self.kept = dataset, 0, False
        self.schema = arrow_schema(dataset)
        self._folder, self._root, self._scratch = folder, root, scratch
        with told(root, "written"):
            shutil.rmtree(scratch, ignore_errors=True)  # what a process that was killed has left
            scratch.mkdir(parents=True)
            self._file = (scratch / "unfinished").open("wb")
        self._name = ""
        repeating: Any = [column.name for column in dataset.columns if column.repeats]
        self._writer = pq.ParquetWriter(
            self._file, self.schema, compression="zstd", use_dictionary=repeating, write_statistics=[_SORTED]
        )

    @property
    def path(self) -> Folder:
        """Where the rows are once they are published."""
        return self._folder / self._name

    def keep(self, path: Folder, rows: int) -> None:
        """Leave the partition as it is: the file that it is, and how many rows that has."""
        self._name, self.rows, self.kept = path.name, rows, True

    def write_table(self, table: pa.Table) -> None:
        """Add rows given as an Arrow table with the columns of the dataset."""
        if not table.num_rows:
            return
        # Dictionaries as strings again: which dictionary it was would show in the file.
        rows = pa.Table.from_arrays(
            [table.column(field.name).cast(field.type) for field in self.schema], schema=self.schema
        )
        for field in self.schema:
            if not field.nullable and rows.column(field.name).null_count:
                raise ValueError(f"{self.dataset.name}.{field.name} must not be null")
        with told(self._root, "written"):
            self._writer.write_table(rows, row_group_size=rows.num_rows)
        self.rows += table.num_rows

    def finish(self) -> None:
        """Complete the file, and have it on the disk."""
        with told(self._root, "written"):
            self._writer.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()

    @abstractmethod
    def publish(self) -> None:
        """Put the file in the place of the old one, in one step: a reader finds the old rows or the new
        ones.
        """

    def discard(self) -> None:
        """Drop what is not, or no longer, in use."""
        with suppress(OSError):  # a full disk has been told already
            self._writer.close()
            self._file.close()
        shutil.rmtree(self._scratch, ignore_errors=True)


class FolderWriter(PartitionWriter):
    """A partition in a folder here: the scratch folder takes the place of the partition's."""

    def finish(self) -> None:
        """Complete the file, have it on the disk, and name it after its content."""
        super().finish()
        with told(self._root, "written"):
            self._name = f"data-{sha256_of(self._scratch / 'unfinished')[:16]}.parquet"
            os.rename(self._scratch / "unfinished", self._scratch / self._name)

    def publish(self) -> None:
        with told(self._root, "written"):
            self._take_place(cast(Path, self._folder))

    def _take_place(self, place: Path) -> None:
        if place.is_dir() and os.listdir(place) == [self._name]:
            return  # the same rows are there
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists():
            os.rename(self._scratch, place)
        elif not _exchanged(self._scratch, place):
            old = self._scratch.with_suffix(".old")
            shutil.rmtree(old, ignore_errors=True)
            os.rename(place, old)
            os.rename(self._scratch, place)
            shutil.rmtree(old)


class ObjectWriter(PartitionWriter):
    """A partition in an object store: written here, then put there as one object."""

    def __init__(self, dataset: Dataset, folder: Folder, root: Folder, scratch: Path, lease: Lease) -> None:
        super().__init__(dataset, folder, root, scratch)
        self._lease = lease

    def publish(self) -> None:
        # A file that was copied there from a local warehouse keeps its name: a second one beside it would
        # double the rows.
        there = [name for name in names(self._folder) if name.endswith(".parquet")]
        if len(there) > 1:
            raise StoreError(
                f"{self._folder} holds several Parquet files, and a partition is one: remove those "
                "that do not belong there"
            )
        self._name = there[0] if there else "data.parquet"
        self._lease.require()
        with told(self._root, "written"):
            target = cast("UPath", self.path)
            target.fs.put_file(str(self._scratch / "unfinished"), target.path)


def _exchanged(one: Path, other: Path) -> bool:
    """Let two folders change places in one step, where the system can (Linux, on most file systems)."""
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    at_working_directory, exchange = -100, 2
    return renameat2 is not None and (
        renameat2(at_working_directory, os.fsencode(one), at_working_directory, os.fsencode(other), exchange)
        == 0
    )
