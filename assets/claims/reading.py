"""From sentences to statements: for each figure its subject, what it counts of it, the period and the scope."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from assets.claims.claim import Period, Scope, Sentence, Statement, Term
from assets.claims.tokens import Figure, Token, blanked, tokens
from assets.model import Number
from schemas.claim_terms import Measure, Subject, Sum, claim_terms

_APPLICATIONS = "applications"
_DISPUTES = ("review", "litigation", "litigation_direct", "litigation_after_review")
_DECISIONS = ("licensing", "penalties", "coercion")
# Words that may stand between a verb and its figure without naming another object.
_FILLER = re.compile(
    r"政府信息公开|信息公开|政府信息|相关|有关|公民|法人|其他组织|社会|群众|单位|机关|提出|提交|文件|事项|数量|件数|总数|依法|按期|按时|及时|均|已|共|总|累|计"
    r"|全部|全年|今年|年内|为|是|系|属于|属|的|了|在|由|因|予以|法定|期限|时限|内|各类|各|类|等|数|本|年|度|我|局|委|办|中心|有|另|向|其中|和|与|及|或|并|或者|、|\"|'|□|\W"
)
_OWN_SHORT = 2  # Han characters that may be left between a verb and its figure, where no object is named
_BARE = 2  # characters of 申请 alone, which may be of anything
_NEAR = 14  # characters behind a figure within which its object may stand
_JOINT = re.compile(r"^(?:的|、|和|及|与|或|以及|并|申请|情形|\"|'|,)*$")
_LINK = re.compile(
    r"^(?:的|为|是|系|属|属于|申请|予以|被|已|由|因|通过|均|均为|作出|答复|决定|办理|件|将|需|并|按照□|依照□|按□|正常|\"|')*$"
)
_SEPARATED = re.compile(r"^(?:件|情况|事项|案件|的|\"|')*(?:、|和|及|与|或|以及|,|并|。|$)")
_COMPARED = re.compile(r"[比较]$")
_CASES_END = re.compile(r"(?:情况|案件|情形|诉讼|复议|事项|现象|行为|事件|问题|等)[。;]?$")


@dataclass(slots=True)
class State:
    """What is carried from clause to clause. `measure` is what parts (其中自然人) are parts of; `seen` holds the
    keys of the measures of the sentence; `items` is the last total of items disclosed; `queue` holds what the
    next figures stand for (分别为2件、3件).
    """

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
class _Reader:
    """Reads one sentence: what every step needs to know of it."""

    sentence: Sentence
    text: str
    year: int | None
    state: State
    found: list[Statement] = field(default_factory=list)


def statements(sentence: Sentence, year: int | None, state: State) -> list[Statement]:
    """The statements of one sentence in printed order; `state` goes on to the next sentence."""
    if sentence.opens:
        state.subject = claim_terms().subjects[_APPLICATIONS] if sentence.applications else None
        state.measure = None
    state.fresh, state.period, state.scope, state.parts = False, "report_year", "organ", False
    state.items, state.last, state.denied = None, None, False
    state.seen, state.queue = set(), []
    reader = _Reader(sentence, blanked(sentence.text), year, state)
    outer: list[State] = []
    for segment, closed_by in _segments(reader.text):
        _read_segment(reader, segment)
        if closed_by == "(":
            outer.append(replace(reader.state, seen=set(reader.state.seen)))
            if _ends_compared(reader.text, segment):
                reader.state.period = "other_year"
        elif closed_by == ")" and outer:
            inner, reader.state = reader.state, outer.pop()
            reader.state.seen |= inner.seen
    state.subject, state.measure = reader.state.subject, reader.state.measure
    return reader.found


def _segments(text: str) -> Iterator[tuple[list[Token], str]]:
    """The tokens of each clause, and the mark that ends it."""
    segment: list[Token] = []
    for token in tokens(text):
        if token.meaning is None and token.figure is None:
            yield segment, text[token.start]
            segment = []
        else:
            segment.append(token)
    yield segment, ""


def _ends_compared(text: str, segment: list[Token]) -> bool:
    """Whether a clause ends with a year that this one is compared with: 比2022年(31起)."""
    if not segment or not (figure := segment[-1].figure) or not figure.counter.startswith("年"):
        return False
    return _COMPARED.search(text, 0, segment[-1].start) is not None


def _read_segment(reader: _Reader, segment: list[Token]) -> None:
    """Read one clause: its figures one by one, then what it denies."""
    state = reader.state
    left: list[Token] = []
    denial: int | None = None
    figures = 0
    i = 0
    while i < len(segment):
        token = segment[i]
        i += 1
        if token.figure is None:
            assert token.meaning is not None
            mark = token.meaning.mark
            _note(state, mark)
            if mark in ("none", "none_receiving") and denial is None:
                denial = len(left)
            left.append(token)
        elif token.figure.counter.startswith("年"):
            i += _read_year(reader, segment, i - 1, left)
        else:
            figures += 1
            behind = _behind(segment, i)
            if denial is None and not any(t.meaning and t.meaning.mark == "change" for t in left):
                before = len(reader.found)
                i += _read_figure(reader, left, token, behind, segment[i + len(behind) :])
                if len(reader.found) == before:
                    _part_of_items(reader, left, token)
            elif token.figure.counter == "%":
                _read_share(reader, left, token)
            if left and left[-1].meaning is not None and left[-1].meaning.mark == "change":
                return  # what follows in the clause is a comparison too
            left = []
            if denial is not None:
                return
    if not figures:
        _read_words(reader, left, denial)


def _behind(segment: list[Token], i: int) -> list[Token]:
    """The tokens from `i` on that stand before the next figure."""
    end = i
    while end < len(segment) and segment[end].figure is None:
        end += 1
    return segment[i:end]


def _note(state: State, mark: str | None) -> None:
    """Take in a word for period or scope."""
    if mark == "among":
        state.parts = True
    elif mark in ("organ", "area", "other_body"):
        state.scope = mark  # type: ignore[assignment]
    elif mark == "previous":
        state.period = "other_year"
    elif mark in ("part_of_year", "several_years"):
        state.period = mark  # type: ignore[assignment]


def _read_year(reader: _Reader, segment: list[Token], i: int, left: list[Token]) -> int:
    """A year: the period of what follows, or the direction in which applications are carried. Returns how many
    tokens behind it are used up.
    """
    token = segment[i]
    assert token.figure is not None
    year, text = int(token.figure.value), reader.text
    if not 1990 <= year <= 2100 or reader.year is None:
        return 0
    following = segment[i + 1] if i + 1 < len(segment) else None
    if left and (last := left[-1].meaning) and (carried := last.measures.get(_APPLICATIONS)):
        if carried.key == "carried_to" and left[-1].end == token.start:
            if year == reader.year:
                left[-1] = left[-1]._replace(meaning=claim_terms().words["上年结转"])
            return 0
    if following is not None and following.meaning is not None and following.start == token.behind:
        carried_from = following.meaning.measures.get(_APPLICATIONS)
        if carried_from is not None and carried_from.key == "carried":
            word = "上年结转" if year == reader.year - 1 else "结转下年"
            left.append(following._replace(meaning=claim_terms().words[word]))
            return 1
    if _COMPARED.search(text, 0, token.start):
        left.append(token._replace(meaning=claim_terms().words["同比"], figure=None))
        return 0
    reader.state.period = "report_year" if year == reader.year else "other_year"
    return 0


# --- one figure -------------------------------------------------------------------------------------------------


def _read_figure(
    reader: _Reader, left: list[Token], token: Token, behind: list[Token], rest: list[Token]
) -> int:
    """Read one figure with the words before and behind it; returns how many tokens behind it are used up."""
    state = reader.state
    figure = token.figure
    assert figure is not None
    if figure.counter == "%" or any(t.meaning and t.meaning.mark == "change" for t in left):
        return 0
    if state.queue and not _telling(left):
        subject, measure, columns = state.queue.pop(0)
        _state(reader, token, subject, measure, columns, left)
        return 0
    if (listed := _listed(reader, left, token, rest)) is not None:
        return listed
    subject, place = _subject_of(left, state)
    used = 0
    strong = any(_strong(t, state) for t in left)
    adjacent = place is not None and place.end == token.start
    if behind and behind[0].start == token.behind and not adjacent and not strong:
        place = place if behind[0].meaning is None or behind[0].meaning.subject is None else None
    if subject is None or (place is None and not strong and not (rest and _telling(left))):
        ahead = _subject_ahead(reader.text, token, behind, bool(left))
        if ahead is not None:
            used = behind.index(ahead) + 1
            assert ahead.meaning is not None
            subject, place = ahead.meaning.subject, ahead
    if subject is None or subject.qualifier:
        return 0
    if subject.table is None and _part_of_items(reader, left, token):
        return 0
    if subject.key == "elsewhere":
        state.subject, state.measure, state.fresh = subject, None, True
        return 0
    if subject.key == _APPLICATIONS:
        return max(used, _read_application(reader, left, token, behind, subject, place))
    if figure.counter not in subject.counters:
        return used
    if subject.key in _DISPUTES:
        return max(used, _read_dispute(reader, left, token, behind, subject, place))
    if subject.table is not None:
        _read_disclosure(reader, left, token, subject, place)
        return used
    _read_quantity(reader, left, token, subject, place)
    return used


def _telling(left: Iterable[Token]) -> list[Token]:
    """The words that say what is counted: subjects, measures, applicants and channels."""
    return [
        t
        for t in left
        if t.meaning and (t.meaning.subject or t.meaning.measures or t.meaning.columns or t.meaning.channel)
    ]


def _strong(token: Token, state: State) -> bool:
    """Whether a word is an outcome or a carry-over of applications, which says of itself what is counted."""
    assert token.meaning is not None
    measure = token.meaning.measures.get(_APPLICATIONS)
    if measure is None or measure.kind == "verb" or measure.loose:
        return False
    return not (
        state.subject and state.subject.key in _DISPUTES and state.subject.key in token.meaning.measures
    )


def _subject_of(left: list[Token], state: State) -> tuple[Subject | None, Token | None]:
    """The subject of a figure by the words before it, the nearest first; else that of the clauses before."""
    for token in reversed(left):
        assert token.meaning is not None
        if _strong(token, state) and not (state.subject and state.subject.key == "elsewhere" and state.fresh):
            return claim_terms().subjects[_APPLICATIONS], None
        if token.meaning.subject is not None:
            return token.meaning.subject, token
    return state.subject, None


def _subject_ahead(text: str, token: Token, behind: list[Token], some: bool) -> Token | None:
    """The word behind a figure that names what it counts: 收到8份政府信息公开申请."""
    for other in behind:
        assert other.meaning is not None
        if other.meaning.mark == "change":
            return None
        if other.meaning.subject is not None:
            near = other.start - token.behind <= _NEAR and "、" not in text[token.behind : other.start]
            return other if near and token.figure is not None and token.figure.counter else None
    return None


def _residue(text: str, start: int, end: int, between: Iterable[Token]) -> int:
    """How many characters of text[start:end] are neither words that we know nor fillers."""
    rest, done = 0, start
    for token in between:
        if token.start >= done:
            rest += len(_FILLER.sub("", text[done : token.start]))
            done = token.end
    return rest + len(_FILLER.sub("", text[done:end]))


# --- applications -----------------------------------------------------------------------------------------------


def _measures(left: Iterable[Token], subject: str) -> list[tuple[Token, Measure]]:
    return [(t, t.meaning.measures[subject]) for t in left if t.meaning and subject in t.meaning.measures]


def _read_application(
    reader: _Reader,
    left: list[Token],
    token: Token,
    behind: list[Token],
    subject: Subject,
    place: Token | None,
) -> int:
    """A figure that counts applications."""
    state, text = reader.state, reader.text
    assert token.figure is not None
    if token.figure.counter not in subject.counters or isinstance(token.figure.value, float):
        return 0
    found = _measures(left, _APPLICATIONS)
    columns = next((t.meaning.columns for t in reversed(left) if t.meaning and t.meaning.columns), ())
    channel = _channel(left, place)
    used = 0
    strong = [(t, m) for t, m in found if m.kind != "verb" and not _loose(text, t, m, token, state)]
    if not strong and (not found or not token.figure.counter == ""):
        used, ahead = _ahead(reader, token, behind, bool(left) and bool(_telling(left)))
        if ahead is not None and ahead.meaning is not None:
            if _APPLICATIONS in ahead.meaning.measures:
                strong = [(ahead, ahead.meaning.measures[_APPLICATIONS])]
            columns = columns or ahead.meaning.columns
            channel = channel or ahead.meaning.channel
    if strong and found and found[-1][1].key == "newly_received" and strong[-1][1].kind == "carry":
        strong = []  # 结转上年后新收到47件
    if strong:
        measure = _joined(text, strong)
    elif _total_of(left, state):
        measure = _totals(state)
    elif verbs := [m for _, m in found if m.kind == "verb"]:
        if not _has_object(reader, left, token, found, place, channel):
            return 0
        measure = replace(
            verbs[-1], readings=tuple(dict.fromkeys(r for m in verbs[::-1] for r in m.readings))
        )
    elif columns or channel:
        measure = state.measure or _verb("received")
        if columns and state.subject is None and place is None:
            return used
    elif place is not None and _named(text, place, token):
        measure = _verb("handled")
        measure = replace(measure, readings=(*_verb("received").readings, *measure.readings[1:]))
    else:
        return used
    if token.figure.counter == "" and not (state.seen or strong or found):
        return used
    if channel and not strong and not columns:
        if state.measure is None and place is None and not found:
            return used
        statement = _quantity(reader, token, f"applications_received.{channel}", left)
        state.seen.add("channel")
    else:
        statement = _state(reader, token, subject, measure, columns, left)
    if statement is not None and not channel:
        state.measure = measure
        state.seen.add(measure.key)
    state.subject, state.fresh = subject, True
    return used


def _channel(left: list[Token], place: Token | None) -> str | None:
    """The way in which applications came, if the words right before a figure or its object name one."""
    for i, token in enumerate(left):
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
    told = state.seen & _PARTS if measure.key == "others" else state.seen or (state.parts and state.measure)
    return not (told and _LINK.match(text[token.end : figure.start]) and text[token.start - 1] in ",;:(中。")


_PARTS = frozenset({"granted", "granted_in_part", "refused", "unavailable", "unprocessed", "other"})


def _verb(key: str) -> Measure:
    words = {"received": "收到", "handled": "办理"}
    return claim_terms().words[words[key]].measures[_APPLICATIONS]


def _joined(text: str, found: list[tuple[Token, Measure]]) -> Measure:
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
        if before.kind == "part" and measure.kind == "part" and _JOINT.match(text[other.end : token.start]):
            if text[other.end : token.start].strip("的申请"):
                readings = tuple(a + b for a in before.readings for b in measure.readings)
                measure, token = replace(measure, key="sum", readings=readings), other
                continue
        break
    return measure


def _total_of(left: list[Token], state: State) -> bool:
    words = _telling(left)
    return any(t.meaning and t.meaning.mark == "total" for t in left) and not words and bool(state.seen)


def _totals(state: State) -> Measure:
    """总计 behind what was received and carried in is their sum, behind outcomes the row （七）总计."""
    received = claim_terms().words["办理"].measures[_APPLICATIONS].readings
    if state.seen <= {"channel", "received", "newly_received"}:
        return replace(_verb("received"), key="total")
    order = received[:2] if not (state.seen & _PARTS) else received[1::-1]
    return Measure("total", "verb", order, None, False, False)


def _named(text: str, place: Token, token: Token) -> bool:
    """Whether an object alone says enough: 依申请公开12件, but not 申请5件."""
    if place.end - place.start <= _BARE or text[place.end - 2 : place.end] == "信息":
        return False
    return bool(_LINK.match(_FILLER.sub("", text[place.end : token.start])))


def _has_object(
    reader: _Reader,
    left: list[Token],
    token: Token,
    found: list[tuple[Token, Measure]],
    place: Token | None,
    channel: str | None,
) -> bool:
    """Whether the clause names applications, or leaves no room for another object between verb and figure."""
    text, state = reader.text, reader.state
    if place is not None and place.end - place.start > _BARE:
        return True
    verb = found[-1][0]
    if place is not None and place.start >= token.behind:  # 收到8份申请
        return state.subject is not None and state.subject.key == _APPLICATIONS
    known = state.subject is not None and state.subject.key == _APPLICATIONS
    rest = _residue(text, verb.end, token.start, [t for t in left if t.start >= verb.end])
    return (known or place is not None) and rest <= _OWN_SHORT


def _ahead(reader: _Reader, token: Token, behind: list[Token], told: bool) -> tuple[int, Token | None]:
    """The outcome, applicant or channel behind a figure that says what it counts: 31件结转下年度, 2件为网络申请."""
    if told and not any(t.meaning and t.meaning.mark == "all" for t in behind):
        near = behind[:1]
        if not near or near[0].start - token.behind > 1:
            return 0, None
    for i, other in enumerate(behind):
        assert other.meaning is not None
        measure = other.meaning.measures.get(_APPLICATIONS)
        gap = reader.text[token.behind : other.start]
        if measure is not None and measure.kind != "verb" and not measure.loose:
            return (i + 1, other) if len(gap) <= _NEAR and "、" not in gap else (0, None)
        if other.meaning.columns or other.meaning.channel:
            return (i + 1, other) if _LINK.match(gap) else (0, None)
    return 0, None


# --- reviews and lawsuits, what section two counts, what no table holds ------------------------------------------


def _read_dispute(
    reader: _Reader,
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
    found = [m for _, m in _measures(left, subject.key) if m.kind == "part"]
    used = 0
    if not found and place is None:
        for i, other in enumerate(behind):
            if other.meaning and subject.key in other.meaning.measures:
                if _LINK.match(text[token.behind : other.start]):
                    found, used = [other.meaning.measures[subject.key]], i + 1
                break
    disputes = [t for t in left if t.meaning and t.meaning.subject and t.meaning.subject.key in _DISPUTES]
    kinds = {t.meaning.subject.key for t in disputes if t.meaning and t.meaning.subject}
    if found:
        _state(reader, token, subject, found[-1], (), left)
    elif place is None:
        return used
    elif len(kinds) == 2 and disputes[-1].start - disputes[-2].end <= 2:
        rows = tuple(
            row for t in disputes[-2:] if t.meaning and t.meaning.subject for row in t.meaning.subject.rows
        )
        _state(reader, token, replace(subject, rows=tuple(dict.fromkeys(rows))), None, (), left)
    else:
        _state(reader, token, subject, None, (), left)
    state.subject, state.fresh = subject, True
    return used


def _read_disclosure(
    reader: _Reader, left: list[Token], token: Token, subject: Subject, place: Token | None
) -> None:
    """A figure of the table of section two."""
    state, text = reader.state, reader.text
    found = _measures(left, subject.key)
    if place is None:
        if not state.fresh or not found:
            return
        verb = found[-1][0]
        if _residue(text, verb.end, token.start, [t for t in left if t.start >= verb.end]) > 0:
            return
    elif place.end <= token.start and "信息" in text[place.end : token.start]:
        return  # 行政许可类信息10条 counts items
    measure = found[-1][1] if found else None
    if measure is None and subject.key not in _DECISIONS:
        weak = claim_terms().words["公开"].measures.get(subject.key)
        if weak is None:
            return
        measure = weak
    elif measure is None:
        measure = claim_terms().words["作出"].measures[subject.key]
    if subject.key in _DECISIONS and reader.state.items is not None and not found:
        measure = replace(measure, weak=True)
    assert token.figure is not None
    if subject.key != "charges" and isinstance(token.figure.value, float):
        return
    if subject.key == "charges" and token.figure.counter != "万元":
        return
    _state(reader, token, subject, measure, (), left)
    state.subject, state.fresh = subject, True


def _read_quantity(
    reader: _Reader, left: list[Token], token: Token, subject: Subject, place: Token | None
) -> None:
    """A figure that no table holds."""
    state = reader.state
    assert token.figure is not None and subject.quantity is not None
    if subject.key == "information":
        if place is not None and _measures(left, subject.key):
            statement = _quantity(reader, token, subject.quantity, left)
            state.items = statement
        return
    if place is None:
        return
    if subject.key == "processing_fee" and not _of_disclosure(reader, place):
        return
    if subject.key == "processing_fee" and token.figure.counter == "万元":
        return
    _quantity(reader, token, subject.quantity, left)
    state.subject, state.fresh = subject, True


def _of_disclosure(reader: _Reader, place: Token) -> bool:
    """Whether a fee is that of section six."""
    return reader.sentence.section == 6 or "信息" in reader.text or "收费通知" in reader.text


def _part_of_items(reader: _Reader, left: list[Token], token: Token) -> bool:
    """Take a figure as a part of the items disclosed, if their total or another part stands right before it."""
    state, items, figure = reader.state, reader.state.items, token.figure
    assert figure is not None
    if items is None or not state.parts or figure.counter != items.unit:
        return False
    if state.last is None or state.last.quantity not in ("disclosed_items", "disclosed_items.part"):
        return False
    _quantity(reader, token, "disclosed_items.part", left)
    return True


def _read_share(reader: _Reader, left: list[Token], token: Token) -> None:
    """The share of what was handled that the figure of applications right before it takes: 81件,占5.57%."""
    last = reader.state.last
    if last is None or last.table != _APPLICATIONS or reader.text[token.start - 1] not in "占比为":
        return
    if any(t.meaning and t.meaning.mark == "change" and not _is(reader, t, "占") for t in left):
        return
    _quantity(reader, token, "applications.share", left)


def _is(reader: _Reader, token: Token, word: str) -> bool:
    return reader.text[token.start : token.end].startswith(word)


# --- lists, denials, all ----------------------------------------------------------------------------------------


def _items(left: list[Token], state: State) -> list[tuple[Subject, Measure | None, tuple[str, ...]]]:
    """What a list names: outcomes of applications, applicants, or subjects."""
    subjects = claim_terms().subjects
    applications = subjects[_APPLICATIONS]
    parts = [(applications, m, ()) for _, m in _measures(left, _APPLICATIONS) if m.kind != "verb"]
    if state.subject is not None and state.subject.key in _DISPUTES:
        dispute = state.subject
        results = [(dispute, m, ()) for _, m in _measures(left, dispute.key) if m.kind == "part"]
        if len(results) > 1:
            return list(results)
    if len(parts) > 1:
        return list(parts)
    columns = [t.meaning.columns for t in left if t.meaning and t.meaning.columns]
    if len(columns) > 1:
        return [(applications, state.measure or _verb("received"), each) for each in columns]
    named = [t.meaning.subject for t in left if t.meaning and t.meaning.subject]
    return [
        (subject, _verb("received") if subject.key == _APPLICATIONS else None, ())
        for subject in dict.fromkeys(named)
        if subject.key in (_APPLICATIONS, *_DISPUTES) or subject.quantity and subject.key != "information"
    ]


def _listed(reader: _Reader, left: list[Token], token: Token, rest: list[Token]) -> int | None:
    """A figure that stands for a list (各1件, 均为0件), or the first of several (分别为2件、3件)."""
    marks = {t.meaning.mark for t in left if t.meaning and t.meaning.mark}
    if not marks & {"respectively", "each", "all"}:
        return None
    items = _items(left, reader.state)
    if len(items) < 2:
        return None
    if "respectively" in marks:
        reader.state.queue = items[1:]
        items = items[:1]
    for subject, measure, columns in items:
        if subject.quantity is not None:
            _quantity(reader, token, subject.quantity, left)
        else:
            _state(reader, token, subject, measure, columns, left)
        reader.state.subject, reader.state.fresh = subject, True
        if measure is not None and subject.key == _APPLICATIONS:
            reader.state.seen.add(measure.key)
    return 0


def _read_words(reader: _Reader, left: list[Token], denial: int | None) -> None:
    """A clause without figures: what it denies is nought; 均 gives the figure of the clause before; else it
    says what the next clauses speak of.
    """
    state = reader.state
    if denial is not None:
        _deny(reader, left, denial)
        return
    subjects = [t.meaning.subject for t in left if t.meaning and t.meaning.subject]
    if state.denied and subjects and subjects[0].key in _DISPUTES and _ends_segment(reader, left):
        _nought(reader, left[0], subjects[0], None, (), left)
        return
    if state.last is not None and any(t.meaning and t.meaning.mark == "all" for t in left):
        if _all(reader, left):
            return
    for token in reversed(left):
        if token.meaning and (subject := token.meaning.subject):
            if subject.key == "information" or subject.qualifier:
                continue
            state.subject, state.fresh = subject, True
            if subject.key != _APPLICATIONS:
                state.measure = None
            elif verbs := [m for _, m in _measures(left, _APPLICATIONS) if m.kind == "verb"]:
                state.measure = verbs[-1]
            return


def _ends_segment(reader: _Reader, left: list[Token]) -> bool:
    """Whether a clause ends with its cases: 提起行政诉讼的情况."""
    end = left[-1].end
    stop = next((i for i in range(end, len(reader.text)) if reader.text[i] in ",;:()。"), len(reader.text))
    return stop - end < _NEAR and bool(_CASES_END.search(reader.text[:stop]))


def _deny(reader: _Reader, left: list[Token], denial: int) -> None:
    """A clause that denies: what stands behind the denial is nought, or before it (行政复议均未发生)."""
    state, text = reader.state, reader.text
    word = left[denial]
    assert word.meaning is not None
    before, behind = left[:denial], left[denial + 1 :]
    if any(t.meaning and t.meaning.subject and t.meaning.subject.qualifier for t in left):
        return
    last = next((t.meaning.subject for t in reversed(before) if t.meaning and t.meaning.subject), None)
    receiving = word.meaning.mark == "none_receiving"
    subjects = [t for t in behind if t.meaning and t.meaning.subject]
    if not _telling(behind):
        subjects = [
            t for t in before if t.meaning and t.meaning.subject and t.meaning.subject.key in _DISPUTES
        ]
        if not subjects or text[word.end : word.end + 1] not in ",;。)":
            return
    elif last is not None and last.key == "elsewhere" and not receiving:
        return
    strong = [(t, m) for t, m in _measures(behind, _APPLICATIONS) if m.kind != "verb" and not m.loose]
    strong = [(t, m) for t, m in strong if t.start - word.end <= _OWN_SHORT or not _published(behind, t)]
    if strong and (state.subject is None or state.subject.key == _APPLICATIONS or not subjects):
        _nought(reader, word, claim_terms().subjects[_APPLICATIONS], _joined(text, strong), (), left)
        return
    for subject in _denied(text, subjects, receiving):
        measures = [m for _, m in _measures(behind, subject.key)]
        measures += [m for _, m in _measures([word], subject.key)]
        if subject.key == _APPLICATIONS:
            columns = next((t.meaning.columns for t in behind if t.meaning and t.meaning.columns), ())
            _nought(reader, word, subject, _newly(), () if len(columns) else (), left)
        elif subject.key == "information":
            continue
        elif subject.key == "processing_fee" and not _of_disclosure(reader, word):
            continue
        elif subject.table == "active_disclosure":
            if _denies_decision(reader, word, subject, measures, left):
                _nought(reader, word, subject, measures[-1] if measures else None, (), left)
        else:
            _nought(reader, word, subject, None, (), left)
        state.subject, state.fresh = subject, True
    state.denied = True


def _published(behind: list[Token], token: Token) -> bool:
    """Whether a denial is of something else than its outcome: 没有出现应公开而不予公开的办件."""
    return any(t.meaning and "information" in t.meaning.measures for t in behind if t.start < token.start)


def _newly() -> Measure:
    return claim_terms().words["新收"].measures[_APPLICATIONS]


def _denies_decision(
    reader: _Reader, word: Token, subject: Subject, measures: list[Measure], left: list[Token]
) -> bool:
    """Whether a denial says of decisions or documents that there were none: 未作出行政强制."""
    verb = reader.text[word.start : word.end]
    if any(t.meaning and t.meaning.subject and t.meaning.subject.key in _DISPUTES for t in left):
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
    others = any(t.meaning and t.meaning.subject and t.meaning.subject.key != _APPLICATIONS for t in found)
    for i, token in enumerate(found):
        assert token.meaning is not None and token.meaning.subject is not None
        subject = token.meaning.subject
        if subject.key == "elsewhere":
            if i == 0 and receiving:
                return []
            continue
        if subject.key == _APPLICATIONS:
            bare = token.end - token.start <= _BARE
            foreign = any(
                t.meaning
                and t.meaning.subject
                and t.meaning.subject.key not in (_APPLICATIONS, *_DISPUTES, "information")
                for t in found[:i]
            )
            if foreign or (bare and not receiving):
                continue
            if not receiving and others and not _SEPARATED.match(text[token.end :]):
                continue
        if subject not in subjects:
            subjects.append(subject)
    return subjects


def _nought(
    reader: _Reader,
    word: Token,
    subject: Subject,
    measure: Measure | None,
    columns: tuple[str, ...],
    left: list[Token],
) -> None:
    token = word._replace(figure=Figure(0, "", False))
    if subject.quantity is not None:
        _quantity(reader, token, subject.quantity, left)
        return
    if subject.table == "active_disclosure" and measure is None:
        words = {"licensing": "作出", "penalties": "作出", "coercion": "作出", "charges": "收取"}
        measure = claim_terms().words[words.get(subject.key, "制发")].measures[subject.key]
    _state(reader, token, subject, measure, columns, left)


def _all(reader: _Reader, left: list[Token]) -> bool:
    """均为自然人申请, 均获维持: the whole of the figures before it. Whether it says so."""
    state, last = reader.state, reader.state.last
    assert last is not None
    mark = next(t for t in left if t.meaning and t.meaning.mark == "all")
    behind = [t for t in left if t.start >= mark.end]
    if last.table == _APPLICATIONS:
        columns = next((t.meaning.columns for t in behind if t.meaning and t.meaning.columns), ())
        if not columns or any(t.meaning and t.meaning.channel for t in behind):
            return False
        readings = tuple(
            tuple((sign, row, column) for sign, row, _ in reading for column in columns)
            for reading in last.readings
        )
        _add(reader, mark, left, replace(last, readings=readings, unit=last.unit, implied=True))
        return True
    if last.table != "review_litigation":
        return False
    whole = [s for s in reader.found if s.table == "review_litigation" and not s.implied]
    parts = [
        m
        for _, m in _measures(behind, "review")
        if m.kind == "part" and m.key in ("upheld", "corrected", "pending")
    ]
    if not parts or any(column != "total" for s in whole for _, _, column in s.readings[0]):
        return False
    for statement in whole:
        rows = [row for _, row, _ in statement.readings[0]]
        key = parts[-1].key
        readings = [tuple((1, row, key) for row in rows)]
        if key != "pending":
            readings.append(tuple((1, row, column) for row in rows for column in (key, "pending")))
        _add(reader, mark, left, replace(statement, readings=tuple(readings), implied=True))
    return True


# --- making statements ------------------------------------------------------------------------------------------


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


def _state(
    reader: _Reader,
    token: Token,
    subject: Subject,
    measure: Measure | None,
    columns: tuple[str, ...],
    left: list[Token],
) -> Statement | None:
    """Add what a figure states of a table."""
    figure = token.figure
    assert figure is not None
    if subject.quantity is not None:
        return _quantity(reader, token, subject.quantity, left)
    readings = _cells(subject, measure, columns)
    statement = Statement(
        token.start,
        token.end,
        figure.value,
        figure.counter or None,
        (),
        table=subject.table,
        readings=readings,
        weak=measure is not None and measure.weak,
        approximate=figure.approximate,
    )
    return _add(reader, token, left, statement)


def _quantity(reader: _Reader, token: Token, name: str, left: list[Token]) -> Statement:
    """Add what a figure states that no table holds."""
    figure: Figure | None = token.figure
    assert figure is not None
    value: Number = figure.value
    statement = Statement(
        token.start,
        token.end,
        value,
        figure.counter or None,
        (),
        quantity=name,
        approximate=figure.approximate,
    )
    return _add(reader, token, left, statement)


def _add(reader: _Reader, token: Token, left: list[Token], statement: Statement) -> Statement:
    """Enter a statement with its place, words, period and scope."""
    words = tuple(
        dict.fromkeys(reader.text[t.start : t.end] for t in left if t.meaning and t.start != token.start)
    )
    added = replace(
        statement,
        start=token.start,
        end=token.end,
        words=words,
        period=reader.state.period,
        scope=reader.state.scope,
    )
    reader.found.append(added)
    if not added.implied:
        reader.state.last = added
    return added
