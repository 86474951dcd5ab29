"""The views of the database of a release: what each is for, its query, and what its columns are called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from schemas.datasets import DATASETS
from schemas.labels import Label
from schemas.release import PLAIN_NAMES


@dataclass(frozen=True, slots=True)
class View:
    """One view. `columns` says what those of its columns mean that no dataset has."""

    name: str
    about: Label
    sql: str
    columns: Mapping[str, Label] = field(default_factory=dict)


def _coded(alias: str, name: str, code: str) -> str:
    """The join that brings the labels of a code."""
    return f"LEFT JOIN codes {alias} ON {alias}.list = '{name}' AND {alias}.code = {code}"


# Of a cell of the form: its labels in its own edition, or else in the newest that has it; of an added row or
# column what the document calls it.
_CELL_JOINS = "\n".join(
    (
        'LEFT JOIN codebook book ON book.edition = {0}.edition AND book.table_key = {0}."table"',
        '  AND book.row_key = {0}."row" AND book.column_key = {0}."column"',
        _coded("t", "table", '{0}."table"'),
        _coded("r", "row", '{0}."table" || \'.\' || {0}."row"'),
        _coded("c", "column", '{0}."table" || \'.\' || {0}."column"'),
    )
)
_CELL = """{0}."table" AS table_key, {0}."row" AS row_key, {0}."column" AS column_key,
  coalesce(book.table_zh, t.code_zh) AS table_zh,
  coalesce(book.row_zh, r.code_zh, {0}.label) AS row_zh,
  coalesce(book.column_zh, c.code_zh, {0}.label) AS column_zh,
  coalesce(book.table_en, t.code_en) AS table_en,
  coalesce(book.row_en, r.code_en, {0}.label) AS row_en,
  coalesce(book.column_en, c.code_en, {0}.label) AS column_en"""

_PLACES = "organ.province, organ.prefecture, organ.county, organ.level, organ.kind"
_ORGAN = "LEFT JOIN organ_reports organ ON organ.report_id = {0}.report_id"
_REPORT = "LEFT JOIN reports report ON report.report_id = {0}.report_id AND report.outcome = 'read'"

VIEWS = (
    View(
        "facts_labelled",
        Label(
            "validated_facts with labels, the organ and its place. The column is_current is that of the "
            "organ: add up only where it is true, so that each organ counts once a year.",
            "带名称、机关和地区的 validated_facts；汇总时只取 is_current 为真的行，每个机关每年只计一次",
        ),
        f"""SELECT fact.report_id, fact.report_year, organ.organ_id, fact.issuer, {_PLACES}, organ.scope,
  {_CELL.format("fact")},
  book.figure, fact.value, fact.unit, fact.basis, b.code_zh AS basis_zh, b.code_en AS basis_en, fact.raw,
  fact.start AS span_start, fact."end" AS span_end, fact.page, fact.label, report.source,
  organ.is_current
FROM validated_facts fact
{_ORGAN.format("fact")}
{_REPORT.format("fact")}
{_CELL_JOINS.format("fact")}
{_coded("b", "basis", "fact.basis")}""",
        {
            "basis_zh": Label("Basis in Chinese", "数值来源（中文）"),
            "basis_en": Label("Basis in English", "数值来源（英文）"),
        },
    ),
    View(
        "broken_sums",
        Label(
            "Identities that the printed figures break, each with what the sums ask for and the cell that is "
            "likely wrong.",
            "所印数字不成立的勾稽关系，以及应有的数值和可疑的单元格",
        ),
        f"""SELECT found.report_id, found.report_year, organ.organ_id, report.issuer, {_PLACES},
  organ.is_current, found."table" AS table_key, t.code_zh AS table_zh, t.code_en AS table_en,
  found.rule, rule.code_zh AS rule_zh, rule.code_en AS rule_en, found.expected, found.reported,
  found.suspect_row, found.suspect_column, found.suspect_value, found.message, report.source
FROM violations found
{_ORGAN.format("found")}
{_REPORT.format("found")}
{_coded("t", "table", 'found."table"')}
{_coded("rule", "rule", "found.rule")}
WHERE found.outcome = 'broken'""",
        {
            "rule_zh": Label("The rule in Chinese", "规则（中文）"),
            "rule_en": Label("The rule in English", "规则（英文）"),
        },
    ),
    View(
        "contradictions",
        Label("Figures in the prose that are others than the tables print.", "正文所述与表中不一致的数字"),
        f"""SELECT claim.report_id, claim.report_year, organ.organ_id, report.issuer, {_PLACES},
  organ.is_current, claim.quantity, claim.value, claim.printed, claim.quote, claim.reason, claim.understood,
  claim.start AS span_start, claim."end" AS span_end, claim.page, report.source
FROM claims claim
{_ORGAN.format("claim")}
{_REPORT.format("claim")}
WHERE claim.outcome = 'contradicts'""",
    ),
    View(
        "coverage",
        Label(
            "How much of each year and province is here: organs with a report and without, and how sound the "
            "tables are. Of current reports only; the province is null where it is not known.",
            "各年各省覆盖情况：有无年报的机关数、各状态表数；只计采用的年报，省份不详者为空",
        ),
        """SELECT report_year, province, sum(reports)::INT AS reports, sum(missing)::INT AS organs_missing,
  sum(validated)::INT AS tables_validated, sum(inconsistent)::INT AS tables_inconsistent,
  sum(incomplete)::INT AS tables_incomplete, sum(uncertain)::INT AS tables_uncertain,
  sum(absent)::INT AS tables_absent
FROM (
  SELECT organ.report_year, organ.province, 1 AS reports, 0 AS missing,
    count(*) FILTER (status = 'validated') AS validated,
    count(*) FILTER (status = 'inconsistent') AS inconsistent,
    count(*) FILTER (status = 'incomplete') AS incomplete,
    count(*) FILTER (status = 'uncertain') AS uncertain,
    count(*) FILTER (status = 'absent') AS absent
  FROM organ_reports organ LEFT JOIN table_status ON table_status.report_id = organ.report_id
  WHERE organ.is_current GROUP BY organ.report_id, organ.report_year, organ.province
  UNION ALL
  SELECT report_year, province, 0, 1, 0, 0, 0, 0, 0 FROM missing
) GROUP BY report_year, province""",
        {
            "reports": Label("Organs with a report", "有年报的机关数"),
            "organs_missing": Label("Organs without one", "缺少年报的机关数"),
        }
        | {
            f"tables_{status}": Label(f"Tables that are {status}", f"状态为 {status} 的表数")
            for status in ("validated", "inconsistent", "incomplete", "uncertain", "absent")
        },
    ),
    View(
        "documents_by_year",
        Label(
            "What became of the documents of each year: read, refused, further copies.",
            "各年文档的读取结果：已读、未读、重复",
        ),
        """SELECT report_year, outcome, count(*)::INT AS documents
FROM reports GROUP BY report_year, outcome""",
        {"documents": Label("Documents", "文档数")},
    ),
    View(
        "read_reports",
        Label(
            "The documents that were read, each once: joins over report_id multiply no rows, as they may "
            "with reports, which has a row for each further copy.",
            "已读文档，各一行：按 report_id 连接不会产生重复行（reports 中每个重复文件各占一行）",
        ),
        "SELECT * FROM reports WHERE outcome = 'read'",
    ),
)


def plain_views() -> Iterator[tuple[str, str]]:
    """Yield a view of every dataset whose columns need quotes in SQL, in the schema `plain`, with names that
    need none: `name, query`.
    """
    for dataset in DATASETS.values():
        if any(name in PLAIN_NAMES for name in dataset.names):
            renamed = ", ".join(
                f'"{name}" AS {PLAIN_NAMES[name]}' if name in PLAIN_NAMES else name for name in dataset.names
            )
            yield dataset.name, f"SELECT {renamed} FROM main.{dataset.name}"
