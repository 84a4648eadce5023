"""Which batch rides with which trip of a plan on the road, and which batches questions ask for."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from api.road.lots import Trip, asked_batches, lots_in, trips_of
from api.storage import columns
from optimizer.formats.plan_reading import plan_as_written

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PROBLEMS = sa.table("problems", sa.column("id"), sa.column("document", columns.Document()))
PLANS = sa.table("plans", sa.column("id"), sa.column("state"), sa.column("version"))
VERSIONS = sa.table(
    "plan_versions",
    sa.column("plan"),
    sa.column("version"),
    sa.column("problem"),
    sa.column("document", columns.Document()),
)


def upgrade() -> None:
    """Apply; what was planned before can be traced as well."""
    trips, goods, asked = _trips(), _goods(), _asked()
    for table in ("traced_goods", "asked_batches"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(batch_op.f(f"ix_{table}_batch"), ["batch"], unique=False)
    _look_through_problems(asked)
    _look_through_plans(trips, goods)


def downgrade() -> None:
    """Take back."""
    for table in ("asked_batches", "traced_goods"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_index(batch_op.f(f"ix_{table}_batch"))
        op.drop_table(table)
    op.drop_table("traced_trips")


def _trips() -> sa.Table:
    return op.create_table(
        "traced_trips",
        sa.Column("number", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("plan", sa.String(length=64), nullable=False),
        sa.Column("route", sa.String(length=200), nullable=False),
        sa.Column("vehicle", sa.String(length=200), nullable=False),
        sa.Column("echelon", sa.String(length=20), nullable=False),
        sa.Column("from_site", sa.String(length=200), nullable=False),
        sa.Column("leaves_at", columns.Instant(length=27), nullable=False),
        sa.Column("back_at", columns.Instant(length=27), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["plan"], ["plans.id"], name=op.f("fk_traced_trips_plan")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_traced_trips")),
        sa.UniqueConstraint("plan", "route", name=op.f("uq_traced_trips_plan_route")),
    )


def _goods() -> sa.Table:
    return op.create_table(
        "traced_goods",
        sa.Column("trip", SEQUENCE, nullable=False),
        sa.Column("site", sa.String(length=200), nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("order", sa.String(length=200), nullable=False),
        sa.Column("line", sa.String(length=200), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("zone", sa.String(length=20), nullable=False),
        sa.Column("mass_g", sa.BigInteger(), nullable=False),
        sa.Column("arrives_at", columns.Instant(length=27), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("is_planned", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["trip"], ["traced_trips.number"], name="fk_traced_goods_trip"),
        sa.PrimaryKeyConstraint(
            "trip", "site", "visit", "order", "line", name=op.f("pk_traced_goods")
        ),
    )


def _asked() -> sa.Table:
    return op.create_table(
        "asked_batches",
        sa.Column("problem", sa.String(length=80), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("mass_g", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["problem"], ["problems.id"], name="fk_asked_batches_problem"),
        sa.PrimaryKeyConstraint("problem", "article", "batch", name=op.f("pk_asked_batches")),
    )


def _look_through_problems(asked: sa.Table) -> None:
    """Read one document after the other: there may be more of them than fit into memory."""
    connection = op.get_bind()
    for problem in connection.execute(sa.select(PROBLEMS.c.id)).scalars().all():
        found = asked_batches(lots_in(_problem(problem)))
        rows = [
            {
                "problem": problem,
                "article": one.article,
                "batch": one.batch,
                "lines": one.lines,
                "mass_g": one.mass_g,
            }
            for one in found
        ]
        if rows:
            connection.execute(sa.insert(asked), rows)


def _look_through_plans(trips: sa.Table, goods: sa.Table) -> None:
    connection = op.get_bind()
    counts = (VERSIONS.c.plan == PLANS.c.id) & (VERSIONS.c.version == PLANS.c.version)
    driven = sa.select(VERSIONS.c.plan, VERSIONS.c.version, VERSIONS.c.problem).join(PLANS, counts)
    for plan, version, problem in connection.execute(driven.where(PLANS.c.state != "draft")).all():
        key = (VERSIONS.c.plan == plan) & (VERSIONS.c.version == version)
        document = connection.execute(sa.select(VERSIONS.c.document).where(key)).scalar_one()
        found = plan_as_written(json.loads(document))
        for trip in trips_of(found, lots_in(_problem(problem))):
            _write(trips, goods, plan, trip)


def _problem(name: str) -> dict[str, Any]:
    query = sa.select(PROBLEMS.c.document).where(PROBLEMS.c.id == name)
    found: dict[str, Any] = json.loads(op.get_bind().execute(query).scalar_one())
    return found


def _write(trips: sa.Table, goods: sa.Table, plan: str, trip: Trip) -> None:
    connection = op.get_bind()
    made = sa.insert(trips).values(
        plan=plan,
        route=trip.route,
        vehicle=trip.vehicle,
        echelon="" if trip.echelon is None else trip.echelon.value,
        from_site=trip.from_site,
        leaves_at=trip.leaves_at,
        back_at=trip.back_at,
        digest=trip.digest,
    )
    number = connection.execute(made.returning(trips.c.number)).scalar_one()
    rows: dict[tuple[object, ...], dict[str, Any]] = {}
    for one in trip.carries:
        row = {
            "trip": number,
            "site": one.site,
            "visit": one.visit,
            "order": one.key.order,
            "line": one.key.line,
            "article": one.article,
            "batch": one.batch,
            "zone": one.zone.value,
            "mass_g": one.mass_g,
            "arrives_at": one.arrives_at,
            "reason": None if one.reason is None else one.reason.value,
            "is_planned": True,
        }
        # A line may stand twice at one visit, as two parts: they are one row.
        known = rows.setdefault((one.site, one.visit, *one.key), row)
        if known is not row:
            known["mass_g"] += one.mass_g
    connection.execute(sa.insert(goods), list(rows.values()))
