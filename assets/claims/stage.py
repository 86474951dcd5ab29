"""The stage of the datasets `claims` and `prose_rules`: how claims and findings become rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from assets.claims.comparison import read_claims
from assets.claims.consistency import judge_prose
from assets.model import Claim, Document
from assets.stages import DocumentStage, Output, Row
from schemas.datasets import BOX_FIELDS

_FIELDS = tuple(one.name for one in fields(Claim) if one.name != "box")


def _read_document(document: Document) -> None:
    normalized, tables, description = document.normalized, document.tables, document.description
    document.claims = read_claims(document.raw, normalized, document.sections, tables, description)
    document.findings = judge_prose(normalized, tables, document.claims, description)


def _rows(document: Document) -> Iterator[Row]:
    if document.failure is not None:
        if document.failed_in == STAGE.name:  # of what failed before there is nothing to say here
            yield {"report_id": document.report_id, "error": document.failure}
        return
    if not document.has("claims"):  # it was refused
        return
    for claim in document.claims:
        row: Row = {name: getattr(claim, name) for name in _FIELDS} | {"report_id": document.report_id}
        yield row | dict(zip(BOX_FIELDS, claim.box or (None,) * len(BOX_FIELDS), strict=True))


def _rule_rows(document: Document) -> Iterator[Row]:
    """What the rules across sections say of a report; none where it was refused or the program failed."""
    if document.failure is not None or not document.has("findings"):
        return
    for finding in document.findings:
        yield {
            "report_id": document.report_id,
            "rule": finding.rule,
            "outcome": finding.outcome,
            "message": finding.message,
            "starts": [start for start, _ in finding.spans],
            "ends": [end for _, end in finding.spans],
        }


STAGE = DocumentStage(
    name="claims",
    module=__name__,
    group="tables",
    before=("raw_text", "normalized_text", "section_splits", "table_status", "table_cells", "reports"),
    run=_read_document,
    outputs=(Output(dataset="claims", rows=_rows), Output(dataset="prose_rules", rows=_rule_rows)),
)
