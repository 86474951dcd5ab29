"""What watches the raw store: new, changed and removed documents request a run of their year."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import dagster as dg

from assets.pipeline import OVER_YEARS
from orchestration import settings
from orchestration.code_location.jobs import (
    BUILD_ORGANS,
    BUILD_PANEL,
    OWNERS,
    REASON,
    automation_status,
    build_organs,
    build_panel,
    build_year,
    unfinished,
)
from orchestration.code_location.partitions import known_years
from orchestration.code_location.resources import Store
from orchestration.freshness import documents_read, documents_there, why_again
from orchestration.store.documents import raw_years

_SECONDS = settings.sensor_seconds()
_LONGEST = 10  # ticks that a run waits for documents that never come to rest


@dataclass
class Watched:
    """A year in the cursor: the digest of its documents at the last tick, that at the last request of a
    run, how many runs were requested, and in how many ticks on end the documents were changing.
    """

    seen: str | None = None
    requested: str | None = None
    requests: int = 0
    changing: int = 0


@dg.sensor(
    job=build_year,
    minimum_interval_seconds=_SECONDS,
    default_status=automation_status(dg.DefaultSensorStatus),
    owners=OWNERS,
    tags={"kind": "raw-store"},
    description=(
        "Watches names, sizes and times of the documents in the raw store, and requests a run of a "
        "year whose documents were added, changed or "
        "removed, as soon as they are the same in two ticks: a burst of files makes one run. Documents that "
        f"go on changing for {_LONGEST} ticks are not waited for."
    ),
)
def raw_documents(context: dg.SensorEvaluationContext, store: Store) -> dg.SensorResult:
    """Request each year once whose documents changed and have come to rest."""
    years = {year: Watched(**watched) for year, watched in json.loads(context.cursor or "{}").items()}
    there, others = known_years(raw_years(store.raw_folder))
    requests, notes = [], [f"{year}: no report year yet" for year in others]
    for year in there:
        watched = years.setdefault(year, Watched(requested=documents_read(store.files, year)))
        count, now = documents_there(store.raw_folder, year)
        rests = now == watched.seen
        if now == watched.requested:
            watched.changing = 0
        elif rests or watched.changing >= _LONGEST:
            reason = "documents changed" if watched.requested else "documents of a year never made"
            reason += f": {count} now" if rests else f", and go on changing: {count} now"
            watched.requests += 1
            watched.changing = 0
            watched.requested = now
            # The number, since documents may come back to what they once were: that is another request, and
            # its key must be another.
            requests.append(
                dg.RunRequest(
                    f"raw-{year}-{watched.requests}-{now}", partition_key=year, tags={REASON: reason}
                )
            )
        else:
            watched.changing += 1
            notes.append(f"{year}: documents are changing, waiting for them to come to rest")
        watched.seen = now
    notes += _gone(context, years, there)
    cursor = json.dumps({year: asdict(watched) for year, watched in sorted(years.items())})
    skip = (
        None if requests else dg.SkipReason("; ".join(notes) or f"no documents changed in {len(there)} years")
    )
    return dg.SensorResult(run_requests=requests, skip_reason=skip, cursor=cursor)


def _gone(context: dg.SensorEvaluationContext, years: dict[str, Watched], there: list[str]) -> Iterator[str]:
    """Yield a note for each year whose last document went. Its datasets stay: an unmounted disk must not
    empty them.
    """
    for year in [year for year in years if year not in there]:
        del years[year]
        note = (
            f"{year}: all documents are gone from the raw store; the datasets stay until somebody "
            "removes them"
        )
        context.log.warning(note)
        yield note


@dg.sensor(
    jobs=[build_organs, build_panel],
    minimum_interval_seconds=_SECONDS,
    default_status=automation_status(dg.DefaultSensorStatus),
    owners=OWNERS,
    tags={"kind": "over-years"},
    description="Follows the years: when no run is under way, what is made of all years is made again if it "
    "is out of date, and after it what is made of each year with it.",
)
def years_followed(context: dg.SensorEvaluationContext, store: Store) -> dg.SensorResult:
    """Request what is out of date, each state of it once: a run that fails is not repeated for ever."""
    asked: dict[str, str] = json.loads(context.cursor or "{}")
    if unfinished(context.instance):
        return dg.SensorResult(skip_reason=dg.SkipReason("runs are under way"), cursor=context.cursor)
    whole = [stage for stage in OVER_YEARS if not stage.by_year]
    yearly = [stage for stage in OVER_YEARS if stage.by_year]
    requests = []
    reason = why_again(store.raw_folder, store.files, "", whole) if store.files.years() else None
    if reason and asked.get("") != reason:
        asked[""] = reason
        requests.append(dg.RunRequest(job_name=BUILD_ORGANS, tags={REASON: reason}))
    for year in () if reason else known_years(store.files.years())[0]:
        asked.pop("", None)
        reason_here = why_again(store.raw_folder, store.files, year, yearly)
        if reason_here and asked.get(year) != reason_here:
            requests.append(
                dg.RunRequest(job_name=BUILD_PANEL, partition_key=year, tags={REASON: reason_here})
            )
        asked = {one: why for one, why in asked.items() if one != year}
        if reason_here:
            asked[year] = reason_here
    skip = None if requests else dg.SkipReason("nothing over the years is out of date, or it was asked for")
    return dg.SensorResult(run_requests=requests, skip_reason=skip, cursor=json.dumps(asked))


SENSORS = [raw_documents, years_followed]
