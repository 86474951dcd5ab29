"""The tables that only a release has, beside the datasets: the codebook, the codes, and what changed since
the release before. Their columns, and the rows of the first two.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemas.codebook import codebook
from schemas.datasets import BASES, DATASETS, Column, Dataset
from schemas.labels import list_labels, list_names

# Why a figure is another one than in the release before, or is there in one of them only.
REASONS = ("new_document", "new_version", "withdrawn", "attribution", "correction", "code")
CHANGES_OF = ("added", "removed", "changed")

# What columns are called where a word of SQL would need quotes.
PLAIN_NAMES = {
    "table": "table_key",
    "row": "row_key",
    "column": "column_key",
    "start": "span_start",
    "end": "span_end",
    "left": "box_left",
    "top": "box_top",
    "right": "box_right",
    "bottom": "box_bottom",
    "check": "identities_hold",
    "by": "grouped_by",
    "group": "group_key",
}

_FIGURE = Column("figure", "string", "Name of its column in the panel", repeats=True)
_EDITION = Column("edition", "string", "Edition of the form", repeats=True)
_KEYS = (
    Column("table_key", "string", "Key of the table, `table` in the datasets", repeats=True),
    Column("row_key", "string", "Key of the row, `row` in the datasets", repeats=True),
    Column("column_key", "string", "Key of the column, `column` in the datasets", repeats=True),
)

CODEBOOK = Dataset(
    "codebook",
    "What every figure of every edition of the form is called, where it stands, and which figure of the "
    "other edition is the same.",
    "a figure in one edition of the form",
    ("edition", "figure"),
    (),
    (
        _FIGURE,
        _EDITION,
        *_KEYS,
        Column("table_zh", "string", "The table as the form prints it", repeats=True),
        Column("table_en", "string", "The table in English", repeats=True),
        Column(
            "group_zh", "string", "The merged cells that the row stands under", nullable=True, repeats=True
        ),
        Column("group_en", "string", "The same in English", nullable=True, repeats=True),
        Column("row_zh", "string", "The row as the form prints it", repeats=True),
        Column("row_en", "string", "The row in English", repeats=True),
        Column("column_group_zh", "string", "The merged cells over the column", nullable=True, repeats=True),
        Column("column_group_en", "string", "The same in English", nullable=True, repeats=True),
        Column("column_zh", "string", "The column as the form prints it", repeats=True),
        Column("column_en", "string", "The column in English", repeats=True),
        Column("unit", "string", "Unit that the form prints", nullable=True, repeats=True),
        Column("type", "string", "`count`: a whole number; `amount`: of money; `change`: may be negative"),
        Column("section", "int8", "Section of the report that the table stands in"),
        Column("counterpart", "list<string>", "The same in the other edition; empty where it asks for none"),
        Column("counterpart_edition", "string", "The other edition", nullable=True, repeats=True),
        Column(
            "relation",
            "string",
            "How it belongs to its counterpart: `same`; `sum_of` several; `part_of` one",
            nullable=True,
            repeats=True,
        ),
        Column("identities", "list<string>", "Ids of the identities (勾稽关系) that it stands in"),
    ),
    by_year=False,
)
CODES = Dataset(
    "codes",
    "What the codes in the datasets mean, list by list.",
    "a code",
    ("list", "code"),
    (),
    (
        Column("list", "string", "Name of the list; docs/data-dictionary.md says which columns hold it"),
        Column("code", "string", "The code; of rows and columns `table.row` and `table.column`"),
        Column("code_zh", "string", "What it means, in Chinese"),
        Column("code_en", "string", "What it means, in English"),
    ),
    by_year=False,
)
CHANGES = Dataset(
    "changes",
    "Every figure of a current report that is another one than in the release before, or is in one of them "
    "only, and why.",
    "a figure of an organ and year",
    ("report_year", "organ_id", "scope", "table_key", "row_key", "column_key"),
    ("report_year", "organ_id"),
    (
        DATASETS["organ_reports"].column("report_year"),
        DATASETS["organ_reports"].column("organ_id"),
        DATASETS["organ_reports"].column("scope"),
        DATASETS["validated_facts"].column("issuer"),
        *_KEYS,
        Column("change", "string", "What happened to the figure", values=CHANGES_OF, repeats=True),
        Column("value_before", "float64", "The figure in the release before", nullable=True),
        Column("value_now", "float64", "The figure in this one", nullable=True),
        Column("basis_before", "string", "Its basis before", nullable=True, values=BASES, repeats=True),
        Column("basis_now", "string", "Its basis now", nullable=True, values=BASES, repeats=True),
        Column("report_before", "string", "`report_id` before", nullable=True, repeats=True),
        Column("report_now", "string", "`report_id` now", nullable=True, repeats=True),
        Column(
            "reason",
            "string",
            "`new_document`: the organ had no report for the year; `new_version`: another document counts "
            "for it; `withdrawn`: the document is no longer there; `attribution`: the document counts for "
            "another organ, year or scope; `correction`: corrections.csv says otherwise of its table; "
            "`code`: the same document is read or judged in another way",
            values=REASONS,
            repeats=True,
        ),
    ),
    by_year=False,
)
TABLES = {dataset.name: dataset for dataset in (CODEBOOK, CODES, CHANGES)}
RELEASED = {**DATASETS, **TABLES}  # every table of a release


def codebook_rows() -> Iterator[dict[str, Any]]:
    """Yield the rows of the codebook, the newest edition first."""
    for entry in codebook():
        row = {name: getattr(entry, name, None) or None for name in CODEBOOK.names}
        row |= {"counterpart": entry.counterpart, "identities": entry.identities}
        row |= {"figure": entry.name, "table_key": entry.table}
        yield row | {"row_key": entry.row, "column_key": entry.column}


def codes_rows() -> Iterator[dict[str, Any]]:
    """Yield the rows of the list of codes."""
    for name in list_names():
        for code, label in list_labels(name).items():
            yield {"list": name, "code": code, "code_zh": label.zh, "code_en": label.en}
