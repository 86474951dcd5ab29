"""Runs stages that look at whole years: what they read, and what they are given beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from assets.stages import AllYearsStage, Beside, RowsOfYear, WholeStage, YearStage
from orchestration import freshness
from orchestration.computing.mapping import Tables
from orchestration.store.paths import Folder
from orchestration.store.warehouse import Warehouse
from schemas.datasets import DATASETS, arrow_schema


class WholeWork:
    """What such a stage has to do in one year; the year is "" where it is over all of them."""

    def __init__(self, stage: WholeStage, raw: Folder, files: Warehouse, year: str) -> None:
        self._stage, self._raw, self._files, self._year = stage, raw, files, year
        self._read = freshness.partitions_read(files, stage, year)
        self.others = freshness.others_of_whole(raw, files, year, stage)
        self.metadata: dict[str, Any] = {}

    def tables(self) -> Iterator[Tables]:
        """The rows of the stage, batch by batch; each batch has every dataset, though perhaps no rows."""
        stage = self._stage
        beside = Beside(
            freshness.reviewed_files(self._raw, stage.reviewed),
            freshness.corrected_in(self._raw, self._files, self._year) if stage.corrections else (),
        )
        if isinstance(stage, AllYearsStage):
            years = sorted({year for _, year in self._read.values()})
            made = stage.make({int(year): self._rows_of(year) for year in years}, beside)
        else:
            assert isinstance(stage, YearStage)
            last = str(int(self._year) - 1)
            is_there = any(year == last for _, year in self._read.values())
            before = self._rows_of(last) if is_there else None
            made = stage.make(self._rows_of(self._year), before, int(self._year), beside)
        empty = {name: arrow_schema(DATASETS[name]).empty_table() for name in stage.datasets}
        for tables in made:
            yield {**empty, **tables}

    def _rows_of(self, year: str) -> RowsOfYear:
        known = set(self._read.values())

        def rows(dataset: str, columns: Sequence[str]) -> Iterator[pa.Table]:
            place = dataset, year if DATASETS[dataset].by_year else ""
            if place not in known:
                raise KeyError(f"{self._stage.name} does not declare that it reads {dataset} of {year}")
            return self._files.tables(*place, columns)

        return rows
