"""Evidence: whether the raw text shows each published figure where the fact says that it was read from."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.decoder.figures import parse
from assets.model import Number
from assets.normalized_text import normalize

COLUMNS = ("report_id", "table", "row", "column", "value", "basis", "raw", "start", "end")
_DASHES = str.maketrans("−–—", "---")


@lru_cache(maxsize=20_000)
def number_in(printed: str) -> Number | None:
    """The number that some characters of a raw text print; None if they print none."""
    plain = "".join(unicodedata.normalize("NFKC", printed).translate(_DASHES).replace(",", "").split())
    try:
        return float(plain)
    except ValueError:
        figure = parse(normalize(printed).text.strip(), True)  # whatever else the reader takes for a figure
        return figure.value if figure else None


def without_evidence(facts: pa.Table, text_of: Callable[[str], str | None]) -> Iterator[str]:
    """Facts whose span does not hold what they say is printed, or whose printed figure is not their value: a
    sentence for each.

    `facts` has COLUMNS; `text_of` gives the raw text of a report, and is asked once for each, in the order of
    the facts.
    """
    if not len(facts):
        return
    ids = facts.column("report_id").combine_chunks().dictionary_encode()
    codes = ids.indices.to_numpy()
    bounds = [0, *(np.flatnonzero(np.diff(codes)) + 1).tolist(), len(codes)]
    raws = _strings(facts.column("raw"))
    # A blank may have no place. It is nothing, printed nowhere: an empty span.
    spans: list[Any] = [
        pc.fill_null(facts.column(name), pa.scalar(0, pa.int32())) for name in ("start", "end")
    ]
    starts, ends = (offsets.to_numpy().tolist() for offsets in spans)
    for first, last in pairwise(bounds):
        report_id = ids.dictionary[codes[first]].as_py()
        text = text_of(report_id)
        if text is None:
            yield f"{report_id}: the document has no text"
            continue
        printed = [text[start:end] for start, end in zip(starts[first:last], ends[first:last], strict=True)]
        if printed != raws[first:last]:
            wrong = (
                i
                for i, (there, raw) in enumerate(zip(printed, raws[first:last], strict=True))
                if there != raw
            )
            yield from (
                f"{_place(facts, first + i)}: the text has {printed[i][:40]!r} where "
                f"{raws[first + i]!r} should be"
                for i in wrong
            )
    yield from _of_another_value(facts)


def _of_another_value(facts: pa.Table) -> Iterator[str]:
    """Printed facts whose value is not the number that is printed. Few figures are distinct, so each is read
    once.
    """
    printed = pc.equal(facts.column("basis"), pa.scalar("printed"))
    pairs = facts.filter(printed).group_by(["raw", "value"]).aggregate([]).to_pylist()
    for pair in pairs:
        if number_in(pair["raw"]) != pair["value"]:
            same = pc.and_(
                pc.equal(facts.column("raw"), pa.scalar(pair["raw"])),
                pc.equal(facts.column("value"), pa.scalar(pair["value"])),
            )
            rows: Any = pc.indices_nonzero(pc.and_(printed, same))
            for i in rows.to_pylist():
                yield f"{_place(facts, i)}: {pair['raw']!r} is printed, and {pair['value']:g} is published"


def _strings(column: Any) -> list[str]:
    """A column of few distinct strings as a list: the strings are made once, not for each row."""
    encoded = column.combine_chunks().dictionary_encode()
    known = encoded.dictionary.to_pylist()
    return [known[i] for i in encoded.indices.to_numpy().tolist()]


def _place(facts: pa.Table, row: int) -> str:
    return " ".join(str(facts.column(name)[row].as_py()) for name in COLUMNS[:4])


class Texts:
    """The raw texts of some documents, whatever their order, from rows of raw_text."""

    def __init__(self, rows: pa.Table) -> None:
        rows = rows.filter(pc.equal(rows.column("outcome"), pa.scalar("read")))
        self._rows = {report_id: i for i, report_id in enumerate(rows.column("report_id").to_pylist())}
        self._texts = rows.column("text").combine_chunks()

    def __call__(self, report_id: str) -> str | None:
        """The text of a report; None if there is none."""
        row = self._rows.get(report_id)
        return None if row is None else str(self._texts[row].as_py())
