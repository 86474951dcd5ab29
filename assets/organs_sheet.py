"""organs_sheet: what a steward settles in `organs.csv`, and who should report by `roster.csv`; each line is
applied or refused in words.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from schemas.datasets import ORGAN_KINDS

FILE = "organs.csv"  # in the raw store, beside the folders of the years
ROSTER = "roster.csv"
RELATIONS = ("same", "not_same", "renamed", "kind", "parent")
COLUMNS = ("relation", "one", "other", "reason", "who", "when")
ROSTER_COLUMNS = ("name", "first", "last")
_YEAR = re.compile(r"20[0-4]\d")


@dataclass(frozen=True, slots=True)
class Ruling:
    """One line of organs.csv. `one` and `other` are report_ids, or names of organs as they print them; of
    `kind` the other is the kind.
    """

    line: int
    relation: str
    one: str
    other: str
    reason: str
    who: str
    when: str

    def __str__(self) -> str:
        return f"{FILE}, line {self.line} ({self.relation} {self.one} {self.other})"


@dataclass(frozen=True, slots=True)
class Expected:
    """One line of roster.csv: an organ that has to report from `first` to `last`; None is without end."""

    line: int
    name: str
    first: int | None
    last: int | None

    def in_year(self, year: int) -> bool:
        return (self.first or 0) <= year <= (self.last or 9999)


@dataclass(slots=True)
class Sheet:
    """What the two files say. `problems` has a sentence for each line that is refused."""

    rulings: list[Ruling] = field(default_factory=list)
    roster: list[Expected] | None = None
    problems: list[str] = field(default_factory=list)


def read_sheet(organs: bytes | None, roster: bytes | None) -> Sheet:
    """Read both files, in UTF-8 or GB18030 with a header of their columns in any order; None: not there."""
    sheet = Sheet()
    for line, row in _rows(FILE, COLUMNS, organs, sheet.problems):
        if (ruling := _ruling(line, row, sheet.problems)) is not None:
            sheet.rulings.append(ruling)
    _refuse_repeated(sheet)
    if roster is not None:
        sheet.roster = []
        for line, row in _rows(ROSTER, ROSTER_COLUMNS, roster, sheet.problems):
            if (expected := _expected(line, row, sheet.problems)) is not None:
                sheet.roster.append(expected)
    return sheet


def _rows(
    file: str, columns: Sequence[str], data: bytes | None, problems: list[str]
) -> list[tuple[int, dict[str, str]]]:
    if data is None:
        return []
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", "replace")
    if "\ufffd" in text or "\0" in text:
        problems.append(f"{file}: it is no text in UTF-8 or GB18030: save it as CSV in UTF-8")
        return []
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    found = []
    try:
        header = [name.strip() for name in next(lines, [])]
        if header and sorted(header) != sorted(columns):
            problems.append(f"{file}: line 1 has to name these columns: {', '.join(columns)}")
            return []
        for fields in lines:
            if not any(cell.strip() for cell in fields):
                continue
            if len(fields) != len(header):
                problems.append(
                    f"{file}, line {lines.line_num}: {len(fields)} fields where there should be {len(header)}"
                )
                continue
            row = {name: value.strip() for name, value in zip(header, fields, strict=True)}
            found.append((lines.line_num, row))
    except csv.Error as error:
        problems.append(f"{file}, line {lines.line_num}: no CSV ({error}); the lines after it were not read")
    return found


def _ruling(line: int, row: dict[str, str], problems: list[str]) -> Ruling | None:
    where = f"{FILE}, line {line}"
    if empty := [name for name in COLUMNS if not row[name]]:
        problems.append(f"{where} says nothing in {', '.join(empty)}")
    elif row["relation"] not in RELATIONS:
        problems.append(f"{where}: there is no relation {row['relation']!r}, only {', '.join(RELATIONS)}")
    elif row["relation"] == "kind" and row["other"] not in ORGAN_KINDS:
        problems.append(f"{where}: there is no kind {row['other']!r}, only {', '.join(ORGAN_KINDS)}")
    elif row["one"] == row["other"]:
        problems.append(f"{where}: both are the same, {row['one']!r}")
    else:
        try:
            date.fromisoformat(row["when"])
        except ValueError:
            problems.append(f"{where}: {row['when']!r} is no date like 2024-03-31")
        else:
            return Ruling(line, *(row[name] for name in COLUMNS))
    return None


def _refuse_repeated(sheet: Sheet) -> None:
    """Lines on the same two, or on the kind of the same one, repeat or contradict each other."""
    by_place: dict[tuple[str, ...], list[Ruling]] = {}
    for one in sheet.rulings:
        pair = tuple(sorted((one.one, one.other))) if one.relation not in ("kind", "parent") else (one.one,)
        group = one.relation if one.relation in ("kind", "parent") else "same"
        by_place.setdefault((group, *pair), []).append(one)
    for place, lines in by_place.items():
        if len(lines) > 1:
            numbers = ", ".join(str(one.line) for one in lines)
            sheet.problems.append(
                f"{FILE}, lines {numbers} are all on {' and '.join(place[1:])}: keep one of them"
            )
            sheet.rulings = [one for one in sheet.rulings if one not in lines]


def _expected(line: int, row: dict[str, str], problems: list[str]) -> Expected | None:
    where = f"{ROSTER}, line {line}"
    if not row["name"]:
        problems.append(f"{where} names no organ")
        return None
    if wrong := [row[name] for name in ("first", "last") if row[name] and not _YEAR.fullmatch(row[name])]:
        problems.append(f"{where}: {wrong[0]!r} is no year")
        return None
    first, last = (int(row[name]) if row[name] else None for name in ("first", "last"))
    if first and last and first > last:
        problems.append(f"{where}: {first} is after {last}")
        return None
    return Expected(line, row["name"], first, last)
