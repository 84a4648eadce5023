"""A proposal in plain sentences, in English and Chinese."""

from __future__ import annotations

from dataclasses import replace

from optimizer.domain.network import SiteKind
from optimizer.domain.units import PER_THOUSAND, Grams, Seconds
from optimizer.response.outlook import Outlook
from optimizer.response.situation import Situation
from optimizer.response.words import SURE, Kind, Outcome, Proposal

ZONES_ZH = {"frozen": "冷冻", "chilled": "冷藏", "controlled": "恒温"}


def told(here: Situation, ahead: Outlook, proposal: Proposal) -> Proposal:
    """Add the sentences."""
    return replace(
        proposal,
        sentences={"en": _english(here, ahead, proposal), "zh": _chinese(here, ahead, proposal)},
    )


def _english(here: Situation, ahead: Outlook, one: Proposal) -> tuple[str, ...]:
    van, zone = here.broken.vehicle.id, here.disruption.zone.value
    who = _collector(one)
    first = {
        Kind.CARRY_ON: f"{van} carries on and hands over the {zone} goods while they are sound.",
        Kind.STATION: f"{van} turns to {_name(here, one)} and leaves the {zone} goods there.",
        Kind.RETURN_TO_GRID: f"{van} brings the {zone} goods back to {_name(here, one)}.",
        Kind.NEIGHBOUR: f"{van} meets {who} at {_name(here, one)}, which takes the {zone} goods.",
        Kind.SECOND_VEHICLE: (
            f"{van} hands the {zone} goods to {who} at {_name(here, one)}."
            if _in_person(here, one)
            else f"{van} leaves the {zone} goods at {_name(here, one)}; {who} brings them to their"
            " points."
        ),
        Kind.QUARANTINE: f"Nothing saves the {zone} goods of {van}: they are quarantined.",
    }[one.kind]
    said = [first]
    if one.place == "threatened first":
        said.append("The stops that wait for them come first.")
    for hand in one.handovers:
        clock = f"{_clock(here, hand.starts)} to {_clock(here, hand.ends)}"
        said.append(f"Hand-over at {hand.site}, {clock}.")
    if one.kind is Kind.STATION:
        home = here.broken.vehicle.home
        said.append(f"{who} can collect them from there." if who else f"{home} must send for them.")
    said += _balance_en(here, ahead, one)
    said.append(_difference_en(one))
    return tuple(said)


def _balance_en(here: Situation, ahead: Outlook, one: Proposal) -> list[str]:
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
    limit = _clock(here, ahead.breach.p10)
    sound = min((f.sound for f in one.fates if f.outcome is not Outcome.QUARANTINED), default=1.0)
    risk = "" if sound >= SURE else f"; the worst line arrives sound {sound:.0%} of the time"
    return [f"{', '.join(parts)}{money}{risk}. Nine in ten keep until {limit} where they are."]


def _difference_en(one: Proposal) -> str:
    routes = ", ".join(one.changed) if one.changed else "no route"
    extra = one.money.cost / 100
    return f"Changes {routes}; costs {extra:+,.2f} against the running plan."


def _chinese(here: Situation, ahead: Outlook, one: Proposal) -> tuple[str, ...]:
    van, zone = here.broken.vehicle.id, ZONES_ZH[here.disruption.zone.value]
    who = _collector(one)
    first = {
        Kind.CARRY_ON: f"{van} 继续配送，在{zone}货物变质前交付。",
        Kind.STATION: f"{van} 转往{_name(here, one)}，将{zone}货物存放在那里。",
        Kind.RETURN_TO_GRID: f"{van} 将{zone}货物送回{_name(here, one)}。",
        Kind.NEIGHBOUR: f"{van} 与 {who} 在{_name(here, one)}会合，由其接走{zone}货物。",
        Kind.SECOND_VEHICLE: (
            f"{van} 在{_name(here, one)}将{zone}货物交给 {who}。"
            if _in_person(here, one)
            else f"{van} 将{zone}货物留在{_name(here, one)}，由 {who} 完成配送。"
        ),
        Kind.QUARANTINE: f"{van} 的{zone}货物无法挽救，予以隔离。",
    }[one.kind]
    said = [first]
    if one.place == "threatened first":
        said.append("先送受影响的站点。")
    for hand in one.handovers:
        clock = f"{_clock(here, hand.starts)}–{_clock(here, hand.ends)}"
        said.append(f"交接地点 {hand.site}，时间 {clock}。")
    if one.kind is Kind.STATION:
        said.append(f"可由 {who} 取货。" if who else f"须由 {here.broken.vehicle.home} 派车取货。")
    words = {
        Outcome.DELIVERED: "交付",
        Outcome.SHELTERED: "冷藏暂存",
        Outcome.QUARANTINED: "损失",
    }
    parts = [f"{words[o]} {_kg(one.grams(o))}" for o in words if one.grams(o)]
    lost = one.cents(Outcome.QUARANTINED)
    money = f"，价值 {lost / 100:,.2f}" if lost else ""
    limit = _clock(here, ahead.breach.p10)
    said.append(f"{'，'.join(parts)}{money}。原车内九成把握可保持到 {limit}。")
    routes = "、".join(one.changed) if one.changed else "无"
    said.append(f"变更路线：{routes}；与现行计划相比费用 {one.money.cost / 100:+,.2f}。")
    return tuple(said)


def _collector(one: Proposal) -> str:
    return one.collector or ""


def _in_person(here: Situation, one: Proposal) -> bool:
    """Say whether two vehicles meet, rather than leave and fetch at a station."""
    site = here.problem.sites.get(one.place)
    return site is not None and site.kind is not SiteKind.STATION


def _name(here: Situation, one: Proposal) -> str:
    site = here.problem.sites.get(one.place)
    return one.place if site is None else f"{site.name} ({site.id})"


def _clock(here: Situation, moment: Seconds) -> str:
    return here.problem.horizon.instant(moment).strftime("%H:%M")


def _kg(grams: Grams) -> str:
    return f"{grams / PER_THOUSAND:,.1f} kg"
