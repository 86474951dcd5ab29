"""Invented reports: organs that do not exist, sentences of our own, titles, page headers, signatures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from examples.figures import SCALES, Figures, Scale, make_figures, number_of
from schemas.forms import TABLE_KEYS

# No such places exist. Their characters survive the way to traditional script and back.
CITIES = ("云泽市", "临汐市", "砚江市", "霖州市", "沐榆市", "昭宁市")
DISTRICTS = ("青柳区", "石砚区", "南汐区", "榆亭区", "望榆县", "松砚县", "鹭溪县")
UNITS = (
    "水务局",
    "交通运输局",
    "民政局",
    "司法局",
    "教育局",
    "应急管理局",
    "文化广电和旅游局",
    "市场监督管理局",
    "发展和改革局",
    "卫生健康委员会",
    "投资促进中心",
    "人民政府",
    "人民政府办公室",
    "农业农村局",
    "机关事务服务中心",
)


@dataclass(frozen=True, slots=True)
class Organ:
    """An invented organ: the city it lies in, its district ("" for an organ of the city), its bare name."""

    city: str
    district: str
    unit: str

    @property
    def full(self) -> str:
        return self.city + self.district + self.unit

    @property
    def middle(self) -> str:
        """The name without the city, as titles often print it."""
        return (self.district or "市") + self.unit

    @property
    def we(self) -> str:
        """How the organ calls itself inside the text."""
        for end, we in (
            ("局", "我局"),
            ("委员会", "我委"),
            ("中心", "我中心"),
            ("办公室", "我办"),
            ("人民政府", "本机关"),
        ):
            if self.unit.endswith(end):
                return we
        return "本单位"


@dataclass(frozen=True, slots=True)
class Report:
    """All that one report prints, before a flavour lays it out.

    `editions` names the edition of each table, also of the lost ones, whose headings remain and whose figures
    do not. `lead` holds a sentence for the place between a table's heading and the table. `issuer` is the
    fullest name of the organ that any of this prints.
    """

    organ: Organ
    year: int
    editions: Mapping[str, str]
    figures: Figures
    title: str | None
    issuer: str
    header: tuple[str, ...] = ()
    header_first: bool = False
    opening: tuple[str, ...] = ()
    sections: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    lead: Mapping[int, str] = field(default_factory=dict)
    signature: tuple[str, ...] = ()
    published: str | None = None
    lost: frozenset[str] = frozenset()


def make_organ(rng: Random) -> Organ:
    """An invented organ of a city or of one of its districts."""
    return Organ(rng.choice(CITIES), rng.choice(("", *DISTRICTS)), rng.choice(UNITS))


_TITLES = (
    "{name}{year}年政府信息公开工作年度报告",
    "{year}年{name}政府信息公开工作年度报告",
    "{name}{year}年度政府信息公开工作年度报告",
    "{name} {year} 年政府信息公开年度报告",
    "{name}{year}年政府信息公开工作报告",
    "{name}关于{year}年度政府信息公开工作情况的报告",
)
_NAMELESS_TITLES = (
    "关于{year}年度政府信息公开情况的报告",
    "{year}年政府信息公开工作年度报告",
    "{year}年度政府信息公开年报",
)

_OPENINGS = (
    "按照《中华人民共和国政府信息公开条例》的规定，{name}编制了本报告。报告所列数据的统计期限自{year}年1月1日起至{year}年12月31日止，"
    "如有疑问，请与{name}办公室联系（电话：0000-5550{tail}；邮编：000{tail}）。",
    "现将{name}{year}年政府信息公开工作开展情况报告如下，本报告由六个部分组成，电子版可在市政府门户网站查阅。",
    "依据有关规定，对{year}年{name}政府信息公开工作情况报告如下：",
)
_OVERVIEW = (
    "{year}年，{we}把政务公开当作联系群众的一座桥，坚持谁制作谁公开，全年通过网站和公众号发布各类信息{many}条，其中工作动态{some}条、"
    "办事指南{few}条，阅读量超过{big}万人次。",
    "（一）主动公开。{we}逐月核对公开目录，全年更新栏目{few}个，公开年度预决算、人事任免、重点项目等信息{many}余条，同比增加{few}条。",
    "（二）依申请公开。{received}",
    "（三）政府信息管理。建立登记、审核、归档三本台账，发布前由经办人、科室负责人、分管领导逐级把关，全年抽查{few}次，发现并改正错漏{few}处。",
    "（四）平台建设。{we}在{city}人民政府门户网站开设专栏，新增检索功能，微信公众号推送文章{some}篇，关注人数达到{many}人。",
    "（五）监督保障。年内组织业务培训{few}期，参训{some}人次；办理人大建议{few}件、政协提案{few}件，均按期答复。",
)
_RECEIVED = (
    "全年共收到政府信息公开申请{count}件，均在法定期限内答复。",
    "{year}年{we}新收政府信息公开申请{count}件，比上一年增加{few}件，主要涉及规划和资金使用。",
    "本年度受理公民、法人或其他组织提出的申请 {count} 件，办结率100%。",
)
_NOT_RECEIVED = (
    "{year}年{we}未收到政府信息公开申请。",
    "全年收到依申请公开0件，未发生行政复议、行政诉讼。",
    "年内没有相关申请事项。",
)
_PROBLEMS = (
    "对照群众的期盼，工作仍有不足：一是个别栏目更新偏慢；二是图解、视频等解读形式不多；三是{few}个科室的经办人员变动后衔接不紧。",
    "下一步，{we}将按季度通报栏目更新情况，每季度至少开展1次培训，力争{next}年内把公开目录再梳理一遍。",
    "存在问题：公开内容偏重结果，过程公开不够。改进情况：已将{some}项决策的征求意见稿连同采纳情况一并公开。",
    "（一）主要问题\n解读材料专业词汇较多，群众不易看懂。\n（二）改进措施\n请一线窗口人员参与撰写，发布前先读给办事群众听。",
)
_OTHER_MATTERS = (
    "本年度{we}未收取信息处理费。",
    "无。",
    "{year}年发出收费通知0件，总金额0元。没有其他需要报告的事项。",
    "（一）信息处理费：全年收取信息处理费 {some} 元。\n（二）其他事项：无。",
)
_LEADS = {
    2: (
        "{year}年，{we}主动公开行政规范性文件共{few}件。",
        "截至年底，{we}主动公开目录共设栏目{few}个，具体情况见下表。",
        "单位：件",
    ),
    3: (
        "{year}年，{we}收到和处理政府信息公开申请情况见下表。",
        "本年度申请以网络提交为主，占{few}成。",
        "单位：件",
    ),
    4: (
        "全年因政府信息公开引起的行政复议、行政诉讼情况如下：",
        "{we}配合司法机关做好应诉工作，出庭{few}次。",
        "（单位：件）",
    ),
}


def _fill(rng: Random, text: str, names: Mapping[str, str]) -> str:
    """Put names and fresh invented numbers into a sentence; every {few} of it is drawn anew."""
    sizes = {"few": (2, 9), "some": (11, 98), "many": (120, 2400), "big": (1, 30), "tail": (100, 999)}
    for word, (low, high) in sizes.items():
        while "{" + word + "}" in text:
            text = text.replace("{" + word + "}", str(rng.randint(low, high)), 1)
    for word, value in names.items():
        text = text.replace("{" + word + "}", value)
    return text


def _header(rng: Random, name: str, published: str, year: int) -> tuple[str, ...]:
    """Page metadata as portals print it. The index number looks like a code of the organ and is none."""
    number = f"K{rng.randint(10000000, 99999999)}/{year + 1}-{rng.randint(1, 99999):05d}"
    clock = f" {rng.randint(8, 18):02d}:{rng.randint(0, 59):02d}"
    ends = (
        (
            f"索引号：{number} 公开方式：主动公开",
            f"文号： 公开日期：{published}",
            f"发布机构：{name} 主题分类：其他",
        ),
        (f"发布日期：{published}{clock} 信息来源：{name} 浏览次数：{rng.randint(3, 900)}",),
        (f"索 引 号：{number}", f"发布单位：{name}", f"生成日期：{published}", "有效性：有效"),
        (f"时间：{published}{clock}      来源：{name}      字号：大 中 小",),
    )
    return rng.choice(ends)


def _names_printed(rng: Random, organ: Organ) -> tuple[str, str, str]:
    """The names that title, header and text print: full, without the city, or bare; the fullest may stand
    anywhere, or nowhere.
    """
    full, middle, bare = organ.full, organ.middle, organ.unit
    if not organ.district and bare.startswith("人民政府"):
        # 市人民政府 alone would be too little to call a name.
        return full, full, full
    if bare.startswith("人民政府"):
        return rng.choice(
            [(full, full, full), (middle, middle, full), (middle, full, middle), (middle, middle, middle)]
        )
    return rng.choice(
        [
            (full, full, full),
            (full, middle, middle),
            (middle, middle, full),
            (bare, full, middle),
            (bare, middle, middle),
        ]
    )


def _received_sentence(rng: Random, figures: Figures) -> str:
    count = number_of(figures.get(("applications", "received", "total"), ""))
    return rng.choice(_RECEIVED).replace("{count}", str(count)) if count else rng.choice(_NOT_RECEIVED)


def _opening(rng: Random, organ: Organ, name: str) -> str:
    text = rng.choice(_OPENINGS)
    if organ.unit.startswith("人民政府"):
        # "云泽市人民政府办公室" would name another organ.
        text = text.replace("{name}办公室", "{name}")
    return text.replace("{name}", name)


def _chinese_date(published: str) -> str:
    year, month, day = (int(part) for part in published.split("-"))
    return f"{year}年{month}月{day}日"


def make_report(
    rng: Random,
    year: int,
    editions: Mapping[str, str] | None = None,
    scale: Scale | None = None,
    figures: Figures | None = None,
    lost: frozenset[str] = frozenset(),
    organ: Organ | None = None,
) -> Report:
    """An invented report on that year. What is not given is drawn; figures given need every cell of the
    tables of `editions`.
    """
    organ = organ or make_organ(rng)
    editions = editions or dict.fromkeys(TABLE_KEYS, "2019" if year <= 2020 else "2021")
    if figures is None:
        figures = make_figures(rng, editions, rng.choice(SCALES) if scale is None else scale)
    in_title, in_header, in_text = _names_printed(rng, organ)
    names = {
        "year": str(year),
        "next": str(year + 1),
        "we": organ.we,
        "city": organ.city,
        "received": _received_sentence(rng, figures),
    }
    style = rng.random()
    title = (
        None
        if style < 0.1
        else rng.choice(_NAMELESS_TITLES if style < 0.25 else _TITLES).format(name=in_title, year=year)
    )
    date = f"{year + 1}-{rng.randint(1, 3):02d}-{rng.randint(1, 28):02d}"
    header = _header(rng, in_header, date, year) if rng.random() < 0.6 else ()
    # Where the title does not name the organ, the opening has to.
    opening = () if style >= 0.25 and rng.random() < 0.4 else (_opening(rng, organ, in_text),)
    signature = (in_text, _chinese_date(date)) if rng.random() < 0.5 else ()

    def fill(texts: tuple[str, ...]) -> tuple[str, ...]:
        # {received} itself holds names to fill, hence twice.
        return tuple(
            line for text in texts for line in _fill(rng, _fill(rng, text, names), names).split("\n")
        )

    overview = (_OVERVIEW[0], *rng.sample(_OVERVIEW[1:], rng.randint(0, 5)))
    printed = [title or "", *header, *opening, *signature]
    issuer = max(
        (name for name in (organ.full, organ.middle, organ.unit) if any(name in text for text in printed)),
        key=len,
    )
    return Report(
        organ=organ,
        year=year,
        editions=dict(editions),
        figures={key: value for key, value in figures.items() if key[0] not in lost},
        title=title,
        issuer=issuer,
        header=header,
        header_first=rng.random() < 0.5,
        opening=fill(opening),
        sections={
            1: fill(tuple(sorted(overview, key=_OVERVIEW.index))),
            5: fill(tuple(rng.sample(_PROBLEMS, rng.randint(1, 2)))),
            6: fill((rng.choice(_OTHER_MATTERS),)),
        },
        lead={number: fill((rng.choice(leads),))[0] for number, leads in _LEADS.items()},
        signature=signature,
        published=date if header or signature else None,
        lost=lost,
    )
