"""Which fleet is simulated: made up, read from a file, or that of a problem."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optimizer.domain.fleet import Vehicle
    from optimizer.domain.network import Site
    from telemetry.virtual_fleet.spec import FleetSpec

DEFAULT_SENSORS = 60
MILLILITRES = 1000.0
"""In a litre."""


def spec_of(
    *,
    sensors: int | None,
    fleet: Path | None,
    problem: Path | None,
    seed: int | None,
    fail: Sequence[str],
) -> FleetSpec:
    """Give the fleet that the options ask for, with what goes wrong in it.

    Raises
    ------
    InputRefused
        A file or a failure is not what it should be.
    """
    from dataclasses import replace

    from telemetry.virtual_fleet.failures import failure_from_words
    from telemetry.virtual_fleet.spec_check import check_spec
    from telemetry.virtual_fleet.spec_file import read_spec
    from telemetry.virtual_fleet.spec_making import spec_of_size

    if problem is not None:
        spec = _of_problem(problem)
    elif fleet is not None:
        spec = read_spec(fleet)
    else:
        spec = spec_of_size(sensors or DEFAULT_SENSORS)
    spec = replace(
        spec,
        seed=spec.seed if seed is None else seed,
        failures=(*spec.failures, *map(failure_from_words, fail)),
    )
    check_spec(spec)
    return spec


def _of_problem(path: Path) -> FleetSpec:
    """Give every refrigerated vehicle and every warehouse and station of a problem its sensors."""
    from optimizer.domain.fleet import Cooling
    from optimizer.domain.network import SiteKind
    from optimizer.formats.problem_reading import read_problem
    from telemetry.virtual_fleet.spec_making import spec_of_network

    problem = read_problem(path).problem
    cooled = [each for each in problem.vehicles.values() if each.cooling is Cooling.REFRIGERATED]
    stores = [each for each in problem.sites.values() if each.kind is not SiteKind.PICKUP]
    return spec_of_network(map(_vehicle, cooled), map(_site, stores))


def _vehicle(vehicle: Vehicle) -> Mapping[str, Any]:
    litres = {zone.value: ml / MILLILITRES for zone, ml in vehicle.capacity_ml.items() if ml}
    return {"id": vehicle.id, "zones": litres}


def _site(site: Site) -> Mapping[str, Any]:
    # A capacity is what may stand there; the rooms themselves have the usual size.
    zones = [zone.value for zone, ml in site.capacity_ml.items() if ml]
    return {
        "id": site.id,
        "name": site.name,
        "zones": zones or ["frozen", "chilled", "controlled"],
        "latitude": site.lat,
        "longitude": site.lon,
    }
