"""`ogi check` and `ogi serve` need nothing that only POSIX has; `ogi build` and `ogi ingest` say what they
need.
"""

import json
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.windows import _MODULES

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "examples" / "reports"
OF_FORMATS = [
    EXAMPLES / "2020" / "霖州市松砚县人民政府办公室2020.md",
    EXAMPLES / "2020" / "霖州市松砚县教育局2020.html",
    EXAMPLES / "2020" / "临汐市石砚区人力资源和社会保障局2020.pdf",
    EXAMPLES / "2023" / "临汐市石砚区人力资源和社会保障局2023.docx",
    EXAMPLES / "2020" / "临汐市鹭溪县文化广电和旅游局2020.txt",
]


def ogi(*arguments: str, windows: bool = True) -> subprocess.CompletedProcess[str]:
    module = "tests.windows" if windows else "orchestration.commands.cli"
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_what_is_taken_away_is_away() -> None:
    program = (
        "import os, tests.windows as w\nw.block()\n"
        "try:\n import fcntl\nexcept ImportError:\n print(hasattr(os, 'fork'))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "False\n" and "fcntl" in _MODULES


@pytest.mark.parametrize("path", OF_FORMATS, ids=lambda path: path.suffix)
def test_a_document_of_every_format_is_judged_alike(path: Path) -> None:
    here, there = (ogi("check", "--format", "json", str(path), windows=one) for one in (False, True))
    assert (there.returncode, there.stdout) == (here.returncode, here.stdout)
    assert json.loads(there.stdout)["report"]["year"] == int(path.parent.name)


def test_a_folder_is_judged_alike() -> None:
    here, there = (ogi("check", "--lang", "en", str(EXAMPLES / "2023"), windows=one) for one in (False, True))
    assert (there.returncode, there.stdout) == (here.returncode, here.stdout)


@pytest.mark.parametrize("command", ["build", "ingest"])
def test_what_needs_more_says_so_in_a_sentence(command: str, tmp_path: Path) -> None:
    done = ogi(command, "--raw", str(tmp_path), *([str(EXAMPLES)] if command == "ingest" else []))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"ogi {command} needs Linux or macOS, or WSL on Windows: it locks files as only these can. "
        "ogi check and ogi serve run here.\n"
    )


def test_the_local_page_is_served_and_judges() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tests.windows", "serve", "--lang", "en", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as server:
        try:
            page = ""
            for _ in range(150):
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
                        page = answer.read().decode()
                    break
                except OSError:
                    time.sleep(0.2)
            assert "Check annual reports" in page
        finally:
            server.kill()
