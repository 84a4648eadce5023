"""What a manifest says, before anybody asks for HTML, PDF or CSV.

A sheet is read off a problem and a plan; nothing is decided here. Instants carry the local
offset, amounts are grams and millilitres.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import ArticleId, LineKey, SiteId, VehicleId, WaveId
from optimizer.domain.network import SiteKind
from optimizer.domain.orders import CollectKind
from optimizer.domain.plan import BoxLoad
from optimizer.domain.temperature import TemperaturePolicy, Zone
from optimizer.domain.units import Grams, Metres, Millilitres
from optimizer.formats.manifest import BoxShare

Rest = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What stands on top of every page: which paper of which plan this is.

    Parameters
    ----------
    made_at
        When the version of the plan was made; two papers of one version say the same.
    """

    plan: str
    name: str
    version: int
    state: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A site as people call it."""

    id: SiteId
    name: str
    kind: SiteKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """Goods of one zone."""

    zone: Zone
    mass_g: Grams
    volume_ml: Millilitres


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Where a compartment lies, measured from the front wall of the body.

    Parameters
    ----------
    bulkhead
        Whether a bulkhead stands at the rear end; the last compartment may end at the door.
    """

    front_ml: Millilitres
    rear_ml: Millilitres
    front_m: float
    rear_m: float
    bulkhead: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bay:
    """One compartment of one trip, or all boxes of a zone on a vehicle that carries boxes.

    Parameters
    ----------
    span
        None on a vehicle with boxes: it has no bulkheads.
    boxes
        Boxes and ice to fetch before loading.
    """

    zone: Zone
    size_ml: Millilitres
    span: Span | None
    boxes: BoxLoad | None
    load: Amount
    policy: TemperaturePolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadingStep:
    """What goes into a compartment next: place 1 goes in first and is handed over last."""

    place: int
    stop: int
    site: Place
    amount: Amount
    boxes: BoxShare | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLine:
    """An order line, or the part of one that is handed over, or what is collected.

    Parameters
    ----------
    door
        Whether it is handed over at the household.
    collect
        What kind of goods are taken back; None for goods that are brought, and for empties that
        the problem does not know.
    """

    key: LineKey
    article: ArticleId
    batch: str
    zone: Zone
    mass_g: Grams
    volume_ml: Millilitres
    door: bool
    collect: CollectKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopZone:
    """What a stop gets of one zone, and how warm the plan expects it; None means no prediction."""

    amount: Amount
    product_c: float | None
    margin_c: float | None
    boxes: BoxShare | None
    lines: tuple[SheetLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetStop:
    """One stop.

    Parameters
    ----------
    collects
        The empties and returns that the plan expects here.
    rests
        The driver's breaks on the way to it, from and to.
    """

    number: int
    site: Place
    arrives: datetime
    serves: datetime
    departs: datetime
    zones: tuple[StopZone, ...]
    collects: tuple[SheetLine, ...]
    rests: tuple[Rest, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """From loading to return.

    Parameters
    ----------
    bays
        From the front wall to the rear door.
    loading
        Per zone, what goes in first, second, …
    rests
        The driver's breaks, from and to.
    rests_on_the_way_back
        Those of them that come after the last stop.
    totals
        Per zone, in the order of ``Zone``.
    """

    route: str
    number: int
    wave: WaveId
    start: Place
    end: Place
    departs: datetime
    returns: datetime
    distance_m: Metres
    bays: tuple[Bay, ...]
    loading: tuple[tuple[Zone, tuple[LoadingStep, ...]], ...]
    rests: tuple[Rest, ...]
    rests_on_the_way_back: tuple[Rest, ...]
    stops: tuple[SheetStop, ...]
    totals: tuple[Amount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The manifest of one vehicle.

    Parameters
    ----------
    movable
        Whether the bulkheads have to be set before loading.
    """

    heading: Heading
    vehicle: VehicleId
    type: str
    echelon: Echelon
    home: Place
    movable: bool
    trips: tuple[Trip, ...]
    totals: tuple[Amount, ...]
