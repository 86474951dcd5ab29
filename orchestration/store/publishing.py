"""How all datasets of a year take the place of the old ones together, and stay on the disk whatever happens
then. Two ways: by links, in one step; or one file after the other, where there are no links.

By links. What readers find lies in `<warehouse>/.builds/<number>/<dataset>/year=<year>/`, all datasets of all
years; `.current` is a link to the newest, and `<warehouse>/<dataset>` one to `.current/<dataset>`. A new
build is made of hard links to what stays and to what is new, is brought to the disk, and `.current` is
exchanged by one rename: whoever is killed before has changed nothing, and after it nothing is left to do. The
names of the files of a year bear its build, so that no reader takes a file of one for that of another.

One after the other: in an object store, or on a file system without symbolic links. A partition is always the
one file `data.parquet`, that one PUT, or one rename, replaces. `.builds/<year>.json` says before the first
that the year is being published, and after the last of which build it is; if the process dies in between, the
next that writes the year does the rest first.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

from orchestration.store.folders import names, put, replace_file, sync, sync_all
from orchestration.store.paths import Folder, StoreError

if TYPE_CHECKING:
    from upath import UPath

BUILDS, CURRENT, WRITING = ".builds", ".current", ".writing"
_LINK, _PROBE = "link", "probe"
_GRACE = 10 * 60.0  # seconds that an old build is kept for those who have begun to read it
_KEPT = 4  # old builds that are kept at most
# A partition: dataset and the name of its folder in that ("" where it is not by year), and its new file.
Placed = Mapping[tuple[str, str], tuple[Path, str]]


# --- by links


def links_work(root: Path) -> bool:
    """Return whether the warehouse can be published by links: the file system has them, and no dataset is a
    plain folder that cannot be exchanged for one.
    """
    with _one_at_a_time(root):
        probe, plain = root / WRITING / _PROBE, root / WRITING / f"{_PROBE}.folder"
        try:
            os.symlink("nowhere", probe)
            if not _plain(root):
                return True
            plain.mkdir()
            return _exchanged(probe, plain)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EACCES):
                raise  # no matter of links
            return False
        finally:
            _clear_scratch(root)


def publish_by_links(root: Path, placed: Placed) -> None:
    """Put partitions in the place of the old ones in one step, on the disk when this returns. The file of
    each is given with the name that it gets.
    """
    with _one_at_a_time(root):
        if _plain(root):
            _flip(root, {})
            for dataset in _plain(root):
                _exchange_for_link(root, dataset)
        _flip(root, placed)


def clear_builds(root: Path) -> None:
    """Remove builds that nobody reads any more, and what was left of one that was never published."""
    if (root / BUILDS).is_dir():
        with _one_at_a_time(root):
            _clear(root)
            _clear_scratch(root)


def _flip(root: Path, placed: Placed) -> None:
    old = _number(root)
    _clear(root)
    new = root / BUILDS / f"{old + 1:06}"
    new.mkdir(parents=True)
    for (dataset, part), (file, name) in placed.items():
        (new / dataset / part).mkdir(parents=True, exist_ok=True)
        _link(file, new / dataset / part / name)
    for dataset, is_folder in names(root).items():
        if is_folder and not dataset.startswith("."):
            _carry(root / dataset, new / dataset, dataset, placed)
    sync_all([*(file for file, _ in placed.values()), *(Path(where) for where, _, _ in os.walk(new))])
    for dataset in names(new):
        if not os.path.lexists(root / dataset):
            os.symlink(f"{CURRENT}/{dataset}", root / dataset)
    sync(root / BUILDS)
    sync(root)
    _point(root, f"{BUILDS}/{new.name}")
    with suppress(OSError):
        os.utime(root / BUILDS / f"{old:06}")  # from now on it is an old one


def _carry(old: Path, new: Path, dataset: str, placed: Placed) -> None:
    """Link what stays as it is."""
    for part, is_folder in names(old).items():
        if is_folder and not part.startswith(".") and (dataset, part) not in placed:
            (new / part).mkdir(parents=True, exist_ok=True)
            for name in names(old / part):
                _link(old / part / name, new / part / name)
        elif not is_folder and (dataset, "") not in placed:
            new.mkdir(parents=True, exist_ok=True)
            _link(old / part, new / part)


def _point(root: Path, target: str) -> None:
    """Exchange the link to the current build, on the disk when this returns."""
    link = root / WRITING / _LINK
    _clear_scratch(root)
    os.symlink(target, link)
    os.rename(link, root / CURRENT)
    sync(root)


def _number(root: Path) -> int:
    """The current build; 0 where there is none yet."""
    try:
        return int(os.path.basename(os.readlink(root / CURRENT)))
    except (FileNotFoundError, ValueError):
        return 0


def _clear(root: Path) -> None:
    current = _number(root)
    builds = sorted((int(name) for name in names(root / BUILDS) if name.isdecimal()), reverse=True)
    old = [number for number in builds if number < current]
    for number in builds:
        place = root / BUILDS / f"{number:06}"
        if number > current or (
            number < current and (number not in old[:_KEPT] or time.time() - place.stat().st_mtime > _GRACE)
        ):
            shutil.rmtree(place, ignore_errors=True)


def _clear_scratch(root: Path) -> None:
    for name in (_LINK, _PROBE, f"{_PROBE}.folder"):
        path = root / WRITING / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _plain(root: Path) -> list[str]:
    """The datasets that are folders: of a warehouse that was written before there were links, or copied."""
    return [
        name
        for name, is_folder in names(root).items()
        if is_folder and not name.startswith(".") and not (root / name).is_symlink()
    ]


def _exchange_for_link(root: Path, dataset: str) -> None:
    link = root / WRITING / _LINK
    _clear_scratch(root)
    os.symlink(f"{CURRENT}/{dataset}", link)
    if not _exchanged(link, root / dataset):
        raise StoreError(f"{root / dataset} cannot be exchanged: move it away, and run `ogi build`")
    sync(root)
    shutil.rmtree(link)


def _exchanged(one: Path, other: Path) -> bool:
    """Let two entries change places in one step, where the system can (Linux, on most file systems)."""
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    at_working_directory, exchange = -100, 2
    return renameat2 is not None and (
        renameat2(at_working_directory, os.fsencode(one), at_working_directory, os.fsencode(other), exchange)
        == 0
    )


def _link(old: Path, new: Path) -> None:
    """Give a file a second name; a copy where there are no hard links, or too many."""
    try:
        os.link(old, new, follow_symlinks=True)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.EXDEV, errno.ENOSYS):
            raise
        shutil.copy2(old, new)
        sync(new)


@contextmanager
def _one_at_a_time(root: Path) -> Iterator[None]:
    """Years are made side by side and published one after the other: that takes a moment."""
    (root / WRITING).mkdir(parents=True, exist_ok=True)
    with (root / WRITING / "publishing.lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


# --- one after the other


def publish_each(root: Folder, group: str, build: str, placed: Mapping[tuple[str, str], Folder]) -> None:
    """Put the files of a year in the places of the old ones, one after the other, and say of which build the
    year then is.
    """
    top = len(str(root)) + 1
    files = [[dataset, part, str(file)[top:]] for (dataset, part), file in placed.items()]
    _say(root, group, {"build": build, "state": "publishing", "files": files})
    finish_each(root, group)


def finish_each(root: Folder, group: str) -> bool:
    """Do what is left of the publication of a year, if its process died; return whether it had begun one."""
    place = _statement(root, group)
    try:
        said = json.loads(place.read_bytes())
    except (FileNotFoundError, ValueError):
        return False
    if said["state"] != "publishing":
        return False
    for dataset, part, file in said["files"]:
        _replace(root / dataset / part if part else root / dataset, root / file)
    _say(root, group, {"build": said["build"], "state": "published"})
    return True


def _statement(root: Folder, group: str) -> Folder:
    return root / BUILDS / f"{group}.json"


def _say(root: Folder, group: str, what: dict[str, object]) -> None:
    put(_statement(root, group), json.dumps(what).encode(), synced=True)


def _replace(folder: Folder, file: Folder) -> None:
    # A file that was copied there from another warehouse keeps its name: a second one beside it would double
    # the rows.
    there = [name for name in names(folder) if name.endswith(".parquet")]
    if len(there) > 1:
        raise StoreError(
            f"{folder} holds several Parquet files, and a partition is one: remove those that do not belong "
            "there"
        )
    target = folder / (there[0] if there else "data.parquet")
    if isinstance(target, Path):
        replace_file(cast(Path, file), target)
    else:
        target.fs.cp_file(cast("UPath", file).path, target.path)
