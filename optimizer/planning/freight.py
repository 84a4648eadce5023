"""What a van has to do with at a stop: lines to hand over, and collects to take back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TypeAlias

from optimizer.domain.orders import Collect, OrderLine
from optimizer.domain.plan import Delivery
from optimizer.domain.temperature import ZONES, Zone
from optimizer.domain.units import Millilitres

Freight: TypeAlias = OrderLine | Collect


def lines_in(freight: Iterable[Freight]) -> list[OrderLine]:
    """Give what is handed over."""
    return [item for item in freight if isinstance(item, OrderLine)]


def collects_in(freight: Iterable[Freight]) -> list[Collect]:
    """Give what is taken back."""
    return [item for item in freight if isinstance(item, Collect)]


def peak_ml(freight: Sequence[Freight]) -> dict[Zone, Millilitres]:
    """Give the most litres per zone that are on board at once, in this order of calls.

    At a stop goods leave the vehicle before others come in.
    """
    now = dict.fromkeys(ZONES, 0)
    for line in lines_in(freight):
        now[line.zone] += line.volume_ml
    most = dict(now)
    for _, group in groupby(freight, key=lambda item: item.site):
        visit = list(group)
        for line in lines_in(visit):
            now[line.zone] -= line.volume_ml
        for collect in collects_in(visit):
            now[collect.zone] += collect.volume_ml
            most[collect.zone] = max(most[collect.zone], now[collect.zone])
    return most


def delivery_of(item: Freight) -> Delivery:
    """Give the whole of a line or collect as it stands in a plan."""
    return Delivery(key=item.key, zone=item.zone, mass_g=item.mass_g, volume_ml=item.volume_ml)
