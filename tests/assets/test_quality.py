"""The verdicts on a finished year: each property is tried on a year that has it and on one that lacks it."""

import pytest

from assets import quality
from assets.quality import Verdict

BUG = "internal error, please report it with this document: KeyError: 'x'"
CASES = {
    "all documents are there": (quality.documents_conserved("abc", "cab"), True, "each of the 3 documents has its row"),
    "none came in": (quality.documents_conserved("", ""), True, "each of the 0 documents"),
    "one is lost": (quality.documents_conserved("abc", "ab"), False, "1 documents have no row, 0 rows have no document"),
    "one is counted twice": (quality.documents_conserved("ab", "abb"), False, "0 documents have no row, 1 rows have no document"),
    "one is another": (quality.documents_conserved("ab", "ac"), False, "1 documents have no row, 1 rows have no document"),
    "keys occur once": (quality.keys_unique([]), True, "every key occurs once"),
    "a key occurs twice": (quality.keys_unique(["k"]), False, "1 keys occur more than once"),
    "no facts of no table": (quality.facts_complete({}, 0), True, "0 validated tables have 0 cells"),
    "all facts": (quality.facts_complete({("2021", "applications"): 2, (None, "review_litigation"): 1}, 365), True, "365 facts"),
    "a fact too few": (quality.facts_complete({("2019", "active_disclosure"): 1}, 21), False, "1 validated tables have 22 cells, 21 facts"),
    "a fact too many": (quality.facts_complete({}, 1), False, "0 cells, 1 facts"),
    "no tables at all": (quality.validated_share([]), True, "0 of 0"),
    "absent tables do not count": (quality.validated_share(["absent"] * 9 + ["validated"]), True, "1 of 1 tables are validated (100%)"),
    "just enough": (quality.validated_share(["validated", "uncertain"]), True, "1 of 2 tables are validated (50%)"),
    "too few": (quality.validated_share(["validated", "uncertain", "inconsistent"]), False, "1 of 3 tables are validated (33%)"),
    "no bug": (quality.no_internal_errors([("a", None), ("b", "the file is empty")]), True, "failed on no document"),
    "a bug": (quality.no_internal_errors([("a", None), ("b", BUG)]), False, "failed on 1 documents"),
}


@pytest.mark.parametrize(("verdict", "passed", "words"), CASES.values(), ids=CASES.keys())
def test_a_verdict(verdict: Verdict, passed: bool, words: str) -> None:
    assert verdict.passed is passed
    assert words in verdict.message


def test_a_verdict_names_what_is_wrong() -> None:
    assert quality.documents_conserved("abc", "abd").figures == {"documents": 3, "rows": 3, "lost": ["c"], "invented": ["d"]}
    assert quality.no_internal_errors([("b", BUG)]).figures["first"] == [f"b: {BUG}"]
