"""The page of a release in a browser: languages, filters, the download; and names that look like markup."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from orchestration.releasing.pages import write_pages
from orchestration.releasing.summary import Summary, shown_figures


def group(year: int, province: str | None, value: float | None) -> dict[str, Any]:
    row: dict[str, Any] = {"report_year": year, "scope": "organ", "province": province}
    row |= {"level": "county", "kind": "department", "reports": 2}
    for figure in shown_figures():
        row |= {figure.name: value, f"n_{figure.name}": 0 if value is None else 1}
    return row


def test_the_page_shows_filters_and_downloads(page: Page, tmp_path: Path) -> None:
    groups = [group(2022, "</script><b>省", 3.0), group(2023, None, 1234.0), group(2023, "=省", None)]
    write_pages(tmp_path, Summary("9", None, None, [], [], [], [], 0, 0, groups))
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto((tmp_path / "index.html").as_uri())
    if page.locator("#language").inner_text() == "中文":
        page.click("#language")
    expect(page.locator("h1")).to_have_text("政府信息公开工作年度报告数据集")
    expect(page.locator(".bars").first.locator("tbody tr")).to_have_count(2)
    expect(page.locator("b")).to_have_count(0)
    page.click("#language")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.select_option("select >> nth=0", "2023")
    expect(page.locator(".bars").first.locator("tbody tr")).to_have_count(1)
    expect(page.locator(".bars").first.locator("tbody")).to_contain_text("1,234")
    with page.expect_download() as downloaded:
        page.click("#download")
    lines = Path(downloaded.value.path()).read_text("utf-8-sig").splitlines()
    assert [line.split(",")[:7] for line in lines[1:]] == [
        ["2023", "organ", "", "county", "department", "2", "1234"],
        ["2023", "organ", "'=省", "county", "department", "2", ""],
    ]
    assert wrong == []
