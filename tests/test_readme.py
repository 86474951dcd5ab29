"""README and docs: queries run as they stand, on the examples; what is shown is what is printed; links lead
somewhere, and every setting is told.
"""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from random import Random

import duckdb
import orjson
import pytest

from assets.document import judge
from examples.render import render
from examples.report import make_report
from orchestration.code_location.alerts import ALERTS
from orchestration.code_location.recovery import RECOVERY
from orchestration.code_location.schedules import SCHEDULES
from orchestration.code_location.sensors import SENSORS
from orchestration.commands import build, check, cli

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
QUERIES = (ROOT / "docs" / "query.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", QUERIES, re.DOTALL)


def test_the_readme_shows_what_the_command_prints(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    [path] = re.findall(r"ogi check (examples/\S+)", README)
    assert cli.main(["check", str(ROOT / path)]) == 1
    printed = [line.strip() for line in capsysbinary.readouterr().out.decode().splitlines()[1:]]
    shown = README.partition("thinks of one report:\n\n")[2].partition("\n\n")[0].splitlines()
    assert len(shown) == len(printed)
    for line, real in zip(shown, printed, strict=True):
        assert real.startswith(line.strip().removesuffix("..."))


GUIDE = (ROOT / "docs" / "check.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"^    \$ .*(?:\n    .*)*", GUIDE, re.MULTILINE)


@pytest.mark.parametrize("block", SHOWN)
def test_the_guide_to_the_check_shows_what_is_printed(
    block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Lines of the guide that begin with `$ ` are commands, `...` stands for whatever else is printed."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    lines = [line.removeprefix("    ") for line in block.splitlines()]
    *before, command = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    for line in before:
        subprocess.run(["bash", "-c", line], check=True)
    assert cli.main(command.split()[1:]) in (0, 1, 2)
    shown = "".join(line for line in lines if not line.startswith("$ "))  # the guide breaks lines elsewhere
    pattern = re.escape("".join(shown.split())).replace(r"\.\.\.", ".*")
    assert re.fullmatch(pattern, "".join(capsysbinary.readouterr().out.decode().split()))


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
            exec(compile(block, "docs/query.md", "exec"), {})
        printed.append(figures(output.getvalue()))
    assert len(printed) == 2
    assert printed == [sums, sums]
    assert len(sums) == 2 and all(total > 0 for total in sums)


def test_what_is_called_from_python_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    guide = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    for block in re.findall(r"```python\n(.*?)```", guide, re.DOTALL):
        exec(compile(block, "docs/python.md", "exec"), {})
    said = capsys.readouterr().out
    assert "applications validated" in said and "属于四类过程性信息" in said


def test_the_query_for_evidence_finds_the_printed_figure(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(checkout)
    rows = duckdb.sql(blocks("sql")[1]).fetchall()
    assert rows
    for _, value, printed, _ in rows:
        assert (
            float(
                re.sub(r"[^\d.]", "", printed.translate(str.maketrans("０１２３４５６７８９", "0123456789")))
            )
            == value
        )


ORGANS = (ROOT / "docs" / "organs.md").read_text(encoding="utf-8")


def test_the_queries_of_the_guide_to_organs_run(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(checkout)
    received, versions, missing = (
        duckdb.sql(query).fetchall() for query in re.findall(r"```sql\n(.*?)```", ORGANS, re.DOTALL)
    )
    assert {row[0] for row in received} == {2022, 2023}
    assert {row[1] for row in received} <= {"organ", "area", "unknown"} and all(
        row[3] > 0 for row in received
    )
    assert [(row[2], row[3]) for row in versions] in ([(True, 2), (False, 2)], [(False, 2), (True, 2)])
    assert {row[2] for row in missing} == {"not_yet", "not_since"} and sum(row[3] for row in missing) == 2


def test_the_chinese_readme_keeps_step_with_the_english_one() -> None:
    chinese = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")

    def commands(text: str) -> list[str]:
        found = re.findall(r"^    ((?:make|\.venv/bin/ogi)\b[^#\n]*)", text, re.MULTILINE)
        return [command.strip() for command in found]

    def headings(text: str) -> list[int]:
        return [len(marks) for marks in re.findall(r"^(#+) ", text, re.MULTILINE)]

    assert commands(chinese) == commands(README)
    assert headings(chinese) == headings(README)
    pages = re.compile(r"^\| \[(docs/[^\]]+)\]", re.MULTILINE)
    own = {"docs/clerks.zh-CN.md", "docs/guide.zh-CN.md"}
    assert set(pages.findall(chinese)) - own == set(pages.findall(README))
    guide = (ROOT / "docs" / "guide.zh-CN.md").read_text(encoding="utf-8")
    assert blocks("sql")[0] in guide


def test_the_chinese_readme_shows_real_output(capfd: pytest.CaptureFixture[str]) -> None:
    report = "examples/reports/2020/霖州市松砚县人民政府办公室2020.md"
    cli.main(["check", "--lang", "zh", str(ROOT / report)])
    printed = capfd.readouterr().out.splitlines()[1:]
    chinese = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
    assert "".join(f"  {line}".rstrip() + "\n" for line in printed) in chinese


GUIDES = ["README.md", "README.zh-CN.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("guide", GUIDES)
def test_what_the_guides_point_to_is_there(guide: str) -> None:
    text = (ROOT / guide).read_text(encoding="utf-8")
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    assert [link for link in links if not ((ROOT / guide).parent / link).exists()] == []


def test_the_guide_names_everything_that_runs_by_itself_and_every_setting() -> None:
    text = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "orchestration").rglob("*.py"))
    names = {one.name for one in (*SCHEDULES, *SENSORS, *ALERTS, *RECOVERY)}
    settings = set(re.findall(r"environ(?:\.get\(|\[)\s*\"(OGI_\w+)\"", code))
    assert {name for name in names | settings if f"`{name}" not in text} == {
        "OGI_SENSOR_SECONDS"
    }  # for tests


def test_the_queries_on_claims_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a report that contradicts itself, and on one whose table is lost."""
    guide = (ROOT / "docs" / "claims.md").read_text(encoding="utf-8")
    contradictions, received = re.findall(r"```sql\n(.*?)```", guide, re.DOTALL)
    report = make_report(Random(5), 2023, scale="bureau")
    sentence = "全年新收政府信息公开申请98765件。"
    told = replace(report, sections={**report.sections, 1: (sentence,)})
    lost = {key: value for key, value in report.figures.items() if key[0] != "applications"}
    texts = {
        "told": render(told, "pipes"),
        "lost": render(replace(told, figures=lost, lost=frozenset({"applications"})), "pipes"),
    }
    lines = [check.as_record(name, judge(text.encode()), None, frozenset()) for name, text in texts.items()]
    (tmp_path / "checked.jsonl").write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    monkeypatch.chdir(tmp_path)
    printed = report.figures["applications", "received", "total"]
    assert duckdb.sql(contradictions).fetchall() == [
        ("told", "applications.received.total", 98765, printed, sentence)
    ]
    assert sorted(duckdb.sql(received).fetchall()) == [("lost", 98765, sentence), ("told", printed, None)]
