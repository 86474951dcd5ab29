"""What passes between the steps of reading claims: sentences, statements and claims; no behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from assets.model import Box, Number

Period = Literal["report_year", "other_year", "part_of_year", "several_years"]
Scope = Literal["organ", "area", "other_body"]
ClaimOutcome = Literal["agrees", "contradicts", "not_comparable"]

# (sign, row, column): one cell of a sum.
Term = tuple[int, str, str]


class Sentence(NamedTuple):
    """One sentence of the prose.

    `text` is without spaces (but for one between two digits). `places` gives the normalized offset of each of
    its characters, None where it stands in one piece from `start`. `section` is 0 before the first heading.
    `opens` tells that a paragraph begins with it, `applications` that its heading speaks of applications.
    """

    text: str
    start: int
    end: int
    places: list[int] | None
    section: int
    opens: bool
    applications: bool = False


@dataclass(slots=True)
class Statement:
    """A figure of a sentence and all that it may state. `start` and `end` are offsets into `Sentence.text`.

    `table` with `readings` (sums of cells, the likeliest first), or `quantity`, which no table holds.
    `words` are those that told it; `implied` where they give the figure without printing it (均为自然人申请).
    """

    start: int
    end: int
    value: Number
    unit: str | None
    words: tuple[str, ...] = ()
    table: str | None = None
    readings: tuple[tuple[Term, ...], ...] = ()
    quantity: str | None = None
    period: Period = "report_year"
    scope: Scope = "organ"
    approximate: bool = False
    weak: bool = False
    implied: bool = False


@dataclass(slots=True)
class Claim:
    """A figure that the prose states, with its words, and whether the tables agree.

    `quantity` is the expression over the form's keys that fits what is printed, or the likeliest one; of what
    no table holds it is a name. `row` and `column` are set where it is a single cell. `start` and `end` are raw
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
