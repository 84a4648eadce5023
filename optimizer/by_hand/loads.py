"""What is on board along a trip: goods leave, and empties and returns come in."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.by_hand.draft import Visit
from optimizer.domain.fleet import Vehicle, layout_for
from optimizer.domain.temperature import ZONES, Zone
from optimizer.domain.units import Grams, Millilitres


def peak_ml(visits: Sequence[Visit]) -> dict[Zone, Millilitres]:
    """Give the most litres per zone that are on board at once.

    At a stop goods leave the vehicle before others come in.
    """
    now = dict.fromkeys(ZONES, 0)
    for item in (item for visit in visits for item in visit.delivers):
        now[item.zone] += item.volume_ml
    most = dict(now)
    for visit in visits:
        for item in visit.delivers:
            now[item.zone] -= item.volume_ml
        for item in visit.collects:
            now[item.zone] += item.volume_ml
            most[item.zone] = max(most[item.zone], now[item.zone])
    return most


def peak_g(visits: Sequence[Visit]) -> Grams:
    """Give the most weight that is on board at once, ice not counted."""
    now = sum(item.mass_g for visit in visits for item in visit.delivers)
    most = now
    for visit in visits:
        now += sum(item.mass_g for item in visit.collects)
        now -= sum(item.mass_g for item in visit.delivers)
        most = max(most, now)
    return most


def overload(vehicle: Vehicle, visits: Sequence[Visit]) -> int:
    """Say how far a load is from fitting: grams above the payload, and litres without a place."""
    litres = peak_ml(visits)
    above = max(0, peak_g(visits) - vehicle.payload_g)
    return above if layout_for(vehicle, litres) is not None else above + sum(litres.values())
