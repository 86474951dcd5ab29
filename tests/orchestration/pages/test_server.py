"""`ogi serve` over HTTP: what it answers, what it refuses, and that no document ends it."""

from __future__ import annotations

import csv
import io
import json
import threading
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random
from typing import Any

import pytest
import requests
import uvicorn

from examples.render import render
from examples.report import make_report
from orchestration.pages.server import MOST_FILES, application
from orchestration.pages.workers import Asked, Judged, Workers, judged
from schemas.forms import TABLE_KEYS

REPORT = make_report(Random(2), 2023, dict.fromkeys(TABLE_KEYS, "2021"), "bureau")
GOOD = render(REPORT, "pipes").encode()
BAD = render(replace(REPORT, figures=REPORT.figures | {("applications", "granted", "total"): 9999}), "pipes")


def moody(asked: Asked) -> Judged:
    """Judge, but do not come back from a document of this name, and die of that."""
    if asked.name == "hangs.txt":
        time.sleep(600)
    if asked.name == "dies.txt":
        import os

        os._exit(3)
    return judged(asked)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    workers = Workers(2, moody, seconds=5)
    app = application(workers, ["ogi.example"], "zh")
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()
    workers.close()


def sent(address: str, files: dict[str, bytes], form: str = "json", **more: Any) -> requests.Response:
    parts = [("files", (name, data)) for name, data in files.items()]
    return requests.post(f"{address}/check?as={form}", files=parts, timeout=60, **more)


def test_each_document_comes_back_with_its_verdict_and_its_page(address: str) -> None:
    found = sent(address, {"好.txt": GOOD, "../坏.txt": BAD.encode(), "空.txt": b""}).json()
    assert [(one["source"], one["verdict"], one["heading"]) for one in found] == [
        ("好.txt", "sound", "可以发布"),
        ("坏.txt", "look", "有 1 处须核对"),
        ("空.txt", "unreadable", "未能读取"),
    ]
    assert all(one["page"].startswith("<!DOCTYPE html>") and one["heading"] in one["page"] for one in found)
    assert found[1]["points"][0].startswith("可能有误：（一）予以公开，总计印作 9999；若为 ")


def test_without_script_the_answer_is_a_page(address: str) -> None:
    one = sent(address, {"好.txt": GOOD}, "page")
    assert "可以发布" in one.text and one.headers["Content-Type"].startswith("text/html")
    several = sent(address, {"好.txt": GOOD, "坏.txt": BAD.encode()}, "page", params={"lang": "en"})
    assert "Ready to publish" in several.text and "1 point to check" in several.text


def test_results_come_as_csv_excel_and_zip(address: str) -> None:
    files = {"=1+1.txt": GOOD, "坏.txt": BAD.encode()}
    rows = list(csv.reader(io.StringIO(sent(address, files, "csv").content.decode("utf-8-sig"))))
    assert [row[:2] for row in rows] == [
        ["文件", "结论"],
        ["'=1+1.txt", "可以发布"],
        ["坏.txt", "有 1 处须核对"],
    ]
    book = zipfile.ZipFile(io.BytesIO(sent(address, files, "xlsx").content))
    assert "<t>=1+1.txt</t>" in book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()  # no formula
    archive = zipfile.ZipFile(io.BytesIO(sent(address, files, "zip").content))
    assert archive.namelist() == ["001 =1+1.txt.html", "002 坏.txt.html", "results.xlsx"]


REFUSED = {
    "another origin": (403, {"headers": {"Origin": "http://evil.example"}}),
    "another site": (403, {"headers": {"Sec-Fetch-Site": "cross-site"}}),
    "an opaque origin": (403, {"headers": {"Origin": "null"}}),
    "another host": (400, {"headers": {"Host": "evil.example"}}),
}


@pytest.mark.parametrize(("status", "more"), REFUSED.values(), ids=REFUSED.keys())
def test_other_origins_and_hosts_are_refused(status: int, more: dict[str, Any], address: str) -> None:
    assert sent(address, {"好.txt": GOOD}, **more).status_code == status


@pytest.mark.parametrize("host", ["localhost:8765", "ogi.example", "127.0.0.1", "[::1]:8765", "192.0.2.7"])
def test_its_own_names_and_plain_addresses_are_answered(host: str, address: str) -> None:
    """Only a name can be made to lead here by another site."""
    assert requests.get(address, headers={"Host": host}, timeout=10).status_code == 200


@pytest.mark.parametrize("path", ["/../pyproject.toml", "/%2e%2e/pyproject.toml", "/etc/passwd", "/check"])
def test_nothing_else_is_served(path: str, address: str) -> None:
    assert requests.get(address + path, timeout=10).status_code in (404, 405)


def test_too_much_and_nothing_are_refused_in_a_sentence(address: str) -> None:
    nothing = requests.post(f"{address}/check", files={"other": b""}, timeout=10)
    assert (nothing.status_code, nothing.text) == (400, "没有收到文件：请选择文件")
    large = requests.post(f"{address}/check", headers={"Content-Length": str(10**10)}, data=b"", timeout=10)
    assert (large.status_code, large.text) == (413, "一次超过 200 MB：请减少文件")
    many = sent(address, {f"{i}.txt": b"" for i in range(MOST_FILES + 1)})
    assert many.status_code == 400


def test_every_answer_forbids_what_is_not_of_the_page(address: str) -> None:
    for answer in (requests.get(address, timeout=10), sent(address, {"好.txt": GOOD}, "page")):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_document_that_hangs_or_dies_ends_its_process_only(address: str) -> None:
    files = {"hangs.txt": GOOD, "dies.txt": GOOD, "好.txt": GOOD}
    found = sent(address, files).json()
    assert [one["verdict"] for one in found] == ["unreadable", "unreadable", "sound"]
    assert "5 秒" in found[0]["points"][0]
    assert "中断" in found[1]["points"][0]


def test_many_clerks_at_once_each_get_their_own_answer(address: str) -> None:
    def one(i: int) -> str:
        return str(sent(address, {f"{i}.txt": GOOD}).json()[0]["source"])

    with ThreadPoolExecutor(30) as clerks:
        assert list(clerks.map(one, range(30))) == [f"{i}.txt" for i in range(30)]


def test_the_answer_to_a_script_is_plain_json(address: str) -> None:
    answer = sent(address, {"<b>.txt": GOOD})
    assert json.loads(answer.text)[0]["source"] == "<b>.txt"
    assert "&lt;b&gt;.txt" in answer.json()[0]["page"]
