"""Breaks of which no case could be made: why, and until when they are left alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog

from api.reroutes.alarm_to_disruption import Compartment

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Refused:
    plan: str
    alarms: tuple[str, ...]
    reason: str
    until: datetime


class RefusedBreaks:
    """Remembers refusals by compartment, so that each is said once and not tried all the time."""

    def __init__(self) -> None:
        self._known: dict[str, _Refused] = {}

    def is_resting(self, plan: str, broken: Compartment, now: datetime) -> bool:
        """Say whether a break is left alone for now; a further alarm ends that."""
        known = self._known.get(broken.point.id)
        if known is None or (known.plan, known.alarms) != (plan, _names(broken)):
            return False
        return now < known.until

    def note(self, plan: str, broken: Compartment, until: datetime, reason: str) -> bool:
        """Put a refusal down; say whether its reason is a new one, which the log then has.

        Parameters
        ----------
        plan, broken
            Whose goods, and where.
        until
            When to try again.
        reason
            In words.
        """
        known = self._known.get(broken.point.id)
        is_new = known is None or (known.plan, known.reason) != (plan, reason)
        refused = _Refused(plan=plan, alarms=_names(broken), reason=reason, until=until)
        self._known[broken.point.id] = refused
        if is_new:
            point, alarms = broken.point.id, refused.alarms
            log.warning(
                "no reroute for an alarm", plan=plan, point=point, alarms=alarms, reason=reason
            )
        return is_new

    def forget(self, broken: Compartment) -> None:
        """Begin anew: a case was made of it."""
        self._known.pop(broken.point.id, None)


def _names(broken: Compartment) -> tuple[str, ...]:
    return tuple(one.id for one in broken.alarms)
