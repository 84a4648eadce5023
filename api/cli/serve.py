"""``coldgrid serve``: the HTTP service, until it is told to stop."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from api.cli.outcome import Outcome

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from fastapi import FastAPI

    from api.settings import Settings
    from api.storage.database import Database
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


def serve(
    host: Host = None,
    port: Port = None,
    database: DatabaseUrl = None,
    beside: Annotated[
        bool, typer.Option("--beside", help="One of several on this database; one of them leads.")
    ] = False,
) -> int:
    """Serve plans over HTTP until Ctrl-C or SIGTERM.

    What is not given comes from COLDGRID_ variables. On a stop, requests that run are answered,
    and jobs that run begin anew with the next start.
    """
    from api.settings import load_settings

    settings = load_settings(host=host, port=port, database=database, beside=beside or None)

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

    from api.loading import loading, share_arenas

    share_arenas()
    with loading():
        from api.app import create_app
        from api.cli.http_server import address_of, bound_socket
        from api.observe.logs import configure_logging
        from api.storage.database import Database
        from api.wiring import wire

    configure_logging(settings.log_format)
    with (
        closing(bound_socket(settings.host, settings.port)) as taken,
        closing(Database(settings.database)) as claimed,
    ):
        service = _Service(taken, claimed, seconds)
        with service.leading(insist=not settings.beside):
            if clear is not None:
                clear()
            wiring = wire(settings)
            with closing(wiring.database):
                _require_users(wiring)
                if prepare is not None:
                    prepare(wiring)
                address = address_of(taken, settings.host)
                service.answer(create_app(wiring), wiring, partial(greet, address, wiring))


def _require_users(wiring: Wiring) -> None:
    from api.security.open_mode import require_may_listen
    from api.storage import accounts

    with wiring.database.read() as tx:
        require_may_listen(wiring.settings.host, accounts.any_user(tx))


class _Service:
    """The server while it answers, and its claim on the database."""

    def __init__(self, taken: socket.socket, claimed: Database, seconds: float | None) -> None:
        from api.jobs.leading import Leading

        self._taken = taken
        self._claimed = claimed
        self._seconds = seconds
        self._leading = Leading(claimed, begin=self._lead, overtaken=self._give_up)
        self._wiring: Wiring | None = None
        self._end: Callable[[], None] | None = None
        self._is_overtaken = False

    @contextmanager
    def leading(self, *, insist: bool) -> Iterator[None]:
        """Keep the claim while this lasts, or wait for it where nobody insists.

        Raises
        ------
        DatabaseUnavailable
            Another service leads: from the start, or because it was faster when the claim was lost.
        """
        from api.storage.claim import taken_by_another

        if insist:
            self._leading.insist()
        try:
            yield
        finally:
            self._leading.stop()
        if self._is_overtaken:
            raise taken_by_another(self._claimed)

    def answer(self, app: FastAPI, wiring: Wiring, greet: Callable[[], None]) -> None:
        """Answer requests until a signal, the time, or another service ends it."""
        from signal import SIGTERM
        from threading import Timer

        from api.cli.http_server import OrderlyServer, server_config

        def ready() -> None:
            self._leading.start()
            greet()

        self._wiring = wiring
        config = server_config(app, wiring.settings)
        server = OrderlyServer(config, ready=ready, farewell=wiring.close_streams)
        self._end = partial(server.handle_exit, SIGTERM, None)
        alarm = None if self._seconds is None else Timer(self._seconds, self._end)
        if alarm is not None:
            alarm.start()
        try:
            server.run(sockets=[self._taken])
        finally:
            if alarm is not None:
                alarm.cancel()

    def _lead(self) -> None:
        assert self._wiring is not None
        # One that is alone has begun with its start.
        if self._wiring.settings.beside:
            self._wiring.lead()

    def _give_up(self) -> None:
        self._is_overtaken = True
        assert self._end is not None
        self._end()
