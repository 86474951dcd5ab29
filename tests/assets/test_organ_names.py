"""Names of administrative organs: where they begin and end in a sentence, and when two mean one organ."""

import pytest

from assets.organ_names import fuller, organ_in, organ_of_office, same_organ

NAMES = {
    "松砚县水利局": "松砚县水利局",
    "现向社会公布区统计局": "区统计局",
    "为认真做好云泽市卫生健康局": "云泽市卫生健康局",
    "请与柳塘镇人民政府": "柳塘镇人民政府",
    "按照松砚县人民政府办公室": "松砚县人民政府办公室",
    "现将云泽市人力资源和社会保障局": "云泽市人力资源和社会保障局",
    "云泽市向阳区财政局": "云泽市向阳区财政局",
    "云泽市经济和信息化局(云泽市中小企业局)": "云泽市经济和信息化局(云泽市中小企业局)",
    "云泽市水务局(本级)": "云泽市水务局",
    "有关政府": None,
    "县政府": None,
    "在国务院": None,
    "我局": None,
    "各级人民政府": None,
    "办公室": None,
    "云泽市委": None,
    "政府信息公开工作领导小组": None,
    "云泽市水务局网站": None,
    "柳塘镇": None,
}


@pytest.mark.parametrize(("words", "name"), NAMES.items(), ids=NAMES.keys())
def test_the_name_with_which_words_end(words: str, name: str | None) -> None:
    assert organ_in(words) == name


@pytest.mark.parametrize("place", ["柳塘镇", "青溪乡", "柳塘街道", "松砚县", "云泽市", "云泽经济技术开发区"])
def test_a_place_stands_for_its_government_where_it_may(place: str) -> None:
    assert (organ_in(place), organ_in(place, places=True)) == (None, place)


OFFICES = {
    "区统计局党政办公室": "区统计局",
    "区统计局办公室": "区统计局",
    "柳塘镇人民政府党政综合办公室": "柳塘镇人民政府",
    "松砚县人民政府信息公开办公室": "松砚县人民政府",
    "松砚县人民政府办公室": "松砚县人民政府办公室",
    "水利部政务公开领导小组办公室": "水利部",
}


@pytest.mark.parametrize(("words", "organ"), OFFICES.items(), ids=OFFICES.keys())
def test_the_organ_of_an_office(words: str, organ: str) -> None:
    assert organ_of_office(words) == organ


PAIRS = [
    ("云泽市水务局", "青柳区水务局", False, False),
    ("水务局", "云泽市水务局", True, True),
    ("市卫健委", "云泽市卫生健康委员会", True, False),
    ("云泽市卫生健康委", "云泽市卫生健康委员会", True, True),
    ("云泽市市场监管局", "云泽市市场监督管理局", True, True),
    ("柳塘镇", "松砚县柳塘镇人民政府", True, True),
    ("松砚县人民政府", "松砚县人民政府办公室", True, False),
    ("云泽市", "云泽市水务局", False, False),
    ("云泽市水务局", "云泽市民政局", False, False),
    ("柳塘镇", "并由柳塘镇", True, False),
]


@pytest.mark.parametrize(("name", "other", "same", "more"), PAIRS)
def test_two_names_of_one_organ(name: str, other: str, same: bool, more: bool) -> None:
    assert (same_organ(name, other), same_organ(other, name)) == (same, same)
    assert fuller(name, other) == more
