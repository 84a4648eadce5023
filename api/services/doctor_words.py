"""How a check says what it has found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How bad it is: ``warn`` works and may surprise, ``fail`` does not work."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check has found.

    Parameters
    ----------
    check
        What was looked at, in a word or two.
    cause
        What is so.
    mend
        What to do about it; empty where nothing is to be done.
    """

    check: str
    state: State
    cause: str
    mend: str = ""


def fine(check: str, cause: str) -> Finding:
    """Say that all is well."""
    return Finding(check=check, state=State.OK, cause=cause)


def warned(check: str, cause: str, mend: str) -> Finding:
    """Say that something works and may surprise."""
    return Finding(check=check, state=State.WARN, cause=cause, mend=mend)


def failed(check: str, cause: str, mend: str) -> Finding:
    """Say that something does not work."""
    return Finding(check=check, state=State.FAIL, cause=cause, mend=mend)
