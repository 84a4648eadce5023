"""Days with enough in them that replanning has something to decide; a number names each of them."""

from __future__ import annotations

import random
from dataclasses import replace

from optimizer.domain.fleet import Echelon
from optimizer.domain.network import Site, Stock
from optimizer.domain.orders import OrderLine
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem, Wave
from optimizer.domain.temperature import Zone
from optimizer.replan import Held, closure
from tests.builders import HOUR, SIX, central, grid, hours, line, point, problem, truck, van


def busy_day(rng: random.Random) -> Problem:
    """Make up to three grids, a dozen points, a few trucks and vans, and some thirty lines."""
    count = rng.choice([1, 2, 3])
    points = _points(rng, count)
    grids = [
        grid(
            f"G{number}",
            lon=113.0 + 0.06 * number,
            docks=rng.choice([1, 2, None]),
            capacity_ml=rng.choice([{}, {Zone.CHILLED: 3_000_000}]),
        )
        for number in range(count)
    ]
    step = rng.choice([None, 250_000])
    vans = [
        van(
            f"V{number}",
            home=f"G{number % count}",
            max_trips=rng.choice([1, 2, 3]),
            owner=rng.choice(["own", "own", "backup"]),
            shift=hours(rng.choice([8, 9]), rng.choice([15, 19, 21])),
            bulkhead_step_ml=step,
        )
        for number in range(rng.randint(2, 3 * count + 1))
    ]
    trucks = [
        truck(
            f"T{number}",
            max_trips=rng.choice([1, 2, 3]),
            payload_g=rng.choice([600_000, 3_000_000]),
            capacity_ml=dict.fromkeys(Zone, rng.choice([800_000, 3_000_000])),
            shift=hours(0.5, rng.choice([9, 13, 18])),
        )
        for number in range(rng.randint(1, 4))
    ]
    return problem(
        sites=[central(docks=rng.choice([1, 2]), service_s=900), *grids, *points],
        vehicles=[*trucks, *vans],
        lines=_lines(rng, points),
        stock=tuple(
            Stock(site=one.id, article="A", mass_g=100_000, volume_ml=rng.randint(10, 300) * 1000)
            for one in grids
            if rng.random() < 0.5
        ),
        waves=tuple(
            Wave(id=f"w{number}", departs=SIX - HOUR + 2 * HOUR * number)
            for number in range(rng.randint(1, 3))
        ),
        radius_m=rng.choice([None, 25_000]),
    )


def _points(rng: random.Random, grids: int) -> list[Site]:
    found = []
    for number in range(rng.randint(5, 12)):
        opens = rng.choice([9, 10, 11, 12])
        found.append(
            point(
                f"P{number}",
                rng.uniform(-5, 6 * grids),
                rng.uniform(-6, 6),
                hours=(hours(opens, opens + rng.choice([3, 6, 9])),),
                grid=rng.choice([None, None, f"G{rng.randrange(grids)}"]),
                service_s=rng.choice([60, 300]),
            )
        )
    return found


def _lines(rng: random.Random, points: list[Site]) -> list[OrderLine]:
    return [
        line(
            f"O{number}",
            rng.choice(points).id,
            rng.choice(list(Zone)),
            mass_g=rng.randint(1000, 150_000),
            volume_ml=rng.randint(1000, 250_000),
            priority=rng.randint(1, 3),
            promise=rng.choice(["cold", "daily"]),
            article=rng.choice("ABC"),
            window=rng.choice([None, None, hours(11, 13)]),
        )
        for number in range(rng.randint(8, 35))
    ]


def eve_of(rng: random.Random, day: Problem) -> Problem:
    """Take out a few lines: they come in late."""
    late = set(rng.sample(list(day.lines), rng.randint(0, 4)))
    return replace(day, lines={key: one for key, one in day.lines.items() if key not in late})


def changed(rng: random.Random, day: Problem, base: Plan) -> tuple[Problem, Held]:
    """Fix some routes, cancel lines that do not ride on them, and pin some others."""
    share = rng.choice([0.2, 0.5, 0.8])
    frozen = frozenset(route.id for route in base.routes if rng.random() < share)
    names = closure(day, base, frozen)
    stays = [route for route in base.routes if route.id in names]
    loaded = {item.key for r in stays for stop in r.stops for item in stop.delivers}
    free = [key for key in day.lines if key not in loaded]
    gone = set(rng.sample(free, min(len(free), rng.randint(0, 3))))
    vans = [one.id for one in day.vehicles.values() if one.echelon is Echelon.LAST_MILE]
    wanted = rng.sample(free, min(len(free), rng.choice([0, 0, 1, 3])))
    held = Held(
        plan=base,
        frozen=frozen,
        pins={key: rng.choice(vans) for key in wanted},
        earliest=rng.choice([0, 0, 4, 8, 10, 11, 13]) * HOUR,
    )
    return replace(day, lines={k: one for k, one in day.lines.items() if k not in gone}), held
