"""The campaign of baits: each is doubled in length, and what it costs must grow no faster than the text."""

from __future__ import annotations

import argparse
import fnmatch
from math import log
from time import monotonic

from soak.baits import Bait, baits
from soak.trial import Trial, try_out

SHORTEST, LONGEST = 12_500, 400_000  # characters
EXPONENT = 1.2
_NOTICED = 0.15  # seconds: what takes less is not measured well enough, and harms nobody
_TRIES = 3  # of what looks too steep: another process may have been in the way


def check(bait: Bait, shortest: int = SHORTEST, longest: int = LONGEST) -> str:
    """What is wrong with the cost of a bait: a crash, a bound passed, or a growth that is more than linear
    over the last two doublings. Nothing if all is well.
    """
    length, costs = shortest, dict[int, float]()
    while length <= longest:
        trial = try_out(bait.make(length))
        if trial.failure:
            return f"{length:,} characters: {trial.failure}"
        costs[length] = trial.seconds
        length *= 2
    last = length // 2
    for attempt in range(_TRIES):
        if costs[last] < _NOTICED or _exponent(costs, last) <= EXPONENT:
            return ""
        if attempt < _TRIES - 1:
            for length in (last, last // 4):
                costs[length] = min(costs[length], try_out(bait.make(length)).seconds)
    grown = ", ".join(f"{length:,}: {seconds:.2f} s" for length, seconds in costs.items())
    return f"grows with the power {_exponent(costs, last):.2f} of its length ({grown})"


def _exponent(costs: dict[int, float], last: int) -> float:
    """The power of the length with which the cost grows, over the last two doublings."""
    return log(costs[last] / max(costs[last // 4], 0.001), 4)


def warm_up() -> None:
    """Read a document of each format once, so that no trial pays for what is loaded but once."""
    seen = set[str]()
    for bait in baits():
        if (kind := bait.name.split("/")[0]) not in seen:
            seen.add(kind)
            warm(bait.make(100))


def warm(data: bytes) -> Trial:
    """Judge a document in this process, for what that loads; and once more in a child, which tells."""
    from soak.trial import judged

    judged(data)
    return try_out(data)


def main(arguments: list[str]) -> int:
    """Run the baits whose names match; print what was tried and what failed."""
    parser = argparse.ArgumentParser(prog="python -m soak baits", description=__doc__)
    parser.add_argument("names", nargs="*", default=["*"], help="of baits, with * for anything")
    parser.add_argument("--longest", type=int, default=LONGEST, help="characters")
    parser.add_argument("--shortest", type=int, default=SHORTEST, help="characters")
    parser.add_argument("--minutes", type=float, default=24 * 60.0, help="after which no further is tried")
    chosen = parser.parse_args(arguments)
    warm_up()
    began, tried, failed = monotonic(), 0, 0
    for bait in baits():
        if monotonic() - began > 60 * chosen.minutes:
            break
        if any(fnmatch.fnmatch(bait.name, name) for name in chosen.names):
            tried += 1
            if wrong := check(bait, chosen.shortest, chosen.longest):
                failed += 1
                print(f"{bait.name}: {wrong}", flush=True)
    print(f"baits: {tried} tried, {failed} failed")
    return failed
