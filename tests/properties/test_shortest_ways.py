"""Shortest ways of any small network agree with another search, whatever is wanted besides."""

from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from optimizer.travel.shortest_ways import ShortestWays

MOST_NODES = 9
nodes = st.integers(min_value=0, max_value=MOST_NODES - 1)
streets = st.lists(
    st.tuples(nodes, nodes, st.integers(min_value=0, max_value=12)), min_size=1, max_size=30
)


@given(streets, nodes, st.sets(nodes))
def test_least_cost_agrees_and_does_not_depend_on_what_is_wanted(
    edges: list[tuple[int, int, int]], origin: int, wanted: set[int]
) -> None:
    tails, heads, cost = (np.array(column, dtype=np.int64) for column in zip(*edges, strict=True))
    ways = ShortestWays(
        nodes=MOST_NODES, tails=tails, heads=heads, cost=cost, length=cost * 7 + tails
    )
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    graph.add_nodes_from(range(MOST_NODES))
    graph.add_weighted_edges_from(edges)
    best = nx.single_source_dijkstra_path_length(graph, origin)
    found = ways.from_node(origin, wanted)
    assert {node: least for node, (least, _) in found.items()} == {
        node: best[node] for node in wanted if node in best
    }
    shortest: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    shortest.add_nodes_from(range(MOST_NODES))
    shortest.add_weighted_edges_from((a, b, 10_000 * c + 7 * c + a) for a, b, c in edges)
    lengths = nx.single_source_dijkstra_path_length(shortest, origin)
    assert all(lengths[node] == 10_000 * least + length for node, (least, length) in found.items())
    everything = ways.from_node(origin, range(MOST_NODES))
    assert found == {node: everything[node] for node in found}
