"""The dataset year_over_year: which reports are held against which, and what is said of each figure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pytest

from assets.corrections import Corrected
from assets.year_over_year import CELL_COLUMNS, year_over_year
from schemas.datasets import DATASETS, YEAR_OVER_YEAR, arrow_schema
from schemas.forms import TABLE_KEYS, forms

Figures = Mapping[tuple[str, str], float | None]


def report(name: str, organ: str, figures: Figures = {}, **more: Any) -> dict[str, Any]:  # noqa: B006
    """A report on the form of 2021 that prints 1 in every cell but those given."""
    known = {f"{table}_status": "validated" for table in TABLE_KEYS}
    known |= {f"{table}_edition": "2021" for table in TABLE_KEYS}
    return (
        known
        | {
            "report_id": name * 16,
            "source": f"2022/{name}.txt",
            "outcome": "read",
            "printed_year": 2022,
            "organ_id": organ,
            "is_current": True,
            "scope": "unknown",
            "figures": figures,
        }
        | more
    )


def year(reports: Sequence[dict[str, Any]]) -> Any:
    """The rows of a year, with each report's cells in a batch of its own."""

    def rows(dataset: str, columns: Sequence[str]) -> Iterator[pa.Table]:
        if dataset != "table_cells":
            schema = arrow_schema(DATASETS[dataset])
            there = [one for one in reports if dataset == "reports" or one["outcome"] == "read"]
            yield pa.table(
                {name: pa.array([one[name] for one in there], schema.field(name).type) for name in columns}
            )
        for one in reports if dataset == "table_cells" else ():
            cells = [
                (one["report_id"], table, *cell, one["figures"].get(cell, 1), None, i, i + 1, None)
                for table in TABLE_KEYS
                for i, cell in enumerate(forms()["2021"].tables[table].cells)
            ]
            types = {"value": pa.float64(), "implied": pa.float64()}
            whole = {"start": pa.int64(), "end": pa.int64(), "page": pa.int16()}
            values = zip(CELL_COLUMNS, zip(*cells, strict=True), strict=True)
            yield pa.table(
                {name: pa.array(found, (types | whole).get(name, pa.string())) for name, found in values}
            ).select(columns)

    return rows


def told(now: Sequence[dict[str, Any]], last: Sequence[dict[str, Any]], *corrected: Corrected) -> Any:
    """Of each report and figure what is not `holds`: outcome, message, and what explains it."""
    rows = [
        row for table in year_over_year(year(now), year(last), 2023, corrected) for row in table.to_pylist()
    ]
    return {
        (row["report_id"][0], row["row"], row["column"]): (
            row["outcome"],
            row["message"],
            row["explained_by"],
            row["explanation"],
        )
        for row in rows
        if row["outcome"] != "holds"
    }


MORE = {("carried_out", "total"): 3.0}
TOTAL = ("carried_in", "total")
BROKEN = "申请情况 上年结转政府信息公开申请数量 总计: prints 1, but by the report for 2022 it would be 3"


def test_reports_are_held_against_those_of_the_same_organ_with_both_places() -> None:
    [table] = year_over_year(
        year([report("a", "one"), report("b", "two")]),
        year([report("d", "two", MORE), report("c", "one")]),
        2023,
    )
    assert table.schema.equals(arrow_schema(YEAR_OVER_YEAR), check_metadata=True)
    rows = table.to_pylist()
    assert [(row["report_id"][0], row["last_report_id"][0]) for row in rows] == [("a", "c")] * 9 + [
        ("b", "d")
    ] * 9
    assert [row for row in rows if row["outcome"] != "holds"] == [
        {
            "report_id": "b" * 16,
            "organ_id": "two",
            "report_year": 2023,
            "last_report_id": "d" * 16,
            "rule": "year.carry",
            "table": "applications",
            "row": "carried_in",
            "column": "total",
            "outcome": "broken",
            "expected": 3.0,
            "reported": 1.0,
            "message": BROKEN,
            "explained_by": None,
            "explanation": None,
            "start": 13,
            "end": 14,
            "page": None,
            "last_start": 174,
            "last_end": 175,
            "last_page": None,
        }
    ]


def test_nothing_is_decided_without_a_report_to_compare() -> None:
    now = [report("a", "one"), report("c", "two", printed_year=None)]
    found = told(now, [report("d", "three"), report("e", "two")])
    assert len(found) == 18
    assert {(report, words) for (report, _, _), (_, words, _, _) in found.items()} == {
        ("a", "there is no report of this organ for 2022"),
        ("c", "this report does not say its year"),
    }


def test_a_year_without_the_year_before() -> None:
    [table] = year_over_year(year([report("a", "one")]), None, 2023)
    assert set(table.column("outcome").to_pylist()) == {"undecided"}
    assert set(table.column("message").to_pylist()) == {"there is no report of this organ for 2022"}
    assert list(year_over_year(year([]), None, 2023)) == []


def test_an_organ_for_itself_is_not_held_against_a_whole_area() -> None:
    words = "of this report and that for 2022, one speaks for the organ itself, the other for a whole area"
    pair = [report("a", "one", scope="area")], [report("b", "one", scope="organ")]
    assert {row[:2] for row in told(*pair).values()} == {("undecided", words)}
    assert told([report("a", "one", scope="area")], [report("b", "one", scope="unknown")]) == {}


def test_a_report_that_is_superseded_is_neither_judged_nor_held_against() -> None:
    now = [report("a", "one"), report("b", "one", {TOTAL: 9.0}, is_current=False)]
    last = [report("c", "one"), report("d", "one", MORE, is_current=False)]
    assert told(now, last) == {}


def test_of_several_reports_that_count_only_what_is_the_same_by_each_is_decided() -> None:
    last = [report("b", "one", MORE), report("c", "one")]
    words = "several reports of this organ count for 2022, and their figures differ here"
    assert told([report("a", "one")], last) == {("a", *TOTAL): ("undecided", words, None, None)}


def test_of_a_report_for_the_organ_and_one_for_the_area_the_same_is_compared() -> None:
    last = [report("b", "one", MORE, scope="area"), report("c", "one", scope="organ")]
    assert told([report("a", "one", scope="organ")], last) == {}
    assert told([report("a", "one", scope="area")], last) == {("a", *TOTAL): ("broken", BROKEN, None, None)}


def test_documents_that_were_not_read_are_no_reports() -> None:
    assert {
        row[0] for row in told([report("a", "one")], [report("b", "one", outcome="refused")]).values()
    } == {"undecided"}
    assert told([report("a", "one", outcome="refused")], []) == {}


@pytest.mark.parametrize(
    ("corrected", "year"),
    [
        (Corrected("b" * 16, "applications", {("carried_out", "total"): 1}, {}), 2022),
        (Corrected("a" * 16, "applications", {TOTAL: 3}, {}), 2023),
    ],
    ids=["last year", "this year"],
)
def test_a_break_that_a_correction_explains(corrected: Corrected, year: int) -> None:
    words = f"it holds with the corrected figures of the report for {year}"
    found = told([report("a", "one")], [report("b", "one", MORE)], corrected)
    assert found == {("a", *TOTAL): ("broken", BROKEN, "correction", words)}


def test_a_break_that_another_version_of_last_years_report_explains() -> None:
    last = [report("b", "one", MORE), report("c", "one", is_current=False)]
    words = "it holds with another version of the report for 2022: 2022/c.txt"
    assert told([report("a", "one")], last) == {("a", *TOTAL): ("broken", BROKEN, "version", words)}


def test_a_break_that_neither_explains() -> None:
    last = [report("b", "one", MORE), report("c", "one", {("carried_out", "total"): 7.0}, is_current=False)]
    other = Corrected("b" * 16, "applications", {("carried_out", "total"): 2}, {})
    assert told([report("a", "one")], last, other) == {("a", *TOTAL): ("broken", BROKEN, None, None)}


def test_the_rows_are_the_same_in_whatever_batches_the_cells_come() -> None:
    now = [report(name, name) for name in "abcdef"]
    last = year([report(name, name, MORE if name < "e" else {}) for name in "fedcb"])

    def together(dataset: str, columns: Sequence[str]) -> Iterator[pa.Table]:
        yield pa.concat_tables(list(year(now)(dataset, columns)))

    one, other = (pa.concat_tables(list(year_over_year(rows, last, 2023))) for rows in (year(now), together))
    assert one.equals(other) and len(one) == 54
