"""several_reports: whether a document holds several whole reports, each with its own title and sections."""

from __future__ import annotations

import re
from itertools import islice
from typing import NamedTuple

from assets.organ_names import same_organ
from assets.report_titles import Title, best_titles, organ_of_title, titles, years_in
from assets.section_splits import split_sections

# Begins with a fixed character, which the engine looks for fast.
_NEAR_TITLE = re.compile(r"报(?:(?<=年报)|告)[*_]{0,2}(?:\(20\d\d年?度?\))?[ \t|*_]*(?:\n|$)")
_FIRST_OR_LAST = re.compile(r"\n[ \t#*|]*(?:(一)、[ \t]*(?:总体|概述|基本)|六、[ \t]*(?:其他|其它|需要))")
_NUMBERED = re.compile(r"\n[ \t#*|(]*(?:第?[一二三四五六]|[1-6])(?:部分)?[ \t]*[、.,:) ]")
_LEAST_RUN = 150  # characters from the first heading of a report to the last
_HEAD = 4000  # characters in which the title of the first report stands
_AROUND = 160  # characters before the end of a title in which it begins, over several lines
_LEAST_SECTIONS = 2
_MOST_TITLES = 200  # a document with as many is a list


class Report(NamedTuple):
    """One of several reports in a document: normalized text[start:end], and its title without spaces, empty
    where it has none of its own.
    """

    start: int
    end: int
    title: str


def several_reports(text: str) -> list[Report]:
    """The reports in a normalized text, if it holds several whole ones; else an empty list.

    Another report begins with a title of another organ or year, behind which the sections begin anew, or
    without one where all sections come again with other words. A title repeated at the head of a page, a list
    of reports, or a report printed twice is none. What stands before the first title belongs to the first
    report.
    """
    return _titled(text) or _untitled(text)


def _titled(text: str) -> list[Report]:
    heads = _titles_of_all(text)
    if len({(organ_of_title(title.words), *years_in(title.words)[:1]) for title in heads}) < 2:
        return []
    found: list[tuple[Title, int]] = []  # its title, and the number of its last section
    for i, title in enumerate(heads):
        end = heads[i + 1].start if i + 1 < len(heads) else len(text)
        sections = split_sections(text[title.end : end])
        if not sections:
            continue
        anew = bool(found) and len(sections) >= _LEAST_SECTIONS and sections[0].number <= found[-1][1]
        if not found or (anew and not _same(found[-1][0], title)):
            found.append((title, sections[-1].number))
        else:
            found[-1] = (found[-1][0], sections[-1].number)
    if len(found) < 2:
        return []
    starts = [0, *(title.start for title, _ in found[1:]), len(text)]
    return [Report(starts[i], starts[i + 1], title.words) for i, (title, _) in enumerate(found)]


def _untitled(text: str) -> list[Report]:
    """Reports told apart by their sections alone: from the first heading to the last, and again."""
    if text.count("六、其") + text.count("六、需") < 2:
        return []
    runs: list[tuple[int, int]] = []
    opened = None
    for heading in _FIRST_OR_LAST.finditer(text):
        if heading[1]:
            opened = heading.start()
        elif opened is not None:
            if heading.start() - opened >= _LEAST_RUN:  # shorter ones are tables of contents
                runs.append((opened, heading.start()))
            opened = None
    if len({"".join(text[slice(*run)].split()) for run in runs}) < 2:
        return []
    starts = [0, *(start for start, _ in runs[1:]), len(text)]
    titled = titles(text, min(runs[0][0], _HEAD))
    words = best_titles(titled)[-1].words if titled else ""
    return [Report(starts[i], starts[i + 1], "" if i else words) for i in range(len(runs))]


def _titles_of_all(text: str) -> list[Title]:
    """The titles with a year or an organ anywhere in the text, in printed order."""
    nears = list(islice(_NEAR_TITLE.finditer(text), _MOST_TITLES))
    if not 1 < len(nears) < _MOST_TITLES:
        return []
    ends = [*(near.start() for near in nears[1:]), len(text)]
    headed = [
        near for near, end in zip(nears, ends, strict=True) if _NUMBERED.search(text, near.end() - 1, end)
    ]
    if len(headed) < 2:  # a page that lists reports
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
