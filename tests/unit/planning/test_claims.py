"""Pins and usual vehicles: what they ask of the vans, in cents per job and group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from optimizer.domain.ids import LineKey, SiteId, VehicleId
from optimizer.domain.limit import Limit
from optimizer.domain.objective import ObjectiveWeights
from optimizer.domain.orders import OrderLine
from optimizer.domain.plan import Route
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import ZONES, Zone
from optimizer.engines.engine import FORBIDDEN
from optimizer.engines.portfolio import Portfolio
from optimizer.planning import claims as module
from optimizer.planning.claims import Claims
from optimizer.planning.compartments import FleetGroups, Slot, group_slots
from optimizer.planning.jobs import Bundle, Bundling, Roominess, bundle_by_site
from optimizer.planning.packing import pack_large
from optimizer.planning.rounds import Pass, run_pass
from optimizer.planning.worthiest import worthiest
from optimizer.travel.great_circle import GreatCircle
from tests.builders import SIX, grid, hours, line, point, problem, van

NODES, PROFILES = {"G1": 0}, {"van": 0}
ROOMY = Roominess(payload_g=10**9, body_ml=10**9)


def slot(name: str, **changes: object) -> Slot:
    return Slot(vehicle=van(name, **changes), available=SIX, trip=1, zones=frozenset(ZONES))


def day(lines: Sequence[OrderLine], vans: Sequence[Slot] = (), **changes: object) -> Problem:
    sites = [point(name, number) for number, name in enumerate(("P1", "P2", "P3"), start=1)]
    vehicles = [each.vehicle for each in vans]
    return problem(sites=[grid(), *sites], vehicles=vehicles, lines=lines, **changes)


def claims(
    lines: Sequence[OrderLine],
    *,
    pins: Mapping[LineKey, VehicleId] | None = None,
    usual: Mapping[SiteId, VehicleId] | None = None,
    cents: int = 0,
) -> Claims:
    objective = ObjectiveWeights(stability_cents=cents)
    asked = day(lines, usual_vehicle=usual or {}, objective=objective)
    return Claims.of(asked, lines, pins or {})


def fleet(names: Sequence[str], named: frozenset[VehicleId]) -> FleetGroups:
    slots = [slot(name) for name in names]
    return group_slots(slots, nodes=NODES, profiles=PROFILES, named=named)


def bundles(*lines: OrderLine) -> list[Bundle]:
    return [Bundle(lines=(item,), window=hours(11, 16)) for item in lines]


A, B, C = line("O1", "P1"), line("O2", "P2"), line("O3", "P1")


def test_nothing_asked_is_no_matrix_and_no_group_of_its_own() -> None:
    asked = claims([A, B], usual={"P1": "V1"}, cents=0)
    assert asked.named == frozenset()
    equal = fleet(["V1", "V2"], asked.named)
    assert [group.count for group in equal.groups] == [2]
    assert asked.group_cents(bundles(A, B), equal) is None


def test_a_pinned_line_may_ride_with_its_own_van_alone() -> None:
    asked = claims([A, B], pins={A.key: "V2"})
    split = fleet(["V1", "V2", "V3"], asked.named)
    assert [len(members) for members in split.members] == [2, 1]
    cents = asked.group_cents(bundles(A, B), split)
    assert cents is not None
    assert cents.tolist() == [[FORBIDDEN, 0], [0, 0]]


def test_every_stop_by_another_van_costs() -> None:
    asked = claims([A, B], usual={"P1": "V1", "P3": "V3"}, cents=300)
    # P3 has no lines: its usual van need not be told from the others.
    assert asked.named == {"V1"}
    cents = asked.group_cents(bundles(A, B), fleet(["V1", "V2", "V3"], asked.named))
    assert cents is not None
    assert cents.tolist() == [[0, 300], [0, 0]]


def test_too_many_names_for_a_solver_are_paid_for_and_not_steered_by(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usual = {"P1": "V1", "P2": "V2"}
    assert claims([A, B], usual=usual, cents=300).usual == usual
    monkeypatch.setattr(module, "MOST_CELLS", 7)
    assert claims([A, B], usual=usual, cents=300).usual == {}
    assert claims([A], usual=usual, cents=300).usual == {"P1": "V1"}


def test_bundles_of_one_site_share_the_cost_of_its_stop_to_the_cent() -> None:
    third = line("O4", "P1")
    asked = claims([A, C, third], usual={"P1": "V1"}, cents=100)
    cents = asked.group_cents(bundles(A, C, third), fleet(["V1", "V2"], asked.named))
    assert cents is not None
    assert cents[:, 1].sum() == 100
    assert cents.max() == 34


def test_a_pin_against_the_usual_van_pays_for_the_stop() -> None:
    asked = claims([A], pins={A.key: "V2"}, usual={"P1": "V1"}, cents=300)
    cents = asked.group_cents(bundles(A), fleet(["V1", "V2"], asked.named))
    assert cents is not None
    assert cents.tolist() == [[FORBIDDEN, 300]]


def test_a_usual_van_that_stays_at_home_leaves_its_sites_to_others_at_a_price() -> None:
    asked = claims([A], usual={"P1": "V9"}, cents=300)
    cents = asked.group_cents(bundles(A), fleet(["V1"], asked.named))
    assert cents is not None
    assert cents.tolist() == [[300]]


def test_lines_are_bundled_with_lines_of_the_same_pin() -> None:
    lines = [A, C, line("O4", "P1"), line("O5", "P1")]
    pins = {C.key: "V1", lines[3].key: "V1"}
    found = bundle_by_site(
        day(lines), lines, Bundling(arrivals={("P1", 0): SIX}, roominess=ROOMY, pins=pins)
    )
    assert [[item.key.order for item in bundle.lines] for bundle in found] == [
        ["O1", "O4"],
        ["O3", "O5"],
    ]


def test_large_pinned_lines_are_packed_into_their_own_van() -> None:
    lines = [line(f"O{i}", "P1", volume_ml=700_000, mass_g=1) for i in range(2)]
    vans = [slot("V1"), slot("V2")]
    packed = pack_large(day(lines), lines, vans, {lines[0].key: "V2", lines[1].key: "V2"})
    assert [(p.slot.vehicle.id, len(p.lines)) for p in packed] == [("V2", 1)]


def test_the_room_of_a_pinned_van_bounds_what_is_pinned_to_it() -> None:
    lines = [line(f"O{i}", "P1", volume_ml=600_000) for i in range(3)]
    vans = [slot("V1"), slot("V2"), slot("V3")]
    charges = {item.key: 1000 + number for number, item in enumerate(lines)}
    assert len(worthiest(lines, vans, charges)) == 3
    pinned = {item.key: "V2" for item in lines}
    assert worthiest(lines, vans, charges, pinned) == {lines[2].key}


# --- whole passes -------------------------------------------------------------------------------


def planned(
    lines: Sequence[OrderLine],
    vans: Sequence[Slot],
    pins: Mapping[LineKey, VehicleId] | None = None,
    limit: Limit | None = None,
    **changes: object,
) -> tuple[Route, ...]:
    given = Pass(
        problem=day(lines, vans, **changes),
        waves=("morning",),
        lines=tuple(lines),
        ready={},
        wave_of={item.key: "morning" for item in lines},
        slots=tuple(vans),
        drop_cents={item.key: 100_000 for item in lines},
        travel=GreatCircle(circuity=1.3),
        engine=Portfolio(),
        limit=limit or Limit(iterations=40),
        seed=1,
        delayed=False,
        pins=pins or {},
    )
    return run_pass(given).routes


def van_of(routes: Sequence[Route]) -> dict[str, VehicleId]:
    return {
        item.key.order: route.vehicle
        for route in routes
        for stop in route.stops
        for item in stop.delivers
    }


def test_pinned_lines_ride_apart_even_from_their_own_doorstep() -> None:
    routes = planned([A, C], [slot("V1"), slot("V2")], {A.key: "V1", C.key: "V2"})
    assert van_of(routes) == {"O1": "V1", "O3": "V2"}


def test_a_pin_to_a_van_that_does_not_leave_is_left() -> None:
    routes = planned([A, B], [slot("V1"), slot("V2")], {A.key: "V9"})
    assert set(van_of(routes)) == {"O2"}


def test_pinned_lines_beyond_the_room_of_their_van_are_left() -> None:
    lines = [line(f"O{i}", "P1", volume_ml=500_000) for i in range(3)]
    routes = planned(lines, [slot("V1"), slot("V2"), slot("V3")], {x.key: "V2" for x in lines})
    assert list(van_of(routes).values()) == ["V2"]


def test_a_pin_to_a_van_without_the_zone_is_left() -> None:
    warm = slot("V2", capacity_ml={Zone.CONTROLLED: 900_000})
    routes = planned([A, B], [slot("V1"), warm], {A.key: "V2"})
    assert van_of(routes) == {"O2": "V1"}


def test_sites_go_with_their_usual_van_where_that_is_worth_it() -> None:
    vans = [slot("V1"), slot("V2")]
    usual = {"P1": "V2", "P2": "V2", "P3": "V2"}
    lines = [A, B, line("O4", "P3")]
    objective = ObjectiveWeights(stability_cents=50)
    routes = planned(lines, vans, usual_vehicle=usual, objective=objective)
    assert {route.vehicle for route in routes} == {"V2"}


def test_a_usual_van_that_costs_more_than_it_is_worth_stays_at_home() -> None:
    vans = [slot("V1"), slot("V2")]
    usual = {"P1": "V1", "P2": "V2", "P3": "V1"}
    lines = [A, B, line("O4", "P3")]
    objective = ObjectiveWeights(stability_cents=50)
    routes = planned(lines, vans, usual_vehicle=usual, objective=objective)
    assert {route.vehicle for route in routes} == {"V1"}
    dear = ObjectiveWeights(stability_cents=50_000)
    routes = planned(lines, vans, usual_vehicle=usual, objective=dear)
    assert van_of(routes) == {"O1": "V1", "O2": "V2", "O4": "V1"}


class Asked:
    """A halt that was asked for long ago."""

    def asked(self) -> bool:
        return True


def test_a_halted_pass_serves_everybody_it_can() -> None:
    lines = [A, B, C, line("O4", "P3")]
    limit = Limit(seconds=600.0, halt=Asked())
    routes = planned(lines, [slot("V1", bulkhead_step_ml=100_000), slot("V2")], limit=limit)
    assert set(van_of(routes)) == {"O1", "O2", "O3", "O4"}
