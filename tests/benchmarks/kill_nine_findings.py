"""What a killed service has left in its database, held against what it had answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from sqlalchemy import select

from api.storage import upkeep
from api.storage.database import Database, Transaction
from api.storage.jobs import FAILED, OPEN, SUCCEEDED
from api.storage.tables import jobs, plan_versions, plans, positions, stop_events
from tests.benchmarks.kill_nine_clients import Tally


def findings(url: str, tally: Tally) -> list[str]:
    """Give every promise that was not kept, and every deed that was done twice."""
    with closing(Database(url)) as database, database.read() as tx:
        found = [*_jobs(tx, tally), *_versions(tx, tally)]
        found += _once(tx, stop_events.c.client_event_id, tally.events, "event")
        found += _once(tx, positions.c.client_event_id, tally.positions, "position")
        if database.is_sqlite:
            found += upkeep.damages(tx)
    return found


def _jobs(tx: Transaction, tally: Tally) -> Iterator[str]:
    rows = {row.id: row for row in tx.execute(select(jobs))}
    made = Counter(tx.execute(select(plan_versions.c.job)).scalars())
    yield from _once(tx, jobs.c.idempotency_key, tally.jobs, "job of key")
    for key, job in tally.jobs.items():
        row = rows.get(job)
        if row is None:
            yield f"job {job} of key {key} is lost"
        elif row.idempotency_key != key:
            yield f"job {job} has key {row.idempotency_key} and was answered for {key}"
    for row in rows.values():
        if row.state in OPEN:
            yield f"job {row.id} is {row.state} for ever"
        if row.state == FAILED and not row.cause:
            yield f"job {row.id} failed without a cause"
        if made[row.id] != (1 if row.state == SUCCEEDED else 0):
            yield f"job {row.id} is {row.state} and made {made[row.id]} versions"


def _versions(tx: Transaction, tally: Tally) -> Iterator[str]:
    yield from _once(tx, plan_versions.c.note, tally.notes, "edit")
    for plan, head in tx.execute(select(plans.c.id, plans.c.version)):
        query = select(plan_versions.c.version).where(plan_versions.c.plan == plan)
        numbers = sorted(tx.execute(query).scalars())
        if numbers != list(range(1, head + 1)):
            yield f"plan {plan} stands at {head} and has versions {numbers}"


def _once(tx: Transaction, column: Any, promised: Any, what: str) -> Iterator[str]:
    there = Counter(tx.execute(select(column)).scalars())
    for name in promised:
        if there[name] != 1:
            yield f"{what} {name} was answered and is there {there[name]} times"
    known = set(promised)
    for name, times in there.items():
        if name and times > 1 and name not in known:
            yield f"{what} {name} is there {times} times"
