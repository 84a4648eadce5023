"""What a manifest says: bulkheads, loading order, boxes and ice, totals."""

from dataclasses import replace

import pytest

from api.manifests.html import manifest_html
from api.manifests.reading import build_sheet
from api.manifests.sheet import Sheet
from optimizer.domain.orders import Collect, CollectKind
from optimizer.domain.plan import BoxLoad, Break, Plan
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from tests.unit.api import paper_day

CROSS_SECTION_M2 = 1.4 * 1.3
"""Inside of the vans of the small city."""


def sheet(vehicle: str, plan: Plan | None = None) -> Sheet:
    day = paper_day.problem()
    return build_sheet(day, plan or paper_day.plan(day), vehicle, paper_day.HEADING)


def test_movable_bulkheads_stand_where_the_plan_wants_them() -> None:
    found = sheet("V2")
    assert found.movable
    bays = found.trips[0].bays
    assert [bay.zone for bay in bays] == [Zone.FROZEN, Zone.CHILLED, Zone.CONTROLLED]
    spans = [bay.span for bay in bays]
    assert [(s.front_ml, s.rear_ml, s.bulkhead) for s in spans if s] == [
        (0, 300_000, True),
        (300_000, 1_100_000, True),
        (1_100_000, 2_200_000, False),
    ]
    assert [s.rear_m for s in spans if s] == pytest.approx(
        [0.3 / CROSS_SECTION_M2, 1.1 / CROSS_SECTION_M2, 2.2 / CROSS_SECTION_M2]
    )


def test_unused_rear_of_a_body_is_behind_a_bulkhead() -> None:
    plan = paper_day.plan()
    small = {Zone.FROZEN: 300_000, Zone.CHILLED: 800_000}
    routes = [replace(r, compartments=small) if r.vehicle == "V2" else r for r in plan.routes]
    bays = sheet("V2", replace(plan, routes=tuple(routes))).trips[0].bays
    assert [bay.span.bulkhead for bay in bays if bay.span] == [True, True]


def test_fixed_bulkheads_stay_where_the_vehicle_has_them() -> None:
    plan = paper_day.plan()
    small = {Zone.FROZEN: 100_000, Zone.CHILLED: 200_000, Zone.CONTROLLED: 300_000}
    routes = [replace(r, compartments=small) if r.vehicle == "T1" else r for r in plan.routes]
    found = sheet("T1", replace(plan, routes=tuple(routes)))
    assert not found.movable
    ends = [bay.span.rear_ml for bay in found.trips[0].bays if bay.span]
    assert ends == [3_000_000, 8_000_000, 12_000_000]
    assert [bay.size_ml for bay in found.trips[0].bays] == [100_000, 200_000, 300_000]


def test_last_stop_is_loaded_first_in_every_compartment() -> None:
    loading = dict(sheet("V2").trips[0].loading)
    assert set(loading) == set(Zone)
    for steps in loading.values():
        assert [(step.place, step.stop, step.site.name) for step in steps] == [
            (1, 2, "鹭桥"),
            (2, 1, "桂花巷"),
        ]


def two_stops_in_boxes(boxes: tuple[BoxLoad, ...]) -> Plan:
    """Let the boxed van drive the route of V2: frozen 7.5 l and 6.0 l, chilled 13 l and 11.5 l."""
    plan = paper_day.plan()
    route = next(r for r in plan.routes if r.vehicle == "V2")
    boxed = replace(route, vehicle="V1", id="V1-1", boxes=boxes)
    return replace(plan, routes=(boxed,))


def test_boxes_are_numbered_through_in_the_order_of_the_stops() -> None:
    trip = sheet("V1", two_stops_in_boxes(paper_day.BOXES)).trips[0]
    shares = {
        (stop.number, part.amount.zone): (part.boxes.first, part.boxes.last)
        for stop in trip.stops
        for part in stop.zones
        if part.boxes
    }
    # Frozen: 7.5 of 13.5 litres are 1.1 of 2 boxes. Chilled: 13 of 24.5 litres are 1.6 of 3.
    assert shares == {
        (1, Zone.FROZEN): (1, 2),
        (1, Zone.CHILLED): (1, 2),
        (2, Zone.FROZEN): (2, 2),
        (2, Zone.CHILLED): (2, 3),
    }
    assert all(bay.span is None for bay in trip.bays)
    assert [bay.boxes for bay in trip.bays] == [*paper_day.BOXES, None]


def test_ice_of_the_stops_is_the_ice_of_the_trip() -> None:
    trip = sheet("V1", two_stops_in_boxes(paper_day.BOXES)).trips[0]
    for box in paper_day.BOXES:
        shares = [
            part.boxes.ice_kg
            for stop in trip.stops
            for part in stop.zones
            if part.boxes and part.amount.zone is box.zone
        ]
        assert sum(shares) == pytest.approx(box.ice_kg)
    first = trip.stops[0].zones[0]
    assert first.boxes is not None
    assert first.boxes.ice_kg == pytest.approx(6.0 * 7.5 / 13.5)


def test_trips_stand_in_the_order_in_which_they_are_driven() -> None:
    found = sheet("V1")
    assert [trip.number for trip in found.trips] == [1, 2]
    assert f"{found.trips[0].departs:%H:%M}" == "06:00"


def test_stop_says_what_is_handed_over_collected_and_expected() -> None:
    stop = sheet("V2").trips[0].stops[1]
    assert f"{stop.arrives:%H:%M} {stop.departs:%H:%M}" == "06:33 06:48"
    frozen = stop.zones[0]
    assert (frozen.product_c, frozen.margin_c) == (-19.44, 1.26)
    (line,) = frozen.lines
    assert (str(line.key), line.article, line.batch, line.mass_g) == (
        "N201/1", "ICE_CREAM", "I07", 2_400,
    )  # fmt: skip
    (crate,) = stop.collects
    assert (str(crate.key), crate.article, crate.volume_ml) == ("CRATES/1", "", 30_000)


def test_driver_is_told_which_line_goes_to_the_door() -> None:
    truck = sheet("T1").trips[0]
    door = [str(one.key) for stop in truck.stops for z in stop.zones for one in z.lines if one.door]
    assert door == ["N802/1"]


@pytest.mark.parametrize("vehicle", ["T1", "V1", "V2"])
def test_totals_in_are_totals_out(vehicle: str) -> None:
    plan = paper_day.plan()
    found = sheet(vehicle, plan)
    for zone in Zone:
        planned = [
            (one.mass_g, one.volume_ml)
            for route in plan.routes
            if route.vehicle == vehicle
            for stop in route.stops
            for one in stop.delivers
            if one.zone is zone
        ]
        in_plan = (sum(m for m, _ in planned), sum(v for _, v in planned))
        assert in_plan != (0, 0)
        (total,) = [(a.mass_g, a.volume_ml) for a in found.totals if a.zone is zone]
        lines = [
            (line.mass_g, line.volume_ml)
            for trip in found.trips
            for stop in trip.stops
            for part in stop.zones
            for line in part.lines
            if line.zone is zone
        ]
        steps = [
            (step.amount.mass_g, step.amount.volume_ml)
            for trip in found.trips
            for of_zone, steps in trip.loading
            for step in steps
            if of_zone is zone
        ]
        for listed in (lines, steps, [total]):
            assert (sum(m for m, _ in listed), sum(v for _, v in listed)) == in_plan


def test_idle_vehicle_has_no_trip() -> None:
    assert sheet("V4").trips == ()


def day_with_crates() -> Problem:
    crate = paper_day.CRATE
    day = paper_day.problem()
    empties = Collect(
        key=crate.key,
        site="P2",
        kind=CollectKind.EMPTIES,
        zone=crate.zone,
        mass_g=crate.mass_g,
        volume_ml=crate.volume_ml,
    )
    return replace(day, collects={empties.key: empties})


def test_rests_stand_before_the_stop_to_which_they_are_on_the_way() -> None:
    plan = paper_day.plan()
    (route,) = [route for route in plan.routes if route.vehicle == "V2"]
    between = Break(starts=paper_day.MORNING + 1_600, ends=paper_day.MORNING + 1_900)
    rested = replace(route, breaks=(between, *route.breaks))
    trip = sheet("V2", replace(plan, routes=(rested,))).trips[0]
    placed = [[f"{rest[0]:%H:%M}" for rest in stop.rests] for stop in trip.stops]
    assert placed == [[], ["06:26"]]
    assert [f"{rest[0]:%H:%M}" for rest in trip.rests_on_the_way_back] == ["07:06"]
    assert len(trip.rests) == 2


def test_collects_of_the_problem_say_what_they_are() -> None:
    day = day_with_crates()
    found = build_sheet(day, paper_day.plan(day), "V2", paper_day.HEADING)
    (crate,) = found.trips[0].stops[1].collects
    assert crate.collect is CollectKind.EMPTIES
    page = manifest_html(found, "en")
    row = page[page.index("CRATES / 1") :][:200]
    assert "<td>empties</td><td>Chilled</td>" in row
    assert page.index('<p class="rest">') > page.index("CRATES / 1")
