"""How a stage of the pipeline is declared. Each module of a stage ends with its declaration, `STAGE`; both
roads of a document, `assets.document.judge` and the pipeline, follow the same declarations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from assets.model import Document, Refusal
from schemas.datasets import DATASETS

if TYPE_CHECKING:
    import pyarrow as pa

    from assets.corrections import Corrected

Row = dict[str, Any]
Columns = dict[str, Any]  # for each column a list of values, or an Arrow array
RowsOf: TypeAlias = "Callable[[str], pa.Table]"
# The rows of a dataset of one year (or of one that is not by year), batch by batch in its order, with the
# columns that are named.
RowsOfYear: TypeAlias = "Callable[[str, Sequence[str]], Iterator[pa.Table]]"
INTERNAL = "internal error, please report it with this document"


@dataclass(frozen=True, kw_only=True)
class Output:
    """One dataset of a stage: how the part of a document becomes rows, and how rows become the part again.

    Give `rows` (the rows of one document, as dictionaries; a column left out is null, or empty where it is a
    list, and `report_year` is that of the document) or, where that is too slow, `columns` (the rows of many
    documents, as columns). `restore` sets the part from the rows of one report, and reads only the columns
    named in `reads` (empty: all). Stages that need the dataset cannot run without it.
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
        return as_columns(
            self.dataset,
            (
                {"report_year": document.folder_year} | row
                for document in documents
                for row in self.rows(document)
            ),
        )


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

    @property
    def by_year(self) -> bool:
        """Whether it makes a partition a year; else one of all years."""
        return all(DATASETS[name].by_year for name in self.datasets)


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
    publishes: bool = False  # figures: corrections apply, and what must never fail is looked at before
    make: Callable[[RowsOf, Any], pa.Table]
    keep: Callable[[pa.Table, RowsOf, Any], pa.Table]

    @property
    def datasets(self) -> tuple[str, ...]:
        return (self.name,)


@dataclass(frozen=True)
class Beside:
    """What a stage is given beside rows: the files of the raw store that it names, by their names (those that
    are there), and the tables that corrections make valid.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    corrected: tuple[Corrected, ...] = ()


@dataclass(frozen=True, kw_only=True)
class WholeStage(Stage):
    """A stage that needs more than each report for itself. It runs in one process, so `make` yields rows
    batch by batch, and holds of a year only few columns.

    `reviewed` are files in the raw store, beside the folders of the years, that it reads; `corrections` asks
    for the corrected tables.
    """

    makes: tuple[str, ...]
    reviewed: tuple[str, ...] = ()
    corrections: bool = False

    @property
    def datasets(self) -> tuple[str, ...]:
        return self.makes


@dataclass(frozen=True, kw_only=True)
class AllYearsStage(WholeStage):
    """A stage over all years: its datasets are not by year. `make(years, beside)` has for each year that was
    made, ascending, a function that reads its rows, and yields rows of its datasets by name.
    """

    make: Callable[[Mapping[int, RowsOfYear], Beside], Iterator[Mapping[str, pa.Table]]]


@dataclass(frozen=True, kw_only=True)
class YearStage(WholeStage):
    """A stage that looks at a whole year, and at the year before in the datasets `last`, where that was made.

    `before` may name datasets that are not by year. `make(now, last, year, beside)` yields rows of its
    datasets by name; `last` is None where there is no year before.
    """

    last: tuple[str, ...] = ()
    make: Callable[[RowsOfYear, RowsOfYear | None, int, Beside], Iterator[Mapping[str, pa.Table]]]


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


def as_table(dataset: str, rows: Iterable[Row]) -> pa.Table:
    """Rows as an Arrow table with the columns of a dataset, as `as_columns` fills them."""
    import pyarrow as pa  # `ogi check` has no use for it

    from schemas.datasets import arrow_schema

    columns, schema = as_columns(dataset, rows), arrow_schema(DATASETS[dataset])
    return pa.table([pa.array(columns[field.name], field.type) for field in schema], schema=schema)
