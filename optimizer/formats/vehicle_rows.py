"""Vehicles: from typed columns to the domain, with what rows say of each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from optimizer.domain.fleet import Cooling, Echelon, Vehicle
from optimizer.domain.ids import SiteId, VehicleId
from optimizer.domain.network import SiteKind, TimeWindow
from optimizer.domain.temperature import Zone
from optimizer.domain.units import (
    PER_THOUSAND,
    Metres,
    Millilitres,
    thousands,
    thousandths_down,
)
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

FARTHEST_KM = 100_000

_cents = cells.whole(0, MOST_CENTS)
_kilometres = cells.within(1 / PER_THOUSAND, FARTHEST_KM)


def read_vehicles(
    table: RawTable, clock: Clock, index: SiteIndex, log: FaultLog
) -> dict[VehicleId, Vehicle]:
    """Read ``vehicles``.

    A vehicle without a word on ``live_temperature`` reports nothing: unknown is never normal.
    """
    columns = TypedColumns(table, log)
    ids = columns.required("id", cells.text)
    columns.refuse_repeated(ids, "id", "CG-1013")
    echelons = columns.required("echelon", cells.word(Echelon))
    fields: dict[str, Sequence[Any]] = {
        "id": ids,
        "type": columns.required("type", cells.text),
        "home": _homes(columns, index, echelons),
        "echelon": echelons,
        "owner": columns.optional("owner", lambda cell: cells.one_of(cell, OWNERS), "own"),
        "payload_g": columns.required("payload_kg", cells.room),
        "bulkhead_step_ml": columns.optional("bulkhead_step_l", cells.step, None),
        "fixed_cents": columns.optional("fixed_cents", _cents, 0),
        "cents_per_km": columns.optional("cents_per_km", _cents, 0),
        "cents_per_h": columns.optional("cents_per_h", _cents, 0),
        "max_trips": columns.optional("max_trips", cells.whole(1, 1000), 1),
        "cooling": columns.optional("cooling", cells.word(Cooling), Cooling.REFRIGERATED),
        "live_temperature": columns.optional("live_temperature", cells.yes_or_no, False),
        "range_m": columns.optional("range_km", _range, None),
        "skills": columns.optional("skills", cells.skills, frozenset()),
        "carrier": columns.optional("carrier", cells.text, ""),
        "capacity_ml": [_compartments(row) for row in capacities(columns)],
        "shift": _shifts(columns, clock),
    }
    _check_bodies(columns, fields["capacity_ml"], fields["bulkhead_step_ml"])
    return {record["id"]: Vehicle(**record) for record in columns.good_records(fields)}


def _range(cell: str) -> Metres:
    """Read kilometres that a vehicle can drive, rounded down to metres."""
    return thousandths_down(_kilometres(cell))


def _shifts(columns: TypedColumns, clock: Clock) -> list[TimeWindow]:
    starts = columns.optional("shift_start", clock.moment, None)
    ends = columns.optional("shift_end", clock.moment, None)
    return columns.paired(starts, ends, clock.window, "shift_start")


def _compartments(row: dict[Zone, Millilitres | None]) -> dict[Zone, Millilitres]:
    """Keep the compartments that exist: empty and 0 both say that a zone cannot be carried."""
    return {zone: size for zone, size in row.items() if size}


def _check_bodies(
    columns: TypedColumns,
    capacity: Sequence[dict[Zone, Millilitres]],
    steps: Sequence[Millilitres | None],
) -> None:
    for i in list(columns.good_rows()):
        body, step = sum(capacity[i].values()), steps[i]
        if not body:
            columns.refuse(i, CellError("CG-1024", "no compartment has any litres"))
        elif step is not None and step > body:
            cause = f"a step of {thousands(step):g} l in a body of {thousands(body):g} l"
            columns.refuse(i, CellError("CG-1023", cause), "bulkhead_step_l")


def _homes(columns: TypedColumns, index: SiteIndex, echelons: Sequence[Echelon]) -> list[SiteId]:
    homes = columns.required("home", cells.text)
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
    return homes
