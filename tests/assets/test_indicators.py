"""The rates: from figures that are sure, by organ and group, never across scopes."""

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pytest

from assets.indicators import PANEL_COLUMNS, indicators_of
from schemas.datasets import INDICATORS, arrow_schema
from schemas.indicators import components, indicators

TYPES = {name: pa.float64() for name in components()}


def report(organ: str, flag: str = "validated", **more: Any) -> dict[str, Any]:
    """A row of the panel with 10 in every figure, all with one flag."""
    known: dict[str, Any] = {
        "report_id": organ * 16,
        "organ_id": organ,
        "scope": "organ",
        "kind": "department",
    }
    known |= {"province": "甲省", "region_code": "330101"} | dict.fromkeys(components(), 10.0)
    return known | {f"f_{name}": flag for name in components()} | more


def panel(*rows: dict[str, Any], batch: int = 99) -> Any:
    def read(dataset: str, columns: Sequence[str]) -> Iterator[pa.Table]:
        assert (dataset, set(columns)) == ("panel", set(PANEL_COLUMNS))
        for first in range(0, len(rows), batch):
            yield pa.table(
                {
                    name: pa.array(
                        [row[name] for row in rows[first : first + batch]], TYPES.get(name, pa.string())
                    )
                    for name in columns
                }
            )

    return read


def rates(
    *rows: dict[str, Any], by: str, indicator: str = "grant_rate"
) -> dict[tuple[str, str], tuple[Any, ...]]:
    table = pa.concat_tables(indicators_of(panel(*rows), 2023))
    return {
        (row["group"], row["scope"]): (
            row["numerator"],
            row["denominator"],
            row["rate"],
            row["n"],
            row["reports"],
        )
        for row in table.to_pylist()
        if (row["by"], row["indicator"]) == (by, indicator)
    }


def test_every_rate_of_an_organ_has_its_numerator_and_denominator() -> None:
    [organs, _] = indicators_of(panel(report("a")), 2023)
    assert organs.schema.equals(arrow_schema(INDICATORS), check_metadata=True)
    assert [
        (row["indicator"], row["variant"], row["numerator"], row["denominator"]) for row in organs.to_pylist()
    ] == [(one.id, one.variant, 10 * len(one.numerator), 10 * len(one.denominator)) for one in indicators()]


def test_the_rates_of_an_organ() -> None:
    cells = {"granted": 3.0, "granted_in_part": 1.0, "total_handled": 8.0}
    rows = report("a", **cells), report("b", total_handled=0.0, granted=0.0)
    assert rates(*rows, by="organ", indicator="disclosure_rate") == {
        ("a", "organ"): (4, 8, 0.5, 1, 1),
        ("b", "organ"): (10, 0, None, 1, 1),
    }


@pytest.mark.parametrize("flag", ["sound", "unchecked", "contradicted", "blank", "not_read", "absent"])
def test_a_figure_that_is_not_sure_makes_no_rate(flag: str) -> None:
    rows = report("a", f_granted=flag), report("b", granted=5.0)
    assert rates(*rows, by="organ") == {("b", "organ"): (5, 10, 0.5, 1, 1)}
    assert rates(*rows, by="all") == {("", "organ"): (5, 10, 0.5, 1, 2)}


@pytest.mark.parametrize("flag", ["validated", "corrected", "implied"])
def test_a_figure_that_is_sure_makes_one(flag: str) -> None:
    assert rates(report("a", f_granted=flag), by="all") == {("", "organ"): (10, 10, 1, 1, 1)}


def test_rates_of_groups_are_sums_over_sums_and_never_across_scopes() -> None:
    rows = (
        report("a", granted=2.0),
        report("b", granted=4.0, region_code="330102", kind="government"),
        report("c", granted=9.0, total_handled=90.0, scope="area"),
        report("d", granted=1.0, scope=None, region_code=None, province=None, kind=None),
    )
    assert rates(*rows, by="region") == {
        ("330101", "organ"): (2, 10, 0.2, 1, 1),
        ("330101", "area"): (9, 90, 0.1, 1, 1),
        ("330102", "organ"): (4, 10, 0.4, 1, 1),
        ("unknown", "unknown"): (1, 10, 0.1, 1, 1),
    }
    assert rates(*rows, by="province") == {
        ("甲省", "organ"): (6, 20, 0.3, 2, 2),
        ("甲省", "area"): (9, 90, 0.1, 1, 1),
        ("unknown", "unknown"): (1, 10, 0.1, 1, 1),
    }
    assert rates(*rows, by="kind")["government", "organ"] == (4, 10, 0.4, 1, 1)
    assert rates(*rows, by="all")["", "organ"] == (6, 20, 0.3, 2, 2)


def test_groups_are_the_same_in_whatever_batches() -> None:
    rows = [report(name, granted=float(i)) for i, name in enumerate("abcdefg")]
    one, other = (
        sorted(map(str, pa.concat_tables(indicators_of(panel(*rows, batch=batch), 2023)).to_pylist()))
        for batch in (2, 9)
    )
    assert one == other
    assert sum(map(len, indicators_of(panel(), 2023))) == 0


def test_every_rate_is_said_in_both_languages() -> None:
    assert all(one.en and one.zh for one in indicators())
    assert {one.id for one in indicators()} == {
        "disclosure_rate",
        "grant_rate",
        "refusal_rate",
        "not_held_share",
        "carry_rate",
        "dispute_rate",
        "review_correction_rate",
        "litigation_loss_rate",
    }
