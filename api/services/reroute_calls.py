"""Delivers the news of accepted cases: the outbox of the service, and the two ways out of it.

The dispatcher is the one that calls people to alarms: tried until it is confirmed, under one id,
also over a restart. Here its outbox is the service's own database, a pickup point is told by a
webhook, and a driver's device by a command over the broker.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from api.storage import reroute_news
from api.storage.database import Database, DatabaseUnavailable
from api.storage.reroute_news import EXPIRED, NewsKind, NewsRow, NewsState
from telemetry.calling.patience import Patience
from telemetry.calling.roster import Receiver, Webhook
from telemetry.calling.sinks import DeliveryFailed, Sink
from telemetry.calling.targets import Network
from telemetry.calling.webhook import WebhookSink
from telemetry.errors import BrokerUnavailable, StoreUnavailable
from telemetry.mqtt.commands import DeviceCommands
from telemetry.ports import Call, CallState

POINTS = "pickup points"
"""The one receiver of all webhooks: while it does not answer, none of them goes out."""

VEHICLE = "vehicle "
PATIENCE = Patience(first_s=5.0, most_s=300.0)
"""Shorter than for people: a van drives on meanwhile."""

_STATES = {
    CallState.WAITING: NewsState.WAITING,
    CallState.DELIVERED: NewsState.DELIVERED,
    CallState.GIVEN_UP: NewsState.GIVEN_UP,
}


class NewsOutbox:
    """News as calls; see ``telemetry.calling.gathering.Outbox``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due_calls(self, now_ms: int, *, limit: int = 100) -> Sequence[Call]:
        """Give news that waits and may be tried now; what has expired is given up.

        Raises
        ------
        StoreUnavailable
            The database does not answer.
        """
        now = _instant(now_ms)
        with self._known_troubles() as database:
            with database.read() as tx:
                rows = reroute_news.due(tx, now, limit)
            expired = [row for row in rows if row.expires_at is not None and row.expires_at <= now]
            if expired:
                with database.write() as tx:
                    for row in expired:
                        over = replace(row, state=NewsState.GIVEN_UP, error=_why(row))
                        reroute_news.tried(tx, over)
        return [_call(row) for row in rows if row not in expired]

    def update_call(self, call: Call) -> None:
        """Put down how a try went.

        Raises
        ------
        StoreUnavailable
            The database does not answer.
        """
        with self._known_troubles() as database, database.write() as tx:
            row = reroute_news.find(tx, call.id)
            if row is not None:
                reroute_news.tried(tx, _tried(row, call))

    def calls(self, *, incident: str | None = None, limit: int = 100) -> Sequence[Call]:
        """Give what could be said together with a piece of news: nothing, each is said alone."""
        return ()

    def _known_troubles(self) -> _Troubles:
        return _Troubles(self._database)


@dataclass(frozen=True, slots=True)
class _Troubles:
    """Says of a database that is away what the dispatcher knows of a store that is."""

    database: Database

    def __enter__(self) -> Database:
        return self.database

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, DatabaseUnavailable):
            raise StoreUnavailable(error.code, str(error)) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSink:
    """Sends to devices on vehicles."""

    devices: DeviceCommands

    def send(self, receiver: str, call_id: str, body: bytes) -> None:
        """Deliver a command; see ``telemetry.calling.sinks.Sink``.

        Raises
        ------
        DeliveryFailed
            The broker has not confirmed it.
        """
        try:
            self.devices.send(receiver.removeprefix(VEHICLE), body)
        except BrokerUnavailable as error:
            raise DeliveryFailed(str(error)) from error


def sinks(
    webhook: str,
    secret: str,
    devices: DeviceCommands | None,
    clock_ms: Callable[[], int],
    networks: Sequence[Network] = (),
) -> Mapping[str, Sink]:
    """Give the ways in which news goes out.

    Parameters
    ----------
    webhook
        The address that is told of new times; empty tells nobody.
    secret
        Signs what it is told; empty signs nothing.
    devices
        None sends no commands.
    clock_ms
        Gives the time that is signed.
    networks
        Networks that the webhook may lead to though they are not public.
    """
    found: dict[str, Sink] = {}
    if webhook:
        points = Receiver(name=POINTS, webhook=Webhook(url=webhook, secret=secret))
        found[NewsKind.ETA.value] = WebhookSink(
            receivers={POINTS: points}, clock_ms=clock_ms, allowed=networks
        )
    if devices is not None:
        found[NewsKind.COMMAND.value] = CommandSink(devices=devices)
    return found


def _call(row: NewsRow) -> Call:
    is_eta = row.kind is NewsKind.ETA
    return Call(
        id=row.id,
        sink=row.kind.value,
        receiver=POINTS if is_eta else f"{VEHICLE}{row.receiver}",
        incident=row.id,
        body=row.body,
        created_ms=_ms(row.created_at),
        next_try_ms=_ms(row.next_try_at),
        tries=row.tries,
        last_error=row.error,
    )


def _tried(row: NewsRow, call: Call) -> NewsRow:
    return replace(
        row,
        state=_STATES[call.state],
        next_try_at=_instant(call.next_try_ms),
        tries=call.tries,
        error=call.last_error,
        delivered_at=None if call.delivered_ms is None else _instant(call.delivered_ms),
    )


def _why(row: NewsRow) -> str:
    return f"{EXPIRED}; {row.error}" if row.error else EXPIRED


def _ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)


def _instant(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
