"""A closed road, a van that stands, an urgent order and a backup van, each on one small day."""

from dataclasses import replace

import pytest

from optimizer.domain.limit import Limit
from optimizer.domain.network import Stock
from optimizer.domain.plan import Plan, Unserved, UnservedReason
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.recovery.events import BackupCarrier, Breakdown, ClosedRoad, Event, UrgentOrder
from optimizer.recovery.recover import asked, recover
from optimizer.response.words import Kind, Outcome, RerouteRefused, Response
from tests import broken_days, builders
from tests.broken_days import ROADS

OPEN = builders.hours(9, 20)
POINTS = [builders.point(f"P{n}", 4.0 * n, hours=(OPEN,)) for n in (1, 2, 3)]
NEAR = [builders.point(f"N{n}", 3.0 * n, 1.0, hours=(OPEN,)) for n in (1, 2, 3)]
LINES = [
    builders.line(f"O{site.id}{zone.value}", site.id, zone, article=f"A{site.id}{zone.value}")
    for site in (*POINTS, *NEAR)
    for zone in (Zone.FROZEN, Zone.CHILLED)
]
VANS = [builders.van(f"V{n}") for n in (1, 2, 3)]
PROBLEM, PLAN = broken_days.day([POINTS, NEAR], LINES, vehicles=VANS)
ROUTE = PLAN.routes[0]
AT = ROUTE.stops[0].departs + 60
SPARE = Stock(site="G1", article="AURG", mass_g=20_000, volume_ml=50_000)


def _answer(
    event: Event, problem: Problem = PROBLEM, plan: Plan = PLAN, limit: int = 8
) -> Response:
    return recover(problem, plan, event, travel=ROADS, limit=limit, effort=Limit(iterations=3))


def _area(east_km: float, north_km: float, half_km: float = 0.4) -> tuple[tuple[float, float], ...]:
    lat, lon = 28.2 + north_km / 111.2, 113.0 + east_km / 98.0
    high, wide = half_km / 111.2, half_km / 98.0
    return (
        (lat - high, lon - wide),
        (lat - high, lon + wide),
        (lat + high, lon + wide),
        (lat + high, lon - wide),
    )


def _with_spare() -> tuple[Problem, Plan]:
    problem = replace(PROBLEM, stock=(*PROBLEM.stock, SPARE))
    return problem, replace(PLAN, problem_digest=problem.digest)


# --- a road closes ---------------------------------------------------------------------------


def test_a_van_drives_around_what_lies_before_it() -> None:
    one = _answer(ClosedRoad(polygon=_area(10.0, 0.0), at=AT)).proposals[0]
    assert (one.kind, one.plan.unserved) == (Kind.CARRY_ON, ())
    (moved,) = [route for route in one.plan.routes if route.id == ROUTE.id]
    assert moved.stops[:2] == ROUTE.stops[:2]
    assert moved.stops[2].arrives > ROUTE.stops[2].arrives
    assert moved.distance_m > ROUTE.distance_m
    assert one.excused == ()


def test_a_van_under_way_turns_where_it_is() -> None:
    one = _answer(ClosedRoad(polygon=_area(7.0, 0.0), at=AT)).proposals[0]
    moved = next(route for route in one.plan.routes if route.id == ROUTE.id)
    assert moved.stops[1].arrives > ROUTE.stops[1].arrives
    assert {found.where for found in one.excused} <= {f"{ROUTE.id}/P2"}


def test_what_lies_behind_the_vans_is_nobodys_business() -> None:
    past = ClosedRoad(polygon=_area(11.0, 5.0), at=AT)
    with pytest.raises(RerouteRefused) as refused:
        _answer(past)
    assert refused.value.code == "CG-1527"


def test_an_area_that_opens_before_anybody_comes_changes_nothing() -> None:
    soon = ClosedRoad(polygon=_area(10.0, 0.0), at=AT, until=AT + 60)
    with pytest.raises(RerouteRefused) as refused:
        _answer(soon)
    assert refused.value.code == "CG-1527"


def test_a_point_inside_is_left_out_with_its_reason() -> None:
    answer = _answer(ClosedRoad(polygon=_area(12.0, 0.0), at=AT))
    for one in answer.proposals:
        left = {item.key.order: item.reason for item in one.plan.unserved}
        assert {"OP3frozen", "OP3chilled"} <= left.keys()
        assert left["OP3frozen"] is UnservedReason.UNREACHABLE
        assert all(stop.site != "P3" for route in one.plan.routes for stop in route.stops)
    assert {fate.outcome for fate in answer.proposals[0].fates} == {
        Outcome.DELIVERED,
        Outcome.SHELTERED,
    }


# --- a van stands ----------------------------------------------------------------------------


def test_another_van_fetches_all_zones_where_the_van_stands() -> None:
    answer = _answer(Breakdown(vehicle="V1", at=AT))
    kinds = {one.kind for one in answer.proposals}
    assert {Kind.NEIGHBOUR, Kind.SECOND_VEHICLE} <= kinds
    one = next(o for o in answer.proposals if o.collector == "V3")
    assert {fate.vehicle for fate in one.fates} == {"V3"}
    assert {item.zone for r in one.plan.routes if r.vehicle == "V3" for s in r.stops
            for item in s.delivers} == {Zone.FROZEN, Zone.CHILLED}  # fmt: skip
    (hand,) = one.handovers
    assert (hand.giver, hand.taker, len(hand.keys)) == ("V1", "V3", 4)
    stood = next(route for route in one.plan.routes if route.id == ROUTE.id)
    assert stood.stops == ROUTE.stops[:1]
    assert stood.returns > hand.ends


def test_the_place_of_the_van_decides_when_others_are_there() -> None:
    near = _answer(Breakdown(vehicle="V1", at=AT, lat=28.2, lon=113.0 + 1 / 98))
    far = _answer(Breakdown(vehicle="V1", at=AT, lat=28.2, lon=113.0 + 8 / 98))
    starts = [
        next(o for o in answer.proposals if o.collector == "V3").handovers[0].starts
        for answer in (near, far)
    ]
    assert starts[0] < starts[1]
    assert (near.lat, near.lon) == (28.2, 113.0 + 1 / 98)
    north = _answer(Breakdown(vehicle="V1", at=AT, lat=28.23, lon=113.0), limit=1)
    assert (north.lat, north.lon) == (28.23, 113.0)


def test_goods_that_do_not_keep_are_not_fetched() -> None:
    """Frozen goods in a hot van without cooling are given up, chilled ones are brought."""
    hot = replace(PROBLEM, ambient_c=45.0)
    answer = _answer(Breakdown(vehicle="V1", at=AT, lat=28.2, lon=113.4), hot)
    assert answer.breach.p10 < answer.breach.p90
    for one in answer.proposals:
        for fate in one.fates:
            assert (fate.outcome is Outcome.QUARANTINED) == (fate.sound < 0.5)


def test_nobody_to_fetch_them_means_towing_home() -> None:
    vans = [builders.van("V1"), builders.van("V2", payload_g=120_000)]
    problem, plan = broken_days.day([POINTS, NEAR], LINES, vehicles=vans)
    answer = _answer(Breakdown(vehicle="V1", at=AT), problem, plan)
    assert {one.kind for one in answer.proposals} <= {
        Kind.NEIGHBOUR,
        Kind.QUARANTINE,
        Kind.RETURN_TO_GRID,
    }
    last = answer.proposals[-1]
    assert {item.key.order[:3] for item in last.plan.unserved} == {"OP2", "OP3"}


def test_the_same_goods_go_out_anew_where_they_lie_in_stock() -> None:
    more = tuple(
        Stock(site="G1", article=line.article, mass_g=line.mass_g, volume_ml=line.volume_ml)
        for line in LINES
    )
    problem = replace(PROBLEM, stock=(*PROBLEM.stock, *more))
    plan = replace(PLAN, problem_digest=problem.digest)
    answer = _answer(Breakdown(vehicle="V1", at=AT), problem, plan)
    one = next(o for o in answer.proposals if o.place == "G1/V3")
    assert not one.handovers and one.plan.unserved == ()


def test_a_van_at_home_gives_its_trips_to_others() -> None:
    answer = _answer(Breakdown(vehicle="V1", at=ROUTE.departs - 1800))
    one = answer.proposals[0]
    assert one.kind is Kind.REPLAN
    assert all(route.vehicle != "V1" for route in one.plan.routes)
    assert one.plan.unserved == ()


@pytest.mark.parametrize(
    ("vehicle", "at", "code"),
    [("V9", AT, "CG-1501"), ("V3", AT, "CG-1522"), ("V1", ROUTE.returns, "CG-1522")],
)
def test_a_van_that_has_nothing_to_do_cannot_stand(vehicle: str, at: int, code: str) -> None:
    with pytest.raises(RerouteRefused) as refused:
        _answer(Breakdown(vehicle=vehicle, at=at))
    assert refused.value.code == code


# --- an urgent order -------------------------------------------------------------------------


def _urgent(site: str = "N2", article: str = "AURG") -> UrgentOrder:
    return UrgentOrder(lines=(builders.line("URG", site, article=article),), at=AT)


def test_an_urgent_order_from_stock_finds_vans_on_the_road_and_at_home() -> None:
    problem, plan = _with_spare()
    answer = _answer(_urgent(), problem, plan)
    kinds = {(one.kind, one.place) for one in answer.proposals}
    assert (Kind.SECOND_VEHICLE, "V3") in kinds
    assert any(kind is Kind.NEIGHBOUR for kind, _ in kinds)
    now = asked(problem, _urgent())
    for one in answer.proposals:
        assert one.plan.problem_digest == now.digest
        assert [fate.key.order for fate in one.fates if fate.key.order == "URG"] == ["URG"]


def test_a_van_that_calls_at_the_grid_has_the_order_only_from_there_on() -> None:
    problem, plan = _with_spare()
    for one in _answer(_urgent(), problem, plan).proposals:
        if one.kind is Kind.NEIGHBOUR:
            route = next(r for r in one.plan.routes if r.vehicle == one.place)
            sites = [stop.site for stop in route.stops]
            brought = next(
                n
                for n, s in enumerate(route.stops)
                if any(i.key.order == "URG" for i in s.delivers)
            )
            assert sites.index("G1") < brought


def test_without_stock_it_waits_for_a_later_plan() -> None:
    answer = _answer(_urgent(article="none"))
    assert [one.kind for one in answer.proposals] == [Kind.LEAVE_OUT]
    assert any("free stock" in refusal.reason for refusal in answer.refused)


@pytest.mark.parametrize(
    "line",
    [LINES[0], builders.line("X", "G1"), builders.line("X", "P1", promise="never")],
)
def test_an_order_that_cannot_be_asked_is_refused(line: object) -> None:
    with pytest.raises(RerouteRefused) as refused:
        _answer(UrgentOrder(lines=(line,), at=AT))  # type: ignore[arg-type]
    assert refused.value.code == "CG-1525"


# --- a backup carrier ------------------------------------------------------------------------


def test_a_backup_van_takes_what_was_left_out() -> None:
    left = tuple(
        Unserved(key=line.key, reason=UnservedReason.FLEET, detail="no van")
        for line in LINES
        if line.site == "N3"
    )
    gone = {one.key for one in left}
    second = PLAN.routes[1]
    short = broken_days.day([POINTS, NEAR[:2]], [x for x in LINES if x.key not in gone])[1]
    routes = (PLAN.routes[0], replace(short.routes[1], id=second.id))
    plan = replace(PLAN, routes=routes, unserved=left)
    van = builders.van("B1", owner="backup", carrier="SF")
    answer = _answer(BackupCarrier(vehicles=(van,), at=AT), plan=plan)
    one = answer.proposals[0]
    assert one.plan.unserved == ()
    assert {fate.key for fate in one.fates} == gone
    assert any(route.vehicle == "B1" for o in answer.proposals for route in o.plan.routes)
    assert any(item.code.value == "few_backup_carriers" for item in one.plan.advice)


def test_a_backup_van_with_nothing_to_do_stays_at_home() -> None:
    answer = _answer(BackupCarrier(vehicles=(builders.van("B1", owner="backup"),), at=AT))
    assert (answer.proposals[0].kind, answer.proposals[0].changed) == (Kind.CARRY_ON, ())


def test_a_van_with_the_name_of_another_cannot_join() -> None:
    event = BackupCarrier(vehicles=(builders.van("V1", fixed_cents=1),), at=AT)
    with pytest.raises(RerouteRefused) as refused:
        _answer(event)
    assert refused.value.code == "CG-1526"


# --- every event -----------------------------------------------------------------------------


def test_an_event_outside_the_day_is_refused() -> None:
    with pytest.raises(RerouteRefused) as refused:
        _answer(Breakdown(vehicle="V1", at=-5))
    assert refused.value.code == "CG-1520"


def test_both_languages_say_as_much() -> None:
    for one in _answer(Breakdown(vehicle="V1", at=AT)).proposals:
        assert len(one.sentences["en"]) == len(one.sentences["zh"]) >= 3


def test_distances_come_from_the_problem_unless_told() -> None:
    plan = replace(PLAN)
    event = Breakdown(vehicle="V1", at=AT)
    own = recover(PROBLEM, plan, event, effort=Limit(iterations=3))
    assert own.proposals[0].plan.travel.provider == "great_circle"
