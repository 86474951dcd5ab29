"""One partition while it is written: a Parquet file, a row group for each batch, complete or not there."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.store.folders import sha256_of, told
from orchestration.store.paths import Folder
from schemas.datasets import Dataset, arrow_schema

_QUICK, _HARD = 1, 15  # levels of Zstandard
_UNFINISHED = "unfinished"  # no reader looks for such a name
DIGITS = 16  # of a SHA-256 in the name of a file
# While it waits it has no build yet; once published it has that, too.
_NAME = re.compile(rf"data-([0-9a-f]{{{DIGITS}}})(?:-([0-9a-f]{{{DIGITS}}}))?\.parquet")


def digest_in(name: str) -> str | None:
    """Return the digest of the content that the name of a partition's file bears; None if it bears none."""
    named = _NAME.fullmatch(name)
    return named[1] if named else None


def build_in(name: str) -> str | None:
    """Return the build that the name of a published file bears; None if it bears none."""
    named = _NAME.fullmatch(name)
    return named[2] if named else None


def fingerprint_of(path: Folder) -> str:
    """Return what tells a file from another that is or was in its place: here the digest in its name, size
    and time; else what the store says.
    """
    if not isinstance(path, Path):
        return str(path.fs.checksum(path.path))
    info = path.stat()
    return f"{digest_in(path.name) or path.name} {info.st_size} {info.st_mtime_ns}"


def parquet_options(dataset: Dataset) -> dict[str, Any]:
    """Return the arguments of `pq.ParquetWriter` that make the file of a dataset small, and say how it is
    sorted.

    Offsets in a text are coded by their differences, which every reader knows. Figures, codes and offsets are
    compressed harder than texts: they are little to go through, and gain a tenth.
    """
    plain = [name for name in _leaves(dataset) if not dataset.column(name).repeats]
    offsets = [name for name in plain if dataset.column(name).unit == "character"]
    return {
        "compression": "zstd",
        "compression_level": {
            name: _HARD if dataset.column(name).repeats or dataset.column(name).type != "string" else _QUICK
            for name in _leaves(dataset)
        },
        "use_dictionary": [column.name for column in dataset.columns if column.repeats],
        "column_encoding": dict.fromkeys(offsets, "DELTA_BINARY_PACKED"),
        # Of any other column each row group holds all values, and statistics would only make footers long.
        "write_statistics": [dataset.order[0]],
        # One row a report is found quickly as it is, and the panel has hundreds of columns.
        "write_page_index": len(dataset.order) > 1,
        "sorting_columns": pq.SortingColumn.from_ordering(
            arrow_schema(dataset), [(name, "ascending") for name in dataset.order], null_placement="at_end"
        ),
    }


def _leaves(dataset: Dataset) -> list[str]:
    """The columns that hold one value a row: of the others Parquet has a column for each part."""
    return [column.name for column in dataset.columns if not column.type.startswith(("list", "map"))]


class PartitionWriter:
    """A partition that is being written to a folder where no reader looks. `finish` completes its file,
    `data-<digest of the content>.parquet`; what is published, and when, is none of its business.
    """

    def __init__(self, dataset: Dataset, folder: Folder, root: Folder) -> None:
        self.dataset, self.rows, self.kept, self.folder = dataset, 0, False, folder
        self._finished = False
        self.schema = arrow_schema(dataset)
        self._root = root
        with told(root, "written"):
            if isinstance(folder, Path):
                shutil.rmtree(folder, ignore_errors=True)  # what the same step wrote before it was repeated
                folder.mkdir(parents=True)
                self._scratch = folder
            else:
                self._scratch = Path(tempfile.mkdtemp(prefix="ogi-"))
            self._file = (self._scratch / _UNFINISHED).open("wb")
        self._writer = pq.ParquetWriter(self._file, self.schema, **parquet_options(dataset))

    def keep(self, rows: int) -> None:
        """Leave the partition as it is: how many rows it has."""
        self.rows, self.kept = rows, True

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

    def finish(self) -> Folder:
        """Complete the file; return where it is."""
        with told(self._root, "written"):
            self._writer.close()
            self._file.close()
            unfinished = self._scratch / _UNFINISHED
            name = f"data-{sha256_of(unfinished)[:DIGITS]}.parquet"
            if isinstance(self.folder, Path):
                os.rename(unfinished, self.folder / name)
            else:
                fs = self.folder.fs
                for old in fs.find(self.folder.path):
                    fs.rm_file(old)
                fs.put_file(str(unfinished), (self.folder / name).path)
                shutil.rmtree(self._scratch, ignore_errors=True)
        self._finished = True
        return self.folder / name

    def discard(self) -> None:
        """Drop what was written, unless it was finished."""
        if self._finished:
            return
        with suppress(OSError):  # a full disk has been told already
            self._writer.close()
            self._file.close()
        shutil.rmtree(self._scratch, ignore_errors=True)
