"""A service with the small city's plan on the road, and a van whose cooling fails.

What the estimate says is given: a break in 40 minutes while the air is above -20 °C.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pytest import MonkeyPatch

from api.wiring import Wiring
from telemetry.monitor import foreseeing
from tests.published import publish
from tests.rerouting import compute_here
from tests.serving import MORNING, StandingClock
from tests.stored_plan import PLAN
from tests.telemetry_foresight import COLD, COOL, Seer
from tests.watched_service import WatchedService, watched

SENSOR = "s-van"
ON_THE_ROAD_H = 11.1
"""Some minutes after V1 has left, in hours from the horizon start."""


@dataclass(slots=True, kw_only=True)
class BrokenVan:
    """The service, and short words for what tests say to it."""

    service: WatchedService
    plan: str = PLAN

    @property
    def wiring(self) -> Wiring:
        return self.service.wiring

    @property
    def clock(self) -> StandingClock:
        return self.service.clock

    def measure(self, air_c: float, *, minutes: int = 1) -> None:
        """Measure minute by minute."""
        for _ in range(minutes):
            self.service.monitor.measure(SENSOR, air_c)
            self.clock.advance(minutes=1)

    def cool(self, *, minutes: int = 1) -> None:
        """Measure that all is well."""
        self.measure(COLD, minutes=minutes)

    def fail(self, *, minutes: int = 1) -> None:
        """Measure what leads to a break."""
        self.measure(COOL, minutes=minutes)

    def look(self) -> None:
        """Let the service look for breaks."""
        self.wiring.arming.look()
        self.service.monitor.answer()
        self.wiring.breaking.look()

    def cases(self) -> list[dict[str, Any]]:
        return list(self.service.get("/v1/reroutes")["items"])

    def alarms(self) -> list[dict[str, Any]]:
        """Give the open alarms that threaten goods."""
        found = self.service.get("/v1/alarms")["items"]
        return [one for one in found if one["kind"] != "not_precooled"]

    def close_alarms(self) -> None:
        for one in self.alarms():
            self.post(f"/v1/alarms/{one['id']}/close", comment="the sensor was wrong")

    def compartment(self, **changes: Any) -> dict[str, Any]:
        """Write the disruption of its compartment as a person would."""
        return {"kind": "compartment", "vehicle": "V1", "zone": "frozen", **changes}

    def post(self, path: str, status: int = 200, **body: Any) -> Any:
        return self.service.post(path, status, **body)


@contextmanager
def broken_van(
    folder: Path,
    *,
    state: str = "running",
    now: datetime | None = None,
    fresh: bool = True,
    **changes: Any,
) -> Iterator[BrokenVan]:
    """Run a service whose van has been cold so far; it fails when the test says so.

    With ``fresh`` false it goes on with what an earlier one has left in the folder.
    """
    clock = StandingClock(now or MORNING)
    if now is None:
        clock.advance(hours=ON_THE_ROAD_H)
    with MonkeyPatch.context() as patch, watched(folder, clock=clock, **changes) as service:
        compute_here(patch)
        patch.setattr(foreseeing, "observe", Seer().observe)
        if fresh:
            publish(service.wiring.database, state=state)
        van = BrokenVan(service=service)
        if fresh:
            service.wiring.arming.look()
            service.monitor.answer()
            van.cool()
        yield van
