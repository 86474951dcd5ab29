"""Where a deployment keeps its files: the raw store and the warehouse, as a Dagster resource."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from orchestration.paths import default_raw, default_warehouse
from orchestration.storage import Warehouse, raw_paths, source_of


class Store(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The two folders that the pipeline reads and writes."""

    raw: str
    warehouse: str

    @classmethod
    def from_environment(cls) -> Store:
        return cls(raw=str(default_raw()), warehouse=str(default_warehouse()))

    @property
    def raw_folder(self) -> Path:
        return Path(self.raw)

    @property
    def files(self) -> Warehouse:
        return Warehouse(Path(self.warehouse))

    def sources(self, year: str) -> list[str]:
        """The documents of a year, as the datasets name them."""
        return [source_of(self.raw_folder, path) for path in raw_paths(self.raw_folder, year)]
