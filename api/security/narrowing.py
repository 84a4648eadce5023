"""One vehicle, some sites: what a driver's or leader's account is narrowed to."""

from __future__ import annotations

from api.problem_details import Refusal
from api.security.principal import Principal


def require_vehicle(principal: Principal, vehicle: str) -> None:
    """Let only those pass who may see and report on this vehicle.

    Raises
    ------
    Refusal
        The account is narrowed to another vehicle (CG-7407).
    """
    if principal.vehicle is not None and principal.vehicle != vehicle:
        raise Refusal(
            "CG-7407", f"{principal.name} is narrowed to vehicle {principal.vehicle}, not {vehicle}"
        )


def require_site(principal: Principal, site: str) -> None:
    """Let only those pass who may see and report on this site.

    Raises
    ------
    Refusal
        The account is narrowed to other sites (CG-7407).
    """
    if principal.sites is not None and site not in principal.sites:
        known = ", ".join(sorted(principal.sites)) or "no site"
        raise Refusal("CG-7407", f"{principal.name} is narrowed to {known}, not {site}")


def sees(principal: Principal, *, vehicle: str, site: str) -> bool:
    """Say whether a row of a list, of a vehicle and a site, is for this reader."""
    return principal.vehicle in (None, vehicle) and (
        principal.sites is None or site in principal.sites
    )
