"""marks: how every format writes what a figure's cell shows beside plain text: raised digits, struck-out
words, pictures.

A raised digit is written as a raised character (35¹), so that it is a footnote's mark and never a digit of
the figure. Struck-out words are left out as hidden ones are, unless nothing else is printed in their cell
or digits stand on both sides of them: then they stay, between `~~`, so that the cell is neither blank nor
two figures in one. A picture in a cell that prints no words is written as `[picture]`: it may show a
figure.
"""

from __future__ import annotations

import re

# Characters that no text may hold (Unicode keeps them for uses like this one), until a cell or a text is
# whole.
STRUCK, UNSTRUCK, PICTURE = "\ufddb", "\ufddc", "\ufddd"
UNREADABLE = "\ufffd"
OF_CELLS = STRUCK + UNSTRUCK + PICTURE

_DIGITS = "0123456789０１２３４５６７８９"
_RAISED = str.maketrans(_DIGITS, "⁰¹²³⁴⁵⁶⁷⁸⁹" * 2)
_LOWERED = str.maketrans(_DIGITS, "₀₁₂₃₄₅₆₇₈₉" * 2)
_STRUCK_WORDS = re.compile(f"{STRUCK}[^{UNSTRUCK}]*{UNSTRUCK}")
_PICTURES = re.compile(rf"{PICTURE}[\s{PICTURE}]*")
_OF_FIGURES = frozenset(_DIGITS + ".,，．")
_NEAR = 3  # characters, spaces among them, that may stand between two parts of a figure
_LETTER = re.compile(r"[^\W\d_]")


def raised(words: str) -> str:
    """Words with raised characters for their digits."""
    return words.translate(_RAISED)


def lowered(words: str) -> str:
    """Words with lowered characters for their digits."""
    return words.translate(_LOWERED)


def struck(words: str) -> str:
    """Words marked as struck out, for `of_cell` or `of_text` to decide on; none if they are blank."""
    return f"{STRUCK}{words}{UNSTRUCK}" if words and not words.isspace() else words


def of_cell(text: str, blank: str = "") -> str:
    """The text of a cell without marks: what is struck out, and what pictures show. `blank`: characters that
    count as space.
    """
    if STRUCK in text:
        text = text.replace(UNSTRUCK + STRUCK, "")
        if _STRUCK_WORDS.sub("", text).strip().strip(blank + PICTURE):
            text = _STRUCK_WORDS.sub(_left_out, text)
        text = _kept(text)
    if PICTURE in text:
        text = _PICTURES.sub("" if _LETTER.search(text) else "[picture]", text)
    return text


def of_text(text: str) -> str:
    """A text outside of cells without marks: pictures in it are none of a figure."""
    if STRUCK in text:
        text = _kept(_STRUCK_WORDS.sub(_left_out, text.replace(UNSTRUCK + STRUCK, "")))
    return text.replace(PICTURE, "")


def _left_out(match: re.Match[str]) -> str:
    """Nothing in the place of struck-out words, but where digits on both sides would become one figure."""
    text, start, end = match.string, match.start(), match.end()
    before, behind = text[max(0, start - _NEAR) : start].rstrip(), text[end : end + _NEAR].lstrip()
    return match.group() if before[-1:] in _OF_FIGURES and behind[:1] in _OF_FIGURES else ""


def _kept(text: str) -> str:
    return text.replace(STRUCK, "~~").replace(UNSTRUCK, "~~")
