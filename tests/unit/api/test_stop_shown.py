"""What the service says of a stop besides its lines: collects, rests on the way, packed boxes."""

from dataclasses import replace

from api.schemas.road import StopOut
from optimizer.domain.ids import LineKey
from optimizer.domain.orders import Collect, CollectKind
from optimizer.domain.plan import BoxLoad, Break, Delivery, Plan
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from tests.road_cases import Teller, small_plan, small_problem

CRATES = Delivery(key=LineKey("E", "1"), zone=Zone.CHILLED, mass_g=4_000, volume_ml=30_000)


def day_with_crates() -> Problem:
    crates = Collect(
        key=CRATES.key,
        site="P2",
        kind=CollectKind.EMPTIES,
        zone=CRATES.zone,
        mass_g=CRATES.mass_g,
        volume_ml=CRATES.volume_ml,
    )
    return small_problem(collects={crates.key: crates})


def stops_shown(day: Problem, plan: Plan) -> list[StopOut]:
    known = Teller(day, plan).day([])
    return [StopOut.of(known, v) for v in known.visits.values() if v.route.vehicle == "V1"]


def test_a_stop_shows_collects_rests_before_it_and_its_boxes() -> None:
    day = day_with_crates()
    plan = small_plan(day)
    truck, van = plan.routes
    first, second, third = van.stops
    rest = Break(starts=first.departs, ends=first.departs + 1200)
    boxes = (BoxLoad(zone=Zone.CHILLED, count=3, ice_kg=6.0),)
    stops = (first, replace(second, collects=(CRATES,)), third)
    plan = replace(plan, routes=(truck, replace(van, stops=stops, breaks=(rest,), boxes=boxes)))
    shown = stops_shown(day, plan)
    assert [len(one.rests_before) for one in shown] == [0, 1, 0]
    assert shown[1].rests_before[0].starts_at == day.horizon.instant(first.departs)
    (crates,) = shown[1].collects
    assert (crates.order, crates.kind, crates.mass_kg) == ("E", CollectKind.EMPTIES, 4.0)
    packed = [one.packed[0] for one in shown if one.packed]
    assert [(one.first_box, one.last_box) for one in packed] == [(1, 1), (2, 2), (3, 3)]
    assert sum(one.ice_kg for one in packed) == 6.0


def test_a_stop_without_any_of_it_says_so() -> None:
    day = small_problem()
    for shown in stops_shown(day, small_plan(day)):
        assert (shown.collects, shown.rests_before, shown.packed) == ([], [], [])


def test_empties_that_the_problem_does_not_know_have_no_kind() -> None:
    day = small_problem()
    plan = small_plan(day)
    truck, van = plan.routes
    stops = (replace(van.stops[0], collects=(CRATES,)), *van.stops[1:])
    plan = replace(plan, routes=(truck, replace(van, stops=stops)))
    assert stops_shown(day, plan)[0].collects[0].kind is None
