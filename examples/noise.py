"""What authors, portals, crawlers and converters do to labels, figures, headings and characters; each kind
can be on alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from random import Random
from typing import Literal

from examples.figures import Value
from schemas.forms import label_core

Enumerator = Literal["dot", "dot_space", "comma", "bracket", "wide_dot"]
Brackets = Literal["full", "half", "square", "mixed"]
Quotes = Literal["curly", "straight", "corner", "none"]
Headings = Literal["official", "variants", "dots", "duplicated", "missing", "spaced"]

ENUMERATORS: tuple[Enumerator, ...] = ("dot", "dot_space", "comma", "bracket", "wide_dot")
BRACKETS: tuple[Brackets, ...] = ("full", "half", "square", "mixed")
QUOTES: tuple[Quotes, ...] = ("curly", "straight", "corner", "none")
HEADINGS: tuple[Headings, ...] = ("official", "variants", "dots", "duplicated", "missing", "spaced")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "gb18030", "big5")


@dataclass(frozen=True, slots=True)
class Noise:
    """Which noise a rendering carries. The seed decides where it falls and which layout an author chose."""

    seed: int = 0
    page_numbers: bool = False
    truncated_heads: bool = False  # 结果 其他 尚未
    shifted_rows: bool = False  # an empty cell too many or too few in grids
    short_rows: bool = False  # no empty cell where a merged cell goes on to the right
    typos: int = 0  # how many labels of each table carry one
    label_spaces: bool = False
    label_notes: bool = False
    split_heads: bool = False  # 商业 企业
    enumerator: Enumerator = "dot"
    brackets: Brackets = "full"
    quotes: Quotes = "curly"
    bare_total: bool = False
    leads: bool = False  # prose between a heading and its table
    headings: Headings = "official"
    thousands: bool = False
    full_width_digits: bool = False
    units: bool = False
    spaced_figures: bool = False  # only where cells are delimited
    odd_spaces: bool = False
    crlf: bool = False
    traditional: bool = False
    wrong_characters: bool = False  # machine-made traditional text: 製度 全麵 隻計
    extra_row: bool = False
    dropped_separators: bool = False
    tight_separators: bool = False
    shapes: tuple[
        str, ...
    ] = ()  # names of `examples.shapes.SHAPES`: rows and columns that the organ added or moved


def make_noise(rng: Random, level: float = 0.25) -> Noise:
    """A mix in which each kind of noise is on with probability `level`."""
    choices: dict[str, object] = {
        "seed": rng.randrange(1 << 30),
        "typos": rng.randint(1, 3) if rng.random() < level else 0,
        "shapes": (),
    }
    for name, options in (
        ("enumerator", ENUMERATORS),
        ("brackets", BRACKETS),
        ("quotes", QUOTES),
        ("headings", HEADINGS),
    ):
        choices[name] = rng.choice(options) if rng.random() < level * 2 else options[0]
    for field in fields(Noise):
        if field.name not in choices:
            choices[field.name] = rng.random() < level
    return Noise(**choices)  # type: ignore[arg-type]


# Script

# What simple converters print for a character that has several traditional forms.
_WRONG = {"制": "製", "面": "麵", "只": "隻", "復": "複", "系": "係", "裡": "裏"}


@cache
def _converter(name: str) -> Callable[[str], str]:
    import opencc  # heavy: loaded only where a text asks for it

    convert: Callable[[str], str] = opencc.OpenCC(name).convert
    return convert


def to_traditional(text: str, noise: Noise) -> str:
    """Traditional script in one of two standards, with the wrong characters that machines make if the noise
    asks for them.
    """
    converted = _converter(("s2tw", "s2t")[noise.seed % 2])(text)
    return (
        "".join(_WRONG.get(character, character) for character in converted)
        if noise.wrong_characters
        else converted
    )


# Labels

_KNOWN_TYPOS = {
    "属于三类内部事务信息": "属于三类内容事务信息",
    "属于四类过程性信息": "属于四类过程性性信息",
    "其他法律行政法规禁止公开": "其他法律行政止公开",
}
_NOTES = (
    "（含视频、电话）",
    "（不含咨询）",
    "（件）",
    "（以办结时间为准）",
    "（截至年底）",
    "（截至12月31日）",
    "（详见附件1）",
)
_ENUMERATED = re.compile(r"^(\d)\.")
_STYLES = {"dot": "{}.", "dot_space": "{}. ", "comma": "{}、", "bracket": "（{}）", "wide_dot": "{}．"}
_BRACKETS = {"half": ("(", ")"), "square": ("〔", "〕")}
_QUOTES = {"straight": ('"', '"'), "corner": ("「", "」"), "none": ("", "")}


def _typo(rng: Random, label: str) -> str:
    """One character of the label doubled, dropped or replaced; short labels are left alone, or they could
    turn into another.
    """
    for right, wrong in _KNOWN_TYPOS.items():
        if right in label and rng.random() < 0.7:
            return label.replace(right, wrong)
    core = label_core(label)
    if len(core) < 5 or core not in label:
        return label
    start = label.index(core)
    i = start + rng.randrange(1, len(core) - 1)
    swap = rng.choice("内无情关事公信新有")
    return rng.choice(
        [label[:i] + label[i] + label[i:], label[:i] + label[i + 1 :], label[:i] + swap + label[i + 1 :]]
    )


def _spaced(rng: Random, label: str) -> str:
    """Spaces inside the label: between all characters of a short one, in one or two places of a long one."""
    if len(label) <= 3 and rng.random() < 0.7:
        return " ".join(label)
    for _ in range(rng.randint(1, 2)):
        i = rng.randrange(1, len(label)) if len(label) > 1 else 0
        if label[i - 1 : i + 1].isascii():
            continue
        label = label[:i] + " " + label[i:]
    return label


def _restyle(label: str, noise: Noise, rng: Random) -> str:
    label = _ENUMERATED.sub(lambda match: _STYLES[noise.enumerator].format(match[1]), label)
    brackets = rng.choice(["full", "half"]) if noise.brackets == "mixed" else noise.brackets
    if brackets in _BRACKETS:
        opening, closing = _BRACKETS[brackets]
        if brackets == "square":
            # Only enumerators: 〔一〕. Elsewhere nobody prints them.
            label = re.sub(r"^（([一二三四五六七八九十\d])）", rf"{opening}\1{closing}", label)
        else:
            label = label.replace("（", opening).replace("）", closing)
    if noise.quotes in _QUOTES:
        opening, closing = _QUOTES[noise.quotes]
        label = label.replace("“", opening).replace("”", closing)
    return label


_ZERO_WIDTH = "\u200b\ufeff\u200d"


class Wording:
    """Turns the labels of one table into what is printed, each drawn once; call it with the official label
    and whether it labels a row.
    """

    def __init__(self, noise: Noise, rng: Random, labels: list[str], *, delimited: bool) -> None:
        self._noise, self._rng, self._delimited = noise, rng, delimited
        long = [label for label in labels if len(label_core(label)) >= 5]
        self._typos = set(rng.sample(long, min(noise.typos, len(long))))

    def __call__(self, label: str, of_row: bool) -> str:
        noise, rng = self._noise, self._rng
        if label == "（七）总计" and noise.bare_total:
            return "总计"
        if label in self._typos:
            label = _typo(rng, label)
        if noise.label_notes and of_row and rng.random() < 0.15:
            label += rng.choice(_NOTES)
        if (
            noise.split_heads
            and not of_row
            and label in ("商业企业", "科研机构", "结果维持", "结果纠正", "其他结果", "尚未审结")
        ):
            label = label[:2] + " " + label[2:]
        label = _restyle(label, noise, rng)
        if noise.label_spaces and rng.random() < 0.3:
            label = _spaced(rng, label)
        if noise.odd_spaces and self._delimited and rng.random() < 0.2:
            i = rng.randrange(len(label) + 1)
            label = label[:i] + rng.choice(_ZERO_WIDTH) + label[i:]
        return label


# Figures

_FULL_WIDTH = str.maketrans("0123456789.,+-", "０１２３４５６７８９．，＋－")


class Printer:
    """Prints the figures of one report in the manner that the noise chose; strings are printed verbatim."""

    def __init__(self, noise: Noise, rng: Random, *, delimited: bool) -> None:
        self._noise, self._rng, self._delimited = noise, rng, delimited
        self._every_unit = rng.random() < 0.7

    def __call__(self, value: Value, unit: str | None) -> str:
        noise, rng = self._noise, self._rng
        if isinstance(value, str):
            # Portals fill an empty cell with a space of some kind.
            return (
                rng.choice(["", "\u00a0", "\u3000"])
                if value == "" and noise.odd_spaces and self._delimited
                else value
            )
        text = f"{value:,}" if noise.thousands else f"{value}"
        # Not into equal halves: nobody could tell those from a figure that is printed twice.
        between = [
            i
            for i in range(1, len(text))
            if text[i - 1].isdigit() and text[i].isdigit() and text[:i] != text[i:]
        ]
        if noise.spaced_figures and self._delimited and between and rng.random() < 0.3:
            i = rng.choice(between)
            text = text[:i] + " " + text[i:]
        if noise.full_width_digits:
            text = text.translate(_FULL_WIDTH)
        if noise.units and unit and (self._every_unit or rng.random() < 0.5):
            text += unit
        if noise.odd_spaces and self._delimited and rng.random() < 0.1:
            text = rng.choice(["\u00a0{}", "{}\u00a0", "\u3000{}\u3000", "{}\u200b", "\u200b{}"]).format(text)
        return text


# Headings

OFFICIAL_HEADINGS = {
    1: "一、总体情况",
    2: "二、主动公开政府信息情况",
    3: "三、收到和处理政府信息公开申请情况",
    4: "四、政府信息公开行政复议、行政诉讼情况",
    5: "五、存在的主要问题及改进情况",
    6: "六、其他需要报告的事项",
}
_VARIANTS = {
    1: ("一、总体情况", "一、政府信息公开工作总体情况", "一、概述"),
    2: ("二、主动公开政府信息情况", "二、主动公开信息情况", "二、政府信息主动公开情况"),
    3: (
        "三、收到和处理政府信息公开申请情况",
        "三、政府信息公开申请的收到和处理情况",
        "三、收到和处理政府信息公开申请的情况",
    ),
    4: (
        "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况",
        "四、政府信息公开行政复议和行政诉讼情况",
        "四、行政复议、行政诉讼情况",
    ),
    5: (
        "五、存在问题及改进情况",
        "五、政府信息公开工作存在的主要问题及改进情况",
        "五、存在的主要问题及整改措施",
    ),
    6: ("六、其他需要报告的事项", "六、需要报告的其他事项", "六、其它需要报告的事项"),
}


def headings(noise: Noise, rng: Random) -> dict[int, tuple[str, ...]]:
    """What is printed for the heading of each section: nothing where it is missing, twice where an editor
    pasted it twice.
    """
    out: dict[int, tuple[str, ...]] = {number: (text,) for number, text in OFFICIAL_HEADINGS.items()}
    if noise.headings == "variants":
        out = {number: (rng.choice(texts),) for number, texts in _VARIANTS.items()}
    elif noise.headings == "dots":
        mark = rng.choice([".", "．", " "])
        out = {number: (text.replace("、", mark, 1),) for number, text in OFFICIAL_HEADINGS.items()}
    elif noise.headings == "spaced":
        out = {number: (text[:2] + " " + text[2:],) for number, text in OFFICIAL_HEADINGS.items()}
    elif noise.headings == "duplicated":
        number = rng.randint(1, 6)
        out[number] *= 2
    elif noise.headings == "missing":
        for number in rng.sample(range(1, 7), rng.randint(1, 3)):
            out[number] = ()
    return out


# Pages and spaces


def page_number(rng: Random, page: int, pages: int, *, dashes: bool = True) -> str:
    """A page number as PDFs print it. Without `dashes` where dashes stand for zeros beside it."""
    worded = [f"第{page}页 共{pages}页", f"第 {page} 页", f"第{page}页/共{pages}页"]
    dashed = [f"- {page} -", f"—{page}—", f"-{page}-", f"— {page} —", f"－{page}－"]
    return rng.choice(worded + dashed if dashes else worded)


_ODD_SPACES = "\u00a0\u3000\u2009\u2002"


def odd_spaces(rng: Random, text: str, *, aligned: bool) -> str:
    """Some of the spaces replaced by others of their kind; by equally wide ones only where spaces hold
    columns.
    """
    kinds = "\u00a0" if aligned else _ODD_SPACES
    return "".join(
        rng.choice(kinds) if character == " " and rng.random() < 0.3 else character for character in text
    )


def encode(text: str, encoding: str) -> bytes:
    """The bytes of the text. Raises UnicodeEncodeError where the encoding (big5) has no such character."""
    return text.encode(encoding)


def encodable(text: str, encoding: str) -> bool:
    """Whether the encoding has every character of the text."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
