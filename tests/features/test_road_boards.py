"""Boards over HTTP; every figure equals what a reader of the raw events counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from optimizer.domain.ids import LineKey
from tests.published import publish
from tests.road_service import RoadService, on_the_road
from tests.stored_plan import PLAN

DAY = {"from": "2026-07-14T00:00:00+08:00", "to": "2026-07-15T00:00:00+08:00"}


@pytest.fixture
def service(tmp_path: Path) -> Iterator[RoadService]:
    with on_the_road(tmp_path) as running:
        yield running


def drive(service: RoadService) -> None:
    """Drive a day that goes wrong here and there."""
    stops = {stop["site"]: stop for stop in service.get(f"/v1/plans/{PLAN}/stops")["items"]}
    service.report(stops["P1"], service.handed(stops["P1"], product_c={"chilled": 3.0}))
    service.clock.advance(minutes=30)
    broken = {"order": "N201", "line": "1", "mass_kg": 1.2}
    service.report(stops["P2"], service.event("damaged", lines=[broken], cause="fell"))
    service.report(
        stops["P2"], service.handed(service.stop("P2"), product_c={"chilled": 4.5, "frozen": -20})
    )
    service.report(stops["P6"], service.handed(stops["P6"]))
    part = {"order": "N301", "line": "1", "mass_kg": 2.0}
    service.report(stops["P3"], service.handed(stops["P3"], lines=[part]))
    whole = {"order": "N302", "line": "1", "mass_kg": 2.5}
    service.report(stops["P3"], service.event("refused", lines=[whole], reason="not ordered"))
    service.clock.advance(hours=4)
    service.report(stops["P8"], service.handed(stops["P8"]))


@dataclass
class Kilograms:
    """What the events say of one line."""

    planned: float
    handed: float = 0.0
    gone: float = 0.0
    last: datetime | None = None


def weighed(service: RoadService) -> dict[LineKey, Kilograms]:
    """Add up the events that the service gives, by other means than it does."""
    lines: dict[LineKey, Kilograms] = {}
    for stop in service.get(f"/v1/plans/{PLAN}/stops")["items"]:
        if stop["site"].startswith("G"):
            continue
        for line in stop["lines"]:
            lines[LineKey(line["order"], line["line"])] = Kilograms(line["mass_kg"])
        for event in service.get(f"/v1/stops/{stop['id']}/events")["items"]:
            for piece in event["lines"]:
                one = lines[LineKey(piece["order"], piece["line"])]
                one.gone += piece["mass_kg"]
                if event["kind"] == "handed_over":
                    one.handed += piece["mass_kg"]
                    at = datetime.fromisoformat(event["at"])
                    one.last = max(at, one.last or at)
    return lines


def recounted(service: RoadService, promise: str | None) -> dict[str, Any]:
    """Count the lines of a promise class by what became of them."""
    counts: Counter[str] = Counter()
    for key, one in weighed(service).items():
        line = service.problem.lines[key]
        if promise not in (None, line.promise):
            continue
        promised = service.problem.promises[line.promise]
        deadline = service.problem.horizon.instant(promised.deadline_s)
        if one.gone < one.planned - 1e-9:
            counts["open" if service.clock() <= deadline else "open_overdue"] += 1
        elif one.last is None:
            counts["failed"] += 1
        else:
            counts["on_time" if one.last <= deadline else "late"] += 1
    decided = sum(counts.values()) - counts["open"]
    return {**counts, "share": counts["on_time"] / decided if decided else None}


@pytest.mark.parametrize("hours_later", [0, 12])
def test_the_on_time_board_is_what_the_events_say(service: RoadService, hours_later: int) -> None:
    drive(service)
    service.clock.advance(hours=hours_later)
    board = service.get("/v1/boards/on-time", **DAY)
    assert board["plans"] == 1
    for row in [board["total"], *board["promises"]]:
        own = recounted(service, row["promise"])
        for name in ("on_time", "late", "failed", "open", "open_overdue"):
            assert row[name] == own.get(name, 0), (row["promise"], name)
        assert row["on_time_share"] == own["share"]
        assert row["done"] == row["on_time"] + row["late"]
    assert board["total"]["late"] == 2
    assert board["total"]["failed"] == 1


def test_the_other_figures_are_what_the_events_say(service: RoadService) -> None:
    drive(service)
    board = service.get("/v1/boards/on-time", **DAY)
    stop = service.stop("P8")
    departs = next(
        service.problem.horizon.instant(route.departs)
        for route in service.plan.routes
        if route.id == stop["route"]
    )
    events = service.get(f"/v1/stops/{stop['id']}/events")["items"]
    ride = (datetime.fromisoformat(events[-1]["at"]) - departs).total_seconds() / 3600
    frozen = {r["zone"]: r for r in board["rides"] if r["echelon"] == "last_mile"}["frozen"]
    assert frozen["longest_h"] == pytest.approx(ride)
    assert frozen["over_limit"] == (1 if ride > 6 else 0)
    start = service.problem.horizon.start
    ready = [
        (one.last - start).total_seconds() / 3600
        for one in weighed(service).values()
        if one.last is not None and one.gone == pytest.approx(one.planned)
    ]
    assert board["order_to_ready_h"] == pytest.approx(sum(ready) / len(ready))


def test_a_report_that_comes_late_changes_a_board_that_was_looked_at(service: RoadService) -> None:
    """Days that are over are kept in memory until anything of them changes."""
    drive(service)
    late = service.handed(service.stop("P5"))
    service.clock.advance(hours=48)
    before = [service.get("/v1/boards/on-time", **DAY) for _ in range(2)]
    assert before[0] == before[1]
    service.report(service.stop("P5"), late)
    after = service.get("/v1/boards/on-time", **DAY)
    for name, more in (("done", 3), ("open_overdue", -3)):
        assert after["total"][name] == before[0]["total"][name] + more
    away = {"client_event_id": "late-position", "at": "2026-07-15T07:10:00+08:00",
            "lat": 28.3, "lon": 113.2}  # fmt: skip
    service.client.post("/v1/vehicles/V3/positions", json=away)
    assert service.get("/v1/boards/on-time", **DAY)["rides"] != after["rides"]


def test_boards_are_narrowed_and_parts_add_up(service: RoadService) -> None:
    drive(service)
    whole = service.get("/v1/boards/on-time", **DAY)["total"]
    for name in ("ordered", "done", "late", "open"):
        regions = [
            service.get("/v1/boards/on-time", **DAY, region=grid)["total"][name]
            for grid in ("G1", "G2")
        ]
        assert sum(regions) == whole[name]
    point = service.get("/v1/boards/on-time", **DAY, site="P1")["total"]
    assert (point["ordered"], point["done"]) == (3, 3)


def test_a_range_takes_the_plans_of_its_days(service: RoadService) -> None:
    publish(service.wiring.database, name="plan-2", state="published")
    publish(service.wiring.database, name="plan-3", state="draft")
    assert service.get("/v1/boards/on-time", **DAY)["plans"] == 2
    assert service.get("/v1/boards/on-time", **DAY, plan="plan-2")["plans"] == 1
    later = {"from": DAY["to"], "to": "2026-07-16T00:00:00+08:00"}
    empty = service.get("/v1/boards/on-time", **later)
    assert (empty["plans"], empty["total"]["on_time_share"]) == (0, None)


def test_a_plus_in_the_address_need_not_be_escaped(service: RoadService) -> None:
    query = "&".join(f"{name}={instant}" for name, instant in DAY.items())
    assert "+08:00" in query
    board = service.client.get(f"/v1/boards/on-time?{query}")
    assert board.json() == service.get("/v1/boards/on-time", **DAY)


def test_ranges_that_make_no_sense_are_refused(service: RoadService) -> None:
    for start, end, status, code in (
        ("2026-07-15T00:00:00Z", "2026-07-15T00:00:00Z", 422, "CG-7311"),
        ("2026-07-15T00:00:00Z", "2026-07-14T00:00:00Z", 422, "CG-7311"),
        ("2026-01-01T00:00:00Z", "2026-04-03T00:00:01Z", 422, "CG-7311"),
        ("2026-07-15T00:00:00", "2026-07-16T00:00:00Z", 400, "CG-7003"),
        ("yesterday", "2026-07-16T00:00:00Z", 400, "CG-7003"),
    ):
        for board in ("on-time", "drivers"):
            answer = service.client.get(f"/v1/boards/{board}", params={"from": start, "to": end})
            assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_driver_scores_show_the_counts_behind_them(service: RoadService) -> None:
    drive(service)
    scores = {item["vehicle"]: item for item in service.get("/v1/boards/drivers", **DAY)["items"]}
    assert set(scores) == {route.vehicle for route in service.plan.routes if "V" in route.id}
    readings = scores["V1"]["temperature"]
    assert (readings["good"], readings["of"]) == (2, 3)
    for score in scores.values():
        parts = [score[name] for name in ("on_time", "temperature", "damage")]
        known = [part for part in parts if part["share"] is not None]
        weight = sum(part["weight"] for part in known)
        mean = 100 * sum(part["weight"] * part["share"] for part in known) / weight
        assert score["score"] == pytest.approx(mean)
        for part in known:
            assert part["share"] == part["good"] / part["of"]


def test_without_reports_there_is_no_score(service: RoadService) -> None:
    for item in service.get("/v1/boards/drivers", **DAY)["items"]:
        assert item["score"] is None
