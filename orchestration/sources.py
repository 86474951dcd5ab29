"""What each dataset depends on beside the data: its code and the forms. From it come the code versions that
make "unsynced" in the UI true.
"""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[1]
# The modules that decide what the rows of a dataset are, given the rows before it. What they import on the
# two lower floors counts too.
_SOURCES = {
    "raw_text": ("assets/raw_text.py",),
    "normalized_text": ("assets/normalized_text.py",),
    "section_splits": ("assets/section_splits.py",),
    "table_cells": ("assets/table_cells.py", "assets/violations.py"),
    "table_status": ("assets/table_cells.py",),
    "violations": ("assets/table_cells.py", "assets/violations.py"),
    "reports": ("assets/reports.py",),
    "validated_facts": (
        "assets/validated_facts.py",
        "assets/corrections.py",
        "assets/evidence.py",
        "schemas/frames.py",
    ),
}
# They bring the stages together and concern every one of them; what they import does not.
_COMMON_SOURCES = (
    "assets/batches.py",
    "schemas/datasets.py",
    "orchestration/pipeline.py",
    "orchestration/steps.py",
)
_FORMS = "schemas/forms.py"


def code_version(dataset: str) -> str:
    """A digest of the files that decide what the rows of a dataset are."""
    digest = hashlib.sha256()
    for path in sources(dataset):
        digest.update(path.encode() + b"\0" + (_CHECKOUT / path).read_bytes())
    return digest.hexdigest()[:12]


def sources(dataset: str) -> list[str]:
    """Those files, as paths in the checkout: code, and the forms where the code asks them."""
    found = set(_COMMON_SOURCES)
    waiting = list(_SOURCES[dataset])
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _imported(_CHECKOUT / path)
    if _FORMS in found:
        found |= {path.relative_to(_CHECKOUT).as_posix() for path in _CHECKOUT.glob("schemas/forms/*.toml")}
    return sorted(found)


def _imported(module: Path) -> list[str]:
    """The modules of the two lower floors that a module imports, wherever in it."""
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
    return [
        f"{name.replace('.', '/')}.py"
        for name in sorted(names)
        if name.split(".")[0] in ("assets", "schemas")
    ]
