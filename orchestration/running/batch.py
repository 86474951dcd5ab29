"""What is done to one batch of documents by a stage, wherever it runs: restore what the stages before made
of them, run the stage, give its rows as Arrow tables. Rows that were made before are taken where they still
hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from assets.limits import ENDED
from assets.model import FILE_FIELDS, Document, File
from assets.pipeline import OUTPUTS, STAGES
from assets.stages import Columns, ColumnStage, DocumentStage, is_internal
from orchestration.computing.bounds import within
from orchestration.computing.mapping import Tables
from orchestration.running.inputs import Inputs, records
from schemas.datasets import DATASETS, arrow_schema

# What a row says of the file rather than of its content: taken from the raw store as it is now.
_OF_FILE = ("source", "size", "modified")
_ENDED = pa.array(sorted(map(str, ENDED)), pa.string())
_AGAIN = "run again"  # how the reason of a refusal ends that may not be there the next time


@dataclass(frozen=True)
class Batch:
    """A stage and what it reads in a year: a function from a batch of documents to its tables, which pickles.

    `old` are the partitions that the stage made before, where rows of them may still hold; `extra` is what a
    stage that works on columns takes beside them.
    """

    stage: str
    inputs: Inputs
    old: Inputs | None = None
    extra: Any = None

    def __call__(self, documents: list[Document]) -> Tables:
        stage = next(one for one in STAGES if one.name == self.stage)
        if isinstance(stage, ColumnStage):
            return {stage.name: self._of_columns(stage, documents)}
        assert isinstance(stage, DocumentStage)
        known, kept = self._kept(stage, documents)
        left = [one for one in documents if one.report_id not in known or not _is_original(one)]
        self._restore(stage, [one for one in left if _is_decoded(one)] if stage.before else [])
        to_do = {id(one) for one in left if _is_decoded(one) or not stage.before}
        for document in within(documents):
            if id(document) in to_do:
                stage.attempt(document)
        made = {one.dataset: table_of(one.dataset, one.columns_of(left)) for one in stage.outputs}
        if not known:
            return made
        if stage.every_file:
            return {name: _by_source(made[name], kept[name], documents) for name in made}
        return {name: _by_report(made[name], kept[name]) for name in made}

    def _restore(self, stage: DocumentStage, documents: Sequence[Document]) -> None:
        ids = [document.report_id for document in documents]
        for dataset in stage.before:
            output = OUTPUTS[dataset]
            assert output.restore is not None, f"{stage.name} reads {dataset}, which cannot be restored"
            columns = ("report_id", *output.reads) if output.reads else None
            rows = self.inputs.grouped(dataset, ids, columns)
            for document in documents:
                if document.failure is not None:  # no stage after the failed one has made anything of it
                    continue
                own = rows[document.report_id]
                if error := next((row["error"] for row in own if row.get("error")), None):
                    document.fail(dataset, error)
                else:
                    output.restore(document, own)

    def _kept(
        self, stage: DocumentStage, documents: Sequence[Document]
    ) -> tuple[set[str], dict[str, pa.Table]]:
        """The documents on which nothing failed then or now, and the rows that were made of them before."""
        if self.old is None:
            return set(), {}
        files = {one.report_id: one.file for one in documents if one.failure is None and _is_original(one)}
        told, column = next(
            (name, column)
            for column in ("error", "outcome")
            for name in stage.datasets
            if column in DATASETS[name].names
        )
        reason = ("reason",) if column == "outcome" else ()
        rows = self.old.rows(told, list(files), ("report_id", column, *reason))
        if column == "outcome":
            ids = _ids(rows.filter(_settled(rows)))
        else:
            errors = rows.column(column)
            failed = pc.and_not(pc.is_valid(errors), pc.is_in(errors, value_set=_ENDED))
            ids = sorted(set(_ids(rows)) - set(_ids(rows.filter(failed))))
        kept = {name: self.old.rows(name, ids) for name in stage.datasets}
        if stage.every_file:
            kept = {name: _of_these_files(table, files) for name, table in kept.items()}
        return set(ids), kept

    def _of_columns(self, stage: ColumnStage, documents: Sequence[Document]) -> pa.Table:
        if failures := [document.failure for document in documents if document.failure]:
            raise RuntimeError(failures[0])
        ids = [document.report_id for document in documents]

        def rows_of(dataset: str) -> pa.Table:
            return self.inputs.rows(dataset, ids, stage.reads[dataset], encoded=dataset == "table_cells")

        if self.old is None:
            return stage.make(rows_of, self.extra)
        kept = stage.keep(self.old.rows(stage.name, ids), rows_of, self.extra)
        ids = sorted(set(ids) - set(_ids(kept)))
        return _by_report(stage.make(rows_of, self.extra), kept)


def _is_original(document: Document) -> bool:
    """Whether it is the first file of its content, and could be opened."""
    file = document.file
    return file is None or (file.copy_of is None and file.problem is None and file.outcome in (None, "read"))


def _is_decoded(document: Document) -> bool:
    return document.file is None or document.file.outcome == "read"


def _settled(rows: pa.Table) -> Any:
    """Return for each row whether its document was read, or ended the process that read it, as it would
    again.
    """
    read = pc.equal(rows.column("outcome"), pa.scalar("read"))
    return pc.or_(read, pc.is_in(rows.column("reason"), value_set=_ENDED))


def _ids(table: pa.Table) -> list[str]:
    ids: list[Any] = table.column("report_id").to_pylist()
    return ids


def table_of(dataset: str, columns: Columns) -> pa.Table:
    """Return columns as rows of a dataset; those that came as dictionaries of strings stay so, and are
    small on their way.
    """
    fields = arrow_schema(DATASETS[dataset])
    made = [
        values if isinstance(values := columns[field.name], pa.Array) else pa.array(values, field.type)
        for field in fields
    ]
    schema = pa.schema([field.with_type(values.type) for field, values in zip(fields, made, strict=True)])
    return pa.Table.from_arrays(made, schema=schema)


def _by_report(made: pa.Table, kept: pa.Table) -> pa.Table:
    """Rows that were made and rows that were kept, in the order of reports; rows of one report are of one of
    the two, and stay in their order.
    """
    table = pa.concat_tables([made.cast(kept.schema), kept])
    return table.take(pc.sort_indices(table.column("report_id"))) if len(made) and len(kept) else table


def _by_source(made: pa.Table, kept: pa.Table, documents: Sequence[Document]) -> pa.Table:
    """The same, in the order of the files."""
    table = pa.concat_tables([made, kept])
    sources = pa.array([document.file.source for document in documents if document.file])
    return table.take(pc.index_in(sources, value_set=table.column("source").combine_chunks()))


def _of_these_files(rows: pa.Table, files: dict[str, File | None]) -> pa.Table:
    """Rows of documents that need not be opened again, with what they say of their files taken anew."""
    rows = rows.filter(_settled(rows))
    now = [files[report_id] for report_id in _ids(rows)]
    for name in _OF_FILE:
        field = rows.schema.field(name)
        values = pa.array([getattr(file, name) for file in now], field.type)
        rows = rows.set_column(rows.schema.get_field_index(name), field, values)
    return rows


def files_of(rows: pa.Table, year: int) -> list[Document]:
    """Return the documents of rows of raw_text (without their text), whatever became of them."""
    return [
        Document(row["report_id"] or "", File(**{name: row[name] for name in FILE_FIELDS}), year)
        for row in records(rows)
    ]


def refused(stage: str, document: Document, why: str) -> Document:
    """Return a document that is not tried again: it ended the process that worked on it."""
    document.fail(stage, why)
    return document


def name_of(document: Document) -> str:
    """Return what people know a document by."""
    return document.file.source if document.file else document.report_id


def lasting(table: pa.Table) -> bool:
    """Return whether the same documents would give the same rows again: no row tells of a bug, which may be
    mended, or of a failure to read the file, which may pass. That a document ended the process which read it
    stays so until the code changes.
    """
    if "error" in table.column_names:
        errors = table.column("error").drop_null()
        return bool(pc.all(pc.is_in(errors, value_set=_ENDED), min_count=0).as_py())
    if "reason" in table.column_names:
        reasons = (str(reason) for reason in table.column("reason").drop_null().to_pylist())
        return not any(is_internal(reason) or reason.endswith(_AGAIN) for reason in reasons)
    return True
