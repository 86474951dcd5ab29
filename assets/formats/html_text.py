"""html_text: from the tree of a page to the lines that it prints: a paragraph a line, a row of a table one
line of cells between pipes.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import accumulate

from selectolax.lexbor import LexborHTMLParser, LexborNode

from assets.formats import html_style, marks
from assets.model import Refusal
from schemas.words import say

# Characters that no text may hold (Unicode keeps them for uses like this one), put where the tags of a page
# show its layout.
_LINE, _CELL, _ROW, _TABLE, _END, _RENDERED, _LINK, _UNLINK, _SPAN, _SKIP, _UNSKIP = (
    chr(code) for code in range(0xFDD0, 0xFDDB)
)
_MARKS = "".join(chr(code) for code in range(0xFDD0, 0xFDDB)) + marks.OF_CELLS
_MARK = re.compile(f"[{_MARKS}]")

_BLOCKS = (
    "address article aside blockquote body caption center dd details dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 "
    "header hr legend li main menu nav ol p pre section summary ul"
)
# what stands in them is no markup; the last two print it
_RAW = "script,style,iframe,noembed,noframes,xmp,plaintext"
_NOT_PRINTED = "noscript template datalist title head frameset annotation annotation-xml"
_DRAWN = "svg object audio video canvas"
_FILLED_IN = "select textarea button"
_STACKED = re.compile(r"m(?:frac|su[bp]|subsup|sqrt|root|under|over|underover|multiscripts|table)\b")
_NO_END = (
    *(
        "area",
        "base",
        "basefont",
        "bgsound",
        "br",
        "col",
        "embed",
        "frame",
        "hr",
        "img",
        "input",
        "keygen",
        "link",
        "meta",
        "param",
    ),
    *("source", "track", "wbr"),
)
_COMMENT_OR_TAG = re.compile("<!--.*?-->|<[^>]*>", re.DOTALL)
_TAG = re.compile("<([^>]*)>")
_ATTRIBUTE = re.compile(r' ([^ =]+)="([^"]*)"')
_TELLS = ("结转下年度", "結轉下年度", "结果维持", "結果維持", "信息内容", "信息內容", "本报告")
_INPUTS_SHOWN = ("", "text", "number", "tel", "search", "button", "submit")
_SPECIAL = {
    **dict.fromkeys(("sup", "sub"), "sup"),
    **dict.fromkeys(("s", "del", "strike"), "s"),
    **dict.fromkeys(_DRAWN.split(), "drawn"),
    **dict.fromkeys(_FILLED_IN.split(), "filled in"),
    "math": "math",
    "pre": "pre",
}
_OF_TABLES = ("table", "tbody", "thead", "tfoot", "tr", "td", "th", "col")

_MOST_KEPT = 20  # hidden parts, each of which may hold the only copy of the report
_LEAST_PICTURE = 5  # pixels: what is smaller is there for the layout
_MOST_NESTED = 60  # tables within tables; layouts of the worst pages have a dozen
_LONGEST_CELL = 200  # characters of what may be a cell of a form, and not a layout's
_LINES_OF_LAYOUT = 3
_PIPES = "|│┃｜∣￨║"
_EDGES = f" \xa0\u3000\u200b\ufeff{_LINE}{_LINK}{_UNLINK}"
_BREAKS = re.compile(rf"[\s\xa0\u3000{_LINE}]*{_LINE}[\s\xa0\u3000{_LINE}]*")
_FIGURE = re.compile(r"[\d.,+/\-－—\s]+")
_MERGED = "同上"  # before the figures of a row into which a figure of a row above reaches
_MANY_LINKS = 3  # in lines that hold nothing else, one after the other: a menu, a list of other pages
_LINKED = re.compile(f"{_LINK}[^{_LINK}{_UNLINK}]*{_UNLINK}")
_BETWEEN_LINKS = " \xa0\u3000|｜·•>»/-–—、,，"


def page_text(page: LexborHTMLParser) -> str:
    """The lines that a page prints. Changes the tree. Raises Refusal for tables nested beyond sense."""
    root = page.body
    if root is None:
        return ""
    html_style.write_into_elements(page, root)
    texts, tags = _texts_and_tags(root)
    printed = "".join(texts)
    if any(
        mark in printed for mark in _MARKS
    ):  # searching for one character is far faster than for a class of them
        texts = [_MARK.sub(marks.UNREADABLE, text) for text in texts]
    of_tags = _Marks()
    signs = list(map(of_tags.__getitem__, tags))
    if _SKIP in signs:
        _leave_out_unprinted(texts, tags, signs)
    if of_tags.fields:
        _show_fields(texts, tags, signs, of_tags.fields)
    if of_tags.special:
        _heed_special(texts, tags, signs, of_tags.special)
    words: list[str] = [""] * (len(texts) + len(signs))
    words[::2], words[1::2] = texts, signs
    # Splitting bytes takes the white space that HTML knows, and leaves the no-break spaces that a page
    # prints.
    text = b" ".join("".join(words).encode("utf-8", "replace").split()).decode()
    if "&" in text:
        text = text.replace("&nbsp;", "\xa0").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    for separator in "\x85\u2028\u2029":
        text = text.replace(separator, " ")
    return "\n".join(_lines(marks.of_text(_with_rows(text))))


def _texts_and_tags(root: LexborNode) -> tuple[list[str], list[str]]:
    """What stands between the tags of a page, one string more than there are tags; and the tags, without
    their angle brackets.

    They are those of the tree, written out: every element that has an end has an end tag, names are in lower
    case, values in double quotes, and neither text nor values hold an angle bracket.
    """
    for node in root.css(_RAW):
        if node.tag in ("xmp", "plaintext"):
            node.replace_with(node.text_lexbor())
        else:
            node.decompose()
    source = root.html or ""
    if "<!--" in source:
        # The name of an attribute may hold what looks like the beginning of a comment.
        source = _COMMENT_OR_TAG.sub(lambda match: "" if match[0].startswith("<!--") else match[0], source)
    parts = source.replace(">", "<").split("<")
    if 2 * source.count("<") + 1 != len(
        parts
    ):  # a name holds a bracket; a pattern takes several times as long
        parts = _TAG.split(source)
    return parts[::2], parts[1::2]


class _Marks(dict[str, str]):
    """The mark that each tag puts into the text. Tags for which that is not all are collected."""

    def __init__(self) -> None:
        super().__init__(_plain_marks())
        self.special: dict[str, str] = {}  # what it is that they ask for, by tag
        self.fields: dict[str, str] = {}  # what the fields of forms are filled in with, by tag

    def __missing__(self, tag: str) -> str:
        name = tag.partition(" ")[0]
        mark = _LINE if name == "pre" else _plain_marks().get(name, "")
        special = _SPECIAL.get(name)
        if name == "a" and ' href="' in tag:
            mark = _LINK
        elif name in ("td", "th") and ' rowspan="' in tag:
            digits = _attributes(tag).get("rowspan", "").strip()
            if digits != "1" and digits.isdecimal():
                mark = f"{_CELL}{_SPAN}{digits[:9]}{_SPAN}"
        if " hidden" in tag or (' style="' in tag and html_style.may_tell(tag)):
            special = _special(name, _attributes(tag)) or special
        if name == "img" and not _is_tiny(tag):
            mark = marks.PICTURE
        if special:
            self.special[tag] = special
        elif name == "input":
            attributes = _attributes(tag)
            if attributes.get("type", "").lower() in _INPUTS_SHOWN and (words := attributes.get("value")):
                self.fields[tag] = _MARK.sub(marks.UNREADABLE, words.replace("&quot;", '"'))
        self[tag] = mark
        return mark


def _attributes(tag: str) -> dict[str, str]:
    return dict(_ATTRIBUTE.findall(tag))


def _special(name: str, attributes: dict[str, str]) -> str | None:
    """What the attributes of an element ask for: that it is hidden, struck out or raised."""
    if "hidden" in attributes:
        return "hidden"
    style = attributes.get("style", "")
    if _SPECIAL.get(name) == "s" and html_style.is_plain(style):
        return "plain"
    return html_style.special_of(style, f"/{name}" not in _plain_marks() and name not in _OF_TABLES)


def _is_tiny(tag: str) -> bool:
    """Whether a picture is a point or a line, there for the layout."""
    if ' width="' not in tag and ' height="' not in tag:
        return False
    attributes = _attributes(tag)
    sizes = [attributes.get(side, "").removesuffix("px") for side in ("width", "height")]
    return any(size.isdecimal() and len(size) < 4 and int(size) < _LEAST_PICTURE for size in sizes)


@cache
def _plain_marks() -> dict[str, str]:
    """The marks of tags without attributes."""
    plain = {
        "br": _LINE,
        "tr": _ROW,
        "td": _CELL,
        "th": _CELL,
        "table": _TABLE,
        "/table": _END,
        "/a": _UNLINK,
    }
    for name in _BLOCKS.split():
        plain[name] = plain[f"/{name}"] = _LINE
    for name in _NOT_PRINTED.split():
        plain[name], plain[f"/{name}"] = _SKIP, _UNSKIP
    del plain["pre"]  # its tag is special
    return plain


def _leave_out(texts: list[str], tags: list[str], signs: list[str], first: int, last: int) -> None:
    """Take out an element by the places of its tags. The lists keep their lengths."""
    texts[first + 1 : last + 1] = [""] * (last - first)
    tags[first : last + 1] = signs[first : last + 1] = [""] * (last - first + 1)


def _leave_out_unprinted(texts: list[str], tags: list[str], signs: list[str]) -> None:
    last = -1
    for _ in range(signs.count(_SKIP)):
        try:
            first = last = signs.index(_SKIP, last + 1)
        except ValueError:  # the others stood within those before
            return
        depth = 1
        while depth:
            last += 1
            depth += (signs[last] == _SKIP) - (signs[last] == _UNSKIP)
        _leave_out(texts, tags, signs, first, last)


def _ends(tags: list[str], special: dict[str, str]) -> dict[int, int]:
    """For the place of each special tag that of the tag that ends its element, which is its own where there
    is none; in the order of the page.
    """
    opened: dict[str, list[int]] = {tag.partition(" ")[0]: [] for tag in special}
    names = {tag: name for tag in set(tags) if (name := tag.partition(" ")[0].removeprefix("/")) in opened}
    ends = {}
    for i in [i for i, tag in enumerate(tags) if tag in names]:
        tag = tags[i]
        name = names[tag]
        if tag[0] == "/":
            ends[opened[name].pop()] = i
        elif name not in _NO_END:
            opened[name].append(i)
        else:
            ends[i] = i
    return {i: ends[i] for i in sorted(ends) if tags[i] in special}


def _tells(texts: list[str]) -> list[int]:
    """How often texts print each of the words that tell of a report's tables."""
    words = "".join("".join(texts).split())
    return [words.count(tell) for tell in _TELLS]


def _heed_special(texts: list[str], tags: list[str], signs: list[str], special: dict[str, str]) -> None:
    """Leave out what a page hides, and write as characters what is seen only: raised figures, struck ones,
    pictures, ends of lines. Of elements in each other that ask for the same the outermost does it.
    """
    ends = _ends(tags, special)
    in_cells = _in_cells(tags, signs, [i for i in ends if special[tags[i]] in _OF_CELLS])
    _leave_out_hidden(
        texts, tags, signs, [(i, end) for i, end in ends.items() if special[tags[i]] == "hidden"]
    )
    done = dict.fromkeys(special.values(), -1)
    for i, end in ends.items():
        why = special.get(tags[i])  # nothing, if it stands in what was left out
        if why is None or i < done[why]:
            continue
        done[why] = end
        within = slice(i + 1, end + 1)
        if why == "pre":
            texts[within] = [text.replace("\n", _LINE) for text in texts[within]]
        elif why == "s":
            texts[within] = [text if text in ("", "&nbsp;") else marks.struck(text) for text in texts[within]]
        elif why == "sup":
            _raise(texts, signs, i, end)
        elif why in _OF_CELLS:
            _show_in_cell(texts, tags, signs, i, end, why, i in in_cells)


_OF_CELLS = frozenset(("drawn", "filled in", "math"))


def _in_cells(tags: list[str], signs: list[str], places: list[int]) -> set[int]:
    """Of some places, in order, those of tags that stand in cells of tables."""
    depth = done = 0
    within = set()
    for i in places:
        depth += "".join(signs[done:i]).count(_CELL) - tags[done:i].count("/td") - tags[done:i].count("/th")
        done = i
        if depth:
            within.add(i)
    return within


def _raise(texts: list[str], signs: list[str], first: int, last: int) -> None:
    """Write the digits of an element as raised ones, up to the end of their line, as one that is not closed
    reaches over all that follows.
    """
    for i in range(first + 1, last + 1):
        if texts[i]:
            space = "&nbsp;" if i == first + 1 or not texts[i - 1] else ""
            texts[i] = marks.raised(texts[i].removeprefix(space).lstrip())
        if signs[i] not in ("", _LINK, _UNLINK):
            return


def _show_in_cell(
    texts: list[str], tags: list[str], signs: list[str], i: int, end: int, why: str, in_cell: bool
) -> None:
    """Write what stands in a cell in the place of words: pictures, fields of forms, formulas."""
    if why == "math":
        if any(_STACKED.match(tag) for tag in tags[i:end]):  # 1 over 2 is not 12
            _leave_out(texts, tags, signs, i, end)
            texts[i] += "[formula]"
    elif why == "filled in" and in_cell:
        if tags[i].startswith("select"):
            _leave_out_options(texts, tags, i, end)
        texts[i], texts[end] = texts[i] + _LINE, texts[end] + _LINE
    else:
        if end > i:
            _leave_out(texts, tags, signs, i, end)
        if in_cell and why != "filled in":
            texts[i] += marks.PICTURE


def _leave_out_options(texts: list[str], tags: list[str], first: int, last: int) -> None:
    """Leave the options of a field out but the one that is chosen."""
    options = [i for i in range(first + 1, last) if tags[i].partition(" ")[0] == "option"]
    chosen = next((i for i in options if " selected" in tags[i]), options[0] if options else last)
    for i in range(first + 1, last + 1):
        if i != chosen + 1:
            texts[i] = ""


def _leave_out_hidden(
    texts: list[str], tags: list[str], signs: list[str], hidden: list[tuple[int, int]]
) -> None:
    """Take out what a page hides. Only where it hides the whole report a script shows it later."""
    left = _tells(texts) if hidden else []
    kept = 0
    for i, end in hidden:
        if not tags[i] or tags[i].startswith("body"):
            continue
        own = _tells(texts[i + 1 : end + 1])
        if kept < _MOST_KEPT and own == left and any(own):
            kept += 1
            continue
        left = [everywhere - count for everywhere, count in zip(left, own, strict=True)]
        _leave_out(texts, tags, signs, i, end)


def _show_fields(texts: list[str], tags: list[str], signs: list[str], fields: dict[str, str]) -> None:
    """Write the fields of forms that stand in cells as what they are filled in with."""
    for i in _in_cells(tags, signs, [i for i, tag in enumerate(tags) if tag in fields]):
        texts[i] += f"{_LINE}{fields[tags[i]]}{_LINE}"  # a figure beside it is another


def _with_rows(text: str) -> str:
    """The text with every table written as lines of rows, the innermost first."""
    stack: list[list[str]] = [[]]
    words = _Words([pipe for pipe in _PIPES if pipe in text])
    for i, part in enumerate(re.split(f"([{_TABLE}{_END}])", text)):
        if i % 2 == 0:
            stack[-1].append(part)
        elif part == _TABLE:
            stack.append([])
            if len(stack) > _MOST_NESTED:
                raise Refusal(say("refused.html_tables", most=_MOST_NESTED))
        elif len(stack) > 1:
            content = "".join(stack.pop())
            stack[-1].append(_table(content, words, nested=len(stack) > 1))
    return "".join(part for parts in stack for part in parts)


def _table(content: str, words: _Words, nested: bool) -> str:
    """One table as lines: what stands before its rows, then its rows."""
    caption, *rows = content.split(_ROW)
    cells = [row.split(_CELL)[1:] for row in rows]
    if nested and sum(map(len, cells)) == 1 and _RENDERED not in content:
        return caption + next(row for row in cells if row)[0]  # a frame around a cell's words
    if marks.STRUCK in content or marks.PICTURE in content:
        cells = [[_without_marks(cell) for cell in row] for row in cells]
    if _SPAN in content:
        _show_merged_figures(cells)
    _drop_spacer([row for row in cells if row])
    lines = [caption, *(_row(row, words) for row in cells if row)]
    return f"{_LINE}{_LINE.join(lines)}{_LINE}"


def _without_marks(cell: str) -> str:
    if marks.STRUCK not in cell and marks.PICTURE not in cell:
        return cell
    span, words = cell[: (at := cell.rfind(_SPAN) + 1)], cell[at:]
    return span + marks.of_cell(words, _EDGES)


def _drop_spacer(rows: list[list[str]]) -> None:
    """Drop a last column that is blank in every row, a header's too: it is there for the layout, and no
    column of a form.
    """
    if any(row[-1].strip(_EDGES) for row in rows):
        return
    printed = ([words for cell in row if (words := cell.strip(_EDGES))] for row in rows if len(row) > 2)
    if any(len(row) > 1 and not any(map(_FIGURE.fullmatch, row)) for row in printed):
        for row in rows:
            row.pop()


def _show_merged_figures(rows: list[list[str]]) -> None:
    """Take the marks of cells that span rows out; what a figure spans gets a mark in every row that it takes
    a cell from.
    """
    taken = [0] * len(rows)
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            if _SPAN not in cell:
                continue
            _, digits, words = cell.split(_SPAN, 2)
            row[x] = words
            if _FIGURE.fullmatch(words.strip(_EDGES)):
                last = min(y + int(digits), len(rows)) if int(digits) else len(rows)
                taken[y] += 1
                taken[last - 1] -= 1
    for row, count in zip(rows[1:], accumulate(taken), strict=False):
        if count and any(cell.strip(_EDGES) for cell in row):
            figures = (x for x, cell in enumerate(row) if _FIGURE.fullmatch(cell.strip(_EDGES)))
            row.insert(next(figures, len(row)), _MERGED)


class _Words(dict[str, str]):
    """The words of each cell of a page, of which most are like many others; a mark for a part of a layout.
    `pipes` are those in the page.
    """

    def __init__(self, pipes: list[str]) -> None:
        super().__init__()
        self._pipes = pipes

    def __missing__(self, cell: str) -> str:
        words = cell
        if not cell.isalnum():  # of nothing but letters, Chinese ones too, and digits
            words = _RENDERED if _is_layout(cell) else _cell(cell, self._pipes)
        self[cell] = words
        return words


def _row(cells: list[str], words_of: _Words) -> str:
    words = list(map(words_of.__getitem__, cells))
    if _RENDERED in words or (len(cells) == 1 and _is_prose(cells[0])):
        return f"{_RENDERED}{_LINE.join(cells)}"
    return f"{_RENDERED}| {' | '.join(words)} |" if len(words) > 1 or words[0] else ""


def _is_layout(cell: str) -> bool:
    """Whether a cell holds a part of a page, and not what a cell of a form may hold."""
    return _RENDERED in cell or (
        len(cell) > _LONGEST_CELL and cell.strip(_EDGES).count(_LINE) >= _LINES_OF_LAYOUT
    )


def _is_prose(cell: str) -> bool:
    words = cell.strip(_EDGES)
    return _LINE in words and ("。" in words or len(words) > _LONGEST_CELL // 2)


def _cell(cell: str, pipes: list[str]) -> str:
    """The words of a cell on one line. A pipe within them would be taken for the end of the cell."""
    words = cell.strip(_EDGES)
    if not words:
        return words
    if _UNLINK in words:
        words = words.replace(_LINK, "").replace(_UNLINK, "")
    if _LINE in words:
        words = _BREAKS.sub(_joint, words)
    for pipe in pipes:
        words = words.replace(pipe, "¦")
    return words


def _joint(match: re.Match[str]) -> str:
    """What joins two lines of a cell: nothing in a word; between digits a mark, as it may be two figures; a
    space before a number of an item.
    """
    before, behind = match.string[match.start() - 1], match.string[match.end()]
    if before in ".,，．" or before.isdigit():
        return "<br>" if behind in ".,，．" or behind.isdigit() else ""
    return " " if behind.isdigit() or (before.isascii() and behind.isascii()) else ""


def _lines(text: str) -> list[str]:
    """The printed lines, without runs of lines that are nothing but links."""
    lines: list[str] = []
    held: list[str] = []
    links = 0
    for raw in text.replace(_RENDERED, "").split(_LINE):
        line = raw.strip(" ")
        if not line:
            continue
        if _LINK in line or _UNLINK in line:
            found = line.count(_LINK)
            bare = line.replace(_LINK, "").replace(_UNLINK, "").strip(" ")
            if not bare:
                continue
            if found and not _LINKED.sub("", line).strip(_BETWEEN_LINKS + _UNLINK):
                held.append(bare)
                links += found
                continue
            line = bare
        if links < _MANY_LINKS:
            lines += held
        held, links = [], 0
        lines.append(line)
    return lines + held if links < _MANY_LINKS else lines
