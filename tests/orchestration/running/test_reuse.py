"""A second build makes only what is new or changed, and gives the same bytes as one that makes everything."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

import assets.normalized_text
import assets.raw_text
import assets.reports
import assets.section_splits
import assets.table_cells
import schemas.frames
from examples.figures import break_cells
from examples.render import FLAVOURS, render
from examples.report import Organ, make_report
from orchestration import code
from orchestration.commands import build
from orchestration.computing import mapping
from orchestration.store.warehouse import Warehouse
from schemas.datasets import DATASETS
from tests.damage import cut, flip

ORGAN = Organ("云泽市", "", "交通运输局")
CALLS = {
    "raw_text": (assets.raw_text, "read"),
    "normalized_text": (assets.normalized_text, "normalize"),
    "section_splits": (assets.section_splits, "split_sections"),
    "table_cells": (assets.table_cells, "read_tables"),
    "reports": (assets.reports, "describe"),
}
COUNT = 21  # documents of the raw store, of which one is no text and one a copy: 19 are decoded


def document(number: int, organ: Organ | None = None) -> str:
    report = make_report(Random(number), 2023, organ=organ)
    return render(report, FLAVOURS[number % len(FLAVOURS)])


@pytest.fixture
def raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(mapping, "BATCH_DOCUMENTS", 4)
    monkeypatch.setenv("OGI_COMPUTE", "serial")
    raw = tmp_path / "raw"
    (raw / "2023").mkdir(parents=True)
    for number in range(19):
        (raw / "2023" / f"{number:02}.txt").write_text(document(number), encoding="utf-8")
    (raw / "2023" / "copy.txt").write_bytes((raw / "2023" / "07.txt").read_bytes())
    (raw / "2023" / "empty.txt").write_bytes(b"")
    return raw


class Calls:
    """How many documents go through each stage, counted over all processes: a byte in a file for each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir()

    def add(self, stage: str) -> None:
        with (self._folder / stage).open("ab", buffering=0) as file:
            file.write(b".")

    def clear(self) -> None:
        for path in self._folder.iterdir():
            path.unlink()

    def counts(self) -> Counter[str]:
        return Counter({path.name: path.stat().st_size for path in self._folder.iterdir()})


@pytest.fixture(autouse=True)
def _no_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """These years lose documents and tables on purpose; `running/guard.py` has tests of its own."""
    monkeypatch.setenv("OGI_COLLAPSE", "refused=1 absent=1 uncertain=1 facts=1 lost=1")


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Calls:
    found = Calls(tmp_path / "calls")

    def counted(stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            found.add(stage)
            return function(*arguments)

        return call

    for stage, (module, name) in CALLS.items():
        monkeypatch.setattr(module, name, counted(stage, getattr(module, name)))
    return found


def built(raw: Path, warehouse: Path) -> dict[str, str]:
    summary = build.build(raw, warehouse)
    assert summary.status == 0, summary.years
    return {
        path.relative_to(warehouse).parts[0]: hashlib.sha256(path.read_bytes()).hexdigest()
        for pattern in ("[!.]*/*.parquet", "[!.]*/*/*.parquet")
        for path in warehouse.glob(pattern)
    }


def nothing(raw: Path) -> None:
    pass


def add(raw: Path) -> None:
    (raw / "2023" / "new.txt").write_text(document(100), encoding="utf-8")


def remove(raw: Path) -> None:
    (raw / "2023" / "03.txt").unlink()


def change(raw: Path) -> None:
    (raw / "2023" / "03.txt").write_text(document(101), encoding="utf-8")


def rename(raw: Path) -> None:
    (raw / "2023" / "03.txt").rename(raw / "2023" / "renamed.txt")


def touch(raw: Path) -> None:
    os.utime(raw / "2023" / "03.txt", (1_700_000_000, 1_700_000_000))


def add_copy(raw: Path) -> None:
    (raw / "2023" / "00 copy.txt").write_bytes((raw / "2023" / "03.txt").read_bytes())


def remove_the_first_of_two(raw: Path) -> None:
    (raw / "2023" / "07.txt").unlink()


def add_versions(raw: Path) -> None:
    for number in (200, 201):
        (raw / "2023" / f"{number}.txt").write_text(document(number, ORGAN), encoding="utf-8")


def remove_all(raw: Path) -> None:
    for path in (raw / "2023").iterdir():
        path.unlink()


# What is done to the raw store, and how many documents go through the stages again.
CHANGES = {
    "nothing": (nothing, 0),
    "a document more": (add, 1),
    "a document less": (remove, 0),
    "a document changed": (change, 1),
    "a document renamed": (rename, 0),
    "a document with another date": (touch, 0),
    "a copy more": (add_copy, 0),
    "a copy less, the first": (remove_the_first_of_two, 0),
    "two of one organ more": (add_versions, 2),
    "no document any more": (remove_all, 0),
}


@pytest.mark.parametrize(("what", "again"), CHANGES.values(), ids=CHANGES.keys())
def test_only_what_changed_is_made_again_and_the_bytes_are_those_of_a_full_run(
    raw: Path, tmp_path: Path, calls: Calls, what: Callable[[Path], None], again: int
) -> None:
    built(raw, tmp_path / "warehouse")
    assert calls.counts()["normalized_text"] == 19
    what(raw)
    calls.clear()
    digests = built(raw, tmp_path / "warehouse")
    # An empty file is tried again whenever there is anything to do.
    assert {stage: count for stage, count in calls.counts().items() if stage != "raw_text"} == (
        {stage: again for stage in CALLS if stage != "raw_text"} if again else {}
    )
    assert calls.counts()["raw_text"] <= again + 1
    assert digests.keys() == DATASETS.keys()
    assert digests == built(raw, tmp_path / "anew")


def test_versions_of_an_organ_come_and_go(raw: Path, tmp_path: Path) -> None:
    first = built(raw, tmp_path / "warehouse")
    add_versions(raw)
    built(raw, tmp_path / "warehouse")
    for number in (200, 201):
        (raw / "2023" / f"{number}.txt").unlink()
    assert built(raw, tmp_path / "warehouse") == first


@pytest.mark.parametrize(
    "dataset", ["raw_text", "normalized_text", "section_splits", "table_cells", "reports", "validated_facts"]
)
def test_changed_code_has_its_stage_made_again_and_those_that_read_what_came_out_otherwise(
    raw: Path, tmp_path: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch, dataset: str
) -> None:
    before = built(raw, tmp_path / "warehouse")
    code_of = code.code_of
    monkeypatch.setattr(code, "code_of", lambda name: "other" if name == dataset else code_of(name))
    calls.clear()
    assert built(raw, tmp_path / "warehouse") == before
    assert set(calls.counts()) == {dataset} & set(
        CALLS
    )  # the code is another, what it makes is the same: nobody after it has anything to do


def test_a_change_of_text_reaches_every_stage_after_it(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = built(raw, tmp_path / "warehouse")
    read_tables = assets.table_cells.read_tables

    def other(*arguments: Any) -> Any:
        tables = read_tables(*arguments)
        tables[2].status = "uncertain"
        return tables

    monkeypatch.setattr(assets.table_cells, "read_tables", other)
    code_of = code.code_of
    changed = {"table_cells", "table_status", "violations"}
    monkeypatch.setattr(code, "code_of", lambda name: "other" if name in changed else code_of(name))
    after = built(raw, tmp_path / "warehouse")
    changed = {"table_cells", "table_status", "reports", "validated_facts"}
    over_years = {"panel", "indicators", "compliance", "year_over_year"}
    found = {name for name in before if before[name] != after[name]}
    assert changed <= found <= changed | over_years
    assert after == built(raw, tmp_path / "anew")


def test_what_a_bug_has_spoilt_is_tried_again(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def buggy(text: str) -> Any:
        raise KeyError("a bug")

    with monkeypatch.context() as patch:
        patch.setattr(assets.section_splits, "split_sections", buggy)
        built(raw, tmp_path / "warehouse")
    assert built(raw, tmp_path / "warehouse") == built(raw, tmp_path / "anew")


def test_a_correction_reaches_the_facts(raw: Path, tmp_path: Path) -> None:
    figures = make_report(Random(1), 2023, scale="bureau").figures
    broken = break_cells(Random(2), dict(figures), "applications")[0]
    report = make_report(Random(1), 2023, figures=broken, organ=ORGAN)
    (raw / "2023" / "wrong.txt").write_text(render(report, "pipes"), encoding="utf-8")
    first = built(raw, tmp_path / "warehouse")
    [violation, *_] = [
        row for row in Warehouse(tmp_path / "warehouse").records("violations", "2023") if row["suspect_row"]
    ]
    place = (
        violation["report_id"],
        violation["table"],
        violation["suspect_row"],
        violation["suspect_column"],
    )
    [cell] = [
        row
        for row in Warehouse(tmp_path / "warehouse").records("table_cells", "2023")
        if (row["report_id"], row["table"], row["row"], row["column"]) == place
    ]
    lines = ["report_id,table,row,column,printed,corrected,reason,who,when"]
    lines.append(f"{','.join(place)},{cell['raw']},{violation['suspect_value']:g},asked,steward,2024-05-20")
    (raw / "corrections.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    corrected = built(raw, tmp_path / "warehouse")
    assert {name for name in first if first[name] != corrected[name]} == {
        "validated_facts",
        "panel",
        "indicators",
    }
    assert corrected == built(raw, tmp_path / "anew")
    (raw / "corrections.csv").unlink()
    assert built(raw, tmp_path / "warehouse") == first


@pytest.fixture
def validated(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many facts are validated at a time."""
    found: list[int] = []
    validate = schemas.frames.validate_facts
    monkeypatch.setattr(
        schemas.frames, "validate_facts", lambda facts: (found.append(len(facts)), validate(facts))[1]
    )
    yield found


def test_facts_of_unchanged_documents_are_not_validated_again(
    raw: Path, tmp_path: Path, validated: list[int]
) -> None:
    built(raw, tmp_path / "warehouse")
    everything = sum(validated)
    validated.clear()
    add(raw)
    built(raw, tmp_path / "warehouse")
    assert sum(validated) <= everything / 10


def test_a_file_that_is_not_the_one_that_was_made_counts_for_nothing(
    raw: Path, tmp_path: Path, calls: Calls
) -> None:
    first = built(raw, tmp_path / "warehouse")
    path = Warehouse(tmp_path / "warehouse").path("normalized_text", "2023")
    path.rename(path.with_name("data-0123456789abcdef.parquet"))
    calls.clear()
    assert built(raw, tmp_path / "warehouse") == first
    assert calls.counts()["normalized_text"] == 19


@pytest.mark.parametrize("damage", [flip, cut])
def test_what_is_damaged_is_made_anew_and_said(
    raw: Path, tmp_path: Path, calls: Calls, damage: Callable[[Path], None]
) -> None:
    first = built(raw, tmp_path / "warehouse")
    for dataset in ("raw_text", "table_cells", "validated_facts"):
        damage(Warehouse(tmp_path / "warehouse").path(dataset, "2023"))
    calls.clear()
    summary = build.build(raw, tmp_path / "warehouse")
    assert [one for one in summary.years[0].warnings if "damaged" in one] == [
        f"{dataset} was damaged, and is made anew"
        for dataset in ("raw_text", "table_cells", "validated_facts")
    ]
    counts = calls.counts()
    assert counts["table_cells"] == 19 and not counts["normalized_text"]
    assert built(raw, tmp_path / "warehouse") == first
