"""What a batch of a stage reads: rows of the partitions before it, wherever it is computed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assets.stages import Row
from orchestration.store.warehouse import Warehouse
from schemas.datasets import DATASETS


@dataclass(frozen=True, slots=True)
class Partition:
    """A partition as it was when a stage began; `token` tells it from one that had the same path before."""

    path: Any
    token: str


@dataclass(frozen=True, slots=True)
class Inputs:
    """The partitions of a year that a stage reads. Travels to the workers with each batch."""

    partitions: tuple[tuple[str, Partition], ...]

    @classmethod
    def of(cls, files: Warehouse, year: str, *datasets: str) -> Inputs:
        """Return the partitions of some datasets as they are now. Raises FileNotFoundError where one has
        not been made.
        """
        token = uuid.uuid4().hex
        return cls(tuple((name, Partition(files.path(name, year), token)) for name in datasets))

    def batches(
        self,
        dataset: str,
        columns: Sequence[str] | None = None,
        groups: Iterable[int] | None = None,
        encoded: bool = False,
    ) -> Iterator[pa.Table]:
        """Yield the rows of a partition in order, one batch (row group) of those that were written at a
        time; of `groups`, where they are given.

        `encoded`: columns of few distinct strings come as dictionaries, several times as quick to read and
        to go through.
        """
        source = dict(self.partitions)[dataset], _repeating(dataset) if encoded else ()
        file = _open(*source) if groups is None else _opened(*source)[0]
        for group in range(file.num_row_groups) if groups is None else groups:
            table = file.read_row_group(group, columns=list(columns) if columns else None, use_threads=False)
            yield table.unify_dictionaries() if encoded else table

    def read_ids(self, dataset: str) -> Iterator[list[Any]]:
        """Yield the documents of each batch, without those that were refused before their rows were made."""
        outcome = ["outcome"] if "outcome" in DATASETS[dataset].names else []
        for rows in self.batches(dataset, ["report_id", *outcome]):
            if outcome:
                rows = rows.filter(pc.equal(rows.column("outcome"), pa.scalar("read")))
            if len(rows):
                yield rows.column("report_id").to_pylist()

    def rows(
        self, dataset: str, ids: Sequence[str], columns: Sequence[str] | None = None, encoded: bool = False
    ) -> pa.Table:
        """Return the rows of some reports (ascending) in the order of the partition. Only the row groups
        that they are in are read. `encoded`: see `batches`.
        """
        file, bounds = _opened(dict(self.partitions)[dataset], _repeating(dataset) if encoded else ())
        groups = [
            i
            for i, (low, high) in enumerate(bounds)
            if ids and low is not None and low <= ids[-1] and high >= ids[0]
        ]
        table = file.read_row_groups(groups, columns=list(columns) if columns else None, use_threads=False)
        table = table.filter(pc.is_in(table.column("report_id"), value_set=pa.array(ids, pa.string())))
        return table.unify_dictionaries() if encoded else table

    def grouped(
        self, dataset: str, ids: Sequence[str], columns: Sequence[str] | None = None
    ) -> dict[str, list[Row]]:
        """Return the same as dictionaries, by report; an empty list for one without rows."""
        found: dict[str, list[Row]] = {report_id: [] for report_id in ids}
        for row in records(self.rows(dataset, ids, columns)):
            found[row["report_id"]].append(row)
        return found


def _repeating(dataset: str) -> tuple[str, ...]:
    """The columns of few distinct strings."""
    return tuple(
        column.name for column in DATASETS[dataset].columns if column.repeats and column.type == "string"
    )


def _open(partition: Partition, encoded: tuple[str, ...] = ()) -> pq.ParquetFile:
    return pq.ParquetFile(partition.path.open("rb"), read_dictionary=list(encoded))


@lru_cache(maxsize=8)  # no batch of a stage reads more
def _opened(
    partition: Partition, encoded: tuple[str, ...] = ()
) -> tuple[pq.ParquetFile, list[tuple[Any, Any]]]:
    """A partition with the first and the last report_id of each of its row groups. Kept, for parts of it are
    read again and again, and its footer is long.
    """
    file = _open(partition, encoded)
    metadata = file.metadata
    bounds = []
    place = [metadata.schema.column(i).path for i in range(metadata.num_columns)].index("report_id")
    for group in range(metadata.num_row_groups):
        statistics = metadata.row_group(group).column(place).statistics
        if statistics is None or not statistics.has_min_max:
            bounds.append((None, None))
        else:
            bounds.append((statistics.min, statistics.max))
    return file, bounds


def records(table: pa.Table) -> Iterator[Row]:
    """Return the rows as dictionaries, as `to_pylist` gives them, in a third of the time where there are
    lists.
    """
    names = table.column_names  # made anew at each look
    columns = [_values(table.column(name)) for name in names]
    return (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))


def _values(column: Any) -> list[Any]:
    if not pa.types.is_list(column.type) or column.null_count or not len(column):
        values: list[Any] = column.to_pylist()
        return values
    array = column.combine_chunks()
    inner, bounds = array.flatten(), (array.offsets.to_numpy() - array.offsets[0].as_py()).tolist()
    plain = (
        inner.to_numpy().tolist()
        if pa.types.is_primitive(inner.type) and not inner.null_count
        else inner.to_pylist()
    )
    return [plain[first:last] for first, last in pairwise(bounds)]
