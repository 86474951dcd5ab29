"""Which of several reports of one organ is current, and what the notes say of it."""

from datetime import date

import pyarrow as pa
import pytest

from assets.versions import Versions

A, B, C = date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)
# (issuer, outcome, date of publication) of each document; which are current; what the note of the first says
VERSIONS = {
    "different organs": ([("云泽市甲局", "read", A), ("云泽市乙局", "read", B)], [True, True], ""),
    "unknown organs": ([(None, "read", A), (None, "read", B)], [True, True], ""),
    "the newest": (
        [("云泽市甲局", "read", A), ("云泽市甲局", "read", C), ("云泽市甲局", "read", B)],
        [False, True, False],
        "1 counts as current, because it was published last",
    ),
    "the only known date": (
        [("云泽市甲局", "read", None), ("云泽市甲局", "read", A)],
        [False, True],
        "because no other date of publication is known",
    ),
    "one date for all": (
        [("云泽市甲局", "read", A), ("云泽市甲局", "read", A)],
        [True, False],
        "this one counts as current, because none is known to be newer",
    ),
    "no date": (
        [("云泽市甲局", "read", None), ("云泽市甲局", "read", None)],
        [True, False],
        "this one counts as current, because none is known to be newer",
    ),
    "a bare name is open": (
        [("教育局", "read", A), ("教育局", "read", B)],
        [True, True],
        "prints only a bare name, 教育局, as 1 other reports of the year do",
    ),
    "a refused one is no version": (
        [("云泽市甲局", "read", A), ("云泽市甲局", "refused", B)],
        [True, False],
        "",
    ),
}


@pytest.mark.parametrize(("documents", "current", "words"), VERSIONS.values(), ids=VERSIONS.keys())
def test_of_several_documents_of_an_organ_one_is_current(
    documents: list[tuple[str | None, str, date | None]], current: list[bool], words: str
) -> None:
    issuers, outcomes, dates = zip(*documents, strict=True)
    versions = Versions(
        pa.array(map(str, range(len(documents)))),
        pa.array(issuers, pa.string()),
        pa.array(outcomes),
        pa.array(dates, pa.date32()),
        *[pa.nulls(len(documents), pa.string())] * 3,
    )
    notes, marked = [], []
    for first in range(0, len(documents), 2):  # in batches of two
        old = [["of the same organ and year as an earlier one"] for _ in documents[first : first + 2]]
        told = versions.marked(old, first)
        notes += told[0]
        marked += told[1]
    assert marked == current
    assert words in " ".join(notes[0])
    assert [bool(own) for own in notes] == [bool(words)] * len(documents)


def test_of_many_documents_of_an_organ_a_note_names_some() -> None:
    count = 100
    sources, organ = pa.array([f"{i:03}" for i in range(count)]), pa.array(["云泽市甲局"] * count)
    versions = Versions(
        sources,
        organ,
        pa.array(["read"] * count),
        pa.nulls(count, pa.date32()),
        *[pa.nulls(count, pa.string())] * 3,
    )
    notes, current = versions.marked([["another note"] for _ in range(count)], 0)
    assert current == [True] + [False] * (count - 1)
    assert notes[50][0] == "another note" and notes[50][1].startswith(
        "of the same organ and year as 000, 001, 002, 003, 004 and 94 more; 000 counts as current, because"
    )
    assert notes[2][1].startswith(
        "of the same organ and year as 000, 001, 003, 004, 005 and 94 more; 000 counts"
    )
