"""Power cuts: a disk in a file is copied as it is while it is written, as if the machine had stopped then."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_MEGABYTES = 48


def possible() -> bool:
    """Return whether this process may mount disks."""
    return os.geteuid() == 0 and shutil.which("mkfs.ext4") is not None


@contextmanager
def disk(image: Path, mount: Path, new: bool = True) -> Iterator[Path]:
    """Mount a file as a disk within the block; `new` makes it first."""
    if new:
        with image.open("wb") as file:
            file.truncate(_MEGABYTES << 20)
        _run("mkfs.ext4", "-q", "-F", str(image))
    mount.mkdir(exist_ok=True)
    # Nothing is written back by itself for as long as the test takes.
    _run("mount", "-o", "loop,commit=300", str(image), str(mount))
    try:
        yield mount
    finally:
        _unmount(mount)


def cut(image: Path, copy: Path) -> None:
    """Copy a disk as it is now: what was not synced is not there."""
    shutil.copyfile(image, copy)


@contextmanager
def small_disk(mount: Path, kilobytes: int, read_only: bool = False) -> Iterator[Path]:
    """Mount a disk of so many kilobytes in memory within the block."""
    mount.mkdir(exist_ok=True)
    _run("mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(mount))
    try:
        yield mount
    finally:
        _unmount(mount)


def read_only(mount: Path, on: bool = True) -> None:
    """Let a mounted disk be read only, or be written again."""
    _run("mount", "-o", f"remount,{'ro' if on else 'rw'}", str(mount))


def _unmount(mount: Path) -> None:
    gc.collect()  # what failed may hold files open
    for _ in range(20):
        with suppress(subprocess.CalledProcessError):
            return _run("umount", str(mount))
        time.sleep(0.1)
    _run("umount", "-l", str(mount))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
