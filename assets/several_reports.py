"""several_reports: whether a document holds several whole reports, each with its own title and sections."""

from __future__ import annotations

import re
from itertools import islice
from typing import NamedTuple

from assets.organ_names import same_organ
from assets.report_titles import Title, organ_of_title, titles, years_in
from assets.section_splits import split_sections

# Begins with a fixed character, which the engine looks for fast.
_NEAR_TITLE = re.compile(r"报(?:(?<=年报)|告)[*_]{0,2}(?:\(20\d\d年?度?\))?[ \t|*_]*(?:\n|$)")
_AROUND = 160  # characters before the end of a title in which it begins, over several lines
_LEAST_SECTIONS = 2
_MOST_TITLES = 200  # a document with as many is a list


class Report(NamedTuple):
    """One of several reports in a document: normalized text[start:end], and its title without spaces."""

    start: int
    end: int
    title: str


def several_reports(text: str) -> list[Report]:
    """The reports in a normalized text, if it holds several whole ones; else an empty list.

    Another report begins with a title of another organ or year, behind which the sections begin anew. A title
    repeated at the head of a page, a list of reports, or a report printed twice is none. What stands before
    the first title belongs to the first report.
    """
    heads = _titles_of_all(text)
    if len({(organ_of_title(title.words), *years_in(title.words)[:1]) for title in heads}) < 2:
        return []
    found: list[tuple[Title, int, int]] = []  # its title, the numbers of its first and its last section
    for i, title in enumerate(heads):
        end = heads[i + 1].start if i + 1 < len(heads) else len(text)
        sections = split_sections(text[title.end : end])
        if not sections:
            continue
        first, last = sections[0].number, sections[-1].number
        anew = bool(found) and len(sections) >= _LEAST_SECTIONS and first <= found[-1][2]
        if not found or (anew and not _same(found[-1][0], title)):
            found.append((title, first, last))
        else:
            found[-1] = (found[-1][0], found[-1][1], last)
    if len(found) < 2:
        return []
    starts = [0, *(title.start for title, _, _ in found[1:]), len(text)]
    return [Report(starts[i], starts[i + 1], title.words) for i, (title, _, _) in enumerate(found)]


def _titles_of_all(text: str) -> list[Title]:
    """The titles with a year or an organ anywhere in the text, in printed order."""
    nears = list(islice(_NEAR_TITLE.finditer(text), _MOST_TITLES))
    if not 1 < len(nears) < _MOST_TITLES:
        return []
    found: dict[int, Title] = {}
    for near in nears:
        begin = text.rfind("\n", 0, max(0, near.start() - _AROUND)) + 1
        begin = max(begin, near.start() - 2 * _AROUND)
        for title in titles(text[begin : near.end()], near.end() - begin)[-1:]:
            if title.score >= 2 and title.end + begin + 3 >= near.start():
                found[near.start()] = title._replace(start=title.start + begin, end=title.end + begin)
    return list(found.values())


def _same(one: Title, other: Title) -> bool:
    """Whether two titles can be those of one report: neither year nor organ differ."""
    organs = organ_of_title(one.words), organ_of_title(other.words)
    years = years_in(one.words)[:1], years_in(other.words)[:1]
    same_year = not all(years) or years[0] == years[1]
    return same_year and (organs[0] is None or organs[1] is None or same_organ(organs[0], organs[1]))
