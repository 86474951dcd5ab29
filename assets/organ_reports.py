"""organ_reports: for each report of a year whose it is, whom it speaks for, and whether it counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from assets.counted import all_rows
from assets.stages import Beside, Row, RowsOfYear, YearStage, as_table
from assets.versions import newest
from schemas.regions import names_of

_OF_ORGAN = (
    "organ_id",
    "report_ids",
    "region_code",
    "province",
    "prefecture",
    "county",
    "level",
    "kind",
    "doubts",
)
_OF_REPORT = ("report_id", "source", "outcome", "printed_year", "issuer", "published", "scope", "scope_words")
_BATCH = 4096


def make(
    now: RowsOfYear, last: RowsOfYear | None, year: int, beside: Beside
) -> Iterator[Mapping[str, pa.Table]]:
    """The rows of the dataset for a year."""
    reports = _reports(now)
    organs = _organs(now, reports.column("report_id").combine_chunks())
    of_organ: dict[str, list[int]] = {}
    ids: list[Any] = reports.column("report_id").to_pylist()
    scopes: list[Any] = reports.column("scope").to_pylist()
    published: list[Any] = reports.column("published").to_pylist()
    for row, report_id in enumerate(ids):
        of_organ.setdefault(organs[report_id]["organ_id"], []).append(row)
    chosen: dict[int, tuple[bool, int, str | None]] = {}
    for rows in of_organ.values():
        chosen |= _counted(rows, ids, scopes, published)
    for first in range(0, len(reports), _BATCH):
        batch = reports.slice(first, _BATCH).to_pylist()
        rows_ = (_row(one, organs[one["report_id"]], chosen[first + i], year) for i, one in enumerate(batch))
        yield {"organ_reports": as_table("organ_reports", rows_)}


def _reports(now: RowsOfYear) -> pa.Table:
    """The reports of the year that were read, in the order of their ids."""
    reports = all_rows(now, "reports", _OF_REPORT)
    reports = reports.filter(pc.equal(reports.column("outcome"), pa.scalar("read")))
    return reports.take(pc.sort_indices(reports.column("report_id")))


def _organs(now: RowsOfYear, ids: Any) -> dict[str, Row]:
    """The organ of each report of the year. Of the organs of other years nothing is kept."""
    found: dict[str, Row] = {}
    for table in now("organs", _OF_ORGAN):
        reports: Any = table.column("report_ids").combine_chunks()
        parents, flat = pc.list_parent_indices(reports), reports.flatten()
        here: Any = pc.is_in(flat, value_set=ids)
        parents, flat = parents.filter(here), flat.filter(here)
        rows = table.take(parents.unique()).drop_columns(["report_ids"]).to_pylist()
        by_parent = dict(zip(parents.unique().to_pylist(), rows, strict=True))
        for report_id, parent in zip(flat.to_pylist(), parents.to_pylist(), strict=True):
            found[report_id] = by_parent[parent]
    return found


def _counted(
    rows: list[int], ids: list[str], scopes: list[str | None], published: list[date | None]
) -> dict[int, tuple[bool, int, str | None]]:
    """For each of the reports of an organ whether it counts, how many there are, and why. One that speaks
    for the organ and one that speaks for the area are no versions of each other.
    """
    if len(rows) == 1:
        return {rows[0]: (True, 1, None)}
    said = {scopes[row] for row in rows}
    found: dict[int, tuple[bool, int, str | None]] = {}
    parts = [rows]
    if {"organ", "area"} <= said:
        parts = [[row for row in rows if scopes[row] == scope] for scope in ("organ", "area")]
        for row in rows:
            if scopes[row] not in ("organ", "area"):
                why = "others speak for the organ and for the area; whether this is a version of one is open"
                found[row] = True, len(rows), why
    for part in parts:
        dates = [published[row] for row in part]
        place, rule = newest(dates)
        best = part[place]
        for row in part:
            if len(part) == 1:
                why = "it alone of this organ and year speaks for the " + str(scopes[row])
            elif row == best:
                why = f"counts, because {rule}"
            else:
                why = f"{ids[best]} counts in its place, because {rule}"
            found[row] = row == best, len(rows), why
    return found


def _row(report: Row, organ: Row, chosen: tuple[bool, int, str | None], year: int) -> Row:
    code, name = organ["region_code"], report["issuer"]
    parts = names_of(code, year) if code else (None, None, None)
    doubts = list(organ["doubts"])
    if report["printed_year"] is None:
        doubts.append(f"the report says no year: it counts for {year}, under which it was filed")
    return {
        **{column: report[column] for column in ("report_id", "source", "printed_year", "scope_words")},
        "report_year": year,
        "organ_id": organ["organ_id"],
        "organ": name,
        "region_code": code,
        **dict(zip(("province", "prefecture", "county"), parts, strict=True)),
        "level": organ["level"],
        "kind": organ["kind"],
        "scope": report["scope"] or "unknown",
        **dict(zip(("is_current", "versions", "why"), chosen, strict=True)),
        "doubts": doubts,
    }


STAGE = YearStage(
    name="organ_reports",
    module=__name__,
    group="organs",
    before=("reports", "organs"),
    makes=("organ_reports",),
    make=make,
)
