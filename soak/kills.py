"""Kills of builds, workers and ingests while others read and write; full and read-only disks; power cuts.
`python -m soak kills [NAME...] [--count N]`; each part prints how much it tried and what failed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import pyarrow.parquet as pq

from examples.make import REPORTS
from orchestration.commands.ingest import ingest
from orchestration.store.filing import read_manifest
from orchestration.store.paths import StoreError
from orchestration.store.warehouse import Warehouse
from soak import power
from soak.killing import ended, forked, killed_after, killed_at
from soak.readers import LIBRARIES
from soak.year import WRITTEN, YEAR, found, leftovers, rows, write

Failures = list[str]
OLD, NEW = ({name: {value} for name in WRITTEN} for value in ("old", "new"))


# --- a warehouse, killed at every operation


def _plain(root: Path) -> None:
    """A warehouse as it was before there were builds, or is where somebody copied one."""
    for name in WRITTEN:
        (root / name / f"year={YEAR}").mkdir(parents=True)
        pq.write_table(rows(name, "old"), root / name / f"year={YEAR}" / "data-0123.parquet")


def store_points(place: Path, count: int) -> tuple[int, Failures]:
    """Kill the writing of a year at each of its operations, in a new warehouse and over plain folders."""
    tried, failures = 0, Failures()
    for start in (partial(write, value="old"), _plain):
        for number in range(count):
            root = _fresh(place / "warehouse")
            start(root)
            if not killed_at(partial(write, root, "new"), number):
                break
            tried += 1
            if (seen := found(root)) not in (OLD, NEW):
                failures.append(f"{start}, killed at {number}: readers find {seen}")
            write(root, "third")
            if found(root) != {name: {"third"} for name in WRITTEN} or leftovers(root):
                failures.append(f"killed at {number}: {found(root)} after the next, left {leftovers(root)}")
    return tried, failures


def linkless_points(place: Path, count: int) -> tuple[int, Failures]:
    """The same on a file system without links: each dataset is whole, a mixed year says that it is being
    published, and the next writer completes it.
    """
    tried, failures = 0, Failures()
    with mock.patch("orchestration.store.warehouse.links_work", lambda root: False):
        for number in range(count):
            root = _fresh(place / "warehouse")
            write(root, "old")
            if not killed_at(partial(write, root, "new"), number):
                break
            tried += 1
            seen, said = found(root), Warehouse(root).build_of(YEAR)
            if len(seen) != len(WRITTEN) or any(len(values) != 1 for values in seen.values()):
                failures.append(f"killed at {number}: readers find {seen}")
            if seen not in (OLD, NEW) and said is not None:
                failures.append(f"killed at {number}: {seen}, and the year says that it is of {said}")
            with Warehouse(root).made(YEAR):
                pass
            if found(root) not in (OLD, NEW):
                failures.append(f"killed at {number}: not completed: {found(root)}")
    return tried, failures


# --- ingest


def _inbox(place: Path, count: int = 6) -> list[Path]:
    return sorted((REPORTS / YEAR).glob("*"))[:count]


def _ingested(raw: Path, documents: list[Path]) -> None:
    list(ingest(raw, documents))


def _complete(raw: Path, documents: list[Path]) -> list[str]:
    """What is wrong with a raw store that should hold some documents once, and say all of each."""
    contents = Counter(
        path.read_bytes() for path in raw.rglob("*") if path.is_file() and "/." not in str(path)
    )
    wrong = [f"{path.name}: {contents[path.read_bytes()]} times" for path in documents
             if contents[path.read_bytes()] != 1]  # fmt: skip
    manifest = read_manifest(raw, wrong)
    for path in (path for path in raw.rglob("*") if path.is_file() and "/." not in str(path)):
        entry = manifest.get(path.relative_to(raw).as_posix())
        if entry is None or entry.year is None or entry.told is None:
            wrong.append(f"{path.name}: the manifest says {entry}")
    parts = [path.name for path in raw.rglob(".*") if path.name.endswith((".part", ".pending"))]
    return wrong + parts


def _manifest_lies(raw: Path) -> list[str]:
    return [source for source in read_manifest(raw) if not (raw / source).is_file()]


def ingest_points(place: Path, count: int) -> tuple[int, Failures]:
    """Kill the filing of documents at each of its operations; filing again makes up for it."""
    os.environ["OGI_COMPUTE"] = "serial"
    documents, tried, failures = _inbox(place), 0, Failures()
    for number in range(count):
        raw = _fresh(place / "raw")
        if not killed_at(partial(_ingested, raw, documents), number):
            break
        tried += 1
        if lies := _manifest_lies(raw):
            failures.append(f"killed at {number}: the manifest tells of {lies}, which are not there")
        list(ingest(raw, documents))
        failures += [f"killed at {number}: {one}" for one in _complete(raw, documents)]
    return tried, failures


def ingests(place: Path, count: int) -> tuple[int, Failures]:
    """File the same documents by two and four processes at once, some of which are killed."""
    os.environ["OGI_COMPUTE"] = "serial"
    documents, failures, tried = _inbox(place), Failures(), 0
    for turn in range(max(1, count // 4)):
        raw = _fresh(place / "raw")
        pids = [forked(partial(_ingested, raw, documents)) for _ in range(2 + 2 * (turn % 2))]
        for pid in pids[1::2]:
            time.sleep(random.random() / 4)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for pid in pids:
            ended(pid)
        list(ingest(raw, documents))
        tried += len(pids)
        failures += [f"turn {turn}: {one}" for one in _complete(raw, documents)]
    return tried, failures


# --- builds, with readers


@contextmanager
def _readers(root: Path) -> Iterator[dict[str, dict[str, int]]]:
    """Read within the block with every library; what they saw is there when it ends."""
    seen: dict[str, dict[str, int]] = {}
    running = {
        library: subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "soak.readers", library, str(root)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for library in LIBRARIES
    }  # fmt: skip
    try:
        yield seen
    finally:
        for library, process in running.items():
            out, err = process.communicate()
            seen[library] = json.loads(out) if process.returncode == 0 else {err.decode()[-300:]: 1}


# A plain reader that opens one dataset after the other may be overtaken in between, as docs/query.md says.
_SEEN = ("plain: one build", "plain: told", "plain: a mixture", "pinned: one build")


def _unread(seen: dict[str, dict[str, int]]) -> Failures:
    """What readers must never see: a build of which nothing is there, a mixture in a build that was looked
    up, and words that say of no file that it went.
    """
    failures = [f"{library} {what}: {times}" for library, one in seen.items() for what, times in one.items()
                if what not in _SEEN]  # fmt: skip
    for library, one in sorted(seen.items()):
        print(f"    {library}: {one}")
    return failures


def writers(place: Path, count: int) -> tuple[int, Failures]:
    """Let two and four write one year, killed at any time, while three libraries join its datasets."""
    root, failures, busy = _fresh(place / "warehouse"), Failures(), 0
    write(root, "0")
    with _readers(root) as seen:
        for turn in range(count):
            pids = [forked(partial(write, root, f"{turn}-{i}")) for i in range(2 + 2 * (turn % 2))]
            time.sleep(random.random() / 10)
            with suppress(ProcessLookupError):
                os.kill(random.choice(pids), signal.SIGKILL)
            busy += sum(ended(pid) != 0 for pid in pids)
            values = found(root)
            if set(values) != set(WRITTEN) or len(set.union(*values.values())) != 1:
                failures.append(f"turn {turn}: {values}")
    write(root, "last")
    if leftovers(root):
        failures.append(f"left: {leftovers(root)}")
    print(f"    {busy} were refused or killed")
    return count, failures + _unread(seen)


def builds(place: Path, count: int) -> tuple[int, Failures]:
    """Kill whole builds (`ogi build`) at any time while three libraries join the datasets."""
    os.environ["OGI_COMPUTE"] = "serial"
    import logging

    from orchestration.commands import build

    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    raw, root = _fresh(place / "raw"), _fresh(place / "warehouse")
    documents = sorted((REPORTS / YEAR).glob("*"))
    (raw / YEAR).mkdir()

    def turn_to(turn: int) -> None:
        """Every turn has three documents that the one before had not."""
        shutil.rmtree(raw / YEAR)
        (raw / YEAR).mkdir()
        for path in [documents[(3 * turn + i) % len(documents)] for i in range(3)]:
            shutil.copy(path, raw / YEAR / path.name)

    def made() -> None:
        summary = build.build(raw, root, [YEAR])
        assert summary.status == 0, summary

    turn_to(0)
    started = time.monotonic()
    if ended(forked(made)):
        return 0, ["the first build failed"]
    failures, killed, longest = Failures(), 0, 1.2 * (time.monotonic() - started)
    with _readers(root) as seen:
        for turn in range(1, count + 1):
            turn_to(turn)
            killed += killed_after(made, random.random() * longest)
            names = {path.stem.split("-")[2] for path in root.glob(f"*/year={YEAR}/*.parquet")}
            if len(names) != 1:
                failures.append(f"turn {turn}: a year of {names}")
            if turn % 20 == 0:
                started = time.monotonic()
                if ended(forked(made)) or leftovers(root):
                    failures.append(
                        f"turn {turn}: the build after the kills failed, or left {leftovers(root)}"
                    )
                longest = time.monotonic() - started
    print(f"    {killed} of {count} were killed while they were at it")
    return count, failures + _unread(seen)


# --- disks


def disks(place: Path, count: int) -> tuple[int, Failures]:
    """Write to a disk that is full, and to one that may only be read: readers keep what they had."""
    if not power.possible():
        print("    only root can mount disks: left out")
        return 0, []
    failures, tried = Failures(), 0
    for kilobytes in range(150, 150 + 12 * min(count, 40), 12):
        with power.small_disk(place / "small", kilobytes) as root:
            try:
                write(root, "old")
            except StoreError:
                continue  # too small for one
            tried += 1
            try:
                with suppress(StoreError):
                    write(root, "new", WRITTEN)
                if found(root) not in (OLD, NEW):
                    failures.append(f"{kilobytes} KB: {found(root)}")
                power.read_only(root)
                before = found(root)
                for work in (lambda: write(root, "third"), lambda: list(ingest(root / "raw", _inbox(place)))):
                    try:
                        work()
                        failures.append(f"{kilobytes} KB: wrote to a disk that is read only")
                    except StoreError:
                        pass
                if found(root) != before:
                    failures.append(f"{kilobytes} KB, read only: {found(root)}")
            except Exception as error:
                failures.append(f"{kilobytes} KB: {type(error).__name__}: {error}")
    return tried, failures


def power_cuts(place: Path, count: int) -> tuple[int, Failures]:
    """Stop the machine right after a year was published and documents were filed."""
    if not power.possible():
        print("    only root can mount disks: left out")
        return 0, []
    os.environ["OGI_COMPUTE"] = "serial"
    documents, failures = _inbox(place), Failures()
    image, copy = place / "disk", place / "disk as it was"
    for turn in range(max(1, count // 20)):
        with power.disk(image, place / "mounted") as top:
            for value in ("old", "new", f"{turn}"):
                write(top / "warehouse", value)
            filed = list(ingest(top / "raw", documents[: 1 + turn % len(documents)]))
            power.cut(image, copy)
        with power.disk(copy, place / "mounted", new=False) as top:
            if found(top / "warehouse") != {name: {f"{turn}"} for name in WRITTEN}:
                failures.append(f"turn {turn}: published, and then {found(top / 'warehouse')}")
            list(ingest(top / "raw", []))  # what was left goes at the next start
            failures += [f"turn {turn}: {one}" for one in _complete(top / "raw", [one.path for one in filed])]
            write(top / "warehouse", "after")
            if found(top / "warehouse") != {name: {"after"} for name in WRITTEN}:
                failures.append(f"turn {turn}: nothing can be written after it")
    for number in range(0, 60, max(1, 1200 // count)):
        with power.disk(image, place / "mounted") as top:
            write(top / "warehouse", "old")
            killed_at(lambda: write(top / "warehouse", "new"), number)
            power.cut(image, copy)
        with power.disk(copy, place / "mounted", new=False) as top:
            if found(top / "warehouse") not in (OLD, NEW):
                failures.append(f"cut at {number}: {found(top / 'warehouse')}")
    return max(1, count // 20) + len(range(0, 60, max(1, 1200 // count))), failures


# --- all of them

PARTS: dict[str, Callable[[Path, int], tuple[int, Failures]]] = {
    "store": store_points,
    "linkless": linkless_points,
    "ingest": ingest_points,
    "ingests": ingests,
    "writers": writers,
    "builds": builds,
    "disks": disks,
    "power": power_cuts,
}


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def main(arguments: list[str]) -> int:
    """Run the parts that are named, or all; return how many failed."""
    parser = argparse.ArgumentParser(prog="python -m soak kills", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=[])
    parser.add_argument("--count", type=int, default=200, help="kills of each kind")
    args: Any = parser.parse_args(arguments)
    failed = 0
    for name in args.parts or PARTS:
        with tempfile.TemporaryDirectory(prefix="ogi-soak-") as place:
            started = time.monotonic()
            print(f"kills {name}:", flush=True)
            tried, failures = PARTS[name](Path(place), args.count)
            print(f"    {tried} tried, {len(failures)} failed ({time.monotonic() - started:.0f} s)")
            for failure in failures[:20]:
                print(f"    FAILED {failure}", flush=True)
            failed += len(failures)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) > 0)
