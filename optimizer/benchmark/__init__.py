"""Measures coldgrid against published best costs, and engine against engine.

Reading order: ``result`` (what a measurement is), ``vrplib_file`` and ``routing`` (one echelon),
``two_echelon_instance`` and ``two_echelon`` (two echelons), ``runs`` (which runs, made where),
``run_row``, ``results_file`` and ``summary`` (the table of finished runs), ``last_mile_problems``
(engine against engine). Every cost is counted again here, from the file and the routes.
Must not import ``ortools`` or ``pyvrp``: solvers are reached through ``optimizer.engines``.
"""
