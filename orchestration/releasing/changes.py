"""What changed between two releases: every figure of a current report that is another one, or that only one
of them has, and why.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.releasing.database import connect, table_of
from orchestration.store.paths import StoreError
from schemas.datasets import DATASETS, arrow_schema
from schemas.release import CHANGES

DATA = "data"  # the folder of a release that holds the datasets

# What a release holds, as far as it is compared: this is all that an earlier one must have.
_SIDE = """
CREATE TABLE {side}_organs AS
SELECT report_year, organ_id, scope, report_id FROM {organ_reports} WHERE is_current;
CREATE TABLE {side}_read AS SELECT DISTINCT report_id FROM {reports} WHERE report_id IS NOT NULL;
CREATE VIEW {side}_figures AS
SELECT report_id, report_year, issuer, "table" AS table_key, "row" AS row_key, "column" AS column_key,
  value, basis
FROM {validated_facts};
"""
# Most organs have one report a year, whatever it says of its scope. Where several count, in either release,
# they differ by scope.
_SEVERAL = """
CREATE TABLE several AS
SELECT DISTINCT report_year, organ_id FROM (
  SELECT report_year, organ_id FROM before_organs GROUP BY ALL HAVING count(*) > 1 UNION ALL
  SELECT report_year, organ_id FROM now_organs GROUP BY ALL HAVING count(*) > 1)
"""
_CURRENT = """
CREATE TABLE {side}_current AS
SELECT organ.*, if(several.organ_id IS NULL, '', organ.scope) AS series
FROM {side}_organs organ LEFT JOIN several USING (report_year, organ_id);
CREATE VIEW {side}_facts AS
SELECT organ.organ_id, organ.scope, organ.series, figure.*
FROM {side}_figures figure JOIN {side}_current organ USING (report_id, report_year);
CREATE TABLE {side}_corrected AS
SELECT report_id, table_key,
  list({{'row': row_key, 'column': column_key, 'value': value}} ORDER BY row_key, column_key) AS cells
FROM {side}_figures WHERE basis = 'corrected' GROUP BY ALL;
"""
# Of a figure that is in one release only the document is that of the side which has it.
_CHANGES = """
WITH compared AS (
  SELECT report_year, organ_id, series, coalesce(now.scope, before.scope) AS scope,
    coalesce(now.issuer, before.issuer) AS issuer, table_key, row_key, column_key,
    CASE WHEN before.report_id IS NULL THEN 'added' WHEN now.report_id IS NULL THEN 'removed'
      ELSE 'changed' END AS change,
    before.value AS value_before, now.value AS value_now,
    before.basis AS basis_before, now.basis AS basis_now,
    before.report_id AS report_before, now.report_id AS report_now,
    coalesce(now.report_id, before.report_id) AS document
  FROM before_facts before FULL JOIN now_facts now
    USING (report_year, organ_id, series, table_key, row_key, column_key)
  WHERE before.value IS DISTINCT FROM now.value OR before.basis IS DISTINCT FROM now.basis
)
SELECT compared.* EXCLUDE (document, series, scope), compared.scope, CASE
  WHEN was.report_id = is_now.report_id THEN
    CASE WHEN before_corrected.cells IS DISTINCT FROM now_corrected.cells THEN 'correction' ELSE 'code' END
  WHEN compared.change = 'added' AND document IN (SELECT report_id FROM before_current)
    OR compared.change = 'removed' AND document IN (SELECT report_id FROM now_current) THEN 'attribution'
  WHEN was.report_id IS NOT NULL AND is_now.report_id IS NOT NULL THEN 'new_version'
  WHEN compared.change = 'added' THEN
    CASE WHEN document IN (SELECT report_id FROM before_read) THEN 'code' ELSE 'new_document' END
  ELSE CASE WHEN document IN (SELECT report_id FROM now_read) THEN 'code' ELSE 'withdrawn' END
  END AS reason
FROM compared
LEFT JOIN before_current was USING (report_year, organ_id, series)
LEFT JOIN now_current is_now USING (report_year, organ_id, series)
LEFT JOIN before_corrected
  ON before_corrected.report_id = document AND before_corrected.table_key = compared.table_key
LEFT JOIN now_corrected
  ON now_corrected.report_id = document AND now_corrected.table_key = compared.table_key
ORDER BY report_year, organ_id, compared.scope, compared.table_key, row_key, column_key
"""


def changes_between(before: Path, now: Path) -> pa.Table:
    """Return the changes from one release folder to another. A figure that no document changed, and no
    correction, was changed by the program.

    Raises StoreError where the earlier release has not the columns that are compared.
    """
    with connect() as database:
        for side, root in (("before", before), ("now", now)):
            of = {
                name: table_of(database, DATASETS[name], files_in(root, name))
                for name in ("validated_facts", "organ_reports", "reports")
            }
            try:
                database.execute(_SIDE.format(side=side, **of))
            except duckdb.BinderException as error:
                raise StoreError(
                    f"{root} cannot be compared: it is a release of an older contract, see docs/contract.md "
                    f"({str(error).splitlines()[0]}); leave --since away"
                ) from error
        database.execute(_SEVERAL)
        for side in ("before", "now"):
            database.execute(_CURRENT.format(side=side))
        found: pa.Table = database.sql(_CHANGES).to_arrow_table()
    return found.select(CHANGES.names).cast(arrow_schema(CHANGES))


def files_in(root: Path, dataset: str) -> list[Path]:
    """Return the files of a dataset in a release folder, by year."""
    return sorted((root / DATA / dataset).glob("*.parquet"))
