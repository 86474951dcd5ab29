"""Prose that states the figures of a report, in several phrasings: every sentence true of its tables, unless
told to slip.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random

from examples.figures import APPLICANTS, Figures, number_of
from examples.report import Report
from schemas.claim_terms import claim_terms

_UNITS = ("", "十", "百", "千")
_NUMERALS = "零一二三四五六七八九"

# Phrasings: each name in braces is that of a quantity, see `quantities`.
_RECEIVED = (
    "全年共收到政府信息公开申请{received}件，上年结转{carried_in}件",
    "{year}年，{we}新收依申请公开{received}件，结转上年度{carried_in}件",
    "本年度受理政府信息公开申请 {received} 件（含上年度结转{carried_in}件另计），结转至下年度办理{carried_out}件",
    "共收到{received}份政府信息公开申请，其中自然人申请{natural}件，法人或其他组织申请{organisations}件",
    "{we}全年接到信息公开申请{received}起，其中自然人{natural}起、商业企业{business}起",
)
_HANDLED = (
    "办结{handled}件，{carried_out}件结转下年度继续办理",
    "答复{handled}件，另有{carried_out}件顺延到下一年度答复",
    "全年答复政府信息公开申请{handled}件，结转下年{carried_out}件",
)
_RESULTS = (
    "办理结果中，予以公开{granted}件，部分公开{part}件，不予公开{refused}件，无法提供{unavailable}件，不予处理{unprocessed}件，其他处理{other}件",
    "政府信息公开申请办理结果：予以公开{granted}件、部分公开{part}件、不予公开{refused}件；本机关不掌握相关政府信息{not_held}件；重复申请{repeat}件",
    "依申请公开答复中，{granted}件予以公开，{part}件部分公开，{refused}件不予公开",
    "予以公开、部分公开和不予公开的申请分别为{granted}件、{part}件、{refused}件",
)
_DISPUTES = (
    "政府信息公开行政复议{review}件，其中结果维持{upheld}件，结果纠正{corrected}件，其他结果{ended}件，尚未审结{pending}件；"
    "行政诉讼{litigation}件，其中结果维持{l_upheld}件，尚未审结{l_pending}件",
    "因政府信息公开被申请行政复议{review}起，被提起行政诉讼{litigation}起",
    "信息公开类行政复议{review}件、行政诉讼{litigation}件",
)
_DOCUMENTS_2021 = (
    "全年制发行政规范性文件{issued}件，废止{repealed}件，现行有效{in_force}件",
    "{we}制定规范性文件{issued}件，现行有效的行政规范性文件{in_force}件",
)
_DECISIONS = (
    "全年办理行政许可{licensing}件，作出行政处罚决定{penalties}件，实施行政强制{coercion}件",
    "{year}年，{we}作出行政许可{licensing}件、行政处罚{penalties}件",
)
_NOUGHTS = {
    "received": (
        "{year}年{we}未收到政府信息公开申请",
        "全年没有收到依申请公开件",
        "年内未接到信息公开申请事项",
    ),
    "disputes": (
        "全年未发生因政府信息公开引起的行政复议、行政诉讼",
        "不存在因信息公开工作被申请行政复议或提起行政诉讼的情况",
    ),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence, and what its figures are of, in printed order: name and value as printed."""

    text: str
    figures: tuple[tuple[str, int], ...]


def chinese_numeral(value: int) -> str:
    """A number below 10,000 in Chinese numerals: 一百零三."""
    digits = [int(digit) for digit in str(value)]
    if len(digits) == 1:
        return _NUMERALS[value]
    text, zero = "", False
    for digit, unit in zip(digits, reversed(_UNITS[: len(digits)]), strict=True):
        if digit:
            text += "零" * zero + _NUMERALS[digit] + unit
        zero = not digit
    return text.removeprefix("一") if 10 <= value < 20 else text


def quantities(figures: Figures) -> dict[str, int]:
    """What the sentences speak of, by the names in their braces."""

    def total(table: str, rows: tuple[str, ...], columns: tuple[str, ...] = ("total",)) -> int:
        values = [number_of(figures.get((table, row, column), 0)) or 0 for row in rows for column in columns]
        return sum(int(value) for value in values)

    words = claim_terms().words
    groups = {
        name: tuple(row for _, row in words[word].measures["applications"].readings[0])
        for name, word in (
            ("refused", "不予公开"),
            ("unavailable", "无法提供"),
            ("unprocessed", "不予处理"),
            ("other", "其他处理"),
        )
    }
    groups["other"] += ("other",)  # the one row of 2019
    single = {
        "granted": "granted",
        "part": "granted_in_part",
        "not_held": "unavailable_not_held",
        "repeat": "unprocessed_repeat",
    }
    known = {name: total("applications", rows) for name, rows in groups.items()}
    known |= {name: total("applications", (row,)) for name, row in single.items()}
    known |= {name: total("applications", (name,)) for name in ("received", "carried_in", "carried_out")}
    known["handled"] = total("applications", ("total_handled",))
    known["natural"] = total("applications", ("received",), ("natural_person",))
    known["business"] = total("applications", ("received",), ("business",))
    known["organisations"] = total("applications", ("received",), APPLICANTS[1:])
    lawsuits = ("litigation_direct", "litigation_after_review")
    for name, rows in (("review", ("review",)), ("litigation", lawsuits)):
        known[name] = total("review_litigation", rows)
    for name, column in (
        ("upheld", "upheld"),
        ("corrected", "corrected"),
        ("ended", "other"),
        ("pending", "pending"),
    ):
        known[name] = total("review_litigation", ("review",), (column,))
        known[f"l_{name}"] = total("review_litigation", lawsuits, (column,))
    for name in ("issued", "repealed", "in_force"):
        known[name] = total("active_disclosure", ("normative_documents",), (name,))
    for name in ("licensing", "penalties", "coercion"):
        known[name] = total("active_disclosure", (name,), ("decisions",))
    return known


def tell(rng: Random, report: Report, slip: bool = False) -> list[Told]:
    """Sentences on the figures of a report. With `slip` one figure of one of them is another one."""
    known = quantities(report.figures)
    if known["received"] == 0 and not slip:
        chosen = [rng.choice(_NOUGHTS["received"])]
    else:
        chosen = [rng.choice(_RECEIVED), rng.choice(_HANDLED)]
    chosen += [rng.choice(_RESULTS), rng.choice(_DECISIONS)]
    nothing = known["review"] == known["litigation"] == 0 and not slip
    chosen.append(rng.choice(_NOUGHTS["disputes"] if nothing else _DISPUTES))
    if report.editions["active_disclosure"] == "2021":
        chosen.append(rng.choice(_DOCUMENTS_2021))
    told = [_filled(rng, phrasing, known, report) for phrasing in chosen]
    if slip:
        i = rng.choice([i for i, sentence in enumerate(told) if sentence.figures])
        name = rng.choice(told[i].figures)[0]
        wrong = known | {name: known[name] + rng.choice((1, 7, 40))}
        told[i] = _filled(rng, chosen[i], wrong, report)
    return told


def _filled(rng: Random, phrasing: str, known: Mapping[str, int], report: Report) -> Told:
    """A phrasing with its figures; now and then in Chinese numerals, or with a space before the counter."""
    figures: list[tuple[str, int]] = []
    parts: list[str] = []
    style = rng.random()
    for i, part in enumerate(phrasing.replace("}", "{").split("{")):
        if i % 2 == 0:
            parts.append(part)
        elif part in ("year", "we"):
            parts.append(str(report.year) if part == "year" else report.organ.we)
        else:
            value = known[part]
            figures.append((part, value))
            small = style < 0.1 and 0 < value < 10_000
            parts.append(chinese_numeral(value) if small else f"{value} " if style > 0.9 else str(value))
    return Told("".join(parts) + "。", tuple(figures))


def with_prose(rng: Random, report: Report, slip: bool = False) -> tuple[Report, list[Told]]:
    """The report with an overview that tells its figures, and what it tells."""
    told = tell(rng, report, slip)
    lead = "（二）依申请公开。" if rng.random() < 0.5 else ""
    sections = dict(report.sections) | {1: (lead + "".join(sentence.text for sentence in told),)}
    return replace(report, sections=sections), told
