"""Word documents: what is printed, and nothing else, whatever way it was laid out; figures, kinds and
statuses of invented reports come back equal.
"""

from dataclasses import fields, replace
from io import BytesIO
from random import Random

import docx
import pytest
from docx.oxml import parse_xml
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.document import judge
from assets.formats.docx import read_docx
from assets.model import Refusal
from assets.raw_text import read
from examples.docx import _NAMESPACES, FRAMES, Style, docx_truth, make_style, render_docx
from examples.figures import complete_review
from examples.noise import Noise, make_noise
from examples.render import Truth
from examples.report import Report, make_report
from schemas.forms import TABLE_KEYS

NAMESPACES = f'{_NAMESPACES} xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'


def document(body: str, numbering: str = "", styles: str = "") -> bytes:
    """A DOCX with that content, made by python-docx."""
    made = docx.Document()
    for element in parse_xml(f"<w:body {NAMESPACES}>{body}</w:body>"):
        made.element.body.insert(len(made.element.body) - 1, element)
    if numbering:
        made.part.numbering_part.element[:] = list(
            parse_xml(f"<w:numbering {NAMESPACES}>{numbering}</w:numbering>")
        )
    for element in parse_xml(f"<w:styles {NAMESPACES}>{styles}</w:styles>"):
        made.styles.element.insert(0, element)  # before those that the maker writes
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def text_of(body: str, numbering: str = "", styles: str = "") -> str:
    raw = read(document(body, numbering, styles))
    assert (raw.format, raw.encoding, raw.hints, raw.places) == ("docx", None, {}, None)
    return raw.text


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def par(content: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{content}</w:p>"


def cell(content: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content if '<w:p' in content else par(run(content))}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    return (
        f"<w:tr><w:trPr>{properties}</"
        f"w:trPr>{''.join(one if one.startswith('<w:tc') else cell(one) for one in cells)}</w:tr>"
    )


def table(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl><w:p/>"


def field(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def box(content: str) -> str:
    return (
        f"<w:r><w:pict><v:shape><v:textbox><w:txbxContent>{content}</w:txbxContent></v:textbox></"
        "v:shape></w:pict></w:r>"
    )


DELETED = "<w:del><w:r><w:delText>7</w:delText></w:r></w:del>"
INSTRUCTION = "<w:r><w:instrText>=SUM(LEFT)</w:instrText></w:r>"
PICTURE = "<w:r><w:drawing><wp:inline><a:graphic><a:blip/></a:graphic></wp:inline></w:drawing></w:r>"
SPAN = '<w:gridSpan w:val="2"/>'
BEGINS, GOES_ON = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
RAISED = '<w:vertAlign w:val="superscript"/>'

# What stands in one paragraph, and what a reader of the printed page sees there.
PARAGRAPHS = {
    "runs torn": (run("1") + "<w:proofErr/>" + run("2"), "12"),
    "an insertion": (run("1") + f"<w:ins>{run('2')}</w:ins>", "12"),
    "a deletion": (run("1") + DELETED, "1"),
    "a move": (f"<w:moveFrom>{run('8')}</w:moveFrom><w:moveTo>{run('9')}</w:moveTo>", "9"),
    "an insertion that is deleted": (run("1") + f"<w:ins>{DELETED}</w:ins>", "1"),
    "hidden text": (run("1") + run("2", "<w:vanish/>"), "1"),
    "text that is not hidden": (run("1") + run("2", '<w:vanish w:val="0"/>'), "12"),
    "hidden by its style": (run("1") + run("2", '<w:rStyle w:val="Unseen"/>'), "1"),
    "shown again": (run("1") + run("2", '<w:rStyle w:val="Unseen"/><w:vanish w:val="false"/>'), "12"),
    "a hyperlink": (f"<w:hyperlink>{run('网站')}</w:hyperlink>", "网站"),
    "a simple field": (f'<w:fldSimple w:instr="DATE">{run("5")}</w:fldSimple>', "5"),
    "a field": (
        field("begin") + INSTRUCTION + field("separate") + run("5") + field("end") + run("件"),
        "5件",
    ),
    "a field without a result": (field("begin") + INSTRUCTION + field("end") + run("5"), "5"),
    "a field in the instruction of another": (
        field("begin")
        + INSTRUCTION
        + field("begin")
        + field("separate")
        + run("8")
        + field("end")
        + field("separate")
        + run("5")
        + field("end"),
        "5",
    ),
    "an end without a field": (field("end") + run("5"), "5"),
    "a content control": (
        f"<w:sdt><w:sdtPr><w:alias/></w:sdtPr><w:sdtContent>{run('3')}</w:sdtContent></w:sdt>",
        "3",
    ),
    "a hyphen that does not break": ("<w:r><w:noBreakHyphen/><w:t>2</w:t></w:r>", "-2"),
    "a soft hyphen": ("<w:r><w:t>政府</w:t><w:softHyphen/><w:t>信息</w:t></w:r>", "政府信息"),
    "a line break": ("<w:r><w:t>上</w:t><w:br/><w:t>下</w:t><w:cr/><w:t>末</w:t></w:r>", "上\n下\n末"),
    "a tab": ("<w:r><w:t>上</w:t><w:tab/><w:t>下</w:t></w:r>", "上\t下"),
    "a mark of a footnote": (
        run("7") + f'<w:r><w:rPr>{RAISED}</w:rPr><w:footnoteReference w:id="1"/></w:r>',
        "7",
    ),
    "a footnote with a mark of its own": (
        run("7") + '<w:r><w:footnoteReference w:id="1" w:customMarkFollows="1"/><w:t>1</w:t></w:r>',
        "7¹",
    ),
    "a raised digit": (run("7") + run("1", RAISED), "7¹"),
    "a raised digit by its style": (run("7") + run("1", '<w:rStyle w:val="Raised"/>'), "7¹"),
    "a lowered digit": (run("7") + run("1", '<w:vertAlign w:val="subscript"/>'), "7₁"),
    "raised by a length": (run("7") + run("1", '<w:position w:val="6"/>'), "7¹"),
    "raised by a length in its style": (run("7") + run("1", '<w:rStyle w:val="Lifted"/>'), "7¹"),
    "raised by a hair's breadth": (run("7") + run("1", '<w:position w:val="2"/>'), "71"),
    "set lower": (run("7") + run("1", '<w:position w:val="-6"/>'), "71"),
    "struck out": (run("9", "<w:strike/>") + run("8"), "8"),
    "struck out twice": (run("9", "<w:dstrike/>") + run("8"), "8"),
    "struck out by its style": (run("9", '<w:rStyle w:val="Struck"/>') + run("8"), "8"),
    "not struck out": (run("9", '<w:strike w:val="0"/>') + run("8"), "98"),
    "not struck out, whatever its style": (
        run("9", '<w:rStyle w:val="Struck"/><w:strike w:val="false"/>') + run("8"),
        "98",
    ),
    "struck out amid digits": (run("1") + run("9", "<w:strike/>") + run("8"), "1~~9~~8"),
    "a list to choose from": (
        "<w:r><w:fldChar w:fldCharType='begin'><w:ffData><w:ddList><w:result w:val='1'/>"
        "<w:listEntry w:val='3'/><w:listEntry w:val='5'/></w:ddList></w:ffData></w:fldChar></w:r>"
        + INSTRUCTION
        + field("end"),
        "5",
    ),
    "a symbol": ('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:t>是</w:t></w:r>', "\uf0fe是"),
    "a phonetic guide": (
        f"<w:r><w:ruby><w:rt>{run('guī')}</w:rt><w:rubyBase>{run('规')}</w:rubyBase></w:ruby></w:r>"
        + run("章"),
        "规章",
    ),
    "an equation": ("<m:oMath><m:r><m:t>1</m:t></m:r><m:r><m:t>2</m:t></m:r></m:oMath>", "12"),
    "a fraction": (
        "<m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></"
        "m:f></m:oMath>",
        "1\n2",
    ),
    "lines in the markup": (run("政府\n信息"), "政府 信息"),
    "a picture": (PICTURE + run("图"), "图"),
}
STYLES = (
    '<w:style w:type="character" w:styleId="Unseen0"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Unseen"><w:basedOn w:val="Unseen0"/></w:style>'
    f'<w:style w:type="character" w:styleId="Raised"><w:rPr>{RAISED}</w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Lifted"><w:rPr><w:position w:val="8"/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Struck"><w:rPr><w:dstrike/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Gone"><w:rPr><w:strike/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Mark"><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Round"><w:basedOn w:val="Round"/></w:style>'
)


@pytest.mark.parametrize(("content", "expected"), PARAGRAPHS.values(), ids=PARAGRAPHS.keys())
def test_a_paragraph_is_what_it_prints(content: str, expected: str) -> None:
    assert text_of(par(content), styles=STYLES) == expected + "\n"


# Content of a whole document.
BLOCKS = {
    "a deleted end joins two paragraphs": (par(run("1"), "<w:rPr><w:del/></w:rPr>") + par(run("2")), "12\n"),
    "a deleted paragraph": (par(DELETED, "<w:rPr><w:del/></w:rPr>") + par(run("2")), "2\n"),
    "a field over paragraphs": (
        par(field("begin") + INSTRUCTION + field("separate") + run("一")) + par(run("二") + field("end")),
        "一\n二\n",
    ),
    "a field that never begins its result": (par(field("begin") + INSTRUCTION) + par(run("正文")), "正文\n"),
    "a text box": (par(run("前") + box(par(run("框内")) + par(run("又")))), "前\n框内\n又\n"),
    "a text box in two renderings": (
        par(
            "<w:r><mc:AlternateContent>"
            "<mc:Choice "
            f'Requires="wps"><w:drawing><wps:wsp><wps:txbx><w:txbxContent>{par(run("框"))}</'
            "w:txbxContent></wps:txbx></wps:wsp></w:drawing></mc:Choice>"
            f"<mc:Fallback>{box(par(run('框')))[5:-6]}</mc:Fallback></mc:AlternateContent></w:r>"
        ),
        "框\n",
    ),
    "a choice that prints nothing": (
        par(
            "<mc:AlternateContent><mc:Choice "
            f'Requires="x"/><mc:Fallback>{run("旧")}</mc:Fallback></mc:AlternateContent>'
        ),
        "旧\n",
    ),
    "a table in a text box": (par(box(table(row("规章", "1")))), "| 规章 | 1 |\n"),
    "a control around a paragraph": (f"<w:sdt><w:sdtContent>{par(run('段'))}</w:sdtContent></w:sdt>", "段\n"),
    "columns merged": (table(row(cell("甲", SPAN), "乙")), "| 甲 | 乙 |\n"),
    "rows merged": (table(row(cell("甲", BEGINS), "1"), row(cell("9", GOES_ON), "2")), "| 甲 | 1 |\n| 2 |\n"),
    "rows and columns merged": (
        table(row("0", cell("甲", SPAN + BEGINS)), row("1", cell("", SPAN + GOES_ON)), row("2", "3", "4")),
        "| 0 | 甲 |\n| 1 |\n| 2 | 3 | 4 |\n",
    ),
    "a merge that nothing begins": (
        table(row(cell("甲", GOES_ON), "1"), row("乙", "2")),
        "| 甲 | 1 |\n| 乙 | 2 |\n",
    ),
    "a merge below a cell of another column": (
        table(row("1", cell("甲", BEGINS)), row(cell("2", GOES_ON), "3")),
        "| 1 | 甲 |\n| 2 | 3 |\n",
    ),
    "a merge below a row that begins later": (
        table(
            row(cell("甲", BEGINS), "1", properties='<w:gridBefore w:val="1"/>'),
            row("0", cell("", GOES_ON), "2"),
        ),
        "| 甲 | 1 |\n| 0 | 2 |\n",
    ),
    "old merges": (
        table(row(cell("甲", '<w:hMerge w:val="restart"/>'), cell("", "<w:hMerge/>"), "1")),
        "| 甲 | 1 |\n",
    ),
    "blank cells": (table(row("甲", "", "0"), row("", "", "")), "| 甲 |  | 0 |\n|  |  |  |\n"),
    "a deleted row": (
        table(row("甲", "1"), row("乙", "2", properties="<w:del/>"), row("丙", "3", properties="<w:ins/>")),
        "| 甲 | 1 |\n| 丙 | 3 |\n",
    ),
    "a hidden row": (table(row("甲", "1"), row("乙", "2", properties="<w:hidden/>")), "| 甲 | 1 |\n"),
    "a deleted cell": (
        table(row("甲", cell("9", "<w:cellDel/>"), cell("1", "<w:cellIns/>"))),
        "| 甲 | 1 |\n",
    ),
    "a tracked merge": (
        table(
            row(cell("甲", '<w:cellMerge w:vMerge="rest"/>'), "1"),
            row(cell("乙", '<w:cellMerge w:vMerge="cont"/>'), "2"),
        ),
        "| 甲 | 1 |\n| 2 |\n",
    ),
    "properties before a change": (
        table(row(cell("甲", "<w:tcPrChange><w:tcPr><w:hMerge/></w:tcPr></w:tcPrChange>"), "1")),
        "| 甲 | 1 |\n",
    ),
    "controls around row and cell": (
        table(f"<w:sdt><w:sdtContent>{row('甲', '1')}</w:sdtContent></w:sdt>")
        + table(f"<w:tr><w:sdt><w:sdtContent>{cell('乙')}</w:sdtContent></w:sdt>{cell('2')}</w:tr>"),
        "| 甲 | 1 |\n| 乙 | 2 |\n",
    ),
    "a label over lines": (table(row(cell(par(run("商业")) + par(run("企业"))), "1")), "| 商业 企业 | 1 |\n"),
    "a figure over paragraphs": (table(row("甲", cell(par(run("12")) + par(run("3"))))), "| 甲 | 12↵3 |\n"),
    "a figure over lines": (
        table(row("甲", cell(par("<w:r><w:t>12</w:t><w:br/><w:t>3</w:t></w:r>")))),
        "| 甲 | 12↵3 |\n",
    ),
    "two figures and a tab": (
        table(row("甲", cell(par("<w:r><w:t>1</w:t><w:tab/><w:t>3</w:t></w:r>")))),
        "| 甲 | 1↵3 |\n",
    ),
    "a fraction in a cell": (table(row("甲", cell(par(PARAGRAPHS["a fraction"][0])))), "| 甲 | 1↵2 |\n"),
    "a pipe in a cell": (table(row("甲|乙", "1")), "| 甲¦乙 | 1 |\n"),
    "a line separator in a cell": (table(row("甲\u2028乙", "1")), "| 甲 乙 | 1 |\n"),
    "a picture in a cell": (table(row("甲", cell(par(PICTURE)))), "| 甲 | [picture] |\n"),
    "a seal over a figure": (
        table(row("甲", cell(par(run("1") + PICTURE.replace("wp:inline", "wp:anchor"))))),
        "| 甲 | 1 |\n",
    ),
    "a picture beside a figure": (table(row("甲", cell(par(run("1") + PICTURE)))), "| 甲 | 1[picture] |\n"),
    "a text box in a cell": (table(row("甲", cell(par(box(par(run("1"))))))), "| 甲 | 1 |\n"),
    "a frame around text": (table(row(cell(par(run("标题")) + par(run("正文"))))), "标题\n正文\n"),
    "a frame around a table": (
        table(row(cell(par(run("标题")) + table(row("甲", "1"))))),
        "标题\n| 甲 | 1 |\n",
    ),
    "a table beside a menu": (
        table(row("首页", cell(par(run("标题")) + table(row("甲", "1"))))),
        "首页\n标题\n| 甲 | 1 |\n",
    ),
    "a figure in a frame": (table(row("甲", cell(table(row("1"))))), "| 甲 | 1 |\n"),
    "an equation of its own": (
        par("<m:oMathPara><m:oMath><m:r><m:t>x</m:t></m:r></m:oMath></m:oMathPara>"),
        "x\n",
    ),
}


@pytest.mark.parametrize(("content", "expected"), BLOCKS.values(), ids=BLOCKS.keys())
def test_a_document_is_what_it_prints(content: str, expected: str) -> None:
    assert text_of(content) == expected


def level(number: int, form: str, text: str, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{more}<w:lvlText '
        f'w:val="{text}"/></w:lvl>'
    )


def lists(*levels: str) -> str:
    more = (
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId '
        'w:val="0"/>'
    )
    return (
        f'<w:abstractNum w:abstractNumId="0">{"".join(levels)}</w:abstractNum>{more}<w:lvlOverride '
        'w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
    )


def item(text: str, level: int = 0, number: int = 1, more: str = "") -> str:
    return par(
        run(text) if text else "",
        f'{more}<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>',
    )


CHINESE = lists(
    level(0, "chineseCounting", "%1、"),
    level(1, "chineseCountingThousand", "（%2）"),
    level(2, "decimal", "%3."),
)
NUMBERED = {
    "headings": (
        item("总体") + item("甲", 1) + item("乙", 1) + item("主动") + item("丙", 1),
        CHINESE,
        "一、总体\n（一）甲\n（二）乙\n二、主动\n（一）丙\n",
    ),
    "beyond ten": (
        "".join(item("款") for _ in range(21)),
        CHINESE,
        "".join(
            f"{n}、款\n"
            for n in [
                "一",
                "二",
                "三",
                "四",
                "五",
                "六",
                "七",
                "八",
                "九",
                "十",
                "十一",
                "十二",
                "十三",
                "十四",
                "十五",
                "十六",
                "十七",
                "十八",
                "十九",
                "二十",
                "二十一",
            ]
        ),
    ),
    "a list that begins anew": (
        item("甲") + item("乙") + item("丙", number=2) + item("丁", number=2),
        CHINESE,
        "一、甲\n二、乙\n一、丙\n二、丁\n",
    ),
    "several levels": (
        item("甲") + item("乙", 1),
        lists(level(0, "decimal", "%1"), level(1, "decimal", "%1.%2")),
        "1\t甲\n1.1\t乙\n",
    ),
    "legal numbers": (
        item("甲") + item("乙", 1),
        lists(level(0, "chineseCounting", "%1、"), level(1, "decimal", "%1.%2", "<w:isLgl/>")),
        "一、甲\n1.1\t乙\n",
    ),
    "bullets": (item("甲"), lists(level(0, "bullet", "•")), "甲\n"),
    "a format that is not known": (item("甲"), lists(level(0, "chineseLegalSimplified", "%1、")), "甲\n"),
    "no list of that number": (item("甲", number=9), CHINESE, "甲\n"),
    "taken out of its list": (item("甲", number=0), CHINESE, "甲\n"),
    "a deleted item does not count": (
        item("甲")
        + par(DELETED, '<w:rPr><w:del/></w:rPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>')
        + item("乙"),
        CHINESE,
        "一、甲\n二、乙\n",
    ),
    "an item without words": (item("甲") + item("") + item("乙"), CHINESE, "一、甲\n二、\n三、乙\n"),
    "a label": (table(row(cell(item("重复申请", 2)), "1")), CHINESE, "| 1.重复申请 | 1 |\n"),
    "a number before a figure": (table(row("甲", cell(item("5", 2)))), CHINESE, "| 甲 | 1.↵5 |\n"),
    "by its style": (par(run("总体"), '<w:pStyle w:val="Numbered"/>'), CHINESE, "一、总体\n"),
    "a style of a level": (
        par(run("总体"), '<w:pStyle w:val="Linked"/>'),
        lists(level(0, "decimal", "%1."), level(1, "decimal", "%2)", '<w:pStyle w:val="Linked"/>')),
        "1)总体\n",
    ),
    "upper levels that were skipped": (item("甲", 1), CHINESE, "（一）甲\n"),
    "circled": (item("甲"), lists(level(0, "decimalEnclosedCircleChinese", "%1")), "①\t甲\n"),
    "roman": (item("甲") * 4, lists(level(0, "upperRoman", "%1.")), "I.甲\nII.甲\nIII.甲\nIV.甲\n"),
}
NUMBERED_STYLES = "".join(
    f'<w:style w:type="paragraph" w:styleId="{name}"><w:pPr><w:numPr><w:numId '
    'w:val="1"/></w:numPr></w:pPr></w:style>'
    for name in ("Numbered", "Linked")
)


@pytest.mark.parametrize(("content", "numbering", "expected"), NUMBERED.values(), ids=NUMBERED.keys())
def test_automatic_numbers_are_printed(content: str, numbering: str, expected: str) -> None:
    assert text_of(content, numbering, NUMBERED_STYLES) == expected


def test_headers_and_footers_are_not_part_of_the_text() -> None:
    made = docx.Document()
    made.sections[0].footer.paragraphs[0].text = "- 4 -"
    made.sections[0].header.paragraphs[0].text = "页眉"
    made.add_paragraph("正文")
    made.core_properties.title = "另一个标题"
    out = BytesIO()
    made.save(out)
    raw = read(out.getvalue())
    assert (raw.text, raw.hints) == ("正文\n", {})


# Whole reports


def wrong(report_data: bytes, want: Truth) -> list[object]:
    """Everything in which what is read of a document differs from what is right."""
    judgement = judge(report_data)
    got = {(table.key, cell.row, cell.column): cell for table in judgement.tables for cell in table.cells}
    found: list[object] = [
        (key, want.values[key], cell)
        for key, cell in got.items()
        if (cell.value, cell.kind) != (want.values[key], want.kinds[key])
    ]
    found += sorted(want.values.keys() - got.keys())
    found += [
        (table.key, table.status, table.reasons)
        for table in judgement.tables
        if table.status not in want.statuses[table.key]
    ]
    title = " ".join(want.title.split()) if want.title else None
    told = (
        judgement.description.title,
        judgement.description.year,
        judgement.raw.format,
        tuple(section.number for section in judgement.sections),
    )
    if told != (title, want.year, want.format, want.sections):
        found.append(told)
    text = judgement.raw.text
    found += [
        cell for cell in got.values() if cell.start is not None and text[cell.start : cell.end] != cell.raw
    ]
    return found


def some_report(seed: int) -> Report:
    rng = Random(seed)
    return make_report(rng, rng.choice((2019, 2020, 2021, 2022, 2023)))


ALONE = [field.name for field in fields(Style) if field.type == "bool"]


@pytest.mark.parametrize("name", ALONE)
def test_a_report_in_each_style_comes_back(name: str) -> None:
    for seed in (1, 2, 3):
        report = some_report(seed)
        styled = replace(Style(seed=seed), **{name: True})  # type: ignore[arg-type]
        assert (
            wrong(render_docx(report, Noise(seed=seed), styled), docx_truth(report, Noise(seed=seed))) == []
        )


@pytest.mark.parametrize("frame", FRAMES)
def test_a_report_in_each_frame_comes_back(frame: str) -> None:
    report = some_report(4)
    assert wrong(render_docx(report, None, Style(frame=frame)), docx_truth(report)) == []


@given(st.integers(0, 1 << 30), st.sampled_from((0.0, 0.3)), st.sampled_from((0.0, 0.3, 0.7)))
@settings(max_examples=25)
def test_any_report_in_any_style_comes_back(seed: int, noise_level: float, style_level: float) -> None:
    rng = Random(seed)
    report, noise, style = some_report(seed), make_noise(rng, noise_level), make_style(rng, style_level)
    assert wrong(render_docx(report, noise, style), docx_truth(report, noise)) == []


@given(st.integers(0, 1 << 30))
@settings(max_examples=10)
def test_a_broken_sum_is_caught(seed: int) -> None:
    rng = Random(seed)
    figures = dict(make_report(rng, 2023).figures)
    for key in ("applications", "review_litigation"):
        cell = rng.choice([one for one in figures if one[0] == key])
        figures[cell] = int(figures[cell]) + rng.randint(1, 50)
    report = make_report(rng, 2023, dict.fromkeys(TABLE_KEYS, "2021"), figures=figures)
    style = make_style(rng, 0.4)
    statuses = {
        table.key: table.status for table in judge(render_docx(report, Noise(seed=seed), style)).tables
    }
    assert (statuses["applications"], statuses["review_litigation"]) == ("inconsistent", "inconsistent")


def review(*cells: str) -> bytes:
    """A document with the table of section four, whose fifteen figures are these cells."""
    heads = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
    rows = (
        row(cell("行政复议", '<w:gridSpan w:val="5"/>'), cell("行政诉讼", '<w:gridSpan w:val="10"/>')),
        row("未经复议直接起诉", "复议后起诉"),
    )
    return document(
        par(run("四、政府信息公开行政复议、行政诉讼情况"))
        + table(*rows, row(*heads * 3), row(*cells))
        + "".join(
            par(run(heading))
            for heading in ("一、总体情况", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况")
        )
    )


# A figure 7 with something beside it, in the cell of the first outcome; zeros elsewhere, so that 7 alone
# breaks a sum that 71 or 7.1 would break too.
DOUBTFUL = {
    "a mark typed beside it": par(run("7") + run("1", RAISED)),
    "over two lines": par(run("7")) + par(run("1")),
    "two figures and a tab": par("<w:r><w:t>7</w:t><w:tab/><w:t>1</w:t></w:r>"),
    "a mark raised by a length": par(run("7") + run("1", '<w:position w:val="8"/>')),
    "a mark alone": par(run("7", RAISED)),
    "nothing but a struck figure": par(run("7", "<w:strike/>")),
    "struck out amid digits": par(run("7") + run("9", "<w:strike/>") + run("1")),
    "a picture beside it": par(run("7") + PICTURE),
    "a fraction": par(PARAGRAPHS["a fraction"][0]),
    "a picture in its place": par(PICTURE),
    "a symbol in its place": par('<w:r><w:sym w:font="Wingdings" w:char="F081"/></w:r>'),
}


@pytest.mark.parametrize("content", DOUBTFUL.values(), ids=DOUBTFUL.keys())
def test_what_may_be_another_figure_is_doubted(content: str) -> None:
    [*_, table] = judge(review(cell(content), *["0"] * 14)).tables
    assert table.status == "uncertain"


@pytest.mark.parametrize(
    "mark",
    [
        f'<w:r><w:rPr>{RAISED}</w:rPr><w:footnoteReference w:id="1"/></w:r>',
        run("1", RAISED),
        run("1", '<w:position w:val="8"/>'),
        run("①"),
    ],
)
def test_a_mark_of_a_footnote_is_no_part_of_a_figure(mark: str) -> None:
    [*_, table] = judge(review(cell(par(run("7") + mark)), "0", "0", "0", "7", *["0"] * 10)).tables
    assert table.status == "validated"
    assert {key[1:]: value for key, value in complete_review({("review", "upheld"): 7}).items()} == {
        (cell.row, cell.column): cell.value for cell in table.cells
    }


CELLS = {
    "a paragraph struck out by its style": (
        par(run("9"), '<w:pStyle w:val="Gone"/>') + par(run("8")),
        "| 规章 | 8 |",
    ),
    "a paragraph raised by its style": (par(run("1"), '<w:pStyle w:val="Mark"/>'), "| 规章 | ¹ |"),
    "nothing but struck out": (par(run("9", "<w:strike/>")), "| 规章 | ~~9~~ |"),
    "a picture beside words": (par(PICTURE + run("无")), "| 规章 | 无 |"),
    "marks of our own": (par(run("7\ufddb1")), "| 规章 | 7\ufffd1 |"),
}


@pytest.mark.parametrize(("content", "expected"), CELLS.values(), ids=CELLS.keys())
def test_a_cell_is_what_a_reader_sees(content: str, expected: str) -> None:
    assert text_of(table(row("规章", cell(content))), styles=STYLES) == expected + "\n"


@pytest.mark.parametrize(
    ("defaults", "expected"),
    [
        ("<w:strike/>", "| 甲 | ~~7~~ |\n"),
        ("<w:vanish/>", "|  |  |\n"),
        ('<w:position w:val="8"/>', "| 甲 | 7 |\n"),
        (RAISED, "| 甲 | ⁷ |\n"),
    ],
)
def test_what_the_document_says_of_all_its_words(defaults: str, expected: str) -> None:
    styles = f"<w:docDefaults><w:rPrDefault><w:rPr>{defaults}</w:rPr></w:rPrDefault></w:docDefaults>"
    shown = text_of(table(row("甲", cell(par(run("7"))))), styles=styles)
    assert shown == expected.replace("甲", "~~甲~~" if "strike" in defaults else "甲")


def test_text_of_other_files_is_not_passed_over() -> None:
    with pytest.raises(
        Refusal, match="takes in text of other files, which is not read: open it in Word and save it anew"
    ):
        read_docx(document("<w:altChunk/>"))
