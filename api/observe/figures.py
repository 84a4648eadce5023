"""Figures of a running service in Prometheus' format, each service with a registry of its own.

Labels are operation ids, states and status codes, never paths or names: their number is bounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.metadata import version
from threading import Lock

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.observe.counts import JobCounts
from api.storage.database import DatabaseUnavailable

# When each series began is of no use here and would double their number.
disable_created_metrics()  # type: ignore[no-untyped-call]

REQUEST_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
JOB_BUCKETS = (1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0)

UNROUTED = "none"
"""The operation of a request that no route took."""


class Figures:
    """What is counted while the service runs.

    Parameters
    ----------
    counts
        How many jobs there are, asked when somebody reads the figures.
    """

    def __init__(self, counts: JobCounts) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "coldgrid_requests", "Requests answered.", ("operation", "status"),
            registry=self.registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "coldgrid_request_seconds", "Seconds from request to the end of its answer.",
            ("operation",), buckets=REQUEST_BUCKETS, registry=self.registry,
        )  # fmt: skip
        self.streams = Gauge(
            "coldgrid_event_streams", "Streams of events that are open.", registry=self.registry
        )
        job_seconds = Histogram(
            "coldgrid_job_seconds", "Seconds from the begin of a job to its end, by how it ended.",
            ("state",), buckets=JOB_BUCKETS, registry=None,
        )  # fmt: skip
        Info("coldgrid_build", "Which coldgrid runs.", registry=self.registry).info(
            {"version": version("coldgrid")}
        )
        self.registry.register(_FromDatabase(counts, job_seconds))

    def answered(self, operation: str, status: int, seconds: float) -> None:
        """Count a request that has been answered to the end."""
        self._requests.labels(operation, str(status)).inc()
        self._seconds.labels(operation).observe(seconds)

    def document(self) -> bytes:
        """Give all figures in Prometheus' text format."""
        return generate_latest(self.registry)


class _FromDatabase(Collector):
    """Figures that the database knows best: they are right also after a restart."""

    def __init__(self, counts: JobCounts, job_seconds: Histogram) -> None:
        self._counts = counts
        self._job_seconds = job_seconds
        self._lock = Lock()

    def describe(self) -> Iterator[Metric]:
        # Asked for on registration, when the database need not answer yet.
        return iter(())

    def collect(self) -> Iterator[Metric]:
        try:
            with self._lock:
                for state, seconds in self._counts.newly_ended():
                    self._job_seconds.labels(state).observe(seconds)
            by_state = self._counts.by_state()
        except DatabaseUnavailable:
            # Figures are asked for most when something is wrong: this one says what.
            yield _gauge("coldgrid_database_up", "Whether the database answers.", 0)
        else:
            yield _gauge("coldgrid_database_up", "Whether the database answers.", 1)
            yield _gauge(
                "coldgrid_jobs_waiting", "Jobs that wait for their turn.", by_state["queued"]
            )
            yield _by_state(by_state)
        yield from self._job_seconds.collect()
        troubles = CounterMetricFamily(
            "coldgrid_database_errors", "Times that the database did not answer."
        )
        troubles.add_metric((), self._counts.database_errors)
        yield troubles


def _by_state(counts: Mapping[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily("coldgrid_jobs", "Jobs by state.", labels=("state",))
    for state, number in counts.items():
        family.add_metric((state,), number)
    return family


def _gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, meaning)
    family.add_metric((), value)
    return family
