"""The words of a diversion: what broke, what we suggest, and what we had to refuse."""
# Long because every word of one answer stands here, and words are read together.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from optimizer.domain.errors import ColdgridError
from optimizer.domain.ids import LineKey, SiteId, VehicleId
from optimizer.domain.plan import CheckReport, Plan, Violation
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Cents, Grams, Metres, Millilitres, Seconds
from optimizer.response.why_not import Reason

MeasuredFrom = Literal["position", "last site"]

RADIUS_M: Metres = 5_000
"""Farther stations need a person's override; this distance itself is allowed."""


class RerouteRefused(ColdgridError):
    """A disruption that contradicts the problem or the plan."""


class Severity(Enum):
    """How bad a disruption is: food safety or a cold break, damage or delay, service."""

    FOOD_SAFETY = "I"
    DAMAGE = "II"
    SERVICE = "III"


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachTimes:
    """When the product leaves its band: the moments that one, five and nine times in ten are after.

    Parameters
    ----------
    p10, p50, p90
        Seconds from the horizon start, ascending; a moment that has passed says it has happened.
    """

    p10: Seconds
    p50: Seconds
    p90: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Disruption:
    """A compartment that no longer keeps its zone.

    Parameters
    ----------
    at
        When we decide, in seconds from the horizon start.
    product_c, product_sd_c
        The product temperature as estimated, and how unsure that is; None takes what the plan
        predicts.
    air_c
        Air in the compartment; None takes the product's temperature.
    breach
        From an estimator; None computes it from the body and what cooling is left.
    cooling_w
        Watts that still reach the compartment.
    ambient_c
        Outside air; None takes the problem's.
    lat, lon
        Where the vehicle is; None places it on its leg by the clock.
    is_doubted
        Whether the sensor that tells of it seems to drift; figures are without its drift.
    """

    vehicle: VehicleId
    zone: Zone
    at: Seconds
    product_c: float | None = None
    product_sd_c: float = 0.3
    air_c: float | None = None
    breach: BreachTimes | None = None
    cooling_w: float = 0.0
    ambient_c: float | None = None
    severity: Severity = Severity.FOOD_SAFETY
    lat: float | None = None
    lon: float | None = None
    is_doubted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """Room and a dock that somebody else has taken at a station.

    Parameters
    ----------
    starts, ends
        When the dock is taken; the room is taken for the whole day.
    """

    site: SiteId
    zone: Zone
    volume_ml: Millilitres
    starts: Seconds
    ends: Seconds


class Kind(Enum):
    """The ways out."""

    CARRY_ON = "carry_on"
    STATION = "station"
    RETURN_TO_GRID = "return_to_grid"
    NEIGHBOUR = "neighbour"
    SECOND_VEHICLE = "second_vehicle"
    COLD_CELLS = "cold_cells"
    SPLIT = "split"
    QUARANTINE = "quarantine"
    REPLAN = "replan"
    LEAVE_OUT = "leave_out"


class Outcome(Enum):
    """What becomes of a line: handed over, kept cold elsewhere, or out of its band."""

    DELIVERED = "delivered"
    SHELTERED = "sheltered"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What a proposal does with one affected line.

    Parameters
    ----------
    out_at
        When it leaves the broken compartment; None where it stays there until it is spoilt.
    arrives
        When its household's point gets it; None where it does not today.
    vehicle
        Who brings it.
    shelter
        Where it is kept cold.
    sound
        How likely the product is in its band when it leaves the broken compartment.
    """

    key: LineKey
    outcome: Outcome
    mass_g: Grams
    volume_ml: Millilitres
    value_cents: Cents
    sound: float
    out_at: Seconds | None = None
    arrives: Seconds | None = None
    vehicle: VehicleId | None = None
    shelter: SiteId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """Goods that change hands on the way: what, where, from when to when, from whom to whom.

    Parameters
    ----------
    stored
        Whether the site keeps them, for the taker or for a later plan: that takes its room.
    """

    site: SiteId
    giver: VehicleId
    taker: VehicleId | None
    starts: Seconds
    ends: Seconds
    keys: tuple[LineKey, ...]
    volume_ml: Millilitres
    stored: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A candidate that is not offered, and why.

    Parameters
    ----------
    needs_override
        Whether only a person's word stands against it: a station beyond the radius.
    """

    kind: Kind
    place: str
    why: Reason
    needs_override: bool = False
    distance_m: Metres | None = None

    @property
    def reason(self) -> str:
        """Say in English why it is not offered."""
        return self.why.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """What a proposal is worth, in cents; ``worth`` is what proposals are ranked by.

    Parameters
    ----------
    saved
        Value of the goods that are delivered or sheltered, by remaining shelf life, times how
        likely they are sound.
    driving
        Vehicles, kilometres and hours more than the running plan, the turn on the road included.
    lateness
        What lateness costs more; goods that are not delivered come a day later.
    transfers
        Changes of hands.
    """

    saved: Cents = 0
    driving: Cents = 0
    lateness: Cents = 0
    transfers: Cents = 0

    @property
    def cost(self) -> Cents:
        """The cost beyond the running plan."""
        return self.driving + self.lateness + self.transfers

    @property
    def worth(self) -> Cents:
        """What is saved less what it costs."""
        return self.saved - self.cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A checked way out.

    Parameters
    ----------
    plan
        The whole plan as it would stand, with its report.
    changed
        Ids of the routes that differ from the running plan.
    fates
        One per line of the broken zone that is on board.
    handovers
        In the order of time.
    excused
        Findings of the checker that stem from the disruption and nothing else; every other
        finding was there before.
    extra_m
        Metres of turning on the road, which a plan from site to site cannot state.
    sentences
        Plain words by language, ``en`` and ``zh``.
    """

    kind: Kind
    place: str
    plan: Plan
    changed: tuple[str, ...]
    fates: tuple[Fate, ...]
    handovers: tuple[Handover, ...]
    money: Money
    excused: tuple[Violation, ...]
    extra_m: Metres = 0
    collector: str | None = None
    sentences: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def check(self) -> CheckReport:
        """What the checker says of the plan."""
        assert self.plan.check is not None
        return self.plan.check

    def grams(self, outcome: Outcome) -> Grams:
        """Sum up the mass that shares an outcome."""
        return sum(fate.mass_g for fate in self.fates if fate.outcome is outcome)

    def cents(self, outcome: Outcome) -> Cents:
        """Sum up the value that shares an outcome."""
        return sum(fate.value_cents for fate in self.fates if fate.outcome is outcome)

    @property
    def loses_nothing(self) -> bool:
        """Say whether no line is quarantined, and each is out before one break in ten."""
        return all(
            fate.outcome is not Outcome.QUARANTINED and fate.sound >= SURE for fate in self.fates
        )


SURE = 0.9
"""Nine times in ten is what we call certain: the moment p10 and not a second later."""
LIKELY = 0.5
"""Goods of a vehicle that stands still are fetched if they are more likely sound than spoilt."""

LIKELY_LOST = 0.5
"""Goods are diverted where some are lost so likely if the vehicle drives on, if their break is near
and what is likely lost outweighs what a needless diversion costs."""

ALL_BUT_SURE = 0.97
"""Where some are lost so likely, nobody waits for more to be known."""

NEAR_S: Seconds = 1_200
"""A break that may be so near (one in ten) leaves the time of a drive to a shelter and of a
hand-over. Before that the air is watched: to divert later costs no more."""

NEEDLESS_CENTS: Cents = 100_000
"""What a needless diversion costs beside driving: the time of other vehicles and people, and the
trust of those who get goods late or from another hand."""

MOVED_S: Seconds = 300
"""A break that is expected so much earlier or later makes other proposals worth their while."""

POSSIBLE = 0.1
"""Goods that are less likely sound are given up. Of others the worth is counted by how likely they
are: an estimate is no measurement, and who gets them measures them at the hand-over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The answer to a disruption: proposals, best first, and what was refused.

    Parameters
    ----------
    measured_from
        Whether ways start where the vehicle is, or at the sites before and behind it because the
        source of distances knows no other places.
    joint
        Where several disruptions are answered together: the one checked plan that holds the first
        proposal of each.
    """

    proposals: tuple[Proposal, ...]
    refused: tuple[Refusal, ...]
    breach: BreachTimes
    lat: float
    lon: float
    measured_from: MeasuredFrom = "position"
    joint: Plan | None = None

    @property
    def loses_nothing(self) -> bool:
        """Say whether any proposal loses nothing."""
        return any(one.loses_nothing for one in self.proposals)
