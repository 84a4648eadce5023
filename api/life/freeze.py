"""What of a plan stays as it is: routes that have left, are about to, or are locked.

In a draft only locks hold, and what is planned anew on the day itself leaves from now on. Once
drivers act on a plan, these stay as well:

- routes that leave within the frozen minutes, and those that have left;
- routes on whose stops somebody has reported;
- while the plan is loading, every route of the wave that leaves next: its vans stand at the dock
  with goods in them, whatever the clock says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from api.life.states import IN_FORCE, State
from optimizer.domain.fleet import Echelon
from optimizer.domain.plan import Plan, Route
from optimizer.domain.problem import HORIZON_S
from optimizer.domain.units import Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """What stays, and from when on something new may leave.

    Parameters
    ----------
    because
        Per frozen route the reason, as the end of a sentence about it.
    earliest
        What is planned anew departs no sooner.
    in_force
        Whether drivers act on the plan: then nothing new or changed may depart sooner at all.
    """

    because: Mapping[str, str] = field(default_factory=dict)
    earliest: Seconds = 0
    in_force: bool = False

    @property
    def routes(self) -> frozenset[str]:
        """Give the ids of the frozen routes."""
        return frozenset(self.because)


def freeze(
    state: State,
    plan: Plan,
    *,
    locks: Collection[str],
    reported: Collection[str],
    now: Seconds,
    frozen_s: Seconds,
) -> Freeze:
    """Say what stays of a plan at a moment.

    Parameters
    ----------
    state, plan
        The plan as it stands.
    locks
        Ids of routes that a dispatcher has locked.
    reported
        Ids of routes of which drivers have reported anything.
    now
        The moment, counted from the horizon start.
    frozen_s
        The length of the frozen horizon.
    """
    in_force = state in IN_FORCE
    # A draft of a day that is over is an exercise: it is planned as if the day lay ahead.
    until = now + frozen_s if in_force else now * (now <= HORIZON_S)
    wave = next_wave(plan, now) if state is State.LOADING else None
    because: dict[str, str] = {}
    for route in plan.routes:
        if route.id in locks:
            because[route.id] = "is locked"
        elif in_force:
            reason = _in_force(route, plan, wave=wave, reported=reported, now=now, until=until)
            if reason:
                because[route.id] = reason
    return Freeze(because=because, earliest=max(0, until), in_force=in_force)


def _in_force(
    route: Route,
    plan: Plan,
    *,
    wave: str | None,
    reported: Collection[str],
    now: Seconds,
    until: Seconds,
) -> str | None:
    clock = f"{plan.horizon.instant(route.departs):%H:%M}"
    if route.id in reported:
        return "is on the road: its driver has reported"
    if route.departs <= now:
        return f"left at {clock}"
    if route.departs < until:
        return f"leaves at {clock}, inside the frozen minutes"
    if wave is not None and route.wave == wave and route.echelon is Echelon.LAST_MILE:
        return f"is being loaded with wave {wave}"
    return None


def next_wave(plan: Plan, now: Seconds) -> str | None:
    """Give the wave of the first van that is still to leave: the one that is being loaded."""
    vans = [r for r in plan.routes if r.echelon is Echelon.LAST_MILE and r.departs > now]
    return min(vans, key=lambda route: (route.departs, route.id)).wave if vans else None


def breaches(frozen: Freeze, old: Plan, new: Plan) -> Iterator[str]:
    """Give a sentence for every route of a new version that should have stayed, or leaves too soon.

    Parameters
    ----------
    frozen
        What stays of the old version.
    old, new
        The version that counts, and the one that shall.
    """
    before = {route.id: route for route in old.routes}
    after = {route.id: route for route in new.routes}
    for name, reason in frozen.because.items():
        if name not in after:
            yield f"route {name} {reason}; it would disappear"
        elif after[name] != before[name]:
            yield f"route {name} {reason}; it would change"
    for name, route in after.items() if frozen.in_force else ():
        changed = name not in frozen.because and before.get(name) != route
        if changed and route.departs < frozen.earliest:
            leaves = f"{new.horizon.instant(route.departs):%H:%M}"
            yield f"route {name} is new or changed and would leave at {leaves}, which is too soon"
