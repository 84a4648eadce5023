import time
from dataclasses import replace
from typing import Any

import pytest

from optimizer.domain.fleet import Body, Box
from optimizer.domain.temperature import DEFAULT_POLICIES, Zone
from optimizer.domain.thermal import (
    SAFETY_C,
    ThermalLeg,
    ThermalTrip,
    longest_ride_s,
    predict,
    predict_route,
    trip_of,
)
from optimizer.domain.thermal.boxes import box_of
from tests.cases import tiny_plan, tiny_problem

FROZEN, CHILLED, CONTROLLED = Zone
LITRES = {FROZEN: 3_000_000, CHILLED: 4_000_000, CONTROLLED: 2_000_000}
KG = {FROZEN: 250.0, CHILLED: 400.0, CONTROLLED: 150.0}
BOX = Box(
    volume_ml=60_000, u_w_m2k=0.5, area_m2=1.0, ice_kg=1.0, melt_c={FROZEN: -21.0, CHILLED: 0.0}
)


def _trip(stops: int = 25, closed_s: int = 480, **more: Any) -> ThermalTrip:
    """A round on which every zone is unloaded at every stop in equal parts."""
    kg = more.pop("kg", KG)
    given: dict[str, Any] = {
        "body": Body(),
        "boxes": False,
        "layout": LITRES,
        "policies": DEFAULT_POLICIES,
        "start_product_c": {FROZEN: -20.0, CHILLED: 2.0, CONTROLLED: 15.0},
        "ambient_c": 28.0,
        "sun_c": 15.0,
        "legs": tuple(
            ThermalLeg(
                closed_s=closed_s,
                open_s=dict.fromkeys(kg, 60),
                mass_kg={zone: all_kg * (stops - done) / stops for zone, all_kg in kg.items()},
            )
            for done in range(stops)
        ),
    }
    return ThermalTrip(**(given | more))


def _margins(trip: ThermalTrip) -> dict[Zone, float]:
    return {zone: seen.margin_c for zone, seen in predict(trip)[-1].items()}


@pytest.mark.parametrize("ambient_c", [-5.0, 12.0, 28.0, 38.0])
def test_a_healthy_van_holds_all_three_zones(ambient_c: float) -> None:
    margins = _margins(_trip(stops=30, ambient_c=ambient_c))
    assert set(margins) == set(Zone)
    assert min(margins.values()) > SAFETY_C


def test_without_cooling_frozen_goods_thaw_within_a_morning() -> None:
    seen = predict(_trip(body=Body(cooling_w=0.0)))
    out = next(place for place, zones in enumerate(seen) if zones[FROZEN].margin_c < 0.0)
    assert out * 540 < 3 * 3600
    assert seen[-1][FROZEN].product_c > -18.0


def test_without_heating_a_warm_zone_freezes_in_winter() -> None:
    cold = _trip(ambient_c=-5.0, closed_s=1500, body=Body(heating_w=0.0))
    assert _margins(cold)[CONTROLLED] < 0.0
    assert _margins(replace(cold, body=Body()))[CONTROLLED] > SAFETY_C


def test_a_dead_chilled_zone_beside_frozen_gets_colder_in_winter() -> None:
    beside = _trip(ambient_c=0.0, sun_c=0.0, body=Body(heating_w=0.0))
    alone = replace(beside, layout={CHILLED: LITRES[CHILLED]}, legs=_trip(kg={CHILLED: 400.0}).legs)
    assert predict(beside)[-1][CHILLED].product_c < predict(alone)[-1][CHILLED].product_c


def test_air_leaves_the_band_at_doors_and_the_product_does_not() -> None:
    seen = predict(_trip(ambient_c=38.0))[-1][FROZEN]
    assert seen.air_max_c > -18.0
    assert seen.product_c < -18.0


def test_less_power_longer_doors_and_thinner_walls_cost_margin() -> None:
    base = _margins(_trip(ambient_c=38.0))[FROZEN]
    legs = _trip().legs
    longer = tuple(replace(leg, open_s=dict.fromkeys(KG, 180)) for leg in legs)
    assert _margins(_trip(ambient_c=38.0, body=Body(cooling_w=1200.0)))[FROZEN] < base
    assert _margins(_trip(ambient_c=38.0, body=Body(curtain=1.0)))[FROZEN] < base
    assert _margins(_trip(ambient_c=38.0, legs=longer))[FROZEN] < base
    weak, leaky = Body(cooling_w=900.0), Body(cooling_w=900.0, k_w_m2k=1.5)
    holding = _margins(_trip(ambient_c=38.0, body=weak))[FROZEN]
    assert _margins(_trip(ambient_c=38.0, body=leaky))[FROZEN] < holding


def test_goods_follow_the_set_point_while_the_power_suffices() -> None:
    # No door, one leg of an hour: 4 C goods cool towards 2 C with tau = 3600 / 0.2 s.
    leg = ThermalLeg(closed_s=3600, open_s={}, mass_kg={CHILLED: 100.0})
    ((seen),) = predict(_trip(legs=(leg,), start_product_c={CHILLED: 4.0}))
    assert seen[CHILLED].product_c == pytest.approx(2.0 + 2.0 * 2.718281828 ** (-3600 / 18_000))
    assert seen[CHILLED].margin_c == pytest.approx(0.0)


def test_the_coldest_line_has_its_own_edge() -> None:
    warm = _trip(start_product_c={FROZEN: -20.0, CHILLED: 3.0, CONTROLLED: 15.0})
    assert _margins(warm)[CHILLED] == pytest.approx(1.0)
    assert _margins(replace(warm, coldest_start_c={CHILLED: 0.25}))[CHILLED] == pytest.approx(0.25)


def test_zones_without_goods_are_not_predicted() -> None:
    trip = _trip(kg={CHILLED: 100.0})
    assert {zone for seen in predict(trip) for zone in seen} == {CHILLED}
    last = replace(trip.legs[-1], mass_kg={CHILLED: 0.0})
    assert predict(replace(trip, legs=(*trip.legs, last)))[-1] == {}


def test_halves_of_a_leg_are_the_leg() -> None:
    leg = ThermalLeg(closed_s=800, open_s={}, mass_kg=KG)
    half = replace(leg, closed_s=400)
    trip = _trip(body=Body(cooling_w=0.0))
    whole = predict(replace(trip, legs=(leg,)))[-1]
    halves = predict(replace(trip, legs=(half, half)))[-1]
    for zone in Zone:
        assert halves[zone].product_c == pytest.approx(whole[zone].product_c, abs=0.02)


def test_a_hundred_rounds_of_a_hundred_stops_take_about_a_second() -> None:
    trip = _trip(stops=100)
    started = time.process_time()
    for _ in range(10):
        predict(trip)
    # A tenth of the work, with room for a slow machine.
    assert (time.process_time() - started) < 0.25


# --- boxes --------------------------------------------------------------------------------------


def _boxed(**more: Any) -> ThermalTrip:
    given: dict[str, Any] = {"body": Body(box=BOX), "boxes": True, "sun_c": 0.0}
    return _trip(**(given | {"box_count": {FROZEN: 12, CHILLED: 20, CONTROLLED: 8}} | more))


def test_ice_holds_and_then_the_box_warms_up() -> None:
    # 1 kg of ice, 0.5 W/K and 28 K: 6.6 h for chilled goods.
    hold = 334_000 / (0.5 * 28.0)
    within = predict(_boxed(stops=1, closed_s=int(hold) - 120))[-1][CHILLED]
    assert within.margin_c >= 0.0
    assert 0.0 < within.product_c < 2.0
    after = predict(_boxed(stops=1, closed_s=int(hold) + 6 * 3600))[-1][CHILLED]
    assert after.product_c > within.product_c + 1.0


def test_boxes_without_ice_follow_the_air_from_the_start() -> None:
    seen = predict(_boxed(stops=40, closed_s=1500))
    assert seen[-1][CONTROLLED].margin_c < 0.0 < seen[0][CONTROLLED].margin_c


def test_fewer_boxes_hold_more_each_and_warm_slower() -> None:
    few = predict(_boxed(box_count={CONTROLLED: 4}))[-1][CONTROLLED].product_c
    many = predict(_boxed(box_count={CONTROLLED: 40}))[-1][CONTROLLED].product_c
    unknown = predict(_boxed(box_count={}))[-1][CONTROLLED].product_c
    assert few < unknown
    assert few < many


def test_boxes_cool_down_in_winter() -> None:
    seen = predict(_boxed(ambient_c=-10.0, stops=60, closed_s=1200))[-1]
    assert seen[CHILLED].product_c < 2.0
    assert seen[CHILLED].margin_c < 0.0


def test_a_type_without_a_box_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a box"):
        box_of(Body())


# --- before there are routes --------------------------------------------------------------------


def test_longest_ride_of_boxes_is_their_hold_time() -> None:
    assert longest_ride_s(_boxed(), CHILLED) == int(334_000 / (0.5 * 28.0))
    assert longest_ride_s(_boxed(ambient_c=1.0), CHILLED) is None
    without_ice = longest_ride_s(_boxed(), CONTROLLED)
    assert without_ice is not None and without_ice > 0


def test_longest_ride_of_a_cooled_body() -> None:
    broken = _trip(body=Body(cooling_w=0.0))
    assert longest_ride_s(_trip(), FROZEN) is None
    shut = longest_ride_s(broken, FROZEN)
    often = longest_ride_s(broken, FROZEN, opening_every_s=600)
    assert shut is not None and often is not None
    assert 0 < often < shut < 12 * 3600


def test_goods_loaded_too_warm_may_not_ride_at_all() -> None:
    assert longest_ride_s(_trip(start_product_c={FROZEN: -17.0}), FROZEN) == 0


# --- routes -------------------------------------------------------------------------------------


def test_a_route_becomes_legs_without_gaps() -> None:
    problem = tiny_problem()
    route = tiny_plan(problem).routes[2]
    trip = trip_of(problem, route)
    first, second = trip.legs
    assert first.closed_s == route.stops[0].service_starts - route.departs
    assert first.open_s == {FROZEN: 60, CHILLED: 60}
    assert second.open_s == {CONTROLLED: 60, CHILLED: 60}
    whole = first.closed_s + 60 + second.closed_s
    assert route.departs + whole == route.stops[1].service_starts
    assert first.mass_kg == {FROZEN: 40.0, CHILLED: 70.0, CONTROLLED: 30.0}
    assert second.mass_kg == {CONTROLLED: 30.0, CHILLED: 20.0}
    assert not trip.boxes


def test_a_route_of_boxes_counts_its_boxes() -> None:
    problem = tiny_problem()
    route = tiny_plan(problem).routes[5]
    assert trip_of(problem, route).boxes
    assert trip_of(problem, route).box_count == {FROZEN: 1}
    assert trip_of(problem, replace(route, boxes=())).box_count == {FROZEN: 1}


def test_every_route_of_the_tiny_plan_is_predicted_safe() -> None:
    problem = tiny_problem()
    for route in tiny_plan(problem).routes:
        seen = predict_route(problem, route)
        assert len(seen) == len(route.stops)
        assert all(one.margin_c > SAFETY_C for zones in seen for one in zones.values())
