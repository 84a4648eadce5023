"""From an alarm of a compartment to a disruption of a plan; pure.

An alarm says that something is wrong with the air. What becomes of the goods, ``goods_on_board``
says from what was measured; where nothing was, the estimate of the place. Here stands which alarms
threaten goods at all, when goods leave their band, and whether that is news against what has been
decided on before.
"""

# Long because an alarm becomes a disruption, and later one that is news, by the same few rules.
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from api.reroutes.cases import CaseState
from api.reroutes.goods_on_board import Belief, goods_on_board
from api.reroutes.measured_air import LOADED_S
from optimizer.domain.ids import VehicleId
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Horizon, Problem
from optimizer.domain.temperature import TemperatureBand, Zone
from optimizer.domain.units import Seconds
from optimizer.response.words import MOVED_S, BreachTimes, Disruption, Severity
from telemetry.alarm.state import Sample
from telemetry.alarm.words import Alarm, AlarmKind
from telemetry.estimate.words import Outlook, Regime
from telemetry.registry import Point, PointKind

THREATENING = frozenset({AlarmKind.HIGH, AlarmKind.LOW, AlarmKind.PREDICTED, AlarmKind.NO_COOLING})
"""Kinds of alarms after which goods have to be moved, unless they arrive in time."""

CONFIRMED = frozenset({AlarmKind.HIGH, AlarmKind.LOW})
"""Kinds that are measured; the others are foreseen."""

SEVERITIES = {1: Severity.FOOD_SAFETY, 2: Severity.DAMAGE, 3: Severity.SERVICE}
"""By the grade that the registry gives a place."""

CALM = frozenset({Regime.STEADY, Regime.DOOR})
"""While the air does this the goods are known to keep. A defrost is not among them: of a place that
is little known a failure looks like one, until it has lasted too long."""

LEADING_OUT = frozenset({Regime.WARMING, Regime.COOLING_DOWN})
"""While the air does this there is a forecast, unless the goods have left their band already."""

FORGOTTEN_MS = 15 * 60_000
"""An estimate that is so old says nothing any more about how the goods are."""

BEYOND_S: Seconds = 86_400
"""Where a forecast sees no break within its horizon of a day, the break is put at its end."""

SELDOM = 0.1
"""Goods that leave their band in fewer futures than these are not threatened."""

DRIVES_ON = frozenset({CaseState.REJECTED, CaseState.TAKEN_BACK})
"""How a case ends when a person has decided that the van drives as planned."""

PRESSING_S: Seconds = 1_200
"""A break that may be so near leaves little time for a second look."""

BETWEEN_S: Seconds = 300
SHORTLY_S: Seconds = 120
"""Two looks at the air lie so far apart, and so far where the break is pressing."""

JUST_LEFT = "the trip has just begun, and too little of its air is known"
HARMLESS = "the air is out of its limits, and no goods are foreseen to leave their band"


class Unclear(Exception):
    """An alarm that no disruption follows from yet; the message says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compartment:
    """A compartment that something is wrong with.

    Parameters
    ----------
    alarms
        Those that threaten its goods and stand, the oldest first; never empty.
    outlook
        What the estimate says of it; None where it says nothing, or is too old.
    air
        What its sensors have measured, from some hours before the first alarm on, by time.
    """

    point: Point
    zone: Zone
    alarms: tuple[Alarm, ...]
    outlook: Outlook | None
    air: tuple[Sample, ...] = ()

    @property
    def vehicle(self) -> VehicleId:
        """The vehicle that it belongs to."""
        return self.point.asset

    @property
    def first(self) -> Alarm:
        """The alarm that came first: a case is opened in its name."""
        return self.alarms[0]

    @property
    def kinds(self) -> frozenset[AlarmKind]:
        """Kinds of the alarms."""
        return frozenset(alarm.kind for alarm in self.alarms)

    @property
    def is_confirmed(self) -> bool:
        """Say whether it was measured, and not only foreseen."""
        return any(alarm.kind in CONFIRMED for alarm in self.alarms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """How the last case of a compartment ended.

    Parameters
    ----------
    was_confirmed
        Whether the break had been measured by then, or a person said so.
    breach
        When the goods were to break, as it was known then.
    """

    state: CaseState
    was_confirmed: bool
    breach: BreachTimes | None


def may_break(point: Point) -> bool:
    """Say whether a point is a compartment, whose goods can be diverted."""
    return point.kind is PointKind.COMPARTMENT and point.zone is not None


def compartment(
    point: Point,
    alarms: Iterable[Alarm],
    outlook: Outlook | None,
    now_ms: int,
    air: Iterable[Sample] = (),
) -> Compartment | None:
    """Say what is wrong with a place; None where no goods on board are threatened.

    Parameters
    ----------
    point
        The place.
    alarms
        All that are open there.
    outlook
        Its newest estimate.
    now_ms
        The present instant.
    air
        What its sensors have measured, by time.
    """
    if not may_break(point) or point.zone is None:
        return None
    standing = [
        one
        for one in alarms
        if one.is_active and one.kind in THREATENING and not one.is_of_capacity
    ]
    if not standing:
        return None
    is_fresh = outlook is not None and now_ms - outlook.at_ms <= FORGOTTEN_MS
    return Compartment(
        point=point,
        zone=point.zone,
        alarms=tuple(sorted(standing, key=lambda one: (one.raised_ms, one.id))),
        outlook=outlook if is_fresh else None,
        air=tuple(air),
    )


def disruption_of(broken: Compartment, problem: Problem, plan: Plan, now: datetime) -> Disruption:
    """Say what an alarm means for the goods on board.

    Parameters
    ----------
    broken
        The compartment.
    problem, plan
        The day: its horizon, its bands, its weather; and how warm goods ought to be.
    now
        When we decide.

    Raises
    ------
    Unclear
        No goods are foreseen out of their band; the trip has just begun; or it is too cold, nothing
        was measured, and no estimate says when the goods will be: how they warm up is known, how
        they freeze not.
    """
    told = Disruption(
        vehicle=broken.vehicle,
        zone=broken.zone,
        at=problem.horizon.seconds(now),
        ambient_c=problem.ambient_c,
        severity=SEVERITIES.get(broken.point.grade, Severity.FOOD_SAFETY),
    )
    belief = _belief(broken, problem, plan, now)
    if belief is not None:
        is_harmless = belief.chance < SELDOM and AlarmKind.NO_COOLING not in broken.kinds
        if is_harmless and not belief.is_doubted:
            raise Unclear(HARMLESS)
        return replace(
            told,
            breach=belief.breach,
            product_c=round(belief.product_c, 3),
            product_sd_c=round(belief.product_sd_c, 3),
            air_c=round(belief.air_c, 3),
            is_doubted=belief.is_doubted,
        )
    if _has_just_left(broken, plan, told.at):
        raise Unclear(JUST_LEFT)
    outlook = broken.outlook
    band = problem.policies[broken.zone].product
    breach = _estimated(outlook, band, problem.horizon, now)
    if breach is None:
        _refuse_unclear(broken)
    if outlook is None:
        return told
    return replace(
        told,
        breach=breach,
        product_c=round(outlook.product_c, 3),
        product_sd_c=round(outlook.product_sd_c, 3),
        air_c=round(outlook.air_c, 3),
    )


def _refuse_unclear(broken: Compartment) -> None:
    """Refuse to let the body's own model say when the goods break, where it cannot."""
    if broken.kinds == {AlarmKind.LOW}:
        raise Unclear("the air is too cold, and no estimate says when the goods will be")
    outlook = broken.outlook
    is_calm = outlook is not None and outlook.regime in CALM
    if is_calm and AlarmKind.NO_COOLING not in broken.kinds:
        raise Unclear(HARMLESS)


def breach_of(
    broken: Compartment, problem: Problem, plan: Plan, now: datetime
) -> BreachTimes | None:
    """Say when the goods of a compartment leave their band.

    Parameters
    ----------
    broken
        The compartment.
    problem, plan
        As for ``disruption_of``.
    now
        When we decide.

    Returns
    -------
    BreachTimes or None
        None where neither the measured air nor the estimate says.
    """
    belief = _belief(broken, problem, plan, now)
    if belief is not None:
        return belief.breach
    if _has_just_left(broken, plan, problem.horizon.seconds(now)):
        return None
    band = problem.policies[broken.zone].product
    return _estimated(broken.outlook, band, problem.horizon, now)


def _belief(broken: Compartment, problem: Problem, plan: Plan, now: datetime) -> Belief | None:
    """Say how the goods are by the air since the trouble began, where both are known.

    What a door lets in looks like a failure for some minutes, and is over soon. So the calmer of
    two looks counts, one now and one a little earlier.
    """
    at = problem.horizon.seconds(now)
    belief = _looked(broken, problem, plan, at)
    if belief is None:
        return None
    is_pressing = belief.breach.p10 - at <= PRESSING_S
    earlier = _looked(broken, problem, plan, at - (SHORTLY_S if is_pressing else BETWEEN_S))
    if earlier is None or earlier.breach.p50 <= belief.breach.p50:
        return belief
    return replace(belief, breach=earlier.breach, chance=min(belief.chance, earlier.chance))


def _looked(broken: Compartment, problem: Problem, plan: Plan, at: Seconds) -> Belief | None:
    """Say how the goods were by the air at a moment."""
    route = next(
        (
            one
            for one in plan.routes
            if one.vehicle == broken.vehicle and one.departs <= at < one.returns
        ),
        None,
    )
    if route is None or not broken.air:
        return None
    return goods_on_board(problem, route, broken.zone, broken.air, at=at)


def _has_just_left(broken: Compartment, plan: Plan, at: Seconds) -> bool:
    """Say whether a trip has just begun whose air is measured, and will tell in a moment."""
    return bool(broken.air) and any(
        one.vehicle == broken.vehicle and one.departs <= at < one.departs + LOADED_S
        for one in plan.routes
    )


def _estimated(
    outlook: Outlook | None, band: TemperatureBand, horizon: Horizon, now: datetime
) -> BreachTimes | None:
    """Say when goods leave their band by the estimate alone."""
    if outlook is None:
        return None
    seen = outlook.forecast
    if outlook.product_c not in band or (seen is None and outlook.regime in LEADING_OUT):
        moment = horizon.seconds(now)
        return BreachTimes(p10=moment, p50=moment, p90=moment)
    if seen is None or seen.early_ms is None:
        # Nothing leads out of the band: not even one future in ten.
        return None
    beyond_ms = seen.at_ms + 1000 * BEYOND_S
    early, middle, late = (
        _second(horizon, beyond_ms if at_ms is None else at_ms)
        for at_ms in (seen.early_ms, seen.breach_ms, seen.late_ms)
    )
    return BreachTimes(p10=early, p50=max(early, middle), p90=max(early, middle, late))


def has_moved(before: BreachTimes | None, after: BreachTimes | None, now: Seconds) -> bool:
    """Say whether a break is expected at so different a moment that proposals are stale.

    Parameters
    ----------
    before, after
        What was expected when they were computed, and what is expected by now; None says nothing.
    now
        The present moment: what has happened before does not move any more.
    """
    if before is None or after is None:
        return after is not None
    return max(before.p50, after.p50) > now and abs(after.p50 - before.p50) > MOVED_S


def comes_sooner(before: BreachTimes | None, after: BreachTimes | None) -> bool:
    """Say whether a break is expected sooner than was known when somebody decided."""
    return before is not None and after is not None and before.p50 - after.p50 > MOVED_S


def opens_again(last: Decided, broken: Compartment, after: BreachTimes | None) -> bool:
    """Say whether an alarm opens a case although the last one of the same trip is decided.

    What was accepted, rejected or taken back was decided for this break, and its further alarms
    tell nothing new, unless the goods break sooner than was known then; or a break that was only
    foreseen, and for which nothing was to be done, is now measured.

    Parameters
    ----------
    last
        The last decision about this compartment.
    broken
        How it is now.
    after
        When the goods break by now.
    """
    if last.state not in {CaseState.ACCEPTED, *DRIVES_ON}:
        return True
    if comes_sooner(last.breach, after):
        return True
    return last.state in DRIVES_ON and broken.is_confirmed and not last.was_confirmed


def is_confirmed(alarm: str | None) -> bool:
    """Say by its id whether an alarm was measured; None is none."""
    return alarm is not None and alarm.rpartition("-")[0] in {kind.value for kind in CONFIRMED}


def _second(horizon: Horizon, at_ms: int) -> Seconds:
    """Give the second that an instant lies in; rounding down is on the safe side."""
    instant = datetime.fromtimestamp(at_ms // 1000, UTC)
    return horizon.seconds(instant)
