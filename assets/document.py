"""One document through every stage, from bytes to judged tables: what `ogi check` calls, and the pipeline
does batch by batch.
"""

from __future__ import annotations

from assets import normalized_text, outcomes, raw_text, section_splits, tables
from assets.claims import stage as claims
from assets.model import Document

STAGES = (
    raw_text.STAGE,  # bytes -> raw
    normalized_text.STAGE,  # raw -> normalized
    section_splits.STAGE,  # normalized -> sections
    tables.STAGE,  # raw, normalized, sections -> tables
    outcomes.STAGE,  # all of these -> description, or a refusal
    claims.STAGE,  # all of these -> claims, findings
)


def judge(data: bytes) -> Document:
    """Read and judge one document. Raises Refusal, with a sentence for people, where it cannot be read as a
    report.
    """
    document = Document(raw_text.report_id(data))
    document.data = data
    for stage in STAGES:
        stage.run(document)
    return document
