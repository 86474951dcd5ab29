"""csv_text: the rows of comma-separated values within a text, each written as a line of cells between
pipes.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

_FEWEST_ROWS = 3  # with three figures or blanks at the end: so many make a text one of separated values
_FIGURE = r"[ \t]{0,3}\"?(?:[\d.+-]{0,20}|[/无—])\"?[ \t]{0,3}"
_ROW_ENDS = {mark: re.compile(rf"(?:{mark}{_FIGURE}){{3}}\r?") for mark in ",;"}
_PIPES = re.compile("[|│┃｜∣￨║]")
_LONGEST = 2_000  # characters of a row
_MOST_LINES = 4  # of a quoted cell


def with_rows(text: str) -> str:
    """The text with every row of separated values as a line of cells between pipes, and all other lines as
    they are. Only a text in which several rows end with figures holds such values: commas of sentences
    stay.
    """
    for mark, row_end in _ROW_ENDS.items():
        if text.count(mark) < 3 * _FEWEST_ROWS:
            continue
        lines = [line for line in text.split("\n") if line.count(mark) > 2 and len(line) <= _LONGEST]
        ends = sum(_ends_with_figures(line, mark, row_end) for line in lines)
        if ends < (1 if _are_even(lines, mark) else _FEWEST_ROWS):
            continue
        return "\n".join(
            _row(line, mark) if mark in line or line[:1] == '"' else line for line in _whole(text)
        )
    return text


def _are_even(lines: list[str], mark: str) -> bool:
    """Whether several lines in a row have as many values each."""
    counts = [line.count(mark) for line in lines]
    return any(len(set(counts[i : i + _FEWEST_ROWS])) == 1 for i in range(len(counts) - _FEWEST_ROWS + 1))


def _ends_with_figures(line: str, mark: str, row_end: re.Pattern[str]) -> bool:
    """Whether the last three values of a line are figures or blanks."""
    at = len(line)
    for _ in range(3):
        at = line.rfind(mark, 0, at)
    return row_end.fullmatch(line, at) is not None


def _whole(text: str) -> Iterator[str]:
    """The lines of a text, those of a quoted cell put together."""
    held: list[str] = []
    for line in text.split("\n"):
        held.append(line)
        if sum(part.count('"') for part in held) % 2 == 0:
            yield "".join(held)
            held = []
        elif len(held) > _MOST_LINES:  # a quotation mark that is none of a cell
            yield from held
            held = []
    yield from held


def _row(line: str, mark: str) -> str:
    end = "\r" if line.endswith("\r") else ""
    if len(line) > _LONGEST or "\t" in line or "\r" in line.rstrip("\r") or _PIPES.search(line):
        return line
    cells = [cell.strip() for cell in next(csv.reader([line.rstrip("\r")], delimiter=mark))]
    if not any(cells[1:]):  # a line of words, filled up to the number of columns
        return cells[0] + end
    if any("。" in cell for cell in cells):
        return line
    return f"| {' | '.join(cells)} |{end}"
