"""Rests of drivers: so much driving at a stretch, then so long a break."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.domain.units import Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakRule:
    """A driver rests after a stretch of driving.

    The stretch ends with a break, with a wait at a stop that is as long, and with a stay at home
    between two trips that is as long; service is work and ends nothing.

    Parameters
    ----------
    after_driving_s
        Longest driving without a rest.
    rest_s
        Length of a rest.
    """

    after_driving_s: Seconds
    rest_s: Seconds


def rests_of(legs_s: Sequence[Seconds], rule: BreakRule | None) -> list[tuple[Seconds, ...]]:
    """Place the rests of one trip as late as the rule allows.

    Parameters
    ----------
    legs_s
        Driving seconds of each leg, in order.
    rule
        None means that nobody needs a rest.

    Returns
    -------
    list
        Per leg the driving seconds after which a rest is taken; 0 is before the leg, at the site
        that it leaves, once service there has ended. Waiting is not counted as rest here, so a
        trip may rest more than it must.
    """
    if rule is None:
        return [() for _ in legs_s]
    placed: list[tuple[Seconds, ...]] = []
    driven = 0
    for leg in legs_s:
        here: list[Seconds] = []
        if driven + leg > rule.after_driving_s and leg <= rule.after_driving_s:
            here.append(0)
            driven = 0
        done = 0
        while driven + leg - done > rule.after_driving_s:
            done += rule.after_driving_s - driven
            here.append(done)
            driven = 0
        driven += leg - done
        placed.append(tuple(here))
    return placed
