"""The stage of the three tables: what `table_cells` reads and judges, as rows of `table_cells`,
`table_status` and `violations`. Decoding a table and judging it go together: where a figure belongs can
depend on what the identities allow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from assets import table_cells
from assets.model import Cell, Cells, Document, TableReading
from assets.stages import Columns, DocumentStage, Output, Row
from schemas.datasets import BOX_FIELDS, CHECKS, COLUMN_KEYS, EXACT, ROW_KEYS
from schemas.forms import TABLE_KEYS

_KEYS = {"row": ROW_KEYS, "column": COLUMN_KEYS, "check": CHECKS}
_TOO_LONG = "the figure in {}, {} would have too many digits to be one: look at the document"


def _read_document(document: Document) -> None:
    raw = document.raw
    document.tables = table_cells.read_tables(
        raw.text, document.normalized, document.sections, raw.places, raw.hints
    )
    for table in document.tables:
        _keep_storable(table, table.cells)
        _keep_storable(table, table.added)


def _keep_storable(table: TableReading, cells: Cells) -> None:
    """Drop figures of a table that are too large to be stored exactly; the printed form stays, and the table
    is uncertain.
    """
    for name in ("value", "implied"):
        figures = cells.column(name)
        if max(map(abs, filter(None, figures)), default=0) <= EXACT:
            continue
        for cell, figure in zip(cells, figures, strict=True):
            if _storable(figure) != figure:
                table.reasons.append(_TOO_LONG.format(cell.row, cell.column))
        cells.put(name, list(map(_storable, figures)))
        table.status = "uncertain"
        table.cells.put("check", ["undecided"] * len(table.cells))


def _storable(value: float | None) -> float | None:
    return value if value is None or -EXACT <= value <= EXACT else None


# --- rows


def _readings(document: Document) -> list[TableReading]:
    """The three tables; of a document on which the program failed they are uncertain."""
    if document.failure is None:
        return document.tables
    return [TableReading(table, "uncertain", reasons=[document.failure]) for table in TABLE_KEYS]


def _status_rows(document: Document) -> Iterator[Row]:
    for table in _readings(document):
        yield {
            "report_id": document.report_id,
            "table": table.key,
            "status": table.status,
            "edition": table.edition,
            "reasons": table.reasons,
            "error": document.failure,
        }


def _violation_rows(document: Document) -> Iterator[Row]:
    for table in _readings(document):
        for violation in table.violations:
            suspect = violation.suspect or (None, None, None)
            yield {
                "report_id": document.report_id,
                "table": table.key,
                "rule": violation.rule,
                "outcome": violation.outcome,
                "message": violation.message,
                "expected": _storable(violation.expected),
                "reported": _storable(violation.reported),
                "cells": violation.cells,
                "suspect_row": suspect[0],
                "suspect_column": suspect[1],
                "suspect_value": _storable(suspect[2]),
                "suspect_slip": violation.suspect_slip,
                "alternatives": [
                    [(row, column, _storable(value)) for row, column, value in changes]
                    for changes in violation.alternatives
                ],
            }


def _cell_columns(documents: Sequence[Document]) -> Columns:
    """The rows of table_cells. What is the same in a whole table, or in the like tables of all documents, is
    an Arrow dictionary: there are over a hundred cells a document.
    """
    import numpy as np
    import pyarrow as pa

    tables = [
        (one, table, cells)
        for one in documents
        for table in _readings(one)
        for cells in (table.cells, table.added)
        if cells
    ]
    columns: Columns = {name: [] for name in Cell._fields if name != "box" and name not in _KEYS}
    codes: dict[str, list[Any]] = {name: [np.array([], np.int32)] for name in _KEYS}
    boxes: Columns = {name: [] for name in BOX_FIELDS}
    for _, _, cells in tables:
        fields = dict(zip(Cell._fields, cells.columns, strict=True))
        for name in columns:
            columns[name] += fields[name]
        for name in codes:
            codes[name].append(_codes(name, tuple(fields[name])))
        for i, name in enumerate(BOX_FIELDS):
            boxes[name] += (
                [box[i] if box is not None else None for box in fields["box"]]
                if any(fields["box"])
                else [None] * len(cells)
            )
    whole: dict[str, list[Any]] = {
        "report_id": [one.report_id for one, _, _ in tables],
        "table": [table.key for _, table, _ in tables],
        "edition": [table.edition for _, table, _ in tables],
        "status": [table.status for _, table, _ in tables],
    }
    of_table: Any = pa.array(np.repeat(np.arange(len(tables)), [len(cells) for _, _, cells in tables]))
    repeated = {
        name: pa.array(values, pa.string()).dictionary_encode().take(of_table)
        for name, values in whole.items()
    }
    years: Any = pa.array([one.folder_year for one, _, _ in tables], pa.int16())
    repeated["report_year"] = years.take(of_table)
    coded = {
        name: pa.DictionaryArray.from_arrays(np.concatenate(found), pa.array(_KEYS[name]))
        for name, found in codes.items()
    }
    return repeated | coded | columns | boxes


@lru_cache(maxsize=256)
def _codes(name: str, keys: tuple[str, ...]) -> Any:
    """Where the keys, or the checks, of the cells of a table are in their vocabulary."""
    import numpy as np

    return np.array([_KEYS[name].index(key) for key in keys], np.int32)


# --- and back


def _restore_status(document: Document, rows: list[Row]) -> None:
    """The tables without their cells."""
    document.tables = [
        TableReading(row["table"], row["status"], row["edition"], row["reasons"]) for row in rows
    ]


def _restore_cells(document: Document, rows: list[Row]) -> None:
    """The cells of the tables, which are there already."""
    tables = {table.key: table for table in document.tables}
    for key, own in groupby(rows, itemgetter("table")):
        cells = [_cell(row) for row in own]
        tables[key].cells = Cells(cell for cell in cells if cell.label is None)
        tables[key].added = Cells(cell for cell in cells if cell.label is not None)


def _cell(row: Row) -> Cell:
    box: Any = None if row["left"] is None else tuple(row[name] for name in BOX_FIELDS)
    return Cell(**{name: row[name] for name in Cell._fields if name != "box"}, box=box)


STAGE = DocumentStage(
    name="tables",
    module=__name__,
    group="tables",
    before=("raw_text", "normalized_text", "section_splits"),
    run=_read_document,
    outputs=(
        Output(dataset="table_cells", columns=_cell_columns, restore=_restore_cells),
        Output(dataset="table_status", rows=_status_rows, restore=_restore_status),
        Output(dataset="violations", rows=_violation_rows),
    ),
)
