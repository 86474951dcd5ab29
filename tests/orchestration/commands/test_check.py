"""`ogi check`: the JSON that it promises, in the order of the files, its exit status, and how little it
loads.
"""

import argparse
import gc
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from wcwidth import wcswidth

from assets.document import judge
from assets.limits import ended
from assets.model import Document
from examples.figures import break_cells
from examples.render import render
from examples.report import Report, make_report
from orchestration.commands import check as check_command
from orchestration.commands.check import as_record, run
from orchestration.computing import judging
from schemas.forms import TABLE_KEYS

REPORT = make_report(Random(2), 2023, dict.fromkeys(TABLE_KEYS, "2021"), "bureau")
GOOD = render(REPORT, "pipes")
BROKEN_FIGURES, _ = break_cells(Random(1), REPORT.figures, "review_litigation")
BAD = render(
    Report(
        **(
            {name: getattr(REPORT, name) for name in REPORT.__dataclass_fields__}
            | {"figures": BROKEN_FIGURES}
        )
    ),
    "pipes",
)
LOST = "云泽市水务局2023年政府信息公开工作年度报告\n一、总体情况\n二、主动公开政府信息情况\n三、收到和处理政府信息公开申请情况\n六、其他需要报告的事项\n"
KEYS = ["source", "error", "report", "sections", "tables", "cells", "violations", "claims"]
HEAVY = ("pandas", "pyarrow", "dagster", "pandera", "numpy")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, data in {
        "good": GOOD.encode(),
        "bad": BAD.encode(),
        "lost": LOST.encode(),
        "noise": b"\x00\x01\x02" * 99,
        "empty": b"",
    }.items():
        (tmp_path / f"{name}.txt").write_bytes(data)
    (tmp_path / "directory").mkdir()
    return tmp_path


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """The command lets the collector of cycles rest, which the tests that follow want at work."""
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def unwrapped(printed: str) -> str:
    """What was printed without the breaks of its lines."""
    return re.sub(r"\n +", " ", printed)


def check(
    capfd: pytest.CaptureFixture[str], files: list[Path | str], include: list[str] | None = None
) -> tuple[int, list[dict]]:
    status = run(
        argparse.Namespace(
            files=[str(file) for file in files], format="json", include=include, lang=None, previous=None
        )
    )
    return status, [json.loads(line) for line in capfd.readouterr().out.splitlines()]


def test_one_object_a_line_in_the_order_given(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    files = [folder / f"{name}.txt" for name in ("bad", "good", "noise", "good", "lost")]
    status, records = check(capfd, files)
    assert [record["source"] for record in records] == [str(file) for file in files]
    assert [list(record) for record in records] == [KEYS] * 5
    assert [record["error"] is None for record in records] == [True, True, False, True, True]
    assert status == 2


def test_the_record_of_a_report(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    _, (record,) = check(capfd, [folder / "good.txt"], ["raw_text"])
    assert list(record) == [*KEYS, "raw_text"]
    assert record["report"] == {
        "title": REPORT.title,
        "issuer": REPORT.issuer,
        "year": 2023,
        "published": REPORT.published,
        "script": "hans",
        "format": "text",
        "doubts": [],
    }
    assert record["sections"] == [1, 2, 3, 4, 5, 6]
    assert record["tables"] == {
        key: {"status": "validated", "edition": None if key == "review_litigation" else "2021", "reasons": []}
        for key in TABLE_KEYS
    }
    assert record["raw_text"] == GOOD
    assert record["violations"] == []
    assert {(cell["table"], cell["row"], cell["column"]): cell["value"] for cell in record["cells"]} == dict(
        REPORT.figures
    )
    for cell in record["cells"]:
        assert list(cell) == [
            "table",
            "row",
            "column",
            "value",
            "raw",
            "kind",
            "unit",
            "implied",
            "check",
            "start",
            "end",
        ]
        assert record["raw_text"][cell["start"] : cell["end"]] == cell["raw"]
        assert (cell["kind"], cell["implied"]) == ("number", None)
        assert cell["check"] == ("none" if cell["table"] == "active_disclosure" else "holds")


def test_the_record_of_a_report_that_does_not_add_up(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    status, (record,) = check(capfd, [folder / "bad.txt"])
    assert status == 1
    assert record["tables"]["review_litigation"]["status"] == "inconsistent"
    assert record["violations"]
    for violation in record["violations"]:
        assert list(violation)[:8] == [
            "rule",
            "table",
            "outcome",
            "message",
            "expected",
            "reported",
            "cells",
            "suspect",
        ]  # more may follow
        assert (violation["rule"], violation["table"], len(violation["cells"])) == (
            "review_litigation.total",
            "review_litigation",
            5,
        )
        assert violation["expected"] != violation["reported"]
        assert violation["suspect"] is None or list(violation["suspect"]) == ["row", "column", "value"]
    assert record["tables"]["review_litigation"]["reasons"] == [
        violation["message"] for violation in record["violations"]
    ]


def test_a_name_that_is_no_text_can_be_printed(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = os.fsdecode(os.fsencode(folder) + b"/\xff.txt")
    shutil.copy(folder / "empty.txt", path)
    status, records = check(capfd, [Path(path), folder / "empty.txt"])
    assert (status, [record["source"] for record in records]) == (
        2,
        [f"{folder}/\\xff.txt", f"{folder}/empty.txt"],
    )


def test_the_record_of_a_file_that_cannot_be_read(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(folder / "pipe")  # opening it would wait for a writer
    files = [folder / name for name in ("noise.txt", "empty.txt", "nowhere.txt", "directory", "pipe")]
    errors = (
        "the file is no text",
        "the file is empty",
        "cannot be opened",
        "no regular file",
        "no regular file",
    )
    status, records = check(capfd, files, ["raw_text"])
    assert status == 2
    for record, words in zip(records, errors, strict=True):
        assert words in record.pop("error")
        assert record == {
            "source": record["source"],
            "report": None,
            "sections": [],
            "tables": {},
            "cells": [],
            "violations": [],
            "claims": [],
            "raw_text": None,
        }


def test_a_bug_that_one_document_trips_over_harms_no_other(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def buggy(data: bytes) -> Document:
        if data == BAD.encode():
            raise KeyError("a bug")
        return judge(data)

    monkeypatch.setattr(judging, "judge", buggy)
    status, records = check(capfd, [folder / "bad.txt", folder / "good.txt"])
    assert status == 2
    assert [record["error"] for record in records] == [
        "internal error, please report it with this document: KeyError: 'a bug'",
        None,
    ]


def test_a_document_that_ends_the_program_is_named_and_the_others_are_judged(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def deadly(data: bytes) -> Document:
        if data == BAD.encode():
            os._exit(9)
        return judge(data)

    monkeypatch.setattr(judging, "judge", deadly)
    monkeypatch.setattr(check_command, "_FILES_A_WORKER", 2)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    names = ["good.txt", "good.txt", "bad.txt", "good.txt", "empty.txt"]
    status, records = check(capfd, [folder / name for name in names])
    assert status == 2
    assert [Path(record["source"]).name for record in records] == names
    assert [record["error"] is None for record in records] == [True, True, False, True, False]
    assert records[2]["error"] == ended("crash")


def test_a_pdf_of_pictures_alone_has_no_tables_and_says_why(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    canvas = Canvas(str(folder / "scanned.pdf"), pagesize=(595, 842))
    canvas.drawImage(ImageReader(Image.new("L", (60, 80), 128)), 0, 0, 595, 842)
    canvas.save()
    status, (record,) = check(capfd, [folder / "scanned.pdf"])
    assert (status, record["cells"]) == (2, [])
    assert record["error"].startswith(
        "the file is a PDF of pictures without text: have its text recognised first"
    )
    assert record["tables"] == {
        table: {"status": "absent", "edition": None, "reasons": [record["error"]]} for table in TABLE_KEYS
    }


def test_the_record_is_the_same_without_the_command() -> None:
    record = as_record("x", judge(GOOD.encode()), None, frozenset())
    assert list(record) == KEYS
    assert as_record("x", None, "why", frozenset({"raw_text"})) == dict.fromkeys([*KEYS, "raw_text"]) | {
        "source": "x",
        "error": "why",
        "sections": [],
        "tables": {},
        "cells": [],
        "violations": [],
        "claims": [],
    }


@pytest.mark.parametrize(
    ("names", "status"),
    [
        (["good.txt"], 0),
        (["good.txt", "good.txt"], 0),
        (["lost.txt"], 1),
        (["bad.txt"], 1),
        (["good.txt", "bad.txt"], 1),
        (["noise.txt"], 2),
        (["bad.txt", "empty.txt", "good.txt"], 2),
        (["nowhere.txt"], 2),
        (["directory"], 2),
    ],
)
@pytest.mark.parametrize("form", ["json", "text"])
def test_the_exit_status(
    folder: Path, capfd: pytest.CaptureFixture[str], names: list[str], status: int, form: str
) -> None:
    assert (
        run(
            argparse.Namespace(
                files=[str(folder / name) for name in names],
                format=form,
                include=None,
                lang=None,
                previous=None,
            )
        )
        == status
    )
    out, err = capfd.readouterr()
    assert all(str(folder / name) in out for name in names)
    assert err == ""


def test_a_report_in_doubt_is_told_to_programs_and_to_people(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The title is of another year than all else that the document says."""
    path = tmp_path / "doubtful.txt"
    path.write_text(GOOD.replace("2023", "2022", 1))
    status, (record,) = check(capfd, [path])
    assert {table["status"] for table in record["tables"].values()} == {"validated"}
    (doubt,) = record["report"]["doubts"]
    assert doubt.startswith("year: the title says 2022, the opening 2023, the text speaks most of 2023,")
    assert status == 1
    assert (
        run(argparse.Namespace(files=[str(path)], format="text", include=None, lang=None, previous=None)) == 1
    )
    assert f"in doubt - {doubt}" in unwrapped(capfd.readouterr().out)


def test_a_contradiction_of_the_text_is_told_to_programs_and_to_people(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The overview says one application more than the table prints."""
    received = int(REPORT.figures["applications", "received", "total"])
    carried_in = int(REPORT.figures["applications", "carried_in", "total"])
    other = next(n for n in range(received + 1, received + 9) if n != received + carried_in)
    sentence = f"全年新收政府信息公开申请{other}件。"
    path = tmp_path / "contradicts.txt"
    path.write_text(render(replace(REPORT, sections={**REPORT.sections, 1: (sentence,)}), "pipes"))
    status, (record,) = check(capfd, [path], ["raw_text"])
    assert {table["status"] for table in record["tables"].values()} == {"validated"}
    claim = next(claim for claim in record["claims"] if claim["outcome"] == "contradicts")
    assert (claim["quantity"], claim["value"], claim["printed"], claim["quote"]) == (
        "applications.received.total",
        other,
        received,
        sentence,
    )
    assert record["raw_text"][claim["start"] : claim["end"]] == str(other)
    assert status == 1
    assert (
        run(argparse.Namespace(files=[str(path)], format="text", include=None, lang=None, previous=None)) == 1
    )
    printed = unwrapped(capfd.readouterr().out)
    assert f"contradiction: the text says {other} (line " in printed
    assert f"the table prints {received} (申请情况 一、本年新收政府信息公开申请数量, 总计)" in printed
    assert "agree with the tables, 1 contradict," in printed


def test_a_rule_across_sections_and_a_second_witness_are_told(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The text denies fee notices but tells a fee, and gives the figure that the broken table would need."""
    figures = REPORT.figures | {("applications", "granted", "total"): 9999}
    needed = REPORT.figures["applications", "granted", "total"]
    overview = f"依申请公开予以公开{needed}件。"
    sections = {**REPORT.sections, 1: (overview,), 6: ("发出收费通知0件，收取信息处理费30元。",)}
    path = tmp_path / "witness.txt"
    path.write_text(render(replace(REPORT, figures=figures, sections=sections), "pipes"))
    status, (record,) = check(capfd, [path])
    assert status == 1
    by_rule = {violation["rule"]: violation for violation in record["violations"]}
    assert by_rule["applications.row_total"]["witness"] == overview
    assert by_rule["prose.fees"]["table"] is None
    assert by_rule["prose.fees"]["message"] == "fees of 30 yuan, 0 fee notices"
    run(argparse.Namespace(files=[str(path)], format="text", include=None, lang=None, previous=None))
    printed = capfd.readouterr().out
    assert f"  the text says {needed} too, for the figure likely wrong: …" in printed
    assert "  prose.fees: fees of 30 yuan, 0 fee notices\n" in printed


def test_many_files_come_back_in_the_order_given_as_one_by_one(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """So many that they are shared out among processors."""
    names = ["good", "bad", "noise", "lost"]
    files = []
    for i in range(160):
        files.append(folder / f"{i}.txt")
        files[-1].symlink_to(folder / f"{names[i % 4]}.txt")
    alone = {name: check(capfd, [folder / f"{name}.txt"])[1][0] for name in names}
    status, records = check(capfd, files)
    assert status == 2
    assert records == [alone[names[i % 4]] | {"source": str(file)} for i, file in enumerate(files)]


def test_the_words_for_people_name_the_report_and_what_does_not_add_up(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run(
        argparse.Namespace(
            files=[str(folder / "bad.txt")], format="text", include=None, lang=None, previous=None
        )
    )
    out = capfd.readouterr().out
    assert REPORT.issuer in out
    assert "inconsistent" in out
    assert judge(BAD.encode()).tables[2].reasons[0] in unwrapped(out)


def test_the_words_for_people_are_chinese_where_they_are_asked_for(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Labels of the form, names of the document and keys stay; no line is wider than a terminal."""
    files = [str(folder / f"{name}.txt") for name in ("bad", "lost")]
    run(argparse.Namespace(files=files, format="text", include=None, lang="zh", previous=None))
    out = capfd.readouterr().out
    words = "".join(line for line in out.splitlines() if line not in files)
    assert re.findall(r"[A-Za-z]{2,}", words) == []
    assert "数据矛盾 - 表内所印数字相互矛盾" in unwrapped(out)
    assert [line for line in out.splitlines() if wcswidth(line) > 80 and str(folder) not in line] == []
    english = check(capfd, [folder / "bad.txt"])[1][0]
    run(argparse.Namespace(files=files[:1], format="json", include=None, lang="zh", previous=None))
    chinese = json.loads(capfd.readouterr().out)
    assert chinese["violations"][0]["message"] != english["violations"][0]["message"]
    for record in (english, chinese):
        for violation in record["violations"]:
            del violation["message"]
        for table in record["tables"].values():
            del table["reasons"]
    assert chinese == english


def test_the_command_line_takes_the_same_options(folder: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "orchestration.commands.cli",
        "check",
        "--format",
        "json",
        "--include",
        "raw_text",
        str(folder / "good.txt"),
    ]
    code = (
        f"import sys; from orchestration.commands.cli import main; sys.argv = {['ogi', *command[3:]]!r}; "
        "sys.exit(main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parents[3]
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["raw_text"] == GOOD


def test_checking_a_file_loads_no_heavy_library(folder: Path) -> None:
    code = (
        "import sys, argparse, orchestration.commands.check as c; "
        f"c.run(argparse.Namespace(files=[{str(folder / 'good.txt')!r}], format='json', include=None, "
        "lang=None, previous=None)); "
        f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parents[3]
    )
    assert (done.returncode, done.stderr.strip()) == (0, "[]")


def test_what_is_printed_in_the_place_of_a_figure_makes_no_line_longer(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Words where a figure belongs are cut to the width of a figure."""
    words = "详见本机关门户网站政务公开专栏的统计附件"
    printed = str(REPORT.figures["applications", "received", "total"])
    row = next(line for line in GOOD.splitlines() if "本年新收" in line)
    path = tmp_path / "words.txt"
    path.write_text(GOOD.replace(row, words.join(row.rsplit(printed, 1))), encoding="utf-8")
    run(argparse.Namespace(files=[str(path)], format="text", include=None, lang="zh", previous=None))
    lines = capfd.readouterr().out.splitlines()
    assert [line for line in lines if wcswidth(line) > 80 and str(path) not in line] == []
    assert any("详见本机关门户…" in line for line in lines)
