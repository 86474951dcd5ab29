"""Bytes to text: every encoding that reports come in, and every kind of file that is none, each refused in
one sentence that says what to do.
"""

import hashlib
import re
from random import Random

import pytest

from assets.limits import MAX_BYTES
from assets.model import Refusal
from assets.raw_text import decode, format_of, read, report_id
from examples.noise import Noise, encodable
from examples.render import render
from examples.report import make_report

HANS = "云泽市水务局2023年政府信息公开工作年度报告\n一、总体情况\n本机关全年主动公开信息12条。\n1 | 0 | 2\n"
HANT = "雲澤市水務局2023年政府信息公開工作年度報告\n一、總體情況\n本機關全年主動公開信息12條。\n1 | 0 | 2\n"
LONG = render(make_report(Random(1), 2023), "pipes")
FIGURES = (
    "".join(
        f"{label}\t" + "0\t" * 6 + "0\n" for label in ("规章", "行政许可", "重复申请", "总计", "予以公开")
    )
    * 9
)

ENCODED = {
    "UTF-8": (HANS.encode(), HANS, "utf-8"),
    "UTF-8 of one line": (b"1", "1", "utf-8"),
    "UTF-8 with BOM": (HANS.encode("utf-8-sig"), HANS, "utf-8-sig"),
    "UTF-8, traditional": (HANT.encode(), HANT, "utf-8"),
    "UTF-8 with CRLF": (HANS.replace("\n", "\r\n").encode(), HANS.replace("\n", "\r\n"), "utf-8"),
    "UTF-16 LE with BOM": (b"\xff\xfe" + HANS.encode("utf-16-le"), HANS, "utf-16"),
    "UTF-16 BE with BOM": (b"\xfe\xff" + HANS.encode("utf-16-be"), HANS, "utf-16"),
    "UTF-16 LE": (HANS.encode("utf-16-le"), HANS, "utf-16-le"),
    "UTF-16 BE": (HANS.encode("utf-16-be"), HANS, "utf-16-be"),
    "UTF-16 LE, traditional": (HANT.encode("utf-16-le"), HANT, "utf-16-le"),
    "UTF-16 LE, mostly figures": (FIGURES.encode("utf-16-le"), FIGURES, "utf-16-le"),
    "UTF-16 BE, mostly figures": (FIGURES.encode("utf-16-be"), FIGURES, "utf-16-be"),
    "UTF-32 with BOM": (HANS.encode("utf-32"), HANS, "utf-32"),
    "GB18030": (HANS.encode("gb18030"), HANS, "gb18030"),
    "GB18030, traditional": (HANT.encode("gb18030"), HANT, "gb18030"),
    "GB2312": (HANS.encode("gb2312"), HANS, "gb18030"),
    "Big5": (HANT.encode("big5"), HANT, "big5hkscs"),
    "GB18030, a whole report": (LONG.encode("gb18030"), LONG, "gb18030"),
    "UTF-16 BE, a whole report": (LONG.encode("utf-16-be"), LONG, "utf-16-be"),
    "GB18030, mostly figures": (FIGURES.encode("gb18030"), FIGURES, "gb18030"),
    "UTF-8 cut in its last character": (HANS.encode() * 4 + "件".encode()[:2], HANS * 4 + "\ufffd", "utf-8"),
    "GB18030 cut in its last character": (
        HANS.encode("gb18030") * 4 + "件".encode("gb18030")[:1],
        HANS * 4 + "\ufffd",
        "gb18030",
    ),
}


@pytest.mark.parametrize(("data", "text", "encoding"), ENCODED.values(), ids=ENCODED.keys())
def test_the_encoding_is_told_from_the_bytes(data: bytes, text: str, encoding: str) -> None:
    assert decode(data) == (text, encoding)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "big5"]
)
@pytest.mark.parametrize("flavour", ["tabs", "flat", "markdown", "aligned"])
def test_reports_of_any_script_survive_every_encoding_that_has_their_characters(
    encoding: str, flavour: str
) -> None:
    tried = 0
    for seed in range(6):
        text = render(
            make_report(Random(seed), 2022),
            flavour,
            Noise(seed=seed, traditional=encoding == "big5" or seed % 2 == 1),
        )
        text = (
            text.replace("•", "")
            if encodable(text, encoding)
            else "".join(char for char in text if encodable(char, encoding))
        )
        tried += len(text) > 1000
        assert decode(text.encode(encoding))[0] == text
    assert tried == 6


NOISE = Random(3).randbytes(4096)
REFUSED = {
    "nothing": (b"", "empty"),
    "white space": (b" \r\n\t\n", "empty"),
    "NULs": (b"\x00" * 5000, "empty"),
    "NULs between lines": (b"\x00\x00\n\x00\x00\n" * 99, "empty"),
    "ideographic spaces": ("\u3000\u3000\n\xa0".encode(), "white space"),
    "a BOM alone": (b"\xef\xbb\xbf", "white space"),
    "UTF-16 white space": ("\u3000\n ".encode("utf-16"), "white space"),
    "binary noise": (NOISE, "no text"),
    "more binary noise": (Random(4).randbytes(200_000), "no text"),
    "noise without high bytes": (bytes(byte & 0x7F for byte in NOISE), "control characters"),
    "text full of NULs": (HANS.encode() * 3 + b"\x00" * 20, "no text"),
    "DOC": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + NOISE, "legacy Office"),
    "RTF": (b"{\\rtf1\\ansi " + HANS.encode("gb18030") + b"}", "RTF"),
    "PNG": (b"\x89PNG\r\n\x1a\n" + NOISE, "picture"),
    "JPEG": (b"\xff\xd8\xff\xe0" + NOISE, "picture"),
    "GIF": (b"GIF89a" + NOISE, "picture"),
    "20 MB in one line": ("件".encode() * 7_000_000, "bytes"),
    "20 MB in many lines": (HANS.encode() * 200_000, "bytes"),
    "7 MB in one line": (b"1 " * 3_500_000, "characters, more than any report"),
    "7 MB in many lines": (HANS.encode() * 60_000, "characters, more than any report"),
}


@pytest.mark.parametrize(("data", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_text_is_refused_in_one_sentence_that_says_what_to_do(data: bytes, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        read(data)
    message = str(refused.value)
    assert words in message
    assert re.fullmatch(r"the file [^\n]{5,160}: [a-z][^\n]{10,80}[^.\n]", message)


@pytest.mark.parametrize("line_end", ["", "\n"], ids=["one line", "many lines"])
def test_ten_times_the_longest_report_is_still_read(line_end: str) -> None:
    text = ("件" * 99 + line_end) * 5_000
    assert decode(text.encode()) == (text, "utf-8")


def test_more_bytes_than_any_report_are_not_even_decoded() -> None:
    with pytest.raises(Refusal, match=r"the file has [\d,]+ bytes, more than any report"):
        decode(b"\xe4" * (MAX_BYTES + 1))


def test_the_id_of_a_document_comes_from_its_bytes() -> None:
    assert report_id(b"abc") == hashlib.sha256(b"abc").hexdigest()[:16] == "ba7816bf8f01cfea"
    assert report_id(HANS.encode()) != report_id(HANS.encode("gb18030"))


FORMATS = {
    "prose": (HANS, "text"),
    "pipes": ("项目 | 数量 |\n规章 | 1 |\n", "text"),
    "dashes as figures": ("规章 | - | -- | --- |\n", "text"),
    "one heading": ("# 年度报告\n正文\n", "text"),
    "two headings": ("# 年度报告\n## 一、总体情况\n", "markdown"),
    "a table": ("| a | b |\n| --- | :---: |\n| 1 | 2 |\n", "markdown"),
    "a table whose rule has single dashes": ("| a | b |\n|:-:|:-:|\n| 1 | 2 |\n", "markdown"),
    "a tight table": ("|a|b|\n|---|---|\n|1|2|\n", "markdown"),
    "a drawn table": ("┌───┬───┐\n│ 1 │ 2 │\n└───┴───┘\n", "text"),
    "a page number": ("上文\n--- 4 ---\n下文 | \n", "text"),
}


@pytest.mark.parametrize(("text", "expected"), FORMATS.values(), ids=FORMATS.keys())
def test_markdown_is_told_from_plain_text(text: str, expected: str) -> None:
    assert format_of(text) == expected
