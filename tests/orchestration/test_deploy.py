"""The configurations in deploy/: Dagster accepts them, they agree with each other, and PostgreSQL holds an
instance for real.
"""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml
from dagster._config import process_config, resolve_to_config_type
from dagster._core.instance.config import dagster_instance_config

from orchestration.code_location.definitions import BUILD_YEAR, defs

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
KINDS = ("postgres", "docker", "kubernetes")
LAUNCHERS = os.environ.get(
    "OGI_LAUNCHERS"
)  # a folder with dagster-docker and dagster-k8s, which weigh 140 MB and are in no environment of ours
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@pytest.fixture(autouse=True)
def database(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings that the files take from the environment."""
    for name, value in (
        ("HOST", "database"),
        ("PORT", "5432"),
        ("DB", "dagster"),
        ("USER", "dagster"),
        ("PASSWORD", "secret"),
    ):
        monkeypatch.setenv(f"DAGSTER_PG_{name}", value)


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", ["local", *KINDS])
def test_dagster_accepts_the_settings_and_they_queue_retry_and_watch_runs_alike(kind: str) -> None:
    settings, _ = dagster_instance_config(str(DEPLOY / kind))
    limits = settings["concurrency"]["runs"]["tag_concurrency_limits"]
    assert limits == [{"key": "dagster/partition", "value": {"applyLimitPerUniqueValue": True}, "limit": 1}]
    assert settings["run_retries"] == {
        "enabled": True,
        "max_retries": 2,
        "retry_on_asset_or_op_failure": False,
    }
    assert settings["run_monitoring"]["max_runtime_seconds"] == 6 * 60 * 60
    assert settings["run_monitoring"]["enabled"] and not settings["telemetry"]["enabled"]
    assert ("storage" in settings) == (kind != "local")


def test_compose_gives_the_containers_what_the_settings_and_the_code_ask_for() -> None:
    compose = load(DEPLOY / "docker" / "compose.yaml")
    services, launcher = (
        compose["services"],
        load(DEPLOY / "docker" / "dagster.yaml")["run_launcher"]["config"],
    )
    for name in ("code", "web", "daemon"):
        assert set(launcher["env_vars"]) <= set(services[name]["environment"])
    assert launcher["network"] == compose["networks"]["ogi"]["name"]
    assert launcher["container_kwargs"]["volumes"] == [f"{compose['volumes']['data']['name']}:/data"]
    assert (
        services["code"]["environment"]["DAGSTER_CURRENT_IMAGE"]
        == services["code"]["image"]
        == services["web"]["image"]
    )
    [server] = load(DEPLOY / "docker" / "workspace.yaml")["load_from"]
    assert server["grpc_server"]["host"] in services
    copied = [
        line.split()[1:-1]
        for line in (DEPLOY / "docker" / "Dockerfile").read_text().splitlines()
        if line.startswith("COPY")
    ]
    assert [path for paths in copied for path in paths if not (ROOT / path).exists()] == []


def test_the_chart_queues_and_retries_as_the_settings_do() -> None:
    daemon = load(DEPLOY / "kubernetes" / "values.yaml")["dagsterDaemon"]
    settings = load(DEPLOY / "kubernetes" / "dagster.yaml")
    queue = daemon["runCoordinator"]["config"]["queuedRunCoordinator"]
    assert queue["maxConcurrentRuns"] == settings["concurrency"]["runs"]["max_concurrent_runs"]
    assert queue["tagConcurrencyLimits"] == settings["concurrency"]["runs"]["tag_concurrency_limits"]
    assert daemon["runRetries"] == {"enabled": True, "maxRetries": 2, "retryOnAssetOrOpFailure": False}


@pytest.mark.skipif(
    not LAUNCHERS,
    reason="OGI_LAUNCHERS names no folder with dagster-docker and dagster-k8s; .ci/run installs one",
)
@pytest.mark.parametrize(
    ("kind", "launcher"), [("docker", "DockerRunLauncher"), ("kubernetes", "K8sRunLauncher")]
)
def test_the_launchers_accept_their_settings(
    kind: str, launcher: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(LAUNCHERS)
    settings = load(DEPLOY / kind / "dagster.yaml")["run_launcher"]
    assert settings["class"] == launcher
    accepts = getattr(__import__(settings["module"]), launcher).config_type()
    assert process_config(resolve_to_config_type(accepts), settings["config"]).errors in (None, [])


# --- PostgreSQL


def _programs() -> Path | None:
    """Where Debian keeps the programs of the newest PostgreSQL, or wherever the PATH finds them."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True
    )
    on_path = shutil.which("initdb")
    return found[0] if found else Path(on_path).parent if on_path else None


PROGRAMS = _programs()


@pytest.fixture
def postgres(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A private cluster on a free port; it goes with the test."""
    assert PROGRAMS
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    # PostgreSQL does not run as root, and its socket's path must be short.
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(
        subprocess.run(
            [*user, "mktemp", "-d", "/tmp/ogi-pg-XXXXXX"], capture_output=True, text=True, check=True
        ).stdout.strip()
    )
    quiet: dict[str, Any] = {"check": True, "stdout": subprocess.DEVNULL, "cwd": "/"}
    shell = (
        f"echo secret > {folder}/password && {PROGRAMS}/initdb -D {folder}/data -U dagster -A "
        f"scram-sha-256 --pwfile {folder}/password"
    )
    subprocess.run([*user, "sh", "-c", shell], **quiet)
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    subprocess.run(
        [
            *user,
            str(PROGRAMS / "pg_ctl"),
            "-D",
            f"{folder}/data",
            "-l",
            f"{folder}/log",
            "-w",
            "-o",
            options,
            "start",
        ],
        **quiet,
    )
    try:
        subprocess.run(
            [str(PROGRAMS / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "dagster", "dagster"],
            env={"PGPASSWORD": "secret"},
            **quiet,
        )
        monkeypatch.setenv("DAGSTER_PG_HOST", "127.0.0.1")
        monkeypatch.setenv("DAGSTER_PG_PORT", str(port))
        yield
    finally:
        subprocess.run(
            [*user, str(PROGRAMS / "pg_ctl"), "-D", f"{folder}/data", "-m", "immediate", "stop"], **quiet
        )
        shutil.rmtree(folder)


def _home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    shutil.copy(DEPLOY / "postgres" / "dagster.yaml", home)
    return home


@pytest.mark.skipif(PROGRAMS is None, reason="PostgreSQL is not installed here; .ci/run installs it")
def test_runs_are_kept_in_postgresql(postgres: None, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples" / "reports" / "2019", tmp_path / "raw" / "2019")
    home = _home(tmp_path)
    resources = {
        "store": {"config": {"raw": str(tmp_path / "raw"), "warehouse": str(tmp_path / "warehouse")}}
    }
    with dg.DagsterInstance.from_config(str(home)) as instance:
        job = defs.resolve_job_def(BUILD_YEAR)
        made = job.execute_in_process(
            run_config=QUIET | {"resources": resources}, partition_key="2019", instance=instance
        )
        assert made.success
    # Another process finds it, as web server and daemon do.
    with dg.DagsterInstance.from_config(str(home)) as instance:
        [run] = instance.get_runs()
        assert (run.run_id, run.status, run.tags["dagster/partition"]) == (
            made.run_id,
            dg.DagsterRunStatus.SUCCESS,
            "2019",
        )
        assert instance.get_materialized_partitions(dg.AssetKey("validated_facts")) == {"2019"}
    listed = subprocess.run(
        [str(Path(sys.executable).with_name("dagster")), "run", "list"],
        env=os.environ | {"DAGSTER_HOME": str(home)},
        capture_output=True,
        text=True,
    )
    assert made.run_id in listed.stdout
