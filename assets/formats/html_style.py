"""html_style: what a page's own style sheets and inline styles hide, strike out and raise. No engine of
CSS: only the properties that decide whether, and as what, a reader sees some words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

# What a style that matters here holds, one of them at the least: most styles need no closer look.
_TELLING = (
    "none",
    "hid",
    "through",
    "l-align",
    "raise",
    "opacity",
    "size:0",
    "size: 0",
    "collapse",
    "clip",
    ":-",
    ": -",
    "relative",
)
_PROPERTIES = (
    *("display", "visibility", "opacity", "mso-hide", "clip", "left", "top", "bottom", "text-indent"),
    *("position", "text-decoration", "text-decoration-line", "vertical-align", "mso-text-raise", "font-size"),
)
_SELECTOR = re.compile(r"[\w\-.#*\s>+,=\[\]\"'^$|\u0080-\uffff]+|:(?:first|last)-child|:not\([\w\-.#]+\)")
_SPECIFIC = re.compile(r"(#)|([.\[:])|(?<![\w\-.#:\[])[a-zA-Z]")
_COMBINED = re.compile(r"(?<!\s)\s*+([>+])\s*+")
_LENGTH = re.compile(r"([+-]?\d*\.?\d+)\s*(px|pt|em|rem|ex|%|mm|)")
# From how much on words are raised, and below which size they are small, by unit.
_RAISED_BY = {"px": 2.0, "pt": 1.5, "em": 0.15, "rem": 0.15, "ex": 0.3, "%": 10.0, "mm": 0.5}
_NO_SIZE = re.compile(r"0(?:\.0*)?[a-z%]*")
_SMALL = {"px": 12.0, "pt": 9.0, "em": 1.0, "rem": 1.0, "ex": 2.0, "%": 100.0, "mm": 3.2}
_WHITE = frozenset(("#fff", "#ffffff", "white", "rgb(255,255,255)"))
_BACKGROUNDS = "[style*='background'], [bgcolor], [background]"
_FAR = 999.0  # pixels off the page
_MOST_SELECTORS = 300
_MOST_WITHIN, _MOST_AROUND = 500, 60  # elements of which those around are looked at, and how many of these


# What a style says


def may_tell(style: str) -> bool:
    """Whether a style may hide, strike out or raise anything."""
    lower = style.lower()
    return any(word in lower for word in _TELLING)


def declarations(style: str) -> dict[str, str]:
    """The properties of a style with their values, in lower case; of several the last, or the important
    one.
    """
    found: dict[str, str] = {}
    important: dict[str, str] = {}
    for declaration in style.lower().split(";"):
        name, _, value = declaration.partition(":")
        if "!" in value:
            important[name.strip()] = value.partition("!")[0].strip()
        else:
            found[name.strip()] = value.strip()
    return found | important


def special_of(style: str, inline: bool) -> str | None:
    """What a style asks for: "hidden", "s" (struck out), "sup" (raised), or nothing of these. `inline`: the
    element stands within a line, so that it can be raised.
    """
    return _asked(declarations(style), inline)


def _asked(said: dict[str, str], inline: bool) -> str | None:
    if (
        said.get("display") == "none"
        or said.get("visibility") in ("hidden", "collapse")
        or said.get("mso-hide") == "all"
        or said.get("opacity", "1").strip("0.%") == ""
        or _NO_SIZE.fullmatch(said.get("font-size", "")) is not None
        or said.get("clip", "").replace(" ", "").replace("px", "").startswith(("rect(0", "rect(1,1,1,1"))
        or any(_size(said.get(name, ""))[0] < -_FAR for name in ("left", "top", "text-indent"))
    ):
        return "hidden"
    if "line-through" in said.get("text-decoration", "") + said.get("text-decoration-line", ""):
        return "s"
    return "sup" if inline and _is_raised(said) else None


def is_plain(style: str) -> bool:
    """Whether a style takes from struck-out text its line."""
    said = declarations(style)
    return "none" in (said.get("text-decoration"), said.get("text-decoration-line"))


def _size(value: str) -> tuple[float, str]:
    match = _LENGTH.fullmatch(value)
    return (float(match[1]), match[2] or "px") if match else (0.0, "px")


def _is_raised(said: dict[str, str]) -> bool:
    where = said.get("vertical-align", "")
    if where == "super":
        return True
    if where in ("top", "text-top", "middle"):
        size, unit = _size(said.get("font-size", ""))
        return 0 < size < _SMALL[unit] or said.get("font-size", "").endswith(("small", "smaller"))
    lengths = [_size(where), _size(said.get("mso-text-raise", ""))]
    if said.get("position") == "relative":
        size, unit = _size(said.get("top", ""))
        lengths += [(-size, unit), _size(said.get("bottom", ""))]
    return any(size >= _RAISED_BY[unit] for size, unit in lengths)


# Style sheets


class _Rule(NamedTuple):
    """One selector, what it says of the properties that matter, and its rank among those that say
    otherwise.
    """

    selector: str
    said: dict[str, str]
    telling: bool
    rank: tuple[int, int, int, int]


def write_into_elements(page: LexborHTMLParser, root: LexborNode) -> None:
    """Write what a page's own style sheets hide, strike out or raise into the `style` of the elements.
    Changes the tree. Rules for other media than screens, and those for states such as :hover, are left
    alone.
    """
    sheet = "\n".join(node.text_lexbor() for node in page.css("style"))
    _hide_white(root, sheet)
    if not sheet or not may_tell(sheet):
        return
    telling = [rule.selector for rule in _rules(sheet, may_tell) if rule.telling][:_MOST_SELECTORS]
    if not _any_matches(root, telling):
        return
    rules = sorted(_rules(sheet), key=lambda rule: not rule.telling)[:_MOST_SELECTORS]
    nodes: dict[int, LexborNode] = {}
    found: dict[int, list[_Rule]] = {}
    for rule in rules:
        for node in _matching(root, rule.selector):
            if rule.telling:
                nodes.setdefault(node.mem_id, node)
            if node.mem_id in nodes:
                found.setdefault(node.mem_id, []).append(rule)
    for place, node in nodes.items():
        said: dict[str, str] = {}
        for rule in sorted(found[place], key=lambda rule: rule.rank):
            said |= rule.said
        own = node.attributes.get("style") or ""
        node.attrs["style"] = ";".join([*(f"{name}:{value}" for name, value in said.items()), own])


def _hide_white(root: LexborNode, sheet: str) -> None:
    """Hide digits that a page without backgrounds prints in white: nobody sees them."""
    white = [
        node
        for node in root.css("[style*='color']")
        if declarations(node.attributes.get("style") or "").get("color", "").replace(" ", "") in _WHITE
        and node.text(strip=True).strip("0123456789.,") == ""
    ]
    if white and "background" not in sheet and root.css_first(_BACKGROUNDS) is None:
        for node in white:
            node.attrs["style"] = f"{node.attributes.get('style')};display:none"


def _rules(sheet: str, wanted: Callable[[str], bool] = bool) -> Iterator[_Rule]:
    """The rules of style sheets that speak of properties that matter, a selector each; of those alone whose
    declarations are wanted.
    """
    sheet = "".join(part.partition("*/")[2] if i else part for i, part in enumerate(sheet.split("/*")))
    open_blocks: list[bool] = []  # for each block around, whether its rules hold on screens
    selectors, order = "", 0
    for part in re.split(r"([{}])", sheet.replace("<!--", "").replace("-->", "")):
        if part == "{":
            head = selectors.strip().rpartition(";")[2].strip().lower()
            open_blocks.append(not head.startswith("@") or head in ("@media screen", "@media all"))
        elif part == "}":
            selectors = ""
            if open_blocks:
                open_blocks.pop()
        elif open_blocks and selectors and all(open_blocks) and not selectors.strip().startswith("@"):
            order += 1
            if wanted(part):
                yield from _rules_of(selectors, part, order)
            selectors = part
        else:
            selectors = part


def _rules_of(selectors: str, block: str, order: int) -> Iterator[_Rule]:
    for important in (0, 1):
        said = declarations(";".join(one for one in block.split(";") if ("!" in one) == bool(important)))
        said = {name: value for name, value in said.items() if name in _PROPERTIES}
        if not said:
            continue
        telling = _asked(said, True) is not None
        if important:
            said = {name: f"{value}!important" for name, value in said.items()}
        for selector in selectors.split(","):
            selector = _COMBINED.sub(r"\1", selector.rpartition(";")[2].strip())
            if selector and not _SELECTOR.sub("", selector):
                yield _Rule(selector, said, telling, (important, *_specificity(selector), order))


def _specificity(selector: str) -> tuple[int, int]:
    kinds = [(bool(ids), bool(classes)) for ids, classes in _SPECIFIC.findall(selector)]
    return sum(ids for ids, _ in kinds), sum(100 if classes else 1 for ids, classes in kinds if not ids)


def _any_matches(root: LexborNode, selectors: list[str]) -> bool:
    """Whether any of some selectors may match an element: mostly none does, which one walk tells."""
    try:
        return (
            bool(selectors)
            and root.css_first(",".join(" ".join(one.split()[-2:]) for one in selectors)) is not None
        )
    except SelectolaxError:
        return True


def _matching(root: LexborNode, selector: str) -> list[LexborNode]:
    """The elements that a selector matches. Of several elements around each other the parser would try every
    combination: all but the last two parts are looked for from the inside.
    """
    *around, last = selector.split()
    try:
        if len(around) < 2:
            return root.css(selector)
        nodes = root.css(f"{around[-1]} {last}")[:_MOST_WITHIN]
        parts = [{outer.mem_id for outer in root.css(part)} for part in around] if nodes else []
        return [node for node in nodes if _stands_within(node, parts)]
    except SelectolaxError:  # a selector that the parser does not know
        return []


def _stands_within(node: LexborNode, around: list[set[int]]) -> bool:
    """Whether an element stands in one of the last of some sets, this one in one of the last but one, and
    so on.
    """
    left = len(around)
    outer = node.parent
    for _ in range(_MOST_AROUND):
        if outer is None or not left:
            break
        left -= outer.mem_id in around[left - 1]
        outer = outer.parent
    return not left
