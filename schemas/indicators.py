"""The rates that people compute from the panel, read from indicators.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from schemas.forms import FormError
from schemas.panel_figures import figure_named

INDICATORS_FILE = Path(__file__).with_name("indicators.toml")


@dataclass(frozen=True, slots=True)
class Indicator:
    """One rate in one variant: names of figures of the panel that are added up above and below the line, and
    what it is in English and Chinese.
    """

    id: str
    variant: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    en: str
    zh: str


@cache
def indicators() -> tuple[Indicator, ...]:
    """Every rate in the order of the file. Raises FormError where it names a figure that there is not."""
    raw = tomllib.loads(INDICATORS_FILE.read_text(encoding="utf-8"))
    found = tuple(_indicator(entry, raw["sums"]) for entry in raw["indicators"])
    if len({(one.id, one.variant) for one in found}) < len(found):
        raise FormError(f"{INDICATORS_FILE.name}: two rates have one id and variant")
    return found


@cache
def components() -> tuple[str, ...]:
    """The figures of the panel that any rate is made of."""
    return tuple(dict.fromkeys(name for one in indicators() for name in (*one.numerator, *one.denominator)))


def _indicator(entry: Mapping[str, Any], sums: Mapping[str, list[str]]) -> Indicator:
    sides = [_side(entry[side], entry["id"], sums) for side in ("numerator", "denominator")]
    return Indicator(entry["id"], entry["variant"], sides[0], sides[1], entry["en"], entry["zh"])


def _side(text: str, id: str, sums: Mapping[str, list[str]]) -> tuple[str, ...]:
    terms = [term.strip() for term in text.split("+")]
    names = [name for term in terms for name in (sums[term[1:]] if term.startswith("@") else [term])]
    if unknown := [name for name in names if name not in figure_named()]:
        raise FormError(f"{INDICATORS_FILE.name}, {id}: the panel has no figure {unknown[0]!r}")
    return tuple(names)
