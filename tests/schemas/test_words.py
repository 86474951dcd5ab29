"""The catalogue of sentences: both languages, the same placeholders, nothing unused, nothing missing."""

from __future__ import annotations

import ast
import pickle
import re
import string
from pathlib import Path

import pytest

from schemas.catalogue import CATALOGUE
from schemas.slips import SLIPS
from schemas.translation import Language, default_language, translated, word
from schemas.words import Said, say

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [
    path
    for room in ("schemas", "assets", "orchestration")
    for path in sorted((ROOT / room).rglob("*.py"))
    if path.name != "catalogue.py"
]
# Keys of the form, names of commands and of formats: what stays in Latin letters in a Chinese sentence.
LATIN = re.compile(r"--[a-z]+(?: json)?|`ogi \w+`|[A-Z][A-Za-z0-9-]*")


def fields(template: str) -> list[str]:
    return sorted({name for _, name, _, _ in string.Formatter().parse(template) if name})


@pytest.mark.parametrize("key", CATALOGUE)
def test_both_languages_say_it_with_the_same_values(key: str) -> None:
    english, chinese = CATALOGUE[key]
    assert english.strip() and chinese.strip()
    assert set(fields(chinese)) <= set(fields(english)), "the Chinese sentence has values that are not given"


@pytest.mark.parametrize("key", CATALOGUE)
def test_the_chinese_has_no_english_word_left(key: str) -> None:
    words = re.sub(r"\{[^}]*\}", "", CATALOGUE[key][1])
    assert re.findall(r"[A-Za-z]+", LATIN.sub("", words)) == []


def asked_for() -> set[str]:
    """The patterns of the keys that the code asks for: text as it is, what is filled in as .+"""
    patterns = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) in ("say", "word") and node.args:
                for key in keys_in(node.args[0]):
                    patterns.add(key)
    return patterns


def keys_in(node: ast.expr) -> list[str]:
    if isinstance(node, ast.IfExp):
        return [*keys_in(node.body), *keys_in(node.orelse)]
    if isinstance(node, ast.Constant):
        return [re.escape(str(node.value))]
    if isinstance(node, ast.JoinedStr):
        return [
            "".join(re.escape(part.value) if isinstance(part, ast.Constant) else ".*" for part in node.values)
        ]
    return []


def test_every_key_asked_for_is_there_and_every_one_there_is_asked_for() -> None:
    patterns = asked_for()
    missing = [one for one in patterns if not any(re.fullmatch(one, key) for key in CATALOGUE)]
    unused = [key for key in CATALOGUE if not any(re.fullmatch(one, key) for one in patterns)]
    assert (missing, sorted(set(unused) - set(SLIPS) - KEYS_BY_NAME)) == ([], [])


# Asked for by a name: `key = "check.more_ways" if … else "check.other_ways"; say(key)`.
KEYS_BY_NAME = {"check.more_ways", "check.other_ways"}


def test_every_slip_has_its_words() -> None:
    assert [slip for slip in SLIPS if slip not in CATALOGUE] == []


def test_a_sentence_within_a_sentence_is_translated_and_survives_a_pickle() -> None:
    said = say("doubt.sums_and", why=say("why.loose", figure=7))
    again = pickle.loads(pickle.dumps(said))
    assert (
        again
        == said
        == ("the sums do not hold, and the figure 7 stands without words in the table or behind it")
    )
    assert isinstance(again, Said)
    assert translated(again, "zh") == "合计不成立，且表内或表后有一个没有文字说明的数字 7"


CHINESE = {
    "keys of the form by their labels": (
        say("doubt.torn_cell", cell="granted.natural_person", text="1 2"),
        "granted.natural_person prints '1 2': one figure or two?",
        "（一）予以公开 自然人印作“1 2”：是一个数字还是两个？",
    ),
    "what the form does not know stays": (
        say("doubt.figures", row="9.属于工作秘密", figures=3, columns=7),
        "row 9.属于工作秘密: 3 figures for 7 columns",
        "“9.属于工作秘密”一行：7列中有3个数字",
    ),
    "a list": (
        say("check.no_heading", numbers=[2, 5]),
        "no heading found for section 2, 5",
        "未找到第2、5部分的标题",
    ),
    "one and more": (
        say("check.changed", count=1),
        "every sum would hold with 1 figure changed:",
        "改动1个数字，各项勾稽关系即可成立：",
    ),
    "a fraction": (say("sum.addend", label="总计", value=2.50), "总计 2.5", "总计 2.5"),
}


@pytest.mark.parametrize(("said", "english", "chinese"), CHINESE.values(), ids=CHINESE.keys())
def test_values_are_written_as_people_read_them(said: Said, english: str, chinese: str) -> None:
    assert (str(said), translated(said, "en"), translated(said, "zh")) == (english, english, chinese)


def test_words_of_a_document_stay_as_they_are() -> None:
    assert translated("松砚县水利局", "zh") == "松砚县水利局"
    with pytest.raises(KeyError):
        say("no.such.key")
    with pytest.raises(KeyError):
        say("why.loose")


LOCALES: list[tuple[dict[str, str], Language]] = [
    ({}, "en"),
    ({"LANG": "zh_CN.UTF-8"}, "zh"),
    ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
    ({"LANG": "de_DE.UTF-8"}, "en"),
    ({"LANG": "C", "OGI_LANG": "zh"}, "zh"),
    ({"LANG": "zh_CN.UTF-8", "OGI_LANG": "en"}, "en"),
    ({"LANG": "zh_CN.UTF-8", "OGI_LANG": "klingon"}, "zh"),
]


@pytest.mark.parametrize(("environment", "language"), LOCALES)
def test_the_language_is_that_of_ogi_lang_else_of_the_locale(
    environment: dict[str, str], language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OGI_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert default_language() == language
    assert word("status.validated", language) == {"en": "validated", "zh": "核对无误"}[language]
