"""Every dataset's columns, once: name, type, description, unit. Arrow's, pandera's and Dagster's schemas and
the dictionary are derived.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from schemas.added import ADDED_KEYS
from schemas.forms import TABLE_KEYS, Table, forms
from schemas.slips import SLIPS

if TYPE_CHECKING:
    import pyarrow as pa  # `ogi check` imports this module and must not pay for pyarrow

STATUSES = ("validated", "inconsistent", "incomplete", "uncertain", "absent")
KINDS = ("number", "blank", "dash", "slash", "text")
OUTCOMES = ("read", "refused", "duplicate")
RULE_OUTCOMES = ("broken", "undecided")
BASES = ("printed", "implied", "corrected")
SCRIPTS = ("hans", "hant")
FORMATS = ("text", "markdown", "html", "pdf", "docx")

# Figures are float64, in which whole numbers up to here are exact.
EXACT = 2**53

BOX_FIELDS = ("left", "top", "right", "bottom")
CELL_FIELDS = ("row", "column")  # the members of the struct in list<cell>
CHANGE_FIELDS = (
    *CELL_FIELDS,
    "value",
)  # the members of the struct in list<list<change>>: a cell and what it would have to hold


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `values` is its closed vocabulary, where it has one; `repeats`: few distinct values, so a
    dictionary makes it small.
    """

    name: str
    type: str
    description: str
    nullable: bool = False
    unit: str | None = None
    values: tuple[str, ...] = ()
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Dataset:
    """One dataset: what a row is, which columns tell rows apart, the order of rows in a file."""

    name: str
    description: str
    row: str
    key: tuple[str, ...]
    order: tuple[str, ...]
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def _vocabulary(part: str) -> tuple[str, ...]:
    """Every row or column key of any table of any edition, in the order of the forms."""
    tables = (table for form in forms().values() for table in form.tables.values())
    return tuple(dict.fromkeys(item.key for table in tables for item in getattr(table, part)))


EDITIONS = tuple(forms())
ROW_KEYS = (*_vocabulary("rows"), *ADDED_KEYS)
COLUMN_KEYS = (*_vocabulary("columns"), *ADDED_KEYS)


@cache
def tables_by_edition() -> Mapping[tuple[str | None, str], Table]:
    """Every table by (edition, key). A table that is the same in all editions stands under (None, key) too:
    its labels tell no edition.
    """
    known: dict[tuple[str | None, str], Table] = {
        (form.edition, key): table for form in forms().values() for key, table in form.tables.items()
    }
    for key in TABLE_KEYS:
        tables = [form.tables[key] for form in forms().values()]
        if all((table.cells, table.columns) == (tables[0].cells, tables[0].columns) for table in tables):
            known[None, key] = tables[-1]
    return known


_REPORT_ID = Column(
    "report_id",
    "string",
    "The document: the first 16 hexadecimal digits of the SHA-256 of its bytes, so that a copy has "
    "the same one",
)
_REPORT_ID_OF_ROWS = replace(_REPORT_ID, repeats=True)
_MAYBE_REPORT_ID = Column(
    "report_id",
    "string",
    f"{_REPORT_ID.description}; null where the bytes could not be read at all",
    nullable=True,
)
_SOURCE = Column("source", "string", "Path of the document below the raw store, `<report year>/...`")
_OUTCOME = Column(
    "outcome",
    "string",
    "What became of the document: `read`; `refused`, see `reason`; `duplicate`, a further copy of a "
    "document of the same year",
    values=OUTCOMES,
    repeats=True,
)
_REASON = Column(
    "reason", "string", "Why the document was not read and what to do; null for `read`", nullable=True
)
_FILE = (
    Column("size", "int64", "Length of the document", nullable=True, unit="byte"),
    Column("sha256", "string", "SHA-256 of the document, hexadecimal", nullable=True),
    Column("modified", "timestamp[us, UTC]", "When the file was last changed", nullable=True),
    Column(
        "encoding", "string", "Character encoding that the text was read with", nullable=True, repeats=True
    ),
    Column("format", "string", "Format of the document", nullable=True, values=FORMATS, repeats=True),
)
_ERROR = Column(
    "error",
    "string",
    "Set where the program failed on this document, which is a bug to report; else null",
    nullable=True,
)
_TABLE = Column("table", "string", "Key of the table", values=TABLE_KEYS, repeats=True)
_EDITION = Column(
    "edition",
    "string",
    "Edition of the form, told by the table's own labels; null where they tell none, as in "
    "review_litigation, the same in all",
    nullable=True,
    values=EDITIONS,
    repeats=True,
)
_STATUS = Column(
    "status",
    "string",
    "`validated`: read without doubt and every hard identity holds; `inconsistent`: the document "
    "breaks one; `incomplete`: blanks leave "
    "one undecided; `uncertain`: what the figures are, or where they belong, is not sure; `absent`: "
    "the document has no such table",
    values=STATUSES,
    repeats=True,
)
_REASONS = Column(
    "reasons", "list<string>", "Why the table is not validated, in sentences; empty for `validated`"
)
_ADDED = f"`{ADDED_KEYS[0]}` and so on: one that the organ added, see `label`"
_ROW = Column("row", "string", f"Key of the row; {_ADDED}", values=ROW_KEYS, repeats=True)
_COLUMN = Column("column", "string", f"Key of the column; {_ADDED}", values=COLUMN_KEYS, repeats=True)
_OF_ADDED = (
    Column(
        "label",
        "string",
        "What the document calls a row or column that the organ added, in simplified script; null in those of the "
        "form",
        nullable=True,
        repeats=True,
    ),
    Column(
        "counted_in",
        "string",
        "Of an added row or column: the identity whose sums count it; null where they hold without it",
        nullable=True,
        repeats=True,
    ),
)
_UNIT = Column(
    "unit",
    "string",
    "Unit of the figure as the form or the cell prints it; null where none is printed",
    nullable=True,
    repeats=True,
)
_RAW = Column("raw", "string", "What is printed in the cell, whatever was made of it", repeats=True)
_SPAN = (
    Column(
        "start",
        "int64",
        "Where the printed figure begins in the raw text; null where no place of a blank shows",
        nullable=True,
        unit="character",
    ),
    Column(
        "end",
        "int64",
        "Where the printed figure ends in the raw text (exclusive)",
        nullable=True,
        unit="character",
    ),
)
_PLACE = (
    Column(
        "page",
        "int16",
        "Page on which the figure is printed, from 1; null for formats without pages",
        nullable=True,
    ),
    *(
        Column(
            name,
            "float32",
            f"The {name} edge of the figure on its page, from the upper left corner",
            nullable=True,
            unit="point",
        )
        for name in BOX_FIELDS
    ),
)
_ISSUER = Column(
    "issuer",
    "string",
    "The fullest name that the document prints for its organ, in simplified script; null where unknown",
    nullable=True,
)
_IS_CURRENT = Column(
    "is_current",
    "bool",
    "Whether this is the report to use of its organ and year: false for superseded ones, copies and refusals",
)

RAW_TEXT = Dataset(
    "raw_text",
    "The text of every document in the raw store, exactly as printed.",
    "a file of the raw store",
    ("source",),
    ("report_id", "source"),
    (
        _MAYBE_REPORT_ID,
        _SOURCE,
        *_FILE,
        _OUTCOME,
        _REASON,
        Column("text", "string", "The raw text; null unless `outcome` is `read`", nullable=True),
        Column("hints", "map<string>", "What the markup of a page says of its document without printing it"),
        Column(
            "place_starts",
            "list<int32>",
            "For formats with pages: where stretches of the raw text begin whose place on a page is "
            "known; pairs with the next three",
            unit="character",
        ),
        Column("place_ends", "list<int32>", "Where those stretches end (exclusive)", unit="character"),
        Column("place_pages", "list<int16>", "The page of each stretch, from 1"),
        Column(
            "place_boxes",
            "list<float32>",
            "Left, top, right and bottom edge of each stretch, four numbers a stretch, from the "
            "upper left corner of its page",
            unit="point",
        ),
    ),
)
NORMALIZED_TEXT = Dataset(
    "normalized_text",
    "The text in one way of writing (width, spaces, quotes, brackets, dashes, simplified script), "
    "with the way back to the raw text.",
    "a document that was read",
    ("report_id",),
    ("report_id",),
    (
        _REPORT_ID,
        Column("text", "string", "The normalized text; null where `error` is set", nullable=True),
        Column(
            "script",
            "string",
            "Script of the raw text: simplified (`hans`) or traditional (`hant`)",
            nullable=True,
            values=SCRIPTS,
            repeats=True,
        ),
        Column(
            "offsets_normalized",
            "list<int32>",
            "Offsets in the normalized text from which both texts advance together until the next "
            "one; pairs with `offsets_raw`",
            unit="character",
        ),
        Column(
            "offsets_raw",
            "list<int32>",
            "The offsets in the raw text that belong to `offsets_normalized`",
            unit="character",
        ),
        _ERROR,
    ),
)
SECTION_SPLITS = Dataset(
    "section_splits",
    "Where the six sections of each report begin and end.",
    "a section that was found, in the order of the text; or a document on which splitting failed, "
    "with `error`",
    ("report_id", "start"),
    ("report_id", "start"),
    (
        _REPORT_ID_OF_ROWS,
        Column("section", "int8", "Number of the section, 1 to 6; null where `error` is set", nullable=True),
        Column("heading", "string", "The heading as printed", nullable=True, repeats=True),
        Column("start", "int32", "Where the heading begins in the normalized text", unit="character"),
        Column("body", "int32", "Where the body begins in the normalized text", unit="character"),
        Column("end", "int32", "Where the section ends in the normalized text (exclusive)", unit="character"),
        Column("raw_start", "int32", "Where the section begins in the raw text", unit="character"),
        Column("raw_end", "int32", "Where the section ends in the raw text (exclusive)", unit="character"),
        _ERROR,
    ),
)
TABLE_CELLS = Dataset(
    "table_cells",
    "Every cell that was read, of every table whatever its status, and behind them those of rows and columns "
    "that the organ added. Not for publication: use validated_facts.",
    "a cell of a table of a report",
    ("report_id", "table", "row", "column"),
    ("report_id", "table"),
    (
        _REPORT_ID_OF_ROWS,
        _TABLE,
        _EDITION,
        _STATUS,
        _ROW,
        _COLUMN,
        Column(
            "value",
            "float64",
            "The printed figure; null where none is printed. Counts are exact",
            nullable=True,
            unit="see `unit`",
            repeats=True,
        ),
        Column("kind", "string", "What is printed", values=KINDS, repeats=True),
        _RAW,
        _UNIT,
        Column(
            "implied",
            "float64",
            "The one value that the identities leave for a cell without a figure; else null",
            nullable=True,
            unit="see `unit`",
            repeats=True,
        ),
        *_SPAN,
        *_PLACE,
        *_OF_ADDED,
    ),
)
TABLE_STATUS = Dataset(
    "table_status",
    "What became of the three tables of each report.",
    "a table of a document that was read: always three a document",
    ("report_id", "table"),
    ("report_id", "table"),
    (_REPORT_ID_OF_ROWS, _TABLE, _STATUS, _EDITION, _REASONS, _ERROR),
)
VIOLATIONS = Dataset(
    "violations",
    "Identities that tables break or leave undecided.",
    "an identity, in one column or row of one table of a report",
    (),
    ("report_id", "table", "rule"),
    (
        _REPORT_ID_OF_ROWS,
        _TABLE,
        Column("rule", "string", "Id of the identity", repeats=True),
        Column(
            "outcome",
            "string",
            "`broken`, or `undecided` because of blanks",
            values=RULE_OUTCOMES,
            repeats=True,
        ),
        Column("message", "string", "Both sides of the sum, as a sentence"),
        Column(
            "expected",
            "float64",
            "What the sum of the parts gives; null where blanks leave it open",
            nullable=True,
        ),
        Column("reported", "float64", "What is printed for it; null where nothing is", nullable=True),
        Column("cells", "list<cell>", "The cells that the identity takes in"),
        Column(
            "suspect_row",
            "string",
            "Row of the one cell that would explain every broken identity of the table",
            nullable=True,
            repeats=True,
        ),
        Column("suspect_column", "string", "Column of that cell", nullable=True, repeats=True),
        Column(
            "suspect_value",
            "float64",
            "The value that it would need; a suggestion, never applied",
            nullable=True,
        ),
        Column(
            "suspect_slip",
            "string",
            "What may have happened to it, where a usual slip fits",
            nullable=True,
            values=SLIPS,
            repeats=True,
        ),
        Column(
            "alternatives",
            "list<list<change>>",
            "Where no single cell explains it: the smallest sets of cells whose change would satisfy "
            "every identity, each cell with the value "
            "it would need (null where blanks leave more than one). None of them is preferred; "
            "empty, too, where they were not found in time",
        ),
    ),
)


def _table_columns(table: str) -> Iterator[Column]:
    yield Column(
        f"{table}_status",
        "string",
        f"Status of {table}; null unless `outcome` is `read`",
        nullable=True,
        values=STATUSES,
        repeats=True,
    )
    yield Column(
        f"{table}_edition",
        "string",
        f"Edition of {table}, told by its labels",
        nullable=True,
        values=EDITIONS,
        repeats=True,
    )
    yield Column(f"{table}_reasons", "list<string>", f"Why {table} is not validated; empty for `validated`")


REPORTS = Dataset(
    "reports",
    "Every document that came in, whatever became of it.",
    "a file of the raw store",
    ("source",),
    ("report_id", "source"),
    (
        _SOURCE,
        _MAYBE_REPORT_ID,
        _OUTCOME,
        _REASON,
        Column("title", "string", "Title as printed; null where there is none", nullable=True),
        _ISSUER,
        Column(
            "report_year",
            "int16",
            "The year reported on, as the document says; null where it does not",
            nullable=True,
            unit="year",
        ),
        Column(
            "published", "date32", "Date of publication; null where the document does not say", nullable=True
        ),
        Column(
            "index_number",
            "string",
            "索引号 as the page prints it, or its markup says; null where neither does",
            nullable=True,
        ),
        Column(
            "document_number",
            "string",
            "文号 as the page prints it, or its markup says; null where neither does",
            nullable=True,
        ),
        Column(
            "publisher",
            "string",
            "发布机构 as the page prints it, or its markup says; see `issuer` for the organ itself",
            nullable=True,
        ),
        Column(
            "topic",
            "string",
            "主题分类 as the page prints it, or its markup says; null where neither does",
            nullable=True,
        ),
        Column(
            "source_url",
            "string",
            "Where the document was published, as the page says; null where it does not",
            nullable=True,
        ),
        Column("script", "string", "Script of the raw text", nullable=True, values=SCRIPTS, repeats=True),
        *_FILE,
        Column("sections", "list<int8>", "Numbers of the sections that were found"),
        *(column for table in TABLE_KEYS for column in _table_columns(table)),
        Column(
            "doubts",
            "list<string>",
            "What is in doubt of title, organ, year and date: where their witnesses disagree, or "
            "only a weak one speaks",
        ),
        Column("notes", "list<string>", "What a user should know of this document though it was read"),
        _IS_CURRENT,
    ),
)
VALIDATED_FACTS = Dataset(
    "validated_facts",
    "The cells of validated tables, and of tables that reviewed corrections make valid: every figure "
    "is sure, every hard identity holds over "
    "them, and none is missing. Rows and columns that the organ added are there if the sums count "
    "them: leave them out by `label is null`.",
    "a cell of a validated or corrected table",
    ("report_id", "table", "row", "column"),
    ("report_id", "table"),
    (
        _REPORT_ID_OF_ROWS,
        replace(_ISSUER, repeats=True),
        _TABLE,
        _EDITION,
        _ROW,
        _COLUMN,
        Column(
            "value", "float64", "The figure. Counts are exact whole numbers", unit="see `unit`", repeats=True
        ),
        _UNIT,
        Column(
            "basis",
            "string",
            "`printed`; `implied`: the only value that the identities leave for a cell printed "
            "blank; or `corrected`: what a person confirmed in "
            "corrections.csv, beside what is printed, which `raw` keeps",
            values=BASES,
            repeats=True,
        ),
        _RAW,
        *_SPAN,
        *_PLACE,
        _IS_CURRENT,
        *_OF_ADDED,
    ),
)

# In the order in which they are made.
CLAIM_PERIODS = ("report_year", "other_year", "part_of_year", "several_years")
CLAIM_SCOPES = ("organ", "area", "other_body")
CLAIM_OUTCOMES = ("agrees", "contradicts", "not_comparable")
CLAIMS = Dataset(
    "claims",
    "Figures that the prose of reports states, and whether their tables agree.",
    "a figure stated in a sentence of a report, and each quantity that it is said to be of",
    ("report_id", "start", "quantity"),
    ("report_id", "start"),
    (
        _REPORT_ID_OF_ROWS,
        Column(
            "quantity",
            "string",
            "What it states: a sum of cells as `table.row.column`, the one that fits what is printed or else "
            "the likeliest; of what no table holds a name, as `disclosed_items`; null where `error` is set",
            nullable=True,
            repeats=True,
        ),
        replace(_TABLE, nullable=True, description="Key of the table; null where no table holds it"),
        replace(_ROW, nullable=True, description="Key of the row, where it is a single cell"),
        replace(_COLUMN, nullable=True, description="Key of the column, where it is a single cell"),
        Column("value", "float64", "The figure as stated; nought where the words deny", nullable=True),
        Column("unit", "string", "Its counter as printed; null where none is", nullable=True, repeats=True),
        Column(
            "quote",
            "string",
            "The sentence as printed; of a long one what stands around the figure",
            nullable=True,
        ),
        Column("start", "int64", "Where the figure begins in the raw text", nullable=True, unit="character"),
        Column("end", "int64", "Where it ends in the raw text (exclusive)", nullable=True, unit="character"),
        Column(
            "period", "string", "Of which time it speaks", nullable=True, values=CLAIM_PERIODS, repeats=True
        ),
        Column("scope", "string", "Of whom it speaks", nullable=True, values=CLAIM_SCOPES, repeats=True),
        Column("approximate", "bool", "Whether the words say that it is not exact", nullable=True),
        Column(
            "outcome",
            "string",
            "`agrees`: a reading of the words fits what is printed; `contradicts`: none does; "
            "`not_comparable`, see `reason`",
            nullable=True,
            values=CLAIM_OUTCOMES,
            repeats=True,
        ),
        Column("printed", "float64", "What the table prints for `quantity`", nullable=True),
        Column("understood", "string", "The words that told it, and all that they may mean", nullable=True),
        Column("readings", "list<string>", "All admissible quantities, the likeliest first"),
        Column("reason", "string", "Why it cannot be compared", nullable=True, repeats=True),
        *_PLACE,
        _ERROR,
    ),
)


DATASETS: Mapping[str, Dataset] = {
    dataset.name: dataset
    for dataset in (
        RAW_TEXT,
        NORMALIZED_TEXT,
        SECTION_SPLITS,
        TABLE_CELLS,
        TABLE_STATUS,
        VIOLATIONS,
        REPORTS,
        CLAIMS,
        VALIDATED_FACTS,
    )
}


def arrow_types() -> dict[str, pa.DataType]:
    """The Arrow type of every name that `Column.type` may be."""
    import pyarrow as pa

    cell = pa.struct([pa.field(name, pa.string(), nullable=False) for name in CELL_FIELDS])
    plain: dict[str, pa.DataType] = {
        "string": pa.string(),
        "bool": pa.bool_(),
        "int8": pa.int8(),
        "int16": pa.int16(),
        "int32": pa.int32(),
        "int64": pa.int64(),
        "float32": pa.float32(),
        "float64": pa.float64(),
        "date32": pa.date32(),
        "timestamp[us, UTC]": pa.timestamp("us", tz="UTC"),
    }
    plain["map<string>"] = pa.map_(pa.string(), pa.string())
    items: dict[str, pa.DataType] = {
        name: plain[name] for name in ("string", "int8", "int16", "int32", "float32")
    }
    items["cell"] = cell
    value = pa.field(CHANGE_FIELDS[-1], pa.float64())
    change = pa.struct([*(pa.field(name, pa.string(), nullable=False) for name in CELL_FIELDS), value])
    items["list<change>"] = pa.list_(pa.field("element", change, nullable=False))
    # Parquet calls the item of a list "element": named so from the start, a schema survives the way through a
    # file.
    return plain | {
        f"list<{name}>": pa.list_(pa.field("element", item, nullable=False)) for name, item in items.items()
    }


@cache
def arrow_schema(dataset: Dataset) -> pa.Schema:
    """The Arrow schema of a dataset, with descriptions and units in the metadata of schema and fields."""
    import pyarrow as pa

    types = arrow_types()
    fields = []
    for column in dataset.columns:
        metadata = {"description": column.description} | ({"unit": column.unit} if column.unit else {})
        fields.append(pa.field(column.name, types[column.type], column.nullable, metadata))
    return pa.schema(
        fields, {"dataset": dataset.name, "description": dataset.description, "row": dataset.row}
    )


def data_dictionary() -> str:
    """The data dictionary as markdown: every dataset and column in plain words."""
    lines = [
        "# Data dictionary",
        "",
        "Made from `schemas/datasets.py` by `python -m schemas.datasets`; do not edit.",
        "",
        "Every dataset is a folder `<warehouse>/<dataset>/year=<report year>/`.",
        "Readers that know hive partitions see a further column, `year`: the year that the document "
        "was filed under.",
    ]
    for dataset in DATASETS.values():
        lines += ["", f"## `{dataset.name}`", "", f"{dataset.description} A row is {dataset.row}.", ""]
        if dataset.key:
            lines += [f"Key: {', '.join(f'`{name}`' for name in dataset.key)}.", ""]
        lines += ["| column | type | null | unit | description |", "|---|---|---|---|---|"]
        lines += [
            f"| `{column.name}` | {column.type} | {'yes' if column.nullable else 'no'} | "
            f"{column.unit or ''} | {_described(column)} |"
            for column in dataset.columns
        ]
    return "\n".join(lines) + "\n"


def _described(column: Column) -> str:
    if not column.values or len(column.values) > 12:
        return column.description
    missing = [value for value in column.values if f"`{value}`" not in column.description]
    return column.description + (f": {', '.join(f'`{value}`' for value in missing)}" if missing else "")


if __name__ == "__main__":
    from pathlib import Path

    target = Path(__file__).parents[1] / "docs" / "data-dictionary.md"
    target.parent.mkdir(exist_ok=True)
    target.write_text(data_dictionary(), encoding="utf-8")
