"""How warm goods get on the road: closed formulas for the planner, and the oracles behind them.

Reading order: ``oracles``, ``trip``, ``two_nodes``, ``cabin``, ``unit_power``, ``ride``, ``boxes``,
``prediction``. The checker does not use this package: it integrates equations of its own over
``optimizer.domain.thermal_constants``. Must not import anything outside ``optimizer.domain``.
"""

from optimizer.domain.thermal.prediction import (
    SAFETY_C,
    longest_ride_s,
    predict,
    predict_route,
    trip_of,
)
from optimizer.domain.thermal.trip import ThermalLeg, ThermalTrip

__all__ = [
    "SAFETY_C",
    "ThermalLeg",
    "ThermalTrip",
    "longest_ride_s",
    "predict",
    "predict_route",
    "trip_of",
]
