"""Evidence: a fact whose span shows something else, or another number, is found, whatever else is right."""

from typing import Any

import pyarrow as pa
import pytest

from assets.evidence import COLUMNS, number_in, without_evidence
from schemas.datasets import DATASETS, arrow_schema

TEXT = "新收 12 件，结转 ３４ 件，合计 1,234 件"
FACT = {"report_id": "a", "table": "applications", "row": "received", "column": "total", "basis": "printed"}
# (value, basis, raw, start, end) and what is said of it
CASES: dict[str, tuple[tuple[Any, ...], str]] = {
    "printed": ((12, "printed", "12", 3, 5), ""),
    "full-width": ((34, "printed", "３４", 11, 13), ""),
    "with a separator": ((1234, "printed", "1,234", 19, 24), ""),
    "implied by a blank without a place": ((0, "implied", "", None, None), ""),
    "implied by a blank": ((0, "implied", "", 5, 5), ""),
    "corrected": ((13, "corrected", "12", 3, 5), ""),
    "a blank corrected": ((13, "corrected", "", None, None), ""),
    "another place": ((12, "printed", "12", 4, 6), "the text has '2 ' where '12' should be"),
    "another text": ((12, "printed", "12", 11, 13), "the text has '３４' where '12' should be"),
    "beyond the text": ((12, "printed", "12", 900, 902), "the text has '' where '12' should be"),
    "no place": ((12, "printed", "12", None, None), "the text has '' where '12' should be"),
    "another number": ((21, "printed", "12", 3, 5), "'12' is printed, and 21 is published"),
    "no number": ((12, "printed", "件", 6, 7), "'件' is printed, and 12 is published"),
    "corrected, of another place": ((13, "corrected", "12", 4, 6), "the text has '2 ' where '12' should be"),
}


def facts(*rows: dict[str, Any]) -> pa.Table:
    schema = arrow_schema(DATASETS["validated_facts"])
    return pa.Table.from_pylist(list(rows), pa.schema([schema.field(name) for name in COLUMNS]))


@pytest.mark.parametrize(("fact", "says"), CASES.values(), ids=CASES.keys())
def test_a_fact(fact: tuple[Any, ...], says: str) -> None:
    row = FACT | dict(zip(("value", "basis", "raw", "start", "end"), fact, strict=True))
    right = FACT | {"row": "granted", "value": 12, "raw": "12", "start": 3, "end": 5}
    found = list(without_evidence(facts(right, row, right), lambda report_id: TEXT))
    assert found == ([f"a applications received total: {says}"] if says else [])


def test_each_report_is_held_against_its_own_text() -> None:
    row = FACT | {"value": 1, "raw": "1", "start": 0, "end": 1}
    asked: list[str] = []
    texts = {"a": "1", "b": "2", "c": None}

    def text_of(report_id: str) -> str | None:
        asked.append(report_id)
        return texts[report_id]

    found = list(without_evidence(facts(*(row | {"report_id": name} for name in "aabbc")), text_of))
    assert asked == ["a", "b", "c"]
    assert found == [
        *["b applications received total: the text has '2' where '1' should be"] * 2,
        "c: the document has no text",
    ]
    assert list(without_evidence(facts(), text_of)) == []


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("7", 7),
        ("-2", -2),
        ("—2", -2),
        ("+1,036", 1036),
        ("１２．５", 12.5),
        ("1 234", 1234),
        ("", None),
        ("/", None),
        ("元", None),
    ],
)
def test_the_number_in_some_characters(printed: str, number: float | None) -> None:
    assert number_in(printed) == number
