"""Where a deployment keeps its files: the raw store and the warehouse, as a Dagster resource."""

from __future__ import annotations

import dagster as dg

from orchestration import settings
from orchestration.store.paths import Folder, folder
from orchestration.store.warehouse import Warehouse


class Store(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The two folders that the pipeline reads and writes: local, or addresses of an object store."""

    raw: str
    warehouse: str

    @classmethod
    def from_environment(cls) -> Store:
        return cls(raw=settings.raw(), warehouse=settings.warehouse())

    @property
    def raw_folder(self) -> Folder:
        return folder(self.raw)

    @property
    def files(self) -> Warehouse:
        return Warehouse(folder(self.warehouse))
