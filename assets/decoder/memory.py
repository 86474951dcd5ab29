"""Memory: what was found out of words and lines that come again and again, within bounds."""

from __future__ import annotations

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


def remember(memory: dict[K, V], key: K, value: V, most: int) -> V:
    """Keep a value, and give it back. A memory that holds as many as `most` begins anew: so it is bounded,
    and costs nothing to look into.
    """
    if len(memory) >= most:
        memory.clear()
    memory[key] = value
    return value
