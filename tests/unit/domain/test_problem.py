from dataclasses import replace
from datetime import datetime, timezone

import pytest

from optimizer.domain.fleet import Body
from optimizer.domain.ids import LineKey
from optimizer.domain.network import SiteKind, TimeWindow
from optimizer.domain.objective import ObjectiveWeights
from optimizer.domain.orders import Collect, CollectKind
from optimizer.domain.problem import Horizon, TrafficSlot, TravelSettings, digest_of
from tests.cases import CHILLED, HOUR, key, tiny_problem


def test_seconds_and_instants_are_inverse() -> None:
    horizon = tiny_problem().horizon
    instant = horizon.instant(6 * HOUR + 1)
    assert instant.isoformat() == "2026-06-03T06:00:01+08:00"
    assert horizon.seconds(instant) == 6 * HOUR + 1


def test_seconds_keep_counting_over_a_clock_change() -> None:
    start = datetime.fromisoformat("2026-10-25T00:00:00+02:00")
    horizon = Horizon(start=start, time_zone="Europe/Berlin")
    assert horizon.instant(2 * HOUR).isoformat() == "2026-10-25T02:00:00+02:00"
    assert horizon.instant(3 * HOUR).isoformat() == "2026-10-25T02:00:00+01:00"
    for moment in range(0, 5 * HOUR, 600):
        assert horizon.seconds(horizon.instant(moment)) == moment


def test_traffic_factor_of_a_departure() -> None:
    slots = (
        TrafficSlot(window=TimeWindow(opens=7 * HOUR, closes=9 * HOUR), factor=1.6),
        TrafficSlot(window=TimeWindow(opens=9 * HOUR, closes=12 * HOUR), factor=1.2),
    )
    travel = TravelSettings(slots=slots)
    factors = [travel.factor(hour * HOUR) for hour in (6, 7, 9, 10, 13)]
    assert factors == [1.0, 1.6, 1.6, 1.2, 1.0]


def test_finding_things() -> None:
    problem = tiny_problem()
    assert [one.id for one in problem.sites_of(SiteKind.GRID)] == ["G1", "G2"]
    assert problem.wave("W2").departs == 9 * HOUR
    with pytest.raises(KeyError):
        problem.wave("W9")
    assert problem.body(problem.vehicles["B1"]).box is not None


def test_loading_temperature_is_the_lines_own_or_its_zones() -> None:
    problem = tiny_problem()
    one = problem.lines[key("O3/1")]
    assert problem.loading_c(one) == problem.policies[CHILLED].loading_c
    assert problem.loading_c(replace(one, loading_c=3.5)) == 3.5


def test_digest_names_the_question() -> None:
    problem = tiny_problem()
    assert problem.digest == tiny_problem().digest
    lines = dict(problem.lines)
    one = lines[key("O3/1")]
    heavier = replace(problem, lines=lines | {one.key: replace(one, mass_g=one.mass_g + 1)})
    assert heavier.digest != problem.digest
    assert replace(problem, stock=()).digest != problem.digest
    assert replace(problem, waves=problem.waves[:1]).digest != problem.digest


def test_words_that_came_later_stand_in_the_digest_once_they_are_used() -> None:
    problem = tiny_problem()
    site, vehicle = problem.sites["G1"], problem.vehicles["B1"]
    one = problem.lines[key("O3/1")]
    crates = Collect(
        key=LineKey("E", "1"), site=one.site, kind=CollectKind.EMPTIES, zone=CHILLED, mass_g=1,
        volume_ml=1,
    )  # fmt: skip
    changed = [
        replace(problem, sites={**problem.sites, site.id: other})
        for other in (replace(site, needs=frozenset({"lift"})), replace(site, cells={CHILLED: 0}))
    ]
    changed += [
        replace(problem, vehicles={**problem.vehicles, vehicle.id: other})
        for other in (replace(vehicle, range_m=1), replace(vehicle, carrier="SF"))
    ]
    changed.append(replace(problem, lines={**problem.lines, one.key: replace(one, ordered_s=0)}))
    changed.append(replace(problem, collects={crates.key: crates}))
    assert len({problem.digest, *(other.digest for other in changed)}) == 1 + len(changed)


def test_skills_have_no_order_in_a_digest() -> None:
    van = replace(tiny_problem().vehicles["B1"], skills=frozenset({"a", "b", "c", "d"}))
    assert digest_of(van) == digest_of(replace(van, skills=frozenset({"d", "c", "b", "a"})))


def test_digest_leaves_assumptions_out() -> None:
    other = tiny_problem(
        id="another",
        ambient_c=-10.0,
        sun_c=0.0,
        radius_m=None,
        objective=ObjectiveWeights(),
        bodies={"van": Body()},
    )
    assert other.digest == tiny_problem().digest


def test_digest_does_not_depend_on_the_offset_of_the_start() -> None:
    problem = tiny_problem()
    start = problem.horizon.start.astimezone(timezone.utc)  # noqa: UP017
    same = replace(problem, horizon=replace(problem.horizon, start=start))
    assert same.digest == problem.digest


def test_equal_values_have_equal_digests() -> None:
    assert digest_of({CHILLED: 1, "b": (2, None)}) == digest_of({"b": [2, None], "chilled": 1})
    assert digest_of([1, 2]) != digest_of([2, 1])
    assert digest_of({}).startswith("sha256:")
