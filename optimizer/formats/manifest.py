"""What a driver and a loader hold in hand: one CSV per vehicle, in the order of the stops.

A row's task is ``deliver``, ``collect`` (empties and returns) or ``rest`` (the driver's).

A compartment is loaded in the reverse order of its stops: loading order 1 goes in first, lies
farthest from the door and is handed over last. Insulated boxes are numbered in the order of the
stops, zone by zone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from optimizer.domain.ids import VehicleId
from optimizer.domain.plan import BoxLoad, Break, Delivery, Plan, Route, Stop
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import ZONES, Zone
from optimizer.domain.units import Seconds, ceil_div, thousands

COLUMNS = (
    "trip", "stop", "task", "zone", "loading_order", "site", "name", "arrives", "leaves",
    "order", "line", "article", "mass_kg", "volume_l", "batch", "product_c", "margin_c",
    "boxes", "ice_kg",
    # To be filled in at the hand-over.
    "measured_c", "refused", "empties", "signature",
)  # fmt: skip
_TO_BE_FILLED_IN = [""] * 4
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", *"\uff1d\uff0b\uff0d\uff20")
"""Full-width signs too: spreadsheets in Chinese take them for the plain ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxShare:
    """The insulated boxes that the goods of a stop lie in, numbered in the order of the stops.

    Where two stops share a box it is the last one of the first and the first one of the second.
    """

    first: int
    last: int
    ice_kg: float

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first}-{self.last}"


def manifest_csv(problem: Problem, plan: Plan, vehicle: VehicleId) -> str:
    """Give the manifest of one vehicle; only the header where it does not drive.

    Parameters
    ----------
    problem
        The problem that the plan answers.
    plan
        The plan.
    vehicle
        The vehicle's id.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    routes = sorted((r for r in plan.routes if r.vehicle == vehicle), key=lambda r: r.trip)
    for route in routes:
        writer.writerows(_rows(problem, plan, route))
    return buffer.getvalue()


def safe_cell(text: str) -> str:
    """Keep a spreadsheet from running a text as a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text


def loading_order(route: Route) -> dict[tuple[int, Zone], int]:
    """Give every stop its place in the loading of each compartment; the last stop is loaded first.

    Returns
    -------
    dict[tuple[int, Zone], int]
        By index of the stop and zone, for stops that get goods of the zone.
    """
    order: dict[tuple[int, Zone], int] = {}
    for zone in ZONES:
        served = [i for i, stop in enumerate(route.stops) if _of_zone(stop, zone)]
        order |= {(i, zone): place for place, i in enumerate(reversed(served), start=1)}
    return order


def box_shares(route: Route) -> dict[tuple[int, Zone], BoxShare]:
    """Share out the boxes and the ice of every zone over the stops, by litres.

    Returns
    -------
    dict[tuple[int, Zone], BoxShare]
        By index of the stop and zone. The ice of the stops adds up to the ice of the trip.
    """
    shares: dict[tuple[int, Zone], BoxShare] = {}
    for box in route.boxes:
        if box.count > 0:
            shares |= {(index, box.zone): share for index, share in _shared(route, box)}
    return shares


def _shared(route: Route, box: BoxLoad) -> list[tuple[int, BoxShare]]:
    wanted = [
        (index, volume)
        for index, stop in enumerate(route.stops)
        if (volume := sum(one.volume_ml for one in _of_zone(stop, box.zone))) > 0
    ]
    total = sum(volume for _, volume in wanted)
    answer = []
    before = 0
    for index, volume in wanted:
        after = before + volume
        share = BoxShare(
            first=before * box.count // total + 1,
            last=ceil_div(after * box.count, total),
            ice_kg=box.ice_kg * volume / total,
        )
        answer.append((index, share))
        before = after
    return answer


def _of_zone(stop: Stop, zone: Zone) -> list[Delivery]:
    return [delivery for delivery in stop.delivers if delivery.zone is zone]


def rests_by_stop(route: Route) -> list[tuple[Break, ...]]:
    """Give the rests on the way to every stop, and last those on the way back."""
    placed: list[list[Break]] = [[] for _ in (*route.stops, None)]
    for rest in sorted(route.breaks, key=lambda rest: rest.starts):
        ahead = (i for i, stop in enumerate(route.stops) if rest.starts < stop.arrives)
        placed[next(ahead, len(route.stops))].append(rest)
    return [tuple(rests) for rests in placed]


def _rows(problem: Problem, plan: Plan, route: Route) -> Iterator[list[object]]:
    order, shares = loading_order(route), box_shares(route)
    rests = rests_by_stop(route)
    for i, stop in enumerate(route.stops):
        yield from (_rest_row(plan, route, rest) for rest in rests[i])
        for zone in ZONES:
            for delivery in _of_zone(stop, zone):
                line = problem.lines[delivery.key]
                yield [
                    route.trip, i + 1, "deliver", zone.value, order[i, zone],
                    *_where_and_when(problem, plan, stop),
                    *_goods(delivery, line.article),
                    safe_cell(line.batch or ""),
                    *_expected(stop, zone),
                    *_boxed(stop, delivery, shares.get((i, zone))),
                    *_TO_BE_FILLED_IN,
                ]  # fmt: skip
        for taken in stop.collects:
            known = problem.collects.get(taken.key)
            yield [
                route.trip, i + 1, "collect", taken.zone.value, "",
                *_where_and_when(problem, plan, stop),
                *_goods(taken, "" if known is None else known.kind.value),
                *[""] * 5,
                *_TO_BE_FILLED_IN,
            ]  # fmt: skip
    yield from (_rest_row(plan, route, rest) for rest in rests[-1])


def _where_and_when(problem: Problem, plan: Plan, stop: Stop) -> list[object]:
    site = problem.sites[stop.site]
    times = (_minute(plan, moment) for moment in (stop.arrives, stop.departs))
    return [safe_cell(site.id), safe_cell(site.name), *times]


def _goods(goods: Delivery, article: str) -> list[object]:
    names = (goods.key.order, goods.key.line, article)
    return [*map(safe_cell, names), thousands(goods.mass_g), thousands(goods.volume_ml)]


def _rest_row(plan: Plan, route: Route, rest: Break) -> list[object]:
    times = {"arrives": _minute(plan, rest.starts), "leaves": _minute(plan, rest.ends)}
    row = {"trip": route.trip, "task": "rest", **times}
    return [row.get(column, "") for column in COLUMNS]


def _minute(plan: Plan, moment: Seconds) -> str:
    return f"{plan.horizon.instant(moment):%Y-%m-%d %H:%M}"


def _expected(stop: Stop, zone: Zone) -> tuple[object, object]:
    predicted = stop.predicted.get(zone)
    if predicted is None:
        return "", ""
    # Adding 0.0 turns a rounded minus nought into nought.
    return round(predicted.product_c, 2) + 0.0, round(predicted.margin_c, 2) + 0.0


def _boxed(stop: Stop, delivery: Delivery, share: BoxShare | None) -> tuple[object, object]:
    """Give the boxes of the stop and the line's part of their ice, so that a column adds up."""
    if share is None:
        return "", ""
    total = sum(one.volume_ml for one in _of_zone(stop, delivery.zone))
    # "1-2" would be a date to a spreadsheet.
    boxes = str(share).replace("-", " to ")
    return boxes, round(share.ice_kg * delivery.volume_ml / total, 3)
