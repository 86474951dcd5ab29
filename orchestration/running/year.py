"""What a finished year holds, read back from its partitions: what steps and checks both need to see that
nothing is lost or wrong.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from assets import evidence, identities
from orchestration.computing.mapping import Tables, map_batches
from orchestration.running.inputs import Inputs
from orchestration.store.warehouse import Warehouse
from schemas.datasets import DATASETS

Kind = tuple[str | None, str]  # (edition, table)
_GROUPS = 8  # batches of a partition that are looked at in one go

_BROKEN = pa.struct([("report_id", pa.string()), ("times", pa.int64()), ("gap", pa.int64())])
_TALLIES: pa.Schema = pa.schema(
    [
        ("name", pa.string()),
        ("holds", pa.int64()),
        ("broken", pa.int64()),
        ("undecided", pa.int64()),
        ("worst", pa.list_(_BROKEN)),
    ]  # type: ignore[arg-type]
)
_REPEATED = pa.schema([("repeated", pa.list_(pa.string())), ("first", pa.string()), ("last", pa.string())])


def without_evidence(files: Warehouse, year: str) -> Iterator[str]:
    """Yield a sentence for each fact that the raw text does not show where the fact says."""
    for made in _over(files, year, "validated_facts", _without_evidence, "raw_text"):
        yield from map(str, made["found"].column("sentence").to_pylist())


def _without_evidence(inputs: Inputs, groups: list[Group]) -> Tables:
    found: list[str] = []
    for facts in _groups(inputs, "validated_facts", groups, evidence.COLUMNS):
        ids = sorted(map(str, facts.column("report_id").unique().to_pylist()))
        found += evidence.without_evidence(
            facts, evidence.Texts(inputs.rows("raw_text", ids, ("report_id", "outcome", "text")))
        )
    return {"found": pa.table({"sentence": pa.array(found, pa.string())})}


def tallies(files: Warehouse, year: str) -> dict[str, identities.Tally]:
    """Return for each identity in how many reports of the year it holds, is broken, or is undecided."""
    total = identities.tally([])
    for made in _over(files, year, "table_cells", _tallies):
        for row in made["tallies"].to_pylist():
            worst = [identities.Broken(*one.values()) for one in row["worst"]]
            total[row["name"]].merge(identities.Tally(row["holds"], row["broken"], row["undecided"], worst))
    return total


def _tallies(inputs: Inputs, groups: list[Group]) -> Tables:
    made = identities.tally(_groups(inputs, "table_cells", groups, identities.COLUMNS))
    return {
        "tallies": pa.Table.from_pylist(
            [{"name": name} | asdict(one) for name, one in made.items()], _TALLIES
        )
    }


def read_ids(files: Warehouse, dataset: str, year: str) -> Any:
    """Return the report ids of the documents that raw_text or reports says were read, as an Arrow array: a
    year of them takes few bytes.
    """
    found: list[Any] = [pa.array([], pa.string())]
    for rows in files.tables(dataset, year, ["report_id", "outcome"]):
        read = rows.filter(pc.equal(rows.column("outcome"), pa.scalar("read")))
        found += read.column("report_id").chunks
    return pa.concat_arrays(found)


def published_tables(files: Warehouse, year: str, corrected: Collection[tuple[str, str]]) -> Counter[Kind]:
    """Count the tables that belong into validated_facts, by edition and key: of reports that were read,
    those validated and those corrected.
    """
    names = ["report_id", "table", "edition", "status"]
    batches = list(Inputs.of(files, year, "table_status").batches("table_status", names, encoded=True))
    if not batches:
        return Counter()
    statuses = pa.concat_tables(batches).unify_dictionaries()
    statuses = statuses.filter(
        pc.is_in(statuses.column("report_id"), value_set=read_ids(files, "reports", year))
    )
    by_hand = pa.array({report_id for report_id, _ in corrected}, pa.string())
    concerned = statuses.filter(pc.is_in(statuses.column("report_id"), value_set=by_hand)).to_pylist()
    found = Counter(
        (row["edition"], row["table"])
        for row in concerned
        if row["status"] != "validated" and (row["report_id"], row["table"]) in corrected
    )
    validated = statuses.filter(pc.equal(statuses.column("status"), pa.scalar("validated")))
    for row in (
        validated.group_by(["edition", "table"], use_threads=False).aggregate([([], "count_all")]).to_pylist()
    ):
        found[row["edition"], row["table"]] += row["count_all"]
    return found


def corrected_tables(files: Warehouse, year: str) -> set[tuple[str, str]]:
    """Return the tables (report, table) of which validated_facts holds a corrected figure."""
    found: set[tuple[str, str]] = set()
    for table in Inputs.of(files, year, "validated_facts").batches(
        "validated_facts", ["report_id", "table", "basis"], encoded=True
    ):
        rows = table.filter(pc.equal(table.column("basis"), pa.scalar("corrected"))).to_pylist()
        found |= {(row["report_id"], row["table"]) for row in rows}
    return found


def statuses_and_cells(
    files: Warehouse, year: str
) -> Iterator[tuple[str, list[dict[str, Any]], Counter[str]]]:
    """Yield for each report its rows of table_status and the number of cells of each of its tables, also
    for a report that has only one of the two.

    A report that is out of order comes twice, each time with a part.
    """
    rows = files.groups("table_status", year, ["report_id", "table", "edition", "status", "error"])
    statuses = ((report_id, own, Counter[str]()) for report_id, own in rows)
    none: list[dict[str, Any]] = []
    counts = (
        (row["report_id"], none, Counter({row["table"]: row["cells"]})) for row in _cell_counts(files, year)
    )
    for report_id, parts in groupby(heapq.merge(statuses, counts, key=itemgetter(0)), itemgetter(0)):
        own, cells = list[dict[str, Any]](), Counter[str]()
        for _, some, others in parts:
            own += some
            cells += others
        yield report_id, own, cells


def _cell_counts(files: Warehouse, year: str) -> Iterator[dict[str, Any]]:
    for made in _over(files, year, "table_cells", _counted):
        yield from made["counts"].to_pylist()


def _counted(inputs: Inputs, groups: list[Group]) -> Tables:
    names = ["report_id", "table"]
    found = [
        pa.table(
            {
                "report_id": pa.array([], pa.string()),
                "table": pa.array([], pa.string()),
                "cells": pa.array([], pa.int64()),
            }
        )
    ]
    for table in _groups(inputs, "table_cells", groups, [*names, "label"]):
        table = table.filter(pc.is_null(table.column("label")))  # the cells of the form
        counts = table.group_by(names, use_threads=False).aggregate([([], "count_all")])
        found.append(counts.rename_columns([*names, "cells"]).cast(found[0].schema).sort_by("report_id"))
    return {"counts": pa.concat_tables(found)}


def repeated_keys(files: Warehouse, name: str, year: str) -> Iterator[str]:
    """Yield the keys of a dataset that occur twice.

    Batches are in the order of reports and cut none in two, so that two rows of one key stand in one batch
    or are out of order. A key without the report says nothing of the order: those are few, one a document,
    and all are held.
    """
    key = DATASETS[name].key
    if key and key[0] != "report_id":
        rows = Counter(tuple(row.values()) for row in files.records(name, year, key))
        yield from (" ".join(map(str, values)) for values, count in rows.items() if count > 1)
        return
    last = ""
    for made in _over(files, year, name, partial(_repeated_in, name)):
        for row in made["found"].to_pylist():
            yield from row["repeated"]
            if row["first"] <= last:
                yield f"{row['first']} in two batches"
            last = row["last"]


def _repeated_in(dataset: str, inputs: Inputs, groups: list[Group]) -> Tables:
    key = DATASETS[dataset].key
    rows = []
    for table in _groups(inputs, dataset, groups, key or DATASETS[dataset].names):
        ids = table.column("report_id")
        rows.append(
            {"repeated": list(_repeated(table, key)), "first": ids[0].as_py(), "last": ids[-1].as_py()}
        )
    return {"found": pa.Table.from_pylist(rows, _REPEATED)}


def _repeated(table: pa.Table, key: tuple[str, ...]) -> Iterator[str]:
    if not key:  # only a whole row tells it from another; such datasets have few
        rows = Counter(repr(row) for row in table.to_pylist())
        yield from (row for row, count in rows.items() if count > 1)
        return
    counts = table.group_by(list(key), use_threads=False).aggregate([([], "count_all")])
    for row in counts.filter(pc.greater(counts.column("count_all"), pa.scalar(1))).to_pylist():
        yield " ".join(str(row[name]) for name in key)


# --- going through a partition, by all workers

Group = tuple[int, str | None]  # a batch of rows of a partition, and why it is not to be tried
Function = Callable[[Inputs, list[Group]], Tables]


def _over(files: Warehouse, year: str, dataset: str, function: Function, *others: str) -> Iterator[Tables]:
    """Yield what a function makes of some batches of a partition at a time, in their order."""
    inputs = Inputs.of(files, year, dataset, *others)
    with files.open(dataset, year) as file:
        count = file.num_row_groups
    groups: list[list[Group]] = [
        [(group, None) for group in range(first, min(first + _GROUPS, count))]
        for first in range(0, count, _GROUPS)
    ]
    return map_batches(
        partial(_tried, function, inputs), groups, _untried, lambda group: f"{dataset}, batch {group[0]}"
    )


def _tried(function: Function, inputs: Inputs, groups: list[Group]) -> Tables:
    if refused := [why for _, why in groups if why]:
        raise RuntimeError(refused[0])  # a check that could not look must not pass
    return function(inputs, groups)


def _untried(group: Group, why: str) -> Group:
    return group[0], why


def _groups(inputs: Inputs, dataset: str, groups: list[Group], columns: Sequence[str]) -> Iterator[pa.Table]:
    return inputs.batches(dataset, columns, [group for group, _ in groups], encoded=True)
