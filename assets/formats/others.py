"""Formats that are recognised by their first bytes and not read: what each is called, and what to do with
it.
"""

from __future__ import annotations

import re

from assets.model import Refusal

_AS_DOCX = "save it as DOCX or PDF"
_THE_REPORT = "file the report itself, saved as DOCX or PDF"
_PICTURE = ("a picture", "have its text recognised first, or file the document that it shows")
_UNPACK = "unpack it first and file its documents, or make a ZIP of them"
_FIRST_BYTES = (
    (b"{\\rtf", "an RTF document", _AS_DOCX),
    (b"\x89PNG", *_PICTURE),
    (b"\xff\xd8\xff", *_PICTURE),
    (b"GIF8", *_PICTURE),
    (b"II*\x00", *_PICTURE),
    (b"MM\x00*", *_PICTURE),
    (b"\x00\x00\x00\x0cjP  ", *_PICTURE),
    (b"AT&TFORM", "a scanned document (DjVu)", "save it as PDF"),
    (b"7z\xbc\xaf\x27\x1c", "an archive (7z)", _UNPACK),
    (b"Rar!\x1a\x07", "an archive (RAR)", _UNPACK),
    (b"\x1f\x8b", "an archive (gzip)", _UNPACK),
    (b"BZh", "an archive (bzip2)", _UNPACK),
    (b"\xfd7zXZ\x00", "an archive (xz)", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "an archive (Zstandard)", _UNPACK),
    (b"MSCF\x00", "an archive (cabinet)", _UNPACK),
    (b"\x7fELF", "a program", "file the report itself"),
    (b"%!PS", "a PostScript document", "save it as PDF"),
    (b"CAJ\x00", "a CAJ document", "save it as PDF"),
    (b"SQLite format 3\x00", "a database", "file the report itself"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The streams of which an OLE file has one, in the order in which they tell: a document may hold a workbook.
_STREAMS = (
    ("EncryptedPackage", "protected by a password", "save it without one"),
    ("WordDocument", "a Word document in the format of 1997-2003 (.doc, .wps), which is not read", _AS_DOCX),
    (
        "PowerPoint Document",
        "a presentation in the format of 1997-2003 (.ppt), which is not read",
        _THE_REPORT,
    ),
    ("Workbook", "a workbook in the format of 1997-2003 (.xls), which is not read", _THE_REPORT),
    ("Book", "a workbook in an old format (.xls), which is not read", _THE_REPORT),
    (
        "__properties_version1.0",
        "an e-mail (.msg), which is not read",
        "file the report that it brings, as a document of its own",
    ),
)
_HEADER = re.compile(rb"([A-Za-z][A-Za-z0-9-]{1,40}):[ \t][^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*")
_OF_MAIL = frozenset((b"received", b"return-path", b"mime-version", b"message-id", b"delivered-to"))
_WORD_XML = re.compile(rb"""progid=["']Word\.Document|<pkg:package\b|<w:wordDocument\b""")


def refuse_other(data: bytes) -> None:
    """Raise Refusal for a file in a format that is known and not read. Only its content is looked at."""
    for magic, what, advice in _FIRST_BYTES:
        if data.startswith(magic):
            raise Refusal(f"the file is {what}, which is not read: {advice}")
    if data.startswith(_OLE[:4]):
        raise _ole(data)
    head = data[:2000]
    if _is_picture(head):
        raise Refusal("the file is {}, which is not read: {}".format(*_PICTURE))
    if head[:2] == b"MZ" and b"\x00" in head[:64]:
        raise Refusal("the file is a program, which is not read: file the report itself")
    if head[257:262] == b"ustar":
        raise Refusal(f"the file is an archive (tar), which is not read: {_UNPACK}")
    if (b"<" in head or b"progid" in head) and _WORD_XML.search(head):
        raise Refusal("the file is a Word document in one XML file, which is not read: save it as DOCX")
    headers = _headers(head)
    if not _OF_MAIL.isdisjoint(headers):
        if b"multipart/related" in head.lower() or b"snapshot-content-location" in headers:
            raise Refusal("the file is a web archive (MHTML), which is not read: save the page as HTML")
        raise Refusal(
            "the file is an e-mail, which is not read: file the report that it brings, as a document "
            "of its own"
        )


def _ole(data: bytes) -> Refusal:
    for stream, what, advice in _STREAMS:
        if f"{stream}\0".encode("utf-16-le") in data:  # names of the directory, each closed by a NUL
            return Refusal(f"the file is {what}: {advice}")
    return Refusal(f"the file is a legacy Office file (.doc, .xls, .wps), which is not read: {_AS_DOCX}")


def _is_picture(head: bytes) -> bool:
    """Pictures whose first bytes alone could also be those of a text."""
    bitmap = head[:2] == b"BM" and head[6:10] == bytes(4) and len(head) > 26
    webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    heif = head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1", b"avif")
    return bitmap or webp or heif


def _headers(head: bytes) -> frozenset[bytes]:
    """The names of the headers with which a message begins, in lower case."""
    names, at = set(), 0
    while (match := _HEADER.match(head, at)) is not None:
        names.add(match[1].lower())
        at = match.end()
    return frozenset(names)
