"""What may stand beside the figures of a table, rule by rule: what holds, breaks it, or leaves it open."""

import pytest

from assets.decoder.ink import Around, leftover
from assets.decoder.items import FIGURE, itemize
from assets.decoder.labels import lexicon
from assets.normalized_text import normalize

CLOSED, OPEN = Around(open=False, guarded=True), Around(open=True, guarded=True)
UNGUARDED = Around(open=False, guarded=False)

# Between two figures: the words, what is known around them, and what is left over.
RULES = {
    "a label": ("2.重复申请", CLOSED, None),
    "a part of a label": ("开出版物", CLOSED, None),
    "a misspelt label": ("要求提供公开出板物", CLOSED, None),
    "a merged cell": ("（五）不予处理", CLOSED, None),
    "a note in brackets": ("（含上年结转3件）", CLOSED, None),
    "a note torn over lines": ("（截至\n12月31日）", CLOSED, None),
    "a sentence": ("本年度共收到申请12件，均已答复。", CLOSED, None),
    "a page number with dashes": ("- 4 -", CLOSED, None),
    "a number alone where nothing is missing": ("4", CLOSED, None),
    "a number alone where a figure is missing": ("4", OPEN, "4"),
    "a number alone that no sum guards": ("4", UNGUARDED, "4"),
    "a number of the document's pages": ("4", Around(False, False, pages={4}), None),
    "two numbers": ("4\n5", CLOSED, "5"),
    "a list number before its label": ("2. 重复申请", OPEN, None),
    "a list number where a figure is missing": ("3.", OPEN, "3."),
    "digits in words": ("水印2", CLOSED, "水印2"),
    "a figure that sticks to a label": ("5本年度办理结", CLOSED, "5本年度办理结"),
    "a year": ("2023年度", CLOSED, None),
    "a unit of counts": ("件", UNGUARDED, None),
    "a unit of money": ("元", UNGUARDED, "元"),
    "ten thousands of counts": ("万件", UNGUARDED, "万件"),
    "the unit of the figure before": ("万元", Around(False, False, units={"万元"}), None),
    "a sign of a change": ("减", UNGUARDED, "减"),
}


@pytest.mark.parametrize(("words", "around", "expected"), RULES.values(), ids=RULES.keys())
def test_what_stands_between_two_figures(words: str, around: Around, expected: str | None) -> None:
    text = normalize(f"0\n{words}\n0").text
    items = itemize(text, 0, len(text))
    figures = (0, len(items) - 1)
    assert [items.types[i] for i in figures] == [FIGURE, FIGURE]
    beside = {items.lines[i] for i in figures}
    assert leftover(lexicon("applications"), items, range(1, figures[1]), beside, around) == expected


def test_what_stands_on_the_line_of_a_figure_is_looked_at_more_closely() -> None:
    text = "0 重复申请 另有说明 0"
    items = itemize(text, 0, len(text))
    assert leftover(lexicon("applications"), items, range(1, 3), {0}, UNGUARDED) == "另有说明"
    assert leftover(lexicon("applications"), items, range(1, 3), {0}, CLOSED) is None
