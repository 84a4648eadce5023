"""The process that computes ways out: ``python -m api.jobs.answering``, kept warm by ``warm``.

It answers one question after the other: disruptions of a plan in, one answer document each out.
The last problems and plans stay parsed, so a question about a known plan begins to compute at
once. When standard input ends, the service has gone, and so does this process.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Generic, TypeVar

from api.jobs.frames import Kind, read_frame, write_document, write_frame
from api.jobs.warm import GONE, KEPT
from api.reroutes.asking import (
    Happening,
    answer_of,
    event_document,
    event_from,
    refusal_of,
    reservation_from,
)
from api.reroutes.staleness import changes_locked, moved_past
from api.reroutes.standing import Delay, as_driven
from optimizer.check import check, kpis
from optimizer.domain.errors import ColdgridError, InputRefused
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.formats.plan_reading import plan_from_document
from optimizer.formats.problem_reading import problem_from_document
from optimizer.formats.problem_writing import problem_document
from optimizer.planning.drop_charge import dearest_round_trip_cents
from optimizer.planning.pricing import price
from optimizer.recovery.document import recovery_document
from optimizer.recovery.reading import read_event
from optimizer.recovery.recover import asked as with_event
from optimizer.recovery.recover import recover
from optimizer.reroute import RerouteRefused, respond, respond_together
from optimizer.response.checking import running_checker
from optimizer.response.situation import situation
from optimizer.response.why_not import Reason, WhyNot
from optimizer.response.words import Disruption, Refusal, Reservation, Response
from optimizer.travel.means import TravelMeans
from optimizer.travel.open_provider import open_provider
from optimizer.travel.provider import TravelProvider

Item = TypeVar("Item")


class Kept(Generic[Item]):
    """The last few things by name; who sends them keeps the same count of names."""

    def __init__(self) -> None:
        self._items: OrderedDict[str, Item] = OrderedDict()

    def __contains__(self, key: str) -> bool:
        """Say whether a thing is there."""
        return key in self._items

    def __getitem__(self, key: str) -> Item:
        """Give a thing, which is the newest from now on."""
        self._items.move_to_end(key)
        return self._items[key]

    def put(self, key: str, item: Item) -> None:
        """Keep a thing, and let the oldest go."""
        self._items[key] = item
        self._items.move_to_end(key)
        while len(self._items) > KEPT:
            self._items.popitem(last=False)


class Answering:
    """Answers questions; what it has read once it knows."""

    def __init__(self) -> None:
        self._problems: Kept[tuple[Problem, TravelProvider]] = Kept()
        self._plans: Kept[Plan] = Kept()

    def answer(self, asked: Mapping[str, Any], problem: bytes, plan: bytes) -> dict[str, Any]:
        """Answer one question.

        Parameters
        ----------
        asked
            Names of problem and plan, the disruptions, what is reserved, limit and seed.
        problem, plan
            Their documents; empty where they were sent before.

        Raises
        ------
        ColdgridError
            Problem, plan or travel cannot be opened.
        """
        key = asked["problem"]
        if problem:
            read = problem_from_document(json.loads(problem), name=asked["problem_name"]).problem
            self._problems.put(key, (read, _travel(asked, read)))
        if plan:
            self._plans.put(asked["plan"], plan_from_document(json.loads(plan)))
        day, travel = self._problems[key]
        return {"answers": _answers(asked, day, self._plans[asked["plan"]], travel)}


def _travel(asked: Mapping[str, Any], problem: Problem) -> TravelProvider:
    folder = asked["travel_folder"]
    return open_provider(
        problem.travel,
        None if folder is None else Path(folder),
        sites=problem.sites,
        means=TravelMeans.from_document(asked["travel_means"]),
    )


def _answers(
    asked: Mapping[str, Any], problem: Problem, running: Plan, travel: TravelProvider
) -> list[dict[str, Any]]:
    """Give per disruption its answer, or why it is none."""
    if not asked["disruptions"]:
        # Nobody asks yet; whoever does will find the running plan checked.
        running_checker(problem, running, travel, [])
        return []
    events = [event_from(one, problem.horizon) for one in asked["disruptions"]]
    late = {route: Delay(**one) for route, one in asked["late"].items()}
    desk = _Desk(
        asked=asked,
        problem=problem,
        running=running,
        driven=as_driven(problem, running, late),
        travel=travel,
    )
    found: list[dict[str, Any]] = [{} for _ in events]
    breaks: dict[int, Disruption] = {}
    for number, event in enumerate(events):
        try:
            if isinstance(event, Disruption):
                situation(problem, desk.driven, event)
                breaks[number] = event
            else:
                found[number] = desk.recovered(event)
        except (RerouteRefused, InputRefused) as refused:
            found[number] = refusal_of(refused)
    for number, response in zip(breaks, desk.together([*breaks.values()]), strict=True):
        event = breaks[number]
        found[number] = answer_of(problem, event, desk.fit(problem, event.vehicle, response))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """One question about one plan.

    Parameters
    ----------
    running, driven
        The plan, and the same with the stops of late vans at the times at which they are expected.
    """

    asked: Mapping[str, Any]
    problem: Problem
    running: Plan
    driven: Plan
    travel: TravelProvider

    @property
    def reserved(self) -> list[Reservation]:
        """What others have taken at stations."""
        return [reservation_from(one, self.problem.horizon) for one in self.asked["reserved"]]

    def recovered(self, event: Happening) -> dict[str, Any]:
        """Answer something else than a failing compartment.

        What it asks for besides, orders or vans, makes another problem of it: an accepted proposal
        answers that one.
        """
        told = read_event(self.problem, event_document(event, self.problem.horizon))
        limit, seed = self.asked["limit"], self.asked["seed"]
        response = recover(
            self.problem,
            self.driven,
            told,
            travel=self.travel,
            limit=limit,
            seed=seed,
            reserved=self.reserved,
        )
        day = with_event(self.problem, told)
        document = recovery_document(self.problem, told, self.fit(day, event.vehicle, response))
        if day.digest != self.problem.digest:
            document["asked"] = problem_document(day)
        return {"answer": document}

    def together(self, events: Sequence[Disruption]) -> list[Response]:
        """Answer several breaks so that all first proposals can be accepted."""
        how: dict[str, Any] = {
            "travel": self.travel,
            "limit": self.asked["limit"],
            "seed": self.asked["seed"],
            "reserved": self.reserved,
        }
        try:
            return respond_together(self.problem, self.driven, events, **how)
        except RerouteRefused:
            # All are looked at in the last of their moments, at which one of them may be over.
            return [respond(self.problem, self.driven, event, **how) for event in events]

    def fit(self, day: Problem, vehicle: str | None, response: Response) -> Response:
        """Leave out what has been overtaken: see the two below."""
        if self.driven is not self.running:
            response = _as_planned(day, self.running, response, self.travel)
        return _still_possible(self.asked, self.running, vehicle, response)


def _still_possible(
    asked: Mapping[str, Any], running: Plan, vehicle: str | None, response: Response
) -> Response:
    """Leave out what touches stops that drivers have reached, or routes that a person locked."""
    kept, refused = [], list(response.refused)
    locks = frozenset(asked["locks"])
    for one in response.proposals:
        why = next(moved_past(running, one.plan, asked["visited"]), None)
        if why is None and changes_locked(running, one.plan, locks, vehicle):
            why = Reason(WhyNot.ROUTE_LOCKED)
        if why is not None:
            refused.append(Refusal(kind=one.kind, place=one.place, why=why))
        else:
            kept.append(one)
    return replace(response, proposals=tuple(kept), refused=tuple(refused))


def _as_planned(
    problem: Problem, running: Plan, response: Response, travel: TravelProvider
) -> Response:
    """Leave the routes that a proposal has nothing to do with as they are, and judge it anew.

    A way out was looked for in the plan as it is driven. That a van somewhere else is late is no
    part of it, and would be out of date when somebody accepts.
    """
    dearest = dearest_round_trip_cents(problem, travel)
    planned = {route.id: route for route in running.routes}
    proposals = []
    for one in response.proposals:
        routes = tuple(
            route if route.id in one.changed else planned.get(route.id, route)
            for route in one.plan.routes
        )
        cost = price(problem, routes, one.plan.unserved, dearest)
        plan = replace(one.plan, routes=routes, cost=cost, check=None)
        plan = replace(plan, kpis=kpis(problem, plan))
        proposals.append(replace(one, plan=replace(plan, check=check(problem, plan, travel))))
    return replace(response, proposals=tuple(proposals))


def work(questions: IO[bytes], answers: IO[bytes]) -> None:
    """Answer question after question until nobody asks any more."""
    desk = Answering()
    while (told := read_frame(questions)) is not None:
        problem, plan = read_frame(questions), read_frame(questions)
        if problem is None or plan is None:
            return
        try:
            found = desk.answer(told.document(), problem.body, plan.body)
            write_frame(answers, Kind.PLAN, json.dumps(found, ensure_ascii=False).encode())
        except ColdgridError as error:
            write_document(answers, Kind.FAILED, {"code": error.code, "message": str(error)})
        except Exception as error:  # noqa: BLE001 - whoever asked must hear of any defect
            traceback.print_exc()
            message = f"{type(error).__name__}: {error}"
            write_document(answers, Kind.FAILED, {"code": GONE, "message": message})


def main() -> None:
    """Serve questions from standard input on standard output."""
    # A library that prints must not speak into the frames: what it prints goes to the log.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    work(os.fdopen(os.dup(0), "rb", buffering=0), answers)
    answers.close()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
