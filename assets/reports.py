"""reports: what a document is (title, issuer, year, date), read from its own words, and whether it is a
report at all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from assets.model import Identity, Normalized, Refusal, Section, TableReading
from assets.normalized_text import normalize
from assets.page_fields import fields_of

# What the markup of a page may say of its document without printing it: names of `RawText.hints`.
# `pictures` and `recognised` are of PDFs: the numbers of the pages that hold pictures, and of those whose
# text is what a machine recognised in them.
HINTS = (
    "title",
    "publisher",
    "published",
    "index_number",
    "document_number",
    "topic",
    "url",
    "pictures",
    "recognised",
)
NO_HINTS: Mapping[str, str] = {}

_HAN = r"\u4e00-\u9fff"
_ORGAN_END = r"(?:政府|委员会|办公室|办公厅|办事处|管理处|服务处|处|局|厅|委|办|院|署|中心|站|所|总队|支队|大队|队|馆|校|学院|大学|银行|公司|集团|协会|联合会|会|部|社|台|库|园区|管委会|指挥部)"
_PLACE_END = r"(?:省|市|自治州|州|盟|地区|区|自治县|县|旗|街道|镇|乡|林场|示范区|开发区|园区|新城)"
_REPORT = re.compile(
    r"(?:政府)?信息公开(?:工作)?(?:情况)?(?:的)?(?:年度)?(?:工作)?(?:情况)?(?:的)?(?:报告|年报)|信息公开(?:工作)?情况(?:的)?报告"
)
_YEAR = re.compile(
    r"(?<!\d)(20[0-4]\d)(?:年度?|(?=政府信息公开))|(二[〇○零O0]{1}[〇○零一二三四]?[〇○零一二三四五六七八九十]?)年"
)
_PLAIN_YEAR = re.compile(r"20[0-4]\d年")
_TITLE_NAME = re.compile(r"^(?:标题|名称|信息名称|文件名称|题名)[:\t ]+")
_LONGEST_TITLE = 70
_NO_TITLE = re.compile(r"[。;>!?]|http|如下|根据|按照|依据|现将|本报告|:$")
# A title within a line that runs on: it begins after a space and ends before one.
_TITLE_WITHIN = re.compile(
    rf"(?<![^\s|])(?:[{_HAN}()]{{3,30}} ?20\d\d ?年度? ?|20\d\d ?年度? ?[{_HAN}()]{{0,30}}|关于20\d\d年度?)"
    rf"[{_HAN}]{{0,4}}信息公开[{_HAN}]{{0,10}}(?:报告|年报)(?![^\s|])"
)
_DATE = r"(20\d\d)(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})(?!\d)日?"
_CHINESE_DATE = re.compile(
    r"二[〇○零OＯ0]([〇○零一二三四])([〇○零一二三四五六七八九])年(十[一二]?|[一二三四五六七八九])月(三?十[一二三四五六七八九]?|二十[一二三四五六七八九]?|[一二三四五六七八九])日"
)
# In the order in which they are believed: a page may print the day of writing beside the day of publication.
_DATE_NAMES = (
    "发布日期|发布时间|公布日期|公布时间|公开日期|公开时间",
    "生成日期|发文日期|成文日期|印发日期|时间|日期",
)
# Of a page, not of its document. Looked at behind the name: the engine is many times as fast where a pattern
# begins with one of some characters.
_NOT_OF_DOCUMENT = "".join(
    f"(?<!{what}{name})"
    for what in ("采集", "抓取", "生成", "下载", "保存", "当前")
    for name in ("时间", "日期")
)
_DATE_FIELDS = tuple(
    re.compile(rf"(?:{names})(?:(?<=生成日期)|{_NOT_OF_DOCUMENT})[\]】]?[:\t |]*{_DATE}")
    for names in _DATE_NAMES
)
_DATED = re.compile(rf"{_DATE}$")
# Dates that end their line, as under a signature.
_SIGNED = tuple(re.compile(rf"{date}(?=[\t|)\]]*(?:\n|$))") for date in (_DATE, _CHINESE_DATE.pattern))
_BEFORE_SIGNED = re.compile(rf"(?:{_ORGAN_END}|[\t|(\[。])$")
_ORGAN_FIELD = re.compile(
    rf"(?:发布机构|发布单位|公开机构|公开单位|制发机关|发文机关|发文单位|信息来源|来源|编制单位)[\]】]?[:|]*([{_HAN}]{{2,30}})"
)
_OF_ORGAN_FIELD = ("机构", "机关", "单位", "来源")  # one of these is in each of its names
_PERIOD = re.compile(r"(20\d\d)年?1月1日")
_OF_PERIOD = re.compile(r"统计|时限|期限|数据|时间|自")
# Words that stand before an organ's name without being a part of it.
_LEADING = re.compile(
    r"^(?:(?:本报告|本年报|报告|年度|年|现在|经由|同时|并将|全文|现将|现就|现对|现把|下面|按照|根据|依据|要求|联系|下载|登录|通过|关于|有关|以及|我们)|[由与对向请及为是按据给把被到就的了])+"
)
_NO_PLACE = re.compile(r"其他|有效|主题|分类|大中小|[将对由与我本的为及]")
_ENTRUSTED = re.compile(
    rf"由([{_HAN}]{{3,30}}?{_ORGAN_END})(?=根据|依据|按照|负责|组织|牵头|统一|编制)[^。;,]{{0,60}}?编制"
)
_WROTE = re.compile(r"编制了?(?:本报告|本年度报告|20\d\d年)")
_WHO_WROTE = re.compile(rf"([{_HAN}]{{3,30}}?{_ORGAN_END}){_WROTE.pattern}")
_LONGEST_ORGAN = 40  # characters: more than any pattern here matches
_TEXT_ORGANS = (
    re.compile(
        rf"(?:现将|现对|对|现就)(?:20\d\d年度?)?([{_HAN}]{{3,30}}?{_ORGAN_END})(?:20\d\d年度?)?(?:的)?(?:政府)?信息公开"
    ),
    re.compile(
        rf"(?:现公布|公布|发布|编制)(?:20\d\d年度?)?([{_HAN}]{{3,30}}?{_ORGAN_END})(?:20\d\d年度?)?(?:的)?(?:政府)?信息公开"
    ),
    re.compile(rf"(?:请与|请联系|与)([{_HAN}]{{3,30}}?{_ORGAN_END})(?:办公室|综合科|秘书科)?联系"),
    re.compile(
        rf"(?:20\d\d年度?,?)([{_HAN}]{{3,30}}?{_ORGAN_END})(?:在|认真|严格|深入|坚持|按照|根据|高度|持续|积极|全面|紧紧)"
    ),
)
_BRACKETED = re.compile(r"^\[[^\]]*\]")
_ORGAN = re.compile(rf"[{_HAN}()]{{2,30}}{_ORGAN_END}")
_ENDS_AS_ORGAN = re.compile(rf"{_ORGAN_END}(?:\([^)]*\))?$")
_OWN = re.compile(r"^(?:我|本|各|该|全)")
_OPENING = 600  # characters after the first heading in which the organ may still name itself
_OPENING_WORDS = 1200  # characters at the beginning in which a sentence names the organ
_PUBLISHED_TAIL = 400  # characters at the end of a document in which its signature stands


def describe(
    raw: str, normalized: Normalized, sections: Sequence[Section], hints: Mapping[str, str] = NO_HINTS
) -> Identity:
    """What the report says of itself; what it does not say is None. Nothing is taken from a file name.

    The title is as printed; the issuer is the fullest name that the document prints for its organ, in
    simplified script. `hints` tell only what the text itself does not print.
    """
    text = normalized.text
    body = sections[0].start if sections else min(len(text), 3000)
    title = _title(text, body, min(body, 4000))
    squeezed = "".join(text[title[0] : title[1]].split()) if title else ""
    published = _published(text, body)
    opening, rest = text[: body + _OPENING], text[body + _OPENING :].replace(" ", "")
    year = _year(squeezed, opening.replace(" ", "") + rest, published)
    issuer = _issuer(squeezed, text, body, _unwrapped(opening) + rest)
    fields = fields_of(raw, normalized, max(body, 400), _PUBLISHED_TAIL)
    known = Identity(
        " ".join(raw[slice(*normalized.raw_span(*title))].split()) if title else None,
        issuer,
        year,
        published,
        **fields,
    )
    return _with_hints(known, hints) if hints else known


def _with_hints(known: Identity, hints: Mapping[str, str]) -> Identity:
    """What a document says of itself, and of the rest what its markup says."""
    title = "".join(normalize(hints.get("title", "")).text.split())
    if known.title is None and _REPORT.search(title):
        known.title = hints["title"]
        known.year = known.year or next(iter(_years(title)), None)
        known.issuer = known.issuer or _title_organ(title)
    if known.published is None and (found := re.match(rf"\s*{_DATE}", hints.get("published", ""))):
        known.published = _valid_date(*found.groups())
    known.index_number = known.index_number or hints.get("index_number")
    known.document_number = known.document_number or hints.get("document_number")
    known.publisher = known.publisher or hints.get("publisher")
    known.topic = known.topic or hints.get("topic")
    known.source_url = known.source_url or hints.get("url")
    return known


def _lines(text: str, end: int) -> Iterator[tuple[int, int, str]]:
    """The printed lines before `end` without markup, of a long line what looks like a title: (start, end,
    words without spaces).
    """
    offset = 0
    for line in text[:end].split("\n"):
        for cell in line.split("|") if "|" in line else (line,):
            words = cell.strip(" \t#*>")
            if words:
                start = offset + line.index(cell) + cell.index(words)
                if len(words) <= _LONGEST_TITLE:
                    yield start, start + len(words), "".join(words.split())
                elif "信息公开" in words:
                    for match in _TITLE_WITHIN.finditer(words):
                        yield start + match.start(), start + match.end(), "".join(match.group().split())
        offset += len(line) + 1


def _title(text: str, body: int, end: int) -> tuple[int, int] | None:
    """The span of the title: the line before the first section that says report, year and, best of all, the
    organ.
    """
    best: tuple[int, int, int] | None = None
    before: tuple[int, int, str] | None = None
    for start, stop, words in _lines(text, max(end, 200)):
        if "信息公开" not in words:
            before = (start, stop, words)
            continue
        if name := _TITLE_NAME.match(text[start:stop]):
            start, words = start + name.end(), "".join(text[start + name.end() : stop].split())
        found = (
            _REPORT.search(words)
            if 8 <= len(words) <= _LONGEST_TITLE and not _NO_TITLE.search(words)
            else None
        )
        if found is not None and len(words) - found.end() <= 12:
            # The words behind a title may be the name of the site: 年度报告-云泽门户.
            score = 2 * (2 * bool(_YEAR.search(words)) + bool(found.start() > 7))
            if score and found.end() == len(words):
                score += 1
            if found.start() <= 9 and before is not None and _is_organ(before[2]):
                start, score = (
                    before[0],
                    score + 2,
                )  # the organ has a line of its own above the rest of the title
            bare = before is None and found.start() == 0  # no year and no organ, but the first line of all
            if (score or bare) and (best is None or score > best[0]):
                best = (score, start, stop)
        before = (start, stop, words)
    return (best[1], best[2]) if best else None


def _is_organ(words: str) -> bool:
    return _ORGAN.fullmatch(words) is not None


def _digits(chinese: str) -> int | None:
    values = {char: i for i, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "O": 0, "0": 0}
    try:
        return int("".join(str(values[char]) for char in chinese))
    except (KeyError, ValueError):
        return None


def _years(words: str) -> list[int]:
    found = [
        int(match.group(1)) if match.group(1) else _digits(match.group(2)) for match in _YEAR.finditer(words)
    ]
    return [year for year in found if year is not None and 2008 <= year <= 2049]


def _year(title: str, squeezed: str, published: str | None) -> int | None:
    """The report year by its witnesses: title, reporting period, the years that the text speaks of, the date
    of publication.
    """
    votes: Counter[int] = Counter()
    if found := _years(title):
        votes[found[0]] += 6
    for period in _PERIOD.finditer(squeezed):
        if _OF_PERIOD.search(squeezed, max(0, period.start() - 26), period.start()):
            votes[int(period.group(1))] += 4
            break
    latest = int(published[:4]) - 1 if published else 2049  # what comes later is a plan
    spoken: Counter[int] = Counter()
    for words, count in Counter(_PLAIN_YEAR.findall(squeezed)).items():
        if (year := int(words[:4])) <= latest:
            spoken[year] += count
    if spoken:
        votes[max(spoken, key=lambda year: (spoken[year], -year))] += 3
    if published:
        votes[latest] += 2
    if not votes:
        return None
    ranked = sorted(votes.items(), key=lambda vote: -vote[1])
    if len(ranked) > 1 and ranked[0][1] == ranked[1][1]:
        return None
    # A date alone does not tell the year that is reported on.
    return ranked[0][0] if ranked[0][1] > 2 and 2008 <= ranked[0][0] <= 2049 else None


def _valid_date(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _published(text: str, body: int) -> str | None:
    """The date of publication: the one that the page names so, else the one under the signature at the end."""
    parts = [
        part for part in (text[: max(body, 400)], text[-_PUBLISHED_TAIL:]) if "日期" in part or "时间" in part
    ]
    for pattern in _DATE_FIELDS:
        for part in parts:
            for match in pattern.finditer(part):
                if (found := _valid_date(*match.groups())) is not None:
                    return found
    return _signed(text)


def _signed(text: str) -> str | None:
    tail = "".join(text[-_PUBLISHED_TAIL * 3 :].rstrip(" \t\n|").split(" "))[-_PUBLISHED_TAIL:]
    for pattern in _SIGNED:
        for match in reversed(list(pattern.finditer(tail))):
            before = tail[: match.start()].rsplit("\n", 1)[-1]
            if before and not _BEFORE_SIGNED.search(before):
                continue
            if pattern.pattern.startswith("(20"):
                found = _valid_date(*match.groups())
            else:
                tens, ones, month, day = match.groups()
                year = _digits("二零" + tens + ones)
                found = _valid_date(str(year), str(_number(month)), str(_number(day))) if year else None
            if found is not None:
                return found
    return None


def _number(chinese: str) -> int:
    """A Chinese numeral up to 99."""
    ones = "零一二三四五六七八九"
    tens, ten, rest = chinese.rpartition("十")
    return (ones.index(tens) if tens else 1) * 10 * bool(ten) + (ones.index(rest) if rest else 0)


def _issuer(title: str, text: str, body: int, squeezed: str) -> str | None:
    """The fullest name of the organ: the one of the title, the signature, the text or the page header, with
    the places the text puts before it.
    """
    titled = _title_organ(title)
    witnesses = [name for name in (titled, _signature(text), _page_organ(text, body)) if name]
    if titled is None:
        witnesses = [name for name in (*witnesses[:1], _text_organ(squeezed), *witnesses[1:]) if name]
    if not witnesses:
        return None
    name = witnesses[0]
    for other in witnesses[1:]:
        if len(other) > len(name) and other.endswith(name):
            name = other
    return _fullest(name, squeezed)


def _unwrapped(text: str) -> str:
    """The text without spaces; lines that only wrapped (long, not ended by a mark) are joined, so that names
    over two lines are whole.
    """
    lines = ["".join(line.split()) for line in text.split("\n")]
    return "".join(
        line
        if len(line) >= 16 and line[-1] not in "。;:)]|" and ("," in line or "。" in line)
        else line + "\n"
        for line in lines
        if line
    )


def _trim(name: str) -> str | None:
    name = name.strip("《》\"'[]:,、")
    if name.count("(") != name.count(")"):
        name = name.strip("()")
    name = _LEADING.sub("", name)
    return name if len(name) >= 3 and not _OWN.match(name) and _ENDS_AS_ORGAN.search(name) else None


def _title_organ(title: str) -> str | None:
    words = _TITLE_NAME.sub("", title)
    report = _REPORT.search(words)
    if report is None:
        return None
    front = words[: report.start()]
    pieces = re.split(r"(?:20\d\d|二[〇○零O0][〇○零一二三四五六七八九]{2})年?度?", front)
    for piece in pieces:
        piece = _BRACKETED.sub("", piece)
        piece = re.sub(r"(?:关于|的|发布|公布|印发|行政机关)+$", "", piece.strip("《》\"'[]:,-"))
        if (name := _trim(re.sub(r"^(?:关于|发布|公布|印发)+", "", piece))) is not None:
            return name
    return None


def _signature(text: str) -> str | None:
    """The name above or before the date at the end."""
    lines = [line.strip(" \t|") for line in text[-_PUBLISHED_TAIL:].rstrip(" \t\n|").split("\n")]
    lines = [line for line in lines if line]
    for i in range(len(lines) - 1, -1, -1):
        if "2" not in lines[i] and "二" not in lines[i]:
            continue
        squeezed = "".join(lines[i].split())
        dated = _DATED.search(squeezed) or _CHINESE_DATE.search(squeezed)
        if dated is None:
            continue
        same = (
            re.split(r"[。;,:\s|]", lines[i][: lines[i].rfind(dated.group()[:4])].strip())[-1]
            if dated.start()
            else ""
        )
        for candidate in (same, "".join(lines[i - 1].split()) if i and not same else ""):
            if re.fullmatch(rf"[{_HAN}]{{3,30}}", candidate) and (name := _trim(candidate)) is not None:
                return name
        return None
    return None


def _text_organ(squeezed: str) -> str | None:
    for match in _organs_said(squeezed[:_OPENING_WORDS]):
        if (name := _trim(match.group(1))) is not None and len(name) >= 4:
            return name
    return None


def _organs_said(head: str) -> Iterator[re.Match[str]]:
    """Where sentences name the organ; those come first that are believed first."""
    yield from _ENTRUSTED.finditer(head)
    if wrote := list(
        _WROTE.finditer(head)
    ):  # the pattern begins with any character, so it is tried only where it can match
        yield from _WHO_WROTE.finditer(head, max(0, wrote[0].start() - _LONGEST_ORGAN), wrote[-1].end())
    for pattern in _TEXT_ORGANS:
        yield from pattern.finditer(head)


def _page_organ(text: str, body: int) -> str | None:
    for line in text[: max(body, 400)].replace("\t", ":").split("\n"):
        squeezed = line.replace(" ", "")
        if not any(name in squeezed for name in _OF_ORGAN_FIELD):
            continue
        # The next field may stand behind a space, and a name may be torn by one: the shorter reading first.
        for words in (line, squeezed):
            if (field := _ORGAN_FIELD.search(words)) and (name := _trim(field.group(1))) is not None:
                return name
    return None


def _fullest(name: str, squeezed: str) -> str:
    """The name with the places that the text prints before it somewhere (杭州市 before 钱塘区…局)."""
    fronts: list[str] = []
    at = squeezed.find(name)
    while at >= 0:
        before = re.search(rf"[{_HAN}]*$", squeezed[max(0, at - 16) : at])
        fronts.append(before.group() if before else "")
        at = squeezed.find(name, at + len(name))
    best = ""
    for front in fronts:
        for length in range(2, len(front) + 1):
            places, rest = front[-length:], front[:-length]
            if len(places) > len(best) and _are_places(places, name) and _LEADING.match(places) is None:
                # The places begin the name: nothing stands before them, or words that lead up to a name, or
                # different words each time.
                clean = (
                    _LEADING.sub("", rest) == ""
                    or rest.endswith(("下载", "登录", "要求", "报告"))
                    or _LEADING.match(rest[-1]) is not None
                )
                if clean or len({other[:-length][-1:] for other in fronts if other.endswith(places)}) > 1:
                    best = places
    return best + name


def _are_places(words: str, name: str) -> bool:
    if re.fullmatch(rf"(?:[{_HAN}]{{1,6}}?{_PLACE_END})+", words):
        return True
    # 市水务局 alone wants the name of its city.
    bare = re.fullmatch(rf"(?:[{_HAN}]{{1,6}}?{_PLACE_END})*[{_HAN}]{{2,4}}", words) is not None
    return name[0] in "市区县旗镇乡州省" and bare and _NO_PLACE.search(words) is None


_TELLS_OF_2014 = ("回应解读", "依申请公开政府信息情况", "申请办结数", "网络申请数", "收到申请数")


def refuse_if_no_report(
    text: str, sections: Sequence[Section], tables: Sequence[TableReading], title: str | None
) -> None:
    """Raise Refusal for a document that is no report on a form that is known."""
    found = [table for table in tables if table.status != "absent"]
    read = [table for table in found if table.status != "uncertain"]
    if not read and sum(tell in text for tell in _TELLS_OF_2014) >= 3:
        raise Refusal(
            "the report is on the form of 2014-2018 (政府信息公开情况统计表), which is not read yet: keep it for a later version"
        )
    if found or len(sections) >= 3 or (title is not None and sections):
        return
    if title is not None:
        raise Refusal(
            "the document bears the title of a report, but has none of its six sections and three tables: fetch the whole document again"
        )
    raise Refusal(
        "the document is no 政府信息公开工作年度报告: it has neither the sections nor the tables of one; check what was filed"
    )
