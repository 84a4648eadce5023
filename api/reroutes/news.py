"""Who hears of an accepted proposal: pickup points of their new time, drivers of their route.

A pickup point hears of the goods that come at another time than it was told, or not at all. It
does not hear of what stays: a message that says nothing new is not read the next time.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey, SiteId, VehicleId
from optimizer.domain.network import SiteKind
from optimizer.domain.plan import Plan, Route
from optimizer.domain.units import SECONDS_PER_MINUTE, Seconds
from optimizer.response.words import Outcome

LEAST_S: Seconds = 60
"""A time that moves by less is no news."""

LEAST_LIFE = timedelta(minutes=10)
"""A command holds at least so long, also one about a route that is all but over."""

ROUTE_CHANGED = "route_changed"
DIGEST_LENGTH = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTime:
    """Goods of one pickup point that come at another time, or not today.

    Parameters
    ----------
    was, now
        Arrival at the point; ``now`` is None where the goods do not come today, ``was`` where
        they had been left out before.
    reason
        In words by language.
    keys
        The lines that it is about.
    """

    site: SiteId
    was: datetime | None
    now: datetime | None
    reason: Mapping[str, str]
    keys: tuple[LineKey, ...]

    @property
    def change_min(self) -> int | None:
        """By how many minutes they come later; negative is sooner, None says nothing."""
        if self.was is None or self.now is None:
            return None
        return round((self.now - self.was).total_seconds() / SECONDS_PER_MINUTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedRoute:
    """A route that its driver has to look at anew.

    Parameters
    ----------
    ends_at
        When it, or what it was before, is over: nobody need be told after that.
    """

    route: str
    vehicle: VehicleId
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Coming:
    """One line on its way to its point."""

    site: SiteId
    arrives: Seconds
    vehicle: VehicleId


def new_times(before: Plan, after: Plan, lines: Iterable[Mapping[str, Any]]) -> list[NewTime]:
    """Say which pickup points must hear of a new version.

    Parameters
    ----------
    before, after
        The versions.
    lines
        What the proposal does with each line of the broken compartment, as
        ``optimizer.response.document`` writes it.

    Returns
    -------
    list
        By point and time; goods of one point that move alike are one piece of news.
    """
    fates = {LineKey(order=one["order"], line=one["line"]): one for one in lines}
    old, new = _coming(before), _coming(after)
    groups: defaultdict[tuple[SiteId, Seconds | None, Seconds | None, str], list[LineKey]]
    groups = defaultdict(list)
    words: dict[str, Mapping[str, str]] = {}
    for key in {**old, **new}:
        was, now = old.get(key), new.get(key)
        if not _is_news(was, now):
            continue
        said = _reason(was, now, fates.get(key))
        words[said["en"]] = said
        site = (now or was or _NOWHERE).site
        groups[site, _arrives(was), _arrives(now), said["en"]].append(key)
    horizon = after.horizon
    found = [
        NewTime(
            site=site,
            was=None if was_s is None else horizon.instant(was_s),
            now=None if now_s is None else horizon.instant(now_s),
            reason=words[said],
            keys=tuple(sorted(keys)),
        )
        for (site, was_s, now_s, said), keys in groups.items()
    ]
    return sorted(found, key=lambda one: (one.site, one.keys))


def changed_routes(before: Plan, after: Plan) -> list[ChangedRoute]:
    """Say which drivers of the last mile have another route than before."""
    old, new = _routes(before), _routes(after)
    found = []
    for name in {**old, **new}:
        was, now = old.get(name), new.get(name)
        if was == now:
            continue
        either = [route for route in (was, now) if route is not None]
        found.append(
            ChangedRoute(
                route=name,
                vehicle=either[-1].vehicle,
                ends_at=after.horizon.instant(max(route.returns for route in either)),
            )
        )
    return sorted(found, key=lambda one: one.route)


def eta_body(one: NewTime, *, news: str, reroute: str, plan: str, version: int) -> dict[str, Any]:
    """Write what a pickup point is told.

    Parameters
    ----------
    one
        The news.
    news
        Its id: who gets it twice has got it once.
    reroute, plan, version
        The case, its plan, and the version that it made.
    """
    return {
        "id": news,
        "reroute": reroute,
        "plan": plan,
        "version": version,
        "site": one.site,
        "was": None if one.was is None else one.was.isoformat(),
        "now": None if one.now is None else one.now.isoformat(),
        "change_min": one.change_min,
        "reason": dict(one.reason),
        "lines": [{"order": key.order, "line": key.line} for key in one.keys],
    }


def command_body(
    one: ChangedRoute, *, news: str, plan: str, version: int, issued_at: datetime
) -> dict[str, Any]:
    """Write what a driver's device is told.

    Parameters
    ----------
    one
        The route.
    news
        Its id: a device that gets it twice has got it once.
    plan, version
        What the device fetches; it keeps the highest version.
    issued_at
        When the version was made.
    """
    return {
        "id": news,
        "command": ROUTE_CHANGED,
        "plan": plan,
        "version": version,
        "route": one.route,
        "issued_at": issued_at.isoformat(),
        "expires_at": expiry(one, issued_at).isoformat(),
    }


def expiry(one: ChangedRoute, issued_at: datetime) -> datetime:
    """Say until when a command holds: until the route is over."""
    return max(one.ends_at, issued_at + LEAST_LIFE).astimezone(issued_at.tzinfo)


def news_id(*parts: object) -> str:
    """Name a piece of news after what makes it: made again, it has the same name."""
    named = json.dumps([str(part) for part in parts], ensure_ascii=False, separators=(",", ":"))
    return "news-" + hashlib.sha256(named.encode()).hexdigest()[:DIGEST_LENGTH]


_NOWHERE = _Coming(site="", arrives=0, vehicle="")


def _routes(plan: Plan) -> dict[str, Route]:
    return {route.id: route for route in plan.routes if route.echelon is Echelon.LAST_MILE}


def _coming(plan: Plan) -> dict[LineKey, _Coming]:
    """Say of every line when its point is reached; of one in several visits the last counts."""
    found: dict[LineKey, _Coming] = {}
    for route in _routes(plan).values():
        for stop in route.stops:
            if stop.kind is not SiteKind.PICKUP:
                # Goods that are left at a station have not come.
                continue
            for item in (*stop.delivers, *stop.collects):
                known = found.get(item.key)
                if known is None or known.arrives < stop.arrives:
                    found[item.key] = _Coming(
                        site=stop.site, arrives=stop.arrives, vehicle=route.vehicle
                    )
    return found


def _arrives(coming: _Coming | None) -> Seconds | None:
    return None if coming is None else coming.arrives


def _is_news(was: _Coming | None, now: _Coming | None) -> bool:
    if was is None or now is None:
        return was is not now
    return was.site != now.site or abs(now.arrives - was.arrives) >= LEAST_S


def _reason(
    was: _Coming | None, now: _Coming | None, fate: Mapping[str, Any] | None
) -> Mapping[str, str]:
    """Say in words why goods come at another time."""
    if now is None:
        return _lost(fate)
    if was is None or was.vehicle == now.vehicle:
        return {
            "en": f"The way of {now.vehicle} has changed.",
            "zh": f"{now.vehicle} 的路线已变更。",
        }
    return {
        "en": f"{now.vehicle} comes in place of {was.vehicle}.",
        "zh": f"由 {now.vehicle} 代替 {was.vehicle} 配送。",
    }


def _lost(fate: Mapping[str, Any] | None) -> Mapping[str, str]:
    outcome = None if fate is None else fate["outcome"]
    if fate is not None and outcome == Outcome.SHELTERED.value:
        return {
            "en": f"It does not come today and is kept cold at {fate['shelter']}.",
            "zh": f"今日不送达，冷藏暂存于 {fate['shelter']}。",
        }
    if outcome == Outcome.QUARANTINED.value:
        return {
            "en": "It does not come today: it may be too warm and is quarantined.",
            "zh": "今日不送达：货物可能超温，已隔离。",
        }
    return {"en": "It does not come today.", "zh": "今日不送达。"}
