"""Which columns a column is made of, for the column lineage in Dagster's UI."""

from __future__ import annotations

from collections.abc import Collection

import dagster as dg

from schemas.datasets import DATASETS
from schemas.forms import TABLE_KEYS
from schemas.indicators import components
from schemas.panel_figures import panel_figures

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
_CELLS |= dict.fromkeys(("implied", "check", "start", "end", "label", "counted_in"), _TEXT)
_PLACES = dict.fromkeys(
    ("page", "left", "top", "right", "bottom"), ("raw_text.place_starts", "raw_text.place_ends")
)
_OF_ORGANS = ("reports.issuer", "reports.index_number", "reports.source_url", "reports.source")
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
        ("title", "issuer", "printed_year", "published", "scope", "scope_words", "doubts", "notes"),
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
        "is_current": ("raw_text.text", "raw_text.hints", "raw_text.outcome", "normalized_text.text"),
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
        "period": (*_TEXT, "reports.printed_year"),
        "outcome": (*_TEXT, *_FIGURE, "table_status.status", "reports.printed_year", "reports.issuer"),
        "printed": _FIGURE,
    }
    | {name: (*_PLACES[name], "raw_text.place_pages", "raw_text.place_boxes") for name in _PLACES},
    "prose_rules": dict.fromkeys(
        (column.name for column in DATASETS["prose_rules"].columns if column.name != "report_id"),
        (*_TEXT, *_FIGURE, "reports.printed_year"),
    ),
    "organs": dict.fromkeys(DATASETS["organs"].names, _OF_ORGANS) | {"report_ids": ("reports.report_id",)},
    "missing": dict.fromkeys(DATASETS["missing"].names, (*_OF_ORGANS, "reports.outcome")),
    "rulings": dict.fromkeys(DATASETS["rulings"].names, _OF_ORGANS),
    "organ_reports": {
        "organ_id": ("organs.organ_id", "organs.report_ids"),
        "organ": ("reports.issuer",),
        **dict.fromkeys(("is_current", "versions", "why"), ("organs.organ_id", "reports.published")),
    },
    "section_words": dict.fromkeys(
        ("misnumbered", "characters", "own_characters", "tells", "words", "years", "year_words", "sketch"),
        ("normalized_text.text", "section_splits.heading", "section_splits.body", "section_splits.end"),
    ),
    "year_over_year": dict.fromkeys(
        ("rule", "outcome", "expected", "reported", "message", "explained_by", "explanation"),
        (*_FIGURE, "organ_reports.organ_id", "organ_reports.is_current", "organ_reports.scope"),
    )
    | {
        name: (f"table_cells.{name.removeprefix('last_')}",)
        for name in ("last_start", "last_end", "last_page")
    }
    | {"last_report_id": ("organ_reports.organ_id", "organ_reports.report_id")},
    "compliance": {
        "on_time": ("reports.published", "organ_reports.kind", "organ_reports.scope"),
        "due": ("organ_reports.kind", "organ_reports.scope", "organ_reports.level"),
        "sections_missing": ("reports.sections",),
        "sections_empty": ("section_words.characters",),
        "sections_misnumbered": ("section_words.misnumbered",),
        "tables_validated": tuple(f"reports.{table}_status" for table in TABLE_KEYS),
        "tables_absent": tuple(f"reports.{table}_status" for table in TABLE_KEYS),
        "claims_contradicting": ("claims.outcome",),
        "year_broken": ("year_over_year.outcome",),
        "year_undecided": ("year_over_year.outcome",),
        "earlier_years": ("section_words.years",),
        "changed_on": ("reports.published", "organ_reports.is_current"),
        "evidence": (
            "reports.published",
            "section_words.words",
            "section_words.year_words",
            "section_words.sketch",
        ),
    }
    | {
        column: ("section_words.tells",)
        for column in DATASETS["compliance"].names
        if column.startswith("tells_")
    }
    | {
        column: ("section_words.sketch", "organ_reports.organ_id", "organ_reports.region_code")
        for column in DATASETS["compliance"].names
        if column.startswith("like_")
    },
    "panel": {
        "year_is_printed": ("organ_reports.printed_year",),
        "procurement_amount_unit": ("table_cells.unit",),
    }
    | {figure.name: _FIGURE for figure in panel_figures()}
    | {figure.flag: (*_FIGURE, "table_cells.check", "table_cells.status") for figure in panel_figures()},
    "indicators": dict.fromkeys(
        ("indicator", "variant", "numerator", "denominator", "rate", "n"),
        tuple(f"panel.{name}" for name in components()),
    )
    | dict.fromkeys(("by", "group"), ("panel.organ_id", "panel.region_code", "panel.province", "panel.kind"))
    | {"reports": ("panel.report_id",)},
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
