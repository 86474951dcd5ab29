"""organ_places: what the name of an organ says of it: the places before it, its kind, its level."""

from __future__ import annotations

import re
from collections.abc import Container
from functools import cache, lru_cache
from typing import NamedTuple

from assets.organ_names import HAN
from schemas.regions import Region, regions, resolve

_SUFFIX = r"自治区|自治州|自治县|自治旗|地区|街道|苏木|省|市|州(?![市区县])|盟|区|县|旗|镇(?![区县])|乡"
# A place that the table does not have. No place is called after these: they are of the organ's own name.
_PLACE = re.compile(rf"(?:(?![和与及局委办厅部业政])[{HAN}]){{1,5}}?(?:{_SUFFIX})(?!场|村|镇企|镇管|容)")
_NO_PLACE = re.compile(
    r"^(?:城市|城乡|乡镇|城镇|社区|园区|景区|新区|辖区|山区|林区|牧区|灾区|库区)$"
    r"|(?:开发|度假|示范|试验|合作|高新|经开|保税|保护|功能|集聚|实验)区$"
    r"|住房|建设|管理|保障|资源|交通|退役|应急|农业|医疗|^[省市区县旗州]"
)
_RELATIVE = re.compile(r"(?!市场|市容|市政(?!府))[省市区县旗州盟](?=.{2})")
_ZONE_AT_START = re.compile(
    rf"[{HAN}]{{2,14}}?(?:开发区|高新区|新区|园区|度假区|示范区|经开区|保税区|试验区|合作区)"
)
_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
_SHORT = {
    "发展和改革委员会": "发改委", "发展与改革委员会": "发改委", "发展改革委员会": "发改委", "发展改革委": "发改委", "发展和改革局": "发改局",
    "发展改革局": "发改局", "人力资源和社会保障局": "人社局", "人力资源社会保障局": "人社局", "人力资源和社会保障厅": "人社厅",
    "住房和城乡建设局": "住建局", "住房和城乡建设委员会": "住建委", "住房城乡建设局": "住建局", "卫生健康委员会": "卫健委",
    "卫生健康委": "卫健委", "卫生健康局": "卫健局", "市场监督管理局": "市监局", "市场监管局": "市监局", "文化广电和旅游局": "文广旅局",
    "文化广电旅游局": "文广旅局", "文化和旅游局": "文旅局", "退役军人事务局": "退役军人局", "自然资源和规划局": "自规局",
    "自然资源局": "自然资源局", "工业和信息化局": "工信局", "应急管理局": "应急局", "医疗保障局": "医保局", "城市管理局": "城管局",
    "城市管理和综合行政执法局": "城管执法局", "国有资产监督管理委员会": "国资委", "民族宗教事务局": "民宗局", "经济和信息化局": "经信局",
    "经济和信息化委员会": "经信委", "行政审批服务局": "行政审批局", "交通运输局": "交通局", "农业农村局": "农业农村局",
}  # fmt: skip
_GOVERNMENT = re.compile(r"(?:人民政府|政府)?(?:街道)?(?:办事处)?$")
_ZONE = re.compile(
    r"开发区|高新区|经开区|新区|园区|度假区|示范区|保税区|试验区|合作区|(?<!监督)(?:管委会|管理委员会)$"
)
_DEPARTMENT = re.compile(
    r"(?:局|委|办|厅|院|中心|公司|会|队|站|室|处|所|部|署|馆|校|社|台|库|大学|银行|海关|集团)$"
)


class Name(NamedTuple):
    """A name taken apart: the places before it, the widest first; the rest, in short; and the relative place
    (区 in 区财政局) that needs one before it.
    """

    places: tuple[str, ...]
    tail: str
    relative: str = ""


@cache
def _longest() -> int:
    return max(map(len, regions()))


@lru_cache(maxsize=1 << 16)
def name_of(name: str) -> Name:
    """Take a name apart. Places of the table come first, then what looks like one."""
    rest = _BRACKETS.sub("", name)
    places: list[str] = []
    while rest:
        place = _of_table(rest) or _of_words(rest)
        if place is None or len(places) == 4:
            break
        places.append(place)
        rest = rest[len(place) :]
    relative = ""
    if not places and (match := _RELATIVE.match(rest)) and not _of_table(rest):
        relative, rest = match[0], rest[1:]
    return Name(tuple(places), _shortened(rest), relative)


def _of_table(words: str) -> str | None:
    known = regions()
    for length in range(min(len(words), _longest()), 1, -1):
        if words[:length] in known:
            return words[:length]
    return None


def _of_words(words: str) -> str | None:
    match = _PLACE.match(words)
    if match is None or _NO_PLACE.search(match[0]):
        return None
    return match[0]


def _shortened(tail: str) -> str:
    """The rest of a name as it is compared: usual abbreviations, and no words for the government of a
    place.
    """
    tail = _GOVERNMENT.sub("", tail) if "政府办" not in tail else tail.replace("人民政府", "政府")
    tail = tail.replace("管理委员会", "管委会") if not tail.endswith("监督管理委员会") else tail
    tail = tail.replace("办公室", "办").replace("办公厅", "办")
    return _SHORT.get(tail) or re.sub(r"委员会$", "委", tail)


def region_of(places: tuple[str, ...]) -> Region | None:
    """The region of some nested places: the narrowest that the table has, if what is wider agrees."""
    for end in range(len(places), 0, -1):
        if places[end - 1] in regions():
            found = resolve(places[:end])
            return found[0] if len(found) == 1 else None
    return None


def place_key(places: tuple[str, ...], open_names: Container[str] = ()) -> str | None:
    """What tells a place from all others, whatever is printed before it; None where the words leave it open
    (a district without its city). `open_names` are names that places within several others bear.
    """
    known = [i for i, place in enumerate(places) if place in regions()]
    if not known:
        return _key_alone(places, open_names)
    region, below = region_of(places), places[known[-1] + 1 :]
    if region is None:  # several bear this name, or one lies in a city where the table has none of it
        return None if resolve(places[: known[-1] + 1]) else _key_alone(places, open_names)
    alone = _key_alone(below, open_names) if region.level == "province" else None  # it is often left out
    return alone or "/".join((region.key, *below))


def _key_alone(places: tuple[str, ...], open_names: Container[str]) -> str | None:
    """The same of places that the table does not have: from the last name on that is hardly borne twice, as
    of cities and counties; districts and towns need one before them.
    """
    for i in range(len(places) - 1, -1, -1):
        if places[i].endswith(_SURE) and len(places[i]) > 2 and places[i] not in open_names:
            return "/".join(places[i:])
    return "/".join(places) if len(places) > 1 else None


_SURE = ("省", "市", "县", "旗", "自治州", "盟")


def kind_of(name: str) -> str:
    """The kind of an organ by its name, in the order of the first that fits."""
    own = name_of(name)
    last = own.places[-1] if own.places else ""
    plain = _BRACKETS.sub("", name)
    is_government = own.tail == "" and not own.relative
    if is_government and last in regions() and _ZONE.search(last):
        return "district"
    if last.endswith(("街道", "镇", "乡", "苏木")) and last not in regions():
        return "township"
    if _ZONE.search(plain.removeprefix("".join(own.places)) or plain) and not own.tail.endswith("国资委"):
        return "development_zone"
    if own.tail and _DEPARTMENT.search(own.tail):
        return "department"
    if is_government and own.places:
        return "government"
    return "unknown"


def level_of(name: str, region: Region | None) -> str:
    """The level of government of an organ: that of the region that its name names, a township's below it."""
    own = name_of(name)
    last = own.places[-1] if own.places else ""
    if last.endswith(("街道", "镇", "乡", "苏木")) and last not in regions():
        return "township"
    if region is not None:
        return region.level if not own.places or last in regions() else "county"
    if last.endswith(("县", "区", "旗")):
        return "county"
    if last.endswith(("省", "自治区")):
        return "province"
    return "prefecture" if last.endswith(("自治州", "盟")) else "unknown"
