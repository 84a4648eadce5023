"""Tells pickup points and drivers of accepted cases, and of acceptances taken back.

What is to be told follows from the two versions of the plan, so it is worked out after the
acceptance and not inside it: a thread looks for accepted cases of which nobody was told yet. A
service that went down in between tells them when it is back, under the same ids.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event, Lock, Thread
from typing import Any

import structlog

from api.problem_details import Refusal
from api.reroutes.cases import CaseState
from api.reroutes.news import (
    changed_routes,
    command_body,
    eta_body,
    expiry,
    new_times,
    news_id,
)
from api.services.plan_book import PlanBook
from api.services.reroute_calls import PATIENCE, NewsOutbox, sinks
from api.storage import reroute_news, reroutes
from api.storage.database import Database, DatabaseUnavailable
from api.storage.reroute_news import NewsKind, NewsRow, NewsState
from api.storage.reroutes import RerouteRow
from optimizer.domain.plan import Plan
from telemetry.calling.outbox import Dispatcher
from telemetry.calling.targets import Network
from telemetry.mqtt.commands import DeviceCommands, command_topic

LOOK_S = 30.0
TOLD_WITHIN = timedelta(hours=24)
"""An acceptance that is older is told to nobody any more."""

PERIOD_S = 0.5
"""How often the outbox is looked into."""

NO_WEBHOOK = "not sent: no webhook for pickup points is set"
NO_RIGHTS = "not sent: the broker has no per-device rights"
NO_BROKER = "not sent: no broker is set"
NO_TOPIC = "not sent: the vehicle's id cannot stand in a topic"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How news goes out.

    Parameters
    ----------
    webhook
        The address that is told of new times; empty tells nobody.
    secret
        Signs what it is told.
    networks
        Networks that the webhook may lead to though they are not public.
    devices
        Sends commands; None sends none.
    no_devices
        Why none are sent.
    """

    webhook: str = ""
    secret: str = ""
    networks: Sequence[Network] = ()
    devices: DeviceCommands | None = None
    no_devices: str = NO_RIGHTS


class RerouteNews:
    """Composes and delivers news; ``start`` and ``stop`` it.

    Parameters
    ----------
    clock
        Gives the current instant.
    """

    def __init__(
        self, database: Database, book: PlanBook, ways: Ways, *, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._book = book
        self._ways = ways
        self._clock = clock
        self._nothing: set[str] = set()
        self._looking = Lock()
        self._stop = Event()
        self._wake = Event()
        self._thread: Thread | None = None
        self._dispatcher = Dispatcher(
            NewsOutbox(database),
            sinks(ways.webhook, ways.secret, ways.devices, self._now_ms, ways.networks),
            self._now_ms,
            patience=PATIENCE,
        )

    def start(self) -> None:
        """Begin to tell."""
        self._dispatcher.start(PERIOD_S)
        self._thread = Thread(target=self._work, name="reroute news", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Tell no more; what waits is told after the next start."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        self._dispatcher.stop()

    def hurry(self) -> None:
        """Look at once: something has just been accepted."""
        self._wake.set()

    def look(self) -> int:
        """Write down what is to be told of new acceptances; give how many pieces it is.

        Raises
        ------
        DatabaseUnavailable
            The database does not answer.
        """
        with self._looking:
            with self._database.read() as tx:
                fresh = reroute_news.untold(tx, self._clock() - TOLD_WITHIN)
            self._nothing &= set(fresh)
            return sum(self._announce(one) for one in fresh if one not in self._nothing)

    def deliver(self) -> None:
        """Try once all that is due, in the caller's thread."""
        self._dispatcher.run_once()

    def of(self, reroute: str) -> list[NewsRow]:
        """Give what is told of a case, and how far that is.

        Raises
        ------
        Refusal
            There is no such case.
        """
        with self._database.read() as tx:
            if reroutes.find(tx, reroute) is None:
                raise Refusal("CG-7001", f"there is no reroute {reroute}")
            return reroute_news.of_reroute(tx, reroute)

    def _work(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            try:
                self.look()
            except (DatabaseUnavailable, Refusal) as error:
                log.warning("news of reroutes wait", code=error.code, detail=str(error))
            except Exception:
                # A defect with one case must not silence all that come after it.
                log.exception("news of reroutes cannot be written")
            self._wake.wait(LOOK_S)

    def _announce(self, name: str) -> int:
        with self._database.read() as tx:
            row, answer = reroutes.find(tx, name), reroutes.answer(tx, name)
        if row is None or answer is None or row.made_version is None or row.accepted is None:
            return 0
        proposal = json.loads(answer)["proposals"][row.accepted - 1]
        before = self._book.open(row.plan, _version_before(row, row.made_version)).plan
        after = self._book.open(row.plan, row.made_version).plan
        news = [*self._times(row, before, after, proposal), *self._commands(row, before, after)]
        if not news:
            # Nothing moves: it would be found untold with every look.
            self._nothing.add(name)
        with self._database.write() as tx:
            reroute_news.add(tx, news)
        return len(news)

    def _times(
        self, row: RerouteRow, before: Plan, after: Plan, proposal: Mapping[str, Any]
    ) -> Sequence[NewsRow]:
        version, found = row.made_version or 0, []
        for one in new_times(before, after, proposal.get("lines", ())):
            name = news_id(row.id, version, one.site, one.was, one.now, *one.keys)
            body = eta_body(one, news=name, reroute=row.id, plan=row.plan, version=version)
            why = "" if self._ways.webhook else NO_WEBHOOK
            found.append(self._row(row, name, NewsKind.ETA, one.site, body, why=why))
        return found

    def _commands(self, row: RerouteRow, before: Plan, after: Plan) -> Sequence[NewsRow]:
        version, issued_at, found = row.made_version or 0, row.decided_at or self._clock(), []
        for one in changed_routes(before, after):
            name = news_id(row.id, version, one.route, one.vehicle)
            body = command_body(one, news=name, plan=row.plan, version=version, issued_at=issued_at)
            why = self._no_command(one.vehicle)
            expires_at = expiry(one, issued_at)
            found.append(
                self._row(
                    row, name, NewsKind.COMMAND, one.vehicle, body, why=why, expires_at=expires_at
                )
            )
        return found

    def _no_command(self, vehicle: str) -> str:
        if self._ways.devices is None:
            return self._ways.no_devices
        return NO_TOPIC if command_topic(vehicle) is None else ""

    def _row(
        self,
        row: RerouteRow,
        name: str,
        kind: NewsKind,
        receiver: str,
        body: Mapping[str, Any],
        *,
        why: str,
        expires_at: datetime | None = None,
    ) -> NewsRow:
        now = self._clock()
        return NewsRow(
            id=name,
            reroute=row.id,
            kind=kind,
            receiver=receiver,
            body=json.dumps(body, ensure_ascii=False).encode(),
            state=NewsState.NOT_SENT if why else NewsState.WAITING,
            created_at=now,
            next_try_at=now,
            expires_at=expires_at,
            error=why,
        )

    def _now_ms(self) -> int:
        return round(self._clock().timestamp() * 1000)


def _version_before(row: RerouteRow, made: int) -> int:
    """Give the version that pickup points and drivers knew until then."""
    return made - 1 if row.state is CaseState.TAKEN_BACK else row.plan_version
