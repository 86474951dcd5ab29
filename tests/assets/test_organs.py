"""Organs over years: who is who, who is missing, what a steward settles; on invented rows of `reports`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from random import Random
from typing import Any

import pyarrow as pa
import pytest

from assets import organ_reports, organs
from assets.organs_sheet import read_sheet
from assets.stages import Beside, RowsOfYear
from examples.organs import YEARS, Corpus, make_organs, measure, organ_code


def rows_of(corpus: Corpus, year: int, tables: Sequence[pa.Table] = ()) -> RowsOfYear:
    def rows(dataset: str, columns: Sequence[str]) -> Iterator[pa.Table]:
        if dataset == "organs":
            return (table.select(list(columns)) for table in tables)
        return corpus.tables(year, columns)

    return rows


class Answer:
    """What the stages make of a corpus."""

    def __init__(self, corpus: Corpus, years: Sequence[int] = YEARS, **files: str) -> None:
        beside = Beside({f"{name}.csv": text.encode() for name, text in files.items()})
        made: dict[str, list[pa.Table]] = {"organs": [], "missing": [], "rulings": []}
        for tables in organs.make({year: rows_of(corpus, year) for year in years}, beside):
            for name, table in tables.items():
                made[name].append(table)
        self._corpus, self._tables = corpus, made["organs"]
        self.organs, self.missing, self.rulings = (
            [row for table in made[name] for row in table.to_pylist()] for name in made
        )
        self.organ_of = {one: row["organ_id"] for row in self.organs for one in row["report_ids"]}
        self.by_id = {row["organ_id"]: row for row in self.organs}

    def reports(self, year: int) -> dict[str, dict[str, Any]]:
        now = rows_of(self._corpus, year, self._tables)
        made = [one["organ_reports"] for one in organ_reports.make(now, None, year, Beside())]
        return {row["report_id"]: row for table in made for row in table.to_pylist()}

    def organ(self, report_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.by_id[self.organ_of[report_id]]
        return found


@pytest.fixture(scope="module")
def invented() -> Corpus:
    return make_organs(Random(5), cities=4)


def test_of_invented_organs_none_are_merged_and_none_is_lost(invented: Corpus) -> None:
    answer = Answer(invented)
    assert set(answer.organ_of) == set(invented.truth)
    found = measure(invented, answer.organ_of)
    assert found.merged == []
    assert len(found.split) + len(invented.hopeless) <= 0.02 * found.organs
    for year in YEARS:  # of each organ a report counts, and none drops out without a reason
        rows = answer.reports(year)
        assert set(rows) == {row["report_id"] for row in invented.rows[year]}
        counted = {row["organ_id"] for row in rows.values() if row["is_current"]}
        assert counted == {row["organ_id"] for row in rows.values()}
        assert [row for row in rows.values() if not row["is_current"] and not row["why"]] == []


def test_neither_the_order_of_documents_nor_a_further_year_changes_an_id(invented: Corpus) -> None:
    whole, fewer = Answer(invented), Answer(invented, YEARS[:-1])
    early = {one for year in YEARS[:-1] for one in (row["report_id"] for row in invented.rows[year])}
    kept = sum(whole.organ_of[one] == fewer.organ_of[one] for one in early)
    assert kept == len(early)
    shuffled = Corpus({year: Random(year).sample(rows, len(rows)) for year, rows in invented.rows.items()})
    shuffled.truth = invented.truth
    assert Answer(shuffled).organ_of == whole.organ_of


def answer(build: Callable[[Corpus], Mapping[str, str]], **files: str) -> tuple[Answer, Mapping[str, str]]:
    corpus = Corpus()
    ids = build(corpus)
    return Answer(corpus, **{name: text.format(**ids) for name, text in files.items()}), ids


def test_two_of_a_bare_name_both_count_and_both_say_so() -> None:
    made, ids = answer(lambda c: {"a": c.add("x", 2023, "教育局"), "b": c.add("y", 2023, "教育局")})
    assert made.organ_of[ids["a"]] != made.organ_of[ids["b"]]
    rows = made.reports(2023)
    assert [rows[one]["is_current"] for one in ids.values()] == [True, True]
    assert all("1 other reports print it too" in rows[one]["doubts"][0] for one in ids.values())
    assert made.missing == []  # nothing says of whom


def test_three_reports_of_one_year_leave_one_that_counts_and_say_why() -> None:
    def build(c: Corpus) -> dict[str, str]:
        days = {"a": date(2024, 1, 2), "b": date(2024, 3, 1), "c": None}
        return {key: c.add("x", 2023, "云泽市教育局", published=day) for key, day in days.items()}

    made, ids = answer(build)
    rows = made.reports(2023)
    assert {key: rows[one]["is_current"] for key, one in ids.items()} == {"a": False, "b": True, "c": False}
    assert rows[ids["b"]]["versions"] == 3
    assert (
        rows[ids["a"]]["why"]
        == f"{ids['b']} counts in its place, because no other date of publication is known"
    )


def test_a_report_of_the_area_and_one_of_the_organ_both_count() -> None:
    def build(c: Corpus) -> dict[str, str]:
        return {
            scope: c.add("x", 2023, "云泽市人民政府", scope=scope) for scope in ("area", "organ", "unknown")
        }

    made, ids = answer(build)
    rows = made.reports(2023)
    assert len({made.organ_of[one] for one in ids.values()}) == 1
    assert all(row["is_current"] and row["why"] for row in rows.values())


CODE = organ_code(12345678)


def test_a_renamed_organ_is_followed_by_its_code_and_only_by_it() -> None:
    def build(c: Corpus) -> dict[str, str]:
        index = f"{CODE}/1"
        return {
            "old": c.add("x", 2021, "云泽市地震局", index_number=index),
            "new": c.add("x", 2022, "云泽市防震中心", index_number=index),
            "other": c.add("y", 2021, "云泽市农业局"),
            "later": c.add("z", 2022, "云泽市农业农村局"),
        }

    made, ids = answer(build)
    assert made.organ_of[ids["old"]] == made.organ_of[ids["new"]]
    assert made.organ(ids["old"])["evidence"][-1] == f"code {CODE}"
    assert made.organ(ids["old"])["names"] == ["云泽市地震局", "云泽市防震中心"]
    assert made.organ(ids["old"])["name"] == "云泽市防震中心"
    assert made.organ_of[ids["other"]] != made.organ_of[ids["later"]]


def test_a_code_that_two_claim_is_evidence_for_none() -> None:
    def build(c: Corpus) -> dict[str, str]:
        index = f"{CODE}/1"
        names = ("云泽市教育局", "云泽市财政局", "教育局")
        return {name: c.add(name, 2022, name, index_number=index) for name in names}

    made, ids = answer(build)
    assert len(set(made.organ_of.values())) == 3
    for name in ids:
        doubts = " ".join(made.organ(ids[name])["doubts"])
        assert f"the code {CODE} is claimed by 3 organs" in doubts


def test_a_wrong_check_digit_an_unknown_year_and_a_region_that_is_gone_are_said() -> None:
    def build(c: Corpus) -> dict[str, str]:
        wrong = CODE[:8] + ("1" if CODE[8] != "1" else "2")
        return {
            "code": c.add("x", 2022, "云泽市教育局", index_number=f"{wrong}/1"),
            "year": c.add("y", 2022, "云泽市财政局", printed_year=None),
            "gone": c.add("z", 2022, "杭州市下城区财政局"),
            "nobody": c.add("n", 2022, None),
        }

    made, ids = answer(build)
    rows = made.reports(2022)
    assert "its check digit is wrong" in made.organ(ids["code"])["doubts"][0]
    assert rows[ids["year"]]["doubts"] == [
        "the report says no year: it counts for 2022, under which it was filed"
    ]
    assert rows[ids["gone"]]["doubts"] == ["下城区 (330103) is no longer a region since 2021"]
    assert rows[ids["nobody"]]["doubts"] == ["the report names no organ: it counts for itself"]
    assert all(row["is_current"] for row in rows.values())


def test_who_is_missing_and_who_should_not_be() -> None:
    def build(c: Corpus) -> dict[str, str]:
        for year in (2020, 2022):
            c.add("x", year, "云泽市教育局")
        for year in YEARS:
            c.add("y", year, "云泽市财政局")
        return {}

    made, _ = answer(
        build, roster="name,first,last\n云泽市教育局,2021,\n云泽市水务局,2023,2024\n?,2023,2020\n"
    )
    assert [(row["name"], row["report_year"], row["why"], row["expected"]) for row in made.missing] == [
        ("云泽市教育局", 2019, "not_yet", False),
        ("云泽市教育局", 2021, "gap", True),
        ("云泽市教育局", 2023, "not_since", True),
        ("云泽市水务局", 2023, "roster", True),
        ("云泽市教育局", 2024, "not_since", True),
        ("云泽市水务局", 2024, "roster", True),
    ]
    assert [(row["line"], row["applied"]) for row in made.rulings] == [(2, True), (3, True), (4, False)]


HEADER = "relation,one,other,reason,who,when\n"


def two_bare(c: Corpus) -> dict[str, str]:
    return {
        "a": c.add("x", 2022, "云泽市教育局"),
        "b": c.add("x", 2023, "教育局"),
        "c": c.add("z", 2023, "云泽市农业局"),
        "d": c.add("z", 2022, "云泽市教育局"),
    }


# lines: which of a, b, c are one organ then; what is said of each line
RULED = {
    "same": ("same,{a},{b},asked,li,2025-01-01\n", {("a", "b")}, [True]),
    "renamed": ("renamed,云泽市农业局,云泽市教育局,notice,li,2025-01-01\n", {("a", "c"), ("c", "d")}, [True]),
    "not the same": ("not_same,{a},{d},asked,li,2025-01-01\n", set(), [True]),
    "no such organ": ("same,云泽市文旅局,{a},asked,li,2025-01-01\n", set(), [False]),
    "no such relation": ("like,{b},{a},asked,li,2025-01-01\n", set(), [False]),
    "no reason": ("same,{b},{a},,li,2025-01-01\n", set(), [False]),
    "no date": ("same,{b},{a},asked,li,soon\n", set(), [False]),
    "twice": ("same,{a},{b},x,li,2025-01-01\nnot_same,{b},{a},x,li,2025-01-01\n", set(), [False]),
    "against itself": (
        "same,{a},{b},x,li,2025-01-01\nsame,{b},{c},x,li,2025-01-01\nnot_same,{a},{c},x,li,2025-01-01\n",
        {("a", "b")},
        [True, False, True],
    ),
}


@pytest.mark.parametrize(("lines", "one", "applied"), RULED.values(), ids=RULED.keys())
def test_each_line_of_a_steward_is_applied_or_refused_in_words(
    lines: str, one: set[tuple[str, str]], applied: list[bool]
) -> None:
    made, ids = answer(two_bare, organs=HEADER + lines)
    found = {
        (x, y) for x in "abcd" for y in "abcd" if x < y and made.organ_of[ids[x]] == made.organ_of[ids[y]]
    }
    usual = set() if lines.startswith("not_same") else {("a", "d")}
    expected = one | usual | ({("b", "d")} if ("a", "b") in one else set())
    assert found == expected
    assert [row["applied"] for row in made.rulings] == applied
    assert all(row["said"] for row in made.rulings)


def test_a_steward_names_kinds_and_parents() -> None:
    lines = "kind,云泽市教育局,government,asked,li,2025-01-01\nparent,{c},{a},asked,li,2025-01-01\n"
    made, ids = answer(two_bare, organs=HEADER + lines)
    assert made.organ(ids["a"])["kind"] == "government"
    assert made.organ(ids["c"])["parent"] == made.organ_of[ids["a"]]


def test_a_file_that_is_no_table_is_said() -> None:
    assert read_sheet(b"a,b\n", None).problems[0].startswith("organs.csv: line 1 has to name these columns")
    assert read_sheet(b"\xff\xfe\x00", None).problems[0].startswith("organs.csv: it is no text")
    assert read_sheet(None, None).roster is None
