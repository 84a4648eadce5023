"""Read me first for rerouting: cases are opened, computed, decided and told about here.

A case is a disruption of a plan on the road with its ranked proposals. ``reroute_answers`` asks
for them, ``reroute_cases`` writes them down, ``reroute_accepting`` makes one of them the plan,
``reroute_taking_back`` undoes that, ``reroute_feed`` tells those who follow.
"""

# Long because every step of a case is here, from opening it to taking it back.
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from traceback import format_exc
from typing import Any

import structlog

from api.life.difference import Difference, difference
from api.problem_details import Refusal
from api.reroutes.asking import Told
from api.reroutes.cases import CaseState, Origin
from api.reroutes.news import NewTime, new_times
from api.reroutes.standing import is_over
from api.security.principal import Principal
from api.services.plan_book import PlanBook
from api.services.plans_on_the_road import ON_THE_ROAD, Outrun, PlansOnTheRoad
from api.services.reroute_accepting import (
    NO_SUCH,
    POLICY,
    STALE,
    Accepted,
    RerouteAccepting,
    Wish,
    refuse_decided,
)
from api.services.reroute_answers import RerouteAnswers
from api.services.reroute_cases import ITSELF, NewCase, RerouteCases
from api.services.reroute_feed import RerouteFeed
from api.services.reroute_readiness import RerouteReadiness
from api.services.reroute_taking_back import RerouteTakingBack
from api.services.road_days import RoadDays
from api.storage import reroutes
from api.storage.database import Database
from api.storage.reroutes import RerouteRow
from optimizer.domain.errors import ColdgridError
from optimizer.formats.plan_reading import plan_from_document

__all__ = ["Accepted", "Reroutes", "StaleProposal"]

log = structlog.get_logger(__name__)


class StaleProposal(Refusal):
    """A proposal came too late; the case has been computed anew.

    Attributes
    ----------
    row
        The case with its new ranking.
    """

    def __init__(self, message: str, row: RerouteRow) -> None:
        super().__init__(STALE, message)
        self.row = row


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a proposal changes against the running plan: in words, and point by point."""

    difference: Difference
    points: tuple[NewTime, ...]


class Reroutes:
    """Cases of rerouting.

    Parameters
    ----------
    book
        Opens the plans that proposals are compared with.
    days
        Says what is still on board.
    looks
        Says how a plan on the road stands.
    answers, cases, accepting, taking_back
        Ask, write down, make a proposal the plan, and undo that.
    readiness
        Sees to it that the first answer is quick.
    feed
        Woken after every commit.

    Attributes
    ----------
    on_accepted
        Called one after the other after an acceptance is committed, in the thread that accepted.
        What one raises is logged and keeps nobody from anything.
    on_taken_back
        The same after an acceptance is taken back.
    """

    def __init__(
        self,
        database: Database,
        book: PlanBook,
        days: RoadDays,
        *,
        looks: PlansOnTheRoad,
        answers: RerouteAnswers,
        cases: RerouteCases,
        accepting: RerouteAccepting,
        taking_back: RerouteTakingBack,
        readiness: RerouteReadiness,
        feed: RerouteFeed,
    ) -> None:
        self._database = database
        self._book = book
        self._days = days
        self._looks = looks
        self._answers = answers
        self._cases = cases
        self._accepting = accepting
        self._taking_back = taking_back
        self._readiness = readiness
        self.feed = feed
        self.on_accepted: list[Callable[[Accepted], None]] = []
        self.on_taken_back: list[Callable[[RerouteRow], None]] = []

    def start(self) -> None:
        """Get ready to compute: plans may be on the road already."""
        self._readiness.start()

    def warm_up(self) -> None:
        """Get ready to compute: vehicles are about to leave."""
        self._answers.warm_up()

    def get_ready(self) -> None:
        """Get ready for a plan whose vehicles have just left."""
        self._readiness.hurry()

    def open(self, plan: str, disruption: Told, *, origin: Origin, by: str) -> RerouteRow:
        """Open a case, or give the one that its alarm has opened before.

        An open case for the same compartment is superseded; the others of the plan are computed
        anew.

        Parameters
        ----------
        plan
            The plan's id.
        disruption
            What broke. The ways out are looked for from the present moment and, where it is
            known, from the vehicle's last position.
        origin, by
            Who gave rise to it, and in whose name.

        Raises
        ------
        Refusal
            No such plan, or it is not on the road.
        RerouteRefused, InputRefused
            The disruption contradicts the plan, or cannot be read.
        """
        known = self._cases.of_alarm(origin.alarm)
        if known is not None:
            return known
        row = self._cases.compute(plan, NewCase(event=disruption, origin=origin, by=by))
        assert row is not None
        return row

    def read(self, reroute: str) -> RerouteRow:
        """Give a case; one whose goods are gone is expired with this.

        Raises
        ------
        Refusal
            There is no such case.
        """
        return self._expired_if_over(self._cases.find(reroute))

    def answer(self, reroute: str) -> tuple[RerouteRow, Mapping[str, Any]]:
        """Give a case with its answer document, plans and all.

        Raises
        ------
        Refusal
            There is no such case.
        """
        self.read(reroute)
        return self._cases.answer(reroute)

    def proposal(self, reroute: str, number: int) -> tuple[RerouteRow, Mapping[str, Any], Change]:
        """Give a case, one of its proposals with its plan, and what that changes.

        Raises
        ------
        Refusal
            There is no such case or proposal.
        """
        row, answer = self.answer(reroute)
        found = _numbered(row, answer, number)
        before = self._book.open(row.plan, row.plan_version).plan
        after = plan_from_document(found["plan"])
        change = Change(
            difference=difference(before, after),
            points=tuple(new_times(before, after, found["lines"])),
        )
        return row, found, change

    def listed(
        self, *, plan: str | None = None, state: CaseState | None = None, limit: int | None = None
    ) -> list[RerouteRow]:
        """Give cases, the newest first; those whose goods are gone are expired with this.

        Parameters
        ----------
        plan, state
            Only cases of this plan, in this state.
        limit
            So many at most.
        """
        for row in self._cases.open_of(plan):
            self._expired_if_over(row)
        with self._database.read() as tx:
            return reroutes.listed(tx, plan=plan, state=state, limit=limit)

    def standing(self) -> list[RerouteRow]:
        """Give all open cases, the oldest first."""
        return self.listed(state=CaseState.OPEN)[::-1]

    def reconsider(self, reroute: str, disruption: Told | None = None) -> RerouteRow:
        """Compute an open case anew, and with it the others of its plan; a decided one stays.

        Parameters
        ----------
        reroute
            The case.
        disruption
            What is known by now, in place of what was known when it was opened.

        Raises
        ------
        Refusal
            There is no such case.
        """
        row = self.read(reroute)
        if row.state is CaseState.OPEN:
            fresh = {} if disruption is None else {reroute: disruption}
            self._cases.compute(row.plan, fresh=fresh)
        return self._cases.find(reroute)

    def accept(
        self,
        reroute: str,
        number: int,
        *,
        by: Principal | None,
        note: str,
        automatic: bool = False,
        revision: int | None = None,
    ) -> RerouteRow:
        """Make a proposal the plan.

        Parameters
        ----------
        reroute, number
            The case and the proposal.
        by
            Who accepts; None where a policy does.
        note
            Words for those who read the plan's changes.
        automatic
            Whether a policy accepts.
        revision
            The revision of the case that was looked at; None takes it as it is now.

        Raises
        ------
        Refusal
            No such case or proposal, or the case is decided.
        StaleProposal
            The plan or the vehicle has moved on; the case has been computed anew.
        """
        row, answer = self.answer(reroute)
        refuse_decided(row)
        if revision is not None and revision != row.revision:
            raise StaleProposal(f"{reroute} has been computed anew since it was read", row)
        wish = Wish(
            row=row,
            number=number,
            proposal=_numbered(row, answer, number),
            asked=answer.get("asked"),
            by=by or POLICY,
            note=note,
            automatic=automatic,
        )
        try:
            made = self._accepting.accept(wish)
        except Outrun as outrun:
            raise self._stale(row, str(outrun)) from outrun
        self.feed.wake()
        self._after(made.row, [partial(hook, made) for hook in self.on_accepted])
        return made.row

    def take_back(self, reroute: str, *, by: Principal | None, reason: str) -> RerouteRow:
        """Undo an acceptance while no vehicle has reached a stop that came with it.

        Parameters
        ----------
        reroute
            The case.
        by, reason
            Who takes it back, and why.

        Raises
        ------
        Refusal
            There is no such case, it is not accepted, or it is too late.
        """
        row = self._taking_back.take_back(reroute, by=by or POLICY, reason=reason)
        self.feed.wake()
        self._after(row, [partial(hook, row) for hook in self.on_taken_back])
        return row

    def reject(self, reroute: str, *, by: Principal | None, reason: str) -> RerouteRow:
        """Decide that nothing of a case is done.

        Raises
        ------
        Refusal
            No such case, or it is decided.
        """
        name = (by or POLICY).name
        return self._ended(reroute, CaseState.REJECTED, reason=reason, by=name, insist=True)

    def withdraw(self, reroute: str, state: CaseState, *, reason: str, by: str) -> RerouteRow:
        """End an open case without a decision: superseded or expired; a decided one stays.

        Parameters
        ----------
        reroute
            The case.
        state
            How it ends.
        reason, by
            Why, and in whose name.

        Raises
        ------
        Refusal
            There is no such case.
        """
        return self._ended(reroute, state, reason=reason, by=by, insist=False)

    def close(self) -> None:
        """Compute no more, and let go of those who follow."""
        self.feed.close()
        self._readiness.stop()
        self._answers.close()

    def _ended(
        self, reroute: str, state: CaseState, *, reason: str, by: str, insist: bool
    ) -> RerouteRow:
        while True:
            row = self._cases.find(reroute)
            if row.state is not CaseState.OPEN:
                if insist:
                    refuse_decided(row)
                return row
            with self._database.write() as tx:
                ended = self._cases.end(tx, row, state, reason=reason, by=by)
            if ended is not None:
                self.feed.wake()
                return ended

    def _expired_if_over(self, row: RerouteRow) -> RerouteRow:
        """End an open case that nobody can decide any more."""
        if row.state is not CaseState.OPEN:
            return row
        reason = self._over(row)
        if reason is None:
            return row
        return self.withdraw(row.id, CaseState.EXPIRED, reason=reason, by=ITSELF)

    def _over(self, row: RerouteRow) -> str | None:
        now = self._looks.clock()
        day = self._days.day(row.plan, now)
        if day.state != ON_THE_ROAD.value:
            return f"plan {row.plan} is {day.state}"
        if row.vehicle is None or row.zone is None:
            return None
        return is_over(day, row.vehicle, row.zone, day.plan.horizon.seconds(now))

    def _stale(self, row: RerouteRow, reason: str) -> StaleProposal:
        """Compute a case anew that somebody wanted to accept too late."""
        if self._over(row) is None:
            self._cases.compute(row.plan)
        now = self.read(row.id)
        refuse_decided(now)
        return StaleProposal(f"{row.id}: {reason}; it has been computed anew", now)

    def _after(self, row: RerouteRow, hooks: Sequence[Callable[[], None]]) -> None:
        """Tell everybody, and compute what is still open; the version stands whatever happens."""
        for hook in hooks:
            try:
                hook()
            except Exception:  # noqa: BLE001 - the version stands, and the next one is told
                # As text: with what the functions hold, a trace would show two whole plans.
                trace = format_exc()
                log.error("new version not passed on", reroute=row.id, trace=trace)
        if not self._cases.open_of(row.plan):
            return
        try:
            self._cases.compute(row.plan)
        except ColdgridError as error:
            log.error("open cases not computed anew", plan=row.plan, detail=str(error))


def _numbered(row: RerouteRow, answer: Mapping[str, Any], number: int) -> Mapping[str, Any]:
    if not 1 <= number <= len(answer["proposals"]):
        known = len(answer["proposals"])
        raise Refusal(NO_SUCH, f"{row.id} has {known} proposals, and none of number {number}")
    found: Mapping[str, Any] = answer["proposals"][number - 1]
    return found
