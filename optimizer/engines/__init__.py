"""Routing solvers behind one protocol: one routing problem in, routes out.

Reading order: ``engine`` (the protocol and its words), ``schedule`` (times and cost of a route)
with ``trip_times`` and ``loads``; ``repair`` with ``insertion``, ``merging``, ``stripping``,
``board``, ``places`` and ``trip_bounds``; ``simplify``; ``bundles``, ``frame``, ``trip_frames``,
``ortools_rules``, ``ortools_parameters``, ``ortools_model``, ``ortools_routing``; ``view``,
``told``, ``stop_rule``, ``threshold_search``, ``trip_exchange``, ``pyvrp_engine``, ``fleet_mix``,
``portfolio``; decisions and figures stand in ``README.md``.
Imports ``optimizer.domain`` only; knows nothing of orders, grids or temperature.
"""
