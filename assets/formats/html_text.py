"""html_text: from the tree of a page to the lines that it prints: a paragraph a line, a row of a table one line of cells between pipes."""

from __future__ import annotations

import re
from functools import cache
from itertools import accumulate

from selectolax.lexbor import LexborHTMLParser, LexborNode

from assets.model import Refusal

# Characters that no text may hold (Unicode keeps them for uses like this one), put into the tree where its layout shows.
_LINE, _CELL, _ROW, _TABLE, _END, _RENDERED, _LINK, _UNLINK, _SPAN = "\ufdd0\ufdd1\ufdd2\ufdd3\ufdd4\ufdd5\ufdd6\ufdd7\ufdd8"
_MARKS = (_LINE, _CELL, _ROW, _TABLE, _END, _RENDERED, _LINK, _UNLINK, _SPAN)
_MARK_REFERENCES = re.compile(r"&#(?:x0*fdd[0-8]|0*6497[6-9]|0*6498[0-4]);?", re.IGNORECASE)

_BLOCKS = (
    "address article aside blockquote body caption center dd details dir div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 "
    "header hr legend li main menu nav ol p pre section summary ul"
)
_NOT_PRINTED = (
    "script,style,noscript,template,select,textarea,button,svg,math,iframe,object,audio,video,canvas,datalist,title,head,frameset"
)
_HIDDEN = '[hidden],[style*="none" i],[style*="hidden" i],[style*="mso-hide" i]'
_HIDING = re.compile(r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all)", re.IGNORECASE)
_TELLS = ("结转下年度", "結轉下年度", "结果维持", "結果維持", "信息内容", "信息內容", "本报告")
_INPUTS_SHOWN = ("", "text", "number")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_STRUCK = "~~"

_MOST_HIDDEN = 2_000
_MOST_NESTED = 60  # tables within tables; layouts of the worst pages have a dozen
_LONGEST_CELL = 200  # characters of what may be a cell of a form, and not a layout's
_LINES_OF_LAYOUT = 3
_EDGES = f" \xa0\u3000\u200b\ufeff{_LINE}{_LINK}{_UNLINK}"
_BREAKS = re.compile(rf"[\s\xa0\u3000{_LINE}]*{_LINE}[\s\xa0\u3000{_LINE}]*")
_FIGURE = re.compile(r"[\d.,+/\-－—\s]+")
_MERGED = "同上"  # before the figures of a row into which a figure of a row above reaches
_MANY_LINKS = 3  # in lines that hold nothing else, one after the other: a menu, a list of other pages
_LINKED = re.compile(f"{_LINK}[^{_LINK}{_UNLINK}]*{_UNLINK}")
_BETWEEN_LINKS = " \xa0\u3000|｜·•>»/-–—、,，"


def without_marks(source: str) -> str:
    """The source of a page without the characters that this module uses as marks."""
    if "&#" in source:
        source = _MARK_REFERENCES.sub("\ufffd", source)
    for mark in _MARKS:  # searching for one character is far faster than for a class of them
        if mark in source:
            source = source.replace(mark, "\ufffd")
    return source


def page_text(page: LexborHTMLParser, source: str) -> str:
    """The lines that a page prints. Changes the tree. Raises Refusal for tables nested beyond sense.

    `source` is that of the page; what it does not mention is not looked for in the tree.
    """
    root = page.body
    if root is None:
        return ""
    for node in root.css(_NOT_PRINTED):
        node.decompose()
    if any(word in source for word in ("none", "None", "NONE", "hid", "Hid", "HID")):
        _leave_out_hidden(root)
    _show_rare(root, source)
    _mark(root)
    # Splitting bytes takes the white space that HTML knows, and leaves the no-break spaces that a page prints.
    text = b" ".join(root.text_lexbor().encode("utf-8", "replace").split()).decode()
    for separator in "\x85\u2028\u2029":
        text = text.replace(separator, " ")
    return "\n".join(_lines(_with_rows(text)))


def _tells(node: LexborNode) -> list[int]:
    """How often a node prints each of the words that tell of a report's tables."""
    words = "".join(node.text_lexbor().split())
    return [words.count(tell) for tell in _TELLS]


def _leave_out_hidden(root: LexborNode) -> None:
    """Take out what a page hides, but not the only copy of the report, which a script shows later."""
    left = _tells(root)
    hidden = [node for node in root.css(_HIDDEN) if "hidden" in node.attributes or _HIDING.search(node.attributes.get("style") or "")]
    for node in hidden[:_MOST_HIDDEN]:
        own = _tells(node)
        if node.tag == "body" or any(count == everywhere > 0 for count, everywhere in zip(own, left, strict=True)):
            continue
        left = [everywhere - count for everywhere, count in zip(left, own, strict=True)]
        node.decompose()


def _show_rare(root: LexborNode, source: str) -> None:
    """Write as characters what is seen only: raised figures, struck ones, line ends of preformatted text, fields that are filled in."""
    for node in root.css("sup,sub,s,del,strike,pre,td input,th input"):
        if node.tag in ("sup", "sub"):
            if (words := node.text_lexbor().strip()).isdecimal():
                node.replace_with(words.translate(_RAISED))
        elif node.tag == "pre":
            for part in [part for part in node.traverse(include_text=True) if part.tag == "-text"]:
                part.replace_with((part.text_content or "").replace("\n", _LINE))
        elif node.tag == "input":
            if (node.attributes.get("type") or "").lower() in _INPUTS_SHOWN:
                node.insert_before(node.attributes.get("value") or "")
        else:
            _strike(node)
    if "line-through" in source:
        for node in root.css('[style*="line-through" i]'):
            _strike(node)


def _strike(node: LexborNode) -> None:
    if node.text_lexbor().strip():
        node.insert_before(_STRUCK)
        node.insert_after(_STRUCK)


@cache
def _marks() -> dict[int, tuple[str, str]]:
    """What stands before and behind each element that shows a layout, by the number of its tag."""
    page = LexborHTMLParser("")
    marks = dict.fromkeys(_BLOCKS.split(), (_LINE, _LINE)) | {"br": (_LINE, ""), "tr": (_ROW, ""), "td": (_CELL, ""), "th": (_CELL, "")}
    marks["table"] = (_TABLE, _END)
    return {page.create_node(tag).tag_id: mark for tag, mark in marks.items()}


def _mark(root: LexborNode) -> None:
    marks = _marks()
    own = root.mem_id
    for node in [node for node in root.traverse() if node.tag_id in marks]:
        if node.mem_id == own:
            continue
        before, behind = marks[node.tag_id]
        node.insert_before(before)
        if behind:
            node.insert_after(behind)
    for node in root.css("a[href]"):
        node.insert_before(_LINK)
        node.insert_after(_UNLINK)
    for node in root.css("td[rowspan],th[rowspan]"):
        digits = (node.attributes.get("rowspan") or "").strip()
        if digits != "1" and digits.isdecimal():
            node.insert_before(f"{_SPAN}{digits[:9]}{_SPAN}")


def _with_rows(text: str) -> str:
    """The text with every table written as lines of rows, the innermost first."""
    stack: list[list[str]] = [[]]
    for i, part in enumerate(re.split(f"([{_TABLE}{_END}])", text)):
        if i % 2 == 0:
            stack[-1].append(part)
        elif part == _TABLE:
            stack.append([])
            if len(stack) > _MOST_NESTED:
                raise Refusal(f"the file is a web page that nests more than {_MOST_NESTED} tables: save the document as plain text")
        elif len(stack) > 1:
            inner = _table("".join(stack.pop()), nested=len(stack) > 1)
            stack[-1].append(inner)
    return "".join(part for parts in stack for part in parts)


def _table(content: str, nested: bool) -> str:
    """One table as lines: what stands before its rows, then its rows."""
    caption, *rows = content.split(_ROW)
    cells = [row.split(_CELL)[1:] for row in rows]
    if nested and sum(map(len, cells)) == 1 and _RENDERED not in content:
        return caption + next(row for row in cells if row)[0]  # a frame around a cell's words
    if _SPAN in content:
        _show_merged_figures(cells)
    _drop_spacer([row for row in cells if row])
    lines = [caption, *(_row(row) for row in cells if row)]
    return f"{_LINE}{_LINE.join(lines)}{_LINE}"


def _drop_spacer(rows: list[list[str]]) -> None:
    """Drop a last column that is blank in every row, a header's too: it is there for the layout, and no column of a form."""
    if any(row[-1].strip(_EDGES) for row in rows):
        return
    printed = ([words for cell in row if (words := cell.strip(_EDGES))] for row in rows if len(row) > 2)
    if any(len(row) > 1 and not any(map(_FIGURE.fullmatch, row)) for row in printed):
        for row in rows:
            row.pop()


def _show_merged_figures(rows: list[list[str]]) -> None:
    """Take the marks of cells that span rows out; what a figure spans gets a mark in every row that it takes a cell from."""
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


def _row(cells: list[str]) -> str:
    if any(map(_is_layout, cells)) or (len(cells) == 1 and _is_prose(cells[0])):
        return f"{_RENDERED}{_LINE.join(cells)}"
    words = [_cell(cell) for cell in cells]
    return f"{_RENDERED}| {' | '.join(words)} |" if len(words) > 1 or words[0] else ""


def _is_layout(cell: str) -> bool:
    """Whether a cell holds a part of a page, and not what a cell of a form may hold."""
    return _RENDERED in cell or (len(cell) > _LONGEST_CELL and cell.strip(_EDGES).count(_LINE) >= _LINES_OF_LAYOUT)


def _is_prose(cell: str) -> bool:
    words = cell.strip(_EDGES)
    return _LINE in words and ("。" in words or len(words) > _LONGEST_CELL // 2)


def _cell(cell: str) -> str:
    """The words of a cell on one line. A pipe within them would be taken for the end of the cell."""
    words = cell.strip(_EDGES)
    if not words:
        return words
    if _LINK in words:
        words = words.replace(_LINK, "").replace(_UNLINK, "")
    if _LINE in words:
        words = _BREAKS.sub(_joint, words)
    for pipe in "|│┃｜∣￨║":
        if pipe in words:
            words = words.replace(pipe, "¦")
    return words


def _joint(match: re.Match[str]) -> str:
    """What joins two lines of a cell: nothing in a word; between digits a mark, as it may be two figures; a space before a number of an item."""
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
            if found and not _LINKED.sub("", line).strip(_BETWEEN_LINKS):
                held.append(bare)
                links += found
                continue
            line = bare
        if links < _MANY_LINKS:
            lines += held
        held, links = [], 0
        lines.append(line)
    return lines + held if links < _MANY_LINKS else lines
