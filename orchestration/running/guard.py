"""Guards a published year against a collapse: what was made is held against what is published, before it
takes its place.
"""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

from assets import quality
from assets.quality import Limits, Standing
from orchestration import settings
from orchestration.computing.mapping import ConfigurationError
from orchestration.store.folders import put
from orchestration.store.warehouse import Warehouse
from schemas.forms import TABLE_KEYS

_COMPARED = ("reports", "validated_facts")  # what tells how a year stands
ACCEPTED = ".accepted"  # the folder of the warehouse that says which collapses were let through, and why


def guard(files: Warehouse, year: str, reason: str | None) -> str | None:
    """Return what was let through by a `reason`; None where there was nothing to let through.

    Raises NotPublishedError where the year that is being made has collapsed and no reason is given.
    """
    published = Warehouse(files.root)
    try:
        if all(published.digest(name, year) == files.digest(name, year) for name in _COMPARED):
            return None
        if not all(published.is_sound(name, year) for name in _COMPARED):
            return None  # it is damaged, which is told: nothing is known that a year could fall behind
        before = _standing(published, year)
    except FileNotFoundError:  # nothing is published
        return None
    verdict = quality.no_collapse(before, _standing(files, year), limits())
    if verdict.passed:
        return None
    if not reason:
        raise quality.NotPublishedError(
            f"nothing was published: {verdict.message}. See whether these documents are right; if they are, "
            f"run `ogi build --year {year} --accept REASON`, or start the run with the tag ogi/accept"
        )
    at = datetime.now(UTC)
    told = {"year": year, "at": at.isoformat(timespec="seconds"), "reason": reason, "what": verdict.message}
    place = files.root / ACCEPTED / f"{year}-{at:%Y%m%dT%H%M%S%f}.json"
    put(place, json.dumps(told, ensure_ascii=False).encode(), synced=True)
    return f"{reason}: {verdict.message}"


def limits() -> Limits:
    """Return the limits as OGI_COLLAPSE sets them. Raises ConfigurationError where it cannot be read."""
    known = {one.name: int if one.name == "least" else float for one in fields(Limits)}
    found: dict[str, Any] = {}
    for one in settings.collapse().split():
        name, _, value = one.partition("=")
        try:
            found[name] = known[name](value)
        except (KeyError, ValueError):
            raise ConfigurationError(
                f"OGI_COLLAPSE has {one!r}: give it as refused=0.1; there are {', '.join(known)}"
            ) from None
    return replace(Limits(), **found)


def _standing(files: Warehouse, year: str) -> Standing:
    """What stands of a year."""
    standing = Standing(facts=files.rows("validated_facts", year))
    columns = ["source", "outcome", "reason", *(f"{table}_status" for table in TABLE_KEYS)]
    for row in files.records("reports", year, columns):
        if row["outcome"] == "read":
            standing.read.add(row["source"])
            standing.tables.update(row[f"{table}_status"] for table in TABLE_KEYS)
        else:
            standing.reasons[row["source"]] = row["reason"]
            standing.refused += row["outcome"] == "refused"
    return standing
