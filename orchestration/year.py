"""What a finished year holds, read back from its partitions: what steps and checks both need to see that nothing is lost or wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.storage import Warehouse
from schemas.datasets import DATASETS

Kind = tuple[str | None, str]  # (edition, table)


class Texts:
    """The raw texts of a year for whoever goes through its reports in their order: one text is held at a time."""

    def __init__(self, files: Warehouse, year: str) -> None:
        self._rows = iter(files.records("raw_text", year, ["report_id", "outcome", "text"]))

    def __call__(self, report_id: str) -> str | None:
        """The text of a report that comes after all that were asked for before; None if it has none."""
        for row in self._rows:
            if row["report_id"] == report_id and row["outcome"] == "read":
                return str(row["text"])
        return None


def decoded(files: Warehouse, year: str) -> set[str]:
    """The documents whose text could be read, as report ids."""
    return {row["report_id"] for row in files.records("raw_text", year, ["report_id", "outcome"]) if row["outcome"] == "read"}


def published_tables(files: Warehouse, year: str, corrected: Collection[tuple[str, str]]) -> Counter[Kind]:
    """How many tables of each form belong into validated_facts: of reports that were read, those validated and those corrected."""
    outcomes = files.records("reports", year, ["report_id", "outcome"])
    read = {row["report_id"] for row in outcomes if row["outcome"] == "read"}
    statuses = files.records("table_status", year, ["report_id", "table", "edition", "status"])
    return Counter(
        (row["edition"], row["table"])
        for row in statuses
        if row["report_id"] in read and (row["status"] == "validated" or (row["report_id"], row["table"]) in corrected)
    )


def corrected_tables(files: Warehouse, year: str) -> set[tuple[str, str]]:
    """The tables (report, table) of which validated_facts holds a corrected figure."""
    found: set[tuple[str, str]] = set()
    for table in files.tables("validated_facts", year, ["report_id", "table", "basis"]):
        rows = table.filter(pc.equal(table.column("basis"), pa.scalar("corrected"))).to_pylist()
        found |= {(row["report_id"], row["table"]) for row in rows}
    return found


def cell_counts(files: Warehouse, year: str) -> dict[tuple[str, str], int]:
    """How many cells each table of each report has."""
    counts: Counter[tuple[str, str]] = Counter()
    for table in files.tables("table_cells", year, ["report_id", "table"]):
        for row in table.group_by(["report_id", "table"]).aggregate([([], "count_all")]).to_pylist():
            counts[row["report_id"], row["table"]] += row["count_all"]
    return counts


def repeated_keys(files: Warehouse, name: str, year: str) -> Iterator[str]:
    """Keys of a dataset that occur twice.

    Batches are in the order of reports and cut none in two, so that two rows of one key stand in one batch or are out of order. A key
    without the report says nothing of the order: those are few, one a document, and all are held.
    """
    key = DATASETS[name].key
    if key and key[0] != "report_id":
        rows = Counter(tuple(row.values()) for row in files.records(name, year, key))
        yield from (" ".join(map(str, values)) for values, count in rows.items() if count > 1)
        return
    last = ""
    for table in files.tables(name, year, key or ["report_id", "table", "rule", "cells"]):
        yield from _repeated(table, key)
        ids = table.column("report_id")
        if ids[0].as_py() <= last:
            yield f"{ids[0].as_py()} in two batches"
        last = ids[-1].as_py()


def _repeated(table: pa.Table, key: tuple[str, ...]) -> Iterator[str]:
    if not key:  # violations: what tells two of one identity apart is the cells that it takes in, and there are few
        rows = Counter(repr(row) for row in table.to_pylist())
        yield from (row for row, count in rows.items() if count > 1)
        return
    counts = table.group_by(list(key), use_threads=False).aggregate([([], "count_all")])
    for row in counts.filter(pc.greater(counts.column("count_all"), pa.scalar(1))).to_pylist():
        yield " ".join(str(row[name]) for name in key)
