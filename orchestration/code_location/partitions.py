"""The report years as Dagster partitions, and by when in the season their datasets have to be made anew."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import dagster as dg

TIMEZONE = "Asia/Shanghai"
FIRST_YEAR = 2008  # the first year that the regulations required a report on

# Ends with the last complete year: a report is published after the year that it reports on.
YEARS = dg.TimeWindowPartitionsDefinition(
    start=str(FIRST_YEAR), fmt="%Y", cron_schedule="0 0 1 1 *", timezone=TIMEZONE
)

# Reports on a year come out from January on, and organs that are late follow until April.
SEASON = "1-4"  # months
# By the regulations every organ has published by 31 January (Article 50): from then on a day without a build
# is a day too late. Outside of the season nothing is expected: the policy looks at the last deadline that has
# passed, so what was fresh on 30 April stays so until February. The 24 hours are those before nine o'clock;
# the daily schedule runs at six.
POLICY = dg.FreshnessPolicy.cron("0 9 * 2-4 *", lower_bound_delta=timedelta(days=1), timezone=TIMEZONE)


def known_years(years: Iterable[str]) -> tuple[list[str], list[str]]:
    """Split years into those that are partitions and those that are not."""
    keys = set(YEARS.get_partition_keys())
    wanted = list(dict.fromkeys(years))
    return [year for year in wanted if year in keys], [year for year in wanted if year not in keys]
