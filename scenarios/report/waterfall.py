"""The waterfall of cost: from the baseline, part by part, to the variant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from scenarios.report.figures import money, place
from scenarios.report.words import WORDS, Speaker

NOT_DRAWN = "unserved"
"""The price of lines left out keeps a planner from leaving them; nobody pays it."""

ORDER = ("vehicles", "distance", "time", "transfers", "lateness", "shelf_life", "stability")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar from ``x``, ``width`` wide, both in per cent of the plot.

    Parameters
    ----------
    name, amount
        The part, and what it is in money.
    kind
        A total, or a part that saves or costs more.
    """

    name: str
    amount: str
    x: str
    width: str
    kind: Literal["total", "better", "worse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall:
    """Bars from the baseline's total to the variant's, and what is not drawn."""

    bars: tuple[Bar, ...]
    note: str


def waterfall(
    baseline: Mapping[str, float], variant: Mapping[str, float], speaker: Speaker
) -> Waterfall:
    """Draw how parts of the cost lead from one plan to the other.

    Parameters
    ----------
    baseline, variant
        Mean cents by part.
    speaker
        Whose language names the parts.
    """
    every = {*baseline, *variant} - {NOT_DRAWN}
    # Known parts in their order, then whatever a later result may have.
    parts = [part for part in ORDER if part in every] + sorted(every - set(ORDER))
    start = sum(baseline.get(part, 0.0) for part in parts)
    steps: list[tuple[str, float, float]] = []
    at = start
    for part in parts:
        change = variant.get(part, 0.0) - baseline.get(part, 0.0)
        if change:
            steps.append((part, at, at + change))
            at += change
    scale = max(start, at, *(max(low, high) for _, low, high in steps), 1.0)
    bars = [_total(speaker.say("before"), start, scale)]
    for part, low, high in steps:
        bars.append(
            Bar(
                name=speaker.say(f"cost.{part}") if f"cost.{part}" in WORDS else part,
                amount=money(high - low, signed=True),
                x=place(100.0 * min(low, high) / scale),
                width=place(max(100.0 * abs(high - low) / scale, 0.2)),
                kind="worse" if high > low else "better",
            )
        )
    bars.append(_total(speaker.say("after"), at, scale))
    note = speaker.say(
        "cost.note",
        before=money(baseline.get(NOT_DRAWN, 0.0)),
        after=money(variant.get(NOT_DRAWN, 0.0)),
    )
    return Waterfall(bars=tuple(bars), note=note)


def _total(name: str, cents: float, scale: float) -> Bar:
    width = place(100.0 * max(cents, 0.0) / scale)
    return Bar(name=name, amount=money(cents), x="0", width=width, kind="total")
