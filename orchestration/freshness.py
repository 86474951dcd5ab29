"""Whether a year is out of date: what its partitions were made of and by which code, against what there is
now. `ogi build`, the schedules and the sensor all ask here.

Beside the partitions, in `<warehouse>/.made/`, lies a note for each. It is no part of the partition, whose
bytes so tell nothing of how often it was built; and one that does not fit the file that is there counts for
nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa

from assets.corrections import Corrected
from assets.pipeline import OF_DOCUMENTS
from assets.stages import AllYearsStage, ColumnStage, Stage, WholeStage, YearStage
from orchestration import code
from orchestration.store import documents
from orchestration.store.corrections import corrections_of
from orchestration.store.folders import put
from orchestration.store.partitions import fingerprint_of
from orchestration.store.paths import Folder
from orchestration.store.warehouse import Warehouse
from schemas.datasets import DATASETS


@dataclass(frozen=True, slots=True)
class Note:
    """What a partition was made of: what tells its file from others, the digest of its content, the code of
    its stage, what that read, and whether the same would come out again (`sound`: no document failed in a way
    that may pass).

    `chain` stands for the code of the stage and of all before it, as they were when each partition was made:
    it decides what the rows of a document are, given the content of that.
    """

    file: str
    digest: str
    code: str
    chain: str
    inputs: Mapping[str, str]
    sound: bool


class State:
    """A stage in a year: what its partitions were made of, against what they would be made of now."""

    def __init__(self, files: Warehouse, year: str, stage: Stage, **others: str) -> None:
        """`others` are what the stage depends on beside partitions and code, by digests."""
        self._files, self._year, self._stage = files, year, stage
        self._notes = {name: note_of(files, name, year) for name in stage.datasets}
        read = partitions_read(files, stage, year)
        known = {one: files.digest(*read[one]) for one in read}
        self._inputs = known | others
        # Of a partition without a note nobody knows the code: it counts for one of its own.
        self._before = [note.chain if (note := note_of(files, *read[one])) else known[one] for one in read]

    def drop_damaged(self) -> list[str]:
        """Return the partitions that do not hold what was written, and count them for never made."""
        names = [name for name in self._notes if not self._files.is_sound(name, self._year)]
        self._notes |= dict.fromkeys(names)
        return names

    def unchanged(self) -> bool:
        """Return whether making the partitions again would make the same."""
        return not any(True for _ in self.reasons())

    def reasons(self) -> Iterator[str]:
        """Yield why the partitions would have to be made again, in words."""
        notes = [note for note in self._notes.values() if note is not None]
        if len(notes) < len(self._notes):
            yield "never made"
            return
        if stale := [name for name, note in self._notes.items() if note and note.code != code.code_of(name)]:
            yield f"code changed: {', '.join(stale)}"
        known = notes[0].inputs
        for name, digest in self._inputs.items():
            if known.get(name) != digest:
                yield f"{name} changed"
        if not all(note.sound for note in notes):
            yield "documents failed that may be read now"

    def same_code(self) -> bool:
        """Return whether the rows of a document that is as it was would be the same."""
        return all(note and note.chain == self._chain(name) for name, note in self._notes.items())

    def _chain(self, dataset: str) -> str:
        return _digest(code.code_of(dataset), *self._before)

    def remember(self, sound: bool) -> None:
        """Note what the partitions were made of, once they are published."""
        for name in self._stage.datasets:
            file = fingerprint_of(self._files.path(name, self._year))
            digest = self._files.digest(name, self._year)
            note = Note(file, digest, code.code_of(name), self._chain(name), self._inputs, sound)
            put(self._files.note(name, self._year), json.dumps(asdict(note), indent=1).encode())


def partitions_read(files: Warehouse, stage: Stage, year: str) -> dict[str, tuple[str, str]]:
    """Return the partitions that a stage reads in a year, as dataset and year, by what they are called in
    reasons. Of the years before, and of all years, those that are there. Raises FileNotFoundError where one
    of the year itself is not.
    """
    if isinstance(stage, AllYearsStage):
        years = [one for one in files.years() if all(_is_there(files, name, one) for name in stage.before)]
        return {f"{name} of {one}": (name, one) for one in years for name in stage.before}
    found = {name: (name, year if DATASETS[name].by_year else "") for name in stage.before}
    for place in found.values():
        files.path(*place)
    if isinstance(stage, YearStage):
        last = str(int(year) - 1)
        if all(_is_there(files, name, last) for name in stage.last):
            found |= {f"{name} of {last}": (name, last) for name in stage.last}
    return found


def _is_there(files: Warehouse, dataset: str, year: str) -> bool:
    try:
        files.path(dataset, year)
    except FileNotFoundError:
        return False
    return True


def reviewed_files(raw: Folder, names: Iterable[str]) -> dict[str, bytes]:
    """Return the content of those of some files in the raw store that are there."""
    found = {}
    for name in names:
        with suppress(FileNotFoundError, NotADirectoryError):
            found[name] = (raw / name).read_bytes()
    return found


def why_again(raw: Folder, files: Warehouse, year: str, stages: Iterable[Stage] = OF_DOCUMENTS) -> str | None:
    """Return why a year is to be made again by some stages, in words; None if the same would come out. No
    document is opened. The year of stages over all years is "".
    """
    found: dict[str, None] = {}
    for stage in stages:
        try:
            state = State(files, year, stage, **_others(raw, files, year, stage))
        except FileNotFoundError:
            return "never made"  # a dataset before it is gone
        found |= dict.fromkeys(state.reasons())
    return "; ".join(dict.fromkeys(_merged(found))) or None


def _others(raw: Folder, files: Warehouse, year: str, stage: Stage) -> dict[str, str]:
    """What a stage depends on beside partitions and code, as far as it shows without opening a document."""
    if isinstance(stage, WholeStage):
        return others_of_whole(raw, files, year, stage)
    if isinstance(stage, ColumnStage) and stage.publishes:
        return {"corrections": corrections_of(raw, files, year).digest}
    return {} if stage.before else {"documents": documents_there(raw, year)[1]}


def others_of_whole(raw: Folder, files: Warehouse, year: str, stage: WholeStage) -> dict[str, str]:
    """Return what a stage over whole years depends on beside partitions and code."""
    there = reviewed_files(raw, stage.reviewed)
    found = {name: _digest(there[name].hex()) if name in there else "" for name in stage.reviewed}
    if stage.corrections:
        found["corrections"] = _digest(
            *(corrections_of(raw, files, one).digest for one in _pair(files, year))
        )
    return found


def _pair(files: Warehouse, year: str) -> list[str]:
    """The year, and the one before where it was made."""
    last = str(int(year) - 1)
    return [year, *([last] if last in files.years() and _is_there(files, "table_cells", last) else [])]


def corrected_in(raw: Folder, files: Warehouse, year: str) -> tuple[Corrected, ...]:
    """Return the tables of a year, and of the one before, that corrections make valid."""
    years = _pair(files, year)
    return tuple(table for one in years for table in corrections_of(raw, files, one).decision.tables)


def _merged(reasons: Iterable[str]) -> Iterator[str]:
    """The reasons with all datasets whose code changed in one."""
    prefix = "code changed: "
    stale = [reason.removeprefix(prefix) for reason in reasons if reason.startswith(prefix)]
    for reason in reasons:
        yield f"{prefix}{', '.join(stale)}" if reason.startswith(prefix) else reason


def note_of(files: Warehouse, dataset: str, year: str) -> Note | None:
    """Return the note of a partition, if it is there and fits the file that is there."""
    try:
        note = Note(**json.loads(files.note(dataset, year).read_bytes()))
        return note if note.file == fingerprint_of(files.path(dataset, year)) else None
    except (FileNotFoundError, ValueError, TypeError):
        return None


def listing_of(files: Warehouse, year: str) -> Folder:
    """Return the place where it is noted which documents a year had, with what tells whether they have
    changed since.
    """
    return files.root / ".made" / f"documents-{year}.arrow"


# --- documents, known by names, sizes and times


def documents_there(raw: Folder, year: str) -> tuple[int, str]:
    """Return how many documents of a year the raw store holds now, and their digest."""
    found = list(documents.states(raw, year))
    return len(found), _digest_of(found)


def documents_of(listing: pa.Table) -> str:
    """Return the digest of documents that were listed to be read."""
    return _digest_of(documents.states_of(listing))


def documents_read(files: Warehouse, year: str) -> str | None:
    """Return the digest of the documents that all datasets of a year were made of; None if any was never
    made, or not of the ones before it as they are.
    """
    for stage in OF_DOCUMENTS:
        for name in stage.datasets:
            note = note_of(files, name, year)
            if note is None or any(note.inputs[one] != files.digest(one, year) for one in stage.before):
                return None
    return documents_listed(files, year)


def documents_listed(files: Warehouse, year: str) -> str | None:
    """Return the digest of the documents that the first dataset of a year was made of; None where it is not
    known.
    """
    note = note_of(files, OF_DOCUMENTS[0].datasets[0], year)
    return note.inputs.get("documents") if note else None


def _digest_of(found: Iterable[documents.State]) -> str:
    lines = (
        f"{source}\0{size}\0{modified.isoformat() if modified else None}" for source, size, modified in found
    )
    return _digest(*sorted(lines))


def _digest(*parts: Any) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()[:16]
