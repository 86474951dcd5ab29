"""Statements held against the tables: every admissible reading is tried before a claim contradicts."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

from assets.claims.claim import Sentence, Statement, Term
from assets.claims.context import State
from assets.claims.prose import sentences
from assets.claims.reading import statements
from assets.model import Claim, ClaimOutcome, Description, Normalized, Number, RawText, Section, TableReading
from schemas.datasets import tables_by_edition
from schemas.forms import CellKey, Table, forms, plain_label

_COMPARABLE = frozenset({"validated", "inconsistent", "incomplete"})
_QUOTED = 200  # characters of a sentence that are quoted; of a longer one what stands around the figure
# Whose report speaks of a whole area: a people's government, or the bare name of a place.
_AREA = re.compile(r"(?:人民政府|[省市县区旗盟州镇乡]|街道|街道办事处)$")
_OFFICE = re.compile(r"政府(?:办公室|办公厅|办)$")


def read_claims(
    raw: RawText,
    normalized: Normalized,
    sections: Sequence[Section],
    tables: Sequence[TableReading],
    description: Description,
) -> list[Claim]:
    """The figures that the prose of a report states, in printed order, each held against its tables.

    What is not understood yields none. Spans are offsets into `raw.text`.
    """
    known = {table.key: table for table in tables}
    state = State(own_office=_OFFICE.search(description.issuer or "") is not None)
    claims: list[Claim] = []
    for sentence in sentences(normalized, sections, tables):
        for statement in statements(sentence, description.year, state):
            claims.append(_claim(raw, normalized, sentence, statement, known, description))
    return claims


def _raw_span(normalized: Normalized, sentence: Sentence, start: int, end: int) -> tuple[int, int]:
    """The raw span of a piece of a sentence."""
    places = sentence.places
    if places is None:
        return normalized.raw_span(sentence.start + start, sentence.start + end)
    ours, theirs = places
    first, last = bisect_right(ours, start) - 1, bisect_right(ours, end - 1) - 1
    return normalized.raw_span(theirs[first] + start - ours[first], theirs[last] + end - ours[last])


def _quote(raw: RawText, normalized: Normalized, sentence: Sentence, start: int, end: int) -> str:
    """The sentence as printed, in one line; of a long one what stands around raw text[start:end]."""
    first, last = normalized.raw_span(sentence.start, sentence.end)
    if last - first > _QUOTED:
        first, last = max(first, start - _QUOTED // 2), min(last, end + _QUOTED // 2)
    return " ".join(raw.text[first:last].split())


@cache
def _positions(edition: str | None, key: str) -> Mapping[CellKey, int]:
    """The place of each cell of a table in printed order; none where the edition is not known."""
    form = tables_by_edition().get((edition, key))
    return {} if form is None else {cell: i for i, cell in enumerate(form.cells)}


def _values(table: TableReading, readings: Sequence[Sequence[Term]]) -> list[tuple[int, Number | None]]:
    """The sum of each reading that the table's edition has, by its index; None where a cell is blank."""
    places = _positions(table.edition, table.key)
    if len(table.cells) != len(places):
        return []
    values, implied = table.cells.column("value"), table.cells.column("implied")
    found: list[tuple[int, Number | None]] = []
    for i, reading in enumerate(readings):
        total: Number | None = 0
        for sign, row, column in reading:
            place = places.get((row, column))
            if place is None:
                break
            value = implied[place] if values[place] is None else values[place]
            total = None if value is None or total is None else total + sign * value
        else:
            found.append((i, total))
    return found


@lru_cache(maxsize=4096)
def expression(table: str, reading: tuple[Term, ...]) -> str:
    """A sum of cells in the form's keys: applications.received.total + applications.carried_in.total."""
    text = ""
    for sign, row, column in reading:
        link = (" + " if sign > 0 else " - ") if text else "" if sign > 0 else "-"
        text += f"{link}{table}.{row}.{column}"
    return text


def _compared(
    statement: Statement, tables: Mapping[str, TableReading], description: Description
) -> tuple[ClaimOutcome, int, Number | None, str | None]:
    """The outcome, the index of the reading that it is about, what is printed for that, and why it is not
    comparable.
    """
    if statement.table is None:
        return "not_comparable", 0, None, "no table holds it"
    table = tables[statement.table]
    if table.status not in _COMPARABLE:
        return "not_comparable", 0, None, f"the table is {table.status}"
    values = _values(table, statement.readings)
    if not values:
        return "not_comparable", 0, None, "the form of this table has no such cells"
    first, printed = values[0]
    if statement.approximate:
        return "not_comparable", first, printed, "the figure is approximate"
    if statement.period != "report_year":
        return "not_comparable", first, printed, "it is of another period than the report's year"
    value = round(statement.value, 6)
    for i, total in values:
        if total is not None and round(total, 6) == value:
            return "agrees", i, total, None
    if any(total is None for _, total in values):
        return "not_comparable", first, printed, "blank cells leave open what the table says"
    if statement.scope == "other_body" or (statement.scope == "area" and not _of_area(description)):
        return "not_comparable", first, printed, "it may be of another scope than the table"
    if statement.weak:
        return (
            "not_comparable",
            first,
            printed,
            "the words do not say clearly that they count what the table does",
        )
    return "contradicts", first, printed, None


def _of_area(description: Description) -> bool:
    """Whether the report is that of a whole area, so that 全市 is its own scope."""
    return description.issuer is not None and _AREA.search(description.issuer) is not None


def _claim(
    raw: RawText,
    normalized: Normalized,
    sentence: Sentence,
    statement: Statement,
    tables: Mapping[str, TableReading],
    description: Description,
) -> Claim:
    """A statement as a claim, with its evidence and what the tables say of it."""
    start, end = _raw_span(normalized, sentence, statement.start, statement.end)
    outcome, chosen, printed, reason = _compared(statement, tables, description)
    table = statement.table
    expressions = tuple(expression(table, reading) for reading in statement.readings) if table else ()
    quantity = expressions[chosen] if expressions else statement.quantity or ""
    row, column = None, None
    if table is not None and len(statement.readings[chosen]) == 1 and statement.readings[chosen][0][0] > 0:
        _, row, column = statement.readings[chosen][0]
    page, box = None, None
    if raw.places is not None and (place := raw.places.of(start, end)) is not None:
        page, box = place
    return Claim(
        quantity=quantity,
        table=table,
        row=row,
        column=column,
        value=statement.value,
        unit=statement.unit,
        quote=_quote(raw, normalized, sentence, start, end),
        start=start,
        end=end,
        period=statement.period,
        scope=statement.scope,
        approximate=statement.approximate,
        outcome=outcome,
        printed=printed,
        understood=_understood(statement, sentence, expressions),
        readings=expressions,
        reason=reason,
        page=page,
        box=box,
    )


def _understood(statement: Statement, sentence: Sentence, expressions: Sequence[str]) -> str:
    """In words how the figure was understood."""
    words = "、".join(statement.words) or sentence.text[statement.start : statement.end]
    how = "all of the figure before it" if statement.implied else "the figure"
    others = f", or {', or '.join(expressions[1:])}" if len(expressions) > 1 else ""
    return f"{how} of {words}: {expressions[0] if expressions else statement.quantity}{others}"


def place_of(claim: Claim) -> str:
    """The cells that a claim is about, in the words of the form: 申请情况 予以公开, 总计 + 部分公开, 总计."""
    if claim.table is None:
        return claim.quantity
    texts: list[str] = []
    for sign, row, column in re.findall(r"([+-]?) ?\w+\.(\w+)\.(\w+)", claim.quantity):
        text = f"{_label(claim.table, 'rows', row)}, {_label(claim.table, 'columns', column)}"
        texts.append(f"{sign} {text}".lstrip("+ ") if not texts else f" {sign} {text}")
    return f"{_forms_of(claim.table)[0].short_title} {''.join(texts)}"


def _forms_of(table: str) -> list[Table]:
    """The table in every edition that has it, the newest first."""
    return [form.tables[table] for form in list(forms().values())[::-1] if table in form.tables]


@cache
def _label(table: str, part: str, key: str) -> str:
    """The label of a row or column, without its notes in brackets."""
    items = (item for form in _forms_of(table) for item in getattr(form, part) if item.key == key)
    return plain_label(str(next(items).label))
