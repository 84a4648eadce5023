"""What papers a plan has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field

from api.manifests.choice import MEDIA_TYPES, Format
from api.manifests.sheet import Amount
from api.services.paper import ManifestList, TripNote
from optimizer.domain.fleet import Vehicle
from optimizer.domain.units import thousands

_LINKS = {
    form: f"/v1/plans/plan-1/manifests/V1?version=1&format={form}"
    for form in ("html", "pdf", "csv")
}
_EXAMPLE: dict[str, Any] = {
    "plan": "plan-1",
    "version": 1,
    "items": [
        {
            "vehicle": "V1",
            "type": "van",
            "echelon": "last_mile",
            "home": "G1",
            "trips": [
                {
                    "route": "V1-morning-1",
                    "trip": 1,
                    "wave": "morning",
                    "departs_at": "2026-07-15T07:02:00+08:00",
                    "returns_at": "2026-07-15T08:42:41+08:00",
                    "stops": 4,
                    "mass_kg": 87.7,
                    "volume_l": 126.0,
                }
            ],
            "links": _LINKS,
        }
    ],
    "loading_lists": [{"site": "G1", "kind": "grid", "name": "West Bank Grid", "links": _LINKS}],
}


class _Out(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LinksOut(_Out):
    """Where the paper is, by format; each stays with this version of the plan."""

    html: str
    pdf: str
    csv: str


class TripOut(_Out):
    """One trip of a vehicle."""

    route: str
    trip: int
    wave: str
    departs_at: datetime
    returns_at: datetime
    stops: int = Field(description="Number of stops.")
    mass_kg: float = Field(description="Everything that is loaded, over all zones.")
    volume_l: float


class ManifestOut(_Out):
    """The manifest of one vehicle."""

    vehicle: str
    type: str
    echelon: Literal["linehaul", "last_mile"]
    home: str
    trips: list[TripOut]
    links: LinksOut


class LoadingListOut(_Out):
    """The loading list of one site."""

    site: str
    kind: Literal["central", "grid", "pickup", "station"]
    name: str
    links: LinksOut


class ManifestsOut(_Out):
    """All papers of one version of a plan."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    plan: str
    version: int
    items: list[ManifestOut]
    loading_lists: list[LoadingListOut]


def manifests_out(listed: ManifestList) -> ManifestsOut:
    """Write the list of papers with its links."""
    return ManifestsOut(
        plan=listed.plan,
        version=listed.version,
        items=[_manifest(listed, vehicle, trips) for vehicle, trips in listed.vehicles],
        loading_lists=[
            LoadingListOut(
                site=site.id,
                kind=site.kind.value,
                name=site.name,
                links=_links(listed, "loading-lists", site.id),
            )
            for site in listed.sites
        ],
    )


def _manifest(listed: ManifestList, vehicle: Vehicle, trips: Sequence[TripNote]) -> ManifestOut:
    return ManifestOut(
        vehicle=vehicle.id,
        type=vehicle.type,
        echelon=vehicle.echelon.value,
        home=vehicle.home,
        trips=[_trip(trip) for trip in trips],
        links=_links(listed, "manifests", vehicle.id),
    )


def _trip(trip: TripNote) -> TripOut:
    return TripOut(
        route=trip.route.id,
        trip=trip.route.trip,
        wave=trip.route.wave,
        departs_at=trip.departs_at,
        returns_at=trip.returns_at,
        stops=len(trip.route.stops),
        mass_kg=thousands(_total(trip.totals, "mass_g")),
        volume_l=thousands(_total(trip.totals, "volume_ml")),
    )


def _total(amounts: Sequence[Amount], unit: Literal["mass_g", "volume_ml"]) -> int:
    return sum(int(getattr(amount, unit)) for amount in amounts)


def _links(listed: ManifestList, kind: str, name: str) -> LinksOut:
    path = f"/v1/plans/{quote(listed.plan, safe='')}/{kind}/{quote(name, safe='')}"
    return LinksOut(**{form: _link(path, listed.version, form) for form in MEDIA_TYPES})


def _link(path: str, version: int, form: Format) -> str:
    return f"{path}?version={version}&format={form}"
