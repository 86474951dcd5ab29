"""The pipeline from a raw store to all datasets: whatever comes in is accounted for, and nothing wrong is
published.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

import assets.claims.stage
import assets.table_cells
from assets.document import judge
from assets.model import RawText
from assets.pipeline import OF_DOCUMENTS
from examples.make import EXPECTED, REPORTS
from examples.noise import Noise
from examples.render import render
from examples.report import Organ, make_report
from examples.shapes import with_own_outcome
from orchestration.commands import build, cli
from orchestration.computing import mapping
from orchestration.store.warehouse import Warehouse
from schemas.datasets import DATASETS, tables_by_edition
from schemas.forms import TABLE_KEYS
from tests.made_years import sound_document as document

ROADS, SCHOOLS, PARKS = (
    Organ("云泽市", "", "交通运输局"),
    Organ("临汐市", "", "教育局"),
    Organ("霖州市", "", "民政局"),
)


OF_ONE_YEAR = [name for stage in OF_DOCUMENTS for name in stage.datasets]


def rows(warehouse: Path, dataset: str, year: str = "2023") -> list[dict[str, Any]]:
    return list(Warehouse(warehouse).records(dataset, year if DATASETS[dataset].by_year else ""))


def digests(warehouse: Path) -> dict[str, str]:
    """Every file that readers see, by its partition."""
    return {
        path.parent.relative_to(warehouse).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for pattern in ("[!.]*/year=*/*.parquet", "[!.]*/*.parquet")
        for path in warehouse.glob(pattern)
    }


# --- a folder in which everything is wrong that can be


@dataclass(frozen=True)
class Case:
    """A document of the folder 2023, and what has to become of it."""

    content: str | bytes | Callable[[Path], None]
    outcome: str
    says: str = ""


CASES = {
    "a good one.txt": Case(document(ROADS), "read"),
    "another.txt": Case(
        document(SCHOOLS, seed=1, published="2024-01-10"),
        "read",
        "of the same organ and year as 2023/newer.txt; 2023/newer.txt counts",
    ),
    "newer.txt": Case(
        document(SCHOOLS, seed=2, published="2024-02-20"),
        "read",
        "this one counts as current, because it was published last",
    ),
    "no year.txt": Case(
        document(PARKS, seed=3).replace("2023", "").replace("2024", ""),
        "read",
        "does not say which year it reports on",
    ),
    "zz copy of a good one.txt": Case(document(ROADS), "duplicate", "same content as 2023/a good one.txt"),
    "sub/folder/copy.txt": Case(document(ROADS), "duplicate", "same content as 2023/a good one.txt"),
    "other year.txt": Case(
        document(PARKS, year=2021),
        "refused",
        "reports on 2021 but was filed under 2023: move it to the folder 2021",
    ),
    "empty.txt": Case(b"", "refused", "empty"),
    "zz empty too.txt": Case(b"", "duplicate", "same content as"),
    "noise.txt": Case(bytes(Random(0).randrange(256) for _ in range(4000)), "refused", ""),
    "nuls.txt": Case(b"\0" * 1000, "refused", "empty"),
    "no report.txt": Case("关于召开防汛会议的通知\n\n请各单位参加。\n" * 10, "refused", "年度报告"),
    "document.pdf": Case(b"%PDF-1.7\n" + b"x" * 100, "refused", "a damaged PDF"),
    "huge.txt": Case("年" * 3_000_000, "refused", "more than any report"),
    "one line.txt": Case(b"a" * 5_000_000, "refused", ""),
    "gone.txt": Case(lambda path: path.symlink_to("/nowhere"), "refused", "cannot be opened"),
    "folder link": Case(lambda path: path.symlink_to("/tmp"), "refused", "no regular file"),
    "pipe": Case(lambda path: os.mkfifo(path), "refused", "no regular file"),
}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[build.Summary, Path]]:
    """The folder of the cases beside a year in which all is well, built."""
    root = tmp_path_factory.mktemp("mixed")
    for name, case in CASES.items():
        path = root / "raw" / "2023" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if callable(case.content):
            case.content(path)
        else:
            path.write_bytes(case.content.encode() if isinstance(case.content, str) else case.content)
    (root / "raw" / "2023" / ".gitkeep").write_bytes(b"")
    (root / "raw" / "2022").mkdir()
    (root / "raw" / "2022" / "good.txt").write_text(document(PARKS, year=2022), encoding="utf-8")
    yield build.build(root / "raw", root / "warehouse"), root / "warehouse"


def test_every_document_is_accounted_for(mixed: tuple[build.Summary, Path]) -> None:
    summary, warehouse = mixed
    for dataset in ("raw_text", "reports"):
        assert sorted(row["source"] for row in rows(warehouse, dataset)) == sorted(
            f"2023/{name}" for name in CASES
        )
    assert summary.status == 0
    assert [year.year for year in summary.years] == ["2022", "2023"]
    assert summary.years[1].outcomes.total() == len(CASES)


@pytest.mark.parametrize("name", CASES)
def test_each_document_is_read_or_refused_in_a_sentence(mixed: tuple[build.Summary, Path], name: str) -> None:
    [row] = [row for row in rows(mixed[1], "reports") if row["source"] == f"2023/{name}"]
    said = " ".join([row["reason"] or "", *row["notes"]])
    assert (row["outcome"], CASES[name].says in said) == (CASES[name].outcome, True), said
    assert (row["outcome"] == "read") == (row["reason"] is None)
    assert "internal error" not in said and "\n" not in said
    if row["outcome"] == "read":
        assert [row[f"{table}_status"] for table in TABLE_KEYS] == ["validated"] * 3
    else:
        assert [row[f"{table}_status"] for table in TABLE_KEYS] == [None] * 3 or "filed under" in said


def test_facts_are_those_of_the_documents_that_were_read(mixed: tuple[build.Summary, Path]) -> None:
    _, warehouse = mixed
    read = {row["report_id"]: row for row in rows(warehouse, "reports") if row["outcome"] == "read"}
    facts = rows(warehouse, "validated_facts")
    assert len(facts) == len(read) * sum(
        len(tables_by_edition()["2021", table].cells) for table in TABLE_KEYS
    )
    assert {fact["report_id"] for fact in facts} == set(read)
    for fact in facts:
        assert (fact["issuer"], fact["is_current"]) == (
            read[fact["report_id"]]["issuer"],
            read[fact["report_id"]]["is_current"],
        )


def test_every_fact_shows_its_evidence(mixed: tuple[build.Summary, Path]) -> None:
    _, warehouse = mixed
    text = {row["report_id"]: row["text"] for row in rows(warehouse, "raw_text") if row["outcome"] == "read"}
    for fact in rows(warehouse, "validated_facts"):
        printed = text[fact["report_id"]][fact["start"] : fact["end"]]
        assert fact["raw"] == printed
        assert float(printed.replace(" ", "").replace(",", "")) == fact["value"]


def test_of_two_reports_of_an_organ_the_newest_is_current(mixed: tuple[build.Summary, Path]) -> None:
    current = {row["source"]: row["is_current"] for row in rows(mixed[1], "reports")}
    assert {source for source, is_current in current.items() if is_current} == {
        "2023/a good one.txt",
        "2023/newer.txt",
        "2023/no year.txt",
    }


def test_texts_map_back_and_sections_lie_where_they_say(mixed: tuple[build.Summary, Path]) -> None:
    _, warehouse = mixed
    raw = {row["report_id"]: row["text"] for row in rows(warehouse, "raw_text") if row["outcome"] == "read"}
    normalized = {row["report_id"]: row["text"] for row in rows(warehouse, "normalized_text")}
    assert normalized.keys() == raw.keys()
    sections = [row for row in rows(warehouse, "section_splits") if row["section"] == 3]
    assert {row["report_id"] for row in sections} >= {
        row["report_id"] for row in rows(warehouse, "reports") if row["outcome"] == "read"
    }
    for row in sections:
        for text, start, end in (
            (raw, row["raw_start"], row["raw_end"]),
            (normalized, row["start"], row["end"]),
        ):
            assert "申请" in text[row["report_id"]][start : start + 40]
            assert start < end <= len(text[row["report_id"]])


def test_the_summary_says_what_was_made_and_what_was_refused(mixed: tuple[build.Summary, Path]) -> None:
    text = "\n".join(build.lines(mixed[0]))
    for name, case in CASES.items():
        if case.outcome != "read":
            assert f"{case.outcome:<9} 2023/{name}\n" in text
    assert f"2023  {len(CASES)} documents: 4 read" in text
    assert text.endswith(
        f"2 of 2 years made: {len(CASES) + 1} documents, 5 of them read; 1000 validated facts"
    )


def warnings_of_documents(summary: build.Summary) -> list[str]:
    """The warnings of all years; without those that hold a year against the one before, for the invented
    reports of a year do not follow from those of another.
    """
    found = [warning for year in summary.years for warning in year.warnings]
    return [one for one in found if not one.startswith("check year_over_year.")]


@pytest.mark.parametrize("dataset", DATASETS)
def test_rows_are_in_order(mixed: tuple[build.Summary, Path], dataset: str) -> None:
    made = rows(mixed[1], dataset)
    keys = [tuple((row[name] is None, row[name]) for name in DATASETS[dataset].order) for row in made]
    assert keys == sorted(keys)
    unique = DATASETS[dataset].key
    assert not unique or len({tuple(row[name] for name in unique) for row in made}) == len(made)


# --- again, in parts, after a change


def test_a_second_build_writes_the_same_bytes(mixed: tuple[build.Summary, Path], tmp_path: Path) -> None:
    summary, warehouse = mixed
    before = digests(warehouse)
    assert len(before) == sum(2 if dataset.by_year else 1 for dataset in DATASETS.values())
    build.build(summary.raw, warehouse)
    assert digests(warehouse) == before
    build.build(summary.raw, tmp_path / "elsewhere", ["2023"])
    alone = digests(tmp_path / "elsewhere")
    of_one_year = {place: digest for place, digest in alone.items() if place.split("/")[0] in OF_ONE_YEAR}
    assert len(of_one_year) == len(OF_ONE_YEAR) and of_one_year.items() <= before.items()


def test_the_size_of_batches_changes_no_row(
    mixed: tuple[build.Summary, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary, warehouse = mixed
    monkeypatch.setattr(mapping, "BATCH_DOCUMENTS", 2)
    build.build(summary.raw, tmp_path, ["2023"])
    for dataset in OF_ONE_YEAR:
        assert rows(tmp_path, dataset) == rows(warehouse, dataset), dataset


def test_a_year_without_documents_has_partitions_without_rows(tmp_path: Path) -> None:
    (tmp_path / "raw" / "2023").mkdir(parents=True)
    (tmp_path / "raw" / "2023" / "a.txt").write_text(document(ROADS), encoding="utf-8")
    build.build(tmp_path / "raw", tmp_path / "warehouse")
    assert len(rows(tmp_path / "warehouse", "validated_facts")) == 200
    (tmp_path / "raw" / "2023" / "a.txt").unlink()
    summary = build.build(tmp_path / "raw", tmp_path / "warehouse")
    assert summary.status == 0
    assert all(rows(tmp_path / "warehouse", dataset) == [] for dataset in DATASETS)


def test_a_row_that_the_organ_added_is_published_with_the_sums_that_count_it(tmp_path: Path) -> None:
    report = make_report(Random(5), 2023, {"applications": "2021"}, "bureau")
    report = replace(report, figures=with_own_outcome(Random(5), report.figures))
    raw, warehouse = tmp_path / "raw", tmp_path / "warehouse"
    (raw / "2023").mkdir(parents=True)
    text = render(report, "pipes", Noise(seed=5, shapes=("own_outcome",)))
    (raw / "2023" / "a.txt").write_text(text, encoding="utf-8")
    assert build.build(raw, warehouse, ["2023"]).status == 0
    facts = rows(warehouse, "validated_facts")
    added = [row for row in facts if row["label"] is not None]
    assert len(facts) == len(tables_by_edition()["2021", "applications"].cells) + len(added)
    assert {(row["row"], row["counted_in"]) for row in added} == {("added_1", "applications.handled")}
    assert len(added) == 7


# --- bugs, and figures that must not be published


@pytest.fixture
def two_years(tmp_path: Path) -> Path:
    """A raw store with a report in 2022 and two in 2023."""
    for year, organ, name in ((2022, ROADS, "roads"), (2023, ROADS, "roads"), (2023, SCHOOLS, "schools")):
        path = tmp_path / "raw" / str(year) / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document(organ, year=year), encoding="utf-8")
    return tmp_path


STAGES = {
    "raw_text": "assets.raw_text.read",
    "normalize": "assets.normalized_text.normalize",
    "split": "assets.section_splits.split_sections",
    "read": "assets.table_cells.read_tables",
    "describe": "assets.reports.describe",
    "refuse": "assets.reports.refuse_if_no_report",
}


@pytest.mark.parametrize("place", STAGES.values(), ids=STAGES.keys())
def test_a_bug_that_one_document_trips_over_harms_no_other(
    two_years: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    module, name = place.rsplit(".", 1)
    function = getattr(__import__(module, fromlist=[name]), name)
    title = "临汐市教育局2023年政府信息公开工作年度报告"

    def buggy(*arguments: Any) -> Any:
        text = arguments[0].decode() if isinstance(arguments[0], bytes) else arguments[0]
        if title in text:
            raise KeyError("a bug")
        return function(*arguments)

    monkeypatch.setattr(place, buggy)
    summary = build.build(two_years / "raw", two_years / "warehouse")
    assert summary.status == 0
    found = {row["source"]: row for row in rows(two_years / "warehouse", "reports")}
    assert found["2023/roads.txt"]["outcome"] == "read"
    assert found["2023/schools.txt"]["outcome"] == "refused"
    assert (
        "internal error, please report it with this document: KeyError: 'a bug'"
        in found["2023/schools.txt"]["reason"]
    )
    assert warnings_of_documents(summary) == [
        "check reports.no_internal_errors: the program failed on 1 documents: report them"
    ]
    facts = {row["report_id"] for row in rows(two_years / "warehouse", "validated_facts")}
    assert facts == {found["2023/roads.txt"]["report_id"]}


def test_a_bug_in_the_reading_of_prose_is_told_and_harms_no_figure(
    two_years: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_claims = assets.claims.stage.read_claims

    def buggy(raw: RawText, *arguments: Any) -> Any:
        if "临汐市教育局2023" in raw.text:
            raise KeyError("a bug")
        return read_claims(raw, *arguments)

    monkeypatch.setattr("assets.claims.stage.read_claims", buggy)
    summary = build.build(two_years / "raw", two_years / "warehouse")
    assert summary.status == 0
    assert warnings_of_documents(summary) == [
        "check claims.prose_read: the program failed on 1 documents: report them"
    ]
    reports = {row["source"]: row for row in rows(two_years / "warehouse", "reports")}
    assert {row["outcome"] for row in reports.values()} == {"read"}
    failed = [row["report_id"] for row in rows(two_years / "warehouse", "claims") if row["error"]]
    assert failed == [reports["2023/schools.txt"]["report_id"]]
    facts = {row["report_id"] for row in rows(two_years / "warehouse", "validated_facts")}
    assert facts == {row["report_id"] for row in reports.values() if row["source"].startswith("2023/")}


def test_nothing_is_published_of_a_year_in_which_a_validated_table_breaks_a_rule(
    two_years: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build.build(two_years / "raw", two_years / "warehouse")
    before = digests(two_years / "warehouse")
    read_tables = assets.table_cells.read_tables

    def wrong(raw: str, *arguments: Any) -> Any:
        tables = read_tables(raw, *arguments)
        if "临汐市教育局2023" in raw:
            first, *others = tables[1].cells.column("value")
            tables[1].cells.put("value", [first + 1, *others])
        return tables

    monkeypatch.setattr(assets.table_cells, "read_tables", wrong)
    shutil.rmtree(
        two_years / "warehouse" / ".made"
    )  # the code of the files is the same, and nothing would be made again
    summary = build.build(two_years / "raw", two_years / "warehouse")
    assert summary.status == 1
    assert [year.error is None for year in summary.years] == [True, False]
    assert "applications.row_total" in str(summary.years[1].error)
    assert str(summary.years[1].error).endswith("(all datasets of this year are as they were)")
    assert digests(two_years / "warehouse") == before


def test_a_figure_that_cannot_be_stored_exactly_is_not_published(
    two_years: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_tables = assets.table_cells.read_tables

    def huge(*arguments: Any) -> Any:
        tables = read_tables(*arguments)
        _, *others = tables[0].cells.column("value")
        tables[0].cells.put("value", [10**100_000, *others])
        return tables

    monkeypatch.setattr(assets.table_cells, "read_tables", huge)
    assert build.build(two_years / "raw", two_years / "warehouse").status == 0
    statuses = {(row["table"], row["status"]) for row in rows(two_years / "warehouse", "table_status")}
    assert statuses == {
        ("active_disclosure", "uncertain"),
        ("applications", "validated"),
        ("review_litigation", "validated"),
    }
    assert "active_disclosure" not in {
        row["table"] for row in rows(two_years / "warehouse", "validated_facts")
    }


# --- the command, and the examples


def test_the_status_and_the_words_for_what_was_asked_in_vain(
    two_years: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw, warehouse = str(two_years / "raw"), str(two_years / "warehouse")
    asked = {
        ("--year", "1999"): (2, "1999: no report year"),
        ("--year", "2021"): (2, f"2021: {raw} has no folder for this year"),
        ("--year", "2022", "--year", "2021"): (0, "2021: "),
        ("--year", "2022", "--year", "2022"): (0, "1 of 1 years made: 1 documents"),
    }
    for arguments, (status, words) in asked.items():
        assert cli.main(["build", "--raw", raw, "--warehouse", warehouse, *arguments]) == status
        assert words in capsys.readouterr().out
    assert cli.main(["build", "--raw", str(two_years / "nowhere"), "--warehouse", warehouse]) == 2
    assert "put documents there with `ogi ingest`" in capsys.readouterr().out


def test_the_pipeline_says_of_the_examples_what_is_expected_and_what_judging_them_alone_says(
    tmp_path: Path,
) -> None:
    expected = json.loads(EXPECTED.read_text(encoding="utf-8"))
    assert build.build(REPORTS, tmp_path).status == 0
    years = sorted({path.split("/")[0] for path in expected})
    found = {row["source"]: row for year in years for row in rows(tmp_path, "reports", year)}
    cells = {
        report_id: made
        for year in years
        for report_id, made in Warehouse(tmp_path).groups("table_cells", year)
    }
    assert found.keys() == expected.keys()
    for path, entry in expected.items():
        row = found[path]
        if "same_as" in entry or entry.get("refused") or entry["report"]["year"] != int(path.split("/")[0]):
            assert row["outcome"] == ("duplicate" if "same_as" in entry else "refused"), path
            continue
        alone = judge((REPORTS / path).read_bytes())
        said = alone.description
        assert (row["outcome"], row["report_id"]) == ("read", alone.report_id), (path, row["reason"])
        assert (row["title"], row["issuer"], row["report_year"]) == (said.title, said.issuer, said.year), path
        assert (row["published"] and row["published"].isoformat()) == said.published, path
        assert (row["format"], row["script"], row["encoding"]) == (
            alone.raw.format,
            alone.normalized.script,
            alone.raw.encoding,
        )
        assert row["sections"] == [section.number for section in alone.sections], path
        assert [row[f"{table.key}_status"] for table in alone.tables] == [
            table.status for table in alone.tables
        ], path
        read = [
            (table.key, cell.row, cell.column, cell.value, cell.implied, cell.start)
            for table in alone.tables
            for cell in (*table.cells, *table.added)
        ]
        names = ("table", "row", "column", "value", "implied", "start")
        assert [tuple(cell[name] for name in names) for cell in cells.get(alone.report_id, [])] == read, path


def test_a_pipe_in_the_place_of_the_corrections_stops_nothing(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    (raw / "2023").mkdir(parents=True)
    (raw / "2023" / "empty.txt").write_bytes(b"")
    os.mkfifo(raw / "corrections.csv")
    summary = build.build(raw, tmp_path / "warehouse")
    assert summary.status == 0
    [told] = [line for line in summary.ignored if "corrections.csv" in line]
    assert "cannot be read (it is no regular file)" in told


def test_a_year_that_has_collapsed_is_not_published_unless_a_reason_is_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Seven of thirteen documents are emptied; what was published stays, and the documents are named."""
    raw, warehouse = tmp_path / "raw", tmp_path / "warehouse"
    shutil.copytree(REPORTS / "2023", raw / "2023")
    command = ["build", "--raw", str(raw), "--warehouse", str(warehouse), "--year", "2023"]
    assert cli.main(command) == 0
    before = Warehouse(warehouse).rows("validated_facts", "2023")
    for path in sorted((raw / "2023").iterdir())[:7]:
        path.write_bytes(b"")
    capsys.readouterr()
    assert cli.main(command) == 1
    printed = capsys.readouterr().out
    assert "the year has collapsed against the one that is published: reports lost: 7 of 11" in printed
    assert "2023/云泽市交通运输局2023.txt (same content as " in printed
    assert Warehouse(warehouse).rows("validated_facts", "2023") == before
    assert cli.main([*command, "--accept", "withdrawn by the organs"]) == 0
    assert "accepted, withdrawn by the organs: the year has collapsed" in capsys.readouterr().out
    assert Warehouse(warehouse).rows("validated_facts", "2023") < before
    [kept] = (warehouse / ".accepted").iterdir()
    assert json.loads(kept.read_text(encoding="utf-8"))["reason"] == "withdrawn by the organs"
    assert cli.main(command) == 0
