"""compliance: what evaluators look at in a report: when it came, what it tells, whether its figures agree
and its words are its own. Judgements with their evidence, and no score.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.counted import reports_with_organs
from assets.section_words import BINS, NOTHING, likeness
from assets.stages import Beside, Row, RowsOfYear, YearStage, as_table
from schemas.compliance import FEWEST, PROSE_SECTIONS, Due, due, tells
from schemas.datasets import COMPLIANCE
from schemas.forms import TABLE_KEYS

REPORT_COLUMNS = ("issuer", "published", "sections", *(f"{table}_status" for table in TABLE_KEYS))
ORGAN_COLUMNS = ("source", "organ_id", "is_current", "region_code", "level", "kind", "scope")
WORD_COLUMNS = ("report_id", "section", "misnumbered", "characters", "tells", "words", "years", "year_words")
LAST_WORD_COLUMNS = ("report_id", "section", "own_characters", "sketch")
_FEW_OWN = 60  # Chinese characters below which likeness says nothing
_ALIKE = 0.5  # share of words from which another report is named
_BANDS, _ROWS = 16, 4  # of a sketch: those that agree in one band of four bins are looked at
_NEXT = 8  # reports with the same band that each is compared with
_MOST = 1024  # reports in a batch of rows


@dataclass
class Sketches:
    """The sketches of one section of the reports of a year: rows of BINS; NOTHING in all where it has too few
    words of its own.
    """

    rows: Any

    @classmethod
    def of(cls, rows: RowsOfYear, ids: Any) -> dict[int, Sketches]:
        """Those of the sections that tell in words, in the order of the ids. A section takes 256 bytes."""
        made = {section: np.full((len(ids), BINS), NOTHING, np.int32) for section in PROSE_SECTIONS}
        for table in rows("section_words", LAST_WORD_COLUMNS):
            there: Any = pc.and_(
                pc.is_in(table.column("section"), value_set=pa.array(PROSE_SECTIONS, pa.int8())),
                pc.greater_equal(table.column("own_characters"), pa.scalar(_FEW_OWN)),
            )
            chosen = table.filter(there).combine_chunks()
            if not len(chosen):
                continue
            places: Any = pc.index_in(chosen.column("report_id"), value_set=ids)
            places = places.fill_null(-1).to_numpy()
            values = pc.list_flatten(chosen.column("sketch")).to_numpy().reshape(len(chosen), BINS)
            sections = chosen.column("section").to_numpy()
            for section, found in made.items():
                known = (sections == section) & (places >= 0)
                found[places[known]] = values[known]
        return {section: cls(found) for section, found in made.items()}


def compliance(now: RowsOfYear, last: RowsOfYear | None, year: int) -> Iterator[pa.Table]:
    """The rows of the dataset for a year: one for each report that counts, by report_id.

    `now` reads reports, organ_reports, section_words, claims and year_over_year; `last`, the year before,
    reports, organ_reports and section_words.
    """
    read = reports_with_organs(now, REPORT_COLUMNS, ORGAN_COLUMNS)
    versions = _versions(read)
    reports = read.filter(read.column("is_current")).combine_chunks()
    alike = _Alike(now, last, reports)
    counts = _Counts(now)
    words = _Ahead(now("section_words", WORD_COLUMNS))
    held: list[Row] = []
    for i, report in enumerate(_records(reports)):
        row = _row(report, words.of(report["report_id"]), versions, year)
        held.append(row | counts.of(report["report_id"]) | alike.of(i, row["evidence"]))
        if len(held) >= _MOST:
            yield as_table("compliance", held)
            held = []
    if held:
        yield as_table("compliance", held)


def _records(table: pa.Table) -> Iterator[Row]:
    for batch in table.to_batches(max_chunksize=_MOST):
        yield from batch.to_pylist()


Versions = Mapping[str, list[tuple[date | None, str]]]


def _versions(read: pa.Table) -> Versions:
    """Of organs with several reports all that were read: when each was published, and its source."""
    superseded = read.filter(pc.invert(read.column("is_current"))).column("organ_id").unique()
    several = read.filter(pc.is_in(read.column("organ_id"), value_set=superseded))
    versions: dict[str, list[tuple[date | None, str]]] = defaultdict(list)
    for one in several.select(["organ_id", "published", "source"]).to_pylist():
        versions[one["organ_id"]].append((one["published"], one["source"]))
    return versions


class _Ahead:
    """Rows by report, which come in the order of reports; one look ahead."""

    def __init__(self, tables: Iterator[pa.Table]) -> None:
        self._rows = (row for table in tables for row in table.to_pylist())
        self._next: Row | None = next(self._rows, None)

    def of(self, report_id: str) -> list[Row]:
        """The rows of a report that is not before one that was asked for already."""
        own = []
        while self._next is not None and self._next["report_id"] <= report_id:
            if self._next["report_id"] == report_id:
                own.append(self._next)
            self._next = next(self._rows, None)
        return own


# --- one report


def _row(report: Row, words: Sequence[Row], versions: Versions, year: int) -> Row:
    """What is judged of a report by itself, and the evidence."""
    evidence: list[str] = []
    row: Row = {name: report[name] for name in COMPLIANCE.names if name in report}
    row |= {"report_year": year, "evidence": evidence}
    row |= _timely(report, year, evidence)
    row |= _told(report, words, year, evidence)
    statuses = {table: report[f"{table}_status"] for table in TABLE_KEYS}
    row["tables_validated"] = sum(status == "validated" for status in statuses.values())
    row["tables_absent"] = [table for table, status in statuses.items() if status == "absent"]
    others = versions.get(report["organ_id"], [])
    row["versions"], row["changed_on"] = max(1, len(others)), None
    before = [one for one in others if one[1] != report["source"]]
    if before:
        row["changed_on"] = report["published"]
        dates = ", ".join(f"{source} of {when or 'no date'}" for when, source in sorted(before, key=str))
        evidence.append(f"versions: beside this one {dates}")
    return row


def _timely(report: Row, year: int, evidence: list[str]) -> Row:
    """Whether a report came in time. Where it is open which of two days counts, that is said, and only what
    is so by both is told.
    """
    rules = _due(report)
    published: date | None = report["published"]
    if rules == ["no day"]:
        return {"due": None, "on_time": "no_day"}
    days = [rule.on(year) for rule in rules if isinstance(rule, Due)]
    if not days:
        evidence.append(f"on_time: the law names no day for organs of the kind {report['kind']!r}")
        return {"due": None, "on_time": "unknown"}
    by = " or ".join(f"{rule.on(year)} ({rule.source})" for rule in rules if isinstance(rule, Due))
    due_on = days[0] if len(days) == 1 else None
    if published is None:
        evidence.append(f"on_time: the report does not say when it was published; due {by}")
        return {"due": due_on, "on_time": "unknown"}
    evidence.append(f"on_time: published {published}, due {by}")
    in_time = {published <= day for day in days}
    return {"due": due_on, "on_time": "unknown" if len(in_time) > 1 else "yes" if True in in_time else "no"}


def _due(report: Row) -> list[Due | str | None]:
    """The rules on the day, of which one counts: the office of a government reports for itself, as a
    department, or for the government, whose report is due later.
    """
    if report["level"] == "township":
        return [due("township")]
    if report["scope"] == "area":
        return [due("government")]
    office = (report["issuer"] or "").endswith(("政府办公室", "政府办公厅", "政府办"))
    if office and report["scope"] != "organ":
        return [due("department"), due("government")]
    return [due(report["kind"])]


def _told(report: Row, words: Sequence[Row], year: int, evidence: list[str]) -> Row:
    """What the sections tell."""
    by_section: dict[int, Row] = {}
    for section in words:  # a heading printed twice: the one with more behind it
        known = by_section.get(section["section"])
        if known is None or (section["characters"] or 0) > (known["characters"] or 0):
            by_section[section["section"]] = section
    empty = [
        number
        for number in PROSE_SECTIONS
        if number in by_section and by_section[number]["characters"] < (FEWEST if number < 6 else 1)
    ]
    row: Row = {
        "sections_missing": [number for number in range(1, 7) if number not in report["sections"]],
        "sections_empty": empty,
        "sections_misnumbered": sorted({one["section"] for one in words if one["misnumbered"]}),
        "earlier_years": [],
    }
    for one in tells():
        found = by_section.get(one.section)
        row[f"tells_{one.key}"] = None if found is None else one.key in found["tells"]
        if found is not None and one.key in found["tells"]:
            evidence.append(f"tells_{one.key}: …{found['words'][found['tells'].index(one.key)]}…")
    for number, section in sorted(by_section.items()):
        for earlier, sentence in zip(section["years"], section["year_words"], strict=True):
            if earlier < year:
                row["earlier_years"].append(earlier)
                evidence.append(f"earlier_years: section {number}: {sentence}")
    return row


class _Counts:
    """Of each report how many of its claims contradict, and how many rules across years do not hold."""

    def __init__(self, now: RowsOfYear) -> None:
        self._claims = _counted(now("claims", ("report_id", "outcome")), "contradicts")
        years = list(now("year_over_year", ("report_id", "outcome")))
        self._broken, self._undecided = (_counted(iter(years), one) for one in ("broken", "undecided"))

    def of(self, report_id: str) -> Row:
        return {
            "claims_contradicting": self._claims[report_id],
            "year_broken": self._broken[report_id],
            "year_undecided": self._undecided[report_id],
        }


def _counted(tables: Iterator[pa.Table], outcome: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for table in tables:
        ids: Any = table.filter(pc.equal(table.column("outcome"), pa.scalar(outcome))).column("report_id")
        counts: Any = pc.value_counts(ids)
        found.update(
            dict(zip(counts.field("values").to_pylist(), counts.field("counts").to_pylist(), strict=True))
        )
    return found


# --- likeness


class _Alike:
    """How alike the own words of the reports of a year are to those of last year's, and to one another."""

    def __init__(self, now: RowsOfYear, last: RowsOfYear | None, reports: pa.Table) -> None:
        self._ids = ids = reports.column("report_id").combine_chunks()
        organs, regions = (reports.column(name).combine_chunks() for name in ("organ_id", "region_code"))
        own = Sketches.of(now, ids)
        self._last = _to_last(own, last, organs)
        # a region and its neighbours: the first four digits are those of the prefecture
        filled: Any = regions.fill_null("")
        prefectures: Any = pc.utf8_slice_codeunits(filled, 0, 4)
        organ, region = (one.dictionary_encode().indices.to_numpy() for one in (organs, prefectures))
        self._others = {section: _to_others(own[section].rows, organ, region) for section in PROSE_SECTIONS}

    def of(self, i: int, evidence: list[str]) -> Row:
        """The columns of likeness of one report."""
        row: Row = {}
        for section in PROSE_SECTIONS:
            share = self._last[section][i]
            row[f"like_last_{section}"] = None if np.isnan(share) else float(share)
            best, partner = self._others[section]
            if partner[i] < 0:
                continue
            other = self._ids[int(partner[i])].as_py()
            row[f"like_other_{section}"], row[f"like_other_{section}_report"] = float(best[i]), other
            evidence.append(f"like_other_{section}: shares {best[i]:.0%} of its words with {other}")
        return row


def _to_last(own: Mapping[int, Sketches], last: RowsOfYear | None, organs: Any) -> Mapping[int, Any]:
    """For each section how alike each report is to that of its organ for the year before; NaN where nobody
    can tell.
    """
    nobody = {section: np.full(len(one.rows), np.nan) for section, one in own.items()}
    if last is None:
        return nobody
    known = reports_with_organs(last, (), ("organ_id", "is_current"))
    known = known.filter(known.column("is_current")).combine_chunks()
    before = Sketches.of(last, known.column("report_id").combine_chunks())
    found: Any = pc.index_in(organs, value_set=known.column("organ_id").combine_chunks())
    partner = found.fill_null(-1).to_numpy()
    for section, one in own.items():
        theirs = before[section].rows[partner] if len(known) else one.rows * 0 + NOTHING
        there = (partner >= 0) & (theirs != NOTHING).any(axis=1) & (one.rows != NOTHING).any(axis=1)
        nobody[section][there] = likeness(one.rows[there], theirs[there])
    return nobody


def _to_others(rows: Any, organs: Any, regions: Any) -> tuple[Any, Any]:
    """For each report the most alike of another organ of its region: how alike, and its place; -1: none.

    Only reports that agree in some band of their sketches are compared, each with the next few: the cost
    grows with the reports, and not with their square.
    """
    best, partner = np.zeros(len(rows)), np.full(len(rows), -1)
    for band in range(_BANDS):
        bins = rows[:, band * _ROWS : (band + 1) * _ROWS]
        chosen = np.flatnonzero((bins != NOTHING).all(axis=1))
        keys = np.column_stack([regions[chosen], bins[chosen]])
        order = chosen[np.lexsort(keys.T[::-1])]
        keys = np.column_stack([regions[order], rows[order, band * _ROWS : (band + 1) * _ROWS]])
        for step in range(1, _NEXT + 1):
            same = np.flatnonzero((keys[:-step] == keys[step:]).all(axis=1))
            one, other = order[same], order[same + step]
            apart = organs[one] != organs[other]
            one, other = one[apart], other[apart]
            share = likeness(rows[one], rows[other])
            for mine, theirs in ((one, other), (other, one)):
                better = (share > best[mine]) | ((share == best[mine]) & (theirs < partner[mine]))
                better &= share >= _ALIKE
                best[mine[better]], partner[mine[better]] = share[better], theirs[better]
    return best, partner


# --- the stage


def _make(
    now: RowsOfYear, last: RowsOfYear | None, year: int, beside: Beside
) -> Iterator[Mapping[str, pa.Table]]:
    for rows in compliance(now, last, year):
        yield {"compliance": rows}


STAGE = YearStage(
    name="compliance",
    module=__name__,
    group="years",
    before=("reports", "organ_reports", "section_words", "claims", "year_over_year"),
    last=("reports", "organ_reports", "section_words"),
    makes=("compliance",),
    make=_make,
)
