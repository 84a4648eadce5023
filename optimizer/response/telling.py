"""A proposal in plain sentences, in English and Chinese."""

from __future__ import annotations

from dataclasses import replace

from optimizer.domain.units import PER_THOUSAND, Grams, Seconds
from optimizer.response.outlook import Outlooks
from optimizer.response.risk import is_to_be_diverted, may_wait_until, risk
from optimizer.response.situation import Situation
from optimizer.response.words import (
    LIKELY_LOST,
    SURE,
    Handover,
    Kind,
    MeasuredFrom,
    Outcome,
    Proposal,
)

ZONES_ZH = {"frozen": "冷冻", "chilled": "冷藏", "controlled": "恒温"}


NO_POSITION = {
    "en": "Ways are measured from the sites before and behind it: no distance is known from where"
    " it is.",
    "zh": "路程按前后站点估算：数据源无法从车辆当前位置测距。",
}

CHECK_THE_READING = {
    "en": "A reading climbs, and nothing else says that the unit has stopped: the sensor seems to"
    " drift. Have the driver check the reading before any goods are moved.",
    "zh": "某一读数持续上升，但没有其他迹象表明制冷机组停机：传感器可能漂移。"
    "转移货物前，请司机先核对读数。",
}

WAIT = {
    "en": "Goods are likely lost by driving on, but it costs nothing to watch until {clock}: have"
    " the driver measure them, and decide then.",
    "zh": "继续行驶很可能造成货损，但在 {clock} 之前观察不会增加损失："
    "请司机测量货物温度，届时再决定。",
}


def told(
    here: Situation,
    ahead: Outlooks,
    proposal: Proposal,
    measured_from: MeasuredFrom = "position",
) -> Proposal:
    """Add the sentences.

    Parameters
    ----------
    here, ahead
        The break and its outlook.
    proposal
        What they are about.
    measured_from
        Where its ways start; if that is not where the vehicle is, a sentence says so.
    """
    said = {"en": _english(here, ahead, proposal), "zh": _chinese(here, ahead, proposal)}
    if measured_from != "position" and proposal.changed:
        said = {name: (*ones, NO_POSITION[name]) for name, ones in said.items()}
    until = may_wait_until(here, ahead)
    waits = risk(here, ahead) >= LIKELY_LOST and not is_to_be_diverted(here, ahead)
    if waits and until is not None and not proposal.changed:
        clock = _clock(here, until)
        said = {name: (*ones, WAIT[name].format(clock=clock)) for name, ones in said.items()}
    if any(one.is_doubted for one in here.told):
        said = {name: (CHECK_THE_READING[name], *ones) for name, ones in said.items()}
    return replace(proposal, sentences=said)


def _english(here: Situation, ahead: Outlooks, one: Proposal) -> tuple[str, ...]:
    van = here.broken.vehicle.id
    zone = " and ".join(zone.value for zone in here.zones)
    who = _collector(one)
    first = {
        Kind.CARRY_ON: f"{van} carries on and hands over the {zone} goods while they are sound.",
        Kind.STATION: f"{van} turns to {_name(here, one)} and leaves the {zone} goods there.",
        Kind.RETURN_TO_GRID: f"{van} brings the {zone} goods back to {_name(here, one)}.",
        Kind.NEIGHBOUR: f"{van} meets {who} at {_name(here, one)}, which takes the {zone} goods.",
        Kind.SECOND_VEHICLE: (
            f"{van} hands the {zone} goods to {who} at {_name(here, one)}."
            if _in_person(one)
            else f"{van} leaves the {zone} goods at {_name(here, one)}; {who} brings them to their"
            " points."
        ),
        Kind.COLD_CELLS: (
            f"{van} leaves the {zone} goods in the cold cells of {_name(here, one)}."
        ),
        Kind.SPLIT: f"{van} divides the {zone} goods between {one.place.replace(' + ', ' and ')}.",
        Kind.QUARANTINE: f"Nothing saves the {zone} goods of {van}: they are quarantined.",
    }[one.kind]
    said = [first]
    if one.place == "threatened first":
        said.append("The stops that wait for them come first.")
    for hand in one.handovers:
        clock = f"{_clock(here, hand.starts)} to {_clock(here, hand.ends)}"
        share = f": {_litres(hand)} to {hand.taker or hand.site}" if one.kind is Kind.SPLIT else ""
        said.append(f"Hand-over at {hand.site}, {clock}{share}.")
    if one.kind in {Kind.STATION, Kind.COLD_CELLS}:
        home = here.broken.vehicle.home
        said.append(f"{who} can collect them from there." if who else f"{home} must send for them.")
    said += _balance_en(here, ahead, one)
    said.append(_difference_en(one))
    return tuple(said)


def _balance_en(here: Situation, ahead: Outlooks, one: Proposal) -> list[str]:
    parts = [
        f"{_kg(one.grams(outcome))} {word}"
        for outcome, word in (
            (Outcome.DELIVERED, "delivered"),
            (Outcome.SHELTERED, "kept cold"),
            (Outcome.QUARANTINED, "lost"),
        )
        if one.grams(outcome)
    ]
    lost = one.cents(Outcome.QUARANTINED)
    money = f", worth {lost / 100:,.2f}" if lost else ""
    limit = _clock(here, min(ahead.of(zone).breach.p10 for zone in here.zones))
    sound = min((f.sound for f in one.fates if f.outcome is not Outcome.QUARANTINED), default=1.0)
    risk = "" if sound >= SURE else f"; the worst line arrives sound {sound:.0%} of the time"
    return [f"{', '.join(parts)}{money}{risk}. Nine in ten keep until {limit} where they are."]


def _difference_en(one: Proposal) -> str:
    routes = ", ".join(one.changed) if one.changed else "no route"
    extra = one.money.cost / 100
    return f"Changes {routes}; costs {extra:+,.2f} against the running plan."


def _chinese(here: Situation, ahead: Outlooks, one: Proposal) -> tuple[str, ...]:
    van = here.broken.vehicle.id
    zone = "和".join(ZONES_ZH[zone.value] for zone in here.zones)
    who = _collector(one)
    first = {
        Kind.CARRY_ON: f"{van} 继续配送，在{zone}货物变质前交付。",
        Kind.STATION: f"{van} 转往{_name(here, one)}，将{zone}货物存放在那里。",
        Kind.RETURN_TO_GRID: f"{van} 将{zone}货物送回{_name(here, one)}。",
        Kind.NEIGHBOUR: f"{van} 与 {who} 在{_name(here, one)}会合，由其接走{zone}货物。",
        Kind.SECOND_VEHICLE: (
            f"{van} 在{_name(here, one)}将{zone}货物交给 {who}。"
            if _in_person(one)
            else f"{van} 将{zone}货物留在{_name(here, one)}，由 {who} 完成配送。"
        ),
        Kind.COLD_CELLS: f"{van} 将{zone}货物放入{_name(here, one)}的冷柜。",
        Kind.SPLIT: f"{van} 将{zone}货物分送{one.place.replace(' + ', '与')}。",
        Kind.QUARANTINE: f"{van} 的{zone}货物无法挽救，予以隔离。",
    }[one.kind]
    said = [first]
    if one.place == "threatened first":
        said.append("先送受影响的站点。")
    for hand in one.handovers:
        clock = f"{_clock(here, hand.starts)}–{_clock(here, hand.ends)}"
        share = (
            f"：{_litres(hand)} 交给 {hand.taker or hand.site}" if one.kind is Kind.SPLIT else ""
        )
        said.append(f"交接地点 {hand.site}，时间 {clock}{share}。")
    if one.kind in {Kind.STATION, Kind.COLD_CELLS}:
        said.append(f"可由 {who} 取货。" if who else f"须由 {here.broken.vehicle.home} 派车取货。")
    words = {
        Outcome.DELIVERED: "交付",
        Outcome.SHELTERED: "冷藏暂存",
        Outcome.QUARANTINED: "损失",
    }
    parts = [f"{words[o]} {_kg(one.grams(o))}" for o in words if one.grams(o)]
    lost = one.cents(Outcome.QUARANTINED)
    money = f"，价值 {lost / 100:,.2f}" if lost else ""
    limit = _clock(here, min(ahead.of(zone).breach.p10 for zone in here.zones))
    said.append(f"{'，'.join(parts)}{money}。原车内九成把握可保持到 {limit}。")
    routes = "、".join(one.changed) if one.changed else "无"
    said.append(f"变更路线：{routes}；与现行计划相比费用 {one.money.cost / 100:+,.2f}。")
    return tuple(said)


def _collector(one: Proposal) -> str:
    return one.collector or ""


def _in_person(one: Proposal) -> bool:
    """Say whether two vehicles meet, rather than leave and fetch somewhere cold."""
    return not any(hand.stored for hand in one.handovers)


def _name(here: Situation, one: Proposal) -> str:
    site = here.problem.sites.get(one.place)
    return one.place if site is None else f"{site.name} ({site.id})"


def _litres(hand: Handover) -> str:
    return f"{hand.volume_ml / PER_THOUSAND:,.0f} l"


def _clock(here: Situation, moment: Seconds) -> str:
    return here.problem.horizon.instant(moment).strftime("%H:%M")


def _kg(grams: Grams) -> str:
    return f"{grams / PER_THOUSAND:,.1f} kg"
