"""Disruptions and answers as JSON, as they are stored and as the process that computes reads them.

A disruption names its ``kind``. A compartment that fails is a ``Disruption``; whatever else may
happen stays the document that it came as, for ``optimizer.recovery`` reads it against the problem.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeAlias

from optimizer.domain.errors import ColdgridError, Fault, InputRefused
from optimizer.domain.problem import Horizon, Problem
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Seconds
from optimizer.response.document import reroute_document
from optimizer.response.words import (
    BreachTimes,
    Disruption,
    RerouteRefused,
    Reservation,
    Response,
    Severity,
)

COMPARTMENT = "compartment"
DECILES = ("p10", "p50", "p90")
_FIGURES = ("product_c", "product_sd_c", "air_c", "ambient_c", "cooling_w", "lat", "lon")


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something else than a compartment that fails.

    Parameters
    ----------
    at
        When we decide, in seconds from the horizon start.
    document
        As ``optimizer.recovery.reading`` reads it, but for the moment.
    """

    at: Seconds
    document: Mapping[str, Any]

    @property
    def vehicle(self) -> str | None:
        """The vehicle that stands, where one does."""
        found: str | None = self.document.get("vehicle")
        return found


Told: TypeAlias = Disruption | Happening
"""What a case may be about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a case is about, as lists show it."""

    kind: str
    vehicle: str | None
    zone: str | None


def subject_of(event: Told) -> Subject:
    """Say what a disruption is about."""
    if isinstance(event, Disruption):
        return Subject(kind=COMPARTMENT, vehicle=event.vehicle, zone=event.zone.value)
    return Subject(kind=event.document["kind"], vehicle=event.vehicle, zone=None)


def event_document(event: Told, horizon: Horizon) -> dict[str, Any]:
    """Write a disruption; instants are RFC 3339."""
    if isinstance(event, Disruption):
        return _compartment(event, horizon)
    return {**event.document, "at": _text(horizon, event.at)}


def event_from(document: Mapping[str, Any], horizon: Horizon) -> Told:
    """Read a disruption."""
    if document["kind"] == COMPARTMENT:
        return _compartment_from(document, horizon)
    at = _seconds(horizon, document["at"])
    return Happening(at=at, document={k: v for k, v in document.items() if k != "at"})


def _compartment(event: Disruption, horizon: Horizon) -> dict[str, Any]:
    breach = event.breach
    return {
        "kind": COMPARTMENT,
        "vehicle": event.vehicle,
        "zone": event.zone.value,
        "at": _text(horizon, event.at),
        "severity": event.severity.value,
        **{name: getattr(event, name) for name in _FIGURES},
        "is_doubted": event.is_doubted,
        "breach": None
        if breach is None
        else {name: _text(horizon, getattr(breach, name)) for name in DECILES},
    }


def _compartment_from(document: Mapping[str, Any], horizon: Horizon) -> Disruption:
    breach = document["breach"]
    return Disruption(
        vehicle=document["vehicle"],
        zone=Zone(document["zone"]),
        at=_seconds(horizon, document["at"]),
        severity=Severity(document["severity"]),
        **{name: document[name] for name in _FIGURES},
        # A stored case may say nothing of it.
        is_doubted=document.get("is_doubted", False),
        breach=None
        if breach is None
        else BreachTimes(**{name: _seconds(horizon, breach[name]) for name in DECILES}),
    )


# --- reservations -------------------------------------------------------------------------------


def reservation_document(one: Reservation, horizon: Horizon) -> dict[str, Any]:
    """Write what is reserved."""
    return {
        "site": one.site,
        "zone": one.zone.value,
        "volume_ml": one.volume_ml,
        "starts": _text(horizon, one.starts),
        "ends": _text(horizon, one.ends),
    }


def reservation_from(document: Mapping[str, Any], horizon: Horizon) -> Reservation:
    """Read what is reserved."""
    return Reservation(
        site=document["site"],
        zone=Zone(document["zone"]),
        volume_ml=document["volume_ml"],
        starts=_seconds(horizon, document["starts"]),
        ends=_seconds(horizon, document["ends"]),
    )


# --- answers ------------------------------------------------------------------------------------


def answer_of(problem: Problem, event: Disruption, response: Response) -> dict[str, Any]:
    """Write an answer."""
    return {"answer": reroute_document(problem.horizon, problem.id, event, response)}


def refusal_of(refused: ColdgridError) -> dict[str, Any]:
    """Write why there is no answer."""
    faults = refused.faults if isinstance(refused, InputRefused) else ()
    return {
        "refused": {
            "code": refused.code,
            "message": str(refused),
            "faults": [asdict(fault) for fault in faults],
        }
    }


def refusal_from(document: Mapping[str, Any]) -> ColdgridError:
    """Read why there is no answer."""
    if document["faults"]:
        return InputRefused([Fault(**fault) for fault in document["faults"]])
    return RerouteRefused(document["code"], document["message"])


def _text(horizon: Horizon, moment: Seconds) -> str:
    return horizon.instant(moment).isoformat()


def _seconds(horizon: Horizon, instant: str) -> Seconds:
    return horizon.seconds(datetime.fromisoformat(instant))
