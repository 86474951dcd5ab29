"""The raw store while documents are put into it: what it holds by content, under which names, and its
manifest of where each came from.
"""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Literal

import orjson

from orchestration.store.documents import raw_paths, raw_years, source_of
from orchestration.store.folders import move_new, names, objects, told, write_new
from orchestration.store.paths import Folder, StoreError

UNFILED = "unfiled"
MANIFEST = ".manifest"
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


class RawStore:
    """The raw store, a folder here or in an object store, as it was when first asked, with what this process
    has put there since.
    """

    def __init__(self, root: Folder) -> None:
        self.root = root
        self._known: dict[str, Folder] = {}  # by SHA-256
        self._entries: list[Entry] = []

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
        """Return where a document of this content is, under a year rather than unfiled; None if it is
        nowhere.
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
        """Put a document into a folder, under the name or, where that is taken, with the report_id beside
        it.
        """
        for target in self._targets(folder, name, sha256):
            try:
                with told(self.root, "written"):
                    write_new(target, data)
            except FileExistsError:
                if target.read_bytes() != data:
                    continue  # of another document; the same may just have been filed by another process
            self._known[sha256] = target
            return target
        raise StoreError(
            f"{self.root / folder / name} is taken, also with the report_id beside it: remove what "
            "does not belong there"
        )

    def move(self, path: Folder, folder: str, name: str, sha256: str) -> Folder:
        """Take a document out of unfiled/ into the folder of its year."""
        for target in self._targets(folder, name, sha256):
            try:
                with told(self.root, "written"):
                    move_new(path, target)
            except FileExistsError:
                continue
            self._known[sha256] = target
            return target
        raise StoreError(
            f"{self.root / folder / name} is taken, also with the report_id beside it: remove what "
            "does not belong there"
        )

    def _targets(self, folder: str, name: str, sha256: str) -> tuple[Folder, Folder]:
        pure = PurePosixPath(name)
        return self.root / folder / name, self.root / folder / f"{pure.stem}-{sha256[:16]}{pure.suffix}"

    def note(self, entry: Entry) -> None:
        """Keep a line for the manifest; `write` writes it."""
        self._entries.append(entry)

    @cached_property
    def _earlier(self) -> dict[str, Entry]:
        return read_manifest(self.root)

    def origin(self, path: Folder) -> Entry | None:
        """Return what the manifest said of a document when first asked, or what was noted since."""
        source = self.source(path)
        return next(
            (entry for entry in reversed(self._entries) if entry.source == source), None
        ) or self._earlier.get(source)

    def write(self) -> None:
        """Write what was noted since the last time as one more file of the manifest: none is ever changed, so
        that any number may write at once.
        """
        if self._entries:
            write_manifest(self.root, self._entries)
            self._earlier.update((entry.source, entry) for entry in self._entries)
            self._entries = []


# --- the manifest


def write_manifest(root: Folder, entries: Iterable[Entry]) -> None:
    """Add a file of entries, `.manifest/<time>-<digest>.jsonl`, one JSON object a line."""
    data = b"".join(orjson.dumps(asdict(entry)) + b"\n" for entry in entries)
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{hashlib.sha256(data).hexdigest()[:12]}.jsonl"
    with told(root, "written"):
        write_new(root / MANIFEST / name, data)


def read_manifest(root: Folder) -> dict[str, Entry]:
    """Return the newest entry of each document that was ever filed, by its source. A document that was put
    there by hand has none.
    """
    folder = root / MANIFEST
    found: dict[str, Entry] = {}
    for name in sorted(name for name in names(folder) if name.endswith(".jsonl")):
        with told(root):
            lines = (folder / name).read_bytes().splitlines()
        for number, line in enumerate(lines, 1):
            try:
                entry = Entry(**orjson.loads(line))
            except (ValueError, TypeError) as error:
                raise StoreError(
                    f"{folder / name}, line {number} is no entry of the manifest ({error}): mend or remove it"
                ) from None
            found[entry.source] = entry
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
