"""The description of a release that machines read: `datapackage.json` (Frictionless, version 2) with a schema
for each table, and the checksums.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from orchestration.releasing.changes import DATA, files_in
from orchestration.store.folders import sha256_of
from schemas.datasets import Column, Dataset
from schemas.labels import column_label, dataset_label
from schemas.release import RELEASED

NAME = "government-information-disclosure-reports"
CHECKSUMS = "checksums.sha256"
PACKAGE = "datapackage.json"
SCHEMAS = "schemas"
_PROFILES = "https://datapackage.org/profiles/2.0"
_TYPES = {
    "string": "string",
    "bool": "boolean",
    "date32": "date",
    "timestamp[us, UTC]": "datetime",
    "float32": "number",
    "float64": "number",
}
# frictionless-py takes "parquet" for a table, reads it through pandas, and stumbles over numbers that are
# null; of a format that it does not know it checks length and hash. The schema is for whoever reads Parquet.
_PARQUET = "apache-parquet"
_KINDS = {
    ".parquet": (_PARQUET, "application/vnd.apache.parquet"),
    ".csv": ("csv", "text/csv"),
    ".duckdb": ("duckdb", "application/vnd.duckdb"),
    ".html": ("html", "text/html"),
    ".md": ("md", "text/markdown"),
}


def write_package(root: Path, about: dict[str, Any]) -> None:
    """Write schemas, `datapackage.json` and the checksums of all files below a release folder. `about` is
    what the package says of itself: version, title, sources and so on.
    """
    (root / SCHEMAS).mkdir()
    for dataset in RELEASED.values():
        _write(root / SCHEMAS / f"{dataset.name}.json", _schema(dataset))
    sums = {path: sha256_of(path) for path in _files(root)}
    package = {
        "$schema": f"{_PROFILES}/datapackage.json",
        "name": NAME,
        **about,
        "resources": list(_resources(root, sums)),
    }
    _write(root / PACKAGE, package)
    sums[root / PACKAGE] = sha256_of(root / PACKAGE)
    lines = (f"{digest}  {path.relative_to(root).as_posix()}\n" for path, digest in sorted(sums.items()))
    (root / CHECKSUMS).write_text("".join(lines), encoding="utf-8", newline="\n")


def read_package(root: Path) -> dict[str, Any] | None:
    """Return the description of the release in a folder; None where there is none of ours."""
    try:
        found = json.loads((root / PACKAGE).read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and found.get("name") == NAME else None


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


def _resources(root: Path, sums: dict[Path, str]) -> Iterator[dict[str, Any]]:
    """Each file that holds data: those of the datasets year by year, then the others."""
    of = {path: name for name in RELEASED for path in files_in(root, name)}
    for path, digest in sums.items():
        inner = path.relative_to(root).as_posix()
        if path.suffix not in _KINDS or path.parent.name == SCHEMAS:
            continue
        kind, media = _KINDS[path.suffix]
        dataset = RELEASED.get(of.get(path, path.stem))
        resource: dict[str, Any] = {
            "name": _name(inner),
            "path": inner,
            "format": kind,
            "mediatype": media,
            "bytes": path.stat().st_size,
            "hash": f"sha256:{digest}",
        }
        if kind == "csv":
            resource |= {"type": "table", "encoding": "utf-8-sig", "dialect": {"header": True}}
        if dataset and kind in ("csv", _PARQUET):
            label = dataset_label(dataset.name)
            resource |= {
                "title": f"{label.zh} · {label.en}",
                "description": dataset.description,
                "schema": f"{SCHEMAS}/{dataset.name}.json"
                if kind == _PARQUET
                else _schema(dataset, flat=True),
            }
        yield resource


def _name(inner: str) -> str:
    """The name of a resource: of a file of a dataset its own, with the format where there is another."""
    path = Path(inner)
    plain = path.stem if path.parts[0] == DATA else path.name.lower()
    return plain.replace("_", "-")


def _schema(dataset: Dataset, flat: bool = False) -> dict[str, Any]:
    """The Table Schema of a dataset; `flat` in a CSV file, where the items of a list are one string."""
    fields = [_field(dataset, column) for column in dataset.columns]
    for field in fields:
        if flat and field["type"] == "array":
            field |= {"type": "string", "description": f"{field['description']} Items are parted by `;`."}
            field.pop("constraints", None)
    schema: dict[str, Any] = {"$schema": f"{_PROFILES}/tableschema.json", "fields": fields}
    return schema | ({"primaryKey": list(dataset.key)} if dataset.key else {})


def _field(dataset: Dataset, column: Column) -> dict[str, Any]:
    label = column_label(dataset.name, column.name)
    unit = f" Unit: {column.unit}." if column.unit else ""
    field: dict[str, Any] = {
        "name": column.name,
        "type": _type(column),
        "title": f"{label.zh} · {label.en}",
        "description": f"{column.description}.{unit}",
    }
    constraints: dict[str, Any] = {} if column.nullable else {"required": True}
    if column.values and field["type"] == "string":
        constraints["enum"] = list(column.values)
    return field | ({"constraints": constraints} if constraints else {})


def _type(column: Column) -> str:
    if column.type.startswith("list"):
        return "array"
    if column.type.startswith("map"):
        return "object"
    return _TYPES.get(column.type, "integer")
