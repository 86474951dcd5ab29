"""The campaigns of `soak/`, in short; and what they and hand-made documents once broke."""

from collections.abc import Callable

import pytest

from soak.__main__ import CAMPAIGNS, main
from soak.bait_campaign import check, warm_up
from soak.baits import UNITS, baits
from soak.fuzz import Fuzzer, seeds
from soak.fuzz_campaign import failures
from soak.trial import MEMORY, judged, try_out

BAITS = {bait.name: bait for bait in baits()}
# One of each kind: what once cost the square of its length, and the like of it in other places and formats.
SOME = (
    *("pipes/prose/spaces", "pipes/row/tabs", "pipes/prose/figures", "pipes/row/figure_lines"),
    *("pipes/prose/dash_lines", "pipes/row/slashes", "markdown/cell/dash_lines", "html/prose/list_numbers"),
    *(
        "html/prose/page_numbers",
        "html/prose/litigation",
        "html/row/labels_with_figures",
        "docx/prose/labels",
    ),
    *("docx/cell/blank_lines", "markdown/prose/tables_unclosed", "html/prose/comments_in_tags"),
    *("html/prose/select_of_options", "html/prose/attributes_of_one_tag", "pipes/cell/opening_words"),
    *("pipes/row/rules", "pipes/prose/long_ligatures", "pipes/prose/bracket_and_han", "pipes/row/annex"),
    *("pipes/prose/numeral_and_spaces", "pipes/prose/digits", "flat/row/labels_in_line"),
    *("pdf/drawn/glyphs", "pdf/text/figures"),
)


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    warm_up()


@pytest.mark.parametrize("name", SOME)
def test_a_bait_costs_no_more_than_its_length(name: str) -> None:
    """A machine with other work in hand may be slow at one length: of five tries one has to do."""
    tries = []
    while "" not in tries and len(tries) < 5:
        tries.append(check(BAITS[name], 25_000, 100_000))
    assert "" in tries, tries


def test_fuzzed_documents_are_answered() -> None:
    tried = list(failures(seed=2, count=150, minutes=1))
    assert [why for _, why in tried if why] == []
    assert len(tried) > 20


def test_fuzzed_texts_are_the_same_in_every_run() -> None:
    made = [[fuzzer.make() for _ in range(20)] for fuzzer in (Fuzzer(7, seeds()[:4]), Fuzzer(7, seeds()[:4]))]
    assert made[0] == made[1]
    fuzzer = Fuzzer(7, seeds()[:2])
    assert fuzzer.grow(b"1", "refused") and not fuzzer.grow(b"2", "refused")
    assert fuzzer.corpus[2:] == [b"1"]


def page(beginning: str) -> bytes:
    return f"{beginning}政府信息公开工作年度报告".encode("gb18030")


# What once ended in an internal error, or took a gigabyte.
BROKE: dict[str, Callable[[], bytes]] = {
    **{
        f"a page in {name}": lambda name=name: page(f"<html><meta charset={name}>")
        for name in ("hex", "base64", "bz2", "zlib", "quopri", "uu", "rot13", "undefined", "idna", "punycode")
    },
    "a rule of no width": lambda: b"-|-|-\n\xff\xff -|-|- - - - -",
    "a comment in a tag": lambda: b"<html><pre <!-- >1</pre><b --> hidden>2</b>",
    "a picture of many digits": lambda: f'<html><img width="{"1" * 5000}">1'.encode(),
    "columns of many digits": lambda: f"| {'1' * 5000} | 2 |\n|---|---|\n| 规章 | 1 |\n".encode(),
    "ligatures": lambda: ("\ufdfa" * 600_000).encode(),
    "a return in a line of cells": lambda: b"a,1,2,3\nb,1\r,2,3\nc,1,2,3\nd,1,2,3\n" * 9,
    "surrogates": lambda: "规章\ud800".encode("utf-8", "surrogatepass"),
    "nothing but marks": lambda: "\ufeff\u200b\r\r\n".encode(),
}


@pytest.mark.parametrize("name", BROKE)
def test_what_once_broke_it_is_read_or_refused(name: str) -> None:
    trial = try_out(BROKE[name]())
    assert (trial.failure, trial.outcome in ("read", "refused")) == ("", True)


def fails(data: bytes) -> tuple[str, str]:
    """Do with a document what its first byte says."""
    if data == b"loop":
        while True:
            pass
    if data == b"memory":
        return "read", str(len(b"1" * (MEMORY + (MEMORY >> 2))))
    if data == b"abort":
        import os

        os.abort()
    raise AssertionError(data)


@pytest.mark.parametrize(
    ("data", "seconds", "words"),
    # Memory is slow to come by on some machines: what is tried must not run out of seconds before.
    [(b"loop", 1, "CPU time"), (b"memory", 10, r"took 1\d\d\d MB"), (b"abort", 1, "Aborted")],
)
def test_a_trial_survives_what_it_tries(data: bytes, seconds: float, words: str) -> None:
    import re

    assert re.search(words, try_out(data, fails, seconds=seconds).failure)  # type: ignore[arg-type]


def test_a_bug_is_an_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    def bug(data: bytes) -> None:
        raise ZeroDivisionError("of a test")

    monkeypatch.setattr("assets.document.judge", bug)
    outcome, why = judged(b"1")
    assert outcome == "crashed" and "ZeroDivisionError: of a test" in why


def test_there_is_a_bait_for_each_unit_and_no_name_twice() -> None:
    names = [bait.name for bait in baits()]
    assert len(names) == len(set(names))
    assert {name.split("/")[2] for name in names} >= UNITS.keys()


def test_a_campaign_that_is_none_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nothing"]) == 2
    assert f"name one of {', '.join(CAMPAIGNS)}" in capsys.readouterr().err


def test_a_campaign_tells_what_it_tried(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["baits", "pipes/alone/spaces", "--longest", "50000"]) == 0
    assert capsys.readouterr().out == "baits: 1 tried, 0 failed\n"
