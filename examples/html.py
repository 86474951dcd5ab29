"""Renders a report as a web page: the markup of the systems that government sites run on, and what editors
paste into them.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, fields
from random import Random
from typing import Literal

from examples import render
from examples.grids import Box, Grid
from examples.noise import Noise
from examples.report import Report
from schemas.forms import TABLE_KEYS

Style = Literal["plain", "word", "wps", "ueditor", "torn", "nested", "rows"]
STYLES: tuple[Style, ...] = ("plain", "word", "wps", "ueditor", "torn", "nested", "rows")
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16")
_FLAVOUR = "pipes"  # the layout of the grid does not depend on it, as long as cells are delimited


@dataclass(frozen=True, slots=True)
class PageNoise:
    """What surrounds and spoils the article on its page. The seed decides where it falls."""

    seed: int = 0
    style: Style = "plain"
    encoding: str = "utf-8"
    wrong_charset: bool = False  # the page declares another encoding than it is in
    frame: bool = False  # menus, scripts, styles, links, a footer
    fragment: bool = False  # the article alone, without html and body
    metadata: bool = False  # a table of 索引号 and so on, and <meta> elements
    hidden_copy: bool = False  # the article again, not displayed
    hidden_rows: bool = False  # rows that are not displayed
    spacer: bool = False  # a blank column at the end of each table
    breaks: bool = False  # <br> and <p> inside labels
    blanks: bool = False  # &nbsp; and full-width spaces around figures and in blank cells
    source_lines: bool = False  # the source is wrapped and indented
    unclosed: bool = False  # </td>, </tr>, </p> are left out
    upper: bool = False
    comments: bool = False
    heads: bool = False  # <thead> and <th>


def make_page_noise(rng: Random, level: float = 0.3) -> PageNoise:
    """A mix in which each kind of noise is on with probability `level`."""
    switches = {
        field.name: rng.random() < level
        for field in fields(PageNoise)
        if field.name not in ("seed", "style", "encoding")
    }
    return PageNoise(rng.randrange(1 << 30), rng.choice(STYLES), rng.choice(ENCODINGS), **switches)


def render_html(report: Report, noise: Noise | None = None, page: PageNoise | None = None) -> bytes:
    """The bytes of a page that prints the report. Deterministic: the seeds of both kinds of noise decide
    every choice left open.
    """
    noise, page = noise or Noise(), page or PageNoise()
    rng = Random(f"{noise.seed}/{page.seed}/html")
    writer = _Writer(rng, page)
    article = _article(report, noise, writer)
    if page.hidden_copy:
        article += f'<div class="mobile" style="DISPLAY : none">{article}</div>'
    text = _page(report, article, page, rng)
    if page.upper:
        text = _upper(text)
    return text.encode(page.encoding, "xmlcharrefreplace")


def page_truth(report: Report, noise: Noise | None = None) -> render.Truth:
    """What a right reader gets from `render_html(report, noise, any page)`; its format is `html`."""
    return render.truth(report, _FLAVOUR, noise)


class _Writer:
    """Writes words and cells in the manner of one editor."""

    def __init__(self, rng: Random, page: PageNoise) -> None:
        self._rng, self._page = rng, page

    def inline(self, words: str) -> str:
        """Words as the editor wraps them."""
        style, rng = self._page.style, self._rng
        text = html.escape(words, quote=False)
        if style == "torn" and words:
            return "".join(
                f'<span style="font-size:12px">{html.escape(char, quote=False)}</span>' for char in words
            )
        if style == "word":
            cut = rng.randrange(len(words) + 1)
            pieces = [html.escape(piece, quote=False) for piece in (words[:cut], words[cut:])]
            return (
                "".join(
                    f'<span style="font-size:10.5pt;mso-bidi-font-size:11pt">{piece}</span>'
                    for piece in pieces
                )
                + "<o:p></o:p>"
            )
        if style == "wps":
            return f'<font face="仿宋_GB2312"><strong style="font-weight:normal">{text}</strong></font>'
        return text

    def paragraph(self, words: str, tag: str = "p") -> str:
        end = "" if self._page.unclosed and tag == "p" else f"</{tag}>"
        style = (
            ' class="MsoNormal" style="text-indent:32pt;mso-char-indent-count:2"'
            if self._page.style == "word"
            else ""
        )
        return self._line(f"<{tag}{style}>{self.inline(words)}{end}")

    def _line(self, text: str) -> str:
        return f"\n      {text}" if self._page.source_lines else text

    def cell(self, box: Box, tag: str = "td") -> str:
        """One cell with its spans."""
        page, rng = self._page, self._rng
        spans = (f' colspan="{box.width}"' if box.width > 1 or rng.random() < 0.1 else "") + (
            f" rowspan={box.height}" if box.height > 1 else ""
        )
        end = "" if page.unclosed else f"</{tag}>"
        words = box.text
        if words.strip():
            content = self._words(words, breakable=box.role in ("head", "label"))
            if page.blanks and rng.random() < 0.2:
                content = rng.choice(["&nbsp;{}", "{}&nbsp;", "\u3000{}"]).format(content)
        else:
            content = (
                rng.choice(["&nbsp;", "\u3000", "<p>&nbsp;</p>", "<br>", "<p></p>", " \n "])
                if page.blanks
                else words
            )
        return self._line(f"<{tag}{spans}>{content}{end}")

    def _words(self, words: str, breakable: bool) -> str:
        page, rng = self._page, self._rng
        if page.breaks and breakable and len(words) > 6 and rng.random() < 0.3:
            at = rng.choice(
                [i for i in range(2, len(words) - 1) if not (words[i - 1] + words[i]).isascii()]
                or [len(words)]
            )
            first, second = self.inline(words[:at]), self.inline(words[at:])
            return rng.choice(
                [f"{first}<br />{second}", f"<p>{first}</p><p>{second}</p>", f"{first}<br>\n{second}"]
            )
        if page.style in ("word", "wps"):
            return f'<p class="MsoNormal" align="center">{self.inline(words)}</p>'
        return self.inline(words)

    def table(self, grid: Grid) -> str:
        """A table; in style `rows` one for every row, in style `nested` within another one."""
        page, rng = self._page, self._rng
        rows: list[str] = []
        for y, boxes in enumerate(grid.rows):
            head = page.heads and all(box.role == "head" for box in boxes)
            cells = "".join(self.cell(box, "th" if head else "td") for box in boxes)
            if page.spacer:
                cells += '<td width="0" style="border:none">' + ("" if page.unclosed else "</td>")
            end = "" if page.unclosed else "</tr>"
            rows.append(self._line(f"<tr>{cells}{end}"))
            if page.hidden_rows and y > 2 and rng.random() < 0.1:
                rows.append(f'<tr style="display:none;">{"<td>7</td>" * grid.width}</tr>')
        attributes = {
            "ueditor": ' class="selectTdClass" data-sort="sortDisabled"',
            "word": ' class="MsoTableGrid" style="border-collapse:collapse"',
        }
        opening = f"<table{attributes.get(page.style, ' border=1')}>"
        if page.style == "rows" and all(box.height == 1 for boxes in grid.rows for box in boxes):
            return "".join(f"{opening}{row}</table>" for row in rows)
        whole = f"{opening}<tbody>{''.join(rows)}</tbody></table>"
        return f"<table><tr><td>{whole}</td></tr></table>" if page.style == "nested" else whole


def _article(report: Report, noise: Noise, writer: _Writer) -> str:
    """Title, prose and tables of the report, in the order in which a text flavour prints them."""
    rng = Random(f"{noise.seed}/{_FLAVOUR}")
    script = render.scripted
    lines = [
        writer.paragraph(script(line, noise), "h1" if line == report.title else "div")
        for line in render.head_lines(report, _FLAVOUR)
    ]
    lines += [writer.paragraph(script(line, noise)) for line in report.opening]
    printed = render.printed_headings(noise)
    for number in range(1, 7):
        lines += [writer.paragraph(script(text, noise)) for text in printed[number]]
        lines += [writer.paragraph(script(line, noise)) for line in report.sections.get(number, ())]
        for key in TABLE_KEYS:
            if render.SECTION[key] == number and key in report.editions and key not in report.lost:
                lines += [writer.paragraph(script(report.lead[number], noise))] if noise.leads else []
                lines.append(writer.table(render.build_grid(report, key, _FLAVOUR, noise, rng)))
    return "".join([*lines, *(writer.paragraph(script(line, noise)) for line in report.signature)])


def _page(report: Report, article: str, page: PageNoise, rng: Random) -> str:
    declared = {"gb18030": "gb2312", "utf-8-sig": "utf-8"}.get(page.encoding, page.encoding)
    if page.wrong_charset and page.encoding != "utf-16":
        declared = {"utf-8": "gb2312"}.get(declared, "utf-8")
    comment = "<!-- generated at 2024-03-05, column 3, total 17 -->" if page.comments else ""
    if page.fragment and not page.frame:
        return f"{comment}<div id=zoom>{article}</div>"
    menu = _links(
        rng,
        (
            "首页",
            "政务公开",
            "办事服务",
            "互动交流",
            "走进云泽",
            f"{report.year - 1}年某局政府信息公开工作年度报告",
        ),
    )
    top = (
        f'<div class="top"><ul>{menu}</ul><script>var total = 12; document.write("<td>5</td>")</script></div>'
        if page.frame
        else ""
    )
    foot = (
        f'<div class="foot"><ul>{menu}</ul><p>版权所有 备案号 00000000 号</p><select><option>1</option></select></div>'
        if page.frame
        else ""
    )
    style = "<style>td { width: 12px }</style>" if page.frame else ""
    metas = _metas(report) if page.metadata else ""
    title = f"<title>{report.title or '政府信息公开'}-云泽门户</title>"
    return (
        f"{comment}<!DOCTYPE html>\n<html><head><meta charset={declared}>{metas}{title}{style}</head>"
        f"<body>{top}{comment}<div class=article>{article}</div>{foot}</body></html>"
    )


def _links(rng: Random, words: Sequence[str]) -> str:
    return "".join(f'<li><a href="/c{rng.randint(1, 99)}/">{word}</a></li>' for word in words)


def _metas(report: Report) -> str:
    """The elements that the standard for government sites asks for."""
    values = {
        "SiteName": "云泽门户",
        "ColumnName": "政府信息公开年报",
        "ArticleTitle": report.title or "",
        "ContentSource": report.organ.middle,
        "Url": f"http://www.example.invalid/xxgk/{report.year}.html",
    }
    return "".join(f'<meta name="{name}" content="{words}">' for name, words in values.items())


def _upper(text: str) -> str:
    for tag in ("table", "tbody", "tr", "td", "th", "p", "span", "div", "br"):
        for mark in ("<", "</"):
            for end in (">", " "):
                text = text.replace(f"{mark}{tag}{end}", f"{mark}{tag.upper()}{end}")
    return text
