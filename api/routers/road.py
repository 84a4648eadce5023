"""Stops, events, positions, tracking."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query, Response

from api.routers.dependencies import Caller, Parts
from api.schemas.events import (
    EventBody,
    EventList,
    EventOut,
    PositionBody,
    Positions,
    PositionsOut,
)
from api.schemas.road import StopList, StopOut
from api.schemas.tracking import TrackingOut
from api.schemas.vehicle_days import VehicleDayList

router = APIRouter(tags=["road"])

CREATED, KNOWN = 201, 200
Id = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Only = Annotated[str | None, Query(max_length=200)]


@router.get("/v1/plans/{plan}/stops", operation_id="list_stops", summary="List stops")
def list_stops(
    plan: Id, parts: Parts, caller: Caller, vehicle: Only = None, site: Only = None
) -> StopList:
    """Give the stops of a plan with planned and expected times and what was reported.

    A driver sees the stops of one vehicle, a leader those at the leader's sites.
    """
    day, visits = parts.road.stops(plan, caller)
    wanted = [
        visit
        for visit in visits
        if vehicle in (None, visit.route.vehicle) and site in (None, visit.stop.site)
    ]
    return StopList(
        plan=plan,
        version=day.version,
        plan_state=day.state,
        items=[StopOut.of(day, visit) for visit in wanted],
    )


@router.get(
    "/v1/vehicles/{vehicle}/stops",
    operation_id="list_vehicle_stops",
    summary="List what a vehicle has before it",
)
def list_vehicle_stops(vehicle: Id, parts: Parts, caller: Caller) -> VehicleDayList:
    """Give the stops of a vehicle in every plan that is published, loading or running.

    With each plan come the accepted diversions that changed the way of the vehicle, the newest
    first. A vehicle that no such plan knows has none.
    """
    return VehicleDayList.of(vehicle, parts.vehicle_days.of(vehicle, caller))


@router.get("/v1/stops/{stop}", operation_id="read_stop", summary="Read a stop")
def read_stop(stop: Id, parts: Parts, caller: Caller) -> StopOut:
    """Give one stop with planned and expected times and what was reported."""
    return StopOut.of(*parts.road.stop(stop, caller))


@router.post(
    "/v1/stops/{stop}/events",
    operation_id="report_stop_event",
    summary="Report on a stop",
    status_code=CREATED,
    responses={KNOWN: {"model": EventOut, "description": "The event had been sent before."}},
)
def report_stop_event(
    stop: Id, body: Annotated[EventBody, Body()], parts: Parts, caller: Caller, response: Response
) -> EventOut:
    """Store what happened at a stop; it is on disk before the answer goes out.

    Send an event again, unchanged, until it is answered: the same ``client_event_id`` is stored
    once. What happened without a network is sent later with the time at which it happened, also
    after the plan was closed. A hand-over without an arrival implies the arrival.
    """
    stored = parts.road.report(stop, body.told(), caller)
    response.status_code = KNOWN if stored.duplicate else CREATED
    return EventOut.stored(stored)


@router.get(
    "/v1/stops/{stop}/events", operation_id="list_stop_events", summary="List events of a stop"
)
def list_stop_events(stop: Id, parts: Parts, caller: Caller) -> EventList:
    """Give everything that was reported about a stop, in the order in which it happened."""
    return EventList(items=[EventOut.of(event) for event in parts.road.events(stop, caller)])


@router.post(
    "/v1/vehicles/{vehicle}/positions", operation_id="report_position", summary="Report positions"
)
def report_position(
    vehicle: Id, body: Annotated[Positions, Body()], parts: Parts, caller: Caller
) -> PositionsOut:
    """Store one position of a vehicle, or up to 1000; what was sent before is not stored twice."""
    bodies = [body] if isinstance(body, PositionBody) else body
    seen = [one.seen() for one in bodies]
    accepted, duplicates = parts.road.report_positions(vehicle, seen, caller)
    return PositionsOut(accepted=accepted, duplicates=duplicates)


@router.get("/v1/orders/{order}/tracking", operation_id="track_order", summary="Track an order")
def track_order(order: Id, parts: Parts, caller: Caller) -> TrackingOut:
    """Say of every line of an order how far it is, and when it is expected."""
    return TrackingOut.of(parts.road.track(order, caller))
