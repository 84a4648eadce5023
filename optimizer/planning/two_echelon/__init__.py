"""Two echelons without time: which satellites and truck tours, and the routes of both levels.

Reading order: ``instance`` (the question), ``tours`` and ``first_level`` (trucks, exactly),
``route_pool`` and ``selection`` (routes met on the way, and the best set of them by a linear
program and CP-SAT), ``search`` (the whole), with ``splits`` where city vehicles are tight, else
``sites`` (which satellites are open) and ``configurations`` (which tours trucks drive).
Routes of city vehicles come from ``optimizer.engines.depots``.
"""
