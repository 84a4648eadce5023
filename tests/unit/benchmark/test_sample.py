"""A sample of grids takes what belongs to them and nothing else."""

import pytest

from optimizer.benchmark.sample import sampled
from optimizer.domain.errors import InputRefused
from optimizer.domain.problem import Problem
from tests.builders import central, grid, line, point, problem, truck, van

GRIDS = [f"G{number}" for number in range(1, 6)]


def city() -> Problem:
    return problem(
        sites=[
            central(),
            *(grid(name) for name in GRIDS),
            *(point(f"P{name}", grid=name) for name in GRIDS),
        ],
        vehicles=[truck(), *(van(f"V{name}", home=name) for name in GRIDS)],
        lines=[line(f"O{name}", f"P{name}") for name in GRIDS],
    )


def test_two_grids_come_with_all_that_is_theirs() -> None:
    part = sampled(city(), 2, seed=3)
    taken = sorted(name for name in part.sites if name.startswith("G"))
    assert len(taken) == 2
    assert set(part.sites) == {"C1", *taken, *(f"P{name}" for name in taken)}
    assert set(part.vehicles) == {"T1", *(f"V{name}" for name in taken)}
    assert [each.site for each in part.lines.values()] == [f"P{name}" for name in taken]
    assert sampled(city(), 2, seed=3).digest == part.digest
    assert len({sampled(city(), 2, seed=seed).digest for seed in range(8)}) > 1


def test_more_grids_than_there_are_cannot_be_drawn() -> None:
    assert len(sampled(city(), 5, seed=1).lines) == 5
    with pytest.raises(InputRefused, match="5 grids, fewer than 6") as refused:
        sampled(city(), 6, seed=1)
    assert refused.value.code == "CG-5005"


def test_points_that_nobody_owns_are_no_part_of_a_sample() -> None:
    day = problem(
        sites=[central(), grid(), point("P1", grid=None)],
        vehicles=[van()],
        lines=[line("O1", "P1")],
    )
    with pytest.raises(InputRefused, match="grid of 1 points is not given"):
        sampled(day, 1, seed=1)
