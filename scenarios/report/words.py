"""The words of the page in English and Chinese; blanks are filled by name: ``{seeds}``.

Every entry has both languages, so none can be missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from scenarios.results import KpiWords, Sentence, VariantResult

Language: TypeAlias = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

HTML_LANGUAGE: dict[Language, str] = {"en": "en", "zh": "zh-Hans-CN"}
"""What the ``lang`` of the page says: browsers choose glyphs by it."""

PROMISE = "on_time_share_"
"""Figures that begin so are those of one promise class."""

WORDS: dict[str, tuple[str, str]] = {
    "after": ("Variant", "方案"),
    "all": ("All figures", "全部指标"),
    "answer.all": (
        "All {count} variants reach every target.",
        "全部 {count} 个方案均达到所有目标。",
    ),
    "answer.free": (
        "In time, {better} of {count} variants are better than the baseline, {worse} worse, and"
        " {same} show no difference that the seeds prove.",
        "准时率：{count} 个方案中 {better} 个优于基线，{worse} 个劣于基线，{same} 个无显著差异。",
    ),
    "answer.none": (
        "None of {count} variants reaches every target; {name} comes nearest, with {met} of"
        " {targets}.",
        "{count} 个方案均未达到全部目标；最接近的是 {name}，达到 {targets} 项中的 {met} 项。",
    ),
    "answer.one": ("{name}: {headline}", "{name}：{headline}"),
    "answer.some": (
        "{met} of {count} variants reach every target: {names}.",
        "{count} 个方案中有 {met} 个达到全部目标：{names}。",
    ),
    "base": ("Base problem", "基础问题"),
    "baseline": ("Baseline", "基线"),
    "before": ("Baseline", "基线"),
    "binds": ("What binds", "瓶颈"),
    "binds.not": ("Nothing binds.", "没有明显瓶颈。"),
    "changed": ("What changed", "改变了什么"),
    "changed.not": (
        "No order, site, vehicle or road is another; the day differs from its plan in another way.",
        "订单、站点、车辆和道路均未改变；不同的是当天的波动。",
    ),
    "cold": ("Cold chain", "冷链"),
    "cost": ("Cost of the plan", "方案成本"),
    "cost.distance": ("Kilometres", "里程"),
    "cost.lateness": ("Lateness", "迟到"),
    "cost.note": (
        "Means of the seeds. Cost alone deceives: who leaves half of the orders out drives cheaply."
        " The price of lines left out is no bill and not drawn; it is {before} in the baseline and"
        " {after} here.",
        "各种子的平均值。只看成本会误判：少送一半订单当然便宜。未服务订单的惩罚不是账单，图中不计："
        "基线 {before}，本方案 {after}。",
    ),
    "cost.shelf_life": ("Shelf life used", "保质期损耗"),
    "cost.stability": ("Another vehicle than usual", "换了常用车辆"),
    "cost.time": ("Hours", "工时"),
    "cost.transfers": ("Transfers", "换车"),
    "cost.vehicles": ("Vehicles", "车辆"),
    "difference": ("Difference", "差异"),
    "facts.digest": ("Digest of the base", "基础问题摘要"),
    "facts.iterations": ("Iterations per plan", "每个方案的迭代次数"),
    "facts.seeds": ("Seeds", "种子"),
    "interval": ("Interval at 99 %", "99 % 区间"),
    "kpi.alarms": ("Alarms", "报警"),
    "kpi.false_alarms": ("False alarms", "误报警"),
    "kpi.at_risk_kg": ("Goods at risk", "受威胁货量"),
    "kpi.cost_cents": ("Cost of the day", "当日成本"),
    "kpi.degree_minutes": ("Degree minutes out of band", "超温度分钟"),
    "kpi.diversions": ("Diversions", "改道"),
    "kpi.hours_late": ("Hours late", "迟到时长"),
    "kpi.hours_on_road": ("Hours on the road", "在途时长"),
    "kpi.km": ("Distance", "里程"),
    "kpi.lost_kg": ("Cold loss", "冷链损失"),
    "kpi.mkt_above_c": ("Mean kinetic temperature above set-point", "平均动力学温度超设定"),
    "kpi.on_time_share": ("On time", "准时率"),
    "kpi.order_to_ready_h": ("Order to hand-over", "下单到交付"),
    "kpi.promise": ("On time, {promise}", "准时率 {promise}"),
    "kpi.refused_lines": ("Lines refused", "拒收行"),
    "kpi.unserved_lines": ("Unserved lines", "未服务行"),
    "kpi.utilisation": ("Use of compartments", "舱位利用率"),
    "legend.central": ("central warehouse", "中心仓"),
    "legend.closed": ("closed area", "封闭区域"),
    "legend.grid": ("grid warehouse", "网格仓"),
    "legend.grid_square": (
        "A square is {km} km wide. Lines join the stops, they are not the way on the road.",
        "一格为 {km} km。连线表示停靠顺序，并非实际道路。",
    ),
    "legend.last_mile": ("last mile", "末端配送"),
    "legend.linehaul": ("linehaul", "干线"),
    "legend.pickup": ("pickup point", "自提点"),
    "legend.station": ("transfer station", "冷链中转站"),
    "legend.unserved": ("point with lines left out", "有未服务订单的自提点"),
    "map": ("Routes under seed {seed}", "种子 {seed} 的路线"),
    "map.label": (
        "Map of {name}: trips {routes}, km {km}, points with lines left out {points}.",
        "{name}地图：{routes} 趟，{km} km，{points} 个自提点有未服务订单。",
    ),
    "mean": ("Mean", "均值"),
    "note.bars": (
        "A bar shows how large a difference is beside the others in its column: solid is better,"
        " hatched worse, an outline is not proven.",
        "条形表示同列中差异的大小：实心为更好，斜纹为更差，空心为未证实。",
    ),
    "note.interval": (
        "Brackets hold the difference from the baseline at 99 %, from pairs of equal seeds. “No"
        " difference” means that the seeds prove none; one seed proves nothing, take five.",
        "方括号为与基线差异的 99 % 区间，按相同种子配对计算。“无显著差异”指这些种子不足以证明；"
        "单个种子说明不了问题，请取五个。",
    ),
    "note.lines": (
        "Read lines left out and withdrawn orders first, then cost.",
        "请先看未服务和撤回的订单，再看成本。",
    ),
    "notes": ("How to read this page", "如何阅读本页"),
    "promises": ("On time by promise class", "各承诺等级准时率"),
    "promises.none": ("not in this variant", "本方案没有"),
    "range": ("{low} to {high}", "{low} 至 {high}"),
    "violations": ("{count} findings of the checker", "检查发现 {count} 处问题"),
    "sign.better": ("better", "更好"),
    "sign.equal": ("equal", "相同"),
    "sign.no difference": ("no difference", "无显著差异"),
    "sign.worse": ("worse", "更差"),
    "strip.label": ("{name}: mean {mean}; seeds {seeds}", "{name}：均值 {mean}；各种子 {seeds}"),
    "strips": ("Every seed", "每个种子"),
    "strips.legend": (
        "○ a seed, ◆ mean that holds the target or has none, ◇ mean that falls short, dashed line:"
        " target.",
        "○ 单个种子，◆ 均值达标或无目标，◇ 均值未达标，虚线：目标。",
    ),
    "target": ("target", "目标"),
    "target.better_by": ("better by {share}", "改善 {share}"),
    "target.least": ("at least {value}", "不低于 {value}"),
    "target.missed": ("missed", "未达到"),
    "target.met": ("reached", "达到"),
    "target.most": ("at most {value}", "不超过 {value}"),
    "targets": ("Targets", "目标"),
    "title": ("Scenario", "情景"),
    "variants": ("Variants", "方案"),
    "verdict": ("Verdict", "结论"),
    "verdict.all": ("reaches every target", "达到全部目标"),
    "verdict.missed": ("misses: {names}", "未达到：{names}"),
    "verdict.none": ("{better} better, {worse} worse", "{better} 项更好，{worse} 项更差"),
    "withdrawn": (
        "{lines} lines ({kg}) are withdrawn: nobody can order them any more.",
        "撤回 {lines} 行（{kg}）：已无法下单。",
    ),
    "withdrawn.short": ("{lines} withdrawn", "撤回 {lines}"),
}

UNITS: dict[str, tuple[str, str]] = {
    "km": ("km", "km"),
    "h": ("h", "小时"),
    "lines": ("", "行"),
    "kg": ("kg", "kg"),
    "alarms": ("", "次"),
    "diversions": ("", "次"),
    "°C min": ("°C min", "°C·分钟"),
    "K": ("K", "K"),
}
"""After the number; shares are per cent and cents are money."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """The words in one language."""

    language: Language

    def say(self, key: str, /, **blanks: object) -> str:
        """Give an entry with its blanks filled.

        Raises
        ------
        KeyError
            There is no such entry, or a blank stays empty.
        """
        return self.choose(*WORDS[key]).format(**blanks)

    def choose(self, en: str, zh: str) -> str:
        """Give one of two texts."""
        return zh if self.language == "zh" else en

    def sentence(self, one: Sentence) -> str:
        """Give a sentence of the result."""
        return self.choose(one.en, one.zh)

    def unit(self, unit: str) -> str:
        """Give the unit after a number; one that nobody knows stands as it is."""
        return self.choose(*UNITS.get(unit, (unit, unit)))

    def kpi(self, kpi: KpiWords) -> str:
        """Give the name of a key figure; one that nobody knows has its own name."""
        if kpi.name.startswith(PROMISE):
            return self.say("kpi.promise", promise=kpi.name.removeprefix(PROMISE))
        key = f"kpi.{kpi.name}"
        return self.say(key) if key in WORDS else kpi.name

    def names(self, names: list[str]) -> str:
        """Join names."""
        return self.choose(", ", "、").join(names)

    def variant(self, one: VariantResult) -> str:
        """Give the title of a variant."""
        return self.sentence(one.title)


def kpi_words(language: Language) -> dict[str, str]:
    """Give what key figures are called, by their names; ``promise`` has a blank for its class."""
    place = LANGUAGES.index(language)
    begin = "kpi."
    return {
        key.removeprefix(begin): words[place]
        for key, words in WORDS.items()
        if key.startswith(begin)
    }
