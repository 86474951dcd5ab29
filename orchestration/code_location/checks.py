"""Asset checks: each reads what one property needs from the partition and hands it to a plain function of the
floor below.
"""

import inspect
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
from orchestration.freshness import documents_listed, documents_there
from orchestration.running import over_years
from orchestration.running.verdicts import Verdicts, last_found
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


class CheckedYear:
    """What several checks of one year need, each read once."""

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
        """For each table, the number of reports in each status. Tables on which the program failed are left
        out: they say nothing of the source.
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


Judge = Callable[[CheckedYear], Verdict]


@dataclass(frozen=True)
class Property:
    """A property of a dataset. What must never fail blocks: nothing is made of the data after it. The others
    describe the source, and warn.
    """

    dataset: str
    name: str
    description: str
    judge: Judge
    blocking: bool = True
    # at more than the partitions of the year: what it found last does not hold for them being the same
    looks_elsewhere: bool = False
    against_last_year: bool = False  # whether it is held against what it found of the year before


_NAMED: list[Property] = []


def of(dataset: str, **options: bool) -> Callable[[Judge], Judge]:
    """Make a property of a function: its name is that of the property, its docstring the description."""

    def decorate(judge: Judge) -> Judge:
        text = inspect.cleandoc(judge.__doc__ or "").replace("\n", " ")
        _NAMED.append(Property(dataset, judge.__name__, text, judge, **options))
        return judge

    return decorate


# --- conservation: nothing is lost, nothing is counted twice


@of("table_cells")
def cells_complete(checked: CheckedYear) -> Verdict:
    """Each table that is there has all cells of its form, and no other."""
    return quality.cells_complete(statuses_and_cells(checked.files, checked.year))


@of("reports", looks_elsewhere=True)
def documents_conserved(checked: CheckedYear) -> Verdict:
    """The documents that the run found in the raw store are the rows of reports: none is lost, none is
    counted twice. Says what came into the raw store, or left it, since.
    """
    raw, files, year = checked.store.raw_folder, checked.files, checked.year
    there = sources(raw, year)
    same = documents_listed(files, year) == documents_there(raw, year)[1]
    found = there if same else files.column("raw_text", year, "source")
    return quality.documents_conserved(found, files.column("reports", year, "source"), there)


@of("reports", blocking=False)
def no_internal_errors(checked: CheckedYear) -> Verdict:
    """The program failed on no document. Where it did, the document is refused and the others are
    unharmed.
    """
    rows = checked.files.records("reports", checked.year, ["source", "reason"])
    return quality.no_internal_errors((row["source"], row["reason"]) for row in rows)


@of("claims", blocking=False)
def prose_read(checked: CheckedYear) -> Verdict:
    """The program failed on the prose of no report. Where it did, the report has no claims and is otherwise
    unharmed.
    """
    rows = checked.files.records("claims", checked.year, ["report_id", "error"])
    return quality.no_internal_errors({row["report_id"]: row["error"] for row in rows}.items())


@of("claims", blocking=False)
def prose_agrees(checked: CheckedYear) -> Verdict:
    """No sentence contradicts the tables of its report. Shows the ten reports that do it most,
    with their words.
    """
    columns = ["report_id", "outcome", "quantity", "value", "printed", "quote"]
    return quality.prose_agrees(checked.files.records("claims", checked.year, columns))


@of("prose_rules", blocking=False)
def prose_rules_hold(checked: CheckedYear) -> Verdict:
    """No report breaks a rule across sections: fees and their notices, parts and their total, the year of
    the figures.
    """
    columns = ["report_id", "rule", "outcome", "message"]
    return quality.prose_rules_hold(checked.files.records("prose_rules", checked.year, columns))


@of("validated_facts")
def facts_complete(checked: CheckedYear) -> Verdict:
    """Validated and corrected tables of documents that were read, times the cells of their form, are the
    rows of validated_facts that are no added ones.
    """
    files, year = checked.files, checked.year
    published = published_tables(files, year, corrected_tables(files, year))
    own = sum(facts.column("label").null_count for facts in files.tables("validated_facts", year, ["label"]))
    return quality.facts_complete(published, own)


@of("validated_facts")
def evidence_shown(checked: CheckedYear) -> Verdict:
    """The raw text shows every published figure where the fact says that it is printed."""
    files, year = checked.files, checked.year
    return quality.evidence_shown(files.rows("validated_facts", year), without_evidence(files, year))


@of("validated_facts", blocking=False, looks_elsewhere=True)
def corrections_fit(checked: CheckedYear) -> Verdict:
    """Every correction in corrections.csv that concerns this year, or no report at all, could be applied."""
    raw, files = checked.store.raw_folder, checked.files
    found = corrections_of(raw, files, checked.year)
    unknown = of_no_report(raw, files, found.decision.elsewhere)
    return quality.corrections_fit(found.sheet.problems, found.decision, unknown)


# --- over years: what describes organs rather than the reader


@of("year_over_year", blocking=False)
def follows_from_last_year(checked: CheckedYear) -> Verdict:
    """At most a fifth of the figures that can be held against last year's report do not follow from it,
    unless a correction or another version explains them.
    """
    outcomes = over_years.outcomes(checked.files, checked.year)
    return quality.follows_from_last_year(outcomes)


@of("compliance", blocking=False)
def on_time(checked: CheckedYear) -> Verdict:
    """At least half of the reports whose day is known were published by it."""
    return quality.on_time(over_years.counts(checked.files, checked.year, "compliance", "on_time"))


@of("panel", blocking=False)
def received_covered(checked: CheckedYear) -> Verdict:
    """Of at least half of the reports it is sure how many applications were received."""
    return quality.received_covered(over_years.counts(checked.files, checked.year, "panel", "f_received"))


# --- properties of many datasets, identities, statuses


def keys_unique(dataset: str, checked: CheckedYear) -> Verdict:
    return quality.keys_unique(repeated_keys(checked.files, dataset, checked.year))


def reports_conserved(dataset: str, each: int, checked: CheckedYear) -> Verdict:
    ids = [rows.column("report_id") for rows in checked.files.tables(dataset, checked.year, ["report_id"])]
    found = pa.chunked_array([chunk for column in ids for chunk in column.chunks], pa.string())
    return quality.reports_conserved(read_ids(checked.files, "raw_text", checked.year), found, each)


def identity_holds(name: str, table: str, checked: CheckedYear) -> Verdict:
    uncertain = checked.status_counts[table]["uncertain"]
    return quality.identity_holds(name, checked.tallies[name], uncertain, checked.sums, checked.sources)


def status_share(status: str, checked: CheckedYear) -> Verdict:
    return quality.status_share(status, sum(checked.status_counts.values(), Counter()))


def _of_many() -> Iterator[Property]:
    for name, dataset in DATASETS.items():
        key = ", ".join(dataset.key)
        what = f"No two rows are of the same {key}." if key else "No row is there twice."
        yield Property(name, "keys_unique", what, partial(keys_unique, name))
    for name, each, rows in (("normalized_text", 1, "row"), ("table_status", len(TABLE_KEYS), "three rows")):
        what = f"Each document whose text could be read has its {rows}, and there are none of others."
        yield Property(name, "reports_conserved", what, partial(reports_conserved, name, each))
    for rule, (table, identity) in identities.hard_identities().items():
        what = (
            f"{identity.text} ({rule}; {identity.source}). "
            "Counts reports in which it holds, is broken, or is left undecided by blanks. Warns where more "
            "reports break it than last year, by over 2 points, or than 5 % where no last year is known."
        )
        judge = partial(identity_holds, rule, table)
        name = rule.replace(".", "_")
        yield Property("violations", name, what, judge, blocking=False, against_last_year=True)
    for status in STATUSES:
        what = f"The share of tables that are {status} is within what is expected."
        yield Property("table_status", f"share_{status}", what, partial(status_share, status), False)


PROPERTIES = (*_of_many(), *_NAMED)


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
            partitions_def=YEARS if DATASETS[dataset].by_year else None,
        )
        for prop in properties.values()
    ]

    @dg.multi_asset_check(name=f"{dataset}_checks", specs=specs, can_subset=True)
    def check(context: dg.AssetCheckExecutionContext, store: Store) -> Iterator[dg.AssetCheckResult]:
        year = context.partition_key if DATASETS[dataset].by_year else ""
        store.resume(context, year)
        checked = CheckedYear(store, year)
        verdicts = Verdicts(checked.files, dataset, checked.year, str(store.raw_folder))
        chosen = {key.name for key in context.selected_asset_check_keys}
        sound = True
        for name, prop in properties.items():
            if name in chosen:
                with passing_failures_retried():
                    judge = partial(prop.judge, checked)
                    verdict = judge() if prop.looks_elsewhere else verdicts.of(name, judge)
                    if prop.against_last_year:
                        last = last_found(checked.files, dataset, str(int(year) - 1), name)
                        verdict = quality.against_last_year(verdict, last)
                    result = _result(prop, verdict)
                sound = sound and (result.passed or not prop.blocking)
                yield result
        if sound:
            with passing_failures_retried():
                store.done(context, checked.year)

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
