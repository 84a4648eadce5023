"""Keeps the state of every point, and is the only one that writes alarms.

Read ``monitor`` first, then ``gate`` (what is taken), ``seats`` (what is kept of a point),
``foreseeing`` and ``surroundings`` (what is coming), ``settling`` (what is written), ``gateways``
(one incident for many silent points), ``hindsight`` and ``late_alarms`` (late readings), ``people``
(commands) and ``restoring``.
Knows roles of ``ports`` alone: no database, no broker, no clock.
"""

from telemetry.monitor.monitor import Monitor

__all__ = ["Monitor"]
