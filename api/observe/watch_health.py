"""How watching is: does the telemetry store answer, and does a monitor work on it.

Planning goes on without either, so neither makes the service unwell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Literal

import structlog

from api.storage.telemetry import TelemetryStore
from telemetry.errors import StoreUnavailable
from telemetry.ingest import MONITOR

SILENT_AFTER = timedelta(seconds=60)
KEPT = timedelta(seconds=5)
"""Load balancers ask every few seconds, and a store should not feel it."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchReport:
    """How watching is; ``off`` where this service watches nothing.

    Parameters
    ----------
    heard_at
        The last sign of life of a monitor.
    """

    store: Literal["ok", "away", "off"]
    monitor: Literal["ok", "silent", "off"]
    heard_at: datetime | None = None


OFF = WatchReport(store="off", monitor="off")


class WatchHealth:
    """Looks after the telemetry store and its monitor.

    Parameters
    ----------
    is_set_up
        Whether anything is to be watched.
    clock
        Gives the current instant.
    """

    def __init__(
        self, telemetry: TelemetryStore, *, is_set_up: bool, clock: Callable[[], datetime]
    ) -> None:
        self._telemetry = telemetry
        self._is_set_up = is_set_up
        self._clock = clock
        self._lock = Lock()
        self._known: tuple[datetime, WatchReport] | None = None

    def report(self) -> WatchReport:
        """Ask, or give what was answered a moment ago."""
        if not (self._is_set_up or self._telemetry.is_open):
            return OFF
        now = self._clock()
        with self._lock:
            if self._known is None or not self._known[0] <= now < self._known[0] + KEPT:
                self._known = now, self._ask(now)
            return self._known[1]

    def _ask(self, now: datetime) -> WatchReport:
        try:
            payload = self._telemetry().remembered().get(MONITOR)
        except StoreUnavailable as error:
            log.warning("telemetry store away", code=error.code, detail=str(error))
            return WatchReport(store="away", monitor="silent")
        if payload is None or not payload.isdigit():
            return WatchReport(store="ok", monitor="silent")
        heard_at = datetime.fromtimestamp(int(payload) / 1000, UTC)
        silent = now - heard_at > SILENT_AFTER
        return WatchReport(store="ok", monitor="silent" if silent else "ok", heard_at=heard_at)
