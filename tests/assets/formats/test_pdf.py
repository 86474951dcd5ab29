"""PDFs: what is printed, page by page; figures, kinds, statuses, pages and boxes of invented reports come
back; bad files are told in a sentence.
"""

import io
import unicodedata
import zlib
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from assets.document import judge
from assets.formats.pdf import MAX_PAGES, read_pdf
from assets.formats.pdf_lines import lines_of
from assets.formats.pdf_page import Run
from assets.model import Refusal
from assets.raw_text import read
from examples.figures import break_cells
from examples.noise import Noise
from examples.pdf import FONT, Style, make_style, render_pdf
from examples.render import truth
from examples.report import Report, make_report

HYBRID = {"active_disclosure": "2021", "applications": "2019", "review_litigation": "2019"}
MOST_OFF = 2.0  # points that a box may be off where the figure was drawn


def some_report(seed: int) -> Report:
    rng = Random(seed)
    year = rng.choice((2019, 2020, 2022, 2023, 2024))
    return make_report(rng, year, HYBRID if rng.random() < 0.3 else None)


def page(
    draw: str, *, resources: str = "", pages: int = 1, packed: bytes | None = None, filters: str = ""
) -> bytes:
    """A PDF of pages that all show the same content, written by hand."""
    content = draw.encode() if packed is None else packed
    kids = " ".join("3 0 R" for _ in range(pages))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {pages}/Kids[{kids}]>>".encode(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 "
        f"R>>{resources}>>>>".encode(),
        f"<</Length {len(content)}{filters}>>stream\n".encode() + content + b"\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    end = f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF".encode()
    return out + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode() + table + end


def drawn(
    *texts: tuple[float, float, str],
    encrypt: StandardEncryption | None = None,
    mode: int = 0,
    picture: bool = False,
) -> bytes:
    """A PDF of one page with texts at their places, from the lower left corner."""
    from PIL import Image

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), encrypt=encrypt)
    if picture:
        canvas.drawImage(ImageReader(Image.new("L", (60, 80), 128)), 0, 0, 595, 842)
    for x, y, words in texts:
        text = canvas.beginText(x, y)
        text.setFont(FONT, 12)
        text.setTextRenderMode(mode)
        text.textOut(words)
        canvas.drawText(text)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


# Whole reports


def check(report: Report, style: Style, noise: Noise) -> None:
    rendered = render_pdf(report, style, noise)
    expected = truth(report, "pipes", noise)
    judgement = judge(rendered.data)
    cells = {(table.key, cell.row, cell.column): cell for table in judgement.tables for cell in table.cells}
    assert {key: cell.value for key, cell in cells.items()} == dict(expected.values)
    assert {key: cell.kind for key, cell in cells.items()} == dict(expected.kinds)
    assert all(table.status in expected.statuses[table.key] for table in judgement.tables), judgement.tables
    for key, (number, box) in rendered.places.items():
        cell = cells[key]
        assert cell.page == number, key
        assert cell.box is not None and cell.box[2] <= box[2] + MOST_OFF, (
            key
        )  # a unit behind the figure is none of it
        for place in (0, 1, 3):
            assert abs(cell.box[place] - box[place]) <= MOST_OFF, (key, cell.box, box)
    for cell in cells.values():
        if cell.value is not None:
            printed = unicodedata.normalize("NFKC", judgement.raw.text[cell.start : cell.end])
            assert float(printed.replace(",", "").replace(" ", "")) == cell.value


@pytest.mark.parametrize("seed", range(12))
def test_the_figures_of_reports_in_many_styles(seed: int) -> None:
    check(some_report(seed), make_style(Random(seed)), Noise(seed=seed, typos=seed % 3))


STYLES = {
    "lines": Style(),
    "thin boxes": Style(rules="rects"),
    "a box for each cell": Style(rules="borders"),
    "dots": Style(rules="dots"),
    "two lines": Style(rules="double"),
    "lines across alone": Style(rules="level"),
    "no lines at the sides": Style(rules="open"),
    "filled cells without rules": Style(rules="filled"),
    "no rules": Style(rules="none"),
    "underlined figures": Style(underlined=True),
    "turned by 90": Style(rotated=90),
    "turned by 270": Style(rotated=270, landscape=True),
    "each glyph alone in any order": Style(scattered=True, spread=1.0),
    "bold by printing twice": Style(doubled=True),
    "a label turned by 90": Style(turned=True),
    "rows cut by the end of a page": Style(split_rows=True, size=12.0, repeat_head=True),
    "radicals for characters": Style(radicals=True),
    "bare page numbers, running heads": Style(page_number="{}", running_head=True),
    "cropped": Style(crop=12.0),
}


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES.keys())
def test_each_style(style: Style) -> None:
    check(some_report(3), style, Noise())


@settings(max_examples=8)
@given(st.integers(0, 10**6), st.integers(60, 140), st.booleans())
def test_tables_may_be_cut_by_the_end_of_a_page_anywhere(seed: int, margin: int, split: bool) -> None:
    # A head that is printed again after the break cut the head itself is not recognised: its table is
    # uncertain, not right.
    style = replace(
        make_style(Random(seed)), margin=float(margin), split_rows=split, turned=False, repeat_head=False
    )
    check(some_report(seed), style, Noise(seed=seed))


@pytest.mark.parametrize("seed", range(4))
def test_a_broken_figure_is_caught(seed: int) -> None:
    report = some_report(seed + 100)
    figures, _ = break_cells(Random(seed), report.figures, "applications")
    statuses = {
        table.key: table.status
        for table in judge(render_pdf(replace(report, figures=figures), Style()).data).tables
    }
    assert statuses["applications"] == "inconsistent"


def test_what_the_file_says_of_itself_is_not_printed() -> None:
    report = replace(some_report(5), header=(), signature=(), published=None)
    judgement = judge(render_pdf(report, Style()).data)
    assert (judgement.raw.format, judgement.description.published) == ("pdf", None)


# Pages


def test_what_is_outside_the_page_or_not_painted_is_not_printed() -> None:
    words = "本机关依法主动公开政府信息，编制公开指南，更新公开目录，接受社会监督，办理申请事项。"
    assert read_pdf(drawn((60, 700, words), (700, 700, "页外"), (60, -30, "页下"))).text == words + "\n"
    hidden = drawn((60, 700, words), mode=3)
    with pytest.raises(Refusal, match=r"empty pages|as shapes"):
        read_pdf(hidden)


def test_text_recognised_in_a_picture_is_read_and_marked() -> None:
    sentences = [
        "一、总体情况",
        "本机关依法公开信息，全年公开各类信息，接受社会监督，办理申请事项，答复及时。",
    ]
    raw = read_pdf(
        drawn(*((60, 700 - 30 * i, text) for i, text in enumerate(sentences)), mode=3, picture=True)
    )
    assert (raw.text.split("\n")[0], raw.hints) == ("一、总体情况", {"recognised": "1"})


def test_a_glyph_of_which_the_file_does_not_tell_the_character_is_not_guessed() -> None:
    long = "abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz"
    font = (
        "/Font<</F1 5 0 "
        "R/F2<</Type/Font/Subtype/Type0/BaseFont/Odd/Encoding/Identity-H/DescendantFonts[<</Type/Font/"
        "Subtype/CIDFontType2"
    )
    font += "/BaseFont/Odd/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>]>>>>"
    text = read_pdf(
        page(f"BT /F1 12 Tf 50 700 Td ({long}) Tj /F2 12 Tf 0 -30 Td <00120013> Tj ET", resources=font)
    ).text
    assert not any(char.isdigit() for char in text)


def test_two_pages_side_by_side_are_read_one_after_the_other() -> None:
    words = "本机关依法主动公开政府信息，编制公开指南，更新公开目录，"
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(842, 595))
    canvas.setFont(FONT, 12)
    for i in range(5):
        canvas.drawString(40, 500 - 30 * i, f"左{words}")
        canvas.drawString(460, 500 - 30 * i, f"右{words}")
    canvas.save()
    sides = [char for char in read_pdf(out.getvalue()).text if char in "左右"]
    assert "".join(sides) == "左" * 5 + "右" * 5


def test_a_table_that_may_be_a_picture_says_on_which_page() -> None:
    words = (
        "一、总体情况",
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
        "四、政府信息公开行政复议、行政诉讼情况",
    )
    data = drawn(*((60, 760 - 40 * i, text) for i, text in enumerate(words)), picture=True)
    tables = judge(data).tables
    assert {table.status for table in tables} == {"absent"}
    assert all(
        "page 1 of the document holds pictures" in reason for table in tables for reason in table.reasons
    )


def test_a_figure_of_which_a_digit_is_lost_makes_its_table_uncertain() -> None:
    text = read(render_pdf(some_report(3), Style()).data).text
    cell = next(cell for cell in judge(text.encode()).tables[1].cells if cell.value)
    lost = text[: cell.start] + "\ufffd" * len(cell.raw) + text[cell.end :]
    assert judge(lost.encode()).tables[1].status == "uncertain"


def test_a_figure_too_long_for_its_cell_stays_one() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    canvas.setFont(FONT, 12)
    for x in (60, 360, 380, 400, 420):
        canvas.line(x, 700, x, 730)
    canvas.line(60, 700, 420, 700)
    canvas.line(60, 730, 420, 730)
    canvas.drawString(65, 710, "行政规范性文件")
    canvas.drawCentredString(390, 710, "3985758")
    canvas.drawString(65, 600, "本机关依法主动公开政府信息，编制公开指南，更新公开目录。")
    canvas.save()
    assert (
        read_pdf(out.getvalue()).text
        == "| 行政规范性文件 |  | 3985758 |  |\n本机关依法主动公开政府信息，编制公开指南，更新公开目录。\n"
    )


def test_a_figure_beside_its_label_in_one_cell_for_want_of_a_rule_is_told_apart() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    canvas.setFont(FONT, 12)
    for y in (640, 670, 700, 730):
        canvas.line(60, y, 420, y)
    for x in (60, 220, 320, 420):
        canvas.line(x, 670 if x == 220 else 640, x, 730)
    for y, words in ((710, "行政许可"), (680, "行政处罚"), (650, "行政强制")):
        canvas.drawString(65, y, words)
        canvas.drawString(260, y, "12")
        canvas.drawString(360, y, "7")
    canvas.drawString(65, 600, "本机关依法主动公开政府信息，编制公开指南，更新公开目录。")
    canvas.save()
    lines = read_pdf(out.getvalue()).text.split("\n")
    assert [line.split() for line in lines[:3]] == [
        ["行政许可", "12", "7"],
        ["行政处罚", "12", "7"],
        ["行政强制", "12", "7"],
    ]


def test_two_figures_that_touch_at_a_rule_are_not_published_as_one() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    canvas.setFont(FONT, 12)
    for y in (700, 730):
        canvas.line(60, y, 420, y)
    for x in (60, 220, 320, 420):
        canvas.line(x, 700, x, 730)
    canvas.drawString(65, 710, "行政规范性文件")
    canvas.drawRightString(320, 710, "12")
    canvas.drawString(320.2, 710, "34")
    canvas.drawString(65, 600, "本机关依法主动公开政府信息，编制公开指南，更新公开目录。")
    canvas.save()
    assert (
        "|" not in read_pdf(out.getvalue()).text
    )  # what stands in which cell is left to the reader of unruled tables, who counts figures


PROSE = "本机关依法主动公开政府信息，编制公开指南，更新公开目录。"
Word = tuple[float, float, float, str]  # from the left and from below, size, words


def one_row(rights: tuple[int, ...], *words: Word, strike: tuple[float, float, float] | None = None) -> str:
    """What is read of a ruled row, 60 points high, whose first cell begins at 60, and of some prose below
    it.
    """
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    for x in (60, *rights):
        canvas.line(x, 670, x, 730)
    for y in (670, 730):
        canvas.line(60, y, rights[-1], y)
    for x, y, size, text in (*words, (65, 710, 10, "行政许可"), (65, 600, 12, PROSE)):
        canvas.setFont(FONT, size)
        canvas.drawString(x, y, text)
    if strike:
        canvas.line(strike[0], strike[2], strike[1], strike[2])
    canvas.save()
    return read_pdf(out.getvalue()).text.removesuffix(f"{PROSE}\n")


# The right edges of the cells of a row, its words, and what is read of it.
WRAPPED = {
    "a figure on two lines": (
        (220, 251),
        [(225, 710, 10, "7363"), (233, 698, 10, "5")],
        "| 行政许可 | 73635 |\n",
    ),
    "a figure on three lines": (
        (220, 246),
        [(228, 714, 10, "123"), (228, 702, 10, "456"), (231, 690, 10, "78")],
        "| 行政许可 | 12345678 |\n",
    ),
    "a decimal": ((220, 251), [(225, 710, 10, "251."), (233, 698, 10, "45")], "| 行政许可 | 251.45 |\n"),
}
TORN = {
    "room for more": ((220, 320), [(260, 710, 10, "12"), (265, 698, 10, "3")]),
    "room for more, at the right": ((220, 320), [(308, 710, 10, "12"), (313, 698, 10, "3")]),
    "more in a cell as wide": (
        (220, 251, 282),
        [(225, 710, 10, "12"), (228, 698, 10, "3"), (256, 710, 10, "8888")],
    ),
    "far apart": ((220, 251), [(225, 715, 10, "7363"), (233, 680, 10, "5")]),
}


@pytest.mark.parametrize(("rights", "words", "row"), WRAPPED.values(), ids=WRAPPED.keys())
def test_a_figure_that_wraps_in_its_ruled_cell_is_one(
    rights: tuple[int, ...], words: list[Word], row: str
) -> None:
    assert one_row(rights, *words) == row


@pytest.mark.parametrize(("rights", "words"), TORN.values(), ids=TORN.keys())
def test_figures_that_may_be_two_stay_torn(rights: tuple[int, ...], words: list[Word]) -> None:
    text = one_row(rights, *words)
    assert not any(words[0][3] + words[1][3] in line for line in text.split("\n"))
    assert all(any(part in cell.split() for cell in text.split("\n")) for part in (words[0][3], words[1][3]))


MARKED = {
    "raised": ([(240, 700, 12, "35"), (252, 705, 7, "1")], None, "| 行政许可 | 35¹ |\n"),
    "small, on the line": ([(240, 700, 12, "35"), (252, 700, 7, "1")], None, "| 行政许可 | 351 |\n"),
    "as large": ([(240, 700, 12, "35"), (252, 701, 12, "1")], None, "| 行政许可 | 351 |\n"),
    "struck out": ([(240, 700, 12, "89")], (246, 252, 704), "| 行政许可 | 8~~9~~ |\n"),
    "wholly struck out": ([(240, 700, 12, "9")], (239, 247, 704), "| 行政许可 | ~~9~~ |\n"),
    "underlined": ([(240, 700, 12, "89")], (240, 252, 698), "| 行政许可 | 89 |\n"),
}


@pytest.mark.parametrize(("words", "strike", "row"), MARKED.values(), ids=MARKED.keys())
def test_marks_beside_a_figure_are_no_digits(
    words: list[Word], strike: tuple[float, float, float] | None, row: str
) -> None:
    assert one_row((220, 320), *words, strike=strike) == row


def test_a_line_in_larger_letters_is_not_joined_with_the_next_one() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    title, source = "云泽市水务局2023年政府信息公开工作年度报告", f"来源：云泽市水务局　{PROSE}"
    lines = [(22, 760, title), (22, 730, title[::-1]), (10, 700, source)]
    lines += [(12, 660 - 20 * i, PROSE * 2) for i in range(6)]
    for size, y, words in lines:
        canvas.setFont(FONT, size)
        canvas.drawString(60, y, words[: int(480 / size)])
    canvas.save()
    text = read_pdf(out.getvalue()).text
    assert text.split("\n")[:3] == [title[:21], title[::-1][:21], source.replace("　", " ")[:48]]


@pytest.mark.parametrize("offset", [0, 7])
def test_two_columns_of_a_page_are_read_one_after_the_other(offset: int) -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    canvas.setFont(FONT, 10)
    canvas.drawString(60, 780, f"题{PROSE}{PROSE}"[:46])
    for i in range(6):
        canvas.drawString(60, 740 - 20 * i, f"左{PROSE}"[:22])
        canvas.drawString(310, 740 - 20 * i - offset, f"右{PROSE}"[:22])
    canvas.drawString(60, 560, f"尾{PROSE}{PROSE}"[:46])
    canvas.save()
    sides = [char for char in read_pdf(out.getvalue()).text if char in "题左右尾"]
    assert "".join(sides) == "题" + "左" * 6 + "右" * 6 + "尾"


def test_labels_beside_figures_are_no_columns() -> None:
    words = [(60.0, 740 - 20.0 * i, f"{i}{PROSE}"[:18]) for i in range(8)]
    words += [(x, y, "12") for _, y, _ in words for x in (310.0, 360.0, 410.0)]
    lines = read_pdf(drawn(*words)).text.split("\n")
    assert [line.split()[1:] for line in lines[:8]] == [["12"] * 3] * 8


def test_a_flat_character_stands_in_its_line() -> None:
    # as some fonts have it: the box of a character is that of its ink
    row = [
        Run("（", 100, 100, 110, 110, 1, 0),
        Run("一", 110, 104.1, 120, 105.2, 1, 0),
        Run("）予以公开", 120, 100, 170, 110, 1, 0, [120, 130, 140, 150, 160], [130, 140, 150, 160, 170]),
    ]
    below = Run("一", 110, 118, 120, 119, 1, 0)
    assert [line.text for line in lines_of([*row, below])] == ["（一）予以公开", "一"]


# Bad files

DEEP = "0 0 m 9 9 l S\n"
BAD = {
    "pictures alone": (
        drawn(picture=True),
        "pictures without text: have its text recognised first (OCR), then check the figures by eye",
    ),
    "letters as shapes": (page(DEEP * 9), "letters are drawn as shapes"),
    "empty page": (page(""), "empty pages"),
    "no pages": (page("", pages=0), "without pages"),
    "too many pages": (page("", pages=MAX_PAGES + 1), "301 pages, more than any report"),
    "cut": (render_pdf(some_report(1)).data[:5000], "damaged PDF"),
    "garbage": (b"%PDF-1.7\n" + bytes(range(256)) * 40, "damaged PDF"),
    "a user's password": (
        drawn((60, 700, "字"), encrypt=StandardEncryption("secret", "owner", strength=128)),
        "opens with a password only",
    ),
    "a drawing": (
        page("", packed=zlib.compress(DEEP.encode() * 50_000), filters="/Filter/FlateDecode"),
        "draws more than 40,000 things",
    ),
}


@pytest.mark.parametrize(("data", "reason"), BAD.values(), ids=BAD.keys())
def test_a_bad_file_is_refused_with_what_to_do(data: bytes, reason: str) -> None:
    with pytest.raises(Refusal) as refusal:
        judge(data)
    sentence = str(refusal.value)
    assert reason in sentence and ": " in sentence and not sentence.endswith(".")


def test_a_file_that_only_its_owner_may_change_is_read() -> None:
    words = "本机关依法主动公开政府信息，编制公开指南，更新公开目录，接受社会监督，办理申请事项。"
    assert (
        read_pdf(drawn((60, 700, words), encrypt=StandardEncryption("", "owner", strength=128))).text
        == words + "\n"
    )


def test_the_real_document() -> None:
    path = Path(__file__).resolve().parents[3].parent / "shared" / "reports" / "huaian-2024.pdf"
    if not path.exists():
        pytest.skip(f"NO REAL PDF WAS READ: {path} is not there")
    judgement = judge(path.read_bytes())
    assert [(table.key, table.status) for table in judgement.tables] == [
        ("active_disclosure", "validated"),
        ("applications", "validated"),
        ("review_litigation", "validated"),
    ]
    assert {cell.page for table in judgement.tables for cell in table.cells} == {3, 4, 5}
    assert (judgement.description.issuer, judgement.description.year, judgement.description.published) == (
        "淮安市人民政府",
        2024,
        None,
    )
