"""A release stands by itself, says what everything in it is, and tells every change from the one before."""

import csv
import hashlib
import io
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

from examples.report import Organ
from orchestration.code_location.release import release as asset
from orchestration.code_location.resources import Store
from orchestration.commands import cli
from orchestration.releasing.views import VIEWS
from schemas.datasets import DATASETS
from schemas.panel_figures import figure_named
from schemas.release import PLAIN_NAMES, TABLES
from tests.made_years import sound_document

EXAMPLES = Path(__file__).parents[3] / "examples" / "reports"


def release(warehouse: Path, out: Path, *options: str) -> int:
    return cli.main(["release", "--warehouse", str(warehouse), "--out", str(out), *options])


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example reports of two years."""
    root = tmp_path_factory.mktemp("released") / "warehouse"
    years = ("--year", "2022", "--year", "2023")
    assert cli.main(["build", "--raw", str(EXAMPLES), "--warehouse", str(root), *years]) == 0
    return root


@pytest.fixture(scope="module")
def released(warehouse: Path) -> Path:
    out = warehouse.with_name("release")
    assert release(warehouse, out, "--version", "2024.1") == 0
    return out


@pytest.fixture(scope="module")
def database(released: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(released / "reports.duckdb"), read_only=True) as connection:
        yield connection


def records(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    found = connection.execute(query)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


# --- what is in it


def test_every_file_has_its_checksum_and_the_datasets_are_the_bytes_of_the_warehouse(
    released: Path, warehouse: Path
) -> None:
    lines = (released / "checksums.sha256").read_text("utf-8").splitlines()
    listed = {line.partition("  ")[2]: line.partition("  ")[0] for line in lines}
    files = {path.relative_to(released).as_posix(): path for path in released.rglob("*") if path.is_file()}
    assert set(listed) == set(files) - {"checksums.sha256"}
    assert all(hashlib.sha256(files[name].read_bytes()).hexdigest() == listed[name] for name in listed)
    [facts] = (warehouse / "validated_facts" / "year=2023").glob("*.parquet")
    assert (released / "data/validated_facts/validated_facts-2023.parquet").read_bytes() == facts.read_bytes()
    assert {path.name for path in (released / "data").iterdir()} == set(DATASETS)


def test_the_package_describes_every_column_as_it_is(released: Path) -> None:
    package = json.loads((released / "datapackage.json").read_text("utf-8"))
    assert (package["version"], package["since"], package["temporal"]) == ("2024.1", None, "2022/2023")
    resources = {one["name"]: one for one in package["resources"]}
    assert len(resources) == len(package["resources"])
    for one in resources.values():
        path = released / one["path"]
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert (one["bytes"], one["hash"]) == (path.stat().st_size, f"sha256:{digest}")
        if path.suffix == ".parquet":
            schema = json.loads((released / one["schema"]).read_text("utf-8"))
            assert [field["name"] for field in schema["fields"]] == pq.read_schema(path).names
        elif path.suffix == ".csv":
            head = next(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))
            assert [field["name"] for field in one["schema"]["fields"]] == head
    assert {"panel.csv", "panel-2022", "organs", "codebook.parquet", "reports.duckdb"} <= set(resources)


def test_common_tools_open_it(released: Path) -> None:
    facts = pd.read_parquet(released / "data" / "validated_facts")
    assert facts["report_year"].dtype == "int16" and "year" not in facts
    other = pl.read_parquet(released / "data/validated_facts/*.parquet")
    assert len(other) == len(facts) and other["report_year"].dtype == pl.Int16
    assert (released / "panel.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    panel = pd.read_csv(released / "panel.csv", dtype={"report_id": str})
    assert set(panel["report_id"]) == set(pd.read_parquet(released / "data" / "panel")["report_id"])


# --- the database


def test_every_table_view_and_column_says_what_it_is(database: duckdb.DuckDBPyConnection) -> None:
    silent = records(
        database,
        "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND comment IS NULL "
        "UNION ALL SELECT table_name, NULL FROM duckdb_tables() WHERE comment IS NULL UNION ALL "
        "SELECT view_name, NULL FROM duckdb_views() WHERE NOT internal AND comment IS NULL",
    )
    assert silent == []
    tables = {row["name"] for row in records(database, "SELECT table_name AS name FROM duckdb_tables()")}
    assert tables == {*DATASETS, *TABLES}


def test_facts_bear_labels_and_are_as_many_as_they_are(database: duckdb.DuckDBPyConnection) -> None:
    [all_] = records(database, "SELECT count(*) AS n FROM validated_facts")
    [labelled] = records(
        database,
        "SELECT count(*) AS n, count(table_zh) AS t, count(row_zh) AS r, count(column_zh) AS c, "
        "count(row_en) AS re, count(column_en) AS ce, count(basis_zh) AS b FROM facts_labelled",
    )
    assert set(labelled.values()) == {all_["n"]}
    [one] = records(
        database,
        "SELECT DISTINCT table_zh, row_zh, row_en, column_zh, column_en, figure FROM facts_labelled "
        "WHERE row_key = 'refused_process' AND column_key = 'natural_person'",
    )
    assert one == {
        "table_zh": "收到和处理政府信息公开申请情况",
        "row_zh": "6.属于四类过程性信息",
        "row_en": "Refused: information of deliberation",
        "column_zh": "自然人",
        "column_en": "Natural persons",
        "figure": "refused_process_nat",
    }


@pytest.mark.parametrize("view", [view.name for view in VIEWS])
def test_no_view_multiplies_or_loses_rows(database: duckdb.DuckDBPyConnection, view: str) -> None:
    of = {
        "facts_labelled": "SELECT count(*) AS n FROM validated_facts",
        "broken_sums": "SELECT count(*) AS n FROM violations WHERE outcome = 'broken'",
        "contradictions": "SELECT count(*) AS n FROM claims WHERE outcome = 'contradicts'",
        "coverage": "SELECT count(*) AS n FROM (SELECT report_year, province FROM organ_reports "
        "WHERE is_current UNION SELECT report_year, province FROM missing)",
        "documents_by_year": "SELECT count(*) AS n FROM (SELECT DISTINCT report_year, outcome FROM reports)",
        "read_reports": "SELECT count(DISTINCT report_id) AS n FROM reports WHERE outcome = 'read'",
    }
    assert records(database, f"SELECT count(*) AS n FROM {view}") == records(database, of[view])


def test_coverage_counts_every_current_report_and_table(database: duckdb.DuckDBPyConnection) -> None:
    [found] = records(
        database,
        "SELECT sum(reports) AS reports, sum(tables_validated + tables_inconsistent + tables_incomplete + "
        "tables_uncertain + tables_absent) AS tables, sum(organs_missing) AS missing FROM coverage",
    )
    [reports] = records(database, "SELECT count(*) AS n FROM organ_reports WHERE is_current")
    [missing] = records(database, "SELECT count(*) AS n FROM missing")
    assert found == {"reports": reports["n"], "tables": 3 * reports["n"], "missing": missing["n"]}


def test_plain_names_need_no_quotes(database: duckdb.DuckDBPyConnection) -> None:
    reserved = {
        row["word"]
        for row in records(
            database, "SELECT keyword_name AS word FROM duckdb_keywords() WHERE keyword_category = 'reserved'"
        )
    }
    for dataset in DATASETS.values():
        plain = [PLAIN_NAMES.get(name, name) for name in dataset.names]
        assert set(plain) & reserved == set() and len(set(plain)) == len(plain), dataset.name
    database.execute("SELECT table_key, row_key, column_key, span_end FROM plain.validated_facts LIMIT 1")


def test_every_figure_of_the_panel_is_a_cell_with_its_words(database: duckdb.DuckDBPyConnection) -> None:
    cells = {
        (row["report_id"], row["table"], row["row"], row["column"]): row
        for row in records(database, 'SELECT *, "table", "row", "column" FROM table_cells')
    }
    found = 0
    for row in records(database, "FROM panel"):
        for name, figure in figure_named().items():
            if row[name] is None:
                continue
            found += 1
            cell = cells[row["report_id"], figure.table, *figure.cell]
            if row[figure.flag] == "corrected":
                continue
            if cell["value"] is None:  # nothing is printed, and the sums leave no other
                assert cell["implied"] == row[name]
            else:
                assert cell["value"] == row[name] and cell["end"] > cell["start"] and cell["raw"]
    assert found > 1000


# --- what people read


def test_the_readme_says_it_in_both_languages(released: Path) -> None:
    english = (released / "README.md").read_text("utf-8")
    chinese = (released / "README.zh-CN.md").read_text("utf-8")
    assert "Version 2024.1." in english and "版本 2024.1。" in chinese
    assert "| `inconsistent` inconsistent | the printed figures contradict each other |" in english
    assert "| `inconsistent` 数据矛盾 | 表内所印数字相互矛盾 |" in chinese
    assert "There is no release before" in english and "没有可比较的上一版本" in chinese
    for line in english.splitlines():
        if line.startswith("| 202"):
            assert line.count("|") in (4, 6, 7), line


def test_the_page_holds_all_that_it_shows(released: Path) -> None:
    page = (released / "index.html").read_text("utf-8")
    assert "src=" not in page and "http" not in page
    content = json.loads(page.partition('id="data">')[2].partition("</script>")[0])
    received = content["columns"].index("received")
    panel = pd.read_parquet(released / "data" / "panel")
    sure = panel[panel["f_received"].isin(["validated", "corrected", "implied"])]["received"].sum()
    assert sum(group[received] or 0 for group in content["groups"]) == sure
    assert all(set(words) == {"zh", "en"} for words in content["words"].values())
    book = (released / "codebook.html").read_text("utf-8")
    assert 'id="2019-other"' in book and "（六）其他处理" in book


# --- what changed

ROADS, SCHOOLS, PARKS, ROADS_OLD = (
    Organ("云泽市", "", "交通运输局"),
    Organ("临汐市", "", "教育局"),
    Organ("霖州市", "", "民政局"),
    Organ("砚江市", "", "水务局"),
)


def document(organ: Organ, seed: int = 0, published: str = "2024-01-20") -> str:
    return sound_document(organ, seed=seed, published=published)


def built(raw: Path, warehouse: Path) -> None:
    assert cli.main(["build", "--raw", str(raw), "--warehouse", str(warehouse)]) == 0


def changes(out: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(out / "changes.parquet").to_pylist()
    return rows


def test_every_change_is_told_with_its_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw, warehouse, out = tmp_path / "raw", tmp_path / "warehouse", tmp_path / "out"
    year = raw / "2023"
    year.mkdir(parents=True)
    (year / "roads.txt").write_text(document(ROADS))
    blank, blanks = re.subn(r"(行政许可\W+)149", r"\1", document(SCHOOLS, 1))
    assert blanks == 1
    (year / "schools.txt").write_text(blank)
    (year / "water.txt").write_text(document(ROADS_OLD, 3))
    built(raw, warehouse)
    assert release(warehouse, out, "--version", "1") == 0

    # An organ corrects its report, one is gone, one is new; a person corrects a figure; and the program of
    # the release before read one figure in another way.
    (year / "roads-new.txt").write_text(document(ROADS, 4, "2024-03-01"))
    (year / "water.txt").unlink()
    (year / "parks.txt").write_text(document(PARKS, 5))
    facts = pq.read_table(out / "data/validated_facts/validated_facts-2023.parquet")
    mine = hashlib.sha256((year / "schools.txt").read_bytes()).hexdigest()[:16]
    rows = facts.to_pylist()
    held = {(row["report_id"], row["table"], row["row"], row["column"]): row for row in rows}
    upheld = held[mine, "review_litigation", "review", "upheld"]
    was = upheld["value"]
    upheld["value"] = was + 7
    pq.write_table(
        type(facts).from_pylist(rows, facts.schema), out / "data/validated_facts/validated_facts-2023.parquet"
    )
    (raw / "corrections.csv").write_text(
        "report_id,table,row,column,printed,corrected,reason,who,when\n"
        f"{mine},active_disclosure,licensing,decisions,,149,asked by telephone,steward,2024-05-20\n"
    )
    built(raw, warehouse)
    capsys.readouterr()
    assert release(warehouse, out, "--version", "2") == 0
    found = changes(out)
    by_organ = {(row["issuer"], row["change"], row["reason"]) for row in found}
    assert ("云泽市交通运输局", "changed", "new_version") in by_organ
    assert {one[1:] for one in by_organ if one[0] == "霖州市民政局"} == {("added", "new_document")}
    assert {one[1:] for one in by_organ if one[0] == "砚江市水务局"} == {("removed", "withdrawn")}
    schools = [row for row in found if row["issuer"] == "临汐市教育局"]
    told_of = {
        (row["table_key"], row["row_key"], row["column_key"]): (
            row["change"],
            row["value_before"],
            row["value_now"],
            row["basis_now"],
            row["reason"],
        )
        for row in schools
    }
    review = told_of.pop(("review_litigation", "review", "upheld"))
    assert review == ("changed", was + 7, was, "printed", "code")
    licences = told_of["active_disclosure", "licensing", "decisions"]
    assert licences == ("added", None, 149, "corrected", "correction")
    # With it the table is whole, and its other figures are published too.
    assert {key[0] for key in told_of} == {"active_disclosure"} and len(told_of) > 1
    assert {one[0::4] for one in told_of.values()} == {("added", "correction")}
    keys = [tuple(row[name] for name in TABLES["changes"].key) for row in found]
    assert len(set(keys)) == len(keys)
    told = capsys.readouterr().out
    counts = Counter(row["reason"] for row in found)
    assert f"figures that changed since version 1: {len(found)}" in told
    assert all(f"{reason:14} {count}" in told for reason, count in counts.items())
    assert "Since version 1" in (out / "README.md").read_text("utf-8")

    # And nothing, where nothing changed.
    other = tmp_path / "other"
    assert release(warehouse, other, "--since", str(out)) == 0
    assert changes(other) == [] and "Nothing changed." in (other / "README.md").read_text("utf-8")


def test_a_report_that_counts_for_another_organ_is_told_so(
    warehouse: Path, released: Path, tmp_path: Path
) -> None:
    before = tmp_path / "before"
    shutil.copytree(released, before)
    path = before / "data/organ_reports/organ_reports-2023.parquet"
    table = pq.read_table(path)
    rows = table.to_pylist()
    facts = pq.read_table(before / "data/validated_facts/validated_facts-2023.parquet")
    moved = next(
        row for row in rows if row["is_current"] and row["report_id"] in facts["report_id"].to_pylist()
    )
    moved["organ_id"] = "o" + "0" * 15
    pq.write_table(type(table).from_pylist(rows, table.schema), path)
    assert release(warehouse, tmp_path / "now", "--since", str(before)) == 0
    found = changes(tmp_path / "now")
    assert {(row["reason"], row["report_before"] or row["report_now"]) for row in found} == {
        ("attribution", moved["report_id"])
    }
    assert Counter(row["change"] for row in found).keys() == {"added", "removed"}


# --- what is refused


def test_what_cannot_be_released_is_said(
    warehouse: Path, released: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("keep me")
    assert release(warehouse, mine) == 2
    assert "holds something that is no release" in capsys.readouterr().err
    assert [path.name for path in mine.iterdir()] == ["letter.txt"]
    assert release(warehouse, tmp_path / "a", "--since", str(mine)) == 2
    assert "holds no release" in capsys.readouterr().err
    assert release(tmp_path / "nothing", tmp_path / "b") == 2
    assert "holds no year: run `ogi build` first" in capsys.readouterr().err
    half = tmp_path / "half"
    shutil.copytree(warehouse, half, symlinks=False)
    shutil.rmtree(half / "panel")
    assert release(half, tmp_path / "c") == 2
    assert "has no panel of 2022: run `ogi build`" in capsys.readouterr().err
    old = tmp_path / "old"
    shutil.copytree(released, old)
    for path in (old / "data" / "validated_facts").iterdir():
        pq.write_table(pq.read_table(path).drop_columns(["basis"]), path)
    assert release(warehouse, tmp_path / "d", "--since", str(old)) == 2
    assert "is a release of an older contract" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["half", "mine", "old"]


def test_the_asset_makes_the_same(warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OGI_RELEASE", str(tmp_path / "release"))
    store = Store(raw=str(EXAMPLES), warehouse=str(warehouse))
    result = dg.materialize(
        [asset], resources={"store": store}, tags={"ogi/version": "7"}, selection=[asset.key]
    )
    [event] = result.asset_materializations_for_node("release")
    assert event.metadata["years"].value == "2022, 2023"
    package = json.loads((tmp_path / "release" / "datapackage.json").read_text("utf-8"))
    assert package["version"] == "7"
    empty = Store(raw=str(EXAMPLES), warehouse=str(tmp_path / "nothing"))
    failed = dg.materialize([asset], resources={"store": empty}, selection=[asset.key], raise_on_error=False)
    assert not failed.success
