"""The documents of a year, and which of them are opened to be hashed: those of which it is not sure that they
are as they were.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from orchestration.store import documents as listing
from orchestration.store.documents import listed

FILES = {"2023/a.txt": b"one", "2023/b/c.txt": b"two", "2023/b/d.txt": b"two", "2023/\udce9.txt": b"three"}


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    root = tmp_path / "raw"
    for name, content in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (root / "2023" / "gone.txt").symlink_to("nowhere")
    return root


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are opened, by name. All count as changed long ago."""
    found: list[str] = []
    examined = listing.examined
    monkeypatch.setattr(listing, "examined", lambda path: (found.append(Path(path).name), examined(path))[1])
    monkeypatch.setattr(listing, "_SETTLING", -(10**12))
    return found


def rewritten(raw: Path) -> None:
    """Other content of the same length, and the time of the old one."""
    path = raw / "2023" / "a.txt"
    info = path.stat()
    path.write_bytes(b"ONE")
    os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns))


def replaced(raw: Path) -> None:
    """The same by another file that takes the name."""
    path, other = raw / "2023" / "a.txt", raw / "other"
    other.write_bytes(b"ONE")
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    other.replace(path)


CHANGES: dict[str, tuple[Callable[[Path], object], list[str]]] = {
    "nothing": (lambda raw: None, []),
    "a file rewritten": (rewritten, ["a.txt"]),
    "a file replaced": (replaced, ["a.txt"]),
    "a file touched": (lambda raw: os.utime(raw / "2023" / "a.txt", (7, 7)), ["a.txt"]),
    "a file added": (lambda raw: (raw / "2023" / "e.txt").write_bytes(b"one"), ["e.txt"]),
    "a file removed": (lambda raw: (raw / "2023" / "a.txt").unlink(), []),
    "a file renamed": (lambda raw: (raw / "2023" / "a.txt").rename(raw / "2023" / "f.txt"), ["f.txt"]),
    "two that change places": (
        lambda raw: [
            (raw / "2023" / one).rename(raw / "2023" / other)
            for one, other in (("a.txt", "x"), ("b/c.txt", "a.txt"), ("x", "b/c.txt"))
        ],
        ["a.txt", "c.txt"],
    ),
}


@pytest.mark.parametrize(("change", "names"), CHANGES.values(), ids=CHANGES.keys())
def test_only_what_may_have_changed_is_opened(
    raw: Path, tmp_path: Path, opened: list[str], change: Callable[[Path], object], names: list[str]
) -> None:
    memory = tmp_path / "memory"
    listed(raw, "2023", memory)
    change(raw)
    opened.clear()
    again = listed(raw, "2023", memory)
    assert sorted(opened) == sorted([*names, "gone.txt"])  # what could not be hashed is tried again
    assert again.equals(listed(raw, "2023", tmp_path / "none"))


def test_what_was_changed_a_moment_ago_is_opened_again(
    raw: Path, tmp_path: Path, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "_SETTLING", 10**12)
    first = listed(raw, "2023", tmp_path / "memory")
    opened.clear()
    assert listed(raw, "2023", tmp_path / "memory").equals(first)
    assert len(opened) == len(FILES) + 1


def test_a_listing_is_in_the_order_of_content(raw: Path, tmp_path: Path) -> None:
    found = listed(raw, "2023", tmp_path / "memory")
    assert found.select(["source", "size", "problem"]).to_pylist() == [
        {"source": "2023/b/c.txt", "size": 3, "problem": None},
        {"source": "2023/b/d.txt", "size": 3, "problem": None},
        {"source": "2023/a.txt", "size": 3, "problem": None},
        {"source": "2023/\\xe9.txt", "size": 5, "problem": None},
        {
            "source": "2023/gone.txt",
            "size": None,
            "problem": "the file cannot be opened (No such file or directory): "
            "check that it is there and may be read",
        },
    ]


@pytest.mark.parametrize("content", [b"", b"no Arrow", None], ids=["empty", "broken", "of other columns"])
def test_a_memory_that_cannot_be_read_counts_for_nothing(
    raw: Path, tmp_path: Path, content: bytes | None
) -> None:
    memory = tmp_path / "memory"
    if content is None:
        with (
            pa.OSFile(str(memory), "wb") as sink,
            pa.ipc.new_file(sink, schema := pa.schema([("path", pa.binary())])) as stream,
        ):
            stream.write_table(schema.empty_table())
    else:
        memory.write_bytes(content)
    assert listed(raw, "2023", memory).equals(listed(raw, "2023", tmp_path / "none"))


def test_a_year_without_documents_has_an_empty_listing(tmp_path: Path) -> None:
    (tmp_path / "raw" / "2023").mkdir(parents=True)
    assert len(listed(tmp_path / "raw", "2023", tmp_path / "memory")) == 0


@pytest.mark.parametrize("seconds", [0, 2**31, 9_300_000_000, 20_000_000_000])  # 9.3 thousand million: 2264
def test_a_file_of_any_time_is_listed(raw: Path, tmp_path: Path, seconds: int) -> None:
    os.utime(raw / "2023" / "a.txt", (seconds, seconds))
    table = listed(raw, "2023", tmp_path / "memory")
    assert listed(raw, "2023", tmp_path / "memory").equals(table)
    [time] = [row["modified"] for row in table.to_pylist() if row["source"] == "2023/a.txt"]
    there = os.stat(raw / "2023" / "a.txt").st_mtime  # which the file system may have cut
    assert time.timestamp() == there
    state = {name: modified for name, _, modified in listing.states(raw, "2023")}
    assert state["2023/a.txt"] == time
    listing.digest_of(table)


def test_a_file_that_is_too_large_is_told_and_not_opened(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unopened(path: str, size: int) -> str:
        assert size < 1000, "a terabyte is hashed"
        return "0" * 64

    monkeypatch.setattr(listing, "_sha256_of_file", unopened)
    with (raw / "2023" / "sparse.pdf").open("wb") as file:
        file.truncate(10**12)
    table = listed(raw, "2023", tmp_path / "memory")
    [row] = [row for row in table.to_pylist() if row["source"] == "2023/sparse.pdf"]
    assert (row["size"], row["sha256"]) == (10**12, None)
    assert row["problem"].startswith("the file has 1,000,000,000,000 bytes, more than any report")
    [document] = [one for one in listing.incoming(raw, table, 2023) if one.file and one.file.size == 10**12]
    assert document.report_id == "" or document.file
    assert sorted(state[:2] for state in listing.states_of(table)) == sorted(
        state[:2] for state in listing.states(raw, "2023")
    )
