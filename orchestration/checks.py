"""Asset checks: each reads what one property needs from the partition and hands it to a plain function of the floor below."""

import warnings
from collections import Counter
from collections.abc import Callable, Iterator

import dagster as dg
import pyarrow as pa
import pyarrow.compute as pc

from assets import quality
from orchestration.partitions import YEARS
from orchestration.resources import Store
from schemas.datasets import VALIDATED_FACTS

CHECKS: list[dg.AssetChecksDefinition] = []


def _check(asset: str, description: str, blocking: bool) -> Callable[[Callable[[Store, str], quality.Verdict]], None]:
    """Register a check. A blocking one is an error and stops what comes after it; the others describe the source and warn."""

    def register(function: Callable[[Store, str], quality.Verdict]) -> None:
        def run(context: dg.AssetCheckExecutionContext, store: Store) -> dg.AssetCheckResult:
            verdict = function(store, context.partition_key)
            return dg.AssetCheckResult(
                passed=verdict.passed,
                severity=dg.AssetCheckSeverity.ERROR if blocking else dg.AssetCheckSeverity.WARN,
                description=verdict.message,
                metadata={name: list(value) if isinstance(value, tuple) else value for name, value in verdict.figures.items()},
            )

        with warnings.catch_warnings():
            # Partitions of checks are still marked as a preview; without them a check would load every year.
            warnings.simplefilter("ignore", category=dg.PreviewWarning)
            decorate = dg.asset_check(asset=asset, name=function.__name__, description=description, blocking=blocking, partitions_def=YEARS)
            CHECKS.append(decorate(run))

    return register


@_check("reports", "The documents in the raw store are the rows of reports: none is lost, none is counted twice.", blocking=True)
def documents_conserved(store: Store, year: str) -> quality.Verdict:
    sources = store.files.column("reports", year, "source")
    return quality.documents_conserved(store.sources(year), sources)


@_check("reports", "The program failed on no document. Where it did, the document is refused and the others are unharmed.", blocking=False)
def no_internal_errors(store: Store, year: str) -> quality.Verdict:
    return quality.no_internal_errors((row["source"], row["reason"]) for row in store.files.records("reports", year, ["source", "reason"]))


@_check("table_status", "Enough of the tables that are there are validated.", blocking=False)
def share_validated(store: Store, year: str) -> quality.Verdict:
    return quality.validated_share(store.files.column("table_status", year, "status"))


@_check("validated_facts", "No two facts are of the same report, table, row and column.", blocking=True)
def keys_unique(store: Store, year: str) -> quality.Verdict:
    return quality.keys_unique(_repeated_keys(store.files.tables("validated_facts", year, VALIDATED_FACTS.key)))


@_check(
    "validated_facts",
    "Validated tables of documents that were read, times the cells of their form, are the rows of validated_facts.",
    blocking=True,
)
def facts_complete(store: Store, year: str) -> quality.Verdict:
    files = store.files
    outcomes = files.records("reports", year, ["report_id", "outcome"])
    read = {row["report_id"] for row in outcomes if row["outcome"] == "read"}
    statuses = files.records("table_status", year, ["report_id", "table", "edition", "status"])
    validated = Counter((row["edition"], row["table"]) for row in statuses if row["status"] == "validated" and row["report_id"] in read)
    return quality.facts_complete(validated, files.rows("validated_facts", year))


def _repeated_keys(tables: Iterator[pa.Table]) -> Iterator[str]:
    """Keys that occur twice. Batches are in the order of reports and do not cut one: so an id that comes back is repeated."""
    last = ""
    for table in tables:
        counts = table.group_by(list(VALIDATED_FACTS.key), use_threads=False).aggregate([([], "count_all")])
        for row in counts.filter(pc.greater(counts.column("count_all"), pa.scalar(1))).to_pylist():
            yield " ".join(str(row[name]) for name in VALIDATED_FACTS.key)
        ids = table.column("report_id")
        if ids[0].as_py() <= last:
            yield f"{ids[0].as_py()} in two batches"
        last = ids[-1].as_py()
