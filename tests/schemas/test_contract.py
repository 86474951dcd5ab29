"""The contract of the datasets: whoever changes a column says so in docs/contract.md."""

import hashlib
from pathlib import Path

from schemas.datasets import DATASETS

NOTES = Path(__file__).parents[2] / "docs" / "contract.md"


def fingerprint() -> str:
    """A digest of what readers rely on."""
    lines = [
        f"{dataset.name} {dataset.by_year} {dataset.key} {column.name} {column.type} {column.nullable}\n"
        for dataset in DATASETS.values()
        for column in dataset.columns
    ]
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:12]


def test_a_change_of_the_columns_is_noted() -> None:
    newest = NOTES.read_text(encoding="utf-8").partition("\n## ")[2].partition("\n")[0]
    assert newest == fingerprint(), (
        f"the columns of the datasets changed: note what, and why, in {NOTES.name}, under ## {fingerprint()}"
    )
