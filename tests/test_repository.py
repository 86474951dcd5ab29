"""The house itself: floors import downwards only, every module says what belongs in it, and the lock names
all packages and no address.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
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


# The rooms of the upper floor: each may import those before it, and of its own.
ROOMS = (
    "settings",
    "progress",
    "code",
    "computing",
    "store",
    "freshness",
    "pages",
    "releasing",
    "running",
    "code_location",
    "commands",
)
# What only one room, or the room of the commands beside it, may know of.
ONLY = {"dagster": {"code_location", "commands"}, "argparse": {"commands"}}


def imports(tree: ast.AST) -> Iterator[str]:
    """Every module that is imported, wherever the import stands; of `from a import b` both a and a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


KNOWN = {name_of(path): path for path in MODULES}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_says_what_belongs_in_it_and_imports_nothing_from_above(path: Path) -> None:
    tree = parsed(path)
    assert ast.get_docstring(tree)
    floors = {name.split(".")[0] for name in imports(tree)}
    assert floors & ABOVE[path.relative_to(ROOT).parts[0]] == set()


def room_of(name: str) -> str:
    return name.split(".")[1]


UPPER = [name for name in KNOWN if name.startswith("orchestration.")]


def test_every_module_of_the_upper_floor_is_in_a_room() -> None:
    assert {room_of(name) for name in UPPER} == set(ROOMS)


@pytest.mark.parametrize("name", UPPER)
def test_a_room_imports_only_those_before_it(name: str) -> None:
    found = set(imports(parsed(KNOWN[name])))
    rooms = {room_of(one) for one in found if one.startswith("orchestration.")}
    before = ROOMS[: ROOMS.index(room_of(name)) + 1]
    assert rooms - set(before) == set()
    for package, allowed in ONLY.items():
        assert package not in {one.split(".")[0] for one in found} or room_of(name) in allowed


def test_no_modules_import_one_another_in_a_circle() -> None:
    """Nor through imports within functions: they only hide it."""
    graph = {name: {one for one in imports(parsed(path)) if one in KNOWN} for name, path in KNOWN.items()}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


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


WIDTH = 110
NOT_WRITTEN = ("docs/data-dictionary.md",)  # generated
# Older lines, which are broken when these files are next rewritten.
NOT_WRITTEN += ("assets/decoder/", "assets/table_cells.py", "examples/")


def written() -> Iterator[Path]:
    """The files that people write and read."""
    floors = (*ABOVE, "tests", "examples", "benchmarks")
    yield from (path for floor in floors for path in (ROOT / floor).rglob("*.py"))
    yield from (path for name in ("schemas", "deploy") for path in (ROOT / name).rglob("*.[ty]*ml"))
    yield from (*ROOT.glob("*.yaml"), *ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("*/README.md"))
    yield from (ROOT / name for name in ("Makefile", "pyproject.toml", ".ci/run"))


@pytest.mark.parametrize("path", sorted(written()), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_lines_are_of_at_most_110_characters(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    lines = [] if name.startswith(NOT_WRITTEN) else path.read_text(encoding="utf-8").splitlines()
    # A link or a regular expression cannot be broken.
    long = [line for line in lines if len(line) > WIDTH and not re.search(r"https?://|re\.compile", line)]
    assert long == []
