"""The parts of a Word document: a ZIP of XML files, opened with distrust; and what other ZIP files are."""

from __future__ import annotations

import lzma
import posixpath
import re
import struct
import zlib
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError, fromstring
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from assets.model import Refusal
from schemas.words import say

MAX_PART = 32 * 1024 * 1024  # bytes of one part, inflated; that of a long report has a tenth of it
_MAX_TAGS = 500_000  # in one part; an element takes some 400 bytes of memory
_MAX_PARTS = 5_000
_ENTRY = b"PK\x01\x02"  # before each part in the directory of a ZIP
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(wordprocessingml|officeDocument|drawingml)/(\w+)")
_DECLARATION = re.compile(r"<\?xml[^>]*\?>")
_DAMAGED = (
    BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)
_OTHERS = (  # a part that tells what a ZIP file is, the keys of the words for it and of what to do
    ("ofd.xml", "ofd", "as_docx"),
    ("xl/", "xlsx", "the_report"),
    ("ppt/", "pptx", "the_report"),
    ("visio/", "vsdx", "the_report"),
    ("index/document.iwa", "pages", "as_docx"),
)
_MIMETYPES = (
    (b"application/vnd.oasis.opendocument.text", "odt", "as_docx"),
    (b"application/vnd.oasis.opendocument", "opendocument", "the_report"),
    (b"application/epub+zip", "epub", "as_docx"),
)


class Package:
    """The parts of a document by name. Names are compared without case, as the format has it. Raises Refusal
    for a file that is damaged.
    """

    def __init__(self, data: bytes) -> None:
        if data.count(_ENTRY) > _MAX_PARTS:
            raise Refusal(say("refused.zip_parts", most=_MAX_PARTS))
        try:
            self._zip = ZipFile(BytesIO(data))
        except _DAMAGED as error:
            raise Refusal(say("refused.zip_damaged")) from error
        self._parts: dict[str, ZipInfo] = {}
        self.is_doubled = False
        for info in self._zip.infolist():
            name = info.filename.replace("\\", "/").lstrip("/").lower()
            self.is_doubled = self.is_doubled or name in self._parts
            self._parts[name] = info

    def read(self, name: str) -> bytes | None:
        """The bytes of a part, inflated up to what any part may have, whatever its header says; None if there
        is no such part.
        """
        info = self._parts.get(name.lower())
        if info is None:
            return None
        if info.flag_bits & 1:
            raise Refusal(say("refused.zip_password"))
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):  # what unpacks the others knows no bounds
            raise Refusal(say("refused.zip_packed", part=_shown(name)))
        try:
            with self._zip.open(info) as part:
                data = part.read(MAX_PART + 1)
        except _DAMAGED as error:
            raise Refusal(say("refused.zip_part", part=_shown(name))) from error
        if len(data) > MAX_PART:
            raise Refusal(say("refused.zip_unpacks", most=MAX_PART))
        return data

    def xml(self, name: str, without: re.Pattern[bytes] | None = None) -> Element | None:
        """A part as a tree, in the namespaces of the transitional edition of the format; None if there is no
        such part.

        `without`: what of it nobody needs and is therefore not parsed.
        """
        data = self.read(name)
        if data is not None and without is not None:
            data = without.sub(b"", data)
        return None if data is None else _parse(data, name)

    def related(self, source: str) -> dict[str, str]:
        """The parts that a part ("" for the whole package) names, by the last word of the kind of their
        relation; of several the first.
        """
        folder, name = posixpath.split(source)
        root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        found: dict[str, str] = {}
        for relation in root if root is not None else ():
            if relation.get("TargetMode") != "External":
                target = posixpath.normpath(
                    posixpath.join("/", folder, relation.get("Target", "").replace("\\", "/"))
                )
                found.setdefault(relation.get("Type", "").rpartition("/")[2], target.lstrip("/"))
        return found

    def refuse(self) -> Refusal:
        """Why a ZIP file that is no Word document cannot be read."""
        if any(name.startswith("word/") for name in self._parts):
            return Refusal(say("refused.docx_no_text"))
        mimetype = self.read("mimetype") or b""
        for begin, what, advice in _MIMETYPES:
            if mimetype.startswith(begin):
                return Refusal(
                    say("refused.other", what=say(f"format.{what}"), advice=say(f"advice.{advice}"))
                )
        for mark, what, advice in _OTHERS:
            if any(name == mark or (mark.endswith("/") and name.startswith(mark)) for name in self._parts):
                return Refusal(
                    say("refused.other", what=say(f"format.{what}"), advice=say(f"advice.{advice}"))
                )
        return Refusal(say("refused.zip"))


def _shown(name: str) -> str:
    return re.sub(r"[^\w./-]", "?", name)[:60]


def _wide(data: bytes) -> str | None:
    """The encoding of a part that has more than a byte for each character, as it shows by its mark or by its
    first bytes; the parser knows both.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if data[:1] == b"\0":
        return "utf-16-be"
    return "utf-16-le" if data[1:2] == b"\0" else None


def _parse(data: bytes, name: str) -> Element:
    if (encoding := _wide(data)) is not None:
        data = _DECLARATION.sub("", data.decode(encoding, "replace"), count=1).encode()
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Refusal(say("refused.docx_entities"))
    if data.count(b"<") > _MAX_TAGS:
        raise Refusal(say("refused.docx_tags", most=_MAX_TAGS))
    if b"purl.oclc.org" in data:
        data = _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/\2", data)
    try:
        return fromstring(data)
    except (ParseError, ValueError, LookupError) as error:
        raise Refusal(say("refused.docx_xml", part=_shown(name))) from error
