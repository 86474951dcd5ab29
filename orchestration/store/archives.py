"""ZIP archives of documents: their members one by one, whatever the archive claims of itself, in bounded
memory and time.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from assets.limits import MAX_BYTES, MAX_BYTES_WITH_PICTURES

MAX_MEMBERS = 50_000
_MAX_RATIO = 200  # text packs at about 20 to 1, a page full of markup at 50 to 1
_ALWAYS = 64 * 1024 * 1024  # unpacked bytes that are allowed whatever the size of the archive
_DIRECTORY_BYTES = 32 * 1024 * 1024  # of the list of members, which is held in memory
_BLOCK = 1 << 18
_TAIL = 66_000  # bytes at the end within which the record stands that says where the list of members is
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OTHERS = (
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"\x1f\x8b\x08", "a gzip archive"),
    (0, b"BZh", "a bzip2 archive"),
    (0, b"\xfd7zXZ\x00", "an XZ archive"),
    (257, b"ustar", "a TAR archive"),
)
# Formats that are ZIP files themselves: Office documents, OpenDocument and EPUB, and the Chinese OFD.
_DOCUMENT_PARTS = ("[Content_Types].xml", "word/document.xml", "mimetype", "OFD.xml")


# What unpacks these stops where it is told to; a few bytes in BZIP2 or LZMA become gigabytes at one stroke.
_BOUNDED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

_END, _ENTRY = (
    b"PK\x05\x06",
    b"PK\x01\x02",
)  # before the record at the end, and before each member in the list
_VERSION = 45  # of the format, that may be asked for

# What the standard library raises where it cannot make out the list of members
_UNOPENED = (zipfile.BadZipFile, OSError, ValueError, struct.error, NotImplementedError, OverflowError)
# What the standard library raises on an archive that is not as it should be.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    struct.error,
    NotImplementedError,
    RuntimeError,
)


_TOO_MUCH = (
    f"is not opened, for the archive unpacks to more than {_MAX_RATIO} times its size, as no reports do: "
    "look at it, unpack it, and ingest the folder"
)


class ArchiveError(Exception):
    """An archive cannot be opened, or not to its end: one sentence that says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive, by the name that the archive gives it; or why it was not unpacked."""

    name: str
    data: bytes = b""
    problem: str | None = None


def is_archive(stream: BinaryIO) -> bool:
    """Return whether the content is a ZIP archive of files, and not a document in a format that is ZIP
    beneath.
    """
    stream.seek(0)
    if not stream.read(4).startswith(_ZIP):
        return False
    try:
        with _opened(stream) as archive:
            found = {info.filename for info in archive.infolist()}
        return not any(part in found for part in _DOCUMENT_PARTS)
    except ArchiveError:
        stream.seek(0)
        data = stream.read(MAX_BYTES_WITH_PICTURES)
        return not any(part.encode() in data for part in _DOCUMENT_PARTS)


def other_archive(data: bytes) -> str | None:
    """Return what kind of archive it is, of those that are not opened here; None if it is none."""
    return next((what for start, magic, what in _OTHERS if data.startswith(magic, start)), None)


def members(stream: BinaryIO) -> Iterator[Member]:
    """Yield the files of a ZIP archive in its order, without folders and hidden files. Raises ArchiveError.

    A name is never used as a path: it may be absolute, lead upwards, or hold anything else.
    """
    budget = _ALWAYS + _MAX_RATIO * stream.seek(0, io.SEEK_END)
    with _opened(stream) as archive:
        for info in archive.infolist():
            name = _name(info)
            if info.is_dir() or _is_hidden(name):
                continue
            if budget < 0:
                yield Member(name, problem=_TOO_MUCH)
                continue
            content, problem = _unpacked(archive, info)
            budget -= len(content)
            if budget < 0:
                content, problem = b"", _TOO_MUCH
            yield Member(name, b"" if problem else content, problem)


def _opened(stream: BinaryIO) -> zipfile.ZipFile:
    stream.seek(max(0, stream.seek(0, io.SEEK_END) - _TAIL))
    tail = stream.read(_TAIL)
    end = tail.rfind(_END)
    if 0 <= end <= len(tail) - 22:
        count, size = struct.unpack("<HI", tail[end + 10 : end + 16])
        if count > MAX_MEMBERS or size > _DIRECTORY_BYTES:
            raise ArchiveError(f"has more than {MAX_MEMBERS:,} members: unpack it, and ingest the folder")
    for source in (stream, None):  # as it is, or with what is wrong in the list of members put right
        try:
            return zipfile.ZipFile(source or _Mended(stream))
        except _UNOPENED as error:
            problem = error
    raise ArchiveError(f"is a damaged archive ({problem}): fetch it again") from None


class _Mended(io.RawIOBase, BinaryIO):
    """An archive whose list of members is put right, so that one bad member does not keep the others from
    being read: the standard library stumbles over a version from the future, a name that is not in the
    encoding that it claims, and extra fields that do not fit.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        size = stream.seek(0, io.SEEK_END)
        stream.seek(max(0, size - _TAIL))
        tail = stream.read(_TAIL)
        end = tail.rfind(_END)
        if not 0 <= end <= len(tail) - 22:
            raise zipfile.BadZipFile("File is not a zip file")
        length = int.from_bytes(tail[end + 12 : end + 16], "little")
        self._first = max(0, size - len(tail) + end - length)
        stream.seek(self._first)
        self._list = bytearray(stream.read(length))
        _mend(self._list)

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def read(self, size: int | None = -1) -> bytes:
        at = self._stream.tell()
        data = bytearray(self._stream.read(-1 if size is None else size))
        begin, end = max(at, self._first), min(at + len(data), self._first + len(self._list))
        if begin < end:
            data[begin - at : end - at] = self._list[begin - self._first : end - self._first]
        return bytes(data)


def _mend(entries: bytearray) -> None:
    """Put a list of members right, in place."""
    at = 0
    while entries[at : at + 4] == _ENTRY and at + 46 <= len(entries):
        flags, name, extra, comment = (
            int.from_bytes(entries[at + place : at + place + 2], "little") for place in (8, 28, 30, 32)
        )
        if int.from_bytes(entries[at + 6 : at + 8], "little") > _VERSION:
            entries[at + 6 : at + 8] = _VERSION.to_bytes(2, "little")
        fields = at + 46 + name
        if flags & 0x800 and "\ufffd" in entries[at + 46 : fields].decode("utf-8", "replace"):
            entries[at + 8 : at + 10] = (flags & ~0x800).to_bytes(2, "little")
        if not _fits(entries[fields : fields + extra]):
            entries[fields : fields + extra] = bytes(extra)
        at = fields + extra + comment


def _fits(extra: bytes | bytearray) -> bool:
    """Whether extra fields of a member are what they say of themselves, and none tells of sizes over 4 GB."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack("<HH", extra[at : at + 4])
        at += 4 + length
        if at > len(extra) or kind == 1:
            return False
    return True


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> tuple[bytes, str | None]:
    """Return the content, or as much of it as shows that it is too large; and what is wrong with the member.
    What the archive says of its size is not believed.
    """
    if info.flag_bits & 0x1:
        return b"", "is encrypted: unpack the archive with its password, and ingest the folder"
    if stat.S_ISLNK(info.external_attr >> 16):
        return b"", "is a link, not a document: ingest the document itself"
    if info.compress_type not in _BOUNDED:
        return (
            b"",
            "is packed in a way that is not opened (neither stored nor deflated): unpack the archive, and "
            "ingest the folder",
        )
    parts, size, most = [], 0, _most(info)
    try:
        with archive.open(info) as stream:
            while size <= most and (block := stream.read(_BLOCK)):
                parts.append(block)
                size += len(block)
    except _DAMAGED as error:
        return b"", f"cannot be unpacked ({error or type(error).__name__}): fetch the archive again"
    content = b"".join(parts)
    if size > most:
        problem = (
            f"unpacks to more bytes than any report ({most:,}): file each report as a document of its own"
        )
        return content, problem
    if is_archive(io.BytesIO(content)):
        return content, (
            "is an archive within an archive, which is not opened: unpack it, and ingest what it holds"
        )
    return content, None


def _most(info: zipfile.ZipInfo) -> int:
    """Return the bytes that a member may unpack to. What packs better than any text is no report."""
    return min(MAX_BYTES_WITH_PICTURES, max(MAX_BYTES, _MAX_RATIO * info.compress_size))


def _name(info: zipfile.ZipInfo) -> str:
    """The name as it was meant. Without the flag for UTF-8 it is in the code page of the machine that packed
    it: in China GBK.
    """
    if info.flag_bits & 0x800:
        return info.orig_filename
    raw = info.orig_filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.orig_filename


def _is_hidden(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return any(part == "__MACOSX" or (part.startswith(".") and part not in (".", "..")) for part in parts)
