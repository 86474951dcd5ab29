"""The README's queries: each runs as it stands, on the examples, and the three readers agree."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration import build

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which data/warehouse holds the examples of two years, as after `make run`."""
    folder = tmp_path_factory.mktemp("checkout")
    for year in ("2022", "2023"):
        shutil.copytree(ROOT / "examples" / "reports" / year, folder / "raw" / year)
    assert build.build(folder / "raw", folder / "data" / "warehouse").status == 0
    return folder


def figures(text: str) -> list[float]:
    """The numbers that a reader prints beside the years."""
    lines = [line for line in text.splitlines() if re.search(r"\b20\d\d\b", line)]
    return [float(re.findall(r"[\d.]+", line)[-1]) for line in lines]


def test_the_readers_of_the_readme_agree(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(checkout)
    sums = [row[1] for row in duckdb.sql(blocks("sql")[0]).fetchall()]
    printed = []
    for block in blocks("python"):
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            exec(compile(block, "README.md", "exec"), {})
        printed.append(figures(output.getvalue()))
    assert len(printed) == 2
    assert printed == [sums, sums]
    assert len(sums) == 2 and all(total > 0 for total in sums)


def test_the_query_for_evidence_finds_the_printed_figure(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(checkout)
    rows = duckdb.sql(blocks("sql")[1]).fetchall()
    assert rows
    for _, value, printed, _ in rows:
        assert float(re.sub(r"[^\d.]", "", printed.translate(str.maketrans("０１２３４５６７８９", "0123456789")))) == value
