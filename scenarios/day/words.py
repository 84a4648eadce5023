"""What happens on a simulated day, one event after the other; all times are plan seconds."""

from __future__ import annotations

from msgspec import Struct

from optimizer.domain.temperature import Zone
from optimizer.domain.units import Grams, Metres, Millilitres, Seconds


class Event(Struct, frozen=True, kw_only=True, tag_field="what"):
    """Something that happens.

    Parameters
    ----------
    at
        Seconds from the horizon start.
    vehicle
        Who does it, or to whom it happens.
    route
        On which trip; empty where it is on none.
    """

    at: Seconds
    vehicle: str
    route: str = ""


class Departed(Event, frozen=True, kw_only=True, tag="departed"):
    """A trip begins, or goes on after a stop.

    Parameters
    ----------
    site
        Where from.
    place
        How many stops of the trip lie behind it.
    planned
        When the plan had it.
    loaded_ml, room_ml
        Goods for delivery and compartments at the beginning of a trip; 0 later.
    """

    site: str
    place: int
    planned: Seconds
    loaded_ml: Millilitres = 0
    room_ml: Millilitres = 0


class Arrived(Event, frozen=True, kw_only=True, tag="arrived"):
    """A drive ends at a stop.

    Parameters
    ----------
    site, place
        Where, and the number of the stop on its trip from 0.
    planned
        When the plan had it.
    distance_m
        Of the drive.
    drive_s, planned_drive_s
        Seconds at the wheel, and those that the plan's source of times gives.
    rest_s
        Breaks on the way.
    """

    site: str
    place: int
    planned: Seconds
    distance_m: Metres
    drive_s: Seconds
    planned_drive_s: Seconds
    rest_s: Seconds = 0


class Began(Event, frozen=True, kw_only=True, tag="began"):
    """A service begins."""

    site: str
    place: int
    planned: Seconds


class Delivered(Event, frozen=True, kw_only=True, tag="delivered"):
    """A line, or a part of one, is handed over at its point; the service began at ``began``."""

    site: str
    order: str
    line: str
    zone: Zone
    mass_g: Grams
    began: Seconds


class Refused(Event, frozen=True, kw_only=True, tag="refused"):
    """A line is not taken: its point is closed, or its booked window is over (``why``)."""

    site: str
    order: str
    line: str
    mass_g: Grams
    why: str


class Finished(Event, frozen=True, kw_only=True, tag="finished"):
    """A service ends.

    Parameters
    ----------
    service_s, planned_service_s
        How long it took, and how long the plan's rules say that it takes.
    """

    site: str
    place: int
    service_s: Seconds
    planned_service_s: Seconds


class Returned(Event, frozen=True, kw_only=True, tag="returned"):
    """A trip ends where its vehicle unloads what is left."""

    site: str
    planned: Seconds
    distance_m: Metres
    drive_s: Seconds
    planned_drive_s: Seconds
    rest_s: Seconds = 0


class BrokenDown(Event, frozen=True, kw_only=True, tag="broken_down"):
    """A vehicle stands."""


class CoolingFailed(Event, frozen=True, kw_only=True, tag="cooling_failed"):
    """The cooling of a compartment fails; nobody knows yet."""

    zone: Zone


class SensorFailed(Event, frozen=True, kw_only=True, tag="sensor_failed"):
    """A sensor errs from now on (``kind``: silent, stuck, drifting); nobody knows yet."""

    zone: Zone
    kind: str


class AlarmRaised(Event, frozen=True, kw_only=True, tag="alarm"):
    """The monitor raises an alarm; ``mass_g`` is on board in that compartment then."""

    zone: Zone
    kind: str
    mass_g: Grams


class Diverted(Event, frozen=True, kw_only=True, tag="diverted"):
    """A proposal is accepted.

    Parameters
    ----------
    kind, place
        As the proposal names its way.
    changed
        Routes that go another way now.
    """

    kind: str
    place: str
    changed: tuple[str, ...]


class Stayed(Event, frozen=True, kw_only=True, tag="stayed"):
    """No way out was found or accepted; ``why`` says what was missing."""

    why: str


class LeftOut(Event, frozen=True, kw_only=True, tag="left_out"):
    """A line that an accepted proposal does not bring today."""

    order: str
    line: str
    mass_g: Grams
    outcome: str


class Spoilt(Event, frozen=True, kw_only=True, tag="spoilt"):
    """A line whose product has left its band before it was out of the broken compartment."""

    order: str
    line: str
    mass_g: Grams


class Warmth(Struct, frozen=True, kw_only=True):
    """How warm a watched compartment was, in truth.

    Parameters
    ----------
    minutes_over
        Minutes of its goods beyond their band.
    degree_minutes
        The same, weighted by the degrees beyond it.
    mkt_c
        Mean kinetic temperature of its goods; None for frozen ones, for which it is not valid.
    """

    vehicle: str
    route: str
    zone: Zone
    minutes_over: float
    degree_minutes: float
    mkt_c: float | None


DayEvent = (
    Departed | Arrived | Began | Delivered | Refused | Finished | Returned | BrokenDown
    | CoolingFailed | SensorFailed | AlarmRaised | Diverted | Stayed | LeftOut | Spoilt
)  # fmt: skip


class DayRecord(Struct, frozen=True, kw_only=True):
    """A day as it was played.

    Parameters
    ----------
    seed
        Of its luck.
    events
        By time.
    warmth
        Of the compartments whose cooling failed.
    """

    seed: int
    events: tuple[DayEvent, ...]
    warmth: tuple[Warmth, ...] = ()
