"""Shortest ways from one node of a street network to many (Dijkstra 1959), stopped early.

networkx says which streets hang together; the search itself runs over plain lists of integers,
which takes half the time of a search over a graph of dictionaries.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import numpy as np

from optimizer.domain.travel_matrix import IntArray

if TYPE_CHECKING:
    import networkx as nx

LENGTH_BITS = 44
"""A way of 17 million kilometres, in millimetres, still fits beside its cost."""

LENGTH_MASK = (1 << LENGTH_BITS) - 1
Neighbour = tuple[int, int]


@dataclass(slots=True, kw_only=True, eq=False)
class ShortestWays:
    """The ways through one network.

    Parameters
    ----------
    nodes
        How many nodes there are.
    tails, heads
        Node numbers of each directed edge.
    cost
        What is to be least along a way: a whole number of each edge, 0 or more.
    length
        What is to be least among ways of the same cost: likewise, in millimetres.
    """

    nodes: int
    tails: IntArray
    heads: IntArray
    cost: IntArray
    length: IntArray
    _streets: list[list[Neighbour]] = field(init=False)
    _part: dict[int, int] = field(init=False)
    _parts: nx.DiGraph[int] = field(init=False)
    _within_reach: dict[int, frozenset[int]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._streets = [[] for _ in range(self.nodes)]
        bits = self.nodes.bit_length()
        edges = (self.tails, self.heads, self.cost, self.length)
        for tail, head, cost, length in zip(*(a.tolist() for a in edges), strict=True):
            step = (cost << LENGTH_BITS | length) << bits
            self._streets[tail].append((head, step | head))
        # Loaded with the first street network: most services have none.
        import networkx as nx  # noqa: PLC0415

        graph: nx.DiGraph[int] = nx.DiGraph()
        graph.add_nodes_from(range(self.nodes))
        graph.add_edges_from(zip(self.tails.tolist(), self.heads.tolist(), strict=True))
        self._parts = nx.condensation(graph)
        self._part = self._parts.graph["mapping"]

    def reachable(self, origin: int, wanted: Collection[int]) -> set[int]:
        """Give the wanted nodes to which a way leads."""
        part = self._part[origin]
        reach = self._within_reach.get(part)
        if reach is None:
            from networkx import descendants  # noqa: PLC0415

            reach = frozenset(descendants(self._parts, part)) | {part}
            self._within_reach[part] = reach
        return {node for node in wanted if self._part[node] in reach}

    def from_node(self, origin: int, wanted: Collection[int]) -> dict[int, tuple[int, int]]:
        """Give least cost and length of the way to each wanted node that can be reached.

        The search ends with the last wanted node.
        """
        left = self.reachable(origin, wanted)
        bits = self.nodes.bit_length()
        mask = (1 << bits) - 1
        # Cost, length and node in one integer: comparing those is faster than comparing tuples.
        best = [1 << 2 * LENGTH_BITS + bits] * self.nodes
        best[origin] = origin
        heap = [origin]
        found: dict[int, tuple[int, int]] = {}
        while left:
            key = heappop(heap)
            node = key & mask
            if key > best[node]:
                continue
            if node in left:
                left.discard(node)
                way = key >> bits
                found[node] = way >> LENGTH_BITS, way & LENGTH_MASK
            base = key - node
            for neighbour, step in self._streets[node]:
                reached = base + step
                if reached < best[neighbour]:
                    best[neighbour] = reached
                    heappush(heap, reached)
        return found


def whole(values: np.typing.NDArray[np.float64]) -> IntArray:
    """Give thousandths as whole numbers: sums of them do not depend on their order."""
    return np.rint(values * 1000.0).astype(np.int64)
