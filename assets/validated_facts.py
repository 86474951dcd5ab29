"""validated_facts: the cells of validated tables of documents that were read, as figures that can be relied on, each with its basis."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from schemas.datasets import VALIDATED_FACTS

CELL_COLUMNS = ("report_id", "table", "edition", "status", "row", "column", "value", "raw", "unit", "implied", "start", "end")
REPORT_COLUMNS = ("report_id", "outcome", "issuer", "is_current")


def validated_facts(cells: pa.Table, reports: pa.Table) -> pa.Table:
    """From cells (rows of table_cells) to facts: those of validated tables, of documents whose outcome in `reports` is "read"."""
    read = reports.filter(pc.equal(reports.column("outcome"), pa.scalar("read")))
    validated = cells.filter(pc.equal(cells.column("status"), pa.scalar("validated")))
    index: Any = pc.index_in(validated.column("report_id"), value_set=read.column("report_id").combine_chunks())
    published = validated.filter(pc.is_valid(index))
    index = pc.drop_null(index)
    printed = pc.is_valid(published.column("value"))
    columns = {
        **{name: published.column(name) for name in CELL_COLUMNS},
        "issuer": read.column("issuer").take(index),
        "is_current": read.column("is_current").take(index),
        "value": pc.coalesce(published.column("value"), published.column("implied")),
        "basis": pc.if_else(printed, "printed", "implied"),
    }
    return pa.table({name: columns[name] for name in VALIDATED_FACTS.names})
