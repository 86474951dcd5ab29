"""How large a document may be: beyond these sizes a file is something else than a report."""

from __future__ import annotations

from assets.model import Refusal
from schemas.words import say

MAX_BYTES = 8 * 1024 * 1024  # of text; a long report has 200 KB
MAX_BYTES_WITH_PICTURES = 64 * 1024 * 1024  # of the formats that hold pictures beside their text
MAX_CHARACTERS = 600_000  # the longest reports, of provinces, have some fifty thousand


def check_size(size: int, most: int = MAX_BYTES_WITH_PICTURES) -> None:
    """Raise Refusal for a file of more bytes than any report has; `most` depends on the format, which is not
    known before a file is read.
    """
    if size > most:
        raise Refusal(say("refused.bytes", size=size, most=most))
