"""A way out in plain sentences, in English and Chinese: what is done, for whom, at what price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from optimizer.domain.ids import SiteId
from optimizer.domain.orders import OrderLine
from optimizer.domain.units import PER_THOUSAND, SECONDS_PER_HOUR, SECONDS_PER_MINUTE, Grams
from optimizer.recovery.balance import served
from optimizer.recovery.day import Day
from optimizer.recovery.option import Option
from optimizer.response.words import Outcome, Proposal

MOST_NAMED = 3
FRESH_S = 48 * SECONDS_PER_HOUR
"""Goods that wait are listed where they are not fresh after so long."""

PARTS = (
    (Outcome.DELIVERED, "delivered", "交付"),
    (Outcome.SHELTERED, "kept cold for later", "冷藏待送"),
    (Outcome.QUARANTINED, "lost", "损失"),
)


def told(day: Day, option: Option, proposal: Proposal) -> Proposal:
    """Add the sentences."""
    later = _later(day, proposal)
    stale = _stale(day, proposal)
    said = [option.said]
    for hand in proposal.handovers:
        clock = [day.problem.horizon.instant(t).strftime("%H:%M") for t in (hand.starts, hand.ends)]
        to = hand.taker or hand.site
        said.append(
            (
                f"{hand.giver} hands over to {to}, {clock[0]} to {clock[1]}.",
                f"{hand.giver} 交给 {to}，{clock[0]}–{clock[1]}。",
            )
        )
    said.append(_goods(proposal))
    if later:
        said.append(_delays(later))
    if stale:
        named = ", ".join(str(line.key) for line in stale[:MOST_NAMED])
        more = f" and {len(stale) - MOST_NAMED} more" if len(stale) > MOST_NAMED else ""
        said.append(
            (
                f"Not fresh any more after 48 h: {named}{more}.",
                f"48小时后不再新鲜的有 {len(stale)} 行：{named}。",
            )
        )
    extra = proposal.money.cost / 100
    routes = len(proposal.changed)
    said.append(
        (
            f"Changes {routes} route{'' if routes == 1 else 's'}; costs {extra:+,.2f} against the"
            " running plan.",
            f"变更 {routes} 条路线；与现行计划相比费用 {extra:+,.2f}。",
        )
    )
    return replace(
        proposal,
        sentences={"en": tuple(en for en, _ in said), "zh": tuple(zh for _, zh in said)},
    )


def _goods(proposal: Proposal) -> tuple[str, str]:
    parts = [(one, en, zh) for one, en, zh in PARTS if proposal.grams(one)]
    lost = proposal.cents(Outcome.QUARANTINED)
    english = ", ".join(f"{_kg(proposal.grams(one))} {word}" for one, word, _ in parts)
    chinese = "，".join(f"{word} {_kg(proposal.grams(one))}" for one, _, word in parts)
    money = (f", worth {lost / 100:,.2f}", f"，价值 {lost / 100:,.2f}") if lost else ("", "")
    return (
        f"{english or 'No goods are concerned'}{money[0]}.",
        f"{chinese or '不涉及货物'}{money[1]}。",
    )


def _delays(later: Sequence[tuple[int, SiteId]]) -> tuple[str, str]:
    named = [(site, -(-seconds // SECONDS_PER_MINUTE)) for seconds, site in later[:MOST_NAMED]]
    english = ", ".join(f"{site} by {minutes} min" for site, minutes in named)
    chinese = "，".join(f"{site} 晚 {minutes} 分钟" for site, minutes in named)
    count = len(later)
    points = "1 point gets" if count == 1 else f"{count} points get"
    return (
        f"{points} goods later, the most {english}.",
        f"{count} 个自提点晚到，最多：{chinese}。",
    )


def _later(day: Day, proposal: Proposal) -> list[tuple[int, SiteId]]:
    """Give the points that are served later than planned, the latest first."""
    before, after = served(day.plan.routes), served(proposal.plan.routes)
    most: dict[SiteId, int] = {}
    for key in before.keys() & after.keys():
        site = day.problem.lines[key].site
        most[site] = max(most.get(site, 0), after[key][0] - before[key][0])
    found = [(seconds, site) for site, seconds in most.items() if seconds >= SECONDS_PER_MINUTE]
    return sorted(found, key=lambda row: (-row[0], row[1]))


def _stale(day: Day, proposal: Proposal) -> list[OrderLine]:
    """Give the lines kept for later that two days from now are past their shelf life."""
    kept = [one.key for one in proposal.fates if one.outcome is Outcome.SHELTERED]
    lines = [day.problem.lines[key] for key in kept]
    return [
        line
        for line in lines
        if line.shelf_life_left_s is not None and line.shelf_life_left_s < day.at + FRESH_S
    ]


def _kg(grams: Grams) -> str:
    return f"{grams / PER_THOUSAND:,.1f} kg"
