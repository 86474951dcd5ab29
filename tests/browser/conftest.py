"""The real web server and daemon, as `make ui` starts them, over a copy of the examples; and Chromium to look
at them.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
SHOTS = ROOT / "build" / "screenshots"
CHROMIUM = (
    os.environ.get("OGI_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
)
expect.set_options(timeout=60_000)  # a machine may be busy; what is there is found at once
DONE = (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)


def wait_for(what: str, found: Callable[[], Any], seconds: float = 120) -> Any:
    """Whatever `found` returns once that is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(0.5)
    raise TimeoutError(f"after {seconds:g} s there is still no {what}")


@dataclass
class Platform:
    """A running deployment: the address of its web server, its folders, and the instance that web server and
    daemon write to.
    """

    url: str
    raw: Path
    warehouse: Path
    instance: dg.DagsterInstance

    def runs(self, year: str | None = None, **tags: str) -> list[dg.DagsterRun]:
        wanted = tags | ({"dagster/partition": year} if year else {})
        return list(self.instance.get_runs(dg.RunsFilter(tags=wanted)))

    def finished(self, year: str, count: int = 1) -> list[dg.DagsterRun]:
        """The runs of a year, newest first, once so many are over."""

        def found() -> list[dg.DagsterRun] | None:
            runs = self.runs(year)
            return runs if len(runs) >= count and all(run.status in DONE for run in runs) else None

        result: list[dg.DagsterRun] = wait_for(f"end of {count} runs of {year}", found)
        return result

    def facts(self, year: str) -> dict[str, bytes]:
        """The files of the published partition."""
        folder = self.warehouse / "validated_facts" / f"year={year}"
        return {path.name: path.read_bytes() for path in folder.glob("*.parquet")}

    def ticks(self, name: str) -> list[Any]:
        """The ticks of a schedule or sensor that are over, newest first."""
        states = [state for state in self.instance.all_instigator_state() if state.instigator_name == name]
        return [
            tick
            for state in states
            for tick in self.instance.get_ticks(state.instigator_origin_id, state.selector_id)
            if tick.timestamp and tick.status.value != "STARTED"
        ]


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """`make ui` on folders and a port of its own. The monthly schedule ticks each minute, or nobody could
    wait for it.
    """
    root = tmp_path_factory.mktemp("platform")
    shutil.copytree(ROOT / "examples" / "reports", root / "raw")
    port = _free_port()
    settings = {
        "OGI_RAW": str(root / "raw"),
        "OGI_WAREHOUSE": str(root / "warehouse"),
        "OGI_SENSOR_SECONDS": "10",
        "OGI_BACKFILL_CRON": "* * * * *",
    }
    with (SHOTS / "make-ui.log").open("w") as log:
        command = ["make", "ui", f"UI_HOME={root / 'home'}", f"PORT={port}"]
        server = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | settings, stdout=log, stderr=log, start_new_session=True
        )
        url = f"http://127.0.0.1:{port}"
        try:
            wait_for(
                "answer of the web server",
                lambda: server.poll() is not None or _answers(f"{url}/server_info"),
            )
            assert server.poll() is None, (SHOTS / "make-ui.log").read_text()
            with dg.DagsterInstance.from_config(str(root / "home")) as instance:
                wait_for(
                    "daemon",
                    lambda: all(status.healthy for status in instance.get_daemon_statuses().values()),
                )
                yield Platform(url, root / "raw", root / "warehouse", instance)
        finally:
            os.killpg(server.pid, signal.SIGINT)
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(json.load(answer))
    except OSError:
        return False


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.fail(
            "there is no Chromium: install Debian's package chromium, or name another one in OGI_CHROMIUM"
        )
    with sync_playwright() as playwright:
        # A root user, as in CI, has no sandbox.
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1600, "height": 1100}, locale="en-GB")
    page.set_default_timeout(60_000)
    yield page
    page.close()


@pytest.fixture
def shot(page: Page, request: pytest.FixtureRequest) -> Iterator[Callable[[str], None]]:
    """Keep a picture of the page; the last one is kept whatever happens."""
    name = re.sub(r"^test_", "", request.node.name)

    def take(what: str) -> None:
        page.wait_for_timeout(700)  # animations
        page.screenshot(path=SHOTS / f"{name}-{what}.png")

    yield take
    take("end")


@pytest.fixture(scope="session", autouse=True)
def screenshots() -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
