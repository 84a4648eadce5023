"""What a planner reads: what binds a variant, and its answer in one sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from scenarios.results import Compared, SeedResult, Sentence, Shortage

MOST_SHORTAGES = 3
KEPT = 0.95
ROUNDS_UP = 0.5
MINUS = "\u2212"
PROMISE = "on_time_share_"
ZONE_ZH = {"frozen": "冷冻", "chilled": "冷藏", "controlled": "恒温"}
REASONS: dict[str, tuple[str, str]] = {
    "zone_capacity": ("compartments are full", "车厢温区容量不足"),
    "payload": ("payload is used up", "载重不足"),
    "fleet": ("no vehicle is free in time", "车辆不足"),
    "window": ("booked windows cannot be kept", "预约时段无法满足"),
    "shift": ("shifts are too short", "班次时间不足"),
    "time_on_board": ("it would be on board too long", "在途时间超限"),
    "temperature": ("it would not keep its temperature", "温度无法保证"),
    "outside_radius": ("no grid warehouse is near enough", "超出网格仓半径"),
    "no_grid": ("no grid warehouse serves the point", "无网格仓可服务"),
    "grid_capacity": ("the grid warehouse is full", "网格仓容量不足"),
    "site_capacity": ("the pickup point is full", "自提点容量不足"),
    "locker": ("lockers are full", "柜格不足"),
    "skill": ("no vehicle may call there", "无符合条件的车辆"),
    "range": ("it is beyond the range of the vehicles", "超出车辆续航"),
    "together": ("the rest of the order cannot come", "同单其他商品无法送达"),
    "unreachable": ("no road leads there", "道路不通"),
    "linehaul": ("trucks cannot bring it in time", "干线运力不足"),
    "left_out": ("it was taken out by hand", "人工移除"),
}


def binding(seeds: Sequence[SeedResult]) -> tuple[Sentence, ...]:
    """Say what is short, heaviest first, as a mean over the seeds; or which promise suffers."""
    lines: dict[tuple[str, str, str], float] = defaultdict(float)
    mass: dict[tuple[str, str, str], float] = defaultdict(float)
    for one in seeds:
        for short in one.unserved:
            group = short.reason, short.grid, short.zone
            lines[group] += short.lines / len(seeds)
            mass[group] += short.mass_g / len(seeds)
    # What one seed of many leaves out binds nothing.
    whole = [group for group in mass if lines[group] >= ROUNDS_UP]
    ordered = sorted(whole, key=lambda group: (-mass[group], group))
    told = [_shortage(group, lines[group], mass[group]) for group in ordered[:MOST_SHORTAGES]]
    late = _latest_promise(seeds)
    return (*told, *([] if late is None else [late]))


def shortage_sentence(short: Shortage) -> Sentence:
    """Say what is left out and why."""
    return _shortage((short.reason, short.grid, short.zone), short.lines, short.mass_g)


def _shortage(group: tuple[str, str, str], lines: float, mass: float) -> Sentence:
    reason, grid, zone = group
    en, zh = REASONS.get(reason, (reason, reason))
    where = f" at {grid}" if grid else ""
    return Sentence(
        f"{zone.capitalize()} goods{where}: {mass / 1000:,.0f} kg in {_lines(lines)} left out,"
        f" for {en}.",
        f"{grid}{ZONE_ZH.get(zone, zone)}：{mass / 1000:,.0f} kg（{lines:,.0f} 行）"
        f"无法配送，{zh}。",
    )


def _signed(share: float) -> str:
    """Show a share with its sign; less than none has a minus sign, which a hyphen is not."""
    return f"{share:+.1%}".replace("-", MINUS)


def _lines(count: float) -> str:
    """Count lines in words; a mean over seeds that rounds to none is not none."""
    if 0.0 < count < ROUNDS_UP:
        return "less than one line"
    number = f"{count:,.0f}"
    return f"{number} line" if number == "1" else f"{number} lines"


def _latest_promise(seeds: Sequence[SeedResult]) -> Sentence | None:
    means: dict[str, float] = defaultdict(float)
    for one in seeds:
        for name, value in one.kpis.items():
            means[name] += value / len(seeds)
    return late_sentence(means)


def late_sentence(figures: Mapping[str, float]) -> Sentence | None:
    """Name the promise class that is kept least; None where all are kept well enough."""
    shares = {name: value for name, value in figures.items() if name.startswith(PROMISE)}
    worst = min(shares, key=lambda name: (shares[name], name), default=None)
    if worst is None or shares[worst] >= KEPT:
        return None
    promise, share = worst.removeprefix(PROMISE), shares[worst]
    return Sentence(
        f"Of the promise {promise} only {share:.1%} come in time.",
        f"承诺等级 {promise} 的准时率仅 {share:.1%}。",
    )


def headline(
    means: Mapping[str, float],
    compared: Mapping[str, Compared],
    told: Sequence[Sentence],
    asked: Sequence[Sentence] = (),
) -> Sentence:
    """Give the answer in one sentence: in time, cost, left out, what is asked, what binds first.

    Parameters
    ----------
    means, compared
        Key figures, and how they stand against the baseline.
    told
        What binds, heaviest first.
    asked
        What became of the figures that the file asks for first.
    """
    on_time, out = means["on_time_share"], means["unserved_lines"]
    en = f"{on_time:.1%} in time"
    zh = f"准时 {on_time:.1%}"
    if compared:
        was = compared["on_time_share"]
        en += f" instead of {was.baseline:.1%} ({was.verdict})"
        zh += f"（基线 {was.baseline:.1%}，{VERDICT_ZH[was.verdict]}）"
        share = compared["cost_cents"].share
        if share is not None:
            en += f"; cost {_signed(share)} ({compared['cost_cents'].verdict})"
            zh += f"；成本 {_signed(share)}（{VERDICT_ZH[compared['cost_cents'].verdict]}）"
    en += f"; {_lines(out)} left out."
    zh += f"；{out:,.0f} 行未服务。"
    en = "; ".join([*(one.en for one in asked), en])
    zh = "；".join([*(one.zh for one in asked), zh])
    first = told[0] if told else Sentence("Nothing binds.", "没有明显瓶颈。")
    return Sentence(f"{en} {first.en}", f"{zh}{first.zh}")


ASKED: dict[str, tuple[str, str]] = {
    "lost_kg": ("{value:,.1f} kg of goods lost", "货损 {value:,.1f} kg"),
    "false_alarms": ("{value:,.1f} false alarms a day", "每日误报警 {value:,.1f} 次"),
}
"""Figures that a headline begins with where a file asks for one of them first."""


def asked_first(
    kpis: Sequence[str], means: Mapping[str, float], compared: Mapping[str, Compared]
) -> tuple[Sentence, ...]:
    """Say what became of the figures of ``ASKED``, where a file's first figure is one of them."""
    if not kpis or kpis[0] not in ASKED:
        return ()
    found = []
    for name in kpis:
        if name in ASKED and name in means:
            en, zh = (words.format(value=means[name]) for words in ASKED[name])
            if name in compared:
                was = compared[name]
                en += f" instead of {was.baseline:,.1f} ({was.verdict})"
                zh += f"（基线 {was.baseline:,.1f}，{VERDICT_ZH[was.verdict]}）"
            found.append(Sentence(en, zh))
    return tuple(found)


VERDICT_ZH = {"better": "更好", "worse": "更差", "no difference": "无显著差异"}
