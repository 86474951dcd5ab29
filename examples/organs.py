"""Invented organs over six years, as rows of `reports`, with the truth of which report is whose: renamings,
mergers, homonyms of different places, short names, joint reports, reports of whole areas.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

import pyarrow as pa

from schemas.datasets import REPORTS, arrow_schema

YEARS = tuple(range(2019, 2025))
_CITIES = "云泽 临汐 砚江 霖州 柏浦 澄渡 梧汀 岚崎 葭川 沁渊 荻湾 棠浦 芷江浦 桐屿 汐岭 槿城"
_COUNTIES = (
    "青柳区 石砚区 榆亭区 松砚县 鹭溪县 望榆县 城东区 新城区 河西区 柳湖县"  # the same names in every city
)
_UNITS = {
    "财政局": "财政局", "教育局": "教育局", "卫生健康委员会": "卫健委", "市场监督管理局": "市监局", "水务局": "水务局",
    "人力资源和社会保障局": "人社局", "发展和改革委员会": "发改委", "司法局": "司法局", "统计局": "统计局",
}  # fmt: skip
_RENAMED = ("地震局", "防震减灾中心")
_MERGED = (("工商行政管理局", "质量技术监督局", "食品药品监督管理局"), "市场综合监管局")


def organ_code(number: int) -> str:
    """A 组织机构代码 of eight digits with its check digit (GB 11714)."""
    digits = f"{number:08d}"
    total = sum(int(one) * weight for one, weight in zip(digits, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    return digits + "0123456789X0"[-total % 11]


@dataclass(slots=True)
class Corpus:
    """The rows of each year, and for each report the organ that it is of (`truth`). `hopeless` are organs
    that no evidence follows over years: a bare name on no site.
    """

    rows: dict[int, list[dict[str, Any]]] = field(default_factory=lambda: {year: [] for year in YEARS})
    truth: dict[str, str] = field(default_factory=dict)
    hopeless: set[str] = field(default_factory=set)

    def add(self, organ: str, year: int, issuer: str | None, **said: Any) -> str:
        """Add a report; return its report_id."""
        number = len(self.truth)
        report_id = hashlib.sha256(f"{number} {organ} {year}".encode()).hexdigest()[:16]
        row = {
            "report_id": report_id,
            "source": f"{year}/{said.pop('folder', '')}{number}.html",
            "outcome": "read",
            "issuer": issuer,
            "report_year": year,
            "printed_year": year,
            "published": date(year + 1, 1, 15),
            "scope": "unknown",
        }
        self.rows[year].append(row | said)
        self.truth[report_id] = organ
        return report_id

    def tables(self, year: int, columns: Sequence[str], batch: int = 1000) -> Iterator[pa.Table]:
        """The rows of `reports` of a year, in the order of their ids, with the columns that are named."""
        fields = [arrow_schema(REPORTS).field(name) for name in columns]
        rows = sorted(self.rows[year], key=lambda row: row["report_id"])
        for first in range(0, len(rows), batch):
            some = rows[first : first + batch]
            arrays = [pa.array([row.get(one.name) for row in some], one.type) for one in fields]
            yield pa.table(arrays, schema=pa.schema(fields))


def make_organs(rng: Random, cities: int = 16, counties: int = 10) -> Corpus:
    """Invent the reports of all organs of some cities and their counties."""
    corpus = Corpus()
    for city in [f"{name}市" for name in _CITIES.split()[:cities]]:
        areas = [city, *(f"{city}{county}" for county in _COUNTIES.split()[:counties])]
        for i, area in enumerate(areas):
            site = f"www.{hashlib.sha256(area.encode()).hexdigest()[:8]}.gov.cn"
            for unit, short in _UNITS.items():
                _department(rng, corpus, area, unit, short, site)
            _government(rng, corpus, area, site)
            if i % 3 == 0:
                _renamed(rng, corpus, area)
                _merged(rng, corpus, area)
        _nameless(rng, corpus, city)
    return corpus


def _department(rng: Random, corpus: Corpus, area: str, unit: str, short: str, site: str) -> None:
    """One that prints its name in full, in short, without its city, or bare on the site of its area."""
    organ, code = f"{area}{unit}", organ_code(rng.randrange(10**8))
    for year in YEARS:
        if rng.random() < 0.03:
            continue  # is missing
        address = f"https://{site}/{year}/{rng.randrange(10**6)}.html"
        kind = rng.random()
        if kind < 0.75:
            corpus.add(organ, year, organ, source_url=address)
        elif kind < 0.85:
            corpus.add(organ, year, f"{area}{short}", source_url=address)
        elif kind < 0.93:
            corpus.add(organ, year, unit, source_url=address)  # its site is that of its area alone
        else:
            corpus.add(organ, year, organ, index_number=f"{code}/{year}-00012")
        if kind < 0.02:  # a later version of the same report
            corpus.add(organ, year, organ, published=date(year + 1, 3, 1))


def _government(rng: Random, corpus: Corpus, area: str, site: str) -> None:
    for year in YEARS:
        organ = f"{area}人民政府"
        corpus.add(organ, year, organ, source_url=f"https://{site}/{year}.html", scope="area")
        if rng.random() < 0.1:  # and one of its own
            corpus.add(organ, year, organ, scope="organ")
    for year in YEARS[:: 1 + rng.randrange(2)]:  # two organs report together: an organ of its own
        corpus.add(f"{area} joint", year, f"{area}医疗保障局、{area}民政局")


def _renamed(rng: Random, corpus: Corpus, area: str) -> None:
    """One that took another name; its code says so."""
    code, change = organ_code(rng.randrange(10**8)), rng.choice(YEARS[1:])
    for year in YEARS:
        name = area + _RENAMED[year >= change]
        corpus.add(f"{area} renamed", year, name, index_number=f"{code}/{year}-1")


def _merged(rng: Random, corpus: Corpus, area: str) -> None:
    """Three that became one, a fourth; they print the code of the portal, which is that of none."""
    change, portal = rng.choice(YEARS[1:]), organ_code(rng.randrange(10**8))
    for year in YEARS:
        names = _MERGED[0] if year < change else (_MERGED[1],)
        for name in names:
            corpus.add(area + name, year, area + name, index_number=f"{portal}/{year}-3")
        if year >= change:
            corpus.add(f"{area}档案局", year, f"{area}档案局", index_number=f"{portal}/{year}-4")


def _nameless(rng: Random, corpus: Corpus, city: str) -> None:
    """Districts that print 区财政局 and no more, on no site: open, in each year."""
    for county in ("青柳区", "石砚区"):
        organ = f"{city}{county} 区财政局 bare"
        corpus.hopeless.add(organ)
        for year in YEARS:
            corpus.add(organ, year, rng.choice(["区财政局", f"{county}财政局"]))
    organ = f"{city}档案馆"
    for year in YEARS:  # bare, in the folder of its city
        corpus.add(organ, year, "档案馆", folder=f"{city}/")


@dataclass(frozen=True, slots=True)
class Measure:
    """How well organs were told apart: organs of the answer that hold reports of several (`merged`), true
    organs that are in several (`split`; not those that are hopeless), of how many.
    """

    organs: int
    merged: list[tuple[str, ...]]
    split: list[str]


def measure(corpus: Corpus, organ_of: Mapping[str, str]) -> Measure:
    """Hold an answer, the organ_id of each report, against the truth."""
    of_answer: dict[str, set[str]] = {}
    of_truth: dict[str, set[str]] = {}
    for report_id, organ in corpus.truth.items():
        of_answer.setdefault(organ_of[report_id], set()).add(organ)
        of_truth.setdefault(organ, set()).add(organ_of[report_id])
    merged = [tuple(sorted(found)) for found in of_answer.values() if len(found) > 1]
    split = [organ for organ, found in of_truth.items() if len(found) > 1 and organ not in corpus.hopeless]
    return Measure(len(of_truth), merged, split)
