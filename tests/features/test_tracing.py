"""A batch is followed over the service and at the machine: where it is, was, and how warm."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api.storage.database import Database
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from tests.features.command_line import coldgrid
from tests.published import publish
from tests.road_service import RoadService
from tests.serving import MORNING, StandingClock
from tests.stored_plan import PLAN, city_plan, store
from tests.telemetry_cases import a_compartment, a_room, a_sensor
from tests.watched_service import WatchedService, watched

MILK: dict[str, Any] = {"batch": "M14", "article": "MILK"}
DUMPLINGS: dict[str, Any] = {"batch": "D26", "article": "DUMPLINGS"}
POINTS = (
    a_compartment("V1/frozen"),
    a_room("G1/freezer"),
)
PLACEMENTS = (a_sensor("s-van", "V1/frozen"), a_sensor("s-room", "G1/freezer"))


@contextmanager
def driving(folder: Path) -> Iterator[tuple[WatchedService, RoadService]]:
    """Run a service whose van V1 is being loaded."""
    clock = StandingClock(MORNING)
    with watched(folder, clock=clock, points=POINTS, placements=PLACEMENTS) as service:
        problem, plan = publish(service.wiring.database)
        loaded = min(route.departs for route in plan.routes if route.vehicle == "V1") - 1800
        clock.advance(seconds=loaded)
        yield (
            service,
            RoadService(
                client=service.client, wiring=service.wiring, clock=clock, problem=problem,
                plan=plan,
            ),
        )  # fmt: skip


def milk_lines(problem: Problem, plan: Plan) -> set[tuple[str, str]]:
    """Give the lines of the batch that some van hands over."""
    carried = {
        item.key
        for route in plan.routes
        if route.echelon.value == "last_mile"
        for stop in route.stops
        for item in stop.delivers
    }
    wanted = {key for key, line in problem.lines.items() if line.batch == "M14"}
    assert wanted <= carried, "all milk of the small city is served"
    return {(key.order, key.line) for key in wanted}


def test_a_recall_lists_every_line_and_where_its_goods_are(tmp_path: Path) -> None:
    with driving(tmp_path) as (service, road):
        service.clock.advance(minutes=35)
        stop = road.stop("P1")
        road.report(stop, road.handed(stop))
        found = service.get("/v1/recall", **MILK)
        assert found["articles"] == ["MILK"]
        assert [one["plan"] for one in found["plans"]] == [PLAN]
        assert {(one["order"], one["line"]) for one in found["items"]} == milk_lines(
            road.problem, road.plan
        )
        at_p1 = [one for one in found["items"] if one["site"] == "P1"]
        assert {one["whereabouts"] for one in at_p1} == {"handed_over"}
        assert all(one["handed_over_kg"] == one["planned_kg"] for one in at_p1)
        assert sum(one["lines"] for one in found["totals"]) == len(found["items"])
        handed = next(one for one in found["totals"] if one["whereabouts"] == "handed_over")
        assert handed["sites"] == 1
        assert handed["planned_kg"] == pytest.approx(sum(one["planned_kg"] for one in at_p1))


def test_a_recall_is_a_table_as_well(tmp_path: Path) -> None:
    city, plan = city_plan()
    lines = {
        key: replace(line, batch="=1+1") if line.batch == "M14" else line
        for key, line in city.lines.items()
    }
    with watched(tmp_path) as service:
        publish(service.wiring.database, replace(city, lines=lines), plan)
        answer = service.client.get(
            "/v1/recall", params={"batch": "=1+1"}, headers={"Accept": "text/csv"}
        )
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {(row["order"], row["line"]) for row in rows} == milk_lines(city, plan)
    assert {row["batch"] for row in rows} == {"'=1+1"}, "no spreadsheet runs it"
    assert {row["state"] for row in rows} == {"running"}


def test_a_trace_says_where_goods_of_it_were_first_too_warm(tmp_path: Path) -> None:
    with driving(tmp_path) as (service, _):
        for minute in range(40):
            service.monitor.measure("s-van", -20.0 if minute < 10 else -8.0)
            service.clock.advance(minutes=1)
        found = service.get("/v1/trace", **DUMPLINGS)
        stages = found["stages"]
        assert [one["from"] for one in stages] == sorted(one["from"] for one in stages)
        assert {"C1", "G1", "V1"} <= {one["asset"] for one in stages}
        broken = found["first_broken"]
        assert broken["stage"]["asset"] == "V1"
        assert (broken["excursion"]["kind"], broken["excursion"]["peak_c"]) == ("high", -8.0)
        (ride,) = (one for one in stages if one["asset"] == "V1" and one["excursions"])
        assert ride["points"] == ["V1/frozen"]
        log = service.client.get(ride["log"], headers={"Accept": "text/csv"})
        assert log.status_code == 200
        assert "-8.0" in log.text
        (room,) = (one for one in stages if one["asset"] == "G1")
        assert service.client.get(room["log"]).status_code == 200
        central = next(one for one in stages if one["asset"] == "C1")
        assert (central["points"], central["log"]) == ([], None)


def test_what_was_measured_before_the_goods_came_is_not_their_fault(tmp_path: Path) -> None:
    with driving(tmp_path) as (service, _):
        service.clock.advance(minutes=-120)
        service.monitor.warm_up("s-van", minutes=25, value=-8.0)
        for _ in range(100):
            service.monitor.measure("s-van", -20.0)
            service.clock.advance(minutes=1)
        assert service.get("/v1/trace", **DUMPLINGS)["first_broken"] is None


def test_a_draft_is_told_of_although_nothing_of_it_rides(tmp_path: Path) -> None:
    with watched(tmp_path) as service:
        store(service.wiring.database)
        found = service.get("/v1/recall", **MILK)
        assert (found["items"], found["plans"], found["articles"]) == ([], [], ["MILK"])
        (draft,) = found["drafts"]
        lines = [line for line in city_plan()[0].lines.values() if line.batch == "M14"]
        assert (draft["plan"], draft["lines"]) == (PLAN, len(lines))
        assert draft["mass_kg"] == pytest.approx(sum(line.mass_g for line in lines) / 1000)
        assert service.get("/v1/trace", **MILK)["stages"] == []


def test_a_batch_that_no_order_names_is_said_to_be_unknown(tmp_path: Path) -> None:
    with watched(tmp_path) as service:
        for path in ("/v1/trace", "/v1/recall"):
            answer = service.client.get(path, params={"batch": "X/1", "article": "MILK"})
            assert (answer.status_code, answer.json()["code"]) == (404, "CG-7001")
            assert "no order of any plan names a batch X/1 of article MILK" in answer.text
            assert service.client.get(path, params={"batch": ""}).status_code == 400


def at_the_machine(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("COLDGRID_DATABASE", f"sqlite:///{folder}/coldgrid.db")
    monkeypatch.setenv("COLDGRID_TELEMETRY", f"sqlite:///{folder}/telemetry.db")


def test_the_machine_itself_is_asked_by_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_the_machine(monkeypatch, tmp_path)
    with closing(Database(f"sqlite:///{tmp_path}/coldgrid.db")) as database:
        database.migrate()
        problem, plan = publish(database)
    wanted = milk_lines(problem, plan)
    found: Any = coldgrid("recall", "M14", "--json").document()
    assert {(one["order"], one["line"]) for one in found["items"]} == wanted
    table = coldgrid("recall", "M14", "--csv").out
    assert len(list(csv.DictReader(io.StringIO(table)))) == len(found["items"])
    shown = coldgrid("recall", "M14", columns=120)
    assert shown.code == 0
    assert all(f"{order}/{line}" in shown.out for order, line in wanted)
    way = coldgrid("trace", "M14", "--article", "MILK", columns=120)
    assert (way.code, "how warm it was is not known" in way.out) == (0, True)
    traced: Any = coldgrid("trace", "M14", "--json").document()
    assert traced["first_broken"] is None
    nobody = coldgrid("recall", "nobody's")
    assert (nobody.code, "CG-7001" in nobody.err) == (2, True)
    assert coldgrid("recall", "M14", "--csv", "--json").code == 2
