"""Work shared out among forked processes: results in order and complete, whatever happens to a process."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.computing.forked import in_order

ROOT = Path(__file__).parents[3]


def length(item: str) -> int:
    return len(item)


def deadly(item: str) -> str:
    """Ends its process with, or kills it, where the item says so."""
    if item == "exit":
        os._exit(0)
    if item == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if item == "raise":
        raise KeyError(item)
    return item * 3


def slow_at_first(item: str) -> tuple[str, int]:
    time.sleep(0.2 if item == "0" else 0)
    return item, os.getpid()


def children() -> set[int]:
    """The processes that this one has started and not waited for; other tests may have left some."""
    return {child.pid for child in psutil.Process().children()}


@pytest.mark.parametrize("processes", [1, 2, 3, 8])
@pytest.mark.parametrize("count", [0, 1, 2, 7, 300])
def test_results_come_in_order_whatever_the_number_of_processes(count: int, processes: int) -> None:
    items, before = ["x" * i for i in range(count)], children()
    assert list(in_order(length, items, processes)) == list(range(count))
    assert children() <= before


def test_what_is_slow_holds_up_no_other_process() -> None:
    items = [str(i) for i in range(100)]
    results = list(in_order(slow_at_first, items, 2))
    assert [item for item, _ in results] == items
    by = [process for _, process in results]
    assert os.getpid() not in by
    assert by.count(by[0]) < 20 < by.count(by[-1])


def test_results_larger_than_a_pipe_holds() -> None:
    assert [len(result) for result in in_order(lambda item: item * 400_000, ["abc"] * 40, 2)] == [
        1_200_000
    ] * 40


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["a", "b", "c", "d", "exit", "kill"]), max_size=40), st.integers(1, 3))
def test_an_item_that_ends_its_process_is_none_and_the_others_are_worked_out(
    items: list[str], processes: int
) -> None:
    before = children()
    assert list(in_order(deadly, items, processes)) == [
        None if item in ("exit", "kill") else item * 3 for item in items
    ]
    assert children() <= before


def test_a_bug_is_told_and_like_an_end(capfd: pytest.CaptureFixture[str]) -> None:
    assert list(in_order(deadly, ["a", "raise", "b"], 2)) == ["aaa", None, "bbb"]
    assert "KeyError: 'raise'" in capfd.readouterr().err


def test_who_wants_no_more_results_leaves_no_process() -> None:
    before = children()
    results = in_order(lambda item: item * 100_000, ["abc"] * 500, 2)
    assert len(next(results)) == 300_000
    results.close()
    assert children() <= before


def test_an_interruption_ends_all_processes_and_only_the_first_speaks() -> None:
    code = (
        "import time; from orchestration.computing.forked import in_order\n"
        "for result in in_order(lambda item: time.sleep(0.01 if item < '3' else 60), [str(i) for i in range(10)], 2):\n"
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
        assert process.stdout is not None and process.stdout.readline() == "None\n"
        os.killpg(process.pid, signal.SIGINT)  # what Ctrl-C does
        _, errors = process.communicate()
    assert (process.returncode, errors.count("Traceback")) == (-signal.SIGINT, 1)
    assert time.monotonic() - started < 30
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
