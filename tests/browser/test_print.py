"""Pages that Chromium prints to PDF, as people do who keep what a site shows: read back, they say what the
page said.
"""

from __future__ import annotations

from random import Random

import pytest
from playwright.sync_api import Page

from assets.document import judge
from examples.html import STYLES, PageNoise, page_truth, render_html
from examples.report import make_report
from schemas.forms import TABLE_KEYS, forms

RULED = "<style>table { border-collapse: collapse } td, th { border: 1px solid black; padding: 4px }</style>"


@pytest.mark.parametrize("edition", forms())
@pytest.mark.parametrize("style", STYLES)
def test_a_printed_page_is_read_back_equal(page: Page, style: str, edition: str) -> None:
    report = make_report(Random(f"print/{style}"), 2022, dict.fromkeys(TABLE_KEYS, edition), "bureau")
    page.set_content(RULED + render_html(report, None, PageNoise(style=style)).decode())
    judgement = judge(page.pdf(format="A4"))
    assert {table.key: table.status for table in judgement.tables} == dict.fromkeys(TABLE_KEYS, "validated")
    cells = {(table.key, cell.row, cell.column): cell for table in judgement.tables for cell in table.cells}
    assert {key: cell.value for key, cell in cells.items()} == dict(page_truth(report).values)
    assert all(cell.page is not None and cell.box is not None for cell in cells.values())
    assert (judgement.raw.format, judgement.description.year) == ("pdf", 2022)
