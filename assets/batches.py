"""The stages over a batch of documents: each document goes through alone, and the rows of the stage's dataset
come out as columns.
"""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pyarrow as pa

from assets import normalized_text as normalizing
from assets import raw_text as decoding
from assets import reports as describing
from assets import section_splits as splitting
from assets import table_cells as reading
from assets.model import Cell, Identity, Normalized, Places, RawText, Refusal, Section, TableReading
from schemas.datasets import BOX_FIELDS, COLUMN_KEYS, DATASETS, ROW_KEYS
from schemas.forms import TABLE_KEYS

if TYPE_CHECKING:
    from upath import UPath

Columns = dict[
    str, Any
]  # column -> a list of values, or an Arrow array: much faster to turn into a table than a dictionary a row

BATCH_DOCUMENTS = 256
BATCH_BYTES = 16 * 1024 * 1024  # of documents; so that a few huge ones do not fill the memory
_PLACES = (
    "starts",
    "ends",
    "pages",
    "boxes",
)  # the columns of raw_text that hold the places of a text on its pages, as `place_...`
_NO_TEXT: dict[str, Any] = {"hints": [], **{f"place_{name}": [] for name in _PLACES}}
RAW_COLUMNS = ("text", "format", "encoding", "hints", *(f"place_{name}" for name in _PLACES))
VERSION = "of the same organ and year as "  # how the note begins that tells of other reports of an organ
# of the other reports of an organ that a note names; all of them in each note would grow with their square
_VERSIONS_SHOWN = 5
_EXACT = 2**53  # whole numbers up to here are exact as float64, the type of figures in the datasets

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A document as it lies in the raw store. `problem` says why it cannot be opened; `copy_of` names the
    source with the same content.
    """

    source: str
    path: Path | UPath
    size: int | None = None
    modified: datetime | None = None
    sha256: str | None = None
    problem: str | None = None
    copy_of: str | None = None


@dataclass(slots=True)
class Document:
    """A document on its way: what the stages before this one made of it. `error` is set where one of them
    failed, or this one must not try.
    """

    report_id: str
    raw: RawText = field(default_factory=lambda: RawText("", "text"))
    normalized: Normalized | None = None
    sections: list[Section] | None = None
    tables: list[TableReading] | None = None
    error: str | None = None


def batched(items: Iterable[T], size_of: Callable[[T], int]) -> Iterator[list[T]]:
    """Cut a stream of documents into batches, bounded in number and in size."""
    batch: list[T] = []
    size = 0
    for item in items:
        batch.append(item)
        size += size_of(item)
        if len(batch) >= BATCH_DOCUMENTS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def empty(dataset: str) -> Columns:
    """No rows yet of a dataset."""
    return {name: [] for name in DATASETS[dataset].names}


def add(columns: Columns, **row: Any) -> None:
    """One more row. A column that is not given is null."""
    for name, values in columns.items():
        values.append(row.get(name))


def guarded(stage: str, function: Callable[..., T], *arguments: Any) -> tuple[T | None, str | None]:
    """The result, or why there is none. One document that trips over a bug must not stop the others; a
    Refusal is no bug.
    """
    try:
        return function(*arguments), None
    except Refusal:
        raise
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        what = f"{type(error).__name__}: {error}"[:300]
        return (
            None,
            f"internal error, please report it with this document: {what} (at {Path(place.filename).name}:{place.lineno}, {stage})",
        )


def _tried(
    document: Document, stage: str, function: Callable[..., T], *arguments: Any
) -> tuple[T | None, str | None]:
    """The same for a document that may have failed before: then there is nothing to try."""
    return (None, document.error) if document.error else guarded(stage, function, *arguments)


def is_internal(reason: str | None) -> bool:
    """Whether a reason was made by `guarded`."""
    return reason is not None and reason.startswith("internal error")


# --- raw_text


def mark_copies(files: Iterable[Incoming]) -> Iterator[Incoming]:
    """Files sorted by content, then source: every file but the first of one content gets the first one's
    name.
    """
    first: Incoming | None = None
    for file in files:
        if first is None or file.sha256 is None or file.sha256 != first.sha256:
            first = file
            yield file
        else:
            yield Incoming(
                file.source,
                file.path,
                file.size,
                file.modified,
                file.sha256,
                file.problem,
                copy_of=first.source,
            )


def raw_text(files: Iterable[Incoming]) -> Columns:
    """Documents to their text."""
    columns = empty("raw_text")
    for file in files:
        report_id = file.sha256[:16] if file.sha256 else None
        row = {
            "report_id": report_id,
            "source": file.source,
            "size": file.size,
            "modified": file.modified,
            "sha256": file.sha256,
        }
        try:
            add(columns, **row, **_text(file))
        except Refusal as refusal:
            add(columns, **row, outcome="refused", reason=str(refusal), **_NO_TEXT)
    return columns


def _text(file: Incoming) -> dict[str, Any]:
    if file.problem:
        raise Refusal(file.problem)
    if file.copy_of:
        return {
            "outcome": "duplicate",
            "reason": f"same content as {file.copy_of}: nothing to do, or remove one of the two",
            **_NO_TEXT,
        }
    decoding.check_size(file.size or 0)
    try:
        data = file.path.read_bytes()
    except OSError as error:
        raise Refusal(f"the file cannot be read ({error.strerror}): check the file and run again") from error
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise Refusal("the file changed while it was being read: run again")
    raw, failure = guarded("raw_text", decoding.read, data)
    if raw is None:
        raise Refusal(failure)
    known = {
        "outcome": "read",
        "text": raw.text,
        "encoding": raw.encoding,
        "format": raw.format,
        "hints": list(raw.hints.items()),
    }
    return known | _place_columns(raw.places or Places())


def _place_columns(places: Places) -> dict[str, list[Any]]:
    return {f"place_{name}": getattr(places, name) for name in _PLACES}


def raw_of(row: dict[str, Any]) -> RawText:
    """The value that a row of raw_text with outcome `read` was made from."""
    places = Places(*(row[f"place_{name}"] for name in _PLACES)) if row["place_starts"] else None
    return RawText(row["text"], row["format"], row["encoding"], dict(row["hints"]), places)


# --- normalized_text


def normalized_text(documents: Iterable[Document]) -> Columns:
    """Raw text to normalized text."""
    columns = empty("normalized_text")
    for document in documents:
        normalized, failure = _tried(document, "normalized_text", normalizing.normalize, document.raw.text)
        if normalized is None:
            add(columns, report_id=document.report_id, offsets_normalized=[], offsets_raw=[], error=failure)
        else:
            ours, raw = normalized.breaks
            row = {
                "text": normalized.text,
                "script": normalized.script,
                "offsets_normalized": ours,
                "offsets_raw": raw,
            }
            add(columns, report_id=document.report_id, **row)
    return columns


def normalized_of(row: dict[str, Any]) -> Normalized | None:
    """The value that a row of normalized_text was made from; None where the stage failed."""
    if row["error"]:
        return None
    return Normalized(row["text"], row["script"], (row["offsets_normalized"], row["offsets_raw"]))


# --- section_splits


def section_splits(documents: Iterable[Document]) -> Columns:
    """Normalized text to sections. A document on which the stage before failed has none."""
    columns = empty("section_splits")
    for document in documents:
        if document.normalized is None:
            continue
        sections, failure = _tried(
            document, "section_splits", splitting.split_sections, document.normalized.text
        )
        if sections is None:
            nowhere = {"start": 0, "body": 0, "end": 0, "raw_start": 0, "raw_end": 0}
            add(columns, report_id=document.report_id, **nowhere, error=failure)
            continue
        for section in sections:
            raw_start, raw_end = document.normalized.raw_span(section.start, section.end)
            place = {
                "start": section.start,
                "body": section.body,
                "end": section.end,
                "raw_start": raw_start,
                "raw_end": raw_end,
            }
            add(
                columns,
                report_id=document.report_id,
                section=section.number,
                heading=section.heading,
                **place,
            )
    return columns


def sections_of(rows: Iterable[dict[str, Any]]) -> list[Section]:
    """The sections that rows of section_splits were made from."""
    return [Section(row["section"], row["heading"], row["start"], row["body"], row["end"]) for row in rows]


# --- table_cells, table_status, violations


def tables(documents: Iterable[Document]) -> dict[str, Columns]:
    """Text and sections to the cells, status and violations of the three tables."""
    made = {name: empty(name) for name in ("table_status", "violations")}
    all_cells: list[tuple[str, TableReading]] = []
    for document in documents:
        readings, failure = _tried(document, "table_cells", _read, document)
        for table in readings or [
            TableReading(table, "uncertain", reasons=[str(failure)]) for table in TABLE_KEYS
        ]:
            _add_reading(made, document.report_id, table, None if readings else failure)
            if table.cells:
                all_cells.append((document.report_id, table))
    return made | {"table_cells": _cells(all_cells)}


def _read(document: Document) -> list[TableReading]:
    assert document.normalized is not None and document.sections is not None
    readings = reading.read_tables(
        document.raw.text, document.normalized, document.sections, document.raw.places, document.raw.hints
    )
    for table in readings:
        _keep_storable(table)
    return readings


def _keep_storable(table: TableReading) -> None:
    """A figure, or a sum, too large to be stored exactly is not stored, and makes its table uncertain: the
    printed form stays.
    """
    for name in ("value", "implied"):
        figures = table.cells.column(name)
        if max(map(abs, filter(None, figures)), default=0) <= _EXACT:
            continue
        for cell, figure in zip(table.cells, figures, strict=True):
            if _storable(figure) != figure:
                table.reasons.append(
                    f"the figure in {cell.row}, {cell.column} would have too many digits to be one: look at the document"
                )
        table.cells.put(name, list(map(_storable, figures)))
        table.status = "uncertain"


def _storable(value: float | None) -> float | None:
    return value if value is None or -_EXACT <= value <= _EXACT else None


def _add_reading(made: dict[str, Columns], report_id: str, table: TableReading, failure: str | None) -> None:
    where = {"report_id": report_id, "table": table.key}
    add(
        made["table_status"],
        **where,
        status=table.status,
        edition=table.edition,
        reasons=table.reasons,
        error=failure,
    )
    for violation in table.violations:
        suspect = violation.suspect or (None, None, None)
        add(
            made["violations"],
            **where,
            rule=violation.rule,
            outcome=violation.outcome,
            message=violation.message,
            expected=_storable(violation.expected),
            reported=_storable(violation.reported),
            cells=violation.cells,
            suspect_row=suspect[0],
            suspect_column=suspect[1],
            suspect_value=_storable(suspect[2]),
            suspect_slip=violation.suspect_slip,
            alternatives=[
                [(row, column, _storable(value)) for row, column, value in changes]
                for changes in violation.alternatives
            ],
        )


def _cells(tables_: Sequence[tuple[str, TableReading]]) -> Columns:
    """The rows of table_cells, of tables that have cells. What is the same in a whole table, or in the like
    tables of all documents, is no list.
    """
    columns: Columns = {name: [] for name in Cell._fields if name not in ("row", "column", "box")}
    keys: dict[str, list[Any]] = {"row": [], "column": []}
    boxes: Columns = {name: [] for name in BOX_FIELDS}
    for _, table in tables_:
        fields = dict(zip(Cell._fields, table.cells.columns, strict=True))
        for name in columns:
            columns[name] += fields[name]
        for name in keys:
            keys[name].append(_codes(name, fields[name]))
        for i, name in enumerate(BOX_FIELDS):
            boxes[name] += (
                [box[i] if box is not None else None for box in fields["box"]]
                if any(fields["box"])
                else [None] * len(table.cells)
            )
    of_table: Any = pa.array(np.repeat(np.arange(len(tables_)), [len(table.cells) for _, table in tables_]))
    whole: dict[str, list[Any]] = {
        "report_id": [report_id for report_id, _ in tables_],
        "table": [table.key for _, table in tables_],
        "edition": [table.edition for _, table in tables_],
        "status": [table.status for _, table in tables_],
    }
    repeated = {
        name: pa.array(values, pa.string()).dictionary_encode().take(of_table)
        for name, values in whole.items()
    }
    none: Any = [np.array([], np.int32)]
    coded = {
        name: pa.DictionaryArray.from_arrays(np.concatenate(none + codes), pa.array(_KEYS[name]))
        for name, codes in keys.items()
    }
    return repeated | coded | columns | boxes


_KEYS = {"row": ROW_KEYS, "column": COLUMN_KEYS}


@lru_cache(maxsize=256)
def _codes(name: str, keys: tuple[str, ...]) -> Any:
    """Where the keys of the cells of a table are in the vocabulary of rows or columns."""
    return np.array([_KEYS[name].index(key) for key in keys], np.int32)


def status_of(rows: Iterable[dict[str, Any]]) -> list[TableReading]:
    """The tables, without their cells, that rows of table_status were made from."""
    return [TableReading(row["table"], row["status"], row["edition"], row["reasons"]) for row in rows]


# --- reports


def reports(rows: Iterable[tuple[dict[str, Any], Document | None]], folder_year: int) -> Columns:
    """What became of every document: rows of raw_text, with what the stages made of those that were read."""
    columns = empty("reports")
    for row, document in rows:
        known = {
            name: row[name]
            for name in (
                "report_id",
                "source",
                "outcome",
                "reason",
                "format",
                "size",
                "sha256",
                "modified",
                "encoding",
            )
        }
        described = (
            known
            | {"sections": [], "doubts": [], "notes": [], "is_current": False}
            | {f"{table}_reasons": [] for table in TABLE_KEYS}
        )
        if document is not None:
            described |= _described(document, folder_year)
        add(columns, **described)
    return columns


def _described(document: Document, folder_year: int) -> dict[str, Any]:
    """What a document that was decoded says of itself, or that it is refused after all."""
    if document.error or document.normalized is None or document.sections is None:
        return {
            "outcome": "refused",
            "reason": document.error
            or "internal error, please report it: a stage left no row for this document",
        }
    known: dict[str, Any] = {
        "script": document.normalized.script,
        "sections": [section.number for section in document.sections],
    }
    raw = document.raw
    try:
        identity, failure = guarded(
            "reports", describing.describe, raw.text, document.normalized, document.sections, raw.hints
        )
        if identity is None:
            return known | {"outcome": "refused", "reason": failure}
        known |= {"title": identity.title, "issuer": identity.issuer, "report_year": identity.year}
        known |= {"doubts": identity.doubts}
        known |= {"published": date.fromisoformat(identity.published) if identity.published else None}
        known |= {
            name: getattr(identity, name)
            for name in ("index_number", "document_number", "publisher", "topic", "source_url")
        }
        text, refuse = document.normalized.text, describing.refuse_if_no_report
        _, failure = guarded("reports", refuse, text, document.sections, document.tables, identity.title)
        if failure:
            return known | {"outcome": "refused", "reason": failure}
        _refuse_other_year(identity, folder_year)
    except Refusal as refusal:
        return known | {"outcome": "refused", "reason": str(refusal)}
    for table in document.tables or []:
        known |= {
            f"{table.key}_status": table.status,
            f"{table.key}_edition": table.edition,
            f"{table.key}_reasons": table.reasons,
        }
    unknown = f"the document does not say which year it reports on: taken for {folder_year}, the folder it was filed under"
    return known | {"notes": [] if identity.year else [unknown], "is_current": True}


def _refuse_other_year(identity: Identity, folder_year: int) -> None:
    if identity.year is not None and identity.year != folder_year:
        raise Refusal(
            f"the document reports on {identity.year} but was filed under {folder_year}: "
            f"move it to the folder {identity.year}, or, if it is last year's text under a new title, fetch the right one"
        )


class Versions:
    """Which documents of a year are of one organ. Takes the columns of `reports` as Arrow arrays: a row takes
    few bytes so, and a year is held.
    """

    def __init__(self, source: Any, issuer: Any, outcome: Any, published: Any) -> None:
        self._source, self._published = source, published
        encoded = issuer.dictionary_encode()
        organs = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        organs = np.where([what == "read" for what in outcome.to_pylist()], organs, -1).astype(np.int64)
        rows = np.argsort(organs, kind="stable")
        rows = rows[organs[rows] >= 0]
        self._groups: dict[int, Any] = {}  # row -> all rows of its organ, where there are several
        self._current: dict[
            int, tuple[int, str]
        ] = {}  # first row of an organ -> the row of its current report, and why
        for group in np.split(rows, np.flatnonzero(np.diff(organs[rows])) + 1):
            if len(group) > 1:
                self._groups |= dict.fromkeys(group.tolist(), group)

    def mark(self, columns: Columns, first: int) -> None:
        """Where rows of `reports`, of which `first` is the number of the first, are not the only ones of
        their organ: keep the newest as current.

        A note in each says so.
        """
        for i in range(len(columns["notes"])):
            if (group := self._groups.get(first + i)) is not None:
                chosen, rule = self._current.get(int(group[0])) or self._newest(group)
                others = group[: _VERSIONS_SHOWN + 1]
                shown = [
                    self._source[int(other)].as_py()
                    for other in others[others != first + i][:_VERSIONS_SHOWN]
                ]
                more = f" and {len(group) - 1 - len(shown)} more" if len(group) - 1 > len(shown) else ""
                taken = "this one" if chosen == first + i else self._source[chosen].as_py()
                note = f"{VERSION}{', '.join(shown)}{more}; {taken} counts as current, because {rule}"
                columns["is_current"][i] = chosen == first + i
                columns["notes"][i] = [*columns["notes"][i], note]

    def _newest(self, group: Any) -> tuple[int, str]:
        dates = [self._published[int(row)].as_py() or date.min for row in group]
        newest = max(dates)
        # The files are sorted by content: the first of the newest is a choice that the next run makes again.
        chosen = int(group[dates.index(newest)])
        if dates.count(newest) > 1:
            rule = "none is known to be newer, so the one with the lowest report_id is taken"
        elif date.min in dates:
            rule = "no other date of publication is known"
        else:
            rule = "it was published last"
        self._current[int(group[0])] = chosen, rule
        return chosen, rule
