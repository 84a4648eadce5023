"""States of points that have been watched for days, as a monitor finds them after a restart.

What is remembered of a point is bounded, but it takes days to fill: an ingester that begins with
nothing has neither the memory nor the work of one that has been running.
"""

from __future__ import annotations

from itertools import islice
from zlib import crc32

from msgspec.structs import replace

from telemetry.alarm.excursion import Fold
from telemetry.alarm.rules import Profile
from telemetry.alarm.state import Sample, Watch
from telemetry.alarm.step import fresh
from telemetry.estimate.estimator import Thermal, observe, unknown
from telemetry.estimate.words import Outlook
from telemetry.monitor.seats import Course, Saved, Span
from telemetry.ports import Store
from telemetry.registry import Point, Registry
from tests.benchmarks.estimate_step import MINUTE_MS, chilled, samples

DAYS = 3
DAY_MIN = 1440
AT_ONCE = 500


def save_lived(store: Store, registry: Registry, profile: Profile, now_ms: int) -> None:
    """Put down the state of every point as if it had been watched for ``DAYS``.

    Parameters
    ----------
    store
        Where the monitor will look for them.
    registry
        Points with one sensor each, all of them watched by the profile.
    profile
        With a band that is chilled.
    now_ms
        When the newest sample of each was taken, or up to a minute before.
    """
    thermal, outlook = unknown(), None
    first_min = now_ms // MINUTE_MS - DAYS * DAY_MIN
    for sample in islice(samples(chilled, from_minute=first_min), DAYS * DAY_MIN):
        thermal, said = observe(profile, thermal, sample)
        outlook = said or outlook
    assert isinstance(outlook, Outlook)
    points = iter(registry)
    # Bit by bit: the memory of all of them at once would stay with the process that is measured.
    while some := list(islice(points, AT_ONCE)):
        with store.write() as ledger:
            ledger.save_states(
                [(point.id, _saved(registry, point, thermal, outlook, now_ms)) for point in some]
            )


def _saved(
    registry: Registry, point: Point, thermal: Thermal, outlook: Outlook, now_ms: int
) -> bytes:
    # Each has its own second of the minute.
    at_ms = now_ms - crc32(point.id.encode()) % MINUTE_MS
    since_ms = now_ms - DAYS * DAY_MIN * MINUTE_MS
    (stay,) = registry.placements_at(point.id)
    last = Sample(at_ms, outlook.air_c, stay.sensor)
    return Saved(
        replace(
            fresh(point.id, always_armed=True),
            watch=Watch.ARMED, watch_since_ms=since_ms, last_ms=at_ms, values=(last,),
        ),
        Course(Fold(at_ms), last),
        (Span(since_ms),),
        thermal=replace(thermal, last_ms=at_ms, stepped_ms=at_ms),
        outlook=replace(outlook, at_ms=at_ms),
    ).encoded()  # fmt: skip
