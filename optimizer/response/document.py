"""The answer to a disruption as one JSON document; ``coldgrid schema reroute`` describes it."""

from __future__ import annotations

from typing import Any

from optimizer.domain.plan import Violation
from optimizer.domain.problem import Horizon
from optimizer.domain.units import Seconds, thousands
from optimizer.formats.plan_json import at, check_document, plan_document
from optimizer.response.words import (
    Disruption,
    Fate,
    Handover,
    Outcome,
    Proposal,
    Refusal,
    Response,
)

REROUTE_SCHEMA = "coldgrid/reroute/1"


def reroute_document(
    horizon: Horizon, problem: str, disruption: Disruption, response: Response
) -> dict[str, Any]:
    """Give the JSON form of an answer; instants are RFC 3339 with the local offset."""
    breach = response.breach
    return {
        "schema": REROUTE_SCHEMA,
        "problem": problem,
        "disruption": {
            "vehicle": disruption.vehicle,
            "zone": disruption.zone.value,
            "at": at(horizon, disruption.at),
            "severity": disruption.severity.value,
            "product_c": disruption.product_c,
            "ambient_c": disruption.ambient_c,
            "cooling_w": disruption.cooling_w,
            "position": {"lat": response.lat, "lon": response.lon},
            "measured_from": response.measured_from,
            "breach": {
                "p10": at(horizon, breach.p10),
                "p50": at(horizon, breach.p50),
                "p90": at(horizon, breach.p90),
            },
        },
        "loses_nothing": response.loses_nothing,
        "proposals": [_proposal(horizon, one) for one in response.proposals],
        "refused": [_refusal(one) for one in response.refused],
    }


def _proposal(horizon: Horizon, one: Proposal) -> dict[str, Any]:
    return {
        "kind": one.kind.value,
        "place": one.place or None,
        "loses_nothing": one.loses_nothing,
        "delivered_kg": thousands(one.grams(Outcome.DELIVERED)),
        "sheltered_kg": thousands(one.grams(Outcome.SHELTERED)),
        "quarantined_kg": thousands(one.grams(Outcome.QUARANTINED)),
        "lost_cents": one.cents(Outcome.QUARANTINED),
        "saved_cents": one.money.saved,
        "cost_cents": one.money.cost,
        "worth_cents": one.money.worth,
        "cost_breakdown_cents": {
            "driving": one.money.driving,
            "lateness": one.money.lateness,
            "transfers": one.money.transfers,
        },
        "turn_m": one.extra_m,
        "collector": one.collector,
        "changed_routes": list(one.changed),
        "lines": [_fate(horizon, fate) for fate in one.fates],
        "handovers": [_handover(horizon, hand) for hand in one.handovers],
        "excused": [_violation(found) for found in one.excused],
        "check": check_document(one.check),
        "sentences": {language: list(said) for language, said in one.sentences.items()},
        "plan": plan_document(one.plan),
    }


def _fate(horizon: Horizon, fate: Fate) -> dict[str, Any]:
    return {
        "order": fate.key.order,
        "line": fate.key.line,
        "outcome": fate.outcome.value,
        "mass_kg": thousands(fate.mass_g),
        "value_cents": fate.value_cents,
        "sound_share": round(fate.sound, 4),
        "out_at": _instant(horizon, fate.out_at),
        "arrives_at": _instant(horizon, fate.arrives),
        "vehicle": fate.vehicle,
        "shelter": fate.shelter,
    }


def _handover(horizon: Horizon, hand: Handover) -> dict[str, Any]:
    return {
        "site": hand.site,
        "from_vehicle": hand.giver,
        "to_vehicle": hand.taker,
        "starts_at": at(horizon, hand.starts),
        "ends_at": at(horizon, hand.ends),
        "volume_l": thousands(hand.volume_ml),
        "stored": hand.stored,
        "lines": [{"order": key.order, "line": key.line} for key in hand.keys],
    }


def _refusal(one: Refusal) -> dict[str, Any]:
    return {
        "kind": one.kind.value,
        "place": one.place or None,
        "reason": one.reason,
        "code": one.why.code.value,
        "figures": dict(one.why.figures),
        "needs_override": one.needs_override,
        "distance_m": one.distance_m,
    }


def _violation(found: Violation) -> dict[str, Any]:
    return {"code": found.code, "where": found.where, "amount": found.amount}


def _instant(horizon: Horizon, moment: Seconds | None) -> str | None:
    return None if moment is None else at(horizon, moment)
