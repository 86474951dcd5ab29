"""`ogi check`: judges single documents without the pipeline and prints what it finds, for people or as one
JSON object a line.
"""

from __future__ import annotations

import argparse
import gc
import glob
import os
import pickle
import stat
import sys
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import orjson

from assets.claims import Claim, witness_of
from assets.escaping import in_line
from assets.limits import check_size
from assets.model import Document, Number, Refusal, TableReading
from orchestration.computing.judging import judged
from orchestration.computing.pool import apart
from schemas.forms import TABLE_KEYS
from schemas.translation import Language, default_language, translated
from schemas.words import say

if TYPE_CHECKING:
    from orchestration.commands.previous import Compared, Previous

VALIDATED, NOT_VALIDATED, UNREADABLE = 0, 1, 2  # exit statuses
_MANY = 20  # documents: what needs a look among more is listed, not printed at length
_FILES_A_WORKER = 8  # fewer are judged in about the time in which a second process starts
_OBJECTS_A_ROUND = 200_000  # new objects after which the collector looks for cycles


def read(path: str) -> bytes:
    """Return the bytes of a file. Raises Refusal where it cannot be read."""
    try:
        info = os.stat(path)
        if not stat.S_ISREG(info.st_mode):
            raise Refusal(say("refused.no_file"))
        check_size(info.st_size)
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise Refusal(say("refused.path", error=str(error.strerror or error))) from error


def printable(source: str) -> str:
    """Return a path as it can be printed: bytes that are no UTF-8 are shown by their number."""
    return source.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _cells(table: TableReading) -> list[dict[str, Any]]:
    """The cells of a table, and behind them those that the organ added, which have a label; those of a
    document with pages with their page and box.
    """
    key = table.key
    cells: list[dict[str, Any]] = []
    for own in chain(table.cells, table.added):
        row, column, kind, value, raw, unit, start, end, implied, holds, page, box, label, counted_in = own
        cell: dict[str, Any] = {
            "table": key,
            "row": row,
            "column": column,
            "value": value,
            "raw": raw,
            "kind": kind,
            "unit": unit,
            "implied": implied,
            "check": holds,
            "start": start,
            "end": end,
        }
        if page is not None:
            cell |= {"page": page, "box": box}
        if label is not None:
            cell |= {"label": label, "counted_in": counted_in}
        cells.append(cell)
    return cells


def _needed(change: tuple[str, str, Number | None]) -> dict[str, Any]:
    """A cell and the value that it would need."""
    return dict(zip(("row", "column", "value"), change, strict=True))


def _violations(table: TableReading, claims: list[Claim]) -> list[dict[str, Any]]:
    """The violations of a table; `witness` is the sentence that states what the suspect cell would need."""
    return [
        {
            "rule": violation.rule,
            "table": table.key,
            "outcome": violation.outcome,
            "message": violation.message,
            "expected": violation.expected,
            "reported": violation.reported,
            "cells": violation.cells,
            "suspect": None if violation.suspect is None else _needed(violation.suspect),
            "alternatives": [[_needed(change) for change in changes] for changes in violation.alternatives],
            "witness": None if (claim := witness_of(table, violation, claims)) is None else claim.quote,
        }
        for violation in table.violations
    ]


def _findings(judgement: Document) -> list[dict[str, Any]]:
    """The rules across sections that the prose breaks, among the violations: they are of no one table."""
    return [
        {
            "rule": finding.rule,
            "table": None,
            "outcome": finding.outcome,
            "message": finding.message,
            "expected": None,
            "reported": None,
            "cells": [],
            "suspect": None,
            "alternatives": [],
            "witness": None,
        }
        for finding in judgement.findings
        if finding.outcome == "broken"
    ]


def _claim(claim: Claim) -> dict[str, Any]:
    """A claim as the contract of the command gives it, with page and box where the document has pages."""
    record = asdict(claim)
    if claim.page is None:
        del record["page"], record["box"]
    return record


def as_record(
    source: str,
    judgement: Document | None,
    error: str | None,
    include: frozenset[str],
    without_text: bool = False,
) -> dict[str, Any]:
    """Return the JSON object of one document, as the contract of the command gives it. The tables of a
    document without text are absent, and say why.
    """
    record: dict[str, Any] = {
        "source": source,
        "error": error,
        "report": None,
        "sections": [],
        "tables": {},
        "cells": [],
        "violations": [],
        "claims": [],
    }
    if judgement is None:
        if without_text:
            record["tables"] = {
                table: {"status": "absent", "edition": None, "reasons": [error]} for table in TABLE_KEYS
            }
        if "raw_text" in include:
            record["raw_text"] = None
        return record
    description = judgement.description
    record["report"] = {
        "title": description.title,
        "issuer": description.issuer,
        "year": description.year,
        "published": description.published,
        "script": judgement.normalized.script,
        "format": judgement.raw.format,
        "doubts": description.doubts,
    }
    record["sections"] = [section.number for section in judgement.sections]
    for table in judgement.tables:
        record["tables"][table.key] = {
            "status": table.status,
            "edition": table.edition,
            "reasons": table.reasons,
        }
        record["cells"] += _cells(table)
        record["violations"] += _violations(table, judgement.claims)
    record["violations"] += _findings(judgement)
    record["claims"] = list(map(_claim, judgement.claims))
    if "raw_text" in include:
        record["raw_text"] = judgement.raw.text
    return record


def exit_status(judgement: Document | None) -> int:
    """Return the exit status that one document alone gives."""
    if judgement is None:
        return UNREADABLE
    statuses = {table.status for table in judgement.tables}
    contradicted = any(claim.outcome == "contradicts" for claim in judgement.claims)
    sure = not judgement.description.doubts and not contradicted
    return VALIDATED if statuses == {"validated"} and sure else NOT_VALIDATED


Asked = tuple[str, str | None]  # a path, and why it is not to be opened


def check(
    asked: Asked, form: str, include: frozenset[str], language: Language, previous: Previous | None = None
) -> tuple[bytes, int]:
    """Judge one document. Return what is printed of it (`form` is "text", "json" or "html"), its
    sentences in a language, and the exit status that it alone would give. `previous`: last year's report.
    """
    source, error = asked
    judgement, error, without_text = judged(partial(read, source)) if error is None else (None, error, False)
    against = None
    if previous is not None and judgement is not None:
        from orchestration.commands.previous import compared

        against = compared(judgement.description, judgement.tables, previous)
    printed_ = printed(source, form, include, language, judgement, error, without_text, against)
    return printed_, exit_status(judgement)


def _previous(asked: Asked) -> Previous:
    """Last year's report, as it is judged by itself."""
    from orchestration.commands.previous import Previous

    source, error = asked
    judgement, error, _ = judged(partial(read, source)) if error is None else (None, error, False)
    if judgement is None:
        return Previous(printable(source), error)
    return Previous(printable(source), None, judgement.description, judgement.tables)


def last_years(source: str) -> Previous:
    """Return last year's report, judged as all documents are: where it can end no process but its own."""
    asked: list[Asked] = [(source, None)]
    parts = apart(lambda one: (pickle.dumps(_previous(one)),), [asked], _given_up, itemgetter(0), 1)
    previous: Previous = pickle.loads(next(iter(parts)))
    return previous


def printed(
    source: str,
    form: str,
    include: frozenset[str],
    language: Language,
    judgement: Document | None,
    error: str | None,
    without_text: bool = False,
    against: Compared | None = None,
) -> bytes:
    """Return what is printed of one document in a form ("text", "json" or "html")."""
    source = printable(source)
    if form == "json":
        record = as_record(source, judgement, error, include, without_text)
        if against is not None:
            from orchestration.commands.previous import as_fields

            record |= as_fields(against)
        if language == "en":
            return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)
        option = orjson.OPT_APPEND_NEWLINE | orjson.OPT_PASSTHROUGH_SUBCLASS
        return orjson.dumps(record, partial(translated, language=language), option)
    if form == "html":
        from orchestration.pages.report_page import report_page

        return report_page(source, judgement, error, language).encode("utf-8", "replace")
    from orchestration.commands.check_report import (
        report_lines,
    )  # the words for people are not needed for JSON

    lines = report_lines(source, judgement, error, language, against)
    return "".join(f"{in_line(line)}\n" for line in lines).encode("utf-8", "replace")


def _results(
    files: list[str], form: str, include: frozenset[str], language: Language, previous: Previous | None
) -> Iterator[tuple[bytes, int]]:
    """The result for each file, in order; many files are shared out among the processors."""
    workers = max(1, min(os.cpu_count() or 1, len(files) // _FILES_A_WORKER))
    one = partial(check, form=form, include=include, language=language, previous=previous)
    asked: list[Asked] = [(file, None) for file in files]
    gc.freeze()  # what the collector does not look through is not copied
    parts = apart(
        lambda file: _as_parts(one(file)), _turns(asked, workers), _given_up, itemgetter(0), workers
    )
    return ((printed, status[0]) for printed, status in zip(parts, parts, strict=True))


def _as_parts(checked: tuple[bytes, int]) -> tuple[bytes, bytes]:
    printed, status = checked
    return printed, bytes([status])


def _given_up(asked: Asked, why: str) -> Asked:
    return asked[0], why


def _turns(asked: list[Asked], workers: int) -> Iterator[list[Asked]]:
    """Stretches of so many files, shorter towards the end, so that all workers end at about the same time."""
    start = 0
    while start < len(asked):
        length = max(1, min(_FILES_A_WORKER, (len(asked) - start) // (4 * workers)))
        yield asked[start : start + length]
        start += length


def are_many(files: list[str], form: str) -> bool:
    """Whether paths stand for many documents: a folder, a pattern, an archive, or a long list that is
    to be read by people.
    """
    return (form == "text" and len(files) > _MANY) or any(map(holds_several, files))


def holds_several(path: str) -> bool:
    """Return whether a path stands for several documents: a folder, an archive or a pattern."""
    if os.path.isdir(path) or path.lower().endswith(".zip"):
        return True
    return glob.has_magic(path) and not os.path.lexists(path)


def run(args: argparse.Namespace) -> int:
    """Judge `args.files` in the order given; `args.format` is "text", "json" or "html", `args.include` a
    list of extra fields.
    """
    # Judging makes many small objects and hardly a cycle: what the collector would look through again and
    # again is kept out of its sight.
    gc.freeze()
    gc.set_threshold(_OBJECTS_A_ROUND)
    gc.enable()
    status = VALIDATED
    language = args.lang or default_language()
    previous = last_years(args.previous) if args.previous else None
    if previous is not None and previous.description is None:
        status = UNREADABLE
    include = frozenset(args.include or ())
    for one, own in _results(args.files, args.format, include, language, previous):
        written(one)
        status = max(status, own)
    return status


def written(lines: bytes) -> None:
    """Write to the standard output."""
    sys.stdout.buffer.write(lines)
    sys.stdout.flush()
