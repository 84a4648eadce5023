"""Accepts proposals that nobody has answered, where the operator's policy says so."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import structlog

from api.reroutes.asking import COMPARTMENT
from api.reroutes.policy import Offer, Rules, due
from api.services.plan_book import PlanBook
from api.services.reroutes import Reroutes
from api.storage import reroutes as cases
from api.storage.database import Database
from api.storage.reroutes import RerouteRow
from optimizer.domain.errors import ColdgridError
from optimizer.domain.plan import Violation
from optimizer.response.words import Kind, Severity

BEST = 1
KINDS = frozenset(kind.value for kind in Kind)
NOTE = "accepted by the policy: worth {worth:,.2f}, and nobody answered within {minutes:g} minutes"

log = structlog.get_logger(__name__)


class AutomaticAcceptance:
    """Applies the policy to open cases.

    Parameters
    ----------
    rules
        By severity; without any it never does anything.
    clock
        Gives the current instant.
    """

    def __init__(
        self,
        reroutes: Reroutes,
        database: Database,
        book: PlanBook,
        rules: Rules,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._reroutes = reroutes
        self._database = database
        self._book = book
        self._rules = rules
        self._clock = clock

    def look(self) -> int:
        """Accept what is due; give how many cases that were.

        A proposal that is stale has been computed anew, and is looked at again the next time.

        Raises
        ------
        DatabaseUnavailable
            The database does not answer.
        """
        if not self._rules:
            return 0
        return sum(self._accept(row) for row in self._reroutes.standing() if self._is_due(row))

    def _is_due(self, row: RerouteRow) -> bool:
        """Ask the policy without the whole answer first: that is large, and seldom needed."""
        severity, waited = Severity(row.severity), self._clock() - row.opened_at
        if not due(self._rules, severity, waited, _in_short(row)):
            return False
        check = self._book.open(row.plan).plan.check
        standing = () if check is None else check.violations
        return due(self._rules, severity, waited, self._offer(row), standing)

    def _offer(self, row: RerouteRow) -> Offer | None:
        with self._database.read() as tx:
            answer = cases.answer(tx, row.id)
        found = [] if answer is None else json.loads(answer)["proposals"]
        return _offer(found[0]) if found else None

    def _accept(self, row: RerouteRow) -> bool:
        rule = self._rules[Severity(row.severity)]
        note = NOTE.format(
            worth=row.ranking[0].worth_cents / 100, minutes=rule.after.total_seconds() / 60
        )
        try:
            # The revision says which ranking was looked at: no other may be accepted unseen.
            self._reroutes.accept(
                row.id, BEST, by=None, note=note, automatic=True, revision=row.revision
            )
        except ColdgridError as error:
            log.warning(
                "policy could not accept", reroute=row.id, code=error.code, detail=str(error)
            )
            return False
        log.info("policy accepted", reroute=row.id, plan=row.plan)
        return True


def _in_short(row: RerouteRow) -> Offer | None:
    """Give the best proposal of a break; what else happens on the road is left to people."""
    if row.kind != COMPARTMENT or not row.ranking or row.ranking[0].kind not in KINDS:
        return None
    return Offer(kind=Kind(row.ranking[0].kind), worth_cents=row.ranking[0].worth_cents)


def _offer(proposal: Mapping[str, Any]) -> Offer:
    return Offer(
        kind=Kind(proposal["kind"]),
        worth_cents=proposal["worth_cents"],
        findings=[_violation(one) for one in proposal["check"]["violations"]],
        excused=[_violation(one) for one in proposal["excused"]],
        changes=bool(proposal["changed_routes"]),
    )


def _violation(document: Mapping[str, Any]) -> Violation:
    return Violation(
        code=document["code"], where=document["where"], amount=float(document["amount"])
    )
