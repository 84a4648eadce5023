"""A way out on paper: the routes of the whole day as it would be, and what is excused in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Route, Unserved, Violation
from optimizer.domain.units import Cents, Metres
from optimizer.response.words import Fate, Handover, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Excuse:
    """A finding of the checker that is the event itself.

    Parameters
    ----------
    where
        The place of the finding, or what its place begins with up to a slash.
    amount
        Exactly so much; None excuses any amount.
    """

    code: str
    where: str
    amount: float | None = None

    def covers(self, one: Violation) -> bool:
        """Say whether this is the finding."""
        there = one.where == self.where or one.where.startswith(f"{self.where}/")
        return one.code == self.code and there and self.amount in (None, one.amount)


EXCUSABLE = frozenset(
    {
        "before_order", "cost", "distance", "linehaul_quantity", "payload", "shift",
        "synchronisation", "time_on_board", "together", "travel_time", "unreachable",
        "wrong_start", "zone_capacity",
    }
)  # fmt: skip
"""Codes that an event may bring; each only where an option says so in so many words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A way out before it is judged.

    Parameters
    ----------
    routes, unserved
        All of them, as they would stand.
    fates
        What becomes of lines of which routes alone do not tell it.
    said
        What is done, in English and in Chinese.
    lost_cents
        Value of goods that are lost though their line is served with others.
    last
        Whether this is what is left when nothing else stands.
    """

    kind: Kind
    place: str
    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]
    said: tuple[str, str]
    fates: Mapping[LineKey, Fate] = field(default_factory=dict)
    handovers: tuple[Handover, ...] = ()
    excuses: tuple[Excuse, ...] = ()
    extra_m: Metres = 0
    collector: str | None = None
    lost_cents: Cents = 0
    last: bool = False
