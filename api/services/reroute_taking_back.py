"""Takes an acceptance back: the old tail as a new version, the station free, the case ended.

That is possible while no vehicle has reached a stop which came with the proposal.
"""

from __future__ import annotations

from dataclasses import replace

from api.problem_details import Refusal
from api.reroutes.cases import CaseState, Happened
from api.reroutes.standing import position
from api.reroutes.taking_back import Accepted, TooLate, taken_back
from api.road.lots import lots_of
from api.security.principal import Principal
from api.services.plan_book import OpenPlan, PlanBook
from api.services.plan_changing import version_of
from api.services.plans_on_the_road import Look, Outrun, PlansOnTheRoad
from api.services.reroute_accepting import refuse_decided
from api.services.reroute_cases import RerouteCases
from api.storage import in_force, plan_changes, plans, reroutes
from api.storage.database import Database
from api.storage.reroutes import RerouteRow
from optimizer.domain.plan import Plan
from optimizer.formats.plan_json import dump_plan

NOT_ACCEPTED, TOO_LATE = "CG-7807", "CG-7808"
ATTEMPTS = 3


class RerouteTakingBack:
    """Takes acceptances back."""

    def __init__(
        self, database: Database, book: PlanBook, cases: RerouteCases, looks: PlansOnTheRoad
    ) -> None:
        self._database = database
        self._book = book
        self._cases = cases
        self._looks = looks

    def take_back(self, reroute: str, *, by: Principal, reason: str) -> RerouteRow:
        """Give the plan its old tail again, and the station its room.

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
        for _ in range(ATTEMPTS):
            row, answer = self._cases.answer(reroute)
            if row.state is CaseState.OPEN:
                raise Refusal(NOT_ACCEPTED, f"{row.id} is open; nothing of it was accepted")
            if row.state is not CaseState.ACCEPTED or row.accepted is None:
                refuse_decided(row)
            assert row.accepted is not None
            lines = answer["proposals"][row.accepted - 1]["lines"]
            if any(line["outcome"] == "quarantined" for line in lines):
                raise Refusal(TOO_LATE, f"{row.id}: it has put goods into quarantine")
            look = self._looks.look(row.plan)
            try:
                return self._write(row, look.opened, self._restored(row, look), by, reason)
            except TooLate as late:
                raise Refusal(TOO_LATE, f"{row.id}: {late}") from late
            except Outrun:
                # Somebody was quicker: look once more at what is true now.
                continue
        raise Refusal("CG-7013", f"{reroute}: its plan is changed all the time; ask again")

    def _restored(self, row: RerouteRow, look: Look) -> Plan:
        """Give the version with the old tails."""
        assert row.made_version is not None
        opened = look.opened
        fixes = {name: position(look.day.fixes, name, look.now) for name in look.day.fixes}
        accepted = Accepted(
            problem=opened.problem,
            before=self._book.open(row.plan, row.plan_version).plan,
            made=self._book.open(row.plan, row.made_version).plan,
            running=opened.plan,
            now=look.moment,
            visited=look.visited,
            seen={name: (fix.lat, fix.lon) for name, fix in fixes.items() if fix is not None},
        )
        return taken_back(accepted, self._book.travel(opened.problem))

    def _write(
        self, row: RerouteRow, opened: OpenPlan, plan: Plan, by: Principal, reason: str
    ) -> RerouteRow:
        head, now = opened.head, self._looks.clock()
        with self._database.write() as tx:
            held = plans.hold(tx, head.id)
            assert held is not None
            self._looks.insist(opened, held, plan)
            new = version_of(
                plan,
                dump_plan(plan),
                opened.note.problem,
                reason="reroute taken back",
                note=reason,
                at=now,
                by=by,
            )
            number = plans.add_version(tx, head, new)
            assert number is not None
            excuse = None if new.feasible else "stood in the plan before"
            plan_changes.add(tx, plan_changes.made(head, number, new, excuse))
            in_force.refresh(tx, head.id, plan, lots_of(opened.problem))
            done = replace(
                row,
                state=CaseState.TAKEN_BACK,
                revision=row.revision + 1,
                decided_at=now,
                decided_by=by.name,
                made_version=number,
                reason=reason,
            )
            if not reroutes.change(tx, row, done):
                raise Outrun("the case has just been decided")
            reroutes.release(tx, row.id)
            self._cases.tell(tx, done, Happened.TAKEN_BACK)
        return done
