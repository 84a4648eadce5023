"""Days with the rules of the road on top: what a test may ask of any ordinary day."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from optimizer.domain.driving import BreakRule
from optimizer.domain.fleet import Vehicle
from optimizer.domain.ids import LineKey
from optimizer.domain.network import Site, SiteKind
from optimizer.domain.objective import Promise
from optimizer.domain.orders import Collect, CollectKind, Mode, OrderLine
from optimizer.domain.problem import Problem, TrafficSlot
from optimizer.domain.temperature import Zone
from tests.builders import HOUR, hours

PROMISES = {
    "soft": Promise(deadline_s=20 * HOUR, cents_per_min_late=15, soft_window=True),
    "express": Promise(
        deadline_s=40 * HOUR, within_s=3 * HOUR, cents_per_min_late=30, express=True
    ),
}
LANE = frozenset({"lane"})
RUSH = (TrafficSlot(window=hours(12, 14), factor=1.4),)


@st.composite
def made_rough(draw: st.DrawFn, day: Problem) -> Problem:
    """Put rules of the road on a day."""
    sites = {key: draw(_sites(site)) for key, site in day.sites.items()}
    lines = [draw(_lines(line)) for line in day.lines.values()]
    rest = BreakRule(
        after_driving_s=draw(st.sampled_from([4 * HOUR, 1200, 600])),
        rest_s=draw(st.sampled_from([1200, 60])),
    )
    return replace(
        day,
        sites=sites,
        vehicles={key: draw(_vehicles(one)) for key, one in day.vehicles.items()},
        lines={line.key: line for line in lines},
        collects={one.key: one for one in draw(_collects(list(sites.values())))},
        promises={**day.promises, **PROMISES},
        breaks=draw(st.sampled_from([{}, {"van": rest, "truck": rest}])),
        door_service_s=draw(st.sampled_from([0, 240])),
        orders_together=draw(st.booleans()),
        travel=replace(day.travel, slots=draw(st.sampled_from([(), RUSH]))),
    )


@st.composite
def _sites(draw: st.DrawFn, site: Site) -> Site:
    if site.kind is not SiteKind.PICKUP:
        return site
    return replace(
        site,
        needs=draw(st.sampled_from([frozenset(), frozenset(), LANE])),
        cells=draw(st.sampled_from([{}, {}, {Zone.CHILLED: 4, Zone.FROZEN: 2}])),
        cell_ml=100_000,
        capacity_ml=draw(st.sampled_from([{}, {}, {Zone.CONTROLLED: 400_000}])),
    )


@st.composite
def _lines(draw: st.DrawFn, line: OrderLine) -> OrderLine:
    number = int(line.key.order[1:])
    return replace(
        line,
        # Some orders have two lines.
        key=LineKey(f"O{number - number % 2}", str(number % 2)),
        mode=draw(st.sampled_from([Mode.PICKUP, Mode.DOOR])),
        promise=draw(st.sampled_from([line.promise, "soft", "express"])),
        ordered_s=draw(st.sampled_from([None, 6 * HOUR, 12 * HOUR])),
    )


@st.composite
def _vehicles(draw: st.DrawFn, vehicle: Vehicle) -> Vehicle:
    return replace(
        vehicle,
        range_m=draw(st.sampled_from([None, None, 40_000, 12_000])),
        skills=draw(st.sampled_from([frozenset(), LANE])),
        max_trips=draw(st.sampled_from([vehicle.max_trips, 4])),
    )


@st.composite
def _collects(draw: st.DrawFn, sites: list[Site]) -> list[Collect]:
    points = [site.id for site in sites if site.kind is SiteKind.PICKUP]
    return [
        Collect(
            key=LineKey(f"C{number}", "1"),
            site=draw(st.sampled_from(points)),
            kind=draw(st.sampled_from(CollectKind)),
            zone=draw(st.sampled_from(Zone)),
            mass_g=draw(st.integers(1, 200_000)),
            volume_ml=draw(st.integers(1, 500_000)),
            value_cents=draw(st.sampled_from([0, 500, 20_000])),
        )
        for number in range(draw(st.integers(0, 3)))
    ]
