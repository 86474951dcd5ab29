"""Corrections as the pipeline finds them: the reviewed file in the raw store, the tables of a year that it
names, and what fits.
"""

from __future__ import annotations

import errno
import hashlib
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
from orchestration.store.documents import raw_years
from orchestration.store.paths import Folder, why
from orchestration.store.warehouse import Warehouse

_MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Found:
    """The corrections file, the SHA-256 of its content (None: there is no file), and what became of its
    corrections in one year.
    """

    sheet: Sheet
    sha256: str | None
    decision: Decision

    @property
    def digest(self) -> str:
        """A digest of what becomes of figures of the year. Corrections of other years do not change it."""
        told = [*map(self._told, self.decision.applied), *self.decision.rejected]
        return hashlib.sha256("\0".join(told).encode()).hexdigest()[:16] if told else ""

    @property
    def metadata(self) -> dict[str, Any]:
        """What the UI shows of the corrections, an input that Dagster does not know: by which file, and what
        became of each.
        """
        if self.sha256 is None:
            return {}
        return {
            "corrections_sha256": self.sha256,
            "corrections_applied": list(map(self._told, self.decision.applied)),
            "corrections_not_applied": self.decision.rejected,
        }

    @staticmethod
    def _told(one: Correction) -> str:
        change = f"{' '.join(one.place)}: {one.printed or 'blank'} -> {one.corrected:g}"
        return f"{change} ({one.who}, {one.when}: {one.reason})"


def corrections_of(raw: Folder, files: Warehouse, year: str) -> Found:
    """Decide on the corrections of a year, from what its partitions hold. Raises FileNotFoundError where
    there are none.
    """
    sheet, sha256 = _sheet(raw)
    if not sheet.corrections:
        return Found(sheet, sha256, Decision())
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


def of_no_report(raw: Folder, files: Warehouse, corrections: Iterable[Correction]) -> list[str]:
    """Return a sentence for each correction of a report that no year has; none as long as a year is still
    to be built.
    """
    corrections = list(corrections)
    left = {one.report_id for one in corrections}
    for year in raw_years(raw) if left else []:
        try:
            left -= {row["report_id"] for row in files.rows_of("reports", year, left, ["report_id"])}
        except FileNotFoundError:
            return []
    return [
        f"{one}: no year has a report with this report_id" for one in corrections if one.report_id in left
    ]


def of_no_year(raw: Folder, files: Warehouse) -> list[str]:
    """Return what is wrong with the file that is no matter of one year: lines that are no correction, and
    corrections of no report.
    """
    sheet, _ = _sheet(raw)
    return [*sheet.problems, *of_no_report(raw, files, sheet.corrections)]


def _content(path: Folder) -> bytes:
    """Return the content of the file. Raises OSError, also where it is no regular file, or larger than any
    list of corrections: reading it might never end.
    """
    info = path.stat()
    if isinstance(path, Path) and not stat.S_ISREG(info.st_mode):
        raise OSError(errno.EINVAL, "it is no regular file")
    if info.st_size > _MOST_BYTES:
        raise OSError(errno.EFBIG, f"it has more than {_MOST_BYTES:,} bytes")
    return path.read_bytes()


def _sheet(raw: Folder) -> tuple[Sheet, str | None]:
    """Return the file, and the SHA-256 of its content; None where there is none, or none that can be read,
    which is a problem of the sheet.
    """
    try:
        data = _content(raw / FILE)
    except (FileNotFoundError, NotADirectoryError):
        return Sheet(), None
    except OSError as error:
        return Sheet(
            problems=(
                f"the file cannot be read ({why(error)}): no correction was applied; check that it "
                "is a file and may be read",
            )
        ), None
    return read_sheet(data), hashlib.sha256(data).hexdigest()
