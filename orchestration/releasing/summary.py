"""What a release says of itself in numbers: read from its database, for its page and its README."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.releasing.database import connect
from schemas.panel_figures import PanelFigure, panel_figures

SURE = ("validated", "corrected", "implied")
_GROUPS = ("report_year", "scope", "province", "level", "kind")


@dataclass(frozen=True, slots=True)
class Summary:
    """Version and counts. `groups` are current reports by year, scope, province, level and kind: how many,
    and of each figure of `figures` the sum of those that are sure, and over how many reports it is taken.
    """

    version: str
    since: str | None
    changes: Mapping[str, int] | None
    documents: list[dict[str, Any]]
    coverage: list[dict[str, Any]]
    statuses: list[dict[str, Any]]
    broken: list[dict[str, Any]]
    contradictions: int
    facts: int
    groups: list[dict[str, Any]]


def shown_figures() -> list[PanelFigure]:
    """Return the figures that the page shows: the totals of applications, and of review and litigation."""
    return [
        figure
        for figure in panel_figures()
        if figure.cell[1] == "total" and figure.table in ("applications", "review_litigation")
    ]


def summary_of(database: Path, version: str, since: str | None, changes: Mapping[str, int] | None) -> Summary:
    """Read the summary of a release from its database."""
    sums = ", ".join(
        f"sum({one.name}) FILTER ({one.flag} IN {SURE}) AS {one.name}, "
        f"count({one.name}) FILTER ({one.flag} IN {SURE})::INT AS n_{one.name}"
        for one in shown_figures()
    )
    grouped = ", ".join(_GROUPS)
    with connect(database) as connection:

        def rows(query: str) -> list[dict[str, Any]]:
            found = connection.execute(query)
            names = [column[0] for column in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

        return Summary(
            version,
            since,
            changes,
            rows("FROM documents_by_year ORDER BY ALL"),
            rows("FROM coverage ORDER BY report_year, province NULLS LAST"),
            rows(
                'SELECT s.report_year, s."table" AS table_key, s.status, count(*)::INT AS tables '
                "FROM table_status s GROUP BY ALL ORDER BY ALL"
            ),
            rows(
                "SELECT report_year, rule, rule_zh, rule_en, count(DISTINCT report_id)::INT AS reports "
                "FROM broken_sums WHERE is_current GROUP BY ALL ORDER BY report_year, reports DESC, rule"
            ),
            rows("SELECT count(*)::INT AS n FROM contradictions")[0]["n"],
            rows("SELECT count(*) AS n FROM facts_labelled WHERE is_current")[0]["n"],
            rows(
                f"SELECT {grouped}, count(*)::INT AS reports, {sums} FROM panel "
                f"WHERE report_id IN (SELECT report_id FROM organ_reports WHERE is_current) "
                f"GROUP BY {grouped} ORDER BY {grouped}"
            ),
        )
