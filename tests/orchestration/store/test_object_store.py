"""The raw store and the warehouse in an object store: a real S3 server on this machine, and the pipeline from
ingest to readers.
"""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from moto.server import ThreadedMotoServer
from upath import UPath

from assets.model import File
from assets.stages import as_columns
from examples.make import REPORTS
from orchestration.commands import build, cli
from orchestration.commands.ingest import ingest
from orchestration.running.batch import table_of
from orchestration.store import folders
from orchestration.store.documents import incoming, listed, raw_years
from orchestration.store.filing import read_manifest
from orchestration.store.folders import BusyError
from orchestration.store.paths import Folder, StoreError, folder
from orchestration.store.warehouse import Warehouse

YEAR = "2023"


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of a bucket on a server of its own: its port is free, and its credentials are those of the
    environment.
    """
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        root = folder("s3://reports")
        assert isinstance(root, UPath)
        root.fs.mkdir("reports")
        yield "s3://reports"
        root.fs.clear_instance_cache()
    server.stop()


@pytest.fixture(params=["s3", "memory"])
def root(request: pytest.FixtureRequest) -> UPath:
    """An empty folder of an object store."""
    name = request.node.name.replace("[", "-").replace("]", "")
    where = folder(f"{request.getfixturevalue('s3')}/{name}" if request.param == "s3" else f"memory://{name}")
    assert isinstance(where, UPath)
    return where


def stored(raw: Folder, year: str) -> list[File]:
    found = (document.file for document in incoming(raw, listed(raw, year, raw / "memory"), int(year)))
    return [file for file in found if file is not None]


def texts(*report_ids: str, text: str = "文") -> pa.Table:
    """Rows of normalized_text."""
    row = {"report_year": 2023, "text": text, "script": "hans"}
    row |= {"offsets_normalized": [0], "offsets_raw": [0]}
    rows = ({"report_id": report_id} | row for report_id in report_ids)
    return table_of("normalized_text", as_columns("normalized_text", rows))


def write(files: Warehouse, *report_ids: str, text: str = "文") -> None:
    with files.replace(YEAR, "normalized_text") as [writer]:
        writer.write_table(texts(*report_ids, text=text))


def objects(root: UPath) -> list[str]:
    """Every object below, hidden or not."""
    return sorted(key.removeprefix(root.path).lstrip("/") for key in root.fs.find(root.path))


# --- the whole way


def test_from_ingest_to_readers(s3: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw, warehouse = f"{s3}/raw", f"{s3}/warehouse"
    documents = sorted((REPORTS / YEAR).glob("*"))[:8]
    assert cli.main(
        ["ingest", "--raw", raw, "--url", "https://www.example.cn/list", *map(str, documents)]
    ) in (0, 1)
    assert f"{len(documents)} documents: " in capsys.readouterr().out
    again = cli.main(["ingest", "--raw", raw, *map(str, documents)])
    assert again in (0, 1) and f"{len(documents)} documents: 0 new in {raw}" in capsys.readouterr().out
    assert cli.main(["build", "--raw", raw, "--warehouse", warehouse, "--year", YEAR]) == 0

    files = Warehouse(warehouse)
    list(ingest(tmp_path / "raw", documents))
    assert build.build(tmp_path / "raw", tmp_path / "warehouse", [YEAR]).status == 0
    expected = pd.read_parquet(tmp_path / "warehouse" / "validated_facts")
    facts = pd.read_parquet(f"{warehouse}/validated_facts")
    pd.testing.assert_frame_equal(facts, expected)
    assert len(facts) > 0
    with pq.ParquetFile(files.path("validated_facts", YEAR).open("rb")) as file:
        assert file.metadata.num_rows == len(facts)
    connection = duckdb.connect()
    connection.register_filesystem(folder(warehouse).fs)  # type: ignore[union-attr]
    [[total]] = connection.sql(
        f"select sum(value) from read_parquet('{warehouse}/validated_facts/*/*.parquet')"
    ).fetchall()
    assert total == expected["value"].sum()

    manifest = read_manifest(folder(raw))
    assert {file.source for file in stored(folder(raw), YEAR)} <= set(manifest)
    assert {entry.url for entry in manifest.values()} == {"https://www.example.cn/list"}
    assert [name for name in objects(folder(warehouse)) if name.endswith(".lock")] == []


# --- partitions


def test_a_partition_is_one_object_of_one_name_that_is_replaced(root: UPath) -> None:
    files = Warehouse(root)
    for report_ids in (["a"], ["a", "b"], ["c"]):
        write(files, *report_ids)
        assert files.column("normalized_text", YEAR, "report_id") == report_ids
        assert objects(root) == [f".builds/{YEAR}.json", f"normalized_text/year={YEAR}/data.parquet"]
    assert files.years() == [YEAR]


def test_a_partition_stays_as_it_was_when_writing_fails(root: UPath) -> None:
    files = Warehouse(root)
    write(files, "old")
    with (
        pytest.raises(RuntimeError, match="in the middle"),
        files.replace(YEAR, "normalized_text", "section_splits") as writers,
    ):
        writers[0].write_table(texts("new"))
        raise RuntimeError("in the middle")
    assert files.column("normalized_text", YEAR, "report_id") == ["old"]
    assert objects(root) == [f".builds/{YEAR}.json", f"normalized_text/year={YEAR}/data.parquet"]


def test_a_partition_that_came_from_a_local_warehouse_keeps_its_name(root: UPath) -> None:
    files = Warehouse(root)
    write(files, "old")
    old = files.path("normalized_text", YEAR)
    (old.parent / "data-0123.parquet").write_bytes(old.read_bytes())
    with pytest.raises(StoreError, match="holds several Parquet files"):
        files.rows("normalized_text", YEAR)
    with pytest.raises(StoreError, match="holds several Parquet files"):
        write(files, "new")
    old.unlink()
    write(files, "new")
    assert objects(root) == [f".builds/{YEAR}.json", f"normalized_text/year={YEAR}/data-0123.parquet"]
    assert files.column("normalized_text", YEAR, "report_id") == ["new"]


def test_readers_see_the_old_rows_or_the_new_ones(s3: str) -> None:
    files = Warehouse(f"{s3}/replaced")
    write(files, *(f"{i:05}" for i in range(3000)))
    over, seen, expired = threading.Event(), set(), 0

    def replace_again_and_again() -> None:
        for count in (2000, 3000) * 3:
            write(files, *(f"{i:05}" for i in range(count)))
        over.set()

    writer = threading.Thread(target=replace_again_and_again)
    writer.start()
    while not over.is_set():
        try:
            seen.add(len(files.column("normalized_text", YEAR, "report_id")))
        except (StoreError, OSError):  # a reader that began with the old object is told
            expired += 1
    writer.join()
    assert seen <= {2000, 3000} and seen


# --- locks


def test_two_cannot_make_one_year_at_once(root: UPath) -> None:
    files = Warehouse(root)
    with files.replace(YEAR, "normalized_text") as [writer]:
        writer.write_table(texts("first"))
        with pytest.raises(BusyError, match=f"another process is writing {YEAR}: .* or remove .*lock"):
            write(Warehouse(root), "second")
    assert files.column("normalized_text", YEAR, "report_id") == ["first"]


def test_the_lock_of_a_killed_process_is_taken_over(root: UPath, monkeypatch: pytest.MonkeyPatch) -> None:
    files = Warehouse(root)
    lock = root / ".writing" / f"{YEAR}.lock"
    lock.fs.pipe_file(lock.path, b"of a process that was killed")
    with pytest.raises(BusyError):
        write(files, "a")
    monkeypatch.setattr(folders, "_ABANDONED", -10.0)
    write(files, "a")
    assert objects(root) == [f".builds/{YEAR}.json", f"normalized_text/year={YEAR}/data.parquet"]


def test_who_was_too_slow_publishes_nothing(root: UPath) -> None:
    files = Warehouse(root)
    write(files, "old")
    lock = root / ".writing" / f"{YEAR}.lock"
    with (
        pytest.raises(BusyError, match="nothing was published"),
        files.replace(YEAR, "normalized_text") as [writer],
    ):
        writer.write_table(texts("slow"))
        lock.fs.pipe_file(lock.path, b"of another process")
    assert files.column("normalized_text", YEAR, "report_id") == ["old"]
    assert lock.read_bytes() == b"of another process"


def test_a_lock_is_renewed(root: UPath, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "_RENEWED", 0.01)
    renewed = threading.Event()
    pipe_file = root.fs.pipe_file

    def watched(path: str, data: bytes, mode: str = "overwrite") -> None:
        if mode == "overwrite":
            renewed.set()
        pipe_file(path, data, mode=mode)

    monkeypatch.setattr(root.fs, "pipe_file", watched)
    with folders.alone(root / "some.lock"):
        assert renewed.wait(5)
    assert objects(root) == []


# --- the raw store


def test_documents_are_listed_with_size_time_and_content(
    root: UPath, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (
        "2023/b.txt",
        "2023/区/a b%20#[1]?.txt",
        "2023/.hidden",
        "2023/.git/x.txt",
        "2022/c.txt",
        "unfiled/d.txt",
        "note",
    ):
        root.fs.pipe_file(f"{root.path}/{name}", name.encode())
    monkeypatch.setattr("orchestration.store.documents._HASH_BYTES", 12)  # one of them is read in pieces
    assert raw_years(root) == ["2022", "2023"]
    found = sorted(stored(root, "2023"), key=lambda file: file.source)
    assert [file.source for file in found] == ["2023/b.txt", "2023/区/a b%20#[1]?.txt"]
    assert [file.path.read_bytes().decode() for file in found] == [file.source for file in found]
    assert all(file.size == len(file.source.encode()) and file.modified and file.sha256 for file in found)
    assert stored(root, "2019") == []


def test_a_document_is_taken_out_of_unfiled(root: UPath, tmp_path: Path) -> None:
    document = tmp_path / "无年份.txt"
    document.write_text("各位同事，附件请查收。", encoding="utf-8")
    told = []
    for year in (None, None, 2023, 2023):
        [filed] = ingest(root, [document], year)
        told.append((filed.is_new, filed.settled, str(filed.target).removeprefix(str(root))))
    assert told == [
        (True, False, "/unfiled/无年份.txt"),
        (False, False, "/unfiled/无年份.txt"),
        (False, True, "/2023/无年份.txt"),
        (False, False, "/2023/无年份.txt"),
    ]
    assert [name for name in objects(root) if not name.startswith(".")] == ["2023/无年份.txt"]
    assert read_manifest(root)["2023/无年份.txt"].told == "given"


# --- what cannot be


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("nosuch://bucket/raw", "no such kind of store"),
        ("gs://bucket/raw", "the package that reads such a store is not installed: .*gcsfs"),
    ],
)
def test_an_address_that_cannot_be_used_is_said_in_a_sentence(
    where: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["build", "--raw", where]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"ogi: {where}: ")
    with pytest.raises(StoreError, match=words):
        folder(where)


def test_without_s3fs_the_extra_is_named() -> None:
    code = (
        "import sys; sys.modules['s3fs'] = None; from orchestration.commands.cli import main; "
        "sys.exit(main(['build', '--raw', 's3://bucket/raw']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 2
    assert "run `pip install 'open-government-information[s3]'`" in done.stderr


def test_a_bucket_that_is_not_there(s3: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = tmp_path / "a.txt"
    document.write_text("文", encoding="utf-8")
    assert cli.main(["ingest", "--raw", "s3://nowhere/raw", str(document)]) == 2
    assert "cannot be written (The specified bucket does not exist)" in capsys.readouterr().err
    files = Warehouse("s3://nowhere/warehouse")
    with pytest.raises(StoreError, match="s3://nowhere/warehouse cannot be written"):
        write(files, "a")
