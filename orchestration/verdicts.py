"""What checks found of a year that has not changed since: the same check of the same partitions need not go
through them again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from assets.quality import Verdict
from orchestration.reuse import identity, put
from orchestration.steps import TABLES
from orchestration.storage import Warehouse
from schemas.datasets import DATASETS

_CHECKOUT = Path(__file__).resolve().parents[1]


@cache
def _code() -> str:
    """All code: a check takes in much of it, and a wrong verdict would go unnoticed."""
    digest = hashlib.sha256()
    for path in sorted(
        path for floor in ("assets", "schemas", "orchestration") for path in (_CHECKOUT / floor).rglob("*.*")
    ):
        if path.suffix in (".py", ".toml"):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _seen(dataset: str) -> list[str]:
    """The datasets that checks of one may look at: those that are made before it or with it."""
    names = list(DATASETS)
    together = TABLES if dataset in TABLES else (dataset,)
    return names[: 1 + max(map(names.index, together))]


class Verdicts:
    """The verdicts on one dataset of one year. They hold as long as the code and the partitions that they
    looked at are what they were.
    """

    def __init__(self, files: Warehouse, dataset: str, year: str, *others: str) -> None:
        self._place = files.root / ".made" / f"checks-{dataset}-{year}.json"
        partitions = []
        for name in _seen(dataset):
            try:
                partitions.append(f"{name} {identity(files.path(name, year))}")
            except FileNotFoundError:
                partitions.append(name)
        self._key = hashlib.sha256("\0".join((_code(), *partitions, *others)).encode()).hexdigest()
        self._known: dict[str, Any] = self._read()

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self._place.read_bytes())
            return dict(found["verdicts"]) if found["key"] == self._key else {}
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return {}

    def of(self, name: str, judge: Callable[[], Verdict]) -> Verdict:
        """The verdict of a check: the one that is known, or a new one."""
        if name not in self._known:
            self.take(name, judge())
        return Verdict(**self._known[name])

    def take(self, name: str, verdict: Verdict) -> None:
        """Take down a verdict, for the check or by the step that wrote the rows and has just looked at all of
        them.
        """
        self._known[name] = asdict(verdict)
        put(self._place, json.dumps({"key": self._key, "verdicts": self._known}).encode())
