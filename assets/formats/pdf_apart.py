"""pdf_apart: a process of its own for a PDF that may take more time or memory than any report, so that it can
be ended.
"""

from __future__ import annotations

import faulthandler
import os
import pickle
import resource
import select
import signal
import time
from collections.abc import Callable
from typing import Any, TypeVar

from assets.model import Refusal

SECONDS = 8.0
MEMORY = 768 * 1024 * 1024  # bytes that reading may take beside what the process has already
T = TypeVar("T")


def apart(function: Callable[[bytes], T], data: bytes) -> T:
    """function(data), worked out by a process of its own. Raises Refusal where that takes too long or too
    much memory.

    Not for ordinary files: starting the process takes some hundredths of a second.
    """
    receiver, sender = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(receiver)
        _work(function, data, sender)
    os.close(sender)
    try:
        answer = _received(receiver, time.monotonic() + SECONDS)
    finally:
        os.close(receiver)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if answer is None:
        raise Refusal(
            f"the file takes more than {SECONDS:.0f} seconds to open, as no report does: print the "
            "document to a new PDF"
        )
    if not answer:
        raise Refusal(
            "the file takes more memory to open than any report, or trips the program that opens it: "
            "print the document to a new PDF"
        )
    result: Any = pickle.loads(answer)
    if isinstance(result, Exception):
        raise result
    return result  # type: ignore[no-any-return]


def _work(function: Callable[[bytes], Any], data: bytes, sender: int) -> None:
    """In the child: answer and end, whatever happens, without what the parent would do at its end."""
    try:
        faulthandler.disable()
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), 2
        )  # what PDFium cries when it has no more memory is told in a sentence
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with open("/proc/self/statm", encoding="ascii") as file:
            pages = int(file.read().split()[0])
        most = pages * resource.getpagesize() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        try:
            result: Any = function(data)
        except Exception as error:  # it is raised again in the parent
            result = error
        with os.fdopen(sender, "wb") as file_out:
            pickle.dump(result, file_out, protocol=5)
    finally:
        os._exit(0)


def _received(receiver: int, deadline: float) -> bytes | None:
    """All that the child wrote; None where it had not ended by the deadline."""
    parts: list[bytes] = []
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([receiver], [], [], left)[0]:
            break
        part = os.read(receiver, 1 << 20)
        if not part:
            return b"".join(parts)
        parts.append(part)
    return None
