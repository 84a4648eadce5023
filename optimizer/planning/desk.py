"""What every step of a day works with: the problem, the means, and a listener for the progress."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from optimizer.domain.ids import LineKey
from optimizer.domain.limit import Limit
from optimizer.domain.plan import Route
from optimizer.domain.problem import Problem
from optimizer.domain.units import Cents
from optimizer.engines.engine import Engine
from optimizer.planning.held_day import HeldDay, riding
from optimizer.planning.pricing import RunningPrice
from optimizer.travel.provider import TravelProvider


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a plan is.

    Parameters
    ----------
    stage, done, of
        The stage, and parts done of all.
    decided_cents
        Cost of the routes decided so far.
    objective_cents
        The objective if planning stopped here: what is decided, and the charge for every line
        that has no place yet. It falls as grids finish.
    unserved
        How many lines have no place yet.
    """

    stage: str
    done: int
    of: int
    decided_cents: Cents
    objective_cents: Cents = 0
    unserved: int = 0


Listener = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What planning works with.

    Parameters
    ----------
    workers
        Grids planned at a time; changes how seconds are shared out, never an iteration plan.
    """

    travel: TravelProvider
    engine: Engine
    limit: Limit
    seed: int
    executor: Executor
    workers: int
    listener: Listener


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What every step of a day needs.

    Parameters
    ----------
    whole
        All lines of the day.
    problem
        The lines that are open.
    trucks
        What of them needs another truck, and the trucks left for it.
    charges
        What a dropped line costs.
    """

    whole: Problem
    problem: Problem
    trucks: Problem
    held: HeldDay
    means: Means
    charges: Mapping[LineKey, Cents]


class Teller:
    """Tells the listener how far a plan is; nothing is priced where nobody listens.

    Each route is priced once, when it is decided: a city has as many reports as grids.

    Parameters
    ----------
    desk
        The day; routes that stay of it are decided.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._is_heard = desk.means.listener is not silent
        self._price = RunningPrice(desk.whole)
        self._decided_cents: Cents = 0
        self._unplaced = set(desk.whole.lines)
        self._leaving_cents: Cents = sum(desk.charges[key] for key in self._unplaced)
        self._decide(desk.held.routes)

    def tell(self, stage: str, part: tuple[int, int], routes: Sequence[Route]) -> None:
        """Tell of routes that were decided since the last time.

        Parameters
        ----------
        stage
            What was being planned.
        part
            How many of its parts are done, and of how many.
        routes
            The new ones alone.
        """
        if not self._is_heard:
            return
        self._decide(routes)
        self._desk.means.listener(
            Progress(
                stage=stage,
                done=part[0],
                of=part[1],
                decided_cents=self._decided_cents,
                objective_cents=self._price.cost.total + self._leaving_cents,
                unserved=len(self._unplaced),
            )
        )

    def _decide(self, routes: Sequence[Route]) -> None:
        if not self._is_heard:
            return
        placed = riding(routes) & self._unplaced
        self._unplaced -= placed
        self._leaving_cents -= sum(self._desk.charges[key] for key in placed)
        self._decided_cents += cents_of(routes)
        self._price.add(routes)


def silent(progress: Progress) -> None:
    """Ignore the progress."""


def cents_of(routes: Sequence[Route]) -> Cents:
    """Add up what routes cost."""
    return sum(route.cost_cents for route in routes)
