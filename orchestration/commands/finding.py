"""The documents that paths on the command line stand for: files, folders, patterns, ZIP archives."""

from __future__ import annotations

import glob
import io
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from assets.escaping import in_line
from assets.limits import MAX_BYTES_WITH_PICTURES, check_size
from assets.model import Refusal
from orchestration.store.archives import ArchiveError, is_archive, members, other_archive
from orchestration.store.paths import why


@dataclass(frozen=True, slots=True)
class Found:
    """A document: the file, the member if that is an archive, and its content, or why
    there is none.
    """

    path: Path
    member: str | None = None
    data: bytes = b""
    problem: str | None = None
    skip: bool = False  # it need not be judged: there is no content, or it is filed already

    @property
    def name(self) -> str:
        return f"{self.path}/{self.member}" if self.member else str(self.path)


def documents_at(paths: Iterable[Path | str]) -> Iterator[Found]:
    """Yield the documents that paths stand for, in order: those below a folder, those that a pattern fits,
    those in a ZIP archive. Hidden files are passed over; what cannot be opened says why.
    """
    for path in chain.from_iterable(map(_files, paths)):
        if isinstance(path, Found):
            yield path
        else:
            yield from _opened(path)


def _opened(path: Path) -> Iterator[Found]:
    """The document that a file is, or those that it holds if it is an archive."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            yield Found(path, problem="is no regular file: name the document itself")
            return
        with path.open("rb") as stream:
            if is_archive(stream):
                yield from _members(path, stream)
                return
            stream.seek(0)
            data = stream.read(MAX_BYTES_WITH_PICTURES + 1)
            size = os.fstat(stream.fileno()).st_size
    except OSError as error:
        yield Found(path, problem=f"cannot be read ({why(error)})")
        return
    yield _document(path, data, size)


def _document(path: Path, data: bytes, size: int) -> Found:
    if what := other_archive(data):
        return Found(path, problem=f"is {what}, which is not opened: unpack it, and ingest the folder")
    try:
        check_size(size)
    except Refusal as refusal:
        return Found(path, problem=refusal.reason)
    return Found(path, data=data)


def _members(path: Path, stream: io.BufferedReader) -> Iterator[Found]:
    count = 0
    try:
        for member in members(stream):
            count += 1
            problem = member.problem
            if not problem and (what := other_archive(member.data)):
                problem = (
                    f"is {what} within an archive, which is not opened: unpack it, and ingest what it holds"
                )
            yield Found(path, in_line(member.name), b"" if problem else member.data, problem)
    except ArchiveError as error:
        yield Found(path, problem=str(error))
        return
    if not count:
        yield Found(path, problem="is an archive without any document")


def _files(path: Path | str) -> Iterator[Path | Found]:
    """The files that a path stands for: itself, those below a folder, or those that a pattern fits, which the
    shell has not expanded.
    """
    if not os.path.lexists(path) and glob.has_magic(str(path)):
        fitting = sorted(glob.glob(str(path), recursive=True))
        yield from (
            chain.from_iterable(map(_files, fitting))
            if fitting
            else [Found(Path(path), problem="fits no file: check the pattern")]
        )
        return
    path = Path(path)
    if not path.is_dir():
        yield path
        return
    unreadable: list[OSError] = []
    for folder, folders, files in os.walk(path, onerror=unreadable.append):
        links = [name for name in folders if Path(folder, name).is_symlink() and not name.startswith(".")]
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in links)
        yield from (
            Found(
                Path(folder, name),
                problem="is a link to a folder, which is not followed: name the folder itself",
            )
            for name in links
        )
        yield from (Path(folder, name) for name in sorted(files) if not name.startswith("."))
    yield from (
        Found(Path(error.filename or path), problem=f"is a folder that cannot be read ({why(error)})")
        for error in unreadable
    )
