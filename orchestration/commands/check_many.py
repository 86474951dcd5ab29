"""`ogi check` of many documents: folders, patterns, archives. Prints what needs a look and a summary; all
results as a table for Excel or as CSV.
"""

from __future__ import annotations

import argparse
import os
import pickle
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from assets.escaping import in_line
from assets.model import Document, Refusal
from orchestration import progress
from orchestration.commands import check
from orchestration.commands.check_report import wrapped
from orchestration.commands.finding import documents_at
from orchestration.commands.previous import Previous, compared
from orchestration.computing.judging import judged
from orchestration.computing.pool import apart
from orchestration.pages.results import Result, as_csv, as_xlsx, result_of, summary
from schemas.translation import Language, default_language, translated
from schemas.words import say

_BATCH = 8  # documents, of at most so many bytes
_BATCH_BYTES = 16 * 1024 * 1024
_POINTS = 3  # of each document that is listed
_TABLES = {".xlsx": as_xlsx, ".csv": as_csv}


@dataclass(frozen=True, slots=True)
class Asked:
    """A document to judge: how it is called, and its content, or why there is none."""

    source: str
    data: bytes = b""
    error: str | None = None


def run(args: argparse.Namespace) -> int:
    """Judge `args.files`; return the exit status. `args.output` is the file for the table of results, if any;
    the rest as in `check.run`.
    """
    if args.format == "html" and check.are_many(args.files, args.format):
        print("ogi check: a page is of one document; --output makes a table of many", file=sys.stderr)
        return check.UNREADABLE
    language = args.lang or default_language()
    previous = check.last_years(args.previous) if args.previous else None
    status = check.UNREADABLE if previous is not None and previous.description is None else check.VALIDATED
    results: list[Result] = []
    with progress.watched(None, "document"):
        for result, printed, own in _judged(args, language, previous):
            if args.format != "text":
                check.written(printed)
            results.append(result)
            status = max(status, own)
            progress.done()
    if args.output:
        Path(args.output).write_bytes(_TABLES[Path(args.output).suffix.lower()](results, language))
    if args.format == "text":
        check.written("".join(f"{line}\n" for line in _lines(results, language)).encode("utf-8", "replace"))
    return status


def _judged(
    args: argparse.Namespace, language: Language, previous: Previous | None
) -> Iterator[tuple[Result, bytes, int]]:
    """The result, what is printed and the exit status for each document, in order."""
    include = frozenset(args.include or ())

    def one(asked: Asked) -> tuple[bytes]:
        made = _of_one(asked, args.format, include, language, previous)
        return (pickle.dumps(made),)

    batches = _batches(_documents(args.files))
    for made in apart(one, batches, _given_up, lambda asked: asked.source, os.cpu_count() or 1):
        yield pickle.loads(made)


def _documents(paths: list[str]) -> Iterator[Asked]:
    """The documents that paths stand for; a folder without any is told as one that cannot be read."""
    for path in paths:
        if not check.holds_several(path):
            try:
                yield Asked(path, check.read(path))
            except Refusal as refusal:
                yield Asked(path, error=refusal.reason)
            continue
        empty = True
        for found in documents_at([path]):
            empty = False
            yield Asked(found.name, found.data, found.problem)
        if empty:
            yield Asked(path, error=say("refused.no_file"))


def _of_one(
    asked: Asked, form: str, include: frozenset[str], language: Language, previous: Previous | None
) -> tuple[Result, bytes, int]:
    judgement: Document | None = None
    error, without_text = asked.error, False
    if error is None:
        judgement, error, without_text = judged(lambda: asked.data)
    source = check.printable(asked.source)
    printed = b""
    if form != "text":
        against = None
        if previous is not None and judgement is not None:
            against = compared(judgement.description, judgement.tables, previous)
        printed = check.printed(source, form, include, language, judgement, error, without_text, against)
    return result_of(source, judgement, error, language), printed, check.exit_status(judgement)


def _batches(documents: Iterable[Asked]) -> Iterator[list[Asked]]:
    batch: list[Asked] = []
    size = 0
    for asked in documents:
        batch.append(asked)
        size += len(asked.data)
        if len(batch) == _BATCH or size > _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _given_up(asked: Asked, why: str) -> Asked:
    return Asked(asked.source, error=why)


def _points(result: Result, language: Language) -> Iterator[str]:
    """The first points of a document, and how many more there are."""
    points = [in_line(point) for point in result.points[:_POINTS]]
    if (left := len(result.points) - _POINTS) > 0:
        points.append(translated(say("results.more", count=left), language))
    for point in points:
        yield from wrapped(f"- {point}", 2)


def _lines(results: list[Result], language: Language) -> Iterator[str]:
    """What needs a look, the gravest first, and the summary."""
    for verdict in ("look", "undecided", "unreadable"):
        for result in (one for one in results if one.verdict == verdict):
            yield f"{in_line(result.source)}: {result.heading}"
            yield from _points(result, language)
    yield translated(say("results.documents", count=len(results)), language)
    yield from (f"  {line}" for line in summary(results, language))
