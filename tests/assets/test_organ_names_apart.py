"""What the name of an organ says of it, what a code is worth, whom a report speaks for: tables of cases."""

from __future__ import annotations

import pytest

from assets.organ_codes import Codes, codes_of, is_credit_code, is_organ_code
from assets.organ_places import kind_of, level_of, name_of, place_key, region_of
from assets.report_scope import scope_of
from schemas.regions import names_of, regions, resolve

# name: the places before it, the rest, the relative place; the code of its region, kind, level
NAMES = {
    "云泽市青柳区水务局": (("云泽市", "青柳区"), "水务局", "", None, "department", "county"),
    "南京市鼓楼区财政局": (("南京市", "鼓楼区"), "财政局", "", "320106", "department", "county"),
    "鼓楼区财政局": (("鼓楼区",), "财政局", "", None, "department", "county"),
    "区财政局": ((), "财政局", "区", None, "department", "unknown"),
    "市场监督管理局": ((), "市监局", "", None, "department", "unknown"),
    "住房和城乡建设局": ((), "住建局", "", None, "department", "unknown"),
    "上海市浦东新区人民政府": (("上海市", "浦东新区"), "", "", "310115", "district", "county"),
    "景德镇市教育局": (("景德镇市",), "教育局", "", "360200", "department", "prefecture"),
    "浙江省财政厅": (("浙江省",), "财政厅", "", "330000", "department", "province"),
    "云泽市青柳区柳溪街道办事处": (("云泽市", "青柳区", "柳溪街道"), "", "", None, "township", "township"),
    "云泽经济技术开发区管理委员会": ((), "云泽经济技术开发区管委会", "", None, "development_zone", "unknown"),
    "南京市国有资产监督管理委员会": (("南京市",), "国资委", "", "320100", "department", "prefecture"),
    "松砚县人民政府": (("松砚县",), "", "", None, "government", "county"),
    "霖州市松砚县人民政府办公室": (("霖州市", "松砚县"), "政府办", "", None, "department", "county"),
}


@pytest.mark.parametrize(("name", "told"), NAMES.items(), ids=NAMES.keys())
def test_a_name_says_where_an_organ_is_and_of_which_kind(name: str, told: tuple[object, ...]) -> None:
    own = name_of(name)
    region = region_of(own.places)
    code = region.code if region else None
    assert (*own, code, kind_of(name), level_of(name, region)) == told


PLACES = {
    ("江苏省", "南京市", "鼓楼区"): "3201鼓楼区",
    ("南京市", "鼓楼区"): "3201鼓楼区",
    ("鼓楼区",): None,  # there are several
    ("鼓楼区", "柳溪街道"): None,
    ("云泽市", "鼓楼区"): "云泽市/鼓楼区",  # a city that the table does not have
    ("霖州市", "松砚县"): "松砚县",
    ("松砚县",): "松砚县",
    ("青柳区",): None,
    ("柳溪镇",): None,
    (): None,
}


@pytest.mark.parametrize(("places", "key"), PLACES.items())
def test_a_place_is_known_by_what_is_borne_once(places: tuple[str, ...], key: str | None) -> None:
    assert place_key(places) == key


def test_a_county_that_lies_in_two_cities_needs_its_city() -> None:
    assert place_key(("松砚县",), {"松砚县"}) is None
    assert place_key(("霖州市", "松砚县"), {"松砚县"}) == "霖州市/松砚县"


def test_the_table_of_regions_knows_what_was_when() -> None:
    [old] = resolve(("杭州市", "下城区"))
    assert (old.code, old.gone, old.level) == ("330103", 2021, "county")
    assert names_of("330105", 2022) == ("浙江省", "杭州市", "拱墅区")
    assert names_of("110105") == ("北京市", None, "朝阳区")
    assert names_of("610822", 2012)[2] != names_of("610881", 2024)[2]
    assert len(resolve(("鼓楼区",))) > 1 and resolve(("云泽市",)) == ()
    assert sum(len(own) for own in regions().values()) > 3000


CODES = {
    "of 18 characters": ("11350100M0001000AX", False),
    "a letter that no code has": ("I1350100M000100Y43", False),
    "too short": ("91350100M000100Y4", False),
    "right": ("91350100M000100Y43", True),
}


@pytest.mark.parametrize(("code", "right"), CODES.values(), ids=CODES.keys())
def test_a_credit_code_has_a_check_digit(code: str, right: bool) -> None:
    assert is_credit_code(code) is right


def credit_code(first: str) -> str:
    """The code of 18 characters that begins with these 17."""
    return next(first + last for last in "0123456789ABCDEFGHJKLMNPQRTUWXY" if is_credit_code(first + last))


def test_a_code_is_believed_with_its_check_digit_right() -> None:
    credit = credit_code("11320100" + "D2143569X")
    assert is_organ_code("D2143569X") and not is_organ_code("D21435690")
    assert codes_of("D2143569X/2023-1", None) == Codes(None, "D2143569X")
    assert codes_of("D2143569-X/2023-1", None) == Codes(None, "D2143569X")
    assert codes_of(None, f"https://a.gov.cn/{credit}/1.html") == Codes(credit, "D2143569X")
    assert codes_of("D21435690/2023-1", None) == Codes(wrong="D21435690")
    assert codes_of("2023-00012", "https://a.gov.cn/1.html") == Codes()


AREA = "本报告所列数据由全市各级行政机关汇总。"
OWN = "我局新收政府信息公开申请3件。"
SUM = "2023年，全市共收到政府信息公开申请300件。"
SCOPES = {
    "a sentence on what it is made of": ("云泽市人民政府", AREA, "area"),
    "so of a department": ("云泽市教育局", AREA, "area"),
    "its own figures": ("云泽市教育局", OWN, "organ"),
    "those of the city, by its government": ("云泽市人民政府", SUM, "area"),
    "those of the city, by a department": ("云泽市教育局", SUM, "unknown"),
    "both": ("云泽市人民政府", f"{SUM}市政府办公室受理政府信息公开申请20件。", "unknown"),
    "nothing": ("云泽市人民政府", "现公布本年度报告。", "unknown"),
}


@pytest.mark.parametrize(("issuer", "text", "scope"), SCOPES.values(), ids=SCOPES.keys())
def test_a_report_says_whom_it_speaks_for(issuer: str, text: str, scope: str) -> None:
    found, words = scope_of(issuer, text)
    assert found == scope
    assert words is None or all(part in text for part in words.split(" / "))
    assert (words is None) == (scope == "unknown" and "共收到" not in text) or "教育局" in issuer
