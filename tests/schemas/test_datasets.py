"""The registry of datasets: every column is described and typed once, and what is derived from it agrees with
it.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from schemas.datasets import DATASETS, Dataset, arrow_schema, arrow_types, data_dictionary, tables_by_edition
from schemas.labels import column_label

DICTIONARY = Path(__file__).parents[2] / "docs" / "data-dictionary.md"
each_dataset = pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASETS.keys())


@each_dataset
def test_a_dataset_is_sound(dataset: Dataset) -> None:
    assert len(set(dataset.names)) == len(dataset.names)
    assert {*dataset.key, *dataset.order} <= set(dataset.names)
    assert dataset.description and dataset.row
    for column in dataset.columns:
        assert column.description, column.name
        assert column.type in arrow_types(), column.name
        assert not (column.nullable and column.type.startswith("list<")), (
            f"{column.name}: no items is an empty list, not null"
        )


@each_dataset
def test_the_arrow_schema_says_what_the_registry_says(dataset: Dataset) -> None:
    schema = arrow_schema(dataset)
    assert schema.metadata[b"description"].decode() == dataset.description
    for column, field in zip(dataset.columns, schema, strict=True):
        assert (field.name, field.nullable, field.type) == (
            column.name,
            column.nullable,
            arrow_types()[column.type],
        )
        metadata = {key.decode(): value.decode() for key, value in field.metadata.items()}
        label = column_label(dataset.name, column.name)
        labels = {"label_en": label.en, "label_zh": label.zh}
        assert metadata == labels | {"description": column.description} | (
            {"unit": column.unit} if column.unit else {}
        )


def test_facts_are_never_null_in_value() -> None:
    assert not DATASETS["validated_facts"].column("value").nullable
    assert DATASETS["table_cells"].column("value").nullable


def test_a_table_of_unknown_edition_is_known_only_where_all_editions_agree() -> None:
    assert {key for edition, key in tables_by_edition() if edition is None} == {"review_litigation"}


def test_the_data_dictionary_is_up_to_date() -> None:
    assert DICTIONARY.read_text(encoding="utf-8") == data_dictionary(), "run python -m schemas.datasets"


def test_the_registry_needs_no_heavy_library() -> None:
    code = (
        "import sys, schemas.datasets; print([name for name in ('pyarrow', 'pandas', 'pandera', "
        "'dagster') if name in sys.modules])"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "[]"
    )
