"""One format for all that is logged, on the error stream: lines of JSON, or text for people.

``structlog.get_logger(__name__)`` gives a logger; what is bound with ``structlog.contextvars``
(request, job) stands on every line. Libraries that use ``logging`` come out the same way.
"""

from __future__ import annotations

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import Processor

from api.observe.secrets import hide_secrets

SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    structlog.processors.StackInfoRenderer(),
)

QUIETER = {
    # Our own line about each request says more.
    "uvicorn.access": logging.CRITICAL,
    "uvicorn.error": logging.WARNING,
    "alembic": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    "fontTools": logging.WARNING,
    "asyncio": logging.WARNING,
}


def configure_logging(log_format: str, stream: TextIO | None = None) -> None:
    """Send everything that is logged from now on to one stream in one format.

    Parameters
    ----------
    log_format
        ``json`` or ``text``.
    stream
        Where it goes; the error stream unless given.
    """
    target = sys.stderr if stream is None else stream
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_traceback_and_renderer(log_format, colours=target.isatty()),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name, level in QUIETER.items():
        logging.getLogger(name).setLevel(level)
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def _traceback_and_renderer(log_format: str, *, colours: bool) -> list[Processor]:
    # Secrets are hidden after a traceback has become text: it may quote an address.
    if log_format == "json":
        return [
            structlog.processors.format_exc_info,
            hide_secrets,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ]
    return [
        structlog.processors.format_exc_info,
        hide_secrets,
        structlog.dev.ConsoleRenderer(colors=colours, event_key="event", timestamp_key="at"),
    ]
