"""The benchmark: corpora are the same every time and hold what they should; commands are measured with all
their processes.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from assets.document import judge
from assets.model import Refusal
from benchmarks.__main__ import exponent
from benchmarks.corpus import MIXES, document, make_corpus
from benchmarks.outside import measured


def test_a_corpus_is_made_once_and_is_the_same_every_time(tmp_path: Path) -> None:
    root = make_corpus(30, "text", tmp_path)
    files = {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }
    assert files == {
        f"2023/000/{number:06}.{ending}": content
        for number in range(30)
        for ending, content in [document(number, "text")]
    }
    (root / "2023" / "000" / "mark").touch()
    assert make_corpus(30, "text", tmp_path) == root and (root / "2023" / "000" / "mark").exists()


@pytest.mark.parametrize("mix", ["text", "html", "docx", "pdf"])
def test_documents_of_each_format_are_read(mix: str) -> None:
    found = []
    for number in range(1, 4):
        try:
            found.append(judge(document(number, mix)[1]).raw.format)
        except Refusal:
            found.append(None)
    assert set(found) <= {mix, "markdown" if mix == "text" else mix, None} and found.count(None) <= 1


def test_what_is_mixed_adds_up() -> None:
    assert {name: sum(share for _, share in mix) for name, mix in MIXES.items()} == dict.fromkeys(MIXES, 100)


def test_a_command_is_measured_with_its_processes() -> None:
    child = "import time; found = bytearray(60_000_000); time.sleep(1.5)"
    run = measured(
        [
            sys.executable,
            "-c",
            f"import subprocess, sys; print('told'); subprocess.run([sys.executable, '-c', {child!r}])",
        ]
    )
    assert run.output == "told\n" and run.wall > 1.5 and run.cpu > 0
    assert len(run.peaks) == 2 and run.peak > 60 > run.peaks[1]
    with pytest.raises(subprocess.CalledProcessError):
        measured([sys.executable, "-c", "raise SystemExit(3)"])


def test_growth_is_told_without_what_starting_takes() -> None:
    years = [
        {"reports": 1000, "cpu_s": 15.0},
        {"reports": 10_000, "cpu_s": 105.0},
        {"reports": 100_000, "cpu_s": 1005.0},
    ]
    assert exponent(years, 5.0) == 1.0
    assert exponent(years[:1], 5.0) is None
