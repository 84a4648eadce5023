"""Read me first: the HTTP service, put together from its routers.

A request passes the guard (who asks, may they), one handler in ``routers``, one service in
``services``; what is refused anywhere comes out of ``faults`` as a problem detail.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from starlette.middleware.gzip import GZipMiddleware

from api.description import describe
from api.faults import install_fault_handlers
from api.observe.watch import RequestWatch
from api.routers import (
    accounts,
    alarms,
    boards,
    coverage,
    jobs,
    life,
    manifests,
    operating,
    pages,
    plans,
    points,
    profiles,
    questions,
    readings,
    reroute_news,
    reroutes,
    road,
    scenarios,
    session,
    tasks,
    tracing,
)
from api.routers.guard import install_guard
from api.wiring import Wiring

ROUTERS = (
    pages, questions, jobs, plans, coverage, life, manifests, road, reroutes, reroute_news, boards,
    tasks, scenarios, alarms, points, profiles, readings, tracing, session, accounts,
    operating,
)  # fmt: skip
"""Pages come first: the routes are tried in this order, and a page brings twenty files."""

SMALLEST_ZIPPED = 2048
"""Bytes. Answers with a secret in them are smaller: zipped beside what a reader sent, their length
would tell of it."""
ZIP_LEVEL = 5


def create_app(wiring: Wiring) -> FastAPI:
    """Put the service together.

    Parameters
    ----------
    wiring
        Its parts; they are started and stopped with the app.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(wiring.start)
        try:
            yield
        finally:
            await run_in_threadpool(wiring.stop)

    app = FastAPI(
        title="coldgrid",
        version=version("coldgrid"),
        summary="Plans cold deliveries over two echelons and three temperature zones.",
        lifespan=lifespan,
        # The pages that come with the framework load their scripts from another host.
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
        separate_input_output_schemas=False,
    )
    app.state.wiring = wiring
    install_fault_handlers(app)
    for router in ROUTERS:
        app.include_router(router.router)
    install_guard(app, wiring, [router.router for router in ROUTERS])
    describe(app)
    app.add_middleware(GZipMiddleware, minimum_size=SMALLEST_ZIPPED, compresslevel=ZIP_LEVEL)
    # Added last, so it stands outermost: what the guard refuses is counted and logged as well.
    app.add_middleware(RequestWatch, figures=wiring.figures)
    return app
