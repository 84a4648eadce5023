"""Paper of a plan: manifests of vehicles and loading lists of sites, in the wanted format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from api.manifests.choice import MEDIA_TYPES, Format
from api.manifests.csv import loading_list_csv
from api.manifests.docks import build_loading_list
from api.manifests.fonts import FontFile, find_font
from api.manifests.html import loading_list_html, manifest_html
from api.manifests.reading import build_sheet, routes_of, totals_of
from api.manifests.sheet import Amount, Heading
from api.manifests.words import Language
from api.problem_details import Refusal
from api.services.plan_book import OpenPlan, PlanBook
from optimizer.domain.fleet import Vehicle
from optimizer.domain.ids import SiteId, VehicleId
from optimizer.domain.network import Site
from optimizer.domain.plan import Plan, Route
from optimizer.domain.units import Seconds
from optimizer.formats.manifest import manifest_csv

SUPERSEDED = "superseded"
"""What stands on a paper instead of the plan's state where another version counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How somebody wants a paper, and of which version; None means the one that counts."""

    format: Format
    language: Language
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A paper on its way out."""

    body: bytes
    media_type: str
    file_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TripNote:
    """One trip in the list of manifests."""

    route: Route
    departs_at: datetime
    returns_at: datetime
    totals: tuple[Amount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestList:
    """What paper a version of a plan has: one sheet a vehicle, one list a site that loads."""

    plan: str
    version: int
    vehicles: tuple[tuple[Vehicle, tuple[TripNote, ...]], ...]
    sites: tuple[Site, ...]


class PaperDesk:
    """Writes papers.

    Parameters
    ----------
    font
        The operator's font file for PDFs; None to look for one when it is needed.
    """

    def __init__(self, plan_book: PlanBook, *, font: Path | None = None) -> None:
        self._plan_book = plan_book
        self._font: Callable[[], FontFile] = lambda: find_font(font)

    def papers(self, plan: str, version: int | None = None) -> ManifestList:
        """Give the vehicles that drive and the sites that load, in the order of departure.

        Raises
        ------
        Refusal
            There is no such plan or version.
        """
        opened = self._plan_book.open(plan, version)
        problem, routes = opened.problem, opened.plan.routes
        departures = sorted(routes, key=lambda route: (route.departs, route.vehicle))
        vehicles = dict.fromkeys(route.vehicle for route in departures)
        sites = dict.fromkeys(route.start_site for route in departures)
        return ManifestList(
            plan=plan,
            version=opened.note.version,
            vehicles=tuple(
                (problem.vehicles[vehicle], _notes(opened.plan, vehicle)) for vehicle in vehicles
            ),
            sites=tuple(problem.sites[site] for site in sites),
        )

    def manifest(self, plan: str, vehicle: VehicleId, wish: Wish) -> Document:
        """Write the manifest of a vehicle.

        Raises
        ------
        Refusal
            There is no such plan or version, the vehicle does not drive in it, or the PDF needs
            a font that the machine does not have.
        """
        opened = self._plan_book.open(plan, wish.version)
        if not any(route.vehicle == vehicle for route in opened.plan.routes):
            raise Refusal("CG-7001", f"vehicle {vehicle} does not drive in {_named(opened)}")
        if wish.format == "csv":
            text = manifest_csv(opened.problem, opened.plan, vehicle)
            return _document(opened, vehicle, wish, _for_spreadsheets(text))
        sheet = build_sheet(opened.problem, opened.plan, vehicle, _heading(opened))
        if wish.format == "html":
            return _document(opened, vehicle, wish, manifest_html(sheet, wish.language).encode())
        # A service starts sooner without what writes PDFs, its fonts and its pictures.
        from api.manifests.pdf import manifest_pdf  # noqa: PLC0415

        return _document(opened, vehicle, wish, manifest_pdf(sheet, wish.language, self._font))

    def loading_list(
        self, plan: str, site: SiteId, wish: Wish, *, loading_s: Seconds | None = None
    ) -> Document:
        """Write the loading list of a site.

        Raises
        ------
        Refusal
            There is no such plan, version or site, or the PDF needs a font that the machine does
            not have.
        """
        opened = self._plan_book.open(plan, wish.version)
        if site not in opened.problem.sites:
            raise Refusal("CG-7001", f"there is no site {site} in {_named(opened)}")
        horizon = opened.plan.horizon
        listing = build_loading_list(
            opened.problem, opened.plan, site, _heading(opened), loading_s=loading_s
        )
        name = f"loading-{site}"
        if wish.format == "csv":
            text = loading_list_csv(listing, horizon)
            return _document(opened, name, wish, _for_spreadsheets(text))
        if wish.format == "html":
            text = loading_list_html(listing, horizon, wish.language)
            return _document(opened, name, wish, text.encode())
        from api.manifests.pdf_loading_list import loading_list_pdf  # noqa: PLC0415

        return _document(
            opened, name, wish, loading_list_pdf(listing, horizon, wish.language, self._font)
        )


def _notes(plan: Plan, vehicle: VehicleId) -> tuple[TripNote, ...]:
    return tuple(
        TripNote(
            route=route,
            departs_at=plan.horizon.instant(route.departs),
            returns_at=plan.horizon.instant(route.returns),
            totals=totals_of(route),
        )
        for route in routes_of(plan, vehicle)
    )


def _named(opened: OpenPlan) -> str:
    return f"version {opened.note.version} of plan {opened.head.id}"


def _heading(opened: OpenPlan) -> Heading:
    return Heading(
        plan=opened.head.id,
        name=opened.head.name,
        version=opened.note.version,
        # Somebody may print an old version by mistake: the paper must say so.
        state=opened.head.state if opened.note.version == opened.head.version else SUPERSEDED,
        made_at=opened.note.created_at,
    )


def _for_spreadsheets(text: str) -> bytes:
    # Without the mark at the beginning Excel takes Chinese names for another alphabet.
    return text.encode("utf-8-sig")


def _document(opened: OpenPlan, name: str, wish: Wish, body: bytes) -> Document:
    return Document(
        body=body,
        media_type=MEDIA_TYPES[wish.format],
        file_name=f"{opened.head.id}-v{opened.note.version}-{name}.{wish.format}",
    )
