"""What is done to one batch of a stage, wherever it runs: reads what the batch needs from the partitions
before, gives rows as Arrow tables.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assets import batches, quality
from assets.batches import Columns, Document, Incoming
from assets.corrections import Corrected
from assets.evidence import without_evidence
from assets.validated_facts import CELL_COLUMNS, REPORT_COLUMNS
from assets.validated_facts import validated_facts as facts_of
from orchestration import reuse
from orchestration.compute import Tables
from orchestration.storage import Warehouse
from schemas.datasets import DATASETS, arrow_schema

Item = tuple[str, str | None]  # a report, and why nothing more is to be tried with it
TABLES = ("table_cells", "table_status", "violations")
_SPLIT_COLUMNS = ("report_id", "section", "heading", "start", "body", "end", "error")
_AGAIN = "run again"  # how the reason of a refusal ends that may not be there the next time
RAW_LIGHT = tuple(
    name
    for name in DATASETS["raw_text"].names
    if name not in ("text", "hints") and not name.startswith("place_")
)


# --- reading what a batch needs


@dataclass(frozen=True, slots=True)
class Source:
    """A partition as it was when a stage began; `token` tells it from one that had the same path before."""

    path: Any
    token: str


@dataclass(frozen=True, slots=True)
class Sources:
    """The partitions that a stage reads. Travels to the workers with each batch."""

    partitions: tuple[tuple[str, Source], ...]

    @classmethod
    def of(cls, files: Warehouse, year: str, *datasets: str) -> Sources:
        """Raises FileNotFoundError where one of them has not been made."""
        token = uuid.uuid4().hex
        return cls(tuple((name, Source(files.path(name, year), token)) for name in datasets))

    def batches(self, dataset: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """The rows of a partition in order, one batch of those that were written at a time."""
        file = _open(dict(self.partitions)[dataset])
        for group in range(file.num_row_groups):
            yield file.read_row_group(group, columns=list(columns) if columns else None, use_threads=False)

    def encoded(
        self, dataset: str, columns: Sequence[str], groups: Iterable[int] | None = None
    ) -> Iterator[pa.Table]:
        """The same, or only some batches: columns of few distinct strings as dictionaries, several times as
        quick to read and to go through.
        """
        source = dict(self.partitions)[dataset], _repeating(dataset)
        file = _open(*source) if groups is None else _opened(*source)[0]
        for group in range(file.num_row_groups) if groups is None else groups:
            yield file.read_row_group(group, columns=list(columns), use_threads=False).unify_dictionaries()

    def read_ids(self, dataset: str) -> Iterator[list[Any]]:
        """The documents of each batch, without those that were refused before their rows were made."""
        outcome = ["outcome"] if "outcome" in DATASETS[dataset].names else []
        for rows in self.batches(dataset, ["report_id", *outcome]):
            if outcome:
                rows = rows.filter(pc.equal(rows.column("outcome"), pa.scalar("read")))
            if len(rows):
                yield rows.column("report_id").to_pylist()

    def rows(
        self, dataset: str, ids: Sequence[str], columns: Sequence[str] | None = None, encoded: bool = False
    ) -> pa.Table:
        """The rows of some reports (ascending) in the order of the partition. Only the row groups that they
        are in are read.

        `encoded`: see the method of that name.
        """
        file, bounds = _opened(dict(self.partitions)[dataset], _repeating(dataset) if encoded else ())
        groups = [
            i
            for i, (low, high) in enumerate(bounds)
            if ids and low is not None and low <= ids[-1] and high >= ids[0]
        ]
        table = file.read_row_groups(groups, columns=list(columns) if columns else None, use_threads=False)
        table = table.filter(pc.is_in(table.column("report_id"), value_set=pa.array(ids, pa.string())))
        return table.unify_dictionaries() if encoded else table

    def grouped(
        self, dataset: str, ids: Sequence[str], columns: Sequence[str] | None = None
    ) -> dict[str, list[dict[str, Any]]]:
        """The same as dictionaries, by report; an empty list for one without rows."""
        found: dict[str, list[dict[str, Any]]] = {report_id: [] for report_id in ids}
        for row in records(self.rows(dataset, ids, columns)):
            found[row["report_id"]].append(row)
        return found


def _repeating(dataset: str) -> tuple[str, ...]:
    """The columns of few distinct strings."""
    return tuple(
        column.name for column in DATASETS[dataset].columns if column.repeats and column.type == "string"
    )


def _open(source: Source, encoded: tuple[str, ...] = ()) -> pq.ParquetFile:
    return pq.ParquetFile(source.path.open("rb"), read_dictionary=list(encoded))


@lru_cache(maxsize=5)  # no function of a stage reads more
def _opened(source: Source, encoded: tuple[str, ...] = ()) -> tuple[pq.ParquetFile, list[tuple[Any, Any]]]:
    """A partition with the first and the last report_id of each of its row groups. Kept, for parts of it are
    read again and again: its footer is long.
    """
    file = _open(source, encoded)
    metadata = file.metadata
    bounds = []
    place = [metadata.schema.column(i).path for i in range(metadata.num_columns)].index("report_id")
    for group in range(metadata.num_row_groups):
        statistics = metadata.row_group(group).column(place).statistics
        bounds.append(
            (statistics.min, statistics.max)
            if statistics is not None and statistics.has_min_max
            else (None, None)
        )
    return file, bounds


def records(table: pa.Table) -> Iterator[dict[str, Any]]:
    """The rows as dictionaries, as `to_pylist` gives them, in a third of the time where there are lists."""
    names = table.column_names  # made anew at each look
    columns = [_values(table.column(name)) for name in names]
    return (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))


def _values(column: Any) -> list[Any]:
    if not pa.types.is_list(column.type) or column.null_count or not len(column):
        values: list[Any] = column.to_pylist()
        return values
    array = column.combine_chunks()
    inner, bounds = array.flatten(), (array.offsets.to_numpy() - array.offsets[0].as_py()).tolist()
    plain = (
        inner.to_numpy().tolist()
        if pa.types.is_primitive(inner.type) and not inner.null_count
        else inner.to_pylist()
    )
    return [plain[first:last] for first, last in pairwise(bounds)]


def _ids(table: pa.Table) -> list[str]:
    ids: list[Any] = table.column("report_id").to_pylist()
    return ids


def table_of(dataset: str, columns: Columns) -> pa.Table:
    """Columns as rows of a dataset; those that came as dictionaries of strings stay so, and are small on
    their way.
    """
    fields = arrow_schema(DATASETS[dataset])
    made = [
        values if isinstance(values := columns[field.name], pa.Array) else pa.array(values, field.type)
        for field in fields
    ]
    schema = pa.schema([field.with_type(values.type) for field, values in zip(fields, made, strict=True)])
    return pa.Table.from_arrays(made, schema=schema)


# --- documents, put together from the partitions of the stages before


def _decoded(sources: Sources, items: Sequence[Item]) -> Iterator[Document]:
    ids = [report_id for report_id, _ in items]
    table = sources.rows("raw_text", ids, ("report_id", "outcome", *batches.RAW_COLUMNS))
    rows = {
        row["report_id"]: row
        for row in records(table.filter(pc.equal(table.column("outcome"), pa.scalar("read"))))
    }
    for report_id, error in items:
        yield Document(report_id, batches.raw_of(rows[report_id]), error=error)


def _normalized(sources: Sources, items: Sequence[Item], documents: Iterable[Document]) -> Iterator[Document]:
    rows = sources.grouped("normalized_text", [report_id for report_id, _ in items])
    for document in documents:
        for row in rows[document.report_id]:
            document.normalized, document.error = batches.normalized_of(row), document.error or row["error"]
        yield document


def _split(sources: Sources, items: Sequence[Item]) -> Iterator[Document]:
    """Documents with text and sections; or with the error of the first stage that failed on them."""
    rows = sources.grouped("section_splits", [report_id for report_id, _ in items], _SPLIT_COLUMNS)
    for document in _normalized(sources, items, _decoded(sources, items)):
        own = rows[document.report_id]
        document.error = document.error or next((row["error"] for row in own if row["error"]), None)
        document.sections = [] if document.error else batches.sections_of(own)
        yield document


def _judged(sources: Sources, items: Sequence[Item]) -> Iterator[Document]:
    """Documents with text, sections and the status of their tables."""
    rows = sources.grouped("table_status", [report_id for report_id, _ in items])
    for document in _split(sources, items):
        own = rows[document.report_id]
        document.tables = batches.status_of(own)
        document.error = document.error or next((row["error"] for row in own if row["error"]), None)
        yield document


def refused(item: Item, why: str) -> Item:
    return item[0], why


def refused_file(file: Incoming, why: str) -> Incoming:
    return replace(file, problem=why)


# --- what was made before


def kept_or_made(
    function: Callable[[Sources, list[Item]], Tables],
    sources: Sources,
    old: Sources | None,
    items: list[Item],
) -> Tables:
    """The rows of each document: those that were made of it before, or made now."""
    kept = _kept(old, items) if old else []
    if old is None or not kept:
        return function(sources, items)
    known = set(kept)
    made = function(sources, [item for item in items if item[0] not in known])
    return {name: reuse.merged(made[name], old.rows(name, kept)) for name, _ in old.partitions}


def _kept(old: Sources, items: list[Item]) -> list[str]:
    """The documents of which there are rows, and in none of them the trace of a bug, which may have gone."""
    ids = [report_id for report_id, error in items if error is None]
    name = next(name for name, _ in old.partitions if "error" in DATASETS[name].names)
    rows = old.rows(name, ids, ("report_id", "error"))
    return sorted(set(_ids(rows)) - set(_ids(rows.filter(pc.is_valid(rows.column("error"))))))


def lasting(table: pa.Table) -> bool:
    """Whether all rows would be made again of the same documents: none is the trace of a bug or of a moment."""
    if "error" in table.column_names:
        return table.column("error").null_count == len(table)
    if "reason" in table.column_names:
        reasons = (str(reason) for reason in table.column("reason").drop_null().to_pylist())
        return not any(batches.is_internal(reason) or reason.endswith(_AGAIN) for reason in reasons)
    return True


# --- the stages


def raw_text(old: Sources | None, files: list[Incoming]) -> Tables:
    new = [
        file for file in files if file.copy_of is None and file.problem is None and file.sha256 is not None
    ]
    known = old.rows("raw_text", [str(file.sha256)[:16] for file in new]) if old else None
    if known is not None:
        known = known.filter(pc.equal(known.column("outcome"), pa.scalar("read")))
    if known is None or not len(known):
        return {"raw_text": table_of("raw_text", batches.raw_text(files))}
    rows = dict(zip(known.column("sha256").to_pylist(), range(len(known)), strict=True))
    kept = [file for file in new if file.sha256 in rows]
    there = {id(file) for file in kept}
    made = table_of("raw_text", batches.raw_text(file for file in files if id(file) not in there))
    reused = known.take([rows[file.sha256] for file in kept])
    for name in ("source", "size", "modified"):
        place = reused.schema.get_field_index(name)
        own = pa.array([getattr(file, name) for file in kept], reused.schema.field(name).type)
        reused = reused.set_column(place, reused.schema.field(name), own)
    table = pa.concat_tables([made, reused])
    order = pc.index_in(
        pa.array([file.source for file in files]), value_set=table.column("source").combine_chunks()
    )
    return {"raw_text": table.take(order)}


def normalized_text(sources: Sources, items: list[Item]) -> Tables:
    return {"normalized_text": table_of("normalized_text", batches.normalized_text(_decoded(sources, items)))}


def section_splits(sources: Sources, items: list[Item]) -> Tables:
    documents = (Document(report_id, error=error) for report_id, error in items)
    return {
        "section_splits": table_of(
            "section_splits", batches.section_splits(_normalized(sources, items, documents))
        )
    }


def tables(sources: Sources, items: list[Item]) -> Tables:
    made = batches.tables(_split(sources, items))
    return {name: table_of(name, made[name]) for name in TABLES}


def reports(sources: Sources, old: Sources | None, year: int, items: list[Item]) -> Tables:
    """What became of the documents that were decoded; which of two reports is current shows only when all are
    there.
    """
    table = sources.rows("raw_text", [report_id for report_id, _ in items], RAW_LIGHT)
    raw = {
        row["report_id"]: row
        for row in table.filter(pc.equal(table.column("outcome"), pa.scalar("read"))).to_pylist()
    }
    kept = _described_before(old, raw, items) if old else {}
    judged = {one.report_id: one for one in _judged(sources, [item for item in items if item[0] not in kept])}
    made = table_of(
        "reports", batches.reports(((raw[report_id], one) for report_id, one in judged.items()), year)
    )
    if not kept:
        return {"reports": made}
    columns = batches.empty("reports")
    for row in kept.values():
        batches.add(columns, **row)
    return {"reports": reuse.merged(made, table_of("reports", columns))}


def _described_before(
    old: Sources, raw: dict[str, dict[str, Any]], items: list[Item]
) -> dict[str, dict[str, Any]]:
    """The rows of documents that were read before, as they were before it was told which of several reports
    is current.
    """
    found = {}
    for report_id, rows in old.grouped(
        "reports", [report_id for report_id, error in items if error is None]
    ).items():
        for row in rows:
            if row["outcome"] == "read":
                file = {name: raw[report_id][name] for name in ("source", "size", "modified", "sha256")}
                notes = [note for note in row["notes"] if not note.startswith(batches.VERSION)]
                found[report_id] = row | file | {"notes": notes, "is_current": True}
    return found


def validated_facts(
    sources: Sources, old: Sources | None, corrected: Sequence[Corrected], items: list[Item]
) -> Tables:
    """The facts of some documents. What must never fail of them is looked at before anything is made of them."""
    from schemas.frames import (
        facts_frame,
        validate_facts,
    )  # pandera is slow to import, and only this stage needs it

    if refusals := [why for _, why in items if why]:
        raise RuntimeError(refusals[0])
    ids = [report_id for report_id, _ in items]
    described = sources.rows("reports", ids, REPORT_COLUMNS)
    kept = _published_before(old, ids, {table.report_id for table in corrected}, described) if old else None
    known = set(kept.column("report_id").to_pylist()) if kept is not None else set()
    ids = [report_id for report_id in ids if report_id not in known]
    facts = facts_of(sources.rows("table_cells", ids, CELL_COLUMNS, encoded=True), described, corrected)
    if len(facts):
        validate_facts(facts_frame(facts))
        quality.require(quality.evidence_shown(len(facts), without_evidence(facts, Texts(sources, ids))))
    return {"validated_facts": facts if kept is None else reuse.merged(facts, kept)}


def _published_before(old: Sources, ids: list[str], corrected: set[str], described: pa.Table) -> pa.Table:
    """Facts of documents that no correction touches or touched; which report is current may have changed."""
    facts = old.rows("validated_facts", ids)
    by_hand = _ids(facts.filter(pc.equal(facts.column("basis"), pa.scalar("corrected"))))
    read = described.filter(pc.equal(described.column("outcome"), pa.scalar("read")))
    wanted = sorted(set(_ids(read)) - corrected - set(by_hand))
    facts = facts.filter(pc.is_in(facts.column("report_id"), value_set=pa.array(wanted, pa.string())))
    rows = pc.index_in(facts.column("report_id"), value_set=read.column("report_id").combine_chunks())
    place = facts.schema.get_field_index("is_current")
    return facts.set_column(place, facts.schema.field(place), read.column("is_current").take(rows))


class Texts:
    """The raw texts of some documents, whatever their order."""

    def __init__(self, sources: Sources, ids: Sequence[str]) -> None:
        table = sources.rows("raw_text", ids, ("report_id", "outcome", "text"))
        table = table.filter(pc.equal(table.column("outcome"), pa.scalar("read")))
        self._rows = {report_id: i for i, report_id in enumerate(table.column("report_id").to_pylist())}
        self._texts = table.column("text").combine_chunks()

    def __call__(self, report_id: str) -> str | None:
        row = self._rows.get(report_id)
        return None if row is None else str(self._texts[row].as_py())
