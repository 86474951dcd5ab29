"""Rules across sections: what sentences must not deny of each other or of the tables; the prose as a second
witness for a suspect figure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from assets.model import Cell, Claim, Description, Finding, Normalized, TableReading, Violation

# Begins with fixed characters, which the engine looks for fast; 自 may stand before it.
_PERIOD = re.compile(r"(20\d\d)年?1月1日[^。;\n]{0,6}?(?:至|到|-|—)(?:(20\d\d)年)?12月31日")


def judge_prose(
    normalized: Normalized, tables: Sequence[TableReading], claims: Sequence[Claim], description: Description
) -> list[Finding]:
    """Judge every rule across sections that a report gives occasion to, in order: fees, unpaid fees, sums
    of parts, years.
    """
    return [*_fees(claims), *_unpaid(tables, claims), *_parts(claims), *_years(normalized, description)]


def _of(claims: Sequence[Claim], quantity: str) -> list[Claim]:
    return [claim for claim in claims if claim.quantity == quantity]


def _span(claim: Claim) -> tuple[int, int]:
    return claim.start, claim.end


def _fees(claims: Sequence[Claim]) -> list[Finding]:
    """Judge fees: one that was collected needs a notice (section six, 国办函〔2020〕109号)."""
    amounts, notices = _of(claims, "fees_collected_yuan"), _of(claims, "fee_notices")
    if not amounts:
        return []
    spans = [_span(claim) for claim in (*amounts, *notices)]
    told = {claim.value for claim in amounts}
    if len(told) > 1:
        figures = " and ".join(f"{value:g}" for value in sorted(told))
        return [Finding("prose.fees", "broken", f"fees for information are told as {figures} yuan", spans)]
    amount = amounts[0].value
    if not notices:
        return [Finding("prose.fees", "undecided", f"fees of {amount:g} yuan, no word on fee notices", spans)]
    count = notices[0].value
    broken = amount > 0 and count == 0
    text = f"fees of {amount:g} yuan, {count:g} fee notices"
    return [Finding("prose.fees", "broken" if broken else "holds", text, spans)]


def _unpaid(tables: Sequence[TableReading], claims: Sequence[Claim]) -> list[Finding]:
    """Where applications ended because a fee was not paid, a notice must have asked for it."""
    table = next((one for one in tables if one.key == "applications"), None)
    if table is None or table.status in ("uncertain", "absent"):
        return []
    cell = _cell(table, "other_unpaid_fee", "total")
    value = None if cell is None else cell.implied if cell.value is None else cell.value
    if cell is None or not value:
        return []
    notices = _of(claims, "fee_notices")
    spans = [_span(claim) for claim in notices]
    if cell.start is not None and cell.end is not None:
        spans.insert(0, (cell.start, cell.end))
    text = f"{value:g} applications ended because a fee was not paid"
    if not notices:
        return [Finding("prose.unpaid_fee", "undecided", f"{text}, no word on fee notices", spans)]
    outcome: Literal["holds", "broken"] = "holds" if notices[0].value > 0 else "broken"
    return [Finding("prose.unpaid_fee", outcome, f"{text}, {notices[0].value:g} fee notices", spans)]


def _cell(table: TableReading, row: str, column: str) -> Cell | None:
    """A cell of a table; None where its edition has none."""
    rows, columns = table.cells.column("row"), table.cells.column("column")
    if row not in rows:
        return None
    places = range(rows.index(row), len(rows))
    place = next((i for i in places if columns[i] == column and rows[i] == row), None)
    return None if place is None else table.cells[place]


def _parts(claims: Sequence[Claim]) -> list[Finding]:
    """Parts of a number of items that the prose itself gives: they must not exceed their total."""
    found = []
    total: Claim | None = None
    parts: list[Claim] = []
    for claim in [*claims, None]:
        if claim is not None and total is not None and claim.quantity == "disclosed_items.part":
            parts.append(claim)
            continue
        if total is not None and parts:
            found.append(_summed(total, parts))
        if claim is None or claim.quantity == "disclosed_items":
            total, parts = claim, []
        elif parts:
            total, parts = None, []
    return found


def _summed(total: Claim, parts: Sequence[Claim]) -> Finding:
    spans = [_span(total), *map(_span, parts)]
    summed = sum(part.value for part in parts)
    text = f"{total.value:g} items disclosed, parts of {' + '.join(f'{part.value:g}' for part in parts)}"
    if len(parts) > 1:
        text += f" = {summed:g}"
    if total.approximate or any(part.approximate for part in parts):
        return Finding("prose.parts", "undecided", f"{text} (approximate)", spans)
    if summed == total.value:
        return Finding("prose.parts", "holds", text, spans)
    if summed < total.value:
        return Finding("prose.parts", "undecided", f"{text} (not all parts need be told)", spans)
    return Finding("prose.parts", "broken", text, spans)


def _years(normalized: Normalized, description: Description) -> list[Finding]:
    """The period that the sentence on the statistics names must be the report's year."""
    match = _PERIOD.search(normalized.text)
    if match is None or description.year is None:
        return []
    start, end = match.span()
    span = normalized.raw_span(start - normalized.text.startswith("自", max(0, start - 1), start), end)
    years = {int(year) for year in match.groups() if year}
    if years == {description.year}:
        return [Finding("prose.year", "holds", f"the figures are said to be of {description.year}", [span])]
    named = " to ".join(map(str, sorted(years)))
    text = f"the figures are said to be of {named}, the report is of {description.year}"
    return [Finding("prose.year", "broken", text, [span])]


def witness_of(table: TableReading, violation: Violation, claims: Sequence[Claim]) -> Claim | None:
    """The claim that states the value which the suspect cell of a violation would need: a second witness."""
    if violation.suspect is None:
        return None
    row, column, value = violation.suspect
    cell = f"{table.key}.{row}.{column}"
    for claim in claims:
        sure = not claim.approximate and claim.period == "report_year" and claim.scope != "other_body"
        if claim.table == table.key and claim.value == value and sure and cell in claim.readings:
            return claim
    return None
