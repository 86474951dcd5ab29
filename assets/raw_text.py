"""raw_text: from the bytes of a document to its text, exactly as printed, or a refusal that says what to
do.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any, Literal

from assets.formats.csv_text import with_rows
from assets.formats.others import refuse_other
from assets.limits import MAX_BYTES, MAX_CHARACTERS, check_size
from assets.model import Document, File, Places, RawText, Refusal
from assets.stages import DocumentStage, Output, Row
from schemas.words import say

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# A page begins with an element, or with comments, or with a line of what fetched it; markdown may hold
# elements too, but shows itself.
_HTML = re.compile(
    rb"(?:(?![\s\S]*\n(?:#{1,6} |[ \t]*\|.*\|[ "
    rb"\t]*\r?\n))(?:\s++|\xef\xbb\xbf|<\?xml[^>]*>|<!--[\s\S]*?-->)*+"
    rb"<(?:!--|(?:a|article|b|base|big|blockquote|center|div|dl|em|font|form|frameset|h[1-6]|header|"
    rb"hr|img|link|main|meta|nav|o:p|ol|p|pre|"
    rb"script|section|span|strong|style|table|tbody|td|title|tr|ul|u)\b[^<>]*>)"
    rb"|(?![\s\S]*\n(?:#{1,6} |[ \t]*\|))[^<#|]{1,600}+(?<=\n)<(?:article|center|div|p|section)\b[^<>]*>"
    rb"|(?:[^<]++|<\?xml[^>]*>|<!--[\s\S]*?-->)*+<(?:!doctype\s+html|html|head|body|frameset|meta)\b"
    rb"|(?:\xff\xfe|\xfe\xff)?+[\s\x00]*<\x00[!a-z]|\xfe\xff[\s\x00]*<[!a-z])",
    re.IGNORECASE,
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffd]")
# The most frequent characters of such reports, in either script: what a right decoding is full of.
_COMMON = re.compile("[的政府信息公开開情况況行年申请請报報告本机機关關一不和理及有]")
_INLINE_TAG = re.compile(r"</?(?:span|font|strong|b|em|i|u|center|div|p|o:p)\b[^<>]*>", re.IGNORECASE)
_MARKDOWN_TABLE = re.compile(
    r"^[ \t]*+(?:\|[ \t]*+)?(?:-{3,}+(?!:)|:-++:?|-++:)[ \t]*+"
    r"(?:\|[ \t]*+(?:-{3,}+(?!:)|:-++:?|-++:)[ \t]*+)*+(?:\|[ \t]*+)?$",
    re.MULTILINE,
)
_MARKDOWN_HEADING = re.compile(r"^#{1,6} +\S", re.MULTILINE)


def report_id(data: bytes) -> str:
    """The id of a document: 16 hexadecimal characters of the SHA-256 of its bytes, so that a second
    copy is the same report.
    """
    return id_of(hashlib.sha256(data).hexdigest())


def id_of(sha256: str) -> str:
    """The report_id of a document whose SHA-256 is known, in hexadecimal digits."""
    return sha256[:16]


def _share(pattern: re.Pattern[str], text: str) -> float:
    sample = text[:50_000]
    return len(pattern.findall(sample)) / max(1, len(sample))


def _legacy(data: bytes) -> tuple[str, str] | None:
    """The better reading of bytes that are no UTF-8: GB18030 or Big5, judged by how much of it is everyday
    Chinese.
    """
    readings = []
    for encoding in ("gb18030", "big5hkscs", "utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            text = data.decode(encoding, "replace")
            if text.count("\ufffd") > len(text) / 200:
                continue
        readings.append((_share(_COMMON, text) - 10 * _share(_CONTROL, text), text, encoding))
    best = max(readings, default=None, key=lambda reading: reading[0])
    return (best[1], best[2]) if best and best[0] > 0.02 else None


def _utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
        return text if text.count("\ufffd") * 200 <= len(text) else None


def read(data: bytes) -> RawText:
    """What a document prints. Its bytes, not its name, tell the format. Raises Refusal where they hold no
    text of a report.
    """
    head = data[:2000].removeprefix(b"\xef\xbb\xbf")
    check_size(len(data))
    if b"%PDF-" in head[:1024]:
        from assets.formats.pdf import read_pdf  # each reader brings a library that the others do not need

        return read_pdf(data)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        from assets.formats.docx import read_docx

        return read_docx(data)
    refuse_other(data)
    if b"<" in head and _HTML.match(head):
        from assets.formats.html import read_html

        return read_html(data)
    text, encoding = decode(data)
    tags = "<" in text  # one character is found much faster than several
    if tags and ("</td" in text or "</TD" in text):
        from assets.formats.html import with_tables_as_rows

        return RawText(_without_inline_tags(with_tables_as_rows(text)), "markdown", encoding)
    text = _without_inline_tags(text) if tags and "</" in text else text
    return RawText(with_rows(text), format_of(text), encoding)


def _without_inline_tags(text: str) -> str:
    """Text without the tags of HTML that change how words look, or group them, and print nothing."""
    return _INLINE_TAG.sub("", text)


def decode(data: bytes) -> tuple[str, str]:
    """The text of a document and the name of its encoding: UTF-8 or UTF-16 (with or without BOM), UTF-32 with
    BOM, GB18030 or Big5.

    Raises Refusal where the bytes hold no text of a report.
    """
    if not data.strip(b"\x00 \t\r\n"):
        raise Refusal(say("refused.empty"))
    check_size(len(data), MAX_BYTES)
    text, encoding = _decode(data)
    if not text.strip("\ufeff \t\r\n\x00\u3000\xa0"):
        raise Refusal(say("refused.white_space"))
    if _CONTROL.search(text) and _share(_CONTROL, text) > 0.02:
        raise Refusal(say("refused.control"))
    if len(text) > MAX_CHARACTERS:
        raise Refusal(say("refused.characters", count=len(text), most=MAX_CHARACTERS))
    return text, encoding


def _decode(data: bytes) -> tuple[str, str]:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, "replace"), encoding
    text = _utf8(data)
    # UTF-16 of Chinese text without a BOM is hardly ever valid UTF-8, unless it is mostly ASCII, which shows
    # as NULs.
    if text is not None and ("\x00" not in text or text.count("\x00") * 10 <= len(text)):
        return text, "utf-8"
    legacy = _legacy(data)
    if legacy is None:
        raise Refusal(say("refused.encoding"))
    return legacy


def format_of(text: str) -> Literal["text", "markdown"]:
    """Whether the text is marked up as markdown: it has a table with a delimiter row, or two headings."""
    if "-" in text and "|" in text and _MARKDOWN_TABLE.search(text):
        return "markdown"
    return (
        "markdown"
        if "#" in text and text.count("# ") > 1 and len(_MARKDOWN_HEADING.findall(text)) > 1
        else "text"
    )


# --- the stage

_PLACES = ("starts", "ends", "pages", "boxes")


def _decode_document(document: Document) -> None:
    document.raw = read(document.data if document.file is None else _content(document.file))


def _content(file: File) -> bytes:
    """The bytes of a file. Raises Refusal where they are not what was hashed."""
    if file.problem:
        raise Refusal(file.problem)
    if file.copy_of:
        raise Refusal(say("refused.copy", source=file.copy_of))
    check_size(file.size or 0)
    assert file.path is not None
    try:
        data = file.path.read_bytes()
    except OSError as error:
        raise Refusal(say("refused.not_opened", error=error.strerror)) from error
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise Refusal(say("refused.changed"))
    return data


def _rows(document: Document) -> Iterator[Row]:
    file = document.file
    assert file is not None
    row: dict[str, Any] = {name: getattr(file, name) for name in ("source", "size", "modified", "sha256")}
    row["report_id"] = document.report_id or None
    if reason := document.refusal or document.failure:
        outcome = "duplicate" if file.copy_of and not file.problem else "refused"
        yield row | {"outcome": outcome, "reason": reason}
        return
    raw = document.raw
    places = raw.places or Places()
    row |= {"outcome": "read", "text": raw.text, "encoding": raw.encoding, "format": raw.format}
    row |= {f"place_{name}": getattr(places, name) for name in _PLACES}
    yield row | {"hints": list(raw.hints.items())}


def _restore(document: Document, rows: list[Row]) -> None:
    for row in rows:
        if row["outcome"] == "read":
            places = Places(*(row[f"place_{name}"] for name in _PLACES)) if row["place_starts"] else None
            document.raw = RawText(row["text"], row["format"], row["encoding"], dict(row["hints"]), places)


STAGE = DocumentStage(
    name="raw_text",
    module=__name__,
    group="text",
    run=_decode_document,
    outputs=(
        Output(
            dataset="raw_text",
            rows=_rows,
            restore=_restore,
            reads=("outcome", "text", "format", "encoding", "hints", *(f"place_{name}" for name in _PLACES)),
        ),
    ),
    every_file=True,
)
