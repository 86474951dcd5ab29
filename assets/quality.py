"""What must be true of a finished year, whatever the documents say: plain functions that compare what came in
with what came out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from assets.corrections import Decision
from assets.escaping import in_markdown
from assets.identities import Tally, hard_identities
from assets.stages import is_internal
from schemas.datasets import tables_by_edition

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Expected:
    """How large the share of a status may be, from `least` to `most`, before a person should look."""

    least: float = 0.0
    most: float = 1.0


# Of the tables that are there; `absent` of all tables. Stated before there were whole years to measure:
# outside of them something is wrong with the source or with the reader rather than with single reports.
EXPECTED = {
    # Most organs copy their figures from a system that adds them up; what is not validated is blank or
    # mistyped.
    "validated": Expected(least=0.5),
    # A sum that does not hold is one person's slip. In a tenth of all tables it is a reader that puts figures
    # into wrong cells.
    "inconsistent": Expected(most=0.1),
    # Leaving cells of nought blank is usual, and where no total stands beside them no identity says that they
    # are nought.
    "incomplete": Expected(most=0.4),
    # The reader is to read: more says that a layout is published that it does not know.
    "uncertain": Expected(most=0.1),
    # Extraction drops tables whose headings remain, mostly of PDF files. In more than a quarter it is the way
    # that a source was fetched.
    "absent": Expected(most=0.25),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a property holds, one sentence on it, the figures that it was judged by, and for people a table
    in markdown, or nothing.
    """

    passed: bool
    message: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    details: str = ""


class NotPublishedError(RuntimeError):
    """What was about to be published lacks a property that it must have; the message says which and where."""


def require(verdict: Verdict) -> None:
    """Raise NotPublishedError unless a property holds."""
    if not verdict.passed:
        raise NotPublishedError(f"nothing was published: {verdict.message}")


# --- conservation


def documents_conserved(came_in: Iterable[str], came_out: Iterable[str], now: Iterable[str]) -> Verdict:
    """Every document that the run listed has exactly one row, and no row is without its document. All are
    sources; `now` are those that are in the raw store by now: who came or went since is for the next run.
    """
    documents, rows, there = sorted(came_in), sorted(came_out), set(now)
    lost: list[str] = []
    invented: list[str] = []
    if documents != rows:
        lost, invented = (
            sorted((Counter(documents) - Counter(rows)).elements()),
            sorted((Counter(rows) - Counter(documents)).elements()),
        )
    figures = {
        "documents": len(documents),
        "rows": len(rows),
        "lost": lost[:_SHOWN],
        "invented": invented[:_SHOWN],
    }
    since = ""
    for name, found in (("came", there.difference(documents)), ("went", set(documents) - there)):
        figures[f"{name}_since"] = len(found)
        if found:
            since += f"; {len(found)} {name} since it was listed, for the next run, first {min(found)}"
    if lost or invented:
        return Verdict(
            False,
            f"{len(lost)} documents have no row, {len(invented)} rows have no document: build the year again",
            figures,
        )
    return Verdict(True, f"each of the {len(documents)} documents has its row{since}", figures)


def keys_unique(repeated: Iterable[str]) -> Verdict:
    """No key occurs twice. Takes those that do."""
    shown = sorted(repeated)
    return Verdict(
        not shown,
        f"{len(shown)} keys occur more than once" if shown else "every key occurs once",
        {"repeated": shown[:_SHOWN]},
    )


def reports_conserved(read: Any, found: Any, each: int) -> Verdict:
    """Every document that was read has so many rows, and no row is of another. Both sides are report ids, as
    columns of Arrow: of a whole year.
    """
    documents, counts = pc.unique(read), pc.value_counts(found)
    rows, times = counts.field("values"), counts.field("counts")
    known: Any = pc.is_in(rows, value_set=documents)
    lost = sorted(documents.filter(pc.invert(pc.is_in(documents, value_set=rows))).to_pylist())
    invented = sorted(rows.filter(pc.invert(known)).to_pylist())
    uneven = sorted(rows.filter(pc.and_(known, pc.not_equal(times, pa.scalar(each)))).to_pylist())
    figures = {
        "documents": len(documents),
        "rows": len(found),
        "lost": lost[:_SHOWN],
        "invented": invented[:_SHOWN],
    }
    figures["with_another_number"] = uneven[:_SHOWN]
    if lost or invented or uneven:
        message = (
            f"{len(lost)} documents that were read have no row, {len(invented)} rows are of no document "
            "that was read, "
        )
        return Verdict(
            False,
            f"{message}{len(uneven)} documents have another number of rows than {each}: build the year again",
            figures,
        )
    return Verdict(
        True, f"each of the {len(documents)} documents that were read has its {each} rows", figures
    )


def cells_complete(reports: Iterable[tuple[str, Sequence[Mapping[str, Any]], Mapping[str, int]]]) -> Verdict:
    """Each table that is there has all cells of its form, and an absent one has none. A table on which the
    program failed has none either.

    Takes, one report after the other, its id, its rows of table_status, and how many cells each of its tables
    has.
    """
    problems, tables, expected, cells = [], 0, 0, 0
    for report_id, statuses, counts in reports:
        unseen = dict(counts)
        cells += sum(counts.values())
        for row in statuses:
            there = row["status"] != "absent" and row["error"] is None
            wanted = len(tables_by_edition()[row["edition"], row["table"]].cells) if there else 0
            tables, expected = tables + there, expected + wanted
            if (count := unseen.pop(row["table"], 0)) != wanted:
                problems.append(f"{report_id} {row['table']}: {count} cells, {wanted} expected")
        problems += [
            f"{report_id} {table}: {count} cells of a table without a status"
            for table, count in unseen.items()
        ]
    figures = {"tables": tables, "expected_cells": expected, "cells": cells, "wrong": problems[:_SHOWN]}
    if problems:
        return Verdict(
            False,
            f"{len(problems)} tables have another number of cells than their form, first {problems[0]}",
            figures,
        )
    return Verdict(True, f"{tables} tables that are there have {expected} cells", figures)


def in_order(last: str, first: str) -> Verdict:
    """A batch begins with a report after the last one of the batch before it: so no report is in two of them,
    and no key occurs twice.
    """
    return Verdict(
        last < first, f"{first} comes after {last}, and should not: reports are in order, each in one batch"
    )


def facts_complete(published: Mapping[tuple[str | None, str], int], rows: int) -> Verdict:
    """Each validated or corrected table has all its cells: takes the number of such tables by (edition,
    table), and the number of facts.
    """
    expected = sum(count * len(tables_by_edition()[kind].cells) for kind, count in published.items())
    count = sum(published.values())
    figures = {"published_tables": count, "expected_rows": expected, "rows": rows}
    return Verdict(
        expected == rows,
        f"{count} validated or corrected tables have {expected} cells, {rows} facts are published",
        figures,
    )


# --- evidence


def evidence_shown(facts: int, wrong: Iterable[str]) -> Verdict:
    """Every published figure is printed where it says. Takes the number of facts, and a sentence for each
    that is not.
    """
    shown = list(wrong)
    message = (
        f"{len(shown)} of {facts} facts lack their evidence, first {shown[0]}"
        if shown
        else f"{facts} facts show their evidence"
    )
    return Verdict(
        not shown, message, {"facts": facts, "without_evidence": len(shown), "first": shown[:_SHOWN]}
    )


# --- against the collapse of a year


@dataclass(frozen=True, slots=True)
class Limits:
    """By how much a year may fall behind the one that is published before a person must say so: shares of
    documents and tables by which refused, absent and uncertain ones may grow, the share of its figures that a
    report may lose on average, and the share of reports that may be lost. Fewer than `least` documents or
    tables are never a collapse.
    """

    refused: float = 0.1
    absent: float = 0.1
    uncertain: float = 0.1
    facts: float = 0.2
    lost: float = 0.1
    least: int = 3


@dataclass(slots=True)
class Standing:
    """What stands of a year: the sources of its documents that were read, why the others were not, how many
    of these were refused, its tables by status, and how many figures are published.
    """

    read: set[str] = field(default_factory=set)
    reasons: dict[str, str] = field(default_factory=dict)  # of refused documents and of copies, by source
    refused: int = 0
    tables: Counter[str] = field(default_factory=Counter)
    facts: int = 0

    @property
    def documents(self) -> int:
        return len(self.read) + self.refused


def no_collapse(before: Standing, now: Standing, limits: Limits) -> Verdict:
    """A year has not fallen so far behind the one that is published that something must have broken. Names
    the reports that were read and are not any more.
    """
    if not before.documents:
        return Verdict(True, "no year is published that this one could fall behind", {})
    lost = sorted(before.read - now.read)
    falls = []
    for name, then, of_then, here, of_here, most in (
        ("documents refused", before.refused, before.documents, now.refused, now.documents, limits.refused),
        *_of_tables(before, now, limits),
    ):
        if here - then >= limits.least and _share(here, of_here) - _share(then, of_then) > most:
            falls.append(f"{name}: {then} of {of_then} before, {here} of {of_here} now")
    if len(lost) >= limits.least and len(lost) > limits.lost * len(before.read):
        falls.append(f"reports lost: {len(lost)} of {len(before.read)}")
    figures_then, figures_now = _share(before.facts, len(before.read)), _share(now.facts, len(now.read))
    if len(before.read) >= limits.least and figures_now < (1 - limits.facts) * figures_then:
        falls.append(f"figures a report: {figures_then:.0f} before, {figures_now:.0f} now")
    figures = {"documents": now.documents, "read": len(now.read), "facts": now.facts, "lost": len(lost)}
    if not falls:
        return Verdict(True, "the year stands as the one that is published, or better", figures)
    named = "; ".join(f"{one} ({now.reasons.get(one, 'not there any more')})" for one in lost[:_SHOWN])
    more = f"; and {len(lost) - _SHOWN} more" if len(lost) > _SHOWN else ""
    message = f"the year has collapsed against the one that is published: {', '.join(falls)}"
    return Verdict(False, message + (f". {named}{more}" if lost else ""), figures)


def _of_tables(
    before: Standing, now: Standing, limits: Limits
) -> list[tuple[str, int, int, int, int, float]]:
    return [
        (
            f"tables {name}",
            before.tables[name],
            before.tables.total(),
            now.tables[name],
            now.tables.total(),
            most,
        )
        for name, most in (("absent", limits.absent), ("uncertain", limits.uncertain))
    ]


def _share(count: int, of: int) -> float:
    return count / of if of else 0.0


# --- the quality of the source


def identity_holds(
    name: str, tally: Tally, uncertain: int, sums: Sequence[Mapping[str, Any]], sources: Mapping[str, str]
) -> Verdict:
    """No report breaks the identity. Takes its tally, how many tables are uncertain, and for the worst
    reports rows of `violations` and sources.
    """
    key, identity = hard_identities()[name]
    share = tally.holds / tally.judged if tally.judged else None
    held = (
        f"holds in {tally.holds} of {tally.judged} reports ({share:.1%})"
        if share is not None
        else "not judged"
    )
    message = (
        f"{identity.text}: {held}, broken in {tally.broken}, left undecided by blanks in {tally.undecided}"
    )
    figures = {
        "holds": tally.holds,
        "broken": tally.broken,
        "undecided": tally.undecided,
        "share_holds": share,
    }
    figures |= {"not_judged_as_uncertain": uncertain}
    lines = []
    for one in tally.worst:
        own = [
            row
            for row in sums
            if row["report_id"] == one.report_id and row["table"] == key and row["rule"] == name
        ]
        suspect = next((row for row in own if row["suspect_row"]), None)
        cell = f"{suspect['suspect_row']}.{suspect['suspect_column']}" if suspect else ""
        value = f"{suspect['suspect_value']:g}" if suspect and suspect["suspect_value"] is not None else ""
        words = "; ".join(row["message"] for row in own[:3]) + (
            f"; and {len(own) - 3} more" if len(own) > 3 else ""
        )
        lines.append((sources.get(one.report_id, one.report_id), one.times, one.gap, words, cell, value))
    header = ("report", "times broken", "by", "sums", "suspect", "would have to be")
    passed = tally.broken == 0 and share is not None
    return Verdict(passed, message, figures, markdown(header, lines) if lines else "")


_MOST_BROKEN = 0.05  # of the reports that an identity judges: what is expected where no last year is known
_WORSE = 0.02  # by which more may break it than did last year


def against_last_year(verdict: Verdict, last: Mapping[str, Any] | None) -> Verdict:
    """The verdict on an identity, held against what was found of the year before: in every large year some
    reports break a rule, and a check tells something only where more of them do. `last` are the figures of
    that year's verdict, if it is known.
    """
    share, before = _broken_share(verdict.figures), _broken_share(last or {})
    if verdict.passed or share is None:
        return verdict
    most = _MOST_BROKEN if before is None else before + _WORSE
    of_last = "" if before is None else f", {before:.1%} last year"
    message = f"{verdict.message}; {share:.1%} break it{of_last}, at most {most:.1%} are expected"
    figures = {**verdict.figures, "share_broken": share, "share_broken_last_year": before}
    worse = before is not None and share > most
    return Verdict(share <= most, message, {**figures, "worse": worse}, verdict.details)


def _broken_share(figures: Mapping[str, Any]) -> float | None:
    judged = sum(figures.get(name, 0) for name in ("holds", "broken", "undecided"))
    return figures["broken"] / judged if judged else None


def status_share(status: str, counts: Mapping[str, int]) -> Verdict:
    """The share of a status lies where it is expected. Takes how many tables have each."""
    there = sum(counts.values()) - counts.get("absent", 0)
    of = sum(counts.values()) if status == "absent" else there
    expected = EXPECTED[status]
    if not of:
        return Verdict(False, f"there is no table, {status} or not", {"tables": 0, "of": 0, "share": None})
    share = counts.get(status, 0) / of
    wanted = f"at least {expected.least:.0%}" if expected.least else f"at most {expected.most:.0%}"
    what = "tables" if status == "absent" else "tables that are there"
    message = f"{counts.get(status, 0)} of {of} {what} are {status} ({share:.0%}); {wanted} are expected"
    return Verdict(
        expected.least <= share <= expected.most,
        message,
        {"tables": counts.get(status, 0), "of": of, "share": share},
    )


def corrections_fit(problems: Sequence[str], decision: Decision, unknown: Sequence[str]) -> Verdict:
    """Every correction could be applied. Takes what is wrong with the file, what became of those of this
    year, and those of no report.
    """
    rejected = [*problems, *unknown, *decision.rejected]
    figures = {
        "applied": len(decision.applied),
        "not_applied": len(rejected),
        "of_other_years": len(decision.elsewhere) - len(unknown),
    }
    applied = (
        "1 correction applies" if len(decision.applied) == 1 else f"{len(decision.applied)} corrections apply"
    )
    message = f"{applied}, {len(rejected)} do not" + (f", first {rejected[0]}" if rejected else "")
    return Verdict(
        not rejected,
        message,
        figures,
        markdown(("not applied, and why",), [(text,) for text in rejected]) if rejected else "",
    )


def no_internal_errors(reasons: Iterable[tuple[str, str | None]]) -> Verdict:
    """The program failed on no document. Takes pairs (source or id, reason)."""
    failed = [f"{source}: {reason}" for source, reason in reasons if is_internal(reason)]
    message = (
        f"the program failed on {len(failed)} documents: report them"
        if failed
        else "the program failed on no document"
    )
    return Verdict(not failed, message, {"documents": len(failed), "first": failed[:_SHOWN]})


def prose_agrees(claims: Iterable[Mapping[str, Any]]) -> Verdict:
    """No sentence contradicts the tables of its report. Takes rows of claims: report_id, outcome, quantity,
    value, printed, quote. Shows ten reports that contradict themselves most, with their words.
    """
    counts: Counter[str] = Counter()
    against: dict[str, list[Mapping[str, Any]]] = {}
    for claim in claims:
        counts[claim["outcome"]] += 1
        if claim["outcome"] == "contradicts":
            against.setdefault(claim["report_id"], []).append(claim)
    worst = sorted(against.items(), key=lambda item: (-len(item[1]), item[0]))[:10]
    rows = [
        (report, len(own), own[0]["quantity"], own[0]["value"], own[0]["printed"], own[0]["quote"])
        for report, own in worst
    ]
    message = f"{counts['contradicts']} figures of the prose contradict the tables, {counts['agrees']} agree"
    figures = {name: counts[name] for name in ("agrees", "contradicts", "not_comparable")}
    header = ("report", "contradictions", "first of them", "text says", "table prints", "words")
    return Verdict(
        not against, message, {**figures, "reports": len(against)}, markdown(header, rows) if rows else ""
    )


def prose_rules_hold(rules: Iterable[Mapping[str, Any]]) -> Verdict:
    """No report breaks a rule across sections. Takes rows of prose_rules: report_id, rule, outcome, message.
    Shows the first ten that are broken, with their words.
    """
    counts: Counter[str] = Counter()
    broken: list[tuple[str, str, str]] = []
    for row in rules:
        counts[row["outcome"]] += 1
        if row["outcome"] == "broken" and len(broken) < _SHOWN:
            broken.append((row["report_id"], row["rule"], row["message"]))
    message = f"{counts['broken']} rules across sections are broken, {counts['holds']} hold"
    figures = {name: counts[name] for name in ("holds", "broken", "undecided")}
    details = markdown(("report", "rule", "what was found"), broken) if broken else ""
    return Verdict(not broken, message, figures, details)


# --- for people


def markdown(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown; what documents say in its cells is no markup."""
    head, *body = ("| " + " | ".join(map(in_markdown, line)) + " |" for line in (header, *rows))
    return "\n".join((head, "| " + " | ".join(["---"] * len(header)) + " |", *body))


# --- over years


_MOST_BREAKS, _LEAST_ON_TIME, _LEAST_SURE = 0.2, 0.5, 0.5


def follows_from_last_year(outcomes: Mapping[str, Counter[str]]) -> Verdict:
    """At most so many of the figures that can be compared break a rule across years without an explanation,
    and some can be compared.
    `outcomes` counts by rule; what is explained counts as `explained`.
    """
    rows = [
        f"| {rule} | {' | '.join(str(found[one]) for one in _OUTCOMES)} |" for rule, found in outcomes.items()
    ]
    table = "\n".join([f"| rule | {' | '.join(_OUTCOMES)} |", "|---|---|---|---|---|", *rows]) if rows else ""
    broken = sum(found["broken"] for found in outcomes.values())
    judged = sum(found[one] for found in outcomes.values() for one in ("holds", "broken", "explained"))
    passed = judged > 0 and broken <= _MOST_BREAKS * judged
    words = (
        f"{broken} of {judged} figures do not follow from last year's reports" if judged else _NO_LAST_YEAR
    )
    return Verdict(passed, words, {"broken": broken, "judged": judged}, table)


_OUTCOMES = ("holds", "broken", "explained", "undecided")
_NO_LAST_YEAR = "not judged: no figure could be held against last year's reports"


def on_time(counts: Counter[str]) -> Verdict:
    """At least half of the reports whose day is known came by it."""
    known = counts["yes"] + counts["no"]
    words = f"{counts['yes']} of {known} reports came in time; of {counts['unknown']} it is not known"
    words = words if known else f"not judged: of none of {counts['unknown']} reports it is known"
    return Verdict(known > 0 and counts["yes"] >= _LEAST_ON_TIME * known, words, {**counts, "judged": known})


def received_covered(counts: Counter[str]) -> Verdict:
    """Of at least half of the reports the figure of applications received is sure."""
    sure, all_ = sum(counts[flag] for flag in ("validated", "corrected", "implied")), counts.total()
    words = f"of {sure} of {all_} reports it is sure how many applications were received"
    return Verdict(all_ > 0 and sure >= _LEAST_SURE * all_, words, {**counts, "judged": all_})
