"""One document through every stage, from bytes to judged tables: what `ogi check` and the pipeline both call."""

from __future__ import annotations

from dataclasses import dataclass

from assets.model import Identity, Normalized, RawText, Section, TableReading
from assets.normalized_text import normalize
from assets.raw_text import read, report_id
from assets.reports import describe, refuse_if_no_report
from assets.section_splits import split_sections
from assets.table_cells import read_tables


@dataclass(slots=True)
class Judgement:
    """All that one document yields. Spans of cells are offsets into the raw text; those of sections into the
    normalized text.
    """

    report_id: str
    raw: RawText
    normalized: Normalized
    sections: list[Section]
    tables: list[TableReading]
    identity: Identity


def judge(data: bytes) -> Judgement:
    """Read and judge one document. Raises Refusal, with a sentence for people, where it cannot be read as a
    report.
    """
    raw = read(data)
    normalized = normalize(raw.text)
    sections = split_sections(normalized.text)
    tables = read_tables(raw.text, normalized, sections, raw.places, raw.hints)
    identity = describe(raw.text, normalized, sections, raw.hints)
    refuse_if_no_report(normalized.text, sections, tables, identity.title)
    return Judgement(report_id(data), raw, normalized, sections, tables, identity)
