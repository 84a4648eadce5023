"""Arms compartments while goods are in them, as plans and drivers say, and lets them go again.

Nothing of this stands in the way of a plan: a thread looks at the plans now and then, writes down
which compartment has goods in it, and tells the monitor through the telemetry store. What cannot
be told is told again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event, Lock, Thread

import structlog

from api.life.freeze import next_wave
from api.life.states import State
from api.problem_details import Refusal
from api.reroutes.cases import CaseState
from api.reroutes.left_aboard import left_until
from api.road.day import Day
from api.road.on_board import Aboard, aboard
from api.services.asking_the_monitor import Wish, command_of
from api.services.plan_book import PlanBook
from api.services.road_days import RoadDays
from api.storage import arming, reroutes
from api.storage.arming import ARM, DISARM, AboardRow, PlanOnTheWay
from api.storage.database import Database, DatabaseUnavailable
from api.storage.telemetry import TelemetryStore
from optimizer.domain.problem import HORIZON_S
from telemetry.alarm.words import CommandKind
from telemetry.errors import StoreUnavailable
from telemetry.registry import Registry

LOOK_S = 5.0
_LONGEST = timedelta(seconds=HORIZON_S)
"""A row's own end, an hour after the planned return, comes before it."""

GOODS_MAY_BE_ABOARD = frozenset({State.LOADING, State.RUNNING})

log = structlog.get_logger(__name__)


class Arming:
    """Looks after the compartments of the plans that are driven; ``start`` and ``stop`` it.

    Parameters
    ----------
    registry
        Only compartments that it names are armed.
    clock
        Gives the current instant.
    """

    def __init__(
        self,
        database: Database,
        book: PlanBook,
        telemetry: TelemetryStore,
        registry: Registry,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._days = RoadDays(database, book)
        self._telemetry = telemetry
        self._registry = registry
        self._clock = clock
        self._known: dict[str, PlanOnTheWay] = {}
        self._looking = Lock()
        self._stop = Event()
        self._wake = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to look, if anything is watched here at all."""
        if self._registry.points:
            self._thread = Thread(target=self._work, name="arming", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def hurry(self) -> None:
        """Look at once: something has just happened to a plan."""
        self._wake.set()

    def look(self) -> None:
        """Look once at the plans, and tell the monitor what it does not know yet.

        Raises
        ------
        DatabaseUnavailable
            The service's own database does not answer.
        StoreUnavailable
            The telemetry store does not take what is to be told; nothing is lost by that.
        """
        with self._looking:
            self._look(self._clock())

    def _look(self, now: datetime) -> None:
        with self._database.read() as tx:
            ways = arming.plans_on_the_way(tx)
        for way in ways:
            if self._known.get(way.plan) != way:
                self._refresh(way, now)
        self._known = {way.plan: way for way in ways}
        self._tell(now)
        self._listen()

    def _work(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            try:
                self.look()
            except (DatabaseUnavailable, StoreUnavailable, Refusal) as error:
                log.warning("compartments not armed yet", code=error.code, detail=str(error))
            self._wake.wait(LOOK_S)

    def _refresh(self, way: PlanOnTheWay, now: datetime) -> None:
        """Write down anew which compartments a plan has goods in."""
        day = self._days.day(way.plan, now)
        wanted = {
            (one.route, one.point): one
            for one in _aboard(day, now)
            if one.point in self._registry.points
        }
        left = self._left_aboard(day) if State(day.state) in GOODS_MAY_BE_ABOARD else {}
        with self._database.write() as tx:
            known = {row.key[1:]: row.aboard for row in arming.of_plan(tx, way.plan)}
            news = [one for key, one in wanted.items() if key not in known and not one.is_over]
            changed = [
                after
                for key, before in known.items()
                if (after := _renewed(before, wanted.get(key), left.get(before.point))) != before
            ]
            arming.add(tx, news)
            arming.change(tx, changed)

    def _left_aboard(self, day: Day) -> dict[str, datetime]:
        """Say which compartments keep their goods for a while after a diversion was accepted."""
        with self._database.read() as tx:
            accepted = reroutes.listed(tx, plan=day.id, state=CaseState.ACCEPTED)
            answers = [(row, reroutes.answer(tx, row.id)) for row in accepted]
        found: dict[str, datetime] = {}
        for row, answer in answers:
            if answer is None or row.accepted is None or row.vehicle is None or row.zone is None:
                continue
            proposal = json.loads(answer)["proposals"][row.accepted - 1]
            home = day.plan.horizon.start + _LONGEST
            for point, until in left_until(proposal, row.vehicle, row.zone, home).items():
                found[point] = max(until, found.get(point, until))
        return found

    def _tell(self, now: datetime) -> None:
        with self._database.read() as tx:
            rows = arming.to_tell(tx, now)
            in_use = arming.armed_points(tx, now)
        for row in rows:
            one = row.aboard
            if not one.is_over:
                self._say(row, ARM, one.ends_at, now)
            elif one.point in in_use:
                # The next goods are in already: their own end counts.
                self._note(row, DISARM, None, None)
            else:
                self._say(row, DISARM, None, now)

    def _say(self, row: AboardRow, said: str, until: datetime | None, now: datetime) -> None:
        wish = Wish(
            kind=CommandKind.ARM if said == ARM else CommandKind.DISARM,
            target=row.aboard.point,
            by=f"plan:{row.aboard.plan}",
            until=until,
        )
        # Told twice, where the note of it is lost, changes nothing.
        number = self._telemetry().submit(command_of(wish, now))
        self._note(row, said, until, number)

    def _note(
        self, row: AboardRow, said: str | None, until: datetime | None, command: int | None
    ) -> None:
        with self._database.write() as tx:
            arming.told(tx, row, said, until, command)

    def _listen(self) -> None:
        """Look what became of what was told; a refusal is for people to see."""
        with self._database.read() as tx:
            rows = arming.unheard(tx)
        for row in rows:
            assert row.command is not None
            outcome = self._telemetry().outcome(row.command)
            if outcome is None:
                continue
            if outcome.code is not None:
                log.warning(
                    "monitor refused to arm or disarm",
                    point=row.aboard.point,
                    plan=row.aboard.plan,
                    code=outcome.code,
                    detail=outcome.message,
                )
            self._note(row, row.told, row.told_until, None)


def _aboard(day: Day, now: datetime) -> Iterator[Aboard]:
    state = State(day.state)
    moment = round((now - day.plan.horizon.start).total_seconds())
    wave = next_wave(day.plan, moment) if state is State.LOADING else None
    return aboard(day, now, is_driven=state in GOODS_MAY_BE_ABOARD, loaded_wave=wave)


def _renewed(before: Aboard, wanted: Aboard | None, left_until: datetime | None) -> Aboard:
    """Say what a row has to become.

    What a plan no longer wants is over, unless a diversion leaves its goods there for a while.
    """
    if wanted is None and left_until is not None and not before.is_over:
        return replace(before, ends_at=min(before.ends_at, left_until))
    if wanted is None:
        return replace(before, is_over=True)
    # What was loaded early stays loaded when the next wave's turn comes.
    return replace(wanted, starts_at=min(before.starts_at, wanted.starts_at))
