"""Which columns a column is made of, for the column lineage in Dagster's UI."""

from __future__ import annotations

from collections.abc import Collection

import dagster as dg

from schemas.datasets import DATASETS
from schemas.forms import TABLE_KEYS

# Columns that are made of others than those of the same name in the datasets before: of which.
_TEXT = (
    "raw_text.text",
    "normalized_text.text",
    "normalized_text.offsets_raw",
    "section_splits.start",
    "section_splits.end",
)
_FIGURE = ("table_cells.value", "table_cells.implied")
_CELLS = dict.fromkeys(("table", "edition", "row", "column", "value", "kind", "raw", "unit"), _TEXT)
_CELLS |= dict.fromkeys(("implied", "start", "end", "label", "counted_in"), _TEXT)
_PLACES = dict.fromkeys(
    ("page", "left", "top", "right", "bottom"), ("raw_text.place_starts", "raw_text.place_ends")
)
_LINEAGE: dict[str, dict[str, tuple[str, ...]]] = {
    "normalized_text": dict.fromkeys(
        ("text", "script", "offsets_normalized", "offsets_raw", "error"), ("raw_text.text",)
    ),
    "section_splits": dict.fromkeys(("section", "heading", "start", "body", "end"), ("normalized_text.text",))
    | dict.fromkeys(("raw_start", "raw_end"), ("normalized_text.text", "normalized_text.offsets_raw")),
    "table_cells": _CELLS
    | {"status": _TEXT}
    | {name: (*_PLACES[name], "raw_text.place_pages", "raw_text.place_boxes") for name in _PLACES},
    "table_status": dict.fromkeys(("table", "status", "edition", "reasons", "error"), _TEXT),
    "violations": dict.fromkeys(
        (column.name for column in DATASETS["violations"].columns if column.name != "report_id"), _TEXT
    ),
    "reports": dict.fromkeys(
        ("title", "issuer", "report_year", "published", "doubts", "notes"),
        ("raw_text.text", "raw_text.hints", "normalized_text.text"),
    )
    | dict.fromkeys(
        ("index_number", "document_number", "publisher", "topic", "source_url"),
        ("raw_text.text", "raw_text.hints"),
    )
    | {
        "outcome": ("raw_text.outcome", "section_splits.section", "table_status.status"),
        "script": ("normalized_text.script",),
    }
    | {
        "sections": ("section_splits.section",),
        "is_current": ("raw_text.text", "raw_text.outcome", "normalized_text.text"),
    }
    | {
        f"{table}_{what}": (f"table_status.{what}",)
        for table in TABLE_KEYS
        for what in ("status", "edition", "reasons")
    },
    "claims": dict.fromkeys(
        (column.name for column in DATASETS["claims"].columns if column.name != "report_id"), _TEXT
    )
    | {
        "period": (*_TEXT, "reports.report_year"),
        "outcome": (*_TEXT, *_FIGURE, "table_status.status", "reports.report_year", "reports.issuer"),
        "printed": _FIGURE,
    }
    | {name: (*_PLACES[name], "raw_text.place_pages", "raw_text.place_boxes") for name in _PLACES},
    "validated_facts": {"value": _FIGURE, "basis": ("table_cells.kind", *_FIGURE)},
}


def column_lineage(dataset: str, before: Collection[str]) -> dg.TableColumnLineage:
    """Return for each column of a dataset the columns that it is made of: those of the same name in
    `before`, the datasets that its stage reads, unless `_LINEAGE` says otherwise.
    """
    columns: dict[str, list[dg.TableColumnDep]] = {}
    for column in DATASETS[dataset].names:
        same = [f"{name}.{column}" for name in before if column in DATASETS[name].names]
        made_of = _LINEAGE.get(dataset, {}).get(column, same[-1:])
        columns[column] = [
            dg.TableColumnDep(dg.AssetKey(name), of) for name, of in (one.split(".") for one in made_of)
        ]
    return dg.TableColumnLineage({column: deps for column, deps in columns.items() if deps})
