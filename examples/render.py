"""Renders a report in a flavour: what an extraction, a crawler or a converter leaves of it; and says what a
right reader gets back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from examples.aligned import aligned_table, wrapped_paragraph
from examples.figures import Key, Value, expected_statuses, kind_of, number_of, table_of
from examples.grids import Box, Grid, applications, disclosure, review
from examples.lines import comma_separated, heads_together, labels_apart, nested_list, wrapped
from examples.noise import Noise, Printer, Wording, headings, odd_spaces, page_number, to_traditional
from examples.report import Report
from examples.shapes import shaped
from schemas.forms import TABLE_KEYS, Table

FLAVOURS = (
    "pipes",
    "pipes_repeated",
    "tabs",
    "tabs_repeated",
    "cell_per_line",
    "cell_per_line_tight",
    "aligned",
    "aligned_simple",
    "flat",
    "markdown",
    "markdown_repeated",
    "markdown_rows",
    "box",
    "one_line",
    "one_line_pipes",
)
# Met now and then; drawn only by those who ask for them.
RARE_FLAVOURS = ("csv", "nested_list", "wrapped", "heads_together", "labels_apart")
# Cells have a mark between them, so that a space inside a figure is no doubt.
DELIMITED = frozenset(
    {
        "csv",
        "nested_list",
        "pipes",
        "pipes_repeated",
        "tabs",
        "tabs_repeated",
        "cell_per_line",
        "cell_per_line_tight",
        "markdown",
        "markdown_repeated",
        "markdown_rows",
        "box",
        "one_line_pipes",
    }
)
# A blank cell leaves no trace.
BLANK_VANISHES = frozenset({"cell_per_line", "flat", "one_line", "wrapped", "heads_together", "labels_apart"})
GRIDS = DELIMITED - {"cell_per_line", "cell_per_line_tight", "nested_list"}
# `short_rows` changes them; in the others rows are always short, or always whole.
SHORTENED = frozenset({"tabs", "markdown", "markdown_rows", "box"})
SECTION = {"active_disclosure": 2, "applications": 3, "review_litigation": 4}

Lines = list[str]


@dataclass(frozen=True, slots=True)
class Truth:
    """What a right reader gets from one rendering. `values` holds None for blanks and marks; `statuses` what
    each table may be called.
    """

    title: str | None
    issuer: str
    year: int
    published: str | None
    script: str
    format: str
    sections: tuple[int, ...]
    editions: Mapping[str, str]
    values: Mapping[Key, int | float | None]
    kinds: Mapping[Key, str]
    statuses: Mapping[str, frozenset[str]]


# Grids, row by row


def omit_covered(grid: Grid) -> list[Lines]:
    """Merged cells once, at their first row, nothing where they go on: rows of unequal length."""
    return [[box.text for box in row] for row in grid.rows]


def empty_covered(grid: Grid) -> list[Lines]:
    """Merged cells once, empty cells where they go on: every row as wide as the table."""
    return [[box.text if across and down else "" for box, across, down in row] for row in grid.placed()]


def empty_below(grid: Grid) -> list[Lines]:
    """Empty cells below a merged cell, nothing to its right."""
    return [[box.text if down else "" for box, across, down in row if across] for row in grid.placed()]


def repeat_covered(grid: Grid) -> list[Lines]:
    """Merged cells in every place that they cover."""
    return [[box.text for box, _, _ in row] for row in grid.placed()]


def _shift(rng: Random, grid: Grid, rows: list[Lines]) -> list[Lines]:
    """Some rows of labels and figures with an empty cell too many, before or after the label, or without one
    that they should have.
    """
    out = []
    for boxes, cells in zip(grid.rows, rows, strict=True):
        cells = list(cells)
        figures = sum(box.width for box in boxes if box.role == "figure")
        if figures and rng.random() < 0.35:
            move = rng.randrange(3)
            if move == 0:
                cells.insert(0, "")
            elif move == 1 and cells[0] == "":
                cells.pop(0)
            elif len(cells) > figures:
                cells.insert(len(cells) - figures, "")
        out.append(cells)
    return out


def _pipes(rng: Random, grid: Grid, rows: list[Lines], noise: Noise) -> Lines:
    """`a | b | c |` and a bare separator for every column that merged cells took."""
    mark = "|" if noise.tight_separators else " | "
    out = []
    for cells in rows:
        pad = "" if noise.dropped_separators and rng.random() < 0.7 else "|" * max(0, grid.width - len(cells))
        line = mark.join(cells) + (mark + pad if pad or not noise.dropped_separators else "")
        out.append(
            (line if noise.tight_separators else line.replace("  ", " ").replace("  ", " ")).rstrip(" ")
        )
    if rng.random() < 0.5 and rows[-1][-1].strip():
        # The last row of a table often loses what follows its last cell.
        out[-1] = out[-1].rstrip("| ")
    return out


def _tabs(rng: Random, grid: Grid, rows: list[Lines], noise: Noise) -> Lines:
    # Some writers end a row with the tabs of the cells that it lacks.
    filled = rng.random() < 0.5 and not noise.dropped_separators
    return ["\t".join(cells + [""] * (grid.width - len(cells) if filled else 0)) for cells in rows]


def _markdown_row(cells: Lines) -> str:
    return "| " + " | ".join(cells) + " |"


def _markdown(rng: Random, grid: Grid, rows: list[Lines], noise: Noise) -> Lines:
    """A whole pipe table; short rows are padded by some converters and left short by others."""
    padded = rng.random() < 0.6
    wide = [cells + [""] * (grid.width - len(cells) if padded else 0) for cells in rows]
    rule = rng.choice([" --- ", "---", " :---: ", "------"])
    ruled = "|" + "|".join([rule] * max(grid.width if padded else 1, len(wide[0]))) + "|"
    if rng.random() < 0.2:
        # A converter that found no head row puts an empty one.
        wide.insert(0, [""] * grid.width)
    return ["", _markdown_row(wide[0]), ruled, *(_markdown_row(cells) for cells in wide[1:]), ""]


def _markdown_rows(rng: Random, grid: Grid, rows: list[Lines], noise: Noise) -> Lines:
    """Every row a table of its own, under a head that means nothing."""
    style = rng.randrange(4)
    out: Lines = []
    for cells in rows:
        if style == 0:
            head = [f"列{i + 1}" for i in range(len(cells))]
        elif style == 1:
            head = [str(i) for i in range(len(cells))]
        elif style == 2:
            head = ["项目", *["数量"] * (len(cells) - 1)]
        else:
            head = ["信息内容", *[f"Unnamed: {i}" for i in range(1, len(cells))]]
        out += [_markdown_row(head), "|" + "|".join([" --- "] * len(cells)) + "|", _markdown_row(cells), ""]
    return out


def _box(rng: Random, grid: Grid, rows: list[Lines], noise: Noise) -> Lines:
    """A drawn table; columns as wide as their widest cell, counted in characters."""
    columns = max(len(cells) for cells in rows)
    filled = [cells + [""] * (columns - len(cells)) for cells in rows]
    widths = [min(14, max(len(cells[i]) for cells in filled)) for i in range(columns)]
    ruled = ["─" * (width + 2) for width in widths]
    top, middle, bottom = (
        "┌" + "┬".join(ruled) + "┐",
        "├" + "┼".join(ruled) + "┤",
        "└" + "┴".join(ruled) + "┘",
    )
    body = [
        "│" + "│".join(f" {text:<{width}} " for text, width in zip(cells, widths, strict=True)) + "│"
        for cells in filled
    ]
    every = rng.random() < 0.5
    lines = [top]
    for i, line in enumerate(body):
        if i and every:
            lines.append(middle)
        lines.append(line)
    return [*lines, bottom]


Writer = Callable[[Random, Grid, list[Lines], Noise], Lines]
_WRITERS: dict[str, Writer] = {
    "pipes": _pipes,
    "pipes_repeated": _pipes,
    "one_line_pipes": _pipes,
    "tabs": _tabs,
    "tabs_repeated": _tabs,
    "markdown": _markdown,
    "markdown_repeated": _markdown,
    "markdown_rows": _markdown_rows,
    "box": _box,
}


def _grid_rows(rng: Random, flavour: str, grid: Grid, noise: Noise) -> list[Lines]:
    if flavour.endswith("_repeated"):
        return repeat_covered(grid)
    if flavour in ("pipes", "one_line_pipes"):
        return omit_covered(grid)
    if flavour == "markdown_rows" and rng.random() < 0.5:
        return omit_covered(grid) if noise.short_rows else repeat_covered(grid)
    return empty_below(grid) if noise.short_rows else empty_covered(grid)


# Tables without separators


def _boxes(grid: Grid) -> list[Box]:
    return [box for row in grid.rows for box in row]


def _cell_per_line(rng: Random, grid: Grid, noise: Noise, tight: bool) -> Lines:
    """One cell a line. With a blank line between them blank cells vanish; without, a blank cell is an empty
    line.
    """
    out: Lines = []
    for i, box in enumerate(_boxes(grid)):
        text = box.text
        if not text.strip() and not tight:
            continue
        if box.role == "head" and noise.split_heads and not tight:
            pieces = text.split(" ")
        elif noise.page_numbers and box.role == "label" and len(text) > 12 and rng.random() < 0.15:
            before, after = _cut(rng, text)
            pieces = [before, page_number(rng, i // 60 + 2, 9, dashes=_dashes_are_free(grid)), after]
        else:
            pieces = [text]
        for piece in pieces:
            out += [piece] if tight else [piece, ""]
    return out


def _cut(rng: Random, text: str) -> tuple[str, str]:
    """The text cut in two at a page's end, not inside a number."""
    at = rng.choice([i for i in range(4, len(text) - 2) if not (text[i - 1].isdigit() or text[i].isdigit())])
    return text[:at], text[at:]


def _dashes_are_free(grid: Grid) -> bool:
    """Whether no figure of the table is a dash, so that the dashes of a page number cannot be taken for one."""
    return not any(box.role in ("figure", "other") and kind_of(box.text) == "dash" for box in _boxes(grid))


def _flat(rng: Random, grid: Grid, noise: Noise) -> Lines:
    """The whole table on one line, one space between cells. A page number may stand between two rows or
    inside a label.
    """
    words: Lines = []
    for row in grid.rows:
        if noise.page_numbers and rng.random() < 0.06:
            words.append(page_number(rng, rng.randint(2, 8), 9, dashes=_dashes_are_free(grid)))
        for box in row:
            text = box.text
            if noise.page_numbers and box.role == "label" and len(text) > 12 and rng.random() < 0.08:
                before, after = _cut(rng, text)
                text = f"{before} {page_number(rng, rng.randint(2, 8), 9, dashes=_dashes_are_free(grid))} {after}"
            words += [text] if text.strip() else []
    return [" ".join(words)]


# Whole tables


def build_grid(report: Report, key: str, flavour: str, noise: Noise, rng: Random) -> Grid:
    """The grid of one table with the labels and figures as the author prints them, in the shape that the
    noise asks for.
    """
    grid = _form_grid(report, key, flavour, noise, rng)
    return shaped(Random(f"{noise.seed}/{key}/shapes"), key, grid, noise.shapes) if noise.shapes else grid


def _form_grid(report: Report, key: str, flavour: str, noise: Noise, rng: Random) -> Grid:
    """The grid as the form has it."""
    edition = report.editions[key]
    form = table_of(edition, key)
    delimited = flavour in DELIMITED
    wording, printer = (
        Wording(noise, rng, _labels(form), delimited=delimited),
        Printer(noise, rng, delimited=delimited),
    )

    def script(text: str) -> str:
        return scripted(text, noise)

    def word(label: str, of_row: bool) -> str:
        return script(wording(label, of_row))

    texts = {
        (row, column): script(
            printer(report.figures[key, row, column], _unit(form, column, report.figures[key, row, column]))
        )
        for row, column in form.cells
    }
    if key == "active_disclosure":
        skewed = (
            edition == "2019"
            and not flavour.endswith("_repeated")
            and flavour != "markdown_rows"
            and rng.random() < 0.5
        )
        extra = str(rng.randint(0, 40)) if noise.extra_row else None
        return disclosure(edition, texts, word, skewed=skewed, extra=extra)
    if key == "review_litigation":
        return review(edition, texts, word, truncated=noise.truncated_heads)
    note = script(_corner(noise))
    return applications(
        edition,
        texts,
        word,
        note=note,
        unit_row=script("单位：件") if noise.leads and rng.random() < 0.3 else None,
    )


def _corner(noise: Noise) -> str:
    text = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
    return text.replace("（", "(").replace("）", ")") if noise.brackets == "half" else text


def _labels(form: Table) -> list[str]:
    return [row.label for row in form.rows] + [
        column.label for column in form.columns if len(column.label) > 5
    ]


def _unit(form: Table, column: str, value: Value) -> str | None:
    # The form prints no unit for the amount of procurement; those who print one mean yuan.
    return form.column(column).unit or "元"


def scripted(text: str, noise: Noise) -> str:
    """A text in the script of the report."""
    return to_traditional(text, noise) if noise.traditional else text


def _table_lines(report: Report, key: str, flavour: str, noise: Noise, rng: Random) -> Lines:
    grid = build_grid(report, key, flavour, noise, rng)
    if flavour in ("aligned", "aligned_simple"):
        return aligned_table(
            rng, grid, noise, simple=flavour == "aligned_simple", dashes=_dashes_are_free(grid)
        )
    if flavour in ("cell_per_line", "cell_per_line_tight"):
        return _cell_per_line(rng, grid, noise, flavour == "cell_per_line_tight")
    if flavour in ("flat", "one_line"):
        return _flat(rng, grid, noise)
    if flavour in RARE_FLAVOURS:
        return _rare_lines(rng, grid, flavour, table_of(report.editions[key], key))
    rows = _grid_rows(rng, flavour, grid, noise)
    if noise.shifted_rows:
        rows = _shift(rng, grid, rows)
    rows = _page_broken(rng, grid, rows, flavour, noise)
    return _WRITERS[flavour](rng, grid, rows, noise)


def _rare_lines(rng: Random, grid: Grid, flavour: str, form: Table) -> Lines:
    if flavour == "csv":
        return comma_separated(empty_covered(grid))
    if flavour == "nested_list":
        return nested_list(rng, grid, form)
    if flavour == "wrapped":
        return wrapped(rng, grid)
    return heads_together(grid) if flavour == "heads_together" else labels_apart(grid)


def _page_broken(rng: Random, grid: Grid, rows: list[Lines], flavour: str, noise: Noise) -> list[Lines]:
    """Page numbers as converters leave them in grids: a row that holds nothing else, or the middle of a long
    label.
    """
    if not noise.page_numbers:
        return rows
    out: list[Lines] = []
    for boxes, cells in zip(grid.rows, rows, strict=True):
        cells = list(cells)
        labels = [box.text for box in boxes if box.role == "label" and len(box.text) > 12]
        if labels and rng.random() < 0.06 and labels[-1] in cells:
            before, after = _cut(rng, labels[-1])
            cells[cells.index(labels[-1])] = (
                f"{before} {page_number(rng, 4, 9, dashes=_dashes_are_free(grid))} {after}"
            )
        if out and rng.random() < 0.05:
            out.append([page_number(rng, rng.randint(2, 8), 9)])
        out.append(cells)
    return out


# Whole documents


def _heading_lines(text: str, flavour: str, rng: Random) -> str:
    if not flavour.startswith("markdown"):
        return text
    return rng.choice(["## {}", "## {}", "### {}", "**{}**", "{}"]).format(text)


def head_lines(report: Report, flavour: str) -> Lines:
    """The title and what a page prints around it."""
    title = [("# " if flavour.startswith("markdown") else "") + report.title] if report.title else []
    return [*report.header, *title] if report.header_first else [*title, *report.header]


def printed_headings(noise: Noise) -> dict[int, tuple[str, ...]]:
    """The headings of each section as the report prints them: one, several, or none."""
    # A generator of its own: `render` and `truth` have to draw the same.
    return headings(noise, Random(f"{noise.seed}/headings"))


def _prose(lines: tuple[str, ...], flavour: str, noise: Noise, rng: Random) -> Lines:
    """Paragraphs; those of a PDF are wrapped and indented. With page numbers between them, or in their middle
    where lines are wrapped.
    """
    out = [scripted(line, noise) for line in lines]
    if flavour == "aligned":
        width = rng.randint(26, 40)
        out = [piece for line in out for piece in wrapped_paragraph(line, width)]
    if not noise.page_numbers or flavour.startswith("one_line"):
        return out
    numbered: Lines = []
    for line in out:
        if numbered and rng.random() < 0.1:
            numbered += (
                [page_number(rng, rng.randint(1, 9), 9)]
                if flavour != "aligned"
                else ["", " " * 30 + page_number(rng, 1, 9)]
            )
        numbered.append(line)
    return numbered


def _body(report: Report, flavour: str, noise: Noise, rng: Random) -> Lines:
    printed = printed_headings(noise)
    lines: Lines = []
    for number in range(1, 7):
        titles = [_heading_lines(scripted(text, noise), flavour, rng) for text in printed[number]]
        lines += ["      " + title for title in titles] if flavour == "aligned" else titles
        lines += _prose(report.sections.get(number, ()), flavour, noise, rng)
        for key, section in SECTION.items():
            if section != number or key not in report.editions or key in report.lost:
                continue
            if noise.leads:
                lines += _prose((report.lead[number],), flavour, noise, rng)
            lines += ["", *_table_lines(report, key, flavour, noise, rng), ""]
    return lines


def render(report: Report, flavour: str, noise: Noise | None = None) -> str:
    """The text of the report in that flavour. Deterministic: the seed of the noise decides every choice left
    open.
    """
    noise = noise or Noise()
    if flavour not in FLAVOURS + RARE_FLAVOURS:
        raise ValueError(f"no flavour {flavour!r}; there are {', '.join(FLAVOURS + RARE_FLAVOURS)}")
    rng = Random(f"{noise.seed}/{flavour}")
    head = [scripted(line, noise) for line in head_lines(report, flavour)]
    tail = [scripted(line, noise) for line in report.signature]
    if flavour == "aligned":
        head = [
            " " * 10 + line if report.title and line == scripted(report.title, noise) else line
            for line in head
        ]
        tail = [" " * 30 + line for line in tail]
    opening = _prose(report.opening, flavour, noise, rng)
    lines = [*head, "", *opening, *_body(report, flavour, noise, rng), "", *tail]
    text = "\n".join(lines) + "\n"
    if flavour.startswith("one_line"):
        text = " ".join(line.strip(" ") for line in lines if line.strip())
    if noise.odd_spaces:
        text = odd_spaces(rng, text, aligned=flavour.startswith("aligned"))
    return text.replace("\n", "\r\n") if noise.crlf else text


# Truth


def hides_blanks(report: Report, table: str, flavour: str, noise: Noise) -> bool:
    """Whether this rendering leaves it open where blank cells of the table stand, so that `uncertain` is a
    right answer.
    """
    blanks = [value == "" for key, value in report.figures.items() if key[0] == table]
    if not any(blanks):
        return False
    # A table without a single figure may also be one whose figures the extraction lost.
    if flavour in BLANK_VANISHES or all(blanks):
        return True
    # Blank figures, the empty cells of merged labels and the filling at a row's end look alike unless rows
    # are whole.
    ragged = noise.shifted_rows or noise.dropped_separators or (noise.short_rows and flavour in SHORTENED)
    return flavour == "one_line_pipes" or (flavour in GRIDS and ragged)


def truth(report: Report, flavour: str, noise: Noise | None = None) -> Truth:
    """What a right reader gets from `render(report, flavour, noise)`."""
    noise = noise or Noise()
    found = tuple(number for number, texts in printed_headings(noise).items() if texts)
    present = [table for table in TABLE_KEYS if table in report.editions and table not in report.lost]
    statuses = {table: frozenset({"absent"}) for table in TABLE_KEYS}
    for table in present:
        allowed = expected_statuses(report.figures, table, report.editions[table])
        if table == "applications" and "own_outcome" in noise.shapes:
            allowed = frozenset({"uncertain"})  # the sums hold only with the row that the organ added
        if table == "active_disclosure" and noise.spaced_figures:
            allowed |= {"uncertain"}  # one figure or two: no sum tells
        statuses[table] = allowed | {"uncertain"} if hides_blanks(report, table, flavour, noise) else allowed
    return Truth(
        title=scripted(report.title, noise) if report.title else None,
        issuer=report.issuer,
        year=report.year,
        published=report.published,
        script="hant" if noise.traditional else "hans",
        format="markdown" if flavour.startswith("markdown") else "text",
        sections=found,
        editions={table: report.editions[table] for table in present},
        values={key: number_of(value) for key, value in report.figures.items()},
        kinds={key: kind_of(value) for key, value in report.figures.items()},
        statuses=statuses,
    )
