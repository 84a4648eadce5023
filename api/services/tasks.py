"""Tasks of people and compensations of households."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.problem_details import Refusal
from api.road.compensation import Cause, Owed, Remedy, Standing, Terms, owed, resend_row
from api.road.day import Day
from api.road.forecast import routes_of_order
from api.road.tasks import Ending, NewTask, Severity, TaskKind, TaskRules, why_not
from api.security.narrowing import require_site
from api.security.principal import Principal
from api.services.plan_book import PlanBook
from api.services.road_days import RoadDays
from api.storage import resends, road, tasks
from api.storage.database import Database, Transaction
from api.storage.tasks import TaskRow, Wanted
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey
from optimizer.domain.units import thousands

REFUND_WITHIN = timedelta(hours=24)
"""How long people have to pay a refund or to send goods again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which tasks somebody wants to see.

    Parameters
    ----------
    state
        ``open`` or ``done``; None means both.
    after
        The id of the last task of the page before.
    """

    state: str | None = None
    overdue: bool = False
    kind: TaskKind | None = None
    after: str | None = None
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What is asked for a line.

    Parameters
    ----------
    plan
        The plan that brought the line, or left it out; None means the newest one.
    """

    key: LineKey
    cause: Cause
    remedy: Remedy
    plan: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compensated:
    """A compensation as it is stored, and whether it had been asked for before.

    Parameters
    ----------
    taken_by
        The plan or job that sends the goods again; None as long as there is none.
    """

    task: TaskRow
    duplicate: bool
    taken_by: str | None = None


class Tasks:
    """Lists and ends tasks, and settles claims.

    Parameters
    ----------
    clock
        Gives the current instant.
    rules, terms
        How long people have, and what households get.
    """

    def __init__(
        self,
        database: Database,
        book: PlanBook,
        *,
        clock: Callable[[], datetime],
        rules: TaskRules,
        terms: Terms,
    ) -> None:
        self._database = database
        self._days = RoadDays(database, book)
        self._clock = clock
        self._rules = rules
        self._terms = terms

    def now(self) -> datetime:
        """Give the instant by which tasks are overdue or not."""
        return self._clock()

    def list(self, asked: Asked, caller: Principal) -> list[TaskRow]:
        """Give tasks, those due first first; a leader's are those of the leader's sites."""
        now = self._clock()
        which = Wanted(
            shown_until=now + self._rules.due_after,
            state=asked.state,
            kind=None if asked.kind is None else asked.kind.value,
            overdue_at=now if asked.overdue else None,
            sites=caller.sites,
            after=asked.after,
            limit=asked.limit,
        )
        with self._database.read() as tx:
            return tasks.wanted(tx, which)

    def finish(self, task: str, ending: Ending, caller: Principal) -> TaskRow:
        """End a task; asked the same again, it answers the same.

        Raises
        ------
        Refusal
            There is no such task, it is not the caller's, cannot be ended so, or has ended
            otherwise.
        """
        outcome = {"action": ending.action, "note": ending.note}
        now = self._clock()
        with self._database.write() as tx:
            row = tasks.find(tx, task)
            if row is None or (row.state == tasks.TIMER and not self._shows(row, now)):
                raise Refusal("CG-7001", f"there is no task {task}")
            require_site(caller, row.site)
            refused = why_not(Severity(row.severity), caller.role.value, ending)
            if refused is not None:
                raise Refusal(*refused)
            tasks.end(tx, task, now, caller.name, outcome)
            ended = tasks.find(tx, task)
        assert ended is not None
        if ended.outcome != outcome:
            known = (ended.outcome or {}).get("action")
            raise Refusal("CG-7007", f"task {task} was ended before: {known} by {ended.done_by}")
        return ended

    def compensate(self, claim: Claim, caller: Principal) -> Compensated:
        """Settle a claim; asked again it answers what was settled the first time.

        Raises
        ------
        Refusal
            No plan knows the line, it is not the caller's, nothing is owed, or the same cause
            was settled with another remedy.
        """
        now = self._clock()
        with self._database.read() as tx:
            plan = claim.plan or road.plan_of_order(tx, claim.key.order)
        if plan is None:
            raise Refusal("CG-7001", f"no published plan has an order {claim.key.order}")
        order = claim.key.order
        day = self._days.day(plan, now, lambda whole: routes_of_order(whole, order))
        line = day.problem.lines.get(claim.key)
        if line is None or day.state == "draft":
            raise Refusal("CG-7001", f"no published version of plan {plan} has a line {claim.key}")
        require_site(caller, line.site)
        with self._database.write() as tx:
            road.lock_order(tx, claim.key.order, plan)
            return self._settled(tx, day, claim, now)

    def _settled(self, tx: Transaction, day: Day, claim: Claim, now: datetime) -> Compensated:
        order, line = claim.key
        before = tasks.of_line(tx, TaskKind.COMPENSATION, day.id, order, line)
        for known in before:
            if known.body["cause"] == claim.cause.value:
                return _settled_before(known, claim, resends.taker(tx, known.id))
        standing = _standing(day, claim.key, before)
        debt = owed(standing, claim.cause, claim.remedy, now, self._terms)
        if isinstance(debt, str):
            raise Refusal("CG-7307", debt)
        new = _task(day, claim, standing, debt, now)
        tasks.add(tx, new, now)
        name = tasks.task_id(new.kind, new.source)
        if claim.remedy is Remedy.RESEND:
            resends.add(tx, name, resend_row(standing, debt), now)
        stored = tasks.find(tx, name)
        assert stored is not None
        return Compensated(task=stored, duplicate=False)

    def _shows(self, row: TaskRow, now: datetime) -> bool:
        return row.due_at <= now + self._rules.due_after


def _settled_before(known: TaskRow, claim: Claim, taken_by: str | None) -> Compensated:
    if known.body["remedy"] != claim.remedy.value:
        raise Refusal(
            "CG-7312",
            f"{claim.key} {claim.cause.value} was settled by {known.body['remedy']} before",
        )
    return Compensated(task=known, duplicate=True, taken_by=taken_by)


def _standing(day: Day, key: LineKey, before: list[TaskRow]) -> Standing:
    line = day.problem.lines[key]
    visits = day.visits_of(key, Echelon.LAST_MILE)
    progress = visits[0].progress if visits else None
    product = day.problem.policies[line.zone].product
    readings = () if progress is None else progress.readings
    return Standing(
        line=line,
        progress=None if progress is None else progress.lines[key],
        due_at=day.problem.horizon.instant(day.problem.promises[line.promise].due(line)),
        broke_band=any(r.product_c not in product for r in readings if r.zone is line.zone),
        paid_cents=sum(row.body["amount_cents"] for row in before),
        resends=sum(row.body["remedy"] == Remedy.RESEND.value for row in before),
    )


def _task(day: Day, claim: Claim, standing: Standing, debt: Owed, now: datetime) -> NewTask:
    body = {
        "cause": claim.cause.value,
        "remedy": claim.remedy.value,
        "mass_kg": thousands(debt.mass_g),
        "amount_cents": debt.amount_cents,
    }
    if claim.remedy is Remedy.RESEND:
        body["resend_order"] = resend_row(standing, debt)["order"]
    return NewTask(
        kind=TaskKind.COMPENSATION,
        source=f"{day.id}/{claim.key}/{claim.cause.value}",
        plan=day.id,
        site=standing.line.site,
        order=claim.key.order,
        line=claim.key.line,
        due_at=now + REFUND_WITHIN,
        body=body,
    )
