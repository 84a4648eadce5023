"""Networks and order sets: questions kept for later."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
