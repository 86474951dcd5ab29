"""The `ogi` command: that it explains itself, and that it loads only what a subcommand needs."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from examples.make import REPORTS
from orchestration import settings
from orchestration.commands import build, cli

HEAVY = ("dagster", "pandas", "pandera", "pyarrow", "numpy")


def test_importing_the_command_loads_no_heavy_library() -> None:
    code = (
        "from orchestration.commands import cli; import sys; cli.parser(); print([name for name in "
        f"{HEAVY} if name in sys.modules])"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "[]"
    )


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("check", ["FILE", "--format", "--include", "Exit status: 0"]),
        ("ingest", ["PATH", "--raw", "OGI_RAW", "Exit status: 0"]),
        ("build", ["--raw", "--warehouse", "--year", "OGI_RAW", "OGI_WAREHOUSE", "Exit status: 0"]),
    ],
)
def test_every_subcommand_explains_its_arguments_and_its_status(
    command: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as done:
        cli.main([command, "--help"])
    assert done.value.code == 0
    said = re.sub(r"\s+", " ", capsys.readouterr().out)
    assert [word for word in words if word not in said] == []


def test_folders_come_from_the_environment_or_lie_in_the_checkout(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    checkout = Path(settings.__file__).parents[1]
    for name in ("OGI_RAW", "OGI_WAREHOUSE"):
        monkeypatch.delenv(name, raising=False)
    assert (settings.raw(), settings.warehouse()) == (
        str(checkout / "data" / "raw"),
        str(checkout / "data" / "warehouse"),
    )
    monkeypatch.setenv("OGI_RAW", str(tmp_path / "in"))
    monkeypatch.setenv("OGI_WAREHOUSE", str(tmp_path / "out"))
    assert (settings.raw(), settings.warehouse()) == (str(tmp_path / "in"), str(tmp_path / "out"))


def test_the_installed_command_runs() -> None:
    ogi = Path(sys.executable).with_name("ogi")
    done = subprocess.run(
        [str(ogi), "build", "--raw", "/nowhere"],
        capture_output=True,
        text=True,
        env={**os.environ, "DAGSTER_HOME": ""},
    )
    assert done.returncode == 2
    assert "put documents there with `ogi ingest`" in done.stdout


def test_years_that_only_the_warehouse_holds_are_named(tmp_path: Path) -> None:
    raw, warehouse = tmp_path / "raw", tmp_path / "warehouse"
    shutil.copytree(REPORTS / "2022", raw / "2022")
    (warehouse / "reports" / "year=2019").mkdir(parents=True)
    ignored = build.build(raw, warehouse, ["2022"]).ignored
    assert any("2019" in line and "remove it there" in line for line in ignored), ignored


def test_what_cannot_be_written_or_read_is_said_in_sentences(tmp_path: Path) -> None:
    (tmp_path / "2022").mkdir()
    (tmp_path / "corrections.csv").mkdir()
    summary = build.build(tmp_path, Path("/proc/warehouse"))
    told = (
        "/proc/warehouse cannot be written (No such file or directory): check that it is a folder, that "
        "you may write there"
    )
    assert f"raw_text: {told}" in str(summary.years[0].error)
    assert any(
        "corrections.csv, the file cannot be read (it is no regular file): no correction was applied" in line
        for line in summary.ignored
    )
