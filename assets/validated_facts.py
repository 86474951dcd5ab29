"""validated_facts: the cells of validated tables of documents that were read, as figures that can be relied
on, each with its basis.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from assets import evidence, quality
from assets.corrections import Corrected
from assets.stages import ColumnStage, RowsOf
from schemas.datasets import BOX_FIELDS, VALIDATED_FACTS

CELL_COLUMNS = (
    "report_id",
    "report_year",
    "table",
    "edition",
    "status",
    "row",
    "column",
    "value",
    "raw",
    "unit",
    "implied",
    "start",
    "end",
    "page",
    *BOX_FIELDS,
    "label",
    "counted_in",
)
REPORT_COLUMNS = ("report_id", "outcome", "issuer", "is_current")


def validated_facts(cells: pa.Table, reports: pa.Table, corrected: Iterable[Corrected] = ()) -> pa.Table:
    """From cells (rows of table_cells) to facts: those of validated tables, of documents whose outcome in
    `reports` is "read".

    Tables that corrections make valid are published too: a corrected figure takes the place of the printed
    one, which `raw` still shows. Rows and columns that the organ added are published where the sums count
    them.
    """
    read = reports.filter(pc.equal(reports.column("outcome"), pa.scalar("read")))
    cells = _with_corrections(cells, corrected)
    of_sums = pc.or_(pc.is_null(cells.column("label")), pc.is_valid(cells.column("counted_in")))
    validated = cells.filter(pc.and_(pc.equal(cells.column("status"), pa.scalar("validated")), of_sums))
    index: Any = pc.index_in(
        validated.column("report_id"), value_set=read.column("report_id").combine_chunks()
    )
    published = validated.filter(pc.is_valid(index))
    index = pc.drop_null(index)
    printed, by_hand = pc.is_valid(published.column("value")), pc.is_valid(published.column("corrected"))
    columns = {
        **{name: published.column(name) for name in CELL_COLUMNS},
        "issuer": read.column("issuer").combine_chunks().dictionary_encode().take(index),
        "is_current": read.column("is_current").take(index),
        "value": pc.coalesce(
            published.column("corrected"), published.column("value"), published.column("implied")
        ),
        "basis": pc.if_else(by_hand, "corrected", pc.if_else(printed, "printed", "implied")),
    }
    return pa.table({name: columns[name] for name in VALIDATED_FACTS.names})


def _with_corrections(cells: pa.Table, corrected: Iterable[Corrected]) -> pa.Table:
    """Cells with a further column for corrected figures; tables that have some count as validated, with what
    is implied then.
    """
    by_table = {(table.report_id, table.table): table for table in corrected}
    figures: list[float | None] = [None] * len(cells)
    ids = pa.array({report_id for report_id, _ in by_table}, pa.string())
    concerned: Any = pc.indices_nonzero(pc.is_in(cells.column("report_id"), value_set=ids))
    if not len(concerned):
        return cells.append_column("corrected", pa.array(figures, pa.float64()))
    status, implied = cells.column("status").to_pylist(), cells.column("implied").to_pylist()
    names = ["report_id", "table", "row", "column"]
    for i, row in zip(concerned.to_pylist(), cells.select(names).take(concerned).to_pylist(), strict=True):
        if (table := by_table.get((row["report_id"], row["table"]))) is not None:
            cell = (row["row"], row["column"])
            status[i], implied[i], figures[i] = "validated", table.implied.get(cell), table.figures.get(cell)
    for name, values in (("status", status), ("implied", implied)):
        at = cells.schema.get_field_index(name)
        cells = cells.set_column(
            at, cells.schema.field(name), pa.array(values, cells.schema.field(name).type)
        )
    return cells.append_column("corrected", pa.array(figures, pa.float64()))


# --- the stage


def _published(rows_of: RowsOf, corrected: Sequence[Corrected]) -> pa.Table:
    """The facts of some reports. Raises unless all that must never fail of them holds."""
    from schemas.frames import facts_frame, validate_facts  # pandera is slow to import: only for this

    facts = validated_facts(rows_of("table_cells"), rows_of("reports"), corrected)
    if len(facts):
        validate_facts(facts_frame(facts))
        texts = evidence.Texts(rows_of("raw_text"))
        quality.require(quality.evidence_shown(len(facts), evidence.without_evidence(facts, texts)))
    return facts


def _still_published(facts: pa.Table, rows_of: RowsOf, corrected: Sequence[Corrected]) -> pa.Table:
    """Facts of documents that no correction touches or touched; which report is current may have changed."""
    reports = rows_of("reports")
    by_hand = facts.filter(pc.equal(facts.column("basis"), pa.scalar("corrected"))).column("report_id")
    read = reports.filter(pc.equal(reports.column("outcome"), pa.scalar("read")))
    touched = {table.report_id for table in corrected} | set(by_hand.to_pylist())
    wanted = {report_id for report_id in read.column("report_id").to_pylist() if report_id not in touched}
    facts = facts.filter(pc.is_in(facts.column("report_id"), value_set=pa.array(wanted, pa.string())))
    rows = pc.index_in(facts.column("report_id"), value_set=read.column("report_id").combine_chunks())
    place = facts.schema.get_field_index("is_current")
    return facts.set_column(place, facts.schema.field(place), read.column("is_current").take(rows))


STAGE = ColumnStage(
    name="validated_facts",
    module=__name__,
    group="published",
    publishes=True,
    before=("raw_text", "table_cells", "table_status", "reports"),
    reads={
        "table_cells": CELL_COLUMNS,
        "reports": REPORT_COLUMNS,
        "raw_text": ("report_id", "outcome", "text"),
    },
    make=_published,
    keep=_still_published,
)
