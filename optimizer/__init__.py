"""Decides: plans a day of two-echelon, three-zone cold deliveries and checks the plan.

Read ``solve.py`` first, then ``domain/`` for the words, ``planning/`` for the decisions,
``engines/`` for the routing solvers and ``check/`` for the judge.
Must not import ``telemetry``, ``scenarios`` or ``api``; this file imports nothing, so that
``import optimizer`` loads no solver.
"""
