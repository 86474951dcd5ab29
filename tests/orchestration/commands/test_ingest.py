"""Filing documents: by the year they report on, once, and with a reason where there is none."""

import io
import json
import os
import stat
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.limits import MAX_BYTES_WITH_PICTURES
from examples.render import render
from examples.report import make_report
from orchestration.commands import cli
from orchestration.commands.ingest import Filed, ingest
from orchestration.store import archives
from orchestration.store.documents import source_of
from orchestration.store.filing import Entry, read_manifest, safe_name
from soak.killing import killed_at


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
    """The documents of a raw store, by their names in it."""
    paths = [path for path in raw.rglob("*") if path.is_file()]
    return {
        source_of(raw, path): path.read_bytes() for path in paths if "/." not in f"/{path.relative_to(raw)}"
    }


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
    assert done["sub/a.txt"].target != done["a.txt"].target, (
        "another document of the same name is not written over"
    )
    assert {name for name, filed in done.items() if filed.reason} == {"sub/letter.txt", "sub/empty.txt"}
    assert sorted(contents(tmp_path / "raw").values()) == sorted(
        {path.read_bytes() for path in inbox.rglob("*") if path.is_file() and "/." not in str(path)}
    )


def test_filing_again_changes_nothing(
    inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
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
    assert (
        cli.main(
            ["ingest", "--raw", str(tmp_path / "raw"), str(tmp_path / "nowhere.txt"), str(inbox / "b.txt")]
        )
        == 1
    )
    out = capsys.readouterr().out
    assert "nowhere.txt: not filed: cannot be read (No such file or directory)" in out
    assert "2 documents: 1 new" in out
    assert cli.main(["ingest", "--raw", str(tmp_path / "raw"), str(inbox / "a.txt")]) == 0


# --- names


@pytest.mark.parametrize(
    ("original", "name"),
    [
        ("某某市民政局2023年年报.txt", "某某市民政局2023年年报.txt"),
        ("a.txt", "a.txt"),
        ("../../etc/年报.txt", "年报.txt"),
        ("C:\\报告\\年报.txt", "年报.txt"),
        ("...hidden.txt", "hidden.txt"),
        ("two\nlines\t.txt", "two_lines_.txt"),
        ("\udcff年报.txt", "_年报.txt"),
        ("年报 v2.0 最终", "年报 v2.0 最终.html"),
        ("t20240117_123.html", "某市-2023-0a1b2c3d.html"),
        ("P020230131.htm", "某市-2023-0a1b2c3d.html"),
        ("d41d8cd98f00b204e9800998ecf8427e", "某市-2023-0a1b2c3d.html"),
        ("content_5489.html", "某市-2023-0a1b2c3d.html"),
        ("附件1.html", "某市-2023-0a1b2c3d.html"),
        ("...", "某市-2023-0a1b2c3d.html"),
        ("长" * 300 + ".txt", "长" * 58 + ".txt"),
    ],
)
def test_a_name_by_which_a_person_recognises_the_document(original: str, name: str) -> None:
    assert safe_name(original, "某市", 2023, "0a1b2c3d" * 8, ".html") == name


def test_a_name_that_says_nothing_is_kept_where_nothing_better_is_known() -> None:
    assert safe_name("t20240117_123.html", None, None, "0a1b2c3d" * 8, None) == "t20240117_123.html"
    assert safe_name("", None, None, "0a1b2c3d" * 8, None) == "document-0a1b2c3d"


@given(st.text(), st.none() | st.text(min_size=1))
def test_every_name_is_one_that_a_folder_can_hold(original: str, issuer: str | None) -> None:
    name = safe_name(original, issuer, 2023, "0a1b2c3d" * 8, ".txt")
    assert (
        name
        and len(name.encode()) < 200
        and not name.startswith(".")
        and not {"/", "\\", "\0", "\n"} & set(name)
    )


# --- the year, given or told, and what is filed already


def outcome(raw: Path, filed: Filed) -> tuple[str | None, bool, bool, str | None]:
    return filed.target and source_of(raw, filed.target), filed.is_new, filed.settled, filed.reason


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """A document that says no year."""
    path = tmp_path / "信.txt"
    path.write_text("各位同事，附件请查收。", encoding="utf-8")
    return path


def test_a_year_that_is_given_settles_what_has_none(
    letter: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = tmp_path / "raw"
    no_year = "the document does not say which year it reports on: file it again with --year YYYY"
    steps = [
        (letter, None),
        (letter, None),
        (raw / "unfiled" / "信.txt", 2023),
        (letter, 2023),
        (letter, None),
        (letter, 2022),
    ]
    assert [outcome(raw, filed) for path, year in steps for filed in ingest(raw, [path], year)] == [
        ("unfiled/信.txt", True, False, no_year),
        ("unfiled/信.txt", False, False, no_year),
        ("2023/信.txt", False, True, None),
        ("2023/信.txt", False, False, None),
        ("2023/信.txt", False, False, None),
        ("2023/信.txt", False, False, None),
    ]
    assert list(contents(raw)) == ["2023/信.txt"]
    entry = read_manifest(raw)["2023/信.txt"]
    assert (entry.path, entry.year, entry.told, entry.reason) == (str(letter), 2023, "given", None)
    assert cli.main(["ingest", "--raw", str(tmp_path / "other"), str(letter)]) == 1
    assert cli.main(["ingest", "--raw", str(tmp_path / "other"), "--year", "2023", str(letter)]) == 0
    assert "信.txt (was in unfiled/)" in capsys.readouterr().out


def test_a_document_that_says_another_year_is_not_filed_under_the_one_given(
    inbox: Path, tmp_path: Path
) -> None:
    raw = tmp_path / "raw"
    [filed] = ingest(raw, [inbox / "b.txt"], 2023)
    other = "says that it reports on 2019, not on 2023: file it without --year, or look at the document"
    assert outcome(raw, filed) == (None, False, False, other)
    assert contents(raw) == {}


def test_what_a_person_filed_elsewhere_stays_there(inbox: Path, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    (raw / "2020" / "sub").mkdir(parents=True)
    os.mkfifo(raw / "2020" / "pipe")  # of which nothing can be read
    (raw / "2020" / "sub" / "by hand.txt").write_bytes((inbox / "b.txt").read_bytes())
    filed, empty = ingest(raw, [inbox / "b.txt", inbox / "sub" / "empty.txt"])
    assert outcome(raw, filed) == ("2020/sub/by hand.txt", False, False, None)
    assert empty.is_new
    assert sorted(contents(raw)) == ["2020/sub/by hand.txt", "unfiled/empty.txt"]


@pytest.mark.parametrize("year", ["23", "20233", "二〇二三", "-202"])
def test_a_year_has_four_digits(year: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["ingest", f"--year={year}", "a.txt"])
    assert "is no year of four digits" in capsys.readouterr().err


def test_the_manifest_says_where_each_document_came_from(inbox: Path, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    url = "https://www.example.cn/a.html"
    list(ingest(raw, [inbox / "a.txt"]))
    manifest = read_manifest(raw)
    data = (inbox / "a.txt").read_bytes()
    [(source, entry)] = manifest.items()
    [filed] = ingest(tmp_path / "other", [inbox / "a.txt"])
    assert entry == Entry(
        "2023/a.txt",
        entry.sha256,
        len(data),
        str(inbox / "a.txt"),
        entry.filed,
        None,
        None,
        2023,
        "document",
        None,
    )
    assert (
        source == "2023/a.txt"
        and filed.is_new
        and time.time() - time.mktime(time.strptime(entry.filed[:10], "%Y-%m-%d")) < 3 * 86400
    )
    list(ingest(raw, [inbox / "sub"], url=url))
    assert read_manifest(raw)["2023/a.txt"].url == url, "a copy tells what was not known before"
    files = len(list((raw / ".manifest").iterdir()))
    list(ingest(raw, [inbox], url="https://www.example.cn/other.html"))
    assert read_manifest(raw)["2023/a.txt"].url == url
    assert len(list((raw / ".manifest").iterdir())) == files + 1, (
        "b.txt had no address yet; the others are as they were"
    )


def test_many_may_file_at_once(tmp_path: Path) -> None:
    raw, inboxes = tmp_path / "raw", []
    for number in range(4):
        inboxes.append(tmp_path / str(number))
        inboxes[-1].mkdir()
        for seed in range(3):
            (inboxes[-1] / f"{seed}号报告.txt").write_text(report(2023, seed), encoding="utf-8")
        (inboxes[-1] / "另一份.txt").write_text(report(2023, 100 + number), encoding="utf-8")
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda inbox: list(ingest(raw, [inbox])), inboxes))
    assert [filed.reason for files in done for filed in files] == [None] * 16
    held = contents(raw)
    assert len(held) == len(set(held.values())) == 7, held.keys()
    assert set(read_manifest(raw)) == set(held)


def complete(raw: Path, inbox: Path) -> None:
    """Each document is there once, the manifest says all of it, and nothing is left over."""
    held = contents(raw)
    assert sorted(held.values()) == sorted({path.read_bytes() for path in inbox.rglob("*.txt")})
    entries = read_manifest(raw)
    assert set(entries) == set(held)
    assert {(entry.year, entry.told) for entry in entries.values()} == {(2023, "document")}
    assert not [path for path in raw.rglob(".*") if path.name.endswith((".part", ".pending"))]


def test_killed_at_any_point_filing_again_makes_up_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OGI_COMPUTE", "serial")
    (tmp_path / "in").mkdir()
    for seed in range(3):
        (tmp_path / "in" / f"{seed}.txt").write_text(report(2023, seed), encoding="utf-8")
    tried = 0
    for number in range(0, 100, 2):
        raw = tmp_path / f"raw-{number}"
        if not killed_at(lambda: list(ingest(raw, [tmp_path / "in"])), number):  # noqa: B023
            break
        assert set(read_manifest(raw)) <= set(contents(raw)), "it tells of nothing that is not there"
        list(ingest(raw, [tmp_path / "in"]))
        complete(raw, tmp_path / "in")
        tried += 1
    assert tried > 8


def test_of_documents_that_the_manifest_lost_filing_again_says_all(tmp_path: Path) -> None:
    raw, inbox = tmp_path / "raw", tmp_path / "in"
    (inbox / "sub").mkdir(parents=True)
    (inbox / "a.txt").write_text(report(2023, 1), encoding="utf-8")
    (inbox / "sub" / "b.txt").write_text(report(2023, 2), encoding="utf-8")
    list(ingest(raw, [inbox]))
    first = read_manifest(raw)
    for lost in (b"", b'{"source": "2023/a.txt"'):
        for path in (raw / ".manifest").iterdir():
            path.write_bytes(lost)
        list(ingest(raw, [inbox]))
        found = read_manifest(raw)
        assert {source: replace(entry, filed="") for source, entry in found.items()} == {
            source: replace(entry, filed="") for source, entry in first.items()
        }
        for path in (raw / ".manifest").iterdir():
            path.unlink()
    (raw / "2021").mkdir()
    (raw / "2023" / "a.txt").rename(raw / "2021" / "a.txt")
    list(ingest(raw, [inbox]))
    entry = read_manifest(raw)["2021/a.txt"]
    assert (entry.year, entry.told) == (2021, "given"), "where a person put it"


def test_a_bad_line_of_the_manifest_is_told_as_that(
    inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = tmp_path / "raw"
    assert cli.main(["ingest", "--raw", str(raw), str(inbox / "a.txt")]) == 0
    [path] = (raw / ".manifest").glob("*.jsonl")
    path.write_bytes(b"no entry\n" + path.read_bytes())
    capsys.readouterr()
    assert cli.main(["ingest", "--raw", str(raw), str(inbox / "a.txt")]) == 0
    out = capsys.readouterr()
    assert "not filed" not in out.out
    assert f"{path}, line 1 is no entry of the manifest" in out.out + out.err


def test_what_a_killed_process_left_goes_at_the_next_start(inbox: Path, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    list(ingest(raw, [inbox / "a.txt"]))
    left = raw / "2023" / f".{'0' * 32}.part"
    left.write_bytes(b"half")
    there = {
        "source": "2023/b.txt",
        "sha256": "0",
        "size": 1,
        "path": "/in/b.txt",
        "filed": "2024",
        "year": 2023,
    }
    lines = [{"entry": there, "moved": None}, {"entry": there | {"source": "2023/gone.txt"}, "moved": None}]
    (raw / ".manifest" / "0.pending").write_text("\n".join(map(json.dumps, lines)))
    (raw / "2023" / "b.txt").write_text("of which the manifest was about to tell")
    list(ingest(raw, []))
    assert not left.exists() and not (raw / ".manifest" / "0.pending").exists()
    assert set(read_manifest(raw)) == {"2023/a.txt", "2023/b.txt"}


def test_hundreds_of_documents_are_filed_in_order_whoever_judges_them(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number in range(600):
        year = 2019 + number % 3
        (tmp_path / "in" / f"第{number:03}份.txt").write_text(
            f"某市{year}年政府信息公开工作年度报告\n{number}", encoding="utf-8"
        )
    done = list(ingest(tmp_path / "raw", [tmp_path / "in"]))
    assert [filed.target and source_of(tmp_path / "raw", filed.target) for filed in done] == [
        f"{2019 + number % 3}/第{number:03}份.txt" for number in range(600)
    ]


# --- archives


def zipped(path: Path, documents: dict[str, str | bytes], **options: int) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in documents.items():
            archive.writestr(name, data)
    return path


def reasons(raw: Path, *paths: Path) -> dict[str | None, str | None]:
    return {filed.member: filed.reason for filed in ingest(raw, paths)}


def test_an_archive_is_gone_through(tmp_path: Path) -> None:
    archive = zipped(
        tmp_path / "下载.dat",  # the content tells, not the name
        {
            "folder/": "",
            "folder/一.txt": report(2023),
            "other/一.txt": report(2023, seed=1),
            "copy of 一.txt": report(2023),
            "../../../up.txt": report(2022),
            "/etc/absolute.txt": report(2021),
            ".hidden.txt": report(2019),
            "__MACOSX/._一.txt": "x",
            "letter.txt": "各位同事，附件请查收。",
        },
    )
    raw = tmp_path / "raw"
    done = {filed.member: filed for filed in ingest(raw, [archive])}
    key = read_manifest(raw)["2023/一.txt"].sha256[:16]
    second = next(name for name in contents(raw) if name.startswith("2023/一-"))
    assert sorted(contents(raw)) == sorted(
        ["2021/absolute.txt", "2022/up.txt", "2023/一.txt", second, "unfiled/letter.txt"]
    )
    assert key not in second and read_manifest(raw)[second].member == "other/一.txt"
    assert list(done) == [
        "folder/一.txt",
        "other/一.txt",
        "copy of 一.txt",
        "../../../up.txt",
        "/etc/absolute.txt",
        "letter.txt",
    ]
    assert not done["copy of 一.txt"].is_new
    assert not any(filed.is_new for filed in ingest(raw, [archive]))


def test_names_in_an_archive_are_in_the_code_page_of_whoever_packed_it(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("AAAAAAAA.txt", report(2023))
        archive.writestr("BBBBBBBBBBBB.txt", report(2022))
    data = (
        stream.getvalue()
        .replace(b"AAAAAAAA", "民政年报".encode("gb18030"))
        .replace(b"BBBBBBBBBBBB", "民政年报".encode())
    )
    (tmp_path / "a.zip").write_bytes(data)
    list(ingest(tmp_path / "raw", [tmp_path / "a.zip"]))
    assert sorted(contents(tmp_path / "raw")) == ["2022/民政年报.txt", "2023/民政年报.txt"]


def test_a_document_that_is_a_zip_file_beneath_is_no_archive(tmp_path: Path) -> None:
    parts: dict[str, str | bytes] = {"[Content_Types].xml": "<Types/>", "word/document.xml": "<document/>"}
    document = zipped(tmp_path / "年报.docx", parts)
    (tmp_path / "damaged.docx").write_bytes(document.read_bytes()[:-30])
    for path in (document, tmp_path / "damaged.docx"):
        [filed] = ingest(tmp_path / "raw", [path])
        assert filed.member is None and filed.target is not None and filed.target.parent.name == "unfiled"
    outer = zipped(tmp_path / "a.zip", {"in/年报.docx": document.read_bytes() + b" "})
    [filed] = ingest(tmp_path / "raw", [outer])
    assert filed.member == "in/年报.docx" and filed.target is not None


def test_members_that_cannot_be_filed_are_told_and_the_others_are_filed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_BYTES", 1 << 20)  # `huge.txt` packs 1000 to 1
    inner = zipped(tmp_path / "inner.zip", {"a.txt": report(2022)})
    archive = zipped(
        tmp_path / "a.zip",
        {"inner.zip": inner.read_bytes(), "damaged.txt": os.urandom(5000), "huge.txt": b"1" * (2 << 20)},
    )
    with zipfile.ZipFile(archive, "a") as file:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(link, "/etc/passwd")
        file.writestr("rar.txt", b"Rar!\x1a\x07\x01\x00")
        locked = zipfile.ZipInfo("locked.txt")
        file.writestr(locked, "secret")
        file.writestr("good.txt", report(2023))
        offset = file.getinfo("damaged.txt").header_offset + 200
    data = bytearray(archive.read_bytes())
    data[offset] ^= 0xFF
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flag of encryption, at both places
        place = data.rfind(b"locked.txt") if at == 8 else data.find(b"locked.txt")
        data[data.rfind(magic, 0, place) + at] |= 1
    archive.write_bytes(data)
    told = reasons(tmp_path / "raw", archive)
    assert {name: reason and reason.split(" (")[0].split(":")[0] for name, reason in told.items()} == {
        "inner.zip": "is an archive within an archive, which is not opened",
        "damaged.txt": "cannot be unpacked",
        "huge.txt": "unpacks to more bytes than any report",
        "link.txt": "is a link, not a document",
        "rar.txt": "is a RAR archive within an archive, which is not opened",
        "locked.txt": "is encrypted",
        "good.txt": None,
    }
    assert list(contents(tmp_path / "raw")) == ["2023/good.txt"]


def test_archives_that_cannot_be_opened_are_told(tmp_path: Path) -> None:
    whole = zipped(tmp_path / "whole.zip", {"a.txt": report(2023)}).read_bytes()
    bad = {
        "cut.zip": whole[: len(whole) // 2],
        "empty.zip": zipped(tmp_path / "e.zip", {}).read_bytes(),
        "a.rar": b"Rar!\x1a\x07\x01\x00",
    }
    for name, data in bad.items():
        (tmp_path / name).write_bytes(data)
    told = {
        filed.path.name: filed.reason for filed in ingest(tmp_path / "raw", [tmp_path / name for name in bad])
    }
    assert told == {
        "cut.zip": "is a damaged archive (File is not a zip file): fetch it again",
        "empty.zip": "is an archive without any document",
        "a.rar": "is a RAR archive, which is not opened: unpack it, and ingest the folder",
    }


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_ALWAYS", 1 << 20)
    archive = zipped(
        tmp_path / "bomb.zip", {"good.txt": report(2023), **{f"{i}.txt": b"\0" * (4 << 20) for i in range(5)}}
    )
    told = reasons(tmp_path / "raw", archive)
    assert told["good.txt"] is None and len(told) == 6
    assert str(told["4.txt"]).startswith(
        "is not opened, for the archive unpacks to more than 200 times its size"
    )


BAD_ENTRIES = {
    "a version from the future": (6, b"\xff\x00"),
    "a name in no encoding": (46, b"\xff\xfe\xff"),
    "an extra field that goes on too long": (-4, b"\x55\x55\xff\xff"),
    "an extra field of sizes that is cut": (-4, b"\x01\x00\x08\x00"),
    "a checksum that is wrong": (16, b"\1\2\3\4"),
    "sizes that are wrong": (20, b"\xff\xff\xff\x7f\xff\xff\xff\x7f"),
    "a place behind the end": (42, b"\xff\xff\xff\x7f"),
    "a packing that nobody knows": (10, b"\x63\x00"),
    "BZIP2": (10, b"\x0c\x00"),
    "LZMA": (10, b"\x0e\x00"),
    "encryption": (8, b"\x01\x08"),
}


@pytest.mark.parametrize(("place", "wrong"), BAD_ENTRIES.values(), ids=BAD_ENTRIES)
def test_one_bad_member_does_not_keep_the_others_from_being_filed(
    tmp_path: Path, place: int, wrong: bytes
) -> None:
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("first.txt", report(2023))
        bad = zipfile.ZipInfo("差.txt")
        bad.extra = b"\x55\x55\x00\x00"
        file.writestr(bad, report(2022))
        file.writestr("last.txt", report(2021))
    data = bytearray(archive.read_bytes())
    at = data.rfind(b"PK\x01\x02", 0, data.rfind("差.txt".encode()))
    start = at + place if place > 0 else at + 46 + len("差.txt".encode())
    data[start : start + len(wrong)] = wrong
    archive.write_bytes(data)
    told = {filed.member: filed.reason for filed in ingest(tmp_path / "raw", [archive])}
    assert (told["first.txt"], told["last.txt"], len(told)) == (None, None, 3)


def test_an_archive_of_too_many_members_is_not_opened(tmp_path: Path) -> None:
    archive = tmp_path / "many.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for number in range(archives.MAX_MEMBERS + 1):
            file.writestr(zipfile.ZipInfo(str(number)), b"")
    assert reasons(tmp_path / "raw", archive) == {
        None: "has more than 50,000 members: unpack it, and ingest the folder"
    }


# --- what lies in folders, and where nothing can be filed


def test_what_is_no_document_is_told(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "good.txt").write_text(report(2023), encoding="utf-8")
    (inbox / "loop").symlink_to(inbox)
    (inbox / "circle.txt").symlink_to(inbox / "circle.txt")
    (inbox / "gone.txt").symlink_to(tmp_path / "nowhere")
    os.mkfifo(inbox / "pipe")
    (inbox / "huge.txt").write_bytes(b"")
    os.truncate(inbox / "huge.txt", 1 << 40)
    Path(os.fsdecode(os.fsencode(inbox) + b"/\xff\n.txt")).write_text(report(2022), encoding="utf-8")
    told = {
        filed.path.name: filed.reason and filed.reason.split(":")[0]
        for filed in ingest(tmp_path / "raw", [inbox])
    }
    assert told == {
        "loop": "is a link to a folder, which is not followed",
        "circle.txt": "cannot be read (Too many levels of symbolic links)",
        "gone.txt": "cannot be read (No such file or directory)",
        "pipe": "is no regular file",
        "huge.txt": "the file has 1,099,511,627,776 bytes, more "
        f"than any report ({MAX_BYTES_WITH_PICTURES:,})",
        "good.txt": None,
        "\udcff\n.txt": None,
    }
    assert {source.split("/")[0] for source in contents(tmp_path / "raw")} == {"2022", "2023"}


def test_patterns_are_expanded(inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (inbox / "[1].txt").write_text(report(2021), encoding="utf-8")
    raw = tmp_path / "raw"
    assert (
        cli.main(
            [
                "ingest",
                "--raw",
                str(raw),
                str(inbox / "**" / "a.t?t"),
                str(inbox / "[1].txt"),
                str(inbox / "*.pdf"),
            ]
        )
        == 1
    )
    assert len(contents(raw)) == 3
    assert "*.pdf: not filed: fits no file: check the pattern" in capsys.readouterr().out


def test_a_raw_store_that_is_a_file_is_told_once(
    inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "raw").write_text("a file")
    assert cli.main(["ingest", "--raw", str(tmp_path / "raw"), str(inbox)]) == 2
    assert (
        capsys.readouterr().err
        == f"ogi: {tmp_path / 'raw'} cannot be written (File exists): check that it is a folder, that you "
        "may write there, and that there is room\n"
    )


def test_where_nothing_can_be_written_it_is_told_once(
    inbox: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [str(inbox / "a.txt"), str(inbox / "b.txt")]
    assert cli.main(["ingest", "--raw", "/proc/raw", *paths]) == 2  # not even root may write there
    err = capsys.readouterr().err
    assert (
        err.count("/proc/raw cannot be written (No such file or directory): check that it is a folder") == 1
    )


def test_a_folder_that_cannot_be_read_is_told(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scandir = os.scandir

    def refused(path: str) -> Any:
        if str(path).endswith("/sub"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refused)
    told = {filed.path.name: filed.reason for filed in ingest(tmp_path / "raw", [inbox])}
    assert told == {
        "a.txt": None,
        "b.txt": None,
        "sub": "is a folder that cannot be read (Permission denied)",
    }
