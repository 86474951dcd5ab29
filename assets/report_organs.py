"""report_organs: which organ reports, by its witnesses: title, own sentences, signature, page, contact."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from assets.organ_names import HAN, ORGAN_END, PLACES, fuller, organ_in, organ_of_office, same_organ
from assets.report_titles import organ_of_title
from schemas.words import say

_LONGEST = 40  # characters of a name and what leads up to it
_OPENING = 4000  # characters at the beginning in which sentences name the organ
_MOST_SENTENCES = 6  # in which an organ may be said to have written the report
_IN_SENTENCE = re.compile("[,。]|如下")
_SENTENCE = 120  # characters in which a sentence shows that it is one
_MOST_PLACES = 100  # at which the name of the organ is looked at
_OFTEN = 3  # times that a text names an organ which it must be of
_TAIL = 400  # characters at the end of a document in which its signature stands
# Begins with fixed characters, which the engine looks for fast.
_OF_DISCLOSURE = re.compile(
    r"公开(?<=信息公开|政务公开)(?!指南|目录|条例|规定|办法|制度|网|平台|专栏|栏|申请|办|领导|工作领导|工作要点|科)"
)
_LAST_OF_NAMES = frozenset(
    "府会室厅处局委办院署心站所队馆校学行关司团联部社台库省市区州盟县旗道镇乡木场园城)"
)
_REPORT_BEHIND = re.compile(
    r"(?:工作)?(?:情况)?的?(?:20\d\d年)?(?:年度)?(?:工作)?(?:情况)?的?(?:年度)?(?:工作)?(?:报告|年报|情况)(?!格式|专栏|栏目|编制)"
)
_YEAR_BEHIND = re.compile(r"[\s\"《]*(?:20\d\d)?[\s]*(?:年度?)?的?(?:本级)?$")
_NO_WORD = re.compile(rf"[^{HAN}()]")
_NO_OWNER = re.compile(r"中华人民共和国|单位$|机关$|本部门$")
_WROTE = re.compile(r"编制|编写|制作")
_BY = re.compile(rf"由([{HAN}()]{{3,36}}?)(?=根据|依据|按照|负责|组织|牵头|统一|编制|编写|制作|结合)")
_WROTE_IT = ("完", "了", "并", "《")  # what is written is this report: 编制了本报告, 编制完成
_SUBJECT = re.compile(
    rf"(?:[,。\n:)]|年度|年(?!度)|来)([{HAN}]{{3,26}}?{ORGAN_END})(?:\((?:以下)?简称[^()]{{2,20}}\))?"
    r"(?=在|以习|认真|严格|深入|坚持|按照|根据|高度|持续|积极|全面|紧紧|紧密|围绕|切实|贯彻|主动|通过|进一步|始终|聚焦|依法|依托|牢固|立足"
    r"|锚定|不断|结合|扎实|充分|大力|共收|共受|共主|共发|共公|未收|收到)"
)
_CONTACT = re.compile(rf"(?:[请可]与|请?联系[:]?|请向|[,,。;]与)([{HAN}]{{3,36}}?)(?=联系|[(,。;:]|咨询)")
_ORGAN_FIELD = re.compile(
    rf"(?:发布机构|发布单位|公开机构|公开单位|制发机关|发文机关|发文单位|信息来源|来源|编制单位|供稿单位|责任部门)"
    rf"[\])】]?[ :|]*([{HAN}()]{{2,30}})"
)
_OF_ORGAN_FIELD = ("机构", "机关", "单位", "来源", "部门")  # one of these is in each of its names
_DATED = re.compile(r"(?:20\d\d|二[〇○零OＯ0][〇○零一二三四五六七八九]{2})[年\-/.].{1,4}[月\-/.].{1,4}日?$")
_NAME_ALONE = re.compile(rf"[{HAN}()]{{3,30}}")
_LAST_OF_PLACES = frozenset("省市区州盟县旗道镇乡木场新城")
_OF_CITY = re.compile(rf"(?:{PLACES.pattern})?[{HAN}]{{2,4}}")


class Witness(NamedTuple):
    """Who names an organ, and how it calls it. One that is weak may speak of another organ."""

    what: str
    name: str
    strong: bool


def issuer(
    title: str, text: str, body: int, squeezed: str, opening: int, publisher: str | None
) -> tuple[str | None, list[str]]:
    """The organ that reports, by the fullest name that the document prints for it, and what is in doubt.

    `title` and `squeezed`, the whole text, are without spaces; `body` is where the first section begins,
    `opening` how much of `squeezed` speaks of the report as a whole; `publisher` is what the markup says.
    """
    head = squeezed[: min(opening, _OPENING)]
    witnesses = list(_witnesses(title, text, head))
    if not any(witness.strong for witness in witnesses):
        witnesses += _weak_witnesses(text, body, head, publisher)
    if not witnesses:
        return None, []
    best = witnesses[0]
    agree = [other for other in witnesses if same_organ(best.name, other.name)]
    name = best.name if best.what == "title" else _without_lead(best.name, [other.name for other in agree])
    for other in agree:
        if (
            len(other.name) > len(name)
            and fuller(name, other.name)
            and (other.strong or name in other.name or best.what != "title")
        ):
            name = other.name
    doubts: list[str] = []
    against = next((other for other in witnesses if other.strong and other not in agree), None)
    if against is not None:
        doubts.append(
            say(
                "doubt.organs",
                what=say(f"witness.{best.what}"),
                organ=best.name,
                other=say(f"witness.{against.what}"),
                name=against.name,
            )
        )
    elif (
        not any(witness.strong for witness in agree)
        and len({witness.what for witness in agree}) < 2
        and (best.what != "text" or squeezed.count(best.name) < _OFTEN)
    ):
        doubts.append(say("doubt.organ_weak", what=say(f"witness.{best.what}"), organ=best.name))
    return _as_government(_with_places(name, squeezed), squeezed), doubts


def _without_lead(name: str, others: list[str]) -> str:
    """The name as another witness has it who lacks what leads up to it (包括松砚县水利局, 松砚县水利局)."""
    shorter = [other for other in others if name.endswith(other) and not fuller(other, name)]
    return min(shorter, key=len, default=name)


def _witnesses(title: str, text: str, head: str) -> Iterator[Witness]:
    """Those who name the organ of the report, and one at most that names an organ; first who is believed
    first.
    """
    if (name := organ_of_title(title)) is not None:
        yield Witness("title", name, True)
    if (name := _signature(text)) is not None:
        yield Witness("signature", name, True)
    yield from (Witness("opening", name, True) for name in _sentences(head))
    yield from _owners(head)


def _weak_witnesses(text: str, body: int, head: str, publisher: str | None) -> Iterator[Witness]:
    """Those who name an organ that need not be the one that reports."""
    if (name := _page_organ(text, body)) is not None:
        yield Witness("head of the page", name, False)
    for pattern, what in ((_SUBJECT, "text"), (_CONTACT, "contact")):
        for match in pattern.finditer(head):
            name = organ_of_office(match[1], places=True)
            if name is not None and not name.endswith("区"):
                yield Witness(what, name, False)
                break
    if publisher and (name := organ_in("".join(publisher.split()))) is not None:
        yield Witness("markup of the page", name, False)


def _sentences(head: str) -> Iterator[str]:
    """The organs that sentences of the opening call the author of this report."""
    for wrote in islice(_WROTE.finditer(head), _MOST_SENTENCES):
        for match in _BY.finditer(head, max(0, wrote.start() - 100), wrote.end()):
            if (name := organ_of_office(match[1], places=True)) is not None:
                yield name
        if head[wrote.end() : wrote.end() + 1] in _WROTE_IT:
            words = _last_words(head[max(0, wrote.start() - _LONGEST) : wrote.start()])
            name = organ_of_office(words.removesuffix("认真").removesuffix("组织"))
            if name is not None:
                yield name


def _owners(head: str) -> Iterator[Witness]:
    """The organs whose disclosure sentences speak of (现公布区统计局2023年政府信息公开工作年度报告): the first of those
    whose report it is, else the first of all.
    """
    first = None
    for found in _OF_DISCLOSURE.finditer(head):
        before = head[max(0, found.start() - _LONGEST) : found.start() - 2]
        government = before.endswith("政府")
        words = _YEAR_BEHIND.sub("", before.removesuffix("政府").removesuffix("政务"))
        if words.endswith("人民") and government:
            words += "政府"
        if words[-1:] not in _LAST_OF_NAMES:
            continue
        words = _last_words(words).removeprefix("年度").removeprefix("年")
        line = head[head.rfind("\n", 0, found.start()) + 1 : found.end() + _SENTENCE].partition("\n")[0]
        if _NO_OWNER.search(words) or not _IN_SENTENCE.search(line):  # a title, or a link to another report
            continue
        if (name := organ_of_office(words, places=True)) is None:
            continue
        if _REPORT_BEHIND.match(head, found.end()):
            yield Witness("opening", name, True)
            return
        first = first or (None if name.endswith("区") else name)  # 高新区 and the like are no names
    if first is not None:
        yield Witness("text", first, False)


def _last_words(text: str) -> str:
    """The Chinese characters and brackets with which a text ends."""
    return _NO_WORD.split(text)[-1]


def _signature(text: str) -> str | None:
    """The name above or before the date at the end."""
    lines = [line.strip(" \t|*_") for line in text[-_TAIL:].rstrip(" \t\n|").split("\n")]
    lines = ["".join(line.split()) for line in lines if line]
    for i in range(len(lines) - 1, -1, -1):
        dated = _DATED.search(lines[i]) if "20" in lines[i] or "二" in lines[i] else None
        if dated is None:
            continue
        same = re.split(r"[。;,:|]", lines[i][: dated.start()])[-1]
        above = lines[i - 1] if i and not same else ""
        for words in (same, above):
            if _NAME_ALONE.fullmatch(words) and (name := organ_in(words, places=True)) is not None:
                return name
        return None
    return None


def _page_organ(text: str, body: int) -> str | None:
    for line in text[: max(body, 400)].replace("\t", ":").split("\n"):
        squeezed = line.replace(" ", "")
        if not any(name in squeezed for name in _OF_ORGAN_FIELD):
            continue
        # The next field may stand behind a space, and a name may be torn by one: the shorter reading first.
        for words in (line, squeezed):
            if (field := _ORGAN_FIELD.search(words)) and (
                name := organ_in(field[1], places=True)
            ) is not None:
                return name
    return None


def _as_government(name: str, squeezed: str) -> str:
    """The name of a place with the word for its government, if the text prints it so."""
    if name[-1] in "省市县区旗镇乡道州盟":
        for behind in ("人民政府", "办事处", "政府", "管理委员会", "管委会"):
            if name + behind in squeezed and (behind != "政府" or f"{name}政府信息公开" not in squeezed):
                return name + behind
    return name


def _with_places(name: str, squeezed: str) -> str:
    """The name with the places that the text prints before it somewhere (杭州市 before 钱塘区…局)."""
    fronts: list[str] = []
    at = squeezed.find(name)
    while at >= 0:
        fronts.append(re.split("[()]", _last_words(squeezed[max(0, at - 16) : at]))[-1])
        at = squeezed.find(name, at + len(name)) if len(fronts) < _MOST_PLACES else -1
    best = ""
    for front in sorted({front for front in fronts if len(front) >= 2}):
        for length in range(2, len(front) + 1):
            places, rest = front[-length:], front[:-length]
            if len(places) > len(best) and _are_places(places, name):
                # Nothing stands before the places, or words that lead up to a name, or other words each time.
                clean = organ_in(front + name, places=True) == places + name
                if clean or len({other[:-length][-1:] for other in fronts if other.endswith(places)}) > 1:
                    best = places if not rest or clean or rest[-1] not in places else best
    return best + name


def _are_places(words: str, name: str) -> bool:
    # 市水务局 alone wants the name of its city.
    of_city = name[0] in "省市区县旗镇乡州"
    if not of_city and words[-1] not in _LAST_OF_PLACES:
        return False
    if PLACES.fullmatch(words) is None and not (of_city and _OF_CITY.fullmatch(words)):
        return False
    return words not in name and organ_in(words + name, places=True) == words + name
