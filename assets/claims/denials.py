"""Lists (分别为2件、3件, 各1件), denials (未收到申请), and 均, which gives the figure before it to a part."""

from __future__ import annotations

import re
from dataclasses import replace

from assets.claims.applications import joined
from assets.claims.claim import Statement, Term
from assets.claims.context import (
    APPLICATIONS,
    BARE,
    DISPUTES,
    OWN_SHORT,
    Reader,
    State,
    add,
    measures_of,
    state_cells,
    state_quantity,
    telling,
    verb,
)
from assets.claims.others import is_of_disclosure
from assets.claims.tokens import Figure, Token
from schemas.claim_terms import Measure, Subject, claim_terms

_ITS = 3  # characters between a subject and a denial of it: 行政复议案件未
_LISTED = re.compile("[、和及与或]")
_SEPARATED = re.compile("(?:情况|事项|案件|[件的\"'])*+(?:以及|[、和及与或,并。]|$)")


def _items(left: list[Token], state: State) -> list[tuple[Subject, Measure | None, tuple[str, ...]]]:
    """What a list names: outcomes of applications, applicants, or subjects."""
    subjects = claim_terms().subjects
    applications = subjects[APPLICATIONS]
    parts = [(applications, m, ()) for _, m in measures_of(left, APPLICATIONS) if m.kind != "verb"]
    if state.subject is not None and state.subject.key in DISPUTES:
        dispute = state.subject
        results = [(dispute, m, ()) for _, m in measures_of(left, dispute.key) if m.kind == "part"]
        if len(results) > 1:
            return list(results)
    if len(parts) > 1:
        return list(parts)
    columns = [t.meaning.columns for t in left if t.meaning and t.meaning.columns]
    if len(columns) > 1:
        return [(applications, state.measure or verb("received"), each) for each in columns]
    named = [t.meaning.subject for t in left if t.meaning and t.meaning.subject]
    return [
        (subject, verb("received") if subject.key == APPLICATIONS else None, ())
        for subject in dict.fromkeys(named)
        if subject.key in (APPLICATIONS, *DISPUTES) or (subject.quantity and subject.key != "information")
    ]


def read_list(reader: Reader, left: list[Token], token: Token) -> bool:
    """A figure that stands for a list (各1件, 均为0件), or the first of several (分别为2件、3件).
    Whether it is one.
    """
    marks = {t.meaning.mark for t in left if t.meaning and t.meaning.mark}
    if not marks & {"respectively", "each", "all"}:
        return False
    items = _items(left, reader.state)
    if len(items) < 2:
        return False
    if "respectively" in marks:
        reader.state.queue = items[1:]
        items = items[:1]
    for subject, measure, columns in items:
        if subject.quantity is not None:
            state_quantity(reader, token, subject.quantity, left)
        else:
            state_cells(reader, token, subject, measure, columns, left)
        reader.state.subject, reader.state.fresh = subject, True
        if measure is not None and subject.key == APPLICATIONS:
            reader.state.seen.add(measure.key)
    return True


def deny(reader: Reader, left: list[Token], denial: int) -> None:
    """A clause that denies: what stands behind the denial is nought, or before it (行政复议均未发生)."""
    state, text = reader.state, reader.text
    word = left[denial]
    assert word.meaning is not None
    before, behind = left[:denial], left[denial + 1 :]
    if any(t.meaning and t.meaning.subject and t.meaning.subject.qualifier for t in left):
        return
    last = next((t for t in reversed(before) if t.meaning and t.meaning.subject), None)
    receiving = word.meaning.mark == "none_receiving"
    subjects = [t for t in behind if t.meaning and t.meaning.subject]
    if len(left) == 1 and _answers(text, word) and state.subject is not None and state.fresh:
        if state.subject.key in (APPLICATIONS, *DISPUTES):
            measure = _newly() if state.subject.key == APPLICATIONS else None
            nought(reader, word, state.subject, measure, (), left)
        return
    if not telling(behind):
        subjects = [
            t for t in before if t.meaning and t.meaning.subject and t.meaning.subject.key in DISPUTES
        ]
        if not subjects or text[word.end : word.end + 1] not in ",;。)":
            return
    elif last is not None and not receiving and _speaks_of(last, word):
        return
    strong = [(t, m) for t, m in measures_of(behind, APPLICATIONS) if m.kind != "verb" and not m.loose]
    strong = [(t, m) for t, m in strong if t.start - word.end <= OWN_SHORT or not _published(behind, t)]
    groups = {m.key for _, m in strong} | state.seen
    strong = [
        (t, m) for t, m in strong if m.within is None or groups - {m.key}
    ]  # 未涉及国家秘密 is no outcome
    if strong and (state.subject is None or state.subject.key == APPLICATIONS or not subjects):
        nought(reader, word, claim_terms().subjects[APPLICATIONS], joined(text, strong), (), left)
        return
    for subject in _denied(text, subjects, receiving):
        measures = [m for _, m in measures_of(behind, subject.key)]
        measures += [m for _, m in measures_of([word], subject.key)]
        if subject.key == APPLICATIONS:
            nought(reader, word, subject, _newly(), (), left)
        elif subject.key == "information" or (
            subject.key == "processing_fee" and not is_of_disclosure(reader)
        ):
            continue
        elif subject.table == "active_disclosure":
            if _denies_decision(reader, word, subject, measures, left):
                nought(reader, word, subject, measures[-1] if measures else None, (), left)
        else:
            nought(reader, word, subject, _denied_part(text, behind, subject), (), left)
        state.subject, state.fresh = subject, True
    state.denied = True


def _answers(text: str, word: Token) -> bool:
    """Whether a denial is all that is said of what stands before its colon: 行政复议情况:无。"""
    return text[word.start - 1 : word.start] == ":" and text[word.end : word.end + 1] in ",;。)"


def _denied_part(text: str, behind: list[Token], subject: Subject) -> Measure | None:
    """The outcome that a denial is of, if it is of one only: 未发生行政复议被纠错的情况."""
    named = 0
    for token in behind:
        assert token.meaning is not None
        measure = token.meaning.measures.get(subject.key)
        if measure is not None and measure.kind == "part":
            return measure if named and not _LISTED.search(text, named, token.start) else None
        if token.meaning.subject is not None and token.meaning.subject.key in DISPUTES:
            named = token.end
    return None


def _speaks_of(subject: Token, word: Token) -> bool:
    """Whether a denial is of what is named before it: 该行政复议件未被纠错, of one that there is."""
    assert subject.meaning is not None and subject.meaning.subject is not None
    key = subject.meaning.subject.key
    return key == "elsewhere" or (key in DISPUTES and word.start - subject.end <= _ITS)


def _published(behind: list[Token], token: Token) -> bool:
    """Whether a denial is of something else than its outcome: 没有出现应公开而不予公开的办件."""
    return any(t.meaning and "information" in t.meaning.measures for t in behind if t.start < token.start)


def _newly() -> Measure:
    return claim_terms().words["新收"].measures[APPLICATIONS]


def _denies_decision(
    reader: Reader, word: Token, subject: Subject, measures: list[Measure], left: list[Token]
) -> bool:
    """Whether a denial says of decisions or documents that there were none: 未作出行政强制."""
    verb = reader.text[word.start : word.end]
    if any(t.meaning and t.meaning.subject and t.meaning.subject.key in DISPUTES for t in left):
        return False
    return bool(measures) or verb in (
        "未作出",
        "未做出",
        "未制发",
        "未制定",
        "未出台",
        "未实施",
        "未印发",
        "未办理",
    )


def _denied(text: str, found: list[Token], receiving: bool) -> list[Subject]:
    """Which of the subjects behind a denial it denies: of 因政府信息公开申请提起的行政复议 only the last."""
    subjects: list[Subject] = []
    others = any(t.meaning and t.meaning.subject and t.meaning.subject.key != APPLICATIONS for t in found)
    for i, token in enumerate(found):
        assert token.meaning is not None and token.meaning.subject is not None
        subject = token.meaning.subject
        if subject.key == "elsewhere":
            if i == 0 and receiving:
                return []
            continue
        if subject.key == APPLICATIONS:
            bare = token.end - token.start <= BARE
            foreign = any(
                t.meaning
                and t.meaning.subject
                and t.meaning.subject.key not in (APPLICATIONS, *DISPUTES, "information")
                for t in found[:i]
            )
            if foreign or (bare and not receiving):
                continue
            cause = text.endswith("因", 0, token.start)  # 未收到因政府信息公开申请提起的行政复议
            if (cause or not receiving) and others and not _SEPARATED.match(text[token.end :]):
                continue
        if subject not in subjects:
            subjects.append(subject)
    return subjects


def nought(
    reader: Reader,
    word: Token,
    subject: Subject,
    measure: Measure | None,
    columns: tuple[str, ...],
    left: list[Token],
) -> None:
    token = word._replace(figure=Figure(0, "", False))
    if subject.quantity is not None:
        state_quantity(reader, token, subject.quantity, left)
        return
    if subject.table == "active_disclosure" and measure is None:
        words = {"licensing": "作出", "penalties": "作出", "coercion": "作出", "charges": "收取"}
        measure = claim_terms().words[words.get(subject.key, "制发")].measures[subject.key]
    state_cells(reader, token, subject, measure, columns, left)


def take_all(reader: Reader, left: list[Token]) -> bool:
    """均为自然人申请, 均获维持, or the outcome of the one case before it: the whole of the figures before it.
    Whether it says so.
    """
    last = reader.state.last
    assert last is not None
    marks = [t for t in left if t.meaning and t.meaning.mark == "all"]
    mark = marks[0] if marks else left[0]
    behind = [t for t in left if t.start >= mark.end] if marks else left
    if last.table == APPLICATIONS:
        columns = next((t.meaning.columns for t in behind if t.meaning and t.meaning.columns), ())
        if not columns or any(t.meaning and t.meaning.channel for t in behind):
            return False
        readings = tuple(
            tuple((sign, row, column) for sign, row, _ in reading for column in columns)
            for reading in last.readings
        )
        add(reader, mark, left, replace(last, readings=readings, unit=last.unit, implied=True))
        return True
    if last.table != "review_litigation":
        return False
    whole: list[Statement] = []
    for statement in reversed(reader.found):
        total = statement.table == "review_litigation" and statement.readings[0][0][2] == "total"
        if statement.implied or not total:
            break  # 均 is of the totals right before it
        whole.insert(0, statement)
        if not marks:
            break
    parts = [
        m
        for _, m in measures_of(behind, "review")
        if m.kind == "part" and m.key in ("upheld", "corrected", "pending")
    ]
    if not parts or not whole:
        return False
    for statement in whole:
        rows = [row for _, row, _ in statement.readings[0]]
        key = parts[-1].key
        whole_of: list[tuple[Term, ...]] = [tuple((1, row, key) for row in rows)]
        if key != "pending":
            whole_of.append(tuple((1, row, column) for row in rows for column in (key, "pending")))
        add(reader, mark, left, replace(statement, readings=tuple(whole_of), implied=True))
    return True
