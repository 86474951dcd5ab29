"""One way of writing every character: what each becomes, in which script the text was, and that every place
leads back to the raw text.
"""

import re
import unicodedata
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.model import Normalized
from assets.normalized_text import normalize
from examples.render import render
from tests.strategies import renderings

PROSE = "现将本机关信息公开工作报告如下。全年平稳有序。" * 4
TABLE = {
    "nothing": ("", "", "hans"),
    "plain text": ("本机关 12 件", "本机关 12 件", "hans"),
    "full-width digits": ("１２，３４５．６", "12,345.6", "hans"),
    "full-width signs": ("＋１０３６／－２％", "+1036/-2%", "hans"),
    "full-width letters": ("Ａｂｃ", "Abc", "hans"),
    "punctuation": ("，：；！？（）", ",:;!?()", "hans"),
    "what Chinese keeps": ("。、《》", "。、《》", "hans"),
    "brackets": ("〔一〕【二】〖三〗［四］", "[一][二][三][四]", "hans"),
    "quotes": ("“a”「b」『c』〝d〞", '"a""b""c""d"', "hans"),
    "single quotes": ("‘a’′", "'a''", "hans"),
    "dashes": ("—–―‐‑‒−─━－", "----------", "hans"),
    "separators": ("│a┃b｜c∣d", "|a|b|c|d", "hans"),
    "tildes": ("〜～∼", "~~~", "hans"),
    "spaces": ("a\xa0b\u3000c\u2002d\u2009e\u202ff", "a b c d e f", "hans"),
    "tabs stay": ("a\tb", "a\tb", "hans"),
    "line ends": ("a\r\nb\rc\x0bd\x0ce\u2028f\x85g", "a\nb\nc\nd\ne\nf\ng", "hans"),
    "NULs": ("a\x00b", "a b", "hans"),
    "zero width": ("\ufeff本\u200b机\u200d关\u00ad", "本机关", "hans"),
    "a zero-width space inside a figure": ("1\u200b2", "12", "hans"),
    "one character for several": ("㎡⒈㈠½", "m21.(一)1⁄2", "hans"),
    "a mathematical figure": ("𝟏𝟐", "12", "hans"),
    "a combining mark": ("e\u0301x", "éx", "hans"),
    "a compatibility ideograph": ("\uf9dd年", "利年", "hans"),
    "characters that simplified text shares with traditional": (
        "乾县显著提高，瞭望台",
        "乾县显著提高,瞭望台",
        "hans",
    ),
    "traditional": (
        "顯著提高，收到和處理政府信息公開申請情況",
        "显著提高,收到和处理政府信息公开申请情况",
        "hant",
    ),
    "traditional of Taiwan and of Hong Kong": ("臺灣衞生敍述", "台湾卫生叙述", "hant"),
    "製 for 制": ("公開製度、行政強製", "公开制度、行政强制", "hant"),
    "麵 for 面": ("全麵推進，麵向群眾", "全面推进,面向群众", "hant"),
    "隻 for 只": ("區分處理的，隻計這一情形", "区分处理的,只计这一情形", "hant"),
    "複 for 復": ("行政複議，無正當理由大量反複申請", "行政复议,无正当理由大量反复申请", "hant"),
    "係 and 裏": ("勾稽關係，網站裏", "勾稽关系,网站里", "hant"),
    "full-width figures in traditional text": ("總計：１２件", "总计:12件", "hant"),
    "a traditional line in simplified text": (f"{PROSE}\n總計\n乾县财政", f"{PROSE}\n总计\n乾县财政", "hans"),
    "names that keep their characters": (
        f"{PROSE}\n乾县乾陵镇人民政府",
        f"{PROSE}\n乾县乾陵镇人民政府",
        "hans",
    ),
}


@pytest.mark.parametrize(("raw", "text", "script"), TABLE.values(), ids=TABLE.keys())
def test_how_it_is_written_afterwards(raw: str, text: str, script: str) -> None:
    normalized = normalize(raw)
    assert (normalized.text, normalized.script) == (text, script)
    assert_leads_back(raw, normalized)


@pytest.mark.parametrize(
    ("raw", "word", "printed"),
    [
        ("a\r\n１２件", "12", "１２"),
        ("x\u200b1\u200b2件", "12", "1\u200b2"),
        ("㎡\u200b㎡ 345", "345", "345"),
        ("𝟏𝟐 件", "12", "𝟏𝟐"),
        ("\ufeff\ufeff總計 1，036", "1,036", "1，036"),
        ("½|７７\r\n８", "77", "７７"),
        ("½|７７\r\n８", "8", "８"),
        ("⒈其他", "1.其他", "⒈其他"),
        ("e\u0301 99", "99", "99"),
    ],
)
def test_the_span_of_a_word_holds_its_printed_form(raw: str, word: str, printed: str) -> None:
    normalized = normalize(raw)
    at = normalized.text.index(word)
    start, end = normalized.raw_span(at, at + len(word))
    assert raw[start:end] == printed


def test_an_empty_span_stays_empty() -> None:
    normalized = normalize("a\r\n\r\nb")
    assert normalized.text == "a\n\nb"
    assert [normalized.raw_span(i, i) for i in range(4)] == [(0, 0), (1, 1), (3, 3), (5, 5)]


def assert_leads_back(raw: str, normalized: Normalized) -> None:
    """Every place has one in the raw text, in the same order; each figure's span normalizes to the figure."""
    places = [normalized.raw_offset(i) for i in range(len(normalized.text))]
    assert places == sorted(places)
    assert all(0 <= place < len(raw) for place in places)
    assert normalized.breaks[0] == sorted(set(normalized.breaks[0]))
    for token in re.finditer(r"[\d.,]*\d", normalized.text):
        start, end = normalized.raw_span(*token.span())
        assert 0 <= start < end <= len(raw)
        assert token.group() in normalize(raw[start:end]).text
        if start and end < len(raw):
            assert len(raw[start:end]) <= 3 * len(token.group()) + raw[start:end].count("\u200b") + 2


ODD = "0123456789１２３.,，．－— \t\n\r\u3000\xa0\u200b\ufeff\u0301㎡⒈½①𝟏𝟐件信開顯製麵|｜“”〔〕ﬁ\uf900㍿ﷺ"


@settings(max_examples=300)
@given(st.text(st.sampled_from(ODD), max_size=40))
def test_any_mix_of_odd_characters_leads_back(raw: str) -> None:
    assert_leads_back(raw, normalize(raw))


@settings(max_examples=300)
@given(st.text(max_size=30))
def test_any_text_at_all_leads_back(raw: str) -> None:
    normalized = normalize(raw)
    places = [normalized.raw_offset(i) for i in range(len(normalized.text))]
    assert places == sorted(places)
    assert all(0 <= place < len(raw) for place in places)


@settings(max_examples=25)
@given(renderings)
def test_every_character_of_a_report_leads_to_the_one_it_was_made_from(rendering: tuple) -> None:
    raw = render(*rendering)
    normalized = normalize(raw)
    assert_leads_back(raw, normalized)
    for i, char in enumerate(normalized.text):
        if char.isdigit():
            assert unicodedata.normalize("NFKC", raw[normalized.raw_offset(i)])[0] == char


def test_text_without_odd_characters_has_equal_offsets() -> None:
    raw = "收到和处理政府信息公开申请情况：１２件\n" * 50
    assert normalize(raw).breaks == ([0], [0])


def test_long_texts_are_normalized_as_their_lines_are() -> None:
    rng = Random(5)
    even = re.sub("[\n\r\u0301\uf900開顯製麵]", "", ODD)  # what no neighbour, and no other line, changes
    lines = ["".join(rng.choice(even) for _ in range(60)) for _ in range(60)]
    assert normalize("\n".join(lines)).text == "\n".join(normalize(line).text for line in lines)
