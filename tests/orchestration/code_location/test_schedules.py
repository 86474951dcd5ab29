"""What the schedules start: the year just ended in the season, and each month exactly the years that changed
since their last good run.
"""

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._utils.schedules import schedule_execution_time_iterator

from orchestration import code
from orchestration.code_location import schedules
from orchestration.code_location.definitions import BUILD_YEAR, defs
from orchestration.code_location.resources import Store

ROOT = Path(__file__).parents[3]
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two years that were made well; 2021 is there too, and was never made."""
    root = tmp_path_factory.mktemp("built")
    for year, names in (
        ("2019", ["云泽市交通运输局2019.txt"]),
        ("2020", ["霖州市松砚县人民政府办公室2020.md"]),
        ("2021", []),
    ):
        (root / "raw" / year).mkdir(parents=True)
        for name in names:
            shutil.copy2(ROOT / "examples" / "reports" / year / name, root / "raw" / year)
    (root / "raw" / "2019" / "no file").symlink_to(
        root
    )  # refused, and no reason to make the year again and again
    (root / "home").mkdir()
    with dg.DagsterInstance.local_temp(str(root / "home")) as instance:
        for year in ("2019", "2020"):
            assert run(root, instance, year)
    return root


def run(root: Path, instance: dg.DagsterInstance, year: str, **options: object) -> bool:
    resources = {
        "resources": {"store": {"config": {"raw": str(root / "raw"), "warehouse": str(root / "warehouse")}}}
    }
    job = defs.resolve_job_def(BUILD_YEAR)
    return job.execute_in_process(
        run_config=QUIET | resources, partition_key=year, instance=instance, raise_on_error=False, **options
    ).success  # type: ignore[arg-type]


@pytest.fixture
def place(built: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    shutil.copytree(built, tmp_path / "place", symlinks=True)
    return tmp_path / "place"


@pytest.fixture
def instance(place: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.local_temp(str(place / "home")) as instance:
        yield instance


def store(root: Path) -> Store:
    return Store(raw=str(root / "raw"), warehouse=str(root / "warehouse"))


def requests(
    schedule: dg.ScheduleDefinition, root: Path, instance: dg.DagsterInstance, when: str
) -> tuple[dict[str, str], str | None]:
    """The reason for each year that a tick requests, and why it requests none."""
    time = datetime.fromisoformat(when).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    with dg.build_schedule_context(
        instance=instance,
        scheduled_execution_time=time,
        resources={"store": store(root)},
        repository_def=defs.get_repository_def(),
    ) as context:
        data = schedule.evaluate_tick(context)
    found = data.run_requests or []
    keys = [request.run_key for request in found]
    assert len(set(keys)) == len(keys) and all(keys)
    return {str(request.partition_key): request.tags["ogi/reason"] for request in found}, data.skip_message


def changed(root: Path, instance: dg.DagsterInstance) -> dict[str, str]:
    return requests(schedules.changed_years_monthly, root, instance, "2026-11-02 03:00")[0]


NEW = {"2021": "never made"}


def test_only_the_year_that_was_never_made_is_requested(place: Path, instance: dg.DagsterInstance) -> None:
    assert changed(place, instance) == NEW


def test_there_is_a_reason_for_requesting_none(place: Path, instance: dg.DagsterInstance) -> None:
    (place / "raw" / "2021").rmdir()
    found = requests(schedules.changed_years_monthly, place, instance, "2026-11-02 03:00")
    assert found == ({}, "no documents, corrections or code changed in 2 years")


def test_a_document_that_came_went_or_changed_makes_its_year_anew(
    place: Path, instance: dg.DagsterInstance
) -> None:
    document = place / "raw" / "2019" / "云泽市交通运输局2019.txt"
    os.utime(document, (1_700_000_000, 1_700_000_000))
    assert changed(place, instance) == NEW | {"2019": "documents changed"}
    (place / "raw" / "2020" / "new.txt").write_text("new", encoding="utf-8")
    document.unlink()
    assert changed(place, instance) == NEW | {"2019": "documents changed", "2020": "documents changed"}


def test_a_run_that_takes_the_change_in_ends_the_matter(place: Path, instance: dg.DagsterInstance) -> None:
    (place / "raw" / "2020" / "new.txt").write_text("new", encoding="utf-8")
    assert run(place, instance, "2020")
    assert changed(place, instance) == NEW


def test_code_that_changed_is_named(
    place: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = code.code_of
    monkeypatch.setattr(code, "code_of", lambda name: "new" if name == "reports" else real(name))
    assert changed(place, instance) == NEW | {
        "2019": "code changed: reports",
        "2020": "code changed: reports",
    }


def correction(root: Path, corrected: str) -> None:
    rows = store(root).files.records("violations", "2020", ["report_id", "suspect_row", "suspect_column"])
    [report_id] = {row["report_id"] for row in rows if row["suspect_row"]}
    text = "report_id,table,row,column,printed,corrected,reason,who,when\n"
    text += (
        f"{report_id},review_litigation,litigation_after_review,total,0,{corrected},asked by "
        "telephone,steward,2024-05-20\n"
    )
    (root / "raw" / "corrections.csv").write_text(text, encoding="utf-8")


def test_a_correction_makes_only_the_year_anew_that_it_concerns(
    place: Path, instance: dg.DagsterInstance
) -> None:
    correction(place, "3")
    assert changed(place, instance) == NEW | {"2020": "corrections changed"}
    assert run(place, instance, "2020")
    assert changed(place, instance) == NEW
    correction(place, "4")  # which does not fit, so the one that was applied goes
    assert changed(place, instance) == NEW | {"2020": "corrections changed"}


def test_a_year_whose_last_run_failed_is_made_again(
    place: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assets import quality

    monkeypatch.setattr(quality, "keys_unique", lambda repeated: quality.Verdict(False, "tampered with"))
    selection = [dg.AssetKey("validated_facts")]
    assert not run(place, instance, "2019", asset_selection=selection)
    monkeypatch.undo()
    assert changed(place, instance) == NEW | {"2019": "the last run did not end well"}


def test_stages_made_alone_leave_the_year_to_be_made(place: Path, instance: dg.DagsterInstance) -> None:
    assert run(place, instance, "2019", asset_selection=[dg.AssetKey("reports")])
    assert changed(place, instance) == NEW  # nothing that they are made of has changed
    (place / "raw" / "2019" / "new.txt").write_text("new", encoding="utf-8")
    assert run(place, instance, "2019", asset_selection=[dg.AssetKey("raw_text")])
    assert changed(place, instance) == NEW | {"2019": "raw_text changed"}


def test_a_year_with_a_run_under_way_waits(place: Path, instance: dg.DagsterInstance) -> None:
    instance.create_run_for_job(
        defs.resolve_job_def(BUILD_YEAR),
        status=dg.DagsterRunStatus.STARTED,
        tags={"dagster/partition": "2021"},
    )
    found = requests(schedules.changed_years_monthly, place, instance, "2026-11-02 03:00")
    assert found == ({}, "no documents, corrections or code changed in 3 years; runs of 2021 are under way")


SEASON = [
    ("2020-01-01 06:00", {"2019": "daily in the season of 2019"}, None),
    ("2021-04-30 06:00", {"2020": "daily in the season of 2020"}, None),
    ("2022-01-15 06:00", {}, "the raw store has no documents of 2021 yet"),  # the folder is empty
    ("2023-01-15 06:00", {}, "the raw store has no documents of 2022 yet"),  # there is no folder
]


@pytest.mark.parametrize(("when", "years", "skipped"), SEASON, ids=[when for when, _, _ in SEASON])
def test_in_the_season_the_year_just_ended_is_made_daily(
    place: Path, instance: dg.DagsterInstance, when: str, years: dict[str, str], skipped: str | None
) -> None:
    assert requests(schedules.season_daily, place, instance, when) == (years, skipped)


def test_the_season_is_january_to_april() -> None:
    schedule = schedules.season_daily
    start = datetime(2026, 4, 29, 12, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()
    ticks = list(
        islice(
            schedule_execution_time_iterator(start, schedule.cron_schedule, schedule.execution_timezone), 3
        )
    )
    assert [f"{tick:%Y-%m-%d %H:%M}" for tick in ticks] == [
        "2026-04-30 06:00",
        "2027-01-01 06:00",
        "2027-01-02 06:00",
    ]
