"""Gaps between figures: whatever stands there, the text is read or doubted, and nothing ends the program."""

import pytest

from assets.decoder.gaps import kind_of, shapes


@pytest.mark.parametrize("key", ["active_disclosure", "applications", "review_litigation"])
@pytest.mark.parametrize(
    "gap", ["", " ", "\n", "|", "\t", "规章", "规章 ", "|规章", "\n规章\n", "规章|", "\f"]
)
def test_any_gap_before_the_first_figure_is_judged(key: str, gap: str) -> None:
    for shape in shapes(key):
        for separator in ("|", "\t", "\n", "  "):
            gaps = [gap] + [separator] * (shape.figures - 1) + [""]
            assert kind_of(shape, gaps) == ""
