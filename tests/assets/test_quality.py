"""The verdicts on a finished year: each property is tried on a year that has it and on one that lacks it."""

from collections import Counter
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from assets import quality
from assets.corrections import Correction, Decision
from assets.identities import Broken, Tally
from assets.quality import Limits, NotPublishedError, Standing, Verdict, no_collapse, require
from schemas.datasets import STATUSES

BUG = "internal error, please report it with this document: KeyError: 'x'"
ONE = Correction(
    2,
    "0" * 16,
    "applications",
    "granted",
    "total",
    "1",
    2,
    "confirmed by the organ",
    "reviewer",
    date(2024, 3, 1),
)


def status(
    table: str = "applications",
    status: str = "validated",
    edition: str | None = "2021",
    error: str | None = None,
) -> dict[str, Any]:
    """A row of table_status."""
    return {"report_id": "a", "table": table, "status": status, "edition": edition, "error": error}


def conserved(read: str, found: str, each: int) -> Verdict:
    """The same of reports whose ids are letters."""
    return quality.reports_conserved(pa.array(list(read)), pa.array(list(found)), each)


CASES = {
    "all documents are there": (
        quality.documents_conserved("abc", "cab", "abc"),
        True,
        "each of the 3 documents has its row",
    ),
    "none came in": (quality.documents_conserved("", "", ""), True, "each of the 0 documents"),
    "some came and went since": (
        quality.documents_conserved("abc", "abc", "bcde"),
        True,
        "each of the 3 documents has its row; 2 came since it was listed, for the next run, first d; "
        "1 went since it was listed, for the next run, first a",
    ),
    "one is lost": (
        quality.documents_conserved("abc", "ab", "abc"),
        False,
        "1 documents have no row, 0 rows have no document",
    ),
    "one is counted twice": (
        quality.documents_conserved("ab", "abb", "ab"),
        False,
        "0 documents have no row, 1 rows have no document",
    ),
    "one is another": (
        quality.documents_conserved("ab", "ac", "ab"),
        False,
        "1 documents have no row, 1 rows have no document",
    ),
    "each report has its rows": (
        conserved("ab", "aaabbb", 3),
        True,
        "each of the 2 documents that were read has its 3 rows",
    ),
    "a report has no row": (
        conserved("ab", "aaa", 3),
        False,
        "1 documents that were read have no row, 0 rows are of no",
    ),
    "a row of no report": (
        conserved("a", "ab", 1),
        False,
        "0 documents that were read have no row, 1 rows are of no",
    ),
    "a report has a row too few": (
        conserved("ab", "aaabb", 3),
        False,
        "1 documents have another number of rows than 3",
    ),
    "a table has its cells": (
        quality.cells_complete([("a", [status()], {"applications": 175})]),
        True,
        "1 tables that are there have 175 cells",
    ),
    "an absent table has none": (
        quality.cells_complete([("a", [status(status="absent", edition=None)], {})]),
        True,
        "0 tables that are there",
    ),
    "nor has one that failed": (
        quality.cells_complete([("a", [status(status="uncertain", edition=None, error=BUG)], {})]),
        True,
        "0 cells",
    ),
    "the same in every edition": (
        quality.cells_complete(
            [("a", [status("review_litigation", edition=None)], {"review_litigation": 15})]
        ),
        True,
        "15 cells",
    ),
    "a cell is missing": (
        quality.cells_complete([("a", [status()], {"applications": 174})]),
        False,
        "first a applications: 174 cells, 175 expected",
    ),
    "an absent table has a cell": (
        quality.cells_complete([("a", [status(status="absent")], {"applications": 1})]),
        False,
        "1 cells, 0 expected",
    ),
    "cells of no table": (
        quality.cells_complete([("b", [], {"applications": 175})]),
        False,
        "175 cells of a table without a status",
    ),
    "keys occur once": (quality.keys_unique([]), True, "every key occurs once"),
    "a key occurs twice": (quality.keys_unique(["k"]), False, "1 keys occur more than once"),
    "reports in order": (quality.in_order("a", "b"), True, "in order"),
    "a report in two batches": (quality.in_order("b", "b"), False, "b comes after b, and should not"),
    "no facts of no table": (
        quality.facts_complete({}, 0),
        True,
        "0 validated or corrected tables have 0 cells",
    ),
    "all facts": (
        quality.facts_complete({("2021", "applications"): 2, (None, "review_litigation"): 1}, 365),
        True,
        "365 facts",
    ),
    "a fact too few": (
        quality.facts_complete({("2019", "active_disclosure"): 1}, 21),
        False,
        "tables have 22 cells, 21 facts",
    ),
    "a fact too many": (quality.facts_complete({}, 1), False, "0 cells, 1 facts"),
    "all evidence": (quality.evidence_shown(3, []), True, "3 facts show their evidence"),
    "no evidence": (
        quality.evidence_shown(3, ["a: nothing there"]),
        False,
        "1 of 3 facts lack their evidence, first a: nothing there",
    ),
    "no tables at all": (quality.status_share("validated", {}), False, "there is no table"),
    "absent tables do not count": (
        quality.status_share("validated", {"absent": 9, "validated": 1}),
        True,
        "1 of 1 tables that are there are validated (100%)",
    ),
    "just enough": (
        quality.status_share("validated", {"validated": 1, "uncertain": 1}),
        True,
        "validated (50%); at least 50%",
    ),
    "too few": (
        quality.status_share("validated", {"validated": 1, "uncertain": 1, "inconsistent": 1}),
        False,
        "(33%); at least 50%",
    ),
    "few are inconsistent": (
        quality.status_share("inconsistent", {"validated": 9, "inconsistent": 1}),
        True,
        "(10%); at most 10%",
    ),
    "many are inconsistent": (
        quality.status_share("inconsistent", {"validated": 8, "inconsistent": 1}),
        False,
        "(11%); at most 10%",
    ),
    "some are incomplete": (
        quality.status_share("incomplete", {"validated": 6, "incomplete": 4}),
        True,
        "(40%); at most 40%",
    ),
    "most are incomplete": (
        quality.status_share("incomplete", {"validated": 4, "incomplete": 6}),
        False,
        "(60%); at most 40%",
    ),
    "few are uncertain": (
        quality.status_share("uncertain", {"validated": 9, "uncertain": 1}),
        True,
        "(10%); at most 10%",
    ),
    "many are uncertain": (
        quality.status_share("uncertain", {"validated": 1, "uncertain": 1}),
        False,
        "(50%); at most 10%",
    ),
    "some are absent": (
        quality.status_share("absent", {"validated": 3, "absent": 1}),
        True,
        "1 of 4 tables are absent (25%); at most 25%",
    ),
    "many are absent": (
        quality.status_share("absent", {"validated": 1, "absent": 1}),
        False,
        "(50%); at most 25%",
    ),
    "no bug": (
        quality.no_internal_errors([("a", None), ("b", "the file is empty")]),
        True,
        "failed on no document",
    ),
    "a bug": (quality.no_internal_errors([("a", None), ("b", BUG)]), False, "failed on 1 documents"),
    "no corrections": (quality.corrections_fit([], Decision(), []), True, "0 corrections apply, 0 do not"),
    "a correction fits": (
        quality.corrections_fit([], Decision(applied=[ONE]), []),
        True,
        "1 correction applies, 0 do not",
    ),
    "a correction of another year": (
        quality.corrections_fit([], Decision(elsewhere=[ONE]), []),
        True,
        "0 corrections apply, 0 do not",
    ),
    "a correction does not fit": (
        quality.corrections_fit([], Decision(rejected=["line 2: why"]), []),
        False,
        "1 do not, first line 2: why",
    ),
    "figures follow from last year": (
        quality.follows_from_last_year({"year.carry": Counter(holds=8, broken=2, explained=1, undecided=4)}),
        True,
        "2 of 11 figures do not follow",
    ),
    "figures do not follow from last year": (
        quality.follows_from_last_year({"year.carry": Counter(holds=7, broken=3, undecided=4)}),
        False,
        "3 of 10 figures do not follow",
    ),
    "there is no last year": (
        quality.follows_from_last_year({"year.carry": Counter(undecided=4)}),
        False,
        "not judged: no figure could be held",
    ),
    "in time": (quality.on_time(Counter(yes=1, no=1, unknown=5)), True, "1 of 2 reports came in time"),
    "late": (quality.on_time(Counter(yes=1, no=2)), False, "1 of 3 reports came in time"),
    "no day is known": (
        quality.on_time(Counter(unknown=5)),
        False,
        "not judged: of none of 5 reports it is known",
    ),
    "covered": (quality.received_covered(Counter(validated=1, absent=1)), True, "of 1 of 2 reports"),
    "not covered": (quality.received_covered(Counter(validated=1, absent=2)), False, "of 1 of 3 reports"),
    "no reports": (quality.received_covered(Counter()), False, "of 0 of 0 reports"),
    "a line that is none": (
        quality.corrections_fit(["line 2: why"], Decision(), []),
        False,
        "1 do not, first line 2: why",
    ),
    "a correction of no report": (
        quality.corrections_fit([], Decision(elsewhere=[ONE]), ["line 2: why"]),
        False,
        "first line 2: why",
    ),
}


@pytest.mark.parametrize(("verdict", "passed", "words"), CASES.values(), ids=CASES.keys())
def test_a_verdict(verdict: Verdict, passed: bool, words: str) -> None:
    assert verdict.passed is passed
    assert words in verdict.message


def test_a_verdict_names_what_is_wrong() -> None:
    assert quality.documents_conserved("abc", "abd", "abc").figures == {
        "documents": 3,
        "rows": 3,
        "lost": ["c"],
        "invented": ["d"],
        "came_since": 0,
        "went_since": 0,
    }
    assert quality.no_internal_errors([("b", BUG)]).figures["first"] == [f"b: {BUG}"]
    assert conserved("ab", "bbc", 1).figures["with_another_number"] == ["b"]


def test_every_status_has_an_expectation_that_can_fail() -> None:
    assert list(quality.EXPECTED) == list(STATUSES)
    for name in STATUSES:
        # Whether all tables have a status or none has it: one of the two is not as expected.
        assert {
            quality.status_share(name, Counter({name: 1})).passed,
            quality.status_share(name, {"other": 1}).passed,
        } == {True, False}


BALANCE = "applications.balance"


def test_an_identity_that_no_report_breaks_passes_whatever_blanks_leave_undecided() -> None:
    verdict = quality.identity_holds(BALANCE, Tally(holds=3, undecided=1), 2, [], {})
    assert verdict.passed and verdict.details == ""
    assert verdict.message.endswith(
        "holds in 3 of 4 reports (75.0%), broken in 0, left undecided by blanks in 1"
    )
    assert verdict.figures == {
        "holds": 3,
        "broken": 0,
        "undecided": 1,
        "share_holds": 0.75,
        "not_judged_as_uncertain": 2,
    }


def test_an_identity_that_no_report_lets_judge_does_not_pass() -> None:
    verdict = quality.identity_holds(BALANCE, Tally(), 1, [], {})
    assert not verdict.passed
    assert verdict.message.endswith(": not judged, broken in 0, left undecided by blanks in 0")
    assert verdict.figures["share_holds"] is None


@pytest.mark.parametrize(
    ("broken", "last", "passed", "worse", "words"),
    [
        (0, None, True, None, "broken in 0, left undecided by blanks in 0"),
        (5, None, True, False, "5.0% break it, at most 5.0% are expected"),
        (6, None, False, False, "6.0% break it, at most 5.0% are expected"),
        (9, {"holds": 9, "broken": 1, "undecided": 0}, True, False, "10.0% last year, at most 12.0%"),
        (13, {"holds": 9, "broken": 1, "undecided": 0}, False, True, "13.0% break it, 10.0% last year"),
        (3, {"holds": 10, "broken": 0, "undecided": 0}, False, True, "0.0% last year, at most 2.0%"),
        (6, {"holds": 0, "broken": 0, "undecided": 0}, False, False, "at most 5.0% are expected"),
    ],
)
def test_an_identity_is_held_against_the_year_before(
    broken: int, last: dict[str, int] | None, passed: bool, worse: bool | None, words: str
) -> None:
    alone = quality.identity_holds(BALANCE, Tally(holds=100 - broken, broken=broken), 0, [], {})
    verdict = quality.against_last_year(alone, last)
    assert (verdict.passed, verdict.figures.get("worse")) == (passed, worse)
    assert words in verdict.message


def test_an_identity_that_a_report_breaks_is_shown_with_its_sum_the_suspect_and_the_document() -> None:
    tally = Tally(holds=1, broken=2, worst=[Broken("b", 2, 7), Broken("a", 1, 1)])
    row = {
        "table": "applications",
        "rule": BALANCE,
        "suspect_row": None,
        "suspect_column": None,
        "suspect_value": None,
    }
    suspect = {"suspect_row": "received", "suspect_column": "total", "suspect_value": 5.0}
    sums = [
        row | suspect | {"report_id": "a", "message": "申请情况 总计: 4 + 0, 5"},
        row | {"report_id": "b", "message": "one | sum"},
        row | {"report_id": "b", "message": "another"},
        row | {"report_id": "b", "rule": "applications.handled", "message": "of another identity"},
    ]
    verdict = quality.identity_holds(BALANCE, tally, 0, sums, {"a": "2023/甲 乙.txt"})
    assert not verdict.passed
    assert verdict.details.splitlines() == [
        "| report | times broken | by | sums | suspect | would have to be |",
        "| --- | --- | --- | --- | --- | --- |",
        "| b | 2 | 7 | one \\| sum; another |  |  |",
        "| 2023/甲 乙.txt | 1 | 1 | 申请情况 总计: 4 + 0, 5 | received.total | 5 |",
    ]


def test_what_lacks_a_property_is_not_published() -> None:
    require(Verdict(True, "all is well"))
    with pytest.raises(NotPublishedError, match="nothing was published: a cell is missing"):
        require(Verdict(False, "a cell is missing"))


def test_prose_that_contradicts_the_tables_is_shown_with_its_words() -> None:
    def claim(report: str, outcome: str) -> dict[str, object]:
        words = {"quantity": "applications.received.total", "value": 2, "printed": 3, "quote": "收到2件。"}
        return {"report_id": report, "outcome": outcome, **words}

    fine = quality.prose_agrees([claim("a", "agrees"), claim("a", "not_comparable")])
    assert (fine.passed, fine.details) == (True, "")
    rows = [claim("a", "contradicts"), claim("b", "contradicts"), claim("b", "contradicts")]
    verdict = quality.prose_agrees([*rows, claim("c", "agrees")])
    assert (verdict.passed, verdict.message) == (
        False,
        "3 figures of the prose contradict the tables, 1 agree",
    )
    assert verdict.figures == {"agrees": 1, "contradicts": 3, "not_comparable": 0, "reports": 2}
    lines = verdict.details.splitlines()
    assert [line.split("|")[1].strip() for line in lines[2:]] == ["b", "a"]
    assert "收到2件。" in lines[2]


# --- against the collapse of a year


def standing(read: int, refused: int = 0, absent: int = 0, uncertain: int = 0, facts: int = 150) -> Standing:
    """A year of reports with so many figures each, the others of its documents refused."""
    tables = Counter(absent=absent, uncertain=uncertain, validated=3 * read - absent - uncertain)
    sources = [f"2023/{i:02}.txt" for i in range(read + refused)]
    reasons = dict.fromkeys(sources[read:], "the file is empty: fetch the document again")
    return Standing(set(sources[:read]), reasons, refused, tables, facts * read)


COLLAPSES = {
    "as it was": (standing(20), standing(20), ""),
    "more of everything": (standing(20, 2), standing(40, 4), ""),
    "a first year": (Standing(), standing(3, 9), ""),
    "two fewer, too few to tell": (standing(9), standing(7, 2), ""),
    "all emptied": (
        standing(9),
        standing(0, 9),
        "documents refused: 0 of 9 before, 9 of 9 now, reports lost: 9 of 9, figures a report: 150 before",
    ),
    "seven of nine emptied": (
        standing(9),
        standing(2, 7),
        "documents refused: 0 of 9 before, 7 of 9 now, reports lost: 7 of 9",
    ),
    "tables lost": (standing(20), standing(20, absent=9), "tables absent: 0 of 60 before, 9 of 60 now"),
    "tables not read": (
        standing(20, uncertain=2),
        standing(20, uncertain=12),
        "tables uncertain: 2 of 60 before, 12 of 60 now",
    ),
    "figures lost": (standing(20), standing(20, facts=100), "figures a report: 150 before, 100 now"),
}


@pytest.mark.parametrize(("before", "now", "falls"), COLLAPSES.values(), ids=COLLAPSES.keys())
def test_a_year_may_not_collapse(before: Standing, now: Standing, falls: str) -> None:
    verdict = no_collapse(before, now, Limits())
    assert verdict.passed == (not falls)
    assert falls in verdict.message
    if before.read - now.read and falls:
        assert "2023/08.txt (the file is empty: fetch the document again)" in verdict.message


def test_the_limits_are_those_that_are_set() -> None:
    assert no_collapse(standing(9), standing(2, 7), Limits(refused=1, lost=1)).passed
    assert not no_collapse(standing(9), standing(8, 1), Limits(least=1)).passed
