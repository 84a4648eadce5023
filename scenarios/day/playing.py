"""Plays one day of a plan: what goes wrong is seen, answered, and the rest follows the new plan.

The day is played to its end, and the first moment is looked for at which somebody has to decide: a
vehicle stands, or an alarm has stood for as long as an answer takes. Until that moment the day
stays; the running plan, with what is to be expected of the rest, goes to the decision room, and
what it proposes is played on. Then the next moment is looked for.
"""
# Long because a trouble is looked for, answered and lived through in one place.

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import VehicleId
from optimizer.domain.plan import Plan, Route
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Grams, Seconds
from optimizer.recovery.events import Breakdown, Event, LateLinehaul
from optimizer.response.words import Disruption, Outcome
from optimizer.travel.provider import TravelProvider
from scenarios.day.clock import played
from scenarios.day.cold import Degrees
from scenarios.day.deciding import Answer, answered
from scenarios.day.losses import Case, breach_of, spoilt, truth, warmth_of, way_out
from scenarios.day.running import courses, past_of, running_plan
from scenarios.day.script import script_of
from scenarios.day.troubles import Failure, Stand, failures, stands
from scenarios.day.watching import OF_SENSORS, Minute, disruption_of, judged, watched
from scenarios.day.words import (
    AlarmRaised,
    BrokenDown,
    CoolingFailed,
    DayEvent,
    DayRecord,
    LeftOut,
    SensorFailed,
    Spoilt,
    Warmth,
)
from scenarios.variation import Draws, Variation
from telemetry.alarm.words import EventKind

MOST_DECISIONS = 200
"""A day with more troubles is no day any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Troubles that are no luck, for drills.

    Parameters
    ----------
    stands, failures
        What happens, and when.
    answer_s
        From the alarm of a compartment until somebody has accepted a proposal, where it is not as
        long as on every day.
    """

    stands: tuple[Stand, ...] = ()
    failures: tuple[Failure, ...] = ()
    answer_s: Mapping[tuple[VehicleId, Zone], Seconds] = field(default_factory=dict)


def play(
    problem: Problem,
    plan: Plan,
    travel: TravelProvider,
    *,
    variation: Variation,
    seed: int,
    told: Told | None = None,
) -> DayRecord:
    """Play a day.

    Parameters
    ----------
    problem, plan, travel
        The day, its plan, and the source of times that the plan was made with.
    variation
        How much the day differs from its plan.
    seed
        Of its luck: the same seed gives the same day, and a plan that shares legs and stops with
        another one shares their luck.
    told
        What happens besides what luck brings.
    """
    warmer = replace(problem, ambient_c=problem.ambient_c + variation.ambient_c)
    spread = replace(variation, ambient_c=0.0)
    day = _Day(warmer, plan, travel, spread, Draws(seed), told or Told())
    day.begin()
    for _ in range(MOST_DECISIONS):
        question = min(day.questions(), key=lambda one: one.at, default=None)
        if question is None:
            break
        day.take(question)
    lost, warmth = day.harvest()
    events = sorted((*day.events, *lost), key=lambda one: one.at)
    return DayRecord(seed=seed, events=tuple(events), warmth=warmth)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Somebody has to decide.

    Parameters
    ----------
    at
        When.
    trouble
        A vehicle that stands, or cooling that has failed.
    minute
        What is known of the compartment.
    """

    at: Seconds
    trouble: Stand | Failure
    minute: Minute | None = None


@dataclass(slots=True)
class _Day:
    problem: Problem
    plan: Plan
    travel: TravelProvider
    variation: Variation
    draws: Draws
    told: Told
    events: tuple[DayEvent, ...] = ()
    now: Seconds | None = None
    delays: dict[str, tuple[Seconds, Seconds]] = field(default_factory=dict)
    standing: frozenset[VehicleId] = frozenset()
    stood: set[VehicleId] = field(default_factory=set)
    cases: dict[tuple[VehicleId, Zone], Case] = field(default_factory=dict)
    settled: set[tuple[VehicleId, Zone]] = field(default_factory=set)
    alarmed: dict[tuple[VehicleId, Zone], Seconds] = field(default_factory=dict)
    answers: dict[tuple[VehicleId, Zone], Seconds] = field(default_factory=dict)
    ahead: dict[tuple[VehicleId, Zone], tuple[object, Question | None]] = field(
        default_factory=dict
    )

    def begin(self) -> None:
        """Play the day as if nothing broke."""
        script = script_of(self.problem, self.plan, self.travel)
        self.events = played(script, variation=self.variation, draws=self.draws)

    # --- what is next -----------------------------------------------------------------------------

    def questions(self) -> Iterator[Question]:
        """Give the next moment of every trouble at which somebody has to decide."""
        driving = (self.problem, self.events, self.variation, self.draws)
        if self.variation.breakdowns_per_1000_h > 0:
            for stand in stands(*driving):
                if stand.vehicle not in self.stood:
                    yield Question(at=self._after(stand.at), trouble=stand)
        for stand in self.told.stands:
            if stand.vehicle not in self.stood:
                yield Question(at=self._after(stand.at), trouble=stand)
        for name, case in {**self.cases, **dict(self._coming())}.items():
            if name not in self.settled:
                question = self._asked_of(name, case)
                if question is not None:
                    yield question

    def _after(self, moment: Seconds) -> Seconds:
        return moment if self.now is None else max(moment, self.now)

    def _coming(self) -> Iterator[tuple[tuple[VehicleId, Zone], Case]]:
        """Give the failures ahead with goods of their zone aboard, as the day goes by now."""
        for failure in self._failures():
            name = failure.vehicle, failure.zone
            if name in self.cases or (self.now is not None and failure.at <= self.now):
                continue
            route = self._route(failure.route)
            if self._aboard_g(route, failure.zone, failure.at):
                yield name, Case(failure=failure, loaded=route)

    def _failures(self) -> Iterator[Failure]:
        yield from self.told.failures
        if self.variation.breaks_compartments:
            driving = (self.problem, self.plan, self.events, self.variation, self.draws)
            yield from failures(*driving)

    def _asked_of(self, name: tuple[VehicleId, Zone], case: Case) -> Question | None:
        """Look for the minute at which ways out are asked for; remembered while the trip stays."""
        route = self._route(case.failure.route)
        course = courses(one for one in self.events if one.route == route.id)[route.id]
        fresh = (case, course.began, course.left, course.back, self.answers.get(name))
        known = self.ahead.get(name)
        if known is not None and known[0] == fresh:
            return known[1]
        seen = truth(self.problem, case, route, course, variation=self.variation, draws=self.draws)
        departs = course.left[0]
        zone = case.failure.zone
        answer_s = self.told.answer_s.get(name, self.variation.answer_s)
        found = None
        for minute in watched(
            self.problem, case.loaded, zone, seen,
            departs=departs, draws=self.draws, fault=case.failure.sensor,
        ):  # fmt: skip
            at = minute.at
            if at < case.failure.at or at < minute.raised + answer_s:
                continue
            if case.failure.cools and minute.raised < case.failure.at:
                continue
            if at < self.answers.get(name, at) or (self.now is not None and at < self.now):
                continue
            if not self._aboard_g(route, zone, at):
                break
            found = Question(at=at, trouble=case.failure, minute=minute)
            break
        self.ahead[name] = (fresh, found)
        return found

    def _aboard_g(self, route: Route, zone: Zone, at: Seconds) -> Grams:
        went = courses(one for one in self.events if one.route == route.id)[route.id]
        return sum(
            item.mass_g
            for place, stop in enumerate(route.stops)
            for item in stop.delivers
            if item.zone is zone and went.began.get(place, at + 1) > at
        )

    def _route(self, name: str) -> Route:
        return next(route for route in self.plan.routes if route.id == name)

    # --- what is done about it --------------------------------------------------------------------

    def take(self, question: Question) -> None:
        """Decide, and play the rest of the day anew."""
        coming = dict(self._coming())
        self.cases |= {
            name: case for name, case in coming.items() if case.failure.at <= question.at
        }
        self.now = question.at
        trouble = question.trouble
        if isinstance(trouble, Stand):
            self._stands(trouble, question.at)
        else:
            assert question.minute is not None
            self._warms(trouble, question.minute, question.at)

    def _stands(self, stand: Stand, at: Seconds) -> None:
        self.stood.add(stand.vehicle)
        said = BrokenDown(at=at, vehicle=stand.vehicle, route=stand.route)
        truck = self.problem.vehicles[stand.vehicle].echelon is Echelon.LINEHAUL
        told: Event
        if truck:
            told = LateLinehaul(route=stand.route, delay_s=self.variation.repair_s, at=at)
        else:
            told = Breakdown(vehicle=stand.vehicle, at=at)
        answer = self._ask(told, stand.vehicle, stand.route)
        # A van that stands is not played by the virtual fleet: what is given up counts as spoilt.
        lost = _given_up(answer)
        if truck:
            self.delays[stand.route] = (at, self.variation.repair_s)
        else:
            self.standing |= {stand.vehicle}
        self._go_on(at, (said, *answer.said, *lost), answer)

    def _warms(self, failure: Failure, minute: Minute, at: Seconds) -> None:
        name = failure.vehicle, failure.zone
        said: list[DayEvent] = []
        if name not in self.alarmed:
            self.alarmed[name] = minute.raised
            mass_g = self._aboard_g(self._route(failure.route), failure.zone, minute.raised)
            said.append(_alarm(failure, minute, mass_g))
        told = disruption_of(self.problem, failure.vehicle, failure.zone, minute, at)
        answer = self._ask(told, failure.vehicle, failure.route)
        if answer.look_again is None:
            self.settled.add(name)
        else:
            self.answers[name] = answer.look_again
        if answer.proposal is not None and answer.changes:
            self.cases[name] = replace(self.cases[name], fates=answer.proposal.fates)
        # Nothing was wrong with these goods, and yet nobody gets them.
        lost = _given_up(answer) if failure.cools else ()
        self._go_on(at, (*said, *answer.said, *lost), answer)

    def _ask(self, told: Disruption | Event, vehicle: VehicleId, route: str) -> Answer:
        running = running_plan(
            self.problem,
            self.plan,
            self.travel,
            at=told.at,
            past=past_of(self.plan, self.events, told.at),
            delays=self.delays,
            standing=self.standing,
        )
        return answered(
            self.problem, running, told, travel=self.travel, vehicle=vehicle, route=route
        )

    def _go_on(self, at: Seconds, said: tuple[DayEvent, ...], answer: Answer) -> None:
        """Keep what has happened, and play on from there."""
        past = past_of(self.plan, self.events, at)
        if answer.proposal is not None and answer.changes:
            self.plan = answer.proposal.plan
        script = script_of(
            self.problem, self.plan, self.travel, at=at, past=past, standing=self.standing
        )
        fresh = played(script, variation=self.variation, draws=self.draws, delays=self.delays)
        kept = [one for one in self.events if one.at <= at]
        rest = [one for one in fresh if one.at > at]
        self.events = tuple(sorted((*kept, *said, *rest), key=lambda one: one.at))

    # --- at the end of the day --------------------------------------------------------------------

    def harvest(self) -> tuple[list[DayEvent], tuple[Warmth, ...]]:
        """Say what is spoilt, and how warm it was."""
        self.cases |= dict(self._coming())
        lost: list[DayEvent] = []
        warmth: list[Warmth] = []
        went = courses(self.events)
        for case in self.cases.values():
            failure = case.failure
            route, course = self._route(failure.route), went[failure.route]
            seen = truth(
                self.problem, case, route, course, variation=self.variation, draws=self.draws
            )
            lost += _what_failed(failure)
            if (failure.vehicle, failure.zone) not in self.alarmed:
                lost += self._unanswered(case, seen, course.left[0])
            if failure.sensor is not None:
                lost += self._of_sensor(case, seen)
            if failure.cools:
                # Of vans that cool the goods keep as the plan predicts.
                continue
            breach = breach_of(self.problem, case, seen, course.left[0])
            if breach is not None:
                gone: list[Spoilt] = list(spoilt(case, breach, way_out(case, route, course)))
                lost += gone
            warmth.append(warmth_of(self.problem, case, seen, course.left[0]))
        return lost, tuple(warmth)

    def _unanswered(self, case: Case, seen: Degrees, departs: Seconds) -> Iterator[AlarmRaised]:
        """Give the alarm of a compartment that was empty before anybody could decide."""
        failure = case.failure
        route = self._route(failure.route)
        for minute in watched(
            self.problem, case.loaded, failure.zone, seen,
            departs=departs, draws=self.draws, fault=failure.sensor,
        ):  # fmt: skip
            if minute.raised >= failure.at:
                mass_g = self._aboard_g(route, failure.zone, minute.raised)
                if mass_g:
                    yield _alarm(failure, minute, mass_g)
                return

    def _of_sensor(self, case: Case, seen: Degrees) -> Iterator[AlarmRaised]:
        """Give the first alarm that says that nobody knows the temperature: nobody acts on it."""
        failure = case.failure
        judging = judged(
            self.problem, failure.vehicle, failure.zone, seen, self.draws, fault=failure.sensor
        )
        for at, _, _, happened in judging:
            for one in happened:
                if one.kind is EventKind.RAISED and one.alarm.kind in OF_SENSORS:
                    mass_g = self._aboard_g(self._route(failure.route), failure.zone, at)
                    if mass_g:
                        yield AlarmRaised(
                            at=at, vehicle=failure.vehicle, route=failure.route,
                            zone=failure.zone, kind=one.alarm.kind.value, mass_g=mass_g,
                        )  # fmt: skip
                    return


def _given_up(answer: Answer) -> Iterator[Spoilt]:
    """Give what an answer throws away."""
    for one in answer.said:
        if isinstance(one, LeftOut) and one.outcome == Outcome.QUARANTINED.value:
            yield Spoilt(
                at=one.at, vehicle=one.vehicle, route=one.route,
                order=one.order, line=one.line, mass_g=one.mass_g,
            )  # fmt: skip


def _what_failed(failure: Failure) -> Iterator[DayEvent]:
    vehicle, route, zone, sensor = failure.vehicle, failure.route, failure.zone, failure.sensor
    if not failure.cools:
        yield CoolingFailed(at=failure.at, vehicle=vehicle, route=route, zone=zone)
    if sensor is not None:
        yield SensorFailed(
            at=sensor.at, vehicle=vehicle, route=route, zone=zone, kind=sensor.kind.value
        )


def _alarm(failure: Failure, minute: Minute, mass_g: Grams) -> AlarmRaised:
    return AlarmRaised(
        at=minute.raised,
        vehicle=failure.vehicle,
        route=failure.route,
        zone=failure.zone,
        kind=minute.kind,
        mass_g=mass_g,
    )
