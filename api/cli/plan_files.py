"""The files of one plan: the plan, its map, and a manifest per vehicle; no wall time in any."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from api.cli.outcome import cannot_write, unwritable
from optimizer.domain.ids import VehicleId
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.formats.geojson import plan_geojson
from optimizer.formats.manifest import manifest_csv
from optimizer.formats.plan_json import dump_plan

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFiles:
    """Where the files of a plan lie.

    Parameters
    ----------
    manifests
        A folder of its own: a run removes the manifests that an earlier run left in it.
    """

    plan: Path
    geojson: Path
    manifests: Path

    @classmethod
    def beside(cls, plan: Path) -> PlanFiles:
        """Name the map and the manifests after the plan."""
        return cls(
            plan=plan,
            geojson=plan.with_name(f"{plan.stem}.geojson"),
            manifests=plan.with_name(f"{plan.stem}-manifests"),
        )

    def prepare(self) -> None:
        """Make the folders and prove that all files can be written.

        Raises
        ------
        ColdgridError
            CG-6001, with the place that cannot be used.
        """
        if self.plan.suffix == ".geojson":
            raise unwritable(self.plan, "that is the name of the map; call the plan PLAN.json")
        try:
            self.manifests.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(error) from error
        for file in (self.plan, self.geojson):
            if file.is_dir():
                raise unwritable(file, "a folder has this name")
        for place in (self.plan, self.geojson, self.manifests):
            if not os.access(place if place.exists() else place.parent, os.W_OK):
                raise unwritable(place, "no permission to write")

    def write(self, problem: Problem, plan: Plan) -> None:
        """Write everything, the plan last: where it stands, the others are complete.

        Raises
        ------
        ColdgridError
            CG-6001, with the file that could not be written.
        """
        collection = json.dumps(plan_geojson(problem, plan), ensure_ascii=False, indent=1)
        names = manifest_names(route.vehicle for route in plan.routes)
        try:
            for stale in self.manifests.glob("*.csv"):
                stale.unlink()
            for vehicle, name in names.items():
                sheet = manifest_csv(problem, plan, vehicle)
                # As bytes: the sheet brings its own line ends, whatever the system would add.
                (self.manifests / name).write_bytes(sheet.encode())
            self.geojson.write_bytes(f"{collection}\n".encode())
            self.plan.write_bytes(dump_plan(plan))
        except OSError as error:
            raise cannot_write(error) from error


def manifest_names(vehicles: Iterable[VehicleId]) -> dict[VehicleId, str]:
    """Give every vehicle a file name of its own, whatever its id is made of.

    Ids come from a user's table: ``../V1`` must not leave the folder, and ``v1`` and ``V1`` must
    not meet on a disk that ignores case.
    """
    names: dict[VehicleId, str] = {}
    taken: set[str] = set()
    for vehicle in vehicles:
        if vehicle in names:
            continue
        safe = re.sub(r"[^\w.-]|^[.-]", "_", vehicle)[:LONGEST_NAME]
        name, number = safe, 1
        while name.casefold() in taken:
            number += 1
            name = f"{safe}-{number}"
        taken.add(name.casefold())
        names[vehicle] = f"{name}.csv"
    return names
