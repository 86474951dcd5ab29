"""`ogi check` of folders, patterns and archives: what needs a look, a summary, and a table of all results."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from random import Random

import pytest

from examples.render import render
from examples.report import make_report
from orchestration.commands.cli import main

ROOT = Path(__file__).parents[3]
SOUND, BROKEN = (
    render(make_report(Random(3), 2023, scale="bureau"), "pipes"),
    render(make_report(Random(3), 2023, scale="bureau"), "pipes").replace(
        "二、上年结转政府信息公开申请数量 | ", "二、上年结转政府信息公开申请数量 | 9", 1
    ),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two sound reports, one of which a sum does not hold, and a file that is no report."""
    folder = tmp_path / "in"
    (folder / "below").mkdir(parents=True)
    (folder / "a.txt").write_text(SOUND, encoding="utf-8")
    (folder / "b.txt").write_text(BROKEN, encoding="utf-8")
    (folder / "below" / "c.txt").write_text(SOUND + "\n", encoding="utf-8")
    (folder / "below" / "notice.txt").write_text("关于召开会议的通知\n" * 20, encoding="utf-8")
    (folder / ".hidden").write_text("no document", encoding="utf-8")
    return folder


def zipped(folder: Path) -> Path:
    path = folder.parent / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*.txt")):
            archive.write(file, file.relative_to(folder).as_posix())
    return path


SUMMARY = [
    "4 documents:",
    "  needs a look: 1",
    "  cannot be decided: 0",
    "  not read: 1",
    "  ready to publish: 2",
]


@pytest.mark.parametrize("kind", ["folder", "pattern", "archive"])
def test_what_needs_a_look_is_listed_and_summed_up(
    folder: Path, kind: str, capfd: pytest.CaptureFixture[str]
) -> None:
    asked = {"folder": folder, "pattern": folder / "**" / "*.txt", "archive": zipped(folder)}[kind]
    place = asked if kind == "archive" else folder
    assert main(["check", "--lang", "en", str(asked)]) == 2
    lines = capfd.readouterr().out.splitlines()
    heads = [line for line in lines if not line.startswith("  ")]
    assert heads[0].startswith(f"{place}/b.txt: ") and heads[0].endswith(" to check")
    assert heads[1:] == [f"{place}/below/notice.txt: Not read", "4 documents:"]
    assert lines[-5:] == SUMMARY
    assert max(map(len, (line for line in lines if line.startswith("  ")))) <= 80


def test_the_summary_is_chinese_where_it_is_asked_for(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    main(["check", "--lang", "zh", str(folder)])
    lines = capfd.readouterr().out.splitlines()
    assert lines[-5:] == [
        "共 4 份文档：",
        "  须核对：1 份",
        "  无法判断：0 份",
        "  未能读取：1 份",
        "  可以发布：2 份",
    ]


def test_a_folder_as_json_is_an_object_a_document(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--format", "json", str(folder)]) == 2
    records = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    sources = [f"{folder}/{name}" for name in ("a.txt", "b.txt", "below/c.txt", "below/notice.txt")]
    assert [record["source"] for record in records] == sources
    main(["check", "--format", "json", *sources])
    assert [json.loads(line) for line in capfd.readouterr().out.splitlines()] == records


def test_the_results_go_to_a_table(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    table, book = folder.parent / "results.csv", folder.parent / "results.XLSX"
    for path in (table, book):
        assert main(["check", "--lang", "en", "--output", str(path), str(folder)]) == 2
    rows = list(csv.reader(io.StringIO(table.read_text(encoding="utf-8-sig"))))
    assert rows[0][:3] == ["file", "verdict", "title"] and len(rows) == 5
    assert [Path(row[0]).name for row in rows[1:]] == ["a.txt", "b.txt", "c.txt", "notice.txt"]
    assert [row[1] for row in rows[1:]][::3] == ["Ready to publish", "Not read"]
    assert zipfile.ZipFile(book).testzip() is None
    assert capfd.readouterr().out.splitlines()[-5:] == SUMMARY


def test_a_table_of_another_kind_is_refused(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["check", "--output", "results.docx", str(folder)])
    assert refused.value.code == 2
    assert "'results.docx' ends neither in .xlsx nor in .csv" in capfd.readouterr().err


def test_a_long_list_of_files_is_summed_up_and_a_short_one_is_printed(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    main(["check", "--lang", "en", *[str(folder / "a.txt")] * 21])
    assert capfd.readouterr().out.splitlines()[0] == "21 documents:"
    main(["check", "--lang", "en", *[str(folder / "a.txt")] * 20])
    assert capfd.readouterr().out.count("in/a.txt\n") == 20


def test_what_ends_its_process_is_named_and_the_others_are_judged(folder: Path) -> None:
    program = (
        "import os, sys, assets.document as d, orchestration.computing.judging as j\n"
        "judge = d.judge\n"
        "j.judge = lambda data: os.abort() if '会议'.encode() in data else judge(data)\n"
        "from orchestration.commands.cli import main\n"
        f"sys.exit(main(['check', '--lang', 'en', {str(folder)!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stdout.splitlines()[-5:] == SUMMARY


def test_a_folder_without_documents_is_none(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--lang", "en", str(tmp_path)]) == 2
    assert capfd.readouterr().out.splitlines()[0] == f"{tmp_path}: Not read"


def test_there_is_no_page_of_many_documents(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--format", "html", str(folder)]) == 2
    found = capfd.readouterr()
    assert found.out == "" and "a page is of one document" in found.err
