"""pdf_streams: how much the packed streams of a PDF hold, before PDFium unpacks them: a small file may unpack
to gigabytes.
"""

from __future__ import annotations

import re
import zlib

from assets.model import Refusal

MOST_UNPACKED = (
    96 * 1024 * 1024
)  # bytes in all streams that are no pictures; a report with its fonts has some five million
_STEP = 1024 * 1024
_BLOCK = 65536
_PACKED_MOST = 1032  # times: no packing that PDFs know makes more of a byte
_MOST_FORMS = 20_000  # how often forms within forms may be drawn
_STREAM = re.compile(rb"stream\r?\n")
_BEFORE = 600  # bytes before a stream in which its dictionary stands
_TWICE = re.compile(rb"/Fl(?:ateDecode)?\s*/Fl(?:ateDecode)?")
_DRAWN = re.compile(rb"/\S+\s+Do\b")
_ZLIB = frozenset((b"\x78", b"\x48", b"\x58", b"\x68", b"\x38"))


def check_streams(data: bytes) -> bool:
    """Whether the streams of a PDF are known to be harmless; what is not is to be read apart.

    Raises Refusal where they unpack to more than any report holds. Pictures do not count: nobody unpacks
    them.
    """
    total, unknown, drawn = 0, 0, 1
    for match in _STREAM.finditer(data):
        start = match.end()
        if data[match.start() - 3 : match.start()] == b"end":
            continue
        about = data[max(0, match.start() - _BEFORE) : match.start()]
        about = about[about.rfind(b" obj") + 1 :]
        if _TWICE.search(about):
            raise Refusal(
                "the file packs its contents twice, as no report does: print the document to a new PDF"
            )
        if b"/Image" in about and b"/Length1" not in about:
            continue
        if data[start : start + 1] in _ZLIB:
            total += _unpacked(data, start, MOST_UNPACKED - total)
        elif b"/Filter" in about:
            unknown += max(0, data.find(b"endstream", start) - start)
        if total >= MOST_UNPACKED:
            raise Refusal(
                f"the file unpacks to more than {MOST_UNPACKED // 2**20} MB, as no report does: "
                "print the document to a new PDF"
            )
        if b"/Form" in about and drawn <= _MOST_FORMS:
            drawn *= max(1, len(_DRAWN.findall(_beginning(data, start))))
    return unknown * _PACKED_MOST <= MOST_UNPACKED and drawn <= _MOST_FORMS and b"/Encrypt" not in data


def _unpacked(data: bytes, start: int, most: int) -> int:
    """How many bytes a packed stream holds, counted up to `most`."""
    unpack = zlib.decompressobj()
    packed = data[start : start + _BLOCK]
    at = start + _BLOCK
    length = 0
    try:
        while length < most and not unpack.eof and packed:
            length += len(unpack.decompress(packed, _STEP))
            packed = unpack.unconsumed_tail
            if not packed:
                packed = data[at : at + _BLOCK]
                at += _BLOCK
    except zlib.error:
        pass
    return length


def _beginning(data: bytes, start: int) -> bytes:
    """What a stream says, as far as it says it in a million bytes."""
    if data[start : start + 1] not in _ZLIB:
        return data[start : data.find(b"endstream", start)]
    try:
        return zlib.decompressobj().decompress(data[start:], _STEP)
    except zlib.error:
        return b""
