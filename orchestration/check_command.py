"""`ogi check`: judges single documents without the pipeline and prints what it finds, for people or as one JSON object a line."""

from __future__ import annotations

import argparse
import gc
import os
import stat
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from assets.document import Judgement, judge
from assets.model import Number, Refusal, TableReading
from assets.raw_text import check_size

VALIDATED, NOT_VALIDATED, UNREADABLE = 0, 1, 2  # exit statuses
_FILES_A_WORKER = 40  # fewer are judged before a second process has started
_FILES_A_TASK = 20


def _read(path: str) -> bytes:
    try:
        info = os.stat(path)
        if not stat.S_ISREG(info.st_mode):
            raise Refusal("this is no regular file: name the document itself")
        check_size(info.st_size)
        return Path(path).read_bytes()
    except OSError as error:
        raise Refusal(f"the file cannot be opened ({error.strerror or error}): check the path") from error


def printable(source: str) -> str:
    """A path as it can be printed: bytes that are no UTF-8 are shown by their number."""
    return source.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _cells(table: TableReading) -> list[dict[str, Any]]:
    return [
        {
            "table": table.key,
            "row": cell.row,
            "column": cell.column,
            "value": cell.value,
            "raw": cell.raw,
            "kind": cell.kind,
            "unit": cell.unit,
            "implied": cell.implied,
            "start": cell.start,
            "end": cell.end,
        }
        for cell in table.cells
    ]


def _needed(change: tuple[str, str, Number | None]) -> dict[str, Any]:
    """A cell and the value that it would need."""
    return dict(zip(("row", "column", "value"), change, strict=True))


def _violations(table: TableReading) -> list[dict[str, Any]]:
    return [
        {
            "rule": violation.rule,
            "table": table.key,
            "message": violation.message,
            "expected": violation.expected,
            "reported": violation.reported,
            "cells": violation.cells,
            "suspect": None if violation.suspect is None else _needed(violation.suspect),
            "alternatives": [[_needed(change) for change in changes] for changes in violation.alternatives],
        }
        for violation in table.violations
    ]


def as_record(source: str, judgement: Judgement | None, error: str | None, include: frozenset[str]) -> dict[str, Any]:
    """The JSON object of one document, as the contract of the command gives it."""
    record: dict[str, Any] = {"source": source, "error": error, "report": None, "sections": [], "tables": {}, "cells": [], "violations": []}
    if judgement is None:
        if "raw_text" in include:
            record["raw_text"] = None
        return record
    identity = judgement.identity
    record["report"] = {
        "title": identity.title,
        "issuer": identity.issuer,
        "year": identity.year,
        "published": identity.published,
        "script": judgement.normalized.script,
        "format": judgement.raw.format,
    }
    record["sections"] = [section.number for section in judgement.sections]
    for table in judgement.tables:
        record["tables"][table.key] = {"status": table.status, "edition": table.edition, "reasons": table.reasons}
        record["cells"] += _cells(table)
        record["violations"] += _violations(table)
    if "raw_text" in include:
        record["raw_text"] = judgement.raw.text
    return record


def _exit_status(judgement: Judgement | None) -> int:
    if judgement is None:
        return UNREADABLE
    statuses = {table.status for table in judgement.tables} - {"absent"}
    return VALIDATED if statuses <= {"validated"} else NOT_VALIDATED


def check(source: str, form: str, include: frozenset[str]) -> tuple[bytes, int]:
    """Judge one document: what is printed of it ("text" for people, or "json"), and the exit status that it alone would give."""
    judgement, error = None, None
    try:
        judgement = judge(_read(source))
    except Refusal as refusal:
        error = str(refusal)
    source = printable(source)
    if form == "json":
        printed = orjson.dumps(as_record(source, judgement, error, include), option=orjson.OPT_APPEND_NEWLINE)
    else:
        from orchestration.check_report import report_lines  # the words for people are not needed for JSON

        printed = "".join(f"{line}\n" for line in report_lines(source, judgement, error)).encode("utf-8", "replace")
    return printed, _exit_status(judgement)


def _results(files: list[str], form: str, include: frozenset[str]) -> Iterator[tuple[bytes, int]]:
    """The result for each file, in order; many files are shared out among the processors."""
    workers = min(os.cpu_count() or 1, len(files) // _FILES_A_WORKER)
    one = partial(check, form=form, include=include)
    # What is made once (forms, rules, tables of characters) is made here with the first file, before it is shared out.
    yield from map(one, files[:1] if workers > 1 else files)
    if workers > 1:
        from concurrent.futures import ProcessPoolExecutor

        with ProcessPoolExecutor(workers) as pool:
            yield from pool.map(one, files[1:], chunksize=_FILES_A_TASK)


def run(args: argparse.Namespace) -> int:
    """Judge `args.files` in the order given; `args.format` is "text" or "json", `args.include` a list of extra fields."""
    # Judging makes many small objects and no cycles: what the collector would look through again and again is kept out of its sight.
    gc.freeze()
    gc.disable()
    status = VALIDATED
    for printed, own in _results(args.files, args.format, frozenset(args.include or ())):
        sys.stdout.buffer.write(printed)
        status = max(status, own)
    sys.stdout.flush()
    return status
