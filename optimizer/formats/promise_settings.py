"""Settings per promise class: when its goods are due, and what lateness costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optimizer.domain.objective import Promise
from optimizer.domain.problem import HORIZON_S
from optimizer.domain.units import SECONDS_PER_HOUR
from optimizer.formats import cells
from optimizer.formats.settings_nodes import Node
from optimizer.formats.written_units import in_units

PROMISE_KEYS = ("deadline_h", "within_h", "cents_per_min_late", "soft_window", "express")
MOST_CENTS = 10**9
_deadline = cells.seconds_from(SECONDS_PER_HOUR)
_within = cells.seconds_from(SECONDS_PER_HOUR, least=in_units(1, SECONDS_PER_HOUR))


def read_promises(node: Node, defaults: Mapping[str, Promise]) -> dict[str, Promise]:
    """Read ``promises``; a class that is given replaces the default of its name as a whole.

    A class that says within what time it brings goods needs no deadline: its deadline is then
    the end of the horizon.
    """
    promises = dict(defaults)
    for name, entry in node.entries():
        promises[name] = _promise(entry)
    return promises


def promise_document(promise: Promise) -> dict[str, Any]:
    """Write a class so that reading gives it back."""
    written: dict[str, Any] = {
        "deadline_h": in_units(promise.deadline_s, SECONDS_PER_HOUR),
        "cents_per_min_late": promise.cents_per_min_late,
    }
    if promise.within_s is not None:
        written["within_h"] = in_units(promise.within_s, SECONDS_PER_HOUR)
    return written | {"soft_window": promise.soft_window, "express": promise.express}


def _promise(node: Node) -> Promise:
    node.only(PROMISE_KEYS)
    within = node.child("within_h")
    deadline_s = node.child("deadline_h").read(_deadline)
    if node.child("deadline_h").value is None and within.value is None:
        cause = "neither deadline_h nor within_h is given, so nothing is promised"
        node.fault("CG-1006", cause, "Write deadline_h, within_h or both")
    return Promise(
        deadline_s=HORIZON_S if deadline_s is None else deadline_s,
        cents_per_min_late=node.child("cents_per_min_late").read(cells.whole(0, MOST_CENTS), 0),
        within_s=within.read(_within),
        soft_window=node.child("soft_window").read(cells.yes_or_no, False),
        express=node.child("express").read(cells.yes_or_no, False),
    )
