"""The stage of the tables: figures that cannot be stored, and rows that lead back to the tables."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from assets import tables
from assets.document import judge
from assets.model import Document
from assets.stages import as_columns
from examples.make import REPORTS
from schemas.forms import forms


def huge(row: str, column: str) -> str:
    """A year in which every outcome counts 999,999,999,999,999 persons; what they add up to is left blank."""
    if column in ("natural_person", "total"):
        return (
            ""
            if column == "total" or row in ("received", "total_handled")
            else "0"
            if row.startswith("carried")
            else "9" * 15
        )
    return "0"


def test_a_sum_with_too_many_digits_is_not_stored_and_makes_its_table_uncertain() -> None:
    rows = forms()["2021"].tables["applications"].rows
    lines = ["|".join([row.label, *(huge(row.key, column) for column in row.cells), ""]) for row in rows]
    header = (
        "勾稽关系|申请人情况\n自然人|法人或其他组织|总计\n商业企业|科研机构|社会公益组织|法律服务机构|其他"
    )
    text = "\n".join(
        ["三、收到和处理政府信息公开申请情况", header, *lines, "四、政府信息公开行政复议、行政诉讼情况"]
    )
    document = judge(text.encode())
    table = next(table for table in document.tables if table.key == "applications")
    assert table.status == "uncertain"
    why = "the figure in {}, {} would have too many digits to be one: look at the document"
    assert {why.format("received", "total"), why.format("total_handled", "natural_person")} <= set(
        table.reasons
    )
    assert max(filter(None, table.cells.column("implied"))) == 10**15 - 1


def as_rows(columns: dict[str, Any]) -> list[dict[str, Any]]:
    plain = {name: list(pa.array(values).to_pylist()) for name, values in columns.items()}
    return [dict(zip(plain, row, strict=True)) for row in zip(*plain.values(), strict=True)]


@pytest.mark.parametrize("path", sorted(REPORTS.glob("20*/*.pdf")) + sorted(REPORTS.glob("20*/*.md")))
def test_rows_lead_back_to_the_tables(path: Path) -> None:
    document = judge(path.read_bytes())
    again = Document(document.report_id)
    for output in tables.STAGE.outputs[1::-1]:  # the status before the cells
        assert output.restore is not None
        output.restore(again, as_rows(output.columns_of([document])))
    for table in document.tables:
        table.violations = []  # which no stage after this one asks for
    assert again.tables == document.tables


def test_a_document_on_which_the_program_failed_has_three_uncertain_tables() -> None:
    document = Document("0" * 16)
    document.fail("section_splits", "internal error")
    cells, status, violations = (output.columns_of([document]) for output in tables.STAGE.outputs)
    assert [len(columns["report_id"]) for columns in (cells, status, violations)] == [0, 3, 0]
    assert status == as_columns(
        "table_status",
        (
            {
                "report_id": "0" * 16,
                "table": table,
                "status": "uncertain",
                "reasons": ["internal error"],
                "error": "internal error",
            }
            for table in forms()["2021"].tables
        ),
    )
