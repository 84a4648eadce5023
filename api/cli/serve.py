"""``coldgrid serve``: the HTTP service, until it is told to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from api.cli.outcome import Outcome

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from fastapi import FastAPI

    from api.settings import Settings
    from api.wiring import Wiring

MOST_PORT = 65535

Host: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="HOST",
        help="Where to listen; without users only on this machine.",
        show_default="127.0.0.1",
    ),
]
Port: TypeAlias = Annotated[
    int | None,
    typer.Option(
        min=0, max=MOST_PORT, metavar="N", help="0 takes any free port.", show_default="8000"
    ),
]
DatabaseUrl: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME.",
        show_default="sqlite:///coldgrid.db",
    ),
]


def serve(host: Host = None, port: Port = None, database: DatabaseUrl = None) -> int:
    """Serve plans over HTTP until Ctrl-C or SIGTERM.

    What is not given comes from COLDGRID_ variables. On a stop, requests that run are answered,
    and jobs that run begin anew with the next start.
    """
    from api.settings import load_settings

    settings = load_settings(host=host, port=port, database=database)

    def greet(address: str, wiring: Wiring) -> None:
        print(
            f"coldgrid serves {address} from {wiring.database.name}; its routes stand in"
            f" {address}/v1/openapi.json, Ctrl-C stops it.",
            flush=True,
        )

    run_service(settings, greet)
    return Outcome.DONE


def run_service(
    settings: Settings,
    greet: Callable[[str, Wiring], None],
    *,
    clear: Callable[[], None] | None = None,
    prepare: Callable[[Wiring], None] | None = None,
    seconds: float | None = None,
) -> None:
    """Run the service until a signal stops it.

    Parameters
    ----------
    settings
        Where it listens and what it keeps its plans in.
    greet
        Called with the address and the parts when requests are answered.
    clear
        Called when the address is ours and the database is not opened yet.
    prepare
        Called with the parts before the first request.
    seconds
        It stops by itself after so many seconds; None means it does not.

    Raises
    ------
    ColdgridError
        The address or the database cannot be had, or the address is open and no user is there.
    """
    from contextlib import closing

    from api.loading import loading

    with loading():
        from api.app import create_app
        from api.cli.http_server import address_of, bound_socket
        from api.observe.logs import configure_logging
        from api.storage.claim import sole_service
        from api.storage.database import Database
        from api.wiring import wire

    configure_logging(settings.log_format)
    with (
        closing(bound_socket(settings.host, settings.port)) as taken,
        closing(Database(settings.database)) as claimed,
        sole_service(claimed),
    ):
        if clear is not None:
            clear()
        wiring = wire(settings)
        with closing(wiring.database):
            _require_users(wiring)
            if prepare is not None:
                prepare(wiring)
            address = address_of(taken, settings.host)
            _answer(create_app(wiring), wiring, taken, lambda: greet(address, wiring), seconds)


def _require_users(wiring: Wiring) -> None:
    from api.security.open_mode import require_may_listen
    from api.storage import accounts

    with wiring.database.read() as tx:
        require_may_listen(wiring.settings.host, accounts.any_user(tx))


def _answer(
    app: FastAPI,
    wiring: Wiring,
    taken: socket.socket,
    ready: Callable[[], None],
    seconds: float | None,
) -> None:
    from signal import SIGTERM
    from threading import Timer

    from api.cli.http_server import OrderlyServer, server_config

    config = server_config(app, wiring.settings)
    server = OrderlyServer(config, ready=ready, farewell=wiring.close_streams)
    alarm = None if seconds is None else Timer(seconds, server.handle_exit, (SIGTERM, None))
    if alarm is not None:
        alarm.start()
    try:
        server.run(sockets=[taken])
    finally:
        if alarm is not None:
            alarm.cancel()
