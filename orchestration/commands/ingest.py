"""`ogi ingest`: files documents into the raw store by the year that they report on. Filing the same content
again changes nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import os
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets.escaping import in_line
from assets.model import Description, RawText, Refusal
from assets.normalized_text import normalize
from assets.raw_text import read
from assets.reports import describe
from assets.section_splits import split_sections
from assets.stages import internal_error
from orchestration import progress
from orchestration.commands.finding import Found, documents_at
from orchestration.computing.bounds import within
from orchestration.computing.mapping import batched, map_batches
from orchestration.store.filing import SUFFIXES, UNFILED, Entry, RawStore, again, safe_name
from orchestration.store.paths import Folder, StoreError, why

_JUDGED: pa.Schema = pa.schema(
    [
        ("year", pa.int64()),
        ("issuer", pa.string()),
        ("format", pa.string()),
        ("url", pa.string()),
        ("reason", pa.string()),
    ]  # type: ignore[arg-type]
)
_NO_YEAR = "the document does not say which year it reports on: file it again with --year YYYY"


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of one document. `target` is None where it was not filed; `reason` says why not, or why it
    has no year.
    """

    path: Path
    target: Folder | None
    is_new: bool
    reason: str | None
    member: str | None = None
    settled: bool = False  # it was in unfiled/, and has its year now


def ingest(
    raw: Folder, paths: Iterable[Path | str], year: int | None = None, url: str | None = None
) -> Iterator[Filed]:
    """File documents, in the order in which they are found. Folders, patterns and ZIP archives are gone
    through; hidden files are passed over.

    `year` is taken for documents that say none; one that says another is not filed. Raises StoreError where
    the raw store cannot be used at all.
    """
    with RawStore(raw).opened(_wait) as store:
        yield from _filed(_Filing(store, year, url), paths)
        for problem in store.problems:
            progress.said(problem)


def _wait() -> None:
    progress.said("another process is filing documents: waiting for it to end")


def _filed(filing: _Filing, paths: Iterable[Path | str]) -> Iterator[Filed]:
    waiting: deque[list[Found]] = deque()

    def batches() -> Iterator[list[Found]]:
        for batch in batched(map(filing.marked, documents_at(paths)), lambda found: len(found.data)):
            waiting.append(batch)
            yield [replace(found, data=b"") if found.skip else found for found in batch]

    for made in map_batches(_judge, batches(), _given_up, _name_of, documents=True):
        batch = zip(waiting.popleft(), made["judged"].to_pylist(), strict=True)
        planned = [filing.file(found, judged) for found, judged in batch]
        failed = filing.store.write()
        for filed in planned:  # and only now it is said
            if filed.target in failed and (filed.is_new or filed.settled):
                yield replace(filed, target=None, is_new=False, settled=False, reason=failed[filed.target])
            else:
                yield filed


# --- judging


def _given_up(found: Found, reason: str) -> Found:
    """The document without its content: it ended the process that judged it."""
    return replace(found, data=b"", problem=reason)


def _name_of(found: Found) -> str:
    return found.name


def _judge(batch: list[Found]) -> dict[str, pa.Table]:
    """Return a table with a row a document: the year, organ, format and address that it says, or why it has
    no year.
    """
    rows = [
        _NOTHING
        if found.skip
        else _NOTHING | {"reason": found.problem}
        if found.problem
        else _judged(found.data)
        for found in within(batch)
    ]
    return {"judged": pa.Table.from_pylist(rows, schema=_JUDGED)}


_NOTHING: dict[str, Any] = dict.fromkeys(_JUDGED.names)


def _judged(data: bytes) -> dict[str, Any]:
    row: dict[str, Any] = dict(_NOTHING)
    try:
        raw = read(data)
        row |= {"format": raw.format, "url": raw.hints.get("url")}
        description = _description(raw)
        return row | {"year": description.year, "issuer": description.issuer}
    except Refusal as refusal:
        return row | {"reason": refusal.reason}
    except MemoryError:  # the process has to end
        raise
    except Exception as bug:  # the other documents are filed all the same
        return row | {"reason": internal_error("ingest", bug)}


def _description(raw: RawText) -> Description:
    normalized = normalize(raw.text)
    return describe(raw.text, normalized, split_sections(normalized.text), raw.hints)


# --- filing


class _Filing:
    """One run of the command: what it was told, and the store that it files into."""

    def __init__(self, store: RawStore, year: int | None, url: str | None) -> None:
        self.store, self._year, self._url = store, year, url
        self._now = datetime.now(UTC).isoformat(timespec="seconds")

    def marked(self, found: Found) -> Found:
        """Return the document with `skip` set where it need not be judged. One in unfiled/ is judged again:
        it may be readable by now, or its year be given. So is one of which the manifest says too little.
        """
        if found.problem:
            return replace(found, skip=True)
        there = self.store.find(hashlib.sha256(found.data).hexdigest(), len(found.data))
        return replace(found, skip=there is not None and self._is_settled(there))

    def _is_settled(self, there: Folder) -> bool:
        earlier = self.store.origin(there)
        return earlier is not None and earlier.year is not None and not self.store.is_unfiled(there)

    def file(self, found: Found, judged: dict[str, Any]) -> Filed:
        """Put a document where it belongs. What fails is a sentence in the result."""
        if found.problem:
            return Filed(found.path, None, False, found.problem, found.member)
        try:
            return self._file(found, judged)
        except (StoreError, OSError) as error:
            reason = (
                str(error)
                if isinstance(error, StoreError)
                else f"cannot be filed ({why(error)}): check the raw store"
            )
            return Filed(found.path, None, False, reason, found.member)

    def _file(self, found: Found, judged: dict[str, Any]) -> Filed:
        sha256 = hashlib.sha256(found.data).hexdigest()
        there = self.store.find(sha256, len(found.data))
        if there is not None and (found.skip or not self.store.is_unfiled(there)):
            self._note(there, found, sha256, {} if self._is_settled(there) else self._mended(there, judged))
            return Filed(found.path, there, False, None, found.member)
        said, given = judged["year"], self._year
        if said and given and said != given:
            other = (
                f"says that it reports on {said}, not on {given}: file it without --year, or look at the "
                "document"
            )
            return Filed(found.path, there, False, other, found.member)
        year = said or given
        reason = None if year else judged["reason"] or _NO_YEAR
        known = {
            "year": year,
            "told": None if year is None else "document" if said else "given",
            "reason": reason,
            "url": judged["url"],
        }
        folder = str(year) if year else UNFILED
        if there is not None and not year:
            self._note(there, found, sha256, known)
            return Filed(found.path, there, False, reason, found.member)
        original = found.member or found.path.name
        earlier = self.store.origin(there) if there is not None else None
        if earlier:
            original = earlier.member or os.path.basename(earlier.path)
        name = safe_name(original, judged["issuer"], year, sha256, SUFFIXES.get(judged["format"]))
        store = self.store
        target = (
            store.add(folder, name, found.data, sha256)
            if there is None
            else store.move(there, folder, name, sha256)
        )
        self._note(target, found, sha256, known, earlier)
        return Filed(found.path, target, there is None, reason, found.member, settled=there is not None)

    def _mended(self, there: Folder, judged: dict[str, Any]) -> dict[str, Any]:
        """What the manifest should say of a document that is there: that of it was lost, or it was put there
        by hand. In the folder of a year that it does not say itself it was put by somebody.
        """
        year = int(self.store.source(there).partition("/")[0])
        told = "document" if judged["year"] == year else "given"
        return {"year": year, "told": told, "reason": None, "url": judged["url"]}

    def _note(
        self, target: Folder, found: Found, sha256: str, known: dict[str, Any], moved: Entry | None = None
    ) -> None:
        """A line for the manifest, unless it says already what is known now."""
        earlier = moved or self.store.origin(target)
        complete = earlier and (earlier.year or not known.get("year"))
        if earlier and complete and not moved and (earlier.url or not (self._url or known.get("url"))):
            return
        path = (
            os.path.abspath(found.path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        )
        entry = Entry(self.store.source(target), sha256, len(found.data), path, self._now, found.member)
        if earlier and not known:
            known = {"year": earlier.year, "told": earlier.told, "reason": earlier.reason}
        known = known | {"url": self._url or known.get("url")}
        self.store.note(again(earlier, replace(entry, **known)))


# --- the command


def _line(filed: Filed) -> str:
    name = in_line(f"{filed.path}/{filed.member}" if filed.member else filed.path)
    if filed.target is None:
        told = "not filed"
    elif filed.settled:
        told = f"{in_line(filed.target)} (was in {UNFILED}/)"
    else:
        told = f"{in_line(filed.target)}{'' if filed.is_new else ' (was there already)'}"
    return f"{name}: {told}" + (f": {in_line(filed.reason)}" if filed.reason else "")


def run(args: argparse.Namespace) -> int:
    """Run `ogi ingest`; return the exit status."""
    counts = Counter[str]()
    with progress.watched(None, "document"):
        for filed in ingest(args.raw, args.paths, args.year, args.url):
            progress.said(_line(filed))
            progress.done()
            place = "not filed" if filed.target is None else "without a year" if filed.reason else "filed"
            counts.update(["documents", place] + ["new"] * filed.is_new + ["settled"] * filed.settled)
    settled = f", {counts['settled']} taken out of {UNFILED}/" if counts["settled"] else ""
    lost = f", {counts['not filed']} not filed" if counts["not filed"] else ""
    print(
        f"{counts['documents']} documents: {counts['new']} new in {args.raw}{settled}, "
        f"{counts['without a year']} without a year{lost}"
    )
    return 1 if counts["without a year"] or counts["not filed"] else 0
