"""Web pages: any report in any editor's markup comes back equal; what is doubtful is marked; what is no
report is refused in a sentence.
"""

import re
import resource
import time
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.document import judge
from assets.model import Document, Refusal
from assets.raw_text import read
from examples.figures import Figures, blank_some, break_cells, mark_zeros
from examples.html import ENCODINGS, STYLES, PageNoise, make_page_noise, page_truth, render_html
from examples.noise import Noise, make_noise
from examples.report import Report, make_report
from tests.strategies import noises, reports

Value = int | float | None
pages = st.integers(0, 10**6).map(lambda seed: make_page_noise(Random(seed)))


def values(judgement: Document) -> dict[tuple[str, str, str], Value]:
    return {
        (table.key, cell.row, cell.column): cell.value for table in judgement.tables for cell in table.cells
    }


def statuses(judgement: Document) -> tuple[str, ...]:
    return tuple(table.status for table in judgement.tables)


def assert_nothing_silent(report: Report, noise: Noise, page: PageNoise) -> Document:
    """What every page keeps: what is not called uncertain is the truth, figure by figure, with evidence."""
    expected = page_truth(report, noise)
    judgement = judge(render_html(report, noise, page))
    assert judgement.raw.format == "html"
    for table in judgement.tables:
        allowed = (
            expected.statuses[table.key]
            | {"uncertain"}
            | ({"validated"} if "incomplete" in expected.statuses[table.key] else set())
        )
        assert table.status in allowed, (table.key, table.reasons)
        for cell in table.cells:
            if cell.value is not None:
                assert judgement.raw.text[cell.start : cell.end] == cell.raw
            if table.status != "uncertain":
                assert (cell.value, cell.kind) == (
                    expected.values[table.key, cell.row, cell.column],
                    expected.kinds[table.key, cell.row, cell.column],
                )
    return judgement


@settings(max_examples=150)
@given(reports(), noises, pages)
def test_what_is_not_uncertain_is_what_was_printed(report: Report, noise: Noise, page: PageNoise) -> None:
    assert_nothing_silent(report, noise, page)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_figure_and_what_the_report_says_of_itself_come_back(style: str, encoding: str) -> None:
    for seed in range(5):
        rng = Random(f"{style}/{encoding}/{seed}")
        report = make_report(rng, rng.choice((2019, 2020, 2021, 2023)))
        page = make_page_noise(rng)
        page = PageNoise(
            **{name: getattr(page, name) for name in PageNoise.__slots__}
            | {"style": style, "encoding": encoding}
        )
        noise = make_noise(rng, 0.1)
        expected = page_truth(report, noise)
        judgement = assert_nothing_silent(report, noise, page)
        assert values(judgement) == expected.values
        about = judgement.description
        title = " ".join(expected.title.split()) if expected.title else None
        if not page.metadata:  # the markup may say what the page does not print
            assert (about.title, about.published) == (title, expected.published)
        assert (about.issuer, about.year) == (expected.issuer, expected.year)


SLIPS: dict[str, Callable[[Random, Figures], Figures]] = {
    "blanks": lambda rng, figures: blank_some(rng, figures, 0.3),
    "few left": lambda rng, figures: blank_some(rng, figures, 0.8),
    "dashes": lambda rng, figures: mark_zeros(figures, "-"),
    "slashes": lambda rng, figures: mark_zeros(figures, "/"),
    "no noughts": lambda rng, figures: mark_zeros(figures, ""),
    "broken": lambda rng, figures: break_cells(rng, figures, "applications", 1)[0],
}


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS.keys())
def test_blanks_marks_and_broken_figures_are_what_they_are(
    slip: Callable[[Random, Figures], Figures],
) -> None:
    for seed in range(10):
        rng = Random(seed)
        report = make_report(rng, 2023)
        report = make_report(rng, 2023, figures=slip(rng, dict(report.figures)))
        assert_nothing_silent(report, Noise(seed=seed), make_page_noise(rng))


# One cell of a page changed

REPORT = make_report(Random(5), 2023, scale="few")
PAGE = render_html(REPORT).decode()
FIGURE = re.compile(r"<td>(\d+)</td>")
CLEAR, DOUBTFUL = "clear", "doubtful"
CELLS = {
    "a blank paragraph before and after": ("<td><p>&nbsp;</p><p>{}</p><p><br></p></td>", CLEAR),
    "underlined with blanks": ("<td><u>&nbsp;{}&nbsp;</u></td>", CLEAR),
    "a field that is filled in": ('<td><input type="text" value="{}"></td>', CLEAR),
    "a table around it": ("<td><table><tr><td>{}</td></tr></table></td>", CLEAR),
    "a hidden figure beside it": ('<td><span style="color:red;display : none">9</span>{}</td>', CLEAR),
    "a comment beside it": ("<td><!-- 9 -->{}</td>", CLEAR),
    "a link": ('<td><a href="/x">{}</a></td>', CLEAR),
    "a line separator": ("<td>{}\u2028</td>", CLEAR),
    "a raised digit": ("<td>{}<sup>1</sup></td>", CLEAR),
    "a raised note": ("<td>{}<sup>注1</sup></td>", DOUBTFUL),
    "a struck figure": ("<td><s>5</s>{}</td>", CLEAR),
    "a figure struck by its style": (
        '<td><span style="text-decoration: line-through">5</span>{}</td>',
        CLEAR,
    ),
    "a tracked change": ("<td><del>4</del><ins>{}</ins></td>", CLEAR),
    "nothing but a struck figure": ("<td><s>{}</s></td>", DOUBTFUL),
    "a struck digit within": ("<td>1<s>5</s>{}</td>", DOUBTFUL),
    "two paragraphs": ("<td><p>1</p><p>{}</p></td>", DOUBTFUL),
    "two lines": ("<td>1<br>{}</td>", DOUBTFUL),
    "a pipe": ("<td>{}|</td>", DOUBTFUL),
    "over three rows": ("<td rowspan=3>{}</td>", DOUBTFUL),
    "over all rows": ("<td rowspan=99999999>{}</td>", DOUBTFUL),
    "in the place of two": ("<td colspan=2>{}</td>", CLEAR),
}


@pytest.mark.parametrize("number", [0, 6, 38])
@pytest.mark.parametrize(("cell", "outcome"), CELLS.values(), ids=CELLS.keys())
def test_one_cell_written_otherwise(cell: str, outcome: str, number: int) -> None:
    match = list(FIGURE.finditer(PAGE))[number]
    judgement = judge((PAGE[: match.start()] + cell.format(match.group(1)) + PAGE[match.end() :]).encode())
    if outcome == CLEAR:
        assert values(judgement) == page_truth(REPORT).values
        assert statuses(judgement) == ("validated",) * 3
    else:
        assert statuses(judgement).count("uncertain") == 1


@pytest.mark.parametrize("seed", range(40))
def test_a_figure_swallowed_by_its_neighbour_is_never_made_up(seed: int) -> None:
    rng = Random(seed)
    report = make_report(rng, rng.choice((2019, 2023)), scale="few")
    page = render_html(report).decode()
    found = list(FIGURE.finditer(page))
    at = rng.randrange(len(found) - 1)
    first, second = found[at], found[at + 1]
    span = rng.choice(("colspan=2", "rowspan=2", ""))
    merged = (
        page[: first.start()]
        + f"<td {span}>{first.group(1)}</td>"
        + page[first.end() : second.start()]
        + page[second.end() :]
    )
    judgement = judge(merged.encode())
    for table in judgement.tables:
        if table.status != "uncertain":
            for cell in table.cells:
                printed = page_truth(report).values[table.key, cell.row, cell.column]
                assert cell.value == printed or (cell.value is None and cell.kind == "blank")


# How a page begins, and what it is written in

ARTICLE = PAGE[PAGE.index("<h1") : PAGE.index("</div></body>")]
BEGINNINGS = {
    "an article": "<article>",
    "a centred part": "<center>",
    "a paragraph": "<p>云泽门户</p>",
    "a meta element": "<meta charset=utf-8>",
    "comments": "<!-- saved -->\n<!-- <html> -->",
    "BOM and empty lines": "\ufeff\n\n",
    "a font": "<font size=3>",
    "an XML declaration": '<?xml version="1.0"?>\n',
    "a line of the crawler": "采集自 http://x.example/a.html\n<!DOCTYPE html><html>",
    "a line of the crawler before a part": "采集自某处\n<div class=x>",
}


@pytest.mark.parametrize("beginning", BEGINNINGS.values(), ids=BEGINNINGS.keys())
def test_pages_that_do_not_begin_as_pages_should(beginning: str) -> None:
    judgement = judge((beginning + ARTICLE).encode())
    assert (judgement.raw.format, judgement.description.title, statuses(judgement)) == (
        "html",
        REPORT.title,
        ("validated",) * 3,
    )


DECLARED = {
    "GB18030 that says UTF-8": PAGE.encode("gb18030"),
    "UTF-8 that says GB2312": PAGE.replace("charset=utf-8", "charset=gb2312").encode(),
    "GB18030 that says nothing": PAGE.replace("<meta charset=utf-8>", "").encode("gb18030"),
    "GB18030 with a broken character": PAGE.encode("gb18030")[:-20] + b"\x81",
    "UTF-16 without a mark": PAGE.encode("utf-16-le"),
    "UTF-16 without a mark, the high byte first": ("\n" + PAGE).encode("utf-16-be"),
    "an encoding that nobody knows": PAGE.replace("charset=utf-8", "charset=x-none").encode("gb18030"),
}


@pytest.mark.parametrize("data", DECLARED.values(), ids=DECLARED.keys())
def test_the_better_decoding_wins(data: bytes) -> None:
    assert values(judge(data)) == page_truth(REPORT).values


TABLES = re.findall("<table.*?</table>", PAGE)


@pytest.mark.parametrize(
    "change", [str, lambda text: text.replace("<table", "<TABLE"), lambda text: text.replace("</table>", "")]
)
def test_tables_of_html_within_markdown(change: Callable[[str], str]) -> None:
    words = re.sub("<table.*?</table>", "\n@@\n", ARTICLE)
    words = re.sub("<[^>]*>", "", re.sub("</(?:p|h1|div)>", "\n", words))
    for table in TABLES:
        words = words.replace("@@", table, 1)
    judgement = judge(f"# {change(words)}".encode())
    assert judgement.raw.format == "markdown"
    assert values(judgement) == page_truth(REPORT).values


def test_what_a_page_prints() -> None:
    page = """<title>x</title><style>p {}</style><div>第一<b>段</b></div><p>甲&nbsp;乙
      丙<br>丁</p><ul><li><a href=1>首页</a><li><a href=2>公开</a><li><a href=3>服务</a></ul>
      <table><caption>表</caption><tr><th rowspan=2>项目<th>数<br>量<td>&nbsp;<tr><td>1<td>2</table>尾"""
    assert read(page.encode()).text == "第一段\n甲\xa0乙 丙\n丁\n表\n| 项目 | 数量 |  |\n| 1 | 2 |\n尾"


PARTS = {
    "angle brackets and references": ("<p>1 &lt; 2 &amp;lt; 3 > 2 &copy;&quot;</p>", '1 < 2 &lt; 3 > 2 ©"'),
    "markup in a value": ("<p title='<td>'>甲<i data-x='a>b'>乙</i></p>", "甲乙"),
    "brackets in names": ('<p><div<x a<b "c=1>甲</div<x>乙</p>', "甲乙"),
    "comments and scripts that hold markup": (
        "甲<!-- <p> <script> --><script>'<!-- </p>'; 1 < 2 > 1</script>乙",
        "甲乙",
    ),
    "what stands for other contents": (
        "甲<noscript>x</noscript><noembed><b>x</b></noembed><noframes><p>x</p></"
        "noframes><iframe><p>x</iframe>乙",
        "甲乙",
    ),
    "parts that print nothing, in each other": (
        "甲<svg><title>x</title><g><svg>x</svg></g></svg><select><option>x</select>乙",
        "甲乙",
    ),
    "examples": ("甲<xmp><b>&lt;</xmp>乙", "甲<b>&lt;乙"),
    "preformatted lines": ("<pre>甲\n 乙 <b>丙\n丁</b></pre>", "甲\n乙 丙\n丁"),
    "hidden parts": (
        "甲<p hidden>x<div style='DISPLAY : None'>x<p>x</div><i style='visibility:hidden'>x</i><b "
        "style='display:block'>乙</b>",
        "甲乙",
    ),
    "raised and struck ones": (
        "5<sup><a href=x>&nbsp;12</a></sup>m<sub>x</sub><del>7</del><s> </s>",
        "5¹²mx",
    ),
    "a place that is linked to": (
        "<a name=x></a><p><a name=y></a><a href=1>甲</a><a href=1>乙</a><a href=1>丙</a></p><p>丁",
        "丁",
    ),
    "fields": (
        "<input value=9><table><tr><td>甲<td><input TYPE=Text value='a&lt;&quot;'><input type=hidden "
        "value=9></table>",
        '| 甲 | a<" |',
    ),
    "cells without a row": ("<table>甲<td>1<tr><td>2<td>3</table>", "甲\n| 1 |\n| 2 | 3 |"),
}


@pytest.mark.parametrize(("part", "printed"), PARTS.values(), ids=PARTS.keys())
def test_parts_of_pages(part: str, printed: str) -> None:
    assert read(f"<html><body>{part}</body></html>".encode()).text == printed


# What a cell shows beside plain text: its markup, the style sheet of its page, and what the raw text has of
# it.
SHOWN = {
    "hidden by its class": ("<i class=h>9</i>53", ".h{display:none}", "53"),
    "hidden by class and element": ("<i class=h>9</i>53", "i.h { DISPLAY : none }", "53"),
    "hidden by its id": ("<i id=x>9</i>53", "#x{visibility:hidden}", "53"),
    "hidden by what stands around": ("<i class=h>9</i>53", "body table td .h,p{display:none}", "53"),
    "hidden by a child's selector": ("<i class=h>9</i>53", "td>.h{display:none}", "53"),
    "of no size": ("<i class=h>9</i>53", ".h{position:absolute;clip:rect(0 0 0 0)}", "53"),
    "beside the page": ("<i class=h>9</i>53", ".h{position:absolute;left:-9999px}", "53"),
    "hidden on screens": ("<i class=h>9</i>53", "@media screen{.h{display:none}}", "53"),
    "hidden, and not shown by a weaker rule": (
        "<i class=h id=x>9</i>",
        "#x{display:none}.h{display:inline}",
        "",
    ),
    "white on white": ("53<span style='color: #FFF'>9</span>", "", "53"),
    "white on a background": ("<b style='background:#000;color:#fff'>53</b>", "", "53"),
    "white on the background of a class": (
        "<b class=h style='color:white'>53</b>",
        ".h{background:red}",
        "53",
    ),
    "hidden with weight": ("<i class=h>9</i>53", ".h{display:none!important}.h{display:inline}", "53"),
    "shown by a later rule": ("<i class=h>9</i>53", ".h{display:none}.h{display:inline}", "953"),
    "shown by its own style": ("<i class=h style='display:inline'>9</i>53", ".h{display:none}", "953"),
    "hidden on paper only": ("<i class=h>9</i>53", "@media print{.h{display:none}}", "953"),
    "hidden while pointed at": ("<i class=h>9</i>53", "i:hover{display:none}", "953"),
    "another class hidden": ("<i class=h>9</i>53", ".g,.k .h,div td .h{display:none}", "953"),
    "a rule in a comment": ("<i class=h>9</i>53", "/* .h{display:none} */ .g{display:none}", "953"),
    "a sheet that breaks off": ("<i class=h>9</i>53", ".h{display:none} .g{{{} /* ", "53"),
    "raised": ("35<sup>1</sup>", "", "35¹"),
    "raised in brackets": ("35<sup>[1]</sup>", "", "35[¹]"),
    "raised by its style": ("35<span style='vertical-align:super;font-size:8pt'>1</span>", "", "35¹"),
    "raised by its class": ("35<i class=n>1</i>", ".n{vertical-align:super}", "35¹"),
    "raised by a length": ("35<i class=n>1</i>", ".n{vertical-align:4px}", "35¹"),
    "raised as Word does": (
        "35<span style='position:relative;top:-3.0pt;mso-text-raise:3.0pt'>1</span>",
        "",
        "35¹",
    ),
    "small, at the top": ("35<i class=n>1</i>", ".n{vertical-align:top;font-size:60%}", "35¹"),
    "a mark alone": ("<sup>1</sup>", "", "¹"),
    "not raised: at the top": ("35<i class=n>1</i>", ".n{vertical-align:top}", "351"),
    "not raised: a hair's breadth": ("35<i style='vertical-align:1px'>1</i>", "", "351"),
    "not raised: a cell": ("<p style='vertical-align:super'>35</p>", "td{vertical-align:super}", "35"),
    "struck out": ("<s>9</s>8", "", "8"),
    "struck out by its class": ("<p class=d>9</p><p>8</p>", ".d{text-decoration:line-through}", "8"),
    "nothing but struck out": ("<del>9</del>&nbsp;", "", "~~9~~"),
    "struck out within a figure": ("1<s>9</s>8", "", "1~~9~~8"),
    "not struck out": ("<s style='text-decoration:none'>9</s>8", "", "98"),
    "a picture": ("<img src=a.png>", "", "[picture]"),
    "a picture beside a digit": ("1<img src=a.png>", "", "1[picture]"),
    "a picture beside words": ("<img src=a.png>无", "", "无"),
    "a drawing": ("<svg><text>9</text></svg>", "", "[picture]"),
    "a line of the layout": ("<img src=a.png width=1px>", "", ""),
    "a hidden picture": ("<img src=a.png hidden>5", "", "5"),
    "a formula": ("<math><mrow><mn>12</mn><annotation>x</annotation></mrow></math>", "", "12"),
    "a fraction": ("<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>", "", "[formula]"),
    "a field of several lines": ("<textarea>12</textarea>", "", "12"),
    "a choice": ("<select><option>1<option selected>2</select>", "", "2"),
    "a field beside a digit": ("12<input value=7>", "", "12<br>7"),
    "a field that is not shown": ("<input type=hidden value=7>", "", ""),
    "two parts on two lines of the source": ("<span>4637</span>\n<span>.6</span>", "", "4637 .6"),
}


@pytest.mark.parametrize(("cell", "sheet", "printed"), SHOWN.values(), ids=SHOWN.keys())
def test_a_cell_is_what_a_reader_sees(cell: str, sheet: str, printed: str) -> None:
    page = f"<html><style>{sheet}</style><body><table><tr><td>行政处罚<td>{cell}</table></body></html>"
    assert read(page.encode()).text == f"| 行政处罚 | {printed} |"


def test_style_sheets_take_no_time_to_speak_of() -> None:
    nested = "<div class=a>" * 1_900 + "<i class=z>x</i>" * 5_000 + "</div>" * 1_900
    sheet = "".join(f".q{' .a' * count} .z{{display:none}}" for count in range(9)) + "/*" * 50_000
    began = time.monotonic()
    read(f"<html><style>{sheet}</style><body>甲{nested}<b class=q></b></body></html>".encode())
    assert time.monotonic() - began < 5


def test_hints_are_what_the_markup_says() -> None:
    page = """<!-- saved from url=(0030)http://x.example/2024/a.html --><html>
      <head><title>云泽市水务局2023年政府信息公开年度报告_云泽门户</title>
      <meta name=PubDate content="2024-01-20 10:00"><meta name=ContentSource content=云泽市水务局></head>
      <body><p>正文</p></body></html>"""
    assert read(page.encode()).hints == {
        "title": "云泽市水务局2023年政府信息公开年度报告",
        "published": "2024-01-20 10:00",
        "publisher": "云泽市水务局",
        "url": "http://x.example/2024/a.html",
    }


def test_a_report_that_a_script_unhides_is_read() -> None:
    assert (
        values(judge(f"<html><body><div style='display:none'>{ARTICLE}</div></body></html>".encode()))
        == page_truth(REPORT).values
    )


# A page whose section three stands in a hidden part only, or is cut off while another one is hidden.
SECTION_THREE = re.compile("<table((?!<table).)*?结转下年度继续办理.*?</table>", re.DOTALL)


@pytest.mark.parametrize("how", ["style='display:none'", "hidden", "class=h"])
def test_a_hidden_table_is_not_the_table_of_the_document(how: str) -> None:
    table = SECTION_THREE.search(PAGE)
    assert table is not None
    sheet = "<style>.h{display:none}</style>"
    hidden = f"{sheet}<div {how}>{table.group()}</div>"
    only = judge((PAGE[: table.start()] + hidden + PAGE[table.end() :]).encode())
    assert statuses(only) == ("validated", "absent", "validated")
    before_a_cut = judge((PAGE[: table.start()] + hidden + table.group()[: len(table.group()) // 2]).encode())
    assert statuses(before_a_cut)[1] != "validated"
    beside = judge((PAGE[: table.start()] + hidden + PAGE[table.start() :]).encode())
    assert statuses(beside) == ("validated",) * 3


# Bad input

HEAD = "<!doctype html><html><body>"
REFUSED = {
    "empty body": "<html><body></body></html>",
    "frames": "<html><frameset cols=1><frame src=a></frameset></html>",
    "a script": f"<html><body><script>var page = {{'text': '{'一、总体情况' * 99}'}}</script></body></html>",
    "50,000 parts in each other": HEAD + "<div>" * 50_000,
    "50,000 tables in each other": HEAD + "<table><tr><td>" * 50_000,
    "4,000 tables in each other": HEAD + "<table><tr><td>" * 4_000,
    "100,000 blank cells": HEAD + "<table><tr>" + "<td></td>" * 100_000,
    "700,000 cells": HEAD + "<table>" + ("<tr>" + "<td>0</td>" * 100) * 7_000,
    "a million lines": HEAD + "<br>" * 1_000_000,
    "NULs": HEAD + "\x00" * 5_000_000,
    "a long comment": "<!--" + "x" * 7_000_000,
    "300,000 attributes": HEAD + "<div " + " ".join(f"a{i}=1" for i in range(300_000)) + ">x",
    "10 million references": HEAD + "&#x" * 10_000_000,
    "33 MB": HEAD + f"<img src='{'x' * 33_000_000}'>",
    "7 MB of text": HEAD + "1 " * 3_500_000,
}


@pytest.mark.parametrize("page", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_page_of_a_report_is_refused_in_bounded_time_and_memory(page: str) -> None:
    began = time.process_time()
    with pytest.raises(Refusal) as refused:
        read(page.encode())
    assert re.fullmatch(r"the file [^\n]{5,160}: [a-z][^\n]{10,80}[^.\n]", str(refused.value))
    assert time.process_time() - began < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1_500_000


READ = {
    "spans without end": PAGE.replace("<td", "<td rowspan=1 colspan=99999999"),
    "9,000 unclosed fonts": PAGE.replace(
        "<h1", "<p>" + "".join(f"<font a={i}>" for i in range(9_000)) + "<p>x" * 9_000 + "<h1"
    ),
    "50,000 paragraphs": PAGE.replace("<h1", "<p>" * 50_000 + "<h1"),
    "1,500 hidden parts in each other": PAGE.replace(
        "<h1", "<div hidden>" * 1_500 + "</div>" * 1_500 + "<h1"
    ),
    "a picture of 30 MB": PAGE.replace(
        "<h1", f'<img src="data:image/png;base64,{"iVBORw0KGgo" * 2_700_000}"><h1'
    ),
    "100,000 drawings": PAGE.replace("<h1", "<svg></svg>" * 100_000 + "<h1"),
    "1,500 struck parts in each other": PAGE.replace(
        "<h1", "<del>" * 1_500 + "<i></i>" * 60_000 + "</del>" * 1_500 + "<h1"
    ),
    "1,500 preformatted parts in each other": PAGE.replace(
        "<h1", "<pre>" * 1_500 + "<i></i>" * 60_000 + "</pre>" * 1_500 + "<h1"
    ),
    "NULs": PAGE.replace("<td", "\x00<td"),
    "nothing is closed": re.sub("</(?:td|tr|p|table)>", "", PAGE),
}


@pytest.mark.parametrize("page", READ.values(), ids=READ.keys())
def test_odd_pages_are_read_all_the_same(page: str) -> None:
    began = time.monotonic()
    assert values(judge(page.encode())) == page_truth(REPORT).values
    assert time.monotonic() - began < 10


def test_marks_of_our_own_in_a_page_are_no_cells() -> None:
    judgement = judge(PAGE.replace("<td>0", "<td>&#xFDD1;&#64976;\ufdd20").encode())
    assert statuses(judgement)[:2] == ("uncertain", "uncertain")


def test_a_column_that_is_blank_in_the_header_too_is_none() -> None:
    page = "<table><tr><td>项目<td>数<td><tr><td>规章<td>1<td><tr><td>文件<td><td></table>"
    assert read(page.encode()).text == "| 项目 | 数 |\n| 规章 | 1 |\n| 文件 |  |"
