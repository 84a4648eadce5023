"""Writes the settings of a problem: the content of ``settings.yaml`` as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from math import isinf
from typing import Any

from optimizer.domain.fleet import Body, Box
from optimizer.domain.problem import Problem, TravelSettings
from optimizer.domain.temperature import ZONES, AirProfile, TemperaturePolicy, Zone
from optimizer.domain.units import SECONDS_PER_HOUR, Seconds, thousands
from optimizer.formats.break_settings import breaks_document
from optimizer.formats.clock import Clock
from optimizer.formats.cut_off_settings import cut_offs_document
from optimizer.formats.promise_settings import promise_document
from optimizer.formats.settings import PROBLEM_SCHEMA
from optimizer.formats.type_settings import BODY_FIELDS
from optimizer.formats.written_units import in_units


def settings_document(problem: Problem) -> dict[str, Any]:
    """Give every setting of a problem, defaults written out."""
    clock = Clock(horizon=problem.horizon)
    return {
        "schema": PROBLEM_SCHEMA,
        "id": problem.id,
        "time_zone": problem.horizon.time_zone,
        "horizon_start": problem.horizon.instant(0).isoformat(),
        "ambient_c": problem.ambient_c,
        "sun_c": problem.sun_c,
        "travel": _travel(problem.travel, clock),
        "waves": [{"id": w.id, "departs": clock.written(w.departs)} for w in problem.waves],
        "zones": {z.value: _policy(problem.policies[z]) for z in ZONES if z in problem.policies},
        "promises": {name: promise_document(promise) for name, promise in problem.promises.items()},
        "time_on_board_h": {z.value: _hours(problem.time_on_board_s.get(z)) for z in ZONES},
        "objective": asdict(problem.objective)
        | {"priority_factor": {str(p): f for p, f in problem.objective.priority_factor.items()}},
        "vehicle_types": {
            name: _body(body) | {"breaks": breaks_document(problem.breaks.get(name))}
            for name, body in problem.bodies.items()
        },
        "radius_km": None if problem.radius_m is None else thousands(problem.radius_m),
        "usual_vehicles": dict(problem.usual_vehicle),
        "cut_offs": cut_offs_document(problem.cut_offs),
        "door_service_s": problem.door_service_s,
        "orders_together": problem.orders_together,
    }


def _hours(seconds: Seconds | None) -> int | float | None:
    return None if seconds is None else in_units(seconds, SECONDS_PER_HOUR)


def _travel(travel: TravelSettings, clock: Clock) -> dict[str, Any]:
    """Write the travel settings; every traffic slot becomes one of its own, with instants."""
    slots = [
        {
            "from": clock.horizon.instant(slot.window.opens).isoformat(),
            "to": clock.horizon.instant(slot.window.closes).isoformat(),
            "factor": slot.factor,
        }
        for slot in travel.slots
    ]
    written: dict[str, Any] = {
        "provider": travel.provider,
        "circuity": travel.circuity,
        "speed_kmh": dict(travel.speed_kmh),
        "factors": slots,
    }
    profile = None if travel.profile == TravelSettings().profile else travel.profile
    named = {"file": travel.file, "closures": travel.closures, "profile": profile}
    return written | {key: name for key, name in named.items() if name is not None}


def _policy(policy: TemperaturePolicy) -> dict[str, Any]:
    lower_c = policy.product.lower_c
    return {
        "product": {
            "lower_c": None if isinf(lower_c) else lower_c,
            "upper_c": policy.product.upper_c,
        },
        "air": {field.name: getattr(policy.air, field.name) for field in fields(AirProfile)},
        "setpoint_c": policy.setpoint_c,
        "loading_c": policy.loading_c,
    }


def _body(body: Body) -> dict[str, Any]:
    written: dict[str, Any] = {name: getattr(body, name) for name in BODY_FIELDS}
    return written | ({} if body.box is None else {"box": _box(body.box)})


def _box(box: Box) -> dict[str, Any]:
    melt_c: Mapping[Zone, float] = box.melt_c
    return {
        "volume_l": thousands(box.volume_ml),
        "u_w_m2k": box.u_w_m2k,
        "area_m2": box.area_m2,
        "ice_kg": box.ice_kg,
        "ice_step_kg": box.ice_step_kg,
        "melt_c": {zone.value: melt_c[zone] for zone in ZONES if zone in melt_c},
    }
