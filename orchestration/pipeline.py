"""The stages as Dagster assets, a partition a report year: each only streams batches through its function,
wherever that is computed.
"""

import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, islice
from typing import Any

import dagster as dg
import pyarrow as pa
import pyarrow.compute as pc

from assets import batches, quality
from orchestration import reuse, steps
from orchestration.compute import Tables, map_batches
from orchestration.corrections import Found, corrections_of
from orchestration.describe import Publication, Result, about, publishing, stage
from orchestration.listing import digest_of, incoming, listed
from orchestration.partitions import YEARS
from orchestration.resources import Store
from orchestration.steps import TABLES, Item, Sources
from orchestration.verdicts import Verdicts
from orchestration.year import published_tables
from schemas.datasets import DATASETS, arrow_schema

_FACTS_BATCHES = (
    4  # batches of documents that are validated at a time: pandera costs the same for few rows as for many
)
_LOGGED = 20  # internal errors; all are in `reports`
_BEFORE_TABLES = ("raw_text", "normalized_text", "section_splits")


@stage("raw_text")
def raw_text(context: dg.AssetExecutionContext, store: Store) -> Result:
    listing = listed(
        store.raw_folder, context.partition_key, reuse.listing_of(store.files, context.partition_key)
    )
    work = _Work(context, store, ["raw_text"], [], listing=digest_of(listing))

    def made(old: Sources | None) -> Iterator[Tables]:
        files = batches.mark_copies(incoming(store.raw_folder, listing))
        cut = batches.batched(files, lambda file: file.size or 0)
        return map_batches(partial(steps.raw_text, old), cut, steps.refused_file, lambda file: file.source)

    return work.published(made)[0]


@stage("normalized_text", ["raw_text"])
def normalized_text(context: dg.AssetExecutionContext, store: Store) -> Result:
    work = _Work(context, store, ["normalized_text"], ["raw_text"])
    return work.published(partial(_of_documents, steps.normalized_text, work))[0]


@stage("section_splits", ["normalized_text"])
def section_splits(context: dg.AssetExecutionContext, store: Store) -> Result:
    work = _Work(context, store, ["section_splits"], ["normalized_text"])
    return work.published(partial(_of_documents, steps.section_splits, work))[0]


# Decoding a table and judging it go together: where a figure belongs can depend on what the identities allow.
@dg.multi_asset(
    name="tables",
    specs=[dg.AssetSpec(name, **about(name), deps=_BEFORE_TABLES) for name in TABLES],
    partitions_def=YEARS,
)
def tables(context: dg.AssetExecutionContext, store: Store) -> Iterator[Result]:
    work = _Work(context, store, TABLES, _BEFORE_TABLES)
    yield from work.published(partial(_of_documents, steps.tables, work))


@stage("reports", [*_BEFORE_TABLES, "table_status"])
def reports(context: dg.AssetExecutionContext, store: Store) -> Result:
    work = _Work(context, store, ["reports"], [*_BEFORE_TABLES, "table_status"])

    def made(old: Sources | None) -> Iterator[Tables]:
        for table in _current_told(_logged(context, _described(work.sources, old, int(work.year)))):
            yield {"reports": table}

    return work.published(made)[0]


@stage("validated_facts", ["raw_text", "table_cells", "table_status", "reports"])
def validated_facts(context: dg.AssetExecutionContext, store: Store) -> Result:
    """What must never fail of the published figures is looked at here, before they take the place of the old
    ones.
    """
    year, files = context.partition_key, store.files
    found = corrections_of(store, year)
    corrected = {(table.report_id, table.table) for table in found.decision.tables}
    before = ["raw_text", "table_cells", "table_status", "reports"]
    work = _Work(context, store, ["validated_facts"], before, corrections=found.sha256 or "")

    found_true: dict[str, quality.Verdict] = {}

    def made(old: Sources | None) -> Iterator[Tables]:
        last, rows = "", 0
        ids = _joined(work.sources.read_ids("reports"), _FACTS_BATCHES)
        function = partial(steps.validated_facts, work.sources, old, found.decision.tables)
        for one in map_batches(function, map(_items, ids), steps.refused, lambda item: item[0]):
            if len(facts := one["validated_facts"]):
                quality.require(quality.in_order(last, facts.column("report_id")[0].as_py()))
                last, rows = facts.column("report_id")[-1].as_py(), rows + len(facts)
            yield one
        complete = quality.facts_complete(published_tables(files, year, corrected), rows)
        quality.require(complete)
        if old is None:  # of all rows it was just seen that the text shows them
            found_true.update(facts_complete=complete, evidence_shown=quality.evidence_shown(rows, ()))

    result = work.published(made, **of_corrections(found))[0]
    if found_true:
        verdicts = Verdicts(files, "validated_facts", year, str(store.raw_folder))
        for name, verdict in found_true.items():
            verdicts.take(name, verdict)
    return result


def of_corrections(found: Found) -> dict[str, Any]:
    """What the UI shows of the corrections, an input that Dagster does not know: by which file, and what
    became of each.
    """
    if found.sha256 is None:
        return {}
    applied = [
        f"{' '.join(one.place)}: {one.printed or 'blank'} -> {one.corrected:g} ({one.who}, {one.when}: {one.reason})"
        for one in found.decision.applied
    ]
    return {
        "corrections_sha256": found.sha256,
        "corrections_applied": applied,
        "corrections_not_applied": found.decision.rejected,
    }


ASSETS = [raw_text, normalized_text, section_splits, tables, reports, validated_facts]


# --- batches of documents, from the partitions of the stages before to rows


class _Work:
    """What a stage has to do in one year: which partitions to make of which, and whether there is anything to
    make.
    """

    def __init__(
        self,
        context: dg.AssetExecutionContext,
        store: Store,
        datasets: Sequence[str],
        before: Sequence[str],
        **others: str,
    ) -> None:
        self.files, self.year, self.datasets = store.files, context.partition_key, datasets
        self.sources = Sources.of(self.files, self.year, *before)
        self._inputs = reuse.Inputs(self.files, self.year, datasets, before, **others)

    def published(self, make: Callable[[Sources | None], Iterable[Tables]], **metadata: Any) -> list[Result]:
        """Have the partitions made, unless the same code has made them of the same. `make` gets the old ones
        if it may take rows from them.
        """
        files, year, datasets = self.files, self.year, self.datasets
        with publishing(files, year, *datasets) as publication:
            publication.metadata |= metadata
            if sound := self._inputs.unchanged():
                publication.metadata["reused"] = True
                for writer in publication.writers:
                    name = writer.dataset.name
                    writer.keep(files.path(name, year), files.rows(name, year))
            else:
                sound = _write(
                    publication,
                    make(Sources.of(files, year, *datasets) if self._inputs.same_code() else None),
                )
        self._inputs.remember(sound)
        return publication.results


def _items(ids: Iterable[Any]) -> list[Item]:
    return [(report_id, None) for report_id in ids]


def _joined(batches_: Iterable[list[str]], count: int) -> Iterator[list[str]]:
    """So many batches as one."""
    left = iter(batches_)
    while group := list(islice(left, count)):
        yield list(chain.from_iterable(group))


def _of_documents(function: Any, work: _Work, old: Sources | None) -> Iterator[Tables]:
    """What a stage makes of the documents of the first of its sources, in the batches of that."""
    step = partial(steps.kept_or_made, function, work.sources, old)
    return map_batches(
        step,
        map(_items, work.sources.read_ids(work.sources.partitions[0][0])),
        steps.refused,
        lambda item: item[0],
    )


def _write(publication: Publication, made: Iterable[Tables]) -> bool:
    """Write what a stage makes. Whether all of it would be made again: not what a bug or a moment has spoilt."""
    sound = True
    for tables_ in made:
        for writer in publication.writers:
            table = tables_[
                writer.dataset.name
            ].combine_chunks()  # how rows are cut into chunks would show in the file
            writer.write_table(table)
            sound = sound and steps.lasting(table)
    return sound


def _described(sources: Sources, old: Sources | None, year: int) -> Iterator[pa.Table]:
    """The rows of reports in the batches of raw_text: those of documents that were decoded, and those of the
    others between them.
    """
    begun: deque[pa.Table] = deque()

    def decoded() -> Iterator[list[Item]]:
        for rows in sources.batches("raw_text", steps.RAW_LIGHT):
            begun.append(rows)
            read = rows.filter(pc.equal(rows.column("outcome"), pa.scalar("read")))
            yield _items(read.column("report_id").to_pylist())

    for made in map_batches(
        partial(steps.reports, sources, old, year), decoded(), steps.refused, lambda item: item[0]
    ):
        rows = begun.popleft()
        others = rows.filter(pc.not_equal(rows.column("outcome"), pa.scalar("read"))).to_pylist()
        undecoded = steps.table_of("reports", batches.reports(((row, None) for row in others), year))
        table = pa.concat_tables([made["reports"], undecoded])
        yield table.take(
            pc.index_in(rows.column("source"), value_set=table.column("source").combine_chunks())
        )


def _logged(context: dg.AssetExecutionContext, described: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Say on which documents the program failed. An event of Dagster takes a millisecond: so the first of
    them, and how many there were.
    """
    failed = 0
    for table in described:
        for row in table.filter(pc.is_valid(table.column("reason"))).select(["source", "reason"]).to_pylist():
            if batches.is_internal(row["reason"]):
                failed += 1
                if failed <= _LOGGED:
                    context.log.error(f"{row['source']}: {row['reason']}")
        yield table
    if failed > _LOGGED:
        context.log.error(f"and {failed - _LOGGED} more: see the dataset reports")


def _current_told(described: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Which of two reports is current shows only when all are there: so the rows wait in a file, and little
    of them in memory.
    """
    names = ["source", "issuer", "outcome", "published"]
    schema = arrow_schema(DATASETS["reports"])
    known = [schema.empty_table().select(names)]
    with tempfile.TemporaryFile() as waiting:
        with pa.ipc.new_stream(waiting, schema) as stream:
            for table in described:
                stream.write_table(table.combine_chunks())
                known.append(table.select(names))
        year = pa.concat_tables(known).combine_chunks()
        versions = batches.Versions(*(year.column(name).combine_chunks() for name in names))
        waiting.seek(0)
        row = 0
        for batch in pa.ipc.open_stream(waiting):
            table = pa.Table.from_batches([batch])
            marked = {name: table.column(name).to_pylist() for name in ("notes", "is_current")}
            versions.mark(marked, row)
            for name, values in marked.items():
                place = table.schema.get_field_index(name)
                table = table.set_column(
                    place, table.schema.field(name), pa.array(values, table.schema.field(name).type)
                )
            yield table
            row += len(table)
