"""The pipeline on a Dask cluster of this machine, a scheduler and two worker processes: the same bytes, also
when a worker is killed.
"""

from __future__ import annotations

import hashlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random

import dask
import pytest
from distributed import LocalCluster

from assets.limits import ended
from examples.render import FLAVOURS, render
from examples.report import make_report
from orchestration.commands import build
from orchestration.computing import mapping
from orchestration.computing.cluster import ClusterError, connected
from orchestration.computing.mapping import Tables, map_batches
from schemas.datasets import DATASETS
from tests.orchestration.computing.test_mapping import Item, cut_up, deadly, mapped, refuse, squares


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    # Of the workers that a batch may take with it: each takes seconds to start again.
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
    ):
        yield cluster
        connected.cache_clear()


@pytest.fixture
def on_cluster(cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch) -> LocalCluster:
    monkeypatch.setenv("OGI_COMPUTE", cluster.scheduler_address.replace("tcp", "dask"))
    return cluster


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty reports of one year, with a copy, a refused document, and one that has no text."""
    raw = tmp_path_factory.mktemp("raw")
    (raw / "2023").mkdir()
    for number in range(40):
        text = render(make_report(Random(number), 2023), FLAVOURS[number % len(FLAVOURS)])
        (raw / "2023" / f"{number:02}.txt").write_text(text, encoding="utf-8")
    (raw / "2023" / "copy.txt").write_bytes((raw / "2023" / "07.txt").read_bytes())
    (raw / "2023" / "empty.txt").write_bytes(b"")
    (raw / "2023" / "notice.txt").write_text("关于召开会议的通知\n" * 20, encoding="utf-8")
    return raw


def built(raw: Path, warehouse: Path) -> dict[str, str]:
    summary = build.build(raw, warehouse)
    assert summary.status == 0, [year.error for year in summary.years]
    return {
        path.relative_to(warehouse).parts[0]: hashlib.sha256(path.read_bytes()).hexdigest()
        for pattern in ("[!.]*/*.parquet", "[!.]*/*/*.parquet")
        for path in warehouse.glob(pattern)
    }


def slow(items: list[Item]) -> Tables:
    time.sleep(0.05)
    return squares(items)


def test_this_process_the_pool_and_the_cluster_make_the_same_bytes(
    on_cluster: LocalCluster, raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mapping, "BATCH_DOCUMENTS", 3)
    found = {"cluster": built(raw, tmp_path / "cluster")}
    for where in ("serial", "processes://1", "processes://2"):
        monkeypatch.setenv("OGI_COMPUTE", where)
        found[where] = built(raw, tmp_path / where)
    assert found["cluster"].keys() == DATASETS.keys()
    for where, digests in found.items():
        assert digests == found["serial"], where


def test_a_year_survives_the_death_of_a_worker(
    on_cluster: LocalCluster, raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mapping, "BATCH_DOCUMENTS", 3)
    killed = []

    def kill() -> None:
        while not (tmp_path / "cluster" / "section_splits").exists():
            time.sleep(0.01)
        nanny = next(iter(on_cluster.workers.values()))
        killed.append(nanny.pid)
        os.kill(nanny.pid, signal.SIGKILL)

    threading.Thread(target=kill, daemon=True).start()
    digests = built(raw, tmp_path / "cluster")
    assert len(killed) == 1
    monkeypatch.setenv("OGI_COMPUTE", "serial")
    assert digests == built(raw, tmp_path / "serial")


def test_results_are_in_order_also_when_a_worker_is_killed(on_cluster: LocalCluster) -> None:
    made, killed = [], False
    for one in map_batches(slow, iter(cut_up(100)), refuse, str):
        made += one["numbers"].column("number").to_pylist()
        if len(made) > 20 and not killed:
            os.kill(next(iter(on_cluster.workers.values())).pid, signal.SIGKILL)
            killed = True
    assert made == list(range(100))


def test_what_ends_its_worker_is_refused_and_nothing_else_is_lost(on_cluster: LocalCluster) -> None:
    made = mapped(partial(deadly, frozenset({2}), "SIGKILL"), cut_up(4, 1))
    assert [number for one in made for number in one["numbers"]["number"]] == list(range(4))
    [why] = [why for one in made for why in one["numbers"]["why"] if why]
    assert why == ended("stall")  # somebody killed it: to be tried again


def test_a_cluster_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OGI_COMPUTE", "dask://127.0.0.1:1")
    with pytest.raises(
        ClusterError,
        match=r"no Dask scheduler answers at 127\.0\.0\.1:1: start one with `dask scheduler`, or unset "
        r"OGI_COMPUTE",
    ):
        mapped(squares, cut_up(1))
