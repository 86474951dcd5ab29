"""Which of several reports of one organ and year is current. That shows only when all reports of the year are
there, so it is told at the end of the stage `reports`, by what the year alone shows of its organs;
`organ_reports` tells it by all years.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from assets.organ_identity import Identity, counted, signature_of
from schemas.datasets import DATASETS, arrow_schema

VERSION = "of the same organ and year as "  # how the note begins that tells of other reports of an organ
# of the other reports of an organ that a note names; all of them in each note would grow with their square
_SHOWN = 5
OPEN = "prints only a bare name, "  # how the note begins that says that this is open
_KNOWN = ["source", "issuer", "outcome", "published", "scope", "index_number", "source_url"]


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

    def __init__(
        self, source: Any, issuer: Any, outcome: Any, published: Any, scope: Any, index_number: Any, url: Any
    ) -> None:
        self._source, self._published, self._issuer = source, published, issuer
        self._read = np.array([what == "read" for what in outcome.to_pylist()], bool)
        organs = self._organs(scope, index_number, url)
        rows = np.argsort(organs, kind="stable")
        rows = rows[organs[rows] >= 0]
        self._groups: dict[int, Any] = {}  # row -> all rows of its organ, where there are several
        # first row of an organ -> the row of its current report, and why it is that
        self._current: dict[int, tuple[int, str]] = {}
        for group in np.split(rows, np.flatnonzero(np.diff(organs[rows])) + 1):
            if len(group) > 1:
                self._groups |= dict.fromkeys(group.tolist(), group)

    def _organs(self, scope: Any, index_number: Any, url: Any) -> Any:
        """A number for each organ and what its report speaks for; -1 for a document that was not read, and
        one that nothing but a bare name tells from others.
        """
        said = [
            signature_of(*one)
            for one in zip(
                *(column.to_pylist() for column in (self._source, self._issuer, index_number, url)),
                strict=True,
            )
        ]
        identity = Identity(counted((one, 0) for one, read in zip(said, self._read, strict=True) if read))
        identity.join_by_codes()
        numbers: dict[tuple[str, str | None], int] = {}
        organs = np.full(len(said), -1, np.int64)
        bare: dict[str, int] = {}
        keys = [
            identity.find(identity.key_of(one, 0, "")) if read else ""
            for one, read in zip(said, self._read, strict=True)
        ]
        scopes = scope.to_pylist()
        both = _with_both_scopes(keys, scopes)
        for row, (key, one) in enumerate(zip(keys, said, strict=True)):
            if key == "report:" and one.issuer:
                bare[one.issuer] = bare.get(one.issuer, 0) + 1
            if key not in ("", "report:"):
                part = scopes[row] if key in both else None
                organs[row] = numbers.setdefault((key, part), len(numbers))
        self._bare = {name: count for name, count in bare.items() if count > 1}
        self._is_bare = np.array([key == "report:" for key in keys], bool)
        return organs

    def marked(self, notes: list[list[str]], first: int) -> tuple[list[list[str]], list[bool]]:
        """The notes of some rows, the first of which is row `first` of the year, and whether each is
        current: of several rows of an organ the newest is, and the notes say so. Earlier notes on versions
        are dropped.
        """
        current = self._read[first : first + len(notes)].tolist()
        notes = [[note for note in own if not note.startswith((VERSION, OPEN))] for own in notes]
        for i, own in enumerate(notes):
            if (group := self._groups.get(first + i)) is not None:
                chosen, rule = self._current.get(int(group[0])) or self._newest(group)
                others = group[: _SHOWN + 1]
                shown = [self._source[int(one)].as_py() for one in others[others != first + i][:_SHOWN]]
                more = f" and {len(group) - 1 - len(shown)} more" if len(group) - 1 > len(shown) else ""
                taken = "this one" if chosen == first + i else self._source[chosen].as_py()
                own.append(f"{VERSION}{', '.join(shown)}{more}; {taken} counts as current, because {rule}")
                current[i] = chosen == first + i
            elif self._is_bare[first + i] and (name := self._issuer[first + i].as_py()) in self._bare:
                own.append(
                    f"{OPEN}{name}, as {self._bare[name] - 1} other reports of the year do: whether "
                    "they are of "
                    "one organ is open, so each counts"
                )
        return notes, current

    def _newest(self, group: Any) -> tuple[int, str]:
        place, rule = newest([self._published[int(row)].as_py() for row in group])
        self._current[int(group[0])] = chosen = int(group[place]), rule
        return chosen


def _with_both_scopes(keys: Sequence[str], scopes: Sequence[str | None]) -> set[str]:
    """The organs of which one report speaks for the organ, another for the area."""
    organ, area = (
        {key for key, scope in zip(keys, scopes, strict=True) if scope == wanted}
        for wanted in ("organ", "area")
    )
    return organ & area


def newest(dates: Sequence[date | None]) -> tuple[int, str]:
    """The place of the newest of several reports, which are in the order of their content, and why it is it:
    of several newest the first, a choice that the next run makes again.
    """
    known = [one or date.min for one in dates]
    best = max(known)
    if known.count(best) > 1:
        rule = "none is known to be newer, so the one with the lowest report_id is taken"
    elif date.min in known:
        rule = "no other date of publication is known"
    else:
        rule = "it was published last"
    return known.index(best), rule
