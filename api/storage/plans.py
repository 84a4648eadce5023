"""Plans and their versions. A version never changes; what changes is which one is the head.

A change names the revision that it knows. Where another change came first nothing is written and
the answer is False, so that two dispatchers never overwrite each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from api.storage.database import Transaction
from api.storage.tables import plan_versions, plans


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanHead:
    """A plan's standing.

    Parameters
    ----------
    version
        The version that counts.
    revision
        Number of the last change; the ETag.
    pins
        Vehicle per line, as ``order/line``.
    locks
        Ids of routes that no replan touches.
    """

    id: str
    name: str
    state: str
    version: int
    revision: int
    horizon_start: datetime
    pins: Mapping[str, str]
    locks: Sequence[str]
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionNote:
    """A version without its document."""

    plan: str
    version: int
    problem: str
    feasible: bool
    objective_cents: int
    unserved: int
    reason: str
    note: str
    restores: int | None
    job: str | None
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """A version to be written; ``document`` is the PLAN.json."""

    problem: str
    document: bytes
    feasible: bool
    objective_cents: int
    unserved: int
    reason: str
    note: str
    at: datetime
    by: str
    restores: int | None = None
    job: str | None = None


_HEAD = [plans.c[name] for name in PlanHead.__slots__]
_NOTE = [plan_versions.c[name] for name in VersionNote.__slots__]


def create(tx: Transaction, head: PlanHead, first: NewVersion) -> None:
    """Store a plan with its first version.

    Raises
    ------
    Clash
        The plan, or a version of the same job, is there already.
    """
    tx.execute(insert(plans).values(_values(head)))
    _insert(tx, head.id, head.version, first)


def find(tx: Transaction, plan: str) -> PlanHead | None:
    """Give a plan's standing; None where there is no such plan."""
    row = tx.execute(select(*_HEAD).where(plans.c.id == plan)).one_or_none()
    return None if row is None else _head(row)


def hold(tx: Transaction, plan: str) -> PlanHead | None:
    """Give a plan's standing, and let nobody change it or report on it until this one ends.

    SQLite lets nobody else write anyway.
    """
    query = select(*_HEAD).where(plans.c.id == plan).with_for_update(key_share=True)
    row = tx.execute(query).one_or_none()
    return None if row is None else _head(row)


def newest(tx: Transaction, *, limit: int, state: str | None = None) -> list[PlanHead]:
    """Give plans, the newest first."""
    query = select(*_HEAD).order_by(plans.c.number.desc()).limit(limit)
    if state is not None:
        query = query.where(plans.c.state == state)
    return [_head(row) for row in tx.execute(query)]


def add_version(tx: Transaction, head: PlanHead, new: NewVersion) -> int | None:
    """Append a version and make it the head.

    Returns
    -------
    int or None
        The version's number; None where the plan has changed since ``head`` was read.
    """
    last = select(func.max(plan_versions.c.version)).where(plan_versions.c.plan == head.id)
    number: int = tx.execute(last).scalar_one() + 1
    if not change(tx, head, version=number):
        return None
    _insert(tx, head.id, number, new)
    return number


def change(tx: Transaction, head: PlanHead, **values: Any) -> bool:  # noqa: ANN401 - columns of plans
    """Change state, version, pins or locks; False where the plan has changed since it was read."""
    known = (plans.c.id == head.id) & (plans.c.revision == head.revision)
    done = tx.execute(update(plans).where(known).values(revision=head.revision + 1, **values))
    return done.rowcount == 1


def note(tx: Transaction, plan: str, version: int) -> VersionNote | None:
    """Give a version without its document."""
    key = (plan_versions.c.plan == plan) & (plan_versions.c.version == version)
    row = tx.execute(select(*_NOTE).where(key)).one_or_none()
    return None if row is None else VersionNote(**row._asdict())


def notes(tx: Transaction, plan: str) -> list[VersionNote]:
    """Give all versions of a plan without their documents, the oldest first."""
    query = select(*_NOTE).where(plan_versions.c.plan == plan).order_by(plan_versions.c.version)
    return [VersionNote(**row._asdict()) for row in tx.execute(query)]


def document(tx: Transaction, plan: str, version: int) -> bytes | None:
    """Give the PLAN.json of a version; None where there is none."""
    key = (plan_versions.c.plan == plan) & (plan_versions.c.version == version)
    found: bytes | None = tx.execute(select(plan_versions.c.document).where(key)).scalar()
    return found


def version_of_job(tx: Transaction, job: str) -> VersionNote | None:
    """Give the version that a job made; None where it made none yet."""
    row = tx.execute(select(*_NOTE).where(plan_versions.c.job == job)).one_or_none()
    return None if row is None else VersionNote(**row._asdict())


def _insert(tx: Transaction, plan: str, version: int, new: NewVersion) -> None:
    values = {name: getattr(new, name) for name in NewVersion.__slots__ if name not in {"at", "by"}}
    who = {"created_at": new.at, "created_by": new.by}
    tx.execute(insert(plan_versions).values(plan=plan, version=version, **values, **who))


def _head(row: Row[Any]) -> PlanHead:
    return PlanHead(**row._asdict())


def _values(head: PlanHead) -> dict[str, Any]:
    return {name: getattr(head, name) for name in PlanHead.__slots__}
