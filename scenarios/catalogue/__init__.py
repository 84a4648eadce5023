"""The scenarios that come with coldgrid, one YAML file each; all run on the Changsha sample.

``catalogue`` reads them all, ``catalogue_path`` finds one. They are package data: a planner copies
one and changes it, or runs it on a base of her own by ``--base``.
"""

from pathlib import Path

from scenarios.reading import read_scenario
from scenarios.spec import Scenario

FOLDER = Path(__file__).parent


def catalogue() -> dict[str, Scenario]:
    """Read every scenario of the catalogue, by name."""
    return {path.stem: read_scenario(path) for path in sorted(FOLDER.glob("*.yaml"))}


def catalogue_path(name: str) -> Path | None:
    """Find a scenario of the catalogue; None where none has this name."""
    found = {path.stem: path for path in FOLDER.glob("*.yaml")}
    return found.get(name)
