"""From the travel settings of a problem to the provider they name."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from optimizer.domain.errors import Fault, InputRefused, TravelUnavailable
from optimizer.domain.ids import SiteId
from optimizer.domain.problem import TravelSettings
from optimizer.travel import great_circle, matrix_file
from optimizer.travel.great_circle import GreatCircle
from optimizer.travel.matrix_file import MatrixFile
from optimizer.travel.provider import TravelProvider

PROVIDERS = (great_circle.NAME, matrix_file.NAME)


def open_provider(
    settings: TravelSettings, folder: Path | None, *, sites: Collection[SiteId] | None = None
) -> TravelProvider:
    """Open the source of distances that the settings name.

    Parameters
    ----------
    settings
        Provider, circuity, file.
    folder
        The problem's own folder, the only place a matrix file is read from; None where the
        problem came without a folder.
    sites
        The problem's sites; with them a matrix row that names any other site is a fault.

    Raises
    ------
    TravelUnavailable
        No such provider, or no folder or file to read a matrix from.
    InputRefused
        Faults in the matrix file or its path, all at once.
    """
    if settings.provider == great_circle.NAME:
        return GreatCircle(circuity=settings.circuity)
    if settings.provider == matrix_file.NAME:
        return MatrixFile.read(_inside(settings.file, folder), sites=sites)
    raise TravelUnavailable(
        "CG-2001",
        f"there is no travel provider {settings.provider!r}; there are {', '.join(PROVIDERS)}",
    )


def _inside(file: str | None, folder: Path | None) -> Path:
    """Resolve the file's path and refuse to leave the folder, through symbolic links as well."""
    if not file:
        raise TravelUnavailable("CG-2002", "travel provider 'matrix' without travel.file")
    if folder is None:
        raise TravelUnavailable("CG-2002", f"no problem folder to read matrix file {file!r} from")
    path = (folder / file).resolve()
    if path.is_relative_to(folder.resolve()):
        return path
    raise InputRefused(
        [
            Fault(
                code="CG-2003",
                place="settings.yaml travel.file",
                cause=f"{file!r} leads out of the problem's folder",
                action="Put the matrix file into the problem's folder and give its name",
            )
        ]
    )
