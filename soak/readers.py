"""Readers of a warehouse that join two of its datasets again and again while it is written: `python -m
soak.readers LIBRARY WAREHOUSE`, until its input ends; then it prints what it saw.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

FACTS, TEXTS = "validated_facts", "raw_text"
# What the libraries say of a file that went between two looks at it, or of a year that is not there yet.
_GONE = (
    "No such file",
    "No files found",
    "does not exist",
    "No match for FieldRef",
    "expanded paths",
    "failed to retrieve",
)


def with_duckdb(top: Path) -> tuple[int, int]:
    import duckdb

    facts, texts = (f"read_parquet('{top}/{name}/*/*.parquet')" for name in (FACTS, TEXTS))
    query = (
        f"with f as (from {facts}), t as (from {texts}) select (select count(*) from f), "
        "(select count(*) from f anti join t using (report_id))"
    )
    connection: Any = duckdb
    [[facts_, orphans]] = connection.sql(query).fetchall()
    return facts_, orphans


def with_polars(top: Path) -> tuple[int, int]:
    import polars as pl

    facts = pl.scan_parquet(f"{top}/{FACTS}/*/*.parquet").select("report_id")
    texts = pl.scan_parquet(f"{top}/{TEXTS}/*/*.parquet").select("report_id")
    found = facts.join(texts, on="report_id", how="anti").collect()
    return len(facts.collect()), len(found)


def with_pyarrow(top: Path) -> tuple[int, int]:
    import pyarrow.dataset as ds

    facts, texts = (
        ds.dataset(top / name, partitioning="hive").to_table(["report_id"]) for name in (FACTS, TEXTS)
    )
    known = set(texts["report_id"].to_pylist())
    return len(facts), sum(one not in known for one in facts["report_id"].to_pylist())


LIBRARIES: dict[str, Callable[[Path], tuple[int, int]]] = {
    "duckdb": with_duckdb,
    "polars": with_polars,
    "pyarrow": with_pyarrow,
}


def look(library: str, top: Path) -> str:
    """Join facts with texts; say what came of it: `one build`, `a mixture`, `nothing` or `told`."""
    try:
        facts, orphans = LIBRARIES[library](top)
    except Exception as error:
        if not any(words in str(error) for words in _GONE):
            raise
        return "told"
    return "nothing" if not facts else "a mixture" if orphans else "one build"


def _wait_for_the_end(over: threading.Event) -> None:
    sys.stdin.read()
    over.set()


def main(arguments: list[str]) -> int:
    library, root = arguments[0], Path(arguments[1])
    over = threading.Event()
    threading.Thread(target=_wait_for_the_end, args=(over,), daemon=True).start()
    seen: Counter[str] = Counter()
    while not over.is_set():
        seen[f"plain: {look(library, root)}"] += 1
        # As docs/query.md says: the build is looked up once, and everything is read from it.
        seen[f"pinned: {look(library, Path(os.path.realpath(root / '.current')))}"] += 1
    print(json.dumps(seen))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
