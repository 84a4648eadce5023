"""Who serves whom: given grids, radius, hours, room, and what is left out when room is short."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optimizer.domain.ids import LineKey
from optimizer.domain.limit import Limit
from optimizer.domain.network import Site, SiteKind, TimeWindow
from optimizer.domain.orders import OrderLine
from optimizer.domain.plan import UnservedReason
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.planning.drop_charge import dearest_round_trip_cents, drop_charges
from optimizer.planning.territories import Territories, assign
from optimizer.travel.great_circle import GreatCircle
from optimizer.travel.matrix_file import MatrixFile
from tests import builders

LIMIT = Limit(iterations=100)
DEGREE_KM = 111.195
"""A degree along the equator, on which all sites of these tests lie."""


def grid(name: str, km: float, **changes: Any) -> Site:
    return builders.grid(name, lat=0.0, lon=km / DEGREE_KM, **changes)


def point(name: str, km: float, **changes: Any) -> Site:
    return builders.point(name, **{"lat": 0.0, "lon": km / DEGREE_KM, "grid": None, **changes})


def line(point_id: str, number: int = 1, *, litres: int = 10, **changes: Any) -> OrderLine:
    plain = builders.line(
        point_id, point_id, mass_g=litres * 500, volume_ml=litres * 1000, value_cents=1000
    )
    return replace(plain, key=LineKey(point_id, str(number)), **changes)


def city(
    sites: list[Site],
    lines: list[OrderLine],
    *,
    radius_m: int | None = None,
    vans_at: set[str] | None = None,
) -> Problem:
    grids = [each.id for each in sites if each.kind is SiteKind.GRID]
    homes = [home for home in grids if vans_at is None or home in vans_at]
    return builders.problem(
        sites=[builders.central(), *sites],
        vehicles=[builders.truck(), *(builders.van(f"V-{home}", home=home) for home in homes)],
        lines=lines,
        radius_m=radius_m,
    )


def divide(problem: Problem, *, seed: int = 1, limit: Limit = LIMIT) -> Territories:
    travel = GreatCircle(circuity=1.0)
    charges = drop_charges(problem, problem.lines, dearest_round_trip_cents(problem, travel))
    found = assign(problem, travel, leaving_cents=charges, seed=seed, limit=limit)
    left = {item.key for item in found.unserved}
    served = [each.key for lines in found.lines_of(problem).values() for each in lines]
    assert sorted([*left, *served]) == sorted(problem.lines), "every line once, served or left"
    return found


def reasons(found: Territories) -> dict[str, UnservedReason]:
    return {str(item.key): item.reason for item in found.unserved}


# --- who serves whom ----------------------------------------------------------------------------


def test_every_point_goes_to_its_nearest_grid_where_room_is_no_matter() -> None:
    sites = [grid("G1", 0), grid("G2", 10), point("P1", 4), point("P2", 6), point("P3", 5.1)]
    found = divide(city(sites, [line("P1"), line("P2"), line("P3")]))
    assert found.grid_of == {"P1": "G1", "P2": "G2", "P3": "G2"}
    assert found.unserved == ()


def test_points_without_lines_belong_to_nobody() -> None:
    found = divide(city([grid("G1", 0), point("P1", 1), point("P2", 2)], [line("P2")]))
    assert found.grid_of == {"P2": "G1"}


def test_a_given_grid_is_kept_however_far() -> None:
    sites = [grid("G1", 0), grid("G2", 10), point("P1", 1, grid="G2")]
    assert divide(city(sites, [line("P1")])).grid_of == {"P1": "G2"}


def test_ties_go_to_the_grid_that_stands_first_in_the_file() -> None:
    sites = [grid("G2", 2), grid("G1", 0), point("P1", 1)]
    found = divide(city(sites, [line("P1")]))
    assert found.grid_of == {"P1": "G2"}


@pytest.mark.parametrize("given", [None, "G1"])
def test_the_radius_itself_is_inside_and_a_metre_more_is_not(given: str | None) -> None:
    sites = [grid("G1", 0), point("P1", 5, grid=given)]
    metres = int(GreatCircle(circuity=1.0).matrix(sites[:1], sites[1:]).distance_m[0, 0])
    assert divide(city(sites, [line("P1")], radius_m=metres)).grid_of == {"P1": "G1"}
    found = divide(city(sites, [line("P1")], radius_m=metres - 1))
    assert found.grid_of == {}
    assert reasons(found) == {"P1/1": UnservedReason.OUTSIDE_RADIUS}
    assert f"{metres / 1000:.3f} km from G1" in found.unserved[0].detail


def test_a_given_grid_outside_the_radius_is_not_exchanged_for_a_nearer_one() -> None:
    sites = [grid("G1", 0), grid("G2", 10), point("P1", 1, grid="G2")]
    found = divide(city(sites, [line("P1")], radius_m=5000))
    assert reasons(found) == {"P1/1": UnservedReason.OUTSIDE_RADIUS}
    assert "from G2, its grid warehouse" in found.unserved[0].detail


def test_the_way_counts_from_grid_to_point_and_a_missing_way_is_a_reason(tmp_path: Path) -> None:
    file = tmp_path / "matrix.csv"
    rows = ["from,to,distance_m", "G1,P1,900", "P1,G1,100", "G2,P1,800", "P1,G2,5000", "P2,G1,10"]
    file.write_text("\n".join(rows), encoding="utf-8")
    sites = [
        grid("G1", 0),
        grid("G2", 1),
        point("P1", 1),
        point("P2", 2),
        point("P3", 3, grid="G1"),
    ]
    problem = city(sites, [line("P1"), line("P2"), line("P3")])
    charges = dict.fromkeys(problem.lines, 1)
    found = assign(problem, MatrixFile.read(file), leaving_cents=charges, seed=1, limit=LIMIT)
    assert found.grid_of == {"P1": "G2"}
    assert reasons(found) == {
        "P2/1": UnservedReason.UNREACHABLE,
        "P3/1": UnservedReason.UNREACHABLE,
    }
    assert found.unserved[1].detail == "No way leads from G1 to P3."


def test_a_grid_that_is_closed_at_every_wave_gets_nobody() -> None:
    night = (TimeWindow(opens=0, closes=35_999),)
    sites = [grid("G1", 0, hours=night), grid("G2", 10), point("P1", 1)]
    assert divide(city(sites, [line("P1")])).grid_of == {"P1": "G2"}


def test_without_any_open_grid_the_reason_says_so() -> None:
    night = (TimeWindow(opens=0, closes=35_999),)
    found = divide(city([grid("G1", 0, hours=night), point("P1", 1)], [line("P1")]))
    assert reasons(found) == {"P1/1": UnservedReason.NO_GRID}


def test_without_any_grid_at_all_the_reason_is_the_same() -> None:
    assert reasons(divide(city([point("P1", 1)], [line("P1")]))) == {"P1/1": UnservedReason.NO_GRID}


def test_a_grid_without_vans_gets_nobody_unless_no_grid_has_one() -> None:
    sites = [grid("G1", 0), grid("G2", 10), point("P1", 1)]
    assert divide(city(sites, [line("P1")], vans_at={"G2"})).grid_of == {"P1": "G2"}
    assert divide(city(sites, [line("P1")], vans_at=set())).grid_of == {"P1": "G1"}


def test_no_lines_no_territories() -> None:
    assert divide(city([grid("G1", 0), point("P1", 1)], [])) == Territories(grid_of={})


# --- room ---------------------------------------------------------------------------------------


def test_a_full_grid_sends_away_who_loses_least_by_it() -> None:
    room = {Zone.CHILLED: 10_000}
    sites = [grid("G1", 0, capacity_ml=room), grid("G2", 10), point("P1", 1), point("P2", 3)]
    found = divide(city(sites, [line("P1"), line("P2")]))
    assert found.grid_of == {"P1": "G1", "P2": "G2"}
    assert found.unserved == ()


def test_weight_counts_not_the_number_of_points() -> None:
    room = {Zone.CHILLED: 30_000}
    sites = [grid("G1", 0, capacity_ml=room), grid("G2", 10)]
    sites += [point("P1", 4), point("P2", 1), point("P3", 2)]
    found = divide(city(sites, [line("P1", litres=30), line("P2"), line("P3")]))
    # 15 kg save 2 km each, 5 kg save 8 km and 5 kg save 6 km: the two light points win.
    assert found.grid_of == {"P1": "G2", "P2": "G1", "P3": "G1"}


def test_only_zones_with_a_limit_have_one() -> None:
    sites = [grid("G1", 0, capacity_ml={Zone.FROZEN: 0}), grid("G2", 10), point("P1", 1)]
    assert divide(city(sites, [line("P1", litres=999)])).grid_of == {"P1": "G1"}
    frozen = divide(city(sites, [line("P1", zone=Zone.FROZEN)]))
    assert frozen.grid_of == {"P1": "G2"}


def test_given_points_take_room_that_others_then_lack() -> None:
    room = {Zone.CHILLED: 10_000}
    sites = [grid("G1", 0, capacity_ml=room), grid("G2", 10)]
    sites += [point("P1", 4, grid="G1"), point("P2", 1)]
    found = divide(city(sites, [line("P1"), line("P2")]))
    assert found.grid_of == {"P1": "G1", "P2": "G2"}


def test_lines_are_left_and_not_the_whole_point() -> None:
    sites = [grid("G1", 0, capacity_ml={Zone.FROZEN: 15_000}), point("P1", 1)]
    lines = [line("P1", 1), line("P1", 2, zone=Zone.FROZEN), line("P1", 3, zone=Zone.FROZEN)]
    lines[2] = replace(lines[2], value_cents=900)
    found = divide(city(sites, lines))
    assert found.grid_of == {"P1": "G1"}
    assert reasons(found) == {"P1/3": UnservedReason.GRID_CAPACITY}
    assert "frozen room of G1 holds 15.0 l" in found.unserved[0].detail


def test_a_point_whose_lines_are_all_left_belongs_to_nobody() -> None:
    sites = [grid("G1", 0, capacity_ml={Zone.FROZEN: 0}), point("P1", 1)]
    found = divide(city(sites, [line("P1", zone=Zone.FROZEN)]))
    assert found.grid_of == {}
    assert found.unserved[0].detail == "G1 has no frozen room."


def test_what_costs_least_to_leave_is_left() -> None:
    sites = [grid("G1", 0, capacity_ml={Zone.CHILLED: 20_000})]
    sites += [point(f"P{number}", number) for number in (1, 2, 3)]
    lines = [line("P1"), line("P2", value_cents=5000), line("P3", value_cents=4000)]
    assert list(reasons(divide(city(sites, lines)))) == ["P1/1"]
    urgent = [line("P1", priority=3), *lines[1:]]
    assert list(reasons(divide(city(sites, urgent)))) == ["P3/1"]


def test_one_large_line_gives_way_to_two_that_cost_more_together() -> None:
    sites = [grid("G1", 0, capacity_ml={Zone.CHILLED: 20_000})]
    sites += [point(f"P{number}", number) for number in (1, 2, 3)]
    lines = [line("P1", litres=20, value_cents=1100), line("P2"), line("P3")]
    assert list(reasons(divide(city(sites, lines)))) == ["P1/1"]


def test_no_line_is_left_to_save_distance() -> None:
    sites = [grid("G1", 0, capacity_ml={Zone.CHILLED: 10_000}), grid("G2", 2000)]
    sites += [point("P1", 1), point("P2", 2)]
    found = divide(city(sites, [line("P1", value_cents=0), line("P2", value_cents=0)]))
    assert found.unserved == ()
    assert sorted(found.grid_of.values()) == ["G1", "G2"]


# --- repeatable, and of any size ----------------------------------------------------------------


def crowded(points: int, grids: int, room: float, seed: int) -> Problem:
    """Build a strip of points whose grids together have ``room`` times the demand."""
    rng = np.random.default_rng(seed)
    litres = rng.integers(5, 60, points).tolist()
    total = sum(litres) * 1000
    capacity = {Zone.CHILLED: int(room * total / grids)}
    sites = [grid(f"G{n}", float(rng.uniform(0, 20)), capacity_ml=capacity) for n in range(grids)]
    sites += [point(f"P{n}", float(rng.uniform(0, 20))) for n in range(points)]
    values = rng.integers(500, 9000, points).tolist()
    lines = [line(f"P{n}", litres=litres[n], value_cents=values[n]) for n in range(points)]
    return city(sites, lines)


def overflow_ml(problem: Problem, found: Territories) -> int:
    taken = {
        grid_id: sum(each.volume_ml for each in lines)
        for grid_id, lines in found.lines_of(problem).items()
    }
    return sum(
        max(0, litres - problem.sites[grid_id].capacity_ml[Zone.CHILLED])
        for grid_id, litres in taken.items()
    )


@pytest.mark.parametrize(("points", "room"), [(40, 1.1), (40, 0.8), (260, 1.1)])
def test_no_room_overflows_and_the_same_seed_gives_the_same_answer(
    points: int, room: float
) -> None:
    problem = crowded(points, 5, room, seed=7)
    first, second = divide(problem), divide(problem)
    assert overflow_ml(problem, first) == 0
    assert first == second
    assert (first.unserved == ()) == (room > 1)


def test_a_limit_in_seconds_keeps_every_rule_too() -> None:
    problem = crowded(60, 4, 0.9, seed=3)
    found = divide(problem, limit=Limit(seconds=0.2))
    assert overflow_ml(problem, found) == 0
    assert {item.reason for item in found.unserved} == {UnservedReason.GRID_CAPACITY}


def metropolis(path: Path) -> Problem:
    """Take grid sites and spots of a real metropolis, one line of a few litres per parcel row."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    def place(row: dict[str, str], of: str) -> dict[str, float]:
        return {"lat": float(row[f"Lat_{of}"]), "lon": float(row[f"Lng_{of}"])}

    sites = {row["Site_id"]: builders.grid(row["Site_id"], **place(row, "site")) for row in rows}
    sites |= {row["Spot_id"]: point(row["Spot_id"], 0, **place(row, "spot")) for row in rows}
    lines = [line(row["Spot_id"], litres=2 * int(row["Num"])) for row in rows]
    return city(list(sites.values()), lines)


def test_a_metropolis_is_divided_by_distance(data_dir: Path) -> None:
    problem = metropolis(data_dir / "shanghai" / "sites_and_spots.csv")
    found = divide(problem)
    grids = problem.sites_of(SiteKind.GRID)
    points = problem.sites_of(SiteKind.PICKUP)
    assert (len(grids), len(points)) == (124, 9214)
    distance = GreatCircle(circuity=1.0).matrix(grids, points).distance_m
    row = {each.id: number for number, each in enumerate(grids)}
    chosen = [row[found.grid_of[each.id]] for each in points]
    assert distance[chosen, np.arange(len(points))].tolist() == distance.min(axis=0).tolist()
