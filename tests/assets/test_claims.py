"""claims: which figures prose states, what is no claim, and how claims are held against the tables."""

import time
from collections.abc import Mapping
from dataclasses import fields, replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.claims import Claim, judge_prose, place_of, read_claims, witness_of
from assets.claims.stage import STAGE
from assets.document import judge
from assets.model import Description, Document, RawText, TableReading
from assets.normalized_text import normalize
from assets.section_splits import split_sections
from examples.figures import Figures, make_figures
from examples.noise import Noise
from examples.prose import chinese_numeral, quantities, with_prose
from examples.render import FLAVOURS, render
from examples.report import Report, make_report
from schemas.datasets import CLAIMS
from schemas.forms import TABLE_KEYS
from tests.strategies import flavours, noises, reports

RECEIVED, IN, HANDLED, OUT = (
    f"applications.{row}.total" for row in ("received", "carried_in", "total_handled", "carried_out")
)
REVIEW = "review_litigation.review.total"


def lawsuits(column: str = "total") -> str:
    return (
        f"review_litigation.litigation_direct.{column} + review_litigation.litigation_after_review.{column}"
    )


def row(key: str, column: str = "total") -> str:
    return f"applications.{key}.{column}"


def documents(column: str) -> str:
    return f"active_disclosure.normative_documents.{column}"


def read(text: str, year: int = 2023, issuer: str | None = None) -> list[Claim]:
    """The claims of a text without tables."""
    normalized = normalize(text)
    tables = [TableReading(key, "absent") for key in TABLE_KEYS]
    known = Description(None, issuer, year, None)
    return read_claims(RawText(text, "text"), normalized, split_sections(normalized.text), tables, known)


# A sentence, and for each of its claims the likeliest quantity, the value and the printed figure.
CASES: list[tuple[str, list[tuple[str, float, str]]]] = [
    ("全年共收到政府信息公开申请12件，办结11件。", [(RECEIVED, 12, "12"), (HANDLED, 11, "11")]),
    (
        "新收317件政府信息公开申请，上年结转3件，结转13件。",
        [(RECEIVED, 317, "317"), (IN, 3, "3"), (OUT, 13, "13")],
    ),
    ("依申请公开结转上年度3件，结转下年度4件。", [(IN, 3, "3"), (OUT, 4, "4")]),
    ("2022年结转政府信息公开申请2件，5件结转至2024年办理。", [(IN, 2, "2"), (OUT, 5, "5")]),
    ("另有6件申请顺延到下年度答复。", [(OUT, 6, "6")]),
    ("共受理依申请公开 1,204 件。", [(RECEIVED, 1204, "1,204")]),
    ("收到依申请公开一百零三件。", [(RECEIVED, 103, "一百零三")]),
    (
        "新收依申请公开10件，上年结转2件，总计12件。",
        [(RECEIVED, 10, "10"), (IN, 2, "2"), (f"{RECEIVED} + {IN}", 12, "12")],
    ),
    (
        "收到9件依申请公开，其中自然人申请7件，商业企业2件。",
        [
            (RECEIVED, 9, "9"),
            (row("received", "natural_person"), 7, "7"),
            (row("received", "business"), 2, "2"),
        ],
    ),
    (
        "共收到3份政府信息公开申请，均为自然人申请。",
        [(RECEIVED, 3, "3"), (row("received", "natural_person"), 3, "均为")],
    ),
    (
        "依申请公开中予以公开8件，部分公开2件，属于四类过程性信息1件，其他1件。",
        [
            (row("granted"), 8, "8"),
            (row("granted_in_part"), 2, "2"),
            (row("refused_process"), 1, "1"),
            (row("other_other"), 1, "1"),
        ],
    ),
    (
        "依申请公开答复中2件予以公开，1件部分公开。",
        [(row("granted"), 2, "2"), (row("granted_in_part"), 1, "1")],
    ),
    (
        "予以公开、部分公开的申请分别为5件、4件。",
        [(row("granted"), 5, "5"), (row("granted_in_part"), 4, "4")],
    ),
    ("予以公开及部分公开的申请共9件。", [(f"{row('granted')} + {row('granted_in_part')}", 9, "9")]),
    ("因本机关不掌握等原因无法提供6件。", [(row("unavailable_not_held"), 6, "6")]),
    (
        "政府信息公开行政复议5件，其中结果维持3件，尚未审结2件；行政诉讼4件，其中结果纠正1件。",
        [
            (REVIEW, 5, "5"),
            ("review_litigation.review.upheld", 3, "3"),
            ("review_litigation.review.pending", 2, "2"),
            (lawsuits(), 4, "4"),
            (lawsuits("corrected"), 1, "1"),
        ],
    ),
    ("行政复议、行政诉讼各1件。", [(REVIEW, 1, "1"), (lawsuits(), 1, "1")]),
    ("信息公开类行政复议7件，均获维持。", [(REVIEW, 7, "7"), ("review_litigation.review.upheld", 7, "均获")]),
    ("我局未收到政府信息公开申请。", [(RECEIVED, 0, "未收到")]),
    (
        "我局未收到依申请公开件，未发生行政复议、行政诉讼。",
        [(RECEIVED, 0, "未收到"), (REVIEW, 0, "未发生"), (lawsuits(), 0, "未发生")],
    ),
    ("不存在因政府信息公开申请提起的行政复议情况。", [(REVIEW, 0, "不存在")]),
    ("无下年度结转。", [(OUT, 0, "无")]),
    ("行政复议和行政诉讼均为0件。", [(REVIEW, 0, "0"), (lawsuits(), 0, "0")]),
    (
        "全年制发行政规范性文件4件，废止1件，现行有效20件。",
        [(documents("issued"), 4, "4"), (documents("repealed"), 1, "1"), (documents("in_force"), 20, "20")],
    ),
    (
        "作出694宗行政许可，未作出行政强制。",
        [
            ("active_disclosure.licensing.decisions", 694, "694"),
            ("active_disclosure.coercion.decisions", 0, "未作出"),
        ],
    ),
    (
        "主动公开政府信息71条，其中网站57条，公告栏14条。",
        [
            ("disclosed_items", 71, "71"),
            ("disclosed_items.part", 57, "57"),
            ("disclosed_items.part", 14, "14"),
        ],
    ),
    (
        "发布信息9条，其中网站5条（概况2条，动态3条），公告栏4条。",
        [("disclosed_items", 9, "9"), ("disclosed_items.part", 5, "5"), ("disclosed_items.part", 4, "4")],
    ),
    ("收到依申请公开12条，其中邮递1条，平台11条。", [(RECEIVED, 12, "12")]),
    ("未引起行政复议和行政诉讼情形。", [(REVIEW, 0, "未引起"), (lawsuits(), 0, "未引起")]),
    ("予以公开、部分公开的申请分别为490\n7件、0件。", []),
    (
        "政府信息公开行政复议9件，结果维持6件；行政诉讼2\n05件，结果维持8件。",
        [(REVIEW, 9, "9"), ("review_litigation.review.upheld", 6, "6"), (lawsuits("upheld"), 8, "8")],
    ),
    ("行政诉讼32\n\n第 1 页\n\n82件。", []),
    (
        "未发生行政复议被纠错、行政诉讼败诉的情况。",
        [("review_litigation.review.corrected", 0, "未发生"), (lawsuits("corrected"), 0, "未发生")],
    ),
    ("全年无一例行政复议、行政诉讼。", [(REVIEW, 0, "无一例"), (lawsuits(), 0, "无一例")]),
    ("行政复议和行政诉讼案件数均为0。", [(REVIEW, 0, "0"), (lawsuits(), 0, "0")]),
    (
        "申请答复情况：公开2件，部分公开3件，非本机关掌握4件。",
        [(row("granted"), 2, "2"), (row("granted_in_part"), 3, "3"), (row("unavailable_not_held"), 4, "4")],
    ),
    (
        "行政复议3件，其中维持2件，撤销1件；行政诉讼2件，均胜诉。",
        [
            (REVIEW, 3, "3"),
            ("review_litigation.review.upheld", 2, "2"),
            ("review_litigation.review.corrected", 1, "1"),
            (lawsuits(), 2, "2"),
            (lawsuits("upheld"), 2, "均"),
        ],
    ),
    ("收取行政事业性收费0元。", [("active_disclosure.fees.amount_10k_yuan", 0, "0")]),
    ("发布规范性文件解读8篇。", [("policy_interpretations", 8, "8")]),
    ("有1件涉及政府信息公开的行政复议，该行政复议件未被复议机关纠错。", [(REVIEW, 1, "1")]),
    ("发出收费通知2件，总金额30元。", [("fee_notices", 2, "2"), ("fees_collected_yuan", 30, "30")]),
    ("未收取信息处理费。", [("fees_collected_yuan", 0, "未收取")]),
    ("办理人大代表建议3件、政协提案5件。", [("npc_suggestions", 3, "3"), ("cppcc_proposals", 5, "5")]),
    ("收到依申请公开4件，其中网上申请3件。", [(RECEIVED, 4, "4"), ("applications_received.online", 3, "3")]),
    (
        "接到依申请公开9件，未对政府信息公开申请收取任何费用；其中，6件我办不掌握相关政府信息，3件属于内部事务信息。",
        [
            (RECEIVED, 9, "9"),
            ("fees_collected_yuan", 0, "未对"),
            (row("unavailable_not_held"), 6, "6"),
            (row("refused_internal_affairs"), 3, "3"),
        ],
    ),
    (
        "收到申请人提出的依申请公开2件，2件依申请公开申请人均为自然人。",
        [(RECEIVED, 2, "2"), (row("received", "natural_person"), 2, "2")],
    ),
    (
        "共收到依申请公开7件，皆为自然人申请。",
        [(RECEIVED, 7, "7"), (row("received", "natural_person"), 7, "皆为")],
    ),
    (
        "收到依申请公开9件，其中不予公开(三类内部事务信息)2件、不予处理(重复申请)6件、其他1件。",
        [
            (RECEIVED, 9, "9"),
            (row("refused_internal_affairs"), 2, "2"),
            (row("unprocessed_repeat"), 6, "6"),
            (row("other_other"), 1, "1"),
        ],
    ),
    (
        "未收到因政府信息公开申请提起的行政复议和行政诉讼。",
        [(REVIEW, 0, "未收到"), (lawsuits(), 0, "未收到")],
    ),
    ("我局未收到申请人提出的依申请公开信息。", [(RECEIVED, 0, "未收到")]),
    ("我局无受理依申请公开事项。", [(RECEIVED, 0, "无受理")]),
    (
        "办理政府信息公开案件4件，申请人主动撤件1件。",
        [(f"{RECEIVED} + {IN}", 4, "4"), (row("other_other"), 1, "1")],
    ),
    (
        "答复后被行政复议3件，全部维持；行政诉讼1件，未审结。",
        [
            (REVIEW, 3, "3"),
            ("review_litigation.review.upheld", 3, "全部"),
            (lawsuits(), 1, "1"),
            (lawsuits("pending"), 1, "未审结"),
        ],
    ),
    (
        "无因政府信息公开产生行政复议，提起行政诉讼情况发生。",
        [(REVIEW, 0, "无因"), (lawsuits(), 0, "提起行政诉讼")],
    ),
    ("共收到政府信息公开申请57件，撤件39件，受理18件。", [(RECEIVED, 57, "57")]),
    (
        "收到依申请公开2件，申请人类别为自然人，其中予以公开1件。",
        [(RECEIVED, 2, "2"), (row("granted"), 1, "1")],
    ),
    ("接受依申请公开2条，已答复申请人1条。", [(RECEIVED, 2, "2"), (HANDLED, 1, "1")]),
    (
        "收到政府信息公开申请1件，零复议、零行政诉讼。",
        [(RECEIVED, 1, "1"), (REVIEW, 0, "零"), (lawsuits(), 0, "零")],
    ),
    ("行政复议情况：无；行政诉讼情况：无。", [(REVIEW, 0, "无"), (lawsuits(), 0, "无")]),
    ("收到政府信息公开申请情况：无。", [(RECEIVED, 0, "无")]),
    ("政府信息公开申请答复20件，占50%。", [(HANDLED, 20, "20"), ("applications.share", 50, "50")]),
]


@pytest.mark.parametrize(("text", "told"), CASES, ids=[text for text, _ in CASES])
def test_what_a_sentence_states(text: str, told: list[tuple[str, float, str]]) -> None:
    claims = read(text)
    assert [(claim.quantity, claim.value, text[claim.start : claim.end]) for claim in claims] == told
    assert all(claim.quote == " ".join(text.split()) for claim in claims)


@pytest.mark.parametrize(
    "text",
    [
        "通过12345热线办理群众诉求47件。",
        "收到网民留言248条，办结留言230条。",
        "严格落实三审三校制度，依据条例第二十条公开信息。",
        "根据国办公开办函〔2021〕30号文件，在20个工作日内答复申请。",
        "涉及2名自然人。",
        "全年未收到行政许可申请。",
        "行政执法工作均无被申请行政复议。",
        "因具体行政行为被提起行政诉讼2起。",
        "政府信息公开申请较上年增加3件，同比增长12%。",
        "备案规范性文件审查意见12件。",
        "共受理救助申请120件。",
        "没有出现应公开而不予公开的办件。",
        "行政许可事项7项。",
        "人大建议情况：无；依申请公开情况：无异常。",
        "零距离服务，零投诉。",
        "进驻政务服务大厅行政许可14项、行政处罚203项。",
        "2条依申请公开，其余内容不宜公开。",
        "已公开的政府信息中未涉及国家秘密、商业秘密和个人隐私。",
        "申请人无正当理由逾期不补正。",
        "收到第3件至第5件。",
        "委托县自然资源局办理政府信息公开申请25件。",
        "组织培训4期，参训98人次，维护栏目13个。",
        "公开会议25次。",
        "收到政府信息公开申请12 34件。",
        "第一项加第二项之和，等于第三项加第\n法人或其他组织\n四项之和",
    ],
)
def test_what_is_no_claim(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "period", "scope", "approximate"),
    [
        ("收到依申请公开3件。", "report_year", "organ", False),
        ("2023年，收到依申请公开3件。", "report_year", "organ", False),
        ("2022年，收到依申请公开3件。", "other_year", "organ", False),
        ("上半年收到依申请公开3件。", "part_of_year", "organ", False),
        ("2008年以来收到依申请公开3件。", "several_years", "organ", False),
        ("2023年以来，收到依申请公开3件。", "report_year", "organ", False),
        ("与上年相比有所变化，收到依申请公开3件。", "report_year", "organ", False),
        ("市政府办公室收到依申请公开3件。", "report_year", "other_body", False),
        ("全市共收到依申请公开3件。", "report_year", "area", False),
        ("各部门收到依申请公开3件。", "report_year", "other_body", False),
        ("收到依申请公开200余件。", "report_year", "organ", True),
        ("收到依申请公开近3件。", "report_year", "organ", True),
    ],
)
def test_period_scope_and_exactness(text: str, period: str, scope: str, approximate: bool) -> None:
    (claim,) = read(text)
    assert (claim.period, claim.scope, claim.approximate) == (period, scope, approximate)


def test_the_office_of_a_government_is_the_organ_in_its_own_report() -> None:
    (claim,) = read("市政府办公室收到依申请公开3件。", issuer="云泽市人民政府办公室")
    assert claim.scope == "organ"


def test_a_figure_amid_traditional_script_and_spaces_is_found_where_it_is_printed() -> None:
    text = "本年度\u3000收到 依申請公開 １２ 件，\r\n未發生 行政複議。"
    claims = read(text)
    assert [(claim.value, text[claim.start : claim.end]) for claim in claims] == [(12, "１２"), (0, "未發生")]


def test_lines_that_are_only_wrapped_are_one_sentence() -> None:
    claims = read("2023年全年我单位通过各种渠道共收到政府信息公开申\n请8件，其中予以公开5件。")
    assert [claim.quantity for claim in claims] == [RECEIVED, row("granted")]


def test_a_heading_says_what_its_paragraph_speaks_of() -> None:
    assert [claim.quantity for claim in read("（二）依申请公开情况\n本年度共收到5件，答复4件。")] == [
        RECEIVED,
        HANDLED,
    ]
    assert read("（三）政府信息管理情况\n本年度共收到5件，答复4件。") == []


# --- against the tables

YEAR = 2023


def report_of(figures: Mapping[tuple[str, str, str], int], prose: str, organ: str | None = None) -> str:
    """A report with these figures, all others nought, and this overview."""
    report = make_report(Random(7), YEAR)
    zeros: Figures = dict.fromkeys(report.figures, 0)
    sections = {1: (prose,), 5: ("栏目更新偏慢，将按季度通报。",), 6: ("无。",)}
    title = f"{organ or report.organ.full}{YEAR}年政府信息公开工作年度报告"
    return render(
        replace(
            report, figures=zeros | figures, sections=sections, lead={}, title=title, opening=(), header=()
        ),
        "pipes",
    )


def applications(
    received: int, carried_in: int, granted: int, carried_out: int
) -> dict[tuple[str, str, str], int]:
    """A table of section three in which natural persons made every application."""
    rows = {
        "received": received,
        "carried_in": carried_in,
        "granted": granted,
        "total_handled": granted,
        "carried_out": carried_out,
    }
    return {
        ("applications", key, column): n for key, n in rows.items() for column in ("natural_person", "total")
    }


TABLE = applications(20, 3, 22, 1)
OUTCOMES = [
    ("共受理政府信息公开申请20件。", "agrees", RECEIVED, 20, None),
    ("共受理政府信息公开申请23件。", "agrees", f"{RECEIVED} + {IN}", 23, None),
    ("新收政府信息公开申请23件。", "contradicts", RECEIVED, 20, None),
    ("共受理政府信息公开申请21件。", "contradicts", RECEIVED, 20, None),
    ("答复政府信息公开申请19件。", "agrees", f"{RECEIVED} - {OUT}", 19, None),
    ("未收到政府信息公开申请。", "contradicts", RECEIVED, 20, None),
    ("收到政府信息公开申请200余件。", "not_comparable", RECEIVED, 20, "approximate"),
    ("2021年收到政府信息公开申请7件。", "not_comparable", RECEIVED, 20, "another period"),
    ("各部门收到政府信息公开申请7件。", "not_comparable", RECEIVED, 20, "another scope"),
    (
        "主动公开以市政府名义印发的规范性文件7件。",
        "not_comparable",
        documents("issued"),
        0,
        "do not say clearly",
    ),
    ("主动公开规范性文件7件。", "not_comparable", documents("issued"), 0, "do not say clearly"),
    (
        "政府信息公开申请中主动公开答复6件，同意公开8件。",
        "not_comparable",
        row("granted"),
        22,
        "do not say clearly",
    ),
    (
        "办理行政许可事项7项。",
        "not_comparable",
        "active_disclosure.licensing.decisions",
        0,
        "do not say clearly",
    ),
    ("作出行政许可7件。", "contradicts", "active_disclosure.licensing.decisions", 0, None),
    ("制发规范性文件7件。", "contradicts", documents("issued"), 0, None),
    ("发布政策解读7篇。", "not_comparable", "policy_interpretations", None, "no table holds it"),
]


@pytest.mark.parametrize(
    ("prose", "outcome", "quantity", "printed", "reason"), OUTCOMES, ids=[case[0] for case in OUTCOMES]
)
def test_the_outcome_of_a_claim(
    prose: str, outcome: str, quantity: str, printed: int | None, reason: str | None
) -> None:
    claim, *_ = judge(report_of(TABLE, prose).encode()).claims
    assert (claim.outcome, claim.quantity, claim.printed) == (outcome, quantity, printed)
    assert (claim.reason or "").find(reason or "") >= 0
    assert (claim.reason is None) == (reason is None)


@pytest.mark.parametrize(
    ("organ", "outcome"), [("云泽市人民政府", "contradicts"), ("云泽市水务局", "not_comparable")]
)
def test_a_whole_area_is_the_scope_of_its_government(organ: str, outcome: str) -> None:
    (claim,) = judge(report_of(TABLE, "全市共收到政府信息公开申请5件。", organ).encode()).claims
    assert (claim.scope, claim.outcome) == ("area", outcome)


def test_an_absent_table_contradicts_nothing() -> None:
    (claim,) = read("全年收到依申请公开5件。")
    assert (claim.outcome, claim.printed, claim.reason) == ("not_comparable", None, "the table is absent")


def test_the_cells_of_a_claim_are_told_in_the_words_of_the_form() -> None:
    (claim,) = read("予以公开及部分公开的申请共9件。")
    assert place_of(claim) == "申请情况 （一）予以公开, 总计 + （二）部分公开, 总计"


def test_the_text_is_a_second_witness_for_a_suspect_figure() -> None:
    figures = TABLE | {("applications", "granted", "total"): 32}  # the row and the column say 22
    judged = judge(report_of(figures, "依申请公开予以公开22件。").encode())
    table = judged.tables[1]
    assert table.status == "inconsistent"
    violation = table.violations[0]
    assert violation.suspect == ("granted", "total", 22)
    witness = witness_of(table, violation, judged.claims)
    assert witness is not None and witness.quote == "依申请公开予以公开22件。"
    assert witness_of(table, replace(violation, suspect=("granted", "total", 23)), judged.claims) is None
    assert witness_of(table, replace(violation, suspect=None), judged.claims) is None


# --- rules across sections

UNPAID = (
    TABLE
    | {("applications", "granted", column): 21 for column in ("natural_person", "total")}
    | {("applications", "other_unpaid_fee", column): 1 for column in ("natural_person", "total")}
)
RULES: list[tuple[dict[tuple[str, str, str], int], str, dict[str, str]]] = [
    (TABLE, "发出收费通知2件，收取信息处理费30元。", {"prose.fees": "holds"}),
    (TABLE, "发出收费通知0件，收取信息处理费30元。", {"prose.fees": "broken"}),
    (TABLE, "收取信息处理费30元。本年度未收取信息处理费。", {"prose.fees": "broken"}),
    (TABLE, "未收取信息处理费。", {"prose.fees": "undecided"}),
    (UNPAID, "发出收费通知2件。", {"prose.unpaid_fee": "holds"}),
    (UNPAID, "发出收费通知0件。", {"prose.unpaid_fee": "broken"}),
    (UNPAID, "坚持公开为常态。", {"prose.unpaid_fee": "undecided"}),
    (TABLE, "公开政府信息9条，其中网站5条，公告栏4条。", {"prose.parts": "holds"}),
    (TABLE, "公开政府信息9条，其中网站5条，公告栏8条。", {"prose.parts": "broken"}),
    (TABLE, "公开政府信息9条，其中网站5条。", {"prose.parts": "undecided"}),
    (TABLE, "统计期限自2023年1月1日起至2023年12月31日止。", {"prose.year": "holds"}),
    (TABLE, "统计期限自2022年1月1日起至2022年12月31日止。", {"prose.year": "broken"}),
    (TABLE, "坚持公开为常态。", {}),
]


@pytest.mark.parametrize(("figures", "prose", "outcomes"), RULES, ids=[prose for _, prose, _ in RULES])
def test_the_rules_across_sections(
    figures: dict[tuple[str, str, str], int], prose: str, outcomes: dict[str, str]
) -> None:
    judged = judge(report_of(figures, prose).encode())
    findings = judge_prose(judged.normalized, judged.tables, judged.claims, judged.description)
    assert {finding.rule: finding.outcome for finding in findings} == outcomes
    for finding in findings:
        for start, end in finding.spans:
            assert 0 <= start < end <= len(judged.raw.text)


def test_the_rules_are_rows_with_their_words() -> None:
    prose = "发出收费通知0件，收取信息处理费30元。"
    judged = judge(report_of(TABLE, prose).encode())
    output = next(output for output in STAGE.outputs if output.dataset == "prose_rules")
    assert output.rows is not None
    (row,) = output.rows(judged)
    words = [judged.raw.text[start:end] for start, end in zip(row["starts"], row["ends"], strict=True)]
    assert (row["report_id"], row["rule"], row["outcome"], row["message"], words) == (
        judged.report_id,
        "prose.fees",
        "broken",
        "fees of 30 yuan, 0 fee notices",
        ["30", "0"],
    )
    refused = Document("0" * 16)
    assert list(output.rows(refused)) == []
    judged.fail("reports", "a bug")
    assert list(output.rows(judged)) == []


# --- properties


@given(reports(), flavours, noises, st.integers(0, 10**6))
@settings(max_examples=60)
def test_a_report_that_agrees_with_itself_contradicts_nothing(
    report: Report, flavour: str, noise: Noise, seed: int
) -> None:
    told, _ = with_prose(Random(seed), report)
    judged = judge(render(told, flavour, noise).encode())
    against = [(c.quote, c.quantity, c.printed) for c in judged.claims if c.outcome == "contradicts"]
    assert against == []
    for claim in judged.claims:
        assert 0 <= claim.start < claim.end <= len(judged.raw.text)


def found(seed: int, slip: bool) -> bool:
    """Whether a contradiction is found in a report whose prose, or whose tables, were changed."""
    rng = Random(seed)
    report = make_report(rng, rng.choice((2019, 2021, 2023)), scale="bureau")
    told, sentences = with_prose(rng, report, slip)
    if not slip:
        told = replace(told, figures=make_figures(Random(seed + 1), report.editions, "bureau"))
        before, after = quantities(report.figures), quantities(told.figures)
        names = {name for sentence in sentences for name, _ in sentence.figures}
        assert any(before[name] != after[name] for name in names)
    judged = judge(render(told, FLAVOURS[seed % 3]).encode())
    return any(claim.outcome == "contradicts" for claim in judged.claims)


@pytest.mark.parametrize("slip", [True, False], ids=["prose", "table"])
def test_what_was_changed_in_one_place_only_is_found(slip: bool) -> None:
    assert sum(found(seed, slip) for seed in range(100)) >= 95


def test_what_is_told_is_understood() -> None:
    understood = said = 0
    for seed in range(60):
        rng = Random(seed)
        report, told = with_prose(rng, make_report(rng, 2022, scale="city"))
        judged = judge(render(report, "pipes").encode())
        said += sum(len(sentence.figures) for sentence in told)
        understood += sum(claim.outcome == "agrees" for claim in judged.claims)
    assert understood >= 0.95 * said


def test_traditional_script_changes_nothing() -> None:
    report, _ = with_prose(Random(3), make_report(Random(3), 2022, scale="city"))
    plain = judge(render(report, "pipes").encode()).claims
    traditional = judge(render(report, "pipes", Noise(traditional=True)).encode()).claims
    assert [(c.quantity, c.value, c.outcome) for c in plain] == [
        (c.quantity, c.value, c.outcome) for c in traditional
    ]


@pytest.mark.parametrize(
    "piece",
    ["收到依申请公开3件，", "其中", "未", "（", "1,", "一", "分别为2件、", "各", "均", "《", "公开 信息 "],
)
def test_a_sentence_without_end_takes_time_in_proportion(piece: str) -> None:
    def seconds(length: int) -> float:
        text = "收到依申请公开2件，" + piece * (length // len(piece))
        began = time.process_time()
        read(text)
        return time.process_time() - began

    seconds(1000)
    short = min(seconds(10_000) for _ in range(3))
    assert min(seconds(40_000) for _ in range(3)) < 12 * short + 0.05


@given(
    st.text(
        "0123456789一二十百万余件条元申请公开收到结转上下年未无均各分别为其中（）、，。：《》 \n|",
        max_size=200,
    )
)
def test_whatever_is_written_is_read(text: str) -> None:
    for claim in read(text):
        assert 0 <= claim.start < claim.end <= len(text)


def test_numerals_are_written_as_they_are_read() -> None:
    for value in (1, 2, 10, 12, 20, 100, 103, 110, 999, 1000, 1002, 1020, 9999):
        (claim,) = read(f"收到依申请公开{chinese_numeral(value)}件。")
        assert claim.value == value


def test_the_dataset_has_a_column_for_every_field() -> None:
    columns = [
        name
        for name in CLAIMS.names
        if name not in ("report_id", "report_year", "error", "left", "top", "right", "bottom")
    ]
    assert columns == [field.name for field in fields(Claim) if field.name != "box"]
