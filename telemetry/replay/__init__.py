"""Judges a recorded trace as if it came in now: alarms and excursions of one column of a file.

Read ``judging`` first, then ``trace_file`` (instants and figures of a CSV file) and ``adjusting``
(rules with other limits). Pure but for reading the file.
"""

from telemetry.replay.adjusting import Adjustment, adjusted
from telemetry.replay.judging import RECORDING_HOLES_S, RaisedAlarm, Replayed, replay
from telemetry.replay.trace_file import SkippedRow, Trace, read_trace

__all__ = [
    "RECORDING_HOLES_S",
    "Adjustment",
    "RaisedAlarm",
    "Replayed",
    "SkippedRow",
    "Trace",
    "adjusted",
    "read_trace",
    "replay",
]
