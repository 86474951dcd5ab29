"""What the alerts say, that it arrives where the operator wants it; a webhook that fails harms nothing."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from random import Random

import dagster as dg
import pytest

from assets import quality
from examples.render import render
from examples.report import Organ, make_report
from orchestration.code_location import alerts
from orchestration.code_location.definitions import BUILD_YEAR, defs

ROOT = Path(__file__).parents[3]
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, object]]]:
    """A server that keeps what is posted to it."""
    received: list[dict[str, object]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("OGI_WEBHOOK", f"http://127.0.0.1:{server.server_port}/hook")
    yield received
    server.shutdown()
    server.server_close()


def failed(instance: dg.DagsterInstance, tmp_path: Path, raw: Path) -> dg.ExecuteInProcessResult:
    resources = {
        "resources": {"store": {"config": {"raw": str(raw), "warehouse": str(tmp_path / "warehouse")}}}
    }
    job = defs.resolve_job_def(BUILD_YEAR)
    result = job.execute_in_process(
        run_config=QUIET | resources, partition_key="2024", instance=instance, raise_on_error=False
    )
    assert not result.success
    return result


def alert(
    instance: dg.DagsterInstance, result: dg.ExecuteInProcessResult, tags: dict[str, str] | None = None
) -> object:
    run = result.dagster_run.with_tags({**result.dagster_run.tags, **(tags or {})})
    event = next(
        event
        for event in result.all_events
        if event.is_failure and event.event_type_value == "PIPELINE_FAILURE"
    )
    context = dg.build_run_status_sensor_context("alert_on_failure", event, instance, run).for_run_failure()
    return alerts.alert_on_failure(context)


def test_a_blocking_check_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, webhook: list[dict[str, object]]
) -> None:
    lost = quality.Verdict(False, "1 documents have no row, 0 rows have no document: build the year again")
    monkeypatch.setattr(quality, "documents_conserved", lambda came_in, came_out, now: lost)
    monkeypatch.setenv("OGI_UI", "https://dagster.example.org/")
    with dg.DagsterInstance.ephemeral() as instance:
        result = failed(instance, tmp_path, ROOT / "examples" / "reports")
        alert(instance, result)
    [body] = webhook
    assert str(body["text"]).splitlines() == [
        "2024: the run failed and nothing after the failure was made.",
        "Check reports.documents_conserved: 1 documents have no row, 0 rows have no document: build "
        "the year again",
        f"Read more: https://dagster.example.org/runs/{result.run_id}",
    ]


def test_a_step_that_failed_is_told_with_its_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, webhook: list[dict[str, object]]
) -> None:
    monkeypatch.setenv("OGI_WEBHOOK_BODY", '{"msgtype": "text", "text": {"content": "MESSAGE"}}')
    with dg.DagsterInstance.ephemeral() as instance:
        result = failed(instance, tmp_path, tmp_path / "nowhere")
        alert(instance, result)
    [body] = webhook
    content = body["text"]
    assert isinstance(content, dict)
    first, second, third = content["content"].splitlines()
    assert first == "2024: the run failed and nothing after the failure was made."
    assert second.startswith("Step raw_text: ") and "nowhere" in second
    assert third == f"Read more in the run {result.run_id}."


def test_a_run_that_will_be_repeated_alerts_nobody(tmp_path: Path, webhook: list[dict[str, object]]) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        alert(instance, failed(instance, tmp_path, tmp_path / "nowhere"), {"dagster/will_retry": "true"})
    assert webhook == []


def test_a_killed_run_of_a_backfill_is_repeated_or_told(
    tmp_path: Path, webhook: list[dict[str, object]]
) -> None:
    tags = {"dagster/will_retry": "true", "dagster/backfill": "of many years"}
    with dg.DagsterInstance.ephemeral() as instance:
        result = failed(instance, tmp_path, tmp_path / "nowhere")
        alert(instance, result, tags)  # the backfill is over, so that nothing repeats it
        assert len(webhook) == 1
        instance.add_run_tags(result.run_id, {"dagster/auto_retry_run_id": "another"})
        alert(instance, result, tags)
    assert len(webhook) == 1


ADDRESSES = [(None, None), ("http://127.0.0.1:9/secret", "URLError"), ("secret", "ValueError")]


@pytest.mark.parametrize(("address", "error"), ADDRESSES, ids=["none", "refused", "malformed"])
def test_a_webhook_that_does_not_answer_is_told_without_its_address(
    monkeypatch: pytest.MonkeyPatch, address: str | None, error: str | None
) -> None:
    if address is None:
        monkeypatch.delenv("OGI_WEBHOOK", raising=False)
    else:
        monkeypatch.setenv("OGI_WEBHOOK", address)
    expected = error and f"the webhook in OGI_WEBHOOK did not take the message ({error}): check the address"
    assert alerts.post("text") == expected


def file(raw: Path, year: int, change: dict[tuple[str, str, str], int]) -> None:
    """File a report of an organ in which all is well but for what is changed."""
    report = make_report(Random(0), year, organ=Organ("云泽市", "", "水务局"), scale="bureau")
    (raw / str(year)).mkdir(parents=True)
    text = render(replace(report, figures=report.figures | change), "pipes")
    (raw / str(year) / "water.txt").write_text(text, encoding="utf-8")


def test_a_year_that_breaks_more_than_the_one_before_is_told(
    tmp_path: Path, webhook: list[dict[str, object]]
) -> None:
    file(tmp_path / "raw", 2022, {})
    file(tmp_path / "raw", 2023, {("review_litigation", "review", "total"): 999})
    resources = {"raw": str(tmp_path / "raw"), "warehouse": str(tmp_path / "warehouse")}
    config = QUIET | {"resources": {"store": {"config": resources}}}
    job = defs.resolve_job_def(BUILD_YEAR)
    told = []
    with dg.DagsterInstance.ephemeral() as instance:
        for year in ("2022", "2023"):
            result = job.execute_in_process(run_config=config, partition_key=year, instance=instance)
            event = next(event for event in result.all_events if event.event_type_value == "PIPELINE_SUCCESS")
            context = dg.build_run_status_sensor_context(
                "alert_on_worse", event, instance, result.dagster_run
            )
            told.append(alerts.alert_on_worse(context))
    assert isinstance(told[0], dg.SkipReason) and told[1] is None
    [body] = webhook
    first, check, last = str(body["text"]).splitlines()
    assert first == "2023: published, and worse than the year before."
    assert check.startswith("Check violations.review_litigation_total: ")
    assert check.endswith("100.0% break it, 0.0% last year, at most 2.0% are expected")
    assert last == f"Read more in the run {result.run_id}."
