"""The two-echelon decisions: who serves whom, which van, which truck, when.

Reading order: ``synchronise`` (the day, both echelons), ``territories``, ``last_mile``,
``linehaul``; then the smaller rooms: ``waves``, ``jobs``, ``compartments``, ``itinerary``,
``product_temperature``, ``stock``, ``reasons``, ``drop_charge``, ``siting``.
Imports ``optimizer.engines`` and ``optimizer.domain``; never reads a file, never asks the checker.
"""
