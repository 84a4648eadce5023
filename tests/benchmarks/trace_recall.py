"""How long a recall takes in a large history: seeded days on the road with a million order lines.

Days are written in bulk, for what is measured is the asking: a service of its own is asked over
HTTP, with reports of drivers about every day but the last.

    python -m tests.benchmarks.trace_recall [--lines 1000000] [--postgres] [--asks 60]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
from sqlalchemy import func, insert, select, text

from api.road.lots import Carried, Trip
from api.road.words import Kind, Piece, Report, report_document
from api.storage import tracing
from api.storage.database import Database, Transaction
from api.storage.stops import stop_id
from api.storage.tables import plans, stop_events, stops, traced_goods, traced_trips
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey
from optimizer.domain.temperature import Zone
from tests.postgres import binaries, running_cluster
from tests.running import NO_TLS, running

NOW = datetime(2026, 7, 14, 0, 0, tzinfo=UTC)
DAY_LINES = 50_000
VAN_STOPS, STOP_LINES = 40, 10
TRUCK_LINES = 2_000
SIZES = (1, 10, 100, 1_000, 5_000)
"""Lines of a batch; each size has as many batches a day as make up its share of the lines."""

ZONES = tuple(Zone)


def main() -> None:
    """Build, ask and print."""
    args = _arguments()
    with tempfile.TemporaryDirectory() as folder, _database_url(Path(folder), args.postgres) as url:
        database = Database(url)
        database.migrate()
        began = time.perf_counter()
        days = -(-args.lines // DAY_LINES)
        names = _build(database, days, np.random.default_rng(args.seed))
        built_s = time.perf_counter() - began
        _say(f"{days} days, {days * DAY_LINES:,} order lines, {_rows(database):,} rows of batches")
        _say(f"{database.name.split(':')[0]}, built in {built_s:.0f} s")
        database.close()
        with (
            running("serve", "--port", "0", folder=Path(folder), COLDGRID_DATABASE=url) as service,
            httpx2.Client(base_url=service.address, verify=NO_TLS, timeout=60) as client,
        ):
            for line in _ask(client, names, args.asks):
                _say(line)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--asks", type=int, default=60, help="per size of batch and route")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgres", action="store_true")
    return parser.parse_args()


@contextmanager
def _database_url(folder: Path, postgres: bool) -> Iterator[str]:
    if not postgres:
        yield f"sqlite:///{folder}/coldgrid.db"
        return
    programs = binaries()
    assert programs is not None, "PostgreSQL is not installed"
    with running_cluster(programs) as cluster, cluster.empty_database() as url:
        yield url


def _build(database: Database, days: int, rng: np.random.Generator) -> dict[int, list[str]]:
    """Write days of trips, goods, stops and reports; give the batches by size."""
    names: dict[int, list[str]] = {size: [] for size in SIZES}
    for day in range(days):
        batches = _batches(day, rng, names)
        with database.write() as tx:
            _write_day(tx, day, batches, is_over=day < days - 1)
    with database.write() as tx:
        tx.execute(text("ANALYZE"))
    return names


def _batches(day: int, rng: np.random.Generator, names: dict[int, list[str]]) -> list[str]:
    """Deal batches of all sizes to the lines of a day, in any order."""
    dealt: list[str] = []
    for size in SIZES:
        for number in range(DAY_LINES // len(SIZES) // size):
            name = f"L{day:03}-{size}-{number}"
            names[size].append(name)
            dealt += [name] * size
    dealt += [f"L{day:03}-rest"] * (DAY_LINES - len(dealt))
    return [dealt[place] for place in rng.permutation(DAY_LINES)]


def _write_day(tx: Transaction, day: int, batches: list[str], *, is_over: bool) -> None:
    start = NOW - timedelta(days=20 - day % 20, hours=4)
    plan = f"plan-{day:03}"
    tx.execute(
        insert(plans).values(
            id=plan, name=plan, state="closed" if is_over else "published", version=1, revision=4,
            horizon_start=start, pins={}, locks=[], created_at=start, created_by="user:x",
        )
    )  # fmt: skip
    for trip in _trips(plan, start, batches):
        made = insert(traced_trips).values(
            plan=plan, digest=trip.digest, **tracing.trip_values(trip)
        )
        number = tx.execute(made.returning(traced_trips.c.number)).scalar_one()
        tx.execute(insert(traced_goods), tracing.goods_values(number, trip))
        _write_stops(tx, plan, trip, is_over=is_over)


def _trips(plan: str, start: datetime, batches: list[str]) -> Iterator[Trip]:
    per_van = VAN_STOPS * STOP_LINES
    for echelon, per_trip, leaves_h in (
        (Echelon.LINEHAUL, TRUCK_LINES, 4),
        (Echelon.LAST_MILE, per_van, 10),
    ):
        for first in range(0, len(batches), per_trip):
            trip, leaves = first // per_trip, start + timedelta(hours=leaves_h)
            grid = f"G{first // TRUCK_LINES}"
            yield Trip(
                route=f"{echelon.value}-{trip}",
                vehicle=f"{echelon.value}{trip}",
                echelon=echelon,
                from_site="C1" if echelon is Echelon.LINEHAUL else grid,
                leaves_at=leaves,
                back_at=leaves + timedelta(hours=5),
                carries=tuple(
                    _carried(first + place, batches[first + place], echelon, grid, leaves)
                    for place in range(min(per_trip, len(batches) - first))
                ),
            )


def _carried(line: int, batch: str, echelon: Echelon, grid: str, leaves: datetime) -> Carried:
    point = line // STOP_LINES
    return Carried(
        key=LineKey(f"O{line // 3}", str(line % 3 + 1)),
        article=f"A{sum(batch.encode()) % 500}",
        batch=batch,
        zone=ZONES[line % len(ZONES)],
        mass_g=1500,
        site=grid if echelon is Echelon.LINEHAUL else f"P{point}",
        visit=1,
        arrives_at=leaves + timedelta(minutes=30 + 5 * (point % VAN_STOPS)),
    )


def _write_stops(tx: Transaction, plan: str, trip: Trip, *, is_over: bool) -> None:
    """Write a trip's stops; of a day that is over each has reported arrival and hand-over."""
    by_site: dict[str, list[Carried]] = {}
    for one in trip.carries:
        by_site.setdefault(one.site, []).append(one)
    ids = {site: stop_id(plan, trip.route, site, 1) for site in by_site}
    rows = [
        {"id": ids[site], "plan": plan, "route": trip.route, "vehicle": trip.vehicle,
         "site": site, "visit": 1}
        for site in by_site
    ]  # fmt: skip
    tx.execute(insert(stops), rows)
    if is_over:
        tx.execute(insert(stop_events), list(_reports(plan, trip, by_site, ids)))


def _reports(
    plan: str, trip: Trip, by_site: dict[str, list[Carried]], ids: dict[str, str]
) -> Iterator[dict[str, Any]]:
    for site, here in by_site.items():
        pieces = tuple(Piece(key=one.key, mass_g=one.mass_g) for one in here)
        handed = Report(pieces=pieces, signed_by="Luo", inspected=True)
        for kind, report in ((Kind.ARRIVED, Report()), (Kind.HANDED_OVER, handed)):
            yield {
                "client_event_id": f"{ids[site]}-{kind.value}", "plan": plan, "stop": ids[site],
                "vehicle": trip.vehicle, "kind": kind.value, "at": here[0].arrives_at,
                "body": report_document(report), "received_at": here[0].arrives_at,
                "received_from": "user:driver",
            }  # fmt: skip


def _rows(database: Database) -> int:
    with database.read() as tx:
        return tx.execute(select(func.count()).select_from(traced_goods)).scalar_one()


def _ask(client: httpx2.Client, names: dict[int, list[str]], asks: int) -> Iterator[str]:
    """Ask for batches spread over all days, sizes and routes in turn."""
    yield f"{'route':12} {'lines':>6} {'KiB':>7} {'median':>8} {'p95':>8} {'worst':>8}  ms"
    worst = 0.0
    for route in ("/v1/recall", "/v1/trace"):
        for size, all_names in names.items():
            step = max(1, len(all_names) // asks)
            took, kib = [], 0.0
            for name in all_names[::step][:asks]:
                began = time.perf_counter()
                answer = client.get(route, params={"batch": name})
                took.append((time.perf_counter() - began) * 1000)
                assert answer.status_code == 200, answer.text
                assert sum(one["lines"] for one in answer.json()["totals"]) == size
                kib = max(kib, len(answer.content) / 1024)
            worst = max(worst, *took)
            yield (
                f"{route:12} {size:6,} {kib:7,.0f} {statistics.median(took):8.1f}"
                f" {np.percentile(took, 95):8.1f} {max(took):8.1f}  ({len(took)} asked)"
            )
    yield f"worst of all {worst:.0f} ms (wanted: at most 1,000)"


if __name__ == "__main__":
    main()
