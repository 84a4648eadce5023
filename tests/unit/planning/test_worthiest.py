"""A short fleet carries what costs most to leave for the room it takes."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.domain.orders import OrderLine
from optimizer.domain.temperature import ZONES, Zone
from optimizer.planning.compartments import Slot, room_of
from optimizer.planning.jobs import load_of
from optimizer.planning.worthiest import is_short, worthiest
from tests.builders import SIX, line, van


def slot(**changes: object) -> Slot:
    vehicle = replace(van(), **changes)  # type: ignore[arg-type]
    return Slot(vehicle=vehicle, available=SIX, trip=1, zones=frozenset(ZONES))


def test_one_large_line_gives_way_to_three_small_ones() -> None:
    large = line("O1", "P1", volume_ml=750_000)
    small = [line(f"O{i}", "P1", volume_ml=250_000) for i in (2, 3, 4)]
    lines = [large, *small]
    charges = {item.key: 1000 for item in lines} | {large.key: 1500}
    assert is_short(lines, [slot()])
    assert worthiest(lines, [slot()], charges) == {item.key for item in small}


def test_a_zone_without_room_takes_nothing() -> None:
    lines = [line("O1", "P1", Zone.FROZEN), line("O2", "P1", Zone.CHILLED)]
    chilled = slot(capacity_ml={Zone.CHILLED: 800_000})
    charges = {item.key: 1000 for item in lines}
    assert worthiest(lines, [chilled], charges) == {lines[1].key}


def test_a_fleet_with_room_for_everything_is_not_short() -> None:
    lines = [line("O1", "P1"), line("O2", "P1")]
    assert not is_short(lines, [slot()])
    assert worthiest(lines, [slot()], {item.key: 1 for item in lines}) == {
        item.key for item in lines
    }


def _fits(chosen: tuple[OrderLine, ...]) -> bool:
    loads = [sum(column) for column in zip(*map(load_of, [[item] for item in chosen]), strict=True)]
    return all(load <= room for load, room in zip(loads, room_of(slot()), strict=False))


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(50_000, 400_000), st.integers(1_000, 400_000), st.integers(1, 99)),
        min_size=1,
        max_size=8,
    )
)
def test_it_is_worth_the_best_choice_but_for_a_line_per_row(
    rows: list[tuple[int, int, int]],
) -> None:
    lines = [
        line(f"O{i}", "P1", volume_ml=volume, mass_g=mass)
        for i, (volume, mass, _) in enumerate(rows)
    ]
    charges = {item.key: worth for item, (_, _, worth) in zip(lines, rows, strict=True)}
    best = 0
    for size in range(len(lines) + 1):
        for chosen in combinations(lines, size):
            if _fits(chosen):
                best = max(best, sum(charges[item.key] for item in chosen))
    taken = worthiest(lines, [slot()], charges)
    assert sum(charges[key] for key in taken) >= best - 3 * max(charges.values())
