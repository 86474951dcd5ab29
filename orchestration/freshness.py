"""The publishing season, and by when in it the published datasets have to be made anew."""

from __future__ import annotations

from datetime import timedelta

import dagster as dg

from orchestration.partitions import TIMEZONE

# Reports on a year come out from January on, and organs that are late follow until April.
SEASON = "1-4"  # months
# By the regulations every organ has published by 31 January (Article 50): from then on a day without a build
# is a day too late. Outside of the season nothing is expected: the policy looks at the last deadline that has
# passed, so what was fresh on 30 April stays so until February. The 24 hours are those before nine o'clock;
# the daily schedule runs at six.
POLICY = dg.FreshnessPolicy.cron("0 9 * 2-4 *", lower_bound_delta=timedelta(days=1), timezone=TIMEZONE)
