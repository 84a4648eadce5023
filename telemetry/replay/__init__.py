"""Judges a recorded trace as if it came in now: alarms, excursions and what was foreseen.

Read ``judging`` first, then ``foresight`` (the estimate beside the rules), ``trace_file`` (instants
and figures of one column of a CSV file) and ``adjusting`` (rules with other limits). Pure but for
reading the file.
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
