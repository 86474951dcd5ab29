"""The real texts and web pages of ../shared/reports: every figure, its evidence and all that the report says
of itself, as in their gold files.
"""

import csv
import json
import os
import unicodedata
from pathlib import Path

import pytest

from assets.document import judge
from assets.model import Document

REPORTS = Path(__file__).resolve().parents[2].parent / "shared" / "reports"
DOCUMENTS = sorted([*REPORTS.glob("*.txt"), *REPORTS.glob("*.html")])
TEXTS = 7
NO_FIGURE = ("EMPTY", "/", "-")


def test_the_documents_are_there() -> None:
    """Without them this module says nothing: loudly here, and an error where CI runs."""
    if not DOCUMENTS and not os.environ.get("CI"):
        pytest.skip(
            f"NO REAL DOCUMENT WAS READ: {REPORTS} is not there, so the seven real reports are not tested"
        )
    assert len(DOCUMENTS) >= TEXTS, f"{REPORTS} should hold at least {TEXTS} texts and web pages"


def gold(path: Path) -> tuple[dict[tuple[str, str, str], str], dict]:
    with (REPORTS / "gold" / f"{path.stem}.csv").open(newline="", encoding="utf-8") as file:
        figures = {(row["table"], row["row"], row["column"]): row["value"] for row in csv.DictReader(file)}
    return figures, json.loads((REPORTS / "gold" / f"{path.stem}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module", params=DOCUMENTS, ids=lambda path: path.stem)
def document(request: pytest.FixtureRequest) -> tuple[Document, dict[tuple[str, str, str], str], dict]:
    return judge(request.param.read_bytes()), *gold(request.param)


def test_every_figure(document: tuple) -> None:
    judgement, figures, _ = document
    printed = {
        key: None if value in NO_FIGURE else float(value.removesuffix("元")) for key, value in figures.items()
    }
    assert {
        (table.key, cell.row, cell.column): cell.value for table in judgement.tables for cell in table.cells
    } == printed


def test_the_evidence_of_every_figure(document: tuple) -> None:
    judgement = document[0]
    for table in judgement.tables:
        for cell in table.cells:
            if cell.value is not None:
                printed = judgement.raw.text[cell.start : cell.end]
                assert printed == cell.raw
                assert (
                    float(unicodedata.normalize("NFKC", printed).replace(",", "").replace(" ", ""))
                    == cell.value
                )


def test_what_the_report_is(document: tuple) -> None:
    judgement, _, about = document
    description = judgement.description
    assert (
        None if description.title is None else "".join(description.title.split()),
        description.issuer,
        description.year,
        description.published,
        judgement.normalized.script,
    ) == (
        None if about["title"] is None else "".join(about["title"].split()),
        about["issuer"],
        about["year"],
        about["published"],
        about["script"],
    )


def test_its_sections_and_tables(document: tuple) -> None:
    judgement, _, about = document
    assert [section.number for section in judgement.sections] == about["sections_present"]
    assert [table.key for table in judgement.tables if table.status != "absent"] == about["tables_present"]
    editions = {table.edition for table in judgement.tables if table.edition is not None}
    assert editions == ({str(about["edition"])} if about["tables_present"] else set())
    assert {table.status for table in judgement.tables} <= {
        "validated",
        "incomplete",
        "inconsistent",
        "absent",
    }
