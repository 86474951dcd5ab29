"""Processes that judge documents for the server, one at a time each, and may be ended: a document that takes
too long or too much memory ends its process, not the server. Needs nothing that only POSIX has.
"""

from __future__ import annotations

import multiprocessing
import queue
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from assets.model import Document
from orchestration.computing import judging
from orchestration.computing.bounds import bound_memory, bound_time
from orchestration.pages.report_page import report_page
from orchestration.pages.results import Result, result_of
from schemas.translation import Language
from schemas.words import say

SECONDS = 30.0  # that a document may take
_STARTING = 60.0  # seconds that a process has to begin


@dataclass(frozen=True, slots=True)
class Asked:
    """A document to judge: its name, its bytes, and the language of what is said of it."""

    name: str
    data: bytes
    language: Language


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known of a document, and its page."""

    result: Result
    page: str


def judged(asked: Asked) -> Judged:
    """Judge a document in this process."""
    judgement, error, _ = judging.judged(lambda: asked.data)
    return _told(asked, judgement, error)


def _told(asked: Asked, judgement: Document | None, error: str | None) -> Judged:
    what = asked.name, judgement, error, asked.language
    return Judged(result_of(*what), report_page(*what))


class Workers:
    """A number of processes that judge documents. `judge` may be called from many threads at once: each call
    waits for a process that has nothing to do.
    """

    def __init__(
        self, count: int, work: Callable[[Asked], Judged] = judged, seconds: float = SECONDS
    ) -> None:
        self._work, self._seconds = work, seconds
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        self._all = [_Worker(work) for _ in range(count)]
        for worker in self._all:
            self._idle.put(worker)

    def start(self) -> None:
        """Start all processes at once, so that the first documents need not wait for them."""
        with ThreadPoolExecutor(len(self._all)) as threads:
            list(threads.map(_Worker.start, self._all))

    def judge(self, asked: Asked) -> Judged:
        """Judge a document, or say why its process was ended."""
        worker = self._idle.get()
        try:
            return worker.ask(asked, self._seconds)
        finally:
            self._idle.put(worker)

    def close(self) -> None:
        """End all processes."""
        for worker in self._all:
            worker.end()


class _Worker:
    """One process, started when it is first needed and again after it has died."""

    def __init__(self, work: Callable[[Asked], Judged]) -> None:
        self._work = work
        self._process: Any = None
        self._line: Connection | None = None

    def ask(self, asked: Asked, seconds: float) -> Judged:
        line = self._line if self._line is not None and self._process.is_alive() else self.start()
        try:
            line.send(asked)
            if not line.poll(seconds):
                self.end()
                return _told(asked, None, say("refused.too_long", seconds=round(seconds)))
            answer: Judged = line.recv()
        except (EOFError, OSError):
            self.end()
            return _told(asked, None, say("refused.ended_its_process"))
        return answer

    def start(self) -> Connection:
        self.end()
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self._work), daemon=True)
        self._process.start()
        theirs.close()
        if self._line.poll(_STARTING):
            self._line.recv()  # it is ready
        return self._line

    def end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None
        if self._line is not None:
            self._line.close()
            self._line = None


def _serve(line: Connection, work: Callable[[Asked], Judged]) -> None:
    """Judge what comes, until the other end is gone."""
    bound_memory()
    with suppress(EOFError, OSError, KeyboardInterrupt):
        line.send(True)
        while True:
            asked = line.recv()
            bound_time()
            line.send(work(asked))
            bound_time(0)
