"""Added rows and columns: which sums count them, told from a table's rules, and from its cells."""

import pytest

from schemas.added import Counted, rule_beside, signatures, with_added
from schemas.forms import Table, forms
from schemas.rules import rules_with

APPLICATIONS = forms()["2021"].tables["applications"]
REVIEW = forms()["2021"].tables["review_litigation"]
ROW = Counted("row", "added_1", "applications.handled", "9.属于工作秘密")
COLUMN = Counted("column", "added_1", "review_litigation.total", "撤回")


@pytest.mark.parametrize(
    ("table", "axis", "key", "rule"),
    [
        (APPLICATIONS, "row", "refused_admin_query", "applications.handled"),
        (APPLICATIONS, "row", "granted", "applications.handled"),
        (APPLICATIONS, "row", "received", None),
        (APPLICATIONS, "row", "total_handled", None),
        (APPLICATIONS, "column", "natural_person", "applications.row_total"),
        (REVIEW, "column", "pending", "review_litigation.total"),
        (REVIEW, "row", "review", None),
        (forms()["2021"].tables["active_disclosure"], "row", "licensing", None),
    ],
)
def test_the_rule_that_would_count_what_stands_beside(table: Table, axis: str, key: str, rule: str) -> None:
    assert rule_beside(table, axis, key) == rule  # type: ignore[arg-type]


def test_an_added_row_is_counted_in_its_rule_and_adds_up_as_the_others() -> None:
    made = with_added(APPLICATIONS, (ROW,))
    assert made.cells == (*APPLICATIONS.cells, *(("added_1", column.key) for column in APPLICATIONS.columns))
    changed = {e.where: (e.left, e.right) for e in made.equations if e not in APPLICATIONS.equations}
    handled = {e.where: e for e in APPLICATIONS.equations if e.rule == "applications.handled"}
    whole = next(e for e in APPLICATIONS.equations if e.where == "granted")
    assert changed == {
        **{key: ((*e.left, ("added_1", key)), e.right) for key, e in handled.items()},
        "added_1": (tuple(("added_1", c) for _, c in whole.left), (("added_1", "total"),)),
    }


def test_an_added_column_is_counted_in_its_rule() -> None:
    made = with_added(REVIEW, (COLUMN,))
    assert made.cells[len(REVIEW.cells) :] == tuple((row.key, "added_1") for row in REVIEW.rows)
    assert [(e.where, e.left[-1]) for e in made.equations] == [
        (row.key, (row.key, "added_1")) for row in REVIEW.rows
    ]


@pytest.mark.parametrize(("total", "broken"), [(6, 0), (5, 1)])
def test_the_sums_count_what_was_added(total: int, broken: int) -> None:
    figures = [0] * 18
    figures[0], figures[4], figures[15] = 2, total, 4  # 2 upheld, 4 of the added outcome
    assert len(rules_with("2021", "review_litigation", (COLUMN,)).judge(figures).broken) == broken


def test_what_is_counted_is_told_from_the_cells() -> None:
    def row(report_id: str, table: str, row: str, column: str, rule: str | None) -> dict[str, str | None]:
        names = ("report_id", "table", "row", "column", "counted_in")
        return dict(zip(names, (report_id, table, row, column, rule), strict=True))

    assert signatures(
        [
            row("a", "applications", "added_1", "total", "applications.handled"),
            row("a", "applications", "added_1", "other_org", "applications.handled"),
            row("b", "review_litigation", "review", "added_1", "review_litigation.total"),
            row("b", "review_litigation", "added_2", "total", None),
        ]
    ) == {
        ("a", "applications"): (ROW._replace(label="added_1"),),
        ("b", "review_litigation"): (COLUMN._replace(label="added_1"),),
    }
