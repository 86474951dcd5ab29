"""The stages as Dagster assets, a partition a report year: each only streams batches through its function on the floor below."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import pyarrow as pa

from assets import batches, quality
from assets.batches import Columns, Document
from assets.evidence import without_evidence
from assets.validated_facts import CELL_COLUMNS, REPORT_COLUMNS
from assets.validated_facts import validated_facts as facts_of
from orchestration.corrections import Found, corrections_of
from orchestration.describe import Result, about, publishing, stage
from orchestration.partitions import YEARS
from orchestration.resources import Store
from orchestration.storage import Warehouse, aligned, list_raw
from orchestration.year import Texts, published_tables
from schemas.datasets import DATASETS, arrow_schema

_TABLES = ("table_cells", "table_status", "violations")
_FACTS_ROWS = 100_000  # rows that are validated at a time: pandera costs the same for few rows as for many


@stage("raw_text")
def raw_text(context: dg.AssetExecutionContext, store: Store) -> Result:
    files = batches.mark_copies(list_raw(store.raw_folder, context.partition_key))
    with publishing(store.files, context.partition_key, "raw_text") as publication:
        for batch in batches.batched(files, lambda file: file.size or 0):
            publication.writers[0].write(batches.raw_text(batch))
    return publication.results[0]


@stage("normalized_text", ["raw_text"])
def normalized_text(context: dg.AssetExecutionContext, store: Store) -> Result:
    with publishing(store.files, context.partition_key, "normalized_text") as publication:
        for batch in batches.batched(_decoded(store.files, context.partition_key), _length):
            publication.writers[0].write(batches.normalized_text(batch))
    return publication.results[0]


@stage("section_splits", ["normalized_text"])
def section_splits(context: dg.AssetExecutionContext, store: Store) -> Result:
    with publishing(store.files, context.partition_key, "section_splits") as publication:
        for batch in batches.batched(_normalized(store.files, context.partition_key), _length):
            publication.writers[0].write(batches.section_splits(batch))
    return publication.results[0]


# Decoding a table and judging it go together: where a figure belongs can depend on what the identities allow.
@dg.multi_asset(
    name="tables",
    specs=[dg.AssetSpec(name, **about(name), deps=["raw_text", "normalized_text", "section_splits"]) for name in _TABLES],
    partitions_def=YEARS,
)
def tables(context: dg.AssetExecutionContext, store: Store) -> Iterator[Result]:
    with publishing(store.files, context.partition_key, *_TABLES) as publication:
        for batch in batches.batched(_split(store.files, context.partition_key), _length):
            made = batches.tables(batch)
            for writer in publication.writers:
                writer.write(made[writer.dataset.name])
    yield from publication.results


@stage("reports", ["raw_text", "normalized_text", "section_splits", "table_status"])
def reports(context: dg.AssetExecutionContext, store: Store) -> Result:
    year = context.partition_key
    described = _described(store.files, year)
    for source, reason in zip(described["source"], described["reason"], strict=True):
        if batches.is_internal(reason):
            context.log.error(f"{source}: {reason}")
    with publishing(store.files, year, "reports") as publication:
        publication.writers[0].write(described)
    return publication.results[0]


@stage("validated_facts", ["raw_text", "table_cells", "table_status", "reports"])
def validated_facts(context: dg.AssetExecutionContext, store: Store) -> Result:
    """What must never fail of the published figures is looked at here, before they take the place of the old ones."""
    from schemas.frames import facts_frame, validate_facts  # pandera is slow to import, and only this step needs it

    year, files = context.partition_key, store.files
    described = pa.concat_tables([_no_rows("reports", REPORT_COLUMNS), *files.tables("reports", year, REPORT_COLUMNS)])
    found = corrections_of(store, year)
    texts = Texts(files, year)
    with publishing(files, year, "validated_facts") as publication:
        [writer] = publication.writers
        last = ""
        for cells in _together(files.tables("table_cells", year, CELL_COLUMNS), _FACTS_ROWS):
            facts = facts_of(cells, described, found.decision.tables)
            if not len(facts):
                continue
            validate_facts(facts_frame(facts))
            quality.require(quality.in_order(last, facts.column("report_id")[0].as_py()))
            quality.require(quality.evidence_shown(len(facts), without_evidence(facts, texts)))
            writer.write_table(facts)
            last = facts.column("report_id")[-1].as_py()
        corrected = {(table.report_id, table.table) for table in found.decision.tables}
        quality.require(quality.facts_complete(published_tables(files, year, corrected), writer.rows))
        publication.metadata |= of_corrections(found)
    return publication.results[0]


def of_corrections(found: Found) -> dict[str, Any]:
    """What the UI shows of the corrections, an input that Dagster does not know: by which file, and what became of each."""
    if found.sha256 is None:
        return {}
    applied = [
        f"{' '.join(one.place)}: {one.printed or 'blank'} -> {one.corrected:g} ({one.who}, {one.when}: {one.reason})"
        for one in found.decision.applied
    ]
    return {"corrections_sha256": found.sha256, "corrections_applied": applied, "corrections_not_applied": found.decision.rejected}


ASSETS = [raw_text, normalized_text, section_splits, tables, reports, validated_facts]


# --- streams of documents, put together from the partitions of the stages before


def _length(document: Document) -> int:
    return len(document.raw.text) + (len(document.normalized.text) if document.normalized else 0)


def _decoded(files: Warehouse, year: str) -> Iterator[Document]:
    for row in files.records("raw_text", year, ["report_id", "outcome", *batches.RAW_COLUMNS]):
        if row["outcome"] == "read":
            yield Document(row["report_id"], batches.raw_of(row))


def _normalized(files: Warehouse, year: str) -> Iterator[Document]:
    for row in files.records("normalized_text", year):
        yield Document(row["report_id"], normalized=batches.normalized_of(row), error=row["error"])


def _split(files: Warehouse, year: str) -> Iterator[Document]:
    """Documents with text and sections; or with the error of the first stage that failed on them."""
    raw = ((document.report_id, document) for document in _decoded(files, year))
    normalized = ((document.report_id, document) for document in _normalized(files, year))
    for _, document, (text, rows) in aligned(raw, normalized, files.groups("section_splits", year)):
        document.normalized = text.normalized
        document.error = text.error or next((row["error"] for row in rows or [] if row["error"]), None)
        document.sections = [] if document.error else batches.sections_of(rows or [])
        yield document


def _judged(files: Warehouse, year: str) -> Iterator[tuple[str, Document]]:
    """Documents with text, sections and the status of their tables."""
    split = ((document.report_id, document) for document in _split(files, year))
    for report_id, document, (rows,) in aligned(split, files.groups("table_status", year)):
        document.tables = batches.status_of(rows)
        document.error = document.error or next((row["error"] for row in rows if row["error"]), None)
        yield report_id, document


def _rows(files: Warehouse, year: str) -> Iterator[tuple[dict[str, Any], Document | None]]:
    """Every row of raw_text without its text, with the document where it was decoded."""
    columns = [name for name in DATASETS["raw_text"].names if name not in ("text", "hints") and not name.startswith("place_")]
    judged = _judged(files, year)
    for row in files.records("raw_text", year, columns):
        yield row, next(judged)[1] if row["outcome"] == "read" else None


def _described(files: Warehouse, year: str) -> Columns:
    """The rows of reports. They are short, and which of two reports is current shows only when all are there: so a year is held here."""
    described = batches.empty("reports")
    for batch in batches.batched(_rows(files, year), lambda item: _length(item[1]) if item[1] else 0):
        for name, values in batches.reports(batch, int(year)).items():
            described[name] += values
    batches.mark_versions(described)
    return described


def _no_rows(dataset: str, columns: tuple[str, ...]) -> pa.Table:
    return arrow_schema(DATASETS[dataset]).empty_table().select(list(columns))


def _together(tables: Iterator[pa.Table], rows: int) -> Iterator[pa.Table]:
    """Join small batches into larger ones."""
    waiting: list[pa.Table] = []
    for table in tables:
        waiting.append(table)
        if sum(part.num_rows for part in waiting) >= rows:
            yield pa.concat_tables(waiting)
            waiting = []
    if waiting:
        yield pa.concat_tables(waiting)
