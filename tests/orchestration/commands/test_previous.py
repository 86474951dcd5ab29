"""`ogi check --previous`: last year's report beside this year's, in text and JSON, of Word and PDF."""

import json
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from examples.docx import render_docx
from examples.figures import complete_applications
from examples.pdf import render_pdf
from examples.render import render
from examples.report import Report, make_report
from orchestration.commands.cli import main
from schemas.forms import TABLE_KEYS

NOW = make_report(Random(5), 2023, dict.fromkeys(TABLE_KEYS, "2021"), "bureau")
LEAVES = {
    (row, column): int(value)
    for (table, row, column), value in NOW.figures.items()
    if table == "applications"
}
OUT = {("carried_out", column): value for (row, column), value in LEAVES.items() if row == "carried_in"}
STOCK = {
    ("active_disclosure", row, "in_force"): int(NOW.figures["active_disclosure", row, "in_force"])
    - int(NOW.figures["active_disclosure", row, "issued"])
    + int(NOW.figures["active_disclosure", row, "repealed"])
    for row in ("regulations", "normative_documents")
}


def before(year: int = 2022, more: int = 0, organ: str | None = None) -> Report:
    """Last year's report, whose figures this year's follow from, but for `more` that it carries out."""
    made = make_report(Random(5), year, dict.fromkeys(TABLE_KEYS, "2021"), "bureau")
    leaves = LEAVES | OUT | {("carried_out", "business"): OUT["carried_out", "business"] + more}
    figures = made.figures | complete_applications("2021", leaves) | STOCK
    return replace(made, figures=figures)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OGI_LANG", "en")
    (tmp_path / "now.txt").write_text(render(NOW, "pipes"), encoding="utf-8")
    (tmp_path / "before.txt").write_text(render(before(), "pipes"), encoding="utf-8")
    (tmp_path / "before.docx").write_bytes(render_docx(before()))
    (tmp_path / "before.pdf").write_bytes(render_pdf(before()).data)
    (tmp_path / "other.txt").write_text(render(before(more=2), "pipes"), encoding="utf-8")
    (tmp_path / "older.txt").write_text(render(before(2021), "pipes"), encoding="utf-8")
    stranger = make_report(Random(8), 2022, dict.fromkeys(TABLE_KEYS, "2021"), "bureau")
    (tmp_path / "stranger.txt").write_text(render(stranger, "pipes"), encoding="utf-8")
    (tmp_path / "empty.txt").write_bytes(b"")
    return tmp_path


def checked(folder: Path, capfd: pytest.CaptureFixture[str], previous: str, *more: str) -> tuple[int, str]:
    status = main(["check", *more, "--previous", str(folder / previous), str(folder / "now.txt")])
    return status, capfd.readouterr().out


@pytest.mark.parametrize("name", ["before.txt", "before.docx", "before.pdf"])
def test_a_report_that_follows_from_last_years(
    folder: Path, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    _, printed = checked(folder, capfd, name, "--format", "json")
    record = json.loads(printed)
    assert record["previous"] == {"source": str(folder / name), "year": 2022, "problem": None}
    assert [(one["rule"], one["outcome"]) for one in record["year_over_year"]] == [
        ("year.carry", "holds")
    ] * 7 + [("year.stock", "holds")] * 2
    last = record["year_over_year"][0]
    assert last["severity"] == "expect"
    assert (last["place"]["raw"], last["previous_place"]["raw"]) == (
        str(last["reported"]),
        str(last["expected"]),
    )
    assert ("page" in last["previous_place"]) is name.endswith(".pdf")


def test_a_break_is_told_and_is_no_violation_of_the_report(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    alone = main(["check", "--format", "json", str(folder / "now.txt")])
    without = json.loads(capfd.readouterr().out)
    status, printed = checked(folder, capfd, "other.txt", "--format", "json")
    record = json.loads(printed)
    broken = [one for one in record["year_over_year"] if one["outcome"] == "broken"]
    assert [(one["row"], one["column"], one["expected"] - one["reported"]) for one in broken] == [
        ("carried_in", "business", 2),
        ("carried_in", "total", 2),
    ]
    assert status == alone and record["violations"] == without["violations"]
    assert {key: record[key] for key in without} == without
    _, words = checked(folder, capfd, "other.txt")
    assert "7 figures follow from it, 2 do not, 0 undecided" in " ".join(words.split())
    assert "商业企业: prints" in " ".join(words.split())


@pytest.mark.parametrize(
    ("name", "status", "problem"),
    [
        ("older.txt", 0, "that report is for 2021, and the year before this one is 2022"),
        ("stranger.txt", 0, "that report is of another organ: "),
        ("empty.txt", 2, "last year's report could not be read: the file is empty"),
        ("nowhere.txt", 2, "last year's report could not be read: the file cannot be opened"),
    ],
)
def test_what_is_no_report_of_the_year_before_is_said(
    folder: Path, capfd: pytest.CaptureFixture[str], name: str, status: int, problem: str
) -> None:
    alone = main(["check", str(folder / "now.txt")])
    capfd.readouterr()
    found, printed = checked(folder, capfd, name, "--format", "json")
    record = json.loads(printed)
    assert record["previous"]["problem"].startswith(problem) and record["year_over_year"] == []
    assert found == max(alone, status)
    _, words = checked(folder, capfd, name)
    assert f"nothing to compare: {problem}"[:60] in " ".join(words.split())


def test_it_is_said_in_chinese_too(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    _, words = checked(folder, capfd, "other.txt", "--lang", "zh")
    assert "衔接 7 处，不衔接 2 处，无法判断 0 处" in "".join(words.split()).replace(
        "衔接7处，不衔接2处，无法判断0处", "衔接 7 处，不衔接 2 处，无法判断 0 处"
    )
