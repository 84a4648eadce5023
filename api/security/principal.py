"""The one who asks: a person with a session, a machine with a key, or the machine's own user."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class Role(Enum):
    """What somebody does in the operation (FEATURES G6)."""

    DISPATCHER = "dispatcher"
    WAREHOUSE = "warehouse"
    PLANNER = "planner"
    DRIVER = "driver"
    LEADER = "leader"
    ADMIN = "admin"


class Scope(Enum):
    """What an API key may be narrowed to; a person's session has all scopes of the role."""

    PLANS_READ = "plans:read"
    PLANS_WRITE = "plans:write"
    ROAD_READ = "road:read"
    ROAD_WRITE = "road:write"
    ALARMS_READ = "alarms:read"
    ALARMS_WRITE = "alarms:write"
    ACCOUNTS = "accounts"
    OPERATE = "operate"


ALL_SCOPES = frozenset(Scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Somebody known to the service.

    Parameters
    ----------
    name
        ``user:NAME``, ``key:NAME`` or ``local``.
    vehicle
        The only vehicle that this driver may see and report on; None means any.
    sites
        The only pickup points that this leader may see and report on; None means any.
    """

    name: str
    role: Role
    scopes: frozenset[Scope] = field(default=ALL_SCOPES)
    vehicle: str | None = None
    sites: frozenset[str] | None = None


LOCAL = Principal(name="local", role=Role.ADMIN)
"""Whoever sits at the machine, as long as no user is configured."""

ANONYMOUS = Principal(
    name="anonymous", role=Role.DRIVER, scopes=frozenset(), vehicle="", sites=frozenset()
)
"""Whoever uses a public route: nobody in particular, who may do nothing else."""
