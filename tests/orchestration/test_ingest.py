"""Filing documents: by the year they report on, once, and with a reason where there is none."""

from pathlib import Path
from random import Random

import pytest

from examples.render import render
from examples.report import make_report
from orchestration import cli
from orchestration.ingest import ingest


def report(year: int, seed: int = 0) -> str:
    return render(make_report(Random(seed), year), "pipes")


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """Documents as they come: two years, two of one name, a copy, what is no report, what is hidden."""
    documents = {
        "a.txt": report(2023),
        "b.txt": report(2019),
        "sub/a.txt": report(2023, seed=1),
        "sub/copy of a.txt": report(2023),
        "sub/letter.txt": "各位同事，附件请查收。",
        "sub/empty.txt": "",
        ".hidden.txt": report(2022),
        ".git/c.txt": report(2022),
    }
    for name, text in documents.items():
        path = tmp_path / "inbox" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "inbox"


def contents(raw: Path) -> dict[str, bytes]:
    return {path.relative_to(raw).as_posix(): path.read_bytes() for path in raw.rglob("*") if path.is_file()}


def test_documents_are_filed_by_the_year_they_report_on(inbox: Path, tmp_path: Path) -> None:
    done = {filed.path.relative_to(inbox).as_posix(): filed for filed in ingest(tmp_path / "raw", [inbox])}
    assert {name: filed.target and filed.target.parent.name for name, filed in done.items()} == {
        "a.txt": "2023",
        "b.txt": "2019",
        "sub/a.txt": "2023",
        "sub/copy of a.txt": "2023",
        "sub/letter.txt": "unfiled",
        "sub/empty.txt": "unfiled",
    }
    assert done["sub/copy of a.txt"].target == done["a.txt"].target and not done["sub/copy of a.txt"].is_new
    assert done["sub/a.txt"].target != done["a.txt"].target, "another document of the same name is not written over"
    assert {name for name, filed in done.items() if filed.reason} == {"sub/letter.txt", "sub/empty.txt"}
    assert sorted(contents(tmp_path / "raw").values()) == sorted(
        {path.read_bytes() for path in inbox.rglob("*") if path.is_file() and "/." not in str(path)}
    )


def test_filing_again_changes_nothing(inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw = tmp_path / "raw"
    assert cli.main(["ingest", "--raw", str(raw), str(inbox)]) == 1
    assert f"6 documents: 5 new in {raw}, 2 without a year" in capsys.readouterr().out
    before = contents(raw)
    assert cli.main(["ingest", "--raw", str(raw), str(inbox)]) == 1
    assert f"6 documents: 0 new in {raw}, 2 without a year" in capsys.readouterr().out
    assert contents(raw) == before


def test_a_path_that_is_not_there_is_reported_and_the_others_are_filed(
    inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["ingest", "--raw", str(tmp_path / "raw"), str(tmp_path / "nowhere.txt"), str(inbox / "b.txt")]) == 1
    out = capsys.readouterr().out
    assert "nowhere.txt: not filed: cannot be read (No such file or directory)" in out
    assert "2 documents: 1 new" in out
    assert cli.main(["ingest", "--raw", str(tmp_path / "raw"), str(inbox / "a.txt")]) == 0
