"""One ``ObjectEvent`` per excursion, with action ``OBSERVE`` and step ``sensor_reporting``.

Its sensor element says when, by which device and under which version of the rules, and reports
least, largest and mean value with their standard deviation in ``CEL``. An excursion that lasts
ends, for the document, at its last sample. Of an excursion below its band the largest value is not
kept, and not reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec

from telemetry.alarm.words import Excursion
from telemetry.epcis.identifiers import PRIVATE_BASE, private_uri
from telemetry.registry import Registry

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
PREFIX = "coldgrid"
"""Of the two figures that EPCIS has no word for: unknown minutes, and whether it was a defrost."""

DECIMALS = 3
MOST_OFFSET = timedelta(hours=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """Goods of one class.

    Parameters
    ----------
    epc_class
        URI of the class: see ``lgtin``.
    uom
        UN/CEFACT code, such as ``KGM``; None counts pieces.
    """

    epc_class: str
    quantity: float | None = None
    uom: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """What was there during an excursion.

    Parameters
    ----------
    epcs
        URIs of logistic units: see ``sscc``.
    """

    epcs: tuple[str, ...] = ()
    quantities: tuple[Quantity, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is known besides the excursion itself.

    Parameters
    ----------
    rules
        Rule pack and version that watched the point, such as ``frozen/1``.
    position
        Degrees north and east; None where nobody knows.
    """

    rules: str
    goods: Goods = Goods()
    position: tuple[float, float] | None = None


def epcis_document(
    excursions: Iterable[Excursion],
    circumstances: Callable[[Excursion], Circumstances],
    *,
    registry: Registry,
    created_ms: int,
    zone: tzinfo,
    base: str = PRIVATE_BASE,
) -> dict[str, Any]:
    """Write excursions as an EPCIS document, in their own order.

    Parameters
    ----------
    excursions
        What happened.
    circumstances
        Gives what is known besides.
    registry
        Which sensors measured.
    created_ms
        When the document is made.
    zone
        Whose time people there read.
    base
        Begins private identifiers.
    """
    writer = _Writer(registry, zone, base)
    return {
        "@context": [CONTEXT, {PREFIX: private_uri("term", "", base=base)}],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": writer.instant(created_ms),
        "epcisBody": {"eventList": [writer.event(one, circumstances(one)) for one in excursions]},
    }


class _Writer:
    def __init__(self, registry: Registry, zone: tzinfo, base: str) -> None:
        self._registry = registry
        self._zone = zone
        self._base = base

    def event(self, excursion: Excursion, known: Circumstances) -> dict[str, Any]:
        """Write one excursion; the same facts always have the same event id."""
        end_ms = _end_ms(excursion)
        event: dict[str, Any] = {
            "type": "ObjectEvent",
            "eventTime": self.instant(end_ms),
            "eventTimeZoneOffset": self._local(end_ms).isoformat()[-6:],
            "action": "OBSERVE",
            "bizStep": "sensor_reporting",
            "epcList": sorted(set(known.goods.epcs)),
            "quantityList": [_quantity(one) for one in known.goods.quantities],
            "readPoint": {"id": self._read_point(excursion, known)},
            "sensorElementList": [self._element(excursion, known, end_ms)],
            f"{PREFIX}:unknownMinutes": _number(excursion.unknown_minutes),
            f"{PREFIX}:defrost": excursion.defrost,
        }
        for part in ("epcList", "quantityList"):
            if not event[part]:
                del event[part]
        name = msgspec.json.encode(event, order="deterministic").decode()
        return {"eventID": uuid5(NAMESPACE_URL, name).urn, **event}

    def instant(self, at_ms: int) -> str:
        """Write an instant as RFC 3339 with the local offset."""
        return self._local(at_ms).isoformat(timespec="milliseconds")

    def _local(self, at_ms: int) -> datetime:
        """Give local time; UTC where the zone's offset is none that EPCIS can write."""
        at = datetime.fromtimestamp(at_ms // 1000, UTC) + timedelta(milliseconds=at_ms % 1000)
        local = at.astimezone(self._zone)
        offset = local.utcoffset() or timedelta()
        writable = abs(offset) <= MOST_OFFSET and not offset.seconds % 60
        return local if writable else at

    def _element(self, excursion: Excursion, known: Circumstances, end_ms: int) -> dict[str, Any]:
        # Nothing of the metadata may stand in the report again.
        report: dict[str, Any] = {"type": "Temperature", "exception": "ALARM_CONDITION"}
        report["minValue"] = _number(min(excursion.low_c, excursion.peak_c))
        if excursion.kind == "high":
            report["maxValue"] = _number(excursion.peak_c)
        report["meanValue"] = _number(excursion.mean_c)
        report["sDev"] = _number(excursion.deviation_c)
        return {
            "sensorMetadata": {
                "startTime": self.instant(excursion.from_ms),
                "endTime": self.instant(end_ms),
                "deviceID": self._device(excursion),
                "bizRules": self._private("rules", known.rules),
            },
            "sensorReport": [{**report, "uom": "CEL"}],
        }

    def _device(self, excursion: Excursion) -> str:
        """Name the sensor that measured; where there were several, all of the point's as one."""
        sensors = {
            placement.sensor
            for placement in self._registry.placements_at(excursion.point)
            if placement.holds_at(excursion.from_ms)
        }
        if len(sensors) == 1:
            return self._private("sensor", sensors.pop())
        return self._private("sensors-of", excursion.point)

    def _read_point(self, excursion: Excursion, known: Circumstances) -> str:
        if known.position is None:
            return self._private("point", excursion.point)
        latitude, longitude = known.position
        return f"geo:{latitude:.6f},{longitude:.6f}"

    def _private(self, kind: str, name: str) -> str:
        return private_uri(kind, name, base=self._base)


def _quantity(goods: Quantity) -> dict[str, Any]:
    row: dict[str, Any] = {"epcClass": goods.epc_class}
    if goods.quantity is not None:
        row["quantity"] = goods.quantity
        if goods.uom is not None:
            row["uom"] = goods.uom
    return row


def _end_ms(excursion: Excursion) -> int:
    if excursion.to_ms is not None:
        return excursion.to_ms
    return excursion.from_ms + round(60_000 * excursion.minutes)


def _number(value: float) -> float:
    return round(value, DECIMALS)
