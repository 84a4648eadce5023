"""Lines become jobs: together at a site, apart where they would not fit or are not alike."""

from __future__ import annotations

import pytest

from optimizer.domain.temperature import Zone
from optimizer.planning.jobs import (
    Bundling,
    JobRules,
    Roominess,
    bundle_by_site,
    job_of,
    load_of,
    split,
)
from tests.builders import HOUR, SIX, grid, hours, line, point, problem, van

ROOM = Roominess(payload_g=900_000, body_ml=1_500_000)


def at(arrival: int) -> Bundling:
    """Reach the only point at this moment with goods that may leave at any time."""
    return Bundling(arrivals={("P1", 0): arrival}, roominess=ROOM)


def test_loads_are_grams_then_litres_per_zone_then_all() -> None:
    lines = [
        line("O1", "P1", Zone.FROZEN, mass_g=5, volume_ml=10),
        line("O2", "P1", Zone.CHILLED, mass_g=7, volume_ml=20),
        line("O3", "P1", Zone.CONTROLLED, mass_g=11, volume_ml=40),
    ]
    assert load_of(lines) == (23, 10, 20, 40, 70)


def test_lines_of_a_site_ride_together_unless_their_windows_differ() -> None:
    lines = [line("O1", "P1"), line("O2", "P1"), line("O3", "P1", window=hours(12, 13))]
    day = problem(sites=[grid(), point("P1")], vehicles=[van()], lines=lines)
    bundles = bundle_by_site(day, lines, at(SIX))
    assert [[item.key.order for item in bundle.lines] for bundle in bundles] == [
        ["O1", "O2"],
        ["O3"],
    ]
    assert len(split(bundles)) == 3


def test_a_line_whose_site_closes_before_anyone_arrives_is_left_out() -> None:
    lines = [line("O1", "P1")]
    day = problem(sites=[grid(), point("P1")], vehicles=[van()], lines=lines)
    assert bundle_by_site(day, lines, at(17 * HOUR)) == []


@pytest.mark.parametrize("mass_g", [1_000, 100_000])
def test_a_heavy_site_is_cut_into_jobs_that_fit_with_ease(mass_g: int) -> None:
    lines = [line(f"O{i}", "P1", mass_g=mass_g, volume_ml=200_000) for i in range(7)]
    day = problem(sites=[grid(), point("P1")], vehicles=[van()], lines=lines)
    bundles = bundle_by_site(day, lines, at(SIX))
    loads = [load_of(bundle.lines) for bundle in bundles]
    assert all(load[0] <= 300_000 and load[-1] <= 500_000 for load in loads)
    assert sorted(item.key for bundle in bundles for item in bundle.lines) == sorted(
        item.key for item in lines
    )


def test_a_job_is_due_with_its_earliest_promise_and_rides_as_its_coldest_line() -> None:
    lines = [
        line("O1", "P1", Zone.FROZEN, promise="cold"),
        line("O2", "P1", Zone.CONTROLLED, promise="daily"),
    ]
    day = problem(sites=[grid(), point("P1")], vehicles=[van()], lines=lines)
    (bundle,) = bundle_by_site(day, lines, at(SIX))
    rules = JobRules(
        nodes={"G1": 0, "P1": 1},
        drop_cents={lines[0].key: 100, lines[1].key: 11},
        max_ride_s={Zone.FROZEN: 7200},
    )
    job = job_of(day, bundle, rules)
    assert (job.node, job.drop_cents, job.due, job.late_cents_per_min, job.max_ride_s) == (
        1,
        111,
        15 * HOUR,
        20,
        7200,
    )
