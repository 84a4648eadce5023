"""A better order behind a hand-over: worth more, and nothing that is settled moves."""

from random import Random

import pytest

from optimizer.domain.temperature import Zone
from optimizer.reroute import Disruption
from optimizer.response.candidates import Candidates, candidates
from optimizer.response.draft import Draft
from optimizer.response.resequencing import resequenced
from optimizer.response.situation import situation
from optimizer.response.value import money
from optimizer.response.words import RADIUS_M, Kind, Outcome
from tests.broken_days import ROADS, random_day

SEEDS = range(4)


def _found(seed: int) -> Candidates:
    problem, plan = random_day(seed, stops=9, heaviest_kg=12)
    draw = Random(seed)
    route = plan.routes[seed % 2]
    at = route.departs + int(draw.uniform(0.0, 0.4) * (route.returns - route.departs))
    zone = draw.choice(list(Zone))
    warm = problem.policies[zone].loading_c + draw.uniform(0.0, 1.0)
    told = Disruption(vehicle=route.vehicle, zone=zone, at=at, product_c=warm)
    here = situation(problem, plan, told)
    return candidates(here, ROADS, reserved=(), radius_m=RADIUS_M)


def _settled(found: Candidates, draft: Draft, name: str) -> int:
    """Count the stops that may not move: visited ones, and those up to a meeting."""
    here = found.scene.here
    route = draft.routes[name]
    done = sum(stop.service_starts <= here.disruption.at for stop in route.stops)
    calls = [
        place
        for place, stop in enumerate(route.stops, 1)
        for hand in draft.handovers
        if stop.site == hand.site and place > done
        and not (hand.stored and hand.taker == route.vehicle)
    ]  # fmt: skip
    return max([done, *calls])


@pytest.mark.parametrize("seed", SEEDS)
def test_an_order_is_only_changed_for_a_better_one(seed: int) -> None:
    found = _found(seed)
    here = found.scene.here
    better = 0
    for draft in found.drafts[:25]:
        after = resequenced(found.scene, draft)
        if after is draft:
            continue
        better += 1
        assert money(here, after).worth > money(here, draft).worth
        assert after == resequenced(found.scene, draft)
        assert after.routes.keys() == draft.routes.keys()
        for name, route in draft.routes.items():
            now = after.routes[name]
            settled = _settled(found, draft, name)
            assert now.stops[:settled] == route.stops[:settled]
            assert sorted(one.site for one in now.stops) == sorted(one.site for one in route.stops)
            assert now.returns <= route.returns
            given = [{i.key for s in r.stops for i in s.delivers} for r in (now, route)]
            assert given[0] == given[1]
    assert better


@pytest.mark.parametrize("seed", SEEDS)
def test_goods_are_fetched_before_they_are_brought(seed: int) -> None:
    found = _found(seed)
    for draft in found.drafts:
        if draft.kind is not Kind.SECOND_VEHICLE:
            continue
        after = resequenced(found.scene, draft)
        for name, keys in after.received.items():
            stops = after.routes[name].stops
            (site,) = {hand.site for hand in after.handovers}
            fetched = max(n for n, stop in enumerate(stops) if stop.site == site)
            brought = [n for n, s in enumerate(stops) if any(i.key in keys for i in s.delivers)]
            assert fetched <= min(brought)
        arrives = {
            item.key: stop.service_starts
            for route in after.routes.values()
            for stop in route.stops
            for item in stop.delivers
        }
        for fate in after.fates:
            if fate.outcome is Outcome.DELIVERED:
                assert fate.arrives == arrives[fate.key]
