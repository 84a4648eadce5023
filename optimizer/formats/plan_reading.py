"""Reads PLAN.json back: first against its JSON Schema, then value by value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey
from optimizer.domain.network import SiteKind
from optimizer.domain.objective import CostBreakdown
from optimizer.domain.plan import (
    Advice,
    AdviceCode,
    BoxLoad,
    Break,
    CheckReport,
    Delivery,
    Plan,
    PredictedTemperature,
    Route,
    Stop,
    TravelSource,
    Unserved,
    UnservedReason,
    Violation,
)
from optimizer.domain.problem import Horizon
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Seconds, nearest_int
from optimizer.formats.clock import instant
from optimizer.formats.faults import CellError, FaultLog
from optimizer.formats.file_text import bytes_of, text_of
from optimizer.formats.schemas import schema_errors
from optimizer.formats.strict_json import json_from_text


def read_plan(path: Path | str) -> Plan:
    """Read a plan file.

    Raises
    ------
    InputRefused
        With every fault that could be found.
    """
    file = Path(path)
    log = FaultLog()
    data = bytes_of(file, file.name, log)
    text = None if data is None else text_of(data, file.name, log)
    if text is None:
        log = _as_plan_faults(log)
    document: object = None
    if text is not None:
        try:
            document = json_from_text(text)
        except ValueError as error:
            log.add("CG-4002", file.name, f"this is no JSON: {error}")
    log.refuse_all_but_rows_of(None)
    return plan_from_document(document)


def _as_plan_faults(log: FaultLog) -> FaultLog:
    """Say of a file that cannot be read that it is a plan file that cannot be read."""
    renamed = FaultLog()
    for fault in log.faults():
        renamed.add("CG-4002", fault.place, fault.cause)
    return renamed


def plan_from_document(document: object) -> Plan:
    """Read a plan from its JSON form.

    Raises
    ------
    InputRefused
        With every way in which the document breaks the schema; of a document that keeps it,
        every value that denies another.
    """
    log = FaultLog()
    for place, cause in schema_errors("plan", document):
        log.add("CG-4003", place, cause)
    log.refuse_all_but_rows_of(None)
    assert isinstance(document, Mapping)
    return plan_as_written(document)


def plan_as_written(document: Mapping[str, Any]) -> Plan:
    """Read a plan that this program has written itself, as ``dump_plan`` does.

    The schema was kept when it was written; asking that again takes four fifths of the time.

    Raises
    ------
    InputRefused
        With every value that denies another.
    """
    log = FaultLog()
    plan = _PlanReader(document, log).plan()
    log.refuse_all_but_rows_of(None)
    return plan


class _PlanReader:
    """Turns a document that keeps the schema into a plan."""

    def __init__(self, document: Mapping[str, Any], log: FaultLog) -> None:
        self._document = document
        self._log = log
        self._horizon = self._read_horizon()

    def plan(self) -> Plan:
        document = self._document
        cost = CostBreakdown(**{k: int(v) for k, v in document["cost_breakdown_cents"].items()})
        if cost.total != document["objective_cents"]:
            cause = f"the parts add up to {cost.total}, not to {document['objective_cents']}"
            self._log.add("CG-4004", "/objective_cents", cause)
        travel = document["travel"]
        return Plan(
            problem=document["problem"],
            problem_digest=document["problem_digest"],
            horizon=self._horizon,
            travel=TravelSource(provider=travel["provider"], digest=travel["digest"]),
            seed=int(document["seed"]),
            cost=cost,
            routes=tuple(
                self._route(route, f"/routes/{i}") for i, route in enumerate(document["routes"])
            ),
            unserved=tuple(map(_unserved, document["unserved"])),
            kpis=dict(document["kpis"]),
            check=self._check(document["check"]),
            version=int(document["version"]),
            state=document["state"],
            # Files that were written before there was advice have none.
            advice=tuple(map(_advice, document.get("advice", ()))),
        )

    def _read_horizon(self) -> Horizon:
        try:
            ZoneInfo(self._document["time_zone"])
        except (KeyError, ValueError, OSError):
            cause = f"{self._document['time_zone']!r} is no time zone"
            self._log.add("CG-4004", "/time_zone", cause)
        try:
            start = instant(self._document["horizon_start"])
        except CellError as error:
            self._log.add("CG-4004", "/horizon_start", error.cause)
            start = instant("2000-01-01T00:00:00Z")
        return Horizon(start=start, time_zone=self._document["time_zone"])

    def _at(self, text: str, place: str) -> Seconds:
        try:
            return self._horizon.seconds(instant(text))
        except CellError as error:
            self._log.add("CG-4004", place, error.cause)
            return 0

    def _route(self, route: Mapping[str, Any], place: str) -> Route:
        return Route(
            id=route["id"],
            echelon=Echelon(route["echelon"]),
            vehicle=route["vehicle"],
            vehicle_type=route["vehicle_type"],
            wave=route["wave"],
            trip=int(route["trip"]),
            start_site=route["start_site"],
            end_site=route["end_site"],
            departs=self._at(route["departs_at"], f"{place}/departs_at"),
            returns=self._at(route["returns_at"], f"{place}/returns_at"),
            distance_m=int(route["distance_m"]),
            duration_s=int(route["duration_s"]),
            cost_cents=int(route["cost_cents"]),
            compartments={
                Zone(one["zone"]): _thousandths(one["capacity_l"]) for one in route["compartments"]
            },
            stops=tuple(
                self._stop(stop, f"{place}/stops/{i}") for i, stop in enumerate(route["stops"])
            ),
            boxes=tuple(
                BoxLoad(zone=Zone(box["zone"]), count=int(box["count"]), ice_kg=box["ice_kg"])
                for box in route["boxes"]
            ),
            breaks=tuple(
                self._break(rest, f"{place}/breaks/{i}") for i, rest in enumerate(route["breaks"])
            ),
        )

    def _break(self, rest: Mapping[str, str], place: str) -> Break:
        starts = self._at(rest["from"], f"{place}/from")
        return Break(starts=starts, ends=self._at(rest["to"], f"{place}/to"))

    def _stop(self, stop: Mapping[str, Any], place: str) -> Stop:
        return Stop(
            site=stop["site"],
            kind=SiteKind(stop["kind"]),
            arrives=self._at(stop["arrives_at"], f"{place}/arrives_at"),
            service_starts=self._at(stop["service_starts_at"], f"{place}/service_starts_at"),
            departs=self._at(stop["departs_at"], f"{place}/departs_at"),
            delivers=_deliveries(stop["delivers"]),
            collects=_deliveries(stop["collects"]),
            predicted={
                Zone(zone): PredictedTemperature(**values)
                for zone, values in stop["predicted_temperature_c"].items()
            },
        )

    def _check(self, report: Mapping[str, Any] | None) -> CheckReport | None:
        if report is None:
            return None
        if report["feasible"] == bool(report["violations"]):
            cause = "a plan is feasible where there is no violation, and only there"
            self._log.add("CG-4004", "/check/feasible", cause)
        return CheckReport(violations=tuple(Violation(**one) for one in report["violations"]))


def _deliveries(deliveries: Sequence[Mapping[str, Any]]) -> tuple[Delivery, ...]:
    return tuple(
        Delivery(
            key=LineKey(one["order"], one["line"]),
            zone=Zone(one["zone"]),
            mass_g=_thousandths(one["mass_kg"]),
            volume_ml=_thousandths(one["volume_l"]),
        )
        for one in deliveries
    )


def _unserved(line: Mapping[str, str]) -> Unserved:
    return Unserved(
        key=LineKey(line["order"], line["line"]),
        reason=UnservedReason(line["reason"]),
        detail=line["detail"],
    )


def _advice(advice: Mapping[str, str]) -> Advice:
    return Advice(code=AdviceCode(advice["code"]), where=advice["where"], detail=advice["detail"])


def _thousandths(quantity: float) -> int:
    return nearest_int(quantity * 1000)
