"""Vehicles: from typed columns to the domain, with what rows say of each other."""

from __future__ import annotations

from optimizer.domain.fleet import Cooling, Echelon, Vehicle
from optimizer.domain.ids import SiteId, VehicleId
from optimizer.domain.network import SiteKind
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Millilitres, thousands
from optimizer.formats import cells
from optimizer.formats.clock import Clock
from optimizer.formats.faults import CellError, FaultLog, shown
from optimizer.formats.raw import RawTable
from optimizer.formats.site_rows import SiteIndex, capacities
from optimizer.formats.typed_columns import TypedColumns

HOME_KIND = {Echelon.LINEHAUL: SiteKind.CENTRAL, Echelon.LAST_MILE: SiteKind.GRID}
OWNERS = ("own", "backup")
MOST_CENTS = 10**9
"""Of one rate or fee: beyond ten million in money somebody mistook the column."""


def read_vehicles(
    table: RawTable, clock: Clock, index: SiteIndex, log: FaultLog
) -> dict[VehicleId, Vehicle]:
    """Read ``vehicles``.

    A vehicle without a word on ``live_temperature`` reports nothing: unknown is never normal.
    """
    columns = TypedColumns(table, log)
    ids = columns.required("id", cells.text)
    columns.refuse_repeated(ids, "id", "CG-1013")
    types = columns.required("type", cells.text)
    homes = columns.required("home", cells.text)
    echelons = columns.required("echelon", cells.word(Echelon))
    owners = columns.optional("owner", lambda cell: cells.one_of(cell, OWNERS), "own")
    payloads = columns.required("payload_kg", cells.room)
    capacity = [_compartments(row) for row in capacities(columns)]
    steps = columns.optional("bulkhead_step_l", cells.step, None)
    fees = {
        name: columns.optional(name, cells.whole(0, MOST_CENTS), 0)
        for name in ("fixed_cents", "cents_per_km", "cents_per_h")
    }
    starts = columns.optional("shift_start", clock.moment, None)
    ends = columns.optional("shift_end", clock.moment, None)
    trips = columns.optional("max_trips", cells.whole(1, 1000), 1)
    cooling = columns.optional("cooling", cells.word(Cooling), Cooling.REFRIGERATED)
    live = columns.optional("live_temperature", cells.yes_or_no, False)
    _check_bodies(columns, capacity, steps)
    _check_homes(columns, index, homes, echelons)
    shifts = columns.paired(starts, ends, clock.window, "shift_start")
    return {
        ids[i]: Vehicle(
            id=ids[i],
            type=types[i],
            home=homes[i],
            echelon=echelons[i],
            owner=owners[i],
            payload_g=payloads[i],
            capacity_ml=capacity[i],
            bulkhead_step_ml=steps[i],
            shift=shifts[i],
            max_trips=trips[i],
            cooling=cooling[i],
            live_temperature=live[i],
            fixed_cents=fees["fixed_cents"][i],
            cents_per_km=fees["cents_per_km"][i],
            cents_per_h=fees["cents_per_h"][i],
        )
        for i in columns.good_rows()
    }


def _compartments(row: dict[Zone, Millilitres | None]) -> dict[Zone, Millilitres]:
    """Keep the compartments that exist: empty and 0 both say that a zone cannot be carried."""
    return {zone: size for zone, size in row.items() if size}


def _check_bodies(
    columns: TypedColumns,
    capacity: list[dict[Zone, Millilitres]],
    steps: list[Millilitres | None],
) -> None:
    for i in list(columns.good_rows()):
        body, step = sum(capacity[i].values()), steps[i]
        if not body:
            columns.refuse(i, CellError("CG-1024", "no compartment has any litres"))
        elif step is not None and step > body:
            cause = f"a step of {thousands(step):g} l in a body of {thousands(body):g} l"
            columns.refuse(i, CellError("CG-1023", cause), "bulkhead_step_l")


def _check_homes(
    columns: TypedColumns, index: SiteIndex, homes: list[SiteId], echelons: list[Echelon]
) -> None:
    index.refuse_unknown(columns, homes, "home")
    for i, (home, echelon) in enumerate(zip(homes, echelons, strict=True)):
        kind = index.kinds.get(home)
        if kind is None or echelon is None:
            continue
        wanted = HOME_KIND[echelon]
        if kind is not wanted:
            cause = f"a {echelon.value} vehicle has its home at the {kind.value} {shown(home)}"
            action = f"Write the id of a site of kind {wanted.value}, or correct the echelon"
            columns.refuse(i, CellError("CG-1016", cause, action), "home")
