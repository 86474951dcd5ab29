"""The rules between the reports of one organ for two years that follow each other, read from years.toml:
which cells of which report they compare.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from schemas.forms import CellKey, FormError, Severity, Table, forms

YEARS_FILE = Path(__file__).with_name("years.toml")
_LAST = "last."

Term = tuple[int, CellKey]  # a sign, and a cell of the table


@dataclass(frozen=True, slots=True)
class YearRule:
    """A rule across years: its equation over row or column keys, in words, and where it comes from."""

    id: str
    severity: Severity
    table: str
    per: Literal["row", "column"]
    equation: str
    text: str
    text_zh: str
    source: str


@dataclass(frozen=True, slots=True)
class YearEquation:
    """A rule in one row or column: the figure at `cell` equals the sum of `now`, cells of the same report,
    and of `last`, cells of last year's. `editions` print what it reads of this year's report, `last_editions`
    what it reads of last year's.
    """

    rule: YearRule
    cell: CellKey
    now: tuple[Term, ...]
    last: tuple[Term, ...]
    editions: tuple[str, ...]
    last_editions: tuple[str, ...]


@cache
def year_rules() -> tuple[YearRule, ...]:
    """Every rule across years. Raises FormError where the file contradicts itself."""
    raw = tomllib.loads(YEARS_FILE.read_text(encoding="utf-8"))
    try:
        return tuple(YearRule(**rule) for rule in raw["rules"])
    except (KeyError, TypeError) as error:
        raise FormError(f"{YEARS_FILE.name}: {error}") from error


@cache
def year_equations() -> tuple[YearEquation, ...]:
    """Every rule in every row or column in which a form prints its cells, in the order of the file and the
    forms.
    """
    return tuple(equation for rule in year_rules() for equation in _equations(rule))


@cache
def year_cells() -> tuple[tuple[str, CellKey], ...]:
    """Every cell that some rule across years reads, with its table, each once."""
    return tuple(
        dict.fromkeys(
            (one.rule.table, cell)
            for one in year_equations()
            for cell in (one.cell, *(cell for _, cell in (*one.now, *one.last)))
        )
    )


def _equations(rule: YearRule) -> Iterator[YearEquation]:
    left, _, right = (part.strip() for part in rule.equation.partition("="))
    terms = [_term(word) for word in right.replace("- ", "-").replace("+ ", "").split()]
    tables = {form.edition: form.tables[rule.table] for form in forms().values() if rule.table in form.tables}
    found: dict[str, YearEquation] = {}
    for where in dict.fromkeys(place for table in tables.values() for place in _places(table, rule.per)):

        def cell(key: str, where: str = where) -> CellKey:
            return (key, where) if rule.per == "column" else (where, key)

        now = tuple((sign, cell(key)) for sign, is_last, key in terms if not is_last)
        last = tuple((sign, cell(key)) for sign, is_last, key in terms if is_last)
        editions = _printing(tables, {cell(left), *(one for _, one in now)})
        last_editions = _printing(tables, {one for _, one in last})
        if editions and last_editions:
            found[where] = YearEquation(rule, cell(left), now, last, editions, last_editions)
    if not found:
        raise FormError(f"{YEARS_FILE.name}, rule {rule.id}: no form prints the cells of {rule.equation!r}")
    yield from found.values()


def _term(word: str) -> tuple[int, bool, str]:
    """A term of the right side: its sign, whether it is of last year's report, and its key."""
    key = word.removeprefix("-")
    return (-1 if word != key else 1), key.startswith(_LAST), key.removeprefix(_LAST)


def _places(table: Table, per: Literal["row", "column"]) -> list[str]:
    return [item.key for item in (table.columns if per == "column" else table.rows)]


def _printing(tables: dict[str, Table], cells: set[CellKey]) -> tuple[str, ...]:
    return tuple(edition for edition, table in tables.items() if cells <= set(table.cells))
