"""What became of the goods of a compartment that failed, by the truth of the virtual fleet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Delivery, Route
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import TemperatureBand, Zone
from optimizer.domain.units import PER_THOUSAND, SECONDS_PER_MINUTE, Grams, Seconds
from optimizer.response.words import Fate
from scenarios.day.cold import Degrees, Opening, lived
from scenarios.day.running import Course
from scenarios.day.troubles import Failure
from scenarios.day.words import Spoilt, Warmth
from scenarios.variation import Draws, Variation
from telemetry.alarm.mkt import mkt_of_series


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A failure, and what was aboard.

    Parameters
    ----------
    failure
        Which compartment failed and when.
    loaded
        The trip as it left.
    fates
        What the accepted proposal does with the goods; nothing while none is accepted.
    """

    failure: Failure
    loaded: Route
    fates: tuple[Fate, ...] = ()


def way_out(case: Case, route: Route, course: Course) -> dict[LineKey, Seconds]:
    """Say when each line aboard leaves its compartment; a line that never does is absent.

    Parameters
    ----------
    case
        The failure.
    route, course
        What the van drives in the end, and how that went.
    """
    left_at: dict[LineKey, Seconds] = {}
    given = {fate.key: fate.out_at for fate in case.fates}
    for place, stop in enumerate(route.stops):
        began = course.began.get(place)
        if began is None:
            continue
        for item in stop.delivers:
            left_at[item.key] = began
        for key, out_at in given.items():
            if out_at == stop.service_starts:
                left_at.setdefault(key, began)
    for key, out_at in given.items():
        if out_at is not None:
            left_at.setdefault(key, out_at)
    return left_at


def truth(
    problem: Problem,
    case: Case,
    route: Route,
    course: Course,
    *,
    variation: Variation,
    draws: Draws,
) -> Degrees:
    """Play the van of a failure as it drove."""
    left_at = way_out(case, route, course)
    leaves: dict[tuple[Seconds, str], dict[Zone, Grams]] = {}
    for stop in case.loaded.stops:
        for item in stop.delivers:
            at = left_at.get(item.key)
            if at is not None:
                zones = leaves.setdefault((at, stop.site), {})
                zones[item.zone] = zones.get(item.zone, 0) + item.mass_g
    stays = [item for item in aboard(case) if item.key not in left_at]
    if stays:
        end = (max([course.left[0], *course.left.values(), course.back or 0]), route.end_site)
        zones = leaves.setdefault(end, {})
        for item in stays:
            zones[item.zone] = zones.get(item.zone, 0) + item.mass_g
    return lived(
        problem,
        case.loaded,
        [Opening(at=at, site=site, leaves=zones) for (at, site), zones in sorted(leaves.items())],
        departs=course.left[0],
        failing=case.failure.zone,
        fails=None if case.failure.cools else case.failure.at,
        variation=variation,
        draws=draws,
    )


def aboard(case: Case) -> Iterator[Delivery]:
    """Give the goods with which the failed compartment left."""
    for stop in case.loaded.stops:
        yield from (item for item in stop.delivers if item.zone is case.failure.zone)


def breach_of(problem: Problem, case: Case, seen: Degrees, departs: Seconds) -> Seconds | None:
    """Say when the goods left their band; None where they did not."""
    over = beyond_c(seen, problem.policies[case.failure.zone].product)
    bad = np.flatnonzero((over > 0.0) & (seen.at >= departs))
    return int(seen.at[int(bad[0])]) if len(bad) else None


def spoilt(case: Case, breach: Seconds, left_at: Mapping[LineKey, Seconds]) -> Iterable[Spoilt]:
    """Give the lines that were still in the compartment when its goods left their band."""
    for item in aboard(case):
        out_at = left_at.get(item.key)
        if out_at is None or out_at >= breach:
            yield Spoilt(
                at=breach,
                vehicle=case.failure.vehicle,
                route=case.failure.route,
                order=item.key.order,
                line=item.key.line,
                mass_g=item.mass_g,
            )


def warmth_of(problem: Problem, case: Case, seen: Degrees, departs: Seconds) -> Warmth:
    """Sum up how warm the goods of a compartment were on the road."""
    zone = case.failure.zone
    road = seen.at >= departs
    over = beyond_c(seen, problem.policies[zone].product)[road]
    minutes = float(np.median(np.diff(seen.at))) / SECONDS_PER_MINUTE if len(seen.at) > 1 else 0.0
    mkt_c = None
    if zone is not Zone.FROZEN and road.any():
        rows = zip(seen.at[road].tolist(), seen.goods_c[road].tolist(), strict=True)
        mkt_c = mkt_of_series((PER_THOUSAND * at, value_c) for at, value_c in rows)
    return Warmth(
        vehicle=case.failure.vehicle,
        route=case.failure.route,
        zone=zone,
        minutes_over=float((over > 0.0).sum()) * minutes,
        degree_minutes=round(float(over.sum()) * minutes, 6),
        mkt_c=None if mkt_c is None else round(mkt_c, 6),
    )


def beyond_c(seen: Degrees, band: TemperatureBand) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Give by how much the goods are beyond their band, a figure a row."""
    above = np.maximum(seen.goods_c - band.upper_c, 0.0)
    return np.asarray(above + np.maximum(band.lower_c - seen.goods_c, 0.0))
