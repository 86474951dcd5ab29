"""The official forms as data: loads `forms/*.toml`, refuses a form that contradicts itself, hands out frozen
tables, rows and columns.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

FORMS_DIR = Path(__file__).parent / "forms"

ValueType = Literal["count", "signed", "decimal"]
Severity = Literal["hard", "expect"]
CellKey = tuple[str, str]  # (row key, column key)

# A column of counts holds whole numbers >= 0, a signed one whole numbers, a decimal one amounts >= 0.
VALUE_TYPES: tuple[ValueType, ...] = ("count", "signed", "decimal")


class FormError(ValueError):
    """A form file contradicts itself; the message names the file and the place in it."""


@dataclass(frozen=True, slots=True)
class Column:
    """One printed column: its key, its innermost label, the same in English, the labels it stands under, its
    unit (None: the form prints none).
    """

    key: str
    label: str
    en: str
    variants: tuple[str, ...]
    under: tuple[str, ...]
    unit: str | None
    type: ValueType
    mark: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """One printed row: `cells` are the keys of the columns that the form prints for it, `item` the item of
    article 20 it belongs to, `split` the rows of a later edition that together are this one.
    """

    key: str
    label: str
    en: str
    variants: tuple[str, ...]
    under: tuple[str, ...]
    item: str | None
    group: str | None
    cells: tuple[str, ...]
    split: tuple[str, ...]


def plain_label(label: str) -> str:
    """Return a label without what it says, in brackets, of filling in the form."""
    return label.split("（区分")[0].split("（单位")[0]


@dataclass(frozen=True, slots=True)
class Equation:
    """One instance of an identity: sum of `left` = sum of `right`, over cells of one table. `where` is the
    column or row it is taken in.
    """

    rule: str
    severity: Severity
    where: str
    left: tuple[CellKey, ...]
    right: tuple[CellKey, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """One rule of a form, in Chinese and English, with its legal source. `per` is None for a rule on single
    cells (the value types).
    """

    id: str
    severity: Severity
    per: Literal["row", "column"] | None
    equation: str | None
    text: str
    en: str
    source: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table of one edition. `layout` "rows": a label and its figures a row; "blocks": all figures on one
    line, a block a row key.
    """

    edition: str
    key: str
    section: int
    title: str
    short_title: str
    en: str
    layout: Literal["rows", "blocks"]
    tells: tuple[str, ...]
    furniture: tuple[str, ...]
    extra_rows: tuple[str, ...]
    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    identities: tuple[Identity, ...]
    equations: tuple[Equation, ...]
    cells: tuple[CellKey, ...] = field(
        init=False, repr=False, compare=False
    )  # every cell that the form prints, in printed order

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "cells", tuple((row.key, column) for row in self.rows for column in row.cells)
        )

    def row(self, key: str) -> Row:
        return next(row for row in self.rows if row.key == key)

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)


@dataclass(frozen=True, slots=True)
class Form:
    """One edition of the report: the instrument that prescribes it, the first report year it is prescribed
    for, its tables by key.
    """

    edition: str
    instrument: str
    first_report_year: int
    tables: Mapping[str, Table]


_PUNCTUATION = re.compile(r"[^\w]|_")
_FOOTNOTE = re.compile(r"[\u2460-\u24ff\u2776-\u2793¹²³⁰-⁹₀-₉]")
# An enumerator is a numeral in brackets, or one followed by a mark or a space: (一) 1. 1、 一、 "1 ".
_ENUMERATOR = re.compile(
    r"^\s*(?:[(\[]\s*([一二三四五六七八九十\d]{1,2})\s*[)\]]|([一二三四五六七八九十\d]{1,2})\s*[、.,:)]|(\d)\s+)\s*"
)
# A note in brackets, which may hold others; the end of one may be torn off.
_NOTE = re.compile(r"\((?:[^()]|\([^()]*\))*(?:\)|$)|\[[^\[\]]*(?:\]|$)")


def label_core(label: str) -> str:
    """What identifies a printed label: without its enumerator, spaces and punctuation; half-width forms."""
    return _PUNCTUATION.sub("", _ENUMERATOR.sub("", _half_width(label), count=1))


def label_cores(label: str) -> tuple[str, ...]:
    """The core of a label, and the core without the filling notes in brackets where that differs."""
    core = label_core(label)
    bare = label_core(_NOTE.sub("", _ENUMERATOR.sub("", _half_width(label), count=1)))
    return (core,) if bare in ("", core) else (core, bare)


def without_notes(label: str) -> str:
    """Return a label in half-width forms without the filling notes in brackets that follow its words."""
    plain = _half_width(label)
    start = match.end() if (match := _ENUMERATOR.match(plain)) else 0
    return plain[:start] + _NOTE.sub("", plain[start:])


def enumerator(label: str) -> Literal["chinese", "arabic"] | None:
    """The kind of numeral that a label begins with: what tells 3.其他 from a torn （六）其他处理."""
    match = _ENUMERATOR.match(_half_width(label))
    numeral = next((group for group in match.groups() if group), None) if match else None
    return None if numeral is None else "arabic" if numeral.isdigit() else "chinese"


def _half_width(label: str) -> str:
    """The label in half-width forms, without marks of footnotes."""
    return unicodedata.normalize("NFKC", _FOOTNOTE.sub("", label))


def _fail(place: str, problem: str) -> None:
    raise FormError(f"{place}: {problem}")


def _duplicates(values: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return [value for value in values if value in seen or seen.add(value)]  # type: ignore[func-returns-value]


_LISTS = frozenset({"variants", "under", "cells", "split", "tells", "furniture", "extra_rows"})


def _take(raw: Mapping[str, Any], place: str, required: Iterable[str], optional: Iterable[str]) -> None:
    required = set(required)
    if missing := required - set(raw):
        _fail(place, f"lacks {', '.join(sorted(missing))}")
    if unknown := set(raw) - required - set(optional):
        _fail(place, f"has unknown keys {', '.join(sorted(unknown))}")
    for name in _LISTS & set(raw):
        if not (isinstance(raw[name], list) and all(isinstance(value, str) for value in raw[name])):
            _fail(place, f"{name} is no list of texts")


def _column(raw: Mapping[str, Any], place: str) -> Column:
    _take(raw, place, {"key", "label", "en"}, {"variants", "under", "unit", "type", "mark"})
    kind = raw.get("type", "count")
    if kind not in VALUE_TYPES:
        _fail(place, f"type {kind!r} is none of {', '.join(VALUE_TYPES)}")
    if (mark := raw.get("mark")) and mark not in label_core(raw["label"]):
        _fail(place, f"mark {mark!r} is no part of its label")
    return Column(
        raw["key"],
        raw["label"],
        raw["en"],
        tuple(raw.get("variants", ())),
        tuple(raw.get("under", ())),
        raw.get("unit"),
        kind,
        mark,
    )


def _row(raw: Mapping[str, Any], columns: tuple[Column, ...], place: str) -> Row:
    _take(raw, place, {"key", "label", "en"}, {"variants", "under", "item", "group", "cells", "split"})
    keys = tuple(column.key for column in columns)
    cells = tuple(raw.get("cells", keys))
    if unknown := [cell for cell in cells if cell not in keys]:
        _fail(place, f"prints cells in columns that the table does not have: {', '.join(unknown)}")
    if not cells:
        _fail(place, "prints no cell")
    return Row(
        raw["key"],
        raw["label"],
        raw["en"],
        tuple(raw.get("variants", ())),
        tuple(raw.get("under", ())),
        raw.get("item"),
        raw.get("group"),
        cells,
        tuple(raw.get("split", ())),
    )


def _side(text: str, rows: tuple[Row, ...], names: tuple[str, ...], place: str) -> tuple[str, ...]:
    keys: list[str] = []
    for term in (part.strip() for part in text.split("+")):
        if term.startswith("@"):
            members = [row.key for row in rows if row.group == term[1:]]
            if not members:
                _fail(place, f"sums the group {term!r}, to which no row belongs")
            keys += members
        elif term in names:
            keys.append(term)
        else:
            _fail(place, f"names {term!r}, which the table does not have")
    if repeated := _duplicates(keys):
        _fail(place, f"counts {', '.join(repeated)} twice")
    return tuple(keys)


def _equations(
    identity: Identity, rows: tuple[Row, ...], columns: tuple[Column, ...], place: str
) -> Iterator[Equation]:
    """The instances of one identity. Raises FormError where it names a key or reaches a cell that the table
    does not have.
    """
    if identity.per is None or identity.equation is None:
        return
    names = (
        tuple(row.key for row in rows)
        if identity.per == "column"
        else tuple(column.key for column in columns)
    )
    if identity.equation.count("=") != 1:
        _fail(place, f"needs exactly one '=' in {identity.equation!r}")
    left, right = (_side(side, rows, names, place) for side in identity.equation.split("="))
    if both := set(left) & set(right):
        _fail(place, f"has {', '.join(sorted(both))} on both sides")
    printed = {(row.key, cell) for row in rows for cell in row.cells}
    for other in (
        [column.key for column in columns] if identity.per == "column" else [row.key for row in rows]
    ):
        sides = [
            tuple((key, other) if identity.per == "column" else (other, key) for key in side)
            for side in (left, right)
        ]
        if outside := [cell for side in sides for cell in side if cell not in printed]:
            _fail(place, f"reaches the cell {outside[0][0]}.{outside[0][1]}, which the form does not print")
        yield Equation(identity.id, identity.severity, other, sides[0], sides[1])


def _identity(raw: Mapping[str, Any], place: str) -> Identity:
    _take(raw, place, {"id", "severity", "text", "en", "source"}, {"kind", "per", "equation"})
    if raw["severity"] not in ("hard", "expect"):
        _fail(place, f"severity {raw['severity']!r} is neither hard nor expect")
    if raw.get("kind") == "domain":
        return Identity(raw["id"], raw["severity"], None, None, raw["text"], raw["en"], raw["source"])
    if raw.get("per") not in ("row", "column"):
        _fail(place, 'needs per = "row" or per = "column"')
    if not raw.get("equation"):
        _fail(place, "lacks its equation")
    return Identity(
        raw["id"], raw["severity"], raw["per"], raw["equation"], raw["text"], raw["en"], raw["source"]
    )


def _unambiguous(rows: tuple[Row, ...], place: str) -> None:
    meaning: dict[str, str] = {}
    for row in rows:
        for label in (row.label, *row.variants):
            for core in label_cores(label):
                if not core:
                    _fail(f"{place}, row {row.key}", f"label {label!r} has no word in it")
                if meaning.setdefault(core, row.key) != row.key:
                    _fail(f"{place}, row {row.key}", f"label {label!r} could also mean {meaning[core]}")


def _table(raw: Mapping[str, Any], edition: str, place: str) -> Table:
    required = {
        "key",
        "section",
        "title",
        "short_title",
        "en",
        "layout",
        "tells",
        "furniture",
        "extra_rows",
        "columns",
        "rows",
        "identities",
    }
    _take(raw, place, required, ())
    if raw["layout"] not in ("rows", "blocks"):
        _fail(place, f"layout {raw['layout']!r} is neither rows nor blocks")
    columns = tuple(_column(column, f"{place}, column {column.get('key', '?')}") for column in raw["columns"])
    rows = tuple(_row(row, columns, f"{place}, row {row.get('key', '?')}") for row in raw["rows"])
    for what, keys in (("row", [row.key for row in rows]), ("column", [column.key for column in columns])):
        if repeated := _duplicates(keys):
            _fail(place, f"has {what} {', '.join(repeated)} twice")
    if unused := {column.key for column in columns} - {cell for row in rows for cell in row.cells}:
        _fail(place, f"has columns in which no row prints a cell: {', '.join(sorted(unused))}")
    _unambiguous(rows, place)
    identities = tuple(
        _identity(identity, f"{place}, identity {identity.get('id', '?')}") for identity in raw["identities"]
    )
    if repeated := _duplicates(identity.id for identity in identities):
        _fail(place, f"has identity {', '.join(repeated)} twice")
    for identity in identities:
        if identity.id.split(".")[0] != raw["key"]:
            _fail(
                f"{place}, identity {identity.id}",
                f"belongs to no table of this form: an id begins with {raw['key']}.",
            )
    equations = tuple(
        equation
        for identity in identities
        for equation in _equations(identity, rows, columns, f"{place}, identity {identity.id}")
    )
    return Table(
        edition=edition,
        key=raw["key"],
        section=raw["section"],
        title=raw["title"],
        short_title=raw["short_title"],
        en=raw["en"],
        layout=raw["layout"],
        tells=tuple(raw["tells"]),
        furniture=tuple(raw["furniture"]),
        extra_rows=tuple(raw["extra_rows"]),
        rows=rows,
        columns=columns,
        identities=identities,
        equations=equations,
    )


def load_form(path: Path) -> Form:
    """Read one form file. Raises FormError, naming file and place, where the form contradicts itself."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FormError(f"{path.name}: is no TOML: {error}") from error
    _take(raw, path.name, {"edition", "instrument", "first_report_year", "tables"}, ())
    tables = [
        _table(table, raw["edition"], f"{path.name}, table {table.get('key', '?')}")
        for table in raw["tables"]
    ]
    if repeated := _duplicates(table.key for table in tables):
        _fail(path.name, f"has table {', '.join(repeated)} twice")
    return Form(
        raw["edition"], raw["instrument"], raw["first_report_year"], {table.key: table for table in tables}
    )


@cache
def forms() -> Mapping[str, Form]:
    """Every edition that the project knows, by edition, oldest first."""
    loaded = [load_form(path) for path in sorted(FORMS_DIR.glob("*.toml"))]
    return {form.edition: form for form in sorted(loaded, key=lambda form: form.first_report_year)}


TABLE_KEYS = ("active_disclosure", "applications", "review_litigation")
