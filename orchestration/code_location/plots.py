"""Plots in the metadata of a materialization, for people who would rather look than read: bars drawn as SVG,
which Dagster's UI shows in markdown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

import dagster as dg
import pyarrow.compute as pc

from orchestration.code_location.partitions import YEARS
from orchestration.running import over_years
from orchestration.running.inputs import Inputs
from orchestration.store.warehouse import Warehouse
from schemas.datasets import (
    CLAIM_OUTCOMES,
    ON_TIME,
    PROSE_RULE_IDS,
    PROSE_RULE_OUTCOMES,
    RULE_OUTCOMES,
    STATUSES,
)
from schemas.forms import forms

Bars = Mapping[str, Mapping[str, float]]  # for each bar its parts, from left to right

# A colour means the same in every plot; distinct for people who see no difference of red and green, too.
_GREEN, _RED, _YELLOW, _PURPLE, _GREY, _BLUE = (
    "#2b8a5a",
    "#d1495b",
    "#edae49",
    "#7a6fa5",
    "#b8bcc4",
    "#30638e",
)
_COLOURS = {
    **dict.fromkeys(("validated", "holds", "agrees", "sure", "yes"), _GREEN),
    **dict.fromkeys(("inconsistent", "broken", "contradicts", "no"), _RED),
    **dict.fromkeys(("incomplete", "undecided", "doubtful"), _YELLOW),
    "uncertain": _PURPLE,
    **dict.fromkeys(("absent", "not_comparable", "none", "unknown"), _GREY),
}  # what is neither good nor bad is blue
_LEFT, _WIDTH, _BAR, _STEP, _TOP = 180, 400, 12, 18, 44


def of(dataset: str, files: Warehouse, year: str) -> dict[str, dg.MetadataValue[str]]:
    """Return the plots of a dataset whose partition was just written, as metadata. Most have none."""
    return {name: dg.MetadataValue.md(draw(files, year)) for name, draw in _PLOTS.get(dataset, {}).items()}


def status_by_year(files: Warehouse, year: str) -> str:
    """Draw the status of all tables, a bar for each year that has been made."""
    counts: dict[str, Counter[str]] = {}
    for one in YEARS.get_partition_keys():
        with suppress(FileNotFoundError):
            counts[one] = _count(files, "table_status", one, "status")
    shares = {
        one: {status: found[status] / found.total() for status in STATUSES if found[status]}
        for one, found in counts.items()
        if found
    }
    return picture(
        "Status of tables by year", shares, STATUSES, {one: f"{counts[one].total()} tables" for one in shares}
    )


def outcomes_of_applications(files: Warehouse, year: str) -> str:
    """Draw what became of the applications of the year, summed over the current reports of all organs, with
    families of outcomes in the order of the form.
    """
    families = _families()
    sums: Counter[str] = Counter(dict.fromkeys(families.values(), 0))
    for table in Inputs.of(files, year, "validated_facts").batches(
        "validated_facts", ["table", "row", "column", "value", "is_current"], encoded=True
    ):
        totals: Any = pc.and_(
            _is(table.column("table"), "applications"), _is(table.column("column"), "total")
        )
        chosen = table.select(["row", "value"]).filter(pc.and_(totals, table.column("is_current")))
        for found in chosen.group_by("row", use_threads=False).aggregate([("value", "sum")]).to_pylist():
            if found["row"] in families:
                sums[families[found["row"]]] += found["value_sum"]
    bars = {family: {"applications": total} for family, total in sums.items()}
    return picture(f"Outcomes of applications, {year}", bars, ("applications",))


def _is(column: Any, value: str) -> Any:
    """Where a column of dictionaries has a value: by its place in the dictionary, as there are millions of
    rows.
    """
    encoded = column.combine_chunks()
    return pc.equal(encoded.indices, encoded.dictionary.index(value))


def broken_rules(files: Warehouse, year: str) -> str:
    """Draw how often each identity is broken or left undecided, in the order of the forms."""
    counts: dict[str, Counter[str]] = {}
    for form in forms().values():
        for table in form.tables.values():
            counts |= {identity.id: Counter() for identity in table.identities}
    for rows in files.tables("violations", year, ["rule", "outcome"]):
        for row in rows.group_by(["rule", "outcome"]).aggregate([([], "count_all")]).to_pylist():
            counts.setdefault(row["rule"], Counter())[row["outcome"]] += row["count_all"]
    bars = {rule: dict(found) for rule, found in counts.items() if found}
    return (
        picture(f"Identities that do not hold, {year}", bars, RULE_OUTCOMES)
        if bars
        else "every identity holds in every table"
    )


def figures_of_prose(files: Warehouse, year: str) -> str:
    """Draw how many reports state what in their prose, and whether their tables agree: the quantities that
    most of them state, a report once for each outcome.
    """
    counts = _of_reports(files, year, "claims", "quantity", "outcome")
    most = sorted(counts, key=lambda quantity: (-counts[quantity].total(), quantity))[:_MOST_QUANTITIES]
    bars = {_short(quantity): dict(counts[quantity]) for quantity in most}
    return picture(f"Figures in the prose, by reports, {year}", bars, CLAIM_OUTCOMES)


def rules_of_prose(files: Warehouse, year: str) -> str:
    """Draw in how many reports each rule across sections holds, is broken or is left undecided."""
    counts = _of_reports(files, year, "prose_rules", "rule", "outcome")
    bars = {rule: dict(counts[rule]) for rule in PROSE_RULE_IDS if rule in counts}
    return picture(f"Rules across sections, by reports, {year}", bars, PROSE_RULE_OUTCOMES)


_MOST_QUANTITIES = 10  # bars: what few reports state would be no picture


def _short(quantity: str) -> str:
    """A quantity as the label of a bar: of a sum its first cell, without the table's key."""
    first, *more = quantity.split(" + ")
    name = first.split(".", 1)[1].removesuffix(".total") if first.count(".") == 2 else first
    return f"{name} + {len(more)}" if more else name


def _of_reports(
    files: Warehouse, year: str, dataset: str, what: str, outcome: str
) -> dict[str, Counter[str]]:
    """In how many reports each value of a column comes with each outcome."""
    counts: dict[str, Counter[str]] = {}
    for table in files.tables(dataset, year, ["report_id", what, outcome]):  # a report is in one batch
        told = table.filter(pc.is_valid(table.column(what)))
        reports = told.group_by([what, outcome]).aggregate([("report_id", "count_distinct")])
        for row in reports.to_pylist():
            counts.setdefault(row[what], Counter())[row[outcome]] += row["report_id_count_distinct"]
    return counts


def coverage_by_year(files: Warehouse, year: str) -> str:
    """Draw of how many reports it is known how many applications were received, and what that is worth, a
    bar for each year that has been made.
    """
    found: dict[str, Counter[str]] = {}
    for one in YEARS.get_partition_keys():
        with suppress(FileNotFoundError):
            found[one] = over_years.counts(files, one, "panel", "f_received")
    bars = {
        one: {part: sum(counts[flag] for flag in flags) for part, flags in _WORTH.items()}
        for one, counts in found.items()
    }
    return picture("Applications received: reports by what the figure is worth", bars, tuple(_WORTH))


_WORTH = {
    "sure": ("validated", "corrected", "implied"),
    "sound": ("sound",),
    "doubtful": ("unchecked", "contradicted"),
    "none": ("blank", "not_read", "absent"),
}


def breaks_by_rule(files: Warehouse, year: str) -> str:
    """Draw how often each rule across years is broken, and how often that is explained."""
    outcomes = over_years.outcomes(files, year)
    parts = ("holds", "broken", "explained", "undecided")
    bars = {rule: {part: found[part] for part in parts if found[part]} for rule, found in outcomes.items()}
    return picture(f"Rules across years, {year}", bars, parts)


def published_by_week(files: Warehouse, year: str) -> str:
    """Draw in which week after the report year reports were published: in time, late, or no day is named."""
    weeks: dict[int, Counter[str]] = {}
    for table in files.tables("compliance", year, ["published", "on_time"]):
        for row in table.to_pylist():
            if row["published"] is not None and row["published"].year == int(year) + 1:
                weeks.setdefault(row["published"].isocalendar().week, Counter())[row["on_time"]] += 1
    bars = {f"week {week}": dict(found) for week, found in sorted(weeks.items())[:_MOST_WEEKS]}
    return picture(f"Published, by week of {int(year) + 1}", bars, ON_TIME)


_MOST_WEEKS = (
    26  # of the year in which reports are published: what comes later is rare, and would be no picture
)


_PLOTS: dict[str, dict[str, Callable[[Warehouse, str], str]]] = {
    "reports": {"status_of_tables_by_year": status_by_year},
    "validated_facts": {"outcomes_of_applications": outcomes_of_applications},
    "violations": {"broken_rules": broken_rules},
    "claims": {"figures_of_prose": figures_of_prose},
    "prose_rules": {"rules_of_prose": rules_of_prose},
    "panel": {"coverage_by_year": coverage_by_year},
    "year_over_year": {"breaks_by_rule": breaks_by_rule},
    "compliance": {"published_by_week": published_by_week},
}


def picture(title: str, bars: Bars, parts: Iterable[str], notes: Mapping[str, str] | None = None) -> str:
    """Return bars as an image in markdown. A note stands beside the label of its bar, instead of its sum.

    Kept short: the UI shows markdown of less than 1,000 characters as it is, and hides longer one behind a
    link.
    """
    notes = notes or {label: f"{sum(bar.values()):g}" for label, bar in bars.items()}
    return f"![{title}](data:image/svg+xml,{quote(_svg(title, bars, tuple(parts), notes), safe=_UNQUOTED)})"


_UNQUOTED = "='/:;,-.+"  # what a link in markdown and a data address both let stand


def _svg(title: str, bars: Bars, parts: tuple[str, ...], notes: Mapping[str, str]) -> str:
    longest = max((sum(bar.values()) for bar in bars.values()), default=0) or 1
    lines = dict.fromkeys(parts, "")
    texts = [_text(0, 12, title)]
    if len(parts) > 1:
        texts += [
            _text(_LEFT + index * 80, 28, part, f" fill='{_COLOURS.get(part, _BLUE)}'")
            for index, part in enumerate(parts)
        ]
    for index, (label, bar) in enumerate(bars.items()):
        left, top = _LEFT, _TOP + index * _STEP
        for part, value in bar.items():
            width = round(_WIDTH * value / longest)
            lines[part] += f"M{left} {top}h{width}"
            left += width
        texts.append(_text(0, top + 4, f"{label} {notes[label]}"))
    drawn = "".join(
        f"<path stroke='{_COLOURS.get(part, _BLUE)}' d='{line}'/>" for part, line in lines.items() if line
    )
    size = f"width='{_LEFT + _WIDTH}' height='{_TOP + len(bars) * _STEP}'"
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' {size} font-size='11' stroke-width='{_BAR}'>{drawn}<g "
        f"stroke-width='0'>{''.join(texts)}</g></svg>"
    )


def _text(left: int, top: int, words: str, style: str = "") -> str:
    return f"<text x='{left}' y='{top}'{style}>{escape(words)}</text>"


def _count(files: Warehouse, dataset: str, year: str, column: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for table in files.tables(dataset, year, [column]):
        counts.update(
            {
                row[column]: row["count_all"]
                for row in table.group_by(column).aggregate([([], "count_all")]).to_pylist()
            }
        )
    return counts


def _families() -> Mapping[str, str]:
    """The rows of the applications table that are outcomes, with the family of each: the first word of its
    key, unless it is granted in part.
    """
    tables = [form.tables["applications"] for form in forms().values() if "applications" in form.tables]
    rows = [row.key for table in tables for row in table.rows if row.group == "results"]
    return {row: row if row.startswith("granted") else row.split("_")[0] for row in rows}
