"""Order lines: what has to arrive, where, how cold, by when, and what it is worth."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from optimizer.domain.ids import ArticleId, LineKey, SiteId
from optimizer.domain.later import LATER
from optimizer.domain.network import TimeWindow
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Cents, Grams, Millilitres, Seconds


class Mode(Enum):
    """Where the household gets its goods."""

    PICKUP = "pickup"
    DOOR = "door"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One article of one order.

    Parameters
    ----------
    shelf_life_left_s
        Remaining shelf life at the horizon start; None where the article has none.
    promise
        Name of a promise class in the settings.
    priority
        1 is ordinary; a higher number is served first.
    window
        The hours booked for this line, inside which its service starts.
    loading_c
        Product temperature at loading; None means the zone's policy.
    ordered_s
        When the household ordered; None means before the horizon starts.
    """

    key: LineKey
    site: SiteId
    article: ArticleId
    batch: str | None
    zone: Zone
    mass_g: Grams
    volume_ml: Millilitres
    value_cents: Cents
    shelf_life_left_s: Seconds | None
    promise: str
    priority: int
    window: TimeWindow | None
    mode: Mode
    loading_c: float | None = None
    ordered_s: Seconds | None = field(default=None, metadata=LATER)


class CollectKind(Enum):
    """What a vehicle takes back from a pickup point."""

    EMPTIES = "empties"
    RETURN = "return"


@dataclass(frozen=True, slots=True, kw_only=True)
class Collect:
    """Empties (crates, boxes, ice) or returned goods that wait at a pickup point.

    They ride to the grid warehouse of the vehicle that takes them, in the compartment of their
    zone. A return left behind costs what an order line costs; empties cost their value, and are
    taken where a vehicle calls anyway or where they are worth the way.

    Parameters
    ----------
    key
        A name like that of an order line; no line may have the same.
    value_cents
        What it costs to leave them for another day.
    """

    key: LineKey
    site: SiteId
    kind: CollectKind
    zone: Zone
    mass_g: Grams
    volume_ml: Millilitres
    value_cents: Cents = 0
