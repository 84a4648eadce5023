"""From the travel settings of a problem to the provider they name."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from optimizer.domain.errors import Fault, InputRefused, TravelUnavailable
from optimizer.domain.ids import SiteId
from optimizer.domain.network import Site
from optimizer.domain.problem import TravelSettings
from optimizer.travel import great_circle, matrix_file, osrm, road_graph
from optimizer.travel.cache_files import CacheFolder
from optimizer.travel.closures import read_closures
from optimizer.travel.edge_list import read_edge_list
from optimizer.travel.graphml import read_graphml
from optimizer.travel.great_circle import GreatCircle
from optimizer.travel.matrix_file import MatrixFile
from optimizer.travel.means import ANY_PROFILE, NO_MEANS, TravelMeans
from optimizer.travel.memory import Remembering
from optimizer.travel.osrm import Osrm
from optimizer.travel.osrm_client import OsrmClient
from optimizer.travel.provider import TravelProvider
from optimizer.travel.road_graph import RoadGraph
from optimizer.travel.road_network import NetworkDraft, RoadNetwork

PROVIDERS = (great_circle.NAME, matrix_file.NAME, road_graph.NAME, osrm.NAME)
READERS = {".graphml": read_graphml, ".xml": read_graphml, ".csv": read_edge_list}
NETWORKS_KEPT = 2
"""Parsed networks that stay in memory; one of a large city takes some ten megabytes."""


def open_provider(
    settings: TravelSettings,
    folder: Path | None,
    *,
    sites: Mapping[SiteId, Site] | None = None,
    means: TravelMeans = NO_MEANS,
) -> TravelProvider:
    """Open the source of distances that the settings name.

    Parameters
    ----------
    settings
        Provider, circuity, files, profile.
    folder
        The problem's own folder, the only place files are read from; None where the problem came
        without a folder.
    sites
        The problem's sites; with them a matrix row that names any other site is a fault, and so is
        a site that no street of a road graph is near to.
    means
        Servers and cache of this machine.

    Raises
    ------
    TravelUnavailable
        No such provider or server, or no folder or file to read from.
    InputRefused
        Faults in a file or its path, all at once.
    """
    if settings.provider == great_circle.NAME:
        return GreatCircle(circuity=settings.circuity)
    if settings.provider == matrix_file.NAME:
        path = _inside(settings.file, folder, "file")
        return MatrixFile.read(path, sites=None if sites is None else sites.keys())
    if settings.provider == road_graph.NAME:
        return _road_graph(settings, folder, tuple(() if sites is None else sites.values()), means)
    if settings.provider == osrm.NAME:
        return _osrm(settings.profile, means)
    raise TravelUnavailable(
        "CG-2001",
        f"there is no travel provider {settings.provider!r}; there are {', '.join(PROVIDERS)}",
    )


def _road_graph(
    settings: TravelSettings, folder: Path | None, sites: tuple[Site, ...], means: TravelMeans
) -> Remembering:
    path = _inside(settings.file, folder, "file")
    network = _network(path.name, _content(path))
    closures = None
    if settings.closures is not None:
        path = _inside(settings.closures, folder, "closures")
        content = _content(path)
        closures = read_closures(content, file=path.name, digest=_hash(content))
    graph = RoadGraph.of(network, closures, circuity=settings.circuity)
    graph.ensure_near(sites)
    return Remembering(inner=graph, files=_files(means), at_once=sites)


def _osrm(profile: str, means: TravelMeans) -> Remembering:
    servers = means.osrm_servers
    address = servers.get(profile, servers.get(ANY_PROFILE))
    if address is None:
        known = ", ".join(sorted(servers)) or "none"
        message = f"no OSRM server is set for the profile {profile!r}; there are: {known}"
        raise TravelUnavailable("CG-2020", message)
    server = Osrm.at(
        OsrmClient(address=address, timeout_s=means.osrm_timeout_s),
        address=address,
        profile=profile,
        data=means.osrm_data,
        block=means.osrm_block,
    )
    return Remembering(inner=server, files=_files(means))


def _files(means: TravelMeans) -> CacheFolder | None:
    if means.cache is None:
        return None
    return CacheFolder(path=means.cache, most_bytes=means.cache_bytes)


@lru_cache(maxsize=NETWORKS_KEPT)
def _network(file: str, content: bytes) -> RoadNetwork:
    """Read a road graph; the same bytes are parsed once."""
    draft = NetworkDraft(file=file)
    read = READERS.get(Path(file).suffix.lower())
    if read is None:
        cause = f"a road graph is {', '.join(READERS)}, not this kind of file"
        draft.fault("CG-2010", "", cause, "Name a GraphML file or an edge list in CSV")
    else:
        read(content, draft)
    network = None if draft.faults else draft.network(_hash(content))
    if network is None:
        raise InputRefused(draft.faults)
    return network


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = f"travel file {path.name} cannot be read: {reason}"
        raise TravelUnavailable("CG-2002", message) from error


def _hash(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def _inside(file: str | None, folder: Path | None, key: str) -> Path:
    """Resolve the file's path and refuse to leave the folder, through symbolic links as well."""
    if not file:
        raise TravelUnavailable("CG-2002", f"the travel provider needs travel.{key}")
    if folder is None:
        raise TravelUnavailable("CG-2002", f"no problem folder to read travel file {file!r} from")
    path = (folder / file).resolve()
    if path.is_relative_to(folder.resolve()):
        return path
    raise InputRefused(
        [
            Fault(
                code="CG-2003",
                place=f"settings.yaml travel.{key}",
                cause=f"{file!r} leads out of the problem's folder",
                action="Put the file into the problem's folder and give its name",
            )
        ]
    )
