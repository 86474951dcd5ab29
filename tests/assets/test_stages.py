"""How stages are declared: what becomes of a document that trips over a bug, and how rows become columns."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assets.model import Document, File, Refusal
from assets.pipeline import OUTPUTS, STAGES
from assets.raw_text import STAGE as RAW_TEXT
from assets.stages import DocumentStage, as_columns, is_internal
from schemas.datasets import DATASETS


def fails(error: Exception) -> Callable[[Document], None]:
    def run(document: Document) -> None:
        raise error

    return run


def attempted(run: Callable[[Document], None]) -> Document:
    document = Document("0" * 16)
    DocumentStage(name="tables", module="", group="", run=run, outputs=()).attempt(document)
    return document


def test_a_bug_becomes_a_reason_that_names_its_place() -> None:
    document = attempted(fails(ValueError("no such row " + "x" * 1000)))
    reason = document.failure
    assert reason is not None and is_internal(reason) and document.failed_in == "tables"
    assert reason.startswith(
        "internal error, please report it with this document: ValueError: no such row xxx"
    )
    line = fails.__code__.co_firstlineno + 2
    assert reason.endswith(f"(at {Path(__file__).name}:{line}, tables)")
    assert len(reason) < 500 and not is_internal(None) and not is_internal("the file is empty")


def test_a_refusal_is_no_bug() -> None:
    document = attempted(fails(Refusal("the file is empty")))
    assert (document.refusal, document.failure) == ("the file is empty", None)


def test_nothing_is_tried_after_a_failure() -> None:
    document = Document("0" * 16)
    document.fail("raw_text", "first")
    document.fail("tables", "second")
    DocumentStage(name="x", module="", group="", run=fails(KeyError()), outputs=()).attempt(document)
    assert (document.failure, document.failed_in) == ("first", "raw_text")


def test_a_part_that_no_stage_has_made_is_a_bug() -> None:
    document = Document("0" * 16)
    assert not document.has("sections")
    with pytest.raises(AttributeError):
        _ = document.sections


def test_what_a_row_leaves_out_is_null_or_empty() -> None:
    columns = as_columns("table_status", [{"report_id": "a", "table": "applications"}])
    assert columns == {
        "report_id": ["a"],
        "report_year": [None],
        "table": ["applications"],
        "status": [None],
        "edition": [None],
        "reasons": [[]],
        "error": [None],
    }


def test_a_document_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("now another text")
    documents = [
        Document("00" * 8, File("2023/a.txt", path, 5, None, "00" * 32)),
        Document("11" * 8, File("2023/b.txt", tmp_path / "b.txt", 5, None, "11" * 32)),
        Document("11" * 8, File("2023/c.txt", path, 5, None, "11" * 32, copy_of="2023/b.txt")),
    ]
    for document in documents:
        RAW_TEXT.attempt(document)
    made = RAW_TEXT.outputs[0].columns_of(documents)
    assert made["outcome"] == ["refused", "refused", "duplicate"]
    assert made["reason"] == [
        "the file changed while it was being read: run again",
        "the file cannot be read (No such file or directory): check the file and run again",
        "same content as 2023/b.txt: nothing to do, or remove one of the two",
    ]
    assert made["report_id"] == ["00" * 8, "11" * 8, "11" * 8] and made["text"] == [None] * 3


def test_every_dataset_has_one_stage_and_what_a_stage_reads_is_made_before_it() -> None:
    made: list[str] = []
    for stage in STAGES:
        assert set(stage.before) <= set(made), stage.name
        made += stage.datasets
        if isinstance(stage, DocumentStage):
            assert [name for name in stage.before if OUTPUTS[name].restore is None] == []
    assert made == list(DATASETS)
