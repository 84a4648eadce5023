"""Reads a fleet from a document: YAML, or JSON, which is YAML too.

Either every part is spelled out as in ``spec``::

    gateways: [{id: gw-V1, asset: V1, dialect: senml}]
    assets:
    - {id: V1, name: van 1, kind: vehicle, spaces: [{id: V1/frozen, name: rear, zone: frozen,
       volume_m3: 5, setpoint_c: -21, load_kg: 400,
       sensors: [{id: V1-a, gateway: gw-V1, channels: [temperature, door], interval_s: 30}]}]}

or vehicles and sites are named, and the rest is made up as ``spec_making`` says::

    vehicles: [{id: V1, zones: {frozen: 2500, chilled: 2500}}]
    sites: [{id: G1, zones: [frozen, chilled], rooms: {chilled: 3}}]
    interval_s: 60
    dialects: [flat_json, ruuvi]

Both may carry ``seed``, ``spread``, ``noise_c``, ``step_s``, ``climate``, ``failures_per_day`` and
``failures``, a list of ``KIND@MINUTE[+MINUTES]:POINT[=AMOUNT]``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Annotated, Any, TypeAlias, TypeVar

import msgspec
import yaml

from optimizer.domain.errors import ColdgridError, Fault, InputRefused
from optimizer.domain.file_text import text_of
from optimizer.domain.temperature import Zone
from telemetry.readings import Channel
from telemetry.virtual_fleet.failures import Failure, failure_from_words
from telemetry.virtual_fleet.spec import (
    AssetSpec,
    Climate,
    DialectName,
    FleetSpec,
    GatewaySpec,
    SensorSpec,
    SpaceSpec,
)
from telemetry.virtual_fleet.spec_check import check_spec, fault
from telemetry.virtual_fleet.spec_making import USUAL_MIX, spec_of_network

LARGEST_FILE_BYTES = 64 * 1024 * 1024
PLAIN_KEYS = ("seed", "spread", "noise_c", "step_s", "failures_per_day")
SPELLED_KEYS = frozenset({"assets", "gateways"})
NAMED_KEYS = frozenset({"vehicles", "sites", "interval_s", "dialects"})
MOST_ROOMS = 50
"""Of one zone at one site."""

Dialects: TypeAlias = Annotated[tuple[DialectName, ...], msgspec.Meta(min_length=1)]
_Part = TypeVar("_Part")


class _Network(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A vehicle or a site in the short form."""

    id: str
    zones: dict[Zone, Annotated[float, msgspec.Meta(gt=0)]] | list[Zone]
    name: str = ""
    rooms: dict[Zone, Annotated[int, msgspec.Meta(ge=1, le=MOST_ROOMS)]] = {}
    body: dict[str, float] = {}
    latitude: float = 28.2
    longitude: float = 112.97


def read_spec(path: Path) -> FleetSpec:
    """Read a fleet from a file.

    Raises
    ------
    InputRefused
        With everything that is wrong with it.
    """
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise InputRefused([fault("CG-8520", path.name, "the file is larger than 64 MB")])
        document = yaml.safe_load(text_of(path.read_bytes()))
    except OSError as error:
        cause = f"the file cannot be read: {error.strerror}"
        raise InputRefused([fault("CG-8520", str(path), cause)]) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        cause = f"no YAML: {getattr(error, 'problem', None) or 'unreadable'}"
        raise InputRefused([fault("CG-8520", str(path), cause)]) from error
    return spec_from_document(document)


def spec_from_document(document: object) -> FleetSpec:
    """Read a fleet from a document.

    Raises
    ------
    InputRefused
        With everything that is wrong with it.
    """
    if not isinstance(document, Mapping):
        raise InputRefused([fault("CG-8520", "fleet", "it is no mapping")])
    reading = _Reading(document)
    spec = reading.spec()
    if reading.faults or spec is None:
        raise InputRefused(reading.faults)
    check_spec(spec)
    return spec


class _Reading:
    """Takes one document apart and notes what is wrong with it."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self.faults: list[Fault] = []

    def spec(self) -> FleetSpec | None:
        spelled = SPELLED_KEYS & self._document.keys()
        others = SPELLED_KEYS if spelled else NAMED_KEYS
        allowed = {*PLAIN_KEYS, "climate", "failures", *others}
        self._unknown("fleet", self._document, allowed)
        plain: dict[str, Any] = {
            key: self._document[key] for key in PLAIN_KEYS if key in self._document
        }
        settings = self._part(FleetSpec, plain | {"assets": [], "gateways": []}, "fleet")
        climate = self._part(Climate, self._document.get("climate", {}), "climate")
        failures = self._failures()
        base = self._spelled() if spelled else self._named()
        if settings is None or climate is None or base is None or self.faults:
            return None
        return replace(
            settings,
            assets=base.assets,
            gateways=base.gateways,
            climate=climate,
            failures=tuple(failures),
        )

    def _spelled(self) -> FleetSpec | None:
        assets = [
            self._part(AssetSpec, _with_channels(row), f"assets/{number}")
            for number, row in enumerate(self._list("assets"))
        ]
        gateways = [
            self._part(GatewaySpec, row, f"gateways/{number}")
            for number, row in enumerate(self._list("gateways"))
        ]
        return FleetSpec(
            assets=tuple(each for each in assets if each is not None),
            gateways=tuple(each for each in gateways if each is not None),
        )

    def _named(self) -> FleetSpec | None:
        rows: dict[str, list[Mapping[str, Any]]] = {}
        for key in ("vehicles", "sites"):
            parts = [
                self._part(_Network, row, f"{key}/{number}")
                for number, row in enumerate(self._list(key))
            ]
            rows[key] = [_plain(part) for part in parts if part is not None]
        dialects = self._part(Dialects, self._document.get("dialects", USUAL_MIX), "dialects")
        interval = self._part(int, self._document.get("interval_s", 60), "interval_s")
        self._bodies(rows)
        if self.faults or dialects is None or interval is None:
            return None
        return spec_of_network(
            rows["vehicles"], rows["sites"], interval_s=interval, dialects=dialects
        )

    def _bodies(self, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """See to it that what is said of bodies are numbers of a space."""
        numbers = {each.name for each in fields(SpaceSpec)} - {"id", "name", "zone", "sensors"}
        for key, listed in rows.items():
            for row in listed:
                self._unknown(f"{key} {row['id']} body", row["body"], numbers)

    def _failures(self) -> list[Failure]:
        found = []
        for number, words in enumerate(self._list("failures")):
            try:
                found.append(failure_from_words(str(words)))
            except ColdgridError as refused:
                self.faults.append(fault(refused.code, f"failures/{number}", str(refused)))
        return found

    def _list(self, key: str) -> Sequence[Any]:
        listed = self._document.get(key, [])
        if isinstance(listed, list):
            return listed
        self.faults.append(fault("CG-8520", key, "it is no list"))
        return []

    def _part(self, kind: type[_Part], raw: object, place: str) -> _Part | None:
        """Convert one part; unknown keys of what it consists of are noted apart."""
        self._unknown_inside(kind, raw, place)
        try:
            return msgspec.convert(raw, kind)
        except msgspec.ValidationError as error:
            self.faults.append(fault("CG-8520", place, str(error)))
            return None

    def _unknown_inside(self, kind: object, raw: object, place: str) -> None:
        inside: dict[object, tuple[str, object]] = {
            AssetSpec: ("spaces", SpaceSpec),
            SpaceSpec: ("sensors", SensorSpec),
        }
        if not isinstance(raw, Mapping):
            return
        if kind in (AssetSpec, SpaceSpec, SensorSpec, GatewaySpec, Climate):
            assert isinstance(kind, type)
            self._unknown(place, raw, {each.name for each in fields(kind)})
        if kind in inside:
            key, part = inside[kind]
            rows = raw.get(key)
            for number, row in enumerate(rows if isinstance(rows, list) else []):
                self._unknown_inside(part, row, f"{place}/{key}/{number}")

    def _unknown(self, place: str, raw: Mapping[str, Any], known: set[str]) -> None:
        for key in raw:
            if key not in known:
                self.faults.append(fault("CG-8520", place, f"key {key!r} is unknown"))


def _plain(part: _Network) -> Mapping[str, Any]:
    """Give a vehicle or site with words for zones."""
    zones: object
    if isinstance(part.zones, list):
        zones = [zone.value for zone in part.zones]
    else:
        zones = {zone.value: litres for zone, litres in part.zones.items()}
    return msgspec.structs.asdict(part) | {
        "zones": zones,
        "rooms": {zone.value: number for zone, number in part.rooms.items()},
    }


def _with_channels(raw: object) -> object:
    """Turn the words of channels into channels, wherever they stand."""
    if isinstance(raw, list):
        return [_with_channels(each) for each in raw]
    if not isinstance(raw, Mapping):
        return raw
    words = {channel.name.lower(): int(channel) for channel in Channel}
    return {
        key: [words.get(str(each), each) for each in value]
        if key == "channels" and isinstance(value, list)
        else _with_channels(value)
        for key, value in raw.items()
    }
