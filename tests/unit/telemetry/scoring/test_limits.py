"""Limits give way to a trace's own control band, by one rule for all."""

from __future__ import annotations

from telemetry.alarm.packs import load_packs
from telemetry.alarm.state import Sample
from telemetry.scoring import fitted
from telemetry.scoring.material import DAY_MS, Material, material_of

STEP_MS = 300_000


def material(values: list[float]) -> Material:
    return material_of([Sample(place * STEP_MS, value) for place, value in enumerate(values)])


def test_an_edge_outside_of_the_control_band_stays() -> None:
    frozen = load_packs()["frozen"]
    assert fitted(frozen, material([-22.0] * 600), DAY_MS) == frozen


def test_an_edge_inside_of_it_moves_to_a_degree_outside() -> None:
    chilled = load_packs()["chilled"]
    warm = fitted(chilled, material([4.5, 5.5] * 300), DAY_MS)
    assert (warm.band.lower_c, warm.band.upper_c) == (0.0, 6.5)
    cold = fitted(chilled, material([-0.5] * 600), DAY_MS)
    assert (cold.band.lower_c, cold.band.upper_c) == (-1.5, 4.0)


def test_defrosts_move_nothing() -> None:
    values = [-14.0 if place % 72 < 6 else -25.0 for place in range(600)]
    assert fitted(load_packs()["frozen"], material(values), DAY_MS).band.upper_c == -18.0


def test_the_second_half_is_not_looked_at() -> None:
    values = [-22.0] * 300 + [-10.0] * 300
    assert fitted(load_packs()["frozen"], material(values), 250 * STEP_MS).band.upper_c == -18.0
