"""Figures that count reviews and lawsuits, what section two of the form counts, and what no table holds."""

from __future__ import annotations

from dataclasses import replace

from assets.claims.context import (
    APPLICATIONS,
    DECISIONS,
    DISPUTES,
    FEES,
    LINK,
    Reader,
    measures_of,
    residue,
    state_cells,
    state_quantity,
)
from assets.claims.tokens import Token
from schemas.claim_terms import Subject, claim_terms


def read_dispute(
    reader: Reader,
    left: list[Token],
    token: Token,
    behind: list[Token],
    subject: Subject,
    place: Token | None,
) -> int:
    """A figure that counts reviews or lawsuits."""
    state, text = reader.state, reader.text
    assert token.figure is not None
    if isinstance(token.figure.value, float) or any(
        t.meaning and t.meaning.subject and t.meaning.subject.qualifier for t in left
    ):
        return 0
    found = [m for _, m in measures_of(left, subject.key) if m.kind == "part"]
    used = 0
    if not found and place is None:
        for i, other in enumerate(behind):
            if other.meaning and subject.key in other.meaning.measures:
                if LINK.match(text[token.behind : other.start]):
                    found, used = [other.meaning.measures[subject.key]], i + 1
                break
    disputes = [t for t in left if t.meaning and t.meaning.subject and t.meaning.subject.key in DISPUTES]
    kinds = {t.meaning.subject.key for t in disputes if t.meaning and t.meaning.subject}
    if found:
        state_cells(reader, token, subject, found[-1], (), left)
    elif place is None:
        return used
    elif len(kinds) == 2 and disputes[-1].start - disputes[-2].end <= 2:
        rows = tuple(
            row for t in disputes[-2:] if t.meaning and t.meaning.subject for row in t.meaning.subject.rows
        )
        state_cells(reader, token, replace(subject, rows=tuple(dict.fromkeys(rows))), None, (), left)
    else:
        state_cells(reader, token, subject, None, (), left)
    state.subject, state.fresh = subject, True
    return used


def read_disclosure(
    reader: Reader, left: list[Token], token: Token, subject: Subject, place: Token | None
) -> None:
    """A figure of the table of section two."""
    state, text = reader.state, reader.text
    found = measures_of(left, subject.key)
    if place is None:
        if not state.fresh or not found:
            return
        verb = found[-1][0]
        if residue(text, verb.end, token.start, [t for t in left if t.start >= verb.end]) > 0:
            return
    elif place.end <= token.start and "信息" in text[place.end : token.start]:
        return  # 行政许可类信息10条 counts items
    measure = found[-1][1] if found else None
    if (measure is None or measure.weak) and take_part_of_items(reader, left, token):
        return  # 其中行政处罚决定68条 counts items too
    if subject.key == "charges":
        measure = claim_terms().words["收取"].measures[subject.key]
    if measure is None and subject.key not in DECISIONS:
        weak = claim_terms().words["公开"].measures.get(subject.key)
        if weak is None:
            return
        measure = weak
    elif measure is None:
        if token.figure is not None and token.figure.counter == "项":
            return  # 进驻大厅的行政许可14项 are kinds, not decisions
        measure = claim_terms().words["作出"].measures[subject.key]
    if place is not None and text[place.end - 2 : place.end] == "事项":
        measure = replace(measure, weak=True)  # 行政许可事项28项 may count kinds, not decisions
    if any(other.weak for _, other in found[:-1]):
        measure = replace(measure, weak=True)  # 公开以市政府名义印发的规范性文件 counts what was published
    assert token.figure is not None
    if subject.key != "charges" and isinstance(token.figure.value, float):
        return
    if subject.key == "charges" and token.figure.counter != "万元" and token.figure.value:
        return
    state_cells(reader, token, subject, measure, (), left)
    state.subject, state.fresh = subject, True


def read_quantity(
    reader: Reader, left: list[Token], token: Token, subject: Subject, place: Token | None
) -> None:
    """A figure that no table holds."""
    state = reader.state
    assert token.figure is not None and subject.quantity is not None
    if subject.key == "information":
        if place is not None and measures_of(left, subject.key):
            statement = state_quantity(reader, token, subject.quantity, left)
            state.items = statement
        return
    if place is None:
        return
    if subject.key == "processing_fee" and not is_of_disclosure(reader):
        return
    if subject.key == "processing_fee" and token.figure.counter == "万元":
        return
    state_quantity(reader, token, subject.quantity, left)
    state.subject, state.fresh = subject, True


def is_of_disclosure(reader: Reader) -> bool:
    """Whether a fee is that of section six."""
    return reader.sentence.section == FEES or "信息" in reader.text or "收费通知" in reader.text


def take_part_of_items(reader: Reader, left: list[Token], token: Token) -> bool:
    """Take a figure as a part of the items disclosed, if their total or another part is right before it."""
    state, items, figure = reader.state, reader.state.items, token.figure
    assert figure is not None
    if items is None or not state.parts or figure.counter != items.unit:
        return False
    if state.last is None or state.last.quantity not in ("disclosed_items", "disclosed_items.part"):
        return False
    state_quantity(reader, token, "disclosed_items.part", left)
    return True


def read_share(reader: Reader, left: list[Token], token: Token) -> None:
    """The share of what was handled that the figure of applications right before it takes: 81件,占5.57%."""
    last = reader.state.last
    if last is None or last.table != APPLICATIONS or reader.text[token.start - 1] not in "占比为":
        return
    if any(t.meaning and t.meaning.mark == "aside" and not starts_with(reader, t, "占") for t in left):
        return
    state_quantity(reader, token, "applications.share", left)


def starts_with(reader: Reader, token: Token, word: str) -> bool:
    return reader.text[token.start : token.end].startswith(word)
