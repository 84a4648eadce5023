"""The small city is planned along streets, some of them closed, and by the table of a server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from optimizer.formats.problem_reading import read_problem
from optimizer.travel.memory import forget
from tests.asking import events_of, plan_body
from tests.features.command_line import Done, coldgrid
from tests.features.sample_city import change_settings, copy_of_city
from tests.osrm_server import osrm_town
from tests.serving import served
from tests.streets import Town, closed_box, metres

QUICK = ("--iterations", "5", "--workers", "1")
TOWN = Town(south=28.16, west=112.91, north=28.27, east=113.06, rows=23, columns=31)
RIVER = (28.1995, 112.90, 28.2005, 113.07)
"""A closed strip between the grids' crossings and the southern points: no street crosses it."""

BRIDGE = 112.985


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("COLDGRID_TRAVEL_CACHE", str(folder))
    forget()
    return folder


@pytest.fixture
def city(tmp_path: Path) -> Path:
    city = copy_of_city(tmp_path)
    TOWN.graphml(city / "streets.graphml")
    return city


def on_streets(city: Path, *, closures: str | None = None) -> None:
    line = "provider: road_graph\n  file: streets.graphml"
    line += "" if closures is None else f"\n  closures: {closures}"
    change_settings(city, "provider: great_circle", line)
    change_settings(city, "radius_km: 5", "radius_km: 20")


def planned(city: Path, out: Path) -> dict[str, Any]:
    done = coldgrid("plan", city, *QUICK, "--out", out)
    assert done.code == 0, done.err
    plan: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    assert plan["check"] == {"feasible": True, "violations": []}
    assert coldgrid("check", city, out).code == 0
    return plan


def driven_m(plan: dict[str, Any]) -> int:
    return sum(route["distance_m"] for route in plan["routes"])


def test_a_plan_along_streets_goes_round_what_is_closed(city: Path, tmp_path: Path) -> None:
    on_streets(city)
    free = planned(city, tmp_path / "free.json")
    assert free["unserved"] == []
    # A river without bridges but in the middle of the town.
    south, west, north, east = RIVER
    ring = [
        [[west, south], [BRIDGE, south], [BRIDGE, north], [west, north], [west, south]],
        [[BRIDGE + 0.01, south], [east, south], [east, north], [BRIDGE + 0.01, north],
         [BRIDGE + 0.01, south]],
    ]  # fmt: skip
    closed = {"type": "MultiPolygon", "coordinates": [[one] for one in ring]}
    (city / "river.geojson").write_text(json.dumps(closed))
    change_settings(
        city, "file: streets.graphml", "file: streets.graphml\n  closures: river.geojson"
    )
    shut = planned(city, tmp_path / "shut.json")
    assert shut["unserved"] == []
    assert shut["travel"]["provider"] == "road_graph"
    assert shut["travel"]["digest"] != free["travel"]["digest"]
    assert driven_m(shut) > driven_m(free)
    # Ignoring the closure would be cheaper, and the checker finds who does.
    assert shut["objective_cents"] > free["objective_cents"]
    found = coldgrid("check", city, tmp_path / "free.json", "--json")
    assert found.code == 1
    codes = {violation["code"] for violation in found.document()["violations"]}
    assert "distance" in codes


def test_points_behind_a_closure_are_left_out_with_the_reason(city: Path, tmp_path: Path) -> None:
    problem = read_problem(city).problem
    point = problem.sites["P6"]
    box = (point.lat - 0.008, point.lon - 0.008, point.lat + 0.008, point.lon + 0.008)
    closed_box(city / "closed.geojson", *box)
    on_streets(city, closures="closed.geojson")
    coldgrid("plan", city, *QUICK, "--out", tmp_path / "plan.json")
    plan = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    of_point = {line.key.order for line in problem.lines.values() if line.site == "P6"}
    left = {(item["order"], item["reason"]) for item in plan["unserved"]}
    assert left == {(order, "unreachable") for order in of_point}
    assert plan["check"]["feasible"]


def test_a_site_far_from_all_streets_is_bad_input(city: Path) -> None:
    on_streets(city)
    sites = (city / "sites.csv").read_text(encoding="utf-8")
    (city / "sites.csv").write_text(sites.replace("28.1740,113.0020", "28.0740,113.0020"))
    done = coldgrid("plan", city, *QUICK)
    assert done.code == 2
    assert "CG-2014 site P8" in done.err


def test_streets_are_searched_once(city: Path, tmp_path: Path, cache: Path) -> None:
    on_streets(city)
    first = planned(city, tmp_path / "first.json")
    (folder,) = cache.iterdir()
    before = {path.name for path in folder.iterdir()}
    assert before
    assert planned(city, tmp_path / "second.json") == first
    assert {path.name for path in folder.iterdir()} == before


# --- OSRM ---------------------------------------------------------------------------------------


def test_a_plan_by_a_server_asks_it_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    city = copy_of_city(tmp_path)
    change_settings(city, "provider: great_circle", "provider: osrm\n  profile: driving")
    with osrm_town() as town:
        monkeypatch.setenv("COLDGRID_OSRM_URL", f"driving={town.address}")
        plan = planned(city, tmp_path / "plan.json")
        asked_before = len(town.asked)
        assert planned(city, tmp_path / "again.json") == plan
    assert plan["unserved"] == []
    assert plan["travel"]["provider"] == "osrm"
    assert 0 < asked_before == len(town.asked)
    sites = read_problem(city).problem.sites
    route = next(route for route in plan["routes"] if route["echelon"] == "last_mile")
    ends = [route["start_site"], *(stop["site"] for stop in route["stops"]), route["end_site"]]
    where = [(sites[name].lat, sites[name].lon) for name in ends]
    crow = sum(metres(*pair) for pair in pairwise(where))
    assert route["distance_m"] == pytest.approx(1.4 * crow, rel=0.001)


def test_without_a_server_the_cause_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = copy_of_city(tmp_path)
    change_settings(city, "provider: great_circle", "provider: osrm")
    _refused(coldgrid("plan", city, *QUICK), "CG-2020")
    monkeypatch.setenv("COLDGRID_OSRM_URL", "roads:5000")
    _refused(coldgrid("plan", city, *QUICK), "COLDGRID_OSRM_URL")
    monkeypatch.setenv("COLDGRID_OSRM_URL", "http://127.0.0.1:9")
    _refused(coldgrid("plan", city, *QUICK), "CG-2021")


def _refused(done: Done, word: str) -> None:
    assert done.code == 2
    assert word in done.err
    assert "Traceback" not in done.err


# --- the service --------------------------------------------------------------------------------


@pytest.fixture
def travel_folder(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "travel"
    folder.mkdir()
    TOWN.edge_list(folder / "streets.csv")
    closed_box(folder / "closed.geojson", *RIVER)
    yield folder


def _asking(**travel: str) -> dict[str, Any]:
    return plan_body(problem={**plan_body()["problem"], "travel": travel})


def test_the_service_plans_along_streets_that_the_operator_offers(
    tmp_path: Path, travel_folder: Path
) -> None:
    with served(tmp_path, travel_folder=travel_folder, travel_cache=tmp_path / "cache") as (
        client,
        _,
    ):
        job = client.post(
            "/v1/plans", json=_asking(provider="road_graph", file="streets.csv")
        ).json()
        assert events_of(client, job["id"])[-1][2]["state"] == "succeeded"
        plan = client.get(f"/v1/plans/{job['plan']}").json()
        assert "road_graph" in json.dumps(plan)
        for key, name in (("file", "/etc/streets.csv"), ("closures", "../closed.geojson")):
            travel = {"provider": "road_graph", "file": "streets.csv", key: name}
            answer = client.post("/v1/plans", json=_asking(**travel))
            assert answer.status_code == 422


def test_a_job_whose_server_is_away_fails_with_status_503(tmp_path: Path) -> None:
    with (
        osrm_town(fails=[503] * 100) as town,
        served(tmp_path, osrm_url=town.address, travel_cache=tmp_path / "cache") as (client, _),
    ):
        job = client.post("/v1/plans", json=_asking(provider="osrm")).json()
        end = events_of(client, job["id"])[-1][2]
    assert end["state"] == "failed"
    assert (end["cause"]["code"], end["cause"]["status"]) == ("CG-2021", 503)
