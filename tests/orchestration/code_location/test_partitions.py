"""The freshness policy, asked as Dagster's daemon asks it: through the season and outside of it."""

import asyncio
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from dagster._core.definitions import freshness_evaluator

from orchestration.code_location.partitions import POLICY

SHANGHAI = ZoneInfo("Asia/Shanghai")
CASES = [
    (
        "2026-01-15 12:00",
        "2025-12-01 06:10",
        "PASS",
        "January: nobody has to have published, and April of last year was met",
    ),
    ("2026-02-01 08:59", "2025-05-02 06:10", "PASS", "the first deadline has not come"),
    ("2026-02-01 09:01", "2025-05-02 06:10", "FAIL", "nothing was made before the first deadline"),
    ("2026-02-01 09:01", "2026-02-01 06:10", "PASS", "made this morning"),
    ("2026-03-10 12:00", "2026-03-09 06:10", "FAIL", "yesterday's is a day too late"),
    ("2026-03-10 12:00", "2026-03-10 10:00", "PASS", "late, but there"),
    ("2026-11-22 12:00", "2026-04-30 06:10", "PASS", "out of season what April left stays fresh"),
    ("2026-11-22 12:00", "2026-04-28 06:10", "FAIL", "the season ended without it"),
]


def state(now: str, made: str) -> str:
    def at(time: str) -> float:
        return datetime.fromisoformat(time).replace(tzinfo=SHANGHAI).timestamp()

    async def record(*_: object) -> Any:
        return SimpleNamespace(
            asset_entry=SimpleNamespace(last_materialization=SimpleNamespace(timestamp=at(made)))
        )

    node: Any = SimpleNamespace(key=None, freshness_policy_or_from_metadata=POLICY)
    clock = datetime.fromtimestamp(at(now), SHANGHAI)
    context: Any = None
    with (
        patch.object(freshness_evaluator.AssetRecord, "gen", record),
        patch.object(freshness_evaluator, "get_current_datetime", lambda tz=None: clock, create=True),
        patch.object(freshness_evaluator, "get_current_timestamp", clock.timestamp, create=True),
    ):
        return asyncio.run(
            freshness_evaluator.CronFreshnessPolicyEvaluator().evaluate_freshness(context, node)
        ).value


@pytest.mark.parametrize(("now", "made", "expected", "why"), CASES, ids=[case[3] for case in CASES])
def test_fresh_means_made_by_nine_on_every_day_from_february_to_april(
    now: str, made: str, expected: str, why: str
) -> None:
    assert state(now, made) == expected
