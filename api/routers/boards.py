"""On-time board and driver scores."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
