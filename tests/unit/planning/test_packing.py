"""Large lines are packed first: together where they go to one site, each where it is tightest."""

from __future__ import annotations

from optimizer.domain.temperature import ZONES, Zone
from optimizer.planning.compartments import Slot, concentrated
from optimizer.planning.packing import pack_large
from tests.builders import SIX, grid, line, point, problem, van

BODY = {Zone.FROZEN: 250_000, Zone.CHILLED: 750_000, Zone.CONTROLLED: 1_500_000}


def slots(count: int) -> list[Slot]:
    return [
        Slot(
            vehicle=van(f"V{i}", capacity_ml=BODY, bulkhead_step_ml=250_000, payload_g=2_000_000),
            available=SIX,
            trip=1,
            zones=frozenset(ZONES),
        )
        for i in range(count)
    ]


def test_few_vans_carry_the_cold_goods_and_every_litre_of_a_body_has_a_zone() -> None:
    placed = concentrated(slots(3), {Zone.FROZEN: 300_000, Zone.CHILLED: 1_000_000})
    layouts = [slot.layout or {} for slot in placed]
    assert layouts[0] == {
        Zone.FROZEN: 500_000,
        Zone.CHILLED: 1_000_000,
        Zone.CONTROLLED: 1_000_000,
    }
    assert layouts[1:] == [{Zone.CONTROLLED: 2_500_000}] * 2


def test_large_lines_are_all_in_where_they_fit_exactly() -> None:
    lines = [line(f"O{i}", f"P{i % 2}", Zone.CONTROLLED, volume_ml=1_250_000) for i in range(4)]
    lines.append(line("O9", "P0", Zone.CONTROLLED, volume_ml=10_000))
    day = problem(sites=[grid(), point("P0"), point("P1", -3)], vehicles=[van()], lines=lines)
    packed = pack_large(day, lines, concentrated(slots(2), {}))
    sites = [[item.site for item in itinerary.lines] for itinerary in packed]
    # Best fit keeps a client's pieces together; the small line is left to the router.
    assert sites == [["P0", "P0"], ["P1", "P1"]]


def test_nothing_is_loaded_beyond_a_payload() -> None:
    lines = [
        line(f"O{i}", "P0", Zone.CONTROLLED, volume_ml=300_000, mass_g=900_000) for i in range(4)
    ]
    day = problem(sites=[grid(), point("P0")], vehicles=[van()], lines=lines)
    (packed,) = pack_large(day, lines, concentrated(slots(1), {}))
    assert len(packed.lines) == 2
