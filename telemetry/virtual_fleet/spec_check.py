"""Says what is wrong with a fleet before it lives: everything at once."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import fields

from optimizer.domain.errors import Fault, InputRefused
from telemetry.error_table import TELEMETRY_ERRORS
from telemetry.readings import Channel
from telemetry.virtual_fleet.failures import Failure, FailureKind
from telemetry.virtual_fleet.naming import is_plain, name_fault
from telemetry.virtual_fleet.speak_ruuvi import RUUVI_CHANNELS
from telemetry.virtual_fleet.spec import (
    AssetSpec,
    Climate,
    DialectName,
    FleetSpec,
    GatewaySpec,
    SensorSpec,
    SpaceSpec,
)
from telemetry.virtual_fleet.troubles import unknown_targets

LONGEST_INTERVAL_S = 86_400
MOST_SPREAD = 0.9
SHORTEST_STEP_S, LONGEST_STEP_S = 0.1, 300.0
MOST_NOISE_C = 10.0
MOST_FAILURES = 1_000_000
SHARES = frozenset({FailureKind.CAPACITY_LOSS, FailureKind.DUPLICATES, FailureKind.GARBAGE})


def fault(code: str, place: str, cause: str) -> Fault:
    """Word a fault, with the action of its code."""
    action = TELEMETRY_ERRORS[code].action.rstrip(".")
    return Fault(code=code, place=place, cause=cause, action=action)


def check_spec(spec: FleetSpec) -> None:
    """See to it that a fleet can live.

    Raises
    ------
    InputRefused
        With everything that is wrong.
    """
    faults = [fault("CG-8523", place, cause) for place, cause in _findings(spec)]
    if not faults:
        faults = _faults_of_failures(spec.failures, spec)
    if faults:
        raise InputRefused(faults)


def _findings(spec: FleetSpec) -> Iterator[tuple[str, str]]:
    if not spec.sensors():
        yield "fleet", "it has no sensor"
    yield from _of_numbers(spec)
    yield from _twice("asset", (asset.id for asset in spec.assets))
    yield from _twice("space", (space.id for space in spec.spaces()))
    yield from _twice("sensor", (sensor.id for sensor in spec.sensors()))
    yield from _twice("gateway", (gateway.id for gateway in spec.gateways))
    for asset in spec.assets:
        yield from _of_asset(asset)
    yield from _of_gateways(spec)
    gateways = {gateway.id: gateway for gateway in spec.gateways}
    for space in spec.spaces():
        yield from _of_space(space)
        for sensor in space.sensors:
            for cause in _of_sensor(sensor, gateways.get(sensor.gateway)):
                yield f"sensor {sensor.id}", cause


def _of_numbers(spec: FleetSpec) -> Iterator[tuple[str, str]]:
    bounds: dict[str, tuple[float, float]] = {
        "seed": (0, math.inf),
        "spread": (0, MOST_SPREAD),
        "noise_c": (0, MOST_NOISE_C),
        "step_s": (SHORTEST_STEP_S, LONGEST_STEP_S),
        "failures_per_day": (0, MOST_FAILURES),
    }
    for name, (low, high) in bounds.items():
        if not low <= getattr(spec, name) <= high:
            yield name, f"{getattr(spec, name):g} is not between {low:g} and {high:g}"
    for name, number in _endless(spec.climate):
        yield "climate", f"{name} {number} is no temperature or hour"


def _of_asset(asset: AssetSpec) -> Iterator[tuple[str, str]]:
    for name, number in _endless(asset):
        yield f"asset {asset.id}", f"{name} {number} is no usual number"
    if asset.cooling_w is not None and asset.cooling_w < 0:
        yield f"asset {asset.id}", f"cooling_w {asset.cooling_w:g} is below 0"


def _of_gateways(spec: FleetSpec) -> Iterator[tuple[str, str]]:
    assets = {asset.id for asset in spec.assets}
    for gateway in spec.gateways:
        if gateway.asset not in assets:
            yield f"gateway {gateway.id}", f"there is no asset {gateway.asset!r}"
        if not is_plain(gateway.id):
            yield f"gateway {gateway.id}", "its name is not letters, digits, '.', '_' and '-' alone"


def _endless(part: SpaceSpec | AssetSpec | Climate) -> Iterator[tuple[str, float]]:
    """Give the numbers of a part that are none, or infinite."""
    for each in fields(part):
        value = getattr(part, each.name)
        if isinstance(value, float) and not math.isfinite(value):
            yield each.name, value


def _twice(what: str, ids: Iterable[str]) -> Iterator[tuple[str, str]]:
    for each, times in Counter(ids).items():
        if times > 1:
            yield f"{what} {each}", f"it stands there {times} times"


def _of_space(space: SpaceSpec) -> Iterator[tuple[str, str]]:
    place = f"space {space.id}"
    for name, number in _endless(space):
        yield place, f"{name} {number} is no usual number"
    above = ("volume_m3", "k_w_m2k", "door_m2", "door_height_m", "open_s")
    for name in above:
        if not getattr(space, name) > 0:
            yield place, f"{name} {getattr(space, name):g} is not above 0"
    for name in ("load_kg", "heating_w", "openings_per_h", "defrost_every_s", "defrost_s"):
        if not getattr(space, name) >= 0:
            yield place, f"{name} {getattr(space, name):g} is below 0"
    if space.cooling_w is not None and not space.cooling_w >= 0:
        yield place, f"cooling_w {space.cooling_w:g} is below 0"
    if not 0 <= space.curtain <= 1:
        yield place, f"curtain {space.curtain:g} is no share"


def _of_sensor(sensor: SensorSpec, gateway: GatewaySpec | None) -> Iterator[str]:
    if sensor.channels[:1] != (Channel.TEMPERATURE,) or len(set(sensor.channels)) < len(
        sensor.channels
    ):
        yield "its channels are not temperature and then others, each once"
    if not 1 <= sensor.interval_s <= LONGEST_INTERVAL_S:
        yield f"interval_s {sensor.interval_s} is not between 1 and {LONGEST_INTERVAL_S}"
    if gateway is None:
        yield f"there is no gateway {sensor.gateway!r}"
        return
    wrong = name_fault(gateway.dialect, gateway.id, sensor.id)
    if wrong is not None:
        yield wrong
    if gateway.dialect is DialectName.RUUVI and not set(sensor.channels) <= set(RUUVI_CHANNELS):
        yield "a Ruuvi tag reports temperature, humidity and battery alone"


def _faults_of_failures(failures: Iterable[Failure], spec: FleetSpec) -> list[Fault]:
    failures = tuple(failures)
    faults = [
        fault("CG-8522", f"failure {each.kind}", f"nothing here is called {each.target!r}")
        for each in unknown_targets(spec, failures)
    ]
    faults += [
        fault("CG-8521", f"failure {each.kind}", f"amount {each.amount:g} is no share")
        for each in failures
        if each.kind in SHARES and not 0 <= each.amount <= 1
    ]
    return faults
