"""section_words: what the sections of a report tell in words: what evaluators look for, a sketch of the
organ's own words by which likeness is told, and earlier years that its sentences begin with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.stages import ColumnStage, RowsOf
from schemas.compliance import PROSE_SECTIONS, comparing, standard, tells
from schemas.datasets import SECTION_WORDS, arrow_schema

BINS = 64  # of a sketch: the likeness of two texts is told to about one in twenty
NOTHING = -1  # in a bin that no words fell into
_SHINGLE = 6  # characters in a row that count as the same words
_HAN = (0x4E00, 0x9FFF)
_AROUND = 12  # characters on either side of the words that are shown
_SHOWN_SENTENCE = 40
_NUMERALS = "一二三四五六"
_HEADED = re.compile(r"\s*[(第]?([一二三四五六七八九十]|\d)")
# Rotated and multiplied: neighbours in Unicode are none in what they come to.
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_YEAR_BEGINS = re.compile(r"(?:^|[。;\n])[ \t]*(20\d\d)年")
_ENDS = "。;\n"


def section_words(texts: pa.Table, sections: pa.Table) -> pa.Table:
    """The rows of some reports, from their rows of normalized_text and section_splits."""
    rows: list[dict[str, Any]] = []
    own: list[str] = []
    text_of = dict(zip(*(texts.column(name).to_pylist() for name in ("report_id", "text")), strict=True))
    found = sections.filter(pc.is_valid(sections.column("section"))).to_pylist()
    for report_id, group in groupby(found, itemgetter("report_id")):
        text = text_of.get(report_id)
        if text is None:
            continue
        for section in group:
            row, words = _section(text, section)
            rows.append(row)
            own.append(words)
    columns = {name: [row[name] for row in rows] for name in rows[0]} if rows else {}
    schema = arrow_schema(SECTION_WORDS)
    if not rows:
        return schema.empty_table()
    sketches, counts = sketch(own)
    columns |= {"own_characters": counts}
    made = [
        _lists(sketches, counts) if field.name == "sketch" else pa.array(columns[field.name], field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(
        [one.cast(field.type) for one, field in zip(made, schema, strict=True)], schema=schema
    )


def _section(text: str, section: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """One section, and the words of it that are the organ's own."""
    number, heading = section["section"], section["heading"] or ""
    row: dict[str, Any] = {
        "report_id": section["report_id"],
        "report_year": section["report_year"],
        "section": number,
        "start": section["start"],
        "misnumbered": _misnumbered(number, heading),
        "characters": None,
        "tells": [],
        "words": [],
        "years": [],
        "year_words": [],
    }
    if number not in PROSE_SECTIONS:
        return row, ""
    body = text[section["body"] : section["end"]]
    row["characters"] = len("".join(body.split()))
    for one in tells():
        if one.section == number and (match := one.words.search(body)):
            row["tells"].append(one.key)
            row["words"].append(_around(body, *match.span()))
    for year, words in _earlier_years(body):
        row["years"].append(year)
        row["year_words"].append(words)
    return row, own_words(body)


def _misnumbered(number: int, heading: str) -> bool:
    """Whether a heading bears the numeral of another section."""
    match = _HEADED.match(heading)
    return match is not None and match[1] not in (_NUMERALS[number - 1], str(number))


def _around(text: str, start: int, end: int) -> str:
    return " ".join(text[max(0, start - _AROUND) : end + _AROUND].split())


def _earlier_years(body: str) -> Iterator[tuple[int, str]]:
    """Years with which sentences begin that compare nothing with it, with the beginning of the sentence."""
    for match in _YEAR_BEGINS.finditer(body):
        sentence = _sentence(body, match.start(1))
        if not comparing().search(sentence):
            yield int(match[1]), sentence[:_SHOWN_SENTENCE]


def _sentence(text: str, start: int) -> str:
    """The sentence that goes on from a place."""
    ends = [end for mark in _ENDS if (end := text.find(mark, start)) >= 0]
    return text[start : min(ends, default=len(text))]


def own_words(text: str) -> str:
    """A text without the sentences that law and form have for all."""
    kept, first = [], 0
    for match in standard().finditer(text):
        if match.start() < first:
            continue
        begin = max(text.rfind(mark, first, match.start()) for mark in _ENDS) + 1
        kept.append(text[first : max(begin, first)])
        ends = [end + 1 for mark in _ENDS if (end := text.find(mark, match.end())) >= 0]
        first = min(ends, default=len(text))
    return "".join([*kept, text[first:]])


# --- likeness


def sketch(texts: list[str]) -> tuple[Any, Any]:
    """A sketch of each text, (texts, BINS) of 16 bits, and how many Chinese characters it has: numerals and
    marks do not count, so that last year's figures in the place of this year's do not hide last year's words.

    One permutation hashing (Li, Owen, Zhang 2012): every shingle falls into one bin, and the least of each
    bin is kept. Two texts that share a part of their shingles share about that part of their bins. With NumPy
    over all texts at once it takes some microseconds a text; libraries for it take a thousand, or need SciPy.
    """
    joined = "\0".join(text.replace("\0", "") for text in texts)
    whole = np.frombuffer(joined.encode("utf-32-le", "replace"), np.uint32)
    of_text = np.cumsum(whole == 0)
    han = (whole >= _HAN[0]) & (whole <= _HAN[1])
    characters, of_text = whole[han].astype(np.uint64), of_text[han]
    counts = np.bincount(of_text, minlength=len(texts))
    sketches = np.full((len(texts), BINS), NOTHING, np.int32)
    length = len(characters) - _SHINGLE + 1
    if length <= 0:
        return sketches, counts
    hashed = np.zeros(length, np.uint64)
    for i in range(_SHINGLE):
        hashed = (hashed ^ characters[i : i + length]) * _MULTIPLIER
        hashed ^= hashed >> np.uint64(29)
    within = of_text[:length] == of_text[_SHINGLE - 1 :]
    hashed, of_text = hashed[within], of_text[:length][within]
    place = of_text * BINS + (hashed >> np.uint64(58)).astype(np.intp)
    least = np.full(len(texts) * BINS, 1 << 16, np.int32)
    np.minimum.at(least, place, ((hashed >> np.uint64(20)) & np.uint64(0xFFFF)).astype(np.int32))
    sketches = np.where(least < 1 << 16, least, NOTHING).reshape(len(texts), BINS)
    return sketches, counts


def likeness(one: Any, other: Any) -> Any:
    """How much of their words texts share, from 0 to 1, by their sketches (..., BINS)."""
    either = (one != NOTHING) | (other != NOTHING)
    same = (one == other) & (one != NOTHING)
    return same.sum(axis=-1) / np.maximum(either.sum(axis=-1), 1)


def _lists(sketches: Any, counts: Any) -> Any:
    """Sketches as lists; an empty one for a text without a word."""
    there = np.asarray(counts) > 0
    offsets = np.concatenate([[0], np.cumsum(there * BINS)]).astype(np.int32)
    bounds: Any = pa.array(offsets)
    return pa.ListArray.from_arrays(bounds, pa.array(sketches[there].ravel()))


# --- the stage


def _made(rows_of: RowsOf, _: Any) -> pa.Table:
    return section_words(rows_of("normalized_text"), rows_of("section_splits"))


def _kept(old: pa.Table, rows_of: RowsOf, _: Any) -> pa.Table:
    """Rows of the same content stay as they are."""
    return old


STAGE = ColumnStage(
    name="section_words",
    module=__name__,
    group="text",
    before=("normalized_text", "section_splits"),
    reads={
        "normalized_text": ("report_id", "text"),
        "section_splits": ("report_id", "report_year", "section", "heading", "start", "body", "end"),
    },
    make=_made,
    keep=_kept,
)
