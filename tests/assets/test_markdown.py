"""Markdown that machines made: every row a table of its own under a wrong header. Every figure is right or
its table is marked.
"""

import re
from collections.abc import Callable
from random import Random

import pytest

from assets.document import judge
from examples.noise import Noise
from examples.render import (
    build_grid,
    empty_below,
    empty_covered,
    omit_covered,
    printed_headings,
    repeat_covered,
    truth,
)
from examples.report import Report, make_report

Row = list[str]
Header = Callable[[Row, Row, Random], Row]
SECTIONS = {2: "active_disclosure", 3: "applications", 4: "review_litigation"}
GRIDS = (omit_covered, empty_covered, empty_below, repeat_covered)

# What a machine writes above a row, of the row before it and the row itself.
HEADERS: dict[str, Header] = {
    "numbers from 0": lambda before, row, rng: [str(i) for i in range(len(row))],
    "numbers from 1": lambda before, row, rng: [str(i + 1) for i in range(len(row))],
    "unnamed": lambda before, row, rng: [f"Unnamed: {i}" for i in range(len(row))],
    "columns": lambda before, row, rng: [f"Column{i + 1}" for i in range(len(row))],
    "letters": lambda before, row, rng: [chr(65 + i) for i in range(len(row))],
    "blank": lambda before, row, rng: [""] * len(row),
    "nan": lambda before, row, rng: ["nan"] * len(row),
    "the label": lambda before, row, rng: ["" if row[0].isdigit() else row[0], *[""] * (len(row) - 1)],
    "the row before": lambda before, row, rng: before or [""] * len(row),
    "the row itself": lambda before, row, rng: row,
    "the figures before": lambda before, row, rng: [cell if cell.isdigit() else "" for cell in before or row],
    "other figures": lambda before, row, rng: ["项目", *[str(rng.randint(0, 50)) for _ in row[1:]]],
}
# Which nobody can tell from figures that are printed there.
DOUBTED = {"the figures before", "other figures"}


def bold(line: str) -> str:
    return re.sub(r"(?<=\| )([^|]*[^| -][^|]*)(?= \|)", r"**\1**", line)


# What else markdown does to its lines.
LINES: dict[str, Callable[[str], str]] = {
    "plain": lambda line: line,
    "bold": bold,
    "blanks as entities": lambda line: line.replace("|  |", "| &nbsp; |").replace("|  |", "| &nbsp; |"),
    "breaks": lambda line: re.sub(r"(?<=[\u4e00-\u9fff]{3})(?=[\u4e00-\u9fff]{3})", "<br>", line, count=2),
    "escapes": lambda line: re.sub(r"(?<=[|] \d)\.", r"\\.", line),
    "indented": lambda line: "    " + line,
    "without outer pipes": lambda line: line.strip("| "),
    "quoted": lambda line: "> " + line,
}

MAY_BE_DOUBTED = {"quoted", "without outer pipes"}  # without them blanks at the ends of rows vanish


def rendered(
    report: Report,
    header: Header,
    grid_rows: Callable[..., list[Row]],
    line: Callable[[str], str],
    fenced: bool,
) -> str:
    rng, noise = Random(1), Noise()
    headings = printed_headings(noise)
    out = [f"# [{report.title}](https://example.org/{report.year})" if report.title else "", *report.opening]
    for number in range(1, 7):
        out += [*(f"## {heading}" for heading in headings[number]), *report.sections.get(number, ())]
        if number not in SECTIONS:
            continue
        out += ["", "```markdown"] if fenced else [""]
        before: Row = []
        for row in grid_rows(build_grid(report, SECTIONS[number], "pipes", noise, rng)):
            head = header(before, row, rng)
            rule = ["---"] * len(row)
            out += [*(line("| " + " | ".join(cells) + " |") for cells in (head, rule, row)), ""]
            before = row
        out += ["```"] if fenced else []
    return "\n".join(out)


def differences(report: Report, text: str) -> tuple[list[object], int]:
    """Figures that are wrong in tables that are not marked, and how many tables are marked."""
    want = truth(report, "markdown_rows")
    silent: list[object] = []
    marked = 0
    for table in judge(text.encode()).tables:
        assert table.status != "absent"
        if table.status == "uncertain":
            marked += 1
            continue
        got = {(table.key, cell.row, cell.column): (cell.value, cell.kind) for cell in table.cells}
        right = {key: (value, want.kinds[key]) for key, value in want.values.items() if key[0] == table.key}
        silent += [(key, right[key], got.get(key)) for key in right if got.get(key) != right[key]]
        if table.status not in want.statuses[table.key]:
            silent.append((table.key, table.status, table.reasons))
    return silent, marked


def with_blanks(report: Report, seed: int) -> Report:
    rng = Random(seed)
    figures = {
        key: "" if value == 0 and rng.random() < 0.5 else value for key, value in report.figures.items()
    }
    return make_report(Random(seed), report.year, report.editions, figures=figures)


@pytest.mark.parametrize("header", HEADERS)
def test_every_row_a_table_of_its_own(header: str) -> None:
    for seed, grid_rows in enumerate(GRIDS * 2):
        report = make_report(Random(seed), (2019, 2023)[seed % 2])
        silent, marked = differences(
            report, rendered(report, HEADERS[header], grid_rows, LINES["plain"], fenced=seed > 3)
        )
        assert silent == []
        allowed = (
            3 if header in DOUBTED else 1 if header == "the row itself" else 0
        )  # section four has no label beside its figures
        assert marked <= allowed


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("header", ["numbers from 0", "the row before", "blank"])
def test_whatever_else_markdown_does(header: str, line: str) -> None:
    for seed, grid_rows in enumerate(GRIDS):
        report = make_report(Random(seed), (2019, 2023)[seed % 2])
        for printed in (report, with_blanks(report, seed)):
            silent, marked = differences(
                printed, rendered(printed, HEADERS[header], grid_rows, LINES[line], fenced=False)
            )
            assert silent == []
            assert marked == 0 or line in MAY_BE_DOUBTED or printed is not report
