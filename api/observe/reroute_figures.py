"""Figures of what became of breaks on the road, since the service started."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

OUTCOMES = ("computed", "withdrawn", "accepted", "refused", "away", "failed")


class RerouteFigures(Collector):
    """Reads the figures.

    Parameters
    ----------
    counts
        Gives how often each outcome was seen.
    """

    def __init__(self, counts: Callable[[], Mapping[str, int]]) -> None:
        self._counts = counts

    def collect(self) -> Iterator[Metric]:
        """Ask for the counts; an outcome that was never seen is 0."""
        family = CounterMetricFamily(
            "coldgrid_breaks",
            "Cases of alarms computed, withdrawn and accepted by the policy; alarms of which no"
            " case could be made; looks without a database, or that failed.",
            labels=("outcome",),
        )
        counts = dict(self._counts())
        for outcome in OUTCOMES:
            family.add_metric((outcome,), counts.get(outcome, 0))
        yield family
