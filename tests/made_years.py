"""Made-up documents, and years of them taken through every stage in this process: what the stages over years
read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pyarrow as pa

from assets import raw_text, section_words
from assets.document import STAGES
from assets.model import Document, File
from examples.render import render
from examples.report import Organ, make_report
from schemas.datasets import DATASETS, arrow_schema

# A source, a text, and columns of `reports` and `organ_reports` to set.
Texts = Iterable[tuple[str, str, Mapping[str, Any]]]

# What is known of the organ of a report unless a test says otherwise.
_ORGAN: dict[str, Any] = {
    "organ_id": "one",
    "level": "county",
    "kind": "department",
    "scope": "unknown",
    "is_current": True,
    "versions": 1,
    "doubts": [],
}


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
        if dataset == "organ_reports":
            for table in rows("reports", ()):
                yield _whose(table, more).select(list(columns))
            return
        output = next(one for stage in STAGES for one in stage.outputs if one.dataset == dataset)
        for piece in pieces:
            table = _table(dataset, output.columns_of(piece))
            if dataset == "reports":
                table = _published(table, more)
            yield table.select(list(columns)) if columns else table

    return rows


def _table(dataset: str, columns: Mapping[str, Any]) -> pa.Table:
    schema = arrow_schema(DATASETS[dataset])
    made = [
        values if isinstance(values := columns[field.name], pa.Array) else pa.array(values, field.type)
        for field in schema
    ]
    return pa.table({field.name: values.cast(field.type) for field, values in zip(schema, made, strict=True)})


def _published(table: pa.Table, more: Mapping[str, Mapping[str, Any]]) -> pa.Table:
    """The rows of reports, with the columns that a test says of each."""
    rows: Iterable[dict[str, Any]] = table.to_pylist()
    names = DATASETS["reports"].names
    changed = [row | {k: v for k, v in more[row["report_id"]].items() if k in names} for row in rows]
    return pa.Table.from_pylist(changed, table.schema)


def _whose(reports: pa.Table, more: Mapping[str, Mapping[str, Any]]) -> pa.Table:
    """The rows of organ_reports for some rows of reports."""
    schema = arrow_schema(DATASETS["organ_reports"])
    rows = [
        dict.fromkeys(schema.names)
        | _ORGAN
        | {k: row[k] for k in ("report_id", "source", "printed_year")}
        | {k: v for k, v in more[row["report_id"]].items() if k in schema.names}
        for row in reports.to_pylist()
        if row["outcome"] == "read"
    ]
    return pa.Table.from_pylist(rows, schema)


def sound_document(organ: Organ, year: int = 2023, seed: int = 0, published: str = "") -> str:
    """A report in which all is well."""
    report = make_report(Random(seed), year, organ=organ, scale="bureau")
    title = f"{organ.full}{year}年政府信息公开工作年度报告"
    header = (f"发布日期：{published}",) if published else ()
    return render(replace(report, title=title, header=header, header_first=False, signature=()), "pipes")
