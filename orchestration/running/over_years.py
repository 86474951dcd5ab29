"""What the datasets over years hold, counted: for their checks and plots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from orchestration.store.warehouse import Warehouse
from schemas.years import year_rules


def counts(files: Warehouse, year: str, dataset: str, column: str) -> Counter[str]:
    """Count the rows of a year by what a column of words says."""
    found: Counter[str] = Counter()
    for table in files.tables(dataset, year, [column]):
        for row in table.group_by(column).aggregate([([], "count_all")]).to_pylist():
            found[row[column]] += row["count_all"]
    return found


def outcomes(files: Warehouse, year: str) -> Mapping[str, Counter[str]]:
    """Count for each rule across years how often it holds, is broken, or is undecided; a break that something
    explains is `explained`.
    """
    found = {rule.id: Counter[str]() for rule in year_rules()}
    names = ["rule", "outcome", "explained_by"]
    for table in files.tables("year_over_year", year, names):
        for row in table.group_by(names).aggregate([([], "count_all")]).to_pylist():
            outcome = "explained" if row["explained_by"] else row["outcome"]
            found[row["rule"]][outcome] += row["count_all"]
    return {rule: one for rule, one in found.items() if one}
