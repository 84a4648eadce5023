"""Stops, events, positions, tracking."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
