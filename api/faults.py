"""From what was raised to a problem detail on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.problem_details import MEDIA_TYPE, detail_of, problem_detail
from api.schemas.reading import cause_of
from optimizer.domain.errors import ColdgridError, Fault

log = structlog.get_logger(__name__)

CODE_OF_STATUS = {
    404: "CG-7001", 405: "CG-7002", 406: "CG-7014", 413: "CG-7004", 415: "CG-7005",
    429: "CG-7013",
}  # fmt: skip

OURS = 500
"""From this status on the fault is on our side, and belongs into the log."""


def install_fault_handlers(app: FastAPI) -> None:
    """Answer every exception with a problem detail."""
    app.add_exception_handler(ColdgridError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _framework)
    app.add_exception_handler(Exception, _unforeseen)


async def answer_to(request: Request, error: Exception) -> JSONResponse:
    """Answer what was raised outside of any handler."""
    if isinstance(error, ColdgridError):
        return await _refused(request, error)
    return await _unforeseen(request, error)


def problem_response(
    document: dict[str, Any], headers: dict[str, str] | None = None
) -> JSONResponse:
    """Put a problem detail on the wire."""
    return JSONResponse(
        document, status_code=document["status"], headers=headers, media_type=MEDIA_TYPE
    )


async def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ColdgridError)
    document = problem_detail(error, request.url.path)
    if document["status"] >= OURS:
        log.error("request failed", code=error.code, detail=str(error))
    return problem_response(document, getattr(error, "headers", None))


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    faults = _faults(error.errors())
    unreadable = any(item["type"] == "json_invalid" for item in error.errors())
    code = "CG-7003" if unreadable or not _of_body(error.errors()) else "CG-7006"
    return problem_response(detail_of(code, str(faults[0]), request.url.path, faults))


def _of_body(errors: Sequence[Any]) -> bool:
    return any(item["loc"][:1] == ("body",) for item in errors)


def _faults(errors: Sequence[Any]) -> list[Fault]:
    return [
        Fault(
            code="CG-7006",
            place="/".join(str(step) for step in item["loc"]),
            cause=cause_of(item),
            action="Correct this value; /v1/openapi.json has the schema",
        )
        for item in errors
    ]


async def _framework(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = CODE_OF_STATUS.get(error.status_code, "CG-7003")
    document = detail_of(
        code, f"{request.method} {request.url.path}: {error.detail}", request.url.path
    )
    return problem_response(document, dict(error.headers or {}))


async def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    log.exception("unforeseen failure", exc_info=error)
    document = detail_of(
        "CG-7012", f"{type(error).__name__} in {request.url.path}", request.url.path
    )
    return problem_response(document)
