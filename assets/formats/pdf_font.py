"""pdf_font: the font that stands in for Chinese fonts that a PDF names and does not hold, so that no
machine's own fonts matter.

PDFium leaves out a character of which it can find no outline, when it is drawn alone. This font shows every
character as a small box: enough to know that it is there, and where.
"""

from __future__ import annotations

import ctypes
import struct
from typing import Any

import pypdfium2_raw as pdfium

_CHINESE = frozenset((128, 129, 130, 134, 136))  # the character sets of East Asia, as Windows numbers them
_EM = 1000
_kept: list[Any] = []  # what PDFium calls must live as long as PDFium


def _tables() -> dict[bytes, bytes]:
    """The tables of a TrueType font of two glyphs: an empty one, and a small box, which is that of every
    character.
    """
    corners = struct.pack(">hhhhh", 1, 100, 0, 300, 700) + struct.pack(">HH", 3, 0) + bytes([1, 1, 1, 1])
    glyph = corners + struct.pack(">hhhh", 100, 200, 0, -200) + struct.pack(">hhhh", 0, 0, 700, 0)
    glyph += bytes(-len(glyph) % 4)
    cmap = struct.pack(">HHHHL", 0, 1, 3, 10, 12) + struct.pack(
        ">HHLLLLLL", 13, 0, 28, 0, 1, 33, 0x2FFFF, 1
    )  # many to one
    return {
        b"cmap": cmap,
        b"glyf": glyph,
        b"head": struct.pack(
            ">LLLLHHQQhhhhHHhhh",
            0x10000,
            0x10000,
            0,
            0x5F0F3CF5,
            3,
            _EM,
            0,
            0,
            100,
            0,
            300,
            700,
            0,
            8,
            2,
            1,
            0,
        ),
        b"hhea": struct.pack(
            ">LhhhHhhhhhhhhhhhH", 0x10000, 880, -120, 0, _EM, 100, 700, 300, 1, 0, 0, 0, 0, 0, 0, 0, 2
        ),
        b"hmtx": struct.pack(">HhHh", _EM, 0, _EM, 100),
        b"loca": struct.pack(">LLL", 0, 0, len(glyph)),
        b"maxp": struct.pack(">LHHHHHHHHHHHHHH", 0x10000, 2, 4, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0),
    }


def _font() -> bytes:
    tables = _tables()
    directory = struct.pack(">LHHHH", 0x10000, len(tables), 64, 2, len(tables) * 16 - 64)
    body, at = b"", 12 + 16 * len(tables)
    for tag, table in tables.items():
        directory += tag + struct.pack(">LLL", 0, at + len(body), len(table))
        body += table + bytes(-len(table) % 4)
    return directory + body


def stand_in() -> None:
    """Let PDFium use this font for all Chinese fonts that it looks for, and its own for the others. Once,
    after PDFium has begun.
    """
    font = _font()
    kinds = dict(pdfium.FPDF_SYSFONTINFO._fields_)

    def map_font(
        _: Any, weight: int, italic: int, charset: int, pitch: int, face: Any, exact: Any
    ) -> int | None:
        return 1 if charset in _CHINESE else None

    def font_data(_: Any, handle: Any, table: int, buffer: Any, size: int) -> int:
        wanted = font if table == 0 else _tables().get(struct.pack(">L", table), b"")
        if buffer and size >= len(wanted):
            ctypes.memmove(buffer, wanted, len(wanted))
        return len(wanted)

    info = pdfium.FPDF_SYSFONTINFO()
    info.version = 1
    info.MapFont = kinds["MapFont"](map_font)
    info.GetFontData = kinds["GetFontData"](font_data)
    info.GetFont = kinds["GetFont"](lambda _, face: None)
    info.GetFontCharset = kinds["GetFontCharset"](lambda _, handle: 134)
    info.DeleteFont = kinds["DeleteFont"](lambda _, handle: None)
    _kept.append(info)
    pdfium.FPDF_SetSystemFontInfo(ctypes.byref(info))
