"""Which van may carry what, and which should: pins and usual vehicles, in cents per job and group.

A pin is a dispatcher's word: the line rides with that van or not at all. A usual vehicle is a
wish with a price: every stop by another one costs ``stability_cents``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from optimizer.domain.ids import LineKey, SiteId, VehicleId
from optimizer.domain.problem import Problem
from optimizer.domain.travel_matrix import IntArray
from optimizer.domain.units import Cents
from optimizer.engines.engine import FORBIDDEN, RoutingAnswer, RoutingProblem
from optimizer.engines.repair import insert_cheapest, repaired
from optimizer.planning.compartments import FleetGroups, Slot
from optimizer.planning.freight import Freight
from optimizer.planning.jobs import Bundle

MOST_CELLS = 50_000_000
"""Sites times sites times usual vehicles of one pass; a solver needs 16 bytes for each. Beyond
that, stops by other vehicles are paid for, but no search tries to avoid them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What lines and sites ask of the vans of one pass.

    Parameters
    ----------
    pins
        Lines that one vehicle and no other may carry.
    usual
        The usual vehicle of each site; empty where other vehicles cost nothing.
    stability_cents
        Cost of a stop by another vehicle.
    needs
        Skills that a vehicle must have to call at a site; sites that any vehicle may call at are
        absent.
    """

    pins: Mapping[LineKey, VehicleId]
    usual: Mapping[SiteId, VehicleId]
    stability_cents: Cents
    needs: Mapping[SiteId, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, problem: Problem, lines: Sequence[Freight], pins: Mapping[LineKey, VehicleId]
    ) -> Claims:
        """Collect what these lines and their sites ask."""
        cents = problem.objective.stability_cents
        sites = {line.site for line in lines} if cents else set()
        usual = {site: van for site, van in problem.usual_vehicle.items() if site in sites}
        if len(sites) ** 2 * len(set(usual.values())) > MOST_CELLS:
            usual = {}
        return cls(
            pins={line.key: pins[line.key] for line in lines if line.key in pins},
            usual=usual,
            stability_cents=cents,
            needs={
                line.site: problem.sites[line.site].needs
                for line in lines
                if problem.sites[line.site].needs
            },
        )

    @property
    def named(self) -> frozenset[VehicleId]:
        """The vehicles that no solver may take for one of their equals."""
        return frozenset({*self.pins.values(), *self.usual.values()})

    @property
    def skills(self) -> frozenset[str]:
        """All skills that any site asks for."""
        return frozenset(skill for skills in self.needs.values() for skill in skills)

    def van_of(self, line: Freight) -> VehicleId | None:
        """Give the van that a line is pinned to, else the usual one of its site, if any."""
        return self.pins.get(line.key, self.usual.get(line.site))

    def can_ride(self, line: Freight, slots: Sequence[Slot]) -> bool:
        """Say whether a vehicle that may carry a line is among these slots."""
        pin, needs = self.pins.get(line.key), self.needs.get(line.site)
        if pin is None and needs is None:
            return True
        return any(
            (pin is None or slot.vehicle.id == pin)
            and (needs is None or needs <= slot.vehicle.skills)
            for slot in slots
        )

    def group_cents(self, bundles: Sequence[Bundle], fleet: FleetGroups) -> IntArray | None:
        """Say what each group adds to each bundle; None where nothing is asked.

        Bundles of one site share the cost of its stop: they mostly ride together.
        """
        if not self.pins and not self.usual and not self.needs:
            return None
        vans = [{slot.vehicle.id for slot in members} for members in fleet.members]
        left = Counter(bundle.site for bundle in bundles)
        cost = dict.fromkeys(self.usual, self.stability_cents)
        cents = np.zeros((len(bundles), len(vans)), dtype=np.int64)
        for row, bundle in enumerate(bundles):
            if bundle.site in self.usual:
                part = cost[bundle.site] // left[bundle.site]
                cost[bundle.site] -= part
                left[bundle.site] -= 1
                usual = self.usual[bundle.site]
                cents[row] = [0 if usual in ids else part for ids in vans]
            pin = self.pins.get(bundle.lines[0].key)
            if pin is not None:
                cents[row, [pin not in ids for ids in vans]] = FORBIDDEN
            needs = self.needs.get(bundle.site, frozenset())
            unable = [not needs <= members[0].vehicle.skills for members in fleet.members]
            cents[row, unable] = FORBIDDEN
        return cents

    def as_usual(
        self, problem: RoutingProblem, bundles: Sequence[Bundle], fleet: FleetGroups
    ) -> RoutingAnswer | None:
        """Let every van go to its own sites, as a first answer; what finds no room rides elsewhere.

        A search that begins anywhere else seldom finds its way back to the usual vans. None where
        no site has one.
        """
        if not self.usual:
            return None
        rows: dict[VehicleId, list[int]] = {}
        for row, bundle in enumerate(bundles):
            van = self.van_of(bundle.lines[0])
            if van is not None:
                rows.setdefault(van, []).append(row)
        routes = []
        for number, members in enumerate(fleet.members):
            mine = rows.get(members[0].vehicle.id, [])
            if mine:
                alone = tuple(
                    replace(group, count=int(other == number))
                    for other, group in enumerate(problem.vehicles)
                )
                routes += insert_cheapest(replace(problem, vehicles=alone), [], mine) or []
        return repaired(problem, routes)
