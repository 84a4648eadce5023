"""Rule packs: what is too warm and too cold where."""

from __future__ import annotations

from fastapi import APIRouter

from api.routers.dependencies import Parts
from api.schemas.profiles import ProfileList, ProfileOut

router = APIRouter(tags=["points"])


@router.get("/v1/profiles", operation_id="list_profiles", summary="List the rule packs")
def list_profiles(parts: Parts) -> ProfileList:
    """Give the product band and the limits of every rule pack that a point may be watched by."""
    profiles = parts.watching.profiles
    return ProfileList(items=[ProfileOut.of(profiles[name]) for name in sorted(profiles)])
