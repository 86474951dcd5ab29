"""organ_identity: which reports are of one organ, by evidence: code, place before the name, site, folder. A
bare name is none.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from assets.organ_codes import codes_of
from assets.organ_places import Name, name_of, place_key, region_of
from schemas.regions import Region, regions

# Columns of `reports` that say who reports.
SAID = ("report_id", "source", "outcome", "issuer", "index_number", "source_url")


class Signature(NamedTuple):
    """All that some reports say of their organ; most organs have one or two over all years."""

    issuer: str | None
    code: str | None  # of 9 characters, or of 18 where these hold none
    host: str | None
    folder: str | None


class Place(NamedTuple):
    """Where an organ is: what tells its place from all others, its region, and what says so."""

    key: str | None
    region: Region | None
    evidence: str | None


def host_of(url: str | None) -> str | None:
    """The host of an address, whether it says how to get there or not."""
    if not url:
        return None
    rest = url.partition("//")[2] or url
    return rest.partition("/")[0].rpartition("@")[2].partition(":")[0].lower() or None


def signature_of(source: str, issuer: str | None, index_number: str | None, url: str | None) -> Signature:
    """What one report says of its organ."""
    codes = codes_of(index_number, url)
    folder = source.split("/", 1)[-1].rpartition("/")[0] or None
    return Signature(issuer, codes.organ or codes.credit, host_of(url), folder)


class Identity:
    """Tells organs apart. `counts` has how many reports of each year say the same of their organ."""

    def __init__(self, counts: Mapping[Signature, Mapping[int, int]]) -> None:
        self.counts = counts
        self.claimed: dict[str, list[str]] = {}  # codes that several organs claim, with their keys
        self.joined: dict[str, list[str]] = {}  # what joined keys, by the key that stands for them
        self._root: dict[str, str] = {}
        self._apart: list[tuple[str, str]] = []
        self.open_names = self._names_of_several_places()
        self._places_of_hosts = self._hosts()
        self._places = {one: self._place(one) for one in counts}
        self._keys = {one: self._key(one) for one in counts}
        self._open: set[tuple[str, int]] = self._left_open()
        self._join_by_codes()

    # --- places

    def _names_of_several_places(self) -> set[str]:
        """The names, which the table does not have, of places that are printed within several others."""
        above: dict[str, set[tuple[str, ...]]] = {}
        for issuer in {one.issuer for one in self.counts if one.issuer}:
            places = name_of(issuer).places
            for i in range(1, len(places)):
                if places[i] not in regions():
                    above.setdefault(places[i], set()).add(places[i - 1 : i])
        return {name for name, found in above.items() if len(found) > 1}

    def place_of_name(self, issuer: str | None) -> str | None:
        """The key of the place that a name prints; None where it leaves it open."""
        return place_key(name_of(issuer).places, self.open_names) if issuer else None

    def _hosts(self) -> dict[str, tuple[str, Region | None] | None]:
        """For each site of a government the one place of all names that print theirs; None of several."""
        found: dict[str, tuple[str, Region | None] | None] = {}
        for one in self.counts:
            key = self.place_of_name(one.issuer) if one.host and _is_government(one.host) else None
            if key is not None and one.host is not None and one.issuer is not None:
                there = (key, region_of(name_of(one.issuer).places))
                old = found.setdefault(one.host, there)
                if old is not None and old[0] != key:
                    found[one.host] = None
        return found

    def _place(self, one: Signature) -> Place:
        """Where an organ is: by its name, the site of its report, the folder that it is kept in."""
        if one.issuer is None:
            return Place(None, None, None)
        own = name_of(one.issuer)
        if key := self.place_of_name(one.issuer):
            return Place(key, region_of(own.places), "name")
        site = self._places_of_hosts.get(one.host or "")
        if site is not None and _fits(own, site[0]):
            return Place(site[0], site[1], "site")
        places = _places_in(one.folder) if one.folder else ()
        if places:
            places = places if not own.places or own.places[0] in places else (*places, *own.places)
            key = place_key(places, self.open_names)
            if key is not None and _fits(own, key):
                return Place(key, region_of(places), "folder")
        return Place(None, None, None)

    def place(self, one: Signature) -> Place:
        return self._places[one]

    # --- keys

    def _key(self, one: Signature) -> str | None:
        """What tells the organ of a signature from others; None where nothing but a bare name does."""
        if one.issuer is None:
            return _code_key(one)
        own, place = name_of(one.issuer), self._places[one]
        if place.key is not None:
            return f"name:{place.key}|{own.tail}"
        if code := _code_key(one):
            return code
        is_alone = not own.relative and not own.places
        if is_alone and one.host and _is_government(one.host) and one.host not in self._places_of_hosts:
            return f"site:{one.host}|{own.tail}"
        return None

    def _is_weak(self, one: Signature) -> bool:
        """Whether site or folder, which several organs may share, say who it is."""
        return self._places[one].evidence in ("site", "folder") or (self._keys[one] or "").startswith("site:")

    def _left_open(self) -> set[tuple[str, int]]:
        """Keys and years of which there are several reports, one of them by site or folder alone: they may
        be of two organs on one site.
        """
        all_of: Counter[tuple[str, int]] = Counter()
        weak: set[tuple[str, int]] = set()
        for one, years in self.counts.items():
            key = self._keys[one]
            if key is not None:
                for year, count in years.items():
                    all_of[key, year] += count
                    if self._is_weak(one):
                        weak.add((key, year))
        return {place for place in weak if all_of[place] > 1}

    def key_of(self, one: Signature, year: int, report_id: str) -> str:
        """The key of a report, before any are joined."""
        key = self._keys[one]
        if key is None or ((key, year) in self._open and self._is_weak(one)):
            return f"report:{report_id}"
        if key.startswith("code:") and one.code in self.claimed:
            return f"report:{report_id}"
        return key

    def find(self, key: str) -> str:
        """The key that stands for all that are joined with one."""
        while (above := self._root.get(key, key)) != key:
            self._root[key] = self._root.get(above, above)
            key = above
        return key

    def keep_apart(self, one: str, other: str) -> None:
        """Let nothing from now on join two keys."""
        self._apart.append((one, other))

    def join(self, one: str, other: str, why: str) -> bool:
        """Take two keys for those of one organ; return False where they are to be kept apart."""
        first, second = sorted((self.find(one), self.find(other)))
        if first == second:
            if why not in self.joined.setdefault(first, []):
                self.joined[first].append(why)
            return True
        if any({self.find(a), self.find(b)} == {first, second} for a, b in self._apart):
            return False
        self._root[second] = first
        self.joined[first] = [*self.joined.get(first, []), *self.joined.pop(second, []), why]
        return True

    def _join_by_codes(self) -> None:
        self.codes: dict[str, list[str]] = {}  # codes that join keys, which the steward may keep apart first
        by_code: dict[str, set[str]] = {}
        years: dict[str, set[int]] = {}
        for one, own in self.counts.items():
            if (key := self._keys[one]) is not None:
                years.setdefault(key, set()).update(own)
                if one.code:
                    by_code.setdefault(one.code, set()).add(key)
        for code, keys in sorted(by_code.items()):
            order = sorted(keys, key=lambda key: (min(years[key]), max(years[key]), key))
            if self._are_one(order, years):
                self.codes[code] = order
            else:
                self.claimed[code] = order

    @staticmethod
    def _are_one(keys: Sequence[str], years: Mapping[str, set[int]]) -> bool:
        """Whether keys with one code can be of one organ: each name is the same, with its place or without,
        or was printed after the other had been printed for the last time.
        """
        for i, one in enumerate(keys):
            for other in keys[i + 1 :]:
                both = sorted((one, other), key=lambda key: key.startswith("name:"))
                same = _tail_of(one) == _tail_of(other) and not both[0].startswith("name:")
                if not same and max(years[one]) >= min(years[other]):
                    return False
        return True

    def join_by_codes(self) -> None:
        """Join names that print one code; where two print it in the same years it is the code of none."""
        for code, keys in self.codes.items():
            for other in keys[1:]:
                self.join(keys[0], other, f"code {code}")


def _tail_of(key: str) -> str:
    return key.rpartition("|")[2]


def _code_key(one: Signature) -> str | None:
    return f"code:{one.code}|{name_of(one.issuer).tail if one.issuer else ''}" if one.code else None


def _is_government(host: str) -> bool:
    return host.endswith("gov.cn")


def _fits(own: Name, key: str) -> bool:
    """Whether a place that is not in the name can be that of the name (区财政局: a district)."""
    last = key.rpartition("/")[2]
    if own.relative:
        return last.endswith(own.relative)
    return not own.places or own.places[-1] in key


@lru_cache(maxsize=1 << 14)
def _places_in(folder: str) -> tuple[str, ...]:
    """The places that the names of folders are."""
    found: list[str] = []
    for part in folder.split("/"):
        own = name_of(part)
        if own.places and not own.tail:
            found += [place for place in own.places if place not in found]
    return tuple(found)


def id_of(key: str) -> str:
    """The id of an organ, of the key that stands for it in its first year."""
    return f"o{hashlib.sha256(key.encode()).hexdigest()[:15]}"


def counted(rows: Iterable[tuple[Signature, int]]) -> dict[Signature, dict[int, int]]:
    """How many reports of each year have each signature."""
    found: dict[Signature, dict[int, int]] = {}
    for one, year in rows:
        years = found.setdefault(one, {})
        years[year] = years.get(year, 0) + 1
    return found
