"""What a report costs in this process: each stage, the floor under it, and what a user would pick instead on
the same input.
"""

from __future__ import annotations

import gc
import time
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO, StringIO
from typing import Any

from assets.document import judge
from assets.model import Refusal
from assets.normalized_text import normalize
from assets.raw_text import read
from assets.reports import describe
from assets.section_splits import split_sections
from assets.table_cells import read_tables
from benchmarks.corpus import document

_ROUNDS = 2


def seconds(function: Callable[[Any], object], items: Sequence[Any]) -> float:
    """Processor time that the function takes for an item, the best of some rounds. A first one is not
    counted: caches fill in it.
    """
    best = float("inf")
    gc.collect()
    gc.disable()
    try:
        for done in range(_ROUNDS + 1):
            started = time.process_time()
            for item in items:
                function(item)
            if done:
                best = min(best, time.process_time() - started)
    finally:
        gc.enable()
    return best / len(items)


def sample(mix: str, size: int) -> list[bytes]:
    """Documents of one format that are reports."""
    found: list[bytes] = []
    number = 0
    while len(found) < size:
        _, content = document(number, mix)
        number += 1
        try:
            judge(content)
        except Refusal:
            continue
        found.append(content)
    return found


def stages(documents: Iterable[bytes]) -> dict[str, float]:
    """Seconds a report of each stage, on documents of any format."""
    raws = list(documents)
    texts = [read(data) for data in raws]
    normalized = [normalize(text.text) for text in texts]
    sections = [split_sections(text.text) for text in normalized]
    together = list(zip(texts, normalized, sections, strict=True))
    return {
        "raw_text": seconds(read, raws),
        "normalized_text": seconds(lambda raw: normalize(raw.text), texts),
        "section_splits": seconds(lambda text: split_sections(text.text), normalized),
        "table_cells": seconds(
            lambda one: read_tables(one[0].text, one[1], one[2], one[0].places, one[0].hints), together
        ),
        "reports": seconds(lambda one: describe(one[0].text, one[1], one[2], one[0].hints), together),
    }


def judgement(documents: Sequence[bytes]) -> float:
    return seconds(judge, documents)


def floor(documents: Sequence[bytes]) -> float:
    """What no reader of Chinese text can do without: decoding it, NFKC, and simplified script by OpenCC."""
    import opencc

    convert = opencc.OpenCC("t2s").convert
    texts = [read(data).encoding or "utf-8" for data in documents]
    return seconds(
        lambda one: convert(unicodedata.normalize("NFKC", one[0].decode(one[1]))),
        list(zip(documents, texts, strict=True)),
    )


def read_html(documents: Sequence[bytes]) -> float:
    """pandas.read_html with lxml. It gets text that is decoded already, and raises ValueError where it finds
    no table.
    """
    import pandas as pd

    def tables(page: str) -> object:
        try:
            return pd.read_html(StringIO(page), flavor="lxml")
        except ValueError:
            return None

    return seconds(
        tables,
        [
            data.decode("gb18030" if b"charset=gb" in data[:2000].lower() else "utf-8", "replace")
            for data in documents
        ],
    )


def pdfplumber(documents: Sequence[bytes]) -> float:
    """extract_tables of pdfplumber on every page."""
    import pdfplumber as plumber

    def tables(data: bytes) -> object:
        with plumber.open(BytesIO(data)) as pdf:
            return [page.extract_tables() for page in pdf.pages]

    return seconds(tables, documents)
