"""The panel: every figure that was read in its column, with what it is worth."""

import re
from collections import Counter
from dataclasses import replace
from random import Random
from typing import Any

import pyarrow as pa
import pytest

from assets.corrections import Corrected
from assets.panel import panel
from examples.figures import Figures, blank_some, number_of
from examples.render import render
from examples.report import Report, make_report
from schemas.datasets import FLAGS, PANEL, arrow_schema
from schemas.forms import TABLE_KEYS, forms
from schemas.panel_figures import LONGEST, figure_named, panel_figures, panel_name
from tests.made_years import made_year

PLACE = ("region_code", "province", "prefecture", "county", "level", "kind")
ORGAN = {"organ_id": "one", "scope": "area"} | {name: f"{name} of one" for name in PLACE}
# words that Stata keeps for itself
_RESERVED = {
    "byte",
    "double",
    "float",
    "if",
    "in",
    "int",
    "long",
    "str",
    "strL",
    "using",
    "with",
    "_all",
    "_n",
}


def made(seed: int = 2, year: int = 2023, edition: str = "2021", **changes: Any) -> Report:
    return replace(make_report(Random(seed), year, dict.fromkeys(TABLE_KEYS, edition), "bureau"), **changes)


def rows_of(
    *reports: Report | str, year: int = 2023, corrected: Any = (), **links: Any
) -> list[dict[str, Any]]:
    texts = [one if isinstance(one, str) else render(one, "pipes") for one in reports]
    named = [(f"{year}/{i}.txt", text, {"organ_id": "one"} | links) for i, text in enumerate(texts)]
    tables = list(panel(made_year(named, year), year, corrected))
    return [row for table in tables for row in table.to_pylist()]


def test_every_cell_of_every_edition_has_a_name_that_statistical_programs_take() -> None:
    cells = {
        (key, cell) for form in forms().values() for key, table in form.tables.items() for cell in table.cells
    }
    assert {(figure.table, figure.cell) for figure in panel_figures()} == cells
    assert len(figure_named()) == len(panel_figures())
    names = list(PANEL.names)
    assert len(set(map(str.lower, names))) == len(names)
    assert [name for name in names if len(name) > LONGEST or not re.fullmatch("[a-z][a-z0-9_]*", name)] == []
    assert not _RESERVED & set(names)


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_every_figure_of_a_validated_report_is_in_its_column(edition: str) -> None:
    report = made(edition=edition, year=2020 if edition == "2019" else 2023)
    [row] = rows_of(report, year=report.year)
    for figure in panel_figures():
        if edition in figure.editions:
            printed = number_of(report.figures[figure.table, *figure.cell])
            assert (row[figure.name], row[figure.flag]) == (printed, "validated"), figure.name
        else:
            assert (row[figure.name], row[figure.flag]) == (None, None), figure.name


def test_the_row_says_which_report_it_is_and_of_whom() -> None:
    report = made()
    [table] = panel(made_year([("2023/a.txt", render(report, "pipes"), ORGAN)], 2023), 2023)
    assert table.schema.equals(arrow_schema(PANEL), check_metadata=True)
    [row] = table.to_pylist()
    assert {
        name: row[name] for name in ("organ_id", "report_year", "year_is_printed", "issuer", "scope")
    } == {
        "organ_id": "one",
        "report_year": 2023,
        "year_is_printed": True,
        "issuer": report.issuer,
        "scope": "area",
    }
    assert (row["source"], row["versions"], str(row["published"])) == ("2023/a.txt", 1, str(report.published))
    assert [row[name] for name in PLACE] == [f"{name} of one" for name in PLACE]


def changed(figures: Figures, **cells: Any) -> Figures:
    known = figure_named()
    return {**figures} | {(known[name].table, *known[name].cell): value for name, value in cells.items()}


def flags(row: dict[str, Any], table: str = "review_litigation") -> dict[str, Any]:
    named = [one for one in panel_figures() if one.table == table and "2021" in one.editions]
    return {one.name: (row[one.name], row[one.flag]) for one in named}


def test_a_figure_in_a_broken_sum_is_contradicted_and_the_others_are_sound() -> None:
    cells = {f"review_{name}": 1 for name in ("upheld", "corrected", "other", "pending")} | {
        "review_total": 5
    }
    report = made()
    [row] = rows_of(replace(report, figures=changed(report.figures, **cells)))
    found = flags(row)
    assert row["review_litigation_status"] == "inconsistent"
    assert {name: found[name] for name in cells} == {
        name: (value, "contradicted") for name, value in cells.items()
    }
    assert {flag for name, (_, flag) in found.items() if name not in cells} == {"sound"}
    assert {flag for _, flag in flags(row, "applications").values()} == {"validated"}


def test_a_blank_is_implied_where_a_sum_tells_it_and_else_blank() -> None:
    report = made()
    figures = changed(report.figures, review_upheld="", review_total=9, review_corrected=4, review_other=0)
    [row] = rows_of(replace(report, figures=changed(figures, review_pending=3)))
    assert flags(row)["review_upheld"] == (2, "implied")
    blanks = changed(figures, review_corrected="", review_pending=3)
    [row] = rows_of(replace(report, figures=blanks))
    found = flags(row)
    assert row["review_litigation_status"] == "incomplete"
    assert (found["review_upheld"], found["review_total"]) == ((None, "blank"), (9, "unchecked"))
    assert found["lit_direct_total"][1] == "sound"


def test_a_table_that_is_not_there_or_not_sure_gives_no_figures() -> None:
    report = made()
    [row] = rows_of(replace(report, lost=frozenset({"review_litigation"})))
    assert set(flags(row).values()) == {(None, "absent")}
    doubtful = changed(report.figures, regulations_issued="约5")
    [row] = rows_of(replace(report, figures=doubtful))
    assert row["active_disclosure_status"] == "uncertain"
    assert set(flags(row, "active_disclosure").values()) == {(None, "not_read")}


def test_a_corrected_table_has_the_corrected_figure_beside_validated_ones() -> None:
    report = made()
    wrong = changed(
        report.figures,
        review_total=int(number_of(report.figures["review_litigation", "review", "total"]) or 0) + 1,
    )
    text = render(replace(report, figures=wrong), "pipes")
    [row] = rows_of(text)
    right = number_of(report.figures["review_litigation", "review", "total"]) or 0
    by_hand = Corrected(row["report_id"], "review_litigation", {("review", "total"): right}, {})
    [row] = rows_of(text, corrected=[by_hand])
    found = flags(row)
    assert found.pop("review_total") == (right, "corrected")
    assert {flag for _, flag in found.values()} == {"validated"}


def test_reports_that_do_not_count_have_no_row_and_are_counted() -> None:
    first, second = render(made(), "pipes"), render(made(seed=3), "pipes")
    named = [
        ("2023/a.txt", first, {"organ_id": "one", "versions": 2}),
        ("2023/b.txt", second, {"organ_id": "one", "is_current": False, "versions": 2}),
        ("2023/c.txt", "今天开会。", {}),
    ]
    [table] = panel(made_year(named, 2023), 2023)
    assert [(row["source"], row["versions"]) for row in table.to_pylist()] == [("2023/a.txt", 2)]


def test_the_rows_are_the_same_in_whatever_batches_the_cells_come() -> None:
    named = [
        (f"2023/{seed}.txt", render(made(seed=seed), "pipes"), {"organ_id": str(seed)}) for seed in range(7)
    ]
    one, other = (pa.concat_tables(panel(made_year(named, 2023, batch), 2023)) for batch in (2, 9))
    assert one.equals(other) and len(one) == 7
    assert list(panel(made_year([], 2023), 2023)) == []


def test_the_coverage_of_a_figure_counts_reports_by_flag() -> None:
    report = made()
    blank = replace(report, figures=blank_some(Random(1), report.figures, 0.3))
    named = [
        ("a.txt", render(report, "pipes"), {}),
        ("b.txt", render(replace(report, lost=frozenset(TABLE_KEYS)), "pipes"), {}),
        ("c.txt", render(blank, "pipes"), {}),
    ]
    flag_of = figure_named()["received"].flag
    rows = list(panel(made_year(named, 2023), 2023))
    counts = Counter(flag for table in rows for flag in table.column(flag_of).to_pylist())
    assert sum(map(len, rows)) == sum(counts[flag] for flag in FLAGS) == 3
    assert (counts["validated"] >= 1, counts["absent"]) == (True, 1)


def test_the_name_of_a_total_is_that_of_its_row() -> None:
    assert panel_name("applications", "received", "total") == "received"
    assert panel_name("applications", "received", "natural_person") == "received_nat"
    assert panel_name("review_litigation", "litigation_after_review", "corrected") == "lit_after_corrected"
