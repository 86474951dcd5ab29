"""Files: what counts as a document of the raw store, and partitions that are replaced whole or not at all."""

import hashlib
import os
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assets.model import File
from assets.stages import as_columns
from orchestration.running.batch import table_of
from orchestration.store.documents import incoming, listed, raw_years
from orchestration.store.folders import BusyError
from orchestration.store.paths import StoreError
from orchestration.store.warehouse import Warehouse
from schemas.datasets import DATASETS, arrow_schema


def texts(*report_ids: str, text: str = "文") -> pa.Table:
    """Rows of normalized_text."""
    row = {"report_year": 2023, "text": text, "script": "hans"}
    row |= {"offsets_normalized": [0], "offsets_raw": [0]}
    rows = ({"report_id": report_id} | row for report_id in report_ids)
    return table_of("normalized_text", as_columns("normalized_text", rows))


def write(files: Warehouse, *batches: pa.Table, year: str = "2023") -> None:
    with files.replace(year, "normalized_text") as [writer]:
        for batch in batches:
            writer.write_table(batch)


def entries(folder: Path) -> list[str]:
    folder = folder.resolve()
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


# --- the raw store


def documents(raw: Path) -> list[File]:
    found = (document.file for document in incoming(raw, listed(raw, "2023", raw / "memory"), 2023))
    return [file for file in found if file is not None]


def test_every_entry_but_hidden_ones_is_a_document(tmp_path: Path) -> None:
    year = tmp_path / "2023"
    (year / "区" / ".git").mkdir(parents=True)
    for name in ("b.txt", "a.txt", "区/c.txt", ".gitkeep", "区/.git/config", "区/.DS_Store"):
        (year / name).write_text(f"content of {name}")
    (year / "link.txt").symlink_to(tmp_path / "nowhere")
    (year / "folder").symlink_to(tmp_path)
    os.mkfifo(year / "pipe")
    Path(os.fsdecode(os.fsencode(year) + b"/\xff.txt")).write_text("a name that is no UTF-8")
    found = {file.source: file for file in documents(tmp_path)}
    assert sorted(found) == [
        "2023/\\xff.txt",
        "2023/a.txt",
        "2023/b.txt",
        "2023/folder",
        "2023/link.txt",
        "2023/pipe",
        "2023/区/c.txt",
    ]
    assert {source for source, file in found.items() if file.problem} == {
        "2023/folder",
        "2023/link.txt",
        "2023/pipe",
    }
    assert found["2023/a.txt"].sha256 == hashlib.sha256(b"content of a.txt").hexdigest()
    assert found["2023/a.txt"].size == 16


def test_documents_come_by_content_then_source_and_copies_name_the_first(tmp_path: Path) -> None:
    (tmp_path / "2023").mkdir()
    for name, content in {"z.txt": "same", "a.txt": "same", "m.txt": "same", "other.txt": "other"}.items():
        (tmp_path / "2023" / name).write_text(content)
    (tmp_path / "2023" / "gone.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "2023" / "gone too.txt").symlink_to(tmp_path / "nowhere")
    files = documents(tmp_path)
    digests = [file.sha256 for file in files]
    assert digests == [*sorted(digest for digest in digests if digest), None, None]
    assert {file.source: file.copy_of for file in files} == {
        "2023/a.txt": None,
        "2023/m.txt": "2023/a.txt",
        "2023/z.txt": "2023/a.txt",
        "2023/other.txt": None,
        "2023/gone.txt": None,
        "2023/gone too.txt": None,
    }


def test_years_are_folders_of_four_digits(tmp_path: Path) -> None:
    for name in ("2023", "2019", "unfiled", "20233", "二〇二三"):
        (tmp_path / name).mkdir()
    (tmp_path / "2024").write_text("no folder")
    assert raw_years(tmp_path) == ["2019", "2023"]
    assert raw_years(tmp_path / "nowhere") == []


# --- the warehouse


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    files = Warehouse(tmp_path)
    write(files, texts("a", "b"), texts("c"))
    assert [row["report_id"] for row in files.records("normalized_text", "2023")] == ["a", "b", "c"]
    assert files.rows("normalized_text", "2023") == 3
    assert entries(tmp_path / "normalized_text") == [
        "year=2023",
        f"year=2023/{files.path('normalized_text', '2023').name}",
    ]
    assert [table.num_rows for table in files.tables("normalized_text", "2023")] == [2, 1], (
        "a row group for each batch"
    )


@pytest.mark.parametrize("dataset", DATASETS)
def test_a_partition_without_rows_is_a_file_with_the_whole_schema(tmp_path: Path, dataset: str) -> None:
    files = Warehouse(tmp_path)
    with files.replace("2023", dataset) as [writer]:
        writer.write_table(table_of(dataset, as_columns(dataset, [])))
    assert files.rows(dataset, "2023") == 0
    read = pq.read_schema(files.path(dataset, "2023"))
    assert read.equals(arrow_schema(DATASETS[dataset]), check_metadata=False)
    assert read.metadata[b"description"].decode() == DATASETS[dataset].description
    assert read.field(0).metadata[b"description"].decode() == DATASETS[dataset].columns[0].description


def test_the_same_rows_are_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(Warehouse(tmp_path / name), texts("a", "b"), texts("c"))
    assert Warehouse(tmp_path / "one").path("normalized_text", "2023").read_bytes() == (
        Warehouse(tmp_path / "two").path("normalized_text", "2023").read_bytes()
    )


def test_a_partition_stays_as_it_was_when_writing_fails(tmp_path: Path) -> None:
    files = Warehouse(tmp_path)
    write(files, texts("old"))
    before = files.path("normalized_text", "2023").read_bytes()
    with (
        pytest.raises(RuntimeError, match="in the middle"),
        files.replace("2023", "normalized_text", "section_splits") as writers,
    ):
        writers[0].write_table(texts("new"))
        raise RuntimeError("in the middle")
    assert files.path("normalized_text", "2023").read_bytes() == before
    assert len(entries(tmp_path / "normalized_text")) == 2
    assert entries(tmp_path / ".writing") == ["2023.lock", "publishing.lock"]


def test_a_null_where_none_may_be_is_not_written(tmp_path: Path) -> None:
    files = Warehouse(tmp_path)
    spoilt = table_of("normalized_text", as_columns("normalized_text", [{"text": "文"}]))
    with pytest.raises(ValueError, match="report_id must not be null"):
        write(files, spoilt)
    assert not files.folder("normalized_text", "2023").exists()


def test_dictionaries_are_written_as_the_strings_that_they_stand_for(tmp_path: Path) -> None:
    plain = texts("a", "b", "b")
    script = plain.schema.get_field_index("script")
    alike = {
        "strings": pa.array(["hant", "hans", "hant"]),
        "dictionary": pa.DictionaryArray.from_arrays(
            pa.array([2, 0, 2]), pa.array(["hans", "not used", "hant"])
        ),
    }
    made = set()
    for name, column in alike.items():
        files = Warehouse(tmp_path / name)
        with files.replace("2023", "normalized_text") as [writer]:
            writer.write_table(plain.set_column(script, "script", column))
        made.add(files.path("normalized_text", "2023").read_bytes())
    assert len(made) == 1
    ids = pa.DictionaryArray.from_arrays(pa.array([0, 1, 1]), pa.array(["a", None]))
    with (
        pytest.raises(ValueError, match="report_id must not be null"),
        files.replace("2023", "normalized_text") as [writer],
    ):
        writer.write_table(plain.set_column(0, "report_id", ids))


def test_two_cannot_make_one_year_at_once(tmp_path: Path) -> None:
    files, other = Warehouse(tmp_path), Warehouse(tmp_path)
    with files.replace("2023", "normalized_text") as [writer]:
        writer.write_table(texts("first"))
        with pytest.raises(BusyError, match="another process is writing 2023"):
            write(other, texts("second"))
        write(other, texts("other year"), year="2022")
    assert files.column("normalized_text", "2023", "report_id") == ["first"]
    assert files.column("normalized_text", "2022", "report_id") == ["other year"]
    write(other, texts("third"))
    assert files.column("normalized_text", "2023", "report_id") == ["third"]


def test_what_a_killed_process_left_is_written_over(tmp_path: Path) -> None:
    files = Warehouse(tmp_path)
    left = tmp_path / ".writing" / "2023-another run" / "normalized_text" / "year=2023"
    left.mkdir(parents=True)
    (left / "unfinished").write_bytes(b"half a file" * 10_000)
    write(files, texts("a"))
    assert files.column("normalized_text", "2023", "report_id") == ["a"]
    assert entries(tmp_path / ".writing") == ["2023.lock", "publishing.lock"]


def test_new_rows_come_under_a_new_name_and_the_same_rows_change_nothing(tmp_path: Path) -> None:
    files = Warehouse(tmp_path)
    seen = []
    for report_id in ("a", "a", "b", "a"):
        write(files, texts(report_id))
        assert files.column("normalized_text", "2023", "report_id") == [report_id]
        [path] = files.folder("normalized_text", "2023").iterdir()
        seen.append((path.name, path.stat().st_ino))
    assert seen[0] == seen[1] and seen[0][0] == seen[3][0] != seen[2][0]
    assert entries(tmp_path / ".writing") == ["2023.lock", "publishing.lock"]


def test_a_warehouse_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    for root, why in (
        (Path("/proc/warehouse"), "No such file or directory"),
        (tmp_path / "file", "Not a directory"),
    ):
        with pytest.raises(
            StoreError,
            match=f"{root} cannot be written .{why}.: check that it is a folder, that you may write there",
        ):
            write(Warehouse(root), texts("a"))


def test_a_raw_store_that_cannot_be_listed_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError, match=re.escape("file cannot be read (Not a directory)")):
        raw_years(tmp_path / "file")


def test_a_partition_that_was_never_made_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="year=2023 holds no data: run `ogi build --year 2023`"):
        Warehouse(tmp_path).rows("reports", "2023")


def test_a_report_is_one_group_even_over_two_batches(tmp_path: Path) -> None:
    files = Warehouse(tmp_path)
    write(files, texts("a", "b"), texts("b", "c"))
    assert [(report_id, len(rows)) for report_id, rows in files.groups("normalized_text", "2023")] == [
        ("a", 1),
        ("b", 2),
        ("c", 1),
    ]


def test_the_rows_of_a_few_reports_are_read_alone(tmp_path: Path) -> None:
    files = Warehouse(tmp_path)
    with files.replace("2023", "table_status") as [writer]:
        for report_id in ("aa", "bb", "cc"):
            row = {
                "report_id": report_id,
                "report_year": 2023,
                "table": "applications",
                "status": "absent",
                "edition": None,
                "reasons": [],
                "error": None,
            }
            writer.write_table(table_of("table_status", as_columns("table_status", [row])))
    found = files.rows_of("table_status", "2023", {"cc", "aa", "dd"}, ["report_id", "status"])
    assert found == [{"report_id": "aa", "status": "absent"}, {"report_id": "cc", "status": "absent"}]
    assert files.rows_of("table_status", "2023", set(), ["report_id"]) == []
    with pytest.raises(FileNotFoundError, match="holds no data"):
        files.rows_of("table_status", "2022", {"aa"}, ["report_id"])
