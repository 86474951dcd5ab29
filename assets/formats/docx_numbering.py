"""Styles and automatic numbers of a Word document: what is printed before a paragraph without standing in its
text (一、 （一） 1.).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.etree.ElementTree import Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
VAL = W + "val"
_OFF = frozenset(("0", "false", "off", "none"))
_LEVELS = 9
_LONGEST_TEXT = 40  # characters around the numbers of a level
_LARGEST = 9_999
_DEEPEST = 20  # styles based on styles
_PLACE = re.compile(r"%([1-9])")


def child_value(parent: Element | None, name: str) -> str | None:
    """The value of a property; None if it is not there."""
    found = None if parent is None else parent.find(W + name)
    return None if found is None else found.get(VAL)


def is_on(parent: Element | None, name: str) -> bool | None:
    """Whether a property that is on or off is on; None if nothing is said of it."""
    found = None if parent is None else parent.find(W + name)
    return None if found is None else found.get(VAL, "1") not in _OFF


def whole_number(text: str | None, default: int) -> int:
    """A number of the markup, within bounds; the default for what is none."""
    return min(int(text), _LARGEST) if text is not None and re.fullmatch(r"[0-9]{1,9}", text) else default


# How numbers are written


def _chinese(number: int) -> str:
    """十一, 二十, 一百零五: as Word counts, up to 9999."""
    ones = "零一二三四五六七八九"
    if number < 20:
        return ones[number] if number < 10 else "十" + ones[number - 10].strip("零")
    written = ""
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        written += ones[digit] + name if digit else "零" if written and not written.endswith("零") else ""
    return written.rstrip("零")


def _chinese_digits(number: int) -> str:
    return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))


def _letters(number: int) -> str:
    return chr(ord("A") + (number - 1) % 26) * ((number - 1) // 26 + 1) if 0 < number <= 26 * 4 else ""


def _roman(number: int) -> str:
    written = ""
    for value, sign in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ["M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"],
        strict=True,
    ):
        written += sign * (number // value)
        number %= value
    return written


def _circled(number: int) -> str:
    return chr(0x2460 + number - 1) if 1 <= number <= 20 else str(number)


def _bracketed(number: int) -> str:
    return f"({number})"


def _wide(number: int) -> str:
    return "".join(chr(0xFF10 + int(digit)) for digit in str(number))


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalHalfWidth": str,
    "decimalZero": lambda number: f"{number:02d}",
    "decimalFullWidth": _wide,
    "decimalFullWidth2": _wide,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedParen": _bracketed,
    "chineseCounting": _chinese,
    "chineseCountingThousand": _chinese,
    "japaneseCounting": _chinese,
    "taiwaneseCounting": _chinese,
    "taiwaneseCountingThousand": _chinese,
    "ideographDigital": _chinese_digits,
    "japaneseDigitalTenThousand": _chinese_digits,
    "taiwaneseDigital": _chinese_digits,
    "upperLetter": _letters,
    "lowerLetter": lambda number: _letters(number).lower(),
    "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
    "none": lambda number: "",
}


class _Level(NamedTuple):
    start: int
    format: str
    text: str
    plain: bool  # its number is written in digits, and so are those of the levels above
    restarts: bool
    style: str | None
    gap: str  # between number and text


def _level(element: Element) -> _Level:
    return _Level(
        whole_number(child_value(element, "start"), 0),
        child_value(element, "numFmt") or "decimal",
        child_value(element, "lvlText") or "",
        bool(is_on(element, "isLgl")),
        child_value(element, "lvlRestart") != "0",
        child_value(element, "pStyle"),
        "" if child_value(element, "suff") == "nothing" else "\t",
    )


def _levels(parent: Element) -> dict[int, _Level]:
    return {whole_number(level.get(W + "ilvl"), 0): _level(level) for level in parent.findall(W + "lvl")}


# Styles


_LEAST_RAISE = 3  # half points: what is raised by less is set so for its looks


def vertical_place(properties: Element | None) -> str | None:
    """Whether words are raised or lowered, as w:vertAlign says it; raised by a length (w:position) is
    raised.
    """
    said = child_value(properties, "vertAlign")
    if said is not None and said != "baseline":
        return said
    position = child_value(properties, "position")
    length = re.match(r"[0-9]{1,4}", position) if position is not None else None
    return "superscript" if length is not None and int(length[0]) >= _LEAST_RAISE else said


def is_struck(properties: Element | None) -> bool | None:
    """Whether words are struck out, once or twice; None if nothing is said of it."""
    once, twice = is_on(properties, "strike"), is_on(properties, "dstrike")
    return twice if once is None else once or bool(twice)


class Style(NamedTuple):
    """What a style, with all that it is based on, says. `list` is the list that numbers its paragraphs,
    `level` their level if it says so.
    """

    hidden: bool = False
    raised: str | None = None
    struck: bool = False
    list: str | None = None
    level: int | None = None


@dataclass(slots=True)
class Styles:
    """The styles of a document; `root` is its part styles.xml, if it has one."""

    root: Element | None
    default: str | None = None
    _elements: dict[str, Element] = field(default_factory=dict)
    _known: dict[str, Style] = field(default_factory=dict)
    _of_all: Style = field(default_factory=Style)  # what every paragraph has of which no style says otherwise

    def __post_init__(self) -> None:
        words = self.root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr") if self.root is not None else None
        self._of_all = Style(  # raised are words above others: a length that all are raised by is none
            bool(is_on(words, "vanish")), child_value(words, "vertAlign"), bool(is_struck(words))
        )
        for style in self.root.findall(W + "style") if self.root is not None else ():
            name = style.get(W + "styleId", "")
            self._elements[name] = style
            if style.get(W + "type") == "paragraph" and style.get(W + "default", "0") not in _OFF:
                self.default = name

    def of_paragraph(self, name: str | None) -> Style:
        """The style of a paragraph by its name, with what the document says of all of them."""
        own, every = self.of(name), self._of_all
        if own.hidden >= every.hidden and own.struck >= every.struck and every.raised is None:
            return own
        return own._replace(
            hidden=own.hidden or every.hidden,
            raised=own.raised or every.raised,
            struck=own.struck or every.struck,
        )

    def of(self, name: str | None, depth: int = 0) -> Style:
        """A style by its name; one that says nothing if there is none."""
        element = self._elements.get(name or "")
        if name is None or element is None or depth > _DEEPEST:
            return Style()
        known = self._known.get(name)
        if known is None:
            base = self.of(child_value(element, "basedOn"), depth + 1)
            words, numbers = element.find(W + "rPr"), element.find(f"{W}pPr/{W}numPr")
            hidden, raised, struck = is_on(words, "vanish"), vertical_place(words), is_struck(words)
            level = child_value(numbers, "ilvl")
            known = self._known[name] = Style(
                base.hidden if hidden is None else hidden,
                raised or base.raised,
                base.struck if struck is None else struck,
                child_value(numbers, "numId") or base.list,
                whole_number(level, 0) if level is not None else base.level,
            )
        return known


# Lists


class Numbering:
    """The lists of a document, counted while its paragraphs are read in order; `root` is its part
    numbering.xml, if it has one.
    """

    def __init__(self, root: Element | None, styles: Styles) -> None:
        self._styles = styles
        self._abstract: dict[str, dict[int, _Level]] = {}
        self._linked: dict[str, str] = {}
        self._lists: dict[str, Element] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._known: dict[str, tuple[str, dict[int, _Level]]] = {}  # of lists that have begun
        for element in root if root is not None else ():
            if element.tag == W + "abstractNum":
                name = element.get(W + "abstractNumId", "")
                self._abstract[name] = _levels(element)
                if (link := child_value(element, "numStyleLink")) is not None:
                    self._linked[name] = link
            elif element.tag == W + "num":
                self._lists[element.get(W + "numId", "")] = element

    def before(self, properties: Element | None, style: str | None) -> str:
        """What is printed before the next paragraph, by its own properties and its style: its number and the
        gap behind it, or nothing.
        """
        own = None if properties is None else properties.find(W + "numPr")
        list_id, level_id = child_value(own, "numId"), child_value(own, "ilvl")
        inherited = self._styles.of(style)
        list_id = inherited.list if list_id is None else list_id
        if list_id is None or list_id not in self._lists:
            return ""
        abstract, levels = self._levels_of(list_id)
        level = whole_number(level_id, 0) if level_id is not None else inherited.level
        if level is None:
            level = next(
                (number for number, one in levels.items() if one.style is not None and one.style == style), 0
            )
        return self._next(abstract, levels, min(level, _LEVELS - 1))

    def _levels_of(self, list_id: str) -> tuple[str, dict[int, _Level]]:
        if list_id not in self._known:
            self._known[list_id] = self._begin(list_id)
        return self._known[list_id]

    def _begin(self, list_id: str) -> tuple[str, dict[int, _Level]]:
        element = self._lists[list_id]
        abstract = child_value(element, "abstractNumId") or ""
        if not self._abstract.get(abstract) and (link := self._linked.get(abstract)) is not None:
            linked = self._lists.get(self._styles.of(link).list or "")
            abstract = child_value(linked, "abstractNumId") or abstract
        levels = dict(self._abstract.get(abstract, {}))
        for override in element.findall(W + "lvlOverride"):
            number = whole_number(override.get(W + "ilvl"), 0)
            if (own := override.find(W + "lvl")) is not None:
                levels[number] = _level(own)
            if (start := child_value(override, "startOverride")) is not None and number in levels:
                levels[number] = levels[number]._replace(start=whole_number(start, 0))
                # a list that begins anew although another one counts the same
                self._counts.get(abstract, {}).pop(number, None)
        return abstract, levels

    def _next(self, abstract: str, levels: dict[int, _Level], level: int) -> str:
        if level not in levels:
            return ""
        counts = self._counts.setdefault(abstract, {})
        counts[level] = counts[level] + 1 if level in counts else levels[level].start
        for other in levels:
            if other > level and levels[other].restarts:
                counts.pop(other, None)
            elif other < level:
                counts.setdefault(other, levels[other].start)
        own = levels[level]
        shown = [int(place) - 1 for place in _PLACE.findall(own.text)]
        if (
            own.format == "bullet"
            or not own.text
            or len(own.text) > _LONGEST_TEXT
            or not all(other in levels for other in shown)
        ):
            return ""
        formats = {other: "decimal" if own.plain else levels[other].format for other in shown}
        if not all(name in _FORMATS for name in formats.values()):
            return ""
        return (
            _PLACE.sub(
                lambda place: _FORMATS[formats[int(place[1]) - 1]](counts[int(place[1]) - 1]), own.text
            )
            + own.gap
        )
