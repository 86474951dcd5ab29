"""A pool of processes: results in order and complete, whatever happens to a process. Both kinds of pool speak
the same protocol; what a server forks is tested with `map_batches`.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.limits import ended
from orchestration.computing import bounds, pool
from orchestration.computing.pool import Pool, apart
from orchestration.computing.tasks import computed

ROOT = Path(__file__).parents[3]


def in_order(
    function: Callable[[str], str], items: list[str], processes: int, size: int = 3
) -> Iterator[str]:
    """function(item) for each item, or why there is none; the items are given to the pool in batches."""

    def of_batch(batch: list[str]) -> list[bytes]:
        return [(item if item.startswith("refused") else function(item)).encode() for item in batch]

    batches = (items[first : first + size] for first in range(0, len(items), size))
    workers = Pool(of_batch, processes)
    for results in computed(workers, batches, lambda item, why: f"refused: {why}", str):
        for parts in results:
            yield from (bytes(part).decode() for part in parts)


def length(item: str) -> str:
    return str(len(item))


def deadly(item: str) -> str:
    """Ends its process with, or kills it, where the item says so."""
    if item == "exit":
        os._exit(3)
    if item == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if item == "raise":
        raise KeyError(item)
    return item * 3


ENDS = {"exit": ended("crash"), "kill": ended("stall")}


def slow_at_first(item: str) -> str:
    time.sleep(0.2 if item == "0" else 0)
    return f"{item} {os.getpid()}"


def children() -> set[int]:
    """The processes that this one has started and not waited for; other tests may have left some."""
    return {child.pid for child in psutil.Process().children()}


@pytest.mark.parametrize("processes", [1, 2, 3, 8])
@pytest.mark.parametrize("count", [0, 1, 2, 7, 300])
def test_results_come_in_order_whatever_the_number_of_processes(count: int, processes: int) -> None:
    items, before = ["x" * i for i in range(count)], children()
    assert list(in_order(length, items, processes)) == [str(i) for i in range(count)]
    assert children() <= before


def test_what_is_slow_holds_up_no_other_process() -> None:
    results = [result.split() for result in in_order(slow_at_first, [str(i) for i in range(100)], 2, 1)]
    assert [item for item, _ in results] == [str(i) for i in range(100)]
    by = [process for _, process in results]
    assert str(os.getpid()) not in by and len(set(by)) == 2


def test_results_larger_than_a_pipe_holds() -> None:
    found = in_order(lambda item: item * 400_000, ["abc"] * 40, 2)
    assert [len(result) for result in found] == [1_200_000] * 40


@settings(max_examples=25)
@given(st.lists(st.sampled_from(["a", "b", "c", "d", "exit", "kill"]), max_size=20), st.integers(1, 3))
def test_an_item_that_ends_its_process_is_refused_and_the_others_are_worked_out(
    items: list[str], processes: int
) -> None:
    before = children()
    assert list(in_order(deadly, items, processes)) == [
        f"refused: {ENDS[item]}" if item in ENDS else item * 3 for item in items
    ]
    assert children() <= before


def test_a_bug_is_raised_with_its_place() -> None:
    before = children()
    with pytest.raises(KeyError, match="raise") as raised:
        list(in_order(deadly, ["a", "raise", "b"], 2))
    assert "in deadly" in raised.value.__notes__[0]
    assert children() <= before


def test_who_wants_no_more_results_leaves_no_process() -> None:
    before = children()
    results = in_order(lambda item: item * 100_000, ["abc"] * 500, 2)
    assert len(next(results)) == 300_000
    results.close()  # type: ignore[attr-defined]
    assert children() <= before


def test_an_interruption_ends_all_processes_and_only_the_first_speaks() -> None:
    code = (
        "import signal, time; from tests.orchestration.computing.test_pool import in_order\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it\n"
        "def wait(item):\n    time.sleep(0.01 if item < '3' else 60); return item\n"
        "for result in in_order(wait, [str(i) for i in range(10)], 2, 1):\n"
        "    print(result, flush=True)\n"
    )
    started = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == "0\n"
        os.killpg(process.pid, signal.SIGINT)  # what Ctrl-C does
        _, errors = process.communicate()
    assert (process.returncode, errors.count("Traceback")) == (-signal.SIGINT, 1)
    assert time.monotonic() - started < 30
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


# --- bounds

Asked = tuple[str, str | None]


def each(function: Callable[[str], str], items: list[str], workers: int = 1, size: int = 8) -> list[str]:
    """function(item) for each item, or why there is none, by `apart`."""

    def one(asked: Asked) -> list[bytes]:
        item, why = asked
        return [(why or function(item)).encode()]

    batches = ([(item, None) for item in items[at : at + size]] for at in range(0, len(items), size))
    return [
        bytes(part).decode() for part in apart(one, batches, lambda item, why: (item[0], why), str, workers)
    ]


def greedy(item: str) -> str:
    """Takes too much, in code that no exception of Python ends."""
    if item == "loop":
        return str(sum(range(10**12)))
    if item == "memory":
        return str(len(bytes(1 << 31)))
    if item == "little by little":
        return str(len([bytes(1 << 20) for _ in range(1 << 11)]))
    if item == "deep":
        return str(ctypes.string_at(0))
    if item == "bug":
        raise KeyError(item)
    return item.upper()


GREEDY = {"loop": "time", "memory": "memory", "little by little": "memory", "deep": "crash"}


@pytest.mark.parametrize("item", GREEDY)
@pytest.mark.parametrize("beside", [0, 30])
@pytest.mark.parametrize("workers", [1, 2])
def test_what_takes_too_much_is_refused_with_that_reason_and_harms_nothing_beside_it(
    monkeypatch: pytest.MonkeyPatch, item: str, beside: int, workers: int
) -> None:
    monkeypatch.setattr(bounds, "SECONDS", 0.4)
    good = [f"good {number}" for number in range(beside)]
    items = [*good[:11], item, *good[11:]]
    how: Any = GREEDY[item]
    assert each(greedy, items, workers) == [str(ended(how)) if one == item else one.upper() for one in items]


def test_what_takes_too_much_time_is_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "SECONDS", 1.0)
    before = os.times()
    assert each(greedy, ["a", "loop", "b"]) == ["A", str(ended("time")), "B"]
    after = os.times()
    assert after.children_user - before.children_user < 1.8


def stalled(mark: Path, times: int, item: str) -> str:
    """Stands still the first times that it comes to "b"."""
    if item == "b" and (done := len(list(mark.iterdir()))) < times:
        (mark / str(done)).touch()
        os.kill(os.getpid(), signal.SIGSTOP)
    return item.upper()


@pytest.mark.parametrize(("times", "told"), [(1, "B"), (3, "B"), (9, str(ended("stall")))])
def test_what_stands_still_is_ended_and_tried_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, times: int, told: str
) -> None:
    monkeypatch.setattr(pool, "_STALLED", 0.3)
    monkeypatch.setattr(pool, "_LOOK", 0.05)
    assert each(partial(stalled, tmp_path, times), ["a", "b", "c"]) == ["A", told, "C"]


def test_what_waits_for_the_processor_is_not_taken_for_standing_still(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pool, "_STALLED", 0.2)
    monkeypatch.setattr(pool, "_LOOK", 0.05)
    assert each(lambda item: str(sum(range(40_000_000))), ["a"]) == [str(sum(range(40_000_000)))]


@pytest.mark.parametrize("absent", ["fork", "resource", "clock"])
def test_where_the_system_has_less_items_are_worked_on_all_the_same(
    monkeypatch: pytest.MonkeyPatch, absent: str
) -> None:
    if absent == "fork":
        monkeypatch.delattr(os, "fork")
    elif absent == "resource":
        monkeypatch.setitem(sys.modules, "resource", None)
    else:
        monkeypatch.delattr(time, "clock_gettime")
    assert each(greedy, ["a", "b"]) == ["A", "B"]


def test_a_bug_is_no_death() -> None:
    with pytest.raises(KeyError, match="bug"):
        each(greedy, ["a", "bug"])
