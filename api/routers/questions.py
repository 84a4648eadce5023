"""Networks that stay, and the orders of a day: stored once, planned by their ids."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.problem_details import Refusal
from api.routers.dependencies import Caller, Parts
from api.routers.uploads import Given, request_body
from api.schemas.questions import (
    NetworkBody,
    NetworkDetailOut,
    NetworkFields,
    NetworkList,
    NetworkOut,
    OrderSetBody,
    OrderSetDetailOut,
    OrderSetFields,
    OrderSetList,
    OrderSetOut,
    order_set_values,
)
from api.schemas.reading import body_schema, read_body
from api.services.asked import NewOrders
from api.services.uploaded_tables import WORKBOOK

router = APIRouter(tags=["questions"])

NETWORK_TABLES = ("sites", "vehicles", "stock", "settings", WORKBOOK)
DAY_TABLES = ("orders", "collects")
PAGE, LONGEST_PAGE = 100, 1000
Limit = Annotated[int, Query(ge=1, le=LONGEST_PAGE)]


@router.post(
    "/v1/networks",
    operation_id="store_network",
    summary="Store a network",
    status_code=201,
    openapi_extra=request_body(
        body_schema(NetworkBody), NETWORK_TABLES, body_schema(NetworkFields)
    ),
)
def store_network(given: Given, parts: Parts, caller: Caller, response: Response) -> NetworkOut:
    """Store sites, vehicles, stock and settings, so that daily orders need not repeat them.

    They come as the JSON form of a problem without orders, as tables, or as one workbook.
    """
    if given.is_form:
        fields = read_body(NetworkFields, given.fields_beside(NETWORK_TABLES))
        note = parts.questions.store_network_tables(
            given.tables(NETWORK_TABLES), fields.name, caller
        )
    else:
        body = read_body(NetworkBody, given.document())
        note = parts.questions.store_network(body.network, body.name, caller)
    response.headers["Location"] = f"/v1/networks/{note.id}"
    return NetworkOut.of(note)


@router.get("/v1/networks", operation_id="list_networks", summary="List networks")
def list_networks(parts: Parts, limit: Limit = PAGE) -> NetworkList:
    """Give stored networks, the newest first."""
    return NetworkList(items=[NetworkOut.of(note) for note in parts.questions.networks(limit)])


@router.get("/v1/networks/{network}", operation_id="read_network", summary="Read a network")
def read_network(network: str, parts: Parts) -> NetworkDetailOut:
    """Give a stored network with its document."""
    note, document = parts.questions.network(network)
    return NetworkDetailOut(**NetworkOut.of(note).model_dump(), network=document)


@router.post(
    "/v1/order-sets",
    operation_id="store_order_set",
    summary="Store the orders of a day",
    status_code=201,
    openapi_extra=request_body(body_schema(OrderSetBody), DAY_TABLES, body_schema(OrderSetFields)),
)
def store_order_set(given: Given, parts: Parts, caller: Caller, response: Response) -> OrderSetOut:
    """Store orders for a network: as rows, as orders.csv, or as a workbook with such a sheet.

    What vans collect that day may come along as collects, in the same ways.
    With keep_good_rows faulty rows are named and left out; without it they refuse the whole.
    """
    if given.is_form:
        fields = read_body(OrderSetFields, given.fields_beside(DAY_TABLES))
        tables = given.tables(DAY_TABLES)
        if "orders" not in tables:
            raise Refusal("CG-7107", "part 'orders' is missing: orders.csv, or a workbook")
        new = NewOrders(
            **fields.model_dump(), rows=tables["orders"], collects=tables.get("collects")
        )
    else:
        body = read_body(OrderSetBody, given.document())
        new = NewOrders(**body.model_dump(exclude={"orders"}), rows=body.orders)
    note = parts.questions.store_order_set(new, caller)
    response.headers["Location"] = f"/v1/order-sets/{note.id}"
    return OrderSetOut.of(note)


@router.get("/v1/order-sets", operation_id="list_order_sets", summary="List order sets")
def list_order_sets(
    parts: Parts,
    limit: Limit = PAGE,
    network: Annotated[str | None, Query(max_length=64)] = None,
) -> OrderSetList:
    """Give stored sets of orders, the newest first."""
    notes = parts.questions.order_sets(limit, network)
    return OrderSetList(items=[OrderSetOut.of(note) for note in notes])


@router.get(
    "/v1/order-sets/{order_set}", operation_id="read_order_set", summary="Read an order set"
)
def read_order_set(order_set: str, parts: Parts) -> OrderSetDetailOut:
    """Give a stored set of orders with its rows."""
    note, document = parts.questions.order_set(order_set)
    return OrderSetDetailOut(
        **order_set_values(note),
        horizon_start=document.get("horizon_start"),
        orders=document["orders"],
        collects=document.get("collects", []),
    )
