"""Where distances come from: great circles, a matrix file, a road graph, an OSRM server.

Reading order: ``provider`` (the protocol), ``great_circle``, ``matrix_file``, ``road_graph`` (on
``road_network``, ``graphml``, ``edge_list``, ``closures``, ``shortest_ways``), ``osrm``,
``memory`` (asks once), ``means`` (what the operator offers), ``open_provider`` (which of them a
problem names), ``unreachable`` (names for pairs without a way). Imports ``optimizer.domain`` only.
"""
