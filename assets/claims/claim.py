"""What passes between the steps of reading claims: sentences and statements; no behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from assets.model import Number, Period, Scope

# (sign, row, column): one cell of a sum.
Term = tuple[int, str, str]


class Sentence(NamedTuple):
    """One sentence of the prose.

    `text` is without spaces (but for one between two digits). `places` tells where its pieces stand: their
    offsets in `text` and in the normalized text, both ascending; None where it is one piece from `start`.
    `section` is 0 before the first heading.
    `opens` tells that a paragraph begins with it, `applications` that its heading speaks of applications.
    """

    text: str
    start: int
    end: int
    places: tuple[list[int], list[int]] | None
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
