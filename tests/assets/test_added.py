"""Rows and columns that the organ added: kept as what they are, counted where the sums count them, and
published with the table that holds with them.
"""

from random import Random

import pyarrow as pa
import pytest

from assets import identities, tables
from assets.document import judge
from assets.model import Document, TableReading
from assets.validated_facts import CELL_COLUMNS, REPORT_COLUMNS, validated_facts
from examples.figures import make_figures
from schemas.datasets import DATASETS, arrow_schema
from schemas.forms import forms
from schemas.frames import FactsError, facts_frame, validate_facts

FORM = forms()["2021"].tables["applications"]
COLUMNS = [column.key for column in FORM.columns]
HEAD = "|申请人情况\n|自然人|法人或其他组织|||||总计\n||商业企业|科研机构|社会公益组织|法律服务机构|其他|\n"
SECRET = [3, 0, 1, 0, 0, 2, 6]


def applications(
    added: list[object], label: str = "9.属于工作秘密", counted: bool = True, **printed: object
) -> Document:
    """A report whose section three has a row below 8.属于行政查询事项, counted in the totals or not; `printed`
    are other figures than the form's, for natural persons.
    """
    figures = {
        key[1:]: value for key, value in make_figures(Random(7), {"applications": "2021"}, "bureau").items()
    }
    lines = []
    for row in FORM.rows:
        own: list[object] = [figures[row.key, column] for column in COLUMNS]
        if counted and row.key in ("received", "total_handled"):
            own = [int(str(a)) + int(str(b or 0)) for a, b in zip(own, added, strict=True)]
        own[0] = printed.get(row.key, own[0])
        lines.append("|".join([row.label, *map(str, own)]))
        if row.key == "refused_admin_query":
            lines.append("|".join([label, *map(str, added)]))
    text = (
        "云泽市水务局2023年政府信息公开工作年度报告\n三、收到和处理政府信息公开申请情况\n"
        + HEAD
        + "\n".join(lines)
    )
    document = judge(text.encode())
    document.folder_year = 2023
    return document


def review(header: str, *lines: str) -> TableReading:
    title = "云泽市水务局2023年政府信息公开工作年度报告\n四、政府信息公开行政复议、行政诉讼情况\n"
    return judge((title + "\n".join([header, *lines])).encode()).tables[2]


def added(table: TableReading) -> list[tuple[object, ...]]:
    return [(cell.row, cell.column, cell.value, cell.label, cell.counted_in) for cell in table.added]


def test_a_row_that_the_sums_count() -> None:
    document = applications(SECRET)
    table = document.tables[1]
    assert (table.status, table.reasons, len(table.cells)) == ("validated", [], len(FORM.cells))
    assert added(table) == [
        ("added_1", column, value, "9.属于工作秘密", "applications.handled")
        for column, value in zip(COLUMNS, SECRET, strict=True)
    ]
    assert all(document.raw.text[cell.start : cell.end] == cell.raw for cell in table.added)


def test_a_row_that_the_sums_do_not_count() -> None:
    table = applications(SECRET, "其中：涉企信息", counted=False).tables[1]
    assert (table.status, {cell.counted_in for cell in table.added}) == ("validated", {None})
    assert [cell.value for cell in table.added] == SECRET


def test_a_row_of_noughts_changes_no_sum() -> None:
    table = applications([0] * 7).tables[1]
    assert (table.status, {cell.counted_in for cell in table.added}) == ("validated", {None})


@pytest.mark.parametrize(
    ("row", "printed"),
    [
        ([3, 0, 1, 0, 0, 2, 7], {}),  # does not add up
        (SECRET, {"granted": 10**6}),  # another figure is wrong
        ([3, 0, "1,00", 0, 0, 2, 6], {}),
        ([3, 0, "若干", 0, 0, 2, 6], {}),
    ],
)
def test_a_row_over_which_no_sum_holds_leaves_the_table_uncertain(
    row: list[object], printed: dict[str, object]
) -> None:
    numbers = [value if isinstance(value, int) else 1 for value in row]
    counted = applications(numbers, **printed)  # the totals count the figures
    text = counted.raw.text.replace("|".join(map(str, numbers)), "|".join(map(str, row)))
    table = judge(text.encode()).tables[1]
    assert table.status == "uncertain" and table.reasons
    assert {cell.counted_in for cell in table.added} <= {None}


def test_a_blank_that_one_sum_fills_with_the_row_and_another_without_is_doubted() -> None:
    document = applications([3, 0, 0, 0, 0, 0, 3], counted=False)
    # Without its own figures the column of natural persons holds in either way.
    blank = [("received", 0), ("granted", 0), ("total_handled", 0)]
    lines = document.raw.text.split("\n")
    for key, column in blank:
        label = FORM.row(key).label
        for i, line in enumerate(lines):
            if line.startswith(label + "|"):
                cells = line.split("|")
                cells[1 + column], cells[-1] = "", ""
                lines[i] = "|".join(cells)
    table = judge("\n".join(lines).encode()).tables[1]
    assert table.status in ("uncertain", "incomplete")


HEADS = "案件|结果维持|结果纠正|其他结果|尚未审结|撤回|总计"


def test_an_outcome_that_the_sums_count() -> None:
    table = review(HEADS, "行政复议|1|2|0|3|4|10", "未经复议直接起诉|0|0|0|0|1|1", "复议后起诉|2|0|0|0|0|2")
    assert (table.status, [cell.value for cell in table.cells]) == (
        "validated",
        [1, 2, 0, 3, 10, 0, 0, 0, 0, 1, 2, 0, 0, 0, 2],
    )
    assert added(table) == [
        (row, "added_1", value, "撤回", "review_litigation.total")
        for row, value in zip(
            ("review", "litigation_direct", "litigation_after_review"), (4, 1, 0), strict=True
        )
    ]


def test_an_outcome_beside_others_in_one_line_of_figures() -> None:
    heads = "|".join(HEADS.split("|")[1:])
    figures = "1|2|0|3|4|10|0|0|0|0|1|1|2|0|0|0|0|2"
    table = review("行政复议|行政诉讼\n未经复议直接起诉|复议后起诉", "|".join([heads] * 3), figures)
    assert (table.status, [cell.value for cell in table.added]) == ("validated", [4, 1, 0])


def test_an_outcome_over_which_no_sum_holds() -> None:
    table = review(HEADS, "行政复议|1|2|0|3|4|9", "未经复议直接起诉|0|0|0|0|1|1", "复议后起诉|2|0|0|0|0|2")
    assert table.status == "uncertain" and "the organ added the column '撤回'" in table.reasons[0]


# --- on its way to what is published


def cells_of(document: Document) -> pa.Table:
    """The rows of table_cells of one document."""
    columns = tables.STAGE.outputs[0].columns_of([document])
    arrays = {name: pa.array(values) for name, values in columns.items()}
    decoded = {
        name: array.dictionary_decode() if pa.types.is_dictionary(array.type) else array
        for name, array in arrays.items()
    }
    return pa.table({name: decoded[name] for name in DATASETS["table_cells"].names}).cast(
        arrow_schema(DATASETS["table_cells"])
    )


def facts_of(cells: pa.Table, document: Document) -> pa.Table:
    schema = pa.schema([arrow_schema(DATASETS["reports"]).field(name) for name in REPORT_COLUMNS])
    read = {"report_id": document.report_id, "outcome": "read", "issuer": "某局", "is_current": True}
    return validated_facts(cells.select(CELL_COLUMNS), pa.Table.from_pylist([read], schema))


def test_the_gate_sees_that_the_sums_hold_with_the_added_row() -> None:
    document = applications(SECRET)
    facts = facts_frame(facts_of(cells_of(document), document))
    assert len(facts) == len(FORM.cells) + 7
    validate_facts(facts)
    own = facts[facts["label"].isna()]
    with pytest.raises(FactsError, match=r"applications\.handled"):
        validate_facts(own)  # without the row they do not hold
    wrong = facts.copy()
    wrong.loc[(wrong["row"] == "added_1") & (wrong["column"] == "research"), "value"] += 1
    with pytest.raises(FactsError, match=r"applications\.handled\[research\]"):
        validate_facts(wrong)
    unlabelled = facts.copy()
    unlabelled["label"] = None
    with pytest.raises(FactsError, match="added"):
        validate_facts(unlabelled.astype({"label": "category"}))


def test_what_no_sum_counts_is_not_published() -> None:
    document = applications(SECRET, "其中：涉企信息", counted=False)
    cells = cells_of(document)
    assert len(cells) == len(FORM.cells) + 7
    assert len(facts_of(cells, document)) == len(FORM.cells)


def test_the_tally_of_identities_counts_the_added_row() -> None:
    cells = cells_of(applications(SECRET)).select(identities.COLUMNS)
    tally = identities.tally([cells])
    assert (tally["applications.handled"].holds, tally["applications.handled"].broken) == (1, 0)


def test_rows_lead_back_to_the_table() -> None:
    document = applications(SECRET)
    again = Document(document.report_id)
    for output in tables.STAGE.outputs[1::-1]:
        assert output.restore is not None
        plain = {name: pa.array(values).to_pylist() for name, values in output.columns_of([document]).items()}
        rows = [dict(zip(plain, row, strict=True)) for row in zip(*plain.values(), strict=True)]
        output.restore(again, rows)
    assert again.tables == document.tables
