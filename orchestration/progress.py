"""A progress bar for commands, on a terminal only. Whoever does the work reports it here and need not know
whether anyone watches.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tqdm import tqdm

_bar: tqdm[Any] | None = None


@contextmanager
def watched(total: int | None, unit: str) -> Iterator[None]:
    """Show a bar with what is reported within the block."""
    global _bar
    bar: tqdm[Any]
    with tqdm(total=total, unit=unit, leave=False, disable=not sys.stderr.isatty()) as bar:
        _bar = bar
        try:
            yield
        finally:
            _bar = None


def doing(what: str) -> None:
    """Report what is going on now."""
    if _bar is not None:
        _bar.set_description(what)


def said(line: str) -> None:
    """Print a line above the bar."""
    tqdm.write(line)


def done(count: int = 1) -> None:
    """Report that so many units are finished."""
    if _bar is not None:
        _bar.update(count)
