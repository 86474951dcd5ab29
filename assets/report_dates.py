"""report_dates: the year that a report is on and the date of its publication, by their witnesses."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

from assets.report_titles import chinese_year
from schemas.words import Said, say

_DATE = r"(20\d\d) ?(?:年|[-/.]) ?(\d{1,2}) ?(?:月|[-/.]) ?(\d{1,2})(?!\d) ?日?"
_CHINESE_DATE = (
    r"(二[〇○零OoＯ0][〇○零一二三四][〇○零一二三四五六七八九])年"
    r"(元|十[一二]?|[一二三四五六七八九])月(三?十[一二三四五六七八九]?|二十[一二三四五六七八九]?|[一二三四五六七八九])日"
)
# In the order in which they are believed: a page may print the day of writing beside the day of publication.
_DATE_NAMES = (
    "发布日期|发布时间|公布日期|公布时间|公开日期|公开时间|发表日期|发表时间|Published Time|发稿时间|发布于",
    "生成日期|发文日期|成文日期|印发日期|时间|日期|信息提供日期",
)
_TELLS = ("日期", "时间", "发布于", "Published Time")  # one of these is in each of their names
# Of a page, not of its document. Looked at behind the name: the engine is many times as fast where a pattern
# begins with one of some characters.
_NOT_OF_DOCUMENT = "".join(
    f"(?<!{what}{name})"
    for what in ("采集", "抓取", "生成", "下载", "保存", "当前", "访问", "打印")
    for name in ("时间", "日期")
)
_DATE_FIELDS = tuple(
    re.compile(rf"(?:{names})(?:(?<=生成日期)|{_NOT_OF_DOCUMENT})[\]】)]?[:\s|*_]{{0,12}}{_DATE}")
    for names in _DATE_NAMES
)
# A date that begins its line and stands there alone, or before the source of the page.
_BARE = re.compile(
    rf"(?:^|\n)[ \t(|\[•·*-]*{_DATE}[ T]*(?:\d{{1,2}}:\d{{2}}(?::\d{{2}})?)?[ \t)|\]]*"
    rf"(?=\n|$|信息来源|来源|发布|作者|浏览|点击|阅读|字号|字体|编辑|责任|打印)"
)
# Dates that end their line, as under a signature.
_SIGNED = tuple(
    re.compile(rf"{date}(?=[\t|)\]*_]*(?:\n|$))") for date in (_DATE.replace(" ?", ""), _CHINESE_DATE)
)
_BEFORE_SIGNED = re.compile(
    r"(?:政府|委员会|办公室|办公厅|办事处|处|局|厅|委|办|院|署|中心|站|所|队|馆|校|学|行|公司|集团|会|部|社|台|库"
    r"|[区县市省州旗镇乡道]|[\t|(\[。*_])$"
)
TAIL = 400  # characters at the end of a document in which its signature stands
_PERIOD = re.compile(r"(20\d\d)年?1月1日(?:[^。;\d]{0,8}(?:(20\d\d)年?)?12月3[01]日)?")
_OF_PERIOD = re.compile(r"统计|时限|期限|数据|时间|时段|周期|期间")
# A year that the text speaks of: not compared with, not planned for, not in the date of a day. It begins with
# fixed characters, which the engine looks for fast.
_SPOKEN = re.compile(
    r"20[0-4]\d年(?<![比较与同]....年)(?!\d{1,2}月(?!底|末|份)|[^。;\d\n]{0,10}(?:将|拟|计划|打算|继续|下一步|相比))"
)
_LONGEST_NAME = 60  # characters of the name of a document: the years within are those of others
_LATE_MONTH = 11  # from this month on, a report on the same year may be out


def valid_date(year: str, month: str, day: str) -> str | None:
    """YYYY-MM-DD; None for a day that no calendar has."""
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def hinted_date(words: str) -> str | None:
    """The date with which words of the markup begin."""
    found = re.match(rf"\s*{_DATE}", words)
    return valid_date(*found.groups()) if found else None


def published(text: str, body: int, behind_title: int | None) -> tuple[str | None, list[str]]:
    """The date of publication, and what is in doubt: the date that the page names so, else one that stands
    alone below the title, else the one under the signature.

    `body` is where the first section begins; `behind_title` where the title ends.
    """
    head = text[: max(body, 400)]
    named = _labelled(head, text[-TAIL:], 0)
    bare = None if named else _bare(head, behind_title)
    made = named or bare or _labelled(head, text[-TAIL:], 1)
    signed = _signed(text)
    if made is None or signed is None:
        return made or signed, []
    if not -31 <= (date.fromisoformat(made) - date.fromisoformat(signed)).days <= 400:
        return made, [say("doubt.dates", made=made, signed=signed)]
    return made, []


def _labelled(head: str, tail: str, rank: int) -> str | None:
    for part in (head, tail):
        if any(tell in part for tell in _TELLS):
            for match in _DATE_FIELDS[rank].finditer(part):
                if (found := valid_date(*match.groups())) is not None:
                    return found
    return None


def _bare(head: str, behind_title: int | None) -> str | None:
    for match in _BARE.finditer(head, behind_title or 0):
        if (found := valid_date(*match.groups())) is not None:
            return found
    return None


def _signed(text: str) -> str | None:
    tail = "".join(text[-TAIL * 3 :].rstrip(" \t\n|*_").split(" "))[-TAIL:]
    for pattern in _SIGNED:
        for match in reversed(list(pattern.finditer(tail))):
            before = tail[: match.start()].rsplit("\n", 1)[-1]
            if before and not _BEFORE_SIGNED.search(before):
                continue
            year, month, day = match.groups()
            if not year.isdigit():
                year, month, day = str(chinese_year(year)), str(_number(month)), str(_number(day))
            if (found := valid_date(year, month, day)) is not None:
                return found
    return None


def _number(chinese: str) -> int:
    """A Chinese numeral up to 99; 元 is the first month."""
    ones = "零一二三四五六七八九"
    tens, ten, rest = chinese.replace("元", "一").rpartition("十")
    return (ones.index(tens) if tens else 1) * 10 * bool(ten) + (ones.index(rest) if rest else 0)


def spoken_years(squeezed: str) -> Counter[int]:
    """How often a text without spaces speaks of each year."""
    return Counter(
        int(found[0][:4]) for found in _SPOKEN.finditer(squeezed) if not _within_name(squeezed, found.start())
    )


def _within_name(squeezed: str, at: int) -> bool:
    """Whether the name of a document, in its quotation marks, is open at `at`."""
    first = max(0, at - _LONGEST_NAME, squeezed.rfind("\n", max(0, at - _LONGEST_NAME), at))
    return squeezed.rfind("《", first, at) > squeezed.rfind("》", first, at)


def period_of(squeezed: str) -> tuple[int, int] | None:
    """The first and last year of the period that the text says its figures are of."""
    for found in _PERIOD.finditer(squeezed):
        if "12月3" in found[0] or _OF_PERIOD.search(squeezed, max(0, found.start() - 26), found.start()):
            first = int(found[1])
            return first, int(found[2] or first)
    return None


def report_year(
    titled: int | None, own: int | None, squeezed: str, published: str | None
) -> tuple[int | None, list[str]]:
    """The year that is reported on, and what is in doubt. `titled` is the year of the title, `own` that of
    the title as a sentence of the opening quotes it; `squeezed` the text without spaces.
    """
    period = period_of(squeezed)
    covered = period[0] if period and period[0] == period[1] else None
    before = _year_before(published)
    counted = spoken_years(squeezed)
    if before is not None:
        counted = Counter(
            {year: count for year, count in counted.items() if year <= before}
        )  # later is a plan
    spoken = _most_spoken(counted, titled or own or covered or before)
    votes: Counter[int] = Counter()
    for year, weight in ((titled, 6), (own, 3), (covered, 4), (spoken, 3), (before, 2)):
        if year is not None:
            votes[year] += weight
    if not votes:
        return None, []
    ranked = votes.most_common(2)
    year, weight = ranked[0]
    if weight <= 2 or not 2008 <= year <= 2049:  # a date alone does not tell the year that is reported on
        return None, []
    if len(ranked) > 1 and ranked[1][1] == weight:
        return None, [_doubt(titled, own, period, spoken, published)]
    firm = spoken if spoken is not None and _firm(counted, spoken, year) else None
    against = any(other not in (None, year) for other in (titled, own, covered, firm)) or bool(
        period and period[0] != period[1]
    )
    untimely = published is not None and (
        year > _latest(published)
        or (before is not None and before > year and not (covered == year or counted[year] > 0))
    )
    if against or untimely or (votes[year] == 3 and not own and counted[year] < 3):
        return year, [_doubt(titled, own, period, spoken, published)]
    return year, []


def _year_before(published: str | None) -> int | None:
    """The year that a report published then should be on."""
    return _latest(published) if published else None


def _latest(published: str) -> int:
    return int(published[:4]) - (int(published[5:7]) < _LATE_MONTH)


def _most_spoken(counted: Counter[int], expected: int | None) -> int | None:
    """The year most spoken of; of several spoken of equally often the one that is expected, else the last."""
    if not counted:
        return None
    return max(counted, key=lambda year: (counted[year], year == expected, year))


def _firm(counted: Counter[int], spoken: int, year: int) -> bool:
    """Whether a year is spoken of so much more than another that the text seems to be on it."""
    return counted[spoken] >= 2 and counted[spoken] >= 2 * counted[year]


def _doubt(
    titled: int | None,
    own: int | None,
    period: tuple[int, int] | None,
    spoken: int | None,
    published: str | None,
) -> Said:
    """The doubt of a year: what each witness says of it."""
    told = [
        say("year.title", year=titled) if titled else None,
        say("year.opening", year=own) if own and own != titled else None,
        say("year.period", years="-".join(map(str, sorted({*period})))) if period else None,
        say("year.text", year=spoken) if spoken else None,
        say("year.published", date=published) if published else None,
    ]
    return say("doubt.year", told=[words for words in told if words is not None])
