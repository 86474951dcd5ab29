"""report_scope: whom the figures of a report speak for, by its own words: the organ, or a whole area whose
departments they sum up.
"""

from __future__ import annotations

import re

from assets.organ_places import kind_of

_LOOKED_AT = 6000  # characters, without spaces, in which a report says whom it speaks for
_SHOWN = 60
_AREA = r"(?:全[省市区县州旗盟]|本[省市区县州旗盟]各|各级(?:行政机关|政府|人民政府)|各(?:市直|区直|县直)?(?:部门|单位)和?各?(?:街道|乡镇|镇|县))"
_COUNTED = r"(?:收到|受理|新收|接收|接到|收办|办理|办结|答复|主动公开|公开(?:各类)?(?:政府|政务)?信息|发布(?:各类)?(?:政府|政务)?信息)"
# A sentence that says what the report is made of.
_MADE_OF = re.compile(
    r"(?:本(?:年度)?报告|报告中?(?:所列)?(?:的)?(?:数据|统计)|所列数据|统计(?:数据|范围|口径))[^。\n]{0,40}?"
    r"(?:汇总|涵盖|覆盖|包括|包含|统计范围为|由)[^。\n]{0,30}?"
    r"(?:各(?:级|部门|单位|街道|乡镇|镇|乡|区|县|市)|全[省市区县州旗盟])[^。\n]{0,20}"
)
_SUMMED = re.compile(rf"{_AREA}[^。;\n]{{0,24}}?{_COUNTED}[^。;,\n]{{0,24}}")
_OWN = re.compile(
    r"(?:本(?:机关|局|委|办|厅|院|中心|会|处|站|所|队|公司|镇|乡|街道|单位|部门|级)|我(?:局|委|办|厅|院|中心|会|处|站|所|队|公司|镇|乡|街道|单位|部门)"
    r"|(?:政府|市府|县府|区府)(?:本级|办公[室厅]))[^。;\n]{0,24}?" + _COUNTED + r"[^。;,\n]{0,24}"
)
_OWN_REPORT = re.compile(
    r"(?:本报告|所列数据|统计(?:数据|范围|口径))[^。\n]{0,30}?(?:本(?:机关|局|委|办|厅|级)|我(?:局|委|办|厅|镇|乡))[^。\n]{0,20}"
)


def scope_of(issuer: str | None, text: str) -> tuple[str, str | None]:
    """Whom a report speaks for, `organ`, `area` or `unknown`, and the words that say it; of what says both,
    the words of both. `text` is normalized.

    A sentence on what the report is made of counts before one on figures. A department speaks for the whole
    area only by such a sentence: its 全市 is that of its field.
    """
    head = "".join(text[: 2 * _LOOKED_AT].split(" "))[:_LOOKED_AT]
    made, own_report = _MADE_OF.search(head), _OWN_REPORT.search(head)
    if made and not own_report:
        return "area", _words(made)
    if own_report and not made:
        return "organ", _words(own_report)
    if made and own_report:
        return "unknown", f"{_words(own_report)} / {_words(made)}"
    is_department = issuer is not None and kind_of(issuer) in ("department", "township")
    own, summed = _OWN.search(head), _SUMMED.search(head)
    if own and (is_department or not summed):
        return "organ", _words(own)
    if summed and own:
        return "unknown", f"{_words(own)} / {_words(summed)}"
    if summed and not is_department:
        return "area", _words(summed)
    return "unknown", None


def _words(match: re.Match[str]) -> str:
    return match[0][:_SHOWN]
