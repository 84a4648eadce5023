from __future__ import annotations

from dataclasses import replace

from api.life.freeze import Freeze
from api.life.pins import keyed, moved_pins, pin_faults
from optimizer.domain.plan import Plan
from tests.cases import key, tiny_plan, tiny_problem

PROBLEM = tiny_problem()
PLAN = tiny_plan(PROBLEM)
NOTHING = Freeze()


def found(pins: dict[str, str], locks: list[str], frozen: Freeze = NOTHING) -> list[list[str]]:
    faults = pin_faults(PROBLEM, PLAN, frozen, pins, locks)
    return [[fault.code, fault.place] for fault in faults]


def test_good_pins_and_locks_pass() -> None:
    assert found({"O1/1": "V2", "O7/1": "V3"}, ["V3-1", "T1-1"]) == []


def test_what_the_plan_does_not_have_is_named() -> None:
    pins = {"O9/1": "V1", "O1/1": "V9", "O1/2": "T1"}
    assert found(pins, ["V1-1", "V9-1"]) == [
        ["CG-7205", "/pins/O9~11"],
        ["CG-7205", "/pins/O1~11"],
        ["CG-7205", "/pins/O1~12"],
        ["CG-7205", "/locks/1"],
    ]


def test_a_pin_must_not_contradict_a_route_that_stays() -> None:
    stays = Freeze(because={"V1-1": "left at 06:50"})
    assert found({"O1/1": "V1", "O6/1": "V2"}, [], stays) == []
    assert found({"O1/1": "V2"}, [], stays) == [["CG-7210", "/pins/O1~11"]]
    assert found({"O1/1": "V2"}, ["V1-1"]) == [["CG-7210", "/pins/O1~11"]]


def test_pins_of_cancelled_lines_are_left_out() -> None:
    assert keyed(PROBLEM, {"O1/1": "V2", "gone/1": "V1"}) == {key("O1/1"): "V2"}


def test_lines_that_edits_moved_are_pinned_to_their_new_van() -> None:
    def driven_by(vehicle: str, route: str) -> Plan:
        routes = [replace(r, vehicle=vehicle) if r.id == route else r for r in PLAN.routes]
        return replace(PLAN, routes=tuple(routes))

    assert moved_pins(PLAN, PLAN) == {}
    assert moved_pins(PLAN, driven_by("V2", "V1-2")) == {"O6/1": "V2"}
    # Trucks follow the vans by themselves.
    assert moved_pins(PLAN, driven_by("T2", "T1-1")) == {}
