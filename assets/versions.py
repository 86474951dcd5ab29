"""Which of several reports of one organ and year is current. That shows only when all reports of the year are
there, so it is told at the end of the stage `reports`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from schemas.datasets import DATASETS, arrow_schema

VERSION = "of the same organ and year as "  # how the note begins that tells of other reports of an organ
# of the other reports of an organ that a note names; all of them in each note would grow with their square
_SHOWN = 5
_KNOWN = ["source", "issuer", "outcome", "published"]


def tell_current(year: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The rows of `reports` of a year with `is_current` and the note on other versions set anew. While they
    are gathered they wait in a file, and only a few columns of them in memory.
    """
    schema = arrow_schema(DATASETS["reports"])
    known = [schema.empty_table().select(_KNOWN)]
    with tempfile.TemporaryFile() as waiting:
        with pa.ipc.new_stream(waiting, schema) as stream:
            for table in year:
                stream.write_table(table.combine_chunks())
                known.append(table.select(_KNOWN))
        whole = pa.concat_tables(known).combine_chunks()
        versions = Versions(*(whole.column(name).combine_chunks() for name in _KNOWN))
        waiting.seek(0)
        first = 0
        for batch in pa.ipc.open_stream(waiting):
            table = pa.Table.from_batches([batch])
            told: list[Any] = table.column("notes").to_pylist()
            notes, current = versions.marked(told, first)
            values: Any
            for name, values in (("notes", notes), ("is_current", current)):
                field: Any = table.schema.field(name)
                new: Any = pa.array(values, field.type)
                table = table.set_column(table.schema.get_field_index(name), field, new)
            yield table
            first += len(table)


class Versions:
    """Which documents of a year are of one organ. Takes columns of `reports` as Arrow arrays: a row takes few
    bytes so, and a year is held.
    """

    def __init__(self, source: Any, issuer: Any, outcome: Any, published: Any) -> None:
        self._source, self._published = source, published
        self._read = np.array([what == "read" for what in outcome.to_pylist()], bool)
        encoded = issuer.dictionary_encode()
        organs = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        organs = np.where(self._read, organs, -1).astype(np.int64)
        rows = np.argsort(organs, kind="stable")
        rows = rows[organs[rows] >= 0]
        self._groups: dict[int, Any] = {}  # row -> all rows of its organ, where there are several
        # first row of an organ -> the row of its current report, and why it is that
        self._current: dict[int, tuple[int, str]] = {}
        for group in np.split(rows, np.flatnonzero(np.diff(organs[rows])) + 1):
            if len(group) > 1:
                self._groups |= dict.fromkeys(group.tolist(), group)

    def marked(self, notes: list[list[str]], first: int) -> tuple[list[list[str]], list[bool]]:
        """The notes of some rows, the first of which is row `first` of the year, and whether each is
        current: of several rows of an organ the newest is, and the notes say so. Earlier notes on versions
        are dropped.
        """
        current = self._read[first : first + len(notes)].tolist()
        notes = [[note for note in own if not note.startswith(VERSION)] for own in notes]
        for i, own in enumerate(notes):
            if (group := self._groups.get(first + i)) is not None:
                chosen, rule = self._current.get(int(group[0])) or self._newest(group)
                others = group[: _SHOWN + 1]
                shown = [self._source[int(one)].as_py() for one in others[others != first + i][:_SHOWN]]
                more = f" and {len(group) - 1 - len(shown)} more" if len(group) - 1 > len(shown) else ""
                taken = "this one" if chosen == first + i else self._source[chosen].as_py()
                own.append(f"{VERSION}{', '.join(shown)}{more}; {taken} counts as current, because {rule}")
                current[i] = chosen == first + i
        return notes, current

    def _newest(self, group: Any) -> tuple[int, str]:
        dates = [self._published[int(row)].as_py() or date.min for row in group]
        newest = max(dates)
        # The files are sorted by content: the first of the newest is a choice that the next run makes again.
        chosen = int(group[dates.index(newest)])
        if dates.count(newest) > 1:
            rule = "none is known to be newer, so the one with the lowest report_id is taken"
        elif date.min in dates:
            rule = "no other date of publication is known"
        else:
            rule = "it was published last"
        self._current[int(group[0])] = chosen, rule
        return chosen, rule
