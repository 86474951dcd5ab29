"""`make bench`: measures, prints and keeps what is fast and what is not. `python -m benchmarks --help` tells
what can be chosen.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import shutil
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks import outside, parts
from benchmarks.corpus import MIXES, YEAR, document, make_corpus

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
_LIBRARIES = ("pyarrow", "pandas", "pandera", "dagster", "opencc", "selectolax", "pypdfium2")
_SHOWN = 4  # processes

Results = dict[str, Any]


def machine() -> Results:
    """What the figures were measured on, without names or paths."""
    model = next(
        (line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.machine(),
    )
    memory = next(
        (int(line.split()[1]) // 1024**2 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")),
        None,
    )
    libraries = {name: version(name) for name in _LIBRARIES}
    known = {
        "processor": model,
        "cores": os.cpu_count(),
        "memory_gb": memory,
        "system": platform.system(),
        "python": platform.python_version(),
    }
    return known | {"load_before": round(os.getloadavg()[0], 1), "libraries": libraries}


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def per_report(size: int) -> Results:
    """Milliseconds of processor time a report: stages, floor, and what a user would pick instead."""
    text, pages = parts.sample("text", size), parts.sample("html", size)
    print_outs = parts.sample("pdf", max(2, size // 10))
    words = parts.sample("docx", max(2, size // 4))
    ms = {name: round(1000 * spent, 3) for name, spent in parts.stages(text).items()}
    judged = {
        name: parts.judgement(found)
        for name, found in (("text", text), ("html", pages), ("pdf", print_outs), ("docx", words))
    }
    floor, read_html, pdfplumber = parts.floor(text), parts.read_html(pages), parts.pdfplumber(print_outs)
    return {
        "bytes_of_a_text": round(sum(map(len, text)) / len(text)),
        "stages_ms": ms,
        "judgement_ms": {name: round(1000 * spent, 3) for name, spent in judged.items()},
        "floor_ms": round(1000 * floor, 3),
        "times_the_floor": round(judged["text"] / floor, 2),
        "read_html_ms": round(1000 * read_html, 3),
        "times_as_fast_as_read_html": round(read_html / judged["html"], 1),
        "pdfplumber_ms": round(1000 * pdfplumber, 1),
        "times_as_fast_as_pdfplumber": round(pdfplumber / judged["pdf"], 1),
    }


def overhead(scratch: Path) -> Results:
    """What the pipeline costs where there is next to nothing to do: a year of one document, then a second
    such year in the same run.
    """
    raw = scratch / "overhead"
    for year in (YEAR - 1, YEAR):
        (raw / str(year)).mkdir(parents=True, exist_ok=True)
        (raw / str(year) / "report.txt").write_bytes(document(1, "text")[1])
    runs = [
        outside.ogi("build", "--raw", raw, "--warehouse", scratch / f"overhead-{n}", *args)
        for n, args in enumerate((["--year", str(YEAR)], []))
    ]
    one, two = runs
    return {
        "one_year_s": round(one.wall, 1),
        "one_year_cpu_s": round(one.cpu, 1),
        "further_year_cpu_s": round(two.cpu - one.cpu, 2),
    }


def year(size: int, mix: str, cache: Path, scratch: Path) -> Results:
    """A year of so many reports through the pipeline, and once more."""
    raw = make_corpus(size, mix, cache)
    warehouse = scratch / f"{mix}-{size}"
    first = outside.ogi("build", "--raw", raw, "--warehouse", warehouse)
    again = outside.ogi("build", "--raw", raw, "--warehouse", warehouse)
    shutil.rmtree(warehouse)
    return {
        "reports": size,
        "mix": mix,
        "wall_s": round(first.wall, 1),
        "cpu_s": round(first.cpu, 1),
        "reports_a_second": round(size / first.wall, 1),
        "reports_a_second_and_core": round(size / first.cpu, 1),
        "peak_mb_of_each_process": [peak for peak in first.peaks if peak >= 1],
        "again_wall_s": round(again.wall, 1),
        "again_cpu_s": round(again.cpu, 1),
        "again_peak_mb": again.peak,
    }


def exponent(years: list[Results], start: float) -> float | None:
    """How processor time grows with the reports of a year, from the smallest to the largest; 1 is in
    proportion. Without what starting takes.
    """
    ordered = sorted(years, key=lambda one: one["reports"])
    if len(ordered) < 2 or ordered[0]["cpu_s"] <= start:
        return None
    few, many = ordered[0], ordered[-1]
    return round(
        math.log((many["cpu_s"] - start) / (few["cpu_s"] - start))
        / math.log(many["reports"] / few["reports"]),
        3,
    )


def table(found: Results) -> str:
    """The results as markdown."""
    a, machine_ = found["a_report"], found["machine"]
    lines = [
        "# Benchmark",
        "",
        "Made by `make bench`; do not edit. Times are of processors unless they are called wall.",
        "",
    ]
    lines += [
        f"{machine_['processor']}, {machine_['cores']} cores, {machine_['memory_gb']} GB, Python "
        f"{machine_['python']}. "
    ]
    lines[-1] += f"Load of the machine before: {machine_['load_before']}."
    lines += ["", "## A report", "", "| | ms |", "|---|---:|"]
    lines += [f"| stage `{name}` (text) | {ms} |" for name, ms in a["stages_ms"].items()]
    lines += [f"| judgement of a document, {name} | {ms} |" for name, ms in a["judgement_ms"].items()]
    lines += [
        f"| floor: decoding, NFKC, OpenCC (text) | {a['floor_ms']} |",
        f"| `pandas.read_html` with lxml | {a['read_html_ms']} |",
    ]
    lines += [f"| pdfplumber `extract_tables` | {a['pdfplumber_ms']} |", ""]
    lines += [
        f"Text: {a['times_the_floor']} times the floor. HTML: {a['times_as_fast_as_read_html']} "
        "times as fast as `pandas.read_html`. "
    ]
    lines[-1] += f"PDF: {a['times_as_fast_as_pdfplumber']} times as fast as pdfplumber."
    lines += [
        "",
        "## A year",
        "",
        "| reports | wall s | cpu s | a second | a second and core | peak MB of the largest "
        "processes | again, wall s | again, MB |",
    ]
    lines += ["|---:|---:|---:|---:|---:|---|---:|---:|"]
    for one in found["years"]:
        peaks = ", ".join(f"{peak:.0f}" for peak in one["peak_mb_of_each_process"][:_SHOWN])
        cells = (
            one["reports"],
            one["wall_s"],
            one["cpu_s"],
            one["reports_a_second"],
            one["reports_a_second_and_core"],
            peaks,
        )
        lines.append(
            "| " + " | ".join(map(str, (*cells, one["again_wall_s"], round(one["again_peak_mb"])))) + " |"
        )
    o = found["overhead"]
    lines += ["", f"Growth of time with the reports: exponent {found['exponent']}."]
    lines += [
        "",
        f"A year of one document: {o['one_year_s']} s wall, {o['one_year_cpu_s']} s; a further one "
        f"{o['further_year_cpu_s']} s more.",
    ]
    return "\n".join([*lines, "", "![growth](growth.svg)", ""])


def plot(years: list[Results], path: Path) -> None:
    """Time and memory against the number of reports."""
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    matplotlib.rcParams["svg.hashsalt"] = "ogi"
    sizes = [one["reports"] for one in years]
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
    left.loglog(sizes, [one["wall_s"] for one in years], "o-", label="wall")
    left.loglog(sizes, [one["cpu_s"] for one in years], "s-", label="processors")
    left.loglog(sizes, [one["again_wall_s"] for one in years], "^-", label="again, wall")
    left.set(xlabel="reports in a year", ylabel="seconds")
    left.legend()
    right.semilogx(sizes, [max(one["peak_mb_of_each_process"]) for one in years], "o-")
    right.set(xlabel="reports in a year", ylabel="MB, largest process", ylim=(0, None))
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "sizes",
        nargs="*",
        type=int,
        default=[1_000, 10_000, 100_000],
        help="reports of the years (default: %(default)s)",
    )
    parser.add_argument(
        "--mix", choices=MIXES, default="text", help="formats of the documents (default: %(default)s)"
    )
    parser.add_argument(
        "--sample",
        type=int,
        default=200,
        help="documents that single stages are measured on (default: %(default)s)",
    )
    parser.add_argument(
        "--cache",
        type=Path,
        default=ROOT / "build" / "bench",
        help="where corpora are kept (default: %(default)s)",
    )
    parser.add_argument(
        "--results", type=Path, default=RESULTS, help="where results go (default: %(default)s)"
    )
    args = parser.parse_args()
    scratch = args.cache / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    found: Results = {
        "machine": machine(),
        "a_report": per_report(args.sample),
        "overhead": overhead(scratch),
    }
    found["years"] = [year(size, args.mix, args.cache, scratch) for size in sorted(args.sizes)]
    found["exponent"] = exponent(found["years"], found["overhead"]["one_year_cpu_s"])
    shutil.rmtree(scratch)
    args.results.mkdir(parents=True, exist_ok=True)
    (args.results / "results.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (args.results / "results.md").write_text(table(found), encoding="utf-8")
    plot(found["years"], args.results / "growth.svg")
    print(table(found))


if __name__ == "__main__":
    main()
