"""What must be true of a finished year, whatever the documents say: plain functions that compare what came in with what came out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assets.batches import is_internal
from schemas.datasets import tables_by_edition

# Of the tables that are there. Below it, something is wrong with the source or with the reader rather than with single reports.
EXPECTED_VALIDATED = 0.5
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a property holds, one sentence on it, and the figures that it was judged by."""

    passed: bool
    message: str
    figures: Mapping[str, Any] = field(default_factory=dict)


def documents_conserved(came_in: Iterable[str], came_out: Iterable[str]) -> Verdict:
    """Every document of the raw store has exactly one row, and no row is without its document. Both sides are sources."""
    documents, rows = Counter(came_in), Counter(came_out)
    lost, invented = sorted((documents - rows).elements()), sorted((rows - documents).elements())
    figures = {"documents": documents.total(), "rows": rows.total(), "lost": lost[:_SHOWN], "invented": invented[:_SHOWN]}
    if lost or invented:
        return Verdict(False, f"{len(lost)} documents have no row, {len(invented)} rows have no document: build the year again", figures)
    return Verdict(True, f"each of the {documents.total()} documents has its row", figures)


def keys_unique(repeated: Iterable[str]) -> Verdict:
    """No key occurs twice. Takes those that do."""
    shown = sorted(repeated)
    return Verdict(not shown, f"{len(shown)} keys occur more than once" if shown else "every key occurs once", {"repeated": shown[:_SHOWN]})


def facts_complete(validated: Mapping[tuple[str | None, str], int], rows: int) -> Verdict:
    """Each validated table has all its cells: takes the number of validated tables by (edition, table), and the number of facts."""
    expected = sum(count * len(tables_by_edition()[kind].cells) for kind, count in validated.items())
    figures = {"validated_tables": sum(validated.values()), "expected_rows": expected, "rows": rows}
    return Verdict(
        expected == rows, f"{sum(validated.values())} validated tables have {expected} cells, {rows} facts are published", figures
    )


def validated_share(statuses: Iterable[str]) -> Verdict:
    """Of the tables that are there, enough are validated."""
    counts = Counter(statuses)
    there = counts.total() - counts["absent"]
    share = counts["validated"] / there if there else 1.0
    message = f"{counts['validated']} of {there} tables are validated ({share:.0%}); at least {EXPECTED_VALIDATED:.0%} are expected"
    return Verdict(share >= EXPECTED_VALIDATED, message, {**counts, "share_validated": share})


def no_internal_errors(reasons: Iterable[tuple[str, str | None]]) -> Verdict:
    """The program failed on no document. Takes pairs (source, reason)."""
    failed = [f"{source}: {reason}" for source, reason in reasons if is_internal(reason)]
    message = f"the program failed on {len(failed)} documents: report them" if failed else "the program failed on no document"
    return Verdict(not failed, message, {"documents": len(failed), "first": failed[:_SHOWN]})
