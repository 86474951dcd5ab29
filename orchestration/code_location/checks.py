"""Asset checks: each reads what one property needs from the partition and hands it to a plain function of the
floor below.
"""

import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import dagster as dg
import pyarrow as pa
import pyarrow.compute as pc

from assets import identities, quality
from assets.quality import Verdict
from orchestration.code_location.metadata import passing_failures_retried
from orchestration.code_location.partitions import YEARS
from orchestration.code_location.resources import Store
from orchestration.running.verdicts import Verdicts
from orchestration.running.year import (
    corrected_tables,
    published_tables,
    read_ids,
    repeated_keys,
    statuses_and_cells,
    tallies,
    without_evidence,
)
from orchestration.store.corrections import corrections_of, of_no_report
from orchestration.store.documents import sources
from orchestration.store.warehouse import Warehouse
from schemas.datasets import DATASETS, STATUSES
from schemas.forms import TABLE_KEYS


class Partition:
    """One year while its checks run. What several of them need is read once."""

    def __init__(self, store: Store, year: str) -> None:
        self.store, self.year = store, year

    @property
    def files(self) -> Warehouse:
        return self.store.files

    @cached_property
    def tallies(self) -> Mapping[str, identities.Tally]:
        return tallies(self.files, self.year)

    @cached_property
    def status_counts(self) -> Mapping[str, Counter[str]]:
        """For each table its statuses. Tables on which the program failed are left out: they say nothing of
        the source.
        """
        counts = {table: Counter[str]() for table in TABLE_KEYS}
        for rows in self.files.tables("table_status", self.year, ["table", "status", "error"]):
            sound = rows.filter(pc.is_null(rows.column("error")))
            for row in (
                sound.group_by(["table", "status"], use_threads=False)
                .aggregate([([], "count_all")])
                .to_pylist()
            ):
                counts[row["table"]][row["status"]] += row["count_all"]
        return counts

    @cached_property
    def sums(self) -> list[dict[str, Any]]:
        """What is broken in the reports that break an identity worst, in words."""
        worst = {one.report_id for tally in self.tallies.values() for one in tally.worst}
        columns = [
            "report_id",
            "table",
            "rule",
            "outcome",
            "message",
            "suspect_row",
            "suspect_column",
            "suspect_value",
        ]
        return [
            row
            for row in self.files.rows_of("violations", self.year, worst, columns)
            if row["outcome"] == "broken"
        ]

    @cached_property
    def sources(self) -> Mapping[str, str]:
        """Which documents those reports are. No links: a browser opens no file from a page of a server, and
        the UI takes such links away.
        """
        worst = {one.report_id for tally in self.tallies.values() for one in tally.worst}
        rows = self.files.rows_of("raw_text", self.year, worst, ["report_id", "source", "outcome"])
        return {row["report_id"]: row["source"] for row in rows if row["outcome"] == "read"}


@dataclass(frozen=True)
class Property:
    """A property of a dataset. What must never fail blocks: nothing is made of the data after it. The others
    describe the source, and warn.
    """

    dataset: str
    name: str
    description: str
    blocking: bool
    judge: Callable[[Partition], Verdict]
    # at more than the partitions of the year: what it found last does not hold for them being the same
    looks_elsewhere: bool = False


# --- every dataset


def keys_unique(dataset: str, partition: Partition) -> Verdict:
    return quality.keys_unique(repeated_keys(partition.files, dataset, partition.year))


# --- conservation


def reports_conserved(dataset: str, each: int, partition: Partition) -> Verdict:
    ids = [
        rows.column("report_id") for rows in partition.files.tables(dataset, partition.year, ["report_id"])
    ]
    found = pa.chunked_array([chunk for column in ids for chunk in column.chunks], pa.string())
    return quality.reports_conserved(read_ids(partition.files, "raw_text", partition.year), found, each)


def cells_complete(partition: Partition) -> Verdict:
    return quality.cells_complete(statuses_and_cells(partition.files, partition.year))


def documents_conserved(partition: Partition) -> Verdict:
    there = sources(partition.store.raw_folder, partition.year)
    return quality.documents_conserved(there, partition.files.column("reports", partition.year, "source"))


def no_internal_errors(partition: Partition) -> Verdict:
    rows = partition.files.records("reports", partition.year, ["source", "reason"])
    return quality.no_internal_errors((row["source"], row["reason"]) for row in rows)


def facts_complete(partition: Partition) -> Verdict:
    files, year = partition.files, partition.year
    return quality.facts_complete(
        published_tables(files, year, corrected_tables(files, year)), files.rows("validated_facts", year)
    )


# --- evidence


def evidence_shown(partition: Partition) -> Verdict:
    files, year = partition.files, partition.year
    return quality.evidence_shown(files.rows("validated_facts", year), without_evidence(files, year))


# --- the quality of the source


def identity_holds(name: str, table: str, partition: Partition) -> Verdict:
    uncertain = partition.status_counts[table]["uncertain"]
    return quality.identity_holds(name, partition.tallies[name], uncertain, partition.sums, partition.sources)


def status_share(status: str, partition: Partition) -> Verdict:
    return quality.status_share(status, sum(partition.status_counts.values(), Counter()))


def corrections_fit(partition: Partition) -> Verdict:
    raw, files = partition.store.raw_folder, partition.files
    found = corrections_of(raw, files, partition.year)
    unknown = of_no_report(raw, files, found.decision.elsewhere)
    return quality.corrections_fit(found.sheet.problems, found.decision, unknown)


def _properties() -> Iterator[Property]:
    for name, dataset in DATASETS.items():
        what = (
            f"No two rows are of the same {', '.join(dataset.key)}."
            if dataset.key
            else "No row is there twice."
        )
        yield Property(name, "keys_unique", what, True, partial(keys_unique, name))
    conserved = "Each document whose text could be read has its {}, and there are none of others."
    yield Property(
        "normalized_text",
        "reports_conserved",
        conserved.format("row"),
        True,
        partial(reports_conserved, "normalized_text", 1),
    )
    tables = len(TABLE_KEYS)
    yield Property(
        "table_status",
        "reports_conserved",
        conserved.format("three rows"),
        True,
        partial(reports_conserved, "table_status", tables),
    )
    yield Property(
        "table_cells",
        "cells_complete",
        "Each table that is there has all cells of its form, and no other.",
        True,
        cells_complete,
    )
    for rule, (table, identity) in identities.hard_identities().items():
        what = (
            f"{identity.text} ({rule}; {identity.source}). Counts reports in which it holds, is broken, "
            "or is left undecided by blanks."
        )
        yield Property(
            "violations", rule.replace(".", "_"), what, False, partial(identity_holds, rule, table)
        )
    for status in STATUSES:
        what = f"The share of tables that are {status} is within what is expected."
        yield Property("table_status", f"share_{status}", what, False, partial(status_share, status))
    what = "The documents in the raw store are the rows of reports: none is lost, none is counted twice."
    yield Property("reports", "documents_conserved", what, True, documents_conserved, True)
    what = (
        "The program failed on no document. Where it did, the document is refused and the others are "
        "unharmed."
    )
    yield Property("reports", "no_internal_errors", what, False, no_internal_errors)
    what = (
        "Validated and corrected tables of documents that were read, times the cells of their form, are "
        "the rows of validated_facts."
    )
    yield Property("validated_facts", "facts_complete", what, True, facts_complete)
    what = "The raw text shows every published figure where the fact says that it is printed."
    yield Property("validated_facts", "evidence_shown", what, True, evidence_shown)
    what = (
        "Every correction in corrections.csv that concerns this year, or no report at all, could be applied."
    )
    yield Property("validated_facts", "corrections_fit", what, False, corrections_fit, True)


PROPERTIES = tuple(_properties())


def _checks(dataset: str) -> dg.AssetChecksDefinition:
    """All properties of a dataset as asset checks: each has its own history, all are looked at in one step,
    which is quicker.
    """
    properties = {prop.name: prop for prop in PROPERTIES if prop.dataset == dataset}
    specs = [
        dg.AssetCheckSpec(
            prop.name,
            asset=dataset,
            description=prop.description,
            blocking=prop.blocking,
            partitions_def=YEARS,
        )
        for prop in properties.values()
    ]

    @dg.multi_asset_check(name=f"{dataset}_checks", specs=specs, can_subset=True)
    def check(context: dg.AssetCheckExecutionContext, store: Store) -> Iterator[dg.AssetCheckResult]:
        partition = Partition(store, context.partition_key)
        verdicts = Verdicts(partition.files, dataset, partition.year, str(store.raw_folder))
        chosen = {key.name for key in context.selected_asset_check_keys}
        for name, prop in properties.items():
            if name in chosen:
                with passing_failures_retried():
                    judge = partial(prop.judge, partition)
                    result = _result(prop, judge() if prop.looks_elsewhere else verdicts.of(name, judge))
                yield result

    return check


def _result(prop: Property, verdict: Verdict) -> dg.AssetCheckResult:
    metadata: dict[str, Any] = {
        name: list(value) if isinstance(value, tuple) else value for name, value in verdict.figures.items()
    }
    if verdict.details:
        metadata["details"] = dg.MetadataValue.md(verdict.details)
    return dg.AssetCheckResult(
        asset_key=prop.dataset,
        check_name=prop.name,
        passed=verdict.passed,
        severity=dg.AssetCheckSeverity.ERROR if prop.blocking else dg.AssetCheckSeverity.WARN,
        description=verdict.message,
        metadata=metadata,
    )


with warnings.catch_warnings():
    # Partitions of checks are still marked as a preview; without them a check would load every year.
    warnings.simplefilter("ignore", category=dg.PreviewWarning)
    CHECKS = [_checks(dataset) for dataset in DATASETS]
