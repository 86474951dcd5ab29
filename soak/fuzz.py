"""Fuzzed documents: mutations that know the structure of each format, of a corpus that grows by what behaves
in a new way.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from io import BytesIO
from random import Random
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from examples.docx import render_docx
from examples.html import make_page_noise, render_html
from examples.noise import Noise
from examples.pdf import render_pdf
from examples.render import FLAVOURS, RARE_FLAVOURS, render
from examples.report import make_report
from soak.baits import UNITS

_YEARS = (2019, 2020, 2021, 2023)
_MOST_REPEATED = 3_000  # characters
# What breaks programs wherever it stands.
_ODD = (
    *(
        "0",
        "-1",
        "9" * 20,
        "9" * 4400,
        "1" + "0" * 400,
        "1e999",
        "nan",
        "inf",
        "-0",
        "00",
        "٣",
        "²",
        "〇",
        "",
    ),
    *("\x00", "\ufffe", "\ufeff", "\ud800", "\u2028", "\x85", "\r", "\n", "\t", "\x1b", "\ufdd0", "\ufdda"),
    *("2023年13月45日", "0000-00-00", "9999年", "2月29日", "%s", "{}", "\\", "'", '"', "<", ">", "&", "&#0;"),
    *("&#xd800;", "&#x110000;", "<!--", "-->", "]]>", "<![CDATA[", "<?", "</", "|", "||", "|---|", "- 1 -"),
    *("charset=hex", "charset=undefined", "charset=utf-7", "colspan=99999999", 'rowspan="0"', "\U0010ffff"),
)
_PDF_WORDS = (
    b"NaN",
    b"1e99",
    b"-1",
    b"99999999999",
    b"0",
    b"<<",
    b">>",
    b"[",
    b"]",
    b"endobj",
    b"R",
    b"/",
    b"()",
)


def seeds() -> list[bytes]:
    """Invented reports in every format, with which the corpus begins."""
    made: list[bytes] = []
    for k, flavour in enumerate(FLAVOURS + RARE_FLAVOURS):
        noise = Noise(seed=k)
        text = render(make_report(Random(k), _YEARS[k % 4]), flavour, noise)
        made.append(text.encode(("utf-8", "gb18030", "utf-16", "utf-8")[k % 4], "replace"))
    for k in range(4):
        report = make_report(Random(100 + k), _YEARS[k])
        made += [
            render_html(report, page=make_page_noise(Random(k))),
            render_docx(report),
            render_pdf(report).data,
        ]
    return made


class Fuzzer:
    """Makes documents from a corpus. Deterministic: the same seed, corpus and answers to `grow` make the
    same documents, but for the times that a ZIP notes.
    """

    def __init__(self, seed: int, corpus: list[bytes] | None = None) -> None:
        self.rng = Random(seed)
        self.corpus = list(corpus or seeds())
        self._known = set[str]()

    def make(self) -> bytes:
        """The next document."""
        data = self.rng.choice(self.corpus)
        for _ in range(self.rng.choice((1, 1, 2, 3, 8))):
            data = self._mutated(data)
        return data

    def grow(self, data: bytes, behaviour: str) -> bool:
        """Take a document into the corpus if none before behaved like it; returns whether that is so."""
        if behaviour in self._known or len(data) > 500_000:
            return False
        self._known.add(behaviour)
        self.corpus.append(data)
        return True

    def _mutated(self, data: bytes) -> bytes:
        rng = self.rng
        if data[:2] == b"PK" and rng.random() < 0.9:
            return self._in_parts(data)
        if b"%PDF-" in data[:1024] and rng.random() < 0.9:
            return self._in_objects(data)
        if rng.random() < 0.15:
            return self._bytes(data)
        encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            text, encoding = data.decode("gb18030", "replace"), "gb18030"
        return self._text(text).encode(encoding, "replace" if encoding != "utf-8" else "surrogatepass")

    def _text(self, text: str) -> str:
        """Text with one thing changed: a word, a line, a cell, a tag, a stretch."""
        rng = self.rng
        choose: Callable[[str], str] = rng.choice(
            (
                self._insert,
                self._replace_figure,
                self._lines,
                self._repeat,
                self._splice,
                self._cut,
                self._tags,
            )
        )
        return choose(text)

    def _insert(self, text: str) -> str:
        at = self.rng.randrange(len(text) + 1)
        what = self.rng.choice((self.rng.choice(_ODD), self.rng.choice(list(UNITS.values()))))
        return text[:at] + what + text[at:]

    def _replace_figure(self, text: str) -> str:
        digits = [i for i, char in enumerate(text) if char.isdigit()]
        if not digits:
            return self._insert(text)
        at = self.rng.choice(digits)
        return text[:at] + self.rng.choice(_ODD) + text[at + 1 :]

    def _lines(self, text: str) -> str:
        """Lines moved, doubled, joined or left out."""
        rng, lines = self.rng, text.split("\n")
        i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
        way = rng.randrange(5)
        if way == 0:
            lines[i], lines[j] = lines[j], lines[i]
        elif way == 1:
            lines.insert(i, lines[j])
        elif way == 2:
            del lines[i]
        elif way == 3:
            lines[i] = lines[i] + lines[j]
        else:
            at = rng.randrange(len(lines[i]) + 1)
            lines[i : i + 1] = [lines[i][:at], lines[i][at:]]
        return "\n".join(lines)

    def _repeat(self, text: str) -> str:
        rng = self.rng
        at, length = rng.randrange(len(text) + 1), rng.choice((1, 2, 5, 20, 100))
        unit = text[at : at + length] or "x"
        return text[:at] + unit * rng.randrange(2, 2 + _MOST_REPEATED // len(unit)) + text[at:]

    def _splice(self, text: str) -> str:
        """A stretch of another document in the place of one of this."""
        rng = self.rng
        other = rng.choice(self.corpus).decode("utf-8", "ignore") or "x"
        at, start = rng.randrange(len(text) + 1), rng.randrange(len(other))
        stretch = other[start : start + rng.choice((3, 30, 300))]
        return text[:at] + stretch + text[at + rng.choice((0, len(stretch))) :]

    def _cut(self, text: str) -> str:
        at = self.rng.randrange(len(text) + 1)
        return (
            text[:at]
            if self.rng.random() < 0.2
            else text[:at] + text[at + self.rng.choice((1, 3, 30, 300)) :]
        )

    def _tags(self, text: str) -> str:
        """A tag, or what stands between two, moved or left out."""
        rng, parts = self.rng, text.split("<")
        if len(parts) < 3:
            return self._insert(text)
        i, j = rng.randrange(1, len(parts)), rng.randrange(1, len(parts))
        if rng.random() < 0.5:
            parts[i], parts[j] = parts[j], parts[i]
        else:
            parts[i] = parts[i].partition(">")[2] if rng.random() < 0.5 else parts[j]
        return "<".join(parts)

    def _bytes(self, data: bytes) -> bytes:
        rng, changed = self.rng, bytearray(data)
        for _ in range(rng.choice((1, 3, 20))):
            if changed:
                changed[rng.randrange(len(changed))] = rng.randrange(256)
        return bytes(changed)

    def _in_parts(self, data: bytes) -> bytes:
        """A ZIP with one of its parts mutated, left out, or there under another name."""
        rng, out = self.rng, BytesIO()
        try:
            with ZipFile(BytesIO(data)) as old:
                parts = {name: old.read(name) for name in old.namelist()}
        except (BadZipFile, EOFError, OSError, ValueError, NotImplementedError, RuntimeError, zlib.error):
            return self._bytes(data)
        if not parts:
            return self._bytes(data)
        text = [name for name in parts if name.endswith("document.xml")]
        name = rng.choice(text) if text and rng.random() < 0.8 else rng.choice(list(parts))
        if rng.random() < 0.05:
            del parts[name]
        else:
            part = parts[name]
            markup = part.decode("utf-8", "surrogateescape")
            parts[name] = self._text(markup).encode("utf-8", "replace") if b"<" in part else self._bytes(part)
        with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=1) as new:
            for name, part in parts.items():
                new.writestr(name, part)
        return out.getvalue()

    def _in_objects(self, data: bytes) -> bytes:
        """A PDF with a word of an object or of a stream, unpacked, changed."""
        rng = self.rng
        starts = (
            [i for i in range(len(data)) if data.startswith(b"stream\n", i)] if len(data) < 300_000 else []
        )
        if not starts or rng.random() < 0.4:
            return self._words(data)
        start = rng.choice(starts) + len(b"stream\n")
        end = data.find(b"endstream", start)
        try:
            plain = zlib.decompressobj().decompress(data[start:end])
        except zlib.error:
            return self._words(data)
        packed = zlib.compress(self._words(plain))
        return data[:start] + packed + b"\n" + data[max(start, end) :]

    def _words(self, data: bytes) -> bytes:
        rng, words = self.rng, data.split(b" ")
        i, j = rng.randrange(len(words)), rng.randrange(len(words))
        words[i] = rng.choice((rng.choice(_PDF_WORDS), words[j], words[i] * 2, b""))
        return b" ".join(words)
