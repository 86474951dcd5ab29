"""A release: the datasets of one state of the warehouse, copied, described and compared with the release
before, in a folder that is exchanged whole.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from assets.escaping import in_sheet
from orchestration.code import code_of_all
from orchestration.releasing.changes import DATA, changes_between, files_in
from orchestration.releasing.database import write_database
from orchestration.releasing.methodology import write_methodology
from orchestration.releasing.package import read_package, write_package
from orchestration.releasing.pages import write_pages
from orchestration.releasing.summary import summary_of
from orchestration.store.paths import StoreError
from orchestration.store.warehouse import Warehouse
from schemas.datasets import DATASETS, Dataset, arrow_schema
from schemas.release import CHANGES, CODEBOOK, CODES, TABLES, codebook_rows, codes_rows

DATABASE = "reports.duckdb"
_BOM = "\ufeff".encode()  # by which Excel knows UTF-8
_TITLE = "政府信息公开工作年度报告数据集 · Figures of annual reports on government information disclosure"


@dataclass(frozen=True, slots=True)
class Release:
    """What was released: where, the years, and how many figures changed for which reason (None where it was
    compared with no other).
    """

    root: Path
    version: str
    years: tuple[str, ...]
    since: str | None
    changes: Mapping[str, int] | None


def make_release(
    files: Warehouse, out: Path, version: str | None = None, since: Path | None = None
) -> Release:
    """Write a release of a warehouse to a folder, and say what changed since another release; by default
    since the one that the folder holds, which it takes the place of. The version is by default the date.

    Raises StoreError where the warehouse is not whole or changes meanwhile, where the folder holds something
    else, and where `since` is no release.
    """
    out, version = out.absolute(), version or datetime.now(UTC).strftime("%Y.%m.%d")
    before = _before(out, since)
    years = files.years()
    if not years:
        raise StoreError(f"{files.root} holds no year: run `ogi build` first")
    writing = out.with_name(f".{out.name}.writing")
    shutil.rmtree(writing, ignore_errors=True)
    writing.mkdir(parents=True)
    try:
        release = _write(files, writing, out, version, before)
        _exchange(writing, out)
    finally:
        shutil.rmtree(writing, ignore_errors=True)
    return release


def _before(out: Path, since: Path | None) -> Path | None:
    """The release to compare with."""
    there = read_package(out)
    if out.exists() and there is None and (not out.is_dir() or any(out.iterdir())):
        raise StoreError(f"{out} holds something that is no release: name another folder, or empty it")
    if since is not None and read_package(since) is None:
        raise StoreError(f"{since} holds no release: name the folder of one, with its datapackage.json")
    return since or (out if there else None)


def _write(files: Warehouse, root: Path, out: Path, version: str, before: Path | None) -> Release:
    years = files.years()
    builds = _copy(files, root, years)
    _write_table(root, CODEBOOK, pa.Table.from_pylist(list(codebook_rows()), arrow_schema(CODEBOOK)))
    _write_table(root, CODES, pa.Table.from_pylist(list(codes_rows()), arrow_schema(CODES)))
    changes = changes_between(before, root) if before else arrow_schema(CHANGES).empty_table()
    _write_table(root, CHANGES, changes)
    _write_csv(root / "panel.csv", DATASETS["panel"], (pq.read_table(one) for one in files_in(root, "panel")))
    of = {name: files_in(root, name) for name in DATASETS} | {
        name: [root / f"{name}.parquet"] for name in TABLES
    }
    write_database(root / DATABASE, of)
    package = read_package(before) if before else None
    release = Release(
        out, version, tuple(years), str(package["version"]) if package else None, _counted(changes, before)
    )
    summary = summary_of(root / DATABASE, version, release.since, release.changes)
    write_pages(root, summary)
    write_methodology(root, summary)
    write_package(root, _about(builds, release))
    return release


def _copy(files: Warehouse, root: Path, years: Iterable[str]) -> dict[str, str | None]:
    """Copy the files of all datasets as they are: the bytes that were checked. Return the build that each
    year is of, "" being all years.
    """
    builds = {year: files.build_of(year) for year in (*years, "")}
    for name, dataset in DATASETS.items():
        folder = root / DATA / name
        folder.mkdir(parents=True)
        for year in years if dataset.by_year else [""]:
            target = folder / f"{name}{f'-{year}' if year else ''}.parquet"
            try:
                with files.path(name, year).open("rb") as source, target.open("wb") as copy:
                    shutil.copyfileobj(source, copy)
            except FileNotFoundError as error:
                raise StoreError(
                    f"{files.root} has no {name}{f' of {year}' if year else ''}: run `ogi build`, which "
                    "makes all that a release needs"
                ) from error
    changed = [year or "all years" for year, build in builds.items() if files.build_of(year) != build]
    if changed:
        raise StoreError(f"{', '.join(changed)} changed during the release: make it again")
    return builds


def _write_table(root: Path, dataset: Dataset, table: pa.Table) -> None:
    """Write a table that is of the release only, as Parquet and as CSV."""
    pq.write_table(table, root / f"{dataset.name}.parquet", compression="zstd")
    _write_csv(root / f"{dataset.name}.csv", dataset, [table])


def _write_csv(path: Path, dataset: Dataset, tables: Iterable[pa.Table]) -> None:
    """Write rows for a spreadsheet: what it would take for a formula is marked as words."""
    with path.open("wb") as file:
        file.write(_BOM)
        options = pa.csv.WriteOptions(include_header=True)
        for table in tables:
            table = pa.table([_for_sheet(column) for column in table.columns], names=list(dataset.names))
            pa.csv.write_csv(table, file, options)
            options = pa.csv.WriteOptions(include_header=False)


def _for_sheet(column: Any) -> Any:
    if pa.types.is_list(column.type):
        return pc.binary_join(column.cast(pa.list_(pa.string())), ";")
    if not pa.types.is_string(column.type):
        return column
    coded: Any = column.combine_chunks().dictionary_encode()
    words = pa.array([in_sheet(word) for word in coded.dictionary.to_pylist()], pa.string())
    return pa.chunked_array([pa.DictionaryArray.from_arrays(coded.indices, words).cast(pa.string())])


def _counted(changes: pa.Table, before: Path | None) -> dict[str, int] | None:
    if before is None:
        return None
    found: Any = pc.value_counts(changes.column("reason"))
    counts = found.to_pylist()
    return {one["values"]: one["counts"] for one in sorted(counts, key=lambda one: -one["counts"])}


def _about(builds: Mapping[str, str | None], release: Release) -> dict[str, Any]:
    return {
        "title": _TITLE,
        "version": release.version,
        "description": "See README.md and README.zh-CN.md.",
        "keywords": ["政府信息公开", "依申请公开", "年度报告", "freedom of information", "China"],
        "licenses": [
            {
                "name": "CC0-1.0",
                "path": "https://creativecommons.org/publicdomain/zero/1.0/",
                "title": "Figures are facts; the texts are official documents (Copyright Law of the PRC, "
                "article 5)",
            }
        ],
        "sources": [
            {
                "title": "政府信息公开工作年度报告, published by each administrative organ; the address of a "
                "document, where it is known, is source_url in reports"
            }
        ],
        "temporal": f"{release.years[0]}/{release.years[-1]}",
        "madeOf": {year or "all": build for year, build in builds.items()},
        "code": code_of_all(),
        "since": release.since,
    }


def _exchange(writing: Path, out: Path) -> None:
    """Put the new folder in the place of the old one."""
    old = out.with_name(f".{out.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.rename(old)
    writing.rename(out)
    shutil.rmtree(old, ignore_errors=True)
