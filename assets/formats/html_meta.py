"""html_meta: what the markup of a page says of its document without printing it."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

# Names of <meta> elements, as 国办发〔2017〕47号 sets them for government sites and as common systems write them,
# the best first.
_NAMES = {
    "title": ("articletitle", "og:title", "title"),
    "publisher": ("contentsource", "source", "publisher", "发布机构"),
    "published": ("pubdate", "publishdate", "article:published_time", "发布日期", "公开日期"),
    "index_number": ("indexnumber", "index_number", "indexno", "索引号"),
    "document_number": ("documentnumber", "filenumber", "fileno", "文号", "发文字号"),
    "topic": ("topic", "主题分类", "columnname"),
    "url": ("url", "og:url"),
}
# the channel of the site; said of a page that is no article it is that of a piece of the page
_COLUMN = "columnname"
_SAVED_FROM = re.compile(
    rb"<!--\s*(?:saved from url=\(\d+\)|mirrored from\s+)\s*(https?://[^\s>]+)", re.IGNORECASE
)
_URL = re.compile(r"https?://\S+")
_TITLE_END = re.compile(r"\s*[-_|–—]\s*")
_LONGEST = 300


def hints_of(page: LexborHTMLParser, source: bytes) -> dict[str, str]:
    """Names of `assets.reports.HINTS` with what the markup says, if it says anything."""
    metas: dict[str, str] = {}
    titles = []
    canonical = None
    for node in page.css('meta[content],title,link[rel="canonical" i]'):
        if node.tag == "title":
            titles.append(" ".join(node.text_lexbor().split()))
            continue
        attributes = node.attributes
        if node.tag == "link":
            canonical = canonical or attributes.get("href")
        elif (name := (attributes.get("name") or attributes.get("property") or "").strip().lower()) and (
            words := " ".join((attributes.get("content") or "").split())
        ):
            metas.setdefault(name, words[:_LONGEST])
    if "articletitle" not in metas:
        metas.pop(_COLUMN, None)
    hints = {
        hint: next((metas[name] for name in names if name in metas), None) for hint, names in _NAMES.items()
    }
    hints["title"] = hints["title"] or _page_title(titles)
    hints["url"] = _url(source, hints["url"], canonical)
    return {hint: words for hint, words in hints.items() if words}


def _page_title(titles: list[str]) -> str | None:
    """Of the titles of a page, which may have several, the one that names a report; without the name of the
    site.
    """
    for title in titles:
        for part in _TITLE_END.split(title):
            if "信息公开" in part or "信息公開" in part:
                return part[:_LONGEST]
    return None


def _url(source: bytes, *candidates: str | None) -> str | None:
    if saved := _SAVED_FROM.search(source, 0, 10_000):
        candidates += (saved.group(1).decode("utf-8", "replace"),)
    return next(
        (words.strip()[:_LONGEST] for words in candidates if words and _URL.fullmatch(words.strip())), None
    )
