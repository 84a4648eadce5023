"""The shortest tour of a truck over every set of satellites, by the programme of Held and Karp.

A set of satellites is a number whose bits say who is in it: bit 0 is the first satellite.
"""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.planning.two_echelon.instance import TwoEchelonInstance

Sites = int
"""A set of satellites as bits."""


@dataclass(frozen=True, slots=True)
class Tour:
    """A truck's tour from the depot and back.

    Parameters
    ----------
    cost
        Fixed cost and distance.
    order
        Satellites counted from 0.
    """

    cost: float
    order: tuple[int, ...]


def members(sites: Sites) -> list[int]:
    """Give the satellites of a set, ascending."""
    return [site for site in range(sites.bit_length()) if sites >> site & 1]


def shortest_tours(instance: TwoEchelonInstance) -> dict[Sites, Tour]:
    """Give the cheapest tour over every set of satellites that has any.

    Held and Karp (1962), Journal of SIAM 10(1); time grows as ``2 ** satellites``.
    """
    distances = instance.distances.tolist()
    trucks, count = instance.trucks, instance.satellites
    paths: dict[tuple[Sites, int], tuple[float, tuple[int, ...]]] = {
        (1 << site, site): (distances[0][site + 1], (site,)) for site in range(count)
    }
    tours: dict[Sites, Tour] = {}
    for sites in range(1, 1 << count):
        inside = members(sites)
        ends = []
        for last in inside:
            length, order = paths[sites, last]
            ends.append((length + distances[last + 1][0], order))
            for following in range(count):
                if sites >> following & 1:
                    continue
                key = (sites | 1 << following, following)
                longer = (length + distances[last + 1][following + 1], (*order, following))
                if key not in paths or longer < paths[key]:
                    paths[key] = longer
        length, order = min(ends)
        tours[sites] = Tour(trucks.fixed_cost + trucks.unit_cost * length, order)
    return tours
