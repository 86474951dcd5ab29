"""Corrections: which lines of the file are one, which fit what is printed, what is published with them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from assets.corrections import COLUMNS, Corrected, Correction, Decision, decide, read_sheet, tables_of
from assets.model import Cell, Cells, TableReading
from assets.validated_facts import CELL_COLUMNS, REPORT_COLUMNS, validated_facts
from schemas.datasets import DATASETS, arrow_schema
from schemas.forms import forms

ID, OTHER = "00000000000000aa", "00000000000000bb"
LINE = f"{ID},review_litigation,review,total,0,11,confirmed by the organ,reviewer,2024-03-31"
ONE = Correction(
    2,
    ID,
    "review_litigation",
    "review",
    "total",
    "0",
    11,
    "confirmed by the organ",
    "reviewer",
    date(2024, 3, 31),
)
HEADER = ",".join(COLUMNS)


# --- the file


def test_a_line_is_read() -> None:
    assert read_sheet(f"{HEADER}\n{LINE}\n".encode()).corrections == (ONE,)
    assert read_sheet(b"").corrections == () and read_sheet(b"").problems == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_file_is_read_as_people_save_it(encoding: str) -> None:
    text = (
        f"{HEADER}\r\n\r\n{LINE.replace('confirmed by the organ', chr(34) + '单位来电，更正' + chr(34))}\r\n "
        ",,,,,,,,\r\n"
    )
    sheet = read_sheet(text.encode(encoding))
    assert (sheet.problems, [one.reason for one in sheet.corrections], sheet.corrections[0].line) == (
        (),
        ["单位来电，更正"],
        3,
    )


def test_columns_may_stand_in_any_order() -> None:
    names = list(reversed(COLUMNS))
    line = ",".join(reversed(LINE.split(",")))
    assert read_sheet(f"{','.join(names)}\n{line}".encode()).corrections == (ONE,)


@pytest.mark.parametrize(
    ("text", "value"), [("11", 11), ("１１", 11), ("1,100", 1100), ("2.5", 2.5), ("-3", -3), (" 7 ", 7)]
)
def test_a_corrected_figure_is_a_number(text: str, value: float) -> None:
    line = LINE.split(",")
    line[5] = f'"{text}"'
    [one] = read_sheet(f"{HEADER}\n{','.join(line)}".encode()).corrections
    assert one.corrected == value


MALFORMED = {
    "another header": (f"report,{HEADER}\n{LINE}", f"line 1 has to name these columns: {', '.join(COLUMNS)}"),
    "no header": (LINE, "line 1 has to name these columns"),
    "a field too few": (f"{HEADER}\n{LINE.rsplit(',', 1)[0]}", "line 2 has 8 fields where there should be 9"),
    "a field too many": (f"{HEADER}\n{LINE},x", "line 2 has 10 fields"),
    "nobody": (f"{HEADER}\n{LINE.replace('reviewer', ' ')}", "line 2 says nothing in who"),
    "no reason": (f"{HEADER}\n{LINE.replace('confirmed by the organ', '')}", "line 2 says nothing in reason"),
    "no figure": (
        f"{HEADER}\n{LINE.replace(',11,', ',eleven,')}",
        "line 2: the corrected figure 'eleven' is no number",
    ),
    "too large a figure": (f"{HEADER}\n{LINE.replace(',11,', f',{10**20},')}", "is no number"),
    "no report_id": (f"{HEADER}\n{LINE.replace(ID, '2023/a.txt')}", "'2023/a.txt' is no report_id"),
    "no table": (
        f"{HEADER}\n{LINE.replace('review_litigation', 'section_4')}",
        "there is no table 'section_4', only active_disclosure",
    ),
    "no date": (
        f"{HEADER}\n{LINE.replace('2024-03-31', '31.3.2024')}",
        "'31.3.2024' is no date like 2024-03-31",
    ),
    "one cell twice": (
        f"{HEADER}\n{LINE}\n{LINE.replace(',11,', ',12,')}",
        "lines 2, 3 are on the same cell",
    ),
    "a torn quote": (f'{HEADER}\n"{LINE}', "line 2 is no CSV"),
    "no text": (b"\xff\xff\xff".decode("latin-1") + "\0", "no text in UTF-8 or GB18030"),
}


@pytest.mark.parametrize(("text", "says"), MALFORMED.values(), ids=MALFORMED.keys())
def test_a_line_that_is_no_correction_is_reported_and_does_nothing(text: str, says: str) -> None:
    sheet = read_sheet(text.encode())
    assert sheet.corrections == ()
    assert len(sheet.problems) == 1 and says in sheet.problems[0]


def test_a_line_that_is_none_does_no_harm_to_others() -> None:
    sheet = read_sheet(f"{HEADER}\nx\n{LINE}\n".encode())
    assert [one.line for one in sheet.corrections] == [3]
    assert sheet.problems == ("line 2 has 1 fields where there should be 9",)


# --- what fits


def table(
    printed: Mapping[str, Any], status: str = "inconsistent", key: str = "review_litigation"
) -> TableReading:
    """A table that prints 0 in every cell but for those given by "row.column": a number, or characters that
    are none.
    """
    cells = []
    for row, column in forms()["2021"].tables[key].cells:
        raw = str(printed.get(f"{row}.{column}", 0))
        value = float(raw) if raw.replace(".", "").isdecimal() else None
        cells.append(Cell(row, column, "blank" if value is None else "number", value, raw, "件", 1, 2))
    return TableReading(key, status, None if key == "review_litigation" else "2021", cells=Cells(cells))


ZERO_TOTAL = {"review.upheld": 10, "review.corrected": 1}


def decided(
    *corrections: Correction,
    printed: Mapping[str, Any] = ZERO_TOTAL,
    status: str = "inconsistent",
    key: str = "review_litigation",
) -> Decision:
    return decide(corrections, {ID: "read", OTHER: "refused"}, {(ID, key): table(printed, status, key)})


def test_a_correction_that_makes_every_identity_hold_applies() -> None:
    decision = decided(ONE)
    assert decision == Decision([Corrected(ID, "review_litigation", {("review", "total"): 11}, {})], [ONE])


@pytest.mark.parametrize("printed", ["0", " 0", "０", "0.0"])
def test_what_is_printed_may_be_written_in_another_way(printed: str) -> None:
    assert decided(replace(ONE, printed=printed.strip())).applied


@pytest.mark.parametrize("mark", ["", "/", "—"])
def test_a_blank_is_corrected_where_the_document_prints_that_blank(mark: str) -> None:
    printed = {"review.upheld": mark, "review.other": mark, "review.total": 3}
    one = replace(ONE, column="upheld", printed=mark, corrected=1)
    decision = decided(one, printed=printed, status="incomplete")
    assert decision.applied == [one]
    assert decision.tables[0].implied == {("review", "other"): 2}
    assert "not '-'" in decided(replace(one, printed="-"), printed=printed, status="incomplete").rejected[0]


def test_a_table_takes_several_corrections_together() -> None:
    parts = [
        replace(ONE, line=2 + i, row=row, corrected=1)
        for i, row in enumerate(("review", "litigation_direct"))
    ]
    printed = {"review.upheld": 1, "litigation_direct.other": 1}
    assert decided(*parts, printed=printed).applied == parts
    alone = decided(parts[0], printed=printed)
    assert (
        alone.applied == []
        and "the table would not be valid either: 复议诉讼 未经复议直接起诉: 其他结果 1 = 1; but 总计 0"
        in alone.rejected[0]
    )


NOT_FITTING: dict[str, tuple[Correction, Mapping[str, Any], str]] = {
    "printed is another": (
        replace(ONE, printed="5"),
        {},
        "the document prints '0' there, not '5': look at it again",
    ),
    "a blank is said to be printed": (
        replace(ONE, printed=""),
        {},
        "the document prints '0' there, not 'nothing'",
    ),
    "no such cell": (replace(ONE, column="upholding"), {}, "the table has no such cell"),
    "nothing changes": (replace(ONE, corrected=0), {}, "it changes nothing"),
    "half a count": (replace(ONE, corrected=10.5), {}, "10.5 is no count, which the form asks for"),
    "less than nothing": (replace(ONE, corrected=-1), {}, "-1 is no count"),
    "the sum still does not hold": (
        replace(ONE, corrected=12),
        {},
        "not be valid either: 复议诉讼 行政复议: 结果维持 10 + 结果纠正 1 = 11; but 总计 12",
    ),
    "the table is validated": (ONE, {"status": "validated"}, "the table is validated as it is printed"),
    "the table is uncertain": (ONE, {"status": "uncertain"}, "what the table prints is not sure"),
    "the table is absent": (ONE, {"status": "absent"}, "the document has no such table"),
    "the document was refused": (replace(ONE, report_id=OTHER), {}, "the document was refused"),
}


@pytest.mark.parametrize(("one", "given", "says"), NOT_FITTING.values(), ids=NOT_FITTING.keys())
def test_a_correction_that_does_not_fit_is_reported_in_a_sentence_and_does_nothing(
    one: Correction, given: Mapping[str, Any], says: str
) -> None:
    decision = decided(one, **given)
    assert (decision.applied, decision.tables, decision.elsewhere) == ([], [], [])
    [sentence] = decision.rejected
    assert sentence.startswith(f"line 2 ({one.report_id} review_litigation ") and says in sentence


def test_a_cell_that_the_identities_do_not_reach_can_be_filled_in() -> None:
    one = replace(
        ONE, table="active_disclosure", row="fees", column="amount_10k_yuan", printed="", corrected=2.5
    )
    printed = {"fees.amount_10k_yuan": ""}
    assert decided(one, printed=printed, status="incomplete", key="active_disclosure").applied == [one]


def test_one_that_does_not_fit_leaves_the_others_of_its_table_alone() -> None:
    other = replace(ONE, line=3, column="upheld", printed="9", corrected=12)
    decision = decided(ONE, other)
    assert decision.applied == [ONE] and len(decision.rejected) == 1


def test_corrections_of_other_years_are_left_to_them() -> None:
    one = replace(ONE, report_id="0" * 16)
    assert decided(one) == Decision(elsewhere=[one])


# --- what is published


def rows(reading: TableReading, report_id: str = ID) -> list[dict[str, Any]]:
    """The table as rows of table_cells."""
    where = {
        "report_id": report_id,
        "table": reading.key,
        "edition": reading.edition,
        "status": reading.status,
    }
    names = (
        "row",
        "column",
        "kind",
        "value",
        "raw",
        "unit",
        "implied",
        "start",
        "end",
        "label",
        "counted_in",
    )
    return [where | {name: getattr(cell, name) for name in names} for cell in reading.cells]


def facts(cells: list[dict[str, Any]], corrected: list[Corrected]) -> list[dict[str, Any]]:
    schemas = {name: arrow_schema(DATASETS[name]) for name in ("table_cells", "reports")}
    taken = pa.Table.from_pylist(
        cells, pa.schema([schemas["table_cells"].field(name) for name in CELL_COLUMNS])
    )
    documents = [{"report_id": ID, "outcome": "read", "issuer": "某局", "is_current": True}]
    described = pa.Table.from_pylist(
        documents, pa.schema([schemas["reports"].field(name) for name in REPORT_COLUMNS])
    )
    return validated_facts(taken, described, corrected).to_pylist()


def test_a_corrected_table_is_published_with_the_printed_figure_beside_the_corrected_one() -> None:
    printed = table({"review.upheld": "", "review.corrected": 4, "review.other": "", "review.total": 3})
    corrected = Corrected(
        ID,
        "review_litigation",
        {("review", "corrected"): 1, ("review", "upheld"): 2},
        {("review", "other"): 0},
    )
    made = facts(rows(printed), [corrected])
    assert len(made) == 15
    found = {
        (fact["row"], fact["column"]): (fact["value"], fact["basis"], fact["raw"])
        for fact in made
        if fact["row"] == "review"
    }
    assert found == {
        ("review", "upheld"): (2.0, "corrected", ""),
        ("review", "corrected"): (1.0, "corrected", "4"),
        ("review", "other"): (0.0, "implied", ""),
        ("review", "pending"): (0.0, "printed", "0"),
        ("review", "total"): (3.0, "printed", "3"),
    }


def test_corrections_touch_no_other_table() -> None:
    validated, broken = table({}, "validated", "active_disclosure"), table(ZERO_TOTAL)
    cells = rows(validated) + rows(broken) + rows(broken, OTHER)
    assert facts(cells, []) == facts(rows(validated), [])
    corrected = Corrected(ID, "review_litigation", {("review", "total"): 11}, {})
    made = facts(cells, [corrected])
    assert made[:10] == facts(rows(validated), []) and len(made) == 25
    assert {fact["report_id"] for fact in made} == {ID}
    # The other year's tables are not touched either.
    assert facts(rows(validated), [corrected]) == facts(rows(validated), [])


def test_rows_are_read_back_as_the_tables_that_they_were() -> None:
    reading = table(ZERO_TOTAL)
    status = {"report_id": ID, "table": reading.key, "status": reading.status, "edition": reading.edition}
    absent = status | {"table": "applications", "status": "absent"}
    found = dict(tables_of([absent, status], rows(reading)))
    assert found == {
        (ID, "applications"): TableReading("applications", "absent"),
        (ID, "review_litigation"): reading,
    }
