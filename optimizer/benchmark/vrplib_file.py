"""Files of the vehicle routing library: one echelon, read into a routing problem.

The type of an instance says how its numbers become integers, as the published costs have it:

=================  =============================================
CVRP               distances rounded
VRPTW, CVRPTW      ten times everything, cut off
MTVRPTWR           the same: several trips, windows, releases
MDVRPTW, HFVRP     a thousand times everything, rounded
=================  =============================================

One millicent is one of these units. Demands and capacities stay as the file has them. Nodes keep
the numbers of the file, which begin at 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import vrplib

from optimizer.domain.errors import Fault, InputRefused
from optimizer.domain.travel_matrix import IntArray
from optimizer.engines.engine import Job, RoutingProblem, VehicleGroup

Numbers = npt.NDArray[Any]
Rule = Callable[[Any], IntArray]


def _rounded(numbers: Numbers) -> IntArray:
    return np.round(numbers).astype(np.int64)


def _tenfold(numbers: Numbers) -> IntArray:
    return np.trunc(10 * np.asarray(numbers, dtype=np.float64) + 1e-9).astype(np.int64)


def _thousandfold(numbers: Numbers) -> IntArray:
    return np.round(1000 * np.asarray(numbers, dtype=np.float64)).astype(np.int64)


RULES: Mapping[str, Rule] = {
    "CVRP": _rounded,
    "VRPTW": _tenfold,
    "CVRPTW": _tenfold,
    "MTVRPTWR": _tenfold,
    "MDVRPTW": _thousandfold,
    "HFVRP": _thousandfold,
}
"""How numbers become integers, per type of instance."""

UNKNOWN_SECTIONS = frozenset(
    {
        "backhaul",
        "linehaul",
        "mutually_exclusive_group",
        "pickup_and_delivery",
        "prize",
        "vehicles_allowed_clients",
        "vehicles_fixed_cost",
    }
)
"""What a routing problem has no words for; an instance that has one of these is refused."""


MOST_NODES = 12_000
"""Of an instance, and of its vehicles; the distances of more would fill the memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Equal vehicles of an instance; ``depot`` is the row of the matrix.

    Parameters
    ----------
    max_distance
        Longest way of a vehicle that makes one trip only.
    max_trips
        How often a vehicle may leave its depot.
    """

    depot: int
    capacity: int
    unit_cost: int
    max_duration: int | None
    max_distance: int | None = None
    max_trips: int = 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Instance:
    """An instance in integers, as its file has it.

    Parameters
    ----------
    distances
        Between all nodes; row 0 is node 1 of the file.
    demands, services, opens, closes, releases
        Per node; no trip to a node departs before its release.
    timed
        Whether the clock matters at all.
    clients
        Rows that are to be visited.
    kinds, counts
        Equal vehicles, and how many of each there are.
    vehicle_kinds
        The kind of every vehicle in file order, by which solution files name them.
    """

    name: str
    distances: IntArray
    demands: IntArray
    services: IntArray
    opens: IntArray
    closes: IntArray
    releases: IntArray
    timed: bool
    clients: tuple[int, ...]
    kinds: tuple[Kind, ...]
    counts: tuple[int, ...]
    vehicle_kinds: tuple[int, ...]

    def problem(self) -> RoutingProblem:
        """Put the instance into the words of the engines."""
        durations = self.distances if self.timed else np.zeros_like(self.distances)
        return RoutingProblem(
            distance_m=self.distances,
            duration_s=(durations,),
            service_s=tuple(int(service) for service in self.services),
            jobs=tuple(
                Job(
                    node=row,
                    load=(int(self.demands[row]),),
                    opens=int(self.opens[row]),
                    closes=int(self.closes[row]),
                    release=int(self.releases[row]),
                )
                for row in self.clients
            ),
            vehicles=tuple(
                VehicleGroup(
                    count=count,
                    capacity=(kind.capacity,),
                    fixed_cents=0,
                    cents_per_km=kind.unit_cost,
                    cents_per_h=0,
                    start=kind.depot,
                    end=kind.depot,
                    earliest=int(self.opens[kind.depot]),
                    latest=int(self.closes[kind.depot]),
                    max_duration_s=kind.max_duration,
                    max_trips=kind.max_trips,
                    max_trip_m=kind.max_distance,
                )
                for kind, count in zip(self.kinds, self.counts, strict=True)
            ),
        )


def read_instance(path: Path) -> Instance:
    """Read a file.

    Raises
    ------
    InputRefused
        CG-5001 where the file is not such a file, CG-5002 where it asks for what we do not model.
    """
    try:
        # Distances that the file does not have are worked out once it is known to be small.
        raw = vrplib.read_instance(path, compute_edge_weights=False)
        if not raw:
            raise ValueError("the file is empty")
        _refuse_unknown(path, raw)
        _refuse_large(path, raw)
        if "edge_weight" not in raw:
            raw = vrplib.read_instance(path)
        return _instance(path, raw)
    except InputRefused:
        raise
    except OSError as error:
        raise _refused("CG-5001", path, f"the file cannot be read: {error.strerror}") from error
    except MemoryError as error:
        raise _refused("CG-5001", path, f"its distances fill the memory: {error}") from error
    except (ValueError, RuntimeError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise _refused("CG-5001", path, f"not a file of the library: {error}") from error


def read_routes(path: Path) -> list[tuple[int, list[int]]]:
    """Read a solution file as vehicles with the rows they visit; vehicles count from 0.

    The row of the depot stands where a vehicle is loaded anew.

    Raises
    ------
    InputRefused
        CG-5001 where the file is not such a file.
    """
    try:
        solution = vrplib.read_solution(path)
        routes = [[int(row) for row in route] for route in solution["routes"]]
    except (OSError, ValueError, RuntimeError, KeyError, TypeError, IndexError) as error:
        raise _refused("CG-5001", path, f"not a solution of the library: {error}") from error
    return [(vehicle, route) for vehicle, route in enumerate(routes) if route]


def _refused(code: str, path: Path, cause: str) -> InputRefused:
    action = "give a CVRP, VRPTW, MTVRPTWR, MDVRPTW or HFVRP instance in VRPLIB format"
    return InputRefused([Fault(code=code, place=str(path), cause=cause, action=action)])


def _refuse_unknown(path: Path, raw: Mapping[str, Any]) -> None:
    kind = str(raw.get("type", ""))
    if kind not in RULES:
        raise _refused("CG-5002", path, f"instances of type {kind or '(none)'} are not modelled")
    unknown = sorted(UNKNOWN_SECTIONS & raw.keys())
    if unknown:
        raise _refused("CG-5002", path, f"{', '.join(unknown)} is not modelled")


def _refuse_large(path: Path, raw: Mapping[str, Any]) -> None:
    counted = {
        "nodes": max(float(raw["dimension"]), len(raw.get("node_coord", ()))),
        "vehicles": float(raw.get("vehicles", 0)),
    }
    for what, number in counted.items():
        if number > MOST_NODES:
            raise _refused("CG-5001", path, f"it has {number:.6g} {what}, more than {MOST_NODES}")


def _instance(path: Path, raw: Mapping[str, Any]) -> Instance:
    rule = RULES[str(raw["type"])]
    nodes = int(raw["dimension"])
    depots = [int(row) for row in np.atleast_1d(raw["depot"])]
    distances = rule(raw["edge_weight"])
    services = _per_node(raw.get("service_time", 0), nodes)
    services[depots] = 0
    demands = np.round(_per_node(raw["demand"], nodes)).astype(np.int64)
    if distances.shape != (nodes, nodes) or min(depots) < 0 or max(depots) >= nodes:
        raise ValueError("sections and dimension do not agree")
    vehicles = _vehicles(raw, rule, nodes - len(depots), depots[0])
    tally = Counter(vehicles)
    kinds = tuple(tally)
    released = rule(_per_node(raw.get("release_time", 0), nodes))
    timed = "time_window" in raw or any(kind.max_duration is not None for kind in kinds)
    timed = timed or bool(released.any())
    if "time_window" in raw:
        windows = rule(raw["time_window"])
    else:
        horizon = int(distances.max()) * (nodes + 1) if timed else 0
        windows = np.tile(np.array([0, horizon], dtype=np.int64), (nodes, 1))
    return Instance(
        name=path.stem,
        distances=distances,
        demands=demands,
        services=rule(services) if timed else np.zeros(nodes, dtype=np.int64),
        opens=windows[:, 0],
        closes=windows[:, 1],
        releases=released,
        timed=timed,
        clients=tuple(row for row in range(nodes) if row not in depots),
        kinds=kinds,
        counts=tuple(tally.values()),
        vehicle_kinds=tuple(kinds.index(kind) for kind in vehicles),
    )


def _per_node(given: Any, nodes: int) -> npt.NDArray[np.float64]:  # noqa: ANN401 - one or many
    return np.array(np.broadcast_to(np.asarray(given, dtype=np.float64), (nodes,)))


def _vehicles(raw: Mapping[str, Any], rule: Rule, clients: int, depot: int) -> list[Kind]:
    """List the vehicles one by one; without a number there is one per client."""
    number = int(raw.get("vehicles", clients))

    def each(key: str, default: Any) -> Numbers:  # noqa: ANN401 - one or many
        return np.broadcast_to(np.asarray(raw.get(key, default)), (number,))

    homes = each("vehicles_depot", depot + 1)
    capacities = each("capacity", np.iinfo(np.int32).max)
    costs = each("vehicles_unit_distance_cost", 1)
    longest = each("vehicles_max_duration", 0)
    farthest = each("vehicles_max_distance", 0)
    trips = _trips(raw, homes, clients)
    if any(cost != int(cost) for cost in costs):
        raise ValueError("a unit cost is not a whole number")
    if farthest.any() and max(trips, default=1) > 1:
        raise ValueError("vehicles_max_distance over several trips is not modelled")
    return [
        Kind(
            depot=int(homes[vehicle]) - 1,
            capacity=int(capacities[vehicle]),
            unit_cost=int(costs[vehicle]),
            max_duration=int(rule(longest[vehicle])) if longest[vehicle] else None,
            max_distance=int(rule(farthest[vehicle])) if farthest[vehicle] else None,
            max_trips=trips[vehicle],
        )
        for vehicle in range(number)
    ]


def _trips(raw: Mapping[str, Any], homes: Numbers, clients: int) -> list[int]:
    """Say how often each vehicle may leave its depot; nobody needs more trips than clients."""
    if "vehicles_reload_depot" not in raw:
        return [1] * len(homes)
    places = [set(np.atleast_1d(listed).tolist()) for listed in raw["vehicles_reload_depot"]]
    if len(places) != len(homes):
        raise ValueError("vehicles_reload_depot does not name every vehicle")
    if any(place != {int(home)} for place, home in zip(places, homes, strict=True)):
        raise ValueError("a vehicle is loaded anew elsewhere than at its own depot")
    reloads = np.broadcast_to(np.asarray(raw.get("vehicles_max_reloads", clients)), homes.shape)
    return [max(1, min(clients, 1 + int(most))) for most in reloads]
