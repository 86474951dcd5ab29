"""What a person should look at of a year, as tables in the metadata of a materialization: refused documents,
lost tables, broken sums, contradictions, each with its reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import dagster as dg

from assets.escaping import in_line
from orchestration.store.warehouse import Warehouse
from schemas.forms import TABLE_KEYS

_SHOWN = 20  # of each kind
_LONGEST = 300  # characters of a reason
# How a table that is not sound is called here; what is only incomplete is not.
_OF_TABLES = {"absent": "table lost", "uncertain": "table doubtful", "inconsistent": "sum broken"}


class Case(NamedTuple):
    """Something to look at: of which kind, in which report, read from which document (known later, where it
    is None), and why.
    """

    kind: str
    report_id: str | None
    source: str | None
    reason: str


def of(dataset: str, files: Warehouse, year: str) -> dict[str, Any]:
    """Return the table for a dataset whose partition was just written, with the query that lists all of it,
    as metadata. Most datasets have none.
    """
    if dataset not in _LOOKS:
        return {}
    cases, query = _LOOKS[dataset]
    counts: Counter[str] = Counter()
    shown: list[Case] = []
    for case in cases(files, year):
        counts[case.kind] += 1
        if counts[case.kind] <= _SHOWN:
            shown.append(case)
    records = [
        dg.TableRecord(one._asdict() | {"reason": in_line(one.reason)[:_LONGEST]})
        for one in _with_sources(files, year, sorted(shown, key=lambda one: one.kind))
    ]
    schema = dg.TableSchema([dg.TableColumn(name) for name in Case._fields])
    return {
        "to_look_at": dg.MetadataValue.table(records, schema),
        "to_look_at_in_all": dict(sorted(counts.items())),
        "to_look_at_left_out": counts.total() - len(records),
        "to_look_at_query": query.format(path=files.folder(dataset, year)),
    }


def _with_sources(files: Warehouse, year: str, cases: list[Case]) -> Iterator[Case]:
    wanted = {one.report_id for one in cases if one.source is None and one.report_id}
    rows = files.rows_of("raw_text", year, wanted, ["report_id", "source", "outcome"])
    sources = {row["report_id"]: row["source"] for row in rows if row["outcome"] == "read"}
    for one in cases:
        yield one if one.source else one._replace(source=sources.get(one.report_id or ""))


def _reports(files: Warehouse, year: str) -> Iterator[Case]:
    """Documents that were not read, tables that are not sound, organs, years and dates that are in doubt."""
    columns = ["report_id", "source", "outcome", "reason", "doubts"]
    columns += [f"{table}_{what}" for table in TABLE_KEYS for what in ("status", "reasons")]
    for row in files.records("reports", year, columns):
        place = (row["report_id"], row["source"])
        if row["outcome"] != "read":
            yield Case(row["outcome"], *place, row["reason"] or "")
            continue
        for doubt in row["doubts"] or ():
            yield Case("description doubtful", *place, doubt)
        for table in TABLE_KEYS:
            if kind := _OF_TABLES.get(row[f"{table}_status"]):
                yield Case(kind, *place, f"{table}: {'; '.join(row[f'{table}_reasons'] or ())}")


def _violations(files: Warehouse, year: str) -> Iterator[Case]:
    """Sums that are broken, with the cell that is likely wrong."""
    columns = ["report_id", "outcome", "message", "suspect_row", "suspect_column", "suspect_value"]
    for row in files.records("violations", year, columns):
        if row["outcome"] == "broken":
            yield Case("sum broken", row["report_id"], None, row["message"] + _suspect(row))


def _suspect(row: Mapping[str, Any]) -> str:
    if not row["suspect_row"]:
        return ""
    cell = f"{row['suspect_row']}.{row['suspect_column']}"
    value = row["suspect_value"]
    return f"; likely wrong: {cell}" + ("" if value is None else f", which would have to be {value:g}")


def _claims(files: Warehouse, year: str) -> Iterator[Case]:
    """Sentences that contradict the tables."""
    columns = ["report_id", "outcome", "quantity", "value", "printed", "quote"]
    for row in files.records("claims", year, columns):
        if row["outcome"] == "contradicts":
            says = f"{row['quantity']}: the text says {row['value']:g}, the table {row['printed']:g}: "
            yield Case("contradiction", row["report_id"], None, says + row["quote"])


_LOOKS: dict[str, tuple[Callable[[Warehouse, str], Iterator[Case]], str]] = {
    "reports": (
        _reports,
        "select * from '{path}/*.parquet' where outcome <> 'read' or len(doubts) > 0 or list_has_any("
        "[active_disclosure_status, applications_status, review_litigation_status], "
        "['absent', 'uncertain', 'inconsistent'])",
    ),
    "violations": (_violations, "select * from '{path}/*.parquet' where outcome = 'broken'"),
    "claims": (_claims, "select * from '{path}/*.parquet' where outcome = 'contradicts'"),
}
