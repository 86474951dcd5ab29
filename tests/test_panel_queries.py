"""The page on the panel: each of its queries runs on the example reports, and says what they hold."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.commands.build import build
from orchestration.store.paths import folder
from schemas.datasets import DATASETS

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "panel.md").read_text(encoding="utf-8")
QUERIES = dict(re.findall(r"\n\n([^\n]+\?)\n\n```sql\n(.*?)```", PAGE, re.DOTALL))


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the datasets of the example reports of two years, each a view of its name."""
    root = tmp_path_factory.mktemp("panel")
    summary = build(
        folder(str(ROOT / "examples" / "reports")), folder(str(root / "warehouse")), ["2022", "2023"]
    )
    assert summary.status == 0, summary
    connection = duckdb.connect()
    for name, dataset in DATASETS.items():
        where = "year=*/*.parquet" if dataset.by_year else "*.parquet"
        connection.sql(f"CREATE VIEW {name} AS FROM read_parquet('{root}/warehouse/{name}/{where}')")
    yield connection
    connection.close()


def rows(warehouse: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    found = warehouse.sql(query)
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def test_there_are_ten_questions() -> None:
    assert len(QUERIES) == 10


@pytest.mark.parametrize("question", QUERIES)
def test_each_question_is_answered_by_its_query(warehouse: duckdb.DuckDBPyConnection, question: str) -> None:
    assert rows(warehouse, QUERIES[question]), question


def test_the_applications_of_a_year_are_those_of_the_facts(warehouse: duckdb.DuckDBPyConnection) -> None:
    question = next(one for one in QUERIES if one.startswith("How many applications"))
    by_scope = [row for row in rows(warehouse, QUERIES[question]) if row["report_year"] == 2023]
    [facts] = rows(
        warehouse,
        "SELECT sum(value) AS received FROM validated_facts JOIN organ_reports o USING (report_id) "
        "WHERE \"row\" = 'received' AND \"column\" = 'total' AND o.is_current AND o.year = 2023",
    )
    assert sum(row["sure"] or 0 for row in by_scope) == facts["received"]
    assert all(row["with_others"] >= (row["sure"] or 0) for row in by_scope if row["with_others"])
    assert sum(row["reports"] for row in by_scope) == len(
        rows(warehouse, "FROM panel WHERE report_year = 2023")
    )


def test_every_report_that_counts_has_a_row_in_the_panel_and_in_compliance(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    counting = rows(warehouse, "SELECT report_id FROM organ_reports WHERE is_current ORDER BY 1")
    for dataset in ("panel", "compliance"):
        assert rows(warehouse, f"SELECT report_id FROM {dataset} ORDER BY 1") == counting


def test_the_figures_that_are_sure_are_those_of_validated_facts(warehouse: duckdb.DuckDBPyConnection) -> None:
    flags = "SELECT report_id, COLUMNS('^f_') FROM panel"
    long = f"UNPIVOT ({flags}) ON COLUMNS(* EXCLUDE report_id) INTO NAME f VALUE v"
    [sure] = rows(
        warehouse, f"SELECT count(*) AS n FROM ({long}) WHERE v IN ('validated', 'corrected', 'implied')"
    )
    [facts] = rows(
        warehouse,
        "SELECT count(*) AS n FROM validated_facts JOIN organ_reports o USING (report_id) WHERE o.is_current",
    )
    assert sure == facts


def test_last_years_reports_are_compared(warehouse: duckdb.DuckDBPyConnection) -> None:
    outcomes = rows(warehouse, "SELECT DISTINCT outcome FROM year_over_year WHERE report_year = 2023")
    assert {row["outcome"] for row in outcomes} >= {"holds", "broken"}
    [first] = rows(warehouse, "SELECT DISTINCT outcome, message FROM year_over_year WHERE report_year = 2022")
    assert first == {"outcome": "undecided", "message": "there is no report of this organ for 2021"}
