"""Fleets as people describe them: made up, from a network, from a file; and what is refused."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.domain.errors import InputRefused
from optimizer.domain.temperature import Zone
from telemetry.readings import Channel
from telemetry.registry import PointKind
from telemetry.registry_files import read_registry
from telemetry.virtual_fleet.failures import FailureKind, failure
from telemetry.virtual_fleet.registry_rows import registry_of
from telemetry.virtual_fleet.spec import AssetKind, DialectName, FleetSpec
from telemetry.virtual_fleet.spec_check import check_spec
from telemetry.virtual_fleet.spec_file import read_spec, spec_from_document
from telemetry.virtual_fleet.spec_making import spec_of_network, spec_of_size
from tests.unit.telemetry.virtual_fleet.small_fleets import START_MS, heard, sensed

NAN = float("nan")
SPELLED = """
seed: 7
spread: 0.1
climate: {mean_c: 31, begins_h: 6}
failures: [unit_off@5+10:V1/frozen]
gateways: [{id: gw-V1, asset: V1, dialect: senml}]
assets:
- id: V1
  name: van 1
  kind: vehicle
  cooling_w: 1500
  spaces:
  - {id: V1/frozen, name: rear, zone: frozen, volume_m3: 5, setpoint_c: -21, load_kg: 400,
     sensors: [{id: V1-a, gateway: gw-V1, channels: [temperature, door], interval_s: 30}]}
"""


def _codes(refused: pytest.ExceptionInfo[InputRefused]) -> Counter[str]:
    return Counter(fault.code for fault in refused.value.faults)


@pytest.mark.parametrize("sensors", [1, 7, 60, 333])
def test_a_made_up_fleet_has_as_many_sensors_as_were_asked_for(sensors: int) -> None:
    spec = spec_of_size(sensors)
    assert len(spec.sensors()) == sensors
    assert all(space.sensors for space in spec.spaces())
    check_spec(spec)


def test_a_made_up_fleet_speaks_the_dialects_that_were_asked_for() -> None:
    spec = spec_of_size(40, dialects=[DialectName.RUUVI])
    assert {gateway.dialect for gateway in spec.gateways} == {DialectName.RUUVI}
    check_spec(spec)


def test_a_network_becomes_a_fleet_with_the_points_of_its_vehicles_and_sites() -> None:
    spec = spec_of_network(
        [
            {"id": "V1", "zones": {"frozen": 900, "chilled": 2000}, "body": {"k_w_m2k": 0.7}},
            {"id": "沪A·1", "zones": ["controlled"]},
        ],
        [{"id": "G1", "zones": ["chilled", "frozen"], "rooms": {"chilled": 3}, "name": "West"}],
        dialects=list(DialectName),
    )
    check_spec(spec)
    assert [space.id for space in spec.spaces()] == [
        "G1/frozen",
        "G1/chilled",
        "G1/chilled-2",
        "G1/chilled-3",
        "V1/frozen",
        "V1/chilled",
        "沪A·1/controlled",
    ]
    by_id = {space.id: space for space in spec.spaces()}
    assert by_id["V1/frozen"].volume_m3 == 0.9
    assert by_id["V1/chilled"].k_w_m2k == 0.7
    assert by_id["G1/frozen"].volume_m3 > 10
    understood = heard(spec, 3)
    assert {each.sensor for each in understood.of()} == {each.id for each in spec.sensors()}


def test_a_file_may_spell_everything_out(tmp_path: Path) -> None:
    path = tmp_path / "fleet.yaml"
    path.write_text(SPELLED)
    spec = read_spec(path)
    assert spec.seed == 7
    assert spec.spread == 0.1
    assert spec.climate.mean_c == 31
    assert spec.failures == (failure(FailureKind.UNIT_OFF, "V1/frozen", minute=5, minutes=10),)
    assert spec.gateways[0].dialect is DialectName.SENML
    assert spec.assets[0].kind is AssetKind.VEHICLE
    assert spec.assets[0].cooling_w == 1500
    only = spec.spaces()[0]
    assert only.zone is Zone.FROZEN
    assert only.sensors[0].channels == (Channel.TEMPERATURE, Channel.DOOR)
    assert len(heard(spec, 3).of(Channel.DOOR)) == 6


def test_a_file_may_name_vehicles_and_sites_alone() -> None:
    spec = spec_from_document(
        {
            "vehicles": [{"id": "V1", "zones": {"frozen": 900}}],
            "sites": [{"id": "G1", "zones": ["chilled"]}],
            "interval_s": 20,
            "dialects": ["ruuvi"],
            "failures_per_day": 5,
            "noise_c": 0.2,
        }
    )
    assert {sensor.interval_s for sensor in spec.sensors()} == {20}
    assert {gateway.dialect for gateway in spec.gateways} == {DialectName.RUUVI}
    assert spec.failures_per_day == 5
    assert spec.noise_c == 0.2


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"vehicles": [{"id": "V1"}]}, 1),
        ({"vehicles": [{"id": "V1", "zones": ["frozen"], "colour": "red"}]}, 1),
        ({"vehicles": [{"id": "V1", "zones": ["frozen"], "body": {"volume": 1}}]}, 1),
        ({"vehicles": "V1"}, 1),
        ({"vehicles": [{"id": "V1", "zones": ["icy"]}]}, 1),
        ({"dialects": []}, 1),
        ({"vehicles": [{"id": "V1", "zones": {"frozen": 0}}]}, 1),
        ({"sites": [{"id": "G1", "zones": ["frozen"], "rooms": {"frozen": 10**9}}]}, 1),
        ({"vehicles": [{"id": "V1", "zones": ["frozen"]}], "seed": -1, "step_s": float("inf")}, 2),
        (
            {"vehicles": [{"id": "V1", "zones": ["frozen"], "body": {"setpoint_c": float("nan")}}]},
            1,
        ),
        ({"dialects": ["morse"], "seed": "one", "colour": "red"}, 3),
        ({"assets": [{"id": "V1", "spaces": [{"colour": "red", "sensors": [{"x": 1}]}]}]}, 3),
        ({"climate": {"mean_c": "warm", "wind": 3}}, 2),
        ({"failures": ["melt@5:V1", "unit_off"]}, 2),
    ],
)
def test_a_document_is_refused_with_everything_that_is_wrong(
    changes: dict[str, Any], faults: int
) -> None:
    base: dict[str, Any] = {} if "assets" in changes else {"vehicles": []}
    with pytest.raises(InputRefused) as refused:
        spec_from_document(base | changes)
    assert sum(_codes(refused).values()) == faults


@pytest.mark.parametrize("text", ["a: [", "- a\n", "", "\x00", "seed: *x"])
def test_a_file_that_is_no_document_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "fleet.yaml"
    path.write_text(text)
    with pytest.raises(InputRefused) as refused:
        read_spec(path)
    assert set(_codes(refused)) == {"CG-8520"}


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="cannot be read") as refused:
        read_spec(tmp_path / "none.yaml")
    assert set(_codes(refused)) == {"CG-8520"}


def test_a_fleet_that_contradicts_itself_is_refused_with_all_its_faults() -> None:
    good = sensed()
    asset = good.assets[0]
    space = asset.spaces[0]
    first, second = space.sensors
    broken = replace(
        space,
        volume_m3=0.0,
        load_kg=-1.0,
        curtain=2.0,
        sensors=(
            replace(first, id="V1/front"),
            replace(second, gateway="gw-2", interval_s=0, channels=(Channel.DOOR,)),
            replace(second, channels=(Channel.TEMPERATURE, Channel.TEMPERATURE)),
        ),
    )
    spec = replace(
        good,
        assets=(replace(asset, spaces=(broken, broken)),),
        gateways=(replace(good.gateways[0], asset="V9"), replace(good.gateways[0], id="a%s/#")),
        spread=2.0,
    )
    with pytest.raises(InputRefused) as refused:
        check_spec(spec)
    assert set(_codes(refused)) == {"CG-8523"}
    said = "\n".join(str(fault) for fault in refused.value.faults)
    for words in (
        "spread", "volume_m3", "load_kg", "curtain", "'gw-2'", "interval_s", "channels",
        "2 times", "'V9'", "letters, digits", "gateway a%s/#",
    ):  # fmt: skip
        assert words in said


def test_a_fleet_without_sensors_is_refused() -> None:
    with pytest.raises(InputRefused, match="no sensor"):
        check_spec(FleetSpec(assets=(), gateways=()))


def test_failures_that_befall_nobody_are_refused_together() -> None:
    spec = replace(
        sensed(),
        failures=(
            failure(FailureKind.UNIT_OFF, "V1-front", minute=0),
            failure(FailureKind.SENSOR_LOST, "gw-1", minute=0),
            failure(FailureKind.GATEWAY_LOST, "V1-front", minute=0),
            failure(FailureKind.CAPACITY_LOSS, "V1/frozen", minute=0, amount=1.5),
        ),
    )
    with pytest.raises(InputRefused) as refused:
        check_spec(spec)
    assert _codes(refused) == Counter({"CG-8522": 2, "CG-8521": 1})


def test_tags_report_what_tags_can_report() -> None:
    with pytest.raises(InputRefused, match="Ruuvi"):
        check_spec(sensed(DialectName.RUUVI, channels=(Channel.TEMPERATURE, Channel.DOOR)))


def test_the_registry_of_a_fleet_is_read_without_a_fault(tmp_path: Path) -> None:
    spec = spec_of_size(120)
    for name, rows in zip(("points.csv", "sensors.csv"), registry_of(spec), strict=True):
        with (tmp_path / name).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    found = read_registry(tmp_path, now_ms=START_MS)
    assert not found.warnings
    registry = found.registry
    assert set(registry.sensors) == {sensor.id for sensor in spec.sensors()}
    kinds = Counter(point.kind for point in registry)
    assert kinds[PointKind.GATEWAY] == len(spec.gateways)
    assert kinds[PointKind.ROOM] + kinds[PointKind.COMPARTMENT] == len(spec.spaces())
    for space in spec.spaces():
        for sensor in space.sensors:
            place = registry.place(sensor.id, START_MS)
            assert place is not None
            assert (place.point, place.gateway) == (space.id, sensor.gateway)
            assert place.interval_s == sensor.interval_s


def test_compartments_are_armed_or_left_to_whoever_loads_them() -> None:
    spec = spec_of_size(30)
    for armed in (True, False):
        points, _ = registry_of(spec, armed=armed)
        watched = {row["kind"]: row["always_armed"] for row in points}
        assert watched == {
            "room": "yes",
            "compartment": "yes" if armed else "no",
            "gateway": "yes",
        }


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["frozen", "V1", "unit_off@1:V1/frozen", "ruuvi", "temperature"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["id", "zones", "rooms", "body", "frozen", "name", "kind", "spaces", "sensors",
             "gateway", "channels", "interval_s", "asset", "dialect", "mean_c", "volume_m3"]
        ),
        inner,
        max_size=5,
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            ["vehicles", "sites", "assets", "gateways", "climate", "failures", "seed", "spread",
             "step_s", "noise_c", "dialects", "interval_s", "failures_per_day", "other"]
        ),
        JSON | st.lists(JSON, max_size=3),
        max_size=4,
    )
)  # fmt: skip
def test_any_document_is_a_fleet_or_refused(document: dict[str, Any]) -> None:
    try:
        spec = spec_from_document(document)
    except InputRefused as refused:
        assert refused.faults
    else:
        assert spec.sensors()
