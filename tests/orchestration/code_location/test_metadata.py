"""What a materialization tells the UI, and which failures a step is repeated after."""

import errno
import re
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import dagster as dg
import duckdb
import pytest

from assets.pipeline import OF_DOCUMENTS
from orchestration.code_location import look, plots
from orchestration.code_location.definitions import BUILD_YEAR, defs
from orchestration.code_location.metadata import passing_failures_retried
from orchestration.commands import build
from orchestration.store.folders import BusyError
from orchestration.store.paths import StoreError
from orchestration.store.warehouse import Warehouse
from schemas.datasets import CLAIM_OUTCOMES, DATASETS, ON_TIME, PROSE_RULE_OUTCOMES, RULE_OUTCOMES, STATUSES

ROOT = Path(__file__).parents[3]
YEAR = "2019"
SVG = "{http://www.w3.org/2000/svg}"


OF_ONE_YEAR = [name for stage in OF_DOCUMENTS for name in stage.datasets]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The metadata of each dataset of a year."""
    root = tmp_path_factory.mktemp("told")
    shutil.copytree(ROOT / "examples" / "reports" / YEAR, root / "raw" / YEAR)
    config = {
        "resources": {"store": {"config": {"raw": str(root / "raw"), "warehouse": str(root / "warehouse")}}}
    }
    config |= {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    result = defs.resolve_job_def(BUILD_YEAR).execute_in_process(run_config=config, partition_key=YEAR)
    events = [
        event.step_materialization_data.materialization
        for event in result.all_events
        if event.is_step_materialization
    ]
    return {
        event.asset_key.to_user_string(): {name: value.value for name, value in event.metadata.items()}
        for event in events
    }


@pytest.mark.parametrize("name", OF_ONE_YEAR)
def test_every_partition_tells_its_rows_path_size_and_time(
    told: dict[str, dict[str, Any]], name: str
) -> None:
    metadata = told[name]
    [path] = Path(metadata["path"]).glob("*.parquet")  # the name says the build, known once it is published
    assert metadata["dagster/partition_row_count"] > 0
    assert path.is_file() and path.stat().st_size == metadata["size_bytes"]
    assert 0 <= metadata["seconds"] < 600
    assert isinstance(metadata["dagster/column_lineage"], dg.TableColumnLineage)


@pytest.mark.parametrize("name", OF_ONE_YEAR)
def test_the_preview_shows_rows_and_no_text_of_a_document(told: dict[str, dict[str, Any]], name: str) -> None:
    header, _, *rows = told[name]["first_rows"].splitlines()
    columns = [cell.strip().replace("\\_", "_") for cell in header.strip("|").split("|")]
    assert 0 < len(rows) <= 5 and set(columns) <= set(DATASETS[name].names)
    assert not {"text", "title", "heading", "reason", "message", "raw"} & set(columns)
    assert max(len(row) for row in rows) < 500


def test_what_a_person_should_look_at_is_shown_with_its_reason_and_the_query_for_all_of_it(
    told: dict[str, dict[str, Any]],
) -> None:
    for name, kinds in (
        ("reports", {"sum broken", "table lost"}),
        ("violations", {"sum broken"}),
        ("claims", set()),
    ):
        metadata = told[name]
        records = [record.data for record in metadata["to_look_at"].records]
        assert {record["kind"] for record in records} == kinds
        assert all(record["report_id"] and record["source"] and record["reason"] for record in records)
        assert sum(metadata["to_look_at_in_all"].values()) == len(records)
        assert metadata["to_look_at_left_out"] == 0
        rows = len({record["source"] for record in records}) if name == "reports" else len(records)
        assert len(duckdb.sql(metadata["to_look_at_query"]).fetchall()) == rows
    [broken, *_] = [record.data["reason"] for record in told["violations"]["to_look_at"].records]
    assert "likely wrong: " in broken and "which would have to be " in broken
    assert "to_look_at" not in told["normalized_text"]


def test_what_a_person_should_look_at_is_bounded(tmp_path: Path) -> None:
    (tmp_path / "raw" / YEAR).mkdir(parents=True)
    for number in range(30):
        (tmp_path / "raw" / YEAR / f"{number}.txt").write_text(
            f"关于召开会议的通知{number}\n", encoding="utf-8"
        )
    build.build(tmp_path / "raw", tmp_path / "warehouse")
    shown = look.of("reports", Warehouse(tmp_path / "warehouse"), YEAR)
    assert [record.data["kind"] for record in shown["to_look_at"].records] == ["refused"] * 20
    assert (shown["to_look_at_in_all"], shown["to_look_at_left_out"]) == ({"refused": 30}, 10)


def image(markdown: str) -> tuple[list[str], dict[str, list[int]]]:
    """What a picture says, and the lengths of its bars by colour."""
    assert len(markdown) < 1000, "the UI hides longer markdown behind a link"
    found = re.fullmatch(r"!\[[^\]]+\]\(data:image/svg\+xml,([^) ]+)\)", markdown)
    assert found
    root = ElementTree.fromstring(unquote(found[1]))
    lengths = {
        path.attrib["stroke"]: [int(length) for length in re.findall(r"h(\d+)", path.attrib["d"])]
        for path in root.iter(f"{SVG}path")
    }
    return [text.text or "" for text in root.iter(f"{SVG}text")], lengths


def test_the_plots_show_what_the_datasets_hold(told: dict[str, dict[str, Any]]) -> None:
    words, bars = image(told["reports"]["status_of_tables_by_year"])
    assert words == [
        "Status of tables by year",
        "validated",
        "inconsistent",
        "incomplete",
        "uncertain",
        "absent",
        "2019 21 tables",
    ]
    assert sum(length for lengths in bars.values() for length in lengths) == pytest.approx(400, abs=3)
    words, bars = image(told["validated_facts"]["outcomes_of_applications"])
    assert words[0] == "Outcomes of applications, 2019"
    families = ["granted", "granted_in_part", "refused", "unavailable", "unprocessed", "other"]
    assert [word.rsplit(" ", 1)[0] for word in words[1:]] == families
    counts = [int(word.rsplit(" ", 1)[1]) for word in words[1:]]
    [lengths] = bars.values()
    assert lengths == [round(400 * count / max(counts)) for count in counts]
    words, _ = image(told["violations"]["broken_rules"])
    assert {"applications.balance 1", "applications.handled 1", "applications.row_total 1"} <= set(words)
    words, bars = image(told["claims"]["figures_of_prose"])
    assert words[:4] == ["Figures in the prose, by reports, 2019", "agrees", "contradicts", "not_comparable"]
    assert words[4:] and all(re.fullmatch(r"[a-z_.]+( \+ \d+)? \d+", word) for word in words[4:])
    words, bars = image(told["prose_rules"]["rules_of_prose"])
    assert words == [
        "Rules across sections, by reports, 2019",
        *("holds", "broken", "undecided"),
        *("prose.fees 6", "prose.parts 7", "prose.year 2"),
    ]
    assert bars == {"#2b8a5a": [114], "#edae49": [343, 400]}


def test_a_plot_of_nothing_is_a_plot() -> None:
    words, bars = image(plots.picture("Nothing <yet>", {"a & b": {"part": 0}}, ("part",)))
    assert words == ["Nothing <yet>", "a & b 0"] and bars == {"#30638e": [0]}


GOOD, BAD = "#2b8a5a", "#d1495b"


@pytest.mark.parametrize(
    ("parts", "good", "bad"),
    [
        (STATUSES, "validated", "inconsistent"),
        (RULE_OUTCOMES, None, "broken"),
        (CLAIM_OUTCOMES, "agrees", "contradicts"),
        (PROSE_RULE_OUTCOMES, "holds", "broken"),
        (ON_TIME, "yes", "no"),
        (("holds", "broken", "explained", "undecided"), "holds", "broken"),
    ],
)
def test_a_colour_means_the_same_in_every_plot(
    parts: tuple[str, ...], good: str | None, bad: str | None
) -> None:
    colours = {}
    for part in parts:
        _, bars = image(plots.picture("One", {"bar": {part: 1}}, (part,)))
        [colours[part]] = bars
    assert len(set(colours.values())) == len(parts)
    assert [part for part, colour in colours.items() if colour == GOOD] == ([good] if good else [])
    assert [part for part, colour in colours.items() if colour == BAD] == [bad]


FAILURES = [
    (BusyError("another process is writing it"), True),
    (StoreError("the store cannot be reached"), True),
    (OSError(errno.EIO, "input/output error"), True),
    (TimeoutError("timed out"), True),
    (OSError(errno.ENOSPC, "no space left"), False),
    (FileNotFoundError(errno.ENOENT, "no such file"), False),
    (PermissionError(errno.EACCES, "not allowed"), False),
    (ValueError("a bug"), False),
]


@pytest.mark.parametrize(
    ("failure", "passing"),
    FAILURES,
    ids=[type(failure).__name__ + str(failure)[:12] for failure, _ in FAILURES],
)
@pytest.mark.parametrize("launched", [True, False], ids=["by the daemon", "ogi build"])
def test_only_what_may_pass_is_repeated_and_only_where_nobody_waits(
    monkeypatch: pytest.MonkeyPatch, failure: Exception, passing: bool, launched: bool
) -> None:
    context = SimpleNamespace(run=SimpleNamespace(remote_job_origin=object() if launched else None))
    monkeypatch.setattr(dg.OpExecutionContext, "get", lambda: context)
    with pytest.raises(Exception) as raised, passing_failures_retried():
        raise failure
    if passing and launched:
        assert isinstance(raised.value, dg.RetryRequested)
        assert (raised.value.max_retries, raised.value.seconds_to_wait) == (3, 20)
        assert raised.value.__cause__ is failure
    else:
        assert raised.value is failure
