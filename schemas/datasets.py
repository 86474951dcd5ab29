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
from schemas.labels import column_label, dataset_label, list_labels, list_names, list_of
from schemas.panel_figures import panel_figures
from schemas.slips import SLIPS

if TYPE_CHECKING:
    import pyarrow as pa  # `ogi check` imports this module and must not pay for pyarrow

STATUSES = ("validated", "inconsistent", "incomplete", "uncertain", "absent")
KINDS = ("number", "blank", "dash", "slash", "text")
OUTCOMES = ("read", "refused", "duplicate")
RULE_OUTCOMES = ("broken", "undecided")
CHECKS = ("holds", "broken", "undecided", "none")
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
    by_year: bool = True  # whether it has a partition a report year; else it is one table over all years

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
_YEAR = Column(
    "report_year",
    "int16",
    "The year that the report counts for: that of the folder it was filed under. What says another year is "
    "refused",
    unit="year",
    repeats=True,
)
_PRINTED_YEAR = Column(
    "printed_year",
    "int16",
    "The year reported on, as the document says; null where it does not, and it counts for the year that it "
    "was filed under",
    nullable=True,
    unit="year",
    repeats=True,
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
        "What the document calls a row or column that the organ added, in simplified script; null in those "
        "of the form",
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
        "int32",
        "Where the printed figure begins in the raw text; null where no place of a blank shows",
        nullable=True,
        unit="character",
    ),
    Column(
        "end",
        "int32",
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
        _YEAR,
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
        _YEAR,
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
        _YEAR,
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
        _YEAR,
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
        Column(
            "check",
            "string",
            "Whether the hard identities that the cell stands in hold, over printed and implied figures: "
            "`holds`: all do; `broken`: one does not, or the figure is of the wrong type; `undecided`: "
            "blanks leave one open, or the table is uncertain; `none`: no identity reaches the cell",
            values=CHECKS,
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
    (_REPORT_ID_OF_ROWS, _YEAR, _TABLE, _STATUS, _EDITION, _REASONS, _ERROR),
)
VIOLATIONS = Dataset(
    "violations",
    "Identities that tables break or leave undecided.",
    "an identity, in one column or row of one table of a report",
    (),
    ("report_id", "table", "rule"),
    (
        _REPORT_ID_OF_ROWS,
        _YEAR,
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
        _YEAR,
        _PRINTED_YEAR,
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
        Column(
            "scope",
            "string",
            "Whom the figures speak for, by the words of the report: `organ`, `area`, or `unknown`",
            nullable=True,
            values=("organ", "area", "unknown"),
            repeats=True,
        ),
        Column("scope_words", "string", "The words that say it", nullable=True),
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
        _YEAR,
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
PROSE_RULE_IDS = ("prose.fees", "prose.unpaid_fee", "prose.parts", "prose.year")
PROSE_RULE_OUTCOMES = ("holds", "broken", "undecided")
CLAIMS = Dataset(
    "claims",
    "Figures that the prose of reports states, and whether their tables agree.",
    "a figure stated in a sentence of a report, and each quantity that it is said to be of",
    ("report_id", "start", "quantity"),
    ("report_id", "start"),
    (
        _REPORT_ID_OF_ROWS,
        _YEAR,
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
        Column("start", "int32", "Where the figure begins in the raw text", nullable=True, unit="character"),
        Column("end", "int32", "Where it ends in the raw text (exclusive)", nullable=True, unit="character"),
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

PROSE_RULES = Dataset(
    "prose_rules",
    "Rules across sections that the prose of reports gives occasion to judge.",
    "a rule, each time that the prose of a report gives occasion to judge it",
    (),
    ("report_id",),
    (
        _REPORT_ID_OF_ROWS,
        _YEAR,
        Column("rule", "string", "Id of the rule", values=PROSE_RULE_IDS, repeats=True),
        Column(
            "outcome",
            "string",
            "`holds`, `broken`, or `undecided` where the words do not settle it",
            values=PROSE_RULE_OUTCOMES,
            repeats=True,
        ),
        Column("message", "string", "What was found, as a sentence with its figures"),
        Column(
            "starts",
            "list<int32>",
            "Where the words that it is about begin in the raw text; pairs with `ends`",
            unit="character",
        ),
        Column("ends", "list<int32>", "Where those words end (exclusive)", unit="character"),
    ),
)

_ORGAN_ID = Column("organ_id", "string", "The organ, see `organs`", repeats=True)
ORGAN_KINDS = ("township", "development_zone", "district", "department", "government", "unknown")
ORGAN_LEVELS = ("central", "province", "prefecture", "county", "township", "unknown")
SCOPES = ("organ", "area", "unknown")
MISSING_WHY = ("gap", "not_since", "not_yet", "roster")
_ORGAN_KIND = Column(
    "kind",
    "string",
    "What kind of organ it is: `township` (街道, 镇, 乡); `development_zone` (开发区, 管委会, 园区 ...); `district`, one "
    "whose name only looks like a zone (浦东新区); `department`; `government`, or the bare name of an area",
    values=ORGAN_KINDS,
    repeats=True,
)
_ORGAN_LEVEL = Column(
    "level", "string", "Level of government that it belongs to", values=ORGAN_LEVELS, repeats=True
)
_REGION = (
    Column(
        "region_code",
        "string",
        "GB/T 2260 code of its province, prefecture or county, six digits; null where no region of the table "
        "(`schemas/regions.csv`) is sure",
        nullable=True,
        repeats=True,
    ),
    Column("province", "string", "Name of its province", nullable=True, repeats=True),
    Column("prefecture", "string", "Name of its prefecture", nullable=True, repeats=True),
    Column(
        "county", "string", "Name of its county, district or county-level city", nullable=True, repeats=True
    ),
)
_ORGAN_DOUBTS = Column(
    "doubts",
    "list<string>",
    "What is open about who it is: a name without a place that others bear too, a code that fails its check "
    "digit or is claimed by two, a region that no longer exists, ...",
)
ORGANS = Dataset(
    "organs",
    "Every organ that reported in any year. Two reports are of one organ only if something beside a "
    "bare name "
    "says so; `evidence` says what.",
    "an organ, over all years",
    ("organ_id",),
    ("organ_id",),
    (
        replace(
            _ORGAN_ID,
            description="The organ: `o` and 15 hexadecimal digits, "
            "made of the evidence of its first year, so "
            "that neither the order of documents nor a further year changes it",
            repeats=False,
        ),
        Column(
            "name", "string", "The fullest name of its newest year; null where none is known", nullable=True
        ),
        Column("names", "list<string>", "Every name that it printed; pairs with `name_years`"),
        Column("name_years", "list<string>", "The years of each name, with spaces between them"),
        Column("years", "list<int16>", "The years that it has reports of", unit="year"),
        Column("report_ids", "list<string>", "Its reports that were read, of all years"),
        *_REGION,
        Column("region_evidence", "string", "What says that this is its region", nullable=True, repeats=True),
        _ORGAN_LEVEL,
        _ORGAN_KIND,
        Column("credit_code", "string", "统一社会信用代码 (GB 32100), check digit right", nullable=True),
        Column("organ_code", "string", "组织机构代码 (GB 11714), check digit right", nullable=True),
        Column("site", "string", "Host of the address of its newest report", nullable=True, repeats=True),
        Column("parent", "string", "The organ above it, where organs.csv names one", nullable=True),
        Column("evidence", "list<string>", "On what its reports were taken for those of one organ"),
        _ORGAN_DOUBTS,
    ),
    by_year=False,
)
MISSING = Dataset(
    "missing",
    "Organs without a report for a year: those that reported before or after it, and those that roster.csv "
    "says should have.",
    "an organ and a year of which there are reports, but none of this organ",
    (),
    ("report_year",),
    (
        replace(
            _ORGAN_ID, nullable=True, description="The organ; null for one of roster.csv that never reported"
        ),
        Column("name", "string", "Its name", nullable=True),
        *_REGION,
        Column("report_year", "int16", "The year that has no report of it", unit="year"),
        Column(
            "why",
            "string",
            "`gap`: it reported before and after; `not_since`: before, and in no year after; "
            "`not_yet`: after, "
            "and in no year before; `roster`: only roster.csv says that it should have",
            values=MISSING_WHY,
            repeats=True,
        ),
        Column(
            "expected",
            "bool",
            "Whether roster.csv names it for this year; null without a roster",
            nullable=True,
        ),
        Column("evidence", "string", "The same as a sentence"),
    ),
    by_year=False,
)
RULINGS = Dataset(
    "rulings",
    "What became of each line of organs.csv and roster.csv.",
    "a line of one of the two files, or the file as a whole",
    (),
    ("file", "line"),
    (
        Column("file", "string", "Name of the file in the raw store", repeats=True),
        Column("line", "int32", "The line; null where the file as a whole cannot be read", nullable=True),
        Column("applied", "bool", "Whether it was applied"),
        Column("said", "string", "What was done with it, or why it was refused and what to do"),
    ),
    by_year=False,
)
ORGAN_REPORTS = Dataset(
    "organ_reports",
    "For each report that was read whose it is, what it speaks for, and whether it counts.",
    "a report that was read",
    ("report_id",),
    ("report_id",),
    (
        _REPORT_ID,
        _SOURCE,
        _YEAR,
        _PRINTED_YEAR,
        _ORGAN_ID,
        Column("organ", "string", "Name of the organ as this report prints it", nullable=True),
        *_REGION,
        _ORGAN_LEVEL,
        _ORGAN_KIND,
        Column(
            "scope",
            "string",
            "Whom the figures speak for: the `organ` itself, a whole `area` whose departments they "
            "sum up, or "
            "`unknown`, where the words say nothing or both",
            values=SCOPES,
            repeats=True,
        ),
        Column("scope_words", "string", "The words that say it", nullable=True),
        Column(
            "is_current",
            "bool",
            "Whether this is the report to use of its organ and year, by all that is known of the organ over "
            "all years; at least one of each organ and year is",
        ),
        Column("versions", "int32", "How many reports of the organ there are for this year"),
        Column("why", "string", "Why this one counts, or does not; null for the only one", nullable=True),
        _ORGAN_DOUBTS,
    ),
)

YEAR_OUTCOMES = ("holds", "broken", "undecided")
EXPLANATIONS = ("correction", "version")
YEAR_OVER_YEAR = Dataset(
    "year_over_year",
    "The reports of a year held against those of the same organs for the year before. A break is something "
    "to look at, never a fault of the later report alone.",
    "a rule across years, in one row or column of a report that counts for its organ and year",
    ("report_id", "rule", "row", "column"),
    ("report_id", "rule"),
    (
        _REPORT_ID_OF_ROWS,
        _ORGAN_ID,
        _YEAR,
        Column(
            "last_report_id",
            "string",
            "The report for the year before; null where there is none",
            nullable=True,
            repeats=True,
        ),
        Column("rule", "string", "Id of the rule, see schemas/years.toml", repeats=True),
        _TABLE,
        replace(_ROW, description="Row of the figure that is compared"),
        replace(_COLUMN, description="Column of it"),
        Column(
            "outcome",
            "string",
            "`holds`, `broken`, or `undecided`, with the reason in `message`",
            values=YEAR_OUTCOMES,
            repeats=True,
        ),
        Column("expected", "float64", "What follows from the report for the year before", nullable=True),
        Column("reported", "float64", "What this report prints, or its sums imply", nullable=True),
        Column(
            "message",
            "string",
            "Both sides as a sentence, or why it is undecided; null where it holds",
            nullable=True,
            repeats=True,
        ),
        Column(
            "explained_by",
            "string",
            "What explains a break: a `correction`, or another `version` of the report for the year before",
            nullable=True,
            values=EXPLANATIONS,
            repeats=True,
        ),
        Column("explanation", "string", "The same as a sentence", nullable=True, repeats=True),
        *_SPAN,
        _PLACE[0],
        *(
            replace(
                column,
                name=f"last_{column.name}",
                description=f"The same of the figure in the report for the year before, `{column.name}`",
            )
            for column in (*_SPAN, _PLACE[0])
        ),
    ),
)

# What a figure of the panel is worth, the best first.
FLAGS = (
    "validated",
    "corrected",
    "implied",
    "sound",
    "unchecked",
    "contradicted",
    "blank",
    "not_read",
    "absent",
)


def _panel_columns() -> Iterator[Column]:
    for figure in panel_figures():
        yield Column(
            figure.name,
            "float64",
            "As printed, implied or corrected; null where there is none",
            nullable=True,
            unit=figure.unit,
            repeats=True,
        )
        yield Column(
            figure.flag,
            "string",
            f"What {figure.name} is worth; null where the edition of the table has no such figure",
            nullable=True,
            values=FLAGS,
            repeats=True,
        )


PANEL = Dataset(
    "panel",
    "One row an organ and year, one column a figure, for people who want a table. Beside each figure "
    "`x` stands `f_x`, what it is worth: `validated`: printed, and every sum of its table holds; "
    "`corrected`: by hand, beside what is printed; `implied`: not printed, but the sums leave no other; "
    "`sound`: its own sums hold, though not all of its table; `unchecked`: no sum tells; "
    "`contradicted`: it stands in a sum that does not hold; `blank`: nothing is printed; `not_read`: "
    "what is printed, or where it belongs, is not sure; `absent`: the report has no such table. The "
    "first three are those of validated_facts. Add up within one scope only.",
    "a report that counts for its organ and year: mostly one an organ and year, see `versions`",
    ("report_id",),
    ("report_id",),
    (
        _REPORT_ID,
        _YEAR,
        Column(
            "year_is_printed", "bool", "Whether the report says its year, or only the folder it was filed in"
        ),
        _ORGAN_ID,
        _ISSUER,
        *_REGION,
        _ORGAN_LEVEL,
        _ORGAN_KIND,
        ORGAN_REPORTS.column("scope"),
        ORGAN_REPORTS.column("scope_words"),
        REPORTS.column("published"),
        _SOURCE,
        REPORTS.column("source_url"),
        Column("versions", "int16", "How many reports of this organ and year were read"),
        *(REPORTS.column(f"{table}_{what}") for table in TABLE_KEYS for what in ("status", "edition")),
        *_panel_columns(),
        Column(
            "procurement_amount_unit",
            "string",
            "Unit of procurement_amount as printed: the form prints none",
            nullable=True,
            repeats=True,
        ),
    ),
)

SECTION_WORDS = Dataset(
    "section_words",
    "What the sections of each report tell in words. Sections two to four hold the tables: of them only the "
    "heading is looked at.",
    "a section of a report",
    ("report_id", "start"),
    ("report_id", "start"),
    (
        _REPORT_ID_OF_ROWS,
        _YEAR,
        Column("section", "int8", "Number of the section, 1 to 6"),
        Column("start", "int32", "Where it begins in the normalized text", unit="character"),
        Column("misnumbered", "bool", "Whether its heading bears the numeral of another section"),
        Column("characters", "int32", "Characters of its body; null for sections of tables", nullable=True),
        Column(
            "own_characters",
            "int32",
            "Chinese characters of the sentences that are not those of law and form",
        ),
        Column(
            "tells", "list<string>", "What it tells of all that it has to tell, see schemas/compliance.toml"
        ),
        Column("words", "list<string>", "For each of these the words that tell it, and what stands around"),
        Column("years", "list<int16>", "Years with which sentences begin that compare nothing with it"),
        Column("year_words", "list<string>", "For each of these the beginning of the sentence"),
        Column(
            "sketch",
            "list<int32>",
            "By which the likeness of its own words to those of others is told, see assets/section_words.py; "
            "empty where there are none",
        ),
    ),
)
ON_TIME = ("yes", "no", "no_day", "unknown")
COMPLIANCE = Dataset(
    "compliance",
    "What evaluators look at, a row an organ and year, each judgement with its evidence, and no score.",
    "a report that counts for its organ and year",
    ("report_id",),
    ("report_id",),
    (
        _REPORT_ID,
        _ORGAN_ID,
        _YEAR,
        _REGION[0],
        _ORGAN_KIND,
        REPORTS.column("published"),
        Column(
            "due",
            "date32",
            "By when organs of its kind have to publish; null where none is named",
            nullable=True,
        ),
        Column(
            "on_time",
            "string",
            "`yes`, `no`; `no_day`: the law names none for its kind; `unknown`: date or kind is not known",
            values=ON_TIME,
            repeats=True,
        ),
        Column("sections_missing", "list<int8>", "Sections of which no heading was found"),
        Column(
            "sections_empty", "list<int8>", "Sections one and five of fewer than ten characters, six of none"
        ),
        Column("sections_misnumbered", "list<int8>", "Sections whose heading bears another numeral"),
        *(
            Column(name, "bool", f"Whether section {number} {what}", nullable=True)
            for name, number, what in (
                ("tells_active_disclosure", "one", "tells of 主动公开"),
                ("tells_on_request", "one", "tells of 依申请公开"),
                ("tells_management", "one", "tells of 政府信息管理"),
                ("tells_platform", "one", "tells of 平台建设"),
                ("tells_supervision", "one", "tells of 监督保障"),
                ("tells_problems", "five", "tells of problems"),
                ("tells_improvement", "five", "tells of improvement"),
                ("tells_fee", "six", "tells of the processing fee"),
            )
        ),
        Column("tables_validated", "int8", "Of its three tables, how many are validated"),
        Column("tables_absent", "list<string>", "Which of its tables are absent"),
        Column("claims_contradicting", "int32", "Figures of its prose that contradict its tables"),
        Column("year_broken", "int16", "Rules across years that are broken, see year_over_year"),
        Column("year_undecided", "int16", "Rules across years that are undecided"),
        *(
            Column(
                f"like_last_{number}",
                "float32",
                f"How much of its own words section {number} shares with last year's, 0 to 1, to about one "
                "in twenty; null where one of the two has too few",
                nullable=True,
            )
            for number in (1, 5, 6)
        ),
        *(
            column
            for number in (1, 5, 6)
            for column in (
                Column(
                    f"like_other_{number}",
                    "float32",
                    "The same with the most alike of other organs in its region and year; null where fewer "
                    "than half are shared",
                    nullable=True,
                ),
                Column(f"like_other_{number}_report", "string", "Which report that is", nullable=True),
            )
        ),
        Column("earlier_years", "list<int16>", "Earlier years with which sentences begin, as if of this one"),
        Column("versions", "int16", "How many reports of this organ and year were read"),
        Column(
            "changed_on",
            "date32",
            "When the version that counts was published, if others were before",
            nullable=True,
        ),
        Column(
            "evidence", "list<string>", "For each judgement its evidence: name of the column, colon, words"
        ),
    ),
)

GROUPINGS = ("organ", "region", "province", "kind", "all")
INDICATORS = Dataset(
    "indicators",
    "The rates that people compute, see schemas/indicators.toml: from figures that are validated, corrected "
    "or implied, and never across scopes. A rate of a group is the sum of its numerators over that of its "
    "denominators, over the reports that have all figures of it.",
    "a rate in one variant, of an organ, or of a group of organs in one scope",
    ("report_id", "by", "group", "scope", "indicator", "variant"),
    ("report_id",),  # those of groups, which have none, at the end
    (
        replace(_REPORT_ID_OF_ROWS, nullable=True, description="The report, where the group is an organ"),
        replace(_ORGAN_ID, nullable=True, description="The organ, where the group is one"),
        _YEAR,
        Column("by", "string", "What the groups are", values=GROUPINGS, repeats=True),
        Column(
            "group",
            "string",
            "The organ_id, region_code, province or kind; `unknown` where it is not known; empty for all",
            repeats=True,
        ),
        replace(
            ORGAN_REPORTS.column("scope"),
            description="Whom the reports speak for, as in the panel; `unknown` where they do not say",
        ),
        Column("indicator", "string", "Id of the rate", repeats=True),
        Column("variant", "string", "Which of its denominators it is taken over", repeats=True),
        Column("numerator", "float64", "What is added up above the line"),
        Column("denominator", "float64", "What is added up below the line"),
        Column("rate", "float64", "The one by the other; null where the denominator is 0", nullable=True),
        Column("n", "int64", "From how many reports"),
        Column("reports", "int64", "Of how many in the group"),
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
        PROSE_RULES,
        SECTION_WORDS,
        VALIDATED_FACTS,
        ORGANS,
        MISSING,
        RULINGS,
        ORGAN_REPORTS,
        YEAR_OVER_YEAR,
        COMPLIANCE,
        PANEL,
        INDICATORS,
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
    """The Arrow schema of a dataset, with labels, descriptions and units in the metadata of schema and
    fields.
    """
    import pyarrow as pa

    types = arrow_types()
    fields = []
    for column in dataset.columns:
        label = column_label(dataset.name, column.name)
        metadata = {"label_en": label.en, "label_zh": label.zh, "description": column.description}
        metadata |= {"unit": column.unit} if column.unit else {}
        fields.append(pa.field(column.name, types[column.type], column.nullable, metadata))
    label = dataset_label(dataset.name)
    return pa.schema(
        fields,
        {
            "dataset": dataset.name,
            "label_en": label.en,
            "label_zh": label.zh,
            "description": dataset.description,
            "row": dataset.row,
        },
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
        "was filed under. One that is not by year says so, and is a folder `<warehouse>/<dataset>/`.",
    ]
    for dataset in DATASETS.values():
        label = dataset_label(dataset.name)
        lines += ["", f"## `{dataset.name}`", "", f"{label.zh} · {label.en}", "", _about(dataset), ""]
        if dataset.key:
            lines += [f"Key: {', '.join(f'`{name}`' for name in dataset.key)}.", ""]
        lines += [
            "| column | 中文 | English | type | null | unit | description |",
            "|---|---|---|---|---|---|---|",
        ]
        lines += [_line(dataset, column) for column in dataset.columns]
    return "\n".join([*lines, *_codes()]) + "\n"


def _line(dataset: Dataset, column: Column) -> str:
    label = column_label(dataset.name, column.name)
    return (
        f"| `{column.name}` | {label.zh} | {label.en} | {column.type} | "
        f"{'yes' if column.nullable else 'no'} | {column.unit or ''} | {_described(column)} |"
    )


def _codes() -> Iterator[str]:
    """The lists of codes, each with the columns that it stands in."""
    yield from ("", "## Codes", "", "What the codes in columns mean, list by list.")
    for name in list_names():
        columns = {
            f"`{dataset.name}.{column.name}`"
            for dataset in DATASETS.values()
            for column in dataset.columns
            if list_of(dataset.name, column.name) == name
        }
        shown = f"in {', '.join(sorted(columns))}" if 0 < len(columns) < 9 else ""
        yield from ("", f"### `{name}`", "", *((f"Stands {shown}.", "") if shown else ()))
        yield from ("| code | 中文 | English |", "|---|---|---|")
        yield from (f"| `{key}` | {label.zh} | {label.en} |" for key, label in list_labels(name).items())


def _about(dataset: Dataset) -> str:
    return f"{dataset.description} A row is {dataset.row}.{'' if dataset.by_year else ' Not by year.'}"


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
