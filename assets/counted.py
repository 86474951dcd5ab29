"""The reports of a year with whose they are: what every stage over years begins with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from assets.stages import RowsOfYear
from schemas.datasets import DATASETS, arrow_schema


def reports_with_organs(rows: RowsOfYear, of_report: Sequence[str], of_organ: Sequence[str]) -> pa.Table:
    """The reports of a year that were read, by report_id, with some columns of `reports`, and of
    `organ_reports`: both have `report_id`. Of each are kept the bytes of these columns.
    """
    whose = all_rows(rows, "organ_reports", ("report_id", *of_organ))
    whose = whose.take(pc.sort_indices(whose.column("report_id"))).combine_chunks()
    ids = whose.column("report_id").combine_chunks()
    reports = all_rows(rows, "reports", ("report_id", "outcome", *of_report))
    reports = reports.filter(pc.equal(reports.column("outcome"), pa.scalar("read"))).combine_chunks()
    at: Any = pc.index_in(ids, value_set=reports.column("report_id").combine_chunks())
    for name in of_report:
        whose = whose.append_column(reports.schema.field(name), reports.column(name).take(at))
    return whose


def all_rows(rows: RowsOfYear, dataset: str, columns: Sequence[str]) -> pa.Table:
    """Some columns of a whole partition, as one table. For short ones only: it is held in memory."""
    schema = pa.schema([arrow_schema(DATASETS[dataset]).field(name) for name in columns])
    tables = [table.cast(schema) for table in rows(dataset, columns)]
    return pa.concat_tables([schema.empty_table(), *tables])
