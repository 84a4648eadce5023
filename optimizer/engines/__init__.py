"""Routing solvers behind one protocol: one routing problem in, routes out.

Reading order: ``engine`` (the protocol and its words), ``schedule`` (times and cost of a route),
``ortools_routing``, ``pyvrp_engine``, ``portfolio``.
Imports ``optimizer.domain`` only; knows nothing of orders, grids or temperature.
"""
