"""Every reason for leaving a line out, each with the smallest day in which it is the true one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from optimizer.domain.fleet import Body
from optimizer.domain.ids import LineKey
from optimizer.domain.plan import UnservedReason
from optimizer.domain.problem import Problem, TravelSettings
from optimizer.domain.temperature import DEFAULT_POLICIES, Zone
from optimizer.travel.matrix_file import MatrixFile
from tests.builders import central, grid, hours, line, point, problem, truck, van
from tests.solving import solve_and_check

FROZEN_LINE = line("O1", "P1", Zone.FROZEN)


def day(**changes: object) -> Problem:
    """Give a day that serves its one line, with parts replaced."""
    parts: dict[str, object] = {
        "sites": [central(), grid(), point("P1")],
        "vehicles": [truck(), van()],
        "lines": [line("O1", "P1")],
        **changes,
    }
    return problem(**parts)  # type: ignore[arg-type]


CASES: dict[str, tuple[UnservedReason, str, Callable[[], Problem]]] = {
    "no compartment of the zone": (
        UnservedReason.ZONE_CAPACITY,
        "none has a frozen compartment",
        lambda: day(
            vehicles=[truck(), van(capacity_ml={Zone.CHILLED: 900_000})], lines=[FROZEN_LINE]
        ),
    ),
    "no live temperature": (
        UnservedReason.ZONE_CAPACITY,
        "live temperature",
        lambda: day(vehicles=[truck(), van(live_temperature=False)]),
    ),
    "larger than any compartment": (
        UnservedReason.ZONE_CAPACITY,
        "850 l in one piece",
        lambda: day(lines=[line("O1", "P1", volume_ml=850_000)]),
    ),
    "every compartment full": (
        UnservedReason.ZONE_CAPACITY,
        "every chilled compartment at G1 is full",
        lambda: day(
            lines=[
                line("O1", "P1", volume_ml=700_000),
                line("O2", "P1", volume_ml=700_000, priority=2),
            ]
        ),
    ),
    "heavier than any payload": (
        UnservedReason.PAYLOAD,
        "900 kg in one piece",
        lambda: day(lines=[line("O1", "P1", mass_g=900_000)]),
    ),
    "all payload used": (
        UnservedReason.PAYLOAD,
        "all the weight it may",
        lambda: day(
            lines=[
                line("O1", "P1", mass_g=500_000),
                line("O2", "P1", mass_g=500_000, priority=2),
            ]
        ),
    ),
    "a skill that no van has": (
        UnservedReason.SKILL,
        "P1 asks for narrow_lane",
        lambda: day(sites=[central(), grid(), point("P1", needs=frozenset({"narrow_lane"}))]),
    ),
    "farther than a charge": (
        UnservedReason.RANGE,
        "26.0 km to P1 and back; van vehicles drive 20 km",
        lambda: day(
            sites=[central(), grid(), point("P1", 10.0)],
            vehicles=[truck(), van(range_m=20_000)],
        ),
    ),
    "no locker cell left": (
        UnservedReason.LOCKER,
        "order O1 needs 2",
        lambda: day(
            sites=[central(), grid(), point("P1", cells={Zone.CHILLED: 3}, cell_ml=30_000)],
            lines=[line("O1", "P1"), line("O2", "P1", priority=2)],
        ),
    ),
    "no room at the point": (
        UnservedReason.SITE_CAPACITY,
        "P1 has room for 80 l of chilled goods a day",
        lambda: day(
            sites=[central(), grid(), point("P1", capacity_ml={Zone.CHILLED: 80_000})],
            lines=[line("O1", "P1"), line("O2", "P1", priority=2)],
        ),
    ),
    "two places at once": (
        UnservedReason.FLEET,
        "has the time for P1",
        lambda: day(
            sites=[
                central(),
                grid(),
                point("P1", 8, hours=(hours(11, 11.05),)),
                point("P2", -8, hours=(hours(11, 11.05),)),
            ],
            lines=[line("O1", "P1"), line("O2", "P2", priority=2)],
        ),
    ),
    "closed before anyone arrives": (
        UnservedReason.WINDOW,
        "P1 closes at 05:00",
        lambda: day(sites=[central(), grid(), point("P1", hours=(hours(8, 9),))]),
    ),
    "booked too early": (
        UnservedReason.WINDOW,
        "the window booked at P1 closes at 05:30",
        lambda: day(
            sites=[central(), grid(), point("P1", hours=(hours(8, 16),))],
            lines=[line("O1", "P1", window=hours(9, 9.5))],
        ),
    ),
    "shift over": (
        UnservedReason.SHIFT,
        "the last shift ends at 06:30",
        lambda: day(vehicles=[truck(), van(shift=hours(9, 10.5))]),
    ),
    "too long on board": (
        UnservedReason.TIME_ON_BOARD,
        "may be on board 25 min",
        # The truck's 20 minutes are inside the limit, the van's 47 are not.
        lambda: day(
            sites=[central(), grid(), point("P1", 15)], time_on_board_s={Zone.CHILLED: 1500}
        ),
    ),
    "nothing keeps it cold": (
        UnservedReason.TEMPERATURE,
        "keeps frozen goods inside -18 °C or colder at 38 °C outside",
        lambda: day(
            lines=[FROZEN_LINE],
            ambient_c=38.0,
            policies=DEFAULT_POLICIES
            | {Zone.FROZEN: replace(DEFAULT_POLICIES[Zone.FROZEN], loading_c=-18.4)},
            bodies={"van": Body(cooling_w=0, k_w_m2k=20.0), "truck": Body(cooling_w=20_000)},
        ),
    ),
    "too warm on the way": (
        UnservedReason.TEMPERATURE,
        "would leave -18 °C or colder before P1 is reached",
        lambda: day(
            sites=[central(), grid(), point("P1", 15)],
            lines=[replace(FROZEN_LINE, loading_c=-19.0)],
            ambient_c=38.0,
            bodies={"van": Body(cooling_w=0), "truck": Body(cooling_w=20_000)},
        ),
    ),
    "loaded too warm": (
        UnservedReason.TEMPERATURE,
        "loaded at -15 °C",
        lambda: day(lines=[replace(FROZEN_LINE, loading_c=-15.0)]),
    ),
    "beyond the radius": (
        UnservedReason.OUTSIDE_RADIUS,
        "P1",
        lambda: day(sites=[central(), grid(), point("P1", 30)]),
    ),
    "no room at the grid": (
        UnservedReason.GRID_CAPACITY,
        "G1",
        lambda: day(
            sites=[
                central(),
                grid(capacity_ml={Zone.CHILLED: 40_000}),
                point("P1", grid=None),
            ],
        ),
    ),
    "no truck": (UnservedReason.LINEHAUL, "", lambda: day(vehicles=[van()])),
}


@pytest.mark.parametrize("name", CASES)
def test_the_true_reason_is_given_in_words(name: str) -> None:
    reason, words, build = CASES[name]
    plan = solve_and_check(build())
    (left,) = plan.unserved
    assert (left.key.order, left.reason) == ("O1", reason)
    assert words in left.detail


def test_a_pair_without_a_way_is_named_by_site(tmp_path: Path) -> None:
    rows = ["from,to,distance_m,duration_s"]
    for a, b in (("C1", "G1"), ("G1", "C1"), ("P1", "G1")):
        rows.append(f"{a},{b},9000,900")
    path = tmp_path / "travel.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    built = day(travel=TravelSettings(provider="matrix", speed_kmh={"van": 25.0, "truck": 45.0}))
    plan = solve_and_check(built, travel=MatrixFile.read(path))
    (left,) = plan.unserved
    assert left.reason is UnservedReason.UNREACHABLE
    assert "G1" in left.detail
    assert "P1" in left.detail


def test_no_grid_serves_a_point() -> None:
    built = day(sites=[central(), point("P1", grid=None)], vehicles=[truck()])
    plan = solve_and_check(built)
    assert [left.reason for left in plan.unserved] == [UnservedReason.NO_GRID]


def test_an_order_that_no_van_takes_whole_is_left_whole() -> None:
    half: dict[str, Any] = {"mass_g": 500_000, "volume_ml": 300_000}
    lines = [
        line("O1", "P1", **half),
        line("O1", "P1", Zone.FROZEN, key=LineKey("O1", "2"), **half),
    ]
    vans = [truck(), van("V1"), van("V2")]
    apart = solve_and_check(day(vehicles=vans, lines=lines))
    assert apart.unserved == ()
    plan = solve_and_check(day(vehicles=vans, lines=lines, orders_together=True))
    assert {left.reason for left in plan.unserved} == {UnservedReason.TOGETHER}
    assert "takes all of its 2 lines" in plan.unserved[0].detail
    assert plan.cost.total > apart.cost.total


def test_every_reason_has_a_case() -> None:
    shown = {reason for reason, _, _ in CASES.values()}
    # A dispatcher leaves lines out, no planner does: tests/unit/test_revise.py.
    shown |= {UnservedReason.UNREACHABLE, UnservedReason.NO_GRID, UnservedReason.LEFT_OUT}
    shown.add(UnservedReason.TOGETHER)
    assert shown == set(UnservedReason)


def test_the_day_without_a_change_is_served() -> None:
    assert solve_and_check(day()).unserved == ()
