"""How a stage of the pipeline is declared. Each module of a stage ends with its declaration, `STAGE`; both
roads of a document, `assets.document.judge` and the pipeline, follow the same declarations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from assets.model import Document, Refusal
from schemas.datasets import DATASETS

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any]
Columns = dict[str, Any]  # for each column a list of values, or an Arrow array
RowsOf: TypeAlias = "Callable[[str], pa.Table]"
INTERNAL = "internal error, please report it with this document"


@dataclass(frozen=True, kw_only=True)
class Output:
    """One dataset of a stage: how the part of a document becomes rows, and how rows become the part again.

    Give `rows` (the rows of one document, as dictionaries; a column left out is null, or empty where it is a
    list) or, where that is too slow, `columns` (the rows of many documents, as columns). `restore` sets the
    part from the rows of one report, and reads only the columns named in `reads` (empty: all). Stages
    that need the dataset cannot run without it.
    """

    dataset: str
    rows: Callable[[Document], Iterable[Row]] | None = None
    columns: Callable[[Sequence[Document]], Columns] | None = None
    restore: Callable[[Document, list[Row]], None] | None = None
    reads: tuple[str, ...] = ()

    def columns_of(self, documents: Sequence[Document]) -> Columns:
        """The rows of some documents, as columns."""
        if self.columns is not None:
            return self.columns(documents)
        assert self.rows is not None
        return as_columns(self.dataset, (row for document in documents for row in self.rows(document)))


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One step of the pipeline. `before` are the datasets that it reads, and its documents are those of the
    first; `module` is where it is declared: it and all that it imports decide what the stage makes.
    """

    name: str
    module: str
    group: str  # under which Dagster's UI shows it
    before: tuple[str, ...] = ()

    @property
    def datasets(self) -> tuple[str, ...]:
        """The datasets that it makes."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class DocumentStage(Stage):
    """A stage that takes each document for itself: `run` adds a part to it, and raises Refusal where it
    cannot be read.

    `every_file`: the dataset has a row for each file of the raw store, also for those that were refused.
    `whole_year` changes the rows of a year, batch by batch in their order, once all of them are there.
    """

    run: Callable[[Document], None]
    outputs: tuple[Output, ...]
    every_file: bool = False
    whole_year: Callable[[Iterable[pa.Table]], Iterable[pa.Table]] | None = None

    @property
    def datasets(self) -> tuple[str, ...]:
        return tuple(output.dataset for output in self.outputs)

    def attempt(self, document: Document) -> None:
        """Run, and take down in the document why that failed. One document that trips over a bug must not
        stop the others of its batch.
        """
        if document.failure is not None or document.refusal is not None:
            return
        try:
            self.run(document)
        except Refusal as refusal:
            document.refusal = refusal.reason
        except MemoryError:  # what it left may not do for the next document: the process has to end
            raise
        except Exception as bug:
            document.fail(self.name, internal_error(self.name, bug))


@dataclass(frozen=True, kw_only=True)
class ColumnStage(Stage):
    """A stage that works on columns: `make(rows_of, extra)` makes the rows of its dataset for some reports,
    and `keep(old, rows_of, extra)` says which of the rows that it made of them before still hold.

    `rows_of(dataset)` reads the rows of these reports in a dataset before, with the columns that `reads`
    names for it. `extra` is what the pipeline gives the stage beside them.
    """

    reads: dict[str, tuple[str, ...]]
    make: Callable[[RowsOf, Any], pa.Table]
    keep: Callable[[pa.Table, RowsOf, Any], pa.Table]

    @property
    def datasets(self) -> tuple[str, ...]:
        return (self.name,)


def internal_error(stage: str, bug: Exception) -> str:
    """The sentence on a bug: what it was and where."""
    import traceback  # slow to import, and bugs are few
    from pathlib import Path

    place = traceback.extract_tb(bug.__traceback__)[-1]
    what = f"{type(bug).__name__}: {bug}"[:300]
    return f"{INTERNAL}: {what} (at {Path(place.filename).name}:{place.lineno}, {stage})"


def is_internal(reason: str | None) -> bool:
    """Whether a reason tells of a bug."""
    return reason is not None and reason.startswith(INTERNAL)


def as_columns(dataset: str, rows: Iterable[Row]) -> Columns:
    """Rows as columns of a dataset; what a row leaves out is null, or empty where the column is a list."""
    lists = {column.name for column in DATASETS[dataset].columns if column.type.startswith(("list", "map"))}
    columns: Columns = {name: [] for name in DATASETS[dataset].names}
    for row in rows:
        for name, values in columns.items():
            values.append(row.get(name, [] if name in lists else None))
    return columns
