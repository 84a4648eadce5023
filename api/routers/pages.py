"""Pages and what they load: shells that anybody may have; their scripts ask ``/v1`` as the reader.

They are not part of the interface and stand in no OpenAPI document.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages.files import browser_files
from api.pages.languages import COOKIE, Language, chosen_language
from api.pages.map_tiles import given_tiles, policy_with_tiles
from api.pages.shell import POLICY, Shell
from api.pages.shell import page as written
from api.problem_details import Refusal
from api.road.alarm_rights import RIGHTS
from api.routers.codings import Coding, coded
from api.routers.dependencies import Parts
from api.security.access import ACCESS
from scenarios.report import Language as Speaks
from scenarios.report import kpi_words

router = APIRouter(include_in_schema=False)

FOR_EVER = "public, max-age=31536000, immutable"
SEE_OTHER = 303
SMALLEST_ZIPPED = 500
"""Bytes: below, the packet is the same."""

Accepted = Annotated[str | None, Header(alias="accept-language")]
Text = Annotated[str, Path(min_length=1, max_length=300)]


@router.get("/", operation_id="open_start_page")
def open_start_page() -> Response:
    """Lead to the board that most people need."""
    return RedirectResponse("/cold-chain", SEE_OTHER)


@router.get("/sign-in", operation_id="open_sign_in")
def open_sign_in(request: Request, parts: Parts, accepted: Accepted = None) -> Response:
    """Ask for name and password."""
    return _page(request, parts, accepted, name="sign_in")


@router.get("/dispatch", operation_id="open_dispatch_board")
def open_dispatch_board(request: Request, parts: Parts, accepted: Accepted = None) -> Response:
    """Show the day's plan: map, loads, times, docks, and what is left out."""
    return _page(
        request, parts, accepted, name="dispatch", **_plan_rights(), **given_tiles(parts.settings)
    )


@router.get("/cold-chain", operation_id="open_cold_chain_board")
def open_cold_chain_board(request: Request, parts: Parts, accepted: Accepted = None) -> Response:
    """Show compartments and rooms by severity."""
    wall = "wall" in request.query_params
    return _page(request, parts, accepted, name="cold_chain", wall=wall, **_alarm_rights())


@router.get("/cold-chain/points/{point:path}", operation_id="open_trace")
def open_trace(point: Text, request: Request, parts: Parts, accepted: Accepted = None) -> Response:
    """Show what one point did."""
    return _page(request, parts, accepted, name="trace", point=point)


@router.get("/reroutes", operation_id="open_reroutes_page")
def open_reroutes_page(request: Request, parts: Parts, accepted: Accepted = None) -> Response:
    """Show what broke on the road, and the ways out."""
    return _page(request, parts, accepted, name="reroutes")


@router.get("/reroutes/{reroute}", operation_id="open_reroute_panel")
def open_reroute_panel(
    reroute: Text, request: Request, parts: Parts, accepted: Accepted = None
) -> Response:
    """Show the ways out of one break side by side."""
    return _page(request, parts, accepted, name="reroute", reroute=reroute)


@router.get("/scenarios", operation_id="open_scenario_board")
def open_scenario_board(request: Request, parts: Parts, accepted: Accepted = None) -> Response:
    """Ask what if, and read the answer."""
    speaks: Speaks = "en" if _language(request, accepted) == "en" else "zh"
    return _page(
        request,
        parts,
        accepted,
        name="scenarios",
        kpis=kpi_words(speaks),
        runRights=sorted(role.value for role in ACCESS["run_scenario"].roles),
    )


@router.get("/driver", operation_id="open_driver_page")
def open_driver_page(request: Request, parts: Parts, accepted: Accepted = None) -> Response:
    """Show a driver the stops of today."""
    navigation = parts.settings.navigation
    return _page(
        request, parts, accepted, name="driver", navigation=navigation, keeper="/driver-worker.js"
    )


@router.get("/driver-worker.js", operation_id="read_driver_worker")
def read_driver_worker() -> Response:
    """Give the script that keeps the driver's page for hours without a network.

    What a service worker may keep lies below its own address, so it stands beside the page; a
    browser asks for it anew, or the page would stay as it is today for ever.
    """
    file = browser_files().by_path["driver_worker.js"]
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": POLICY}
    return Response(file.body, media_type=file.media_type, headers=headers)


@router.get("/shift", operation_id="open_shift_page")
def open_shift_page(request: Request, parts: Parts, accepted: Accepted = None) -> Response:
    """Show what the next shift has to know."""
    return _page(request, parts, accepted, name="shift")


@router.get("/static/{version}/{path:path}", operation_id="read_browser_file")
async def read_browser_file(version: Text, path: Text, coding: Coding = "") -> Response:
    """Give a script, a style or a picture; of an older version the one of today.

    Everything is in memory, zipped once: a board asks for thirty of them before it shows anything.
    """
    files = browser_files()
    file = files.by_path.get(path)
    if file is None:
        raise Refusal("CG-7001", "there is no such file")
    # A page that was opened before a new release must not keep today's file under the old name.
    keeping = FOR_EVER if version == files.version else "no-store"
    # A shared worker is bound by the policy of its own script.
    headers = {"Cache-Control": keeping, "Content-Security-Policy": POLICY}
    if len(file.body) < SMALLEST_ZIPPED:
        return Response(file.body, media_type=file.media_type, headers=headers)
    return coded(file.body, file.zipped, coding, media_type=file.media_type, headers=headers)


def _page(
    request: Request, parts: Parts, accepted: str | None, *, name: str, **given: object
) -> Response:
    language = _language(request, accepted)
    text = written(
        Shell(
            template=f"{name}.html",
            script=f"{name}.js",
            language=language,
            time_zone=parts.settings.time_zone,
            given=given,
        )
    )
    headers = {
        "Content-Security-Policy": policy_with_tiles(parts.settings),
        "Cache-Control": "private, no-cache",
        "Vary": "Accept-Language, Cookie",
        "Content-Language": language,
    }
    return HTMLResponse(text, headers=headers)


def _language(request: Request, accepted: str | None) -> Language:
    return chosen_language(request.cookies.get(COOKIE), accepted)


def _alarm_rights() -> dict[str, Any]:
    """Say who may do what to alarms, so that nobody is offered what would be refused."""
    return {
        "alarmRights": {
            grade.value: {
                "roles": {
                    action.value: sorted(
                        roles & {role.value for role in ACCESS["acknowledge_alarm"].roles}
                    )
                    for action, roles in rights.roles.items()
                },
                "longestMinutes": {
                    role: round(longest.total_seconds() / 60)
                    for role, longest in rights.longest.items()
                },
            }
            for grade, rights in RIGHTS.items()
        }
    }


def _plan_rights() -> dict[str, Any]:
    """Say who may do what to plans."""
    return {
        "planRights": {
            name: sorted(role.value for role in ACCESS[operation].roles)
            for name, operation in {
                "plan": "request_plan",
                "revise": "revise_plan",
                "publish": "publish_plan",
            }.items()
        }
    }
