"""The values that pass from stage to stage: plain records, no behaviour beyond looking themselves up."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from upath import UPath

Format = Literal["text", "markdown", "html", "pdf", "docx"]
Kind = Literal["number", "blank", "dash", "slash", "text"]
Period = Literal["report_year", "other_year", "part_of_year", "several_years"]
Scope = Literal["organ", "area", "other_body"]
ClaimOutcome = Literal["agrees", "contradicts", "not_comparable"]
Check = Literal["holds", "broken", "undecided", "none"]
Status = Literal["validated", "inconsistent", "incomplete", "uncertain", "absent"]
Script = Literal["hans", "hant"]
Number = int | float
Span = tuple[int, int]
Box = tuple[
    float, float, float, float
]  # left, top, right, bottom: points from the upper left corner of a page


class Refusal(Exception):
    """A document cannot be read: one clear sentence that says what is wrong and what to do. Not a bug."""

    @property
    def reason(self) -> str:
        """The sentence; unlike `str` of the exception it can still be translated."""
        return str(self) if not self.args else self.args[0]


class WithoutText(Refusal):
    """A document shows pages but holds no text: its tables, if the pictures show any, are absent from what
    can be read, and never zeros.
    """


@dataclass(slots=True)
class Places:
    """Where a text is printed on the pages of its document: stretches of it, ascending and apart, each with
    its page and box.

    `boxes` holds four numbers a stretch, see Box. Pages count from 1. What has no digits or marks of a figure
    may have no stretch.
    """

    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)
    boxes: list[float] = field(default_factory=list)

    def of(self, start: int, end: int) -> tuple[int, Box] | None:
        """The page of text[start:end] and the box around it; of what stands on two pages, the first. None
        where no stretch is there.
        """
        first = bisect_right(self.ends, start)
        last = bisect_left(self.starts, end)
        if first >= last:
            return None
        page = self.pages[first]
        boxes = [self.boxes[4 * i : 4 * i + 4] for i in range(first, last) if self.pages[i] == page]
        left, top, right, bottom = zip(*boxes, strict=True)
        return page, (min(left), min(top), max(right), max(bottom))


@dataclass(slots=True)
class RawText:
    """What a document prints, as text, whatever its format: one paragraph or row of a table a line, the cells
    of a row between pipes.

    A merged cell is printed once, in the row in which it begins. `hints` is what markup says of the document
    without printing it (see `assets.reports.HINTS`); `places` is for formats that have pages; `encoding` is
    None where the format itself rules how text is written.
    """

    text: str
    format: Format
    encoding: str | None = None
    hints: dict[str, str] = field(default_factory=dict)
    places: Places | None = None


@dataclass(slots=True)
class Normalized:
    """Normalized text with its way back to the raw text.

    `breaks` holds pairs (normalized offset, raw offset), ascending, first (0, 0): from each pair on, both
    texts advance together until the next pair. One pair means that both texts have equal length, character by
    character.
    """

    text: str
    script: Script
    breaks: tuple[list[int], list[int]]

    def raw_offset(self, offset: int) -> int:
        """The raw offset of the character at a normalized offset."""
        ours, raw = self.breaks
        i = bisect_right(ours, offset) - 1
        return raw[i] + offset - ours[i]

    def raw_span(self, start: int, end: int) -> Span:
        """The raw span from which normalized text[start:end] was made (end exclusive)."""
        ours, raw = self.breaks
        i = bisect_right(ours, start) - 1
        shift = raw[i] - ours[i]
        if start == end:
            return start + shift, start + shift
        if i + 1 == len(ours) or end - 1 < ours[i + 1]:
            return start + shift, end + shift
        return start + shift, self.raw_offset(end - 1) + 1


@dataclass(slots=True)
class Section:
    """One of the six sections: its heading as printed, and normalized offsets of heading start, body start
    and section end.
    """

    number: int
    heading: str
    start: int
    body: int
    end: int


class Cell(NamedTuple):
    """One cell of one table as read. Spans are raw offsets; None where the extraction shows no place for a
    blank. `check` says whether the hard identities that the cell stands in hold; `box` is that of the figure.
    `label` is what is printed for an added row or column, `counted_in` the identity whose sums count it.
    """

    row: str
    column: str
    kind: Kind
    value: Number | None
    raw: str
    unit: str | None
    start: int | None
    end: int | None
    implied: Number | None = None
    check: Check = "undecided"
    page: int | None = None
    box: Box | None = None
    label: str | None = None
    counted_in: str | None = None


class Cells(Sequence[Cell]):
    """The cells of a table in the order of its form, held as columns, one for each field of Cell: few cells
    are ever looked at singly.
    """

    __slots__ = ("columns",)

    def __init__(self, cells: Iterable[Cell] = ()) -> None:
        self.columns: list[Sequence[Any]] = list(zip(*cells, strict=True)) or [()] * len(Cell._fields)

    @classmethod
    def of(cls, *columns: Sequence[Any]) -> Cells:
        """Cells whose fields are given as columns of one length."""
        cells = cls()
        cells.columns = [*columns]
        return cells

    def column(self, field: str) -> Sequence[Any]:
        """A field of all cells."""
        return self.columns[Cell._fields.index(field)]

    def put(self, field: str, values: Sequence[Any]) -> None:
        """Set a field of all cells."""
        self.columns[Cell._fields.index(field)] = values

    def __len__(self) -> int:
        return len(self.columns[0])

    def __iter__(self) -> Iterator[Cell]:
        return map(_make_cell, zip(*self.columns, strict=True))

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return list(self)[index]
        return _make_cell(column[index] for column in self.columns)

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Cells) else NotImplemented

    def __repr__(self) -> str:
        return f"Cells({list(self)!r})"


_make_cell = partial(tuple.__new__, Cell)  # what Cell._make does, in half the time


@dataclass(slots=True)
class Violation:
    """One identity that a table breaks or leaves undecided.

    `expected` is what the sum of the parts gives, `reported` what is printed for it; None where blanks leave
    it open. `suspect` is (row, column, value it would need) where exactly one cell explains every broken
    identity of the table, and `suspect_slip` what may have happened to it. Where it is not that clear,
    `alternatives` holds the smallest sets of cells whose change satisfies every identity; a value is None
    where blanks leave more than one. Neither: what is wrong was not determined.
    """

    rule: str
    outcome: Literal["broken", "undecided"]
    message: str
    expected: Number | None
    reported: Number | None
    cells: list[tuple[str, str]]
    suspect: tuple[str, str, Number] | None = None
    suspect_slip: str | None = None
    alternatives: list[list[tuple[str, str, Number | None]]] = field(default_factory=list)


@dataclass(slots=True)
class TableReading:
    """One of the three tables of one report. `edition` is None where the labels of the table do not tell
    it. `cells` are those of the form, `added` those of rows and columns that the organ added.
    """

    key: str
    status: Status
    edition: str | None = None
    reasons: list[str] = field(default_factory=list)
    cells: Cells = field(default_factory=Cells)
    violations: list[Violation] = field(default_factory=list)
    added: Cells = field(default_factory=Cells)


@dataclass(slots=True)
class Description:
    """What a report says of itself. `published` is YYYY-MM-DD; what it does not say is None.

    From `index_number` on: what the page around it says of it (索引号, 文号, 发布机构, 主题分类, where it was fetched), as
    printed. `scope` is whom it speaks for, see `assets.report_scope`. `doubts` has a sentence for each of
    title, organ, year and date that is in doubt, and begins with that word.
    """

    title: str | None
    issuer: str | None
    year: int | None
    published: str | None
    index_number: str | None = None
    document_number: str | None = None
    publisher: str | None = None
    topic: str | None = None
    source_url: str | None = None
    scope: str = "unknown"
    scope_words: str | None = None
    doubts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class File:
    """A document as it lies in the raw store. `problem` says why it cannot be opened; `copy_of` names the
    source with the same content. From `outcome` on: what the stage `raw_text` made of it.
    """

    source: str
    path: Path | UPath | None = None
    size: int | None = None
    modified: datetime | None = None
    sha256: str | None = None
    problem: str | None = None
    copy_of: str | None = None
    outcome: str | None = None
    reason: str | None = None
    format: str | None = None
    encoding: str | None = None


# What the datasets say of a file.
FILE_FIELDS = ("source", "size", "modified", "sha256", "outcome", "reason", "format", "encoding")


@dataclass(slots=True)
class Claim:
    """A figure that the prose states, with its words, and whether the tables agree.

    `quantity` is the expression over the form's keys that fits what is printed, or the likeliest one; of what
    no table holds it is a name. `row` and `column` are set where it is one cell. `start` and `end` are raw
    offsets of the printed figure, or of the words that say nought or all. `printed` is what the tables print
    for `quantity`. `readings` are all admissible expressions. `reason`: why it cannot be compared.
    """

    quantity: str
    table: str | None
    row: str | None
    column: str | None
    value: Number
    unit: str | None
    quote: str
    start: int
    end: int
    period: Period
    scope: Scope
    approximate: bool
    outcome: ClaimOutcome
    printed: Number | None
    understood: str
    readings: tuple[str, ...]
    reason: str | None = None
    page: int | None = None
    box: Box | None = None


@dataclass(slots=True)
class Finding:
    """What one rule says of the prose of a report. `spans` are raw offsets of the words that it is about."""

    rule: str
    outcome: Literal["holds", "broken", "undecided"]
    message: str
    spans: list[tuple[int, int]]


@dataclass(slots=True, eq=False)
class Document:
    """One document on its way through the stages, each of which adds its part (from `data` on; the dataset
    `raw_text` holds `raw`, and so on). Asking for a part that no stage has made raises AttributeError.

    Spans of cells are offsets into the raw text; those of sections into the normalized text. `failure` is
    why the program failed on it (a bug) in the stage `failed_in`; `refusal` is why it is not read.
    """

    report_id: str
    file: File | None = None
    folder_year: int | None = None  # the year that the document was filed under
    failure: str | None = None
    failed_in: str | None = None
    refusal: str | None = None
    data: bytes = field(init=False, repr=False)
    raw: RawText = field(init=False, repr=False)
    normalized: Normalized = field(init=False, repr=False)
    sections: list[Section] = field(init=False, repr=False)
    tables: list[TableReading] = field(init=False, repr=False)
    description: Description = field(init=False, repr=False)
    claims: list[Claim] = field(init=False, repr=False)
    findings: list[Finding] = field(init=False, repr=False)

    def has(self, part: str) -> bool:
        """Whether a stage has made this part."""
        return hasattr(self, part)

    def fail(self, stage: str, failure: str) -> None:
        """Take down why the program failed; the first failure counts."""
        if self.failure is None:
            self.failure, self.failed_in = failure, stage
