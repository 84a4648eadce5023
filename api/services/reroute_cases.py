"""The cases of a plan, computed together and written down together.

The ways out of one break take room, docks and vans from those of another, so whatever happens to a
plan, all of its open cases are computed anew. Nobody waits for that with a lock in his hand: what
was computed is written only if plan and cases are still those that were looked at.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from api.problem_details import Refusal
from api.reroutes.asking import Told, event_document, event_from, subject_of
from api.reroutes.cases import (
    HAPPENS,
    CaseState,
    Happened,
    Origin,
    ranking,
    same_ranking,
)
from api.services.plans_on_the_road import Look, PlansOnTheRoad
from api.services.reroute_answers import Answer, RerouteAnswers
from api.services.reroute_feed import RerouteFeed
from api.storage import plans, reroutes
from api.storage.database import Clash, Database, Transaction
from api.storage.reroutes import RerouteEvent, RerouteRow
from optimizer.domain.problem import Horizon

ATTEMPTS = 5
ITSELF = "coldgrid"
"""In whose name a case ends that nobody decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """A case to be opened."""

    event: Told
    origin: Origin
    by: str


class RerouteCases:
    """Computes the open cases of plans and writes them down."""

    def __init__(
        self,
        database: Database,
        looks: PlansOnTheRoad,
        answers: RerouteAnswers,
        feed: RerouteFeed,
    ) -> None:
        self._database = database
        self._looks = looks
        self._answers = answers
        self._feed = feed

    def find(self, reroute: str) -> RerouteRow:
        """Give a case as it is stored.

        Raises
        ------
        Refusal
            There is no such case.
        """
        with self._database.read() as tx:
            row = reroutes.find(tx, reroute)
        if row is None:
            raise Refusal("CG-7001", f"there is no reroute {reroute}")
        return row

    def answer(self, reroute: str) -> tuple[RerouteRow, dict[str, Any]]:
        """Give a case with its answer document, both of one moment.

        Raises
        ------
        Refusal
            There is no such case.
        """
        with self._database.read() as tx:
            row, document = reroutes.find(tx, reroute), reroutes.answer(tx, reroute)
        if row is None or document is None:
            raise Refusal("CG-7001", f"there is no reroute {reroute}")
        found: dict[str, Any] = json.loads(document)
        return row, found

    def compute(
        self,
        plan: str,
        new: NewCase | None = None,
        fresh: Mapping[str, Told] | None = None,
    ) -> RerouteRow | None:
        """Compute all open cases of a plan anew, perhaps with a new one among them.

        Parameters
        ----------
        plan
            The plan's id.
        new
            A case to be opened.
        fresh
            By case, what is known of its disruption by now.

        Returns
        -------
        RerouteRow or None
            The new case.

        Raises
        ------
        Refusal
            No such plan, its vehicles are not on the road, or it is changed all the time.
        RerouteRefused
            The new disruption contradicts the plan.
        """
        for _ in range(ATTEMPTS):
            look = self._looks.look(plan)
            work = self._work(look, new, fresh or {})
            answers = self._answers.ask(look, work.events)
            if new is not None and answers[-1].refused is not None:
                raise answers[-1].refused
            try:
                with self._database.write() as tx:
                    written, row = self._write(tx, work, answers)
            except Clash:
                assert new is not None
                assert new.origin.alarm is not None
                return self.of_alarm(new.origin.alarm)
            if written:
                self._feed.wake()
                return row
        raise Refusal("CG-7013", f"plan {plan} is changed all the time; ask again")

    def of_alarm(self, alarm: str | None) -> RerouteRow | None:
        """Give the case that an alarm has opened."""
        if alarm is None:
            return None
        with self._database.read() as tx:
            return reroutes.of_alarm(tx, alarm)

    def open_of(self, plan: str | None = None) -> list[RerouteRow]:
        """Give the open cases, of one plan or of all, the oldest first."""
        with self._database.read() as tx:
            return reroutes.listed(tx, plan=plan, state=CaseState.OPEN)[::-1]

    def end(
        self, tx: Transaction, row: RerouteRow, state: CaseState, *, reason: str, by: str
    ) -> RerouteRow | None:
        """End an open case inside a transaction; None where it has changed since it was read.

        Parameters
        ----------
        tx
            A transaction.
        row, state
            The case, and how it ends.
        reason, by
            Why, and in whose name.
        """
        now = replace(
            row,
            state=state,
            revision=row.revision + 1,
            decided_at=self._looks.clock(),
            decided_by=by,
            reason=reason,
        )
        if not reroutes.change(tx, row, now):
            return None
        self.tell(tx, now, HAPPENS[state])
        return now

    def tell(self, tx: Transaction, row: RerouteRow, happened: Happened) -> None:
        """Write down for those who follow what happened to a case."""
        event = RerouteEvent(
            number=0,
            reroute=row.id,
            happened=happened,
            at=self._looks.clock(),
            body=shown(row),
        )
        reroutes.tell(tx, event)

    def _work(self, look: Look, new: NewCase | None, fresh: Mapping[str, Told]) -> _Work:
        horizon = look.opened.plan.horizon
        rows = self.open_of(look.opened.head.id)
        stay = [row for row in rows if new is None or not _same_place(row, new.event)]
        told = [fresh.get(row.id) or event_from(row.disruption, horizon) for row in stay]
        if new is not None:
            told.append(new.event)
        events = [self._answers.at_present(look, event) for event in told]
        gone = [row for row in rows if row not in stay]
        return _Work(look=look, new=new, rows=rows, stay=stay, gone=gone, told=told, events=events)

    def _write(
        self, tx: Transaction, work: _Work, answers: Sequence[Answer]
    ) -> tuple[bool, RerouteRow | None]:
        """Write what was computed; False where it was computed for another state of things."""
        head = work.look.opened.head
        held = plans.hold(tx, head.id)
        open_now = reroutes.listed(tx, plan=head.id, state=CaseState.OPEN)[::-1]
        if held is None or held.revision != head.revision or open_now != work.rows:
            return False, None
        for row, told, answer in zip(work.stay, work.told, answers, strict=False):
            if answer.refused is not None:
                self.end(tx, row, CaseState.EXPIRED, reason=str(answer.refused), by=ITSELF)
            else:
                self._renew(tx, row, told, work.look, answer)
        for row in work.gone:
            reason = "another case was opened for the same compartment"
            self.end(tx, row, CaseState.SUPERSEDED, reason=reason, by=ITSELF)
        if work.new is None:
            return True, None
        row, document = _opened(work.look, work.new, answers[-1])
        reroutes.add(tx, row, document)
        self.tell(tx, row, Happened.OPENED)
        return True, row

    def _renew(
        self, tx: Transaction, row: RerouteRow, told: Told, look: Look, answer: Answer
    ) -> None:
        assert answer.document is not None
        head, short = look.opened.head, ranking(answer.document)
        now = replace(
            row,
            plan_version=head.version,
            plan_revision=head.revision,
            revision=row.revision + 1,
            disruption=_told(told, answer.document, look.opened.plan.horizon),
            severity=_severity(answer.document),
            ranking=short,
            computed_at=look.now,
        )
        reroutes.change(tx, row, now, json.dumps(answer.document).encode())
        same = same_ranking(row.ranking, short)
        self.tell(tx, now, Happened.RECOMPUTED if same else Happened.RERANKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What is computed at once: cases that stay open, with what was told of each; the new one."""

    look: Look
    new: NewCase | None
    rows: list[RerouteRow]
    stay: list[RerouteRow]
    gone: list[RerouteRow]
    told: list[Told]
    events: list[Told]


def _same_place(row: RerouteRow, event: Told) -> bool:
    """Say whether a case is about the same vehicle and the same part of it."""
    new = subject_of(event)
    known = (row.kind, row.vehicle, row.zone)
    return new.vehicle is not None and known == (new.kind, new.vehicle, new.zone)


def _opened(look: Look, new: NewCase, answer: Answer) -> tuple[RerouteRow, bytes]:
    assert answer.document is not None
    head, event = look.opened.head, new.event
    subject = subject_of(event)
    row = RerouteRow(
        id=f"reroute-{secrets.token_hex(8)}",
        plan=head.id,
        plan_version=head.version,
        plan_revision=head.revision,
        revision=1,
        state=CaseState.OPEN,
        kind=subject.kind,
        vehicle=subject.vehicle,
        zone=subject.zone,
        severity=_severity(answer.document),
        disruption=_told(event, answer.document, look.opened.plan.horizon),
        ranking=ranking(answer.document),
        origin=new.origin,
        opened_at=look.now,
        opened_by=new.by,
        computed_at=look.now,
    )
    return row, json.dumps(answer.document).encode()


def situation_of(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the part of an answer that says what it answers."""
    found: Mapping[str, Any] = answer.get("disruption") or answer["event"]
    return found


def _severity(answer: Mapping[str, Any]) -> str:
    severity: str = situation_of(answer)["severity"]
    return severity


def _told(event: Told, answer: Mapping[str, Any], horizon: Horizon) -> dict[str, Any]:
    """Keep a disruption for the next computation, with its breach as it was first foreseen.

    The product was as warm as it is said to be then, and not when somebody computes again.
    """
    document = event_document(event, horizon)
    if document.get("breach", ...) is None:
        document["breach"] = answer["disruption"]["breach"]
    return document


def shown(row: RerouteRow) -> dict[str, Any]:
    """Give a case as JSON, without its answer document."""
    values: dict[str, Any] = {
        name: getattr(row, name) for name in RerouteRow.__slots__ if name not in {"origin"}
    }
    return {name: _plain(value) for name, value in values.items()} | {
        "ranking": [asdict(one) for one in row.ranking],
        "origin": row.origin.kind.value,
        "alarm": row.origin.alarm,
    }


def _plain(value: Any) -> Any:  # noqa: ANN401 - a JSON value
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, CaseState) else value
