"""All datasets of a year change together: whatever is killed, readers find one build or the other."""

import os
import shutil
import signal
import time
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from orchestration.store import publishing
from orchestration.store.folders import BusyError, sha256_of
from orchestration.store.paths import StoreError
from orchestration.store.warehouse import Warehouse
from soak.killing import count_operations, ended, forked, killed_at
from soak.year import WRITTEN, YEAR, found, leftovers, rows, write
from tests.damage import cut, flip


def of(value: str) -> dict[str, set[str]]:
    return {name: {value} for name in WRITTEN}


def builds(root: Path) -> list[str]:
    return sorted(name for name in os.listdir(root / ".builds") if name.isdecimal())


def plain(root: Path, value: str) -> None:
    """A warehouse of plain folders, as it was written before there were builds."""
    for name in WRITTEN:
        (root / name / f"year={YEAR}").mkdir(parents=True)
        pq.write_table(rows(name, value), root / name / f"year={YEAR}" / "data-0123.parquet")


def test_readers_find_a_year_as_it_was_until_all_of_it_is_published(tmp_path: Path) -> None:
    write(tmp_path, "old")
    files = Warehouse(tmp_path)
    with files.made(YEAR):
        for name in WRITTEN:
            with files.replace(YEAR, name) as [writer]:
                writer.write_table(rows(name, "new"))
            assert found(tmp_path) == of("old")
            assert files.column(name, YEAR, "report_id") == ["new"] * 3  # the next stage reads it
        files.publish(YEAR)
        assert found(tmp_path) == of("new")
    assert leftovers(tmp_path) == []


def test_every_file_of_a_year_says_its_build(tmp_path: Path) -> None:
    write(tmp_path, "old")
    first = Warehouse(tmp_path).build_of(YEAR)
    write(tmp_path, "new", ["validated_facts"])
    files = Warehouse(tmp_path)
    build = files.build_of(YEAR)
    assert build and first and build != first
    assert {files.path(name, YEAR).stem.split("-")[2] for name in WRITTEN} == {build}
    write(tmp_path, "old", ["validated_facts"])
    assert files.build_of(YEAR) == first, "the same data are the same build"


def test_what_stays_is_not_written_again(tmp_path: Path) -> None:
    write(tmp_path, "old")
    write(tmp_path, "old", year="2022")
    files = Warehouse(tmp_path)
    before = {year: files.path("raw_text", year).stat().st_ino for year in (YEAR, "2022")}
    write(tmp_path, "new", ["validated_facts"])
    assert found(tmp_path) == of("old") | {"validated_facts": {"new"}}
    assert {year: files.path("raw_text", year).stat().st_ino for year in before} == before
    number = builds(tmp_path)
    write(tmp_path, "new", ["validated_facts"])
    assert builds(tmp_path) == number, "the same rows are no new build"


def test_a_year_that_fails_or_is_killed_stays_as_it_was(tmp_path: Path) -> None:
    write(tmp_path, "old")
    files = Warehouse(tmp_path)
    with pytest.raises(RuntimeError), files.made(YEAR):
        with files.replace(YEAR, "raw_text") as [writer]:
            writer.write_table(rows("raw_text", "new"))
        raise RuntimeError
    assert found(tmp_path) == of("old") and leftovers(tmp_path) == []


def test_a_run_goes_on_with_what_it_had_made_and_another_removes_it(tmp_path: Path) -> None:
    write(tmp_path, "old")
    for run, seen in (("the same", ["new"] * 3), ("another", ["old"] * 3)):
        killed = Warehouse(tmp_path)
        killed.begin(YEAR, "the same")
        with killed.replace(YEAR, "raw_text") as [writer]:
            writer.write_table(rows("raw_text", "new"))
        killed.close(drop=False)
        files = Warehouse(tmp_path)
        files.begin(YEAR, run)
        assert files.column("raw_text", YEAR, "report_id") == seen
        files.close(drop=True)
    assert found(tmp_path) == of("old") and leftovers(tmp_path) == []


def test_a_dataset_that_is_not_by_year_is_published_the_same_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "old")
    for value in ("one", "two"):
        write(tmp_path, value, ["reports"], year="")
        [path] = (tmp_path / "reports").glob("*.parquet")
        assert pq.read_table(path)["report_id"].to_pylist() == [value] * 3
    assert found(tmp_path) == of("old")
    write(tmp_path, "new")
    assert (
        found(tmp_path) == of("new") and Warehouse(tmp_path).column("reports", "", "report_id") == ["two"] * 3
    )


def test_plain_folders_become_builds_without_a_gap(tmp_path: Path) -> None:
    plain(tmp_path, "old")
    write(tmp_path, "new", ["raw_text"])
    assert found(tmp_path) == of("old") | {"raw_text": {"new"}}
    assert all((tmp_path / name).is_symlink() for name in WRITTEN)


def test_old_builds_are_kept_for_those_who_read_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "0")
    pinned = Path(os.path.realpath(tmp_path / ".current"))
    for value in "123":
        write(tmp_path, value)
    assert found(pinned) == of("0")
    assert builds(tmp_path) == ["000001", "000002", "000003", "000004"]
    monkeypatch.setattr(publishing, "_GRACE", -1.0)
    write(tmp_path, "4")
    assert builds(tmp_path) == ["000004", "000005"]
    with Warehouse(tmp_path).made(YEAR):
        assert builds(tmp_path) == ["000005"]


def test_all_of_a_year_is_on_the_disk_before_it_is_published(tmp_path: Path) -> None:
    write(tmp_path, "old")

    def watched() -> None:
        synced: set[int] = set()
        fsync, rename = os.fsync, os.rename

        def remember(handle: int) -> None:
            synced.add(os.fstat(handle).st_ino)
            fsync(handle)

        def checked(old: Path, new: Path) -> None:
            if os.path.basename(new) == ".current":
                build = tmp_path / os.readlink(old)
                needed = [build, *build.rglob("*"), build.parent, tmp_path]
                missing = [str(path) for path in needed if path.stat().st_ino not in synced]
                assert not [path for path in missing if "year=2022" not in path], missing
                synced.clear()
            rename(old, new)

        os.fsync, os.rename = remember, checked  # type: ignore[assignment]
        write(tmp_path, "new")
        assert tmp_path.stat().st_ino in synced, "and that it is, too"

    write(tmp_path, "old", year="2022")
    assert ended(forked(watched, silent=False)) == 0
    assert found(tmp_path) == of("new")


@pytest.mark.parametrize(
    "start", [partial(write, value="old"), partial(plain, value="old")], ids=["builds", "plain"]
)
def test_killed_at_any_point_a_year_is_old_or_new_and_the_next_build_clears_up(
    tmp_path: Path, start: partial[None]
) -> None:
    points = ended(forked(lambda: _count(tmp_path / "counted", start)))
    assert points > 40
    for number in range(0, points, 4):
        root = tmp_path / str(number)
        root.mkdir()
        start(root)
        assert killed_at(partial(write, root, "new"), number)
        assert found(root) in (of("old"), of("new")), number
        write(root, "third")
        assert found(root) == of("third") and leftovers(root) == [], number
        shutil.rmtree(root)


def _count(root: Path, start: partial[None]) -> None:
    root.mkdir()
    start(root)
    counted: list[int] = []
    count_operations(counted.append)
    write(root, "new")
    os._exit(min(len(counted), 250))


# --- where there are no links


def test_without_links_a_year_says_that_it_is_being_published_and_the_next_writer_completes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.store.warehouse.links_work", lambda root: False)
    mixed = 0
    for number in range(12, 50, 2):
        root = tmp_path / str(number)
        write(root, "old")
        if not killed_at(partial(write, root, "new"), number):
            break
        seen = found(root)
        assert seen.keys() == set(WRITTEN) and all(len(values) == 1 for values in seen.values())
        if seen not in (of("old"), of("new")):
            assert Warehouse(root).build_of(YEAR) is None
            mixed += 1
            with Warehouse(root).made(YEAR):
                assert found(root) == of("new")
        assert found(root) in (of("old"), of("new"))
    assert mixed > 2
    assert [path.name for path in (tmp_path / "12" / "raw_text" / f"year={YEAR}").iterdir()] == [
        "data.parquet"
    ]


# --- what is damaged


@pytest.mark.parametrize("damage", [flip, cut])
def test_what_is_damaged_is_not_published_again(tmp_path: Path, damage: object) -> None:
    write(tmp_path, "old")
    path = Warehouse(tmp_path).path("raw_text", YEAR)
    assert callable(damage)
    damage(path)
    assert not Warehouse(tmp_path).is_sound("raw_text", YEAR)
    with pytest.raises(
        StoreError, match=r"raw_text/year=2023/data-.* is damaged: run `ogi build --year 2023`"
    ):
        write(tmp_path, "new", ["validated_facts"])
    write(tmp_path, "old")  # the same rows again
    mended = Warehouse(tmp_path).path("raw_text", YEAR)
    assert mended.name == path.name and sha256_of(mended)[:16] == mended.stem.split("-")[1]


def test_a_year_is_made_by_one_and_published_beside_another(tmp_path: Path) -> None:
    one, other = Warehouse(tmp_path), Warehouse(tmp_path)
    with one.made("2022"), other.made(YEAR):
        with pytest.raises(BusyError, match="another process is writing 2022"):
            other.begin("2022")
        for files, year in ((one, "2022"), (other, YEAR)):
            with files.replace(year, "raw_text") as [writer]:
                writer.write_table(rows("raw_text", year))
            files.publish(year)
    assert {year: found(tmp_path, year) for year in ("2022", YEAR)} == {
        year: {"raw_text": {year}} for year in ("2022", YEAR)
    }


def test_a_worker_that_outlives_a_killed_build_holds_no_lock(tmp_path: Path) -> None:
    def build() -> None:
        Warehouse(tmp_path).begin(YEAR)
        forked(partial(time.sleep, 30))
        os.kill(os.getpid(), signal.SIGKILL)

    assert ended(forked(build)) == -signal.SIGKILL
    write(tmp_path, "new")
    assert found(tmp_path) == of("new")
