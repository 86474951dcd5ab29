"""Asset checks on a built year: each passes on one in which all is well, and fails on one that was tampered
with.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import dagster as dg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import assets.table_cells
from assets.corrections import COLUMNS
from assets.model import Cells, TableReading
from assets.raw_text import report_id
from assets.table_cells import read_tables
from examples.figures import Figures
from examples.render import render
from examples.report import Organ, make_report
from orchestration.code_location.checks import PROPERTIES, CheckedYear
from orchestration.code_location.definitions import defs
from orchestration.code_location.resources import Store
from orchestration.commands import build
from orchestration.store.folders import sha256_of
from orchestration.store.partitions import DIGITS
from orchestration.store.warehouse import Warehouse
from schemas.datasets import DATASETS

ROADS, SCHOOLS = Organ("云泽市", "", "交通运输局"), Organ("临汐市", "", "教育局")
YEAR = "2023"
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
Rows = list[dict[str, Any]]


def document(organ: Organ, change: Callable[[Figures], Figures] = dict, seed: int = 0) -> str:
    """A report in which all is well but for what is changed."""
    report = make_report(Random(seed), int(YEAR), organ=organ, scale="bureau")
    title = f"{organ.full}{YEAR}年政府信息公开工作年度报告"
    return render(
        replace(report, title=title, header=(), signature=(), figures=change(report.figures)), "pipes"
    )


def file(root: Path, name: str, text: str) -> str:
    """File a document of the year; its report_id."""
    path = root / "raw" / YEAR / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return report_id(text.encode())


def with_figure(table: str, row: str, column: str, value: Any) -> Callable[[Figures], Figures]:
    return lambda figures: figures | {(table, row, column): value}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A year of two reports in which all is well, built."""
    root = tmp_path_factory.mktemp("good")
    file(root, "roads.txt", document(ROADS))
    file(root, "schools.txt", document(SCHOOLS, seed=1))
    assert build.build(root / "raw", root / "warehouse").status == 0
    return root


@pytest.fixture
def year(good: Path, tmp_path: Path) -> Path:
    """A copy of it to tamper with."""
    shutil.copytree(good, tmp_path, symlinks=True, copy_function=shutil.copy, dirs_exist_ok=True)
    return tmp_path


def judge(root: Path, dataset: str, name: str) -> dg.AssetCheckResult:
    """Run one check alone, as the UI does."""
    loaded = dg.Definitions(
        assets=defs.assets, asset_checks=defs.asset_checks, resources={"store": store(root)}
    )
    key = dg.AssetCheckKey(dg.AssetKey(dataset), name)
    job = loaded.resolve_implicit_global_asset_job_def().get_subset(
        asset_selection=set(), asset_check_selection={key}
    )
    result = job.execute_in_process(partition_key=YEAR, run_config=QUIET, raise_on_error=False)
    [evaluation] = result.get_asset_check_evaluations()
    return evaluation  # type: ignore[return-value]


def store(root: Path) -> Store:
    return Store(raw=str(root / "raw"), warehouse=str(root / "warehouse"))


def verdict(root: Path, dataset: str, name: str) -> Any:
    [prop] = [prop for prop in PROPERTIES if (prop.dataset, prop.name) == (dataset, name)]
    return prop.judge(CheckedYear(store(root), year_of(dataset)))


def year_of(dataset: str) -> str:
    return YEAR if DATASETS[dataset].by_year else ""


def tamper(dataset: str, change: Callable[[Rows], Rows]) -> Callable[[Path], None]:
    """Write other rows into a partition, past everything that guards it."""

    def do(root: Path) -> None:
        path = Warehouse(root / "warehouse").path(dataset, year_of(dataset))
        rows = change(pq.read_table(path, partitioning=None).to_pylist())
        pq.write_table(pa.Table.from_pylist(rows, pq.read_schema(path)), path)
        build = path.stem.split("-")[2]
        path.rename(path.with_name(f"data-{sha256_of(path)[:DIGITS]}-{build}.parquet"))

    return do


def first(rows: Rows, **where: Any) -> int:
    return next(i for i, row in enumerate(rows) if all(row[name] == value for name, value in where.items()))


def changed(changes: dict[str, Any], **where: Any) -> Callable[[Rows], Rows]:
    def change(rows: Rows) -> Rows:
        i = first(rows, **where)
        return [*rows[:i], rows[i] | changes, *rows[i + 1 :]]

    return change


def doubled(rows: Rows) -> Rows:
    return [rows[0], *rows]


def without_first(rows: Rows) -> Rows:
    return rows[1:]


def in_all(**changes: Any) -> Callable[[Rows], Rows]:
    return lambda rows: [row | changes for row in rows]


def corrections(*lines: str) -> Callable[[Path], None]:
    return lambda root: (
        (root / "raw" / "corrections.csv").write_text(
            "\n".join([",".join(COLUMNS), *lines]), encoding="utf-8"
        )
        and None
    )


def cell(name: str, value: Any, table: str = "applications") -> Callable[[Path], None]:
    """Put another figure into a cell of the first report."""
    row, column = name.split(".")
    return tamper(
        "table_cells", changed({"value": value, "implied": None}, table=table, row=row, column=column)
    )


def two_violations_alike(rows: Rows) -> Rows:
    filled: dict[str, Any] = {
        "report_id": "0" * 16,
        "report_year": int(YEAR),
        "table": "review_litigation",
        "rule": "review_litigation.total",
    }
    filled |= {"outcome": "broken", "message": "a sum", "cells": [{"row": "review", "column": "total"}]}
    row = {
        column.name: filled.get(column.name, [] if column.type.startswith("list") else None)
        for column in DATASETS["violations"].columns
    }
    return [row, row]


def broken_rule() -> dict[str, Any]:
    """A row of year_over_year in which a rule is broken and nothing explains it."""
    filled = {"outcome": "broken", "rule": "year.carry", "report_id": "0" * 16, "report_year": int(YEAR)}
    return invented("year_over_year") | filled


def invented(dataset: str) -> dict[str, Any]:
    """A row with nothing in it."""
    return {
        column.name: None if column.nullable else [] if column.type.startswith("list") else blank(column)
        for column in DATASETS[dataset].columns
    }


def two_alike(dataset: str) -> Callable[[Rows], Rows]:
    return lambda _: [invented(dataset), invented(dataset)]


def blank(column: Any) -> Any:
    """A value that a column without nulls may have."""
    if column.values:
        return column.values[0]
    return "" if column.type == "string" else False if column.type == "bool" else 0


BUG = "internal error, please report it with this document: KeyError: 'x'"
# (dataset, check): what makes it fail, and what it then says
FAILS: dict[tuple[str, str], tuple[Callable[[Path], None], str]] = {
    **{
        (name, "keys_unique"): (tamper(name, doubled), "1 keys occur more than once")
        for name in DATASETS
        if name not in ("violations", "missing", "rulings")  # of which a year where all is well has no row
    },
    **{
        (name, "keys_unique"): (tamper(name, two_alike(name)), "1 keys occur more than once")
        for name in ("missing", "rulings")
    },
    ("violations", "keys_unique"): (
        tamper("violations", two_violations_alike),
        "1 keys occur more than once",
    ),
    ("normalized_text", "reports_conserved"): (
        tamper("normalized_text", without_first),
        "1 documents that were read have no row",
    ),
    ("table_status", "reports_conserved"): (
        tamper("table_status", without_first),
        "1 documents have another number of rows than 3",
    ),
    ("table_cells", "cells_complete"): (
        tamper("table_cells", without_first),
        "active_disclosure: 9 cells, 10 expected",
    ),
    ("violations", "active_disclosure_count"): (
        cell("regulations.issued", 0.5, "active_disclosure"),
        "holds in 1 of 2 reports (50.0%), broken in 1",
    ),
    ("violations", "applications_balance"): (
        cell("carried_in.business", 1e6),
        "第一项加第二项之和，等于第三项加第四项之和: holds in 1 of 2",
    ),
    ("violations", "applications_handled"): (
        cell("granted.business", 1e6),
        "holds in 1 of 2 reports (50.0%), broken in 1",
    ),
    ("violations", "applications_row_total"): (
        cell("granted.business", 1e6),
        "holds in 1 of 2 reports (50.0%), broken in 1",
    ),
    ("violations", "applications_count"): (
        cell("granted.business", -1.0),
        "holds in 1 of 2 reports (50.0%), broken in 1",
    ),
    ("violations", "review_litigation_total"): (
        cell("review.upheld", 1e6, "review_litigation"),
        "broken in 1, left undecided by blanks in 0",
    ),
    ("violations", "review_litigation_count"): (
        cell("review.upheld", -1.0, "review_litigation"),
        "holds in 1 of 2 reports (50.0%), broken in 1",
    ),
    ("table_status", "share_validated"): (
        tamper("table_status", in_all(status="uncertain")),
        "0 of 6 tables that are there are validated",
    ),
    ("table_status", "share_inconsistent"): (
        tamper("table_status", in_all(status="inconsistent")),
        "6 of 6 tables that are there are inconsistent",
    ),
    ("table_status", "share_incomplete"): (
        tamper("table_status", in_all(status="incomplete")),
        "(100%); at most 40% are expected",
    ),
    ("table_status", "share_uncertain"): (
        tamper("table_status", in_all(status="uncertain")),
        "(100%); at most 10% are expected",
    ),
    ("table_status", "share_absent"): (
        tamper("table_status", in_all(status="absent")),
        "6 of 6 tables are absent (100%)",
    ),
    ("reports", "documents_conserved"): (
        tamper("reports", without_first),
        "1 documents have no row, 0 rows have no document: build the year again",
    ),
    ("reports", "no_internal_errors"): (
        tamper("reports", in_all(reason=BUG)),
        "the program failed on 2 documents: report them",
    ),
    ("claims", "prose_read"): (
        tamper("claims", in_all(error=BUG)),
        "the program failed on 2 documents: report them",
    ),
    ("claims", "prose_agrees"): (
        tamper("claims", in_all(outcome="contradicts")),
        "figures of the prose contradict the tables, 0 agree",
    ),
    ("compliance", "on_time"): (tamper("compliance", in_all(on_time="no")), "0 of 2 reports came in time"),
    ("panel", "received_covered"): (
        tamper("panel", in_all(f_received="not_read")),
        "of 0 of 2 reports it is sure",
    ),
    ("year_over_year", "follows_from_last_year"): (
        tamper("year_over_year", lambda _: [broken_rule()]),
        "1 of 1 figures do not follow from last year's reports",
    ),
    ("prose_rules", "prose_rules_hold"): (
        tamper("prose_rules", in_all(outcome="broken")),
        "3 rules across sections are broken, 0 hold",
    ),
    ("validated_facts", "facts_complete"): (
        tamper("validated_facts", without_first),
        "6 validated or corrected tables have 400 cells, 399 facts",
    ),
    ("validated_facts", "evidence_shown"): (
        tamper("validated_facts", changed({"start": 0}, basis="printed")),
        "1 of 400 facts lack their evidence",
    ),
    ("validated_facts", "corrections_fit"): (
        corrections("a line that is none"),
        "1 do not, first line 2 has 1 fields",
    ),
}
each_check = pytest.mark.parametrize(("dataset", "name"), FAILS, ids=lambda value: value)


def test_every_check_is_tried() -> None:
    assert set(FAILS) == {(prop.dataset, prop.name) for prop in PROPERTIES}


# Of a single year there is nothing that a rule across years could be held against; its reports name no day.
NOT_JUDGED = {
    "follows_from_last_year": "no figure could be held against last year's reports",
    "on_time": "of none of 2 reports it is known",
}


@each_check
def test_a_check_passes_on_a_year_in_which_all_is_well(good: Path, dataset: str, name: str) -> None:
    found = verdict(good, dataset, name)
    assert found.passed is (name not in NOT_JUDGED)
    assert found.passed or NOT_JUDGED[name] in found.message


@each_check
def test_a_check_fails_where_its_property_is_lacking(year: Path, dataset: str, name: str) -> None:
    spoil, says = FAILS[dataset, name]
    spoil(year)
    found = verdict(year, dataset, name)
    assert not found.passed and says in found.message, found.message


def test_what_describes_the_source_warns_and_the_rest_blocks() -> None:
    warn = {prop.name for prop in PROPERTIES if not prop.blocking}
    shares = {
        f"share_{status}" for status in ("validated", "inconsistent", "incomplete", "uncertain", "absent")
    }
    families = {name for dataset, name in FAILS if dataset == "violations"} - {"keys_unique"}
    over_years = {"on_time", "received_covered", "follows_from_last_year"}
    of_prose = {"prose_read", "prose_agrees", "prose_rules_hold"}
    assert warn == shares | families | over_years | of_prose | {"no_internal_errors", "corrections_fit"}
    assert len(families) == 7


def test_a_check_alone_reads_its_own_partition_and_says_what_a_person_can_act_on(year: Path) -> None:
    cell("granted.business", 1e6)(year)
    result = judge(year, "violations", "applications_row_total")
    assert (result.passed, result.severity) == (False, dg.AssetCheckSeverity.WARN)
    figures = {name: value.value for name, value in result.metadata.items()}
    assert (figures["holds"], figures["broken"], figures["undecided"], figures["share_holds"]) == (
        1,
        1,
        0,
        0.5,
    )
    assert re.search(r"\| 2023/\w+\.txt \| 1 \| \d+ \|", figures["details"])
    blocked = judge(year, "table_cells", "keys_unique")
    assert (blocked.passed, blocked.severity) == (True, dg.AssetCheckSeverity.ERROR)


# --- before anything is published


def published(root: Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes() for path in (root / "warehouse" / "validated_facts").glob("*/*.parquet")
    }


def shifted(tables: list[TableReading]) -> None:
    """All evidence one character off."""
    for read in tables:
        read.cells = Cells(
            one if one.start is None else one._replace(start=one.start + 1, end=(one.end or 0) + 1)
            for one in read.cells
        )


def add_one(table: TableReading, place: int) -> None:
    values = list(table.cells.column("value"))
    values[place] = (values[place] or 0) + 1
    table.cells.put("value", values)


def other_value(tables: list[TableReading]) -> None:
    """A figure of a table without sums that is not the one printed."""
    add_one(tables[0], next(i for i, one in enumerate(tables[0].cells) if one.value is not None))


def lost_cell(tables: list[TableReading]) -> None:
    tables[1].cells = Cells(tables[1].cells[1:])


def repeated_cell(tables: list[TableReading]) -> None:
    tables[1].cells = Cells([*tables[1].cells, tables[1].cells[-1]])


def broken_sum(tables: list[TableReading]) -> None:
    add_one(tables[1], 0)


BUGS = {
    shifted: "facts lack their evidence, first",
    other_value: "is published",
    lost_cell: "check table_cells.cells_complete: 2 tables have another number of cells than their form",
    repeated_cell: "check table_cells.keys_unique: 2 keys occur more than once",
    broken_sum: "applications.row_total[received]",
}


@pytest.mark.parametrize(("bug", "says"), BUGS.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_nothing_is_published_where_a_property_that_must_never_fail_does(
    year: Path, monkeypatch: pytest.MonkeyPatch, bug: Callable[[list[TableReading]], None], says: str
) -> None:
    before = published(year)

    def buggy(*arguments: Any) -> list[TableReading]:
        tables = read_tables(*arguments)
        bug(tables)
        return tables

    monkeypatch.setattr(assets.table_cells, "read_tables", buggy)
    summary = build.build(year / "raw", year / "warehouse")
    assert summary.status == 1
    error = str(summary.years[0].error)
    assert says in error and error.endswith("(all datasets of this year are as they were)")
    assert published(year) == before and len(before) == 1


def test_the_gate_does_not_rely_on_the_checks_before_it(year: Path) -> None:
    """A later run of the last step alone is not stopped by a check that failed in an earlier run."""
    before = published(year)
    tamper("table_cells", lambda rows: [row for row in rows if row["table"] != "review_litigation"])(year)
    job = dg.define_asset_job(
        "one_step", selection=dg.AssetSelection.assets("validated_facts"), executor_def=dg.in_process_executor
    )
    loaded = dg.Definitions(assets=defs.assets, jobs=[job], resources={"store": store(year)})
    result = loaded.resolve_job_def("one_step").execute_in_process(
        partition_key=YEAR, run_config=QUIET, raise_on_error=False
    )
    [failure] = [event.step_failure_data.error for event in result.all_events if event.is_step_failure]
    assert failure is not None and "6 validated or corrected tables have 400 cells, 370 facts" in str(
        failure.cause
    )
    assert published(year) == before


# --- corrections, from the file to the facts


WRONG = with_figure("review_litigation", "review", "total", 99)


@pytest.fixture
def broken(tmp_path: Path) -> Iterator[tuple[Path, str, int]]:
    """A year in which one report prints a wrong total; its id, and the figure that would be right."""
    right = make_report(Random(0), int(YEAR), organ=ROADS, scale="bureau").figures[
        "review_litigation", "review", "total"
    ]
    wrong = file(tmp_path, "roads.txt", document(ROADS, WRONG))
    file(tmp_path, "schools.txt", document(SCHOOLS, seed=1))
    assert isinstance(right, int)
    yield tmp_path, wrong, right


def line(report: str, printed: object, corrected: object, row: str = "review") -> str:
    return f"{report},review_litigation,{row},total,{printed},{corrected},来函确认,审核员,2024-04-01"


def rows(root: Path, dataset: str) -> Rows:
    return list(Warehouse(root / "warehouse").records(dataset, year_of(dataset)))


def test_a_correction_publishes_its_table_and_changes_nothing_that_is_printed(
    broken: tuple[Path, str, int],
) -> None:
    root, wrong, right = broken
    assert build.build(root / "raw", root / "warehouse").years[0].facts == 385
    before = {name: rows(root, name) for name in DATASETS}
    corrections(line(wrong, 99, right))(root)
    summary = build.build(root / "raw", root / "warehouse")
    [made] = summary.years
    assert (summary.status, made.facts, made.not_corrected, summary.ignored) == (
        0,
        400,
        [],
        [],
    )  # the file is no stray one
    assert made.corrected == [
        f"{wrong} review_litigation review total: 99 -> {right} (审核员, 2024-04-01: 来函确认)"
    ]
    assert f"      corrected {made.corrected[0]}" in list(build.lines(summary))
    facts = rows(root, "validated_facts")
    [fact] = [fact for fact in facts if fact["basis"] == "corrected"]
    assert (fact["report_id"], fact["row"], fact["column"], fact["value"], fact["raw"]) == (
        wrong,
        "review",
        "total",
        right,
        "99",
    )
    assert [
        fact for fact in facts if (fact["report_id"], fact["table"]) != (wrong, "review_litigation")
    ] == before["validated_facts"]
    follow = {"validated_facts", "panel", "indicators", "compliance"}  # what says whether figures are sound
    assert {name for name in DATASETS if rows(root, name) != before[name]} <= follow
    for name in ("facts_complete", "evidence_shown", "keys_unique", "corrections_fit"):
        assert verdict(root, "validated_facts", name).passed, name
    (root / "raw" / "corrections.csv").unlink()
    assert build.build(root / "raw", root / "warehouse").years[0].facts == 385
    assert rows(root, "validated_facts") == before["validated_facts"]


def test_corrections_that_do_not_fit_are_told_and_do_nothing(broken: tuple[Path, str, int]) -> None:
    root, wrong, right = broken
    build.build(root / "raw", root / "warehouse")
    before = published(root)
    unknown = "0" * 16
    corrections(
        line(wrong, 98, right), line(unknown, 1, 2), line(wrong, 0, 1, "litigation_direct"), "no line"
    )(root)
    summary = build.build(root / "raw", root / "warehouse")
    assert summary.status == 0 and published(root) == before
    told = "\n".join(build.lines(summary))
    for says in (
        f"correction not applied: line 2 ({wrong} review_litigation review total): the document "
        "prints '99' there, not '98'",
        f"corrections.csv, line 3 ({unknown} review_litigation review total): no year has a report "
        "with this report_id",
        f"correction not applied: line 4 ({wrong} review_litigation litigation_direct total): ",
        "corrections.csv, line 5 has 1 fields where there should be 9",
    ):
        assert told.count(says) == 1, told
    check = judge(root, "validated_facts", "corrections_fit")
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert (check.metadata["applied"].value, check.metadata["not_applied"].value) == (0, 4)


def test_a_correction_of_another_year_is_no_problem_of_this_one(broken: tuple[Path, str, int]) -> None:
    root, wrong, right = broken
    other = root / "raw" / "2022" / "parks.txt"
    other.parent.mkdir()
    report = make_report(Random(3), 2022, organ=Organ("霖州市", "", "民政局"), scale="bureau")
    other.write_text(render(report, "pipes"), encoding="utf-8")
    corrections(line(wrong, 99, right))(root)
    summary = build.build(root / "raw", root / "warehouse")
    assert [(len(year.corrected), len(year.not_corrected)) for year in summary.years] == [(0, 0), (1, 0)]
    assert summary.ignored == []
    assert verdict(root, "validated_facts", "corrections_fit").figures == {
        "applied": 1,
        "not_applied": 0,
        "of_other_years": 0,
    }
    [prop] = [prop for prop in PROPERTIES if prop.name == "corrections_fit"]
    assert prop.judge(CheckedYear(store(root), "2022")).figures == {
        "applied": 0,
        "not_applied": 0,
        "of_other_years": 1,
    }


def test_a_file_of_corrections_is_an_input_that_the_materialization_names(
    broken: tuple[Path, str, int],
) -> None:
    root, wrong, right = broken
    corrections(line(wrong, 99, right))(root)
    loaded = defs.resolve_job_def("build_year")
    result = loaded.execute_in_process(
        partition_key=YEAR,
        run_config=build._run_config(root / "raw", root / "warehouse"),
        raise_on_error=False,
    )
    [event] = result.asset_materializations_for_node("validated_facts")
    digest = event.metadata["corrections_sha256"].value
    assert isinstance(digest, str) and len(digest) == 64


def test_a_document_that_comes_after_the_listing_is_said_and_no_failure(year: Path) -> None:
    file(year, "new.txt", "a document that came after the build")
    result = verdict(year, "reports", "documents_conserved")
    assert result.passed
    assert result.message == (
        "each of the 2 documents has its row; 1 came since it was listed, for the next run, "
        f"first {YEAR}/new.txt"
    )
