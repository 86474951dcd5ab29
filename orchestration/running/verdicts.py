"""What checks found of a year that has not changed since: the same check of the same partitions need not go
through them again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from assets.pipeline import STAGE_OF
from assets.quality import Verdict
from orchestration.code import code_of_all
from orchestration.store.folders import put
from orchestration.store.partitions import fingerprint_of
from orchestration.store.paths import Folder
from orchestration.store.warehouse import Warehouse
from schemas.datasets import DATASETS


def _seen(dataset: str) -> list[str]:
    """Return the datasets that checks of one may look at: those that are made before it or with it."""
    names = list(DATASETS)
    return names[: 1 + max(map(names.index, STAGE_OF[dataset].datasets))]


def last_found(files: Warehouse, dataset: str, year: str, name: str) -> dict[str, Any] | None:
    """Return the figures that a check found last of a dataset of a year; None if it never looked."""
    try:
        found = json.loads(_place(files, dataset, year).read_bytes())
        return dict(found["verdicts"][name]["figures"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _place(files: Warehouse, dataset: str, year: str) -> Folder:
    return files.root / ".made" / f"checks-{dataset}-{year}.json"


class Verdicts:
    """The verdicts on one dataset of one year. They hold as long as the code and the partitions that they
    looked at are what they were.
    """

    def __init__(self, files: Warehouse, dataset: str, year: str, *others: str) -> None:
        self._place = _place(files, dataset, year)
        partitions = []
        for name in _seen(dataset):
            try:
                partitions.append(f"{name} {fingerprint_of(files.path(name, year))}")
            except FileNotFoundError:
                partitions.append(name)
        self._key = hashlib.sha256("\0".join((code_of_all(), *partitions, *others)).encode()).hexdigest()
        self._known: dict[str, Any] = self._read()

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self._place.read_bytes())
            return dict(found["verdicts"]) if found["key"] == self._key else {}
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return {}

    def of(self, name: str, judge: Callable[[], Verdict]) -> Verdict:
        """Return the verdict of a check: the one that is known, or a new one."""
        if name not in self._known:
            self.take(name, judge())
        return Verdict(**self._known[name])

    def take(self, name: str, verdict: Verdict) -> None:
        """Take down a verdict, for the check or by the step that wrote the rows and has just looked at all of
        them.
        """
        self._known[name] = asdict(verdict)
        put(self._place, json.dumps({"key": self._key, "verdicts": self._known}).encode())
