"""Every figure of a day, recomputed from its raw events by other code."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from optimizer.domain.temperature import Zone
from scenarios.day import play
from scenarios.day.words import (
    AlarmRaised,
    CoolingFailed,
    DayRecord,
    Diverted,
    Refused,
    Spoilt,
    Stayed,
    Warmth,
)
from scenarios.metrics import KPIS, kpis_of
from scenarios.variation import Variation
from tests.cases import CHILLED, FROZEN, TRAVEL, tiny_plan, tiny_problem

ROUGH = Variation(travel_sd=0.6, breakdowns_per_1000_h=0.0, failures_per_1000_h=0.0)
TINY = tiny_problem()
PLAN = tiny_plan(TINY)


@pytest.fixture(scope="module")
def record() -> DayRecord:
    """A day on which something comes late, and one line is refused and one spoilt besides."""
    played = play(TINY, PLAN, TRAVEL, variation=ROUGH, seed=2)
    more = (
        Refused(
            at=1, vehicle="V3", route="V3-1", site="P3", order="O3", line="1", mass_g=1, why=""
        ),
        Spoilt(at=2, vehicle="V1", route="V1-1", order="O1", line="1", mass_g=40_000),
        CoolingFailed(at=2, vehicle="V1", route="V1-1", zone=FROZEN),
        AlarmRaised(at=3, vehicle="V1", route="V1-1", zone=FROZEN, kind="high", mass_g=40_000),
        AlarmRaised(at=4, vehicle="V1", route="V1-1", zone=FROZEN, kind="high", mass_g=9_000),
        AlarmRaised(at=5, vehicle="V1", route="V1-1", zone=CHILLED, kind="low", mass_g=70_000),
        Diverted(at=6, vehicle="V1", kind="station", place="S", changed=("V1-1",)),
        Diverted(at=7, vehicle="V1", kind="quarantine", place="", changed=()),
        Stayed(at=8, vehicle="V1", why="carry_on"),
    )
    warmth = (
        _warmth(CHILLED, degree_minutes=4.5, mkt_c=5.0),
        _warmth(Zone.CONTROLLED, degree_minutes=1.0, mkt_c=15.5),
        _warmth(FROZEN, degree_minutes=2.0, mkt_c=None),
    )
    return DayRecord(seed=2, events=(*more, *played.events), warmth=warmth)


def _warmth(zone: Zone, *, degree_minutes: float, mkt_c: float | None) -> Warmth:
    return Warmth(
        vehicle="V1",
        route="V1-1",
        zone=zone,
        minutes_over=1.0,
        degree_minutes=degree_minutes,
        mkt_c=mkt_c,
    )


def test_every_figure_is_what_the_raw_events_say(record: DayRecord) -> None:
    rows = msgspec.to_builtins(record)["events"]
    expected = {**_service(rows), **_driving(rows)}
    expected |= {
        "lost_kg": 40.0,
        "at_risk_kg": 110.0,
        "alarms": 3.0,
        # That of the compartment whose cooling failed is none.
        "false_alarms": 1.0,
        "diversions": 1.0,
        "degree_minutes": 7.5,
        "mkt_above_c": 5.0 - TINY.policies[CHILLED].setpoint_c,
    }
    figures = kpis_of(TINY)
    assert expected.keys() == figures.keys()
    for name, kpi in figures.items():
        assert kpi.count(TINY, PLAN, record) == pytest.approx(expected[name], abs=1e-9), name
        assert kpi.name == name
        assert kpi.unit
    assert expected["hours_late"] > 0


def _service(rows: list[dict[str, object]]) -> dict[str, float]:
    """A row per line: promise, seconds late (or nan), seconds from order to ready."""
    bad = {(one["order"], one["line"]) for one in rows if one["what"] in {"refused", "spoilt"}}
    table = []
    for line in TINY.lines.values():
        mine = [
            one
            for one in rows
            if one["what"] == "delivered" and (one["order"], one["line"]) == tuple(line.key)
        ]
        due = TINY.promises[line.promise].deadline_s
        good = bool(mine) and tuple(line.key) not in bad
        table.append(
            (
                line.promise,
                int(mine[-1]["began"]) - due if good else np.nan,  # type: ignore[call-overload]
                int(mine[-1]["at"]) if good else np.nan,  # type: ignore[call-overload]
            )
        )
    late = np.array([row[1] for row in table])
    named = np.array([row[0] for row in table])
    shares = {
        f"on_time_share_{promise}": float(np.mean(late[named == promise] <= 0))
        for promise in TINY.promises
    }
    return shares | {
        "on_time_share": float(np.mean(late <= 0)),
        "hours_late": float(np.nansum(np.clip(late, 0, None)) / 3600),
        "unserved_lines": float(np.isnan(late).sum()),
        "refused_lines": 1.0,
        "order_to_ready_h": float(np.nanmean([row[2] for row in table]) / 3600),
    }


def _driving(rows: list[dict[str, object]]) -> dict[str, float]:
    driven = [one for one in rows if one["what"] in {"arrived", "returned"}]
    cents, hours = 0.0, 0.0
    for route in PLAN.routes:
        van = TINY.vehicles[route.vehicle]
        mine = [one for one in rows if one.get("route") == route.id and one["what"] == "departed"]
        back = next(one for one in rows if one["what"] == "returned" and one["route"] == route.id)
        took_s = int(back["at"]) - int(mine[0]["at"])  # type: ignore[call-overload]
        metres = sum(
            int(one["distance_m"])  # type: ignore[call-overload]
            for one in driven
            if one["route"] == route.id
        )
        hours += took_s / 3600
        cents += van.fixed_cents if route.trip == 1 else 0
        # Halves go up: an invoice rounds every part of every trip.
        cents += int(van.cents_per_km * metres / 1000 + 0.5)
        cents += int(van.cents_per_h * took_s / 3600 + 0.5)
    late_cents = 0
    bad = {("O3", "1"), ("O1", "1")}
    for one in rows:
        if one["what"] == "delivered" and (one["order"], one["line"]) not in bad:
            promise = TINY.promises[TINY.lines[one["order"], one["line"]].promise]  # type: ignore[index]
            late_s = max(0, int(one["began"]) - promise.deadline_s)  # type: ignore[call-overload]
            late_cents += int(promise.cents_per_min_late * late_s / 60 + 0.5)
    loaded = sum(i.volume_ml for r in PLAN.routes for s in r.stops for i in s.delivers)
    room = sum(sum(route.compartments.values()) for route in PLAN.routes)
    return {
        "km": sum(int(one["distance_m"]) for one in driven) / 1000,  # type: ignore[call-overload]
        "hours_on_road": hours,
        "cost_cents": cents + late_cents,
        "utilisation": loaded / room,
    }


def test_figures_of_nothing_are_told() -> None:
    empty = DayRecord(seed=1, events=())
    figures = {name: kpi.count(TINY, PLAN, empty) for name, kpi in KPIS.items()}
    assert figures.pop("unserved_lines") == len(TINY.lines)
    assert set(figures.values()) == {0.0}
