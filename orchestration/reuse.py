"""What a build need not make again: a stage leaves a partition, or the rows of a document, that the same code
made of the same content.

Beside the partitions, in `<warehouse>/.made/`, lies a note for each: what file it is, what it was made of, by
which code. The note is no part of the partition, so that its bytes tell nothing of how often it was built;
and one that does not fit the file that is there counts for nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.paths import Folder
from orchestration.sources import code_version
from orchestration.storage import Warehouse

# What the rows of a document depend on beside its content: the code of its stage, of those before, and these
# libraries.
_LIBRARIES = (
    "opencc",
    "pyarrow",
    "numpy",
    "pandas",
    "pandera",
    "selectolax",
    "pypdfium2",
    "rapidfuzz",
    "highspy",
)


@dataclass(frozen=True, slots=True)
class Note:
    """What a partition was made of: what tells its file from others, the code of its stage, what that read,
    and whether it would do so again.

    `chain` stands for the code of the stage and of all before it, as they were when each partition was made:
    it decides what the rows of a document are, given the content of that.
    """

    file: str
    code: str
    chain: str
    inputs: Mapping[str, str]
    sound: bool


@cache
def code_of(dataset: str) -> str:
    """The code of a stage, and the libraries that decide what it makes."""
    libraries = " ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return _digest(code_version(dataset), libraries, sys.version)


def chain_of(files: Warehouse, year: str, dataset: str, before: Sequence[str]) -> str:
    """See Note. Of a partition without a note nobody knows the code: it counts for one of its own."""
    notes = [note_of(files, name, year) for name in before]
    chains = [
        note.chain if note else identity(files.path(name, year))
        for note, name in zip(notes, before, strict=True)
    ]
    return _digest(code_of(dataset), *chains)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def identity(path: Folder) -> str:
    """What tells a file from another that is or was in its place: here its name, which is made of its
    content, size and time; else the store's word.
    """
    if not isinstance(path, Path):
        return str(path.fs.checksum(path.path))
    info = path.stat()
    return f"{path.name} {info.st_size} {info.st_mtime_ns}"


def _place(files: Warehouse, dataset: str, year: str) -> Folder:
    return files.root / ".made" / f"{dataset}-{year}.json"


def listing_of(files: Warehouse, year: str) -> Folder:
    """Where it is taken down which documents a year had, with what tells whether they have changed since."""
    return files.root / ".made" / f"documents-{year}.arrow"


def note_of(files: Warehouse, dataset: str, year: str) -> Note | None:
    """The note of a partition, if it is there and of the file that is there."""
    try:
        note = Note(**json.loads(_place(files, dataset, year).read_bytes()))
        return note if note.file == identity(files.path(dataset, year)) else None
    except (FileNotFoundError, ValueError, TypeError):
        return None


class Inputs:
    """What a stage reads in a year: the partitions before it, and whatever else, by digests."""

    def __init__(
        self, files: Warehouse, year: str, datasets: Sequence[str], before: Sequence[str], **others: str
    ) -> None:
        self._files, self._year, self._datasets = files, year, datasets
        self._read = {name: identity(files.path(name, year)) for name in before} | others
        self._chains = {name: chain_of(files, year, name, before) for name in datasets}
        self._notes = {name: note_of(files, name, year) for name in datasets}

    def unchanged(self) -> bool:
        """Whether making the partitions again would make the same."""
        return all(
            note and note.sound and note.code == code_of(name) and note.inputs == self._read
            for name, note in self._notes.items()
        )

    def same_code(self) -> bool:
        """Whether the rows of a document that is as it was would be the same."""
        return all(note and note.chain == self._chains[name] for name, note in self._notes.items())

    def remember(self, sound: bool) -> None:
        """Take down what the partitions were made of, once they are published."""
        for name in self._datasets:
            path = self._files.path(name, self._year)
            note = Note(identity(path), code_of(name), self._chains[name], self._read, sound)
            put(_place(self._files, name, self._year), json.dumps(asdict(note), indent=1).encode())


def put(place: Folder, content: bytes) -> None:
    """Write a small file so that a reader finds the old one or the new one."""
    if isinstance(place, Path):
        place.parent.mkdir(parents=True, exist_ok=True)
        unfinished = place.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(content)
        unfinished.replace(place)
    else:
        place.write_bytes(content)


def merged(made: pa.Table, kept: pa.Table) -> pa.Table:
    """Rows that were made and rows that were kept, in the order of reports; rows of one report are of one of
    the two, and stay in their order.
    """
    table = pa.concat_tables([made.cast(kept.schema), kept])
    return table.take(pc.sort_indices(table.column("report_id"))) if len(made) and len(kept) else table
