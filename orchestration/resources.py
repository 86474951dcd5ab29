"""Where a deployment keeps its files: the raw store and the warehouse, as a Dagster resource."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from orchestration.paths import Folder, default_raw, default_warehouse, folder
from orchestration.storage import Warehouse, raw_names, raw_paths, readable, source_of


class Store(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The two folders that the pipeline reads and writes: local, or addresses of an object store."""

    raw: str
    warehouse: str

    @classmethod
    def from_environment(cls) -> Store:
        return cls(raw=default_raw(), warehouse=default_warehouse())

    @property
    def raw_folder(self) -> Folder:
        return folder(self.raw)

    @property
    def files(self) -> Warehouse:
        return Warehouse(folder(self.warehouse))

    def sources(self, year: str) -> list[str]:
        """The documents of a year, as the datasets name them."""
        raw = self.raw_folder
        if not isinstance(raw, Path):
            return [source_of(raw, path) for path in raw_paths(raw, year)]
        return list(map(readable, raw_names(raw, year)))
