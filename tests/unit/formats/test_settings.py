"""Settings: what stands for what is not said, and what is said replaces only that."""

from math import inf
from pathlib import Path
from typing import Any

import pytest

from optimizer.domain.errors import InputRefused
from optimizer.domain.fleet import Box, Cooling
from optimizer.domain.network import TimeWindow
from optimizer.domain.objective import ObjectiveWeights, Promise
from optimizer.domain.problem import Problem, TravelSettings, Wave
from optimizer.domain.temperature import DEFAULT_POLICIES, AirProfile, Zone
from optimizer.formats.bodies import DEFAULT_BOX, default_body
from optimizer.formats.problem_reading import problem_from_document, read_problem
from tests.unit.formats import tiny_day

H = 3600


def problem(**settings: Any) -> Problem:
    return problem_from_document(tiny_day.document() | settings).problem


def test_defaults_are_those_of_the_contract() -> None:
    day = problem()
    assert (day.ambient_c, day.sun_c, day.radius_m) == (20.0, 0.0, 5000)
    assert day.waves == (Wave(id="morning", departs=10 * H),)
    assert day.travel == TravelSettings(speed_kmh={"truck": 45.0, "van": 25.0})
    assert day.policies == DEFAULT_POLICIES
    assert day.promises == {
        "cold": Promise(deadline_s=15 * H, cents_per_min_late=20),
        "daily": Promise(deadline_s=24 * H, cents_per_min_late=5),
    }
    assert day.time_on_board_s == {Zone.FROZEN: 6 * H, Zone.CHILLED: 6 * H}
    assert day.objective == ObjectiveWeights()
    assert day.bodies == {"truck": default_body(10_000_000), "van": default_body(1_400_000)}


@pytest.mark.parametrize(("given", "radius_m"), [(12, 12_000), (None, None), ("0.5", 500)])
def test_radius_may_be_lifted(given: object, radius_m: int | None) -> None:
    assert problem(radius_km=given).radius_m == radius_m


def test_waves_stand_in_order_of_departure() -> None:
    day = problem(waves=[{"id": "noon", "departs": "10:30"}, {"id": "early", "departs": "05:00"}])
    assert day.waves == (Wave(id="early", departs=9 * H), Wave(id="noon", departs=52_200))


def test_zone_settings_replace_only_what_they_name() -> None:
    day = problem(
        zones={
            "Chilled": {"product": {"upper_c": 8}, "air": {"critical_low_c": None}},
            "controlled": {"product": {"lower_c": None}, "loading_c": "16.5"},
        }
    )
    chilled, controlled = day.policies[Zone.CHILLED], day.policies[Zone.CONTROLLED]
    usual = DEFAULT_POLICIES[Zone.CHILLED]
    assert (chilled.product.lower_c, chilled.product.upper_c) == (0.0, 8.0)
    assert chilled.air == AirProfile(
        warn_high_c=4.0, warn_delay_s=900, critical_high_c=7.0, critical_delay_s=900
    )
    assert (chilled.setpoint_c, chilled.loading_c) == (usual.setpoint_c, usual.loading_c)
    assert (controlled.product.lower_c, controlled.loading_c) == (-inf, 16.5)
    assert day.policies[Zone.FROZEN] == DEFAULT_POLICIES[Zone.FROZEN]


def test_promises_and_times_on_board_are_added_to_the_defaults() -> None:
    day = problem(
        promises={
            "express": {"deadline_h": 3, "cents_per_min_late": 50},
            "cold": {"deadline_h": 9},
        },
        time_on_board_h={"frozen": 2.5, "chilled": None, "CONTROLLED": 12},
    )
    assert day.promises["express"] == Promise(deadline_s=3 * H, cents_per_min_late=50)
    assert day.promises["cold"] == Promise(deadline_s=9 * H, cents_per_min_late=0)
    assert day.promises["daily"].deadline_s == 24 * H
    assert day.time_on_board_s == {Zone.FROZEN: 9000, Zone.CONTROLLED: 12 * H}


def test_objective_is_read_whole() -> None:
    day = problem(
        objective={
            "transfer_cents": 5,
            "shelf_life_weight": 0.25,
            "round_trips_per_unserved": 4,
            "stability_cents": "300",
            "priority_factor": {"1": 1, "2": "2.5"},
        }
    )
    assert day.objective == ObjectiveWeights(
        transfer_cents=5,
        shelf_life_weight=0.25,
        round_trips_per_unserved=4,
        stability_cents=300,
        priority_factor={1: 1.0, 2: 2.5},
    )


def test_usual_vehicles_are_read_and_a_null_is_none() -> None:
    day = problem(usual_vehicles={"P": "V", "S": None})
    assert day.usual_vehicle == {"P": "V"}
    assert problem().usual_vehicle == {}


def test_usual_vehicles_are_an_assumption_and_no_part_of_the_question() -> None:
    asked = problem(usual_vehicles={"P": "V"}, objective={"stability_cents": 300})
    assert asked.digest == problem().digest


def test_traffic_slots_recur_daily() -> None:
    day = problem(
        travel={"factors": [{"from": "07:00", "to": "09:00", "factor": 1.3}], "circuity": 1.4}
    )
    assert day.travel.circuity == 1.4
    assert [slot.window for slot in day.travel.slots] == [
        TimeWindow(opens=11 * H, closes=13 * H),
        TimeWindow(opens=35 * H, closes=37 * H),
    ]
    assert day.travel.factor(12 * H) == 1.3
    assert day.travel.factor(14 * H) == 1.0


def test_slots_may_share_an_edge() -> None:
    factors = [
        {"from": "07:00", "to": "09:00", "factor": 2},
        {"from": "09:00", "to": "10:00", "factor": 3},
    ]
    assert problem(travel={"factors": factors}).travel.factor(13 * H) == 2.0


def test_speeds_may_stand_with_travel_or_with_the_type() -> None:
    day = problem(
        travel={"speed_kmh": {"van": 30}}, vehicle_types={"truck": {"speed_kmh": 60}, "van": {}}
    )
    assert day.travel.speed_kmh == {"truck": 60.0, "van": 30.0}


def test_type_of_both_echelons_drives_as_slowly_as_the_last_mile() -> None:
    document = tiny_day.document()
    document["vehicles"][0]["type"] = "van"
    assert problem_from_document(document).problem.travel.speed_kmh == {"van": 25.0}


def test_body_settings_replace_only_what_they_name() -> None:
    usual = default_body(1_400_000)
    day = problem(vehicle_types={"van": {"cooling_w": 0, "door_open_s": 90}, "truck": {}})
    van = day.bodies["van"]
    assert (van.cooling_w, van.door_open_s) == (0.0, 90)
    assert (van.heating_w, van.width_m, van.box) == (usual.heating_w, usual.width_m, None)


def test_boxes_without_settings_are_usual_boxes() -> None:
    document = tiny_day.document()
    document["vehicles"][1]["cooling"] = "boxes"
    day = problem_from_document(document).problem
    assert day.vehicles["V"].cooling is Cooling.BOXES
    assert day.bodies["van"].box == DEFAULT_BOX
    assert day.bodies["truck"].box is None


def test_box_settings_replace_only_what_they_name() -> None:
    box = {"volume_l": 60.5, "ice_kg": 3, "melt_c": {"frozen": -25}}
    day = problem(vehicle_types={"van": {"box": box}, "truck": {}})
    assert day.bodies["van"].box == Box(
        volume_ml=60_500,
        u_w_m2k=DEFAULT_BOX.u_w_m2k,
        area_m2=DEFAULT_BOX.area_m2,
        ice_kg=3.0,
        melt_c={Zone.FROZEN: -25.0},
    )


def test_more_types_than_the_fleet_has_may_be_described() -> None:
    types = {"van": {}, "truck": {}, "bicycle": {"cooling_w": 0}}
    assert set(problem(vehicle_types=types).bodies) == {"van", "truck", "bicycle"}


@pytest.mark.parametrize("where", ["vehicle_types", "travel"])
def test_type_that_is_only_nearly_described_is_refused(where: str) -> None:
    settings = {"vn": {}} if where == "vehicle_types" else {"speed_kmh": {"vn": 30}}
    with pytest.raises(InputRefused) as refused:
        problem(**{where: settings})
    assert refused.value.code == "CG-1015"
    assert "van" in refused.value.faults[0].cause


def test_times_in_yaml_need_no_quotes(tmp_path: Path) -> None:
    tiny_day.write_folder(tmp_path, tiny_day.document())
    (tmp_path / "settings.yaml").write_text(
        "schema: coldgrid/problem/1\n"
        "time_zone: Asia/Shanghai\n"
        "horizon_start: 2026-02-10T20:00:00+08:00\n"
        "waves:\n"
        "  - {id: 1, departs: 06:00}\n"
        "  - {id: 2, departs: 16:30}\n"
        "objective:\n"
        "  priority_factor: {1: 1.0, 2: 3}\n"
        "zones: {chilled: {product: {lower_c: -.inf}}}\n"
    )
    day = read_problem(tmp_path).problem
    assert [(wave.id, wave.departs) for wave in day.waves] == [("1", 10 * H), ("2", 73_800)]
    assert day.objective.priority_factor == {1: 1.0, 2: 3.0}
    assert day.policies[Zone.CHILLED].product.lower_c == -inf


def test_yaml_aliases_may_be_used_in_moderation(tmp_path: Path) -> None:
    tiny_day.write_folder(tmp_path, tiny_day.document())
    with (tmp_path / "settings.yaml").open("a") as file:
        file.write("vehicle_types:\n  van: &body {k_w_m2k: 0.7}\n  truck: *body\n")
        file.write("promises:\n  a: &p {deadline_h: 3}\n  b: {<<: *p, cents_per_min_late: 2}\n")
    day = read_problem(tmp_path).problem
    assert day.bodies["truck"].k_w_m2k == day.bodies["van"].k_w_m2k == 0.7
    assert day.promises["b"] == Promise(deadline_s=3 * H, cents_per_min_late=2)
