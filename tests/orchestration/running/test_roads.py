"""Both roads of a document give one answer: `judge`, which `ogi check` calls, and the pipeline, whose rows
lead back to the same document.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assets.document import judge
from assets.model import Document, Refusal
from assets.pipeline import OUTPUTS
from assets.raw_text import report_id
from examples.make import REPORTS
from orchestration.commands import build
from orchestration.running.inputs import records
from orchestration.store.warehouse import Warehouse

# Real documents, where they are; `tests/assets/test_real_documents.py` says loudly if they are not.
OTHERS = Path(__file__).resolve().parents[3].parent / "shared"


def documents() -> list[Path]:
    folders = [*REPORTS.glob("20*"), OTHERS / "reports", OTHERS / "harder"]
    return sorted(path for folder in folders for path in folder.glob("*") if path.is_file())


def judged(data: bytes) -> Document | str:
    """The document, or the sentence that it is refused with."""
    try:
        return judge(data)
    except Refusal as refusal:
        return str(refusal)


@pytest.fixture(scope="module")
def roads(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Document | str], Path]:
    """Every document, judged; and a warehouse in which they all are, each in the year that it says."""
    root = tmp_path_factory.mktemp("roads")
    found: dict[str, Document | str] = {}
    for number, path in enumerate(documents()):
        data = path.read_bytes()
        document = judged(data)
        if report_id(data) in found:
            continue
        found[report_id(data)] = document
        year = 2023 if isinstance(document, str) else document.description.year or 2023
        target = root / "raw" / str(year) / f"{number:04}{path.suffix}"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    assert build.build(root / "raw", root / "warehouse").status == 0
    return found, root / "warehouse"


def restored(warehouse: Path) -> dict[str, Document]:
    """The documents that the rows of the datasets lead back to."""
    files = Warehouse(warehouse)
    found: dict[str, Document] = {}
    names = ("raw_text", "normalized_text", "section_splits", "table_status", "table_cells", "reports")
    for year in files.years():
        rows: dict[str, dict[str, list[Any]]] = {}
        for name in names:
            for table in files.tables(name, year):
                for row in records(table):
                    rows.setdefault(row["report_id"], {}).setdefault(name, []).append(row)
        for one, own in rows.items():
            document = found[one] = Document(one)
            for name in names:
                restore = OUTPUTS[name].restore
                assert restore is not None
                restore(document, own.get(name, []))
    return found


def stored(points: Iterable[float]) -> list[float]:
    """Places on a page as exactly as the datasets hold them."""
    return np.asarray(points, np.float32).tolist()


def parts(document: Document) -> dict[str, Any]:
    """All that the stages made of a document, but for the words on what is broken."""
    raw = document.raw
    places = raw.places and (raw.places.starts, raw.places.ends, raw.places.pages, stored(raw.places.boxes))
    return {
        "raw": (raw.text, raw.format, raw.encoding, raw.hints, places),
        "normalized": document.normalized,
        "sections": document.sections,
        "tables": [(table.key, table.status, table.edition, table.reasons) for table in document.tables],
        "cells": [
            (table.key, *cell._replace(box=cell.box and stored(cell.box)))
            for table in document.tables
            for cell in (*table.cells, *table.added)
        ],
        "description": document.description,
    }


def test_the_rows_of_every_document_lead_back_to_what_the_command_judges(
    roads: tuple[dict[str, Document | str], Path],
) -> None:
    found, warehouse = roads
    again = restored(warehouse)
    assert set(again) == set(found) and len(found) >= 40
    for one, document in found.items():
        if isinstance(document, str):
            assert again[one].refusal == document
        else:
            assert parts(again[one]) == parts(document)


def test_what_is_broken_is_the_same_in_both(roads: tuple[dict[str, Document | str], Path]) -> None:
    found, warehouse = roads
    files = Warehouse(warehouse)
    rows = {
        (row["report_id"], row["table"], row["rule"], row["message"]): row
        for year in files.years()
        for row in files.records("violations", year)
    }
    expected = {
        (one, table.key, violation.rule, violation.message): asdict(violation)
        for one, document in found.items()
        if isinstance(document, Document)
        for table in document.tables
        for violation in table.violations
    }
    assert set(rows) == set(expected) and len(rows) > 20
    for key, row in rows.items():
        told = expected[key]
        for name in ("outcome", "expected", "reported", "suspect_slip"):
            assert row[name] == told[name]
        assert [tuple(cell.values()) for cell in row["cells"]] == told["cells"]
        suspect = tuple(row[f"suspect_{part}"] for part in ("row", "column", "value"))
        assert suspect == (told["suspect"] or (None,) * 3)
        assert [[tuple(change.values()) for change in changes] for changes in row["alternatives"]] == told[
            "alternatives"
        ]
