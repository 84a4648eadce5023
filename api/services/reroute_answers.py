"""Asks for ways out: a look at a plan on the road goes in, an answer per disruption comes out.

Nothing here holds a transaction while something is computed. Whoever writes an answer down sees
to it that the plan is still the one that was looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from api.jobs.warm import Answerer, Question
from api.reroutes.asking import Happening, Told, event_document, refusal_from, reservation_document
from api.reroutes.standing import FRESH, delays, moment_of, position
from api.services.plan_book import OpenPlan
from api.services.plans_on_the_road import Look
from api.storage import plans, problems
from api.storage.database import Database
from optimizer.domain.errors import ColdgridError

MOST_PROPOSALS = 3
SEED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of one disruption.

    Parameters
    ----------
    event
        The disruption as it was asked about.
    document
        The answer; None where there is none, which ``refused`` explains.
    """

    event: Told
    document: Mapping[str, Any] | None = None
    refused: ColdgridError | None = None


class RerouteAnswers:
    """Asks about plans.

    Parameters
    ----------
    answerer
        Computes.
    """

    def __init__(self, database: Database, answerer: Answerer) -> None:
        self._database = database
        self._answerer = answerer

    def at_present(self, look: Look, event: Told) -> Told:
        """Bring a disruption up to the moment: where the vehicle is now, and what it has reached.

        Parameters
        ----------
        look
            The plan.
        event
            The disruption as it was told.
        """
        moment = moment_of(look.day, event.vehicle, look.moment)
        fix = None if event.vehicle is None else position(look.day.fixes, event.vehicle, look.now)
        if isinstance(event, Happening):
            here = {} if fix is None else {"lat": fix.lat, "lon": fix.lon}
            return Happening(at=moment, document={**event.document, **here})
        told = look.opened.plan.horizon.instant(event.at)
        if fix is not None and (event.lat is None or fix.at >= told):
            return replace(event, at=moment, lat=fix.lat, lon=fix.lon)
        if look.now - told > FRESH:
            return replace(event, at=moment, lat=None, lon=None)
        return replace(event, at=moment)

    def ask(self, look: Look, events: Sequence[Told]) -> list[Answer]:
        """Ask about disruptions of one plan together.

        Parameters
        ----------
        look
            The plan.
        events
            Up to the moment.

        Raises
        ------
        ColdgridError
            Nothing can be computed now.
        """
        if not events:
            return []
        told = self._answerer.answer(self._question(look, events))
        answers = []
        for event, one in zip(events, told["answers"], strict=True):
            refused = one.get("refused")
            answers.append(
                Answer(event=event, document=one["answer"])
                if refused is None
                else Answer(event=event, refused=refusal_from(refused))
            )
        return answers

    def get_ready(self, look: Look) -> None:
        """Let the process read a plan and its problem, and check the plan, before somebody asks.

        Raises
        ------
        ColdgridError
            Nothing can be computed now.
        """
        self._answerer.answer(self._question(look, []))

    def warm_up(self) -> None:
        """Get ready: somebody may ask soon."""
        self._answerer.warm_up()

    def close(self) -> None:
        """Compute no more."""
        self._answerer.close()

    def _question(self, look: Look, events: Sequence[Told]) -> Question:
        opened, horizon = look.opened, look.opened.plan.horizon
        return Question(
            problem=opened.note.problem,
            plan=f"{opened.head.id} {opened.note.version}",
            problem_name=opened.problem.id,
            problem_document=lambda: self._problem_document(opened),
            plan_document=lambda: self._plan_document(opened),
            asked={
                "disruptions": [event_document(event, horizon) for event in events],
                "reserved": [reservation_document(one, horizon) for one in look.reserved],
                "late": {
                    route: asdict(one) for route, one in delays(look.day, look.moment).items()
                },
                "visited": look.visited,
                "locks": list(opened.head.locks),
                "limit": MOST_PROPOSALS,
                "seed": SEED,
            },
        )

    def _problem_document(self, opened: OpenPlan) -> bytes:
        with self._database.read() as tx:
            row = problems.find(tx, opened.note.problem)
        assert row is not None
        return row.document

    def _plan_document(self, opened: OpenPlan) -> bytes:
        with self._database.read() as tx:
            document = plans.document(tx, opened.head.id, opened.note.version)
        assert document is not None
        return document
