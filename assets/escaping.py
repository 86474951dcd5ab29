"""What documents say is never markup: the one place that says how their words (titles, organs, reasons, names
of files) are written where a browser, a terminal, a chat or a spreadsheet would take some of them for orders.
"""

from __future__ import annotations

import re

# Orders to a terminal, ends of lines, and what turns the direction of writing about.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_MARKDOWN = re.compile(r"[\\`*_\[\]!|~#$(){}]")
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"}
_ADDRESS = re.compile(r"(?i)(?<=https)(?=:)|(?<=http)(?=:)|(?<=ftp)(?=:)|(?<=www)(?=\.)|(?<=[\w.+-])(?=@)")
_UNSEEN = "\u200b"  # a space without width
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_CHAT = str.maketrans("<>", "‹›")


def in_line(text: object) -> str:
    """Return words for a line of a terminal or of a log: what would steer either is shown by its number."""
    text = str(text)
    return _CONTROL.sub(_numbered, text) if _CONTROL.search(text) else text


def _numbered(match: re.Match[str]) -> str:
    number = ord(match[0])
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"


def in_html(text: object) -> str:
    """Return words for a page, or for an attribute in quotation marks: no element, no reference."""
    return "".join(_HTML.get(char, char) for char in _CONTROL.sub(" ", str(text)))


def in_markdown(text: object) -> str:
    """Return words for a cell or a line of Markdown: no link, no picture, no element, no emphasis, and no end
    of the cell. An address stays words: a space without width keeps it from becoming a link.
    """
    plain = _ADDRESS.sub(_UNSEEN, _CONTROL.sub(" ", str(text)))
    return in_html(_MARKDOWN.sub(r"\\\g<0>", plain)).replace("&#x27;", "'")


def in_chat(text: object) -> str:
    """Return words for a message in a chat, some lines long: no mention of anybody, no link."""
    return "\n".join(map(in_line, str(text).translate(_CHAT).splitlines()))


def in_sheet(text: str) -> str:
    """Return words for a cell of a CSV file: what a spreadsheet would take for a formula gets an apostrophe
    before it, which the spreadsheet takes for the mark of words. Numbers stay numbers.
    """
    if text.lstrip(" ").startswith(_FORMULA) or text.startswith("'"):
        return text if _NUMBER.fullmatch(text) else f"'{text}"
    return text
