"""What everything in the datasets is called in English and Chinese: datasets, columns, and the codes that
stand in columns. From the form files, labels.toml and the other files of schemas/ that hold words for people.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from schemas.catalogue import CATALOGUE
from schemas.forms import FormError, Identity, Table, forms
from schemas.indicators import indicators
from schemas.panel_figures import FLAG, PanelFigure, figure_named
from schemas.slips import SLIPS
from schemas.years import year_rules

LABELS_FILE = Path(__file__).with_name("labels.toml")
_STATUS = "status."


class Label(NamedTuple):
    """What something is called in English and in Chinese."""

    en: str
    zh: str


# The list of codes of each column that holds one: by the name of the column, or by that of its dataset and
# its own where columns of one name hold codes of several lists.
_LISTS = {
    "table": "table",
    "row": "row",
    "column": "column",
    "suspect_row": "row",
    "suspect_column": "column",
    "edition": "edition",
    "status": "status",
    "check": "check",
    "kind": "organ_kind",
    "table_cells.kind": "kind",
    "outcome": "rule_outcome",
    "raw_text.outcome": "document_outcome",
    "reports.outcome": "document_outcome",
    "claims.outcome": "claim_outcome",
    "basis": "basis",
    "level": "level",
    "scope": "scope",
    "claims.scope": "claim_scope",
    "period": "claim_period",
    "missing.why": "why_missing",
    "explained_by": "explanation",
    "on_time": "on_time",
    "by": "grouping",
    "script": "script",
    "format": "format",
    "suspect_slip": "slip",
    "rule": "rule",
    "counted_in": "rule",
    "quantity": "quantity",
    "indicator": "indicator",
    "variant": "variant",
    "tables_absent": "table",
    "change": "change",
    "changes.reason": "change_reason",
    "relation": "relation",
    "table_key": "table",
    "row_key": "row",
    "column_key": "column",
    "basis_before": "basis",
    "basis_now": "basis",
    "counterpart_edition": "edition",
}


@cache
def _raw() -> Mapping[str, Any]:
    return tomllib.loads(LABELS_FILE.read_text(encoding="utf-8"))


def _label(section: Mapping[str, Any], key: str, place: str) -> Label:
    if key not in section:
        raise FormError(f"{LABELS_FILE.name}, {place}: lacks {key!r}")
    return Label(*section[key])


def dataset_label(dataset: str) -> Label:
    """Return what a dataset is called."""
    return _label(_raw()["datasets"], dataset, "datasets")


def column_label(dataset: str, column: str) -> Label:
    """Return what a column of a dataset is called. A figure of the panel bears the labels of its cell.

    Raises FormError where labels.toml has none.
    """
    if figure := figure_named().get(column):
        return figure_label(figure)
    if figure := figure_named().get(column.removeprefix(FLAG)):
        label = figure_label(figure)
        return Label(f"Worth of the figure: {label.en}", f"{label.zh}：数值可靠程度")
    for table in newest_tables():
        for what in ("status", "edition", "reasons"):
            if column == f"{table}_{what}":
                of, own = list_labels("table")[table], _label(_raw()["columns"], what, "columns")
                return Label(f"{of.en}: {own.en}", f"{of.zh}：{own.zh}")
    columns = _raw()["columns"]
    own_name = f"{dataset}.{column}"
    return _label(columns, own_name if own_name in columns else column, "columns")


def figure_label(figure: PanelFigure) -> Label:
    """Return what a figure of the panel is called: table, row and column of the newest form that prints
    it.
    """
    table = forms()[figure.editions[-1]].tables[figure.table]
    row, column = table.row(figure.cell[0]), table.column(figure.cell[1])
    return Label(f"{table.en}: {row.en}; {column.en}", figure.label)


def heading_label(headings: tuple[str, ...]) -> Label:
    """Return the merged cells that a row or column stands under, outermost first; empty where there are
    none.
    """
    words = _raw()["headings"]
    if unknown := [one for one in headings if one not in words]:
        raise FormError(f"{LABELS_FILE.name}, headings: lacks {unknown[0]!r}")
    return Label(" / ".join(words[one] for one in headings), " / ".join(headings))


def list_of(dataset: str, column: str) -> str | None:
    """Return the name of the list whose codes stand in a column; None where no codes stand there."""
    if column.startswith(FLAG) and column.removeprefix(FLAG) in figure_named():
        return "flag"
    for table in newest_tables():
        if column in (f"{table}_status", f"{table}_edition"):
            return column.removeprefix(f"{table}_")
    return _LISTS.get(f"{dataset}.{column}", _LISTS.get(column))


def list_names() -> tuple[str, ...]:
    """Return the names of all lists of codes."""
    return (*dict.fromkeys(("table", "row", "column", *_LISTS.values(), "flag")), "channel")


@cache
def list_labels(name: str) -> Mapping[str, Label]:
    """Return what the codes of a list are called, by their keys, in their order. Rows and columns, which mean
    something within their table only, have the keys `table.row` and `table.column`.
    """
    if name in _MADE:
        return _MADE[name]()
    codes = _raw()["codes"]
    if name not in codes:
        raise FormError(f"{LABELS_FILE.name}: lacks the list codes.{name}")
    return {key: Label(*words) for key, words in codes[name].items()}


def quantity_label(quantity: str) -> Label:
    """Return what a quantity of `claims` is called: a sum of cells `table.row.column`, or what no table
    holds, with its channel.
    """
    terms = [_term_label(term) for term in quantity.split(" + ")]
    return Label(" + ".join(term.en for term in terms), " + ".join(term.zh for term in terms))


def _term_label(term: str) -> Label:
    first, _, rest = term.partition(".")
    if first not in newest_tables():
        own = list_labels("quantity")[first]
        if not rest:
            return own
        channel = list_labels("channel")[rest]
        return Label(f"{own.en}, {channel.en}", f"{own.zh}（{channel.zh}）")
    row, column = rest.split(".")
    words = (
        list_labels("table")[first],
        list_labels("row")[f"{first}.{row}"],
        list_labels("column")[f"{first}.{column}"],
    )
    return Label(f"{words[0].en}: {words[1].en}; {words[2].en}", " ".join(one.zh for one in words))


# --- the lists that are made of other files


@cache
def newest_tables() -> Mapping[str, Table]:
    """Return the tables of the newest form by their keys."""
    return list(forms().values())[-1].tables


def _tables() -> Mapping[str, Label]:
    return {key: Label(table.en, table.title) for key, table in newest_tables().items()}


def _rows_or_columns(part: str) -> Mapping[str, Label]:
    """Every row or column of any edition, those of the newest first, by its table and its own key."""
    newest_first = [form for _, form in sorted(forms().items(), reverse=True)]
    found: dict[str, Label] = {}
    for key in newest_tables():
        for form in newest_first:
            for item in getattr(form.tables[key], part):
                found.setdefault(f"{key}.{item.key}", Label(item.en, item.label))
    return found


def identities() -> Mapping[str, Identity]:
    """Return every identity of any form by its id, as its newest form has it."""
    return {
        identity.id: identity
        for form in forms().values()
        for table in form.tables.values()
        for identity in table.identities
    }


def _rules() -> Mapping[str, Label]:
    across = {rule.id: Label(rule.text, rule.text_zh) for rule in year_rules()}
    prose = {key: Label(*words) for key, words in _raw()["codes"]["prose_rule"].items()}
    return {id: Label(one.en, one.text) for id, one in identities().items()} | across | prose


def _of_catalogue(prefix: str, keys: tuple[str, ...]) -> Mapping[str, Label]:
    return {key: Label(*CATALOGUE[prefix + key]) for key in keys}


_MADE: Mapping[str, Callable[[], Mapping[str, Label]]] = {
    "table": _tables,
    "row": lambda: _rows_or_columns("rows"),
    "column": lambda: _rows_or_columns("columns"),
    "edition": lambda: {
        form.edition: Label(f"form of {form.instrument}", form.instrument) for form in forms().values()
    },
    "status": lambda: _of_catalogue(
        _STATUS, tuple(key.removeprefix(_STATUS) for key in CATALOGUE if key.startswith(_STATUS))
    ),
    "slip": lambda: _of_catalogue("", SLIPS),
    "rule": _rules,
    # What a rate is of stands behind the last comma: that is its variant.
    "indicator": lambda: {
        one.id: Label(one.en.rpartition(",")[0], one.zh.partition("：")[0]) for one in indicators()
    },
}
