"""The form files: what they hold, what a label comes down to, and that a form which contradicts itself is
refused by file and place.
"""

import re
from collections import Counter
from pathlib import Path

import pytest

from schemas.forms import (
    FORMS_DIR,
    TABLE_KEYS,
    FormError,
    enumerator,
    forms,
    label_core,
    label_cores,
    load_form,
)

NEW = (FORMS_DIR / "2021.toml").read_text(encoding="utf-8")


def test_both_editions_load_oldest_first_with_the_three_tables_each() -> None:
    assert {edition: (form.first_report_year, tuple(form.tables)) for edition, form in forms().items()} == {
        "2019": (2019, TABLE_KEYS),
        "2021": (2021, TABLE_KEYS),
    }
    assert list(forms()) == ["2019", "2021"]


@pytest.mark.parametrize(
    ("edition", "table", "rows", "columns", "cells", "equations"),
    [
        ("2021", "active_disclosure", 6, 5, 10, {}),
        ("2019", "active_disclosure", 8, 8, 22, {}),
        (
            "2021",
            "applications",
            25,
            7,
            175,
            {"applications.balance": 7, "applications.handled": 7, "applications.row_total": 25},
        ),
        (
            "2019",
            "applications",
            23,
            7,
            161,
            {"applications.balance": 7, "applications.handled": 7, "applications.row_total": 23},
        ),
        ("2021", "review_litigation", 3, 5, 15, {"review_litigation.total": 3}),
        ("2019", "review_litigation", 3, 5, 15, {"review_litigation.total": 3}),
    ],
)
def test_a_table_has_the_cells_and_equations_of_the_official_form(
    edition: str, table: str, rows: int, columns: int, cells: int, equations: dict[str, int]
) -> None:
    form = forms()[edition].tables[table]
    assert (len(form.rows), len(form.columns), len(form.cells)) == (rows, columns, cells)
    assert Counter(equation.rule for equation in form.equations) == equations
    assert len(set(form.cells)) == cells


def test_the_editions_differ_in_the_rows_that_the_instruments_changed() -> None:
    old, new = (
        {row.key for row in forms()[edition].tables["applications"].rows} for edition in ("2019", "2021")
    )
    assert old - new == {"other"}
    assert new - old == {"other_no_correction", "other_unpaid_fee", "other_other"}


def test_the_handled_identity_sums_every_result_row() -> None:
    for edition in forms():
        table = forms()[edition].tables["applications"]
        equation = next(
            e for e in table.equations if e.rule == "applications.handled" and e.where == "research"
        )
        results = [
            row.key
            for row in table.rows
            if row.key not in ("received", "carried_in", "total_handled", "carried_out")
        ]
        assert equation.left == tuple((row, "research") for row in results)
        assert equation.right == (("total_handled", "research"),)


def test_every_identity_is_hard_and_names_its_legal_source() -> None:
    for form in forms().values():
        for table in form.tables.values():
            assert [identity.id for identity in table.identities if identity.severity != "hard"] == []
            assert [
                identity.id
                for identity in table.identities
                if not identity.source.startswith(form.instrument)
            ] == []


def test_units_and_types_of_the_columns_that_are_no_plain_counts() -> None:
    odd = {
        (edition, key, column.key): (column.unit, column.type)
        for edition, form in forms().items()
        for key, table in form.tables.items()
        for column in table.columns
        if (column.unit, column.type) not in (("件", "count"), ("项", "count"))
    }
    assert odd == {
        ("2019", "active_disclosure", "change"): ("项", "signed"),
        ("2019", "active_disclosure", "amount"): (None, "decimal"),
        ("2021", "active_disclosure", "amount_10k_yuan"): ("万元", "decimal"),
    }


@pytest.mark.parametrize(
    ("label", "cores", "numeral"),
    [
        ("一、本年新收政府信息公开申请数量", ("本年新收政府信息公开申请数量",), "chinese"),
        ("（七）总计", ("总计",), "chinese"),
        ("〔七〕总计", ("七总计",), None),
        ("[七]总计", ("总计",), "chinese"),
        ("3.其他", ("其他",), "arabic"),
        ("3、其他", ("其他",), "arabic"),
        ("3． 其他", ("其他",), "arabic"),
        ("(3) 其他", ("其他",), "arabic"),
        ("3 其他", ("其他",), "arabic"),
        ("其他", ("其他",), None),
        ("3.危及“三安全一稳定”", ("危及三安全一稳定",), "arabic"),
        ("三安全一稳定", ("三安全一稳定",), None),
        ("本年增/减", ("本年增减",), None),
        ("本年收费金额（单位：万元）", ("本年收费金额单位万元", "本年收费金额"), None),
        ("（单位：件）", ("单位件",), None),
    ],
)
def test_the_core_of_a_label(label: str, cores: tuple[str, ...], numeral: str | None) -> None:
    assert (label_cores(label), enumerator(label)) == (cores, numeral)
    assert label_core(label) == cores[0]


# What is changed in the form of 2021, and where and how the loader has to complain. The first occurrence is
# the one that is changed.
IN_APPLICATIONS = "broken.toml, table applications"
BROKEN: dict[str, tuple[str, str, str]] = {
    "no TOML": ('edition = "2021"', "edition 2021", "broken.toml: is no TOML"),
    "unknown key in the file": (
        'edition = "2021"',
        'edition = "2021"\nauthor = "x"',
        "broken.toml: has unknown keys author",
    ),
    "a key of the file is missing": ("first_report_year = 2021", "", "broken.toml: lacks first_report_year"),
    "unknown key in a table": (
        'short_title = "申请情况"',
        'short_title = "申请情况"\nnote = "x"',
        f"{IN_APPLICATIONS}: has unknown keys note",
    ),
    "a key of a table is missing": ('short_title = "申请情况"', "", f"{IN_APPLICATIONS}: lacks short_title"),
    "unknown layout": (
        'layout = "blocks"',
        'layout = "columns"',
        "broken.toml, table review_litigation: layout 'columns'",
    ),
    "unknown key in a column": (
        'label = "自然人"',
        'label = "自然人"\ncolour = "x"',
        f"{IN_APPLICATIONS}, column natural_person: has unknown keys colour",
    ),
    "unknown type": (
        'type = "decimal"',
        'type = "money"',
        "table active_disclosure, column amount_10k_yuan: type 'money'",
    ),
    "mark not in its label": (
        'mark = "自然人"',
        'mark = "公民"',
        f"{IN_APPLICATIONS}, column natural_person: mark '公民'",
    ),
    "unknown key in a row": (
        'label = "规章"',
        'label = "规章"\nweight = 1',
        "table active_disclosure, row regulations: has unknown keys weight",
    ),
    "a row without a label": (
        '  label = "规章"\n',
        "",
        "table active_disclosure, row regulations: lacks label",
    ),
    "a row without its English": (
        '  en = "Regulations"\n',
        "",
        "table active_disclosure, row regulations: lacks en",
    ),
    "a row prints a cell in no column": (
        'cells = ["amount_10k_yuan"]',
        'cells = ["amount"]',
        "table active_disclosure, row fees: prints cells",
    ),
    "a row prints no cell": (
        'cells = ["amount_10k_yuan"]',
        "cells = []",
        "table active_disclosure, row fees: prints no cell",
    ),
    "a column in which no row prints": (
        'cells = ["amount_10k_yuan"]',
        'cells = ["decisions"]',
        "no row prints a cell: amount_10k_yuan",
    ),
    "two rows with one label": (
        'label = "4.保护第三方合法权益"',
        'label = "4.属于国家秘密"',
        f"{IN_APPLICATIONS}, row refused_third_party: label",
    ),
    "a variant that is another row's label": (
        'variants = ["其它"]',
        'variants = ["总计"]',
        "row total_handled: label '（七）总计' could also mean other_other",
    ),
    "labels that differ in a note only": (
        'label = "3.其他"',
        'label = "3.总计（含其他）"',
        "row total_handled: label '（七）总计' could also mean other_other",
    ),
    "a label without a word": (
        'label = "3.其他"',
        'label = "3."',
        f"{IN_APPLICATIONS}, row other_other: label '3.' has no word",
    ),
    "row twice": ('key = "carried_in"', 'key = "received"', f"{IN_APPLICATIONS}: has row received twice"),
    "column twice": ('key = "business"', 'key = "research"', f"{IN_APPLICATIONS}: has column research twice"),
    "identity twice": (
        'id = "applications.handled"',
        'id = "applications.balance"',
        f"{IN_APPLICATIONS}: has identity applications.balance twice",
    ),
    "table twice": ('key = "review_litigation"', 'key = "applications"', "table applications"),
    "bad severity": (
        'severity = "hard"',
        'severity = "soft"',
        "identity active_disclosure.count: severity 'soft'",
    ),
    "an identity without a source": (
        'source = "国办公开办函〔2021〕30号，表三所印勾稽关系"',
        "",
        f"{IN_APPLICATIONS}, identity applications.balance: lacks source",
    ),
    "an identity of another table": (
        'id = "applications.handled"',
        'id = "review_litigation.handled"',
        "belongs to no table of this form",
    ),
    "an identity per table": (
        '\n  per = "column"',
        '\n  per = "table"',
        f"{IN_APPLICATIONS}, identity applications.balance: needs per",
    ),
    "an identity without an equation": (
        'equation = "@results = total_handled"',
        'equation = ""',
        f"{IN_APPLICATIONS}, identity applications.handled: lacks its equation",
    ),
    "unknown row in an identity": (
        'equation = "received + carried_in = total_handled + carried_out"',
        'equation = "received + carried_over = total_handled + carried_out"',
        f"{IN_APPLICATIONS}, identity applications.balance: names 'carried_over'",
    ),
    "unknown group in an identity": (
        "@results = total_handled",
        "@outcomes = total_handled",
        "sums the group '@outcomes'",
    ),
    "unknown column in an identity": (
        "upheld + corrected",
        "upheld + reversed",
        "identity review_litigation.total: names 'reversed'",
    ),
    "no equals sign": (
        "@results = total_handled",
        "@results + total_handled",
        "identity applications.handled: needs exactly one '='",
    ),
    "two equals signs": (
        "@results = total_handled",
        "@results = total_handled = carried_out",
        "needs exactly one '='",
    ),
    "a term on both sides": (
        "@results = total_handled",
        "@results = granted",
        "identity applications.handled: has granted on both sides",
    ),
    "a term twice": (
        "@results = total_handled",
        "@results + granted = total_handled",
        "identity applications.handled: counts granted twice",
    ),
    "an identity reaches a cell that is not printed": (
        'label = "四、结转下年度继续办理"',
        'label = "四、结转下年度继续办理"\n  cells = ["natural_person", "total"]',
        f"{IN_APPLICATIONS}, identity applications.balance: reaches the cell carried_out.business",
    ),
    "variants that are no list": (
        'variants = ["其它"]',
        'variants = "其它的"',
        f"{IN_APPLICATIONS}, row other_other",
    ),
}


@pytest.mark.parametrize(("old", "new", "complaint"), BROKEN.values(), ids=BROKEN.keys())
def test_a_form_that_contradicts_itself_is_refused_with_its_place(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    assert old in NEW
    path = tmp_path / "broken.toml"
    path.write_text(NEW.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FormError) as refused:
        load_form(path)
    message = str(refused.value)
    assert message.startswith("broken.toml")
    assert complaint in message
    assert re.fullmatch(r"[^\n]{20,300}", message)


def test_bytes_that_are_no_text_are_refused_as_well(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_bytes(NEW.encode("utf-16"))
    with pytest.raises(FormError, match=r"broken\.toml"):
        load_form(path)


def test_a_copy_of_a_form_loads_as_the_form_itself(tmp_path: Path) -> None:
    path = tmp_path / "copy.toml"
    path.write_text(NEW, encoding="utf-8")
    assert load_form(path) == forms()["2021"]
