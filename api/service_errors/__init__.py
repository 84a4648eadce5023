"""Error codes of the service with cause and action, beside those of ``optimizer.domain``.

``requests``: CG-70xx any request, CG-71xx problems and jobs, CG-72xx the life of a plan.
``road``: CG-73xx the road, CG-77xx alarms and readings, CG-78xx rerouting. ``house``: CG-74xx who
may do what, CG-75xx paper, CG-76xx running the service. CG-8xxx are those of ``telemetry``.
"""

from __future__ import annotations

from api.service_errors.house import HOUSE_ERRORS
from api.service_errors.requests import REQUEST_ERRORS
from api.service_errors.road import ROAD_ERRORS
from optimizer.domain.error_table import ERRORS
from optimizer.domain.errors import ErrorEntry
from scenarios.error_table import SCENARIO_ERRORS
from telemetry.error_table import TELEMETRY_ERRORS

SERVICE_ERRORS: dict[str, ErrorEntry] = dict(
    sorted((REQUEST_ERRORS | ROAD_ERRORS | HOUSE_ERRORS).items())
)

ALL_ERRORS = ERRORS | SCENARIO_ERRORS | SERVICE_ERRORS | TELEMETRY_ERRORS
"""Every code of the system."""
