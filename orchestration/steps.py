"""What is done to one batch of a stage, wherever it runs: reads what the batch needs from the partitions before, gives rows as Arrow tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
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
from orchestration.compute import Tables
from orchestration.storage import Warehouse
from schemas.datasets import DATASETS, arrow_schema

Item = tuple[str, str | None]  # a report, and why nothing more is to be tried with it
TABLES = ("table_cells", "table_status", "violations")
_SPLIT_COLUMNS = ("report_id", "section", "heading", "start", "body", "end", "error")
RAW_LIGHT = tuple(name for name in DATASETS["raw_text"].names if name not in ("text", "hints") and not name.startswith("place_"))


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
    def of(cls, files: Warehouse, year: str, token: str, *datasets: str) -> Sources:
        return cls(tuple((name, Source(files.path(name, year), token)) for name in datasets))

    def file(self, dataset: str) -> pq.ParquetFile:
        return _opened(dict(self.partitions)[dataset])[0]

    def batches(self, dataset: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """The rows of a partition in order, one batch of those that were written at a time."""
        file = self.file(dataset)
        for group in range(file.num_row_groups):
            yield file.read_row_group(group, columns=list(columns) if columns else None, use_threads=False)

    def read_ids(self, dataset: str) -> Iterator[list[Any]]:
        """The documents of each batch, without those that were refused before their rows were made."""
        outcome = ["outcome"] if "outcome" in DATASETS[dataset].names else []
        for rows in self.batches(dataset, ["report_id", *outcome]):
            if outcome:
                rows = rows.filter(pc.equal(rows.column("outcome"), pa.scalar("read")))
            if len(rows):
                yield rows.column("report_id").to_pylist()

    def rows(self, dataset: str, ids: Sequence[str], columns: Sequence[str] | None = None) -> pa.Table:
        """The rows of some reports (ascending) in the order of the partition. Only the row groups that they are in are read."""
        file, bounds = _opened(dict(self.partitions)[dataset])
        groups = [i for i, (low, high) in enumerate(bounds) if ids and low is not None and low <= ids[-1] and high >= ids[0]]
        table = file.read_row_groups(groups, columns=list(columns) if columns else None, use_threads=False)
        return table.filter(pc.is_in(table.column("report_id"), value_set=pa.array(ids, pa.string())))

    def grouped(self, dataset: str, ids: Sequence[str], columns: Sequence[str] | None = None) -> dict[str, list[dict[str, Any]]]:
        """The same as dictionaries, by report; an empty list for one without rows."""
        found: dict[str, list[dict[str, Any]]] = {report_id: [] for report_id in ids}
        for row in self.rows(dataset, ids, columns).to_pylist():
            found[row["report_id"]].append(row)
        return found


@lru_cache(maxsize=8)
def _opened(source: Source) -> tuple[pq.ParquetFile, list[tuple[Any, Any]]]:
    """A partition ready to be read, with the first and the last report_id of each of its row groups. Kept: its footer is long."""
    file = pq.ParquetFile(source.path.open("rb"))
    metadata = file.metadata
    bounds = []
    place = [metadata.schema.column(i).path for i in range(metadata.num_columns)].index("report_id")
    for group in range(metadata.num_row_groups):
        statistics = metadata.row_group(group).column(place).statistics
        bounds.append((statistics.min, statistics.max) if statistics is not None and statistics.has_min_max else (None, None))
    return file, bounds


def table_of(dataset: str, columns: Columns) -> pa.Table:
    """Columns of Python values as rows of a dataset."""
    schema = arrow_schema(DATASETS[dataset])
    return pa.Table.from_arrays([pa.array(columns[field.name], field.type) for field in schema], schema=schema)


# --- documents, put together from the partitions of the stages before


def _decoded(sources: Sources, items: Sequence[Item]) -> Iterator[Document]:
    ids = [report_id for report_id, _ in items]
    table = sources.rows("raw_text", ids, ("report_id", "outcome", *batches.RAW_COLUMNS))
    rows = {row["report_id"]: row for row in table.filter(pc.equal(table.column("outcome"), pa.scalar("read"))).to_pylist()}
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


# --- the stages


def raw_text(files: list[Incoming]) -> Tables:
    return {"raw_text": table_of("raw_text", batches.raw_text(files))}


def normalized_text(sources: Sources, items: list[Item]) -> Tables:
    return {"normalized_text": table_of("normalized_text", batches.normalized_text(_decoded(sources, items)))}


def section_splits(sources: Sources, items: list[Item]) -> Tables:
    documents = (Document(report_id, error=error) for report_id, error in items)
    return {"section_splits": table_of("section_splits", batches.section_splits(_normalized(sources, items, documents)))}


def tables(sources: Sources, items: list[Item]) -> Tables:
    made = batches.tables(_split(sources, items))
    return {name: table_of(name, made[name]) for name in TABLES}


def reports(sources: Sources, year: int, items: list[Item]) -> Tables:
    """What became of the documents that were decoded; which of two reports is current shows only when all are there."""
    judged = list(_judged(sources, items))
    table = sources.rows("raw_text", [report_id for report_id, _ in items], RAW_LIGHT)
    rows = {row["report_id"]: row for row in table.filter(pc.equal(table.column("outcome"), pa.scalar("read"))).to_pylist()}
    return {"reports": table_of("reports", batches.reports(((rows[one.report_id], one) for one in judged), year))}


def validated_facts(sources: Sources, corrected: Sequence[Corrected], items: list[Item]) -> Tables:
    """The facts of some documents. What must never fail of them is looked at before anything is made of them."""
    from schemas.frames import facts_frame, validate_facts  # pandera is slow to import, and only this stage needs it

    if refusals := [why for _, why in items if why]:
        raise RuntimeError(refusals[0])
    ids = [report_id for report_id, _ in items]
    facts = facts_of(sources.rows("table_cells", ids, CELL_COLUMNS), sources.rows("reports", ids, REPORT_COLUMNS), corrected)
    if len(facts):
        validate_facts(facts_frame(facts))
        quality.require(quality.evidence_shown(len(facts), without_evidence(facts, Texts(sources, ids))))
    return {"validated_facts": facts}


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
