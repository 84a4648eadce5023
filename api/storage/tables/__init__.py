"""Every table of the service: read this for what there is to know about a day.

``planning`` first, then ``road``, ``tracing``, ``rerouting`` and ``people``. The migrations in
``migrations/versions`` build the same tables step by step; a test holds the two together. Ids are
texts that coldgrid makes up, but for events, which their sender names.
"""

from __future__ import annotations

from api.storage.tables.base import SEQUENCE, metadata
from api.storage.tables.people import api_keys, audit, sessions, users
from api.storage.tables.planning import (
    job_materials,
    jobs,
    networks,
    order_sets,
    plan_changes,
    plan_versions,
    plans,
    problems,
    scenario_results,
)
from api.storage.tables.rerouting import (
    reroute_events,
    reroute_news,
    reroutes,
    station_reservations,
)
from api.storage.tables.road import (
    goods_on_board,
    positions,
    resends,
    stop_events,
    stops,
    tasks,
    tracked_orders,
)
from api.storage.tables.tracing import asked_batches, traced_goods, traced_trips

__all__ = [
    "SEQUENCE",
    "api_keys",
    "asked_batches",
    "audit",
    "goods_on_board",
    "job_materials",
    "jobs",
    "metadata",
    "networks",
    "order_sets",
    "plan_changes",
    "plan_versions",
    "plans",
    "positions",
    "problems",
    "reroute_events",
    "reroute_news",
    "reroutes",
    "resends",
    "scenario_results",
    "sessions",
    "station_reservations",
    "stop_events",
    "stops",
    "tasks",
    "traced_goods",
    "traced_trips",
    "tracked_orders",
    "users",
]
