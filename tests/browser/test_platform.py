"""What an operator does and sees, in the order of a first day: each test goes on with what the ones before it
made.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
from playwright.sync_api import Page, expect

from tests.browser.conftest import Platform, wait_for

SUCCESS, FAILURE = dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE
LOCATION = "locations/orchestration.code_location.definitions"
Shot = Callable[[str], None]

# Left of each stage stand the stages that it is made of.
EDGES = [
    ("raw_text", "normalized_text"),
    ("normalized_text", "section_splits"),
    ("section_splits", "table_cells"),
    ("section_splits", "table_status"),
    ("section_splits", "violations"),
    ("table_status", "reports"),
    ("table_cells", "validated_facts"),
    ("reports", "validated_facts"),
]


def materialize(page: Page, years: str) -> None:
    """Choose years in the dialog of the page's Materialize button, and launch."""
    page.get_by_role("button", name="Materialize").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_placeholder("ex: 2008").fill(years)
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Launch").click()
    expect(dialog).to_be_hidden()


@contextmanager
def switched_on(page: Page, platform: Platform, what: str) -> Iterator[None]:
    """Have a schedule or sensor run within the block, by its switch in the UI."""

    def switch(on: bool) -> None:
        page.goto(f"{platform.url}/{LOCATION}/{what}")
        box = page.locator("input[type=checkbox]").first
        expect(box).to_be_checked(checked=not on)
        page.locator("label", has=page.locator("input[type=checkbox]")).first.click()
        expect(box).to_be_checked(checked=on)
        page.wait_for_timeout(1500)  # the switch moves before the server has answered

    switch(True)
    try:
        yield
    finally:
        switch(False)


def test_the_graph_shows_the_stages_in_their_order(page: Page, platform: Platform, shot: Shot) -> None:
    page.goto(f"{platform.url}/asset-groups/")
    page.get_by_text("published").first.wait_for()
    page.wait_for_timeout(2000)
    shot("groups")
    page.keyboard.press("Alt+e")  # expand all groups
    page.wait_for_timeout(1000)
    for _ in range(2):  # what is out of sight is not drawn at all
        page.get_by_label("zoom_out").click()
        page.wait_for_timeout(500)
    left = {}
    for name in {name for edge in EDGES for name in edge}:
        node = page.get_by_text(name, exact=True).last
        node.wait_for()
        page.wait_for_timeout(200)
        box = node.bounding_box()
        assert box
        left[name] = box["x"]
    assert [edge for edge in EDGES if left[edge[0]] >= left[edge[1]]] == []


def test_a_year_is_materialized_from_the_ui(page: Page, platform: Platform, shot: Shot) -> None:
    page.goto(f"{platform.url}/{LOCATION}/jobs/build_year")
    materialize(page, "2019")
    [run] = platform.finished("2019")
    assert run.status == SUCCESS and run.job_name == "build_year"
    record = platform.instance.get_run_record_by_id(run.run_id)
    assert record and record.start_time and record.end_time
    print(f"a run launched by the daemon took {record.end_time - record.create_timestamp.timestamp():.1f} s")
    page.goto(f"{platform.url}/assets/validated_facts?view=partitions&partition=2019")
    expect(page.get_by_text("dagster/partition_row_count")).to_be_visible()
    expect(page.get_by_text("outcomes_of_applications")).to_be_visible()
    expect(page.locator("img[alt^='Outcomes of applications, 2019']")).to_be_visible()
    shot("facts")
    page.goto(f"{platform.url}/assets/validated_facts")
    expect(page.get_by_text("A row is a cell of a validated or corrected table.")).to_be_visible()
    expect(page.get_by_text("(unit: see unit)")).to_be_visible()
    assert platform.facts("2019")


def test_a_broken_year_shows_which_check_warned_and_which_cell_of_which_report(
    page: Page, platform: Platform, shot: Shot
) -> None:
    page.goto(f"{platform.url}/assets/violations?view=checks&checkDetail=applications_handled")
    expect(page.get_by_text("broken in 1")).to_be_visible()
    shot("check")
    page.get_by_text("Execution history").click()
    page.locator("tr", has_text="2019").get_by_role("button").last.click()
    page.get_by_role("dialog").get_by_text("[Show Markdown]").click()
    row = page.get_by_role("dialog").last.get_by_role("row").nth(1)
    told = [
        "2019/临汐市石砚区卫生健康委员会2019.txt",
        "1",
        "20",
        "申请情况 社会公益组织: 1.本机关不掌握相关政府信息 1 + 3.补正后申请内容仍不明确 1 = 2; but （七）总计 22",
        "total_handled.social_welfare",
        "2",
    ]
    expect(row.get_by_role("cell")).to_have_text(told)


def test_a_backfill_over_three_years_turns_every_partition_green(
    page: Page, platform: Platform, shot: Shot
) -> None:
    page.goto(f"{platform.url}/{LOCATION}/jobs/build_year")
    materialize(page, "[2022...2024]")
    for year in ("2022", "2023", "2024"):
        assert [run.status for run in platform.finished(year)] == [SUCCESS]
    assert (
        len(
            wait_for(
                "three runs of one backfill",
                lambda: [run for run in platform.runs() if "dagster/backfill" in run.tags],
            )
        )
        == 3
    )
    page.goto(f"{platform.url}/assets/validated_facts?view=partitions")
    expect(page.get_by_text("Materialized (4)")).to_be_visible()
    expect(page.get_by_text("Failed (0)")).to_be_visible()
    shot("partitions")
    page.goto(f"{platform.url}/runs?view=backfills")
    expect(page.get_by_text("3 partitions")).to_be_visible()
    expect(page.get_by_text("Success", exact=False).first).to_be_visible()


@contextmanager
def emptied(folder: Path) -> Iterator[None]:
    """Within the block all documents of a folder are empty files; then they are as they were."""
    before = {path: (path.read_bytes(), path.stat()) for path in folder.rglob("[!.]*") if path.is_file()}
    for path in before:
        path.write_bytes(b"")
    yield
    for path, (content, info) in before.items():
        path.write_bytes(content)
        os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns))


def test_a_year_that_collapses_shows_red_and_leaves_what_is_published(
    page: Page, platform: Platform, shot: Shot
) -> None:
    page.goto(f"{platform.url}/{LOCATION}/jobs/build_year")
    materialize(page, "2020")
    assert platform.finished("2020")[0].status == SUCCESS
    before = platform.facts("2020")
    with emptied(platform.raw / "2020"):
        page.goto(f"{platform.url}/{LOCATION}/jobs/build_year")
        materialize(page, "2020")
        run = platform.finished("2020", 2)[0]
    assert run.status == FAILURE
    assert platform.facts("2020") == before
    page.goto(f"{platform.url}/runs/{run.run_id}")
    expect(page.get_by_text("the year has collapsed").first).to_be_visible()
    shot("run")
    page.goto(f"{platform.url}/runs")
    expect(page.get_by_text("Failure").first).to_be_visible()
    shot("runs")
    # The alert tells it, in the sensor's log and in the daemon's.
    [tick] = wait_for(
        "alert", lambda: [one for one in platform.ticks("alert_on_failure") if one.status.value == "SUCCESS"]
    )
    assert tick.log_key


def test_what_a_person_should_look_at_is_on_the_page_of_the_year(
    page: Page, platform: Platform, shot: Shot
) -> None:
    page.goto(f"{platform.url}/assets/reports?view=partitions&partition=2023")
    expect(page.get_by_text("2023/防汛会议通知.txt")).to_be_visible()
    expect(page.get_by_text("check what was filed")).to_be_visible()
    shot("to-look-at")


def burst(folder: Path, count: int) -> None:
    text = (folder / "云泽市交通运输局2023.txt").read_text(encoding="utf-8")
    for number in range(count):
        (folder / f"burst-{number}.txt").write_text(f"{text}\n{number}\n", encoding="utf-8")


def test_the_sensor_requests_one_run_for_a_burst_of_documents(
    page: Page, platform: Platform, shot: Shot
) -> None:
    folder = platform.raw / "2023"
    before = {run.run_id for run in platform.runs()}

    def started() -> list[dg.DagsterRun]:
        return [run for run in platform.runs() if run.run_id not in before]

    with switched_on(page, platform, "sensors/raw_documents"):
        wait_for("first tick", lambda: platform.ticks("raw_documents"))
        assert started() == []
        burst(folder, 20)
        count = sum(path.is_file() for path in folder.rglob("[!.]*"))
        [run] = wait_for("run", started)
        assert (run.tags["dagster/partition"], run.tags["ogi/reason"]) == (
            "2023",
            f"documents changed: {count} now",
        )
        ticks = len(platform.ticks("raw_documents"))
        wait_for("two further ticks", lambda: len(platform.ticks("raw_documents")) >= ticks + 2)
        assert platform.finished("2023", 2)[0].status == SUCCESS
        assert len(started()) == 1
        page.reload()
        expect(page.get_by_text("1 run requested").first).to_be_visible()
        shot("ticks")


def test_the_schedule_makes_exactly_the_years_that_changed(
    page: Page, platform: Platform, shot: Shot
) -> None:
    os.utime(platform.raw / "2024" / "云泽市人民政府2024.txt", (1_700_000_000, 1_700_000_000))
    before = {run.run_id for run in platform.runs()}

    def started() -> list[dg.DagsterRun]:
        return [run for run in platform.runs() if run.run_id not in before]

    def ticks(status: str) -> list[Any]:
        return [tick for tick in platform.ticks("changed_years_monthly") if tick.status.value == status]

    with switched_on(page, platform, "schedules/changed_years_monthly"):
        wait_for("tick with runs", lambda: ticks("SUCCESS"))
        reasons = {run.tags["dagster/partition"]: run.tags["ogi/reason"] for run in started()}
        # Not 2020, which had collapsed: its documents are what they were when it was published.
        assert reasons == {"2024": "documents changed"}
        assert len(started()) == 1
        for year in reasons:
            assert platform.finished(year)[0].status == SUCCESS
        nothing = "no documents, corrections or code changed in 5 years"
        wait_for(
            "tick with nothing to do",
            lambda: [tick for tick in ticks("SKIPPED") if tick.skip_reason == nothing],
        )
        assert len(started()) == 1
        page.reload()
        expect(page.get_by_text("1 run requested").first).to_be_visible()
        shot("ticks")
