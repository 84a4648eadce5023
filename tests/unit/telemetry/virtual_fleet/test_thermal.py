"""The thermal model of the virtual fleet: energy goes where it should."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from optimizer.domain.temperature import Zone
from telemetry.virtual_fleet.bodies import Bodies, bodies_of
from telemetry.virtual_fleet.clocks import OwnTime
from telemetry.virtual_fleet.failures import FailureKind, failure
from telemetry.virtual_fleet.fleet import Fleet
from telemetry.virtual_fleet.spec import Climate, FleetSpec
from telemetry.virtual_fleet.thermal import Temperatures
from telemetry.virtual_fleet.weather import Weather, weather_at
from tests.unit.telemetry.virtual_fleet.small_fleets import START_MS, fleet_of, space

HOT = Weather(air_c=30.0, skin_c=30.0, working=True)
CLOSED = np.zeros(1, dtype=np.bool_)
OPEN = np.ones(1, dtype=np.bool_)


def _bodies(spec: FleetSpec) -> Bodies:
    return bodies_of(spec, np.random.default_rng(1))


def _lived(spec: FleetSpec, hours: float) -> Fleet:
    fleet = Fleet(spec)
    for _ in range(round(hours * 3600 / spec.step_s)):
        fleet.step(OwnTime(START_MS))
    return fleet


def _warmed(load_kg: float, zone: Zone, hours: float, *, step_s: float = 60.0) -> Temperatures:
    """Let a space warm up without a unit, from 30 degrees outside."""
    start_c = -20.0 if zone is Zone.FROZEN else 2.0
    now = Temperatures(_bodies(fleet_of(space(zone, load_kg=load_kg, setpoint_c=start_c))))
    for _ in range(round(hours * 3600 / step_s)):
        now.step(step_s, np.zeros(1), HOT, doors=CLOSED, fans=CLOSED)
    return now


@pytest.mark.parametrize(
    ("load_kg", "zone", "tau_h"),
    [(0.0, Zone.FROZEN, 5.7), (5000.0, Zone.FROZEN, 104.0), (1000.0, Zone.FROZEN, 25.4)],
)
def test_a_space_without_its_unit_warms_up_with_the_known_time_constant(
    load_kg: float, zone: Zone, tau_h: float
) -> None:
    now = _warmed(load_kg, zone, tau_h)
    inside = now.goods_c if load_kg else now.wall_c
    passed = math.log((30.0 + 20.0) / (30.0 - float(inside[0])))
    assert passed == pytest.approx(1.0, rel=0.15)


def test_a_longer_step_gives_the_same_temperatures() -> None:
    short = _warmed(1000.0, Zone.FROZEN, 2.0, step_s=2.0)
    long = _warmed(1000.0, Zone.FROZEN, 2.0, step_s=60.0)
    assert float(long.goods_c[0]) == pytest.approx(float(short.goods_c[0]), abs=0.02)
    assert float(long.air_c[0]) == pytest.approx(float(short.air_c[0]), abs=0.1)


def test_what_goes_in_is_what_is_held() -> None:
    bodies = _bodies(fleet_of(space(load_kg=2000.0, setpoint_c=-20.0)))
    now = Temperatures(bodies)
    held_j = 0.0
    watts = np.array([800.0])
    for _ in range(720):
        let_in = float((bodies.outer_w_k * (HOT.skin_c - now.wall_c))[0])
        now.step(5.0, watts, HOT, doors=CLOSED, fans=CLOSED)
        held_j += 5.0 * (let_in + 800.0)
    stored = (
        bodies.air_j_k * (now.air_c + 20.0)
        + bodies.wall_j_k * (now.wall_c + 20.0)
        + bodies.goods_j_k * (now.goods_c + 20.0)
    )
    assert float(stored[0]) == pytest.approx(held_j, rel=0.01)


def test_air_jumps_at_an_open_door_and_goods_do_not() -> None:
    now = Temperatures(_bodies(fleet_of(space(load_kg=1000.0, setpoint_c=-20.0, door_m2=4.0))))
    for _ in range(12):
        now.step(5.0, np.zeros(1), HOT, doors=OPEN, fans=CLOSED)
    assert float(now.air_c[0]) > -15.0
    assert float(now.goods_c[0]) < -19.8
    for _ in range(60):
        now.step(5.0, np.zeros(1), HOT, doors=OPEN, fans=CLOSED)
    assert float(now.spot_c[0]) > float(now.air_c[0]), "the sensor hangs in the draught"


def test_a_unit_holds_its_space_and_without_its_watts_the_goods_are_lost() -> None:
    held = _lived(fleet_of(space(), step_s=60.0), 12.0)
    without = _lived(fleet_of(space(cooling_w=0.0), step_s=60.0), 12.0)
    weak = _lived(fleet_of(space(cooling_w=500.0), step_s=60.0), 12.0)
    assert -22.5 < float(held.temperatures.goods_c[0]) < -20.5
    assert float(without.temperatures.goods_c[0]) > -18.0
    assert float(weak.temperatures.goods_c[0]) > -20.5


def test_a_vehicle_shares_the_watts_of_its_unit() -> None:
    both = (space(), space(Zone.CHILLED))
    enough = _lived(fleet_of(*both, step_s=60.0), 10.0)
    spec = fleet_of(*both, step_s=60.0)
    little = FleetSpec(
        assets=(
            type(spec.assets[0])(
                id="V1",
                name="van 1",
                kind=spec.assets[0].kind,
                spaces=both,
                cooling_w=700.0,
            ),
        ),
        gateways=(),
        spread=0.0,
        step_s=60.0,
    )
    short = _lived(little, 10.0)
    assert float(enough.temperatures.air_c[0]) < -20.0
    assert float(short.temperatures.air_c[0]) > -18.0


def test_a_chilled_space_whose_unit_fails_freezes_beside_frozen_goods() -> None:
    cold_day = Climate(mean_c=-2.0, swing_c=0.0, sun_c=0.0)
    failed = failure(FailureKind.UNIT_OFF, "V1/chilled", minute=0)
    spec = fleet_of(
        space(volume_m3=5.0, load_kg=400.0),
        space(Zone.CHILLED, volume_m3=5.0, load_kg=100.0, heating_w=500.0),
        climate=cold_day,
        step_s=60.0,
    )
    assert float(_lived(spec, 20.0).temperatures.goods_c[1]) > 0.0
    broken = FleetSpec(
        assets=spec.assets,
        gateways=(),
        spread=0.0,
        climate=cold_day,
        step_s=60.0,
        failures=(failed,),
    )
    assert float(_lived(broken, 20.0).temperatures.goods_c[1]) < -2.0


def test_defrosts_come_in_their_rhythm_and_warm_the_air_alone() -> None:
    spec = fleet_of(space(defrost_every_s=10_800.0, defrost_s=900.0), step_s=30.0)
    fleet = Fleet(spec)
    air, modes = [], []
    for _ in range(2880):
        fleet.step(OwnTime(START_MS))
        air.append(float(fleet.temperatures.air_c[0]))
        modes.append(int(fleet.units.modes[0]))
    begun = [index for index in range(1, len(modes)) if modes[index] == 3 != modes[index - 1]]
    assert 7 <= len(begun) <= 9
    gaps = np.diff(begun) * 30.0
    assert np.all(np.abs(gaps - 10_800.0) < 0.21 * 10_800.0)
    assert np.std(gaps) > 0, "the rhythm has a jitter"
    assert max(air[begun[0] : begun[0] + 30]) > -18.0
    assert float(fleet.temperatures.goods_c[0]) < -19.5


def test_a_unit_switches_on_and_off_around_its_set_point() -> None:
    fleet = Fleet(fleet_of(space(load_kg=500.0), step_s=10.0))
    modes = []
    for _ in range(2880):
        fleet.step(OwnTime(START_MS))
        modes.append(int(fleet.units.modes[0]))
    starts = sum(1 for a, b in itertools.pairwise(modes) if a == 0 and b == 1)
    assert starts >= 4


def test_the_afternoon_is_hotter_than_the_night_and_roofs_are_hotter_still() -> None:
    climate = Climate(mean_c=26.0, swing_c=6.0, hottest_h=15.0, sun_c=12.0, begins_h=0.0)
    night, afternoon = weather_at(climate, 3 * 3600.0), weather_at(climate, 15 * 3600.0)
    assert night.air_c == pytest.approx(20.0)
    assert afternoon.air_c == pytest.approx(32.0)
    assert night.skin_c == night.air_c
    assert afternoon.skin_c > afternoon.air_c + 1.0
    assert not night.working
    assert afternoon.working


def test_bodies_differ_by_the_spread_and_only_by_it() -> None:
    spaces = [space(id=f"V1/{number}") for number in range(200)]
    drawn = bodies_of(fleet_of(*spaces, spread=0.3), np.random.default_rng(1)).outer_w_k
    exact = _bodies(fleet_of(*spaces)).outer_w_k
    ratio = drawn / exact
    assert float(ratio.min()) >= 0.7
    assert float(ratio.max()) <= 1.3
    assert float(ratio.max() - ratio.min()) > 0.5
    assert float(np.ptp(exact)) == 0.0
