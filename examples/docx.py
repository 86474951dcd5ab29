"""Word documents: invented reports as DOCX files, written with python-docx, in the ways in which people and
programs lay them out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from io import BytesIO
from itertools import pairwise
from random import Random
from typing import Any, Literal
from xml.sax.saxutils import escape

from examples.grids import Box, Grid
from examples.noise import Noise
from examples.render import Truth, build_grid, head_lines, printed_headings, scripted, truth
from examples.report import Report

Frame = Literal["none", "cell", "columns", "text_box"]
Vertical = Literal["restart", "continue"] | None
FRAMES: tuple[Frame, ...] = ("none", "cell", "columns", "text_box")
_SECTION = {2: "active_disclosure", 3: "applications", 4: "review_litigation"}
_NAMESPACES = " ".join(
    f'xmlns:{prefix}="{name}"'
    for prefix, name in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "v": "urn:schemas-microsoft-com:vml",
    }.items()
)
_TYPE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}type"
_NUMBERED = re.compile(r"^([（(]?)([一二三四五六七八九十]|\d{1,2})([、.．）)]) ?(?=\D)")
_CHINESE = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Style:
    """What one document does beside printing its report. Each can be on alone; the seed decides where it
    falls.
    """

    seed: int = 0
    torn_runs: bool = False  # words over several runs, with marks of the spelling checker between them
    numbered: bool = False  # numerals of headings and labels by automatic numbering
    tracked: bool = False  # figures, words, rows and cells with changes that nobody has accepted
    hidden: bool = False  # hidden text beside figures
    notes: bool = False  # marks of footnotes at figures
    formulas: bool = False  # figures that are results of fields
    controls: bool = False  # content controls around runs, cells, rows, paragraphs
    broken_labels: bool = False  # line breaks and paragraphs inside labels
    old_merges: bool = False  # hMerge in place of gridSpan
    indented_rows: bool = False  # grid columns before and after each row
    split_tables: bool = False  # a table cut in two, as by a page
    boxed_title: bool = False
    frame: Frame = "none"  # what the whole text stands in
    strict: bool = False  # the namespaces of the strict edition of the format
    plain_api: bool = (
        False  # tables as python-docx itself makes and merges them, without anything of the above
    )


def make_style(rng: Random, level: float = 0.25) -> Style:
    """A mix in which each property is on with probability `level`."""
    chosen: dict[str, Any] = {
        "seed": rng.randrange(1 << 30),
        "frame": rng.choice(FRAMES) if rng.random() < level else "none",
    }
    for field in fields(Style):
        if field.name not in chosen:
            chosen[field.name] = rng.random() < level
    chosen["plain_api"] = rng.random() < level / 5
    return Style(**chosen)


def docx_truth(report: Report, noise: Noise | None = None) -> Truth:
    """What a right reader gets from `render_docx(report, noise, style)`, whatever the style."""
    return replace(truth(report, "docx", noise), format="docx")


# Numbering


class _Lists:
    """Automatic numbering: each kind of numeral counts on in its list, or begins anew in another one."""

    def __init__(self) -> None:
        self.kinds: dict[tuple[str, str, bool], int] = {}
        self.last: dict[tuple[str, str, bool], tuple[int, int]] = {}
        self.lists: list[tuple[int, int]] = []  # for each list its kind and its first number

    def take(self, text: str) -> tuple[str, str]:
        """The property that numbers a paragraph, and what is left of its text."""
        match = _NUMBERED.match(text)
        if match is None:
            return "", text
        before, numeral, after = match.groups()
        chinese = numeral in _CHINESE
        number = _CHINESE.index(numeral) + 1 if chinese else int(numeral)
        kind = (before, after, chinese)
        index = self.kinds.setdefault(kind, len(self.kinds))
        last = self.last.get(kind, (0, 0))
        if last[1] + 1 != number or not last[0]:
            self.lists.append((index, number))
            last = (len(self.lists), 0)
        self.last[kind] = (last[0], number)
        return f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{last[0]}"/></w:numPr>', text[match.end() :]

    def xml(self) -> str:
        kinds = "".join(
            f'<w:abstractNum w:abstractNumId="{index}"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/>'
            f'<w:numFmt w:val="{"chineseCounting" if chinese else "decimal"}"/><w:suff w:val="{"nothing" if index % 2 else "tab"}"/>'
            f'<w:lvlText w:val="{before}%1{after}"/></w:lvl></w:abstractNum>'
            for (before, after, chinese), index in self.kinds.items()
        )
        lists = "".join(
            f'<w:num w:numId="{i + 1}"><w:abstractNumId w:val="{index}"/>'
            f'<w:lvlOverride w:ilvl="0"><w:startOverride w:val="{first}"/></w:lvlOverride></w:num>'
            for i, (index, first) in enumerate(self.lists)
        )
        return f"<w:numbering {_NAMESPACES}>{kinds}{lists}</w:numbering>"


# Runs and paragraphs


def _run(text: str, properties: str = "") -> str:
    return (
        f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
        if text
        else ""
    )


class _Writer:
    def __init__(self, style: Style) -> None:
        self.style = style
        self.rng = Random(style.seed)
        self.lists = _Lists()

    def _is(self, share: float) -> bool:
        return self.rng.random() < share

    def runs(self, text: str) -> str:
        """Some words as one run or several."""
        rng = self.rng
        if not self.style.torn_runs or len(text) < 2 or self._is(0.5):
            return _run(text)
        cuts = sorted({0, len(text), *(rng.randrange(1, len(text)) for _ in range(rng.randint(1, 3)))})
        between = (
            '<w:proofErr w:type="spellStart"/>',
            '<w:bookmarkStart w:id="1" w:name="x"/><w:bookmarkEnd w:id="1"/>',
            "",
        )
        pieces = (
            _run(text[a:b], '<w:rFonts w:hint="eastAsia"/><w:szCs w:val="21"/>') for a, b in pairwise(cuts)
        )
        return "".join(piece + rng.choice(between) for piece in pieces)

    def paragraph(self, text: str, number: bool = False) -> str:
        properties, words = (
            self.lists.take(text) if number and self.style.numbered and self._is(0.7) else ("", text)
        )
        runs = self.runs(words)
        if self.style.tracked and self._is(0.2):
            gone = f"<w:del><w:r><w:delText>{self.rng.randint(1, 99)}件</w:delText></w:r></w:del>"
            runs = gone + f"<w:ins>{runs}</w:ins>" if self._is(0.5) else runs + gone
        if self.style.controls and self._is(0.1):
            runs = f"<w:sdt><w:sdtPr/><w:sdtContent>{runs}</w:sdtContent></w:sdt>"
        return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"

    def gone_paragraph(self) -> str:
        """A paragraph that is deleted, with its end."""
        return f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:del><w:r><w:delText>第{self.rng.randint(1, 9)}稿</w:delText></w:r></w:del></w:p>"

    def text_box(self, content: str) -> str:
        inside = f"<w:txbxContent>{content}</w:txbxContent>"
        drawing = (
            '<w:drawing><wp:anchor><a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
            f"<wps:wsp><wps:txbx>{inside}</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing>"
        )
        old = f"<w:pict><v:shape><v:textbox>{inside}</v:textbox></v:shape></w:pict>"
        both = f'<mc:AlternateContent><mc:Choice Requires="wps">{drawing}</mc:Choice><mc:Fallback>{old}</mc:Fallback></mc:AlternateContent>'
        return f"<w:p><w:r>{self.rng.choice((both, old))}</w:r></w:p>"

    # Cells

    def figure(self, text: str) -> str:
        """The content of a figure's cell."""
        style, other = self.style, str(self.rng.randint(1, 99))
        runs = self.runs(text)
        if style.formulas and text and self._is(0.2):
            begin, separate, end = (
                f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")
            )
            inner = (
                f"{begin}<w:r><w:instrText>REF n</w:instrText></w:r>{separate}{_run(other)}{end}"
                if self._is(0.3)
                else ""
            )
            runs = f"{begin}<w:r><w:instrText>=SUM(LEFT)+</w:instrText></w:r>{inner}{separate}{runs}{end}"
        if style.tracked and self._is(0.2):
            gone = f"<w:del><w:r><w:delText>{other}</w:delText></w:r></w:del>"
            moved = f"<w:moveFrom>{_run(other)}</w:moveFrom>"
            runs = self.rng.choice((gone, moved)) + f"<w:ins>{runs}</w:ins>"
        if style.hidden and self._is(0.2):
            runs += _run(other, "<w:vanish/>")
        if style.notes and text and self._is(0.1):
            runs += (
                '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="2"/></w:r>'
            )
        if style.controls and self._is(0.1):
            runs = f"<w:sdt><w:sdtContent>{runs}</w:sdtContent></w:sdt>"
        return f'<w:p><w:pPr><w:jc w:val="center"/></w:pPr>{runs}</w:p>'

    def words(self, box: Box) -> str:
        """The content of the cell of a label or head."""
        text = box.text
        if self.style.broken_labels and len(text) > 5 and self._is(0.3):
            cut = self.rng.choice(
                [i for i in range(2, len(text) - 1) if not (text[i - 1].isascii() or text[i].isascii())]
                or [len(text)]
            )
            if self._is(0.5):
                return self.paragraph(text[:cut]) + self.paragraph(text[cut:])
            return f"<w:p>{_run(text[:cut])}<w:r><w:br/></w:r>{_run(text[cut:])}</w:p>"
        return self.paragraph(text, number=box.role == "label")

    def content(self, box: Box) -> str:
        return self.figure(box.text) if box.role in ("figure", "other") else self.words(box)

    def cell(self, content: str, width: int = 1, vertical: Vertical = None, more: str = "") -> str:
        merge = {None: "", "restart": '<w:vMerge w:val="restart"/>', "continue": "<w:vMerge/>"}[vertical]
        if self.style.old_merges and width > 1:
            first = f'<w:tc><w:tcPr><w:hMerge w:val="restart"/>{merge}</w:tcPr>{content}</w:tc>'
            return first + f'<w:tc><w:tcPr><w:hMerge w:val="continue"/>{merge}</w:tcPr><w:p/></w:tc>' * (
                width - 1
            )
        span = f'<w:gridSpan w:val="{width}"/>' if width > 1 else ""
        changed = (
            '<w:tcPrChange><w:tcPr><w:gridSpan w:val="3"/></w:tcPr></w:tcPrChange>'
            if self.style.tracked and self._is(0.1)
            else ""
        )
        done = f'<w:tc><w:tcPr><w:tcW w:w="900" w:type="dxa"/>{span}{merge}{more}{changed}</w:tcPr>{content}</w:tc>'
        return (
            f"<w:sdt><w:sdtContent>{done}</w:sdtContent></w:sdt>"
            if self.style.controls and self._is(0.05)
            else done
        )

    # Tables

    def row(self, cells: str, change: str = "") -> str:
        around = '<w:gridBefore w:val="1"/><w:gridAfter w:val="1"/>' if self.style.indented_rows else ""
        done = f"<w:tr><w:trPr>{around}{change}</w:trPr>{cells}</w:tr>"
        return (
            f"<w:sdt><w:sdtContent>{done}</w:sdtContent></w:sdt>"
            if self.style.controls and self._is(0.05)
            else done
        )

    def table(self, grid: Grid) -> str:
        rows: list[str] = []
        for line in grid.placed():
            cells = ""
            for box, across, down in line:
                if across:
                    vertical: Vertical = None if box.height == 1 else "restart" if down else "continue"
                    cells += self.cell(self.content(box) if down else "<w:p/>", box.width, vertical)
            if self.style.tracked and self._is(0.1):
                cells += self.cell("<w:p><w:r><w:t>9</w:t></w:r></w:p>", more='<w:cellDel w:id="4"/>')
            rows.append(self.row(cells, "<w:ins/>" if self.style.tracked and self._is(0.1) else ""))
            if self.style.tracked and self._is(0.1):
                rows.append(self.row(cells, "<w:del/>"))
        begin = "<w:tbl><w:tblPr/><w:tblGrid/>"
        if self.style.split_tables and len(rows) > 12:
            cut = self.rng.randrange(8, len(rows) - 3)
            return (
                begin
                + "".join(rows[:cut])
                + f"</w:tbl><w:p/>{begin}"
                + "".join(rows[cut:])
                + "</w:tbl><w:p/>"
            )
        return begin + "".join(rows) + "</w:tbl><w:p/>"

    def framed(self, content: str) -> str:
        """The whole text inside a table that only lays it out, or inside a text box."""
        frame = self.style.frame
        if frame == "none":
            return content
        if frame == "text_box":
            return self.text_box(content)
        beside = "<w:tc><w:p><w:r><w:t>首页</w:t></w:r></w:p></w:tc>" if frame == "columns" else ""
        return f"<w:tbl><w:tblPr/><w:tblGrid/><w:tr>{beside}<w:tc>{content}<w:p/></w:tc></w:tr></w:tbl><w:p/>"


# Whole documents

_Paragraphs = Callable[[str, bool], None]
_Tables = Callable[[Grid], None]


def _write(report: Report, noise: Noise, rng: Random, paragraph: _Paragraphs, table: _Tables) -> None:
    """Hand the report in its printed order to what writes paragraphs (text, whether it may be numbered) and
    tables. The title comes first.
    """
    for line in (*head_lines(report, "docx"), *report.opening):
        paragraph(scripted(line, noise), False)
    headings = printed_headings(noise)
    for number in range(1, 7):
        for heading in headings[number]:
            paragraph(scripted(heading, noise), True)
        for line in report.sections.get(number, ()):
            paragraph(scripted(line, noise), False)
        key = _SECTION.get(number)
        if key is not None and key in report.editions and key not in report.lost:
            if noise.leads:
                paragraph(scripted(report.lead[number], noise), False)
            table(build_grid(report, key, "pipes", noise, rng))
    for line in report.signature:
        paragraph(scripted(line, noise), False)


def _with_api(report: Report, noise: Noise, rng: Random, document: Any) -> None:
    """Tables made and merged by python-docx."""

    def table(grid: Grid) -> None:
        made = document.add_table(len(grid.rows), grid.width)
        for y, line in enumerate(grid.placed()):
            for x, (box, across, down) in enumerate(line):
                if across and down:
                    first = made.cell(y, x)
                    cell = (
                        first.merge(made.cell(y + box.height - 1, x + box.width - 1))
                        if box.width * box.height > 1
                        else first
                    )
                    cell.text = box.text

    _write(report, noise, rng, lambda text, _: document.add_paragraph(text), table)


def _with_xml(report: Report, noise: Noise, rng: Random, document: Any, style: Style) -> None:
    from docx.oxml import parse_xml

    writer = _Writer(style)
    out: list[str] = []

    def paragraph(text: str, numbered: bool) -> None:
        boxed = style.boxed_title and text == scripted(report.title or "", noise)
        done = writer.paragraph(text, numbered)
        out.append(writer.text_box(done) if boxed else done)
        if style.tracked and writer.rng.random() < 0.1:
            out.append(writer.gone_paragraph())

    _write(report, noise, rng, paragraph, lambda grid: out.append(writer.table(grid)))
    body = document.element.body
    for element in parse_xml(f"<w:body {_NAMESPACES}>{writer.framed(''.join(out))}</w:body>"):
        body.insert(len(body) - 1, element)  # before the properties of the last section
    numbering = document.part.numbering_part.element
    numbering[:] = list(parse_xml(writer.lists.xml()))


@cache
def _strict() -> Mapping[bytes, bytes]:
    old = b"http://schemas.openxmlformats.org/"
    return {
        old + b"wordprocessingml/2006/main": b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        old
        + b"officeDocument/2006/relationships": b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        old + b"drawingml/2006/main": b"http://purl.oclc.org/ooxml/drawingml/main",
    }


def edited(data: bytes, edit: Callable[[str, bytes], bytes | None]) -> bytes:
    """A ZIP with every part (name, bytes) replaced by what `edit` makes of it; None drops it."""
    from zipfile import ZIP_DEFLATED, ZipFile

    out = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            if (part := edit(name, old.read(name))) is not None:
                new.writestr(name, part)
    return out.getvalue()


def _made_strict(name: str, part: bytes) -> bytes:
    for old, new in _strict().items():
        part = part.replace(old, new)
    return part


@cache
def _template() -> bytes:
    """An empty document with page numbers and the name of a form in its footer and header, without styles
    that it does not use.
    """
    import docx

    document = docx.Document()
    for style in [style for style in document.styles.element if style.get(_TYPE) == "table"]:
        document.styles.element.remove(style)
    for key, relation in list(document.part.rels.items()):
        if relation.reltype.endswith("/stylesWithEffects"):
            document.part.drop_rel(key)
            document.part.rels.pop(key, None)
    section = document.sections[0]
    section.header.paragraphs[0].text = "政府信息公开工作年度报告 3"
    section.footer.paragraphs[0].text = "- 4 -"
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def render_docx(report: Report, noise: Noise | None = None, style: Style | None = None) -> bytes:
    """The report as a DOCX. Deterministic but for the times that the ZIP holds: the seeds of noise and style
    decide every choice left open.
    """
    import docx

    noise, style = noise or Noise(), style or Style()
    rng = Random(f"{noise.seed}/docx")
    document = docx.Document(BytesIO(_template()))
    if style.plain_api:
        _with_api(report, noise, rng, document)
    else:
        _with_xml(report, noise, rng, document, style)
    out = BytesIO()
    document.save(out)
    return edited(out.getvalue(), _made_strict) if style.strict else out.getvalue()
