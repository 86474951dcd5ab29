"""What sections tell in words: what is looked for, likeness by sketches, and years left over."""

from random import Random

import numpy as np
import pyarrow as pa
import pytest

from assets.section_words import likeness, own_words, section_words, sketch
from schemas.compliance import PROSE_SECTIONS, tells
from schemas.datasets import SECTION_WORDS, arrow_schema

LETTERS = [chr(code) for code in range(0x4E00, 0x5E00)]


def prose(seed: int, characters: int = 900) -> str:
    """Text without sense, of sentences of forty characters."""
    rng = Random(seed)
    return "".join("".join(rng.choices(LETTERS, k=40)) + "。" for _ in range(characters // 40))


def rows(*sections: tuple[int, str, str]) -> list[dict[str, object]]:
    """The rows of one report with these sections: number, heading, body."""
    text, found = "标题\n", []
    for number, heading, body in sections:
        start = len(text)
        text += f"{heading}\n"
        found.append({"section": number, "heading": heading, "start": start, "body": len(text)})
        text += f"{body}\n"
        found[-1]["end"] = len(text)
    splits = pa.Table.from_pylist([{"report_id": "a" * 16, "report_year": 2023} | one for one in found])
    table = section_words(pa.table({"report_id": ["a" * 16], "text": [text]}), splits)
    assert table.schema.equals(arrow_schema(SECTION_WORDS), check_metadata=True)
    return table.to_pylist()


@pytest.mark.parametrize("one", tells(), ids=lambda one: one.key)
def test_what_a_section_has_to_tell_is_found_by_any_of_its_words(one) -> None:  # type: ignore[no-untyped-def]
    word = one.words.pattern.split("|")[0].replace("\\", "")
    [row] = rows((one.section, "一、标题", f"全年情况如下:{word},共三次。"))
    assert (one.key in row["tells"], word in str(row["words"])) == (True, True)
    [row] = rows((one.section, "一、标题", "全年无事。"))
    assert (row["tells"], row["words"]) == ([], [])


def test_of_sections_with_tables_only_the_heading_is_looked_at() -> None:
    row, other = rows((2, "二、主动公开政府信息情况", "主动公开 1 2 3"), (3, "四、收到和处理", "监督"))
    assert (row["misnumbered"], row["characters"], row["tells"]) == (False, None, [])
    assert other["misnumbered"] is True
    [row] = rows((6, "6.其他需要报告的事项", "无。"))
    assert (row["misnumbered"], row["characters"]) == (False, 2)


@pytest.mark.parametrize(
    ("sentence", "years"),
    [
        ("2022年,我局公开信息三条。", [2022]),
        ("公开信息三条。2021年我局组织培训。", [2021]),
        ("2022年我局公开三条,比2021年多一条。", []),
        ("较2021年,公开量上升。", []),
        ("2022年以来,我局公开三条。", []),
        ("2023年,我局公开信息三条。", [2023]),
    ],
)
def test_years_with_which_sentences_begin(sentence: str, years: list[int]) -> None:
    [row] = rows((1, "一、总体情况", sentence))
    assert row["years"] == years
    assert len(row["year_words"]) == len(years)


def test_sentences_of_law_and_form_are_no_own_words() -> None:
    own = "我局公开信息三条。"
    standard = "根据《中华人民共和国政府信息公开条例》的规定,编制本报告。"
    assert own_words(standard + own + "本报告中所列数据的统计期限为一年。" + own) == own + own
    assert own_words(standard) == ""
    assert own_words(own) == own


def test_the_likeness_of_texts_is_the_share_of_their_words() -> None:
    whole = prose(1).split("。")
    other = prose(2).split("。")
    texts = ["。".join(whole), "。".join(whole), "。".join(other), "。".join(whole[:11] + other[11:])]
    sketches, counts = sketch(texts)
    assert counts.tolist()[:2] == [sum(char in LETTERS for char in texts[0])] * 2
    alike = [float(likeness(sketches[0], one)) for one in sketches]
    assert alike[:2] == [1.0, 1.0]
    assert alike[2] < 0.05
    assert 0.15 < alike[3] < 0.55  # half of the words of each are a third of the words of both


def test_figures_and_marks_hide_no_likeness() -> None:
    one, other = "我局全年公开信息{}条,其中网站发布{}条" * 9, "我局全年公开信息{}条、其中网站发布{}条。" * 9
    sketches, _ = sketch([one.format(*range(18)), other.format(*range(20, 38))])
    assert likeness(sketches[0], sketches[1]) == 1.0


def test_a_text_without_words_is_like_none() -> None:
    sketches, counts = sketch(["", "123", prose(3), ""])
    assert counts.tolist()[:2] == [0, 0] and counts[3] == 0
    assert [float(likeness(sketches[0], one)) for one in sketches] == [0, 0, 0, 0]
    assert np.array_equal(sketch([prose(3)])[0][0], sketches[2])


def test_sections_that_tell_are_those_with_prose() -> None:
    assert {one.section for one in tells()} == set(PROSE_SECTIONS)
