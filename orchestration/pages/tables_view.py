"""The three tables as the form prints them, each figure linked to its place in the document."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from markupsafe import Markup

from assets.model import Cell, Number, TableReading
from orchestration.pages import explained
from orchestration.pages.marks import cell_id, kinds_of
from orchestration.pages.markup import joined, tag
from schemas.forms import Table
from schemas.translation import Language, translated, word
from schemas.words import say


def table_view(table: TableReading, language: Language) -> Markup:
    """Return one table with its status, its figures, and what is said of it."""
    form = explained.form_of(table)
    status = tag("span", word(f"status.{table.status}", language), class_=f"status {table.status}")
    head = tag("h3", form.title, " ", status)
    parts: list[Markup] = [head, tag("p", word(f"meaning.{table.status}", language), class_="meaning")]
    if said := list(_said(table)):
        parts.append(tag("ul", *(tag("li", translated(one, language)) for one in said)))
    if table.cells:
        parts.append(tag("div", _grid(table, form, language), class_="scroll", tabindex=0))
    return tag("section", *parts, id=f"table-{table.key}", class_="table", aria_label=form.title)


def _said(table: TableReading) -> Iterator[str]:
    """What is said of a table: what was added, why it is not validated, what is likely wrong, or implied."""
    yield from explained.added(table)
    if table.status == "validated":
        yield from explained.implied(table)
        return
    yield from table.reasons
    if table.status == "inconsistent":
        yield from explained.explanation(table)


def _wanted(table: TableReading) -> dict[tuple[str, str], Number]:
    """The figure that a suspect cell would have to be."""
    return {
        violation.suspect[:2]: violation.suspect[2]
        for violation in table.violations
        if violation.suspect is not None
    }


def _grid(table: TableReading, form: Table, language: Language) -> Markup:
    cells = {(cell.row, cell.column): cell for cell in table.cells}
    kinds, wanted = kinds_of(table), _wanted(table)
    rows, columns = explained.broken_lines(table)

    def shown(row: str, column: str) -> Markup:
        return _cell(table, cells[row, column], kinds[row, column], wanted.get((row, column)), language)

    caption = tag("caption", form.title, class_="hidden")
    if any(len(row.cells) != len(form.columns) for row in form.rows):
        body = [
            tag(
                "tr",
                tag("th", row.label, scope="row", class_="broken" if row.key in rows else None),
                tag("td", *(_named(form, key, shown(row.key, key)) for key in row.cells)),
            )
            for row in form.rows
        ]
        return tag("table", caption, tag("tbody", *body), class_="form")
    head = [tag("td", "")] + [
        tag("th", column.label, scope="col", class_="broken" if column.key in columns else None)
        for column in form.columns
    ]
    body = list(_rows(form, rows, shown))
    return tag("table", caption, tag("thead", tag("tr", *head)), tag("tbody", *body), class_="form")


def _named(form: Table, key: str, shown: Markup) -> Markup:
    """A figure with the label of its column, in a table whose rows have columns of their own."""
    return tag("span", tag("small", form.column(key).label), " ", shown, class_="named")


def _rows(form: Table, broken: set[str], shown: Callable[[str, str], Markup]) -> Iterator[Markup]:
    """The rows of a form, each below the labels of the merged cells that it stands under."""
    above: tuple[str, ...] = ()
    for row in form.rows:
        for depth, name in enumerate(row.under):
            if row.under[: depth + 1] != above[: depth + 1]:
                yield tag(
                    "tr",
                    tag("th", name, scope="rowgroup", colspan=1 + len(form.columns), class_=f"depth-{depth}"),
                )
        above = row.under
        label = tag(
            "th",
            row.label,
            scope="row",
            class_=f"depth-{len(row.under)}" + (" broken" if row.key in broken else ""),
        )
        yield tag("tr", label, *(tag("td", shown(row.key, key)) for key in row.cells))


def _cell(table: TableReading, cell: Cell, kind: str, wanted: Number | None, language: Language) -> Markup:
    """A figure, linked to its place; what it would have to be stands beside it."""
    name = cell_id(table, cell)
    implied = cell.value is None and cell.implied is not None
    words = explained.shown(cell)
    there = cell.start is not None and cell.end is not None and cell.end > cell.start
    link = tag(
        "a",
        words,
        id=f"t-{name}",
        href=f"#d-{name}" if there else None,
        class_=f"mark {'implied' if implied else kind}",
    )
    if wanted is None:
        return link
    should = translated(say("page.should_be", value=wanted), language)
    return joined([link, tag("strong", should, class_="should")], " ")
