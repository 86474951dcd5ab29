"""Files that are damaged, hostile, or something else: each gets one sentence that says what to do, in bounded
time and memory.
"""

import re
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile

import pytest

from assets.model import Refusal
from assets.raw_text import read
from examples.docx import edited, render_docx
from examples.report import make_report

SENTENCE = r"the file [^\n]{5,160}: [a-z][^\n]{10,90}[^.\n]"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
HEAD = f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{W}"><w:body>'
TAIL = "</w:body></w:document>"
SECONDS, MEGABYTES = 10, 1000


@cache
def report() -> bytes:
    return render_docx(make_report(Random(5), 2023))


def with_part(name: str, part: bytes | None) -> bytes:
    """The report with another part in the place of one of its own, or without it."""
    return edited(report(), lambda own, data: part if own == name else data)


def with_body(body: str) -> bytes:
    return with_part("word/document.xml", (HEAD + body + TAIL).encode())


def archive(parts: dict[str, bytes], method: int = ZIP_DEFLATED) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", method, compresslevel=1) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return out.getvalue()


def twice(name: str) -> bytes:
    """The report with one of its parts there twice."""
    out = BytesIO(report())
    with pytest.warns(UserWarning, match="Duplicate name"), ZipFile(out, "a") as made:
        made.writestr(name, (HEAD + TAIL).encode())
    return out.getvalue()


def locked() -> bytes:
    """The report with the mark of encryption at every part."""
    data = bytearray(report())
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for match in re.finditer(re.escape(magic), bytes(data)):
            data[match.start() + at] |= 1
    return bytes(data)


def with_checksum_wrong() -> bytes:
    data = bytearray(archive({"word/document.xml": (HEAD + TAIL).encode()}, ZIP_STORED))
    data[60] ^= 1
    return bytes(data)


def ole(*streams: str) -> bytes:
    """A legacy file whose directory has these entries."""
    directory = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0") + bytes(64) for name in ("Root Entry", *streams)
    )
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + directory


MAIL = b"From: clerk@example.org\r\nTo: desk@example.org\r\nSubject: report\r\nMIME-Version: 1.0\r\n"
PAGE = (
    b"Content-Type: multipart/related;\r\n\tboundary=x\r\n\r\n--x\r\nContent-Type: "
    b"text/html\r\n\r\n<html><body>1</body></html>"
)
OPENDOCUMENT = b"application/vnd.oasis.opendocument."
FLAT = (
    b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><pkg:package '
    b'xmlns:pkg="x"></pkg:package>'
)

# What a file is, and the words of its refusal. The first of them are what it is called, the rest what to do.
OTHERS: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "a workbook": (
        lambda: archive({"xl/workbook.xml": b"<a/>"}),
        "a workbook (XLSX)",
        "saved as DOCX or PDF",
    ),
    "a presentation": (
        lambda: archive({"ppt/presentation.xml": b"<a/>"}),
        "a presentation (PPTX)",
        "saved as DOCX or PDF",
    ),
    "an OFD": (
        lambda: archive({"OFD.xml": b"<a/>", "Doc_0/Document.xml": b"<a/>"}),
        "an OFD document",
        "save it as DOCX or PDF",
    ),
    "an ODT": (
        lambda: archive({"mimetype": OPENDOCUMENT + b"text", "content.xml": b"<a/>"}),
        "(ODT)",
        "save it as DOCX or PDF",
    ),
    "an ODS": (
        lambda: archive({"mimetype": OPENDOCUMENT + b"spreadsheet"}),
        "an OpenDocument file that is no text",
        "DOCX or PDF",
    ),
    "an EPUB": (
        lambda: archive({"mimetype": b"application/epub+zip"}),
        "an electronic book (EPUB)",
        "save it as DOCX or PDF",
    ),
    "an archive of reports": (
        lambda: archive({"a.docx": b"PK", "b.txt": b"1"}),
        "a ZIP archive",
        "`ogi ingest`",
    ),
    "an empty archive": (lambda: archive({}), "a ZIP archive", "`ogi ingest`"),
    "DOC": (
        lambda: ole("WordDocument", "1Table", "Workbook"),
        "a Word document in the format of 1997-2003",
        "save it as DOCX or PDF",
    ),
    "XLS": (lambda: ole("Workbook"), "a workbook in the format of 1997-2003", "saved as DOCX or PDF"),
    "PPT": (
        lambda: ole("PowerPoint Document"),
        "a presentation in the format of 1997-2003",
        "saved as DOCX or PDF",
    ),
    "a locked DOCX": (
        lambda: ole("EncryptionInfo", "EncryptedPackage"),
        "protected by a password",
        "save it without one",
    ),
    "an Outlook message": (
        lambda: ole("__properties_version1.0"),
        "an e-mail (.msg)",
        "as a document of its own",
    ),
    "another legacy file": (lambda: ole("CONTENTS"), "a legacy Office file", "save it as DOCX or PDF"),
    "RTF": (lambda: b"{\\rtf1\\ansi 1}", "an RTF document", "save it as DOCX or PDF"),
    "PNG": (lambda: b"\x89PNG\r\n\x1a\n1", "a picture", "have its text recognised first"),
    "JPEG": (lambda: b"\xff\xd8\xff\xe01", "a picture", "have its text recognised first"),
    "GIF": (lambda: b"GIF89a1", "a picture", "have its text recognised first"),
    "TIFF": (lambda: b"II*\x00\x08\x00", "a picture", "have its text recognised first"),
    "WebP": (lambda: b"RIFF\x10\x00\x00\x00WEBPVP8 ", "a picture", "have its text recognised first"),
    "BMP": (
        lambda: b"BM" + struct.pack("<IIII", 99, 0, 54, 40) + bytes(40),
        "a picture",
        "have its text recognised first",
    ),
    "HEIC": (lambda: b"\x00\x00\x00\x18ftypheic1", "a picture", "have its text recognised first"),
    "7z": (lambda: b"7z\xbc\xaf\x27\x1c1", "an archive (7z)", "unpack it first"),
    "RAR": (lambda: b"Rar!\x1a\x07\x01\x00", "an archive (RAR)", "unpack it first"),
    "gzip": (lambda: b"\x1f\x8b\x08\x00", "an archive (gzip)", "unpack it first"),
    "tar": (
        lambda: b"a.txt".ljust(257, b"\0") + b"ustar\x0000" + bytes(300),
        "an archive (tar)",
        "unpack it first",
    ),
    "MHTML": (lambda: MAIL + PAGE, "a web archive (MHTML)", "save the page as HTML"),
    "an e-mail": (lambda: MAIL + b"\r\n1", "an e-mail", "as a document of its own"),
    "a program of Windows": (
        lambda: b"MZ\x90\x00\x03\x00" + bytes(90),
        "a program",
        "file the report itself",
    ),
    "a program of Linux": (lambda: b"\x7fELF\x02\x01", "a program", "file the report itself"),
    "Word in one XML file": (lambda: FLAT, "a Word document in one XML file", "save it as DOCX"),
    "DjVu": (lambda: b"AT&TFORM\x00\x00DJVM", "a scanned document (DjVu)", "save it as PDF"),
}
DAMAGED: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "cut off": (lambda: report()[:-3000], "damaged or cut off", "fetch it again"),
    "cut to its beginning": (lambda: report()[:50], "damaged or cut off", "fetch it again"),
    "without its text": (
        lambda: with_part("word/document.xml", None),
        "its text is missing",
        "fetch it again",
    ),
    "without a body": (
        lambda: with_part("word/document.xml", f'<w:document xmlns:w="{W}"/>'.encode()),
        "its text is missing",
        "fetch it",
    ),
    "no XML": (
        lambda: with_part("word/document.xml", b"<w:document"),
        "word/document.xml is no right XML",
        "fetch it again",
    ),
    "styles that are no XML": (
        lambda: with_part("word/styles.xml", b"1"),
        "word/styles.xml is no right XML",
        "fetch it again",
    ),
    "an encoding that nobody knows": (
        lambda: with_part("word/document.xml", b"<?xml version='1.0' encoding='martian'?><a/>"),
        "word/document.xml is no right XML",
        "fetch it again",
    ),
    "a wrong checksum": (with_checksum_wrong, "word/document.xml cannot be unpacked", "fetch it again"),
    "a part twice": (lambda: twice("word/document.xml"), "has a part twice", "open it in Word"),
    "a locked ZIP": (locked, "protected by a password", "save it without one"),
    "entities": (
        lambda: with_part("word/document.xml", b'<!DOCTYPE a [<!ENTITY b "1">]><a>&b;</a>'),
        "XML entities in it",
        "open it in Word",
    ),
    "entities in UTF-16": (
        lambda: with_part(
            "word/document.xml",
            '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "1">]><a/>'.encode("utf-16"),
        ),
        "XML entities in it",
        "open it in Word",
    ),
}


@pytest.mark.parametrize(
    ("make", "what", "advice"), [*OTHERS.values(), *DAMAGED.values()], ids=[*OTHERS, *DAMAGED]
)
def test_each_gets_a_sentence_of_its_own(make: Callable[[], bytes], what: str, advice: str) -> None:
    with pytest.raises(Refusal) as refused:
        read(make())
    said, todo = re.fullmatch(r"(.*?): (.*)", str(refused.value)).groups()  # type: ignore[union-attr]
    assert what in said
    assert advice in todo
    assert re.fullmatch(SENTENCE, str(refused.value))


NO_OTHERS = {
    "two letters of a bitmap": "BM公司2023年报告\n".encode() * 9,
    "two letters of a program": "MZ公司2023年报告\n".encode() * 9,
    "fields as of a message": "Title: 报告\nDate: 2024-01-01\nContent-Type: text\n\n政府信息公开情况\n".encode(),
}


@pytest.mark.parametrize("data", NO_OTHERS.values(), ids=NO_OTHERS.keys())
def test_text_is_not_taken_for_another_format(data: bytes) -> None:
    assert read(data).text == data.decode()


def test_a_document_in_utf_16_is_read() -> None:
    part = (
        '<?xml version="1.0" encoding="UTF-16"?><w:document '
        f'xmlns:w="{W}"><w:body><w:p><w:r><w:t>正文</w:t></w:r></w:p></w:body></w:document>'
    )
    assert read(with_part("word/document.xml", part.encode("utf-16"))).text == "正文\n"


def test_parts_are_found_without_relations_and_whatever_the_case_of_their_names() -> None:
    part = f"{HEAD}<w:p><w:r><w:t>正文</w:t></w:r></w:p>{TAIL}".encode()
    assert read(archive({"word/document.xml": part})).text == "正文\n"
    assert read(archive({"Word\\Document.xml": part})).text == "正文\n"


def test_changed_bytes_are_refused_or_read_and_never_break_the_program() -> None:
    rng, good = Random(6), read(report()).text
    outcomes = {"refused": 0, "read": 0}
    for _ in range(300):
        data = bytearray(report())
        for _ in range(rng.choice((1, 1, 3, 40))):
            data[rng.randrange(4, len(data))] = rng.randrange(256)
        try:
            assert read(bytes(data)).text == good  # what is damaged in the text itself, its checksum tells
            outcomes["read"] += 1
        except Refusal as refusal:
            assert re.fullmatch(SENTENCE, str(refusal))
            outcomes["refused"] += 1
    assert min(outcomes.values()) > 20


def test_changed_markup_is_refused_or_read_and_never_breaks_the_program() -> None:
    with ZipFile(BytesIO(report())) as zipped:
        markup = zipped.read("word/document.xml").decode()
    rng, pieces = Random(7), re.findall(r"<[^>]*>|[^<]+", markup)
    for _ in range(60):
        changed = list(pieces)
        for _ in range(rng.choice((1, 5, 50))):
            i, j = rng.randrange(5, len(changed) - 5), rng.randrange(5, len(changed) - 5)
            changed[i], changed[j] = rng.choice(
                ((changed[j], changed[i]), (changed[j], changed[j]), ("", changed[j]))
            )
        try:
            read(with_part("word/document.xml", "".join(changed).encode()))
        except Refusal as refusal:
            assert re.fullmatch(SENTENCE, str(refusal))


def bomb() -> bytes:
    """A document that unpacks to four gigabytes and says that it has one megabyte."""
    piece = zlib.compressobj(9, zlib.DEFLATED, -15)
    million = piece.compress(b" " * (1 << 20)) + piece.flush(zlib.Z_FULL_FLUSH)
    name, packed = b"word/document.xml", million * 4096
    sizes = struct.pack("<IIIHH", 0, len(packed), 1 << 20, len(name), 0)
    local = b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 8, 0, 33) + sizes + name
    entry = b"PK\x01\x02" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 33) + sizes + bytes(14) + name
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(entry), len(local) + len(packed), 0)
    return local + packed + entry + end


NESTED = "<w:tbl><w:tr><w:tc>"
DOCTYPE = '<!DOCTYPE a [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


def packed_as(method: int, size: int) -> bytes:
    """A document whose text is packed by a method that knows no bounds, and holds so many blanks."""
    out = BytesIO()
    with ZipFile(out, "w", method) as made, made.open("word/document.xml", "w") as part:
        for _ in range(size >> 20):
            part.write(b" " * (1 << 20))
    return out.getvalue()


def entities(encoding: str) -> bytes:
    text = f'<?xml version="1.0" encoding="UTF-16"?>{DOCTYPE}<w:document xmlns:w="{W}"><w:body>&b;' + TAIL
    return with_part("word/document.xml", text.encode(encoding))


def overrides(count: int) -> bytes:
    """A list of so many overrides, and as many paragraphs of it."""
    one = '<w:lvlOverride w:ilvl="0"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl></w:lvlOverride>'
    numbering = (
        f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="1"/><w:num w:numId="1">'
        f'<w:abstractNumId w:val="1"/>{one * count}</w:num></w:numbering>'
    )
    numbered = '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr></w:p>' * count
    parts = {"word/document.xml": HEAD + numbered + TAIL, "word/numbering.xml": numbering}
    return archive({name: text.encode() for name, text in parts.items()})


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "four gigabytes that say they are few": (bomb, "cannot be unpacked|unpacks to more"),
    "a part of 100 MB": (lambda: with_body("<w:p/>" + " " * 100_000_000), "unpacks to more than any report"),
    "BZIP2": (lambda: packed_as(ZIP_BZIP2, 64 << 20), "packed as no program packs"),
    "LZMA": (lambda: packed_as(ZIP_LZMA, 64 << 20), "packed as no program packs"),
    "entities in UTF-16": (lambda: entities("utf-16"), "XML entities"),
    "entities in UTF-16 without a mark": (lambda: entities("utf-16-le"), "XML entities"),
    "entities in UTF-16, the other way, without a mark": (lambda: entities("utf-16-be"), "XML entities"),
    "overrides of a list times its paragraphs": (lambda: overrides(10_000), ""),
    "many elements": (lambda: with_body("<w:p/>" * 4_000_000), "XML tags"),
    "as many elements as may be": (lambda: with_body("<w:p a=''/>" * 499_000), ""),
    "as many rows as may be": (
        lambda: with_body("<w:tbl>" + "<w:tr><w:tc/></w:tr>" * 124_000 + "</w:tbl>"),
        "",
    ),
    "deep elements": (lambda: with_body("<w:p>" * 400_000 + "</w:p>" * 400_000), ""),
    "deep tables": (
        lambda: with_body(NESTED * 50_000 + "</w:tc></w:tr></w:tbl>" * 50_000),
        "nested too deep",
    ),
    "deep controls": (
        lambda: with_body("<w:sdt><w:sdtContent>" * 50_000 + "</w:sdtContent></w:sdt>" * 50_000),
        "nested too deep",
    ),
    "a long paragraph": (
        lambda: with_body(f"<w:p><w:r><w:t>{'1 ' * 3_000_000}</w:t></w:r></w:p>"),
        "characters, more than any report",
    ),
    "many characters in one cell": (
        lambda: with_body(
            f"<w:tbl><w:tr><w:tc><w:p><w:r><w:t>{'1 ' * 250_000}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
        ),
        "",
    ),
    "many breaks in one cell": (
        lambda: with_body(
            f"<w:tbl><w:tr><w:tc/><w:tc><w:p><w:r>{'<w:tab/>' * 500_000}</w:r></w:p></w:tc></w:tr></w:tbl>"
        ),
        "",
    ),
    "many fields that never end": (
        lambda: with_body(
            "<w:p><w:r>" + "<w:fldChar w:fldCharType='begin'/><w:t>1</w:t>" * 300_000 + "</w:r></w:p>"
        ),
        "",
    ),
    "a merge over many columns": (
        lambda: with_body(
            "<w:tbl>"
            + '<w:tr><w:tc><w:tcPr><w:gridSpan w:val="999999999"/><w:vMerge/></w:tcPr></w:tc></w:tr>' * 60_000
            + "</w:tbl>"
        ),
        "",
    ),
    "many merges in a row": (
        lambda: with_body(
            "<w:tbl>"
            + ("<w:tr>" + "<w:tc><w:tcPr><w:vMerge/></w:tcPr></w:tc>" * 40_000 + "</w:tr>") * 3
            + "</w:tbl>"
        ),
        "",
    ),
    "many parts": (lambda: archive({f"{i}": b"" for i in range(100_000)}), "more than 5,000 files"),
    "a picture of 60 MB": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(60_000_000),
        "legacy Office file",
    ),
}
MEASURE = """
import resource, sys, time
from assets.document import judge
from assets.model import Refusal
from pathlib import Path
data = Path(sys.argv[1]).read_bytes()
began = time.process_time()
try:
    judge(data)
    said = "read"
except Refusal as refusal:
    said = str(refusal)
took = time.process_time() - began
print(said, took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, sep="\\n")
"""


@pytest.mark.parametrize(("make", "words"), HOSTILE.values(), ids=HOSTILE.keys())
def test_nothing_takes_much_time_or_memory(make: Callable[[], bytes], words: str, tmp_path: Path) -> None:
    file = tmp_path / "report.docx"
    file.write_bytes(make())
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(file)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
        check=False,
    )
    assert done.stderr == ""
    said, seconds, megabytes = done.stdout.splitlines()
    assert re.search(words, said)
    assert float(seconds) < SECONDS
    assert int(megabytes) < MEGABYTES
