"""`ogi ingest`: files documents into the raw store by the year that they report on. Filing the same content again changes nothing."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from assets.model import Refusal
from assets.normalized_text import normalize
from assets.raw_text import read, report_id
from assets.reports import describe
from assets.section_splits import split_sections
from orchestration import progress

UNFILED = "unfiled"


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of one document. `target` is None where it could not be copied; `reason` says why it has no year."""

    path: Path
    target: Path | None
    is_new: bool
    reason: str | None


@dataclass(slots=True)
class RawStore:
    """The raw store while documents are filed; knows what each folder holds."""

    root: Path
    _contents: dict[str, dict[str, Path]] = field(default_factory=dict)

    def contents(self, folder: str) -> dict[str, Path]:
        """The documents of a folder by content."""
        if folder not in self._contents:
            paths = sorted((self.root / folder).glob("*")) if (self.root / folder).is_dir() else []
            files = [path for path in paths if path.is_file() and not path.name.startswith(".")]
            self._contents[folder] = {report_id(path.read_bytes()): path for path in reversed(files)}
        return self._contents[folder]

    def add(self, folder: str, name: str, data: bytes) -> tuple[Path, bool]:
        """Put a document into a folder: where it is, and whether it is new there."""
        contents, key = self.contents(folder), report_id(data)
        if key in contents:
            return contents[key], False
        target = self.root / folder / name.lstrip(".")
        if target.exists() or not target.name:
            target = target.with_name(f"{Path(name).stem}-{key}{Path(name).suffix}")
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch = target.with_name(f".{key}.part")  # hidden: no build takes half a document
        scratch.write_bytes(data)
        os.replace(scratch, target)
        contents[key] = target
        return target, True


def report_year(data: bytes) -> int:
    """The year that a document reports on. Raises Refusal where it does not say, or cannot be read."""
    raw = read(data)
    normalized = normalize(raw.text)
    identity = describe(raw.text, normalized, split_sections(normalized.text), raw.hints)
    if identity.year is None:
        raise Refusal("the document does not say which year it reports on: put it into the folder of its year by hand")
    return identity.year


def ingest(raw: Path, paths: Iterable[Path]) -> Iterator[Filed]:
    """File documents, one after the other. Folders are gone through; hidden files are passed over."""
    store = RawStore(raw)
    for path in chain.from_iterable(map(_files, paths)):
        try:
            if path.exists() and not path.is_file():
                yield Filed(path, None, False, "is no regular file: name the document itself")
                continue
            data = path.read_bytes()
        except OSError as error:
            yield Filed(path, None, False, f"cannot be read ({error.strerror})")
            continue
        try:
            folder, reason = str(report_year(data)), None
        except Refusal as refusal:
            folder, reason = UNFILED, str(refusal)
        except Exception as error:  # a bug that one document trips over; the others are filed
            folder, reason = UNFILED, f"internal error, please report it with this document: {type(error).__name__}: {error}"
        try:
            target, is_new = store.add(folder, path.name, data)
        except OSError as error:
            yield Filed(
                path,
                None,
                False,
                f"cannot be filed in {store.root / folder} ({error.strerror}): check that it is a folder and may be written",
            )
            continue
        yield Filed(path, target, is_new, reason)


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(folder, name) for name in sorted(names) if not name.startswith("."))


def run(args: argparse.Namespace) -> int:
    """The command."""
    files = list(chain.from_iterable(map(_files, args.paths)))
    done = []
    with progress.watched(len(files), "document"):
        for filed in ingest(args.raw, files):
            done.append(filed)
            progress.done()
    for filed in done:
        where = filed.target or "not filed"
        print(
            f"{filed.path}: {where}{'' if filed.is_new or not filed.target else ' (was there already)'}"
            + (f": {filed.reason}" if filed.reason else "")
        )
    problems = sum(filed.reason is not None for filed in done)
    print(f"{len(done)} documents: {sum(filed.is_new for filed in done)} new in {args.raw}, {problems} without a year")
    return 1 if problems else 0
