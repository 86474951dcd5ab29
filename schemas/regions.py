"""Provinces, prefectures and counties with their codes (GB/T 2260) and the years in which they were there,
read from `regions.csv`, which names its sources.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("regions.csv")


@dataclass(frozen=True, slots=True)
class Region:
    """One division under one name. `first` and `last` are the first and the last year in which a source has
    it, `gone` the year from which it is not there; both null of one that is there still.
    """

    code: str
    name: str
    first: int
    last: int | None
    gone: int | None

    @property
    def level(self) -> str:
        """`province`, `prefecture` or `county`; county-level cities right below a province are counties."""
        if self.code.endswith("0000"):
            return "province"
        return "prefecture" if self.code.endswith("00") else "county"

    @property
    def key(self) -> str:
        """What stays the same when only its code changes: the prefecture's digits and its name."""
        return f"{self.code[:4]}{self.name}"


@cache
def regions() -> Mapping[str, tuple[Region, ...]]:
    """Every region by its name; of one name and code the newest comes last."""
    found: dict[str, list[Region]] = {}
    lines = (line for line in FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    for row in csv.DictReader(lines):
        last, gone = (int(row[name]) if row[name] else None for name in ("last", "gone"))
        found.setdefault(row["name"], []).append(
            Region(row["code"], row["name"], int(row["first"]), last, gone)
        )
    return {name: tuple(sorted(own, key=lambda one: one.last or 9999)) for name, own in found.items()}


@cache
def _by_code() -> Mapping[str, tuple[Region, ...]]:
    found: dict[str, list[Region]] = {}
    for own in regions().values():
        for one in own:
            found.setdefault(one.code, []).append(one)
    return {code: tuple(sorted(own, key=lambda one: one.last or 9999)) for code, own in found.items()}


def names_of(code: str, year: int | None = None) -> tuple[str | None, str | None, str | None]:
    """Return the names of the province, prefecture and county of a code, as of a year where that is given.
    Municipalities such as 北京市 have no prefecture.
    """
    parts = [
        f"{code[:2]}0000",
        f"{code[:4]}00" if code[2:4] != "00" else "",
        code if code[4:] != "00" else "",
    ]
    province, prefecture, county = (_name(part, year) if part else None for part in parts)
    return province, prefecture, county


def _name(code: str, year: int | None) -> str | None:
    own = _by_code().get(code, ())
    there = [one for one in own if year is not None and one.first <= year and year < (one.gone or 9999)]
    return (there or own)[-1].name if own else None


@cache
def resolve(places: tuple[str, ...]) -> tuple[Region, ...]:
    """Return the regions that nested places may name, the widest first (`南京市`, `鼓楼区`): one where they are sure,
    several where a name is borne by several and nothing before it tells them apart, none that the table does
    not have. Of one whose code changed the newest stands.
    """
    *above, last = places
    by_key = {one.key: one for one in regions().get(last, ()) if _is_within(one, above)}
    return tuple(by_key.values())


def _is_within(region: Region, above: Sequence[str]) -> bool:
    for name in above:
        ancestors = {one.code for one in regions().get(name, ())}
        if not ancestors & {f"{region.code[:2]}0000", f"{region.code[:4]}00"}:
            return False
    return True


def gone_since(region: Region, year: int) -> int | None:
    """Return since when a region was gone in a year; None where it was there or nothing says so."""
    return region.gone if region.gone is not None and region.gone <= year else None
