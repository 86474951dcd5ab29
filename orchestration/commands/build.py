"""`ogi build`: runs the pipeline through Dagster for some report years in turn, and says what was made and
what was refused.
"""

from __future__ import annotations

import argparse
import logging
import os
import socket
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, cast

import dagster as dg
import pyarrow as pa
import pyarrow.compute as pc

from assets.corrections import FILE as CORRECTIONS
from assets.escaping import in_line
from assets.organs_sheet import FILE as ORGANS_FILE
from assets.organs_sheet import ROSTER
from assets.pipeline import OVER_YEARS
from assets.quality import NotPublishedError
from orchestration import progress
from orchestration.code_location.definitions import BUILD_ORGANS, BUILD_PANEL, BUILD_YEAR, defs
from orchestration.code_location.partitions import FIRST_YEAR, YEARS, known_years
from orchestration.code_location.recovery import HOST
from orchestration.freshness import why_again
from orchestration.store.corrections import of_no_year
from orchestration.store.documents import raw_years
from orchestration.store.folders import BusyError, names
from orchestration.store.paths import Folder, StoreError
from orchestration.store.warehouse import Warehouse
from schemas.datasets import DATASETS, STATUSES
from schemas.forms import TABLE_KEYS

_SHOWN = 20  # documents that are listed a year; all are in `reports`


@dataclass(frozen=True, slots=True)
class Notice:
    """A document that a person should look at: refused, or read with a table that is not validated, or with a
    note.
    """

    source: str
    outcome: str
    messages: tuple[str, ...]


@dataclass(slots=True)
class Year:
    """What became of one year. `error` is set where it could not be made; the datasets are then as they
    were.
    """

    year: str
    seconds: float = 0.0
    error: str | None = None
    warnings: list[str] = field(default_factory=list)
    corrected: list[str] = field(default_factory=list)
    not_corrected: list[str] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    tables: dict[str, Counter[str]] = field(default_factory=dict)
    facts: int = 0
    documents: list[Notice] = field(
        default_factory=list
    )  # the first of those that there is something to say of
    told: int = 0  # how many those are


@dataclass(slots=True)
class Summary:
    """What a build made. `ignored` are problems with what was asked for or lies in the raw store."""

    raw: Folder
    warehouse: Folder
    years: list[Year] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)  # what could not be made over the years

    @property
    def status(self) -> int:
        """The exit status: 0 all was made, 1 something could not be made, 2 there was nothing to make."""
        if not self.years:
            return 2
        return 1 if self.failed or any(year.error for year in self.years) else 0


def build(
    raw: Folder, warehouse: Folder, years: Sequence[str] | None = None, accept: str | None = None
) -> Summary:
    """Make the datasets of some years, by default of every year in the raw store. A year that fails does not
    stop the others. `accept` is why a year may be published that has collapsed against the published one.
    """
    raw, warehouse = raw.resolve(), warehouse.resolve()
    summary = Summary(raw, warehouse)
    there = Warehouse(warehouse).years()
    wanted = _wanted(summary, years)
    with _instance() as instance, progress.watched(_steps(len(wanted)), "dataset"):
        for year in wanted:
            summary.years.append(_build_year(summary, instance, year, accept))
        if wanted:
            _build_over_years(summary, instance)
    if orphans := sorted(set(there) - set(raw_years(raw))):
        years_ = ", ".join(orphans)
        summary.ignored.append(
            f"still in {warehouse}, though the raw store has no folder for it: {years_}; remove it "
            "there if it is to go"
        )
    summary.ignored += [f"{CORRECTIONS}, {problem}" for problem in of_no_year(raw, Warehouse(warehouse))]
    return summary


def _execute(
    summary: Summary, instance: Any, job: str, year: str | None, tags: dict[str, str] | None = None
) -> dg.ExecuteInProcessResult:
    return defs.resolve_job_def(job).execute_in_process(
        run_config=_run_config(summary.raw, summary.warehouse),
        partition_key=year,
        instance=instance,
        raise_on_error=False,
        tags={HOST: socket.gethostname(), **(tags or {})},
    )


def _build_year(summary: Summary, instance: Any, year: str, accept: str | None) -> Year:
    started = time.perf_counter()
    made = Year(year)
    try:
        tags = {"ogi/accept": accept} if accept else None
        _take_result(made, _execute(summary, instance, BUILD_YEAR, year, tags))
        if made.error is None:
            _take_reports(made, Warehouse(summary.warehouse))
    except Exception as error:  # Dagster or the disk failed: say so, and go on with the next year
        made.error = f"{type(error).__name__}: {error}"
    made.seconds = time.perf_counter() - started
    return made


def _steps(years: int) -> int:
    """How many datasets a build of some years makes."""
    return sum(years if dataset.by_year else 1 for dataset in DATASETS.values())


def _build_over_years(summary: Summary, instance: Any) -> None:
    """Make what looks at more than one year: first what is made of all years, then of each year that is out
    of date with it, also of years that were not asked for.
    """
    files = Warehouse(summary.warehouse)
    yearly = [stage for stage in OVER_YEARS if stage.by_year]
    _run_over_years(summary, instance, BUILD_ORGANS, None)
    wanted = {year.year for year in summary.years if year.error is None}
    for year in known_years(files.years())[0]:
        if year in wanted or why_again(summary.raw, files, year, yearly):
            _run_over_years(summary, instance, BUILD_PANEL, year)
    with suppress(FileNotFoundError):
        for row in files.records("rulings", ""):
            if not row["applied"]:
                where = row["file"] + (f", line {row['line']}" if row["line"] else "")
                said = row["said"]
                summary.ignored.append(said if said.startswith(where) else f"{where}: {said}")


def _run_over_years(summary: Summary, instance: Any, job: str, year: str | None) -> None:
    of = Year(year or "all years")
    try:
        result = _execute(summary, instance, job, year)
        problems = _problems(of, result)
        if not result.success:
            of.error = "; ".join(problems) or "the run failed"
    except Exception as error:  # Dagster or the disk failed: say so
        of.error = f"{type(error).__name__}: {error}"
    if of.error:
        summary.failed.append(f"{of.year}  FAILED: {of.error}")
    made = [one for one in summary.years if one.year == year]
    for warning in of.warnings:
        (made[0].warnings if made else summary.ignored).append(warning)


def _wanted(summary: Summary, years: Sequence[str] | None) -> list[str]:
    """Return the years to make, and note those that cannot be made."""
    there = raw_years(summary.raw)
    wanted, unknown = known_years(years or there)
    newest = YEARS.get_last_partition_key()
    summary.ignored += [
        f"{year}: no report year; those from {FIRST_YEAR} to {newest} are" for year in unknown
    ]
    summary.ignored += [
        f"{year}: {summary.raw} has no folder for this year" for year in wanted if year not in there
    ]
    if not there:
        summary.ignored.append(
            f"{summary.raw} has no folder of a report year: put documents there with `ogi ingest`"
        )
    elif loose := [
        name
        for name in names(summary.raw)
        if name not in (*there, CORRECTIONS, ORGANS_FILE, ROSTER) and name[0] != "."
    ]:
        shown = ", ".join(sorted(loose)[:_SHOWN])
        summary.ignored.append(
            f"not in the folder of a year, and left alone: {shown}{' ...' if len(loose) > _SHOWN else ''}"
        )
    return [year for year in wanted if year in there]


def _instance() -> Any:
    """Return the Dagster instance that records the runs: the one of DAGSTER_HOME, so that its UI shows
    them, else one for this call only.
    """
    return dg.DagsterInstance.get() if os.environ.get("DAGSTER_HOME") else dg.DagsterInstance.ephemeral()


def _run_config(raw: Folder, warehouse: Folder) -> dict[str, Any]:
    return {
        "resources": {"store": {"config": {"raw": str(raw), "warehouse": str(warehouse)}}},
        # Dagster tells every step at length. What went wrong is told at the end, in sentences.
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
    }


def _take_result(made: Year, result: dg.ExecuteInProcessResult) -> None:
    problems = _problems(made, result)
    if problems or not result.success:
        made.error = "; ".join(problems) or "the run failed"
        made.error += " (all datasets of this year are as they were)"


def _problems(made: Year, result: dg.ExecuteInProcessResult) -> list[str]:
    """Return what went wrong in a run; warnings and corrections are taken down."""
    problems = []
    for event in result.all_events:
        if event.is_step_failure:
            failure = event.step_failure_data.error
            cause = failure.cause if failure and failure.cause else failure
            if (
                cause is None or cause.cls_name != "DagsterAssetCheckFailedError"
            ):  # the checks that failed say so themselves
                problems.append(
                    f"{event.step_key}: {_told(cause.cls_name, cause.message) if cause else 'failed'}"
                )
        elif event.is_step_materialization and event.asset_key:
            metadata = event.step_materialization_data.materialization.metadata
            if event.asset_key == dg.AssetKey("validated_facts"):
                _take_corrections(made, metadata)
            if "damaged" in metadata:
                made.warnings.append(f"{event.asset_key.to_user_string()} {metadata['damaged'].value}")
            if "accepted" in metadata:
                made.warnings.append(f"accepted, {metadata['accepted'].value}")
    for check in result.get_asset_check_evaluations():
        if check.passed or check.check_name == "corrections_fit":  # which the summary tells line by line
            continue
        judged = check.metadata.get("judged")
        if judged is not None and judged.value == 0:  # such as of a first year against the one before
            continue
        message = f"check {check.asset_key.to_user_string()}.{check.check_name}: {check.description}"
        (problems if check.severity == dg.AssetCheckSeverity.ERROR else made.warnings).append(message)
    return problems


def _told(class_name: str | None, message: str) -> str:
    """Return what an error says; if that is a sentence for people, without the name of its class."""
    sentence = class_name in (StoreError.__name__, BusyError.__name__, NotPublishedError.__name__)
    return message.strip().partition(": ")[2] if sentence else message.strip()


def _take_corrections(made: Year, metadata: Mapping[str, dg.MetadataValue[Any]]) -> None:
    for name, told in (
        ("corrections_applied", made.corrected),
        ("corrections_not_applied", made.not_corrected),
    ):
        if name in metadata:
            told += cast(list[str], metadata[name].value)


def _take_reports(made: Year, files: Warehouse) -> None:
    """Read back what was written: the summary tells what readers will find, not what was meant."""
    made.tables = {table: Counter() for table in TABLE_KEYS}
    made.facts = files.rows("validated_facts", made.year)
    status = [f"{table}_{what}" for table in TABLE_KEYS for what in ("status", "reasons")]
    for rows in files.tables("reports", made.year, ["source", "outcome", "reason", "notes", *status]):
        made.outcomes.update(_counts(rows, "outcome"))
        read = rows.filter(pc.equal(rows.column("outcome"), pa.scalar("read")))
        for table in TABLE_KEYS:
            made.tables[table].update(_counts(read, f"{table}_status"))
        told = rows.filter(_something_to_say(rows))
        made.told += len(told)
        for row in told.slice(0, _SHOWN - len(made.documents)).to_pylist():
            made.documents.append(Notice(row["source"], row["outcome"], tuple(_messages(row))))


def _counts(rows: pa.Table, column: str) -> Counter[str]:
    found: Any = pc.value_counts(rows.column(column))
    return Counter({str(one["values"]): one["counts"] for one in found.to_pylist()})


def _something_to_say(rows: pa.Table) -> Any:
    """Return for each row of reports whether `_messages` has any."""
    notes: Any = pc.list_value_length(rows.column("notes"))
    found: Any = pc.or_(pc.is_valid(rows.column("reason")), pc.greater(notes, pa.scalar(0)))
    for table in TABLE_KEYS:
        differs: Any = pc.not_equal(rows.column(f"{table}_status"), pa.scalar("validated"))
        found = pc.or_(found, pc.fill_null(differs, False))
    return found


def _messages(row: dict[str, Any]) -> Iterator[str]:
    if row["reason"]:
        yield row["reason"]
    for table in TABLE_KEYS:
        status, reasons = row[f"{table}_status"], row[f"{table}_reasons"]
        if status not in (None, "validated"):
            yield (
                f"{table} {status}"
                + (f": {reasons[0]}" if reasons else "")
                + (f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else "")
            )
    yield from row["notes"]


# --- for people


def lines(summary: Summary) -> Iterator[str]:
    """Yield the lines of the summary."""
    for year in summary.years:
        yield from _year_lines(year)
    yield from summary.failed
    yield from summary.ignored
    made = [year for year in summary.years if year.error is None]
    outcomes = sum((year.outcomes for year in made), Counter[str]())
    facts = sum(year.facts for year in made)
    documents = f"{outcomes.total()} documents, {outcomes['read']} of them read"
    yield f"{len(made)} of {len(summary.years)} years made: {documents}; {facts} validated facts"


def _year_lines(year: Year) -> Iterator[str]:
    if year.error:
        yield f"{year.year}  FAILED: {year.error}"
        yield ""
        return
    outcomes = ", ".join(
        f"{count} {outcome}"
        for outcome, count in sorted(year.outcomes.items(), key=lambda item: item[0] != "read")
    )
    yield (
        f"{year.year}  {year.outcomes.total()} documents: {outcomes or 'none'}; {year.facts} validated "
        f"facts ({year.seconds:.1f} s)"
    )
    for table, statuses in year.tables.items():
        if statuses:
            yield f"      {table:<18} " + ", ".join(
                f"{statuses[status]} {status}" for status in STATUSES if statuses[status]
            )
    for warning in year.warnings:
        yield f"      warning: {warning}"
    yield from (f"      corrected {what}" for what in year.corrected)
    yield from (f"      correction not applied: {why}" for why in year.not_corrected)
    for document in year.documents:
        yield f"      {document.outcome:<9} {document.source}"
        yield from (f"                {message}" for message in document.messages)
    if year.told > len(year.documents):
        yield f"      and {year.told - len(year.documents)} more: see the dataset reports"
    yield ""


def run(args: argparse.Namespace) -> int:
    """Run `ogi build`; return the exit status."""
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    summary = build(args.raw, args.warehouse, args.year, args.accept)
    print("\n".join(in_line(part) for line in lines(summary) for part in line.split("\n")))
    return summary.status
