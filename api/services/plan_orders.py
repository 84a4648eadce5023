"""Late orders and cancellations: the day as it is asked now, and a job that plans it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.life.habits import as_driven
from api.life.late_orders import (
    LateOrders,
    cancelled_lines,
    changed_problem,
    loaded_faults,
    read_late_orders,
)
from api.life.pins import keyed
from api.problem_details import Refusal
from api.security.principal import Principal
from api.services.plan_book import OpenPlan
from api.services.plan_changing import PlanChanging, Sent
from api.services.plan_revision import Replanner
from api.storage.jobs import JobRow
from optimizer.domain.errors import Fault, InputRefused
from optimizer.domain.ids import LineKey
from optimizer.domain.limit import Limit
from optimizer.domain.problem import Problem
from optimizer.formats.problem_reading import problem_from_document
from optimizer.formats.problem_writing import problem_document
from optimizer.planning.closure import closure


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChange:
    """What shall change of a plan's orders.

    Parameters
    ----------
    rows
        Late lines, with the columns of ``orders.csv``.
    cancel
        An order and one of its lines, or an order and None for all of it.
    keep_good_rows
        Leave faulty rows out rather than refuse the request.
    """

    rows: Sequence[Mapping[str, Any]]
    cancel: Sequence[tuple[str, str | None]]
    keep_good_rows: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersTaken:
    """The job that plans the changed day, and what became of each of so many rows."""

    job: JobRow
    rows: int
    added: tuple[LineKey, ...]
    cancelled: tuple[LineKey, ...]
    refused: tuple[Fault, ...]


class PlanOrders:
    """Takes late orders and cancellations.

    Parameters
    ----------
    order_lines
        The most lines that a problem may have.
    stability_cents
        What a stop costs that a late order gives to another van.
    """

    def __init__(
        self,
        changing: PlanChanging,
        replanner: Replanner,
        *,
        order_lines: int,
        stability_cents: int,
    ) -> None:
        self._changing = changing
        self._replanner = replanner
        self._order_lines = order_lines
        self._stability_cents = stability_cents

    def change(
        self,
        plan: str,
        *,
        if_match: str | None,
        wanted: OrderChange,
        limit: Limit,
        seed: int,
        note: str,
        caller: Principal,
        sent: Sent,
    ) -> OrdersTaken:
        """Change the orders of a plan and plan the open part of the day anew.

        Parameters
        ----------
        plan
            The plan's id.
        if_match
            The revision that the change was made for.
        wanted
            Late lines and cancellations.
        limit, seed
            For the solver.
        note, caller
            Words for those who read the versions, and who asks.
        sent
            The same once more, with the same key, gives the same job.

        Raises
        ------
        Refusal
            No such plan, another revision, a closed plan, too many lines or none at all.
        InputRefused
            Every fault of the rows; or lines that cannot be cancelled any more.
        """
        before = self._changing.asked_before(caller, sent)
        if before is not None:
            return self._taken_before(before, len(wanted.rows))
        opened = self._changing.open(plan, if_match)
        frozen = self._changing.freeze(opened)
        stays = closure(opened.problem, opened.plan, frozen.routes)
        cancelled = cancelled_lines(opened.problem, wanted.cancel)
        loaded = tuple(loaded_faults(opened.plan, stays, frozen, cancelled))
        if loaded:
            raise InputRefused(loaded)
        late = self._late(opened, wanted)
        problem = changed_problem(opened.problem, late.lines, cancelled)
        self._refuse_size(problem)
        problem = as_driven(problem, opened.plan, self._stability_cents)
        pins = {str(key): van for key, van in keyed(problem, opened.head.pins).items()}
        job = self._replanner.submit_replan(
            head=opened.head,
            problem=_read_anew(problem),
            base=opened.plan,
            frozen=stays,
            pins=pins,
            earliest=frozen.earliest,
            limit=limit,
            seed=seed,
            reason="late orders",
            note=note,
            caller=caller,
            idempotency_key=sent.key,
            body_digest=sent.digest,
        )
        return OrdersTaken(
            job=job,
            rows=len(wanted.rows),
            added=tuple(late.lines),
            cancelled=tuple(cancelled),
            refused=late.refused,
        )

    def _taken_before(self, job: JobRow, rows: int) -> OrdersTaken:
        """Answer a repeated request: what its job added and took out; refused rows are gone."""
        book = self._changing.book
        base = book.open(job.plan, job.base_version).problem
        with self._changing.database.read() as tx:
            asked = book.problem(tx, job.problem)
        return OrdersTaken(
            job=job,
            rows=rows,
            added=tuple(key for key in asked.lines if key not in base.lines),
            cancelled=tuple(
                key
                for key in (*base.lines, *base.collects)
                if key not in asked.lines and key not in asked.collects
            ),
            refused=(),
        )

    def _late(self, opened: OpenPlan, wanted: OrderChange) -> LateOrders:
        return read_late_orders(
            opened.problem,
            wanted.rows,
            received_at=self._changing.clock(),
            keep_good_rows=wanted.keep_good_rows,
        )

    def _refuse_size(self, problem: Problem) -> None:
        if not problem.lines:
            raise Refusal("CG-7209", f"problem {problem.id}: every order line is cancelled")
        if len(problem.lines) > self._order_lines:
            cause = f"{len(problem.lines)} order lines; the service takes {self._order_lines}"
            raise Refusal("CG-7004", f"problem {problem.id} would have {cause}")


def _read_anew(problem: Problem) -> Problem:
    """Pass a changed problem through the reader, which judges the sums of the whole day."""
    return problem_from_document(problem_document(problem)).problem
