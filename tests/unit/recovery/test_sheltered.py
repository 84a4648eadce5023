"""Goods of a van that stands are kept cold where nobody can bring them today."""

from optimizer.domain.limit import Limit
from optimizer.domain.network import Site, TimeWindow
from optimizer.domain.temperature import Zone
from optimizer.recovery.events import Breakdown
from optimizer.recovery.recover import recover
from optimizer.response.words import Kind, Outcome, Reservation, Response
from tests import broken_days, builders
from tests.broken_days import ROADS

OPEN = builders.hours(9, 20)
EARLY = TimeWindow(opens=OPEN.opens, closes=OPEN.opens + 96 * 60)
"""P2 and P3 close before another van can be there."""

FAR = [builders.point("P1", 4.0, hours=(OPEN,))]
FAR += [builders.point(f"P{n}", 4.0 * n, hours=(EARLY,)) for n in (2, 3)]
NEED_ML = 100_000
"""What two lines of one zone take."""

STATION = broken_days.station("S1", 6.0, capacity_ml=dict.fromkeys(Zone, NEED_ML))


def _stands(*stations: Site, taken_ml: int = 0, near_cap_ml: int = 0) -> Response:
    room = dict.fromkeys((Zone.FROZEN, Zone.CHILLED), near_cap_ml) if near_cap_ml else {}
    near = [builders.point("N1", 3.0, 1.0, hours=(OPEN,), capacity_ml=room)]
    lines = [
        builders.line(f"O{site.id}{zone.value}", site.id, zone, volume_ml=NEED_ML // 2)
        for site in (*FAR, *near)
        for zone in (Zone.FROZEN, Zone.CHILLED)
    ]
    vans = [builders.van(f"V{n}") for n in (1, 2, 3)]
    problem, plan = broken_days.day([FAR, near], lines, vehicles=vans, stations=stations)
    return recover(
        problem,
        plan,
        Breakdown(vehicle="V1", at=plan.routes[0].stops[0].departs + 60),
        travel=ROADS,
        limit=8,
        effort=Limit(iterations=3),
        reserved=[Reservation(site="S1", zone=Zone.FROZEN, volume_ml=taken_ml, starts=0, ends=60)],
    )


def test_another_van_leaves_the_goods_at_a_station() -> None:
    one = next(o for o in _stands(STATION).proposals if o.kind is Kind.STATION)
    fetched, kept = one.handovers
    assert (fetched.giver, fetched.taker, fetched.stored) == ("V1", one.collector, False)
    assert (kept.site, kept.giver, kept.taker, kept.stored) == ("S1", one.collector, None, True)
    assert kept.starts > fetched.ends
    assert {(fate.outcome, fate.shelter) for fate in one.fates} == {(Outcome.SHELTERED, "S1")}
    calls = [s.site for r in one.plan.routes if r.vehicle == one.collector for s in r.stops]
    assert "S1" in calls
    assert {item.key.order[:3] for item in one.plan.unserved} == {"OP2", "OP3"}
    assert {item.detail for item in one.plan.unserved} == {
        "kept cold at S1; bring it with a later plan"
    }
    assert any("leaves them at S1" in said for said in one.sentences["en"])


def test_room_that_others_have_taken_there_is_not_promised_twice() -> None:
    answer = _stands(STATION, taken_ml=1)
    assert Kind.STATION not in {one.kind for one in answer.proposals}
    (why,) = [one.why.text for one in answer.refused if one.place == "S1"]
    assert "room" in why


def test_a_station_beyond_the_radius_is_refused_and_cold_room_of_a_point_serves_as_well() -> None:
    far = broken_days.station("S1", 30.0)
    answer = _stands(far, near_cap_ml=2 * NEED_ML)
    assert "more than 5 km" in next(o.why.text for o in answer.refused if o.place == "S1")
    one = next(o for o in answer.proposals if o.kind is Kind.COLD_CELLS)
    assert {fate.shelter for fate in one.fates} == {"N1"}
    assert Kind.COLD_CELLS not in {o.kind for o in _stands(far, near_cap_ml=NEED_ML).proposals}
