"""What every step of reading a sentence knows and carries on, and how it adds a statement."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from assets.claims.claim import Sentence, Statement, Term
from assets.claims.tokens import Token
from assets.model import Period, Scope
from schemas.claim_terms import Measure, Subject, Sum, claim_terms

APPLICATIONS = "applications"
DISPUTES = ("review", "litigation", "litigation_direct", "litigation_after_review")
FEES = 6  # the section that speaks of fees for information
DECISIONS = ("licensing", "penalties", "coercion")
# Words that may stand between a verb and its figure without naming another object, the longest first.
_FILLER = re.compile(
    "政府信息公开|信息公开|政府信息|其他组织|相关|有关|公民|法人|社会|群众|单位|机关|提出|提交|文件|事项|数量|件数|总数|依法|按期|按时"
    "|及时|全部|全年|今年|年内|属于|予以|法定|期限|时限|各类|中心|其中|或者|[均已共总累计为是系属的了在由因内各类等数本年度我局委办有另向和与及或并、□]"
    r"|\W"
)
# Words between a figure and what it counts: 2件为网络申请, 不予公开的3件. Possessive, so that it takes one look.
LINK = re.compile(
    "(?:均为|属于|申请|予以|通过|作出|答复|决定|办理|按照□|依照□|按□|正常|[的为是系属被已由因均件将需并\"'])*+$"
)
OWN_SHORT = 2  # characters that may be left between a verb and its figure, where no object is named
BARE = 2  # characters of 申请 alone, which may be of anything
NEAR = 14  # characters behind a figure within which its object may stand


@dataclass(slots=True)
class State:
    """What is carried from clause to clause. `measure` is what parts (其中自然人) are parts of; `seen` holds the
    keys of the measures of the sentence; `items` is the last total of items disclosed; `queue` holds what the
    next figures stand for (分别为2件、3件). `own_office`: the report is that of a government's office.
    """

    own_office: bool = False
    subject: Subject | None = None
    fresh: bool = False
    measure: Measure | None = None
    period: Period = "report_year"
    scope: Scope = "organ"
    seen: set[str] = field(default_factory=set)
    items: Statement | None = None
    last: Statement | None = None
    parts: bool = False
    denied: bool = False
    queue: list[tuple[Subject, Measure | None, tuple[str, ...]]] = field(default_factory=list)


@dataclass(slots=True)
class Reader:
    """One sentence as it is read: what every step needs to know of it, and the statements found."""

    sentence: Sentence
    text: str
    year: int | None
    state: State
    found: list[Statement] = field(default_factory=list)


def telling(left: Iterable[Token]) -> list[Token]:
    """The words that say what is counted: subjects, measures, applicants and channels."""
    return [
        t
        for t in left
        if t.meaning and (t.meaning.subject or t.meaning.measures or t.meaning.columns or t.meaning.channel)
    ]


def is_outcome(token: Token, state: State) -> bool:
    """Whether a word is an outcome or a carry-over of applications, which says of itself what is counted."""
    assert token.meaning is not None
    measure = token.meaning.measures.get(APPLICATIONS)
    if measure is None or measure.kind == "verb" or measure.loose:
        return False
    return not (
        state.subject and state.subject.key in DISPUTES and state.subject.key in token.meaning.measures
    )


def measures_of(left: Iterable[Token], subject: str) -> list[tuple[Token, Measure]]:
    return [(t, t.meaning.measures[subject]) for t in left if t.meaning and subject in t.meaning.measures]


def residue(text: str, start: int, end: int, between: Iterable[Token]) -> int:
    """How many characters of text[start:end] are neither words that we know nor fillers."""
    rest, done = 0, start
    for token in between:
        if token.start >= done:
            rest += len(_FILLER.sub("", text[done : token.start]))
            done = token.end
    return rest + len(_FILLER.sub("", text[done:end]))


def verb(key: str) -> Measure:
    words = {"received": "收到", "handled": "办理"}
    return claim_terms().words[words[key]].measures[APPLICATIONS]


def _cells(
    subject: Subject, measure: Measure | None, columns: tuple[str, ...]
) -> tuple[tuple[Term, ...], ...]:
    """All admissible sums of cells."""
    if not subject.rows:
        assert measure is not None
        chosen = columns or ("total",)
        return tuple(
            tuple((sign, row, column) for sign, row in reading for column in chosen)
            for reading in measure.readings
        )
    readings: Sequence[Sum] = measure.readings if measure is not None else (((1, "total"),),)
    return tuple(
        tuple((sign, row, column) for row in subject.rows for sign, column in reading) for reading in readings
    )


def state_cells(
    reader: Reader,
    token: Token,
    subject: Subject,
    measure: Measure | None,
    columns: tuple[str, ...],
    left: list[Token],
    also_total: bool = False,
) -> Statement:
    """Add what a figure states of a table. `also_total`: it may be of all applicants, not of `columns`."""
    figure = token.figure
    assert figure is not None
    if subject.quantity is not None:
        return state_quantity(reader, token, subject.quantity, left)
    readings = _cells(subject, measure, columns)
    if also_total:
        readings += _cells(subject, measure, ())
    statement = Statement(
        token.start,
        token.end,
        figure.value,
        figure.counter or None,
        table=subject.table,
        readings=readings,
        weak=measure is not None and measure.weak,
        approximate=figure.approximate,
    )
    return add(reader, token, left, statement)


def state_quantity(reader: Reader, token: Token, name: str, left: list[Token]) -> Statement:
    """Add what a figure states that no table holds."""
    figure = token.figure
    assert figure is not None
    unit = figure.counter or None
    statement = Statement(
        token.start, token.end, figure.value, unit, quantity=name, approximate=figure.approximate
    )
    return add(reader, token, left, statement)


def add(reader: Reader, token: Token, left: list[Token], statement: Statement) -> Statement:
    """Enter a statement with its place, words, period and scope."""
    text, state = reader.text, reader.state
    words = dict.fromkeys(text[t.start : t.end] for t in left if t.meaning and t.start != token.start)
    statement.start, statement.end, statement.words = token.start, token.end, tuple(words)
    statement.period, statement.scope = state.period, state.scope
    reader.found.append(statement)
    if not statement.implied:
        state.last = statement
    return statement
