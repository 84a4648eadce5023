"""Damage and compensation tasks."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
