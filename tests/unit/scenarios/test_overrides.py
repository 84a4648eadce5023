"""Overrides change what they say, and nothing else."""

from collections import Counter
from dataclasses import replace

import pytest

from optimizer.domain.cut_off import CutOff
from optimizer.domain.errors import InputRefused
from optimizer.domain.fleet import Cooling
from optimizer.domain.network import SiteKind
from optimizer.domain.problem import Problem, TrafficSlot, TravelSettings
from optimizer.domain.temperature import Zone
from optimizer.domain.travel_matrix import UNREACHABLE
from optimizer.travel.matrix_file import MatrixFile
from scenarios.applying import Base, applied
from scenarios.error_table import SCENARIO_ERRORS
from tests.builders import HOUR, hours
from tests.scenario_days import base_of, changed, override, two_grids

DAY = two_grids()


def mass(day: Problem, zone: Zone | None = None) -> int:
    return sum(x.mass_g for x in day.lines.values() if zone is None or x.zone is zone)


def test_demand_grows_in_the_zone_the_place_and_the_time_that_are_meant() -> None:
    frozen = changed(DAY, "scale_demand: {factor: 2, of: {zones: frozen}}").problem
    assert mass(frozen, Zone.FROZEN) == 2 * mass(DAY, Zone.FROZEN)
    assert mass(frozen, Zone.CHILLED) == mass(DAY, Zone.CHILLED)
    meant = {
        "{area: {lat: 28.2, lon: 113.0, radius_km: 1.5}}": {"P1", "P2", "P3"},
        "{area: {polygon: [[28.1, 113.03], [28.3, 113.03], [28.3, 113.2], [28.1, 113.2]]}}": {
            "P4", "P5", "P6"},
        "{grids: G2, articles: 'A*'}": {"P4", "P5", "P6"},
        "{sites: [P1, P4], grids: G1}": {"P1"},
    }  # fmt: skip
    for words, sites in meant.items():
        after = changed(DAY, f"scale_demand: {{factor: 3, of: {words}}}").problem
        grown = {k for k, line in after.lines.items() if line.mass_g > DAY.lines[k].mass_g}
        assert {DAY.lines[key].site for key in grown} == sites, words
    morning = changed(DAY, "scale_demand: {factor: 3, of: {after: '07:00', before: '07:30'}}")
    grown = {k for k, x in morning.problem.lines.items() if x.mass_g > DAY.lines[k].mass_g}
    assert grown == {key for key, line in DAY.lines.items() if line.window == hours(11, 14)}
    noon = changed(DAY, "scale_demand: {factor: 3, of: {after: '07:01'}}").problem
    assert noon == DAY


def test_orders_multiply_by_copies_that_keep_their_size() -> None:
    after = changed(DAY, "scale_demand: {factor: 2.5, by: orders}").problem
    sizes = {line.mass_g for line in after.lines.values()}
    copies = Counter(key.order.split("~")[0] for key in after.lines)
    assert sizes == {20_000}
    assert set(copies.values()) == {2, 3}
    assert len(changed(DAY, "scale_demand: {factor: 0, of: {sites: P1}}").problem.lines) == 10


def test_gift_boxes_join_and_a_supplier_fails() -> None:
    box = "article: BOX, zone: controlled, mass_kg: 3, volume_l: 10, value_cents: 900"
    after = changed(DAY, f"add_orders: {{{box}, promise: daily, per_site: 2, sites: [P1, P4]}}")
    boxes = [line for line in after.problem.lines.values() if line.article == "BOX"]
    assert sorted(line.site for line in boxes) == ["P1", "P1", "P4", "P4"]
    short = changed(DAY, "supplier_outage: {articles: A1}")
    assert {line.article for line in short.problem.lines.values()} == {"A0"}
    assert (short.withdrawn_lines, short.withdrawn_g) == (6, 120_000)
    half = changed(DAY, "supplier_outage: {articles: ['A*'], share: 0.5}").withdrawn_lines
    quarter = "supplier_outage: {articles: ['A*'], share: 0.5, alternate: 0.5}"
    assert 0 < changed(DAY, quarter).withdrawn_lines <= half < 12


def test_a_closed_grid_gives_its_points_and_vans_away() -> None:
    day = replace(DAY, usual_vehicle={"P4": "V3", "P1": "V1"})
    free = changed(day, "close_sites: {sites: G2}").problem
    assert {free.sites[name].grid for name in ("P4", "P5", "P6")} == {None}
    assert {van.home for van in free.vehicles.values()} == {"C1", "G1"}
    fixed = changed(day, "close_sites: {sites: G2, points: nearest, vehicles: rest}").problem
    assert {fixed.sites[name].grid for name in ("P4", "P5", "P6")} == {"G1"}
    assert set(fixed.vehicles) == {"T1", "V1", "V2"}
    assert dict(fixed.usual_vehicle) == {"P1": "V1"}


def test_a_new_grid_takes_the_points_that_are_nearer_to_it() -> None:
    text = "add_site: {id: G3, lat: 28.2, lon: 113.05, like: G2, serves_within_km: 3, docks: 4}"
    after = changed(DAY, text, "move_site: {site: G1, lat: 28.21, lon: 113.0}").problem
    new = after.sites["G3"]
    assert (new.kind, new.docks, new.sorting_s, new.name) == (SiteKind.GRID, 4, 1800, "G3")
    assert {name for name, site in after.sites.items() if site.grid == "G3"} == {"P4"}
    assert after.sites["G1"].lat == 28.21
    text = "add_site: {id: S9, kind: station, lat: 28, lon: 113, capacity_l: {frozen: 10.5}}"
    station = changed(DAY, text).problem.sites["S9"]
    assert station.capacity_ml == {Zone.FROZEN: 10_500}


def test_sites_change_their_hours_and_room() -> None:
    text = (
        "{kind: pickup, opens: '08:00', closes: '10:00', service_factor: 2, capacity_factor: 0.5}"
    )
    after = changed(DAY, f"change_sites: {text}").problem.sites
    assert after["P1"].hours[0] == hours(12, 14)
    assert (after["P1"].service_s, after["P1"].capacity_ml[Zone.CHILLED]) == (360, 200_000)
    assert after["G1"] == DAY.sites["G1"]


def test_points_are_shared_with_their_room_and_their_orders() -> None:
    after = changed(DAY, "merge_points: {within_m: 600}").problem
    # P1 has limited room and P2 none to keep: what they have together has no limit.
    assert set(DAY.sites) - set(after.sites) == {"P2"}
    assert after.sites["P1"].capacity_ml == {}
    assert after.sites["P1"].service_s == 180 + 90
    assert mass(after) == mass(DAY)
    assert Counter(line.site for line in after.lines.values())["P1"] == 4
    nothing = changed(DAY, "merge_points: {within_m: 1}")
    assert nothing.problem == DAY
    assert nothing.said


def test_a_retired_point_sends_its_orders_to_the_nearest_with_room() -> None:
    after = changed(DAY, "retire_points: {sites: P2, within_km: 3}").problem
    # P1 has room for 400 litres of chilled goods and has 50 already.
    assert {line.site for line in after.lines.values() if line.key.order.startswith("N2")} == {"P1"}
    full = replace(DAY.sites["P1"], capacity_ml={Zone.CHILLED: 60_000})
    tight = replace(DAY, sites={**DAY.sites, "P1": full})
    after = changed(tight, "retire_points: {sites: P2, within_km: 3}").problem
    placed = {x.key.order: x.site for x in after.lines.values() if x.key.order.startswith("N2")}
    assert placed == {"N20": "P3", "N21": "P1"}
    lost = changed(DAY, "retire_points: {sites: P6, within_km: 0.1}")
    assert (lost.withdrawn_lines, "P6" in lost.problem.sites) == (2, False)


def test_locker_cells_are_not_given_out_twice() -> None:
    # P5 has four cells of 60 litres, and two orders of 50 litres lie in two of them.
    after = changed(
        DAY,
        "scale_demand: {factor: 2, of: {sites: P6}}",
        "retire_points: {sites: P6, within_km: 1.7}",
    ).problem
    chilled = [k for k, x in after.lines.items() if k.order == "N60" and x.zone is Zone.CHILLED]
    assert [after.lines[key].site for key in chilled] == ["P5"]
    four = changed(
        DAY,
        "scale_demand: {factor: 5, of: {sites: P6}}",
        "retire_points: {sites: P6, within_km: 1.7}",
    )
    assert four.withdrawn_lines >= 1


def test_the_fleet_changes() -> None:
    text = "add_vehicles: {like: V1, count: 3, name: X, homes: [G1, G2], but: {owner: backup, "
    text += "carrier: Lotus, capacity_l: {frozen: 300}, shift_start: '06:00', shift_end: '12:00'}}"
    after = changed(DAY, text).problem.vehicles
    assert [after[name].home for name in ("X1", "X2", "X3")] == ["G1", "G2", "G1"]
    new = after["X1"]
    assert (new.owner, new.carrier, new.shift) == ("backup", "Lotus", hours(10, 16))
    assert new.capacity_ml == {Zone.FROZEN: 300_000, Zone.CHILLED: 0, Zone.CONTROLLED: 0}
    fewer = changed(DAY, "remove_vehicles: {of: {ids: 'V*'}, most: 2}").problem.vehicles
    assert set(fewer) == {"T1", "V1", "V2", "V3"}
    swap = (
        "replace_vehicles: {of: {homes: G2}, like: V1, but: {cooling: boxes, fixed_bulkheads: yes}}"
    )
    swapped = changed(DAY, swap).problem.vehicles["V4"]
    assert (swapped.cooling, swapped.home, swapped.id) == (Cooling.BOXES, "G2", "V4")
    dear = changed(DAY, "vehicle_costs: {of: {types: truck}, fixed: 1.5}").problem.vehicles
    assert (dear["T1"].fixed_cents, dear["V1"].fixed_cents) == (30_000, 5_000)


def test_the_sick_share_is_drawn_by_seed() -> None:
    text = "sick_vehicles: {share: 0.4, of: {echelon: last_mile}}"
    drawn = {seed: frozenset(changed(DAY, text, seed=seed).problem.vehicles) for seed in range(9)}
    assert {len(left) for left in drawn.values()} == {4}
    assert len(set(drawn.values())) > 1
    assert drawn[3] == frozenset(changed(DAY, text, seed=3).problem.vehicles)


def test_trucks_are_late() -> None:
    late = changed(DAY, "linehaul_outage: {delay_h: 2}").problem.vehicles
    assert late["T1"].shift.opens == DAY.vehicles["T1"].shift.opens + 2 * HOUR
    assert late["V1"] == DAY.vehicles["V1"]


@pytest.mark.parametrize(
    ("keys", "en", "zh"),
    [
        ("upper_c: 6, time_on_board_h: 2", "band 0 to 6 °C, at most 2 h on board", "0 至 6 °C"),
        ("loading_c: 3, setpoint_c: 2", "loaded at 3 °C, kept at 2 °C", "装车温度 3 °C"),
    ],
)
def test_a_zone_tells_what_is_set_and_nothing_else(keys: str, en: str, zh: str) -> None:
    (said,) = changed(DAY, f"set_band: {{zone: chilled, {keys}}}").said
    assert said.en == f"Goods in the chilled zone: {en}."
    assert zh in said.zh


def test_rules_change() -> None:
    after = changed(
        DAY,
        "set_promise: {promise: cold, deadline_h: 14}",
        "set_promise: {promise: express, deadline_h: 30, within_h: 3, express: yes}",
        "set_band: {zone: chilled, upper_c: 6, loading_c: 3, time_on_board_h: 2}",
        "set_weather: {ambient_c: 40}",
        "set_objective: {transfer_cents: 7}",
        "set_service: {radius_km: 3, regrid: yes, service_factor: 1.5}",
        "move_wave: {wave: morning, departs: '05:00'}",
    ).problem
    assert after.promises["cold"].deadline_s == 14 * HOUR
    assert after.promises["cold"].cents_per_min_late == 20
    assert (after.promises["express"].within_s, after.promises["express"].express) == (
        3 * HOUR,
        True,
    )
    chilled = after.policies[Zone.CHILLED]
    assert (chilled.product.lower_c, chilled.product.upper_c, chilled.loading_c) == (0.0, 6.0, 3.0)
    assert after.time_on_board_s[Zone.CHILLED] == 2 * HOUR
    assert (after.ambient_c, after.sun_c, after.objective.transfer_cents) == (40.0, DAY.sun_c, 7)
    assert (after.radius_m, after.sites["P1"].grid, after.sites["P1"].service_s) == (
        3000,
        None,
        270,
    )
    assert after.waves[0].departs == 9 * HOUR
    assert changed(DAY, "set_service: {no_radius: yes}").problem.radius_m is None


def test_slow_traffic_multiplies_what_is_slow_already() -> None:
    rush = TrafficSlot(window=hours(11, 13), factor=2.0)
    day = replace(DAY, travel=TravelSettings(slots=(rush,)))
    travel = changed(day, "slow_traffic: {factor: 1.5, after: '08:00'}").problem.travel
    factors = [travel.factor(int(h * HOUR)) for h in (10, 11.5, 12.5, 14)]
    assert factors == [1.0, 2.0, 3.0, 1.5]


def test_a_closed_road_lengthens_ways_through_it_and_locks_what_lies_inside() -> None:
    ring = "[[28.19, 113.025], [28.21, 113.025], [28.21, 113.045], [28.19, 113.045]]"
    after = changed(DAY, f"close_road: {{polygon: {ring}}}")
    sites = [DAY.sites[name] for name in ("G1", "P6", "P3")]
    before, now = base_of(DAY).travel.matrix(sites, sites), after.travel.matrix(sites, sites)
    assert now.distance_m[0, 1] > before.distance_m[0, 1]
    assert now.distance_m[0, 2] == before.distance_m[0, 2]
    inside = changed(DAY, f"close_road: {{polygon: {ring.replace('113.045', '113.055')}}}")
    lane = inside.travel.matrix([DAY.sites["G1"]], [DAY.sites["P4"]])
    assert lane.distance_m[0, 0] == UNREACHABLE


def test_points_far_away_stop_before_a_festival() -> None:
    text = "cut_off: {{festival: {}, days: 7, beyond_km: 1.3, sites: [P1]}}"
    # The day begins on 10 February: day -7 is accepted, day -6 refused.
    late = changed(DAY, text.format("2026-02-16"))
    assert {line.site for line in late.problem.lines.values()} & {"P1", "P3"} == set()
    (cut,) = late.problem.cut_offs
    assert isinstance(cut, CutOff)
    assert late.withdrawn_lines == sum(line.site in cut.sites for line in DAY.lines.values())
    assert changed(DAY, text.format("2026-02-17")).withdrawn_lines == 0


def test_grids_move_to_where_the_demand_is() -> None:
    after = changed(DAY, "relayout_grids: {within_km: 3}").problem
    places = {(site.lat, site.lon) for site in after.sites_of(SiteKind.GRID)}
    spots = {(site.lat, site.lon) for site in after.sites_of(SiteKind.PICKUP)}
    assert places <= spots
    assert {after.sites[f"P{n}"].grid for n in (4, 5, 6)} != {after.sites["P1"].grid}


REFUSED = [
    ("CG-1610", "scale_demand: {factor: 2, of: {promises: [colt]}}", "did you mean 'cold'"),
    ("CG-1610", "scale_demand: {factor: 2, of: {articles: [B7]}}", "article"),
    ("CG-1610", "sick_vehicles: {share: 1, of: {types: [tram]}}", "vehicle type"),
    ("CG-1610", "close_sites: {sites: [G9]}", "site"),
    ("CG-1610", "move_wave: {wave: noon, departs: '10:00'}", "wave"),
    ("CG-1610", "set_promise: {promise: colt}", "promise"),
    ("CG-1611", "close_sites: {sites: [C1]}", "central"),
    ("CG-1611", "close_sites: {sites: [G1, G2]}", "grid"),
    ("CG-1611", "close_sites: {sites: [P1]}", "retire_points"),
    ("CG-1611", "retire_points: {sites: [G1]}", "close_sites"),
    ("CG-1611", "retire_points: {sites: [P1, P2, P3, P4, P5, P6]}", "no pickup point"),
    ("CG-1611", "remove_vehicles: {of: {}}", "no vehicle"),
    ("CG-1611", "add_vehicles: {like: V1, homes: [C1]}", "home"),
    ("CG-1611", "add_vehicles: {like: V1, name: V}", "already"),
    ("CG-1611", "add_vehicles: {like: T1, but: {shift_end: '06:00', shift_start: '06:00'}}",
     "shift"),
    ("CG-1611", "replace_vehicles: {of: {ids: V1}, like: T1}", "echelons"),
    ("CG-1611", "add_site: {id: G1, lat: 1, lon: 1}", "already"),
    ("CG-1611", "set_band: {zone: chilled, upper_c: -1}", "no inside"),
    ("CG-1611", "slow_traffic: {factor: 2, after: '08:00', before: '07:00'}", "after"),
    ("CG-1611", "change_sites: {opens: '08:00'}", "only one"),
    ("CG-1611", "withdraw_orders: {of: {}}", "no order"),
    ("CG-1611", "close_road: {polygon: [[28.2, 112.8], [28.3, 112.8], [28.3, 113], [28.2, 113]]}",
     "central"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "cause"), REFUSED)
def test_what_does_not_fit_the_base_is_refused_with_its_place(
    code: str, text: str, cause: str
) -> None:
    with pytest.raises(InputRefused) as refused:
        changed(DAY, text)
    (fault,) = refused.value.faults
    assert (fault.code, fault.place) == (code, "test line 1 column 1")
    assert cause in fault.cause
    assert fault.action == SCENARIO_ERRORS[code].action.rstrip(".")


def test_a_matrix_knows_no_new_places() -> None:
    matrix = object.__new__(MatrixFile)
    base = Base(problem=DAY, travel=matrix)
    for text in ("move_site: {site: G1, lat: 1, lon: 1}", "relayout_grids: {}"):
        with pytest.raises(InputRefused, match="matrix file"):
            applied(base, [override(text)], 1)
