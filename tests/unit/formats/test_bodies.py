"""Default bodies: sizes that exist, units that can hold the cold."""

import pytest

from optimizer.domain.temperature import Zone
from optimizer.domain.thermal import ThermalLeg, ThermalTrip, predict
from optimizer.formats.bodies import default_body
from optimizer.formats.problem_reading import problem_from_document
from tests.unit.formats import tiny_day

CUBIC_METRE = 1_000_000


@pytest.mark.parametrize(
    ("volume_m3", "width_m", "watts"), [(1.4, 0.977, 617), (6.2, 1.605, 1889), (30, 2.25, 4984)]
)
def test_body_grows_with_its_volume(volume_m3: float, width_m: float, watts: float) -> None:
    body = default_body(round(volume_m3 * CUBIC_METRE))
    assert body.width_m == pytest.approx(width_m, abs=0.001)
    assert body.cooling_w == pytest.approx(watts, rel=0.001)


@pytest.mark.parametrize("volume_ml", [1, 1000, 10**6, 10**8, 10**12])
def test_no_volume_gives_an_impossible_body(volume_ml: int) -> None:
    body = default_body(volume_ml)
    assert 0.5 <= body.width_m <= 2.25
    assert 0.5 <= body.height_m <= 2.2
    assert 0 < body.door_m2 < body.width_m * body.height_m
    assert body.cooling_w > 0 < body.heating_w


@pytest.mark.parametrize("ambient_c", [-15.0, 12.0, 35.0])
@pytest.mark.parametrize("vehicle", ["T", "V"])
@pytest.mark.parametrize("cooled", [True, False])
def test_default_unit_holds_the_cold_and_its_absence_does_not(
    ambient_c: float, vehicle: str, cooled: bool
) -> None:
    day = problem_from_document(tiny_day.document()).problem
    van = day.vehicles[vehicle]
    body = day.body(van)
    if not cooled:
        body = type(body)(
            **{n: getattr(body, n) for n in type(body).__slots__} | {"cooling_w": 0.0}
        )
    zones = list(van.capacity_ml)
    legs = tuple(
        ThermalLeg(
            closed_s=1200,
            open_s=dict.fromkeys(zones, body.door_open_s),
            mass_kg=dict.fromkeys(zones, 4.0 * (8 - stop)),
        )
        for stop in range(8)
    )
    trip = ThermalTrip(
        body=body,
        boxes=False,
        layout=van.capacity_ml,
        policies=day.policies,
        start_product_c={zone: day.policies[zone].loading_c for zone in zones},
        ambient_c=ambient_c,
        sun_c=0.0,
        legs=legs,
    )
    frozen = predict(trip)[-1][Zone.FROZEN]
    if cooled:
        assert frozen.margin_c > 0.5
    elif ambient_c > 0:
        assert frozen.margin_c < 0.0
