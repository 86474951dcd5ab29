"""What `ogi check` prints for people: each table as read, broken rows and columns marked, every violation as
a sentence, the suspect.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable
from itertools import groupby

from assets.claims import Claim, place_of, witness_of
from assets.model import Cell, Document, Number, TableReading
from schemas.added import ADDED_KEYS
from schemas.forms import Table, forms
from schemas.rules import rules

_MARK = "!"  # before a row or column in which an identity is broken
_MEANING = {
    "validated": "every sum holds",
    "inconsistent": "the printed figures contradict each other",
    "incomplete": "nothing contradicts, but blank cells leave sums undecided",
    "uncertain": "what the figures are, or where they belong, is not sure; none is published",
    "absent": "the document has no such table",
}
_COLOURS = {"validated": "32", "inconsistent": "31", "incomplete": "33", "uncertain": "33", "absent": "33"}
_SHOWN_SETS = 5  # of alternatives: JSON has them all
_SHOWN_FIGURE = 16  # display columns of a figure; what is longer is none
_AROUND = 24  # characters of the prose that are shown before a figure, and half as many behind it
_SHOWN_LABEL = 36  # display columns of a row label


def _coloured(text: str, colour: str) -> str:
    wanted = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    return f"\x1b[{colour}m{text}\x1b[0m" if wanted else text


def _width(text: str) -> int:
    """Return the columns of a terminal that a text takes."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth  # slow to import: only for tables that are shown

    width = wcswidth(text)
    return len(text) if width < 0 else width  # with a control character in it nobody knows


def _cut(text: str, width: int) -> str:
    if len(text) <= width and _width(text) <= width:
        return text
    text = text[:width]
    while _width(text) > width - 1:
        text = text[:-1]
    return text + "…"


def _aligned(rows: list[list[str]]) -> Iterable[str]:
    """Rows of cells as lines: the first column to the left, the others to the right."""
    widths = [max(_width(row[i]) for row in rows if i < len(row)) for i in range(max(map(len, rows)))]
    for row in rows:
        cells = [
            " " * (widths[i] - _width(cell)) + cell if i else cell + " " * (widths[i] - _width(cell))
            for i, cell in enumerate(row)
        ]
        yield "  ".join(cells).rstrip()


def _shown(cell: Cell) -> str:
    """A cell as printed; (n) is a figure that the other figures imply, · a blank."""
    if cell.value is None and cell.implied is not None:
        return f"{cell.raw}({cell.implied})"
    return _cut(cell.raw, _SHOWN_FIGURE) or "·"


def _broken(table: TableReading, form: Table) -> tuple[set[str], set[str]]:
    """Rows and columns in which an identity is broken."""
    rows: set[str] = set()
    columns: set[str] = set()
    per = {identity.id: identity.per for identity in form.identities}
    for violation in table.violations:
        if violation.outcome != "broken":
            continue
        if per.get(violation.rule) != "column":
            rows.add(violation.cells[0][0])
        if per.get(violation.rule) != "row":
            columns.add(violation.cells[0][1])
    return rows, columns


def _grid(table: TableReading, form: Table) -> Iterable[str]:
    cells = {(cell.row, cell.column): cell for cell in table.cells}
    rows, columns = _broken(table, form)
    suspect = next((violation.suspect[:2] for violation in table.violations if violation.suspect), None)

    def shown(row: str, column: str) -> str:
        text = _shown(cells[row, column])
        return f"[{text}]" if (row, column) == suspect else text

    def label(row: str, text: str) -> str:
        return (_MARK if row in rows else " ") + " " + _cut(text, _SHOWN_LABEL)

    if all(len(row.cells) == len(form.columns) for row in form.rows):
        lines = [["", *((_MARK if column.key in columns else "") + column.label for column in form.columns)]]
        above: tuple[str, ...] = ()
        for row in form.rows:  # each below the labels of the merged cells that it stands under
            opened = [
                name for depth, name in enumerate(row.under) if row.under[: depth + 1] != above[: depth + 1]
            ]
            lines += [[label("", "  " * row.under.index(name) + name)] for name in opened]
            lines.append(
                [
                    label(row.key, "  " * len(row.under) + row.label),
                    *(shown(row.key, key) for key in row.cells),
                ]
            )
            above = row.under
        return _aligned(lines)
    return _aligned(
        [
            [
                label(row.key, row.label),
                *(f"{form.column(key).label} {shown(row.key, key)}" for key in row.cells),
            ]
            for row in form.rows
        ]
    )


def _explanation(table: TableReading, form: Table) -> Iterable[str]:
    """Which figure is wrong, as far as the sums tell."""
    explained = next(
        (violation for violation in table.violations if violation.suspect or violation.alternatives), None
    )
    if explained is None:
        if any(violation.outcome == "broken" and len(violation.cells) > 1 for violation in table.violations):
            yield "which figures are wrong was not determined: too many for the time that a table is given"
        return
    if explained.suspect:
        row, column, value = explained.suspect
        printed = next(cell.raw for cell in table.cells if (cell.row, cell.column) == (row, column))
        slip = f" ({explained.suspect_slip})" if explained.suspect_slip else ""
        yield (
            f"likely wrong: {form.row(row).label}, {form.column(column).label} prints {printed}; every "
            f"sum would hold with {value}{slip}"
        )
        return
    from schemas.repair import MAX_SETS  # imported where a table is broken, which few are

    sets = explained.alternatives
    count, ways = len(sets[0]), ", in more ways than one" if sets[1:] else ""
    yield f"every sum would hold with {count} figure{'s' * (count > 1)} changed{ways}:"
    for i, changes in enumerate(sets[:_SHOWN_SETS]):
        yield "  " + ("" if not sets[1:] else "or " if i else "either ") + _needed(table, form, changes)
    if len(sets) > _SHOWN_SETS:
        yield (
            f"  or in one of {len(sets) - _SHOWN_SETS}{' or more' * (len(sets) == MAX_SETS)} other ways, "
            "which --format json lists"
        )


def _needed(table: TableReading, form: Table, changes: list[tuple[str, str, Number | None]]) -> str:
    """Cells that would have to change together, each with the figure that it would need, and the slip that
    would have led to it.
    """
    from schemas.slips import name_slip

    judge = rules(form.edition, form.key)
    places = {cell: i for i, cell in enumerate(judge.cells)}
    needed = {places[row, column]: None if value is None else int(value) for row, column, value in changes}
    words = []
    for position, value in needed.items():
        row, column = judge.cells[position]
        slip = name_slip(judge, [cell.value for cell in table.cells], needed, position)
        wanted = "another figure" if value is None else value
        words.append(
            f"{form.row(row).label}, {form.column(column).label} prints "
            f"{_shown(table.cells[position])} and would have to be {wanted}" + (f" ({slip})" if slip else "")
        )
    return ", and ".join(words)


def _implied(table: TableReading, form: Table) -> Iterable[str]:
    """Say how many figures of a validated table are not printed, and which rows print none at all."""
    count = sum(cell.implied is not None for cell in table.cells)
    if count:
        yield f"{count} of its {len(table.cells)} figures are not printed: the sums imply them"
    printed = {cell.row for cell in table.cells if cell.value is not None}
    blank = [row.label for row in form.rows if row.key not in printed]
    if blank:
        yield f"wholly blank: {'; '.join(_cut(label, _SHOWN_LABEL) for label in blank)}"


def _added(table: TableReading) -> Iterable[str]:
    """Say what the organ added to a table: its label, its figures, and whether the sums count it."""
    for _, own in groupby(table.added, lambda cell: cell.row if cell.row in ADDED_KEYS else cell.column):
        cells = list(own)
        counted = "counted in the sums" if cells[0].counted_in else "not in the sums"
        figures = " ".join(map(_shown, cells))
        yield f"added by the organ, {counted}: {_cut(cells[0].label or '(no label)', _SHOWN_LABEL)} {figures}"


def _table_lines(table: TableReading) -> Iterable[str]:
    form = forms()[table.edition or max(forms())].tables[table.key]
    edition = f", form of {table.edition}" if table.edition else ""
    yield (
        f"  {form.title} ({table.key}{edition}): {_coloured(table.status, _COLOURS[table.status])} - "
        f"{_MEANING[table.status]}"
    )
    if table.status == "validated":
        yield from (f"    - {line}" for line in (*_implied(table, form), *_added(table)))
        return
    if table.cells:
        yield from (f"    {line}" for line in _grid(table, form))
    yield from (f"    - {line}" for line in _added(table))
    for reason in table.reasons:
        yield f"    - {reason}"
    if table.status == "inconsistent":
        yield from (f"    {line}" for line in _explanation(table, form))


def _printed_number(value: Number) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _words(text: str, claim: Claim) -> str:
    """The words around a figure of the prose, in one line."""
    return " ".join(text[max(0, claim.start - _AROUND) : claim.end + _AROUND // 2].split())


def _claim_lines(judgement: Document) -> Iterable[str]:
    """Yield what the prose says against the tables: contradictions, broken rules, how many figures agree."""
    claims, text = judgement.claims, judgement.raw.text
    for claim in claims:
        if claim.outcome == "contradicts" and claim.printed is not None:
            where = f"line {text.count(chr(10), 0, claim.start) + 1}"
            where += f", page {claim.page}" if claim.page is not None else ""
            says = f"the text says {_printed_number(claim.value)} ({where}: …{_words(text, claim)}…)"
            prints = f"the table prints {_printed_number(claim.printed)} ({place_of(claim)})"
            yield f"  {_coloured('contradiction', '31')}: {says}, {prints}"
    for table in judgement.tables:
        for violation in table.violations[:1]:
            if (witness := witness_of(table, violation, claims)) is not None:
                value = _printed_number(witness.value)
                yield f"  the text says {value} too, for the figure likely wrong: …{_words(text, witness)}…"
    for finding in judgement.findings:
        if finding.outcome == "broken":
            yield f"  {_coloured(finding.rule, '33')}: {finding.message}"
    counts = Counter(claim.outcome for claim in claims)
    if claims:
        agree, contradict = counts["agrees"], counts["contradicts"]
        rest = counts["not_comparable"]
        counted = f"{agree} agree with the tables, {contradict} contradict, {rest} not comparable"
        yield f"  figures in the text: {counted}"


def report_lines(source: str, judgement: Document | None, error: str | None) -> Iterable[str]:
    """Yield the lines for one document."""
    yield _coloured(source, "1")
    if judgement is None:
        yield f"  {_coloured('not read', '31')}: {error}"
        return
    description = judgement.description
    known = [
        description.title or "no title found",
        f"issuer {description.issuer or 'not found'}",
        f"report year {description.year or 'not found'}",
        f"published {description.published or 'not found'}",
    ]
    yield "  " + "; ".join(known)
    yield from (_coloured(f"  in doubt - {doubt}", "33") for doubt in description.doubts)
    missing = [
        number for number in range(1, 7) if number not in {section.number for section in judgement.sections}
    ]
    if missing:
        yield f"  no heading found for section {', '.join(map(str, missing))}"
    for table in judgement.tables:
        yield from _table_lines(table)
    yield from _claim_lines(judgement)
