"""Formats that are recognised by their first bytes and not read: what each is called, and what to do with
it.
"""

from __future__ import annotations

import re

from assets.model import Refusal
from schemas.words import say

# The first bytes of a file, what it is, and what to do with it: keys of the catalogue.
_FIRST_BYTES = (
    (b"{\\rtf", "rtf", "as_docx"),
    (b"\x89PNG", "picture", "picture"),
    (b"\xff\xd8\xff", "picture", "picture"),
    (b"GIF8", "picture", "picture"),
    (b"II*\x00", "picture", "picture"),
    (b"MM\x00*", "picture", "picture"),
    (b"\x00\x00\x00\x0cjP  ", "picture", "picture"),
    (b"AT&TFORM", "djvu", "as_pdf"),
    (b"7z\xbc\xaf\x27\x1c", "7z", "unpack"),
    (b"Rar!\x1a\x07", "rar", "unpack"),
    (b"\x1f\x8b", "gzip", "unpack"),
    (b"BZh", "bzip2", "unpack"),
    (b"\xfd7zXZ\x00", "xz", "unpack"),
    (b"\x28\xb5\x2f\xfd", "zstandard", "unpack"),
    (b"MSCF\x00", "cabinet", "unpack"),
    (b"\x7fELF", "program", "itself"),
    (b"%!PS", "postscript", "as_pdf"),
    (b"CAJ\x00", "caj", "as_pdf"),
    (b"SQLite format 3\x00", "database", "itself"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The streams of which an OLE file has one, in the order in which they tell: a document may hold a workbook.
_STREAMS = (
    ("EncryptedPackage", "encrypted", "without_password"),
    ("WordDocument", "doc", "as_docx"),
    ("PowerPoint Document", "ppt", "the_report"),
    ("Workbook", "xls", "the_report"),
    ("Book", "old_xls", "the_report"),
    ("__properties_version1.0", "msg", "brought"),
)
_HEADER = re.compile(rb"([A-Za-z][A-Za-z0-9-]{1,40}):[ \t][^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*")
_OF_MAIL = frozenset((b"received", b"return-path", b"mime-version", b"message-id", b"delivered-to"))
_WORD_XML = re.compile(rb"""progid=["']Word\.Document|<pkg:package\b|<w:wordDocument\b""")


def refuse_other(data: bytes) -> None:
    """Raise Refusal for a file in a format that is known and not read. Only its content is looked at."""
    for magic, what, advice in _FIRST_BYTES:
        if data.startswith(magic):
            raise refusal(what, advice)
    if data.startswith(_OLE[:4]):
        raise _ole(data)
    head = data[:2000]
    if _is_picture(head):
        raise refusal("picture", "picture")
    if head[:2] == b"MZ" and b"\x00" in head[:64]:
        raise refusal("program", "itself")
    if head[257:262] == b"ustar":
        raise refusal("tar", "unpack")
    if (b"<" in head or b"progid" in head) and _WORD_XML.search(head):
        raise refusal("word_xml", "as_docx")
    headers = _headers(head)
    if not _OF_MAIL.isdisjoint(headers):
        if b"multipart/related" in head.lower() or b"snapshot-content-location" in headers:
            raise refusal("mhtml", "as_html")
        raise refusal("mail", "brought")


def refusal(what: str, advice: str) -> Refusal:
    """Return the refusal of a format that is not read: keys of what it is, and of what to do."""
    return Refusal(say("refused.other", what=say(f"format.{what}"), advice=say(f"advice.{advice}")))


def _ole(data: bytes) -> Refusal:
    for stream, what, advice in _STREAMS:
        if f"{stream}\0".encode("utf-16-le") in data:  # names of the directory, each closed by a NUL
            return refusal(what, advice)
    return refusal("ole", "as_docx")


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
