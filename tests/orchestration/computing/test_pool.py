"""A pool of processes: results in order and complete, whatever happens to a process. Both kinds of pool speak
the same protocol; what a server forks is tested with `map_batches`.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.computing.pool import Pool
from orchestration.computing.tasks import computed

ROOT = Path(__file__).parents[3]


def in_order(
    function: Callable[[str], str], items: list[str], processes: int, size: int = 3
) -> Iterator[str]:
    """function(item) for each item, or why there is none; the items are given to the pool in batches."""

    def of_batch(batch: list[str]) -> list[bytes]:
        return [(item if item.startswith("refused") else function(item)).encode() for item in batch]

    batches = (items[first : first + size] for first in range(0, len(items), size))
    pool = Pool(of_batch, processes)
    for results in computed(pool, batches, lambda item, why: f"refused: {why}", str):
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


ENDS = {"exit": "exit status 3", "kill": "signal 9"}


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


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["a", "b", "c", "d", "exit", "kill"]), max_size=20), st.integers(1, 3))
def test_an_item_that_ends_its_process_is_refused_and_the_others_are_worked_out(
    items: list[str], processes: int
) -> None:
    before = children()
    why = "refused: internal error, please report it with this document: it ended the process that read it"
    assert list(in_order(deadly, items, processes)) == [
        f"{why}, 2 times ({ENDS[item]})" if item in ENDS else item * 3 for item in items
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
