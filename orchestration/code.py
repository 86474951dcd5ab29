"""The one digest of code, libraries and forms: which code makes a dataset. What was made by other code is out
of date, for `ogi build`, the schedules, the cluster and the "unsynced" of Dagster's UI alike.
"""

from __future__ import annotations

import ast
import hashlib
import json
import sys
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path

from assets.pipeline import STAGE_OF

_CHECKOUT = Path(__file__).resolve().parents[1]
# They bring the stages together and concern every one of them; what they import does not.
_COMMON = (
    "assets/stages.py",
    "schemas/datasets.py",
    "schemas/labels.py",
    "orchestration/computing/bounds.py",
    "orchestration/running/batch.py",
    "orchestration/running/inputs.py",
    "orchestration/running/run.py",
    "orchestration/running/whole.py",
)
# Modules that read files beside them: these decide too.
_READ_BY = {
    "schemas/forms.py": "schemas/forms/*.toml",
    "schemas/labels.py": "schemas/labels.toml",
    "schemas/claim_terms.py": "schemas/claims.toml",
    "schemas/regions.py": "schemas/regions.csv",
    "schemas/years.py": "schemas/years.toml",
    "schemas/compliance.py": "schemas/compliance.toml",
    "schemas/indicators.py": "schemas/indicators.toml",
}
# The libraries that decide what rows are, beside the code.
_LIBRARIES = ("opencc", "pyarrow", "numpy", "pandas", "pandera", "selectolax", "pypdfium2", "rapidfuzz")


@cache
def code_of(dataset: str) -> str:
    """Return the digest of all that decides what the rows of a dataset are, given the rows before it: the
    code of its stage and what that imports on the lower floors, the forms where it asks them, libraries,
    Python.
    """
    return _digest(files_of(dataset))


@cache
def code_of_all() -> str:
    """Return the digest of all code, libraries and forms. Checks depend on much of it."""
    floors = ("assets", "schemas", "orchestration")
    paths = (path for floor in floors for path in (_CHECKOUT / floor).rglob("*.*"))
    return _digest(
        path.relative_to(_CHECKOUT).as_posix() for path in paths if path.suffix in (".py", ".toml", ".csv")
    )


def _digest(paths: Iterable[str]) -> str:
    digest = hashlib.sha256(sys.version.encode())
    digest.update(" ".join(f"{name} {version(name)}" for name in _LIBRARIES).encode())
    for path in sorted(paths):
        digest.update(path.encode() + b"\0" + _content(path))
    return digest.hexdigest()[:16]


def _content(path: str) -> bytes:
    """What decides in a file: of a form what it says, whatever its comments and layout."""
    content = (_CHECKOUT / path).read_bytes()
    return _said(content) if path.endswith(".toml") else content


@cache
def _said(content: bytes) -> bytes:
    return json.dumps(tomllib.loads(content.decode()), default=str).encode()


def files_of(dataset: str) -> list[str]:
    """Return the files that decide what the rows of a dataset are, as paths in the checkout."""
    found = set(_COMMON)
    waiting = [path for path in _paths(STAGE_OF[dataset].module) if (_CHECKOUT / path).is_file()]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _imported(_CHECKOUT / path)
    for pattern in (_READ_BY[path] for path in _READ_BY.keys() & found):
        found |= {path.relative_to(_CHECKOUT).as_posix() for path in _CHECKOUT.glob(pattern)}
    return sorted(found)


def _imported(module: Path) -> list[str]:
    """Return the modules of the two lower floors that a module imports, wherever in it."""
    return [path for path in _imports(module.read_bytes()) if (_CHECKOUT / path).is_file()]


@cache
def _imports(code: bytes) -> list[str]:
    """What may be modules of the two lower floors in the imports of some code. Most datasets share most of
    their code.
    """
    names: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    below = (name for name in sorted(names) if name.split(".")[0] in ("assets", "schemas"))
    return [path for name in below for path in _paths(name)]


def _paths(name: str) -> tuple[str, str]:
    """Where a module of this name may be: a file, or the first one of a package."""
    path = name.replace(".", "/")
    return f"{path}.py", f"{path}/__init__.py"
