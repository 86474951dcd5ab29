"""Baits: documents of any length made to be slow, as a table of generators. Each has one thing very often,
in one place of a report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from io import BytesIO
from random import Random

from examples.docx import edited, render_docx
from examples.html import render_html
from examples.pdf import render_pdf
from examples.render import render
from examples.report import make_report

_MARK = "此处"  # where the bait goes; in no report
_SEED, _YEAR = 5, 2023
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

# What a bait repeats. `{}` is the number of the repetition, for what must not be the same each time.
UNITS: dict[str, str] = {
    # white space
    "spaces": " ",
    "tabs": "\t",
    "spaces_and_tabs": " \t",
    "wide_spaces": "\u3000",
    "narrow_spaces": "\xa0",
    "line_ends": "\n",
    "carriage_returns": "\r",
    "line_ends_of_two": "\r\n",
    "blank_lines": " \n",
    "vertical_tabs": "\x0b",
    "line_separators": "\u2028",
    # figures
    "digits": "7",
    "noughts": "0",
    "figures": "1 ",
    "figures_that_differ": "{} ",
    "figure_lines": "1\n",
    "figure_lines_that_differ": "{}\n",
    "thousands": "1,234,",
    "points": "1.",
    "points_alone": ".",
    "commas": ",",
    "dashes": "-",
    "dash_lines": "-\n",
    "slashes": "/ ",
    "percent": "1%",
    "none": "无",
    "page_numbers": "- 4 -\n",
    "page_numbers_that_differ": "- {} -\n",
    "list_numbers": "2.\n",
    "circled": "①",
    "yuan": "3万元",
    # brackets and quotes
    "opening": "(",
    "opening_wide": "（",
    "closing": ")",
    "opening_words": "（件",
    "brackets": "(1)",
    "square": "[",
    "angle": "〔",
    "book": "《",
    "quotes": '"',
    "quotes_wide": "“",
    "apostrophes": "'",
    # words of reports
    "han": "政",
    "han_numerals": "一",
    "han_thousands": "千万亿",
    "numbered": "一、",
    "headings": "一、总体情况\n",
    "headings_of_three": "三、收到和处理政府信息公开申请情况\n",
    "headings_in_line": "四、政府信息公开行政复议、行政诉讼情况 ",
    "titles": "云泽市水务局2023年政府信息公开工作年度报告\n",
    "titles_in_line": "2023年政府信息公开工作年度报告",
    "years": "2023年",
    "dates": "2024年1月17日",
    "dates_torn": "2024年\n1月",
    "dates_short": "2024-01-",
    "organs": "云泽市水务局",
    "organs_that_differ": "云泽市第{}水务局\n",
    "city_chars": "市",
    "office_chars": "局\n",
    "fields": "索引号：\n",
    "fields_in_line": "发布日期：2024-01-17 ",
    "labels": "规章\n",
    "labels_in_line": "予以公开 ",
    "labels_torn": "予以\n公开\n",
    "labels_misspelt": "于以公开 ",
    "labels_with_figures": "（一）予以公开 1 0 0 0 0 0 1\n",
    "labels_before_figures": "结果维持 1\n",
    "labels_glued": "结果维持结果纠正其他结果尚未审结总计",
    "header": "自然人 商业企业 科研机构 社会公益组织 法律服务机构 其他 总计\n",
    "header_glued": "自然人商业企业",
    "units_named": "（单位：万元）",
    "review": "行政复议",
    "litigation": "未经复议直接起诉 0 0 0 0 0\n",
    # sentences
    "claims": "受理申请12件，",
    "claims_that_differ": "新收申请{}件，",
    "claims_one_by_one": "全年共收到政府信息公开申请{}件。\n",
    "denials": "未收到",
    "denials_whole": "本年度没有行政复议、行政诉讼。",
    "among": "其中",
    "among_groups": "其中自然人申请3件，",
    "carried": "结转下年度",
    "outcomes": "行政复议1件，结果维持1件，",
    "counted": "件",
    "commas_wide": "，",
    "colons": "：",
    "stops": "。",
    "semicolons": "；",
    "pauses": "、",
    "prose": "我局认真做好政府信息公开工作，不断提高公开质量。\n",
    "prose_in_line": "我局认真做好政府信息公开工作 ",
    "numerals_in_prose": "一是二是三是",
    # grids
    "pipes": "|",
    "pipe_cells": "| 1 ",
    "pipe_lines": "|\n",
    "pipe_rows": "| 1 | 2 |\n",
    "rules": "|---|\n",
    "rules_in_line": "|---",
    "rule_dashes": "---\n",
    "rules_drawn": "+--+\n",
    "box": "│",
    "box_lines": "─┼─\n",
    "heads": "| 规章 |\n|---|\n",
    "tables_of_one": "| 规章 | 1 |\n|---|---|\n| 2 | 3 |\n",
    "tab_cells": "1\t",
    "csv": '"1",',
    "csv_quotes": '"",',
    "csv_rows": "a,1,2,3\n",
    # markup
    "hashes": "#",
    "heading_marks": "# \n",
    "stars": "**",
    "links": "[a](b)",
    "links_open": "[a](",
    "pictures": "![",
    "code": "`",
    "breaks": "<br>",
    "tags_open": "<",
    "tags_unclosed": "<a ",
    "tables_open": "<table>",
    "tables_unclosed": "<table",
    "rows_open": "<tr>",
    "cells_open": "<td>",
    "cells_closed": "</td>",
    "tables_of_html": "<table><tr><td>1</td></tr></table>",
    "tables_nested": "<table><tr><td>",
    "rowspans": "<tr><td rowspan=9>1</td></tr>",
    "comments_open": "<!--",
    "comments_closed": "-->",
    "comments_in_tags": "<a <!--",
    "processing": "<?xml",
    "entities": "&#49;",
    "entities_open": "&",
    "entities_named": "&nbsp;",
    "spans": "<span>",
    "spans_closed": "</span>",
    "bold": "<b>",
    "bold_crossed": "<b><i></b>",
    "paragraphs": "<p>",
    "divisions": "<div>",
    "lists": "<li>",
    "anchors": "<a href=x>a</a>",
    "struck": "<s>1</s>",
    "hidden": '<p style="display:none">1</p>',
    "styles": "<style>a{b:c}</style>",
    "scripts": "<script>1</script>",
    "scripts_open": "<script>",
    "selects": "<select><option>1",
    "inputs": "<input value=1>",
    "textareas": "<textarea>",
    "templates": "<template>",
    "svg": "<svg>",
    "frames": "<iframe>",
    "attributes": '<a b="c" ',
    "meta": "<meta name=a content=b>",
    "doctypes": "<!doctype html>",
    # characters
    "long_ligatures": "\ufdfa",
    "combining": "\u0301",
    "combining_after": "e\u0301",
    "zero_width": "\u200b",
    "marks_of_direction": "\u202e",
    "byte_order_marks": "\ufeff",
    "nulls": "a\x00a",
    "replaced": "\ufffd政政政政政政政政政政政政政政政政政政政政政政政政政政",
    "private": "\ue000",
    "emoji": "😀",
    "digits_of_india": "१",
    "digits_of_mathematics": "𝟏",
    "fractions": "½",
    "hangul": "\u1100\u1161",
    "traditional": "製麵隻複議",
    # a beginning, and what is repeated behind it
    "bracket_and_han": "(^政",
    "bracket_and_digits": "(^1",
    "bracket_and_spaces": "(^ ",
    "numeral_and_spaces": "三、^ ",
    "digit_and_spaces": "3、^ ",
    "annex": "表^表",
    "page_and_spaces": "第^ ",
    "figure_and_spaces": "1^ ",
    "figure_and_commas": "1^,",
    "year_and_spaces": "2023^ ",
    "title_and_han": "关于^报",
    "comment_and_tags": "<!--^<a>",
    "attributes_of_one_tag": "<a ^b{} ",
    "quote_in_a_tag": '<a b="^c ',
    "select_of_options": "<select>^<option>1",
    "style_of_rules": "<style>^a b>c{display:none}",
    "formula": "<math>^<mi>1</mi>",
}


def _filled(unit: str, length: int) -> str:
    """A unit again and again, up to that many characters; of one with a ^ only what stands behind it."""
    beginning, _, behind = unit.partition("^")
    if behind:
        return beginning + _filled(behind, length - len(beginning))
    if "{}" not in unit:
        return (unit * (length // len(unit) + 1))[:length]
    parts, total, number = [], 0, 0
    while total < length:
        parts.append(unit.replace("{}", str(number)))
        total += len(parts[-1])
        number += 1
    return "".join(parts)[:length]


@cache
def _text(flavour: str, place: str) -> tuple[str, str]:
    """A report as text, up to the bait's place and from there on."""
    text = render(make_report(Random(_SEED), _YEAR), flavour)
    lines = text.split("\n")
    if place == "alone":
        return "", ""
    if place == "before":
        return "", "\n" + text
    if place == "behind":
        return text, ""
    label = "重复申请" if place in ("cell", "row") else "三、收到和处理"
    at = next(i for i, line in enumerate(lines) if label in line)
    if place == "cell":
        head, mark, tail = lines[at].partition(label)
        return "\n".join([*lines[:at], head + mark]), "\n".join([tail, *lines[at + 1 :]])
    return "\n".join([*lines[:at], ""]), "\n".join(["", *lines[at:]])


@cache
def _page(place: str) -> tuple[bytes, bytes]:
    page = render_html(make_report(Random(_SEED), _YEAR))
    label = {"cell": "重复申请", "row": "重复申请", "prose": "三、收到和处理"}[place].encode()
    at = page.index(label)
    if place == "cell":
        at += len(label)
    else:
        at = page.rindex(b"<tr" if place == "row" else b"<", 0, at)
    return page[:at], page[at:]


def _docx(place: str, inner: str) -> bytes:
    """A report as DOCX with some elements of paragraphs before a table, or within its first cell."""

    def edit(name: str, part: bytes) -> bytes:
        if name != "word/document.xml":
            return part
        at = part.index(b"<w:tbl>" if place == "prose" else b"</w:tc>")
        return part[:at] + inner.encode("utf-8", "replace") + part[at:]

    return edited(_report_docx(), edit)


@cache
def _report_docx() -> bytes:
    return render_docx(make_report(Random(_SEED), _YEAR))


def _in_paragraphs(text: str) -> str:
    return "".join(
        f'<w:p><w:r><w:t xml:space="preserve">{escape(line)}</w:t></w:r></w:p>' for line in text.split("\n")
    )


def _printable(text: str) -> str:
    """Text without the characters that XML has no place for."""
    return "".join(c for c in text if c >= " " or c in "\n\t")


@dataclass(frozen=True, slots=True)
class Bait:
    """A document for each length in characters. `name` tells the format, the place and what is repeated."""

    name: str
    make: Callable[[int], bytes]


def _text_bait(flavour: str, place: str, unit: str) -> Callable[[int], bytes]:
    def make(length: int) -> bytes:
        before, behind = _text(flavour, place)
        return f"{before}{_filled(unit, length)}{behind}".encode("utf-8", "replace")

    return make


def _page_bait(place: str, unit: str, escaped: bool) -> Callable[[int], bytes]:
    def make(length: int) -> bytes:
        before, behind = _page(place)
        text = _filled(unit, length)
        return before + (escape(text) if escaped else text).encode("utf-8", "replace") + behind

    return make


def _docx_bait(place: str, unit: str) -> Callable[[int], bytes]:
    return lambda length: _docx(place, _in_paragraphs(_printable(_filled(unit, length))))


def _docx_element_bait(place: str, unit: str, inside: str) -> Callable[[int], bytes]:
    before, _, behind = inside.partition("{}")
    return lambda length: _docx(place, before + unit * (length // len(unit)) + behind)


# Elements of DOCX: what is repeated, and what stands around all of it.
_ELEMENTS: dict[str, tuple[str, str]] = {
    "empty_paragraphs": ("<w:p/>", "{}"),
    "runs": ("<w:r><w:t>1</w:t></w:r>", "<w:p>{}</w:p>"),
    "tab_runs": ("<w:r><w:tab/></w:r>", "<w:p>{}</w:p>"),
    "break_runs": ("<w:r><w:br/></w:r>", "<w:p>{}</w:p>"),
    "page_breaks": ('<w:p><w:r><w:br w:type="page"/></w:r></w:p>', "{}"),
    "fields": ('<w:r><w:fldChar w:fldCharType="begin"/></w:r>', "<w:p>{}</w:p>"),
    "insertions": ("<w:ins><w:r><w:t>1</w:t></w:r></w:ins>", "<w:p>{}</w:p>"),
    "deletions": ("<w:del><w:r><w:delText>1</w:delText></w:r></w:del>", "<w:p>{}</w:p>"),
    "numbered": (
        '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr></w:p>',
        "{}",
    ),
    "rows": ("<w:tr><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc></w:tr>", "<w:tbl>{}</w:tbl><w:p/>"),
    "cells": ("<w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc>", "<w:tbl><w:tr>{}</w:tr></w:tbl><w:p/>"),
    "merged": (
        '<w:tr><w:tc><w:tcPr><w:gridSpan w:val="63"/><w:vMerge/></w:tcPr><w:p/></w:tc></w:tr>',
        "<w:tbl>{}</w:tbl><w:p/>",
    ),
    "tables": ("<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>", "{}<w:p/>"),
    "bookmarks": ('<w:bookmarkStart w:id="1" w:name="a"/>', "<w:p>{}</w:p>"),
}


def _pdf_bait(piece: str) -> Callable[[int], bytes]:
    """A page of many pieces of text, or rules, in the operators of PDF; `{x}`, `{y}` go over the page."""

    def make(length: int) -> bytes:
        from reportlab.pdfgen.canvas import Canvas

        out = BytesIO()
        canvas = Canvas(out, pageCompression=1)
        canvas.setFont("Helvetica", 6)
        parts = []
        for i in range(length // len(piece)):
            x, y = 20 + 7 * i % 560, 20 + (7 * i // 560 * 3) % 800
            parts.append(piece.replace("{x}", str(x)).replace("{y}", str(y)))
        canvas._code.append(" ".join(parts))
        canvas.showPage()
        canvas.save()
        return out.getvalue()

    return make


_DRAWN: dict[str, str] = {
    "glyphs": "BT /F1 6 Tf {x} {y} Td (1) Tj ET",
    "glyphs_in_place": "BT /F1 6 Tf 99 99 Td (1) Tj ET",
    "words": "BT /F1 6 Tf {x} {y} Td (some words 123) Tj ET",
    "rules": "{x} {y} m 9 0 l S",
    "boxes": "{x} {y} 5 2 re S",
    "boxes_in_place": "99 99 50 20 re S",
    "turned": "BT 0 1 -1 0 {x} {y} Tm (1) Tj ET",
    "huge": "BT 9999 0 0 9999 {x} {y} Tm (1) Tj ET",
    "tiny": "BT .001 0 0 .001 {x} {y} Tm (1) Tj ET",
    "clips": "{x} {y} 5 5 re W n",
    "saved": "q Q",
    "invisible": "BT 3 Tr {x} {y} Td (1) Tj ET",
}


def _pdf_text_bait(unit: str) -> Callable[[int], bytes]:
    """A report in which one paragraph repeats a unit."""

    def make(length: int) -> bytes:
        from dataclasses import replace

        report = make_report(Random(_SEED), _YEAR)
        text = _filled(unit, length)
        lines = tuple(text[i : i + 2000] for i in range(0, len(text), 2000))
        return render_pdf(replace(report, opening=lines)).data

    return make


def baits() -> Iterator[Bait]:
    """All baits: each unit in each place of each format."""
    for name, unit in UNITS.items():
        for flavour in ("pipes", "markdown", "flat"):
            for place in ("alone", "before", "prose", "row", "cell", "behind"):
                if flavour == "pipes" or place not in ("alone", "before", "behind"):
                    yield Bait(f"{flavour}/{place}/{name}", _text_bait(flavour, place, unit))
        for place in ("prose", "row", "cell"):
            yield Bait(f"html/{place}/{name}", _page_bait(place, unit, escaped=False))
        yield Bait(f"html/escaped/{name}", _page_bait("cell", unit, escaped=True))
        for place in ("prose", "cell"):
            yield Bait(f"docx/{place}/{name}", _docx_bait(place, unit))
    for name, (element, inside) in _ELEMENTS.items():
        for place in ("prose", "cell"):
            yield Bait(f"docx/{place}_elements/{name}", _docx_element_bait(place, element, inside))
    for name, piece in _DRAWN.items():
        yield Bait(f"pdf/drawn/{name}", _pdf_bait(piece))
    for name in ("prose", "figures", "digits", "claims", "labels_with_figures"):
        yield Bait(f"pdf/text/{name}", _pdf_text_bait(UNITS[name]))
