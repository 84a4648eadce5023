"""Jobs: ask for a plan, follow it, stop it."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
