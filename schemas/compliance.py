"""What evaluators look at in a report beside its figures, read from compliance.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from schemas.forms import FormError

COMPLIANCE_FILE = Path(__file__).with_name("compliance.toml")
PROSE_SECTIONS = (1, 5, 6)  # that tell in words; the others hold the tables
FEWEST = 10  # characters below which a section that has to tell something is empty


@dataclass(frozen=True, slots=True)
class Due:
    """The day by which an organ of a kind has to publish, in the year after that reported on."""

    month: int
    day: int
    source: str

    def on(self, report_year: int) -> date:
        return date(report_year + 1, self.month, self.day)


@dataclass(frozen=True, slots=True)
class Tells:
    """Something that a section has to tell, and the words any of which tells it."""

    section: int
    key: str
    words: re.Pattern[str]


@cache
def _file() -> Mapping[str, Any]:
    return tomllib.loads(COMPLIANCE_FILE.read_text(encoding="utf-8"))


def due(kind: str | None) -> Due | Literal["no day"] | None:
    """When organs of a kind have to publish; `no day` where the law names none; None: the kind is not
    known.
    """
    for entry in _file()["due"]:
        if kind in entry["kinds"]:
            return Due(entry["month"], entry["day"], entry["source"])
    return "no day" if kind in _file()["no_day"]["kinds"] else None


@cache
def tells() -> tuple[Tells, ...]:
    """All that sections have to tell. Raises FormError where the file names a section without prose."""
    found = tuple(Tells(entry["section"], entry["key"], _any(entry["words"])) for entry in _file()["tells"])
    if wrong := [one.key for one in found if one.section not in PROSE_SECTIONS]:
        raise FormError(f"{COMPLIANCE_FILE.name}: {', '.join(wrong)} is to be told in a section of tables")
    return found


@cache
def standard() -> re.Pattern[str]:
    """The words of the law and the form, whose sentences are no organ's own."""
    return _any(_file()["standard"]["words"])


@cache
def comparing() -> re.Pattern[str]:
    """Words beside which an earlier year is compared with."""
    return _any(_file()["comparing"]["words"])


def _any(words: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))
