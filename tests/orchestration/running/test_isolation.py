"""A build whose documents end the processes that read them: nothing else is lost, and what was refused is
tried again only where that may help.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

import assets.raw_text
import assets.table_cells
from assets.limits import ended
from examples.render import render
from examples.report import make_report
from orchestration import code
from orchestration.commands import build
from orchestration.computing import bounds
from orchestration.store.warehouse import Warehouse

BAD = "这份文件使读取它的程序结束。"


@pytest.fixture
def raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OGI_COMPUTE", "serial")
    monkeypatch.setattr(bounds, "SECONDS", 2.0)
    folder = tmp_path / "raw" / "2023"
    folder.mkdir(parents=True)
    for number in range(5):
        text = render(make_report(Random(number), 2023), "pipes")
        (folder / f"{number}.txt").write_text(text if number != 2 else text + BAD, encoding="utf-8")
    return folder.parent


def outcomes(raw: Path, warehouse: Path) -> dict[str, tuple[str, str | None]]:
    summary = build.build(raw, warehouse)
    assert summary.status == 0, summary.years
    rows = Warehouse(warehouse).records("reports", "2023", ["source", "outcome", "reason"])
    return {row["source"].rpartition("/")[2]: (row["outcome"], row["reason"]) for row in rows}


def ending(
    monkeypatch: pytest.MonkeyPatch, where: Any, name: str, how: Callable[[], object], mark: Path
) -> None:
    """Have a function end its process where it is given the bad document; `mark` grows by each try."""
    function = getattr(where, name)

    def call(first: Any, *others: Any) -> Any:
        text = first.decode("utf-8") if isinstance(first, bytes) else str(first)
        if BAD in text:
            with mark.open("ab", buffering=0) as file:
                file.write(b".")
            how()
        return function(first, *others)

    monkeypatch.setattr(where, name, call)


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def loop() -> None:
    sum(range(10**12))


def swell() -> None:
    bytes(1 << 34)


READ = (assets.raw_text, "read")
ENDS: dict[str, Callable[[], object]] = {"crash": crash, "time": loop, "memory": swell}


@pytest.mark.parametrize("how", ENDS)
def test_what_ended_its_process_is_not_tried_again_until_the_code_changes(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: Any
) -> None:
    mark = tmp_path / "mark"
    ending(monkeypatch, *READ, ENDS[how], mark)
    told = outcomes(raw, tmp_path / "warehouse")
    assert told.pop("2.txt") == ("refused", str(ended(how)))
    assert set(told.values()) == {("read", None)} and len(told) == 4
    tries = mark.stat().st_size
    (raw / "2023" / "new.txt").write_text(render(make_report(Random(9), 2023), "pipes"), encoding="utf-8")
    again = outcomes(raw, tmp_path / "warehouse")
    assert (again["2.txt"], again["new.txt"]) == (("refused", str(ended(how))), ("read", None))
    assert mark.stat().st_size == tries
    code_of = code.code_of
    monkeypatch.setattr(code, "code_of", lambda name: "other" if name == "raw_text" else code_of(name))
    outcomes(raw, tmp_path / "warehouse")
    assert mark.stat().st_size > tries


def test_what_ended_a_later_stage_is_refused_and_not_tried_again(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "mark"
    ending(monkeypatch, assets.table_cells, "read_tables", crash, mark)
    told = outcomes(raw, tmp_path / "warehouse")
    assert told["2.txt"] == ("refused", str(ended("crash")))
    assert [one for one, (outcome, _) in told.items() if outcome != "read"] == ["2.txt"]
    tries = mark.stat().st_size
    assert tries > 0
    (raw / "2023" / "new.txt").write_text(render(make_report(Random(9), 2023), "pipes"), encoding="utf-8")
    assert outcomes(raw, tmp_path / "warehouse")["2.txt"] == told["2.txt"]
    assert mark.stat().st_size == tries


def test_what_a_stall_refused_is_tried_again(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        ending(patch, *READ, lambda: os.kill(os.getpid(), signal.SIGKILL), tmp_path / "mark")
        told = outcomes(raw, tmp_path / "warehouse")
    assert told["2.txt"] == ("refused", str(ended("stall")))
    assert outcomes(raw, tmp_path / "warehouse")["2.txt"] == ("read", None)
