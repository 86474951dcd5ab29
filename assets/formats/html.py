"""html: from the bytes of a page, as a browser saved or a crawler fetched it, to its RawText; and tables of
HTML within other texts.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser

from assets.formats.html_meta import hints_of
from assets.formats.html_text import page_text
from assets.limits import check_size
from assets.model import RawText, Refusal
from schemas.words import say

_MAX_BYTES = 32 * 1024 * 1024  # pages may hold their pictures
_MAX_CHARACTERS = 600_000  # of text, as for any other document

# How a page may be written, beside UTF-8 and what it declares. GB18030 holds all of GB2312 and GBK.
_CHINESE = ("gb18030", "big5hkscs")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# UTF-16 without such a mark shows in the first tag.
_WIDE = (
    (re.compile(rb"(?:\s\x00)*+<\x00[!a-z]\x00", re.IGNORECASE), "utf-16-le"),
    (re.compile(rb"(?:\x00\s)*+\x00<\x00[!a-z]", re.IGNORECASE), "utf-16-be"),
)
_DECLARED = re.compile(rb"""<meta\b[^>]*?charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_ALIASES = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
    "unicode": "utf-8",
}
# Of the names that Python knows, those of encodings that pages are written in: others are no text (hex), or
# notations of Python's own.
_OF_PAGES = (
    *(
        "utf-8",
        "utf-16",
        "utf-32",
        "gb",
        "big5",
        "cp",
        "iso8859",
        "latin",
        "ascii",
        "koi8",
        "mac",
        "euc",
        "hz",
    ),
    *("shift_jis", "iso2022", "johab", "ptcp", "kz1048", "tis"),
)
_COMMON = re.compile("[的政府信息公开開情况況行年申请請报報告本机機关關一不和理及有]")

_FEW_TAGS = 20_000  # below, nothing that a page does can take a parser long
_MANY_OPEN = 300  # tags that are opened and not closed, beyond those that need no end
_MOST_TAGS = 300_000
_MOST_CELLS = 50_000
_MOST_ATTRIBUTES = 8_000  # of one element; a parser compares each with all others
_MOST_REFERENCES = 2_000_000  # more than characters that are printed, but links hold them too
_DEEPEST = 2_000
_FORMATTING = re.compile(
    rb"<(/?)(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)\b(?:[^<>\"']|\"[^\"]*\"|'[^']*')*+>",
    re.IGNORECASE,
)
_CONTAINER = re.compile(
    rb"<(/?)(?:article|blockquote|center|div|dl|fieldset|form|ins|ol|pre|section|span|su[bp]|table|"
    rb"ul|[a-z]+:[a-z]+)\b",
    re.IGNORECASE,
)
_CELL = re.compile(rb"<t[dh]\b", re.IGNORECASE)
_MOST_OPTIONS = 5_000  # of fields; a parser looks through those before for each
_OPTION = re.compile(rb"<opt(?:ion|group)\b", re.IGNORECASE)
# A tag up to its end: a value in quotes, which may hold anything, stands behind an equals sign.
_WHOLE_TAG = re.compile(rb"<[a-z](?:[^>=]++|=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z))?)*+", re.IGNORECASE)
_LONG_TAG = 20_000  # bytes
_BEFORE_ATTRIBUTES = (b" ", b"\n", b"\t", b"\r", b"\x0c", b"/", b'"', b"'")  # one of them stands before each
_ATTRIBUTE = re.compile(rb"[\s/\"'][^\s/\"'=]")
_TABLE_TAG = re.compile(r"<(/?)table\b[^<>]*>", re.IGNORECASE)


def read_html(data: bytes) -> RawText:
    """What a page prints, and what its markup says of it as hints. Raises Refusal for a page that prints
    nothing.
    """
    check_size(len(data), _MAX_BYTES)
    source, encoding = _in_utf8(data)
    page = _parsed(source)
    hints = hints_of(page, source)
    text = page_text(page)
    if not text.strip():
        raise Refusal(_why_empty(source))
    if len(text) > _MAX_CHARACTERS:
        raise Refusal(say("refused.characters", count=len(text), most=_MAX_CHARACTERS))
    return RawText(text, "html", encoding, hints)


def with_tables_as_rows(text: str) -> str:
    """A text, of markdown say, with every <table>...</table> in it written as its rows, a line each; all
    other text as it is.
    """
    parts: list[str] = []
    done = 0
    for start, end in _tables_within(text):
        parts += (
            text[done:start],
            "\n",
            page_text(_parsed(text[start:end].encode("utf-8", "replace"))),
            "\n",
        )
        done = end
    return "".join((*parts, text[done:]))


def _tables_within(text: str) -> Iterator[tuple[int, int]]:
    """Where the outermost tables stand. One that is not closed ends with the text."""
    depth = begin = 0
    for tag in _TABLE_TAG.finditer(text):
        if not tag.group(1):
            if depth == 0:
                begin = tag.start()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                yield begin, tag.end()
    if depth:
        yield begin, len(text)


def _in_utf8(data: bytes) -> tuple[bytes, str]:
    """The bytes of a page in UTF-8, and the name of its encoding: by the mark at the start, else UTF-8, else
    the reading that says most in Chinese.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, "replace").encode("utf-8", "replace"), encoding
    for beginning, encoding in _WIDE:
        if beginning.match(data):
            return data.decode(encoding, "replace").encode("utf-8", "replace"), encoding
    try:
        data.decode("utf-8")
        return data, "utf-8"
    except UnicodeDecodeError:
        pass
    readings = []
    for encoding in dict.fromkeys((*_declared(data), "utf-8", *_CHINESE)):
        text = data.decode(encoding, "replace")
        readings.append((len(_COMMON.findall(text)) - 20 * text.count("\ufffd"), text, encoding))
    _, text, encoding = max(
        readings, key=lambda reading: reading[0]
    )  # of equals the first, which is the declared one
    if text.count("\ufffd") * 100 > len(text):
        raise Refusal(say("refused.html_encoding"))
    return text.encode("utf-8", "replace"), encoding


def _declared(data: bytes) -> list[str]:
    """The encoding that a page says it is in, if there is such a one."""
    found = _DECLARED.search(data, 0, 20_000)
    if found is None:
        return []
    name = found.group(1).decode("ascii", "replace").lower()
    try:
        known = codecs.lookup(_ALIASES.get(name, name)).name
    except (LookupError, ValueError):
        return []
    return [known] if known.startswith(_OF_PAGES) else []


def _parsed(source: bytes) -> LexborHTMLParser:
    """The tree of a page, in bounded time and memory whatever its source is."""
    if b"\x00" in source:
        source = source.replace(b"\x00", b"")
    tags, ends = source.count(b"<"), source.count(b"</")
    if len(source) > _LONG_TAG and sum(map(source.count, _BEFORE_ATTRIBUTES)) > _MOST_ATTRIBUTES:
        _check_attributes(source)
    if tags > _MOST_OPTIONS and (options := sum(1 for _ in _OPTION.finditer(source))) > _MOST_OPTIONS:
        raise Refusal(say("refused.html_options", count=options))
    if tags > _FEW_TAGS or source.count(b"=") > _FEW_TAGS:
        _check_markup(source, tags)
    if len(source) > _MOST_REFERENCES and (references := source.count(b"&")) > _MOST_REFERENCES:
        raise Refusal(say("refused.html_references", count=references))
    # Each element that changes fonts and is not closed is opened again in every paragraph that follows.
    if tags - 2 * ends > _MANY_OPEN:
        formatting = _FORMATTING.findall(source)
        if formatting.count(b"") - formatting.count(b"/") > _MANY_OPEN // 6:
            source = _FORMATTING.sub(b"", source)
    return LexborHTMLParser(source)


def _check_attributes(source: bytes) -> None:
    """Raise Refusal for a page with a tag of more attributes than any has."""
    for tag in _WHOLE_TAG.finditer(source):
        if tag.end() - tag.start() > _LONG_TAG:
            attributes = sum(1 for _ in _ATTRIBUTE.finditer(tag.group()))
            if attributes > _MOST_ATTRIBUTES:
                raise Refusal(say("refused.html_attributes", count=attributes))


def _check_markup(source: bytes, tags: int) -> None:
    """Raise Refusal for a page of so many tags, or nested so deep, that it is no report."""
    if tags > _MOST_TAGS:
        raise Refusal(say("refused.html_tags", count=tags))
    cells = sum(1 for _ in _CELL.finditer(source))
    if cells > _MOST_CELLS:
        raise Refusal(say("refused.html_cells", count=cells))
    depth = 0
    for tag in _CONTAINER.finditer(source):
        depth += -1 if tag.group(1) else 1
        if depth > _DEEPEST:
            raise Refusal(say("refused.html_deep", most=_DEEPEST))


def _why_empty(source: bytes) -> str:
    words = source[:200_000].lower()
    if b"<frame" in words or b"<iframe" in words:
        return (
            "the file is a web page of nothing but frames: open the page within the frame and save that one"
        )
    if b"<script" in words:
        return (
            "the file is a web page that a script has yet to fill: save the page again once a browser "
            "shows it"
        )
    return "the file is a web page that prints no text: fetch the document again"
