"""organ_codes: the code of an organ in the number or the address of its page, believed only with its check
digit right.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: no I, O, S, V, Z
_CREDIT_VALUE = {character: value for value, character in enumerate(_CREDIT)}
_ORGAN_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714
# An organ of state, an institution or another body registered by 机构编制 (GB 32100): 11, 12, 13, 19.
_CREDIT_IN = re.compile(rf"(?<![0-9A-Z])(1[1239]\d{{6}}[{_CREDIT}]{{10}})(?![0-9A-Z])")
_ORGAN_IN = re.compile(r"\s*([0-9A-Z]{8}-?[0-9X])(?![0-9A-Z])")


class Codes(NamedTuple):
    """The codes of an organ: that of 18 characters (GB 32100), that of 9 (GB 11714), which the longer holds;
    and one that looks like either and fails its check digit.
    """

    credit: str | None = None
    organ: str | None = None
    wrong: str | None = None


def is_credit_code(code: str) -> bool:
    """Whether 18 characters are a 统一社会信用代码 with the right check digit (GB 32100)."""
    if len(code) != 18 or any(character not in _CREDIT_VALUE for character in code):
        return False
    total = sum(_CREDIT_VALUE[character] * pow(3, i, 31) for i, character in enumerate(code[:17]))
    return _CREDIT[-total % 31] == code[17]


def is_organ_code(code: str) -> bool:
    """Whether 9 characters are a 组织机构代码 with the right check digit (GB 11714)."""
    if len(code) != 9 or not code[:8].isalnum() or not code.isascii():
        return False
    total = sum(int(character, 36) * weight for character, weight in zip(code, _ORGAN_WEIGHTS, strict=False))
    return "0123456789X0"[-total % 11] == code[8]


def codes_of(index_number: str | None, url: str | None) -> Codes:
    """The codes with which a page's 索引号 begins, or that stand in its address (only the longer one there)."""
    wrong = None
    for text in (index_number, url):
        for found in _CREDIT_IN.finditer((text or "").upper()):
            if is_credit_code(found[1]):
                inner = found[1][8:17]
                return Codes(found[1], inner if is_organ_code(inner) else None)
            wrong = wrong or found[1]
    if found_organ := _ORGAN_IN.match((index_number or "").upper()):
        code = found_organ[1].replace("-", "")
        if is_organ_code(code):
            return Codes(None, code)
        wrong = wrong or code
    return Codes(wrong=wrong)
