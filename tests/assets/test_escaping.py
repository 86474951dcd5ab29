"""What documents say is never markup, wherever it is shown."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assets import quality
from assets.escaping import in_chat, in_html, in_line, in_markdown, in_sheet

HOSTILE = [
    "![x](http://evil.example/a.png)",
    "[x](javascript:alert(1))",
    "<img src=http://evil.example/a.png onerror=alert(1)>",
    "<script>alert(1)</script>",
    "http://evil.example/ https://evil.example www.evil.example a@evil.example",
    "`code` *bold* _soft_ **bold** ~~gone~~ # heading",
    "a | b | c",
    "a\nb\r\n\n| c | d |",
    "[x]: http://evil.example\n[x]",
    "<http://evil.example>",
    "&lt;script&gt; &#x3C;b&#x3E;",
    "\\![x](http://evil.example/a.png)",
    '=HYPERLINK("http://evil.example")',
    "云泽市交通运输局（本级）：3，0",
]
LIVE = re.compile(r"<(?!/?(?:table|thead|tbody|tr|th|td)>)")  # elements that no table has, or with attributes
RENDERER = MarkdownIt("commonmark", {"html": True}).enable("table")


@pytest.mark.parametrize("words", HOSTILE)
def test_a_table_in_markdown_shows_the_words_and_nothing_of_them_lives(words: str) -> None:
    page = RENDERER.render(quality.markdown(("report", "words"), [("a", words)]))
    assert LIVE.findall(page) == []
    assert page.count("<td>") == 2 and page.count("<tr>") == 2
    assert "://" not in re.sub("[a-z]\u200b://", "", page)


@given(st.text(max_size=60))
def test_no_words_become_markup(words: str) -> None:
    page = RENDERER.render(quality.markdown(("a",), [(words,)]))
    assert LIVE.findall(page) == [] and page.count("<td>") == 1


def test_plain_words_are_shown_as_they_are() -> None:
    plain = "松砚县2023年（本级）：3，0；12.5%"
    assert {in_line(plain), in_html(plain), in_markdown(plain), in_chat(plain), in_sheet(plain)} == {plain}


@given(st.text(max_size=40))
def test_a_line_stays_one_and_steers_nothing(words: str) -> None:
    told = in_line(words)
    assert len(told.splitlines() or [""]) == 1 and "\x1b" not in told and "\u202e" not in told
    assert told.encode().decode() == told


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " =", "'"])
def test_no_words_become_a_formula(start: str) -> None:
    words = f"{start}HYPERLINK(1)"
    out = io.StringIO()
    csv.writer(out).writerow([in_sheet(words)])
    [[cell]] = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert cell == f"'{words}"


@pytest.mark.parametrize("number", ["-2", "+1036", "3", "-0.5", "12.50", ""])
def test_a_number_stays_a_number(number: str) -> None:
    assert in_sheet(number) == number


def test_a_chat_is_told_and_nobody_called() -> None:
    assert in_chat("2023: <!channel> failed\n<http://evil.example|here>\x07") == (
        "2023: ‹!channel› failed\n‹http://evil.example|here›\\x07"
    )


def test_a_page_has_no_element_and_no_attribute_of_it() -> None:
    assert in_html("<b a='1' c=\"2\">&\x00") == "&lt;b a=&#x27;1&#x27; c=&quot;2&quot;&gt;&amp; "
