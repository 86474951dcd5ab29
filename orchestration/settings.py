"""What the environment sets, read when it is used. docs/operate.md describes each."""

from __future__ import annotations

import os
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[1]


def raw() -> str:
    """OGI_RAW: the raw store; by default data/raw in the checkout."""
    return os.environ.get("OGI_RAW") or str(_CHECKOUT / "data" / "raw")


def warehouse() -> str:
    """OGI_WAREHOUSE: the warehouse; by default data/warehouse in the checkout."""
    return os.environ.get("OGI_WAREHOUSE") or str(_CHECKOUT / "data" / "warehouse")


def release() -> str:
    """OGI_RELEASE: where the asset `release` writes; by default data/release in the checkout."""
    return os.environ.get("OGI_RELEASE") or str(_CHECKOUT / "data" / "release")


def compute() -> str:
    """OGI_COMPUTE: where batches are computed, see `orchestration.computing.mapping`; by default empty."""
    return os.environ.get("OGI_COMPUTE", "")


def automation() -> bool:
    """OGI_AUTOMATION=on: schedules and sensors run before anybody switches them on."""
    return os.environ.get("OGI_AUTOMATION") == "on"


def backfill_cron() -> str:
    """OGI_BACKFILL_CRON: when years that changed are made anew; by default in the night of the second."""
    return os.environ.get("OGI_BACKFILL_CRON") or "0 3 2 * *"


def sensor_seconds() -> int:
    """OGI_SENSOR_SECONDS: between two looks at the raw store, by default 60. For tests."""
    return int(os.environ.get("OGI_SENSOR_SECONDS") or 60)


def ui() -> str:
    """OGI_UI: the address of Dagster's web server, for links in alerts; by default empty."""
    return os.environ.get("OGI_UI", "").rstrip("/")


def webhook() -> str | None:
    """OGI_WEBHOOK: where alerts are posted to."""
    return os.environ.get("OGI_WEBHOOK")


def webhook_body() -> str | None:
    """OGI_WEBHOOK_BODY: the body of such a post, with MESSAGE where the text goes."""
    return os.environ.get("OGI_WEBHOOK_BODY")


def collapse() -> str:
    """OGI_COLLAPSE: by how much a year may fall behind the published one, as `refused=0.1 lost=0.2`; what is
    not named is as `assets.quality.Limits` has it.
    """
    return os.environ.get("OGI_COLLAPSE", "")
