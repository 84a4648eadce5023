"""Work that events give rise to: how severe, until when, who may end it and how (D5, D11, G1).

The same cause gives the same task: a source names the cause, and the store keeps one task of a
kind and source. The clock of a task runs from the time of the event, not from when a phone found
a network: the goods do not wait for the network.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from api.road.day import Visit
from api.road.words import Event, Kind
from optimizer.domain.ids import LineKey
from optimizer.domain.network import SiteKind
from optimizer.domain.orders import Mode, OrderLine
from optimizer.domain.temperature import TemperatureBand, Zone
from optimizer.domain.units import thousands


class TaskKind(Enum):
    """What a task is about."""

    DAMAGE = "damage"
    TEMPERATURE = "temperature"
    UNCOLLECTED = "uncollected"
    COMPENSATION = "compensation"
    STALLED = "stalled"


class Severity(Enum):
    """The level of an emergency (FEATURES D5)."""

    FOOD_SAFETY = 1
    DAMAGE_OR_DELAY = 2
    SERVICE = 3


SEVERITY_OF = {
    TaskKind.TEMPERATURE: Severity.FOOD_SAFETY,
    TaskKind.DAMAGE: Severity.DAMAGE_OR_DELAY,
    TaskKind.COMPENSATION: Severity.DAMAGE_OR_DELAY,
    TaskKind.STALLED: Severity.DAMAGE_OR_DELAY,
    TaskKind.UNCOLLECTED: Severity.SERVICE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """What ends a task of one severity.

    Parameters
    ----------
    roles
        Names of the roles that may end it.
    actions
        What they may have done.
    """

    roles: frozenset[str]
    actions: tuple[str, ...]


LEVELS: dict[Severity, Level] = {
    Severity.FOOD_SAFETY: Level(
        roles=frozenset({"warehouse", "dispatcher", "admin"}),
        actions=("quarantined", "destroyed", "released"),
    ),
    Severity.DAMAGE_OR_DELAY: Level(
        roles=frozenset({"warehouse", "dispatcher", "leader", "admin"}),
        actions=("refunded", "resent", "returned", "destroyed", "accepted"),
    ),
    Severity.SERVICE: Level(
        roles=frozenset({"warehouse", "dispatcher", "leader", "admin"}),
        actions=("collected", "delivered", "returned", "destroyed", "called"),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRules:
    """How long people have.

    Parameters
    ----------
    due_after
        From the cause to when a task must be done.
    uncollected_after
        From the hand-over at a pickup point to when goods that nobody collected become a task.
    stalled_after
        From the last scan of an order under way to when it becomes a task.
    """

    due_after: timedelta = timedelta(hours=2)
    uncollected_after: timedelta = timedelta(hours=24)
    stalled_after: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """A task to be noted.

    Parameters
    ----------
    source
        Its cause; the same cause makes one task.
    order, line
        Empty where a task is about more than one order or line.
    """

    kind: TaskKind
    source: str
    plan: str
    site: str
    due_at: datetime
    order: str = ""
    line: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """Give the level of the kind."""
        return SEVERITY_OF[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """Whether goods of an order wait at a pickup point for their household.

    Parameters
    ----------
    waits_since
        The last hand-over; None where nothing waits any more, or nothing came yet.
    """

    source: str
    order: str
    waits_since: datetime | None


def tasks_of(
    event: Event, visit: Visit, bands: Mapping[Zone, TemperatureBand], rules: TaskRules
) -> Iterator[NewTask]:
    """Give the tasks that an event gives rise to.

    Parameters
    ----------
    event
        The event.
    visit
        Its stop.
    bands
        Product band per zone.
    rules
        How long people have.
    """
    due_at = event.at + rules.due_after
    if event.kind is Kind.DAMAGED:
        for key, mass_g in _grams(event).items():
            yield NewTask(
                kind=TaskKind.DAMAGE,
                source=f"{event.id}/{key}",
                plan=event.plan,
                site=visit.stop.site,
                order=key.order,
                line=key.line,
                due_at=due_at,
                body={"mass_kg": thousands(mass_g), "cause": event.report.reason},
            )
    for zone, product_c in event.report.product_c.items():
        if product_c not in bands[zone]:
            yield NewTask(
                kind=TaskKind.TEMPERATURE,
                source=f"{event.id}/{zone.value}",
                plan=event.plan,
                site=visit.stop.site,
                due_at=due_at,
                body=_break(event, visit, zone, bands[zone]),
            )


def _grams(event: Event) -> dict[LineKey, int]:
    grams: dict[LineKey, int] = {}
    for piece in event.report.pieces:
        grams[piece.key] = grams.get(piece.key, 0) + piece.mass_g
    return grams


def _break(event: Event, visit: Visit, zone: Zone, band: TemperatureBand) -> dict[str, Any]:
    touched = [key for key in _grams(event) if visit.progress.lines[key].zone is zone]
    return {
        "zone": zone.value,
        "product_c": event.report.product_c[zone],
        "outside_by_c": round(-band.margin_c(event.report.product_c[zone]), 3),
        "lines": [str(key) for key in touched],
    }


def custody(visit: Visit, lines: Mapping[LineKey, OrderLine]) -> Iterator[Custody]:
    """Say of every order of a stop whether its goods wait for the household.

    Goods that were brought to the door wait for nobody.

    Parameters
    ----------
    visit
        A stop; nothing waits at a grid warehouse.
    lines
        The order lines of the plan's problem.
    """
    if visit.stop.kind is not SiteKind.PICKUP:
        return
    orders: dict[str, list[LineKey]] = {}
    for key in visit.progress.lines:
        if key in lines and lines[key].mode is Mode.PICKUP:
            orders.setdefault(key.order, []).append(key)
    for order, keys in orders.items():
        done = [visit.progress.lines[key] for key in keys]
        handed = [line.handed_at for line in done if line.handed_at is not None]
        collected = any(line.collected_at is not None for line in done)
        yield Custody(
            source=f"{visit.id}/{order}",
            order=order,
            waits_since=None if collected else max(handed, default=None),
        )


def uncollected(one: Custody, visit: Visit, plan: str, rules: TaskRules) -> NewTask | None:
    """Give the task that goods become if nobody collects them; None where nothing waits."""
    if one.waits_since is None:
        return None
    return NewTask(
        kind=TaskKind.UNCOLLECTED,
        source=one.source,
        plan=plan,
        site=visit.stop.site,
        order=one.order,
        due_at=one.waits_since + rules.uncollected_after + rules.due_after,
        body={"waits_since": one.waits_since.isoformat()},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a task was ended."""

    action: str
    note: str


def why_not(severity: Severity, role: str, ending: Ending) -> tuple[str, str] | None:
    """Give error code and message where somebody may not end a task so; None where they may."""
    level = LEVELS[severity]
    if role not in level.roles:
        allowed = ", ".join(sorted(level.roles))
        return "CG-7308", f"a task of severity {severity.value} is ended by {allowed}, not {role}"
    if ending.action not in level.actions:
        return "CG-7309", (
            f"action: {ending.action} does not end a task of severity {severity.value}; "
            f"one of {_listed(level.actions)} does"
        )
    return None


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words)
