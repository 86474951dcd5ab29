"""Years of made-up documents, taken through every stage in this process: what the stages over years read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from assets import raw_text, section_words
from assets.document import STAGES
from assets.model import Document, File
from schemas.datasets import DATASETS, arrow_schema

Texts = Iterable[tuple[str, str, Mapping[str, Any]]]  # a source, a text, and columns of `reports` to set

_LINKS: dict[str, Any] = {"organ_id": pa.string(), "scope": pa.string()}


def made_year(texts: Texts, year: int, batch: int = 256, also: Mapping[str, pa.Table] | None = None) -> Any:
    """The rows of a year of texts, as stages over years take them; `also` has rows of further datasets."""
    documents = []
    more: dict[str, Mapping[str, Any]] = {}
    for source, text, columns in texts:
        data = text.encode()
        document = Document(raw_text.report_id(data), folder_year=year)
        document.data = data
        more[document.report_id] = columns
        for stage in STAGES:
            stage.attempt(document)
        document.file = File(source, outcome="read")
        documents.append(document)
    documents.sort(key=lambda one: one.report_id)
    pieces = [documents[first : first + batch] for first in range(0, len(documents), batch)]

    def rows(dataset: str, columns: Sequence[str]) -> Iterator[pa.Table]:
        if dataset == "section_words":
            for texts, sections in zip(rows("normalized_text", ()), rows("section_splits", ()), strict=True):
                yield section_words.section_words(texts, sections).select(list(columns))
            return
        if dataset in (also or {}):
            yield (also or {})[dataset].select(list(columns))
            return
        output = next(one for stage in STAGES for one in stage.outputs if one.dataset == dataset)
        for piece in pieces:
            table = _table(dataset, output.columns_of(piece))
            if dataset == "reports":
                table = _with(table, more)
            yield table.select(list(columns)) if columns else table

    return rows


def _table(dataset: str, columns: Mapping[str, Any]) -> pa.Table:
    schema = arrow_schema(DATASETS[dataset])
    made = [
        values if isinstance(values := columns[field.name], pa.Array) else pa.array(values, field.type)
        for field in schema
    ]
    return pa.table({field.name: values.cast(field.type) for field, values in zip(schema, made, strict=True)})


def _with(table: pa.Table, more: Mapping[str, Mapping[str, Any]]) -> pa.Table:
    """The rows of reports, with what a test says of each: at least its organ."""
    rows: Iterable[dict[str, Any]] = table.to_pylist()
    changed = [
        row | {"is_current": row["outcome"] == "read", "scope": None} | dict(more[row["report_id"]])
        for row in rows
    ]
    types = {field.name: field.type for field in table.schema} | _LINKS
    return pa.table(
        {name: pa.array([row.get(name) for row in changed], type_) for name, type_ in types.items()}
    )
