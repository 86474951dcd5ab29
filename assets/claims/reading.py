"""From sentences to statements, clause by clause: for each figure its subject, period and scope."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assets.claims.applications import read_application
from assets.claims.claim import Sentence, Statement
from assets.claims.context import (
    APPLICATIONS,
    DISPUTES,
    FEES,
    NEAR,
    Reader,
    State,
    is_outcome,
    measures_of,
    state_cells,
    telling,
)
from assets.claims.denials import deny, nought, read_list, take_all
from assets.claims.others import read_disclosure, read_dispute, read_quantity, read_share, take_part_of_items
from assets.claims.tokens import Token, blanked, tokens
from assets.decoder.memory import remember
from schemas.claim_terms import Measure, Subject, claim_terms

_Read = tuple[tuple[Statement, ...], Subject | None, Measure | None]
# What sentences state, by all that it depends on: many come again in thousands of reports.
_READ: dict[tuple[str, bool, int | None, bool, Subject | None, Measure | None], _Read] = {}
_MOST_READ = 4096
_REMEMBERED = 300  # characters: a longer sentence hardly comes again
_ITS_OUTCOME = 4  # characters between a figure and its outcome: 6件分局不掌握
_RECEIVED = ((1, "received", "total"),)
_COMPARED = frozenset("比较")
# The end of a clause that goes on with a denial: 未发生行政复议,提起行政诉讼的情况.
_CASES = re.compile(
    "的?(?:情况|案件|情形|事项|现象|行为|事件|问题|等){0,2}(?:的?(?:发生|产生|出现))?(?=[,;:()。]|$)"
)


def statements(sentence: Sentence, year: int | None, state: State) -> Sequence[Statement]:
    """The statements of one sentence in printed order; subject and measure of `state` go on to the next."""
    if sentence.opens:
        state.subject = claim_terms().subjects[APPLICATIONS] if sentence.applications else None
        state.measure = None
    key = (sentence.text, sentence.section == FEES, year, state.own_office, state.subject, state.measure)
    read = _READ.get(key)
    if read is None:
        read = _read(sentence, year, State(state.own_office, state.subject, measure=state.measure))
        if len(sentence.text) <= _REMEMBERED:
            remember(_READ, key, read, _MOST_READ)
    found, state.subject, state.measure = read
    return found


def _read(sentence: Sentence, year: int | None, state: State) -> _Read:
    """The statements of one sentence, and the subject and measure of which the next goes on to speak. Of the
    sentence only what is in the keys of _READ is looked at.
    """
    reader = Reader(sentence, blanked(sentence.text), year, state)
    outer: list[State] = []
    for segment, closed_by in _segments(reader.text):
        if segment:
            _read_segment(reader, segment)
        if closed_by == "(":
            outer.append(replace(reader.state, seen=set(reader.state.seen)))
            if _ends_compared(reader.text, segment):
                reader.state.period = "other_year"
            last = reader.state.last
            if last is not None and last.quantity == "disclosed_items.part":
                reader.state.items = None  # what follows are parts of that part
        elif closed_by == ")" and outer:
            inner, reader.state = reader.state, outer.pop()
            reader.state.seen |= inner.seen
    _weaken(reader.found)
    return (
        tuple(s for s in reader.found if not _is_received_again(s, reader.found)),
        reader.state.subject,
        reader.state.measure,
    )


def _weaken(found: list[Statement]) -> None:
    """Weaken what gives one quantity two values in one sentence: parts of it that we do not tell apart."""
    values: dict[object, Statement] = {}
    for statement in found:
        if statement.readings and not statement.implied:
            other = values.setdefault(statement.readings[0], statement)
            if other.value != statement.value:
                statement.weak = other.weak = True


def _is_received_again(statement: Statement, found: list[Statement]) -> bool:
    """Whether a sentence gave another number of applications received before: some of those, by what no
    table tells (共收到57件,撤件39件,受理18件).
    """
    if not statement.weak or statement.implied or statement.table != APPLICATIONS:
        return False
    what = statement.readings[0]
    if what != _RECEIVED or len(statement.readings) == 1:  # 新收到 says of itself what it counts
        return False
    before = next(one for one in found if one.readings and one.readings[0] == what and not one.implied)
    same = (before.period, before.scope) == (statement.period, statement.scope)
    return before is not statement and same and before.value > statement.value


def _segments(text: str) -> Iterator[tuple[list[Token], str]]:
    """The tokens of each clause, and the mark that ends it."""
    segment: list[Token] = []
    found = tokens(text)
    within = False
    for i, token in enumerate(found):
        if token.meaning is None and token.figure is None:
            if text[token.start] == "(" and _says_which(found, i, segment):
                within = True  # 不予公开(属于内部事务信息)2件 is one clause
            elif within and text[token.start] == ")":
                within = False
            else:
                yield segment, text[token.start]
                segment = []
        else:
            segment.append(token)
    yield segment, ""


def _says_which(found: list[Token], i: int, segment: list[Token]) -> bool:
    """Whether the bracket that opens at found[i] only says which row of the group before it a figure counts:
    one word in brackets, and the figure right behind them.
    """
    if not segment or i + 3 >= len(found):
        return False
    word, closing, figure = found[i + 1 : i + 4]
    group, row = (
        one.meaning.measures.get(APPLICATIONS) if one.meaning else None for one in (segment[-1], word)
    )
    if group is None or row is None or row.within != group.key:
        return False
    return (
        closing.meaning is None
        and closing.figure is None
        and figure.figure is not None
        and figure.start == closing.end
    )


def _ends_compared(text: str, segment: list[Token]) -> bool:
    """Whether a clause ends with a year that this one is compared with: 比2022年(31起)."""
    if not segment or not (figure := segment[-1].figure) or not figure.counter.startswith("年"):
        return False
    return text[segment[-1].start - 1 : segment[-1].start] in _COMPARED


def _read_segment(reader: Reader, segment: list[Token]) -> None:
    """Read one clause: its figures one by one, then what it denies."""
    left: list[Token] = []
    denial: int | None = None
    aside = figures = False
    i = 0
    while i < len(segment):
        token = segment[i]
        i += 1
        if token.meaning is not None:
            if mark := token.meaning.mark:
                _note(reader.state, mark)
                aside = aside or mark == "aside"
                if denial is None and mark in ("none", "none_receiving"):
                    denial = len(left)
            left.append(token)
        elif token.figure is not None and token.figure.counter.startswith("年"):
            i += _read_year(reader, segment, i - 1, left)
            aside = aside or _is_aside(left)
        else:
            figures = True
            if denial is not None:
                return
            i += _read_counted(reader, segment, i, left, aside)
            if _is_aside(left):
                return  # what follows in the clause is a comparison too
            left, aside = [], False
    if not figures:
        _read_words(reader, left, denial)


def _is_aside(left: list[Token]) -> bool:
    """Whether the last word before a figure sets it aside: 增加3件."""
    return bool(left) and left[-1].meaning is not None and left[-1].meaning.mark == "aside"


def _read_counted(reader: Reader, segment: list[Token], i: int, left: list[Token], aside: bool) -> int:
    """Read the figure before segment[i]; returns how many tokens behind it are used up."""
    token = segment[i - 1]
    assert token.figure is not None
    if token.figure.counter == "?":
        state = reader.state
        state.subject, _ = _subject_of(left, state)
        state.fresh, state.measure, state.items, state.last = True, None, None, None
        state.queue.clear()
        return 0
    if aside:
        if token.figure.counter == "%":
            read_share(reader, left, token)
        return 0
    behind = _behind(segment, i)
    before = len(reader.found)
    used = _read_figure(reader, left, token, behind, i + len(behind) < len(segment))
    if len(reader.found) == before:
        take_part_of_items(reader, left, token)
    return used


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
    elif mark == "office":
        state.scope = "organ" if state.own_office else "other_body"
    elif mark == "previous":
        state.period = "other_year"
    elif mark in ("part_of_year", "several_years"):
        state.period = mark  # type: ignore[assignment]


def _read_year(reader: Reader, segment: list[Token], i: int, left: list[Token]) -> int:
    """A year: the period of what follows, or where applications are carried from or to. Returns how many
    tokens behind it are used up.
    """
    token = segment[i]
    assert token.figure is not None
    year, text = int(token.figure.value), reader.text
    if not 1990 <= year <= 2100 or reader.year is None:
        return 0
    following = segment[i + 1] if i + 1 < len(segment) else None
    if left and left[-1].end == token.start and _carries(left[-1], "carried_to"):
        if year == reader.year:
            left[-1] = left[-1]._replace(meaning=claim_terms().words["上年结转"])
        return 0
    if following is not None and following.start == token.behind and _carries(following, "carried"):
        word = "上年结转" if year == reader.year - 1 else "结转下年"
        left.append(following._replace(meaning=claim_terms().words[word]))
        return 1
    if text[token.start - 1 : token.start] in _COMPARED:
        left.append(token._replace(meaning=claim_terms().words["同比"], figure=None))
        return 0
    reader.state.period = "report_year" if year == reader.year else "other_year"
    return int(year == reader.year and text.startswith("以来", token.behind))


def _carries(token: Token, key: str) -> bool:
    """Whether a word is that carry-over of applications."""
    measure = token.meaning.measures.get(APPLICATIONS) if token.meaning else None
    return measure is not None and measure.key == key


def _read_figure(reader: Reader, left: list[Token], token: Token, behind: list[Token], more: bool) -> int:
    """Read one figure with the words before and behind it; returns how many tokens behind it are used up."""
    state = reader.state
    figure = token.figure
    assert figure is not None
    if figure.counter == "%":
        return 0
    if state.queue and not telling(left):
        listed, measure, columns = state.queue.pop(0)
        state_cells(reader, token, listed, measure, columns, left)
        return 0
    if read_list(reader, left, token):
        return 0
    subject, place = _subject_of(left, state)
    used = 0
    strong = any(is_outcome(t, state) for t in left)
    adjacent = place is not None and place.end == token.start
    if behind and behind[0].start == token.behind and not adjacent and not strong:
        place = None if behind[0].meaning and behind[0].meaning.subject else place  # 提案等100条信息
    if subject is None or (place is None and not strong and not (more and telling(left))):
        ahead = _subject_ahead(reader.text, token, behind)
        if ahead is not None:
            used = behind.index(ahead) + 1
            assert ahead.meaning is not None
            subject, place = ahead.meaning.subject, ahead
        elif _is_outcome_ahead(reader, token, behind):
            subject = claim_terms().subjects[APPLICATIONS]
    if subject is None or subject.qualifier:
        return 0
    if subject.table is None and take_part_of_items(reader, left, token):
        return 0
    return max(used, _read_of(reader, left, token, behind, subject, place))


def _read_of(
    reader: Reader,
    left: list[Token],
    token: Token,
    behind: list[Token],
    subject: Subject,
    place: Token | None,
) -> int:
    """Read a figure whose subject is known; returns how many tokens behind it are used up."""
    state, figure = reader.state, token.figure
    assert figure is not None
    if subject.key == "elsewhere":
        state.subject, state.measure, state.fresh = subject, None, True
        return 0
    if subject.key == APPLICATIONS:
        return read_application(reader, left, token, behind, subject, place)
    if figure.counter not in subject.counters:
        return 0
    if subject.key in DISPUTES:
        return read_dispute(reader, left, token, behind, subject, place)
    if subject.table is not None:
        read_disclosure(reader, left, token, subject, place)
    else:
        read_quantity(reader, left, token, subject, place)
    return 0


def _subject_of(left: list[Token], state: State) -> tuple[Subject | None, Token | None]:
    """The subject of a figure by the words before it, the nearest first; else that of the clauses before."""
    for token in reversed(left):
        assert token.meaning is not None
        if is_outcome(token, state) and not (
            state.subject and state.subject.key == "elsewhere" and state.fresh
        ):
            return claim_terms().subjects[APPLICATIONS], None
        if token.meaning.subject is not None:
            return token.meaning.subject, token
    return state.subject, None


def _subject_ahead(text: str, token: Token, behind: list[Token]) -> Token | None:
    """The word behind a figure that names what it counts: 收到8份政府信息公开申请."""
    assert token.figure is not None
    for other in behind:
        assert other.meaning is not None
        if other.meaning.mark == "aside":
            return None
        if other.meaning.subject is not None:
            near = other.start - token.behind <= NEAR and "、" not in text[token.behind : other.start]
            none = token.figure.value == 0 and other.start == token.behind  # 零复议
            return other if near and (token.figure.counter or none) else None
    return None


def _is_outcome_ahead(reader: Reader, token: Token, behind: list[Token]) -> bool:
    """Whether what stands next behind a figure is an outcome of applications: 6件不掌握, whatever was before."""
    told = telling(behind)
    if not told or token.figure is None or not token.figure.counter:
        return False
    gap = reader.text[token.behind : told[0].start]
    return is_outcome(told[0], reader.state) and len(gap) <= _ITS_OUTCOME and "、" not in gap


def _read_words(reader: Reader, left: list[Token], denial: int | None) -> None:
    """A clause without figures: what it denies is nought; 均 gives the figure of the clause before; else it
    says what the next clauses speak of.
    """
    state = reader.state
    if denial is not None:
        deny(reader, left, denial)
        return
    subjects = [t.meaning.subject for t in left if t.meaning and t.meaning.subject]
    if state.denied and subjects and subjects[0].key in DISPUTES and _ends_segment(reader, left):
        nought(reader, left[0], subjects[0], None, (), left)
        return
    whole = state.last is not None and (
        any(t.meaning and t.meaning.mark == "all" for t in left) or _is_outcome_of_one(reader, left)
    )
    if whole and take_all(reader, left):
        return
    for token in reversed(left):
        if token.meaning and (subject := token.meaning.subject):
            if subject.key == "information" or subject.qualifier:
                continue
            state.subject, state.fresh = subject, True
            if subject.key != APPLICATIONS:
                state.measure = None
            elif verbs := [m for _, m in measures_of(left, APPLICATIONS) if m.kind == "verb"]:
                state.measure = verbs[-1]
            return


def _is_outcome_of_one(reader: Reader, left: list[Token]) -> bool:
    """Whether a clause is nothing but the outcome of the one case before it: 诉讼1件,未审结."""
    last, text = reader.state.last, reader.text
    if last is None or last.table != "review_litigation" or last.value != 1 or len(left) != 1:
        return False
    before = text[left[0].start - 1 : left[0].start]
    return before == "," and text[left[0].end : left[0].end + 1] in ("", ",", ";", "。", ")")


def _ends_segment(reader: Reader, left: list[Token]) -> bool:
    """Whether a clause ends with its cases: 提起行政诉讼的情况."""
    return _CASES.match(reader.text, left[-1].end) is not None
