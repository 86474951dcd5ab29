"""organ_names: what the names of administrative organs look like, and when two names mean one organ."""

from __future__ import annotations

import re

HAN = r"\u3400-\u9fff"
_DEPARTMENT_END = (
    r"(?:政府|委员会|管委会|办公室|办公厅|办事处|管理处|服务处|参事室|研究室|处|局|厅|委|办|院|署|中心|站|所|队"
    r"|馆|校|学院|大学|银行|支行|分行|海关|公司|集团|协会|联合会|残联|会|部|社|台|库|指挥部)"
)
_PLACE_END = r"(?:省|市|自治区|自治州|州|盟|地区|区|县|旗|街道|镇|乡|苏木|林场|农场|示范区|开发区|度假区|园区|新区|新城)"
ORGAN_END = rf"(?:{_DEPARTMENT_END}|{_PLACE_END})"
PLACES = re.compile(rf"(?:[{HAN}]{{1,6}}?{_PLACE_END})+")
_ENDS_AS_DEPARTMENT = re.compile(rf"{_DEPARTMENT_END}(?:\([^()]*\))?$")
_ENDS_AS_PLACE = re.compile(rf"[{HAN}]{{2}}{_PLACE_END}$|[{HAN}][县镇乡旗]$")
# What a name is said by, and is no part of any: the name begins behind the last of them.
_LEADING_WORDS = re.compile(
    r"公布|公开|发布|公示|编制|编写|编发|撰写|制作|完成|根据|按照|依据|依照|遵照|关于|有关|相关|联系|登录|登陆|访问|通过|向社会"
    r"|做好|开展|加强|结合|贯彻|落实|遵循|汇总|接受|要求|如下|年度|报告|年报|我们|以及|经由|同时|并将|全文|下面|下载|咨询|特此"
    r"|形成|起草|包括|包含|涵盖|体现|显示|总结|回顾|联络|反映|提出|部署|领导|指导|支持|承担|负责"
    r"|现[将就对把由在]|[请可]?[与向](?=[^阳])|[的了由请被]|(?<=\d)年|[,。;:、]"
)
# Of one character, and the beginning of some names too.
_LEADING_CHARACTERS = re.compile(
    r"^(?:现(?!代)|特(?!区|种|别|色)|将(?!乐)|对(?!外|口)|为(?!民)|从(?!江|化)|经(?!济|开|信|发|贸)|[在是按据给把到就及和本]"
    r"(?!溪|平县|政县|县|静县|龙|林|布克|硕))+"
)
_NOT_THE_ORGAN = re.compile(
    r"^(?:我|本(?!溪)|各|该|全(?!州|南|椒)|其他|其它|有关|相关|上级|国务院|党中央|中央|中共|中华人民共和国$|社会|广大|主题|分类)"
    r"|领导小组|党工委|党委|党组|[省市州县区旗]委$|常委会?$|公众号|网站|人民代表大会|全市$|全县$|全区$"
    r"|^[省市州县区旗镇乡]?(?:人民)?政府$|^(?:政务|政府|信息|公开|机关|综合|党政)*(?:办公室|办公厅|办|中心)+$"
    r"|^(?:[与及]|和(?![平田林硕静政龙顺县布])|化(?![州隆德]))|^(?:人民|管理|街道|服务|行政|监督|委员|分|社会|事务|政务|公共){0,2}(?:政府|委员会|"
    r"管委会|会|办公室|办事处|局|中心|处|分局|支队)$"
    r"|^.?(?:城|社|地|辖|市|山|园|景|厂|校|城乡|各)区$|^(?:年度|本级|机关).{0,2}$|工作机构$|^办公室|[承主协督交经举申提]办$"
)
# An office within an organ, behind the organ's own name.
_OFFICE = re.compile(
    r"(?:(?:党政|综合|党群|政务|政务公开|政府信息公开|信息公开|政府信息|行政|秘书|文秘|机要|宣传|法规|法制|政策法规|数据|信息|联络)"
    r"(?:工作|管理|事务|和|与|及)*(?:领导小组)?(?:综合)?(?:办公室|办公厅|办|中心|科|处|股|室)"
    r"|(?<=[局委会厅院署乡镇道处部心])(?:机关)?办公室?|[办综秘文人法政](?:公室|合|书|秘)?[^局委厅]{0,4}[科股处])+$"
)
_NOT_ITS_NAME = re.compile(r"\((?![^()]*(?:局|委|办|会|厅|院|中心|处)\))[^()]*\)$|(?:本级|机关)$")

_OFFICE_BEHIND = re.compile(
    r"(?:党政|综合|党群|政务公开|政府信息公开|信息公开|政务服务|行政|秘书)*(?:办公室|办公厅|办|处|科)"
)
_LAST_OF_PLACES = "省市州盟区县旗镇乡道局部署厅委"  # or of an organ that another belongs to
_PLACE = re.compile(r"[省市县区旗镇乡]")
_BRACKETS = re.compile(r"\([^()]*\)")
_MORE = re.compile(r"员会|(?:人民)?政府|办事处|管理委员会|管委会|\([^()]*\)")
_GOVERNMENT = re.compile(r"(?<=[省市区州盟县旗道镇乡木场城])(?:政府|办事处|管委|政府办公?[室厅]?)$")


def organ_in(words: str, places: bool = False, shortest: int = 3, whole: bool = False) -> str | None:
    """The name of an organ with which `words` ends, without what leads up to it; None where they end
    otherwise.

    `places`: whether the name of a town, sub-district, district, county or city stands for its government;
    `whole`: whether nothing that leads up to a name stands before it.
    """
    name = words.strip("《》<>\"'[]:,、 -_*")
    if name.count("(") != name.count(")"):
        name = name.strip("()")
    name = _NOT_ITS_NAME.sub("", name)
    if "(" not in name and not whole:
        ends = [lead.end() for lead in _LEADING_WORDS.finditer(name)]
        name = name[ends[-1] :] if ends else name
    name = _LEADING_CHARACTERS.sub("", name)
    if len(name) < shortest or _NOT_THE_ORGAN.search(name):
        return None
    if _ENDS_AS_DEPARTMENT.search(name) or (places and _ENDS_AS_PLACE.search(name)):
        return name
    return None


def organ_of_office(words: str, places: bool = False) -> str | None:
    """The organ with whose name, or with that of an office within it, `words` end (区统计局党政办公室: 区统计局)."""
    organ = _OFFICE.sub("", words)
    if organ != words:
        organ += "政府" * organ.endswith("人民")  # 人民政府信息公开办公室
        if len(organ) >= 3 and re.search(rf"{ORGAN_END}$", organ):
            return organ_in(organ, places)
    return organ_in(words, places)


def _core(name: str) -> str:
    """A name in short: without brackets, and without the words for government and office behind a place."""
    name = _BRACKETS.sub("", name) if "(" in name else name
    for long, short in (("管理委员会", "管委"), ("管委会", "管委"), ("委员会", "委"), ("人民政府", "政府")):
        name = name.replace(long, short)
    return _GOVERNMENT.sub("", name)


def same_organ(one: str, other: str) -> bool:
    """Whether two names can mean one organ: the shorter has nothing that the longer lacks (市卫健委, 云泽市卫生健康委员会),
    or the longer is that of an office of the other.
    """
    if one == other:
        return True
    if one.startswith(other) or other.startswith(one):
        rest = one[len(other) :] or other[len(one) :]
        if _OFFICE_BEHIND.fullmatch(rest):
            return True
    short, long = sorted((_core(one), _core(other)), key=len)
    return short[-1:] == long[-1:] and set(short) <= set(long)


def fuller(name: str, other: str) -> bool:
    """Whether `other` is the same name with more of it: with places before it, with the word for government
    behind a place, or without its abbreviations.
    """
    if len(other) <= len(name) or not same_organ(name, other):
        return False
    if name in other:
        before, _, behind = other.partition(name)
        placed = before[-1:] in _LAST_OF_PLACES or (name[0] in _LAST_OF_PLACES and len(before) <= 4)
        return placed and (not before or before not in name) and (not behind or bool(_MORE.fullmatch(behind)))
    return name[:3] == other[:3] and len(_PLACE.findall(name)) == len(_PLACE.findall(other))
