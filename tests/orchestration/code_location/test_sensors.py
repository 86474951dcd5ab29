"""The sensor on the raw store: tick after tick over a store that changes."""

import os
from pathlib import Path

import dagster as dg
import pytest

from orchestration.code_location import sensors
from orchestration.code_location.definitions import defs
from orchestration.code_location.resources import Store


class Raw:
    """A raw store that is watched: each tick goes on from the cursor of the one before it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.cursor: str | None = None
        self.keys: list[str] = []

    def put(self, source: str, text: str = "text", time: int = 1_700_000_000) -> None:
        path = self.root / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        os.utime(path, (time, time))

    def remove(self, source: str) -> None:
        (self.root / source).unlink()

    def tick(self) -> dict[str, str]:
        """The reason for each year that is requested."""
        self.root.mkdir(exist_ok=True)
        store = Store(raw=str(self.root), warehouse=str(self.root.parent / "warehouse"))
        with dg.build_sensor_context(
            dg.DagsterInstance.ephemeral(), cursor=self.cursor, resources={"store": store}, definitions=defs
        ) as context:
            data = sensors.raw_documents.evaluate_tick(context)
        self.cursor, self.skipped = data.cursor, data.skip_message
        self.keys += [str(request.run_key) for request in data.run_requests or []]
        return {str(request.partition_key): request.tags["ogi/reason"] for request in data.run_requests or []}


@pytest.fixture
def raw(tmp_path: Path) -> Raw:
    return Raw(tmp_path / "raw")


@pytest.fixture
def resting(raw: Raw) -> Raw:
    """A store of two years that were requested."""
    raw.put("2022/a.txt")
    raw.put("2023/a.txt")
    raw.put("2023/below/b.txt")
    raw.tick()
    assert raw.tick() == {
        "2022": "documents of a year never made: 1 now",
        "2023": "documents of a year never made: 2 now",
    }
    return raw


def test_an_empty_store_requests_nothing(raw: Raw) -> None:
    assert raw.tick() == {} and raw.skipped == "no documents changed in 0 years"


def test_documents_are_requested_once_they_rest_and_once_only(resting: Raw) -> None:
    assert [resting.tick() for _ in range(3)] == [{}, {}, {}]
    assert resting.skipped == "no documents changed in 2 years"


def test_a_burst_makes_one_run(resting: Raw) -> None:
    for number in range(100):
        resting.put(f"2023/{number}.txt")
        if number % 20 == 0:
            assert resting.tick() == {}
            assert resting.skipped == "2023: documents are changing, waiting for them to come to rest"
    assert [resting.tick() for _ in range(3)] == [{}, {"2023": "documents changed: 102 now"}, {}]


def test_documents_that_never_rest_make_a_run_within_a_bound(resting: Raw) -> None:
    made = []
    for number in range(40):
        resting.put(f"2023/late-{number}.txt")
        made += [(number, reason) for reason in resting.tick().values()]
    assert made == [
        (10, "documents changed, and go on changing: 13 now"),
        (21, "documents changed, and go on changing: 24 now"),
        (32, "documents changed, and go on changing: 35 now"),
    ]
    assert [resting.tick() for _ in range(2)] == [{"2023": "documents changed: 42 now"}, {}]


CHANGES = [
    ("another size", lambda raw: raw.put("2022/a.txt", "longer text")),
    ("another time", lambda raw: raw.put("2022/a.txt", time=1_700_000_001)),
    ("another name", lambda raw: (raw.remove("2022/a.txt"), raw.put("2022/b.txt"))),
    ("one more", lambda raw: raw.put("2022/b.txt")),
]


@pytest.mark.parametrize("change", [change for _, change in CHANGES], ids=[name for name, _ in CHANGES])
def test_what_changed_is_that_years_alone(resting: Raw, change: object) -> None:
    change(resting)  # type: ignore[operator]
    assert resting.tick() == {}
    assert list(resting.tick()) == ["2022"]


def test_removing_a_document_is_noticed(resting: Raw) -> None:
    resting.remove("2023/a.txt")
    resting.tick()
    assert resting.tick() == {"2023": "documents changed: 1 now"}


def test_a_year_that_is_gone_is_told_and_not_emptied(resting: Raw) -> None:
    resting.remove("2022/a.txt")
    (resting.root / "2022").rmdir()
    assert resting.tick() == {}
    assert (
        resting.skipped
        == "2022: all documents are gone from the raw store; the datasets stay until somebody removes them"
    )
    resting.tick()
    assert resting.skipped == "no documents changed in 1 years"


def test_documents_that_come_back_are_requested_again(resting: Raw) -> None:
    """Dagster starts no second run of one run key."""
    resting.put("2022/b.txt")
    resting.tick(), resting.tick()
    resting.remove("2022/b.txt")
    resting.tick()
    assert list(resting.tick()) == ["2022"]
    assert len(resting.keys) == len(set(resting.keys)) == 4


def test_a_tick_whose_cursor_was_lost_gives_the_same_keys(resting: Raw) -> None:
    resting.put("2022/b.txt")
    resting.tick()
    cursor = resting.cursor
    resting.tick()
    resting.cursor = cursor  # the daemon died before it wrote the new one down
    resting.tick()
    assert resting.keys[-1] == resting.keys[-2]


def test_hidden_files_and_unfinished_years_count_for_nothing(resting: Raw) -> None:
    resting.put("2023/.DS_Store")
    resting.put("2199/a.txt")
    assert [resting.tick() for _ in range(2)] == [{}, {}]
    assert resting.skipped == "2199: no report year yet"
