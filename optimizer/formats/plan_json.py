"""Writes a plan as PLAN.json: the same plan gives the same bytes on every machine."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from optimizer.domain.plan import (
    Advice,
    Break,
    CheckReport,
    Delivery,
    Plan,
    PredictedTemperature,
    Route,
    Stop,
    Unserved,
)
from optimizer.domain.problem import Horizon
from optimizer.domain.temperature import ZONES, Zone
from optimizer.domain.units import Seconds, thousands

PLAN_SCHEMA = "coldgrid/plan/1"


def dump_plan(plan: Plan) -> bytes:
    """Write a plan as UTF-8 JSON with a fixed order of keys."""
    text = json.dumps(plan_document(plan), ensure_ascii=False, indent=1, allow_nan=False)
    return (text + "\n").encode()


def plan_document(plan: Plan) -> dict[str, Any]:
    """Give the JSON form of a plan; instants are RFC 3339 with the local offset."""
    horizon = plan.horizon
    return {
        "schema": PLAN_SCHEMA,
        "problem": plan.problem,
        "problem_digest": plan.problem_digest,
        "seed": plan.seed,
        "version": plan.version,
        "state": plan.state,
        "horizon_start": at(horizon, 0),
        "time_zone": horizon.time_zone,
        "travel": {"provider": plan.travel.provider, "digest": plan.travel.digest},
        "objective_cents": plan.cost.total,
        "cost_breakdown_cents": plan.cost.as_dict(),
        "routes": [_route(horizon, route) for route in plan.routes],
        "unserved": [_unserved(line) for line in plan.unserved],
        "check": None if plan.check is None else check_document(plan.check),
        "kpis": {name: plan.kpis[name] for name in sorted(plan.kpis)},
        "advice": [_advice(one) for one in plan.advice],
    }


def check_document(report: CheckReport) -> dict[str, Any]:
    """Give the JSON form of the judge's answer."""
    found = [{"code": v.code, "where": v.where, "amount": v.amount} for v in report.violations]
    return {"feasible": report.feasible, "violations": found}


def at(horizon: Horizon, moment: Seconds) -> str:
    """Write a moment as an instant with the local offset."""
    return horizon.instant(moment).isoformat()


def _route(horizon: Horizon, route: Route) -> dict[str, Any]:
    return {
        "id": route.id,
        "echelon": route.echelon.value,
        "vehicle": route.vehicle,
        "vehicle_type": route.vehicle_type,
        "wave": route.wave,
        "trip": route.trip,
        "start_site": route.start_site,
        "end_site": route.end_site,
        "departs_at": at(horizon, route.departs),
        "returns_at": at(horizon, route.returns),
        "distance_m": route.distance_m,
        "duration_s": route.duration_s,
        "cost_cents": route.cost_cents,
        "compartments": [
            {"zone": zone.value, "capacity_l": thousands(route.compartments[zone])}
            for zone in ZONES
            if zone in route.compartments
        ],
        "boxes": [
            {"zone": box.zone.value, "count": box.count, "ice_kg": box.ice_kg}
            for box in route.boxes
        ],
        "breaks": [_break(horizon, rest) for rest in route.breaks],
        "stops": [_stop(horizon, stop) for stop in route.stops],
    }


def _break(horizon: Horizon, rest: Break) -> dict[str, str]:
    return {"from": at(horizon, rest.starts), "to": at(horizon, rest.ends)}


def _stop(horizon: Horizon, stop: Stop) -> dict[str, Any]:
    return {
        "site": stop.site,
        "kind": stop.kind.value,
        "arrives_at": at(horizon, stop.arrives),
        "service_starts_at": at(horizon, stop.service_starts),
        "departs_at": at(horizon, stop.departs),
        "delivers": _deliveries(stop.delivers),
        "collects": _deliveries(stop.collects),
        "predicted_temperature_c": _predicted(stop.predicted),
    }


def _deliveries(deliveries: Sequence[Delivery]) -> list[dict[str, Any]]:
    return [
        {
            "order": delivery.key.order,
            "line": delivery.key.line,
            "zone": delivery.zone.value,
            "mass_kg": thousands(delivery.mass_g),
            "volume_l": thousands(delivery.volume_ml),
        }
        for delivery in deliveries
    ]


def _predicted(predicted: Mapping[Zone, PredictedTemperature]) -> dict[str, dict[str, float]]:
    return {
        zone.value: {
            "product_c": predicted[zone].product_c,
            "air_max_c": predicted[zone].air_max_c,
            "margin_c": predicted[zone].margin_c,
        }
        for zone in ZONES
        if zone in predicted
    }


def _unserved(line: Unserved) -> dict[str, str]:
    return {
        "order": line.key.order,
        "line": line.key.line,
        "reason": line.reason.value,
        "detail": line.detail,
    }


def _advice(advice: Advice) -> dict[str, str]:
    return {"code": advice.code.value, "where": advice.where, "detail": advice.detail}
