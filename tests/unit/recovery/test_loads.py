"""Goods that come on board on the way: there is room for them from there on, and not before."""

from dataclasses import replace

from optimizer.domain.temperature import Zone
from optimizer.recovery.loads import fits
from tests import broken_days, builders

POINTS = [builders.point(f"P{n}", 2.0 * n, hours=(builders.hours(9, 20),)) for n in (1, 2)]
LINES = [builders.line("O1", "P1", volume_ml=60_000), builders.line("O2", "P2", volume_ml=70_000)]
_, PLAN = broken_days.day([POINTS], LINES)
NEW = {LINES[1].key}


def _room(litres: int, called: int, payload_kg: int = 800) -> bool:
    route = replace(PLAN.routes[0], compartments={Zone.CHILLED: litres * 1000})
    return fits(route, builders.van(payload_g=payload_kg * 1000), NEW, called)


def test_what_is_handed_over_before_makes_room() -> None:
    assert _room(70, called=1)
    assert not _room(69, called=1)


def test_what_is_still_on_board_takes_room() -> None:
    assert _room(130, called=0)
    assert not _room(129, called=0)


def test_weight_counts_like_room() -> None:
    assert _room(200, called=1, payload_kg=20)
    assert not _room(200, called=0, payload_kg=39)
