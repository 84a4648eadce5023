"""A plan: who drives what where and when, what is left out and why, and the judge's report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey, SiteId, VehicleId, WaveId
from optimizer.domain.network import SiteKind
from optimizer.domain.objective import CostBreakdown
from optimizer.domain.problem import Horizon
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Cents, Grams, Metres, Millilitres, Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A line, or a part of one, handed over at a stop."""

    key: LineKey
    zone: Zone
    mass_g: Grams
    volume_ml: Millilitres


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictedTemperature:
    """What the thermal model expects of one zone up to and including the hand-over at a stop.

    Parameters
    ----------
    product_c
        The product temperature at hand-over.
    air_max_c
        The warmest air since departure.
    margin_c
        The smallest distance to the edge of the product band since departure; negative outside.
    """

    product_c: float
    air_max_c: float
    margin_c: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One visit; times are seconds from the horizon start."""

    site: SiteId
    kind: SiteKind
    arrives: Seconds
    service_starts: Seconds
    departs: Seconds
    delivers: tuple[Delivery, ...]
    collects: tuple[Delivery, ...] = ()
    predicted: Mapping[Zone, PredictedTemperature] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxLoad:
    """The insulated boxes of one zone on one trip; ``ice_kg`` is the ice of all together."""

    zone: Zone
    count: int
    ice_kg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A driver's rest."""

    starts: Seconds
    ends: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One trip of one vehicle, from loading to return."""

    id: str
    echelon: Echelon
    vehicle: VehicleId
    vehicle_type: str
    wave: WaveId
    trip: int
    start_site: SiteId
    end_site: SiteId
    departs: Seconds
    returns: Seconds
    distance_m: Metres
    duration_s: Seconds
    cost_cents: Cents
    compartments: Mapping[Zone, Millilitres]
    stops: tuple[Stop, ...]
    boxes: tuple[BoxLoad, ...] = ()
    breaks: tuple[Break, ...] = ()


class UnservedReason(Enum):
    """Why a line is left out."""

    ZONE_CAPACITY = "zone_capacity"
    PAYLOAD = "payload"
    FLEET = "fleet"
    WINDOW = "window"
    SHIFT = "shift"
    TIME_ON_BOARD = "time_on_board"
    TEMPERATURE = "temperature"
    OUTSIDE_RADIUS = "outside_radius"
    NO_GRID = "no_grid"
    GRID_CAPACITY = "grid_capacity"
    SITE_CAPACITY = "site_capacity"
    LOCKER = "locker"
    SKILL = "skill"
    RANGE = "range"
    TOGETHER = "together"
    UNREACHABLE = "unreachable"
    LINEHAUL = "linehaul"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unserved:
    """An order line left out: a result with a reason and a sentence for a person."""

    key: LineKey
    reason: UnservedReason
    detail: str


class AdviceCode(Enum):
    """What a person should look into although no rule is broken."""

    FEW_BACKUP_CARRIERS = "few_backup_carriers"
    MORE_ICE = "more_ice"
    EARLIER_DROP = "earlier_drop"
    NO_STOCK_FOR_EXPRESS = "no_stock_for_express"


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """A warning or a piece of advice that goes with a plan: what, where, and a sentence."""

    code: AdviceCode
    where: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A finding of the checker: its code, where, and by how much in the unit of the code."""

    code: str
    where: str
    amount: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """The judge's answer; no violation means feasible."""

    violations: tuple[Violation, ...] = ()

    @property
    def feasible(self) -> bool:
        """Say whether nothing was found."""
        return not self.violations


@dataclass(frozen=True, slots=True, kw_only=True)
class TravelSource:
    """Where the times of a plan came from."""

    provider: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The answer to a problem."""

    problem: str
    problem_digest: str
    horizon: Horizon
    travel: TravelSource
    seed: int
    cost: CostBreakdown
    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]
    kpis: Mapping[str, float]
    check: CheckReport | None = None
    version: int = 1
    state: str = "draft"
    advice: tuple[Advice, ...] = ()
