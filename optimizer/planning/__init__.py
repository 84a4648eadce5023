"""The two-echelon decisions: who serves whom, which van, which truck, when.

Reading order: ``synchronise`` (the day, both echelons), ``desk`` (what it works with),
``territories``, ``haulage``, ``last_mile``, ``linehaul``; where a part of the day stays:
``closure``, ``underway``, ``held_day``, ``holding``; under the last mile ``rounds``, ``jobs``,
``compartments``, ``packing``, ``timing``, ``product_temperature``, ``reasons``; under the
territories ``placement``; beside them ``waves``, ``calls``, ``stock``, ``drop_charge``,
``pricing``, ``siting``, ``halting``.
Imports ``optimizer.engines`` and ``optimizer.domain``; never reads a file, never asks the checker.
"""
