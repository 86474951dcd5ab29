"""The words of claims: what the file may hold, what it must not, and that it agrees with the forms."""

import re
import tomllib
from pathlib import Path

import pytest

from schemas.claim_terms import CLAIMS_FILE, ClaimTermsError, claim_terms, expanded, load_terms, trie_pattern
from schemas.forms import forms

RAW = tomllib.loads(CLAIMS_FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("结转", ["结转"]),
        ("上年[度]结转", ["上年结转", "上年度结转"]),
        ("结转[到|至]下年", ["结转下年", "结转到下年", "结转至下年"]),
        ("(结转|顺延)到", ["结转到", "顺延到"]),
    ],
)
def test_words_with_parts_are_written_out(word: str, written: list[str]) -> None:
    assert expanded(word) == written


def test_the_longest_word_at_a_place_is_found() -> None:
    words = ["公开", "不予公开", "不予公开决定", "部分公开", "不予处理"]
    pattern = re.compile(trie_pattern(words))
    assert pattern.findall("不予公开决定、不予公开、部分公开、公开、不予处理、不予") == [
        "不予公开决定",
        "不予公开",
        "部分公开",
        "公开",
        "不予处理",
    ]


def test_every_row_of_results_has_words_of_its_own() -> None:
    """A row of the form that no word names could never be held against the prose."""
    read = {
        key
        for meaning in claim_terms().words.values()
        for measure in meaning.measures.values()
        for reading in measure.readings
        for _, key in reading
    }
    applications = {row.key for form in forms().values() for row in form.tables["applications"].rows}
    assert applications <= read


def test_every_entry_tells_its_source() -> None:
    for part in ("subjects", "measures", "applicants", "channels"):
        for entry in RAW[part]:
            assert entry["source"].strip(), entry["key"]


BROKEN = [
    ('kind = "part"\nwithin = "refused"', 'kind = "piece"\nwithin = "refused"', "kind 'piece' is none of"),
    ('readings = ["granted"]', 'readings = ["grantd"]', "names grantd, which no form has"),
    ('readings = ["@refused"]', 'readings = ["@denied"]', "names the group @denied"),
    ('subjects = ["applications"]', 'subjects = ["requests"]', "speaks of requests, which is no subject"),
    ('words = ["重复申请"]', 'words = ["重复 申请"]', "is empty or holds a space"),
    ('words = ["重复申请"]', 'words = ["重复[申请"]', "has brackets that do not match"),
    ('words = ["重复申请"]', 'words = ["重复申请", "不予处理"]', "already measures applications"),
    ('rows = ["review"]', 'rows = ["reviews"]', "names the rows reviews, which no form has"),
    ('table = "applications"', 'table = "requests"', "names the table requests, which no form has"),
    ('columns = ["research"]', 'columns = ["science"]', "names the columns science, which no form has"),
    ('source = "form, section four"', 'origin = "form"', "lacks source"),
    ("[groups]", "[groups", "is no TOML"),
]


@pytest.mark.parametrize(("old", "new", "message"), BROKEN, ids=[message for *_, message in BROKEN])
def test_what_contradicts_itself_or_the_forms_is_told(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    text = CLAIMS_FILE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "claims.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ClaimTermsError, match=re.escape(message)):
        load_terms(path)
