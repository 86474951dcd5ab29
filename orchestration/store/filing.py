"""The raw store while documents are put into it: what it holds by content, under which names, and its
manifest of where each came from.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Literal

import orjson

from orchestration.store.documents import raw_paths, raw_years, source_of
from orchestration.store.folders import (
    alone,
    is_part,
    link_new,
    names,
    objects,
    sync_all,
    told,
    write_new,
    write_part,
)
from orchestration.store.paths import Folder, StoreError, why

UNFILED = "unfiled"
MANIFEST = ".manifest"
LOCK = ".ingest.lock"
_PENDING = ".pending"
_NOT_FILED = "cannot be filed ({}): check the raw store, that you may write there, and that there is room"
SUFFIXES = {
    "text": ".txt",
    "markdown": ".md",
    "html": ".html",
    "pdf": ".pdf",
    "docx": ".docx",
}  # of the formats that are recognised

_NAME_BYTES = 180  # file systems allow 255; room is left for a report_id
_UNSAFE = re.compile(
    r'[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202f\u2066-\u2069\ufeff\ud800-\udfff/\\:*?"<>|]+'
)
# Names that a content management system gives: t20240117_123, P020230131, a hash, content_5489. They tell a
# person nothing.
_MACHINE_MADE = re.compile(
    r"[a-z]{0,2}\d[\d_-]{3,}|[0-9a-f-]{16,}|"
    r"(?:content|index|post|art|article|info|detail|default|view|show|download|file|attach|"
    r"attachment|document|untitled|附件|下载)[\d_-]*|",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a document came from: one line of the manifest.

    `path` is the file that it was copied from, `member` its name in that file if it is an archive, `url` the
    page or file on the web if known; `told` says whether the document itself or a person gave the year,
    `reason` why it has none. `filed` is the time (UTC, ISO 8601).
    """

    source: str
    sha256: str
    size: int
    path: str
    filed: str
    member: str | None = None
    url: str | None = None
    year: int | None = None
    told: Literal["document", "given"] | None = None
    reason: str | None = None


@dataclass(slots=True)
class _Filed:
    """A document that is to be filed with the next `write`: its place, and its content or where it is now."""

    target: Folder
    sha256: str
    data: bytes = b""
    moved: Folder | None = None
    part: Path | None = None


class RawStore:
    """The raw store, a folder here or in an object store, as it was when first asked, with what this process
    has put there since. To be written by one process at a time: within `opened`.

    Documents are filed some at a time. `add`, `move` and `note` say what is to be done, `write` does it:
    first the contents come to the disk, then what the manifest will say, under a name that nobody reads, then
    the documents get their names, then the manifest gets its own. Whoever is killed in between leaves a
    manifest that `opened` completes with what is there.
    """

    def __init__(self, root: Folder) -> None:
        self.root = root
        self.problems: list[str] = []  # with the manifest
        self._known: dict[str, Folder] = {}  # by SHA-256
        self._entries: dict[str, Entry] = {}  # by source
        self._filed: dict[Folder, _Filed] = {}  # by target

    @contextmanager
    def opened(self, waiting: Callable[[], None]) -> Iterator[RawStore]:
        """Hold the lock of the store within the block, and remove what a process that was killed has left.
        `waiting` is called once if another process has to end first.
        """
        with ExitStack() as stack:
            with told(self.root, "written"):
                stack.enter_context(alone(self.root / LOCK, waiting))
                self._complete_manifest()
                self._remove_parts()
            yield self

    def _complete_manifest(self) -> None:
        """Take over what a killed process noted of documents that it put in place."""
        folder = self.root / MANIFEST
        for name in sorted(name for name in names(folder) if name.endswith(_PENDING)):
            found = []
            for line in (folder / name).read_bytes().splitlines():
                with suppress(ValueError, TypeError):
                    said = orjson.loads(line)
                    if (self.root / said["entry"]["source"]).exists():
                        found.append(Entry(**said["entry"]))
                        if said["moved"]:
                            (self.root / said["moved"]).unlink(missing_ok=True)
            if found:
                write_manifest(self.root, found)
            (folder / name).unlink(missing_ok=True)

    def _remove_parts(self) -> None:
        if isinstance(self.root, Path):
            for folder in (*raw_years(self.root), UNFILED, MANIFEST):
                for name in filter(is_part, names(self.root / folder)):
                    (self.root / folder / name).unlink(missing_ok=True)

    @cached_property
    def _unhashed(self) -> dict[int, list[Folder]]:
        """The documents by size: only those as large as one that comes in need be read to see whether it is
        there already.
        """
        found: dict[int, list[Folder]] = {}
        for folder in (*raw_years(self.root), UNFILED):
            for path, size in self._sizes(folder):
                found.setdefault(size, []).append(path)
        return found

    def _sizes(self, folder: str) -> Iterator[tuple[Folder, int]]:
        if not isinstance(self.root, Path):
            yield from ((one.path, one.size) for one in objects(self.root / folder))
        elif (self.root / folder).is_dir():
            with told(self.root):
                for path in raw_paths(self.root, folder):
                    with suppress(OSError):  # a link to nowhere: `ogi build` says so
                        info = path.stat()
                        if stat.S_ISREG(info.st_mode):
                            yield path, info.st_size

    def find(self, sha256: str, size: int) -> Folder | None:
        """Return where a document of this content is, or will be with the next `write`, under a year rather
        than unfiled; None if it is nowhere.
        """
        for path in self._unhashed.pop(size, ()):
            try:
                self._known.setdefault(hashlib.sha256(path.read_bytes()).hexdigest(), path)
            except OSError:  # gone, or not to be read: `ogi build` says so
                continue
        return self._known.get(sha256)

    def is_unfiled(self, path: Folder) -> bool:
        return self.source(path).startswith(f"{UNFILED}/")

    def source(self, path: Folder) -> str:
        """Return what the datasets call a document."""
        return source_of(self.root, path)

    def add(self, folder: str, name: str, data: bytes, sha256: str) -> Folder:
        """Have a document put into a folder, under the name or, where that is taken, with the report_id
        beside it.
        """
        return self._planned(folder, name, _Filed(self.root, sha256, data=data))

    def move(self, path: Folder, folder: str, name: str, sha256: str) -> Folder:
        """Have a document taken out of unfiled/ into the folder of its year."""
        if planned := self._filed.pop(path, None):  # it came twice, and the second time with its year
            self._entries.pop(self.source(path), None)
            return self._planned(folder, name, planned)
        return self._planned(folder, name, _Filed(self.root, sha256, moved=path))

    def _planned(self, folder: str, name: str, filed: _Filed) -> Folder:
        pure = PurePosixPath(name)
        beside = f"{pure.stem}-{filed.sha256[:16]}{pure.suffix}"
        for target in (self.root / folder / name, self.root / folder / beside):
            with told(self.root):
                if target in self._filed or _is_there(target):
                    continue
            filed.target = self._known[filed.sha256] = target
            self._filed[target] = filed
            return target
        raise StoreError(
            f"{self.root / folder / name} is taken, also with the report_id beside it: remove what "
            "does not belong there"
        )

    def note(self, entry: Entry) -> None:
        """Keep a line for the manifest; `write` writes it."""
        self._entries[entry.source] = entry

    @cached_property
    def _earlier(self) -> dict[str, Entry]:
        return read_manifest(self.root, self.problems)

    def origin(self, path: Folder) -> Entry | None:
        """Return what the manifest said of a document when first asked, or what was noted since."""
        source = self.source(path)
        return self._entries.get(source) or self._earlier.get(source)

    def write(self) -> dict[Folder, str]:
        """Do what was planned and noted since the last time, on the disk when this returns. Return the
        documents that could not be filed, each with the reason.

        What was noted becomes one more file of the manifest: none is ever changed.
        """
        failed: dict[Folder, str] = {}
        filed, entries = list(self._filed.values()), self._entries
        self._filed, self._entries = {}, {}
        parts = [part for one in filed if (part := self._write_part(one, failed))]
        try:
            self._sync(parts, filed, failed)
            pending = self._write_pending(entries, filed, failed)
            for one in filed:
                if one.target not in failed:
                    self._put(one, failed)
            _removed(parts)
            self._sync({one.target.parent for one in filed if isinstance(one.target, Path)}, filed, failed)
            for target in failed:
                entries.pop(self.source(target), None)
            if pending is not None:
                try:
                    with told(self.root, "written"):
                        if entries:
                            write_manifest(self.root, entries.values())
                        pending.unlink(missing_ok=True)
                    self._earlier.update(entries)
                except StoreError as error:
                    # The documents are filed, and what is pending says so: the next run takes it over.
                    self.problems.append(f"the manifest: {error}")
        finally:
            _removed(parts)
        self._known = {sha256: path for sha256, path in self._known.items() if path not in failed}
        return failed

    def _write_part(self, one: _Filed, failed: dict[Folder, str]) -> Path | None:
        if one.moved is None and isinstance(one.target, Path):
            try:
                one.part = write_part(one.target, one.data)
            except OSError as error:
                failed[one.target] = _NOT_FILED.format(why(error))
        return one.part

    def _sync(self, paths: Iterable[Path], filed: list[_Filed], failed: dict[Folder, str]) -> None:
        try:
            sync_all(paths)
        except OSError as error:
            failed |= {one.target: _NOT_FILED.format(why(error)) for one in filed}

    def _write_pending(
        self, entries: dict[str, Entry], filed: list[_Filed], failed: dict[Folder, str]
    ) -> Folder | None:
        if not entries:
            return None
        moved = {self.source(one.target): one.moved for one in filed}
        lines = [
            {"entry": asdict(entry), "moved": self.source(old) if (old := moved.get(source)) else None}
            for source, entry in entries.items()
        ]
        path = self.root / MANIFEST / f"{uuid.uuid4().hex}{_PENDING}"
        try:
            with told(self.root, "written"):
                write_new(path, b"".join(orjson.dumps(line) + b"\n" for line in lines))
        except StoreError as error:
            failed |= {one.target: str(error) for one in filed}
        return path

    def _put(self, one: _Filed, failed: dict[Folder, str]) -> None:
        try:
            with told(self.root, "written"):
                if one.moved is not None and isinstance(one.moved, Path) and isinstance(one.target, Path):
                    link_new(one.moved, one.target)
                elif one.part is not None and isinstance(one.target, Path):
                    link_new(one.part, one.target)
                else:
                    write_new(one.target, one.moved.read_bytes() if one.moved else one.data)
                if one.moved is not None:
                    one.moved.unlink(missing_ok=True)
        except FileExistsError:
            failed[one.target] = f"{one.target} was just put there by somebody else: file it again"
        except StoreError as error:
            failed[one.target] = str(error)


def _removed(parts: Iterable[Path]) -> None:
    for part in parts:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _is_there(path: Folder) -> bool:
    return os.path.lexists(path) if isinstance(path, Path) else bool(path.exists())


# --- the manifest


def write_manifest(root: Folder, entries: Iterable[Entry]) -> None:
    """Add a file of entries, `.manifest/<time>-<digest>.jsonl`, one JSON object a line."""
    data = b"".join(orjson.dumps(asdict(entry)) + b"\n" for entry in entries)
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{hashlib.sha256(data).hexdigest()[:12]}.jsonl"
    with told(root, "written"):
        write_new(root / MANIFEST / name, data)


def read_manifest(root: Folder, problems: list[str] | None = None) -> dict[str, Entry]:
    """Return the newest entry of each document that was ever filed, by its source. A document that was put
    there by hand has none. A line that is no entry is passed over, and said in `problems`.
    """
    folder = root / MANIFEST
    found: dict[str, Entry] = {}
    for name in sorted(name for name in names(folder) if name.endswith(".jsonl")):
        with told(root):
            lines = (folder / name).read_bytes().splitlines()
        for number, line in enumerate(lines, 1):
            try:
                entry = Entry(**orjson.loads(line))
                found[entry.source] = entry
            except (ValueError, TypeError) as error:
                if problems is not None:
                    problems.append(
                        f"{folder / name}, line {number} is no entry of the manifest ({error}) and is passed "
                        "over: mend or remove it, or file its document again"
                    )
    return found


def again(earlier: Entry | None, entry: Entry) -> Entry:
    """Return the entry of a document that was filed before: where it first came from is kept, and what was
    not known then is added.
    """
    if earlier is None:
        return entry
    known = {
        field.name: getattr(earlier, field.name) or getattr(entry, field.name) for field in fields(Entry)
    }
    return replace(entry, **{name: known[name] for name in ("path", "filed", "url")}, member=earlier.member)


# --- names


def safe_name(original: str, issuer: str | None, year: int | None, sha256: str, suffix: str | None) -> str:
    """Return a file name by which a person recognises a document: its own, made safe; or organ and year,
    where its own says nothing.

    `original` may be a path of any system or a member of an archive; only its last part counts. `suffix` is
    that of the recognised format.
    """
    last = _clean(re.split(r"[/\\]", original.rstrip("/\\"))[-1])
    stem, dot, ending = last.rpartition(".")
    if not dot or not re.fullmatch(r"[A-Za-z0-9]{1,5}", ending):
        stem, ending = last, ""
    ending = f".{ending}" if ending else suffix or ""
    if _MACHINE_MADE.fullmatch(bare := stem.strip("_ .")):
        stem = (
            _clean(f"{issuer}-{year}-{sha256[:8]}") if issuer and year else bare or f"document-{sha256[:8]}"
        )
        ending = suffix or ending
    return _shortened(stem, _NAME_BYTES - len(ending)) + ending


def _clean(text: str) -> str:
    return _UNSAFE.sub("_", text).strip(" .")


def _shortened(text: str, size: int) -> str:
    return text.encode()[:size].decode("utf-8", "ignore").rstrip(" .")
