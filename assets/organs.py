"""organs: one row an organ over all years; who is missing; what became of the steward's lines."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.organ_codes import codes_of
from assets.organ_identity import SAID, Identity, Place, Signature, id_of, signature_of
from assets.organ_places import kind_of, level_of, name_of, place_key
from assets.organs_sheet import FILE, ROSTER, Expected, Ruling, Sheet, read_sheet
from assets.stages import AllYearsStage, Beside, Row, RowsOfYear, as_table
from schemas.regions import names_of

_BATCH = 4096  # organs whose rows are made at a time
_SHOWN = 5  # names, codes or years that one sentence lists


class Reports:
    """What all reports of all years say of their organs. Of each are kept its id, its year, and which of the
    signatures is its own: some twenty bytes.
    """

    def __init__(self, years: Mapping[int, RowsOfYear], sheet: Sheet) -> None:
        self.signatures: list[Signature] = []
        self.counts: dict[Signature, dict[int, int]] = {}
        self.credit: dict[str, str] = {}  # the code of 18 characters of one of 9
        self.wrong: dict[int, str] = {}  # rows with a code that fails its check digit
        self.of_ids: dict[str, int] = {}  # rows that the sheet names by their report_id
        self.of_names: dict[str, list[int]] = {}  # rows whose names the sheet names
        self._wanted = {name for one in sheet.rulings for name in (one.one, one.other)}
        self._numbers: dict[Signature, int] = {}
        self._which, self._year = array("i"), array("h")
        ids: list[Any] = [pa.array([], pa.string())]
        self.all_years = sorted(years)
        for year, rows in sorted(years.items()):
            for table in rows("reports", SAID):
                read = table.filter(pc.equal(table.column("outcome"), pa.scalar("read")))
                ids += read.column("report_id").chunks
                self._take(year, read)
        self.ids: Any = pa.concat_arrays(ids)
        self.which, self.year = np.array(self._which, np.int32), np.array(self._year, np.int16)

    def _take(self, year: int, rows: pa.Table) -> None:
        columns = [rows.column(name).to_pylist() for name in SAID if name != "outcome"]
        for report_id, source, issuer, index_number, url in zip(*columns, strict=True):
            one = signature_of(source, issuer, index_number, url)
            row = len(self._which)
            number = self._numbers.get(one)
            if number is None:
                number = self._numbers[one] = len(self.signatures)
                self.signatures.append(one)
                self.counts[one] = {}
            self._which.append(number)
            self._year.append(year)
            own = self.counts[one]
            own[year] = own.get(year, 0) + 1
            codes = codes_of(index_number, url)
            if codes.credit and one.code:
                self.credit[one.code] = codes.credit
            if codes.wrong and not one.code:
                self.wrong[row] = codes.wrong
            if report_id in self._wanted:
                self.of_ids[report_id] = row
            if issuer in self._wanted:
                self.of_names.setdefault(issuer, []).append(row)

    def signature(self, row: int) -> Signature:
        return self.signatures[int(self.which[row])]


class Told:
    """Which organ each report is of: a number for each report, and what is known of each organ."""

    def __init__(self, reports: Reports, sheet: Sheet) -> None:
        self.reports = reports
        self.identity = Identity(reports.counts)
        self.said: list[tuple[Ruling | Expected, bool, str]] = []
        self._own: dict[int, str] = {}  # rows that a steward took out of their organ
        self.kinds: dict[str, str] = {}
        self.parents: dict[str, str] = {}
        order = ("not_same", "same", "renamed", "kind", "parent")
        rulings = sorted(sheet.rulings, key=lambda one: (order.index(one.relation), one.line))
        for one in (one for one in rulings if one.relation == "not_same"):
            self._rule(one)
        self.identity.join_by_codes()
        for one in (one for one in rulings if one.relation != "not_same"):
            self._rule(one)
        self._label()

    # --- the steward's lines

    def _rule(self, one: Ruling) -> None:
        keys = [self._named(one.one)]
        keys += [self._named(one.other)] if one.relation != "kind" else []
        if wrong := next((key for key in keys if key.startswith("?")), None):
            self.said.append((one, False, wrong[1:]))
            return
        applied, said = self._apply(one, keys)
        self.said.append((one, applied, said))

    def _apply(self, one: Ruling, keys: list[str]) -> tuple[bool, str]:
        by = f"({one.who}, {one.when}: {one.reason})"
        if one.relation == "kind":
            self.kinds[keys[0]] = one.other
            return True, f"{one.one} is of the kind {one.other} {by}"
        first, second = keys
        if one.relation == "parent":
            self.parents[first] = second
            return True, f"{one.other} is above {one.one} {by}"
        if one.relation != "not_same":
            why = f"{FILE}, line {one.line} {by}"
            if self.identity.join(first, second, why):
                return True, f"{one.one} and {one.other} are one organ {by}"
            return (
                False,
                "another line says that the two, or organs that were joined with them, are not the same",
            )
        if self.identity.find(first) != self.identity.find(second):
            self.identity.keep_apart(first, second)
            return True, f"{one.one} and {one.other} are two organs {by}"
        row = self.reports.of_ids.get(one.other)
        if row is None:
            return (
                False,
                "both print the same name and place: give the report_id of the one that is another's",
            )
        self._own[row] = f"report:{one.other}"
        self.identity.keep_apart(first, self._own[row])
        return True, f"{one.other} is of an organ of its own {by}"

    def _named(self, name: str) -> str:
        """The key of an organ that a line names; behind a question mark why there is none."""
        rows = (
            [self.reports.of_ids[name]]
            if name in self.reports.of_ids
            else self.reports.of_names.get(name, [])
        )
        keys = sorted({self._key(row) for row in rows})
        found = {self.identity.find(key) for key in keys}
        if len(found) == 1:
            return keys[0]
        if not found:
            return f"?no report that was read prints the name {name!r} or has it as its report_id"
        return f"?{len(found)} organs print the name {name!r}: give the report_id of one of its reports"

    def _key(self, row: int) -> str:
        if row in self._own:
            return self._own[row]
        one = self.reports.signature(row)
        return self.identity.key_of(one, int(self.reports.year[row]), self.reports.ids[row].as_py())

    # --- numbers

    def _label(self) -> None:
        """Number the organs, and find for each the key of its first year, of which its id is made."""
        numbers: dict[str, int] = {}
        labels = np.empty(len(self.reports.which), np.int32)
        anchors: list[tuple[int, str]] = []
        self.roots: list[str] = []
        known: dict[tuple[int, int], str | None] = {}
        ids = self.reports.ids.to_pylist() if len(self.reports.ids) < 1 << 16 else self.reports.ids
        for row, (which, year) in enumerate(
            zip(self.reports.which.tolist(), self.reports.year.tolist(), strict=True)
        ):
            key = self._own.get(row) or known.get((which, year))
            if key is None:
                report_id = str(ids[row])
                key = self.identity.key_of(self.reports.signatures[which], year, report_id)
                if not key.startswith("report:"):
                    known[which, year] = key
            root = self.identity.find(key)
            number = numbers.get(root)
            if number is None:
                number = numbers[root] = len(anchors)
                anchors.append((year, key))
                self.roots.append(root)
            else:
                anchors[number] = min(anchors[number], (year, key))
            labels[row] = number
        self.organ_ids = [id_of(key) for _, key in anchors]
        self.numbers = numbers
        self.labels = labels
        self._order = np.argsort(labels, kind="stable")
        self._ends = np.searchsorted(labels[self._order], np.arange(len(anchors) + 1))

    def rows(self, number: int) -> Any:
        """The rows of the reports of an organ, year by year."""
        return self._order[self._ends[number] : self._ends[number + 1]]

    def number_of(self, name: str) -> int | None:
        """The organ of a full name; None where there is none, or the name says too little."""
        own = name_of(name)
        key = place_key(own.places, self.identity.open_names)
        return self.numbers.get(self.identity.find(f"name:{key}|{own.tail}")) if key else None


# --- rows of the datasets


def _organ(told: Told, number: int, homonyms: Mapping[str, int]) -> Row:
    reports, rows = told.reports, told.rows(number)
    years = [int(reports.year[row]) for row in rows]
    own = [reports.signature(row) for row in rows]
    names: dict[str, set[int]] = {}
    for one, year in zip(own, years, strict=True):
        if one.issuer:
            names.setdefault(one.issuer, set()).add(year)
    ordered = sorted(names, key=lambda name: (min(names[name]), name))
    newest = max((max(of) for of in names.values()), default=0)
    name = max(
        (one for one in ordered if newest in names[one]), key=lambda one: (len(one), one), default=None
    )
    place = _place(told.identity, own, name)
    region = place.region
    root = told.roots[number]
    codes = sorted({one.code for one in own if one.code and one.code not in told.identity.claimed})
    parts = names_of(region.code, max(years)) if region else (None, None, None)
    parents = {told.identity.find(key): parent for key, parent in told.parents.items()}
    kinds = {told.identity.find(key): kind for key, kind in told.kinds.items()}
    parent = told.numbers.get(told.identity.find(parents[root])) if root in parents else None
    return {
        "organ_id": told.organ_ids[number],
        "name": name,
        "names": ordered,
        "name_years": [" ".join(map(str, sorted(names[one]))) for one in ordered],
        "years": sorted(set(years)),
        "report_ids": [reports.ids[int(row)].as_py() for row in rows],
        "region_code": region.code if region else None,
        **dict(zip(("province", "prefecture", "county"), parts, strict=True)),
        "region_evidence": place.evidence,
        "level": level_of(name, region) if name else "unknown",
        "kind": kinds.get(root) or (kind_of(name) if name else "unknown"),
        "credit_code": next(
            (told.reports.credit[code] for code in codes if code in told.reports.credit), None
        ),
        "organ_code": next((code for code in codes if len(code) == 9), None),
        "site": next((one.host for one in reversed(own) if one.host), None),
        "parent": told.organ_ids[parent] if parent is not None else None,
        "evidence": _evidence(told, root, place, len(rows)),
        "doubts": list(_doubts(told, root, rows, own, place, max(years), homonyms)),
    }


def _place(identity: Identity, own: Sequence[Signature], name: str | None) -> Place:
    """Where the organ is, by the best evidence of its newest name."""
    rank = {"name": 0, "site": 1, "folder": 2, None: 3}
    places = [identity.place(one) for one in own if one.issuer == name] or [identity.place(own[-1])]
    return min(places, key=lambda place: rank[place.evidence])


def _evidence(told: Told, root: str, place: Place, count: int) -> list[str]:
    found = list(told.identity.joined.get(root, []))
    if count > 1 and place.evidence:
        words = {
            "name": "the place before its name",
            "site": "its site",
            "folder": "the folder of its reports",
        }
        found.insert(0, f"{words[place.evidence]} and its name")
    elif count > 1 and root.startswith("site:"):
        found.insert(0, "its site and its name")
    elif count > 1 and root.startswith("code:"):
        found.insert(0, "its code")
    return found


def _doubts(
    told: Told,
    root: str,
    rows: Any,
    own: Sequence[Signature],
    place: Place,
    newest: int,
    homonyms: Mapping[str, int],
) -> Iterator[str]:
    """What is open about who an organ is."""
    if root.startswith("report:"):
        name = own[0].issuer
        others = homonyms.get(name, 1) - 1 if name else 0
        if name is None:
            yield "the report names no organ: it counts for itself"
        elif others:
            yield (
                f"nothing but the name {name} says who this is, and {others} other reports print it "
                "too: whether "
                "they are of one organ is open, so each counts"
            )
        else:
            yield f"nothing but the name {name} says who this is"
    for code in sorted({one.code for one in own if one.code}):
        if code in told.identity.claimed:
            names = [key.rpartition(":")[2] for key in told.identity.claimed[code]]
            shown = ", ".join(names[:_SHOWN])
            yield (
                f"the code {code} is claimed by {len(names)} organs ({shown}): it is evidence for none "
                "of them"
            )
    wrong = sorted({told.reports.wrong[int(row)] for row in rows if int(row) in told.reports.wrong})
    for code in wrong[:_SHOWN]:
        yield f"{code} looks like the code of an organ, but its check digit is wrong: it was not used"
    if place.region and place.region.gone and place.region.gone <= newest:
        yield f"{place.region.name} ({place.region.code}) is no longer a region since {place.region.gone}"


def _organs(told: Told) -> Iterator[pa.Table]:
    homonyms: dict[str, int] = {}
    for number, root in enumerate(told.roots):
        if root.startswith("report:"):
            name = told.reports.signature(int(told.rows(number)[0])).issuer
            if name:
                homonyms[name] = homonyms.get(name, 0) + 1
    order = sorted(range(len(told.organ_ids)), key=told.organ_ids.__getitem__)
    for first in range(0, len(order), _BATCH):
        yield as_table("organs", (_organ(told, one, homonyms) for one in order[first : first + _BATCH]))


def _missing(told: Told, sheet: Sheet) -> Iterator[pa.Table]:
    """Organs and years without a report. An organ that only a bare name tells is in none: nothing would say
    that it is missing and not another's namesake.
    """
    expected: dict[int, list[Expected]] = {}
    unknown: list[Expected] = []
    for one in sheet.roster or ():
        number = told.number_of(one.name)
        known = number is not None
        told.said.append(
            (
                one,
                True,
                f"{one.name} is {'an organ that has reported' if known else 'no organ of any report'}",
            )
        )
        if number is None:
            unknown.append(one)
        else:
            expected.setdefault(number, []).append(one)
    rows: list[Row] = []
    for number in sorted(range(len(told.roots)), key=told.organ_ids.__getitem__):
        if not told.roots[number].startswith("report:"):
            rows += _years_missing(told, number, expected.get(number, []), sheet.roster is not None)
    for one in unknown:
        for year in told.reports.all_years:
            if one.in_year(year):
                said = f"{ROSTER}, line {one.line} names it, and no report of any year is known to be of it"
                rows.append(
                    {
                        "name": one.name,
                        "report_year": year,
                        "why": "roster",
                        "expected": True,
                        "evidence": said,
                    }
                )
    rows.sort(key=lambda row: row["report_year"])
    for first in range(0, len(rows), _BATCH):
        yield as_table("missing", rows[first : first + _BATCH])


def _years_missing(told: Told, number: int, roster: Sequence[Expected], has_roster: bool) -> Iterator[Row]:
    rows = told.rows(number)
    there = {int(told.reports.year[row]) for row in rows}
    first, last = min(there), max(there)
    left = [year for year in told.reports.all_years if year not in there]
    if not left:
        return
    own = [told.reports.signature(row) for row in rows]
    name = own[-1].issuer
    region = _place(told.identity, own, name).region
    for year in left:
        why = "gap" if first < year < last else "not_since" if year > last else "not_yet"
        words = {
            "gap": f"it reported on {max(one for one in there if one < year)} and "
            f"{min(one for one in there if one > year)}, and not on {year}"
            if why == "gap"
            else "",
            "not_since": f"it reported on {last}, and not on {year} nor after",
            "not_yet": f"it reported on {first}, and not on {year} nor before",
        }
        named = any(one.in_year(year) for one in roster)
        parts = names_of(region.code, year) if region else (None, None, None)
        yield {
            "organ_id": told.organ_ids[number],
            "name": name,
            "region_code": region.code if region else None,
            **dict(zip(("province", "prefecture", "county"), parts, strict=True)),
            "report_year": year,
            "why": why,
            "expected": named if has_roster else None,
            "evidence": words[why] + (f"; {ROSTER} names it" if named else ""),
        }


def _rulings(told: Told, sheet: Sheet) -> pa.Table:
    rows: list[Row] = [
        {
            "file": FILE if isinstance(one, Ruling) else ROSTER,
            "line": one.line,
            "applied": applied,
            "said": said,
        }
        for one, applied, said in told.said
    ]
    for problem in sheet.problems:
        file = problem.partition(".csv")[0] + ".csv"
        digits = problem.partition(" line")[2].lstrip("s ").split(",")[0].split(":")[0].split(" ")[0]
        line = int(digits) if digits.isdigit() else None
        rows.append({"file": file, "line": line, "applied": False, "said": problem})
    rows.sort(key=lambda row: (row["file"], row["line"] or 0, row["said"]))
    return as_table("rulings", rows)


def make(years: Mapping[int, RowsOfYear], beside: Beside) -> Iterator[Mapping[str, pa.Table]]:
    """The rows of `organs`, `missing` and `rulings`, of the reports of all years."""
    sheet = read_sheet(beside.files.get(FILE), beside.files.get(ROSTER))
    told = Told(Reports(years, sheet), sheet)
    for table in _organs(told):
        yield {"organs": table}
    for table in _missing(told, sheet):
        yield {"missing": table}
    yield {"rulings": _rulings(told, sheet)}


STAGE = AllYearsStage(
    name="organs",
    module=__name__,
    group="organs",
    before=("reports",),
    makes=("organs", "missing", "rulings"),
    reviewed=(FILE, ROSTER),
    make=make,
)
