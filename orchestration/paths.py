"""The folders that a command uses when it is not told otherwise. Light: `ogi check` imports it."""

from __future__ import annotations

import os
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[1]


def default_raw() -> Path:
    """The raw store: OGI_RAW, or data/raw in the checkout."""
    return Path(os.environ.get("OGI_RAW") or _CHECKOUT / "data" / "raw")


def default_warehouse() -> Path:
    """The warehouse: OGI_WAREHOUSE, or data/warehouse in the checkout."""
    return Path(os.environ.get("OGI_WAREHOUSE") or _CHECKOUT / "data" / "warehouse")
