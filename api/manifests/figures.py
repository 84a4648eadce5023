"""How amounts, times, temperatures and places look on paper, the same in HTML and PDF."""

from __future__ import annotations

from datetime import datetime
from math import isfinite

from api.manifests.sheet import Amount, Bay, Heading, Place
from api.manifests.words import Words
from optimizer.domain.temperature import TemperatureBand
from optimizer.domain.units import SECONDS_PER_MINUTE, Seconds, thousands

LONGEST = 200
"""No place on paper is wide enough for more characters than these."""


def one_line(text: str) -> str:
    """Write a text on one line, without the part for which no place would be wide enough."""
    return " ".join(text[:LONGEST].split())


def kg(mass_g: int) -> str:
    """Write grams as kilograms, with as many decimals as it takes."""
    return f"{_trimmed(mass_g)} kg"


def litres(volume_ml: int) -> str:
    """Write millilitres as litres, with as many decimals as it takes."""
    return f"{_trimmed(volume_ml)} l"


def goods(amount: Amount) -> str:
    """Write kilograms and litres."""
    return f"{kg(amount.mass_g)}, {litres(amount.volume_ml)}"


def kilometres(distance_m: int) -> str:
    """Write metres as kilometres with one decimal."""
    return f"{distance_m / 1000:.1f} km"


def celsius(temperature_c: float | None) -> str:
    """Write a temperature with one decimal; empty where it is not known."""
    if temperature_c is None or not isfinite(temperature_c):
        return ""
    # Adding 0.0 turns a rounded minus nought into nought.
    return f"{round(temperature_c, 1) + 0.0:.1f} °C"


def band(limits: TemperatureBand) -> str:
    """Write the product band as a loader reads it."""
    if not isfinite(limits.lower_c):
        return f"max {limits.upper_c:g} °C"
    return f"{limits.lower_c:g} .. {limits.upper_c:g} °C"


def metres(length_m: float) -> str:
    """Write a length in metres to the centimetre."""
    return f"{length_m:.2f} m"


def minutes(duration_s: Seconds) -> str:
    """Write a duration in minutes."""
    return f"{duration_s / SECONDS_PER_MINUTE:g} min"


def day_and_time(instant: datetime) -> str:
    """Write an instant with its date."""
    return f"{instant:%Y-%m-%d %H:%M}"


def clock(instant: datetime, day: datetime) -> str:
    """Write a time of day, with the date where it is not that of ``day``."""
    same = instant.date() == day.date()
    return f"{instant:%H:%M}" if same else f"{instant:%m-%d %H:%M}"


def place(site: Place) -> str:
    """Write a site's id and name; once where both are the same."""
    return site.id if site.name in {"", site.id} else f"{site.id} {site.name}"


def ice(ice_kg: float) -> str:
    """Write an amount of ice."""
    return f"{ice_kg:.1f} kg"


def position(bay: Bay) -> str:
    """Write from where to where a compartment reaches; empty where it is made of boxes."""
    if bay.span is None:
        return ""
    return f"{bay.span.front_m:.2f} - {bay.span.rear_m:.2f} m"


def bulkhead(bay: Bay) -> str:
    """Write where the bulkhead behind a compartment stands; empty where there is none."""
    if bay.span is None or not bay.span.bulkhead:
        return ""
    return f"{metres(bay.span.rear_m)} ({litres(bay.span.rear_ml)})"


def standing(heading: Heading, words: Words) -> str:
    """Write which version of which plan a paper belongs to."""
    state = words.get(heading.state, heading.state)
    name = heading.plan if heading.name in {"", heading.plan} else f"{heading.name} {heading.plan}"
    return f"{words['plan']} {name}, {words['version']} {heading.version} ({state})"


def _trimmed(quantity: int) -> str:
    return f"{thousands(quantity):.3f}".rstrip("0").rstrip(".")
