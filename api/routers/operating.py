"""Health, metrics and the OpenAPI document."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
