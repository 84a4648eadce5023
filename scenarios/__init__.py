"""Asks "what if": a scenario file goes in, a comparison with its baseline comes out.

Reading order: ``spec`` (what a file says), ``reading``, ``overrides`` (base to variant),
``planning`` and ``day`` (a variant planned and played), ``metrics``, ``compare``, ``results``,
``report``; ``run`` does it all. Imports ``optimizer`` and ``telemetry``, never ``api``.
"""
