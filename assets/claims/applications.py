"""Figures that count applications: which row, of which applicants."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from assets.claims.context import (
    APPLICATIONS,
    BARE,
    LINK,
    NEAR,
    OWN_SHORT,
    Reader,
    State,
    measures_of,
    residue,
    state_cells,
    state_quantity,
    telling,
    verb,
)
from assets.claims.tokens import Token
from schemas.claim_terms import Measure, Subject, claim_terms

_PARTS = frozenset({"granted", "granted_in_part", "refused", "unavailable", "unprocessed", "other"})
# Between outcomes that are added up: 予以公开及部分公开.
_JOINT = re.compile("(?:以及|申请|情形|[的、和及与或并,\"'])*+$")


@dataclass(slots=True)
class _Told:
    """What the words around a figure tell of it: measures before it (`strong`: outcomes and carry-overs, also
    from behind it), columns of applicants, the way of applying, and how many tokens behind it are used up.
    """

    found: list[tuple[Token, Measure]]
    strong: list[tuple[Token, Measure]]
    columns: tuple[str, ...]
    channel: str | None
    used: int = 0


def read_application(
    reader: Reader,
    left: list[Token],
    token: Token,
    behind: list[Token],
    subject: Subject,
    place: Token | None,
) -> int:
    """Read a figure that counts applications; returns how many tokens behind it are used up."""
    state, figure = reader.state, token.figure
    assert figure is not None
    if figure.counter not in subject.counters or isinstance(figure.value, float):
        return 0
    told = _told(reader, left, token, behind, place)
    measure = _measure(reader, left, token, told, place)
    if measure is None or (figure.counter == "" and not (state.seen or told.strong or told.found)):
        return told.used
    plain = measure.kind == "verb" and not told.columns and not told.channel
    before = state.measure.key if state.measure is not None else None
    if plain and state.parts and (measure.key in state.seen or measure.key == before):
        return told.used  # 其中邮递1件: a part by what no table tells
    if told.channel and not told.strong and not told.columns:
        state_quantity(reader, token, f"applications_received.{told.channel}", left)
        state.seen.add("channel")
    else:
        head = bool(told.columns) and not state.parts and not state.seen  # 受理公民申请4件 may be all of them
        state_cells(reader, token, subject, measure, told.columns, left, also_total=head)
        state.measure = measure
        state.seen |= {measure.key, measure.within or measure.key}
    state.subject, state.fresh = subject, True
    return told.used


def _told(reader: Reader, left: list[Token], token: Token, behind: list[Token], place: Token | None) -> _Told:
    """What the words before and behind a figure tell of it."""
    assert token.figure is not None
    found = measures_of(left, APPLICATIONS)
    columns = next((t.meaning.columns for t in reversed(left) if t.meaning and t.meaning.columns), ())
    strong = [
        (t, m) for t, m in found if m.kind != "verb" and not _loose(reader.text, t, m, token, reader.state)
    ]
    told = _Told(found, strong, columns, _channel(left, place))
    if not strong and (not found or token.figure.counter):
        told.used, ahead = _ahead(reader, token, behind, bool(telling(left)))
        if ahead is not None and ahead.meaning is not None:
            if APPLICATIONS in ahead.meaning.measures:
                told.strong = [(ahead, ahead.meaning.measures[APPLICATIONS])]
            told.columns = columns or ahead.meaning.columns
            told.channel = told.channel or ahead.meaning.channel
    elif strong and found[-1][1].key == "newly_received" and strong[-1][1].kind == "carry":
        told.strong = []  # 结转上年后新收到47件
    return told


def _measure(
    reader: Reader, left: list[Token], token: Token, told: _Told, place: Token | None
) -> Measure | None:
    """What a figure counts, the surest word first; None where the words do not say it."""
    state, text = reader.state, reader.text
    if told.strong:
        return joined(text, told.strong)
    if _total_of(left, state):
        return _totals(state)
    if verbs := [m for _, m in told.found if m.kind == "verb"][::-1]:
        if not _has_object(reader, left, token, told.found, place):
            return None
        return replace(verbs[0], readings=tuple(dict.fromkeys(r for m in verbs for r in m.readings)))
    if told.columns:
        known = state.subject is not None or place is not None
        return (state.measure or verb("received")) if known else None
    if told.channel:
        known = state.measure is not None or place is not None or bool(told.found)
        return (state.measure or verb("received")) if known else None
    if place is not None and place.start < token.start and _named(text, place, token):
        measure = verb("received")
        return replace(measure, readings=(*measure.readings, *verb("handled").readings[1:]))
    return None


def _channel(left: list[Token], place: Token | None) -> str | None:
    """The way in which applications came, if the words right before a figure or its object name one."""
    for i, token in enumerate(left):
        if place is not None and place.end == token.start:
            continue  # 依申请公开信件 is what applications are called here
        if token.meaning and token.meaning.channel:
            after = [
                t for t in left[i + 1 :] if t.meaning and (t.meaning.subject or t.meaning.mark == "total")
            ]
            if not after or (place in after and place is not None and place.start - token.end <= 2):
                return token.meaning.channel
    return None


def _loose(text: str, token: Token, measure: Measure, figure: Token, state: State) -> bool:
    """Whether a loose word says nothing here: 其他 does right before its figure, behind other outcomes."""
    if not measure.loose:
        return False
    told = (
        state.seen & _PARTS
        if measure.key == "others"
        else state.seen or state.fresh or (state.parts and state.measure)
    )
    return not (told and LINK.match(text[token.end : figure.start]) and text[token.start - 1] in ",;:(中。、")


def joined(text: str, found: list[tuple[Token, Measure]]) -> Measure:
    """One measure of several words: 予以公开及部分公开 is a sum, 不掌握等原因无法提供 a row or its group."""
    token, measure = found[-1]
    for other, before in reversed(found[:-1]):
        if before.key == measure.key:
            token = other
            continue
        if before.within == measure.key:
            return replace(before, readings=(*before.readings, *measure.readings))
        if measure.within == before.key:
            return replace(measure, readings=(*measure.readings, *before.readings))
        gap = text[other.end : token.start]
        if before.kind == "part" and measure.kind == "part" and _JOINT.match(gap) and gap.strip("的申请"):
            readings = tuple(a + b for a in before.readings for b in measure.readings)
            measure, token = replace(measure, key="sum", readings=readings), other
            continue
        break
    return measure


def _total_of(left: list[Token], state: State) -> bool:
    words = telling(left)
    return any(t.meaning and t.meaning.mark == "total" for t in left) and not words and bool(state.seen)


def _totals(state: State) -> Measure:
    """总计 behind what was received and carried in is their sum, behind outcomes the row （七）总计."""
    received = claim_terms().words["办理"].measures[APPLICATIONS].readings
    if state.seen <= {"channel", "received", "newly_received"}:
        return replace(verb("received"), key="total")
    order = received[:2] if not (state.seen & _PARTS) else received[1::-1]
    return Measure("total", "verb", order, None, False, False)


def _named(text: str, place: Token, token: Token) -> bool:
    """Whether an object alone says enough: 依申请公开12件, but not 申请5件."""
    if place.end - place.start <= BARE or text[place.end - 2 : place.end] == "信息":
        return False
    return residue(text, place.end, token.start, ()) == 0


def _has_object(
    reader: Reader, left: list[Token], token: Token, found: list[tuple[Token, Measure]], place: Token | None
) -> bool:
    """Whether the clause names applications, or leaves no room for another object between verb and figure."""
    text, state = reader.text, reader.state
    if place is not None and place.end - place.start > BARE:
        return True
    verb = found[-1][0]
    if place is not None and place.start >= token.behind:  # 收到8份申请
        return state.subject is not None and state.subject.key == APPLICATIONS
    known = state.subject is not None and state.subject.key == APPLICATIONS
    rest = residue(text, verb.end, token.start, [t for t in left if t.start >= verb.end])
    return (known or place is not None) and rest <= OWN_SHORT


def _ahead(reader: Reader, token: Token, behind: list[Token], told: bool) -> tuple[int, Token | None]:
    """The outcome, applicant or channel behind a figure that says what it counts: 31件结转下年度, 2件为网络申请."""
    if told and not any(t.meaning and t.meaning.mark == "all" for t in behind):
        near = behind[:1]
        if not near or near[0].start - token.behind > 1:
            return 0, None
    for i, other in enumerate(behind):
        assert other.meaning is not None
        measure = other.meaning.measures.get(APPLICATIONS)
        gap = reader.text[token.behind : other.start]
        if measure is not None and measure.kind != "verb" and not measure.loose:
            return (i + 1, other) if len(gap) <= NEAR and "、" not in gap else (0, None)
        if other.meaning.columns or other.meaning.channel:
            before = behind[i - 1].meaning if i else None  # 3件申请人均为自然人
            all_of_them = before is not None and before.mark == "all"
            return (i + 1, other) if all_of_them or LINK.match(gap) else (0, None)
    return 0, None
