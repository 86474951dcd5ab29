"""When years are made without anybody asking: daily in the publishing season, monthly for what changed."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

import dagster as dg

from orchestration import settings
from orchestration.code_location.jobs import (
    OWNERS,
    REASON,
    automation_status,
    build_year,
    failed_last,
    unfinished,
)
from orchestration.code_location.partitions import SEASON, TIMEZONE, known_years
from orchestration.code_location.resources import Store
from orchestration.freshness import documents_there, why_again
from orchestration.store.documents import raw_years

_DAILY = f"0 6 * {SEASON} *"
_MONTHLY = settings.backfill_cron()
_of_years = partial(
    dg.schedule,
    job=build_year,
    execution_timezone=TIMEZONE,
    default_status=automation_status(dg.DefaultScheduleStatus),
    owners=OWNERS,
)


@_of_years(
    cron_schedule=_DAILY,
    tags={"kind": "season"},
    description="Every morning of the publishing season, January "
    "to April: the year just ended, as soon as the "
    "raw store has documents of it.",
)
def season_daily(context: dg.ScheduleEvaluationContext, store: Store) -> dg.RunRequest | dg.SkipReason:
    """Request the year just ended, once a day."""
    day = _local(context)
    year = str(day.year - 1)
    if year not in raw_years(store.raw_folder) or not documents_there(store.raw_folder, year)[0]:
        return dg.SkipReason(f"the raw store has no documents of {year} yet")
    return dg.RunRequest(
        f"season-{year}-{day:%Y-%m-%d}", partition_key=year, tags={REASON: f"daily in the season of {year}"}
    )


@_of_years(
    cron_schedule=_MONTHLY,
    tags={"kind": "backfill"},
    description="Once a month: exactly those years whose documents, "
    "corrections or code changed since their last "
    "good run, a run each.",
)
def changed_years_monthly(
    context: dg.ScheduleEvaluationContext, store: Store
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Request every year that is out of date."""
    there = known_years(raw_years(store.raw_folder))[0]
    waiting = [year for year in there if unfinished(context.instance, year)]
    reasons = {year: _why_again(context.instance, store, year) for year in there if year not in waiting}
    wanted = {year: reason for year, reason in reasons.items() if reason}
    for year, reason in wanted.items():
        yield dg.RunRequest(
            f"changed-{year}-{_local(context):%Y-%m-%dT%H:%M}", partition_key=year, tags={REASON: reason}
        )
    if not wanted:
        under_way = f"; runs of {', '.join(waiting)} are under way" if waiting else ""
        yield dg.SkipReason(f"no documents, corrections or code changed in {len(there)} years{under_way}")


def _why_again(instance: dg.DagsterInstance, store: Store, year: str) -> str | None:
    if failed_last(instance, year):
        return "the last run did not end well"
    return why_again(store.raw_folder, store.files, year)


def _local(context: dg.ScheduleEvaluationContext) -> datetime:
    """The time that the tick stands for, in the zone of the schedule."""
    from zoneinfo import ZoneInfo

    return context.scheduled_execution_time.astimezone(ZoneInfo(TIMEZONE))


SCHEDULES = [season_daily, changed_years_monthly]
