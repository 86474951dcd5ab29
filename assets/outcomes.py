"""The stage of the dataset `reports`: what became of each document that came in, and what it says of
itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING

from assets import reports
from assets.model import FILE_FIELDS, Description, Document
from assets.report_scope import scope_of
from assets.stages import DocumentStage, Output, Row
from schemas.datasets import REPORTS
from schemas.words import say

if TYPE_CHECKING:
    import pyarrow as pa

# What a report says of itself that stands in columns of the same names.
_SAID = tuple(
    one.name for one in fields(Description) if one.name in REPORTS.names and one.name != "published"
)


def _describe_document(document: Document) -> None:
    normalized, sections = document.normalized, document.sections
    document.description = reports.describe(document.raw.text, normalized, sections, document.raw.hints)
    said = document.description
    said.scope, said.scope_words = scope_of(said.issuer, normalized.text)
    reports.refuse_if_no_report(normalized.text, sections, document.tables, document.description.title)


def _rows(document: Document) -> Iterator[Row]:
    file = document.file
    assert file is not None and document.folder_year is not None
    row: Row = {name: getattr(file, name) for name in FILE_FIELDS}
    row |= {"report_id": document.report_id or None, "is_current": False}
    if file.outcome != "read":
        yield row
        return
    if not document.has("sections") or document.failed_in not in (None, STAGE.name):
        yield row | {"outcome": "refused", "reason": document.failure}
        return
    row |= {"script": document.normalized.script, "sections": [one.number for one in document.sections]}
    if document.has("description"):
        row |= _described(document.description)
    if reason := document.failure or document.refusal or _other_year(document):
        yield row | {"outcome": "refused", "reason": reason}
        return
    for table in document.tables:
        row[f"{table.key}_status"] = table.status
        row[f"{table.key}_edition"] = table.edition
        row[f"{table.key}_reasons"] = table.reasons
    notes = [] if document.description.year else [say("note.unknown_year", year=document.folder_year)]
    yield row | {"notes": notes, "is_current": True}


def _described(description: Description) -> Row:
    row: Row = {name: getattr(description, name) for name in _SAID} | {"printed_year": description.year}
    return row | {"published": date.fromisoformat(description.published) if description.published else None}


def _other_year(document: Document) -> str | None:
    """Why a document that was filed under another year than its own is refused."""
    said, folder = document.description.year, document.folder_year
    return None if said in (None, folder) else say("refused.other_year", said=said, folder=folder)


def _restore(document: Document, rows: list[Row]) -> None:
    """What the report says of itself; or why it is refused, and no stage after this one looks at it."""
    for row in rows:
        if row["outcome"] == "refused":
            document.refusal = row["reason"]
        elif row["outcome"] == "read":
            published = row["published"].isoformat() if row["published"] else None
            said = {name: row[name] for name in _SAID}
            document.description = Description(year=row["printed_year"], published=published, **said)


def _told_current(year: Iterable[pa.Table]) -> Iterable[pa.Table]:
    from assets.versions import tell_current  # it works on Arrow's columns, which `ogi check` has no use for

    return tell_current(year)


STAGE = DocumentStage(
    name="reports",
    module=__name__,
    group="published",
    before=("raw_text", "normalized_text", "section_splits", "table_status"),
    run=_describe_document,
    outputs=(
        Output(
            dataset="reports",
            rows=_rows,
            restore=_restore,
            reads=("outcome", "reason", "printed_year", "published", *_SAID),
        ),
    ),
    every_file=True,
    whole_year=_told_current,
)
