"""Batches: how documents are cut into them, what happens to the one that trips over a bug, and which of two
versions is current.
"""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from assets import batches
from assets.batches import Document, Incoming, Versions, batched, empty, guarded, is_internal
from assets.model import RawText, Refusal
from assets.normalized_text import normalize
from assets.section_splits import split_sections
from schemas.forms import forms


@pytest.mark.parametrize(
    ("sizes", "cut"),
    [
        ([], []),
        ([1], [1]),
        ([1] * 7, [3, 3, 1]),
        ([100, 1, 1, 1], [1, 3]),
        ([1, 100, 1], [2, 1]),
        ([40, 40, 40, 40], [3, 1]),
        ([60, 60, 60], [2, 1]),
    ],
)
def test_a_batch_is_bounded_in_number_and_in_size(
    monkeypatch: pytest.MonkeyPatch, sizes: list[int], cut: list[int]
) -> None:
    monkeypatch.setattr(batches, "BATCH_DOCUMENTS", 3)
    monkeypatch.setattr(batches, "BATCH_BYTES", 100)
    made = list(batched(sizes, lambda size: size))
    assert [len(batch) for batch in made] == cut
    assert [size for batch in made for size in batch] == sizes


def fails(error: Exception) -> int:
    raise error


def test_a_bug_becomes_a_reason_that_names_its_place() -> None:
    result, reason = guarded("table_cells", fails, ValueError("no such row " + "x" * 1000))
    assert result is None and reason is not None and is_internal(reason)
    assert reason.startswith(
        "internal error, please report it with this document: ValueError: no such row xxx"
    )
    assert reason.endswith(f"(at {Path(__file__).name}:{fails.__code__.co_firstlineno + 1}, table_cells)")
    assert len(reason) < 500 and not is_internal(None) and not is_internal("the file is empty")


def test_a_refusal_is_no_bug() -> None:
    assert guarded("raw_text", int, "7") == (7, None)
    with pytest.raises(Refusal):
        guarded("raw_text", fails, Refusal("the file is empty"))


def test_a_document_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("now another text")
    made = batches.raw_text(
        [
            Incoming("2023/a.txt", path, 5, None, "00" * 32),
            Incoming("2023/b.txt", tmp_path / "b.txt", 5, None, "11" * 32),
        ]
    )
    assert made["outcome"] == ["refused", "refused"]
    assert made["reason"] == [
        "the file changed while it was being read: run again",
        "the file cannot be read (No such file or directory): check the file and run again",
    ]
    assert made["report_id"] == ["00" * 8, "11" * 8] and made["text"] == [None, None]


A, B, C = date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)
# (issuer, outcome, date of publication) of each document; which are current; what the note of the first says
VERSIONS = {
    "different organs": ([("甲", "read", A), ("乙", "read", B)], [True, True], ""),
    "unknown organs": ([(None, "read", A), (None, "read", B)], [True, True], ""),
    "the newest": (
        [("甲", "read", A), ("甲", "read", C), ("甲", "read", B)],
        [False, True, False],
        "1 counts as current, because it was published last",
    ),
    "the only known date": (
        [("甲", "read", None), ("甲", "read", A)],
        [False, True],
        "because no other date of publication is known",
    ),
    "one date for all": (
        [("甲", "read", A), ("甲", "read", A)],
        [True, False],
        "this one counts as current, because none is known to be newer",
    ),
    "no date": (
        [("甲", "read", None), ("甲", "read", None)],
        [True, False],
        "this one counts as current, because none is known to be newer",
    ),
    "a refused one is no version": ([("甲", "read", A), ("甲", "refused", B)], [True, False], ""),
}


@pytest.mark.parametrize(("documents", "current", "words"), VERSIONS.values(), ids=VERSIONS.keys())
def test_of_several_documents_of_an_organ_one_is_current(
    documents: list[tuple[str | None, str, date | None]], current: list[bool], words: str
) -> None:
    columns = empty("reports")
    for index, (issuer, outcome, published) in enumerate(documents):
        columns["source"].append(str(index))
        columns["issuer"].append(issuer)
        columns["outcome"].append(outcome)
        columns["published"].append(published)
        columns["notes"].append([])
        columns["is_current"].append(outcome == "read")
    versions = Versions(
        pa.array(columns["source"]),
        pa.array(columns["issuer"], pa.string()),
        pa.array(columns["outcome"]),
        pa.array(columns["published"], pa.date32()),
    )
    for first in range(0, len(documents), 2):  # in batches of two
        batch = {name: columns[name][first : first + 2] for name in ("notes", "is_current")}
        versions.mark(batch, first)
        for name, values in batch.items():
            columns[name][first : first + 2] = values
    assert columns["is_current"] == current
    assert words in " ".join(columns["notes"][0])
    assert [bool(notes) for notes in columns["notes"]] == [bool(words)] * len(documents)


def test_of_many_documents_of_an_organ_a_note_names_some() -> None:
    count = 100
    sources, organ = pa.array([f"{i:03}" for i in range(count)]), pa.array(["甲"] * count)
    columns = {"notes": [[] for _ in range(count)], "is_current": [True] * count}
    Versions(sources, organ, pa.array(["read"] * count), pa.nulls(count, pa.date32())).mark(columns, 0)
    assert columns["is_current"] == [True] + [False] * (count - 1)
    assert columns["notes"][50][0].startswith(
        "of the same organ and year as 000, 001, 002, 003, 004 and 94 more; 000 counts as current, because"
    )
    assert columns["notes"][2][0].startswith(
        "of the same organ and year as 000, 001, 003, 004, 005 and 94 more; 000 counts"
    )


def huge(row: str, column: str) -> str:
    """A year in which every outcome counts 999,999,999,999,999 persons; what they add up to is left blank."""
    if column in ("natural_person", "total"):
        return (
            ""
            if column == "total" or row in ("received", "total_handled")
            else "0"
            if row.startswith("carried")
            else "9" * 15
        )
    return "0"


def test_a_sum_with_too_many_digits_is_not_stored_and_makes_its_table_uncertain() -> None:
    rows = forms()["2021"].tables["applications"].rows
    lines = ["|".join([row.label, *(huge(row.key, column) for column in row.cells), ""]) for row in rows]
    header = (
        "勾稽关系|申请人情况\n自然人|法人或其他组织|总计\n商业企业|科研机构|社会公益组织|法律服务机构|其他"
    )
    text = "\n".join(
        ["三、收到和处理政府信息公开申请情况", header, *lines, "四、政府信息公开行政复议、行政诉讼情况"]
    )
    normalized = normalize(text)
    made = batches.tables(
        [Document("0" * 16, RawText(text, "text"), normalized, split_sections(normalized.text))]
    )
    place = made["table_status"]["table"].index("applications")
    assert made["table_status"]["status"][place] == "uncertain"
    why = "the figure in {}, {} would have too many digits to be one: look at the document"
    assert {why.format("received", "total"), why.format("total_handled", "natural_person")} <= set(
        made["table_status"]["reasons"][place]
    )
    assert max(filter(None, made["table_cells"]["implied"])) == 10**15 - 1
