"""Makes the partitions of one stage in one year: batches of documents go through it wherever that is
computed, and what comes out takes the place of the old partitions, whole or not at all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from typing import Any

import pyarrow as pa

from assets import quality
from assets.model import FILE_FIELDS, Document
from assets.stages import ColumnStage, DocumentStage, Stage, WholeStage
from orchestration import freshness, progress
from orchestration.computing.mapping import Tables, batched, map_batches
from orchestration.running.batch import Batch, files_of, lasting, name_of, refused
from orchestration.running.guard import guard
from orchestration.running.inputs import Inputs
from orchestration.running.verdicts import Verdicts
from orchestration.running.whole import WholeWork
from orchestration.running.year import published_tables
from orchestration.store.corrections import corrections_of
from orchestration.store.documents import digest_of, incoming, listed
from orchestration.store.partitions import PartitionWriter
from orchestration.store.paths import Folder, StoreError
from orchestration.store.warehouse import Warehouse

# Batches of documents that a stage on columns takes at a time: pandera costs the same for few rows as for
# many.
_COLUMN_BATCHES = 4


@dataclass
class Made:
    """The partitions that a stage made, or left as they were because nothing has changed (`reused`), with
    what there is to say of them; `seconds` is how long it took. `damaged` names those that did not hold what
    was written, and were made anew.
    """

    writers: list[PartitionWriter]
    reused: bool = False
    seconds: float = 0.0
    metadata: dict[str, Any] = field(default_factory=dict)
    damaged: list[str] = field(default_factory=list)


def run(
    stage: Stage,
    raw: Folder,
    files: Warehouse,
    year: str,
    found: Callable[[pa.Table], None],
    accept: str | None = None,
) -> Made:
    """Make the partitions of a stage, unless the same code has made them of the same content. They are
    published with the year that is being made (`Warehouse.begin`), or at once where none is.

    `found` is given each batch of rows of the stage's first dataset. `accept` is why a year may be published
    that has collapsed against the one that is. Raises BusyError or StoreError where the partitions cannot be
    written or what they are made of is damaged, NotPublishedError where what must never fail does.
    """
    started = time.perf_counter()
    progress.doing(f"{year} {stage.name}".strip())
    with ExitStack() as stack:
        alone = not files.is_making(year)
        if alone:
            stack.enter_context(files.made(year))
        made = _made(stage, raw, files, year, found)
        if isinstance(stage, ColumnStage) and stage.publishes and (let := guard(files, year, accept)):
            made.metadata["accepted"] = let
        if alone:
            files.publish(year)
    made.seconds = time.perf_counter() - started
    progress.done(len(stage.datasets))
    return made


def _made(stage: Stage, raw: Folder, files: Warehouse, year: str, found: Callable[[pa.Table], None]) -> Made:
    for name, of in freshness.partitions_read(files, stage, year).values():
        if not files.is_sound(name, of):
            again = f"ogi build --year {of}" if of else "ogi build"
            raise StoreError(f"{files.path(name, of)} is damaged: run `{again}`, which makes it anew")
    work: WholeWork | _Work
    if isinstance(stage, WholeStage):
        work = WholeWork(stage, raw, files, year)
    else:
        work = _Work(stage, raw, files, year)
    state = freshness.State(files, year, stage, **work.others)
    damaged = state.drop_damaged()
    with files.replace(year, *stage.datasets) as writers:
        made = Made(writers, metadata=work.metadata, damaged=damaged)
        if state.unchanged():
            made.reused = True
            for writer in writers:
                writer.keep(files.rows(writer.dataset.name, year))
        else:
            sound = _write(writers, _tables(work, state), found)
    if not made.reused:
        state.remember(sound)
    if isinstance(work, _Work):
        work.published(made.reused)
    return made


def _tables(work: WholeWork | _Work, state: freshness.State) -> Iterator[Tables]:
    return work.tables() if isinstance(work, WholeWork) else work.tables(state)


def _write(writers: list[PartitionWriter], made: Iterable[Tables], found: Callable[[pa.Table], None]) -> bool:
    """Write what a stage makes; whether all of it would be made again of the same documents."""
    sound = True
    for tables in made:
        for writer in writers:
            # how rows are cut into chunks would show in the file
            table = tables[writer.dataset.name].combine_chunks()
            writer.write_table(table)
            sound = sound and lasting(table)
        found(tables[writers[0].dataset.name])
    return sound


class _Work:
    """What a stage has to do in one year: the documents, and what they are told beside them."""

    def __init__(self, stage: Stage, raw: Folder, files: Warehouse, year: str) -> None:
        self._stage, self._raw, self._files, self._year = stage, raw, files, year
        self._inputs = Inputs.of(files, year, *stage.before)
        self.metadata: dict[str, Any] = {}
        self.others: dict[str, str] = {}  # what the stage depends on that is no partition, by digests
        self._extra: Any = None
        self._verdicts: dict[str, quality.Verdict] = {}
        if not stage.before:
            self._listing = listed(raw, year, freshness.listing_of(files, year))
            self.others["listing"] = digest_of(self._listing)
            self.others["documents"] = freshness.documents_of(self._listing)
        if isinstance(stage, ColumnStage) and stage.publishes:
            corrections = corrections_of(raw, files, year)
            self._corrected = {(table.report_id, table.table) for table in corrections.decision.tables}
            self._extra = corrections.decision.tables
            self.others["corrections"] = corrections.digest
            self.metadata |= corrections.metadata

    def tables(self, state: freshness.State) -> Iterator[Tables]:
        """The tables of the stage, batch by batch in the order of the partition."""
        stage = self._stage
        old = Inputs.of(self._files, self._year, *stage.datasets) if state.same_code() else None
        made = map_batches(
            Batch(stage.name, self._inputs, old, self._extra),
            self._documents(),
            partial(refused, stage.name),
            name_of,
            documents=isinstance(stage, DocumentStage),
        )
        if isinstance(stage, ColumnStage):
            return self._required(made, old is None) if stage.publishes else made
        assert isinstance(stage, DocumentStage)
        if stage.whole_year is None:
            return made
        [name] = stage.datasets
        return ({name: table} for table in stage.whole_year(one[name] for one in made))

    def _documents(self) -> Iterator[list[Document]]:
        stage = self._stage
        if not stage.before:
            documents = incoming(self._raw, self._listing, int(self._year))
            yield from batched(documents, lambda one: one.file.size or 0 if one.file else 0)
        elif isinstance(stage, DocumentStage) and stage.every_file:
            for rows in self._inputs.batches("raw_text", ("report_id", *FILE_FIELDS)):
                yield files_of(rows, int(self._year))
        else:
            ids = self._inputs.read_ids(stage.before[0])
            while group := list(islice(ids, _COLUMN_BATCHES if isinstance(stage, ColumnStage) else 1)):
                yield [
                    Document(report_id, folder_year=int(self._year))
                    for report_id in chain.from_iterable(group)
                ]

    def _required(self, made: Iterable[Tables], is_all: bool) -> Iterator[Tables]:
        """What must never fail of published figures is looked at before they take the place of the old
        ones.
        """
        last, rows, own = "", 0, 0  # `own`: of the cells of the form
        for one in made:
            if len(facts := one["validated_facts"]):
                quality.require(quality.in_order(last, facts.column("report_id")[0].as_py()))
                last, rows = facts.column("report_id")[-1].as_py(), rows + len(facts)
                own += facts.column("label").null_count
            yield one
        complete = quality.facts_complete(published_tables(self._files, self._year, self._corrected), own)
        quality.require(complete)
        if is_all:  # of all rows it was just seen that the text shows them
            shown = quality.evidence_shown(rows, ())
            self._verdicts = {"facts_complete": complete, "evidence_shown": shown}

    def published(self, reused: bool) -> None:
        """Take down the verdicts on what was published, so that its checks need not go through it again."""
        if self._verdicts and not reused:
            verdicts = Verdicts(self._files, self._stage.name, self._year, str(self._raw))
            for name, verdict in self._verdicts.items():
                verdicts.take(name, verdict)
