"""Every refusal as a problem detail (RFC 9457): one table of codes, one table of statuses.

``title``, ``cause`` and ``action`` come from ``service_errors``; ``detail`` says what
happened this time; ``faults`` lists every fault of an input with its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.service_errors import ALL_ERRORS
from optimizer.domain.errors import ColdgridError, Fault, InputRefused

MEDIA_TYPE = "application/problem+json"

STATUS: dict[str, int] = {
    "CG-1618": 413,
    "CG-1619": 409,
    "CG-2014": 422,
    "CG-2020": 422,
    "CG-7001": 404,
    "CG-7002": 405,
    "CG-7003": 400,
    "CG-7004": 413,
    "CG-7005": 415,
    "CG-7006": 422,
    "CG-7007": 409,
    "CG-7008": 428,
    "CG-7009": 412,
    "CG-7010": 503,
    "CG-7011": 500,
    "CG-7012": 500,
    "CG-7013": 429,
    "CG-7014": 406,
    "CG-7101": 500,
    "CG-7102": 500,
    "CG-7103": 500,
    "CG-7104": 409,
    "CG-7105": 422,
    "CG-7106": 422,
    "CG-7107": 422,
    "CG-7108": 422,
    "CG-7109": 422,
    "CG-7110": 422,
    "CG-7201": 409,
    "CG-7202": 409,
    "CG-7203": 409,
    "CG-7204": 422,
    "CG-7205": 422,
    "CG-7206": 409,
    "CG-7207": 422,
    "CG-7208": 422,
    "CG-7209": 409,
    "CG-7210": 409,
    "CG-7211": 409,
    "CG-7501": 503,
    "CG-7601": 503,
    "CG-7606": 503,
    "CG-3002": 503,
    "CG-3003": 503,
    "CG-3004": 503,
    "CG-7607": 503,
    "CG-7401": 401,
    "CG-7402": 401,
    "CG-7403": 401,
    "CG-7404": 401,
    "CG-7405": 403,
    "CG-7406": 403,
    "CG-7407": 403,
    "CG-7408": 403,
    "CG-7409": 409,
    "CG-7410": 409,
    "CG-7411": 409,
    "CG-7412": 422,
    "CG-7414": 503,
    "CG-7415": 422,
    "CG-7416": 409,
    "CG-7301": 422,
    "CG-7302": 409,
    "CG-7303": 422,
    "CG-7304": 422,
    "CG-7305": 422,
    "CG-7306": 409,
    "CG-7307": 409,
    "CG-7308": 403,
    "CG-7309": 422,
    "CG-7310": 403,
    "CG-7311": 422,
    "CG-7312": 409,
    "CG-7313": 409,
    "CG-7701": 403,
    "CG-7702": 422,
    "CG-7703": 422,
    "CG-7704": 422,
    "CG-7705": 404,
    "CG-7801": 409,
    "CG-7802": 409,
    "CG-7803": 409,
    "CG-7804": 404,
    "CG-7805": 503,
    "CG-7806": 422,
    "CG-7807": 409,
    "CG-7808": 409,
    "CG-8001": 422,
    "CG-8201": 503,
    "CG-8301": 503,
}
"""HTTP status of a code, where it is not the status of its class."""

STATUS_OF_CLASS = {"1": 422, "2": 503, "3": 500, "4": 409, "5": 422, "6": 500, "7": 400, "8": 409}
"""HTTP status by the thousands digit of a code."""

MOST_FAULTS = 1000
"""A document lists so many faults at most, and says how many there are."""


class Refusal(ColdgridError):
    """The service says no; the code says which no, the message what happened this time."""


def status_of(code: str) -> int:
    """Give the HTTP status of an error code."""
    return STATUS.get(code) or STATUS_OF_CLASS[code.removeprefix("CG-")[0]]


def problem_detail(error: ColdgridError, instance: str) -> dict[str, Any]:
    """Write an error as a problem detail.

    Parameters
    ----------
    error
        What was raised.
    instance
        The path of the request, or the job.
    """
    faults = error.faults if isinstance(error, InputRefused) else ()
    return detail_of(error.code, str(error), instance, faults)


def detail_of(
    code: str, message: str, instance: str, faults: Sequence[Fault] = ()
) -> dict[str, Any]:
    """Write a problem detail from its parts."""
    entry = ALL_ERRORS[code]
    document: dict[str, Any] = {
        "type": f"urn:coldgrid:error:{code}",
        "title": entry.title,
        "status": status_of(code),
        "detail": message,
        "instance": instance,
        "code": code,
        "cause": entry.cause,
        "action": entry.action,
    }
    if faults:
        document["fault_count"] = len(faults)
        document["faults"] = [
            {"code": f.code, "place": f.place, "cause": f.cause, "action": f.action}
            for f in faults[:MOST_FAULTS]
        ]
    return document
