"""Corrections as the pipeline finds them: the reviewed file in the raw store, the tables of a year that it
names, and what fits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from assets.corrections import (
    CELL_COLUMNS,
    FILE,
    STATUS_COLUMNS,
    Correction,
    Decision,
    Sheet,
    decide,
    read_sheet,
    tables_of,
)
from orchestration.folders import why
from orchestration.resources import Store
from orchestration.storage import raw_years


@dataclass(frozen=True, slots=True)
class Found:
    """The file, by what its content is known by (None: there is none), and what became of its corrections in
    one year.
    """

    sheet: Sheet
    sha256: str | None
    decision: Decision


def corrections_of(store: Store, year: str) -> Found:
    """Decide on the corrections of a year, from what its partitions hold."""
    sheet, sha256 = _sheet(store)
    if not sheet.corrections:
        return Found(sheet, sha256, Decision())
    files = store.files
    # One row a document, and of copies none was read: what was read comes last, and counts.
    rows = sorted(
        files.records("reports", year, ["report_id", "outcome"]), key=lambda row: row["outcome"] == "read"
    )
    outcomes = {row["report_id"]: row["outcome"] for row in rows if row["report_id"]}
    wanted = {one.report_id for one in sheet.corrections} & {
        report_id for report_id, outcome in outcomes.items() if outcome == "read"
    }
    statuses = files.rows_of("table_status", year, wanted, STATUS_COLUMNS)
    cells = files.rows_of("table_cells", year, wanted, CELL_COLUMNS)
    decision = decide(sheet.corrections, outcomes, dict(tables_of(statuses, cells)))
    return Found(sheet, sha256, decision)


def of_no_report(store: Store, corrections: Iterable[Correction]) -> list[str]:
    """A sentence for each correction of a report that no year has. As long as a year is still to be built,
    nobody can tell.
    """
    corrections = list(corrections)
    left = {one.report_id for one in corrections}
    for year in raw_years(store.raw_folder) if left else []:
        try:
            left -= {row["report_id"] for row in store.files.rows_of("reports", year, left, ["report_id"])}
        except FileNotFoundError:
            return []
    return [
        f"{one}: no year has a report with this report_id" for one in corrections if one.report_id in left
    ]


def of_no_year(store: Store) -> list[str]:
    """What is wrong with the file that is no matter of one year: lines that are no correction, and
    corrections of no report.
    """
    sheet, _ = _sheet(store)
    return [*sheet.problems, *of_no_report(store, sheet.corrections)]


def _sheet(store: Store) -> tuple[Sheet, str | None]:
    """The file, and the SHA-256 of its content; None where there is none, or none that can be read, which is
    a problem of the sheet.
    """
    try:
        data = (store.raw_folder / FILE).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return Sheet(), None
    except OSError as error:
        return Sheet(
            problems=(
                f"the file cannot be read ({why(error)}): no correction was applied; check that it is a file and may be read",
            )
        ), None
    return read_sheet(data), hashlib.sha256(data).hexdigest()
