"""The page of one report: every figure linked to its place and back, nothing of a document as markup."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from selectolax.lexbor import LexborHTMLParser

from assets.document import judge
from assets.model import Refusal
from examples.render import render
from examples.report import make_report
from orchestration.pages.explained import verdict_of
from orchestration.pages.report_page import report_page
from schemas.forms import TABLE_KEYS
from schemas.translation import LANGUAGES, Language

ROOT = Path(__file__).resolve().parents[3]
REPORT = make_report(Random(2), 2023, dict.fromkeys(TABLE_KEYS, "2021"), "bureau")
BROKEN = REPORT.figures | {("applications", "granted", "total"): 9999}
EXAMPLES = sorted((ROOT / "examples" / "reports").rglob("*.*"))


def page_of(data: bytes, language: Language = "zh") -> LexborHTMLParser:
    try:
        return LexborHTMLParser(report_page("报告.txt", judge(data), None, language))
    except Refusal as refusal:
        return LexborHTMLParser(report_page("报告.txt", None, refusal.reason, language))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_every_link_leads_to_one_place_of_the_page(path: Path) -> None:
    """And the page names nothing outside itself, and holds no script."""
    page = page_of(path.read_bytes())
    ids = Counter(node.attributes["id"] for node in page.css("[id]"))
    assert [name for name, count in ids.items() if count > 1] == []
    links = [str(node.attributes["href"]) for node in page.css("a[href]")]
    assert [link for link in links if link[0] != "#" or link[1:] not in ids] == []
    assert page.css("script, link, iframe, object, form, [style], [onclick]") == []
    sources = [
        str(node.attributes.get("src") or node.attributes.get("href")) for node in page.css("img, image")
    ]
    assert [source for source in sources if not source.startswith("data:image/png;base64,")] == []


def page_with(figures: dict[tuple[str, str, str], object], flavour: str = "pipes") -> LexborHTMLParser:
    return page_of(render(replace(REPORT, figures=figures), flavour).encode())


@pytest.mark.parametrize("flavour", ["pipes", "cell_per_line"])
def test_every_printed_figure_is_linked_to_its_place_and_back(flavour: str) -> None:
    page = page_with(REPORT.figures, flavour)
    for (table, row, column), value in REPORT.figures.items():
        name = f"{table}-{row}-{column}"
        here, there = page.css_first(f"#t-{name}"), page.css_first(f"#d-{name}")
        assert (here.attributes["href"], there.attributes["href"]) == (f"#d-{name}", f"#t-{name}")
        assert here.text() == there.text()
        assert float(here.text().replace(",", "")) == value


def test_the_suspect_is_marked_with_what_it_would_have_to_be() -> None:
    """At the top one point for the table, which leads to the cell; each broken sum below it."""
    page = page_with(BROKEN)
    (suspect,) = page.css(".tables .suspect:not(dt *)")
    assert suspect.parent is not None
    should = suspect.parent.css_first("strong").text()
    right = next(value for cell, value in REPORT.figures.items() if BROKEN[cell] != value)
    assert should == f"应为 {right}"
    points = page.css(".points > li")
    assert len(points) == 1
    assert points[0].css_first("a").attributes["href"] == f"#{suspect.attributes['id']}"
    assert points[0].css("li")
    assert page.css_first("h1").text(strip=True).endswith("有 1 处须核对")
    assert page.css("th.broken")


VERDICTS = {
    "sound": render(REPORT, "pipes"),
    "look": render(replace(REPORT, figures=BROKEN), "pipes"),
    "undecided": render(REPORT, "pipes").partition("四、政府信息公开行政复议")[0]
    + "五、存在的主要问题\n六、其他需要报告的事项\n",
    "unreadable": "",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", VERDICTS)
def test_the_top_says_whether_it_can_be_published(verdict: str, language: Language) -> None:
    data = VERDICTS[verdict].encode()
    assert verdict_of(judge(data) if data else None) == verdict
    page = page_of(data, language)
    assert page.css_first("html").attributes["lang"] == {"en": "en", "zh": "zh-CN"}[language]
    header = page.css_first("header")
    assert header.attributes["class"] == verdict
    assert bool(header.css(".points")) == (verdict != "sound")


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><style>*{display:none}</style>",
    "javascript:alert(1)",
    "&lt;b&gt; &amp;",
)


@pytest.mark.parametrize("words", HOSTILE)
def test_what_a_document_says_is_never_markup(words: str) -> None:
    sections = {**REPORT.sections, 1: (f"我局{words}主动公开。",)}
    page = page_of(render(replace(REPORT, sections=sections), "pipes").encode())
    assert page.css("script, img, [onerror]") == []
    assert len(page.css("style")) == 1
    assert words in page.css_first(".document").text()
