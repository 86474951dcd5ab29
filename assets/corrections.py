"""Corrections: figures that a person has confirmed beside what is printed. Reads the reviewed file, and says
which fit and why others do not.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from assets.model import Cell, Cells, Number, TableReading
from assets.violations import violations
from schemas.added import signature
from schemas.datasets import tables_by_edition
from schemas.forms import TABLE_KEYS, CellKey
from schemas.rules import Rules, rules_with, valid

FILE = "corrections.csv"  # in the raw store, beside the folders of the years
COLUMNS = ("report_id", "table", "row", "column", "printed", "corrected", "reason", "who", "when")
CELL_COLUMNS = (
    "report_id",
    "table",
    "row",
    "column",
    "kind",
    "value",
    "raw",
    "unit",
    "start",
    "end",
    "label",
    "counted_in",
)
STATUS_COLUMNS = ("report_id", "table", "edition", "status")

_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d+)?")
_ID = re.compile(r"[0-9a-f]{16}")
_DASHES = str.maketrans("−–—", "---")


@dataclass(frozen=True, slots=True)
class Correction:
    """One line of the file: in this cell the document prints `printed` (as it stands there; empty for a
    blank), and `corrected` is right.
    """

    line: int
    report_id: str
    table: str
    row: str
    column: str
    printed: str
    corrected: Number
    reason: str
    who: str
    when: date

    @property
    def place(self) -> tuple[str, str, str, str]:
        return self.report_id, self.table, self.row, self.column

    def __str__(self) -> str:
        return f"line {self.line} ({' '.join(self.place)})"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The file as read. `problems` are sentences on lines that are no correction."""

    corrections: tuple[Correction, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Corrected:
    """A table that corrections make valid: the figures that they put beside the printed ones, and those that
    the identities then imply.
    """

    report_id: str
    table: str
    figures: Mapping[CellKey, Number]
    implied: Mapping[CellKey, Number]


@dataclass(slots=True)
class Decision:
    """What became of the corrections of one year. `rejected` has a sentence for each that does not fit;
    `elsewhere` are of other years.
    """

    tables: list[Corrected] = field(default_factory=list)
    applied: list[Correction] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    elsewhere: list[Correction] = field(default_factory=list)


# --- the file


def read_sheet(data: bytes) -> Sheet:
    """Read the file: a header with COLUMNS in any order, then a correction a line, in UTF-8 or, as Excel
    saves it in China, in GB18030.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", "replace")
    if "\ufffd" in text or "\0" in text:
        return Sheet(problems=("it is no text in UTF-8 or GB18030: save it as CSV in UTF-8",))
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    found: list[Correction] = []
    problems: list[str] = []
    try:
        header = [name.strip() for name in next(lines, [])]
        if sorted(header) != sorted(COLUMNS):
            return Sheet(
                problems=(f"line 1 has to name these columns: {', '.join(COLUMNS)}",) if header else ()
            )
        for fields in lines:
            if any(cell.strip() for cell in fields):
                one = _line(lines.line_num, header, fields)
                (problems if isinstance(one, str) else found).append(one)  # type: ignore[arg-type]
    except csv.Error as error:
        problems.append(f"line {lines.line_num} is no CSV ({error}), and the lines after it were not read")
    return _without_repeated(found, problems)


def _line(number: int, header: Sequence[str], fields: Sequence[str]) -> Correction | str:
    """One line as a correction, or what is wrong with it."""
    if len(fields) != len(header):
        return f"line {number} has {len(fields)} fields where there should be {len(header)}"
    row = {name: value.strip() for name, value in zip(header, fields, strict=True)}
    if empty := [name for name in COLUMNS if not row[name] and name != "printed"]:
        return f"line {number} says nothing in {', '.join(empty)}"
    if not _ID.fullmatch(row["report_id"]):
        return f"line {number}: {row['report_id']!r} is no report_id, which is 16 hexadecimal digits"
    if row["table"] not in TABLE_KEYS:
        return f"line {number}: there is no table {row['table']!r}, only {', '.join(TABLE_KEYS)}"
    if (corrected := _number(row["corrected"])) is None:
        return f"line {number}: the corrected figure {row['corrected']!r} is no number"
    try:
        when = date.fromisoformat(row["when"])
    except ValueError:
        return f"line {number}: {row['when']!r} is no date like 2024-03-31"
    place = (row["report_id"], row["table"], row["row"], row["column"])
    return Correction(number, *place, row["printed"], corrected, row["reason"], row["who"], when)


def _without_repeated(found: list[Correction], problems: list[str]) -> Sheet:
    """Two lines on one cell contradict each other, or one of them is in vain: which, a person has to say."""
    lines: dict[tuple[str, str, str, str], list[int]] = {}
    for one in found:
        lines.setdefault(one.place, []).append(one.line)
    once = tuple(one for one in found if len(lines[one.place]) == 1)
    for place, own in lines.items():
        if len(own) == 1:
            continue
        numbers = ", ".join(map(str, own))
        problems.append(f"lines {numbers} are on the same cell ({' '.join(place)}): keep one of them")
    return Sheet(once, tuple(problems))


def _number(text: str) -> Number | None:
    """A figure as people write it: full-width or not, with separators or without."""
    plain = "".join(unicodedata.normalize("NFKC", text).translate(_DASHES).replace(",", "").split())
    if not _NUMBER.fullmatch(plain):
        return None
    value = float(plain)
    return int(value) if value.is_integer() else value


# --- what fits


def decide(
    corrections: Iterable[Correction],
    outcomes: Mapping[str, str],
    tables: Mapping[tuple[str, str], TableReading],
) -> Decision:
    """Which corrections of a year apply, table by table.

    `outcomes` tells for every report of the year what became of it; `tables` has the tables that corrections
    name, with their cells. A table is judged as a whole, with the printed figures but for those corrected: it
    takes all of its corrections that fit, or none.
    """
    decision = Decision()
    groups: dict[tuple[str, str], list[Correction]] = {}
    for one in corrections:
        if one.report_id not in outcomes:
            decision.elsewhere.append(one)
        elif outcomes[one.report_id] != "read":
            decision.rejected.append(f"{one}: the document was refused")
        else:
            groups.setdefault((one.report_id, one.table), []).append(one)
    for place, group in sorted(groups.items()):
        _decide_table(decision, group, tables[place])
    return decision


def _decide_table(decision: Decision, group: Sequence[Correction], table: TableReading) -> None:
    if table.status not in ("inconsistent", "incomplete"):
        why = {
            "validated": "the table is validated as it is printed",
            "uncertain": "what the table prints is not sure, which no correction of a figure can mend",
            "absent": "the document has no such table",
        }[table.status]
        decision.rejected += [f"{one}: {why}" for one in group]
        return
    judge = _judge(table)
    cells = {(cell.row, cell.column): cell for cell in (*table.cells, *table.added)}
    fit: list[Correction] = []
    for one in group:
        if problem := _problem(one, judge, cells):
            decision.rejected.append(f"{one}: {problem}")
        else:
            fit.append(one)
    if not fit:
        return
    figures = {(one.row, one.column): one.corrected for one in fit}
    values = [figures.get(cell, _whole(cells[cell].value)) for cell in judge.cells]
    outcome = judge.judge(values)
    if still := violations(judge, values, outcome):
        decision.rejected += [
            f"{one}: with it the table would not be valid either: {still[0].message}" for one in fit
        ]
        return
    implied = {judge.cells[i]: value for i, value in outcome.implied.items()}
    decision.applied += fit
    decision.tables.append(Corrected(fit[0].report_id, fit[0].table, figures, implied))


def _judge(table: TableReading) -> Rules:
    edition = tables_by_edition()[table.edition, table.key].edition
    counted = signature((cell.row, cell.column, cell.counted_in) for cell in table.added)
    return rules_with(edition, table.key, counted)


def _problem(one: Correction, judge: Rules, cells: Mapping[CellKey, Cell]) -> str | None:
    """Why a correction does not fit the cell that it names."""
    cell = cells.get((one.row, one.column))
    if cell is None:
        return "the table has no such cell"
    if not _prints(cell, one.printed):
        return (
            f"the document prints {cell.raw.strip() or 'nothing'!r} there, not "
            f"{one.printed or 'nothing'!r}: look at it again"
        )
    if one.corrected == cell.value:
        return "it changes nothing"
    kind = judge.types[judge.cells.index((one.row, one.column))]
    return None if valid(one.corrected, kind) else f"{one.corrected} is no {kind}, which the form asks for"


def _prints(cell: Cell, printed: str) -> bool:
    """Whether a cell prints what a correction says: the same characters, or the same number written in
    another way.
    """
    number = _number(printed)
    return cell.raw.strip() == printed or (number is not None and number == cell.value)


def _whole(value: float | None) -> Number | None:
    """A figure as the judge takes it: counts are whole numbers, which the datasets keep as floats."""
    return int(value) if value is not None and value == int(value) else value


def tables_of(
    statuses: Iterable[Mapping[str, Any]], cells: Iterable[Mapping[str, Any]]
) -> Iterator[tuple[tuple[str, str], TableReading]]:
    """Rows of table_status and table_cells as the tables that they were made from, by report and table."""
    tables = {
        (row["report_id"], row["table"]): TableReading(row["table"], row["status"], row["edition"])
        for row in statuses
    }
    own: dict[tuple[str, str], list[Cell]] = {place: [] for place in tables}
    for row in cells:
        cell = Cell(
            row["row"],
            row["column"],
            row["kind"],
            row["value"],
            row["raw"],
            row["unit"],
            row["start"],
            row["end"],
            label=row["label"],
            counted_in=row["counted_in"],
        )
        own[row["report_id"], row["table"]].append(cell)
    for place, table in tables.items():
        table.cells = Cells(cell for cell in own[place] if cell.label is None)
        table.added = Cells(cell for cell in own[place] if cell.counted_in is not None)
        yield place, table
