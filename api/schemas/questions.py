"""Bodies about networks and order sets, and the small problem that all examples are made of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from api.storage.questions import NetworkNote, OrderSetNote

PRINTED = r"^[^\x00-\x1f\x7f]*$"
LONGEST_NAME, LONGEST_ID = 200, 200

Name = Annotated[
    str,
    Field(max_length=LONGEST_NAME, pattern=PRINTED, description="What people call it."),
]
Id = Annotated[str, Field(min_length=1, max_length=LONGEST_ID, pattern=PRINTED)]
Document = dict[str, Any]

EXAMPLE_NETWORK: Document = {
    "schema": "coldgrid/problem/1",
    "id": "one-street",
    "time_zone": "Asia/Shanghai",
    "horizon_start": "2026-07-14T20:00:00+08:00",
    "sites": [
        {"id": "C1", "kind": "central", "lat": 28.26, "lon": 112.92, "docks": 1},
        {"id": "G1", "kind": "grid", "lat": 28.205, "lon": 112.945, "docks": 1},
        {"id": "P1", "kind": "pickup", "lat": 28.215, "lon": 112.95, "grid": "G1"},
    ],
    "vehicles": [
        {
            "id": "T1", "type": "truck", "home": "C1", "echelon": "linehaul", "payload_kg": 3000,
            "cap_frozen_l": 3000, "cap_chilled_l": 5000, "cap_controlled_l": 4000,
            "fixed_cents": 20000, "cents_per_km": 380, "cents_per_h": 2500,
            "shift_start": "20:30", "shift_end": "05:30", "live_temperature": "yes",
        },
        {
            "id": "V1", "type": "van", "home": "G1", "echelon": "last_mile", "payload_kg": 700,
            "cap_frozen_l": 500, "cap_chilled_l": 900, "cap_controlled_l": 800,
            "fixed_cents": 5000, "cents_per_km": 150, "cents_per_h": 1800,
            "shift_start": "05:30", "shift_end": "13:00", "live_temperature": "yes",
        },
    ],
}  # fmt: skip
EXAMPLE_ORDERS: list[Any] = [
    {"order": "N1", "line": "1", "site": "P1", "zone": "chilled", "mass_kg": 12, "volume_l": 13},
    {"order": "N1", "line": "2", "site": "P1", "zone": "frozen", "mass_kg": 3.2, "volume_l": 7.5},
]
EXAMPLE_COLLECTS: list[Any] = [
    {"order": "E1", "line": "1", "site": "P1", "kind": "empties", "zone": "controlled",
     "mass_kg": 4, "volume_l": 40, "value_cents": 800},
]  # fmt: skip
EXAMPLE_PROBLEM: Document = {**EXAMPLE_NETWORK, "orders": EXAMPLE_ORDERS}


# --- asked --------------------------------------------------------------------------------------


class NetworkBody(BaseModel):
    """A network to store: the JSON form of a problem without its orders."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "one street", "network": EXAMPLE_NETWORK}]},
    )

    network: Document
    name: Name = ""


class NetworkFields(BaseModel):
    """What stands beside the tables of a network."""

    model_config = ConfigDict(extra="forbid")

    name: Name = ""


class OrderSetFields(BaseModel):
    """What stands beside a table of orders."""

    model_config = ConfigDict(extra="forbid")

    network: Id
    name: Name = ""
    keep_good_rows: bool = False
    horizon_start: Annotated[
        str | None,
        Field(max_length=40, description="From when times count; by default the network's."),
    ] = None


class OrderSetBody(OrderSetFields):
    """Orders to store: rows as in orders.csv, and what is collected that day."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "network": "network-0123456789abcdef",
                    "name": "Tuesday",
                    "horizon_start": "2026-07-14T20:00:00+08:00",
                    "orders": EXAMPLE_ORDERS,
                    "collects": EXAMPLE_COLLECTS,
                }
            ]
        },
    )

    orders: list[Any]
    collects: Annotated[
        list[Any] | None, Field(description="What vans take back: rows as in collects.csv.")
    ] = None


# --- answered -----------------------------------------------------------------------------------


class FaultOut(BaseModel):
    """One thing wrong with an input."""

    code: str
    place: str
    cause: str
    action: str


class NetworkOut(BaseModel):
    """A stored network."""

    id: str
    name: str
    sites: int
    vehicles: int
    created_at: datetime
    created_by: str

    @classmethod
    def of(cls, note: NetworkNote) -> NetworkOut:
        """Show a network."""
        return cls(**_values(note))


class NetworkList(BaseModel):
    """Networks, the newest first."""

    items: list[NetworkOut]


class NetworkDetailOut(NetworkOut):
    """A stored network with its document."""

    network: Document


class OrderSetOut(BaseModel):
    """A stored set of orders: rows in are lines and rows that were refused."""

    id: str
    network: str
    name: str
    rows: int
    lines: int
    refused_rows: int
    refused: list[FaultOut]
    created_at: datetime
    created_by: str

    @classmethod
    def of(cls, note: OrderSetNote) -> OrderSetOut:
        """Show a set of orders."""
        return cls(**order_set_values(note))


class OrderSetList(BaseModel):
    """Sets of orders, the newest first."""

    items: list[OrderSetOut]


class OrderSetDetailOut(OrderSetOut):
    """A stored set of orders with its rows."""

    horizon_start: str | None
    orders: list[Document]
    collects: list[Document]


def order_set_values(note: OrderSetNote) -> dict[str, Any]:
    """Give the fields that show a set of orders."""
    refused: Mapping[str, Any] = note.refused
    return _values(note) | {
        "rows": note.lines + refused["rows"],
        "refused_rows": refused["rows"],
        "refused": refused["faults"],
    }


def _values(note: NetworkNote | OrderSetNote) -> dict[str, Any]:
    return {name: getattr(note, name) for name in note.__slots__}
