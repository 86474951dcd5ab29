"""The campaign of fuzzed documents: each is read or refused, within the bounds, and never an internal error."""

from __future__ import annotations

import argparse
import os
import re
import signal
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from time import monotonic
from types import FrameType

from soak.bait_campaign import warm_up
from soak.fuzz import Fuzzer, seeds
from soak.trial import SECONDS, Outcome, judged, try_out

_AT_ONCE = 64  # documents judged by one process; where it ends, or a document is slow, each is tried alone


class _Slow(BaseException):
    """A document took too long. No error of a document's: nothing in between may catch it."""


def _stop(signum: int, frame: FrameType | None) -> None:
    raise _Slow


def _judged_in_turn(batch: list[bytes]) -> list[tuple[Outcome, str]]:
    """What became of some documents, up to one that took too long, which has no answer."""
    answers = []
    signal.signal(signal.SIGPROF, _stop)
    for data in batch:
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        try:
            answers.append(judged(data))
        except _Slow:
            break
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    return answers


def failures(
    seed: int, count: int, minutes: float, corpus: list[bytes] | None = None
) -> Iterator[tuple[bytes, str]]:
    """Judge `count` fuzzed documents, as many as the time allows; yields for each its bytes and what is wrong
    with it, which is nothing for most.
    """
    fuzzer, began, made = Fuzzer(seed, corpus), monotonic(), 0
    while made < count and monotonic() - began < 60 * minutes:
        batch = [fuzzer.make() for _ in range(min(_AT_ONCE, count - made))]
        answers = _answers(batch)
        for data, (outcome, why) in zip(batch, answers, strict=False):
            fuzzer.grow(data, f"{outcome} {re.sub(r'[0-9]+', '', why)[:80]}")
            yield data, why if outcome == "crashed" else ""
        for data in batch[len(answers) : len(answers) + 1]:
            yield data, try_out(data).failure
        made += max(len(answers), 1) if len(answers) == len(batch) else len(answers) + 1


def _answers(batch: list[bytes]) -> list[tuple[Outcome, str]]:
    """What became of the documents of a batch, judged in one child; up to the first that ended it."""
    from multiprocessing import get_context

    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)

    def work() -> None:
        sender.send(_judged_in_turn(batch))

    child = context.Process(target=work)
    child.start()
    sender.close()
    try:
        return list(receiver.recv()) if receiver.poll(20 * SECONDS) else _one_by_one(batch)
    except EOFError:  # the child died
        return _one_by_one(batch)
    finally:
        child.kill()
        child.join()


def _one_by_one(batch: list[bytes]) -> list[tuple[Outcome, str]]:
    answers: list[tuple[Outcome, str]] = []
    for data in batch:
        trial = try_out(data)
        answers.append(("crashed" if trial.failure else trial.outcome, trial.failure or trial.why))
    return answers


def main(arguments: list[str]) -> int:
    """Judge fuzzed documents; print how many were tried and, by cause, what failed. Those are kept."""
    parser = argparse.ArgumentParser(prog="python -m soak fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000, help="how many documents")
    parser.add_argument("--minutes", type=float, default=24 * 60.0, help="after which no further is tried")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", type=Path, help="a folder of documents to begin with, beside our own")
    parser.add_argument("--keep", type=Path, default=Path("build/soak"), help="where what failed is kept")
    chosen = parser.parse_args(arguments)
    warm_up()
    corpus = seeds()
    if chosen.corpus:
        corpus += [file.read_bytes() for file in sorted(chosen.corpus.rglob("*")) if file.is_file()]
    tried, causes = 0, Counter[str]()
    for data, wrong in failures(chosen.seed, chosen.inputs, chosen.minutes, corpus):
        tried += 1
        if wrong:
            place = re.search(r"\(at .*\)", wrong)
            cause = place[0] if place else re.sub(r"[0-9.]+", "N", wrong)
            causes[cause] += 1
            if causes[cause] <= 3:
                os.makedirs(chosen.keep, exist_ok=True)
                file = chosen.keep / sha256(data).hexdigest()[:16]
                file.write_bytes(data)
                print(f"{file}: {wrong[:300]}", flush=True)
    for cause, count in causes.most_common():
        print(f"{count} times: {cause}")
    print(f"fuzz: {tried} tried, {causes.total()} failed")
    return causes.total()
