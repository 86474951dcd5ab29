"""What `ogi check` prints in a terminal: each table as read, broken rows and columns marked, and the
sentences of `explained.py`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from assets.model import Document, TableReading
from orchestration.pages import explained
from schemas.forms import Table
from schemas.translation import Language, translated, word
from schemas.words import say

if TYPE_CHECKING:
    from orchestration.commands.previous import Compared

_MARK = "!"  # before a row or column in which an identity is broken
_COLOURS = {"validated": "32", "inconsistent": "31", "incomplete": "33", "uncertain": "33", "absent": "33"}
_SHOWN_FIGURE = 16  # display columns of a figure; what is longer is none
_NARROWEST = 4  # display columns of a column: two Chinese characters of its label
_SHORTEST_LABEL = 14  # display columns of the labels of rows
_COLON = {"en": ": ", "zh": "："}
_LINE = 80  # display columns of a line of words


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


def wrapped(text: str, indent: int, room: int = _LINE) -> Iterator[str]:
    """Yield a sentence in lines of at most `room` display columns, each after `indent` spaces, the later ones
    after two more.
    """
    first = " " * indent
    if len(text) + indent <= room and _width(text) + indent <= room:
        yield first + text
        return
    from wcwidth import wrap

    yield from wrap(text, room, initial_indent=first, subsequent_indent=first + "  ")


def _filled(text: str, width: int, left: bool = False) -> str:
    space = " " * (width - _width(text))
    return text + space if left else space + text


def _aligned(rows: list[list[str]], widths: list[int]) -> Iterator[str]:
    """Yield rows of cells as lines: the first column to the left and cut to its width, the others to the
    right.
    """
    for first, *others in rows:
        cells = [_filled(_cut(first, widths[0]), widths[0], left=True)]
        cells += [_filled(cell, width) for cell, width in zip(others, widths[1:], strict=False)]
        yield "  ".join(cells).rstrip()


def _stacked(labels: list[str], widths: list[int]) -> list[list[str]]:
    """Return the labels of columns as rows of a header, each label cut into pieces that fit its column, the
    last piece at the bottom.
    """
    pieces = []
    for label, width in zip(labels, widths, strict=True):
        half = max(1, width // 2)  # characters of two columns each
        pieces.append([label[i : i + half] for i in range(0, len(label), half)] or [""])
    height = max(map(len, pieces))
    return [list(row) for row in zip(*([""] * (height - len(one)) + one for one in pieces), strict=True)]


def _grid(table: TableReading, form: Table, room: int) -> Iterator[str]:
    """Yield a table as its form prints it, in lines of at most `room` display columns; rows and columns in
    which a sum is broken are marked, the cell likely wrong is in brackets.
    """
    cells = {(cell.row, cell.column): cell for cell in table.cells}
    rows, columns = explained.broken_lines(table)
    suspect = next((violation.suspect[:2] for violation in table.violations if violation.suspect), None)

    def shown(row: str, column: str) -> str:
        cell = cells[row, column]
        text = explained.shown(cell)
        if cell.implied is None:
            text = _cut(text, _SHOWN_FIGURE)
        return f"[{text}]" if (row, column) == suspect else text

    def label(row: str, text: str) -> str:
        return (_MARK if row in rows else " ") + " " + text

    if any(len(row.cells) != len(form.columns) for row in form.rows):
        for row in form.rows:
            named = "  ".join(f"{form.column(key).label} {shown(row.key, key)}" for key in row.cells)
            yield from wrapped(label(row.key, f"{row.label}: {named}"), 0, room)
        return
    lines: list[list[str]] = []
    above: tuple[str, ...] = ()
    for row in form.rows:  # each below the labels of the merged cells that it stands under
        opened = [
            name for depth, name in enumerate(row.under) if row.under[: depth + 1] != above[: depth + 1]
        ]
        lines += [[label("", "  " * row.under.index(name) + name)] for name in opened]
        figures = [shown(row.key, key) for key in row.cells]
        lines.append([label(row.key, "  " * len(row.under) + row.label), *figures])
        above = row.under
    figured = [line[1:] for line in lines if len(line) > 1]
    widths = [max(_NARROWEST, *map(_width, column)) for column in zip(*figured, strict=True)]
    labels = max(_width(line[0]) for line in lines)
    labels = min(labels, max(_SHORTEST_LABEL, room - sum(widths) - 2 * len(widths)))
    headers = [["", *stack] for stack in _stacked([column.label for column in form.columns], widths)]
    if columns:
        headers.append(["", *(_MARK if column.key in columns else "" for column in form.columns)])
    yield from _aligned(headers + lines, [labels, *widths])


def _table_lines(table: TableReading, language: Language) -> Iterator[str]:
    form = explained.form_of(table)
    status = _coloured(word(f"status.{table.status}", language), _COLOURS[table.status])
    named = [table.key] if language == "en" else []
    named += [translated(say("check.form_of", edition=table.edition), language)] if table.edition else []
    titled = say("check.table", title=form.title, named=say("check.named", names=named) if named else "")
    meaning = word(f"meaning.{table.status}", language)
    yield from wrapped(f"{translated(titled, language)}{status} - {meaning}", 2)
    if table.status == "validated":
        for line in (*explained.implied(table), *explained.added(table)):
            yield from wrapped(f"- {translated(line, language)}", 4)
        return
    if table.cells:
        yield from (f"    {line}" for line in _grid(table, form, _LINE - 4))
    for line in explained.added(table):
        yield from wrapped(f"- {translated(line, language)}", 4)
    for reason in table.reasons:
        yield from wrapped(f"- {translated(reason, language)}", 4)
    if table.status == "inconsistent":
        for i, line in enumerate(explained.explanation(table)):
            yield from wrapped(translated(line, language), 6 if i else 4)


def _claim_lines(judgement: Document, language: Language) -> Iterator[str]:
    """Yield what the prose says against the tables: contradictions, broken rules, how many figures agree."""
    for _, sentence in explained.contradictions(judgement):
        opened = _coloured(word("check.contradiction", language), "31")
        yield from wrapped(f"{opened}{_COLON[language]}{translated(sentence, language)}", 2)
    for sentence in explained.witnesses(judgement):
        yield from wrapped(translated(sentence, language), 2)
    for finding in judgement.findings:
        if finding.outcome == "broken":
            told = f"{_coloured(finding.rule, '33')}{_COLON[language]}{translated(finding.message, language)}"
            yield from wrapped(told, 2)
    if (counted := explained.counted_claims(judgement)) is not None:
        yield from wrapped(translated(counted, language), 2)


def report_lines(
    source: str,
    judgement: Document | None,
    error: str | None,
    language: Language,
    against: Compared | None = None,
) -> Iterator[str]:
    """Yield the lines for one document, in a language; `against` is last year's report, if there is one."""
    yield _coloured(source, "1")
    if judgement is None:
        opened = _coloured(word("check.not_read", language), "31")
        yield from wrapped(f"{opened}{_COLON[language]}{translated(error or '', language)}", 2)
        return
    known = (translated(one, language) for one in explained.described(judgement))
    yield from wrapped({"en": "; ", "zh": "；"}[language].join(known), 2)
    for doubt in judgement.description.doubts:
        told = translated(say("check.in_doubt", doubt=doubt), language)
        yield from (_coloured(line, "33") for line in wrapped(told, 2))
    if (missing := explained.missing_sections(judgement)) is not None:
        yield from wrapped(translated(missing, language), 2)
    for table in judgement.tables:
        yield from _table_lines(table, language)
    yield from _claim_lines(judgement, language)
    if against is not None:
        from orchestration.commands.previous import sentences  # few ask for it

        for i, (of, said) in enumerate(sentences(against)):
            yield from wrapped(translated(of, language) + translated(said, language), 4 if i else 2)
