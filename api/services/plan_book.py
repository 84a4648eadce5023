"""Plans opened for reading: the problem, the plan and its standing, as the domain knows them."""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Any, Generic, TypeVar

from api.problem_details import Refusal
from api.storage import plans, problems
from api.storage.database import Database, Transaction
from api.storage.plans import PlanHead, VersionNote
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.formats.plan_reading import plan_as_written
from optimizer.formats.problem_reading import problem_from_document
from optimizer.travel.means import NO_MEANS, TravelMeans
from optimizer.travel.open_provider import open_provider
from optimizer.travel.provider import TravelProvider

Item = TypeVar("Item")

KEPT_OPEN = 16
"""Documents that stay parsed; a day's plan of a city takes some ten megabytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPlan:
    """A version of a plan with everything that it refers to."""

    head: PlanHead
    note: VersionNote
    plan: Plan
    problem: Problem


class PlanBook:
    """Opens plans; what never changes is parsed once and kept.

    Parameters
    ----------
    travel_folder
        Where travel files lie; None where the operator named none.
    travel_means
        Servers and cache of this machine.
    """

    def __init__(
        self,
        database: Database,
        *,
        travel_folder: Path | None = None,
        travel_means: TravelMeans = NO_MEANS,
    ) -> None:
        self._database = database
        self._travel_folder = travel_folder
        self._travel_means = travel_means
        self._problems = Kept[Problem]()
        self._plans = Kept[Plan]()

    def head(self, plan: str) -> PlanHead:
        """Give a plan's standing.

        Raises
        ------
        Refusal
            There is no such plan.
        """
        with self._database.read() as tx:
            return head_of(tx, plan)

    def open(self, plan: str, version: int | None = None) -> OpenPlan:
        """Open a version of a plan, by default the one that counts.

        Raises
        ------
        Refusal
            There is no such plan or version.
        """
        with self._database.read() as tx:
            head = head_of(tx, plan)
            number = head.version if version is None else version
            note = plans.note(tx, plan, number)
            if note is None:
                raise Refusal("CG-7001", f"plan {plan} has no version {number}")
            return OpenPlan(
                head=head,
                note=note,
                plan=replace(self._plan(tx, plan, number), state=head.state),
                problem=self.problem(tx, note.problem),
            )

    def problem(self, tx: Transaction, problem: str) -> Problem:
        """Open a problem.

        Raises
        ------
        Refusal
            There is no such problem.
        """
        known = self._problems.get(problem)
        if known is None:
            row = problems.find(tx, problem)
            if row is None:
                raise Refusal("CG-7001", f"there is no problem {problem}")
            known = problem_from_document(_json(row.document), name=row.name).problem
            self._problems.put(problem, known)
        return known

    def travel(self, problem: Problem) -> TravelProvider:
        """Open the distances of a problem; files are read from the operator's folder alone."""
        return open_provider(
            problem.travel, self._travel_folder, sites=problem.sites, means=self._travel_means
        )

    def _plan(self, tx: Transaction, plan: str, version: int) -> Plan:
        key = f"{plan} {version}"
        known = self._plans.get(key)
        if known is None:
            data = plans.document(tx, plan, version)
            if data is None:
                raise Refusal("CG-7001", f"plan {plan} has no version {version}")
            known = replace(plan_as_written(_json(data)), version=version)
            self._plans.put(key, known)
        return known


def head_of(tx: Transaction, plan: str) -> PlanHead:
    """Give a plan's standing inside a transaction.

    Raises
    ------
    Refusal
        There is no such plan.
    """
    head = plans.find(tx, plan)
    if head is None:
        raise Refusal("CG-7001", f"there is no plan {plan}")
    return head


def _json(data: bytes) -> Any:  # noqa: ANN401 - a JSON document
    return json.loads(data)


class Kept(Generic[Item]):
    """The last few things, by name; safe for several threads."""

    def __init__(self) -> None:
        self._items: OrderedDict[str, Item] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> Item | None:
        """Give a thing; None where it is not kept, or no longer."""
        with self._lock:
            if key in self._items:
                self._items.move_to_end(key)
            return self._items.get(key)

    def put(self, key: str, item: Item) -> None:
        """Keep a thing; the one that nobody has asked for the longest goes."""
        with self._lock:
            self._items[key] = item
            while len(self._items) > KEPT_OPEN:
                self._items.popitem(last=False)
