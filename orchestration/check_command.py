"""`ogi check`: judges single documents without the pipeline and prints what it finds, for people or as one JSON object a line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import orjson

from assets.document import Judgement, judge
from assets.model import Refusal, TableReading
from assets.raw_text import MAX_BYTES

VALIDATED, NOT_VALIDATED, UNREADABLE = 0, 1, 2


def _read(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Refusal(f"the file cannot be opened ({error.strerror or error}): check the path") from error


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


def _violations(table: TableReading) -> list[dict[str, Any]]:
    return [
        {
            "rule": violation.rule,
            "table": table.key,
            "message": violation.message,
            "expected": violation.expected,
            "reported": violation.reported,
            "cells": violation.cells,
            "suspect": None if violation.suspect is None else dict(zip(("row", "column", "value"), violation.suspect, strict=True)),
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
        "format": judgement.format,
    }
    record["sections"] = [section.number for section in judgement.sections]
    for table in judgement.tables:
        record["tables"][table.key] = {"status": table.status, "edition": table.edition, "reasons": table.reasons}
        record["cells"] += _cells(table)
        record["violations"] += _violations(table)
    if "raw_text" in include:
        record["raw_text"] = judgement.raw_text
    return record


def _print_json(source: str, judgement: Judgement | None, error: str | None, include: frozenset[str]) -> None:
    sys.stdout.buffer.write(orjson.dumps(as_record(source, judgement, error, include), option=orjson.OPT_APPEND_NEWLINE))


def exit_status(judgements: list[Judgement | None]) -> int:
    """0: every table that is there is validated; 1: something is not; 2: some file could not be read."""
    if any(judgement is None for judgement in judgements):
        return UNREADABLE
    tables = [table for judgement in judgements if judgement for table in judgement.tables]
    present = [table.status for table in tables if table.status != "absent"]
    return VALIDATED if all(status == "validated" for status in present) else NOT_VALIDATED


def run(args: argparse.Namespace) -> int:
    """Judge `args.files` in the order given; `args.format` is "text" or "json", `args.include` a list of extra fields."""
    judgements: list[Judgement | None] = []
    include = frozenset(args.include or ())
    for source in args.files:
        judgement, error = None, None
        try:
            judgement = judge(_read(source))
        except Refusal as refusal:
            error = str(refusal)
        if args.format == "json":
            _print_json(source, judgement, error, include)
        else:
            from orchestration.check_report import print_report  # the words for people are not needed for JSON

            print_report(source, judgement, error)
        if judgement is not None:  # what the exit status needs, and no more: many files may follow
            judgement.raw_text = ""
            for table in judgement.tables:
                table.cells.clear()
        judgements.append(judgement)
    sys.stdout.flush()
    return exit_status(judgements)
