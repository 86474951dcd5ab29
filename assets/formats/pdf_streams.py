"""pdf_streams: how much the packed streams of a PDF hold, before PDFium unpacks them: a small file may unpack to gigabytes."""

from __future__ import annotations

import re
import zlib

from assets.model import Refusal

MOST_UNPACKED = 96 * 1024 * 1024  # bytes in all streams that are no pictures; a report with its fonts has some five million
_STEP = 1024 * 1024
_STREAM = re.compile(rb"stream\r?\n")
_BEFORE = 600  # bytes before a stream in which its dictionary stands
_TWICE = re.compile(rb"/Fl(?:ateDecode)?\s*/Fl(?:ateDecode)?")


def check_streams(data: bytes) -> None:
    """Raise Refusal where the streams of a PDF unpack to more than any report holds. Pictures do not count: nobody unpacks them."""
    total = 0
    for match in _STREAM.finditer(data):
        if data[match.start() - 3 : match.start()] == b"end":
            continue
        about = data[max(0, match.start() - _BEFORE) : match.start()]
        about = about[about.rfind(b" obj") + 1 :]
        if _TWICE.search(about):
            raise Refusal("the file packs its contents twice, as no report does: print the document to a new PDF")
        if b"/Image" in about and b"/Length1" not in about:
            continue
        total += _unpacked(data, match.end(), MOST_UNPACKED - total)
        if total >= MOST_UNPACKED:
            raise Refusal(f"the file unpacks to more than {MOST_UNPACKED // 2**20} MB, as no report does: print the document to a new PDF")


def _unpacked(data: bytes, start: int, most: int) -> int:
    """How many bytes a packed stream holds, counted up to `most`; 0 where it is not packed so."""
    if data[start : start + 1] not in (b"\x78", b"\x48", b"\x58", b"\x68", b"\x38"):
        return 0
    unpack = zlib.decompressobj()
    packed = data[start : start + 65536]
    at = start + 65536
    length = 0
    try:
        while length < most and not unpack.eof:
            length += len(unpack.decompress(packed, _STEP))
            packed = unpack.unconsumed_tail
            if not packed:
                if at >= len(data):
                    break
                packed = data[at : at + 65536]
                at += 65536
    except zlib.error:
        pass
    return length
