"""Makes a case of every alarm that threatens goods on the road, and keeps it up to date.

A thread looks at what stands, not at what happened: which compartments have goods of a running plan
in them, which alarms stand there, and which cases are open. So nothing is lost while the service
is down, and nothing is done twice; events of the alarms only wake it. A compartment has one open
case at a time, however many alarms its break raises, and an alarm opens one case at most.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from threading import Event, Lock, Thread

import structlog

from api.problem_details import Refusal
from api.reroutes.alarm_to_disruption import (
    Compartment,
    Unclear,
    disruption_of,
    has_moved,
)
from api.reroutes.asking import event_from
from api.reroutes.cases import CaseState, Origin, OriginKind
from api.services.broken_compartments import (
    BrokenCompartments,
    is_looked_at_again,
    is_undecided,
    point_of,
)
from api.services.plan_book import PlanBook
from api.services.refused_breaks import RefusedBreaks
from api.services.reroute_policy import AutomaticAcceptance
from api.services.reroutes import Reroutes
from api.storage import arming
from api.storage import reroutes as cases
from api.storage.database import Database, DatabaseUnavailable
from api.storage.reroutes import RerouteRow
from optimizer.domain.errors import ColdgridError
from optimizer.response.risk import is_asked_again
from optimizer.response.words import Disruption
from telemetry.errors import StoreUnavailable
from telemetry.ports import Store

LOOK_S = 0.25
"""So often it asks for new alarms while goods are on board; waiting for them costs more."""

REST_S = 5.0
"""So often it looks without an alarm: forecasts move, policies come due, plans begin."""

EMPTY_S = 1.0
"""So often it looks while no goods are on board: when they are, it has to get ready at once."""

AGAIN_AFTER = timedelta(seconds=60)
"""A compartment of which no case could be made is left alone for so long, unless alarms change."""

CLEARED = "the alarm is over"
BY = "alarms"
"""Who withdraws a case."""

log = structlog.get_logger(__name__)


class Breaking:
    """Looks for breaks of the cold chain on the road; ``start`` and ``stop`` it.

    Parameters
    ----------
    policy
        Accepts what nobody answers, where the operator wants it.
    clock
        Gives the current instant.

    Attributes
    ----------
    counts
        Since the start: cases ``computed``, ``withdrawn``, ``accepted`` by the policy, alarms
        ``refused``, and looks that found a database ``away`` or ``failed``.
    """

    def __init__(
        self,
        reroutes: Reroutes,
        database: Database,
        book: PlanBook,
        compartments: BrokenCompartments,
        *,
        policy: AutomaticAcceptance,
        clock: Callable[[], datetime],
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._reroutes = reroutes
        self._database = database
        self._book = book
        self._compartments = compartments
        self._policy = policy
        self._clock = clock
        self._refused = RefusedBreaks()
        self._looking = Lock()
        self._stop = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to look, if any compartment is watched here at all."""
        if self._compartments:
            self._thread = Thread(target=self._work, name="breaking", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def look(self) -> bool:
        """Look once: open, compute anew and withdraw cases, and accept what is due.

        Returns
        -------
        bool
            Whether any goods are on board.

        Raises
        ------
        StoreUnavailable
            The telemetry store does not answer; the cases stay as they are.
        DatabaseUnavailable
            The service's own database does not answer.
        """
        with self._looking:
            now = self._clock()
            with self._database.read() as tx:
                goods = arming.goods_now(tx, now)
                standing = cases.listed(tx, state=CaseState.OPEN)
            names = [*(one.point for one in goods), *(point_of(row) or "" for row in standing)]
            broken = self._compartments.among(names, now)
            for row in standing:
                self._apart(partial(self._keep_up, row, broken.get(point_of(row) or ""), now))
            covered = {(row.plan, point_of(row)) for row in standing}
            for one in goods:
                found = broken.get(one.point)
                if found is not None and (one.plan, one.point) not in covered:
                    covered.add((one.plan, one.point))
                    self._apart(partial(self._open, one.plan, found, now))
            self.counts["accepted"] += self._policy.look()
            return bool(goods)

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                store = self._compartments.telemetry()
                last = store.last_event()
                if self.look():
                    # A break leaves no time for getting ready.
                    self._reroutes.warm_up()
                    self._rest(store, last)
                else:
                    self._stop.wait(EMPTY_S)
            except (StoreUnavailable, DatabaseUnavailable, Refusal) as error:
                self.counts["away"] += 1
                log.warning("breaks not looked for", code=error.code, detail=str(error))
                self._stop.wait(REST_S)
            except Exception:
                self.counts["failed"] += 1
                log.exception("breaks cannot be looked for")
                self._stop.wait(REST_S)

    def _rest(self, store: Store, last: int) -> None:
        """Wait for an alarm, or for the time to look anyway."""
        for _ in range(round(REST_S / LOOK_S)):
            if self._stop.wait(LOOK_S) or store.last_event() > last:
                return

    def _keep_up(self, row: RerouteRow, broken: Compartment | None, now: datetime) -> None:
        """Compute an open case of an alarm anew where its break has moved; withdraw what is over.

        What a person has opened is left to people.
        """
        if row.origin.kind is not OriginKind.ALARM or point_of(row) not in self._compartments:
            return
        if broken is None:
            self._reroutes.withdraw(row.id, CaseState.SUPERSEDED, reason=CLEARED, by=BY)
            self.counts["withdrawn"] += 1
            log.info("reroute withdrawn", reroute=row.id, reason=CLEARED)
            return
        opened = self._book.open(row.plan, row.plan_version)
        try:
            after = disruption_of(broken, opened.problem, opened.plan, now)
        except Unclear:
            # It was clear enough once, and nothing is known better by now.
            return
        told = event_from(row.disruption, opened.problem.horizon)
        if not isinstance(told, Disruption):
            return
        asked = is_asked_again(opened.problem, opened.plan, told, after)
        if asked or has_moved(told.breach, after.breach, after.at):
            self._try(row.plan, broken, now, lambda: self._reroutes.reconsider(row.id, after))

    def _open(self, plan: str, broken: Compartment, now: datetime) -> None:
        opened = self._book.open(plan)
        with self._database.read() as tx:
            fresh = [one.id for one in broken.alarms if cases.of_alarm(tx, one.id) is None]
            known = cases.listed(tx, plan=plan)
        anew = bool(fresh) and is_undecided(opened, known, broken, now)
        if not anew and not is_looked_at_again(opened, known, broken, now):
            return
        try:
            disruption = disruption_of(broken, opened.problem, opened.plan, now)
        except Unclear as unclear:
            self._refuse(plan, broken, now, str(unclear))
            return
        # An alarm opens one case; who looks again does so because of one that has had its own.
        origin = Origin(kind=OriginKind.ALARM, alarm=fresh[0] if fresh else None)
        by = f"alarm:{origin.alarm or broken.first.id}"
        self._try(
            plan,
            broken,
            now,
            lambda: self._reroutes.open(plan, disruption, origin=origin, by=by),
        )

    def _try(
        self, plan: str, broken: Compartment, now: datetime, do: Callable[[], RerouteRow]
    ) -> None:
        """Do what may be refused; what was refused is tried again after a while."""
        if self._refused.is_resting(plan, broken, now):
            return
        try:
            row = do()
        except (StoreUnavailable, DatabaseUnavailable):
            raise
        except ColdgridError as error:
            self._refuse(plan, broken, now + AGAIN_AFTER, f"{error.code} {error}")
            return
        self._refused.forget(broken)
        self.counts["computed"] += 1
        log.info("reroute computed", reroute=row.id, plan=plan, point=broken.point.id)

    def _refuse(self, plan: str, broken: Compartment, until: datetime, reason: str) -> None:
        self.counts["refused"] += self._refused.note(plan, broken, until, reason)

    def _apart(self, do: Callable[[], None]) -> None:
        """Do what is to be done about one break; a defect with it must not hide the next one."""
        try:
            do()
        except (StoreUnavailable, DatabaseUnavailable):
            raise
        except Exception:
            self.counts["failed"] += 1
            log.exception("a break cannot be looked at")
