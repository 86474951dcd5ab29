"""`map_batches`: the same results in the same order wherever they are computed, also when workers die; and
where that is, by configuration.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from functools import partial
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa
import pytest

from assets.limits import ended
from orchestration.computing import mapping
from orchestration.computing.mapping import ConfigurationError, Tables, map_batches
from orchestration.computing.tasks import How, WorkerDied

Item = tuple[int, str | None]


def squares(items: list[Item]) -> Tables:
    numbers = pa.table(
        {"number": [number for number, _ in items], "why": pa.array([why for _, why in items], pa.string())}
    )
    return {"numbers": numbers, "squares": pa.table({"square": [number * number for number, _ in items]})}


def slow_at_first(items: list[Item]) -> Tables:
    time.sleep(0.2 if items[0][0] == 0 else 0)
    return squares(items)


def deadly(numbers: frozenset[int], how: str, items: list[Item]) -> Tables:
    """Ends its process at some numbers."""
    if any(number in numbers and why is None for number, why in items):
        os._exit(7) if how == "exit" else os.kill(os.getpid(), getattr(signal, how))
    return squares(items)


def deadly_once(mark: Path, items: list[Item]) -> Tables:
    """Ends the first process that comes to number 5."""
    if any(number == 5 for number, _ in items) and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return squares(items)


def failing(items: list[Item]) -> Tables:
    raise KeyError(f"a bug at {items[0][0]}")


def processes(items: list[Item]) -> Tables:
    return {"pid": pa.table({"pid": [os.getpid()] * len(items)})}


def refuse(item: Item, why: str) -> Item:
    return item[0], why


def cut_up(count: int, size: int = 4) -> list[list[Item]]:
    return [
        [(number, None) for number in range(first, min(first + size, count))]
        for first in range(0, count, size)
    ]


def mapped(function: Any, batches: Any) -> list[dict[str, dict[str, list[Any]]]]:
    made = map_batches(function, batches, refuse, lambda item: f"document {item[0]}")
    return [{name: table.to_pydict() for name, table in one.items()} for one in made]


@pytest.mark.parametrize("where", ["processes://1", "processes://2", "processes://5"])
@pytest.mark.parametrize("count", [0, 1, 3, 50])
def test_results_are_the_same_and_in_order(monkeypatch: pytest.MonkeyPatch, where: str, count: int) -> None:
    monkeypatch.setenv("OGI_COMPUTE", "serial")
    alone = mapped(slow_at_first, cut_up(count))
    assert [number for one in alone for number in one["numbers"]["number"]] == list(range(count))
    monkeypatch.setenv("OGI_COMPUTE", where)
    assert mapped(slow_at_first, cut_up(count)) == alone


def test_few_batches_are_taken_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OGI_COMPUTE", "processes://2")
    taken = []

    def batches() -> Iterator[list[Item]]:
        for batch in cut_up(400):
            taken.append(batch)
            yield batch

    for done, _ in enumerate(map_batches(squares, batches(), refuse, str)):
        assert len(taken) - done <= 8


@pytest.mark.parametrize(
    ("how", "said", "reason"),
    [
        ("exit", "exit status 7", "crash"),
        ("SIGSEGV", "signal 11", "crash"),
        ("SIGPROF", "signal 27", "time"),
        ("SIGKILL", "signal 9", "stall"),
    ],
)
def test_what_ends_its_worker_is_refused_and_nothing_else_is_lost(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, how: str, said: str, reason: How
) -> None:
    monkeypatch.setenv("OGI_COMPUTE", "processes://2")
    caplog.set_level("INFO", "orchestration.computing.tasks")
    made = mapped(partial(deadly, frozenset({5, 6, 17}), how), cut_up(22))
    numbers = [number for one in made for number in one["numbers"]["number"]]
    refused = {
        number: why for one in made for number, why in zip(*one["numbers"].values(), strict=True) if why
    }
    assert (numbers, [len(one["squares"]["square"]) for one in made]) == (list(range(22)), [4, 4, 4, 4, 4, 2])
    assert refused == dict.fromkeys((5, 6, 17), str(ended(reason)))
    told = {record.getMessage() for record in caplog.records if "refused" in record.getMessage()}
    assert told == {
        f"document {number} ended its worker ({said}), and is refused: {ended(reason)}"
        for number in (17, 5, 6)
    }


class OneForAll:
    """Workers as on a cluster: one that is ended takes down all batches that were given to it."""

    slots = 4

    def __init__(self, function: Any) -> None:
        self.function = function
        self.running: list[Any] = []
        self.dead: list[Any] = []

    def submit(self, task: Any) -> None:
        self.running.append(task)
        if any(number == 6 and why is None for number, why in task.items):
            self.running, self.dead = [], self.dead + self.running

    def next(self) -> tuple[Any, Any]:
        if self.dead:
            return self.dead.pop(0), WorkerDied("lost")
        task = self.running.pop()
        return task, self.function(task.items)

    def close(self) -> None:
        assert not self.running and not self.dead


@pytest.mark.parametrize("size", [1, 3])
def test_what_was_beside_a_document_that_ends_its_worker_is_not_refused(
    monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(mapping, "_backend", lambda function, *_: OneForAll(function))
    made = mapped(squares, cut_up(12, size))
    assert [number for one in made for number in one["numbers"]["number"]] == list(range(12))
    assert [number for one in made for number, why in zip(*one["numbers"].values(), strict=True) if why] == [
        6
    ]


def test_a_worker_that_is_killed_from_outside_costs_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OGI_COMPUTE", "processes://2")
    assert mapped(partial(deadly_once, tmp_path / "mark"), cut_up(22)) == mapped(squares, cut_up(22))


def test_the_death_of_the_server_that_forks_workers_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OGI_COMPUTE", "processes://2")
    for round_ in range(4):
        results = map_batches(squares, cut_up(40), refuse, str)
        found = [next(results)]
        server = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
        os.kill(server, signal.SIGKILL)
        for worker in psutil.Process().children(recursive=True)[:round_]:
            worker.kill()
        found += results
        numbers = [number for one in found for number in one["numbers"].column("number").to_pylist()]
        assert numbers == list(range(40))


def test_a_server_that_is_ended_again_and_again_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def ended_again(self: object) -> None:
        raise EOFError("unexpected EOF")

    monkeypatch.setenv("OGI_COMPUTE", "processes://2")
    monkeypatch.setattr("multiprocessing.context.ForkServerProcess.start", ended_again)
    with pytest.raises(WorkerDied, match=r"was ended 5 times .*run again"):
        mapped(squares, cut_up(22))


def test_documents_are_worked_on_beside_this_process_few_or_many(monkeypatch: pytest.MonkeyPatch) -> None:
    for where in ("", "serial", "processes://2"):
        monkeypatch.setenv("OGI_COMPUTE", where)
        made = map_batches(processes, cut_up(3), refuse, str, documents=True)
        pids = {process for one in made for process in one["pid"].column("pid").to_pylist()}
        assert pids and os.getpid() not in pids


def test_a_bug_of_the_function_is_raised_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OGI_COMPUTE", "processes://2")
    with pytest.raises(KeyError, match="a bug at") as raised:
        mapped(failing, cut_up(22))
    assert "in failing" in raised.value.__notes__[0]
    assert mapped(squares, cut_up(3))[0]["squares"] == {"square": [0, 1, 4]}  # and the pool goes on


def test_small_work_stays_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OGI_COMPUTE", raising=False)

    def local(items: list[Item]) -> Tables:  # cannot be sent anywhere
        return squares(items)

    assert len(mapped(local, cut_up(8))) == 2


@pytest.mark.parametrize("where", ["threads", "processes://0", "processes://many", "dask://", "dask:8786"])
def test_a_place_that_there_is_not_is_told(monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    monkeypatch.setenv("OGI_COMPUTE", where)
    with pytest.raises(ConfigurationError, match=f"OGI_COMPUTE is '{where}': leave it out, or set it to"):
        mapped(squares, cut_up(1))


@pytest.mark.parametrize(
    ("sizes", "cut"),
    [
        ([], []),
        ([1], [1]),
        ([1] * 7, [3, 3, 1]),
        ([100, 1, 1, 1], [1, 3]),
        ([1, 100, 1], [2, 1]),
        ([40, 40, 40, 40], [3, 1]),
        ([60, 60, 60], [2, 1]),
    ],
)
def test_a_batch_is_bounded_in_number_and_in_size(
    monkeypatch: pytest.MonkeyPatch, sizes: list[int], cut: list[int]
) -> None:
    monkeypatch.setattr(mapping, "BATCH_DOCUMENTS", 3)
    monkeypatch.setattr(mapping, "BATCH_BYTES", 100)
    made = list(mapping.batched(sizes, lambda size: size))
    assert [len(batch) for batch in made] == cut
    assert [size for batch in made for size in batch] == sizes
