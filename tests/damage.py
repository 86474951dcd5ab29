"""What a disk may do to a file: the tests of publishing and of reuse share it."""

from __future__ import annotations

import os
from pathlib import Path


def flip(path: Path) -> None:
    """Turn one bit about in the middle of a file; its size and time stay."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    info = path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns))


def cut(path: Path) -> None:
    """Leave the first half of a file."""
    os.truncate(path, path.stat().st_size // 2)
