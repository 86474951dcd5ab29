"""What a document may be and take: beyond these bounds a file is something else than a report."""

from __future__ import annotations

from assets.model import Refusal
from schemas.words import Said, say

MAX_BYTES = 8 * 1024 * 1024  # of text; a long report has 200 KB
MAX_BYTES_WITH_PICTURES = 64 * 1024 * 1024  # of the formats that hold pictures beside their text
MAX_CHARACTERS = 600_000  # the longest reports, of provinces, have some fifty thousand

# What reading a document may take; `orchestration/computing/bounds.py` sees to it.
SECONDS = 5.0  # of processor time; a long report takes one
MEMORY = 512 * 1024 * 1024  # bytes, beside those that the process has before


def ended(how: str) -> Said:
    """Return why a document is refused that ended the process which read it: by "time", "memory" or "crash",
    which stays so; or by "stall" (the machine stood still, or somebody killed the process), which is to be
    tried again.
    """
    return say(f"ended.{how}", seconds=int(SECONDS), megabytes=MEMORY >> 20)


ENDED = frozenset(map(ended, ("time", "memory", "crash")))  # the reasons that last as long as the code does


def check_size(size: int, most: int = MAX_BYTES_WITH_PICTURES) -> None:
    """Raise Refusal for a file of more bytes than any report has; `most` depends on the format, which is not
    known before a file is read.
    """
    if size > most:
        raise Refusal(say("refused.bytes", size=size, most=most))
