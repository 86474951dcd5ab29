"""Files in a folder, here or in an object store: list them, put one there whole or not at all, hold a lock.
Knows nothing of reports.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.store.paths import Folder, StoreError, why

if TYPE_CHECKING:
    from upath import UPath

_BLOCK = 1 << 20  # bytes that are read at a time
_SYNCED = 16  # files that are brought to the disk at a time
_ASKED = 0.5  # seconds between two looks whether a lock has become free
_RENEWED = 60.0  # seconds between two signs of life of whoever holds a lock in an object store
_ABANDONED = 20 * 60.0  # seconds without one; more than the clocks of a client and of its store may differ by
_TIMES = (
    "LastModified",
    "last_modified",
    "updated",
    "mtime",
    "modified",
    "created",
)  # what the stores call it
_CLIENTS = frozenset(
    {"botocore", "aiobotocore", "aiohttp", "google", "gcsfs", "azure", "adlfs"}
)  # packages whose errors are of the network


class BusyError(StoreError):
    """Another process is writing the same year, or filing into the same raw store."""


# --- listing


@dataclass(frozen=True, slots=True)
class Object:
    """What the listing of an object store says of an object."""

    path: UPath
    size: int
    modified: datetime | None


@contextmanager
def told(root: Folder, done: str = "read") -> Iterator[None]:
    """Within the block turn an error of a store that cannot be read or written (no such folder, no
    credentials, no network, no permission, no room) into a StoreError, a sentence for people.
    """
    try:
        yield
    except (StoreError, FileExistsError):
        raise
    except OSError as error:
        may = (
            "that you may write there, and that there is room"
            if done == "written"
            else "and that you may read there"
        )
        raise StoreError(
            f"{root} cannot be {done} ({why(error)}): check that it is a folder, {may}"
        ) from error
    except Exception as error:
        if isinstance(root, Path) or type(error).__module__.partition(".")[0] not in _CLIENTS:
            raise
        raise StoreError(
            f"{root} cannot be reached ({why(error)}): check the address, the network and the credentials"
        ) from error


def names(folder: Folder) -> dict[str, bool]:
    """Return what lies directly in a folder, hidden or not: each name, and whether it is a folder. A folder
    that is not there holds nothing.
    """
    if isinstance(folder, Path):
        try:
            with told(folder), os.scandir(folder) as entries:
                return {entry.name: entry.is_dir() for entry in entries}
        except StoreError as error:
            if isinstance(error.__cause__, FileNotFoundError):
                return {}
            raise
    with told(folder):
        try:
            entries = folder.fs.ls(folder.path, detail=True)
        except FileNotFoundError:
            return {}
        found = {
            entry["name"].rstrip("/").rpartition("/")[2]: entry["type"] == "directory" for entry in entries
        }
        found.pop(folder.name, None)  # some stores list an empty object that stands for the folder itself
        return found


def objects(folder: UPath) -> Iterator[Object]:
    """Yield every object below a folder of an object store, in the order of their names, without hidden
    ones and those for folders.
    """
    with told(folder):
        found = folder.fs.find(folder.path, detail=True)
    root = folder.path.rstrip("/") + "/"
    for key, info in sorted(found.items()):
        name = key.removeprefix(root)
        if name and not name.endswith("/") and not any(part.startswith(".") for part in name.split("/")):
            yield Object(folder / name, int(info.get("size") or 0), _time(info))


def _time(info: dict[str, Any]) -> datetime | None:
    for name in _TIMES:
        if isinstance(value := info.get(name), datetime):
            return value.astimezone(UTC).replace(microsecond=0)
        if isinstance(value, int | float):
            return datetime.fromtimestamp(int(value), UTC)
    return None


def sha256_of(path: Folder) -> str:
    """Return the SHA-256 of a file's content, in hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


# --- writing


def write_new(path: Folder, data: bytes) -> None:
    """Write a file that is not there yet; who lists the folder sees all of it or nothing, and it is on the
    disk when this returns. Raises FileExistsError.

    Here it is written under a hidden name, and linked. In an object store it is one PUT, on the condition
    that there is no such object; a store that does not know the condition keeps the later of two that are
    written at the same moment.
    """
    if not isinstance(path, Path):
        path.fs.pipe_file(path.path, data, mode="create")
        return
    scratch = write_part(path, data)
    try:
        sync(scratch)
        link_new(scratch, path)
        sync(path.parent)
    finally:
        scratch.unlink(missing_ok=True)


def write_part(path: Path, data: bytes) -> Path:
    """Write what is to become a file under a hidden name beside it; return that."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        scratch.write_bytes(data)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise
    return scratch


def is_part(name: str) -> bool:
    """Return whether a name is one of those that `write_part` gives."""
    return re.fullmatch(r"\.[0-9a-f]{32}\.part", name) is not None


def put(place: Folder, content: bytes, synced: bool = False) -> None:
    """Write a small file, in place of an old one, so that a reader finds the old one or the new one.
    `synced`: it is on the disk when this returns.
    """
    if isinstance(place, Path):
        place.parent.mkdir(parents=True, exist_ok=True)
        unfinished = place.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(content)
        if synced:
            sync(unfinished)
        unfinished.replace(place)
        if synced:
            sync(place.parent)
    else:
        place.write_bytes(content)


def replace_file(source: Path, target: Path) -> None:
    """Put a copy of a file in the place of another in one step, on the disk when this returns."""
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.with_name(f".{uuid.uuid4().hex}.part")
    try:
        try:
            os.link(source, scratch)
        except OSError:  # a file system without links
            shutil.copy2(source, scratch)
        sync(scratch)
        os.replace(scratch, target)
        sync(target.parent)
    finally:
        scratch.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Have a file, or the entries of a folder, on the disk, so that they are there after a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno != errno.EINVAL or not path.is_dir():  # a file system that knows no such thing
            raise
    finally:
        os.close(handle)


def sync_all(paths: Iterable[Path]) -> None:
    """Do the same for many: side by side they take a fraction of the time."""
    with ThreadPoolExecutor(_SYNCED) as pool:
        for _ in pool.map(sync, paths):
            pass


def link_new(old: Path, new: Path) -> None:
    """Give a file a second name. Unlike a rename this does not replace what has that name. Raises
    FileExistsError.
    """
    new.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(old, new)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if os.path.lexists(new):
            raise FileExistsError(f"{new} is there already") from None
        os.rename(old, new)


# --- locks


@contextmanager
def alone(path: Folder, waiting: Callable[[], None] | None = None) -> Iterator[Lease | None]:
    """Hold a lock within the block. Where another process holds it, raise BusyError, or, with `waiting`, call
    that once and wait.

    Here the lock goes with the process, so that one that is killed leaves nothing locked. In an object store
    it is an object, see Lease.
    """
    with ExitStack() as held:
        for attempt in count():
            try:
                lease = held.enter_context(_locked(path))
                break
            except BusyError:
                if waiting is None:
                    raise
                if attempt == 0:
                    waiting()
                time.sleep(_ASKED)
        yield lease


_LOCKED: set[int] = set()  # the open files by which this process holds locks


def _let_go() -> None:
    """A worker that outlives the process that forked it holds none of its locks."""
    while _LOCKED:
        with suppress(OSError):
            os.close(_LOCKED.pop())


os.register_at_fork(after_in_child=_let_go)


@contextmanager
def _locked(path: Folder) -> Iterator[Lease | None]:
    if not isinstance(path, Path):
        with Lease(path) as lease:
            yield lease
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotADirectoryError(error.errno, error.strerror, error.filename) from None
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(
                f"another process is writing {path.stem}: wait for it to end, then run again"
            ) from None
        _LOCKED.add(file.fileno())
        try:
            yield None
        finally:
            _LOCKED.discard(file.fileno())


class Lease:
    """A lock in an object store: an object that is there as long as someone holds it.

    It is made on the condition that it is not there, where the store knows that (S3 does), and renewed every
    minute. One that was not renewed for 20 minutes is that of a process that was killed, and is taken over.
    Whoever was only slow finds out by `require`, before publishing.
    """

    def __init__(self, path: UPath) -> None:
        self._path, self._token = path, uuid.uuid4().hex.encode()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._renew, daemon=True)

    def __enter__(self) -> Lease:
        self._take()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        if self._mine():
            with suppress(OSError):  # it will be found abandoned
                self._path.unlink(missing_ok=True)

    def require(self) -> None:
        """Raise BusyError if another process has taken over."""
        if not self._mine():
            raise BusyError(
                f"another process has begun to write {self._path.stem}, because this one gave no "
                "sign of life: nothing was published"
            )

    def _take(self) -> None:
        fs, key = self._path.fs, self._path.path
        for _ in range(2):
            try:
                fs.pipe_file(key, self._token, mode="create")
                return
            except FileExistsError:
                age = self._age()
                if age < _ABANDONED:
                    break
                self._path.unlink(missing_ok=True)
        minutes = max(1, round((_ABANDONED - age) / 60))
        raise BusyError(
            f"another process is writing {self._path.stem}: wait for it to end, then run again; "
            f"if it was killed, run again in {minutes} minutes, or remove {self._path}"
        )

    def _age(self) -> float:
        try:
            modified = _time(self._path.fs.info(self._path.path))
        except FileNotFoundError:
            return _ABANDONED
        return time.time() - modified.timestamp() if modified else 0.0

    def _mine(self) -> bool:
        try:
            return bool(self._path.read_bytes() == self._token)
        except OSError:
            return False

    def _renew(self) -> None:
        while not self._over.wait(_RENEWED):
            with suppress(OSError):  # the next time, or `require`, will tell
                if self._mine():
                    self._path.fs.pipe_file(self._path.path, self._token)
