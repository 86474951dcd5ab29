"""The identities over a year: counts of reports by outcome, and the reports that break one worst."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pytest

from assets.identities import COLUMNS, Broken, figures_of, hard_identities, tally
from schemas.datasets import DATASETS, arrow_schema
from schemas.forms import TABLE_KEYS, forms

SCHEMA = pa.schema([arrow_schema(DATASETS["table_cells"]).field(name) for name in COLUMNS])
REVIEW = forms()["2021"].tables["review_litigation"]


def cells(
    report_id: str, figures: dict[str, Any], table: str = "review_litigation", **other: Any
) -> list[dict[str, Any]]:
    """The cells of a table whose figures are 0 but for those given by "row.column"."""
    edition = None if table == "review_litigation" else "2021"
    row = {
        "report_id": report_id,
        "table": table,
        "edition": edition,
        "status": "validated",
        "implied": None,
    } | other
    form = forms()["2021"].tables[table]
    return [
        row | {"row": cell[0], "column": cell[1], "value": figures.get(".".join(cell), 0)}
        for cell in form.cells
    ]


def batch(*tables: Iterable[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([row for table in tables for row in table], SCHEMA)


def test_every_hard_identity_of_the_forms_has_a_tally_of_its_own() -> None:
    assert set(hard_identities()) == {
        *(f"{table}.count" for table in TABLE_KEYS),
        "applications.balance",
        "applications.handled",
        "applications.row_total",
        "review_litigation.total",
    }
    assert set(tally([])) == set(hard_identities())


# What is printed, and (holds, broken, undecided) of review_litigation.total and of review_litigation.count
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[int, int, int], tuple[int, int, int]]] = {
    "all is well": ({}, {}, (1, 0, 0), (1, 0, 0)),
    "a total left at nought": ({"review.upheld": 10}, {}, (0, 1, 0), (1, 0, 0)),
    "a blank": ({"review.upheld": None}, {}, (0, 0, 1), (0, 0, 1)),
    "a blank that is implied": ({"review.upheld": None}, {"implied": 0.0}, (1, 0, 0), (1, 0, 0)),
    "a blank total under parts": ({"review.upheld": 1, "review.other": None}, {}, (0, 1, 0), (0, 0, 1)),
    "broken here, undecided there": (
        {"review.upheld": 1, "litigation_direct.total": None},
        {},
        (0, 1, 0),
        (0, 0, 1),
    ),
    "less than nothing": ({"review.upheld": -1, "review.total": -1}, {}, (1, 0, 0), (0, 1, 0)),
    "half a count": ({"review.upheld": 0.5, "review.total": 0.5}, {}, (0, 1, 0), (0, 1, 0)),
    "inconsistent": ({"review.upheld": 1}, {"status": "inconsistent"}, (0, 1, 0), (1, 0, 0)),
    "incomplete": ({"review.upheld": None}, {"status": "incomplete"}, (0, 0, 1), (0, 0, 1)),
    "uncertain": ({"review.upheld": 1}, {"status": "uncertain"}, (0, 0, 0), (0, 0, 0)),
}


@pytest.mark.parametrize(("figures", "other", "total", "count"), CASES.values(), ids=CASES.keys())
def test_a_report(
    figures: dict[str, Any], other: dict[str, Any], total: tuple[int, ...], count: tuple[int, ...]
) -> None:
    found = tally([batch(cells("a", figures, **other))])
    for name, wanted in (("review_litigation.total", total), ("review_litigation.count", count)):
        assert (found[name].holds, found[name].broken, found[name].undecided) == wanted, name
    assert found["applications.balance"].judged == 0


def test_the_ten_worst_are_kept_over_all_batches() -> None:
    reports = {f"{i:02}": {"review.upheld": i} for i in range(1, 15)} | {
        "twice": {"review.total": 1, "litigation_direct.total": 1}
    }
    found = tally([batch(cells(report_id, figures)) for report_id, figures in reports.items()])[
        "review_litigation.total"
    ]
    assert (found.holds, found.broken, found.judged) == (0, 15, 15)
    assert found.worst == [Broken("twice", 2, 2), *(Broken(f"{i:02}", 1, i) for i in range(14, 5, -1))]


def test_tables_are_judged_by_their_own_form() -> None:
    application = {"received.total": 5}
    found = tally(
        [
            batch(
                cells("a", application, "applications"),
                cells("a", {"fees.amount_10k_yuan": 0.5}, "active_disclosure"),
            )
        ]
    )
    assert [(name, one.broken) for name, one in found.items() if one.broken] == [
        ("applications.balance", 1),
        ("applications.row_total", 1),
    ]
    assert found["applications.row_total"].worst == [Broken("a", 1, 5)]
    assert found["active_disclosure.count"].holds == 1


def test_figures_stand_in_the_order_of_the_form_whatever_the_order_of_the_rows() -> None:
    rows = cells("a", {".".join(cell): i for i, cell in enumerate(REVIEW.cells)})
    unknown = rows[0] | {"row": "gifts", "value": 99}
    ids, figures = figures_of(batch(reversed(rows[1:]), [unknown]), REVIEW)
    assert ids == ["a"]
    assert figures[0, 1:].tolist() == list(range(1, 15)) and figures[0, 0] != figures[0, 0]


def test_columns_as_dictionaries_are_judged_as_strings_are() -> None:
    plain = batch(
        cells("a", {"received.total": 5}, "applications"),
        cells("b", {"review.total": 1}),
        cells("c", {}, status="uncertain"),
    )
    columns = [
        column.dictionary_encode() if column.type == pa.string() else column for column in plain.columns
    ]
    encoded = pa.Table.from_arrays(columns, names=list(COLUMNS))
    found = tally([encoded])
    assert found == tally([plain])
    assert (found["review_litigation.total"].judged, found["applications.balance"].judged) == (1, 1)
