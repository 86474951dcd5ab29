"""The house itself: floors import downwards only, every module says what belongs in it, and the lock names
all packages and no address.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# What a floor must not import.
ABOVE = {
    "schemas": {"assets", "orchestration", "dagster", "examples", "tests"},
    "assets": {"orchestration", "dagster", "examples", "tests"},
}
ABOVE["orchestration"] = {"examples", "tests"}
MODULES = sorted(path for floor in ABOVE for path in (ROOT / floor).rglob("*.py"))


def imports(tree: ast.Module) -> Iterator[str]:
    """The top-level package of every import, wherever it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_says_what_belongs_in_it_and_imports_nothing_from_above(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    assert set(imports(tree)) & ABOVE[path.relative_to(ROOT).parts[0]] == set()


def test_the_lock_pins_every_package_with_hashes_and_names_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock and "--index" not in lock and "--find-links" not in lock
    entries = re.findall(r"^(\S+)==\S+.*((?:\n    --hash=sha256:[0-9a-f]{64}.*)*)", lock, re.MULTILINE)
    assert [name for name, hashes in entries if not hashes] == []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needs = {
        re.split(r"[<>=[]", need)[0]
        for part in (project["dependencies"], *project["optional-dependencies"].values())
        for need in part
    }
    wanted = needs - {project["name"]}
    assert wanted - {name for name, _ in entries} == set(), "run make lock"


def test_every_package_is_installed() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"][
        "packages"
    ]
    assert sorted(listed) == sorted({".".join(path.parent.relative_to(ROOT).parts) for path in MODULES})
