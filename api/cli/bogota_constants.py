"""The assumptions of the Bogotá conversion as options: one option for every field.

The fields, their defaults and their meaning are those of ``BogotaOptions``; here stands how a
person types them. A test holds the two against each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

import typer

from optimizer.formats.bogota_options import BogotaOptions, FleetRule

DEFAULTS = BogotaOptions()
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """One option: how its text is read, what stands in its place in the help, what it means."""

    parse: Callable[[str], Any]
    metavar: str
    help: str
    default: str


def _number(text: str, least: float, most: float, *, whole: bool) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise typer.BadParameter(f"{text!r} is not a number") from error
    if not number.is_finite() or not least <= number <= most:
        raise typer.BadParameter(f"{text} lies outside {least:g} to {most:g}")
    if whole and number != number.to_integral_value():
        raise typer.BadParameter(f"{text} is not whole")
    return number


def _whole(name: str, help_text: str, least: int, most: int) -> Constant:
    return Constant(
        parse=lambda text: int(_number(text, least, most, whole=True)),
        metavar="N",
        help=help_text,
        default=str(getattr(DEFAULTS, name)),
    )


def _real(name: str, help_text: str, least: float, most: float) -> Constant:
    kind = type(getattr(DEFAULTS, name))
    return Constant(
        parse=lambda text: kind(_number(text, least, most, whole=False)),
        metavar="X",
        help=help_text,
        default=str(getattr(DEFAULTS, name)),
    )


def _clock(name: str, help_text: str) -> Constant:
    def parse(text: str) -> str:
        if not _CLOCK.fullmatch(text):
            raise typer.BadParameter(f"{text!r} is no time such as 05:30")
        return text

    return Constant(
        parse=parse, metavar="HH:MM", help=help_text, default=str(getattr(DEFAULTS, name))
    )


def _time_zone(help_text: str) -> Constant:
    def parse(text: str) -> str:
        try:
            ZoneInfo(text)
        except (KeyError, ValueError, OSError) as error:
            raise typer.BadParameter(f"{text!r} is no IANA time zone") from error
        return text

    return Constant(parse=parse, metavar="IANA", help=help_text, default=DEFAULTS.time_zone)


def _pairs(text: str, known: Mapping[str, Callable[[str], Any]]) -> dict[str, Any]:
    """Read ``key=value,key=value``; what is not named keeps its default."""
    given: dict[str, Any] = {}
    for pair in text.split(","):
        key, sign, value = (part.strip() for part in pair.partition("="))
        if not sign or key not in known:
            raise typer.BadParameter(f"{pair!r} is not KEY=VALUE with a key of {', '.join(known)}")
        given[key] = known[key](value)
    return given


def _amount(text: str) -> int:
    return int(_number(text, 0, 10**9, whole=True))


def _speed(text: str) -> float:
    return float(_number(text, 1, 300, whole=False))


def _moment(text: str) -> str:
    moment: str = CONSTANTS["wave"].parse(text)
    return moment


_FLEET_KEYS: dict[str, Callable[[str], Any]] = {
    field.name: {"speed_kmh": _speed, "shift_start": _moment, "shift_end": _moment}.get(
        field.name, _amount
    )
    for field in fields(FleetRule)
}


def _fleet(rule: FleetRule, help_text: str) -> Constant:
    def parse(text: str) -> FleetRule:
        changed = replace(rule, **_pairs(text, _FLEET_KEYS))
        if changed.body_l <= 0 or not 0 < changed.bulkhead_step_l <= changed.body_l:
            raise typer.BadParameter("the body needs litres, and a bulkhead step that fits into it")
        return changed

    default = ", ".join(f"{field.name}={getattr(rule, field.name)}" for field in fields(rule))
    return Constant(parse=parse, metavar="KEY=VALUE,…", help=help_text, default=default)


def _lateness(help_text: str) -> Constant:
    usual = DEFAULTS.cents_per_min_late

    def parse(text: str) -> Mapping[str, int]:
        return {**usual, **_pairs(text, dict.fromkeys(usual, _amount))}

    default = ", ".join(f"{name}={cents}" for name, cents in usual.items())
    return Constant(parse=parse, metavar="KEY=VALUE,…", help=help_text, default=default)


CONSTANTS: dict[str, Constant] = {
    "grids": _whole("grids", "Grid warehouses, sited over the day's demand.", 1, 200),
    "litres_per_kg": _real("litres_per_kg", "Room that a kilogram takes.", 0.001, 1000),
    "value_cents_per_kg": _whole("value_cents_per_kg", "Value of a kilogram.", 0, 10**9),
    "whole_line_l": _whole("whole_line_l", "Litres above which a line is cut.", 1, 10**6),
    "piece_l": _whole("piece_l", "Litres of the pieces it is cut into.", 1, 10**6),
    "central_lat": _real("central_lat", "Latitude of the central warehouse.", -90, 90),
    "central_lon": _real("central_lon", "Longitude of the central warehouse.", -180, 180),
    "fleet_factor": _real("fleet_factor", "Vehicle litres per litre of demand.", 0.01, 100),
    "van_large": _fleet(DEFAULTS.vans["van_large"], "The large van."),
    "van_small": _fleet(DEFAULTS.vans["van_small"], "The small van, as many as large ones."),
    "truck": _fleet(DEFAULTS.truck, "The truck from the central warehouse."),
    "time_zone": _time_zone("Time zone of all times."),
    "start": _clock("start", "Start of the horizon, the evening before."),
    "wave": _clock("wave", "Departure of the vans."),
    "opens": _clock("opens", "Opening of every client."),
    "closes": _clock("closes", "Closing of every client, which is the promise's deadline."),
    "grid_opens": _clock("grid_opens", "Opening of the warehouses."),
    "grid_closes": _clock("grid_closes", "Closing of the warehouses."),
    "sorting_min": _whole("sorting_min", "Minutes of sorting at a grid warehouse.", 0, 1440),
    "grid_docks": _whole("grid_docks", "Trucks unloaded at once.", 1, 1000),
    "grid_service_s": _whole("grid_service_s", "Seconds to unload a truck.", 0, 86_400),
    "client_service_s": _whole("client_service_s", "Seconds at a client's door.", 0, 86_400),
    "circuity": _real("circuity", "Road metres per great-circle metre.", 1, 10),
    "ambient_c": _real("ambient_c", "Outside temperature.", -60, 60),
    "time_on_board_h": _whole("time_on_board_h", "Hours that cold goods may be on board.", 1, 48),
    "cents_per_min_late": _lateness("Cost of a minute of lateness per promise class."),
}
"""By name of the field, ``vans`` as one option per van."""


def options_of(given: Mapping[str, Any]) -> BogotaOptions:
    """Put the constants that were given in place of their defaults."""
    chosen = {name: value for name, value in given.items() if value is not None}
    vans = {kind: chosen.pop(kind, rule) for kind, rule in DEFAULTS.vans.items()}
    options = replace(DEFAULTS, vans=vans, **chosen)
    if options.piece_l < options.litres_per_kg:
        raise typer.BadParameter("--piece-l is less than a kilogram takes")
    return options
