"""The life of a plan: revise, pin, undo, publish, load, start, close."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
