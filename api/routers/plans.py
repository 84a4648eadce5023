"""Plans: what there is, how it is drawn and judged."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
