"""What evaluators look at: each judgement where it holds, where it does not, and where nobody can tell."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pyarrow as pa
import pytest

from assets.compliance import compliance
from examples.render import render
from examples.report import Report, make_report
from schemas.compliance import Due, due
from schemas.datasets import COMPLIANCE, arrow_schema
from schemas.forms import TABLE_KEYS
from tests.assets.test_section_words import prose
from tests.made_years import made_year

ORGANS: dict[str, dict[str, Any]] = {
    "office": {"region_code": "330101"},
    "city": {"region_code": "330100", "kind": "government"},
    "town": {"region_code": "330101", "kind": "township", "level": "township"},
    "riddle": {"region_code": "330101", "kind": "unknown"},
    "near": {"region_code": "330102"},
    "far": {"region_code": "440101"},
}
NOTHING = {
    "year_over_year": pa.table({"report_id": pa.array([], pa.string()), "outcome": pa.array([], pa.string())})
}


def made(seed: int = 2, year: int = 2023, **changes: Any) -> Report:
    return replace(make_report(Random(seed), year, dict.fromkeys(TABLE_KEYS, "2021"), "bureau"), **changes)


def with_prose(words: Mapping[int, str], seed: int = 2, year: int = 2023) -> Report:
    report = made(seed, year)
    return replace(report, sections={**report.sections} | {number: (text,) for number, text in words.items()})


def judged(
    *reports: tuple[Report, Mapping[str, Any]], last: Any = (), also: Any = NOTHING
) -> list[dict[str, Any]]:
    now = [(f"2023/{i}.txt", render(one, "pipes"), _known(more)) for i, (one, more) in enumerate(reports)]
    before = [(f"2022/{i}.txt", render(one, "pipes"), _known(more)) for i, (one, more) in enumerate(last)]
    years = made_year(now, 2023, also=also), made_year(before, 2022) if last else None
    rows = [row for table in compliance(*years, 2023) for row in table.to_pylist()]
    order = {report_id: i for i, report_id in enumerate(_ids(now))}
    return sorted(rows, key=lambda row: order[row["report_id"]])


def _known(more: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is said of a report, with what is known of its organ."""
    return ORGANS.get(more.get("organ_id", ""), {}) | dict(more)


def _ids(now: Any) -> list[str]:
    from assets.raw_text import report_id

    return [report_id(text.encode()) for _, text, _ in now]


def evidence(row: dict[str, Any], name: str) -> list[str]:
    return [one.removeprefix(f"{name}: ") for one in row["evidence"] if one.startswith(f"{name}: ")]


@pytest.mark.parametrize(
    ("organ", "published", "on_time", "until"),
    [
        ("office", date(2024, 1, 31), "yes", date(2024, 1, 31)),
        ("office", date(2024, 2, 1), "no", date(2024, 1, 31)),
        ("office", None, "unknown", date(2024, 1, 31)),
        ("city", date(2024, 3, 31), "yes", date(2024, 3, 31)),
        ("city", date(2024, 4, 1), "no", date(2024, 3, 31)),
        ("town", date(2024, 9, 9), "no_day", None),
        ("riddle", date(2024, 1, 2), "unknown", None),
    ],
)
def test_a_report_is_on_time_by_the_kind_of_its_organ(
    organ: str, published: date | None, on_time: str, until: date | None
) -> None:
    [row] = judged((made(), {"organ_id": organ, "published": published}))
    assert (row["on_time"], row["due"], row["published"]) == (on_time, until, published)
    assert bool(evidence(row, "on_time")) is (on_time != "no_day")


@pytest.mark.parametrize(
    ("published", "scope", "on_time"),
    [
        (date(2024, 1, 31), "unknown", "yes"),
        (date(2024, 2, 1), "unknown", "unknown"),
        (date(2024, 4, 1), "unknown", "no"),
        (date(2024, 2, 1), "organ", "no"),
        (date(2024, 2, 1), "area", "yes"),
    ],
)
def test_the_office_of_a_government_reports_for_itself_or_for_the_government(
    published: date, scope: str, on_time: str
) -> None:
    more = {"organ_id": "office", "issuer": "云泽市人民政府办公室", "scope": scope, "published": published}
    [row] = judged((made(), more))
    assert row["on_time"] == on_time


def test_the_days_are_those_of_the_law() -> None:
    for kind, month in (("department", 1), ("government", 3)):
        rule = due(kind)
        assert isinstance(rule, Due) and rule.on(2022) == date(2023, month, 31)
    assert (due("township"), due(None), due("unknown")) == ("no day", None, None)


FULL = {
    1: "我局主动公开信息,办理依申请公开,加强信息管理,建设网站平台,做好监督保障。",
    5: "存在的问题是更新偏慢。下一步改进栏目设置工作。",
    6: "我局未收取信息处理费。",
}
TELLS = [name for name in COMPLIANCE.names if name.startswith("tells_")]


def test_what_the_sections_tell_is_told_with_the_words() -> None:
    [row] = judged((with_prose(FULL), {"organ_id": "office"}))
    assert {name: row[name] for name in TELLS} == dict.fromkeys(TELLS, True)
    assert "信息处理费" in evidence(row, "tells_fee")[0]
    [row] = judged(
        (with_prose({1: "今年工作正常开展了起来。", 5: "无。", 6: "无。"}), {"organ_id": "office"})
    )
    assert {name: row[name] for name in TELLS} == dict.fromkeys(TELLS, False)
    assert row["sections_empty"] == [5]


def test_a_section_that_is_not_there_tells_nothing_either_way() -> None:
    text = render(with_prose(FULL), "pipes")
    text = text[: text.index("六、")]
    rows = made_year([("2023/a.txt", text, {"organ_id": "office"})], 2023, also=NOTHING)
    [row] = [row for table in compliance(rows, None, 2023) for row in table.to_pylist()]
    assert (row["tells_fee"], row["tells_problems"], row["sections_missing"]) == (None, True, [6])


def test_what_the_other_datasets_say_of_the_figures_is_counted() -> None:
    report = made(lost=frozenset({"review_litigation"}))
    [alone] = judged((report, {"organ_id": "office"}))
    years = pa.table(
        {
            "report_id": [alone["report_id"]] * 3 + ["f" * 16],
            "outcome": ["broken", "undecided", "holds", "broken"],
        }
    )
    [row] = judged((report, {"organ_id": "office"}), also={"year_over_year": years})
    assert {
        name: row[name] for name in ("tables_validated", "tables_absent", "year_broken", "year_undecided")
    } == {
        "tables_validated": 2,
        "tables_absent": ["review_litigation"],
        "year_broken": 1,
        "year_undecided": 1,
    }


ONE, OTHER = {1: prose(1)}, {1: prose(2)}


def test_the_words_of_last_years_report_are_known_again() -> None:
    last = [(with_prose(ONE, year=2022), {"organ_id": "office"})]
    [row] = judged((with_prose(ONE), {"organ_id": "office"}), last=last)
    assert row["like_last_1"] == 1.0
    [row] = judged((with_prose(OTHER), {"organ_id": "office"}), last=last)
    assert row["like_last_1"] < 0.1
    [row] = judged((with_prose(ONE), {"organ_id": "city"}), last=last)
    assert row["like_last_1"] is None
    [row] = judged((with_prose(ONE), {"organ_id": "office"}))
    assert row["like_last_1"] is None


def test_the_words_of_a_neighbour_are_known_and_named() -> None:
    rows = judged(
        (with_prose(ONE, 2), {"organ_id": "office"}),
        (with_prose(ONE, 3), {"organ_id": "near"}),
        (with_prose(ONE, 4), {"organ_id": "far"}),
        (with_prose(OTHER, 5), {"organ_id": "city"}),
    )
    assert [(row["like_other_1"], row["like_other_1_report"]) for row in rows] == [
        (1.0, rows[1]["report_id"]),
        (1.0, rows[0]["report_id"]),
        (None, None),
        (None, None),
    ]
    assert evidence(rows[0], "like_other_1") == [f"shares 100% of its words with {rows[1]['report_id']}"]


def test_two_reports_of_one_organ_are_no_copies_of_one_another() -> None:
    rows = judged((with_prose(ONE, 2), {"organ_id": "office"}), (with_prose(ONE, 3), {"organ_id": "office"}))
    assert [row["like_other_1"] for row in rows] == [None, None]


def test_standard_words_make_no_likeness() -> None:
    standard = {1: "根据《中华人民共和国政府信息公开条例》的规定,编制本报告。" * 40}
    rows = judged(
        (with_prose(standard, 2), {"organ_id": "office"}), (with_prose(standard, 3), {"organ_id": "near"})
    )
    assert [row["like_other_1"] for row in rows] == [None, None]


def test_an_earlier_year_left_in_the_text_is_shown() -> None:
    [row] = judged(
        (with_prose({1: "2022年,我局公开信息三条。2023年,我局培训一次。"}), {"organ_id": "office"})
    )
    assert row["earlier_years"] == [2022]
    assert evidence(row, "earlier_years") == ["section 1: 2022年,我局公开信息三条"]


def test_another_version_is_named_and_only_the_one_that_counts_has_a_row() -> None:
    rows = judged(
        (made(2), {"organ_id": "office", "published": date(2024, 3, 1)}),
        (made(3), {"organ_id": "office", "published": date(2024, 1, 9), "is_current": False}),
    )
    [row] = rows
    assert (row["versions"], row["changed_on"]) == (2, date(2024, 3, 1))
    assert evidence(row, "versions") == ["beside this one 2023/1.txt of 2024-01-09"]


def test_the_rows_are_those_of_the_dataset_in_whatever_batches() -> None:
    named = [(f"2023/{i}.txt", render(made(i), "pipes"), {"organ_id": str(i)}) for i in range(5)]
    one, other = (
        pa.concat_tables(compliance(made_year(named, 2023, batch, also=NOTHING), None, 2023))
        for batch in (2, 9)
    )
    assert one.schema.equals(arrow_schema(COMPLIANCE), check_metadata=True)
    assert one.equals(other) and one.column("report_id").to_pylist() == sorted(
        one.column("report_id").to_pylist()
    )
    assert list(compliance(made_year([], 2023, also=NOTHING), None, 2023)) == []
