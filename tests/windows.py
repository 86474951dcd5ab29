"""`python -m tests.windows ARGUMENT...`: the `ogi` command where nothing is there that only POSIX has, as on
Windows.
"""

import os
import signal
import sys
from importlib.abc import MetaPathFinder

_MODULES = frozenset({"fcntl", "resource", "pwd", "grp", "termios", "pty"})
_OF_OS = ("fork", "forkpty", "wait3", "wait4", "killpg", "setsid", "sched_getaffinity", "register_at_fork")
_OF_SIGNAL = ("SIGKILL", "SIGHUP", "SIGALRM", "SIGPROF", "setitimer", "ITIMER_PROF")


class _Blocked(MetaPathFinder):
    """Finds none of the modules, and says so as the import system does."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name in _MODULES:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def block() -> None:
    """Take away from this process what Windows does not have."""
    for name in _MODULES:
        sys.modules.pop(name, None)
    sys.meta_path.insert(0, _Blocked())
    for module, names in ((os, _OF_OS), (signal, _OF_SIGNAL)):
        for name in names:
            if hasattr(module, name):
                delattr(module, name)


if __name__ == "__main__":
    block()
    from orchestration.commands.cli import main

    sys.exit(main(sys.argv[1:]))
