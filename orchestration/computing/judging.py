"""One document judged in this process, whatever it holds; or why it could not be."""

from __future__ import annotations

import sys
from collections.abc import Callable

from assets.document import judge
from assets.limits import ended
from assets.model import Document, Refusal, WithoutText
from orchestration.computing.bounds import is_worker
from schemas.words import say


def judged(read: Callable[[], bytes]) -> tuple[Document | None, str | None, bool]:
    """Return a document as judged; or why it cannot be, and whether that is for want of text. `read` gives
    its bytes, and may raise Refusal, too.
    """
    try:
        return judge(read()), None, False
    except Refusal as refusal:
        return None, refusal.reason, isinstance(refusal, WithoutText)
    except MemoryError:
        if is_worker():  # the process has to end: what it left may not do for the next document
            raise
        return None, ended("memory"), False
    except Exception as bug:  # the other documents are judged all the same
        sys.excepthook(type(bug), bug, bug.__traceback__)
        return None, say("check.internal", error=f"{type(bug).__name__}: {bug}"[:240]), False
