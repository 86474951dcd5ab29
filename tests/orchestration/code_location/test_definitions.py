"""The definitions as the server loads them: the inventory, and that nothing lacks what the UI needs to
explain it.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import dagster as dg
import pytest
import yaml

from orchestration.code import code_of, files_of
from orchestration.code_location.lineage import column_lineage
from orchestration.code_location.partitions import POLICY
from schemas.datasets import DATASETS

ROOT = Path(__file__).parents[3]
CHECKS = {
    "raw_text": {"keys_unique"},
    "normalized_text": {"keys_unique", "reports_conserved"},
    "section_splits": {"keys_unique"},
    "table_cells": {"keys_unique", "cells_complete"},
    "table_status": {
        "keys_unique",
        "reports_conserved",
        *(f"share_{status}" for status in ("validated", "inconsistent", "incomplete", "uncertain", "absent")),
    },
    "violations": {
        "keys_unique",
        "active_disclosure_count",
        "applications_balance",
        "applications_handled",
        "applications_row_total",
        "applications_count",
        "review_litigation_total",
        "review_litigation_count",
    },
    "reports": {"keys_unique", "documents_conserved", "no_internal_errors"},
    "claims": {"keys_unique", "prose_read", "prose_agrees"},
    "prose_rules": {"keys_unique", "prose_rules_hold"},
    "validated_facts": {"keys_unique", "facts_complete", "evidence_shown", "corrections_fit"},
    **{name: {"keys_unique"} for name in ("organs", "missing", "rulings", "organ_reports")},
    **{name: {"keys_unique"} for name in ("section_words", "indicators")},
    "year_over_year": {"keys_unique", "follows_from_last_year"},
    "compliance": {"keys_unique", "on_time"},
    "panel": {"keys_unique", "received_covered"},
}
STAGES = {
    "raw_text": set(),
    "normalized_text": {"raw_text"},
    "section_splits": {"normalized_text"},
    **{
        name: {"raw_text", "normalized_text", "section_splits"}
        for name in ("table_cells", "table_status", "violations")
    },
    "reports": {"raw_text", "normalized_text", "section_splits", "table_status"},
    **{
        name: {"raw_text", "normalized_text", "section_splits", "table_status", "table_cells", "reports"}
        for name in ("claims", "prose_rules")
    },
    "validated_facts": {"raw_text", "table_cells", "table_status", "reports"},
    **{name: {"reports"} for name in ("organs", "missing", "rulings")},
    "organ_reports": {"reports", "organs"},
    "section_words": {"normalized_text", "section_splits"},
    "year_over_year": {"reports", "organ_reports", "table_cells"},
    "compliance": {"reports", "organ_reports", "section_words", "claims", "year_over_year"},
    "panel": {"reports", "organ_reports", "table_cells"},
    "indicators": {"panel"},
    "release": set(DATASETS),
}
NOT_BY_YEAR = {"organs", "missing", "rulings"}


@pytest.fixture(scope="module")
def repository() -> dg.RepositoryDefinition:
    """What the module that workspace.yaml names defines."""
    workspace = yaml.safe_load((ROOT / "workspace.yaml").read_text(encoding="utf-8"))
    [source] = workspace["load_from"]
    defs = import_module(source["python_module"]["module_name"]).defs
    dg.Definitions.validate_loadable(defs)
    return defs.get_repository_def()


def test_the_stages_are_the_datasets_in_their_order(repository: dg.RepositoryDefinition) -> None:
    graph = repository.asset_graph
    assert {
        key.to_user_string(): {parent.to_user_string() for parent in graph.get(key).parent_keys}
        for key in graph.get_all_asset_keys()
    } == STAGES
    assert set(STAGES) == {*DATASETS, "release"}


def test_every_asset_explains_itself(repository: dg.RepositoryDefinition) -> None:
    assert "codebook" in (repository.asset_graph.get(dg.AssetKey("release")).description or "")
    for dataset in DATASETS.values():
        node = repository.asset_graph.get(dg.AssetKey(dataset.name))
        assert dataset.description in (node.description or "")
        assert (
            node.group_name != "default"
            and node.owners
            and node.kinds == {"python", "parquet"}
            and node.code_version
            and node.tags
        )
        columns = node.metadata["dagster/column_schema"].columns
        assert [column.name for column in columns] == list(dataset.names)
        assert all(column.description for column in columns)
        assert (node.partitions_def is None) == (dataset.name in NOT_BY_YEAR)


def test_the_checks_are_these_and_each_has_a_description(repository: dg.RepositoryDefinition) -> None:
    keys = repository.asset_graph.asset_check_keys
    assert {(key.asset_key.to_user_string(), key.name) for key in keys} == {
        (asset, name) for asset in CHECKS for name in CHECKS[asset]
    }
    assert all(repository.asset_graph.get(key).description for key in keys)


def test_the_years_begin_in_2008_and_end_with_the_last_complete_one(
    repository: dg.RepositoryDefinition,
) -> None:
    job = repository.get_job("build_year")
    assert job.partitions_def is not None
    years = job.partitions_def.get_partition_keys()
    assert years[0] == "2008"
    assert years == [str(year) for year in range(2008, 2008 + len(years))]
    assert len(years) >= 18


@pytest.fixture
def checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A copy of the code, which code versions are taken from."""
    for path in (
        *ROOT.glob("assets/**/*.py"),
        *ROOT.glob("schemas/*.py"),
        *ROOT.glob("schemas/*.toml"),
        *ROOT.glob("schemas/forms/*.toml"),
        *ROOT.glob("schemas/*.csv"),
        *ROOT.glob("orchestration/**/*.py"),
    ):
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    monkeypatch.setattr("orchestration.code._CHECKOUT", tmp_path)
    yield tmp_path
    code_of.cache_clear()


def versions() -> dict[str, str]:
    """The code version of each dataset, of the code as it is now."""
    code_of.cache_clear()
    return {name: code_of(name) for name in DATASETS}


OVER_YEARS = {"year_over_year", "compliance", "panel", "indicators"}
TABLES = {"table_cells", "table_status", "violations"}
AFTER_A_CHANGE = [
    # `raw_text` asks the forms, too: titles of tables tell one from another where a page or a box lays them
    # out.
    (
        "schemas/forms/2021.toml",
        TABLES | {"raw_text", "claims", "prose_rules", "section_words", "validated_facts"} | OVER_YEARS,
    ),
    ("assets/formats/html.py", {"raw_text"}),
    # Several reports in one document have sections each.
    ("assets/section_splits.py", {"section_splits", "reports"} | TABLES),
    ("assets/decoder/rows.py", TABLES),
    ("assets/reports.py", {"reports"}),
    ("schemas/regions.csv", {"reports", "organs", "missing", "rulings", "organ_reports"}),
    ("assets/organ_reports.py", {"organ_reports"}),
    ("assets/evidence.py", {"validated_facts"}),
    ("schemas/years.toml", {"year_over_year"}),
    ("schemas/compliance.toml", {"section_words", "compliance"}),
    ("schemas/indicators.toml", {"indicators"}),
    (
        "assets/model.py",
        set(DATASETS)
        - {"organs", "missing", "rulings", "organ_reports", "section_words", "compliance", "indicators"},
    ),
    ("schemas/datasets.py", set(DATASETS)),
]


@pytest.mark.parametrize(("changed", "out_of_date"), AFTER_A_CHANGE, ids=[path for path, _ in AFTER_A_CHANGE])
def test_a_code_version_changes_with_what_the_stage_depends_on(
    checkout: Path, changed: str, out_of_date: set[str]
) -> None:
    before = versions()
    with (checkout / changed).open("a") as file:
        file.write("changed = 1\n" if changed.endswith(".toml") else "# changed\n")
    assert {name for name, version in versions().items() if version != before[name]} == out_of_date


def test_every_module_below_counts_for_some_stage() -> None:
    """All but those that only `ogi check` and the checks ask: they decide no row."""
    modules = {
        path.relative_to(ROOT).as_posix()
        for floor in ("assets", "schemas")
        for path in (ROOT / floor).rglob("*.py")
    }
    modules = {path for path in modules if not path.endswith("__init__.py")}
    assert modules - {path for name in DATASETS for path in files_of(name)} == {
        "assets/document.py",
        "assets/pipeline.py",
        "schemas/codebook.py",
        "schemas/make_regions.py",
        "schemas/release.py",
        "schemas/translation.py",
    }


def test_every_column_but_those_of_files_is_made_of_others(repository: dg.RepositoryDefinition) -> None:
    for name in DATASETS:
        key = dg.AssetKey(name)
        parents = {parent.to_user_string() for parent in repository.asset_graph.get(key).parent_keys}
        deps = column_lineage(name, [one for one in DATASETS if one in parents]).deps_by_column
        assert set(deps) == (set() if name == "raw_text" else set(DATASETS[name].names))
        for dep in (dep for found in deps.values() for dep in found):
            assert dep.column_name in DATASETS[dep.asset_key.to_user_string()].names


def test_what_is_published_has_to_be_fresh_in_the_season(repository: dg.RepositoryDefinition) -> None:
    graph = repository.asset_graph
    policies = {key.to_user_string(): graph.get(key).freshness_policy for key in graph.get_all_asset_keys()}
    assert {name: policy for name, policy in policies.items() if policy} == {
        "reports": POLICY,
        "validated_facts": POLICY,
    }


def test_every_schedule_and_sensor_explains_itself_and_waits_to_be_switched_on(
    repository: dg.RepositoryDefinition,
) -> None:
    schedules = {one.name: one for one in repository.schedule_defs}
    sensors = {one.name: one for one in repository.sensor_defs}
    assert set(schedules) == {"season_daily", "changed_years_monthly"}
    assert set(sensors) == {
        "raw_documents",
        "years_followed",
        "alert_on_failure",
        "alert_on_worse",
        "runs_alive",
    }
    for one in (*schedules.values(), *sensors.values()):
        assert one.description and one.tags["kind"]
        owners = [one.metadata["owner"].value] if "owner" in one.metadata else one.owners
        assert list(owners) == ["team:disclosure"]
    running = {name for name, one in (schedules | sensors).items() if one.default_status.value == "RUNNING"}
    assert running == {"alert_on_failure", "alert_on_worse", "runs_alive"}
    job = repository.get_job("build_year")
    assert job.description and job.tags["kind"] and job.owners


def test_the_server_loads_the_workspace(tmp_path: Path) -> None:
    command = [
        str(Path(sys.executable).with_name("dagster")),
        "definitions",
        "validate",
        "-w",
        "workspace.yaml",
    ]
    environment = {name: value for name, value in os.environ.items() if name != "DAGSTER_HOME"} | {
        "TMPDIR": str(tmp_path)
    }
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
