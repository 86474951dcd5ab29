"""Hypothesis strategies: arbitrary valid reports in every flavour with every noise. They shrink to small
figures and no noise.
"""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st

from examples.figures import (
    APPLICANTS,
    OUTCOMES,
    Figures,
    Value,
    complete_applications,
    complete_review,
    result_rows,
    table_of,
)
from examples.noise import BRACKETS, ENUMERATORS, HEADINGS, QUOTES, Noise
from examples.render import FLAVOURS
from examples.report import Report, make_report
from schemas.forms import forms

counts = st.one_of(st.integers(0, 9), st.integers(0, 10**7))
_SEEDS = st.integers(0, 10**6)


def _amount(cents: int) -> Value:
    return cents // 100 if cents % 100 == 0 else cents / 100


amounts: st.SearchStrategy[Value] = st.integers(0, 10**9).map(_amount)


@st.composite
def applications(draw: st.DrawFn, edition: str) -> Figures:
    """The table of section three with any leaves; every identity holds."""
    rows = st.sampled_from((*result_rows(edition), "carried_in", "carried_out"))
    leaves = draw(st.dictionaries(st.tuples(rows, st.sampled_from(APPLICANTS)), counts, max_size=60))
    return complete_applications(edition, leaves)


@st.composite
def review(draw: st.DrawFn) -> Figures:
    """The table of section four with any outcomes; every identity holds."""
    rows = st.sampled_from(("review", "litigation_direct", "litigation_after_review"))
    return complete_review(draw(st.dictionaries(st.tuples(rows, st.sampled_from(OUTCOMES)), counts)))


@st.composite
def disclosure(draw: st.DrawFn, edition: str) -> Figures:
    """The table of section two with any figures."""
    table = table_of(edition, "active_disclosure")
    kinds: dict[str, st.SearchStrategy[Value]] = {
        "count": counts,
        "signed": st.integers(-(10**6), 10**6),
        "decimal": amounts,
    }
    return {
        ("active_disclosure", row, column): draw(kinds[table.column(column).type])
        for row, column in table.cells
    }


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """Any valid report; now and then a hybrid whose section two is of another edition than section three."""
    year = draw(st.sampled_from((2023, 2019, 2020, 2021, 2022, 2024)))
    editions = st.sampled_from(("2019", "2021")[:: 1 if year <= 2020 else -1])
    two, three = draw(editions), draw(editions)
    figures = draw(disclosure(two)) | draw(applications(three)) | draw(review())
    return make_report(
        Random(draw(_SEEDS)),
        year,
        {"active_disclosure": two, "applications": three, "review_litigation": three},
        figures=figures,
    )


noises: st.SearchStrategy[Noise] = st.builds(
    Noise,
    seed=_SEEDS,
    typos=st.integers(0, 3),
    enumerator=st.sampled_from(ENUMERATORS),
    brackets=st.sampled_from(BRACKETS),
    quotes=st.sampled_from(QUOTES),
    headings=st.sampled_from(HEADINGS),
    **{name: st.booleans() for name, kind in Noise.__annotations__.items() if kind == "bool"},
)
flavours = st.sampled_from(FLAVOURS)
renderings = st.tuples(reports(), flavours, noises)

assert set(forms()) == {"2019", "2021"}, "a new edition needs its place in `reports`"
