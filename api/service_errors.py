"""Error codes of the service with cause and action, beside those of ``optimizer.domain``.

CG-70xx any request, CG-71xx problems and jobs, CG-72xx the life of a plan, CG-73xx the road,
CG-74xx who may do what, CG-75xx paper, CG-76xx running the service.
"""

from __future__ import annotations

from optimizer.domain.error_table import ERRORS
from optimizer.domain.errors import ErrorEntry

SERVICE_ERRORS: dict[str, ErrorEntry] = {
    "CG-7001": ErrorEntry(
        title="not found",
        cause="Nothing has this id, or there is no such route.",
        action="Take ids from the lists that the service gives; /v1/openapi.json has the routes.",
    ),
    "CG-7002": ErrorEntry(
        title="method not allowed",
        cause="The route exists, but not with this method.",
        action="Use a method that the Allow header names.",
    ),
    "CG-7003": ErrorEntry(
        title="malformed request",
        cause="A header, a parameter or the body cannot be read as what it should be.",
        action="Correct what the detail names.",
    ),
    "CG-7004": ErrorEntry(
        title="request too large",
        cause="The body has more bytes, or the problem more order lines, than one request may.",
        action="Split the request, or ask the operator to raise the limit that the detail names.",
    ),
    "CG-7005": ErrorEntry(
        title="unsupported media type",
        cause="The body is of a kind that this route does not read.",
        action="Send application/json, or multipart/form-data where the route takes tables.",
    ),
    "CG-7006": ErrorEntry(
        title="body refused",
        cause="The body is readable, but a value in it is missing, unknown or impossible.",
        action="Correct the places that are listed; /v1/openapi.json has the schema.",
    ),
    "CG-7007": ErrorEntry(
        title="wrong state",
        cause="What was asked cannot be done in the state that the thing is in.",
        action="Read its state anew; the detail names the states in which it can be done.",
    ),
    "CG-7008": ErrorEntry(
        title="If-Match needed",
        cause="A change of a plan must say which revision of the plan it was made for.",
        action="Send If-Match with the ETag that the plan was read with.",
    ),
    "CG-7009": ErrorEntry(
        title="stale version",
        cause="Somebody else has changed the plan since it was read.",
        action="Read the plan anew, look at the change, and ask again with the new ETag.",
    ),
    "CG-7010": ErrorEntry(
        title="database does not answer",
        cause="The database cannot be opened, is locked by another program or has gone away.",
        action="Try again; coldgrid doctor names what is wrong with it.",
    ),
    "CG-7011": ErrorEntry(
        title="database setting unreadable",
        cause="COLDGRID_DATABASE is no address of a database that coldgrid can use.",
        action="Set it to sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME.",
    ),
    "CG-7012": ErrorEntry(
        title="the service failed",
        cause="Something happened that the service did not foresee: a defect.",
        action="Report it with the request id; the log has the trace.",
    ),
    "CG-7013": ErrorEntry(
        title="too many requests",
        cause="More was asked in a short time, or waits already, than the service takes on.",
        action="Wait for the seconds that Retry-After names, then ask again.",
    ),
    "CG-7014": ErrorEntry(
        title="not acceptable",
        cause="The route cannot give any of the media types that the Accept header names.",
        action="Ask for one of the media types that the detail names.",
    ),
}

ALL_ERRORS = ERRORS | SERVICE_ERRORS
"""Every code of the system."""
