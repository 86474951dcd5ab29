"""The report years as Dagster partitions."""

from __future__ import annotations

from collections.abc import Iterable

import dagster as dg

TIMEZONE = "Asia/Shanghai"
FIRST_YEAR = 2008  # the first year that the regulations required a report on

# Ends with the last complete year: a report is published after the year that it reports on.
YEARS = dg.TimeWindowPartitionsDefinition(
    start=str(FIRST_YEAR), fmt="%Y", cron_schedule="0 0 1 1 *", timezone=TIMEZONE
)


def known_years(years: Iterable[str]) -> tuple[list[str], list[str]]:
    """Which of some years are partitions, and which are not."""
    keys = set(YEARS.get_partition_keys())
    wanted = list(dict.fromkeys(years))
    return [year for year in wanted if year in keys], [year for year in wanted if year not in keys]
