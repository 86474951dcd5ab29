"""Whether a year is out of date: `ogi build`, the monthly schedule, the sensor and the UI give one answer."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from assets.pipeline import OF_DOCUMENTS
from orchestration import code, freshness
from orchestration.code_location.assets import ASSETS
from orchestration.commands import build
from orchestration.store.warehouse import Warehouse
from schemas.datasets import DATASETS

ROOT = Path(__file__).parents[2]
YEAR = "2020"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A year that was made well."""
    monkeypatch.setenv("OGI_COMPUTE", "serial")
    (tmp_path / "raw").mkdir()
    shutil.copytree(ROOT / "examples" / "reports" / YEAR, tmp_path / "raw" / YEAR)
    assert build.build(tmp_path / "raw", tmp_path / "warehouse").status == 0
    yield tmp_path
    code.code_of.cache_clear()


def why(place: Path) -> str | None:
    return freshness.why_again(place / "raw", Warehouse(place / "warehouse"), YEAR)


def remade(place: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The datasets that `ogi build` makes now, and does not leave as they are."""
    made: set[str] = set()
    write = Warehouse.replace

    def replace(self: Warehouse, year: str, *datasets: str) -> object:
        made.update(datasets)
        return write(self, year, *datasets)

    def unchanged(state: freshness.State) -> bool:
        result = not list(state.reasons())
        if result:
            made.difference_update(state._stage.datasets)
        return result

    monkeypatch.setattr(Warehouse, "replace", replace)
    monkeypatch.setattr(freshness.State, "unchanged", unchanged)
    assert build.build(place / "raw", place / "warehouse").status == 0
    return made


def upgrade(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version of a library."""
    monkeypatch.setattr(code, "version", lambda one: "999" if one == name else version(one))
    code.code_of.cache_clear()


def test_of_what_was_just_made_nothing_is_out_of_date(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert why(place) is None
    assert remade(place, monkeypatch) == set()


def test_after_an_upgrade_of_a_library_all_who_ask_say_the_same(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = {key.to_user_string(): one for asset in ASSETS for key, one in asset.code_versions_by_key.items()}
    assert shown == {name: code.code_of(name) for name in DATASETS}  # what the UI compares with the runs
    upgrade("pypdfium2", monkeypatch)
    assert {name for name in DATASETS if code.code_of(name) != shown[name]} == set(DATASETS)
    of_documents = [name for stage in OF_DOCUMENTS for name in stage.datasets]
    assert why(place) == f"code changed: {', '.join(of_documents)}"
    assert remade(place, monkeypatch) == set(DATASETS)
    assert why(place) is None


def spoil_document(place: Path) -> None:
    next((place / "raw" / YEAR).glob("*.md")).write_text("another text", encoding="utf-8")


def add_document(place: Path) -> None:
    (place / "raw" / YEAR / "new.txt").write_text("new", encoding="utf-8")


def remove_partition(place: Path) -> None:
    shutil.rmtree(place / "warehouse" / "reports" / f"year={YEAR}")


CHANGES = {
    "a document changed": (spoil_document, "documents changed"),
    "a document more": (add_document, "documents changed"),
    "a partition gone": (remove_partition, "never made"),
}


@pytest.mark.parametrize(("change", "reason"), CHANGES.values(), ids=CHANGES.keys())
def test_a_change_is_a_reason_and_a_build_ends_it(
    place: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None], reason: str
) -> None:
    change(place)
    assert why(place) == reason
    assert remade(place, monkeypatch)
    assert why(place) is None


def test_the_sensor_begins_with_the_documents_that_were_published(place: Path) -> None:
    files = Warehouse(place / "warehouse")
    count, digest = freshness.documents_there(place / "raw", YEAR)
    assert count > 0 and freshness.documents_read(files, YEAR) == digest
    add_document(place)
    assert freshness.documents_there(place / "raw", YEAR) != (count, digest)
    assert freshness.documents_read(files, YEAR) == digest
    remove_partition(place)
    assert freshness.documents_read(files, YEAR) is None


def codes(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The digests of all code, in a checkout of its own."""
    monkeypatch.setattr(code, "_CHECKOUT", checkout)
    code.code_of.cache_clear()
    return {name: code.code_of(name) for name in DATASETS}


def test_of_a_form_file_only_what_it_says_makes_anything_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for floor in ("assets", "schemas", "orchestration"):
        shutil.copytree(ROOT / floor, tmp_path / floor, ignore=shutil.ignore_patterns("__pycache__"))
    form = tmp_path / "schemas" / "forms" / "2021.toml"
    before, text = codes(tmp_path, monkeypatch), form.read_text(encoding="utf-8")
    form.write_text(f"# a comment\n\n{text}", encoding="utf-8")
    assert codes(tmp_path, monkeypatch) == before
    form.write_text(text.replace("科研机构", "研究机构"), encoding="utf-8")
    after = codes(tmp_path, monkeypatch)
    monkeypatch.undo()
    code.code_of.cache_clear()
    assert after["table_cells"] != before["table_cells"]
